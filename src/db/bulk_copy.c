/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows by COPY TO STDOUT (FORMAT binary): a field count, and each field its length and bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk_private.h"
#include "failure.h"

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

/* What the last column of a row is. */
enum last { IS_NUMBER, IS_AMOUNT, IS_BYTES, IS_LIST };

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
        *value = (int16_t)bulk_uint(bytes, 2);
        return true;
    case 4:
        *value = (int32_t)bulk_uint(bytes, 4);
        return true;
    case 8:
        *value = (int64_t)bulk_uint(bytes, 8);
        return true;
    default:
        return false;
    }
}

#define NUMERIC_HEADER   8 /* how many digits, the weight of the first, the sign, the scale */
#define NUMERIC_NEGATIVE 0x4000

/* A numeric's digits are of base 10,000: those of the whole part, and one of hundredths × 100. */
static bool read_amount(const unsigned char *bytes, int32_t size, int64_t *value)
{
    if (size < NUMERIC_HEADER)
        return read_number(bytes, size, value) && *value == BULK_NULL;
    int digits = (int16_t)bulk_uint(bytes, 2), weight = (int16_t)bulk_uint(bytes + 2, 2);
    unsigned sign = (unsigned)bulk_uint(bytes + 4, 2);
    if (digits < 0 || size != NUMERIC_HEADER + 2 * digits || weight < -1 || weight > 3 ||
        digits > weight + 2 || (sign != 0 && sign != NUMERIC_NEGATIVE))
        return false;
    int64_t whole = 0, parts = 0;
    for (int i = 0; i <= weight; i++)
        whole = whole * 10000 +
                (i < digits ? (int64_t)bulk_uint(bytes + NUMERIC_HEADER + (ptrdiff_t)2 * i, 2) : 0);
    if (digits == weight + 2)
        parts = (int64_t)bulk_uint(bytes + NUMERIC_HEADER + (ptrdiff_t)2 * (digits - 1), 2);
    *value = whole * 100 + parts / 100;
    *value = sign ? -*value : *value;
    return parts % 100 == 0;
}

/* One row of at least `length` bytes; how many numbers it has, −1 at the end, −2 when it is no row.
 */
static int read_row(const unsigned char *bytes, size_t length, enum last last, struct row *row)
{
    size_t at = 2;
    int fields = length >= 2 ? (int16_t)bulk_uint(bytes, 2) : -2;
    if (fields < 0 || fields > BULK_COLUMNS)
        return fields == -1 ? -1 : -2;
    for (int i = 0; i < fields; i++) {
        if (at + 4 > length)
            return -2;
        int32_t size = (int32_t)bulk_uint(bytes + at, 4);
        at += 4;
        if (size > 0 && at + (size_t)size > length)
            return -2;
        bool is_last = i == fields - 1;
        if (is_last && last >= IS_BYTES) {
            row->bytes = bytes + at;
            row->size = size >= 0 ? (size_t)size : 0;
            return size >= 0 ? i : -2;
        }
        if (!(is_last && last == IS_AMOUNT ? read_amount : read_number)(bytes + at, size,
                                                                        &row->values[i]))
            return -2;
        at += size > 0 ? (size_t)size : 0;
    }
    return last >= IS_BYTES ? -2 : fields;
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

/* The function that fits `last` is called with each row. */
struct reading {
    const char *name;
    enum last last;
    bulk_row_fn *on_row;
    bulk_bytes_fn *on_bytes;
    bulk_list_fn *on_list;
    void *owner;
    int64_t *list; /* elements of the row at hand */
    size_t room;
};

#define ARRAY_HEADER 20 /* dimensions, flags, type; elements, where they begin to count */

/* An array of numbers of eight bytes, each behind its length; none: no dimensions. */
static bool read_list(struct reading *reading, const struct row *row, size_t *length)
{
    const unsigned char *at = row->bytes;
    *length = row->size >= ARRAY_HEADER && bulk_uint(at, 4) == 1 ? bulk_uint(at + 12, 4) : 0;
    if (*length == 0)
        return row->size >= 12 && bulk_uint(at, 4) == 0;
    if ((row->size - ARRAY_HEADER) / 12 != *length || (row->size - ARRAY_HEADER) % 12 != 0)
        return false;
    if (*length > reading->room) {
        size_t room = *length + *length / 2;
        int64_t *grown = realloc(reading->list, room * sizeof *grown);
        if (!grown)
            return false;
        reading->list = grown;
        reading->room = room;
    }
    at += ARRAY_HEADER;
    for (size_t i = 0; i < *length; i++, at += 12) {
        if (bulk_uint(at, 4) != 8)
            return false;
        reading->list[i] = (int64_t)bulk_uint(at + 4, 8);
    }
    return true;
}

static bool hand_over(struct reading *reading, const struct row *row, int count, size_t length)
{
    switch (reading->last) {
    case IS_BYTES:
        return reading->on_bytes(reading->owner, row->values, count, row->bytes, row->size);
    case IS_LIST:
        return reading->on_list(reading->owner, row->values, count, reading->list, length);
    case IS_NUMBER:
    case IS_AMOUNT:
        break;
    }
    return reading->on_row(reading->owner, row->values, count);
}

static bool take_row(struct reading *reading, const unsigned char *bytes, size_t size,
                     struct error *error)
{
    struct row row;
    size_t length = 0;
    int count = read_row(bytes, size, reading->last, &row);
    if (count == -1)
        return true;
    if (count == -2 || (reading->last == IS_LIST && !read_list(reading, &row, &length)))
        return error_set(error, ERROR_DATABASE, NULL, "The rows of %s cannot be read",
                         reading->name);
    return hand_over(reading, &row, count, length) ||
           error_set(error, ERROR_CANCELLED, NULL, "The reading was ended");
}

static bool read_copy(PGconn *connection, struct reading *reading, struct error *error)
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

static bool copy_rows(struct bulk *bulk, struct reading *reading, int count,
                      const int64_t *parameters, struct error *error)
{
    const struct statement *found = bulk_find_statement(bulk, reading->name, error);
    if (!found)
        return false;
    char *sql = copy_command(found->text, count, parameters);
    if (!sql)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    PGresult *result = PQexec(bulk->connection, sql);
    free(sql);
    bool done = PQresultStatus(result) == PGRES_COPY_OUT;
    if (!done)
        failure_of_result(result, reading->name, error);
    PQclear(result);
    done = done && read_copy(bulk->connection, reading, error);
    free(reading->list);
    return done;
}

bool bulk_copy_each(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                    bulk_row_fn *on_row, void *owner, struct error *error)
{
    struct reading reading = {
        .name = statement, .last = IS_NUMBER, .on_row = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}

bool bulk_copy_amounts(struct bulk *bulk, const char *statement, int count,
                       const int64_t *parameters, bulk_row_fn *on_row, void *owner,
                       struct error *error)
{
    struct reading reading = {
        .name = statement, .last = IS_AMOUNT, .on_row = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}

bool bulk_copy_bytes(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                     bulk_bytes_fn *on_row, void *owner, struct error *error)
{
    struct reading reading = {
        .name = statement, .last = IS_BYTES, .on_bytes = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}

bool bulk_copy_lists(struct bulk *bulk, const char *statement, int count, const int64_t *parameters,
                     bulk_list_fn *on_row, void *owner, struct error *error)
{
    struct reading reading = {
        .name = statement, .last = IS_LIST, .on_list = on_row, .owner = owner};
    return copy_rows(bulk, &reading, count, parameters, error);
}
