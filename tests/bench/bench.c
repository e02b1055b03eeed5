/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define TEXTS      8
#define TEXT_BYTES 4000

double bench_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double bench_percentile(double *figures, int count, double share)
{
    qsort(figures, (size_t)count, sizeof *figures, ascending);
    return figures[(int)(share * (count - 1) + .5)];
}

const char *bench_text(const char *format, ...)
{
    static char texts[TEXTS][200];
    static int next;
    char *text = texts[next++ % TEXTS];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    return text;
}

/* Columns by characters, of which the signs in use take more than one byte. */
static int padded(const char *text, int columns)
{
    int shown = 0, bytes = 0;
    for (; text[bytes]; bytes++)
        shown += ((unsigned char)text[bytes] & 0xc0) != 0x80;
    return columns + bytes - shown;
}

void bench_row(const char *work, const char *figure, const char *floor, const char *goal)
{
    printf("%-*s %-*s %-*s %s\n", padded(work, 40), work, padded(figure, 28), figure,
           padded(floor, 34), floor, goal);
    fflush(stdout);
}

void *bench_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

bool bench_run(PGconn *connection, const char *format, ...)
{
    char sql[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good)
        fprintf(stderr, "%s", PQerrorMessage(connection));
    PQclear(result);
    return good;
}

/* Names are made from the number alone. */
static bool make_up(PGconn *admin, long from, long to)
{
    return bench_run(admin, "DROP TABLE IF EXISTS pg_temp.made") &&
           bench_run(
               admin,
               "CREATE TEMPORARY TABLE made AS SELECT %lld + n AS id, f.name || ' ' || l.name AS "
               "name, '+44 7' || lpad((n * 7919 %% 1000000000)::text, 9, '0') AS phone, 'M' || n "
               "AS tag FROM generate_series(%ld::bigint, %ld) n "
               "JOIN (SELECT i, initcap(chr(97 + i %% 26) || chr(97 + i * 7 %% 26) || "
               "chr(97 + i * 11 %% 19) || chr(97 + i / 26)) AS name "
               "FROM generate_series(0, 399) i) f ON f.i = n * 31 %% 400 "
               "JOIN (SELECT i, initcap(chr(97 + i * 17 %% 26) || chr(97 + i * 5 %% 26) || "
               "chr(97 + i / 26 %% 26) || 'son' || chr(97 + i / 676)) AS name "
               "FROM generate_series(0, 2499) i) l ON l.i = n * 97 %% 2500",
               (long long)BENCH_FIRST_MEMBER, from, to);
}

bool bench_fill(PGconn *admin, long from, long to)
{
    double begin = bench_now_ms();
    bool done =
        bench_run(admin, "SET client_min_messages = warning; SET gymtui.bulk = 'on'; "
                         "SET synchronous_commit = off; SET work_mem = '256MB'; "
                         "SET maintenance_work_mem = '256MB'") &&
        bench_run(admin, "ALTER TABLE gym.search_terms DROP CONSTRAINT search_terms_pkey; "
                         "DROP INDEX gym.search_terms_customer") &&
        make_up(admin, from, to) &&
        bench_run(admin, "INSERT INTO gym.customers (customer_id, gym_id, name, phone, keytag, "
                         "join_date) SELECT id, 1, name, phone, tag, current_date - 100 "
                         "FROM made") &&
        bench_run(admin,
                  "INSERT INTO gym.member_summary (customer_id, gym_id, starts, ends, package_id, "
                  "last_visit, last_check_in) SELECT m.id, 1, current_date - 50, "
                  "current_date + 20 + (m.id %% 300)::int, p.id, "
                  "current_date - 3 - (m.id %% 60)::int, "
                  "now() - make_interval(days => 3 + (m.id %% 60)::int) "
                  "FROM made m, (SELECT min(package_id) AS id FROM gym.packages WHERE gym_id = 1 "
                  "AND duration_months > 0 AND visits_included = 0 AND hours_from IS NULL) p") &&
        bench_run(admin,
                  "INSERT INTO gym.search_terms (gym_id, term, customer_id, kind) SELECT DISTINCT "
                  "1, t.term, m.id, t.kind::smallint FROM made m CROSS JOIN LATERAL (VALUES "
                  "(lower(name), 0), (split_part(lower(name), ' ', 2), 0), "
                  "(split_part(lower(name), ' ', 2) || ' ' || split_part(lower(name), ' ', 1), 0), "
                  "(regexp_replace(phone, '[^0-9]', '', 'g'), 1), (right(phone, 7), 1), "
                  "(right(phone, 4), 1), (id::text, 3), (lower(tag), 3)) t (term, kind)") &&
        bench_run(admin, "ALTER TABLE gym.search_terms ADD PRIMARY KEY (gym_id, term, customer_id, "
                         "kind); CREATE INDEX search_terms_customer ON gym.search_terms "
                         "(customer_id)") &&
        bench_run(admin, "VACUUM ANALYZE gym.customers, gym.search_terms, gym.member_summary") &&
        bench_run(admin, "CHECKPOINT");
    fprintf(stderr, "%ld members made in %.0f s\n", to - from + 1, (bench_now_ms() - begin) / 1e3);
    return done;
}
