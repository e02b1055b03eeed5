/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Survival without a model: Kaplan–Meier (Kaplan & Meier 1958) with Greenwood's variance and
 * log-log intervals, the log-rank test (Mantel 1966; Peto & Peto 1972), restricted mean.
 *
 * Shapes: arrays of `count` customers; time from 0 in any unit; event true when it happened then,
 * false when the customer was last seen then (right-censored; at equal times events come first).
 */
#ifndef GYMTUI_MODEL_SURVIVAL_H
#define GYMTUI_MODEL_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct survival_times {
    size_t count;
    const double *time;
    const bool *event;
};

/* One row per distinct time at which something happened. */
struct survival_point {
    double time;
    double at_risk, events, censored;
    double survival;       /* just after this time */
    double standard_error; /* Greenwood, of survival */
    double low, high;      /* 95 %, log-log; equal to survival where that is 1 or 0 */
};
struct survival_curve {
    size_t count;
    struct survival_point *points;
};

/* The caller frees with survival_curve_free. */
bool survival_kaplan_meier(const struct survival_times *times, struct survival_curve *curve,
                           struct error *error);
void survival_curve_free(struct survival_curve *curve);

/* S(t): the last point at or before t; 1 before the first. NULL there. */
const struct survival_point *survival_at(const struct survival_curve *curve, double t);
/* The least time with S ≤ share (.5: median); NaN when the curve does not come down to it. */
double survival_quantile(const struct survival_curve *curve, double share);
/* Area under the curve up to `until`, with its standard error. */
double survival_restricted_mean(const struct survival_curve *curve, double until,
                                double *standard_error);

#define SURVIVAL_GROUPS 16

struct survival_test {
    double chi_square;
    int degrees;
    double p_value;
    double observed[SURVIVAL_GROUPS], expected[SURVIVAL_GROUPS];
};
/* Log-rank over groups 0 … groups − 1 (at most SURVIVAL_GROUPS; each must have somebody). */
bool survival_log_rank(const struct survival_times *times, const uint8_t *group, int groups,
                       struct survival_test *test, struct error *error);

#endif
