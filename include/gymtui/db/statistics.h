/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the database can say without models: for the analytics page and `gymtui report`. */
#ifndef GYMTUI_DB_STATISTICS_H
#define GYMTUI_DB_STATISTICS_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

#define STATISTICS_MONTHS 24
#define STATISTICS_LIST   16

struct statistics_heat {
    double visits[7][24]; /* mean visits that begin in this hour, Monday first, last 8 weeks */
    double highest;
    int weeks;
};
typedef void statistics_heat_fn(void *owner, const struct statistics_heat *heat,
                                const struct error *error);
void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner);

struct statistics_count {
    char name[80];
    int members;
    double share;          /* 0–1 */
    int members_month_ago; /* of packages; -1: not counted */
};
struct statistics_month {
    int32_t month; /* its first day */
    money revenue;
    int payments, joined, left, visits, members_at_end;
    money recurring; /* a month, at its end: running terms' price over their months */
};
struct statistics_overview {
    int members, members_month_ago; /* active or frozen with a running term */
    int visits_7_days, visits_previous_7_days;
    money revenue_30_days, revenue_previous_30_days;
    money recurring, recurring_month_ago; /* a month: running terms' price over their months */
    int expiring_14_days, owing_members;
    money owing_total;
    int absent_14_days; /* running term, no visit for 14 days, not frozen */
    int absent_14_days_month_ago, owing_members_month_ago;
    /* What the members are worth, as the worker last computed it; valued_on DATE_NONE: never. The
     * day before: the newest that is at least a week older, valued_before DATE_NONE: none. */
    int32_t valued_on, valued_before;
    double clv_mean, clv_mean_before; /* of members whose term runs */
    int at_risk, at_risk_before;      /* members */
    double at_stake, at_stake_before; /* expected loss */
    struct statistics_count by_status[STATISTICS_LIST];
    int status_count;
    struct statistics_count by_package[STATISTICS_LIST];
    int package_count;
    struct statistics_month months[STATISTICS_MONTHS]; /* oldest first */
    int month_count;
};
typedef void statistics_overview_fn(void *owner, const struct statistics_overview *overview,
                                    const struct error *error);
void statistics_overview(struct db *db, statistics_overview_fn *on_reply, void *owner);

/* Recurring revenue month by month, oldest first; the last month is the present one, so far. A
 * member who renews within 30 days of the end is neither new nor lost. */
struct statistics_recurring {
    int32_t month;
    money at_end, new_, lost;
    money frozen; /* of at_end, at the month's end: not used, but paid for */
};
typedef void statistics_recurring_fn(void *owner, const struct statistics_recurring *months,
                                     int count, const struct error *error);
void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply, void *owner);

/* `gymtui report today`: the day's figures in one row. */
struct statistics_today {
    char gym_name[128];
    int32_t day;
    int64_t now_local;
    int check_ins, check_outs, inside, capacity, usual_now, denied, overridden, auto_closed;
    int joined, renewed, cancelled, expiring_today, birthdays;
    money taken, taken_card, taken_debit, taken_cash, taken_other, refunded, due_today;
};
typedef void statistics_today_fn(void *owner, const struct statistics_today *today,
                                 const struct error *error);
void statistics_today(struct db *db, statistics_today_fn *on_reply, void *owner);

#endif
