/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A histogram: columns that touch, their edges named below, and one value pointed at. */
#include <math.h>
#include <stdio.h>

#include "chart_private.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

static const char *column_sign(int eighths)
{
    static const char *const fine[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {" ", "_", ".", ".", ":", ":", "+", "#", "#"};
    return term_is_ascii() ? plain[eighths] : fine[eighths];
}

static void draw_columns(const struct chart_histogram *histogram, struct area area, int width,
                         double highest)
{
    int room = area.rows * 8;
    for (int i = 0; i < histogram->count; i++) {
        int eighths = (int)lround(histogram->counts[i] / highest * room);
        if (histogram->counts[i] > 0 && eighths == 0)
            eighths = 1; /* few are not none */
        for (int row = 0; row < area.rows; row++) {
            int part = eighths - row * 8;
            part = part > 8 ? 8 : part;
            /* One column of air between those that are wide enough. */
            for (int k = 0; part > 0 && k < (width > 2 ? width - 1 : width); k++)
                draw_text(area, area.rows - 1 - row, i * width + k, ROLE_ACCENT, column_sign(part));
        }
    }
}

static void write_edge(const struct chart_histogram *histogram, int edge, char *dst, size_t size)
{
    double value = histogram->from + edge * histogram->step;
    if (histogram->step < 1)
        snprintf(dst, size, "%.*f", histogram->step < 0.1 ? 2 : 1, value);
    else
        chart_format_short(dst, size, value);
}

static void draw_edges(const struct chart_histogram *histogram, struct area area, int x, int width)
{
    int free_from = 0, last = histogram->count - (histogram->open_end ? 1 : 0);
    int name = histogram->x_name ? text_width(histogram->x_name) : 0;
    draw_text(area, 0, x - 1, ROLE_RULE, term_is_ascii() ? "+" : "└");
    for (int i = 0; i < histogram->count * width; i++)
        draw_text(area, 0, x + i, ROLE_RULE, term_is_ascii() ? "-" : "─");
    for (int i = 0; i <= last; i++) {
        char label[32];
        write_edge(histogram, i, label, sizeof label);
        int at = x + i * width;
        if (at < free_from || at + text_width(label) > area.columns)
            continue;
        draw_text(area, 0, at, ROLE_RULE, term_is_ascii() ? "+" : "┴");
        free_from = at + 2 + draw_text(area, 1, at, ROLE_LABEL, label);
    }
    int end = x + histogram->count * width;
    if (histogram->open_end && free_from <= end - width + 7 && free_from + 8 <= area.columns)
        free_from += draw_text(area, 1, free_from - 1, ROLE_LABEL, "and more") + 1;
    if (name > 0 && free_from + name <= area.columns)
        draw_text(area, 1, free_from, ROLE_LABEL, histogram->x_name);
}

static void draw_mark(const struct chart_histogram *histogram, struct area area, int x, int width)
{
    double place = (histogram->mark - histogram->from) / histogram->step;
    if (!isfinite(place) || place < 0)
        return;
    place = place > histogram->count ? histogram->count : place;
    int at = x + (int)(place * width);
    int name = text_width(histogram->mark_name);
    draw_text(area, 0, at, ROLE_STRONG, sign_text(SIGN_UP));
    if (at + 2 + name <= area.columns)
        draw_text(area, 0, at + 2, ROLE_STRONG, histogram->mark_name);
    else if (at - 1 - name >= 0)
        draw_text(area, 0, at - 1 - name, ROLE_STRONG, histogram->mark_name);
}

/* "50 to 100: 120" on a line each. */
static void draw_values(struct area area, const struct chart_histogram *histogram)
{
    int y = 0;
    draw_text(area, y++, 0, ROLE_LABEL,
              histogram->y_name   ? histogram->y_name
              : histogram->x_name ? histogram->x_name
                                  : "");
    for (int i = 0; i < histogram->count && y < area.rows; i++, y++) {
        char from[32], to[32];
        write_edge(histogram, i, from, sizeof from);
        write_edge(histogram, i + 1, to, sizeof to);
        if (histogram->open_end && i + 1 == histogram->count)
            snprintf(to, sizeof to, "more");
        draw_format(area, y, 0, ROLE_TEXT, "%s to %s: %.0f", from, to, histogram->counts[i]);
    }
    if (histogram->mark_name && y < area.rows)
        draw_text(area, y, 0, ROLE_STRONG, histogram->mark_name);
}

void chart_histogram(struct area area, const struct chart_histogram *histogram)
{
    if (term_is_plain()) {
        draw_values(area, histogram);
        return;
    }
    double highest = 0;
    char axis[32];
    for (int i = 0; i < histogram->count; i++)
        highest = histogram->counts[i] > highest ? histogram->counts[i] : highest;
    if (histogram->count < 1 || highest <= 0 || area.rows < 1 || area.columns < 1)
        return;
    if (area.rows < 5 || area.columns < 20) { /* the shape alone */
        int width = area.columns / histogram->count;
        draw_columns(histogram, area, width < 1 ? 1 : width, highest);
        return;
    }
    if (histogram->y_name && area.rows >= 7)
        draw_text(area_take_top(&area, 1), 0, 0, ROLE_LABEL, histogram->y_name);
    bool is_marked = histogram->mark_name && isfinite(histogram->mark) && area.rows >= 6;
    struct area mark = area_take_bottom(&area, is_marked ? 1 : 0);
    struct area foot = area_take_bottom(&area, 2);
    chart_format_short(axis, sizeof axis, highest);
    int margin = text_width(axis) + 2;
    int width = (area.columns - margin) / histogram->count;
    if (width < 1)
        width = 1;
    width = width > 8 ? 8 : width;
    draw_cell(area, 0, 0, margin - 2, ALIGN_RIGHT, ROLE_LABEL, axis);
    if (area.rows > 1)
        draw_cell(area, area.rows - 1, 0, margin - 2, ALIGN_RIGHT, ROLE_LABEL, "0");
    for (int y = 0; y < area.rows; y++) {
        bool is_named = y == 0 || y == area.rows - 1;
        draw_text(area, y, margin - 1, ROLE_RULE,
                  term_is_ascii() ? is_named ? "+" : "|"
                  : is_named      ? "┤"
                                  : "│");
    }
    draw_columns(histogram, area_part(area, 0, margin, area.rows, area.columns - margin), width,
                 highest);
    draw_edges(histogram, foot, margin, width);
    if (is_marked)
        draw_mark(histogram, mark, margin, width);
}
