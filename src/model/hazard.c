/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Features are kept within limits, so that one long absence cannot carry the fit away. */
#include "gymtui/model/hazard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOGIT_LIMIT  6.0
#define SAMPLE       1500  /* cases of the first, quick fit */
#define LONGEST_AWAY 150.0 /* days; who pays on after that has other reasons */

static double logit(double p)
{
    double within = fmin(fmax(p, 1e-12), 1 - 1e-12);
    double value = log(within / (1 - within));
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

/* Cases as the likelihood takes them, made once: the offset logit r_n, the features but the 1, and
 * the outcome. */
struct row {
    double offset, z[HAZARD_FEATURES];
    bool renewed;
};

struct task {
    const struct row *rows;
    size_t count, stride; /* every so many-th */
};

#define PRODUCT 512 /* of factors up to 2, before its logarithm is taken */

static double evaluate(const void *data, const double *p, double *g, double *h)
{
    const struct task *task = data;
    enum { N = HAZARD_FEATURES };
    double value = 0, product = 1, first[N] = {0}, second[N][N] = {{0}};
    size_t factors = 0;
    bool slopes = g && h;
    for (size_t i = 0; i < task->count; i += task->stride) {
        const struct row *row = &task->rows[i];
        double at = row->offset;
        for (int a = 0; a < N; a++)
            at += p[a] * row->z[a];
        double small = exp(-fabs(at)), half = 1 / (1 + small);
        double rate = at >= 0 ? half : small * half, bend = small * half * half;
        double towards = row->renewed ? at : -at;
        value -= towards < 0 ? -towards : 0;
        product *= 1 + small; /* Σ log1p as the logarithm of a product */
        if (++factors == PRODUCT) {
            value -= log(product);
            product = 1;
            factors = 0;
        }
        if (!slopes)
            continue;
        double miss = (row->renewed ? 1 : 0) - rate;
        for (int a = 0; a < N; a++) {
            double part = bend * row->z[a];
            first[a] += miss * row->z[a];
            for (int b = 0; b <= a; b++)
                second[a][b] -= part * row->z[b];
        }
    }
    for (int a = 0; slopes && a < N; a++) {
        g[a] = first[a];
        for (int b = 0; b <= a; b++)
            h[a * N + b] = h[b * N + a] = second[a][b];
    }
    return value - log(product);
}

static struct row *rows_of(const struct hazard_case *cases, const bool *renewed, size_t count)
{
    struct row *rows = malloc((count + 1) * sizeof *rows);
    for (size_t i = 0; rows && i < count; i++) {
        rows[i].offset = logit(cases[i].contract_rate);
        rows[i].renewed = renewed[i];
        hazard_features(&cases[i], rows[i].z);
    }
    return rows;
}

/* From γ = 0 or `like`, or, of many, from the optimum of every stride-th. */
static bool fit_rows(const struct row *rows, size_t count, const char *const *names,
                     const struct fit *like, struct fit *fit, struct error *error)
{
    static const bool positive[HAZARD_FEATURES] = {false};
    struct task task = {rows, count, 1};
    struct fit_problem problem = {
        .model = "renewal hazard",
        .count = HAZARD_FEATURES,
        .names = names,
        .positive = positive,
        .log_likelihood = evaluate,
        .data = &task,
        .observations = count,
    };
    double start[HAZARD_FEATURES] = {0};
    struct fit sample;
    task.stride = count / SAMPLE;
    if (like && like->count == HAZARD_FEATURES)
        memcpy(start, like->value, sizeof start);
    else if (task.stride > 3 && fit_maximise(&problem, start, &sample, NULL))
        memcpy(start, sample.value, sizeof start);
    task.stride = 1;
    return fit_maximise(&problem, start, fit, error);
}

bool hazard_fit(const struct hazard_case *cases, const bool *renewed, size_t count, struct fit *fit,
                struct error *error)
{
    return hazard_fit_from(cases, renewed, count, NULL, fit, error);
}

bool hazard_fit_from(const struct hazard_case *cases, const bool *renewed, size_t count,
                     const struct fit *start, struct fit *fit, struct error *error)
{
    static const char *const names[] = {"gamma_0",     "gamma_alive",  "gamma_overdue",
                                        "gamma_trend", "gamma_recent", "gamma_both"};
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
    struct row *rows = rows_of(cases, renewed, count);
    bool fine = rows;
    if (!rows) {
        error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                  "not enough memory to fit %zu renewals", count);
    } else if (count < HAZARD_LEAST || stayed == 0 || stayed == count) {
        const double nothing[HAZARD_FEATURES] = {0};
        *fit = (struct fit){.count = HAZARD_FEATURES, .converged = true, .observations = count};
        for (int a = 0; a < HAZARD_FEATURES; a++)
            fit->name[a] = names[a];
        fit->log_likelihood = evaluate(&(struct task){rows, count, 1}, nothing, NULL, NULL);
    } else {
        fine = fit_rows(rows, count, names, start, fit, error);
    }
    free(rows);
    return fine;
}

double hazard_rate(const struct fit *fit, const struct hazard_case *one)
{
    double z[HAZARD_FEATURES], at = logit(one->contract_rate);
    hazard_features(one, z);
    for (int a = 0; a < HAZARD_FEATURES; a++)
        at += fit->value[a] * z[a];
    return at >= 0 ? 1 / (1 + exp(-at)) : exp(at) / (1 + exp(at));
}
