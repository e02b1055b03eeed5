/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tracking: repeat transactions as they came, week after week, and as they were to be expected of
 * the same customers, those who joined by the cut. With contract these are the bills after the
 * first one: bill k + 1 falls due k periods after joining, and comes if the customer has stayed so
 * long. Only the current spell counts, as for the models: one who left and came back is another
 * customer to them.
 */
#include <math.h>

#include "dataset_private.h"

#define LOOK_EVERY 4096

static bool take_week(void *owner, const int64_t *values, int count)
{
    struct tracking *tracking = owner;
    if (count == 2 && values[0] >= 0 && values[0] < tracking->weeks)
        tracking->actual[values[0]] += (double)values[1];
    return true;
}

bool tracking_begin(struct refresh *refresh, const char *statement, struct tracking *tracking,
                    struct error *error)
{
    int weeks = (refresh->as_of - refresh->first_day + 1) / 7;
    *tracking = (struct tracking){.weeks = weeks < TRACKING_WEEKS ? weeks : TRACKING_WEEKS};
    if (!bulk_each(refresh->bulk, statement, 0, NULL, take_week, tracking, error))
        return false;
    for (int week = 1; week < tracking->weeks; week++)
        tracking->actual[week] += tracking->actual[week - 1];
    return true;
}

bool tracking_store(struct refresh *refresh, const struct tracking *tracking, struct error *error)
{
    struct value_point points[2][TRACKING_WEEKS];
    for (int week = 0; week < tracking->weeks; week++) {
        points[0][week] = (struct value_point){week + 1, tracking->actual[week], NAN, NAN, -1};
        points[1][week] = (struct value_point){week + 1, tracking->expected[week], NAN, NAN, -1};
    }
    return value_remove_curve(refresh->bulk, &refresh->dataset, "tracking", error) &&
           (tracking->weeks == 0 ||
            (value_store_points(refresh->bulk, &refresh->dataset, "tracking", "actual", points[0],
                                (size_t)tracking->weeks, error) &&
             value_store_points(refresh->bulk, &refresh->dataset, "tracking", "expected", points[1],
                                (size_t)tracking->weeks, error)));
}

bool tracking_of_bills(struct refresh *refresh, tracking_stays_fn *stays, const void *model,
                       struct error *error)
{
    struct tracking tracking;
    if (!tracking_begin(refresh, "dataset_refresh_bills", &tracking, error))
        return false;
    int32_t end = refresh->first_day + tracking.weeks * 7;
    for (size_t i = 0; i < refresh->count; i++) {
        const struct customer *customer = &refresh->rows[i];
        if (i % LOOK_EVERY == 0 && !refresh_goes_on(refresh, "tracking", .58, error))
            return false;
        if (customer->spell > refresh->cut)
            continue;
        int renewal = 1;
        for (int32_t due = customer->spell + refresh->period; due < end; due += refresh->period)
            tracking.expected[(due - refresh->first_day) / 7] += stays(model, customer, renewal++);
    }
    for (int week = 1; week < tracking.weeks; week++)
        tracking.expected[week] += tracking.expected[week - 1];
    return tracking_store(refresh, &tracking, error);
}
