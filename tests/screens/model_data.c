/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model_data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "office_data.h"

#define MONTHS 37

/* Shares that fall by `rate` a month, and by `first` once after the first. */
static struct models_series stay(const char *name, double first, double rate, int64_t n,
                                 struct models_point *points)
{
    struct models_series series = {.points = points, .count = MONTHS};
    snprintf(series.name, sizeof series.name, "%s", name);
    for (int i = 0; i < MONTHS; i++) {
        double share = (i > 0 ? 1 - first : 1) * exp(-rate * i);
        double wide = 1.2 * sqrt(share * (1 - share) / (double)n);
        points[i] = (struct models_point){i, share, share - wide, share + wide,
                                          (int64_t)((double)n * share)};
    }
    return series;
}

static struct models_curve marks(struct models_point points[2][10])
{
    struct models_curve curve = {.series_count = 2};
    for (int i = 0; i < 10; i++) {
        double p = .05 + .1 * i;
        points[0][i] = (struct models_point){.48 + .04 * i, .2 + .09 * i, NAN, NAN, 84};
        points[1][i] = (struct models_point){p, p + (i % 3 - 1) * .015, NAN, NAN, 84};
    }
    curve.series[0] = (struct models_series){"sBG", points[0], 10};
    curve.series[1] = (struct models_series){"renewal hazard", points[1], 10};
    return curve;
}

static struct models_curve track(struct models_point points[2][40])
{
    struct models_curve curve = {.series_count = 2};
    for (int i = 0; i < 40; i++) {
        points[0][i] = (struct models_point){i, 260.0 * i + 80 * sin(i / 5.0), NAN, NAN, 0};
        points[1][i] = (struct models_point){i, 265.0 * i - .3 * i * i, NAN, NAN, 0};
    }
    curve.series[0] = (struct models_series){"actual", points[0], 40};
    curve.series[1] = (struct models_series){"expected", points[1], 40};
    return curve;
}

const struct models_curve *model_curve_named(const char *name)
{
    static struct models_point points[3][MONTHS], bins[2][10], weeks[2][40];
    static struct models_curve curve;
    curve = (struct models_curve){0};
    if (strcmp(name, "survival") == 0) {
        curve.series[curve.series_count++] = stay("all", .12, .04, 839, points[0]);
    } else if (strcmp(name, "survival by plan") == 0) {
        curve.series[curve.series_count++] = stay("Monthly", .1, .045, 436, points[0]);
        curve.series[curve.series_count++] = stay("Annual", 0, .025, 151, points[1]);
        curve.series[curve.series_count++] = stay("Quarterly", .05, .033, 117, points[2]);
    } else if (strcmp(name, "survival by gender") == 0) {
        curve.series[curve.series_count++] = stay("female", .1, .04, 420, points[0]);
        curve.series[curve.series_count++] = stay("male", .1, .041, 410, points[1]);
    } else if (strcmp(name, "calibration") == 0) {
        curve = marks(bins);
    } else if (strcmp(name, "tracking") == 0) {
        curve = track(weeks);
    }
    return &curve;
}

void model_fill_value(struct models_value *value)
{
    static const int64_t counts[] = {38, 120, 161, 140, 99, 70, 44, 31, 12, 8, 3, 1, 22};
    *value = (struct models_value){
        .customers = 839,
        .gone = 90,
        .as_of = OFFICE_TODAY,
        .currency = "EUR",
        .model = "renewal hazard",
        .models = 1,
        .total = 178412.5,
        .gone_total = 2210,
        .mean = 238.2,
        .median = 187.4,
        .lower_quartile = 102.9,
        .upper_quartile = 301.2,
        .tenth_share = .34,
        .bucket_count = 13,
        .segments = {{"Champions", 109, 61000, 559.6},
                     {"Loyal", 121, 47200, 390.1},
                     {"Potential", 160, 30500, 190.6},
                     {"At Risk", 75, 14800, 197.3},
                     {"Can't Lose", 21, 9100, 433.3},
                     {"Need Attention", 44, 6200, 140.9},
                     {"Hibernating", 130, 5900, 45.4},
                     {"New", 38, 3700, 97.4}},
        .segment_count = 8,
        .packages = {{"Monthly", 436, 78000, 178.9},
                     {"Annual", 151, 68000, 450.3},
                     {"Quarterly", 117, 26100, 223.1},
                     {"学生プラン (students)", 45, 6300, 140.0}},
        .package_count = 4,
        .types = {{"Star", 290, 118000, 406.9},
                  {"Vulnerable", 85, 24900, 292.9},
                  {"Free Rider", 201, 22100, 110.0},
                  {"Lost Cause", 173, 13400, 77.5}},
        .type_count = 4,
        .top_count = MODELS_ENDS,
        .bottom_count = MODELS_ENDS,
    };
    for (int i = 0; i < 13; i++)
        value->buckets[i] =
            (struct models_bucket){50.0 * i, i == 12 ? INFINITY : 50.0 * (i + 1), counts[i]};
    for (int i = 0; i < MODELS_ENDS; i++) {
        double worth = 1240 - 61.0 * i, little = 3 + 2.0 * i;
        value->top[i] = (struct models_customer){.customer_id = 10482 + i,
                                                 .type = "Star",
                                                 .segment = "Champions",
                                                 .model = "renewal hazard",
                                                 .clv = worth,
                                                 .low = worth * .8,
                                                 .high = worth * 1.25,
                                                 .p_stay = .97 - .01 * i};
        snprintf(value->top[i].name, sizeof value->top[i].name, "%.120s",
                 office_members[i % 9].name);
        value->bottom[i] = value->top[i];
        value->bottom[i].clv = little;
        value->bottom[i].low = i == 0 ? NAN : little / 2;
        value->bottom[i].high = little * 3;
        value->bottom[i].p_stay = .04 + .01 * i;
        snprintf(value->bottom[i].segment, sizeof value->bottom[i].segment, "Lost");
    }
}

void model_fill_cohorts(struct models_cohorts *cohorts)
{
    *cohorts = (struct models_cohorts){.as_of = OFFICE_TODAY, .count = MODELS_COHORTS};
    for (int i = 0; i < MODELS_COHORTS; i++) {
        struct models_cohort *cohort = &cohorts->cohorts[i];
        int month = 11 + i; /* December 2024 … November 2026 */
        cohort->month = date_from_civil(2024 + month / 12, month % 12 + 1, 1);
        cohort->size = 30 + i * 7 % 13;
        cohort->observed = i < 23 ? 22 - i : 0;
        for (int k = 0; k <= cohort->observed; k++) {
            double share = (k > 0 ? .9 : 1) * exp(-(i < 12 ? .06 : .045) * k);
            cohort->there[k] = (int64_t)lround((double)cohort->size * share);
        }
    }
}

int model_fill_fits(struct models_fit fits[MODEL_DATA_FITS])
{
    static const struct models_fit hazard = {
        .purpose = "renewal",
        .model = "renewal hazard",
        .time_unit = "months",
        .parameter_count = 5,
        .parameters = {{"gamma 0", -.1204, .031},
                       {"gamma 1", .8411, .044},
                       {"overdue", -.0317, .0021},
                       {"trend", .412, .065},
                       {"odd", 1.5e-5, NAN}},
        .log_likelihood = -2711.4082,
        .observations = 8412,
        .iterations = 7,
        .in_use = true,
        .fitted_on = OFFICE_TODAY - 1,
        .holdout_from = OFFICE_TODAY - 112,
        .auc = .695,
        .log_loss = .311,
        .calibration_error = .014,
        .worst_tenth = .38,
        .failed_on = DATE_NONE,
    };
    fits[0] = hazard;
    fits[1] = hazard;
    fits[2] = hazard;
    fits[3] = hazard;
    fits[4] = hazard;
    struct models_fit *fit = &fits[1]; /* tenure only */
    snprintf(fit->model, sizeof fit->model, "sBG");
    fit->in_use = false;
    fit->auc = .557;
    fit->log_loss = .352;
    fit->parameter_count = 2;
    fit = &fits[2]; /* failed yesterday, the last good one of a month ago */
    snprintf(fit->purpose, sizeof fit->purpose, "visits");
    snprintf(fit->model, sizeof fit->model, "MBG/NBD");
    fit->auc = fit->log_loss = fit->calibration_error = fit->worst_tenth = NAN;
    fit->fitted_on = OFFICE_TODAY - 31;
    fit->failed_on = OFFICE_TODAY - 1;
    snprintf(fit->failure, sizeof fit->failure, "the likelihood has no maximum");
    fit = &fits[3];
    snprintf(fit->purpose, sizeof fit->purpose, "survival");
    snprintf(fit->model, sizeof fit->model, "Weibull");
    fit->auc = fit->log_loss = fit->calibration_error = fit->worst_tenth = NAN;
    fit->parameter_count = 6;
    static const struct models_parameter effects[] = {
        {"intercept", 2.9, .1},
        {"annual instead of monthly", .742, .1},
        {"paying by card instead of transfer", .47, .088},
        {"each 10 years older", .095, .02},
        {"women instead of men", -.03, .05},
        {"sigma", .8, .02},
    };
    memcpy(fit->parameters, effects, sizeof effects);
    fit = &fits[4];
    snprintf(fit->purpose, sizeof fit->purpose, "test");
    snprintf(fit->model, sizeof fit->model, "log-rank");
    snprintf(fit->subject, sizeof fit->subject, "plan");
    fit->in_use = false;
    fit->log_likelihood = fit->auc = fit->log_loss = NAN;
    fit->iterations = 0;
    fit->parameter_count = 3;
    fit->parameters[0] = (struct models_parameter){"chi_square", 31.5, NAN};
    fit->parameters[1] = (struct models_parameter){"degrees", 2, NAN};
    fit->parameters[2] = (struct models_parameter){"p_value", 1.5e-7, NAN};
    return 5;
}

void model_fill_occupancy(struct models_occupancy *occupancy)
{
    static const int usual[24] = {0,  0,  0,  0,  0,  0,  12, 31, 42, 38, 35, 33,
                                  36, 30, 28, 30, 44, 71, 96, 88, 60, 33, 12, 0};
    *occupancy = (struct models_occupancy){.weekday = 5, .capacity = 120, .weeks = 8};
    for (int i = 0; i < 24; i++) {
        occupancy->usual[i] = usual[i] * 1.05;
        occupancy->today[i] = i > 17 ? -1 : usual[i] + (i % 3 - 1) * 4 * (usual[i] > 0);
    }
}
