/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which database the command line works on. */
#include "internal.h"

#include <string.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "gymtui/db/schema.h"

void place_step(void *owner, const char *text)
{
    (void)owner;
    out_step(text);
}

static bool find_private(const struct cli *cli, struct place *place, struct error *error)
{
    place->is_private = true;
    if (!cluster_locate(cli->config, &place->cluster, error))
        return false;
    if (!cluster_exists(&place->cluster) && !cluster_is_running(&place->cluster))
        return error_set(error, ERROR_CONFIG,
                         "Run “gymtui demo” for a demonstration, or name your server in "
                         "database.conninfo (see gymtui.conf(5)).",
                         "There is no database yet");
    if (!cluster_is_running(&place->cluster)) {
        /* A terminal sees what takes so long; a script sees only what it asked for. */
        bool started =
            cluster_start(&place->cluster, isatty(STDERR_FILENO) ? place_step : NULL, NULL, error);
        if (isatty(STDERR_FILENO))
            out_step(NULL);
        if (!started)
            return false;
    }
    cluster_conninfo(&place->cluster, place->conninfo, sizeof place->conninfo);
    snprintf(place->database, sizeof place->database, "%s", CLUSTER_DATABASE);
    return true;
}

bool place_find(const struct cli *cli, struct place *place, struct error *error)
{
    memset(place, 0, sizeof *place);
    const char *configured = config_text(cli->config, CONFIG_DATABASE_CONNINFO);
    if (*configured == '\0')
        return find_private(cli, place, error);
    snprintf(place->conninfo, sizeof place->conninfo, "%s", configured);
    return db_conninfo_database(configured, place->database, sizeof place->database, error);
}

/* "name='…'" for a string of keywords, "?name=…" for a URI: in both the last word on it counts. */
static void append_parameter(const char *conninfo, const char *name, const char *value, char *dst,
                             size_t size)
{
    bool is_uri =
        strncmp(conninfo, "postgres://", 11) == 0 || strncmp(conninfo, "postgresql://", 13) == 0;
    snprintf(dst, size, is_uri ? "%s%s%s=" : "%s%s%s='", conninfo,
             !is_uri                         ? " "
             : strchr(conninfo, '?') != NULL ? "&"
                                             : "?",
             name);
    for (; *value != '\0'; value++) {
        bool is_plain = (*value >= 'a' && *value <= 'z') || (*value >= 'A' && *value <= 'Z') ||
                        (*value >= '0' && *value <= '9') || strchr("_-.", *value) != NULL;
        if (is_plain)
            text_append(dst, size, "%c", *value);
        else if (is_uri)
            text_append(dst, size, "%%%02X", (unsigned)(unsigned char)*value);
        else
            text_append(dst, size, "%s%c", *value == '\'' || *value == '\\' ? "\\" : "", *value);
    }
    if (!is_uri)
        text_append(dst, size, "'");
}

void place_other_database(const char *conninfo, const char *name, char *dst, size_t size)
{
    append_parameter(conninfo, "dbname", name, dst, size);
}

void place_admin(const struct place *place, const char *user, char *dst, size_t size)
{
    if (place->is_private)
        cluster_admin_conninfo(&place->cluster, NULL, dst, size);
    else if (user != NULL)
        append_parameter(place->conninfo, "user", user, dst, size);
    else
        snprintf(dst, size, "%s", place->conninfo);
}

bool place_sign_in_admin(const struct place *place, const char *user, char *dst, size_t size,
                         struct error *error)
{
    char password[256], plain[1400];
    place_admin(place, user, dst, size);
    if (place->is_private || !isatty(STDIN_FILENO) || !schema_wants_password(dst))
        return true;
    if (!password_ask("Password of the database's administrator: ", password, sizeof password,
                      error))
        return false;
    snprintf(plain, sizeof plain, "%s", dst);
    append_parameter(plain, "password", password, dst, size);
    password_wipe(password, sizeof password);
    return true;
}
