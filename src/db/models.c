/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/models.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "lane.h"

static struct parameters of_dataset(int64_t dataset_id)
{
    struct parameters parameters = {0};
    parameters_id(&parameters, dataset_id);
    return parameters;
}

/* A number of floating point that may be NULL, or not be one. */
static double read_figure(struct row *row)
{
    bool is_null = row_is_null(row);
    struct row peek = *row;
    const char *text = row_raw(&peek);
    bool is_number = isdigit((unsigned char)text[*text == '-']) != 0;
    double value = row_number(row);
    return is_null || !is_number ? NAN : value;
}

/* ---- Fits ---- */

static void read_fit(struct row *row, struct models_fit *fit)
{
    row_text(row, fit->purpose, sizeof fit->purpose);
    row_text(row, fit->model, sizeof fit->model);
    row_text(row, fit->subject, sizeof fit->subject);
    row_text(row, fit->time_unit, sizeof fit->time_unit);
    fit->log_likelihood = read_figure(row);
    fit->observations = row_integer(row);
    fit->iterations = row_int(row);
    fit->in_use = row_bool(row);
    fit->fitted_on = row_date(row);
    fit->holdout_from = row_date(row);
    fit->auc = read_figure(row);
    fit->log_loss = read_figure(row);
    fit->calibration_error = read_figure(row);
    fit->worst_tenth = read_figure(row);
    fit->failed_on = row_date(row);
    row_text(row, fit->failure, sizeof fit->failure);
}

/* The rows of both statements are matched by the fit's number. */
static void read_parameters(const PGresult *result, int64_t fit_id, struct models_fit *fit)
{
    for (struct row row = row_first(result); row_exists(&row); row_next(&row)) {
        if (row_integer(&row) != fit_id || fit->parameter_count == MODELS_PARAMETERS)
            continue;
        struct models_parameter *parameter = &fit->parameters[fit->parameter_count++];
        row_text(&row, parameter->name, sizeof parameter->name);
        parameter->estimate = read_figure(&row);
        parameter->standard_error = read_figure(&row);
    }
}

static void deliver_fits(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    models_fits_fn *on_reply = (models_fits_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct models_fit *fits = rows_allocate(PQntuples(results[0]), sizeof *fits);
    int count = 0;
    for (struct row row = row_first(results[0]); fits && row_exists(&row); row_next(&row)) {
        int64_t fit_id = row_integer(&row);
        read_fit(&row, &fits[count]);
        read_parameters(results[1], fit_id, &fits[count++]);
    }
    on_reply(call->owner, fits, count, NULL);
    free(fits);
}

void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply, void *owner)
{
    static const char *const names[] = {"models_fits", "models_fits_parameters", NULL};
    struct parameters parameters = of_dataset(dataset_id);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_fits,
               (call_reply_fn *)on_reply, owner);
}

/* ---- Curves ---- */

static void deliver_curve(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    models_curve_fn *on_reply = (models_curve_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct models_curve curve = {0};
    struct models_point *points = rows_allocate(PQntuples(results[0]), sizeof *points);
    struct models_series *series = NULL;
    for (struct row row = row_first(results[0]); points && row_exists(&row); row_next(&row)) {
        char name[sizeof series->name];
        row_text(&row, name, sizeof name);
        if (!series || strcmp(series->name, name) != 0) {
            if (curve.series_count == MODELS_SERIES)
                break;
            struct models_point *from =
                series ? points + (series->points - points) + series->count : points;
            series = &curve.series[curve.series_count++];
            memcpy(series->name, name, sizeof name);
            series->points = from;
        }
        struct models_point *point = points + (series->points - points) + series->count++;
        point->x = row_number(&row);
        point->y = read_figure(&row);
        point->low = read_figure(&row);
        point->high = read_figure(&row);
        point->n = row_integer(&row);
    }
    on_reply(call->owner, &curve, NULL);
    free(points);
}

void models_curve(struct db *db, int64_t dataset_id, const char *curve, models_curve_fn *on_reply,
                  void *owner)
{
    struct parameters parameters = of_dataset(dataset_id);
    parameters_text(&parameters, curve);
    call_one(db, DB_BROWSE, CALL_READ, "models_curve", &parameters, deliver_curve,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Value ---- */

enum {
    VALUE_FIGURES,
    VALUE_BUCKETS,
    VALUE_SEGMENTS,
    VALUE_PACKAGES,
    VALUE_TYPES,
    VALUE_TOP,
    VALUE_BOTTOM
};

static void read_figures(const PGresult *result, struct models_value *value)
{
    struct row row = row_first(result);
    value->customers = row_integer(&row);
    value->gone = row_integer(&row);
    value->as_of = row_date(&row);
    row_text(&row, value->currency, sizeof value->currency);
    row_text(&row, value->model, sizeof value->model);
    value->models = row_int(&row);
    value->total = row_number(&row);
    value->gone_total = row_number(&row);
    value->mean = read_figure(&row);
    value->median = read_figure(&row);
    value->lower_quartile = read_figure(&row);
    value->upper_quartile = read_figure(&row);
    value->tenth_share = read_figure(&row);
}

static void read_buckets(const PGresult *result, struct models_value *value)
{
    for (struct row row = row_first(result);
         row_exists(&row) && value->bucket_count < MODELS_BUCKETS; row_next(&row)) {
        struct models_bucket *bucket = &value->buckets[value->bucket_count++];
        int place = row_int(&row);
        double step = row_number(&row);
        bucket->customers = row_integer(&row);
        bucket->from = place * step;
        bucket->to = (place + 1) * step;
    }
    if (value->bucket_count > 0)
        value->buckets[value->bucket_count - 1].to = INFINITY;
}

static int read_groups(const PGresult *result, struct models_group groups[MODELS_GROUPS])
{
    int count = 0;
    for (struct row row = row_first(result); row_exists(&row) && count < MODELS_GROUPS;
         row_next(&row)) {
        struct models_group *group = &groups[count++];
        row_text(&row, group->name, sizeof group->name);
        group->customers = row_integer(&row);
        group->total = row_number(&row);
        group->mean = row_number(&row);
    }
    return count;
}

static int read_customers(const PGresult *result, struct models_customer customers[MODELS_ENDS])
{
    int count = 0;
    for (struct row row = row_first(result); row_exists(&row) && count < MODELS_ENDS;
         row_next(&row)) {
        struct models_customer *customer = &customers[count++];
        customer->customer_id = row_integer(&row);
        row_text(&row, customer->name, sizeof customer->name);
        row_text(&row, customer->type, sizeof customer->type);
        row_text(&row, customer->segment, sizeof customer->segment);
        row_text(&row, customer->model, sizeof customer->model);
        customer->clv = row_number(&row);
        customer->low = read_figure(&row);
        customer->high = read_figure(&row);
        customer->p_stay = read_figure(&row);
    }
    return count;
}

static void deliver_value(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    models_value_fn *on_reply = (models_value_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct models_value value = {0};
    read_figures(results[VALUE_FIGURES], &value);
    read_buckets(results[VALUE_BUCKETS], &value);
    value.segment_count = read_groups(results[VALUE_SEGMENTS], value.segments);
    value.package_count = read_groups(results[VALUE_PACKAGES], value.packages);
    value.type_count = read_groups(results[VALUE_TYPES], value.types);
    value.top_count = read_customers(results[VALUE_TOP], value.top);
    value.bottom_count = read_customers(results[VALUE_BOTTOM], value.bottom);
    on_reply(call->owner, &value, NULL);
}

void models_value(struct db *db, int64_t dataset_id, models_value_fn *on_reply, void *owner)
{
    static const char *const names[] = {"models_value_figures",  "models_value_buckets",
                                        "models_value_segments", "models_value_packages",
                                        "models_value_types",    "models_value_top",
                                        "models_value_bottom",   NULL};
    struct parameters parameters = of_dataset(dataset_id);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_value,
               (call_reply_fn *)on_reply, owner);
}

/* ---- Cohorts ---- */

/* Whole months until the last of a month's joiners has been seen k months later. */
static int months_observed(int32_t month, int32_t as_of)
{
    int32_t last = date_add_months(month, 1, 0) - 1;
    int months = 0;
    while (months < MODELS_MONTHS && date_add_months(last, months + 1, 31) <= as_of)
        months++;
    return last <= as_of ? months : 0;
}

static void read_cohorts(const PGresult *result, struct models_cohorts *cohorts)
{
    struct models_cohort *cohort = NULL;
    for (struct row row = row_first(result); row_exists(&row); row_next(&row)) {
        cohorts->as_of = row_date(&row);
        int32_t month = row_date(&row);
        if (!cohort || cohort->month != month) {
            if (cohorts->count == MODELS_COHORTS)
                return;
            cohort = &cohorts->cohorts[cohorts->count++];
            cohort->month = month;
            cohort->observed = months_observed(month, cohorts->as_of);
        }
        bool is_there = row_is_null(&row);
        int stayed = row_int(&row);
        int64_t customers = row_integer(&row);
        cohort->size += customers;
        for (int k = 0; k <= cohort->observed && (is_there || k <= stayed); k++)
            cohort->there[k] += customers;
    }
}

static void deliver_cohorts(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    models_cohorts_fn *on_reply = (models_cohorts_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct models_cohorts cohorts = {.as_of = DATE_NONE};
    read_cohorts(results[0], &cohorts);
    on_reply(call->owner, &cohorts, NULL);
}

void models_cohorts(struct db *db, int64_t dataset_id, models_cohorts_fn *on_reply, void *owner)
{
    struct parameters parameters = of_dataset(dataset_id);
    call_one(db, DB_BROWSE, CALL_READ, "models_cohorts", &parameters, deliver_cohorts,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Occupancy ---- */

static void deliver_occupancy(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    models_occupancy_fn *on_reply = (models_occupancy_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct models_occupancy occupancy = {0};
    for (struct row row = row_first(results[0]); row_exists(&row); row_next(&row)) {
        int hour = row_int(&row);
        if (hour < 0 || hour > 23)
            continue;
        bool to_come = row_is_null(&row);
        int inside = row_int(&row);
        double before = row_number(&row);
        occupancy.weeks = row_int(&row);
        occupancy.weekday = row_int(&row);
        occupancy.capacity = row_int(&row);
        occupancy.today[hour] = to_come ? -1 : inside;
        occupancy.usual[hour] = occupancy.weeks > 0 ? before / occupancy.weeks : 0;
    }
    on_reply(call->owner, &occupancy, NULL);
}

void models_occupancy(struct db *db, models_occupancy_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "models_occupancy", NULL, deliver_occupancy,
             (call_reply_fn *)on_reply, owner);
}
