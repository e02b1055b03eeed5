/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DESK.md, "Rules at the edges": one test for each, in their order, named by its number. Each
 * breaks when the rule does. More of a rule is in the tests of the functions that keep it.
 */
#ifndef GYMTUI_TESTS_DB_EDGE_EDGE_H
#define GYMTUI_TESTS_DB_EDGE_EDGE_H

#include <libpq-fe.h>
#include <stdint.h>

/* Logins of the first gym. */
extern PGconn *edge_desk, *edge_other_desk, *edge_manager, *edge_owner;

int edge_start(void **state);
int edge_stop(void **state);

/* A member of gym 1 with key tag `tag`, and a monthly term of these days from today, which is paid.
 * The number, as text; the last few stay. */
const char *edge_make_member(const char *tag, int from, int until);
/* A column, or several, of the verdict of a check-in, or a check-out, by number. */
const char *edge_check_in(const char *member, const char *columns);
const char *edge_check_out(const char *member, const char *columns);
/* The result of a check-in and the first of its reasons. */
const char *edge_first_code(const char *member);
/* The member's rows in a table of schema gym. */
int64_t edge_count_rows(const char *table, const char *member);
/* What test_state said is this, and the message has these words. */
void edge_expect_sqlstate(const char *got, const char *wanted, const char *words);

#endif
