/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker found out, as pages and reports read it: the gym's own members, an imported
 * dataset, and nothing of another gym. */
#include "gymtui/db/models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "heard.h"
#include "support.h"

#define NEAR              1e-9
#define assert_near(a, b) assert_true(fabs((a) - (b)) <= NEAR)

static struct db *manager, *southern;

/* What the last reply said; `points` holds the curve's. */
static struct {
    bool failed;
    int fit_count;
    struct models_fit fits[16];
    struct models_curve curve;
    struct models_point points[64];
    struct models_value value;
    struct models_cohorts cohorts;
    struct models_occupancy occupancy;
} saw;

static void on_fits(void *owner, const struct models_fit *fits, int count,
                    const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    saw.fit_count = count;
    for (int i = 0; i < count && i < 16; i++)
        saw.fits[i] = fits[i];
}

static void on_curve(void *owner, const struct models_curve *curve, const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (error)
        return;
    saw.curve = *curve;
    int used = 0;
    for (int i = 0; i < curve->series_count; i++) {
        struct models_series *series = &saw.curve.series[i];
        assert_true(used + series->count <= 64);
        memcpy(saw.points + used, series->points, (size_t)series->count * sizeof *saw.points);
        series->points = saw.points + used;
        used += series->count;
    }
}

static void on_value(void *owner, const struct models_value *value, const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (value)
        saw.value = *value;
}

static void on_cohorts(void *owner, const struct models_cohorts *cohorts, const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (cohorts)
        saw.cohorts = *cohorts;
}

static void on_occupancy(void *owner, const struct models_occupancy *occupancy,
                         const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (occupancy)
        saw.occupancy = *occupancy;
}

static void answered(struct db *db)
{
    heard_wait(db);
    assert_false(saw.failed);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    PGconn *su = test_superuser();
    test_run(su, "INSERT INTO clv.dataset (dataset_id, gym_id, name, kind, currency, as_of) VALUES "
                 "(901, 1, 'North', 'gym', '', current_date), "
                 "(902, 1, 'cds', 'import', 'USD', '2020-09-29'), "
                 "(903, 2, 'South', 'gym', '', current_date)");
    test_run(su, "INSERT INTO clv.model_fit (gym_id, dataset_id, purpose, model, subject, "
                 "parameters, estimates, standard_errors, log_likelihood, observations, "
                 "iterations, in_use, fitted_on, auc, failed_at, failure) VALUES "
                 "(1, 901, 'test', 'log-rank', 'plan', '{chi_square,degrees,p_value}', "
                 "'{31.5,2,1.5e-7}', NULL, NULL, 800, NULL, false, '2026-11-01', NULL, NULL, ''), "
                 "(1, 901, 'visits', 'BG/NBD', '', '{r,alpha,a,b}', '{0.25,4.5,NaN,2.5}', "
                 "'{0.01,0.2,NaN,0.4}', -9582.5, 2357, 11, true, '2026-11-01', NULL, "
                 "'2026-11-20 12:00'::timestamp AT TIME ZONE (SELECT time_zone FROM gym.gyms WHERE "
                 "gym_id = 1), 'the likelihood has no maximum'), "
                 "(1, 901, 'visits', 'Pareto/NBD', '', '{r}', '{0.5}', '{0.1}', -9594, 2357, 9, "
                 "false, '2026-11-01', 0.71, NULL, ''), "
                 "(2, 903, 'spend', 'Gamma-Gamma', '', '{p}', '{6}', '{1}', -1, 5, 3, true, "
                 "'2026-11-01', NULL, NULL, '')");
    test_run(su, "INSERT INTO clv.curve_point (gym_id, dataset_id, curve, series, x, y, low, high, "
                 "n) VALUES (1, 901, 'survival by plan', 'Annual', 12, 0.8, 0.7, 0.9, 40), "
                 "(1, 901, 'survival by plan', 'Monthly', 2, 0.5, 0.4, 0.6, 70), "
                 "(1, 901, 'survival by plan', 'Monthly', 1, 0.75, NULL, NULL, 100), "
                 "(1, 901, 'survival', 'all', 1, 0.9, 0.8, 1, 140)");
    /* Ten members are worth 100 to 1,000; the others nothing. */
    test_run(su, "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
                 "predicted_customer_type, p_renew, clv_low, clv_high, model, as_of) "
                 "SELECT 1, c.customer_id, CASE WHEN c.customer_id <= 10010 "
                 "THEN 100 * (c.customer_id - 10000) ELSE 0 END, 39, "
                 "CASE WHEN c.customer_id <= 10005 THEN 'Free Rider' WHEN c.customer_id <= 10008 "
                 "THEN 'Vulnerable' ELSE 'Star' END, 0.8, 10, 2000, "
                 "CASE WHEN c.customer_id = 10001 THEN 'geometric' ELSE 'renewal hazard' END, "
                 "'2026-11-21' FROM gym.customers AS c WHERE c.gym_id = 1");
    test_run(su,
             "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
             "monetary_score, customer_segment, r, f, m, as_of) SELECT 1, customer_id, 1, 1, 1, "
             "CASE WHEN customer_id = 10010 THEN 'Champions' ELSE 'Lost' END, 1, 1, 1, "
             "'2026-11-21' FROM gym.customers WHERE gym_id = 1");
    test_run(su,
             "INSERT INTO clv.dim_customer (customer_id, gym_id, dataset_id, source_key, "
             "first_transaction_date, survival_time, event_observed) VALUES "
             "(1, 1, 902, 'k1', '2020-01-05', 400, false), (2, 1, 902, 'k2', '2020-01-20', 31, "
             "true), (3, 1, 902, 'k3', '2020-01-31', 28, true), (4, 1, 902, 'k4', '2020-03-01', "
             "0, true), (5, 1, 902, 'k5', '2020-06-30', 0, false)");
    /* Away for over 90 days, and back for five; and one of whom nothing is known yet. */
    test_run(su,
             "INSERT INTO clv.dim_customer (customer_id, gym_id, dataset_id, source_key, "
             "first_transaction_date, last_transaction_date, survival_time, event_observed) VALUES "
             "(6, 1, 902, 'k6', '2020-03-01', '2020-09-20', 85, false), "
             "(7, 1, 902, 'k7', '2020-08-01', '2020-08-01', 0, false)");
    test_run(su, "INSERT INTO clv.dim_payment_method (payment_method_id, payment_method_name) "
                 "VALUES (91, 'Cheque')");
    test_run(su, "INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, "
                 "transaction_date, amount) VALUES (1, 6, 91, '2020-03-01', 5), "
                 "(1, 6, 91, '2020-03-10', 5), (1, 6, 91, '2020-06-27', 5), "
                 "(1, 6, 91, '2020-09-20', 5)");
    test_run(su, "INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, "
                 "predicted_customer_type, as_of, model, customer_segment) VALUES "
                 "(1, 1, 64.5, 'Star', '2020-07-01', 'BG/NBD', 'Loyal'), "
                 "(1, 2, 0, 'Lost Cause', '2020-07-01', 'BG/NBD', 'Lost')");
    manager = house_sign_in("north", "mona", TEST_PASSWORD);
    southern = house_sign_in("south", "", TEST_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(manager);
    db_close(southern);
    return 0;
}

static void fits_come_with_their_parameters_and_their_failure(void **state)
{
    (void)state;
    models_fits(manager, 0, on_fits, NULL);
    answered(manager);
    assert_int_equal(saw.fit_count, 3);
    const struct models_fit *fit = &saw.fits[0];
    assert_string_equal(fit->model, "BG/NBD"); /* visits first, the one in use first */
    assert_true(fit->in_use);
    assert_int_equal(fit->parameter_count, 4);
    assert_string_equal(fit->parameters[1].name, "alpha");
    assert_near(fit->parameters[1].estimate, 4.5);
    assert_near(fit->parameters[1].standard_error, 0.2);
    assert_true(isnan(fit->parameters[2].estimate)); /* "NaN" is not zero */
    assert_near(fit->log_likelihood, -9582.5);
    assert_int_equal(fit->observations, 2357);
    assert_int_equal(fit->iterations, 11);
    assert_int_equal(fit->fitted_on, date_from_civil(2026, 11, 1));
    assert_int_equal(fit->holdout_from, DATE_NONE);
    assert_true(isnan(fit->auc));
    assert_int_equal(fit->failed_on, date_from_civil(2026, 11, 20));
    assert_string_equal(fit->failure, "the likelihood has no maximum");
    assert_near(saw.fits[1].auc, 0.71);
    assert_int_equal(saw.fits[1].failed_on, DATE_NONE);
    assert_string_equal(saw.fits[2].subject, "plan");
    assert_true(fabs(models_estimate(&saw.fits[2], "p_value") - 1.5e-7) < 1e-16);
    assert_true(isnan(saw.fits[2].parameters[0].standard_error));
    assert_true(isnan(models_estimate(&saw.fits[2], "q")));
}

static void curves_come_series_by_series(void **state)
{
    (void)state;
    models_curve(manager, 901, "survival by plan", on_curve, NULL);
    answered(manager);
    assert_int_equal(saw.curve.series_count, 2);
    const struct models_series *monthly = &saw.curve.series[0];
    assert_string_equal(monthly->name, "Monthly"); /* the larger group first */
    assert_int_equal(monthly->count, 2);
    assert_near(monthly->points[0].x, 1); /* in the order of x */
    assert_true(isnan(monthly->points[0].low));
    assert_int_equal(monthly->points[1].n, 70);
    assert_near(models_time_at(monthly, 0.5), 2);
    assert_near(models_share_at(monthly, 0.5), 1);
    assert_near(models_share_at(monthly, 1.5), 0.75);
    assert_string_equal(saw.curve.series[1].name, "Annual");
    assert_true(isnan(models_time_at(&saw.curve.series[1], 0.5)));
    models_curve(manager, 0, "survival by gender", on_curve, NULL);
    answered(manager);
    assert_int_equal(saw.curve.series_count, 0);
}

static void value_adds_up(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.member_summary SET ends = current_date + CASE WHEN "
                               "customer_id <= 10010 THEN 10 ELSE -10 END WHERE gym_id = 1");
    test_run(test_superuser(), "UPDATE gym.clv SET clv_value = 7 WHERE customer_id = 10016");
    models_value(manager, 0, on_value, NULL);
    answered(manager);
    const struct models_value *value = &saw.value;
    assert_int_equal(value->customers, 16);
    assert_int_equal(value->gone, 6);
    assert_near(value->total, 5500);
    assert_near(value->gone_total, 7);
    assert_near(value->mean, 550);
    assert_near(value->median, 550);
    assert_near(value->lower_quartile, 325);
    assert_near(value->tenth_share, 1000.0 / 5500);
    assert_string_equal(value->currency, "EUR");
    assert_string_equal(value->model, "renewal hazard");
    assert_int_equal(value->models, 2);
    assert_int_equal(value->as_of, date_from_civil(2026, 11, 21));
    int64_t counted = 0;
    for (int i = 0; i < value->bucket_count; i++)
        counted += value->buckets[i].customers;
    assert_int_equal(counted, 10);
    assert_int_equal(value->bucket_count, 13);
    assert_near(value->buckets[1].from, 100); /* round steps */
    assert_int_equal(value->buckets[0].customers, 0);
    assert_int_equal(value->buckets[1].customers, 1);
    assert_true(isinf(value->buckets[12].to));
    assert_int_equal(value->segment_count, 2);
    assert_string_equal(value->segments[0].name, "Lost");
    assert_int_equal(value->segments[0].customers, 9);
    assert_near(value->segments[1].total, 1000);
    assert_int_equal(value->type_count, 3);
    assert_string_equal(value->types[0].name, "Star");
    assert_int_equal(value->types[0].customers, 2);
    assert_true(value->package_count > 0);
    assert_int_equal(value->top_count, 10);
    assert_int_equal(value->top[0].customer_id, 10010);
    assert_string_equal(value->top[0].name, "Una Usedup");
    assert_string_equal(value->top[0].segment, "Champions");
    assert_near(value->top[0].high, 2000);
    assert_int_equal(value->bottom[0].customer_id, 10001);
    assert_string_equal(value->bottom[0].model, "geometric");
}

static void value_of_an_import_is_its_predictions(void **state)
{
    (void)state;
    models_value(manager, 902, on_value, NULL);
    answered(manager);
    assert_int_equal(saw.value.customers, 2);
    assert_int_equal(saw.value.gone, 1);
    assert_near(saw.value.total, 64.5);
    assert_string_equal(saw.value.currency, "USD");
    assert_string_equal(saw.value.top[0].name, "k1");
    assert_string_equal(saw.value.top[0].segment, "Loyal");
    assert_int_equal(saw.value.package_count, 0);
    models_value(manager, 901, on_value, NULL); /* by its number it is the gym's as well */
    answered(manager);
    assert_int_equal(saw.value.customers, 16);
}

static void cohorts_of_an_import_follow_survival(void **state)
{
    (void)state;
    models_cohorts(manager, 902, on_cohorts, NULL);
    answered(manager);
    /* Who has left by then is known: the silence of 90 days lies behind it. */
    assert_int_equal(saw.cohorts.as_of, date_from_civil(2020, 7, 1));
    assert_int_equal(saw.cohorts.count, 3);
    const struct models_cohort *january = &saw.cohorts.cohorts[0];
    assert_int_equal(january->month, date_from_civil(2020, 1, 1));
    assert_int_equal(january->size, 3);
    assert_int_equal(january->observed, 5); /* who joined on the 31st: 30 June */
    assert_int_equal(january->there[0], 3);
    assert_int_equal(january->there[1], 2); /* 20 Jan + 31 days; not 31 Jan + 28 */
    assert_int_equal(january->there[2], 1);
    assert_int_equal(january->there[5], 1);
    assert_int_equal(saw.cohorts.cohorts[1].there[0], 2); /* one came back after 90 days */
    assert_int_equal(saw.cohorts.cohorts[1].there[1], 0);
    assert_int_equal(saw.cohorts.cohorts[2].observed, 0);
    struct models_point points[MODELS_MONTHS + 1];
    int count = models_retention(&saw.cohorts, 0, 3, points);
    assert_int_equal(count, 6);
    assert_near(points[0].y, 1);
    assert_near(points[1].y, 2.0 / 5);
    assert_near(points[2].y, 2.0 / 5 / 2);
    assert_true(points[1].low > 0 && points[1].low < points[1].y);
    assert_true(points[1].high < 1 && points[1].high > points[1].y);
}

static void cohorts_of_the_gym_follow_its_terms(void **state)
{
    (void)state;
    PGconn *su = test_superuser();
    /* Two who joined on the first of the month a year ago: one with a gap of three months, one
     * whose second term came ten days late. */
    test_run(su, "UPDATE gym.memberships SET term = daterange((date_trunc('month', current_date) - "
                 "interval '12 months')::date, (date_trunc('month', current_date) - interval "
                 "'11 months')::date) WHERE customer_id IN (10001, 10002)");
    test_run(su, "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
                 "anchor_day) VALUES (1, 10001, 1, daterange((date_trunc('month', current_date) - "
                 "interval '8 months')::date, (date_trunc('month', current_date) - interval "
                 "'7 months')::date), 39, 1), (1, 10002, 1, daterange((date_trunc('month', "
                 "current_date) - interval '11 months')::date + 10, (date_trunc('month', "
                 "current_date) - interval '10 months')::date + 10), 39, 11)");
    models_cohorts(manager, 0, on_cohorts, NULL);
    answered(manager);
    const struct models_cohort *first = &saw.cohorts.cohorts[0];
    assert_int_equal(first->size, 2);
    assert_in_range(first->observed, 10, 12);
    assert_int_equal(first->there[0], 2);
    assert_int_equal(first->there[1], 1); /* the gap ended that spell */
    assert_int_equal(first->there[2], 1); /* ten days late are no gap */
    assert_int_equal(first->there[3], 0);
    int64_t members = 0;
    for (int i = 0; i < saw.cohorts.count; i++)
        members += saw.cohorts.cohorts[i].size;
    assert_int_equal(members, 14); /* packs of visits make no member */
}

static void occupancy_is_of_now_and_of_the_same_weekday(void **state)
{
    (void)state;
    PGconn *su = test_superuser();
    test_run(su, "DELETE FROM gym.attendance WHERE gym_id = 1");
    /* One visit from 9 to 11 on the same weekday one and three weeks ago; one since 9 today, where
     * it is about noon. */
    for (int back = 0; back <= 21; back += 7) {
        if (back == 14)
            continue;
        test_run(su,
                 "INSERT INTO gym.attendance (gym_id, home_gym_id, customer_id, check_in, "
                 "check_out, desk) SELECT 1, 1, 10001, at, CASE WHEN %d > 0 THEN at + interval "
                 "'2 hours' END, '1' FROM (SELECT ((now() AT TIME ZONE time_zone)::date - %d + "
                 "time '09:00') AT TIME ZONE time_zone AS at FROM gym.gyms WHERE gym_id = 1) AS t",
                 back, back);
    }
    models_occupancy(manager, on_occupancy, NULL);
    answered(manager);
    assert_int_equal(saw.occupancy.weeks, 3);
    assert_int_equal(saw.occupancy.capacity, 40);
    assert_near(saw.occupancy.usual[9], 2.0 / 3);
    assert_near(saw.occupancy.usual[10], 2.0 / 3);
    assert_near(saw.occupancy.usual[11], 0);
    assert_int_equal(saw.occupancy.today[8], 0);
    assert_int_equal(saw.occupancy.today[9], 1);
    assert_int_equal(saw.occupancy.today[10], 1);
    assert_int_equal(saw.occupancy.today[20], -1);
    assert_int_equal(saw.occupancy.weekday, date_weekday(session_today(manager)));
}

static void nothing_of_another_gym_is_read(void **state)
{
    (void)state;
    models_fits(manager, 903, on_fits, NULL);
    answered(manager);
    assert_int_equal(saw.fit_count, 0);
    models_fits(southern, 0, on_fits, NULL);
    answered(southern);
    assert_int_equal(saw.fit_count, 1);
    models_curve(southern, 901, "survival", on_curve, NULL);
    answered(southern);
    assert_int_equal(saw.curve.series_count, 0);
    models_value(southern, 902, on_value, NULL);
    answered(southern);
    assert_int_equal(saw.value.customers, 0);
    assert_int_equal(saw.value.as_of, DATE_NONE);
    models_value(southern, 0, on_value, NULL);
    answered(southern);
    assert_int_equal(saw.value.customers, 0);
    models_cohorts(southern, 902, on_cohorts, NULL);
    answered(southern);
    assert_int_equal(saw.cohorts.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_come_with_their_parameters_and_their_failure),
        cmocka_unit_test(curves_come_series_by_series),
        cmocka_unit_test(value_adds_up),
        cmocka_unit_test(value_of_an_import_is_its_predictions),
        cmocka_unit_test(cohorts_of_an_import_follow_survival),
        cmocka_unit_test(cohorts_of_the_gym_follow_its_terms),
        cmocka_unit_test(occupancy_is_of_now_and_of_the_same_weekday),
        cmocka_unit_test(nothing_of_another_gym_is_read),
    };
    return cmocka_run_group_tests_name("models", tests, set_up, tear_down);
}
