/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other kinds of background jobs: a recompute, and what is done each night. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "jobs/foreman.h"
#include "support.h"

/* Which day it is at each gym. */
static void read_days(char days[64])
{
    snprintf(days, 64, "%s",
             test_text(foreman_admin,
                       "SELECT string_agg((now() AT TIME ZONE time_zone)::date::text,"
                       " ' ' ORDER BY gym_id) FROM gym.gyms"));
}

static void read_scores(char scores[64])
{
    snprintf(scores, 64, "%s",
             test_text(foreman_admin,
                       "SELECT md5(string_agg(format('%%s %%s %%s %%s %%s %%s %%s %%s %%s', "
                       "gym_id, customer_id, recency_score, round(frequency_score::numeric, 9), "
                       "monetary_score, customer_segment, r, f, m), '|' ORDER BY customer_id)) "
                       "FROM gym.rfm"));
}

static void recompute_gives_the_scores_of_the_load(void **state)
{
    (void)state;
    const char *const words[] = {"gymtui", "worker", "--once", "--enqueue", "recompute", NULL};
    char loaded[64], spoilt[64], computed[64], days[64], days_after[64];
    do { /* once more where midnight came between: other days have other scores */
        read_days(days);
        foreman_reseed_by_worker(5);
        read_scores(loaded);
        test_run(foreman_admin, "UPDATE gym.rfm SET r = 1, f = 1, m = 1, recency_score = 0, "
                                "customer_segment = 'Lost' WHERE customer_id %% 2 = 0");
        test_run(foreman_admin, "DELETE FROM gym.rfm WHERE customer_id %% 3 = 0");
        read_scores(spoilt);
        assert_int_equal(foreman_end_of(foreman_start_program(foreman_demo_worker, words)), 0);
        read_scores(computed);
        read_days(days_after);
    } while (strcmp(days, days_after) != 0);
    assert_string_not_equal(spoilt, loaded);
    assert_string_equal(computed, loaded);
    assert_string_equal(
        foreman_job_of(test_number(foreman_admin, "SELECT max(job_id) FROM gym.jobs")).what,
        "all gyms");
    /* Of one gym, asked for by its manager. */
    test_run(foreman_admin, "UPDATE gym.rfm SET r = 1, customer_segment = 'Lost'");
    int64_t id = foreman_must_ask(foreman_manager, "recompute", "{}");
    foreman_work(foreman_demo_worker);
    assert_int_equal(foreman_job_of(id).state, JOB_DONE);
    assert_int_equal(
        test_number(foreman_admin, "SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND r > 1") > 0,
        1);
    assert_int_equal(
        test_number(foreman_admin, "SELECT count(*) FROM gym.rfm WHERE gym_id = 2 AND r > 1"), 0);
}

/* DESK.md rule 12. */
static void forgotten_visits_are_closed_as_the_member_stays(void **state)
{
    (void)state;
    PGconn *super = test_superuser();
    test_run(super, "UPDATE gym.attendance SET check_out = check_in + interval '1 minute', "
                    "auto_out = false WHERE check_out IS NULL");
    /* Stays of 30, 40 and 50 minutes; one of 230 that was closed for him does not count. */
    test_run(super, "DELETE FROM gym.attendance WHERE customer_id IN (10008, 10011, 10006, 10013)");
    test_run(super,
             "INSERT INTO gym.attendance (customer_id, gym_id, home_gym_id, check_in, check_out, "
             "auto_out) SELECT 10008, 1, 1, now() - d * interval '1 day', now() - d * interval "
             "'1 day' + m * interval '1 minute', m > 200 FROM (VALUES (5, 30), (6, 40), (7, 50), "
             "(8, 230)) v (d, m)");
    test_run(super, "INSERT INTO gym.attendance (customer_id, gym_id, home_gym_id, check_in) "
                    "VALUES (10008, 1, 1, now() - interval '5 hours'), "
                    "(10011, 1, 1, now() - interval '5 hours'), "
                    "(10006, 1, 1, now() - interval '3 hours'), "
                    "(10013, 1, 1, now() - interval '90 minutes')");
    static const char stays[] =
        "SELECT string_agg(customer_id || ' ' || coalesce(round(extract(epoch FROM check_out - "
        "check_in) / 60)::text || ' ' || auto_out, 'in'), ', ' ORDER BY customer_id) FROM "
        "gym.attendance WHERE customer_id IN (10008, 10011, 10006, 10013) AND check_in > now() - "
        "interval '6 hours'";
    const char *const words[] = {"gymtui", "worker", "--once", "--enqueue", "auto-checkout", NULL};
    assert_int_equal(foreman_end_of(foreman_start_program(foreman_real_worker, words)), 0);
    assert_string_equal(test_text(super, "%s", stays),
                        "10006 in, 10008 40 true, 10011 64 true, 10013 in");
    /* Closing time half an hour ago: the house is empty. */
    test_run(super, "UPDATE gym.gyms g SET settings = settings || jsonb_build_object("
                    "'closing_time', to_char((now() - interval '30 minutes') AT TIME ZONE "
                    "g.time_zone, 'HH24:MI:SS')) WHERE gym_id = 1");
    assert_int_equal(foreman_end_of(foreman_start_program(foreman_real_worker, words)), 0);
    assert_string_equal(test_text(super, "%s", stays), "10006 64 true, 10008 40 true, 10011 64 "
                                                       "true, 10013 60 true");
    assert_int_equal(test_number(super, "SELECT count(*) FROM gym.jobs WHERE state = 'done'"), 2);
    test_run(super, "UPDATE gym.gyms SET settings = settings - 'closing_time'");
}

/* DESK.md rule 7: what is shown follows the dates, with nobody writing. */
static void statuses_follow_the_dates(void **state)
{
    (void)state;
    PGconn *super = test_superuser();
    test_run(super, "BEGIN");
    test_run(super, "SET LOCAL gymtui.bulk = 'on'");
    test_run(super, "UPDATE gym.freezes SET period = daterange(current_date - 20, current_date - "
                    "10) WHERE customer_id = 10004");
    test_run(super, "UPDATE gym.member_summary SET frozen = daterange(current_date - 20, "
                    "current_date - 10) WHERE customer_id = 10004");
    test_run(super, "COMMIT");
    assert_string_equal(
        test_text(super, "SELECT status FROM gym.customers WHERE customer_id = 10004"), "frozen");
    const char *const words[] = {"gymtui", "worker", "--once", "--enqueue", "auto-checkout", NULL};
    assert_int_equal(foreman_end_of(foreman_start_program(foreman_real_worker, words)), 0);
    assert_string_equal(
        test_text(super, "SELECT status FROM gym.customers WHERE customer_id = 10004"), "active");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recompute_gives_the_scores_of_the_load),
        cmocka_unit_test(forgotten_visits_are_closed_as_the_member_stays),
        cmocka_unit_test(statuses_follow_the_dates),
    };
    return cmocka_run_group_tests_name("jobs: the other kinds", tests, foreman_begin, foreman_end);
}
