/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls of a desk against a real server: who and where, the door, candidates, who is in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "calls/calls.h"
#include "gymtui/base/date.h"
#include "support.h"

#define MINUTES_70 INT64_C(4200)

static bool has_reason(enum reason_code code, enum reason_policy policy)
{
    for (int i = 0; i < calls_heard.verdict.reason_count; i++)
        if (calls_heard.verdict.reasons[i].code == code &&
            calls_heard.verdict.reasons[i].policy == policy)
            return true;
    return false;
}

static void session_says_who_and_where(void **state)
{
    (void)state;
    session_read(calls_desk, heard_session, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.session.gym_id, calls_house.gym_id);
    assert_string_equal(calls_heard.session.gym_name, "Nordlicht");
    assert_string_equal(calls_heard.session.time_zone, calls_house.time_zone);
    assert_string_equal(calls_heard.session.currency, "EUR");
    assert_int_equal(calls_heard.session.capacity, 50);
    assert_string_equal(calls_heard.session.staff_name, "Dina Desk");
    assert_string_equal(calls_heard.session.staff_username, "desk1");
    assert_int_equal(calls_heard.session.level, LEVEL_DESK);
    assert_string_equal(level_name(calls_heard.session.level), "desk");
}

static void the_clock_is_the_gyms(void **state)
{
    (void)state;
    heard_wait(calls_desk);
    long long local = test_number(
        test_superuser(), "SELECT floor(extract(epoch FROM clock_timestamp() AT TIME ZONE '%s'))",
        calls_house.time_zone);
    assert_in_range(session_local_now(calls_desk) - local + 2, 0, 4);
    assert_int_equal(session_today(calls_desk), (int32_t)(session_local_now(calls_desk) / 86400));
    assert_true(db_clock_skew(calls_desk) > -1 && db_clock_skew(calls_desk) < 1);
}

static void a_scan_checks_in_and_a_second_one_says_since_when(void **state)
{
    (void)state;
    calls_scan("TAG-ANNA");
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_int_equal(calls_heard.verdict.customer_id, calls_house.anna);
    assert_string_equal(calls_heard.verdict.name, "Anna Bergström");
    assert_string_equal(calls_heard.verdict.plan, "Monthly");
    assert_true(calls_heard.verdict.attendance_id > 0);
    assert_int_equal(calls_heard.verdict.visits_total, 1);
    assert_int_equal(calls_heard.verdict.inside, 1);
    assert_int_equal(calls_heard.verdict.capacity, 50);
    assert_true(calls_heard.verdict.days_left >= 27 && calls_heard.verdict.days_left <= 31);
    assert_int_equal(calls_heard.verdict.ends,
                     session_today(calls_desk) + calls_heard.verdict.days_left);
    assert_in_range(session_local_now(calls_desk) - calls_heard.verdict.at_local + 2, 0, 10);
    assert_false(calls_heard.verdict.recovered);

    calls_scan("TAG-ANNA");
    assert_int_equal(calls_heard.verdict.result, VERDICT_ALREADY_IN);
    assert_string_equal(calls_heard.verdict.since_desk, "2");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                                 (long long)calls_house.anna),
                     1);

    calls_scan_out("TAG-ANNA");
    assert_int_equal(calls_heard.verdict.result, VERDICT_OUT);
    assert_true(calls_heard.verdict.seconds_in >= 0);
    assert_int_equal(calls_heard.verdict.inside, 0);

    calls_scan("TAG-ANNA");
    assert_int_equal(calls_heard.verdict.result, VERDICT_REPEAT);
    calls_scan_out("TAG-ANNA");
    assert_int_equal(calls_heard.verdict.result, VERDICT_NOT_IN);
    calls_scan("no-such-tag");
    assert_int_equal(calls_heard.verdict.result, VERDICT_UNKNOWN);
    assert_int_equal(calls_heard.verdict.customer_id, 0);
}

static void the_same_request_twice_is_answered_with_the_first_result(void **state)
{
    (void)state;
    int64_t ben = house_enrol(&calls_house, calls_desk, "Ben Twice", "TAG-BEN");
    struct check_in_request request = {.id = request_id_new(), .code = "TAG-BEN", .desk = "1"};
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    int64_t visit = calls_heard.verdict.attendance_id;
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_int_equal(calls_heard.verdict.attendance_id, visit);
    assert_true(calls_heard.verdict.recovered);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                                 (long long)ben),
                     1);
}

static void an_expired_member_is_denied_and_pays_at_the_desk(void **state)
{
    (void)state;
    int64_t tigran = house_enrol(&calls_house, calls_desk, "Tigran Late", "TAG-TIGRAN");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(current_date - 41, current_date - 11) "
             "WHERE customer_id = %lld",
             (long long)tigran);
    calls_scan("TAG-TIGRAN");
    assert_int_equal(calls_heard.verdict.result, VERDICT_DENIED);
    assert_int_equal(calls_heard.verdict.attendance_id, 0);
    assert_true(calls_heard.verdict.reason_count >= 1);
    assert_int_equal(calls_heard.verdict.reasons[0].code, REASON_EXPIRED);
    assert_int_equal(calls_heard.verdict.reasons[0].policy, POLICY_DENY);
    assert_non_null(strstr(calls_heard.verdict.reasons[0].text, "12 days ago"));
    assert_int_equal(calls_heard.verdict.renew_package_id, calls_house.monthly);
    assert_int_equal(calls_heard.verdict.renew_price, 3900);
    assert_int_equal(calls_heard.verdict.day_pass_package_id, calls_house.day_pass);
    assert_int_equal(calls_heard.verdict.day_pass_price, 1000);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.access_log WHERE customer_id = %lld",
                                 (long long)tigran),
                     1);

    struct renew_and_check_in_request renew = {.id = request_id_new(),
                                               .customer_id = tigran,
                                               .package_id = calls_heard.verdict.renew_package_id,
                                               .payment_method_id = 3,
                                               .desk = "2",
                                               .check_in = true};
    int32_t promised = calls_heard.verdict.renew_until;
    attendance_renew_and_check_in(calls_desk, &renew, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_int_equal(calls_heard.verdict.ends, promised);
    assert_int_equal(calls_heard.verdict.balance, 0);
}

static void an_override_lets_in_and_is_noted(void **state)
{
    (void)state;
    int64_t olga = house_enrol(&calls_house, calls_desk, "Olga Over", "TAG-OLGA");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(current_date - 41, current_date - 11) "
             "WHERE customer_id = %lld",
             (long long)olga);
    struct check_in_request request = {.id = request_id_new(),
                                       .customer_id = olga,
                                       .desk = "2",
                                       .override_reason = "pays tomorrow"};
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_true(has_reason(REASON_EXPIRED, POLICY_DENY));
    attendance_feed(calls_desk, 20, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.feed[0].customer_id, olga);
    assert_string_equal(calls_heard.feed[0].to_know, "let in: pays tomorrow");
}

static void a_frozen_member_is_thawed_with_one_call(void **state)
{
    (void)state;
    int64_t fay = house_enrol(&calls_house, calls_desk, "Fay Frost", "TAG-FAY");
    int32_t today = session_today(calls_desk);
    members_freeze(calls_desk, request_id_new(), fay, today, today + 29, "holiday", heard_change,
                   &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_true(strncmp(calls_heard.change.text, "Frozen until", 12) == 0);
    int32_t frozen_end = calls_heard.change.ends;
    calls_scan("TAG-FAY");
    assert_int_equal(calls_heard.verdict.result, VERDICT_DENIED);
    assert_true(has_reason(REASON_FROZEN, POLICY_DENY));
    attendance_unfreeze_and_check_in(calls_desk, request_id_new(), fay, "2", heard_verdict,
                                     &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_int_equal(calls_heard.verdict.ends, frozen_end - 30);
}

static void a_mistake_is_undone_and_a_visit_entered_later(void **state)
{
    (void)state;
    int64_t mia = house_enrol(&calls_house, calls_desk, "Mia Mistake", "TAG-MIA");
    calls_scan("TAG-MIA");
    int64_t visit = calls_heard.verdict.attendance_id;
    attendance_undo(calls_desk, request_id_new(), visit, "mistake", heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_UNDONE);
    assert_int_equal(
        test_number(test_superuser(),
                    "SELECT count(*) FROM gym.attendance WHERE attendance_id = %lld AND "
                    "voided_at IS NOT NULL",
                    (long long)visit),
        1);
    attendance_undo(calls_desk, request_id_new(), visit, "mistake", heard_verdict, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);

    /* Yesterday 18:00 to 19:10 on the gym's clock; the member joined before that. */
    test_run(test_superuser(),
             "UPDATE gym.customers SET join_date = current_date - 9 WHERE customer_id = %lld",
             (long long)mia);
    int64_t from = ((int64_t)session_today(calls_desk) - 1) * 86400 + INT64_C(18) * 3600;
    attendance_backfill(calls_desk, request_id_new(), mia, from, from + MINUTES_70,
                        "forgot her tag", "2", heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_OUT);
    assert_int_equal(calls_heard.verdict.since_local, from);
    assert_int_equal(calls_heard.verdict.at_local, from + MINUTES_70);
    assert_int_equal(calls_heard.verdict.seconds_in, MINUTES_70);

    attendance_backfill(calls_desk, request_id_new(), mia, from + INT64_C(86400) * 30, MOMENT_NONE,
                        "future", "2", heard_verdict, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_INPUT);
    assert_string_equal(calls_heard.error.message, "A visit cannot be in the future");
}

static void letters_find_candidates(void **state)
{
    (void)state;
    house_enrol(&calls_house, calls_desk, "Petra Lindqvist", NULL);
    house_enrol(&calls_house, calls_desk, "Pétros Ավետիսյան", NULL);
    attendance_candidates(calls_desk, "petr", 10, heard_candidates, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 2);
    attendance_candidates(calls_desk, "petra lin", 10, heard_candidates, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    assert_string_equal(calls_heard.candidates[0].name, "Petra Lindqvist");
    assert_string_equal(calls_heard.candidates[0].plan, "Monthly");
    assert_string_equal(calls_heard.candidates[0].status, "active");
    assert_int_equal(calls_heard.candidates[0].matched_by, 0);
    attendance_candidates(calls_desk, "5550123", 10, heard_candidates, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    assert_int_equal(calls_heard.candidates[0].customer_id, calls_house.anna);
    assert_int_equal(calls_heard.candidates[0].matched_by, 1);
    attendance_candidates(calls_desk, "'; DROP TABLE gym.customers; --", 10, heard_candidates,
                          &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 0);
    attendance_candidates(calls_desk, "\xff\xfe\x1b[31m", 10, heard_candidates, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

static void feed_inside_and_occupancy_agree(void **state)
{
    (void)state;
    attendance_inside(calls_desk, 100, false, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    int inside = calls_heard.count;
    assert_true(inside >= 3);
    for (int i = 1; i < inside; i++)
        assert_true(calls_heard.feed[i].at_local <= calls_heard.feed[i - 1].at_local);
    attendance_inside(calls_desk, 100, true, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, inside);
    for (int i = 0; i < inside; i++)
        assert_true(calls_heard.feed[i].is_open && calls_heard.feed[i].kind == FEED_IN);
    attendance_occupancy(calls_desk, heard_occupancy, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.occupancy.inside, inside);
    assert_int_equal(calls_heard.occupancy.capacity, 50);
    assert_true(calls_heard.occupancy.denied_today >= 2);
    assert_true(calls_heard.occupancy.taken_today >= 3900);

    attendance_feed(calls_desk, 100, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    int kinds[4] = {0};
    for (int i = 0; i < calls_heard.count; i++) {
        kinds[calls_heard.feed[i].kind]++;
        assert_true(*calls_heard.feed[i].name);
        if (i)
            assert_true(calls_heard.feed[i].at_local <= calls_heard.feed[i - 1].at_local);
        if (calls_heard.feed[i].kind == FEED_DENIED) {
            assert_int_equal(calls_heard.feed[i].severity, POLICY_DENY);
            assert_true(*calls_heard.feed[i].to_know);
        }
    }
    assert_true(kinds[FEED_IN] && kinds[FEED_OUT] && kinds[FEED_DENIED] && kinds[FEED_VOIDED]);
}

static void usual_occupancy_counts_the_last_eight_weeks(void **state)
{
    (void)state;
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT %lld, t - interval '10 min', t + interval '50 min', %lld, %lld "
        "FROM (SELECT now() - k * interval '7 days' AS t FROM generate_series(1, 8) AS k) AS w",
        (long long)calls_house.anna, (long long)calls_house.gym_id, (long long)calls_house.gym_id);
    attendance_occupancy(calls_desk, heard_occupancy, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.occupancy.usual_now, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_says_who_and_where),
        cmocka_unit_test(the_clock_is_the_gyms),
        cmocka_unit_test(a_scan_checks_in_and_a_second_one_says_since_when),
        cmocka_unit_test(the_same_request_twice_is_answered_with_the_first_result),
        cmocka_unit_test(an_expired_member_is_denied_and_pays_at_the_desk),
        cmocka_unit_test(an_override_lets_in_and_is_noted),
        cmocka_unit_test(a_frozen_member_is_thawed_with_one_call),
        cmocka_unit_test(a_mistake_is_undone_and_a_visit_entered_later),
        cmocka_unit_test(letters_find_candidates),
        cmocka_unit_test(feed_inside_and_occupancy_agree),
        cmocka_unit_test(usual_occupancy_counts_the_last_eight_weeks),
    };
    return cmocka_run_group_tests_name("typed calls of a desk", tests, calls_set_up,
                                       calls_tear_down);
}
