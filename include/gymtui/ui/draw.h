/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drawing on the virtual screen. An area is a rectangle; everything is clipped to it, at any size
 * from 0×0. No I/O happens here. All text goes through text_clean, and to ASCII where the terminal
 * cannot show more; columns are display columns.
 */
#ifndef GYMTUI_UI_DRAW_H
#define GYMTUI_UI_DRAW_H

#include <stdbool.h>

#include "gymtui/ui/theme.h"

struct area {
    int y, x, rows, columns;
};

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };

/* Signs, with their ASCII twins. */
enum sign {
    SIGN_GOOD,    /* ✔ + */
    SIGN_BAD,     /* ✖ x */
    SIGN_WARN,    /* ! ! */
    SIGN_STAR,    /* ★ * */
    SIGN_CURSOR,  /* ▸ > */
    SIGN_UP,      /* ▲ ^ */
    SIGN_DOWN,    /* ▼ v */
    SIGN_LIVE,    /* ● * */
    SIGN_OFFLINE, /* ○ o */
    SIGN_DOT,     /* · - */
    SIGN_OUT,     /* ← < */
    SIGN_MARK,    /* ■ # */
};
const char *sign_text(enum sign sign); /* as this terminal can show it */

struct area area_whole(void);
/* A part of an area; clipped to it. Negative rows or columns: up to the area's end less that. */
struct area area_part(struct area area, int y, int x, int rows, int columns);
/* Splits off `rows` at the top (area shrinks), or at the bottom. */
struct area area_take_top(struct area *area, int rows);
struct area area_take_bottom(struct area *area, int rows);

void draw_clear(struct area area, enum role role);
/* Text at y, x of the area, cut with … at the area's edge. Returns the columns used. */
int draw_text(struct area area, int y, int x, enum role role, const char *text);
int draw_format(struct area area, int y, int x, enum role role, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Within `columns` at y, x, aligned, padded with blanks in `role`. */
void draw_cell(struct area area, int y, int x, int columns, enum align align, enum role role,
               const char *text);
/* Word-wrapped; returns the rows used. Draws nothing when `rows_only`. */
int draw_paragraph(struct area area, int y, int x, enum role role, const char *text,
                   bool rows_only);
void draw_rule(struct area area, int y);
/* A frame around the area, cleared inside; returns the inside. */
struct area draw_frame(struct area area, enum role role, const char *title);
/* Gives every cell already drawn in the area the dim look (below a dialog). */
void draw_dim(struct area area);
/* Changes only the look of cells already drawn. */
void draw_look(struct area area, int y, int x, int columns, enum role role);
/* Where the terminal's cursor rests (the field); without it the cursor is hidden. */
void draw_cursor(struct area area, int y, int x);

#endif
