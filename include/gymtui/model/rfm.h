/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RFM: recency, frequency and monetary scores 1–5 with ties kept together, and the segment of the
 * R×F cell. Pure functions over arrays.
 *
 * Score of a value with L members strictly worse, E equal (itself included) and N in all:
 *     (5·(2L + E) + 2N − 1) / (2N)   in whole numbers, clamped to 1–5.
 * Equal values share a score; all equal gives 3; it equals NTILE(5) when the values are distinct
 * and 5 divides N.
 */
#ifndef GYMTUI_MODEL_RFM_H
#define GYMTUI_MODEL_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

enum rfm_segment {
    RFM_NEW,
    RFM_PROMISING,
    RFM_POTENTIAL,
    RFM_CHAMPIONS,
    RFM_LOYAL,
    RFM_NEED_ATTENTION,
    RFM_ABOUT_TO_SLEEP,
    RFM_AT_RISK,
    RFM_CANT_LOSE,
    RFM_HIBERNATING,
    RFM_LOST,
    RFM_SEGMENT_COUNT
};

/* Days of tenure under which a member is New whatever the scores. */
#define RFM_NEW_TENURE 30

const char *rfm_segment_name(enum rfm_segment segment); /* "Can't Lose" */

/* Scores `count` values into scores[]; `low_is_good` for recency in days. Values must not be
 * NaN (ERROR_INPUT). Memory: 32 bytes a value while it runs (ERROR_SYSTEM when refused). */
bool rfm_score(const double *values, size_t count, bool low_is_good, uint8_t *scores,
               struct error *error);

/* The name of a cell: r and f 1–5; tenure in whole days. */
enum rfm_segment rfm_segment(int r, int f, int tenure_days);

/* F of a member: distinct visit days in the last 90, scaled up for a tenure under 90 days (at
 * least one day). */
double rfm_frequency(int visit_days_90, int tenure_days);

#endif
