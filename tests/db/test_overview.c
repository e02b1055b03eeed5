/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The overview's money and value: recurring revenue with what is new, lost and frozen, and what
 * the members were worth a week before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "gymtui/db/statistics.h"
#include "gymtui/worker/campaigns.h"
#include "heard.h"
#include "support.h"

static struct db *manager;

static struct {
    bool failed;
    int count;
    struct statistics_recurring months[STATISTICS_MONTHS];
    struct statistics_overview overview;
} saw;

static void on_recurring(void *owner, const struct statistics_recurring *months, int count,
                         const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    saw.count = count;
    for (int i = 0; i < count; i++)
        saw.months[i] = months[i];
}

static void on_overview(void *owner, const struct statistics_overview *overview,
                        const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (overview)
        saw.overview = *overview;
}

static void read_both(void)
{
    statistics_recurring(manager, on_recurring, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
    statistics_overview(manager, on_overview, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    manager = house_sign_in("north", "mona", TEST_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(manager);
    return 0;
}

static money sum_of(int field)
{
    money sum = 0;
    for (int i = 0; i < saw.count; i++)
        sum += field == 0 ? saw.months[i].new_ : saw.months[i].lost;
    return sum;
}

static void what_recurs_is_what_the_overview_says(void **unused)
{
    (void)unused;
    read_both();
    assert_int_equal(saw.count, 13);
    const struct statistics_recurring *now = &saw.months[12];
    assert_int_equal(now->at_end, saw.overview.recurring);
    assert_int_equal(now->at_end, saw.overview.months[saw.overview.month_count - 1].recurring);
    assert_int_equal(now->frozen, 3900); /* Fred Frozen's monthly term */
}

static void a_late_renewal_is_neither_lost_nor_new(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    read_both();
    money won = sum_of(0), lost = sum_of(1);
    /* Ed's term ended 12 days ago: he was lost until he renews. */
    test_run(su, "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
                 "anchor_day) VALUES (1, 10002, 1, daterange(gym.today(), gym.today() + 30), 39, "
                 "1)");
    read_both();
    assert_int_equal(sum_of(0), won);
    assert_int_equal(sum_of(1), lost - 3900);
    /* Somebody who comes back after two months is new. */
    test_run(su, "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
                 "anchor_day) VALUES (1, 10001, 1, daterange(gym.today() - 110, gym.today() - 80), "
                 "39, 1)");
    read_both();
    assert_int_equal(sum_of(0), won + 3900);
    assert_int_equal(sum_of(1), lost);
}

static void what_they_are_worth_is_kept_day_by_day(void **unused)
{
    (void)unused;
    struct error error;
    PGconn *su = test_superuser();
    read_both();
    assert_int_equal(saw.overview.valued_on, DATE_NONE);
    test_run(su, "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
                 "predicted_customer_type, at_stake, as_of) VALUES (1, 10001, 300, 39, 'Star', 20, "
                 "gym.today()), (1, 10002, 100, 39, 'Star', 0, gym.today()), (1, 10003, 5, 39, "
                 "'Lost Cause', 0, gym.today()), (1, 10004, 7, 39, 'Lost Cause', 60, gym.today())");
    test_run(su, "UPDATE gym.member_summary SET ends = gym.today() + 20 WHERE customer_id IN "
                 "(10001, 10002)");
    test_run(su, "UPDATE gym.member_summary SET ends = gym.today() - 1 WHERE customer_id IN "
                 "(10003, 10004)");
    test_run(su, "UPDATE gym.customers SET banned_on = gym.today() WHERE customer_id = 10004");
    test_run(su, "INSERT INTO gym.value_history VALUES (1, gym.today() - 3, 2, 1, 1, 1), (1, "
                 "gym.today() - 9, 2, 150, 4, 80)");
    for (int i = 0; i < 2; i++) { /* twice a day is once */
        struct bulk *bulk = bulk_open(test_admin(), &error);
        assert_non_null(bulk);
        assert_true(campaigns_update(bulk, 1, &error));
        assert_true(bulk_commit(bulk, &error));
        bulk_close(bulk);
    }
    read_both();
    assert_int_equal(saw.overview.valued_on, session_today(manager));
    assert_true(fabs(saw.overview.clv_mean - 200) < 1e-9); /* who left is left out */
    assert_int_equal(saw.overview.at_risk, 1);             /* nobody calls who is banned */
    assert_true(fabs(saw.overview.at_stake - 20) < 1e-9);
    assert_int_equal(saw.overview.valued_before, session_today(manager) - 9);
    assert_true(fabs(saw.overview.at_stake_before - 80) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_recurs_is_what_the_overview_says),
        cmocka_unit_test(a_late_renewal_is_neither_lost_nor_new),
        cmocka_unit_test(what_they_are_worth_is_kept_day_by_day),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
