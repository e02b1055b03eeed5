/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who asks for jobs and looks after them: a demonstration in a database of its own and the real
 * worker, a process that signs in as the worker's role.
 */
#ifndef GYMTUI_TESTS_DB_JOBS_FOREMAN_H
#define GYMTUI_TESTS_DB_JOBS_FOREMAN_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "gymtui/db/jobs.h"

#define FOREMAN_PATIENCE_MS 60000

extern struct error foreman_error;
/* Superuser in the demonstration. */
extern PGconn *foreman_admin;
/* Signed in there. */
extern struct db *foreman_manager;
/* The workers' conninfo, there and at the fixture's database, which is no demonstration. */
extern char foreman_demo_worker[1200], foreman_real_worker[1200];

/* 200 members in two gyms, by the worker, and its logins; every connection ends with the other. */
int foreman_begin(void **state);
int foreman_end(void **state);
struct db *foreman_sign_in(const char *place, const char *role, const char *password);

/* ---- The worker's process ---- */

/* gymtui with these words, in a session of its own; _worker: one that ends when nothing waits. */
pid_t foreman_start_program(const char *worker, const char *const *words);
pid_t foreman_start_worker(const char *worker);
/* Its exit status, or 128 and the signal. */
int foreman_end_of(pid_t child);
/* Does all that waits. */
void foreman_work(const char *worker);
void foreman_pause_ms(long milliseconds);
/* Until the database says true. */
void foreman_wait_until(const char *condition);

/* ---- What is asked ---- */

struct foreman_asked {
    int replies;
    struct error error;
    int64_t job_id;
    bool worker_is_alive;
    int count;
    struct job_row rows[64];
};

/* A reply to jobs_request. */
void foreman_on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                          const struct error *failed);
struct foreman_asked foreman_ask(struct db *db, const char *kind, const char *parameters);
/* The job's number; the test fails when it is refused. */
int64_t foreman_must_ask(struct db *db, const char *kind, const char *parameters);
/* "small" or "large", which takes long enough to be interrupted. */
int64_t foreman_ask_reseed(const char *size, int seed);
/* Asked for, done, and standing on its day. */
void foreman_reseed_by_worker(int seed);
struct error foreman_cancel(struct db *db, int64_t job_id);
struct foreman_asked foreman_list_jobs(struct db *db);
struct job_row foreman_job_of(int64_t job_id);
/* A worker that was killed half a minute ago. */
void foreman_age_heartbeats(PGconn *connection);

/* ---- What the data are ---- */

/* Of all that depends on the seed and on the day for which it was made, not on the time of day. */
void foreman_fingerprint(char sum[64]);
void foreman_assert_no_debris(void);

#endif
