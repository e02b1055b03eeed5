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

/* One row of at least `length` bytes; how many numbers it has, −1 at the end, −2 when it is no row.
 */
static int read_row(const unsigned char *bytes, size_t length, bool has_bytes, struct row *row)
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
    bool goes_on = reading->on_bytes
                       ? reading->on_bytes(reading->owner, row.values, count, row.bytes, row.size)
                       : reading->on_row && reading->on_row(reading->owner, row.values, count);
    return goes_on || error_set(error, ERROR_CANCELLED, NULL, "The reading was ended");
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
    const struct statement *found = bulk_find_statement(bulk, reading->name, error);
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
