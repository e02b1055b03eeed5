/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field behind "/" of the lists in the analytics pages: letters of a name. */
#ifndef GYMTUI_SCREENS_ANALYTICS_FIND_H
#define GYMTUI_SCREENS_ANALYTICS_FIND_H

#include "gymtui/ui/draw.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/table.h"

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
/* "name: petr" on line y from column x on, when there is one; with `table`, whose rows are those
 * that match, how many they are at the end of the line, and the keys while it has the focus. */
void analytics_find_draw(const struct analytics_find *find, const struct table *table,
                         struct area area, int y, int x);

/* The parts of it, for lists that keep the field themselves. How many rows match, as far as they
 * are held: "12", "480+". */
void analytics_find_count(char *dst, size_t size, const struct table *table);
/* `matching`: as above, or "" where it is said elsewhere or not known. */
void analytics_find_draw_field(const struct field *field, bool has_focus, const char *matching,
                               struct area area, int y, int x);

#endif
