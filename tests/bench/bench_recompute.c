/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recompute of all gyms, every model fitted twice, every figure written: from the rows of all
 * visits, with and without storing what comes out, and from what the one before has kept of them,
 * when one member in twenty has come or paid since. Beside it the floors that it cannot go under
 * (floors.h), the bare parallel GROUP BY customer_id over the same visits first; and one member
 * after a check-in, for members with few visits and with many. Medians of five. On a private
 * cluster of its own with its usual settings.
 *
 *   bench_recompute [MEMBERS]        100000, about 5 million visits; 1000000 for the whole size
 *   bench_recompute CONNINFO         a demonstration that is there, as its superuser; it stays
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "bench.h"
#include "floors.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/value.h"
#include "unstored.h"

#define ROUNDS  5
#define REPEATS 200

static char folder[] = "/tmp/gymtui-bench-XXXXXX";
static char conninfo[256];

static void fail(const struct error *error)
{
    fprintf(stderr, "%s. %s\n", error->message, error->hint);
    exit(1);
}

static PGresult *run(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s\n%s", sql, PQerrorMessage(connection));
        exit(1);
    }
    return result;
}

static int64_t number(PGconn *connection, const char *sql)
{
    PGresult *result = run(connection, sql);
    int64_t value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

static int gymtui(const char *words)
{
    char command[512];
    snprintf(command, sizeof command, "\"$GYMTUI_BINARY\" --set demo.directory=%s %s >&2", folder,
             words);
    return system(command); /* NOLINT(cert-env33-c): our own words */
}

static double recompute(void)
{
    struct error error = {0};
    double start = bench_now_ms();
    if (!value_recompute_all(conninfo, DATE_NONE, NULL, NULL, &error))
        fail(&error);
    return (bench_now_ms() - start) / 1e3;
}

/* Milliseconds to refresh one member again and again: the middle one, and the slow ones. */
static void refresh(PGconn *connection, const char *label, const char *order)
{
    char sql[256];
    double times[REPEATS];
    struct error error = {0};
    struct value_cache *cache = value_cache_new();
    struct bulk *bulk = bulk_open(conninfo, &error);
    if (!cache || !bulk || !bulk_run(bulk, "SET synchronous_commit = off; SET jit = off", &error))
        fail(&error);
    bulk_keep_plans(bulk);
    snprintf(sql, sizeof sql,
             "SELECT s.customer_id, s.gym_id, s.visit_count FROM gym.member_summary s WHERE "
             "s.visit_count > 0 ORDER BY s.visit_count %s, s.customer_id LIMIT 1",
             order);
    PGresult *member = run(connection, sql);
    int64_t customer = strtoll(PQgetvalue(member, 0, 0), NULL, 10);
    int64_t gym = strtoll(PQgetvalue(member, 0, 1), NULL, 10);
    for (int i = -10; i < REPEATS; i++) { /* ten to get warm */
        double start = bench_now_ms();
        if (!value_refresh_member(cache, bulk, gym, customer, &error) || !bulk_commit(bulk, &error))
            fail(&error);
        if (i >= 0)
            times[i] = bench_now_ms() - start;
    }
    printf("%s (%6s visits)       %8.2f ms   p99 %.2f ms      5\n", label, PQgetvalue(member, 0, 2),
           bench_percentile(times, REPEATS, .5), bench_percentile(times, REPEATS, .99));
    PQclear(member);
    bulk_close(bulk);
    value_cache_free(cache);
}

/* Makes the cluster, and so many members in it. */
static bool make_up(int members)
{
    struct error error = {0};
    int64_t now = time(NULL);
    struct generate_options options = {.profile = members >= 1000000 ? "million" : "chain",
                                       .gyms = members / 5000 > 0 ? members / 5000 : 1,
                                       .members = members,
                                       .seed = 11,
                                       .as_of = (int32_t)(now / 86400),
                                       .as_of_utc = now};
    if (!mkdtemp(folder) || chmod(folder, 0777) != 0 || gymtui("demo --no-ui") != 0)
        return false;
    snprintf(conninfo, sizeof conninfo, "host=%s/run port=5432 dbname=gymtui user=postgres",
             folder);
    if (!generate_into(conninfo, &options, NULL, NULL, &error))
        fail(&error);
    return true;
}

/* With no figures there. */
static double recompute_first(PGconn *connection)
{
    PQclear(run(connection,
                "DELETE FROM clv.fact_transaction f USING clv.dim_customer c, clv.dataset d "
                "WHERE d.kind = 'gym' AND c.dataset_id = d.dataset_id AND "
                "f.customer_id = c.customer_id"));
    PQclear(run(connection, "DELETE FROM clv.dataset WHERE kind = 'gym'"));
    PQclear(run(connection, "DELETE FROM gym.rfm"));
    PQclear(run(connection, "DELETE FROM gym.clv"));
    PQclear(run(connection, "DELETE FROM gym.member_histories"));
    PQclear(run(connection, "VACUUM ANALYZE"));
    return recompute();
}

/* From the rows of all visits, with nothing kept. */
static double recompute_rows(PGconn *connection)
{
    PQclear(run(connection, "DELETE FROM gym.member_histories"));
    PQclear(run(connection, "VACUUM ANALYZE gym.member_histories"));
    return recompute();
}

/* One member in twenty has come or paid since. */
static double recompute_kept(PGconn *connection, int which)
{
    char touch[160];
    snprintf(touch, sizeof touch,
             "UPDATE gym.member_summary SET visit_count = visit_count WHERE customer_id %% 20 = %d",
             which);
    PQclear(run(connection, touch));
    PQclear(run(connection, "VACUUM gym.rfm, gym.clv, clv.clv_prediction, clv.dim_customer"));
    return recompute();
}

/* ---- Rounds: all of it in turn, since a machine is now quicker and now slower ---- */

enum work { GROUP, READ, STORE, NTILE, SCORE, UNSTORED, ROWS, KEPT, WORKS };

static const struct {
    const char *name;
    enum work floor;
    const char *goal;
} works[WORKS] = {
    [GROUP] = {"bare parallel GROUP BY customer_id", GROUP, ""},
    [READ] = {"rows of all visits to a client, no more", GROUP, ""},
    [STORE] = {"rows of all figures stored, no more", GROUP, ""},
    [NTILE] = {"NTILE scores out of the summaries, SQL", GROUP, ""},
    [SCORE] = {"scores out of the summaries, C, to NTILE", NTILE, "goal 1"},
    [UNSTORED] = {"recompute from the rows, not stored", GROUP, "goal 1.3"},
    [ROWS] = {"recompute, all fits, from the rows", GROUP, "goal 1.3"},
    [KEPT] = {"the same from what was kept", GROUP, "goal 1.3"},
};

/* One round; returns the most memory of the recomputes in it, in MB. */
static long take_round(PGconn *connection, int round, double seconds[WORKS])
{
    struct rusage usage;
    seconds[GROUP] = floor_group(connection);
    seconds[UNSTORED] = unstored_recompute(conninfo);
    seconds[ROWS] = recompute_rows(connection);
    seconds[KEPT] = recompute_kept(connection, round);
    getrusage(RUSAGE_SELF, &usage);
    seconds[READ] = floor_read(conninfo);
    seconds[STORE] = floor_store(conninfo);
    seconds[NTILE] = floor_ntile(connection);
    seconds[SCORE] = floor_score(connection);
    return usage.ru_maxrss / 1024;
}

/* Medians of the seconds, and of the ratios to the floor of the same round. */
static void print_rounds(double seconds[ROUNDS][WORKS])
{
    for (int work = 0; work < WORKS; work++) {
        double times[ROUNDS], ratios[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            times[i] = seconds[i][work];
            ratios[i] = seconds[i][work] / seconds[i][works[work].floor];
        }
        printf("%-40s  %8.2f   %5.2f   %s\n", works[work].name, bench_percentile(times, ROUNDS, .5),
               bench_percentile(ratios, ROUNDS, .5), works[work].goal);
    }
}

int main(int argc, char **argv)
{
    bool is_there = argc > 1 && strchr(argv[1], '=') != NULL;
    if (is_there)
        snprintf(conninfo, sizeof conninfo, "%s", argv[1]);
    else if (!make_up(argc > 1 ? atoi(argv[1]) : 100000)) /* NOLINT(cert-err34-c) */
        return 1;
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        return 1;
    }
    if (number(connection, "SELECT is_demonstration::integer FROM gym.database_info") != 1) {
        fprintf(stderr, "This database is no demonstration: its figures stay as they are\n");
        return 1;
    }
    double first = is_there ? 0 : recompute_first(connection);
    double times[ROUNDS][WORKS];
    long memory = 0;
    PQclear(run(connection, "VACUUM ANALYZE"));
    for (int i = 0; i < ROUNDS; i++) {
        long most = take_round(connection, i, times[i]);
        memory = i == 0 ? most : memory; /* later ones have the floors' in it */
    }
    printf("%lld members, %lld visits              seconds   ratio\n",
           (long long)number(connection, "SELECT count(*) FROM gym.member_summary"),
           (long long)number(connection, "SELECT count(*) FROM gym.attendance"));
    print_rounds(times);
    if (!is_there)
        printf("%-40s  %8.2f\n", "recompute with nothing there yet, once", first);
    printf("memory of the worker                      %8ld MB         goal 200\n", memory);
    refresh(connection, "one member, few visits", "ASC");
    refresh(connection, "one member, most visits", "DESC");
    PQfinish(connection);
    if (is_there)
        return 0;
    bool gone = gymtui("demo destroy --yes") == 0;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && gone ? 0 : 1; /* NOLINT(cert-env33-c): our own words */
}
