/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scoring by rank. Doubles are mapped to 64-bit keys that sort like the numbers, and sorted with
 * their positions by a least-significant-digit radix sort that skips digits all keys share; whole
 * numbers (days, visits, hundredths) leave most digits shared, so a million members take a few
 * passes over memory.
 */
#include "gymtui/model/rfm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct keyed {
    uint64_t key;
    uint32_t at;
};

static const char *const segment_names[RFM_SEGMENT_COUNT] = {
    [RFM_NEW] = "New",
    [RFM_PROMISING] = "Promising",
    [RFM_POTENTIAL] = "Potential",
    [RFM_CHAMPIONS] = "Champions",
    [RFM_LOYAL] = "Loyal",
    [RFM_NEED_ATTENTION] = "Need Attention",
    [RFM_ABOUT_TO_SLEEP] = "About to Sleep",
    [RFM_AT_RISK] = "At Risk",
    [RFM_CANT_LOSE] = "Can't Lose",
    [RFM_HIBERNATING] = "Hibernating",
    [RFM_LOST] = "Lost",
};

/* cells[r − 1][f − 1] */
static const enum rfm_segment cells[5][5] = {
    {RFM_LOST, RFM_HIBERNATING, RFM_AT_RISK, RFM_AT_RISK, RFM_CANT_LOSE},
    {RFM_HIBERNATING, RFM_HIBERNATING, RFM_AT_RISK, RFM_AT_RISK, RFM_CANT_LOSE},
    {RFM_ABOUT_TO_SLEEP, RFM_ABOUT_TO_SLEEP, RFM_NEED_ATTENTION, RFM_LOYAL, RFM_LOYAL},
    {RFM_PROMISING, RFM_POTENTIAL, RFM_POTENTIAL, RFM_LOYAL, RFM_LOYAL},
    {RFM_NEW, RFM_POTENTIAL, RFM_POTENTIAL, RFM_CHAMPIONS, RFM_CHAMPIONS},
};

const char *rfm_segment_name(enum rfm_segment segment)
{
    return (unsigned)segment < RFM_SEGMENT_COUNT ? segment_names[segment] : "";
}

/* The double's bits, changed such that unsigned order is numeric order, and −0 equals 0. */
static uint64_t sort_key(double value, bool low_is_good)
{
    double plain = value == 0.0 ? 0.0 : value;
    uint64_t bits;
    memcpy(&bits, &plain, sizeof bits);
    bits = bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
    return low_is_good ? ~bits : bits;
}

/* Sorts rows, using spare of the same size; returns which of the two holds the result. */
static struct keyed *radix_sort(struct keyed *rows, struct keyed *spare, size_t count)
{
    enum { DIGITS = 8, RADIX = 256 };
    size_t(*seen)[RADIX] = calloc(DIGITS, sizeof *seen);
    if (!seen)
        return NULL;
    for (size_t i = 0; i < count; i++)
        for (int digit = 0; digit < DIGITS; digit++)
            seen[digit][rows[i].key >> (8 * digit) & 255]++;
    for (int digit = 0; digit < DIGITS; digit++) {
        if (seen[digit][rows[0].key >> (8 * digit) & 255] == count)
            continue;
        size_t start = 0;
        for (int value = 0; value < RADIX; value++) {
            size_t here = seen[digit][value];
            seen[digit][value] = start;
            start += here;
        }
        for (size_t i = 0; i < count; i++)
            spare[seen[digit][rows[i].key >> (8 * digit) & 255]++] = rows[i];
        struct keyed *swap = rows;
        rows = spare;
        spare = swap;
    }
    free(seen);
    return rows;
}

bool rfm_score(const double *values, size_t count, bool low_is_good, uint8_t *scores,
               struct error *error)
{
    if (count == 0)
        return true;
    if (count > UINT32_MAX)
        return error_set(error, ERROR_INPUT, NULL, "more than four billion members to score");
    struct keyed *rows = malloc(count * sizeof *rows);
    struct keyed *spare = malloc(count * sizeof *spare);
    struct keyed *sorted = NULL;
    bool numbers = true;
    if (rows && spare) {
        for (size_t i = 0; i < count && numbers; i++) {
            numbers = !isnan(values[i]);
            rows[i] = (struct keyed){sort_key(values[i], low_is_good), (uint32_t)i};
        }
        if (numbers)
            sorted = radix_sort(rows, spare, count);
    }
    if (sorted) {
        uint64_t all = count;
        for (size_t first = 0; first < count;) {
            size_t next = first + 1;
            while (next < count && sorted[next].key == sorted[first].key)
                next++;
            uint64_t worse = first, equal = next - first;
            uint64_t score = (5 * (2 * worse + equal) + 2 * all - 1) / (2 * all);
            uint8_t clamped = (uint8_t)(score < 1 ? 1 : score > 5 ? 5 : score);
            for (size_t i = first; i < next; i++)
                scores[sorted[i].at] = clamped;
            first = next;
        }
    }
    free(rows);
    free(spare);
    if (!numbers)
        return error_set(error, ERROR_INPUT, NULL, "a value to score is not a number");
    if (!sorted)
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory to score %zu members", count);
    return true;
}

enum rfm_segment rfm_segment(int r, int f, int tenure_days)
{
    if (tenure_days < RFM_NEW_TENURE)
        return RFM_NEW;
    int row = r < 1 ? 1 : r > 5 ? 5 : r;
    int column = f < 1 ? 1 : f > 5 ? 5 : f;
    return cells[row - 1][column - 1];
}

double rfm_frequency(int visit_days_90, int tenure_days)
{
    int tenure = tenure_days < 1 ? 1 : tenure_days;
    return tenure >= 90 ? visit_days_90 : visit_days_90 * 90.0 / tenure;
}
