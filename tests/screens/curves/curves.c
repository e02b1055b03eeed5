/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "curves/curves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/db/segments.h"
#include "office_data.h"
#include "support.h"

/* --- what the database answers --- */

struct curves_has curves_has;

/* The other pages, on the way to these, go on counting. */
void statistics_overview(struct db *db, statistics_overview_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    (void)on_reply;
    (void)owner;
}

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    (void)search;
    (void)db;
    (void)anchor;
    (void)limit;
    (void)on_reply;
    (void)owner;
}

void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    (void)db;
    (void)on_reply;
    (void)owner;
}

void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_heat(), NULL);
}

void models_value(struct db *db, int64_t dataset_id, models_value_fn *on_reply, void *owner)
{
    static const struct models_value none = {.as_of = DATE_NONE};
    struct error error;
    (void)db;
    (void)dataset_id;
    error_set(&error, ERROR_TOO_SLOW, NULL, "Counting took too long");
    if (curves_has.fails)
        on_reply(owner, NULL, &error);
    else
        on_reply(owner, curves_has.is_empty ? &none : &curves_has.value, NULL);
}

void models_cohorts(struct db *db, int64_t dataset_id, models_cohorts_fn *on_reply, void *owner)
{
    static const struct models_cohorts none = {.as_of = OFFICE_TODAY};
    (void)db;
    (void)dataset_id;
    on_reply(owner, curves_has.is_empty ? &none : &curves_has.cohorts, NULL);
}

void models_fits(struct db *db, int64_t dataset_id, models_fits_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    on_reply(owner, curves_has.fits, curves_has.is_empty ? 0 : curves_has.fit_count, NULL);
}

void models_occupancy(struct db *db, models_occupancy_fn *on_reply, void *owner)
{
    static const struct models_occupancy none = {.weekday = 5};
    (void)db;
    on_reply(owner, curves_has.is_empty ? &none : &curves_has.occupancy, NULL);
}

void models_curve(struct db *db, int64_t dataset_id, const char *name, models_curve_fn *on_reply,
                  void *owner)
{
    static const struct models_curve none;
    (void)db;
    (void)dataset_id;
    snprintf(curves_has.curve, sizeof curves_has.curve, "%s", name);
    if (curves_has.is_slow && curves_has.waiting < 8) {
        curves_has.later[curves_has.waiting].on_reply = on_reply;
        curves_has.later[curves_has.waiting].owner = owner;
        snprintf(curves_has.later[curves_has.waiting++].name, 40, "%s", name);
        return;
    }
    if (curves_has.is_young) {
        static const struct models_point point = {.x = 0, .y = 1, .low = 1, .high = 1, .n = 1};
        static const struct models_curve young = {1,
                                                  {{.name = "all", .points = &point, .count = 1}}};
        on_reply(owner, &young, NULL);
        return;
    }
    on_reply(owner, curves_has.is_empty ? &none : model_curve_named(name), NULL);
}

struct host *curves_begin(void)
{
    memset(&curves_has, 0, sizeof curves_has);
    model_fill_value(&curves_has.value);
    model_fill_cohorts(&curves_has.cohorts);
    curves_has.fit_count = model_fill_fits(curves_has.fits);
    model_fill_occupancy(&curves_has.occupancy);
    return fake_open(&screen_analytics, NULL, NULL);
}

/* --- looking --- */

bool curves_shows(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    /* Sentences are wrapped: a line's end is as good as a blank. */
    for (char *s = text; *s; s++)
        if (*s == '\n' && s[1] == ' ')
            memmove(s, s + 1, strlen(s));
    bool found = strstr(text, wanted) != NULL;
    free(text);
    return found;
}

void curves_expect_text(struct host *host, const char *wanted)
{
    if (curves_shows(host, wanted))
        return;
    char *text = fake_text(host);
    fputs(text, stderr);
    free(text);
    fail_msg("“%s” is not on the screen", wanted);
}

void curves_show_page(struct host *host, const char *name)
{
    char here[40];
    snprintf(here, sizeof here, "[%s]", name);
    for (int i = 0; i < 12; i++) {
        char *text = fake_text(host);
        bool found = strstr(text, here) != NULL;
        free(text);
        if (found)
            return;
        fake_key(host, "Right");
    }
    fail_msg("there is no page “%s”", name);
}

void curves_look(struct host *host, const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "curves/%s", name);
    golden_check(path, fake_draw, host);
}

void curves_look_closely(struct host *host, const char *name)
{
    curves_look(host, name);
    golden_check_sizes(name, fake_draw, host);
}
