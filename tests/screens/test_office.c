/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office: segments and their members, the queue of those at risk, campaigns, and the choice of
 * a dataset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>
#include <unistd.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/db/contacts.h"
#include "gymtui/screens/analytics.h"
#include "gymtui/screens/message.h"
#include "office_data.h"
#include "support.h"

#define CUSTOMERS 9
#define RISKS     6

static struct {
    struct segments segments;
    struct segment_customer customers[CUSTOMERS];
    struct segment_query query; /* the last one */
    char search[64];
    int queries;
    struct at_risk at_risk;
    struct at_risk_row risks[RISKS];
    int risk_count, risk_reads;
    struct campaign_row campaigns[6];
    int campaign_count;
    struct campaign_edit created;
    int changes, changed_version;
    money changed_cost;
    char changed_name[80];
    int64_t ended;
    char created_name[80];
    struct segment_choice created_choice;
    int creations;
    struct contact_entry logged;
    int contacts;
    struct dataset_row datasets[2];
    int64_t dataset_read;
} db_saw;

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.dataset_read = dataset_id;
    on_reply(owner, &db_saw.segments, NULL);
}

void segments_customers(struct db *db, const struct segment_query *query,
                        segment_customers_fn *on_reply, void *owner)
{
    struct segment_customer found[CUSTOMERS];
    int count = 0;
    (void)db;
    db_saw.query = *query;
    db_saw.queries++;
    snprintf(db_saw.search, sizeof db_saw.search, "%s", query->choice.search);
    for (int i = 0; i < CUSTOMERS; i++)
        if (strstr(db_saw.customers[i].name, query->choice.search))
            found[count++] = db_saw.customers[i];
    if (query->anchor) /* the export's second page is empty */
        count = 0;
    on_reply(owner, found, count, false, NULL);
}

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    snprintf(db_saw.search, sizeof db_saw.search, "%s", search ? search : "");
    db_saw.risk_reads++;
    on_reply(owner, &db_saw.at_risk, db_saw.risks, anchor ? 0 : db_saw.risk_count, false, NULL);
}

void campaigns_list(struct db *db, campaigns_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, db_saw.campaigns, db_saw.campaign_count, NULL);
}

void campaigns_members(struct db *db, int64_t campaign_id, const char *search,
                       const struct campaign_member *anchor, int limit,
                       campaign_members_fn *on_reply, void *owner)
{
    struct campaign_member rows[4] = {{.customer_id = 0}};
    (void)db;
    (void)campaign_id;
    (void)limit;
    snprintf(db_saw.search, sizeof db_saw.search, "%s", search ? search : "");
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
    db_saw.created = *edit;
    db_saw.creations++;
    snprintf(db_saw.created_name, sizeof db_saw.created_name, "%s", edit->name);
    db_saw.created_choice = *edit->choice;
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
    db_saw.changes++;
    db_saw.changed_version = change->row_version;
    db_saw.changed_cost = change->has_cost ? change->cost : -1;
    snprintf(db_saw.changed_name, sizeof db_saw.changed_name, "%s", change->name);
    snprintf(changed.name, sizeof changed.name, "Autumn call");
    snprintf(changed.changed_by, sizeof changed.changed_by, "Petra");
    on_reply(owner, &changed, NULL);
}

void campaigns_end(struct db *db, struct request_id id, int64_t campaign_id,
                   campaign_ended_fn *on_reply, void *owner)
{
    struct campaign_ended ended = {.is_removed = db_saw.campaigns[0].state != CAMPAIGN_BEGUN,
                                   .name = "Autumn",
                                   .until = OFFICE_TODAY};
    (void)db;
    (void)id;
    db_saw.ended = campaign_id;
    on_reply(owner, &ended, NULL);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    (void)db;
    db_saw.logged = *entry;
    db_saw.contacts++;
    on_reply(owner, 1, NULL);
}

void datasets_list(struct db *db, datasets_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, db_saw.datasets, 2, NULL);
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
    struct segments *segments = &db_saw.segments;
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
    for (int i = 0; i < CUSTOMERS; i++) {
        struct segment_customer *customer = &db_saw.customers[i];
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
    db_saw.at_risk = (struct at_risk){.members = 61,
                                      .at_stake = 18900.4,
                                      .snoozed = 3,
                                      .snoozed_at_stake = 800,
                                      .as_of = OFFICE_TODAY};
    db_saw.risk_count = RISKS;
    for (int i = 0; i < RISKS; i++) {
        struct at_risk_row *row = &db_saw.risks[i];
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
    db_saw.campaign_count = 6;
    for (int i = 0; i < 6; i++) {
        struct campaign_row *row = &db_saw.campaigns[i];
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

static void begin(void)
{
    memset(&db_saw, 0, sizeof db_saw);
    fill_segments();
    fill_people();
    fill_campaigns();
    db_saw.datasets[0] = (struct dataset_row){.name = "Iron Temple",
                                              .kind = "gym",
                                              .currency = "EUR",
                                              .has_contract = true,
                                              .customers = 839};
    db_saw.datasets[1] = (struct dataset_row){
        .dataset_id = 12, .name = "cdnow", .kind = "import", .currency = "USD", .customers = 2357};
}

static struct host *open_page(const char *page)
{
    struct analytics_argument argument = {.page = page};
    return fake_open(&screen_analytics, &argument, NULL);
}

static void expect_text(struct host *host, const char *wanted)
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

static void check(const char *name, struct host *host)
{
    golden_check(name, fake_draw, host);
}

/* The same, and at every size. */
static void check_all(const char *name, struct host *host)
{
    golden_check(name, fake_draw, host);
    golden_check_sizes(name, fake_draw, host);
}

static void test_segments(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    check_all("office_segments", host);
    expect_text(host, "Can't Lose: 15 members, who came more than almost anybody, and stopped.");
    fake_key(host, "v");
    check("office_types", host);
    fake_key(host, "v");
    fake_key(host, "Home");
    expect_text(host, "Champions: 109 members");
    fake_close(host);
}

static void test_members_of_a_segment(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(db_saw.query.choice.segment, "Can't Lose");
    assert_int_equal(db_saw.query.sort, SEGMENT_SORT_CLV);
    assert_true(db_saw.query.descending);
    check_all("office_segment_members", host);
    fake_key(host, "s");
    assert_int_equal(db_saw.query.sort, SEGMENT_SORT_AT_STAKE);
    fake_key(host, "I");
    assert_false(db_saw.query.descending);
    fake_key(host, "/");
    fake_type(host, "Petra");
    assert_string_equal(db_saw.search, "Petra");
    check("office_segment_filtered", host);
    fake_key(host, "Esc");
    assert_string_equal(db_saw.search, "");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    expect_text(host, "Can't Lose: 15 members");
    fake_close(host);
}

static void test_export_writes_what_is_shown(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/gymtui-office-XXXXXX", path[128], line[512];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lost.csv", folder);
    begin();
    struct host *host = open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "Enter");
    fake_key(host, "e");
    expect_text(host, "~/cant-lose-2026-11-21.csv");
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "Enter");
    assert_int_equal(host->said_role, ROLE_GOOD);
    assert_non_null(strstr(host->said, "9 rows written to"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int lines = 0;
    while (fgets(line, sizeof line, file)) {
        if (lines == 0)
            assert_non_null(strstr(line, "number,name,plan,phone"));
        if (lines == 1) /* in the order of the screen, cells guarded */
            assert_non_null(strstr(line, "Can't Lose,Vulnerable,1,5,1,20,31.00,349.00,520.50"));
        lines++;
    }
    fclose(file);
    assert_int_equal(lines, 1 + CUSTOMERS);
    /* Where nothing can be written the form says so and stays. */
    fake_key(host, "e");
    fake_key(host, "^U");
    fake_type(host, "/nowhere/at/all.csv");
    fake_key(host, "Enter");
    assert_non_null(host->form);
    fake_close(host);
    unlink(path);
    rmdir(folder);
}

static void test_campaign_from_a_segment(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "n");
    check("office_campaign_form", host);
    expect_text(host, "F2 start");
    fake_key(host, "F2");
    assert_int_equal(db_saw.creations, 1);
    assert_string_equal(db_saw.created_name, "Can't Lose, 21 Nov");
    assert_string_equal(db_saw.created_choice.segment, "Can't Lose");
    assert_true(fabs(db_saw.created.holdout_share - .2) < 1e-9);
    assert_int_equal(db_saw.created.window_days, 30);
    assert_int_equal(db_saw.created.slot, CAMPAIGN_ANY);
    assert_non_null(strstr(host->said, "has begun: 68 offered, 17 held out, 2 not to contact"));
    fake_close(host);
}

static void test_at_risk(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("At risk");
    check_all("office_at_risk", host);
    expect_text(host, "usually 2.1 a week, silent for 19 days");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "n");
    fake_key(host, "F2");
    assert_true(db_saw.created_choice.at_risk);
    fake_close(host);
}

/* All that is worth knowing before the call is there at 80 columns, however long it gets. */
static void test_the_note_before_the_call_is_whole(void **unused)
{
    (void)unused;
    begin();
    struct at_risk_row *row = &db_saw.risks[0];
    snprintf(row->name, sizeof row->name,
             "Marguerite de La Tour-d'Auvergne-Lauraguais the Younger");
    snprintf(row->plan, sizeof row->plan, "All Gyms of the chain, off-peak");
    snprintf(row->campaign, sizeof row->campaign, "Those who came often, 21 Nov, and stopped");
    row->is_held_out = true;
    struct host *host = open_page("At risk");
    expect_text(host, "Worth 612 EUR (540 to 690, by renewal hazard). Chance to stay 24 %; 91 % if "
                      "they came as usual. Held out of “Those who came often, 21 Nov, and "
                      "stopped”: make no offer.");
    expect_text(host, "All Gyms of the chain, off-peak, ends 14 Dec");
    check("office_at_risk_long", host);
    row->phone[0] = '\0';
    fake_key(host, "F5");
    expect_text(host, "no phone");
    fake_close(host);
}

static void test_nobody_at_risk(void **unused)
{
    (void)unused;
    begin();
    db_saw.risk_count = 0;
    db_saw.at_risk.members = 0;
    struct host *host = open_page("At risk");
    check("office_at_risk_called", host);
    db_saw.at_risk.snoozed = 0;
    fake_key(host, "F5");
    expect_text(host, "Nobody is drifting away");
    db_saw.at_risk.as_of = DATE_NONE;
    fake_key(host, "F5");
    expect_text(host, "starts a recompute now");
    fake_close(host);
}

static void test_one_call_logged_and_the_next_row_is_open(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("At risk");
    int64_t first = db_saw.risks[0].customer_id, second = db_saw.risks[1].customer_id;
    char wanted[32];
    snprintf(wanted, sizeof wanted, "#%lld", (long long)first);
    expect_text(host, wanted);
    /* Three keys: the call, its outcome, done. What the database holds changes with it. */
    int reads = db_saw.risk_reads;
    fake_key(host, "c");
    fake_key(host, "n");
    memmove(db_saw.risks, db_saw.risks + 1, (RISKS - 1) * sizeof *db_saw.risks);
    db_saw.risk_count--;
    db_saw.at_risk.members--;
    fake_key(host, "F2");
    assert_int_equal(db_saw.contacts, 1);
    assert_int_equal(db_saw.logged.customer_id, first);
    assert_int_equal(db_saw.logged.outcome, CONTACT_NO_ANSWER);
    assert_true(db_saw.logged.snooze_until > OFFICE_TODAY);
    assert_true(db_saw.risk_reads > reads);
    snprintf(wanted, sizeof wanted, "#%lld", (long long)second);
    expect_text(host, wanted);
    fake_close(host);
}

static void test_a_check_in_takes_the_member_off(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("At risk");
    int reads = db_saw.risk_reads;
    fake_key(host, "Down");
    /* The one above the cursor comes in: the cursor stays with its member. */
    memmove(db_saw.risks, db_saw.risks + 1, (RISKS - 1) * sizeof *db_saw.risks);
    db_saw.risk_count--;
    host->screen->changed(host->state, "attendance");
    assert_int_equal(db_saw.risk_reads, reads + 1);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "#%lld", (long long)db_saw.risks[0].customer_id);
    expect_text(host, wanted);
    fake_close(host);
}

static void test_campaigns(void **unused)
{
    (void)unused;
    static const char *const conclusions[6] = {"Too early to judge: the window is open",
                                               "It helped: 20 in a hundred",
                                               "Too few to tell: with 41",
                                               "It changed next to nothing",
                                               "It harmed",
                                               "Nobody was held out"};
    begin();
    struct host *host = open_page("Campaigns");
    for (int i = 0; i < 6; i++) {
        expect_text(host, conclusions[i]);
        if (i == 1)
            check_all("office_campaigns", host);
        if (i == 2)
            check("office_campaigns_too_few", host);
        fake_key(host, "Down");
    }
    fake_key(host, "Home");
    fake_key(host, "m"); /* to those who are offered it */
    assert_ptr_equal(host->opened, &screen_message);
    fake_key(host, "Enter");
    check_all("office_campaign_members", host);
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    expect_text(host, "Too early to judge");
    fake_close(host);
    begin();
    db_saw.campaign_count = 0;
    host = open_page("Campaigns");
    check("office_campaigns_none", host);
    fake_close(host);
}

/* What ends today has no "0 days" left. */
static void test_a_campaign_on_its_last_day(void **unused)
{
    (void)unused;
    begin();
    struct campaign_row *row = &db_saw.campaigns[0];
    row->open_until = OFFICE_TODAY + 1;
    struct host *host = open_page("Campaigns");
    expect_text(host, "1 day left");
    expect_text(host, "5 of 12 offered were called or written to. Make the offer to the others");
    row->contacted = 11;
    fake_key(host, "F5");
    expect_text(host, "Make the offer to the other: Enter");
    row->contacted = 12;
    fake_key(host, "F5");
    expect_text(host, "All 12 offered were called or written to; wait for the window.");
    row->open_until = OFFICE_TODAY;
    fake_key(host, "F5");
    expect_text(host, "last day");
    expect_text(host, "Its last day: what happens until tonight counts.");
    row->was_ended = true;
    fake_key(host, "F5");
    expect_text(host, "ends tonight");
    expect_text(host, "look here again tomorrow");
    fake_close(host);
}

static void test_two_managers_change_a_campaign(void **unused)
{
    (void)unused;
    begin();
    db_saw.campaigns[0].row_version = 1;
    struct host *host = open_page("Campaigns");
    fake_key(host, "F4");
    check("office_campaign_change", host);
    fake_type(host, " 2");
    fake_key(host, "Down");
    fake_key(host, "Down");
    fake_type(host, "450");
    fake_key(host, "F2");
    /* Somebody was first: both values are there, and mine is written only when I say so. */
    assert_int_equal(db_saw.changes, 1);
    assert_int_equal(db_saw.changed_cost, 45000);
    check("office_campaign_conflict", host);
    fake_key(host, "m");
    assert_int_equal(db_saw.changes, 2);
    assert_int_equal(db_saw.changed_version, 2);
    assert_non_null(strstr(db_saw.changed_name, " 2"));
    assert_int_equal(host->said_role, ROLE_GOOD);
    fake_close(host);
}

static void test_a_campaign_is_ended_or_did_not_begin(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Campaigns");
    fake_key(host, "F8");
    check("office_campaign_end", host);
    fake_key(host, "n");
    assert_int_equal(db_saw.ended, 0);
    fake_key(host, "F8");
    fake_key(host, "y");
    assert_int_equal(db_saw.ended, 6);
    assert_non_null(strstr(host->said, "ends tonight"));
    /* While the worker draws its members; then what it says when that failed. */
    struct campaign_row *row = &db_saw.campaigns[0];
    row->state = CAMPAIGN_DRAWING;
    row->drawn = .4;
    row->offer_arm = row->holdout_arm = (struct campaign_arm){0, 0, NAN};
    row->difference = row->low = row->high = NAN;
    host->screen->changed(host->state, "jobs");
    check_all("office_campaign_drawing", host);
    row->state = CAMPAIGN_FAILED;
    snprintf(row->error, sizeof row->error, "Nobody is in this campaign");
    host->screen->changed(host->state, "jobs");
    expect_text(host, "It did not begin");
    fake_key(host, "F8");
    expect_text(host, "try again");
    fake_key(host, "r");
    assert_non_null(strstr(host->said, "is removed"));
    fake_close(host);
}

static void test_the_queue_narrowed_to_a_name(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("At risk");
    fake_key(host, "/");
    fake_type(host, "pet");
    assert_string_equal(db_saw.search, "pet");
    check("office_at_risk_found", host);
    fake_key(host, "Enter");
    fake_key(host, "n"); /* a campaign for those */
    fake_key(host, "F2");
    assert_true(db_saw.created_choice.at_risk);
    assert_string_equal(db_saw.created_choice.search, "pet");
    fake_key(host, "Esc");
    assert_string_equal(db_saw.search, "");
    fake_close(host);
    begin();
    host = open_page("Campaigns");
    fake_key(host, "Enter");
    fake_key(host, "/");
    fake_type(host, "pet");
    assert_string_equal(db_saw.search, "pet");
    fake_key(host, "Esc");
    assert_string_equal(db_saw.search, "");
    fake_key(host, "Esc");
    expect_text(host, "Too early to judge");
    fake_close(host);
}

static void test_another_dataset(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Segments");
    fake_key(host, "d");
    check("office_datasets", host);
    fake_key(host, "2");
    assert_int_equal(db_saw.dataset_read, 12);
    for (int i = 0; i < SEGMENTS_COUNT; i++)
        db_saw.segments.by_segment[i].at_stake = NAN;
    db_saw.segments.all.at_stake = NAN;
    fake_key(host, "F5");
    check("office_dataset_segments", host);
    fake_key(host, "n");
    assert_int_equal(db_saw.creations, 0);
    fake_key(host, "Right");
    check("office_dataset_at_risk", host);
    fake_key(host, "d");
    fake_key(host, "1");
    expect_text(host, "with 61 members who may leave");
    fake_close(host);
}

/* Chosen on a page that has nothing of a dataset, it is shown on one that has. */
static void test_a_dataset_chosen_on_a_page_about_members(void **unused)
{
    (void)unused;
    begin();
    struct host *host = open_page("Campaigns");
    fake_key(host, "d");
    fake_key(host, "2");
    expect_text(host, "[Segments]");
    assert_int_equal(db_saw.dataset_read, 12);
    expect_text(host, "USD, value by renewal hazard");
    fake_close(host);
}

/* Subscribers pay bills: nobody says of them that they buy or come. */
static void test_a_dataset_of_a_contract_has_its_own_words(void **unused)
{
    (void)unused;
    begin();
    db_saw.datasets[1].has_contract = true;
    db_saw.segments.cells[3][4] = 1041; /* wider than its cell */
    struct host *host = open_page("Segments");
    fake_key(host, "d");
    fake_key(host, "2");
    expect_text(host, "who paid just now and pay often");
    expect_text(host, "1.0k");
    fake_key(host, "v");
    fake_key(host, "Down");
    expect_text(host, "Write to these first.");
    expect_text(host, "Worth much is more than the half of those who are there");
    fake_key(host, "Esc"); /* back to the segments, not out of the screen */
    expect_text(host, "who paid just now");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_note_before_the_call_is_whole),
        cmocka_unit_test(test_a_campaign_on_its_last_day),
        cmocka_unit_test(test_a_dataset_chosen_on_a_page_about_members),
        cmocka_unit_test(test_a_dataset_of_a_contract_has_its_own_words),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_members_of_a_segment),
        cmocka_unit_test(test_export_writes_what_is_shown),
        cmocka_unit_test(test_campaign_from_a_segment),
        cmocka_unit_test(test_at_risk),
        cmocka_unit_test(test_nobody_at_risk),
        cmocka_unit_test(test_one_call_logged_and_the_next_row_is_open),
        cmocka_unit_test(test_a_check_in_takes_the_member_off),
        cmocka_unit_test(test_campaigns),
        cmocka_unit_test(test_two_managers_change_a_campaign),
        cmocka_unit_test(test_a_campaign_is_ended_or_did_not_begin),
        cmocka_unit_test(test_the_queue_narrowed_to_a_name),
        cmocka_unit_test(test_another_dataset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
