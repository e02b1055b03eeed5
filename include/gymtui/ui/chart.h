/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charts in block and braille characters, with ASCII forms, readable without colour: what belongs
 * to one line is told by its style or its mark, never by its colour alone. Everything is clipped to
 * its area, at any size from 0×0; where there is no room for axes they are left out. In plain mode
 * (term_is_plain) curves and histograms are tables of their values, and bars are left out, since
 * their figures stand beside them.
 */
#ifndef GYMTUI_UI_CHART_H
#define GYMTUI_UI_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/ui/draw.h"

/* ██████▌░░░ a share 0–1 of `columns`. */
void chart_bar(struct area area, int y, int x, int columns, double share, enum role role);
/* ▁▂▃▅█ one column a value (the last `columns` of them), from 0 to the highest. */
void chart_spark(struct area area, int y, int x, int columns, const double *values, int count,
                 enum role role);
/* Columns from the bottom, `rows` high with eighth blocks, axis with the highest value, and labels
 * below every bar that has room. */
struct chart_column {
    const char *label;
    double value;
};
void chart_columns(struct area area, const struct chart_column *columns, int count, enum role role,
                   const char *unit);
/* A heat map: rows × columns of values 0…highest, each `cell` columns wide, shaded in five steps
 * with ░▒▓█ (ASCII . : + #) and colour. Labels at the left and on top. */
struct chart_heat {
    int rows, columns, cell;
    const char *const *row_labels, *const *column_labels;
    const double *values; /* row after row; negative: no data (blank) */
    double highest;
};
void chart_heat(struct area area, const struct chart_heat *heat);
/* The step of a value, 0 nothing … 4 much, and its role and sign. */
int chart_heat_step(double value, double highest);
enum role chart_heat_role(int step);
const char *chart_heat_sign(int step);

/* "1,240" "12.5k" in at most six columns. */
void chart_format_short(char *dst, size_t size, double value);

/* ---- Axes ---- */

enum chart_measure {
    CHART_NUMBER,  /* 0, 20, 40; 12.5k */
    CHART_PERCENT, /* a share: .25 is 25 % */
    CHART_MONTHS,  /* ticks at quarters and years */
    CHART_HOURS,   /* … at 2, 3, 4 or 6 o'clock */
};
struct chart_axis {
    const char *name; /* with the unit: "months since joining" */
    double from, to;  /* the same: from 0, or the least if that is below, to the highest */
    enum chart_measure measure;
};

/* ---- Curves: line plot, step curves (Kaplan–Meier), points with the diagonal (calibration) ----
 */

#define CHART_SERIES 12

enum chart_form {
    CHART_LINES, /* straight from point to point */
    CHART_STEPS, /* level until the next point */
    CHART_MARKS, /* the points alone */
};
struct chart_point {
    double x, y;
    double low, high; /* the band; NAN: none here */
};
struct chart_series {
    const char *name;
    const struct chart_point *points; /* by rising x */
    int count;
};
struct chart_plot {
    enum chart_form form;
    const struct chart_series *series; /* at most CHART_SERIES are drawn */
    int count;
    struct chart_axis x, y;
    bool bands;    /* low to high as a light ground of dots */
    bool diagonal; /* from corner to corner: what was predicted is what happened */
    double guide;  /* a level of y with a dotted line; 0: none */
};
/* Several series are told apart by line style (solid, dashed, dotted …; in ASCII by their mark) and
 * named at the end of their line, or below the plot where that has no room. */
void chart_plot(struct area area, const struct chart_plot *plot);
/* The same as a table for those who read by ear, or want the figures: x at the ticks, a column a
 * series, with the band in brackets where it fits. Returns the rows used. */
int chart_plot_values(struct area area, const struct chart_plot *plot);

/* ---- Histogram ---- */

struct chart_histogram {
    const double *counts;
    int count;
    double from, step; /* the first bucket's edge, and the width of all */
    bool open_end;     /* the last one takes all above */
    const char *x_name, *y_name;
    double mark; /* a value to point at below the axis; NAN: none */
    const char *mark_name;
};
void chart_histogram(struct area area, const struct chart_histogram *histogram);

#endif
