/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A life: terms one after another, each charged, frozen now and then, visited, and after each month
 * the question whether it goes on. Leaving depends on the plan and its month, on how often one came
 * last month, on age and on the season of joining; monthly members stop coming first and cancel up
 * to four months later.
 */
#include "simulate_parts.h"

#include <string.h>

/* Payments that never come end .6 % of terms by themselves (simulate_money.c), a part of the
 * leaving that the rates below describe, and the factors for visits and age are above one on
 * average: this brings survival back to the published marginals. */
static const double calibration = .90;

static double monthly_hazard(int month)
{
    if (month == 1)
        return .03;
    if (month <= 3)
        return .065;
    if (month == 4)
        return .05;
    if (month <= 6)
        return .045;
    if (month <= 11)
        return .032;
    return month == 12 ? .055 : .022;
}

static double hazard(const struct life *life, enum plan plan, int month, bool term_ends,
                     int renewal)
{
    static const double quarterly[] = {.20, .15, .12, .10};
    if (life->simulation->harsh)
        return month <= 3 ? .26 : .10;
    if (plan == PLAN_QUARTERLY)
        return !term_ends ? .004 : quarterly[renewal < 4 ? renewal - 1 : 3];
    if (plan == PLAN_ANNUAL)
        return !term_ends ? .004 : renewal == 1 ? .34 : .22;
    return monthly_hazard(month);
}

static double hazard_factor(const struct life *life, int visits, int age, int joined_month)
{
    double factor = life->simulation->harsh ? 1 : calibration;
    factor *= visits == 0 ? 2.0 : visits <= 3 ? 1.25 : visits <= 7 ? .85 : .6;
    factor *= age < 25 ? 1.3 : age < 35 ? 1.12 : age < 45 ? 1 : age < 55 ? .85 : .72;
    return joined_month == 12 || joined_month == 1 ? factor * 1.15 : factor;
}

/* 8 % of members in a year, mostly in July, August and December. */
static bool draws_freeze(struct life *life, int32_t from)
{
    static const double months[12] = {.6, .6, .6, .6, .6, .6, 2.4, 2.4, .6, .6, .6, 1.8};
    return random_chance(life->random, .08 / 12 * months[date_to_civil(from).month - 1]);
}

static const char *freeze_reason(struct life *life)
{
    static const char *const reasons[] = {
        "holiday", "injury", "abroad for work", "illness", "pregnancy", "moving house", "exams"};
    static const double weights[] = {40, 22, 16, 9, 4, 5, 4};
    return reasons[random_pick(life->random, weights, 7)];
}

static const char *leaving_reason(struct life *life)
{
    static const char *const reasons[] = {"no time",   "too expensive", "moved away",     "injury",
                                          "other gym", "not using it",  "no reason given"};
    static const double weights[] = {20, 17, 14, 8, 13, 18, 10};
    return reasons[random_pick(life->random, weights, 7)];
}

/* What one spell of membership is about at the moment. */
struct spell {
    enum plan plan;
    int month, renewal; /* months done; terms done */
    int joined_month;
    int32_t day; /* where the next month of membership begins */
    int anchor;
    int lag; /* months left to pay after one stopped coming; -1: still comes */
    bool ended, unpaid;
    bool is_open_ended; /* the last term ran out without a notice */
};

/* One month of membership; spell->day moves on, by the days frozen as well. */
static void live_month(struct life *life, struct spell *spell, int term, bool is_last_of_term,
                       int64_t not_before)
{
    const struct sim_gym *gym = life->gym;
    int32_t from = spell->day, until = date_add_months(from, 1, spell->anchor);
    int32_t frozen_from = DATE_NONE, frozen_until = DATE_NONE;
    if (spell->month > 0 && spell->lag < 0 && draws_freeze(life, from)) {
        frozen_from = from + random_between(life->random, 0, until - from - 1);
        int days = random_between(life->random, 14, 60);
        const char *reason = freeze_reason(life);
        if (frozen_from <= gym->today) {
            frozen_until = frozen_from + days;
            until += days;
            spell->anchor = date_to_civil(until).day;
            struct sim_freeze *freeze = rows_freeze(life->batch);
            if (freeze)
                *freeze = (struct sim_freeze){.member = life->member,
                                              .term = term,
                                              .from = frozen_from,
                                              .until = frozen_until,
                                              .reason = reason};
        }
    }
    int visits = 0;
    if (spell->lag < 0) {
        visits = visits_draw_count(life, spell->month + 1, from, until, frozen_from, frozen_until);
        if (not_before != MOMENT_NONE && visits == 0 && random_chance(life->visits, .6))
            visits = 1;
        visits_place(life, visits, from, until, frozen_from, frozen_until, not_before);
    }
    spell->month++;
    spell->day = until;
    if (spell->lag > 0)
        spell->lag--;
    if (spell->lag == 0) {
        spell->ended = true;
    } else if (spell->lag < 0) {
        double chance =
            hazard(life, spell->plan, spell->month, is_last_of_term, spell->renewal + 1) *
            hazard_factor(life, visits, life->person.age, spell->joined_month);
        bool leaves = random_chance(life->random, chance);
        static const double lags[] = {18, 30, 26, 16, 10};
        int lag = random_pick(life->random, lags, 5);
        if (leaves && plan_facts[spell->plan].months == 1 && !life->simulation->harsh)
            spell->lag = lag;
        spell->ended = leaves && (spell->lag <= 0);
    }
}

static int add_term(struct life *life, enum plan plan, int32_t from, int anchor)
{
    struct sim_term *term = rows_term(life->batch);
    if (!term)
        return -1;
    *term = (struct sim_term){.member = life->member,
                              .plan = plan,
                              .from = from,
                              .anchor_day = anchor,
                              .price = life->gym->price[plan]};
    return (int)life->batch->term_count - 1;
}

/* Whoever does not pay is let in for a month at most, and comes less. */
static void live_unpaid(struct life *life, struct spell *spell, struct sim_term *term)
{
    int32_t until = date_add_months(term->from, 1, 0);
    int visits = visits_draw_count(life, spell->month + 1, term->from, term->from + 12, DATE_NONE,
                                   DATE_NONE);
    visits_place(life, visits, term->from, term->from + 12, DATE_NONE, DATE_NONE, MOMENT_NONE);
    term->until = until;
    term->cancelled = until <= life->gym->today;
    term->cancel_reason = term->cancelled ? "payment failed" : NULL;
    spell->day = until;
    spell->ended = spell->unpaid = true;
}

/* One term; false when the spell is over or the calendar is. */
static bool live_term(struct life *life, struct spell *spell, int64_t joined_at)
{
    const struct sim_gym *gym = life->gym;
    int months = plan_facts[spell->plan].months;
    int index = add_term(life, spell->plan, spell->day, spell->anchor);
    if (index < 0)
        return false;
    bool at_desk = months > 1;
    if (money_for_term(life, index, joined_at, at_desk) == MONEY_NEVER) {
        live_unpaid(life, spell, &life->batch->terms[index]);
        return false;
    }
    int done = 0;
    while (done < months && !spell->ended && spell->day <= gym->today) {
        live_month(life, spell, index, done == months - 1, done == 0 ? joined_at : MOMENT_NONE);
        done++;
    }
    struct sim_term *term = &life->batch->terms[index];
    int32_t full =
        done < months ? date_add_months(spell->day, months - done, spell->anchor) : spell->day;
    /* Notice is given up to three weeks ahead; what has not been said yet is not in the books. */
    int32_t notice = spell->day - random_between(life->random, 1, 21);
    bool known = spell->ended && notice <= gym->today;
    bool cut_short = known && done < months;
    term->until = cut_short ? spell->day : full;
    spell->renewal++;
    if (!known)
        return spell->day <= gym->today;
    bool just_runs_out = months > 1 && done == months && spell->day > gym->today - 20 &&
                         random_chance(life->random, .5);
    spell->is_open_ended = just_runs_out;
    if (!just_runs_out) {
        term->cancelled = true;
        term->cancel_reason = leaving_reason(life);
    }
    return false;
}

/* What the member drinks and buys, now and then, during visits. */
static void live_extras(struct life *life, size_t first_visit)
{
    double keen = gsl_ran_gamma(life->money, .6, .035 / .6);
    for (size_t i = first_visit; i < life->batch->visit_count; i++)
        if (life->batch->visits[i].gym == life->gym_index && random_chance(life->money, keen))
            money_extra(life, life->batch->visits[i].in);
}

static int64_t joining_time(struct life *life, int32_t joined)
{
    int open = 8 * 60, close = 20 * 60 + 30;
    int minute = life->person.slot_weekday;
    minute = minute < open ? minute + 3 * 60 : minute > close ? close - 60 : minute;
    minute = minute < open ? open : minute;
    int64_t at = local_at(joined, minute) + random_below(life->random, 60);
    return at > life->gym->now ? life->gym->now - seconds_of(random_between(life->random, 1, 9))
                               : at;
}

static void live_spell(struct life *life, struct spell *spell, int64_t joined_at)
{
    while (live_term(life, spell, joined_at)) {
        joined_at = MOMENT_NONE;
        /* Terms of several months are renewed at the desk, some of them days late. */
        if (plan_facts[spell->plan].months > 1 && random_chance(life->random, .07)) {
            int32_t late = spell->day + random_between(life->random, 1, 12);
            if (late > life->gym->today) {
                spell->is_open_ended = true;
                return;
            }
            spell->day = late;
            spell->anchor = date_to_civil(late).day;
        }
    }
}

/* A day's guest, or ten visits within a year. */
static void live_pass(struct life *life, int32_t joined, int64_t joined_at)
{
    enum plan plan = life->person.plan;
    int index = add_term(life, plan, joined, date_to_civil(joined).day);
    if (index < 0)
        return;
    bool is_pack = plan_facts[plan].visits > 1;
    life->batch->terms[index].until = is_pack ? date_add_months(joined, 12, 0) : joined + 1;
    money_for_term(life, index, joined_at, true);
    if (!is_pack) {
        visits_place(life, 1, joined, joined + 1, DATE_NONE, DATE_NONE, joined_at);
        return;
    }
    int left = plan_facts[plan].visits;
    int32_t day = joined;
    for (int month = 1; left > 0 && day <= life->gym->today && month <= 12; month++) {
        int32_t next = date_add_months(day, 1, 0);
        int count = visits_draw_count(life, 1, day, next, DATE_NONE, DATE_NONE);
        count = count > left ? left : count;
        size_t before = life->batch->visit_count;
        visits_place(life, count, day, next, DATE_NONE, DATE_NONE,
                     month == 1 ? joined_at : MOMENT_NONE);
        left -= (int)(life->batch->visit_count - before);
        day = next;
    }
}

void life_live(struct life *life, int32_t joined)
{
    size_t first_visit = life->batch->visit_count;
    int64_t joined_at = joining_time(life, joined);
    if (plan_facts[life->person.plan].months == 0) {
        live_pass(life, joined, joined_at);
        return;
    }
    struct spell spell = {.plan = life->person.plan,
                          .joined_month = date_to_civil(joined).month,
                          .day = joined,
                          .anchor = date_to_civil(joined).day,
                          .lag = -1};
    live_spell(life, &spell, joined_at);
    /* Some come back after months away. */
    int32_t back = spell.day + random_between(life->random, 50, 330);
    bool returns = random_chance(life->random, life->simulation->harsh ? .03 : .09);
    if (spell.ended && !spell.unpaid && !spell.is_open_ended && returns &&
        back < life->gym->today) {
        spell = (struct spell){.plan = spell.plan,
                               .joined_month = date_to_civil(back).month,
                               .day = back,
                               .anchor = date_to_civil(back).day,
                               .lag = -1};
        live_spell(life, &spell, joining_time(life, back));
    }
    live_extras(life, first_visit);
}

/* DESK.md rule 7: the status follows from the dated rows. */
void life_settle_status(struct life *life, size_t first_term, size_t first_freeze)
{
    const struct sim_batch *batch = life->batch;
    struct sim_member *member = &life->batch->members[life->member];
    int32_t today = life->gym->today;
    member->status = SIM_ACTIVE;
    for (size_t i = first_freeze; i < batch->freeze_count; i++)
        if (batch->freezes[i].from <= today && today < batch->freezes[i].until)
            member->status = SIM_FROZEN;
    if (batch->term_count > first_term) {
        const struct sim_term *last = &batch->terms[batch->term_count - 1];
        member->plan = last->plan;
        if (last->cancelled && last->until <= today)
            member->status = SIM_CANCELLED;
    }
}
