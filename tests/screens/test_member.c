/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card of one member: what it shows, enrolling, editing with somebody faster, and every change
 * of the membership with its number of keys (DESK.md, Check-in, journeys). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/message.h"
#include "office_data.h"
#include "support.h"

/* --- the data layer as this screen sees it --- */

static struct {
    struct member_card card; /* what the next read answers */
    bool is_slow;
    int reads;
    member_card_fn *read;
    void *owner;

    char call[24]; /* the last write */
    struct member_edit edit;
    char name[200], phone[40], keytag[40], note[400], reason[80];
    int32_t from, until;
    money amount;
    int64_t package_id;
    int method;
    member_saved_fn *saved;
    member_change_fn *changed;
    verdict_fn *verdict;
    char override_reason[80];

    struct member_preview_request asked; /* the last preview */
    struct member_preview preview;       /* what it answers */
    struct error refused;                /* … unless this is set */
    struct contact_row contacts[3];
    int contact_count;
    enum contact_outcome outcome;
    int32_t snooze_until;
    contact_logged_fn *logged;
    void *logged_to;
    char search[64]; /* of the last page asked for */
    int64_t other;
    struct merge_preview merge;
} db_saw;

static void begin(void)
{
    memset(&db_saw, 0, sizeof db_saw);
    db_saw.card = *office_card();
}

void members_card(struct db *db, int64_t customer_id, member_card_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.reads++;
    if (db_saw.is_slow) {
        db_saw.read = on_reply;
        db_saw.owner = owner;
    } else if (customer_id != db_saw.card.customer_id) {
        struct error error;
        error_set(&error, ERROR_NOT_FOUND, NULL, "No such member");
        on_reply(owner, NULL, &error);
    } else {
        on_reply(owner, &db_saw.card, NULL);
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
    snprintf(db_saw.call, sizeof db_saw.call, "%s", call);
    db_saw.edit = *edit;
    snprintf(db_saw.name, sizeof db_saw.name, "%s", edit->name);
    snprintf(db_saw.phone, sizeof db_saw.phone, "%s", edit->phone);
    snprintf(db_saw.keytag, sizeof db_saw.keytag, "%s", edit->keytag);
    snprintf(db_saw.note, sizeof db_saw.note, "%s", edit->note);
    db_saw.saved = on_reply;
    db_saw.owner = owner;
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
    snprintf(db_saw.call, sizeof db_saw.call, "%s", call);
    db_saw.changed = on_reply;
    db_saw.owner = owner;
}

void members_freeze(struct db *db, struct request_id id, int64_t customer_id, int32_t from,
                    int32_t until, const char *reason, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    db_saw.from = from;
    db_saw.until = until;
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", reason);
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
    db_saw.until = effective;
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", reason);
    keep_change("cancel", on_reply, owner);
}

void members_renew(struct db *db, struct request_id id, int64_t customer_id, int64_t package_id,
                   int payment_method_id, const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk;
    db_saw.package_id = package_id;
    db_saw.method = payment_method_id;
    keep_change("renew", on_reply, owner);
}

void members_pay(struct db *db, struct request_id id, int64_t customer_id, money amount,
                 int payment_method_id, const char *desk, const char *note,
                 member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk, (void)note;
    db_saw.amount = amount;
    db_saw.method = payment_method_id;
    keep_change("pay", on_reply, owner);
}

void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner)
{
    (void)db;
    snprintf(db_saw.call, sizeof db_saw.call, "check in");
    snprintf(db_saw.override_reason, sizeof db_saw.override_reason, "%s",
             request->override_reason ? request->override_reason : "");
    db_saw.verdict = on_reply;
    db_saw.owner = owner;
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    (void)db, (void)request;
    snprintf(db_saw.call, sizeof db_saw.call, "check out");
    db_saw.verdict = on_reply;
    db_saw.owner = owner;
}

void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)reason;
    snprintf(db_saw.call, sizeof db_saw.call, "undo %d", (int)attendance_id);
    db_saw.verdict = on_reply;
    db_saw.owner = owner;
}

static void answer_change(const char *text)
{
    struct member_change change = {.ends = OFFICE_TODAY};
    snprintf(change.text, sizeof change.text, "%s", text);
    db_saw.changed(db_saw.owner, &change, NULL);
}

static void answer_change_error(const char *text)
{
    struct error error;
    error_set(&error, ERROR_INPUT, NULL, "%s", text);
    db_saw.changed(db_saw.owner, NULL, &error);
}

void members_preview(struct db *db, const struct member_preview_request *request,
                     member_preview_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.asked = *request;
    if (db_saw.refused.code)
        on_reply(owner, NULL, &db_saw.refused);
    else
        on_reply(owner, &db_saw.preview, NULL);
}

void members_change_package(struct db *db, struct request_id id, int64_t customer_id,
                            int64_t package_id, bool at_once, int payment_method_id,
                            const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)desk;
    db_saw.package_id = package_id;
    db_saw.method = payment_method_id;
    keep_change(at_once ? "change now" : "change next", on_reply, owner);
}

void contacts_list(struct db *db, int64_t customer_id, int limit, contacts_fn *on_reply,
                   void *owner)
{
    (void)db, (void)customer_id, (void)limit;
    on_reply(owner, db_saw.contacts, db_saw.contact_count, NULL);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    (void)db;
    snprintf(db_saw.call, sizeof db_saw.call, "contact");
    snprintf(db_saw.note, sizeof db_saw.note, "%s", entry->note);
    db_saw.outcome = entry->outcome;
    db_saw.snooze_until = entry->snooze_until;
    db_saw.logged = on_reply;
    db_saw.logged_to = owner;
}

void members_page(struct db *db, const struct member_query *query, member_page_fn *on_reply,
                  void *owner)
{
    (void)db;
    snprintf(db_saw.search, sizeof db_saw.search, "%s", query->search ? query->search : "");
    on_reply(owner, office_members, 4, true, NULL);
}

void members_preview_merge(struct db *db, int64_t loser, int64_t winner, merge_preview_fn *on_reply,
                           void *owner)
{
    (void)db;
    assert_int_equal(winner, 10482);
    db_saw.other = loser;
    on_reply(owner, &db_saw.merge, NULL);
}

void members_merge(struct db *db, struct request_id id, int64_t loser, int64_t winner,
                   member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)winner;
    db_saw.other = loser;
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
    db_saw.other = loser;
    keep_change("unmerge", on_reply, owner);
}

void members_ban(struct db *db, struct request_id id, int64_t customer_id, const char *reason,
                 member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id;
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", reason);
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

static struct host *open_card(void)
{
    struct member_argument argument = {.customer_id = 10482};
    begin();
    return fake_open(&screen_member, &argument, NULL);
}

static void expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

/* --- what it looks like --- */

static void test_looks(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    golden_check("member", fake_draw, host);
    golden_check_sizes("member", fake_draw, host);
    golden_set_plain(true);
    golden_check("member_plain", fake_draw, host);
    golden_set_plain(false);
    fake_key(host, "Right");
    golden_check("member_payments", fake_draw, host);
    fake_key(host, "Right");
    golden_check("member_terms", fake_draw, host);
    fake_key(host, "e");
    golden_check("member_edit", fake_draw, host);
    fake_close(host);
}

static void test_looks_of_a_bare_member(void **unused)
{
    (void)unused;
    struct member_argument argument = {.customer_id = 7};
    begin();
    db_saw.card = (struct member_card){.customer_id = 7,
                                       .gym_id = 1,
                                       .name = "Bobby \033[31m\033]0;owned\007Tables 李小龍 Պետրոս",
                                       .status = "expired",
                                       .birth_date = DATE_NONE,
                                       .join_date = OFFICE_TODAY,
                                       .ends = DATE_NONE,
                                       .last_visit = DATE_NONE};
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_bare", fake_draw, host);
    expect_text(host, "no term: F6 sells one");
    expect_text(host, "never came yet");
    expect_text(host, "not scored yet");
    expect_text(host, "No visit yet. F5 checks in.");
    fake_close(host);
}

static void test_loading_and_not_there(void **unused)
{
    (void)unused;
    struct member_argument argument = {.customer_id = 10482};
    begin();
    db_saw.is_slow = true;
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_loading", fake_draw, host);
    fake_key(host, "p");
    assert_null(host->form); /* nothing is done to somebody who is not read yet */
    struct error error;
    error_set(&error, ERROR_NOT_FOUND, NULL, "No such member");
    db_saw.read(db_saw.owner, NULL, &error);
    expect_text(host, "There is no member with this number");
    fake_close(host);
}

/* --- journeys --- */

/* As the card's member has it, with another end. */
static struct member_preview preview_of(int32_t ends)
{
    return (struct member_preview){.plan_before = "Monthly",
                                   .plan = "Monthly",
                                   .starts = OFFICE_TODAY - 37,
                                   .ends_before = OFFICE_TODAY + 23,
                                   .ends = ends};
}

static void test_freeze_takes_few_keys(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "f");
    golden_check("member_freeze", fake_draw, host);
    db_saw.preview = preview_of(OFFICE_TODAY + 53);
    fake_type(host, "t"); /* travel */
    assert_int_equal(db_saw.asked.kind, MEMBER_PREVIEW_FREEZE);
    assert_string_equal(db_saw.call, ""); /* shown, not done */
    golden_check("member_freeze_preview", fake_draw, host);
    expect_text(host, "today until 20 Dec: 30 days, travel");
    expect_text(host, "The last paid day is then 13 Jan, instead of 14 Dec");
    expect_text(host, "No money moves");
    fake_type(host, "y"); /* three keys of ten */
    assert_string_equal(db_saw.call, "freeze");
    assert_string_equal(db_saw.reason, "travel");
    assert_int_equal(db_saw.from, OFFICE_TODAY);
    assert_int_equal(db_saw.until, OFFICE_TODAY + 29);
    answer_change_error("Somebody froze it a moment ago");
    assert_non_null(strstr(host->said, "Somebody froze it"));
    answer_change("Frozen until 20 Dec; ends 13 Jan");
    assert_non_null(strstr(host->said, "Frozen until 20 Dec"));
    assert_int_equal(db_saw.reads, 2);
    fake_close(host);
}

static void test_freeze_of_other_days(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_type(host, "fd");
    golden_check("member_freeze_days", fake_draw, host);
    fake_key(host, "Tab");
    fake_key(host, "Tab");
    fake_key(host, "^U");
    fake_type(host, "2026-11-30");
    fake_key(host, "Tab");
    fake_type(host, "the baby is coming");
    error_set(&db_saw.refused, ERROR_CONFLICT, "End that freeze first",
              "A freeze of this member begins on 1 Dec already");
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "");
    assert_non_null(host->form); /* the refusal stands beside what was typed */
    expect_text(host, "begins on 1 Dec already");
    error_clear(&db_saw.refused);
    db_saw.preview = preview_of(OFFICE_TODAY + 33);
    fake_key(host, "F2");
    assert_null(host->form);
    expect_text(host, "10 days, the baby is coming");
    fake_key(host, "F2"); /* the opening key is no yes */
    fake_key(host, "Enter");
    assert_string_equal(db_saw.call, "");
    assert_non_null(strstr(host->said, "Nothing was changed"));
    fake_close(host);
}

static void test_unfreeze_asks(void **unused)
{
    (void)unused;
    begin();
    snprintf(db_saw.card.status, sizeof db_saw.card.status, "frozen");
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open(&screen_member, &argument, NULL);
    db_saw.preview = preview_of(OFFICE_TODAY + 11);
    fake_key(host, "f");
    assert_int_equal(db_saw.asked.kind, MEMBER_PREVIEW_UNFREEZE);
    assert_non_null(host->dialog);
    golden_check("member_unfreeze", fake_draw, host);
    fake_key(host, "f"); /* the opening key repeats: not a yes */
    fake_key(host, "Enter");
    assert_string_equal(db_saw.call, "");
    if (!host->dialog)
        fake_key(host, "f");
    fake_key(host, "y");
    assert_string_equal(db_saw.call, "unfreeze");
    answer_change("The freeze has ended");
    fake_close(host);
}

static void test_renew_and_pay(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "r");
    expect_text(host, "Renew Anahit Petrosyan from 15 Dec");
    expect_text(host, "Monthly · 39.00");
    db_saw.preview = preview_of(OFFICE_TODAY + 54);
    db_saw.preview.starts = OFFICE_TODAY + 24;
    db_saw.preview.charged = 3900;
    db_saw.preview.balance_before = 3900;
    db_saw.preview.paid = 7800;
    fake_key(host, "F2");
    assert_int_equal(db_saw.asked.package_id, 1);
    assert_int_equal(db_saw.asked.payment_method_id, 1);
    golden_check("member_renew_preview", fake_draw, host);
    expect_text(host, "Monthly from 15 Dec until 14 Jan");
    expect_text(host, "charged 39.00, paid now 78.00 (card)");
    fake_type(host, "y");
    assert_string_equal(db_saw.call, "renew");
    assert_int_equal(db_saw.package_id, 1);
    assert_int_equal(db_saw.method, 1);
    answer_change("Renewed to 14 Jan");

    fake_key(host, "p");
    fake_key(host, "F2"); /* what is owed is filled in */
    assert_string_equal(db_saw.call, "pay");
    assert_int_equal(db_saw.amount, 3900);
    answer_change("39.00 taken");
    fake_close(host);
}

static void test_cancel_names_the_day_and_asks(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    db_saw.preview = preview_of(OFFICE_TODAY + 23);
    fake_key(host, "x");
    fake_key(host, "F2");
    assert_non_null(host->dialog);
    assert_string_equal(db_saw.call, "");
    expect_text(host, "Valid until 14 Dec and not renewed: price");
    golden_check("member_cancel", fake_draw, host);
    fake_key(host, "Esc");
    assert_string_equal(db_saw.call, "");
    fake_key(host, "x");
    fake_key(host, "F2");
    fake_key(host, "y");
    assert_string_equal(db_saw.call, "cancel");
    assert_int_equal(db_saw.until, OFFICE_TODAY + 23);
    fake_close(host);
}

static void test_another_plan_from_today(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "g");
    golden_check("member_plan", fake_draw, host);
    fake_type(host, "a"); /* annual */
    fake_key(host, "Tab");
    fake_key(host, "Right"); /* today */
    fake_key(host, "Tab");
    fake_type(host, "c"); /* card */
    db_saw.preview = preview_of(OFFICE_TODAY + 364);
    snprintf(db_saw.preview.plan, sizeof db_saw.preview.plan, "Annual");
    db_saw.preview.starts = OFFICE_TODAY;
    db_saw.preview.charged = 34900;
    db_saw.preview.credited = 2642;
    db_saw.preview.paid = 32258;
    fake_key(host, "F2");
    assert_int_equal(db_saw.asked.kind, MEMBER_PREVIEW_CHANGE_NOW);
    assert_int_equal(db_saw.asked.package_id, 3);
    golden_check("member_plan_preview", fake_draw, host);
    expect_text(host, "credited 26.42");
    fake_type(host, "y");
    assert_string_equal(db_saw.call, "change now");
    assert_int_equal(db_saw.package_id, 3);
    assert_int_equal(db_saw.method, 1);
    answer_change("Annual from today until 20 Nov 2027");
    fake_close(host);
}

/* --- calls, duplicates, bans --- */

static void test_a_call_is_logged_with_three_keys(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "c");
    golden_check("member_contact", fake_draw, host);
    fake_type(host, "n"); /* no answer */
    golden_check("member_contact_rest", fake_draw, host);
    fake_key(host, "F2"); /* three keys of four */
    assert_string_equal(db_saw.call, "contact");
    assert_int_equal(db_saw.outcome, CONTACT_NO_ANSWER);
    assert_int_equal(db_saw.snooze_until, OFFICE_TODAY + 2);
    db_saw.logged(db_saw.logged_to, 1, NULL);
    assert_null(host->form);
    assert_int_equal(db_saw.reads, 2);
    fake_close(host);
}

static void test_payments_and_messages_open(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_payments);
    fake_key(host, "m");
    assert_ptr_equal(host->opened, &screen_message);
    fake_close(host);
}

static void test_the_injured_are_offered_a_freeze(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_type(host, "ci");
    fake_type(host, "x"); /* into the day: refused, the form stays */
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "");
    fake_key(host, "Backspace");
    fake_key(host, "F2");
    assert_int_equal(db_saw.outcome, CONTACT_INJURED);
    db_saw.logged(db_saw.logged_to, 1, NULL);
    assert_non_null(host->dialog);
    fake_type(host, "f");
    expect_text(host, "Freeze Anahit Petrosyan");
    fake_close(host);
}

static void test_who_wants_no_calls_says_so_on_the_card(void **unused)
{
    (void)unused;
    begin();
    struct member_argument argument = {.customer_id = 10482};
    db_saw.contacts[0] = (struct contact_row){.contact_id = 3,
                                              .at_local = OFFICE_NOW - 3600,
                                              .outcome = CONTACT_MESSAGE,
                                              .snooze_until = DATE_NONE,
                                              .staff = "Anna",
                                              .note = "We miss you"};
    db_saw.contacts[1] = (struct contact_row){.contact_id = 2,
                                              .at_local = OFFICE_NOW - 86400 * INT64_C(9),
                                              .outcome = CONTACT_DO_NOT,
                                              .snooze_until = DATE_NONE,
                                              .staff = "Anna"};
    db_saw.contacts[2] = (struct contact_row){.contact_id = 1,
                                              .at_local = OFFICE_NOW - 86400 * INT64_C(30),
                                              .outcome = CONTACT_MAY,
                                              .snooze_until = OFFICE_TODAY + 3,
                                              .staff = "Maeve",
                                              .note = "asked for the autumn plan"};
    db_saw.contact_count = 3;
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "Left");
    golden_check("member_contacts", fake_draw, host);
    expect_text(host, "asked not to be contacted");
    fake_key(host, "c");
    expect_text(host, "may be contacted again");
    fake_key(host, "Esc");
    fake_close(host);
}

static void test_a_duplicate_is_merged_and_separated(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    db_saw.merge = (struct merge_preview){.visits = 12,
                                          .payments = 2,
                                          .terms = 1,
                                          .terms_left = 1,
                                          .contacts = 1,
                                          .paid = 7800,
                                          .balance = 3900,
                                          .ends_before = OFFICE_TODAY + 23,
                                          .ends = OFFICE_TODAY + 60};
    fake_key(host, "F2");
    fake_type(host, "h");
    assert_ptr_equal(host->opened, &screen_audit);
    fake_key(host, "F2");
    golden_check("member_more", fake_draw, host);
    fake_type(host, "d");
    fake_type(host, "tigran\r");
    assert_string_equal(db_saw.search, "tigran");
    golden_check("member_merge_which", fake_draw, host);
    fake_type(host, "1"); /* the card's own record is not among them */
    assert_int_equal(db_saw.other, office_members[1].customer_id);
    golden_check("member_merge", fake_draw, host);
    expect_text(host, "12 visits, 2 payments (78.00), 1 term, 1 call");
    fake_type(host, "d"); /* the opening key is no yes */
    assert_string_equal(db_saw.call, "");
    fake_type(host, "y");
    assert_string_equal(db_saw.call, "merge");
    answer_change("Merged");
    fake_key(host, "F2");
    fake_type(host, "s1");
    golden_check("member_separate", fake_draw, host);
    fake_type(host, "y");
    assert_string_equal(db_saw.call, "unmerge");
    assert_int_equal(db_saw.other, 10077);
    answer_change("Separated");
    fake_close(host);
}

static void test_ban_and_its_end(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "F2");
    fake_type(host, "b\r"); /* not without a reason */
    assert_string_equal(db_saw.call, "");
    fake_type(host, "threw a dumbbell\r");
    assert_string_equal(db_saw.call, "ban");
    assert_string_equal(db_saw.reason, "threw a dumbbell");
    snprintf(db_saw.card.banned_reason, sizeof db_saw.card.banned_reason, "threw a dumbbell");
    answer_change("Banned");
    expect_text(host, "BANNED");
    fake_key(host, "F2");
    fake_type(host, "l");
    golden_check("member_unban", fake_draw, host);
    fake_type(host, "y");
    assert_string_equal(db_saw.call, "unban");
    fake_close(host);
}

static void as_owner(struct host *host)
{
    host->session.level = LEVEL_OWNER;
}

static void test_anonymising_wants_the_number(void **unused)
{
    (void)unused;
    begin();
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open_with(&screen_member, &argument, NULL, as_owner);
    fake_key(host, "F2");
    fake_type(host, "n");
    assert_null(host->dialog); /* 39.00 are owed */
    assert_non_null(strstr(host->said, "39.00 is owed"));
    db_saw.card.balance = 0;
    host->screen->changed(host->state, "members");
    fake_key(host, "F2");
    fake_type(host, "n");
    assert_non_null(strstr(host->said, "runs"));
    db_saw.card.ends = OFFICE_TODAY - 10;
    host->screen->changed(host->state, "members");
    fake_key(host, "F2");
    fake_type(host, "n");
    golden_check("member_anonymise", fake_draw, host);
    fake_type(host, "10483\r");
    assert_string_equal(db_saw.call, "");
    fake_key(host, "Backspace");
    fake_type(host, "2\r");
    assert_string_equal(db_saw.call, "anonymise");
    db_saw.card.is_anonymised = true;
    answer_change("Anonymised");
    fake_key(host, "F2");
    assert_null(host->dialog);
    fake_close(host);
}

static void as_desk(struct host *host)
{
    host->session.level = LEVEL_DESK;
}

static void test_the_desk_has_no_calls(void **unused)
{
    (void)unused;
    begin();
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open_with(&screen_member, &argument, NULL, as_desk);
    fake_key(host, "Left");
    expect_text(host, "[Terms and freezes]");
    fake_key(host, "c");
    assert_null(host->dialog);
    fake_key(host, "F2");
    assert_null(host->dialog);
    fake_close(host);
}

static void test_check_in_denied_then_let_in(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "i");
    assert_string_equal(db_saw.call, "check in");
    struct verdict verdict = {
        .result = VERDICT_DENIED,
        .since_local = MOMENT_NONE,
        .at_local = OFFICE_NOW,
        .reasons = {{.code = REASON_EXPIRED, .policy = POLICY_DENY, .text = "expired 12 days ago"},
                    {.code = REASON_OWING, .policy = POLICY_WARN, .text = "owes 39.00"}},
        .reason_count = 2};
    db_saw.verdict(db_saw.owner, &verdict, NULL);
    assert_int_equal(host->bells, 1);
    golden_check("member_denied", fake_draw, host);
    fake_type(host, "v");
    fake_type(host, "doctor is inside\r");
    assert_string_equal(db_saw.override_reason, "doctor is inside");
    verdict = (struct verdict){.result = VERDICT_IN,
                               .attendance_id = 77,
                               .visits_this_month = 10,
                               .at_local = OFFICE_NOW,
                               .since_local = MOMENT_NONE};
    db_saw.verdict(db_saw.owner, &verdict, NULL);
    assert_non_null(strstr(host->said, "In, visit 10 this month"));
    fake_key(host, "u"); /* one key back */
    assert_string_equal(db_saw.call, "undo 77");
    verdict = (struct verdict){.result = VERDICT_UNDONE, .since_local = MOMENT_NONE};
    db_saw.verdict(db_saw.owner, &verdict, NULL);
    fake_key(host, "u");
    assert_non_null(strstr(host->said, "Nothing to undo"));
    fake_close(host);
}

/* --- edit --- */

static void test_somebody_was_faster(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "e");
    fake_key(host, "Tab"); /* phone */
    fake_key(host, "^U");
    fake_type(host, "222");
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "update");
    assert_string_equal(db_saw.phone, "222");
    assert_int_equal(db_saw.edit.row_version, 7);

    /* Meanwhile Maeve changed the phone, too, and the note, which we did not touch. */
    db_saw.card.row_version = 8;
    snprintf(db_saw.card.phone, sizeof db_saw.card.phone, "111");
    snprintf(db_saw.card.note, sizeof db_saw.card.note, "Knee is fine again");
    struct member_saved saved = {.customer_id = 10482, .row_version = 8};
    snprintf(saved.changed_by, sizeof saved.changed_by, "Maeve");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "Maeve changed this member first");
    db_saw.saved(db_saw.owner, &saved, &error);
    assert_non_null(host->dialog);
    golden_check("member_conflict", fake_draw, host);
    expect_text(host, "Phone: yours “222”, theirs “111”");
    expect_text(host, "Note: now “Knee is fine again”");
    fake_type(host, "m"); /* mine, where we differ */
    assert_string_equal(db_saw.phone, "222");
    assert_string_equal(db_saw.note, "Knee is fine again");
    assert_int_equal(db_saw.edit.row_version, 8);
    saved.row_version = 9;
    db_saw.saved(db_saw.owner, &saved, NULL);
    assert_non_null(strstr(host->said, "Saved"));
    fake_close(host);
}

static void test_theirs_can_stay(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "e");
    fake_type(host, " X");
    fake_key(host, "F2");
    db_saw.card.row_version = 8;
    snprintf(db_saw.card.name, sizeof db_saw.card.name, "Anahit Hakobyan");
    struct member_saved saved = {.customer_id = 10482};
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "Changed");
    db_saw.saved(db_saw.owner, &saved, &error);
    db_saw.call[0] = 0;
    fake_type(host, "t");
    assert_string_equal(db_saw.call, "");
    expect_text(host, "Anahit Hakobyan");
    fake_close(host);
}

static void test_refused_edit_stays_in_the_form(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    fake_key(host, "e");
    fake_type(host, "!");
    fake_key(host, "F2");
    struct error error;
    error_set(&error, ERROR_INPUT, NULL, "Key tag 20417733 belongs to somebody else");
    db_saw.saved(db_saw.owner, NULL, &error);
    expect_text(host, "belongs to somebody else");
    expect_text(host, "Anahit Petrosyan!");
    fake_close(host);
}

/* --- enrolment --- */

static void test_new_member_paid_and_in(void **unused)
{
    (void)unused;
    struct member_argument argument = {.keytag = "20417799"};
    begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_new", fake_draw, host);
    fake_type(host, "Նարե Գրիգորյան");
    fake_key(host, "Tab");
    fake_type(host, "+374 10 123");
    fake_key(host, "F2"); /* the text and two keys of eight */
    assert_string_equal(db_saw.call, "enrol");
    assert_string_equal(db_saw.name, "Նարե Գրիգորյան");
    assert_string_equal(db_saw.keytag, "20417799");
    assert_int_equal(db_saw.edit.package_id, 1); /* the monthly plan */
    assert_false(db_saw.edit.duplicate_is_fine);

    struct member_saved saved = {.duplicate_id = 10482};
    snprintf(saved.other_name, sizeof saved.other_name, "Nare Grigoryan");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "This may be the same person");
    db_saw.saved(db_saw.owner, &saved, &error);
    golden_check("member_duplicate", fake_draw, host);
    fake_type(host, "n");
    assert_true(db_saw.edit.duplicate_is_fine);
    saved = (struct member_saved){.customer_id = 10482};
    db_saw.saved(db_saw.owner, &saved, NULL);
    assert_non_null(strstr(host->said, "is member #10482, paid"));
    assert_string_equal(db_saw.call, "check in"); /* the door has an answer of its own */
    struct verdict full = {.result = VERDICT_DENIED, .reason_count = 1};
    snprintf(full.reasons[0].text, sizeof full.reasons[0].text, "full: 40 of 40 are in");
    full.reasons[0].policy = POLICY_DENY;
    db_saw.verdict(db_saw.owner, &full, NULL);
    assert_non_null(host->dialog);
    expect_text(host, "full: 40 of 40 are in");
    fake_key(host, "Esc");
    expect_text(host, "Anahit Petrosyan"); /* whose card that is here */
    assert_false(host->closed);
    fake_close(host);
}

static struct member_enrolled handed_over;

static void take_over(void *owner, const struct member_enrolled *enrolled)
{
    assert_ptr_equal(owner, &handed_over);
    assert_string_equal(enrolled->name, "Berta Benz");
    handed_over = *enrolled;
}

/* At the desk it is the desk that lets in and tells the verdict. */
static void test_the_new_member_is_handed_to_the_desk(void **unused)
{
    (void)unused;
    struct member_argument argument = {.name = "Berta Benz",
                                       .close_when_saved = true,
                                       .enrolled = take_over,
                                       .owner = &handed_over};
    begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "F2");
    struct member_saved saved = {.customer_id = 30408};
    db_saw.saved(db_saw.owner, &saved, NULL);
    assert_string_equal(db_saw.call, "enrol"); /* and no check-in here */
    assert_int_equal(handed_over.customer_id, 30408);
    assert_int_equal(handed_over.paid, 3900);
    assert_true(host->closed);
    fake_close(host);
}

/* What is wrong is said beside the field, and the next key mends it there. */
static void test_the_focus_goes_to_what_is_wrong(void **unused)
{
    (void)unused;
    struct member_argument argument = {.name = "Anahit P", .keytag = "20417799"};
    begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_type(host, "\t\taram@\t\t1.2.2190");
    fake_key(host, "F2");
    expect_text(host, "not an e-mail address");
    assert_string_equal(db_saw.call, "");
    fake_type(host, "x.am");
    fake_key(host, "F2");
    expect_text(host, "not in the future");
    assert_string_equal(db_saw.call, "");
    fake_key(host, "^U");
    fake_type(host, "1.2.1990");
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "enrol");
    assert_string_equal(db_saw.edit.email, "aram@x.am");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "The key tag 20417799 belongs to another member");
    db_saw.saved(db_saw.owner, NULL, &error);
    expect_text(host, "Key tag: The key tag 20417799 belongs to another member");
    fake_key(host, "^U");
    fake_type(host, "1");
    fake_key(host, "F2");
    assert_string_equal(db_saw.keytag, "1");
    fake_close(host);
}

static void test_the_duplicate_can_be_opened(void **unused)
{
    (void)unused;
    struct member_argument argument = {.name = "Anahit P"};
    begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "F2");
    assert_string_equal(db_saw.name, "Anahit P");
    struct member_saved saved = {.duplicate_id = 10482};
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "The same?");
    db_saw.saved(db_saw.owner, &saved, &error);
    fake_type(host, "o");
    expect_text(host, "Anahit Petrosyan");
    fake_close(host);
}

static void test_read_again_when_somebody_changes_it(void **unused)
{
    (void)unused;
    struct host *host = open_card();
    assert_int_equal(db_saw.reads, 1);
    for (int i = 0; i < 20; i++)
        host->screen->changed(host->state, "attendance"); /* a queue at the door */
    assert_int_equal(db_saw.reads, 1);
    assert_true(host->wake_in > 0);
    host->screen->tick(host->state);
    assert_int_equal(db_saw.reads, 2);
    host->screen->changed(host->state, "members");
    assert_int_equal(db_saw.reads, 3);
    fake_close(host);
}

static void test_left_enrolment_closes(void **unused)
{
    (void)unused;
    struct member_argument argument = {.close_when_saved = true};
    begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "Esc");
    assert_true(host->closed);
    fake_close(host);

    begin();
    host = fake_open(&screen_member, &argument, NULL);
    fake_type(host, "A");
    fake_key(host, "F2");
    struct member_saved saved = {.customer_id = 10482};
    db_saw.saved(db_saw.owner, &saved, NULL);
    assert_true(host->closed); /* back at the desk's field with no further key */
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_looks_of_a_bare_member),
        cmocka_unit_test(test_loading_and_not_there),
        cmocka_unit_test(test_freeze_takes_few_keys),
        cmocka_unit_test(test_freeze_of_other_days),
        cmocka_unit_test(test_unfreeze_asks),
        cmocka_unit_test(test_renew_and_pay),
        cmocka_unit_test(test_cancel_names_the_day_and_asks),
        cmocka_unit_test(test_another_plan_from_today),
        cmocka_unit_test(test_a_call_is_logged_with_three_keys),
        cmocka_unit_test(test_payments_and_messages_open),
        cmocka_unit_test(test_the_injured_are_offered_a_freeze),
        cmocka_unit_test(test_who_wants_no_calls_says_so_on_the_card),
        cmocka_unit_test(test_a_duplicate_is_merged_and_separated),
        cmocka_unit_test(test_ban_and_its_end),
        cmocka_unit_test(test_anonymising_wants_the_number),
        cmocka_unit_test(test_the_desk_has_no_calls),
        cmocka_unit_test(test_check_in_denied_then_let_in),
        cmocka_unit_test(test_somebody_was_faster),
        cmocka_unit_test(test_theirs_can_stay),
        cmocka_unit_test(test_refused_edit_stays_in_the_form),
        cmocka_unit_test(test_new_member_paid_and_in),
        cmocka_unit_test(test_the_new_member_is_handed_to_the_desk),
        cmocka_unit_test(test_the_focus_goes_to_what_is_wrong),
        cmocka_unit_test(test_the_duplicate_can_be_opened),
        cmocka_unit_test(test_read_again_when_somebody_changes_it),
        cmocka_unit_test(test_left_enrolment_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
