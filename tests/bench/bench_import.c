/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An import against its floor: COPY of the same rows, looked up and numbered beforehand, into
 * tables with the same keys and indexes. A trial, an import, and one of a file with bad rows; the
 * models are not fitted. On a private cluster of its own with its usual settings. Rows from the
 * first argument (1000000), of a tenth as many customers.
 */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "bench.h"
#include "gymtui/base/date.h"
#include "gymtui/worker/import.h"

static char folder[] = "/tmp/gymtui-bench-XXXXXX";
static char conninfo[256];
static long rows = 1000000;

static void give_up(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* ---- Files ---- */

static uint32_t state = 7;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(state >> 4) * below >> 28);
}

/* One row in 5000 is bad, in a dozen ways. */
static void write_bad(FILE *file, long row, const char *day)
{
    switch (row / 5000 % 12) {
    case 0:
        fprintf(file, "%ld,C1,%s,1\n", row, day);
        break;
    case 1:
        fprintf(file, "%ld,C1,%s,1,Card,more\n", row, day);
        break;
    case 2:
        fprintf(file, "%ld,,%s,1,Card\n", row, day);
        break;
    case 3:
        fprintf(file, "%ld,C1,,1,Card\n", row);
        break;
    case 4:
        fprintf(file, "%ld,C1,2024-02-30,1,Card\n", row);
        break;
    case 5:
        fprintf(file, "%ld,C1,soon,1,Card\n", row);
        break;
    case 6:
        fprintf(file, "%ld,C1,2999-01-01,1,Card\n", row);
        break;
    case 7:
        fprintf(file, "%ld,C1,%s,,Card\n", row, day);
        break;
    case 8:
        fprintf(file, "%ld,C1,%s,ten,Card\n", row, day);
        break;
    case 9:
        fprintf(file, "%ld,C1,%s,1e15,Card\n", row, day);
        break;
    case 10:
        fprintf(file, "1,C1,%s,1,Card\n", day);
        break;
    case 11:
        fprintf(file, "%ld,C\xff,%s,1,Card\n", row, day);
        break;
    }
}

static FILE *create(const char *name)
{
    FILE *file = fopen(bench_text("%s/%s", folder, name), "w");
    if (!file)
        give_up("no file can be written");
    return file;
}

static void write_files(void)
{
    static const char *const methods[] = {"Card", "Debit", "Cash", "Other"};
    FILE *good = create("good.csv"), *bad = create("bad.csv"), *floor = create("floor.csv");
    fputs("transaction_id,customer,date,amount,method\n", good);
    fputs("transaction_id,customer,date,amount,method\n", bad);
    for (long row = 1; row <= rows; row++) {
        long customer = 1 + (long)draw((uint32_t)(rows / 10));
        uint32_t cents = 500 + draw(9500), method = draw(4);
        char day[16], line[160];
        date_format_iso(day, sizeof day, date_from_civil(2022, 1, 1) + (int32_t)draw(1300));
        snprintf(line, sizeof line, "%ld,C%ld,%s,%u.%02u,%s\n", row, customer, day, cents / 100,
                 cents % 100, methods[method]);
        fputs(line, good);
        if (row % 5000 == 0)
            write_bad(bad, row, day);
        else
            fputs(line, bad);
        fprintf(floor, "%ld,1,%ld,%u,%s,%u.%02u\n", row, customer, method + 1, day, cents / 100,
                cents % 100);
    }
    if (fclose(good) != 0 || fclose(bad) != 0 || fclose(floor) != 0)
        give_up("the files could not be written");
}

/* ---- What is measured ---- */

static double floor_of(PGconn *connection)
{
    if (!bench_run(connection,
                   "DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor; CREATE TABLE "
                   "floor.customer (LIKE clv.dim_customer INCLUDING ALL); CREATE TABLE floor.fact "
                   "(LIKE clv.fact_transaction INCLUDING ALL); ALTER TABLE floor.customer ADD "
                   "UNIQUE (gym_id, customer_id); ALTER TABLE floor.fact ADD FOREIGN KEY (gym_id, "
                   "customer_id) REFERENCES floor.customer (gym_id, customer_id), ADD FOREIGN KEY "
                   "(payment_method_id) REFERENCES clv.dim_payment_method; CHECKPOINT"))
        exit(1);
    double start = bench_now_ms();
    if (!bench_run(
            connection,
            "BEGIN; INSERT INTO floor.customer (customer_id, gym_id, dataset_id, source_key) "
            "SELECT i, 1, 1, 'C' || i FROM generate_series(1, %ld) i; COPY floor.fact "
            "(transaction_id, gym_id, customer_id, payment_method_id, transaction_date, "
            "amount) FROM '%s/floor.csv' (FORMAT csv); COMMIT",
            rows / 10, folder))
        exit(1);
    return (bench_now_ms() - start) / 1000;
}

static double import(const char *name, bool dry_run)
{
    struct import_result result;
    struct error error = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    const struct import_options options = {.gym_id = 1,
                                           .dataset = "bench",
                                           .file = path,
                                           .fit_until = DATE_NONE,
                                           .today = (int32_t)(time(NULL) / 86400),
                                           .dry_run = dry_run,
                                           .replace = true,
                                           .skip_bad = true};
    double start = bench_now_ms();
    if (!import_run(conninfo, &options, NULL, NULL, NULL, &result, &error))
        give_up(error.message);
    return (bench_now_ms() - start) / 1000;
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
    if (argc > 1)
        rows = strtol(argv[1], NULL, 10);
    if (rows < 1000 || !mkdtemp(folder) || chmod(folder, 0777) != 0 || gymtui("demo --no-ui") != 0)
        return 1;
    snprintf(conninfo, sizeof conninfo, "host=%s/run port=5432 dbname=gymtui user=postgres",
             folder);
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK)
        give_up(PQerrorMessage(connection));
    write_files();
    double floor = floor_of(connection);
    double trial = import("good", true), good = import("good", false);
    if (!bench_run(connection, "DELETE FROM clv.dataset WHERE name = 'bench'; CHECKPOINT"))
        return 1;
    double bad = import("bad", false);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld transactions                       seconds   ratio   goal\n", rows);
    printf("COPY of them into the same keys          %7.1f       –      –\n", floor);
    printf("a trial: all that is wrong               %7.1f   %5.2f      –\n", trial, trial / floor);
    printf("import                                   %7.1f   %5.2f   1.30\n", good, good / floor);
    printf("import, with bad rows left out           %7.1f   %5.2f   1.30\n", bad, bad / floor);
    printf("memory of the importer                   %7ld MB          200\n",
           usage.ru_maxrss / 1024);
    PQfinish(connection);
    bool gone = gymtui("demo destroy --yes") == 0;
    return system(bench_text("rm -rf %s", folder)) == 0 && gone ? 0 : 1; /* NOLINT(cert-env33-c) */
}
