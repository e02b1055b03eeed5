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
    double share; /* 0–1 */
};
struct statistics_month {
    int32_t month; /* its first day */
    money revenue;
    int payments, joined, left, visits, members_at_end;
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
