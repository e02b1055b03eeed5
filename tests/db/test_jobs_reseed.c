/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reseed by the real worker, and what is left when it is killed, stopped, cancelled, or its
 * server goes away in the midst of replacing a demonstration's data. */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "jobs/foreman.h"
#include "support.h"

static void a_reseed_as_of_a_day_stands_on_it(void **state)
{
    (void)state;
    int64_t job = foreman_must_ask(foreman_manager, "reseed",
                                   "{\"profile\":\"small\",\"seed\":6,\"gyms\":3,\"members\":200,"
                                   "\"months\":12,\"as_of\":\"2026-07-14\"}");
    foreman_work(foreman_demo_worker);
    assert_int_equal(foreman_job_of(job).state, JOB_DONE);
    assert_string_equal(
        test_text(foreman_admin,
                  "SELECT concat_ws(' ', (SELECT as_of FROM gym.database_info), min(as_of), "
                  "max(as_of), count(DISTINCT gym_id)) FROM gym.clv"),
        "2026-07-14 2026-07-14 2026-07-14 3");
    /* In Dublin as in Paris, whatever the hour is: the evening before was the last one on which the
     * tills were counted, and nobody came later than on that day. */
    assert_string_equal(
        test_text(foreman_admin,
                  "SELECT concat_ws(' ', min(day), max(day), count(*)) FROM (SELECT "
                  "max((t.closed_at AT TIME ZONE g.time_zone)::date) AS day FROM gym.till_sessions "
                  "t JOIN gym.gyms g USING (gym_id) GROUP BY gym_id) d"),
        "2026-07-13 2026-07-13 3");
    assert_int_equal(test_number(foreman_admin,
                                 "SELECT count(*) FROM gym.attendance a JOIN gym.gyms g USING "
                                 "(gym_id) WHERE (greatest(a.check_in, a.check_out) AT TIME ZONE "
                                 "g.time_zone)::date > '2026-07-14'"),
                     0);
}

/* The day is said, so that midnight makes no difference. */
static int64_t ask_for_the_day(int seed)
{
    char parameters[200];
    snprintf(parameters, sizeof parameters,
             "{\"profile\":\"small\",\"gyms\":2,\"members\":200,\"months\":12,"
             "\"seed\":%d,\"as_of\":\"2026-07-14\"}",
             seed);
    return foreman_must_ask(foreman_manager, "reseed", parameters);
}

static void reseed_for_the_day(int seed)
{
    int64_t job = ask_for_the_day(seed);
    foreman_work(foreman_demo_worker);
    assert_int_equal(foreman_job_of(job).state, JOB_DONE);
}

static void a_worker_killed_at_any_moment_leaves_whole_data(void **state)
{
    (void)state;
    enum { KILLS = 20, FIRST = 11, SECOND = 12 };
    char sums[2][64], now[64];
    reseed_for_the_day(FIRST);
    foreman_fingerprint(sums[0]);
    reseed_for_the_day(SECOND);
    foreman_fingerprint(sums[1]);
    assert_string_not_equal(sums[0], sums[1]);
    /* Anywhere in what such a job takes here, and a little after. */
    int64_t whole =
        test_number(foreman_admin, "SELECT (extract(epoch FROM max(finished_at - started_at)) * "
                                   "1100)::bigint FROM gym.jobs WHERE state = 'done' AND "
                                   "kind = 'reseed'");
    unsigned random = (unsigned)time(NULL);
    printf("random moments within %" PRId64 " ms, from %u\n", whole, random);
    for (int i = 0; i < KILLS; i++) {
        int seed = i % 2 == 0 ? FIRST : SECOND;
        int64_t id = ask_for_the_day(seed);
        pid_t worker = foreman_start_worker(foreman_demo_worker);
        foreman_wait_until(
            "(SELECT state FROM gym.jobs ORDER BY job_id DESC LIMIT 1) <> 'waiting'");
        foreman_pause_ms((long)(rand_r(&random) % whole));
        kill(worker, SIGKILL);
        foreman_end_of(worker);
        foreman_fingerprint(now);
        bool is_new = test_number(foreman_admin, "SELECT seed FROM gym.database_info") == seed;
        assert_string_equal(now, sums[(seed == FIRST) == is_new ? 0 : 1]);
        /* The next worker takes it up, unless it was done. */
        foreman_age_heartbeats(foreman_admin);
        foreman_work(foreman_demo_worker);
        struct job_row row = foreman_job_of(id);
        if (row.state != JOB_DONE)
            fail_msg("after a kill: %s %s", job_state_name(row.state), row.error);
        foreman_fingerprint(now);
        assert_string_equal(now, sums[seed == FIRST ? 0 : 1]);
        foreman_assert_no_debris();
    }
    assert_true(test_number(foreman_admin,
                            "SELECT count(*) FROM gym.jobs WHERE attempts = 2 AND kind = "
                            "'reseed'") > 0);
}

static void a_cancel_leaves_the_old_data(void **state)
{
    (void)state;
    char before[64], after[64];
    foreman_fingerprint(before);
    int64_t id = foreman_ask_reseed("large", 77);
    pid_t worker = foreman_start_worker(foreman_demo_worker);
    foreman_wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND progress > 0)");
    struct job_row row = foreman_job_of(id);
    assert_int_equal(row.state, JOB_RUNNING);
    assert_true(foreman_list_jobs(foreman_manager).worker_is_alive);
    assert_true(row.progress > 0 && row.progress < 1 && *row.phase);
    assert_int_equal(foreman_cancel(foreman_manager, id).code, ERROR_NONE);
    assert_int_equal(foreman_end_of(worker), 0);
    assert_int_equal(foreman_job_of(id).state, JOB_CANCELLED);
    foreman_fingerprint(after);
    assert_string_equal(before, after);
    foreman_assert_no_debris();
}

static void a_stopped_worker_gives_its_job_back(void **state)
{
    (void)state;
    char before[64], after[64];
    foreman_fingerprint(before);
    int64_t id = foreman_ask_reseed("large", 78);
    pid_t worker = foreman_start_worker(foreman_demo_worker);
    foreman_wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND phase <> '')");
    kill(worker, SIGTERM);
    assert_int_equal(foreman_end_of(worker), 0);
    struct job_row row = foreman_job_of(id);
    assert_int_equal(row.state, JOB_WAITING);
    assert_int_equal(row.attempts, 0);
    assert_false(foreman_list_jobs(foreman_manager).worker_is_alive);
    foreman_fingerprint(after);
    assert_string_equal(before, after);
    foreman_assert_no_debris();
    assert_int_equal(foreman_cancel(foreman_manager, id).code, ERROR_NONE);
    assert_int_equal(foreman_job_of(id).state, JOB_CANCELLED);
}

/* The command starts a worker of its own, which outlives the terminal that the command had. */
static void a_dropped_line_does_not_end_the_job(void **state)
{
    (void)state;
    pid_t command = foreman_start_program(
        foreman_demo_worker, (const char *const[]){"gymtui", "seed", "--seed", "79", "--members",
                                                   "2000", "--gyms", "2", "--months", "18", NULL});
    foreman_wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND phase <> '')");
    kill(-command, SIGKILL); /* all of its session */
    assert_int_equal(foreman_end_of(command), 128 + SIGKILL);
    foreman_wait_until("NOT EXISTS (SELECT FROM gym.jobs WHERE state IN ('waiting', 'running'))");
    struct foreman_asked asked = foreman_list_jobs(foreman_manager);
    assert_int_equal(asked.rows[0].state, JOB_DONE);
    assert_int_equal(test_number(foreman_admin, "SELECT seed FROM gym.database_info"), 79);
    assert_true(asked.worker_is_alive);
    foreman_assert_no_debris();
    /* It is idle now, and goes when it is told to. */
    assert_int_equal(test_number(foreman_admin, "SELECT count(*) FROM pg_stat_activity WHERE "
                                                "application_name = 'gymtui worker'"),
                     1);
    test_run(foreman_admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                            "application_name = 'gymtui worker'");
    foreman_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = "
                       "'gymtui worker')");
    test_run(foreman_admin, "UPDATE gym.database_info SET worker_seen = NULL");
}

/* The last one: the connections of this program are gone afterwards. */
static void a_crashed_server_is_waited_for(void **state)
{
    (void)state;
    int64_t id = foreman_ask_reseed("large", 80);
    pid_t worker =
        foreman_start_program(foreman_demo_worker, (const char *const[]){"gymtui", "worker", NULL});
    foreman_wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND progress > 0)");
    test_server_stop(SIGQUIT);
    test_server_start();
    PQreset(foreman_admin);
    assert_int_equal(PQstatus(foreman_admin), CONNECTION_OK);
    foreman_wait_until("NOT EXISTS (SELECT FROM gym.jobs WHERE state IN ('waiting', 'running'))");
    assert_string_equal(test_text(foreman_admin,
                                  "SELECT state || ' ' || attempts FROM gym.jobs WHERE "
                                  "job_id = %" PRId64,
                                  id),
                        "done 2");
    assert_int_equal(test_number(foreman_admin, "SELECT seed FROM gym.database_info"), 80);
    foreman_assert_no_debris();
    kill(worker, SIGTERM);
    assert_int_equal(foreman_end_of(worker), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reseed_as_of_a_day_stands_on_it),
        cmocka_unit_test(a_worker_killed_at_any_moment_leaves_whole_data),
        cmocka_unit_test(a_cancel_leaves_the_old_data),
        cmocka_unit_test(a_stopped_worker_gives_its_job_back),
        cmocka_unit_test(a_dropped_line_does_not_end_the_job),
        cmocka_unit_test(a_crashed_server_is_waited_for),
    };
    return cmocka_run_group_tests_name("jobs: a reseed", tests, foreman_begin, foreman_end);
}
