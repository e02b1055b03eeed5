/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members' figures in the whole run: the fast forms against the plain sums they stand for, one
 * member alone against the whole, one thread against several.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gym_support.h"
#include "gymtui/model/clv.h"
#include "gymtui/model/outlook.h"
#include "model_support.h"
#include "value_private.h"

/* ---- Sums ---- */

static void the_survival_form_by_the_rule_is_the_sum_over_months(void **state)
{
    struct clv_rule rule;
    (void)state;
    assert_true(clv_rule_prepare(&rule, &clv_usual_terms));
    for (int model = AFT_WEIBULL; model <= AFT_LOG_LOGISTIC; model++)
        for (int i = 0; i < 19; i++)
            for (int j = 0; j < 8; j++)
                for (int n = 0; n < 11; n++) {
                    double sigma = .3 * pow(1.15, i), place = .75 * j, day = ceil(pow(2.3, n));
                    const struct fit fit = {.count = 2, .value = {place, sigma}};
                    double plain = clv_from_survival(&clv_usual_terms, (enum aft_model)model, &fit,
                                                     NULL, day / VALUE_DAYS_A_MONTH, 1, 40);
                    struct clv_survival fast =
                        clv_survival_at(&rule, &clv_usual_terms, (enum aft_model)model, &fit, NULL,
                                        day / VALUE_DAYS_A_MONTH, 1, 40);
                    assert_close(fast.value, plain, 1e-9, 1e-12);
                }
}

static void its_slopes_are_those_of_the_sum(void **state)
{
    struct clv_rule rule;
    (void)state;
    assert_true(clv_rule_prepare(&rule, &clv_usual_terms));
    for (int model = AFT_WEIBULL; model <= AFT_LOG_LOGISTIC; model++)
        for (int i = 0; i < 2; i++) {
            struct fit fit = {.count = 2, .value = {2.7, 1.1}};
            struct clv_survival at = clv_survival_at(&rule, &clv_usual_terms, (enum aft_model)model,
                                                     &fit, NULL, 7.5, 1, 40);
            double step = 1e-5, side[2];
            for (int s = 0; s < 2; s++) {
                fit.value[i] += s ? -2 * step : step;
                side[s] = clv_from_survival(&clv_usual_terms, (enum aft_model)model, &fit, NULL,
                                            7.5, 1, 40);
            }
            assert_close(i ? at.by_sigma : at.by_intercept, (side[0] - side[1]) / (2 * step), 1e-7,
                         1e-7);
        }
}

static void an_outlook_is_the_sum_over_its_horizons(void **state)
{
    static const struct visits_parameters all[] = {{.243, 4.414, .793, 2.426},
                                                   {1.1, 6, .8, 20},
                                                   {1.5, 20, 3, 60},
                                                   {2, 8, .05, .3},
                                                   {1.2, 10, 1, 5},
                                                   {.5, 3, 40, 900},
                                                   {5, 30, 1.2, .4},
                                                   {30, 60, .8, 2},
                                                   {1.57, 10.1, .403, 17.7},
                                                   {1.4, 8, .405, 15}};
    static const double t[] = {30, 365.25, 730.5, 1826.25}, weight[] = {.5, .2, .1, .62};
    struct outlook *outlook = malloc(sizeof *outlook);
    (void)state;
    assert_non_null(outlook);
    for (size_t q = 0; q < sizeof all / sizeof all[0]; q++)
        for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
            outlook_prepare(outlook, (enum visits_model)model, &all[q], t, weight, 4);
            for (uint32_t x = 0; x < 1500; x = x * 3 + 1)
                for (int n = 0; n < 9; n++) {
                    double plain = 0, T = x + floor(pow(2.3, n));
                    for (int j = 0; j < 4; j++)
                        plain += weight[j] * visits_expected_alive((enum visits_model)model,
                                                                   &all[q], x, T, t[j]);
                    assert_close(outlook_at(outlook, x, T), plain, 1e-11, 1e-14);
                }
        }
    free(outlook);
}

static void visits_to_come_by_the_rule_are_the_sum_over_months(void **state)
{
    static const struct visits_parameters p = {1.1, 6, .8, 20};
    struct outlook *outlook = malloc(sizeof *outlook);
    struct clv_rule rule;
    (void)state;
    assert_non_null(outlook);
    assert_true(clv_rule_prepare(&rule, &clv_usual_terms));
    assert_true(clv_outlook_prepare(outlook, &rule, &clv_usual_terms, VISITS_MBGNBD, &p,
                                    VALUE_DAYS_A_MONTH));
    for (uint32_t x = 0; x < 700; x = x * 2 + 1)
        for (int n = 0; n < 15; n++) {
            double T = x + floor(pow(1.7, n));
            double plain = clv_from_visits(&clv_usual_terms, VISITS_MBGNBD, &p, x, x ? T : 0, T,
                                           VALUE_DAYS_A_MONTH, 3);
            double alive = visits_p_alive(VISITS_MBGNBD, &p, x, x ? T : 0, T);
            assert_close(3 * alive * outlook_at(outlook, x, T), plain, 1e-9, 1e-12);
        }
    free(outlook);
}

/* ---- A gym ---- */

struct whole {
    struct value_gym gym;
    struct value_models models;
    struct value_figures *figures;
};

/* Parameters as a gym of this kind has them. */
static void set_models(struct value_models *models)
{
    static const double visits[] = {1.05, 5.9, .9, 35}, hazard[] = {.4, .5, -.3, .1, .2, .05};
    static const double survival[] = {2.2, .05, -.1, .02, .03, -.04, .1, 1.15};
    *models = (struct value_models){.has_visits = true,
                                    .visits_model = VISITS_MBGNBD,
                                    .mean_gap = 6,
                                    .mean_spend = 4,
                                    .extras_per_visit = .05,
                                    .contract_count = 3,
                                    .has_hazard = true,
                                    .back = {.3, .3, .25, .2, .15, .1, .05, .01},
                                    .has_survival = true,
                                    .survival_model = AFT_LOG_NORMAL,
                                    .columns = 63};
    models->visits.count = 4;
    models->hazard.count = HAZARD_FEATURES;
    models->survival.count = 8;
    memcpy(models->visits.value, visits, sizeof visits);
    memcpy(models->hazard.value, hazard, sizeof hazard);
    memcpy(models->survival.value, survival, sizeof survival);
    for (int i = 0; i < 8; i++) {
        models->visits.covariance[i][i] = i < 4 ? 1e-4 : 0;
        models->hazard.covariance[i][i] = models->survival.covariance[i][i] = 1e-4;
    }
    for (int i = 0; i < 3; i++) {
        struct value_contract *contract = &models->contracts[i];
        contract->months = i == 2 ? 12 : 1 + 2 * i;
        contract->parameters = (struct renewal_parameters){RENEWAL_SBG, .6 + i, 5, 1};
        value_contract_prepare(contract);
    }
}

static struct whole *whole_of(size_t members)
{
    struct whole *whole = calloc(1, sizeof *whole);
    struct error error;
    assert_non_null(whole);
    lived_gym(&whole->gym, members, 1);
    set_models(&whole->models);
    assert_true(value_rank(&whole->gym, &whole->models, &error));
    whole->figures = calloc(members, sizeof *whole->figures);
    assert_non_null(whole->figures);
    value_figures_of(&whole->gym, &whole->models, 0, members, whole->figures);
    return whole;
}

static void whole_free(struct whole *whole)
{
    value_gym_free(&whole->gym);
    free(whole->figures);
    free(whole);
}

static void assert_same(double one, double other)
{
    if (!(isnan(one) && isnan(other)))
        assert_memory_equal(&one, &other, sizeof one);
}

static void assert_same_figures(const struct value_figures *one, const struct value_figures *other)
{
    assert_same(one->value, other->value);
    assert_same(one->low, other->low);
    assert_same(one->high, other->high);
    assert_same(one->p_alive, other->p_alive);
    assert_same(one->p_renew, other->p_renew);
    assert_same(one->p_usual, other->p_usual);
    assert_same(one->months_left, other->months_left);
    assert_same(one->at_stake, other->at_stake);
    assert_same(one->survival_value, other->survival_value);
    assert_same(one->survival_low, other->survival_low);
    assert_same(one->survival_high, other->survival_high);
    assert_same(one->frequency, other->frequency);
    assert_int_equal(one->recency, other->recency);
    assert_int_equal(one->r * 100 + one->f * 10 + one->m,
                     other->r * 100 + other->f * 10 + other->m);
    assert_string_equal(one->segment, other->segment);
    assert_string_equal(one->type, other->type);
    assert_string_equal(one->model, other->model);
    assert_string_equal(one->reason, other->reason);
}

static void one_member_alone_has_the_figures_of_the_whole_run(void **state)
{
    struct whole *whole = whole_of(3000);
    (void)state;
    for (size_t m = 0; m < whole->gym.count; m++) {
        struct value_figures alone;
        value_score_member(&whole->gym, &whole->models, m, &alone);
        value_place_member(&whole->gym, &whole->models, m, &alone);
        assert_same_figures(&alone, &whole->figures[m]);
    }
    whole_free(whole);
}

/* Enough members for several threads, against one at a time. */
static void figures_do_not_depend_on_threads(void **state)
{
    struct whole *whole = whole_of(52000);
    struct value_figures *few = calloc(1000, sizeof *few);
    (void)state;
    assert_non_null(few);
    for (size_t first = 0; first < whole->gym.count; first += 13000) {
        value_figures_of(&whole->gym, &whole->models, first, 1000, few);
        for (size_t i = 0; i < 1000; i++)
            assert_same_figures(&few[i], &whole->figures[first + i]);
    }
    free(few);
    whole_free(whole);
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void median_and_base_rate_are_those_of_who_stays(void **state)
{
    struct whole *whole = whole_of(3001);
    double *value = calloc(whole->gym.count, sizeof *value), rates = 0;
    size_t count = 0;
    (void)state;
    assert_non_null(value);
    for (size_t m = 0; m < whole->gym.count; m++) {
        struct value_spell spell =
            value_spell_at(&whole->gym, &whole->gym.members[m], whole->gym.today);
        if (spell.state != VALUE_STAYS || !isfinite(whole->figures[m].p_renew))
            continue;
        value[count++] = whole->figures[m].value;
        rates += whole->figures[m].p_renew;
    }
    assert_true(count > 500);
    qsort(value, count, sizeof *value, ascending);
    double median = count % 2 ? value[count / 2] : (value[count / 2 - 1] + value[count / 2]) / 2;
    assert_same(whole->models.median_value, median);
    assert_close(whole->models.base_rate, rates / (double)count, 1e-12, 0);
    free(value);
    whole_free(whole);
}

/* The survival form and a visitor's value, out of the plain functions. */
static void figures_are_those_of_the_plain_sums(void **state)
{
    struct whole *whole = whole_of(4000);
    const struct value_models *models = &whole->models;
    const struct visits_parameters p = visits_parameters(&models->visits);
    size_t with = 0, without = 0;
    (void)state;
    for (size_t m = 0; m < whole->gym.count; m++) {
        const struct value_member *member = &whole->gym.members[m];
        const struct value_figures *figures = &whole->figures[m];
        struct value_spell spell = value_spell_at(&whole->gym, member, whole->gym.today);
        struct value_habit habit = value_habit_today(&whole->gym, member);
        if (!spell.has_ended && spell.last && spell.last->months > 0) {
            double z[VALUE_AFT];
            value_covariates(&whole->gym, member, models->columns, z);
            assert_close(figures->survival_value,
                         clv_from_survival(&clv_usual_terms, models->survival_model,
                                           &models->survival, z, spell.days / VALUE_DAYS_A_MONTH, 1,
                                           (double)spell.last->price / 100 / spell.last->months),
                         1e-9, 0);
            with++;
        }
        if (spell.state == VALUE_NO_CONTRACT) {
            double bought = (member->extras + 20 * models->extras_per_visit) /
                            (member->visit_days + 20.0) * models->mean_spend;
            assert_close(figures->value,
                         fmax(clv_from_visits(&clv_usual_terms, models->visits_model, &p, habit.x,
                                              habit.t_x, habit.T, VALUE_DAYS_A_MONTH, bought),
                              0),
                         1e-9, 1e-12);
            without++;
        }
    }
    assert_true(with > 500 && without > 50);
    whole_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_survival_form_by_the_rule_is_the_sum_over_months),
        cmocka_unit_test(its_slopes_are_those_of_the_sum),
        cmocka_unit_test(an_outlook_is_the_sum_over_its_horizons),
        cmocka_unit_test(visits_to_come_by_the_rule_are_the_sum_over_months),
        cmocka_unit_test(one_member_alone_has_the_figures_of_the_whole_run),
        cmocka_unit_test(figures_do_not_depend_on_threads),
        cmocka_unit_test(median_and_base_rate_are_those_of_who_stays),
        cmocka_unit_test(figures_are_those_of_the_plain_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
