/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random streams: one per (seed, gym, index, purpose), so that what one member draws never shifts
 * what another draws. The generator is xoshiro256** (Blackman & Vigna 2021) seeded by splitmix64,
 * dressed as a gsl_rng_type so that GSL's distributions run on it; seeding costs four
 * multiplications where the Mersenne Twister's costs 624.
 */
#ifndef GYMTUI_WORKER_SIMULATE_RANDOM_H
#define GYMTUI_WORKER_SIMULATE_RANDOM_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

enum stream {
    STREAM_GYM = 1,
    STREAM_JOIN,
    STREAM_PERSON,
    STREAM_NAME,
    STREAM_LIFE,
    STREAM_MONEY,
    STREAM_VISITS,
    STREAM_OFFICE,
    STREAM_TILL,
};

extern const gsl_rng_type random_type;

void random_seed(gsl_rng *rng, uint64_t seed, int gym, int index, enum stream stream);
/* 0 … n − 1 */
int random_below(gsl_rng *rng, int n);
/* low … high, both included */
int random_between(gsl_rng *rng, int low, int high);
bool random_chance(gsl_rng *rng, double probability);
/* Index into `weights`, drawn in proportion to them. */
int random_pick(gsl_rng *rng, const double *weights, int count);

#endif
