/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list over any number of rows, of which it holds a window. Rows are plain structs of one size
 * that the screen copies in. When the cursor nears the end of the window the table says which page
 * it wants; the screen asks the data layer with the first or last row as anchor, and hands the
 * answer to table_append or table_prepend, which drop rows at the far end. Memory does not grow.
 */
#ifndef GYMTUI_UI_TABLE_H
#define GYMTUI_UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/ui/draw.h"

struct table_column {
    const char *title;
    int width;  /* columns; for a flexible one, the least; 0: never there */
    int weight; /* share of what is left over; 0: fixed */
    enum align align;
    int priority; /* 0 always there; higher numbers go first when it gets narrow */
    bool sortable;
};

#define TABLE_CELL 256

/* Writes the text of a cell and may change its role. */
typedef void table_cell_fn(void *owner, const void *row, int column, char *text, size_t size,
                           enum role *role);

enum table_want {
    TABLE_WANT_NOTHING,
    TABLE_WANT_START,
    TABLE_WANT_END,
    TABLE_WANT_BEFORE,
    TABLE_WANT_AFTER
};

struct table;
/* `window`: most rows held (at least 3 pages of the largest terminal; 600 is plenty). */
struct table *table_new(const struct table_column *columns, int column_count, size_t row_size,
                        int window, table_cell_fn *cell, void *owner);
void table_free(struct table *table);

/* Forgets all rows and wants the start. Keep `keep_rows` to show the old rows dimmed until the new
 * ones come (reloading after a change). */
void table_reset(struct table *table, bool keep_rows);
/* The first page after a reset (from the start, or from the end). */
void table_fill(struct table *table, const void *rows, int count, bool more_before,
                bool more_after);
void table_append(struct table *table, const void *rows, int count, bool more);
void table_prepend(struct table *table, const void *rows, int count, bool more);
/* Replaces the rows in place after a re-read, and keeps the cursor on the row for which
 * `same(old, new)` holds; else at its position. */
void table_replace(struct table *table, const void *rows, int count, bool more_before,
                   bool more_after, bool (*same)(const void *a, const void *b));

int table_count(const struct table *table);
/* Whether the rows held are all there are. */
bool table_is_whole(const struct table *table);
const void *table_row(const struct table *table, int index);
const void *table_selected(const struct table *table); /* NULL: empty */
int table_selected_index(const struct table *table);
void table_select(struct table *table, int index);
/* First and last row held, as anchors. */
const void *table_first(const struct table *table);
const void *table_last(const struct table *table);

/* Moves by COMMAND_UP … COMMAND_LAST; true when used. */
bool table_command(struct table *table, int command);
/* What to ask for next; asked once: the table remembers that it is under way until rows come. */
enum table_want table_wants(struct table *table);

void table_set_sort(struct table *table, int column, bool descending); /* the ▲ in the heading */
int table_sort(const struct table *table, bool *descending);
/* The next sortable column. */
void table_next_sort(struct table *table);
/* Said in the middle while there are no rows: why, and what to press; "…" without it. */
void table_set_empty(struct table *table, const char *text);
/* Rows are old (offline, or loading): drawn dim. */
void table_set_stale(struct table *table, bool stale);
/* Whether a row is marked as selected; at the start it is. A list that is only looked at has none
 * until the person moves in it. */
void table_set_cursor(struct table *table, bool shown);
/* Part of cells that matches is lit (folded); NULL: none. */
void table_set_match(struct table *table, const char *typed);

/* Heading and rows. `focused`: the cursor row is lit. Not pure in one way: remembers the height. */
void table_draw(struct table *table, struct area area, bool heading, bool focused);

#endif
