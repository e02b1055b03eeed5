/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Campaigns: who is held out, what counts as success in each slot, what the difference is, and the
 * flags of the gym's dataset. */
#include "gymtui/db/campaigns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "gymtui/worker/campaigns.h"
#include "gymtui/worker/runner.h"
#include "heard.h"
#include "support.h"

static struct db *manager;

static struct {
    struct error error;
    bool more;
    int count;
    struct campaign_created created;
    struct campaign_row campaigns[32];
    struct campaign_changed changed;
    struct campaign_ended ended;
    struct campaign_member members[600];
} saw;

static void note_error(const struct error *error)
{
    if (error)
        saw.error = *error;
    else
        memset(&saw.error, 0, sizeof saw.error);
}

static void on_created(void *owner, const struct campaign_created *created,
                       const struct error *error)
{
    (void)owner;
    note_error(error);
    if (created)
        saw.created = *created;
}

static void on_campaigns(void *owner, const struct campaign_row *rows, int count,
                         const struct error *error)
{
    (void)owner;
    note_error(error);
    saw.count = count;
    for (int i = 0; i < count && i < 32; i++)
        saw.campaigns[i] = rows[i];
}

static void on_members(void *owner, const struct campaign_member *rows, int count, bool more,
                       const struct error *error)
{
    (void)owner;
    note_error(error);
    saw.count = count;
    saw.more = more;
    for (int i = 0; i < count && i < 600; i++)
        saw.members[i] = rows[i];
}

static int64_t create(const struct campaign_edit *edit)
{
    campaigns_create(manager, edit, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NONE);
    return saw.created.campaign_id;
}

static struct campaign_row read_campaign(int64_t campaign)
{
    campaigns_list(manager, on_campaigns, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NONE);
    for (int i = 0; i < saw.count; i++)
        if (saw.campaigns[i].campaign_id == campaign)
            return saw.campaigns[i];
    fail_msg("the campaign is not in the list");
    return saw.campaigns[0];
}

static void measure(void)
{
    struct error error;
    struct bulk *bulk = bulk_open(test_admin(), &error);
    assert_non_null(bulk);
    assert_true(campaigns_update(bulk, 1, &error));
    assert_true(bulk_commit(bulk, &error));
    bulk_close(bulk);
}

/* As if the campaign had begun so many days before. */
static void age(int64_t campaign, int days)
{
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET starts_on = gym.today() - %d WHERE campaign_id = %lld", days,
             (long long)campaign);
}

/* 150 members of gym 1 without visits or terms, 31001 to 31150, in the segment Lost. */
static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    PGconn *su = test_superuser();
    test_run(su, "INSERT INTO gym.customers (customer_id, gym_id, name, join_date) SELECT 31000 + "
                 "n, 1, 'Former ' || n, gym.today() - 400 FROM generate_series(1, 150) n");
    test_run(su, "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
                 "monetary_score, customer_segment, r, f, m, as_of) SELECT 1, 31000 + n, 200, 0, "
                 "0, 'Lost', 1, 1, 1, gym.today() FROM generate_series(1, 150) n");
    manager = house_sign_in("north", "mona", TEST_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(manager);
    return 0;
}

static const struct segment_choice lost = {.segment = "Lost"};

static struct campaign_edit lost_campaign(const char *name, enum campaign_slot slot)
{
    return (struct campaign_edit){.id = request_id_new(),
                                  .name = name,
                                  .offer = "a free month",
                                  .slot = slot,
                                  .holdout_share = CAMPAIGN_HOLDOUT,
                                  .window_days = CAMPAIGN_WINDOW,
                                  .choice = &lost};
}

static void newcombes_interval_is_the_published_one(void **unused)
{
    (void)unused;
    /* Newcombe 1998, table II, example (a), method 10. */
    PGconn *su = test_superuser();
    assert_string_equal(test_text(su, "SELECT round(difference::numeric, 4) || ' ' || "
                                      "round(low::numeric, 4) || ' ' || round(high::numeric, 4) "
                                      "FROM gym.rate_difference(56, 70, 48, 80)"),
                        "0.2000 0.0524 0.3339");
    assert_string_equal(test_text(su, "SELECT round(low::numeric, 4) || ' ' || "
                                      "round(high::numeric, 4) FROM gym.rate_difference(0, 10, 0, "
                                      "20)"),
                        "-0.1611 0.2775");
    assert_string_equal(test_text(su, "SELECT low IS NULL FROM gym.rate_difference(1, 2, 0, 0)"),
                        "t");
}

static void a_fifth_is_held_out_by_lot(void **unused)
{
    (void)unused;
    struct campaign_edit edit = lost_campaign("Come back", CAMPAIGN_ANY);
    int64_t campaign = create(&edit);
    assert_int_equal(saw.created.offer, 120);
    assert_int_equal(saw.created.holdout, 30);
    assert_int_equal(saw.created.left_out, 0);
    /* Sent again after a lost connection, it is the same campaign. */
    create(&edit);
    assert_int_equal(saw.created.campaign_id, campaign);
    /* The lot is the hash of member and campaign: another campaign holds out others. */
    PGconn *su = test_superuser();
    assert_int_equal(
        test_number(su,
                    "SELECT count(*) FROM (SELECT customer_id, arm, row_number() OVER (ORDER BY "
                    "md5(campaign_id || ':' || customer_id), customer_id) AS place FROM "
                    "gym.campaign_members WHERE campaign_id = %lld) m WHERE (place <= 30) <> (arm "
                    "= 'holdout')",
                    (long long)campaign),
        0);
    struct campaign_edit again = lost_campaign("Come back again", CAMPAIGN_ANY);
    int64_t second = create(&again);
    int64_t both = test_number(su,
                               "SELECT count(*) FROM gym.campaign_members a JOIN "
                               "gym.campaign_members b USING (customer_id) WHERE a.campaign_id = "
                               "%lld AND b.campaign_id = %lld AND a.arm = 'holdout' AND b.arm = "
                               "'holdout'",
                               (long long)campaign, (long long)second);
    assert_true(both < 20);

    campaigns_members(manager, campaign, NULL, NULL, 100, on_members, NULL);
    heard_wait(manager);
    assert_int_equal(saw.count, 100);
    assert_true(saw.more);
    struct campaign_member last = saw.members[99];
    campaigns_members(manager, campaign, NULL, &last, 100, on_members, NULL);
    heard_wait(manager);
    assert_int_equal(saw.count, 50);
    assert_false(saw.more);
}

static void who_may_not_be_contacted_is_left_out(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    test_run(su, "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (1, 10001, 'do "
                 "not contact')");
    /* 10012 is banned; 20001 is another gym's. */
    const int64_t members[] = {10001, 10002, 10003, 10008, 10012, 20001};
    struct campaign_edit edit = {.id = request_id_new(),
                                 .name = "A few",
                                 .holdout_share = 0,
                                 .window_days = 10,
                                 .members = members,
                                 .member_count = 6};
    int64_t campaign = create(&edit);
    assert_int_equal(saw.created.offer, 3);
    assert_int_equal(saw.created.holdout, 0);
    assert_int_equal(saw.created.left_out, 2);
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.offer_arm.members, 3);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN);
    assert_int_equal(row.open_until - row.starts_on, 10);
    assert_string_equal(row.created_by, test_text(su,
                                                  "SELECT coalesce(nullif(full_name, ''), "
                                                  "username) FROM auth.staff WHERE rolname = "
                                                  "'%s'",
                                                  test_role("north", "mona")));
}

static void nonsense_is_refused_in_words(void **unused)
{
    (void)unused;
    struct campaign_edit edit = lost_campaign("  ", CAMPAIGN_ANY);
    campaigns_create(manager, &edit, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_INPUT);
    static const struct segment_choice nobody = {.segment = "Champions", .search = "zzz"};
    edit = lost_campaign("Nobody", CAMPAIGN_ANY);
    edit.choice = &nobody;
    campaigns_create(manager, &edit, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NOT_FOUND);
    /* Nothing chosen is nobody, not everybody. */
    edit = lost_campaign("Everybody", CAMPAIGN_ANY);
    edit.choice = NULL;
    campaigns_create(manager, &edit, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NOT_FOUND);
    struct db *desk = house_sign_in("north", "desk1", TEST_PASSWORD);
    edit = lost_campaign("By the desk", CAMPAIGN_ANY);
    campaigns_create(desk, &edit, on_created, NULL);
    heard_wait(desk);
    assert_int_equal(saw.error.code, ERROR_PERMISSION);
    db_close(desk);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.campaigns WHERE name IN ('Nobody', "
                                 "'Everybody', 'By the desk')"),
                     0);
}

/* So many of an arm, from the lowest number on, visit on the day `days` ago. */
static void visit(int64_t campaign, const char *arm, int count, int days)
{
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "SELECT m.customer_id, now() - interval '%d days', now() - interval '%d days', 1, 1 "
             "FROM (SELECT customer_id FROM gym.campaign_members WHERE campaign_id = %lld AND arm "
             "= '%s' ORDER BY customer_id LIMIT %d) m",
             days, days, (long long)campaign, arm, count);
}

static void a_visit_in_the_window_counts_and_an_open_window_says_so(void **unused)
{
    (void)unused;
    struct campaign_edit edit = lost_campaign("Visits", CAMPAIGN_ANY);
    int64_t campaign = create(&edit);
    age(campaign, 20);
    visit(campaign, "offer", 60, 19);
    visit(campaign, "holdout", 3, 19);
    measure();
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN);
    assert_int_equal(row.offer_arm.successes, 60);
    assert_true(row.measured_local != MOMENT_NONE);
    age(campaign, 31);
    measure();
    row = read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_HELPED);
    assert_int_equal(row.offer_arm.successes, 60);
    assert_int_equal(row.holdout_arm.successes, 3);
    assert_true(fabs(row.difference - .4) < 1e-9);
    assert_true(row.low > 0 && row.high < 1);
    /* A visit after the window changes nothing, and one before it neither. */
    visit(campaign, "holdout", 30, 0);
    visit(campaign, "holdout", 30, 40);
    measure();
    assert_int_equal(read_campaign(campaign).holdout_arm.successes, 3);
    /* Void them: the count follows for a week after the end. */
    test_run(test_superuser(), "UPDATE gym.attendance SET voided_at = now() WHERE customer_id > "
                               "31000");
    measure();
    row = read_campaign(campaign);
    assert_int_equal(row.offer_arm.successes, 0);
    assert_int_equal(row.verdict, CAMPAIGN_TOO_FEW);
}

static void few_members_are_too_few_to_tell(void **unused)
{
    (void)unused;
    const int64_t members[] = {31001, 31002, 31003, 31004, 31005, 31006};
    struct campaign_edit edit = {.id = request_id_new(),
                                 .name = "Six",
                                 .holdout_share = .5,
                                 .window_days = 5,
                                 .members = members,
                                 .member_count = 6};
    int64_t campaign = create(&edit);
    assert_int_equal(saw.created.holdout, 3);
    age(campaign, 6);
    visit(campaign, "offer", 2, 4);
    measure();
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_TOO_FEW);
    assert_true(row.low < 0 && row.high > 0);
    edit.id = request_id_new();
    edit.holdout_share = 0;
    campaign = create(&edit);
    age(campaign, 6);
    measure();
    row = read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_ALONE);
    assert_true(isnan(row.difference));
}

static const char *flags(int customer)
{
    return test_text(test_superuser(),
                     "SELECT coalesce(is_campaign1_success::text, '-') || ' ' || "
                     "coalesce(is_campaign2_success::text, '-') FROM clv.clv_prediction p JOIN "
                     "clv.dim_customer d USING (customer_id) WHERE d.dataset_id = 950 AND "
                     "d.source_key = '%d'",
                     customer);
}

/* One of an arm, by the order of numbers. */
static int one_of(int64_t campaign, const char *arm, int place)
{
    return (int)test_number(test_superuser(),
                            "SELECT customer_id FROM gym.campaign_members WHERE campaign_id = %lld "
                            "AND arm = '%s' ORDER BY customer_id OFFSET %d LIMIT 1",
                            (long long)campaign, arm, place);
}

static void the_slots_feed_the_flags_of_the_dataset(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    test_run(su, "INSERT INTO clv.dataset (dataset_id, gym_id, name, kind, as_of) VALUES (950, 1, "
                 "'North', 'gym', gym.today())");
    test_run(su, "INSERT INTO clv.dim_customer (gym_id, dataset_id, source_key) SELECT 1, 950, "
                 "customer_id::text FROM gym.customers WHERE gym_id = 1");
    test_run(su, "INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, "
                 "predicted_customer_type) SELECT 1, customer_id, 1, 'Star' FROM clv.dim_customer "
                 "WHERE dataset_id = 950");
    struct campaign_edit edit = lost_campaign("Win back", CAMPAIGN_WIN_BACK);
    int64_t campaign = create(&edit);
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.open_until - row.starts_on, 60);
    int visited = one_of(campaign, "offer", 0), stays = one_of(campaign, "offer", 1),
        late = one_of(campaign, "offer", 2), held = one_of(campaign, "holdout", 0);
    age(campaign, 59);
    /* All four visit; the second and third have a term on day 60, the third came too late. */
    const int visitors[] = {visited, stays, late, held};
    for (int i = 0; i < 4; i++)
        test_run(su,
                 "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, "
                 "home_gym_id) SELECT %d, t, t, 1, 1 FROM (SELECT now() - interval '%d days' AS t) "
                 "x",
                 visitors[i], visitors[i] == late ? 25 : 35);
    for (int i = 1; i < 4; i++)
        test_run(su,
                 "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
                 "anchor_day) VALUES (1, %d, 1, daterange(gym.today() - 10, gym.today() + 30), 39, "
                 "1)",
                 visitors[i]);
    measure();
    assert_string_equal(flags(stays), "- -"); /* the window is open */
    age(campaign, 60);
    /* Aged by a day more, the visits are a day further in: still within 30 and beyond. */
    measure();
    assert_string_equal(flags(visited), "false -");
    assert_string_equal(flags(stays), "true -");
    assert_string_equal(flags(late), "false -");
    assert_string_equal(flags(held), "- -"); /* not targeted */
    assert_string_equal(flags(10002), "- -");
    row = read_campaign(campaign);
    assert_int_equal(row.offer_arm.successes, 1);
    assert_int_equal(row.holdout_arm.successes, 1);

    edit = lost_campaign("Renewal", CAMPAIGN_RENEWAL);
    campaign = create(&edit);
    int payer = one_of(campaign, "offer", 0), none = one_of(campaign, "offer", 1);
    age(campaign, 46);
    test_run(su,
             "INSERT INTO gym.transactions (customer_id, amount, date, gym_id, payment_method_id, "
             "kind) VALUES (%d, 39, gym.today() - 1, 1, 1, 'renewal')",
             payer);
    measure();
    assert_string_equal(test_text(su,
                                  "SELECT is_campaign2_success FROM clv.clv_prediction p JOIN "
                                  "clv.dim_customer d USING (customer_id) WHERE source_key = '%d'",
                                  payer),
                        "t");
    assert_string_equal(test_text(su,
                                  "SELECT is_campaign2_success FROM clv.clv_prediction p JOIN "
                                  "clv.dim_customer d USING (customer_id) WHERE source_key = '%d'",
                                  none),
                        "f");
    assert_int_equal(read_campaign(campaign).offer_arm.successes, 1);
}

static void calls_during_the_window_are_counted(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    struct campaign_edit edit = lost_campaign("Calls", CAMPAIGN_ANY);
    int64_t campaign = create(&edit);
    test_run(
        su,
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (1, %d, 'coming back'), "
        "(1, %d, 'no answer')",
        one_of(campaign, "offer", 0), one_of(campaign, "holdout", 0));
    measure();
    assert_int_equal(read_campaign(campaign).contacted, 1);
}

static void only_the_worker_measures(void **unused)
{
    (void)unused;
    PGconn *mona = test_connect("north", "mona");
    assert_string_equal(test_state(mona, "SELECT gym.measure_campaigns(1)"), "42501");
    PQfinish(mona);
}

/* --- many members: the worker draws them --- */

static void run_worker(void)
{
    struct error error = {0};
    const struct runner_options options = {.conninfo = test_admin(), .once = true};
    assert_true(runner_run(&options, &error));
}

#define MANY 3000

/* 41001 to 44000, members of gym 1; the last ten asked to be left alone. */
static void fill_with_many(void)
{
    PGconn *su = test_superuser();
    if (test_number(su, "SELECT count(*) FROM gym.customers WHERE customer_id > 41000") > 0)
        return;
    test_run(su,
             "INSERT INTO gym.customers (customer_id, gym_id, name, join_date) SELECT 41000 + n, "
             "1, 'Many ' || n, gym.today() - 400 FROM generate_series(1, %d) n;"
             "INSERT INTO gym.contacts (gym_id, customer_id, outcome) SELECT 1, 41000 + n, 'do "
             "not contact' FROM generate_series(%d, %d) n",
             MANY, MANY - 9, MANY);
}

static struct campaign_edit many_campaign(const char *name)
{
    static const struct segment_choice many = {.search = "many"};
    return (struct campaign_edit){.id = request_id_new(),
                                  .name = name,
                                  .holdout_share = CAMPAIGN_HOLDOUT,
                                  .window_days = CAMPAIGN_WINDOW,
                                  .has_cost = true,
                                  .cost = 12050,
                                  .choice = &many};
}

static void many_are_drawn_by_the_worker_all_of_them_or_none(void **unused)
{
    (void)unused;
    fill_with_many();
    PGconn *su = test_superuser();
    struct campaign_edit edit = many_campaign("For many");
    int64_t campaign = create(&edit);
    assert_true(saw.created.job_id > 0);
    assert_false(saw.created.worker_is_alive);
    assert_int_equal(saw.created.offer, 0);
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_WAITING);
    assert_int_equal(row.offer_arm.members, 0);
    assert_int_equal(test_number(su,
                                 "SELECT count(*) FROM gym.campaign_members WHERE campaign_id = "
                                 "%lld",
                                 (long long)campaign),
                     0);
    /* A second one may wait beside it. */
    struct campaign_edit another = many_campaign("For many, too");
    another.holdout_share = .5;
    int64_t second = create(&another);
    run_worker();
    row = read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_BEGUN);
    assert_int_equal(row.offer_arm.members, (MANY - 10) * 4 / 5);
    assert_int_equal(row.holdout_arm.members, (MANY - 10) / 5);
    assert_int_equal(row.left_out, 10);
    assert_true(row.has_cost);
    assert_int_equal(row.cost, 12050);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN);
    assert_int_equal(read_campaign(second).holdout_arm.members, (MANY - 10) / 2);
    /* By the same lot as a small one's. */
    assert_int_equal(
        test_number(su,
                    "SELECT count(*) FROM (SELECT arm, row_number() OVER (ORDER BY md5(campaign_id "
                    "|| ':' || customer_id), customer_id) AS place FROM gym.campaign_members WHERE "
                    "campaign_id = %lld) m WHERE (place <= %d) <> (arm = 'holdout')",
                    (long long)campaign, (MANY - 10) / 5),
        0);
    assert_int_equal(test_number(su, "SELECT count(*) FROM gym.jobs WHERE kind = 'campaign' AND "
                                     "state = 'done'"),
                     2);
}

static void a_list_in_parts_begins_with_its_last_one(void **unused)
{
    (void)unused;
    fill_with_many();
    PGconn *su = test_superuser();
    static int64_t members[MANY];
    for (int i = 0; i < MANY; i++)
        members[i] = 41001 + i;
    struct campaign_edit edit = many_campaign("A list");
    edit.choice = NULL;
    edit.parts = 2;
    int64_t campaign = create(&edit);
    assert_int_equal(saw.created.job_id, 0);
    assert_int_equal(read_campaign(campaign).state, CAMPAIGN_LISTING);
    campaigns_add(manager, request_id_new(), campaign, 1, members, 2000, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_int_equal(saw.created.job_id, 0);
    /* Who is no member of the gym is named, and nothing of the part is kept. */
    int64_t wrong[] = {41001, 20001, 99999999};
    campaigns_add(manager, request_id_new(), campaign, 2, wrong, 3, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(saw.error.message, "20001 (nor 1 more)"));
    struct request_id id = request_id_new();
    campaigns_add(manager, id, campaign, 2, members + 1990, MANY - 1990, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NONE);
    int64_t job = saw.created.job_id;
    assert_true(job > 0);
    /* Sent again after a lost connection it is the same job. */
    campaigns_add(manager, id, campaign, 2, members + 1990, MANY - 1990, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.created.job_id, job);
    run_worker();
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_BEGUN);
    assert_int_equal(row.offer_arm.members + row.holdout_arm.members, MANY - 10);
    assert_int_equal(row.left_out, 10);
    assert_int_equal(test_number(su, "SELECT count(*) FROM gym.campaign_lists"), 0);
}

static void on_ended(void *owner, const struct campaign_ended *ended, const struct error *error)
{
    (void)owner;
    note_error(error);
    if (ended)
        saw.ended = *ended;
}

static void end(int64_t campaign)
{
    campaigns_end(manager, request_id_new(), campaign, on_ended, NULL);
    heard_wait(manager);
}

static bool is_listed(int64_t campaign)
{
    campaigns_list(manager, on_campaigns, NULL);
    heard_wait(manager);
    for (int i = 0; i < saw.count; i++)
        if (saw.campaigns[i].campaign_id == campaign)
            return true;
    return false;
}

static void one_that_did_not_begin_is_tried_again_or_removed(void **unused)
{
    (void)unused;
    fill_with_many();
    PGconn *su = test_superuser();
    struct campaign_edit edit = many_campaign("Nobody left");
    static const struct segment_choice nobody = {.search = "nobody has this name"};
    edit.choice = &nobody;
    int64_t campaign = create(&edit);
    run_worker();
    struct campaign_row row = read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_FAILED);
    assert_non_null(strstr(row.error, "obody is in this campaign"));
    test_run(su,
             "UPDATE gym.customers SET name = 'Nobody has this name' WHERE customer_id = 41001");
    campaigns_retry(manager, request_id_new(), campaign, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_int_equal(read_campaign(campaign).state, CAMPAIGN_WAITING);
    /* Not twice at once. */
    campaigns_retry(manager, request_id_new(), campaign, on_created, NULL);
    heard_wait(manager);
    assert_int_equal(saw.error.code, ERROR_CONFLICT);
    end(campaign);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_true(saw.ended.is_removed);
    assert_false(is_listed(campaign));
    assert_int_equal(test_number(su, "SELECT count(*) FROM gym.jobs WHERE kind = 'campaign' AND "
                                     "state = 'waiting'"),
                     0);
    run_worker();
    /* While its members are being written it cannot go at once: it is out of sight, and goes then.
     */
    edit = many_campaign("Removed meanwhile");
    campaign = create(&edit);
    test_run(su, "UPDATE gym.jobs SET state = 'running', heartbeat = now() WHERE state = "
                 "'waiting'");
    end(campaign);
    assert_true(saw.ended.is_removed);
    assert_false(is_listed(campaign));
    test_run(su, "UPDATE gym.jobs SET state = 'waiting', cancel_asked = false WHERE state = "
                 "'running'");
    run_worker();
    assert_int_equal(test_number(su,
                                 "SELECT (SELECT count(*) FROM gym.campaigns WHERE campaign_id = "
                                 "%lld) + (SELECT count(*) FROM gym.campaign_members WHERE "
                                 "campaign_id = %lld)",
                                 (long long)campaign, (long long)campaign),
                     0);
}

/* --- afterwards --- */

static void on_changed(void *owner, const struct campaign_changed *changed,
                       const struct error *error)
{
    (void)owner;
    note_error(error);
    if (changed)
        saw.changed = *changed;
}

static void change(const struct campaign_change *change)
{
    campaigns_edit(manager, change, on_changed, NULL);
    heard_wait(manager);
}

static void the_second_of_two_changes_is_told_of_the_first(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    static const int64_t members[] = {31001, 31002, 31003};
    struct campaign_edit edit = {.id = request_id_new(),
                                 .name = "Autum",
                                 .window_days = 30,
                                 .members = members,
                                 .member_count = 3};
    int64_t campaign = create(&edit);
    struct campaign_row row = read_campaign(campaign);
    assert_false(row.has_cost);
    struct campaign_change mine = {.id = request_id_new(),
                                   .campaign_id = campaign,
                                   .row_version = row.row_version,
                                   .name = "Autumn",
                                   .offer = "a free month",
                                   .has_cost = true,
                                   .cost = 45000,
                                   .until = row.starts_on + 14};
    change(&mine);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_true(saw.changed.is_saved);
    struct campaign_row now = read_campaign(campaign);
    assert_string_equal(now.name, "Autumn");
    assert_int_equal(now.cost, 45000);
    assert_int_equal(now.open_until, row.starts_on + 14);
    /* From what was there before the first change. */
    struct campaign_change theirs = mine;
    theirs.id = request_id_new();
    theirs.name = "Fall";
    change(&theirs);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_false(saw.changed.is_saved);
    assert_string_equal(saw.changed.name, "Autumn");
    assert_int_equal(saw.changed.row_version, now.row_version);
    assert_true(*saw.changed.changed_by != 0);
    assert_string_equal(read_campaign(campaign).name, "Autumn");
    theirs.id = request_id_new();
    theirs.row_version = saw.changed.row_version;
    theirs.has_cost = false;
    theirs.until = DATE_NONE;
    change(&theirs);
    assert_true(saw.changed.is_saved);
    assert_string_equal(read_campaign(campaign).name, "Fall");
    assert_int_equal(read_campaign(campaign).open_until, row.starts_on + 14);
    /* Both stand in the audit, with what was there before. */
    assert_int_equal(test_number(su,
                                 "SELECT count(*) FROM gym.audit_log WHERE table_name = "
                                 "'gym.campaigns' AND row_id = %lld AND action = 'update' AND "
                                 "before ? 'name' AND after ? 'name'",
                                 (long long)campaign),
                     2);
    theirs.id = request_id_new();
    theirs.row_version = read_campaign(campaign).row_version;
    theirs.until = row.starts_on + 500;
    change(&theirs);
    assert_int_equal(saw.error.code, ERROR_INPUT);
}

static void an_early_end_counts_until_then(void **unused)
{
    (void)unused;
    struct campaign_edit edit = lost_campaign("Short", CAMPAIGN_ANY);
    int64_t campaign = create(&edit);
    age(campaign, 10);
    visit(campaign, "offer", 12, 5);
    end(campaign);
    assert_int_equal(saw.error.code, ERROR_NONE);
    assert_false(saw.ended.is_removed);
    struct campaign_row row = read_campaign(campaign);
    assert_true(row.was_ended);
    assert_int_equal(row.open_until, saw.ended.until);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN); /* today still counts */
    end(campaign);
    assert_int_equal(saw.error.code, ERROR_CONFLICT);
    /* As if it had been ended three days ago; who came yesterday is too late. */
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET ended_on = gym.today() - 3 WHERE "
             "campaign_id = %lld",
             (long long)campaign);
    visit(campaign, "holdout", 5, 1);
    measure();
    row = read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_TOO_FEW);
    assert_int_equal(row.offer_arm.successes, 12);
    assert_int_equal(row.holdout_arm.successes, 0);

    /* A win-back that was ended is measured, but is no answer for the flag: day 60 never came. */
    edit = lost_campaign("Win back, ended", CAMPAIGN_WIN_BACK);
    campaign = create(&edit);
    int member = one_of(campaign, "offer", 50);
    age(campaign, 70);
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET ended_on = gym.today() - 40 WHERE "
             "campaign_id = %lld",
             (long long)campaign);
    const char *before = flags(member);
    char kept[32];
    snprintf(kept, sizeof kept, "%s", before);
    measure();
    assert_string_equal(flags(member), kept);
    assert_int_equal(read_campaign(campaign).offer_arm.successes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newcombes_interval_is_the_published_one),
        cmocka_unit_test(a_fifth_is_held_out_by_lot),
        cmocka_unit_test(who_may_not_be_contacted_is_left_out),
        cmocka_unit_test(nonsense_is_refused_in_words),
        cmocka_unit_test(a_visit_in_the_window_counts_and_an_open_window_says_so),
        cmocka_unit_test(few_members_are_too_few_to_tell),
        cmocka_unit_test(the_slots_feed_the_flags_of_the_dataset),
        cmocka_unit_test(calls_during_the_window_are_counted),
        cmocka_unit_test(only_the_worker_measures),
        cmocka_unit_test(the_second_of_two_changes_is_told_of_the_first),
        cmocka_unit_test(an_early_end_counts_until_then),
        cmocka_unit_test(many_are_drawn_by_the_worker_all_of_them_or_none),
        cmocka_unit_test(a_list_in_parts_begins_with_its_last_one),
        cmocka_unit_test(one_that_did_not_begin_is_tried_again_or_removed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
