/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With contract: how many bills a customer pays, and how long he stays given age, gender and
 * payment method. Of the three AFT models, which have equally many parameters, the likeliest one
 * predicts, unless another one is clearly better on the hold-out.
 *
 * A bill pays for a period, within which the customer made up his mind at an unknown moment: the
 * AFT models see the middle of it. Kaplan–Meier and sBG count paid periods as they are.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_private.h"
#include "gymtui/base/text.h"

#define MODELS       3
#define LEAST_EVENTS 5 /* of a value that is compared */
#define LEAST_PEOPLE 10
#define PERIODS_MOST 240 /* renewals that are counted */
#define COHORT_LEAST 200
#define LOOK_EVERY   4096
#define TEN_YEARS    10.

static const enum aft_model aft_models[MODELS] = {AFT_WEIBULL, AFT_LOG_NORMAL, AFT_LOG_LOGISTIC};
static const char *const model_names[MODELS] = {"Weibull", "log-normal", "log-logistic"};

/* ---- Covariates ---- */

struct design {
    int columns;
    char names[AFT_COVARIATES][64];
    const char *name[AFT_COVARIATES];
    int age;                    /* column; −1: none */
    int gender[DATASET_LEVELS]; /* column of each level; −1: compared with */
    int method[DATASET_LEVELS];
    double mean_age; /* stands in where it is not known */
};

/* "Card" → "card", but "SEPA" stays. */
static void lower_first(char *dst, size_t size, const char *word)
{
    *dst = '\0';
    text_append(dst, size, "%s", word);
    if (isupper((unsigned char)dst[0]) && islower((unsigned char)dst[1]))
        dst[0] = (char)tolower((unsigned char)dst[0]);
}

/* Which values can be compared: some of them have left, and some are still there. */
static void count_levels(const struct refresh *refresh, size_t method[][2], size_t gender[][2],
                         size_t age[2])
{
    double time;
    bool event;
    for (size_t i = 0; i < refresh->count; i++) {
        const struct customer *customer = &refresh->rows[i];
        if (!refresh_survival(refresh, customer, refresh_horizon(refresh), &time, &event))
            continue;
        method[customer->method][event]++;
        gender[customer->gender][event]++;
        age[customer->age >= 0]++;
    }
}

static void add_levels(struct design *design, const struct levels *levels, size_t counts[][2],
                       const char *words, int *column)
{
    char word[48], base[48];
    for (int level = 0; level < DATASET_LEVELS; level++) {
        column[level] = -1;
        if (level == 0 || level >= levels->count || design->columns == AFT_COVARIATES ||
            counts[level][1] < LEAST_EVENTS || counts[level][0] + counts[level][1] < LEAST_PEOPLE)
            continue;
        lower_first(word, sizeof word, levels->name[level]);
        lower_first(base, sizeof base, levels->name[0]);
        char *name = design->names[design->columns];
        snprintf(name, sizeof design->names[0], "%s%.24s instead of %.20s", words, word, base);
        text_drop_partial(name);
        design->name[design->columns] = name;
        column[level] = design->columns++;
    }
}

static void make_design(const struct refresh *refresh, struct design *design)
{
    size_t method[DATASET_LEVELS][2] = {{0}}, gender[DATASET_LEVELS][2] = {{0}}, age[2] = {0};
    double sum = 0, known = 0;
    *design = (struct design){.age = -1};
    count_levels(refresh, method, gender, age);
    for (size_t i = 0; i < refresh->count; i++) {
        if (refresh->rows[i].age < 0)
            continue;
        sum += refresh->rows[i].age;
        known++;
    }
    design->mean_age = known > 0 ? sum / known : 0;
    if (age[1] >= 9 * age[0] && age[1] > 0) {
        snprintf(design->names[0], sizeof design->names[0], "each 10 years older");
        design->name[0] = design->names[0];
        design->age = 0;
        design->columns = 1;
    }
    add_levels(design, &refresh->genders, gender, "", design->gender);
    add_levels(design, &refresh->methods, method, "paying by ", design->method);
}

static void fill_row(const struct design *design, const struct customer *customer, double *z)
{
    for (int i = 0; i < design->columns; i++)
        z[i] = 0;
    if (design->age >= 0)
        z[design->age] = (customer->age >= 0 ? customer->age : design->mean_age) / TEN_YEARS;
    if (design->gender[customer->gender] >= 0)
        z[design->gender[customer->gender]] = 1;
    if (design->method[customer->method] >= 0)
        z[design->method[customer->method]] = 1;
}

/* ---- AFT ---- */

struct times {
    size_t count;
    double *time, *z;
    bool *event;
};

static void times_free(struct times *times)
{
    free(times->time);
    free(times->z);
    free(times->event);
}

/* In months, as seen on a day. */
static bool times_make(const struct refresh *refresh, const struct design *design, int32_t day,
                       struct times *times, struct error *error)
{
    size_t room = refresh->count + 1, width = (size_t)design->columns;
    double half = refresh->period / 2.;
    *times =
        (struct times){0, malloc(room * sizeof(double)),
                       malloc(room * (width + 1) * sizeof(double)), malloc(room * sizeof(bool))};
    if (!times->time || !times->z || !times->event)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; i < refresh->count; i++) {
        double days;
        bool event;
        if (!refresh_survival(refresh, &refresh->rows[i], day, &days, &event) || days <= half)
            continue;
        times->time[times->count] = (days - half) / VALUE_DAYS_A_MONTH;
        times->event[times->count] = event;
        fill_row(design, &refresh->rows[i], times->z + times->count * width);
        times->count++;
    }
    return true;
}

static bool fit_aft(const struct design *design, const struct times *times, enum aft_model model,
                    struct fit *fit, struct error *error)
{
    struct aft_data data = {times->count, design->columns, times->time,
                            times->event, times->z,        design->name};
    return aft_fit(model, &data, fit, error);
}

/* Those who were there at the cut: whether they left by the horizon. */
static bool measure_aft(struct refresh *refresh, const struct design *design, enum aft_model model,
                        const struct fit *fit, struct measure *measure, double *losses,
                        struct error *error)
{
    struct measure stays;
    int32_t end = refresh_horizon(refresh);
    double half = refresh->period / 2., k = (end - refresh->cut) / VALUE_DAYS_A_MONTH;
    double *predicted = malloc((refresh->count + 1) * sizeof *predicted);
    bool *happened = malloc((refresh->count + 1) * sizeof *happened);
    if (!predicted || !happened) {
        free(predicted);
        free(happened);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    size_t count = 0;
    for (size_t i = 0; i < refresh->count; i++) {
        const struct customer *customer = &refresh->rows[i];
        double time, z[AFT_COVARIATES];
        bool event;
        if (!refresh_survival(refresh, customer, refresh->cut, &time, &event) || event ||
            time <= half)
            continue;
        fill_row(design, customer, z);
        predicted[count] = aft_conditional(model, fit, z, (time - half) / VALUE_DAYS_A_MONTH, k);
        happened[count] = !(customer->gone && customer->spell + customer->survival < end);
        double right = happened[count] ? predicted[count] : 1 - predicted[count];
        losses[count++] = -log(fmax(right, 1e-15));
    }
    bool done = measure_prediction(predicted, happened, count, &stays, error);
    for (size_t i = 0; i < count; i++) {
        predicted[i] = 1 - predicted[i];
        happened[i] = !happened[i];
    }
    done = done && measure_prediction(predicted, happened, count, measure, error) &&
           value_store_calibration(refresh->bulk, &refresh->dataset, model_names[model], &stays,
                                   error);
    free(predicted);
    free(happened);
    return done;
}

/* Whether `mine` are smaller losses than `yours` by more than chance: two standard errors of the
 * mean difference. */
static bool is_clearly_better(const double *mine, const double *yours, size_t count)
{
    double sum = 0, squares = 0, n = (double)count;
    for (size_t i = 0; i < count; i++)
        sum += yours[i] - mine[i];
    double mean = n > 1 ? sum / n : 0;
    for (size_t i = 0; i < count; i++)
        squares += (yours[i] - mine[i] - mean) * (yours[i] - mine[i] - mean);
    return n > 1 && mean > 2 * sqrt(squares / (n - 1) / n);
}

struct aft_fits {
    struct fit fit[MODELS], cut[MODELS];
    bool has[MODELS];
    struct measure measure[MODELS];
    const struct measure *holdout[MODELS];
    double *losses[MODELS];
    size_t tried; /* customers on the hold-out */
};

static int choose_aft(const struct aft_fits *fits)
{
    int used = -1;
    for (int i = 0; i < MODELS; i++)
        if (fits->has[i] &&
            (used < 0 || fits->fit[i].log_likelihood > fits->fit[used].log_likelihood))
            used = i;
    int likeliest = used;
    for (int i = 0; i < MODELS; i++)
        if (used >= 0 && i != likeliest && fits->has[i] && fits->holdout[i] &&
            fits->holdout[used] && fits->measure[i].log_loss < fits->measure[used].log_loss &&
            is_clearly_better(fits->losses[i], fits->losses[likeliest], fits->tried))
            used = i;
    return used;
}

static bool keep_aft(struct refresh *refresh, const struct aft_fits *fits, int used,
                     const struct error *why, struct error *error)
{
    for (int i = 0; i < MODELS; i++) {
        struct value_fit about = {
            .purpose = "survival",
            .model = model_names[i],
            .subject = "",
            .time_unit = "months",
            .fitted_on = refresh->cut_is_named ? refresh->cut : refresh->as_of,
            .in_use = i == used,
            .holdout = fits->holdout[i],
            .holdout_from = fits->holdout[i] ? refresh->cut : DATE_NONE,
        };
        if (!refresh_keep(refresh, &about, &fits->fit[i], fits->has[i] ? NULL : &why[i], error))
            return false;
    }
    return true;
}

static bool fit_models(struct refresh *refresh, const struct design *design, struct aft_fits *fits,
                       struct error *why, struct error *error)
{
    struct times cut = {0}, whole = {0};
    bool can_hold_out =
        refresh->cut > refresh->first_day && refresh_horizon(refresh) > refresh->cut;
    bool done = value_remove_curve(refresh->bulk, &refresh->dataset, "calibration", error) &&
                times_make(refresh, design, refresh->cut, &cut, error) &&
                times_make(refresh, design, refresh_horizon(refresh), &whole, error);
    for (int i = 0; done && i < MODELS; i++) {
        if (!refresh_goes_on(refresh, model_names[i], .4 + .06 * i, error)) {
            done = false;
            break;
        }
        fits->losses[i] = malloc((refresh->count + 1) * sizeof(double));
        bool has_cut = can_hold_out && fits->losses[i] &&
                       fit_aft(design, &cut, aft_models[i], &fits->cut[i], &why[i]);
        if (has_cut) {
            done = measure_aft(refresh, design, aft_models[i], &fits->cut[i], &fits->measure[i],
                               fits->losses[i], error);
            fits->holdout[i] = &fits->measure[i];
            fits->tried = fits->measure[i].count;
        }
        if (refresh->cut_is_named && can_hold_out) {
            fits->fit[i] = fits->cut[i];
            fits->has[i] = has_cut;
        } else {
            fits->has[i] = fit_aft(design, &whole, aft_models[i], &fits->fit[i], &why[i]);
        }
    }
    times_free(&cut);
    times_free(&whole);
    return done;
}

/* ---- Bills ---- */

/* Renewals decided by the horizon, of those who joined in [from, until). */
static size_t count_renewals(const struct refresh *refresh, int32_t from, int32_t until,
                             double *at_risk, double *lost)
{
    size_t people = 0;
    int32_t end = refresh_horizon(refresh);
    for (int n = 0; n < PERIODS_MOST; n++)
        at_risk[n] = lost[n] = 0;
    for (size_t i = 0; i < refresh->count; i++) {
        const struct customer *customer = &refresh->rows[i];
        if (customer->spell < from || customer->spell >= until || customer->spell >= end)
            continue;
        people++;
        int paid = (customer->survival + refresh->period / 2) / refresh->period;
        int seen = (end - customer->spell) / refresh->period; /* periods that ended by then */
        bool left = customer->gone && paid >= 1;
        int renewed = left ? paid - 1 : seen;
        for (int n = 0; n < renewed && n < PERIODS_MOST; n++)
            at_risk[n]++;
        if (left && renewed < PERIODS_MOST) {
            at_risk[renewed]++;
            lost[renewed]++;
        }
    }
    return people;
}

static bool fit_bills(struct refresh *refresh, const char *subject, int32_t from, int32_t until,
                      struct renewal_parameters *parameters, bool *has_fit, struct error *error)
{
    double at_risk[PERIODS_MOST], lost[PERIODS_MOST];
    struct fit fit;
    struct error why;
    *has_fit = false;
    size_t people = count_renewals(refresh, from, until, at_risk, lost), periods = 0;
    if (*subject && people < COHORT_LEAST)
        return true;
    while (periods < PERIODS_MOST && at_risk[periods] > 0)
        periods++;
    struct renewals renewals = {periods, at_risk, lost};
    *has_fit = renewal_choose(&renewals, parameters, &fit, &why);
    struct value_fit about = {.purpose = "renewal",
                              .model = *has_fit ? renewal_model_name(parameters->model) : "sBG",
                              .subject = subject,
                              .time_unit = "months",
                              .fitted_on = refresh->as_of,
                              .in_use = *has_fit,
                              .holdout_from = DATE_NONE};
    return refresh_keep(refresh, &about, &fit, *has_fit ? NULL : &why, error);
}

/* All customers together, and those of each year of joining. */
static bool fit_cohorts(struct refresh *refresh, struct renewal_parameters *parameters,
                        bool *has_fit, struct error *error)
{
    struct renewal_parameters unused;
    bool is_fitted;
    int first = date_to_civil(refresh->first_day).year, last = date_to_civil(refresh->as_of).year;
    if (!fit_bills(refresh, "", INT32_MIN, INT32_MAX, parameters, has_fit, error))
        return false;
    for (int year = last - first > 9 ? last - 9 : first; year <= last; year++) {
        char subject[24];
        snprintf(subject, sizeof subject, "joined in %d", year);
        if (!fit_bills(refresh, subject, date_from_civil(year, 1, 1),
                       date_from_civil(year + 1, 1, 1), &unused, &is_fitted, error))
            return false;
    }
    return true;
}

/* ---- Value ---- */

static void predict_nothing(struct customer *customer)
{
    customer->clv = customer->low = customer->high = customer->p_alive = customer->p_stay =
        customer->expected = 0;
}

static double monthly_of(const struct refresh *refresh, const struct customer *customer)
{
    return (double)customer->spell_paid / 100 / customer->spell_days * VALUE_DAYS_A_MONTH /
           refresh->period;
}

/* By the delta method. The value depends on the parameters through the linear predictor and sigma
 * alone, so that two slopes are enough: dV/dβ = z·dV/dη. */
static void set_interval(struct customer *customer, const struct design *design,
                         enum aft_model model, const struct fit *fit, const double *z,
                         double tenure, double monthly)
{
    int sigma = design->columns + 1;
    double gradient[FIT_PARAMETERS] = {0}, variance = 0;
    for (int i = 0; i <= sigma; i += sigma) { /* the intercept, and sigma */
        struct fit near = *fit;
        double step = 1e-5 * fmax(fabs(fit->value[i]), .1);
        near.value[i] = fit->value[i] + step;
        double above = clv_from_survival(&clv_usual_terms, model, &near, z, tenure, 1, monthly);
        near.value[i] = fit->value[i] - step;
        gradient[i] =
            (above - clv_from_survival(&clv_usual_terms, model, &near, z, tenure, 1, monthly)) /
            (2 * step);
    }
    for (int i = 0; i < design->columns; i++)
        gradient[i + 1] = gradient[0] * z[i];
    for (int i = 0; i < fit->count; i++)
        for (int j = 0; j < fit->count; j++)
            variance += gradient[i] * gradient[j] * fit->covariance[i][j];
    customer->low = customer->high = customer->clv;
    if (customer->clv > 0 && variance > 0) { /* on the logarithm, so that it stays above zero */
        double spread = exp(1.959963984540054 * sqrt(variance) / customer->clv);
        customer->low = customer->clv / spread;
        customer->high = customer->clv * spread;
    }
}

static bool predict_by_aft(struct refresh *refresh, const struct design *design,
                           enum aft_model model, const struct fit *fit, struct error *error)
{
    double period = refresh->period / VALUE_DAYS_A_MONTH, half = period / 2;
    for (size_t i = 0; i < refresh->count; i++) {
        struct customer *customer = &refresh->rows[i];
        double z[AFT_COVARIATES] = {0};
        if (i % LOOK_EVERY == 0 &&
            !refresh_goes_on(refresh, "predictions",
                             .6 + .25 * (double)i / (double)(refresh->count + 1), error))
            return false;
        if (customer->gone) {
            predict_nothing(customer);
            continue;
        }
        double monthly = monthly_of(refresh, customer);
        double tenure = fmax((refresh->as_of - customer->spell) / VALUE_DAYS_A_MONTH - half, 1e-3);
        fill_row(design, customer, z);
        customer->clv = clv_from_survival(&clv_usual_terms, model, fit, z, tenure, 1, monthly);
        set_interval(customer, design, model, fit, z, tenure, monthly);
        customer->p_alive = 1;
        customer->p_stay = aft_conditional(model, fit, z, tenure, period);
        customer->expected = 0;
        for (int k = 1; k * period <= 12; k++)
            customer->expected += aft_conditional(model, fit, z, tenure, k * period);
    }
    return true;
}

/* Where no AFT model could be fitted: all customers alike, by the number of bills paid. */
static void predict_by_bills(struct refresh *refresh, const struct renewal_parameters *renewal)
{
    double period = refresh->period / VALUE_DAYS_A_MONTH;
    for (size_t i = 0; i < refresh->count; i++) {
        struct customer *customer = &refresh->rows[i];
        if (customer->gone) {
            predict_nothing(customer);
            continue;
        }
        struct clv_contract contract = {
            .price = monthly_of(refresh, customer) * period,
            .term_months = period,
            .months_to_renewal =
                fmax(customer->last + refresh->period - refresh->as_of, 0) / VALUE_DAYS_A_MONTH,
            .first_rate = renewal_rate(renewal, customer->spell_days),
            .renewals_so_far = customer->spell_days - 1,
        };
        customer->clv = clv_from_contract(&clv_usual_terms, &contract, renewal);
        customer->p_alive = 1;
        customer->p_stay = contract.first_rate;
        double staying = 1;
        customer->expected = 0;
        for (int k = 1; k * period <= 12; k++)
            customer->expected += staying *= renewal_rate(renewal, customer->spell_days + k - 1);
    }
}

/* ---- Tracking ---- */

struct staying { /* the AFT model that predicts, fitted up to the cut where it was held out */
    const struct design *design;
    enum aft_model model;
    const struct fit *fit;
    double period; /* months */
};

static double stays_by_aft(const void *owner, const struct customer *customer, int renewals)
{
    const struct staying *staying = owner;
    double z[AFT_COVARIATES] = {0};
    fill_row(staying->design, customer, z);
    return aft_survival(staying->model, staying->fit, z, renewals * staying->period);
}

static double stays_by_bills(const void *owner, const struct customer *customer, int renewals)
{
    (void)customer;
    return renewal_survival(owner, renewals);
}

bool refresh_contract(struct refresh *refresh, struct error *error)
{
    struct design design;
    struct renewal_parameters renewal;
    struct error why[MODELS] = {{0}};
    struct aft_fits *fits = calloc(1, sizeof *fits);
    bool has_bills = false;
    if (!fits)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    make_design(refresh, &design);
    bool done = fit_cohorts(refresh, &renewal, &has_bills, error) &&
                fit_models(refresh, &design, fits, why, error);
    int used = done ? choose_aft(fits) : -1;
    done = done && keep_aft(refresh, fits, used, why, error);
    if (done && used >= 0) {
        refresh->model = model_names[used];
        const struct staying staying = {&design, aft_models[used],
                                        fits->holdout[used] ? &fits->cut[used] : &fits->fit[used],
                                        refresh->period / VALUE_DAYS_A_MONTH};
        done = tracking_of_bills(refresh, stays_by_aft, &staying, error) &&
               predict_by_aft(refresh, &design, aft_models[used], &fits->fit[used], error);
    } else if (done && has_bills) {
        refresh->model = renewal_model_name(renewal.model);
        done = tracking_of_bills(refresh, stays_by_bills, &renewal, error);
        predict_by_bills(refresh, &renewal);
    }
    for (int i = 0; i < MODELS; i++)
        free(fits->losses[i]);
    free(fits);
    return done;
}
