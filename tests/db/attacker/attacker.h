/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client is not trusted. In these tests somebody has a desk's user name and password and psql,
 * and tries everything outside their gym and level: all of it is refused, or finds nothing.
 */
#ifndef GYMTUI_TESTS_DB_ATTACKER_ATTACKER_H
#define GYMTUI_TESTS_DB_ATTACKER_ATTACKER_H

#include <libpq-fe.h>

/* Logins of the first gym; the second one, which they attack, has a row in every table. */
extern PGconn *attacker_desk, *attacker_manager, *attacker_owner;

int attacker_start(void **state);
int attacker_stop(void **state);

/* Refused for want of permission, whatever was tried. */
void attacker_expect_refused(PGconn *connection, const char *sql);
/* Fails with this SQLSTATE. */
void attacker_expect_state(PGconn *connection, const char *wanted, const char *sql);
/* Refused, or nothing there. */
void attacker_expect_nothing(PGconn *connection, const char *sql);

#endif
