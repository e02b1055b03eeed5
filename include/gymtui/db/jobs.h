/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Background jobs: rows in gym.jobs. The first half is for the interface and the command line
 * (typed calls, as in attendance.h); the second for the worker (blocking, one connection of its
 * own). Topic of changes: "jobs".
 */
#ifndef GYMTUI_DB_JOBS_H
#define GYMTUI_DB_JOBS_H

#include "gymtui/db/db.h"

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
const char *job_state_name(enum job_state state); /* "waiting" … */

struct job_row {
    int64_t job_id;
    char kind[24]; /* "reseed", "recompute", "import", "auto-checkout", "dataset refresh" */
    char what[80]; /* "small, seed 7": the parameters in words; may be empty */
    enum job_state state;
    double progress;  /* 0–1 */
    char phase[80];   /* "members and visits" */
    int seconds_left; /* −1: not known yet */
    char requested_by[128], error[256];
    int64_t requested_local, started_local, finished_local; /* MOMENT_NONE: not yet */
    int attempts;
    char outcome[304]; /* what came of it, in words; may be empty */
    int64_t rejects;   /* rows of a file that could not be used: imports_rejects */
};
struct job_list {
    const struct job_row *rows; /* newest first; running and waiting ones before the ended */
    int count;
    bool worker_is_alive; /* a worker was seen within the last JOB_WORKER_SILENCE seconds */
};
#define JOB_WORKER_SILENCE 15

typedef void job_list_fn(void *owner, const struct job_list *list, const struct error *error);
void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner);

typedef void job_requested_fn(void *owner, int64_t job_id, bool worker_is_alive,
                              const struct error *error);
/* `parameters`: JSON object, for a reseed {"profile":"small","seed":7}. Level manager. A second
 * reseed or recompute while one of the same kind waits or runs is refused (ERROR_CONFLICT). */
void jobs_request(struct db *db, struct request_id id, const char *kind, const char *parameters,
                  job_requested_fn *on_reply, void *owner);
typedef void job_cancelled_fn(void *owner, const struct error *error);
void jobs_cancel(struct db *db, int64_t job_id, job_cancelled_fn *on_reply, void *owner);

/* --- for the worker --- */

struct job_queue;
struct job {
    int64_t job_id, gym_id; /* gym_id 0: the whole database */
    char kind[24], requested_by[128];
    char parameters[1024]; /* lines "name TAB value": read with job_parameter */
    int attempt;           /* 1 … */
};
#define JOB_ATTEMPTS 3
#define JOB_SILENCE  30 /* seconds without a heartbeat, after which a job may be taken up again */

/* `conninfo`: the worker's login or the administrator's. Listens for new jobs. */
struct job_queue *job_queue_open(const char *conninfo, struct error *error);
void job_queue_close(struct job_queue *queue); /* NULL is allowed */
/* schema_check_version of this database, which may have been brought up to date a moment ago. */
bool job_queue_check_version(struct job_queue *queue, struct error *error);
/* Takes the oldest waiting job, or one whose worker has been silent for JOB_SILENCE (FOR UPDATE
 * SKIP LOCKED). A job that was taken JOB_ATTEMPTS times is marked failed instead. While a reseed
 * runs there is nothing else to take, and the other way round. False with ERROR_NONE in *error when
 * there is none. */
bool job_queue_claim(struct job_queue *queue, struct job *job, struct error *error);
/* Heartbeat, progress and phase; *cancel_asked says whether a person wants it ended. ERROR_CONFLICT
 * when the job is not ours any more: it was taken up by another worker. */
bool job_queue_report(struct job_queue *queue, const struct job *job, double progress,
                      const char *phase, bool *cancel_asked, struct error *error);
/* DONE, FAILED with a text for people, or CANCELLED. ERROR_CONFLICT as above. */
bool job_queue_finish(struct job_queue *queue, const struct job *job, enum job_state state,
                      const char *error_text, struct error *error);
/* Puts it back to be taken again; `uncounted`: not one of its JOB_ATTEMPTS. */
bool job_queue_give_back(struct job_queue *queue, const struct job *job, bool uncounted,
                         struct error *error);

/* What a job's own sessions connect with: conninfo and the application name "gymtui job N". */
bool job_conninfo(const char *conninfo, int64_t job_id, char *dst, size_t size,
                  struct error *error);
/* Ends the statements of these sessions, so that a cancel need not wait for a long one. */
bool job_queue_interrupt(struct job_queue *queue, int64_t job_id, struct error *error);
/* Ends the sessions themselves and waits until they are gone: before a job whose worker died is
 * begun anew. */
bool job_queue_end_sessions(struct job_queue *queue, int64_t job_id, struct error *error);
/* Removes what a reseed that was ended left behind, unless one is under way. */
bool job_queue_tidy(struct job_queue *queue, struct error *error);

/* Says that a worker is alive; that one is leaving, after which a last claim must be tried: who
 * asks for a job from then on starts another worker. */
bool job_queue_alive(struct job_queue *queue, struct error *error);
bool job_queue_leave(struct job_queue *queue, struct error *error);
/* Waits until a job is announced or the time has gone; true when announced. A signal ends the
 * wait. False with ERROR_NONE in *error when nothing was announced. */
bool job_queue_wait(struct job_queue *queue, int timeout_ms, struct error *error);
/* Puts a job for the whole database in the queue unless one of its kind waits or runs (timers). */
bool job_queue_enqueue(struct job_queue *queue, const char *kind, const char *parameters,
                       struct error *error);
/* One text value out of the job's parameters; false when it is not there. */
bool job_parameter(const struct job *job, const char *name, char *dst, size_t size);

#endif
