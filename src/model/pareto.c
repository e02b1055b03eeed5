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
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#define NODES          16
#define LONGEST_PANEL  1.0
#define STEEPEST_PANEL 16.0
#define NEGLIGIBLE     45.0
#define SAMPLE         5000

struct rule {
    double at[NODES], weight[NODES]; /* on 0 … 1 */
};

static void rule_make(struct rule *rule)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);
    for (size_t i = 0; i < NODES; i++)
        gsl_integration_glfixed_point(0, 1, i, &rule->at[i], &rule->weight[i], table);
    gsl_integration_glfixed_table_free(table);
}

/* Sums of weight · (1, scores, second derivatives + score products), relative to e^peak. */
struct sums {
    double peak, mass, first[4], second[10];
    double alive; /* of mass: the piece in which the customer is still there */
};

static void add_piece(struct sums *sums, double log_weight, const double *score, const double *bend,
                      bool want)
{
    double weight = exp(log_weight - sums->peak);
    sums->mass += weight;
    if (!want)
        return;
    for (int i = 0, k = 0; i < 4; i++) {
        sums->first[i] += weight * score[i];
        for (int j = 0; j <= i; j++, k++)
            sums->second[k] += weight * (bend[k] + score[i] * score[j]);
    }
}

/* Order of parameters r, α, s, β; of second derivatives rr, αr αα, sr sα ss, βr βα βs ββ. */
static void add_moment(struct sums *sums, const struct pareto_parameters *p, double n, double tau,
                       double log_weight, double log_a, double log_b, bool alive, bool want)
{
    double a = 1 / (p->alpha + tau), b = 1 / (p->beta + tau), m = alive ? p->s : p->s + 1;
    double score[4] = {-log_a, -n * a, (alive ? 0 : 1 / p->s) - log_b, -m * b};
    double bend[10] = {0, -a, n * a * a, 0, 0, alive ? 0 : -1 / (p->s * p->s), 0, 0, -b, m * b * b};
    add_piece(sums, log_weight, score, bend, want);
}

static void integrate(const struct rule *rule, const struct pareto_parameters *p, uint32_t x,
                      double t_x, double T, bool want, struct sums *sums)
{
    double n = p->r + x, least = fmin(p->alpha, p->beta);
    double log_a = log(p->alpha + T), log_b = log(p->beta + T);
    double log_alive = -n * log_a - p->s * log_b;
    double begin = log(least + t_x), end = log(least + T);
    /* The integrand falls throughout, so its largest value (in y) is near the beginning. */
    double at_start = log(p->s) - n * log(p->alpha + t_x) - (p->s + 1) * log(p->beta + t_x) + begin;
    memset(sums, 0, sizeof *sums);
    sums->peak = fmax(log_alive, at_start);
    add_moment(sums, p, n, T, log_alive, log_a, log_b, true, want);
    sums->alive = sums->mass;
    double y = begin;
    while (y < end) {
        double tau = exp(y) - least;
        double slope = (n / (p->alpha + tau) + (p->s + 1) / (p->beta + tau)) * (least + tau);
        double length = fmin(fmin(LONGEST_PANEL, STEEPEST_PANEL / (slope + 1)), end - y);
        double here = -INFINITY;
        for (int i = 0; i < NODES; i++) {
            double v = y + length * rule->at[i], from_zero = exp(v) - least;
            double la = p->alpha <= p->beta ? v : log(p->alpha + from_zero);
            double lb = p->beta <= p->alpha ? v : log(p->beta + from_zero);
            double height = log(p->s) - n * la - (p->s + 1) * lb + v;
            here = fmax(here, height);
            add_moment(sums, p, n, from_zero, height + log(length * rule->weight[i]), la, lb, false,
                       want);
        }
        if (here < sums->peak - NEGLIGIBLE && slope > 1)
            break;
        if (y + length == y)
            break;
        y += length;
    }
}

struct task {
    const struct visits *visits;
    size_t stride;
    struct rule rule;
};

static double evaluate(const void *data, const double *natural, double *g, double *h)
{
    const struct task *task = data;
    const struct visits *v = task->visits;
    struct pareto_parameters p = {natural[0], natural[1], natural[2], natural[3]};
    if (!(p.r > 0 && p.alpha > 0 && p.s > 0 && p.beta > 0) ||
        !(fmax(fmax(p.r, p.s), fmax(p.alpha, p.beta)) < 1e12))
        return NAN;
    bool want = g && h;
    double value = 0, first[4] = {0}, second[10] = {0}, customers = 0;
    double log_gamma_r = gsl_sf_lngamma(p.r), psi_r = gsl_sf_psi(p.r), psi1_r = gsl_sf_psi_1(p.r);
    for (size_t i = 0; i < v->count; i += task->stride) {
        struct sums sums;
        double n = p.r + v->x[i];
        integrate(&task->rule, &p, v->x[i], v->t_x[i], v->T[i], want, &sums);
        value += log(sums.mass) + sums.peak;
        if (v->x[i])
            value += gsl_sf_lngamma(n) - log_gamma_r;
        customers++;
        if (!want)
            continue;
        if (v->x[i]) {
            first[0] += gsl_sf_psi(n) - psi_r;
            second[0] += gsl_sf_psi_1(n) - psi1_r;
        }
        double by = 1 / sums.mass;
        for (int a = 0, k = 0; a < 4; a++) {
            first[a] += sums.first[a] * by;
            for (int b = 0; b <= a; b++, k++)
                second[k] += sums.second[k] * by - sums.first[a] * sums.first[b] * by * by;
        }
    }
    value += customers * (p.r * log(p.alpha) + p.s * log(p.beta));
    if (!want)
        return value;
    first[0] += customers * log(p.alpha);
    first[1] += customers * p.r / p.alpha;
    first[2] += customers * log(p.beta);
    first[3] += customers * p.s / p.beta;
    second[1] += customers / p.alpha;
    second[2] -= customers * p.r / (p.alpha * p.alpha);
    second[8] += customers / p.beta;
    second[9] -= customers * p.s / (p.beta * p.beta);
    for (int a = 0, k = 0; a < 4; a++) {
        g[a] = first[a];
        for (int b = 0; b <= a; b++, k++)
            h[a * 4 + b] = h[b * 4 + a] = second[k];
    }
    return value;
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
    rule_make(&task.rule);
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
    rule_make(&task.rule);
    return evaluate(&task, (double[]){p->r, p->alpha, p->s, p->beta}, gradient, hessian);
}

static double p_alive(const struct rule *rule, const struct pareto_parameters *p, uint32_t x,
                      double t_x, double T)
{
    struct sums sums;
    integrate(rule, p, x, t_x, T, false, &sums);
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
    struct rule rule;
    rule_make(&rule);
    return p_alive(&rule, p, x, t_x, T);
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
    struct rule rule;
    rule_make(&rule);
    for (size_t i = 0; i < visits->count; i++) {
        double here = p_alive(&rule, p, visits->x[i], visits->t_x[i], visits->T[i]);
        if (alive)
            alive[i] = here;
        if (expected)
            expected[i] = t <= 0 ? 0 : here * rate_if_alive(p, visits->x[i], visits->T[i], t);
    }
}
