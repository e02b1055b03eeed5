/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list, newest first, that is read page by page: the first page when it opens, the next one when
 * the cursor nears the end, and the first again when something changed. While it is read the rows
 * that are there stay.
 */
#ifndef SCREENS_PAGED_H
#define SCREENS_PAGED_H

#include "gymtui/db/db.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

struct paged {
    struct host *host;
    struct table *table;
    const char *empty; /* said when there is nothing, once that is known */
    bool (*same)(const void *a, const void *b);
    int64_t (*number)(const void *row); /* the row before which the next page ends */
    /* Asks the data layer, with the owner given to the reply's callback; `before` 0: the first. */
    void (*read)(void *owner, int64_t before);
    void *owner;
    bool is_loaded, is_reading, is_appending, again;
};

/* Reads the first page (again). */
void paged_read(struct paged *paged);
/* What the data layer answered. */
void paged_take(struct paged *paged, const void *rows, int count, bool more,
                const struct error *error);
/* Moves in the list, reading on where it ends; false: no such command. */
bool paged_command(struct paged *paged, int command);
void paged_state_changed(struct paged *paged, enum db_state db_state);

#endif
