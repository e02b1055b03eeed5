/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the page of those at risk, shared by analytics_risk.c (keys, reading, the call) and
 * analytics_risk_draw.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_RISK_H
#define GYMTUI_SCREENS_ANALYTICS_RISK_H

#include "analytics_export.h"
#include "analytics_find.h"
#include "gymtui/db/segments.h"
#include "gymtui/screens/campaign.h"
#include "gymtui/screens/contact.h"
#include "gymtui/ui/table.h"

enum risk_column {
    RISK_NAME,
    RISK_STAKE,
    RISK_REASON,
    RISK_STAY,
    RISK_ENDS,
    RISK_CALLED,
    RISK_PLAN,
    RISK_PHONE,
    RISK_COLUMNS
};

struct risk_state {
    struct analytics_place *place;
    struct table *table;
    struct at_risk all;
    double shown_at_stake; /* of the rows held */
    int32_t today;
    bool is_filled;
    struct analytics_find find;
    char empty[160];
    struct contact_flow contact;
    struct campaign_flow campaign;
    struct analytics_export export_;
    struct at_risk_row exported; /* the last row written */
    bool has_exported;
};

extern const struct table_column risk_columns[RISK_COLUMNS];
void risk_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                     enum role *role);
void risk_draw(struct risk_state *state, struct area area);

#endif
