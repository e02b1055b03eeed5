/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_db.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"

struct db {
    session_reply_fn *reply;
    void *owner;
};

struct fake_db fake_db;
static struct db only;
static unsigned request_count;

struct db *fake_db_reset(void)
{
    memset(&fake_db, 0, sizeof fake_db);
    memset(&only, 0, sizeof only);
    request_count = 0;
    fake_db.state = DB_STATE_READY;
    fake_db.local_now = (int64_t)date_from_civil(2026, 11, 21) * 86400 + INT64_C(64800) + 240;
    fake_db.session = (struct session){
        .gym_id = 1,
        .gym_name = "Iron Temple",
        .gym_username = "iron-temple",
        .time_zone = "Europe/Dublin",
        .currency = "EUR",
        .capacity = 120,
        .staff_name = "Anna",
        .staff_username = "anna",
        .level = LEVEL_MANAGER,
        .schema_version = 1,
    };
    return &only;
}

void fake_db_go(enum db_state state, const char *why)
{
    fake_db.state = state;
    error_clear(&fake_db.error);
    if (why != NULL)
        error_set(&fake_db.error, state == DB_STATE_REFUSED ? ERROR_LOGIN : ERROR_OFFLINE, NULL,
                  "%s", why);
    if (fake_db.on_state != NULL)
        fake_db.on_state(fake_db.state_owner, state);
}

struct db *db_open(const struct db_settings *settings, struct error *error)
{
    (void)error;
    fake_db.opened++;
    snprintf(fake_db.user, sizeof fake_db.user, "%s", settings->user != NULL ? settings->user : "");
    snprintf(fake_db.password, sizeof fake_db.password, "%s",
             settings->password != NULL ? settings->password : "");
    return &only;
}

void db_close(struct db *db)
{
    if (db != NULL)
        fake_db.closed++;
}

enum db_state db_state(const struct db *db)
{
    (void)db;
    return fake_db.state;
}

const struct error *db_last_error(const struct db *db)
{
    (void)db;
    return &fake_db.error;
}

int db_poll_set(const struct db *db, struct pollfd *set, int room,
                int *timeout_ms) /* NOLINT(readability-non-const-parameter): as db.h has it */
{
    (void)db, (void)set, (void)room, (void)timeout_ms;
    return 0;
}

void db_advance(struct db *db)
{
    session_reply_fn *reply = db->reply;
    db->reply = NULL;
    if (reply == NULL)
        return;
    if (fake_db.session_error.code != ERROR_NONE)
        reply(db->owner, NULL, &fake_db.session_error);
    else
        reply(db->owner, &fake_db.session, NULL);
}

bool db_wait(struct db *db, int timeout_ms, struct error *error)
{
    (void)timeout_ms, (void)error;
    db_advance(db);
    return fake_db.state == DB_STATE_READY;
}

int db_pending(const struct db *db)
{
    return db->reply != NULL;
}

void db_forget(struct db *db, const void *owner)
{
    (void)db;
    fake_db.forgotten = owner;
}

void db_on_change(struct db *db, db_change_fn *on_change, void *owner)
{
    (void)db;
    fake_db.on_change = on_change;
    fake_db.change_owner = owner;
}

void db_on_state(struct db *db, db_state_fn *on_state, void *owner)
{
    (void)db;
    fake_db.on_state = on_state;
    fake_db.state_owner = owner;
}

double db_clock_skew(const struct db *db)
{
    (void)db;
    return fake_db.skew;
}

struct request_id request_id_new(void)
{
    struct request_id id;
    snprintf(id.text, sizeof id.text, "00000000-0000-4000-8000-%012u", ++request_count);
    return id;
}

const char *level_name(enum level level)
{
    static const char *const names[] = {"desk", "manager", "owner", "chain"};
    return names[level];
}

bool login_role_name(const char *database, const char *gym, const char *staff, char *dst,
                     size_t size, struct error *error)
{
    if (strchr(gym, ':') != NULL)
        return error_set(error, ERROR_INPUT, NULL, "A gym's user name has no colon");
    snprintf(dst, size, "%s:%s%s%s", database, gym, staff[0] != '\0' ? ":" : "", staff);
    return true;
}

void session_read(struct db *db, session_reply_fn *on_reply, void *owner)
{
    fake_db.session_reads++;
    db->reply = on_reply;
    db->owner = owner;
}

void session_pick_gym(struct db *db, int64_t gym_id, session_reply_fn *on_reply, void *owner)
{
    fake_db.session.gym_id = gym_id;
    session_read(db, on_reply, owner);
}

int64_t session_local_now(const struct db *db)
{
    (void)db;
    return fake_db.local_now;
}

int32_t session_today(const struct db *db)
{
    return (int32_t)(session_local_now(db) / 86400);
}

const struct demo_login demo_logins[] = {
    {"iron-temple", "", "demo-owner", "owner of Iron Temple", LEVEL_OWNER},
    {"iron-temple", "anna", "demo-anna", "manager", LEVEL_MANAGER},
    {"iron-temple", "desk1", "demo-desk1", "front desk", LEVEL_DESK},
    {NULL, NULL, NULL, NULL, LEVEL_DESK},
};
