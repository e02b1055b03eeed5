/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recompute: the RFM of all members, anew from their visits and payments, gym by gym; each gym's
 * scores change in one transaction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/db/bulk.h"
#include "gymtui/model/rfm.h"
#include "runner_private.h"

struct gym {
    int64_t gym_id, members;
};

struct gyms {
    struct gym *rows;
    size_t count, room;
    int64_t members; /* in all */
};

struct member {
    int64_t number;
    int32_t today, tenure, recency;
    int visit_days;
    money paid;
};

struct members {
    struct member *rows;
    size_t count, room;
};

/* Room for one more; false for want of memory. */
static bool grow(void **rows, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t larger = *room ? *room * 2 : 256;
    void *grown = realloc(*rows, larger * size);
    if (!grown)
        return false;
    *rows = grown;
    *room = larger;
    return true;
}

static bool take_gym(void *owner, const int64_t *values, int count)
{
    struct gyms *gyms = owner;
    void *rows = gyms->rows;
    if (count < 2 || !grow(&rows, gyms->count, &gyms->room, sizeof *gyms->rows))
        return false;
    gyms->rows = rows;
    gyms->rows[gyms->count++] = (struct gym){values[0], values[1]};
    gyms->members += values[1];
    return true;
}

static bool take_member(void *owner, const int64_t *values, int count)
{
    struct members *members = owner;
    void *rows = members->rows;
    if (count < 6 || !grow(&rows, members->count, &members->room, sizeof *members->rows))
        return false;
    members->rows = rows;
    members->rows[members->count++] = (struct member){.number = values[0],
                                                      .today = (int32_t)values[1],
                                                      .tenure = (int32_t)values[2],
                                                      .recency = (int32_t)values[3],
                                                      .visit_days = (int)values[4],
                                                      .paid = values[5]};
    return true;
}

/* ---- Scores ---- */

struct scores {
    double *values;
    uint8_t *r, *f, *m;
};

static double recency_of(const struct member *member)
{
    return member->recency;
}

static double frequency_of(const struct member *member)
{
    return rfm_frequency(member->visit_days, member->tenure);
}

static double paid_of(const struct member *member)
{
    return (double)member->paid;
}

static bool score(const struct members *members, struct scores *scores,
                  double (*measure)(const struct member *), bool low_is_good, uint8_t *into,
                  struct error *error)
{
    for (size_t i = 0; i < members->count; i++)
        scores->values[i] = measure(&members->rows[i]);
    return rfm_score(scores->values, members->count, low_is_good, into, error);
}

static bool copy(struct bulk *bulk, int64_t gym_id, const struct members *members,
                 const struct scores *scores, struct error *error)
{
    if (!bulk_begin(bulk,
                    "pg_temp.rfm_new (gym_id, customer_id, recency_score, frequency_score, "
                    "monetary_score, customer_segment, r, f, m, as_of)",
                    error))
        return false;
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->rows[i];
        bulk_row(bulk, 10);
        bulk_int64(bulk, gym_id);
        bulk_int64(bulk, member->number);
        bulk_int32(bulk, member->recency);
        bulk_float8(bulk, frequency_of(member));
        bulk_numeric2(bulk, member->paid);
        bulk_text_field(bulk,
                        rfm_segment_name(rfm_segment(scores->r[i], scores->f[i], member->tenure)));
        bulk_int16(bulk, scores->r[i]);
        bulk_int16(bulk, scores->f[i]);
        bulk_int16(bulk, scores->m[i]);
        bulk_date(bulk, member->today);
    }
    return bulk_end(bulk, NULL, error);
}

static bool score_and_copy(struct bulk *bulk, int64_t gym_id, const struct members *members,
                           struct error *error)
{
    size_t count = members->count;
    struct scores scores = {malloc(count * sizeof(double)), malloc(count), malloc(count),
                            malloc(count)};
    bool done = false;
    if (!scores.values || !scores.r || !scores.f || !scores.m)
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    else
        done = score(members, &scores, recency_of, true, scores.r, error) &&
               score(members, &scores, frequency_of, false, scores.f, error) &&
               score(members, &scores, paid_of, false, scores.m, error) &&
               copy(bulk, gym_id, members, &scores, error);
    free(scores.values);
    free(scores.r);
    free(scores.f);
    free(scores.m);
    return done;
}

static bool recompute_gym(struct bulk *bulk, const struct gym *gym, struct members *members,
                          struct error *error)
{
    members->count = 0;
    return bulk_each(bulk, "recompute_measures", 1, &gym->gym_id, take_member, members, error) &&
           (members->count == 0 || score_and_copy(bulk, gym->gym_id, members, error)) &&
           bulk_run_file(bulk, "recompute_store", error) && bulk_commit(bulk, error);
}

static bool recompute_all(const struct work *work, struct bulk *bulk, const struct gyms *gyms,
                          struct error *error)
{
    struct members members = {0};
    int64_t finished = 0;
    bool done = true;
    for (size_t i = 0; done && i < gyms->count; i++) {
        char phase[80] = "RFM of all members";
        if (gyms->count > 1)
            snprintf(phase, sizeof phase, "RFM of all members, gym %zu of %zu", i + 1, gyms->count);
        double share =
            gyms->members > 0 ? (double)finished / (double)gyms->members : 0; /* of the rows */
        done = (work_go_on(work->pulse, phase, share) ||
                error_set(error, ERROR_CANCELLED, NULL, "The job was ended")) &&
               recompute_gym(bulk, &gyms->rows[i], &members, error);
        finished += gyms->rows[i].members;
    }
    free(members.rows);
    return done;
}

bool work_recompute(const struct work *work, struct error *error)
{
    struct gyms gyms = {0};
    struct bulk *bulk = bulk_open(work->conninfo, error);
    bool done = bulk && work_go_on(work->pulse, "statuses", 0) &&
                bulk_run(bulk, "SELECT gym.refresh_statuses()", error) &&
                bulk_commit(bulk, error) &&
                bulk_each(bulk, "recompute_gyms", 1, &work->job->gym_id, take_gym, &gyms, error) &&
                bulk_run_file(bulk, "recompute_begin", error) && bulk_commit(bulk, error) &&
                recompute_all(work, bulk, &gyms, error);
    free(gyms.rows);
    bulk_close(bulk);
    return done;
}
