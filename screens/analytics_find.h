/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field behind "/" of the lists in the analytics pages: letters of a name. */
#ifndef GYMTUI_SCREENS_ANALYTICS_FIND_H
#define GYMTUI_SCREENS_ANALYTICS_FIND_H

#include "gymtui/ui/draw.h"
#include "gymtui/ui/field.h"

struct analytics_find {
    struct field field;
    bool is_open;  /* the field has the focus */
    char text[64]; /* what the list is narrowed to; "": nothing */
};

void analytics_find_open(struct analytics_find *find);
/* A key or pasted text; false: not used. *changed: the list is to be read again. */
bool analytics_find_type(struct analytics_find *find, uint32_t key, const char *text,
                         bool *changed);
/* Enter: the focus goes back to the list. */
void analytics_find_leave(struct analytics_find *find);
/* Esc: takes the filter off. False: there was none. *changed as above. */
bool analytics_find_clear(struct analytics_find *find, bool *changed);
/* "name: petr" on line y from column x on, when there is one. */
void analytics_find_draw(const struct analytics_find *find, struct area area, int y, int x);

#endif
