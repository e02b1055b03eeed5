/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revenue: what was paid month by month, as columns; the running month is said to be unfinished. */
#include "analytics_overview.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"

static void month_words(int32_t month, char *dst, size_t size)
{
    struct date_civil civil = date_to_civil(month);
    snprintf(dst, size, "%s %d", date_month_name(civil.month), civil.year);
}

static void explain(const struct overview_state *state, char *dst, size_t size)
{
    const struct statistics_overview *overview = &state->figures;
    const char *currency = state->place->currency;
    const struct statistics_month *months = overview->months;
    int count = overview->month_count;
    char name[32], amount[32];
    dst[0] = 0;
    if (count == 0)
        return;
    month_words(months[count - 1].month, name, sizeof name);
    money_format_whole(amount, sizeof amount, months[count - 1].revenue);
    text_append(dst, size, "%s so far: %s %s. ", name, amount, currency);
    if (count >= 3 && months[count - 3].revenue > 0) {
        double change = ((double)months[count - 2].revenue - (double)months[count - 3].revenue) /
                        (double)months[count - 3].revenue * 100;
        month_words(months[count - 2].month, name, sizeof name);
        money_format_whole(amount, sizeof amount, months[count - 2].revenue);
        text_append(dst, size, "%s brought %s, %.1f %% %s than the month before. ", name, amount,
                    change < 0 ? -change : change, change < 0 ? "less" : "more");
    }
    if (count >= 14 && months[count - 14].revenue > 0) {
        double change = ((double)months[count - 2].revenue - (double)months[count - 14].revenue) /
                        (double)months[count - 14].revenue * 100;
        text_append(dst, size, "That is %.1f %% %s than a year before. ",
                    change < 0 ? -change : change, change < 0 ? "less" : "more");
    }
    int best = 0, with = 0;
    for (int i = 0; i < count; i++) {
        if (months[i].revenue > months[best].revenue)
            best = i;
        with += months[i].revenue > 0;
    }
    month_words(months[best].month, name, sizeof name);
    money_format_whole(amount, sizeof amount, months[best].revenue);
    if (with > 1) /* the only one is the best of none */
        text_append(dst, size, "Best month: %s, %s. ", name, amount);
    /* The last whole month of what comes by itself. */
    if (state->recurring_count >= 2) {
        const struct statistics_recurring *last = &state->recurring[state->recurring_count - 2];
        char lost[32];
        money_format_whole(amount, sizeof amount, last->new_);
        money_format_whole(lost, sizeof lost, last->lost);
        month_words(last->month, name, sizeof name);
        if (last->lost > last->new_)
            text_append(dst, size,
                        "In %s recurring revenue lost %s and won %s: keep members before you look "
                        "for new ones (At risk).",
                        name, lost, amount);
        else if (last->new_ > 0)
            text_append(dst, size,
                        "In %s recurring revenue won %s and lost %s: keep the new ones, and ask "
                        "each after two weeks how it goes.",
                        name, amount, lost);
    }
}

const struct statistics_recurring *overview_recurring(const struct overview_state *state,
                                                      int32_t month)
{
    for (int i = 0; i < state->recurring_count; i++)
        if (state->recurring[i].month == month)
            return &state->recurring[i];
    return NULL;
}

static void draw_recurring(struct area area, int y, int x, const struct statistics_recurring *month)
{
    char text[32];
    money_format_whole(text, sizeof text, month->at_end);
    draw_cell(area, y, x, 10, ALIGN_RIGHT, ROLE_STRONG, text);
    text[0] = '+';
    money_format_whole(text + 1, sizeof text - 1, month->new_);
    draw_cell(area, y, x + 10, 9, ALIGN_RIGHT, month->new_ > 0 ? ROLE_GOOD : ROLE_DIM, text);
    text[0] = '-';
    money_format_whole(text + 1, sizeof text - 1, month->lost);
    draw_cell(area, y, x + 19, 9, ALIGN_RIGHT, month->lost > 0 ? ROLE_WARN : ROLE_DIM, text);
    money_format_whole(text, sizeof text, month->frozen);
    draw_cell(area, y, x + 28, 8, ALIGN_RIGHT, ROLE_TEXT, text);
}

static void draw_table(const struct overview_state *state, struct area area)
{
    const struct statistics_overview *overview = &state->figures;
    struct area head = area_take_top(&area, 1);
    bool wide = area.columns >= 98;
    draw_cell(head, 0, 1, 9, ALIGN_LEFT, ROLE_LABEL, "Month");
    draw_cell(head, 0, 11, 12, ALIGN_RIGHT, ROLE_LABEL, "Revenue");
    draw_cell(head, 0, 24, 10, ALIGN_RIGHT, ROLE_LABEL, "Recurring");
    draw_cell(head, 0, 34, 9, ALIGN_RIGHT, ROLE_LABEL, "New");
    draw_cell(head, 0, 43, 9, ALIGN_RIGHT, ROLE_LABEL, "Lost");
    draw_cell(head, 0, 52, 8, ALIGN_RIGHT, ROLE_LABEL, "Frozen");
    if (wide) {
        draw_cell(head, 0, 61, 9, ALIGN_RIGHT, ROLE_LABEL, "Payments");
        draw_cell(head, 0, 71, 9, ALIGN_RIGHT, ROLE_LABEL, "Per head");
        draw_cell(head, 0, 81, 8, ALIGN_RIGHT, ROLE_LABEL, "Visits");
    }
    for (int i = 0; i < area.rows && i < overview->month_count; i++) {
        const struct statistics_month *month = &overview->months[overview->month_count - 1 - i];
        struct date_civil civil = date_to_civil(month->month);
        char text[32];
        snprintf(text, sizeof text, "%s %02d", date_month_name(civil.month), civil.year % 100);
        draw_cell(area, i, 1, 9, ALIGN_LEFT, i == 0 ? ROLE_DIM : ROLE_TEXT, text);
        money_format_whole(text, sizeof text, month->revenue);
        draw_cell(area, i, 11, 12, ALIGN_RIGHT, ROLE_STRONG, text);
        const struct statistics_recurring *recurring = overview_recurring(state, month->month);
        if (recurring)
            draw_recurring(area, i, 24, recurring);
        if (i == 0)
            draw_text(area, i, wide ? 90 : 62, ROLE_DIM, "so far");
        if (!wide)
            continue;
        analytics_format_count(text, sizeof text, month->payments);
        draw_cell(area, i, 61, 9, ALIGN_RIGHT, ROLE_TEXT, text);
        if (month->members_at_end > 0) {
            money_format(text, sizeof text, month->revenue / month->members_at_end);
            draw_cell(area, i, 71, 9, ALIGN_RIGHT, ROLE_TEXT, text);
        }
        analytics_format_count(text, sizeof text, month->visits);
        draw_cell(area, i, 81, 8, ALIGN_RIGHT, ROLE_TEXT, text);
    }
}

void overview_draw_revenue(const struct overview_state *state, struct area area)
{
    const struct statistics_overview *overview = &state->figures;
    char text[700], title[80];
    explain(state, text, sizeof text);
    money paid = 0;
    for (int i = 0; i < overview->month_count; i++)
        paid += overview->months[i].revenue > 0 ? overview->months[i].revenue : 0;
    if (paid == 0) {
        draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, area.columns - 4), 0, 0,
                       ROLE_DIM, "No payment yet. The first renewal or enrolment fills this page.",
                       false);
        return;
    }
    analytics_draw_meaning(&area, text);
    /* As many months as give each column four cells; the newest at the right. */
    int count = overview->month_count, most = (area.columns - 12) / 4;
    if (most < 1)
        most = 1;
    int from = count > most ? count - most : 0;
    struct chart_column columns[STATISTICS_MONTHS];
    for (int i = from; i < count; i++) {
        struct date_civil civil = date_to_civil(overview->months[i].month);
        columns[i - from] = (struct chart_column){date_month_name(civil.month),
                                                  (double)overview->months[i].revenue / 100};
    }
    snprintf(title, sizeof title, "Paid a month, %s", state->place->currency);
    draw_text(area_take_top(&area, 1), 0, 1, ROLE_LABEL, title);
    int chart_rows = area.rows >= 24 ? 14 : area.rows >= 15 ? 8 : area.rows >= 10 ? 6 : area.rows;
    chart_columns(area_part(area_take_top(&area, chart_rows), 0, 1, chart_rows, area.columns - 2),
                  columns, count - from, ROLE_ACCENT, "");
    if (area.rows >= 4) {
        if (area.rows >= 7)
            area_take_top(&area, 1);
        draw_table(state, area);
    }
}
