/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reseed against its floor: the same rows, of the tables that change places, from files of COPY
 * BINARY on two connections into bare tables, then the same indexes and keys. On a private cluster
 * of its own with its usual settings. Members from the first argument (200000: about 10 million
 * visits).
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "gymtui/worker/generate.h"

static char folder[] = "/tmp/gymtui-bench-XXXXXX";
static char conninfo[256];

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static PGconn *connect_here(void)
{
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    return connection;
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

static void run_only(PGconn *connection, const char *sql)
{
    PQclear(run(connection, sql));
}

static double number(PGconn *connection, const char *sql)
{
    PGresult *result = run(connection, sql);
    double value = strtod(PQgetvalue(result, 0, 0), NULL);
    PQclear(result);
    return value;
}

/* Statements shared by two connections, each taking the next. */
struct queue {
    pthread_mutex_t lock;
    PGresult *statements;
    int next;
};

static void *work(void *owner)
{
    struct queue *queue = owner;
    PGconn *connection = connect_here();
    run_only(connection, "SET maintenance_work_mem = '256MB'");
    for (;;) {
        pthread_mutex_lock(&queue->lock);
        int mine = queue->next++;
        pthread_mutex_unlock(&queue->lock);
        if (mine >= PQntuples(queue->statements))
            break;
        run_only(connection, PQgetvalue(queue->statements, mine, 0));
    }
    PQfinish(connection);
    return NULL;
}

static double on_two(PGconn *connection, const char *statements)
{
    struct queue queue = {.statements = run(connection, statements)};
    pthread_mutex_init(&queue.lock, NULL);
    double start = seconds();
    pthread_t other;
    pthread_create(&other, NULL, work, &queue);
    work(&queue);
    pthread_join(other, NULL);
    double took = seconds() - start;
    PQclear(queue.statements);
    return took;
}

#define TABLES                                                                                     \
    "('attendance'), ('transactions'), ('charges'), ('memberships'), ('customers'), "              \
    "('search_terms'), ('member_summary'), ('rfm'), ('freezes'), ('access_log'), ('contacts')"

static double floor_of(PGconn *connection)
{
    char sql[2048];
    run_only(connection, "DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor");
    run_only(connection, "DO $$ DECLARE t text; BEGIN FOR t IN SELECT * FROM (VALUES " TABLES
                         ") v LOOP EXECUTE format('CREATE TABLE floor.%I (LIKE gym.%I INCLUDING "
                         "GENERATED)', t, t); END LOOP; END $$");
    snprintf(sql, sizeof sql,
             "SELECT format('COPY (SELECT %%s FROM gym.%%I WHERE customer_id %%%% 2 = %%s) TO "
             "''%s/%%s.%%s'' (FORMAT binary)', (SELECT string_agg(quote_ident(attname), ', ' ORDER "
             "BY attnum) FROM pg_attribute WHERE attrelid = ('gym.' || t)::regclass AND attnum > 0 "
             "AND attgenerated = '' AND NOT attisdropped), t, half, t, half) FROM (VALUES " TABLES
             ") v (t), generate_series(0, 1) half",
             folder);
    on_two(connection, sql);
    run_only(connection, "CHECKPOINT");
    snprintf(sql, sizeof sql,
             "SELECT format('COPY floor.%%I (%%s) FROM ''%s/%%s.%%s'' (FORMAT binary)', t, "
             "(SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
             "WHERE attrelid = ('gym.' || t)::regclass AND attnum > 0 AND attgenerated = '' AND "
             "NOT attisdropped), t, half) FROM (VALUES " TABLES
             ") v (t), generate_series(0, 1) half ORDER BY t <> 'attendance', t, half",
             folder);
    double took = on_two(connection, sql);
    took += on_two(connection,
                   "SELECT replace(replace(pg_get_indexdef(i.indexrelid), ' ON gym.', ' ON "
                   "floor.'), ' INDEX ', ' INDEX ') FROM pg_index i JOIN pg_class c ON c.oid = "
                   "i.indrelid WHERE c.relnamespace = 'gym'::regnamespace AND c.relname IN (SELECT "
                   "* FROM (VALUES " TABLES ") v) AND NOT i.indisexclusion ORDER BY c.reltuples "
                   "DESC");
    double start = seconds();
    run_only(connection, "ANALYZE floor.customers; ANALYZE floor.memberships; ANALYZE "
                         "floor.transactions");
    PGresult *keys =
        run(connection, "SELECT format('ALTER TABLE floor.%I ADD %s', c.relname, "
                        "regexp_replace(pg_get_constraintdef(k.oid), 'REFERENCES gym\\.("
                        "customers|memberships|transactions)\\M', 'REFERENCES floor.\\1')) FROM "
                        "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype IN "
                        "('f', 'x') AND c.relnamespace = 'gym'::regnamespace AND c.relname IN "
                        "(SELECT * FROM (VALUES " TABLES ") v) ORDER BY k.contype DESC");
    for (int i = 0; i < PQntuples(keys); i++)
        run_only(connection, PQgetvalue(keys, i, 0));
    PQclear(keys);
    return took + seconds() - start;
}

static double reseed(int members, uint64_t seed)
{
    struct error error = {0};
    int64_t now = time(NULL);
    struct generate_options options = {.profile = "chain",
                                       .gyms = members / 5000 > 0 ? members / 5000 : 1,
                                       .members = members,
                                       .seed = seed,
                                       .as_of = (int32_t)(now / 86400),
                                       .as_of_utc = now};
    double start = seconds();
    if (!generate_into(conninfo, &options, NULL, NULL, &error)) {
        fprintf(stderr, "%s. %s\n", error.message, error.hint);
        exit(1);
    }
    return seconds() - start;
}

static int gymtui(const char *words)
{
    char command[512];
    snprintf(command, sizeof command, "\"$GYMTUI_BINARY\" --set demo.directory=%s %s >&2", folder,
             words);
    return system(command); /* NOLINT(cert-env33-c): our own words */
}

int main(int argc, char **argv)
{
    int members = argc > 1 ? atoi(argv[1]) : 200000; /* NOLINT(cert-err34-c) */
    if (!mkdtemp(folder) || chmod(folder, 0777) != 0 || gymtui("demo --no-ui") != 0)
        return 1;
    snprintf(conninfo, sizeof conninfo, "host=%s/run port=5432 dbname=gymtui user=postgres",
             folder);
    double took = reseed(members, 11);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    PGconn *connection = connect_here();
    double visits = number(connection, "SELECT count(*) FROM gym.attendance");
    double floor_seconds = floor_of(connection);
    printf("%d members, %.0f visits        seconds   ratio   goal\n", members, visits);
    printf("COPY BINARY from files, same keys   %8.1f       –      –\n", floor_seconds);
    printf("reseed, generation included         %8.1f   %5.2f   1.30\n", took,
           took / floor_seconds);
    printf("visits a second                     %8.0f\n", visits / took);
    printf("memory of the worker                %8ld MB           200\n", usage.ru_maxrss / 1024);
    PQfinish(connection);
    bool gone = gymtui("demo destroy --yes") == 0;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && gone ? 0 : 1; /* NOLINT(cert-env33-c) */
}
