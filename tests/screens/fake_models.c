/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calls of db/models.h, weak: a gym where nothing has been worked out yet. (Those of
 * fake_calls.c fail a test that did not expect them; these are passed on the way from one page of
 * analytics to another.)
 */
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/date.h"
#include "gymtui/db/models.h"

__attribute__((weak)) void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply,
                                       void *owner)
{
    (void)db;
    (void)dataset_id;
    on_reply(owner, NULL, 0, NULL);
}

__attribute__((weak)) void models_curve(struct db *db, int64_t dataset_id, const char *curve,
                                        models_curve_fn *on_reply, void *owner)
{
    static const struct models_curve none;
    (void)db;
    (void)dataset_id;
    (void)curve;
    on_reply(owner, &none, NULL);
}

__attribute__((weak)) void models_value(struct db *db, int64_t dataset_id,
                                        models_value_fn *on_reply, void *owner)
{
    static const struct models_value none = {.as_of = DATE_NONE};
    (void)db;
    (void)dataset_id;
    on_reply(owner, &none, NULL);
}

__attribute__((weak)) void models_cohorts(struct db *db, int64_t dataset_id,
                                          models_cohorts_fn *on_reply, void *owner)
{
    static const struct models_cohorts none = {.as_of = DATE_NONE};
    (void)db;
    (void)dataset_id;
    on_reply(owner, &none, NULL);
}

__attribute__((weak)) void models_occupancy(struct db *db, models_occupancy_fn *on_reply,
                                            void *owner)
{
    static const struct models_occupancy none;
    (void)db;
    on_reply(owner, &none, NULL);
}
