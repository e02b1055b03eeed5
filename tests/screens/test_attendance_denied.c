/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is not let in just like that, without a database: the panels, their keys and what they
 * send.
 */
#include <stdio.h>

#include "attendance/queue.h"

static void an_expired_member_renews_pays_and_is_in_with_two_keys(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20415511\r");
    struct verdict denied = queue_expired();
    queue_answer(&denied);
    assert_int_equal(host->bells, 1);
    queue_assert_shows(host, "✖ EXPIRED 12 DAYS AGO");
    queue_assert_shows(host, "pay 39.00 + 39.00, renew to 20 Dec, let in");
    queue_assert_shows(host, "day pass 10.00");
    golden_check("attendance_expired", fake_draw, host);
    fake_key(host, "p");
    queue_assert_shows(host, "78.00 paid by?");
    assert_int_equal(queue.count, 1);
    golden_check("attendance_payment", fake_draw, host);
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "renew");
    assert_int_equal(queue_last()->package_id, 3);
    assert_int_equal(queue_last()->method, 1);
    fake_key(host, "p"); /* a second press is not a second payment */
    fake_key(host, "Enter");
    assert_int_equal(queue.count, 2);
    struct verdict in = queue_anahit(VERDICT_IN);
    in.customer_id = 10077;
    queue_answer(&in);
    queue_assert_hides(host, "EXPIRED");
    queue_assert_shows(host, "78.00 paid");
    fake_close(host);
}

static void cash_and_a_day_pass(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20415511\r");
    struct verdict denied = queue_expired();
    queue_answer(&denied);
    fake_type(host, "gs");
    assert_string_equal(queue_last()->what, "renew");
    assert_int_equal(queue_last()->package_id, 9);
    assert_int_equal(queue_last()->method, 3);
    fake_close(host);
}

static void an_override_takes_v_and_a_digit_or_words(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict denied = queue_expired();
    fake_type(host, "20415511\r");
    queue_answer(&denied);
    fake_key(host, "v");
    golden_check("attendance_reason", fake_draw, host);
    fake_key(host, "1");
    assert_string_equal(queue_last()->what, "in");
    assert_string_equal(queue_last()->reason, "pays next time");
    assert_int_equal(queue_last()->customer_id, 10077);
    queue_answer_error(ERROR_PERMISSION, "Only a manager lets in who has been banned", NULL);
    queue_assert_shows(host, "NOT CHECKED IN");
    fake_key(host, "Esc");
    queue_assert_shows(host, "EXPIRED 12 DAYS AGO"); /* can be answered again */
    fake_type(host, "vher card is at home\r");
    assert_string_equal(queue_last()->reason, "her card is at home");
    fake_close(host);
}

static void inside_a_panel_digits_begin_a_scan(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict denied = queue_expired();
    fake_type(host, "20415511\r");
    queue_answer(&denied);
    fake_key(host, "p");
    fake_type(host, "20417733\r");
    assert_string_equal(queue_last()->what, "in");
    assert_string_equal(queue_last()->code, "20417733");
    fake_close(host);
}

static void inside_a_panel_a_prefixed_scan_is_never_commands(void **unused)
{
    (void)unused;
    const char *const settings[] = {"desk.scanner_prefix=%", NULL};
    struct host *host = queue_open_with(settings);
    struct verdict denied = queue_expired();
    fake_type(host, "%20415511\r");
    queue_answer(&denied);
    fake_type(host, "v%pgv1\r");
    assert_int_equal(queue.count, 2);
    assert_string_equal(queue_last()->code, "pgv1");
    assert_string_equal(queue_last()->reason, "");
    fake_close(host);
}

static void a_name_typed_over_the_question_of_payment_buys_nothing(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict denied = queue_expired();
    fake_type(host, "20415511\r");
    queue_answer(&denied);
    fake_type(host, "petrosyan\r");
    assert_int_equal(queue.count, 1);
    queue_assert_shows(host, "Nothing was bought");
    fake_close(host);
}

static void frozen_members_are_unfrozen_with_one_key(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict frozen = queue_tigran(REASON_FROZEN, "frozen until 4 Dec");
    fake_type(host, "20415511\r");
    queue_answer(&frozen);
    golden_check("attendance_frozen", fake_draw, host);
    fake_key(host, "u");
    assert_string_equal(queue_last()->what, "unfreeze");
    assert_int_equal(queue_last()->customer_id, 10077);
    fake_close(host);
}

static void who_owes_pays_and_is_in(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict owing = queue_tigran(REASON_OWING, "owes 39.00 since 9 Nov");
    owing.balance = 3900;
    fake_type(host, "20415511\r");
    queue_answer(&owing);
    golden_check("attendance_owing", fake_draw, host);
    fake_type(host, "p\r");
    assert_string_equal(queue_last()->what, "pay");
    assert_int_equal(queue_last()->amount, 3900);
    const struct member_change paid = {.text = "Paid 39.00", .balance = 0};
    queue.on_change(queue.owner, &paid, NULL);
    assert_string_equal(queue_last()->what, "in");
    assert_int_equal(queue_last()->customer_id, 10077);
    fake_close(host);
}

static void other_denials_look_their_part(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict banned = queue_tigran(REASON_BANNED, "banned: fighting in the changing room");
    fake_type(host, "20415511\r");
    queue_answer(&banned);
    golden_check("attendance_banned", fake_draw, host);
    fake_close(host);

    host = queue_open();
    struct verdict foreign =
        queue_tigran(REASON_OTHER_GYM, "member of Harbour Gym, plan for that gym");
    snprintf(foreign.home_gym, sizeof foreign.home_gym, "Harbour Gym");
    fake_type(host, "20415511\r");
    queue_answer(&foreign);
    golden_check("attendance_other_gym", fake_draw, host);
    fake_close(host);

    host = queue_open();
    struct verdict full = queue_tigran(REASON_CAPACITY, "the house is full, 120 of 120");
    full.inside = 120;
    fake_type(host, "20415511\r");
    queue_answer(&full);
    golden_check("attendance_full", fake_draw, host);
    fake_close(host);
}

static void warnings_let_in_and_stay_in_sight(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_add_reason(&in, REASON_OWING, POLICY_WARN, "owes 39.00");
    queue_add_reason(&in, REASON_BIRTHDAY, POLICY_WARN, "birthday, 30 today");
    fake_type(host, "20417733\r");
    queue_answer(&in);
    queue_assert_shows(host, "! owes 39.00 · ★ birthday, 30 today");
    golden_check("attendance_warned", fake_draw, host);
    fake_close(host);
}

static void who_is_in_already_is_asked_not_toggled(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict in = queue_anahit(VERDICT_ALREADY_IN);
    in.since_local = queue_at(18, 2);
    snprintf(in.since_desk, sizeof in.since_desk, "2");
    fake_type(host, "20417733\r");
    queue_answer(&in);
    assert_int_equal(queue.count, 1);
    queue_assert_shows(host, "IN SINCE 18:02, DESK 2");
    golden_check("attendance_already_in", fake_draw, host);
    fake_key(host, "o");
    assert_string_equal(queue_last()->what, "out");
    struct verdict out = queue_anahit(VERDICT_OUT);
    out.seconds_in = 5100;
    queue_answer(&out);
    queue_assert_shows(host, "← OUT   Anahit Petrosyan");
    fake_close(host);
}

static void an_automatic_desk_checks_out_but_not_a_second_scan_by_mistake(void **unused)
{
    (void)unused;
    const char *const settings[] = {"desk.auto=true", NULL};
    struct host *host = queue_open_with(settings);
    struct verdict in = queue_anahit(VERDICT_ALREADY_IN);
    in.since_local = queue_at(18, 2);
    fake_type(host, "20417733\r");
    queue_answer(&in);
    assert_int_equal(queue.count, 1);
    queue_assert_shows(host, "IN SINCE 18:02");
    in.since_local = queue_at(16, 30);
    fake_type(host, "10482\r");
    queue_answer(&in);
    assert_string_equal(queue_last()->what, "out");
    assert_int_equal(queue_last()->customer_id, 10482);
    fake_close(host);
}

static void a_full_house_is_said_in_words(void **unused)
{
    (void)unused;
    struct host *host = queue_open_with(NULL);
    const struct feed_row none = {0};
    queue_answer_lists(&none, 0, 101);
    queue_assert_hides(host, "nearly full");
    queue_answer_lists(&none, 0, 102);
    queue_assert_shows(host, "85 % nearly full");
    golden_check("attendance_nearly_full", fake_draw, host);
    queue_answer_lists(&none, 0, 120);
    queue_assert_shows(host, "100 % full");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expired_member_renews_pays_and_is_in_with_two_keys),
        cmocka_unit_test(cash_and_a_day_pass),
        cmocka_unit_test(an_override_takes_v_and_a_digit_or_words),
        cmocka_unit_test(inside_a_panel_digits_begin_a_scan),
        cmocka_unit_test(inside_a_panel_a_prefixed_scan_is_never_commands),
        cmocka_unit_test(a_name_typed_over_the_question_of_payment_buys_nothing),
        cmocka_unit_test(frozen_members_are_unfrozen_with_one_key),
        cmocka_unit_test(who_owes_pays_and_is_in),
        cmocka_unit_test(other_denials_look_their_part),
        cmocka_unit_test(warnings_let_in_and_stay_in_sight),
        cmocka_unit_test(who_is_in_already_is_asked_not_toggled),
        cmocka_unit_test(an_automatic_desk_checks_out_but_not_a_second_scan_by_mistake),
        cmocka_unit_test(a_full_house_is_said_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
