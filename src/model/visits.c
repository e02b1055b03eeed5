/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BG/NBD and MBG/NBD in one form that cannot overflow. With s = 0 for BG and 1 for MBG,
 *
 *   u = ln a − ln(b+x+s−1) + (r+x)·[ln(α+T) − ln(α+t_x)]
 *   ℓ = A(x) − (r+x)·ln(α+T) + softplus(u)          (BG with x = 0: without the last term)
 *   A(x) = lnΓ(r+x) − lnΓ(r) + r ln α + lnB(a, b+x+s) − lnB(a, b)
 *   P(alive) = σ(−u)
 *
 * A depends on x alone and is summed over the histogram of x. Times that are whole days (or days
 * told in weeks) take their logarithms from a table, which leaves one exp a customer: softplus is
 * max(u, 0) and the logarithm of 1 + e^−|u|, taken of the product over a block. A large fit starts
 * from the optimum of an evenly spaced sample.
 */
#include "gymtui/model/visits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#define SAMPLE       20000   /* customers of the first, quick fit */
#define BLOCK        512     /* customers summed before adding to the total; 2^BLOCK is a number */
#define LONGEST_DAYS 1000000 /* of the table of logarithms */

struct prepared {
    enum visits_model model;
    int shift; /* s */
    size_t count;
    const uint32_t *x;
    const double *t_x, *T;
    int32_t *t_x_day, *T_day; /* NULL: times are not whole days */
    double per_day;           /* unit of a day in the data's time: 1, or 1/7 */
    int32_t longest;
    double *log_table, *inverse_table; /* longest + 1 entries */
    size_t most_x;
    double *seen;            /* histogram of x: most_x + 1 */
    double *u_of_x, *e_of_x; /* scratch: ln a − ln(b+x+s−1), and 1/(b+x+s−1) */
};

static int shift_of(enum visits_model model)
{
    return model == VISITS_MBGNBD ? 1 : 0;
}

bool visits_check(const struct visits *visits, struct error *error)
{
    if (visits->count == 0)
        return error_set(error, ERROR_INPUT, "Give at least one customer.", "no customers to fit");
    for (size_t i = 0; i < visits->count; i++) {
        double t_x = visits->t_x[i], T = visits->T[i];
        const char *what = NULL;
        if (!isfinite(t_x) || !isfinite(T) || t_x < 0)
            what = "times must be numbers from 0";
        else if (t_x > T)
            what = "the last transaction lies after the end of observation";
        else if (visits->x[i] == 0 && t_x > 0)
            what = "a last transaction is given without any repeat transaction";
        if (what)
            return error_set(error, ERROR_INPUT, "Mend or leave out this customer.",
                             "customer %zu (x %u, t_x %g, T %g): %s", i + 1, visits->x[i], t_x, T,
                             what);
    }
    return true;
}

static void prepared_free(struct prepared *p)
{
    free(p->t_x_day);
    free(p->T_day);
    free(p->log_table);
    free(p->inverse_table);
    free(p->seen);
    free(p->u_of_x);
    free(p->e_of_x);
}

/* Whether all times are whole multiples of 1/per in the data's unit, and not too long a table. */
static bool is_whole(const struct visits *v, double per)
{
    for (size_t i = 0; i < v->count; i++) {
        double T = v->T[i] * per, t = v->t_x[i] * per;
        if (T > LONGEST_DAYS || fabs(T - nearbyint(T)) > 1e-7 || fabs(t - nearbyint(t)) > 1e-7)
            return false;
    }
    return true;
}

/* Every `stride`-th customer of the data. False: no memory. */
static bool prepare(struct prepared *p, enum visits_model model, const struct visits *v,
                    size_t stride)
{
    memset(p, 0, sizeof *p);
    p->model = model;
    p->shift = shift_of(model);
    p->count = (v->count + stride - 1) / stride;
    p->x = v->x;
    p->t_x = v->t_x;
    p->T = v->T;
    for (size_t i = 0; i < v->count; i++)
        if (v->x[i] > p->most_x)
            p->most_x = v->x[i];
    p->seen = calloc(p->most_x + 1, sizeof *p->seen);
    p->u_of_x = malloc((p->most_x + 1) * sizeof *p->u_of_x);
    p->e_of_x = malloc((p->most_x + 1) * sizeof *p->e_of_x);
    if (!p->seen || !p->u_of_x || !p->e_of_x)
        return false;
    for (size_t i = 0; i < v->count; i += stride)
        p->seen[v->x[i]]++;
    double per = is_whole(v, 1) ? 1 : is_whole(v, 7) ? 7 : 0;
    if (per > 0 && v->count > 1000) {
        p->per_day = 1 / per;
        p->t_x_day = malloc(p->count * sizeof *p->t_x_day);
        p->T_day = malloc(p->count * sizeof *p->T_day);
        if (!p->t_x_day || !p->T_day)
            return false;
        for (size_t i = 0, from = 0; i < p->count; i++, from += stride) {
            p->t_x_day[i] = (int32_t)nearbyint(v->t_x[from] * per);
            p->T_day[i] = (int32_t)nearbyint(v->T[from] * per);
            if (p->T_day[i] > p->longest)
                p->longest = p->T_day[i];
        }
        size_t entries = (size_t)p->longest + 1;
        p->log_table = malloc(entries * sizeof *p->log_table);
        p->inverse_table = malloc(entries * sizeof *p->inverse_table);
        return p->log_table && p->inverse_table;
    }
    return true;
}

/* What is summed over customers; index names follow the parameters r, α, a, b. */
enum {
    S_VALUE,
    S_R,
    S_A,
    S_W_A,
    S_W_B,
    S_RR,
    S_RA,
    S_VL,
    S_RB,
    S_AA,
    S_VD,
    S_AB,
    S_V,
    S_VE,
    S_BB,
    S_COUNT
};

/* One customer's share. `e` is 1/(b+x+s−1); with `can_leave` false (BG, x = 0) there is no u. */
static inline void add_customer(double *sum, double r, uint32_t x, double log_T, double log_t,
                                double inverse_T, double inverse_t, double c, double e,
                                bool can_leave, double *product)
{
    double n = r + x;
    sum[S_VALUE] -= n * log_T;
    sum[S_R] -= log_T;
    sum[S_A] -= n * inverse_T;
    sum[S_RA] -= inverse_T;
    sum[S_AA] += n * inverse_T * inverse_T;
    if (!can_leave)
        return;
    double L = log_T - log_t, gap = inverse_T - inverse_t, D = n * gap, u = c + n * L;
    double small = exp(-fabs(u)), half = 1 / (1 + small);
    double w = u >= 0 ? half : small * half, v = small * half * half;
    sum[S_VALUE] += u > 0 ? u : 0;
    *product *= 1 + small; /* its logarithm is Σ log1p(small) */
    sum[S_R] += w * L;
    sum[S_A] += w * D;
    sum[S_W_A] += w;
    sum[S_W_B] += w * e;
    sum[S_RR] += v * L * L;
    sum[S_RA] += v * L * D + w * gap;
    sum[S_VL] += v * L;
    sum[S_RB] += v * L * e;
    sum[S_AA] += v * D * D - w * D * (inverse_T + inverse_t);
    sum[S_VD] += v * D;
    sum[S_AB] += v * D * e;
    sum[S_V] += v;
    sum[S_VE] += v * e;
    sum[S_BB] += (v + w) * e * e;
}

static void add_all(const struct prepared *p, size_t stride, const struct visits_parameters *q,
                    double *total)
{
    for (size_t first = 0; first < p->count; first += BLOCK) {
        double sum[S_COUNT] = {0}, product = 1;
        size_t end = first + BLOCK < p->count ? first + BLOCK : p->count;
        for (size_t i = first; i < end; i++) {
            uint32_t x = p->x[i * stride];
            bool can_leave = p->shift == 1 || x > 0;
            double log_T, log_t, inverse_T, inverse_t;
            if (p->T_day) {
                log_T = p->log_table[p->T_day[i]];
                log_t = p->log_table[p->t_x_day[i]];
                inverse_T = p->inverse_table[p->T_day[i]];
                inverse_t = p->inverse_table[p->t_x_day[i]];
            } else {
                double T = q->alpha + p->T[i * stride], t = q->alpha + p->t_x[i * stride];
                log_T = log(T);
                log_t = log(t);
                inverse_T = 1 / T;
                inverse_t = 1 / t;
            }
            add_customer(sum, q->r, x, log_T, log_t, inverse_T, inverse_t, p->u_of_x[x],
                         p->e_of_x[x], can_leave, &product);
        }
        sum[S_VALUE] += log(product);
        for (int k = 0; k < S_COUNT; k++)
            total[k] += sum[k];
    }
}

struct task {
    struct prepared *prepared;
    size_t stride;
};

/* The part that depends on x alone: Σ seen[x]·A(x) and its derivatives, by recurrence. */
static double add_histogram(const struct prepared *p, const struct visits_parameters *q, double *g,
                            double *h)
{
    double r = q->r, a = q->a, b = q->b, value = 0;
    double log_r = 0, psi_r = 0, psi1_r = 0;    /* lnΓ, ψ, ψ′ of r + x less those of r */
    double log_b = 0, psi_b = 0, psi1_b = 0;    /* the same of b */
    double log_ab = 0, psi_ab = 0, psi1_ab = 0; /* and of a + b */
    double n = 0;
    for (size_t x = 0; x <= p->most_x; x++) {
        double y = (double)x + p->shift; /* of the beta parts */
        if (x > 0) {
            double k = (double)x - 1;
            log_r += log(r + k);
            psi_r += 1 / (r + k);
            psi1_r -= 1 / ((r + k) * (r + k));
        }
        if (y > 0) {
            double k = y - 1;
            log_b += log(b + k);
            psi_b += 1 / (b + k);
            psi1_b -= 1 / ((b + k) * (b + k));
            log_ab += log(a + b + k);
            psi_ab += 1 / (a + b + k);
            psi1_ab -= 1 / ((a + b + k) * (a + b + k));
        }
        double seen = p->seen[x];
        if (seen == 0)
            continue;
        n += seen;
        value += seen * (log_r + log_b - log_ab);
        if (!g)
            continue;
        g[0] += seen * psi_r;
        g[2] -= seen * psi_ab;
        g[3] += seen * (psi_b - psi_ab);
        h[0] += seen * psi1_r;
        h[10] -= seen * psi1_ab;
        h[11] -= seen * psi1_ab;
        h[15] += seen * (psi1_b - psi1_ab);
    }
    double log_alpha = log(q->alpha);
    value += n * r * log_alpha;
    if (g) {
        g[0] += n * log_alpha;
        g[1] += n * r / q->alpha;
        h[1] += n / q->alpha;
        h[5] -= n * r / (q->alpha * q->alpha);
    }
    return value;
}

static double evaluate(const void *data, const double *natural, double *g, double *h)
{
    const struct task *task = data;
    struct prepared *p = task->prepared;
    struct visits_parameters q = {natural[0], natural[1], natural[2], natural[3]};
    if (!(q.r > 0 && q.alpha > 0 && q.a > 0 && q.b > 0) || !isfinite(q.r + q.alpha + q.a + q.b))
        return NAN;
    if (p->T_day)
        for (int32_t day = 0; day <= p->longest; day++) {
            double at = q.alpha + day * p->per_day;
            p->log_table[day] = log(at);
            p->inverse_table[day] = 1 / at;
        }
    double log_a = log(q.a);
    for (size_t x = 0; x <= p->most_x; x++) {
        double below = q.b + (double)x + p->shift - 1;
        p->u_of_x[x] = below > 0 ? log_a - log(below) : 0;
        p->e_of_x[x] = below > 0 ? 1 / below : 0;
    }
    double s[S_COUNT] = {0};
    add_all(p, task->stride, &q, s);
    if (g)
        memset(g, 0, 4 * sizeof *g);
    if (h)
        memset(h, 0, 16 * sizeof *h);
    double value = s[S_VALUE] + add_histogram(p, &q, g && h ? g : NULL, h);
    if (!g || !h)
        return value;
    double a = q.a;
    g[0] += s[S_R];
    g[1] += s[S_A];
    g[2] += s[S_W_A] / a;
    g[3] -= s[S_W_B];
    h[0] += s[S_RR];
    h[1] += s[S_RA];
    h[2] += s[S_VL] / a;
    h[3] -= s[S_RB];
    h[5] += s[S_AA];
    h[6] += s[S_VD] / a;
    h[7] -= s[S_AB];
    h[10] += (s[S_V] - s[S_W_A]) / (a * a);
    h[11] -= s[S_VE] / a;
    h[15] += s[S_BB];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            h[i * 4 + j] = h[j * 4 + i];
    return value;
}

struct visits_parameters visits_parameters(const struct fit *fit)
{
    return (struct visits_parameters){fit->value[0], fit->value[1], fit->value[2], fit->value[3]};
}

static bool fit_stride(enum visits_model model, const struct visits *visits, size_t stride,
                       const struct visits_parameters *start, struct fit *fit, struct error *error)
{
    static const char *const names[] = {"r", "alpha", "a", "b"};
    struct prepared prepared;
    struct task task = {&prepared, stride};
    bool fine = prepare(&prepared, model, visits, stride);
    if (!fine) {
        error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                  "not enough memory to fit %zu customers", visits->count);
    } else {
        struct fit_problem problem = {
            .model = model == VISITS_BGNBD ? "BG/NBD" : "MBG/NBD",
            .count = 4,
            .names = names,
            .log_likelihood = evaluate,
            .data = &task,
            .observations = prepared.count,
        };
        double from[] = {start->r, start->alpha, start->a, start->b};
        fine = fit_maximise(&problem, from, fit, error);
    }
    prepared_free(&prepared);
    return fine;
}

bool visits_fit(enum visits_model model, const struct visits *visits,
                const struct visits_parameters *start, struct fit *fit, struct error *error)
{
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
    struct visits_parameters from =
        start ? *start : (struct visits_parameters){.5, .5 / rate, .5, 1.5};
    size_t stride = visits->count / SAMPLE;
    if (stride > 3) {
        struct fit sample;
        if (fit_stride(model, visits, stride, &from, &sample, NULL))
            from = visits_parameters(&sample);
    }
    return fit_stride(model, visits, 1, &from, fit, error);
}

double visits_log_likelihood(enum visits_model model, const struct visits *visits,
                             const struct visits_parameters *q, double *gradient, double *hessian)
{
    struct prepared prepared;
    struct task task = {&prepared, 1};
    double natural[] = {q->r, q->alpha, q->a, q->b}, value = NAN;
    if (prepare(&prepared, model, visits, 1))
        value = evaluate(&task, natural, gradient, hessian);
    prepared_free(&prepared);
    return value;
}

double visits_p_alive(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                      double t_x, double T)
{
    int s = shift_of(model);
    if (s == 0 && x == 0)
        return 1;
    double u = log(p->a / (p->b + x + s - 1)) + (p->r + x) * log((p->alpha + T) / (p->alpha + t_x));
    double small = exp(-fabs(u));
    return (u > 0 ? small : 1) / (1 + small);
}

#define MOST_ALTERNATION 8.0 /* of A below zero: the series loses about 3 digits there */
#define MOST_Z           .98 /* beyond, the series takes thousands of terms */

/* A geometric series of which `last` is the term before its first; each e^−fall of the one before.
 */
static double rest_of_series(double last, double fall)
{
    return last / expm1(fall);
}

/*
 * E[Y(t) | alive] as the mean of h(p) = (1 − (1+pτ)^−n)/p over the posterior Beta(a, B) of the
 * chance p to leave, τ = t/(α+T), n = r+x, B = b+x+s: by the trapezoidal rule in v = logit p, which
 * converges geometrically. Where h has become constant the terms fall like e^(av) and e^(−Bv), and
 * their sum is closed. For parameters where the series below would alternate.
 */
static double expected_by_quadrature(double n, double tau, double a, double B)
{
    double log_beta = gsl_sf_lnbeta(a, B), h_0 = n * tau, h_1 = -expm1(-n * log1p(tau));
    double mean = gsl_sf_psi(a) - gsl_sf_psi(B), spread = sqrt(gsl_sf_psi_1(a) + gsl_sf_psi_1(B));
    double flat_low = -32 - log1p(n * tau), flat_high = 32;
    double low = fmax(flat_low, mean - 12 * spread - 40 / a);
    double high = fmin(flat_high, mean + 12 * spread + 40 / B);
    if (!(high > low)) /* all of the mass where h is constant */
        return mean < 0 ? h_0 : h_1;
    size_t points = (size_t)ceil((high - low) / fmin(.25, spread / 1.6));
    double step = (high - low) / (double)points, sum = 0;
    for (size_t i = 0; i <= points; i++) {
        double v = low + step * (double)i;
        double log_p = v < 0 ? v - log1p(exp(v)) : -log1p(exp(-v)), p = exp(log_p);
        double h = p * tau * n < 1e-12 ? h_0 : -expm1(-n * log1p(p * tau)) / p;
        double term = h * exp(a * log_p + B * (log_p - v) - log_beta);
        sum += term;
        if (i == 0 && low == flat_low)
            sum += rest_of_series(term, a * step);
        if (i == points && high == flat_high)
            sum += rest_of_series(term, B * step);
    }
    return sum * step;
}

/*
 * With z = t/(α+T+t), ε = a−1, A = a+b+s−1−r, C = a+b+x+s−1 (Euler's transformation of eq. 10, so
 * that nothing is divided by a−1 and nothing overflows):
 *   E = C·{ −expm1(ε·log1p(−z))/ε − (1−z)^ε · Σ_{k≥1} (A)_k (1+ε)_{k−1} / ((C)_k k!) · z^k }
 */
static double expected_alive(const struct visits_parameters *p, int shift, double x, double T,
                             double t)
{
    double z = t / (p->alpha + T + t), epsilon = p->a - 1;
    double A = p->a + p->b + shift - 1 - p->r, C = p->a + p->b + x + shift - 1;
    if (A < -MOST_ALTERNATION || z > MOST_Z)
        return expected_by_quadrature(p->r + x, t / (p->alpha + T), p->a, p->b + x + shift);
    double log_rest = log1p(-z);
    double head = fabs(epsilon) < 1e-12 ? -log_rest : -expm1(epsilon * log_rest) / epsilon;
    /* k-th term: (A)_k (1+ε)_{k−1} / ((C)_k k!) z^k; the factor from k to k+1 tends to z. Terms
     * grow before they fall where a is large, so they carry a scale of their own. */
    double term = A / C * z, sum = 0, log_scale = epsilon * log_rest;
    for (int k = 1; k < 1000000 && term != 0; k++) {
        sum += term;
        double factor = (A + k) * (epsilon + k) / ((C + k) * (k + 1)) * z;
        term *= factor;
        /* What is left is at most |term| / (1 − z) once the factor has settled below z or so. */
        if (fabs(term) <= 1e-17 * fabs(sum) * (1 - z) && fabs(factor) < 1)
            break;
        if (fabs(sum) > 1e200) {
            sum *= 1e-200;
            term *= 1e-200;
            log_scale += 200 * M_LN10;
        }
    }
    /* Rounding may leave less than nothing of a very small figure. */
    return fmax(0, C * (head - exp(log_scale + log(fabs(sum))) * (sum < 0 ? -1 : 1)));
}

double visits_expected_alive(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                             double T, double t)
{
    return expected_alive(p, shift_of(model), x, T, t);
}

double visits_expected(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                       double t_x, double T, double t)
{
    return t <= 0
               ? 0
               : expected_alive(p, shift_of(model), x, T, t) * visits_p_alive(model, p, x, t_x, T);
}

double visits_expected_new(enum visits_model model, const struct visits_parameters *p, double t)
{
    /* E[X(t)] is E[Y(t)] of a customer with x = 0 at T = 0, who is alive for certain (BG), or with
     * probability b/(a+b) (MBG: some leave at once). */
    double alive = shift_of(model) ? p->b / (p->a + p->b) : 1;
    return t <= 0 ? 0 : alive * expected_alive(p, shift_of(model), 0, 0, t);
}

/* BG: eq. 8 of Fader, Hardie & Lee; MBG: the same with the beta parts one further. */
double visits_probability(enum visits_model model, const struct visits_parameters *p, uint32_t x,
                          double t)
{
    int s = shift_of(model);
    double y = (double)x + s;
    double log_z = log(t) - log(p->alpha + t), log_rest = log(p->alpha) - log(p->alpha + t);
    double first = gsl_sf_lnbeta(p->a, p->b + y) - gsl_sf_lnbeta(p->a, p->b) +
                   gsl_sf_lngamma(p->r + x) - gsl_sf_lngamma(p->r) - gsl_sf_lngamma(x + 1.0) +
                   p->r * log_rest + (x ? x * log_z : 0);
    if (y < 1)
        return exp(first);
    double log_term = p->r * log_rest, below = 0;
    for (uint32_t j = 0; j < x; j++) {
        below += exp(log_term);
        log_term += log(p->r + j) - log(j + 1.0) + log_z;
    }
    double second =
        exp(gsl_sf_lnbeta(p->a + 1, p->b + y - 1) - gsl_sf_lnbeta(p->a, p->b)) * fmax(0, 1 - below);
    return exp(first) + second;
}

void visits_predict(enum visits_model model, const struct visits_parameters *p,
                    const struct visits *visits, double t, double *p_alive, double *expected)
{
    for (size_t i = 0; i < visits->count; i++) {
        double alive = visits_p_alive(model, p, visits->x[i], visits->t_x[i], visits->T[i]);
        if (p_alive)
            p_alive[i] = alive;
        if (expected)
            expected[i] =
                t <= 0 ? 0
                       : alive * expected_alive(p, shift_of(model), visits->x[i], visits->T[i], t);
    }
}
