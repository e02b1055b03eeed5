/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/foreman.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/db/schema.h"
#include "gymtui/db/session.h"
#include "heard.h"
#include "support.h"

#define DATABASE "gymjobs" /* a demonstration; the fixture's TEST_DATABASE is none */
#define SMALL    "{\"profile\":\"small\",\"gyms\":2,\"members\":200,\"months\":12,\"seed\":%d}"
#define LARGE    "{\"profile\":\"small\",\"gyms\":2,\"members\":6000,\"months\":24,\"seed\":%d}"

struct error foreman_error;
PGconn *foreman_admin;
struct db *foreman_manager;
char foreman_demo_worker[1200], foreman_real_worker[1200];
static char demo_place[1024]; /* of the demonstration, without user */

/* ---- The worker's process ---- */

pid_t foreman_start_program(const char *worker, const char *const *words)
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

pid_t foreman_start_worker(const char *worker)
{
    return foreman_start_program(worker, (const char *const[]){"gymtui", "worker", "--once", NULL});
}

int foreman_end_of(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void foreman_work(const char *worker)
{
    assert_int_equal(foreman_end_of(foreman_start_worker(worker)), 0);
}

void foreman_pause_ms(long milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

void foreman_wait_until(const char *condition)
{
    for (int i = 0; i < FOREMAN_PATIENCE_MS / 10; i++) {
        if (*test_text(foreman_admin, "SELECT (%s)::text", condition) == 't')
            return;
        foreman_pause_ms(10);
    }
    fail_msg("never: %s", condition);
}

/* ---- What is asked ---- */

void foreman_on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                          const struct error *failed)
{
    struct foreman_asked *asked = owner;
    asked->replies++;
    asked->error = failed ? *failed : (struct error){0};
    asked->job_id = job_id;
    asked->worker_is_alive = worker_is_alive;
}

static void on_list(void *owner, const struct job_list *list, const struct error *failed)
{
    struct foreman_asked *asked = owner;
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
    struct foreman_asked *asked = owner;
    asked->replies++;
    asked->error = failed ? *failed : (struct error){0};
}

struct foreman_asked foreman_ask(struct db *db, const char *kind, const char *parameters)
{
    struct foreman_asked asked = {0};
    jobs_request(db, request_id_new(), kind, parameters, foreman_on_requested, &asked);
    heard_wait(db);
    assert_int_equal(asked.replies, 1);
    return asked;
}

int64_t foreman_must_ask(struct db *db, const char *kind, const char *parameters)
{
    struct foreman_asked asked = foreman_ask(db, kind, parameters);
    if (asked.error.code != ERROR_NONE)
        fail_msg("%s: %s", kind, asked.error.message);
    return asked.job_id;
}

int64_t foreman_ask_reseed(const char *size, int seed)
{
    char parameters[200];
    snprintf(parameters, sizeof parameters, strcmp(size, "large") == 0 ? LARGE : SMALL, seed);
    return foreman_must_ask(foreman_manager, "reseed", parameters);
}

struct error foreman_cancel(struct db *db, int64_t job_id)
{
    struct foreman_asked asked = {0};
    jobs_cancel(db, job_id, on_cancelled, &asked);
    heard_wait(db);
    assert_int_equal(asked.replies, 1);
    return asked.error;
}

struct foreman_asked foreman_list_jobs(struct db *db)
{
    struct foreman_asked asked = {0};
    jobs_list(db, 64, on_list, &asked);
    heard_wait(db);
    assert_int_equal(asked.error.code, ERROR_NONE);
    return asked;
}

struct job_row foreman_job_of(int64_t job_id)
{
    struct foreman_asked asked = foreman_list_jobs(foreman_manager);
    for (int i = 0; i < asked.count; i++)
        if (asked.rows[i].job_id == job_id)
            return asked.rows[i];
    fail_msg("job %" PRId64 " is not in the list", job_id);
    return (struct job_row){0};
}

void foreman_age_heartbeats(PGconn *connection)
{
    test_run(connection, "UPDATE gym.jobs SET heartbeat = now() - interval '31 seconds' "
                         "WHERE state = 'running'");
}

/* ---- What the data are ---- */

void foreman_fingerprint(char sum[64])
{
    /* Before nine in the morning nobody has joined on the last day, and the numbers of rows follow
     * each other: members of the last days are left to the counts, numbers of rows out. */
    snprintf(sum, 64, "%s",
             test_text(foreman_admin,
                       "WITH settled AS (SELECT customer_id, name, join_date, i.as_of - 2 AS until "
                       "FROM gym.customers, gym.database_info i WHERE join_date < i.as_of - 2) "
                       "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM ("
                       "SELECT format('c %%s %%s %%s', customer_id, name, join_date) AS line "
                       "FROM settled UNION ALL "
                       "SELECT format('s %%s %%s', customer_id, starts) FROM settled JOIN "
                       "gym.member_summary USING (customer_id) UNION ALL "
                       "SELECT format('m %%s %%s', customer_id, lower(term)) FROM settled JOIN "
                       "gym.memberships USING (customer_id) UNION ALL "
                       "SELECT format('t %%s %%s %%s', customer_id, date, amount) FROM settled "
                       "JOIN gym.transactions USING (customer_id) WHERE date < until UNION ALL "
                       "SELECT format('a %%s %%s', customer_id, check_in) FROM settled JOIN "
                       "gym.attendance USING (customer_id) WHERE check_in < until UNION ALL "
                       "SELECT format('n %%s', customer_id) FROM gym.customers UNION ALL "
                       "SELECT format('r %%s', customer_id) FROM gym.rfm UNION ALL "
                       "SELECT format('x %%s %%s', customer_id, term) FROM gym.search_terms) l"));
}

void foreman_assert_no_debris(void)
{
    assert_int_equal(test_number(foreman_admin,
                                 "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"),
                     0);
    assert_int_equal(test_number(foreman_admin,
                                 "SELECT count(*) FROM pg_constraint WHERE connamespace = "
                                 "'gym'::regnamespace AND NOT convalidated"),
                     0);
}

/* The gyms' figures stand on the day that it was at each of them meanwhile. */
static void foreman_assert_own_days(int64_t job)
{
    assert_int_equal(
        test_number(foreman_admin,
                    "SELECT count(*) FROM gym.clv v JOIN gym.gyms g USING (gym_id), gym.jobs j "
                    "WHERE j.job_id = %" PRId64 " AND v.as_of NOT BETWEEN (j.started_at AT TIME "
                    "ZONE g.time_zone)::date AND (j.finished_at AT TIME ZONE g.time_zone)::date",
                    job),
        0);
}

/* ---- Before everything ---- */

void foreman_reseed_by_worker(int seed)
{
    int64_t job = foreman_ask_reseed("small", seed);
    foreman_work(foreman_demo_worker);
    struct job_row row = foreman_job_of(job);
    if (row.state != JOB_DONE)
        fail_msg("seed %d: %s %s", seed, job_state_name(row.state), row.error);
    foreman_assert_own_days(job);
}

struct db *foreman_sign_in(const char *place, const char *role, const char *password)
{
    struct db_settings settings = settings_for(place, role, password);
    struct db *db = db_open(&settings, &foreman_error);
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

int foreman_begin(void **state)
{
    (void)state;
    char own[1024], role[128];
    test_cluster_start();
    snprintf(own, sizeof own, "%s", test_admin_of(DATABASE));
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &foreman_error) ||
        !schema_create(own, NULL, NULL, &foreman_error) ||
        !schema_mark_demonstration(own, &foreman_error)) {
        fprintf(stderr, "%s\n", foreman_error.message);
        return 1;
    }
    foreman_admin = PQconnectdb(own);
    assert_int_equal(PQstatus(foreman_admin), CONNECTION_OK);
    let_worker_in(foreman_admin, DATABASE);
    let_worker_in(test_superuser(), TEST_DATABASE);
    const char *user = strstr(own, " user=");
    assert_non_null(user);
    snprintf(demo_place, sizeof demo_place, "%.*s", (int)(user - own), own);
    snprintf(foreman_demo_worker, sizeof foreman_demo_worker,
             "%s user=" DATABASE "_worker password='" TEST_PASSWORD "'", demo_place);
    snprintf(foreman_real_worker, sizeof foreman_real_worker,
             "%s user=" TEST_DATABASE "_worker password='" TEST_PASSWORD "'", test_conninfo());
    /* The first data; nobody can sign in yet. */
    test_run(foreman_admin,
             "INSERT INTO gym.jobs (kind, parameters) VALUES ('reseed', '" SMALL "')", 1);
    foreman_work(foreman_demo_worker);
    assert_string_equal(test_text(foreman_admin, "SELECT state || ' ' || error FROM gym.jobs"),
                        "done ");
    assert_true(schema_create_demo_logins(own, &foreman_error));
    const struct demo_login *login = demo_logins;
    while (login->level != LEVEL_MANAGER)
        login++;
    assert_true(
        login_role_name(DATABASE, login->gym, login->staff, role, sizeof role, &foreman_error));
    foreman_manager = foreman_sign_in(demo_place, role, login->password);
    return 0;
}

int foreman_end(void **state)
{
    (void)state;
    db_close(foreman_manager);
    PQfinish(foreman_admin);
    return 0;
}
