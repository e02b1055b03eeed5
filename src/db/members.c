/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes on members: edit, enrol, freeze, cancel, renew, another package, pay. */
#include "gymtui/db/members.h"

#include <stdio.h>

#include "change.h"
#include "decode.h"
#include "lane.h"

/* ---- Edit and enrol ---- */

static void deliver_saved(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    member_saved_fn *on_reply = (member_saved_fn *)call->on_reply;
    struct member_saved saved = {0};
    if (error) {
        on_reply(call->owner, &saved, error);
        return;
    }
    struct row row = row_first(results[0]);
    saved.customer_id = row_integer(&row);
    saved.row_version = row_int(&row);
    bool conflict = row_bool(&row);
    saved.duplicate_id = row_integer(&row);
    row_text(&row, saved.other_name, sizeof saved.other_name);
    row_text(&row, saved.changed_by, sizeof saved.changed_by);
    struct error why = {0};
    if (conflict && saved.duplicate_id)
        error_set(&why, ERROR_CONFLICT, "Look whether it is the same person",
                  "This may be %s, number %lld", saved.other_name, (long long)saved.duplicate_id);
    else if (conflict)
        error_set(&why, ERROR_CONFLICT, "Compare the two, and save yours again if it is right",
                  "%s changed this member meanwhile",
                  *saved.changed_by ? saved.changed_by : "Somebody");
    on_reply(call->owner, &saved, conflict ? &why : NULL);
}

void members_update(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                    void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, edit->id.text);
    parameters_integer(&parameters, edit->customer_id);
    parameters_integer(&parameters, edit->row_version);
    parameters_text(&parameters, edit->name);
    parameters_text(&parameters, edit->email);
    parameters_text(&parameters, edit->phone);
    parameters_text(&parameters, edit->keytag);
    parameters_text(&parameters, edit->gender);
    parameters_text(&parameters, edit->note);
    parameters_date(&parameters, edit->birth_date);
    parameters_id(&parameters, edit->trainer_id);
    call_one(db, DB_DESK, CALL_WRITE, "members_update", &parameters, deliver_saved,
             (call_reply_fn *)on_reply, owner);
}

void members_enrol(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                   void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, edit->id.text);
    parameters_text(&parameters, edit->name);
    parameters_text(&parameters, edit->email);
    parameters_text(&parameters, edit->phone);
    parameters_text(&parameters, edit->keytag);
    parameters_text(&parameters, edit->gender);
    parameters_text(&parameters, edit->note);
    parameters_date(&parameters, edit->birth_date);
    parameters_id(&parameters, edit->trainer_id);
    parameters_id(&parameters, edit->package_id);
    parameters_id(&parameters, edit->payment_method_id);
    parameters_text(&parameters, edit->desk);
    parameters_bool(&parameters, edit->check_in);
    parameters_bool(&parameters, edit->duplicate_is_fine);
    call_one(db, DB_DESK, CALL_WRITE, "members_enrol", &parameters, deliver_saved,
             (call_reply_fn *)on_reply, owner);
}

/* ---- The membership ---- */

void members_freeze(struct db *db, struct request_id id, int64_t customer_id, int32_t from,
                    int32_t until, const char *reason, member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_date(&parameters, from);
    parameters_date(&parameters, until);
    parameters_text(&parameters, reason);
    change_send(db, "members_freeze", &parameters, on_reply, owner);
}

void members_unfreeze(struct db *db, struct request_id id, int64_t customer_id,
                      member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    change_send(db, "members_unfreeze", &parameters, on_reply, owner);
}

void members_cancel(struct db *db, struct request_id id, int64_t customer_id, int32_t effective,
                    const char *reason, member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_date(&parameters, effective);
    parameters_text(&parameters, reason);
    change_send(db, "members_cancel", &parameters, on_reply, owner);
}

void members_renew(struct db *db, struct request_id id, int64_t customer_id, int64_t package_id,
                   int payment_method_id, const char *desk, member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_integer(&parameters, package_id);
    parameters_id(&parameters, payment_method_id);
    parameters_text(&parameters, desk);
    change_send(db, "members_renew", &parameters, on_reply, owner);
}

void members_change_package(struct db *db, struct request_id id, int64_t customer_id,
                            int64_t package_id, bool at_once, int payment_method_id,
                            const char *desk, member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_integer(&parameters, package_id);
    parameters_bool(&parameters, at_once);
    parameters_id(&parameters, payment_method_id);
    parameters_text(&parameters, desk);
    change_send(db, "members_change_package", &parameters, on_reply, owner);
}

static void deliver_preview(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    member_preview_fn *on_reply = (member_preview_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct member_preview preview;
    row_text(&row, preview.text, sizeof preview.text);
    row_text(&row, preview.plan_before, sizeof preview.plan_before);
    row_text(&row, preview.plan, sizeof preview.plan);
    preview.starts = row_date(&row);
    preview.ends_before = row_date(&row);
    preview.ends = row_date(&row);
    preview.balance_before = row_money(&row);
    preview.balance = row_money(&row);
    preview.charged = row_money(&row);
    preview.credited = row_money(&row);
    preview.paid = row_money(&row);
    on_reply(call->owner, &preview, NULL);
}

static const char *const preview_names[] = {
    [MEMBER_PREVIEW_FREEZE] = "freeze",           [MEMBER_PREVIEW_UNFREEZE] = "unfreeze",
    [MEMBER_PREVIEW_CANCEL] = "cancel",           [MEMBER_PREVIEW_RENEW] = "renew",
    [MEMBER_PREVIEW_CHANGE_NEXT] = "change next", [MEMBER_PREVIEW_CHANGE_NOW] = "change now",
};

void members_preview(struct db *db, const struct member_preview_request *request,
                     member_preview_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, preview_names[request->kind]);
    parameters_integer(&parameters, request->customer_id);
    parameters_id(&parameters, request->package_id);
    parameters_date(&parameters, request->from);
    parameters_date(&parameters, request->until);
    parameters_id(&parameters, request->payment_method_id);
    call_one(db, DB_DESK, CALL_READ, "members_preview", &parameters, deliver_preview,
             (call_reply_fn *)on_reply, owner);
}

void members_pay(struct db *db, struct request_id id, int64_t customer_id, money amount,
                 int payment_method_id, const char *desk, const char *note,
                 member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_money(&parameters, amount);
    parameters_integer(&parameters, payment_method_id);
    parameters_text(&parameters, desk);
    parameters_text(&parameters, note);
    change_send(db, "members_pay", &parameters, on_reply, owner);
}
