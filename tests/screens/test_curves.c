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
#include <unistd.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/db/models.h"
#include "gymtui/db/segments.h"
#include "model_data.h"
#include "office_data.h"
#include "support.h"

/* --- what the database answers --- */

static struct {
    bool is_empty, fails;
    struct models_value value;
    struct models_cohorts cohorts;
    struct models_occupancy occupancy;
    struct models_fit fits[MODEL_DATA_FITS];
    int fit_count;
    char curve[40]; /* the last one asked for */
    bool is_slow;   /* curves come when they are let go */
    int waiting;
    struct {
        models_curve_fn *on_reply;
        void *owner;
        char name[40];
    } later[8];
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

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    (void)search;
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

void models_curve(struct db *db, int64_t dataset_id, const char *name, models_curve_fn *on_reply,
                  void *owner)
{
    static const struct models_curve none;
    (void)db;
    (void)dataset_id;
    snprintf(db_has.curve, sizeof db_has.curve, "%s", name);
    if (db_has.is_slow && db_has.waiting < 8) {
        db_has.later[db_has.waiting].on_reply = on_reply;
        db_has.later[db_has.waiting].owner = owner;
        snprintf(db_has.later[db_has.waiting++].name, 40, "%s", name);
        return;
    }
    on_reply(owner, db_has.is_empty ? &none : model_curve_named(name), NULL);
}

static struct host *begin(void)
{
    memset(&db_has, 0, sizeof db_has);
    model_fill_value(&db_has.value);
    model_fill_cohorts(&db_has.cohorts);
    db_has.fit_count = model_fill_fits(db_has.fits);
    model_fill_occupancy(&db_has.occupancy);
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
}

/* … and at every size; for one of those that are drawn alike. */
static void look_closely(struct host *host, const char *name)
{
    look(host, name);
    golden_check_sizes(name, fake_draw, host);
}

/* --- value --- */

static void value_shows_where_it_lies(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Value");
    look_closely(host, "value");
    expect_text(host, "EUR expected of 749 members");
    expect_text(host, "by renewal hazard");
    expect_text(host,
                "Half of them are worth more than 187 EUR. The best tenth hold 34 % of it all: "
                "look after them first.");
    fake_key(host, "v");
    look(host, "value_groups");
    expect_text(host, "Champions carry 34 % of it all");
    expect_text(host, "A member on Annual is worth most, 450 against 238 on average");
    fake_key(host, "v");
    look_closely(host, "value_types");
    expect_text(host, "Call them this week");
    fake_key(host, "v");
    look_closely(host, "value_ends");
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
    expect_text(host, "Half of the members have left after 15 months (14 to 16).");
    expect_text(host, "The steepest step is the first month, when 15 % go");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival by plan");
    look_closely(host, "survival_plan");
    expect_text(host, "Half of the Monthly members have left after 14 months; Annual members stay "
                      "2.0 times as long.");
    expect_text(host, "The plans differ (by luck the chance is below 1 in 1,000).");
    fake_key(host, "v");
    expect_text(host, "There is no curve by way of paying");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival by gender");
    fake_key(host, "v");
    fake_key(host, "v");
    look_closely(host, "survival_effects");
    expect_text(host, "Annual instead of monthly: stays 2.1 times as long (1.7 to 2.6).");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival");
    fake_close(host);
}

/* Keys typed while a curve is read are not lost, and the last one asked for is the one shown. */
static void views_turned_faster_than_they_are_read(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Survival");
    db_has.is_slow = true;
    fake_key(host, "v");
    fake_key(host, "v");
    fake_key(host, "v");
    assert_string_equal(db_has.curve, "survival by gender");
    assert_int_equal(db_has.waiting, 3); /* the first two are forgotten by the data layer */
    db_has.later[2].on_reply(db_has.later[2].owner, model_curve_named("survival by gender"), NULL);
    expect_text(host, "by gender");
    assert_false(shows(host, "Counting"));
    db_has.is_slow = false;
    fake_key(host, "Esc");
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
    expect_text(host, "What parts the plans may be luck (chance about 1 in 4): do not act on it.");
    db_has.fits[4].parameters[2].estimate = .7;
    fake_key(host, "F5");
    expect_text(host, "What parts the plans is most likely luck: do not act on it.");
    fake_close(host);
}

/* --- cohorts, hours --- */

static void cohorts_make_a_triangle_and_curves(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Cohorts");
    look_closely(host, "cohorts");
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
    look_closely(host, "hours_today");
    expect_text(host, "At 17:30 there were 75 in; on a usual Saturday it is 75.");
    expect_text(host,
                "The fullest hour still to come is 18:30 with about 101 of 120: there is room "
                "for all.");
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
    look_closely(host, "model");
    expect_text(host, "In use for renewals: renewal hazard");
    expect_text(host, "0.695 told apart (AUC)");
    expect_text(host, "it did better than sBG (log-loss 0.311 against 0.352; less is better).");
    expect_text(host, "Its percentages can be taken at their word: plan with them.");
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
    look_closely(host, "model_failed");
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
    expect_text(host, "better than the contract alone (AUC 0.69 against 0.56)");
    for (int i = 0; i < db_has.fit_count; i++)
        db_has.fits[i].auc = db_has.fits[i].log_loss = NAN;
    fake_key(host, "F5");
    expect_text(host, "No prediction has been held against what followed yet");
    fake_close(host);
}

/* --- to a file --- */

/* `e` on the present page: the name that is proposed, then the file's first line and how many
 * rows follow, the first of them in `row`. */
static int export_page(struct host *host, const char *proposed, const char *headings, char row[512])
{
    char folder[] = "/tmp/gymtui-curves-XXXXXX", path[128], line[512];
    int rows = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/shown.csv", folder);
    fake_key(host, "e");
    expect_text(host, proposed);
    expect_text(host, "F2 write");
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "F2");
    assert_null(host->form);
    assert_int_equal(host->said_role, ROLE_GOOD);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    line[strcspn(line, "\r\n")] = '\0';
    assert_string_equal(line, headings);
    row[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (rows++ == 0)
            snprintf(row, 512, "%s", line);
    }
    fclose(file);
    unlink(path);
    rmdir(folder);
    return rows;
}

static void what_is_shown_of_value_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    struct host *host = begin();
    show_page(host, "Value");
    assert_int_equal(export_page(host, "~/value-2026-11-21.csv", "from,to,customers", row),
                     db_has.value.bucket_count);
    assert_string_equal(row, "0.00,50.00,38");
    fake_key(host, "v");
    assert_int_equal(export_page(host, "~/value-by-segment-2026-11-21.csv",
                                 "by,name,customers,total,average", row),
                     db_has.value.segment_count + db_has.value.package_count);
    assert_int_equal(strncmp(row, "segment,Champions,", 18), 0);
    fake_key(host, "v");
    assert_int_equal(
        export_page(host, "~/value-by-type-2026-11-21.csv", "by,name,customers,total,average", row),
        db_has.value.type_count);
    fake_key(host, "v");
    assert_int_equal(export_page(host, "~/value-top-and-bottom-2026-11-21.csv",
                                 "number,name,type,segment,value,low,high,p_stay,model", row),
                     db_has.value.top_count + db_has.value.bottom_count);
    assert_non_null(strstr(row, "1240.00,992.00,1550.00,0.9"));
    fake_close(host);
}

static void what_is_shown_of_survival_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    int points = 0;
    struct host *host = begin();
    show_page(host, "Survival");
    fake_key(host, "v");
    const struct models_curve *curve = model_curve_named("survival by plan");
    for (int i = 0; i < curve->series_count; i++)
        points += curve->series[i].count + (curve->series[i].points[0].x > 0);
    assert_int_equal(export_page(host, "~/survival-by-plan-2026-11-21.csv",
                                 "group,months,still_there,low,high,seen", row),
                     points);
    assert_int_equal(strncmp(row, "Monthly,0.000,1.00000,1.00000,1.00000,", 38), 0);
    fake_key(host, "v"); /* by way of paying: there is no curve, and nothing to write */
    expect_text(host, "There is no curve by way of paying");
    fake_key(host, "e");
    assert_null(host->form);
    for (int i = 0; i < 3; i++)
        fake_key(host, "v");
    assert_int_equal(export_page(host, "~/survival-effects-2026-11-21.csv",
                                 "model,what,times_as_long,low,high", row),
                     4);
    assert_int_equal(strncmp(row, "Weibull,", 8), 0);
    fake_close(host);
}

static void what_is_shown_of_cohorts_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    int cells = 0;
    struct host *host = begin();
    show_page(host, "Cohorts");
    for (int i = 0; i < db_has.cohorts.count; i++) {
        int observed = db_has.cohorts.cohorts[i].observed;
        cells += 1 + (observed > MODELS_MONTHS ? MODELS_MONTHS : observed);
    }
    assert_int_equal(export_page(host, "~/cohorts-2026-11-21.csv",
                                 "joined,members,months,still_there,share", row),
                     cells);
    assert_int_equal(strncmp(row, "2024-12-01,", 11), 0);
    assert_non_null(strstr(row, ",0,")); /* all of them are there at the beginning */
    assert_non_null(strstr(row, ",1.00000"));
    fake_close(host);
}

static void what_is_shown_of_hours_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    struct host *host = begin();
    show_page(host, "Hours");
    assert_int_equal(export_page(host, "~/hours-2026-11-21.csv", "weekday,hour,visits", row),
                     7 * 24);
    assert_int_equal(strncmp(row, "Mon,0,", 6), 0);
    fake_key(host, "v");
    assert_int_equal(
        export_page(host, "~/occupancy-2026-11-21.csv", "hour,inside_today,inside_usually", row),
        24);
    assert_int_equal(strncmp(row, "0,0,", 4), 0);
    fake_close(host);
}

static void what_is_shown_of_the_models_goes_to_a_file(void **state)
{
    (void)state;
    char row[512], wanted[128];
    int parameters = 0;
    struct host *host = begin();
    show_page(host, "Model");
    for (int i = 0; i < db_has.fit_count; i++)
        parameters += db_has.fits[i].parameter_count;
    assert_int_equal(export_page(host, "~/models-2026-11-21.csv",
                                 "purpose,model,subject,in_use,parameter,estimate,standard_error,"
                                 "log_likelihood,customers",
                                 row),
                     parameters);
    snprintf(wanted, sizeof wanted, "%s,%s,", db_has.fits[0].purpose, db_has.fits[0].model);
    assert_int_equal(strncmp(row, wanted, strlen(wanted)), 0);
    db_has.is_empty = true; /* nothing is fitted: nothing is written */
    fake_key(host, "F5");
    fake_key(host, "e");
    assert_null(host->form);
    fake_close(host);
}

/* --- honesty --- */

/* A month of which a few more left than of the others is no reason to call anybody. */
static void a_month_stands_out_when_it_is_no_luck(void **state)
{
    (void)state;
    struct host *host = begin();
    struct models_cohorts *cohorts = &db_has.cohorts;
    show_page(host, "Cohorts");
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
    expect_text(host, "No month stands out in which they go");
    cohorts->count = all;
    fake_key(host, "F5");
    expect_text(host, "Most go in month 5");
    fake_close(host);
}

static void a_change_between_cohorts_may_be_luck(void **state)
{
    (void)state;
    struct host *host = begin();
    struct models_cohorts *cohorts = &db_has.cohorts;
    for (int i = 0; i < cohorts->count; i++) { /* 20 a month: 88 % against 90 is nothing */
        bool is_late = i >= cohorts->count - 9;
        cohorts->cohorts[i].size = 20;
        for (int k = 0; k <= MODELS_MONTHS; k++)
            cohorts->cohorts[i].there[k] = k == 0 ? 20 : is_late && i % 2 == 0 ? 17 : 18;
    }
    show_page(host, "Cohorts");
    expect_text(host, "no more than luck may do");
    for (int i = 0; i < cohorts->count; i++) /* of 2,000 a month it is something */
        for (int k = 0; k <= MODELS_MONTHS; k++)
            cohorts->cohorts[i].there[k] *= 100;
    for (int i = 0; i < cohorts->count; i++)
        cohorts->cohorts[i].size *= 100;
    fake_key(host, "F5");
    expect_text(host, "find out what has changed since");
    fake_close(host);
}

static void what_cannot_be_changed_is_not_to_be_tried(void **state)
{
    (void)state;
    struct host *host = begin();
    for (int i = 0; i < db_has.fit_count; i++) {
        struct models_fit *fit = &db_has.fits[i];
        if (strcmp(fit->purpose, "survival") != 0)
            continue;
        for (int k = 0; k < fit->parameter_count; k++) /* only age is left to make a difference */
            if (strstr(fit->parameters[k].name, "older") == NULL)
                fit->parameters[k].standard_error = 5;
    }
    show_page(host, "Survival");
    for (int i = 0; i < 5; i++)
        fake_key(host, "v");
    expect_text(host, "Each 10 years older: stays 1.10 times as long");
    expect_text(host, "That cannot be changed: look first after those who leave soon by it.");
    assert_false(shows(host, "try it on some first"));
    fake_close(host);
}

static void models_as_good_as_each_other_are_told_so(void **state)
{
    (void)state;
    struct host *host = begin();
    show_page(host, "Model");
    db_has.fits[1].log_loss = db_has.fits[0].log_loss + .0002;
    fake_key(host, "F5");
    expect_text(host, "it did better than sBG (log-loss 0.31100 against 0.31120; less is better).");
    db_has.fits[1].log_loss = db_has.fits[0].log_loss;
    fake_key(host, "F5");
    expect_text(host, "sBG did as well (log-loss 0.311).");
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
    }
    golden_check_sizes("empty", fake_draw, host);
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
        cmocka_unit_test(views_turned_faster_than_they_are_read),
        cmocka_unit_test(a_difference_that_may_be_luck_is_called_so),
        cmocka_unit_test(cohorts_make_a_triangle_and_curves),
        cmocka_unit_test(the_house_today_against_the_usual),
        cmocka_unit_test(the_model_says_how_far_to_trust_it),
        cmocka_unit_test(a_failed_fit_says_so_with_the_last_good_one),
        cmocka_unit_test(the_hold_out_decides_and_is_missed_where_it_is_not),
        cmocka_unit_test(what_is_shown_of_value_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_survival_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_cohorts_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_hours_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_the_models_goes_to_a_file),
        cmocka_unit_test(a_month_stands_out_when_it_is_no_luck),
        cmocka_unit_test(a_change_between_cohorts_may_be_luck),
        cmocka_unit_test(what_cannot_be_changed_is_not_to_be_tried),
        cmocka_unit_test(models_as_good_as_each_other_are_told_so),
        cmocka_unit_test(in_plain_mode_the_pages_are_figures),
        cmocka_unit_test(before_the_first_recompute_each_page_says_so),
        cmocka_unit_test(a_reading_that_failed_can_be_tried_again),
    };
    return cmocka_run_group_tests_name("curves", tests, NULL, NULL);
}
