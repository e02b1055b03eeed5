/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "floors.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "gymtui/model/rfm.h"

static PGconn *open_one(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    return connection;
}

static void must(PGconn *connection, const char *sql)
{
    if (!bench_run(connection, "%s", sql))
        exit(1);
}

static double seconds_of(PGconn *connection, const char *sql)
{
    double start = bench_now_ms();
    must(connection, sql);
    return (bench_now_ms() - start) / 1e3;
}

double floor_group(PGconn *connection)
{
    must(connection, "SET max_parallel_workers_per_gather = 2");
    return seconds_of(connection,
                      "SELECT count(*) FROM (SELECT a.customer_id, count(*), min(a.check_in), "
                      "max(a.check_in) FROM gym.attendance a WHERE a.voided_at IS NULL GROUP BY "
                      "a.customer_id) x");
}

/* ---- Two at a time ---- */

struct half {
    const char *conninfo;
    int which; /* 0 or 1 */
};

static double seconds_of_two(const char *conninfo, void *(*work)(void *))
{
    struct half halves[2] = {{conninfo, 0}, {conninfo, 1}};
    pthread_t other;
    double start = bench_now_ms();
    if (pthread_create(&other, NULL, work, &halves[1]) != 0) {
        fprintf(stderr, "No second thread\n");
        exit(1);
    }
    work(&halves[0]);
    pthread_join(other, NULL);
    return (bench_now_ms() - start) / 1e3;
}

/* Rows of a COPY … TO STDOUT, one after the other; the caller frees. NULL after the last. */
static char *next_row(PGconn *connection, int *size)
{
    char *row = NULL;
    *size = PQgetCopyData(connection, &row, 0);
    if (*size >= 0)
        return row;
    PGresult *result = PQgetResult(connection);
    if (*size == -2 || PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    while (result) {
        PQclear(result);
        result = PQgetResult(connection);
    }
    return NULL;
}

static void begin_copy(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        fprintf(stderr, "%s\n%s", sql, PQerrorMessage(connection));
        exit(1);
    }
    PQclear(result);
}

static void *read_half(void *owner)
{
    const struct half *half = owner;
    PGconn *connection = open_one(half->conninfo);
    int size;
    char sql[320], *row;
    snprintf(sql, sizeof sql,
             "COPY (SELECT a.customer_id, a.check_in FROM gym.attendance a WHERE a.ctid %s "
             "(SELECT format('(%%s,0)', pg_relation_size('gym.attendance') / "
             "current_setting('block_size')::bigint / 2)::tid) AND a.voided_at IS NULL) "
             "TO STDOUT (FORMAT binary)",
             half->which ? ">=" : "<");
    begin_copy(connection, sql);
    while ((row = next_row(connection, &size)))
        PQfreemem(row);
    PQfinish(connection);
    return NULL;
}

double floor_read(const char *conninfo)
{
    return seconds_of_two(conninfo, read_half);
}

static void store_table(PGconn *connection, const char *schema, const char *table)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "CREATE TABLE bench_floor.%s AS SELECT * FROM %s.%s LIMIT 0;"
             "INSERT INTO bench_floor.%s SELECT * FROM %s.%s",
             table, schema, table, table, schema, table);
    must(connection, sql);
    snprintf(sql, sizeof sql,
             "DO $$ DECLARE d text; BEGIN FOR d IN SELECT replace(pg_get_indexdef(i.indexrelid), "
             "' ON %s.', ' ON bench_floor.') FROM pg_index i WHERE i.indrelid = "
             "'%s.%s'::regclass LOOP EXECUTE d; END LOOP; END $$",
             schema, schema, table);
    must(connection, sql);
}

static void *store_half(void *owner)
{
    const struct half *half = owner;
    PGconn *connection = open_one(half->conninfo);
    must(connection, "SET synchronous_commit = off");
    if (half->which) {
        store_table(connection, "gym", "clv");
    } else {
        store_table(connection, "gym", "rfm");
        store_table(connection, "clv", "clv_prediction");
    }
    PQfinish(connection);
    return NULL;
}

double floor_store(const char *conninfo)
{
    PGconn *connection = open_one(conninfo);
    must(connection, "SET client_min_messages = warning");
    must(connection, "DROP SCHEMA IF EXISTS bench_floor CASCADE; CREATE SCHEMA bench_floor");
    double seconds = seconds_of_two(conninfo, store_half);
    must(connection, "DROP SCHEMA bench_floor CASCADE");
    PQfinish(connection);
    return seconds;
}

/* ---- Scores ---- */

double floor_ntile(PGconn *connection)
{
    return seconds_of(
        connection,
        "SELECT sum(x.r + x.f + x.m) FROM (SELECT ntile(5) OVER (PARTITION BY s.gym_id ORDER BY "
        "s.last_visit) AS r, ntile(5) OVER (PARTITION BY s.gym_id ORDER BY s.visit_days) AS f, "
        "ntile(5) OVER (PARTITION BY s.gym_id ORDER BY s.paid_total) AS m FROM gym.member_summary "
        "s) x");
}

struct scores {
    double *values[3]; /* recency, frequency, money, of one gym */
    uint8_t *scores;
    size_t count, room;
    int64_t gym_id;
    uint64_t sum; /* so that none of it is left out */
};

static void score(struct scores *scores)
{
    struct error error;
    for (int kind = 0; kind < 3 && scores->count > 0; kind++) {
        if (!rfm_score(scores->values[kind], scores->count, kind == 0, scores->scores, &error)) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        for (size_t i = 0; i < scores->count; i++)
            scores->sum += scores->scores[i];
    }
    scores->count = 0;
}

static void make_room(struct scores *scores)
{
    if (scores->count < scores->room)
        return;
    scores->room = scores->room * 2 + 8192;
    for (int kind = 0; kind < 3; kind++)
        scores->values[kind] =
            realloc(scores->values[kind], scores->room * sizeof *scores->values[kind]);
    scores->scores = realloc(scores->scores, scores->room);
    if (!scores->values[0] || !scores->values[1] || !scores->values[2] || !scores->scores)
        exit(1);
}

static int64_t big_endian(const char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return (int64_t)value;
}

double floor_score(PGconn *connection)
{
    static const char header[] = "PGCOPY\n\377\r\n";
    struct scores scores = {0};
    double start = bench_now_ms();
    int size;
    char *row;
    begin_copy(connection,
               "COPY (SELECT s.gym_id, coalesce(current_date - s.last_visit, 99999)::bigint, "
               "s.visit_days::bigint, (s.paid_total * 100)::bigint FROM gym.member_summary s ORDER "
               "BY s.gym_id) TO STDOUT (FORMAT binary)");
    while ((row = next_row(connection, &size))) {
        const char *at = row;
        if (size >= 19 && memcmp(row, header, sizeof header - 1) == 0) {
            at += 19; /* the first row comes with it */
            size -= 19;
        }
        if (size >= 2 + 4 * 12) { /* a count of fields, then a length before each */
            int64_t gym_id = big_endian(at + 6);
            if (gym_id != scores.gym_id)
                score(&scores);
            scores.gym_id = gym_id;
            make_room(&scores);
            for (int kind = 0; kind < 3; kind++)
                scores.values[kind][scores.count] = (double)big_endian(at + 18 + 12 * (size_t)kind);
            scores.count++;
        }
        PQfreemem(row);
    }
    score(&scores);
    double seconds = (bench_now_ms() - start) / 1e3;
    fprintf(stderr, "scores add up to %llu\n", (unsigned long long)scores.sum);
    for (int kind = 0; kind < 3; kind++)
        free(scores.values[kind]);
    free(scores.scores);
    return seconds;
}
