/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DESK.md, "Rules at the edges": one test for each, in their order, named by its number. Each
 * breaks when the rule does. More of a rule is in the tests of the functions that keep it.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/text.h"
#include "heard.h"
#include "support.h"

static PGconn *desk, *other_desk, *manager, *owner;

/* A member of gym 1 with key tag `tag`, and a monthly term of these days from today, which is paid.
 * The number, as text; the last few stay. */
static const char *make_member(const char *tag, int from, int until)
{
    static char numbers[8][24];
    static int next;
    char *number = numbers[next++ % 8];
    snprintf(number, sizeof numbers[0], "%s",
             test_text(test_superuser(),
                       "SELECT customer_id FROM gym.enrol(gen_random_uuid(), 'Member %s', '', '', "
                       "'%s', '', '1980-06-15', '', NULL, NULL, NULL, 'x', false, true)",
                       tag, tag));
    test_run(
        test_superuser(),
        "UPDATE gym.customers SET join_date = gym.today() - 400 WHERE customer_id = %s;"
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day)"
        " VALUES (1, %s, 1, daterange(gym.today() + %d, gym.today() + %d), 0, 1)",
        number, number, from, until + 1);
    return number;
}

/* A column, or several, of the verdict of a check-in by number. */
static const char *check_in(const char *member, const char *columns)
{
    return test_text(desk, "SELECT %s FROM gym.check_in(gen_random_uuid(), NULL, %s, 'desk 1')",
                     columns, member);
}

static const char *check_out(const char *member, const char *columns)
{
    return test_text(desk, "SELECT %s FROM gym.check_out(gen_random_uuid(), NULL, %s, 'desk 1')",
                     columns, member);
}

static int64_t count_rows(const char *table, const char *member)
{
    return test_number(test_superuser(), "SELECT count(*) FROM gym.%s WHERE customer_id = %s",
                       table, member);
}

static const char *first_code(const char *member)
{
    return check_in(member, "result || ' ' || split_part(reasons, E'\\t', 1)");
}

static void expect_sqlstate(const char *got, const char *wanted, const char *words)
{
    assert_string_equal(got, wanted);
    assert_non_null(strstr(test_message(), words));
}

/* ---- The door ---- */

/* The first desk's transaction is still open when the second asks: it waits, and is told. */
static void rule_01_one_open_visit_and_the_loser_is_told(void **state)
{
    (void)state;
    const char *member = make_member("R01", -10, 40);
    test_run(desk, "BEGIN");
    assert_string_equal(check_in(member, "result"), "in");
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT concat_ws('|', result, since_desk, attendance_id > 0) FROM "
             "gym.check_in(gen_random_uuid(), 'R01', NULL, 'desk 2')");
    assert_int_equal(PQsendQuery(other_desk, sql), 1);
    while (test_number(test_superuser(),
                       "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND "
                       "wait_event_type = 'Lock'",
                       PQbackendPID(other_desk)) == 0)
        ;
    test_run(desk, "COMMIT");
    PGresult *told = PQgetResult(other_desk);
    assert_string_equal(PQgetvalue(told, 0, 0), "already_in|desk 1|t");
    PQclear(told);
    assert_null(PQgetResult(other_desk));
    assert_int_equal(count_rows("attendance", member), 1);
    /* The index is what holds, whoever writes. */
    assert_string_equal(test_state(test_superuser(),
                                   "INSERT INTO gym.attendance (customer_id, check_in, gym_id, "
                                   "home_gym_id) VALUES (%s, now(), 1, 1)",
                                   member),
                        "23505");
}

static void rule_02_coming_back_is_a_row_and_a_day_counts_once(void **state)
{
    (void)state;
    const char *member = make_member("R02", -10, 40);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(check_in(member, "result"), "in");
        assert_string_equal(check_out(member, "result"), "out");
    }
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(reentry::text, ' ' ORDER BY attendance_id) "
                                  "FROM gym.attendance WHERE customer_id = %s",
                                  member),
                        "false true true");
    static const char figures[] =
        "SELECT visit_count || ' ' || visit_days FROM gym.member_summary WHERE customer_id = %s";
    assert_string_equal(test_text(test_superuser(), figures, member), "3 1");
    test_run(test_superuser(), "SELECT gym.recount_visits(%s)", member);
    assert_string_equal(test_text(test_superuser(), figures, member), "3 1");
}

static void rule_03_a_check_out_without_a_visit_offers_a_backfill(void **state)
{
    (void)state;
    const char *member = make_member("R03", -10, 40);
    assert_string_equal(check_out(member, "result"), "not_in");
    assert_int_equal(count_rows("attendance", member), 0);
    expect_sqlstate(test_state(desk,
                               "SELECT gym.backfill_visit(gen_random_uuid(), %s, "
                               "gym.to_local(now() - interval '3 hours', 'UTC'), NULL, ' ', 'd')",
                               member),
                    "GT001", "needs a reason");
    /* Found by member, whatever the day of the visit. */
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id, desk) VALUES "
             "(%s, now() - interval '30 hours', 1, 1, 'desk 9')",
             member);
    assert_string_equal(check_out(member, "result || seconds_in / 3600 || since_desk"),
                        "out30desk 9");
    assert_string_equal(test_state(test_superuser(),
                                   "UPDATE gym.attendance SET check_out = check_in - interval '1 "
                                   "second' WHERE customer_id = %s",
                                   member),
                        "23514");
}

static void rule_04_denied_is_logged_and_is_no_visit(void **state)
{
    (void)state;
    static const char *const denied[][2] = {{"10002", "denied expired"},
                                            {"10004", "denied frozen"},
                                            {"10005", "denied cancelled"},
                                            {"10012", "denied banned"}};
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        const char *member = denied[i][0];
        int64_t visits = count_rows("attendance", member), log = count_rows("access_log", member);
        assert_string_equal(first_code(member), denied[i][1]);
        assert_int_equal(count_rows("attendance", member), visits);
        assert_int_equal(count_rows("access_log", member), log + 1);
    }
}

static void rule_05_three_days_of_grace_and_cancelled_is_valid_until_then(void **state)
{
    (void)state;
    assert_string_equal(first_code(make_member("R05A", -40, -3)), "in grace");
    assert_string_equal(first_code(make_member("R05B", -40, -4)), "denied expired");
    test_run(test_superuser(),
             "UPDATE gym.gyms SET settings = '{\"expired_grace\": 1}' WHERE gym_id = 1");
    assert_string_equal(first_code(make_member("R05C", -40, -2)), "denied expired");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}' WHERE gym_id = 1");
    const char *member = make_member("R05D", -10, 40);
    test_run(desk, "SELECT gym.cancel_membership(gen_random_uuid(), %s, gym.today(), 'moves away')",
             member);
    assert_string_equal(check_in(member, "result || ends - gym.today()"), "in0");
    check_out(member, "result");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 1, upper(term) - 1), "
             "cancelled_on = cancelled_on - 1 WHERE customer_id = %s",
             member);
    assert_string_equal(first_code(member), "denied cancelled");
}

static void rule_06_unfreezing_moves_the_end_by_the_days_really_frozen(void **state)
{
    (void)state;
    const char *member = make_member("R06", -10, 40);
    test_run(desk,
             "SELECT gym.freeze(gen_random_uuid(), %s, gym.today(), gym.today() + 29, 'knee')",
             member);
    assert_string_equal(first_code(member), "denied frozen");
    /* Ten days go by. */
    test_run(
        test_superuser(),
        "UPDATE gym.freezes SET period = daterange(lower(period) - 10, upper(period) - 10) "
        "WHERE customer_id = %s; UPDATE gym.memberships SET term = daterange(lower(term) - 10, "
        "upper(term) - 10) WHERE customer_id = %s",
        member, member);
    assert_string_equal(test_text(desk,
                                  "SELECT result || ends - gym.today() FROM "
                                  "gym.unfreeze_and_check_in(gen_random_uuid(), %s, 'desk 1')",
                                  member),
                        "in40"); /* 40 − 10 that went by + 10 that were frozen */
}

/* customers.status is stale, as after a midnight without a worker: the verdict goes by the dates.
 */
static void rule_07_a_verdict_needs_no_midnight_job(void **state)
{
    (void)state;
    const char *member = make_member("R07", -10, 40);
    test_run(desk,
             "SELECT gym.freeze(gen_random_uuid(), %s, gym.today() + 1, gym.today() + 9, 'knee')",
             member);
    test_run(
        test_superuser(),
        "SET gymtui.bulk = 'on'; UPDATE gym.freezes SET period = daterange(lower(period) - 1, "
        "upper(period)) WHERE customer_id = %s; UPDATE gym.member_summary SET frozen = "
        "daterange(lower(frozen) - 1, upper(frozen)) WHERE customer_id = %s; RESET gymtui.bulk",
        member, member);
    static const char status[] = "SELECT status FROM gym.customers WHERE customer_id = %s";
    assert_string_equal(test_text(test_superuser(), status, member), "active");
    assert_string_equal(first_code(member), "denied frozen");
    test_run(test_superuser(), "SELECT gym.refresh_statuses()");
    assert_string_equal(test_text(test_superuser(), status, member), "frozen");
}

static void rule_08_of_another_gyms_member_the_desk_sees_three_things(void **state)
{
    (void)state;
    assert_string_equal(check_in("20001", "result"),
                        "unknown"); /* by number: this plan is no answer */
    assert_string_equal(test_text(desk,
                                  "SELECT result || ' ' || split_part(reasons, E'\\t', 1) FROM "
                                  "gym.check_in(gen_random_uuid(), 'T20001', NULL, 'd')"),
                        "denied other_gym");
    assert_string_equal(
        test_text(desk, "SELECT jsonb_strip_nulls(to_jsonb(v) - ARRAY['attendance_id', 'at_local', "
                        "'inside', 'capacity', 'recovered', 'reasons', 'customer_id'])::text FROM "
                        "gym.check_in(gen_random_uuid(), 'T20002', NULL, 'desk 1') v"),
        "{\"name\": \"Sam South\", \"plan\": \"Everywhere\", \"keytag\": \"\", \"result\": \"in\", "
        "\"home_gym\": \"South\"}");
    assert_string_equal(test_text(desk, "SELECT gym_id || ' ' || home_gym_id FROM gym.attendance "
                                        "WHERE customer_id = 20002"),
                        "1 2");
    assert_int_equal(test_number(desk, "SELECT count(*) FROM gym.customers WHERE gym_id = 2"), 0);
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), 'T20002', NULL, 'desk 1')");
}

static void rule_09_terms_follow_each_other_and_keep_their_day(void **state)
{
    (void)state;
    const char *member = make_member("R09", -20, 9);
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(lower(term) - gym.today() || '', ' ' ORDER BY "
                                  "term) FROM gym.memberships WHERE customer_id = %s",
                                  member),
                        "-20 10");
    assert_string_equal(test_state(test_superuser(),
                                   "INSERT INTO gym.memberships (gym_id, customer_id, package_id, "
                                   "term, price, anchor_day) VALUES (1, %s, 1, "
                                   "daterange(gym.today(), gym.today() + 1), 0, 1)",
                                   member),
                        "23P01");
    const char *late = make_member("R09L", -60, -31);
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", late);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT max(lower(term)) - gym.today() FROM gym.memberships WHERE "
                                 "customer_id = %s",
                                 late),
                     0);
    assert_string_equal(test_text(desk, "SELECT gym.add_months('2027-01-31', 1, 31) || ' ' || "
                                        "gym.add_months('2027-02-28', 1, 31)"),
                        "2027-02-28 2027-03-31");
}

/* ---- Clocks ---- */

/* From half past midnight to half past four, on the days when the clocks go back and forward. */
static void rule_10_days_of_23_and_25_hours(void **state)
{
    (void)state;
    const char *member = make_member("R10", -10, 40);
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
    const char *member = make_member("R11", -10, 40);
    test_run(desk, "SET TimeZone = 'Pacific/Kiritimati'");
    assert_string_equal(check_in(member, "at_local = gym.to_local(now(), (SELECT time_zone FROM "
                                         "gym.gyms WHERE gym_id = 1))"),
                        "t");
    test_run(desk, "RESET TimeZone");
    check_out(member, "result");
    static const char backfill[] =
        "SELECT gym.backfill_visit(gen_random_uuid(), %s, gym.to_local(now() %s, g.time_zone), "
        "gym.to_local(now() %s, g.time_zone), '%s', 'd') FROM gym.gyms g WHERE g.gym_id = 1";
    expect_sqlstate(test_state(desk, backfill, member, "+ interval '1 hour'",
                               "+ interval '2 hours'", "clock was wrong"),
                    "GT001", "future");
    expect_sqlstate(
        test_state(desk, backfill, member, "- interval '27 hours'", "- interval '26 hours'", ""),
        "GT001", "needs a reason");
    test_run(desk, backfill, member, "- interval '27 hours'", "- interval '26 hours'",
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
    const char *member = make_member("R12", -10, 40);
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
    const char *member = make_member("R13", -10, 40);
    static const char update[] =
        "SELECT concat_ws('|', outcome, row_version, other_name, changed_by <> '') FROM "
        "gym.update_member(gen_random_uuid(), %s, %s, '%s', '', '', 'R13', '', NULL, '', NULL)";
    char version[16];
    snprintf(
        version, sizeof version, "%s",
        test_text(desk, "SELECT row_version FROM gym.customers WHERE customer_id = %s", member));
    assert_non_null(strstr(test_text(desk, update, member, version, "First Writer"), "saved|"));
    const char *told = test_text(other_desk, update, member, version, "Second Writer");
    assert_non_null(strstr(told, "conflict|"));
    assert_non_null(strstr(told, "|First Writer|t"));
    assert_string_equal(
        test_text(desk, "SELECT name FROM gym.customers WHERE customer_id = %s", member),
        "First Writer");
}

static void rule_14_a_request_is_done_once(void **state)
{
    (void)state;
    const char *member = make_member("R14", -10, 40);
    static const char *const writes[] = {
        "SELECT result || ' ' || name || attendance_id || recovered FROM gym.check_in('%s', NULL, "
        "%s, 'd')",
        "SELECT result || ' ' || name || attendance_id || recovered FROM gym.check_out('%s', NULL, "
        "%s, 'd')",
        "SELECT 'paid' || recovered FROM gym.take_payment('%s', %s, 5, 1, 'd', '')",
        "SELECT 'renewed' || recovered FROM gym.renew('%s', %s, 1, 1, 'd')"};
    char ids[4][40];
    for (size_t i = 0; i < 4; i++) {
        snprintf(ids[i], sizeof ids[i], "%s", test_text(desk, "SELECT gen_random_uuid()"));
        char first[120], wanted[120];
        snprintf(first, sizeof first, "%s", test_text(desk, writes[i], ids[i], member));
        size_t length = strlen(first) - strlen("false");
        assert_string_equal(first + length, "false");
        snprintf(wanted, sizeof wanted, "%.*strue", (int)length, first);
        assert_string_equal(test_text(other_desk, writes[i], ids[i], member), wanted);
    }
    assert_int_equal(count_rows("attendance", member), 1);
    assert_int_equal(count_rows("transactions", member), 2);
    assert_int_equal(count_rows("memberships", member), 2);
    /* An id is for one thing. */
    assert_string_equal(test_state(desk, writes[2], ids[0], member), "GT001");
    /* What was given up while it was away cannot arrive later. */
    const char *late = "5e0cbf66-0000-4000-8000-0000000000f1";
    assert_string_equal(test_text(desk, "SELECT done FROM gym.request_outcome('%s')", late), "f");
    assert_string_equal(test_state(desk, writes[0], late, member), "GT005");
    assert_int_equal(count_rows("attendance", member), 1);
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
        test_run(other_desk, "SELECT pg_notify('gymtui', '%s')", forged[i]);
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

/* ---- Money ---- */

static void rule_16_money_is_only_ever_added(void **state)
{
    (void)state;
    const char *member = make_member("R16", -10, 40);
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 30, 1, 'desk 1', '')", member);
    char payment[24];
    snprintf(payment, sizeof payment, "%s",
             test_text(desk, "SELECT transaction_id FROM gym.transactions WHERE customer_id = %s",
                       member));
    expect_sqlstate(test_state(test_superuser(),
                               "UPDATE gym.transactions SET amount = 3 WHERE transaction_id = %s",
                               payment),
                    "GT003", "append-only");
    expect_sqlstate(test_state(test_superuser(),
                               "DELETE FROM gym.transactions WHERE transaction_id = %s", payment),
                    "GT003", "append-only");
    test_run(manager, "SELECT gym.refund(gen_random_uuid(), %s, 20, 'desk 1', 'too much')",
             payment);
    assert_string_equal(test_text(desk,
                                  "SELECT amount || ' ' || (refunds = %s) FROM gym.transactions "
                                  "WHERE customer_id = %s AND kind = 'refund'",
                                  payment, member),
                        "-20.00 true");
    assert_string_not_equal(
        test_state(manager, "SELECT gym.refund(gen_random_uuid(), %s, 11, 'desk 1', 'again')",
                   payment),
        "");
    assert_string_equal(test_text(desk,
                                  "SELECT sum(amount) || ' ' || count(*) FROM "
                                  "gym.transactions WHERE customer_id = %s",
                                  member),
                        "10.00 2");
}

static void rule_17_one_till_a_desk_and_a_difference_has_a_reason(void **state)
{
    (void)state;
    const char *member = make_member("R17", -10, 40);
    test_run(desk, "SELECT gym.open_till(gen_random_uuid(), 'edge', 50)");
    assert_string_equal(
        test_state(other_desk, "SELECT gym.open_till(gen_random_uuid(), 'edge', 50)"), "GT004");
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 7.5, 3, 'edge', '')", member);
    expect_sqlstate(
        test_state(desk, "SELECT gym.close_till(gen_random_uuid(), 'edge', 55, NULL, ' ')"),
        "GT001", "-2.50");
    assert_string_equal(test_text(desk,
                                  "SELECT concat_ws('|', expected, counted, reason) FROM "
                                  "gym.close_till(gen_random_uuid(), 'edge', 55, '{\"50\": 1, "
                                  "\"5\": 1}', 'coin lost')"),
                        "57.50|55.00|coin lost");
}

/* ---- People ---- */

static void rule_18_nothing_is_left_of_an_anonymised_member(void **state)
{
    (void)state;
    const char *member = make_member("R18", -100, -40);
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'Zebulon Quirk', email = 'zebulon@example.com', "
             "birth_date = '1977-07-07', note = 'zebulon snores' WHERE customer_id = %s;"
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%s, now() - interval '50 days', now() - interval '50 days', 1, 1)",
             member, member);
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 1, 1, 'd', '')", member);
    expect_sqlstate(test_state(owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member),
                    "GT001", "1.00");
    test_run(test_superuser(),
             "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) VALUES (1, %s, 1, "
             "gym.today())",
             member);
    test_run(owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT concat_ws('|', name = 'Member #' || customer_id, email, "
                                  "note, birth_date) FROM gym.customers WHERE customer_id = %s",
                                  member),
                        "t|||1977-01-01");
    assert_int_equal(count_rows("transactions", member), 1);
    assert_int_equal(count_rows("attendance", member), 1);
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
        desk,
        "SELECT customer_id FROM gym.enrol(gen_random_uuid(), E'Bobby \\033]0;owned\\007\\u202e "
        "Tables', '', '', NULL, '', NULL, '', NULL, NULL, NULL, 'x', false, true)");
    assert_string_equal(test_text(desk, "SELECT name FROM gym.customers WHERE customer_id = %lld",
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
    assert_string_equal(test_text(desk, "SELECT gym.birthday_in('2008-02-29', 2027) || ' ' || "
                                        "gym.birthday_in('2008-02-29', 2028) || ' ' || "
                                        "gym.age('2008-02-29', '2027-02-27') || ' ' || "
                                        "gym.age('2008-02-29', '2027-02-28')"),
                        "2027-02-28 2028-02-29 18 19");
    const char *member = make_member("R20", -10, 40);
    test_run(
        test_superuser(),
        "UPDATE gym.customers SET birth_date = (gym.today() - interval '16 years' + interval '1 "
        "day')::date WHERE customer_id = %s",
        member);
    assert_string_equal(first_code(member), "in under_16");
    check_out(member, "result");
    test_run(
        test_superuser(),
        "DELETE FROM gym.attendance WHERE customer_id = %s; UPDATE gym.customers SET birth_date "
        "= (gym.today() - interval '16 years')::date WHERE customer_id = %s; SELECT "
        "gym.recount_visits(%s)",
        member, member, member);
    assert_string_equal(first_code(member), "in birthday");
}

static void rule_21_a_merge_moves_everything_and_can_be_undone(void **state)
{
    (void)state;
    const char *winner = make_member("R21W", -10, 40), *loser = make_member("R21L", -90, -60);
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 4, 1, 'd', '')", loser);
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%s, now() - interval '70 days', now() - interval '70 days', 1, 1); SELECT "
             "gym.recount_visits(%s)",
             loser, loser);
    test_run(manager, "SELECT gym.merge_members(gen_random_uuid(), %s, %s)", loser, winner);
    static const char *const tables[] = {"attendance", "transactions", "memberships"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(count_rows(tables[i], loser), 0);
        assert_int_equal(count_rows(tables[i], winner), i < 2 ? 1 : 2);
    }
    /* The old card and the old number lead to the record that was kept. */
    assert_string_equal(check_in(loser, "customer_id"), winner);
    assert_string_equal(
        test_text(desk, "SELECT customer_id FROM gym.check_out(gen_random_uuid(), 'R21L', NULL, "
                        "'d')"),
        winner);
    test_run(manager, "SELECT gym.unmerge(gen_random_uuid(), %s)", loser);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(count_rows(tables[i], loser), 1);
    assert_string_equal(
        test_text(desk, "SELECT merged_into FROM gym.customers WHERE customer_id = %s", loser), "");
}

/* ---- Beside the rules ---- */

/* gym.check_in decides from the rows it read itself; gym.check_in_examined looks at everything. All
 * members of the fixture, each who never came today, who is in, and who is back; by tag and number.
 */
static void the_short_way_in_says_what_the_long_way_says(void **state)
{
    (void)state;
    static const char ask[] =
        "SELECT (to_jsonb(v) - ARRAY['attendance_id', 'at_local', 'seconds_in'])::text || "
        "(v.attendance_id IS NULL) FROM gym.%s(gen_random_uuid(), %s, '%s', %s, %d) v";
    test_run(
        test_superuser(),
        "ALTER FUNCTION gym.check_in_examined(uuid, text, bigint, text, text, integer) SECURITY "
        "DEFINER; GRANT EXECUTE ON FUNCTION gym.check_in_examined(uuid, text, bigint, text, text, "
        "integer) TO " TEST_DATABASE "_desk");
    int members = 0;
    for (int64_t number = 10001; number <= 10016; number++) {
        for (int visit = 0; visit < 3; visit++) {
            char who[64], wanted[1600];
            snprintf(who, sizeof who, number % 2 ? "'T%lld', NULL" : "NULL, %lld",
                     (long long)number);
            const char *reason = number == 10012 ? "'manager says so'" : "NULL";
            int repeat = visit == 2 && number % 4 < 2 ? 300 : 0;
            test_run(desk, "BEGIN");
            snprintf(wanted, sizeof wanted, "%s",
                     test_text(desk, ask, "check_in_examined", who, "d", reason, repeat));
            test_run(desk, "ROLLBACK");
            assert_true(*wanted);
            assert_string_equal(test_text(desk, ask, "check_in", who, "d", reason, repeat), wanted);
            if (visit == 1)
                test_run(desk, "SELECT gym.check_out(gen_random_uuid(), %s, 'd')", who);
            members++;
        }
    }
    assert_int_equal(members, 48);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.member_summary s CROSS JOIN LATERAL "
                                 "gym.visit_figures(s.customer_id) f WHERE (s.visit_count, "
                                 "s.visit_days, s.last_visit, s.last_check_in, s.visits_month) IS "
                                 "DISTINCT FROM (f.visit_count, f.visit_days, f.last_visit, "
                                 "f.last_check_in, f.visits_month)"),
                     0);
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    desk = test_connect("north", "desk1");
    other_desk = test_connect("north", "desk2");
    manager = test_connect("north", "mona");
    owner = test_connect("north", "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    PQfinish(desk);
    PQfinish(other_desk);
    PQfinish(manager);
    PQfinish(owner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_way_in_says_what_the_long_way_says),
        cmocka_unit_test(rule_01_one_open_visit_and_the_loser_is_told),
        cmocka_unit_test(rule_02_coming_back_is_a_row_and_a_day_counts_once),
        cmocka_unit_test(rule_03_a_check_out_without_a_visit_offers_a_backfill),
        cmocka_unit_test(rule_04_denied_is_logged_and_is_no_visit),
        cmocka_unit_test(rule_05_three_days_of_grace_and_cancelled_is_valid_until_then),
        cmocka_unit_test(rule_06_unfreezing_moves_the_end_by_the_days_really_frozen),
        cmocka_unit_test(rule_07_a_verdict_needs_no_midnight_job),
        cmocka_unit_test(rule_08_of_another_gyms_member_the_desk_sees_three_things),
        cmocka_unit_test(rule_09_terms_follow_each_other_and_keep_their_day),
        cmocka_unit_test(rule_10_days_of_23_and_25_hours),
        cmocka_unit_test(rule_11_only_the_databases_clock_counts),
        cmocka_unit_test(rule_12_a_forgotten_visit_is_closed_at_the_members_own_stay),
        cmocka_unit_test(rule_13_the_second_writer_sees_both_values),
        cmocka_unit_test(rule_14_a_request_is_done_once),
        cmocka_unit_test(rule_15_notifications_are_hints),
        cmocka_unit_test(rule_16_money_is_only_ever_added),
        cmocka_unit_test(rule_17_one_till_a_desk_and_a_difference_has_a_reason),
        cmocka_unit_test(rule_18_nothing_is_left_of_an_anonymised_member),
        cmocka_unit_test(rule_19_hostile_text_reaches_neither_terminal_nor_spreadsheet),
        cmocka_unit_test(rule_20_leap_day_birthdays_and_the_young),
        cmocka_unit_test(rule_21_a_merge_moves_everything_and_can_be_undone),
    };
    return cmocka_run_group_tests_name("the rules at the edges", tests, start, stop);
}
