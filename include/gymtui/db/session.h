/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is signed in, for which gym, and what the gym's settings are. */
#ifndef GYMTUI_DB_SESSION_H
#define GYMTUI_DB_SESSION_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

enum level { LEVEL_DESK, LEVEL_MANAGER, LEVEL_OWNER, LEVEL_CHAIN };

const char *level_name(enum level level); /* "desk" … */

struct session {
    int64_t gym_id;
    char gym_name[128], gym_username[64];
    char time_zone[64], currency[4];
    int capacity;            /* 0: no limit set */
    char staff_name[128];    /* full name; the gym's name for its own login */
    char staff_username[64]; /* empty for the gym's own login */
    enum level level;
    bool is_demonstration;
    int schema_version; /* of the database */
};

/* The PostgreSQL role behind a login: "<database>:<gym>" for a gym's own login (its user name or
 * e-mail) and "<database>:<gym>:<staff>" for staff; gym and staff in lower case. False when it does
 * not fit PostgreSQL's 63 bytes or holds characters outside those allowed. */
bool login_role_name(const char *database, const char *gym, const char *staff, char *dst,
                     size_t size, struct error *error);

typedef void session_reply_fn(void *owner, const struct session *session,
                              const struct error *error);
/* Reads the session of the connected role (topic: none). Also sets the time zone of both lanes to
 * the gym's. A database that is newer than this program is ERROR_TOO_NEW. */
void session_read(struct db *db, session_reply_fn *on_reply, void *owner);

/* Level chain: work on this gym from now on (both lanes, and after reconnects); answers with its
 * session. Screens read everything again: topic "*" follows. */
void session_pick_gym(struct db *db, int64_t gym_id, session_reply_fn *on_reply, void *owner);

/* The time now on the gym's wall clock, from the database's clock at the last reply and this
 * host's monotonic clock since. Local seconds (date.h). */
int64_t session_local_now(const struct db *db);
int32_t session_today(const struct db *db);

/* Logins that a demonstration shows before anyone is signed in (fixed names, see gymtui(1)). */
struct demo_login {
    const char *gym, *staff, *password, *what;
    enum level level;
};
extern const struct demo_login demo_logins[]; /* ends with gym NULL */

#endif
