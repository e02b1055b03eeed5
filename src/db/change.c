/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "change.h"

#include "decode.h"

static void deliver_change(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    member_change_fn *on_reply = (member_change_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct member_change change;
    row_text(&row, change.text, sizeof change.text);
    change.ends = row_date(&row);
    change.balance = row_money(&row);
    on_reply(call->owner, &change, NULL);
}

void change_send(struct db *db, const char *name, const struct parameters *parameters,
                 member_change_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_WRITE, name, parameters, deliver_change, (call_reply_fn *)on_reply,
             owner);
}
