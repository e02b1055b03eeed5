/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/contacts.h"

#include <stdlib.h>

#include "decode.h"
#include "lane.h"

const char *const contact_outcome_names[CONTACT_OUTCOMES + 1] = {
    [CONTACT_NO_ANSWER] = "no answer",   [CONTACT_COMING_BACK] = "coming back",
    [CONTACT_INJURED] = "injured",       [CONTACT_PRICE] = "price",
    [CONTACT_LEAVING] = "leaving",       [CONTACT_WRONG_NUMBER] = "wrong number",
    [CONTACT_DO_NOT] = "do not contact", [CONTACT_MESSAGE] = "message",
    [CONTACT_MAY] = "may contact",       [CONTACT_OUTCOMES] = NULL,
};

static void deliver_list(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    contacts_fn *on_reply = (contacts_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct contact_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct contact_row *contact = &rows[filled++];
        contact->contact_id = row_integer(&row);
        contact->at_local = row_moment(&row);
        contact->outcome =
            (enum contact_outcome)row_word(&row, contact_outcome_names, CONTACT_MESSAGE);
        contact->snooze_until = row_date(&row);
        row_text(&row, contact->staff, sizeof contact->staff);
        row_text(&row, contact->note, sizeof contact->note);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void contacts_list(struct db *db, int64_t customer_id, int limit, contacts_fn *on_reply,
                   void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, customer_id);
    parameters_integer(&parameters, limit);
    call_one(db, DB_DESK, CALL_READ, "contacts_list", &parameters, deliver_list,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_logged(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    contact_logged_fn *on_reply = (contact_logged_fn *)call->on_reply;
    int64_t contact_id = 0;
    if (!error) {
        struct row row = row_first(results[0]);
        contact_id = row_integer(&row);
    }
    on_reply(call->owner, contact_id, error);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, entry->id.text);
    parameters_integer(&parameters, entry->customer_id);
    parameters_text(&parameters, contact_outcome_names[entry->outcome]);
    parameters_date(&parameters, entry->snooze_until);
    parameters_text(&parameters, entry->note);
    call_one(db, DB_DESK, CALL_WRITE, "contacts_log", &parameters, deliver_logged,
             (call_reply_fn *)on_reply, owner);
}
