/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DESK.md, rules 1 to 9 at their edges: the door and terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "edge/edge.h"
#include "support.h"

/* The first desk's transaction is still open when the second asks: it waits, and is told. */
static void rule_01_one_open_visit_and_the_loser_is_told(void **state)
{
    (void)state;
    const char *member = edge_make_member("R01", -10, 40);
    test_run(edge_desk, "BEGIN");
    assert_string_equal(edge_check_in(member, "result"), "in");
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT concat_ws('|', result, since_desk, attendance_id > 0) FROM "
             "gym.check_in(gen_random_uuid(), 'R01', NULL, 'desk 2')");
    assert_int_equal(PQsendQuery(edge_other_desk, sql), 1);
    while (test_number(test_superuser(),
                       "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND "
                       "wait_event_type = 'Lock'",
                       PQbackendPID(edge_other_desk)) == 0)
        ;
    test_run(edge_desk, "COMMIT");
    PGresult *told = PQgetResult(edge_other_desk);
    assert_string_equal(PQgetvalue(told, 0, 0), "already_in|desk 1|t");
    PQclear(told);
    assert_null(PQgetResult(edge_other_desk));
    assert_int_equal(edge_count_rows("attendance", member), 1);
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
    const char *member = edge_make_member("R02", -10, 40);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(edge_check_in(member, "result"), "in");
        assert_string_equal(edge_check_out(member, "result"), "out");
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
    const char *member = edge_make_member("R03", -10, 40);
    assert_string_equal(edge_check_out(member, "result"), "not_in");
    assert_int_equal(edge_count_rows("attendance", member), 0);
    edge_expect_sqlstate(
        test_state(edge_desk,
                   "SELECT gym.backfill_visit(gen_random_uuid(), %s, "
                   "gym.to_local(now() - interval '3 hours', 'UTC'), NULL, ' ', 'd')",
                   member),
        "GT001", "needs a reason");
    /* Found by member, whatever the day of the visit. */
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id, desk) VALUES "
             "(%s, now() - interval '30 hours', 1, 1, 'desk 9')",
             member);
    assert_string_equal(edge_check_out(member, "result || seconds_in / 3600 || since_desk"),
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
        int64_t visits = edge_count_rows("attendance", member),
                log = edge_count_rows("access_log", member);
        assert_string_equal(edge_first_code(member), denied[i][1]);
        assert_int_equal(edge_count_rows("attendance", member), visits);
        assert_int_equal(edge_count_rows("access_log", member), log + 1);
    }
}

static void rule_05_three_days_of_grace_and_cancelled_is_valid_until_then(void **state)
{
    (void)state;
    assert_string_equal(edge_first_code(edge_make_member("R05A", -40, -3)), "in grace");
    assert_string_equal(edge_first_code(edge_make_member("R05B", -40, -4)), "denied expired");
    test_run(test_superuser(),
             "UPDATE gym.gyms SET settings = '{\"expired_grace\": 1}' WHERE gym_id = 1");
    assert_string_equal(edge_first_code(edge_make_member("R05C", -40, -2)), "denied expired");
    test_run(test_superuser(), "UPDATE gym.gyms SET settings = '{}' WHERE gym_id = 1");
    const char *member = edge_make_member("R05D", -10, 40);
    test_run(edge_desk,
             "SELECT gym.cancel_membership(gen_random_uuid(), %s, gym.today(), 'moves away')",
             member);
    assert_string_equal(edge_check_in(member, "result || ends - gym.today()"), "in0");
    edge_check_out(member, "result");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 1, upper(term) - 1), "
             "cancelled_on = cancelled_on - 1 WHERE customer_id = %s",
             member);
    assert_string_equal(edge_first_code(member), "denied cancelled");
}

static void rule_06_unfreezing_moves_the_end_by_the_days_really_frozen(void **state)
{
    (void)state;
    const char *member = edge_make_member("R06", -10, 40);
    test_run(edge_desk,
             "SELECT gym.freeze(gen_random_uuid(), %s, gym.today(), gym.today() + 29, 'knee')",
             member);
    assert_string_equal(edge_first_code(member), "denied frozen");
    /* Ten days go by. */
    test_run(
        test_superuser(),
        "UPDATE gym.freezes SET period = daterange(lower(period) - 10, upper(period) - 10) "
        "WHERE customer_id = %s; UPDATE gym.memberships SET term = daterange(lower(term) - 10, "
        "upper(term) - 10) WHERE customer_id = %s",
        member, member);
    assert_string_equal(test_text(edge_desk,
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
    const char *member = edge_make_member("R07", -10, 40);
    test_run(edge_desk,
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
    assert_string_equal(edge_first_code(member), "denied frozen");
    test_run(test_superuser(), "SELECT gym.refresh_statuses()");
    assert_string_equal(test_text(test_superuser(), status, member), "frozen");
}

static void rule_08_of_another_gyms_member_the_desk_sees_three_things(void **state)
{
    (void)state;
    assert_string_equal(edge_check_in("20001", "result"),
                        "unknown"); /* by number: this plan is no answer */
    assert_string_equal(test_text(edge_desk,
                                  "SELECT result || ' ' || split_part(reasons, E'\\t', 1) FROM "
                                  "gym.check_in(gen_random_uuid(), 'T20001', NULL, 'd')"),
                        "denied other_gym");
    assert_string_equal(
        test_text(edge_desk,
                  "SELECT jsonb_strip_nulls(to_jsonb(v) - ARRAY['attendance_id', 'at_local', "
                  "'inside', 'capacity', 'recovered', 'reasons', 'customer_id'])::text FROM "
                  "gym.check_in(gen_random_uuid(), 'T20002', NULL, 'desk 1') v"),
        "{\"name\": \"Sam South\", \"plan\": \"Everywhere\", \"keytag\": \"\", \"result\": \"in\", "
        "\"home_gym\": \"South\"}");
    assert_string_equal(test_text(edge_desk,
                                  "SELECT gym_id || ' ' || home_gym_id FROM gym.attendance "
                                  "WHERE customer_id = 20002"),
                        "1 2");
    assert_int_equal(test_number(edge_desk, "SELECT count(*) FROM gym.customers WHERE gym_id = 2"),
                     0);
    test_run(edge_desk, "SELECT gym.check_out(gen_random_uuid(), 'T20002', NULL, 'desk 1')");
}

static void rule_09_terms_follow_each_other_and_keep_their_day(void **state)
{
    (void)state;
    const char *member = edge_make_member("R09", -20, 9);
    test_run(edge_desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
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
    const char *late = edge_make_member("R09L", -60, -31);
    test_run(edge_desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", late);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT max(lower(term)) - gym.today() FROM gym.memberships WHERE "
                                 "customer_id = %s",
                                 late),
                     0);
    assert_string_equal(test_text(edge_desk, "SELECT gym.add_months('2027-01-31', 1, 31) || ' ' || "
                                             "gym.add_months('2027-02-28', 1, 31)"),
                        "2027-02-28 2027-03-31");
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
            test_run(edge_desk, "BEGIN");
            snprintf(wanted, sizeof wanted, "%s",
                     test_text(edge_desk, ask, "check_in_examined", who, "d", reason, repeat));
            test_run(edge_desk, "ROLLBACK");
            assert_true(*wanted);
            assert_string_equal(test_text(edge_desk, ask, "check_in", who, "d", reason, repeat),
                                wanted);
            if (visit == 1)
                test_run(edge_desk, "SELECT gym.check_out(gen_random_uuid(), %s, 'd')", who);
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
    };
    return cmocka_run_group_tests_name("rules 1 to 9", tests, edge_start, edge_stop);
}
