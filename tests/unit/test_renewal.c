/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contracts, spend and lifetime value against published figures and simulated members. */
#include "gymtui/model/renewal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>

#include "gymtui/model/clv.h"
#include "gymtui/model/spend.h"
#include "model_support.h"

/* Fader & Hardie 2007, table 1: the Regular and the High End cohort. */
static const double regular[] = {1000, 631, 468, 382, 326, 289, 262, 241};
static const double high_end[] = {1000, 869, 743, 653, 593, 551, 517, 491};

struct cohort {
    double at_risk[16], lost[16];
    struct renewals renewals;
};

static void cohort_make(struct cohort *cohort, const double *survivors, size_t count)
{
    struct error error = {0};
    assert_true(renewal_from_survivors(survivors, count, cohort->at_risk, cohort->lost, &error));
    cohort->renewals = (struct renewals){count - 1, cohort->at_risk, cohort->lost};
}

static void published_cohorts_have_their_published_fits(void **state)
{
    (void)state;
    struct cohort cohort;
    struct fit fit;
    cohort_make(&cohort, regular, 8);
    assert_true(renewal_fit(RENEWAL_SBG, &cohort.renewals, &fit, NULL));
    assert_close(fit.value[0], .7040772985, 1e-6, 0);
    assert_close(fit.value[1], 1.182043026, 1e-6, 0);
    assert_close(fit.log_likelihood, -1680.2651884633, 0, 1e-6);
    cohort_make(&cohort, high_end, 8);
    assert_true(renewal_fit(RENEWAL_SBG, &cohort.renewals, &fit, NULL));
    assert_close(fit.value[0], .6680883511, 1e-6, 0);
    assert_close(fit.value[1], 3.806094964, 1e-6, 0);
    assert_close(fit.log_likelihood, -1611.1581473912, 0, 1e-6);
    cohort_make(&cohort, regular, 5);
    assert_true(renewal_fit(RENEWAL_BDW, &cohort.renewals, &fit, NULL));
    assert_close(fit.value[0], .5230293129, 1e-5, 0);
    assert_close(fit.value[1], .8942826589, 1e-5, 0);
    assert_close(fit.value[2], 1.196398711, 1e-5, 0);
    cohort_make(&cohort, high_end, 5);
    assert_true(renewal_fit(RENEWAL_BDW, &cohort.renewals, &fit, NULL));
    assert_close(fit.value[0], .2593357315, 1e-5, 0);
    assert_close(fit.value[1], 1.722551488, 1e-5, 0);
    assert_close(fit.value[2], 1.584361515, 1e-5, 0);
}

struct bound {
    enum renewal_model model;
    const struct renewals *renewals;
};

static double likelihood(const void *data, const double *p, double *g, double *h)
{
    const struct bound *bound = data;
    return renewal_log_likelihood(bound->model, bound->renewals, p, g, h);
}

static void derivatives_agree_with_finite_differences(void **state)
{
    (void)state;
    struct cohort cohort;
    cohort_make(&cohort, high_end, 8);
    const double places[][3] = {{.7, 1.2, 1.2}, {.3, 5, .6}, {30, 200, 1.01}};
    for (size_t i = 0; i < 3; i++) {
        assert_derivatives(likelihood, &(struct bound){RENEWAL_SBG, &cohort.renewals}, places[i],
                           2);
        assert_derivatives(likelihood, &(struct bound){RENEWAL_BDW, &cohort.renewals}, places[i],
                           3);
    }
    assert_derivatives(likelihood, &(struct bound){RENEWAL_GEOMETRIC, &cohort.renewals},
                       (double[]){.8}, 1);
}

static void simulated_members_give_their_parameters_back(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(11);
    double survivors[13] = {0};
    for (int i = 0; i < 50000; i++) {
        double leave = gsl_ran_beta(rng, .9, 3.1);
        survivors[0]++;
        for (int n = 1; n < 13 && gsl_rng_uniform(rng) >= leave; n++)
            survivors[n]++;
    }
    struct cohort cohort;
    struct fit fit;
    const double truth[] = {.9, 3.1};
    cohort_make(&cohort, survivors, 13);
    assert_true(renewal_fit(RENEWAL_SBG, &cohort.renewals, &fit, NULL));
    assert_recovered(&fit, truth);
    gsl_rng_free(rng);
}

/* S(n) = B(α, β+n^c)/B(α, β): drawn from it, and its three parameters found again. */
static void simulated_duration_dependence_is_found(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(5);
    struct renewal_parameters p = {RENEWAL_BDW, .6, 2, 1.4}, chosen;
    double survivors[13] = {60000};
    for (int n = 1; n < 13; n++)
        survivors[n] = gsl_ran_binomial(rng, renewal_rate(&p, n), (unsigned)survivors[n - 1]);
    struct cohort cohort;
    struct fit fit;
    const double truth[] = {.6, 2, 1.4};
    cohort_make(&cohort, survivors, 13);
    assert_true(renewal_choose(&cohort.renewals, &chosen, &fit, NULL));
    assert_int_equal(chosen.model, RENEWAL_BDW);
    assert_recovered(&fit, truth);
    gsl_rng_free(rng);
}

/* Fits that are kept on the way are those made by themselves, and a start changes nothing. */
static void what_is_kept_on_the_way_is_each_fit_by_itself(void **state)
{
    (void)state;
    static const double survivors[] = {1000, 869, 743, 653, 593, 551, 517, 491};
    static const double fewer[] = {700, 610, 520, 455, 420, 390, 360, 345};
    struct cohort cohort, like;
    struct renewal_fits fits = {0}, before = {0}, warm = {0};
    struct renewal_parameters p, chosen;
    struct fit fit, alone;
    cohort_make(&cohort, survivors, 8);
    cohort_make(&like, fewer, 8);
    assert_true(renewal_choose_from(&like.renewals, NULL, &before, &p, &fit, NULL));
    renewal_fit_rest(&like.renewals, &before);
    assert_true(renewal_choose_from(&cohort.renewals, NULL, &fits, &p, &fit, NULL));
    renewal_fit_rest(&cohort.renewals, &fits);
    assert_true(renewal_choose_from(&cohort.renewals, &before, &warm, &chosen, &fit, NULL));
    assert_int_equal(chosen.model, p.model);
    for (int model = RENEWAL_GEOMETRIC; model <= RENEWAL_BDW; model++) {
        assert_true(renewal_fit((enum renewal_model)model, &cohort.renewals, &alone, NULL));
        assert_true(fits.of[model].is_tried && fits.of[model].is_fitted);
        for (int i = 0; i < alone.count; i++) {
            assert_close(fits.of[model].fit.value[i], alone.value[i], 1e-12, 0);
            if (warm.of[model].is_tried)
                assert_close(warm.of[model].fit.value[i], alone.value[i], 0,
                             1e-5 * alone.standard_error[i]);
        }
    }
}

static void members_who_are_alike_fall_back_to_the_geometric(void **state)
{
    (void)state;
    struct renewal_parameters p;
    struct fit fit;
    double at_risk[] = {1000, 900, 810, 729}, lost[] = {100, 90, 81, 73}, none[] = {0, 0, 0, 0};
    struct renewals alike = {4, at_risk, lost}, kept = {4, at_risk, none};
    assert_true(renewal_choose(&alike, &p, &fit, NULL));
    assert_int_equal(p.model, RENEWAL_GEOMETRIC);
    assert_close(renewal_rate(&p, 7), .9, 1e-3, 0);
    assert_true(renewal_choose(&kept, &p, &fit, NULL));
    assert_close(renewal_rate(&p, 1), 1, 1e-12, 0);
    struct error error = {0};
    assert_false(renewal_fit(RENEWAL_SBG, &kept, &fit, &error));
    assert_string_equal(error.message, "sBG: everybody renewed, so members cannot be told apart");
}

static void survival_is_the_product_of_rates(void **state)
{
    (void)state;
    struct renewal_parameters models[] = {
        {RENEWAL_GEOMETRIC, .1, .9, 1}, {RENEWAL_SBG, .7, 1.2, 1}, {RENEWAL_BDW, .5, 2, 1.7}};
    for (size_t i = 0; i < 3; i++) {
        double product = 1;
        for (int n = 1; n <= 60; n++) {
            product *= renewal_rate(&models[i], n);
            assert_close(renewal_survival(&models[i], n), product, 1e-9, 0);
        }
    }
}

static void spend_has_its_published_means(void **state)
{
    (void)state;
    const struct spend_parameters p = {6.25, 3.74, 15.44};
    assert_close(spend_expected(&p, 2, 22.35), 24.6637139108, 1e-9, 0);
    assert_close(spend_expected(&p, 7, 73.74), 71.469670897, 1e-9, 0);
    assert_close(spend_expected(&p, 0, 0), 35.2189781022, 1e-9, 0);
    const struct spend_parameters endless = {2, .9, 10};
    assert_false(spend_has_mean(&endless));
    assert_close(spend_expected(&endless, 3, 12.5), 12.5, 0, 0);
}

static double spend_likelihood(const void *data, const double *p, double *g, double *h)
{
    return spend_log_likelihood(data, &(struct spend_parameters){p[0], p[1], p[2]}, g, h);
}

static void simulated_spenders_give_their_parameters_back(void **state)
{
    (void)state;
    enum { COUNT = 6000 };
    static uint32_t x[COUNT];
    static double mean[COUNT];
    gsl_rng *rng = test_rng(42);
    for (int i = 0; i < COUNT; i++) {
        double rate = gsl_ran_gamma(rng, 3.5, 1 / 15.0);
        x[i] = (uint32_t)gsl_rng_uniform_int(rng, 12);
        mean[i] = x[i] ? gsl_ran_gamma(rng, 6 * x[i], 1 / rate) / x[i] : 0;
    }
    struct spend spend = {COUNT, x, mean};
    struct fit fit;
    const double truth[] = {6, 3.5, 15};
    assert_derivatives(spend_likelihood, &spend, truth, 3);
    assert_true(spend_fit(&spend, NULL, &fit, NULL));
    assert_recovered(&fit, truth);
    struct error error = {0};
    mean[1] = -3;
    x[1] = 2;
    assert_false(spend_fit(&spend, NULL, &fit, &error));
    assert_string_equal(error.message, "customer 2: the mean amount -3 is not above zero");
    gsl_rng_free(rng);
}

/* A member who renews each month for ever at rate r is worth price · Σ (v r)^k. */
static void value_of_a_steady_member_is_a_geometric_sum(void **state)
{
    (void)state;
    struct renewal_parameters always = {RENEWAL_GEOMETRIC, .05, .95, 1};
    struct clv_contract contract = {
        .price = 39, .term_months = 1, .months_to_renewal = 0, .first_rate = .95};
    double v = pow(1.10, -1.0 / 12), sum = 0;
    for (int k = 1; k <= CLV_RENEWALS; k++)
        sum += 39 * pow(v, k - 1) * pow(.95, k);
    assert_close(clv_from_contract(&clv_usual_terms, &contract, &always), sum, 1e-12, 0);
    contract.months_to_renewal = 6;
    assert_close(clv_from_contract(&clv_usual_terms, &contract, &always), sum * pow(v, 6), 1e-12,
                 0);
    contract.first_rate = 0;
    assert_close(clv_from_contract(&clv_usual_terms, &contract, &always), 0, 0, 0);
}

static double value_at(const void *context, const double *p)
{
    struct renewal_parameters renewal = {RENEWAL_SBG, p[0], p[1], 1};
    struct clv_contract contract = *(const struct clv_contract *)context;
    contract.first_rate = renewal_rate(&renewal, 1);
    return clv_from_contract(&clv_usual_terms, &contract, &renewal);
}

static void intervals_hold_the_value_and_shrink_with_more_members(void **state)
{
    (void)state;
    struct clv_contract contract = {.price = 39, .term_months = 1};
    double width[2];
    for (int i = 0; i < 2; i++) {
        struct cohort cohort;
        struct fit fit;
        double survivors[8];
        for (int n = 0; n < 8; n++)
            survivors[n] = regular[n] * (i ? 100 : 1);
        cohort_make(&cohort, survivors, 8);
        assert_true(renewal_fit(RENEWAL_SBG, &cohort.renewals, &fit, NULL));
        struct clv_interval interval = clv_delta_interval(&fit, value_at, &contract);
        assert_true(0 < interval.low && interval.low < interval.value &&
                    interval.value < interval.high);
        width[i] = log(interval.high / interval.low);
    }
    assert_close(width[1], width[0] / 10, 1e-3, 0);
}

static void types_divide_by_value_and_staying(void **state)
{
    (void)state;
    assert_string_equal(clv_type_name(clv_customer_type(10, 5, .9, .8)), "Star");
    assert_string_equal(clv_type_name(clv_customer_type(5, 5, .7, .8)), "Vulnerable");
    assert_string_equal(clv_type_name(clv_customer_type(4, 5, .8, .8)), "Free Rider");
    assert_string_equal(clv_type_name(clv_customer_type(4, 5, .7, .8)), "Lost Cause");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_cohorts_have_their_published_fits),
        cmocka_unit_test(derivatives_agree_with_finite_differences),
        cmocka_unit_test(simulated_members_give_their_parameters_back),
        cmocka_unit_test(simulated_duration_dependence_is_found),
        cmocka_unit_test(what_is_kept_on_the_way_is_each_fit_by_itself),
        cmocka_unit_test(members_who_are_alike_fall_back_to_the_geometric),
        cmocka_unit_test(survival_is_the_product_of_rates),
        cmocka_unit_test(spend_has_its_published_means),
        cmocka_unit_test(simulated_spenders_give_their_parameters_back),
        cmocka_unit_test(value_of_a_steady_member_is_a_geometric_sum),
        cmocka_unit_test(intervals_hold_the_value_and_shrink_with_more_members),
        cmocka_unit_test(types_divide_by_value_and_staying),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
