/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gyms of the chain, their settings, and their staff. */
#ifndef GYMTUI_DB_GYMS_H
#define GYMTUI_DB_GYMS_H

#include "gymtui/base/money.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/db.h"
#include "gymtui/db/session.h"

struct gym_row {
    int64_t gym_id;
    char name[128], username[64], email[120], address[200], phone[40], time_zone[64], currency[4];
    int capacity;
    int row_version;
    int members, inside, staff;
    /* Settings (policies) */
    int expired_grace, expiring_within, auto_checkout_minutes;
    char owing[8], capacity_policy[8]; /* ignore warn deny */
    int sessions_low, under_age, pack_months, freeze_max_days, backfill_days;
    char opening[8], closing[8]; /* "06:30"; "" not said */
    enum reason_policy policies[REASON_COUNT];
};
typedef void gyms_fn(void *owner, const struct gym_row *rows, int count, const struct error *error);
/* The gyms this session may see: its own, or all at level chain. */
void gyms_list(struct db *db, gyms_fn *on_reply, void *owner);

struct gym_edit {
    struct request_id id;
    int64_t gym_id; /* 0: new (level chain) */
    int row_version;
    const char *name, *username, *email, *address, *phone, *time_zone, *currency;
    int capacity, expired_grace, expiring_within, auto_checkout_minutes;
    const char *owing, *capacity_policy;
    const char *password; /* new gym: its owner's password; NULL to leave. Sent as a verifier. */
};
typedef void gym_saved_fn(void *owner, int64_t gym_id, const struct error *error);
void gyms_save(struct db *db, const struct gym_edit *edit, gym_saved_fn *on_reply, void *owner);

/* Only the door's settings, all of them, as they stand in `gym`: policies, times, days and limits.
 */
void gyms_save_settings(struct db *db, struct request_id id, const struct gym_row *gym,
                        gym_saved_fn *on_reply, void *owner);

struct staff_row {
    char username[64], name[128];
    enum level level;
    bool disabled;
    int64_t gym_id;
};
typedef void staff_fn(void *owner, const struct staff_row *rows, int count,
                      const struct error *error);
void staff_list(struct db *db, int64_t gym_id, staff_fn *on_reply, void *owner);

/* The password leaves this program only as a SCRAM verifier, and is not kept. */
typedef void done_fn(void *owner, const struct error *error);
void staff_add(struct db *db, int64_t gym_id, const char *username, const char *name,
               enum level level, const char *password, done_fn *on_reply, void *owner);
void staff_set_password(struct db *db, int64_t gym_id, const char *username, const char *password,
                        done_fn *on_reply, void *owner);
void staff_set_disabled(struct db *db, int64_t gym_id, const char *username, bool disabled,
                        done_fn *on_reply, void *owner);

struct trainer_row {
    int64_t trainer_id;
    char name[128], phone[40], email[120];
};
typedef void trainers_fn(void *owner, const struct trainer_row *rows, int count,
                         const struct error *error);
void trainers_list(struct db *db, trainers_fn *on_reply, void *owner);
/* Of the gym that is worked at; `trainer_id` 0: a new one. */
typedef void trainer_saved_fn(void *owner, int64_t trainer_id, const struct error *error);
void trainers_save(struct db *db, struct request_id id, const struct trainer_row *trainer,
                   trainer_saved_fn *on_reply, void *owner);

#endif
