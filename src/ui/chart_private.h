/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the charts share: a canvas of dots, and axes. */
#ifndef GYMTUI_UI_CHART_PRIVATE_H
#define GYMTUI_UI_CHART_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/ui/chart.h"

/* --- chart_canvas.c: two dots across and four down a cell, as braille has them --- */

struct canvas {
    int rows, columns;
    unsigned char *front, *back; /* dots of a cell, as U+2800 counts them */
    signed char *owner;          /* whose line it is */
};
/* False for no room, or for want of memory: nothing to draw on. */
bool canvas_open(struct canvas *canvas, int rows, int columns);
void canvas_close(struct canvas *canvas);
/* Dots outside are left out. */
void canvas_back(struct canvas *canvas, int x, int y);
void canvas_front(struct canvas *canvas, int x, int y, int owner);

/* A line that goes on where the last piece ended, in the style of its owner. */
struct pen {
    int owner, x, y;
    int phase; /* −1: nothing drawn yet */
};
struct pen pen_of(int owner);
void pen_to(struct canvas *canvas, struct pen *pen, int x, int y);
/* A piece of line of so many cells as a sample for a legend. */
void canvas_sample(struct area area, int y, int x, int columns, int owner, bool marks);
void canvas_draw(const struct canvas *canvas, struct area area);
enum role canvas_role(int owner);
const char *canvas_mark(int owner); /* ● ○ ■ …; * o # … */

/* --- chart_axis.c --- */

/* Sets from and to when they are the same. */
void axis_span(struct chart_axis *axis, const struct chart_plot *plot, bool is_y);
/* The distance between ticks, of which there should be about `wanted`. */
double axis_step(const struct chart_axis *axis, int wanted);
/* The ticks at this distance: how many, and where. */
int axis_ticks(const struct chart_axis *axis, double step);
double axis_tick(const struct chart_axis *axis, double step, int tick);
/* A tick's label: "50 %", "12", "0.25". */
void axis_label(const struct chart_axis *axis, double step, double value, char *dst, size_t size);
/* The share of the axis at which a value lies, clamped to 0–1. */
double axis_share(const struct chart_axis *axis, double value);

#endif
