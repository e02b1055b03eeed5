/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the segments page looks like: the grid, the table beside it, and what to do with the
 * segment under the cursor. */
#include "analytics_segments.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"

struct advice {
    const char *are; /* "Nine members …" */
    const char *then;
};

static const struct advice segment_advice[SEGMENTS_COUNT] = {
    /* in the order of segment_names */
    {"come often and were here just now",
     "Thank them, and ask them to bring a friend: they need no discount."},
    {"come regularly", "Offer them the annual plan: they are likely to stay for it."},
    {"came lately, but not often yet",
     "Book them into a class or an hour with a trainer: a habit keeps them."},
    {"joined lately", "Greet them by name, and ask after their first two weeks."},
    {"came lately, but seldom", "Invite them to one fixed day of the week."},
    {"are in the middle and slipping", "A message with a reason to come this week is enough."},
    {"come seldom and not lately", "Write to them now, and call the most valuable."},
    {"came more than almost anybody, and stopped",
     "Call each of them yourself, the most valuable first."},
    {"came often, and do not any more", "Call them this week; the page At risk has the order."},
    {"hardly come", "One message with an offer; do not spend calls on them."},
    {"came seldom, and not for long", "Leave them be, or try one win-back campaign."},
};

static const struct advice type_advice[SEGMENTS_TYPE_COUNT] = {
    {"are worth much and likely to stay", "Keep them content, and ask what they would miss."},
    {"are worth much and likely to leave", "Spend your calls here first."},
    {"are worth little and likely to stay", "Offer more: a longer plan, a trainer, a guest pass."},
    {"are worth little and likely to leave", "Do not spend on them; learn why they leave."},
};

static const struct advice dataset_type_advice[SEGMENTS_TYPE_COUNT] = {
    {"are worth much and likely to stay", "Keep them content, and ask what they would miss."},
    {"are worth much and likely to leave", "Write to these first."},
    {"are worth little and likely to stay", "Offer more: something larger or longer."},
    {"are worth little and likely to leave", "Do not spend on them; learn why they leave."},
};

/* Customers who pay bills, month by month, for as long as they stay. */
static const struct advice contract_advice[SEGMENTS_COUNT] = {
    {"paid just now and pay often", "Thank them, and ask them to recommend you."},
    {"pay regularly", "Offer them something larger or longer."},
    {"paid lately, but have not paid often yet", "See that they get what they pay for."},
    {"are new", "Ask after their first bill whether all is well."},
    {"paid lately, but seldom", "Offer them to pay by a standing order."},
    {"are in the middle and slipping", "Ask what they miss before the next bill."},
    {"pay seldom and not lately", "Ask whether they left, and why."},
    {"paid more bills than almost anybody, and stopped", "Write to each of them by hand."},
    {"paid often, and do not any more", "An offer to return now; later it costs more."},
    {"hardly pay any more", "Most of them have left: one message, no more."},
    {"paid seldom, and not for long", "Leave them be, or try one win-back."},
};

/* A dataset's customers buy, and nobody can greet them. */
static const struct advice dataset_advice[SEGMENTS_COUNT] = {
    {"buy often and did so just now", "Thank them first; try what is new on them."},
    {"buy regularly", "Offer them something larger or longer."},
    {"bought lately, but not often yet", "Give them a reason for the next purchase soon."},
    {"are new", "Make the second purchase easy."},
    {"bought lately, but seldom", "Remind them once a month."},
    {"are in the middle and slipping", "Write with a reason to come back this month."},
    {"buy seldom and not lately", "Write now, while they remember."},
    {"bought more than almost anybody, and stopped", "Write to each of them by hand."},
    {"bought often, and do not any more", "An offer now; later it costs more."},
    {"hardly buy", "One message, no more."},
    {"bought seldom, and not for long", "Leave them be, or try one win-back."},
};

static void advise(const struct segments_state *state, char *dst, size_t size)
{
    bool is_gym = state->place->dataset_id == 0;
    const struct advice *advice = state->by_type && is_gym     ? &type_advice[state->row]
                                  : state->by_type             ? &dataset_type_advice[state->row]
                                  : is_gym                     ? &segment_advice[state->row]
                                  : state->place->has_contract ? &contract_advice[state->row]
                                                               : &dataset_advice[state->row];
    const struct segment_figures *figures = segments_row(state, state->row);
    const char *name = segments_row_name(state, state->row);
    const char *one = is_gym ? "member" : "customer";
    char count[32], amount[32];
    dst[0] = '\0';
    if (figures->customers == 0) {
        text_append(dst, size, "%s: nobody now. They would be those who %s.", name, advice->are);
        return;
    }
    analytics_format_count(count, sizeof count, (double)figures->customers);
    text_append(dst, size, "%s: %s %s%s, who %s. %s", name, count, one,
                figures->customers == 1 ? "" : "s", advice->are, advice->then);
    if (figures->at_stake >= .5) {
        analytics_format_count(amount, sizeof amount, figures->at_stake);
        text_append(dst, size, " %s %s are at stake with them, called or not.", amount,
                    state->place->currency);
    }
    text_append(dst, size,
                is_gym ? " Enter lists them, n starts a campaign." : " Enter lists them.");
}

/* "1.2k", "46k": three or four columns for a count that has more. */
static void write_short(char *dst, size_t size, int64_t count, int room)
{
    double thousands = (double)count / 1000;
    if (count < 999500)
        snprintf(dst, size, "%.*fk", room > 3 && thousands < 9.95 ? 1 : 0, thousands);
    else
        snprintf(dst, size, "%.*fM", room > 3 && thousands < 9950 ? 1 : 0, thousands / 1000);
}

int segments_draw_grid(const struct segments *figures, struct area area, int lit, int cell)
{
    int width = 3 + 5 * cell, tall = area.rows >= 12 ? 2 : 1;
    if (area.columns < width || area.rows < 7)
        return 0;
    double highest = 0;
    for (int r = 0; r < 5; r++)
        for (int f = 0; f < 5; f++)
            highest = fmax(highest, (double)figures->cells[r][f]);
    draw_text(area_part(area, 0, 0, 1, width), 0, 0, ROLE_LABEL,
              width >= 30 ? "R: how lately \xc2\xb7 F: how often" : "R lately \xc2\xb7 F often");
    draw_text(area, 1, 0, ROLE_LABEL, "F\\R");
    for (int column = 0; column < 5; column++) {
        char label[4];
        snprintf(label, sizeof label, "%d", 5 - column);
        draw_cell(area, 1, 3 + column * cell, cell - 1, ALIGN_RIGHT, ROLE_LABEL, label);
    }
    for (int line = 0; line < 5; line++) {
        int y = 2 + line * tall, f = 4 - line;
        draw_format(area, y, 1, ROLE_LABEL, "%d", f + 1);
        for (int column = 0; column < 5; column++) {
            int r = 4 - column, x = 3 + column * cell;
            int64_t count = figures->cells[r][f];
            int step = chart_heat_step((double)count, highest);
            bool here = lit >= 0 && figures->cells_of[lit][r][f] > 0;
            char text[32], number[32];
            analytics_format_count(number, sizeof number, (double)count);
            int room = cell - 1 - (tall == 1);
            if ((int)strlen(number) > room)
                write_short(number, sizeof number, count, room);
            for (int i = 0; i < (tall == 2 ? cell - 1 : 1); i++)
                draw_text(area, y, x + i, chart_heat_role(step), chart_heat_sign(step));
            snprintf(text, sizeof text, "%s", number);
            draw_cell(area, y + tall - 1, x + (tall == 1), cell - 1 - (tall == 1), ALIGN_RIGHT,
                      here         ? ROLE_CURSOR
                      : count == 0 ? ROLE_DIM
                                   : ROLE_TEXT,
                      text);
        }
    }
    return width;
}

#define NAME_COLUMNS 16

/* The columns of the table, as wide as there is room for, from the right end's least needed. */
enum column { COLUMN_N, COLUMN_SHARE, COLUMN_REVENUE, COLUMN_CLV, COLUMN_STAKE, COLUMN_COUNT };

static const struct {
    const char *title;
    int width, priority; /* 0 is there always */
} columns[COLUMN_COUNT] = {
    [COLUMN_N] = {"n", 6, 0},
    [COLUMN_SHARE] = {"%", 6, 1},
    [COLUMN_REVENUE] = {"Paid/yr", 8, 4},
    [COLUMN_CLV] = {"Value", 7, 2},
    [COLUMN_STAKE] = {"At stake", 9, 3},
};

/* As wide as the largest count asks for, with a blank before it. */
static int width_of(const struct segments *figures, int column)
{
    char all[32];
    analytics_format_count(all, sizeof all, (double)figures->all.customers);
    int needed = (int)strlen(all) + 1;
    return column == COLUMN_N && needed > columns[column].width ? needed : columns[column].width;
}

static void write_figure(const struct segment_figures *figures, enum column column, char *text,
                         size_t size)
{
    text[0] = '\0';
    switch (column) {
    case COLUMN_N:
        analytics_format_count(text, size, (double)figures->customers);
        break;
    case COLUMN_SHARE:
        snprintf(text, size, "%.1f", figures->share * 100);
        break;
    case COLUMN_REVENUE:
        analytics_format_count(text, size, figures->revenue);
        break;
    case COLUMN_CLV:
        if (isnan(figures->clv_mean))
            snprintf(text, size, "–");
        else
            analytics_format_count(text, size, figures->clv_mean);
        break;
    case COLUMN_STAKE:
        if (isnan(figures->at_stake))
            snprintf(text, size, "–");
        else if (figures->at_stake >= .5)
            analytics_format_count(text, size, figures->at_stake);
        break;
    case COLUMN_COUNT:
        return;
    }
    if ((int)strlen(text) >= columns[column].width && figures->revenue >= 1e6 &&
        column == COLUMN_REVENUE) /* a blank stays before it */
        chart_format_short(text, size, figures->revenue);
}

static void draw_row(struct area area, int y, const int *widths, const char *name,
                     const struct segment_figures *figures, enum role role)
{
    char text[32];
    int x = NAME_COLUMNS;
    draw_text(area_part(area, 0, 0, area.rows, NAME_COLUMNS), y, 2, role, name);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (widths[i] == 0)
            continue;
        write_figure(figures, (enum column)i, text, sizeof text);
        draw_cell(area, y, x, widths[i], ALIGN_RIGHT,
                  i == COLUMN_STAKE && figures->at_stake >= .5 ? ROLE_WARN
                  : i == COLUMN_N                              ? ROLE_STRONG
                                                               : ROLE_TEXT,
                  text);
        x += widths[i];
    }
}

/* The table of segments or types; the cursor is in the one of the present view. */
static void draw_table(const struct segments_state *state, bool by_type, struct area area)
{
    const struct segment_figures *rows =
        by_type ? state->figures.by_type : state->figures.by_segment;
    const char *const *names = by_type ? segment_type_names : segment_names;
    bool has_cursor = by_type == state->by_type;
    int widths[COLUMN_COUNT] = {0}; /* 0: not shown */
    int room = area.columns - NAME_COLUMNS, x = NAME_COLUMNS;
    bool is_gym = state->place->dataset_id == 0;
    for (int priority = 0; priority <= COLUMN_COUNT; priority++)
        for (int i = 0; i < COLUMN_COUNT; i++)
            if (columns[i].priority == priority && width_of(&state->figures, i) <= room &&
                (i != COLUMN_STAKE || is_gym)) {
                widths[i] = width_of(&state->figures, i);
                room -= widths[i];
            }
    struct area head = area_take_top(&area, 1);
    draw_text(head, 0, 2, ROLE_LABEL, by_type ? "Type" : "Segment");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (widths[i] == 0)
            continue;
        draw_cell(head, 0, x, widths[i], ALIGN_RIGHT, ROLE_LABEL, columns[i].title);
        x += widths[i];
    }
    int count = by_type ? SEGMENTS_TYPE_COUNT : SEGMENTS_COUNT;
    bool total = area.rows > count && !by_type;
    int first = has_cursor && state->row >= area.rows ? state->row - area.rows + 1 : 0;
    for (int i = first, y = 0; i < count && y < area.rows; i++, y++) {
        draw_row(area, y, widths, names[i], &rows[i], rows[i].customers ? ROLE_TEXT : ROLE_DIM);
        if (has_cursor && i == state->row) {
            draw_text(area, y, 0, ROLE_STRONG, sign_text(SIGN_CURSOR));
            draw_look(area, y, 0, x < area.columns ? x : area.columns, ROLE_CURSOR);
        }
    }
    if (total)
        draw_row(area, count, widths, "All", &state->figures.all, ROLE_LABEL);
}

void segments_draw(const struct segments_state *state, struct area area)
{
    char text[500];
    if (state->figures.customers == 0) {
        analytics_draw_nothing(
            area, state->place->dataset_id == 0
                      ? "Nobody is scored yet: the worker does it each night from visits and "
                        "payments. F10 and Jobs starts a recompute now."
                      : "No customer of this dataset is scored yet. F10 and Jobs starts a dataset "
                        "refresh now.");
        return;
    }
    advise(state, text, sizeof text);
    analytics_draw_meaning(&area, text);
    int used = 0;
    if (area.columns >= 78 && !state->by_type) {
        int cell = area.columns >= 110 ? 8 : 5;
        used = segments_draw_grid(
            &state->figures, area_part(area, 0, 1, area.rows, area.columns - 1), state->row, cell);
        used += !used ? 0 : area.columns >= 110 ? 5 : area.columns >= 84 ? 3 : 0;
    }
    struct area tables = area_part(area, 0, used, area.rows, area.columns - used);
    draw_table(state, state->by_type, tables);
    if (state->by_type)
        draw_paragraph(
            area_part(tables, SEGMENTS_TYPE_COUNT + 2, 2, tables.rows, tables.columns - 4), 0, 0,
            ROLE_DIM,
            "Worth much is more than the half of those who are there; likely to stay is "
            "more likely than they are on average.",
            false);
    /* Room for both: what they do, and what they are worth against how likely they stay. */
    int below = SEGMENTS_COUNT + 4;
    if (!state->by_type && tables.rows >= below + SEGMENTS_TYPE_COUNT + 1)
        draw_table(state, true,
                   area_part(tables, below, 0, SEGMENTS_TYPE_COUNT + 1, tables.columns));
}
