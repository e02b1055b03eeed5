/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything comes from one sort by prediction; equal predictions are taken together. */
#include "gymtui/model/measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NORMAL_975 1.959963984540054

/* A prediction's bits sort like the number, since it is not below zero and its sign bit is free to
 * hold, at the other end, what happened. */
static uint64_t key_of(double predicted, bool happened)
{
    double plain = predicted + 0.0; /* no −0 */
    uint64_t bits;
    memcpy(&bits, &plain, sizeof bits);
    return bits << 1 | happened;
}

static double predicted_of(uint64_t key)
{
    double predicted;
    key >>= 1;
    memcpy(&predicted, &key, sizeof predicted);
    return predicted;
}

/* Sorts by least significant digits, with spare of the same size; returns the one that is sorted.
 */
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t count)
{
    enum { DIGITS = 8, RADIX = 256 };
    uint32_t seen[DIGITS][RADIX] = {{0}};
    for (size_t i = 0; i < count; i++)
        for (int digit = 0; digit < DIGITS; digit++)
            seen[digit][keys[i] >> (8 * digit) & 255]++;
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t start = 0;
        if (seen[digit][keys[0] >> (8 * digit) & 255] == count)
            continue;
        for (int value = 0; value < RADIX; value++) {
            uint32_t here = seen[digit][value];
            seen[digit][value] = start;
            start += here;
        }
        for (size_t i = 0; i < count; i++)
            spare[seen[digit][keys[i] >> (8 * digit) & 255]++] = keys[i];
        uint64_t *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

struct judged {
    double predicted;
    bool happened;
};

/* The i-th from the lowest prediction; `reversed`: of the opposite, from the lowest of that. */
static struct judged judged_at(const uint64_t *sorted, size_t n, size_t i, bool reversed)
{
    uint64_t key = sorted[reversed ? n - 1 - i : i];
    return reversed ? (struct judged){1 - predicted_of(key), !(key & 1)}
                    : (struct judged){predicted_of(key), key & 1};
}

/* Shares the hits of equal predictions evenly over the places they take in order, so that no
 * figure depends on the order in which equal ones came. */
static void fill(const uint64_t *sorted, size_t n, double all_hits, bool reversed,
                 struct measure *m)
{
    double sum[MEASURE_BINS] = {0}, hits[MEASURE_BINS] = {0}, pairs = 0, below = 0, caught = 0;
    size_t tenth = (n + 9) / 10;
    for (size_t first = 0; first < n;) {
        size_t next = first;
        double here = 0, predicted = judged_at(sorted, n, first, reversed).predicted;
        for (; next < n; next++) {
            struct judged one = judged_at(sorted, n, next, reversed);
            if (one.predicted != predicted)
                break;
            here += one.happened;
        }
        double size = (double)(next - first), misses = size - here;
        pairs += here * (below + misses / 2);
        below += misses;
        for (size_t i = first; i < next; i++) {
            size_t bin = i * MEASURE_BINS / n;
            m->bins[bin].count++;
            sum[bin] += predicted;
            hits[bin] += here / size;
            if (i >= n - tenth)
                caught += here / size;
        }
        double p = fmin(fmax(predicted, 1e-15), 1 - 1e-15);
        m->log_loss -= here * log(p) + misses * log1p(-p);
        first = next;
    }
    double all_misses = (double)n - all_hits;
    m->auc = all_hits > 0 && all_misses > 0 ? pairs / (all_hits * all_misses) : NAN;
    m->log_loss /= (double)n;
    m->worst_tenth = all_hits > 0 ? caught / all_hits : 0;
    for (int bin = 0; bin < MEASURE_BINS; bin++) {
        double size = (double)m->bins[bin].count;
        if (size == 0)
            continue;
        m->bins[bin].predicted = sum[bin] / size;
        m->bins[bin].happened = hits[bin] / size;
        m->calibration_error += fabs(sum[bin] - hits[bin]) / (double)n;
    }
}

bool measure_both(const double *predicted, const bool *happened, size_t count,
                  struct measure *measure, struct measure *opposite, struct error *error)
{
    memset(measure, 0, sizeof *measure);
    if (opposite)
        memset(opposite, 0, sizeof *opposite);
    measure->count = count;
    if (count == 0)
        return error_set(error, ERROR_INPUT, "Choose an earlier date to hold out from.",
                         "nothing to hold the prediction against");
    uint64_t *keys = count <= UINT32_MAX ? malloc(2 * count * sizeof *keys) : NULL;
    if (!keys)
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory to judge %zu predictions", count);
    size_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(predicted[i] >= 0 && predicted[i] <= 1)) {
            free(keys);
            return error_set(error, ERROR_INPUT, NULL, "prediction %zu is %g, not a probability",
                             i + 1, predicted[i]);
        }
        keys[i] = key_of(predicted[i], happened[i]);
        hits += happened[i];
    }
    const uint64_t *sorted = sort_keys(keys, keys + count, count);
    fill(sorted, count, (double)hits, false, measure);
    if (opposite) {
        opposite->count = count;
        fill(sorted, count, (double)(count - hits), true, opposite);
    }
    free(keys);
    return true;
}

bool measure_prediction(const double *predicted, const bool *happened, size_t count,
                        struct measure *measure, struct error *error)
{
    return measure_both(predicted, happened, count, measure, NULL, error);
}

void measure_wilson(double hits, double n, double *low, double *high)
{
    double z2 = NORMAL_975 * NORMAL_975, p = hits / n;
    double centre = p + z2 / (2 * n), all = 1 + z2 / n;
    double spread = NORMAL_975 * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    *low = fmax(0, (centre - spread) / all);
    *high = fmin(1, (centre + spread) / all);
}

struct measure_difference measure_newcombe(double first_hits, double first_n, double second_hits,
                                           double second_n)
{
    struct measure_difference d = {.first = first_hits / first_n, .second = second_hits / second_n};
    double l1, u1, l2, u2;
    measure_wilson(first_hits, first_n, &l1, &u1);
    measure_wilson(second_hits, second_n, &l2, &u2);
    d.difference = d.first - d.second;
    d.low = d.difference - hypot(d.first - l1, u2 - d.second);
    d.high = d.difference + hypot(u1 - d.first, d.second - l2);
    d.is_clear = d.low > 0 || d.high < 0;
    return d;
}
