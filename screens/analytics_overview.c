/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overview: how the gym is doing in one number and six lines, each with its change, and what to do
 * about it. Enter on a line lists the members behind it. */
#include "analytics_overview.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

#define ENDS_WITHIN  14
#define ABSENT_SINCE 14

static bool figure_members(enum overview_figure figure, struct members_argument *argument)
{
    *argument = (struct members_argument){.expiring_within = -1, .absent_days = -1};
    switch (figure) {
    case FIGURE_RECURRING:
    case FIGURE_REVENUE:
    case FIGURE_VISITS:
    case FIGURE_COUNT:
        return false;
    case FIGURE_EXPIRING:
        snprintf(argument->status, sizeof argument->status, "active");
        argument->expiring_within = ENDS_WITHIN;
        return true;
    case FIGURE_OWING:
        argument->owing = true;
        return true;
    case FIGURE_ABSENT:
        snprintf(argument->status, sizeof argument->status, "active");
        argument->absent_days = ABSENT_SINCE;
        return true;
    }
    return false;
}

struct line {
    const char *label;
    char value[32];
    char unit[64];
};

static struct line make_line(const struct overview_state *state, enum overview_figure figure)
{
    const struct statistics_overview *overview = &state->figures;
    const char *currency = state->place->currency;
    struct line line = {.label = ""};
    char amount[32];
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
    case FIGURE_VISITS:
        line.label = "Visits, 7 days";
        analytics_format_count(line.value, sizeof line.value, overview->visits_7_days);
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

static void draw_line_change(const struct overview_state *state, enum overview_figure figure,
                             struct area area, int y, int x)
{
    const struct statistics_overview *overview = &state->figures;
    switch (figure) {
    case FIGURE_REVENUE:
        analytics_draw_change(area, y, x, (double)overview->revenue_30_days,
                              (double)overview->revenue_previous_30_days, true, true,
                              "the 30 before");
        break;
    case FIGURE_VISITS:
        analytics_draw_change(area, y, x, overview->visits_7_days, overview->visits_previous_7_days,
                              true, true, "the 7 before");
        break;
    case FIGURE_RECURRING:
    case FIGURE_EXPIRING:
    case FIGURE_OWING:
    case FIGURE_ABSENT:
    case FIGURE_COUNT:
        break;
    }
}

/* The run of months behind a line, where there is one. */
static int line_history(const struct overview_state *state, enum overview_figure figure,
                        double *values)
{
    const struct statistics_overview *overview = &state->figures;
    if (figure != FIGURE_REVENUE && figure != FIGURE_VISITS)
        return 0;
    int count = overview->month_count > 1 ? overview->month_count - 1 : 0; /* whole months only */
    for (int i = 0; i < count; i++)
        values[i] = figure == FIGURE_REVENUE ? (double)overview->months[i].revenue
                                             : overview->months[i].visits;
    return count;
}

/* One sentence: the most pressing of the figures, and the key that leads to the people. */
static void advise(const struct overview_state *state, char *dst, size_t size)
{
    const struct statistics_overview *overview = &state->figures;
    char amount[32];
    double before = overview->visits_previous_7_days;
    double absent_share =
        overview->members > 0 ? (double)overview->absent_14_days / overview->members : 0;
    dst[0] = 0;
    if (overview->members == 0) {
        snprintf(dst, size,
                 "No members with a running term yet: everything else follows from them. F2 under "
                 "Members enrols the first one.");
        return;
    }
    if (absent_share >= .05)
        text_append(dst, size,
                    "%d of %d members (%.0f %%) have a running term but have not come for 14 days; "
                    "they leave next unless somebody calls. ",
                    overview->absent_14_days, overview->members, absent_share * 100);
    if (before > 0 && overview->visits_7_days < .85 * before)
        text_append(dst, size, "Visits fell %.0f %% against the week before. ",
                    (before - overview->visits_7_days) / before * 100);
    if (overview->owing_members > 0) {
        money_format_whole(amount, sizeof amount, overview->owing_total);
        text_append(dst, size, "%s %s stand open with %d member%s. ", amount,
                    state->place->currency, overview->owing_members,
                    overview->owing_members == 1 ? "" : "s");
    }
    if (overview->expiring_14_days > 0 && !dst[0])
        text_append(dst, size, "%d terms end within 14 days: ask for the renewal at the desk. ",
                    overview->expiring_14_days);
    if (!dst[0])
        text_append(dst, size, "Nothing presses. ");
    text_append(dst, size, "Enter on a line lists its members.");
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
    struct area top = area_take_top(area, tall ? 5 : 2);
    int y = tall ? 1 : 0, x = 2;
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

/* The figures, one a line; scrolled so that the cursor's line is there on a small screen. */
static void draw_figures(const struct overview_state *state, struct area area, bool spacious)
{
    bool narrow = area.columns < 60, wide = area.columns >= 110;
    int value_end = narrow ? 31 : 32, value_columns = narrow ? 8 : 10;
    int change = wide ? 56 : 50, spark = wide ? 84 : 74;
    int first = !spacious && state->figure >= area.rows ? state->figure - area.rows + 1 : 0;
    int y = 0;
    for (int i = first; i < FIGURE_COUNT && y < area.rows; i++) {
        enum overview_figure figure = (enum overview_figure)i;
        struct line line = make_line(state, figure);
        struct members_argument behind;
        bool here = i == state->figure;
        draw_text(area, y, 1, here ? ROLE_STRONG : ROLE_TEXT, here ? sign_text(SIGN_CURSOR) : " ");
        draw_text(area, y, 3, here ? ROLE_STRONG : ROLE_LABEL, line.label);
        draw_cell(area, y, value_end - value_columns, value_columns, ALIGN_RIGHT, ROLE_STRONG,
                  line.value);
        draw_text(area, y, value_end + 1, ROLE_DIM, line.unit);
        draw_line_change(state, figure, area, y, change);
        double values[STATISTICS_MONTHS];
        int count = line_history(state, figure, values);
        if (count > 1 && area.columns >= spark + count + 2)
            chart_spark(area, y, spark, count, values, count, ROLE_ACCENT);
        else if (figure_members(figure, &behind) && here && area.columns >= spark)
            draw_text(area, y, spark - 18, ROLE_DIM, "Enter lists them");
        y += spacious ? 2 : 1;
        /* A gap between what comes in and whom to talk to. */
        if (!spacious && i == FIGURE_VISITS && area.rows >= FIGURE_COUNT + 1)
            y++;
    }
}

static void draw_first(const struct overview_state *state, struct area area)
{
    char advice[700];
    advise(state, advice, sizeof advice);
    analytics_draw_meaning(&area, advice);
    draw_members_number(state, &area);
    bool spacious = area.rows >= 2 * FIGURE_COUNT + 2;
    struct area figures = area_take_top(&area, spacious ? 2 * FIGURE_COUNT : FIGURE_COUNT + 1);
    draw_figures(state, figures, spacious);
    if (area.rows < 10 || area.columns < 110)
        return;
    /* Room for the shape of the house: plans at the left, the week at the right. */
    const struct statistics_overview *overview = &state->figures;
    int half = area.columns / 2;
    area_take_top(&area, 1);
    overview_draw_counts(area_part(area, 0, 2, area.rows, half - 4), "Members by package",
                         overview->by_package, overview->package_count, false);
    struct area week = area_part(area, 0, half, area.rows, area.columns - half);
    draw_text(area_take_top(&week, 1), 0, 2, ROLE_LABEL, "Check-ins, weekday and hour");
    analytics_draw_heat(&state->heat, area_part(week, 0, 1, week.rows, week.columns - 1), 3);
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

/* --- the page's slots --- */

static void open_overview(void *state_, struct analytics_place *place)
{
    struct overview_state *state = state_;
    state->place = place;
    state->figure = FIGURE_ABSENT;
}

static void read_overview(void *state_)
{
    struct overview_state *state = state_;
    analytics_asked(state->place, 2);
    statistics_overview(state->place->context->db, on_overview, state);
    statistics_heat(state->place->context->db, on_heat, state);
}

static void draw_overview(void *state_, struct area area)
{
    const struct overview_state *state = state_;
    switch (state->view) {
    case VIEW_FIGURES:
        draw_first(state, area);
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
    struct members_argument behind;
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
        if (state->view != VIEW_FIGURES)
            return true;
        if (figure_members((enum overview_figure)state->figure, &behind))
            host_open(state->place->context->host, &screen_members, &behind);
        else if (state->figure == FIGURE_RECURRING || state->figure == FIGURE_REVENUE)
            state->view = VIEW_REVENUE;
        else
            host_say(state->place->context->host, ROLE_DIM, "No list of members behind this");
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

const struct analytics_page analytics_page_overview = {
    .name = "Overview",
    .state_size = sizeof(struct overview_state),
    .members_only = "The overview counts the gym's own members. d shows the gym's figures again.",
    .open = open_overview,
    .read = read_overview,
    .draw = draw_overview,
    .command = command_overview,
    .offers = offers_overview,
};
