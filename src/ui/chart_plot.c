/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves with their axes, bands and names. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_private.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define SAMPLE 6 /* columns of a line's sample in the legend */

/* --- what is in the plot --- */

struct view {
    const struct chart_plot *plot;
    struct chart_axis x, y;
    struct canvas canvas;
};

static int dot_x(const struct view *view, double value)
{
    return (int)lround(axis_share(&view->x, value) * (2 * view->canvas.columns - 1));
}

static int dot_y(const struct view *view, double value)
{
    return (int)lround((1 - axis_share(&view->y, value)) * (4 * view->canvas.rows - 1));
}

static bool is_drawn(const struct chart_point *point)
{
    return isfinite(point->x) && isfinite(point->y);
}

/* Low and high at a column of dots; false: no band there. */
static bool band_at(const struct view *view, const struct chart_series *series, int column,
                    double *low, double *high)
{
    for (int i = 0; i < series->count; i++) {
        const struct chart_point *here = &series->points[i];
        bool is_last = i + 1 == series->count;
        const struct chart_point *next = is_last ? here : here + 1;
        int from = dot_x(view, here->x), to = dot_x(view, next->x);
        if (column < from || (column >= to && !(is_last && column == from)))
            continue;
        if (!isfinite(here->low) || !isfinite(here->high))
            return false;
        double part = view->plot->form == CHART_STEPS || to == from ? 0
                      : !isfinite(next->low) || !isfinite(next->high)
                          ? 0
                          : (double)(column - from) / (to - from);
        *low = here->low + part * (next->low - here->low);
        *high = here->high + part * (next->high - here->high);
        return true;
    }
    return false;
}

/* Dots on a slant, thin enough for any line to stand out from; each band has slots of its own. */
static void draw_band(struct view *view, const struct chart_series *series, int place)
{
    for (int column = 0; column < 2 * view->canvas.columns; column++) {
        double low, high;
        if (!band_at(view, series, column, &low, &high))
            continue;
        int top = dot_y(view, high), bottom = dot_y(view, low);
        for (int y = top; y <= bottom; y++)
            if ((column + 2 * y + 3 * place) % 8 == 0)
                canvas_back(&view->canvas, column, y);
    }
}

/* How sure a mark is, as a line of dots up and down: only of the first, or they would mingle. */
static void draw_spreads(struct view *view, const struct chart_series *series)
{
    for (int i = 0; i < series->count; i++) {
        const struct chart_point *point = &series->points[i];
        if (!is_drawn(point) || !isfinite(point->low) || !isfinite(point->high))
            continue;
        int bottom = dot_y(view, point->low);
        for (int y = dot_y(view, point->high); y <= bottom; y++)
            canvas_back(&view->canvas, dot_x(view, point->x), y);
    }
}

static void draw_grounds(struct view *view)
{
    const struct chart_plot *plot = view->plot;
    int columns = 2 * view->canvas.columns, rows = 4 * view->canvas.rows;
    if (plot->bands && plot->form == CHART_MARKS && plot->count > 0)
        draw_spreads(view, &plot->series[0]);
    else
        for (int i = 0; plot->bands && i < plot->count; i++)
            draw_band(view, &plot->series[i], i);
    if (plot->guide != 0)
        for (int x = 0; x < columns; x += 3)
            canvas_back(&view->canvas, x, dot_y(view, plot->guide));
    if (plot->diagonal)
        for (int x = 0; x < columns; x += 2) {
            double value = view->x.from + (view->x.to - view->x.from) * x / (columns - 1);
            if (value >= view->y.from && value <= view->y.to && rows > 0)
                canvas_back(&view->canvas, x, dot_y(view, value));
        }
}

static void draw_line(struct view *view, const struct chart_series *series, int place)
{
    struct pen pen = pen_of(place);
    for (int i = 0; i < series->count; i++) {
        if (!is_drawn(&series->points[i]) || series->points[i].x > view->x.to)
            continue;
        int x = dot_x(view, series->points[i].x), y = dot_y(view, series->points[i].y);
        if (view->plot->form == CHART_STEPS && pen.phase >= 0)
            pen_to(&view->canvas, &pen, x, pen.y);
        pen_to(&view->canvas, &pen, x, y);
    }
}

static void draw_marks(const struct view *view, struct area area)
{
    for (int i = 0; i < view->plot->count; i++) {
        const struct chart_series *series = &view->plot->series[i];
        for (int k = 0; k < series->count; k++)
            if (is_drawn(&series->points[k]))
                draw_text(area, dot_y(view, series->points[k].y) / 4,
                          dot_x(view, series->points[k].x) / 2, canvas_role(i), canvas_mark(i));
    }
}

/* --- axes --- */

static double step_y(const struct view *view, int rows)
{
    int wanted = rows / 3;
    wanted = wanted < 1 ? 1 : wanted > 8 ? 8 : wanted;
    double step = axis_step(&view->y, wanted);
    /* Zero and one more are too few to read a height from. */
    while (axis_ticks(&view->y, step) < 3 && wanted < rows / 2)
        step = axis_step(&view->y, ++wanted);
    return step;
}

static int margin_of(const struct view *view, int rows)
{
    double step = step_y(view, rows);
    int margin = 0;
    for (int i = 0; i < axis_ticks(&view->y, step); i++) {
        double tick = axis_tick(&view->y, step, i);
        char label[32];
        axis_label(&view->y, step, tick, label, sizeof label);
        int width = text_width(label);
        margin = width > margin ? width : margin;
    }
    return margin;
}

static void draw_y_axis(const struct view *view, struct area area)
{
    double step = step_y(view, view->canvas.rows);
    const char *line = term_is_ascii() ? "|" : "│", *tick_sign = term_is_ascii() ? "+" : "┤";
    for (int y = 0; y < area.rows; y++)
        draw_text(area, y, area.columns - 1, ROLE_RULE, line);
    int free_from = area.rows; /* from the bottom, where zero is */
    for (int i = 0; i < axis_ticks(&view->y, step); i++) {
        double tick = axis_tick(&view->y, step, i);
        char label[32];
        int y = dot_y(view, tick) / 4;
        if (y >= free_from)
            continue;
        axis_label(&view->y, step, tick, label, sizeof label);
        draw_cell(area, y, 0, area.columns - 1, ALIGN_RIGHT, ROLE_LABEL, label);
        draw_text(area, y, area.columns - 1, ROLE_RULE, tick_sign);
        free_from = y;
    }
}

/* `x` is where the plot begins; the axis's name comes behind it, or where ticks leave room. */
static void draw_x_axis(const struct view *view, struct area area, int x)
{
    int columns = view->canvas.columns;
    int wanted = columns / 10;
    double step = axis_step(&view->x, wanted < 1 ? 1 : wanted);
    draw_text(area, 0, x - 1, ROLE_RULE, term_is_ascii() ? "+" : "└");
    for (int i = 0; i < columns; i++)
        draw_text(area, 0, x + i, ROLE_RULE, term_is_ascii() ? "-" : "─");
    int name = view->x.name ? text_width(view->x.name) : 0;
    bool is_behind = x + columns + 4 + name <= area.columns;
    int name_at = is_behind ? x + columns + 4 : x + columns - name, free_from = 0;
    for (int i = 0; i < axis_ticks(&view->x, step); i++) {
        double tick = axis_tick(&view->x, step, i);
        char label[32];
        int at = x + dot_x(view, tick) / 2;
        axis_label(&view->x, step, tick, label, sizeof label);
        int width = text_width(label), left = at - width / 2;
        draw_text(area, 0, at, ROLE_RULE, term_is_ascii() ? "+" : "┬");
        if (left < free_from || left + width > x + columns + 2)
            continue;
        if (left + width >= name_at && left > x + columns / 3)
            continue;
        draw_text(area, 1, left, ROLE_LABEL, label);
        free_from = left + width + 1;
    }
    if (name > 0 && name_at >= free_from)
        draw_text(area, 1, name_at, ROLE_LABEL, view->x.name);
}

/* --- names --- */

static int widest_name(const struct chart_plot *plot)
{
    int most = 0;
    for (int i = 0; i < plot->count; i++) {
        int width = text_width(plot->series[i].name);
        most = width > most ? width : most;
    }
    return most;
}

static int last_row(const struct view *view, const struct chart_series *series)
{
    for (int i = series->count - 1; i >= 0; i--)
        if (is_drawn(&series->points[i]))
            return dot_y(view, series->points[i].y) / 4;
    return view->canvas.rows - 1;
}

/* At the height where each line ends, moved apart where they end together. */
static void draw_names_beside(const struct view *view, struct area area)
{
    int order[CHART_SERIES], rows[CHART_SERIES];
    int count = view->plot->count;
    for (int i = 0; i < count; i++) {
        int at = last_row(view, &view->plot->series[i]), k = i;
        for (; k > 0 && rows[k - 1] > at; k--) {
            rows[k] = rows[k - 1];
            order[k] = order[k - 1];
        }
        rows[k] = at;
        order[k] = i;
    }
    for (int i = 1; i < count; i++)
        rows[i] = rows[i] <= rows[i - 1] ? rows[i - 1] + 1 : rows[i];
    for (int i = count - 1, most = area.rows - 1; i >= 0; i--, most--)
        rows[i] = rows[i] > most ? most : rows[i];
    for (int i = 0; i < count; i++) {
        bool marks = view->plot->form == CHART_MARKS;
        int sample = marks ? 1 : SAMPLE;
        canvas_sample(area, rows[i], 1, sample, order[i], marks);
        draw_text(area, rows[i], 2 + sample, ROLE_TEXT, view->plot->series[order[i]].name);
    }
}

static void draw_names_below(const struct chart_plot *plot, struct area area)
{
    bool marks = plot->form == CHART_MARKS;
    int y = 0, x = 0, sample = marks ? 1 : SAMPLE;
    for (int i = 0; i < plot->count && y < area.rows; i++) {
        int width = sample + 1 + text_width(plot->series[i].name);
        if (x > 0 && x + width > area.columns) {
            y++;
            x = 0;
        }
        canvas_sample(area, y, x, sample, i, marks);
        draw_text(area, y, x + sample + 1, ROLE_TEXT, plot->series[i].name);
        x += width + 2;
    }
}

static int rows_of_names(const struct chart_plot *plot, int columns)
{
    int rows = 1, x = 0;
    for (int i = 0; i < plot->count; i++) {
        int width = (plot->form == CHART_MARKS ? 1 : SAMPLE) + 1 + text_width(plot->series[i].name);
        if (x > 0 && x + width > columns) {
            rows++;
            x = 0;
        }
        x += width + 2;
    }
    return rows;
}

/* --- all of it --- */

static void draw_inside(struct view *view, struct area area)
{
    if (!canvas_open(&view->canvas, area.rows, area.columns))
        return;
    draw_grounds(view);
    /* The first series, which is the largest, lies on top. */
    for (int i = view->plot->count - 1; i >= 0 && view->plot->form != CHART_MARKS; i--)
        draw_line(view, &view->plot->series[i], i);
    canvas_draw(&view->canvas, area);
    if (view->plot->form == CHART_MARKS)
        draw_marks(view, area);
}

void chart_plot(struct area area, const struct chart_plot *whole)
{
    if (term_is_plain()) {
        chart_plot_values(area, whole);
        return;
    }
    struct chart_plot plot = *whole;
    plot.count = plot.count > CHART_SERIES ? CHART_SERIES : plot.count;
    struct view view = {.plot = &plot, .x = plot.x, .y = plot.y};
    axis_span(&view.x, &plot, false);
    axis_span(&view.y, &plot, true);
    int names = widest_name(&plot) + SAMPLE + 3;
    bool beside = plot.count > 1 && area.columns >= 56 && names <= area.columns / 3 &&
                  area.rows >= plot.count + 3;
    if (plot.count > 1 && !beside && area.rows >= 6) {
        int rows = rows_of_names(&plot, area.columns);
        draw_names_below(&plot, area_take_bottom(&area, rows > 2 ? 2 : rows));
    }
    if (area.rows < 5 || area.columns < 20) { /* the curve alone */
        draw_inside(&view, area);
        canvas_close(&view.canvas);
        return;
    }
    if (plot.y.name && area.rows >= 8)
        draw_text(area_take_top(&area, 1), 0, 0, ROLE_LABEL, plot.y.name);
    struct area foot = area_take_bottom(&area, 2);
    int margin = margin_of(&view, area.rows) + 1;
    struct area left = area_part(area, 0, 0, area.rows, margin);
    struct area inside = area_part(area, 0, margin, area.rows, area.columns - margin);
    if (beside) {
        struct area right = area_part(inside, 0, inside.columns - names, inside.rows, names);
        inside.columns -= names;
        draw_inside(&view, inside);
        draw_names_beside(&view, right);
    } else {
        draw_inside(&view, inside);
    }
    if (view.canvas.rows > 0) {
        draw_y_axis(&view, left);
        draw_x_axis(&view, foot, margin);
    }
    canvas_close(&view.canvas);
}
