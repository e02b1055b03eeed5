/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the rules of check.sql, cut apart at their "-- rule:" lines. */
#include "gymtui/db/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "sql_files.h"

#define MARK "-- rule: "

static const char *find_file(const char *name)
{
    for (const struct sql_file *file = sql_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file->text;
    return NULL;
}

/* One rule: from behind its mark to the next mark or the end. The query ends in a semicolon. */
static bool try_rule(PGconn *connection, const char *text, size_t length, check_fn *on_rule,
                     void *owner, struct error *error)
{
    char rule[120];
    size_t name = strcspn(text, "\n");
    snprintf(rule, sizeof rule, "%.*s", (int)name, text);
    while (length > name && text[length - 1] != ';')
        length--;
    size_t room = length + 120;
    char *sql = malloc(room);
    if (!sql)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    snprintf(sql, room, "SELECT count(*) || ' ' || COALESCE(min(x.id), 0) FROM (%.*s) x",
             (int)(length - name - 1), text + name);
    char answer[64];
    bool done = blocking_text(connection, sql, 0, NULL, answer, sizeof answer, error);
    free(sql);
    if (done) {
        char *rest;
        int64_t found = strtoll(answer, &rest, 10);
        on_rule(owner, rule, found, strtoll(rest, NULL, 10));
    }
    return done;
}

bool check_data(const char *conninfo, check_fn *on_rule, void *owner, struct error *error)
{
    const char *text = find_file("check");
    PGconn *connection = blocking_connect(conninfo, error);
    if (!connection)
        return false;
    bool done =
        blocking_run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "check", error);
    for (const char *at = strstr(text, MARK); done && at;) {
        const char *begin = at + strlen(MARK);
        at = strstr(begin, MARK);
        size_t length = at ? (size_t)(at - begin) : strlen(begin);
        done = try_rule(connection, begin, length, on_rule, owner, error);
    }
    PQfinish(connection);
    return done;
}
