/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With z_j = t_j/(α+T+t_j), ε = a−1, A = a+b+s−1−r, C = a+b+x+s−1 (visits.c):
 *   E_j = C·{ −expm1(ε·ln(1−z_j))/ε − (1−z_j)^ε · Σ_{k≥1} c_k z_j^k }
 *   c_1 = A/C,  c_{k+1}/c_k = (A+k)(ε+k) / ((C+k)(k+1))
 * The c_k are the same for all horizons; a longer one needs more of them.
 *
 * Where a horizon is far beyond what was seen, w_j = 1−z_j is small and the series above takes
 * hundreds of terms; around w = 0 (Abramowitz & Stegun 15.3.6) it takes a dozen. With n = r+x,
 * B = b+x+s, δ = n−ε:
 *   E_j = C/ε·{ 1 − w_j^ε·Γ(C)Γ(δ)/(Γ(n)Γ(B))·F(A, ε; 1−δ; w_j)
 *                 − w_j^n·Γ(C)Γ(−δ)/(Γ(A)Γ(ε))·F(n, B; 1+δ; w_j) }
 * which is no good near whole δ, near ε = 0, and where A·w_j is large.
 */
#include "gymtui/model/outlook.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>

#define MOST_ALTERNATION 8.0 /* as in visits.c */
#define MOST_SUM         1e200
#define STRIDE           8    /* terms between two looks at what is left */
#define FAR              .1   /* of w, below which a horizon is far */
#define MOST_GROWTH      1.0  /* of A·w and B·w there */
#define LEAST_EPSILON    .02  /* between a and 1 */
#define LEAST_DELTA      .004 /* between δ and a whole number */
#define FAR_TERMS        200

void outlook_prepare(struct outlook *outlook, enum visits_model model,
                     const struct visits_parameters *p, const double *t, const double *weight,
                     int count)
{
    gsl_set_error_handler_off(); /* for good, as in fit.c */
    double shift = model == VISITS_MBGNBD ? 1 : 0, epsilon = p->a - 1;
    double A = p->a + p->b + shift - 1 - p->r, least = p->a + p->b + shift - 1;
    outlook->model = model;
    outlook->p = *p;
    outlook->is_plain = A < -MOST_ALTERNATION || !(least > -1);
    outlook->count = count < OUTLOOK_HORIZONS ? count : OUTLOOK_HORIZONS;
    for (int j = 0; j < outlook->count; j++) {
        outlook->t[j] = t[j];
        outlook->weight[j] = weight[j];
    }
    for (int k = 0; k < OUTLOOK_TERMS; k++)
        outlook->rising[k] = (A + k) * (epsilon + k) / (k + 1.0);
    for (int j = 0; j < OUTLOOK_TERMS + OUTLOOK_X; j++)
        outlook->falling[j] = 1 / (least + j);
}

/* Σ c_k z^k of each horizon; returns the first whose sum is not whole yet. */
static int add_series(const struct outlook *outlook, uint32_t x, double first, const double *z,
                      int count, double *sum)
{
    double power[OUTLOOK_HORIZONS], c = first;
    int open = 0;
    const double *falling = outlook->falling + x;
    for (int j = 0; j < count; j++) {
        power[j] = 1;
        sum[j] = 0;
    }
    for (int k = 1; k + STRIDE < OUTLOOK_TERMS && open < count; k += STRIDE) {
        double coefficient[STRIDE];
        for (int i = 0; i < STRIDE; i++) {
            coefficient[i] = c;
            c *= outlook->rising[k + i] * falling[k + i];
        }
        for (int j = open; j < count; j++) {
            /* A polynomial of the next eight terms, in halves that do not wait for each other. */
            const double *k8 = coefficient;
            double by = z[j], by2 = by * by, by4 = by2 * by2;
            double low = (k8[0] + k8[1] * by) + (k8[2] + k8[3] * by) * by2;
            double high = (k8[4] + k8[5] * by) + (k8[6] + k8[7] * by) * by2;
            double value = low + high * by4;
            sum[j] += value * by * power[j];
            power[j] *= by4 * by4;
        }
        /* As in visits.c: what is left is at most a term over 1 − z once they fall like z. */
        double factor = fabs(outlook->rising[k + STRIDE - 1] * falling[k + STRIDE - 1]);
        while (open < count && factor * z[open] < 1 &&
               fabs(c * power[open] * z[open]) <= 1e-17 * fabs(sum[open]) * (1 - z[open]))
            open++;
    }
    return open;
}

static double one_by_one(const struct outlook *outlook, int j, uint32_t x, double T)
{
    return visits_expected_alive(outlook->model, &outlook->p, x, T, outlook->t[j]);
}

/* ln|Γ(y)|; `sign` changes with Γ's. NaN where there is none. */
static double log_gamma(double y, double *sign)
{
    gsl_sf_result value;
    double own;
    if (gsl_sf_lngamma_sgn_e(y, &value, &own) != GSL_SUCCESS)
        return NAN;
    *sign *= own;
    return value.val;
}

/* The parts of a horizon that is far. */
struct far {
    double n, A, B, C, epsilon, delta;
    double sign, log_scale; /* of the two terms: Γ(C)Γ(δ)/(Γ(n)Γ(B)), */
    double other_sign, other_log_scale;
};

/* False: these parameters are none for it. */
static bool far_prepare(struct far *far)
{
    if (!(far->C > 0) || fabs(far->epsilon) < LEAST_EPSILON ||
        fabs(far->delta - nearbyint(far->delta)) < LEAST_DELTA ||
        (far->A <= 0 && fabs(far->A - nearbyint(far->A)) < 1e-9))
        return false;
    far->sign = far->other_sign = 1;
    double log_C = gsl_sf_lngamma(far->C);
    far->log_scale =
        log_C + log_gamma(far->delta, &far->sign) - gsl_sf_lngamma(far->n) - gsl_sf_lngamma(far->B);
    far->other_log_scale = log_C + log_gamma(-far->delta, &far->other_sign) -
                           log_gamma(far->A, &far->other_sign) -
                           log_gamma(far->epsilon, &far->other_sign);
    return isfinite(far->log_scale) && isfinite(far->other_log_scale);
}

/* F(a, b; c; w) for a small w. */
static double hypergeometric(double a, double b, double c, double w)
{
    double term = 1, sum = 1;
    for (int k = 0; k < FAR_TERMS; k++) {
        double factor = (a + k) * (b + k) / ((c + k) * (k + 1)) * w;
        term *= factor;
        sum += term;
        if (fabs(term) <= 1e-18 * fabs(sum) && fabs(factor) < .5 && k > -c)
            break;
    }
    return sum;
}

static double expected_far(const struct far *far, double w)
{
    double log_w = log(w), A = far->A, epsilon = far->epsilon, delta = far->delta;
    double first = far->sign * exp(far->log_scale + epsilon * log_w) *
                   hypergeometric(A, epsilon, 1 - delta, w);
    double second = far->other_sign * exp(far->other_log_scale + far->n * log_w) *
                    hypergeometric(far->n, far->B, 1 + delta, w);
    return fmax(0, far->C / epsilon * (1 - first - second));
}

/* −ln(1 + t/since); log1p only where it matters, being the slower one. */
static double log_of_rest(double t, double since)
{
    return t > .01 * since ? log(since / (since + t)) : -log1p(t / since);
}

void outlook_each(const struct outlook *outlook, uint32_t x, double T, double *expected)
{
    double z[OUTLOOK_HORIZONS], sum[OUTLOOK_HORIZONS];
    double shift = outlook->model == VISITS_MBGNBD ? 1 : 0, least = outlook->p.a + outlook->p.b;
    double C = least + shift - 1 + x, A = least + shift - 1 - outlook->p.r;
    double epsilon = outlook->p.a - 1, since = outlook->p.alpha + T;
    struct far far = {.n = outlook->p.r + x,
                      .A = A,
                      .B = outlook->p.b + x + shift,
                      .C = C,
                      .epsilon = epsilon,
                      .delta = outlook->p.r + x - epsilon};
    int open = 0, near = outlook->count;
    if (!outlook->is_plain && x < OUTLOOK_X) {
        for (int j = 0; j < outlook->count; j++)
            z[j] = outlook->t[j] / (since + outlook->t[j]);
        double most = fmin(FAR, MOST_GROWTH / fmax(fabs(A), far.B));
        if (since / (since + outlook->t[near - 1]) < most && far_prepare(&far))
            while (near > 0 && since / (since + outlook->t[near - 1]) < most)
                near--;
        open = add_series(outlook, x, A / C, z, near, sum);
    }
    for (int j = 0; j < outlook->count; j++) {
        if (j >= near) {
            expected[j] = expected_far(&far, since / (since + outlook->t[j]));
        } else if (j >= open || !(fabs(sum[j]) < MOST_SUM)) {
            expected[j] = one_by_one(outlook, j, x, T);
        } else {
            double log_rest = log_of_rest(outlook->t[j], since);
            double less = expm1(epsilon * log_rest),
                   rest = less > -.5 ? 1 + less : exp(epsilon * log_rest);
            double head = fabs(epsilon) < 1e-12 ? -log_rest : -less / epsilon;
            expected[j] = fmax(0, C * (head - rest * sum[j]));
        }
    }
}

double outlook_at(const struct outlook *outlook, uint32_t x, double T)
{
    double expected[OUTLOOK_HORIZONS], all = 0;
    outlook_each(outlook, x, T, expected);
    for (int j = 0; j < outlook->count; j++)
        all += outlook->weight[j] * expected[j];
    return all;
}
