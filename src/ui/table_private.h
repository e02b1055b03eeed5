/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of the table share: the window over the rows, and its drawing. */
#ifndef GYMTUI_UI_TABLE_PRIVATE_H
#define GYMTUI_UI_TABLE_PRIVATE_H

#include "gymtui/ui/table.h"

#define TABLE_COLUMNS_MOST 24
#define TABLE_FOLD_SIZE    256

struct table {
    struct table_column columns[TABLE_COLUMNS_MOST];
    int column_count;
    size_t row_size;
    int window;
    table_cell_fn *cell;
    void *owner;

    char *rows;
    int count, cursor, top, height;
    bool more_before, more_after;
    enum table_want want;  /* what a jump or a reset needs */
    enum table_want asked; /* under way */
    bool old;              /* rows from before a reset */
    bool stale;
    bool cursor_hidden;
    int sort; /* −1: none */
    bool descending;
    char empty[256];
    char match[TABLE_FOLD_SIZE];
};

/* The cursor inside the rows and the view around the cursor. */
void table_settle(struct table *table);

#endif
