/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the models found out: fits, curves, value, cohorts. Each call takes a dataset: its number
 * in clv.dataset, or 0 for the members of the session's gym. Another gym's dataset is as one that
 * is not there: no rows, no error. All are reads on the browse lane; what a reply function gets
 * lives until it returns. A figure that is not known is NAN, unless said otherwise.
 */
#ifndef GYMTUI_DB_MODELS_H
#define GYMTUI_DB_MODELS_H

#include "gymtui/db/db.h"

/* ---- Fits ---- */

#define MODELS_PARAMETERS 24

struct models_parameter {
    char name[64];
    double estimate, standard_error;
};

/*
 * The last good fit of a model for a purpose, and how its newest attempt ended. Names that screens
 * and reports go by:
 *   purpose 'survival' (Weibull, log-normal, log-logistic): "intercept", "sigma", and besides
 *     them one parameter an effect, named as it is read out ("paying by card instead of transfer",
 *     "each 10 years older"); the estimate is the logarithm of "stays so many times as long".
 *   purpose 'test' (log-rank), subject what is compared: "chi_square", "degrees", "p_value".
 */
struct models_fit {
    char purpose[16], model[32], subject[32], time_unit[16];
    int parameter_count;
    struct models_parameter parameters[MODELS_PARAMETERS];
    double log_likelihood;
    int64_t observations;
    int iterations; /* 0: not known */
    bool in_use;
    int32_t fitted_on;
    int32_t holdout_from; /* DATE_NONE: never held against what followed */
    double auc, log_loss, calibration_error, worst_tenth;
    int32_t failed_on; /* of the newest attempt, on the gym's calendar; DATE_NONE: it went well */
    char failure[200];
};

/* In the order visits, spend, renewal, survival, test; the one in use first. */
typedef void models_fits_fn(void *owner, const struct models_fit *fits, int count,
                            const struct error *error);
void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply, void *owner);

/* A fit's parameter, NAN when it has none of this name. */
double models_estimate(const struct models_fit *fit, const char *parameter);

/* ---- Curves ---- */

#define MODELS_SERIES 12

struct models_point {
    double x, y, low, high;
    int64_t n; /* at risk, or how many stand behind the point; 0: not known */
};
struct models_series {
    char name[64];
    const struct models_point *points; /* in the order of x */
    int count;
};
struct models_curve {
    int series_count;
    struct models_series series[MODELS_SERIES]; /* the most customers first, then by name */
};

/* "survival", "survival by plan", "survival by method", "survival by gender", "survival by age"
 * (x months, y share still there), "calibration" (series a model; x predicted, y happened),
 * "tracking" (series actual and expected; x weeks, y visits, transactions after the first, or bills
 * after the first, so far). */
typedef void models_curve_fn(void *owner, const struct models_curve *curve,
                             const struct error *error);
void models_curve(struct db *db, int64_t dataset_id, const char *curve, models_curve_fn *on_reply,
                  void *owner);

/* Where a survival curve first comes to `share`; NAN: it never does. */
double models_time_at(const struct models_series *series, double share);
/* A step curve at x: y of the last point at or before it; 1 before the first. */
double models_share_at(const struct models_series *series, double x);

/* ---- Value ---- */

#define MODELS_BUCKETS 16
#define MODELS_GROUPS  16
#define MODELS_ENDS    10

struct models_bucket {
    double from, to; /* `to` is INFINITY in the last one */
    int64_t customers;
};
struct models_group {
    char name[80];
    int64_t customers; /* all of the group */
    double total, mean;
};
struct models_customer {
    int64_t customer_id;
    char name[128]; /* a member's; the source's key elsewhere */
    char type[16], segment[24], model[32];
    double clv, low, high;
    double p_stay; /* of the next renewal or bill */
};
struct models_value {
    int64_t customers; /* with a prediction */
    /* … who are not there any more: members without a running term, customers of a dataset of whom
     * nothing is expected. All that follows but `gone_total` is of the others. */
    int64_t gone;
    int32_t as_of; /* DATE_NONE: nothing was predicted yet */
    char currency[8], model[32];
    int models; /* how many different ones predicted; `model` is the most frequent one */
    double total, gone_total;
    double mean, median, lower_quartile, upper_quartile, tenth_share; /* the best tenth's share */
    struct models_bucket buckets[MODELS_BUCKETS];
    int bucket_count;
    struct models_group segments[MODELS_GROUPS], packages[MODELS_GROUPS], types[MODELS_GROUPS];
    int segment_count, package_count, type_count; /* packages: the gym's dataset only */
    struct models_customer top[MODELS_ENDS], bottom[MODELS_ENDS];
    int top_count, bottom_count; /* bottom: the least first */
};
typedef void models_value_fn(void *owner, const struct models_value *value,
                             const struct error *error);
void models_value(struct db *db, int64_t dataset_id, models_value_fn *on_reply, void *owner);

/* ---- Cohorts ---- */

#define MODELS_COHORTS 24
#define MODELS_MONTHS  24

/* Who joined in one month. A member is still there after k months when the spell that began then,
 * in which no gap was longer than the gym's grace, lasts beyond the same day k months later; a
 * customer of a dataset, when the survival time does. */
struct models_cohort {
    int32_t month; /* its first day */
    int64_t size;
    int observed;                     /* k up to which all of them could have been seen */
    int64_t there[MODELS_MONTHS + 1]; /* by k, 0 … observed */
};
struct models_cohorts {
    int32_t as_of; /* up to which it is known who had left */
    int count;
    struct models_cohort cohorts[MODELS_COHORTS]; /* the oldest first */
};
typedef void models_cohorts_fn(void *owner, const struct models_cohorts *cohorts,
                               const struct error *error);
void models_cohorts(struct db *db, int64_t dataset_id, models_cohorts_fn *on_reply, void *owner);

/* The share still there after 0 … MODELS_MONTHS months of the cohorts `from` up to, not with, `to`
 * together: the product of the shares kept from one month to the next, so that young cohorts count
 * as far as they have come (Kaplan and Meier 1958), with 95 % limits after Greenwood on the log-log
 * scale. Fills up to MODELS_MONTHS + 1 points and returns how many. */
int models_retention(const struct models_cohorts *cohorts, int from, int to,
                     struct models_point *points);

/* ---- Occupancy ---- */

/* People inside at half past each hour: today, and on the mean of this weekday in the eight weeks
 * before. Of the session's gym. */
struct models_occupancy {
    double usual[24];
    int today[24]; /* −1: still to come */
    int weekday;   /* 0 Monday */
    int capacity;  /* 0: no limit set */
    int weeks;     /* how many of those weekdays the gym has lived to see */
};
typedef void models_occupancy_fn(void *owner, const struct models_occupancy *occupancy,
                                 const struct error *error);
void models_occupancy(struct db *db, models_occupancy_fn *on_reply, void *owner);

#endif
