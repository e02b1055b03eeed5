/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DESK.md, rules 16 to 21 at their edges: money and people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "edge/edge.h"
#include "gymtui/base/text.h"
#include "support.h"

/* ---- Money ---- */

static void rule_16_money_is_only_ever_added(void **state)
{
    (void)state;
    const char *member = edge_make_member("R16", -10, 40);
    test_run(edge_desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 30, 1, 'desk 1', '')",
             member);
    char payment[24];
    snprintf(payment, sizeof payment, "%s",
             test_text(edge_desk,
                       "SELECT transaction_id FROM gym.transactions WHERE customer_id = %s",
                       member));
    edge_expect_sqlstate(
        test_state(test_superuser(),
                   "UPDATE gym.transactions SET amount = 3 WHERE transaction_id = %s", payment),
        "GT003", "append-only");
    edge_expect_sqlstate(test_state(test_superuser(),
                                    "DELETE FROM gym.transactions WHERE transaction_id = %s",
                                    payment),
                         "GT003", "append-only");
    test_run(edge_manager, "SELECT gym.refund(gen_random_uuid(), %s, 20, 'desk 1', 'too much')",
             payment);
    assert_string_equal(test_text(edge_desk,
                                  "SELECT amount || ' ' || (refunds = %s) FROM gym.transactions "
                                  "WHERE customer_id = %s AND kind = 'refund'",
                                  payment, member),
                        "-20.00 true");
    assert_string_not_equal(
        test_state(edge_manager, "SELECT gym.refund(gen_random_uuid(), %s, 11, 'desk 1', 'again')",
                   payment),
        "");
    assert_string_equal(test_text(edge_desk,
                                  "SELECT sum(amount) || ' ' || count(*) FROM "
                                  "gym.transactions WHERE customer_id = %s",
                                  member),
                        "10.00 2");
}

static void rule_17_one_till_a_desk_and_a_difference_has_a_reason(void **state)
{
    (void)state;
    const char *member = edge_make_member("R17", -10, 40);
    test_run(edge_desk, "SELECT gym.open_till(gen_random_uuid(), 'edge', 50)");
    assert_string_equal(
        test_state(edge_other_desk, "SELECT gym.open_till(gen_random_uuid(), 'edge', 50)"),
        "GT004");
    test_run(edge_desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 7.5, 3, 'edge', '')",
             member);
    edge_expect_sqlstate(
        test_state(edge_desk, "SELECT gym.close_till(gen_random_uuid(), 'edge', 55, NULL, ' ')"),
        "GT001", "-2.50");
    assert_string_equal(test_text(edge_desk,
                                  "SELECT concat_ws('|', expected, counted, reason) FROM "
                                  "gym.close_till(gen_random_uuid(), 'edge', 55, '{\"50\": 1, "
                                  "\"5\": 1}', 'coin lost')"),
                        "57.50|55.00|coin lost");
}

/* ---- People ---- */

static void rule_18_nothing_is_left_of_an_anonymised_member(void **state)
{
    (void)state;
    const char *member = edge_make_member("R18", -100, -40);
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'Zebulon Quirk', email = 'zebulon@example.com', "
             "birth_date = '1977-07-07', note = 'zebulon snores' WHERE customer_id = %s;"
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%s, now() - interval '50 days', now() - interval '50 days', 1, 1)",
             member, member);
    test_run(edge_desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 1, 1, 'd', '')", member);
    edge_expect_sqlstate(
        test_state(edge_owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member), "GT001",
        "1.00");
    test_run(test_superuser(),
             "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) VALUES (1, %s, 1, "
             "gym.today())",
             member);
    test_run(edge_owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT concat_ws('|', name = 'Member #' || customer_id, email, "
                                  "note, birth_date) FROM gym.customers WHERE customer_id = %s",
                                  member),
                        "t|||1977-01-01");
    assert_int_equal(edge_count_rows("transactions", member), 1);
    assert_int_equal(edge_count_rows("attendance", member), 1);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.audit_log WHERE concat(before, after) "
                                 "ILIKE '%%zebulon%%'"),
                     0);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.search_terms WHERE "
                                                   "term LIKE '%%zebulon%%'"),
                     0);
}

static void rule_19_hostile_text_reaches_neither_terminal_nor_spreadsheet(void **state)
{
    (void)state;
    int64_t member = test_number(
        edge_desk,
        "SELECT customer_id FROM gym.enrol(gen_random_uuid(), E'Bobby \\033]0;owned\\007\\u202e "
        "Tables', '', '', NULL, '', NULL, '', NULL, NULL, NULL, 'x', false, true)");
    assert_string_equal(test_text(edge_desk,
                                  "SELECT name FROM gym.customers WHERE customer_id = %lld",
                                  (long long)member),
                        "Bobby  ]0;owned  Tables");
    /* What is in the database already, by whatever way. */
    char clean[64], cell[64];
    text_clean(clean, sizeof clean,
               "a\033[2Jb\xc2\x9b"
               "31mc\xe2\x80\xae\x7f");
    for (const char *c = clean; *c; c++)
        assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
    assert_null(strstr(clean, "\xc2\x9b"));
    assert_null(strstr(clean, "\xe2\x80\xae"));
    static const char *const formulas[] = {"=1+1", "+cmd", "-cmd", "@SUM(A1)"};
    for (size_t i = 0; i < 4; i++) {
        text_csv_cell(cell, sizeof cell, formulas[i]);
        assert_null(strchr("=+-@", cell[cell[0] == '"']));
        assert_non_null(strstr(cell, formulas[i]));
    }
    assert_int_equal(text_width("\xe6\x9d\x8e\xe5\xb0\x8f"), 4);
}

static void rule_20_leap_day_birthdays_and_the_young(void **state)
{
    (void)state;
    assert_string_equal(test_text(edge_desk, "SELECT gym.birthday_in('2008-02-29', 2027) || ' ' || "
                                             "gym.birthday_in('2008-02-29', 2028) || ' ' || "
                                             "gym.age('2008-02-29', '2027-02-27') || ' ' || "
                                             "gym.age('2008-02-29', '2027-02-28')"),
                        "2027-02-28 2028-02-29 18 19");
    const char *member = edge_make_member("R20", -10, 40);
    test_run(
        test_superuser(),
        "UPDATE gym.customers SET birth_date = (gym.today() - interval '16 years' + interval '1 "
        "day')::date WHERE customer_id = %s",
        member);
    assert_string_equal(edge_first_code(member), "in under_16");
    edge_check_out(member, "result");
    test_run(
        test_superuser(),
        "DELETE FROM gym.attendance WHERE customer_id = %s; UPDATE gym.customers SET birth_date "
        "= (gym.today() - interval '16 years')::date WHERE customer_id = %s; SELECT "
        "gym.recount_visits(%s)",
        member, member, member);
    assert_string_equal(edge_first_code(member), "in birthday");
}

static void rule_21_a_merge_moves_everything_and_can_be_undone(void **state)
{
    (void)state;
    const char *winner = edge_make_member("R21W", -10, 40),
               *loser = edge_make_member("R21L", -90, -60);
    test_run(edge_desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 4, 1, 'd', '')", loser);
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%s, now() - interval '70 days', now() - interval '70 days', 1, 1); SELECT "
             "gym.recount_visits(%s)",
             loser, loser);
    test_run(edge_manager, "SELECT gym.merge_members(gen_random_uuid(), %s, %s)", loser, winner);
    static const char *const tables[] = {"attendance", "transactions", "memberships"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(edge_count_rows(tables[i], loser), 0);
        assert_int_equal(edge_count_rows(tables[i], winner), i < 2 ? 1 : 2);
    }
    /* The old card and the old number lead to the record that was kept. */
    assert_string_equal(edge_check_in(loser, "customer_id"), winner);
    assert_string_equal(
        test_text(edge_desk,
                  "SELECT customer_id FROM gym.check_out(gen_random_uuid(), 'R21L', NULL, "
                  "'d')"),
        winner);
    test_run(edge_manager, "SELECT gym.unmerge(gen_random_uuid(), %s)", loser);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(edge_count_rows(tables[i], loser), 1);
    assert_string_equal(
        test_text(edge_desk, "SELECT merged_into FROM gym.customers WHERE customer_id = %s", loser),
        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_16_money_is_only_ever_added),
        cmocka_unit_test(rule_17_one_till_a_desk_and_a_difference_has_a_reason),
        cmocka_unit_test(rule_18_nothing_is_left_of_an_anonymised_member),
        cmocka_unit_test(rule_19_hostile_text_reaches_neither_terminal_nor_spreadsheet),
        cmocka_unit_test(rule_20_leap_day_birthdays_and_the_young),
        cmocka_unit_test(rule_21_a_merge_moves_everything_and_can_be_undone),
    };
    return cmocka_run_group_tests_name("rules 16 to 21", tests, edge_start, edge_stop);
}
