/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Repeat visits or purchases without contract: BG/NBD and MBG/NBD.
 *
 * BG/NBD: Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005):
 * likelihood eq. 6, expected purchases eq. 9–10, P(alive) from "Computing P(alive) using the
 * BG/NBD model" (2008). MBG/NBD: Batislam, Denizel & Filiztekin, Int. J. of Research in Marketing
 * 24 (2007): a customer may also drop out at once; the same with x + 1 in the beta parts.
 *
 * Shapes: arrays of `count` customers. x: repeat transactions after the first; t_x: time of the
 * last one; T: length of observation; both since the first, in the same unit (days or weeks, whole
 * or not). 0 ≤ t_x ≤ T; x = 0 goes with t_x = 0.
 */
#ifndef GYMTUI_MODEL_VISITS_H
#define GYMTUI_MODEL_VISITS_H

#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"

enum visits_model { VISITS_BGNBD, VISITS_MBGNBD };

struct visits {
    size_t count;
    const uint32_t *x;
    const double *t_x, *T;
};

struct visits_parameters {
    double r, alpha, a, b;
};

/* Checks the arrays; names the first impossible customer. */
bool visits_check(const struct visits *visits, struct error *error);

/* Parameters in order r, alpha, a, b. `start` NULL: a start from the data's means. */
bool visits_fit(enum visits_model model, const struct visits *visits,
                const struct visits_parameters *start, struct fit *fit, struct error *error);
struct visits_parameters visits_parameters(const struct fit *fit);

/* Log-likelihood with gradient[4] and hessian[16] (may be NULL), for tests and profile plots. */
double visits_log_likelihood(enum visits_model model, const struct visits *visits,
                             const struct visits_parameters *p, double *gradient, double *hessian);

/* Probability that the customer is still a customer at T. */
double visits_p_alive(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                      double t_x, double T);
/* E[Y(t)]: expected transactions in (T, T + t] given the history. Finite for every x and at a = 1.
 */
double visits_expected(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                       double t_x, double T, double t);
/* The same of one known to be alive at T; t above 0. */
double visits_expected_alive(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                             double T, double t);
/* E[X(t)] of a new customer, and P(X(t) = x). */
double visits_expected_new(enum visits_model model, const struct visits_parameters *p, double t);
double visits_probability(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                          double t);
/* Both figures for all customers; either array may be NULL. */
void visits_predict(enum visits_model model, const struct visits_parameters *p,
                    const struct visits *visits, double t, double *p_alive, double *expected);

#endif
