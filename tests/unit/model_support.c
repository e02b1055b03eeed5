/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model_support.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

void assert_close(double value, double expected, double relative, double absolute)
{
    if (!(fabs(value - expected) <= relative * fabs(expected) + absolute))
        fail_msg("%.15g is not %.15g", value, expected);
}

void assert_derivatives(fit_function *f, const void *data, const double *p, int n)
{
    double g[FIT_PARAMETERS], h[FIT_PARAMETERS * FIT_PARAMETERS];
    double value = f(data, p, g, h);
    assert_true(isfinite(value));
    for (int i = 0; i < n; i++) {
        double up[FIT_PARAMETERS], down[FIT_PARAMETERS], g_up[FIT_PARAMETERS],
            g_down[FIT_PARAMETERS], spare[FIT_PARAMETERS * FIT_PARAMETERS];
        for (int j = 0; j < n; j++)
            up[j] = down[j] = p[j];
        double step = 1e-5 * fmax(fabs(p[i]), 1e-3);
        up[i] += step;
        down[i] -= step;
        double slope = (f(data, up, g_up, spare) - f(data, down, g_down, spare)) / (2 * step);
        double size = fmax(fabs(value), 1) * 1e-16 / step * 1e3;
        assert_close(g[i], slope, 1e-5, size + 1e-6);
        for (int j = 0; j < n; j++)
            assert_close(h[i * n + j], (g_up[j] - g_down[j]) / (2 * step), 1e-5,
                         1e-4 * (1 + fabs(h[j * n + j]) * 1e-4));
    }
}

void assert_recovered(const struct fit *fit, const double *truth)
{
    assert_true(fit->converged);
    for (int i = 0; i < fit->count; i++) {
        assert_true(fit->standard_error[i] > 0);
        if (fabs(fit->value[i] - truth[i]) > 3 * fit->standard_error[i])
            fail_msg("%s is %g ± %g, not near %g", fit->name[i], fit->value[i],
                     fit->standard_error[i], truth[i]);
    }
}

gsl_rng *test_rng(unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    return rng;
}

static struct drawn_visits room(size_t count)
{
    struct drawn_visits drawn = {count, malloc(count * sizeof(uint32_t)),
                                 malloc(count * sizeof(double)), malloc(count * sizeof(double))};
    assert_non_null(drawn.x);
    assert_non_null(drawn.t_x);
    assert_non_null(drawn.T);
    return drawn;
}

struct drawn_visits draw_visits(gsl_rng *rng, size_t count, double r, double alpha, double a,
                                double b, int at_once, double least, double most)
{
    struct drawn_visits drawn = room(count);
    for (size_t i = 0; i < count; i++) {
        double rate = gsl_ran_gamma(rng, r, 1 / alpha), leave = gsl_ran_beta(rng, a, b);
        double end = gsl_ran_flat(rng, least, most), at = 0;
        drawn.x[i] = 0;
        drawn.t_x[i] = 0;
        drawn.T[i] = end;
        int gone = at_once && gsl_rng_uniform(rng) < leave;
        while (!gone) {
            at += gsl_ran_exponential(rng, 1 / rate);
            if (at > end)
                break;
            drawn.x[i]++;
            drawn.t_x[i] = at;
            gone = gsl_rng_uniform(rng) < leave;
        }
    }
    return drawn;
}

struct drawn_visits draw_pareto(gsl_rng *rng, size_t count, double r, double alpha, double s,
                                double beta, double least, double most)
{
    struct drawn_visits drawn = room(count);
    for (size_t i = 0; i < count; i++) {
        double rate = gsl_ran_gamma(rng, r, 1 / alpha);
        double life = gsl_ran_exponential(rng, 1 / gsl_ran_gamma(rng, s, 1 / beta));
        double end = gsl_ran_flat(rng, least, most), at = 0;
        drawn.x[i] = 0;
        drawn.t_x[i] = 0;
        drawn.T[i] = end;
        for (;;) {
            at += gsl_ran_exponential(rng, 1 / rate);
            if (at > fmin(end, life))
                break;
            drawn.x[i]++;
            drawn.t_x[i] = at;
        }
    }
    return drawn;
}

void drawn_visits_free(struct drawn_visits *drawn)
{
    free(drawn->x);
    free(drawn->t_x);
    free(drawn->T);
}
