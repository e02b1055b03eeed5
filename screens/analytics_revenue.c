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
    int best = 0;
    for (int i = 1; i < count; i++)
        if (months[i].revenue > months[best].revenue)
            best = i;
    month_words(months[best].month, name, sizeof name);
    money_format_whole(amount, sizeof amount, months[best].revenue);
    text_append(dst, size, "Best month: %s, %s.", name, amount);
}

static void draw_table(const struct statistics_overview *overview, struct area area)
{
    struct area head = area_take_top(&area, 1);
    draw_cell(head, 0, 1, 9, ALIGN_LEFT, ROLE_LABEL, "Month");
    draw_cell(head, 0, 11, 12, ALIGN_RIGHT, ROLE_LABEL, "Revenue");
    draw_cell(head, 0, 24, 9, ALIGN_RIGHT, ROLE_LABEL, "Payments");
    draw_cell(head, 0, 34, 9, ALIGN_RIGHT, ROLE_LABEL, "Per head");
    draw_cell(head, 0, 44, 8, ALIGN_RIGHT, ROLE_LABEL, "Visits");
    for (int i = 0; i < area.rows && i < overview->month_count; i++) {
        const struct statistics_month *month = &overview->months[overview->month_count - 1 - i];
        struct date_civil civil = date_to_civil(month->month);
        char text[32];
        snprintf(text, sizeof text, "%s %02d", date_month_name(civil.month), civil.year % 100);
        draw_cell(area, i, 1, 9, ALIGN_LEFT, i == 0 ? ROLE_DIM : ROLE_TEXT, text);
        money_format_whole(text, sizeof text, month->revenue);
        draw_cell(area, i, 11, 12, ALIGN_RIGHT, ROLE_STRONG, text);
        analytics_format_count(text, sizeof text, month->payments);
        draw_cell(area, i, 24, 9, ALIGN_RIGHT, ROLE_TEXT, text);
        if (month->members_at_end > 0) {
            money_format(text, sizeof text, month->revenue / month->members_at_end);
            draw_cell(area, i, 34, 9, ALIGN_RIGHT, ROLE_TEXT, text);
        }
        analytics_format_count(text, sizeof text, month->visits);
        draw_cell(area, i, 44, 8, ALIGN_RIGHT, ROLE_TEXT, text);
        if (i == 0)
            draw_text(area, i, 53, ROLE_DIM, "so far");
    }
}

void overview_draw_revenue(const struct overview_state *state, struct area area)
{
    const struct statistics_overview *overview = &state->figures;
    char text[500], title[80];
    explain(state, text, sizeof text);
    if (overview->month_count == 0) {
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
    int chart_rows = area.rows >= 24 ? 14 : area.rows;
    chart_columns(area_part(area_take_top(&area, chart_rows), 0, 1, chart_rows, area.columns - 2),
                  columns, count - from, ROLE_ACCENT, "");
    if (area.rows >= 6) {
        area_take_top(&area, 1);
        draw_table(overview, area);
    }
}
