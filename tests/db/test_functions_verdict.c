/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is let in, and what the desk is told: DESK.md rules 4, 5, 6, 8, 20, and the other reasons. */
#include <stdio.h>

#include "functions/desk.h"
#include "support.h"

static void rule_04_denied_attempts_go_to_the_access_log_only(void **state)
{
    (void)state;
    desk_expect_denied("T10002", 10002, "denied|expired\tdeny\texpired 12 days ago");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT concat_ws('|', result, reason, code, desk, staff_id IS "
                                  "NOT NULL, home_gym_id) FROM gym.access_log"),
                        "denied|expired|T10002|desk 1|t|1");
}

static void rule_05_grace_then_denied(void **state)
{
    (void)state;
    assert_string_equal(desk_check_in("T10003", "result || '|' || reasons"),
                        "in|grace\twarn\texpired 2 days ago");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{\"expired_grace\": 1}' WHERE "
                               "gym_id = 1; DELETE FROM gym.attendance WHERE customer_id = 10003");
    desk_expect_denied("T10003", 10003, "denied|expired\tdeny\texpired 2 days ago");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}' WHERE gym_id = 1");
}

static void rule_05_cancelled_is_valid_until_the_effective_date(void **state)
{
    (void)state;
    char expected[80];
    snprintf(expected, sizeof expected, "denied|cancelled\tdeny\tcancelled, ended %s",
             test_text(desk_connection, "SELECT gym.day_text(gym.today() - 5, gym.today())"));
    desk_expect_denied("T10005", 10005, expected); /* and no days of grace */
    test_run(desk_connection,
             "SELECT gym.cancel_membership(gen_random_uuid(), 10008, gym.today() + 2, 'moves')");
    assert_string_equal(desk_check_in("T10008", "result || '|' || reasons"),
                        "in|expiring\twarn\tcancelled, 2 days left");
}

static void the_alert_offers_renewal_and_day_pass(void **state)
{
    (void)state;
    assert_string_equal(
        desk_check_in("T10002",
                      "concat_ws('|', renew_package_id, renew_price, renew_until = "
                      "(gym.today() + interval '1 month')::date - 1, day_pass_package_id, "
                      "day_pass_price)"),
        "1|39.00|t|5|10.00");
    assert_string_equal(desk_check_in("T10001", "renew_package_id"), "");
}

static void rule_06_frozen_is_denied_until_unfrozen(void **state)
{
    (void)state;
    char expected[80];
    snprintf(expected, sizeof expected, "denied|frozen\tdeny\tfrozen until %s (holiday)",
             test_text(desk_connection, "SELECT gym.day_text(gym.today() + 12, gym.today())"));
    desk_expect_denied("T10004", 10004, expected);
}

static void rule_08_another_gyms_member_enters_with_an_all_gyms_plan_only(void **state)
{
    (void)state;
    desk_expect_denied("T20001", 20001, "denied|other_gym\tdeny\tmember of South");
    /* Name, plan and home gym; nothing more. */
    assert_string_equal(
        desk_check_in("T20001", "concat_ws('|', name, plan, home_gym, keytag, ends, days_left, "
                                "visits_total, visits_this_month, last_visit, habit, balance)"),
        "Sue South|Monthly|South|");
    assert_string_equal(desk_check_in("T20002", "result || '|' || home_gym"), "in|South");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT gym_id || '|' || home_gym_id FROM gym.attendance WHERE "
                                  "customer_id = 20002"),
                        "1|2");
    assert_string_equal(desk_check_in("20002", "result"), "already_in");
    /* A number of another gym is no way to its members' names. */
    assert_string_equal(desk_check_in("20001", "result"), "unknown");
    assert_string_equal(desk_check_out("T20002", "result"), "out");
}

static void reasons_come_in_the_desks_order(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.customers SET banned_on = gym.today(), note = 'x' WHERE "
                               "customer_id = 10006");
    assert_string_equal(desk_check_in("T10006",
                                      "(SELECT string_agg(split_part(l, E'\\t', 1), ' ') FROM "
                                      "regexp_split_to_table(reasons, E'\\n') l)"),
                        "banned owing note");
    test_run(test_superuser(), "UPDATE gym.customers SET banned_on = NULL, note = '' WHERE "
                               "customer_id = 10006");
}

static void owing_is_a_matter_of_policy(void **state)
{
    (void)state;
    char expected[120];
    snprintf(expected, sizeof expected, "in|owing\twarn\towes 39.00 since %s|39.00",
             test_text(desk_connection, "SELECT gym.day_text(gym.today() - 12, gym.today())"));
    assert_string_equal(desk_check_in("T10006", "result || '|' || reasons || '|' || balance"),
                        expected);
    test_run(test_superuser(), "DELETE FROM gym.attendance WHERE customer_id = 10006; UPDATE "
                               "gym.gyms SET settings = '{\"policy_owing\": \"deny\"}'");
    assert_string_equal(desk_check_in("T10006", "result"), "denied");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{\"policy_owing\": \"ignore\"}'");
    assert_string_equal(desk_check_in("T10006", "result || reasons"), "in");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}'");
}

static void other_reasons_say_what_they_are(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"T10007", "in|birthday\twarn\tbirthday today, 36"},
        {"T10008", "in|expiring\twarn\tcancelled, 2 days left"},
        {"T10009", "in|sessions_low\twarn\t1 visit left after this"},
        {"T10010", "denied|no_visits\tdeny\tall 10 visits used"},
        {"T10011", "in|note\twarn\task for the locker key"},
        {"T10013", "in|under_16\twarn\t14 years old"},
        {"T10016", "in|auto_closed\twarn\tvisit of yesterday was closed automatically at 19:08"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(desk_check_in(expected[i][0], "result || '|' || reasons"),
                            expected[i][1]);
}

static void off_peak_plans_hold_at_their_hours(void **state)
{
    (void)state;
    bool weekday =
        *test_text(desk_connection, "SELECT extract(isodow FROM gym.today()) < 6") == 't';
    assert_string_equal(desk_check_in("T10015", "result || '|' || split_part(reasons, E'\\n', 1)"),
                        weekday ? "denied|off_hours\tdeny\tplan holds 01–02 on weekdays" : "in|");
    test_run(test_superuser(),
             "UPDATE gym.packages SET hours_from = 0, hours_until = 24 WHERE "
             "package_id = 3; DELETE FROM gym.attendance WHERE customer_id = 10015");
    assert_string_equal(desk_check_in("T10015", "result"), "in");
    test_run(test_superuser(), "UPDATE gym.packages SET hours_from = 1, hours_until = 2 WHERE "
                               "package_id = 3");
}

static void capacity_counts_who_is_in(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.gyms SET capacity = 1 WHERE gym_id = 1");
    assert_string_equal(desk_check_in("T10001", "result || '|' || reasons"), "in|");
    assert_string_equal(desk_check_in("T10011", "result || '|' || split_part(reasons, E'\\n', 1)"),
                        "in|capacity\twarn\tfull: 1 of 1");
    test_run(test_superuser(), "UPDATE gym.gyms SET capacity = 40 WHERE gym_id = 1");
}

static void an_override_lets_in_and_is_noted(void **state)
{
    (void)state;
    assert_string_equal(test_text(desk_connection,
                                  "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                  "'T10002', NULL, 'desk 1', 'pays tomorrow')"),
                        "in");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', a.override_reason, l.result, l.reason, l.override_reason) "
                  "FROM gym.attendance a JOIN gym.access_log l USING (attendance_id)"),
        "pays tomorrow|overridden|expired|pays tomorrow");
    /* A blank reason is none; a ban is lifted by a manager only. */
    assert_string_equal(test_text(desk_connection,
                                  "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                  "'T10010', NULL, 'desk 1', '  ')"),
                        "denied");
    assert_string_equal(test_text(desk_connection,
                                  "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                  "'T10012', NULL, 'desk 1', 'sorry')"),
                        "denied");
    PGconn *manager = test_connect("north", "mona");
    assert_string_equal(test_text(manager, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                           "'T10012', NULL, 'desk 1', 'sorry')"),
                        "in");
    PQfinish(manager);
}

static void rule_20_the_29th_of_february_is_kept_on_the_28th(void **state)
{
    (void)state;
    static const char *const expected[][3] = {
        {"2000-02-29", "2026-02-28", "2026-02-28|26"},
        {"2000-02-29", "2026-02-27", "2026-02-28|25"},
        {"2000-02-29", "2028-02-28", "2028-02-29|27"},
        {"2000-02-29", "2028-02-29", "2028-02-29|28"},
        {"1990-12-31", "2026-01-01", "2026-12-31|35"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(
            test_text(
                desk_connection,
                "SELECT gym.birthday_in('%s', extract(year FROM date '%s')::integer) || '|' || "
                "gym.age('%s', '%s')",
                expected[i][0], expected[i][1], expected[i][0], expected[i][1]),
            expected[i][2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(rule_04_denied_attempts_go_to_the_access_log_only),
        RULE(rule_05_grace_then_denied),
        RULE(rule_05_cancelled_is_valid_until_the_effective_date),
        RULE(the_alert_offers_renewal_and_day_pass),
        RULE(rule_06_frozen_is_denied_until_unfrozen),
        RULE(rule_08_another_gyms_member_enters_with_an_all_gyms_plan_only),
        RULE(reasons_come_in_the_desks_order),
        RULE(owing_is_a_matter_of_policy),
        RULE(other_reasons_say_what_they_are),
        RULE(off_peak_plans_hold_at_their_hours),
        RULE(capacity_counts_who_is_in),
        RULE(an_override_lets_in_and_is_noted),
        RULE(rule_20_the_29th_of_february_is_kept_on_the_28th),
    };
    return cmocka_run_group_tests_name("verdicts", tests, desk_start, desk_stop);
}
