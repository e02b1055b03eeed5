/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the analytics pages make of differences: what may be luck, what stands out, and what nobody
 * can change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "curves/curves.h"
#include "fake_host.h"

static void a_difference_that_may_be_luck_is_called_so(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_has.fits[4].parameters[2].estimate = .25;
    curves_show_page(host, "Survival");
    fake_key(host, "v");
    curves_expect_text(host,
                       "What parts the plans may be luck (chance about 1 in 4): do not act on it.");
    curves_has.fits[4].parameters[2].estimate = .7;
    fake_key(host, "F5");
    curves_expect_text(host, "What parts the plans is most likely luck: do not act on it.");
    fake_close(host);
}

/* A month of which a few more left than of the others is no reason to call anybody. */
static void a_month_stands_out_when_it_is_no_luck(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    struct models_cohorts *cohorts = &curves_has.cohorts;
    curves_show_page(host, "Cohorts");
    for (int i = 0; i < cohorts->count; i++) { /* 2 of 40 go each month, and 4 in the fifth */
        cohorts->cohorts[i].size = 40;
        for (int k = 0, there = 40; k <= MODELS_MONTHS; k++) {
            there -= k == 0 || k > 12 ? 0 : k == 5 ? 4 : 2;
            cohorts->cohorts[i].there[k] = there;
        }
    }
    int all = cohorts->count;
    cohorts->count = 1;
    fake_key(host, "F5");
    curves_expect_text(host, "No month stands out in which they go");
    cohorts->count = all;
    fake_key(host, "F5");
    curves_expect_text(host, "Most go in month 5");
    fake_close(host);
}

static void a_change_between_cohorts_may_be_luck(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    struct models_cohorts *cohorts = &curves_has.cohorts;
    for (int i = 0; i < cohorts->count; i++) { /* 20 a month: 88 % against 90 is nothing */
        bool is_late = i >= cohorts->count - 9;
        cohorts->cohorts[i].size = 20;
        for (int k = 0; k <= MODELS_MONTHS; k++)
            cohorts->cohorts[i].there[k] = k == 0 ? 20 : is_late && i % 2 == 0 ? 17 : 18;
    }
    curves_show_page(host, "Cohorts");
    curves_expect_text(host, "no more than luck may do");
    for (int i = 0; i < cohorts->count; i++) /* of 2,000 a month it is something */
        for (int k = 0; k <= MODELS_MONTHS; k++)
            cohorts->cohorts[i].there[k] *= 100;
    for (int i = 0; i < cohorts->count; i++)
        cohorts->cohorts[i].size *= 100;
    fake_key(host, "F5");
    curves_expect_text(host, "find out what has changed since");
    fake_close(host);
}

static void what_cannot_be_changed_is_not_to_be_tried(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    for (int i = 0; i < curves_has.fit_count; i++) {
        struct models_fit *fit = &curves_has.fits[i];
        if (strcmp(fit->purpose, "survival") != 0)
            continue;
        for (int k = 0; k < fit->parameter_count; k++) /* only age is left to make a difference */
            if (strstr(fit->parameters[k].name, "older") == NULL)
                fit->parameters[k].standard_error = 5;
    }
    curves_show_page(host, "Survival");
    for (int i = 0; i < 5; i++)
        fake_key(host, "v");
    curves_expect_text(host, "Each 10 years older: stays 1.10 times as long");
    curves_expect_text(host,
                       "That cannot be changed: look first after those who leave soon by it.");
    assert_false(curves_shows(host, "try it on some first"));
    fake_close(host);
}

static void models_as_good_as_each_other_are_told_so(void **state)
{
    (void)state;
    struct host *host = curves_begin();
    curves_show_page(host, "Model");
    curves_has.fits[1].log_loss = curves_has.fits[0].log_loss + .0002;
    fake_key(host, "F5");
    curves_expect_text(
        host, "it did better than sBG (log-loss 0.31100 against 0.31120; less is better).");
    curves_has.fits[1].log_loss = curves_has.fits[0].log_loss;
    fake_key(host, "F5");
    curves_expect_text(host, "sBG did as well (log-loss 0.311).");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_that_may_be_luck_is_called_so),
        cmocka_unit_test(a_month_stands_out_when_it_is_no_luck),
        cmocka_unit_test(a_change_between_cohorts_may_be_luck),
        cmocka_unit_test(what_cannot_be_changed_is_not_to_be_tried),
        cmocka_unit_test(models_as_good_as_each_other_are_told_so),
    };
    return cmocka_run_group_tests_name("curves_luck", tests, NULL, NULL);
}
