/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paged.h"

static void read_before(struct paged *paged, int64_t before)
{
    /* What has changed meanwhile is not in the answer that is under way. */
    if (paged->is_reading) {
        paged->again = true;
        return;
    }
    paged->is_reading = true;
    paged->is_appending = before != 0;
    paged->read(paged->owner, before);
}

void paged_read(struct paged *paged)
{
    read_before(paged, 0);
}

void paged_take(struct paged *paged, const void *rows, int count, bool more,
                const struct error *error)
{
    paged->is_reading = false;
    table_set_stale(paged->table, error != NULL);
    if (error) {
        if (error->code != ERROR_OFFLINE)
            host_say_error(paged->host, error);
    } else {
        table_set_empty(paged->table, paged->empty);
        if (paged->is_appending)
            table_append(paged->table, rows, count, more);
        else if (paged->is_loaded)
            table_replace(paged->table, rows, count, false, more, paged->same);
        else
            table_fill(paged->table, rows, count, false, more);
        paged->is_loaded = true;
    }
    host_redraw(paged->host);
    if (paged->again) {
        paged->again = false;
        paged_read(paged);
    }
}

bool paged_command(struct paged *paged, int command)
{
    if (!table_command(paged->table, command))
        return false;
    const void *last = table_last(paged->table);
    if (table_wants(paged->table) == TABLE_WANT_AFTER && last)
        read_before(paged, paged->number(last));
    host_redraw(paged->host);
    return true;
}

void paged_state_changed(struct paged *paged, enum db_state db_state)
{
    table_set_stale(paged->table, db_state != DB_STATE_READY);
    host_redraw(paged->host);
}
