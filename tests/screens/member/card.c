/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "member/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct card_saw card_saw;

void card_begin(void)
{
    memset(&card_saw, 0, sizeof card_saw);
    card_saw.card = *office_card();
}

void members_card(struct db *db, int64_t customer_id, member_card_fn *on_reply, void *owner)
{
    (void)db;
    card_saw.reads++;
    if (card_saw.is_slow) {
        card_saw.read = on_reply;
        card_saw.owner = owner;
    } else if (customer_id != card_saw.card.customer_id) {
        struct error error;
        error_set(&error, ERROR_NOT_FOUND, NULL, "No such member");
        on_reply(owner, NULL, &error);
    } else {
        on_reply(owner, &card_saw.card, NULL);
    }
}

void packages_list(struct db *db, packages_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_packages, OFFICE_PACKAGES, NULL);
}

void trainers_list(struct db *db, trainers_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_trainers, 2, NULL);
}

static void keep_edit(const char *call, const struct member_edit *edit, member_saved_fn *on_reply,
                      void *owner)
{
    snprintf(card_saw.call, sizeof card_saw.call, "%s", call);
    card_saw.edit = *edit;
    snprintf(card_saw.name, sizeof card_saw.name, "%s", edit->name);
    snprintf(card_saw.phone, sizeof card_saw.phone, "%s", edit->phone);
    snprintf(card_saw.keytag, sizeof card_saw.keytag, "%s", edit->keytag);
    snprintf(card_saw.note, sizeof card_saw.note, "%s", edit->note);
    card_saw.saved = on_reply;
    card_saw.owner = owner;
}

void members_update(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                    void *owner)
{
    (void)db;
    keep_edit("update", edit, on_reply, owner);
}

void members_enrol(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                   void *owner)
{
    (void)db;
    keep_edit("enrol", edit, on_reply, owner);
}

static void keep_change(const char *call, member_change_fn *on_reply, void *owner)
{
    snprintf(card_saw.call, sizeof card_saw.call, "%s", call);
    card_saw.changed = on_reply;
    card_saw.owner = owner;
}

void members_freeze(struct db *db, struct request_id id, int64_t customer_id, int32_t from,
                    int32_t until, const char *reason, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    card_saw.from = from;
    card_saw.until = until;
    snprintf(card_saw.reason, sizeof card_saw.reason, "%s", reason);
    keep_change("freeze", on_reply, owner);
}

void members_unfreeze(struct db *db, struct request_id id, int64_t customer_id,
                      member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    keep_change("unfreeze", on_reply, owner);
}

void members_cancel(struct db *db, struct request_id id, int64_t customer_id, int32_t effective,
                    const char *reason, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    card_saw.until = effective;
    snprintf(card_saw.reason, sizeof card_saw.reason, "%s", reason);
    keep_change("cancel", on_reply, owner);
}

void members_renew(struct db *db, struct request_id id, int64_t customer_id, int64_t package_id,
                   int payment_method_id, const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk;
    card_saw.package_id = package_id;
    card_saw.method = payment_method_id;
    keep_change("renew", on_reply, owner);
}

void members_pay(struct db *db, struct request_id id, int64_t customer_id, money amount,
                 int payment_method_id, const char *desk, const char *note,
                 member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk, (void)note;
    card_saw.amount = amount;
    card_saw.method = payment_method_id;
    keep_change("pay", on_reply, owner);
}

void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner)
{
    (void)db;
    snprintf(card_saw.call, sizeof card_saw.call, "check in");
    snprintf(card_saw.override_reason, sizeof card_saw.override_reason, "%s",
             request->override_reason ? request->override_reason : "");
    card_saw.verdict = on_reply;
    card_saw.owner = owner;
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    (void)db, (void)request;
    snprintf(card_saw.call, sizeof card_saw.call, "check out");
    card_saw.verdict = on_reply;
    card_saw.owner = owner;
}

void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)reason;
    snprintf(card_saw.call, sizeof card_saw.call, "undo %d", (int)attendance_id);
    card_saw.verdict = on_reply;
    card_saw.owner = owner;
}

void card_answer_change(const char *text)
{
    struct member_change change = {.ends = OFFICE_TODAY};
    snprintf(change.text, sizeof change.text, "%s", text);
    card_saw.changed(card_saw.owner, &change, NULL);
}

void card_answer_change_error(const char *text)
{
    struct error error;
    error_set(&error, ERROR_INPUT, NULL, "%s", text);
    card_saw.changed(card_saw.owner, NULL, &error);
}

void members_preview(struct db *db, const struct member_preview_request *request,
                     member_preview_fn *on_reply, void *owner)
{
    (void)db;
    card_saw.asked = *request;
    if (card_saw.refused.code)
        on_reply(owner, NULL, &card_saw.refused);
    else
        on_reply(owner, &card_saw.preview, NULL);
}

void members_change_package(struct db *db, struct request_id id, int64_t customer_id,
                            int64_t package_id, bool at_once, int payment_method_id,
                            const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk;
    card_saw.package_id = package_id;
    card_saw.method = payment_method_id;
    keep_change(at_once ? "change now" : "change next", on_reply, owner);
}

void contacts_list(struct db *db, int64_t customer_id, int limit, contacts_fn *on_reply,
                   void *owner)
{
    (void)db, (void)customer_id, (void)limit;
    on_reply(owner, card_saw.contacts, card_saw.contact_count, NULL);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    (void)db;
    snprintf(card_saw.call, sizeof card_saw.call, "contact");
    snprintf(card_saw.note, sizeof card_saw.note, "%s", entry->note);
    card_saw.outcome = entry->outcome;
    card_saw.snooze_until = entry->snooze_until;
    card_saw.logged = on_reply;
    card_saw.logged_to = owner;
}

void members_page(struct db *db, const struct member_query *query, member_page_fn *on_reply,
                  void *owner)
{
    (void)db;
    snprintf(card_saw.search, sizeof card_saw.search, "%s", query->search ? query->search : "");
    on_reply(owner, office_members, 4, true, NULL);
}

void members_preview_merge(struct db *db, int64_t loser, int64_t winner, merge_preview_fn *on_reply,
                           void *owner)
{
    (void)db;
    assert_int_equal(winner, 10482);
    card_saw.other = loser;
    on_reply(owner, &card_saw.merge, NULL);
}

void members_merge(struct db *db, struct request_id id, int64_t loser, int64_t winner,
                   member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)winner;
    card_saw.other = loser;
    keep_change("merge", on_reply, owner);
}

void members_merged(struct db *db, int64_t customer_id, merged_records_fn *on_reply, void *owner)
{
    static const struct merged_record record = {10077, "Anahit P.", OFFICE_NOW};
    (void)db, (void)customer_id;
    on_reply(owner, &record, 1, NULL);
}

void members_unmerge(struct db *db, struct request_id id, int64_t loser, member_change_fn *on_reply,
                     void *owner)
{
    (void)db, (void)id;
    card_saw.other = loser;
    keep_change("unmerge", on_reply, owner);
}

void members_ban(struct db *db, struct request_id id, int64_t customer_id, const char *reason,
                 member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    snprintf(card_saw.reason, sizeof card_saw.reason, "%s", reason);
    keep_change("ban", on_reply, owner);
}

void members_unban(struct db *db, struct request_id id, int64_t customer_id,
                   member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    keep_change("unban", on_reply, owner);
}

void members_anonymise(struct db *db, struct request_id id, int64_t customer_id,
                       member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    keep_change("anonymise", on_reply, owner);
}

struct host *card_open(void)
{
    struct member_argument argument = {.customer_id = 10482};
    card_begin();
    return fake_open(&screen_member, &argument, NULL);
}

void card_expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}
