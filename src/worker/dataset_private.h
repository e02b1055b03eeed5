/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the refresh of a dataset: its customers, and what is found out about them. */
#ifndef GYMTUI_WORKER_DATASET_PRIVATE_H
#define GYMTUI_WORKER_DATASET_PRIVATE_H

#include "gymtui/model/clv.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/value.h"

#define DATASET_LEVELS 12 /* most payment methods or genders that are told apart */

struct customer {
    int64_t id;
    int32_t first, last; /* days of transactions */
    int32_t last_cut;    /* the last one up to the cut */
    int32_t days_cut, days, days_after_cut;
    int32_t spell, spell_days; /* the current spell: its first day, transactions */
    int32_t days_90;
    int64_t repeat_cut, repeat_all; /* money of the repeat days, in hundredths */
    int64_t spell_paid, year_paid;
    int16_t age; /* −1: not known */
    uint8_t gender, method;
    /* found out */
    bool gone;
    int32_t survival; /* days */
    double clv, low, high, p_alive, p_stay, expected;
};

/* Words for the values of a column; 0 is the most frequent one, to which others are compared. */
struct levels {
    int count;
    char name[DATASET_LEVELS][48];
};

struct refresh {
    struct bulk *bulk;
    struct value_dataset dataset;
    bool has_contract, cut_is_named; /* models are fitted up to the cut, and not to everything */
    int unit;                        /* days in the visit models' unit: 1 or 7 */
    int grace, silent, period;       /* days */
    int32_t first_day, as_of, cut;
    struct customer *rows;
    size_t count, room;
    struct levels genders, methods, ages;
    const char *model; /* that predicts; "" when none could be fitted */
    dataset_progress_fn *on_progress;
    void *owner;
    struct dataset_outcome *outcome;
};

/* False with ERROR_CANCELLED once a person wants it ended. */
bool refresh_goes_on(const struct refresh *refresh, const char *phase, double share,
                     struct error *error);
/* Keeps a fit, or the reason why there is none: `why` NULL when it was made. */
bool refresh_keep(struct refresh *refresh, const struct value_fit *about, const struct fit *fit,
                  const struct error *why, struct error *error);
/* Which of `count` models predicts: the one with the best log-loss on the hold-out; ones without
 * hold-out (NULL) come after. −1: none was fitted. */
int refresh_best(const struct measure *const *holdouts, const bool *fitted, int count);

/* The age band of a customer, a level of refresh->ages; −1: not known. */
int refresh_age_band(const struct customer *customer);

/* Kaplan–Meier by payment method, gender and age, log-rank tests (dataset_survival.c). */
bool refresh_curves(struct refresh *refresh, struct error *error);
/* The end of observation: who was still there then is censored; later is not yet known. */
int32_t refresh_horizon(const struct refresh *refresh);
/* Whether the customer's survival counts, and its time in days and event as of a day. */
bool refresh_survival(const struct refresh *refresh, const struct customer *customer, int32_t day,
                      double *time, bool *event);

/* Without contract (dataset_visits.c), with contract (dataset_contract.c): fits and predictions. */
bool refresh_visits(struct refresh *refresh, struct error *error);
bool refresh_contract(struct refresh *refresh, struct error *error);

/* Transactions after the first one of a customer, so far, at the end of each week since the first
 * day (dataset_tracking.c). */
#define TRACKING_WEEKS 400
struct tracking {
    int weeks;
    double actual[TRACKING_WEEKS], expected[TRACKING_WEEKS];
};
/* Reads what came: `statement` gives a count for each week. Nothing is expected yet. */
bool tracking_begin(struct refresh *refresh, const char *statement, struct tracking *tracking,
                    struct error *error);
bool tracking_store(struct refresh *refresh, const struct tracking *tracking, struct error *error);
/* The chance that a customer pays so many bills after the first one, as seen when joining. */
typedef double tracking_stays_fn(const void *model, const struct customer *customer, int renewals);
bool tracking_of_bills(struct refresh *refresh, tracking_stays_fn *stays, const void *model,
                       struct error *error);

#endif
