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
    bool has_cost;
    money cost; /* of all of it */
    /* Who: these members (at most CAMPAIGN_PART), or, when there are none, as many parts of a list
     * as follow by campaigns_add, or, for no parts, all that the choice names. */
    const int64_t *members;
    int member_count, parts;
    const struct segment_choice *choice;
};
#define CAMPAIGN_PART 20000
struct campaign_created {
    int64_t campaign_id;
    /* Where it began at once: the members in each arm. Many members are drawn by the worker: its
     * job, and whether a worker is alive to do it. Neither: parts of the list are to follow. */
    int offer, holdout;
    int64_t job_id; /* 0: none */
    bool worker_is_alive;
    int left_out; /* chosen, but asked not to be contacted, or banned */
    int32_t open_until;
};
typedef void campaign_created_fn(void *owner, const struct campaign_created *created,
                                 const struct error *error);
void campaigns_create(struct db *db, const struct campaign_edit *edit,
                      campaign_created_fn *on_reply, void *owner);

/* One part of a list, from 1 on, at most CAMPAIGN_PART members; the campaign begins when all of
 * them came. A number that is none of the gym's members is an error (ERROR_NOT_FOUND), and nothing
 * of the part is taken. */
void campaigns_add(struct db *db, struct request_id id, int64_t campaign_id, int part,
                   const int64_t *members, int count, campaign_created_fn *on_reply, void *owner);
/* Once more, for one that did not begin (CAMPAIGN_FAILED, CAMPAIGN_CANCELLED). */
void campaigns_retry(struct db *db, struct request_id id, int64_t campaign_id,
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

/* Before it runs. */
enum campaign_state {
    CAMPAIGN_BEGUN,
    CAMPAIGN_LISTING, /* parts of its list are to come */
    CAMPAIGN_WAITING, /* for a worker that draws its members */
    CAMPAIGN_DRAWING,
    CAMPAIGN_FAILED, /* nobody is in it; `error` says why */
    CAMPAIGN_CANCELLED,
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
    int row_version;
    bool has_cost;
    money cost;
    bool was_ended; /* by somebody, before its time */
    int left_out;
    enum campaign_state state;
    double drawn; /* 0–1, while it is drawn */
    char error[256];
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
/* What may be changed afterwards. */
struct campaign_change {
    struct request_id id;
    int64_t campaign_id;
    int row_version; /* as it was read */
    const char *name, *offer;
    bool has_cost;
    money cost;
    int32_t until; /* its last day; DATE_NONE: as it is. Fixed in the slots 1 and 2 */
};
struct campaign_changed {
    bool is_saved; /* false: somebody else changed it since; these are the values as they are now */
    int row_version;
    char name[80], offer[200], changed_by[80];
    bool has_cost;
    money cost;
    int32_t until;
};
typedef void campaign_changed_fn(void *owner, const struct campaign_changed *changed,
                                 const struct error *error);
void campaigns_edit(struct db *db, const struct campaign_change *change,
                    campaign_changed_fn *on_reply, void *owner);

/* Today becomes its last day; one that has not begun is removed instead. */
struct campaign_ended {
    bool is_removed;
    char name[80];
    int32_t until; /* DATE_NONE when removed */
};
typedef void campaign_ended_fn(void *owner, const struct campaign_ended *ended,
                               const struct error *error);
void campaigns_end(struct db *db, struct request_id id, int64_t campaign_id,
                   campaign_ended_fn *on_reply, void *owner);

/* By name, at most 500 after `anchor`; `search`: letters of the name, or NULL. */
typedef void campaign_members_fn(void *owner, const struct campaign_member *rows, int count,
                                 bool more, const struct error *error);
void campaigns_members(struct db *db, int64_t campaign_id, const char *search,
                       const struct campaign_member *anchor, int limit,
                       campaign_members_fn *on_reply, void *owner);

#endif
