/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Visits: how many in a month of membership (Poisson around the personal rate, falling with
 * tenure, breathing with the seasons), on which days (spread over the month by the member's
 * weekdays), when (around the member's habit), and for how long (log-normal).
 */
#include "simulate_parts.h"

#include <math.h>
#include <stdlib.h>

const double month_of_visits[12] = {1.18, 1.10, 1.05, 1, 1, .96, .92, .90, 1.02, 1.03, 1.00, .82};

#define PERIOD_DAYS 128 /* a month of membership and the longest freeze */

/* DellaVigna & Malmendier 2006: attendance falls with tenure; who stays over a year comes more
 * again, because the others have left. */
static double tenure_factor(int month)
{
    if (month > 14)
        return .72;
    double factor = 1 - .075 * (month - 1);
    return factor < .62 ? .62 : factor;
}

/* Christmas and New Year are quiet whatever the weekday. */
static double holiday_factor(const struct date_civil *civil)
{
    if (civil->month == 12 && civil->day == 25)
        return .05;
    if (civil->month == 12 && (civil->day == 24 || civil->day == 26 || civil->day == 31))
        return .4;
    if (civil->month == 1 && civil->day == 1)
        return .25;
    return 1;
}

/* Weight of a day; their mean over a year without freezes is about one seventh. */
static double day_weight(const struct life *life, int32_t day)
{
    struct date_civil civil = date_to_civil(day);
    return life->person.weekday[date_weekday(day)] * month_of_visits[civil.month - 1] *
           holiday_factor(&civil);
}

int visits_draw_count(struct life *life, int tenure_month, int32_t from, int32_t until,
                      int32_t frozen_from, int32_t frozen_until)
{
    double weight = 0;
    int days = 0;
    for (int32_t day = from; day < until; day++)
        if (day < frozen_from || day >= frozen_until) {
            weight += day_weight(life, day);
            days++;
        }
    if (days == 0)
        return 0;
    double mean = life->person.rate * tenure_factor(tenure_month) * weight * 7 / 30.44;
    int count = (int)gsl_ran_poisson(life->visits, mean);
    return count > days * 9 / 10 ? days * 9 / 10 : count;
}

static int draw_minute(struct life *life, int32_t day)
{
    const struct person *person = &life->person;
    bool weekend = date_weekday(day) >= 5;
    bool off_peak = !weekend && plan_facts[person->plan].off_peak;
    int habit = weekend ? person->slot_weekend : person->slot_weekday;
    enum slot_kind kind = weekend ? SLOT_WEEKEND : off_peak ? SLOT_OFF_PEAK : SLOT_WEEKDAY;
    int minute = 0;
    for (int attempt = 0; attempt < 8; attempt++) {
        if (random_chance(life->visits, .8)) {
            double scatter = gsl_ran_gaussian_ziggurat(life->visits, 17);
            if (fabs(scatter) > 45)
                scatter = fmod(scatter, 45);
            minute = habit + (int)lround(scatter);
        } else {
            minute = hours_draw_slot(life->simulation, life->visits, kind);
        }
        if (off_peak && (minute < 9 * 60 || minute >= 16 * 60))
            continue;
        if (minute >= 5 * 60 && minute < 23 * 60)
            return minute;
    }
    return off_peak ? 10 * 60 : minute < 5 * 60 ? 5 * 60 + 5 : 22 * 60 + 55;
}

static int draw_stay(struct life *life)
{
    double stay = gsl_ran_lognormal(life->visits, log(life->person.stay), .323);
    return stay < 12 ? 12 : stay > 210 ? 210 : (int)lround(stay);
}

struct sim_visit *visits_add(struct life *life, int64_t in, int minutes, bool forgotten)
{
    const struct sim_gym *gym = life->gym;
    if (in > gym->now || in < life->busy_until)
        return NULL;
    int opens = 5 * 60, closes = 23 * 60 + 45,
        minute = (int)((in - local_at(local_day(in), 0)) / 60);
    if (!gym->all_night && (minute < opens || minute >= closes))
        return NULL;
    int64_t closing = local_at(local_day(in), closes);
    int64_t out = in + (int64_t)minutes * 60;
    int64_t noticed =
        in + seconds_of(4 * 60); /* when a forgotten check-out is closed (DESK.md rule 12) */
    if (!gym->all_night && out > closing)
        out = closing;
    if (!gym->all_night && noticed > closing)
        noticed = closing;
    struct sim_visit *visit = rows_visit(life->batch);
    if (!visit)
        return NULL;
    visit->member = life->member;
    visit->gym = (int16_t)life->gym_index;
    visit->desk = (int8_t)life->person.desk;
    visit->in = in;
    if ((forgotten ? noticed : out) > gym->now) {
        visit->out = MOMENT_NONE;
        life->busy_until = INT64_MAX;
    } else {
        visit->out = out;
        visit->auto_out = forgotten;
        life->busy_until = out + seconds_of(15);
    }
    life->last_visit = in;
    return visit;
}

static void visit_on(struct life *life, int32_t day, int64_t not_before)
{
    bool all_gyms = plan_facts[life->person.plan].all_gyms;
    bool forgotten = random_chance(life->visits, .15);
    bool elsewhere = all_gyms && random_chance(life->visits, .25);
    bool again = random_chance(life->visits, .008);
    /* Seconds as well: two desks scanning at the turn of a minute would look made up. */
    int64_t in = local_at(day, draw_minute(life, day)) + random_below(life->visits, 60);
    int stay = forgotten ? (int)lround(life->person.stay) : draw_stay(life);
    if (in < not_before)
        in = not_before + seconds_of(random_between(life->visits, 3, 12));
    if (random_chance(life->visits, .2))
        life->person.desk = 3 - life->person.desk;
    if (life->gym->all_night && !plan_facts[life->person.plan].off_peak &&
        random_chance(life->visits, .012))
        in = local_at(day, random_below(life->visits, 5 * 60)) + random_below(life->visits, 60);
    struct sim_visit *visit = visits_add(life, in, stay, forgotten);
    if (!visit)
        return;
    if (elsewhere)
        visit->gym = (int16_t)life->gym->sister;
    int64_t out = visit->out;
    if (again && out != MOMENT_NONE && !forgotten && local_day(out) == day &&
        out < local_at(day, 21 * 60)) {
        struct sim_visit *second =
            visits_add(life, out + seconds_of(random_between(life->visits, 25, 55)),
                       random_between(life->visits, 12, 40), false);
        if (second) {
            second->reentry = true;
            second->gym = (int16_t)(elsewhere ? life->gym->sister : life->gym_index);
        }
    }
}

/* Stratified: the month's weight is cut into `count` equal parts and one day drawn in each, so that
 * two visits a week are two visits in most weeks. A day that comes up twice gives its second to
 * the next free one. */
void visits_place(struct life *life, int count, int32_t from, int32_t until, int32_t frozen_from,
                  int32_t frozen_until, int64_t not_before)
{
    int32_t days[PERIOD_DAYS];
    double upto[PERIOD_DAYS];
    bool taken[PERIOD_DAYS] = {false};
    int n = 0;
    double total = 0;
    for (int32_t day = from; day < until && n < PERIOD_DAYS; day++)
        if (day < frozen_from || day >= frozen_until) {
            /* Most people train on the day they join. */
            double weight = day_weight(life, day) + (day == from && not_before != MOMENT_NONE);
            total += weight;
            days[n] = day;
            upto[n++] = total;
        }
    if (n == 0)
        return;
    int at = 0;
    for (int k = 0; k < count; k++) {
        double point = (k + gsl_rng_uniform(life->visits)) * total / count;
        while (at < n - 1 && upto[at] < point)
            at++;
        int free = at;
        while (free < n && taken[free])
            free++;
        if (free == n)
            for (free = 0; free < n && taken[free];)
                free++;
        if (free < n)
            taken[free] = true;
    }
    for (int i = 0; i < n && days[i] <= life->gym->today; i++)
        if (taken[i])
            visit_on(life, days[i],
                     days[i] == from && not_before != MOMENT_NONE ? not_before : INT64_MIN);
}
