/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seed: asks for a reseed, starts a worker when none is alive, and shows how far it is. The job
 * does not depend on this program: left, it goes on.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/jobs.h"
#include "internal.h"

#define LOOK_MS     500
#define LISTED      50
#define ALONE_LOOKS 40 /* looks without a worker, before it is said that none comes */
#define START_LOOKS 16 /* after as many another one is started, should the last have died */

/* --- what is asked for --- */

static bool add_number(char *json, size_t size, const char *name, const char *option,
                       const char *text, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > INT32_MAX)
        return error_set(error, ERROR_USAGE, NULL, "%s takes a number from 0 to %d, not “%s”",
                         option, INT32_MAX, text);
    text_append(json, size, ",\"%s\":%llu", name, value);
    return true;
}

static bool parameters_of(const struct cli *cli, const struct cli_words *words, char *json,
                          size_t size, struct error *error)
{
    static const struct {
        enum seed_option option;
        const char *name, *flag;
    } numbers[] = {
        {SEED_SEED, "seed", "--seed"},
        {SEED_GYMS, "gyms", "--gyms"},
        {SEED_MEMBERS, "members", "--members"},
        {SEED_MONTHS, "months", "--months"},
    };
    char quoted[256], seed[24];
    const char *profile = words->values[SEED_PROFILE];
    if (profile == NULL)
        profile = config_text(cli->config, CONFIG_DEMO_PROFILE);
    text_json_string(quoted, sizeof quoted, profile);
    snprintf(json, size, "{\"profile\":%s", quoted);
    snprintf(seed, sizeof seed, "%d", config_int(cli->config, CONFIG_DEMO_SEED));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *value = words->values[numbers[i].option];
        if (value == NULL && numbers[i].option == SEED_SEED)
            value = seed;
        if (value != NULL &&
            !add_number(json, size, numbers[i].name, numbers[i].flag, value, error))
            return false;
    }
    if (words->values[SEED_AS_OF] != NULL) {
        int32_t day;
        char iso[32];
        if (!date_parse(words->values[SEED_AS_OF], &day))
            return error_set(error, ERROR_USAGE, NULL,
                             "--as-of takes a day such as 2026-11-21, not “%s”",
                             words->values[SEED_AS_OF]);
        date_format_iso(iso, sizeof iso, day);
        text_append(json, size, ",\"as_of\":\"%s\"", iso);
    }
    text_append(json, size, "}");
    return true;
}

struct request_answer {
    struct answer answer;
    int64_t job_id;
    bool worker_is_alive;
};

static void on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                         const struct error *error)
{
    struct request_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->job_id = job_id;
    take->worker_is_alive = worker_is_alive;
}

static bool request(struct visit *visit, const struct cli *cli, const char *parameters,
                    struct request_answer *take, struct error *error)
{
    /* Said before anything else, whoever asks and with whatever flags. The database says it too. */
    if (!visit->session.is_demonstration)
        return error_set(error, ERROR_PERMISSION, "Made-up gyms are for gymtui demo only.",
                         "This database is no demonstration: its data are real and stay");
    jobs_request(visit->db, request_id_new(), "reseed", parameters, on_requested, take);
    return visit_wait(visit, cli, &take->answer, error);
}

/* --- until it is done --- */

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

static void show(const struct job_row *job, char *last, size_t size)
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
        snprintf(line, sizeof line, "Making up gyms: %s", job->phase);
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
                         "The job was cancelled; the old data are as they were");
    case JOB_FAILED:
    case JOB_WAITING:
    case JOB_RUNNING:
        break;
    }
    return error_set(error, ERROR_DATABASE, "The old data are as they were.", "%s",
                     *job->error != '\0' ? job->error : "The job failed");
}

static bool follow(struct visit *visit, const struct cli *cli, struct job_answer *take,
                   struct error *error)
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
        show(&take->job, phase, sizeof phase);
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

static bool seed(struct visit *visit, const struct cli *cli, const struct cli_words *words,
                 struct job_answer *job, struct error *error)
{
    char parameters[600];
    struct request_answer asked = {0};
    if (!parameters_of(cli, words, parameters, sizeof parameters, error) ||
        !visit_open(visit, cli, LEVEL_MANAGER, error) ||
        !request(visit, cli, parameters, &asked, error))
        return false;
    job->job_id = asked.job_id;
    if (!asked.worker_is_alive && !cli_start_worker(cli, error)) {
        char why[256];
        snprintf(why, sizeof why, "%s", error->message);
        return error_set(error, error->code, error->hint, "Job %" PRId64 " waits: %s", job->job_id,
                         why);
    }
    bool done = words->values[SEED_NO_WAIT] != NULL || follow(visit, cli, job, error);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    return done;
}

int command_seed(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct job_answer job = {0};
    bool done = seed(&visit, cli, words, &job, &error);
    visit_close(&visit);
    if (!done)
        return cli_fail(&error);
    if (words->values[SEED_NO_WAIT] != NULL)
        out_line(stdout, "Job %" PRId64 ". See how far it is with: %s jobs", job.job_id,
                 cli->program);
    else
        out_line(stdout, "The demonstration has new data: %s.", job.job.what);
    return CLI_DONE;
}
