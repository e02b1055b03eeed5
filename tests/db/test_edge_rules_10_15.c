/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DESK.md, rules 10 to 15 at their edges: clocks, and who writes at once. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "edge/edge.h"
#include "heard.h"
#include "support.h"

/* ---- Clocks ---- */

/* From half past midnight to half past four, on the days when the clocks go back and forward. */
static void rule_10_days_of_23_and_25_hours(void **state)
{
    (void)state;
    const char *member = edge_make_member("R10", -10, 40);
    test_run(
        test_superuser(),
        "UPDATE gym.gyms SET time_zone = 'Europe/Berlin' WHERE gym_id = 1;"
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT %s, (d + time '00:30') AT TIME ZONE 'Europe/Berlin', (d + time '04:30') AT TIME "
        "ZONE 'Europe/Berlin', 1, 1 FROM (VALUES (date '2025-10-26'), (date '2026-03-29')) AS v "
        "(d)",
        member);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(extract(epoch FROM check_out - "
                                  "check_in)::integer / 3600 || '', ' ' ORDER BY check_in) FROM "
                                  "gym.attendance WHERE customer_id = %s",
                                  member),
                        "5 3");
    /* 23:30 UTC the day before in winter and 22:30 in summer: the days of Berlin count. */
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT first_visit || ' ' || last_visit || ' ' || visit_days "
                                  "FROM gym.visit_figures(%s)",
                                  member),
                        "2025-10-26 2026-03-29 2");
    test_run(test_superuser(),
             "UPDATE gym.gyms g SET time_zone = s.time_zone FROM gym.gyms s WHERE g.gym_id = 1 AND "
             "s.gym_id = 2; DELETE FROM gym.attendance WHERE customer_id = %s",
             member);
}

static void rule_11_only_the_databases_clock_counts(void **state)
{
    (void)state;
    const char *member = edge_make_member("R11", -10, 40);
    test_run(edge_desk, "SET TimeZone = 'Pacific/Kiritimati'");
    assert_string_equal(edge_check_in(member,
                                      "at_local = gym.to_local(now(), (SELECT time_zone FROM "
                                      "gym.gyms WHERE gym_id = 1))"),
                        "t");
    test_run(edge_desk, "RESET TimeZone");
    edge_check_out(member, "result");
    static const char backfill[] =
        "SELECT gym.backfill_visit(gen_random_uuid(), %s, gym.to_local(now() %s, g.time_zone), "
        "gym.to_local(now() %s, g.time_zone), '%s', 'd') FROM gym.gyms g WHERE g.gym_id = 1";
    edge_expect_sqlstate(test_state(edge_desk, backfill, member, "+ interval '1 hour'",
                                    "+ interval '2 hours'", "clock was wrong"),
                         "GT001", "future");
    edge_expect_sqlstate(test_state(edge_desk, backfill, member, "- interval '27 hours'",
                                    "- interval '26 hours'", ""),
                         "GT001", "needs a reason");
    test_run(edge_desk, backfill, member, "- interval '27 hours'", "- interval '26 hours'",
             "reader was down");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT backdated || ' ' || override_reason FROM gym.attendance "
                                  "WHERE customer_id = %s ORDER BY check_in LIMIT 1",
                                  member),
                        "true reader was down");
}

static void rule_12_a_forgotten_visit_is_closed_at_the_members_own_stay(void **state)
{
    (void)state;
    const char *member = edge_make_member("R12", -10, 40);
    /* Half an hour, thrice; and one that was closed for him, which says nothing of his stay. */
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id, "
        "auto_out) SELECT %s, now() - d * interval '1 day', now() - d * interval '1 day' + CASE "
        "WHEN d > 3 THEN interval '4 hours' ELSE interval '30 minutes' END, 1, 1, d > 3 FROM "
        "generate_series(2, 8) d; INSERT INTO gym.attendance (customer_id, check_in, gym_id, "
        "home_gym_id) VALUES (%s, now() - interval '5 hours', 1, 1)",
        member, member);
    test_run(test_superuser(), "SELECT gym.auto_checkout()");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT auto_out || ' ' || extract(epoch FROM check_out - "
                                  "check_in)::integer / 60 FROM gym.attendance WHERE customer_id = "
                                  "%s ORDER BY check_in DESC LIMIT 1",
                                  member),
                        "true 30");
}

/* ---- Writers ---- */

static void rule_13_the_second_writer_sees_both_values(void **state)
{
    (void)state;
    const char *member = edge_make_member("R13", -10, 40);
    static const char update[] =
        "SELECT concat_ws('|', outcome, row_version, other_name, changed_by <> '') FROM "
        "gym.update_member(gen_random_uuid(), %s, %s, '%s', '', '', 'R13', '', NULL, '', NULL)";
    char version[16];
    snprintf(version, sizeof version, "%s",
             test_text(edge_desk, "SELECT row_version FROM gym.customers WHERE customer_id = %s",
                       member));
    assert_non_null(
        strstr(test_text(edge_desk, update, member, version, "First Writer"), "saved|"));
    const char *told = test_text(edge_other_desk, update, member, version, "Second Writer");
    assert_non_null(strstr(told, "conflict|"));
    assert_non_null(strstr(told, "|First Writer|t"));
    assert_string_equal(
        test_text(edge_desk, "SELECT name FROM gym.customers WHERE customer_id = %s", member),
        "First Writer");
}

static void rule_14_a_request_is_done_once(void **state)
{
    (void)state;
    const char *member = edge_make_member("R14", -10, 40);
    static const char *const writes[] = {
        "SELECT result || ' ' || name || attendance_id || recovered FROM gym.check_in('%s', NULL, "
        "%s, 'd')",
        "SELECT result || ' ' || name || attendance_id || recovered FROM gym.check_out('%s', NULL, "
        "%s, 'd')",
        "SELECT 'paid' || recovered FROM gym.take_payment('%s', %s, 5, 1, 'd', '')",
        "SELECT 'renewed' || recovered FROM gym.renew('%s', %s, 1, 1, 'd')"};
    char ids[4][40];
    for (size_t i = 0; i < 4; i++) {
        snprintf(ids[i], sizeof ids[i], "%s", test_text(edge_desk, "SELECT gen_random_uuid()"));
        char first[120], wanted[120];
        snprintf(first, sizeof first, "%s", test_text(edge_desk, writes[i], ids[i], member));
        size_t length = strlen(first) - strlen("false");
        assert_string_equal(first + length, "false");
        snprintf(wanted, sizeof wanted, "%.*strue", (int)length, first);
        assert_string_equal(test_text(edge_other_desk, writes[i], ids[i], member), wanted);
    }
    assert_int_equal(edge_count_rows("attendance", member), 1);
    assert_int_equal(edge_count_rows("transactions", member), 2);
    assert_int_equal(edge_count_rows("memberships", member), 2);
    /* An id is for one thing. */
    assert_string_equal(test_state(edge_desk, writes[2], ids[0], member), "GT001");
    /* What was given up while it was away cannot arrive later. */
    const char *late = "5e0cbf66-0000-4000-8000-0000000000f1";
    assert_string_equal(test_text(edge_desk, "SELECT done FROM gym.request_outcome('%s')", late),
                        "f");
    assert_string_equal(test_state(edge_desk, writes[0], late, member), "GT005");
    assert_int_equal(edge_count_rows("attendance", member), 1);
}

static int hints, all_again;

static void on_change(void *ignored, const char *topic)
{
    (void)ignored;
    hints++;
    all_again += strcmp(topic, "*") == 0;
}

/* Anybody can send one: it is a hint, nothing is taken from it; after a reconnect all is read. */
static void rule_15_notifications_are_hints(void **state)
{
    (void)state;
    static struct heard heard;
    struct error error;
    struct db_settings settings =
        settings_for(test_conninfo(), test_role("north", "desk1"), TEST_PASSWORD);
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    db_on_change(db, on_change, NULL);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    hints = all_again = 0;
    static const char *const forged[] = {
        "1:attendance", "2:attendance", "1:", "", "x", "1:%n%s", "99999999999999999999:members"};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        test_run(edge_other_desk, "SELECT pg_notify('gymtui', '%s')", forged[i]);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    assert_int_equal(hints, 3); /* of this gym, whatever the topic */
    assert_string_equal(heard.session.gym_name, "North");
    test_run(test_superuser(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                               "application_name LIKE 'gymtui%%'");
    for (int rounds = 0; all_again == 0; rounds++) {
        struct pollfd set[4];
        int timeout_ms = 1000, count = db_poll_set(db, set, 4, &timeout_ms);
        assert_true(rounds < 100);
        (void)poll(set, (nfds_t)count, timeout_ms);
        db_advance(db);
    }
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_10_days_of_23_and_25_hours),
        cmocka_unit_test(rule_11_only_the_databases_clock_counts),
        cmocka_unit_test(rule_12_a_forgotten_visit_is_closed_at_the_members_own_stay),
        cmocka_unit_test(rule_13_the_second_writer_sees_both_values),
        cmocka_unit_test(rule_14_a_request_is_done_once),
        cmocka_unit_test(rule_15_notifications_are_hints),
    };
    return cmocka_run_group_tests_name("rules 10 to 15", tests, edge_start, edge_stop);
}
