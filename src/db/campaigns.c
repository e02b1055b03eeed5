/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/campaigns.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/db/jobs.h"
#include "lane.h"
#include "page.h"

#define PAGE_LIMIT 500

/* An interval that reaches no further than this from zero says that nothing much happened; a wider
 * one says that it is not known. */
#define SMALL_EFFECT 0.05

static void deliver_created(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    campaign_created_fn *on_reply = (campaign_created_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct campaign_created created;
    created.campaign_id = row_integer(&row);
    created.offer = row_int(&row);
    created.holdout = row_int(&row);
    created.left_out = row_int(&row);
    created.open_until = row_date(&row);
    created.job_id = row_integer(&row);
    created.worker_is_alive = row_bool(&row);
    on_reply(call->owner, &created, NULL);
}

/* "{10001,10002}"; NULL for none. Freed by the caller. */
static char *write_array(const int64_t *numbers, int count)
{
    if (count < 1)
        return NULL;
    size_t size = (size_t)count * 21 + 3, length = 1;
    char *text = malloc(size);
    if (!text)
        return NULL;
    text[0] = '{';
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, size - length, i ? ",%" PRId64 : "%" PRId64,
                                   numbers[i]);
    snprintf(text + length, size - length, "}");
    return text;
}

static void refuse_members(struct db *db, campaign_created_fn *on_reply, void *owner)
{
    struct error error;
    error_set(&error, ERROR_SYSTEM, "Choose fewer members.", "not enough memory");
    call_refuse(db, &error, deliver_created, (call_reply_fn *)on_reply, owner);
}

static void add_cost(struct parameters *parameters, bool has_cost, money cost)
{
    if (has_cost)
        parameters_money(parameters, cost);
    else
        parameters_text(parameters, NULL);
}

void campaigns_create(struct db *db, const struct campaign_edit *edit,
                      campaign_created_fn *on_reply, void *owner)
{
    static const struct segment_choice everybody_named;
    const struct segment_choice *choice =
        edit->choice && edit->member_count < 1 ? edit->choice : &everybody_named;
    char share[40];
    char *members = write_array(edit->members, edit->member_count);
    if (edit->member_count > 0 && !members) {
        refuse_members(db, on_reply, owner);
        return;
    }
    snprintf(share, sizeof share, "%.17g", edit->holdout_share);
    struct parameters parameters = {0};
    parameters_text(&parameters, edit->id.text);
    parameters_text(&parameters, edit->name);
    parameters_text(&parameters, edit->offer);
    parameters_id(&parameters, edit->slot);
    parameters_text(&parameters, share);
    parameters_integer(&parameters, edit->window_days);
    parameters_text(&parameters, members);
    parameters_text(&parameters, choice->segment);
    parameters_text(&parameters, choice->type);
    parameters_id(&parameters, choice->r);
    parameters_id(&parameters, choice->f);
    parameters_text(&parameters, choice->search);
    parameters_bool(&parameters, choice->at_risk);
    add_cost(&parameters, edit->has_cost, edit->cost);
    parameters_integer(&parameters, edit->member_count > 0 ? 0 : edit->parts);
    parameters_integer(&parameters, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_WRITE, "campaigns_create", &parameters, deliver_created,
             (call_reply_fn *)on_reply, owner);
    free(members);
}

void campaigns_add(struct db *db, struct request_id id, int64_t campaign_id, int part,
                   const int64_t *members, int count, campaign_created_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    char *list = write_array(members, count);
    if (!list) {
        refuse_members(db, on_reply, owner);
        return;
    }
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, campaign_id);
    parameters_integer(&parameters, part);
    parameters_text(&parameters, list);
    parameters_integer(&parameters, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_WRITE, "campaigns_add", &parameters, deliver_created,
             (call_reply_fn *)on_reply, owner);
    free(list);
}

void campaigns_retry(struct db *db, struct request_id id, int64_t campaign_id,
                     campaign_created_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, campaign_id);
    parameters_integer(&parameters, JOB_WORKER_SILENCE);
    call_one(db, DB_DESK, CALL_WRITE, "campaigns_retry", &parameters, deliver_created,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_changed(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    campaign_changed_fn *on_reply = (campaign_changed_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct campaign_changed changed = {.is_saved = row_bool(&row)};
    changed.row_version = row_int(&row);
    row_text(&row, changed.name, sizeof changed.name);
    row_text(&row, changed.offer, sizeof changed.offer);
    changed.has_cost = !row_is_null(&row);
    changed.cost = row_money(&row);
    changed.until = row_date(&row);
    row_text(&row, changed.changed_by, sizeof changed.changed_by);
    on_reply(call->owner, &changed, NULL);
}

void campaigns_edit(struct db *db, const struct campaign_change *change,
                    campaign_changed_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, change->id.text);
    parameters_integer(&parameters, change->campaign_id);
    parameters_integer(&parameters, change->row_version);
    parameters_text(&parameters, change->name);
    parameters_text(&parameters, change->offer);
    add_cost(&parameters, change->has_cost, change->cost);
    parameters_date(&parameters, change->until);
    call_one(db, DB_DESK, CALL_WRITE, "campaigns_edit", &parameters, deliver_changed,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_ended(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    campaign_ended_fn *on_reply = (campaign_ended_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct campaign_ended ended = {.is_removed = row_bool(&row)};
    row_text(&row, ended.name, sizeof ended.name);
    ended.until = row_date(&row);
    on_reply(call->owner, &ended, NULL);
}

void campaigns_end(struct db *db, struct request_id id, int64_t campaign_id,
                   campaign_ended_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, campaign_id);
    call_one(db, DB_DESK, CALL_WRITE, "campaigns_end", &parameters, deliver_ended,
             (call_reply_fn *)on_reply, owner);
}

static struct campaign_arm read_arm(struct row *row)
{
    struct campaign_arm arm = {.members = row_int(row)};
    arm.successes = row_int(row);
    arm.rate = arm.members > 0 ? (double)arm.successes / arm.members : (double)NAN;
    return arm;
}

static enum campaign_verdict judge(const struct campaign_row *campaign, bool is_open)
{
    if (is_open)
        return CAMPAIGN_OPEN;
    if (isnan(campaign->difference))
        return CAMPAIGN_ALONE;
    if (campaign->low > 0)
        return CAMPAIGN_HELPED;
    if (campaign->high < 0)
        return CAMPAIGN_HARMED;
    return campaign->low > -SMALL_EFFECT && campaign->high < SMALL_EFFECT ? CAMPAIGN_NO_EFFECT
                                                                          : CAMPAIGN_TOO_FEW;
}

/* By enum campaign_state, as in SQL: those of its job. */
static const char *const state_names[] = {"begun",  "list",      "waiting", "running",
                                          "failed", "cancelled", NULL};

static double number_or_none(struct row *row)
{
    bool none = row_is_null(row);
    double value = row_number(row);
    return none ? (double)NAN : value;
}

static void deliver_list(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    campaigns_fn *on_reply = (campaigns_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct campaign_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct campaign_row *campaign = &rows[count++];
        campaign->campaign_id = row_integer(&row);
        row_text(&row, campaign->name, sizeof campaign->name);
        row_text(&row, campaign->offer, sizeof campaign->offer);
        row_text(&row, campaign->created_by, sizeof campaign->created_by);
        int slot = row_int(&row);
        campaign->slot = slot == 1   ? CAMPAIGN_WIN_BACK
                         : slot == 2 ? CAMPAIGN_RENEWAL
                                     : CAMPAIGN_ANY;
        campaign->holdout_share = row_number(&row);
        campaign->starts_on = row_date(&row);
        campaign->open_until = row_date(&row);
        campaign->offer_arm = read_arm(&row);
        campaign->holdout_arm = read_arm(&row);
        campaign->contacted = row_int(&row);
        campaign->difference = number_or_none(&row);
        campaign->low = number_or_none(&row);
        campaign->high = number_or_none(&row);
        campaign->verdict = judge(campaign, row_bool(&row));
        campaign->measured_local = row_moment(&row);
        campaign->row_version = row_int(&row);
        campaign->has_cost = !row_is_null(&row);
        campaign->cost = row_money(&row);
        campaign->was_ended = row_bool(&row);
        campaign->left_out = row_int(&row);
        campaign->state = (enum campaign_state)row_word(&row, state_names, CAMPAIGN_FAILED);
        campaign->drawn = row_number(&row);
        row_text(&row, campaign->error, sizeof campaign->error);
    }
    on_reply(call->owner, rows, count, NULL);
    free(rows);
}

void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "campaigns_list", NULL, deliver_list,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_members(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    campaign_members_fn *on_reply = (campaign_members_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    struct page page = page_of(call, results[0]);
    struct campaign_member *rows = rows_allocate(page.count, sizeof *rows);
    if (!rows)
        page.count = 0;
    struct row row = row_first(results[0]);
    for (int i = 0; i < page.count; i++, row_next(&row)) {
        struct campaign_member *member = &rows[i];
        member->customer_id = row_integer(&row);
        row_text(&row, member->name, sizeof member->name);
        row_text(&row, member->phone, sizeof member->phone);
        row_text(&row, member->email, sizeof member->email);
        row_text(&row, member->plan, sizeof member->plan);
        row_text(&row, member->segment, sizeof member->segment);
        member->is_held_out = row_bool(&row);
        member->succeeded = row_bool(&row);
        member->succeeded_on = row_date(&row);
        member->contacted_local = row_moment(&row);
    }
    on_reply(call->owner, rows, page.count, page.more, NULL);
    free(rows);
}

void campaigns_members(struct db *db, int64_t campaign_id, const char *search,
                       const struct campaign_member *anchor, int limit,
                       campaign_members_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    limit = limit < 1 ? 1 : limit > PAGE_LIMIT ? PAGE_LIMIT : limit;
    parameters_integer(&parameters, campaign_id);
    parameters_id(&parameters, anchor ? anchor->customer_id : 0);
    parameters_integer(&parameters, limit + 1);
    parameters_text(&parameters, search);
    parameters.note = page_note(limit, false);
    call_one(db, DB_BROWSE, CALL_READ, "campaigns_members", &parameters, deliver_members,
             (call_reply_fn *)on_reply, owner);
}
