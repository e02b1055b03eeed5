/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobs, jobs show and jobs cancel: the background jobs for scripts, and for people without the
 * screen. */
#include "gymtui/db/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "internal.h"

#define LISTED  40
#define HISTORY 2000 /* how far back `jobs show` looks */

struct list_answer {
    struct answer answer;
    struct job_list list; /* its rows are a copy */
};

static void on_list(void *owner, const struct job_list *list, const struct error *error)
{
    struct list_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    struct job_row *rows = calloc((size_t)list->count + 1, sizeof *rows);
    take->list = *list;
    if (rows == NULL)
        take->list.count = 0;
    else if (list->count > 0)
        memcpy(rows, list->rows, (size_t)list->count * sizeof *rows);
    take->list.rows = rows;
}

static bool read_list(struct visit *visit, const struct cli *cli, int limit,
                      struct list_answer *take, struct error *error)
{
    *take = (struct list_answer){0};
    jobs_list(visit->db, limit, on_list, take);
    return visit_wait(visit, cli, &take->answer, error);
}

static void print_json(struct json *json, const struct job_row *job)
{
    json_open(json, NULL, '{');
    json_integer(json, "job", job->job_id);
    json_text(json, "kind", job->kind);
    json_text(json, "what", job->what);
    json_text(json, "state", job_state_name(job->state));
    json_integer(json, "percent", (int64_t)(job->progress * 100));
    json_text(json, "phase", job->phase);
    if (job->seconds_left >= 0)
        json_integer(json, "seconds_left", job->seconds_left);
    json_text(json, "requested_by", job->requested_by);
    json_moment(json, "requested", job->requested_local);
    json_moment(json, "started", job->started_local);
    json_moment(json, "finished", job->finished_local);
    json_integer(json, "attempts", job->attempts);
    json_text(json, "outcome", job->outcome);
    json_integer(json, "bad_rows", job->rejects);
    json_text(json, "error", job->error);
    json_close(json, '}');
}

static void print_list_json(const struct job_list *list)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '{');
    json_bool(&json, "worker_alive", list->worker_is_alive);
    json_open(&json, "jobs", '[');
    for (int i = 0; i < list->count; i++)
        print_json(&json, &list->rows[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    json_end(&json);
}

/* "running 42 %", "done in 1:35", "failed". */
static void state_text(char *dst, size_t size, const struct job_row *job)
{
    snprintf(dst, size, "%s", job_state_name(job->state));
    if (job->state == JOB_RUNNING)
        text_append(dst, size, " %.0f %%", job->progress * 100);
}

static bool is_open(const struct job_row *job)
{
    return job->state == JOB_WAITING || job->state == JOB_RUNNING;
}

static void print_list(const struct job_list *list, int32_t today)
{
    char line[600] = "";
    bool waits = false;
    if (list->count == 0) {
        out_line(stdout, "There are no jobs.");
        return;
    }
    out_cell_right(line, sizeof line, "Job", 6);
    out_cell(line, sizeof line, "Kind", 15);
    out_cell(line, sizeof line, "What", 28);
    out_cell(line, sizeof line, "Asked for", 13);
    out_cell(line, sizeof line, "By", 16);
    text_append(line, sizeof line, "State");
    out_line(stdout, "%s", line);
    for (int i = 0; i < list->count; i++) {
        const struct job_row *job = &list->rows[i];
        char number[24], asked[32], state[48];
        line[0] = '\0';
        snprintf(number, sizeof number, "%" PRId64, job->job_id);
        date_format_moment(asked, sizeof asked, job->requested_local, today);
        state_text(state, sizeof state, job);
        out_cell_right(line, sizeof line, number, 6);
        out_cell(line, sizeof line, job->kind, 15);
        out_cell(line, sizeof line, job->what, 28);
        out_cell(line, sizeof line, asked, 13);
        out_cell(line, sizeof line, job->requested_by, 16);
        text_append(line, sizeof line, "%s%s%s", state, *job->error != '\0' ? ": " : "",
                    job->error);
        out_line(stdout, "%s", line);
        waits = waits || is_open(job);
    }
    if (waits && !list->worker_is_alive)
        out_line(stdout, "No worker is running: start one with “gymtui worker”.");
}

int command_jobs(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    bool json = words->values[0] != NULL;
    if (words->count == 1 && strcmp(words->words[0], "list") != 0) {
        error_set(&error, ERROR_USAGE, "There is jobs list, jobs show and jobs cancel.",
                  "“gymtui jobs %s” is not a command", words->words[0]);
        return fail_as(&error, json);
    }
    struct visit visit;
    struct list_answer take = {0};
    bool read = visit_open(&visit, cli, LEVEL_MANAGER, &error) &&
                read_list(&visit, cli, LISTED, &take, &error);
    if (read && json)
        print_list_json(&take.list);
    else if (read)
        print_list(&take.list, session_today(visit.db));
    visit_close(&visit);
    free((void *)take.list.rows);
    return read ? CLI_DONE : fail_as(&error, json);
}

static bool read_number(const char *text, int64_t *number, struct error *error)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return (*end == '\0' && errno == 0 && *number > 0) ||
           error_set(error, ERROR_USAGE, "gymtui jobs shows the numbers.",
                     "A job's number is expected, not “%s”", text);
}

static void print_moment(const char *label, int64_t moment, int32_t today)
{
    char text[48];
    if (moment == MOMENT_NONE)
        return;
    date_format_moment(text, sizeof text, moment, today);
    out_line(stdout, "  %-10s %s", label, text);
}

static void print_job(const struct job_row *job, int32_t today)
{
    char state[48], lasted[32];
    state_text(state, sizeof state, job);
    out_line(stdout, "Job %" PRId64 ": %s%s%s, %s", job->job_id, job->kind,
             *job->what != '\0' ? " " : "", job->what, state);
    if (*job->phase != '\0')
        out_line(stdout, "  %-10s %s", "phase", job->phase);
    if (job->seconds_left >= 0)
        out_line(stdout, "  %-10s about %d s", "left", job->seconds_left);
    out_line(stdout, "  %-10s %s", "asked by", job->requested_by);
    print_moment("asked", job->requested_local, today);
    print_moment("started", job->started_local, today);
    print_moment("ended", job->finished_local, today);
    if (job->finished_local != MOMENT_NONE && job->started_local != MOMENT_NONE) {
        int64_t seconds = job->finished_local - job->started_local;
        if (seconds < 3600)
            snprintf(lasted, sizeof lasted, "%" PRId64 ":%02d min", seconds / 60,
                     (int)(seconds % 60));
        else
            date_format_duration(lasted, sizeof lasted, seconds);
        out_line(stdout, "  %-10s %s", "lasted", lasted);
    }
    if (job->attempts > 1)
        out_line(stdout, "  %-10s %d", "attempts", job->attempts);
    if (*job->error != '\0')
        out_line(stdout, "  %-10s %s", "error", job->error);
    if (*job->outcome != '\0')
        out_line(stdout, "  %-10s %s", "outcome", job->outcome);
    if (job->rejects > 0)
        out_line(stdout, "  %-10s %" PRId64, "bad rows", job->rejects);
}

int command_jobs_show(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    bool json = words->values[0] != NULL;
    int64_t number;
    if (!read_number(words->words[0], &number, &error))
        return fail_as(&error, json);
    struct visit visit;
    struct list_answer take = {0};
    const struct job_row *found = NULL;
    bool read = visit_open(&visit, cli, LEVEL_MANAGER, &error) &&
                read_list(&visit, cli, HISTORY, &take, &error);
    for (int i = 0; read && i < take.list.count; i++)
        if (take.list.rows[i].job_id == number)
            found = &take.list.rows[i];
    if (read && found == NULL)
        error_set(&error, ERROR_NOT_FOUND, "gymtui jobs shows the numbers.", "There is no job %s",
                  words->words[0]);
    if (found != NULL && json) {
        struct json page = {.out = stdout};
        print_json(&page, found);
        json_end(&page);
    } else if (found != NULL) {
        print_job(found, session_today(visit.db));
    }
    visit_close(&visit);
    bool is_there = found != NULL;
    free((void *)take.list.rows);
    return is_there ? CLI_DONE : fail_as(&error, json);
}

static void on_cancelled(void *owner, const struct error *error)
{
    answer_take(owner, error);
}

int command_jobs_cancel(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    int64_t number;
    if (!read_number(words->words[0], &number, &error))
        return cli_fail(&error);
    struct visit visit;
    struct answer answer = {0};
    bool done = visit_open(&visit, cli, LEVEL_MANAGER, &error);
    if (done) {
        jobs_cancel(visit.db, number, on_cancelled, &answer);
        done = visit_wait(&visit, cli, &answer, &error);
    }
    visit_close(&visit);
    if (!done)
        return cli_fail(&error);
    out_line(stdout, "Job %" PRId64 " is to end.", number);
    return CLI_DONE;
}
