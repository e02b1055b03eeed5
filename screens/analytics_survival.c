/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Survival: how long they stay. Kaplan–Meier curves with their bands, of all and by group; and what
 * makes a stay longer, by the model of survival in use, as factors with their intervals.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_export.h"
#include "analytics_model.h"
#include "gymtui/base/text.h"

enum survival_view { BY_NOTHING, BY_PLAN, BY_METHOD, BY_GENDER, BY_AGE, EFFECTS, VIEW_COUNT };

static const struct {
    const char *curve, *subject, *title, *groups;
} views[VIEW_COUNT] = {
    [BY_NOTHING] = {"survival", "", "everybody", ""},
    [BY_PLAN] = {"survival by plan", "plan", "by plan", "plans"},
    [BY_METHOD] = {"survival by method", "method", "by way of paying", "ways of paying"},
    [BY_GENDER] = {"survival by gender", "gender", "by gender", "genders"},
    [BY_AGE] = {"survival by age", "age", "by age", "ages"},
    [EFFECTS] = {NULL, NULL, "what makes them stay", ""},
};

struct survival_state {
    struct analytics_place *place;
    enum survival_view view;
    struct model_fits fits;
    struct model_curve curve; /* of the view */
};

#define FEW   30 /* of fewer nothing is worth telling */
#define LEAST 10 /* of fewer there is no curve */

/* --- in words --- */

static const struct models_point *point_at(const struct models_series *series, double x)
{
    const struct models_point *found = NULL;
    for (int i = 0; i < series->count && series->points[i].x <= x; i++)
        found = &series->points[i];
    return found;
}

/* The month in which most leave, in the first two years: the step that the eye finds; *share: of
 * those still there. 0 when no month stands out. */
static int steepest_month(const struct models_series *series, double *share)
{
    int steepest = 0, months = 0;
    double drop = 0, there = 0;
    *share = 0;
    for (int month = 1; month <= 24; month++, months++) {
        double before = models_share_at(series, month - 1), after = models_share_at(series, month);
        const struct models_point *point = point_at(series, month - 1);
        bool is_thin = point && point->n > 0 && point->n < FEW;
        if (month > series->points[series->count - 1].x || before < 0.2 || is_thin)
            break;
        if (before - after > drop) {
            drop = before - after;
            *share = drop / before;
            steepest = month;
            there = point ? (double)point->n : 0;
        }
    }
    double left = months > 0 ? models_share_at(series, months) : 1;
    double usual = left > 0 && months > 0 ? 1 - pow(left, 1.0 / months) : 0;
    return model_stands_out(*share, usual, there) ? steepest : 0;
}

/* " (18 to 25)": where the band crosses the half; "" where it does not on both sides. */
static void write_between(const struct models_series *series, char *dst, size_t size)
{
    double low = NAN, high = NAN;
    for (int i = 0; i < series->count; i++) {
        const struct models_point *point = &series->points[i];
        if (!isfinite(low) && point->low <= 0.5)
            low = point->x;
        if (!isfinite(high) && point->high <= 0.5)
            high = point->x;
    }
    dst[0] = '\0';
    if (isfinite(low) && isfinite(high) && high > low)
        snprintf(dst, size, " (%.0f to %.0f)", low, high);
}

static void say_of_all(const struct survival_state *state, char *dst, size_t size)
{
    const struct models_series *all = &state->curve.series[0];
    const char *people = model_people(state->place);
    bool is_gym = state->place->dataset_id == 0;
    char months[32], between[48];
    double half = models_time_at(all, 0.5), share;
    const struct models_point *year = point_at(all, 12);
    if (isfinite(half) && half < 0.05) {
        text_append(dst, size,
                    "Most %s come once and stay away; a year later %.0f %% are still there. Bring "
                    "them back soon after the first time: the second is what makes a customer.",
                    people, models_share_at(all, 12) * 100);
        return;
    }
    if (isfinite(half)) {
        model_write_months(months, sizeof months, half);
        write_between(all, between, sizeof between);
        text_append(dst, size, "Half of the %s have left after %s%s. ", people, months, between);
    } else {
        text_append(dst, size, "More than half of the %s are still there at the end of the curve. ",
                    people);
    }
    if (year && all->points[all->count - 1].x >= 12) {
        text_append(dst, size, "A year after %s %.0f %% are still there",
                    is_gym ? "joining" : "the first day", year->y * 100);
        if (isfinite(year->low) && isfinite(year->high))
            text_append(dst, size, " (%.0f to %.0f)", year->low * 100, year->high * 100);
        text_append(dst, size, ". ");
    }
    int month = steepest_month(all, &share);
    if (month == 1)
        text_append(dst, size,
                    "The steepest step is the first month, when %.0f %% go: %s new ones in their "
                    "first weeks.",
                    share * 100, is_gym ? "call" : "write to");
    else if (month > 1)
        text_append(dst, size,
                    "The steepest step is month %d: %.0f %% of those still there go; "
                    "%s them before it.",
                    month, share * 100, is_gym ? "call" : "write to");
    else
        text_append(dst, size,
                    is_gym ? "No month stands out: call whoever stays away, new or old."
                           : "No month stands out: look after new and old alike.");
}

/* The groups that leave first and last: by their median, or by the share left after a year. */
static void find_ends(const struct model_curve *curve, int *first, int *last)
{
    double least = INFINITY, most = -INFINITY;
    *first = *last = 0;
    for (int i = 0; i < curve->count; i++) {
        const struct models_series *series = &curve->series[i];
        if (series->count == 0 || (i > 0 && series->points[0].n > 0 && series->points[0].n < FEW))
            continue;
        double score = models_time_at(series, 0.5);
        if (!isfinite(score)) /* later than any median there is */
            score = 1e6 * (1 + models_share_at(series, 12));
        if (score < least) {
            least = score;
            *first = i;
        }
        if (score > most) {
            most = score;
            *last = i;
        }
    }
}

/* "Monthly members", "those who pay by Card" */
static void write_group(const struct survival_state *state, const char *name, char *dst,
                        size_t size)
{
    const char *people = model_people(state->place);
    if (state->view == BY_METHOD)
        snprintf(dst, size, "those who pay by %s", name);
    else if (state->view == BY_AGE)
        snprintf(dst, size, "those aged %s", name);
    else if (state->view == BY_GENDER)
        snprintf(dst, size, "%s", name);
    else
        snprintf(dst, size, "%s %s", name, people);
}

/* The verdict, before any figure. False: it may be luck. */
static bool say_test(const struct survival_state *state, char *dst, size_t size)
{
    const struct models_fit *test = model_fit_of(&state->fits, "test", views[state->view].subject);
    double p = test ? models_estimate(test, "p_value") : NAN;
    char chance[40];
    if (!isfinite(p))
        return true;
    model_write_chance(chance, sizeof chance, p);
    if (p > 0.4)
        text_append(dst, size, "What parts the %s is most likely luck: do not act on it. ",
                    views[state->view].groups);
    else if (p < 0.05)
        text_append(dst, size, "The %s differ (by luck the chance is %s). ",
                    views[state->view].groups, chance);
    else
        text_append(dst, size, "What parts the %s may be luck (chance %s): do not act on it. ",
                    views[state->view].groups, chance);
    return p < 0.05;
}

static void say_of_groups(const struct survival_state *state, char *dst, size_t size)
{
    const struct model_curve *curve = &state->curve;
    int first, last;
    char months[32], early_name[96], late_name[96];
    find_ends(curve, &first, &last);
    const struct models_series *early = &curve->series[first], *late = &curve->series[last];
    double early_half = models_time_at(early, 0.5), late_half = models_time_at(late, 0.5);
    write_group(state, early->name, early_name, sizeof early_name);
    write_group(state, late->name, late_name, sizeof late_name);
    bool may_act = curve->count > 1 && say_test(state, dst, size);
    if (isfinite(early_half)) {
        bool names = state->view == BY_PLAN || state->view == BY_GENDER;
        model_write_months(months, sizeof months, early_half);
        text_append(dst, size, "Half of %s%s have left after %s", names ? "the " : "", early_name,
                    months);
        if (first != last && isfinite(late_half) && early_half > 0)
            text_append(dst, size, "; %s stay %.1f times as long", late_name,
                        late_half / early_half);
        else if (first != last)
            text_append(dst, size, "; of %s more than half are still there", late_name);
        text_append(dst, size, ". ");
    } else if (first != last) {
        text_append(dst, size, "After a year %.0f %% of %s and %.0f %% of %s are still there. ",
                    models_share_at(late, 12) * 100, late_name, models_share_at(early, 12) * 100,
                    early_name);
    }
    if (!may_act)
        return;
    double share;
    int month = steepest_month(early, &share);
    if (month == 1)
        text_append(dst, size, "Look after %s from the first day.", early_name);
    else if (month > 1)
        text_append(dst, size, "Look after %s before month %d.", early_name, month);
    else if (state->view == BY_METHOD || state->view == BY_PLAN)
        text_append(dst, size, "Offer %s to %s.", late->name, early_name);
    else
        text_append(dst, size,
                    state->place->dataset_id == 0 ? "Call %s first when they stay away."
                                                  : "Write to %s first.",
                    early_name);
}

/* --- curves --- */

static void draw_headline(const struct survival_state *state, struct area line)
{
    char months[32], text[128];
    const struct models_series *first = &state->curve.series[0];
    int x = 1 + draw_format(line, 0, 1, ROLE_STRONG, "How long %s stay, %s",
                            model_people(state->place), views[state->view].title);
    double half = models_time_at(first, 0.5);
    if (state->view != BY_NOTHING || !isfinite(half) || half < 0.05)
        return;
    char between[48];
    model_write_months(months, sizeof months, half);
    write_between(first, between, sizeof between);
    snprintf(text, sizeof text, "half have left after %s%s", months, between);
    int width = text_width(text);
    if (x + width + 3 < line.columns)
        draw_text(line, 0, line.columns - width - 1, ROLE_GOOD, text);
}

/* When half of each group have left; how many there were of it. */
static void draw_halves(const struct survival_state *state, struct area area)
{
    const struct model_curve *curve = &state->curve;
    draw_text(area, 0, 1, ROLE_LABEL, "Group");
    draw_cell(area, 0, 14, 7, ALIGN_RIGHT, ROLE_LABEL, "n");
    draw_text(area, 0, 23, ROLE_LABEL, "half left after");
    for (int i = 0; i < curve->count && i + 1 < area.rows; i++) {
        const struct models_series *series = &curve->series[i];
        double half = models_time_at(series, 0.5);
        char months[32], count[32];
        draw_cell(area, i + 1, 1, 13, ALIGN_LEFT, ROLE_TEXT, series->name);
        analytics_format_count(count, sizeof count,
                               series->count > 0 ? (double)series->points[0].n : 0);
        draw_cell(area, i + 1, 14, 7, ALIGN_RIGHT, ROLE_TEXT, count);
        if (isfinite(half))
            model_write_months(months, sizeof months, half);
        else
            snprintf(months, sizeof months, "most are there");
        draw_text(area, i + 1, 23, isfinite(half) ? ROLE_STRONG : ROLE_DIM, months);
    }
}

static bool is_too_early(const struct models_series *series)
{
    return series->count == 0 || series->points[series->count - 1].x < 1 ||
           (series->points[0].n > 0 && series->points[0].n < LEAST);
}

static void draw_curves(const struct survival_state *state, struct area area)
{
    const struct model_curve *curve = &state->curve;
    char text[600] = "";
    if (curve->count == 0 && state->place->under_way > 0) {
        analytics_draw_nothing(area, "Counting…");
        return;
    }
    if (curve->count == 0) {
        snprintf(text, sizeof text,
                 state->view == BY_NOTHING
                     ? "No curve has been drawn up yet. A recompute (under Jobs) does it."
                     : "There is no curve %s: nothing is known to part them by. v goes on.",
                 views[state->view].title);
        analytics_draw_nothing(area, text);
        return;
    }
    if (is_too_early(&curve->series[0])) {
        snprintf(text, sizeof text,
                 "Too early to tell: a curve needs ten %s and a whole month. It comes by itself.",
                 model_people(state->place));
        analytics_draw_nothing(area, text);
        return;
    }
    if (state->view == BY_NOTHING)
        say_of_all(state, text, sizeof text);
    else
        say_of_groups(state, text, sizeof text);
    bool is_small = curve->count > 2 && area.rows < 10;
    if (!is_small || area.rows >= curve->count + 4)
        analytics_draw_meaning(&area, text);
    draw_headline(state, area_take_top(&area, 1));
    if (is_small) { /* so many lines in so little room are a tangle */
        draw_halves(state, area);
        return;
    }
    struct chart_plot plot = {
        .form = CHART_STEPS,
        .series = curve->chart,
        .count = curve->count,
        .x = {.name = "months", .measure = CHART_MONTHS},
        .y = {"still there", 0, 1, CHART_PERCENT},
        .bands = curve->count <= 4,
        .guide = 0.5,
    };
    chart_plot(area_part(area, 0, 1, area.rows, area.columns - 2), &plot);
}

static void draw_survival(void *state_, struct area area)
{
    const struct survival_state *state = state_;
    if (state->view == EFFECTS)
        survival_draw_effects(state->place, &state->fits, area);
    else
        draw_curves(state, area);
}

/* --- the page's slots --- */

static void on_fits(void *owner, const struct models_fit *fits, int count,
                    const struct error *error)
{
    struct survival_state *state = owner;
    if (analytics_answered(state->place, error))
        model_fits_keep(&state->fits, fits, count);
}

static void on_curve(void *owner, const struct models_curve *curve, const struct error *error)
{
    struct survival_state *state = owner;
    if (analytics_answered(state->place, error))
        model_curve_keep(&state->curve, curve, true);
}

static void open_survival(void *state_, struct analytics_place *place)
{
    struct survival_state *state = state_;
    state->place = place;
}

static void read_survival(void *state_)
{
    struct survival_state *state = state_;
    struct db *db = state->place->context->db;
    const char *curve = views[state->view].curve;
    analytics_asked(state->place, curve ? 2 : 1);
    models_fits(db, state->place->dataset_id, on_fits, state);
    if (curve)
        models_curve(db, state->place->dataset_id, curve, on_curve, state);
}

static bool command_survival(void *state_, int command)
{
    struct survival_state *state = state_;
    if (command == ANALYTICS_VIEW) {
        state->view = (enum survival_view)(((int)state->view + 1) % VIEW_COUNT);
        if (state->view == BY_PLAN && state->place->dataset_id != 0)
            state->view = BY_METHOD; /* a dataset knows no plans */
    } else if (command == COMMAND_BACK && state->view != BY_NOTHING)
        state->view = BY_NOTHING;
    else
        return false;
    model_curve_free(&state->curve);
    analytics_read_other(state->place);
    return true;
}

static bool offers_survival(const void *state, int command)
{
    (void)state;
    return command == ANALYTICS_VIEW;
}

static const char *sheet_survival(const void *state_, const char *const **columns)
{
    static const char *const curve[] = {"group", "months", "still_there", "low",
                                        "high",  "seen",   NULL};
    static const char *const effects[] = {"model", "what", "times_as_long", "low", "high", NULL};
    const struct survival_state *state = state_;
    *columns = state->view == EFFECTS ? effects : curve;
    if (state->view == EFFECTS)
        return model_fit_of(&state->fits, "survival", NULL) ? "survival effects" : NULL;
    return state->curve.count > 0 ? views[state->view].curve : NULL;
}

static void write_effects(const struct models_fit *fit, struct analytics_export *out)
{
    for (int i = 0; i < fit->parameter_count; i++) {
        const struct models_parameter *effect = &fit->parameters[i];
        double reach = 1.959963984540054 * effect->standard_error;
        if (strcmp(effect->name, "intercept") == 0 || strcmp(effect->name, "sigma") == 0)
            continue;
        analytics_export_text(out, fit->model);
        analytics_export_text(out, effect->name);
        analytics_export_number(out, exp(effect->estimate), 4);
        analytics_export_number(out, exp(effect->estimate - reach), 4);
        analytics_export_number(out, exp(effect->estimate + reach), 4);
        analytics_export_row(out);
    }
}

static void write_survival(const void *state_, struct analytics_export *out)
{
    const struct survival_state *state = state_;
    const struct models_fit *fit = model_fit_of(&state->fits, "survival", NULL);
    if (state->view == EFFECTS && fit) {
        write_effects(fit, out);
        return;
    }
    for (int i = 0; i < state->curve.count; i++) {
        const struct models_series *series = &state->curve.series[i];
        for (int k = 0; k < series->count; k++) {
            const struct models_point *point = &series->points[k];
            analytics_export_text(out, series->name);
            analytics_export_number(out, point->x, 3);
            analytics_export_number(out, point->y, 5);
            analytics_export_number(out, point->low, 5);
            analytics_export_number(out, point->high, 5);
            analytics_export_count(out, point->n);
            analytics_export_row(out);
        }
    }
}

static void close_survival(void *state_)
{
    struct survival_state *state = state_;
    model_curve_free(&state->curve);
}

const struct analytics_page analytics_page_survival = {
    .name = "Survival",
    .state_size = sizeof(struct survival_state),
    .open = open_survival,
    .read = read_survival,
    .draw = draw_survival,
    .command = command_survival,
    .offers = offers_survival,
    .sheet = sheet_survival,
    .write_sheet = write_survival,
    .close = close_survival,
};
