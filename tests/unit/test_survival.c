/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Survival against the 6-MP trial, by hand, and against simulated customers. */
#include "gymtui/model/survival.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

#include "gymtui/model/aft.h"
#include "model_support.h"

/* Freireich et al. 1963: weeks of remission under 6-MP, and under placebo (all relapsed). */
static const double drug[21] = {6,  6,  6,  7,  10, 13, 16, 22, 23, 6, 9,
                                10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
static const double placebo[21] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                   8, 8, 11, 11, 12, 12, 15, 17, 22, 23};

struct trial {
    double time[42], covariate[42];
    bool event[42];
    uint8_t group[42];
};

static struct trial trial_make(double unit)
{
    struct trial trial;
    for (int i = 0; i < 21; i++) {
        trial.time[i] = drug[i] * unit;
        trial.event[i] = i < 9;
        trial.group[i] = 0;
        trial.covariate[i] = 1;
        trial.time[21 + i] = placebo[i] * unit;
        trial.event[21 + i] = true;
        trial.group[21 + i] = 1;
        trial.covariate[21 + i] = 0;
    }
    return trial;
}

static void remissions_have_their_published_curve(void **state)
{
    (void)state;
    static const double at[] = {6, 7, 10, 13, 16, 22, 23};
    static const double left[] = {.857142857, .806722689, .752941176, .690196078,
                                  .627450980, .537815126, .448179272};
    for (int half = 0; half < 2; half++) { /* half weeks take the other way of counting */
        struct trial trial = trial_make(half ? .5 : 1);
        struct survival_curve curve;
        assert_true(survival_kaplan_meier(&(struct survival_times){21, trial.time, trial.event},
                                          &curve, NULL));
        for (size_t i = 0; i < 7; i++)
            assert_close(survival_at(&curve, at[i] * (half ? .5 : 1))->survival, left[i], 0, 1e-9);
        assert_null(survival_at(&curve, .1));
        const struct survival_point *last = survival_at(&curve, half ? 11.5 : 23);
        assert_close(last->standard_error, .1345914568, 0, 1e-9);
        assert_true(last->low < last->survival && last->survival < last->high);
        assert_close(last->low, .1881, 0, 5e-5);
        assert_close(last->high, .6801, 0, 5e-5);
        assert_close(survival_quantile(&curve, .5), half ? 11.5 : 23, 0, 0);
        assert_true(isnan(survival_quantile(&curve, .3)));
        survival_curve_free(&curve);
    }
}

static void the_mean_of_a_whole_sample_is_its_mean(void **state)
{
    (void)state;
    double time[] = {1, 4, 9, 2};
    bool event[] = {true, true, true, true};
    struct survival_curve curve;
    double error;
    assert_true(survival_kaplan_meier(&(struct survival_times){4, time, event}, &curve, NULL));
    assert_close(survival_restricted_mean(&curve, 9, &error), 4, 1e-12, 0);
    /* Without censoring Greenwood's is the sample's own: √(Σ(t−m)²/n²). */
    assert_close(error, sqrt((9 + 0 + 25 + 4) / 16.0), 1e-12, 0);
    assert_close(survival_restricted_mean(&curve, 1, NULL), 1, 1e-12, 0);
    survival_curve_free(&curve);
}

static void the_drug_differs_from_placebo(void **state)
{
    (void)state;
    struct trial trial = trial_make(1);
    struct survival_test test;
    assert_true(survival_log_rank(&(struct survival_times){42, trial.time, trial.event},
                                  trial.group, 2, &test, NULL));
    assert_close(test.chi_square, 16.79294, 1e-6, 0); /* the published log-rank statistic */
    assert_close(test.expected[0], 19.2505, 1e-5, 0);
    assert_close(test.observed[0] + test.observed[1], test.expected[0] + test.expected[1], 1e-12,
                 0);
    assert_int_equal(test.degrees, 1);
    struct error error = {0};
    assert_false(survival_log_rank(&(struct survival_times){21, trial.time, trial.event},
                                   trial.group, 2, &test, &error));
    assert_string_equal(error.message, "nobody is in group 2");
}

static void the_drug_makes_life_longer_by_its_published_factor(void **state)
{
    (void)state;
    struct trial trial = trial_make(1);
    const char *names[] = {"drug"};
    struct aft_data data = {42, 1, trial.time, trial.event, trial.covariate, names};
    struct fit fit;
    assert_true(aft_fit(AFT_WEIBULL, &data, &fit, NULL));
    assert_close(fit.value[0], 2.248352, 1e-6, 0); /* Kalbfleisch & Prentice; R's survreg */
    assert_close(fit.value[1], 1.267335, 1e-6, 0);
    assert_close(fit.value[2], .732194, 1e-6, 0);
    assert_close(fit.standard_error[1], .310640, 1e-5, 0);
    assert_close(fit.log_likelihood, -106.579492, 0, 1e-6);
    double z = 1, median = aft_median(AFT_WEIBULL, &fit, &z);
    assert_close(aft_survival(AFT_WEIBULL, &fit, &z, median), .5, 1e-12, 0);
    assert_close(aft_conditional(AFT_WEIBULL, &fit, &z, 0, median), .5, 1e-12, 0);
    double half = aft_survival(AFT_WEIBULL, &fit, &z, 30) / aft_survival(AFT_WEIBULL, &fit, &z, 10);
    assert_close(aft_conditional(AFT_WEIBULL, &fit, &z, 10, 20), half, 1e-12, 0);
}

struct bound {
    enum aft_model model;
    const struct aft_data *data;
};

static double likelihood(const void *context, const double *p, double *g, double *h)
{
    const struct bound *bound = context;
    return aft_log_likelihood(bound->model, bound->data, p, g, h);
}

static void derivatives_agree_with_finite_differences(void **state)
{
    (void)state;
    struct trial trial = trial_make(1);
    const char *names[] = {"drug"};
    struct aft_data data = {42, 1, trial.time, trial.event, trial.covariate, names};
    for (int model = AFT_WEIBULL; model <= AFT_LOG_LOGISTIC; model++) {
        struct bound bound = {(enum aft_model)model, &data};
        assert_derivatives(likelihood, &bound, (double[]){2.2, 1.1, .8}, 3);
        assert_derivatives(likelihood, &bound, (double[]){1, -.5, 1.7}, 3);
    }
}

static double draw_w(gsl_rng *rng, enum aft_model model)
{
    double u = gsl_rng_uniform_pos(rng);
    switch (model) {
    case AFT_WEIBULL:
        return log(-log(u));
    case AFT_LOG_NORMAL:
        return gsl_ran_gaussian(rng, 1);
    case AFT_LOG_LOGISTIC:
        return log(u) - log1p(-u);
    }
    return NAN;
}

static void simulated_customers_give_their_parameters_back(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static double time[COUNT], z[COUNT * 2];
    static bool event[COUNT];
    const char *names[] = {"age", "cash"};
    const double truth[] = {5, .012, -.4, .7};
    gsl_rng *rng = test_rng(78);
    for (int model = AFT_WEIBULL; model <= AFT_LOG_LOGISTIC; model++) {
        for (int i = 0; i < COUNT; i++) {
            z[2 * i] = 18 + (double)gsl_rng_uniform_int(rng, 60);
            z[2 * i + 1] = (double)gsl_rng_uniform_int(rng, 2);
            double life = exp(truth[0] + truth[1] * z[2 * i] + truth[2] * z[2 * i + 1] +
                              truth[3] * draw_w(rng, (enum aft_model)model));
            double seen = gsl_ran_flat(rng, 30, 700);
            event[i] = life <= seen;
            time[i] = fmin(life, seen);
        }
        struct aft_data data = {COUNT, 2, time, event, z, names};
        struct fit fit;
        assert_true(aft_fit((enum aft_model)model, &data, &fit, NULL));
        assert_recovered(&fit, truth);
    }
    gsl_rng_free(rng);
}

static void impossible_durations_are_errors_with_a_name(void **state)
{
    (void)state;
    double time[] = {3, -1, 5}, flat[] = {7, 7, 7};
    bool event[] = {true, true, true};
    const char *names[] = {"age"};
    struct survival_curve curve;
    struct fit fit;
    struct error error = {0};
    assert_false(survival_kaplan_meier(&(struct survival_times){3, time, event}, &curve, &error));
    assert_string_equal(error.message, "customer 2: the duration -1 is not a number from 0");
    time[1] = 4;
    assert_false(
        aft_fit(AFT_WEIBULL, &(struct aft_data){3, 1, time, event, flat, names}, &fit, &error));
    assert_string_equal(error.message, "age is the same for everybody");
    time[1] = 0;
    assert_false(
        aft_fit(AFT_WEIBULL, &(struct aft_data){3, 0, time, event, NULL, NULL}, &fit, &error));
    assert_string_equal(error.message, "customer 2: the duration 0 is not above zero");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remissions_have_their_published_curve),
        cmocka_unit_test(the_mean_of_a_whole_sample_is_its_mean),
        cmocka_unit_test(the_drug_differs_from_placebo),
        cmocka_unit_test(the_drug_makes_life_longer_by_its_published_factor),
        cmocka_unit_test(derivatives_agree_with_finite_differences),
        cmocka_unit_test(simulated_customers_give_their_parameters_back),
        cmocka_unit_test(impossible_durations_are_errors_with_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
