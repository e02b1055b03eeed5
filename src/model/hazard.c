/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features are kept within limits, so that one long absence cannot carry the fit away. */
#include "gymtui/model/hazard.h"

#include <math.h>
#include <string.h>

#define LOGIT_LIMIT  6.0
#define LONGEST_AWAY 150.0 /* days; who pays on after that has other reasons */

static double logit(double p)
{
    double within = fmin(fmax(p, 1e-12), 1 - 1e-12);
    double value = log(within) - log1p(-within);
    return fmin(fmax(value, -LOGIT_LIMIT), LOGIT_LIMIT);
}

double hazard_overdue(int days_away, int tenure_days, uint32_t visits, double mean_gap)
{
    double gap = (tenure_days + mean_gap) / ((double)visits + 1);
    return sqrt(fmin(days_away, LONGEST_AWAY)) - sqrt(gap);
}

double hazard_trend(int visits_last_30, int visits_60_before)
{
    return log(visits_last_30 + .5) - log(visits_60_before / 2.0 + .5);
}

double hazard_recent(int visits_last_30)
{
    return log(visits_last_30 + .5);
}

void hazard_features(const struct hazard_case *one, double z[HAZARD_FEATURES])
{
    z[0] = 1;
    z[1] = logit(one->p_alive);
    z[2] = one->overdue;
    z[3] = one->trend;
    z[4] = one->recent;
    z[5] = one->overdue * one->recent;
}

struct task {
    const struct hazard_case *cases;
    const bool *renewed;
    size_t count;
};

static double evaluate(const void *data, const double *p, double *g, double *h)
{
    const struct task *task = data;
    enum { N = HAZARD_FEATURES };
    double value = 0;
    if (g)
        memset(g, 0, N * sizeof *g);
    if (h)
        memset(h, 0, (size_t)N * N * sizeof *h);
    for (size_t i = 0; i < task->count; i++) {
        double z[N], at = logit(task->cases[i].contract_rate);
        hazard_features(&task->cases[i], z);
        for (int a = 0; a < N; a++)
            at += p[a] * z[a];
        double small = exp(-fabs(at)), half = 1 / (1 + small);
        double rate = at >= 0 ? half : small * half, bend = small * half * half;
        double towards = task->renewed[i] ? at : -at;
        value -= (towards < 0 ? -towards : 0) + log1p(small);
        if (!g || !h)
            continue;
        double miss = (task->renewed[i] ? 1 : 0) - rate;
        for (int a = 0; a < N; a++) {
            g[a] += miss * z[a];
            for (int b = 0; b < N; b++)
                h[a * N + b] -= bend * z[a] * z[b];
        }
    }
    return value;
}

bool hazard_fit(const struct hazard_case *cases, const bool *renewed, size_t count, struct fit *fit,
                struct error *error)
{
    static const char *const names[] = {"gamma_0",     "gamma_alive",  "gamma_overdue",
                                        "gamma_trend", "gamma_recent", "gamma_both"};
    static const bool positive[HAZARD_FEATURES] = {false};
    struct task task = {cases, renewed, count};
    double start[HAZARD_FEATURES] = {0};
    size_t stayed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct hazard_case *one = &cases[i];
        if (!(one->contract_rate >= 0 && one->contract_rate <= 1) ||
            !(one->p_alive >= 0 && one->p_alive <= 1) ||
            !isfinite(one->overdue + one->trend + one->recent))
            return error_set(error, ERROR_INPUT, NULL, "renewal %zu: a figure is out of range",
                             i + 1);
        stayed += renewed[i];
    }
    if (count < HAZARD_LEAST || stayed == 0 || stayed == count) {
        *fit = (struct fit){.count = HAZARD_FEATURES, .converged = true, .observations = count};
        for (int a = 0; a < HAZARD_FEATURES; a++)
            fit->name[a] = names[a];
        fit->log_likelihood = evaluate(&task, start, NULL, NULL);
        return true;
    }
    struct fit_problem problem = {
        .model = "renewal hazard",
        .count = HAZARD_FEATURES,
        .names = names,
        .positive = positive,
        .log_likelihood = evaluate,
        .data = &task,
        .observations = count,
    };
    return fit_maximise(&problem, start, fit, error);
}

double hazard_rate(const struct fit *fit, const struct hazard_case *one)
{
    double z[HAZARD_FEATURES], at = logit(one->contract_rate);
    hazard_features(one, z);
    for (int a = 0; a < HAZARD_FEATURES; a++)
        at += fit->value[a] * z[a];
    return at >= 0 ? 1 / (1 + exp(-at)) : exp(at) / (1 + exp(at));
}
