/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every typed call of the data layer, weak: a test that does not define the call itself fails when
 * the screen makes it. Without these the real data layer would be linked in beside the fake one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/attendance.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/gyms.h"
#include "gymtui/db/jobs.h"
#include "gymtui/db/members.h"
#include "gymtui/db/packages.h"
#include "gymtui/db/statistics.h"

static void unexpected(const char *call)
{
    fail_msg("%s was not expected", call);
}

__attribute__((weak)) const char *reason_name(enum reason_code code)
{
    static const char *const names[REASON_COUNT] = {
        "banned",    "other_gym", "cancelled",   "frozen",       "expired",  "off_hours",
        "no_visits", "owing",     "capacity",    "grace",        "expiring", "birthday",
        "under_16",  "note",      "auto_closed", "sessions_low", "reentry"};
    return names[code];
}

__attribute__((weak)) void attendance_check_in(struct db *db,
                                               const struct check_in_request *request,
                                               verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)request;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_check_out(struct db *db,
                                                const struct check_out_request *request,
                                                verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)request;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_undo(struct db *db, struct request_id id,
                                           int64_t attendance_id, const char *reason,
                                           verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)attendance_id;
    (void)reason;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_backfill(struct db *db, struct request_id id,
                                               int64_t customer_id, int64_t check_in_local,
                                               int64_t check_out_local, const char *reason,
                                               const char *desk, verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)check_in_local;
    (void)check_out_local;
    (void)reason;
    (void)desk;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void
attendance_renew_and_check_in(struct db *db, const struct renew_and_check_in_request *request,
                              verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)request;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_unfreeze_and_check_in(struct db *db, struct request_id id,
                                                            int64_t customer_id, const char *desk,
                                                            verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)desk;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_guest_terms(struct db *db, int64_t host_id,
                                                  guest_terms_fn *on_reply, void *owner)
{
    (void)db;
    (void)host_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_check_in_guest(struct db *db,
                                                     const struct check_in_guest_request *request,
                                                     verdict_fn *on_reply, void *owner)
{
    (void)db;
    (void)request;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_candidates(struct db *db, const char *typed, int limit,
                                                 candidates_fn *on_reply, void *owner)
{
    (void)db;
    (void)typed;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_feed(struct db *db, int limit, feed_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_inside(struct db *db, int limit, bool longest_first,
                                             feed_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    (void)longest_first;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void gyms_list(struct db *db, gyms_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void gyms_save(struct db *db, const struct gym_edit *edit,
                                     gym_saved_fn *on_reply, void *owner)
{
    (void)db;
    (void)edit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void gyms_save_settings(struct db *db, struct request_id id,
                                              const struct gym_row *gym, gym_saved_fn *on_reply,
                                              void *owner)
{
    (void)db;
    (void)id;
    (void)gym;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void staff_list(struct db *db, int64_t gym_id, staff_fn *on_reply,
                                      void *owner)
{
    (void)db;
    (void)gym_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void staff_add(struct db *db, int64_t gym_id, const char *username,
                                     const char *name, enum level level, const char *password,
                                     done_fn *on_reply, void *owner)
{
    (void)db;
    (void)gym_id;
    (void)username;
    (void)name;
    (void)level;
    (void)password;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void staff_set_password(struct db *db, int64_t gym_id, const char *username,
                                              const char *password, done_fn *on_reply, void *owner)
{
    (void)db;
    (void)gym_id;
    (void)username;
    (void)password;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void staff_set_disabled(struct db *db, int64_t gym_id, const char *username,
                                              bool disabled, done_fn *on_reply, void *owner)
{
    (void)db;
    (void)gym_id;
    (void)username;
    (void)disabled;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void trainers_list(struct db *db, trainers_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void trainers_save(struct db *db, struct request_id id,
                                         const struct trainer_row *trainer,
                                         trainer_saved_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)trainer;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_page(struct db *db, const struct member_query *query,
                                        member_page_fn *on_reply, void *owner)
{
    (void)db;
    (void)query;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_card(struct db *db, int64_t customer_id,
                                        member_card_fn *on_reply, void *owner)
{
    (void)db;
    (void)customer_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_update(struct db *db, const struct member_edit *edit,
                                          member_saved_fn *on_reply, void *owner)
{
    (void)db;
    (void)edit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_enrol(struct db *db, const struct member_edit *edit,
                                         member_saved_fn *on_reply, void *owner)
{
    (void)db;
    (void)edit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_freeze(struct db *db, struct request_id id, int64_t customer_id,
                                          int32_t from, int32_t until, const char *reason,
                                          member_change_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)from;
    (void)until;
    (void)reason;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_unfreeze(struct db *db, struct request_id id,
                                            int64_t customer_id, member_change_fn *on_reply,
                                            void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_cancel(struct db *db, struct request_id id, int64_t customer_id,
                                          int32_t effective, const char *reason,
                                          member_change_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)effective;
    (void)reason;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_renew(struct db *db, struct request_id id, int64_t customer_id,
                                         int64_t package_id, int payment_method_id,
                                         const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)package_id;
    (void)payment_method_id;
    (void)desk;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void members_pay(struct db *db, struct request_id id, int64_t customer_id,
                                       money amount, int payment_method_id, const char *desk,
                                       const char *note, member_change_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)customer_id;
    (void)amount;
    (void)payment_method_id;
    (void)desk;
    (void)note;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

/* The names come with the calls in the real layer. */
__attribute__((weak)) const char *const contact_outcome_names[CONTACT_OUTCOMES + 1] = {
    "no answer",    "coming back",    "injured", "price",       "leaving",
    "wrong number", "do not contact", "message", "may contact", NULL};

__attribute__((weak)) void contacts_list(struct db *db, int64_t customer_id, int limit,
                                         contacts_fn *on_reply, void *owner)
{
    (void)db;
    (void)customer_id;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void contacts_log(struct db *db, const struct contact_entry *entry,
                                        contact_logged_fn *on_reply, void *owner)
{
    (void)db;
    (void)entry;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void packages_list(struct db *db, packages_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void packages_save(struct db *db, const struct package_edit *edit,
                                         package_saved_fn *on_reply, void *owner)
{
    (void)db;
    (void)edit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void statistics_overview(struct db *db, statistics_overview_fn *on_reply,
                                               void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply,
                                                void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void statistics_today(struct db *db, statistics_today_fn *on_reply,
                                            void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void jobs_request(struct db *db, struct request_id id, const char *kind,
                                        const char *parameters, job_requested_fn *on_reply,
                                        void *owner)
{
    (void)db;
    (void)id;
    (void)kind;
    (void)parameters;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void jobs_cancel(struct db *db, int64_t job_id, job_cancelled_fn *on_reply,
                                       void *owner)
{
    (void)db;
    (void)job_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}
