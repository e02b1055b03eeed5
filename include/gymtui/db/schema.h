/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The schema: numbered migrations embedded in the program (src/db/migrations), applied under an
 * advisory lock, each in a transaction, recorded in public.schema_version. Blocking; for the
 * command line, `gymtui demo` and tests. The connection must be a role that may create schemas
 * and roles (the private cluster's superuser, or a server's administrator).
 */
#ifndef GYMTUI_DB_SCHEMA_H
#define GYMTUI_DB_SCHEMA_H

#include <stdio.h>

#include "gymtui/base/error.h"

struct schema_status {
    int database_version; /* 0: nothing there */
    int program_version;
    int pending; /* migrations still to apply */
    char server_version[32];
};

bool schema_status(const char *conninfo, struct schema_status *status, struct error *error);
/* Applies what is pending. A failed migration leaves nothing behind. `on_step` may be NULL. */
bool schema_create(const char *conninfo, void (*on_step)(void *owner, int version, const char *name),
                   void *owner, struct error *error);
/* Marks the database as a demonstration (only an empty one, or one that already is). */
bool schema_mark_demonstration(const char *conninfo, struct error *error);
/* Creates database `name` if it is missing (conninfo: to any database of the cluster). */
bool schema_create_database(const char *conninfo, const char *name, struct error *error);

#endif
