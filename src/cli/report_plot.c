/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Curves of characters: braille, two dots wide and four high in a cell, or one sign a cell where
 * the locale is ASCII. A line is told from another by its dots: every one, every second …
 */
#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "report_dataset.h"

#define CELLS_WIDE 60
#define CELLS_HIGH 15
#define LABEL      8

struct canvas {
    bool is_ascii;
    int wide, high; /* in dots */
    unsigned char dots[CELLS_HIGH][CELLS_WIDE];
    char signs[CELLS_HIGH][CELLS_WIDE];
};

static const char series_signs[PLOT_SERIES] = {'*', 'o', '+', 'x'};
static const int series_gaps[PLOT_SERIES] = {1, 3, 5, 9}; /* every so many dots one */

bool plot_is_ascii(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static void set_dot(struct canvas *canvas, int x, int y, char sign)
{
    static const unsigned char bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= canvas->wide || y >= canvas->high)
        return;
    y = canvas->high - 1 - y;
    if (canvas->is_ascii)
        canvas->signs[y][x] = sign;
    else
        canvas->dots[y / 4][x / 2] |= bits[y % 4][x % 2];
}

/* y of the series at x: stays until the next point, or on the way to it. NaN outside. */
static double series_at(const struct plot_series *series, double x, bool is_step)
{
    for (int i = 0; i < series->count; i++) {
        const struct plot_point *here = &series->points[i];
        if (here->x > x) {
            if (i == 0)
                return NAN;
            const struct plot_point *before = here - 1;
            return is_step ? before->y
                           : before->y +
                                 (here->y - before->y) * (x - before->x) / (here->x - before->x);
        }
    }
    return series->count > 0 && x <= series->points[series->count - 1].x
               ? series->points[series->count - 1].y
               : NAN;
}

static void draw_series(struct canvas *canvas, const struct plot *plot, int which)
{
    const struct plot_series *series = &plot->series[which];
    int last = -1;
    for (int column = 0; column < canvas->wide; column++) {
        double y = series_at(series, plot->x_most * column / (canvas->wide - 1), plot->is_step);
        if (!isfinite(y)) {
            last = -1;
            continue;
        }
        int at = (int)lround(fmin(fmax(y / plot->y_most, 0), 1) * (canvas->high - 1));
        int from = last < 0 || plot->has_diagonal ? at : last;
        int step = from <= at ? 1 : -1;
        /* A dotted line keeps its gaps also where it falls steeply. */
        for (int row = from;; row += step) {
            if ((column + abs(row - from)) % series_gaps[which] == 0)
                set_dot(canvas, column, row, series_signs[which]);
            if (row == at)
                break;
        }
        last = at;
    }
}

static void draw_diagonal(struct canvas *canvas)
{
    for (int column = 0; column < canvas->wide; column += canvas->is_ascii ? 4 : 6)
        set_dot(canvas, column, column * (canvas->high - 1) / (canvas->wide - 1), '.');
}

static void label_of(char *dst, size_t size, const struct plot *plot, double value)
{
    char plain[24];
    if (plot->is_share)
        snprintf(plain, sizeof plain, "%.0f %%", value * 100);
    else
        snprintf(plain, sizeof plain, "%.0f", value);
    *dst = '\0';
    out_cell_right(dst, size, plain, LABEL - 1);
}

static void print_row(const struct canvas *canvas, const struct plot *plot, int row)
{
    char line[CELLS_WIDE * 4 + 40] = "";
    bool has_label = row == 0 || row == CELLS_HIGH - 1 || row == CELLS_HIGH / 2;
    if (has_label)
        label_of(line, sizeof line, plot, plot->y_most * (CELLS_HIGH - 1 - row) / (CELLS_HIGH - 1));
    else
        snprintf(line, sizeof line, "%*s", LABEL, "");
    text_append(line, sizeof line, "%s", canvas->is_ascii ? "|" : "│");
    for (int column = 0; column < CELLS_WIDE; column++) {
        char cell[5] = " ";
        if (canvas->is_ascii)
            cell[0] = canvas->signs[row][column] ? canvas->signs[row][column] : ' ';
        else if (canvas->dots[row][column])
            cell[text_encode(0x2800 + canvas->dots[row][column], cell)] = '\0';
        text_append(line, sizeof line, "%s", cell);
    }
    for (size_t end = strlen(line); end > 0 && line[end - 1] == ' '; end--)
        line[end - 1] = '\0';
    fprintf(stdout, "%s\n", line);
}

static void print_axis(const struct canvas *canvas, const struct plot *plot)
{
    char line[CELLS_WIDE * 4 + 40] = "", number[24];
    text_append(line, sizeof line, "%*s%s", LABEL, "", canvas->is_ascii ? "+" : "└");
    for (int column = 0; column < CELLS_WIDE; column++)
        text_append(line, sizeof line, "%s", canvas->is_ascii ? "-" : "─");
    fprintf(stdout, "%s\n", line);
    if (plot->is_share && plot->has_diagonal)
        snprintf(number, sizeof number, "%.0f %%", plot->x_most * 100);
    else
        snprintf(number, sizeof number, "%.0f", plot->x_most);
    out_line(stdout, "%*s0%*s%*s%s", LABEL + 1, "", 24, plot->x_words,
             CELLS_WIDE - 25 - (int)strlen(number), "", number);
}

/* How a series looks: a few of its dots. */
static void sample_of(char *dst, size_t size, int which, bool is_ascii)
{
    *dst = '\0';
    if (is_ascii) {
        text_append(dst, size, "%c", series_signs[which]);
        return;
    }
    static const char *const samples[PLOT_SERIES] = {"⠤⠤⠤", "⠄⠂⠄", "⠄ ⠄", "⠄  "};
    text_append(dst, size, "%s", samples[which]);
}

void plot_print(const struct plot *plot)
{
    struct canvas canvas = {.is_ascii = plot_is_ascii()};
    canvas.wide = canvas.is_ascii ? CELLS_WIDE : CELLS_WIDE * 2;
    canvas.high = canvas.is_ascii ? CELLS_HIGH : CELLS_HIGH * 4;
    if (!(plot->x_most > 0 && plot->y_most > 0))
        return;
    if (plot->has_diagonal)
        draw_diagonal(&canvas);
    for (int i = 0; i < plot->series_count; i++)
        draw_series(&canvas, plot, i);
    out_line(stdout, "%*s%s", LABEL + 1, "", plot->y_words);
    for (int row = 0; row < CELLS_HIGH; row++)
        print_row(&canvas, plot, row);
    print_axis(&canvas, plot);
    for (int i = 0; i < plot->series_count && plot->series_count > 1; i++) {
        char sample[24];
        sample_of(sample, sizeof sample, i, canvas.is_ascii);
        out_line(stdout, "%*s%s  %s", LABEL + 1, "", sample, plot->series[i].name);
    }
}

void plot_bar(char *dst, size_t size, double share, int columns)
{
    double cells = fmin(fmax(share, 0), 1) * columns;
    int full = (int)cells;
    bool is_ascii = plot_is_ascii();
    *dst = '\0';
    for (int i = 0; i < full; i++)
        text_append(dst, size, "%s", is_ascii ? "#" : "█");
    if (!is_ascii && cells - full >= .5)
        text_append(dst, size, "▌");
    else if (full == 0 && share > 0)
        text_append(dst, size, "%s", is_ascii ? "." : "▏");
}
