/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes of a campaign: what counts as success in each slot, what the difference is, the flags
 * of the gym's dataset, and what changes and an early end do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "campaigns/office.h"
#include "gymtui/base/date.h"
#include "support.h"

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

/* So many of an arm, from the lowest number on, visit on the day `days` ago. */
static void office_visit(int64_t campaign, const char *arm, int count, int days)
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
    struct campaign_edit edit = office_lost_campaign("Visits", CAMPAIGN_ANY);
    int64_t campaign = office_create(&edit);
    office_age(campaign, 20);
    office_visit(campaign, "offer", 60, 19);
    office_visit(campaign, "holdout", 3, 19);
    office_measure();
    struct campaign_row row = office_read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN);
    assert_int_equal(row.offer_arm.successes, 60);
    assert_true(row.measured_local != MOMENT_NONE);
    office_age(campaign, 31);
    office_measure();
    row = office_read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_HELPED);
    assert_int_equal(row.offer_arm.successes, 60);
    assert_int_equal(row.holdout_arm.successes, 3);
    assert_true(fabs(row.difference - .4) < 1e-9);
    assert_true(row.low > 0 && row.high < 1);
    /* A visit after the window changes nothing, and one before it neither. */
    office_visit(campaign, "holdout", 30, 0);
    office_visit(campaign, "holdout", 30, 40);
    office_measure();
    assert_int_equal(office_read_campaign(campaign).holdout_arm.successes, 3);
    /* Void them: the count follows for a week after the end. */
    test_run(test_superuser(), "UPDATE gym.attendance SET voided_at = now() WHERE customer_id > "
                               "31000");
    office_measure();
    row = office_read_campaign(campaign);
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
    int64_t campaign = office_create(&edit);
    assert_int_equal(office_saw.created.holdout, 3);
    office_age(campaign, 6);
    office_visit(campaign, "offer", 2, 4);
    office_measure();
    struct campaign_row row = office_read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_TOO_FEW);
    assert_true(row.low < 0 && row.high > 0);
    edit.id = request_id_new();
    edit.holdout_share = 0;
    campaign = office_create(&edit);
    office_age(campaign, 6);
    office_measure();
    row = office_read_campaign(campaign);
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
    struct campaign_edit edit = office_lost_campaign("Win back", CAMPAIGN_WIN_BACK);
    int64_t campaign = office_create(&edit);
    struct campaign_row row = office_read_campaign(campaign);
    assert_int_equal(row.open_until - row.starts_on, 60);
    int visited = one_of(campaign, "offer", 0), stays = one_of(campaign, "offer", 1),
        late = one_of(campaign, "offer", 2), held = one_of(campaign, "holdout", 0);
    office_age(campaign, 59);
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
    office_measure();
    assert_string_equal(flags(stays), "- -"); /* the window is open */
    office_age(campaign, 60);
    /* Aged by a day more, the visits are a day further in: still within 30 and beyond. */
    office_measure();
    assert_string_equal(flags(visited), "false -");
    assert_string_equal(flags(stays), "true -");
    assert_string_equal(flags(late), "false -");
    assert_string_equal(flags(held), "- -"); /* not targeted */
    assert_string_equal(flags(10002), "- -");
    row = office_read_campaign(campaign);
    assert_int_equal(row.offer_arm.successes, 1);
    assert_int_equal(row.holdout_arm.successes, 1);

    edit = office_lost_campaign("Renewal", CAMPAIGN_RENEWAL);
    campaign = office_create(&edit);
    int payer = one_of(campaign, "offer", 0), none = one_of(campaign, "offer", 1);
    office_age(campaign, 46);
    test_run(su,
             "INSERT INTO gym.transactions (customer_id, amount, date, gym_id, payment_method_id, "
             "kind) VALUES (%d, 39, gym.today() - 1, 1, 1, 'renewal')",
             payer);
    office_measure();
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
    assert_int_equal(office_read_campaign(campaign).offer_arm.successes, 1);
}

static void calls_during_the_window_are_counted(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    struct campaign_edit edit = office_lost_campaign("Calls", CAMPAIGN_ANY);
    int64_t campaign = office_create(&edit);
    test_run(
        su,
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (1, %d, 'coming back'), "
        "(1, %d, 'no answer')",
        one_of(campaign, "offer", 0), one_of(campaign, "holdout", 0));
    office_measure();
    assert_int_equal(office_read_campaign(campaign).contacted, 1);
}

static void only_the_worker_measures(void **unused)
{
    (void)unused;
    PGconn *mona = test_connect("north", "mona");
    assert_string_equal(test_state(mona, "SELECT gym.measure_campaigns(1)"), "42501");
    PQfinish(mona);
}

/* --- afterwards --- */

static void on_changed(void *owner, const struct campaign_changed *changed,
                       const struct error *error)
{
    (void)owner;
    office_note_error(error);
    if (changed)
        office_saw.changed = *changed;
}

static void change(const struct campaign_change *change)
{
    campaigns_edit(office_manager, change, on_changed, NULL);
    heard_wait(office_manager);
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
    int64_t campaign = office_create(&edit);
    struct campaign_row row = office_read_campaign(campaign);
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
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_true(office_saw.changed.is_saved);
    struct campaign_row now = office_read_campaign(campaign);
    assert_string_equal(now.name, "Autumn");
    assert_int_equal(now.cost, 45000);
    assert_int_equal(now.open_until, row.starts_on + 14);
    /* From what was there before the first change. */
    struct campaign_change theirs = mine;
    theirs.id = request_id_new();
    theirs.name = "Fall";
    change(&theirs);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_false(office_saw.changed.is_saved);
    assert_string_equal(office_saw.changed.name, "Autumn");
    assert_int_equal(office_saw.changed.row_version, now.row_version);
    assert_true(*office_saw.changed.changed_by != 0);
    assert_string_equal(office_read_campaign(campaign).name, "Autumn");
    theirs.id = request_id_new();
    theirs.row_version = office_saw.changed.row_version;
    theirs.has_cost = false;
    theirs.until = DATE_NONE;
    change(&theirs);
    assert_true(office_saw.changed.is_saved);
    assert_string_equal(office_read_campaign(campaign).name, "Fall");
    assert_int_equal(office_read_campaign(campaign).open_until, row.starts_on + 14);
    /* Both stand in the audit, with what was there before. */
    assert_int_equal(test_number(su,
                                 "SELECT count(*) FROM gym.audit_log WHERE table_name = "
                                 "'gym.campaigns' AND row_id = %lld AND action = 'update' AND "
                                 "before ? 'name' AND after ? 'name'",
                                 (long long)campaign),
                     2);
    theirs.id = request_id_new();
    theirs.row_version = office_read_campaign(campaign).row_version;
    theirs.until = row.starts_on + 500;
    change(&theirs);
    assert_int_equal(office_saw.error.code, ERROR_INPUT);
}

static void an_early_end_counts_until_then(void **unused)
{
    (void)unused;
    struct campaign_edit edit = office_lost_campaign("Short", CAMPAIGN_ANY);
    int64_t campaign = office_create(&edit);
    office_age(campaign, 10);
    office_visit(campaign, "offer", 12, 5);
    office_end(campaign);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    assert_false(office_saw.ended.is_removed);
    struct campaign_row row = office_read_campaign(campaign);
    assert_true(row.was_ended);
    assert_int_equal(row.open_until, office_saw.ended.until);
    assert_int_equal(row.verdict, CAMPAIGN_OPEN); /* today still counts */
    office_end(campaign);
    assert_int_equal(office_saw.error.code, ERROR_CONFLICT);
    /* As if it had been ended three days ago; who came yesterday is too late. */
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET ended_on = gym.today() - 3 WHERE "
             "campaign_id = %lld",
             (long long)campaign);
    office_visit(campaign, "holdout", 5, 1);
    office_measure();
    row = office_read_campaign(campaign);
    assert_int_equal(row.verdict, CAMPAIGN_TOO_FEW);
    assert_int_equal(row.offer_arm.successes, 12);
    assert_int_equal(row.holdout_arm.successes, 0);

    /* A win-back that was ended is measured, but is no answer for the flag: day 60 never came. */
    edit = office_lost_campaign("Win back, ended", CAMPAIGN_WIN_BACK);
    campaign = office_create(&edit);
    int member = one_of(campaign, "offer", 50);
    office_age(campaign, 70);
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET ended_on = gym.today() - 40 WHERE "
             "campaign_id = %lld",
             (long long)campaign);
    const char *before = flags(member);
    char kept[32];
    snprintf(kept, sizeof kept, "%s", before);
    office_measure();
    assert_string_equal(flags(member), kept);
    assert_int_equal(office_read_campaign(campaign).offer_arm.successes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newcombes_interval_is_the_published_one),
        cmocka_unit_test(a_visit_in_the_window_counts_and_an_open_window_says_so),
        cmocka_unit_test(few_members_are_too_few_to_tell),
        cmocka_unit_test(the_slots_feed_the_flags_of_the_dataset),
        cmocka_unit_test(calls_during_the_window_are_counted),
        cmocka_unit_test(only_the_worker_measures),
        cmocka_unit_test(the_second_of_two_changes_is_told_of_the_first),
        cmocka_unit_test(an_early_end_counts_until_then),
    };
    return cmocka_run_group_tests_name("campaigns: results", tests, office_set_up,
                                       office_tear_down);
}
