/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Without contract: when customers come again, and what they spend. The three models of visits are
 * fitted up to the cut and held against what followed; the one with the best log-loss there
 * predicts. Its parameters are those up to the cut when a person named the day, else those of all
 * data.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_private.h"
#include "gymtui/model/pareto.h"
#include "gymtui/model/spend.h"

#define MODELS     3
#define YEAR_DAYS  365.25
#define LOOK_EVERY 4096

enum visiting { VISITING_BGNBD, VISITING_MBGNBD, VISITING_PARETO };

static const char *const model_names[MODELS] = {"BG/NBD", "MBG/NBD", "Pareto/NBD"};

/* Histories up to a day, as the models take them. */
struct histories {
    size_t count;
    uint32_t *row; /* of the customer */
    uint32_t *x;
    double *t_x, *T, *mean;
};

struct visiting_fits {
    struct fit cut[MODELS], whole[MODELS]; /* up to the cut; of all data */
    bool has_cut[MODELS], has_whole[MODELS];
    struct measure measure[MODELS];
    const struct measure *holdout[MODELS]; /* NULL: could not be measured */
};

/* ---- Histories ---- */

static bool histories_make(const struct refresh *refresh, bool up_to_cut, struct histories *h,
                           struct error *error)
{
    size_t room = refresh->count + 1;
    double unit = refresh->unit;
    int32_t end = up_to_cut ? refresh->cut : refresh->as_of;
    *h = (struct histories){.row = malloc(room * sizeof *h->row),
                            .x = malloc(room * sizeof *h->x),
                            .t_x = malloc(room * sizeof *h->t_x),
                            .T = malloc(room * sizeof *h->T),
                            .mean = malloc(room * sizeof *h->mean)};
    if (!h->row || !h->x || !h->t_x || !h->T || !h->mean)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; i < refresh->count; i++) {
        const struct customer *customer = &refresh->rows[i];
        int32_t days = up_to_cut ? customer->days_cut : customer->days;
        if (days == 0)
            continue;
        size_t to = h->count++;
        int64_t repeat = up_to_cut ? customer->repeat_cut : customer->repeat_all;
        h->row[to] = (uint32_t)i;
        h->x[to] = (uint32_t)days - 1;
        h->t_x[to] = ((up_to_cut ? customer->last_cut : customer->last) - customer->first) / unit;
        h->T[to] = (end - customer->first) / unit;
        h->mean[to] = days > 1 ? (double)repeat / 100 / (days - 1) : 0;
    }
    return true;
}

static void histories_free(struct histories *h)
{
    free(h->row);
    free(h->x);
    free(h->t_x);
    free(h->T);
    free(h->mean);
}

/* ---- One model ---- */

static bool fit_one(enum visiting model, const struct histories *h, struct fit *fit,
                    struct error *error)
{
    struct visits visits = {h->count, h->x, h->t_x, h->T};
    switch (model) {
    case VISITING_BGNBD:
        return visits_fit(VISITS_BGNBD, &visits, NULL, fit, error);
    case VISITING_MBGNBD:
        return visits_fit(VISITS_MBGNBD, &visits, NULL, fit, error);
    case VISITING_PARETO:
        return pareto_fit(&visits, NULL, fit, error);
    }
    return false;
}

static struct fit with_values(const double *values)
{
    struct fit fit = {.count = 4};
    memcpy(fit.value, values, 4 * sizeof *values);
    return fit;
}

static double p_alive(enum visiting model, const double *p, uint32_t x, double t_x, double T)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_p_alive(&pareto, x, t_x, T);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_p_alive(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, x, t_x,
                          T);
}

static double expected(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                       double t)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_expected(&pareto, x, t_x, T, t);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_expected(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, x, t_x,
                           T, t);
}

static double expected_new(enum visiting model, const double *p, double t)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_expected_new(&pareto, t);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_expected_new(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, t);
}

/* Gauss–Legendre on [0, 1]. */
#define NODES 8
static const double node_at[NODES] = {.019855071751231884, .101666761293186630, .237233795041835507,
                                      .408282678752175098, .591717321247824902, .762766204958164493,
                                      .898333238706813370, .980144928248768116};
static const double node_weight[NODES] = {
    .050614268145188130, .111190517226687235, .156853322938943644, .181341891689180992,
    .181341891689180992, .156853322938943644, .111190517226687235, .050614268145188130};

/*
 * P(at least one transaction within t | history). Who is alive at T has a rate that is gamma
 * distributed with r + x, α + T. With BG/NBD and MBG/NBD he can leave only by coming, so the next
 * coming takes place for sure when he is alive: 1 − ((α+T)/(α+T+t))^(r+x). With Pareto/NBD he must
 * live until then: ∫ (r+x)/(α+T+u) ((α+T)/(α+T+u))^(r+x) ((β+T)/(β+T+u))^s du, over ln(α+T+u).
 */
static double p_again(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                      double t)
{
    double shape = p[0] + x, start = p[1] + T;
    double alive = p_alive(model, p, x, t_x, T);
    if (model != VISITING_PARETO)
        return -alive * expm1(shape * log(start / (start + t)));
    double span = log1p(t / start), sum = 0;
    for (int i = 0; i < NODES; i++) {
        double grown = exp(span * node_at[i]), u = start * (grown - 1);
        sum +=
            node_weight[i] * shape * exp(-shape * span * node_at[i] - p[2] * log1p(u / (p[3] + T)));
    }
    return alive * span * sum;
}

/* ---- Hold-out ---- */

static bool measure_one(struct refresh *refresh, enum visiting model, const struct histories *h,
                        const struct fit *fit, struct measure *measure, struct error *error)
{
    struct measure stays;
    double t = (double)(refresh->as_of - refresh->cut) / refresh->unit;
    double *predicted = malloc((h->count + 1) * sizeof *predicted);
    bool *happened = malloc((h->count + 1) * sizeof *happened);
    bool done = (predicted && happened) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; done && i < h->count; i++) {
        predicted[i] = p_again(model, fit->value, h->x[i], h->t_x[i], h->T[i], t);
        happened[i] = refresh->rows[h->row[i]].days_after_cut > 0;
    }
    /* Calibration by who comes again; the worst tenth by who does not. */
    done = done && measure_prediction(predicted, happened, h->count, &stays, error);
    for (size_t i = 0; done && i < h->count; i++) {
        predicted[i] = 1 - predicted[i];
        happened[i] = !happened[i];
    }
    done = done && measure_prediction(predicted, happened, h->count, measure, error) &&
           value_store_calibration(refresh->bulk, &refresh->dataset, model_names[model], &stays,
                                   error);
    free(predicted);
    free(happened);
    return done;
}

static bool fit_all(struct refresh *refresh, const struct histories *cut,
                    const struct histories *whole, struct visiting_fits *fits, struct error *why,
                    struct error *error)
{
    bool can_hold_out = cut->count > 0 && refresh->as_of > refresh->cut;
    if (!value_remove_curve(refresh->bulk, &refresh->dataset, "calibration", error))
        return false;
    for (int i = 0; i < MODELS; i++) {
        enum visiting model = (enum visiting)i;
        if (!refresh_goes_on(refresh, model_names[i], .35 + .08 * i, error))
            return false;
        fits->has_cut[i] = can_hold_out && fit_one(model, cut, &fits->cut[i], &why[i]);
        if (fits->has_cut[i]) {
            if (!measure_one(refresh, model, cut, &fits->cut[i], &fits->measure[i], error))
                return false;
            fits->holdout[i] = &fits->measure[i];
        }
        if (refresh->cut_is_named && can_hold_out) {
            fits->whole[i] = fits->cut[i];
            fits->has_whole[i] = fits->has_cut[i];
        } else {
            fits->has_whole[i] = fit_one(model, whole, &fits->whole[i], &why[i]);
        }
    }
    return true;
}

static bool keep_all(struct refresh *refresh, const struct visiting_fits *fits, int used,
                     const struct error *why, struct error *error)
{
    for (int i = 0; i < MODELS; i++) {
        struct value_fit about = {
            .purpose = "visits",
            .model = model_names[i],
            .subject = "",
            .time_unit = refresh->unit == 7 ? "weeks" : "days",
            .fitted_on = refresh->cut_is_named ? refresh->cut : refresh->as_of,
            .in_use = i == used,
            .holdout = fits->holdout[i],
            .holdout_from = fits->holdout[i] ? refresh->cut : DATE_NONE,
        };
        if (!refresh_keep(refresh, &about, &fits->whole[i], fits->has_whole[i] ? NULL : &why[i],
                          error))
            return false;
    }
    return true;
}

/* ---- Tracking: repeat transactions by week, as they came and as they were expected ---- */

#define WEEKS_MOST 400

struct weeks {
    int count;
    double actual[WEEKS_MOST];
};

static bool take_week(void *owner, const int64_t *values, int count)
{
    struct weeks *weeks = owner;
    if (count == 2 && values[0] >= 0 && values[0] < weeks->count)
        weeks->actual[values[0]] += (double)values[1];
    return true;
}

static bool store_tracking(struct refresh *refresh, enum visiting model, const struct fit *fit,
                           struct error *error)
{
    int span = refresh->as_of - refresh->first_day + 1;
    struct weeks weeks = {.count = span / 7 < WEEKS_MOST ? span / 7 : WEEKS_MOST};
    int days = weeks.count * 7;
    double *new_by_day = calloc((size_t)days + 1, sizeof *new_by_day); /* E[X] after so many days */
    double *joined = calloc((size_t)days + 1, sizeof *joined);
    struct value_point points[2][WEEKS_MOST];
    bool done =
        ((new_by_day && joined) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory")) &&
        bulk_each(refresh->bulk, "dataset_refresh_repeats", 0, NULL, take_week, &weeks, error);
    for (int day = 1; done && day <= days; day++)
        new_by_day[day] = expected_new(model, fit->value, (double)day / refresh->unit);
    for (size_t i = 0; done && i < refresh->count; i++) {
        int at = refresh->rows[i].first - refresh->first_day;
        if (refresh->rows[i].first <= refresh->cut && at <= days)
            joined[at]++;
    }
    double so_far = 0;
    for (int week = 0; done && week < weeks.count; week++) {
        int end = (week + 1) * 7 - 1;
        double sum = 0;
        for (int day = 0; day <= end; day++)
            sum += joined[day] * new_by_day[end - day];
        so_far += weeks.actual[week];
        points[0][week] = (struct value_point){week + 1, so_far, NAN, NAN, -1};
        points[1][week] = (struct value_point){week + 1, sum, NAN, NAN, -1};
    }
    free(new_by_day);
    free(joined);
    return done && value_remove_curve(refresh->bulk, &refresh->dataset, "tracking", error) &&
           (weeks.count == 0 ||
            (value_store_points(refresh->bulk, &refresh->dataset, "tracking", "actual", points[0],
                                (size_t)weeks.count, error) &&
             value_store_points(refresh->bulk, &refresh->dataset, "tracking", "expected", points[1],
                                (size_t)weeks.count, error)));
}

/* ---- Value ---- */

/* Who the value is asked for; visits' figures are kept while only the spend's parameters change. */
struct worth {
    enum visiting model;
    const struct clv_terms *terms;
    uint32_t x;
    double t_x, T, per_month, mean;
    double *kept_for, *kept; /* parameters of the last visits' sum, and the sum */
    bool has_spend;
};

/* Σ v^k (E[Y(k)] − E[Y(k−1)]) over the months: v^(n) E[Y(n)] + Σ (v^k − v^(k+1)) E[Y(k)], whose
 * sum over a smooth curve is taken at a few points. */
static double discounted_visits(const struct worth *worth, const double *p)
{
    double log_v = -log1p(worth->terms->discount) / 12, months = worth->terms->months, sum = 0;
    for (int i = 0; i < NODES; i++) {
        double k = .5 + (months - 1) * node_at[i]; /* months 1 … n − 1, each half a month around */
        sum += node_weight[i] * exp(log_v * k) *
               expected(worth->model, p, worth->x, worth->t_x, worth->T, k * worth->per_month);
    }
    return sum * (months - 1) * -expm1(log_v) +
           exp(log_v * months) *
               expected(worth->model, p, worth->x, worth->t_x, worth->T, months * worth->per_month);
}

static double worth_at(const void *context, const double *p)
{
    const struct worth *worth = context;
    if (memcmp(p, worth->kept_for, 4 * sizeof *p) != 0) {
        memcpy(worth->kept_for, p, 4 * sizeof *p);
        *worth->kept = discounted_visits(worth, p);
    }
    double spend = worth->mean;
    if (worth->has_spend) {
        struct spend_parameters parameters = {p[4], p[5], p[6]};
        spend = spend_expected(&parameters, worth->x, worth->mean);
    }
    return worth->terms->margin * spend * *worth->kept;
}

/* Both fits as one, independent of each other: the spend is so by assumption. */
static struct fit join_fits(const struct fit *visits, const struct fit *spend)
{
    struct fit both = *visits;
    if (!spend)
        return both;
    for (int i = 0; i < spend->count; i++) {
        both.value[visits->count + i] = spend->value[i];
        for (int j = 0; j < spend->count; j++)
            both.covariance[visits->count + i][visits->count + j] = spend->covariance[i][j];
    }
    both.count = visits->count + spend->count;
    return both;
}

static bool predict_all(struct refresh *refresh, enum visiting model, const struct fit *visits,
                        const struct fit *spend, const struct histories *h, struct error *error)
{
    struct fit both = join_fits(visits, spend);
    double kept_for[4] = {NAN}, kept = 0, year = YEAR_DAYS / refresh->unit;
    struct worth worth = {.model = model,
                          .terms = &clv_usual_terms,
                          .per_month = VALUE_DAYS_A_MONTH / refresh->unit,
                          .kept_for = kept_for,
                          .kept = &kept,
                          .has_spend = spend != NULL};
    double total = 0, repeats = 0;
    for (size_t i = 0; i < h->count; i++) {
        total += h->x[i] * h->mean[i];
        repeats += h->x[i];
    }
    for (size_t i = 0; i < h->count; i++) {
        struct customer *customer = &refresh->rows[h->row[i]];
        if (i % LOOK_EVERY == 0 &&
            !refresh_goes_on(refresh, "predictions", .6 + .25 * (double)i / (double)(h->count + 1),
                             error))
            return false;
        worth.x = h->x[i];
        worth.t_x = h->t_x[i];
        worth.T = h->T[i];
        worth.mean = h->mean[i];
        if (!spend && h->x[i] == 0) /* nothing known: what all spend on the mean */
            worth.mean = repeats > 0 ? total / repeats : 0;
        kept_for[0] = NAN; /* nothing is kept for this customer yet */
        struct clv_interval interval = clv_delta_interval(&both, worth_at, &worth);
        customer->clv = fmax(interval.value, 0);
        customer->low = fmax(interval.low, 0);
        customer->high = fmax(interval.high, 0);
        customer->p_alive = p_alive(model, both.value, h->x[i], h->t_x[i], h->T[i]);
        customer->p_stay = p_again(model, both.value, h->x[i], h->t_x[i], h->T[i], year);
        customer->expected = expected(model, both.value, h->x[i], h->t_x[i], h->T[i], year);
    }
    return true;
}

/* Gamma-Gamma on the same customers. False: *error; *has_fit tells whether there is one. */
static bool fit_spend(struct refresh *refresh, const struct histories *h, struct fit *fit,
                      bool *has_fit, struct error *error)
{
    struct error why;
    struct spend spend = {h->count, h->x, h->mean};
    struct value_fit about = {.purpose = "spend",
                              .model = "Gamma-Gamma",
                              .subject = "",
                              .time_unit = "",
                              .fitted_on = refresh->cut_is_named ? refresh->cut : refresh->as_of,
                              .in_use = true,
                              .holdout_from = DATE_NONE};
    /* A mean of nothing at all has no logarithm; such customers have no say. */
    uint32_t *x = malloc((h->count + 1) * sizeof *x);
    if (!x)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; i < h->count; i++)
        x[i] = h->mean[i] > 0 ? h->x[i] : 0;
    spend.x = x;
    *has_fit = spend_fit(&spend, NULL, fit, &why);
    free(x);
    bool done = refresh_keep(refresh, &about, fit, *has_fit ? NULL : &why, error);
    if (*has_fit) { /* without a mean each customer's own is used */
        struct spend_parameters parameters = spend_parameters(fit);
        *has_fit = spend_has_mean(&parameters);
    }
    return done;
}

static bool fit_and_predict(struct refresh *refresh, const struct histories *cut,
                            const struct histories *whole, struct visiting_fits *fits,
                            struct error *error)
{
    struct error why[MODELS] = {{0}};
    struct fit spend;
    bool has_spend = false;
    const struct histories *base = refresh->cut_is_named && cut->count > 0 ? cut : whole;
    if (!fit_all(refresh, cut, whole, fits, why, error))
        return false;
    int used = refresh_best(fits->holdout, fits->has_whole, MODELS);
    if (!keep_all(refresh, fits, used, why, error) ||
        !fit_spend(refresh, base, &spend, &has_spend, error))
        return false;
    if (used < 0)
        return true;
    refresh->model = model_names[used];
    return store_tracking(refresh, (enum visiting)used,
                          fits->has_cut[used] ? &fits->cut[used] : &fits->whole[used], error) &&
           predict_all(refresh, (enum visiting)used, &fits->whole[used], has_spend ? &spend : NULL,
                       whole, error);
}

bool refresh_visits(struct refresh *refresh, struct error *error)
{
    struct histories cut = {0}, whole = {0};
    struct visiting_fits *fits = calloc(1, sizeof *fits);
    bool done = (fits || error_set(error, ERROR_SYSTEM, NULL, "Out of memory")) &&
                histories_make(refresh, true, &cut, error) &&
                histories_make(refresh, false, &whole, error) &&
                fit_and_predict(refresh, &cut, &whole, fits, error);
    free(fits);
    histories_free(&cut);
    histories_free(&whole);
    return done;
}
