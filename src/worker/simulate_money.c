/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Money: a charge for each term, the payment that meets it, those that fail (6 %: most recover
 * within ten days, some run into arrears, some end the membership), payments taken twice and given
 * back, and what people buy besides.
 */
#include "simulate_parts.h"

static const double failing = .06;
static const double recovers = .70, arrears = .20; /* the rest never pays */
static const double taken_twice = .007;

int money_add_charge(struct life *life, int term, money amount, int32_t due, const char *what)
{
    struct sim_charge *charge = rows_charge(life->batch);
    if (!charge)
        return -1;
    *charge = (struct sim_charge){
        .member = life->member, .term = term, .amount = amount, .due = due, .what = what};
    return (int)life->batch->charge_count - 1;
}

void money_add_payment(struct life *life, int charge, enum sim_payment_kind kind, money amount,
                       int method, int64_t at, bool at_desk, const char *note)
{
    if (at > life->gym->now || charge < 0)
        return;
    struct sim_payment *payment = rows_payment(life->batch);
    if (payment)
        *payment = (struct sim_payment){.member = life->member,
                                        .term = life->batch->charges[charge].term,
                                        .kind = kind,
                                        .amount = amount,
                                        .method = method,
                                        .at = at,
                                        .refunds = -1,
                                        .charge = charge,
                                        .at_desk = at_desk,
                                        .note = note};
}

static int64_t desk_hours(struct life *life, int32_t day)
{
    return local_at(day, random_between(life->money, 8 * 60, 20 * 60)) +
           random_below(life->money, 60);
}

static int64_t collection_hours(struct life *life, int32_t day)
{
    return local_at(day, random_between(life->money, 5 * 60 + 30, 6 * 60 + 15)) +
           random_below(life->money, 60);
}

/* The same amount was taken twice, and one is given back some days later. */
static void take_twice(struct life *life, int64_t paid_at)
{
    int first = (int)life->batch->payment_count - 1;
    struct sim_payment original = life->batch->payments[first];
    int64_t back = desk_hours(life, local_day(paid_at) + random_between(life->money, 1, 6));
    if (back > life->gym->now)
        return;
    money_add_payment(life, original.charge, original.kind, original.amount, original.method,
                      paid_at + random_between(life->money, 20, 90), original.at_desk,
                      "taken twice");
    int twin = (int)life->batch->payment_count - 1;
    money_add_payment(life, original.charge, SIM_PAY_REFUND, -original.amount, original.method,
                      back, true, "was taken twice");
    if (!life->batch->out_of_memory)
        life->batch->payments[life->batch->payment_count - 1].refunds = twin;
}

enum money_outcome money_for_term(struct life *life, int term, int64_t joined_at, bool at_desk)
{
    if (term < 0)
        return MONEY_PAID;
    const struct sim_term *row = &life->batch->terms[term];
    const struct plan_facts *facts = &plan_facts[row->plan];
    bool is_first = joined_at != MOMENT_NONE;
    int charge = money_add_charge(life, term, row->price, row->from, facts->name);
    enum sim_payment_kind kind = facts->months == 0 && facts->visits > 1 ? SIM_PAY_PACK
                                 : facts->months == 0                    ? SIM_PAY_DAY_PASS
                                 : is_first                              ? SIM_PAY_JOINING
                                                                         : SIM_PAY_RENEWAL;
    money price = row->price;
    int32_t due = row->from;
    int method = life->person.method;
    /* Cash is brought; the rest is collected in the morning it is due, or paid when joining. */
    bool brought = method == 3 || at_desk;
    int64_t at = is_first                                    ? joined_at
                 : brought && random_chance(life->money, .5) ? desk_hours(life, due)
                 : brought ? desk_hours(life, due - random_between(life->money, 1, 3))
                           : collection_hours(life, due);
    if (is_first || !random_chance(life->money, failing)) {
        money_add_payment(life, charge, kind, price, method, at, brought || is_first, NULL);
        if (at <= life->gym->now && random_chance(life->money, taken_twice) &&
            !life->batch->out_of_memory)
            take_twice(life, at);
        return MONEY_PAID;
    }
    double fate = gsl_rng_uniform(life->money);
    if (fate < recovers + arrears) {
        int32_t day = due + (fate < recovers ? random_between(life->money, 1, 10)
                                             : random_between(life->money, 11, 60));
        money_add_payment(life, charge, SIM_PAY_LATE, price, method, desk_hours(life, day), true,
                          fate < recovers ? "second attempt" : "arrears paid");
        return MONEY_PAID;
    }
    if (random_chance(life->money, .4))
        money_add_payment(life, charge, SIM_PAY_LATE, price, 4,
                          desk_hours(life, due + random_between(life->money, 60, 150)), false,
                          "collected");
    return MONEY_NEVER;
}

void money_extra(struct life *life, int64_t at)
{
    static const struct {
        const char *what;
        money price;
    } wares[] = {{"water", 180},           {"protein shake", 450},     {"towel", 300},
                 {"lifting straps", 1490}, {"training session", 3500}, {"padlock", 790}};
    static const double weights[] = {34, 30, 14, 4, 14, 4};
    int i = random_pick(life->money, weights, 6);
    int64_t when = at + seconds_of(random_between(life->money, 0, 4));
    if (when > life->gym->now)
        when = at;
    int charge = money_add_charge(life, -1, wares[i].price, local_day(when), wares[i].what);
    money_add_payment(life, charge, SIM_PAY_EXTRA, wares[i].price, life->person.method, when, true,
                      wares[i].what);
}
