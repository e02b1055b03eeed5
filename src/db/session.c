/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "gymtui/db/schema.h"
#include "lane.h"

const char *const level_names[] = {"desk", "manager", "owner", "chain", NULL};

const char *level_name(enum level level)
{
    return level_names[level];
}

const struct demo_login demo_logins[] = {
    {"iron-temple", "", "demo-owner", "owner of Iron Temple", LEVEL_OWNER},
    {"iron-temple", "anna", "demo-anna", "manager", LEVEL_MANAGER},
    {"iron-temple", "desk1", "demo-desk1", "front desk", LEVEL_DESK},
    {"iron-temple", "desk2", "demo-desk2", "front desk", LEVEL_DESK},
    {"iron-temple", "chain", "demo-chain", "owner of the chain", LEVEL_CHAIN},
    {NULL, NULL, NULL, NULL, LEVEL_DESK},
};

/* ---- Login roles ---- */

#define ROLE_BYTES 63 /* NAMEDATALEN - 1 */

static bool append_login_part(char *role, const char *part)
{
    size_t length = strlen(role);
    for (; *part; part++) {
        int c = tolower((unsigned char)*part);
        bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._+@-", c);
        if (!allowed || length == ROLE_BYTES)
            return false;
        role[length++] = (char)c;
    }
    role[length] = '\0';
    return true;
}

bool login_role_name(const char *database, const char *gym, const char *staff, char *dst,
                     size_t size, struct error *error)
{
    char role[ROLE_BYTES + 1];
    bool fits = snprintf(role, sizeof role, "%s:", database) < (int)sizeof role;
    if (!fits || !gym || !*gym)
        return error_set(error, ERROR_LOGIN, "Type the gym's user name or e-mail address",
                         "A login needs the gym's name");
    fits = append_login_part(role, gym);
    if (fits && staff && *staff) {
        size_t length = strlen(role);
        fits = length < ROLE_BYTES;
        if (fits) {
            memcpy(role + length, ":", 2);
            fits = append_login_part(role, staff);
        }
    }
    if (!fits || strlen(role) >= size)
        return error_set(error, ERROR_LOGIN,
                         "User names hold letters a-z, digits, dots, hyphens and underscores",
                         "There is no such user name");
    memcpy(dst, role, strlen(role) + 1);
    return true;
}

/* ---- Reading the session ---- */

static void deliver_session(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    session_reply_fn *on_reply = (session_reply_fn *)call->on_reply;
    struct db *db = call->db;
    struct error why = {0};
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    /* The session is the last statement: picking a gym goes ahead of it. */
    struct row row = row_first(results[call->statement_count - 1]);
    if (!row_exists(&row)) {
        error_set(&why, ERROR_LOGIN, "Ask the owner of the gym",
                  "This account is disabled, or belongs to no gym");
        on_reply(call->owner, NULL, &why);
        return;
    }
    struct session session = {.gym_id = row_integer(&row)};
    row_text(&row, session.gym_name, sizeof session.gym_name);
    row_text(&row, session.gym_username, sizeof session.gym_username);
    row_text(&row, session.time_zone, sizeof session.time_zone);
    row_text(&row, session.currency, sizeof session.currency);
    session.capacity = row_int(&row);
    row_text(&row, session.staff_name, sizeof session.staff_name);
    row_text(&row, session.staff_username, sizeof session.staff_username);
    session.level = (enum level)row_word(&row, level_names, LEVEL_DESK);
    session.is_demonstration = row_bool(&row);
    session.schema_version = row_int(&row);
    if (!schema_check_version(session.schema_version, &why)) {
        on_reply(call->owner, NULL, &why);
        return;
    }
    db->gym_id = session.gym_id;
    if (call->statement_count > 1) {
        db->picked_gym_id = session.gym_id;
        db->everything_changed = true;
    }
    memcpy(db->time_zone, session.time_zone, sizeof db->time_zone);
    memcpy(db->staff_username, session.staff_username, sizeof db->staff_username);
    setup_gym(db);
    on_reply(call->owner, &session, NULL);
}

void session_read(struct db *db, session_reply_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_READ, "session_read", NULL, deliver_session,
             (call_reply_fn *)on_reply, owner);
}

void session_pick_gym(struct db *db, int64_t gym_id, session_reply_fn *on_reply, void *owner)
{
    static const char *const names[] = {"session_pick", "session_read", NULL};
    struct parameters parameters = {0};
    parameters_integer(&parameters, gym_id);
    call_queue(db, DB_DESK, CALL_READ, names, &parameters, deliver_session,
               (call_reply_fn *)on_reply, owner);
}

/* ---- The gym's wall clock ---- */

int64_t session_local_now(const struct db *db)
{
    if (!db->clock_known) { /* before the first answer: this host's own idea of it */
        time_t now = time(NULL);
        struct tm local;
        localtime_r(&now, &local);
        return (int64_t)now + local.tm_gmtoff;
    }
    int64_t utc = db->clock_utc + (steady_now() - db->clock_steady);
    return utc / 1000000 + db->clock_offset;
}

int32_t session_today(const struct db *db)
{
    return (int32_t)(session_local_now(db) / 86400);
}
