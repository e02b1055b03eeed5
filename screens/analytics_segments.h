/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the segments page, shared by analytics_segments.c (keys, reading) and
 * analytics_segments_draw.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_SEGMENTS_H
#define GYMTUI_SCREENS_ANALYTICS_SEGMENTS_H

#include "analytics_customers.h"

struct segments_state {
    struct analytics_place *place;
    struct segments figures;
    bool by_type; /* customer types in place of segments */
    int row;      /* the cursor */
    struct customers_list list;
    struct analytics_export export_;
    struct campaign_flow campaign;
};

/* How many rows the table of the present view has, and one of them. */
int segments_row_count(const struct segments_state *state);
const char *segments_row_name(const struct segments_state *state, int row);
const struct segment_figures *segments_row(const struct segments_state *state, int row);

void segments_draw(const struct segments_state *state, struct area area);
/* The grid alone, with its heading, for the overview; `lit`: the segment whose cells stand out,
 * −1: none. Returns the columns used, 0 where it does not fit. */
int segments_draw_grid(const struct segments *figures, struct area area, int lit, int cell);

#endif
