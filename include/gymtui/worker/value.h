/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the worker finds out, kept in the database: fits with their parameters, standard errors and
 * date, and the points of curves, of any dataset; and the recompute of gyms, which uses them.
 * Everything is written in the transaction that is open on `bulk`; the caller commits.
 */
#ifndef GYMTUI_WORKER_VALUE_H
#define GYMTUI_WORKER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/date.h"
#include "gymtui/base/error.h"
#include "gymtui/db/bulk.h"
#include "gymtui/model/fit.h"
#include "gymtui/model/measure.h"
#include "gymtui/model/survival.h"

/* ---- Fits and curves of a dataset (clv.model_fit, clv.curve_point) ---- */

struct value_dataset {
    int64_t gym_id, dataset_id;
};

struct value_fit {
    const char *purpose;   /* "visits", "spend", "renewal", "survival", "test" */
    const char *model;     /* "MBG/NBD" … as in 0011_analytics.sql */
    const char *subject;   /* "" for all customers; "plan" of a test; "3 months" of a renewal */
    const char *time_unit; /* "days", "weeks", "months"; may be "" */
    int32_t fitted_on;     /* as of this day */
    bool in_use;           /* the one of its purpose and subject that predictions are made with */
    const struct measure *holdout; /* NULL: not held out */
    int32_t holdout_from;          /* fitted up to here, held against what followed */
};

/* Fits and curves of a dataset, gathered to be stored by four statements at the most: each in place
 * of the one before of the same name. Where memory is short, value_book_store says so. */
struct value_book;
struct value_book *value_book_new(const struct value_dataset *dataset, struct error *error);
void value_book_free(struct value_book *book); /* NULL is allowed */
/* A fit of a purpose, model and subject; one only in a book. */
void value_book_fit(struct value_book *book, const struct value_fit *about, const struct fit *fit);
/* A fit that could not be made; the last good one stays as it is, if there is one. */
void value_book_failure(struct value_book *book, const struct value_fit *about,
                        const struct error *why);
/* Log-rank: parameters "chi_square", "degrees", "p_value". */
void value_book_test(struct value_book *book, const char *subject, int32_t fitted_on,
                     const struct survival_test *test, size_t observations);
struct value_point {
    double x, y;
    double low, high; /* NaN: none */
    int64_t n;        /* −1: none */
};
/* A series of a curve; x rises. */
void value_book_points(struct value_book *book, const char *curve, const char *series,
                       const struct value_point *points, size_t count);
/* All series of a curve that are not in the book go. */
void value_book_drop_curve(struct value_book *book, const char *curve);
/* As value_store_survival and value_store_calibration, below. */
bool value_book_survival(struct value_book *book, const char *curve, const char *series,
                         const struct survival_times *times, struct error *error);
void value_book_calibration(struct value_book *book, const char *model,
                            const struct measure *measure);
bool value_book_store(const struct value_book *book, struct bulk *bulk, struct error *error);

/* The same, each by itself. */
bool value_store_fit(struct bulk *bulk, const struct value_dataset *dataset,
                     const struct value_fit *about, const struct fit *fit, struct error *error);
bool value_store_failure(struct bulk *bulk, const struct value_dataset *dataset,
                         const struct value_fit *about, const struct error *why,
                         struct error *error);
bool value_store_test(struct bulk *bulk, const struct value_dataset *dataset, const char *subject,
                      int32_t fitted_on, const struct survival_test *test, size_t observations,
                      struct error *error);

/* Reads the last good fit again, with its covariance. False with ERROR_NOT_FOUND: there is none.
 * `names`: static texts of its parameters, `count` of them, in the model's order. */
bool value_load_fit(struct bulk *bulk, const struct value_dataset *dataset, const char *purpose,
                    const char *model, const char *subject, const char *const *names, int count,
                    struct fit *fit, struct error *error);

/* Replaces a series of a curve; x rises. */
bool value_store_points(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        const char *series, const struct value_point *points, size_t count,
                        struct error *error);
/* All series of a curve, before they are stored anew. */
bool value_remove_curve(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        struct error *error);

#define VALUE_DAYS_A_MONTH 30.4375

/* Kaplan–Meier as a series: a point a month, from 0 on while somebody is at risk, with its band
 * and the number at risk. Times are in days. */
bool value_store_survival(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                          const char *series, const struct survival_times *times,
                          struct error *error);
/* Curve "calibration", the series named after the model: x predicted, y happened, n customers,
 * with Wilson's interval. */
bool value_store_calibration(struct bulk *bulk, const struct value_dataset *dataset,
                             const char *model, const struct measure *measure, struct error *error);

/* ---- The gyms' own members ---- */

struct value_options {
    int64_t gym_id; /* 0: every gym */
    int32_t as_of;  /* the day to stand on; DATE_NONE: each gym's own today */
};
/* As in generate.h: false ends it with ERROR_CANCELLED. */
typedef bool value_progress_fn(void *owner, const char *phase, double share);

/* RFM, fits, predictions and the gyms' own datasets, gym by gym, each in one transaction, which is
 * committed. `on_progress` may be NULL. */
bool value_recompute(struct bulk *bulk, const struct value_options *options,
                     value_progress_fn *on_progress, void *owner, struct error *error);

/* The same over connections of its own, two gyms at a time; a whole one ends with statistics for
 * the planner. `on_progress` is called by one thread at a time. */
bool value_recompute_gyms(const char *conninfo, const struct value_options *options,
                          value_progress_fn *on_progress, void *owner, struct error *error);
/* All of every gym: what follows a load of made-up gyms, so that
 * each member has figures. */
bool value_recompute_all(const char *conninfo, int32_t as_of, value_progress_fn *on_progress,
                         void *owner, struct error *error);

/* The fits of gyms, kept in memory from one member to the next. */
struct value_cache;
struct value_cache *value_cache_new(void); /* NULL: no memory */
void value_cache_free(struct value_cache *cache);

/* One member again, by the fits that are stored, from the member's own rows: the time it takes does
 * not grow with the visits. ERROR_NOT_FOUND before the gym's first recompute. The caller commits.
 */
bool value_refresh_member(struct value_cache *cache, struct bulk *bulk, int64_t gym_id,
                          int64_t customer_id, struct error *error);

#endif
