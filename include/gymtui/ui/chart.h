/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small charts in block characters, with ASCII forms, readable without colour. */
#ifndef GYMTUI_UI_CHART_H
#define GYMTUI_UI_CHART_H

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

#endif
