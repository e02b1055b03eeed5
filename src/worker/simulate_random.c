/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate_random.h"

struct state {
    uint64_t word[4];
};

static uint64_t mix(uint64_t *counter)
{
    uint64_t z = (*counter += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void state_set(void *vstate, unsigned long seed)
{
    struct state *state = vstate;
    uint64_t counter = seed;
    for (int i = 0; i < 4; i++)
        state->word[i] = mix(&counter);
}

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static uint64_t next(struct state *state)
{
    uint64_t *s = state->word;
    const uint64_t result = rotate(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static unsigned long state_get(void *vstate)
{
    return (unsigned long)(next(vstate) >> 32);
}

static double state_get_double(void *vstate)
{
    return (double)(next(vstate) >> 11) * 0x1.0p-53;
}

const gsl_rng_type random_type = {
    "xoshiro256**", UINT32_MAX, 0, sizeof(struct state), state_set, state_get, state_get_double,
};

void random_seed(gsl_rng *rng, uint64_t seed, int gym, int index, enum stream stream)
{
    uint64_t counter = seed;
    uint64_t key = mix(&counter);
    counter = key ^ (uint64_t)(uint32_t)gym;
    key = mix(&counter);
    counter = key ^ (uint64_t)(uint32_t)index;
    key = mix(&counter);
    counter = key ^ (uint64_t)stream;
    gsl_rng_set(rng, (unsigned long)mix(&counter));
}

int random_below(gsl_rng *rng, int n)
{
    return (int)gsl_rng_uniform_int(rng, (unsigned long)n);
}

int random_between(gsl_rng *rng, int low, int high)
{
    return low + random_below(rng, high - low + 1);
}

bool random_chance(gsl_rng *rng, double probability)
{
    return gsl_rng_uniform(rng) < probability;
}

int random_pick(gsl_rng *rng, const double *weights, int count)
{
    double total = 0;
    for (int i = 0; i < count; i++)
        total += weights[i];
    double at = gsl_rng_uniform(rng) * total;
    for (int i = 0; i < count - 1; i++) {
        at -= weights[i];
        if (at < 0)
            return i;
    }
    return count - 1;
}
