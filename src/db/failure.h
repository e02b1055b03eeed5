/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What went wrong, in words. PostgreSQL's own text never reaches a screen: it goes to the log with
 * its SQLSTATE, without the parts that may hold personal data (DETAIL, values). Only what our own
 * SQL functions raise is written for people and passed on: SQLSTATE GT001 (input), GT002 (no such
 * record), GT003 (not allowed), GT004 (conflict), GT005 (not done), GT006 (login), and P0001.
 */
#ifndef GYMTUI_DB_FAILURE_H
#define GYMTUI_DB_FAILURE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "gymtui/base/error.h"

/* What a lane does about a failed statement. */
enum failure_kind {
    FAILURE_FINAL,     /* the owner gets the error */
    FAILURE_RETRY,     /* serialisation, deadlock: rolled back, worth one more try */
    FAILURE_STALE,     /* the prepared statement does not hold any more: prepare again */
    FAILURE_LOST,      /* the backend is going away; whether a write was done is not known */
    FAILURE_READ_ONLY, /* a standby: another host must be found; nothing was written */
};

/* Fills *error, and logs. `name` is the statement's. */
enum failure_kind failure_of_result(const PGresult *result, const char *name, struct error *error);

/* Why a connection could not be made, from what libpq says (verbose, so that it holds the
 * SQLSTATE). True when trying again is of no use. */
bool failure_of_connection(PGconn *connection, struct error *error);

#endif
