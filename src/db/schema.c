/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Migrations run in order, each in a transaction of its own together with its row in
 * public.schema_version, so a failure or a lost connection leaves a whole earlier version. The
 * advisory lock is polled: its blocking form would sit in a snapshot that CREATE INDEX
 * CONCURRENTLY waits for.
 */
#include "gymtui/db/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "blocking.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "gymtui/db/session.h"
#include "sql_files.h"

#define OLDEST_SERVER  130000
#define LOCK_SQL       "SELECT pg_try_advisory_lock(7239114512)"
#define LOCK_POLL_MS   100
#define LOCK_PATIENCE  600 /* polls */
#define VERIFIER_BYTES 200

static const char folder[] = "migrations/";

struct migration {
    int version;
    const char *name; /* "0001_roles" */
    const char *text;
};

/* The migration in this file, or false for a statement file. */
static bool read_migration(const struct sql_file *file, struct migration *migration)
{
    if (strncmp(file->name, folder, sizeof folder - 1) != 0)
        return false;
    migration->name = file->name + sizeof folder - 1;
    migration->version = (int)strtol(migration->name, NULL, 10);
    migration->text = file->text;
    return migration->version > 0;
}

int schema_program_version(void)
{
    int newest = 0;
    struct migration migration;
    for (const struct sql_file *file = sql_files; file->name; file++)
        if (read_migration(file, &migration) && migration.version > newest)
            newest = migration.version;
    return newest;
}

/* FNV-1a: tells an edited migration from the one that was applied; no security hangs on it. */
static uint64_t checksum_of(const char *text)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (const unsigned char *s = (const unsigned char *)text; *s; s++)
        sum = (sum ^ *s) * UINT64_C(1099511628211);
    return sum;
}

/* ---- Status ---- */

bool schema_check_version(int database_version, struct error *error)
{
    int program = schema_program_version();
    if (database_version > program)
        return error_set(error, ERROR_TOO_NEW, "Install the newer gymtui on this machine",
                         "The database was made by a newer gymtui (its schema is %d, ours %d)",
                         database_version, program);
    if (database_version < program)
        return error_set(error, ERROR_DATABASE,
                         "An administrator brings it up to date with gymtui schema create; a "
                         "demonstration, gymtui demo",
                         "The database is older than this program (its schema is %d, ours %d)",
                         database_version, program);
    return true;
}

static bool read_status(PGconn *connection, struct schema_status *status, struct error *error)
{
    int64_t there = 0, version = 0;
    *status = (struct schema_status){.program_version = schema_program_version()};
    const char *server = PQparameterStatus(connection, "server_version");
    snprintf(status->server_version, sizeof status->server_version, "%s", server ? server : "?");
    if (PQserverVersion(connection) < OLDEST_SERVER)
        return error_set(error, ERROR_DATABASE, "gymtui needs PostgreSQL 13 or later",
                         "This server is PostgreSQL %s", status->server_version);
    if (!blocking_value(connection,
                        "SELECT count(*) FROM pg_class WHERE oid = to_regclass("
                        "'public.schema_version')",
                        &there, error))
        return false;
    if (there &&
        !blocking_value(connection, "SELECT COALESCE(max(version), 0) FROM public.schema_version",
                        &version, error))
        return false;
    status->database_version = (int)version;
    struct migration migration;
    for (const struct sql_file *file = sql_files; file->name; file++)
        if (read_migration(file, &migration) && migration.version > status->database_version)
            status->pending++;
    return status->database_version <= status->program_version ||
           schema_check_version(status->database_version, error);
}

bool schema_wants_password(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    bool wants = PQstatus(connection) != CONNECTION_OK && PQconnectionNeedsPassword(connection);
    PQfinish(connection);
    return wants;
}

bool schema_status(const char *conninfo, struct schema_status *status, struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    bool read = read_status(connection, status, error);
    PQfinish(connection);
    return read;
}

/* ---- Migrating ---- */

static bool lock(PGconn *connection, struct error *error)
{
    for (int i = 0; i < LOCK_PATIENCE; i++) {
        char held[8];
        if (!blocking_text(connection, LOCK_SQL, 0, NULL, held, sizeof held, error))
            return false;
        if (*held == 't')
            return true;
        struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
    return error_set(error, ERROR_CONFLICT, "Wait for it, or end that session",
                     "Another gymtui is changing this database's schema");
}

/* An administrator reads this, so PostgreSQL's own words may be in it. */
static bool migration_failed(PGconn *connection, const struct migration *migration,
                             const PGresult *result, struct error *error)
{
    char words[200];
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    text_clean(words, sizeof words, message ? message : PQerrorMessage(connection));
    log_write(LOG_LEVEL_ERROR, "schema", "%s failed: %s (%s)", migration->name, words,
              context ? context : "");
    /* Only a superuser may make a role that row-level security does not bind: the worker's. */
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "42501") == 0)
        return error_set(error, ERROR_PERMISSION,
                         "Nothing of it was kept. Do it as a superuser of PostgreSQL, as in "
                         "--user postgres",
                         "This role may not make the tables (%s)", words);
    return error_set(error, ERROR_DATABASE, hint ? hint : "Nothing of this migration was kept",
                     "Migration %s failed: %s", migration->name, words);
}

static bool apply(PGconn *connection, const struct migration *migration, struct error *error)
{
    if (!blocking_run(connection,
                      "BEGIN;"
                      "CREATE TABLE IF NOT EXISTS public.schema_version ("
                      "version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
                      "applied_at timestamptz NOT NULL DEFAULT now())",
                      "schema version", error))
        return false;
    PGresult *result = PQexec(connection, migration->text);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!done)
        migration_failed(connection, migration, result, error);
    PQclear(result);
    if (done) {
        /* A migration that works as the schema's owner leaves that role here. */
        char version[16], checksum[24];
        snprintf(version, sizeof version, "%d", migration->version);
        snprintf(checksum, sizeof checksum, "%016" PRIx64, checksum_of(migration->text));
        const char *values[] = {version, migration->name, checksum};
        done = blocking_run(connection, "RESET ROLE", "reset role", error) &&
               blocking_text(connection,
                             "INSERT INTO public.schema_version (version, name, checksum)"
                             " VALUES ($1, $2, $3)",
                             3, values, NULL, 0, error) &&
               blocking_run(connection, "COMMIT", "commit", error);
    }
    if (!done)
        blocking_run(connection, "ROLLBACK", "rollback", NULL);
    else
        log_write(LOG_LEVEL_INFO, "schema", "applied %s", migration->name);
    return done;
}

static void warn_of_edits(PGconn *connection)
{
    struct migration migration;
    for (const struct sql_file *file = sql_files; file->name; file++) {
        char version[16], checksum[24], applied[24];
        if (!read_migration(file, &migration))
            continue;
        snprintf(version, sizeof version, "%d", migration.version);
        snprintf(checksum, sizeof checksum, "%016" PRIx64, checksum_of(migration.text));
        const char *values[] = {version};
        struct error none;
        if (blocking_text(connection,
                          "SELECT checksum FROM public.schema_version WHERE version = $1", 1,
                          values, applied, sizeof applied, &none) &&
            strcmp(applied, checksum) != 0)
            log_write(LOG_LEVEL_WARNING, "schema", "%s is not the text that was applied here",
                      migration.name);
    }
}

static bool apply_pending(PGconn *connection,
                          void (*on_step)(void *owner, int version, const char *name), void *owner,
                          struct error *error)
{
    struct schema_status status;
    struct migration migration;
    /* The migrations themselves cannot say this: their text does not fit such a database. */
    const char *encoding = PQparameterStatus(connection, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(error, ERROR_DATABASE,
                         "Make it with: createdb --encoding=UTF8 --template=template0",
                         "The database is encoded in %s; gymtui needs UTF8",
                         encoding ? encoding : "something else");
    if (!lock(connection, error) || !read_status(connection, &status, error))
        return false;
    if (status.database_version > 0)
        warn_of_edits(connection);
    /* sql_files is sorted by name, and names begin with the number. */
    for (const struct sql_file *file = sql_files; file->name; file++) {
        if (!read_migration(file, &migration) || migration.version <= status.database_version)
            continue;
        if (on_step)
            on_step(owner, migration.version, migration.name);
        if (!apply(connection, &migration, error))
            return false;
    }
    return true;
}

bool schema_create(const char *conninfo,
                   void (*on_step)(void *owner, int version, const char *name), void *owner,
                   struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    bool done = apply_pending(connection, on_step, owner, error);
    PQfinish(connection); /* and with it the lock */
    return done;
}

/* ---- Demonstrations ---- */

static bool mark(PGconn *connection, struct error *error)
{
    char allowed[8];
    if (!blocking_text(connection,
                       "SELECT is_demonstration OR NOT EXISTS (SELECT FROM gym.customers)"
                       " FROM gym.database_info",
                       0, NULL, allowed, sizeof allowed, error))
        return false;
    if (*allowed != 't')
        return error_set(error, ERROR_PERMISSION, "Take an empty database",
                         "This database holds members and is no demonstration");
    return blocking_run(connection,
                        "UPDATE gym.database_info SET is_demonstration = true;"
                        "DO $$BEGIN EXECUTE format('ALTER ROLE %I LOGIN',"
                        " current_database() || '_worker'); END$$",
                        "mark demonstration", error);
}

bool schema_mark_demonstration(const char *conninfo, struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    bool done = mark(connection, error);
    PQfinish(connection);
    return done;
}

bool schema_read_demonstration(const char *conninfo, struct schema_demonstration *out,
                               struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    char seed[32], as_of[32], flag[8];
    int64_t members;
    *out = (struct schema_demonstration){.as_of = DATE_NONE};
    bool read = blocking_text(connection, "SELECT is_demonstration FROM gym.database_info", 0, NULL,
                              flag, sizeof flag, error) &&
                blocking_text(connection, "SELECT COALESCE(profile, '') FROM gym.database_info", 0,
                              NULL, out->profile, sizeof out->profile, error) &&
                blocking_text(connection, "SELECT COALESCE(seed, 0) FROM gym.database_info", 0,
                              NULL, seed, sizeof seed, error) &&
                blocking_text(connection, "SELECT COALESCE(as_of::text, '') FROM gym.database_info",
                              0, NULL, as_of, sizeof as_of, error) &&
                blocking_value(connection, "SELECT count(*) FROM gym.customers", &members, error);
    PQfinish(connection);
    if (!read)
        return false;
    out->is_demonstration = *flag == 't';
    out->members = members;
    /* bigint holds the seed's 64 bits, as a signed number. */
    out->seed = (uint64_t)strtoll(seed, NULL, 10);
    if (!date_parse(as_of, &out->as_of))
        out->as_of = DATE_NONE;
    return true;
}

/* The gym of the logins, if its data are not there yet: those that are loaded become its own. */
static bool create_demo_gym(PGconn *connection, const struct demo_login *login, struct error *error)
{
    const char *values[] = {login->gym};
    return blocking_text(connection,
                         "WITH made AS (INSERT INTO gym.gyms (gym_id, name, username, email) "
                         "SELECT (SELECT coalesce(max(gym_id), 0) + 1 FROM gym.gyms), $1, $1, "
                         "'desk@' || $1 || '.example.org' WHERE NOT EXISTS (SELECT FROM gym.gyms "
                         "WHERE username = $1) "
                         "RETURNING gym_id) SELECT count(*) FROM made",
                         1, values, NULL, 0, error);
}

static bool create_demo_login(PGconn *connection, const struct demo_login *login,
                              struct error *error)
{
    char gym_id[24], verifier[VERIFIER_BYTES];
    const char *gym[] = {login->gym};
    if (!blocking_text(connection, "SELECT gym_id FROM gym.gyms WHERE username = $1", 1, gym,
                       gym_id, sizeof gym_id, error) ||
        !blocking_verifier(connection, login->gym, login->password, verifier, sizeof verifier,
                           error))
        return false;
    /* The gym's own login goes by the gym's name. */
    const char *values[] = {gym_id, login->staff, level_name(login->level), verifier};
    return blocking_text(connection, "SELECT auth.create_staff($1, $2, initcap($2), $3, $4)", 4,
                         values, NULL, 0, error);
}

bool schema_create_demo_logins(const char *conninfo, struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    char flag[8];
    bool done = blocking_text(connection, "SELECT is_demonstration FROM gym.database_info", 0, NULL,
                              flag, sizeof flag, error);
    if (done && *flag != 't')
        done = error_set(error, ERROR_PERMISSION, "Their passwords are known to everybody",
                         "The demonstration's logins are for demonstrations only");
    for (const struct demo_login *login = demo_logins; done && login->gym; login++)
        done = create_demo_gym(connection, login, error) &&
               create_demo_login(connection, login, error);
    PQfinish(connection);
    return done;
}

/* ---- Databases ---- */

static bool create_database(PGconn *connection, const char *name, struct error *error)
{
    const char *values[] = {name};
    char there[8];
    if (!blocking_text(connection, "SELECT count(*) FROM pg_database WHERE datname = $1", 1, values,
                       there, sizeof there, error))
        return false;
    if (*there != '0')
        return true;
    char *quoted = PQescapeIdentifier(connection, name, strlen(name));
    if (!quoted)
        return error_set(error, ERROR_INPUT, NULL, "This is no name for a database");
    char sql[300];
    snprintf(sql, sizeof sql, "CREATE DATABASE %.200s ENCODING 'UTF8' TEMPLATE template0", quoted);
    PQfreemem(quoted);
    return blocking_run(connection, sql, "create database", error);
}

bool schema_create_database(const char *conninfo, const char *name, struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    bool done = create_database(connection, name, error);
    PQfinish(connection);
    return done;
}
