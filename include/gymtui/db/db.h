/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session with PostgreSQL on two connections ("lanes"):
 *   desk    short reads and writes, 2 s limit, and LISTEN;
 *   browse  lists, reports and exports, 30 s limit; may read from a standby.
 * Both are non-blocking and in pipeline mode; a statement is prepared at its first use on a
 * connection, in the same round trip. A typed call (see attendance.h, members.h …) queues a
 * statement and returns at once; its reply function is called from db_advance, exactly once,
 * unless its owner was forgotten. Decoded rows live until the reply function returns.
 *
 * When a connection drops: reads that were under way fail with ERROR_OFFLINE; writes are held as
 * unknown, looked up by their request id after the reconnect, and answered with the first result,
 * or with ERROR_NOT_DONE (DESK.md rule 14). Reconnecting goes on in the background: after .1 s,
 * then up to .7 s apart. A call made while offline fails at once with ERROR_OFFLINE. Of several
 * hosts in the connection string the desk takes the one that accepts writes.
 *
 * No threads, no blocking but in db_wait. Not for use in signal handlers.
 */
#ifndef GYMTUI_DB_DB_H
#define GYMTUI_DB_DB_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct db;

enum db_lane { DB_DESK, DB_BROWSE };

enum db_state {
    DB_STATE_CONNECTING, /* first connection under way */
    DB_STATE_READY,      /* desk lane up */
    DB_STATE_OFFLINE,    /* was up, is down, coming back by itself */
    DB_STATE_REFUSED,    /* the server said no for good: login, missing database, too new … */
};

struct db_settings {
    const char *conninfo;        /* libpq connection string without user and password */
    const char *browse_conninfo; /* NULL or "": the same */
    const char *user;            /* role name (login_role_name in session.h), NULL: from conninfo */
    const char *password;        /* copied; wiped at db_close; NULL: libpq's own ways */
    int desk_timeout_ms, browse_timeout_ms, connect_timeout_ms;
    const char *application_name; /* "gymtui desk 2" */
};

/* Starts connecting and returns without waiting. NULL only for want of memory or a conninfo that
 * cannot be parsed. */
struct db *db_open(const struct db_settings *settings, struct error *error);
/* Drops both connections. Pending replies are not called. NULL is allowed. */
void db_close(struct db *db);

enum db_state db_state(const struct db *db);
/* Why it is OFFLINE or REFUSED, in words for a person. */
const struct error *db_last_error(const struct db *db);

/* What to poll: fills up to `room` entries (4 are enough), returns how many, and lowers
 * *timeout_ms (-1: none) to the next deadline of the data layer. */
int db_poll_set(const struct db *db, struct pollfd *set, int room, int *timeout_ms);
/* Sends, receives, delivers replies and notices, reconnects. Call after every poll, whether or not
 * anything was readable. */
void db_advance(struct db *db);
/* Runs poll and db_advance until nothing is pending and the lane is up, or `timeout_ms` has gone,
 * or the server refuses. For the command line, the worker and tests. False: *error says why. */
bool db_wait(struct db *db, int timeout_ms, struct error *error);
/* Replies not yet delivered. */
int db_pending(const struct db *db);

/* Replies for this owner are dropped when they come. Call before the owner is freed. */
void db_forget(struct db *db, const void *owner);

/* Listening: `on_change` is called with a topic ("attendance", "members", "packages", "gyms",
 * "jobs", …) whenever somebody changed something in the session's gym, and with topic "*" after
 * each reconnect, when everything must be read again (DESK.md rule 15). A hint, never data. */
typedef void db_change_fn(void *owner, const char *topic);
void db_on_change(struct db *db, db_change_fn *on_change, void *owner);
typedef void db_state_fn(void *owner, enum db_state state);
void db_on_state(struct db *db, db_state_fn *on_state, void *owner);

/* Seconds by which this host's clock is ahead of the database's; 0 until known (rule 11). */
double db_clock_skew(const struct db *db);

/* The name of the database a connection string leads to, with libpq's defaults, environment and
 * service file: the prefix of every login role (session.h). */
bool db_conninfo_database(const char *conninfo, char *dst, size_t size, struct error *error);

/* A request id for a write that must not happen twice: a random UUID as text. */
struct request_id {
    char text[37];
};
struct request_id request_id_new(void);

#endif
