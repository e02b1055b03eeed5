/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card of one member: what it shows, calls, duplicates, bans, and the door. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/screens/message.h"
#include "member/card.h"

/* --- what it looks like --- */

static void test_looks(void **unused)
{
    (void)unused;
    struct host *host = card_open();
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
    card_begin();
    card_saw.card =
        (struct member_card){.customer_id = 7,
                             .gym_id = 1,
                             .name = "Bobby \033[31m\033]0;owned\007Tables 李小龍 Պետրոս",
                             .status = "expired",
                             .birth_date = DATE_NONE,
                             .join_date = OFFICE_TODAY,
                             .ends = DATE_NONE,
                             .last_visit = DATE_NONE};
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_bare", fake_draw, host);
    card_expect_text(host, "no term: F6 sells one");
    card_expect_text(host, "never came yet");
    card_expect_text(host, "not scored yet");
    card_expect_text(host, "No visit yet. F5 checks in.");
    fake_close(host);
}

static void test_loading_and_not_there(void **unused)
{
    (void)unused;
    struct member_argument argument = {.customer_id = 10482};
    card_begin();
    card_saw.is_slow = true;
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_loading", fake_draw, host);
    fake_key(host, "p");
    assert_null(host->form); /* nothing is done to somebody who is not read yet */
    struct error error;
    error_set(&error, ERROR_NOT_FOUND, NULL, "No such member");
    card_saw.read(card_saw.owner, NULL, &error);
    card_expect_text(host, "There is no member with this number");
    fake_close(host);
}

/* --- calls, duplicates, bans --- */

static void test_a_call_is_logged_with_three_keys(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "c");
    golden_check("member_contact", fake_draw, host);
    fake_type(host, "n"); /* no answer */
    golden_check("member_contact_rest", fake_draw, host);
    fake_key(host, "F2"); /* three keys of four */
    assert_string_equal(card_saw.call, "contact");
    assert_int_equal(card_saw.outcome, CONTACT_NO_ANSWER);
    assert_int_equal(card_saw.snooze_until, OFFICE_TODAY + 2);
    card_saw.logged(card_saw.logged_to, 1, NULL);
    assert_null(host->form);
    assert_int_equal(card_saw.reads, 2);
    fake_close(host);
}

static void test_payments_and_messages_open(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_payments);
    fake_key(host, "m");
    assert_ptr_equal(host->opened, &screen_message);
    fake_close(host);
}

/* Of one who left, today stands at the line's end: the months keep away from its word. */
static void test_today_stands_free_at_every_width(void **unused)
{
    (void)unused;
    card_begin();
    struct member_term term = card_saw.card.terms[2];
    term.ends = OFFICE_TODAY - 157;
    card_saw.card.terms = &term;
    card_saw.card.term_count = 1;
    card_saw.card.freeze_count = 0;
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open(&screen_member, &argument, NULL);
    for (int columns = 60; columns <= 180; columns++) {
        char *text = golden_text(24, columns, fake_draw, host);
        const char *word = strstr(text, "today ▲");
        word = word ? word : strstr(text, "▲ today");
        assert_non_null(word);
        assert_int_equal(word[-1], ' ');
        free(text);
    }
    fake_close(host);
}

static void test_the_injured_are_offered_a_freeze(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_type(host, "ci");
    fake_type(host, "x"); /* into the day: refused, the form stays */
    fake_key(host, "F2");
    assert_string_equal(card_saw.call, "");
    fake_key(host, "Backspace");
    fake_key(host, "F2");
    assert_int_equal(card_saw.outcome, CONTACT_INJURED);
    card_saw.logged(card_saw.logged_to, 1, NULL);
    assert_non_null(host->dialog);
    fake_type(host, "f");
    card_expect_text(host, "Freeze Anahit Petrosyan");
    fake_close(host);
}

static void test_who_wants_no_calls_says_so_on_the_card(void **unused)
{
    (void)unused;
    card_begin();
    struct member_argument argument = {.customer_id = 10482};
    card_saw.contacts[0] = (struct contact_row){.contact_id = 3,
                                                .at_local = OFFICE_NOW - 3600,
                                                .outcome = CONTACT_MESSAGE,
                                                .snooze_until = DATE_NONE,
                                                .staff = "Anna",
                                                .note = "We miss you"};
    card_saw.contacts[1] = (struct contact_row){.contact_id = 2,
                                                .at_local = OFFICE_NOW - 86400 * INT64_C(9),
                                                .outcome = CONTACT_DO_NOT,
                                                .snooze_until = DATE_NONE,
                                                .staff = "Anna"};
    card_saw.contacts[2] = (struct contact_row){.contact_id = 1,
                                                .at_local = OFFICE_NOW - 86400 * INT64_C(30),
                                                .outcome = CONTACT_MAY,
                                                .snooze_until = OFFICE_TODAY + 3,
                                                .staff = "Maeve",
                                                .note = "asked for the autumn plan"};
    card_saw.contact_count = 3;
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "Left");
    golden_check("member_contacts", fake_draw, host);
    card_expect_text(host, "asked not to be contacted");
    fake_key(host, "c");
    card_expect_text(host, "may be contacted again");
    fake_key(host, "Esc");
    fake_close(host);
}

static void test_a_duplicate_is_merged_and_separated(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    card_saw.merge = (struct merge_preview){.visits = 12,
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
    assert_string_equal(card_saw.search, "tigran");
    golden_check("member_merge_which", fake_draw, host);
    fake_type(host, "1"); /* the card's own record is not among them */
    assert_int_equal(card_saw.other, office_members[1].customer_id);
    golden_check("member_merge", fake_draw, host);
    card_expect_text(host, "12 visits, 2 payments (78.00), 1 term, 1 call");
    fake_type(host, "d"); /* the opening key is no yes */
    assert_string_equal(card_saw.call, "");
    fake_type(host, "y");
    assert_string_equal(card_saw.call, "merge");
    card_answer_change("Merged");
    fake_key(host, "F2");
    fake_type(host, "s1");
    golden_check("member_separate", fake_draw, host);
    fake_type(host, "y");
    assert_string_equal(card_saw.call, "unmerge");
    assert_int_equal(card_saw.other, 10077);
    card_answer_change("Separated");
    fake_close(host);
}

static void test_ban_and_its_end(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "F2");
    fake_type(host, "b\r"); /* not without a reason */
    assert_string_equal(card_saw.call, "");
    fake_type(host, "threw a dumbbell\r");
    assert_string_equal(card_saw.call, "ban");
    assert_string_equal(card_saw.reason, "threw a dumbbell");
    snprintf(card_saw.card.banned_reason, sizeof card_saw.card.banned_reason, "threw a dumbbell");
    card_answer_change("Banned");
    card_expect_text(host, "BANNED");
    fake_key(host, "F2");
    fake_type(host, "l");
    golden_check("member_unban", fake_draw, host);
    fake_type(host, "y");
    assert_string_equal(card_saw.call, "unban");
    fake_close(host);
}

static void as_owner(struct host *host)
{
    host->session.level = LEVEL_OWNER;
}

static void test_anonymising_wants_the_number(void **unused)
{
    (void)unused;
    card_begin();
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open_with(&screen_member, &argument, NULL, as_owner);
    fake_key(host, "F2");
    fake_type(host, "n");
    assert_null(host->dialog); /* 39.00 are owed */
    assert_non_null(strstr(host->said, "39.00 is owed"));
    card_saw.card.balance = 0;
    host->screen->changed(host->state, "members");
    fake_key(host, "F2");
    fake_type(host, "n");
    assert_non_null(strstr(host->said, "runs"));
    card_saw.card.ends = OFFICE_TODAY - 10;
    host->screen->changed(host->state, "members");
    fake_key(host, "F2");
    fake_type(host, "n");
    golden_check("member_anonymise", fake_draw, host);
    fake_type(host, "10483\r");
    assert_string_equal(card_saw.call, "");
    fake_key(host, "Backspace");
    fake_type(host, "2\r");
    assert_string_equal(card_saw.call, "anonymise");
    card_saw.card.is_anonymised = true;
    card_answer_change("Anonymised");
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
    card_begin();
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open_with(&screen_member, &argument, NULL, as_desk);
    fake_key(host, "Left");
    card_expect_text(host, "[Terms and freezes]");
    fake_key(host, "c");
    assert_null(host->dialog);
    fake_key(host, "F2");
    assert_null(host->dialog);
    fake_close(host);
}

static void test_check_in_denied_then_let_in(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "i");
    assert_string_equal(card_saw.call, "check in");
    struct verdict verdict = {
        .result = VERDICT_DENIED,
        .since_local = MOMENT_NONE,
        .at_local = OFFICE_NOW,
        .reasons = {{.code = REASON_EXPIRED, .policy = POLICY_DENY, .text = "expired 12 days ago"},
                    {.code = REASON_OWING, .policy = POLICY_WARN, .text = "owes 39.00"}},
        .reason_count = 2};
    card_saw.verdict(card_saw.owner, &verdict, NULL);
    assert_int_equal(host->bells, 1);
    golden_check("member_denied", fake_draw, host);
    fake_type(host, "v");
    fake_type(host, "doctor is inside\r");
    assert_string_equal(card_saw.override_reason, "doctor is inside");
    verdict = (struct verdict){.result = VERDICT_IN,
                               .attendance_id = 77,
                               .visits_this_month = 10,
                               .at_local = OFFICE_NOW,
                               .since_local = MOMENT_NONE};
    card_saw.verdict(card_saw.owner, &verdict, NULL);
    assert_non_null(strstr(host->said, "In, visit 10 this month"));
    fake_key(host, "u"); /* one key back */
    assert_string_equal(card_saw.call, "undo 77");
    verdict = (struct verdict){.result = VERDICT_UNDONE, .since_local = MOMENT_NONE};
    card_saw.verdict(card_saw.owner, &verdict, NULL);
    fake_key(host, "u");
    assert_non_null(strstr(host->said, "Nothing to undo"));
    fake_close(host);
}

static void test_read_again_when_somebody_changes_it(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    assert_int_equal(card_saw.reads, 1);
    for (int i = 0; i < 20; i++)
        host->screen->changed(host->state, "attendance"); /* a queue at the door */
    assert_int_equal(card_saw.reads, 1);
    assert_true(host->wake_in > 0);
    host->screen->tick(host->state);
    assert_int_equal(card_saw.reads, 2);
    host->screen->changed(host->state, "members");
    assert_int_equal(card_saw.reads, 3);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_looks_of_a_bare_member),
        cmocka_unit_test(test_loading_and_not_there),
        cmocka_unit_test(test_a_call_is_logged_with_three_keys),
        cmocka_unit_test(test_payments_and_messages_open),
        cmocka_unit_test(test_the_injured_are_offered_a_freeze),
        cmocka_unit_test(test_today_stands_free_at_every_width),
        cmocka_unit_test(test_who_wants_no_calls_says_so_on_the_card),
        cmocka_unit_test(test_a_duplicate_is_merged_and_separated),
        cmocka_unit_test(test_ban_and_its_end),
        cmocka_unit_test(test_anonymising_wants_the_number),
        cmocka_unit_test(test_the_desk_has_no_calls),
        cmocka_unit_test(test_check_in_denied_then_let_in),
        cmocka_unit_test(test_read_again_when_somebody_changes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
