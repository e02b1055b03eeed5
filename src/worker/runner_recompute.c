/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recompute: statuses as of today, then what value.h says, of the job's gym or of all. */
#include "gymtui/db/bulk.h"
#include "gymtui/worker/value.h"
#include "runner_private.h"

static bool tell(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, share);
}

bool work_recompute(const struct work *work, struct error *error)
{
    const struct value_options options = {.gym_id = work->job->gym_id, .as_of = DATE_NONE};
    struct bulk *bulk = bulk_open(work->conninfo, error);
    bool done = bulk && work_go_on(work->pulse, "statuses", 0) &&
                bulk_run(bulk, "SELECT gym.refresh_statuses()", error) && bulk_commit(bulk, error);
    bulk_close(bulk);
    return done && value_recompute_gyms(work->conninfo, &options, tell, work->pulse, error);
}
