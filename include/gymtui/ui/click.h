/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the mouse can click: what is drawn says so while it draws, and what covers it takes it
 * back. Everything that can be clicked has a key as well (screen.mouse is off at the start).
 */
#ifndef GYMTUI_UI_CLICK_H
#define GYMTUI_UI_CLICK_H

#include "gymtui/ui/draw.h"

struct table;

enum click_kind {
    CLICK_NOTHING,
    CLICK_TAB,     /* value: which */
    CLICK_COMMAND, /* value: the command, of the bottom line */
    CLICK_ROW,     /* value: the row's index in `table` */
};

struct click {
    enum click_kind kind;
    int value;
    struct table *table;
};

/* Nothing can be clicked: at the start of a drawing, and under what covers it all. */
void click_clear(void);
void click_offer(struct area area, int y, int x, int columns, struct click click);
/* What stands at a place of the screen. */
struct click click_at(int y, int x);
/* The table is gone. */
void click_forget(const struct table *table);

#endif
