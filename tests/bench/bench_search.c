/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Search as you type among a million members (or GYMTUI_BENCH_MEMBERS of them): every prefix of one
 * to eight characters of names, telephone numbers and key tags, asked for under a desk's login, so
 * under row-level security, on a demonstration made for it. What is timed is the round trip on the
 * socket; its floor is `SELECT 1` on the same connection.
 *
 *   GYMTUI_BINARY=… bench_search
 */
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PREFIX  8
#define SAMPLES 400 /* of each length */

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(double *times, int count, double share)
{
    qsort(times, (size_t)count, sizeof *times, ascending);
    return times[(int)(share * (count - 1) + .5)];
}

static bool is_good(PGconn *connection, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good)
        fprintf(stderr, "%s", PQerrorMessage(connection));
    return good;
}

static bool run(PGconn *connection, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool run(PGconn *connection, const char *format, ...)
{
    char sql[4000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    PGresult *result = PQexec(connection, sql);
    bool good = is_good(connection, result);
    PQclear(result);
    return good;
}

/* Members of the first gym, made by the server itself: 400 first and 2,500 last names, so that
 * short prefixes have very many hits and long ones few. Indexes are made after the rows. */
static bool fill(PGconn *admin, long members)
{
    double begin = now_ms();
    bool done =
        run(admin,
            "SET gymtui.bulk = 'on'; SET synchronous_commit = off; SET work_mem = '256MB'; SET "
            "maintenance_work_mem = '256MB'") &&
        run(admin, "ALTER TABLE gym.search_terms DROP CONSTRAINT search_terms_pkey; DROP INDEX "
                   "gym.search_terms_customer") &&
        run(admin,
            "CREATE TEMPORARY TABLE made AS SELECT 1000000 + n AS id, f.name || ' ' || l.name AS "
            "name, '+44 7' || lpad((n * 7919 %% 1000000000)::text, 9, '0') AS phone, 'M' || n AS "
            "tag "
            "FROM generate_series(1::bigint, %ld) n "
            "JOIN (SELECT i, initcap(chr(97 + i %% 26) || chr(97 + i * 7 %% 26) || chr(97 + i * 11 "
            "%% "
            "19) || chr(97 + i / 26)) AS name FROM generate_series(0, 399) i) f ON f.i = n * 31 %% "
            "400 "
            "JOIN (SELECT i, initcap(chr(97 + i * 17 %% 26) || chr(97 + i * 5 %% 26) || chr(97 + i "
            "/ "
            "26 %% 26) || 'son' || chr(97 + i / 676)) AS name FROM generate_series(0, 2499) i) l "
            "ON "
            "l.i = n * 97 %% 2500",
            members) &&
        run(admin,
            "INSERT INTO gym.customers (customer_id, gym_id, name, phone, keytag, join_date) "
            "SELECT id, 1, name, phone, tag, current_date - 100 FROM made") &&
        run(admin,
            "INSERT INTO gym.member_summary (customer_id, gym_id, starts, ends, package_id, "
            "last_visit) SELECT m.id, 1, current_date - 50, current_date + (m.id %% 300)::int, "
            "p.id, "
            "current_date - (m.id %% 60)::int FROM made m, (SELECT min(package_id) AS id FROM "
            "gym.packages WHERE gym_id = 1) p") &&
        run(admin,
            "INSERT INTO gym.search_terms (gym_id, term, customer_id, kind) SELECT DISTINCT 1, "
            "t.term, "
            "m.id, t.kind::smallint FROM made m CROSS JOIN LATERAL (VALUES (lower(name), 0), "
            "(split_part(lower(name), ' ', 2), 0), (split_part(lower(name), ' ', 2) || ' ' || "
            "split_part(lower(name), ' ', 1), 0), (regexp_replace(phone, '[^0-9]', '', 'g'), 1), "
            "(right(phone, 7), 1), (right(phone, 4), 1), (id::text, 3), (lower(tag), 3)) t (term, "
            "kind)") &&
        run(admin,
            "ALTER TABLE gym.search_terms ADD PRIMARY KEY (gym_id, term, customer_id, kind); "
            "CREATE INDEX search_terms_customer ON gym.search_terms (customer_id)") &&
        run(admin, "VACUUM ANALYZE gym.customers") &&
        run(admin, "VACUUM ANALYZE gym.search_terms") &&
        run(admin, "VACUUM ANALYZE gym.member_summary");
    fprintf(stderr, "%ld members made in %.0f s\n", members, (now_ms() - begin) / 1e3);
    return done;
}

static double time_query(PGconn *desk, const char *statement, const char *parameter)
{
    const char *values[] = {parameter};
    double begin = now_ms();
    PGresult *result = PQexecPrepared(desk, statement, parameter ? 1 : 0, values, NULL, NULL, 0);
    double taken = now_ms() - begin;
    bool good = is_good(desk, result) && PQntuples(result) > 0;
    PQclear(result);
    return good ? taken : -1;
}

/* Texts that somebody types: names, the end of a number, tags, of members spread over all. */
static bool measure(PGconn *admin, PGconn *desk, long members)
{
    PGresult *typed = PQexec(
        admin, "SELECT CASE id % 4 WHEN 0 THEN right(phone, 7) WHEN 1 THEN "
               "lower(tag) ELSE lower(split_part(name, ' ', (id % 3)::int % 2 + 1)) || ' ' || "
               "lower(split_part(name, ' ', 2 - (id % 3)::int % 2)) END FROM made "
               "ORDER BY id * 7919 % 1000003 LIMIT 400");
    bool done = is_good(admin, typed) && PQntuples(typed) > 0;
    static double times[SAMPLES], all[SAMPLES * PREFIX], floors[SAMPLES];
    int total = 0;
    for (int i = 0; done && i < SAMPLES; i++)
        done = (floors[i] = time_query(desk, "floor", NULL)) >= 0;
    if (done)
        printf("%ld members; SELECT 1: p50 %.3f ms, p99 %.3f ms\n%-10s %10s %10s\n", members,
               percentile(floors, SAMPLES, .5), percentile(floors, SAMPLES, .99), "typed", "p50 ms",
               "p99 ms");
    for (int length = 1; done && length <= PREFIX; length++) {
        for (int i = 0; done && i < SAMPLES; i++) {
            char prefix[PREFIX + 1];
            snprintf(prefix, sizeof prefix, "%.*s", length,
                     PQgetvalue(typed, i % PQntuples(typed), 0));
            done = (times[i] = all[total++] = time_query(desk, "search", prefix)) >= 0;
            if (!done)
                fprintf(stderr, "nothing found for \"%s\"\n", prefix);
        }
        if (done)
            printf("%-10d %10.3f %10.3f\n", length, percentile(times, SAMPLES, .5),
                   percentile(times, SAMPLES, .99));
    }
    if (done)
        printf("%-10s %10.3f %10.3f   (goal: p99 at most 1 ms)\n", "all",
               percentile(all, total, .5), percentile(all, total, .99));
    PQclear(typed);
    return done;
}

static bool bench(const char *folder)
{
    char conninfo[200];
    const char *wanted = getenv("GYMTUI_BENCH_MEMBERS");
    long members = wanted ? strtol(wanted, NULL, 10) : 1000000;
    snprintf(conninfo, sizeof conninfo, "host=%s/run dbname=gymtui user=postgres", folder);
    PGconn *admin = PQconnectdb(conninfo);
    snprintf(conninfo, sizeof conninfo,
             "host=%s/run dbname=gymtui user=gymtui:iron-temple:desk1 password=demo-desk1", folder);
    PGconn *desk = PQconnectdb(conninfo);
    bool done = PQstatus(admin) == CONNECTION_OK && PQstatus(desk) == CONNECTION_OK &&
                members > 0 && fill(admin, members);
    if (done) {
        PQclear(PQprepare(desk, "floor", "SELECT 1", 0, NULL));
        PQclear(PQprepare(desk, "search", "SELECT * FROM gym.candidates($1, 20)", 0, NULL));
        for (int i = 0; done && i < 20; i++) /* plans */
            done = time_query(desk, "search", "a") >= 0;
        done = done && measure(admin, desk, members);
    }
    PQfinish(admin);
    PQfinish(desk);
    return done;
}

/* Runs the program itself, quietly. */
static bool run_gymtui(const char *const *words)
{
    const char *program = getenv("GYMTUI_BINARY");
    fflush(NULL);
    pid_t child = program ? fork() : -1;
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(126);
        execv(program, (char *const *)words);
        _exit(127);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
    char folder[] = "/tmp/gymtui-bench-XXXXXX", data[64];
    if (!mkdtemp(folder) || chmod(folder, 0711) != 0)
        return 1;
    /* Below it, so that whoever runs the server can get there. */
    snprintf(data, sizeof data, "%s/data", folder);
    setenv("GYMTUI_DEMO_DIRECTORY", data, 1);
    bool done = run_gymtui((const char *const[]){"gymtui", "demo", "--no-ui", NULL});
    if (!done)
        fprintf(stderr, "GYMTUI_BINARY does not make a demonstration\n");
    done = done && bench(data);
    run_gymtui((const char *const[]){"gymtui", "demo", "destroy", "--yes", NULL});
    rmdir(folder);
    return done ? 0 : 1;
}
