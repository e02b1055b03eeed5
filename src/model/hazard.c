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

/* Cases as the likelihood takes them, LANES side by side, so that processors take several at once:
 * the offset logit r_n, the features but the 1, and the outcome, 1 or 0. */
#define LANES 8
struct block {
    double offset[LANES], z[HAZARD_FEATURES - 1][LANES], renewed[LANES];
};

struct task {
    const struct block *blocks;
    size_t count, stride; /* every so many-th block */
};

#define PRODUCT 512 /* of factors up to 2, before its logarithm is taken */
#define CERTAIN 1e3 /* offset of a case that counts for nothing */

/* What is summed, lane by lane. */
struct sums {
    double linear[LANES], product[LANES];
    double first[HAZARD_FEATURES][LANES];
    double second[HAZARD_FEATURES][HAZARD_FEATURES][LANES]; /* the lower triangle */
};

static void add_slopes(const struct block *block, const double *miss, const double *bend,
                       struct sums *sums)
{
    double part[LANES];
    for (int i = 0; i < LANES; i++) {
        sums->first[0][i] += miss[i];
        sums->second[0][0][i] -= bend[i];
    }
    for (int a = 1; a < HAZARD_FEATURES; a++) {
        const double *z = block->z[a - 1];
        for (int i = 0; i < LANES; i++) {
            part[i] = bend[i] * z[i];
            sums->first[a][i] += miss[i] * z[i];
            sums->second[a][0][i] -= part[i];
        }
        for (int b = 1; b <= a; b++)
            for (int i = 0; i < LANES; i++)
                sums->second[a][b][i] -= part[i] * block->z[b - 1][i];
    }
}

static void add_block(const struct block *block, const double *p, bool slopes, struct sums *sums)
{
    double at[LANES], small[LANES], miss[LANES], bend[LANES];
    for (int i = 0; i < LANES; i++)
        at[i] = block->offset[i] + p[0];
    for (int a = 1; a < HAZARD_FEATURES; a++)
        for (int i = 0; i < LANES; i++)
            at[i] += p[a] * block->z[a - 1][i];
    for (int i = 0; i < LANES; i++)
        small[i] = exp(-fabs(at[i]));
    for (int i = 0; i < LANES; i++) {
        double half = 1 / (1 + small[i]);
        double away = at[i] * (1 - 2 * block->renewed[i]); /* from what happened */
        sums->linear[i] += away > 0 ? away : 0;
        sums->product[i] *= 1 + small[i]; /* Σ log1p as the logarithm of a product */
        miss[i] = block->renewed[i] - (at[i] >= 0 ? half : small[i] * half);
        bend[i] = small[i] * half * half;
    }
    if (slopes)
        add_slopes(block, miss, bend, sums);
}

static double sum_of(const double *lanes)
{
    double sum = 0;
    for (int i = 0; i < LANES; i++)
        sum += lanes[i];
    return sum;
}

/* The logarithms of the products, which begin anew. */
static double logs_of(struct sums *sums)
{
    double sum = 0;
    for (int i = 0; i < LANES; i++) {
        sum += log(sums->product[i]);
        sums->product[i] = 1;
    }
    return sum;
}

static double evaluate(const void *data, const double *p, double *g, double *h)
{
    const struct task *task = data;
    enum { N = HAZARD_FEATURES };
    struct sums sums = {0};
    double value = 0;
    size_t factors = 0;
    bool slopes = g && h;
    logs_of(&sums); /* from 0 to 1 */
    for (size_t i = 0; i < task->count; i += task->stride) {
        add_block(&task->blocks[i], p, slopes, &sums);
        if (++factors % PRODUCT == 0)
            value -= logs_of(&sums);
    }
    for (int a = 0; slopes && a < N; a++) {
        g[a] = sum_of(sums.first[a]);
        for (int b = 0; b <= a; b++)
            h[a * N + b] = h[b * N + a] = sum_of(sums.second[a][b]);
    }
    return value - logs_of(&sums) - sum_of(sums.linear);
}

static size_t blocks_of(size_t count)
{
    return (count + LANES - 1) / LANES;
}

static struct block *make_blocks(const struct hazard_case *cases, const bool *renewed, size_t count)
{
    struct block *blocks = calloc(blocks_of(count) + 1, sizeof *blocks);
    for (size_t i = 0; blocks && i < blocks_of(count) * LANES; i++) {
        struct block *block = &blocks[i / LANES];
        size_t lane = i % LANES;
        double z[HAZARD_FEATURES] = {0};
        if (i < count)
            hazard_features(&cases[i], z);
        for (int a = 1; a < HAZARD_FEATURES; a++)
            block->z[a - 1][lane] = z[a];
        block->offset[lane] = i < count ? logit(cases[i].contract_rate) : CERTAIN;
        block->renewed[lane] = i >= count || renewed[i];
    }
    return blocks;
}

/* From γ = 0 or `like`, or, of many, from the optimum of every stride-th. */
static bool fit_blocks(const struct block *blocks, size_t count, const char *const *names,
                       const struct fit *like, struct fit *fit, struct error *error)
{
    static const bool positive[HAZARD_FEATURES] = {false};
    struct task task = {blocks, blocks_of(count), 1};
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
    struct block *blocks = make_blocks(cases, renewed, count);
    bool fine = blocks;
    if (!blocks) {
        error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                  "not enough memory to fit %zu renewals", count);
    } else if (count < HAZARD_LEAST || stayed == 0 || stayed == count) {
        const double nothing[HAZARD_FEATURES] = {0};
        *fit = (struct fit){.count = HAZARD_FEATURES, .converged = true, .observations = count};
        for (int a = 0; a < HAZARD_FEATURES; a++)
            fit->name[a] = names[a];
        fit->log_likelihood =
            evaluate(&(struct task){blocks, blocks_of(count), 1}, nothing, NULL, NULL);
    } else {
        fine = fit_blocks(blocks, count, names, start, fit, error);
    }
    free(blocks);
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
