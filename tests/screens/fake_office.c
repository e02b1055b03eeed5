/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of db/segments.h and db/campaigns.h, weak, as those of fake_calls.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/campaigns.h"
#include "gymtui/db/segments.h"

/* As in src/db/segments.c, which is not linked in. */
const char *const segment_names[SEGMENTS_COUNT + 1] = {
    "Champions",      "Loyal",      "Potential", "New",         "Promising", "Need Attention",
    "About to Sleep", "Can't Lose", "At Risk",   "Hibernating", "Lost",      NULL};
const char *const segment_type_names[SEGMENTS_TYPE_COUNT + 1] = {"Star", "Vulnerable", "Free Rider",
                                                                 "Lost Cause", NULL};

static void unexpected(const char *call)
{
    fail_msg("%s was not expected", call);
}

__attribute__((weak)) void datasets_list(struct db *db, datasets_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply,
                                         void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void segments_customers(struct db *db, const struct segment_query *query,
                                              segment_customers_fn *on_reply, void *owner)
{
    (void)db;
    (void)query;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void segments_at_risk(struct db *db, const char *search,
                                            const struct at_risk_row *anchor, int limit,
                                            at_risk_fn *on_reply, void *owner)
{
    (void)db;
    (void)search;
    (void)anchor;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_create(struct db *db, const struct campaign_edit *edit,
                                            campaign_created_fn *on_reply, void *owner)
{
    (void)db;
    (void)edit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_retry(struct db *db, struct request_id id, int64_t campaign_id,
                                           campaign_created_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)campaign_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_edit(struct db *db, const struct campaign_change *change,
                                          campaign_changed_fn *on_reply, void *owner)
{
    (void)db;
    (void)change;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_end(struct db *db, struct request_id id, int64_t campaign_id,
                                         campaign_ended_fn *on_reply, void *owner)
{
    (void)db;
    (void)id;
    (void)campaign_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void campaigns_members(struct db *db, int64_t campaign_id, const char *search,
                                             const struct campaign_member *anchor, int limit,
                                             campaign_members_fn *on_reply, void *owner)
{
    (void)db;
    (void)campaign_id;
    (void)search;
    (void)anchor;
    (void)limit;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}
