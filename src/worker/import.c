/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/worker/import.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/bulk.h"
#include "import_rows.h"

#define ROWS_A_LOOK 2000 /* between two words of progress */

/* Where the shares of the whole lie: the keys of a million rows take longer than reading them. */
static const double share_read = .12, share_checked = .25, share_loaded = .98;

struct import {
    const struct import_options *options;
    struct import_result *result;
    import_bad_fn *on_bad;
    import_progress_fn *on_progress;
    void *owner;
    struct bulk *bulk;
    const char *told_file; /* of the duplicates that are being told */
};

static bool go_on(const struct import *import, const char *phase, double share, struct error *error)
{
    return !import->on_progress || import->on_progress(import->owner, phase, share) ||
           error_set(error, ERROR_CANCELLED, NULL, "The import was ended; nothing was changed");
}

static void refuse(const struct import *import, const char *file, size_t line, const char *reason,
                   size_t other_line)
{
    import->result->bad++;
    if (import->on_bad)
        import->on_bad(import->owner, file, line, reason, other_line);
}

/* ---- What is wished for ---- */

static bool check_options(const struct import_options *options, struct error *error)
{
    char clean[IMPORT_NAME_BYTES * 4];
    const char *name = options->dataset ? options->dataset : "";
    text_clean(clean, sizeof clean, name);
    if (*name == '\0' || strlen(name) > IMPORT_NAME_BYTES || strcmp(clean, name) != 0)
        return error_set(error, ERROR_INPUT, NULL,
                         "A dataset needs a name of 1 to %d letters, without control characters",
                         IMPORT_NAME_BYTES);
    if (options->currency && *options->currency && strlen(options->currency) > 3)
        return error_set(error, ERROR_INPUT, NULL, "A currency is three letters, not “%s”",
                         options->currency);
    if (options->customers && strcmp(options->file, "-") == 0 &&
        strcmp(options->customers, "-") == 0)
        return error_set(error, ERROR_INPUT, NULL, "Only one file can be standard input");
    return true;
}

/* The file's own name, without the folders. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool put_wish(const struct import *import, struct error *error)
{
    const struct import_options *options = import->options;
    struct bulk *bulk = import->bulk;
    char source[256];
    text_clean(source, sizeof source, base_name(options->file));
    if (!bulk_begin(bulk,
                    "pg_temp.import_wish (gym_id, name, source, kind, currency, has_contract, "
                    "time_unit, fit_until, replaces)",
                    error))
        return false;
    bulk_row(bulk, 9);
    bulk_int64(bulk, options->gym_id);
    bulk_text_field(bulk, options->dataset);
    bulk_text_field(bulk, source);
    bulk_text_field(bulk, "import");
    bulk_text_field(bulk, options->currency ? options->currency : "");
    bulk_bool(bulk, options->has_contract);
    bulk_text_field(bulk, options->in_weeks ? "weeks" : "days");
    bulk_date(bulk, options->fit_until);
    bulk_bool(bulk, options->replace);
    return bulk_end(bulk, NULL, error);
}

/* ---- Files ---- */

static void copy_transaction(struct bulk *bulk, const struct import_row *row, size_t line)
{
    bulk_row(bulk, 6);
    bulk_int64(bulk, (int64_t)line);
    bulk_text_field(bulk, row->customer);
    bulk_date(bulk, row->day);
    bulk_numeric2(bulk, row->amount);
    if (*row->method)
        bulk_text_field(bulk, row->method);
    else
        bulk_null(bulk);
    if (*row->transaction)
        bulk_text_field(bulk, row->transaction);
    else
        bulk_null(bulk);
}

static void copy_customer(struct bulk *bulk, const struct import_row *row, size_t line)
{
    bulk_row(bulk, 4);
    bulk_int64(bulk, (int64_t)line);
    bulk_text_field(bulk, row->customer);
    if (row->age >= 0)
        bulk_int32(bulk, row->age);
    else
        bulk_null(bulk);
    if (*row->gender)
        bulk_text_field(bulk, row->gender);
    else
        bulk_null(bulk);
}

static size_t size_of(const char *path)
{
    struct stat about;
    return strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode)
               ? (size_t)about.st_size
               : 0;
}

static bool copy_rows(const struct import *import, struct csv *csv, const char *file,
                      bool customers, const struct import_places *places, struct error *error)
{
    char phase[80];
    struct csv_row row;
    struct import_row good;
    const char *reason = NULL;
    double bytes = (double)(customers || !import->options->source ? size_of(file)
                                                                  : import->options->source_bytes);
    snprintf(phase, sizeof phase, "reading %s", base_name(file));
    for (enum csv_result r; (r = csv_read(csv, &row, &reason)) != CSV_END; reason = NULL) {
        if (import->result->rows++ % ROWS_A_LOOK == 0 &&
            !go_on(import, phase,
                   share_read * fmin(bytes > 0 ? (double)csv_position(csv) / (bytes + 1) : 0, 1),
                   error))
            return false;
        if (r == CSV_ROW)
            reason = customers
                         ? import_check_customer(&row, places, &good)
                         : import_check_transaction(&row, places, import->options->today, &good);
        if (reason || r != CSV_ROW)
            refuse(import, file, row.line, reason ? reason : "the row cannot be read", 0);
        else if (customers)
            copy_customer(import->bulk, &good, row.line);
        else
            copy_transaction(import->bulk, &good, row.line);
    }
    return !csv_failed(csv, error);
}

static bool copy_file(const struct import *import, const char *file, bool customers,
                      struct error *error)
{
    struct import_places places;
    const struct import_options *options = import->options;
    struct csv *csv = options->source && !customers
                          ? csv_open_source(options->source, options->source_owner, error)
                          : csv_open(file, error);
    bool done =
        csv &&
        import_read_heading(csv, base_name(file), options->columns, customers, &places, error) &&
        bulk_begin(import->bulk,
                   customers ? "pg_temp.import_customers (line, customer, age, gender)"
                             : "pg_temp.import_transactions (line, customer, day, amount, "
                               "method, transaction)",
                   error);
    if (done) {
        struct error late;
        done = copy_rows(import, csv, file, customers, &places, error);
        /* The stream is brought to its end in any case. */
        if (!bulk_end(import->bulk, NULL, done ? error : &late))
            done = false;
    }
    csv_close(csv);
    return done;
}

/* ---- What can be seen only when all rows are there ---- */

static bool tell_twice(void *owner, const int64_t *values, int count)
{
    const struct import *import = owner;
    bool customers = import->told_file == import->options->customers;
    if (count == 2)
        refuse(import, import->told_file, (size_t)values[0],
               customers ? "the customer stands twice" : "the transaction stands twice",
               (size_t)values[1]);
    return true;
}

static bool take_figures(void *owner, const int64_t *values, int count)
{
    struct import_result *result = owner;
    if (count < 6)
        return false;
    result->customers = values[0];
    result->transactions = values[1];
    result->first_day = values[1] > 0 ? (int32_t)values[2] : DATE_NONE;
    result->last_day = values[1] > 0 ? (int32_t)values[3] : DATE_NONE;
    result->methods_added = values[4];
    result->without_transactions = values[5];
    return true;
}

static bool look_at_all(struct import *import, struct error *error)
{
    struct bulk *bulk = import->bulk;
    import->told_file = import->options->file;
    if (!go_on(import, "checking", share_read, error) ||
        !bulk_run_file(bulk, "dataset_import_staged", error) ||
        !bulk_each(bulk, "dataset_import_twice", 0, NULL, tell_twice, import, error))
        return false;
    import->told_file = import->options->customers;
    return (!import->options->customers ||
            bulk_each(bulk, "dataset_import_customer_twice", 0, NULL, tell_twice, import, error)) &&
           bulk_run_file(bulk, "dataset_import_once", error) &&
           bulk_each(bulk, "dataset_import_figures", 0, NULL, take_figures, import->result, error);
}

/* Whether what was found may be loaded. */
static bool is_loadable(const struct import *import, struct error *error)
{
    const struct import_options *options = import->options;
    const struct import_result *result = import->result;
    if (result->transactions == 0)
        return error_set(error, ERROR_INPUT,
                         result->rows == 0
                             ? "Nothing was changed. The rows come below the line with the names"
                             : "Nothing was changed. Mend the rows and try again",
                         result->rows == 0 ? "%s has a heading and no row below it"
                                           : "%s has no row that could be used",
                         base_name(options->file));
    if (result->methods_added > IMPORT_METHODS)
        return error_set(error, ERROR_INPUT, "Look whether method=… names the right column",
                         "The file has %lld new payment methods; at most %d are taken",
                         (long long)result->methods_added, IMPORT_METHODS);
    if (options->fit_until != DATE_NONE && options->fit_until <= result->first_day)
        return error_set(error, ERROR_INPUT, NULL,
                         "The day to fit until comes before the first transactions");
    if (result->bad > 0 && !options->skip_bad && !options->dry_run)
        return error_set(error, ERROR_INPUT,
                         "Nothing was changed. Mend the rows, or leave them out with --skip-bad",
                         "%zu of %zu rows cannot be used", result->bad, result->rows);
    return true;
}

/* A job that is taken up again sees by its outcome that this much is done. */
static bool note_outcome(const struct import *import, struct error *error)
{
    char job[24], outcome[300], bad[24];
    const char *const values[] = {job, outcome, bad};
    if (import->options->job_id == 0)
        return true;
    snprintf(job, sizeof job, "%" PRId64, import->options->job_id);
    snprintf(bad, sizeof bad, "%zu", import->result->bad);
    import_write_result(outcome, sizeof outcome, import->options, import->result);
    return bulk_named(import->bulk, "imports_note", 3, values, NULL, 0, error);
}

static bool load(const struct import *import, struct error *error)
{
    struct bulk *bulk = import->bulk;
    return go_on(import, "loading", share_checked, error) &&
           bulk_run_file(bulk, "dataset_import_load", error) &&
           bulk_value(bulk, "SELECT w.dataset_id FROM pg_temp.import_wish AS w",
                      &import->result->dataset_id, error) &&
           go_on(import, "loading", share_loaded, error) && note_outcome(import, error) &&
           bulk_commit(bulk, error);
}

void import_write_result(char *dst, size_t size, const struct import_options *options,
                         const struct import_result *result)
{
    char first[16], last[16];
    date_format_iso(first, sizeof first, result->first_day);
    date_format_iso(last, sizeof last, result->last_day);
    *dst = '\0';
    text_append(dst, size, "%" PRId64 " transactions of %" PRId64 " customers, %s to %s",
                result->transactions, result->customers, first, last);
    if (result->bad > 0)
        text_append(dst, size, "; %zu of %zu rows %s", result->bad, result->rows,
                    options->skip_bad ? "left out" : "cannot be used");
    if (result->without_transactions > 0)
        text_append(dst, size, "; %" PRId64 " customers without a transaction left out",
                    result->without_transactions);
    if (options->dry_run)
        text_append(dst, size, "; nothing was changed");
}

bool import_run(const char *conninfo, const struct import_options *options, import_bad_fn *on_bad,
                import_progress_fn *on_progress, void *owner, struct import_result *result,
                struct error *error)
{
    struct import import = {.options = options,
                            .result = result,
                            .on_bad = on_bad,
                            .on_progress = on_progress,
                            .owner = owner};
    *result = (struct import_result){.first_day = DATE_NONE, .last_day = DATE_NONE};
    if (!check_options(options, error))
        return false;
    import.bulk = bulk_open(conninfo, error);
    bool done = import.bulk && bulk_run_file(import.bulk, "dataset_import_begin", error) &&
                put_wish(&import, error) &&
                bulk_run_file(import.bulk, "dataset_import_check", error) &&
                (!options->customers || copy_file(&import, options->customers, true, error)) &&
                copy_file(&import, options->file, false, error) && look_at_all(&import, error) &&
                is_loadable(&import, error) && (options->dry_run || load(&import, error));
    bulk_close(import.bulk);
    if (!done)
        result->dataset_id = 0;
    return done;
}
