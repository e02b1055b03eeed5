/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs screen: progress, queue and history; cancelling; asking for a job; reseeding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/screens/jobs.h"
#include "office_data.h"
#include "support.h"

/* --- the data layer --- */

static struct {
    struct job_row rows[8];
    int count;
    bool worker_is_alive;
    bool is_slow; /* lists are not answered */
    bool refuses; /* lists are answered with an error */
    int reads, requests, cancels;
    char kind[24], parameters[128];
    int64_t cancelled;
    job_requested_fn *requested;
    job_cancelled_fn *ended;
    void *owner;
} db_saw;

void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    (void)db;
    assert_true(limit >= db_saw.count);
    db_saw.reads++;
    if (db_saw.is_slow)
        return;
    if (db_saw.refuses) {
        struct error error;
        error_set(&error, ERROR_TOO_SLOW, NULL, "The database took too long");
        on_reply(owner, NULL, &error);
        return;
    }
    const struct job_list list = {db_saw.rows, db_saw.count, db_saw.worker_is_alive};
    on_reply(owner, &list, NULL);
}

void jobs_request(struct db *db, struct request_id id, const char *kind, const char *parameters,
                  job_requested_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    db_saw.requests++;
    snprintf(db_saw.kind, sizeof db_saw.kind, "%s", kind);
    snprintf(db_saw.parameters, sizeof db_saw.parameters, "%s", parameters);
    db_saw.requested = on_reply;
    db_saw.owner = owner;
}

void jobs_cancel(struct db *db, int64_t job_id, job_cancelled_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.cancels++;
    db_saw.cancelled = job_id;
    db_saw.ended = on_reply;
    db_saw.owner = owner;
}

/* --- jobs to look at --- */

#define AGO(seconds) (OFFICE_NOW - (seconds))
#define DAY          INT64_C(86400)

static struct job_row job_of(int64_t job_id, const char *kind, const char *what,
                             enum job_state state)
{
    struct job_row job = {
        .job_id = job_id,
        .state = state,
        .seconds_left = -1,
        .requested_local = AGO(90),
        .started_local = MOMENT_NONE,
        .finished_local = MOMENT_NONE,
    };
    snprintf(job.kind, sizeof job.kind, "%s", kind);
    snprintf(job.what, sizeof job.what, "%s", what);
    snprintf(job.requested_by, sizeof job.requested_by, "Anna");
    return job;
}

static struct job_row ended(int64_t job_id, const char *kind, const char *what,
                            enum job_state state, int64_t ago, int64_t took, const char *why)
{
    struct job_row job = job_of(job_id, kind, what, state);
    job.requested_local = AGO(ago + took + 1);
    job.started_local = AGO(ago + took);
    job.finished_local = AGO(ago);
    job.attempts = 1;
    snprintf(job.error, sizeof job.error, "%s", why);
    return job;
}

static void add_history(void)
{
    db_saw.rows[db_saw.count++] = ended(5, "import", "cdnow.csv", JOB_DONE, 1440, 12, "");
    struct job_row failed = ended(4, "reseed", "million, seed 3", JOB_FAILED, 2 * DAY, 4215,
                                  "No space left on the server's disk; the old data are untouched");
    failed.attempts = 3;
    db_saw.rows[db_saw.count++] = failed;
    db_saw.rows[db_saw.count++] =
        ended(3, "reseed", "chain, seed 1", JOB_CANCELLED, 3 * DAY, 61, "");
    struct job_row nightly = ended(2, "auto-checkout", "all gyms", JOB_DONE, 54000, 1, "");
    nightly.requested_by[0] = '\0';
    db_saw.rows[db_saw.count++] = nightly;
}

static void begin(void)
{
    memset(&db_saw, 0, sizeof db_saw);
    db_saw.worker_is_alive = true;
}

static void begin_running(void)
{
    begin();
    struct job_row running = job_of(7, "reseed", "small, seed 7", JOB_RUNNING);
    running.started_local = AGO(17);
    running.progress = .744;
    running.seconds_left = 6;
    running.attempts = 1;
    snprintf(running.phase, sizeof running.phase, "visits");
    db_saw.rows[db_saw.count++] = running;
    db_saw.rows[db_saw.count++] = job_of(6, "recompute", "", JOB_WAITING);
    add_history();
}

static void begin_waiting(void)
{
    begin();
    db_saw.worker_is_alive = false;
    db_saw.rows[db_saw.count++] = job_of(7, "reseed", "small, seed 7", JOB_WAITING);
    add_history();
}

static void on_demonstration(struct host *host)
{
    host->session.is_demonstration = true;
    host->session.level = LEVEL_MANAGER;
}

static void on_real_data(struct host *host)
{
    host->session.is_demonstration = false;
    host->session.level = LEVEL_CHAIN;
}

static struct host *open_jobs(void)
{
    return fake_open_with(&screen_jobs, NULL, NULL, on_demonstration);
}

static void expect(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (strstr(text, wanted) == NULL) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

static void expect_not(struct host *host, const char *unwanted)
{
    char *text = fake_text(host);
    if (strstr(text, unwanted) != NULL) {
        fputs(text, stderr);
        fail_msg("“%s” is on the screen", unwanted);
    }
    free(text);
}

static void requested(bool worker_is_alive)
{
    db_saw.requested(db_saw.owner, 7, worker_is_alive, NULL);
}

/* --- stories --- */

static void what_to_do_about_a_failure_is_read_to_its_end(void **unused)
{
    (void)unused;
    begin();
    db_saw.rows[db_saw.count++] =
        ended(9, "import", "bad, tried", JOB_FAILED, 60, 1,
              "bad.csv has no column that is the customer by its name. Say which it is, as in "
              "customer=…,date=…,amount=…: --map, or the field Columns");
    struct host *host = open_jobs();
    expect(host, "field Columns");
    expect(host, "Asked for by Anna");
    fake_close(host);
}

static void every_state_is_told(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    golden_check("jobs", fake_draw, host);
    golden_check_sizes("jobs", fake_draw, host);
    expect(host, "74 %");
    expect(host, "0:06 left");
    expect(host, "runs for 0:17");
    fake_key(host, "Down");
    fake_key(host, "Down");
    fake_key(host, "Down");
    golden_check("jobs_failed", fake_draw, host);
    fake_key(host, "Enter");
    golden_check("jobs_details", fake_draw, host);
    fake_close(host);

    begin();
    host = open_jobs();
    golden_check("jobs_empty", fake_draw, host);
    fake_close(host);
}

static void a_job_in_all_its_words(void **unused)
{
    (void)unused;
    char text[64];
    begin_running();
    jobs_write_title(text, sizeof text, &db_saw.rows[0]);
    assert_string_equal(text, "Reseed (small, seed 7)");
    jobs_write_title(text, sizeof text, &db_saw.rows[1]);
    assert_string_equal(text, "Recompute");
    jobs_write_span(text, sizeof text, 6);
    assert_string_equal(text, "0:06");
    jobs_write_span(text, sizeof text, 3599);
    assert_string_equal(text, "59:59");
    jobs_write_span(text, sizeof text, 7510);
    assert_string_equal(text, "2:05:10");
    jobs_write_span(text, sizeof text, -3);
    assert_string_equal(text, "0:00");
}

static void progress_follows_while_there_is_work(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    assert_int_equal(db_saw.reads, 1);
    assert_int_equal(host->wake_in, 1000);
    db_saw.rows[0].progress = .998;
    host->screen->tick(host->state);
    assert_int_equal(db_saw.reads, 2);
    expect(host, "99 %"); /* a hundred is what is done */
    db_saw.rows[0].progress = 1;
    host->screen->changed(host->state, "jobs");
    assert_int_equal(db_saw.reads, 3);
    expect_not(host, "100 %");

    /* Nothing to wait for: nothing is asked. */
    memmove(db_saw.rows, db_saw.rows + 2, sizeof db_saw.rows - 2 * sizeof db_saw.rows[0]);
    db_saw.count -= 2;
    host->screen->changed(host->state, "jobs");
    expect(host, "Nothing runs, nothing waits");
    host->wake_in = -1;
    host->screen->tick(host->state);
    assert_int_equal(db_saw.reads, 4);
    assert_int_equal(host->wake_in, -1);
    fake_close(host);
}

static void a_change_during_a_reading_is_read_too(void **unused)
{
    (void)unused;
    begin_running();
    db_saw.is_slow = true;
    struct host *host = open_jobs();
    expect(host, "Reading the jobs");
    host->screen->changed(host->state, "jobs");
    host->screen->changed(host->state, "jobs");
    assert_int_equal(db_saw.reads, 1); /* one at a time */
    fake_close(host);
}

static void the_selection_stays_with_its_job(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    fake_key(host, "Down");
    memmove(db_saw.rows + 1, db_saw.rows, 4 * sizeof db_saw.rows[0]);
    db_saw.rows[0] = job_of(8, "auto-checkout", "all gyms", JOB_WAITING);
    host->screen->changed(host->state, "jobs");
    fake_key(host, "c");
    expect(host, "It has not begun");
    fake_key(host, "y");
    assert_int_equal(db_saw.cancelled, 6);
    fake_close(host);
}

static void a_list_that_fails_leaves_the_old_one(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    db_saw.refuses = true;
    host->screen->changed(host->state, "jobs");
    assert_non_null(strstr(host->said, "took too long"));
    expect(host, "Reseed (small");
    fake_go(host, DB_STATE_OFFLINE, "gone");
    int reads = db_saw.reads;
    host->screen->tick(host->state);
    assert_int_equal(db_saw.reads, reads);
    fake_close(host);
}

/* --- no worker --- */

static void waiting_without_a_worker_says_how_to_start_one(void **unused)
{
    (void)unused;
    begin_waiting();
    struct host *host = open_jobs();
    golden_check("jobs_no_worker", fake_draw, host);
    expect(host, "No worker runs, so the jobs wait");
    fake_key(host, "w");
    assert_int_equal(host->workers_started, 1);
    expect(host, "Starting a worker…");
    /* One that does not come is told again. */
    fake_db.local_now += 11;
    expect(host, "No worker runs, so the jobs wait");
    fake_key(host, "w");
    db_saw.worker_is_alive = true;
    host->screen->tick(host->state);
    expect(host, "1 waiting");
    fake_key(host, "w");
    assert_int_equal(host->workers_started, 2);
    assert_non_null(strstr(host->said, "runs already"));
    fake_close(host);
}

static void why_no_worker_could_be_started_is_said(void **unused)
{
    (void)unused;
    begin_waiting();
    struct host *host = open_jobs();
    error_set(&host->worker_error, ERROR_PERMISSION, "On the server: systemctl start gymtui-worker",
              "This account has no worker's login to the database");
    fake_key(host, "w");
    expect(host, "This account has no worker's login");
    golden_check("jobs_worker_refused", fake_draw, host);
    fake_close(host);
}

static void without_work_no_worker_is_started(void **unused)
{
    (void)unused;
    begin();
    db_saw.worker_is_alive = false;
    struct host *host = open_jobs();
    expect(host, "Nothing runs, nothing waits");
    fake_key(host, "w");
    assert_int_equal(host->workers_started, 0);
    fake_close(host);
}

/* --- cancelling --- */

static void cancelling_asks_first(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    fake_key(host, "c");
    golden_check("jobs_cancel", fake_draw, host);
    fake_key(host, "c"); /* auto-repeat */
    fake_key(host, "Enter");
    assert_null(host->dialog);
    assert_int_equal(db_saw.cancels, 0);

    fake_key(host, "F8");
    fake_key(host, "y");
    assert_int_equal(db_saw.cancels, 1);
    assert_int_equal(db_saw.cancelled, 7);
    expect(host, "being cancelled");
    db_saw.ended(db_saw.owner, NULL);
    expect(host, "being cancelled"); /* it takes a moment */
    db_saw.rows[0].state = JOB_CANCELLED;
    db_saw.rows[0].finished_local = AGO(0);
    host->screen->changed(host->state, "jobs");
    expect_not(host, "being cancelled");
    fake_close(host);
}

static void what_cannot_be_cancelled_is_said(void **unused)
{
    (void)unused;
    begin_running();
    struct host *host = open_jobs();
    fake_key(host, "End");
    fake_key(host, "c");
    assert_null(host->dialog);
    assert_non_null(strstr(host->said, "has ended"));

    fake_key(host, "Home");
    fake_key(host, "c");
    fake_key(host, "y");
    struct error error;
    error_set(&error, ERROR_CONFLICT, "There is nothing to cancel", "Job 7 has ended already");
    db_saw.ended(db_saw.owner, &error);
    assert_non_null(strstr(host->said, "has ended already"));
    expect_not(host, "being cancelled");
    fake_close(host);
}

/* --- reseeding --- */

static void reseed_from_the_menu_takes_only_the_name(void **unused)
{
    (void)unused;
    begin();
    static const char *const assignments[] = {"demo.profile=harsh", "demo.seed=12", NULL};
    const struct jobs_argument reseed = {.reseed = true};
    struct host *host = fake_open_with(&screen_jobs, &reseed, assignments, on_demonstration);
    golden_check("jobs_name", fake_draw, host);
    expect(host, "Reseed: harsh, seed 12");
    fake_type(host, "gymtu\r");
    expect(host, "that is not the same");
    assert_int_equal(db_saw.requests, 0);
    fake_type(host, "i\r");
    assert_null(host->dialog);
    assert_int_equal(db_saw.requests, 1);
    assert_string_equal(db_saw.kind, "reseed");
    assert_string_equal(db_saw.parameters, "{\"profile\":\"harsh\",\"seed\":12}");
    /* The answer is waited for: it says whether a worker must be started. */
    assert_false(host->screen->may_close(host->state));
    fake_key(host, "r");
    assert_null(host->form);
    requested(true);
    assert_int_equal(host->workers_started, 0);
    assert_true(host->screen->may_close(host->state));
    fake_close(host);
}

static void another_profile_and_seed_are_chosen_in_a_form(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_jobs();
    fake_key(host, "r");
    golden_check("jobs_reseed", fake_draw, host);
    fake_key(host, "c"); /* chain */
    fake_key(host, "Enter");
    fake_key(host, "^U");
    fake_type(host, "7\r");
    assert_null(host->form);
    expect(host, "Reseed: chain, seed 7");
    fake_type(host, "gymtui\r");
    assert_string_equal(db_saw.parameters, "{\"profile\":\"chain\",\"seed\":7}");
    requested(false);
    assert_int_equal(host->workers_started, 1);
    assert_non_null(strstr(host->said, "in the queue"));

    /* How it ends is told, once. */
    add_history();
    host->screen->changed(host->state, "jobs");
    memmove(db_saw.rows + 1, db_saw.rows, 4 * sizeof db_saw.rows[0]);
    db_saw.rows[0] = job_of(7, "reseed", "chain, seed 7", JOB_RUNNING);
    db_saw.count++;
    host->screen->changed(host->state, "jobs");
    assert_non_null(strstr(host->said, "in the queue"));
    db_saw.rows[0] =
        ended(7, "reseed", "chain, seed 7", JOB_FAILED, 0, 4, "No space left on the disk");
    host->screen->changed(host->state, "jobs");
    expect(host, "▸ Reseed (chain, seed 7)");
    assert_non_null(strstr(host->said, "Reseed (chain, seed 7) failed: No space left"));
    host->said[0] = '\0';
    host->screen->changed(host->state, "jobs");
    assert_string_equal(host->said, "");
    fake_close(host);
}

static void a_profile_that_cannot_be_reseeded_with_is_small(void **unused)
{
    (void)unused;
    begin();
    static const char *const assignments[] = {"demo.profile=isp", NULL};
    const struct jobs_argument reseed = {.reseed = true};
    struct host *host = fake_open_with(&screen_jobs, &reseed, assignments, on_demonstration);
    expect(host, "Reseed: small, seed 1");
    fake_key(host, "Esc");
    assert_null(host->dialog);
    assert_int_equal(db_saw.requests, 0);
    fake_close(host);
}

static void real_data_are_never_reseeded(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open_with(&screen_jobs, NULL, NULL, on_real_data);
    fake_key(host, "r");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "its data are real and stay"));
    host->said[0] = '\0';
    host->screen->command(host->state, JOBS_RESEED_AT_ONCE);
    assert_null(host->dialog);
    assert_non_null(strstr(host->said, "its data are real and stay"));
    fake_key(host, "F2");
    expect_not(host, "reseed the demo");
    fake_key(host, "r");
    assert_int_equal(db_saw.requests, 0);
    fake_close(host);
}

static void a_second_one_is_refused_in_words(void **unused)
{
    (void)unused;
    begin_running();
    const struct jobs_argument reseed = {.reseed = true};
    struct host *host = fake_open_with(&screen_jobs, &reseed, NULL, on_demonstration);
    fake_type(host, "gymtui\r");
    struct error error;
    error_set(&error, ERROR_CONFLICT, "Wait until it is done, or cancel it",
              "Such a job (reseed) waits or runs already");
    db_saw.requested(db_saw.owner, 0, true, &error);
    assert_non_null(strstr(host->said, "waits or runs already"));
    assert_int_equal(host->workers_started, 0);
    assert_true(host->screen->may_close(host->state));
    fake_close(host);
}

static void other_jobs_are_asked_for_from_a_list(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_jobs();
    fake_key(host, "F2");
    golden_check("jobs_new", fake_draw, host);
    fake_key(host, "c");
    assert_string_equal(db_saw.kind, "recompute");
    assert_string_equal(db_saw.parameters, "{}");
    requested(true);
    fake_key(host, "a");
    fake_key(host, "o");
    assert_string_equal(db_saw.kind, "auto-checkout");
    requested(true);
    fake_key(host, "Ins");
    fake_key(host, "r");
    assert_non_null(host->form);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_told),
        cmocka_unit_test(what_to_do_about_a_failure_is_read_to_its_end),
        cmocka_unit_test(a_job_in_all_its_words),
        cmocka_unit_test(progress_follows_while_there_is_work),
        cmocka_unit_test(a_change_during_a_reading_is_read_too),
        cmocka_unit_test(the_selection_stays_with_its_job),
        cmocka_unit_test(a_list_that_fails_leaves_the_old_one),
        cmocka_unit_test(waiting_without_a_worker_says_how_to_start_one),
        cmocka_unit_test(why_no_worker_could_be_started_is_said),
        cmocka_unit_test(without_work_no_worker_is_started),
        cmocka_unit_test(cancelling_asks_first),
        cmocka_unit_test(what_cannot_be_cancelled_is_said),
        cmocka_unit_test(reseed_from_the_menu_takes_only_the_name),
        cmocka_unit_test(another_profile_and_seed_are_chosen_in_a_form),
        cmocka_unit_test(a_profile_that_cannot_be_reseeded_with_is_small),
        cmocka_unit_test(real_data_are_never_reseeded),
        cmocka_unit_test(a_second_one_is_refused_in_words),
        cmocka_unit_test(other_jobs_are_asked_for_from_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
