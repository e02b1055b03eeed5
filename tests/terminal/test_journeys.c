/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journeys of DESK.md on a real terminal, each with its limit of keys, and what the database
 * holds afterwards. The members are the planted ones of gymtui(1), each used once.
 */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- signing in --- */

static void a_person_signs_in_by_typing(void **state)
{
    (void)state;
    struct terminal *terminal = terminal_open(24, 80);
    terminal_wait(terminal, "Sign in");
    terminal_type(terminal, "iron-temple");
    terminal_key(terminal, "Enter");
    terminal_type(terminal, "desk1");
    terminal_key(terminal, "Enter");
    terminal_type(terminal, "demo-desk1");
    terminal_wait(terminal, "Password    ••••••••••");
    assert_false(terminal_shows(terminal, "Password    demo-desk1"));
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Iron Temple · desk 1 · Desk1");
    terminal_wait(terminal, "● live");
}

static void a_wrong_password_is_refused_and_can_be_mended(void **state)
{
    (void)state;
    struct terminal *terminal = terminal_open(24, 80);
    desk_fill_in(terminal, DESK_FIRST);
    terminal_type(terminal, "x");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "✖ User name or password is wrong");
    assert_false(terminal_shows(terminal, "Scan, number or name:"));
    terminal_type(terminal, "demo-desk1");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan, number or name:");
}

/* --- the queue at ten past six --- */

static void a_scan_checks_in_without_a_key(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    assert_int_equal(desk_visits(10001), 0);
    terminal_scan(terminal, "77001001");
    desk_wait_in(terminal, "Anahit Petrosyan");
    terminal_wait(terminal, "✔ IN");
    char left[40];
    snprintf(left, sizeof left, "Monthly, %s days left",
             demonstration_ask("SELECT ends - current_date FROM gym.member_summary"
                               " WHERE customer_id = 10001"));
    terminal_wait(terminal, left);
    assert_int_equal(terminal_keys_used(terminal), 0);
    assert_int_equal(terminal_bells(terminal), 0);
    assert_int_equal(desk_open_visits(10001), 1);
    assert_string_equal(demonstration_ask("SELECT a.desk || ' ' || s.username FROM gym.attendance a"
                                          " JOIN auth.staff s ON s.staff_id = a.staff_in"
                                          " WHERE customer_id = 10001 AND check_out IS NULL"),
                        "1 desk1");
    /* Green, and not by colour alone: the sign and the word are there too. */
    int row = terminal_row_of(terminal, "✔ IN");
    struct terminal_cell cell =
        terminal_cell(terminal, row, terminal_column_of(terminal, row, "✔ IN"));
    assert_true(cell.coloured || cell.coloured_ground);
    /* The field is free for the next one. */
    assert_string_equal(terminal_row(terminal, 2), "  Scan, number or name:");
}

static void a_number_checks_in(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_type(terminal, "10030");
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, "Zuzanna Dvořáková");
    assert_int_equal(desk_open_visits(10030), 1);
}

static void a_name_without_a_card_takes_two_to_five_keys(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_type(terminal, "prak");
    terminal_wait(terminal, "Prakash");
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, "Prakash");
    assert_in_range(terminal_keys_used(terminal), 2, 5);
    /* Of two of this name one is in: the one shown. */
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.attendance a"
                                         " JOIN gym.customers c USING (customer_id)"
                                         " WHERE c.name = 'Prakash' AND a.check_out IS NULL"),
                     1);
}

static void a_name_typed_at_once_with_enter_is_found_too(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_send(terminal, "sorensen\r", 9); /* before any candidate can be there */
    desk_wait_in(terminal, "Ingrid Sørensen");
    assert_int_equal(desk_open_visits(10013), 1);
}

/* --- exceptions --- */

static void an_expired_member_renews_pays_and_is_in(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001002");
    terminal_wait(terminal, "✖ EXPIRED ");
    desk_wait_expired(terminal, 10002);
    terminal_wait(terminal, "pay 39.00 + 39.00");
    assert_int_equal(terminal_bells(terminal), 1);
    assert_int_equal(desk_open_visits(10002), 0);
    assert_string_equal(demonstration_ask("SELECT result || ' ' || reason FROM gym.access_log"
                                          " WHERE customer_id = 10002 AND code = '77001002'"),
                        "denied expired");
    terminal_key(terminal, "p");
    terminal_wait(terminal, "paid by?");
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, "Tigran Hakobyan");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_int_equal(desk_open_visits(10002), 1);
    assert_string_equal(demonstration_ask("SELECT sum(amount) FROM gym.transactions"
                                          " WHERE customer_id = 10002"
                                          " AND paid_at > now() - interval '10 minutes'"),
                        "78.00");
    assert_string_equal(
        demonstration_ask("SELECT balance FROM gym.member_summary WHERE customer_id = 10002"),
        "0.00");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.memberships"
                                         " WHERE customer_id = 10002 AND term @> current_date"),
                     1);
}

static void an_override_keeps_its_reason(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001015");
    terminal_wait(terminal, "Caoimhe Daly");
    terminal_wait(terminal, "✖");
    terminal_key(terminal, "v");
    terminal_wait(terminal, "Let in because:");
    terminal_key(terminal, "1");
    desk_wait_in(terminal, "Caoimhe Daly");
    assert_in_range(terminal_keys_used(terminal), 1, 3);
    assert_string_equal(demonstration_ask("SELECT override_reason FROM gym.attendance"
                                          " WHERE customer_id = 10015 AND check_out IS NULL"),
                        "pays next time");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.access_log WHERE result ="
                                         " 'overridden' AND customer_id = 10015"),
                     1);
}

static void a_frozen_member_is_unfrozen_with_one_key(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001004");
    terminal_wait(terminal, "✖ FROZEN");
    terminal_key(terminal, "u");
    desk_wait_in(terminal, "Siobhán Ní Chonaill");
    assert_int_equal(terminal_keys_used(terminal), 1);
    assert_int_equal(desk_open_visits(10004), 1);
    assert_int_equal(
        demonstration_count("SELECT count(*) FROM gym.freezes WHERE customer_id = 10004"
                            " AND period @> current_date"),
        0);
}

static void a_banned_member_stays_outside(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001007");
    terminal_wait(terminal, "✖ BANNED");
    terminal_wait(terminal, "Darragh Maguire");
    assert_int_equal(terminal_bells(terminal), 1);
    terminal_key(terminal, "v"); /* not offered at the front desk: a letter like any other */
    terminal_key(terminal, "1");
    terminal_key(terminal, "Enter");
    terminal_watch(terminal, 300);
    assert_false(terminal_shows(terminal, "✔ IN"));
    assert_int_equal(desk_visits(10007), 0);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.access_log WHERE result ="
                                         " 'denied' AND reason = 'banned' AND customer_id = 10007"
                                         " AND at > now() - interval '10 minutes'"),
                     1);
}

static void a_mistaken_check_in_is_undone(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001018");
    desk_wait_in(terminal, "Սիրանուշ");
    assert_int_equal(desk_open_visits(10018), 1);
    terminal_key(terminal, "F8");
    terminal_wait(terminal, "UNDONE");
    assert_in_range(terminal_keys_used(terminal), 1, 2);
    assert_int_equal(desk_visits(10018), 0);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.attendance WHERE customer_id ="
                                         " 10018 AND voided_at > now() - interval '10 minutes'"),
                     1);
    /* And the right card, of the same member, may come at once. */
    terminal_scan(terminal, "77001018");
    desk_wait_in(terminal, "Սիրանուշ");
    assert_int_equal(desk_open_visits(10018), 1);
}

static void a_scan_of_one_who_is_in_checks_out_with_one_key(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001017");
    terminal_wait(terminal, "! IN SINCE");
    terminal_wait(terminal, "nothing was written");
    assert_int_equal(desk_open_visits(10017), 1);
    terminal_key(terminal, "o");
    terminal_wait(terminal, "OUT");
    terminal_wait_gone(terminal, "nothing was written");
    assert_int_equal(terminal_keys_used(terminal), 1);
    assert_int_equal(desk_open_visits(10017), 0);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.attendance WHERE customer_id ="
                                         " 10017 AND check_out > now() - interval '10 minutes'"),
                     1);
}

static void a_check_out_is_undone_too(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001031");
    terminal_wait(terminal, "! IN SINCE");
    terminal_key(terminal, "o");
    terminal_wait_gone(terminal, "! IN SINCE");
    assert_int_equal(desk_open_visits(10031), 0);
    terminal_key(terminal, "-"); /* the key for terminals that swallow F8 */
    terminal_wait(terminal, "is in again");
    assert_int_equal(desk_open_visits(10031), 1);
}

/* --- the office's part at the desk --- */

static void a_membership_is_frozen_for_thirty_days(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    const char *ends = demonstration_ask("SELECT upper(term) + 30 FROM gym.memberships"
                                         " WHERE customer_id = 10020 AND term @> current_date");
    terminal_key(terminal, "Tab");
    terminal_wait_gone(terminal, "Scan, number or name:");
    terminal_type(terminal, "10020");
    terminal_wait(terminal, "Seán Ó Súilleabháin");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "F8 freeze");
    terminal_wait(terminal, "#10020");
    terminal_key(terminal, "F8");
    terminal_wait(terminal, "Freeze Seán");
    terminal_key(terminal, "t");
    terminal_wait(terminal, "30 days, travel");
    terminal_wait(terminal, "The last paid day is then"); /* before anything is done */
    terminal_key(terminal, "y");
    terminal_wait_gone(terminal, "The last paid day is then");
    terminal_wait(terminal, "✔");
    assert_in_range(terminal_keys_used(terminal), 1, 10);
    assert_string_equal(demonstration_ask("SELECT reason || ' ' || upper(period) - lower(period)"
                                          " FROM gym.freezes WHERE customer_id = 10020"
                                          " AND period @> current_date"),
                        "travel 30");
    /* The thirty days are added at the end. */
    assert_string_equal(demonstration_ask("SELECT max(upper(term)) FROM gym.memberships"
                                          " WHERE customer_id = 10020"),
                        ends);
}

static void a_new_member_is_enrolled_paid_and_checked_in(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    static const char name[] = "Grace Hopper", phone[] = "+353871234567";
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "New member");
    terminal_type(terminal, name);
    terminal_key(terminal, "Enter");
    terminal_type(terminal, phone);
    terminal_wait(terminal, phone);
    terminal_key(terminal, "F2");
    desk_wait_in(terminal, name);
    int text = (int)(strlen(name) + strlen(phone));
    assert_in_range(terminal_keys_used(terminal), text + 1, text + 8);
    terminal_wait(terminal, "Scan, number or name:");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.customers c"
                                         " JOIN gym.attendance a USING (customer_id)"
                                         " JOIN gym.memberships m USING (customer_id)"
                                         " JOIN gym.transactions t USING (customer_id)"
                                         " WHERE c.name = 'Grace Hopper' AND c.join_date ="
                                         " current_date AND a.check_out IS NULL"
                                         " AND m.term @> current_date AND t.amount = m.price"),
                     1);
}

static void an_unknown_card_leads_to_its_new_member(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77999001");
    terminal_wait(terminal, "✖ NOT KNOWN");
    terminal_key(terminal, "n");
    terminal_wait(terminal, "New member");
    terminal_wait(terminal, "77999001");
    terminal_type(terminal, "Ada Lovelace");
    terminal_key(terminal, "F2");
    desk_wait_in(terminal, "Ada Lovelace");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.customers c JOIN gym.attendance"
                                         " USING (customer_id) WHERE keytag = '77999001'"
                                         " AND name = 'Ada Lovelace'"),
                     1);
}

/* The scanner never waits for a person: with a panel open the next member walks through. */
static void the_next_one_is_let_in_while_a_panel_waits(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member next = demonstration_member();
    terminal_scan(terminal, "77001006");
    terminal_wait(terminal, "✖ CANCELLED");
    desk_check_in(terminal, next);
    terminal_wait(terminal, "✖ CANCELLED"); /* and it still waits */
    assert_int_equal(terminal_keys_used(terminal), 0);
    assert_int_equal(desk_open_visits(next.number), 1);
    assert_int_equal(desk_visits(10006), 0);
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "✖ CANCELLED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_person_signs_in_by_typing, terminal_teardown),
        cmocka_unit_test_teardown(a_wrong_password_is_refused_and_can_be_mended, terminal_teardown),
        cmocka_unit_test_teardown(a_scan_checks_in_without_a_key, terminal_teardown),
        cmocka_unit_test_teardown(a_number_checks_in, terminal_teardown),
        cmocka_unit_test_teardown(a_name_without_a_card_takes_two_to_five_keys, terminal_teardown),
        cmocka_unit_test_teardown(a_name_typed_at_once_with_enter_is_found_too, terminal_teardown),
        cmocka_unit_test_teardown(an_expired_member_renews_pays_and_is_in, terminal_teardown),
        cmocka_unit_test_teardown(an_override_keeps_its_reason, terminal_teardown),
        cmocka_unit_test_teardown(a_frozen_member_is_unfrozen_with_one_key, terminal_teardown),
        cmocka_unit_test_teardown(a_banned_member_stays_outside, terminal_teardown),
        cmocka_unit_test_teardown(a_mistaken_check_in_is_undone, terminal_teardown),
        cmocka_unit_test_teardown(a_scan_of_one_who_is_in_checks_out_with_one_key,
                                  terminal_teardown),
        cmocka_unit_test_teardown(a_check_out_is_undone_too, terminal_teardown),
        cmocka_unit_test_teardown(a_membership_is_frozen_for_thirty_days, terminal_teardown),
        cmocka_unit_test_teardown(a_new_member_is_enrolled_paid_and_checked_in, terminal_teardown),
        cmocka_unit_test_teardown(an_unknown_card_leads_to_its_new_member, terminal_teardown),
        cmocka_unit_test_teardown(the_next_one_is_let_in_while_a_panel_waits, terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
