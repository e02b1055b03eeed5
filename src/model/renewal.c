/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With y = n^c and G(y) = lnΓ(β+y) − lnΓ(α+β+y), ln r_n = G(n^c) − G((n−1)^c); at c = 1 this is
 * sBG's r_n = (β+n−1)/(α+β+n−1), whose closed form is used for it.
 */
#include "gymtui/model/renewal.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#define ALIKE            1e4
#define LIKELIHOOD_RATIO 3.84

const char *renewal_model_name(enum renewal_model model)
{
    switch (model) {
    case RENEWAL_GEOMETRIC:
        return "geometric";
    case RENEWAL_SBG:
        return "sBG";
    case RENEWAL_BDW:
        return "beta-discrete-Weibull";
    }
    return "";
}

bool renewal_from_survivors(const double *survivors, size_t count, double *at_risk, double *lost,
                            struct error *error)
{
    if (count < 2)
        return error_set(error, ERROR_INPUT, "Give the number at the start and after each renewal.",
                         "a cohort needs at least two counts");
    for (size_t n = 0; n + 1 < count; n++) {
        if (!(survivors[n] >= survivors[n + 1]) || !(survivors[n + 1] >= 0))
            return error_set(error, ERROR_INPUT,
                             "Survivors can only fall, from one count to the next.",
                             "count %zu: %g after %g", n + 2, survivors[n + 1], survivors[n]);
        at_risk[n] = survivors[n];
        lost[n] = survivors[n] - survivors[n + 1];
    }
    return true;
}

static double sbg(const struct renewals *data, const double *p, double *g, double *h)
{
    double a = p[0], b = p[1], value = 0;
    for (size_t i = 0; i < data->count; i++) {
        double N = data->at_risk[i], D = data->lost[i], stay = b + (double)i, all = a + stay;
        if (N <= 0)
            continue;
        value += D * log(a) + (N - D) * log(stay) - N * log(all);
        if (!g || !h)
            continue;
        g[0] += D / a - N / all;
        g[1] += (N - D) / stay - N / all;
        h[0] += N / (all * all) - D / (a * a);
        h[1] += N / (all * all);
        h[3] += N / (all * all) - (N - D) / (stay * stay);
    }
    if (h)
        h[2] = h[1];
    return value;
}

/* G(n^c) with first and second derivatives by α, β, c. */
struct step {
    double value, first[3], second[3][3];
};

static struct step step_at(double a, double b, double c, double n)
{
    double y = n > 0 ? pow(n, c) : 0, log_n = n > 0 ? log(n) : 0;
    double y1 = y * log_n, y2 = y1 * log_n;
    double psi = gsl_sf_psi(b + y), psi_all = gsl_sf_psi(a + b + y);
    double psi1 = gsl_sf_psi_1(b + y), psi1_all = gsl_sf_psi_1(a + b + y);
    double slope = psi - psi_all, bend = psi1 - psi1_all;
    struct step s = {
        .value = gsl_sf_lngamma(b + y) - gsl_sf_lngamma(a + b + y),
        .first = {-psi_all, slope, slope * y1},
        .second = {{-psi1_all, -psi1_all, -psi1_all * y1},
                   {-psi1_all, bend, bend * y1},
                   {-psi1_all * y1, bend * y1, bend * y1 * y1 + slope * y2}},
    };
    return s;
}

static double bdw(const struct renewals *data, const double *p, double *g, double *h)
{
    double value = 0;
    struct step before = step_at(p[0], p[1], p[2], 0);
    size_t count = data->count;
    while (count > 0 && data->at_risk[count - 1] <= 0)
        count--; /* nobody has come so far */
    for (size_t i = 0; i < count; i++) {
        struct step after = step_at(p[0], p[1], p[2], (double)i + 1);
        double N = data->at_risk[i], D = data->lost[i];
        double log_r = after.value - before.value, loss = -expm1(log_r);
        if (N > 0) {
            if (!(loss > 0))
                return NAN;
            double odds = exp(log_r) / loss;
            value += D * log(loss) + (N - D) * log_r;
            double by = (N - D) - D * odds, by2 = -D * odds / loss;
            for (int j = 0; g && h && j < 3; j++) {
                double dj = after.first[j] - before.first[j];
                g[j] += by * dj;
                for (int k = 0; k < 3; k++) {
                    double dk = after.first[k] - before.first[k];
                    h[j * 3 + k] += by * (after.second[j][k] - before.second[j][k]) + by2 * dj * dk;
                }
            }
        }
        before = after;
    }
    return value;
}

static double geometric(const struct renewals *data, const double *p, double *g, double *h)
{
    double N = 0, D = 0, theta = p[0];
    for (size_t i = 0; i < data->count; i++) {
        N += data->at_risk[i];
        D += data->lost[i];
    }
    if (g)
        g[0] = (N - D) / theta - D / (1 - theta);
    if (h)
        h[0] = -(N - D) / (theta * theta) - D / ((1 - theta) * (1 - theta));
    return (N > D ? (N - D) * log(theta) : 0) + (D > 0 ? D * log1p(-theta) : 0);
}

static int parameter_count(enum renewal_model model)
{
    switch (model) {
    case RENEWAL_GEOMETRIC:
        return 1;
    case RENEWAL_SBG:
        return 2;
    case RENEWAL_BDW:
        return 3;
    }
    return 0;
}

double renewal_log_likelihood(enum renewal_model model, const struct renewals *renewals,
                              const double *p, double *g, double *h)
{
    int n = parameter_count(model);
    for (int i = 0; i < n; i++)
        if (!(p[i] > 0) || !isfinite(p[i]) || p[i] > 1e12)
            return NAN;
    if (g)
        memset(g, 0, (size_t)n * sizeof *g);
    if (h)
        memset(h, 0, (size_t)(n * n) * sizeof *h);
    switch (model) {
    case RENEWAL_GEOMETRIC:
        return p[0] < 1 ? geometric(renewals, p, g, h) : NAN;
    case RENEWAL_SBG:
        return sbg(renewals, p, g, h);
    case RENEWAL_BDW:
        return bdw(renewals, p, g, h);
    }
    return NAN;
}

struct task {
    enum renewal_model model;
    const struct renewals *renewals;
};

static double evaluate(const void *data, const double *p, double *g, double *h)
{
    const struct task *task = data;
    return renewal_log_likelihood(task->model, task->renewals, p, g, h);
}

static void fit_geometric(const struct renewals *renewals, double N, double D, struct fit *fit)
{
    double theta = (N - D) / N;
    *fit = (struct fit){.count = 1, .name = {"theta"}, .value = {theta}, .converged = true};
    fit->covariance[0][0] = theta * (1 - theta) / N;
    fit->standard_error[0] = sqrt(fit->covariance[0][0]);
    fit->log_likelihood = geometric(renewals, &theta, NULL, NULL);
}

bool renewal_fit(enum renewal_model model, const struct renewals *renewals, struct fit *fit,
                 struct error *error)
{
    return renewal_fit_from(model, renewals, NULL, fit, error);
}

bool renewal_fit_from(enum renewal_model model, const struct renewals *renewals,
                      const struct fit *start, struct fit *fit, struct error *error)
{
    static const char *const names[] = {"alpha", "beta", "c"};
    double N = 0, D = 0;
    for (size_t i = 0; i < renewals->count; i++) {
        double n = renewals->at_risk[i], d = renewals->lost[i];
        if (!(n >= 0) || !(d >= 0) || !(d <= n) || !isfinite(n))
            return error_set(error, ERROR_INPUT, "Losses lie between 0 and those at risk.",
                             "renewal %zu: %g lost of %g", i + 1, d, n);
        N += n;
        D += d;
    }
    if (N <= 0)
        return error_set(error, ERROR_INPUT, "Wait until the first terms end.",
                         "nobody has come to a renewal yet");
    if (model == RENEWAL_GEOMETRIC) {
        fit_geometric(renewals, N, D, fit);
        fit->observations = (size_t)N;
        return true;
    }
    if (D <= 0 || D >= N)
        return error_set(error, ERROR_INPUT, "The geometric model is used instead.",
                         "%s: %s renewed, so members cannot be told apart",
                         renewal_model_name(model), D <= 0 ? "everybody" : "nobody");
    struct task task = {model, renewals};
    struct fit_problem problem = {
        .model = renewal_model_name(model),
        .count = parameter_count(model),
        .names = names,
        .log_likelihood = evaluate,
        .data = &task,
        .observations = (size_t)N,
    };
    double loss = D / N;
    double from[] = {2 * loss, 2 * (1 - loss), 1};
    if (start && start->count == problem.count)
        memcpy(from, start->value, (size_t)problem.count * sizeof *from);
    gsl_set_error_handler_off(); /* for good, as in fit.c */
    return fit_maximise(&problem, from, fit, error);
}

struct renewal_parameters renewal_parameters(enum renewal_model model, const struct fit *fit)
{
    if (model == RENEWAL_GEOMETRIC)
        return (struct renewal_parameters){model, 1 - fit->value[0], fit->value[0], 1};
    return (struct renewal_parameters){model, fit->value[0], fit->value[1],
                                       model == RENEWAL_BDW ? fit->value[2] : 1};
}

/* Fits a model if that was not tried yet; whether it could be. */
static bool try_fit(enum renewal_model model, const struct renewals *renewals,
                    const struct renewal_fits *like, struct renewal_fits *fits)
{
    struct renewal_try *one = &fits->of[model];
    if (!one->is_tried) {
        const struct fit *start = like && like->of[model].is_fitted ? &like->of[model].fit : NULL;
        one->is_tried = true;
        one->is_fitted = renewal_fit_from(model, renewals, start, &one->fit, &one->why);
    }
    return one->is_fitted;
}

void renewal_fit_rest(const struct renewals *renewals, struct renewal_fits *fits)
{
    for (int model = RENEWAL_GEOMETRIC; model <= RENEWAL_BDW; model++)
        try_fit((enum renewal_model)model, renewals, NULL, fits);
}

bool renewal_choose_from(const struct renewals *renewals, const struct renewal_fits *like,
                         struct renewal_fits *fits, struct renewal_parameters *parameters,
                         struct fit *fit, struct error *error)
{
    const struct fit *sbg_fit = &fits->of[RENEWAL_SBG].fit, *bdw_fit = &fits->of[RENEWAL_BDW].fit;
    enum renewal_model chosen = RENEWAL_SBG;
    if (!try_fit(RENEWAL_SBG, renewals, like, fits) ||
        sbg_fit->value[0] + sbg_fit->value[1] > ALIKE) {
        if (!try_fit(RENEWAL_GEOMETRIC, renewals, like, fits)) {
            if (error)
                *error = fits->of[RENEWAL_GEOMETRIC].why;
            return false;
        }
        chosen = RENEWAL_GEOMETRIC;
    } else if (try_fit(RENEWAL_BDW, renewals, like, fits) &&
               2 * (bdw_fit->log_likelihood - sbg_fit->log_likelihood) > LIKELIHOOD_RATIO) {
        chosen = RENEWAL_BDW;
    }
    *fit = fits->of[chosen].fit;
    *parameters = renewal_parameters(chosen, fit);
    return true;
}

bool renewal_choose(const struct renewals *renewals, struct renewal_parameters *parameters,
                    struct fit *fit, struct error *error)
{
    struct renewal_fits fits = {0};
    return renewal_choose_from(renewals, NULL, &fits, parameters, fit, error);
}

static double log_left(const struct renewal_parameters *p, int n)
{
    double y = p->c == 1 ? n : pow(n, p->c);
    return gsl_sf_lngamma(p->beta + y) - gsl_sf_lngamma(p->alpha + p->beta + y);
}

double renewal_rate(const struct renewal_parameters *p, int n)
{
    switch (p->model) {
    case RENEWAL_GEOMETRIC:
        return p->beta / (p->alpha + p->beta);
    case RENEWAL_SBG:
        return (p->beta + n - 1) / (p->alpha + p->beta + n - 1);
    case RENEWAL_BDW:
        return exp(log_left(p, n) - log_left(p, n - 1));
    }
    return 0;
}

double renewal_survival(const struct renewal_parameters *p, int n)
{
    if (p->model == RENEWAL_GEOMETRIC)
        return pow(renewal_rate(p, 1), n);
    return exp(log_left(p, n) - log_left(p, 0));
}
