/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits and curves into the database, and fits out of it again. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/worker/value.h"

#define NUMBER_BYTES 32
#define LIST_BYTES   (FIT_PARAMETERS * FIT_PARAMETERS * 26 + 3)

/* As PostgreSQL reads and writes a double precision, to the last bit. */
static const char *number(char *dst, size_t size, double value)
{
    if (isfinite(value))
        snprintf(dst, size, "%.17g", value);
    else
        snprintf(dst, size, "%s", isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return dst;
}

static void put_list(char *dst, size_t size, const double *values, size_t count)
{
    char one[NUMBER_BYTES];
    dst[0] = '\0';
    text_append(dst, size, "{");
    for (size_t i = 0; i < count; i++)
        text_append(dst, size, "%s%s", i ? "," : "", number(one, sizeof one, values[i]));
    text_append(dst, size, "}");
}

/* The four texts that every row of a fit begins with, and its day. */
struct key {
    char gym[24], dataset[24], day[16];
};

static void put_key(struct key *key, const struct value_dataset *dataset, int32_t day)
{
    snprintf(key->gym, sizeof key->gym, "%" PRId64, dataset->gym_id);
    snprintf(key->dataset, sizeof key->dataset, "%" PRId64, dataset->dataset_id);
    date_format_iso(key->day, sizeof key->day, day);
}

struct holdout {
    char from[16], figures[4][NUMBER_BYTES];
    const char *texts[5]; /* NULL: not held out, or no such figure */
};

static void put_holdout(struct holdout *holdout, const struct value_fit *about)
{
    const struct measure *measure = about->holdout;
    memset(holdout, 0, sizeof *holdout);
    if (!measure || about->holdout_from == DATE_NONE)
        return;
    const double figures[] = {measure->auc, measure->log_loss, measure->calibration_error,
                              measure->worst_tenth};
    date_format_iso(holdout->from, sizeof holdout->from, about->holdout_from);
    holdout->texts[0] = holdout->from;
    for (int i = 0; i < 4; i++)
        if (isfinite(figures[i]))
            holdout->texts[i + 1] = number(holdout->figures[i], NUMBER_BYTES, figures[i]);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

bool value_store_fit(struct bulk *bulk, const struct value_dataset *dataset,
                     const struct value_fit *about, const struct fit *fit, struct error *error)
{
    struct key key;
    struct holdout holdout;
    char names[2048] = "{", estimates[FIT_PARAMETERS * 26 + 3], errors[FIT_PARAMETERS * 26 + 3];
    char likelihood[NUMBER_BYTES], observations[24], iterations[16];
    double square[FIT_PARAMETERS * FIT_PARAMETERS];
    size_t count = (size_t)fit->count;
    char *covariance = malloc(LIST_BYTES);
    if (!covariance)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    put_key(&key, dataset, about->fitted_on);
    put_holdout(&holdout, about);
    for (size_t i = 0; i < count; i++) {
        text_append(names, sizeof names, "%s\"%s\"", i ? "," : "", fit->name[i]);
        for (size_t j = 0; j < count; j++)
            square[i * count + j] = fit->covariance[i][j];
    }
    text_append(names, sizeof names, "}");
    put_list(estimates, sizeof estimates, fit->value, count);
    put_list(errors, sizeof errors, fit->standard_error, count);
    put_list(covariance, LIST_BYTES, square, count * count);
    snprintf(observations, sizeof observations, "%zu", fit->observations);
    snprintf(iterations, sizeof iterations, "%d", fit->iterations);
    const char *const values[] = {
        key.gym,
        key.dataset,
        about->purpose,
        about->model,
        or_empty(about->subject),
        names,
        estimates,
        errors,
        covariance,
        isfinite(fit->log_likelihood) ? number(likelihood, sizeof likelihood, fit->log_likelihood)
                                      : NULL,
        observations,
        iterations,
        or_empty(about->time_unit),
        about->in_use ? "true" : "false",
        key.day,
        holdout.texts[0],
        holdout.texts[1],
        holdout.texts[2],
        holdout.texts[3],
        holdout.texts[4],
    };
    bool done = bulk_named(bulk, "value_store_fit", sizeof values / sizeof values[0], values, NULL,
                           0, error);
    free(covariance);
    return done;
}

bool value_store_failure(struct bulk *bulk, const struct value_dataset *dataset,
                         const struct value_fit *about, const struct error *why,
                         struct error *error)
{
    struct key key;
    char reason[520];
    put_key(&key, dataset, about->fitted_on);
    snprintf(reason, sizeof reason, "%s", why->message);
    const char *const values[] = {key.gym,
                                  key.dataset,
                                  about->purpose,
                                  about->model,
                                  or_empty(about->subject),
                                  or_empty(about->time_unit),
                                  key.day,
                                  reason};
    return bulk_named(bulk, "value_store_failure", sizeof values / sizeof values[0], values, NULL,
                      0, error);
}

bool value_store_test(struct bulk *bulk, const struct value_dataset *dataset, const char *subject,
                      int32_t fitted_on, const struct survival_test *test, size_t observations,
                      struct error *error)
{
    const struct value_fit about = {
        .purpose = "test", .model = "log-rank", .subject = subject, .fitted_on = fitted_on};
    const struct fit fit = {.count = 3,
                            .name = {"chi_square", "degrees", "p_value"},
                            .value = {test->chi_square, test->degrees, test->p_value},
                            .log_likelihood = NAN,
                            .converged = true,
                            .observations = observations};
    return value_store_fit(bulk, dataset, &about, &fit, error);
}

bool value_load_fit(struct bulk *bulk, const struct value_dataset *dataset, const char *purpose,
                    const char *model, const char *subject, const char *const *names, int count,
                    struct fit *fit, struct error *error)
{
    struct key key;
    char width[16];
    char *text = malloc(LIST_BYTES + 2048);
    if (!text)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    put_key(&key, dataset, 0);
    snprintf(width, sizeof width, "%d", count);
    const char *const values[] = {key.dataset, purpose, model, subject, width};
    bool done = count <= FIT_PARAMETERS &&
                bulk_named(bulk, "value_load_fit", 5, values, text, LIST_BYTES + 2048, error);
    if (done) {
        char *at = text;
        *fit = (struct fit){.count = (int)strtol(at, &at, 10), .converged = true};
        fit->log_likelihood = strtod(at, &at);
        fit->observations = (size_t)strtoull(at, &at, 10);
        fit->iterations = (int)strtol(at, &at, 10);
        for (int i = 0; i < count; i++) {
            fit->name[i] = names[i];
            fit->value[i] = strtod(at, &at);
        }
        for (int i = 0; i < count; i++)
            fit->standard_error[i] = strtod(at, &at);
        for (int i = 0; i < count * count; i++)
            fit->covariance[i / count][i % count] = strtod(at, &at);
    }
    free(text);
    return done;
}

/* ---- Curves ---- */

static bool remove_series(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                          const char *series, struct error *error)
{
    struct key key;
    put_key(&key, dataset, 0);
    const char *const values[] = {key.dataset, curve, series};
    return bulk_named(bulk, "value_remove_series", 3, values, NULL, 0, error);
}

bool value_remove_curve(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        struct error *error)
{
    return remove_series(bulk, dataset, curve, NULL, error);
}

static void put_or_null(struct bulk *bulk, double value)
{
    if (isfinite(value))
        bulk_float8(bulk, value);
    else
        bulk_null(bulk);
}

bool value_store_points(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        const char *series, const struct value_point *points, size_t count,
                        struct error *error)
{
    if (!remove_series(bulk, dataset, curve, series, error) ||
        !bulk_begin(bulk, "clv.curve_point (gym_id, dataset_id, curve, series, x, y, low, high, n)",
                    error))
        return false;
    for (size_t i = 0; i < count; i++) {
        bulk_row(bulk, 9);
        bulk_int64(bulk, dataset->gym_id);
        bulk_int64(bulk, dataset->dataset_id);
        bulk_text_field(bulk, curve);
        bulk_text_field(bulk, series);
        bulk_float8(bulk, points[i].x);
        bulk_float8(bulk, points[i].y);
        put_or_null(bulk, points[i].low);
        put_or_null(bulk, points[i].high);
        if (points[i].n < 0)
            bulk_null(bulk);
        else
            bulk_int64(bulk, points[i].n);
    }
    return bulk_end(bulk, NULL, error);
}

#define MOST_MONTHS 600

bool value_store_survival(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                          const char *series, const struct survival_times *times,
                          struct error *error)
{
    struct survival_curve km;
    int64_t staying[MOST_MONTHS + 1] = {0}; /* whose time ends in this month; then at risk */
    int months = 0;
    if (!survival_kaplan_meier(times, &km, error))
        return false;
    for (size_t i = 0; i < times->count; i++) {
        int month = (int)fmin(times->time[i] / VALUE_DAYS_A_MONTH, MOST_MONTHS - 1);
        staying[month]++;
        months = month > months ? month : months;
    }
    for (int month = months - 1; month >= 0; month--)
        staying[month] += staying[month + 1];
    struct value_point points[MOST_MONTHS + 1];
    for (int month = 0; month <= months; month++) {
        const struct survival_point *at = survival_at(&km, month * VALUE_DAYS_A_MONTH);
        points[month] = (struct value_point){.x = month,
                                             .y = at ? at->survival : 1,
                                             .low = at ? at->low : 1,
                                             .high = at ? at->high : 1,
                                             .n = staying[month]};
    }
    survival_curve_free(&km);
    return value_store_points(bulk, dataset, curve, series, points, (size_t)months + 1, error);
}

bool value_store_calibration(struct bulk *bulk, const struct value_dataset *dataset,
                             const char *model, const struct measure *measure, struct error *error)
{
    struct value_point points[MEASURE_BINS];
    size_t count = 0;
    for (int i = 0; i < MEASURE_BINS; i++) {
        const struct measure_bin *bin = &measure->bins[i];
        if (bin->count == 0 || (count > 0 && !(bin->predicted > points[count - 1].x)))
            continue; /* bins of the same prediction say the same */
        struct value_point *point = &points[count++];
        *point =
            (struct value_point){.x = bin->predicted, .y = bin->happened, .n = (int64_t)bin->count};
        measure_wilson(bin->happened * (double)bin->count, (double)bin->count, &point->low,
                       &point->high);
    }
    return value_store_points(bulk, dataset, "calibration", model, points, count, error);
}
