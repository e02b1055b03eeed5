/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The overview's state, shared by analytics_overview.c (keys, reading), analytics_overview_draw.c
 * (the figures) and its two further views: analytics_members.c and analytics_revenue.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_OVERVIEW_H
#define GYMTUI_SCREENS_ANALYTICS_OVERVIEW_H

#include "analytics_pages.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/segments.h"
#include "gymtui/screens/members.h"

enum overview_view { VIEW_FIGURES, VIEW_MEMBERS, VIEW_REVENUE, VIEW_COUNT };

/* The lines of the overview, in order. */
enum overview_figure {
    FIGURE_RECURRING,
    FIGURE_REVENUE,
    FIGURE_LEAVING,
    FIGURE_VISITS,
    FIGURE_INSIDE,
    FIGURE_VALUE,
    FIGURE_STAKE,
    FIGURE_EXPIRING,
    FIGURE_OWING,
    FIGURE_ABSENT,
    FIGURE_COUNT
};

struct overview_state {
    struct analytics_place *place;
    enum overview_view view;
    int figure; /* the cursor */
    struct statistics_overview figures;
    struct statistics_heat heat;
    struct occupancy occupancy;
    struct at_risk at_risk;
    struct segments segments;
    struct statistics_recurring recurring[STATISTICS_MONTHS];
    int recurring_count;
};

/* Those who left in a month, as a share of the members at its beginning; NaN: none were there. */
double overview_leaving(const struct statistics_month *month);

void overview_draw_figures(const struct overview_state *state, struct area area);
void overview_draw_members(const struct overview_state *state, struct area area);
void overview_draw_revenue(const struct overview_state *state, struct area area);
/* The recurring revenue of a month; NULL where it was not read. */
const struct statistics_recurring *overview_recurring(const struct overview_state *state,
                                                      int32_t month);
/* Name, count, share and bar on a line each; returns the rows used. */
int overview_draw_counts(struct area area, const char *title, const struct statistics_count *counts,
                         int count, bool by_status);

#endif
