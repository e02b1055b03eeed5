/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fits and curves kept in books: what was gathered is stored as it was said, in place of what was
 * there before of the same name and of nothing else; a fit that fails keeps the last good one.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/worker/value.h"
#include "support.h"

#define DAY 20000 /* 2024-10-04 */

static struct error error;
static struct bulk *bulk;
static struct value_dataset dataset = {.gym_id = 1};

static int begin(void **state)
{
    (void)state;
    test_cluster_start();
    dataset.dataset_id =
        test_number(test_superuser(), "INSERT INTO clv.dataset (gym_id, name, kind, source) VALUES "
                                      "(1, 'a book', 'import', 'a test') RETURNING dataset_id");
    bulk = bulk_open(test_admin(), &error);
    return bulk ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    bulk_close(bulk);
    return 0;
}

static struct value_book *new_book(void)
{
    struct value_book *book = value_book_new(&dataset, &error);
    assert_non_null(book);
    return book;
}

static void store(struct value_book *book)
{
    if (!value_book_store(book, bulk, &error) || !bulk_commit(bulk, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    value_book_free(book);
}

static struct fit fit_of(double first, double second)
{
    struct fit fit = {.count = 2,
                      .name = {"alpha", "the \"other\" \\ one"},
                      .value = {first, second},
                      .standard_error = {.1, INFINITY},
                      .log_likelihood = -12.5,
                      .iterations = 7,
                      .observations = 42};
    fit.covariance[0][0] = .01;
    fit.covariance[0][1] = fit.covariance[1][0] = 1. / 3;
    fit.covariance[1][1] = 2;
    return fit;
}

static struct value_fit about_of(const char *model, bool in_use)
{
    return (struct value_fit){.purpose = "renewal",
                              .model = model,
                              .subject = "3 months, \"so\" to say",
                              .time_unit = "terms",
                              .fitted_on = DAY,
                              .in_use = in_use,
                              .holdout_from = DATE_NONE};
}

static const char *figures_of(const char *model)
{
    return test_text(test_superuser(),
                     "SELECT concat_ws(' ', estimates, in_use, observations, failure) FROM "
                     "clv.model_fit WHERE dataset_id = %lld AND model = '%s'",
                     (long long)dataset.dataset_id, model);
}

static void a_fit_comes_back_to_the_last_bit(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha", "beta"};
    const struct fit fit = fit_of(1. / 3, 2e-300);
    const struct value_fit about = about_of("sBG", true);
    struct value_book *book = new_book();
    struct fit again;
    value_book_fit(book, &about, &fit);
    store(book);
    assert_true(
        value_load_fit(bulk, &dataset, "renewal", "sBG", about.subject, names, 2, &again, &error));
    assert_memory_equal(again.value, fit.value, 2 * sizeof(double));
    assert_memory_equal(again.standard_error, fit.standard_error, 2 * sizeof(double));
    assert_memory_equal(again.covariance[0], fit.covariance[0], 2 * sizeof(double));
    assert_memory_equal(again.covariance[1], fit.covariance[1], 2 * sizeof(double));
    assert_int_equal(again.observations, 42);
    assert_int_equal(again.iterations, 7);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT parameters[2] || '/' || fitted_on || '/' || "
                                  "coalesce(auc::text, 'none') FROM clv.model_fit WHERE "
                                  "dataset_id = %lld",
                                  (long long)dataset.dataset_id),
                        "the \"other\" \\ one/2024-10-04/none");
}

/* Of two that were there one fails and the other comes into use: the first keeps its figures. */
static void a_failure_keeps_the_last_good_fit_out_of_use(void **state)
{
    (void)state;
    const struct fit old = fit_of(1, 2), new = fit_of(3, 4);
    const struct value_fit sbg = about_of("sBG", true), geometric = about_of("geometric", false),
                           geometric_now = about_of("geometric", true);
    struct error why;
    struct value_book *book = new_book();
    value_book_fit(book, &sbg, &old);
    value_book_fit(book, &geometric, &old);
    store(book);
    assert_string_equal(figures_of("sBG"), "{1,2} t 42 ");
    assert_string_equal(figures_of("geometric"), "{1,2} f 42 ");
    error_set(&why, ERROR_INPUT, NULL, "alpha went to \"1e9\"");
    book = new_book();
    value_book_failure(book, &sbg, &why);
    value_book_fit(book, &geometric_now, &new);
    store(book);
    assert_string_equal(figures_of("sBG"), "{1,2} f 42 alpha went to \"1e9\"");
    assert_string_equal(figures_of("geometric"), "{3,4} t 42 ");
    book = new_book();
    value_book_fit(book, &sbg, &new);
    store(book);
    assert_string_equal(figures_of("sBG"), "{3,4} t 42 ");
    assert_string_equal(figures_of("geometric"), "{3,4} f 42 ");
}

static const char *curves(void)
{
    return test_text(test_superuser(),
                     "SELECT string_agg(curve || '/' || series || ' ' || x || ' ' || y || "
                     "coalesce(' n' || n, '') || coalesce(' low' || low, ''), '; ' ORDER BY curve, "
                     "series, x) FROM clv.curve_point WHERE dataset_id = %lld",
                     (long long)dataset.dataset_id);
}

static void a_series_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    const struct value_point first[] = {{0, 1, .5, 1, 9}, {1, .25, NAN, NAN, -1}},
                             second[] = {{0, .75, NAN, NAN, -1}};
    struct value_book *book = new_book();
    value_book_points(book, "survival", "all", first, 2);
    value_book_points(book, "survival by plan", "Gold", second, 1);
    value_book_points(book, "survival by plan", "Silver", second, 1);
    store(book);
    assert_string_equal(curves(), "survival/all 0 1 n9 low0.5; survival/all 1 0.25; survival by "
                                  "plan/Gold 0 0.75; survival by plan/Silver 0 0.75");
    book = new_book();
    value_book_points(book, "survival", "all", second, 1);
    value_book_drop_curve(book, "survival by plan");
    value_book_points(book, "survival by plan", "Gold", first, 1);
    store(book);
    assert_string_equal(curves(), "survival/all 0 0.75; survival by plan/Gold 0 1 n9 low0.5");
    book = new_book();
    value_book_drop_curve(book, "survival by plan");
    store(book);
    assert_string_equal(curves(), "survival/all 0 0.75");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fit_comes_back_to_the_last_bit),
        cmocka_unit_test(a_failure_keeps_the_last_good_fit_out_of_use),
        cmocka_unit_test(a_series_takes_the_place_of_the_one_before),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
