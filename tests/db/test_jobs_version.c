/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A worker and a database of different versions: nothing is touched, and it is said what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/db/schema.h"
#include "gymtui/worker/runner.h"
#include "jobs/foreman.h"
#include "support.h"

/* A job waits, and the database is of another version; then the versions are the same again. */
static void set_version(const char *sql)
{
    test_run(foreman_admin, "%s", sql);
}

static int64_t leave_a_job(void)
{
    return foreman_must_ask(foreman_manager, "recompute", "{}");
}

static void expect_refusal(enum error_code code, const char *advice)
{
    const struct runner_options services[] = {
        {.conninfo = foreman_demo_worker, .once = true},
        {.conninfo = foreman_demo_worker}, /* a service: it ends, and is started again */
    };
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        struct error error = {0};
        assert_false(runner_run(&services[i], &error));
        assert_int_equal(error.code, code);
        assert_non_null(strstr(error.hint, advice));
    }
}

static void a_newer_database_is_left_alone(void **state)
{
    (void)state;
    int64_t job_id = leave_a_job();
    set_version("INSERT INTO public.schema_version (version, name, checksum) "
                "SELECT max(version) + 1, 'of the future', '' FROM public.schema_version");
    expect_refusal(ERROR_TOO_NEW, "newer gymtui");
    set_version("DELETE FROM public.schema_version WHERE name = 'of the future'");
    assert_int_equal(foreman_job_of(job_id).state, JOB_WAITING);
    foreman_work(foreman_demo_worker);
    assert_int_equal(foreman_job_of(job_id).state, JOB_DONE);
}

static void an_older_database_is_left_alone(void **state)
{
    (void)state;
    int64_t job_id = leave_a_job();
    set_version("UPDATE public.schema_version SET version = -version "
                "WHERE version = (SELECT max(version) FROM public.schema_version)");
    expect_refusal(ERROR_DATABASE, "gymtui schema create");
    set_version("UPDATE public.schema_version SET version = -version WHERE version < 0");
    assert_int_equal(foreman_job_of(job_id).state, JOB_WAITING);
    foreman_work(foreman_demo_worker);
    assert_int_equal(foreman_job_of(job_id).state, JOB_DONE);
}

/* The tables are brought up to date while a worker of yesterday waits for its next job. */
static void a_waiting_worker_notices_that_the_database_became_newer(void **state)
{
    (void)state;
    static const char *const words[] = {"gymtui", "worker", NULL};
    pid_t worker = foreman_start_program(foreman_demo_worker, words);
    foreman_wait_until("gym.worker_is_alive(30)");
    set_version("INSERT INTO public.schema_version (version, name, checksum) "
                "SELECT max(version) + 1, 'of the future', '' FROM public.schema_version");
    assert_int_equal(foreman_end_of(worker), 1);
    set_version("DELETE FROM public.schema_version WHERE name = 'of the future'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newer_database_is_left_alone),
        cmocka_unit_test(an_older_database_is_left_alone),
        cmocka_unit_test(a_waiting_worker_notices_that_the_database_became_newer),
    };
    return cmocka_run_group_tests(tests, foreman_begin, foreman_end);
}
