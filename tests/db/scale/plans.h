/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the server read for the statements of a session: auto_explain, which is part of PostgreSQL,
 * writes the plan of each of them into the server's log as it was carried out, and of each
 * statement within its functions and triggers.
 */
#ifndef GYMTUI_TESTS_DB_SCALE_PLANS_H
#define GYMTUI_TESTS_DB_SCALE_PLANS_H

#include <libpq-fe.h>
#include <stdbool.h>

struct plans {
    int statements;  /* with those within functions */
    double rows;     /* read from large tables, wanted or not */
    double pages;    /* of the costliest statement, from memory or not */
    char whole[256]; /* large tables that were read from begin to end, by name; "" */
};

/* From now on for every session that begins in this database. `large`: the names of tables that
 * grow with the members, ending with NULL; they stay. */
void plans_log(PGconn *superuser, const char *database, const char *const *large);
/* What comes is counted from here. */
void plans_begin(void);
/* Waits until nothing runs in the database any more, and counts. */
struct plans plans_end(PGconn *superuser);

#endif
