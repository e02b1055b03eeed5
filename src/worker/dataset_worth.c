/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What customers without contract are worth: margin · E[spend] · Σ v^k (E[Y(k)] − E[Y(k−1)]), with
 * its interval by the delta method on the logarithm.
 *
 * E[Y(t)] is P(alive) times what somebody who is alive can be expected to do, and that depends on x
 * and T alone. So customers are taken in the order of x and T and the costly sum is made once for
 * all that share them; its slopes, for the interval, once for those that are near each other.
 */
#include <math.h>
#include <stdlib.h>

#include "dataset_visiting.h"

#define YEAR_DAYS  365.25
#define LOOK_EVERY 4096
#define NORMAL_975 1.959963984540054
#define BINS_X     48 /* 0 … 7 one by one, then by a sixth more each */
#define BINS_T     96 /* by an eighth more each */

struct slopes {
    bool is_known;
    double of[VISITING_PARAMETERS]; /* d ln(sum) / d parameter */
};

struct worth {
    enum visiting model;
    const struct fit *visits, *spend;
    double per_month, year;
    struct slopes (*bins)[BINS_T];
    /* Of the x and T at hand */
    uint32_t x;
    double T, sum, in_a_year;
    const struct slopes *slopes;
};

/* Somebody who came last just now: a history with these x and T that leaves no doubt about much. */
static double alive_expected(const struct worth *worth, const double *p, double t)
{
    double t_x = worth->x > 0 ? worth->T : 0;
    double alive = visiting_p_alive(worth->model, p, worth->x, t_x, worth->T);
    return alive > 0 ? visiting_expected(worth->model, p, worth->x, t_x, worth->T, t) / alive : 0;
}

/* Σ v^k (E[Y(k)] − E[Y(k−1)]) over the months = v^n E[Y(n)] + (1 − v) Σ_{k<n} v^k E[Y(k)]; the sum
 * over that smooth curve is taken at a few points, each month being half a month around it. */
static double alive_sum(const struct worth *worth, const double *p)
{
    double log_v = -log1p(clv_usual_terms.discount) / 12, months = clv_usual_terms.months, sum = 0;
    for (int i = 0; i < VISITING_NODES; i++) {
        double k = .5 + (months - 1) * visiting_node[i];
        sum += visiting_weight[i] * exp(log_v * k) * alive_expected(worth, p, k * worth->per_month);
    }
    return sum * (months - 1) * -expm1(log_v) +
           exp(log_v * months) * alive_expected(worth, p, months * worth->per_month);
}

typedef double of_parameters(const void *context, const double *p);

static double log_slope(of_parameters *of, const void *context, const double *values, int count,
                        int which)
{
    double p[FIT_PARAMETERS], step = fmax(1e-5 * fabs(values[which]), 1e-9);
    for (int i = 0; i < count; i++)
        p[i] = values[i];
    p[which] = values[which] + step;
    double above = of(context, p);
    p[which] = values[which] - step;
    double below = of(context, p);
    return above > 0 && below > 0 ? log(above / below) / (2 * step) : 0;
}

static double sum_of(const void *context, const double *p)
{
    return alive_sum(context, p);
}

static int bin_of(double value, double growth, int most)
{
    double bin = log1p(value) / log(growth);
    return bin < most - 1 ? (int)bin : most - 1;
}

/* Makes the sum for this x and T, unless it is the one at hand. */
static void stand_at(struct worth *worth, uint32_t x, double T)
{
    if (worth->slopes && worth->x == x && worth->T == T)
        return;
    worth->x = x;
    worth->T = T;
    worth->sum = alive_sum(worth, worth->visits->value);
    worth->in_a_year = alive_expected(worth, worth->visits->value, worth->year);
    int bin_x = x < 8 ? (int)x : 8 + bin_of(x / 8. - 1, 7. / 6, BINS_X - 8);
    struct slopes *slopes = &worth->bins[bin_x][bin_of(T, 9. / 8, BINS_T)];
    for (int i = 0; !slopes->is_known && i < VISITING_PARAMETERS; i++)
        slopes->of[i] = log_slope(sum_of, worth, worth->visits->value, VISITING_PARAMETERS, i);
    slopes->is_known = true;
    worth->slopes = slopes;
}

/* ---- One customer ---- */

struct history {
    enum visiting model;
    uint32_t x;
    double t_x, T, mean;
};

static double alive_of(const void *context, const double *p)
{
    const struct history *one = context;
    return visiting_p_alive(one->model, p, one->x, one->t_x, one->T);
}

static double spend_of(const void *context, const double *p)
{
    const struct history *one = context;
    struct spend_parameters parameters = {p[0], p[1], p[2]};
    return spend_expected(&parameters, one->x, one->mean);
}

/* Visits and spend are independent of each other by assumption: two blocks. */
static double log_variance(const struct worth *worth, const struct history *one)
{
    double gradient[FIT_PARAMETERS], variance = 0;
    for (int i = 0; i < VISITING_PARAMETERS; i++)
        gradient[i] = worth->slopes->of[i] +
                      log_slope(alive_of, one, worth->visits->value, VISITING_PARAMETERS, i);
    for (int i = 0; i < VISITING_PARAMETERS; i++)
        for (int j = 0; j < VISITING_PARAMETERS; j++)
            variance += gradient[i] * gradient[j] * worth->visits->covariance[i][j];
    if (!worth->spend)
        return variance;
    for (int i = 0; i < worth->spend->count; i++)
        gradient[i] = log_slope(spend_of, one, worth->spend->value, worth->spend->count, i);
    for (int i = 0; i < worth->spend->count; i++)
        for (int j = 0; j < worth->spend->count; j++)
            variance += gradient[i] * gradient[j] * worth->spend->covariance[i][j];
    return variance;
}

static void predict_one(const struct worth *worth, const struct history *one,
                        struct customer *customer)
{
    const double *p = worth->visits->value;
    double spend = worth->spend ? spend_of(one, worth->spend->value) : one->mean;
    customer->p_alive = alive_of(one, p);
    customer->p_stay = visiting_p_again(one->model, p, one->x, one->t_x, one->T, worth->year);
    customer->expected = customer->p_alive * worth->in_a_year;
    customer->clv = fmax(clv_usual_terms.margin * spend * customer->p_alive * worth->sum, 0);
    double spread = exp(NORMAL_975 * sqrt(fmax(log_variance(worth, one), 0)));
    customer->low = customer->clv / spread;
    customer->high = customer->clv * spread;
}

/* ---- All ---- */

struct place {
    uint32_t x, at;
    double T;
};

static int by_history(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->x != right->x)
        return left->x > right->x ? 1 : -1;
    return (left->T > right->T) - (left->T < right->T);
}

static double mean_spend(const struct histories *h)
{
    double total = 0, repeats = 0;
    for (size_t i = 0; i < h->count; i++) {
        total += h->x[i] * h->mean[i];
        repeats += h->x[i];
    }
    return repeats > 0 ? total / repeats : 0;
}

static bool predict_in_order(struct refresh *refresh, struct worth *worth,
                             const struct histories *h, const struct place *places,
                             struct error *error)
{
    double usual = mean_spend(h);
    for (size_t i = 0; i < h->count; i++) {
        uint32_t at = places[i].at;
        if (i % LOOK_EVERY == 0 &&
            !refresh_goes_on(refresh, "predictions", .6 + .25 * (double)i / (double)(h->count + 1),
                             error))
            return false;
        struct history one = {worth->model, h->x[at], h->t_x[at], h->T[at], h->mean[at]};
        if (!worth->spend && one.x == 0) /* nothing is known: what all spend on the mean */
            one.mean = usual;
        stand_at(worth, one.x, one.T);
        predict_one(worth, &one, &refresh->rows[h->row[at]]);
    }
    return true;
}

bool worth_predict(struct refresh *refresh, enum visiting model, const struct fit *visits,
                   const struct fit *spend, const struct histories *h, struct error *error)
{
    struct worth worth = {.model = model,
                          .visits = visits,
                          .spend = spend,
                          .per_month = VALUE_DAYS_A_MONTH / refresh->unit,
                          .year = YEAR_DAYS / refresh->unit,
                          .bins = calloc(BINS_X, sizeof *worth.bins)};
    struct place *places = malloc((h->count + 1) * sizeof *places);
    if (!worth.bins || !places) {
        free(places);
        free(worth.bins);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    for (size_t i = 0; i < h->count; i++)
        places[i] = (struct place){h->x[i], (uint32_t)i, h->T[i]};
    qsort(places, h->count, sizeof *places, by_history);
    bool done = predict_in_order(refresh, &worth, h, places, error);
    free(places);
    free(worth.bins);
    return done;
}
