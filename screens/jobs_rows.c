/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job in words: the list's cells, the details, and the line that sums up. */
#include "jobs_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define BAR 12 /* columns of a progress bar */
/* A worker that was started has so long to say that it is there. */
#define WORKER_PATIENCE 10

const struct table_column jobs_columns[JOBS_COLUMNS] = {
    [JOBS_COLUMN_JOB] = {"Job", 22, 1, ALIGN_LEFT, 0, false},
    [JOBS_COLUMN_STATE] = {"State", BAR + 6, 0, ALIGN_LEFT, 0, false},
    [JOBS_COLUMN_DETAIL] = {"What, when", 12, 3, ALIGN_LEFT, 1, false},
    [JOBS_COLUMN_TIME] = {"Time", 9, 0, ALIGN_RIGHT, 2, false},
    [JOBS_COLUMN_BY] = {"Asked by", 8, 1, ALIGN_LEFT, 3, false},
};

static const char *kind_title(const char *kind)
{
    static const char *const titles[][2] = {
        {"reseed", "Reseed"},
        {"recompute", "Recompute"},
        {"import", "Import"},
        {"auto-checkout", "Check out who forgot"},
        {"dataset refresh", "Refresh the dataset"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i][0], kind) == 0)
            return titles[i][1];
    return kind;
}

void jobs_write_title(char *dst, size_t size, const struct job_row *job)
{
    const char *title = kind_title(job->kind);
    if (job->what[0] != '\0')
        snprintf(dst, size, "%s (%s)", title, job->what);
    else
        snprintf(dst, size, "%s", title);
    text_drop_partial(dst);
}

void jobs_write_span(char *dst, size_t size, int64_t seconds)
{
    if (seconds < 0)
        seconds = 0;
    int64_t minutes = seconds / 60;
    if (minutes < 60)
        snprintf(dst, size, "%" PRId64 ":%02d", minutes, (int)(seconds % 60));
    else
        snprintf(dst, size, "%" PRId64 ":%02d:%02d", minutes / 60, (int)(minutes % 60),
                 (int)(seconds % 60));
}

/* Halves of a cell are enough beside the figure, and have an ASCII form. */
static void write_bar(char *dst, size_t size, double progress)
{
    double share = progress > 1 ? 1 : progress > 0 ? progress : 0;
    int halves = (int)(share * BAR * 2);
    dst[0] = '\0';
    for (int i = 0; i < BAR; i++) {
        int part = halves - 2 * i;
        text_append(dst, size, "%s", part >= 2 ? "█" : part == 1 ? "▌" : "░");
    }
    /* Only what is done is a hundred. */
    text_append(dst, size, " %3d %%", (int)(share * 100) > 99 ? 99 : (int)(share * 100));
}

static enum role write_state(const struct job_row *job, char *text, size_t size)
{
    switch (job->state) {
    case JOB_WAITING:
        snprintf(text, size, "waiting");
        return ROLE_TEXT;
    case JOB_RUNNING:
        write_bar(text, size, job->progress);
        return ROLE_ACCENT;
    case JOB_DONE:
        snprintf(text, size, "%s done", sign_text(SIGN_GOOD));
        return ROLE_GOOD;
    case JOB_FAILED:
        snprintf(text, size, "%s failed", sign_text(SIGN_BAD));
        return ROLE_BAD;
    case JOB_CANCELLED:
        snprintf(text, size, "%s cancelled", sign_text(SIGN_DOT));
        return ROLE_DIM;
    }
    return ROLE_TEXT;
}

static void write_moment(const struct jobs_state *state, int64_t moment, char *text, size_t size)
{
    date_format_moment(text, size, moment, session_today(state->context.db));
}

static const char *phase_of(const struct jobs_state *state, const struct job_row *job)
{
    if (job->job_id == state->cancelling)
        return "being cancelled…";
    return job->phase[0] != '\0' ? job->phase : "beginning";
}

/* How long it took; for one that runs, so far. False: it has not begun. */
static bool time_taken(const struct jobs_state *state, const struct job_row *job, int64_t *seconds)
{
    if (job->started_local == MOMENT_NONE)
        return false;
    int64_t end = job->finished_local != MOMENT_NONE ? job->finished_local
                                                     : session_local_now(state->context.db);
    *seconds = end > job->started_local ? end - job->started_local : 0;
    return true;
}

static void write_detail(const struct jobs_state *state, const struct job_row *job, char *text,
                         size_t size)
{
    char moment[32];
    switch (job->state) {
    case JOB_WAITING:
        write_moment(state, job->requested_local, moment, sizeof moment);
        snprintf(text, size, "since %s", moment);
        break;
    case JOB_RUNNING:
        snprintf(text, size, "%s", phase_of(state, job));
        break;
    case JOB_FAILED: /* why is more than when */
        if (job->error[0] != '\0') {
            snprintf(text, size, "%s", job->error);
            break;
        }
        write_moment(state, job->finished_local, text, size);
        break;
    case JOB_DONE:
    case JOB_CANCELLED:
        write_moment(state, job->finished_local, moment, sizeof moment);
        snprintf(text, size, "%s%s%s%s%s", moment, job->error[0] != '\0' ? "  " : "", job->error,
                 job->outcome[0] != '\0' ? "  " : "", job->outcome);
        break;
    }
    text_drop_partial(text);
}

static void write_time(const struct jobs_state *state, const struct job_row *job, char *text,
                       size_t size)
{
    int64_t taken;
    char span[32];
    if (job->state == JOB_RUNNING && job->seconds_left >= 0) {
        jobs_write_span(span, sizeof span, job->seconds_left);
        snprintf(text, size, "%s left", span);
    } else if (time_taken(state, job, &taken)) {
        jobs_write_span(text, size, taken);
    }
}

void jobs_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                     enum role *role)
{
    const struct jobs_state *state = owner;
    const struct job_row *job = row;
    bool ended = job->state != JOB_WAITING && job->state != JOB_RUNNING;
    if (ended)
        *role = ROLE_DIM;
    switch (column) {
    case JOBS_COLUMN_JOB:
        jobs_write_title(text, size, job);
        *role = ended ? ROLE_TEXT : ROLE_STRONG;
        break;
    case JOBS_COLUMN_STATE:
        *role = write_state(job, text, size);
        break;
    case JOBS_COLUMN_DETAIL:
        write_detail(state, job, text, size);
        if (job->state == JOB_FAILED)
            *role = ROLE_TEXT;
        break;
    case JOBS_COLUMN_TIME:
        write_time(state, job, text, size);
        break;
    default:
        snprintf(text, size, "%s", job->requested_by);
        break;
    }
}

/* What became of it, or is becoming. */
static void write_outcome(const struct jobs_state *state, const struct job_row *job, char *dst,
                          size_t size)
{
    switch (job->state) {
    case JOB_WAITING:
        text_append(dst, size, "Waiting for its turn");
        break;
    case JOB_RUNNING:
        text_append(dst, size, "Now: %s", phase_of(state, job));
        break;
    case JOB_DONE:
        text_append(dst, size, "Done%s%s%s",
                    job->error[0] != '\0' || job->outcome[0] != '\0' ? ": " : "", job->error,
                    job->outcome);
        break;
    case JOB_FAILED:
        text_append(dst, size, "Failed: %s",
                    job->error[0] != '\0' ? job->error : "no reason was given");
        break;
    case JOB_CANCELLED:
        text_append(dst, size, "Cancelled%s%s", job->error[0] != '\0' ? ": " : "", job->error);
        break;
    }
}

void jobs_write_details(const struct jobs_state *state, const struct job_row *job, char *dst,
                        size_t size, const char *separator)
{
    char moment[32], span[32];
    int64_t taken;
    dst[0] = '\0';
    write_outcome(state, job, dst, size);
    if (job->rejects > 0)
        text_append(dst, size, "%s%" PRId64 " bad row%s: F6 shows them", separator, job->rejects,
                    job->rejects == 1 ? "" : "s");
    if (time_taken(state, job, &taken)) {
        jobs_write_span(span, sizeof span, taken);
        write_moment(state, job->started_local, moment, sizeof moment);
        text_append(dst, size, "%sBegun %s, %s %s", separator, moment,
                    job->finished_local == MOMENT_NONE ? "runs for" : "took", span);
    }
    if (job->attempts > 1)
        text_append(dst, size, "%sTaken up %d times", separator, job->attempts);
    write_moment(state, job->requested_local, moment, sizeof moment);
    text_append(dst, size, "%sAsked for by %s, %s", separator,
                job->requested_by[0] != '\0' ? job->requested_by : "the clock", moment);
}

static int count_state(const struct jobs_state *state, enum job_state wanted)
{
    int count = 0;
    for (int i = 0; i < state->count; i++)
        count += state->rows[i].state == wanted;
    return count;
}

/* Nobody works, though there is work. */
static enum role write_without_worker(const struct jobs_state *state, char *dst, size_t size)
{
    int64_t since = state->worker_started;
    if (since != MOMENT_NONE && session_local_now(state->context.db) - since < WORKER_PATIENCE) {
        text_append(dst, size, "Starting a worker…");
        return ROLE_TEXT;
    }
    text_append(dst, size, "%s No worker runs, so the jobs wait. ", sign_text(SIGN_WARN));
    if (state->worker_error.code != ERROR_NONE)
        text_append(dst, size, "%s%s%s", state->worker_error.message,
                    state->worker_error.hint[0] != '\0' ? ". " : "", state->worker_error.hint);
    else
        text_append(dst, size, "w starts one here; on the server: systemctl start gymtui-worker");
    return ROLE_WARN;
}

enum role jobs_write_summary(const struct jobs_state *state, char *dst, size_t size)
{
    int running = count_state(state, JOB_RUNNING), waiting = count_state(state, JOB_WAITING);
    dst[0] = '\0';
    if (state->import.file != NULL) {
        text_append(dst, size, "Sending %s: %d %%. F8 ends that", state->import.path,
                    (int)(state->import.sent * 100 / state->import.bytes));
        return ROLE_ACCENT;
    }
    if (!state->loaded)
        return ROLE_TEXT;
    if (running + waiting > 0 && !state->worker_is_alive)
        return write_without_worker(state, dst, size);
    if (running + waiting == 0) {
        text_append(dst, size, "Nothing runs, nothing waits");
        return ROLE_TEXT;
    }
    if (running > 0)
        text_append(dst, size, "%d running", running);
    if (waiting > 0)
        text_append(dst, size, "%s%d waiting", running > 0 ? " · " : "", waiting);
    text_append(dst, size, " · the desks keep working");
    return ROLE_TEXT;
}
