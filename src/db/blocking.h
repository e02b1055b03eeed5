/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One blocking connection, for the command line's schema commands, bulk loading and tests: the
 * interface uses lanes (lane.h).
 */
#ifndef GYMTUI_DB_BLOCKING_H
#define GYMTUI_DB_BLOCKING_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

/* Connects, sends notices to the log, and pins search_path to pg_catalog. The caller calls
 * PQfinish. NULL: *error says why. */
PGconn *blocking_connect(const char *conninfo, struct error *error);

/* Runs SQL text of one or several statements; `name` is for the log and the error. */
bool blocking_run(PGconn *connection, const char *sql, const char *name, struct error *error);

/* One statement with `count` text parameters; the first column of the first row as text. `dst` may
 * be NULL. ERROR_NOT_FOUND when there is no row. SQL NULL gives "". */
bool blocking_text(PGconn *connection, const char *sql, int count, const char *const *values,
                   char *dst, size_t size, struct error *error);
bool blocking_value(PGconn *connection, const char *sql, int64_t *value, struct error *error);

/* The SCRAM verifier of a password: what the server stores, and all it is ever sent. */
bool blocking_verifier(PGconn *connection, const char *role, const char *password, char *dst,
                       size_t size, struct error *error);

#endif
