/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Segments, customer types and who is at risk (ANALYTICS.md 2 and 3; DESK.md, The office): what
 * the worker computed, for the analytics pages and `gymtui report`. `dataset_id` 0 is the session's
 * own gym with its members; others are datasets of the star schema, whose customers have no names,
 * phones or visits. For managers.
 */
#ifndef GYMTUI_DB_SEGMENTS_H
#define GYMTUI_DB_SEGMENTS_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

/* --- datasets --- */

struct dataset_row {
    int64_t dataset_id; /* 0: the gym's own, whatever its number in the star schema is */
    char name[80], kind[16] /* "gym", "import", "generated" */, currency[8];
    bool has_contract;
    int64_t customers, transactions;
    int32_t as_of;           /* DATE_NONE: nothing computed yet */
    int64_t refreshed_local; /* MOMENT_NONE: its models were never fitted */
    int grace_days;          /* a contract has ended when so many days passed without renewal */
    int silent_days; /* without a contract: gone after so many days without a sign of life */
};
/* The gym's own first, then by name. */
typedef void datasets_fn(void *owner, const struct dataset_row *rows, int count,
                         const struct error *error);
void datasets_list(struct db *db, datasets_fn *on_reply, void *owner);

struct dataset_settings {
    int grace_days, silent_days; /* as they are now */
    int64_t job_id;              /* that makes the figures anew; 0: nothing was changed */
    bool worker_is_alive;
};
typedef void dataset_set_fn(void *owner, const struct dataset_settings *settings,
                            const struct error *error);
/* Sets them for the dataset of this name, as datasets_list has it; below 0: stays as it is. */
void dataset_set(struct db *db, struct request_id id, const char *name, int grace_days,
                 int silent_days, dataset_set_fn *on_reply, void *owner);

/* --- segments and types --- */

/* In the order in which they are shown: from the best to those who are gone. */
#define SEGMENTS_COUNT      11
#define SEGMENTS_TYPE_COUNT 4
extern const char *const segment_names[SEGMENTS_COUNT + 1];           /* ends with NULL */
extern const char *const segment_type_names[SEGMENTS_TYPE_COUNT + 1]; /* "Star" … */

struct segment_figures {
    int64_t customers;
    double share;    /* of all scored, 0–1 */
    double revenue;  /* net, of the last 365 days */
    double clv_mean; /* NaN: no value computed for any of them */
    double clv_total;
    double at_stake; /* expected loss; NaN for a dataset */
};
struct segments {
    int64_t customers; /* scored, in all */
    int32_t as_of;     /* DATE_NONE: nothing computed yet */
    char model[40];    /* that most of the value comes from; "": there is none */
    struct segment_figures all;
    struct segment_figures by_segment[SEGMENTS_COUNT];
    struct segment_figures by_type[SEGMENTS_TYPE_COUNT]; /* of those with a value */
    int64_t cells[5][5];                                 /* [r − 1][f − 1] */
    int64_t cells_of[SEGMENTS_COUNT][5][5];              /* of them, those of one segment */
};
typedef void segments_fn(void *owner, const struct segments *segments, const struct error *error);
void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner);

/* Which customers: every field that is set narrows it down. */
struct segment_choice {
    char segment[24]; /* "Can't Lose"; "": all */
    char type[24];    /* "Star"; "": all */
    int r, f;         /* a cell; 0: all */
    char search[64];  /* part of the name, as typed; "": all */
    bool at_risk;     /* only those of the at-risk queue as it stands */
};

enum segment_sort {
    SEGMENT_SORT_CLV,
    SEGMENT_SORT_AT_STAKE,
    SEGMENT_SORT_PAID,
    SEGMENT_SORT_RECENCY,
    SEGMENT_SORT_NAME,
    SEGMENT_SORT_COUNT
};

struct segment_customer {
    int64_t customer_id; /* of a dataset: the surrogate key */
    char name[200];      /* of a dataset: the source's key */
    char plan[80], phone[40], email[120];
    char segment[24], type[24];
    int r, f, m;
    int recency;        /* days since the last visit, or transaction */
    double frequency;   /* visit days in 90 days, or transactions */
    double paid;        /* net, in 365 days */
    double clv, p_stay; /* NaN: not computed; chance of the next renewal or bill */
    double at_stake;    /* NaN: not computed, or a dataset */
    int32_t last_visit; /* or last transaction */
    int32_t ends;       /* of the term; DATE_NONE for a dataset */
};
struct segment_query {
    int64_t dataset_id;
    struct segment_choice choice;
    enum segment_sort sort;
    bool descending;
    /* Keyset: the page after (or before) this row in the sort order; NULL: from the start (or,
     * with before, from the end). */
    const struct segment_customer *anchor;
    bool before;
    int limit; /* at most 500 */
};
/* Rows come in display order also for pages before the anchor. `more`: whether the direction goes
 * on. */
typedef void segment_customers_fn(void *owner, const struct segment_customer *rows, int count,
                                  bool more, const struct error *error);
void segments_customers(struct db *db, const struct segment_query *query,
                        segment_customers_fn *on_reply, void *owner);

/* --- at risk --- */

/* A member of the queue. Not in it: who is snoozed until later, asked not to be contacted, or came
 * since the figures were computed. */
struct at_risk_row {
    int64_t customer_id;
    char name[200], plan[80], phone[40], email[120], segment[24];
    char reason[160]; /* in words: "usually 2.1 a week, silent for 19 days" */
    int32_t last_visit, ends;
    double clv, at_stake;
    double clv_low, clv_high;    /* 95 % interval; NaN: not computed */
    char model[40];              /* … by which model */
    double p_stay, p_stay_usual; /* chance to renew now, and were they coming as usual; NaN */
    int64_t contact_local;       /* of the last contact; MOMENT_NONE: none */
    char contact_outcome[24];
    char campaign[80]; /* the open campaign this member is in, "" */
    bool is_held_out;  /* … in its hold-out: not to be called for it */
};
struct at_risk {
    int64_t members; /* in the queue */
    double at_stake; /* of all of them */
    int64_t snoozed; /* left out for now, because somebody called */
    double snoozed_at_stake;
    int32_t as_of; /* DATE_NONE: nothing computed yet */
};
/* Worst loss first, the first `limit` (at most 500) after `anchor` (NULL: from the start); with
 * `search` those rows whose name has these letters (NULL or "": all). *all is of everybody. */
typedef void at_risk_fn(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                        int count, bool more, const struct error *error);
void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner);

#endif
