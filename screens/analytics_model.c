/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Model: how far the predictions can be trusted. Fitted up to a past date and held against what
 * followed: the calibration plot, the figures in plain words with their terms, which model is in
 * use and why; the fits with their parameters; and what came against what was expected.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_export.h"
#include "analytics_model_page.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

/* --- which one --- */

const char *model_purpose(const struct models_fit *fit)
{
    static const char *const words[][2] = {{"visits", "visits"},
                                           {"spend", "spending"},
                                           {"renewal", "renewals"},
                                           {"survival", "lifetimes"},
                                           {"test", "differences"}};
    for (int i = 0; i < 5; i++)
        if (strcmp(fit->purpose, words[i][0]) == 0)
            return words[i][1];
    return fit->purpose;
}

static bool was_held_out(const struct models_fit *fit)
{
    return model_fit_is_good(fit) && isfinite(fit->log_loss);
}

/* Rather one that was held against what followed; then one of everybody; then that of the most. */
static bool is_better(const struct models_fit *fit, const struct models_fit *than)
{
    if (!than || was_held_out(fit) != was_held_out(than))
        return !than || was_held_out(fit);
    bool whole = fit->subject[0] == 0, other_whole = than->subject[0] == 0;
    return whole != other_whole ? whole : fit->observations > than->observations;
}

const struct models_fit *model_in_use(const struct model_state *state)
{
    static const char *const purposes[] = {"renewal", "survival", "visits", "spend"};
    const struct models_fit *best = NULL, *first = NULL;
    for (int p = 0; p < 4; p++) {
        const struct models_fit *found = NULL;
        for (int i = 0; i < state->fits.count; i++) {
            const struct models_fit *fit = &state->fits.fits[i];
            if (!model_fit_is_good(fit))
                continue;
            first = first ? first : fit;
            if (fit->in_use && strcmp(fit->purpose, purposes[p]) == 0 && is_better(fit, found))
                found = fit;
        }
        if (found && (!best || (was_held_out(found) && !was_held_out(best))))
            best = found;
    }
    return best ? best : first;
}

const struct models_fit *model_second(const struct model_state *state)
{
    const struct models_fit *used = model_in_use(state), *second = NULL;
    for (int i = 0; used && i < state->fits.count; i++) {
        const struct models_fit *fit = &state->fits.fits[i];
        if (fit == used || !was_held_out(fit) || strcmp(fit->purpose, used->purpose) != 0 ||
            strcmp(fit->model, used->model) == 0 || fit->holdout_from != used->holdout_from)
            continue;
        /* One that was held against the same customers, before one of some of them. */
        bool same = strcmp(fit->subject, used->subject) == 0;
        bool second_same = second && strcmp(second->subject, used->subject) == 0;
        if (!second || (same && !second_same) ||
            (same == second_same &&
             (same ? fit->log_loss < second->log_loss : fit->observations > second->observations)))
            second = fit;
    }
    return second;
}

/* --- the hold-out --- */

static void say_of_holdout(const struct model_state *state, char *dst, size_t size)
{
    const struct models_fit *used = model_in_use(state), *second = model_second(state);
    char day[24];
    if (!used || !was_held_out(used)) {
        text_append(dst, size,
                    "No prediction has been held against what followed yet: that takes "
                    "some months of history. Until then take the figures as a guide.");
        return;
    }
    date_format_short(day, sizeof day, used->holdout_from,
                      session_today(state->place->context->db));
    bool same = second && strcmp(second->subject, used->subject) == 0;
    /* As many digits as it takes to tell the two apart. */
    double gap = second ? fabs(second->log_loss - used->log_loss) : 0;
    int digits = gap >= 0.001 ? 3 : 5;
    if (isfinite(used->calibration_error)) /* what follows from it, first */
        text_append(
            dst, size,
            used->calibration_error <= 0.02
                ? "Its percentages can be taken at their word: plan with them. "
                : "Trust its order more than its percentages: start at the top of a list. ");
    if (second && !same)
        text_append(dst, size,
                    "The model %s is in use: on what followed %s it told apart who stays and who "
                    "leaves %s the contract alone (AUC %.2f against %.2f).",
                    used->model, day, used->auc >= second->auc ? "better than" : "worse than",
                    used->auc, second->auc);
    else if (second && gap < 0.000005)
        text_append(dst, size,
                    "The model %s is in use; on what followed %s %s did as well (log-loss %.3f).",
                    used->model, day, second->model, used->log_loss);
    else if (second && second->log_loss >= used->log_loss)
        text_append(dst, size,
                    "The model %s is in use because on what followed %s it did better than %s "
                    "(log-loss %.*f against %.*f; less is better).",
                    used->model, day, second->model, digits, used->log_loss, digits,
                    second->log_loss);
    else if (second)
        text_append(dst, size,
                    "The model %s is in use; on what followed %s %s came closer (log-loss %.*f "
                    "against %.*f): the next recompute may change over.",
                    used->model, day, second->model, digits, second->log_loss, digits,
                    used->log_loss);
    else
        text_append(dst, size,
                    "The model %s is in use, the only one held against what followed %s.",
                    used->model, day);
}

/* A figure, its term, and what it says. Returns the rows used. */
static int draw_figure(struct area area, int y, const char *term, const char *figure,
                       const char *words)
{
    int x = draw_text(area, y, 0, ROLE_STRONG, figure);
    draw_text(area, y, x + 1, ROLE_LABEL, term);
    struct area part = area_part(area, y + 1, 0, area.rows, area.columns);
    return 1 + draw_paragraph(part, 0, 0, ROLE_TEXT, words, false);
}

static void draw_figures(const struct model_state *state, struct area area)
{
    const struct models_fit *used = model_in_use(state);
    const char *people = model_people(state->place);
    bool has_contract = state->place->dataset_id == 0 || state->place->has_contract;
    char figure[32], words[160];
    int y = 0, gap = area.rows >= 20 ? 2 : area.rows >= 17 ? 1 : 0;
    if (isfinite(used->auc)) {
        snprintf(figure, sizeof figure, "%.3f", used->auc);
        snprintf(words, sizeof words,
                 "of one who %s and one who %s it names the right one %.0f times in 100",
                 has_contract ? "stayed" : "came back", has_contract ? "left" : "did not",
                 used->auc * 100);
        y += draw_figure(area, y, "told apart (AUC)", figure, words) + gap;
    }
    if (isfinite(used->worst_tenth)) {
        snprintf(figure, sizeof figure, "%.0f %%", used->worst_tenth * 100);
        snprintf(words, sizeof words, "of the %s who %s were in the tenth it feared for most",
                 people, has_contract ? "left" : "did not come back");
        y += draw_figure(area, y, "caught (worst tenth)", figure, words) + gap;
    }
    if (isfinite(used->calibration_error)) {
        snprintf(figure, sizeof figure, "%.1f", used->calibration_error * 100);
        y += draw_figure(area, y, "points off (calibration)", figure,
                         "between what it said and what happened, on average") +
             gap;
    }
    snprintf(figure, sizeof figure, "%.3f", used->log_loss);
    draw_figure(area, y, "surprise (log-loss)", figure, "less is better; a coin has 0.693");
}

static void draw_figures_short(const struct model_state *state, struct area area)
{
    const struct models_fit *used = model_in_use(state);
    int y = 0;
    if (isfinite(used->auc))
        draw_format(area, y++, 1, ROLE_TEXT, "%.3f  told apart (AUC)", used->auc);
    if (isfinite(used->worst_tenth))
        draw_format(area, y++, 1, ROLE_TEXT, " %3.0f %%  caught (worst tenth)",
                    used->worst_tenth * 100);
    if (isfinite(used->calibration_error))
        draw_format(area, y++, 1, ROLE_TEXT, "%5.1f  points off (calibration)",
                    used->calibration_error * 100);
    draw_format(area, y, 1, ROLE_TEXT, "%.3f  surprise (log-loss)", used->log_loss);
}

static void draw_holdout(const struct model_state *state, struct area area)
{
    const struct models_fit *used = model_in_use(state);
    char text[500] = "", day[24];
    say_of_holdout(state, text, sizeof text);
    analytics_draw_meaning(&area, text);
    struct area head = area_take_top(&area, 1);
    int x = 1 + draw_format(head, 0, 1, ROLE_STRONG, "In use for %s: %s", model_purpose(used),
                            used->model);
    if (area.rows < 8 && was_held_out(used)) { /* no room for a plot: what it says, in figures */
        draw_figures_short(state, area);
        return;
    }
    date_format_short(day, sizeof day, used->fitted_on, session_today(state->place->context->db));
    if (used->failed_on != DATE_NONE)
        draw_format(head, 0, x + 2, ROLE_WARN, "%s failed since, figures of %s",
                    sign_text(SIGN_WARN), day);
    else
        draw_format(head, 0, x + 2, ROLE_DIM, "fitted %s", day);
    bool figures = was_held_out(used), beside = figures && area.columns >= 70;
    struct chart_plot plot = {
        .form = CHART_MARKS,
        .series = state->calibration.chart,
        .count = state->calibration.count > 4 ? 4 : state->calibration.count,
        .x = {"predicted", 0, 1, CHART_PERCENT},
        .y = {"happened", 0, 1, CHART_PERCENT},
        .bands = true,
        .diagonal = true,
    };
    int wide = beside ? area.columns - 34 : area.columns;
    wide = wide > 2 * area.rows + 40 ? 2 * area.rows + 40 : wide; /* a plot about square */
    if (state->calibration.count > 0)
        chart_plot(area_part(area, 0, 1, area.rows, wide - 2), &plot);
    else
        draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, wide - 4), 0, 0, ROLE_DIM,
                       "No calibration plot: nothing has been held against what followed.", false);
    if (beside) {
        int columns = area.columns - wide - 1;
        draw_figures(state, area_part(area, area.rows >= 20 ? 2 : 0, wide + 1, area.rows,
                                      columns > 44 ? 44 : columns));
    }
}

/* --- tracking --- */

static const struct models_series *series_of(const struct model_curve *curve, const char *name)
{
    for (int i = 0; i < curve->count; i++)
        if (strcmp(curve->series[i].name, name) == 0)
            return &curve->series[i];
    return NULL;
}

static void say_of_tracking(const struct model_state *state, char *dst, size_t size)
{
    const struct models_series *actual = series_of(&state->tracking, "actual");
    const struct models_series *expected = series_of(&state->tracking, "expected");
    if (!actual || !expected || actual->count == 0 || expected->count == 0)
        return;
    const struct models_point *last = &actual->points[actual->count - 1];
    double wanted = expected->points[0].y;
    for (int i = 0; i < expected->count && expected->points[i].x <= last->x; i++)
        wanted = expected->points[i].y;
    char came[32], expect[32];
    analytics_format_count(came, sizeof came, last->y);
    analytics_format_count(expect, sizeof expect, wanted);
    double off = wanted > 0 ? (last->y - wanted) / wanted : 0;
    text_append(dst, size, "By week %.0f %s were expected and %s came: %.1f %% %s. ", last->x,
                expect, came, fabs(off) * 100, off < 0 ? "less" : "more");
    if (fabs(off) <= 0.05)
        text_append(dst, size, "The model holds; plan with it.");
    else
        text_append(dst, size,
                    "Where the lines part something changed that the model does not "
                    "know (a price, a season, a new rival): plan with %s until it has learnt it.",
                    off < 0 ? "less" : "more");
}

static void draw_tracking(const struct model_state *state, struct area area)
{
    char text[400] = "";
    if (state->tracking.count == 0) {
        analytics_draw_nothing(
            area, state->place->dataset_id != 0 && state->place->has_contract
                      ? "What was billed is not yet held against what was expected: a dataset "
                        "refresh (under Jobs) does it. v goes on."
                      : "What came is not yet held against what was expected: that takes some "
                        "months of history. v goes on.");
        return;
    }
    say_of_tracking(state, text, sizeof text);
    if (text[0])
        analytics_draw_meaning(&area, text);
    draw_text(area_take_top(&area, 1), 0, 1, ROLE_STRONG, "What came, against what was expected");
    struct chart_plot plot = {
        .form = CHART_LINES,
        .series = state->tracking.chart,
        .count = state->tracking.count,
        .x = {.name = "weeks"},
        .y = {.name = state->place->dataset_id == 0 ? "visits so far"
                      : state->place->has_contract  ? "bills so far"
                                                    : "transactions so far"},
    };
    chart_plot(area_part(area, 0, 1, area.rows, area.columns - 2), &plot);
}

/* --- the page's slots --- */

static void draw_model(void *state_, struct area area)
{
    const struct model_state *state = state_;
    if (state->fits.count == 0) {
        analytics_draw_nothing(area, "No model has been fitted yet. A recompute (under Jobs) fits "
                                     "them and says here how well they do.");
        return;
    }
    bool is_fitted = model_in_use(state) != NULL;
    if (state->view == MODEL_TRACKING)
        draw_tracking(state, area);
    else if (state->view == MODEL_FIT_LIST || !is_fitted)
        model_draw_fits(state, area);
    else
        draw_holdout(state, area);
}

static void on_fits(void *owner, const struct models_fit *fits, int count,
                    const struct error *error)
{
    struct model_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    model_fits_keep(&state->fits, fits, count);
    if (state->selected >= state->fits.count)
        state->selected = 0;
}

static void put_first(struct models_curve *curve, const char *name)
{
    for (int i = 1; i < curve->series_count; i++) {
        if (strcmp(curve->series[i].name, name) != 0)
            continue;
        struct models_series first = curve->series[0];
        curve->series[0] = curve->series[i];
        curve->series[i] = first;
        return;
    }
}

static void on_calibration(void *owner, const struct models_curve *curve, const struct error *error)
{
    struct model_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    /* The one in use gets the full mark. */
    const struct models_fit *used = model_in_use(state);
    struct models_curve ordered = *curve;
    put_first(&ordered, used ? used->model : "");
    model_curve_keep(&state->calibration, &ordered, false);
}

static void on_tracking(void *owner, const struct models_curve *curve, const struct error *error)
{
    struct model_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    struct models_curve ordered = *curve;
    put_first(&ordered, "actual");
    model_curve_keep(&state->tracking, &ordered, false);
}

static void open_model(void *state_, struct analytics_place *place)
{
    struct model_state *state = state_;
    state->place = place;
}

static void read_model(void *state_)
{
    struct model_state *state = state_;
    struct db *db = state->place->context->db;
    int64_t dataset_id = state->place->dataset_id;
    analytics_asked(state->place, 3);
    models_fits(db, dataset_id, on_fits, state);
    models_curve(db, dataset_id, "calibration", on_calibration, state);
    models_curve(db, dataset_id, "tracking", on_tracking, state);
}

static bool command_model(void *state_, int command)
{
    struct model_state *state = state_;
    int last = state->fits.count - 1;
    switch (command) {
    case ANALYTICS_VIEW:
        state->view = (enum model_view)(((int)state->view + 1) % MODEL_VIEWS);
        return true;
    case COMMAND_BACK:
        if (state->view == MODEL_HOLDOUT)
            return false;
        state->view = MODEL_HOLDOUT;
        return true;
    case COMMAND_UP:
        state->selected -= state->selected > 0 ? 1 : 0;
        return state->view == MODEL_FIT_LIST;
    case COMMAND_DOWN:
        state->selected += state->selected < last ? 1 : 0;
        return state->view == MODEL_FIT_LIST;
    case COMMAND_FIRST:
        state->selected = 0;
        return state->view == MODEL_FIT_LIST;
    case COMMAND_LAST:
        state->selected = last < 0 ? 0 : last;
        return state->view == MODEL_FIT_LIST;
    default:
        return false;
    }
}

static bool offers_model(const void *state, int command)
{
    (void)state;
    return command == ANALYTICS_VIEW;
}

static void close_model(void *state_)
{
    struct model_state *state = state_;
    model_curve_free(&state->calibration);
    model_curve_free(&state->tracking);
}

/* Every parameter of every fit, whatever view is shown. */
static const char *sheet_model(const void *state_, const char *const **columns)
{
    static const char *const names[] = {"purpose",   "model",    "subject",        "in_use",
                                        "parameter", "estimate", "standard_error", "log_likelihood",
                                        "customers", NULL};
    *columns = names;
    return ((const struct model_state *)state_)->fits.count > 0 ? "models" : NULL;
}

static void write_model(const void *state_, struct analytics_export *out)
{
    const struct model_state *state = state_;
    for (int i = 0; i < state->fits.count; i++) {
        const struct models_fit *fit = &state->fits.fits[i];
        for (int k = 0; k < fit->parameter_count; k++) {
            analytics_export_text(out, fit->purpose);
            analytics_export_text(out, fit->model);
            analytics_export_text(out, fit->subject);
            analytics_export_text(out, fit->in_use ? "yes" : "no");
            analytics_export_text(out, fit->parameters[k].name);
            analytics_export_number(out, fit->parameters[k].estimate, 9);
            analytics_export_number(out, fit->parameters[k].standard_error, 9);
            analytics_export_number(out, fit->log_likelihood, 4);
            analytics_export_count(out, fit->observations);
            analytics_export_row(out);
        }
    }
}

const struct analytics_page analytics_page_model = {
    .name = "Model",
    .state_size = sizeof(struct model_state),
    .open = open_model,
    .read = read_model,
    .draw = draw_model,
    .command = command_model,
    .offers = offers_model,
    .sheet = sheet_model,
    .write_sheet = write_model,
    .close = close_model,
};
