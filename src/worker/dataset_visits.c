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

#include "dataset_visiting.h"

struct visiting_fits {
    struct fit cut[VISITING_MODELS], whole[VISITING_MODELS]; /* up to the cut; of all data */
    bool has_cut[VISITING_MODELS], has_whole[VISITING_MODELS];
    struct measure measure[VISITING_MODELS];
    const struct measure *holdout[VISITING_MODELS]; /* NULL: could not be measured */
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

/* ---- Hold-out ---- */

static bool measure_one(struct refresh *refresh, enum visiting model, const struct histories *h,
                        const struct fit *fit, struct measure *measure, struct error *error)
{
    struct measure stays;
    double t = (double)(refresh->as_of - refresh->cut) / refresh->unit;
    double *predicted = malloc((h->count + 1) * sizeof *predicted);
    bool *happened = malloc((h->count + 1) * sizeof *happened);
    if (!predicted || !happened) {
        free(predicted);
        free(happened);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    for (size_t i = 0; i < h->count; i++) {
        predicted[i] = visiting_p_again(model, fit->value, h->x[i], h->t_x[i], h->T[i], t);
        happened[i] = refresh->rows[h->row[i]].days_after_cut > 0;
    }
    /* Calibration by who comes again; the worst tenth by who does not. */
    bool done = measure_prediction(predicted, happened, h->count, &stays, error);
    for (size_t i = 0; done && i < h->count; i++) {
        predicted[i] = 1 - predicted[i];
        happened[i] = !happened[i];
    }
    done = done && measure_prediction(predicted, happened, h->count, measure, error) &&
           value_store_calibration(refresh->bulk, &refresh->dataset, visiting_names[model], &stays,
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
    for (int i = 0; i < VISITING_MODELS; i++) {
        enum visiting model = (enum visiting)i;
        if (!refresh_goes_on(refresh, visiting_names[i], .35 + .08 * i, error))
            return false;
        fits->has_cut[i] = can_hold_out && visiting_fit(model, cut, &fits->cut[i], &why[i]);
        if (fits->has_cut[i]) {
            if (!measure_one(refresh, model, cut, &fits->cut[i], &fits->measure[i], error))
                return false;
            fits->holdout[i] = &fits->measure[i];
        }
        if (refresh->cut_is_named && can_hold_out) {
            fits->whole[i] = fits->cut[i];
            fits->has_whole[i] = fits->has_cut[i];
        } else {
            fits->has_whole[i] = visiting_fit(model, whole, &fits->whole[i], &why[i]);
        }
    }
    return true;
}

static bool keep_all(struct refresh *refresh, const struct visiting_fits *fits, int used,
                     const struct error *why, struct error *error)
{
    for (int i = 0; i < VISITING_MODELS; i++) {
        struct value_fit about = {
            .purpose = "visits",
            .model = visiting_names[i],
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

/* ---- Tracking ---- */

static bool store_tracking(struct refresh *refresh, enum visiting model, const struct fit *fit,
                           struct error *error)
{
    struct tracking tracking;
    if (!tracking_begin(refresh, "dataset_refresh_repeats", &tracking, error))
        return false;
    int days = tracking.weeks * 7;
    double *new_by_day = calloc((size_t)days + 1, sizeof *new_by_day); /* E[X] after so many days */
    double *joined = calloc((size_t)days + 1, sizeof *joined);
    if (!new_by_day || !joined) {
        free(new_by_day);
        free(joined);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    for (int day = 1; day <= days; day++)
        new_by_day[day] = visiting_expected_new(model, fit->value, (double)day / refresh->unit);
    for (size_t i = 0; i < refresh->count; i++) {
        int at = refresh->rows[i].first - refresh->first_day;
        if (refresh->rows[i].first <= refresh->cut && at <= days)
            joined[at]++;
    }
    for (int week = 0; week < tracking.weeks; week++) {
        int end = (week + 1) * 7 - 1;
        for (int day = 0; day <= end; day++)
            tracking.expected[week] += joined[day] * new_by_day[end - day];
    }
    free(new_by_day);
    free(joined);
    return tracking_store(refresh, &tracking, error);
}

/* ---- All of it ---- */

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
    struct error why[VISITING_MODELS] = {{0}};
    struct fit spend;
    bool has_spend = false;
    const struct histories *base = refresh->cut_is_named && cut->count > 0 ? cut : whole;
    if (!fit_all(refresh, cut, whole, fits, why, error))
        return false;
    int used = refresh_best(fits->holdout, fits->has_whole, VISITING_MODELS);
    if (!keep_all(refresh, fits, used, why, error) ||
        !fit_spend(refresh, base, &spend, &has_spend, error))
        return false;
    if (used < 0)
        return true;
    refresh->model = visiting_names[used];
    return store_tracking(refresh, (enum visiting)used,
                          fits->has_cut[used] ? &fits->cut[used] : &fits->whole[used], error) &&
           worth_predict(refresh, (enum visiting)used, &fits->whole[used],
                         has_spend ? &spend : NULL, whole, error);
}

bool refresh_visits(struct refresh *refresh, struct error *error)
{
    struct histories cut = {0}, whole = {0};
    struct visiting_fits *fits = calloc(1, sizeof *fits);
    if (!fits)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    bool done = histories_make(refresh, true, &cut, error) &&
                histories_make(refresh, false, &whole, error) &&
                fit_and_predict(refresh, &cut, &whole, fits, error);
    free(fits);
    histories_free(&cut);
    histories_free(&whole);
    return done;
}
