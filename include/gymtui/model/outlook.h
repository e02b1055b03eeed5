/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transactions to come within several horizons, weighted and added up, for many customers of one
 * BG/NBD or MBG/NBD model:
 *
 *   Σ_j weight_j · E[Y(t_j) | alive, x, T]
 *
 * by the series of visits.h (after Fader, Hardie & Lee 2005, eq. 10). Its coefficients depend on
 * the parameters and on x + k only, so they come out of two tables without a division, and the
 * horizons are summed side by side. The same as one by one to 1e-11 of itself.
 */
#ifndef GYMTUI_MODEL_OUTLOOK_H
#define GYMTUI_MODEL_OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/model/visits.h"

#define OUTLOOK_HORIZONS 32
#define OUTLOOK_TERMS    1536 /* of the series; what needs more is taken by quadrature */
#define OUTLOOK_X        1024 /* transactions of a customer; more are summed one by one */

struct outlook {
    enum visits_model model;
    struct visits_parameters p;
    bool is_plain; /* parameters for which the series alternates */
    int count;
    double t[OUTLOOK_HORIZONS], weight[OUTLOOK_HORIZONS]; /* t rises */
    double rising[OUTLOOK_TERMS];                         /* (A + k)(ε + k)/(k + 1) */
    double falling[OUTLOOK_TERMS + OUTLOOK_X];            /* 1/(a + b + s − 1 + j), j = x + k */
};

/* `t` above 0 and rising, `count` of them, at most OUTLOOK_HORIZONS. */
void outlook_prepare(struct outlook *outlook, enum visits_model model,
                     const struct visits_parameters *p, const double *t, const double *weight,
                     int count);
/* Of a customer known to be alive at T. */
double outlook_at(const struct outlook *outlook, uint32_t x, double T);
/* E[Y(t_j)] of each horizon, without the weights. */
void outlook_each(const struct outlook *outlook, uint32_t x, double T, double *expected);

#endif
