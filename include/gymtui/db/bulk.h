/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bulk loading for the worker: one blocking connection in a transaction, COPY BINARY streams into
 * it. Not for the interface.
 */
#ifndef GYMTUI_DB_BULK_H
#define GYMTUI_DB_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/base/money.h"

struct bulk;

/* Connects and begins a transaction. */
struct bulk *bulk_open(const char *conninfo, struct error *error);
void bulk_close(struct bulk *bulk); /* rolls back what was not committed; NULL is allowed */
/* Commits, and begins the next transaction. */
bool bulk_commit(struct bulk *bulk, struct error *error);

/* Runs SQL text (may hold several statements), nothing returned. */
bool bulk_run(struct bulk *bulk, const char *sql, struct error *error);
/* Runs a named statement file of src/db ("bulk_prepare"). */
bool bulk_run_file(struct bulk *bulk, const char *name, struct error *error);
/* One number; one text. ERROR_NOT_FOUND when there is no row. */
bool bulk_value(struct bulk *bulk, const char *sql, int64_t *value, struct error *error);
bool bulk_text(struct bulk *bulk, const char *sql, char *dst, size_t size, struct error *error);

/* Runs a named statement (statement.h) with numbers for its parameters, and calls `on_row` with
 * each row's numbers as they come; NULL is 0. False from it ends the reading with ERROR_CANCELLED.
 */
#define BULK_COLUMNS 24
typedef bool bulk_row_fn(void *owner, const int64_t *values, int count);
bool bulk_each(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
               bulk_row_fn *on_row, void *owner, struct error *error);

/* Runs a named statement with texts for its parameters (NULL: SQL NULL). The first column of the
 * first row goes to `dst`, which may be NULL; ERROR_NOT_FOUND when it is wanted and there is no
 * row. */
bool bulk_named(struct bulk *bulk, const char *statement, int count, const char *const *values,
                char *dst, size_t size, struct error *error);

/* From here on bulk_named, bulk_each and bulk_end_call prepare each statement once and keep its
 * plan: for one who runs the same few again and again. */
void bulk_keep_plans(struct bulk *bulk);

/* The same rows as bulk_each, by the hundred thousand: COPY … TO STDOUT (FORMAT binary), with the
 * numbers written into the statement. Its columns are smallint, integer, bigint, boolean, date
 * or timestamptz; a timestamptz comes as microseconds since 2000 and a date as
 * days since 2000, as COPY has them. NULL is BULK_NULL. */
#define BULK_NULL INT64_MIN
bool bulk_copy_each(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                    bulk_row_fn *on_row, void *owner, struct error *error);

/* The same of rows whose last column is an amount, numeric(…, 2), which comes as a number of
 * hundredths: to multiply it costs the server more than to send it. */
bool bulk_copy_amounts(struct bulk *bulk, const char *statement, int count,
                       const int64_t *parameters, bulk_row_fn *on_row, void *owner,
                       struct error *error);

/* The same of rows whose last column is a bytea that is not NULL: `bytes` are gone after the call,
 * and `count` does not count them. */
typedef bool bulk_bytes_fn(void *owner, const int64_t *values, int count,
                           const unsigned char *bytes, size_t size);
bool bulk_copy_bytes(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                     bulk_bytes_fn *on_row, void *owner, struct error *error);

/* The same of rows whose last column is an array of bigint or timestamptz, neither it nor any of
 * its elements NULL: many short rows in one. `list` is gone after the call. */
typedef bool bulk_list_fn(void *owner, const int64_t *values, int count, const int64_t *list,
                          size_t length);
bool bulk_copy_lists(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                     bulk_list_fn *on_row, void *owner, struct error *error);

/* Runs a named statement whose parameters are the fields that follow bulk_begin_call, which are
 * those of a row of COPY; `dst` as above. */
void bulk_begin_call(struct bulk *bulk);
bool bulk_end_call(struct bulk *bulk, const char *statement, char *dst, size_t size,
                   struct error *error);

/* COPY table (columns) FROM STDIN (FORMAT binary). Then per row: bulk_row with the number of
 * fields, then each field in order; at the end bulk_end. Errors stick and come out at bulk_end. */
bool bulk_begin(struct bulk *bulk, const char *table_and_columns, struct error *error);
void bulk_row(struct bulk *bulk, int fields);
void bulk_null(struct bulk *bulk);
void bulk_int16(struct bulk *bulk, int16_t value);
void bulk_int32(struct bulk *bulk, int32_t value);
void bulk_int64(struct bulk *bulk, int64_t value);
void bulk_bool(struct bulk *bulk, bool value);
void bulk_float8(struct bulk *bulk, double value);
void bulk_text_field(struct bulk *bulk, const char *text); /* text, and jsonb via bulk_jsonb */
void bulk_jsonb(struct bulk *bulk, const char *json);
void bulk_bytes(struct bulk *bulk, const unsigned char *bytes, size_t size); /* bytea */
/* DATE_NONE and MOMENT_NONE are NULL. */
void bulk_date(struct bulk *bulk, int32_t day);
void bulk_timestamptz(struct bulk *bulk, int64_t utc_microseconds); /* since 1970 */
void bulk_numeric2(struct bulk *bulk, money amount);
void bulk_daterange(struct bulk *bulk, int32_t from,
                    int32_t until); /* [from, until); until DATE_NONE: open */
void bulk_uuid(struct bulk *bulk, const uint8_t uuid[16]);
bool bulk_end(struct bulk *bulk, int64_t *rows, struct error *error);

#endif
