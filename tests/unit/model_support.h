/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of models: closeness, finite differences, and draws that are the same every time. */
#ifndef GYMTUI_TEST_MODEL_SUPPORT_H
#define GYMTUI_TEST_MODEL_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "gymtui/model/fit.h"

/* Fails unless |value − expected| ≤ relative·|expected| + absolute. */
void assert_close(double value, double expected, double relative, double absolute);

/* Holds gradient and Hessian at p against central differences of value and gradient. */
void assert_derivatives(fit_function *f, const void *data, const double *p, int count);

/* Fails unless every parameter lies within three standard errors of the truth. */
void assert_recovered(const struct fit *fit, const double *truth);

gsl_rng *test_rng(unsigned long seed);

struct drawn_visits {
    size_t count;
    uint32_t *x;
    double *t_x, *T;
};
/* Customers with gamma(r, alpha) rates who leave after each transaction with a beta(a, b) chance
 * (`at_once`: also before the first: MBG/NBD), watched between `least` and `most` time units. */
struct drawn_visits draw_visits(gsl_rng *rng, size_t count, double r, double alpha, double a,
                                double b, int at_once, double least, double most);
/* The same, leaving after a gamma(s, beta)-mixed exponential lifetime: Pareto/NBD. */
struct drawn_visits draw_pareto(gsl_rng *rng, size_t count, double r, double alpha, double s,
                                double beta, double least, double most);
void drawn_visits_free(struct drawn_visits *drawn);

#endif
