/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A data layer without a database, for screen tests: state, time and session are what the test
 * sets. The typed calls (attendance_check_in, members_page …) are defined by each test itself.
 */
#ifndef GYMTUI_TESTS_FAKE_DB_H
#define GYMTUI_TESTS_FAKE_DB_H

#include "gymtui/db/session.h"

struct fake_db {
    enum db_state state;
    struct error error;
    int64_t local_now; /* gym's wall clock: Sat 21 Nov 2026 18:04 unless the test says otherwise */
    double skew;
    struct session session;     /* what session_read answers */
    struct error session_error; /* … unless this has a code */
    int opened, closed, session_reads;
    char user[80], password[80]; /* of the last db_open */
    db_change_fn *on_change;
    void *change_owner;
    db_state_fn *on_state;
    void *state_owner;
    const void *forgotten; /* the last owner given to db_forget */
};
extern struct fake_db fake_db;

/* Everything as at the start, ready, signed in as Anna at Iron Temple. */
struct db *fake_db_reset(void);
/* As the data layer would: remembers the state and tells who listens. */
void fake_db_go(enum db_state state, const char *why);

#endif
