/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accelerated failure time: ln t = β₀ + β·z + σ·W, right-censored. Weibull (W smallest extreme
 * value), log-normal (W normal), log-logistic (W logistic). Kalbfleisch & Prentice, "The
 * Statistical Analysis of Failure Time Data", 2nd ed., chapter 3.
 *
 * Shapes: `count` customers; time above 0; event; covariates row after row, count × columns.
 * Covariates are standardised inside; parameters come back on their own scale: intercept, one per
 * column, then sigma. Customers of the same covariates in a row are the quicker to fit. exp(β) is
 * the factor by which a unit more makes life longer.
 */
#ifndef GYMTUI_MODEL_AFT_H
#define GYMTUI_MODEL_AFT_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"

#define AFT_COVARIATES (FIT_PARAMETERS - 2)

enum aft_model { AFT_WEIBULL, AFT_LOG_NORMAL, AFT_LOG_LOGISTIC };

struct aft_data {
    size_t count;
    int columns;
    const double *time;
    const bool *event;
    const double *covariates; /* may be NULL when columns is 0 */
    const char *const *names; /* of the columns */
};

bool aft_fit(enum aft_model model, const struct aft_data *data, struct fit *fit,
             struct error *error);
/* The same from a fit of the same columns to like data, which spares steps; NULL: none. */
bool aft_fit_from(enum aft_model model, const struct aft_data *data, const struct fit *start,
                  struct fit *fit, struct error *error);

/* p[columns + 2]: intercept, β …, sigma. gradient and hessian may be NULL. */
double aft_log_likelihood(enum aft_model model, const struct aft_data *data, const double *p,
                          double *gradient, double *hessian);

/* S(t | z), and S(t + k | alive at t, z). */
double aft_survival(enum aft_model model, const struct fit *fit, const double *z, double t);
double aft_conditional(enum aft_model model, const struct fit *fit, const double *z, double t,
                       double k);
/* Sums over staying: Σ weight·S(t + step·at | alive at t, z) over `count` spans ahead, with its
 * slopes by the intercept and by sigma. */
struct aft_sum {
    double value, by_intercept, by_sigma;
};
struct aft_sum aft_conditional_sum(enum aft_model model, const struct fit *fit, const double *z,
                                   double t, double step, const double *at, const double *weight,
                                   int count);
/* The time by which half are gone. */
double aft_median(enum aft_model model, const struct fit *fit, const double *z);

const char *aft_model_name(enum aft_model model);

#endif
