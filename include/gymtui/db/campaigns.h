/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Campaigns (ANALYTICS.md 3): members chosen by a rule, a part of them held out by a hash of
 * member and campaign, and what came of it, arm against arm. Outcomes are filled by the worker. For
 * managers.
 */
#ifndef GYMTUI_DB_CAMPAIGNS_H
#define GYMTUI_DB_CAMPAIGNS_H

#include "gymtui/db/segments.h"

/* What counts as success. Slots 1 and 2 are the two of the star schema. */
enum campaign_slot {
    CAMPAIGN_ANY,      /* a visit or a renewal within the window */
    CAMPAIGN_WIN_BACK, /* slot 1: a visit within 30 days and a running term on day 60 */
    CAMPAIGN_RENEWAL,  /* slot 2: a payment within 45 days */
};

#define CAMPAIGN_HOLDOUT       0.2 /* unless said otherwise */
#define CAMPAIGN_WINDOW        30  /* days */
#define CAMPAIGN_WIN_BACK_DAYS 60
#define CAMPAIGN_RENEWAL_DAYS  45

struct campaign_edit {
    struct request_id id;
    const char *name, *offer; /* offer: what is promised, in words; may be empty */
    enum campaign_slot slot;
    double holdout_share; /* 0–.9 */
    int window_days;      /* 1–365; of the slots 1 and 2 it is fixed, and this is ignored */
    /* Who: these members, or, when there are none, all that the choice names. */
    const int64_t *members;
    int member_count;
    const struct segment_choice *choice;
};
struct campaign_created {
    int64_t campaign_id;
    int offer, holdout; /* members in each arm */
    int left_out;       /* chosen, but asked not to be contacted, or banned */
    int32_t open_until;
};
typedef void campaign_created_fn(void *owner, const struct campaign_created *created,
                                 const struct error *error);
void campaigns_create(struct db *db, const struct campaign_edit *edit,
                      campaign_created_fn *on_reply, void *owner);

struct campaign_arm {
    int members, successes;
    double rate; /* successes / members; NaN without members */
};

/* What can be said when the window is over. */
enum campaign_verdict {
    CAMPAIGN_OPEN,      /* the window is open: rates are so far */
    CAMPAIGN_ALONE,     /* one arm is empty: nothing to compare with */
    CAMPAIGN_TOO_FEW,   /* the interval holds zero, and much else */
    CAMPAIGN_NO_EFFECT, /* the interval holds zero and is within 5 points of it */
    CAMPAIGN_HELPED,    /* the interval is above zero */
    CAMPAIGN_HARMED,
};

struct campaign_row {
    int64_t campaign_id;
    char name[80], offer[200], created_by[80];
    enum campaign_slot slot;
    double holdout_share;
    int32_t starts_on, open_until; /* the last day that counts */
    struct campaign_arm offer_arm, holdout_arm;
    int contacted; /* members of the offer's arm who were called or written to since the start */
    double difference, low, high; /* offer − hold-out, Newcombe's 95 % interval; NaN */
    enum campaign_verdict verdict;
    int64_t measured_local; /* when the worker last looked; MOMENT_NONE: not yet */
};
/* Newest first, at most 200. */
typedef void campaigns_fn(void *owner, const struct campaign_row *rows, int count,
                          const struct error *error);
void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner);

struct campaign_member {
    int64_t customer_id;
    char name[200], phone[40], email[120], plan[80], segment[24];
    bool is_held_out, succeeded;
    int32_t succeeded_on; /* DATE_NONE */
    int64_t contacted_local;
};
/* By name, at most 500 after `anchor`. */
typedef void campaign_members_fn(void *owner, const struct campaign_member *rows, int count,
                                 bool more, const struct error *error);
void campaigns_members(struct db *db, int64_t campaign_id, const struct campaign_member *anchor,
                       int limit, campaign_members_fn *on_reply, void *owner);

#endif
