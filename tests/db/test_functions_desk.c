/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DESK.md's rules at the edges, as the functions of schema gym keep them: check-in, check-out,
 * undo, backfill. Each test is named by its rule. What concerns terms and money is in
 * test_functions_terms.c, people in test_functions_people.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support.h"

static PGconn *desk;

/* What the verdict of gym.check_in says in this column. */
static const char *check_in(const char *code, const char *column)
{
    return test_text(desk, "SELECT %s FROM gym.check_in(gen_random_uuid(), '%s', NULL, 'desk 1')",
                     column, code);
}

static const char *check_out(const char *code, const char *column)
{
    return test_text(desk, "SELECT %s FROM gym.check_out(gen_random_uuid(), '%s', NULL, 'desk 1')",
                     column, code);
}

static int64_t visits(int64_t member)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                       (long long)member);
}

static int64_t denials(int64_t member)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.access_log WHERE customer_id = %lld AND result = "
                       "'denied'",
                       (long long)member);
}

/* Every visit of today away again, and summaries counted. */
static int forget_today(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "DELETE FROM gym.attendance WHERE check_in > now() - interval '12 hours' OR backdated;"
             "DELETE FROM gym.access_log; "
             "SELECT gym.recount_visits(customer_id) FROM gym.customers");
    return 0;
}

/* Denied with this first line, nothing in attendance, one row in the access log. */
static void expect_denied(const char *code, int64_t member, const char *reason)
{
    int64_t before = visits(member), denied = denials(member);
    assert_string_equal(check_in(code, "result || '|' || split_part(reasons, E'\\n', 1)"), reason);
    assert_int_equal(visits(member), before);
    assert_int_equal(denials(member), denied + 1);
}

/* ---- The ordinary case ---- */

static void a_scan_checks_in_and_tells_what_the_desk_needs(void **state)
{
    (void)state;
    assert_string_equal(
        check_in("T10001", "concat_ws('|', result, customer_id, name, plan, keytag, days_left, "
                           "balance, reasons, inside, capacity, last_visit = gym.today() - 2)"),
        "in|10001|Ada Active|Monthly|T10001|20|0.00||1|40|t");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', visit_count, visit_days, last_visit = gym.today(), "
                  "visits_month > 0) FROM gym.member_summary WHERE customer_id = 10001"),
        "6|6|t|t");
}

static void a_number_and_a_tag_find_the_same_member(void **state)
{
    (void)state;
    assert_string_equal(check_in("10001", "result || customer_id"), "in10001");
    assert_string_equal(check_in("T10001", "result || customer_id"), "already_in10001");
    assert_string_equal(check_in("99999", "result"), "unknown");
    assert_string_equal(check_in("", "result"), "unknown");
    assert_string_equal(check_in(" T10001\t", "result"), "already_in");
}

static void the_habit_is_told_once_there_is_one(void **state)
{
    (void)state;
    assert_string_equal(check_in("T10001", "habit"), "usually 18:10");
    assert_string_equal(check_in("T10002", "habit"), "");
}

/* ---- Rule 1 ---- */

static void rule_01_the_second_desk_is_told_since_when_and_where(void **state)
{
    (void)state;
    check_in("T10001", "result");
    int64_t before = visits(10001);
    assert_string_equal(check_in("T10001", "concat_ws('|', result, since_desk, attendance_id > 0, "
                                           "since_local <= at_local)"),
                        "already_in|desk 1|t|t");
    assert_int_equal(visits(10001), before);
}

static void rule_01_sixteen_desks_at_once_let_one_in(void **state)
{
    (void)state;
    enum { CLIENTS = 16, ROUNDS = 12 };
    static const char *const tags[] = {"T10001", "T10007", "T10008", "T10011"};
    int pipes[CLIENTS][2];
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(pipe(pipes[i]), 0);
        if (fork() == 0) {
            PGconn *mine = test_connect("north", i % 2 ? "desk1" : "desk2");
            char counts[2] = {0, 0};
            for (int round = 0; round < ROUNDS; round++) {
                const char *result =
                    test_text(mine,
                              "SELECT result FROM gym.check_in(gen_random_uuid(), '%s', NULL, "
                              "'desk %d')",
                              tags[round % 4], i);
                counts[0] = (char)(counts[0] + (strcmp(result, "in") == 0));
                counts[1] = (char)(counts[1] + (strcmp(result, "already_in") == 0));
            }
            _exit(write(pipes[i][1], counts, 2) == 2 ? 0 : 1);
        }
        close(pipes[i][1]);
    }
    int in = 0, already = 0;
    for (int i = 0; i < CLIENTS; i++) {
        char counts[2];
        assert_int_equal(read(pipes[i][0], counts, 2), 2);
        close(pipes[i][0]);
        in += counts[0];
        already += counts[1];
        wait(NULL);
    }
    assert_int_equal(in, 4); /* each member once */
    assert_int_equal(already, CLIENTS * ROUNDS - 4);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.attendance WHERE check_out IS NULL"),
                     4);
}

/* ---- Rule 2 ---- */

static void rule_02_coming_back_is_a_new_row_flagged_reentry(void **state)
{
    (void)state;
    check_in("T10001", "result");
    assert_string_equal(check_out("T10001", "result"), "out");
    assert_string_equal(check_in("T10001", "result || '|' || split_part(reasons, E'\\t', 1)"),
                        "in|reentry");
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT string_agg(reentry::text, ' ' ORDER BY attendance_id) FROM gym.attendance "
            "WHERE customer_id = 10001 AND check_in > now() - interval '1 hour'"),
        "false true");
    /* Two visits, one day. */
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT visit_count || '|' || visit_days FROM gym.member_summary "
                                  "WHERE customer_id = 10001"),
                        "7|6");
}

static void a_code_scanned_again_just_after_leaving_writes_nothing(void **state)
{
    (void)state;
    check_in("T10001", "result");
    check_out("T10001", "result");
    int64_t before = visits(10001);
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10001', NULL, 'desk 1', NULL, 300)"),
                        "repeat");
    assert_int_equal(visits(10001), before);
}

/* ---- Rule 3 ---- */

static void rule_03_checking_out_who_is_not_in_writes_nothing(void **state)
{
    (void)state;
    int64_t before = visits(10001);
    assert_string_equal(check_out("T10001", "result"), "not_in");
    assert_int_equal(visits(10001), before);
    assert_string_equal(check_out("nobody", "result"), "unknown");
}

static void rule_03_an_open_visit_of_yesterday_is_found_by_member(void **state)
{
    (void)state;
    test_run(test_superuser(), "INSERT INTO gym.attendance (customer_id, check_in, gym_id, "
                               "home_gym_id) VALUES (10001, now() - interval '11 hours 30 minutes' "
                               "- interval '1 day', 1, 1)");
    assert_string_equal(check_out("T10001", "result || '|' || seconds_in / 60"), "out|2130");
    test_run(test_superuser(),
             "DELETE FROM gym.attendance WHERE customer_id = 10001 AND check_in "
             "BETWEEN now() - interval '37 hours' AND now() - interval '35 hours'");
}

static void rule_03_a_visit_cannot_end_before_it_begins(void **state)
{
    (void)state;
    assert_string_equal(test_state(test_superuser(),
                                   "INSERT INTO gym.attendance (customer_id, check_in, check_out, "
                                   "gym_id, home_gym_id) VALUES (10001, now(), now() - interval "
                                   "'1 second', 1, 1)"),
                        "23514");
}

/* The wall clock of gym 1, so many minutes ago. */
static long long minutes_ago(int minutes)
{
    return test_number(desk, "SELECT now_local - %d * 60 FROM auth.session()", minutes);
}

static const char *backfill(long long from, long long until, const char *reason)
{
    return test_state(
        desk,
        "SELECT * FROM gym.backfill_visit(gen_random_uuid(), 10001, %lld, %lld, '%s', "
        "'desk 1')",
        from, until, reason);
}

static void rule_11_a_visit_entered_afterwards_needs_a_reason_and_is_flagged(void **state)
{
    (void)state;
    assert_string_equal(backfill(minutes_ago(200), minutes_ago(140), ""), "GT001");
    assert_string_equal(backfill(minutes_ago(200), minutes_ago(140), "forgot"), "");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', backdated, override_reason, staff_in IS NOT NULL, "
                  "extract(epoch FROM check_out - check_in)::integer) FROM gym.attendance WHERE "
                  "customer_id = 10001 AND backdated"),
        "t|forgot|t|3600");
    /* Not over it, not in the future, not backwards, not before joining. */
    assert_string_equal(backfill(minutes_ago(150), minutes_ago(100), "forgot"), "GT004");
    assert_string_equal(backfill(minutes_ago(10), minutes_ago(-10), "forgot"), "GT001");
    assert_string_equal(backfill(minutes_ago(10), minutes_ago(20), "forgot"), "GT001");
    assert_string_equal(backfill(minutes_ago(60 * 24 * 30), minutes_ago(60 * 24 * 30 - 60), "x"),
                        "");
    assert_string_equal(backfill(minutes_ago(60 * 24 * 60), minutes_ago(60 * 24 * 60 - 60), "x"),
                        "GT003");
    test_run(test_superuser(), "DELETE FROM gym.attendance WHERE backdated; SELECT "
                               "gym.recount_visits(10001)");
}

/* ---- Rules 4, 5 ---- */

static void rule_04_denied_attempts_go_to_the_access_log_only(void **state)
{
    (void)state;
    expect_denied("T10002", 10002, "denied|expired\tdeny\texpired 12 days ago");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT concat_ws('|', result, reason, code, desk, staff_id IS "
                                  "NOT NULL, home_gym_id) FROM gym.access_log"),
                        "denied|expired|T10002|desk 1|t|1");
}

static void rule_05_grace_then_denied(void **state)
{
    (void)state;
    assert_string_equal(check_in("T10003", "result || '|' || reasons"),
                        "in|grace\twarn\texpired 2 days ago");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{\"expired_grace\": 1}' WHERE "
                               "gym_id = 1; DELETE FROM gym.attendance WHERE customer_id = 10003");
    expect_denied("T10003", 10003, "denied|expired\tdeny\texpired 2 days ago");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}' WHERE gym_id = 1");
}

static void rule_05_cancelled_is_valid_until_the_effective_date(void **state)
{
    (void)state;
    char expected[80];
    snprintf(expected, sizeof expected, "denied|cancelled\tdeny\tcancelled, ended %s",
             test_text(desk, "SELECT gym.day_text(gym.today() - 5, gym.today())"));
    expect_denied("T10005", 10005, expected); /* and no days of grace */
    test_run(desk,
             "SELECT gym.cancel_membership(gen_random_uuid(), 10008, gym.today() + 2, 'moves')");
    assert_string_equal(check_in("T10008", "result || '|' || reasons"),
                        "in|expiring\twarn\tcancelled, 2 days left");
}

static void the_alert_offers_renewal_and_day_pass(void **state)
{
    (void)state;
    assert_string_equal(
        check_in("T10002", "concat_ws('|', renew_package_id, renew_price, renew_until = "
                           "(gym.today() + interval '1 month')::date - 1, day_pass_package_id, "
                           "day_pass_price)"),
        "1|39.00|t|5|10.00");
    assert_string_equal(check_in("T10001", "renew_package_id"), "");
}

/* ---- Rule 6, 8 and the other reasons ---- */

static void rule_06_frozen_is_denied_until_unfrozen(void **state)
{
    (void)state;
    char expected[80];
    snprintf(expected, sizeof expected, "denied|frozen\tdeny\tfrozen until %s (holiday)",
             test_text(desk, "SELECT gym.day_text(gym.today() + 12, gym.today())"));
    expect_denied("T10004", 10004, expected);
}

static void rule_08_another_gyms_member_enters_with_an_all_gyms_plan_only(void **state)
{
    (void)state;
    expect_denied("T20001", 20001, "denied|other_gym\tdeny\tmember of South");
    /* Name, plan and home gym; nothing more. */
    assert_string_equal(check_in("T20001",
                                 "concat_ws('|', name, plan, home_gym, keytag, ends, days_left, "
                                 "visits_total, visits_this_month, last_visit, habit, balance)"),
                        "Sue South|Monthly|South|");
    assert_string_equal(check_in("T20002", "result || '|' || home_gym"), "in|South");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT gym_id || '|' || home_gym_id FROM gym.attendance WHERE "
                                  "customer_id = 20002"),
                        "1|2");
    assert_string_equal(check_in("20002", "result"), "already_in");
    /* A number of another gym is no way to its members' names. */
    assert_string_equal(check_in("20001", "result"), "unknown");
    assert_string_equal(check_out("T20002", "result"), "out");
}

static void reasons_come_in_the_desks_order(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.customers SET banned_on = gym.today(), note = 'x' WHERE "
                               "customer_id = 10006");
    assert_string_equal(check_in("T10006", "(SELECT string_agg(split_part(l, E'\\t', 1), ' ') FROM "
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
             test_text(desk, "SELECT gym.day_text(gym.today() - 12, gym.today())"));
    assert_string_equal(check_in("T10006", "result || '|' || reasons || '|' || balance"), expected);
    test_run(test_superuser(), "DELETE FROM gym.attendance WHERE customer_id = 10006; UPDATE "
                               "gym.gyms SET settings = '{\"policy_owing\": \"deny\"}'");
    assert_string_equal(check_in("T10006", "result"), "denied");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{\"policy_owing\": \"ignore\"}'");
    assert_string_equal(check_in("T10006", "result || reasons"), "in");
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
        assert_string_equal(check_in(expected[i][0], "result || '|' || reasons"), expected[i][1]);
}

static void off_peak_plans_hold_at_their_hours(void **state)
{
    (void)state;
    bool weekday = *test_text(desk, "SELECT extract(isodow FROM gym.today()) < 6") == 't';
    assert_string_equal(check_in("T10015", "result || '|' || split_part(reasons, E'\\n', 1)"),
                        weekday ? "denied|off_hours\tdeny\tplan holds 01–02 on weekdays" : "in|");
    test_run(test_superuser(),
             "UPDATE gym.packages SET hours_from = 0, hours_until = 24 WHERE "
             "package_id = 3; DELETE FROM gym.attendance WHERE customer_id = 10015");
    assert_string_equal(check_in("T10015", "result"), "in");
    test_run(test_superuser(), "UPDATE gym.packages SET hours_from = 1, hours_until = 2 WHERE "
                               "package_id = 3");
}

static void capacity_counts_who_is_in(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.gyms SET capacity = 1 WHERE gym_id = 1");
    assert_string_equal(check_in("T10001", "result || '|' || reasons"), "in|");
    assert_string_equal(check_in("T10011", "result || '|' || split_part(reasons, E'\\n', 1)"),
                        "in|capacity\twarn\tfull: 1 of 1");
    test_run(test_superuser(), "UPDATE gym.gyms SET capacity = 40 WHERE gym_id = 1");
}

static void an_override_lets_in_and_is_noted(void **state)
{
    (void)state;
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10002', NULL, 'desk 1', 'pays tomorrow')"),
                        "in");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', a.override_reason, l.result, l.reason, l.override_reason) "
                  "FROM gym.attendance a JOIN gym.access_log l USING (attendance_id)"),
        "pays tomorrow|overridden|expired|pays tomorrow");
    /* A blank reason is none; a ban is lifted by a manager only. */
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10010', NULL, 'desk 1', '  ')"),
                        "denied");
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10012', NULL, 'desk 1', 'sorry')"),
                        "denied");
    PGconn *manager = test_connect("north", "mona");
    assert_string_equal(test_text(manager, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                           "'T10012', NULL, 'desk 1', 'sorry')"),
                        "in");
    PQfinish(manager);
}

/* ---- Undo ---- */

static void undo_takes_back_a_check_out_then_the_check_in(void **state)
{
    (void)state;
    int64_t visit = strtoll(check_in("T10001", "attendance_id"), NULL, 10);
    check_out("T10001", "result");
    const char *sql = "SELECT result || '|' || COALESCE((SELECT (a.check_out IS NULL)::text || "
                      "(a.voided_at IS NULL)::text FROM gym.attendance a WHERE a.attendance_id = "
                      "%lld), '') FROM gym.void_visit(gen_random_uuid(), %lld, 'mistake')";
    char undo[400];
    snprintf(undo, sizeof undo, sql, (long long)visit, (long long)visit);
    assert_string_equal(test_text(desk, "%s", undo), "undone|falsetrue"); /* seen before it */
    assert_string_equal(check_in("T10001", "result"), "already_in");
    test_run(desk, "%s", undo);
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', void_reason, voided_at IS NOT NULL, check_out) FROM "
                  "gym.attendance WHERE attendance_id = %lld",
                  (long long)visit),
        "mistake|t");
    /* The summary forgets it, the row stays, and it cannot be undone twice. */
    assert_int_equal(test_number(test_superuser(), "SELECT visit_count FROM gym.member_summary "
                                                   "WHERE customer_id = 10001"),
                     5);
    assert_string_equal(test_state(desk, "%s", undo), "GT004");
    assert_string_equal(check_in("T10001", "result || '|' || reasons"), "in|");
}

static void only_todays_visits_here_can_be_undone(void **state)
{
    (void)state;
    assert_string_equal(
        test_state(desk, "SELECT gym.void_visit(gen_random_uuid(), (SELECT min(attendance_id) FROM "
                         "gym.attendance WHERE customer_id = 10001), 'mistake')"),
        "GT001");
    PGconn *south = test_connect("south", "desk1");
    test_run(south, "SELECT gym.check_in(gen_random_uuid(), 'T20001', NULL, 'desk 1')");
    long long visit =
        test_number(test_superuser(), "SELECT attendance_id FROM gym.attendance WHERE "
                                      "customer_id = 20001");
    assert_string_equal(
        test_state(desk, "SELECT gym.void_visit(gen_random_uuid(), %lld, 'mistake')", visit),
        "GT002");
    PQfinish(south);
}

/* ---- Rules 10, 12, 14, 20 ---- */

static void rule_10_a_visit_belongs_to_the_local_day_and_lasts_its_instants(void **state)
{
    (void)state;
    /* The nights the clocks change in Berlin: 25 hours in October, 23 in March. */
    static const struct {
        const char *from, *until, *expected;
    } nights[] = {
        {"2025-10-26 00:30+02", "2025-10-26 04:30+01", "2025-10-26|5"},
        {"2025-03-30 00:30+01", "2025-03-30 04:30+02", "2025-03-30|3"},
        {"2025-10-25 22:30+00", "2025-10-26 00:30+00", "2025-10-26|2"},
    };
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(
            test_text(
                desk,
                "SELECT concat_ws('|', ('%s'::timestamptz AT TIME ZONE 'Europe/Berlin')::date, "
                "extract(epoch FROM '%s'::timestamptz - '%s'::timestamptz)::integer / 3600)",
                nights[i].from, nights[i].until, nights[i].from),
            nights[i].expected);
    /* There and back again, also where an hour comes twice. */
    assert_string_equal(
        test_text(desk, "SELECT string_agg((gym.to_local(gym.from_local(s, 'Europe/Berlin'), "
                        "'Europe/Berlin') = s)::text, ' ') FROM (VALUES (1761445800::bigint), "
                        "(1761453000), (1780000000)) v (s)"),
        "true true true");
    /* Just before and just after midnight at the gym are two days. */
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id, "
        "backdated) SELECT 10011, d.t + v.s * interval '1 second', d.t + v.s * interval '1 "
        "second', 1, 1, true FROM (SELECT (gym.today() - 3)::timestamp AT TIME ZONE time_zone AS "
        "t FROM gym.gyms WHERE gym_id = 1) d, (VALUES (-1), (1)) v (s); "
        "SELECT gym.recount_visits(10011)");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT visit_count || '|' || visit_days FROM gym.member_summary "
                                  "WHERE customer_id = 10011"),
                        "2|2");
}

static void rule_12_forgotten_visits_are_closed_at_the_members_own_median(void **state)
{
    (void)state;
    assert_string_equal(test_state(desk, "SELECT gym.auto_checkout()"), "42501");
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id) VALUES "
        "(10001, now() - interval '5 hours', 1, 1), (10011, now() - interval '5 hours', 1, 1), "
        "(10007, now() - interval '1 hour', 1, 1)");
    assert_int_equal(test_number(test_superuser(), "SELECT gym.auto_checkout()"), 2);
    assert_int_equal(test_number(test_superuser(), "SELECT gym.auto_checkout()"), 0);
    /* Ada stays an hour, always; of Ned nothing is known; Bea is still in. */
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(concat_ws(' ', customer_id, auto_out, extract(epoch FROM "
                  "check_out - check_in)::integer / 60), '|' ORDER BY customer_id) FROM "
                  "gym.attendance WHERE check_in > now() - interval '6 hours'"),
        "10001 t 60|10007 f|10011 t 64");
}

static void rule_12_a_visit_is_closed_at_closing_time(void **state)
{
    (void)state;
    /* In since two hours; it closed an hour ago, or closes in an hour. Clocks around noon, and one
     * past midnight: the check-in's own clock is before it, so it is the next day's. */
    static const struct {
        const char *closing;
        int closed;
    } cases[] = {
        {"- interval '1 hour'", 1}, {"+ interval '1 hour'", 0}, {"- interval '3 hours'", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_run(
            test_superuser(),
            "DELETE FROM gym.attendance WHERE check_in > now() - interval '6 hours'; INSERT INTO "
            "gym.attendance (customer_id, check_in, gym_id, home_gym_id) VALUES (10011, now() - "
            "interval '2 hours', 1, 1); UPDATE gym.gyms SET settings = "
            "jsonb_build_object('closing_time', to_char((now() AT TIME ZONE time_zone) %s, "
            "'HH24:MI:SS')) WHERE gym_id = 1",
            cases[i].closing);
        assert_int_equal(test_number(test_superuser(), "SELECT gym.auto_checkout()"),
                         cases[i].closed);
    }
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}'");
}

static void rule_14_a_request_is_done_once_and_answered_twice(void **state)
{
    (void)state;
    const char *again = "SELECT concat_ws('|', result, attendance_id, recovered) FROM gym.check_in("
                        "'7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01', 'T10001', NULL, 'desk 1')";
    char first[80];
    snprintf(first, sizeof first, "%s", test_text(desk, "%s", again));
    assert_non_null(strstr(first, "|f"));
    const char *second = test_text(desk, "%s", again);
    assert_non_null(strstr(second, "|t"));
    assert_memory_equal(first, second, strlen(first) - 1);
    assert_int_equal(visits(10001), 6);
    assert_string_equal(test_text(desk, "SELECT done || kind FROM gym.request_outcome("
                                        "'7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01')"),
                        "truecheck_in");
    /* A denied try is answered again too, and logged once. */
    for (int i = 0; i < 2; i++)
        assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in('7b0b6dd2-3f0c-4d51-"
                                            "8a43-0a8b3a2f6f02', 'T10002', NULL, 'desk 1')"),
                            "denied");
    assert_int_equal(denials(10002), 1);
    /* The same id for another thing, or at another gym. */
    assert_string_equal(test_state(desk, "SELECT gym.check_out('7b0b6dd2-3f0c-4d51-8a43-"
                                         "0a8b3a2f6f01', 'T10001', NULL, 'desk 1')"),
                        "GT001");
    PGconn *south = test_connect("south", "desk1");
    assert_string_equal(test_text(south, "SELECT done FROM gym.request_outcome("
                                         "'7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01')"),
                        "f");
    PQfinish(south);
}

static void rule_14_a_write_that_was_given_up_cannot_arrive_later(void **state)
{
    (void)state;
    const char *id = "7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f03";
    assert_string_equal(test_text(desk, "SELECT done || kind FROM gym.request_outcome('%s')", id),
                        "falsegiven up");
    assert_string_equal(test_state(desk, "SELECT gym.check_in('%s', 'T10001', NULL, 'desk 1')", id),
                        "GT005");
    assert_int_equal(visits(10001), 5);
}

static void rule_14_the_outcome_waits_for_a_write_that_still_runs(void **state)
{
    (void)state;
    const char *id = "7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f04";
    PGconn *first = test_connect("north", "desk1");
    test_run(first, "BEGIN");
    test_run(first, "SELECT gym.check_in('%s', 'T10001', NULL, 'desk 1')", id);
    PGconn *second = test_connect("north", "desk2");
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT done FROM gym.request_outcome('%s')", id);
    assert_int_equal(PQsendQuery(second, sql), 1);
    /* It waits for the first one's end. */
    while (test_number(test_superuser(), "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        ;
    test_run(first, "COMMIT");
    PGresult *result = PQgetResult(second);
    assert_string_equal(PQgetvalue(result, 0, 0), "t");
    PQclear(result);
    PQfinish(second);
    PQfinish(first);
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
                desk,
                "SELECT gym.birthday_in('%s', extract(year FROM date '%s')::integer) || '|' || "
                "gym.age('%s', '%s')",
                expected[i][0], expected[i][1], expected[i][0], expected[i][1]),
            expected[i][2]);
}

/* ---- Candidates ---- */

static const char *candidates(const char *typed)
{
    return test_text(desk,
                     "SELECT string_agg(customer_id || ':' || matched_by, ' ' ORDER BY n) FROM "
                     "gym.candidates('%s') WITH ORDINALITY AS c (customer_id, name, plan, keytag, "
                     "phone, ends, last_visit, status, is_in, matched_by, n)",
                     typed);
}

static void letters_find_members_by_any_word_of_the_name(void **state)
{
    (void)state;
    assert_string_equal(candidates("ada"), "10001:0");
    assert_string_equal(candidates("ACT"), "10001:0");
    assert_string_equal(candidates("active a"), "10001:0");
    assert_string_equal(candidates("angstr"), "10014:0");
    assert_string_equal(candidates("Ångström"), "10014:0");
    assert_string_equal(candidates("elodie mul"), "10014:0");
    assert_string_equal(candidates("zzz"), "");
    assert_string_equal(candidates("%"), "");
    assert_string_equal(candidates("10011"), "10011:3");
    assert_string_equal(candidates("t10011"), "10011:3");
    assert_string_equal(candidates("fred10004@"), "10004:2");
    assert_string_equal(candidates("+44 7700 910007"), "10007:1");
    /* Another gym's people are not there. */
    assert_string_equal(candidates("sue"), "");
}

static void who_comes_at_this_hour_and_who_is_a_member_come_first(void **state)
{
    (void)state;
    /* Ada comes at 18:08 and it is noon; Ned is made to come at noon. Carl left. */
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'Xenia ' || customer_id WHERE "
             "customer_id IN (10001, 10005, 10011); UPDATE gym.member_summary SET "
             "usual_minute = 720, last_visit = gym.today() - 2 WHERE customer_id = "
             "10011; UPDATE gym.memberships SET term = daterange(lower(term) - 90, "
             "upper(term) - 90) WHERE customer_id = 10005");
    assert_string_equal(candidates("xenia"), "10011:0 10001:0 10005:0");
    assert_string_equal(candidates("xen"), "10011:0 10001:0 10005:0");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    desk = test_connect("north", "desk1");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    PQfinish(desk);
    return 0;
}

#define RULE(name) cmocka_unit_test_setup(name, forget_today)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_scan_checks_in_and_tells_what_the_desk_needs),
        RULE(a_number_and_a_tag_find_the_same_member),
        RULE(the_habit_is_told_once_there_is_one),
        RULE(rule_01_the_second_desk_is_told_since_when_and_where),
        RULE(rule_01_sixteen_desks_at_once_let_one_in),
        RULE(rule_02_coming_back_is_a_new_row_flagged_reentry),
        RULE(a_code_scanned_again_just_after_leaving_writes_nothing),
        RULE(rule_03_checking_out_who_is_not_in_writes_nothing),
        RULE(rule_03_an_open_visit_of_yesterday_is_found_by_member),
        RULE(rule_03_a_visit_cannot_end_before_it_begins),
        RULE(rule_11_a_visit_entered_afterwards_needs_a_reason_and_is_flagged),
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
        RULE(undo_takes_back_a_check_out_then_the_check_in),
        RULE(only_todays_visits_here_can_be_undone),
        RULE(rule_10_a_visit_belongs_to_the_local_day_and_lasts_its_instants),
        RULE(rule_12_forgotten_visits_are_closed_at_the_members_own_median),
        RULE(rule_12_a_visit_is_closed_at_closing_time),
        RULE(rule_14_a_request_is_done_once_and_answered_twice),
        RULE(rule_14_a_write_that_was_given_up_cannot_arrive_later),
        RULE(rule_14_the_outcome_waits_for_a_write_that_still_runs),
        RULE(rule_20_the_29th_of_february_is_kept_on_the_28th),
        RULE(letters_find_members_by_any_word_of_the_name),
        RULE(who_comes_at_this_hour_and_who_is_a_member_come_first),
    };
    return cmocka_run_group_tests_name("functions at the desk", tests, start, stop);
}
