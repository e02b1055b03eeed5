/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the overview looks like: the members in large digits, the figures with their change and
 * run of months, and where there is room the plans, the segments and the week. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_overview.h"
#include "analytics_segments.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

struct line {
    const char *label;
    char value[32];
    char unit[64];
};

/* The last whole month's leavers, and the mean of the twelve before; NaN: not known. */
static void read_leaving(const struct statistics_overview *overview, double *last, double *usual)
{
    int whole = overview->month_count - 1, count = 0;
    double sum = 0;
    *last = whole > 0 ? overview_leaving(&overview->months[whole - 1]) : (double)NAN;
    for (int i = whole - 2; i >= 0 && i >= whole - 13; i--) {
        double share = overview_leaving(&overview->months[i]);
        if (!isnan(share)) {
            sum += share;
            count++;
        }
    }
    *usual = count > 0 ? sum / count : (double)NAN;
}

static struct line make_line(const struct overview_state *state, enum overview_figure figure)
{
    const struct statistics_overview *overview = &state->figures;
    const char *currency = state->place->currency;
    struct line line = {.label = ""};
    char amount[32];
    double last, usual;
    switch (figure) {
    case FIGURE_RECURRING:
        line.label = "Recurring revenue";
        money_format_whole(line.value, sizeof line.value, overview->recurring);
        snprintf(line.unit, sizeof line.unit, "%s a month", currency);
        break;
    case FIGURE_REVENUE:
        line.label = "Revenue, 30 days";
        money_format_whole(line.value, sizeof line.value, overview->revenue_30_days);
        snprintf(line.unit, sizeof line.unit, "%s", currency);
        break;
    case FIGURE_LEAVING:
        line.label = "Leaving";
        read_leaving(overview, &last, &usual);
        if (isnan(last)) {
            snprintf(line.value, sizeof line.value, "–");
        } else {
            snprintf(line.value, sizeof line.value, "%.1f", last * 100);
            snprintf(line.unit, sizeof line.unit, "%% last month");
        }
        break;
    case FIGURE_VISITS:
        line.label = "Visits, 7 days";
        analytics_format_count(line.value, sizeof line.value, overview->visits_7_days);
        break;
    case FIGURE_INSIDE:
        line.label = "In now";
        analytics_format_count(line.value, sizeof line.value, state->occupancy.inside);
        if (state->occupancy.capacity > 0)
            snprintf(line.unit, sizeof line.unit, "of %d", state->occupancy.capacity);
        break;
    case FIGURE_VALUE:
        line.label = "Average value";
        if (overview->valued_on == DATE_NONE) {
            snprintf(line.value, sizeof line.value, "–");
        } else {
            analytics_format_count(line.value, sizeof line.value, overview->clv_mean);
            snprintf(line.unit, sizeof line.unit, "%s a member", currency);
        }
        break;
    case FIGURE_STAKE:
        line.label = "At stake";
        if (state->at_risk.as_of == DATE_NONE) {
            snprintf(line.value, sizeof line.value, "–");
        } else {
            analytics_format_count(line.value, sizeof line.value, state->at_risk.at_stake);
            analytics_format_count(amount, sizeof amount, (double)state->at_risk.members);
            snprintf(line.unit, sizeof line.unit, "%s with %s", currency, amount);
        }
        break;
    case FIGURE_EXPIRING:
        line.label = "Ends within 14 days";
        analytics_format_count(line.value, sizeof line.value, overview->expiring_14_days);
        snprintf(line.unit, sizeof line.unit, "members");
        break;
    case FIGURE_OWING:
        line.label = "Owing";
        analytics_format_count(line.value, sizeof line.value, overview->owing_members);
        money_format_whole(amount, sizeof amount, overview->owing_total);
        snprintf(line.unit, sizeof line.unit, "owe %s %s", amount, currency);
        break;
    case FIGURE_ABSENT:
        line.label = "Absent 14 days";
        analytics_format_count(line.value, sizeof line.value, overview->absent_14_days);
        snprintf(line.unit, sizeof line.unit, "members");
        break;
    case FIGURE_COUNT:
        break;
    }
    return line;
}

/* "▼ 3 on 14 Nov" */
static void draw_since(struct area area, int y, int x, double now, double before, bool percent,
                       bool good_up, int32_t day, int32_t today)
{
    char since[24];
    date_format_short(since, sizeof since, day, today);
    analytics_draw_change(area, y, x, now, before, percent, good_up, since);
}

static void draw_line_change(const struct overview_state *state, enum overview_figure figure,
                             struct area area, int y, int x)
{
    const struct statistics_overview *overview = &state->figures;
    int32_t today = session_today(state->place->context->db);
    double last, usual;
    switch (figure) {
    case FIGURE_RECURRING:
        if (overview->recurring_month_ago > 0)
            analytics_draw_change(area, y, x, (double)overview->recurring,
                                  (double)overview->recurring_month_ago, true, true, "a month ago");
        break;
    case FIGURE_REVENUE:
        analytics_draw_change(area, y, x, (double)overview->revenue_30_days,
                              (double)overview->revenue_previous_30_days, true, true, "30 before");
        break;
    case FIGURE_LEAVING:
        read_leaving(overview, &last, &usual);
        if (!isnan(last) && !isnan(usual)) {
            bool more = last > usual + .0005, fewer = last < usual - .0005;
            draw_format(area, y, x,
                        more    ? ROLE_WARN
                        : fewer ? ROLE_GOOD
                                : ROLE_DIM,
                        "%s usually %.1f",
                        more    ? sign_text(SIGN_UP)
                        : fewer ? sign_text(SIGN_DOWN)
                                : "=",
                        usual * 100);
        }
        break;
    case FIGURE_VISITS:
        analytics_draw_change(area, y, x, overview->visits_7_days, overview->visits_previous_7_days,
                              true, true, "7 before");
        break;
    case FIGURE_INSIDE:
        if (state->occupancy.usual_now >= 0)
            draw_format(area, y, x, ROLE_DIM, "usual at this hour: %d", state->occupancy.usual_now);
        break;
    case FIGURE_VALUE:
        if (overview->valued_before != DATE_NONE)
            draw_since(area, y, x, overview->clv_mean, overview->clv_mean_before, true, true,
                       overview->valued_before, today);
        break;
    case FIGURE_STAKE:
        if (overview->valued_before != DATE_NONE && state->at_risk.as_of != DATE_NONE)
            draw_since(area, y, x, state->at_risk.at_stake, overview->at_stake_before, true, false,
                       overview->valued_before, today);
        break;
    case FIGURE_OWING:
        analytics_draw_change(area, y, x, overview->owing_members,
                              overview->owing_members_month_ago, false, false, "a month ago");
        break;
    case FIGURE_ABSENT:
        analytics_draw_change(area, y, x, overview->absent_14_days,
                              overview->absent_14_days_month_ago, false, false, "a month ago");
        break;
    case FIGURE_EXPIRING:
    case FIGURE_COUNT:
        break;
    }
}

/* The run of months behind a line, where there is one. */
static int line_history(const struct overview_state *state, enum overview_figure figure,
                        double *values)
{
    const struct statistics_overview *overview = &state->figures;
    int count = overview->month_count > 1 ? overview->month_count - 1 : 0; /* whole months only */
    if (figure != FIGURE_REVENUE && figure != FIGURE_VISITS && figure != FIGURE_RECURRING &&
        figure != FIGURE_LEAVING)
        return 0;
    for (int i = 0; i < count; i++) {
        const struct statistics_month *month = &overview->months[i];
        double leaving = overview_leaving(month);
        values[i] = figure == FIGURE_REVENUE     ? (double)month->revenue
                    : figure == FIGURE_RECURRING ? (double)month->recurring
                    : figure == FIGURE_VISITS    ? month->visits
                    : isnan(leaving)             ? 0
                                                 : leaving;
    }
    return count;
}

/* What presses most, and the key that leads there. */
static void advise(const struct overview_state *state, char *dst, size_t size)
{
    const struct statistics_overview *overview = &state->figures;
    const char *currency = state->place->currency;
    char amount[32];
    double before = overview->visits_previous_7_days, last, usual;
    double absent_share =
        overview->members > 0 ? (double)overview->absent_14_days / overview->members : 0;
    dst[0] = '\0';
    if (overview->members == 0) {
        snprintf(dst, size,
                 "No members with a running term yet: everything else follows from them. F2 under "
                 "Members enrols the first one.");
        return;
    }
    read_leaving(overview, &last, &usual);
    if (state->at_risk.members > 0) {
        analytics_format_count(amount, sizeof amount, state->at_risk.at_stake);
        bool one = state->at_risk.members == 1;
        text_append(dst, size, "%s %s are at stake with %d member%s who may leave: call %s first",
                    amount, currency, (int)state->at_risk.members, one ? "" : "s",
                    one ? "that one" : "them");
        text_append(dst, size,
                    state->figure == FIGURE_STAKE ? " (Enter). " : " (Enter on At stake). ");
    } else if (absent_share >= .05) {
        text_append(dst, size,
                    "%d of %d members (%.0f %%) have a running term but have not come for 14 days; "
                    "they leave next unless somebody calls. ",
                    overview->absent_14_days, overview->members, absent_share * 100);
    }
    if (!isnan(last) && !isnan(usual) && last > usual * 1.15 && last > .01)
        text_append(dst, size, "More leave than usual: %.1f %% against %.1f. ", last * 100,
                    usual * 100);
    if (before > 0 && overview->visits_7_days < .85 * before)
        text_append(dst, size, "Visits fell %.0f %% against the week before. ",
                    (before - overview->visits_7_days) / before * 100);
    if (overview->owing_members > 0) {
        money_format_whole(amount, sizeof amount, overview->owing_total);
        text_append(dst, size, "%d member%s %s %s %s: ask for it when they come. ",
                    overview->owing_members, overview->owing_members == 1 ? "" : "s",
                    overview->owing_members == 1 ? "owes" : "owe", amount, currency);
    }
    if (overview->expiring_14_days > 0 && !dst[0])
        text_append(dst, size, "%d term%s within 14 days: ask for the renewal at the desk. ",
                    overview->expiring_14_days,
                    overview->expiring_14_days == 1 ? " ends" : "s end");
    if (!dst[0])
        text_append(dst, size, "Nothing presses. Enter on a line shows what stands behind it.");
}

static void draw_members_number(const struct overview_state *state, struct area *area)
{
    const struct statistics_overview *overview = &state->figures;
    char count[32];
    double values[STATISTICS_MONTHS];
    analytics_format_count(count, sizeof count, overview->members);
    for (int i = 0; i < overview->month_count; i++)
        values[i] = overview->months[i].members_at_end;
    bool tall = area->rows >= 12 && !term_is_ascii(); /* room for large digits */
    bool airy = area->rows >= FIGURE_COUNT + 6;
    struct area top = area_take_top(area, tall ? 4 + airy : 2);
    int y = tall && airy ? 1 : 0, x = 2;
    int used = tall ? analytics_draw_large(top, y, x, ROLE_STRONG, count) : 0;
    if (used == 0) {
        used = draw_text(top, y, x, ROLE_STRONG, count) + 1;
        draw_text(top, y, x + used, ROLE_STRONG, "members");
        analytics_draw_change(top, y, x + used + 10, overview->members, overview->members_month_ago,
                              false, true, "a month ago");
        return;
    }
    x += used + 2;
    draw_text(top, y, x, ROLE_STRONG, "members with a running term");
    analytics_draw_change(top, y + 1, x, overview->members, overview->members_month_ago, false,
                          true, "a month ago");
    if (overview->month_count > 1 && top.columns > x + 12) {
        int columns = overview->month_count;
        if (columns > top.columns - x - 20)
            columns = top.columns - x - 20;
        if (columns > 0) {
            chart_spark(top, y + 2, x, columns, values, overview->month_count, ROLE_ACCENT);
            draw_format(top, y + 2, x + columns + 1, ROLE_DIM, "%d months", columns);
        }
    }
}

static bool ends_with(const char *text, const char *word)
{
    size_t length = strlen(text), tail = strlen(word);
    return length >= tail && strcmp(text + length - tail, word) == 0;
}

/* Words that have no room are left out, from the last: "EUR, 32 at risk", "EUR"; and none that
 * only led to them is left: "EUR with 30" is "EUR". */
static void drop_words(char *text, int columns)
{
    while (text[0] && text_width(text) > columns) {
        char *blank = strrchr(text, ' ');
        if (!blank)
            blank = text;
        while (blank > text && (blank[-1] == ',' || blank[-1] == ' '))
            blank--;
        *blank = '\0';
        if (ends_with(text, " a") || ends_with(text, " with"))
            *strrchr(text, ' ') = '\0';
    }
}

/* The figures, one a line; scrolled so that the cursor's line is there on a small screen. */
static void draw_figures(const struct overview_state *state, struct area area)
{
    bool narrow = area.columns < 60, wide = area.columns >= 110;
    int value_end = narrow ? 31 : 32, value_columns = narrow ? 8 : 10;
    int change = wide ? 58 : 49, spark = wide ? 90 : 79;
    int first = state->figure >= area.rows ? state->figure - area.rows + 1 : 0;
    int y = 0;
    for (int i = first; i < FIGURE_COUNT && y < area.rows; i++, y++) {
        enum overview_figure figure = (enum overview_figure)i;
        struct line line = make_line(state, figure);
        bool here = i == state->figure;
        draw_text(area, y, 1, here ? ROLE_STRONG : ROLE_TEXT, here ? sign_text(SIGN_CURSOR) : " ");
        draw_text(area, y, 3, here ? ROLE_STRONG : ROLE_LABEL, line.label);
        draw_cell(area, y, value_end - value_columns, value_columns, ALIGN_RIGHT,
                  figure == FIGURE_STAKE && state->at_risk.members > 0 ? ROLE_WARN : ROLE_STRONG,
                  line.value);
        drop_words(line.unit, (area.columns < change ? area.columns : change - 1) - value_end - 1);
        draw_text(area, y, value_end + 1, ROLE_DIM, line.unit);
        double values[STATISTICS_MONTHS];
        int count = line_history(state, figure, values);
        if (count > 1 && area.columns >= spark + count + 2)
            chart_spark(area, y, spark, count, values, count, ROLE_ACCENT);
        else if (count > 12 && !wide && area.columns >= 80) /* as many as fit behind the change */
            chart_spark(area, y, 74, 5, values, count, ROLE_ACCENT);
        draw_line_change(state, figure, area_part(area, 0, 0, area.rows, wide ? spark : 73), y,
                         change);
    }
}

void overview_draw_figures(const struct overview_state *state, struct area area)
{
    char advice[900];
    advise(state, advice, sizeof advice);
    analytics_draw_meaning(&area, advice);
    draw_members_number(state, &area);
    draw_figures(state, area_take_top(&area, FIGURE_COUNT));
    if (area.rows < 9)
        return;
    /* Room for the shape of the house: plans at the left, segments, the week at the right. */
    const struct statistics_overview *overview = &state->figures;
    bool wide = area.columns >= 128;
    int left = wide ? 42 : area.columns / 2, grid = wide && state->segments.customers > 0 ? 34 : 0;
    area_take_top(&area, 1);
    overview_draw_counts(area_part(area, 0, 2, area.rows, left - 4), "By package",
                         overview->by_package, overview->package_count, false);
    if (grid > 0) {
        struct area map = area_part(area, 0, left, area.rows, grid);
        draw_text(area_take_top(&map, 1), 0, 0, ROLE_LABEL, "Members by R and F");
        segments_draw_grid(&state->segments, map, -1, 5);
    }
    struct area week = area_part(area, 0, left + grid, area.rows, area.columns - left - grid);
    draw_text(area_take_top(&week, 1), 0, 2, ROLE_LABEL, "Check-ins, weekday and hour");
    analytics_draw_heat(&state->heat, area_part(week, 0, 1, week.rows, week.columns - 1), 3);
}
