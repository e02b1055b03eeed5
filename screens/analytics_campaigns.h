/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the campaigns page, shared by analytics_campaigns.c (keys, reading) and
 * analytics_campaigns_draw.c. */
#ifndef GYMTUI_SCREENS_ANALYTICS_CAMPAIGNS_H
#define GYMTUI_SCREENS_ANALYTICS_CAMPAIGNS_H

#include "analytics_export.h"
#include "analytics_find.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/screens/campaign.h"
#include "gymtui/ui/table.h"

#define CAMPAIGNS_MOST 200

enum campaigns_column {
    CAMPAIGNS_NAME,
    CAMPAIGNS_BEGAN,
    CAMPAIGNS_OFFER,
    CAMPAIGNS_HELD,
    CAMPAIGNS_DIFFERENCE,
    CAMPAIGNS_VERDICT,
    CAMPAIGNS_COLUMNS
};
enum people_column {
    PEOPLE_NAME,
    PEOPLE_ARM,
    PEOPLE_OUTCOME,
    PEOPLE_CALLED,
    PEOPLE_PLAN,
    PEOPLE_SEGMENT,
    PEOPLE_PHONE,
    PEOPLE_COLUMNS
};

struct campaigns_state {
    struct analytics_place *place;
    struct table *table; /* the campaigns */
    bool is_filled;
    int32_t today;
    /* The members of one of them, over it. */
    bool shows_people;
    struct campaign_row shown;
    struct table *people;
    bool people_asked, people_outdated, people_filled;
    struct analytics_find find;
    char people_empty[160];
    struct analytics_export export_;
    struct campaign_member exported;
    bool has_exported;
    /* Those a message goes to, while they are read. */
    int64_t *recipients;
    int recipient_count;
    bool gathers;
    struct campaign_member gathered;
    /* What is being changed, as typed; its last day when that is. */
    struct campaign_row edited;
    int32_t edited_until;
};

extern const struct table_column campaigns_columns[CAMPAIGNS_COLUMNS];
extern const struct table_column people_columns[PEOPLE_COLUMNS];
void campaigns_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                          enum role *role);
void people_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                       enum role *role);
void campaigns_ask_change(struct campaigns_state *state);
void campaigns_ask_end(struct campaigns_state *state);
void campaigns_draw(struct campaigns_state *state, struct area area);

#endif
