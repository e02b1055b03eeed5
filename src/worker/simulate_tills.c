/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cash-ups of the past: at each desk a till for every day before today. It opens with what was
 * counted the evening before; when too little is in it, change comes from the safe, and what is too
 * much goes there at night. Mostly the count agrees: in one till of eleven it is out by a few
 * coins, in one of a hundred by a note, with a reason; in some the first count was a slip.
 */
#include <stdlib.h>

#include "simulate_parts.h"

#define TILLS_A_DAY 2 /* one a desk */
#define FLOAT       10000
#define LEAST       5000 /* less in it does not make change for a day */
#define MOST        15000
#define STEP        5000 /* what goes to and fro is whole notes */

/* Minutes of the day: every till is open between the inner two. */
static const int opens = 5 * 60 + 40, is_open = 6 * 60 + 5;
static const int closes = 22 * 60 + 40, is_closed = 23 * 60;

static const double coins_out = .09, note_out = .01, slip = .04;

int simulate_till_count(const struct sim_gym *gym)
{
    return gym->today > gym->opened ? (int)(gym->today - gym->opened) * TILLS_A_DAY : 0;
}

int simulate_till_of(const struct sim_gym *gym, const struct sim_payment *payment)
{
    int32_t day = local_day(payment->at);
    int64_t minute = (payment->at - local_at(day, 0)) / 60;
    if (!payment->at_desk || day < gym->opened || day >= gym->today || minute < is_open ||
        minute >= closes)
        return -1;
    /* The first desk takes twice as much as the second. */
    return (int)(day - gym->opened) * TILLS_A_DAY + (payment->at % 3 == 0 ? 1 : 0);
}

static money below(gsl_rng *random, const money *amounts, int count)
{
    money amount = amounts[random_below(random, count)];
    return random_chance(random, .6) ? -amount : amount;
}

/* What was found instead of what should be there. */
static void count_it(struct sim_till *till, gsl_rng *random)
{
    static const money coins[] = {5, 10, 20, 50, 100, 200, 500}, notes[] = {1000, 2000};
    static const char *const reasons[] = {"wrong change", "not found", "counted twice, not found"};
    double fate = gsl_rng_uniform(random);
    money difference = 0;
    if (fate < note_out) {
        difference = below(random, notes, 2);
        till->reason = difference < 0 ? "a note too much given out" : "cash noted as card";
    } else if (fate < note_out + coins_out) {
        difference = below(random, coins, 7);
        till->reason = reasons[random_below(random, 3)];
    }
    till->counted = till->expected + difference;
    till->first_counted = till->counted;
    if (difference == 0 && random_chance(random, slip))
        till->first_counted += below(random, coins, 7) * 2;
}

static void fill_till(const struct simulation *simulation, int gym, int index, money opening_float,
                      money cash, struct sim_till *till, gsl_rng *random)
{
    const struct sim_gym *facts = simulate_gym(simulation, gym);
    int32_t day = facts->opened + index / TILLS_A_DAY;
    random_seed(random, simulation->seed, gym, index, STREAM_TILL);
    *till =
        (struct sim_till){.desk = index % TILLS_A_DAY + 1,
                          .opened = local_at(day, random_between(random, opens, is_open - 1)) +
                                    random_below(random, 60),
                          .closed = local_at(day, random_between(random, closes, is_closed - 1)) +
                                    random_below(random, 60),
                          .opening_float = opening_float};
    money there = opening_float + cash;
    if (there < LEAST) {
        till->moved = (FLOAT - there + STEP - 1) / STEP * STEP;
        till->moved_at = till->opened + 60;
        till->moved_why = "change from the safe";
    } else if (there > MOST) {
        till->moved = -((there - FLOAT) / STEP * STEP);
        till->moved_at = till->closed - 60;
        till->moved_why = "to the safe";
    }
    till->expected = there + till->moved;
    count_it(till, random);
}

bool simulate_tills(const struct simulation *simulation, int gym, const money *cash,
                    struct sim_till *tills)
{
    money opening_float[TILLS_A_DAY] = {FLOAT, FLOAT};
    int count = simulate_till_count(simulate_gym(simulation, gym));
    gsl_rng *random = gsl_rng_alloc(&random_type);
    if (!random)
        return false;
    for (int i = 0; i < count; i++) {
        money *before = &opening_float[i % TILLS_A_DAY];
        fill_till(simulation, gym, i, *before, cash[i], &tills[i], random);
        *before = tills[i].counted;
    }
    gsl_rng_free(random);
    return true;
}
