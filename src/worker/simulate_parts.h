/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the simulation share; see simulate.h for what it is for. */
#ifndef GYMTUI_WORKER_SIMULATE_PARTS_H
#define GYMTUI_WORKER_SIMULATE_PARTS_H

#include "gymtui/base/date.h"
#include "gymtui/worker/simulate.h"
#include "simulate_random.h"

enum slot_kind { SLOT_WEEKDAY, SLOT_OFF_PEAK, SLOT_WEEKEND, SLOT_KINDS };

struct simulation {
    uint64_t seed;
    int gym_count, months;
    bool harsh;
    int64_t member_total;
    struct sim_gym *gyms;
    double *joins;               /* [gym][month]: cumulative share of its joiners */
    double slot[SLOT_KINDS][24]; /* weights to draw habitual hours from */
};

/* What makes one member tick. */
struct person {
    int age; /* at joining */
    char gender;
    double rate;                    /* visits a month, before tenure and season */
    double weekday[7];              /* preferences, summing to 1 */
    int slot_weekday, slot_weekend; /* minute of the day of the habit */
    double stay;                    /* own median stay, minutes */
    enum plan plan;
    int method; /* of payment */
    int desk;
};

/* One member's life under way: where the rows go and the streams they are drawn from. */
struct life {
    const struct simulation *simulation;
    const struct sim_gym *gym;
    int gym_index, index;
    struct sim_batch *batch;
    int member; /* index into the batch */
    struct person person;
    gsl_rng *random, *money, *visits, *names;
    int64_t busy_until; /* no visit begins before this */
    int64_t last_visit;
};

/* simulate_rows.c: append a zeroed row; NULL when memory is out (sticks in the batch). */
struct sim_member *rows_member(struct sim_batch *batch);
struct sim_term *rows_term(struct sim_batch *batch);
struct sim_freeze *rows_freeze(struct sim_batch *batch);
struct sim_charge *rows_charge(struct sim_batch *batch);
struct sim_payment *rows_payment(struct sim_batch *batch);
struct sim_visit *rows_visit(struct sim_batch *batch);
struct sim_denial *rows_denial(struct sim_batch *batch);
struct sim_contact *rows_contact(struct sim_batch *batch);
void rows_reset(struct sim_batch *batch);
/* Visits and payments by time; refunds keep pointing at what they give back. */
bool rows_sort(struct sim_batch *batch);

/* simulate_gyms.c */
bool gyms_lay_out(struct simulation *simulation, const struct zone_table *zones, int zone_count,
                  int64_t as_of_utc, struct error *error);
extern const double month_of_joining[12], month_of_visits[12];
/* The day on which ordinary member `index` joins. */
int32_t gyms_join_day(const struct simulation *simulation, int gym, int index, gsl_rng *random);

/* simulate_people.c */
/* Draws the person of life->index and fills its card: name, birth, contact, key tag, trainer. */
void people_make(struct life *life, struct sim_member *member);
void people_draw_person(struct life *life, struct person *person);
/* E-mail and phone for a plain name ("anahit.petrosyan"). */
void people_set_contact(struct life *life, struct sim_member *member, const char *plain,
                        int phone_index);
void people_trainer(const struct sim_gym *gym, int index, uint64_t seed, int gym_index,
                    gsl_rng *random, struct sim_trainer *trainer);

/* simulate_hours.c */
void hours_prepare(struct simulation *simulation);
int hours_draw_slot(const struct simulation *simulation, gsl_rng *random, enum slot_kind kind);
extern const double weekday_of_visits[7];

/* simulate_visits.c */
/* How many visits in [from, until) without [frozen_from, frozen_until), as the tenure's month. */
int visits_draw_count(struct life *life, int tenure_month, int32_t from, int32_t until,
                      int32_t frozen_from, int32_t frozen_until);
void visits_place(struct life *life, int count, int32_t from, int32_t until, int32_t frozen_from,
                  int32_t frozen_until, int64_t not_before);
/* One visit as given, cut at now; NULL when it would be in the future or no memory is left. */
struct sim_visit *visits_add(struct life *life, int64_t in, int minutes, bool forgotten);

/* simulate_money.c */
enum money_outcome { MONEY_PAID, MONEY_NEVER };
/* Charge and payment of a term; `joined_at`: paid on the spot at that time, or MOMENT_NONE. */
enum money_outcome money_for_term(struct life *life, int term, int64_t joined_at, bool at_desk);
/* A little something bought during a visit. */
void money_extra(struct life *life, int64_t at);
int money_add_charge(struct life *life, int term, money amount, int32_t due, const char *what);
/* Nothing when `at` is in the future. */
void money_add_payment(struct life *life, int charge, enum sim_payment_kind kind, money amount,
                       int method, int64_t at, bool at_desk, const char *note);

/* simulate_life.c */
void life_live(struct life *life, int32_t joined);
void life_settle_status(struct life *life, size_t first_term, size_t first_freeze);

/* simulate_office.c: denials at the door, contact log. */
/* Turned away at `at`; `about` is the day the reason speaks of. */
void office_deny(struct life *life, int64_t at, const char *reason, int32_t about);
void office_write(struct life *life, size_t first_term, size_t first_freeze);

/* simulate_planted.c */
extern const int planted_count;
void planted_live(struct life *life); /* life->index < planted_count */

static inline int64_t local_at(int32_t day, int minute)
{
    return (int64_t)day * 86400 + (int64_t)minute * 60;
}

static inline int64_t seconds_of(int minutes)
{
    return (int64_t)minutes * 60;
}

static inline int32_t local_day(int64_t local)
{
    return (int32_t)(local >= 0 ? local / 86400 : -((86399 - local) / 86400));
}

#endif
