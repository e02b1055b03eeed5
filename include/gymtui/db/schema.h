/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The schema: numbered migrations embedded in the program (src/db/migrations), applied under an
 * advisory lock, each in a transaction, recorded in public.schema_version. Blocking; for the
 * command line, `gymtui demo` and tests. The connection must be a role that may create schemas
 * and roles (the private cluster's superuser, or a server's administrator).
 */
#ifndef GYMTUI_DB_SCHEMA_H
#define GYMTUI_DB_SCHEMA_H

#include <stdint.h>

#include "gymtui/base/error.h"

struct schema_status {
    int database_version; /* 0: nothing there */
    int program_version;
    int pending; /* migrations still to apply */
    char server_version[32];
};

/* The newest migration this program carries. */
int schema_program_version(void);

/* Whether this program works with a database of that version: ERROR_TOO_NEW or ERROR_DATABASE when
 * not, with what to do about it. */
bool schema_check_version(int database_version, struct error *error);

/* Whether the server would let this account in if a password came with it. */
bool schema_wants_password(const char *conninfo);

/* ERROR_TOO_NEW when the database was made by a newer program; *status is filled all the same. */
bool schema_status(const char *conninfo, struct schema_status *status, struct error *error);

/* Applies what is pending, `on_step` (may be NULL) before each one. A failed migration leaves
 * nothing of itself behind; those before it stay. Two at once: the second waits for the first, up
 * to a minute. */
bool schema_create(const char *conninfo,
                   void (*on_step)(void *owner, int version, const char *name), void *owner,
                   struct error *error);

/* Marks the database as a demonstration (only an empty one, or one that already is), and lets the
 * worker's role sign in. */
bool schema_mark_demonstration(const char *conninfo, struct error *error);

struct schema_demonstration {
    bool is_demonstration;
    int64_t members; /* 0: empty */
    char profile[24];
    uint64_t seed;
    int32_t as_of; /* day; DATE_NONE */
};
/* What gym.database_info says. */
bool schema_read_demonstration(const char *conninfo, struct schema_demonstration *out,
                               struct error *error);

/* Makes the logins of demo_logins (session.h), or gives them their passwords again. Only on a
 * demonstration; their gym is made too, if it is not there, and takes the data that come. */
bool schema_create_demo_logins(const char *conninfo, struct error *error);

/* Creates database `name` if it is missing (conninfo: to any database of the cluster). */
bool schema_create_database(const char *conninfo, const char *name, struct error *error);

#endif
