/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "office/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "gymtui/screens/analytics.h"
#include "support.h"

struct office_saw office_saw;

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    (void)db;
    office_saw.dataset_read = dataset_id;
    on_reply(owner, &office_saw.segments, NULL);
}

void segments_customers(struct db *db, const struct segment_query *query,
                        segment_customers_fn *on_reply, void *owner)
{
    struct segment_customer found[OFFICE_CUSTOMERS];
    int count = 0;
    (void)db;
    office_saw.query = *query;
    office_saw.queries++;
    snprintf(office_saw.search, sizeof office_saw.search, "%s", query->choice.search);
    for (int i = 0; i < OFFICE_CUSTOMERS; i++)
        if (strstr(office_saw.customers[i].name, query->choice.search))
            found[count++] = office_saw.customers[i];
    if (query->anchor) /* the export's second page is empty */
        count = 0;
    if (!office_saw.more || !query->anchor) /* the next page is not there yet */
        on_reply(owner, found, count, office_saw.more, NULL);
}

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    snprintf(office_saw.search, sizeof office_saw.search, "%s", search ? search : "");
    office_saw.risk_reads++;
    on_reply(owner, &office_saw.at_risk, office_saw.risks, anchor ? 0 : office_saw.risk_count,
             false, NULL);
}

void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_saw.campaigns, office_saw.campaign_count, NULL);
}

void campaigns_members(struct db *db, int64_t campaign_id, const char *search,
                       const struct campaign_member *anchor, int limit,
                       campaign_members_fn *on_reply, void *owner)
{
    struct campaign_member rows[4] = {{.customer_id = 0}};
    (void)db;
    (void)campaign_id;
    (void)limit;
    snprintf(office_saw.search, sizeof office_saw.search, "%s", search ? search : "");
    for (int i = 0; i < 4; i++) {
        rows[i].customer_id = office_members[i].customer_id;
        memcpy(rows[i].name, office_members[i].name, sizeof rows[i].name);
        memcpy(rows[i].phone, office_members[i].phone, sizeof rows[i].phone);
        snprintf(rows[i].segment, sizeof rows[i].segment, "Lost");
        rows[i].is_held_out = i == 2;
        rows[i].succeeded = i == 1;
        rows[i].succeeded_on = i == 1 ? OFFICE_TODAY - 4 : DATE_NONE;
        rows[i].contacted_local = i == 0 ? OFFICE_NOW - 86400 : MOMENT_NONE;
    }
    on_reply(owner, rows, anchor ? 0 : 4, false, NULL);
}

void campaigns_create(struct db *db, const struct campaign_edit *edit,
                      campaign_created_fn *on_reply, void *owner)
{
    struct campaign_created created = {.campaign_id = 7,
                                       .offer = 68,
                                       .holdout = 17,
                                       .left_out = 2,
                                       .open_until = OFFICE_TODAY + 60};
    (void)db;
    office_saw.created = *edit;
    office_saw.creations++;
    snprintf(office_saw.created_name, sizeof office_saw.created_name, "%s", edit->name);
    office_saw.created_choice = *edit->choice;
    on_reply(owner, &created, NULL);
}

void campaigns_edit(struct db *db, const struct campaign_change *change,
                    campaign_changed_fn *on_reply, void *owner)
{
    struct campaign_changed changed = {.is_saved = change->row_version != 1,
                                       .row_version = 2,
                                       .has_cost = true,
                                       .cost = 30000,
                                       .until = OFFICE_TODAY + 9};
    (void)db;
    office_saw.changes++;
    office_saw.changed_version = change->row_version;
    office_saw.changed_cost = change->has_cost ? change->cost : -1;
    snprintf(office_saw.changed_name, sizeof office_saw.changed_name, "%s", change->name);
    snprintf(changed.name, sizeof changed.name, "Autumn call");
    snprintf(changed.changed_by, sizeof changed.changed_by, "Petra");
    on_reply(owner, &changed, NULL);
}

void campaigns_end(struct db *db, struct request_id id, int64_t campaign_id,
                   campaign_ended_fn *on_reply, void *owner)
{
    struct campaign_ended ended = {.is_removed = office_saw.campaigns[0].state != CAMPAIGN_BEGUN,
                                   .name = "Autumn",
                                   .until = OFFICE_TODAY};
    (void)db;
    (void)id;
    office_saw.ended = campaign_id;
    on_reply(owner, &ended, NULL);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    (void)db;
    office_saw.logged = *entry;
    office_saw.contacts++;
    on_reply(owner, 1, NULL);
}

void datasets_list(struct db *db, datasets_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_saw.datasets, office_saw.dataset_count, NULL);
}

static void fill_segments(void)
{
    static const int counts[SEGMENTS_COUNT] = {109, 121, 96, 24, 31, 38, 71, 15, 75, 148, 111};
    static const double values[SEGMENTS_COUNT] = {412, 377, 298, 155, 120, 240,
                                                  95,  430, 288, 31,  4};
    static const double stakes[SEGMENTS_COUNT] = {0,    0,    210.4, 0,    95, 1100,
                                                  1800, 3900, 9800,  1995, 0};
    /* The cells of each segment, as r and f, ended by zero. */
    static const int cells[SEGMENTS_COUNT][9] = {
        {54, 55}, {44, 45, 34, 35}, {52, 53, 42, 43}, {51},         {41}, {33},
        {31, 32}, {25, 15},         {23, 24, 13, 14}, {21, 22, 12}, {11}};
    struct segments *segments = &office_saw.segments;
    segments->as_of = OFFICE_TODAY;
    snprintf(segments->model, sizeof segments->model, "renewal hazard");
    for (int i = 0; i < SEGMENTS_COUNT; i++) {
        struct segment_figures *figures = &segments->by_segment[i];
        *figures = (struct segment_figures){.customers = counts[i],
                                            .share = counts[i] / 839.0,
                                            .revenue = counts[i] * values[i] * .8,
                                            .clv_mean = values[i],
                                            .clv_total = values[i] * counts[i],
                                            .at_stake = stakes[i]};
        segments->customers += counts[i];
        segments->all.revenue += figures->revenue;
        segments->all.clv_total += figures->clv_total;
        segments->all.at_stake += figures->at_stake;
        int used = 0;
        while (used < 9 && cells[i][used])
            used++;
        for (int c = 0; c < used; c++) {
            int r = cells[i][c] / 10 - 1, f = cells[i][c] % 10 - 1;
            int share = counts[i] / used + (c == 0 ? counts[i] % used : 0);
            segments->cells[r][f] += share;
            segments->cells_of[i][r][f] += share;
        }
    }
    segments->all.customers = segments->customers;
    segments->all.share = 1;
    segments->all.clv_mean = segments->all.clv_total / (double)segments->customers;
    for (int i = 0; i < SEGMENTS_TYPE_COUNT; i++)
        segments->by_type[i] = segments->by_segment[(size_t)i * 2];
}

static void fill_people(void)
{
    for (int i = 0; i < OFFICE_CUSTOMERS; i++) {
        struct segment_customer *customer = &office_saw.customers[i];
        const struct member_row *member = &office_members[i];
        *customer = (struct segment_customer){.customer_id = member->customer_id,
                                              .r = 1 + i % 2,
                                              .f = 5,
                                              .m = 1 + i % 5,
                                              .recency = 20 + i,
                                              .frequency = 31 - i,
                                              .paid = 349 - 20 * i,
                                              .clv = 520.5 - 40 * i,
                                              .p_stay = .62 - .05 * i,
                                              .at_stake = 140 - 15 * i,
                                              .last_visit = OFFICE_TODAY - 20 - i,
                                              .ends = member->ends};
        memcpy(customer->name, member->name, sizeof customer->name);
        memcpy(customer->plan, member->plan, sizeof customer->plan);
        memcpy(customer->phone, member->phone, sizeof customer->phone);
        snprintf(customer->segment, sizeof customer->segment, "Can't Lose");
        snprintf(customer->type, sizeof customer->type, i % 2 ? "Star" : "Vulnerable");
    }
    office_saw.at_risk = (struct at_risk){.members = 61,
                                          .at_stake = 18900.4,
                                          .snoozed = 3,
                                          .snoozed_at_stake = 800,
                                          .as_of = OFFICE_TODAY};
    office_saw.risk_count = OFFICE_RISKS;
    for (int i = 0; i < OFFICE_RISKS; i++) {
        struct at_risk_row *row = &office_saw.risks[i];
        const struct member_row *member = &office_members[i];
        *row = (struct at_risk_row){.customer_id = member->customer_id,
                                    .last_visit = OFFICE_TODAY - 19 - i,
                                    .ends = member->ends,
                                    .clv = 612 - 30 * i,
                                    .clv_low = i == 2 ? (double)NAN : 540 - 30 * i,
                                    .clv_high = i == 2 ? (double)NAN : 690 - 30 * i,
                                    .at_stake = 402 - 40 * i,
                                    .p_stay = .24 + .03 * i,
                                    .p_stay_usual = .91,
                                    .contact_local =
                                        i == 1 ? OFFICE_NOW - INT64_C(86400) * 9 : MOMENT_NONE,
                                    .is_held_out = i == 3};
        memcpy(row->name, member->name, sizeof row->name);
        memcpy(row->plan, member->plan, sizeof row->plan);
        memcpy(row->phone, member->phone, sizeof row->phone);
        snprintf(row->segment, sizeof row->segment, "At Risk");
        snprintf(row->model, sizeof row->model, "renewal hazard");
        snprintf(row->reason, sizeof row->reason, "usually %.1f a week, silent for %d days",
                 2.1 + .2 * i, 19 + i);
        if (i == 1)
            snprintf(row->contact_outcome, sizeof row->contact_outcome, "no answer");
        if (i == 3)
            snprintf(row->campaign, sizeof row->campaign, "Autumn");
    }
}

static void fill_campaigns(void)
{
    static const struct {
        const char *name;
        enum campaign_slot slot;
        int n, successes, held, held_successes;
        double low, high;
        enum campaign_verdict verdict;
        int began;
    } rows[6] = {
        {"Can't Lose, 21 Nov", CAMPAIGN_ANY, 12, 2, 3, 0, -.32, .45, CAMPAIGN_OPEN, 6},
        {"Win-back of the summer", CAMPAIGN_WIN_BACK, 70, 56, 80, 48, .0524, .3339, CAMPAIGN_HELPED,
         90},
        {"Annual for monthly", CAMPAIGN_RENEWAL, 41, 9, 10, 2, -.2834, .2441, CAMPAIGN_TOO_FEW, 75},
        {"Free shake", CAMPAIGN_ANY, 900, 300, 900, 297, -.0401, .0466, CAMPAIGN_NO_EFFECT, 120},
        {"Three mails a week", CAMPAIGN_ANY, 200, 20, 200, 44, -.19, -.05, CAMPAIGN_HARMED, 300},
        {"All of them", CAMPAIGN_ANY, 35, 12, 0, 0, NAN, NAN, CAMPAIGN_ALONE, 340},
    };
    office_saw.campaign_count = 6;
    for (int i = 0; i < 6; i++) {
        struct campaign_row *row = &office_saw.campaigns[i];
        *row = (struct campaign_row){
            .campaign_id = 6 - i,
            .slot = rows[i].slot,
            .holdout_share = .2,
            .starts_on = OFFICE_TODAY - rows[i].began,
            .open_until = OFFICE_TODAY - rows[i].began + 30,
            .offer_arm = {rows[i].n, rows[i].successes, (double)rows[i].successes / rows[i].n},
            .holdout_arm = {rows[i].held, rows[i].held_successes, NAN},
            .contacted = 5,
            .difference = NAN,
            .low = rows[i].low,
            .high = rows[i].high,
            .verdict = rows[i].verdict,
            .measured_local = OFFICE_NOW - 30000};
        if (rows[i].held > 0) {
            row->holdout_arm.rate = (double)rows[i].held_successes / rows[i].held;
            row->difference = row->offer_arm.rate - row->holdout_arm.rate;
        }
        snprintf(row->name, sizeof row->name, "%s", rows[i].name);
        snprintf(row->offer, sizeof row->offer, "%s", i % 2 ? "" : "a free month");
        snprintf(row->created_by, sizeof row->created_by, "Anna");
    }
}

void office_begin(void)
{
    memset(&office_saw, 0, sizeof office_saw);
    fill_segments();
    fill_people();
    fill_campaigns();
    office_saw.dataset_count = 2;
    office_saw.datasets[0] = (struct dataset_row){.name = "Iron Temple",
                                                  .kind = "gym",
                                                  .currency = "EUR",
                                                  .has_contract = true,
                                                  .customers = 839};
    office_saw.datasets[1] = (struct dataset_row){
        .dataset_id = 12, .name = "cdnow", .kind = "import", .currency = "USD", .customers = 2357};
}

struct host *office_open_page(const char *page)
{
    struct analytics_argument argument = {.page = page};
    return fake_open(&screen_analytics, &argument, NULL);
}

void office_expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host), *whole = strdup(text);
    assert_non_null(whole);
    for (char *s = whole; *s; s++) /* sentences are wrapped */
        if (*s == '\n' && s[1] == ' ')
            memmove(s, s + 1, strlen(s));
    if (!strstr(text, wanted) && !strstr(whole, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(whole);
    free(text);
}

void office_check(const char *name, struct host *host)
{
    golden_check(name, fake_draw, host);
}

void office_check_all(const char *name, struct host *host)
{
    golden_check(name, fake_draw, host);
    golden_check_sizes(name, fake_draw, host);
}
