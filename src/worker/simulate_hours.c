/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * At which hours people come. The published weights say when check-ins happen; what is drawn is the
 * hour of a habit, around which check-ins scatter. The scatter blurs peaks into their neighbours,
 * and off-peak members are missing from them, so the weights of habits are those that give back
 * the published ones after both: found once, by multiplicative correction (Richardson–Lucy on
 * hours).
 */
#include "simulate_parts.h"

#include <math.h>
#include <string.h>

const double weekday_of_visits[7] = {1.15, 1.18, 1.10, 1.02, .88, .80, .72};

/* Weekdays 5–22 h: 22 % fall in 06–09, 34 % in 17–20. */
static const double weekday_hours[24] = {0, 0, 0,   0, 0,   2,  7,  9,    6,   5, 4, 3.5,
                                         5, 4, 2.5, 3, 5.0, 10, 13, 10.5, 6.5, 3, 1, 0};
/* Weekends: one hump at 9–12. */
static const double weekend_hours[24] = {0, 0, 0, 0, 0, .5, 2, 6,   11, 15, 16, 13,
                                         9, 6, 5, 5, 4, 3,  2, 1.3, .8, .4, 0,  0};

/* Share of weekday visits that off-peak members make, and their hours. */
static const double off_peak_share = .075;
static const int off_peak_from = 9, off_peak_until = 16;

/* The scatter of a check-in around its habit, as in visits_place: four in five normal with 17
 * minutes, cut at 45, the rest drawn anew; here in steps of five minutes. */
static void blur(const double habit[24], double out[24])
{
    double total = 0;
    for (int hour = 0; hour < 24; hour++)
        total += habit[hour];
    memset(out, 0, 24 * sizeof *out);
    for (int hour = 0; hour < 24; hour++) {
        if (habit[hour] <= 0)
            continue;
        double kernel = 0;
        for (int shift = -45; shift <= 45; shift += 5)
            kernel += exp(-.5 * shift * shift / (17.0 * 17.0));
        for (int minute = 2; minute < 60; minute += 5)
            for (int shift = -45; shift <= 45; shift += 5) {
                int at = hour * 60 + minute + shift;
                double share = exp(-.5 * shift * shift / (17.0 * 17.0)) / kernel / 12;
                out[(at + 1440) % 1440 / 60] += .8 * share * habit[hour] / total;
            }
        out[hour] += .2 * habit[hour] / total;
    }
}

static void sharpen(const double wanted[24], double habit[24])
{
    double total = 0;
    for (int hour = 0; hour < 24; hour++)
        total += wanted[hour];
    for (int hour = 0; hour < 24; hour++)
        habit[hour] = wanted[hour] / total;
    for (int round = 0; round < 20; round++) {
        double seen[24];
        blur(habit, seen);
        for (int hour = 0; hour < 24; hour++)
            if (habit[hour] > 0 && seen[hour] > 0) {
                double correction = wanted[hour] / total / seen[hour];
                habit[hour] *= correction < .5 ? .5 : correction > 2 ? 2 : correction;
            }
    }
}

void hours_prepare(struct simulation *simulation)
{
    double total = 0, inside = 0;
    for (int hour = 0; hour < 24; hour++)
        total += weekday_hours[hour];
    for (int hour = off_peak_from; hour < off_peak_until; hour++)
        inside += weekday_hours[hour];
    double others[24], quiet[24];
    for (int hour = 0; hour < 24; hour++) {
        bool open = hour >= off_peak_from && hour < off_peak_until;
        quiet[hour] = open ? weekday_hours[hour] : 0;
        others[hour] = weekday_hours[hour] / total - off_peak_share * quiet[hour] / inside;
    }
    sharpen(others, simulation->slot[SLOT_WEEKDAY]);
    sharpen(weekend_hours, simulation->slot[SLOT_WEEKEND]);
    memcpy(simulation->slot[SLOT_OFF_PEAK], quiet, sizeof quiet);
}

int hours_draw_slot(const struct simulation *simulation, gsl_rng *random, enum slot_kind kind)
{
    return random_pick(random, simulation->slot[kind], 24) * 60 + random_below(random, 60);
}
