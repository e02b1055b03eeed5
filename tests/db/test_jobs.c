/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Background jobs with the real worker, a process of its own that signs in as the worker's role:
 * who may ask for what, that no two take the same job, and what is left when a worker is killed,
 * stopped or told to end in the midst of replacing a demonstration's data.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/db/jobs.h"
#include "gymtui/db/schema.h"
#include "gymtui/db/session.h"
#include "heard.h"
#include "support.h"

#define DATABASE    "gymjobs" /* a demonstration; the fixture's TEST_DATABASE is none */
#define PATIENCE_MS 60000
#define SMALL       "{\"profile\":\"small\",\"gyms\":2,\"members\":200,\"months\":12,\"seed\":%d}"
#define LARGE       "{\"profile\":\"small\",\"gyms\":2,\"members\":6000,\"months\":24,\"seed\":%d}"

static struct error error;
static PGconn *admin;                             /* superuser in DATABASE */
static char demo_place[1024];                     /* of the demonstration, without user */
static char demo_worker[1200], real_worker[1200]; /* the workers' conninfo */
static struct db *manager;                        /* signed in at the demonstration */

/* ---- The worker's process ---- */

static pid_t start_program(const char *worker, const char *const *words)
{
    const char *binary = getenv("GYMTUI_BINARY");
    if (!binary)
        fail_msg("GYMTUI_BINARY is not set");
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    setsid();
    setenv("GYMTUI_DATABASE_CONNINFO", demo_place, 1);
    setenv("GYMTUI_WORKER_CONNINFO", worker, 1);
    setenv("GYMTUI_LOGIN_GYM", demo_logins[0].gym, 1);
    for (const struct demo_login *login = demo_logins; login->gym; login++) {
        if (login->level == LEVEL_MANAGER) {
            setenv("GYMTUI_LOGIN_USER", login->staff, 1);
            setenv("GYMTUI_LOGIN_PASSWORD", login->password, 1);
        }
    }
    setenv("XDG_CONFIG_HOME", test_directory(), 1);
    setenv("XDG_STATE_HOME", test_directory(), 1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    if (!getenv("GYMTUI_TEST_VERBOSE"))
        dup2(null, STDERR_FILENO);
    if (binary)
        execv(binary, (char *const *)words);
    _exit(127);
}

static pid_t start_worker(const char *worker)
{
    return start_program(worker, (const char *const[]){"gymtui", "worker", "--once", NULL});
}

/* Its exit status, or 128 and the signal. */
static int end_of(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void work(const char *worker)
{
    assert_int_equal(end_of(start_worker(worker)), 0);
}

static void pause_ms(long milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* Until the database says true. */
static void wait_until(const char *condition)
{
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        if (*test_text(admin, "SELECT (%s)::text", condition) == 't')
            return;
        pause_ms(10);
    }
    fail_msg("never: %s", condition);
}

/* ---- What is asked ---- */

struct asked {
    int replies;
    struct error error;
    int64_t job_id;
    bool worker_is_alive;
    int count;
    struct job_row rows[64];
};

static void on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                         const struct error *failed)
{
    struct asked *asked = owner;
    asked->replies++;
    asked->error = failed ? *failed : (struct error){0};
    asked->job_id = job_id;
    asked->worker_is_alive = worker_is_alive;
}

static void on_list(void *owner, const struct job_list *list, const struct error *failed)
{
    struct asked *asked = owner;
    asked->replies++;
    asked->error = failed ? *failed : (struct error){0};
    if (!list)
        return;
    assert_true(list->count <= 64);
    asked->count = list->count;
    asked->worker_is_alive = list->worker_is_alive;
    memcpy(asked->rows, list->rows, (size_t)list->count * sizeof *list->rows);
}

static void on_cancelled(void *owner, const struct error *failed)
{
    struct asked *asked = owner;
    asked->replies++;
    asked->error = failed ? *failed : (struct error){0};
}

static struct asked ask(struct db *db, const char *kind, const char *parameters)
{
    struct asked asked = {0};
    jobs_request(db, request_id_new(), kind, parameters, on_requested, &asked);
    heard_wait(db);
    assert_int_equal(asked.replies, 1);
    return asked;
}

static int64_t must_ask(struct db *db, const char *kind, const char *parameters)
{
    struct asked asked = ask(db, kind, parameters);
    if (asked.error.code != ERROR_NONE)
        fail_msg("%s: %s", kind, asked.error.message);
    return asked.job_id;
}

static int64_t ask_reseed(const char *size, int seed)
{
    char parameters[200];
    snprintf(parameters, sizeof parameters, strcmp(size, "large") == 0 ? LARGE : SMALL, seed);
    return must_ask(manager, "reseed", parameters);
}

static struct error cancel(struct db *db, int64_t job_id)
{
    struct asked asked = {0};
    jobs_cancel(db, job_id, on_cancelled, &asked);
    heard_wait(db);
    assert_int_equal(asked.replies, 1);
    return asked.error;
}

static struct asked list_jobs(struct db *db)
{
    struct asked asked = {0};
    jobs_list(db, 64, on_list, &asked);
    heard_wait(db);
    assert_int_equal(asked.error.code, ERROR_NONE);
    return asked;
}

static struct job_row job_of(int64_t job_id)
{
    struct asked asked = list_jobs(manager);
    for (int i = 0; i < asked.count; i++)
        if (asked.rows[i].job_id == job_id)
            return asked.rows[i];
    fail_msg("job %" PRId64 " is not in the list", job_id);
    return (struct job_row){0};
}

/* A worker that was killed half a minute ago. */
static void age_heartbeats(PGconn *connection)
{
    test_run(connection, "UPDATE gym.jobs SET heartbeat = now() - interval '31 seconds' "
                         "WHERE state = 'running'");
}

/* ---- What the data are ---- */

/* Of all that does not depend on the time of day when it was made. */
static void fingerprint(char sum[64])
{
    snprintf(sum, 64, "%s",
             test_text(admin,
                       "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM ("
                       "SELECT format('c %%s %%s %%s', customer_id, name, join_date) AS line "
                       "FROM gym.customers UNION ALL "
                       "SELECT format('s %%s %%s', customer_id, starts) FROM gym.member_summary "
                       "UNION ALL SELECT format('m %%s %%s %%s', membership_id, customer_id, "
                       "lower(term)) FROM gym.memberships UNION ALL "
                       "SELECT format('t %%s %%s %%s', transaction_id, customer_id, amount) FROM "
                       "gym.transactions WHERE date < current_date - 2 UNION ALL "
                       "SELECT format('a %%s %%s', customer_id, check_in) FROM gym.attendance "
                       "WHERE check_in < current_date - 2 UNION ALL "
                       "SELECT format('r %%s', customer_id) FROM gym.rfm UNION ALL "
                       "SELECT format('x %%s %%s', customer_id, term) FROM gym.search_terms) l"));
}

static void assert_no_debris(void)
{
    assert_int_equal(
        test_number(admin, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"), 0);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM pg_constraint WHERE connamespace = "
                                        "'gym'::regnamespace AND NOT convalidated"),
                     0);
}

/* The gyms' figures stand on the day that it was at each of them meanwhile. */
static void assert_own_days(int64_t job)
{
    assert_int_equal(
        test_number(admin,
                    "SELECT count(*) FROM gym.clv v JOIN gym.gyms g USING (gym_id), gym.jobs j "
                    "WHERE j.job_id = %" PRId64 " AND v.as_of NOT BETWEEN (j.started_at AT TIME "
                    "ZONE g.time_zone)::date AND (j.finished_at AT TIME ZONE g.time_zone)::date",
                    job),
        0);
}

/* ---- Before everything ---- */

static void reseed_by_worker(int seed)
{
    int64_t job = ask_reseed("small", seed);
    work(demo_worker);
    struct job_row row = job_of(job);
    if (row.state != JOB_DONE)
        fail_msg("seed %d: %s %s", seed, job_state_name(row.state), row.error);
    assert_own_days(job);
}

static struct db *sign_in(const char *place, const char *role, const char *password)
{
    struct db_settings settings = settings_for(place, role, password);
    struct db *db = db_open(&settings, &error);
    static struct heard heard;
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

static void let_worker_in(PGconn *connection, const char *database)
{
    test_run(connection, "ALTER ROLE %s_worker LOGIN PASSWORD '" TEST_PASSWORD "'", database);
}

static int make_demonstration(void **state)
{
    (void)state;
    char own[1024], role[128];
    test_cluster_start();
    snprintf(own, sizeof own, "%s", test_admin_of(DATABASE));
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &error) ||
        !schema_create(own, NULL, NULL, &error) || !schema_mark_demonstration(own, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    admin = PQconnectdb(own);
    assert_int_equal(PQstatus(admin), CONNECTION_OK);
    let_worker_in(admin, DATABASE);
    let_worker_in(test_superuser(), TEST_DATABASE);
    const char *user = strstr(own, " user=");
    assert_non_null(user);
    snprintf(demo_place, sizeof demo_place, "%.*s", (int)(user - own), own);
    snprintf(demo_worker, sizeof demo_worker,
             "%s user=" DATABASE "_worker password='" TEST_PASSWORD "'", demo_place);
    snprintf(real_worker, sizeof real_worker,
             "%s user=" TEST_DATABASE "_worker password='" TEST_PASSWORD "'", test_conninfo());
    /* The first data; nobody can sign in yet. */
    test_run(admin, "INSERT INTO gym.jobs (kind, parameters) VALUES ('reseed', '" SMALL "')", 1);
    work(demo_worker);
    assert_string_equal(test_text(admin, "SELECT state || ' ' || error FROM gym.jobs"), "done ");
    assert_true(schema_create_demo_logins(own, &error));
    const struct demo_login *login = demo_logins;
    while (login->level != LEVEL_MANAGER)
        login++;
    assert_true(login_role_name(DATABASE, login->gym, login->staff, role, sizeof role, &error));
    manager = sign_in(demo_place, role, login->password);
    return 0;
}

static int end(void **state)
{
    (void)state;
    db_close(manager);
    PQfinish(admin);
    return 0;
}

/* ---- Who may ask for what ---- */

static void a_reseed_of_real_data_is_refused(void **state)
{
    (void)state;
    struct db *mona = sign_in(test_conninfo(), test_role("north", "mona"), TEST_PASSWORD);
    struct asked asked = ask(mona, "reseed", "{\"profile\":\"small\",\"seed\":7}");
    assert_int_equal(asked.error.code, ERROR_PERMISSION);
    assert_non_null(strstr(asked.error.message, "no demonstration"));
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.jobs"), 0);
    db_close(mona);
    /* Nor by a row that somebody with the right to wrote. */
    int64_t members = test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
    test_run(test_superuser(), "INSERT INTO gym.jobs (kind, parameters) VALUES ('reseed', "
                               "'{\"profile\":\"small\",\"seed\":7}')");
    work(real_worker);
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
    int64_t jobs = test_number(admin, "SELECT count(*) FROM gym.jobs");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct asked asked = ask(manager, wrong[i].kind, wrong[i].parameters);
        if (asked.error.code != ERROR_INPUT)
            fail_msg("%s %s: %d %s", wrong[i].kind, wrong[i].parameters, asked.error.code,
                     asked.error.message);
    }
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.jobs"), jobs);
    PGconn *desk = test_connect("north", "desk1");
    assert_string_equal(
        test_state(desk, "SELECT gym.request_job(gen_random_uuid(), 'recompute', '{}')"), "42501");
    PQfinish(desk);
}

static void one_of_a_kind_at_a_time(void **state)
{
    (void)state;
    int64_t job = ask_reseed("small", 1);
    assert_int_equal(ask(manager, "reseed", "{}").error.code, ERROR_CONFLICT);
    int64_t other = must_ask(manager, "recompute", "{}");
    assert_int_equal(ask(manager, "recompute", "{}").error.code, ERROR_CONFLICT);
    /* The same request again is the same job. */
    struct request_id id = request_id_new();
    struct asked first = {0}, again = {0};
    jobs_request(manager, id, "auto-checkout", NULL, on_requested, &first);
    heard_wait(manager);
    jobs_request(manager, id, "auto-checkout", NULL, on_requested, &again);
    heard_wait(manager);
    assert_int_equal(again.error.code, ERROR_NONE);
    assert_int_equal(first.job_id, again.job_id);
    assert_false(first.worker_is_alive);
    assert_int_equal(cancel(manager, job).code, ERROR_NONE);
    assert_int_equal(job_of(job).state, JOB_CANCELLED);
    assert_int_equal(cancel(manager, job).code, ERROR_CONFLICT);
    assert_int_equal(cancel(manager, 999999).code, ERROR_NOT_FOUND);
    assert_int_equal(cancel(manager, other).code, ERROR_NONE);
    assert_int_equal(cancel(manager, first.job_id).code, ERROR_NONE);
}

/* ---- Taking jobs ---- */

static int64_t claimed[64];
static int claim_count;
static pthread_mutex_t claim_lock = PTHREAD_MUTEX_INITIALIZER;

static void *claim_all(void *owner)
{
    struct job job;
    struct error failed;
    (void)owner;
    struct job_queue *queue = job_queue_open(real_worker, &failed);
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
    struct job_queue *one = job_queue_open(demo_worker, &error);
    struct job_queue *two = job_queue_open(demo_worker, &error);
    int64_t reseed = ask_reseed("small", 1);
    must_ask(manager, "recompute", "{}");
    assert_true(job_queue_claim(one, &first, &error));
    assert_int_equal(first.job_id, reseed);
    assert_false(job_queue_claim(two, &second, &error));
    assert_int_equal(error.code, ERROR_NONE);
    assert_true(job_queue_finish(one, &first, JOB_CANCELLED, NULL, &error));
    assert_true(job_queue_claim(two, &second, &error));
    assert_string_equal(second.kind, "recompute");
    ask_reseed("small", 1);
    assert_false(job_queue_claim(one, &first, &error));
    assert_true(job_queue_finish(two, &second, JOB_DONE, NULL, &error));
    assert_true(job_queue_claim(one, &first, &error));
    assert_true(job_queue_finish(one, &first, JOB_CANCELLED, NULL, &error));
    job_queue_close(one);
    job_queue_close(two);
}

static void who_comes_back_late_has_lost_the_job(void **state)
{
    (void)state;
    struct job late, now;
    bool asked;
    struct job_queue *one = job_queue_open(demo_worker, &error);
    struct job_queue *two = job_queue_open(demo_worker, &error);
    must_ask(manager, "recompute", "{}");
    assert_true(job_queue_claim(one, &late, &error));
    assert_true(job_queue_report(one, &late, .5, "half", &asked, &error));
    assert_false(asked);
    assert_false(job_queue_claim(two, &now, &error));
    age_heartbeats(admin);
    assert_true(job_queue_claim(two, &now, &error));
    assert_int_equal(now.job_id, late.job_id);
    assert_int_equal(now.attempt, 2);
    assert_false(job_queue_report(one, &late, .6, "half", &asked, &error));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_false(job_queue_finish(one, &late, JOB_DONE, NULL, &error));
    assert_false(job_queue_give_back(one, &late, false, &error));
    assert_true(job_queue_finish(two, &now, JOB_DONE, NULL, &error));
    job_queue_close(one);
    job_queue_close(two);
}

static void the_third_death_is_the_last(void **state)
{
    (void)state;
    struct job job;
    struct job_queue *queue = job_queue_open(demo_worker, &error);
    int64_t id = must_ask(manager, "recompute", "{}");
    for (int i = 1; i <= JOB_ATTEMPTS; i++) {
        assert_true(job_queue_claim(queue, &job, &error));
        assert_int_equal(job.attempt, i);
        age_heartbeats(admin);
    }
    assert_false(job_queue_claim(queue, &job, &error));
    assert_int_equal(error.code, ERROR_NONE);
    struct job_row row = job_of(id);
    assert_int_equal(row.state, JOB_FAILED);
    assert_string_equal(row.error, "The worker ended in the midst of it, 3 times");
    job_queue_close(queue);
}

static void a_new_job_is_announced(void **state)
{
    (void)state;
    struct job_queue *queue = job_queue_open(demo_worker, &error);
    assert_false(job_queue_wait(queue, 0, &error));
    assert_int_equal(error.code, ERROR_NONE);
    int64_t id = must_ask(manager, "recompute", "{}");
    assert_true(job_queue_wait(queue, PATIENCE_MS, &error));
    assert_int_equal(cancel(manager, id).code, ERROR_NONE);
    /* And whether somebody listens at all. */
    assert_true(job_queue_alive(queue, &error));
    assert_true(list_jobs(manager).worker_is_alive);
    assert_true(job_queue_leave(queue, &error));
    assert_false(list_jobs(manager).worker_is_alive);
    job_queue_close(queue);
}

/* ---- A reseed, and how it can end ---- */

static void a_reseed_as_of_a_day_stands_on_it(void **state)
{
    (void)state;
    int64_t job = must_ask(manager, "reseed",
                           "{\"profile\":\"small\",\"seed\":6,\"gyms\":3,\"members\":200,"
                           "\"months\":12,\"as_of\":\"2026-07-14\"}");
    work(demo_worker);
    assert_int_equal(job_of(job).state, JOB_DONE);
    assert_string_equal(
        test_text(admin, "SELECT concat_ws(' ', (SELECT as_of FROM gym.database_info), min(as_of), "
                         "max(as_of), count(DISTINCT gym_id)) FROM gym.clv"),
        "2026-07-14 2026-07-14 2026-07-14 3");
    /* In Dublin as in Paris, whatever the hour is. */
    assert_string_equal(test_text(admin, "SELECT string_agg(DISTINCT day::text, ' ') FROM (SELECT "
                                         "max((a.check_in AT TIME ZONE g.time_zone)::date) AS day "
                                         "FROM gym.attendance a JOIN gym.gyms g USING (gym_id) "
                                         "GROUP BY gym_id) d"),
                        "2026-07-14");
}

static void history_says_what_became_of_each(void **state)
{
    (void)state;
    reseed_by_worker(3);
    struct asked asked = list_jobs(manager);
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
    assert_string_equal(test_text(admin, "SELECT seed || ' ' || profile FROM gym.database_info"),
                        "3 small");
    assert_false(asked.worker_is_alive);
    assert_no_debris();
    /* Every gym of the house sees it, and the other jobs of its own only. */
    test_run(admin, "BEGIN");
    test_run(admin, "INSERT INTO gym.jobs (gym_id, kind, state) VALUES (2, 'recompute', 'done')");
    test_run(admin, "COMMIT");
    asked = list_jobs(manager);
    for (int i = 0; i < asked.count; i++)
        assert_true(asked.rows[i].job_id !=
                    test_number(admin, "SELECT max(job_id) FROM gym.jobs WHERE gym_id = 2"));
}

static void a_worker_killed_at_any_moment_leaves_whole_data(void **state)
{
    (void)state;
    enum { KILLS = 20, FIRST = 11, SECOND = 12 };
    char sums[2][64], now[64];
    reseed_by_worker(FIRST);
    fingerprint(sums[0]);
    reseed_by_worker(SECOND);
    fingerprint(sums[1]);
    assert_string_not_equal(sums[0], sums[1]);
    /* Anywhere in what such a job takes here, and a little after. */
    int64_t whole =
        test_number(admin, "SELECT (extract(epoch FROM max(finished_at - started_at)) * "
                           "1100)::bigint FROM gym.jobs WHERE state = 'done' AND "
                           "kind = 'reseed'");
    unsigned random = (unsigned)time(NULL);
    printf("random moments within %" PRId64 " ms, from %u\n", whole, random);
    for (int i = 0; i < KILLS; i++) {
        int seed = i % 2 == 0 ? FIRST : SECOND;
        int64_t id = ask_reseed("small", seed);
        pid_t worker = start_worker(demo_worker);
        wait_until("(SELECT state FROM gym.jobs ORDER BY job_id DESC LIMIT 1) <> 'waiting'");
        pause_ms((long)(rand_r(&random) % whole));
        kill(worker, SIGKILL);
        end_of(worker);
        fingerprint(now);
        bool is_new = test_number(admin, "SELECT seed FROM gym.database_info") == seed;
        assert_string_equal(now, sums[(seed == FIRST) == is_new ? 0 : 1]);
        /* The next worker takes it up, unless it was done. */
        age_heartbeats(admin);
        work(demo_worker);
        struct job_row row = job_of(id);
        if (row.state != JOB_DONE)
            fail_msg("after a kill: %s %s", job_state_name(row.state), row.error);
        fingerprint(now);
        assert_string_equal(now, sums[seed == FIRST ? 0 : 1]);
        assert_no_debris();
    }
    assert_true(test_number(admin, "SELECT count(*) FROM gym.jobs WHERE attempts = 2 AND kind = "
                                   "'reseed'") > 0);
}

static void a_cancel_leaves_the_old_data(void **state)
{
    (void)state;
    char before[64], after[64];
    fingerprint(before);
    int64_t id = ask_reseed("large", 77);
    pid_t worker = start_worker(demo_worker);
    wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND progress > 0)");
    struct job_row row = job_of(id);
    assert_int_equal(row.state, JOB_RUNNING);
    assert_true(list_jobs(manager).worker_is_alive);
    assert_true(row.progress > 0 && row.progress < 1 && *row.phase);
    assert_int_equal(cancel(manager, id).code, ERROR_NONE);
    assert_int_equal(end_of(worker), 0);
    assert_int_equal(job_of(id).state, JOB_CANCELLED);
    fingerprint(after);
    assert_string_equal(before, after);
    assert_no_debris();
}

static void a_stopped_worker_gives_its_job_back(void **state)
{
    (void)state;
    char before[64], after[64];
    fingerprint(before);
    int64_t id = ask_reseed("large", 78);
    pid_t worker = start_worker(demo_worker);
    wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND phase <> '')");
    kill(worker, SIGTERM);
    assert_int_equal(end_of(worker), 0);
    struct job_row row = job_of(id);
    assert_int_equal(row.state, JOB_WAITING);
    assert_int_equal(row.attempts, 0);
    assert_false(list_jobs(manager).worker_is_alive);
    fingerprint(after);
    assert_string_equal(before, after);
    assert_no_debris();
    assert_int_equal(cancel(manager, id).code, ERROR_NONE);
    assert_int_equal(job_of(id).state, JOB_CANCELLED);
}

/* The command starts a worker of its own, which outlives the terminal that the command had. */
static void a_dropped_line_does_not_end_the_job(void **state)
{
    (void)state;
    pid_t command = start_program(
        demo_worker, (const char *const[]){"gymtui", "seed", "--seed", "79", "--members", "2000",
                                           "--gyms", "2", "--months", "18", NULL});
    wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND phase <> '')");
    kill(-command, SIGKILL); /* all of its session */
    assert_int_equal(end_of(command), 128 + SIGKILL);
    wait_until("NOT EXISTS (SELECT FROM gym.jobs WHERE state IN ('waiting', 'running'))");
    struct asked asked = list_jobs(manager);
    assert_int_equal(asked.rows[0].state, JOB_DONE);
    assert_int_equal(test_number(admin, "SELECT seed FROM gym.database_info"), 79);
    assert_true(asked.worker_is_alive);
    assert_no_debris();
    /* It is idle now, and goes when it is told to. */
    assert_int_equal(test_number(admin, "SELECT count(*) FROM pg_stat_activity WHERE "
                                        "application_name = 'gymtui worker'"),
                     1);
    test_run(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                    "application_name = 'gymtui worker'");
    wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = "
               "'gymtui worker')");
    test_run(admin, "UPDATE gym.database_info SET worker_seen = NULL");
}

/* ---- The other kinds ---- */

static void recompute_gives_the_scores_of_the_load(void **state)
{
    (void)state;
    static const char sum[] = "SELECT md5(string_agg(format('%s %s %s %s %s %s %s %s %s', "
                              "gym_id, customer_id, recency_score, "
                              "round(frequency_score::numeric, 9), monetary_score, "
                              "customer_segment, r, f, m), '|' ORDER BY customer_id)) FROM gym.rfm";
    char loaded[64];
    reseed_by_worker(5);
    snprintf(loaded, sizeof loaded, "%s", test_text(admin, "%s", sum));
    test_run(admin, "UPDATE gym.rfm SET r = 1, f = 1, m = 1, recency_score = 0, "
                    "customer_segment = 'Lost' WHERE customer_id %% 2 = 0");
    test_run(admin, "DELETE FROM gym.rfm WHERE customer_id %% 3 = 0");
    assert_string_not_equal(test_text(admin, "%s", sum), loaded);
    const char *const words[] = {"gymtui", "worker", "--once", "--enqueue", "recompute", NULL};
    assert_int_equal(end_of(start_program(demo_worker, words)), 0);
    assert_string_equal(test_text(admin, "%s", sum), loaded);
    assert_string_equal(job_of(test_number(admin, "SELECT max(job_id) FROM gym.jobs")).what,
                        "all gyms");
    /* Of one gym, asked for by its manager. */
    test_run(admin, "UPDATE gym.rfm SET r = 1, customer_segment = 'Lost'");
    int64_t id = must_ask(manager, "recompute", "{}");
    work(demo_worker);
    assert_int_equal(job_of(id).state, JOB_DONE);
    assert_int_equal(
        test_number(admin, "SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND r > 1") > 0, 1);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.rfm WHERE gym_id = 2 AND r > 1"),
                     0);
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
    assert_int_equal(end_of(start_program(real_worker, words)), 0);
    assert_string_equal(test_text(super, "%s", stays),
                        "10006 in, 10008 40 true, 10011 64 true, 10013 in");
    /* Closing time half an hour ago: the house is empty. */
    test_run(super, "UPDATE gym.gyms g SET settings = settings || jsonb_build_object("
                    "'closing_time', to_char((now() - interval '30 minutes') AT TIME ZONE "
                    "g.time_zone, 'HH24:MI:SS')) WHERE gym_id = 1");
    assert_int_equal(end_of(start_program(real_worker, words)), 0);
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
    assert_int_equal(end_of(start_program(real_worker, words)), 0);
    assert_string_equal(
        test_text(super, "SELECT status FROM gym.customers WHERE customer_id = 10004"), "active");
}

/* ---- The server goes away ---- */

/* The last one: the connections of this program are gone afterwards. */
static void a_crashed_server_is_waited_for(void **state)
{
    (void)state;
    int64_t id = ask_reseed("large", 80);
    pid_t worker = start_program(demo_worker, (const char *const[]){"gymtui", "worker", NULL});
    wait_until("EXISTS (SELECT FROM gym.jobs WHERE state = 'running' AND progress > 0)");
    test_server_stop(SIGQUIT);
    test_server_start();
    PQreset(admin);
    assert_int_equal(PQstatus(admin), CONNECTION_OK);
    wait_until("NOT EXISTS (SELECT FROM gym.jobs WHERE state IN ('waiting', 'running'))");
    assert_string_equal(test_text(admin,
                                  "SELECT state || ' ' || attempts FROM gym.jobs WHERE "
                                  "job_id = %" PRId64,
                                  id),
                        "done 2");
    assert_int_equal(test_number(admin, "SELECT seed FROM gym.database_info"), 80);
    assert_no_debris();
    kill(worker, SIGTERM);
    assert_int_equal(end_of(worker), 0);
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
        cmocka_unit_test(a_reseed_as_of_a_day_stands_on_it),
        cmocka_unit_test(history_says_what_became_of_each),
        cmocka_unit_test(a_worker_killed_at_any_moment_leaves_whole_data),
        cmocka_unit_test(a_cancel_leaves_the_old_data),
        cmocka_unit_test(a_stopped_worker_gives_its_job_back),
        cmocka_unit_test(a_dropped_line_does_not_end_the_job),
        cmocka_unit_test(recompute_gives_the_scores_of_the_load),
        cmocka_unit_test(forgotten_visits_are_closed_as_the_member_stays),
        cmocka_unit_test(statuses_follow_the_dates),
        cmocka_unit_test(a_crashed_server_is_waited_for),
    };
    return cmocka_run_group_tests(tests, make_demonstration, end);
}
