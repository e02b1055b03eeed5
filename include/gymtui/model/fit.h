/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maximum likelihood by damped Newton steps, shared by all models: positive parameters are fitted
 * by their logarithms, with the analytic gradient and Hessian, no penalty, stopping on the
 * relative gradient. A fit that did not converge is an error that names the reason.
 */
#ifndef GYMTUI_MODEL_FIT_H
#define GYMTUI_MODEL_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"

#define FIT_PARAMETERS 16 /* most parameters of any model */

struct fit {
    int count;                        /* parameters */
    const char *name[FIT_PARAMETERS]; /* "r", "alpha" …; static text */
    double value[FIT_PARAMETERS];     /* natural scale */
    double
        standard_error[FIT_PARAMETERS]; /* natural scale; from the inverse observed information */
    double covariance[FIT_PARAMETERS][FIT_PARAMETERS]; /* natural scale */
    double log_likelihood;
    int iterations;
    bool converged;
    size_t observations;
};

/* The log-likelihood at natural parameters p[count]; fills gradient[count] and
 * hessian[count·count] (row after row, both triangles) when they are not NULL. Returns NaN or
 * −infinity where it is not defined. */
typedef double fit_function(const void *data, const double *p, double *gradient, double *hessian);

struct fit_problem {
    const char *model; /* for messages: "BG/NBD" */
    int count;
    const char *const *names;
    const bool *positive; /* fitted by its logarithm; NULL: all are */
    fit_function *log_likelihood;
    const void *data;
    size_t observations;
    int most_iterations; /* 0: 200 */
};

/* Maximises from `start` (natural scale). */
bool fit_maximise(const struct fit_problem *problem, const double *start, struct fit *fit,
                  struct error *error);

#endif
