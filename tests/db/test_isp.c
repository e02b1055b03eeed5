/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The made-up provider: the same rows for the same seed, on demonstrations only; and the models
 * find in them what was put in. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/schema.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/isp.h"
#include "support.h"

#define DATABASE  "gymisp"
#define CUSTOMERS 2000
#define SEED      11 /* the first of */
#define SEEDS     3
#define FEW       200 /* where the figures do not matter */

static struct error error;
static PGconn *admin;
static char place[1024];

static struct isp_options options_for(uint64_t seed, int customers)
{
    return (struct isp_options){
        .gym_id = 1, .seed = seed, .customers = customers, .as_of = date_from_civil(2026, 11, 21)};
}

static void generate(uint64_t seed, int customers)
{
    struct isp_options options = options_for(seed, customers);
    if (!isp_generate(place, &options, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static void refresh(void)
{
    struct dataset_outcome outcome;
    if (!dataset_refresh(place, 1, ISP_DATASET, NULL, NULL, &outcome, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    if (outcome.failures > 0)
        fail_msg("%s", outcome.failure);
}

static int make_demonstration(void **state)
{
    (void)state;
    test_cluster_start();
    snprintf(place, sizeof place, "%s", test_admin_of(DATABASE));
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &error) ||
        !schema_create(place, NULL, NULL, &error) || !schema_mark_demonstration(place, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    admin = PQconnectdb(place);
    test_run(admin, "INSERT INTO gym.gyms (name, username, email) VALUES ('North', 'north', "
                    "'north@example.org')");
    return 0;
}

static int end(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

static void real_data_stay_alone(void **state)
{
    (void)state;
    struct isp_options options = options_for(1, FEW);
    assert_false(isp_generate(test_admin(), &options, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_PERMISSION);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM clv.dataset WHERE kind = 'generated'"),
        0);
}

static void sum_of_rows(char sum[64])
{
    snprintf(
        sum, 64, "%s",
        test_text(admin,
                  "SELECT md5(string_agg(concat_ws('|', c.source_key, c.age, c.gender, "
                  "f.transaction_date, f.amount, m.payment_method_name), ' ' ORDER BY "
                  "c.source_key COLLATE \"C\", f.transaction_date)) FROM clv.fact_transaction "
                  "f JOIN clv.dim_customer c USING (customer_id) JOIN clv.dim_payment_method m "
                  "USING (payment_method_id)"));
}

static void the_same_seed_gives_the_same_rows(void **state)
{
    (void)state;
    char first[64], again[64], other[64];
    generate(1, FEW);
    sum_of_rows(first);
    generate(1, FEW);
    sum_of_rows(again);
    generate(2, FEW);
    sum_of_rows(other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.dataset"), 1);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.dim_customer"), FEW);
}

/* A parameter of the Weibull fit: how many standard errors it is from the truth. */
static double errors_from(const char *name, double truth)
{
    const char *text =
        test_text(admin,
                  "SELECT (p.estimate - (%.17g)) / p.standard_error FROM clv.model_fit f, "
                  "unnest(f.parameters, f.estimates, f.standard_errors) AS p (name, estimate, "
                  "standard_error) "
                  "WHERE f.purpose = 'survival' AND f.model = 'Weibull' AND p.name = '%s'",
                  truth, name);
    if (*text == '\0')
        fail_msg("no effect %s", name);
    return strtod(text, NULL);
}

static void survival_is_found_as_it_was_made(void **state)
{
    (void)state;
    int inside = 0, all = 0;
    for (uint64_t seed = SEED; seed < SEED + SEEDS; seed++) {
        generate(seed, CUSTOMERS);
        refresh();
        for (const struct isp_effect *effect = isp_effects; effect->name; effect++) {
            double away = errors_from(effect->name, effect->value);
            inside += fabs(away) < 1.96;
            all++;
            if (!(fabs(away) < 4))
                fail_msg("seed %d: %s is %.1f standard errors away", (int)seed, effect->name, away);
        }
        /* The log-rank test finds the way to pay and the age each time. */
        assert_int_equal(
            test_number(admin,
                        "SELECT count(*) FROM clv.model_fit WHERE purpose = 'test' AND "
                        "(subject = 'method' AND estimates[3] < 1e-12 OR subject = 'age' AND "
                        "estimates[3] < 1e-4)"),
            2);
        assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.model_fit WHERE in_use AND "
                                            "purpose = 'survival' AND model = 'Weibull'"),
                         1);
    }
    print_message("%d of %d true effects inside their 95 %% intervals\n", inside, all);
    assert_true(inside >= all * 85 / 100);
}

static void everybody_is_predicted(void **state)
{
    (void)state;
    generate(1, CUSTOMERS);
    refresh();
    assert_int_equal(test_number(admin,
                                 "SELECT count(*) FROM clv.clv_prediction WHERE "
                                 "clv_low <= clv AND clv <= clv_high AND model = 'Weibull' "
                                 "AND predicted_customer_type <> '' AND p_stay BETWEEN 0 AND "
                                 "1"),
                     CUSTOMERS);
    /* Who has left is worth nothing; who is there is. */
    assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.clv_prediction p JOIN "
                                        "clv.dim_customer c USING (customer_id) WHERE "
                                        "c.event_observed = (p.clv > 0)"),
                     0);
    /* 30 days of grace after the month that was paid. */
    assert_int_equal(test_number(admin,
                                 "SELECT count(*) FROM clv.dim_customer c JOIN clv.dataset d "
                                 "USING (dataset_id) WHERE c.event_observed <> (d.as_of - "
                                 "c.last_transaction_date > 31 + 30)"),
                     0);
    /* At a year the curves of cash and direct debit stand apart, in the right order. */
    assert_int_equal(
        test_number(admin,
                    "SELECT count(*) FROM clv.curve_point a JOIN clv.curve_point b USING "
                    "(curve, x) WHERE curve = 'survival by method' AND x = 12 AND a.series = "
                    "'Cash' AND b.series = 'Direct debit' AND a.high < b.low"),
        1);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.model_fit WHERE purpose = "
                                        "'renewal' AND in_use AND subject = ''"),
                     1);
}

/* Bills after the first one, of those who joined by the cut: what came is counted here by the way
 * of SQL alone, and what was expected keeps near it on the hold-out too, which it has not seen. */
static void bills_are_held_against_what_was_expected(void **state)
{
    (void)state;
    generate(1, CUSTOMERS);
    refresh();
    int64_t weeks = test_number(
        admin,
        "SELECT (d.as_of - (SELECT min(f.transaction_date) FROM clv.fact_transaction f) + 1) "
        "/ 7 FROM clv.dataset d");
    assert_int_equal(test_number(admin,
                                 "SELECT count(*) FROM clv.curve_point WHERE curve = 'tracking' "
                                 "AND series = 'expected' AND x <= %d AND y >= 0",
                                 (int)weeks),
                     weeks);
    assert_int_equal(
        test_number(
            admin,
            "WITH d AS (SELECT (SELECT min(transaction_date) FROM clv.fact_transaction) AS first, "
            "(SELECT max(holdout_from) FROM clv.model_fit WHERE purpose = 'survival' AND in_use) "
            "AS "
            "cut), b AS (SELECT c.customer_id, f.transaction_date AS day, "
            "min(f.transaction_date) OVER (PARTITION BY c.customer_id) AS joined FROM "
            "clv.fact_transaction f JOIN clv.dim_customer c USING (customer_id)) SELECT count(*) "
            "FROM clv.curve_point p, d WHERE p.curve = 'tracking' AND p.series = 'actual' AND p.y "
            "<> (SELECT count(*) FROM b WHERE b.day > b.joined AND b.joined <= d.cut AND b.day < "
            "d.first + (7 * p.x)::integer)"),
        0);
    assert_int_equal(
        test_number(admin,
                    "SELECT count(*) FROM (SELECT max(y) FILTER (WHERE series = 'actual') AS a, "
                    "max(y) FILTER (WHERE series = 'expected') AS e FROM clv.curve_point WHERE "
                    "curve = 'tracking') x WHERE e BETWEEN a * .95 AND a * 1.05"),
        1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_data_stay_alone),
        cmocka_unit_test(the_same_seed_gives_the_same_rows),
        cmocka_unit_test(survival_is_found_as_it_was_made),
        cmocka_unit_test(everybody_is_predicted),
        cmocka_unit_test(bills_are_held_against_what_was_expected),
    };
    return cmocka_run_group_tests(tests, make_demonstration, end);
}
