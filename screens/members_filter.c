/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form behind the filter key: which members the list shows. */
#include "members_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_STATUS,
    ENTRY_PLAN,
    ENTRY_ENDS,
    ENTRY_OWING,
    ENTRY_ABSENT,
    ENTRY_SEGMENT,
    ENTRY_COUNT
};

static const char *const statuses[] = {"",        "all",     "active",    "active",
                                       "frozen",  "frozen",  "cancelled", "cancelled",
                                       "expired", "expired", NULL};
static const char *const ends_choices[] = {"",   "any day",        "0",  "today",
                                           "7",  "within 7 days",  "14", "within 14 days",
                                           "30", "within 30 days", NULL};
static const char *const absent_choices[] = {"",        "any",     "7",       "7 days", "14",
                                             "14 days", "30",      "30 days", "60",     "60 days",
                                             "90",      "90 days", NULL};

void members_filter_clear(struct members_state *state)
{
    state->filter = (struct members_argument){.expiring_within = -1, .absent_days = -1};
}

/* A filter that came from elsewhere ("absent 10 d") may not be among the choices: the nearest
 * larger one is shown, so that saving the form unchanged never hides more than before. */
static const char *nearest_choice(const char *const *choices, int value)
{
    if (value < 0)
        return "";
    const char *key = "";
    for (int i = 0; choices[i]; i += 2) {
        if (!choices[i][0])
            continue;
        key = choices[i];
        if (strtol(key, NULL, 10) >= value)
            break;
    }
    return key;
}

static int choice_number(const char *key)
{
    return key[0] ? (int)strtol(key, NULL, 10) : -1;
}

static void save_filter(void *owner, struct form *form)
{
    struct members_state *state = owner;
    struct members_argument *filter = &state->filter;
    snprintf(filter->status, sizeof filter->status, "%s", form_text(form, ENTRY_STATUS));
    filter->package_id = strtoll(form_text(form, ENTRY_PLAN), NULL, 10);
    filter->expiring_within = choice_number(form_text(form, ENTRY_ENDS));
    filter->owing = form_yes(form, ENTRY_OWING);
    filter->absent_days = choice_number(form_text(form, ENTRY_ABSENT));
    snprintf(filter->segment, sizeof filter->segment, "%s", form_text(form, ENTRY_SEGMENT));
    host_form_done(state->context.host, true);
    members_start_over(state);
}

void members_filter_ask(struct members_state *state)
{
    const struct members_argument *filter = &state->filter;
    char plan[24] = "";
    if (filter->package_id)
        snprintf(plan, sizeof plan, "%" PRId64, filter->package_id);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_STATUS] = {.label = "Status",
                          .kind = FORM_CHOICE,
                          .value = filter->status,
                          .choices = statuses,
                          .hint = "Left and Right choose"},
        [ENTRY_PLAN] = {.label = "Plan",
                        .kind = FORM_CHOICE,
                        .value = plan,
                        .choices = state->plan_filter.pairs},
        [ENTRY_ENDS] = {.label = "Ends",
                        .kind = FORM_CHOICE,
                        .value = nearest_choice(ends_choices, filter->expiring_within),
                        .choices = ends_choices,
                        .hint = "Running terms that end soon"},
        [ENTRY_OWING] = {.label = "Only those who owe",
                         .kind = FORM_YES_NO,
                         .value = filter->owing ? "yes" : "no"},
        [ENTRY_ABSENT] = {.label = "Absent for at least",
                          .kind = FORM_CHOICE,
                          .value = nearest_choice(absent_choices, filter->absent_days),
                          .choices = absent_choices,
                          .hint = "No visit for so long"},
        [ENTRY_SEGMENT] = {.label = "Segment",
                           .kind = FORM_CHOICE,
                           .value = filter->segment,
                           .choices = choices_segments,
                           .hint = "From how recently, how often and for how much"},
    };
    struct form *form = form_new("Which members", entries, ENTRY_COUNT);
    if (form) {
        form_set_action(form, "show", "Showing…");
        host_form(state->context.host, form, save_filter, NULL, state);
    }
}
