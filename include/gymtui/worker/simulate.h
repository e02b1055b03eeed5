/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pure part of the generator: options in, rows in memory out; no database, no clock, no files.
 * A member's life depends only on (seed, gym, index), so that a gym can be made in batches of any
 * size, in any order, and the rows are the same, byte for byte.
 *
 * Times are local seconds of the gym's wall clock (date.h); simulate_utc turns them into instants
 * with the time zone's table of offsets, which the caller reads from the database.
 */
#ifndef GYMTUI_WORKER_SIMULATE_H
#define GYMTUI_WORKER_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/money.h"
#include "gymtui/worker/generate.h"

/* The plans every gym sells; the mix of joiners is over the first six. */
enum plan {
    PLAN_MONTHLY,
    PLAN_ALL_GYMS, /* a monthly plan that opens every gym of the chain */
    PLAN_OFF_PEAK, /* weekdays 9–16, weekends all day */
    PLAN_STUDENT,
    PLAN_QUARTERLY,
    PLAN_ANNUAL,
    PLAN_TEN_VISITS,
    PLAN_DAY_PASS,
    PLAN_COUNT
};

struct plan_facts {
    const char *name, *description;
    int months;   /* of one term; 0: a single day */
    int visits;   /* included; 0: as many as one likes */
    money price;  /* before the gym's factor */
    double share; /* of those who join with a contract */
    bool off_peak, all_gyms;
};
extern const struct plan_facts plan_facts[PLAN_COUNT];

/* Offsets of one time zone: from instant `from` (UTC seconds) local = UTC + offset. Ascending. */
#define ZONE_CHANGES 96
struct zone_table {
    char name[40];
    int count;
    struct zone_change {
        int64_t from;
        int32_t offset;
    } changes[ZONE_CHANGES];
};
int64_t zone_to_utc(const struct zone_table *zone, int64_t local);
int64_t zone_to_local(const struct zone_table *zone, int64_t utc);

struct sim_trainer {
    char name[96], phone[32], email[96];
};

#define SIM_TRAINERS 8

struct sim_gym {
    char name[80], username[48], email[96], address[128], phone[32];
    const struct zone_table *zone;
    char currency[4];
    double factor; /* on prices */
    money price[PLAN_COUNT];
    int members; /* ever, the planted ones included */
    int country; /* 0 Ireland, 1 France, 2 Germany: names and telephone numbers */
    int sister;  /* index of the gym its all-gyms members also go to; its own when alone */
    int capacity;
    bool all_night;
    int32_t opened, today; /* days on the gym's calendar */
    int64_t now;           /* local seconds */
    int64_t first_number;  /* customer_id of its first planted member; the others follow */
    struct sim_trainer trainers[SIM_TRAINERS];
    int trainer_count;
};

struct simulation; /* options settled, gyms laid out, hour tables computed */

/* `zones`: tables for all of simulate_zones(), which must outlive the simulation. Refuses
 * (ERROR_INPUT) an unknown profile and sizes that cannot be. */
struct simulation *simulate_open(const struct generate_options *options,
                                 const struct zone_table *zones, int zone_count,
                                 struct error *error);
void simulate_close(struct simulation *simulation);
/* Names of the time zones used; ends with NULL. */
extern const char *const simulate_zones[];

int simulate_gym_count(const struct simulation *simulation);
const struct sim_gym *simulate_gym(const struct simulation *simulation, int gym);
int64_t simulate_member_count(const struct simulation *simulation);
int simulate_month_count(const struct simulation *simulation);
uint64_t simulate_seed(const struct simulation *simulation);

enum sim_status { SIM_ACTIVE, SIM_FROZEN, SIM_CANCELLED };

struct sim_member {
    int64_t number; /* customer_id */
    char keytag[12], name[160], email[96], phone[32];
    char note[120];
    char ban_reason[80];
    int32_t birth, joined, banned_on; /* DATE_NONE: not known, not banned */
    char gender;                      /* 'f' 'm' 'o', 0 undisclosed */
    enum sim_status status;
    enum plan plan; /* of the last term */
    int trainer;    /* index; -1 none */
};

/* One term: [from, until). The last valid day of a cancelled one is the day before `until`. */
struct sim_term {
    int member; /* index into the batch's members */
    enum plan plan;
    int32_t from, until;
    int anchor_day;
    money price;
    bool cancelled;
    const char *cancel_reason; /* NULL: none */
};

struct sim_freeze {
    int member, term;
    int32_t from, until;
    const char *reason;
};

struct sim_charge {
    int member, term; /* term -1: an extra */
    money amount;
    int32_t due;
    const char *what;
};

enum sim_payment_kind {
    SIM_PAY_JOINING,
    SIM_PAY_RENEWAL,
    SIM_PAY_DAY_PASS,
    SIM_PAY_PACK,
    SIM_PAY_EXTRA,
    SIM_PAY_LATE, /* of what was owed */
    SIM_PAY_REFUND
};

struct sim_payment {
    int member, term;
    enum sim_payment_kind kind;
    money amount; /* negative: a refund */
    int method;   /* 1 card, 2 debit, 3 cash, 4 other */
    int64_t at;
    int refunds;  /* index of the payment given back; -1 */
    int charge;   /* index of the charge it was for; -1 */
    bool at_desk; /* taken by a person, else collected */
    const char *note;
};

struct sim_visit {
    int member;
    int16_t gym; /* where */
    int8_t desk; /* 1, 2; 0: the turnstile at night */
    bool auto_out, reentry;
    int64_t in, out; /* out MOMENT_NONE: still in */
    const char *override_reason;
};

struct sim_denial {
    int member;
    int8_t desk;
    int64_t at;
    const char *reason; /* a reason's name as in attendance.h: "expired" */
    char text[80];      /* as the desk read it then: "expired 6 days ago" */
};

struct sim_contact {
    int member;
    int64_t at;
    const char *outcome; /* "no answer" … as in DESK.md */
    int32_t snooze_until;
    const char *note;
};

/* Growing arrays; visits and payments in order of time. */
struct sim_batch {
    int gym;
    struct sim_member *members;
    struct sim_term *terms;
    struct sim_freeze *freezes;
    struct sim_charge *charges;
    struct sim_payment *payments;
    struct sim_visit *visits;
    struct sim_denial *denials;
    struct sim_contact *contacts;
    size_t member_count, term_count, freeze_count, charge_count, payment_count, visit_count,
        denial_count, contact_count;
    size_t member_room, term_room, freeze_room, charge_room, payment_room, visit_room, denial_room,
        contact_room;
    bool out_of_memory; /* sticks; what was added since is lost */
};

/* Members first … first + count − 1 of a gym, in order of joining (planted members come first).
 * False: out of memory. The batch is emptied before; free it once with sim_batch_free. */
bool simulate_batch(const struct simulation *simulation, int gym, int first, int count,
                    struct sim_batch *batch);
void sim_batch_free(struct sim_batch *batch);

/* What does not hold in a batch, in words; false and the first finding (SYNTHETIC.md, "What must
 * hold"). */
bool simulate_check(const struct simulation *simulation, const struct sim_batch *batch,
                    struct error *error);

/* The cash-up of a desk, on a day that is over. */
struct sim_till {
    int desk; /* 1, 2 */
    int64_t opened, closed, moved_at;
    money opening_float, moved; /* moved: above zero put in, below zero taken out, 0 neither */
    const char *moved_why;
    money expected, first_counted, counted;
    const char *reason; /* of the difference; NULL: none */
};
/* The gym's tills are numbered from 0, by day and desk. That of a payment; −1: taken in none. */
int simulate_till_count(const struct sim_gym *gym);
int simulate_till_of(const struct sim_gym *gym, const struct sim_payment *payment);
/* `cash`: what each of them took, less what it gave back. False: out of memory. */
bool simulate_tills(const struct simulation *simulation, int gym, const money *cash,
                    struct sim_till *tills);

/* What RFM is made of (ANALYTICS.md §2), one row for each member of the batch, in the same order:
 * days since the last visit (tenure without one), visit days in the last 90, net payments of 365.
 */
struct sim_measures {
    int32_t tenure, recency;
    int visit_days_90;
    money paid_365;
};
void simulate_measure(const struct simulation *simulation, const struct sim_batch *batch,
                      struct sim_measures *measures);

#endif
