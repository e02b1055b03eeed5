/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of db/models.h, weak, as those of fake_calls.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/models.h"

static void unexpected(const char *call)
{
    fail_msg("%s was not expected", call);
}

__attribute__((weak)) void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply,
                                       void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void models_curve(struct db *db, int64_t dataset_id, const char *curve,
                                        models_curve_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)curve;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void models_value(struct db *db, int64_t dataset_id,
                                        models_value_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void models_cohorts(struct db *db, int64_t dataset_id,
                                          models_cohorts_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}

__attribute__((weak)) void models_occupancy(struct db *db, models_occupancy_fn *on_reply,
                                            void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
    unexpected(__func__);
}
