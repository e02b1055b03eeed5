/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The customers of a choice (a segment, a type, a cell) as a list with filter, order and export:
 * part of a page's state, opened over the page's own drawing and closed with Esc. Works for the
 * gym's members, whose card Enter opens, and for a dataset's customers, who have none.
 */
#ifndef GYMTUI_SCREENS_ANALYTICS_CUSTOMERS_H
#define GYMTUI_SCREENS_ANALYTICS_CUSTOMERS_H

#include "analytics_export.h"
#include "gymtui/db/segments.h"
#include "gymtui/screens/campaign.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/table.h"

enum customers_asking {
    CUSTOMERS_NOTHING,
    CUSTOMERS_START,
    CUSTOMERS_END,
    CUSTOMERS_BEFORE,
    CUSTOMERS_AFTER,
    CUSTOMERS_AGAIN, /* the same rows, after a change */
};

struct customers_list {
    struct analytics_place *place;
    bool is_open;
    struct segment_choice choice; /* its search is what stands in the field */
    char title[80];
    int64_t count; /* as the page knows it; 0: unknown */
    struct table *table;
    struct field find;
    bool is_finding; /* the field has the focus */
    enum customers_asking asking;
    bool is_outdated; /* the answer under way is for an older search or order */
    bool is_changed;  /* read again when it has come */
    bool is_loaded, more_before;
    int32_t today;
    char empty[160];
    struct analytics_export export_;
    struct segment_customer exported; /* the last row written */
    bool has_exported;
    struct campaign_flow campaign;
};

/* Reads and shows them. False for want of memory. */
bool customers_open(struct customers_list *list, struct analytics_place *place,
                    const struct segment_choice *choice, const char *title, int64_t count);
void customers_close(struct customers_list *list);
/* Reads what is held again. */
void customers_refresh(struct customers_list *list);
void customers_draw(struct customers_list *list, struct area area);
bool customers_command(struct customers_list *list, int command); /* Esc closes it */
bool customers_offers(const struct customers_list *list, int command);
bool customers_text(struct customers_list *list, uint32_t key, const char *text);
bool customers_typing(const struct customers_list *list, bool *empty);

#endif
