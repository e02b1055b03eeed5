/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One loop: claim, work, finish, and wait for the next announcement. What became of a job is told
 * over a connection that is made anew when it broke, however long the server is away; when this
 * worker dies first, the silence of its heartbeat says it.
 */
#include "gymtui/worker/runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gymtui/base/log.h"
#include "runner_private.h"
#include "value_live.h"

#define WAIT_MS       2000 /* how soon a stop is noticed, and a silent job */
#define RETRY_MOST_MS 30000

struct runner {
    const struct runner_options *options;
    struct job_queue *queue;
    int retry_ms; /* how long to wait before the next attempt to connect */
};

static const struct {
    const char *kind;
    bool (*run)(const struct work *work, struct error *error);
} kinds[] = {
    {"reseed", work_reseed},
    {"recompute", work_recompute},
    {"auto-checkout", work_auto_checkout},
    {"dataset refresh", work_dataset_refresh},
    {"import", work_import},
    {"campaign", work_campaign},
};

static void pause_ms(int milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&pause, NULL); /* a signal ends it, and that is what it is for */
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool is_stopped(const struct runner *runner)
{
    return *runner->options->stop != 0;
}

/* Whether another attempt at connecting makes sense. */
static bool is_passing(const struct error *error)
{
    return error->code == ERROR_OFFLINE || error->code == ERROR_UNKNOWN;
}

/* The queue's connection, made anew when it is gone. One attempt. */
static bool connect(struct runner *runner, struct error *error)
{
    if (!runner->queue)
        runner->queue = job_queue_open(runner->options->conninfo, error);
    if (runner->queue)
        runner->retry_ms = 0;
    return runner->queue != NULL;
}

/* After a failure: closes the connection, and waits before the next one. */
static void disconnect(struct runner *runner)
{
    job_queue_close(runner->queue);
    runner->queue = NULL;
    runner->retry_ms = runner->retry_ms ? runner->retry_ms * 2 : 250;
    if (runner->retry_ms > RETRY_MOST_MS)
        runner->retry_ms = RETRY_MOST_MS;
    pause_ms(runner->retry_ms);
}

/* ---- One job ---- */

static bool work_on(const struct job *job, const char *conninfo, struct pulse *pulse,
                    struct error *error)
{
    struct work work = {.job = job, .conninfo = conninfo, .pulse = pulse};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, job->kind) == 0)
            return kinds[i].run(&work, error);
    return error_set(error, ERROR_TOO_NEW, "A newer gymtui worker can do it",
                     "This worker does not know the job “%s”", job->kind);
}

/* One attempt to say what became of it. */
static bool tell_outcome(struct job_queue *queue, const struct job *job, bool done,
                         enum pulse_end end, const struct error *why, struct error *error)
{
    char text[520];
    if (done)
        return job_queue_finish(queue, job, JOB_DONE, NULL, error);
    switch (end) {
    case PULSE_CANCELLED:
        return job_queue_finish(queue, job, JOB_CANCELLED, NULL, error);
    case PULSE_STOPPED:
        return job_queue_give_back(queue, job, true, error);
    case PULSE_TAKEN:
        return true;
    case PULSE_GOES_ON:
        break;
    }
    if (is_passing(why) && job->attempt < JOB_ATTEMPTS)
        return job_queue_give_back(queue, job, false, error);
    snprintf(text, sizeof text, "%s%s%s", why->message, *why->hint ? ". " : "", why->hint);
    return job_queue_finish(queue, job, JOB_FAILED, text, error);
}

static void conclude(struct runner *runner, const struct job *job, bool done, enum pulse_end end,
                     const struct error *why)
{
    struct error error = {0};
    int64_t since = now_ms(), patience_ms = runner->options->idle_seconds * INT64_C(1000);
    for (;;) {
        if (connect(runner, &error)) {
            if (!done || strcmp(job->kind, "reseed") == 0)
                job_queue_tidy(runner->queue, NULL);
            if (tell_outcome(runner->queue, job, done, end, why, &error) || !is_passing(&error))
                return;
        }
        /* A stopping worker leaves it to the next one, who sees a silent heartbeat; so does one
         * that is not there for good, when the database does not come back: perhaps it was removed.
         */
        if (is_stopped(runner) || (patience_ms > 0 && now_ms() - since >= patience_ms))
            return;
        disconnect(runner);
    }
}

static void run_job(struct runner *runner, const struct job *job)
{
    char conninfo[2200];
    struct error error = {0};
    log_write(LOG_LEVEL_INFO, "worker", "job %" PRId64 ": %s, attempt %d", job->job_id, job->kind,
              job->attempt);
    enum pulse_end end = PULSE_GOES_ON;
    struct pulse *pulse = NULL;
    bool done =
        job_conninfo(runner->options->conninfo, job->job_id, conninfo, sizeof conninfo, &error) &&
        (job->attempt == 1 || job_queue_end_sessions(runner->queue, job->job_id, &error)) &&
        (pulse = pulse_start(runner->options->conninfo, job, runner->options->stop, &error)) !=
            NULL &&
        work_on(job, conninfo, pulse, &error);
    if (pulse)
        end = pulse_finish(pulse);
    if (!done && end == PULSE_GOES_ON && is_stopped(runner))
        end = PULSE_STOPPED;
    if (done)
        log_write(LOG_LEVEL_INFO, "worker", "job %" PRId64 " is done", job->job_id);
    else
        log_write(end == PULSE_GOES_ON ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "worker",
                  "job %" PRId64 " ended: %s", job->job_id, error.message);
    conclude(runner, job, done, end, &error);
}

/* ---- The loop ---- */

/* Takes what waits, one after another. False: the connection is of no use, or the database. */
static bool run_waiting(struct runner *runner, int *ran, struct error *error)
{
    struct job job;
    error_clear(error);
    while (!is_stopped(runner)) {
        if (!connect(runner, error) || !job_queue_check_version(runner->queue, error) ||
            !job_queue_alive(runner->queue, error))
            return false;
        if (!job_queue_claim(runner->queue, &job, error))
            return error->code == ERROR_NONE;
        run_job(runner, &job);
        ++*ran;
    }
    return true;
}

/* Says that it leaves, and looks once more: who asked before that counted on it. */
static bool may_leave(struct runner *runner, int *ran, struct error *error)
{
    struct job job;
    if (!runner->queue || !job_queue_leave(runner->queue, error) ||
        !job_queue_claim(runner->queue, &job, error))
        return true;
    run_job(runner, &job);
    ++*ran;
    return false;
}

/* One round: jobs, and a wait. False: the runner is to end, *error says why, if for an error. */
static bool turn(struct runner *runner, int64_t *idle_since, struct error *error)
{
    const struct runner_options *options = runner->options;
    int ran = 0;
    bool good = run_waiting(runner, &ran, error);
    if (ran > 0)
        *idle_since = now_ms();
    if (good && !is_stopped(runner)) {
        bool idle_is_over = options->idle_seconds > 0 &&
                            now_ms() - *idle_since >= options->idle_seconds * INT64_C(1000);
        if (options->once || idle_is_over) {
            if (may_leave(runner, &ran, error))
                return false;
            *idle_since = now_ms();
            return true;
        }
        job_queue_wait(runner->queue, WAIT_MS, error);
        good = error->code == ERROR_NONE;
    }
    if (!good) {
        /* A service waits for its server; who was called by hand wants to know. */
        bool is_service = !options->once && options->idle_seconds == 0;
        if (!is_passing(error) || !is_service)
            return false;
        log_write(LOG_LEVEL_WARNING, "worker", "%s", error->message);
        disconnect(runner);
        error_clear(error);
    }
    return true;
}

bool runner_run(const struct runner_options *options, struct error *error)
{
    static const volatile sig_atomic_t never = 0;
    struct runner_options settled = *options;
    struct runner runner = {.options = &settled};
    struct error local;
    int64_t idle_since = now_ms();
    if (!error)
        error = &local;
    if (!settled.stop)
        settled.stop = &never;
    error_clear(error);
    struct value_live *live = NULL;
    /* Not even a first look at a database of another version. A server that is away is waited for
     * below. */
    bool fits = !connect(&runner, error) || job_queue_check_version(runner.queue, error);
    if (fits) {
        error_clear(error);
        /* Who is called for what waits has no need of it. */
        live = settled.once ? NULL : value_live_start(settled.conninfo, NULL);
    }
    while (fits && !is_stopped(&runner) && turn(&runner, &idle_since, error))
        continue;
    if (is_stopped(&runner)) {
        error_clear(error);
        if (runner.queue)
            job_queue_leave(runner.queue, NULL);
    }
    value_live_finish(live);
    job_queue_close(runner.queue);
    return error->code == ERROR_NONE;
}
