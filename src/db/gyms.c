/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/gyms.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "lane.h"

/* ---- Gyms ---- */

static const char *const policy_names[] = {"ignore", "warn", "deny"};

/* One letter a reason, in the order of enum reason_code. */
static void read_policies(const char *letters, enum reason_policy *policies)
{
    for (int code = 0; code < REASON_COUNT; code++) {
        policies[code] = POLICY_WARN;
        for (int policy = 0; *letters && policy <= POLICY_DENY; policy++)
            if (policy_names[policy][0] == *letters)
                policies[code] = (enum reason_policy)policy;
        letters += *letters != '\0';
    }
}

static void deliver_gyms(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    gyms_fn *on_reply = (gyms_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct gym_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct gym_row *gym = &rows[filled++];
        gym->gym_id = row_integer(&row);
        row_text(&row, gym->name, sizeof gym->name);
        row_text(&row, gym->username, sizeof gym->username);
        row_text(&row, gym->email, sizeof gym->email);
        row_text(&row, gym->address, sizeof gym->address);
        row_text(&row, gym->phone, sizeof gym->phone);
        row_text(&row, gym->time_zone, sizeof gym->time_zone);
        row_text(&row, gym->currency, sizeof gym->currency);
        gym->capacity = row_int(&row);
        gym->row_version = row_int(&row);
        gym->members = row_int(&row);
        gym->inside = row_int(&row);
        gym->staff = row_int(&row);
        gym->expired_grace = row_int(&row);
        gym->expiring_within = row_int(&row);
        gym->auto_checkout_minutes = row_int(&row);
        row_text(&row, gym->owing, sizeof gym->owing);
        row_text(&row, gym->capacity_policy, sizeof gym->capacity_policy);
        gym->sessions_low = row_int(&row);
        gym->under_age = row_int(&row);
        gym->pack_months = row_int(&row);
        gym->freeze_max_days = row_int(&row);
        gym->backfill_days = row_int(&row);
        row_text(&row, gym->opening, sizeof gym->opening);
        row_text(&row, gym->closing, sizeof gym->closing);
        read_policies(row_raw(&row), gym->policies);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void gyms_list(struct db *db, gyms_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    char names[400] = "";
    for (int code = 0; code < REASON_COUNT; code++)
        text_append(names, sizeof names, "%s%s", code > 0 ? " " : "",
                    reason_name((enum reason_code)code));
    parameters_text(&parameters, names);
    call_one(db, DB_BROWSE, CALL_READ, "gyms_list", &parameters, deliver_gyms,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Verifiers ---- */

/* What the server stores instead of the password. Made on this side, so that the password never
 * travels. NULL, with the reason, when it cannot be made; else to be wiped and freed. */
static char *make_verifier(struct db *db, const char *password, struct error *error)
{
    if (!password || !*password) {
        error_set(error, ERROR_INPUT, "Type one", "A login needs a password");
        return NULL;
    }
    struct lane *desk = &db->lanes[DB_DESK];
    char *verifier = desk->stage == LANE_UP
                         ? PQencryptPasswordConn(desk->connection, password, "", "scram-sha-256")
                         : NULL;
    if (!verifier)
        error_set(error, ERROR_OFFLINE, "Try again when the screen says live",
                  "The database cannot be reached; nothing was sent");
    return verifier;
}

static void drop_verifier(char *verifier)
{
    if (verifier)
        explicit_bzero(verifier, strlen(verifier));
    PQfreemem(verifier);
}

static void deliver_gym_saved(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    gym_saved_fn *on_reply = (gym_saved_fn *)call->on_reply;
    int64_t gym_id = 0;
    if (!error) {
        struct row row = row_first(results[0]);
        gym_id = row_integer(&row);
    }
    on_reply(call->owner, gym_id, error);
}

void gyms_save(struct db *db, const struct gym_edit *edit, gym_saved_fn *on_reply, void *owner)
{
    char *verifier = NULL;
    if (edit->gym_id == 0 || (edit->password && *edit->password)) {
        struct error error = {0};
        verifier = make_verifier(db, edit->password, &error);
        if (!verifier) {
            call_refuse(db, &error, deliver_gym_saved, (call_reply_fn *)on_reply, owner);
            return;
        }
    }
    struct parameters parameters = {0};
    parameters_text(&parameters, edit->id.text);
    parameters_id(&parameters, edit->gym_id);
    parameters_integer(&parameters, edit->row_version);
    parameters_text(&parameters, edit->name);
    parameters_text(&parameters, edit->username);
    parameters_text(&parameters, edit->email);
    parameters_text(&parameters, edit->address);
    parameters_text(&parameters, edit->phone);
    parameters_text(&parameters, edit->time_zone);
    parameters_text(&parameters, edit->currency);
    parameters_integer(&parameters, edit->capacity);
    parameters_integer(&parameters, edit->expired_grace);
    parameters_integer(&parameters, edit->expiring_within);
    parameters_integer(&parameters, edit->auto_checkout_minutes);
    parameters_text(&parameters, edit->owing);
    parameters_text(&parameters, edit->capacity_policy);
    parameters_text(&parameters, verifier);
    call_one(db, DB_DESK, CALL_WRITE, "gyms_save", &parameters, deliver_gym_saved,
             (call_reply_fn *)on_reply, owner);
    drop_verifier(verifier);
}

/* "name=value name=value"; nothing behind the sign takes a setting back to its default. */
static void add_setting(char *words, size_t size, const char *name, int value)
{
    text_append(words, size, "%s=%d ", name, value);
}

void gyms_save_settings(struct db *db, struct request_id id, const struct gym_row *gym,
                        gym_saved_fn *on_reply, void *owner)
{
    char words[1200] = "";
    add_setting(words, sizeof words, "expired_grace", gym->expired_grace);
    add_setting(words, sizeof words, "expiring_within", gym->expiring_within);
    add_setting(words, sizeof words, "auto_checkout_minutes", gym->auto_checkout_minutes);
    add_setting(words, sizeof words, "sessions_low", gym->sessions_low);
    add_setting(words, sizeof words, "under_age", gym->under_age);
    add_setting(words, sizeof words, "pack_months", gym->pack_months);
    add_setting(words, sizeof words, "freeze_max_days", gym->freeze_max_days);
    add_setting(words, sizeof words, "backfill_days", gym->backfill_days);
    text_append(words, sizeof words, "opening_time=%s closing_time=%s ", gym->opening,
                gym->closing);
    for (int code = 0; code < REASON_COUNT; code++)
        text_append(words, sizeof words, "policy_%s=%s ", reason_name((enum reason_code)code),
                    policy_names[gym->policies[code]]);
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, gym->gym_id);
    parameters_integer(&parameters, gym->row_version);
    parameters_text(&parameters, words);
    call_one(db, DB_DESK, CALL_WRITE, "gyms_save_settings", &parameters, deliver_gym_saved,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Staff ---- */

static void deliver_staff(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    staff_fn *on_reply = (staff_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct staff_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct staff_row *staff = &rows[filled++];
        row_text(&row, staff->username, sizeof staff->username);
        row_text(&row, staff->name, sizeof staff->name);
        staff->level = (enum level)row_word(&row, level_names, LEVEL_DESK);
        staff->disabled = row_bool(&row);
        staff->gym_id = row_integer(&row);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void staff_list(struct db *db, int64_t gym_id, staff_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, gym_id);
    call_one(db, DB_DESK, CALL_READ, "staff_list", &parameters, deliver_staff,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_done(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    (void)results;
    ((done_fn *)call->on_reply)(call->owner, error);
}

static void send_staff(struct db *db, const char *name, const struct parameters *parameters,
                       done_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_PLAIN_WRITE, name, parameters, deliver_done,
             (call_reply_fn *)on_reply, owner);
}

void staff_add(struct db *db, int64_t gym_id, const char *username, const char *name,
               enum level level, const char *password, done_fn *on_reply, void *owner)
{
    struct error error = {0};
    char *verifier = make_verifier(db, password, &error);
    if (!verifier) {
        call_refuse(db, &error, deliver_done, (call_reply_fn *)on_reply, owner);
        return;
    }
    struct parameters parameters = {0};
    parameters_integer(&parameters, gym_id);
    parameters_text(&parameters, username);
    parameters_text(&parameters, name);
    parameters_text(&parameters, level_name(level));
    parameters_text(&parameters, verifier);
    send_staff(db, "staff_add", &parameters, on_reply, owner);
    drop_verifier(verifier);
}

/* Whose new password the next reconnect needs. */
static bool is_own_login(const struct db *db, int64_t gym_id, const char *username)
{
    return db->password && !db->picked_gym_id && gym_id == db->gym_id &&
           strcasecmp(username ? username : "", db->staff_username) == 0;
}

void staff_set_password(struct db *db, int64_t gym_id, const char *username, const char *password,
                        done_fn *on_reply, void *owner)
{
    struct error error = {0};
    char *verifier = make_verifier(db, password, &error);
    if (!verifier) {
        call_refuse(db, &error, deliver_done, (call_reply_fn *)on_reply, owner);
        return;
    }
    struct parameters parameters = {0};
    parameters_integer(&parameters, gym_id);
    parameters_text(&parameters, username);
    parameters_text(&parameters, verifier);
    if (is_own_login(db, gym_id, username) && !db->next_password &&
        (db->next_password = strdup(password)) != NULL)
        parameters.finally = db_take_password;
    send_staff(db, "staff_set_password", &parameters, on_reply, owner);
    drop_verifier(verifier);
}

void staff_set_disabled(struct db *db, int64_t gym_id, const char *username, bool disabled,
                        done_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, gym_id);
    parameters_text(&parameters, username);
    parameters_bool(&parameters, disabled);
    send_staff(db, "staff_set_disabled", &parameters, on_reply, owner);
}

/* ---- Trainers ---- */

static void deliver_trainers(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    trainers_fn *on_reply = (trainers_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct trainer_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct trainer_row *trainer = &rows[filled++];
        trainer->trainer_id = row_integer(&row);
        row_text(&row, trainer->name, sizeof trainer->name);
        row_text(&row, trainer->phone, sizeof trainer->phone);
        row_text(&row, trainer->email, sizeof trainer->email);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void trainers_list(struct db *db, trainers_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_READ, "trainers_list", NULL, deliver_trainers,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_trainer_saved(const struct call *call, PGresult *const *results,
                                  const struct error *error)
{
    trainer_saved_fn *on_reply = (trainer_saved_fn *)call->on_reply;
    int64_t trainer_id = 0;
    if (!error) {
        struct row row = row_first(results[0]);
        trainer_id = row_integer(&row);
    }
    on_reply(call->owner, trainer_id, error);
}

void trainers_save(struct db *db, struct request_id id, const struct trainer_row *trainer,
                   trainer_saved_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_id(&parameters, trainer->trainer_id);
    parameters_text(&parameters, trainer->name);
    parameters_text(&parameters, trainer->phone);
    parameters_text(&parameters, trainer->email);
    call_one(db, DB_DESK, CALL_WRITE, "trainers_save", &parameters, deliver_trainer_saved,
             (call_reply_fn *)on_reply, owner);
}
