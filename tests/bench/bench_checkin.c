/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A check-in and a check-out through the data layer against their floor: one prepared single-row
 * INSERT on the same server, in the same minute, taking turns, a commit to disk each. Prints p50
 * and p99 and the ratios (BENCH.md: at most 2 for the check-in). Each member is checked in as one
 * who was last here three days ago, and once more as one who is back on the same day.
 *
 *   bench_checkin                                             on a demonstration made for it
 *   bench_checkin CONNINFO ADMIN-CONNINFO ROLE PASSWORD       on a server that is there
 *
 * The role is a desk's; members of its gym are checked in and out again. The administrator makes
 * and drops the table of the bare INSERT, and moves the visits into the past: not for a server in
 * use.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/db/attendance.h"
#include "gymtui/db/members.h"
#include "gymtui/db/session.h"

#define ROUNDS       5
#define MEMBERS      200
#define MICROSECONDS 1e6

static int64_t numbers[MEMBERS];
static int member_count;
static bool failed;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * MICROSECONDS + (double)time.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(double *times, int count, double share)
{
    qsort(times, (size_t)count, sizeof *times, ascending);
    return times[(int)(share * (count - 1))];
}

static void note(const struct error *error)
{
    failed = error != NULL;
    if (error)
        fprintf(stderr, "%s (%s)\n", error->message, error->hint);
}

static void on_session(void *owner, const struct session *session, const struct error *error)
{
    (void)owner;
    (void)session;
    note(error);
}

static void on_members(void *owner, const struct member_row *rows, int count, bool more,
                       const struct error *error)
{
    (void)owner;
    (void)more;
    note(error);
    for (int i = 0; i < count; i++)
        if (!rows[i].is_in)
            numbers[member_count++] = rows[i].customer_id;
}

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    (void)error;
    *(bool *)owner = verdict && (verdict->result == VERDICT_IN || verdict->result == VERDICT_OUT);
}

/* Waits as the interface does, for one answer. */
static bool wait_for(struct db *db)
{
    struct error error = {0};
    if (db_wait(db, 10000, &error))
        return !failed;
    fprintf(stderr, "%s (%s)\n", error.message, error.hint);
    return false;
}

/* Microseconds, or below 0 when it was not done. */
static double time_check_in(struct db *db, int64_t customer)
{
    bool done = false;
    struct check_in_request in = {.id = request_id_new(), .customer_id = customer, .desk = "bench"};
    double begin = now();
    attendance_check_in(db, &in, on_verdict, &done);
    bool answered = wait_for(db);
    double taken = now() - begin;
    return answered && done ? taken : -1;
}

static double time_check_out(struct db *db, int64_t customer)
{
    bool done = false;
    struct check_out_request out = {
        .id = request_id_new(), .customer_id = customer, .desk = "bench"};
    double begin = now();
    attendance_check_out(db, &out, on_verdict, &done);
    bool answered = wait_for(db);
    double taken = now() - begin;
    return answered && done ? taken : -1;
}

/* The visits of a round happened three days earlier, each round's before those of the next. */
static bool move_visits(PGconn *admin)
{
    PGresult *result = PQexec(
        admin,
        "SET gymtui.bulk = 'on';"
        "UPDATE gym.attendance SET check_in = check_in - interval '3 days', check_out = check_out "
        "- "
        "interval '3 days' WHERE check_in > now() - interval '1 day' AND check_out IS NOT NULL;"
        "UPDATE gym.attendance SET check_in = check_in - interval '1 hour', check_out = check_out "
        "- "
        "interval '1 hour' WHERE check_in BETWEEN now() - interval '4 days' AND now() - interval "
        "'2 days';"
        "UPDATE gym.member_summary SET last_visit = last_visit - 3, last_check_in = last_check_in "
        "- "
        "interval '3 days 1 hour' WHERE last_check_in > now() - interval '2 days';");
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!done)
        fprintf(stderr, "%s", PQerrorMessage(admin));
    PQclear(result);
    /* Or the dead rows of this step would be the next round's burden. */
    PQclear(PQexec(admin, "VACUUM gym.attendance, gym.member_summary"));
    return done;
}

static double time_insert(PGconn *connection)
{
    double begin = now();
    PGresult *result = PQexecPrepared(connection, "bare", 0, NULL, NULL, NULL, 0);
    double taken = now() - begin;
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done ? taken : -1;
}

static PGconn *open_floor(const char *admin)
{
    PGconn *connection = PQconnectdb(admin);
    PQclear(PQexec(connection, "CREATE TABLE public.bench_floor (id bigint GENERATED ALWAYS AS "
                               "IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), who bigint)"));
    PGresult *result =
        PQprepare(connection, "bare", "INSERT INTO public.bench_floor (who) VALUES (1)", 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fprintf(stderr, "%s", PQerrorMessage(connection));
    PQclear(result);
    return connection;
}

static void close_floor(PGconn *connection)
{
    PQclear(PQexec(connection, "DROP TABLE IF EXISTS public.bench_floor"));
    PQfinish(connection);
}

static bool sign_in(struct db *db)
{
    struct member_query query = {
        .status = "active", .expiring_within = -1, .absent_days = -1, .limit = MEMBERS};
    session_read(db, on_session, NULL);
    if (!wait_for(db))
        return false;
    members_page(db, &query, on_members, NULL);
    return wait_for(db) && member_count > 0;
}

/* Keeps those who may come in: others are frozen, or hold a plan for other hours. */
static bool choose_members(struct db *db, PGconn *floor)
{
    int kept = 0;
    for (int i = 0; i < member_count; i++)
        if (time_check_in(db, numbers[i]) >= 0 && time_check_out(db, numbers[i]) >= 0)
            numbers[kept++] = numbers[i];
    member_count = kept;
    return kept > 0 && move_visits(floor);
}

enum figure { FIRST_IN, FIRST_OUT, BACK_IN, BARE_INSERT, FIGURES };

static const char *const figure_names[FIGURES] = {
    [FIRST_IN] = "check-in",
    [FIRST_OUT] = "check-out",
    [BACK_IN] = "back again",
    [BARE_INSERT] = "bare INSERT",
};

static bool time_member(struct db *db, PGconn *floor, int64_t customer, double times[FIGURES])
{
    times[FIRST_IN] = time_check_in(db, customer);
    times[FIRST_OUT] = time_check_out(db, customer);
    times[BARE_INSERT] = time_insert(floor);
    times[BACK_IN] = time_check_in(db, customer);
    return times[FIRST_IN] >= 0 && times[FIRST_OUT] >= 0 && times[BARE_INSERT] >= 0 &&
           times[BACK_IN] >= 0 && time_check_out(db, customer) >= 0;
}

static void print_figures(double *times[FIGURES], int count)
{
    double floor = percentile(times[BARE_INSERT], count, .5);
    for (int f = 0; f < FIGURES; f++)
        printf("%-12s p50 %6.3f ms   p99 %6.3f ms   ratio of p50 %.2f%s\n", figure_names[f],
               percentile(times[f], count, .5) / 1e3, percentile(times[f], count, .99) / 1e3,
               percentile(times[f], count, .5) / floor, f == FIRST_IN ? " (goal: at most 2)" : "");
}

static int run(struct db *db, PGconn *floor)
{
    double *times[FIGURES];
    bool fine = true;
    int count = 0;
    for (int f = 0; f < FIGURES; f++)
        fine = (times[f] = calloc((size_t)ROUNDS * MEMBERS, sizeof *times[f])) && fine;
    for (int round = -1; fine && round < ROUNDS; round++) { /* the first one warms both sides */
        for (int i = 0; fine && i < member_count; i++) {
            double one[FIGURES];
            fine = time_member(db, floor, numbers[i], one);
            for (int f = 0; round >= 0 && f < FIGURES; f++)
                times[f][count] = one[f];
            count += round >= 0;
        }
        fine = fine && move_visits(floor);
    }
    if (fine)
        print_figures(times, count);
    else
        fprintf(stderr, "a statement failed; see the log\n");
    for (int f = 0; f < FIGURES; f++)
        free(times[f]);
    return fine ? 0 : 1;
}

static int measure(const char *conninfo, const char *admin, const char *role, const char *password)
{
    struct error error = {0};
    struct db *db = db_open(&(struct db_settings){.conninfo = conninfo,
                                                  .user = role,
                                                  .password = password,
                                                  .application_name = "gymtui bench"},
                            &error);
    PGconn *floor = open_floor(admin);
    int status = 1;
    if (db && sign_in(db) && choose_members(db, floor))
        status = run(db, floor);
    else
        fprintf(stderr, "cannot sign in, or nobody to check in\n");
    close_floor(floor);
    db_close(db);
    return status;
}

/* Runs the program itself, quietly. */
static bool run_gymtui(const char *const *words)
{
    const char *program = getenv("GYMTUI_BINARY");
    fflush(NULL);
    pid_t child = program ? fork() : -1;
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(126);
        execv(program, (char *const *)words);
        _exit(127);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int measure_demonstration(void)
{
    char folder[] = "/tmp/gymtui-bench-XXXXXX", conninfo[128], admin[160];
    if (!mkdtemp(folder))
        return 1;
    /* Below it, so that whoever runs the server can get there. */
    char data[64];
    snprintf(data, sizeof data, "%s/data", folder);
    setenv("GYMTUI_DEMO_DIRECTORY", data, 1);
    snprintf(conninfo, sizeof conninfo, "host=%s/run dbname=gymtui", data);
    snprintf(admin, sizeof admin, "%s user=postgres", conninfo);
    int status = 1;
    if (chmod(folder, 0711) == 0 &&
        run_gymtui((const char *const[]){"gymtui", "demo", "--no-ui", NULL}))
        status = measure(conninfo, admin, "gymtui:iron-temple:desk1", "demo-desk1");
    else
        fprintf(stderr, "GYMTUI_BINARY does not make a demonstration\n");
    run_gymtui((const char *const[]){"gymtui", "demo", "destroy", "--yes", NULL});
    rmdir(folder);
    return status;
}

int main(int count, char **words)
{
    if (count == 1)
        return measure_demonstration();
    if (count != 5) {
        fprintf(stderr, "usage: %s [CONNINFO ADMIN-CONNINFO ROLE PASSWORD]\n", words[0]);
        return 2;
    }
    return measure(words[1], words[2], words[3], words[4]);
}
