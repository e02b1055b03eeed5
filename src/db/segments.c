/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/db/jobs.h"
#include "lane.h"
#include "page.h"

#define PAGE_LIMIT 500

const char *const segment_names[SEGMENTS_COUNT + 1] = {
    "Champions",      "Loyal",      "Potential", "New",         "Promising", "Need Attention",
    "About to Sleep", "Can't Lose", "At Risk",   "Hibernating", "Lost",      NULL};

const char *const segment_type_names[SEGMENTS_TYPE_COUNT + 1] = {"Star", "Vulnerable", "Free Rider",
                                                                 "Lost Cause", NULL};

/* The next column, NaN for NULL. */
static double number_or_none(struct row *row)
{
    bool none = row_is_null(row);
    double value = row_number(row);
    return none ? (double)NAN : value;
}

static int clamp_limit(int limit)
{
    return limit < 1 ? 1 : limit > PAGE_LIMIT ? PAGE_LIMIT : limit;
}

/* ---- Datasets ---- */

static void deliver_datasets(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    datasets_fn *on_reply = (datasets_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct dataset_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct dataset_row *dataset = &rows[count++];
        dataset->dataset_id = row_integer(&row);
        row_text(&row, dataset->name, sizeof dataset->name);
        row_text(&row, dataset->kind, sizeof dataset->kind);
        row_text(&row, dataset->currency, sizeof dataset->currency);
        dataset->has_contract = row_bool(&row);
        dataset->customers = row_integer(&row);
        dataset->transactions = row_integer(&row);
        dataset->as_of = row_date(&row);
        dataset->refreshed_local = row_moment(&row);
        dataset->grace_days = (int)row_integer(&row);
        dataset->silent_days = (int)row_integer(&row);
    }
    on_reply(call->owner, rows, count, NULL);
    free(rows);
}

void datasets_list(struct db *db, datasets_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "datasets_list", NULL, deliver_datasets,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_settings(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    struct dataset_settings settings = {0};
    if (!error) {
        struct row row = row_first(results[0]);
        settings.job_id = row_integer(&row);
        settings.grace_days = (int)row_integer(&row);
        settings.silent_days = (int)row_integer(&row);
        settings.worker_is_alive = row_bool(&row);
    }
    ((dataset_set_fn *)call->on_reply)(call->owner, error ? NULL : &settings, error);
}

void dataset_set(struct db *db, struct request_id id, const char *name, int grace_days,
                 int silent_days, dataset_set_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_text(&parameters, name);
    parameters_integer(&parameters, grace_days);
    parameters_integer(&parameters, silent_days);
    parameters_integer(&parameters, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_WRITE, "dataset_set", &parameters, deliver_settings,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Segments and types ---- */

struct sum {
    int64_t customers, valued;
    double revenue, clv, at_stake;
};

static void add_sum(struct sum *sum, const struct sum *group)
{
    sum->customers += group->customers;
    sum->valued += group->valued;
    sum->revenue += group->revenue;
    sum->clv += group->clv;
    sum->at_stake += group->at_stake; /* NaN stays NaN */
}

static struct segment_figures figures_of(const struct sum *sum, int64_t of)
{
    return (struct segment_figures){
        .customers = sum->customers,
        .share = of > 0 ? (double)sum->customers / (double)of : 0,
        .revenue = sum->revenue,
        .clv_mean = sum->valued > 0 ? sum->clv / (double)sum->valued : (double)NAN,
        .clv_total = sum->clv,
        .at_stake = sum->at_stake,
    };
}

static void deliver_segments(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    segments_fn *on_reply = (segments_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct segments segments = {.as_of = DATE_NONE};
    double most = 0;
    struct sum all = {0}, by_segment[SEGMENTS_COUNT] = {{0}}, by_type[SEGMENTS_TYPE_COUNT] = {{0}};
    for (struct row row = row_first(results[0]); row_exists(&row); row_next(&row)) {
        int segment = row_word(&row, segment_names, -1);
        int type = row_word(&row, segment_type_names, -1);
        int r = row_int(&row), f = row_int(&row);
        struct sum group = {.customers = row_integer(&row)};
        group.revenue = row_number(&row);
        group.valued = row_integer(&row);
        group.clv = row_number(&row);
        group.at_stake = number_or_none(&row);
        int32_t as_of = row_date(&row);
        if (segments.as_of == DATE_NONE || as_of > segments.as_of)
            segments.as_of = as_of;
        if (group.clv > most) { /* those who left make a crowd, and no value */
            most = group.clv;
            row_text(&row, segments.model, sizeof segments.model);
        }
        add_sum(&all, &group);
        if (segment >= 0)
            add_sum(&by_segment[segment], &group);
        if (type >= 0)
            add_sum(&by_type[type], &group);
        if (r >= 1 && r <= 5 && f >= 1 && f <= 5)
            segments.cells[r - 1][f - 1] += group.customers;
        if (segment >= 0 && r >= 1 && r <= 5 && f >= 1 && f <= 5)
            segments.cells_of[segment][r - 1][f - 1] += group.customers;
    }
    segments.customers = all.customers;
    segments.all = figures_of(&all, all.customers);
    for (int i = 0; i < SEGMENTS_COUNT; i++)
        segments.by_segment[i] = figures_of(&by_segment[i], all.customers);
    for (int i = 0; i < SEGMENTS_TYPE_COUNT; i++)
        segments.by_type[i] = figures_of(&by_type[i], all.customers);
    on_reply(call->owner, &segments, NULL);
}

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, dataset_id);
    call_one(db, DB_BROWSE, CALL_READ, dataset_id ? "segments_of_dataset" : "segments_of_gym",
             &parameters, deliver_segments, (call_reply_fn *)on_reply, owner);
}

/* ---- Customers of a choice ---- */

static void read_customer(struct row *row, struct segment_customer *customer)
{
    customer->customer_id = row_integer(row);
    row_text(row, customer->name, sizeof customer->name);
    row_text(row, customer->plan, sizeof customer->plan);
    row_text(row, customer->phone, sizeof customer->phone);
    row_text(row, customer->email, sizeof customer->email);
    row_text(row, customer->segment, sizeof customer->segment);
    row_text(row, customer->type, sizeof customer->type);
    customer->r = row_int(row);
    customer->f = row_int(row);
    customer->m = row_int(row);
    customer->recency = row_int(row);
    customer->frequency = row_number(row);
    customer->paid = row_number(row);
    customer->clv = number_or_none(row);
    customer->p_stay = number_or_none(row);
    customer->at_stake = number_or_none(row);
    customer->last_visit = row_date(row);
    customer->ends = row_date(row);
}

static void deliver_customers(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    segment_customers_fn *on_reply = (segment_customers_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    const PGresult *result = results[1]; /* the first says how to plan it */
    struct page page = page_of(call, result);
    struct segment_customer *rows = rows_allocate(page.count, sizeof *rows);
    if (!rows)
        page.count = 0;
    struct row row = row_first(result);
    for (int i = 0; i < page.count; i++, row_next(&row))
        read_customer(&row, &rows[page_place(&page, i)]);
    on_reply(call->owner, rows, page.count, page.more, NULL);
    free(rows);
}

static const char *const sort_names[SEGMENT_SORT_COUNT] = {
    [SEGMENT_SORT_CLV] = "clv",   [SEGMENT_SORT_AT_STAKE] = "stake",
    [SEGMENT_SORT_PAID] = "paid", [SEGMENT_SORT_RECENCY] = "recency",
    [SEGMENT_SORT_NAME] = "name",
};

void segments_customers(struct db *db, const struct segment_query *query,
                        segment_customers_fn *on_reply, void *owner)
{
    static const char *const statements[2][2] = {
        {"segments_gym_ascending", "segments_gym_descending"},
        {"segments_dataset_ascending", "segments_dataset_descending"},
    };
    int limit = clamp_limit(query->limit);
    struct parameters parameters = {0};
    parameters_integer(&parameters, query->dataset_id);
    parameters_text(&parameters, query->choice.segment);
    parameters_text(&parameters, query->choice.type);
    parameters_id(&parameters, query->choice.r);
    parameters_id(&parameters, query->choice.f);
    parameters_text(&parameters, query->choice.search);
    parameters_bool(&parameters, query->choice.at_risk);
    parameters_text(&parameters, sort_names[query->sort]);
    parameters_id(&parameters, query->anchor ? query->anchor->customer_id : 0);
    parameters_integer(&parameters, limit + 1);
    parameters.note = page_note(limit, query->before);
    const char *const names[] = {
        "members_plan_with_values",
        statements[query->dataset_id != 0][query->descending != query->before],
        NULL,
    };
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_customers,
               (call_reply_fn *)on_reply, owner);
}

/* ---- At risk ---- */

static void deliver_at_risk(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    at_risk_fn *on_reply = (at_risk_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, NULL, 0, false, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct at_risk all;
    all.members = row_integer(&row);
    all.at_stake = row_number(&row);
    all.snoozed = row_integer(&row);
    all.snoozed_at_stake = row_number(&row);
    all.as_of = row_date(&row);

    struct page page = page_of(call, results[1]);
    struct at_risk_row *rows = rows_allocate(page.count, sizeof *rows);
    if (!rows)
        page.count = 0;
    row = row_first(results[1]);
    for (int i = 0; i < page.count; i++, row_next(&row)) {
        struct at_risk_row *member = &rows[i];
        member->customer_id = row_integer(&row);
        row_text(&row, member->name, sizeof member->name);
        row_text(&row, member->plan, sizeof member->plan);
        row_text(&row, member->phone, sizeof member->phone);
        row_text(&row, member->email, sizeof member->email);
        row_text(&row, member->segment, sizeof member->segment);
        row_text(&row, member->reason, sizeof member->reason);
        member->last_visit = row_date(&row);
        member->ends = row_date(&row);
        member->clv = row_number(&row);
        member->at_stake = row_number(&row);
        member->p_stay = number_or_none(&row);
        member->p_stay_usual = number_or_none(&row);
        member->contact_local = row_moment(&row);
        row_text(&row, member->contact_outcome, sizeof member->contact_outcome);
        row_text(&row, member->campaign, sizeof member->campaign);
        member->is_held_out = row_bool(&row);
        member->clv_low = number_or_none(&row);
        member->clv_high = number_or_none(&row);
        row_text(&row, member->model, sizeof member->model);
    }
    on_reply(call->owner, &all, rows, page.count, page.more, NULL);
    free(rows);
}

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    static const char *const names[] = {"segments_at_risk_totals", "segments_at_risk", NULL};
    struct parameters parameters = {0};
    limit = clamp_limit(limit);
    parameters_id(&parameters, anchor ? anchor->customer_id : 0);
    parameters_integer(&parameters, limit + 1);
    parameters_text(&parameters, search);
    parameters.note = page_note(limit, false);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_at_risk,
               (call_reply_fn *)on_reply, owner);
}
