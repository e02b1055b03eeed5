/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulation: options settled, gyms laid out, members made in batches. Where the figures come
 * from: seasons of joining and visiting, weekdays and hours follow published check-in statistics of
 * fitness chains; stays the published PureGym mean; personal rates, their decline with tenure and
 * the months between the last visit and cancelling DellaVigna & Malmendier, "Paying not to go to
 * the gym" (2006); leaving by tenure and the money's mishaps the usual reports of the trade. Each
 * stands beside the code that uses it: simulate_gyms.c joins, plans; simulate_visits.c and
 * simulate_hours.c visits; simulate_life.c leaving and freezes; simulate_money.c money;
 * simulate_people.c people.
 */
#include "gymtui/worker/simulate.h"

#include <stdlib.h>
#include <string.h>

#include "simulate_parts.h"

static const struct profile {
    const char *name;
    int gyms, members, months;
    bool harsh;
} profiles[] = {
    {"small", 3, 1500, 30, false},
    {"chain", 20, 100000, 30, false},
    {"million", 200, 1000000, 36, false},
    {"harsh", 3, 1500, 30, true},
};

static const struct profile *find_profile(const char *name, struct error *error)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    error_set(error, ERROR_INPUT,
              "The profiles are small, chain, million and harsh; isp is a dataset of a provider's",
              "There is no profile “%s”", name);
    return NULL;
}

bool generate_knows_profile(const char *name, struct error *error)
{
    return find_profile(name, error) != NULL;
}

static bool settle(struct simulation *simulation, const struct generate_options *options,
                   struct error *error)
{
    const char *wanted = options->profile && *options->profile ? options->profile : "small";
    const struct profile *profile = find_profile(wanted, error);
    if (!profile)
        return false;
    simulation->seed = options->seed;
    simulation->harsh = profile->harsh;
    simulation->gym_count = options->gyms > 0 ? options->gyms : profile->gyms;
    simulation->member_total = options->members > 0 ? options->members : profile->members;
    simulation->months = options->months > 0 ? options->months : profile->months;
    if (simulation->gym_count > 2000 || simulation->member_total > 20000000)
        return error_set(error, ERROR_INPUT, "At most 2,000 gyms and 20 million members",
                         "That many gyms or members cannot be made");
    if (simulation->months < 2 || simulation->months > 240)
        return error_set(error, ERROR_INPUT, "Take 2 to 240 months", "%d months cannot be made",
                         simulation->months);
    if (simulation->member_total / simulation->gym_count < (int64_t)2 * planted_count)
        return error_set(error, ERROR_INPUT, "Take fewer gyms or more members",
                         "A gym needs at least %d members", 2 * planted_count);
    return true;
}

struct simulation *simulate_open(const struct generate_options *options,
                                 const struct zone_table *zones, int zone_count,
                                 struct error *error)
{
    struct simulation *simulation = calloc(1, sizeof *simulation);
    if (!simulation) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    hours_prepare(simulation);
    if (!settle(simulation, options, error) ||
        !gyms_lay_out(simulation, zones, zone_count, options->as_of_utc, error)) {
        simulate_close(simulation);
        return NULL;
    }
    return simulation;
}

void simulate_close(struct simulation *simulation)
{
    if (!simulation)
        return;
    free(simulation->gyms);
    free(simulation->joins);
    free(simulation);
}

int simulate_gym_count(const struct simulation *simulation)
{
    return simulation->gym_count;
}

const struct sim_gym *simulate_gym(const struct simulation *simulation, int gym)
{
    return &simulation->gyms[gym];
}

int64_t simulate_member_count(const struct simulation *simulation)
{
    return simulation->member_total;
}

int simulate_month_count(const struct simulation *simulation)
{
    return simulation->months;
}

static bool make_member(struct life *life)
{
    const struct simulation *simulation = life->simulation;
    struct sim_batch *batch = life->batch;
    struct sim_member *member = rows_member(batch);
    if (!member)
        return false;
    life->member = (int)batch->member_count - 1;
    life->busy_until = INT64_MIN;
    life->last_visit = MOMENT_NONE;
    size_t first_term = batch->term_count, first_freeze = batch->freeze_count;
    *member = (struct sim_member){.number = life->gym->first_number + life->index,
                                  .birth = DATE_NONE,
                                  .banned_on = DATE_NONE,
                                  .trainer = -1};
    random_seed(life->money, simulation->seed, life->gym_index, life->index, STREAM_MONEY);
    random_seed(life->visits, simulation->seed, life->gym_index, life->index, STREAM_VISITS);
    if (life->index < planted_count) {
        planted_live(life);
    } else {
        random_seed(life->random, simulation->seed, life->gym_index, life->index, STREAM_JOIN);
        member->joined = gyms_join_day(simulation, life->gym_index, life->index, life->random);
        people_make(life, member);
        random_seed(life->random, simulation->seed, life->gym_index, life->index, STREAM_LIFE);
        life_live(life, member->joined);
        office_write(life, first_term, first_freeze);
    }
    if (!batch->out_of_memory)
        life_settle_status(life, first_term, first_freeze);
    return !batch->out_of_memory;
}

bool simulate_batch(const struct simulation *simulation, int gym, int first, int count,
                    struct sim_batch *batch)
{
    rows_reset(batch);
    batch->gym = gym;
    struct life life = {.simulation = simulation,
                        .gym = &simulation->gyms[gym],
                        .gym_index = gym,
                        .batch = batch,
                        .random = gsl_rng_alloc(&random_type),
                        .money = gsl_rng_alloc(&random_type),
                        .visits = gsl_rng_alloc(&random_type),
                        .names = gsl_rng_alloc(&random_type)};
    bool made = life.random && life.money && life.visits && life.names;
    for (life.index = first; made && life.index < first + count; life.index++)
        made = make_member(&life);
    gsl_rng_free(life.random);
    gsl_rng_free(life.money);
    gsl_rng_free(life.visits);
    gsl_rng_free(life.names);
    return made && rows_sort(batch);
}

void simulate_measure(const struct simulation *simulation, const struct sim_batch *batch,
                      struct sim_measures *measures)
{
    int32_t today = simulation->gyms[batch->gym].today;
    for (size_t i = 0; i < batch->member_count; i++) {
        int32_t tenure = today - batch->members[i].joined;
        measures[i] = (struct sim_measures){.tenure = tenure, .recency = tenure};
    }
    /* Visits come in order of time: a day is new for a member when it is nearer than the last. */
    for (size_t i = 0; i < batch->visit_count; i++) {
        struct sim_measures *measure = &measures[batch->visits[i].member];
        int32_t ago = today - local_day(batch->visits[i].in);
        if (ago < 90 && (ago < measure->recency || measure->visit_days_90 == 0))
            measure->visit_days_90++;
        if (ago < measure->recency)
            measure->recency = ago;
    }
    for (size_t i = 0; i < batch->payment_count; i++)
        if (today - local_day(batch->payments[i].at) < 365)
            measures[batch->payments[i].member].paid_365 += batch->payments[i].amount;
}
