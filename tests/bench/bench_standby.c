/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server that dies under working desks. Twenty sessions check members in and out without a pause;
 * the server that they write to, whose commits wait for a standby, is killed with SIGKILL; three
 * seconds later the standby is promoted. How long after the promotion each desk has an answer to a
 * write again, beside a bare client that does nothing but connect until it can; and whether all
 * that was acknowledged is there, once. Each round makes its own two servers.
 *
 *   bench_standby
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench.h"
#include "heard.h"
#include "standby.h"
#include "support.h"

#define ROUNDS     5
#define DESKS      20
#define BEFORE_MS  1000 /* of work before the crash */
#define OUTAGE_MS  3000 /* until somebody has noticed, and promotes */
#define AFTER      20   /* calls of each desk after it */
#define PATIENCE   60000
#define MOST_CALLS 100000

struct totals {
    double gaps[ROUNDS * DESKS], floors[ROUNDS];
    long acknowledged, lost, doubled, not_done, recovered;
};
static struct totals *totals;

struct desk {
    struct db *db;
    int64_t member;
    bool is_in, is_busy;
    int after;      /* calls answered since the promotion */
    double resumed; /* when the first of them was, 0: not yet */
    int64_t *visits;
    int visit_count;
};

static double promoted;
static long not_done, recovered;

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct desk *desk = owner;
    desk->is_busy = false;
    if (error) {
        if (error->code != ERROR_NOT_DONE && error->code != ERROR_OFFLINE)
            fail_msg("%s (%s)", error->message, error->hint);
        not_done++;
        return;
    }
    assert_true(verdict->result == VERDICT_IN || verdict->result == VERDICT_OUT);
    recovered += verdict->recovered;
    desk->is_in = verdict->result == VERDICT_IN;
    if (desk->is_in && desk->visit_count < MOST_CALLS)
        desk->visits[desk->visit_count++] = verdict->attendance_id;
    if (promoted > 0) {
        desk->after++;
        if (desk->resumed == 0)
            desk->resumed = bench_now_ms();
    }
}

static void work(struct desk *desk)
{
    if (desk->is_busy || db_state(desk->db) != DB_STATE_READY)
        return;
    desk->is_busy = true;
    if (desk->is_in) {
        struct check_out_request out = {
            .id = request_id_new(), .customer_id = desk->member, .desk = "bench"};
        attendance_check_out(desk->db, &out, on_verdict, desk);
    } else {
        struct check_in_request in = {
            .id = request_id_new(), .customer_id = desk->member, .desk = "bench"};
        attendance_check_in(desk->db, &in, on_verdict, desk);
    }
}

/* One round of every desk's loop; `other` is a descriptor of ours to wake up for. */
static void step(struct desk *desks, int other)
{
    struct pollfd set[DESKS * 4 + 1] = {{.fd = other, .events = POLLIN}};
    int count = 1, wait_ms = 50;
    for (int i = 0; i < DESKS; i++)
        count += db_poll_set(desks[i].db, set + count, 4, &wait_ms);
    poll(set, (nfds_t)count, wait_ms);
    for (int i = 0; i < DESKS; i++) {
        db_advance(desks[i].db);
        work(&desks[i]);
    }
}

static void work_until(struct desk *desks, double until)
{
    while (bench_now_ms() < until)
        step(desks, -1);
}

static const char *both(void)
{
    return bench_text("host=%s,%s port=5432 dbname=%s target_session_attrs=read-write",
                      test_directory(), standby_host(), TEST_DATABASE);
}

/* A client that only connects; the moment at which it could comes out of the pipe. */
static int start_bare_client(pid_t *child)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    *child = fork();
    assert_true(*child >= 0);
    if (*child > 0) {
        close(ends[1]);
        return ends[0];
    }
    for (;;) {
        PGconn *connection = PQconnectdb(bench_text("%s user=postgres", both()));
        bool is_up = PQstatus(connection) == CONNECTION_OK;
        PQfinish(connection);
        if (is_up)
            break;
        struct timespec pause = {0, 10 * 1000000L};
        nanosleep(&pause, NULL);
    }
    double now = bench_now_ms();
    _exit(write(ends[1], &now, sizeof now) == (ssize_t)sizeof now ? 0 : 1);
}

static void sign_in(struct desk *desk, const char *conninfo)
{
    struct error error = {0};
    struct db_settings settings =
        settings_for(conninfo, test_role("north", "desk1"), TEST_PASSWORD);
    settings.desk_timeout_ms = 30000;
    desk->db = db_open(&settings, &error);
    desk->visits = calloc(MOST_CALLS, sizeof *desk->visits);
    assert_true(desk->db && desk->visits);
    desk->member = test_number(test_superuser(),
                               "SELECT customer_id FROM gym.enrol(gen_random_uuid(), 'New Comer', "
                               "'', '', NULL, '', NULL, '', NULL, 1, 1, '1', false, true)");
    assert_true(db_wait(desk->db, PATIENCE, &error));
}

static void promote(struct desk *desks, PGconn *second)
{
    assert_true(PQsendQuery(second, "SELECT pg_promote(true, 60)"));
    while (PQconsumeInput(second) && PQisBusy(second))
        step(desks, PQsocket(second));
    PGresult *result = PQgetResult(second);
    promoted = bench_now_ms();
    assert_string_equal(PQgetvalue(result, 0, 0), "t");
    for (; result; result = PQgetResult(second))
        PQclear(result);
}

static bool all_have_gone_on(const struct desk *desks)
{
    bool all = true;
    for (int i = 0; i < DESKS; i++)
        all = all && desks[i].after >= AFTER;
    return all;
}

static void count_what_is_there(const struct desk *desks, PGconn *second)
{
    long acknowledged = 0;
    for (int i = 0; i < DESKS; i++) {
        for (int v = 0; v < desks[i].visit_count; v++)
            totals->lost +=
                test_number(second,
                            "SELECT count(*) FROM gym.attendance WHERE attendance_id "
                            "= %lld AND customer_id = %lld",
                            (long long)desks[i].visits[v], (long long)desks[i].member) != 1;
        acknowledged += desks[i].visit_count;
    }
    totals->acknowledged += acknowledged;
    totals->doubled +=
        test_number(second, "SELECT count(*) FROM gym.attendance WHERE desk = 'bench'") -
        acknowledged;
    totals->not_done += not_done;
    totals->recovered += recovered;
}

static int round_number;

static void a_server_dies(void **state)
{
    (void)state;
    static struct desk desks[DESKS];
    struct error error = {0};
    pid_t bare;
    test_cluster_start();
    standby_start();
    for (int i = 0; i < DESKS; i++)
        sign_in(&desks[i], both());
    work_until(desks, bench_now_ms() + BEFORE_MS);
    test_server_stop(SIGKILL);
    int connected = start_bare_client(&bare);
    work_until(desks, bench_now_ms() + OUTAGE_MS);
    PGconn *second = standby_superuser();
    promote(desks, second);
    while (!all_have_gone_on(desks))
        step(desks, -1);
    double moment = 0;
    assert_int_equal(read(connected, &moment, sizeof moment), sizeof moment);
    waitpid(bare, NULL, 0);
    /* The server's own answer to the promotion comes up to .1 s after it takes writes. */
    totals->floors[round_number] = moment > promoted ? moment - promoted : 0;
    promoted = moment < promoted ? moment : promoted;
    for (int i = 0; i < DESKS; i++) {
        assert_true(db_wait(desks[i].db, PATIENCE, &error));
        totals->gaps[round_number * DESKS + i] = desks[i].resumed - promoted;
    }
    count_what_is_there(desks, second);
    for (int i = 0; i < DESKS; i++) {
        db_close(desks[i].db);
        free(desks[i].visits);
    }
    PQfinish(second);
}

/* In a process of its own: there is one pair of servers in each. */
static bool run_round(int number)
{
    int status = 1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        round_number = number;
        const struct CMUnitTest benches[] = {cmocka_unit_test(a_server_dies)};
        if (!freopen("/dev/null", "w", stdout))
            _exit(1);
        exit(cmocka_run_group_tests_name("bench_standby", benches, NULL, NULL));
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
    totals = bench_shared(sizeof *totals);
    for (int i = 0; i < ROUNDS; i++)
        if (!run_round(i))
            return 1;
    double p50 = bench_percentile(totals->gaps, ROUNDS * DESKS, .5),
           floor50 = bench_percentile(totals->floors, ROUNDS, .5);
    bench_row("work", "measured", "floor", "goal");
    bench_row("promotion to a desk's next answer",
              bench_text("p50 %.0f longest %.0f ms", p50,
                         bench_percentile(totals->gaps, ROUNDS * DESKS, 1)),
              bench_text("connect until it works: %.0f ms", floor50), "≤ 1 s");
    bench_row("acknowledged check-ins lost, doubled",
              bench_text("%ld, %ld of %ld", totals->lost, totals->doubled, totals->acknowledged),
              bench_text("%ld not done, %ld recovered", totals->not_done, totals->recovered),
              "0, 0");
    return 0;
}
