/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Background jobs: what runs with its progress, what waits, and how the others ended. Progress
 * comes by the topic; while there is work the list is also read each second, since a worker that
 * was killed tells nothing.
 */
#include "jobs_list.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define READ_EVERY_MS  1000
#define ROWS_WITH_FOOT 8

enum {
    JOBS_NEW = COMMAND_SCREEN,
    JOBS_RESEED,
    JOBS_CANCEL,
    JOBS_WORKER,
    JOBS_REJECTS,
};

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "details", "Show all that is known of the selected job.",
     KEY_IN_BAR},
    {JOBS_CANCEL, "cancel", "F8 c", "cancel", "End the selected job, or take it out of the queue.",
     KEY_IN_BAR},
    {JOBS_RESEED, "reseed", "F5 r", "reseed",
     "Replace a demonstration's data: profile, seed number, then the database's name.", KEY_IN_BAR},
    {JOBS_NEW, "new", "F2 Ins a", "new job", "Ask for a job from a list.", KEY_IN_BAR},
    {JOBS_REJECTS, "bad-rows", "F6 b", "bad rows",
     "Show the rows of an imported file that could not be used, each with its line and reason.",
     KEY_IN_BAR},
    {JOBS_WORKER, "worker", "F4 w", "start a worker",
     "Start a worker on this machine, when there is work and none runs.", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"jobs", NULL};

/* --- reading --- */

static bool same_job(const void *a, const void *b)
{
    return ((const struct job_row *)a)->job_id == ((const struct job_row *)b)->job_id;
}

static bool is_open_job(const struct job_row *job)
{
    return job->state == JOB_WAITING || job->state == JOB_RUNNING;
}

static bool has_work(const struct jobs_state *state)
{
    /* They come first. */
    return state->count > 0 && is_open_job(&state->rows[0]);
}

/* What was asked for here is selected when it comes, and its end is not only shown, but told. */
static void follow_mine(struct jobs_state *state, int index)
{
    const struct job_row *job = &state->rows[index];
    struct host *host = state->context.host;
    char title[128];
    if (state->show_mine)
        table_select(state->table, index);
    state->show_mine = false;
    jobs_write_title(title, sizeof title, job);
    switch (job->state) {
    case JOB_WAITING:
    case JOB_RUNNING:
        return;
    case JOB_DONE:
        host_say(host, ROLE_GOOD, "%s %s: %s", sign_text(SIGN_GOOD), title,
                 job->outcome[0] != '\0' ? job->outcome : "done");
        break;
    case JOB_FAILED:
        host_say(host, ROLE_BAD, "%s %s failed: %s", sign_text(SIGN_BAD), title, job->error);
        break;
    case JOB_CANCELLED:
        host_say(host, ROLE_WARN, "%s: cancelled", title);
        break;
    }
    state->mine = 0;
}

static void take(struct jobs_state *state, const struct job_list *list)
{
    bool cancelling = false;
    state->count = list->count < JOBS_MOST ? list->count : JOBS_MOST;
    if (state->count > 0)
        memcpy(state->rows, list->rows, (size_t)state->count * sizeof *list->rows);
    for (int i = 0; i < state->count; i++)
        cancelling = cancelling || (state->rows[i].job_id == state->cancelling &&
                                    state->rows[i].state == JOB_RUNNING);
    if (!cancelling)
        state->cancelling = 0;
    state->worker_is_alive = list->worker_is_alive;
    if (list->worker_is_alive) {
        state->worker_started = MOMENT_NONE;
        error_clear(&state->worker_error);
    }
    table_set_stale(state->table, false);
    table_set_empty(state->table, "No job has run yet. F2 asks for one.");
    if (state->loaded)
        table_replace(state->table, state->rows, state->count, false, false, same_job);
    else
        table_fill(state->table, state->rows, state->count, false, false);
    state->loaded = true;
    for (int i = 0; i < state->count; i++)
        if (state->rows[i].job_id == state->mine)
            follow_mine(state, i);
}

static void on_jobs(void *owner, const struct job_list *list, const struct error *error)
{
    struct jobs_state *state = owner;
    struct host *host = state->context.host;
    state->reading = false;
    if (error == NULL) {
        take(state, list);
    } else {
        table_set_stale(state->table, true);
        if (error->code != ERROR_OFFLINE)
            host_say_error(host, error);
    }
    if (has_work(state))
        host_wake_in(host, READ_EVERY_MS);
    host_redraw(host);
    if (state->again) {
        state->again = false;
        jobs_read(state);
    }
}

void jobs_read(struct jobs_state *state)
{
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    jobs_list(state->context.db, JOBS_MOST, on_jobs, state);
}

/* --- cancelling --- */

static void on_cancelled(void *owner, const struct error *error)
{
    struct jobs_state *state = owner;
    if (error != NULL) {
        state->cancelling = 0;
        host_say_error(state->context.host, error);
    }
    jobs_read(state);
}

static void on_cancel(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct jobs_state *state = owner;
    (void)dialog;
    if (result != DIALOG_YES)
        return;
    state->cancelling = state->asked_about;
    jobs_cancel(state->context.db, state->asked_about, on_cancelled, state);
    host_redraw(state->context.host);
}

static void ask_cancel(struct jobs_state *state, const struct job_row *job)
{
    char title[128], text[384];
    if (!is_open_job(job)) {
        host_say(state->context.host, ROLE_WARN, "This job has ended: there is nothing to cancel");
        return;
    }
    jobs_write_title(title, sizeof title, job);
    snprintf(text, sizeof text, "%s",
             job->state == JOB_WAITING          ? "It has not begun, and leaves the queue."
             : strcmp(job->kind, "reseed") == 0 ? "It ends, and the data stay as they were "
                                                  "before it."
                                                : "It ends as soon as it can.");
    state->asked_about = job->job_id;
    struct dialog *dialog = dialog_confirm(title, text, "y", "cancel the job", 'c');
    if (dialog != NULL)
        host_ask(state->context.host, dialog, on_cancel, state);
}

/* --- the screen's slots --- */

static bool open_jobs(void *state_, const struct screen_context *context, const void *argument)
{
    struct jobs_state *state = state_;
    const struct jobs_argument *wish = argument;
    state->context = *context;
    state->worker_started = MOMENT_NONE;
    state->table = table_new(jobs_columns, JOBS_COLUMNS, sizeof(struct job_row), JOBS_MOST,
                             jobs_write_cell, state);
    if (state->table == NULL)
        return false;
    if (wish != NULL && wish->reseed && !jobs_ask_reseed_at_once(state)) {
        table_free(state->table);
        state->table = NULL;
        return false;
    }
    table_set_empty(state->table, "Reading the jobs…");
    jobs_read(state);
    return true;
}

/* All about the selected job: what to do about a failure stands at its end, so it gets the rows
 * that it takes, as far as the list keeps most of them. */
static void draw_foot(struct jobs_state *state, struct area *area, const struct job_row *job)
{
    char title[128], details[640], text[800];
    jobs_write_title(title, sizeof title, job);
    jobs_write_details(state, job, details, sizeof details, " · ");
    snprintf(text, sizeof text, "%s · %s", title, details);
    text_drop_partial(text);
    struct area measure = area_part(*area, 0, 1, area->rows, area->columns - 2);
    int rows = draw_paragraph(measure, 0, 0, ROLE_DIM, text, true);
    rows = rows < 2 ? 2 : rows > area->rows / 3 ? area->rows / 3 : rows;
    struct area foot = area_take_bottom(area, rows + 1);
    draw_rule(area_take_top(&foot, 1), 0);
    draw_paragraph(area_part(foot, 0, 1, foot.rows, foot.columns - 2), 0, 0, ROLE_DIM, text, false);
}

static void draw_jobs(void *state_, struct area area)
{
    struct jobs_state *state = state_;
    char summary[640];
    enum role role = jobs_write_summary(state, summary, sizeof summary);
    draw_clear(area, ROLE_TEXT);
    /* What nobody may miss gets the rows that it takes, as far as the list leaves some. */
    struct area measure = area_part(area, 0, 1, area.rows, area.columns - 2);
    int rows = draw_paragraph(measure, 0, 0, role, summary, true);
    int most = area.rows / 4 > 1 ? area.rows / 4 : 1;
    rows = rows < 1 ? 1 : rows > most ? most : rows;
    struct area top = area_take_top(&area, rows);
    draw_paragraph(area_part(top, 0, 1, top.rows, top.columns - 2), 0, 0, role, summary, false);
    draw_rule(area_take_top(&area, 1), 0);
    const struct job_row *job = table_selected(state->table);
    if (job != NULL && area.rows >= ROWS_WITH_FOOT)
        draw_foot(state, &area, job);
    table_draw(state->table, area, true, true);
}

static void tell_details(struct jobs_state *state, const struct job_row *job)
{
    char title[128], text[640];
    jobs_write_title(title, sizeof title, job);
    jobs_write_details(state, job, text, sizeof text, "\n");
    struct dialog *dialog = dialog_tell(title, text);
    if (dialog != NULL)
        host_ask(state->context.host, dialog, NULL, state);
}

static bool has_rejects(const struct job_row *job)
{
    return job != NULL && job->rejects > 0;
}

static bool offers_jobs(const void *state_, int command)
{
    const struct jobs_state *state = state_;
    return command != JOBS_REJECTS || has_rejects(table_selected(state->table));
}

static bool command_jobs(void *state_, int command)
{
    struct jobs_state *state = state_;
    struct host *host = state->context.host;
    const struct job_row *job = table_selected(state->table);
    if ((state->requesting || state->import.file != NULL) &&
        (command == JOBS_NEW || command == JOBS_RESEED))
        return true;
    switch (command) {
    case COMMAND_OPEN:
        if (job != NULL)
            tell_details(state, job);
        return true;
    case JOBS_NEW:
        jobs_ask_new(state);
        return true;
    case JOBS_RESEED:
        jobs_ask_reseed(state);
        return true;
    case JOBS_RESEED_AT_ONCE:
        jobs_ask_reseed_at_once(state);
        return true;
    case JOBS_CANCEL:
        if (state->import.file != NULL)
            jobs_import_stop(state);
        else if (job != NULL)
            ask_cancel(state, job);
        return true;
    case JOBS_REJECTS:
        if (has_rejects(job))
            host_open(host, &screen_rejects, job);
        else
            host_say(host, ROLE_TEXT, "This job has no bad rows");
        return true;
    case JOBS_WORKER:
        if (state->worker_is_alive)
            host_say(host, ROLE_TEXT, "A worker runs already");
        else if (!has_work(state))
            host_say(host, ROLE_TEXT, "There is no work for a worker");
        else
            jobs_start_worker(state);
        return true;
    default:
        break;
    }
    if (!table_command(state->table, command))
        return false;
    host_redraw(host);
    return true;
}

static void changed_jobs(void *state_, const char *topic)
{
    (void)topic;
    jobs_read(state_);
}

static void state_changed_jobs(void *state_, enum db_state db_state)
{
    struct jobs_state *state = state_;
    table_set_stale(state->table, db_state != DB_STATE_READY);
    host_redraw(state->context.host);
}

static void tick_jobs(void *state_)
{
    struct jobs_state *state = state_;
    if (db_state(state->context.db) == DB_STATE_READY && !state->reading && has_work(state))
        jobs_read(state);
}

/* The answer says whether a worker must be started: it is waited for. */
static bool may_close_jobs(void *state_)
{
    struct jobs_state *state = state_;
    if (state->import.file != NULL) {
        host_say(state->context.host, ROLE_WARN, "The file is still being sent: F8 ends that");
        return false;
    }
    if (!state->requesting)
        return true;
    host_say(state->context.host, ROLE_TEXT, "One moment: the job is being asked for");
    return false;
}

static void close_jobs(void *state_)
{
    struct jobs_state *state = state_;
    jobs_import_stop(state);
    table_free(state->table);
}

const struct screen screen_jobs = {
    .name = "jobs",
    .title = "Jobs",
    .about = "What works in the background: progress, the queue, and how the last jobs ended. "
             "Opened from the menu or by :jobs. The desks keep working meanwhile.",
    .state_size = sizeof(struct jobs_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_jobs,
    .draw = draw_jobs,
    .command = command_jobs,
    .offers = offers_jobs,
    .changed = changed_jobs,
    .state_changed = state_changed_jobs,
    .tick = tick_jobs,
    .may_close = may_close_jobs,
    .close = close_jobs,
};
