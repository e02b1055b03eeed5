/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores by rank with ties, segments, and the measures of predictions and differences. */
#include "gymtui/model/rfm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/model/measure.h"
#include "model_support.h"

static void assert_scores(const double *values, size_t count, bool low_is_good,
                          const uint8_t *expected)
{
    uint8_t scores[64];
    assert_true(rfm_score(values, count, low_is_good, scores, NULL));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(scores[i], expected[i]);
}

static void ties_share_a_score(void **state)
{
    (void)state;
    assert_scores((double[]){1, 8, 2, 1, 8}, 5, false, (uint8_t[]){1, 4, 3, 1, 4});
    assert_scores((double[]){7, 7, 7, 7}, 4, false, (uint8_t[]){3, 3, 3, 3});
    assert_scores((double[]){0, -0.0, 0}, 3, false, (uint8_t[]){3, 3, 3});
    assert_scores((double[]){42}, 1, true, (uint8_t[]){3});
    assert_scores((double[]){-5, 0, 5, 10, 1e300}, 5, false, (uint8_t[]){1, 2, 3, 4, 5});
    assert_scores((double[]){-5, 0, 5, 10, 1e300}, 5, true, (uint8_t[]){5, 4, 3, 2, 1});
}

/* Distinct values, 5 divides N: NTILE(5). And always: L, E and N by counting, as the rule says. */
static void scores_follow_the_rule_for_any_values(void **state)
{
    (void)state;
    gsl_rng *rng = test_rng(1);
    enum { MOST = 500 };
    double values[MOST];
    uint8_t scores[MOST];
    for (int round = 0; round < 200; round++) {
        size_t n = 1 + gsl_rng_uniform_int(rng, MOST);
        for (size_t i = 0; i < n; i++)
            values[i] = round % 2 ? (double)gsl_rng_uniform_int(rng, 20) - 10
                                  : gsl_rng_uniform(rng) * 1e6 - 5e5;
        bool low = round % 3 == 0;
        assert_true(rfm_score(values, n, low, scores, NULL));
        for (size_t i = 0; i < n; i++) {
            size_t worse = 0, equal = 0;
            for (size_t j = 0; j < n; j++) {
                worse += low ? values[j] > values[i] : values[j] < values[i];
                equal += values[j] == values[i];
            }
            size_t score = (5 * (2 * worse + equal) + 2 * n - 1) / (2 * n);
            assert_int_equal(scores[i], score < 1 ? 1 : score > 5 ? 5 : score);
        }
    }
    gsl_rng_free(rng);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    uint8_t scores[2];
    struct error error = {0};
    assert_false(rfm_score((double[]){1, NAN}, 2, false, scores, &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

static void each_cell_has_its_name(void **state)
{
    (void)state;
    static const char *const names[5][5] = {
        {"Lost", "Hibernating", "At Risk", "At Risk", "Can't Lose"},
        {"Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose"},
        {"About to Sleep", "About to Sleep", "Need Attention", "Loyal", "Loyal"},
        {"Promising", "Potential", "Potential", "Loyal", "Loyal"},
        {"New", "Potential", "Potential", "Champions", "Champions"},
    };
    for (int r = 1; r <= 5; r++)
        for (int f = 1; f <= 5; f++) {
            assert_string_equal(rfm_segment_name(rfm_segment(r, f, 400)), names[r - 1][f - 1]);
            assert_string_equal(rfm_segment_name(rfm_segment(r, f, 29)), "New");
        }
    assert_close(rfm_frequency(9, 400), 9, 0, 0);
    assert_close(rfm_frequency(9, 45), 18, 1e-12, 0);
    assert_close(rfm_frequency(1, 0), 90, 1e-12, 0);
}

static void differences_have_newcombes_interval(void **state)
{
    (void)state;
    struct measure_difference d = measure_newcombe(56, 70, 48, 80);
    assert_close(d.difference, .2, 1e-12, 0);
    assert_close(d.low, .0524, 0, 5e-5);
    assert_close(d.high, .3339, 0, 5e-5);
    assert_true(d.is_clear);
    d = measure_newcombe(0, 10, 0, 20);
    assert_true(!d.is_clear && d.low < 0 && d.high > 0);
}

static void predictions_are_measured_as_by_hand(void **state)
{
    (void)state;
    struct measure m;
    double p[] = {.1, .2, .2, .9};
    bool happened[] = {false, true, false, true};
    assert_true(measure_prediction(p, happened, 4, &m, NULL));
    assert_close(m.auc, 3.5 / 4, 1e-12, 0);
    assert_close(m.log_loss, -(log(.9) + log(.2) + log(.8) + log(.9)) / 4, 1e-12, 0);
    assert_close(m.worst_tenth, .5, 1e-12, 0);
    /* Equal predictions count as half, in whatever order they come. */
    double same[] = {.5, .5, .5, .5};
    for (int turn = 0; turn < 2; turn++) {
        bool order[] = {turn == 0, turn == 0, turn == 1, turn == 1};
        assert_true(measure_prediction(same, order, 4, &m, NULL));
        assert_close(m.auc, .5, 1e-12, 0);
        assert_close(m.calibration_error, 0, 0, 1e-12);
    }
    bool never[] = {false, false, false, false};
    assert_true(measure_prediction(p, never, 4, &m, NULL));
    assert_true(isnan(m.auc));
    assert_false(measure_prediction((double[]){1.5}, never, 1, &m, NULL));
}

static void certain_and_wrong_stays_finite(void **state)
{
    (void)state;
    struct measure m;
    double p[] = {0, 1};
    bool happened[] = {true, false};
    assert_true(measure_prediction(p, happened, 2, &m, NULL));
    assert_true(isfinite(m.log_loss) && m.log_loss > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_share_a_score),
        cmocka_unit_test(scores_follow_the_rule_for_any_values),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(each_cell_has_its_name),
        cmocka_unit_test(differences_have_newcombes_interval),
        cmocka_unit_test(predictions_are_measured_as_by_hand),
        cmocka_unit_test(certain_and_wrong_stays_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
