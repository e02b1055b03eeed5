/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing a member with somebody faster, and enrolling a new one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "member/card.h"

/* --- edit --- */

static void test_somebody_was_faster(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "e");
    fake_key(host, "Tab"); /* phone */
    fake_key(host, "^U");
    fake_type(host, "222");
    fake_key(host, "F2");
    assert_string_equal(card_saw.call, "update");
    assert_string_equal(card_saw.phone, "222");
    assert_int_equal(card_saw.edit.row_version, 7);

    /* Meanwhile Maeve changed the phone, too, and the note, which we did not touch. */
    card_saw.card.row_version = 8;
    snprintf(card_saw.card.phone, sizeof card_saw.card.phone, "111");
    snprintf(card_saw.card.note, sizeof card_saw.card.note, "Knee is fine again");
    struct member_saved saved = {.customer_id = 10482, .row_version = 8};
    snprintf(saved.changed_by, sizeof saved.changed_by, "Maeve");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "Maeve changed this member first");
    card_saw.saved(card_saw.owner, &saved, &error);
    assert_non_null(host->dialog);
    golden_check("member_conflict", fake_draw, host);
    card_expect_text(host, "Phone: yours “222”, theirs “111”");
    card_expect_text(host, "Note: now “Knee is fine again”");
    fake_type(host, "m"); /* mine, where we differ */
    assert_string_equal(card_saw.phone, "222");
    assert_string_equal(card_saw.note, "Knee is fine again");
    assert_int_equal(card_saw.edit.row_version, 8);
    saved.row_version = 9;
    card_saw.saved(card_saw.owner, &saved, NULL);
    assert_non_null(strstr(host->said, "Saved"));
    fake_close(host);
}

static void test_theirs_can_stay(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "e");
    fake_type(host, " X");
    fake_key(host, "F2");
    card_saw.card.row_version = 8;
    snprintf(card_saw.card.name, sizeof card_saw.card.name, "Anahit Hakobyan");
    struct member_saved saved = {.customer_id = 10482};
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "Changed");
    card_saw.saved(card_saw.owner, &saved, &error);
    card_saw.call[0] = 0;
    fake_type(host, "t");
    assert_string_equal(card_saw.call, "");
    card_expect_text(host, "Anahit Hakobyan");
    fake_close(host);
}

static void test_refused_edit_stays_in_the_form(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "e");
    fake_type(host, "!");
    fake_key(host, "F2");
    struct error error;
    error_set(&error, ERROR_INPUT, "Scan another one", "Key tag 20417733 belongs to somebody else");
    card_saw.saved(card_saw.owner, NULL, &error);
    card_expect_text(host, "belongs to somebody else. Scan another one");
    card_expect_text(host, "Anahit Petrosyan!");
    fake_close(host);
}

/* --- enrolment --- */

static void test_new_member_paid_and_in(void **unused)
{
    (void)unused;
    struct member_argument argument = {.keytag = "20417799"};
    card_begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    golden_check("member_new", fake_draw, host);
    fake_type(host, "Նարե Գրիգորյան");
    fake_key(host, "Tab");
    fake_type(host, "+374 10 123");
    fake_key(host, "F2"); /* the text and two keys of eight */
    assert_string_equal(card_saw.call, "enrol");
    assert_string_equal(card_saw.name, "Նարե Գրիգորյան");
    assert_string_equal(card_saw.keytag, "20417799");
    assert_int_equal(card_saw.edit.package_id, 1); /* the monthly plan */
    assert_false(card_saw.edit.duplicate_is_fine);

    struct member_saved saved = {.duplicate_id = 10482};
    snprintf(saved.other_name, sizeof saved.other_name, "Nare Grigoryan");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "This may be the same person");
    card_saw.saved(card_saw.owner, &saved, &error);
    golden_check("member_duplicate", fake_draw, host);
    fake_type(host, "n");
    assert_true(card_saw.edit.duplicate_is_fine);
    saved = (struct member_saved){.customer_id = 10482};
    card_saw.saved(card_saw.owner, &saved, NULL);
    assert_non_null(strstr(host->said, "is member #10482, paid"));
    assert_string_equal(card_saw.call, "check in"); /* the door has an answer of its own */
    struct verdict full = {.result = VERDICT_DENIED, .reason_count = 1};
    snprintf(full.reasons[0].text, sizeof full.reasons[0].text, "full: 40 of 40 are in");
    full.reasons[0].policy = POLICY_DENY;
    card_saw.verdict(card_saw.owner, &full, NULL);
    assert_non_null(host->dialog);
    card_expect_text(host, "full: 40 of 40 are in");
    fake_key(host, "Esc");
    card_expect_text(host, "Anahit Petrosyan"); /* whose card that is here */
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
    card_begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "F2");
    struct member_saved saved = {.customer_id = 30408};
    card_saw.saved(card_saw.owner, &saved, NULL);
    assert_string_equal(card_saw.call, "enrol"); /* and no check-in here */
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
    card_begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_type(host, "\t\taram@\t\t1.2.2190");
    fake_key(host, "F2");
    card_expect_text(host, "not an e-mail address");
    assert_string_equal(card_saw.call, "");
    fake_type(host, "x.am");
    fake_key(host, "F2");
    card_expect_text(host, "not in the future");
    assert_string_equal(card_saw.call, "");
    fake_key(host, "^U");
    fake_type(host, "1.2.1990");
    fake_key(host, "F2");
    assert_string_equal(card_saw.call, "enrol");
    assert_string_equal(card_saw.edit.email, "aram@x.am");
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "The key tag 20417799 belongs to another member");
    card_saw.saved(card_saw.owner, NULL, &error);
    card_expect_text(host, "Key tag: The key tag 20417799 belongs to another member");
    fake_key(host, "^U");
    fake_type(host, "1");
    fake_key(host, "F2");
    assert_string_equal(card_saw.keytag, "1");
    fake_close(host);
}

static void test_the_duplicate_can_be_opened(void **unused)
{
    (void)unused;
    struct member_argument argument = {.name = "Anahit P"};
    card_begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "F2");
    assert_string_equal(card_saw.name, "Anahit P");
    struct member_saved saved = {.duplicate_id = 10482};
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "The same?");
    card_saw.saved(card_saw.owner, &saved, &error);
    fake_type(host, "o");
    card_expect_text(host, "Anahit Petrosyan");
    fake_close(host);
}

static void test_left_enrolment_closes(void **unused)
{
    (void)unused;
    struct member_argument argument = {.close_when_saved = true};
    card_begin();
    struct host *host = fake_open(&screen_member, &argument, NULL);
    fake_key(host, "Esc");
    assert_true(host->closed);
    fake_close(host);

    card_begin();
    host = fake_open(&screen_member, &argument, NULL);
    fake_type(host, "A");
    fake_key(host, "F2");
    struct member_saved saved = {.customer_id = 10482};
    card_saw.saved(card_saw.owner, &saved, NULL);
    assert_true(host->closed); /* back at the desk's field with no further key */
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_somebody_was_faster),
        cmocka_unit_test(test_theirs_can_stay),
        cmocka_unit_test(test_refused_edit_stays_in_the_form),
        cmocka_unit_test(test_new_member_paid_and_in),
        cmocka_unit_test(test_the_new_member_is_handed_to_the_desk),
        cmocka_unit_test(test_the_focus_goes_to_what_is_wrong),
        cmocka_unit_test(test_the_duplicate_can_be_opened),
        cmocka_unit_test(test_left_enrolment_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
