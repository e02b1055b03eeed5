/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of typed calls: one place where every reply function writes down what it was told, and
 * a gym to call about, made through the calls themselves.
 */
#ifndef TEST_DB_HEARD_H
#define TEST_DB_HEARD_H

#include "gymtui/db/attendance.h"
#include "gymtui/db/gyms.h"
#include "gymtui/db/members.h"
#include "gymtui/db/packages.h"
#include "gymtui/db/session.h"
#include "gymtui/db/statistics.h"

#define HEARD_ROWS 600

struct heard {
    int replies;
    struct error error; /* of the last reply; code ERROR_NONE: it went well */
    int count;          /* rows of the last list */
    bool more;
    int64_t id;
    struct session session;
    struct verdict verdict;
    struct candidate candidates[HEARD_ROWS];
    struct feed_row feed[HEARD_ROWS];
    struct occupancy occupancy;
    struct member_row members[HEARD_ROWS];
    struct member_card card; /* its lists are copied below */
    struct member_term terms[64];
    struct member_freeze freezes[64];
    struct member_visit visits[64];
    struct member_payment payments[64];
    struct member_saved saved;
    struct member_change change;
    struct package_row packages[64];
    struct gym_row gyms[64];
    struct staff_row staff[64];
    struct trainer_row trainers[64];
    struct statistics_heat heat;
    struct statistics_overview overview;
    struct statistics_today today;
};

void heard_session(void *owner, const struct session *session, const struct error *error);
void heard_verdict(void *owner, const struct verdict *verdict, const struct error *error);
void heard_candidates(void *owner, const struct candidate *rows, int count,
                      const struct error *error);
void heard_feed(void *owner, const struct feed_row *rows, int count, const struct error *error);
void heard_occupancy(void *owner, const struct occupancy *occupancy, const struct error *error);
void heard_members(void *owner, const struct member_row *rows, int count, bool more,
                   const struct error *error);
void heard_card(void *owner, const struct member_card *card, const struct error *error);
void heard_saved(void *owner, const struct member_saved *saved, const struct error *error);
void heard_change(void *owner, const struct member_change *change, const struct error *error);
void heard_packages(void *owner, const struct package_row *rows, int count,
                    const struct error *error);
void heard_id(void *owner, int64_t id, const struct error *error);
void heard_gyms(void *owner, const struct gym_row *rows, int count, const struct error *error);
void heard_staff(void *owner, const struct staff_row *rows, int count, const struct error *error);
void heard_trainers(void *owner, const struct trainer_row *rows, int count,
                    const struct error *error);
void heard_done(void *owner, const struct error *error);
void heard_heat(void *owner, const struct statistics_heat *heat, const struct error *error);
void heard_overview(void *owner, const struct statistics_overview *overview,
                    const struct error *error);
void heard_today(void *owner, const struct statistics_today *today, const struct error *error);

/* Waits until everything is answered, 10 s at most; the test fails otherwise. */
void heard_wait(struct db *db);
/* … and fails when the last reply was an error. */
void heard_well(struct db *db, const struct heard *heard);

/* ---- A gym to call about ---- */

struct house {
    int64_t gym_id;
    char time_zone[64];                            /* one in which it is about noon */
    int64_t monthly, annual, day_pass, ten_visits; /* packages */
    int64_t anna;                                  /* a member: monthly, tag "TAG-ANNA", paid */
};

/* Beside the gyms of the fixture, through the calls alone: gym `username` with logins "" (owner,
 * password "owner-secret"), "boss" (manager, "boss-secret") and "desk1" (desk, "desk-secret"),
 * four packages and one member. */
void house_build(struct house *house, const char *username);
/* Signs in as `staff` of the gym `username` and reads the session. */
struct db *house_sign_in(const char *username, const char *staff, const char *password);
/* A member with a paid monthly term. Returns the number. */
int64_t house_enrol(const struct house *house, struct db *db, const char *name, const char *keytag);

/* Settings for db_open with the limits the tests use. */
/* What is slow here is the machine: it builds and tests at once. A test of a limit sets its own. */
#define TEST_PATIENCE_MS 30000

struct db_settings settings_for(const char *conninfo, const char *role, const char *password);

#endif
