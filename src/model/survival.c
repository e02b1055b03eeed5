/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole-number times (days, the usual case) are counted into a table by time; others are sorted.
 * Either way the curve is made from a row per distinct time.
 */
#include "gymtui/model/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#define LONGEST_TABLE 100000
#define NORMAL_975    1.959963984540054

struct moment {
    double time;
    uint32_t at; /* customer */
    bool event;
};

/* Distinct times in order; of[i]: which of them customer i has (NULL: not wanted). */
struct ticks {
    size_t count;
    double *time, *events, *censored;
    uint32_t *of;
};

static void ticks_free(struct ticks *ticks)
{
    free(ticks->time);
    free(ticks->events);
    free(ticks->censored);
    free(ticks->of);
}

static int by_time(const void *a, const void *b)
{
    const struct moment *left = a, *right = b;
    return (left->time > right->time) - (left->time < right->time);
}

static bool ticks_room(struct ticks *ticks, size_t count)
{
    ticks->time = calloc(count, sizeof *ticks->time);
    ticks->events = calloc(count, sizeof *ticks->events);
    ticks->censored = calloc(count, sizeof *ticks->censored);
    return ticks->time && ticks->events && ticks->censored;
}

static bool ticks_from_days(const struct survival_times *times, size_t longest, struct ticks *ticks)
{
    if (!ticks_room(ticks, longest + 1))
        return false;
    for (size_t i = 0; i < times->count; i++)
        (times->event[i] ? ticks->events : ticks->censored)[(size_t)times->time[i]]++;
    uint32_t *place = calloc(longest + 1, sizeof *place);
    if (!place)
        return false;
    for (size_t day = 0; day <= longest; day++) {
        if (ticks->events[day] + ticks->censored[day] == 0)
            continue;
        size_t to = ticks->count++;
        place[day] = (uint32_t)to;
        ticks->time[to] = (double)day;
        ticks->events[to] = ticks->events[day];
        ticks->censored[to] = ticks->censored[day];
    }
    if (ticks->of)
        for (size_t i = 0; i < times->count; i++)
            ticks->of[i] = place[(size_t)times->time[i]];
    free(place);
    return true;
}

static bool ticks_from_sorted(const struct survival_times *times, struct ticks *ticks)
{
    struct moment *moments = malloc(times->count * sizeof *moments);
    if (!moments || !ticks_room(ticks, times->count)) {
        free(moments);
        return false;
    }
    for (size_t i = 0; i < times->count; i++)
        moments[i] = (struct moment){times->time[i], (uint32_t)i, times->event[i]};
    qsort(moments, times->count, sizeof *moments, by_time);
    for (size_t i = 0; i < times->count; i++) {
        if (i == 0 || moments[i].time > ticks->time[ticks->count - 1])
            ticks->time[ticks->count++] = moments[i].time;
        size_t to = ticks->count - 1;
        (moments[i].event ? ticks->events : ticks->censored)[to]++;
        if (ticks->of)
            ticks->of[moments[i].at] = (uint32_t)to;
    }
    free(moments);
    return true;
}

static bool ticks_make(const struct survival_times *times, bool want_places, struct ticks *ticks,
                       struct error *error)
{
    *ticks = (struct ticks){0};
    if (times->count == 0)
        return error_set(error, ERROR_INPUT, "Give at least one duration.", "no durations");
    double longest = 0;
    bool whole = true;
    for (size_t i = 0; i < times->count; i++) {
        double t = times->time[i];
        if (!isfinite(t) || t < 0)
            return error_set(error, ERROR_INPUT, "Mend or leave out this customer.",
                             "customer %zu: the duration %g is not a number from 0", i + 1, t);
        longest = fmax(longest, t);
        whole = whole && t <= LONGEST_TABLE && t == floor(t);
    }
    if (want_places)
        ticks->of = malloc(times->count * sizeof *ticks->of);
    bool fine =
        (!want_places || ticks->of) &&
        (whole ? ticks_from_days(times, (size_t)longest, ticks) : ticks_from_sorted(times, ticks));
    if (!fine) {
        ticks_free(ticks);
        error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                  "not enough memory for %zu durations", times->count);
        return false;
    }
    return true;
}

bool survival_kaplan_meier(const struct survival_times *times, struct survival_curve *curve,
                           struct error *error)
{
    *curve = (struct survival_curve){0};
    struct ticks ticks;
    if (!ticks_make(times, false, &ticks, error))
        return false;
    curve->points = calloc(ticks.count ? ticks.count : 1, sizeof *curve->points);
    if (!curve->points) {
        ticks_free(&ticks);
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory for a survival curve");
    }
    curve->count = ticks.count;
    double at_risk = (double)times->count, survival = 1, sum = 0;
    for (size_t i = 0; i < ticks.count; i++) {
        double d = ticks.events[i];
        survival *= (at_risk - d) / at_risk;
        if (d > 0)
            sum += d / (at_risk * (at_risk - d)); /* infinite at the end, where S is 0 */
        struct survival_point *point = &curve->points[i];
        *point = (struct survival_point){ticks.time[i], at_risk, d,        ticks.censored[i],
                                         survival,      0,       survival, survival};
        if (survival > 0 && survival < 1) {
            point->standard_error = survival * sqrt(sum);
            double spread = NORMAL_975 * sqrt(sum) / fabs(log(survival));
            point->low = pow(survival, exp(spread));
            point->high = pow(survival, exp(-spread));
        }
        at_risk -= d + ticks.censored[i];
    }
    ticks_free(&ticks);
    return true;
}

void survival_curve_free(struct survival_curve *curve)
{
    free(curve->points);
    *curve = (struct survival_curve){0};
}

const struct survival_point *survival_at(const struct survival_curve *curve, double t)
{
    size_t low = 0, high = curve->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (curve->points[middle].time <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &curve->points[low - 1] : NULL;
}

double survival_quantile(const struct survival_curve *curve, double share)
{
    for (size_t i = 0; i < curve->count; i++)
        if (curve->points[i].survival <= share + 1e-12)
            return curve->points[i].time;
    return NAN;
}

/* ∫ S from `from` to `until`, S being `before` until the first point after `from`. */
static double area(const struct survival_curve *curve, size_t next, double from, double before,
                   double until)
{
    double sum = 0, last = from, height = before;
    for (size_t i = next; i < curve->count && curve->points[i].time < until; i++) {
        sum += height * (curve->points[i].time - last);
        last = curve->points[i].time;
        height = curve->points[i].survival;
    }
    return until > last ? sum + height * (until - last) : sum;
}

double survival_restricted_mean(const struct survival_curve *curve, double until,
                                double *standard_error)
{
    double whole = area(curve, 0, 0, 1, until);
    if (standard_error) {
        double variance = 0, rest = whole, last = 0, height = 1;
        for (size_t i = 0; i < curve->count && curve->points[i].time < until; i++) {
            const struct survival_point *p = &curve->points[i];
            rest -= height * (p->time - last); /* area from this time on */
            last = p->time;
            height = p->survival;
            if (p->events > 0 && p->at_risk > p->events)
                variance += rest * rest * p->events / (p->at_risk * (p->at_risk - p->events));
        }
        *standard_error = sqrt(variance);
    }
    return whole;
}

static bool chi_square(int n, const double *difference, const double *covariance, double *result)
{
    /* Drops the last group: the differences add up to zero. */
    int m = n - 1;
    double a[SURVIVAL_GROUPS * SURVIVAL_GROUPS], b[SURVIVAL_GROUPS], x[SURVIVAL_GROUPS];
    for (int i = 0; i < m; i++) {
        b[i] = difference[i];
        for (int j = 0; j < m; j++)
            a[i * m + j] = covariance[i * n + j];
    }
    gsl_matrix_view matrix = gsl_matrix_view_array(a, (size_t)m, (size_t)m);
    gsl_vector_view right = gsl_vector_view_array(b, (size_t)m);
    gsl_vector_view out = gsl_vector_view_array(x, (size_t)m);
    gsl_set_error_handler_off(); /* for good, as in fit.c */
    bool fine = gsl_linalg_cholesky_decomp1(&matrix.matrix) == GSL_SUCCESS;
    if (fine)
        gsl_linalg_cholesky_solve(&matrix.matrix, &right.vector, &out.vector);
    *result = 0;
    for (int i = 0; fine && i < m; i++)
        *result += difference[i] * x[i];
    return fine;
}

bool survival_log_rank(const struct survival_times *times, const uint8_t *group, int groups,
                       struct survival_test *test, struct error *error)
{
    memset(test, 0, sizeof *test);
    if (groups < 2 || groups > SURVIVAL_GROUPS)
        return error_set(error, ERROR_INPUT, "Compare 2 to 16 groups.", "%d groups to compare",
                         groups);
    double left[SURVIVAL_GROUPS] = {0};
    for (size_t i = 0; i < times->count; i++) {
        if (group[i] >= groups)
            return error_set(error, ERROR_INPUT, NULL, "customer %zu is in no group", i + 1);
        left[group[i]]++;
    }
    for (int k = 0; k < groups; k++)
        if (left[k] == 0)
            return error_set(error, ERROR_INPUT, "Leave the empty group out.",
                             "nobody is in group %d", k + 1);
    struct ticks ticks;
    if (!ticks_make(times, true, &ticks, error))
        return false;
    size_t n = (size_t)groups;
    size_t cells = ticks.count ? ticks.count * n : 1;
    double *leaving = calloc(cells, sizeof *leaving); /* events and censored, by group */
    double *events = calloc(cells, sizeof *events);
    bool fine = leaving && events && ticks.of;
    double covariance[SURVIVAL_GROUPS * SURVIVAL_GROUPS] = {0}, all = (double)times->count;
    for (size_t i = 0; fine && i < times->count; i++) {
        size_t at = ticks.of[i] * n + group[i];
        leaving[at]++;
        events[at] += times->event[i];
    }
    for (size_t t = 0; fine && t < ticks.count; t++) {
        double d = ticks.events[t];
        double spread = all > 1 ? d * (all - d) / (all - 1) : 0;
        for (size_t i = 0; i < n; i++) {
            double share = left[i] / all;
            test->observed[i] += events[t * n + i];
            test->expected[i] += d * share;
            for (size_t j = 0; j < n; j++)
                covariance[i * n + j] += spread * share * ((i == j ? 1 : 0) - left[j] / all);
        }
        for (size_t i = 0; i < n; i++) {
            left[i] -= leaving[t * n + i];
            all -= leaving[t * n + i];
        }
        if (all <= 0)
            break;
    }
    free(leaving);
    free(events);
    ticks_free(&ticks);
    if (!fine)
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory for the log-rank test");
    double difference[SURVIVAL_GROUPS];
    for (int i = 0; i < groups; i++)
        difference[i] = test->observed[i] - test->expected[i];
    test->degrees = groups - 1;
    if (!chi_square(groups, difference, covariance, &test->chi_square))
        return error_set(error, ERROR_INPUT, "Wait until some have left in every group.",
                         "too few events to compare the groups");
    test->p_value = gsl_cdf_chisq_Q(test->chi_square, test->degrees);
    return true;
}
