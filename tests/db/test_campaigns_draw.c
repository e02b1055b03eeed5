/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in a campaign: held out by lot, left out, drawn by the worker when they are many, all of
 * them or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "campaigns/office.h"
#include "gymtui/worker/runner.h"
#include "support.h"

static void a_fifth_is_held_out_by_lot(void **unused)
{
    (void)unused;
    struct campaign_edit edit = office_lost_campaign("Come back", CAMPAIGN_ANY);
    int64_t campaign = office_create(&edit);
    assert_int_equal(office_saw.created.offer, 120);
    assert_int_equal(office_saw.created.holdout, 30);
    assert_int_equal(office_saw.created.left_out, 0);
    /* Sent again after a lost connection, it is the same campaign. */
    office_create(&edit);
    assert_int_equal(office_saw.created.campaign_id, campaign);
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
    struct campaign_edit again = office_lost_campaign("Come back again", CAMPAIGN_ANY);
    int64_t second = office_create(&again);
    int64_t both = test_number(su,
                               "SELECT count(*) FROM gym.campaign_members a JOIN "
                               "gym.campaign_members b USING (customer_id) WHERE a.campaign_id = "
                               "%lld AND b.campaign_id = %lld AND a.arm = 'holdout' AND b.arm = "
                               "'holdout'",
                               (long long)campaign, (long long)second);
    assert_true(both < 20);

    campaigns_members(office_manager, campaign, NULL, NULL, 100, office_on_members, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.count, 100);
    assert_true(office_saw.more);
    struct campaign_member last = office_saw.members[99];
    campaigns_members(office_manager, campaign, NULL, &last, 100, office_on_members, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.count, 50);
    assert_false(office_saw.more);
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
    int64_t campaign = office_create(&edit);
    assert_int_equal(office_saw.created.offer, 3);
    assert_int_equal(office_saw.created.holdout, 0);
    assert_int_equal(office_saw.created.left_out, 2);
    struct campaign_row row = office_read_campaign(campaign);
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
    struct campaign_edit edit = office_lost_campaign("  ", CAMPAIGN_ANY);
    campaigns_create(office_manager, &edit, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_INPUT);
    static const struct segment_choice nobody = {.segment = "Champions", .search = "zzz"};
    edit = office_lost_campaign("Nobody", CAMPAIGN_ANY);
    edit.choice = &nobody;
    campaigns_create(office_manager, &edit, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NOT_FOUND);
    /* Nothing chosen is nobody, not everybody. */
    edit = office_lost_campaign("Everybody", CAMPAIGN_ANY);
    edit.choice = NULL;
    campaigns_create(office_manager, &edit, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NOT_FOUND);
    struct db *desk = house_sign_in("north", "desk1", TEST_PASSWORD);
    edit = office_lost_campaign("By the desk", CAMPAIGN_ANY);
    campaigns_create(desk, &edit, office_on_created, NULL);
    heard_wait(desk);
    assert_int_equal(office_saw.error.code, ERROR_PERMISSION);
    db_close(desk);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.campaigns WHERE name IN ('Nobody', "
                                 "'Everybody', 'By the desk')"),
                     0);
}

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
    int64_t campaign = office_create(&edit);
    assert_true(office_saw.created.job_id > 0);
    assert_false(office_saw.created.worker_is_alive);
    assert_int_equal(office_saw.created.offer, 0);
    struct campaign_row row = office_read_campaign(campaign);
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
    int64_t second = office_create(&another);
    run_worker();
    row = office_read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_BEGUN);
    assert_int_equal(row.offer_arm.members, (MANY - 10) * 4 / 5);
    assert_int_equal(row.holdout_arm.members, (MANY - 10) / 5);
    assert_int_equal(row.left_out, 10);
    assert_true(row.has_cost);
    assert_int_equal(row.cost, 12050);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN);
    assert_int_equal(office_read_campaign(second).holdout_arm.members, (MANY - 10) / 2);
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
    int64_t campaign = office_create(&edit);
    assert_int_equal(office_saw.created.job_id, 0);
    assert_int_equal(office_read_campaign(campaign).state, CAMPAIGN_LISTING);
    campaigns_add(office_manager, request_id_new(), campaign, 1, members, 2000, office_on_created,
                  NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_int_equal(office_saw.created.job_id, 0);
    /* Who is no member of the gym is named, and nothing of the part is kept. */
    int64_t wrong[] = {41001, 20001, 99999999};
    campaigns_add(office_manager, request_id_new(), campaign, 2, wrong, 3, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(office_saw.error.message, "20001 (nor 1 more)"));
    struct request_id id = request_id_new();
    campaigns_add(office_manager, id, campaign, 2, members + 1990, MANY - 1990, office_on_created,
                  NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    int64_t job = office_saw.created.job_id;
    assert_true(job > 0);
    /* Sent again after a lost connection it is the same job. */
    campaigns_add(office_manager, id, campaign, 2, members + 1990, MANY - 1990, office_on_created,
                  NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.created.job_id, job);
    run_worker();
    struct campaign_row row = office_read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_BEGUN);
    assert_int_equal(row.offer_arm.members + row.holdout_arm.members, MANY - 10);
    assert_int_equal(row.left_out, 10);
    assert_int_equal(test_number(su, "SELECT count(*) FROM gym.campaign_lists"), 0);
}

static bool is_listed(int64_t campaign)
{
    campaigns_list(office_manager, office_on_campaigns, NULL);
    heard_wait(office_manager);
    for (int i = 0; i < office_saw.count; i++)
        if (office_saw.campaigns[i].campaign_id == campaign)
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
    int64_t campaign = office_create(&edit);
    run_worker();
    struct campaign_row row = office_read_campaign(campaign);
    assert_int_equal(row.state, CAMPAIGN_FAILED);
    assert_non_null(strstr(row.error, "obody is in this campaign"));
    test_run(su,
             "UPDATE gym.customers SET name = 'Nobody has this name' WHERE customer_id = 41001");
    campaigns_retry(office_manager, request_id_new(), campaign, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_int_equal(office_read_campaign(campaign).state, CAMPAIGN_WAITING);
    /* Not twice at once. */
    campaigns_retry(office_manager, request_id_new(), campaign, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_CONFLICT);
    office_end(campaign);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_true(office_saw.ended.is_removed);
    assert_false(is_listed(campaign));
    assert_int_equal(test_number(su, "SELECT count(*) FROM gym.jobs WHERE kind = 'campaign' AND "
                                     "state = 'waiting'"),
                     0);
    run_worker();
    /* While its members are being written it cannot go at once: it is out of sight, and goes then.
     */
    edit = many_campaign("Removed meanwhile");
    campaign = office_create(&edit);
    test_run(su, "UPDATE gym.jobs SET state = 'running', heartbeat = now() WHERE state = "
                 "'waiting'");
    office_end(campaign);
    assert_true(office_saw.ended.is_removed);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fifth_is_held_out_by_lot),
        cmocka_unit_test(who_may_not_be_contacted_is_left_out),
        cmocka_unit_test(nonsense_is_refused_in_words),
        cmocka_unit_test(many_are_drawn_by_the_worker_all_of_them_or_none),
        cmocka_unit_test(a_list_in_parts_begins_with_its_last_one),
        cmocka_unit_test(one_that_did_not_begin_is_tried_again_or_removed),
    };
    return cmocka_run_group_tests_name("campaigns: who is in them", tests, office_set_up,
                                       office_tear_down);
}
