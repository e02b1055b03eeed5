/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker's connection: bulk.c runs statements on it, bulk_copy.c reads rows by COPY, and
 * bulk_fields.c writes fields, as rows of a COPY or as a statement's parameters.
 */
#ifndef GYMTUI_DB_BULK_PRIVATE_H
#define GYMTUI_DB_BULK_PRIVATE_H

#include <libpq-fe.h>

#include "gymtui/db/bulk.h"
#include "statement.h"

#define BULK_BUFFER ((size_t)256 * 1024)

struct bulk {
    PGconn *connection;
    struct error failed; /* the first one of a COPY; later fields are dropped */
    bool in_copy;
    bool keeps_plans;
    struct statements *statements; /* read at first use */
    bool is_prepared[STATEMENTS_MAX];
    size_t used;
    unsigned char buffer[BULK_BUFFER];
};

/* A statement by its name; NULL: there is none, or no memory. */
const struct statement *bulk_find_statement(struct bulk *bulk, const char *name,
                                            struct error *error);
/* Whether a statement can be run by its name; prepares it at its first use. */
bool bulk_prepare(struct bulk *bulk, const struct statement *statement, const char *name,
                  struct error *error);
/* Clears a result; its first column of its first row into `dst`, which may be NULL. */
bool bulk_take_text(PGresult *result, const char *name, char *dst, size_t size,
                    struct error *error);

/* A number of so many bytes, big-endian. */
static inline uint64_t bulk_uint(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

#endif
