/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PostgreSQL cluster for one test program: made in a temporary folder, on a Unix socket there and
 * nowhere else, without fsync, of an unprivileged account when the tests run as root; gone when the
 * program ends, however it ends. It holds database TEST_DATABASE with the schema and the members of
 * fixture.sql: two gyms whose local time is around noon, so that no test meets midnight.
 *
 * Whatever fails in here ends the program with a message.
 */
#ifndef GYMTUI_TESTS_DB_SUPPORT_H
#define GYMTUI_TESTS_DB_SUPPORT_H

#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEST_DATABASE "gymtest"
#define TEST_PASSWORD "open sesame" /* of every login of the fixture */

/* Starts it at the first call of a program. */
void test_cluster_start(void);

/* "host=… port=… dbname=gymtest": add user and password, or hand them to db_open. */
const char *test_conninfo(void);
/* The same as superuser (no password). */
const char *test_admin(void);
/* Superuser's conninfo to another database of the cluster. */
const char *test_admin_of(const char *database);
/* The cluster's folder. */
const char *test_directory(void);

/* The server away and back: `signal` SIGTERM waits for the sessions, SIGINT ends them, SIGQUIT and
 * SIGKILL are crashes. test_server_start waits until it answers. */
void test_server_stop(int signal);
void test_server_start(void);

/* Role name of a login: test_role("north", "desk1"); staff "" is the gym's own. Static storage, the
 * last four stay. Logins: north: "", mona (manager), desk1, desk2, chain; south: "", desk1. */
const char *test_role(const char *gym, const char *staff);

/* ---- Raw SQL, for what no typed call does ---- */

/* As superuser, working on gym 1 (gymtui.gym_id) and in its time zone, so that current_date is the
 * gym's and, where it is noon, stays what it is. The connection is kept. */
PGconn *test_superuser(void);
/* A new connection as this login; PQfinish it. */
PGconn *test_connect(const char *gym, const char *staff);

/* Runs it and expects it to succeed. Parameters as in printf, %s and so on; quote yourself. */
void test_run(PGconn *connection, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The first column of the first row, "" for NULL or no row. Static storage, the last eight stay. */
const char *test_text(PGconn *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int64_t test_number(PGconn *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Runs it; "" when it worked, else its SQLSTATE, and the message is in test_message(). */
const char *test_state(PGconn *connection, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *test_message(void);

#endif
