/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * COPY BINARY: a row is a field count and each field its length and bytes, all big-endian. Rows
 * gather in one buffer that goes to libpq when it is nearly full; libpq blocks when the server is
 * slower, which is all the flow control there is. The same fields serve as a statement's
 * parameters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk_private.h"
#include "failure.h"
#include "gymtui/base/date.h"

#define NUMERIC_BASE      10000
#define DAYS_TO_2000      10957 /* PostgreSQL counts from 2000-01-01 */
#define MICROS_TO_2000    INT64_C(946684800000000)
#define RANGE_LOWER_INCL  0x02
#define RANGE_UPPER_OPEN  0x10
#define COPY_EXTENSION    ((uint32_t)0)
#define COPY_TRAILER      ((int16_t)-1)
#define FIELD_NULL        UINT32_MAX
#define CALL_PARAMETERS   64
#define FIXED_FIELD_BYTES 64 /* no field of fixed size is larger */

/* ---- A row of a COPY ---- */

static bool has_failed(const struct bulk *bulk)
{
    return !bulk->in_copy || bulk->failed.code != ERROR_NONE;
}

static void flush(struct bulk *bulk)
{
    if (!has_failed(bulk) && bulk->used > 0 &&
        PQputCopyData(bulk->connection, (const char *)bulk->buffer, (int)bulk->used) != 1)
        error_set(&bulk->failed, ERROR_OFFLINE, "Look at the server's log",
                  "The connection was lost during the load");
    bulk->used = 0;
}

static void make_room(struct bulk *bulk, size_t bytes)
{
    if (bulk->used + bytes > BULK_BUFFER)
        flush(bulk);
}

static void put_bytes(struct bulk *bulk, const void *bytes, size_t count)
{
    const unsigned char *rest = bytes;
    while (count > 0) {
        make_room(bulk, 1);
        size_t part = BULK_BUFFER - bulk->used < count ? BULK_BUFFER - bulk->used : count;
        memcpy(bulk->buffer + bulk->used, rest, part);
        bulk->used += part;
        rest += part;
        count -= part;
    }
}

/* The callers below make room for a whole field first. */
static void put_uint(struct bulk *bulk, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        bulk->buffer[bulk->used++] = (unsigned char)(value >> (8 * i));
}

static void put_field(struct bulk *bulk, uint64_t value, int bytes)
{
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, (uint64_t)bytes, 4);
    put_uint(bulk, value, bytes);
}

bool bulk_begin(struct bulk *bulk, const char *table_and_columns, struct error *error)
{
    char sql[2000];
    int length = snprintf(sql, sizeof sql, "COPY %s FROM STDIN (FORMAT binary)", table_and_columns);
    if (length < 0 || (size_t)length >= sizeof sql)
        return error_set(error, ERROR_INPUT, NULL, "Too many columns for one load");
    error_clear(&bulk->failed);
    PGresult *result = PQexec(bulk->connection, sql);
    bulk->in_copy = PQresultStatus(result) == PGRES_COPY_IN;
    if (!bulk->in_copy)
        failure_of_result(result, table_and_columns, error);
    PQclear(result);
    bulk->used = 0;
    put_bytes(bulk, "PGCOPY\n\377\r\n", 11); /* with its terminating zero */
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, 0, 4); /* flags */
    put_uint(bulk, COPY_EXTENSION, 4);
    return bulk->in_copy;
}

void bulk_row(struct bulk *bulk, int fields)
{
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, (uint64_t)fields, 2);
}

void bulk_null(struct bulk *bulk)
{
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, FIELD_NULL, 4);
}

void bulk_int16(struct bulk *bulk, int16_t value)
{
    put_field(bulk, (uint64_t)value, 2);
}

void bulk_int32(struct bulk *bulk, int32_t value)
{
    put_field(bulk, (uint64_t)value, 4);
}

void bulk_int64(struct bulk *bulk, int64_t value)
{
    put_field(bulk, (uint64_t)value, 8);
}

void bulk_bool(struct bulk *bulk, bool value)
{
    put_field(bulk, value, 1);
}

void bulk_float8(struct bulk *bulk, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_field(bulk, bits, 8);
}

void bulk_text_field(struct bulk *bulk, const char *text)
{
    size_t length = strlen(text);
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, length, 4);
    put_bytes(bulk, text, length);
}

void bulk_jsonb(struct bulk *bulk, const char *json)
{
    size_t length = strlen(json);
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, length + 1, 4);
    put_uint(bulk, 1, 1); /* jsonb's version of its own format */
    put_bytes(bulk, json, length);
}

void bulk_bytes(struct bulk *bulk, const unsigned char *bytes, size_t size)
{
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, size, 4);
    put_bytes(bulk, bytes, size);
}

void bulk_date(struct bulk *bulk, int32_t day)
{
    if (day == DATE_NONE)
        bulk_null(bulk);
    else
        bulk_int32(bulk, day - DAYS_TO_2000);
}

void bulk_timestamptz(struct bulk *bulk, int64_t utc_microseconds)
{
    if (utc_microseconds == MOMENT_NONE)
        bulk_null(bulk);
    else
        bulk_int64(bulk, utc_microseconds - MICROS_TO_2000);
}

/* numeric: digits in base 10000 around the decimal point; `weight` is the power of the first one.
 */
void bulk_numeric2(struct bulk *bulk, money amount)
{
    uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    uint16_t digits[8];
    int count = 0, weight = -1;
    digits[7] = (uint16_t)(size % 100 * 100); /* hundredths as the digit after the point */
    for (uint64_t whole = size / 100; whole > 0; whole /= NUMERIC_BASE) {
        digits[6 - count++] = (uint16_t)(whole % NUMERIC_BASE);
        weight++;
    }
    int first = 7 - count, last = 7;
    while (first <= last && digits[first] == 0) {
        first++; /* no whole part, or no amount at all */
        weight--;
    }
    while (last >= first && digits[last] == 0)
        last--;
    count = last - first + 1;
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, 8 + 2 * (uint64_t)count, 4);
    put_uint(bulk, (uint64_t)count, 2);
    put_uint(bulk, (uint64_t)(count > 0 ? weight : 0), 2);
    put_uint(bulk, amount < 0 ? 0x4000 : 0, 2);
    put_uint(bulk, 2, 2); /* decimals shown */
    for (int i = first; i <= last; i++)
        put_uint(bulk, digits[i], 2);
}

void bulk_daterange(struct bulk *bulk, int32_t from, int32_t until)
{
    bool is_open = until == DATE_NONE;
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, is_open ? 9 : 17, 4);
    put_uint(bulk, RANGE_LOWER_INCL | (is_open ? RANGE_UPPER_OPEN : 0), 1);
    put_uint(bulk, 4, 4);
    put_uint(bulk, (uint64_t)(from - DAYS_TO_2000), 4);
    if (!is_open) {
        put_uint(bulk, 4, 4);
        put_uint(bulk, (uint64_t)(until - DAYS_TO_2000), 4);
    }
}

void bulk_uuid(struct bulk *bulk, const uint8_t uuid[16])
{
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, 16, 4);
    put_bytes(bulk, uuid, 16);
}

bool bulk_end(struct bulk *bulk, int64_t *rows, struct error *error)
{
    if (!bulk->in_copy)
        return error_set(error, ERROR_DATABASE, NULL, "No load is under way");
    make_room(bulk, FIXED_FIELD_BYTES);
    put_uint(bulk, (uint64_t)COPY_TRAILER, 2);
    flush(bulk);
    bool done = bulk->failed.code == ERROR_NONE;
    if (PQputCopyEnd(bulk->connection, done ? NULL : "given up") != 1 && done)
        done = error_set(&bulk->failed, ERROR_OFFLINE, "Look at the server's log",
                         "The connection was lost during the load");
    bulk->in_copy = false;
    PGresult *result;
    while ((result = PQgetResult(bulk->connection))) {
        if (done && PQresultStatus(result) != PGRES_COMMAND_OK) {
            failure_of_result(result, "copy", &bulk->failed);
            done = false;
        }
        if (done && rows)
            *rows = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    if (!done && error)
        *error = bulk->failed;
    return done;
}

/* ---- Fields as parameters ---- */

void bulk_begin_call(struct bulk *bulk)
{
    bulk->used = 0;
}

/* Where each field of the buffer lies; how many there are, if they are whole. */
static int find_fields(const struct bulk *bulk, const char **values, int *lengths)
{
    int count = 0;
    size_t at = 0;
    for (; at + 4 <= bulk->used && count < CALL_PARAMETERS; count++) {
        uint32_t length = (uint32_t)bulk_uint(bulk->buffer + at, 4);
        at += 4;
        values[count] = length == FIELD_NULL ? NULL : (const char *)bulk->buffer + at;
        lengths[count] = length == FIELD_NULL ? 0 : (int)length;
        at += length == FIELD_NULL ? 0 : length;
    }
    return at == bulk->used ? count : -1;
}

bool bulk_end_call(struct bulk *bulk, const char *name, char *dst, size_t size, struct error *error)
{
    const char *values[CALL_PARAMETERS];
    int lengths[CALL_PARAMETERS], formats[CALL_PARAMETERS];
    const struct statement *statement = bulk_find_statement(bulk, name, error);
    if (!statement)
        return false;
    for (int i = 0; i < CALL_PARAMETERS; i++)
        formats[i] = 1; /* binary */
    int count = find_fields(bulk, values, lengths);
    bulk->used = 0;
    if (count != statement->parameters)
        return error_set(error, ERROR_SYSTEM, NULL, "%d parameters for %s, which takes %d", count,
                         name, statement->parameters);
    if (bulk->keeps_plans && !bulk_prepare(bulk, statement, name, error))
        return false;
    return bulk_take_text(bulk->keeps_plans ? PQexecPrepared(bulk->connection, name, count, values,
                                                             lengths, formats, 0)
                                            : PQexecParams(bulk->connection, statement->text, count,
                                                           NULL, values, lengths, formats, 0),
                          name, dst, size, error);
}
