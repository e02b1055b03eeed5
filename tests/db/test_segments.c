/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments, the members of a segment, and the queue of those at risk, as the pages and reports
 * read them, against what psql counts. */
#include "gymtui/db/segments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "heard.h"
#include "support.h"

static struct db *manager;

static struct {
    bool failed, more;
    struct segments segments;
    struct dataset_row datasets[8];
    struct segment_customer customers[64];
    struct at_risk all;
    struct at_risk_row risks[64];
    int count;
} saw;

static void on_datasets(void *owner, const struct dataset_row *rows, int count,
                        const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    saw.count = count;
    for (int i = 0; i < count && i < 8; i++)
        saw.datasets[i] = rows[i];
}

static void on_segments(void *owner, const struct segments *segments, const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    if (segments)
        saw.segments = *segments;
}

static void on_customers(void *owner, const struct segment_customer *rows, int count, bool more,
                         const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    saw.count = count;
    saw.more = more;
    for (int i = 0; i < count && i < 64; i++)
        saw.customers[i] = rows[i];
}

static void on_at_risk(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                       int count, bool more, const struct error *error)
{
    (void)owner;
    saw.failed = error != NULL;
    saw.count = count;
    saw.more = more;
    if (all)
        saw.all = *all;
    for (int i = 0; i < count && i < 64; i++)
        saw.risks[i] = rows[i];
}

static void read_segments(int64_t dataset)
{
    segments_read(manager, dataset, on_segments, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
}

static void read_queue(const struct at_risk_row *anchor, int limit)
{
    segments_at_risk(manager, NULL, anchor, limit, on_at_risk, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
}

static void read_customers(const struct segment_query *query)
{
    segments_customers(manager, query, on_customers, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    PGconn *su = test_superuser();
    /* Ten members scored; the others never were. The further down, the more is at stake. */
    test_run(su, "DELETE FROM gym.rfm WHERE gym_id = 1");
    test_run(su, "DELETE FROM gym.clv WHERE gym_id = 1");
    test_run(su,
             "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
             "monetary_score, customer_segment, r, f, m, as_of) "
             "SELECT 1, c.customer_id, 5 * n, 20 - n, 100 + n, (ARRAY['Champions', 'Champions', "
             "'Loyal', 'New', 'At Risk', 'At Risk', 'At Risk', 'Can''t Lose', 'Can''t Lose', "
             "'Lost'])[n], (ARRAY[5,5,4,5,2,1,2,2,1,1])[n], (ARRAY[5,4,4,1,3,4,4,5,5,1])[n], 3, "
             "gym.today() FROM (SELECT customer_id, row_number() OVER (ORDER BY customer_id)::int "
             "AS n FROM gym.customers WHERE gym_id = 1 LIMIT 10) c");
    test_run(su, "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
                 "predicted_customer_type, p_renew, p_renew_usual, at_stake, risk_reason, as_of) "
                 "SELECT 1, r.customer_id, 40 * n, 39, CASE WHEN n > 5 THEN 'Vulnerable' ELSE "
                 "'Star' END, .4, .9, CASE WHEN n > 4 THEN 20 * n ELSE 0 END, 'usually 2.1 a "
                 "week, silent for ' || n || ' days', gym.today() FROM (SELECT customer_id, "
                 "row_number() OVER (ORDER BY customer_id)::int AS n FROM gym.rfm WHERE gym_id = "
                 "1) r");
    test_run(su, "UPDATE gym.member_summary SET last_visit = gym.today() - 20 WHERE gym_id = 1 AND "
                 "last_visit >= gym.today() - 19");
    test_run(su,
             "INSERT INTO clv.dataset (dataset_id, gym_id, name, kind, currency, customers, "
             "transactions, as_of) VALUES (901, 1, 'cds', 'import', 'USD', 2, 5, '2020-07-01'), "
             "(902, 2, 'theirs', 'import', 'USD', 1, 1, '2020-07-01')");
    test_run(su, "INSERT INTO clv.dim_customer (customer_id, gym_id, dataset_id, source_key, "
                 "last_transaction_date) VALUES (91, 1, 901, 'A-1', '2020-06-01'), (92, 1, 901, "
                 "'B-2', '2020-03-01'), (93, 2, 902, 'C-3', '2020-03-01')");
    test_run(su, "INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, "
                 "predicted_customer_type, as_of, r, f, m, customer_segment, recency_score, "
                 "frequency_score, monetary_score, p_alive) VALUES (1, 91, 12.5, 'Star', "
                 "'2020-07-01', 5, 4, 4, 'Champions', 30, 4, 99, .9), (1, 92, 1.5, 'Lost Cause', "
                 "'2020-07-01', 1, 1, 2, 'Lost', 120, 1, 10, .2), (2, 93, 1, 'Star', "
                 "'2020-07-01', 3, 3, 3, 'Lost', 1, 1, 1, .5)");
    manager = house_sign_in("north", "mona", TEST_PASSWORD);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(manager);
    return 0;
}

static void the_gym_comes_first_among_the_datasets(void **unused)
{
    (void)unused;
    datasets_list(manager, on_datasets, NULL);
    heard_wait(manager);
    assert_false(saw.failed);
    assert_int_equal(saw.count, 2); /* none of the other gym's */
    assert_int_equal(saw.datasets[0].dataset_id, 0);
    assert_string_equal(saw.datasets[0].name, "North");
    assert_string_equal(saw.datasets[0].currency, "EUR");
    assert_int_equal(saw.datasets[0].customers, 10);
    assert_true(saw.datasets[0].has_contract);
    assert_int_equal(saw.datasets[1].dataset_id, 901);
    assert_string_equal(saw.datasets[1].kind, "import");
    assert_int_equal(saw.datasets[1].transactions, 5);
    assert_int_equal(saw.datasets[1].refreshed_local, MOMENT_NONE);
}

static void segment_counts_are_those_of_psql(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    read_segments(0);
    assert_int_equal(saw.segments.customers, 10);
    for (int i = 0; i < SEGMENTS_COUNT; i++) {
        char *name = PQescapeLiteral(su, segment_names[i], strlen(segment_names[i]));
        const struct segment_figures *figures = &saw.segments.by_segment[i];
        assert_int_equal(figures->customers,
                         test_number(su,
                                     "SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND "
                                     "customer_segment = %s",
                                     name));
        int64_t stake = test_number(su,
                                    "SELECT round(coalesce(sum(at_stake), 0)) FROM gym.clv JOIN "
                                    "gym.rfm USING (customer_id) WHERE customer_segment = %s",
                                    name);
        assert_int_equal(llround(figures->at_stake), stake);
        PQfreemem(name);
    }
    assert_int_equal(saw.segments.cells[4][4], 1);
    assert_int_equal(saw.segments.cells[1][3], 1);
    assert_true(fabs(saw.segments.by_segment[7].clv_mean - 340) < 1e-9); /* Can't Lose */
    assert_true(fabs(saw.segments.by_segment[7].revenue - 217) < 1e-9);
    assert_int_equal(saw.segments.by_type[0].customers, 5);
    assert_int_equal(saw.segments.by_type[1].customers, 5);
    assert_true(isnan(saw.segments.by_segment[2].clv_mean)); /* nobody there */
}

static void a_dataset_has_segments_and_nothing_at_stake(void **unused)
{
    (void)unused;
    read_segments(901);
    assert_int_equal(saw.segments.customers, 2);
    assert_int_equal(saw.segments.by_segment[0].customers, 1);
    assert_true(isnan(saw.segments.all.at_stake));
    struct segment_query query = {
        .dataset_id = 901, .sort = SEGMENT_SORT_NAME, .limit = 10, .choice = {.search = "a-"}};
    read_customers(&query);
    assert_int_equal(saw.count, 1);
    assert_string_equal(saw.customers[0].name, "A-1");
    assert_true(fabs(saw.customers[0].p_stay - .9) < 1e-9);
    read_segments(902); /* another gym's */
    assert_int_equal(saw.segments.customers, 0);
}

static void a_segment_lists_its_members_page_by_page(void **unused)
{
    (void)unused;
    struct segment_query query = {
        .sort = SEGMENT_SORT_CLV, .descending = true, .limit = 4, .choice = {.search = ""}};
    static const bool directions[] = {true, false};
    static const enum segment_sort sorts[] = {SEGMENT_SORT_CLV, SEGMENT_SORT_AT_STAKE,
                                              SEGMENT_SORT_PAID, SEGMENT_SORT_RECENCY,
                                              SEGMENT_SORT_NAME};
    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        for (int d = 0; d < 2; d++) {
            int64_t numbers[10] = {0};
            struct segment_customer anchor, first;
            query.sort = sorts[s];
            query.descending = directions[d];
            query.anchor = NULL;
            query.before = false;
            int total = 0;
            do {
                read_customers(&query);
                for (int i = 0; i < saw.count; i++) {
                    assert_true(total < 10);
                    numbers[total++] = saw.customers[i].customer_id;
                }
                anchor = saw.customers[saw.count - 1];
                first = saw.customers[0];
                query.anchor = &anchor;
            } while (saw.more);
            assert_int_equal(total, 10);
            /* The page before the last one is the one in the middle. */
            query.anchor = &first;
            query.before = true;
            read_customers(&query);
            assert_int_equal(saw.count, 4);
            assert_true(saw.more);
            for (int i = 0; i < 4; i++)
                assert_int_equal(saw.customers[i].customer_id, numbers[4 + i]);
        }
    }
    query = (struct segment_query){.sort = SEGMENT_SORT_CLV,
                                   .descending = true,
                                   .limit = 10,
                                   .choice = {.segment = "Can't Lose"}};
    read_customers(&query);
    assert_int_equal(saw.count, 2);
    assert_int_equal(saw.customers[0].customer_id, 10009);
    assert_string_equal(saw.customers[0].type, "Vulnerable");
    query.choice = (struct segment_choice){.r = 2, .f = 4};
    read_customers(&query);
    assert_int_equal(saw.count, 1);
    query.choice = (struct segment_choice){.type = "Star", .search = "Éd ex"};
    read_customers(&query);
    assert_int_equal(saw.count, 1);
    assert_string_equal(saw.customers[0].name, "Ed Expired");
}

static bool is_in_queue(int64_t customer)
{
    read_queue(NULL, 60);
    for (int i = 0; i < saw.count; i++)
        if (saw.risks[i].customer_id == customer)
            return true;
    return false;
}

static void the_worst_loss_comes_first(void **unused)
{
    (void)unused;
    read_queue(NULL, 4);
    assert_int_equal(saw.count, 4);
    assert_true(saw.more);
    assert_int_equal(saw.all.members, 6);
    assert_int_equal(llround(saw.all.at_stake), 20 * (5 + 6 + 7 + 8 + 9 + 10));
    assert_int_equal(saw.risks[0].customer_id, 10010);
    assert_string_equal(saw.risks[0].reason, "usually 2.1 a week, silent for 10 days");
    struct at_risk_row last = saw.risks[3];
    read_queue(&last, 4);
    assert_int_equal(saw.count, 2);
    assert_false(saw.more);
    assert_int_equal(saw.risks[1].customer_id, 10005);
}

static void a_call_a_word_a_ban_or_a_visit_takes_a_member_off(void **unused)
{
    (void)unused;
    PGconn *su = test_superuser();
    assert_true(is_in_queue(10010));
    test_run(su, "INSERT INTO gym.contacts (gym_id, customer_id, at, outcome, snooze_until) VALUES "
                 "(1, 10010, now() - interval '1 hour', 'no answer', gym.today() + 3)");
    assert_false(is_in_queue(10010));
    assert_int_equal(saw.all.snoozed, 1);
    assert_int_equal(llround(saw.all.snoozed_at_stake), 200);
    /* A message in between changes nothing; a later call that asks for no peace does. */
    test_run(su, "INSERT INTO gym.contacts (gym_id, customer_id, at, outcome) VALUES "
                 "(1, 10010, now() - interval '30 minutes', 'message')");
    assert_false(is_in_queue(10010));
    test_run(su, "INSERT INTO gym.contacts (gym_id, customer_id, at, outcome) VALUES "
                 "(1, 10010, now() - interval '20 minutes', 'price')");
    assert_true(is_in_queue(10010));
    assert_string_equal(saw.risks[0].contact_outcome, "price");
    test_run(su, "INSERT INTO gym.contacts (gym_id, customer_id, at, outcome) VALUES "
                 "(1, 10010, now() - interval '10 minutes', 'do not contact')");
    assert_false(is_in_queue(10010));
    assert_int_equal(saw.all.snoozed, 0);

    assert_true(is_in_queue(10007)); /* who is banned is not asked to come back */
    test_run(su, "UPDATE gym.customers SET banned_on = gym.today() WHERE customer_id = 10007");
    assert_false(is_in_queue(10007));

    assert_true(is_in_queue(10008));
    PGconn *desk = test_connect("north", "desk1");
    test_run(desk, "SELECT gym.check_in(gen_random_uuid(), NULL, 10008, '1', NULL, 0)");
    PQfinish(desk);
    assert_false(is_in_queue(10008));
}

static void the_choice_at_risk_is_the_queue(void **unused)
{
    (void)unused;
    read_queue(NULL, 60);
    int count = saw.count;
    int64_t numbers[64];
    for (int i = 0; i < count; i++)
        numbers[i] = saw.risks[i].customer_id;
    struct segment_query query = {.sort = SEGMENT_SORT_AT_STAKE,
                                  .descending = true,
                                  .limit = 60,
                                  .choice = {.at_risk = true}};
    read_customers(&query);
    assert_int_equal(saw.count, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(saw.customers[i].customer_id, numbers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gym_comes_first_among_the_datasets),
        cmocka_unit_test(segment_counts_are_those_of_psql),
        cmocka_unit_test(a_dataset_has_segments_and_nothing_at_stake),
        cmocka_unit_test(a_segment_lists_its_members_page_by_page),
        cmocka_unit_test(the_worst_loss_comes_first),
        cmocka_unit_test(a_call_a_word_a_ban_or_a_visit_takes_a_member_off),
        cmocka_unit_test(the_choice_at_risk_is_the_queue),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
