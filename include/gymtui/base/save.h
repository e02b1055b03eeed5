/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that a person asked for, an export or a receipt: it appears whole or not at all. It is
 * written beside its place under another name and renamed at the end; a file that is in its place
 * already stays as it is until then. Only its owner may read it, for it holds people's data. Where
 * the name is that of a pipe or a device, it is written to.
 */
#ifndef GYMTUI_BASE_SAVE_H
#define GYMTUI_BASE_SAVE_H

#include <stdbool.h>
#include <stdio.h>

#include "gymtui/base/error.h"

struct save {
    FILE *out; /* write here */
    char path[1024], temporary[1040];
    bool is_direct; /* a pipe or a device: no other name meanwhile */
};

/* `path` may begin with "~/". False: nothing was made, and *error says why. */
bool save_begin(struct save *save, const char *path, struct error *error);
/* Everything is on the disk, under its name; or the file is gone and *error says why (disk full,
 * no rights). */
bool save_finish(struct save *save, struct error *error);
/* Leaves no file. */
void save_abandon(struct save *save);

/* One cell of a CSV row, guarded against formulas and quoted (DESK.md rule 19), after a comma
 * unless it is the first. */
void save_csv_cell(FILE *out, bool first, const char *text);

#endif
