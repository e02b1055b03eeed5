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
    bool known = place_find(cli, &place, &error) &&
                 place_sign_in_admin(&place, words->values[0], admin, sizeof admin, &error);
    if (known) {
        known = schema_status(admin, &status, &error);
        password_wipe(admin, sizeof admin);
    }
    if (!known)
        return cli_fail(&error);
    print_status(&status, place.database);
    return CLI_DONE;
}

/* A database that is not there yet is made, through the one that every server has. False when that
 * was refused; whatever else is wrong with the server is found by who goes on. */
static bool make_database(const char *admin, const char *name, struct error *error)
{
    struct schema_status status;
    struct error missing = {0}, refused = {0};
    char maintenance[1500];
    if (*name == '\0' || schema_status(admin, &status, &missing))
        return true;
    place_other_database(admin, "postgres", maintenance, sizeof maintenance);
    bool made = schema_create_database(maintenance, name, &refused);
    password_wipe(maintenance, sizeof maintenance);
    if (made)
        out_step("The database");
    else if (missing.code == ERROR_DATABASE && refused.code == ERROR_PERMISSION)
        return error_set(
            error, ERROR_PERMISSION,
            "Nothing was made. Do it as a superuser of PostgreSQL, as in --user postgres",
            "The database %s cannot be made: this role may not", name);
    return true;
}

static bool create(const char *admin, const struct place *place, struct schema_status *status,
                   struct error *error)
{
    bool made = make_database(admin, place->database, error) &&
                schema_create(admin, on_migration, NULL, error);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    return made && schema_status(admin, status, error);
}

int command_schema_create(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct place place;
    struct schema_status status;
    char admin[1400];
    bool made = place_find(cli, &place, &error) &&
                place_sign_in_admin(&place, words->values[0], admin, sizeof admin, &error);
    if (made) {
        made = create(admin, &place, &status, &error);
        password_wipe(admin, sizeof admin);
    }
    if (!made)
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
