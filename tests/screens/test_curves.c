/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analytics pages about models: value, survival, cohorts, hours, model; what they show, what
 * they say about it, and that they say so when there is nothing yet or a fit failed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "curves/curves.h"
#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/screens/analytics.h"
#include "support.h"

/* --- value --- */

static void value_shows_where_it_lies(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Value");
    curves_look_closely(host, "value");
    curves_expect_text(host, "EUR expected of 749 members");
    curves_expect_text(host, "by renewal hazard");
    curves_expect_text(
        host, "Half of them are worth more than 187 EUR. The best tenth hold 34 % of it all: "
              "look after them first.");
    fake_key(host, "v");
    curves_look(host, "value_groups");
    curves_expect_text(host, "Champions carry 34 % of it all");
    curves_expect_text(host, "A member on Annual is worth most, 450 against 238 on average");
    fake_key(host, "v");
    curves_look_closely(host, "value_types");
    curves_expect_text(host, "Call them this week");
    fake_key(host, "v");
    curves_look_closely(host, "value_ends");
    curves_expect_text(host, "992 to 1,550");
    fake_close(host);
}

static void enter_on_the_top_shows_the_member(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Value");
    fake_key(host, "Enter");
    assert_null(host->opened); /* nobody is selected in the distribution */
    for (int i = 0; i < 3; i++)
        fake_key(host, "v");
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    curves_expect_text(host, "half are above 187");
    fake_close(host);
}

/* --- survival --- */

static void survival_goes_through_the_groups(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Survival");
    assert_string_equal(curves_has.curve, "survival");
    curves_look(host, "survival");
    curves_expect_text(host, "Half of the members have left after 15 months (14 to 16).");
    curves_expect_text(host, "The steepest step is the first month, when 15 % go");
    fake_key(host, "v");
    assert_string_equal(curves_has.curve, "survival by plan");
    curves_look_closely(host, "survival_plan");
    curves_expect_text(host,
                       "Half of the Monthly members have left after 14 months; Annual members stay "
                       "2.0 times as long.");
    curves_expect_text(host, "The plans differ (by luck the chance is below 1 in 1,000).");
    fake_key(host, "v");
    curves_expect_text(host, "There is no curve by way of paying");
    fake_key(host, "v");
    assert_string_equal(curves_has.curve, "survival by gender");
    fake_key(host, "v");
    fake_key(host, "v");
    curves_look_closely(host, "survival_effects");
    curves_expect_text(host, "Annual instead of monthly: stays 2.1 times as long (1.7 to 2.6).");
    fake_key(host, "v");
    assert_string_equal(curves_has.curve, "survival");
    fake_close(host);
}

/* Keys typed while a curve is read are not lost, and the last one asked for is the one shown. */
static void views_turned_faster_than_they_are_read(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Survival");
    curves_has.is_slow = true;
    fake_key(host, "v");
    fake_key(host, "v");
    fake_key(host, "v");
    assert_string_equal(curves_has.curve, "survival by gender");
    assert_int_equal(curves_has.waiting, 3); /* the first two are forgotten by the data layer */
    curves_has.later[2].on_reply(curves_has.later[2].owner, model_curve_named("survival by gender"),
                                 NULL);
    curves_expect_text(host, "by gender");
    assert_false(curves_shows(host, "Counting"));
    curves_has.is_slow = false;
    fake_key(host, "Esc");
    assert_string_equal(curves_has.curve, "survival");
    fake_close(host);
}

/* --- cohorts, hours --- */

static void cohorts_make_a_triangle_and_curves(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Cohorts");
    curves_look_closely(host, "cohorts");
    curves_expect_text(host, "are still there after 3 months, of those of the year before it was");
    curves_expect_text(host, "Nov 26");
    assert_false(curves_shows(host, "Dec 24"));
    for (int i = 0; i < 30; i++)
        fake_key(host, "Up");
    curves_expect_text(host, "Dec 24");
    fake_key(host, "v");
    curves_look(host, "cohorts_curves");
    fake_close(host);
}

static void the_house_today_against_the_usual(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Hours");
    curves_look(host, "hours");
    curves_expect_text(host,
                       "Busiest: Tuesday 18–19, 38 check-ins; quietest open hour: Sunday 14–15");
    fake_key(host, "v");
    curves_look_closely(host, "hours_today");
    curves_expect_text(host, "At 17:30 there were 75 in; on a usual Saturday it is 75.");
    curves_expect_text(
        host, "The fullest hour still to come is 18:30 with about 101 of 120: there is room "
              "for all.");
    fake_key(host, "Esc");
    curves_expect_text(host, "check-ins a week");
    fake_close(host);
}

/* One who joined today is no half of anything, and no curve. */
static void a_young_gym_is_told_that_it_is_too_early(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.is_young = true;
    curves_has.value.customers = 1;
    curves_has.value.gone = 0;
    snprintf(curves_has.value.model, sizeof curves_has.value.model, "no history yet");
    curves_has.value.models = 1;
    curves_has.cohorts.count = 1;
    curves_has.cohorts.cohorts[0] = (struct models_cohort){
        .month = date_from_civil(2026, 11, 1), .size = 1, .observed = 0, .there = {1}};
    curves_show_page(host, "Value");
    curves_expect_text(host, "of 1 member ");
    curves_expect_text(host, "guessed, without a history yet");
    curves_expect_text(host, "Too few members to say how it is spread");
    assert_false(curves_shows(host, "tenth"));
    assert_false(curves_shows(host, "middle half"));
    curves_show_page(host, "Survival");
    curves_expect_text(host, "Too early to tell: a curve needs ten members and a whole month");
    curves_show_page(host, "Cohorts");
    curves_expect_text(host, "Too early to tell: nobody could be seen for a whole month yet");
    assert_false(curves_shows(host, "50 %"));
    fake_key(host, "v");
    curves_expect_text(host, "Nov 26");
    fake_close(host);
}

/* What a terminal of 40 × 12 leaves of the screen. */
static void expect_low(struct host *host, const char *wanted)
{
    char *text = golden_text(10, 40, fake_draw, host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the low screen", wanted);
    }
    free(text);
}

static void a_low_window_still_says_what_to_do(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Cohorts");
    expect_low(host, "All      858");
    expect_low(host, "15 % go in the first month: call them");
    expect_low(host, "Cohorts ");
    curves_show_page(host, "Hours");
    expect_low(host, "Sun ");
    expect_low(host, "Tue 18–19 needs two at the desk");
    curves_show_page(host, "Value");
    expect_low(host, "EUR");
    expect_low(host, "0 ┤");
    fake_close(host);
}

static void the_cohorts_say_why_the_survival_has_other_shares(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Cohorts");
    curves_expect_text(host, "Counted until they first left; Survival counts paid days");
    fake_close(host);
}

/* --- model --- */

static void the_model_says_how_far_to_trust_it(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Model");
    curves_look_closely(host, "model");
    curves_expect_text(host, "In use for renewals: renewal hazard");
    curves_expect_text(host, "0.695 told apart (AUC)");
    curves_expect_text(host,
                       "it did better than sBG (log-loss 0.311 against 0.352; less is better).");
    curves_expect_text(host, "Its percentages can be taken at their word: plan with them.");
    fake_key(host, "v");
    curves_look(host, "model_fits");
    curves_expect_text(host, "-2711.408");
    curves_expect_text(host, "Fitted to 8,412 observations, time in months, in 7 steps.");
    fake_key(host, "v");
    curves_look(host, "model_tracking");
    curves_expect_text(host, "By week 39");
    fake_close(host);
}

static void a_failed_fit_says_so_with_the_last_good_one(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Model");
    fake_key(host, "v");
    fake_key(host, "Down");
    fake_key(host, "Down");
    curves_look_closely(host, "model_failed");
    curves_expect_text(host,
                       "The attempt of 20 Nov failed: the likelihood has no maximum. These figures "
                       "are those of 21 Oct and stay in use.");
    curves_has.fits[2].parameter_count = 0;
    fake_key(host, "F5");
    curves_expect_text(host, "There is no earlier one.");
    fake_close(host);
}

static void the_hold_out_decides_and_is_missed_where_it_is_not(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.fits[1].log_loss = .29;
    curves_show_page(host, "Model");
    curves_expect_text(host, "sBG came closer (log-loss 0.290 against 0.311)");
    snprintf(curves_has.fits[1].subject, sizeof curves_has.fits[1].subject, "1 month");
    fake_key(host, "F5");
    curves_expect_text(host, "better than the contract alone (AUC 0.69 against 0.56)");
    for (int i = 0; i < curves_has.fit_count; i++)
        curves_has.fits[i].auc = curves_has.fits[i].log_loss = NAN;
    fake_key(host, "F5");
    curves_expect_text(host, "No prediction has been held against what followed yet");
    fake_close(host);
}

/* --- for screen readers --- */

static void in_plain_mode_the_pages_are_figures(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    golden_set_plain(true);
    curves_show_page(host, "Value");
    curves_expect_text(host, "50 to 100: 120");
    curves_show_page(host, "Survival");
    curves_expect_text(host, "54 % (52-57)");
    curves_show_page(host, "Cohorts");
    curves_expect_text(host, "Sep 26    34  85");
    curves_show_page(host, "Model");
    curves_expect_text(host, "100 %");
    golden_set_plain(false);
    fake_close(host);
}

/* --- nothing yet --- */

static void before_the_first_recompute_each_page_says_so(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"Value", "Nobody's value has been worked out yet."},
        {"Survival", "No curve has been drawn up yet."},
        {"Cohorts", "Nobody has joined yet."},
        {"Model", "No model has been fitted yet."},
    };
    struct host *host = curves_begin();
    curves_has.is_empty = true;
    for (int i = 0; i < 4; i++) {
        curves_show_page(host, words[i][0]);
        curves_expect_text(host, words[i][1]);
    }
    golden_check_sizes("empty", fake_draw, host);
    fake_close(host);
}

static void where_nothing_is_foretold_the_page_says_why(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.value.gone = curves_has.value.customers;
    curves_show_page(host, "Value");
    curves_expect_text(host, "Nobody is left of whom anything is expected.");
    curves_has.value.model[0] = '\0';
    fake_key(host, "F5");
    curves_expect_text(host, "No model could be fitted to these customers");
    fake_close(host);
}

static void large_cohorts_keep_clear_of_their_months(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.cohorts.cohorts[curves_has.cohorts.count - 1].size = 14886;
    curves_show_page(host, "Cohorts");
    curves_expect_text(host, " 14.9k");
    fake_close(host);
}

static void a_reading_that_failed_can_be_tried_again(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.fails = true;
    curves_show_page(host, "Value");
    curves_expect_text(host, "Could not be counted. F5 tries again.");
    curves_has.fails = false;
    fake_key(host, "F5");
    curves_expect_text(host, "EUR expected of 749 members");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_shows_where_it_lies),
        cmocka_unit_test(enter_on_the_top_shows_the_member),
        cmocka_unit_test(survival_goes_through_the_groups),
        cmocka_unit_test(views_turned_faster_than_they_are_read),
        cmocka_unit_test(cohorts_make_a_triangle_and_curves),
        cmocka_unit_test(the_house_today_against_the_usual),
        cmocka_unit_test(a_young_gym_is_told_that_it_is_too_early),
        cmocka_unit_test(a_low_window_still_says_what_to_do),
        cmocka_unit_test(the_cohorts_say_why_the_survival_has_other_shares),
        cmocka_unit_test(the_model_says_how_far_to_trust_it),
        cmocka_unit_test(a_failed_fit_says_so_with_the_last_good_one),
        cmocka_unit_test(the_hold_out_decides_and_is_missed_where_it_is_not),
        cmocka_unit_test(in_plain_mode_the_pages_are_figures),
        cmocka_unit_test(before_the_first_recompute_each_page_says_so),
        cmocka_unit_test(where_nothing_is_foretold_the_page_says_why),
        cmocka_unit_test(large_cohorts_keep_clear_of_their_months),
        cmocka_unit_test(a_reading_that_failed_can_be_tried_again),
    };
    return cmocka_run_group_tests_name("curves", tests, NULL, NULL);
}
