/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Starting a campaign, from any screen that shows members: a form for its name, what is offered,
 * what counts as success and how many are held out; F2 starts it.
 */
#ifndef GYMTUI_SCREENS_CAMPAIGN_H
#define GYMTUI_SCREENS_CAMPAIGN_H

#include "gymtui/db/campaigns.h"
#include "gymtui/screens/screen.h"

/* After the campaign was started, and the person told. Not called when it was not. */
typedef void campaign_done_fn(void *owner, const struct campaign_created *created);

/* Part of the calling screen's state; zeroed at the start. */
struct campaign_flow {
    struct screen_context context;
    struct segment_choice choice;
    int64_t *members;
    int member_count;
    char name[80];
    struct request_id id;
    campaign_done_fn *on_done;
    void *owner;
};

/* `whom` in words, "Can't Lose"; with `members` these (copied), else all that `choice` names:
 * `count` of them as far as is known, 0: unknown. One at a time for each flow. */
void campaign_ask(struct campaign_flow *flow, const struct screen_context *context,
                  const char *whom, int64_t count, const struct segment_choice *choice,
                  const int64_t *members, int member_count, campaign_done_fn *on_done, void *owner);
/* Tells the person what became of a campaign that was started or tried again; starts a worker where
 * one is wanted and none is alive. */
void campaign_say_created(const struct screen_context *context, const char *name,
                          const struct campaign_created *created);
/* To be called by the screen's close: an answer that comes later is dropped. */
void campaign_forget(struct campaign_flow *flow);

#endif
