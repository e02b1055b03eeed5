/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits and curves into the database, each by itself, and fits out of it again. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gymtui/worker/value.h"

#define LIST_BYTES (FIT_PARAMETERS * FIT_PARAMETERS * 26 + 3)

bool value_load_fit(struct bulk *bulk, const struct value_dataset *dataset, const char *purpose,
                    const char *model, const char *subject, const char *const *names, int count,
                    struct fit *fit, struct error *error)
{
    char key[24], width[16];
    char *text = malloc(LIST_BYTES + 2048);
    if (!text)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    snprintf(key, sizeof key, "%" PRId64, dataset->dataset_id);
    snprintf(width, sizeof width, "%d", count);
    const char *const values[] = {key, purpose, model, subject, width};
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

#define MOST_MONTHS 600

bool value_book_survival(struct value_book *book, const char *curve, const char *series,
                         const struct survival_times *times, struct error *error)
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
    value_book_points(book, curve, series, points, (size_t)months + 1);
    return true;
}

void value_book_calibration(struct value_book *book, const char *model,
                            const struct measure *measure)
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
    value_book_points(book, "calibration", model, points, count);
}

/* ---- Each by itself ---- */

/* Stores the book and frees it, which may be NULL. */
static bool store_and_free(struct value_book *book, struct bulk *bulk, struct error *error)
{
    bool done = book && value_book_store(book, bulk, error);
    value_book_free(book);
    return done;
}

bool value_store_fit(struct bulk *bulk, const struct value_dataset *dataset,
                     const struct value_fit *about, const struct fit *fit, struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_fit(book, about, fit);
    return store_and_free(book, bulk, error);
}

bool value_store_failure(struct bulk *bulk, const struct value_dataset *dataset,
                         const struct value_fit *about, const struct error *why,
                         struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_failure(book, about, why);
    return store_and_free(book, bulk, error);
}

bool value_store_test(struct bulk *bulk, const struct value_dataset *dataset, const char *subject,
                      int32_t fitted_on, const struct survival_test *test, size_t observations,
                      struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_test(book, subject, fitted_on, test, observations);
    return store_and_free(book, bulk, error);
}

bool value_store_points(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        const char *series, const struct value_point *points, size_t count,
                        struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_points(book, curve, series, points, count);
    return store_and_free(book, bulk, error);
}

bool value_remove_curve(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                        struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_drop_curve(book, curve);
    return store_and_free(book, bulk, error);
}

bool value_store_survival(struct bulk *bulk, const struct value_dataset *dataset, const char *curve,
                          const char *series, const struct survival_times *times,
                          struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book && !value_book_survival(book, curve, series, times, error)) {
        value_book_free(book);
        return false;
    }
    return store_and_free(book, bulk, error);
}

bool value_store_calibration(struct bulk *bulk, const struct value_dataset *dataset,
                             const char *model, const struct measure *measure, struct error *error)
{
    struct value_book *book = value_book_new(dataset, error);
    if (book)
        value_book_calibration(book, model, measure);
    return store_and_free(book, bulk, error);
}
