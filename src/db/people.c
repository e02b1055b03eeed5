/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/people.h"

#include <stdio.h>
#include <stdlib.h>

#include "change.h"
#include "decode.h"
#include "lane.h"

/* --- changes of one record --- */

void members_ban(struct db *db, struct request_id id, int64_t customer_id, const char *reason,
                 member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_text(&parameters, reason);
    change_send(db, "members_ban", &parameters, on_reply, owner);
}

static void send_for(struct db *db, const char *name, struct request_id id, int64_t customer_id,
                     member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    change_send(db, name, &parameters, on_reply, owner);
}

void members_unban(struct db *db, struct request_id id, int64_t customer_id,
                   member_change_fn *on_reply, void *owner)
{
    send_for(db, "members_unban", id, customer_id, on_reply, owner);
}

void members_unmerge(struct db *db, struct request_id id, int64_t loser, member_change_fn *on_reply,
                     void *owner)
{
    send_for(db, "members_unmerge", id, loser, on_reply, owner);
}

void members_anonymise(struct db *db, struct request_id id, int64_t customer_id,
                       member_change_fn *on_reply, void *owner)
{
    send_for(db, "members_anonymise", id, customer_id, on_reply, owner);
}

void members_merge(struct db *db, struct request_id id, int64_t loser, int64_t winner,
                   member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, loser);
    parameters_integer(&parameters, winner);
    change_send(db, "members_merge", &parameters, on_reply, owner);
}

/* --- duplicates --- */

static void deliver_merge_preview(const struct call *call, PGresult *const *results,
                                  const struct error *error)
{
    merge_preview_fn *on_reply = (merge_preview_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct merge_preview preview;
    preview.visits = row_int(&row);
    preview.payments = row_int(&row);
    preview.terms = row_int(&row);
    preview.freezes = row_int(&row);
    preview.contacts = row_int(&row);
    preview.terms_left = row_int(&row);
    preview.paid = row_money(&row);
    preview.balance_before = row_money(&row);
    preview.balance = row_money(&row);
    preview.ends_before = row_date(&row);
    preview.ends = row_date(&row);
    on_reply(call->owner, &preview, NULL);
}

void members_preview_merge(struct db *db, int64_t loser, int64_t winner, merge_preview_fn *on_reply,
                           void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, loser);
    parameters_integer(&parameters, winner);
    call_one(db, DB_DESK, CALL_READ, "members_preview_merge", &parameters, deliver_merge_preview,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_merged(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    merged_records_fn *on_reply = (merged_records_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct merged_record *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct merged_record *record = &rows[filled++];
        record->customer_id = row_integer(&row);
        row_text(&row, record->name, sizeof record->name);
        record->at_local = row_moment(&row);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void members_merged(struct db *db, int64_t customer_id, merged_records_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, customer_id);
    call_one(db, DB_DESK, CALL_READ, "members_merged", &parameters, deliver_merged,
             (call_reply_fn *)on_reply, owner);
}

/* --- messages --- */

static void deliver_recipients(const struct call *call, PGresult *const *results,
                               const struct error *error)
{
    message_recipients_fn *on_reply = (message_recipients_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct message_recipient *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct message_recipient *recipient = &rows[filled++];
        recipient->customer_id = row_integer(&row);
        row_text(&row, recipient->name, sizeof recipient->name);
        row_text(&row, recipient->email, sizeof recipient->email);
        row_text(&row, recipient->plan, sizeof recipient->plan);
        recipient->ends = row_date(&row);
        recipient->last_visit = row_date(&row);
        recipient->balance = row_money(&row);
        recipient->may_contact = row_bool(&row);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void members_recipients(struct db *db, const int64_t *customer_ids, int count,
                        message_recipients_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    if (count > MESSAGE_RECIPIENTS_MOST)
        count = MESSAGE_RECIPIENTS_MOST;
    size_t size = (size_t)(count > 0 ? count : 0) * 21 + 3, used = 0;
    char *array = malloc(size);
    if (!array) {
        struct error error = {0};
        error_set(&error, ERROR_SYSTEM, NULL, "Not enough memory for so many members");
        call_refuse(db, &error, deliver_recipients, (call_reply_fn *)on_reply, owner);
        return;
    }
    array[used++] = '{';
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(array + used, size - used, "%s%lld", i ? "," : "",
                                 (long long)customer_ids[i]);
    snprintf(array + used, size - used, "}");
    parameters_text(&parameters, array);
    call_one(db, DB_BROWSE, CALL_READ, "members_recipients", &parameters, deliver_recipients,
             (call_reply_fn *)on_reply, owner);
    free(array); /* the call has copied it */
}

/* --- members from a file --- */

static void deliver_import(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    static const char *const outcomes[] = {"enrolled", "skipped", "duplicate", "rejected", NULL};
    member_import_fn *on_reply = (member_import_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct member_import_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct member_import_row *member = &rows[filled++];
        member->line = row_int(&row);
        member->outcome =
            (enum member_import_outcome)row_word(&row, outcomes, MEMBER_IMPORT_REJECTED);
        member->customer_id = row_integer(&row);
        row_text(&row, member->name, sizeof member->name);
        row_text(&row, member->words, sizeof member->words);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void members_import(struct db *db, struct request_id id, const char *json, const char *duplicates,
                    bool dry_run, member_import_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_text(&parameters, json);
    parameters_text(&parameters, duplicates);
    parameters_bool(&parameters, dry_run);
    call_one(db, DB_DESK, CALL_WRITE, "members_import", &parameters, deliver_import,
             (call_reply_fn *)on_reply, owner);
}
