/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the recompute: a gym's members in memory, the models fitted to them, and the figures of
 * one member, which come out of the same functions whether all are scored or one.
 */
#ifndef GYMTUI_WORKER_VALUE_PRIVATE_H
#define GYMTUI_WORKER_VALUE_PRIVATE_H

#include <stdlib.h>

#include "gymtui/base/error.h"
#include "gymtui/base/money.h"
#include "gymtui/model/aft.h"
#include "gymtui/model/clv.h"
#include "gymtui/model/hazard.h"
#include "gymtui/model/outlook.h"
#include "gymtui/model/renewal.h"
#include "gymtui/model/spend.h"
#include "gymtui/model/visits.h"
#include "gymtui/worker/value.h"

#define VALUE_HELD_OUT  180 /* days that fits are held against */
#define VALUE_RECENT    90  /* days in which visits are counted (ANALYTICS §2) */
#define VALUE_PAID_DAYS 365 /* of payments that M is scored by (ANALYTICS §2) */
#define VALUE_RENEWALS  60  /* later ones count as this one */
#define VALUE_YEARS     5   /* to look ahead for what goes by visits */

static inline bool no_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
}

/* Room for one more of `size` bytes; false: no memory. */
static inline bool value_grow(void **rows, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t larger = *room ? *room + *room / 2 : 1024;
    void *grown = realloc(*rows, larger * size);
    if (!grown)
        return false;
    *rows = grown;
    *room = larger;
    return true;
}

/* ---- What is read ---- */

struct value_term {
    int32_t from, until; /* [from, until) */
    int16_t months;      /* 0: a day pass or a pack of visits */
    bool cancelled;
    int64_t package_id;
    money price;
};

struct value_freeze {
    int32_t from, until;
};

struct value_member {
    int64_t number;
    int32_t joined, birth;
    int32_t first_visit, last_visit; /* DATE_NONE: never came */
    uint32_t visit_days;
    uint16_t recent[3]; /* visit days of the last 30, of the 60 before, of the last 90 */
    uint8_t gender;     /* 0 unknown, 1 female, 2 male, 3 other */
    uint8_t method;     /* of the last payment; 0 none */
    int32_t first_payment, last_payment;
    uint32_t payments;       /* refunds too */
    uint32_t orders, extras; /* without them; of them beside the contract */
    bool is_kept;            /* read from what was kept, not from the rows */
    money paid_year, ordered, spent_extra;
    int64_t facts; /* what the payments add up to, to be compared (value_read.c) */
    uint32_t term, term_count, freeze, freeze_count; /* where they begin, and how many */
};

/* A payment of the last VALUE_PAID_DAYS days. */
struct value_paid {
    uint32_t member;
    int32_t day;
    money amount;
};

struct value_gym {
    struct value_dataset dataset;
    int32_t today;
    bool keeps; /* histories: what was kept is read, what was not is kept */
    /* Of the dataset (ANALYTICS §1): a next term within so many days goes on the spell; after so
     * many days without activity one without contract has left. */
    int32_t grace, silence;
    struct value_member *members; /* by number */
    size_t count, room;
    struct value_term *terms; /* by member, then time */
    size_t term_count, term_room;
    struct value_freeze *freezes;
    size_t freeze_count, freeze_room;
    uint64_t visits;         /* rows that the summaries count */
    uint64_t payments;       /* rows */
    struct value_paid *paid; /* of members read from their rows, where histories are kept */
    size_t paid_count, paid_room;
    size_t unread; /* members to be read from their rows; count or more: all of them */
    /* Visit days of members in order, each day once; only of every `sampled`th member where a gym
     * has more than fit in memory. NULL: not read. */
    int32_t *days;
    size_t *first_day; /* count + 1 */
    int sampled;
    struct value_memo *memo; /* of the models that it was ranked by last; NULL: none */
};

/* Reads a gym's members; frees what an earlier gym left. */
bool value_read(struct bulk *bulk, struct value_gym *gym, struct error *error);
/* Reads one member of gym->dataset.gym_id, and the gym's dataset, today and rules; of the visit
 * days the recent ones are counted, and the rest is in the summary. No member: merged into another.
 */
struct value_single {
    int64_t refreshed; /* when the fits were made, in microseconds; 0: never */
    int64_t dim,
        facts; /* in the star schema: number, 0: not there yet; what its payments came to */
};
bool value_read_member(struct bulk *bulk, struct value_gym *gym, int64_t customer_id,
                       struct value_single *single, struct error *error);
void value_gym_free(struct value_gym *gym);
/* More of a member's, after those of the same member. False: no memory. */
bool value_add_term(struct value_gym *gym, size_t member, const struct value_term *term);
bool value_add_freeze(struct value_gym *gym, size_t member, const struct value_freeze *freeze);
/* The member of this number, from `from` on; count: none of this gym's that count. */
size_t value_walk_to(const struct value_gym *gym, size_t from, int64_t number);

/* Days of visits on their way into gym->days (value_days.c); NULL: no memory. Each member's are
 * added in one go (value_days_add: false for no memory), out of what was kept or, of all members or
 * of those in pg_temp.unread, out of the rows; at last they are put in order (false: no memory). */
struct value_days;
struct value_days *value_days_new(struct value_gym *gym);
void value_days_free(struct value_days *days);
bool value_days_add(void *days, size_t member, int32_t day);
bool value_days_read(struct bulk *bulk, struct value_days *days, bool is_all, struct error *error);
bool value_days_arrange(struct value_days *days);
/* What follows from them: today's habits; and of members with all their days first, last, how many.
 */
void value_days_count_recent(struct value_gym *gym);
void value_days_count_all(struct value_gym *gym);

/* What was kept of the members (value_history.c). First which of them are to be read from their
 * rows; then the others, with each of their visit days by `on_day` (false: no memory); at last what
 * has been read from rows is kept. */
typedef bool value_day_fn(void *owner, size_t member, int32_t day);
bool value_history_begin(struct bulk *bulk, struct value_gym *gym, struct error *error);
bool value_history_read(struct bulk *bulk, struct value_gym *gym, value_day_fn *on_day, void *owner,
                        struct error *error);
bool value_history_keep(struct bulk *bulk, const struct value_gym *gym, struct error *error);

/* Whether the visit days of a member are in memory. */
bool value_has_days(const struct value_gym *gym, size_t member);

/* ---- A member's life, as of the end of a day ---- */

/* Visits as the models take them; frozen days are no days. */
struct value_habit {
    uint32_t x;
    double t_x, T;
    int away; /* days since the last visit, or since joining */
    int recent[3];
};
struct value_habit value_habit_today(const struct value_gym *gym,
                                     const struct value_member *member);
/* From the visit days; the member's must be there. */
struct value_habit value_habit_at(const struct value_gym *gym, size_t member, int32_t day);

enum value_state {
    VALUE_STAYS,       /* a contract that runs */
    VALUE_LEAVES,      /* runs, and is cancelled */
    VALUE_HAS_LEFT,    /* ended without a next term */
    VALUE_NO_CONTRACT, /* passes, or nothing */
};
struct value_spell {
    enum value_state state;
    const struct value_term *last; /* the term it ends with; NULL: none */
    int32_t start, end;            /* [start, end) as paid or promised */
    int renewals;                  /* terms of this length before the last one, in a row */
    int days;                      /* paid, until the day; frozen ones left out; at least 1 */
    bool has_ended;                /* the grace has passed too */
};
/* The spell that a member is in, or was in last. */
struct value_spell value_spell_at(const struct value_gym *gym, const struct value_member *member,
                                  int32_t day);
int value_frozen_days(const struct value_gym *gym, const struct value_member *member, int32_t from,
                      int32_t until);
bool value_is_frozen(const struct value_gym *gym, const struct value_member *member, int32_t day);

/* One term's end that has been decided. */
struct value_decision {
    uint32_t member;
    int32_t at; /* the term's end */
    int16_t months;
    int16_t renewal; /* 1 … VALUE_RENEWALS */
    bool renewed;
};
/* All that were decided; the caller frees. NULL with *count 0: none, or no memory. */
struct value_decision *value_decisions(const struct value_gym *gym, size_t *count);

/* ---- Models ---- */

#define VALUE_CONTRACTS 8
#define VALUE_BENDS     (2 * 3) /* a step up and down for each parameter of a contract model */

/* Renewal of terms of one length. Tables by renewals so far, at the estimates and a step beside
 * each parameter, so that a member's value and its interval are a look-up. */
struct value_contract {
    int months;
    bool is_fitted; /* else the rate is a guess, and said so */
    struct renewal_parameters parameters;
    struct fit fit;
    struct value_table {
        double rate[VALUE_RENEWALS + 2];   /* of the next renewal */
        double worth[VALUE_RENEWALS + 2];  /* of a renewal and all after it, at price 1 */
        double months[VALUE_RENEWALS + 2]; /* to be stayed from a renewal on */
    } table, bent[VALUE_BENDS];
    double step[3];
};

#define VALUE_RETURNS 8
#define VALUE_BENDS_V (2 * 4)
#define VALUE_AFT     6 /* covariates: see value_covariates */

struct value_models {
    bool has_visits;
    enum visits_model visits_model;
    struct fit visits;
    double mean_gap; /* days between visits */
    bool has_spend;
    struct fit spend;
    double mean_spend, extras_per_visit;
    int contract_count;
    struct value_contract contracts[VALUE_CONTRACTS];
    bool has_hazard;
    struct fit hazard;
    double back[VALUE_RETURNS]; /* chance to come back, by time since the end (value_back) */
    double median_value, base_rate;
    double cuts[3][4]; /* R, F, M: the least good value of scores 2 … 5 */
    bool has_survival;
    enum aft_model survival_model;
    struct fit survival;
    uint32_t columns; /* bits: which covariates vary here */
    /* Made of the above by value_models_prepare, for scoring many. */
    struct clv_rule rule;
    struct outlook extras;                     /* of who stays: year by year, discounted */
    struct outlook visits_to_come;             /* of who comes without contract */
    struct outlook bent_visits[VALUE_BENDS_V]; /* the same, a step above and below each parameter */
};

/* Fits all to a gym and stores the fits, the hold-out's figures and the curves; a fit that cannot
 * be made is noted, and the last good one taken. */
bool value_fit_all(struct bulk *bulk, const struct value_gym *gym, struct value_models *models,
                   struct error *error);
/* Kaplan–Meier by group, log-rank, accelerated failure time; what is found goes into `book`, and of
 * the models nothing else is looked at. `names`: of packages and ways to pay (recompute_names). */
bool value_fit_survival(struct value_book *book, const struct value_gym *gym, const char *names,
                        struct value_models *models, struct error *error);
/* The stored ones. ERROR_NOT_FOUND before the first recompute. */
bool value_models_load(struct bulk *bulk, const struct value_dataset *dataset,
                       struct value_models *models, struct error *error);
bool value_models_store(struct bulk *bulk, const struct value_dataset *dataset, int32_t as_of,
                        const struct value_models *models, struct error *error);
void value_contract_prepare(struct value_contract *contract);
/* What is made from the fits once, for scoring many. False: no memory. */
bool value_models_prepare(struct value_models *models, struct error *error);
const struct value_contract *value_contract_of(const struct value_models *models, int months);
/* Names of parameters, in the order of the models. */
extern const char *const value_visits_names[4], *const value_spend_names[3],
                                                    *const value_renewal_names[3],
                                                        *const value_hazard_names[HAZARD_FEATURES];
const char *value_visits_name(enum visits_model model);
const char *value_survival_name(enum aft_model model);
const char *value_renewal_name(enum renewal_model model);
void value_months_text(char *dst, size_t size, int months); /* "3 months" */
/* What the decision about the term that ends next looks like. */
struct hazard_case value_case(const struct value_models *models, const struct value_habit *habit,
                              double contract_rate);
int value_back(int days_since_end); /* index into back[] */
extern const int value_back_days[VALUE_RETURNS];
/* The covariates that vary, in order; returns how many. */
int value_covariates(const struct value_gym *gym, const struct value_member *member,
                     uint32_t columns, double *z);
extern const char *const value_covariate_names[VALUE_AFT];

/* ---- Figures ---- */

struct value_figures {
    int recency;
    uint8_t r, f, m;
    bool has_ended; /* with the rest for the star schema, below */
    double frequency;
    const char *segment;
    double value, low, high, order;
    double p_alive, p_renew, p_usual; /* NaN: none */
    double months_left, at_stake;
    char reason[96];
    const char *model, *type;
    /* for the star schema */
    int days;
    double survival_value, survival_low, survival_high, p_stay, expected;
};
/* What outlooks came to, of members alike in visits and time: many are. */
#define VALUE_MEMO 16384
struct value_memo {
    struct value_alike {
        uint32_t x;
        double T, outlook; /* T 0: nothing yet */
    } alike[VALUE_MEMO];
};
/* All but the scores, the segment and the type, which depend on the others. */
void value_score_member(const struct value_gym *gym, const struct value_models *models,
                        size_t member, struct value_figures *figures);
/* The same, sparing what `memo`, kept for these models, knows already; NULL: none. */
void value_score_among(const struct value_gym *gym, const struct value_models *models,
                       size_t member, struct value_memo *memo, struct value_figures *figures);
double value_discount(double months);
/* By the cut points and means of `models`. */
void value_place_member(const struct value_gym *gym, const struct value_models *models,
                        size_t member, struct value_figures *figures);
/* Days since the last visit, or since joining; visit days of the last 90, scaled up for less. */
int value_recency(const struct value_gym *gym, const struct value_member *member);
double value_frequency(const struct value_gym *gym, const struct value_member *member);
/* Value and chance to renew of one whose contract runs; false: it does not, or no chance is known.
 */
bool value_of_staying(const struct value_gym *gym, const struct value_models *models, size_t member,
                      struct value_memo *memo, double *value, double *p_renew);

/* Cut points, median value and base rate, which placing a member needs, into `models`; what it
 * found on the way spares value_figures_of work by the same models. */
bool value_rank(struct value_gym *gym, struct value_models *models, struct error *error);
/* Figures of `count` members from `first` on, placed too: the same as of each alone. */
void value_figures_of(const struct value_gym *gym, const struct value_models *models, size_t first,
                      size_t count, struct value_figures *figures);

/* Scores the members in `gym` and writes their figures in place of those before; of somebody whose
 * figures were refreshed singly since the transaction began, those stay. */
bool value_write(struct bulk *bulk, const struct value_gym *gym, const struct value_models *models,
                 struct error *error);
/* The same of the one member in `gym`, which the gym's terminals are told. */
bool value_write_member(struct bulk *bulk, const struct value_gym *gym,
                        const struct value_models *models, const struct value_single *single,
                        struct error *error);

#endif
