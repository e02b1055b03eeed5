/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BG/NBD, MBG/NBD and Pareto/NBD against published figures, derivatives, and simulated customers.
 */
#include "gymtui/model/visits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

#include "gymtui/model/pareto.h"
#include "model_support.h"

/* The CDNOW estimates of Fader, Hardie & Lee 2005, in weeks. */
static const struct visits_parameters cdnow = {.243, 4.414, .793, 2.426};
static const struct pareto_parameters cdnow_pareto = {.553, 10.578, .606, 11.669};

static void published_customers_have_their_published_chances(void **state)
{
    (void)state;
    static const struct {
        uint32_t x;
        double t_x, T, alive, expected;
    } rows[] = {
        {2, 30.43, 38.86, .726578570080673, 1.22602817476714},
        {1, 1.71, 38.86, .212100985377379, .203186987079754},
        {7, 29.43, 38.86, .641756345946107, 3.33705327485142},
        {0, 0, 38.86, 1, .195098052011263},
        {200, 38, 40, .0243852313579879, 3.29402731812961},
        {500, 150, 156, 3.30454517331787e-6, 3.68093915730448e-4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_close(visits_p_alive(VISITS_BGNBD, &cdnow, rows[i].x, rows[i].t_x, rows[i].T),
                     rows[i].alive, 1e-9, 0);
        assert_close(visits_expected(VISITS_BGNBD, &cdnow, rows[i].x, rows[i].t_x, rows[i].T, 39),
                     rows[i].expected, 1e-9, 0);
    }
    assert_close(visits_expected_new(VISITS_BGNBD, &cdnow, 1), .0532678911716583, 1e-9, 0);
    assert_close(visits_expected_new(VISITS_BGNBD, &cdnow, 39), 1.19672319332082, 1e-9, 0);
    assert_close(visits_probability(VISITS_BGNBD, &cdnow, 0, 39), .5737864, 1e-6, 0);
}

static void expected_visits_are_smooth_where_a_is_one(void **state)
{
    (void)state;
    struct visits_parameters p = cdnow;
    p.a = 1;
    assert_close(visits_expected(VISITS_BGNBD, &p, 2, 30.43, 38.86, 39), 1.10213678603996, 1e-9, 0);
    for (double off = 1e-3; off > 1e-15; off /= 10) {
        struct visits_parameters below = p, above = p;
        below.a -= off;
        above.a += off;
        double low = visits_expected(VISITS_BGNBD, &above, 2, 30.43, 38.86, 39);
        double high = visits_expected(VISITS_BGNBD, &below, 2, 30.43, 38.86, 39);
        assert_true(low <= 1.10213678603996 + 1e-12 && 1.10213678603996 - 1e-12 <= high);
        assert_close(low, high, 2 * off + 1e-12, 0);
    }
}

static void chances_of_all_counts_add_up(void **state)
{
    (void)state;
    for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
        double sum = 0, mean = 0;
        for (uint32_t x = 0; x < 4000; x++) {
            double p = visits_probability((enum visits_model)model, &cdnow, x, 39);
            assert_true(p >= 0);
            sum += p;
            mean += x * p;
        }
        assert_close(sum, 1, 1e-6, 0);
        assert_close(mean, visits_expected_new((enum visits_model)model, &cdnow, 39), 1e-4, 0);
    }
}

static void pareto_customers_have_their_exact_chances(void **state)
{
    (void)state;
    assert_close(pareto_p_alive(&cdnow_pareto, 2, 30.43, 38.86), .869167559153011, 1e-9, 0);
    assert_close(pareto_expected(&cdnow_pareto, 2, 30.43, 38.86, 39), 1.4551231932576, 1e-9, 0);
    assert_close(pareto_p_alive(&cdnow_pareto, 0, 0, 38.86), .295286604616894, 1e-9, 0);
    assert_close(pareto_expected(&cdnow_pareto, 0, 0, 38.86, 39), .107081468215309, 1e-9, 0);
}

struct bound {
    enum visits_model model;
    const struct visits *visits;
};

static double bg(const void *data, const double *p, double *g, double *h)
{
    const struct bound *bound = data;
    struct visits_parameters q = {p[0], p[1], p[2], p[3]};
    return visits_log_likelihood(bound->model, bound->visits, &q, g, h);
}

static double pareto(const void *data, const double *p, double *g, double *h)
{
    struct pareto_parameters q = {p[0], p[1], p[2], p[3]};
    return pareto_log_likelihood(data, &q, g, h);
}

static const uint32_t few_x[] = {0, 1, 2, 7, 0, 40, 300, 3};
static const double few_t[] = {0, 1.71, 30.43, 29.43, 0, 12, 100, 3};
static const double few_T[] = {38.86, 38.86, 38.86, 38.86, 2, 90, 100.5, 3};

static void derivatives_agree_with_finite_differences(void **state)
{
    (void)state;
    struct visits few = {8, few_x, few_t, few_T};
    static const double places[][4] = {
        {.243, 4.414, .793, 2.426}, {2, 9, 1, 20}, {.9, 1e-2, .05, .3}, {5, 300, 7, .2}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_derivatives(bg, &(struct bound){VISITS_BGNBD, &few}, places[i], 4);
        assert_derivatives(bg, &(struct bound){VISITS_MBGNBD, &few}, places[i], 4);
        assert_derivatives(pareto, &few, places[i], 4);
    }
}

static void simulated_customers_give_their_parameters_back(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(20261121);
    struct fit fit;
    struct error error = {0};
    const double bg_truth[] = {.6, 6, .8, 2.5}, gym_truth[] = {1.2, 6, .7, 18};
    struct drawn_visits d = draw_visits(rng, 20000, .6, 6, .8, 2.5, 0, 30, 60);
    struct visits v = {d.count, d.x, d.t_x, d.T};
    assert_true(visits_fit(VISITS_BGNBD, &v, NULL, &fit, &error));
    assert_recovered(&fit, bg_truth);
    drawn_visits_free(&d);
    d = draw_visits(rng, 20000, 1.2, 6, .7, 18, 1, 30, 900);
    v = (struct visits){d.count, d.x, d.t_x, d.T};
    assert_true(visits_fit(VISITS_MBGNBD, &v, NULL, &fit, &error));
    assert_recovered(&fit, gym_truth);
    drawn_visits_free(&d);
    const double pareto_truth[] = {.6, 10, .7, 12};
    d = draw_pareto(rng, 8000, .6, 10, .7, 12, 30, 60);
    v = (struct visits){d.count, d.x, d.t_x, d.T};
    assert_true(pareto_fit(&v, NULL, &fit, &error));
    assert_recovered(&fit, pareto_truth);
    drawn_visits_free(&d);
    gsl_rng_free(rng);
}

static void days_and_weeks_agree(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(7);
    struct drawn_visits d = draw_visits(rng, 20000, 1.1, 6, .8, 20, 0, 30, 900);
    struct drawn_visits weeks = draw_visits(rng, 20000, 1, 1, 1, 1, 0, 1, 2);
    for (size_t i = 0; i < d.count; i++) {
        d.t_x[i] = fmin(ceil(d.t_x[i]), floor(d.T[i]));
        d.T[i] = floor(d.T[i]);
        weeks.x[i] = d.x[i];
        weeks.t_x[i] = d.t_x[i] / 7;
        weeks.T[i] = d.T[i] / 7;
    }
    struct fit by_day, by_week;
    struct visits v = {d.count, d.x, d.t_x, d.T}, w = {d.count, weeks.x, weeks.t_x, weeks.T};
    for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
        assert_true(visits_fit((enum visits_model)model, &v, NULL, &by_day, NULL));
        assert_true(visits_fit((enum visits_model)model, &w, NULL, &by_week, NULL));
        for (int i = 0; i < 4; i++)
            assert_close(by_day.value[i] / (i == 1 ? 7 : 1), by_week.value[i], 1e-6, 0);
    }
    drawn_visits_free(&d);
    drawn_visits_free(&weeks);
    gsl_rng_free(rng);
}

static void chances_stay_finite_for_any_history(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(3);
    for (int i = 0; i < 20000; i++) {
        struct visits_parameters p = {
            exp(gsl_rng_uniform(rng) * 16 - 8), exp(gsl_rng_uniform(rng) * 20 - 8),
            exp(gsl_rng_uniform(rng) * 16 - 8), exp(gsl_rng_uniform(rng) * 16 - 8)};
        if (i % 4 == 0)
            p.a = 1 + (gsl_rng_uniform(rng) - .5) * pow(10, -(double)(i % 17));
        uint32_t x = (uint32_t)gsl_rng_uniform_int(rng, i % 3 ? 10 : 1000);
        double T = 1 + gsl_rng_uniform(rng) * 2000, t_x = x ? T * gsl_rng_uniform(rng) : 0;
        double t = 1 + gsl_rng_uniform(rng) * 400;
        for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
            double alive = visits_p_alive((enum visits_model)model, &p, x, t_x, T);
            double expected = visits_expected((enum visits_model)model, &p, x, t_x, T, t);
            if (!(alive >= 0 && alive <= 1) || !isfinite(expected) || expected < -1e-9)
                fail_msg("model %d, r %g alpha %g a %.17g b %g, x %u t_x %g T %g t %g: %g %g",
                         model, p.r, p.alpha, p.a, p.b, x, t_x, T, t, alive, expected);
        }
        struct pareto_parameters q = {p.r, p.alpha, p.a, p.b};
        if (i % 10 == 0) {
            double alive = pareto_p_alive(&q, x, t_x, T);
            double expected = pareto_expected(&q, x, t_x, T, t);
            if (!(alive >= 0 && alive <= 1) || !isfinite(expected) || expected < 0)
                fail_msg("r %g alpha %g s %g beta %g, x %u t_x %g T %g: %g %g", q.r, q.alpha, q.s,
                         q.beta, x, t_x, T, alive, expected);
        }
    }
    gsl_rng_free(rng);
}

static void data_that_cannot_be_fitted_are_errors_with_a_name(void **state)
{
    (void)state;
    struct fit fit;
    struct error error = {0};
    uint32_t zero[] = {0, 0, 0}, same[] = {4, 4, 4, 4};
    double none[] = {0, 0, 0}, T[] = {10, 20, 30}, at[] = {9, 9, 9, 9}, end[] = {10, 10, 10, 10};
    assert_false(visits_fit(VISITS_BGNBD, &(struct visits){3, zero, none, T}, NULL, &fit, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    error_clear(&error);
    assert_false(
        visits_fit(VISITS_BGNBD, &(struct visits){0, NULL, NULL, NULL}, NULL, &fit, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    /* One customer, and customers all alike: figures that are finite, or an error that says so. */
    for (size_t count = 1; count <= 4; count += 3)
        for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
            error_clear(&error);
            if (visits_fit((enum visits_model)model, &(struct visits){count, same, at, end}, NULL,
                           &fit, &error))
                assert_true(isfinite(fit.log_likelihood) && isfinite(fit.standard_error[0]));
            else
                assert_true(error.code == ERROR_INPUT && error.message[0] != '\0');
        }
    double late[] = {11, 9, 9, 9};
    error_clear(&error);
    assert_false(
        visits_fit(VISITS_BGNBD, &(struct visits){4, same, late, end}, NULL, &fit, &error));
    assert_string_equal(error.message, "customer 1 (x 4, t_x 11, T 10): the last transaction lies "
                                       "after the end of observation");
}

/* Who comes at any time of the years there are data of never leaves, and when somebody would,
 * nothing tells: a fit says that, or that there is none. */
static void where_nobody_leaves_everybody_is_there(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(5);
    struct drawn_visits d = draw_visits(rng, 20000, 1, 1, 1, 1, 0, 1, 2);
    for (size_t count = 500; count <= 20000; count += 1950) {
        struct fit fit;
        struct error error = {0};
        for (size_t i = 0; i < count; i++) {
            double first = 1400, last = 0;
            int times = 1 + (int)gsl_ran_exponential(rng, 2);
            for (int j = 0; j < times; j++) {
                double day = (double)gsl_rng_uniform_int(rng, 1400);
                first = fmin(first, day);
                last = fmax(last, day);
            }
            d.x[i] = last > first ? (uint32_t)times - 1 : 0;
            d.t_x[i] = last - first;
            d.T[i] = 1400 - first;
        }
        struct visits v = {count, d.x, d.t_x, d.T};
        for (int model = 0; model < 3; model++) {
            if (model == 2 ? pareto_fit(&v, NULL, &fit, &error)
                           : visits_fit(model == 0 ? VISITS_BGNBD : VISITS_MBGNBD, &v, NULL, &fit,
                                        &error)) {
                for (size_t i = 0; i < count; i += 37) {
                    struct visits_parameters p = visits_parameters(&fit);
                    struct pareto_parameters q = pareto_parameters(&fit);
                    enum visits_model which = model == 0 ? VISITS_BGNBD : VISITS_MBGNBD;
                    double alive = model == 2 ? pareto_p_alive(&q, d.x[i], d.t_x[i], d.T[i])
                                              : visits_p_alive(which, &p, d.x[i], d.t_x[i], d.T[i]);
                    assert_true(alive > .8 && alive <= 1);
                }
            } else {
                assert_int_equal(error.code, ERROR_INPUT);
                assert_non_null(strstr(error.message, "NBD"));
                error_clear(&error);
            }
        }
    }
    drawn_visits_free(&d);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_customers_have_their_published_chances),
        cmocka_unit_test(expected_visits_are_smooth_where_a_is_one),
        cmocka_unit_test(chances_of_all_counts_add_up),
        cmocka_unit_test(pareto_customers_have_their_exact_chances),
        cmocka_unit_test(derivatives_agree_with_finite_differences),
        cmocka_unit_test(simulated_customers_give_their_parameters_back),
        cmocka_unit_test(days_and_weeks_agree),
        cmocka_unit_test(chances_stay_finite_for_any_history),
        cmocka_unit_test(data_that_cannot_be_fitted_are_errors_with_a_name),
        cmocka_unit_test(where_nobody_leaves_everybody_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
