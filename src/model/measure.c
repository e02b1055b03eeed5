/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything comes from one sort by prediction; equal predictions are taken together. */
#include "gymtui/model/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NORMAL_975 1.959963984540054

struct judged {
    double predicted;
    bool happened;
};

static int by_prediction(const void *a, const void *b)
{
    const struct judged *left = a, *right = b;
    return (left->predicted > right->predicted) - (left->predicted < right->predicted);
}

/* Shares the hits of equal predictions evenly over the places they take in order, so that no
 * figure depends on the order in which equal ones came. */
static void fill(const struct judged *sorted, size_t n, double all_hits, struct measure *m)
{
    double sum[MEASURE_BINS] = {0}, hits[MEASURE_BINS] = {0}, pairs = 0, below = 0, caught = 0;
    size_t tenth = (n + 9) / 10;
    for (size_t first = 0; first < n;) {
        size_t next = first;
        double here = 0;
        while (next < n && sorted[next].predicted == sorted[first].predicted)
            here += sorted[next++].happened;
        double size = (double)(next - first), misses = size - here;
        pairs += here * (below + misses / 2);
        below += misses;
        for (size_t i = first; i < next; i++) {
            size_t bin = i * MEASURE_BINS / n;
            m->bins[bin].count++;
            sum[bin] += sorted[i].predicted;
            hits[bin] += here / size;
            if (i >= n - tenth)
                caught += here / size;
        }
        double p = fmin(fmax(sorted[first].predicted, 1e-15), 1 - 1e-15);
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

bool measure_prediction(const double *predicted, const bool *happened, size_t count,
                        struct measure *measure, struct error *error)
{
    memset(measure, 0, sizeof *measure);
    measure->count = count;
    if (count == 0)
        return error_set(error, ERROR_INPUT, "Choose an earlier date to hold out from.",
                         "nothing to hold the prediction against");
    struct judged *sorted = malloc(count * sizeof *sorted);
    if (!sorted)
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory to judge %zu predictions", count);
    double hits = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(predicted[i] >= 0 && predicted[i] <= 1)) {
            free(sorted);
            return error_set(error, ERROR_INPUT, NULL, "prediction %zu is %g, not a probability",
                             i + 1, predicted[i]);
        }
        sorted[i] = (struct judged){predicted[i], happened[i]};
        hits += happened[i];
    }
    qsort(sorted, count, sizeof *sorted, by_prediction);
    fill(sorted, count, hits, measure);
    free(sorted);
    return true;
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
