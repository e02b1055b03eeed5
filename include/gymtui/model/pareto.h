/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pareto/NBD: repeat visits or purchases without contract, leaving at any moment. Schmittlein,
 * Morrison & Colombo, "Counting Your Customers", Management Science 33 (1987); likelihood as in
 * Fader & Hardie, "A Note on Deriving the Pareto/NBD Model" (2005), eq. 17–18; conditional
 * expectation eq. 39 there.
 *
 * Shapes as in visits.h; unlike there, t_x > 0 with x = 0 cannot be either.
 */
#ifndef GYMTUI_MODEL_PARETO_H
#define GYMTUI_MODEL_PARETO_H

#include "gymtui/model/visits.h"

struct pareto_parameters {
    double r, alpha, s, beta;
};

/* Parameters in order r, alpha, s, beta. */
bool pareto_fit(const struct visits *visits, const struct pareto_parameters *start, struct fit *fit,
                struct error *error);
struct pareto_parameters pareto_parameters(const struct fit *fit);

double pareto_log_likelihood(const struct visits *visits, const struct pareto_parameters *p,
                             double *gradient, double *hessian);

double pareto_p_alive(const struct pareto_parameters *p, uint32_t x, double t_x, double T);
/* E[Y(t)]: expected transactions in (T, T + t] given the history. */
double pareto_expected(const struct pareto_parameters *p, uint32_t x, double t_x, double T,
                       double t);
double pareto_expected_new(const struct pareto_parameters *p, double t);
void pareto_predict(const struct pareto_parameters *p, const struct visits *visits, double t,
                    double *p_alive, double *expected);

#endif
