/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * COPY BINARY: a row is a field count and each field its length and bytes, all big-endian. Rows
 * gather in one buffer that goes to libpq when it is nearly full; libpq blocks when the server is
 * slower, which is all the flow control there is.
 */
#include "gymtui/db/bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "failure.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "sql_files.h"
#include "statement.h"

#define BUFFER_BYTES      ((size_t)256 * 1024)
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

struct bulk {
    PGconn *connection;
    struct error failed; /* the first one of a COPY; later fields are dropped */
    bool in_copy;
    bool keeps_plans;
    struct statements *statements; /* read at first use */
    bool is_prepared[STATEMENTS_MAX];
    size_t used;
    unsigned char buffer[BUFFER_BYTES];
};

struct bulk *bulk_open(const char *conninfo, struct error *error)
{
    struct bulk *bulk = malloc(sizeof *bulk);
    if (!bulk) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    *bulk = (struct bulk){.connection = blocking_connect(conninfo, error)};
    if (!bulk->connection || !blocking_run(bulk->connection, "BEGIN", "begin", error)) {
        bulk_close(bulk);
        return NULL;
    }
    return bulk;
}

void bulk_close(struct bulk *bulk)
{
    if (!bulk)
        return;
    PQfinish(bulk->connection);
    if (bulk->statements)
        statements_free(bulk->statements);
    free(bulk->statements);
    free(bulk);
}

bool bulk_commit(struct bulk *bulk, struct error *error)
{
    return blocking_run(bulk->connection, "COMMIT AND CHAIN", "commit", error);
}

bool bulk_run(struct bulk *bulk, const char *sql, struct error *error)
{
    return blocking_run(bulk->connection, sql, "bulk", error);
}

bool bulk_run_file(struct bulk *bulk, const char *name, struct error *error)
{
    for (const struct sql_file *file = sql_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return blocking_run(bulk->connection, file->text, name, error);
    return error_set(error, ERROR_NOT_FOUND, NULL, "There is no statement file \"%s\"", name);
}

bool bulk_value(struct bulk *bulk, const char *sql, int64_t *value, struct error *error)
{
    return blocking_value(bulk->connection, sql, value, error);
}

bool bulk_text(struct bulk *bulk, const char *sql, char *dst, size_t size, struct error *error)
{
    return blocking_text(bulk->connection, sql, 0, NULL, dst, size, error);
}

/* ---- Named statements ---- */

/* A statement by its name; NULL: there is none, or no memory. */
static const struct statement *find_statement(struct bulk *bulk, const char *name,
                                              struct error *error)
{
    if (!bulk->statements) {
        struct statements *all = malloc(sizeof *all);
        if (!all || !statements_load(all)) {
            free(all);
            error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
            return NULL;
        }
        bulk->statements = all;
    }
    int index = statements_find(bulk->statements, name);
    if (index >= 0)
        return &bulk->statements->rows[index];
    error_set(error, ERROR_NOT_FOUND, NULL, "There is no statement %s", name);
    return NULL;
}

void bulk_keep_plans(struct bulk *bulk)
{
    bulk->keeps_plans = true;
}

/* Whether a statement can be run by its name; prepares it at its first use. */
static bool prepare(struct bulk *bulk, const struct statement *statement, const char *name,
                    struct error *error)
{
    bool *is_prepared = &bulk->is_prepared[statement - bulk->statements->rows];
    if (*is_prepared)
        return true;
    PGresult *result = PQprepare(bulk->connection, name, statement->text, 0, NULL);
    *is_prepared = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!*is_prepared)
        failure_of_result(result, name, error);
    PQclear(result);
    return *is_prepared;
}

static bool take_text(PGresult *result, const char *name, char *dst, size_t size,
                      struct error *error)
{
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!done)
        failure_of_result(result, name, error);
    else if (dst && PQntuples(result) == 0)
        done = error_set(error, ERROR_NOT_FOUND, NULL, "There is no such row in the database");
    else if (dst)
        snprintf(dst, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return done;
}

bool bulk_named(struct bulk *bulk, const char *name, int count, const char *const *values,
                char *dst, size_t size, struct error *error)
{
    const struct statement *statement = find_statement(bulk, name, error);
    if (!statement)
        return false;
    if (!bulk->keeps_plans)
        return blocking_text(bulk->connection, statement->text, count, values, dst, size, error);
    return prepare(bulk, statement, name, error) &&
           take_text(PQexecPrepared(bulk->connection, name, count, values, NULL, NULL, 0), name,
                     dst, size, error);
}

/* ---- Rows of numbers ---- */

/* All that come, until a row is refused: the rest is read and dropped. */
static bool read_rows(PGconn *connection, const char *name, bulk_row_fn *on_row, void *owner,
                      struct error *error)
{
    bool done = true;
    for (PGresult *result; (result = PQgetResult(connection)) != NULL; PQclear(result)) {
        ExecStatusType status = PQresultStatus(result);
        if (!done || status == PGRES_TUPLES_OK)
            continue;
        if (status != PGRES_SINGLE_TUPLE) {
            failure_of_result(result, name, error);
            done = false;
            continue;
        }
        int64_t values[BULK_COLUMNS];
        int count = PQnfields(result) < BULK_COLUMNS ? PQnfields(result) : BULK_COLUMNS;
        for (int i = 0; i < count; i++)
            values[i] = strtoll(PQgetvalue(result, 0, i), NULL, 10);
        if (!on_row(owner, values, count))
            done = error_set(error, ERROR_CANCELLED, NULL, "The reading was ended");
    }
    return done;
}

bool bulk_each(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
               bulk_row_fn *on_row, void *owner, struct error *error)
{
    char numbers[BULK_COLUMNS][24];
    const char *values[BULK_COLUMNS];
    const struct statement *found = find_statement(bulk, statement, error);
    if (!found)
        return false;
    if (count > BULK_COLUMNS)
        return error_set(error, ERROR_SYSTEM, NULL, "Too many parameters for %s", statement);
    for (int i = 0; i < count; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%" PRId64, parameters[i]);
        values[i] = numbers[i];
    }
    if (bulk->keeps_plans && !prepare(bulk, found, statement, error))
        return false;
    int sent =
        bulk->keeps_plans
            ? PQsendQueryPrepared(bulk->connection, statement, count, values, NULL, NULL, 0)
            : PQsendQueryParams(bulk->connection, found->text, count, NULL, values, NULL, NULL, 0);
    if (sent != 1)
        return error_set(error, ERROR_OFFLINE, NULL, "The statement %s could not be sent",
                         statement);
    PQsetSingleRowMode(bulk->connection);
    return read_rows(bulk->connection, statement, on_row, owner, error);
}

/* ---- COPY to us ---- */

/* COPY takes no parameters, so numbers stand in the text in place of $1 … $9. */
static char *copy_command(const char *text, int count, const int64_t *parameters)
{
    static const char before[] = "COPY (", behind[] = ") TO STDOUT (FORMAT binary)";
    size_t length = strlen(text), room = sizeof before + sizeof behind + length;
    for (const char *at = text; *at; at++)
        room += *at == '$' ? 24 : 0;
    char *sql = malloc(room);
    if (!sql)
        return NULL;
    while (length > 0 && strchr("; \n", text[length - 1]))
        length--;
    size_t used = (size_t)snprintf(sql, room, "%s", before);
    for (size_t i = 0; i < length; i++) {
        int number = text[i] == '$' && i + 1 < length ? text[i + 1] - '0' : 0;
        if (number >= 1 && number <= 9 && number <= count) {
            used +=
                (size_t)snprintf(sql + used, room - used, "(%" PRId64 ")", parameters[number - 1]);
            i++;
        } else {
            sql[used++] = text[i];
        }
    }
    memcpy(sql + used, behind, sizeof behind);
    return sql;
}

static uint64_t get_uint(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

struct row {
    int64_t values[BULK_COLUMNS];
    const unsigned char *bytes; /* of the last column, when it is no number */
    size_t size;
};

/* One field of a size that a number has. */
static bool read_number(const unsigned char *bytes, int32_t size, int64_t *value)
{
    switch (size) {
    case -1:
        *value = BULK_NULL;
        return true;
    case 1:
        *value = bytes[0];
        return true;
    case 2:
        *value = (int16_t)get_uint(bytes, 2);
        return true;
    case 4:
        *value = (int32_t)get_uint(bytes, 4);
        return true;
    case 8:
        *value = (int64_t)get_uint(bytes, 8);
        return true;
    default:
        return false;
    }
}

/* One row of at least `length` bytes; how many numbers it has, −1 at the end, −2 when it is no row.
 */
static int read_row(const unsigned char *bytes, size_t length, bool has_bytes, struct row *row)
{
    size_t at = 2;
    int fields = length >= 2 ? (int16_t)get_uint(bytes, 2) : -2;
    if (fields < 0 || fields > BULK_COLUMNS)
        return fields == -1 ? -1 : -2;
    for (int i = 0; i < fields; i++) {
        if (at + 4 > length)
            return -2;
        int32_t size = (int32_t)get_uint(bytes + at, 4);
        at += 4;
        if (size > 0 && at + (size_t)size > length)
            return -2;
        if (has_bytes && i == fields - 1 && size >= 0) {
            row->bytes = bytes + at;
            row->size = (size_t)size;
            return i;
        }
        if (!read_number(bytes + at, size, &row->values[i]))
            return -2;
        at += size > 0 ? (size_t)size : 0;
    }
    return has_bytes ? -2 : fields;
}

#define COPY_HEADER_BYTES 19 /* signature, flags, and no extension */

/* What is left in the connection after a COPY or its failure. */
static bool drain(PGconn *connection, const char *name, bool done, struct error *error)
{
    for (PGresult *result; (result = PQgetResult(connection)) != NULL; PQclear(result))
        if (done && PQresultStatus(result) != PGRES_COMMAND_OK) {
            failure_of_result(result, name, error);
            done = false;
        }
    return done;
}

/* One of the two is called with each row. */
struct reading {
    const char *name;
    bulk_row_fn *on_row;
    bulk_bytes_fn *on_bytes;
    void *owner;
};

static bool take_row(const struct reading *reading, const unsigned char *bytes, size_t length,
                     struct error *error)
{
    struct row row;
    int count = read_row(bytes, length, reading->on_bytes != NULL, &row);
    if (count == -2)
        return error_set(error, ERROR_DATABASE, NULL, "The rows of %s cannot be read",
                         reading->name);
    if (count == -1)
        return true;
    return (reading->on_bytes
                ? reading->on_bytes(reading->owner, row.values, count, row.bytes, row.size)
                : reading->on_row(reading->owner, row.values, count)) ||
           error_set(error, ERROR_CANCELLED, NULL, "The reading was ended");
}

static bool read_copy(PGconn *connection, const struct reading *reading, struct error *error)
{
    char *bytes;
    int length;
    bool done = true, is_first = true;
    while ((length = PQgetCopyData(connection, &bytes, 0)) > 0) {
        size_t skip = is_first ? COPY_HEADER_BYTES : 0, size = (size_t)length;
        is_first = false;
        if (done && size > skip)
            done = take_row(reading, (const unsigned char *)bytes + skip, size - skip, error);
        PQfreemem(bytes);
    }
    return drain(connection, reading->name, done, error);
}

static bool copy_rows(struct bulk *bulk, const struct reading *reading, int count,
                      const int64_t *parameters, struct error *error)
{
    const struct statement *found = find_statement(bulk, reading->name, error);
    if (!found)
        return false;
    char *sql = copy_command(found->text, count, parameters);
    if (!sql)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    PGresult *result = PQexec(bulk->connection, sql);
    free(sql);
    bool begun = PQresultStatus(result) == PGRES_COPY_OUT;
    if (!begun)
        failure_of_result(result, reading->name, error);
    PQclear(result);
    return begun && read_copy(bulk->connection, reading, error);
}

bool bulk_copy_each(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                    bulk_row_fn *on_row, void *owner, struct error *error)
{
    const struct reading reading = {.name = statement, .on_row = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}

bool bulk_copy_bytes(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                     bulk_bytes_fn *on_row, void *owner, struct error *error)
{
    const struct reading reading = {.name = statement, .on_bytes = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}

/* ---- COPY from us ---- */

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
    if (bulk->used + bytes > BUFFER_BYTES)
        flush(bulk);
}

static void put_bytes(struct bulk *bulk, const void *bytes, size_t count)
{
    const unsigned char *rest = bytes;
    while (count > 0) {
        make_room(bulk, 1);
        size_t part = BUFFER_BYTES - bulk->used < count ? BUFFER_BYTES - bulk->used : count;
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
        uint32_t length = (uint32_t)get_uint(bulk->buffer + at, 4);
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
    const struct statement *statement = find_statement(bulk, name, error);
    if (!statement)
        return false;
    for (int i = 0; i < CALL_PARAMETERS; i++)
        formats[i] = 1; /* binary */
    int count = find_fields(bulk, values, lengths);
    bulk->used = 0;
    if (count != statement->parameters)
        return error_set(error, ERROR_SYSTEM, NULL, "%d parameters for %s, which takes %d", count,
                         name, statement->parameters);
    if (bulk->keeps_plans && !prepare(bulk, statement, name, error))
        return false;
    return take_text(bulk->keeps_plans ? PQexecPrepared(bulk->connection, name, count, values,
                                                        lengths, formats, 0)
                                       : PQexecParams(bulk->connection, statement->text, count,
                                                      NULL, values, lengths, formats, 0),
                     name, dst, size, error);
}
