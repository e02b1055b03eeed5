/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves, points and histograms: that each line can be told from the others with its colour, and
 * its Unicode, taken away. */
#include "gymtui/ui/chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "support.h"

/* Three plans over three years: the monthly one leaves fast, the annual one in steps of a year. */
#define MONTHS 37
static struct chart_point monthly[MONTHS], quarterly[MONTHS], annual[MONTHS];
static const struct chart_series plans[] = {
    {"Monthly", monthly, MONTHS}, {"Quarterly", quarterly, MONTHS}, {"Annual", annual, MONTHS}};

static void fill(void)
{
    for (int i = 0; i < MONTHS; i++) {
        double month = i;
        double shares[3] = {exp(-month / 15), pow(.86, floor(month / 3)),
                            pow(.8, floor(month / 12))};
        struct chart_point *points[3] = {monthly, quarterly, annual};
        for (int k = 0; k < 3; k++) {
            double wide = .01 + .002 * month;
            points[k][i] =
                (struct chart_point){month, shares[k], shares[k] - wide, shares[k] + wide};
        }
    }
}

static const struct chart_plot survival = {
    .form = CHART_STEPS,
    .series = plans,
    .count = 3,
    .x = {"months", 0, 36, CHART_MONTHS},
    .y = {"still there", 0, 1, CHART_PERCENT},
    .bands = true,
    .guide = .5,
};

static void draw_survival(void *unused, struct area area)
{
    (void)unused;
    fill();
    draw_clear(area, ROLE_TEXT);
    chart_plot(area, &survival);
}

static void draw_values(void *unused, struct area area)
{
    (void)unused;
    fill();
    draw_clear(area, ROLE_TEXT);
    chart_plot_values(area, &survival);
}

static void draw_calibration(void *unused, struct area area)
{
    (void)unused;
    static const struct chart_point combined[] = {
        {.05, .06, NAN, NAN}, {.2, .18, NAN, NAN}, {.35, .38, NAN, NAN}, {.5, .47, NAN, NAN},
        {.62, .66, NAN, NAN}, {.8, .79, NAN, NAN}, {.94, .95, NAN, NAN}};
    static const struct chart_point tenure[] = {
        {.55, .31, NAN, NAN}, {.6, .62, NAN, NAN}, {.7, .88, NAN, NAN}};
    static const struct chart_series models[] = {{"renewal hazard", combined, 7},
                                                 {"sBG", tenure, 3}};
    struct chart_plot plot = {.form = CHART_MARKS,
                              .series = models,
                              .count = 2,
                              .x = {"predicted", 0, 1, CHART_PERCENT},
                              .y = {"happened", 0, 1, CHART_PERCENT},
                              .diagonal = true};
    draw_clear(area, ROLE_TEXT);
    chart_plot(area, &plot);
}

static void draw_tracking(void *unused, struct area area)
{
    (void)unused;
    static struct chart_point actual[79], expected[79];
    for (int i = 0; i < 79; i++) {
        actual[i] = (struct chart_point){i, 61.0 * i - .25 * i * i + 90 * sin(i / 7.0), NAN, NAN};
        expected[i] = (struct chart_point){i, 60.0 * i - .25 * i * i, NAN, NAN};
    }
    struct chart_series series[] = {{"actual", actual, 79}, {"expected", expected, 79}};
    struct chart_plot plot = {.form = CHART_LINES,
                              .series = series,
                              .count = 2,
                              .x = {.name = "weeks"},
                              .y = {.name = "purchases so far"}};
    draw_clear(area, ROLE_TEXT);
    chart_plot(area, &plot);
}

static void draw_histogram(void *unused, struct area area)
{
    (void)unused;
    static const double counts[] = {38, 120, 161, 140, 99, 70, 44, 31, 12, 8, 3, 1, 22};
    struct chart_histogram histogram = {.counts = counts,
                                        .count = 13,
                                        .step = 50,
                                        .open_end = true,
                                        .x_name = "EUR",
                                        .y_name = "members",
                                        .mark = 187,
                                        .mark_name = "half are above 187"};
    draw_clear(area, ROLE_TEXT);
    chart_histogram(area, &histogram);
}

/* What is not a number, or outside, is left out; nothing at all is drawn as nothing. */
static void draw_odd(void *unused, struct area area)
{
    (void)unused;
    static const struct chart_point points[] = {{NAN, 1, 0, 0},
                                                {0, NAN, 0, 0},
                                                {1, INFINITY, -INFINITY, NAN},
                                                {-3, 2, 9, -9},
                                                {4, 4, 1, 2}};
    static const struct chart_series series[CHART_SERIES + 3] = {
        {"", NULL, 0},
        {"a name that is much longer than any plot could ever show beside its curve", points, 5},
        {"李小龍", points, 5}};
    draw_clear(area, ROLE_TEXT);
    for (int form = CHART_LINES; form <= CHART_MARKS; form++) {
        struct chart_plot plot = {.form = (enum chart_form)form,
                                  .series = series,
                                  .count = 3,
                                  .bands = true,
                                  .guide = 90};
        chart_plot(area, &plot);
        chart_plot_values(area, &plot);
    }
    struct chart_plot none = {.form = CHART_LINES};
    chart_plot(area, &none);
    chart_plot_values(area, &none);
    struct chart_histogram empty = {.counts = NULL, .count = 0, .mark = NAN};
    chart_histogram(area, &empty);
}

static void curves_look_like_this(void **state)
{
    (void)state;
    golden_check("chart/survival", draw_survival, NULL);
    golden_check("chart/calibration", draw_calibration, NULL);
    golden_check("chart/tracking", draw_tracking, NULL);
    golden_check("chart/values", draw_values, NULL);
}

static void histograms_look_like_this(void **state)
{
    (void)state;
    golden_check("chart/histogram", draw_histogram, NULL);
}

static void any_size_and_any_number_is_drawn(void **state)
{
    (void)state;
    golden_check_sizes("survival", draw_survival, NULL);
    golden_check_sizes("calibration", draw_calibration, NULL);
    golden_check_sizes("tracking", draw_tracking, NULL);
    golden_check_sizes("values", draw_values, NULL);
    golden_check_sizes("histogram", draw_histogram, NULL);
    golden_check_sizes("odd", draw_odd, NULL);
}

static bool has(const char *text, const char *wanted)
{
    return strstr(text, wanted) != NULL;
}

/* Each line's own style can be found in the plot without its colour. */
static void styles_tell_lines_apart(void **state)
{
    (void)state;
    char *text = golden_text(24, 80, draw_survival, NULL);
    assert_true(has(text, "⠒⠒⠒⠒⠒⠒ Monthly"));
    assert_true(has(text, "⠒⠒⠀⠀⠒⠒ Quarterly"));
    assert_true(has(text, "⠒⠒⠒⠀⠒⠀ Annual"));
    assert_true(has(text, "100 %┤"));
    assert_true(has(text, "months"));
    free(text);
}

static void values_are_the_points(void **state)
{
    (void)state;
    char *text = golden_text(24, 80, draw_values, NULL);
    /* After 12 months: exp(-12/15) = 45 %, .86^4 = 55 %, .8 = 80 %. */
    assert_true(has(text, "45 % (42-48)") && has(text, "55 % (51-58)"));
    assert_true(has(text, "80 % (77-83)"));
    free(text);
}

/* For screen readers every chart is its figures. */
static void plain_charts_are_read_out(void **state)
{
    (void)state;
    golden_set_plain(true);
    golden_check("chart/survival_plain", draw_survival, NULL);
    golden_check("chart/histogram_plain", draw_histogram, NULL);
    char *text = golden_text(24, 80, draw_histogram, NULL);
    assert_true(has(text, "50 to 100: 120"));
    assert_true(has(text, "600 to more: 22"));
    assert_true(has(text, "half are above 187"));
    free(text);
    golden_set_plain(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_look_like_this),
        cmocka_unit_test(histograms_look_like_this),
        cmocka_unit_test(any_size_and_any_number_is_drawn),
        cmocka_unit_test(styles_tell_lines_apart),
        cmocka_unit_test(values_are_the_points),
        cmocka_unit_test(plain_charts_are_read_out),
    };
    return cmocka_run_group_tests_name("charts", tests, NULL, NULL);
}
