/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files for the worker to import: sent part by part by whoever asks, who alone need be able to read
 * them; and afterwards the rows that could not be used. Level manager. The job itself is asked for
 * with jobs_request (jobs.h), kind "import", parameters as gym.import_parameters has them:
 *
 *   {"target":"dataset","file":7,"dataset":"shop","contract":1,"unit":"weeks","until":"1997-09-30",
 *    "currency":"USD","map":"customer=Client,date=Day","dry_run":1,"replace":1,"skip_bad":1}
 *   {"target":"members","file":7,"dry_run":1,"duplicates":"skip"}
 *
 * where all but target, file and dataset may be missing.
 */
#ifndef GYMTUI_DB_IMPORTS_H
#define GYMTUI_DB_IMPORTS_H

#include "gymtui/db/db.h"

#define IMPORTS_PART_BYTES 196608     /* of each part but the last; a multiple of three */
#define IMPORTS_FILE_BYTES 1073741824 /* the largest file */

typedef void imports_begun_fn(void *owner, int64_t file_id, const struct error *error);
/* Announces a file. One a gym is sent at a time: an earlier one that no job is to read is gone. */
void imports_begin(struct db *db, struct request_id id, const char *name, int64_t bytes,
                   imports_begun_fn *on_reply, void *owner);

typedef void imports_put_fn(void *owner, const struct error *error);
/* One part, counted from 0; the same one may be sent again. ERROR_CONFLICT: another file has taken
 * its place. */
void imports_put(struct db *db, int64_t file_id, int part, const unsigned char *bytes, size_t size,
                 imports_put_fn *on_reply, void *owner);

struct import_reject {
    int64_t number; /* from 1, in the order in which they were found */
    int64_t line;
    char name[120]; /* of a member; "": none */
    char reason[256];
};
typedef void imports_rejects_fn(void *owner, const struct import_reject *rows, int count,
                                const struct error *error);
/* Those of a job after a number, in order. */
void imports_rejects(struct db *db, int64_t job_id, int64_t after, int limit,
                     imports_rejects_fn *on_reply, void *owner);

struct import_reason {
    char reason[256];
    int64_t rows;
};
typedef void imports_reasons_fn(void *owner, const struct import_reason *rows, int count,
                                const struct error *error);
/* How often which reason, the most frequent first. */
void imports_reasons(struct db *db, int64_t job_id, int limit, imports_reasons_fn *on_reply,
                     void *owner);

#endif
