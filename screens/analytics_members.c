/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members: by status and by package as bars, and who came and went month by month. */
#include "analytics_overview.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"

static enum role status_role(const char *name)
{
    if (strcmp(name, "active") == 0)
        return ROLE_GOOD;
    if (strcmp(name, "frozen") == 0)
        return ROLE_WARN;
    return ROLE_DIM;
}

int overview_draw_counts(struct area area, const char *title, const struct statistics_count *counts,
                         int count, bool by_status)
{
    int y = 0, name_columns = area.columns / 3 < 20 ? area.columns / 3 : 20;
    int x = 1 + name_columns + 1;
    draw_cell(area, y, 1, name_columns, ALIGN_LEFT, ROLE_LABEL, title);
    draw_cell(area, y, x, 7, ALIGN_RIGHT, ROLE_LABEL, "n");
    draw_cell(area, y++, x + 8, 5, ALIGN_RIGHT, ROLE_LABEL, "%");
    bool changes = false; /* where it is known how many they were a month ago */
    for (int i = 0; i < count; i++)
        changes = changes || (!by_status && counts[i].members_month_ago >= 0);
    if (changes && area.columns >= x + 22)
        draw_cell(area, 0, x + 14, 7, ALIGN_RIGHT, ROLE_LABEL, "month");
    int bar_x = changes ? x + 22 : x + 14;
    for (int i = 0; i < count && y < area.rows; i++, y++) {
        char number[32], share[16];
        analytics_format_count(number, sizeof number, counts[i].members);
        snprintf(share, sizeof share, "%.1f", counts[i].share * 100);
        enum role role = by_status ? status_role(counts[i].name) : ROLE_ACCENT;
        draw_cell(area, y, 1, name_columns, ALIGN_LEFT, ROLE_TEXT, counts[i].name);
        draw_cell(area, y, x, 7, ALIGN_RIGHT, ROLE_STRONG, number);
        draw_cell(area, y, x + 8, 5, ALIGN_RIGHT, ROLE_TEXT, share);
        if (changes && area.columns >= x + 22) {
            int change = counts[i].members - counts[i].members_month_ago;
            if (change != 0)
                snprintf(number, sizeof number, "%s %d",
                         sign_text(change > 0 ? SIGN_UP : SIGN_DOWN),
                         change > 0 ? change : -change);
            else
                snprintf(number, sizeof number, "=");
            draw_cell(area, y, x + 14, 7, ALIGN_RIGHT,
                      change > 0   ? ROLE_GOOD
                      : change < 0 ? ROLE_WARN
                                   : ROLE_DIM,
                      number);
        }
        int columns = area.columns - bar_x - 1;
        if (columns > 40)
            columns = 40;
        if (columns >= 4)
            chart_bar(area, y, bar_x, columns, counts[i].share, role);
    }
    return y;
}

static void draw_months(const struct statistics_overview *overview, struct area area)
{
    struct area head = area_take_top(&area, 1);
    draw_cell(head, 0, 1, 8, ALIGN_LEFT, ROLE_LABEL, "Month");
    draw_cell(head, 0, 9, 7, ALIGN_RIGHT, ROLE_LABEL, "Joined");
    draw_cell(head, 0, 17, 7, ALIGN_RIGHT, ROLE_LABEL, "Left");
    draw_cell(head, 0, 25, 7, ALIGN_RIGHT, ROLE_LABEL, "Net");
    draw_cell(head, 0, 33, 8, ALIGN_RIGHT, ROLE_LABEL, "At end");
    draw_cell(head, 0, 42, 8, ALIGN_RIGHT, ROLE_LABEL, "Left %");
    for (int i = 0; i < area.rows && i < overview->month_count; i++) {
        const struct statistics_month *month = &overview->months[overview->month_count - 1 - i];
        struct date_civil civil = date_to_civil(month->month);
        int net = month->joined - month->left;
        int at_start = month->members_at_end - net;
        char text[32];
        bool so_far = i == 0;
        snprintf(text, sizeof text, "%s %02d", date_month_name(civil.month), civil.year % 100);
        draw_cell(area, i, 1, 8, ALIGN_LEFT, so_far ? ROLE_DIM : ROLE_TEXT, text);
        snprintf(text, sizeof text, "%d", month->joined);
        draw_cell(area, i, 9, 7, ALIGN_RIGHT, ROLE_TEXT, text);
        snprintf(text, sizeof text, "%d", month->left);
        draw_cell(area, i, 17, 7, ALIGN_RIGHT, ROLE_TEXT, text);
        snprintf(text, sizeof text, "%+d", net);
        draw_cell(area, i, 25, 7, ALIGN_RIGHT, net < 0 ? ROLE_WARN : ROLE_GOOD, text);
        analytics_format_count(text, sizeof text, month->members_at_end);
        draw_cell(area, i, 33, 8, ALIGN_RIGHT, ROLE_STRONG, text);
        if (at_start > 0) {
            snprintf(text, sizeof text, "%.1f", 100.0 * month->left / at_start);
            draw_cell(area, i, 42, 8, ALIGN_RIGHT, ROLE_TEXT, text);
        }
        if (so_far)
            draw_text(area, i, 52, ROLE_DIM, "so far");
    }
}

static void explain(const struct statistics_overview *overview, char *dst, size_t size)
{
    dst[0] = 0;
    if (overview->package_count > 0 && overview->by_package[0].members > 0)
        text_append(dst, size, "%s carries %.0f %% of the members. ", overview->by_package[0].name,
                    overview->by_package[0].share * 100);
    /* The last three whole months, since one alone is noise. */
    int joined = 0, left = 0, months = 0;
    for (int i = overview->month_count - 2; i >= 0 && months < 3; i--, months++) {
        joined += overview->months[i].joined;
        left += overview->months[i].left;
    }
    if (months > 0 && joined + left > 0) {
        if (months == 1)
            text_append(dst, size, "In the last whole month %d joined and %d left: ", joined, left);
        else
            text_append(dst, size, "In the last %d whole months %d joined and %d left: ", months,
                        joined, left);
        if (joined > left)
            text_append(dst, size,
                        "the gym grows; ask each of the new ones after two weeks how it goes.");
        else if (joined == left)
            text_append(dst, size,
                        "the gym stands still; keeping a member is cheaper than finding one, so "
                        "start with those who are absent.");
        else
            text_append(dst, size,
                        "the gym shrinks; keeping a member is cheaper than finding one, so start "
                        "with those who are absent.");
    }
}

void overview_draw_members(const struct overview_state *state, struct area area)
{
    const struct statistics_overview *overview = &state->figures;
    char text[500];
    if (overview->status_count == 0) {
        draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, area.columns - 4), 0, 0,
                       ROLE_DIM,
                       "No members yet, so there is nothing to count. F2 under Members enrols the "
                       "first one.",
                       false);
        return;
    }
    explain(overview, text, sizeof text);
    if (text[0])
        analytics_draw_meaning(&area, text);
    if (area.columns >= 110) {
        int half = area.columns / 2;
        int rows = overview->status_count > overview->package_count ? overview->status_count
                                                                    : overview->package_count;
        struct area top = area_take_top(&area, rows + 2);
        overview_draw_counts(area_part(top, 0, 0, top.rows, half), "By status", overview->by_status,
                             overview->status_count, true);
        overview_draw_counts(area_part(top, 0, half, top.rows, half), "By package",
                             overview->by_package, overview->package_count, false);
    } else {
        int used = overview_draw_counts(area, "By status", overview->by_status,
                                        overview->status_count, true);
        area_take_top(&area, used + (area.rows >= 16 ? 1 : 0));
        used = overview_draw_counts(area, "By package", overview->by_package,
                                    overview->package_count, false);
        area_take_top(&area, used + 1);
    }
    if (area.rows >= 3 && overview->month_count > 0)
        draw_months(overview, area);
}
