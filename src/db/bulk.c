/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One blocking connection in a transaction: statements by their names, rows of numbers. */
#include "gymtui/db/bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "bulk_private.h"
#include "failure.h"
#include "sql_files.h"

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

const struct statement *bulk_find_statement(struct bulk *bulk, const char *name,
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

bool bulk_prepare(struct bulk *bulk, const struct statement *statement, const char *name,
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

bool bulk_take_text(PGresult *result, const char *name, char *dst, size_t size, struct error *error)
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
    const struct statement *statement = bulk_find_statement(bulk, name, error);
    if (!statement)
        return false;
    if (!bulk->keeps_plans)
        return blocking_text(bulk->connection, statement->text, count, values, dst, size, error);
    return bulk_prepare(bulk, statement, name, error) &&
           bulk_take_text(PQexecPrepared(bulk->connection, name, count, values, NULL, NULL, 0),
                          name, dst, size, error);
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
    const struct statement *found = bulk_find_statement(bulk, statement, error);
    if (!found)
        return false;
    if (count > BULK_COLUMNS)
        return error_set(error, ERROR_SYSTEM, NULL, "Too many parameters for %s", statement);
    for (int i = 0; i < count; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%" PRId64, parameters[i]);
        values[i] = numbers[i];
    }
    if (bulk->keeps_plans && !bulk_prepare(bulk, found, statement, error))
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
