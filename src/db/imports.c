/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/imports.h"

#include <stdlib.h>

#include "decode.h"
#include "gymtui/base/log.h"
#include "lane.h"

static void deliver_begun(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    int64_t file_id = 0;
    if (!error) {
        struct row row = row_first(results[0]);
        file_id = row_integer(&row);
    }
    ((imports_begun_fn *)call->on_reply)(call->owner, file_id, error);
}

void imports_begin(struct db *db, struct request_id id, const char *name, int64_t bytes,
                   imports_begun_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_text(&parameters, name);
    parameters_integer(&parameters, bytes);
    call_one(db, DB_DESK, CALL_WRITE, "imports_begin", &parameters, deliver_begun,
             (call_reply_fn *)on_reply, owner);
}

/* RFC 4648, into room for 4 bytes for each 3 begun, and a NUL. */
static void write_base64(char *dst, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;
        three |= i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= i + 2 < size ? bytes[i + 2] : 0;
        *dst++ = digits[three >> 18];
        *dst++ = digits[three >> 12 & 63];
        *dst++ = i + 1 < size ? digits[three >> 6 & 63] : '=';
        *dst++ = i + 2 < size ? digits[three & 63] : '=';
    }
    *dst = '\0';
}

static void deliver_put(const struct call *call, PGresult *const *results,
                        const struct error *error)
{
    (void)results;
    ((imports_put_fn *)call->on_reply)(call->owner, error);
}

void imports_put(struct db *db, int64_t file_id, int part, const unsigned char *bytes, size_t size,
                 imports_put_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    char *text = malloc((size + 2) / 3 * 4 + 1);
    if (text)
        write_base64(text, bytes, size);
    else
        log_write(LOG_LEVEL_ERROR, "db", "no memory for a part of a file");
    parameters_integer(&parameters, file_id);
    parameters_integer(&parameters, part);
    parameters_text(&parameters, text); /* NULL: refused by the database, as no part of a file */
    call_one(db, DB_DESK, CALL_PLAIN_WRITE, "imports_put", &parameters, deliver_put,
             (call_reply_fn *)on_reply, owner);
    free(text);
}

static void deliver_rejects(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    imports_rejects_fn *on_reply = (imports_rejects_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct import_reject *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct import_reject *reject = &rows[count++];
        reject->number = row_integer(&row);
        reject->line = row_integer(&row);
        row_text(&row, reject->name, sizeof reject->name);
        row_text(&row, reject->reason, sizeof reject->reason);
    }
    on_reply(call->owner, rows, count, NULL);
    free(rows);
}

void imports_rejects(struct db *db, int64_t job_id, int64_t after, int limit,
                     imports_rejects_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, job_id);
    parameters_integer(&parameters, after);
    parameters_integer(&parameters, limit);
    call_one(db, DB_BROWSE, CALL_READ, "imports_rejects", &parameters, deliver_rejects,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_reasons(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    imports_reasons_fn *on_reply = (imports_reasons_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct import_reason *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        row_text(&row, rows[count].reason, sizeof rows[count].reason);
        rows[count++].rows = row_integer(&row);
    }
    on_reply(call->owner, rows, count, NULL);
    free(rows);
}

void imports_reasons(struct db *db, int64_t job_id, int limit, imports_reasons_fn *on_reply,
                     void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, job_id);
    parameters_integer(&parameters, limit);
    call_one(db, DB_BROWSE, CALL_READ, "imports_reasons", &parameters, deliver_reasons,
             (call_reply_fn *)on_reply, owner);
}
