/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job that runs in the background, told on every screen while there is nothing else to tell. */
#include "gymtui/app/core.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/jobs.h"

#define JOBS_LOOKED_AT 8 /* those under way come first */

static void write_progress(struct app *app, const struct job_list *list)
{
    char title[128], left[32];
    app->progress[0] = '\0';
    for (int i = 0; i < list->count; i++) {
        const struct job_row *job = &list->rows[i];
        /* Without a worker it stands still; the jobs screen tells what to do. */
        if (job->state != JOB_RUNNING || !list->worker_is_alive)
            continue;
        jobs_write_title(title, sizeof title, job);
        int percent = (int)(job->progress * 100);
        text_append(app->progress, sizeof app->progress, "%s: %d %%", title,
                    percent < 0    ? 0
                    : percent > 99 ? 99
                                   : percent);
        if (job->seconds_left >= 0) {
            jobs_write_span(left, sizeof left, job->seconds_left);
            text_append(app->progress, sizeof app->progress, ", %s left", left);
        }
        return;
    }
}

static void on_jobs(void *owner, const struct job_list *list, const struct error *error)
{
    struct app *app = owner;
    app->reading_progress = false;
    if (error == NULL)
        write_progress(app, list);
    else
        app->progress[0] = '\0'; /* a hint: better none than an old one */
    app->want_draw = true;
    if (app->progress_again) {
        app->progress_again = false;
        app_read_progress(app);
    }
}

void app_read_progress(struct app *app)
{
    if (app->db == NULL)
        return;
    if (app->reading_progress) {
        app->progress_again = true;
        return;
    }
    app->reading_progress = true;
    jobs_list(app->db, JOBS_LOOKED_AT, on_jobs, app);
}
