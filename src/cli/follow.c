/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Waiting for a background job that this program asked for: how far it is, and what became of it.
 * The job does not depend on this program: left, it goes on.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "internal.h"

#define LOOK_MS     500
#define LISTED      50
#define ALONE_LOOKS 40 /* looks without a worker, before it is said that none comes */
#define START_LOOKS 16 /* after as many another one is started, should the last have died */

struct job_answer {
    struct answer answer;
    int64_t job_id;
    bool is_there, worker_is_alive;
    struct job_row job;
};

static void on_list(void *owner, const struct job_list *list, const struct error *error)
{
    struct job_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->worker_is_alive = list->worker_is_alive;
    for (int i = 0; i < list->count; i++) {
        if (list->rows[i].job_id == take->job_id) {
            take->job = list->rows[i];
            take->is_there = true;
        }
    }
}

static void show(const struct job_row *job, const char *doing, char *last, size_t size)
{
    char line[200], left[40] = "", clock[16];
    if (isatty(STDERR_FILENO)) {
        if (job->seconds_left > 0) {
            snprintf(clock, sizeof clock, "%d:%02d", job->seconds_left / 60,
                     job->seconds_left % 60);
            snprintf(left, sizeof left, ", about %s left", clock);
        }
        if (job->state == JOB_WAITING)
            snprintf(line, sizeof line, "Waiting for a worker…");
        else
            snprintf(line, sizeof line, "%3.0f %%  %s%s", job->progress * 100, job->phase, left);
        out_step(line);
    } else if (strcmp(last, job->phase) != 0 && *job->phase != '\0') {
        snprintf(line, sizeof line, "%s: %s", doing, job->phase);
        out_step(line);
    }
    snprintf(last, size, "%s", job->phase);
}

static bool outcome(const struct job_row *job, struct error *error)
{
    switch (job->state) {
    case JOB_DONE:
        return true;
    case JOB_CANCELLED:
        return error_set(error, ERROR_CANCELLED, NULL,
                         "The job was cancelled; the data are as they were before it");
    case JOB_FAILED:
    case JOB_WAITING:
    case JOB_RUNNING:
        break;
    }
    return error_set(error, ERROR_DATABASE, "The data are as they were before it.", "%s",
                     *job->error != '\0' ? job->error : "The job failed");
}

static bool follow(struct visit *visit, const struct cli *cli, const char *doing,
                   struct job_answer *take, struct error *error)
{
    char phase[sizeof take->job.phase] = "";
    for (int alone = 0;;) {
        take->answer = (struct answer){0};
        take->is_there = false;
        jobs_list(visit->db, LISTED, on_list, take);
        if (!visit_wait(visit, cli, &take->answer, error))
            return false;
        if (!take->is_there)
            return error_set(error, ERROR_NOT_FOUND, NULL, "The job is not in the list any more");
        if (take->job.state != JOB_WAITING && take->job.state != JOB_RUNNING)
            return outcome(&take->job, error);
        show(&take->job, doing, phase, sizeof phase);
        alone = take->worker_is_alive ? 0 : alone + 1;
        if (alone == START_LOOKS)
            cli_start_worker(cli, NULL);
        if (alone == ALONE_LOOKS)
            return error_set(error, ERROR_OFFLINE,
                             "The job waits. Start a worker with “gymtui worker”; its log says "
                             "what keeps it.",
                             "No worker is running");
        struct timespec pause = {0, LOOK_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
}

bool job_follow(struct visit *visit, const struct cli *cli, const struct job_asked *asked,
                const char *doing, struct job_row *job, struct error *error)
{
    struct job_answer take = {.job_id = asked->job_id};
    if (!asked->worker_is_alive && !cli_start_worker(cli, error)) {
        char why[256];
        snprintf(why, sizeof why, "%s", error->message);
        return error_set(error, error->code, error->hint, "Job %" PRId64 " waits: %s",
                         asked->job_id, why);
    }
    if (doing == NULL)
        return true;
    interrupt_say("Job %" PRId64 " goes on without this: “%s jobs” shows how far it is, “%s jobs "
                  "cancel %" PRId64 "” ends it.",
                  asked->job_id, cli->program, cli->program, asked->job_id);
    bool done = follow(visit, cli, doing, &take, error);
    interrupt_say(NULL);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    *job = take.job;
    return done;
}

static void on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                         const struct error *error)
{
    struct job_asked *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->job_id = job_id;
    take->worker_is_alive = worker_is_alive;
}

bool job_ask(struct visit *visit, const struct cli *cli, const char *kind, const char *parameters,
             struct job_asked *asked, struct error *error)
{
    *asked = (struct job_asked){0};
    jobs_request(visit->db, request_id_new(), kind, parameters, on_requested, asked);
    return visit_wait(visit, cli, &asked->answer, error);
}
