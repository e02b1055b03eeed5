/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking for a job. A reseed replaces everything, so the database's name is typed for it. */
#include "jobs_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

static const char *const profiles[] = {
    "small", "small: 3 gyms, 1,500 members",   "chain",   "chain: 20 gyms, 100,000 members",
    "harsh", "harsh: most leave within weeks", "million", "million: 1,000,000 members",
    NULL,
};

/* What the configuration says, as far as it can be reseeded with. */
static void take_defaults(struct jobs_state *state)
{
    const struct config *config = state->context.config;
    const char *wanted = config_text(config, CONFIG_DEMO_PROFILE);
    snprintf(state->profile, sizeof state->profile, "%s", profiles[0]);
    for (const char *const *profile = profiles; *profile != NULL; profile += 2)
        if (strcmp(*profile, wanted) == 0)
            snprintf(state->profile, sizeof state->profile, "%s", wanted);
    state->seed = config_int(config, CONFIG_DEMO_SEED);
}

/* --- the request --- */

void jobs_start_worker(struct jobs_state *state)
{
    struct host *host = state->context.host;
    struct error error = {0};
    if (host_start_worker(host, &error)) {
        error_clear(&state->worker_error);
        state->worker_started = session_local_now(state->context.db);
    } else {
        state->worker_error = error;
        state->worker_started = MOMENT_NONE;
    }
    host_redraw(host);
}

static void on_requested(void *owner, int64_t job_id, bool worker_is_alive,
                         const struct error *error)
{
    struct jobs_state *state = owner;
    struct host *host = state->context.host;
    state->requesting = false;
    if (error != NULL) {
        host_say_error(host, error);
    } else {
        state->mine = job_id;
        state->show_mine = true;
        host_say(host, ROLE_GOOD, "%s The job is in the queue; this screen may be left",
                 sign_text(SIGN_GOOD));
        if (!worker_is_alive)
            jobs_start_worker(state);
    }
    jobs_read(state);
}

void jobs_ask_for(struct jobs_state *state, const char *kind, const char *parameters)
{
    state->requesting = true;
    jobs_request(state->context.db, request_id_new(), kind, parameters, on_requested, state);
}

/* --- reseeding --- */

static bool may_reseed(struct jobs_state *state)
{
    if (state->context.session->is_demonstration)
        return true;
    host_say(state->context.host, ROLE_WARN,
             "This database is no demonstration: its data are real and stay");
    return false;
}

static void on_name(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct jobs_state *state = owner;
    (void)dialog; /* it only answers yes when the name is right */
    if (result != DIALOG_YES)
        return;
    char parameters[64];
    snprintf(parameters, sizeof parameters, "{\"profile\":\"%s\",\"seed\":%d}", state->profile,
             state->seed);
    jobs_ask_for(state, "reseed", parameters);
}

static void ask_name(struct jobs_state *state, bool from_form)
{
    char title[80], text[512], label[128];
    const char *database = host_database(state->context.host);
    snprintf(title, sizeof title, "Reseed: %s, seed %d", state->profile, state->seed);
    snprintf(text, sizeof text,
             "All members, visits and payments of all gyms in %s are replaced by made-up ones. "
             "Everybody keeps working on the old data until the new ones are there. "
             "Gyms' and staff's logins stay.%s",
             database, from_form ? "" : "\n\nAnother profile or seed number: Esc, then r.");
    snprintf(label, sizeof label, "Type %s", database);
    struct dialog *dialog = dialog_type(title, text, label, database, true);
    if (dialog == NULL)
        return;
    dialog_set_role(dialog, ROLE_BAD);
    host_ask(state->context.host, dialog, on_name, state);
}

enum { ENTRY_PROFILE, ENTRY_SEED, ENTRY_COUNT };

static void on_form(void *owner, struct form *form)
{
    struct jobs_state *state = owner;
    snprintf(state->profile, sizeof state->profile, "%s", form_text(form, ENTRY_PROFILE));
    state->seed = form_int(form, ENTRY_SEED);
    host_form_done(state->context.host, true);
    ask_name(state, true);
}

void jobs_ask_reseed(struct jobs_state *state)
{
    if (!may_reseed(state))
        return;
    take_defaults(state);
    char seed[16];
    snprintf(seed, sizeof seed, "%d", state->seed);
    const struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_PROFILE] = {.label = "Profile",
                           .kind = FORM_CHOICE,
                           .value = state->profile,
                           .required = true,
                           .choices = profiles,
                           .hint = "How many gyms and members, and how long they stay"},
        [ENTRY_SEED] = {.label = "Seed number",
                        .kind = FORM_INT,
                        .value = seed,
                        .required = true,
                        .minimum = 0,
                        .maximum = 2147483647,
                        .hint = "The same number gives the same gym again"},
    };
    struct form *form = form_new("Reseed the demonstration", entries, ENTRY_COUNT);
    if (form != NULL)
        host_form(state->context.host, form, on_form, NULL, state);
}

bool jobs_ask_reseed_at_once(struct jobs_state *state)
{
    if (!may_reseed(state))
        return false;
    take_defaults(state);
    ask_name(state, false);
    return true;
}

/* --- the others --- */

#define NEW_MOST 4

struct new_job {
    struct dialog_choice choice;
    const char *kind;
};

/* What can be asked for here; the same for the question and for its answer. */
static int new_jobs(const struct jobs_state *state, struct new_job *jobs)
{
    int count = 0;
    if (state->context.session->is_demonstration)
        jobs[count++] =
            (struct new_job){{"r", "reseed the demonstration's data: profile, seed"}, "reseed"};
    jobs[count++] = (struct new_job){
        {"c", "recompute every member's figures: summary, habits, scores"}, "recompute"};
    jobs[count++] = (struct new_job){
        {"i", "import a file: customers and what they paid, or members"}, "import"};
    jobs[count++] = (struct new_job){{"o", "check out who forgot to, by the gym's closing time"},
                                     "auto-checkout"};
    return count;
}

static void on_new(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct jobs_state *state = owner;
    struct new_job jobs[NEW_MOST];
    int count = new_jobs(state, jobs), chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= count)
        return;
    if (strcmp(jobs[chosen].kind, "reseed") == 0)
        jobs_ask_reseed(state);
    else if (strcmp(jobs[chosen].kind, "import") == 0)
        jobs_ask_import(state);
    else
        jobs_ask_for(state, jobs[chosen].kind, "{}");
}

void jobs_ask_new(struct jobs_state *state)
{
    struct new_job jobs[NEW_MOST];
    struct dialog_choice choices[NEW_MOST];
    int count = new_jobs(state, jobs);
    for (int i = 0; i < count; i++)
        choices[i] = jobs[i].choice;
    struct dialog *dialog = dialog_choose("New job", NULL, choices, count);
    if (dialog != NULL)
        host_ask(state->context.host, dialog, on_new, state);
}
