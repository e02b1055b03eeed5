/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The overview's state, shared by analytics_overview.c (the figures, keys, reading) and its two
 * further views: analytics_members.c and analytics_revenue.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_OVERVIEW_H
#define GYMTUI_SCREENS_ANALYTICS_OVERVIEW_H

#include "analytics_pages.h"
#include "gymtui/screens/members.h"

enum overview_view { VIEW_FIGURES, VIEW_MEMBERS, VIEW_REVENUE, VIEW_COUNT };

/* The lines of the overview, in order. */
enum overview_figure {
    FIGURE_RECURRING,
    FIGURE_REVENUE,
    FIGURE_VISITS,
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
};

void overview_draw_members(const struct overview_state *state, struct area area);
void overview_draw_revenue(const struct overview_state *state, struct area area);
/* Name, count, share and bar on a line each; returns the rows used. */
int overview_draw_counts(struct area area, const char *title, const struct statistics_count *counts,
                         int count, bool by_status);

#endif
