/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the packages screen, shared by packages.c (list, reading, keys) and packages_edit.c
 * (the form of a plan, retiring, and what happens when somebody else was faster). */
#ifndef GYMTUI_SCREENS_PACKAGES_LIST_H
#define GYMTUI_SCREENS_PACKAGES_LIST_H

#include "gymtui/db/packages.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

#define PACKAGES_MOST 200

struct packages_state {
    struct screen_context context;
    struct table *table;
    struct package_row rows[PACKAGES_MOST];
    int count;
    bool loaded, reading, again;
    bool conflict; /* somebody else changed the plan in the form: the next reading says how */
    struct package_row edited; /* what the form or the question is about; id 0: new */
    char unit_titles[2][24];   /* "Price EUR" */
    struct table_column columns[8];
};

void packages_read(struct packages_state *state);

/* packages_edit.c; row NULL: a new plan */
void packages_edit_ask(struct packages_state *state, const struct package_row *row);
void packages_retire_ask(struct packages_state *state, const struct package_row *row);
/* After a conflict, when the plans have been read again: theirs in a line below the form, ours in
 * its fields (DESK.md rule 13). */
void packages_explain_conflict(struct packages_state *state);

#endif
