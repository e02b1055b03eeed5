/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every change of a membership from the card, with its number of keys (DESK.md, Check-in,
 * journeys). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "member/card.h"

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
    struct host *host = card_open();
    fake_key(host, "f");
    golden_check("member_freeze", fake_draw, host);
    card_saw.preview = preview_of(OFFICE_TODAY + 53);
    fake_type(host, "t"); /* travel */
    assert_int_equal(card_saw.asked.kind, MEMBER_PREVIEW_FREEZE);
    assert_string_equal(card_saw.call, ""); /* shown, not done */
    golden_check("member_freeze_preview", fake_draw, host);
    card_expect_text(host, "today until 20 Dec: 30 days, travel");
    card_expect_text(host, "The last paid day is then 13 Jan, instead of 14 Dec");
    card_expect_text(host, "No money moves");
    fake_type(host, "y"); /* three keys of ten */
    assert_string_equal(card_saw.call, "freeze");
    assert_string_equal(card_saw.reason, "travel");
    assert_int_equal(card_saw.from, OFFICE_TODAY);
    assert_int_equal(card_saw.until, OFFICE_TODAY + 29);
    card_answer_change_error("Somebody froze it a moment ago");
    assert_non_null(strstr(host->said, "Somebody froze it"));
    card_answer_change("Frozen until 20 Dec; ends 13 Jan");
    assert_non_null(strstr(host->said, "Frozen until 20 Dec"));
    assert_int_equal(card_saw.reads, 2);
    fake_close(host);
}

static void test_freeze_of_other_days(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_type(host, "fd");
    golden_check("member_freeze_days", fake_draw, host);
    fake_key(host, "Tab");
    fake_key(host, "Tab");
    fake_key(host, "^U");
    fake_type(host, "2026-11-30");
    fake_key(host, "Tab");
    fake_type(host, "the baby is coming");
    error_set(&card_saw.refused, ERROR_CONFLICT, "End that freeze first",
              "A freeze of this member begins on 1 Dec already");
    fake_key(host, "F2");
    assert_string_equal(card_saw.call, "");
    assert_non_null(host->form); /* the refusal stands beside what was typed */
    card_expect_text(host, "begins on 1 Dec already");
    error_clear(&card_saw.refused);
    card_saw.preview = preview_of(OFFICE_TODAY + 33);
    fake_key(host, "F2");
    assert_null(host->form);
    card_expect_text(host, "10 days, the baby is coming");
    fake_key(host, "F2"); /* the opening key is no yes */
    fake_key(host, "Enter");
    assert_string_equal(card_saw.call, "");
    assert_non_null(strstr(host->said, "Nothing was changed"));
    fake_close(host);
}

static void test_unfreeze_asks(void **unused)
{
    (void)unused;
    card_begin();
    snprintf(card_saw.card.status, sizeof card_saw.card.status, "frozen");
    struct member_argument argument = {.customer_id = 10482};
    struct host *host = fake_open(&screen_member, &argument, NULL);
    card_saw.preview = preview_of(OFFICE_TODAY + 11);
    fake_key(host, "f");
    assert_int_equal(card_saw.asked.kind, MEMBER_PREVIEW_UNFREEZE);
    assert_non_null(host->dialog);
    golden_check("member_unfreeze", fake_draw, host);
    fake_key(host, "f"); /* the opening key repeats: not a yes */
    fake_key(host, "Enter");
    assert_string_equal(card_saw.call, "");
    if (!host->dialog)
        fake_key(host, "f");
    fake_key(host, "y");
    assert_string_equal(card_saw.call, "unfreeze");
    card_answer_change("The freeze has ended");
    fake_close(host);
}

static void test_renew_and_pay(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "r");
    card_expect_text(host, "Renew Anahit Petrosyan from 15 Dec");
    card_expect_text(host, "Monthly · 39.00");
    card_saw.preview = preview_of(OFFICE_TODAY + 54);
    card_saw.preview.starts = OFFICE_TODAY + 24;
    card_saw.preview.charged = 3900;
    card_saw.preview.balance_before = 3900;
    card_saw.preview.paid = 7800;
    fake_key(host, "F2");
    assert_int_equal(card_saw.asked.package_id, 1);
    assert_int_equal(card_saw.asked.payment_method_id, 1);
    golden_check("member_renew_preview", fake_draw, host);
    card_expect_text(host, "Monthly from 15 Dec until 14 Jan");
    card_expect_text(host, "charged 39.00, paid now 78.00 (card)");
    fake_type(host, "y");
    assert_string_equal(card_saw.call, "renew");
    assert_int_equal(card_saw.package_id, 1);
    assert_int_equal(card_saw.method, 1);
    card_answer_change("Renewed to 14 Jan");

    fake_key(host, "p");
    fake_key(host, "F2"); /* what is owed is filled in */
    assert_string_equal(card_saw.call, "pay");
    assert_int_equal(card_saw.amount, 3900);
    card_answer_change("39.00 taken");
    fake_close(host);
}

static void test_cancel_names_the_day_and_asks(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    card_saw.preview = preview_of(OFFICE_TODAY + 23);
    fake_key(host, "x");
    fake_key(host, "F2");
    assert_non_null(host->dialog);
    assert_string_equal(card_saw.call, "");
    card_expect_text(host, "Valid until 14 Dec and not renewed: price");
    golden_check("member_cancel", fake_draw, host);
    fake_key(host, "Esc");
    assert_string_equal(card_saw.call, "");
    fake_key(host, "x");
    fake_key(host, "F2");
    fake_key(host, "y");
    assert_string_equal(card_saw.call, "cancel");
    assert_int_equal(card_saw.until, OFFICE_TODAY + 23);
    fake_close(host);
}

static void test_another_plan_from_today(void **unused)
{
    (void)unused;
    struct host *host = card_open();
    fake_key(host, "g");
    golden_check("member_plan", fake_draw, host);
    fake_type(host, "a"); /* annual */
    fake_key(host, "Tab");
    fake_key(host, "Right"); /* today */
    fake_key(host, "Tab");
    fake_type(host, "c"); /* card */
    card_saw.preview = preview_of(OFFICE_TODAY + 364);
    snprintf(card_saw.preview.plan, sizeof card_saw.preview.plan, "Annual");
    card_saw.preview.starts = OFFICE_TODAY;
    card_saw.preview.charged = 34900;
    card_saw.preview.credited = 2642;
    card_saw.preview.paid = 32258;
    fake_key(host, "F2");
    assert_int_equal(card_saw.asked.kind, MEMBER_PREVIEW_CHANGE_NOW);
    assert_int_equal(card_saw.asked.package_id, 3);
    golden_check("member_plan_preview", fake_draw, host);
    card_expect_text(host, "credited 26.42");
    fake_type(host, "y");
    assert_string_equal(card_saw.call, "change now");
    assert_int_equal(card_saw.package_id, 3);
    assert_int_equal(card_saw.method, 1);
    card_answer_change("Annual from today until 20 Nov 2027");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freeze_takes_few_keys),
        cmocka_unit_test(test_freeze_of_other_days),
        cmocka_unit_test(test_unfreeze_asks),
        cmocka_unit_test(test_renew_and_pay),
        cmocka_unit_test(test_cancel_names_the_day_and_asks),
        cmocka_unit_test(test_another_plan_from_today),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
