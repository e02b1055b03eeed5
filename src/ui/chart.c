/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charts in eighths of a cell where the terminal has block characters; in ASCII the same values
 * by other signs, so that every chart can be read without colour and without Unicode.
 */
#include "gymtui/ui/chart.h"

#include <stdio.h>
#include <string.h>

#include "chart_private.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

static const char *const lower_eighths[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const left_eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

/* Not a number and everything outside become an end of the range. */
static double share_of(double value, double highest)
{
    double share = highest > 0 ? value / highest : 0;
    return share > 1 ? 1 : share > 0 ? share : 0;
}

void chart_bar(struct area area, int y, int x, int columns, double share, enum role role)
{
    if (term_is_plain())
        return;
    double clean = share_of(share, 1);
    int eighths = (int)(clean * columns * 8 + 0.5);
    if (clean > 0 && eighths == 0) {
        eighths = 1; /* little is not nothing */
    }
    for (int i = 0; i < columns; i++) {
        int part = eighths - i * 8 > 8 ? 8 : eighths - i * 8;
        if (term_is_ascii()) {
            bool filled = part >= 4 || (i == 0 && part > 0);
            draw_text(area, y, x + i, filled ? role : ROLE_HEAT_0, filled ? "#" : ".");
        } else if (part > 0) {
            draw_text(area, y, x + i, role, left_eighths[part]);
        } else {
            draw_text(area, y, x + i, ROLE_HEAT_0, "░");
        }
    }
}

void chart_spark(struct area area, int y, int x, int columns, const double *values, int count,
                 enum role role)
{
    static const char *const plain[] = {" ", "_", "_", ".", "-", "-", "=", "*", "#"};
    int shown = count < columns ? count : columns;
    double highest = 0;
    for (int i = count - shown; i < count; i++) {
        highest = values[i] > highest ? values[i] : highest;
    }
    for (int i = 0; i < shown; i++) {
        double share = share_of(values[count - shown + i], highest);
        int step = share > 0 ? 1 + (int)(share * 7 + 0.5) : 1;
        enum role look = share > 0 ? role : ROLE_HEAT_0;
        draw_text(area, y, x + i, look, term_is_ascii() ? plain[step] : lower_eighths[step]);
    }
}

void chart_format_short(char *dst, size_t size, double value)
{
    if (value >= 1e6) {
        snprintf(dst, size, "%.*fM", value < 1e7 ? 1 : 0, value / 1e6);
    } else if (value >= 1e4) {
        snprintf(dst, size, "%.*fk", value < 1e5 ? 1 : 0, value / 1e3);
    } else if (value >= 1e3) {
        snprintf(dst, size, "%d,%03d", (int)value / 1000, (int)value % 1000);
    } else {
        snprintf(dst, size, "%.*f", value == (int)value ? 0 : 1, value);
    }
}

/* "EUR: Jan 2,810, Feb 2,995" */
static void draw_columns_plain(struct area area, const struct chart_column *columns, int count,
                               const char *unit)
{
    char text[2000] = "";
    for (int i = 0; i < count; i++) {
        char value[32];
        chart_format_short(value, sizeof value, columns[i].value);
        text_append(text, sizeof text, "%s%s %s",
                    i > 0                          ? ", "
                    : unit != NULL && unit[0] != 0 ? ": "
                                                   : "",
                    columns[i].label != NULL ? columns[i].label : "", value);
    }
    int x = unit != NULL ? draw_text(area, 0, 0, ROLE_LABEL, unit) : 0;
    draw_paragraph(area_part(area, 0, x, area.rows, area.columns), 0, 0, ROLE_TEXT, text, false);
}

void chart_columns(struct area area, const struct chart_column *columns, int count, enum role role,
                   const char *unit)
{
    if (term_is_plain()) {
        draw_columns_plain(area, columns, count, unit);
        return;
    }
    char top[64];
    char axis[32];
    double highest = 0;
    int rows = area.rows - 2; /* the unit above, the labels below */
    if (count < 1 || rows < 1) {
        return;
    }
    for (int i = 0; i < count; i++) {
        highest = columns[i].value > highest ? columns[i].value : highest;
    }
    chart_format_short(axis, sizeof axis, highest);
    snprintf(top, sizeof top, "%s", unit != NULL ? unit : "");
    int margin = text_width(axis) + 1;
    int room = area.columns - margin;
    if (room < 1) {
        return;
    }
    int step = room / count;
    if (step < 1) { /* the last ones are the ones that count */
        columns += count - room;
        count = room;
        step = 1;
    }
    step = step > 10 ? 10 : step;
    int width = step > 2 ? step - 1 : 1;
    draw_text(area, 0, 0, ROLE_LABEL, top);
    draw_cell(area, 1, 0, margin - 1, ALIGN_RIGHT, ROLE_LABEL, axis);
    draw_cell(area, rows, 0, margin - 1, ALIGN_RIGHT, ROLE_LABEL, rows > 1 ? "0" : axis);
    int free_from = 0;
    for (int i = 0; i < count; i++) {
        int x = margin + i * step;
        int eighths = (int)(share_of(columns[i].value, highest) * rows * 8 + 0.5);
        for (int row = 0; row < rows; row++) {
            int part = eighths - row * 8;
            part = part > 8 ? 8 : part;
            const char *block = part <= 0          ? row == 0 ? term_is_ascii() ? "_" : "▁" : NULL
                                : !term_is_ascii() ? lower_eighths[part]
                                : part >= 4        ? "#"
                                                   : ".";
            enum role look = part > 0 ? role : ROLE_HEAT_0;
            for (int k = 0; block != NULL && k < width; k++) {
                draw_text(area, rows - row, x + k, look, block);
            }
        }
        const char *label = columns[i].label != NULL ? columns[i].label : "";
        int needed = text_width(label);
        if (x >= free_from && needed > 0 && x + needed <= area.columns) {
            draw_text(area, rows + 1, x, ROLE_LABEL, label);
            free_from = x + needed + 1;
        }
    }
}

/* --- heat map --- */

int chart_heat_step(double value, double highest)
{
    double share = share_of(value, highest);
    if (share <= 0) {
        return 0;
    }
    int step = 1 + (int)(share * 4);
    return step > 4 ? 4 : step;
}

enum role chart_heat_role(int step)
{
    return (enum role)(ROLE_HEAT_0 + step);
}

const char *chart_heat_sign(int step)
{
    static const char *const fine[] = {"·", "░", "▒", "▓", "█"};
    static const char *const plain[] = {"-", ".", ":", "+", "#"};
    return term_is_ascii() ? plain[step] : fine[step];
}

static void draw_heat_cell(struct area area, int y, int x, int cell, int step)
{
    int blocks = cell > 2 ? cell - 1 : cell;
    for (int i = 0; i < blocks; i++) {
        if (step == 0) { /* a dot says: open, but nobody came */
            bool middle = i == (blocks - 1) / 2;
            draw_text(area, y, x + i, ROLE_HEAT_0, middle ? chart_heat_sign(0) : " ");
        } else {
            draw_text(area, y, x + i, chart_heat_role(step), chart_heat_sign(step));
        }
    }
}

void chart_heat(struct area area, const struct chart_heat *heat)
{
    int margin = 0;
    bool plain = term_is_plain(); /* figures, each as wide as two digits and a blank */
    int cell = plain ? 3 : heat->cell > 0 ? heat->cell : 1;
    for (int r = 0; heat->row_labels != NULL && r < heat->rows; r++) {
        int width = heat->row_labels[r] != NULL ? text_width(heat->row_labels[r]) + 1 : 0;
        margin = width > margin ? width : margin;
    }
    int top = heat->column_labels != NULL ? 1 : 0;
    int free_from = 0;
    for (int c = 0; top > 0 && c < heat->columns; c++) {
        const char *label = heat->column_labels[c] != NULL ? heat->column_labels[c] : "";
        int x = margin + c * cell;
        if (x >= free_from && label[0] != '\0' && x + text_width(label) <= area.columns) {
            free_from = x + draw_text(area, 0, x, ROLE_LABEL, label) + 1;
        }
    }
    for (int r = 0; r < heat->rows && top + r < area.rows; r++) {
        if (margin > 0 && heat->row_labels[r] != NULL) {
            draw_cell(area, top + r, 0, margin - 1, ALIGN_RIGHT, ROLE_LABEL, heat->row_labels[r]);
        }
        for (int c = 0; c < heat->columns && margin + c * cell < area.columns; c++) {
            double value = heat->values[r * heat->columns + c];
            if (plain && value >= 0) {
                draw_format(area, top + r, margin + c * cell, ROLE_TEXT, "%2.0f", value);
            } else if (value >= 0) {
                draw_heat_cell(area, top + r, margin + c * cell, cell,
                               chart_heat_step(value, heat->highest));
            }
        }
    }
}
