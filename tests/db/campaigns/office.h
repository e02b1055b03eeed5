/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of campaigns stand on: 150 members who were lost, the manager, and what the last
 * call was told. */
#ifndef GYMTUI_TESTS_DB_CAMPAIGNS_OFFICE_H
#define GYMTUI_TESTS_DB_CAMPAIGNS_OFFICE_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/db/campaigns.h"
#include "heard.h"

/* Signed in at the first gym. */
extern struct db *office_manager;

struct office_saw {
    struct error error;
    bool more;
    int count;
    struct campaign_created created;
    struct campaign_row campaigns[32];
    struct campaign_changed changed;
    struct campaign_ended ended;
    struct campaign_member members[600];
};
extern struct office_saw office_saw;

/* 150 members of gym 1 without visits or terms, 31001 to 31150, in the segment Lost. */
int office_set_up(void **state);
int office_tear_down(void **state);

void office_note_error(const struct error *error);
void office_on_members(void *owner, const struct campaign_member *rows, int count, bool more,
                       const struct error *error);
void office_on_created(void *owner, const struct campaign_created *created,
                       const struct error *error);
void office_on_campaigns(void *owner, const struct campaign_row *rows, int count,
                         const struct error *error);

/* A campaign for all who are lost, as the form has it. */
struct campaign_edit office_lost_campaign(const char *name, enum campaign_slot slot);
/* Begins it; the number. */
int64_t office_create(const struct campaign_edit *edit);
/* As the list has it now. */
struct campaign_row office_read_campaign(int64_t campaign);
/* Ended early, or removed: saw.ended, or saw.error. */
void office_end(int64_t campaign);
/* As if the campaign had begun so many days before. */
void office_age(int64_t campaign, int days);
/* What the worker does each night. */
void office_measure(void);

#endif
