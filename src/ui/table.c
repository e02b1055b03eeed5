/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window is one block of rows; `cursor` and `top` count from its first row, and move with the
 * rows when some are dropped or put in front. What the table wants next follows from the cursor's
 * distance to an end of the window behind which there is more; it is asked for once, and rows of
 * any kind are the answer.
 */
#include "gymtui/ui/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/click.h"
#include "gymtui/ui/keymap.h"
#include "table_private.h"

struct table *table_new(const struct table_column *columns, int column_count, size_t row_size,
                        int window, table_cell_fn *cell, void *owner)
{
    struct table *table = calloc(1, sizeof *table);
    window = window > 0 ? window : 1;
    if (table == NULL || (table->rows = calloc((size_t)window, row_size)) == NULL) {
        free(table);
        return NULL;
    }
    table->column_count = column_count < TABLE_COLUMNS_MOST ? column_count : TABLE_COLUMNS_MOST;
    memcpy(table->columns, columns, sizeof *columns * (size_t)table->column_count);
    table->row_size = row_size;
    table->window = window;
    table->cell = cell;
    table->owner = owner;
    table->height = 1;
    table->sort = -1;
    table->want = TABLE_WANT_START;
    return table;
}

void table_free(struct table *table)
{
    if (table != NULL) {
        click_forget(table);
        free(table->rows);
        free(table);
    }
}

static char *row_at(const struct table *table, int index)
{
    return table->rows + (size_t)index * table->row_size;
}

static void copy_rows(struct table *table, int at, const void *rows, int count)
{
    if (count > 0) {
        memcpy(row_at(table, at), rows, (size_t)count * table->row_size);
    }
}

static void move_rows(struct table *table, int to, int from, int count)
{
    if (count > 0) {
        memmove(row_at(table, to), row_at(table, from), (size_t)count * table->row_size);
    }
}

void table_settle(struct table *table)
{
    int last = table->count - 1;
    table->cursor = table->cursor > last ? last : table->cursor;
    table->cursor = table->cursor < 0 ? 0 : table->cursor;
    if (table->top > table->count - table->height) {
        table->top = table->count - table->height;
    }
    if (table->cursor < table->top) {
        table->top = table->cursor;
    }
    if (table->cursor >= table->top + table->height) {
        table->top = table->cursor - table->height + 1;
    }
    table->top = table->top < 0 ? 0 : table->top;
}

/* --- rows --- */

void table_reset(struct table *table, bool keep_rows)
{
    table->want = TABLE_WANT_START;
    table->asked = TABLE_WANT_NOTHING;
    table->old = keep_rows;
    if (!keep_rows) {
        table->count = 0;
        table->cursor = 0;
        table->top = 0;
        table->more_before = false;
        table->more_after = false;
    }
}

static void take_answer(struct table *table)
{
    table->want = TABLE_WANT_NOTHING;
    table->asked = TABLE_WANT_NOTHING;
    table->old = false;
}

void table_fill(struct table *table, const void *rows, int count, bool more_before, bool more_after)
{
    bool at_end = table->asked == TABLE_WANT_END;
    int dropped = count > table->window ? count - table->window : 0;
    const char *from = rows;
    if (at_end && dropped > 0) {
        from += (size_t)dropped * table->row_size;
    }
    table->count = count - dropped;
    copy_rows(table, 0, from, table->count);
    table->more_before = more_before || (at_end && dropped > 0);
    table->more_after = more_after || (!at_end && dropped > 0);
    table->cursor = at_end ? table->count - 1 : 0;
    table->top = 0;
    take_answer(table);
    table_settle(table);
}

void table_append(struct table *table, const void *rows, int count, bool more)
{
    int too_many = table->count + count - table->window;
    int dropped = too_many > 0 ? too_many : 0;
    dropped = dropped > table->top ? table->top : dropped; /* never what is looked at */
    int room = table->window - (table->count - dropped);
    int taken = count < room ? count : room;
    move_rows(table, 0, dropped, table->count - dropped);
    table->count -= dropped;
    copy_rows(table, table->count, rows, taken);
    table->count += taken;
    table->cursor -= dropped;
    table->top -= dropped;
    table->more_before = table->more_before || dropped > 0;
    table->more_after = more || taken < count;
    take_answer(table);
    table_settle(table);
}

void table_prepend(struct table *table, const void *rows, int count, bool more)
{
    int seen = table->top + table->height; /* the end of what is looked at */
    seen = seen > table->count ? table->count : seen;
    seen = seen <= table->cursor ? table->cursor + 1 : seen;
    seen = seen > table->count ? table->count : seen;
    int room = table->window - seen;
    int taken = count < room ? count : room;
    int kept = table->count < table->window - taken ? table->count : table->window - taken;
    const char *from = rows;
    move_rows(table, taken, 0, kept);
    copy_rows(table, 0, from + (size_t)(count - taken) * table->row_size, taken);
    table->more_after = table->more_after || kept < table->count;
    table->count = kept + taken;
    table->cursor += taken;
    table->top += taken;
    table->more_before = more || taken < count;
    take_answer(table);
    table_settle(table);
}

void table_replace(struct table *table, const void *rows, int count, bool more_before,
                   bool more_after, bool (*same)(const void *a, const void *b))
{
    int line = table->cursor - table->top;
    int taken = count < table->window ? count : table->window;
    int found = -1;
    for (int i = 0; same != NULL && table->count > 0 && i < taken && found < 0; i++) {
        const char *row = (const char *)rows + (size_t)i * table->row_size;
        found = same(row_at(table, table->cursor), row) ? i : -1;
    }
    if (found >= 0) { /* the row stays on its line of the screen */
        table->cursor = found;
        table->top = found - line;
    }
    copy_rows(table, 0, rows, taken);
    table->count = taken;
    table->more_before = more_before;
    table->more_after = more_after || taken < count;
    take_answer(table);
    table_settle(table);
}

int table_count(const struct table *table)
{
    return table->count;
}

bool table_is_whole(const struct table *table)
{
    return !table->more_before && !table->more_after;
}

const void *table_row(const struct table *table, int index)
{
    return index >= 0 && index < table->count ? row_at(table, index) : NULL;
}

const void *table_selected(const struct table *table)
{
    return table_row(table, table->cursor);
}

int table_selected_index(const struct table *table)
{
    return table->count > 0 ? table->cursor : -1;
}

void table_select(struct table *table, int index)
{
    table->cursor = index;
    table_settle(table);
}

const void *table_first(const struct table *table)
{
    return table_row(table, 0);
}

const void *table_last(const struct table *table)
{
    return table_row(table, table->count - 1);
}

/* --- moving --- */

static void go_first(struct table *table)
{
    table->cursor = 0;
    if (table->more_before && table->asked != TABLE_WANT_START) {
        table->want = TABLE_WANT_START;
        table->asked = TABLE_WANT_NOTHING;
    }
}

static void go_last(struct table *table)
{
    table->cursor = table->count - 1;
    if (table->more_after && table->asked != TABLE_WANT_END) {
        table->want = TABLE_WANT_END;
        table->asked = TABLE_WANT_NOTHING;
    }
}

bool table_command(struct table *table, int command)
{
    int page = table->height > 1 ? table->height - 1 : 1;
    switch (command) {
    case COMMAND_UP:
        table->cursor--;
        break;
    case COMMAND_DOWN:
        table->cursor++;
        break;
    case COMMAND_PAGE_UP:
        table->cursor -= page;
        table->top -= page;
        break;
    case COMMAND_PAGE_DOWN:
        table->cursor += page;
        table->top += page;
        break;
    case COMMAND_FIRST:
        go_first(table);
        break;
    case COMMAND_LAST:
        go_last(table);
        break;
    default:
        return false;
    }
    table_settle(table);
    return true;
}

enum table_want table_wants(struct table *table)
{
    if (table->asked != TABLE_WANT_NOTHING) {
        return TABLE_WANT_NOTHING;
    }
    enum table_want want = table->want;
    if (want == TABLE_WANT_NOTHING) {
        int page = table->height;
        if (table->more_after && table->top + 2 * page >= table->count) {
            want = TABLE_WANT_AFTER;
        } else if (table->more_before && table->top < page) {
            want = TABLE_WANT_BEFORE;
        }
    }
    table->asked = want;
    return want;
}

/* --- looks --- */

void table_set_sort(struct table *table, int column, bool descending)
{
    table->sort = column;
    table->descending = descending;
}

int table_sort(const struct table *table, bool *descending)
{
    if (descending != NULL) {
        *descending = table->descending;
    }
    return table->sort;
}

void table_next_sort(struct table *table)
{
    for (int i = 1; i <= table->column_count; i++) {
        int column = (table->sort + i) % table->column_count;
        if (column >= 0 && table->columns[column].sortable) {
            table_set_sort(table, column, false);
            return;
        }
    }
}

void table_set_empty(struct table *table, const char *text)
{
    text_clean(table->empty, sizeof table->empty, text != NULL ? text : "");
}

void table_set_stale(struct table *table, bool stale)
{
    table->stale = stale;
}

void table_set_cursor(struct table *table, bool shown)
{
    table->cursor_hidden = !shown;
}

void table_set_match(struct table *table, const char *typed)
{
    text_fold(table->match, sizeof table->match, typed != NULL ? typed : "");
}
