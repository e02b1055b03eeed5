/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls on files to import, weak, as in fake_calls.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/imports.h"

#define WEAK __attribute__((weak))

WEAK void imports_begin(struct db *db, struct request_id id, const char *name, int64_t bytes,
                        imports_begun_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)name, (void)bytes, (void)on_reply, (void)owner;
    fail_msg("imports_begin was not expected");
}

WEAK void imports_put(struct db *db, int64_t file_id, int part, const unsigned char *bytes,
                      size_t size, imports_put_fn *on_reply, void *owner)
{
    (void)db, (void)file_id, (void)part, (void)bytes, (void)size, (void)on_reply, (void)owner;
    fail_msg("imports_put was not expected");
}

WEAK void imports_rejects(struct db *db, int64_t job_id, int64_t after, int limit,
                          imports_rejects_fn *on_reply, void *owner)
{
    (void)db, (void)job_id, (void)after, (void)limit, (void)on_reply, (void)owner;
    fail_msg("imports_rejects was not expected");
}

WEAK void imports_reasons(struct db *db, int64_t job_id, int limit, imports_reasons_fn *on_reply,
                          void *owner)
{
    (void)db, (void)job_id, (void)limit, (void)on_reply, (void)owner;
    fail_msg("imports_reasons was not expected");
}
