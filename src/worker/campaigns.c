/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/worker/campaigns.h"

#include <inttypes.h>
#include <stdio.h>

#include "gymtui/base/log.h"

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
