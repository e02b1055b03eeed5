/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gamma-Gamma: spend per transaction, independent of how often one comes. Fader & Hardie, "The
 * Gamma-Gamma Model of Monetary Value" (2013): likelihood eq. 1a, conditional mean eq. 5.
 *
 * Shapes: arrays of `count` customers. x: transactions averaged (0: no say in the fit); mean:
 * average amount of them, above 0 where x > 0. Units: the currency's.
 */
#ifndef GYMTUI_MODEL_SPEND_H
#define GYMTUI_MODEL_SPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"

struct spend {
    size_t count;
    const uint32_t *x;
    const double *mean;
};

struct spend_parameters {
    double p, q, gamma;
};

/* Parameters in order p, q, gamma. */
bool spend_fit(const struct spend *spend, const struct spend_parameters *start, struct fit *fit,
               struct error *error);
struct spend_parameters spend_parameters(const struct fit *fit);

double spend_log_likelihood(const struct spend *spend, const struct spend_parameters *p,
                            double *gradient, double *hessian);

/* Whether the population's mean exists (q > 1); without it spend_expected returns the customer's
 * own mean, and the caller says so. */
bool spend_has_mean(const struct spend_parameters *p);
/* E[M | x, mean]; x = 0: the population's mean p·γ/(q − 1). */
double spend_expected(const struct spend_parameters *p, uint32_t x, double mean);

#endif
