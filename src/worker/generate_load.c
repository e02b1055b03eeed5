/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulated rows as COPY BINARY, one table after another. Columns that would take the time of day
 * as their default are given, so that the same seed gives the same bytes. */
#include "generate_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/date.h"
#include "gymtui/model/rfm.h"

struct load_numbers load_numbers_of(const struct simulation *simulation, int gym)
{
    int64_t largest = 0, stride = 100000;
    for (int i = 0; i < simulate_gym_count(simulation); i++)
        if (simulate_gym(simulation, i)->members > largest)
            largest = simulate_gym(simulation, i)->members;
    /* Nobody comes on more than thirty days of a month; twelve are over twice the mean. */
    while (stride < largest * (simulate_month_count(simulation) + 12) * 12)
        stride *= 10;
    return (struct load_numbers){.base = gym * stride, .limit = (gym + 1) * stride};
}

const char *const load_desks[] = {"gate", "1", "2"};

int64_t load_gym_id(int gym)
{
    return gym + 1;
}

int64_t load_package_id(int gym, enum plan plan)
{
    return (int64_t)gym * 10 + (int)plan + 1;
}

int64_t load_trainer_id(int gym, int trainer)
{
    return (int64_t)gym * 10 + trainer + 1;
}

void load_put_local(struct bulk *bulk, const struct sim_gym *gym, int64_t local)
{
    bulk_timestamptz(bulk, zone_to_utc(gym->zone, local) * 1000000);
}

void load_put_midnight(struct bulk *bulk, const struct sim_gym *gym, int32_t day)
{
    load_put_local(bulk, gym, (int64_t)day * 86400);
}

bool load_check_numbers(int64_t used, const struct load_numbers *numbers, struct error *error)
{
    return numbers->base + used <= numbers->limit ||
           error_set(error, ERROR_INPUT, "Take fewer members for each gym, or fewer months",
                     "A gym has more rows than numbers were kept for");
}

/* ---- The gym ---- */

static bool load_packages(struct bulk *bulk, const struct sim_gym *gym, int index,
                          struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.packages (package_id, gym_id, name, duration_months, price, "
                    "description, visits_included, all_gyms, active, hours_from, hours_until, "
                    "row_version)",
                    error))
        return false;
    for (int plan = 0; plan < PLAN_COUNT; plan++) {
        const struct plan_facts *facts = &plan_facts[plan];
        bulk_row(bulk, 12);
        bulk_int64(bulk, load_package_id(index, (enum plan)plan));
        bulk_int64(bulk, load_gym_id(index));
        bulk_text_field(bulk, facts->name);
        bulk_int32(bulk, facts->months);
        bulk_numeric2(bulk, gym->price[plan]);
        bulk_text_field(bulk, facts->description);
        bulk_int32(bulk, facts->visits);
        bulk_bool(bulk, facts->all_gyms);
        bulk_bool(bulk, true);
        if (facts->off_peak) {
            bulk_int16(bulk, 9);
            bulk_int16(bulk, 16);
        } else {
            bulk_null(bulk);
            bulk_null(bulk);
        }
        bulk_int32(bulk, 1);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_trainers(struct bulk *bulk, const struct sim_gym *gym, int index,
                          struct error *error)
{
    if (!bulk_begin(bulk, "gym_incoming.trainers (trainer_id, gym_id, name, phone, email)", error))
        return false;
    for (int i = 0; i < gym->trainer_count; i++) {
        bulk_row(bulk, 5);
        bulk_int64(bulk, load_trainer_id(index, i));
        bulk_int64(bulk, load_gym_id(index));
        bulk_text_field(bulk, gym->trainers[i].name);
        bulk_text_field(bulk, gym->trainers[i].phone);
        bulk_text_field(bulk, gym->trainers[i].email);
    }
    return bulk_end(bulk, NULL, error);
}

bool load_gym(struct bulk *bulk, const struct simulation *simulation, int index,
              struct error *error)
{
    const struct sim_gym *gym = simulate_gym(simulation, index);
    if (!bulk_begin(bulk,
                    "gym_incoming.gyms (gym_id, name, username, email, address, phone, time_zone, "
                    "currency, capacity, settings, row_version, created_at)",
                    error))
        return false;
    bulk_row(bulk, 12);
    bulk_int64(bulk, load_gym_id(index));
    bulk_text_field(bulk, gym->name);
    bulk_text_field(bulk, gym->username);
    bulk_text_field(bulk, gym->email);
    bulk_text_field(bulk, gym->address);
    bulk_text_field(bulk, gym->phone);
    bulk_text_field(bulk, gym->zone->name);
    bulk_text_field(bulk, gym->currency);
    bulk_int32(bulk, gym->capacity);
    bulk_jsonb(bulk, gym->all_night ? "{}" : "{\"closing_time\": \"23:45\"}");
    bulk_int32(bulk, 1);
    load_put_midnight(bulk, gym, gym->opened);
    return bulk_end(bulk, NULL, error) && load_packages(bulk, gym, index, error) &&
           load_trainers(bulk, gym, index, error);
}

/* ---- Visits ---- */

bool load_visits(struct bulk *bulk, const struct simulation *simulation,
                 const struct sim_batch *batch, struct load_numbers *numbers, struct error *error)
{
    const struct sim_gym *home = simulate_gym(simulation, batch->gym);
    if (!bulk_begin(bulk,
                    "gym_incoming.attendance (attendance_id, customer_id, check_in, check_out, "
                    "gym_id, home_gym_id, desk, auto_out, reentry, backdated, override_reason)",
                    error))
        return false;
    for (size_t i = 0; i < batch->visit_count; i++) {
        const struct sim_visit *visit = &batch->visits[i];
        int64_t in = zone_to_utc(home->zone, visit->in);
        bulk_row(bulk, 11);
        bulk_int64(bulk, numbers->base + ++numbers->visits);
        bulk_int64(bulk, batch->members[visit->member].number);
        bulk_timestamptz(bulk, in * 1000000);
        /* Stays are lengths of time, also in the night when the clock changes. */
        if (visit->out == MOMENT_NONE)
            bulk_null(bulk);
        else
            bulk_timestamptz(bulk, (in + visit->out - visit->in) * 1000000);
        bulk_int64(bulk, load_gym_id(visit->gym));
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_text_field(bulk, load_desks[visit->desk]);
        bulk_bool(bulk, visit->auto_out);
        bulk_bool(bulk, visit->reentry);
        bulk_bool(bulk, false);
        if (visit->override_reason)
            bulk_text_field(bulk, visit->override_reason);
        else
            bulk_null(bulk);
    }
    return bulk_end(bulk, NULL, error) && load_check_numbers(numbers->visits, numbers, error);
}

/* ---- RFM ---- */

struct scores {
    double *values;
    uint8_t *r, *f, *m;
};

static bool score_all(const struct sim_measures *measures, size_t count, struct scores *scores,
                      struct error *error)
{
    for (size_t i = 0; i < count; i++)
        scores->values[i] = measures[i].recency;
    if (!rfm_score(scores->values, count, true, scores->r, error))
        return false;
    for (size_t i = 0; i < count; i++)
        scores->values[i] = rfm_frequency(measures[i].visit_days_90, measures[i].tenure);
    if (!rfm_score(scores->values, count, false, scores->f, error))
        return false;
    for (size_t i = 0; i < count; i++)
        scores->values[i] = (double)measures[i].paid_365;
    return rfm_score(scores->values, count, false, scores->m, error);
}

static bool copy_rfm(struct bulk *bulk, const struct sim_gym *gym, int index, int64_t base,
                     const struct sim_measures *measures, const struct scores *scores,
                     struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.rfm (rfm_id, gym_id, customer_id, recency_score, "
                    "frequency_score, monetary_score, customer_segment, r, f, m, as_of, "
                    "refreshed_at)",
                    error))
        return false;
    for (int i = 0; i < gym->members; i++) {
        const struct sim_measures *measure = &measures[i];
        enum rfm_segment segment = rfm_segment(scores->r[i], scores->f[i], measure->tenure);
        bulk_row(bulk, 12);
        bulk_int64(bulk, base + 1 + i);
        bulk_int64(bulk, load_gym_id(index));
        bulk_int64(bulk, gym->first_number + i);
        bulk_int32(bulk, measure->recency);
        bulk_float8(bulk, rfm_frequency(measure->visit_days_90, measure->tenure));
        bulk_numeric2(bulk, measure->paid_365);
        bulk_text_field(bulk, rfm_segment_name(segment));
        bulk_int16(bulk, scores->r[i]);
        bulk_int16(bulk, scores->f[i]);
        bulk_int16(bulk, scores->m[i]);
        bulk_date(bulk, gym->today);
        load_put_local(bulk, gym, gym->now);
    }
    return bulk_end(bulk, NULL, error);
}

bool load_rfm(struct bulk *bulk, const struct simulation *simulation, int index,
              const struct sim_measures *measures, struct error *error)
{
    const struct sim_gym *gym = simulate_gym(simulation, index);
    size_t count = (size_t)gym->members;
    struct scores scores = {malloc(count * sizeof(double)), malloc(count), malloc(count),
                            malloc(count)};
    bool done = false;
    if (!scores.values || !scores.r || !scores.f || !scores.m)
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    else
        done = score_all(measures, count, &scores, error) &&
               copy_rfm(bulk, gym, index, load_numbers_of(simulation, index).base, measures,
                        &scores, error);
    free(scores.values);
    free(scores.r);
    free(scores.f);
    free(scores.m);
    return done;
}
