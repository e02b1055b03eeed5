/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the analytics screen, shared by analytics.c (slots, keys, reading) and one file a
 * page: analytics_overview.c, analytics_hours.c, analytics_members.c, analytics_revenue.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_PAGES_H
#define GYMTUI_SCREENS_ANALYTICS_PAGES_H

#include "gymtui/db/statistics.h"
#include "gymtui/screens/members.h"
#include "gymtui/screens/screen.h"

enum analytics_page { PAGE_OVERVIEW, PAGE_HOURS, PAGE_MEMBERS, PAGE_REVENUE, PAGE_COUNT };

/* The lines of the overview, in order. */
enum analytics_figure {
    FIGURE_RECURRING,
    FIGURE_REVENUE,
    FIGURE_VISITS,
    FIGURE_EXPIRING,
    FIGURE_OWING,
    FIGURE_ABSENT,
    FIGURE_COUNT
};

struct analytics_state {
    struct screen_context context;
    enum analytics_page page;
    int figure; /* the overview's cursor */
    bool has_overview, has_heat, reading_overview, reading_heat, stale, dirty;
    int64_t read_at; /* gym's wall clock */
    int32_t today;
    struct statistics_overview overview;
    struct statistics_heat heat;
};

/* Each draws its page; the data it needs is there. */
void analytics_draw_overview(const struct analytics_state *state, struct area area);
void analytics_draw_hours(const struct analytics_state *state, struct area area);
void analytics_draw_members(const struct analytics_state *state, struct area area);
void analytics_draw_revenue(const struct analytics_state *state, struct area area);

/* The members behind a line of the overview; false: none in particular. */
bool analytics_figure_members(enum analytics_figure figure, struct members_argument *argument);

/* --- shared --- */

/* What the page means, in a sentence at the foot, below a rule; the area shrinks. */
void analytics_draw_meaning(struct area *area, const char *text);
/* "▲ 12 since a month ago" in its role; `good_up`: more is better. */
void analytics_draw_change(struct area area, int y, int x, double now, double before, bool percent,
                           bool good_up, const char *since);
/* Digits three rows high; returns the columns used, 0 where they do not fit or cannot be shown. */
int analytics_draw_large(struct area area, int y, int x, enum role role, const char *digits);
/* Name, count, share and bar on a line each; returns the rows used. */
int analytics_draw_counts(struct area area, const char *title,
                          const struct statistics_count *counts, int count, bool by_status);
/* The heat map with its labels; cells as wide as fit, at most `most`. Nothing without visits. */
void analytics_draw_heat(const struct analytics_state *state, struct area area, int most);
/* "1,234" */
void analytics_format_count(char *dst, size_t size, double value);

#endif
