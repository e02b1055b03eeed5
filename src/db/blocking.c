/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"

/* Notices of a migration ("policy does not exist, skipping") are for the log alone. */
static void log_notice(void *owner, const PGresult *result)
{
    (void)owner;
    char text[300];
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    text_clean(text, sizeof text, message ? message : "");
    log_write(LOG_LEVEL_DEBUG, "db", "notice: %s", text);
}

PGconn *blocking_connect(const char *conninfo, struct error *error)
{
    /* An empty conninfo is libpq's own defaults. */
    const char *const keys[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {conninfo, "gymtui", "UTF8", NULL};
    PGconn *connection = PQconnectStartParams(keys, values, 1);
    if (!connection) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    PQsetNoticeReceiver(connection, log_notice, NULL);
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    /* Connects in earnest, with the settings above: only a verbose message tells why the server
     * refused. */
    PQreset(connection);
    if (PQstatus(connection) != CONNECTION_OK) {
        failure_of_connection(connection, error);
        PQfinish(connection);
        return NULL;
    }
    if (!blocking_run(connection, "SET search_path = pg_catalog", "connect", error)) {
        PQfinish(connection);
        return NULL;
    }
    return connection;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

bool blocking_run(PGconn *connection, const char *sql, const char *name, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    bool done = is_good(result);
    if (!done)
        failure_of_result(result, name, error);
    PQclear(result);
    return done;
}

bool blocking_text(PGconn *connection, const char *sql, int count, const char *const *values,
                   char *dst, size_t size, struct error *error)
{
    PGresult *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    bool done = is_good(result);
    if (!done)
        failure_of_result(result, "query", error);
    else if (dst && PQntuples(result) == 0)
        done = error_set(error, ERROR_NOT_FOUND, NULL, "There is no such row in the database");
    else if (dst)
        snprintf(dst, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return done;
}

bool blocking_value(PGconn *connection, const char *sql, int64_t *value, struct error *error)
{
    char text[64];
    if (!blocking_text(connection, sql, 0, NULL, text, sizeof text, error))
        return false;
    char *end;
    *value = strtoll(text, &end, 10);
    return *end == '\0' ||
           error_set(error, ERROR_DATABASE, NULL, "A number was expected from the database");
}

bool blocking_verifier(PGconn *connection, const char *role, const char *password, char *dst,
                       size_t size, struct error *error)
{
    char *verifier = PQencryptPasswordConn(connection, password, role, "scram-sha-256");
    if (!verifier)
        return error_set(error, ERROR_SYSTEM, NULL, "The password could not be hashed");
    bool fits = (size_t)snprintf(dst, size, "%s", verifier) < size;
    PQfreemem(verifier);
    return fits || error_set(error, ERROR_SYSTEM, NULL, "The password's verifier is too long");
}
