/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of background jobs: who may ask for what, that no two workers take the same job, and
 * what became of each. */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "heard.h"
#include "jobs/foreman.h"
#include "support.h"

static void a_reseed_of_real_data_is_refused(void **state)
{
    (void)state;
    struct db *mona = foreman_sign_in(test_conninfo(), test_role("north", "mona"), TEST_PASSWORD);
    struct foreman_asked asked = foreman_ask(mona, "reseed", "{\"profile\":\"small\",\"seed\":7}");
    assert_int_equal(asked.error.code, ERROR_PERMISSION);
    assert_non_null(strstr(asked.error.message, "no demonstration"));
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.jobs"), 0);
    db_close(mona);
    /* Nor by a row that somebody with the right to wrote. */
    int64_t members = test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
    test_run(test_superuser(), "INSERT INTO gym.jobs (kind, parameters) VALUES ('reseed', "
                               "'{\"profile\":\"small\",\"seed\":7}')");
    foreman_work(foreman_real_worker);
    assert_string_equal(test_text(test_superuser(), "SELECT state FROM gym.jobs"), "failed");
    assert_non_null(
        strstr(test_text(test_superuser(), "SELECT error FROM gym.jobs"), "not a demonstration"));
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers"), members);
    test_run(test_superuser(), "DELETE FROM gym.jobs");
}

static void what_nobody_can_do_is_not_queued(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *parameters;
    } wrong[] = {
        {"import", "{}"},
        {"dataset refresh", "{}"},
        {"", "{}"},
        {"reseed", "{\"profile\":\"'; DROP TABLE\"}"},
        {"reseed", "{\"seed\":-1}"},
        {"reseed", "{\"members\":\"many\"}"},
        {"reseed", "{\"as_of\":\"yesterday\"}"},
    };
    int64_t jobs = test_number(foreman_admin, "SELECT count(*) FROM gym.jobs");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct foreman_asked asked =
            foreman_ask(foreman_manager, wrong[i].kind, wrong[i].parameters);
        if (asked.error.code != ERROR_INPUT)
            fail_msg("%s %s: %d %s", wrong[i].kind, wrong[i].parameters, asked.error.code,
                     asked.error.message);
    }
    assert_int_equal(test_number(foreman_admin, "SELECT count(*) FROM gym.jobs"), jobs);
    PGconn *desk = test_connect("north", "desk1");
    assert_string_equal(
        test_state(desk, "SELECT gym.request_job(gen_random_uuid(), 'recompute', '{}')"), "42501");
    PQfinish(desk);
}

static void one_of_a_kind_at_a_time(void **state)
{
    (void)state;
    int64_t job = foreman_ask_reseed("small", 1);
    assert_int_equal(foreman_ask(foreman_manager, "reseed", "{}").error.code, ERROR_CONFLICT);
    int64_t other = foreman_must_ask(foreman_manager, "recompute", "{}");
    assert_int_equal(foreman_ask(foreman_manager, "recompute", "{}").error.code, ERROR_CONFLICT);
    /* The same request again is the same job. */
    struct request_id id = request_id_new();
    struct foreman_asked first = {0}, again = {0};
    jobs_request(foreman_manager, id, "auto-checkout", NULL, foreman_on_requested, &first);
    heard_wait(foreman_manager);
    jobs_request(foreman_manager, id, "auto-checkout", NULL, foreman_on_requested, &again);
    heard_wait(foreman_manager);
    assert_int_equal(again.error.code, ERROR_NONE);
    assert_int_equal(first.job_id, again.job_id);
    assert_false(first.worker_is_alive);
    assert_int_equal(foreman_cancel(foreman_manager, job).code, ERROR_NONE);
    assert_int_equal(foreman_job_of(job).state, JOB_CANCELLED);
    assert_int_equal(foreman_cancel(foreman_manager, job).code, ERROR_CONFLICT);
    assert_int_equal(foreman_cancel(foreman_manager, 999999).code, ERROR_NOT_FOUND);
    assert_int_equal(foreman_cancel(foreman_manager, other).code, ERROR_NONE);
    assert_int_equal(foreman_cancel(foreman_manager, first.job_id).code, ERROR_NONE);
}

static int64_t claimed[64];
static int claim_count;
static pthread_mutex_t claim_lock = PTHREAD_MUTEX_INITIALIZER;

static void *claim_all(void *owner)
{
    struct job job;
    struct error failed;
    (void)owner;
    struct job_queue *queue = job_queue_open(foreman_real_worker, &failed);
    while (queue && job_queue_claim(queue, &job, &failed)) {
        pthread_mutex_lock(&claim_lock);
        claimed[claim_count++] = job.job_id;
        pthread_mutex_unlock(&claim_lock);
        job_queue_finish(queue, &job, JOB_DONE, NULL, &failed);
    }
    job_queue_close(queue);
    return NULL;
}

static void no_two_workers_take_the_same_job(void **state)
{
    (void)state;
    enum { JOBS = 40, WORKERS = 4 };
    pthread_t workers[WORKERS];
    test_run(test_superuser(),
             "INSERT INTO gym.gyms (gym_id, name, username, email, time_zone, currency) "
             "SELECT i, 'Gym ' || i, 'gym' || i, i || '@example.com', 'UTC', 'EUR' "
             "FROM generate_series(101, 140) i");
    test_run(test_superuser(), "INSERT INTO gym.jobs (gym_id, kind) "
                               "SELECT i, 'recompute' FROM generate_series(101, 140) i");
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, claim_all, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    assert_int_equal(claim_count, JOBS);
    for (int i = 0; i < claim_count; i++)
        for (int j = 0; j < i; j++)
            assert_int_not_equal(claimed[i], claimed[j]);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.jobs WHERE state = "
                                                   "'done' AND attempts = 1"),
                     JOBS);
    test_run(test_superuser(), "DELETE FROM gym.jobs");
    test_run(test_superuser(), "DELETE FROM gym.gyms WHERE gym_id > 100");
}

static void nothing_else_runs_beside_a_reseed(void **state)
{
    (void)state;
    struct job first, second;
    struct job_queue *one = job_queue_open(foreman_demo_worker, &foreman_error);
    struct job_queue *two = job_queue_open(foreman_demo_worker, &foreman_error);
    int64_t reseed = foreman_ask_reseed("small", 1);
    foreman_must_ask(foreman_manager, "recompute", "{}");
    assert_true(job_queue_claim(one, &first, &foreman_error));
    assert_int_equal(first.job_id, reseed);
    assert_false(job_queue_claim(two, &second, &foreman_error));
    assert_int_equal(foreman_error.code, ERROR_NONE);
    assert_true(job_queue_finish(one, &first, JOB_CANCELLED, NULL, &foreman_error));
    assert_true(job_queue_claim(two, &second, &foreman_error));
    assert_string_equal(second.kind, "recompute");
    foreman_ask_reseed("small", 1);
    assert_false(job_queue_claim(one, &first, &foreman_error));
    assert_true(job_queue_finish(two, &second, JOB_DONE, NULL, &foreman_error));
    assert_true(job_queue_claim(one, &first, &foreman_error));
    assert_true(job_queue_finish(one, &first, JOB_CANCELLED, NULL, &foreman_error));
    job_queue_close(one);
    job_queue_close(two);
}

static void who_comes_back_late_has_lost_the_job(void **state)
{
    (void)state;
    struct job late, now;
    bool asked;
    struct job_queue *one = job_queue_open(foreman_demo_worker, &foreman_error);
    struct job_queue *two = job_queue_open(foreman_demo_worker, &foreman_error);
    foreman_must_ask(foreman_manager, "recompute", "{}");
    assert_true(job_queue_claim(one, &late, &foreman_error));
    assert_true(job_queue_report(one, &late, .5, "half", &asked, &foreman_error));
    assert_false(asked);
    assert_false(job_queue_claim(two, &now, &foreman_error));
    foreman_age_heartbeats(foreman_admin);
    assert_true(job_queue_claim(two, &now, &foreman_error));
    assert_int_equal(now.job_id, late.job_id);
    assert_int_equal(now.attempt, 2);
    assert_false(job_queue_report(one, &late, .6, "half", &asked, &foreman_error));
    assert_int_equal(foreman_error.code, ERROR_CONFLICT);
    assert_false(job_queue_finish(one, &late, JOB_DONE, NULL, &foreman_error));
    assert_false(job_queue_give_back(one, &late, false, &foreman_error));
    assert_true(job_queue_finish(two, &now, JOB_DONE, NULL, &foreman_error));
    job_queue_close(one);
    job_queue_close(two);
}

static void the_third_death_is_the_last(void **state)
{
    (void)state;
    struct job job;
    struct job_queue *queue = job_queue_open(foreman_demo_worker, &foreman_error);
    int64_t id = foreman_must_ask(foreman_manager, "recompute", "{}");
    for (int i = 1; i <= JOB_ATTEMPTS; i++) {
        assert_true(job_queue_claim(queue, &job, &foreman_error));
        assert_int_equal(job.attempt, i);
        foreman_age_heartbeats(foreman_admin);
    }
    assert_false(job_queue_claim(queue, &job, &foreman_error));
    assert_int_equal(foreman_error.code, ERROR_NONE);
    struct job_row row = foreman_job_of(id);
    assert_int_equal(row.state, JOB_FAILED);
    assert_string_equal(row.error, "The worker ended in the midst of it, 3 times");
    job_queue_close(queue);
}

static void a_new_job_is_announced(void **state)
{
    (void)state;
    struct job_queue *queue = job_queue_open(foreman_demo_worker, &foreman_error);
    assert_false(job_queue_wait(queue, 0, &foreman_error));
    assert_int_equal(foreman_error.code, ERROR_NONE);
    int64_t id = foreman_must_ask(foreman_manager, "recompute", "{}");
    assert_true(job_queue_wait(queue, FOREMAN_PATIENCE_MS, &foreman_error));
    assert_int_equal(foreman_cancel(foreman_manager, id).code, ERROR_NONE);
    /* And whether somebody listens at all. */
    assert_true(job_queue_alive(queue, &foreman_error));
    assert_true(foreman_list_jobs(foreman_manager).worker_is_alive);
    assert_true(job_queue_leave(queue, &foreman_error));
    assert_false(foreman_list_jobs(foreman_manager).worker_is_alive);
    job_queue_close(queue);
}

static void history_says_what_became_of_each(void **state)
{
    (void)state;
    foreman_reseed_by_worker(3);
    struct foreman_asked asked = foreman_list_jobs(foreman_manager);
    struct job_row row = asked.rows[0];
    assert_true(asked.count > 3);
    assert_string_equal(row.kind, "reseed");
    assert_string_equal(row.what, "small, seed 3, 2 gyms, 200 members, 12 months");
    assert_int_equal(row.state, JOB_DONE);
    assert_true(row.progress == 1);
    assert_string_equal(row.requested_by, "Anna");
    assert_true(row.finished_local >= row.started_local &&
                row.started_local >= row.requested_local);
    assert_string_equal(row.error, "");
    assert_string_equal(
        test_text(foreman_admin, "SELECT seed || ' ' || profile FROM gym.database_info"),
        "3 small");
    assert_false(asked.worker_is_alive);
    foreman_assert_no_debris();
    /* Every gym of the house sees it, and the other jobs of its own only. */
    test_run(foreman_admin, "BEGIN");
    test_run(foreman_admin,
             "INSERT INTO gym.jobs (gym_id, kind, state) VALUES (2, 'recompute', 'done')");
    test_run(foreman_admin, "COMMIT");
    asked = foreman_list_jobs(foreman_manager);
    for (int i = 0; i < asked.count; i++)
        assert_true(
            asked.rows[i].job_id !=
            test_number(foreman_admin, "SELECT max(job_id) FROM gym.jobs WHERE gym_id = 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reseed_of_real_data_is_refused),
        cmocka_unit_test(what_nobody_can_do_is_not_queued),
        cmocka_unit_test(one_of_a_kind_at_a_time),
        cmocka_unit_test(no_two_workers_take_the_same_job),
        cmocka_unit_test(nothing_else_runs_beside_a_reseed),
        cmocka_unit_test(who_comes_back_late_has_lost_the_job),
        cmocka_unit_test(the_third_death_is_the_last),
        cmocka_unit_test(a_new_job_is_announced),
        cmocka_unit_test(history_says_what_became_of_each),
    };
    return cmocka_run_group_tests_name("jobs: the queue", tests, foreman_begin, foreman_end);
}
