/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gym_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#define TODAY   20750 /* 2026-10-24 */
#define YEARS   3
#define MONTH   VALUE_DAYS_A_MONTH
#define LONGEST (YEARS * 366 + 1)

/* Room for one more. */
static void *grown(void *rows, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return rows;
    *room = *room ? *room * 2 : 1024;
    rows = realloc(rows, *room * size);
    if (!rows)
        abort();
    return rows;
}

struct life {
    gsl_rng *rng;
    struct value_gym *gym;
    struct value_member *member;
    size_t day_room;
    int32_t visits[LONGEST];
    size_t visit_count;
};

static struct value_term *add_term(struct life *life, int32_t from, int months, money price)
{
    struct value_gym *gym = life->gym;
    gym->terms = grown(gym->terms, gym->term_count, &gym->term_room, sizeof *gym->terms);
    if (life->member->term_count++ == 0)
        life->member->term = (uint32_t)gym->term_count;
    struct value_term *term = &gym->terms[gym->term_count++];
    *term = (struct value_term){.from = from,
                                .until = from + (months ? (int32_t)(months * MONTH) : 1),
                                .months = (int16_t)months,
                                .package_id = 1 + months,
                                .price = price};
    return term;
}

static void add_freeze(struct life *life, int32_t from, int32_t until)
{
    struct value_gym *gym = life->gym;
    gym->freezes = grown(gym->freezes, gym->freeze_count, &gym->freeze_room, sizeof *gym->freezes);
    if (life->member->freeze_count++ == 0)
        life->member->freeze = (uint32_t)gym->freeze_count;
    gym->freezes[gym->freeze_count++] = (struct value_freeze){from, until};
}

/* Visits from one day until another, `rate` a day. */
static size_t visit(struct life *life, double rate, int32_t from, int32_t until)
{
    size_t before = life->visit_count;
    double at = from;
    until = until > TODAY + 1 ? TODAY + 1 : until;
    while ((at += gsl_ran_exponential(life->rng, 1 / rate)) < until) {
        int32_t day = (int32_t)at;
        if (life->visit_count == 0 || life->visits[life->visit_count - 1] < day)
            life->visits[life->visit_count++] = day;
    }
    return life->visit_count - before;
}

static void live(struct life *life)
{
    static const struct {
        int below, months; /* of a hundred members */
        money price;
    } plans[] = {{52, 1, 3900},  {60, 1, 2700},   {68, 1, 2900},
                 {82, 3, 10500}, {97, 12, 34900}, {100, 0, 1000}};
    gsl_rng *rng = life->rng;
    struct value_member *member = life->member;
    int drawn = (int)gsl_rng_uniform_int(rng, 100), plan = 0;
    while (drawn >= plans[plan].below)
        plan++;
    int months = plans[plan].months;
    double rate = fmax(gsl_ran_gamma(rng, 1.1, 5.6 / 1.1) / MONTH, 1e-3);
    double staying = gsl_ran_beta(rng, 9, .8) * (member->birth > TODAY - 25 * 365 ? .97 : 1);
    bool keeps_coming = true;
    for (int32_t from = member->joined; from <= TODAY;) {
        int32_t until = from + (months ? (int32_t)(months * MONTH) : 7);
        if (months || gsl_rng_uniform(rng) < .5)
            add_term(life, from, months, plans[plan].price);
        size_t came = keeps_coming ? visit(life, months ? rate : 1e-1, from, until) : 0;
        if (gsl_rng_uniform(rng) < .01)
            add_freeze(life, from + 2, from + 20);
        double loss = 1 - pow(staying, months ? months : .5);
        loss = fmin(loss * (came == 0 ? 1.6 : came < 4 ? 1.2 : .7), .95);
        if (!keeps_coming && gsl_rng_uniform(rng) < .4) {
            if (life->member->term_count)
                life->gym->terms[life->gym->term_count - 1].cancelled = true;
            break;
        }
        if (gsl_rng_uniform(rng) < loss / 2)
            keeps_coming = false;
        if (gsl_rng_uniform(rng) < loss) {
            until +=
                gsl_rng_uniform(rng) < .2 ? 20 + (int32_t)gsl_rng_uniform_int(rng, 200) : LONGEST;
            keeps_coming = true;
        }
        from = until;
    }
}

static void sum_up(struct life *life)
{
    struct value_member *member = life->member;
    size_t count = life->visit_count;
    member->visit_days = (uint32_t)count;
    member->first_visit = count ? life->visits[0] : DATE_NONE;
    member->last_visit = count ? life->visits[count - 1] : DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        int ago = TODAY - life->visits[i];
        member->recent[0] = (uint16_t)(member->recent[0] + (ago < 30));
        member->recent[1] = (uint16_t)(member->recent[1] + (ago >= 30 && ago < 90));
        member->recent[2] = (uint16_t)(member->recent[2] + (ago < 90));
    }
    member->first_payment = member->last_payment = DATE_NONE;
    for (uint32_t i = 0; i < member->term_count; i++) {
        const struct value_term *term = &life->gym->terms[member->term + i];
        if (term->from > TODAY)
            continue;
        member->first_payment = i ? member->first_payment : term->from;
        member->last_payment = term->from;
        member->orders++;
        member->ordered += term->price;
        member->paid_year += term->from > TODAY - 365 ? term->price : 0;
    }
    member->extras = gsl_ran_poisson(life->rng, .05 * (double)count);
    for (uint32_t i = 0; i < member->extras; i++)
        member->spent_extra += 150 + (money)gsl_ran_gamma(life->rng, 3, 80);
    member->orders += member->extras;
    member->ordered += member->spent_extra;
}

void lived_gym(struct value_gym *gym, size_t members, int sampled)
{
    struct life *life = calloc(1, sizeof *life);
    size_t used = 0;
    *gym = (struct value_gym){
        .dataset = {1, 1}, .today = TODAY, .grace = 30, .silence = 90, .sampled = sampled};
    gym->members = calloc(members, sizeof *gym->members);
    gym->first_day = calloc(members + 1, sizeof *gym->first_day);
    if (!life || !gym->members || !gym->first_day)
        abort();
    gym->count = gym->room = members;
    life->gym = gym;
    life->rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t m = 0; m < members; m++) {
        struct value_member *member = life->member = &gym->members[m];
        double age = 15 + gsl_ran_gamma(life->rng, 3, 7);
        life->visit_count = 0;
        member->number = 1 + (int64_t)m;
        member->joined = TODAY - (int32_t)gsl_rng_uniform_int(life->rng, 365UL * YEARS);
        member->birth =
            gsl_rng_uniform(life->rng) < .02 ? DATE_NONE : TODAY - (int32_t)(age * 365.25);
        member->gender = (uint8_t)(1 + gsl_rng_uniform_int(life->rng, 2));
        member->method = (uint8_t)(1 + gsl_rng_uniform_int(life->rng, 4));
        live(life);
        sum_up(life);
        if (member->number % sampled == 0)
            for (size_t i = 0; i < life->visit_count; i++) {
                gym->days = grown(gym->days, used, &life->day_room, sizeof *gym->days);
                gym->days[used++] = life->visits[i];
            }
        gym->first_day[m + 1] = used;
    }
    gsl_rng_free(life->rng);
    free(life);
}
