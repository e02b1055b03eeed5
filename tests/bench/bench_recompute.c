/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recompute of all gyms, every model fitted twice, every figure written: from the rows of all
 * visits, and from what the one before has kept of them, when one member in twenty has come or paid
 * since. Beside it the floors that it cannot go under (floors.h), the bare parallel GROUP BY
 * customer_id over the same visits first; and one member after a check-in, for members with few
 * visits and with many. Medians of five. On a private cluster of its own with its usual settings.
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

/* One member in twenty has come or paid since. */
static double recompute_kept(PGconn *connection)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        char touch[160];
        snprintf(touch, sizeof touch,
                 "UPDATE gym.member_summary SET visit_count = visit_count WHERE customer_id %% 20 "
                 "= %d",
                 i);
        PQclear(run(connection, touch));
        PQclear(run(connection, "VACUUM gym.rfm, gym.clv, clv.clv_prediction, clv.dim_customer"));
        times[i] = recompute();
    }
    return bench_percentile(times, ROUNDS, .5);
}

/* Ratios are to the GROUP BY. */
static void row(const char *work, double seconds, double group, const char *goal)
{
    printf("%-40s  %8.2f   %5.2f   %s%s\n", work, seconds, seconds / group, *goal ? "goal " : "",
           goal);
}

/* Seconds of the GROUP BY, after all floors were printed. */
static double floors(PGconn *connection)
{
    double times[5][ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        times[0][i] = floor_group(connection);
        times[1][i] = floor_read(conninfo);
        times[2][i] = floor_store(conninfo);
        times[3][i] = floor_ntile(connection);
        times[4][i] = floor_score(connection);
    }
    for (int i = 0; i < 5; i++)
        times[i][0] = bench_percentile(times[i], ROUNDS, .5);
    double group = times[0][0], ntile = times[3][0], score = times[4][0];
    row("bare parallel GROUP BY customer_id", group, group, "");
    row("rows of all visits to a client, no more", times[1][0], group, "");
    row("rows of all figures stored, no more", times[2][0], group, "");
    row("NTILE scores out of the summaries, SQL", ntile, group, "");
    row("scores out of the summaries, C", score, group, "");
    printf("  to NTILE                                            %5.2f   goal 1\n", score / ntile);
    return group;
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
    PQclear(run(connection, "DELETE FROM gym.member_histories"));
    PQclear(run(connection, "VACUUM ANALYZE"));
    double from_rows = recompute(), kept = recompute_kept(connection);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%lld members, %lld visits              seconds   ratio\n",
           (long long)number(connection, "SELECT count(*) FROM gym.member_summary"),
           (long long)number(connection, "SELECT count(*) FROM gym.attendance"));
    double group = floors(connection);
    if (!is_there)
        row("recompute, all fits, nothing there yet", first, group, "");
    row("recompute, all fits, from the rows", from_rows, group, "1.3");
    row("the same from what was kept", kept, group, "1.3");
    printf("memory of the worker                      %8ld MB         goal 200\n",
           usage.ru_maxrss / 1024);
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
