/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves as a table of values, for those who read by ear or want the figures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart_private.h"
#include "gymtui/base/text.h"

#define LEAST_COLUMNS 8
#define BAND_COLUMNS  18 /* "82 % (78-86)" and some room */

/* The point of a series that stands for x: at it, or the last one before it in a step curve, or
 * the nearest within half a step. */
static const struct chart_point *point_at(const struct chart_plot *plot,
                                          const struct chart_series *series, double x, double step)
{
    const struct chart_point *best = NULL;
    if (series->count > 0 && x > series->points[series->count - 1].x + step / 2)
        return NULL;
    for (int i = 0; i < series->count; i++) {
        const struct chart_point *point = &series->points[i];
        if (!isfinite(point->x) || !isfinite(point->y))
            continue;
        if (plot->form == CHART_STEPS) {
            best = point->x <= x + step / 1e6 ? point : best;
        } else if (fabs(point->x - x) <= step / 2 &&
                   (!best || fabs(point->x - x) < fabs(best->x - x))) {
            best = point;
        }
    }
    return best;
}

static void write_value(const struct chart_axis *axis, const struct chart_point *point, bool band,
                        char *dst, size_t size)
{
    bool percent = axis->measure == CHART_PERCENT;
    double factor = percent ? 100 : 1;
    axis_label(axis,
               percent                            ? 0.01
               : fabs(axis->to - axis->from) < 20 ? 0.1
                                                  : 1,
               point->y, dst, size);
    if (band && isfinite(point->low) && isfinite(point->high))
        text_append(dst, size, " (%.0f-%.0f)", point->low * factor, point->high * factor);
}

int chart_plot_values(struct area area, const struct chart_plot *plot)
{
    struct chart_axis across = plot->x, up = plot->y;
    axis_span(&across, plot, false);
    axis_span(&up, plot, true);
    int count = plot->count > CHART_SERIES ? CHART_SERIES : plot->count;
    int first = 12, rows = area.rows - 1;
    if (count < 1 || rows < 1 || area.columns < first)
        return 0;
    int columns = (area.columns - first) / count;
    if (columns < LEAST_COLUMNS) {
        count = (area.columns - first) / LEAST_COLUMNS;
        columns = LEAST_COLUMNS;
    }
    columns = columns > 24 ? 24 : columns;
    bool band = plot->bands && columns >= BAND_COLUMNS;
    draw_cell(area, 0, 0, first - 1, ALIGN_LEFT, ROLE_LABEL, plot->x.name ? plot->x.name : "");
    for (int i = 0; i < count; i++)
        draw_cell(area, 0, first + i * columns, columns - 1, ALIGN_RIGHT, ROLE_LABEL,
                  plot->series[i].name);
    double step = axis_step(&across, rows > 13 ? 12 : rows > 2 ? rows - 1 : 1);
    int y = 1;
    for (int tick = 0; tick < axis_ticks(&across, step) && y < area.rows; tick++, y++) {
        double x = axis_tick(&across, step, tick);
        char text[48];
        axis_label(&across, step, x, text, sizeof text);
        draw_cell(area, y, 0, first - 1, ALIGN_LEFT, ROLE_TEXT, text);
        for (int i = 0; i < count; i++) {
            const struct chart_point *point = point_at(plot, &plot->series[i], x, step);
            if (!point)
                continue;
            write_value(&up, point, band, text, sizeof text);
            draw_cell(area, y, first + i * columns, columns - 1, ALIGN_RIGHT, ROLE_STRONG, text);
        }
    }
    return y;
}
