/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The analytics pages about models: value, survival, cohorts, hours, model; what they show, what
 * they say about it, and that they say so when there is nothing yet or a fit failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/db/models.h"
#include "gymtui/db/segments.h"
#include "office_data.h"
#include "support.h"

/* --- what the database answers --- */

static struct {
    bool is_empty, fails;
    struct models_value value;
    struct models_cohorts cohorts;
    struct models_occupancy occupancy;
    struct models_fit fits[8];
    int fit_count;
    char curve[40]; /* the last one asked for */
} db_has;

/* The other pages, on the way to these, go on counting. */
void statistics_overview(struct db *db, statistics_overview_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
}

void segments_at_risk(struct db *db, const struct at_risk_row *anchor, int limit,
                      at_risk_fn *on_reply, void *owner)
{
    (void)db;
    (void)anchor;
    (void)limit;
    (void)on_reply;
    (void)owner;
}

void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_heat(), NULL);
}

void models_value(struct db *db, int64_t dataset_id, models_value_fn *on_reply, void *owner)
{
    static const struct models_value none = {.as_of = DATE_NONE};
    struct error error;
    (void)db;
    (void)dataset_id;
    error_set(&error, ERROR_TOO_SLOW, NULL, "Counting took too long");
    if (db_has.fails)
        on_reply(owner, NULL, &error);
    else
        on_reply(owner, db_has.is_empty ? &none : &db_has.value, NULL);
}

void models_cohorts(struct db *db, int64_t dataset_id, models_cohorts_fn *on_reply, void *owner)
{
    static const struct models_cohorts none = {.as_of = OFFICE_TODAY};
    (void)db;
    (void)dataset_id;
    on_reply(owner, db_has.is_empty ? &none : &db_has.cohorts, NULL);
}

void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    on_reply(owner, db_has.fits, db_has.is_empty ? 0 : db_has.fit_count, NULL);
}

void models_occupancy(struct db *db, models_occupancy_fn *on_reply, void *owner)
{
    static const struct models_occupancy none = {.weekday = 5};
    (void)db;
    on_reply(owner, db_has.is_empty ? &none : &db_has.occupancy, NULL);
}

#define MONTHS 37

/* Shares that fall by `rate` a month, and by `first` once after the first. */
static struct models_series stay(const char *name, double first, double rate, int64_t n,
                                 struct models_point *points)
{
    struct models_series series = {.points = points, .count = MONTHS};
    snprintf(series.name, sizeof series.name, "%s", name);
    for (int i = 0; i < MONTHS; i++) {
        double share = (i > 0 ? 1 - first : 1) * exp(-rate * i);
        double wide = 1.2 * sqrt(share * (1 - share) / (double)n);
        points[i] = (struct models_point){i, share, share - wide, share + wide,
                                          (int64_t)((double)n * share)};
    }
    return series;
}

static struct models_curve marks(struct models_point points[2][10])
{
    struct models_curve curve = {.series_count = 2};
    for (int i = 0; i < 10; i++) {
        double p = .05 + .1 * i;
        points[0][i] = (struct models_point){.48 + .04 * i, .2 + .09 * i, NAN, NAN, 84};
        points[1][i] = (struct models_point){p, p + (i % 3 - 1) * .015, NAN, NAN, 84};
    }
    curve.series[0] = (struct models_series){"sBG", points[0], 10};
    curve.series[1] = (struct models_series){"renewal hazard", points[1], 10};
    return curve;
}

static struct models_curve track(struct models_point points[2][40])
{
    struct models_curve curve = {.series_count = 2};
    for (int i = 0; i < 40; i++) {
        points[0][i] = (struct models_point){i, 260.0 * i + 80 * sin(i / 5.0), NAN, NAN, 0};
        points[1][i] = (struct models_point){i, 265.0 * i - .3 * i * i, NAN, NAN, 0};
    }
    curve.series[0] = (struct models_series){"actual", points[0], 40};
    curve.series[1] = (struct models_series){"expected", points[1], 40};
    return curve;
}

void models_curve(struct db *db, int64_t dataset_id, const char *name, models_curve_fn *on_reply,
                  void *owner)
{
    static struct models_point points[3][MONTHS], bins[2][10], weeks[2][40];
    struct models_curve curve = {0};
    (void)db;
    (void)dataset_id;
    snprintf(db_has.curve, sizeof db_has.curve, "%s", name);
    if (db_has.is_empty) {
        on_reply(owner, &curve, NULL);
        return;
    }
    if (strcmp(name, "survival") == 0) {
        curve.series[curve.series_count++] = stay("all", .12, .04, 839, points[0]);
    } else if (strcmp(name, "survival by plan") == 0) {
        curve.series[curve.series_count++] = stay("Monthly", .1, .045, 436, points[0]);
        curve.series[curve.series_count++] = stay("Annual", 0, .025, 151, points[1]);
        curve.series[curve.series_count++] = stay("Quarterly", .05, .033, 117, points[2]);
    } else if (strcmp(name, "survival by gender") == 0) {
        curve.series[curve.series_count++] = stay("female", .1, .04, 420, points[0]);
        curve.series[curve.series_count++] = stay("male", .1, .041, 410, points[1]);
    } else if (strcmp(name, "calibration") == 0) {
        curve = marks(bins);
    } else if (strcmp(name, "tracking") == 0) {
        curve = track(weeks);
    }
    on_reply(owner, &curve, NULL);
}

static void fill_value(struct models_value *value)
{
    static const int64_t counts[] = {38, 120, 161, 140, 99, 70, 44, 31, 12, 8, 3, 1, 22};
    *value = (struct models_value){
        .customers = 839,
        .gone = 90,
        .as_of = OFFICE_TODAY,
        .currency = "EUR",
        .model = "renewal hazard",
        .models = 1,
        .total = 178412.5,
        .gone_total = 2210,
        .mean = 238.2,
        .median = 187.4,
        .lower_quartile = 102.9,
        .upper_quartile = 301.2,
        .tenth_share = .34,
        .bucket_count = 13,
        .segments = {{"Champions", 109, 61000, 559.6},
                     {"Loyal", 121, 47200, 390.1},
                     {"Potential", 160, 30500, 190.6},
                     {"At Risk", 75, 14800, 197.3},
                     {"Can't Lose", 21, 9100, 433.3},
                     {"Need Attention", 44, 6200, 140.9},
                     {"Hibernating", 130, 5900, 45.4},
                     {"New", 38, 3700, 97.4}},
        .segment_count = 8,
        .packages = {{"Monthly", 436, 78000, 178.9},
                     {"Annual", 151, 68000, 450.3},
                     {"Quarterly", 117, 26100, 223.1},
                     {"学生プラン (students)", 45, 6300, 140.0}},
        .package_count = 4,
        .types = {{"Star", 290, 118000, 406.9},
                  {"Vulnerable", 85, 24900, 292.9},
                  {"Free Rider", 201, 22100, 110.0},
                  {"Lost Cause", 173, 13400, 77.5}},
        .type_count = 4,
        .top_count = MODELS_ENDS,
        .bottom_count = MODELS_ENDS,
    };
    for (int i = 0; i < 13; i++)
        value->buckets[i] =
            (struct models_bucket){50.0 * i, i == 12 ? INFINITY : 50.0 * (i + 1), counts[i]};
    for (int i = 0; i < MODELS_ENDS; i++) {
        double worth = 1240 - 61.0 * i, little = 3 + 2.0 * i;
        value->top[i] = (struct models_customer){.customer_id = 10482 + i,
                                                 .type = "Star",
                                                 .segment = "Champions",
                                                 .model = "renewal hazard",
                                                 .clv = worth,
                                                 .low = worth * .8,
                                                 .high = worth * 1.25,
                                                 .p_stay = .97 - .01 * i};
        snprintf(value->top[i].name, sizeof value->top[i].name, "%.120s",
                 office_members[i % 9].name);
        value->bottom[i] = value->top[i];
        value->bottom[i].clv = little;
        value->bottom[i].low = i == 0 ? NAN : little / 2;
        value->bottom[i].high = little * 3;
        value->bottom[i].p_stay = .04 + .01 * i;
        snprintf(value->bottom[i].segment, sizeof value->bottom[i].segment, "Lost");
    }
}

static void fill_cohorts(struct models_cohorts *cohorts)
{
    *cohorts = (struct models_cohorts){.as_of = OFFICE_TODAY, .count = MODELS_COHORTS};
    for (int i = 0; i < MODELS_COHORTS; i++) {
        struct models_cohort *cohort = &cohorts->cohorts[i];
        int month = 11 + i; /* December 2024 … November 2026 */
        cohort->month = date_from_civil(2024 + month / 12, month % 12 + 1, 1);
        cohort->size = 30 + i * 7 % 13;
        cohort->observed = i < 23 ? 22 - i : 0;
        for (int k = 0; k <= cohort->observed; k++) {
            double share = (k > 0 ? .9 : 1) * exp(-(i < 12 ? .06 : .045) * k);
            cohort->there[k] = (int64_t)lround((double)cohort->size * share);
        }
    }
}

static void fill_fits(void)
{
    static const struct models_fit hazard = {
        .purpose = "renewal",
        .model = "renewal hazard",
        .time_unit = "months",
        .parameter_count = 5,
        .parameters = {{"gamma 0", -.1204, .031},
                       {"gamma 1", .8411, .044},
                       {"overdue", -.0317, .0021},
                       {"trend", .412, .065},
                       {"odd", 1.5e-5, NAN}},
        .log_likelihood = -2711.4082,
        .observations = 8412,
        .iterations = 7,
        .in_use = true,
        .fitted_on = OFFICE_TODAY - 1,
        .holdout_from = OFFICE_TODAY - 112,
        .auc = .695,
        .log_loss = .311,
        .calibration_error = .014,
        .worst_tenth = .38,
        .failed_on = DATE_NONE,
    };
    db_has.fits[0] = hazard;
    db_has.fits[1] = hazard;
    db_has.fits[2] = hazard;
    db_has.fits[3] = hazard;
    db_has.fits[4] = hazard;
    db_has.fit_count = 5;
    struct models_fit *fit = &db_has.fits[1]; /* tenure only */
    snprintf(fit->model, sizeof fit->model, "sBG");
    fit->in_use = false;
    fit->auc = .557;
    fit->log_loss = .352;
    fit->parameter_count = 2;
    fit = &db_has.fits[2]; /* failed yesterday, the last good one of a month ago */
    snprintf(fit->purpose, sizeof fit->purpose, "visits");
    snprintf(fit->model, sizeof fit->model, "MBG/NBD");
    fit->auc = fit->log_loss = fit->calibration_error = fit->worst_tenth = NAN;
    fit->fitted_on = OFFICE_TODAY - 31;
    fit->failed_on = OFFICE_TODAY - 1;
    snprintf(fit->failure, sizeof fit->failure, "the likelihood has no maximum");
    fit = &db_has.fits[3];
    snprintf(fit->purpose, sizeof fit->purpose, "survival");
    snprintf(fit->model, sizeof fit->model, "Weibull");
    fit->auc = fit->log_loss = fit->calibration_error = fit->worst_tenth = NAN;
    fit->parameter_count = 6;
    static const struct models_parameter effects[] = {
        {"intercept", 2.9, .1},
        {"annual instead of monthly", .742, .1},
        {"paying by card instead of transfer", .47, .088},
        {"each 10 years older", .095, .02},
        {"women instead of men", -.03, .05},
        {"sigma", .8, .02},
    };
    memcpy(fit->parameters, effects, sizeof effects);
    fit = &db_has.fits[4];
    snprintf(fit->purpose, sizeof fit->purpose, "test");
    snprintf(fit->model, sizeof fit->model, "log-rank");
    snprintf(fit->subject, sizeof fit->subject, "plan");
    fit->in_use = false;
    fit->log_likelihood = fit->auc = fit->log_loss = NAN;
    fit->iterations = 0;
    fit->parameter_count = 3;
    fit->parameters[0] = (struct models_parameter){"chi_square", 31.5, NAN};
    fit->parameters[1] = (struct models_parameter){"degrees", 2, NAN};
    fit->parameters[2] = (struct models_parameter){"p_value", 1.5e-7, NAN};
}

static void fill_occupancy(struct models_occupancy *occupancy)
{
    static const int usual[24] = {0,  0,  0,  0,  0,  0,  12, 31, 42, 38, 35, 33,
                                  36, 30, 28, 30, 44, 71, 96, 88, 60, 33, 12, 0};
    *occupancy = (struct models_occupancy){.weekday = 5, .capacity = 120, .weeks = 8};
    for (int i = 0; i < 24; i++) {
        occupancy->usual[i] = usual[i] * 1.05;
        occupancy->today[i] = i > 17 ? -1 : usual[i] + (i % 3 - 1) * 4 * (usual[i] > 0);
    }
}

static struct host *begin(void)
{
    memset(&db_has, 0, sizeof db_has);
    fill_value(&db_has.value);
    fill_cohorts(&db_has.cohorts);
    fill_fits();
    fill_occupancy(&db_has.occupancy);
    return fake_open(&screen_analytics, NULL, NULL);
}

/* --- looking --- */

static bool shows(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    /* Sentences are wrapped: a line's end is as good as a blank. */
    for (char *s = text; *s; s++)
        if (*s == '\n' && s[1] == ' ')
            memmove(s, s + 1, strlen(s));
    bool found = strstr(text, wanted) != NULL;
    free(text);
    return found;
}

static void expect_text(struct host *host, const char *wanted)
{
    if (shows(host, wanted))
        return;
    char *text = fake_text(host);
    fputs(text, stderr);
    free(text);
    fail_msg("“%s” is not on the screen", wanted);
}

static void show_page(struct host *host, const char *name)
{
    char here[40];
    snprintf(here, sizeof here, "[%s]", name);
    for (int i = 0; i < 12; i++) {
        char *text = fake_text(host);
        bool found = strstr(text, here) != NULL;
        free(text);
        if (found)
            return;
        fake_key(host, "Right");
    }
    fail_msg("there is no page “%s”", name);
}

static void look(struct host *host, const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "curves/%s", name);
    golden_check(path, fake_draw, host);
    golden_check_sizes(name, fake_draw, host);
}

/* --- value --- */

static void value_shows_where_it_lies(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Value");
    look(host, "value");
    expect_text(host, "EUR expected of 749 members");
    expect_text(host, "by renewal hazard");
    expect_text(host, "Half of them are worth more than 187 EUR; the best tenth hold 34 % of it");
    fake_key(host, "v");
    look(host, "value_groups");
    expect_text(host, "Champions carry 34 % of it all");
    expect_text(host, "A member on Annual is worth 450, against 238 on average");
    fake_key(host, "v");
    look(host, "value_types");
    expect_text(host, "Call them this week");
    fake_key(host, "v");
    look(host, "value_ends");
    expect_text(host, "992 to 1,550");
    fake_close(host);
}

static void enter_on_the_top_shows_the_member(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Value");
    fake_key(host, "Enter");
    assert_null(host->opened); /* nobody is selected in the distribution */
    for (int i = 0; i < 3; i++)
        fake_key(host, "v");
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    expect_text(host, "half are above 187");
    fake_close(host);
}

/* --- survival --- */

static void survival_goes_through_the_groups(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Survival");
    assert_string_equal(db_has.curve, "survival");
    look(host, "survival");
    expect_text(host, "Half of the members have left after 15 months.");
    expect_text(host, "The steepest step is the first month, when 15 % go");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival by plan");
    look(host, "survival_plan");
    expect_text(host, "Half of the Monthly members have left after 14 months; Annual members stay "
                      "2.0 times as long.");
    expect_text(host, "The plans differ: chance of this by luck below 1 in 1,000.");
    fake_key(host, "v");
    expect_text(host, "There is no curve by way of paying");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival by gender");
    fake_key(host, "v");
    fake_key(host, "v");
    look(host, "survival_effects");
    expect_text(host, "Annual instead of monthly: stays 2.1 times as long (1.7 to 2.6).");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival");
    fake_close(host);
}

static void a_difference_that_may_be_luck_is_called_so(void **state)
{
    (void)state;
    struct host *host = begin();
    db_has.fits[4].parameters[2].estimate = .25;
    show_page(host, "Survival");
    fake_key(host, "v");
    expect_text(host, "That may be luck (chance about 1 in 4): do not act on it.");
    db_has.fits[4].parameters[2].estimate = .7;
    fake_key(host, "F5");
    expect_text(host, "That is most likely luck: do not act on it.");
    fake_close(host);
}

/* --- cohorts, hours --- */

static void cohorts_make_a_triangle_and_curves(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Cohorts");
    look(host, "cohorts");
    expect_text(host, "are still there after 3 months, of those of the year before it was");
    expect_text(host, "Nov 26");
    assert_false(shows(host, "Dec 24"));
    for (int i = 0; i < 30; i++)
        fake_key(host, "Up");
    expect_text(host, "Dec 24");
    fake_key(host, "v");
    look(host, "cohorts_curves");
    fake_close(host);
}

static void the_house_today_against_the_usual(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Hours");
    look(host, "hours");
    expect_text(host, "Busiest: Tuesday 18–19, 38 check-ins; quietest open hour: Sunday 14–15");
    fake_key(host, "v");
    look(host, "hours_today");
    expect_text(host, "At 17:30 there were 75 in; on a usual Saturday it is 75.");
    expect_text(host, "The fullest hour still to come is 18:30 with about 101 of 120.");
    fake_key(host, "Esc");
    expect_text(host, "check-ins a week");
    fake_close(host);
}

/* --- model --- */

static void the_model_says_how_far_to_trust_it(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Model");
    look(host, "model");
    expect_text(host, "In use for renewals: renewal hazard");
    expect_text(host, "0.695 told apart (AUC)");
    expect_text(host, "it did better than sBG (log-loss 0.311 against 0.352).");
    expect_text(host, "Its percentages can be taken at their word.");
    fake_key(host, "v");
    look(host, "model_fits");
    expect_text(host, "-2711.408");
    expect_text(host, "Fitted to 8,412 observations, time in months, in 7 steps.");
    fake_key(host, "v");
    look(host, "model_tracking");
    expect_text(host, "By week 39");
    fake_close(host);
}

static void a_failed_fit_says_so_with_the_last_good_one(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Model");
    fake_key(host, "v");
    fake_key(host, "Down");
    fake_key(host, "Down");
    look(host, "model_failed");
    expect_text(host, "The attempt of 20 Nov failed: the likelihood has no maximum. These figures "
                      "are those of 21 Oct and stay in use.");
    db_has.fits[2].parameter_count = 0;
    fake_key(host, "F5");
    expect_text(host, "There is no earlier one.");
    fake_close(host);
}

static void the_hold_out_decides_and_is_missed_where_it_is_not(void **state)
{
    (void)state;
    struct host *host = begin();
    db_has.fits[1].log_loss = .29;
    show_page(host, "Model");
    expect_text(host, "sBG came closer (log-loss 0.290 against 0.311)");
    snprintf(db_has.fits[1].subject, sizeof db_has.fits[1].subject, "1 month");
    fake_key(host, "F5");
    expect_text(host, "better than the sBG (1 month) alone (AUC 0.69 against 0.56)");
    for (int i = 0; i < db_has.fit_count; i++)
        db_has.fits[i].auc = db_has.fits[i].log_loss = NAN;
    fake_key(host, "F5");
    expect_text(host, "No prediction has been held against what followed yet");
    fake_close(host);
}

/* --- for screen readers --- */

static void in_plain_mode_the_pages_are_figures(void **state)
{
    (void)state;
    struct host *host = begin();
    golden_set_plain(true);
    show_page(host, "Value");
    expect_text(host, "50 to 100: 120");
    show_page(host, "Survival");
    expect_text(host, "54 % (52-57)");
    show_page(host, "Cohorts");
    expect_text(host, "Sep 26    34  85");
    show_page(host, "Model");
    expect_text(host, "100 %");
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
    struct host *host = begin();
    db_has.is_empty = true;
    for (int i = 0; i < 4; i++) {
        show_page(host, words[i][0]);
        expect_text(host, words[i][1]);
        golden_check_sizes("empty", fake_draw, host);
    }
    fake_close(host);
}

static void a_reading_that_failed_can_be_tried_again(void **state)
{
    (void)state;
    struct host *host = begin();
    db_has.fails = true;
    show_page(host, "Value");
    expect_text(host, "Could not be counted. F5 tries again.");
    db_has.fails = false;
    fake_key(host, "F5");
    expect_text(host, "EUR expected of 749 members");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_shows_where_it_lies),
        cmocka_unit_test(enter_on_the_top_shows_the_member),
        cmocka_unit_test(survival_goes_through_the_groups),
        cmocka_unit_test(a_difference_that_may_be_luck_is_called_so),
        cmocka_unit_test(cohorts_make_a_triangle_and_curves),
        cmocka_unit_test(the_house_today_against_the_usual),
        cmocka_unit_test(the_model_says_how_far_to_trust_it),
        cmocka_unit_test(a_failed_fit_says_so_with_the_last_good_one),
        cmocka_unit_test(the_hold_out_decides_and_is_missed_where_it_is_not),
        cmocka_unit_test(in_plain_mode_the_pages_are_figures),
        cmocka_unit_test(before_the_first_recompute_each_page_says_so),
        cmocka_unit_test(a_reading_that_failed_can_be_tried_again),
    };
    return cmocka_run_group_tests_name("curves", tests, NULL, NULL);
}
