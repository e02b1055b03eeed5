/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short kinds of jobs: what is done elsewhere, with the job's parameters. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gymtui/base/date.h"
#include "gymtui/db/bulk.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/isp.h"
#include "gymtui/worker/value.h"
#include "runner_private.h"

/* The database has checked them when the job was asked for. */
static long long number_of(const struct job *job, const char *name, long long otherwise)
{
    char text[32];
    return job_parameter(job, name, text, sizeof text) ? strtoll(text, NULL, 10) : otherwise;
}

static bool tell(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, share);
}

/* A reseed is the load, and the figures of the new members. */
static bool tell_of_gyms(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, share * .8);
}

static bool tell_of_value(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, .8 + share * .2);
}

/* The provider's customers, beside the gyms: rows, then models. */
static bool tell_of_rows(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, share / 2);
}

static bool tell_of_models(void *owner, const char *phase, double share)
{
    return work_go_on(owner, phase, .5 + share / 2);
}

static bool make_provider(const struct work *work, const struct generate_options *gyms,
                          struct error *error)
{
    struct isp_options options = {.gym_id = number_of(work->job, "gym", 1),
                                  .seed = gyms->seed,
                                  .customers = gyms->members,
                                  .months = gyms->months,
                                  .as_of = gyms->as_of};
    return isp_generate(work->conninfo, &options, tell_of_rows, work->pulse, error) &&
           dataset_refresh(work->conninfo, options.gym_id, ISP_DATASET, tell_of_models, work->pulse,
                           NULL, error);
}

bool work_reseed(const struct work *work, struct error *error)
{
    enum { EAST = 2 * 3600 }; /* where of all simulated gyms a day ends first */
    char profile[32] = "small", day[32];
    time_t now = time(NULL);
    int32_t stand_on = DATE_NONE; /* each gym's own day */
    struct generate_options options = {
        .profile = profile,
        .gyms = (int)number_of(work->job, "gyms", 0),
        .members = (int)number_of(work->job, "members", 0),
        .months = (int)number_of(work->job, "months", 0),
        .seed = (uint64_t)number_of(work->job, "seed", 1),
        .as_of = (int32_t)(now / 86400),
        .as_of_utc = now,
    };
    job_parameter(work->job, "profile", profile, sizeof profile);
    if (job_parameter(work->job, "as_of", day, sizeof day)) {
        if (!date_parse(day, &options.as_of))
            return error_set(error, ERROR_INPUT, NULL, "%s is no day", day);
        /* At this hour of that day, as long as it is that day in every gym. */
        int64_t hour = now % 86400, last = 86400 - EAST - 1;
        options.as_of_utc = (int64_t)options.as_of * 86400 + (hour < last ? hour : last);
        stand_on = options.as_of;
    }
    if (strcmp(profile, "isp") == 0)
        return make_provider(work, &options, error);
    return generate_into(work->conninfo, &options, tell_of_gyms, work->pulse, error) &&
           value_recompute_all(work->conninfo, stand_on, tell_of_value, work->pulse, error);
}

/* DESK.md rules 12 and 7. */
bool work_auto_checkout(const struct work *work, struct error *error)
{
    struct bulk *bulk = bulk_open(work->conninfo, error);
    bool done = bulk && work_go_on(work->pulse, "forgotten check-outs", 0) &&
                bulk_run(bulk, "SELECT gym.auto_checkout()", error) && bulk_commit(bulk, error) &&
                work_go_on(work->pulse, "statuses", .5) &&
                bulk_run(bulk, "SELECT gym.refresh_statuses()", error) && bulk_commit(bulk, error);
    bulk_close(bulk);
    return done;
}

bool work_dataset_refresh(const struct work *work, struct error *error)
{
    char name[256];
    if (!job_parameter(work->job, "dataset", name, sizeof name))
        return error_set(error, ERROR_INPUT, NULL, "The job names no dataset");
    return dataset_refresh(work->conninfo, work->job->gym_id, name, tell, work->pulse, NULL, error);
}
