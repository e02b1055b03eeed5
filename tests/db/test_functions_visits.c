/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is a visit: DESK.md rules 1, 2, 3, 10, 11, 12, and undo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "functions/desk.h"
#include "support.h"

static void rule_01_the_second_desk_is_told_since_when_and_where(void **state)
{
    (void)state;
    desk_check_in("T10001", "result");
    int64_t before = desk_visits(10001);
    assert_string_equal(desk_check_in("T10001",
                                      "concat_ws('|', result, since_desk, attendance_id > 0, "
                                      "since_local <= at_local)"),
                        "already_in|desk 1|t|t");
    assert_int_equal(desk_visits(10001), before);
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

static void rule_02_coming_back_is_a_new_row_flagged_reentry(void **state)
{
    (void)state;
    desk_check_in("T10001", "result");
    assert_string_equal(desk_check_out("T10001", "result"), "out");
    assert_string_equal(desk_check_in("T10001", "result || '|' || split_part(reasons, E'\\t', 1)"),
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
    desk_check_in("T10001", "result");
    desk_check_out("T10001", "result");
    int64_t before = desk_visits(10001);
    assert_string_equal(test_text(desk_connection,
                                  "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                  "'T10001', NULL, 'desk 1', NULL, 300)"),
                        "repeat");
    assert_int_equal(desk_visits(10001), before);
}

static void rule_03_checking_out_who_is_not_in_writes_nothing(void **state)
{
    (void)state;
    int64_t before = desk_visits(10001);
    assert_string_equal(desk_check_out("T10001", "result"), "not_in");
    assert_int_equal(desk_visits(10001), before);
    assert_string_equal(desk_check_out("nobody", "result"), "unknown");
}

static void rule_03_an_open_visit_of_yesterday_is_found_by_member(void **state)
{
    (void)state;
    test_run(test_superuser(), "INSERT INTO gym.attendance (customer_id, check_in, gym_id, "
                               "home_gym_id) VALUES (10001, now() - interval '11 hours 30 minutes' "
                               "- interval '1 day', 1, 1)");
    assert_string_equal(desk_check_out("T10001", "result || '|' || seconds_in / 60"), "out|2130");
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
                desk_connection,
                "SELECT concat_ws('|', ('%s'::timestamptz AT TIME ZONE 'Europe/Berlin')::date, "
                "extract(epoch FROM '%s'::timestamptz - '%s'::timestamptz)::integer / 3600)",
                nights[i].from, nights[i].until, nights[i].from),
            nights[i].expected);
    /* There and back again, also where an hour comes twice. */
    assert_string_equal(
        test_text(desk_connection,
                  "SELECT string_agg((gym.to_local(gym.from_local(s, 'Europe/Berlin'), "
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

/* The wall clock of gym 1, so many minutes ago. */
static long long minutes_ago(int minutes)
{
    return test_number(desk_connection, "SELECT now_local - %d * 60 FROM auth.session()", minutes);
}

static const char *backfill(long long from, long long until, const char *reason)
{
    return test_state(
        desk_connection,
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

static void rule_12_forgotten_visits_are_closed_at_the_members_own_median(void **state)
{
    (void)state;
    assert_string_equal(test_state(desk_connection, "SELECT gym.auto_checkout()"), "42501");
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

/* ---- Undo ---- */

static void undo_takes_back_a_check_out_then_the_check_in(void **state)
{
    (void)state;
    int64_t visit = strtoll(desk_check_in("T10001", "attendance_id"), NULL, 10);
    desk_check_out("T10001", "result");
    const char *sql = "SELECT result || '|' || COALESCE((SELECT (a.check_out IS NULL)::text || "
                      "(a.voided_at IS NULL)::text FROM gym.attendance a WHERE a.attendance_id = "
                      "%lld), '') FROM gym.void_visit(gen_random_uuid(), %lld, 'mistake')";
    char undo[400];
    snprintf(undo, sizeof undo, sql, (long long)visit, (long long)visit);
    assert_string_equal(test_text(desk_connection, "%s", undo),
                        "undone|falsetrue"); /* seen before it */
    assert_string_equal(desk_check_in("T10001", "result"), "already_in");
    test_run(desk_connection, "%s", undo);
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
    assert_string_equal(test_state(desk_connection, "%s", undo), "GT004");
    assert_string_equal(desk_check_in("T10001", "result || '|' || reasons"), "in|");
}

static void only_todays_visits_here_can_be_undone(void **state)
{
    (void)state;
    assert_string_equal(
        test_state(desk_connection,
                   "SELECT gym.void_visit(gen_random_uuid(), (SELECT min(attendance_id) FROM "
                   "gym.attendance WHERE customer_id = 10001), 'mistake')"),
        "GT001");
    PGconn *south = test_connect("south", "desk1");
    test_run(south, "SELECT gym.check_in(gen_random_uuid(), 'T20001', NULL, 'desk 1')");
    long long visit =
        test_number(test_superuser(), "SELECT attendance_id FROM gym.attendance WHERE "
                                      "customer_id = 20001");
    assert_string_equal(test_state(desk_connection,
                                   "SELECT gym.void_visit(gen_random_uuid(), %lld, 'mistake')",
                                   visit),
                        "GT002");
    PQfinish(south);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(rule_01_the_second_desk_is_told_since_when_and_where),
        RULE(rule_01_sixteen_desks_at_once_let_one_in),
        RULE(rule_02_coming_back_is_a_new_row_flagged_reentry),
        RULE(a_code_scanned_again_just_after_leaving_writes_nothing),
        RULE(rule_03_checking_out_who_is_not_in_writes_nothing),
        RULE(rule_03_an_open_visit_of_yesterday_is_found_by_member),
        RULE(rule_03_a_visit_cannot_end_before_it_begins),
        RULE(rule_11_a_visit_entered_afterwards_needs_a_reason_and_is_flagged),
        RULE(undo_takes_back_a_check_out_then_the_check_in),
        RULE(only_todays_visits_here_can_be_undone),
        RULE(rule_10_a_visit_belongs_to_the_local_day_and_lasts_its_instants),
        RULE(rule_12_forgotten_visits_are_closed_at_the_members_own_median),
        RULE(rule_12_a_visit_is_closed_at_closing_time),
    };
    return cmocka_run_group_tests_name("visits", tests, desk_start, desk_stop);
}
