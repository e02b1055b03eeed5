/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/statistics.h"

#include "decode.h"
#include "lane.h"

/* ---- Heat map ---- */

static void deliver_heat(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    statistics_heat_fn *on_reply = (statistics_heat_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct statistics_heat heat = {0};
    for (struct row row = row_first(results[0]); row_exists(&row); row_next(&row)) {
        int weekday = row_int(&row), hour = row_int(&row), visits = row_int(&row);
        heat.weeks = row_int(&row);
        if (weekday < 0 || weekday > 6 || hour < 0 || hour > 23 || heat.weeks < 1)
            continue;
        double mean = (double)visits / heat.weeks;
        heat.visits[weekday][hour] = mean;
        if (mean > heat.highest)
            heat.highest = mean;
    }
    on_reply(call->owner, &heat, NULL);
}

void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "statistics_heat", NULL, deliver_heat,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Overview ---- */

enum { OVERVIEW_FIGURES, OVERVIEW_STATUS, OVERVIEW_PACKAGES, OVERVIEW_MONTHS, OVERVIEW_VALUE };

static int read_counts(const PGresult *result, struct statistics_count counts[STATISTICS_LIST])
{
    int count = 0, total = 0;
    for (struct row row = row_first(result); row_exists(&row) && count < STATISTICS_LIST;
         row_next(&row)) {
        row_text(&row, counts[count].name, sizeof counts[count].name);
        counts[count].members = row_int(&row);
        bool before = !row_is_null(&row);
        counts[count].members_month_ago = row_int(&row);
        if (!before)
            counts[count].members_month_ago = -1;
        total += counts[count++].members;
    }
    for (int i = 0; i < count; i++)
        counts[i].share = total ? (double)counts[i].members / total : 0;
    return count;
}

static void read_months(const PGresult *result, struct statistics_overview *overview)
{
    for (struct row row = row_first(result);
         row_exists(&row) && overview->month_count < STATISTICS_MONTHS; row_next(&row)) {
        struct statistics_month *month = &overview->months[overview->month_count++];
        month->month = row_date(&row);
        month->revenue = row_money(&row);
        month->payments = row_int(&row);
        month->joined = row_int(&row);
        month->left = row_int(&row);
        month->visits = row_int(&row);
        month->members_at_end = row_int(&row);
        month->recurring = row_money(&row);
    }
}

static void read_value(const PGresult *result, struct statistics_overview *overview)
{
    overview->valued_on = overview->valued_before = DATE_NONE;
    struct row row = row_first(result);
    if (!row_exists(&row))
        return;
    overview->valued_on = row_date(&row);
    overview->clv_mean = row_number(&row);
    overview->at_risk = row_int(&row);
    overview->at_stake = row_number(&row);
    overview->valued_before = row_date(&row);
    overview->clv_mean_before = row_number(&row);
    overview->at_risk_before = row_int(&row);
    overview->at_stake_before = row_number(&row);
}

static void deliver_overview(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    statistics_overview_fn *on_reply = (statistics_overview_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct statistics_overview overview = {0};
    struct row row = row_first(results[OVERVIEW_FIGURES]);
    overview.members = row_int(&row);
    overview.members_month_ago = row_int(&row);
    overview.recurring = row_money(&row);
    overview.recurring_month_ago = row_money(&row);
    overview.visits_7_days = row_int(&row);
    overview.visits_previous_7_days = row_int(&row);
    overview.revenue_30_days = row_money(&row);
    overview.revenue_previous_30_days = row_money(&row);
    overview.expiring_14_days = row_int(&row);
    overview.owing_members = row_int(&row);
    overview.owing_total = row_money(&row);
    overview.absent_14_days = row_int(&row);
    overview.absent_14_days_month_ago = row_int(&row);
    overview.owing_members_month_ago = row_int(&row);
    overview.status_count = read_counts(results[OVERVIEW_STATUS], overview.by_status);
    overview.package_count = read_counts(results[OVERVIEW_PACKAGES], overview.by_package);
    read_months(results[OVERVIEW_MONTHS], &overview);
    read_value(results[OVERVIEW_VALUE], &overview);
    on_reply(call->owner, &overview, NULL);
}

void statistics_overview(struct db *db, statistics_overview_fn *on_reply, void *owner)
{
    static const char *const names[] = {
        "statistics_overview_figures", "statistics_overview_status", "statistics_overview_packages",
        "statistics_overview_months",  "statistics_overview_value",  NULL};
    call_queue(db, DB_BROWSE, CALL_READ, names, NULL, deliver_overview, (call_reply_fn *)on_reply,
               owner);
}

/* ---- Recurring revenue ---- */

static void deliver_recurring(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    statistics_recurring_fn *on_reply = (statistics_recurring_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct statistics_recurring months[STATISTICS_MONTHS];
    int count = 0;
    for (struct row row = row_first(results[0]); row_exists(&row) && count < STATISTICS_MONTHS;
         row_next(&row)) {
        struct statistics_recurring *month = &months[count++];
        month->month = row_date(&row);
        month->at_end = row_money(&row);
        month->new_ = row_money(&row);
        month->lost = row_money(&row);
        month->frozen = row_money(&row);
    }
    on_reply(call->owner, months, count, NULL);
}

void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "statistics_recurring", NULL, deliver_recurring,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Today ---- */

static void deliver_today(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    statistics_today_fn *on_reply = (statistics_today_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct statistics_today today;
    struct row row = row_first(results[0]);
    row_text(&row, today.gym_name, sizeof today.gym_name);
    today.day = row_date(&row);
    today.now_local = row_moment(&row);
    today.check_ins = row_int(&row);
    today.check_outs = row_int(&row);
    today.inside = row_int(&row);
    today.capacity = row_int(&row);
    bool unknown = row_is_null(&row);
    today.usual_now = row_int(&row);
    if (unknown)
        today.usual_now = -1;
    today.denied = row_int(&row);
    today.overridden = row_int(&row);
    today.auto_closed = row_int(&row);
    today.joined = row_int(&row);
    today.renewed = row_int(&row);
    today.cancelled = row_int(&row);
    today.expiring_today = row_int(&row);
    today.birthdays = row_int(&row);
    today.taken = row_money(&row);
    today.taken_card = row_money(&row);
    today.taken_debit = row_money(&row);
    today.taken_cash = row_money(&row);
    today.taken_other = row_money(&row);
    today.refunded = row_money(&row);
    today.due_today = row_money(&row);
    on_reply(call->owner, &today, NULL);
}

void statistics_today(struct db *db, statistics_today_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "statistics_today", NULL, deliver_today,
             (call_reply_fn *)on_reply, owner);
}
