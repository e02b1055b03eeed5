/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members from another program's CSV file, as gym.import_members takes them (0015_people.sql,
 * 0022_import.sql): a JSON list with an object a row. A day that is none, or a row that cannot be
 * read, becomes that row's “problem”, which the database tells with the others.
 */
#ifndef GYMTUI_WORKER_IMPORT_MEMBERS_H
#define GYMTUI_WORKER_IMPORT_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"
#include "gymtui/worker/csv.h"

#define IMPORT_MEMBERS_MOST 100000 /* in one file */

/* Told now and then how many rows were read. False: a person cancelled. */
typedef bool import_members_progress_fn(void *owner, int rows);

/* The whole file, freed by the caller; *count rows. NULL: no heading with a name, no rows, more
 * than IMPORT_MEMBERS_MOST, or cancelled. `on_progress` may be NULL. */
char *import_members_json(struct csv *csv, int *count, import_members_progress_fn *on_progress,
                          void *owner, struct error *error);

#endif
