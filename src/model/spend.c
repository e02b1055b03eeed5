/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ℓ = lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln γ + (px−1) ln m + px ln x − (px+q) ln(γ+mx).
 * Gamma functions depend on x alone and are taken once per distinct x.
 */
#include "gymtui/model/spend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

struct prepared {
    const struct spend *spend;
    size_t most_x;
    double *seen; /* histogram of x: most_x + 1 */
};

static bool prepare(struct prepared *prepared, const struct spend *spend)
{
    *prepared = (struct prepared){.spend = spend};
    for (size_t i = 0; i < spend->count; i++)
        if (spend->x[i] > prepared->most_x)
            prepared->most_x = spend->x[i];
    prepared->seen = calloc(prepared->most_x + 1, sizeof *prepared->seen);
    if (!prepared->seen)
        return false;
    for (size_t i = 0; i < spend->count; i++)
        prepared->seen[spend->x[i]]++;
    return true;
}

static double add_histogram(const struct prepared *prepared, const double *natural, double *g,
                            double *h)
{
    double p = natural[0], q = natural[1], gamma = natural[2], value = 0;
    double log_gamma_q = gsl_sf_lngamma(q), psi_q = gsl_sf_psi(q), psi1_q = gsl_sf_psi_1(q);
    for (size_t i = 1; i <= prepared->most_x; i++) {
        double seen = prepared->seen[i], x = (double)i, n = p * x;
        if (seen == 0)
            continue;
        value += seen * (gsl_sf_lngamma(n + q) - gsl_sf_lngamma(n) - log_gamma_q + q * log(gamma) +
                         n * log(x));
        if (!g || !h)
            continue;
        double psi = gsl_sf_psi(n + q), psi1 = gsl_sf_psi_1(n + q);
        g[0] += seen * x * (psi - gsl_sf_psi(n) + log(x));
        g[1] += seen * (psi - psi_q + log(gamma));
        g[2] += seen * q / gamma;
        h[0] += seen * x * x * (psi1 - gsl_sf_psi_1(n));
        h[1] += seen * x * psi1;
        h[4] += seen * (psi1 - psi1_q);
        h[5] += seen / gamma;
        h[8] -= seen * q / (gamma * gamma);
    }
    return value;
}

static double evaluate(const void *data, const double *natural, double *g, double *h)
{
    const struct prepared *prepared = data;
    const struct spend *spend = prepared->spend;
    double p = natural[0], q = natural[1], gamma = natural[2];
    if (!(p > 0 && q > 0 && gamma > 0) || !isfinite(p + q + gamma) ||
        p * (double)prepared->most_x > 1e15)
        return NAN;
    if (g)
        memset(g, 0, 3 * sizeof *g);
    if (h)
        memset(h, 0, 9 * sizeof *h);
    double value = add_histogram(prepared, natural, g, h);
    for (size_t i = 0; i < spend->count; i++) {
        if (spend->x[i] == 0)
            continue;
        double x = spend->x[i], m = spend->mean[i], n = p * x, sum = gamma + m * x;
        double log_m = log(m), log_sum = log(sum);
        value += (n - 1) * log_m - (n + q) * log_sum;
        if (!g || !h)
            continue;
        g[0] += x * (log_m - log_sum);
        g[1] -= log_sum;
        g[2] -= (n + q) / sum;
        h[2] -= x / sum;
        h[5] -= 1 / sum;
        h[8] += (n + q) / (sum * sum);
    }
    if (h) {
        h[3] = h[1];
        h[6] = h[2];
        h[7] = h[5];
    }
    return value;
}

struct spend_parameters spend_parameters(const struct fit *fit)
{
    return (struct spend_parameters){fit->value[0], fit->value[1], fit->value[2]};
}

bool spend_fit(const struct spend *spend, const struct spend_parameters *start, struct fit *fit,
               struct error *error)
{
    static const char *const names[] = {"p", "q", "gamma"};
    double sum = 0;
    size_t buyers = 0;
    for (size_t i = 0; i < spend->count; i++) {
        if (spend->x[i] == 0)
            continue;
        if (!isfinite(spend->mean[i]) || spend->mean[i] <= 0)
            return error_set(error, ERROR_INPUT, "Leave out customers who paid nothing.",
                             "customer %zu: the mean amount %g is not above zero", i + 1,
                             spend->mean[i]);
        sum += spend->mean[i];
        buyers++;
    }
    if (buyers < 3)
        return error_set(error, ERROR_INPUT, "Give more customers with transactions.",
                         "only %zu customers have transactions to average", buyers);
    struct prepared prepared;
    if (!prepare(&prepared, spend))
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory to fit %zu customers", spend->count);
    double mean = sum / (double)buyers;
    double from[] = {4, 4, .75 * mean};
    if (start)
        memcpy(from, (double[]){start->p, start->q, start->gamma}, sizeof from);
    struct fit_problem problem = {
        .model = "Gamma-Gamma",
        .count = 3,
        .names = names,
        .log_likelihood = evaluate,
        .data = &prepared,
        .observations = buyers,
    };
    bool fine = fit_maximise(&problem, from, fit, error);
    free(prepared.seen);
    return fine;
}

double spend_log_likelihood(const struct spend *spend, const struct spend_parameters *p,
                            double *gradient, double *hessian)
{
    struct prepared prepared;
    double value = NAN, natural[] = {p->p, p->q, p->gamma};
    if (prepare(&prepared, spend))
        value = evaluate(&prepared, natural, gradient, hessian);
    free(prepared.seen);
    return value;
}

bool spend_has_mean(const struct spend_parameters *p)
{
    return p->q > 1;
}

double spend_expected(const struct spend_parameters *p, uint32_t x, double mean)
{
    if (!spend_has_mean(p))
        return mean;
    return p->p * (p->gamma + mean * x) / (p->p * x + p->q - 1);
}
