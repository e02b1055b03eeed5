/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overview: how the gym is doing in one number and ten lines, each with its change, and what to do
 * about it. Enter on a line leads to the people or the page behind it. */
#include "analytics_overview.h"

#include <math.h>
#include <stdio.h>

#include "analytics_export.h"
#include "gymtui/base/date.h"

#define ENDS_WITHIN  14
#define ABSENT_SINCE 14

double overview_leaving(const struct statistics_month *month)
{
    int at_start = month->members_at_end - month->joined + month->left;
    return at_start > 0 ? (double)month->left / at_start : (double)NAN;
}

/* --- reading --- */

static void on_overview(void *owner, const struct statistics_overview *overview,
                        const struct error *error)
{
    struct overview_state *state = owner;
    if (analytics_answered(state->place, error))
        state->figures = *overview;
}

static void on_heat(void *owner, const struct statistics_heat *heat, const struct error *error)
{
    struct overview_state *state = owner;
    if (analytics_answered(state->place, error))
        state->heat = *heat;
}

static void on_occupancy(void *owner, const struct occupancy *occupancy, const struct error *error)
{
    struct overview_state *state = owner;
    if (analytics_answered(state->place, error))
        state->occupancy = *occupancy;
}

static void on_at_risk(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                       int count, bool more, const struct error *error)
{
    struct overview_state *state = owner;
    (void)rows;
    (void)count;
    (void)more;
    if (analytics_answered(state->place, error))
        state->at_risk = *all;
}

static void on_segments(void *owner, const struct segments *segments, const struct error *error)
{
    struct overview_state *state = owner;
    if (analytics_answered(state->place, error))
        state->segments = *segments;
}

static void on_recurring(void *owner, const struct statistics_recurring *months, int count,
                         const struct error *error)
{
    struct overview_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    state->recurring_count = count;
    for (int i = 0; i < count; i++)
        state->recurring[i] = months[i];
}

static void read_overview(void *state_)
{
    struct overview_state *state = state_;
    struct db *db = state->place->context->db;
    analytics_asked(state->place, 6);
    statistics_overview(db, on_overview, state);
    statistics_heat(db, on_heat, state);
    attendance_occupancy(db, on_occupancy, state);
    segments_at_risk(db, NULL, NULL, 1, on_at_risk, state);
    segments_read(db, 0, on_segments, state);
    statistics_recurring(db, on_recurring, state);
}

/* --- the page's slots --- */

static void open_overview(void *state_, struct analytics_place *place)
{
    struct overview_state *state = state_;
    state->place = place;
    state->figure = FIGURE_STAKE;
}

static void draw_overview(void *state_, struct area area)
{
    const struct overview_state *state = state_;
    switch (state->view) {
    case VIEW_FIGURES:
        overview_draw_figures(state, area);
        break;
    case VIEW_MEMBERS:
        overview_draw_members(state, area);
        break;
    case VIEW_REVENUE:
        overview_draw_revenue(state, area);
        break;
    case VIEW_COUNT:
        break;
    }
}

static void open_members(const struct overview_state *state,
                         const struct members_argument *argument)
{
    host_open(state->place->context->host, &screen_members, argument);
}

/* What stands behind the line under the cursor. */
static void open_figure(struct overview_state *state)
{
    struct members_argument behind = {.expiring_within = -1, .absent_days = -1};
    switch ((enum overview_figure)state->figure) {
    case FIGURE_RECURRING:
    case FIGURE_REVENUE:
        state->view = VIEW_REVENUE;
        break;
    case FIGURE_LEAVING:
        state->view = VIEW_MEMBERS;
        break;
    case FIGURE_VISITS:
        analytics_turn_to(state->place, &analytics_page_hours);
        break;
    case FIGURE_INSIDE:
        host_show(state->place->context->host, "attendance");
        break;
    case FIGURE_VALUE:
        analytics_turn_to(state->place, &analytics_page_value);
        break;
    case FIGURE_STAKE:
        analytics_turn_to(state->place, &analytics_page_at_risk);
        break;
    case FIGURE_EXPIRING:
        snprintf(behind.status, sizeof behind.status, "active");
        behind.expiring_within = ENDS_WITHIN;
        open_members(state, &behind);
        break;
    case FIGURE_OWING:
        behind.owing = true;
        open_members(state, &behind);
        break;
    case FIGURE_ABSENT:
        snprintf(behind.status, sizeof behind.status, "active");
        behind.absent_days = ABSENT_SINCE;
        open_members(state, &behind);
        break;
    case FIGURE_COUNT:
        break;
    }
}

static bool move_cursor(struct overview_state *state, int command)
{
    switch (command) {
    case COMMAND_UP:
        if (state->figure > 0)
            state->figure--;
        return true;
    case COMMAND_DOWN:
        if (state->figure < FIGURE_COUNT - 1)
            state->figure++;
        return true;
    case COMMAND_FIRST:
    case COMMAND_PAGE_UP:
        state->figure = 0;
        return true;
    case COMMAND_LAST:
    case COMMAND_PAGE_DOWN:
        state->figure = FIGURE_COUNT - 1;
        return true;
    default:
        return false;
    }
}

static bool command_overview(void *state_, int command)
{
    struct overview_state *state = state_;
    switch (command) {
    case ANALYTICS_VIEW:
        state->view = (enum overview_view)(((int)state->view + 1) % VIEW_COUNT);
        return true;
    case COMMAND_BACK:
        if (state->view == VIEW_FIGURES)
            return false;
        state->view = VIEW_FIGURES;
        return true;
    case COMMAND_OPEN:
        if (state->view == VIEW_FIGURES)
            open_figure(state);
        return true;
    default:
        return state->view == VIEW_FIGURES && move_cursor(state, command);
    }
}

static bool offers_overview(const void *state_, int command)
{
    const struct overview_state *state = state_;
    return command == ANALYTICS_VIEW || (command == COMMAND_OPEN && state->view == VIEW_FIGURES);
}

/* --- export --- */

static void write_figure(struct analytics_export *out, const char *name, double now, double before,
                         int decimals, const char *since)
{
    analytics_export_text(out, name);
    analytics_export_number(out, now, decimals);
    analytics_export_number(out, before, decimals);
    analytics_export_text(out, since);
    analytics_export_row(out);
}

static void write_figures(const struct overview_state *state, struct analytics_export *out)
{
    static const char month[] = "a month ago", valued[] = "the value before";
    const struct statistics_overview *figures = &state->figures;
    bool has_before = figures->valued_before != DATE_NONE;
    write_figure(out, "members", figures->members, figures->members_month_ago, 0, month);
    write_figure(out, "recurring", (double)figures->recurring / 100,
                 (double)figures->recurring_month_ago / 100, 2, month);
    write_figure(out, "revenue of 30 days", (double)figures->revenue_30_days / 100,
                 (double)figures->revenue_previous_30_days / 100, 2, "the 30 days before");
    write_figure(out, "visits of 7 days", figures->visits_7_days, figures->visits_previous_7_days,
                 0, "the 7 days before");
    if (figures->valued_on != DATE_NONE) {
        write_figure(out, "average value", figures->clv_mean,
                     has_before ? figures->clv_mean_before : (double)NAN, 2, valued);
        write_figure(out, "members at risk", figures->at_risk,
                     has_before ? figures->at_risk_before : (double)NAN, 0, valued);
        write_figure(out, "at stake", figures->at_stake,
                     has_before ? figures->at_stake_before : (double)NAN, 2, valued);
    }
    write_figure(out, "ending within 14 days", figures->expiring_14_days, (double)NAN, 0, "");
    write_figure(out, "owing members", figures->owing_members, figures->owing_members_month_ago, 0,
                 month);
    write_figure(out, "owed", (double)figures->owing_total / 100, (double)NAN, 2, "");
    write_figure(out, "no visit for 14 days", figures->absent_14_days,
                 figures->absent_14_days_month_ago, 0, month);
}

static void write_counts(struct analytics_export *out, const char *by,
                         const struct statistics_count *counts, int count)
{
    for (int i = 0; i < count; i++) {
        analytics_export_text(out, by);
        analytics_export_text(out, counts[i].name);
        analytics_export_count(out, counts[i].members);
        analytics_export_number(out, counts[i].share, 4);
        analytics_export_text(out, "");
        analytics_export_text(out, "");
        analytics_export_row(out);
    }
}

/* The members at the end of each month, with those who came and went. */
static void write_months(struct analytics_export *out, const struct statistics_overview *overview)
{
    for (int i = 0; i < overview->month_count; i++) {
        const struct statistics_month *month = &overview->months[i];
        analytics_export_text(out, "month");
        analytics_export_day(out, month->month);
        analytics_export_count(out, month->members_at_end);
        analytics_export_text(out, "");
        analytics_export_count(out, month->joined);
        analytics_export_count(out, month->left);
        analytics_export_row(out);
    }
}

static void write_revenue(struct analytics_export *out, const struct overview_state *state)
{
    for (int i = 0; i < state->figures.month_count; i++) {
        const struct statistics_month *month = &state->figures.months[i];
        const struct statistics_recurring *recurring = overview_recurring(state, month->month);
        analytics_export_day(out, month->month);
        analytics_export_number(out, (double)month->revenue / 100, 2);
        const money amounts[] = {recurring ? recurring->at_end : 0, recurring ? recurring->new_ : 0,
                                 recurring ? recurring->lost : 0,
                                 recurring ? recurring->frozen : 0};
        for (int k = 0; k < 4; k++)
            analytics_export_number(out, recurring ? (double)amounts[k] / 100 : (double)NAN, 2);
        analytics_export_count(out, month->payments);
        analytics_export_count(out, month->members_at_end);
        analytics_export_count(out, month->visits);
        analytics_export_row(out);
    }
}

static const char *sheet_overview(const void *state_, const char *const **columns)
{
    static const char *const figures[] = {"figure", "now", "before", "since", NULL};
    static const char *const members[] = {"by", "name", "members", "share", "joined", "left", NULL};
    static const char *const revenue[] = {"month",  "revenue",  "recurring", "new",    "lost",
                                          "frozen", "payments", "members",   "visits", NULL};
    switch (((const struct overview_state *)state_)->view) {
    case VIEW_FIGURES:
        *columns = figures;
        return "overview";
    case VIEW_MEMBERS:
        *columns = members;
        return "members by plan";
    case VIEW_REVENUE:
        *columns = revenue;
        return "revenue";
    case VIEW_COUNT:
        break;
    }
    return NULL;
}

static void write_overview(const void *state_, struct analytics_export *out)
{
    const struct overview_state *state = state_;
    switch (state->view) {
    case VIEW_FIGURES:
        write_figures(state, out);
        break;
    case VIEW_MEMBERS:
        write_counts(out, "status", state->figures.by_status, state->figures.status_count);
        write_counts(out, "plan", state->figures.by_package, state->figures.package_count);
        write_months(out, &state->figures);
        break;
    case VIEW_REVENUE:
        write_revenue(out, state);
        break;
    case VIEW_COUNT:
        break;
    }
}

const struct analytics_page analytics_page_overview = {
    .name = "Overview",
    .state_size = sizeof(struct overview_state),
    .members_only =
        "The overview counts the gym's own members and money. d shows the gym's figures "
        "again; Segments, Value, Survival, Cohorts and Model show the dataset's.",
    .open = open_overview,
    .read = read_overview,
    .draw = draw_overview,
    .command = command_overview,
    .offers = offers_overview,
    .sheet = sheet_overview,
    .write_sheet = write_overview,
};
