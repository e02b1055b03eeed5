/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The likelihood as an integral over the unseen moment of leaving, which never meets the
 * hypergeometric function where it fails (α far from β, long histories):
 *
 *   ℓ = lnΓ(r+x) − lnΓ(r) + r ln α + s ln β + ln I
 *   I = (α+T)^−n (β+T)^−s + ∫_{t_x}^{T} s (β+τ)^−(s+1) (α+τ)^−n dτ,   n = r + x
 *
 * Gradient and Hessian come from the same nodes: with weights that are each piece's share of I,
 * ∇ℓ is the mean of the pieces' scores and ∇²ℓ the mean of their second derivatives plus the
 * variance of the scores. Integration is in y = ln(min(α,β)+τ), Gauss–Legendre, in panels so short
 * that the integrand falls by no more than e^16 in one; pieces e^45 below the largest are left out.
 */
#include "gymtui/model/pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#include "gymtui/base/ranges.h"

#define NODES          16
#define LONGEST_PANEL  1.0
#define STEEPEST_PANEL 16.0
#define NEGLIGIBLE     45.0
#define SAMPLE         5000
#define BLOCK          4096 /* customers whose sums are taken in one go */
#define KNOWN_X        512  /* transactions whose lnΓ and its derivatives are looked up */

struct rule {
    double at[NODES], weight[NODES]; /* on 0 … 1 */
    double grown[NODES];             /* e^(at · LONGEST_PANEL) */
};

static void rule_make(struct rule *rule)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);
    for (size_t i = 0; i < NODES; i++) {
        gsl_integration_glfixed_point(0, 1, i, &rule->at[i], &rule->weight[i], table);
        rule->grown[i] = exp(rule->at[i] * LONGEST_PANEL);
    }
    gsl_integration_glfixed_table_free(table);
}

/* What all customers have in common. */
struct frame {
    struct rule rule;
    struct pareto_parameters p;
    double log_s, least, apart; /* the lesser of α and β, and how far the other is from it */
};

static void frame_make(struct frame *frame, const struct pareto_parameters *p)
{
    rule_make(&frame->rule);
    frame->p = *p;
    frame->log_s = log(p->s);
    frame->least = fmin(p->alpha, p->beta);
    frame->apart = fmax(p->alpha, p->beta) - frame->least;
}

/* Sums of weight · (1, scores, second derivatives + score products), relative to e^peak. Order of
 * parameters r, α, s, β; of second derivatives rr, αr αα, sr sα ss, βr βα βs ββ. */
struct sums {
    double peak, mass, first[4], second[10];
    double alive; /* of mass: the piece in which the customer is still there */
};

/* Pieces in which he has left: sums of weight · u and weight · u · u, in the same order, with
 * u = ln(α+τ), 1/(α+τ), ln(β+τ), 1/(β+τ). The scores are made of them at the end. */
struct moments {
    double mass, first[4], second[10];
};

static double dot(const double *a, const double *b)
{
    double sum[4] = {0};
    for (int i = 0; i < NODES; i += 4)
        for (int j = 0; j < 4; j++)
            sum[j] += a[i + j] * b[i + j];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_moments(struct moments *moments, const double *weight, double u[4][NODES])
{
    double weighted[NODES];
    for (int i = 0, k = 0; i < 4; i++) {
        for (int node = 0; node < NODES; node++)
            weighted[node] = weight[node] * u[i][node];
        for (int j = 0; j < i; j++, k++)
            moments->second[k] += dot(weighted, u[j]);
        moments->second[k++] += dot(weighted, u[i]);
        moments->first[i] += dot(weight, u[i]);
    }
}

/* A panel of the integral from y on; the largest height that it met, on the scale of peak. */
static double add_panel(const struct frame *frame, double n, double y, double length, double peak,
                        bool want, struct moments *moments)
{
    const struct rule *rule = &frame->rule;
    const struct pareto_parameters *p = &frame->p;
    bool alpha_first = p->alpha <= p->beta, whole = length >= LONGEST_PANEL;
    double start = exp(y), tallest = -INFINITY, weight[NODES], u[4][NODES];
    double *near = u[alpha_first ? 0 : 2], *far = u[alpha_first ? 2 : 0];
    for (int i = 0; i < NODES; i++) {
        double moved = start * (whole ? rule->grown[i] : exp(length * rule->at[i]));
        near[i] = y + length * rule->at[i];
        far[i] = frame->apart > 0 ? log(moved + frame->apart) : near[i];
        u[alpha_first ? 1 : 3][i] = 1 / moved;
        u[alpha_first ? 3 : 1][i] = 1 / (moved + frame->apart);
        double height = frame->log_s - n * u[0][i] - (p->s + 1) * u[2][i] + near[i];
        tallest = fmax(tallest, height);
        weight[i] = length * rule->weight[i] * exp(height - peak);
        moments->mass += weight[i];
    }
    if (want)
        add_moments(moments, weight, u);
    return tallest;
}

/* Of weight · m and what he leaves with, the scores' and second derivatives' sums:
 * score = (−u_0, −n·u_1, 1/s − u_2, −(s+1)·u_3). */
static void add_left(struct sums *sums, const struct pareto_parameters *p, double n,
                     const struct moments *m)
{
    double by_s = 1 / p->s, late = p->s + 1;
    const double scale[4] = {1, n, 1, late}, *u = m->first, *uu = m->second;
    sums->mass += m->mass;
    for (int i = 0, k = 0; i < 4; i++) {
        sums->first[i] -= scale[i] * u[i];
        for (int j = 0; j <= i; j++, k++)
            sums->second[k] += scale[i] * scale[j] * uu[k];
    }
    sums->first[2] += by_s * m->mass;
    sums->second[1] -= u[1];
    sums->second[2] += n * uu[2];
    sums->second[3] -= by_s * u[0];
    sums->second[4] -= by_s * n * u[1];
    sums->second[5] -= 2 * by_s * u[2]; /* and 1/s² − 1/s² */
    sums->second[8] -= u[3] + by_s * late * u[3];
    sums->second[9] += late * uu[9];
}

/* The piece in which he is still there: score = (−u_0, −n·u_1, −u_2, −s·u_3). */
static void add_alive(struct sums *sums, const struct pareto_parameters *p, double n,
                      double log_weight, const double *u, bool want)
{
    double weight = exp(log_weight - sums->peak);
    sums->mass += weight;
    sums->alive = weight;
    if (!want)
        return;
    const double score[4] = {-u[0], -n * u[1], -u[2], -p->s * u[3]};
    const double bend[10] = {0, -u[1], n * u[1] * u[1], 0, 0, 0, 0, 0, -u[3], p->s * u[3] * u[3]};
    for (int i = 0, k = 0; i < 4; i++) {
        sums->first[i] += weight * score[i];
        for (int j = 0; j <= i; j++, k++)
            sums->second[k] += weight * (bend[k] + score[i] * score[j]);
    }
}

static void integrate(const struct frame *frame, uint32_t x, double t_x, double T, bool want,
                      struct sums *sums)
{
    const struct pareto_parameters *p = &frame->p;
    double n = p->r + x, least = frame->least;
    double u[4] = {log(p->alpha + T), 1 / (p->alpha + T), log(p->beta + T), 1 / (p->beta + T)};
    double log_alive = -n * u[0] - p->s * u[2];
    double begin = log(least + t_x), end = log(least + T);
    /* The integrand falls throughout, so its largest value (in y) is near the beginning. */
    double at_start =
        frame->log_s - n * log(p->alpha + t_x) - (p->s + 1) * log(p->beta + t_x) + begin;
    struct moments left = {0};
    memset(sums, 0, sizeof *sums);
    sums->peak = fmax(log_alive, at_start);
    add_alive(sums, p, n, log_alive, u, want);
    double y = begin;
    while (y < end) {
        double tau = exp(y) - least;
        double slope = (n / (p->alpha + tau) + (p->s + 1) / (p->beta + tau)) * (least + tau);
        double length = fmin(fmin(LONGEST_PANEL, STEEPEST_PANEL / (slope + 1)), end - y);
        double here = add_panel(frame, n, y, length, sums->peak, want, &left);
        if (here < sums->peak - NEGLIGIBLE && slope > 1)
            break;
        if (y + length == y)
            break;
        y += length;
    }
    add_left(sums, p, n, &left);
}

/* ---- All customers ---- */

/* lnΓ, ψ and ψ′ of r + x. */
struct gammas {
    double log, psi, psi1;
};

static struct gammas gammas_of(double n)
{
    return (struct gammas){gsl_sf_lngamma(n), gsl_sf_psi(n), gsl_sf_psi_1(n)};
}

struct task {
    const struct visits *visits;
    size_t stride;
};

/* Sums over a block of customers: the same ones however many threads there are. */
struct block {
    double value, first[4], second[10];
};

struct work {
    const struct task *task;
    struct frame frame;
    bool want;
    struct gammas gammas[KNOWN_X]; /* of r + x, less those of r */
    struct block *blocks;
};

static struct gammas more_gammas(const struct work *work, uint32_t x)
{
    if (x < KNOWN_X)
        return work->gammas[x];
    struct gammas more = gammas_of(work->frame.p.r + x), none = gammas_of(work->frame.p.r);
    return (struct gammas){more.log - none.log, more.psi - none.psi, more.psi1 - none.psi1};
}

static void add_customer(const struct work *work, size_t i, struct block *block)
{
    const struct visits *v = work->task->visits;
    struct sums sums;
    struct gammas more = more_gammas(work, v->x[i]);
    integrate(&work->frame, v->x[i], v->t_x[i], v->T[i], work->want, &sums);
    block->value += log(sums.mass) + sums.peak + more.log;
    if (!work->want)
        return;
    block->first[0] += more.psi;
    block->second[0] += more.psi1;
    double by = 1 / sums.mass;
    for (int a = 0, k = 0; a < 4; a++) {
        block->first[a] += sums.first[a] * by;
        for (int b = 0; b <= a; b++, k++)
            block->second[k] += sums.second[k] * by - sums.first[a] * sums.first[b] * by * by;
    }
}

static void add_blocks(void *owner, size_t first, size_t end)
{
    const struct work *work = owner;
    size_t stride = work->task->stride, count = work->task->visits->count;
    for (size_t at = first; at < end; at++) {
        struct block block = {0};
        for (size_t i = at * BLOCK * stride; i < count && i < (at + 1) * BLOCK * stride;
             i += stride)
            add_customer(work, i, &block);
        work->blocks[at] = block;
    }
}

static double evaluate(const void *data, const double *natural, double *g, double *h)
{
    const struct task *task = data;
    struct pareto_parameters p = {natural[0], natural[1], natural[2], natural[3]};
    if (!(p.r > 0 && p.alpha > 0 && p.s > 0 && p.beta > 0) ||
        !(fmax(fmax(p.r, p.s), fmax(p.alpha, p.beta)) < 1e12))
        return NAN;
    size_t customers = (task->visits->count + task->stride - 1) / task->stride;
    size_t blocks = (customers + BLOCK - 1) / BLOCK;
    struct work work = {.task = task, .want = g && h};
    work.blocks = malloc(blocks * sizeof *work.blocks);
    if (!work.blocks)
        return NAN;
    frame_make(&work.frame, &p);
    struct gammas none = gammas_of(p.r);
    for (uint32_t x = 1; x < KNOWN_X; x++) {
        struct gammas more = gammas_of(p.r + x);
        work.gammas[x] =
            (struct gammas){more.log - none.log, more.psi - none.psi, more.psi1 - none.psi1};
    }
    ranges_run(blocks, 4, add_blocks, &work);
    struct block all = {0};
    for (size_t at = 0; at < blocks; at++) {
        all.value += work.blocks[at].value;
        for (int k = 0; k < 4; k++)
            all.first[k] += work.blocks[at].first[k];
        for (int k = 0; k < 10; k++)
            all.second[k] += work.blocks[at].second[k];
    }
    free(work.blocks);
    double count = (double)customers;
    all.value += count * (p.r * log(p.alpha) + p.s * log(p.beta));
    if (!work.want)
        return all.value;
    all.first[0] += count * log(p.alpha);
    all.first[1] += count * p.r / p.alpha;
    all.first[2] += count * log(p.beta);
    all.first[3] += count * p.s / p.beta;
    all.second[1] += count / p.alpha;
    all.second[2] -= count * p.r / (p.alpha * p.alpha);
    all.second[8] += count / p.beta;
    all.second[9] -= count * p.s / (p.beta * p.beta);
    for (int a = 0, k = 0; a < 4; a++) {
        g[a] = all.first[a];
        for (int b = 0; b <= a; b++, k++)
            h[a * 4 + b] = h[b * 4 + a] = all.second[k];
    }
    return all.value;
}

struct pareto_parameters pareto_parameters(const struct fit *fit)
{
    return (struct pareto_parameters){fit->value[0], fit->value[1], fit->value[2], fit->value[3]};
}

bool pareto_fit(const struct visits *visits, const struct pareto_parameters *start, struct fit *fit,
                struct error *error)
{
    static const char *const names[] = {"r", "alpha", "s", "beta"};
    if (!visits_check(visits, error))
        return false;
    double sum_x = 0, sum_T = 0;
    for (size_t i = 0; i < visits->count; i++) {
        sum_x += visits->x[i];
        sum_T += visits->T[i];
    }
    if (sum_x <= 0 || sum_T <= 0)
        return error_set(error, ERROR_INPUT, "Wait until some have come again.",
                         "no customer has a repeat transaction, so there is nothing to fit");
    double rate = sum_x / sum_T;
    double from[] = {.5, .5 / rate, .5, .5 * sum_T / (double)visits->count};
    if (start)
        memcpy(from, (double[]){start->r, start->alpha, start->s, start->beta}, sizeof from);
    struct task task = {.visits = visits, .stride = visits->count / SAMPLE};
    struct fit_problem problem = {
        .model = "Pareto/NBD",
        .count = 4,
        .names = names,
        .log_likelihood = evaluate,
        .data = &task,
        .observations = visits->count,
    };
    struct fit sample;
    if (task.stride > 3 && fit_maximise(&problem, from, &sample, NULL))
        memcpy(from, sample.value, sizeof from);
    task.stride = 1;
    return fit_maximise(&problem, from, fit, error);
}

double pareto_log_likelihood(const struct visits *visits, const struct pareto_parameters *p,
                             double *gradient, double *hessian)
{
    struct task task = {.visits = visits, .stride = 1};
    return evaluate(&task, (double[]){p->r, p->alpha, p->s, p->beta}, gradient, hessian);
}

static double p_alive(const struct frame *frame, uint32_t x, double t_x, double T)
{
    struct sums sums;
    integrate(frame, x, t_x, T, false, &sums);
    return sums.alive / sums.mass;
}

/* (1 − ((β+T)/(β+T+t))^(s−1))/(s−1), finite at s = 1. */
static double lived(const struct pareto_parameters *p, double T, double t)
{
    double epsilon = p->s - 1, log_rest = -log1p(t / (p->beta + T));
    return fabs(epsilon) < 1e-12 ? -log_rest : -expm1(epsilon * log_rest) / epsilon;
}

double pareto_p_alive(const struct pareto_parameters *p, uint32_t x, double t_x, double T)
{
    struct frame frame;
    frame_make(&frame, p);
    return p_alive(&frame, x, t_x, T);
}

static double rate_if_alive(const struct pareto_parameters *p, uint32_t x, double T, double t)
{
    return (p->r + x) * (p->beta + T) / (p->alpha + T) * lived(p, T, t);
}

double pareto_expected(const struct pareto_parameters *p, uint32_t x, double t_x, double T,
                       double t)
{
    return t <= 0 ? 0 : rate_if_alive(p, x, T, t) * pareto_p_alive(p, x, t_x, T);
}

double pareto_expected_new(const struct pareto_parameters *p, double t)
{
    return t <= 0 ? 0 : rate_if_alive(p, 0, 0, t);
}

void pareto_predict(const struct pareto_parameters *p, const struct visits *visits, double t,
                    double *alive, double *expected)
{
    struct frame frame;
    frame_make(&frame, p);
    for (size_t i = 0; i < visits->count; i++) {
        double here = p_alive(&frame, visits->x[i], visits->t_x[i], visits->T[i]);
        if (alive)
            alive[i] = here;
        if (expected)
            expected[i] = t <= 0 ? 0 : here * rate_if_alive(p, visits->x[i], visits->T[i], t);
    }
}
