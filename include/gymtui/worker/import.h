/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Importing a dataset from CSV files into the star schema: transactions, and ages and genders of
 * customers if there is a second file. One pass in constant memory: each row is looked at, then
 * streamed by COPY BINARY into tables that live as long as the session, and from there moved in one
 * transaction. So it is all or nothing, a dry run is the same way up to the move, and a program
 * that is killed leaves nothing behind.
 */
#ifndef GYMTUI_WORKER_IMPORT_H
#define GYMTUI_WORKER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/worker/csv.h"

#define IMPORT_NAME_BYTES 60  /* longest name of a dataset, and of a payment method */
#define IMPORT_KEY_BYTES  200 /* longest key of a customer, and of a transaction */
#define IMPORT_METHODS    64  /* most payment methods of one file that are new to the database */

/* What a column of the heading holds. */
enum import_column {
    IMPORT_CUSTOMER,
    IMPORT_DATE,
    IMPORT_AMOUNT,
    IMPORT_METHOD,      /* may be missing: Other */
    IMPORT_TRANSACTION, /* may be missing; where it is there it may not stand twice */
    IMPORT_AGE,         /* of the customers' file, as is the next one */
    IMPORT_GENDER,
    IMPORT_COLUMN_COUNT
};
/* "customer" … "gender": the words of --map. */
const char *import_column_name(enum import_column column);
/* Reads "customer=Client,date=Day" into `columns`, which point into `map`: it is cut apart. */
bool import_read_map(char *map, const char *columns[IMPORT_COLUMN_COUNT], struct error *error);

struct import_options {
    int64_t gym_id;
    const char *dataset;   /* its name */
    const char *file;      /* "-": standard input */
    csv_source_fn *source; /* gives the bytes of `file`; NULL: it is opened */
    void *source_owner;
    size_t source_bytes;
    const char *customers;                    /* second file; NULL: none */
    const char *columns[IMPORT_COLUMN_COUNT]; /* names in the heading; NULL: the usual ones */
    const char *currency;                     /* three letters; NULL or "": none said */
    bool has_contract;                        /* bills of a subscription */
    bool in_weeks;                            /* time unit of the visit models */
    int32_t fit_until;                        /* DATE_NONE: fit to everything */
    int32_t today;                            /* later days are bad rows */
    bool dry_run, replace;
    bool skip_bad;  /* load the good rows although there are bad ones */
    int64_t job_id; /* whose outcome is noted in the same transaction; 0: none */
};

/* What a good import, or a dry run, found: "12 transactions of 3 customers, 1 Jan 2026 …". */
struct import_result;
void import_write_result(char *dst, size_t size, const struct import_options *options,
                         const struct import_result *result);

struct import_result {
    size_t rows, bad; /* rows below the headings of both files; those refused */
    int64_t customers, transactions, methods_added;
    int64_t without_transactions; /* in the customers' file only: left out */
    int32_t first_day, last_day;  /* DATE_NONE: no row was good */
    int64_t dataset_id;           /* 0 after a dry run */
};

/* A row that cannot be used. `reason` is static text; `other_line` is where the same one stands
 * already, or 0. */
typedef void import_bad_fn(void *owner, const char *file, size_t line, const char *reason,
                           size_t other_line);
/* What is being done, and the share of it. False: a person cancelled. */
typedef bool import_progress_fn(void *owner, const char *phase, double share);

/* `conninfo`: the worker's login. Fills *result as far as it came. ERROR_INPUT when there are bad
 * rows, unless skip_bad; ERROR_CONFLICT when the name is taken (unless replace), or is being
 * imported at the moment. Models are fitted afterwards by dataset_refresh (dataset.h). */
bool import_run(const char *conninfo, const struct import_options *options, import_bad_fn *on_bad,
                import_progress_fn *on_progress, void *owner, struct import_result *result,
                struct error *error);

#endif
