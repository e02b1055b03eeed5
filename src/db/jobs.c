/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/jobs.h"

#include <stdlib.h>

#include "decode.h"
#include "lane.h"

/* By enum job_state, as in SQL. */
static const char *const state_names[] = {"waiting", "running",   "done",
                                          "failed",  "cancelled", NULL};

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

static void read_job(struct row *row, struct job_row *job)
{
    job->job_id = row_integer(row);
    row_text(row, job->kind, sizeof job->kind);
    row_text(row, job->what, sizeof job->what);
    job->state = (enum job_state)row_word(row, state_names, JOB_FAILED);
    job->progress = row_number(row);
    row_text(row, job->phase, sizeof job->phase);
    bool is_known = !row_is_null(row);
    int left = row_int(row);
    job->seconds_left = is_known ? left : -1;
    row_text(row, job->requested_by, sizeof job->requested_by);
    row_text(row, job->error, sizeof job->error);
    job->requested_local = row_moment(row);
    job->started_local = row_moment(row);
    job->finished_local = row_moment(row);
    job->attempts = row_int(row);
    row_text(row, job->outcome, sizeof job->outcome);
    job->rejects = row_integer(row);
}

static void deliver_list(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    job_list_fn *on_reply = (job_list_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct job_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    struct job_list list = {.rows = rows};
    for (struct row row = row_first(results[0]); row_exists(&row); row_next(&row)) {
        list.worker_is_alive = row_bool(&row);
        if (rows && !row_is_null(&row))
            read_job(&row, &rows[list.count++]);
    }
    on_reply(call->owner, &list, NULL);
    free(rows);
}

void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, limit);
    parameters_integer(&parameters, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_READ, "jobs_list", &parameters, deliver_list,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_requested(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    job_requested_fn *on_reply = (job_requested_fn *)call->on_reply;
    int64_t job_id = 0;
    bool is_alive = false;
    if (!error) {
        struct row row = row_first(results[0]);
        job_id = row_integer(&row);
        is_alive = row_bool(&row);
    }
    on_reply(call->owner, job_id, is_alive, error);
}

void jobs_request(struct db *db, struct request_id id, const char *kind, const char *parameters,
                  job_requested_fn *on_reply, void *owner)
{
    struct parameters values = {0};
    parameters_text(&values, id.text);
    parameters_text(&values, kind);
    parameters_text(&values, parameters);
    parameters_integer(&values, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_WRITE, "jobs_request", &values, deliver_requested,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_cancelled(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    (void)results;
    ((job_cancelled_fn *)call->on_reply)(call->owner, error);
}

void jobs_cancel(struct db *db, int64_t job_id, job_cancelled_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, job_id);
    call_one(db, DB_DESK, CALL_PLAIN_WRITE, "jobs_cancel", &parameters, deliver_cancelled,
             (call_reply_fn *)on_reply, owner);
}
