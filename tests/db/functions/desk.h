/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the functions at the desk stand on: a desk's connection, and a scan's verdict.
 */
#ifndef GYMTUI_TESTS_DB_FUNCTIONS_DESK_H
#define GYMTUI_TESTS_DB_FUNCTIONS_DESK_H

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A rule's test: no visit of today before it. */
#define RULE(name) cmocka_unit_test_setup(name, desk_forget_today)

/* Signed in as desk1 of the first gym. */
extern PGconn *desk_connection;

int desk_start(void **state);
int desk_stop(void **state);
/* Every visit of today away again, and summaries counted. */
int desk_forget_today(void **state);

/* What the verdict of gym.check_in says in this column. */
const char *desk_check_in(const char *code, const char *column);
const char *desk_check_out(const char *code, const char *column);
/* Rows in attendance; denied attempts in the access log. */
int64_t desk_visits(int64_t member);
int64_t desk_denials(int64_t member);
/* Denied with this first line, nothing in attendance, one row in the access log. */
void desk_expect_denied(const char *code, int64_t member, const char *reason);

#endif
