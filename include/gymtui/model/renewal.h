/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renewal of contracts by period: shifted beta-geometric (Fader & Hardie, "How to Project Customer
 * Retention", J. of Interactive Marketing 21, 2007, eq. 5–7), beta-discrete-Weibull (Fader, Hardie,
 * Liu, Davin & Steenburgh, "How to Project Customer Retention Revisited", 2018, eq. 5), and the
 * geometric model to which they fall back when members are alike.
 *
 * Data: for renewal n = 1 … count, how many stood before it and how many did not renew. Any mix of
 * cohorts, and late entry: the likelihood is the product binomial Σ D_n ln(1−r_n) + (N_n−D_n) ln
 * r_n.
 */
#ifndef GYMTUI_MODEL_RENEWAL_H
#define GYMTUI_MODEL_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"

enum renewal_model { RENEWAL_GEOMETRIC, RENEWAL_SBG, RENEWAL_BDW };

struct renewals {
    size_t count;
    const double *at_risk; /* N_n, renewal n = index + 1 */
    const double *lost;    /* D_n */
};

struct renewal_parameters {
    enum renewal_model model;
    double alpha, beta, c; /* c = 1 for sBG; geometric: alpha/(alpha+beta) is the loss a period */
};

/* At-risk and lost counts from one cohort's survivors s[0] … s[count − 1] (s[0] at the start);
 * both arrays take count − 1 figures. */
bool renewal_from_survivors(const double *survivors, size_t count, double *at_risk, double *lost,
                            struct error *error);

/* sBG: alpha, beta. BdW: alpha, beta, c. Geometric: the probability to stay, theta. */
bool renewal_fit(enum renewal_model model, const struct renewals *renewals, struct fit *fit,
                 struct error *error);
/* The same from a fit to like data, which spares steps; NULL: none. */
bool renewal_fit_from(enum renewal_model model, const struct renewals *renewals,
                      const struct fit *start, struct fit *fit, struct error *error);
struct renewal_parameters renewal_parameters(enum renewal_model model, const struct fit *fit);

/* The model to use: BdW when twice its gain in log-likelihood over sBG exceeds 3.84; geometric when
 * sBG finds members alike (alpha + beta > 1e4) or cannot be fitted. */
bool renewal_choose(const struct renewals *renewals, struct renewal_parameters *parameters,
                    struct fit *fit, struct error *error);

/* The same, keeping every fit that was tried on the way: each model is fitted once. All of `fits`
 * is 0 at first; `like`: fits to like data to begin at, or NULL. */
#define RENEWAL_MODELS 3
struct renewal_fits {
    struct renewal_try {
        bool is_tried, is_fitted;
        struct fit fit;
        struct error why; /* it is not fitted */
    } of[RENEWAL_MODELS];
};
bool renewal_choose_from(const struct renewals *renewals, const struct renewal_fits *like,
                         struct renewal_fits *fits, struct renewal_parameters *parameters,
                         struct fit *fit, struct error *error);
/* Fits those that were not tried. */
void renewal_fit_rest(const struct renewals *renewals, struct renewal_fits *fits);

double renewal_log_likelihood(enum renewal_model model, const struct renewals *renewals,
                              const double *p, double *gradient, double *hessian);

/* r_n: probability to renew at renewal n (1 …) given n − 1 renewals. S(n): share left after it. */
double renewal_rate(const struct renewal_parameters *p, int n);
double renewal_survival(const struct renewal_parameters *p, int n);

const char *renewal_model_name(enum renewal_model model);

#endif
