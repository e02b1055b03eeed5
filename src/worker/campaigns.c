/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/worker/campaigns.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/log.h"
#include "runner_private.h"

#define CHUNK 20000 /* members written between two looks whether it is to go on */

bool campaigns_update(struct bulk *bulk, int64_t gym_id, struct error *error)
{
    char sql[80];
    int64_t changed = 0;
    snprintf(sql, sizeof sql, "SELECT gym.note_value(%" PRId64 ")", gym_id);
    if (!bulk_run(bulk, sql, error))
        return false;
    snprintf(sql, sizeof sql, "SELECT gym.measure_campaigns(%" PRId64 ")", gym_id);
    if (!bulk_value(bulk, sql, &changed, error))
        return false;
    if (changed > 0)
        log_write(LOG_LEVEL_INFO, "campaigns", "%" PRId64 " members' outcomes changed", changed);
    return true;
}

static bool number_of(struct bulk *bulk, const char *statement, int count,
                      const char *const *values, int64_t *number, struct error *error)
{
    char text[32];
    if (!bulk_named(bulk, statement, count, values, text, sizeof text, error))
        return false;
    *number = strtoll(text, NULL, 10);
    return true;
}

/* The members with their arms, part by part, in one transaction: all of them or none. */
static bool draw(struct bulk *bulk, const char *campaign, struct pulse *pulse, struct error *error)
{
    int64_t count = 0;
    char from[32], until[32];
    const char *values[] = {campaign, from, until};
    if (!work_go_on(pulse, "drawing lots", 0) ||
        !bulk_run_file(bulk, "campaign_draw_begin", error) ||
        !bulk_named(bulk, "campaign_draw_members", 1, values, NULL, 0, error) ||
        !number_of(bulk, "campaign_draw_count", 0, NULL, &count, error))
        return false;
    for (int64_t done = 0; done < count; done += CHUNK) {
        snprintf(from, sizeof from, "%" PRId64, done + 1);
        snprintf(until, sizeof until, "%" PRId64, done + CHUNK);
        if (!work_go_on(pulse, "members", .2 + .8 * (double)done / (double)count) ||
            !bulk_named(bulk, "campaign_draw_write", 3, values, NULL, 0, error))
            return false;
    }
    return bulk_named(bulk, "campaign_draw_end", 1, values, NULL, 0, error) &&
           work_go_on(pulse, "members", 1) && bulk_commit(bulk, error);
}

bool work_campaign(const struct work *work, struct error *error)
{
    char campaign[32];
    const char *values[] = {campaign};
    int64_t waits = 0;
    struct error ignored;
    if (!job_parameter(work->job, "campaign", campaign, sizeof campaign))
        return error_set(error, ERROR_INPUT, NULL, "The job names no campaign");
    struct bulk *bulk = bulk_open(work->conninfo, error);
    bool done = bulk && number_of(bulk, "campaign_draw_waits", 1, values, &waits, error) &&
                (waits == 0 || draw(bulk, campaign, work->pulse, error));
    bulk_close(bulk);
    /* What was removed meanwhile could not go while its members were being written. */
    bulk = bulk_open(work->conninfo, &ignored);
    if (bulk && bulk_named(bulk, "campaign_draw_remove", 0, NULL, NULL, 0, &ignored))
        bulk_commit(bulk, &ignored);
    bulk_close(bulk);
    return done;
}
