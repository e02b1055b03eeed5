/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log of changes: who changed what, before and after, in words for people. Managers read it;
 * nobody writes it but triggers, and nothing in it is ever changed but to scrub an anonymised
 * member's values (DESK.md rule 18).
 */
#ifndef GYMTUI_DB_AUDIT_H
#define GYMTUI_DB_AUDIT_H

#include "gymtui/db/db.h"

#define AUDIT_CHANGES 16

struct audit_change {
    char what[40];                /* "Phone" */
    char before[120], after[120]; /* as people write them; "" for nothing */
};

struct audit_row {
    int64_t audit_id;
    int64_t at_local;
    int64_t customer_id; /* 0: of no member */
    char who[128];       /* "Anna Petrosyan", "the worker" */
    char member[200];
    char subject[32]; /* "Payment" */
    enum audit_action { AUDIT_ADDED, AUDIT_CHANGED, AUDIT_REMOVED } action;
    struct audit_change changes[AUDIT_CHANGES];
    int change_count;
    char words[700]; /* all of it in one line: "Phone: 0123 → 0124; note: (nothing) → allergic" */
};

struct audit_query {
    int64_t customer_id; /* 0: everything of the gym */
    int32_t since;       /* from this day on; DATE_NONE: from the beginning */
    int64_t before;      /* keyset: older than this one; 0: from the newest */
    int limit;           /* at most 500 */
};
/* Newest first. */
typedef void audit_fn(void *owner, const struct audit_row *rows, int count, bool more,
                      const struct error *error);
void audit_page(struct db *db, const struct audit_query *query, audit_fn *on_reply, void *owner);

const char *audit_action_name(enum audit_action action); /* "added", "changed", "removed" */

#endif
