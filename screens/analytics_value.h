/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value page's state, shared by analytics_value.c (reading, keys, the distribution) and its
 * other views in analytics_value_views.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_VALUE_H
#define GYMTUI_SCREENS_ANALYTICS_VALUE_H

#include "analytics_model.h"

enum value_view { VALUE_SPREAD, VALUE_GROUPS, VALUE_TYPES, VALUE_ENDS, VALUE_VIEWS };

struct value_state {
    struct analytics_place *place;
    enum value_view view;
    int selected; /* of the top and bottom */
    struct models_value value;
};

/* The gym's currency, or the dataset's. */
const char *value_currency(const struct value_state *state);
/* By segment and by package, side by side or one below the other. */
void value_draw_tables(const struct value_state *state, struct area area);
void value_draw_groups(const struct value_state *state, struct area area);
void value_draw_types(const struct value_state *state, struct area area);
void value_draw_ends(const struct value_state *state, struct area area);
/* The customer that the cursor is on; NULL: none. */
const struct models_customer *value_selected(const struct value_state *state);

#endif
