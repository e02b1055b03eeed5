/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The functions of schema gym at the desk: the ordinary case, requests that come twice or late, and
 * candidates. What is a visit is in test_functions_visits.c, who is let in in
 * test_functions_verdict.c, terms and money in test_functions_terms.c, people in
 * test_functions_people.c.
 */
#include <stdio.h>
#include <string.h>

#include "functions/desk.h"
#include "support.h"

static void a_scan_checks_in_and_tells_what_the_desk_needs(void **state)
{
    (void)state;
    assert_string_equal(
        desk_check_in("T10001",
                      "concat_ws('|', result, customer_id, name, plan, keytag, days_left, "
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
    assert_string_equal(desk_check_in("10001", "result || customer_id"), "in10001");
    assert_string_equal(desk_check_in("T10001", "result || customer_id"), "already_in10001");
    assert_string_equal(desk_check_in("99999", "result"), "unknown");
    assert_string_equal(desk_check_in("", "result"), "unknown");
    assert_string_equal(desk_check_in(" T10001\t", "result"), "already_in");
}

static void the_habit_is_told_once_there_is_one(void **state)
{
    (void)state;
    assert_string_equal(desk_check_in("T10001", "habit"), "usually 18:10");
    assert_string_equal(desk_check_in("T10002", "habit"), "");
}

static void rule_14_a_request_is_done_once_and_answered_twice(void **state)
{
    (void)state;
    const char *again = "SELECT concat_ws('|', result, attendance_id, recovered) FROM gym.check_in("
                        "'7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01', 'T10001', NULL, 'desk 1')";
    char first[80];
    snprintf(first, sizeof first, "%s", test_text(desk_connection, "%s", again));
    assert_non_null(strstr(first, "|f"));
    const char *second = test_text(desk_connection, "%s", again);
    assert_non_null(strstr(second, "|t"));
    assert_memory_equal(first, second, strlen(first) - 1);
    assert_int_equal(desk_visits(10001), 6);
    assert_string_equal(test_text(desk_connection, "SELECT done || kind FROM gym.request_outcome("
                                                   "'7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01')"),
                        "truecheck_in");
    /* A denied try is answered again too, and logged once. */
    for (int i = 0; i < 2; i++)
        assert_string_equal(test_text(desk_connection,
                                      "SELECT result FROM gym.check_in('7b0b6dd2-3f0c-4d51-"
                                      "8a43-0a8b3a2f6f02', 'T10002', NULL, 'desk 1')"),
                            "denied");
    assert_int_equal(desk_denials(10002), 1);
    /* The same id for another thing, or at another gym. */
    assert_string_equal(test_state(desk_connection, "SELECT gym.check_out('7b0b6dd2-3f0c-4d51-8a43-"
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
    assert_string_equal(
        test_text(desk_connection, "SELECT done || kind FROM gym.request_outcome('%s')", id),
        "falsegiven up");
    assert_string_equal(
        test_state(desk_connection, "SELECT gym.check_in('%s', 'T10001', NULL, 'desk 1')", id),
        "GT005");
    assert_int_equal(desk_visits(10001), 5);
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

static const char *candidates(const char *typed)
{
    return test_text(desk_connection,
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(a_scan_checks_in_and_tells_what_the_desk_needs),
        RULE(a_number_and_a_tag_find_the_same_member),
        RULE(the_habit_is_told_once_there_is_one),
        RULE(rule_14_a_request_is_done_once_and_answered_twice),
        RULE(rule_14_a_write_that_was_given_up_cannot_arrive_later),
        RULE(rule_14_the_outcome_waits_for_a_write_that_still_runs),
        RULE(letters_find_members_by_any_word_of_the_name),
        RULE(who_comes_at_this_hour_and_who_is_a_member_come_first),
    };
    return cmocka_run_group_tests_name("functions at the desk", tests, desk_start, desk_stop);
}
