/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form behind the key that starts a campaign. */
#include "gymtui/screens/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "saved.h"

enum {
    ENTRY_NAME,
    ENTRY_OFFER,
    ENTRY_SUCCESS,
    ENTRY_WINDOW,
    ENTRY_HOLDOUT,
    ENTRY_COST,
    ENTRY_COUNT
};

static const char *const successes[] = {"any", "a visit or a renewal in the window",
                                        "1",   "win-back: a visit in 30 days, a member on day 60",
                                        "2",   "renewal: a payment within 45 days",
                                        NULL};

static const char *const shares[] = {"0",  "nobody: what it did will not be known",
                                     "10", "10 %",
                                     "20", "20 %",
                                     "30", "30 %",
                                     "50", "50 %: the surest answer",
                                     NULL};

void campaign_say_created(const struct screen_context *context, const char *name,
                          const struct campaign_created *created)
{
    struct host *host = context->host;
    struct error error;
    if (created->job_id != 0) {
        host_say(host, ROLE_GOOD,
                 "“%s”: its members are being drawn; the page Campaigns says when it has begun",
                 name);
        if (!created->worker_is_alive && !host_start_worker(host, &error))
            host_say_error(host, &error);
        return;
    }
    char left_out[48] = "";
    if (created->left_out > 0)
        snprintf(left_out, sizeof left_out, ", %d not to contact", created->left_out);
    host_say(host, ROLE_GOOD, "“%s” has begun: %d offered, %d held out%s", name, created->offer,
             created->holdout, left_out);
}

static void on_created(void *owner, const struct campaign_created *created,
                       const struct error *error)
{
    struct campaign_flow *flow = owner;
    if (!saved_or_told(flow->context.host, error))
        return;
    campaign_say_created(&flow->context, flow->name, created);
    if (flow->on_done)
        flow->on_done(flow->owner, created);
}

static void save_campaign(void *owner, struct form *form)
{
    struct campaign_flow *flow = owner;
    const char *success = form_text(form, ENTRY_SUCCESS);
    snprintf(flow->name, sizeof flow->name, "%s", form_text(form, ENTRY_NAME));
    text_drop_partial(flow->name);
    struct campaign_edit edit = {
        .id = flow->id,
        .name = flow->name,
        .offer = form_text(form, ENTRY_OFFER),
        .slot = success[0] == '1'   ? CAMPAIGN_WIN_BACK
                : success[0] == '2' ? CAMPAIGN_RENEWAL
                                    : CAMPAIGN_ANY,
        .holdout_share = (double)strtol(form_text(form, ENTRY_HOLDOUT), NULL, 10) / 100,
        .window_days = form_int(form, ENTRY_WINDOW),
        .has_cost = form_text(form, ENTRY_COST)[0] != '\0',
        .cost = form_money(form, ENTRY_COST),
        .members = flow->members,
        .member_count = flow->member_count,
        .choice = &flow->choice,
    };
    campaigns_create(flow->context.db, &edit, on_created, flow);
}

void campaign_ask(struct campaign_flow *flow, const struct screen_context *context,
                  const char *whom, int64_t count, const struct segment_choice *choice,
                  const int64_t *members, int member_count, campaign_done_fn *on_done, void *owner)
{
    campaign_forget(flow);
    flow->context = *context;
    flow->choice = choice ? *choice : (struct segment_choice){.segment = ""};
    flow->on_done = on_done;
    flow->owner = owner;
    flow->id = request_id_new();
    if (member_count > 0) {
        flow->members = malloc((size_t)member_count * sizeof *members);
        if (!flow->members) {
            host_say(context->host, ROLE_BAD, "Not enough memory for so many members");
            return;
        }
        memcpy(flow->members, members, (size_t)member_count * sizeof *members);
        flow->member_count = member_count;
        count = member_count;
    }
    char title[120], name[112], day[24], window[8];
    int32_t today = session_today(context->db);
    struct date_civil civil = date_to_civil(today);
    snprintf(day, sizeof day, "%d %s", civil.day, date_month_name(civil.month));
    snprintf(name, sizeof name, "%.60s, %s", whom, day);
    if (count > 0)
        snprintf(title, sizeof title, "Campaign for %" PRId64 " %s: %.60s", count,
                 count == 1 ? "member" : "members", whom);
    else
        snprintf(title, sizeof title, "Campaign: %.80s", whom);
    snprintf(window, sizeof window, "%d", CAMPAIGN_WINDOW);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_NAME] = {.label = "Name",
                        .kind = FORM_TEXT,
                        .value = name,
                        .required = true,
                        .maximum = 79,
                        .hint = "Enter goes on, F2 starts the campaign"},
        [ENTRY_OFFER] = {.label = "Offer",
                         .kind = FORM_TEXT,
                         .value = "",
                         .maximum = 199,
                         .hint = "What they are promised: a free month, a call by their trainer"},
        [ENTRY_SUCCESS] = {.label = "It worked when",
                           .kind = FORM_CHOICE,
                           .value = "any",
                           .choices = successes,
                           .hint = "Left and Right choose; F2 starts the campaign"},
        [ENTRY_WINDOW] = {.label = "Window, days",
                          .kind = FORM_INT,
                          .value = window,
                          .required = true,
                          .minimum = 1,
                          .maximum = 365,
                          .hint = "For a visit or renewal; win-back has 60 days, renewal 45"},
        [ENTRY_HOLDOUT] = {.label = "Held out",
                           .kind = FORM_CHOICE,
                           .value = "20",
                           .choices = shares,
                           .hint = "Drawn by lot and offered nothing, to compare with"},
        [ENTRY_COST] = {.label = "Cost",
                        .kind = FORM_MONEY,
                        .value = "",
                        .hint = "All of it, if known: what each success cost is told at the end"},
    };
    struct form *form = form_new(title, entries, ENTRY_COUNT);
    if (!form)
        return;
    form_set_action(form, "start", "Starting…");
    host_form(context->host, form, save_campaign, NULL, flow);
}

void campaign_forget(struct campaign_flow *flow)
{
    if (flow->context.db)
        db_forget(flow->context.db, flow);
    free(flow->members);
    flow->members = NULL;
    flow->member_count = 0;
}
