/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema create and status, and psql: the database as its administrator sees it. */
#include "gymtui/db/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static void on_migration(void *owner, int version, const char *name)
{
    char line[200];
    (void)owner;
    snprintf(line, sizeof line, "Version %d: %s", version, name);
    out_step(line);
}

static void print_status(const struct schema_status *status, const char *database)
{
    if (status->database_version == 0)
        out_line(stdout, "Database %s holds no gymtui tables yet; this program brings version %d.",
                 database, status->program_version);
    else if (status->pending > 0)
        out_line(stdout, "Database %s is at version %d; this program brings %d (%d to apply).",
                 database, status->database_version, status->program_version, status->pending);
    else
        out_line(stdout, "Database %s is at version %d, and so is this program.", database,
                 status->database_version);
    out_line(stdout, "PostgreSQL %s", status->server_version);
}

int command_schema_status(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct place place;
    struct schema_status status;
    char admin[1400];
    if (!place_find(cli, &place, &error))
        return cli_fail(&error);
    place_admin(&place, words->values[0], admin, sizeof admin);
    if (!schema_status(admin, &status, &error))
        return cli_fail(&error);
    print_status(&status, place.database);
    return CLI_DONE;
}

/* A database that is not there yet is made, through the one that every server has; the error that
 * counts is that of the database itself. */
static void make_database(const char *admin, const char *name)
{
    struct schema_status status;
    struct error ignored = {0};
    char maintenance[1500];
    if (*name == '\0' || schema_status(admin, &status, &ignored))
        return;
    place_other_database(admin, "postgres", maintenance, sizeof maintenance);
    if (schema_create_database(maintenance, name, &ignored))
        out_step("The database");
}

int command_schema_create(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct place place;
    struct schema_status status;
    char admin[1400];
    if (!place_find(cli, &place, &error))
        return cli_fail(&error);
    place_admin(&place, words->values[0], admin, sizeof admin);
    make_database(admin, place.database);
    bool made = schema_create(admin, on_migration, NULL, &error);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    if (!made || !schema_status(admin, &status, &error))
        return cli_fail(&error);
    print_status(&status, place.database);
    return CLI_DONE;
}

int command_psql(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct place place;
    char admin[1400], target[1500], program[300] = "psql";
    if (!place_find(cli, &place, &error))
        return cli_fail(&error);
    place_admin(&place, NULL, admin, sizeof admin);
    snprintf(target, sizeof target, "--dbname=%s", admin);
    if (place.is_private && cluster_find_programs(&place.cluster, NULL)) {
        snprintf(program, sizeof program, "%s/psql", place.cluster.bin);
        if (access(program, X_OK) != 0)
            snprintf(program, sizeof program, "psql");
    }

    size_t count = 0;
    while (words->rest[count] != NULL)
        count++;
    char **argv = calloc(count + 3, sizeof *argv);
    if (argv == NULL) {
        error_set(&error, ERROR_SYSTEM, NULL, "Out of memory");
        return cli_fail(&error);
    }
    argv[0] = program;
    argv[1] = target;
    memcpy(argv + 2, words->rest, count * sizeof *argv);
    execvp(program, argv);
    free(argv);
    error_set(&error, ERROR_SYSTEM, "Install it, as root: apt install postgresql-client",
              "psql cannot be run: %s", strerror(errno));
    return cli_fail(&error);
}
