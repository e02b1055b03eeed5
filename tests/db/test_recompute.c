/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of a demonstration's members: each has its scores and its value, the scores are those
 * of the definition in SQL, row for row; one member refreshed is the member recomputed with all;
 * a fit that fails keeps the last good one; a recompute that ends in the middle leaves the old
 * figures; the star schema says what the gym's tables say; a check-in is in the figures while a
 * worker lives.
 */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/db/check.h"
#include "gymtui/model/clv.h"
#include "gymtui/worker/runner.h"
#include "gymtui/worker/value.h"
#include "recompute/demonstration.h"
#include "support.h"

#define DATABASE    "gymvalue"
#define PATIENCE_MS 120000

static struct error error;
static PGconn *admin;     /* superuser, working on gym 1 */
static const char *place; /* superuser's conninfo */

static void recompute_of(int64_t gym_id)
{
    const struct value_options options = {.gym_id = gym_id, .as_of = DATE_NONE};
    struct bulk *bulk = bulk_open(place, &error);
    if (!bulk || !value_recompute(bulk, &options, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    bulk_close(bulk);
}

static int open_demonstration(void **state)
{
    (void)state;
    admin = demonstration_open(DATABASE, 0, 7, &place);
    if (!admin)
        return 1;
    if (!value_recompute_all(place, DATE_NONE, NULL, NULL, &error)) {
        fprintf(stderr, "%s (%s)\n", error.message, error.hint);
        return 1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

static void assert_none(const char *what, const char *query)
{
    int64_t found = test_number(admin, "SELECT count(*) FROM (%s) x", query);
    if (found != 0)
        fail_msg("%s: %" PRId64, what, found);
}

/* ---- All members ---- */

static void on_rule(void *owner, const char *rule, int64_t found, int64_t example)
{
    int *broken = owner;
    if (found == 0)
        return;
    print_message("%s: %" PRId64 ", for example %" PRId64 "\n", rule, found, example);
    ++*broken;
}

static void every_member_has_scores_and_a_value(void **state)
{
    (void)state;
    int broken = 0;
    assert_none("members without RFM",
                "SELECT FROM gym.customers c WHERE c.merged_into IS NULL AND NOT EXISTS (SELECT "
                "FROM gym.rfm r WHERE r.customer_id = c.customer_id)");
    assert_none("members without a value",
                "SELECT FROM gym.customers c WHERE c.merged_into IS NULL AND NOT EXISTS (SELECT "
                "FROM gym.clv v WHERE v.customer_id = c.customer_id)");
    assert_true(check_data(place, on_rule, &broken, &error));
    assert_int_equal(broken, 0);
}

/* ANALYTICS §2 as window functions over the rows themselves. */
static void scores_are_those_of_the_definition_in_sql(void **state)
{
    (void)state;
    test_run(admin,
             "CREATE TEMPORARY TABLE twin AS WITH m AS (SELECT c.gym_id, c.customer_id, "
             "c.join_date, (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.customers c "
             "JOIN gym.gyms g USING (gym_id) WHERE c.merged_into IS NULL), v AS (SELECT "
             "a.customer_id, max(a.day) AS last, count(DISTINCT a.day) FILTER (WHERE a.day > "
             "a.today - 90) AS days FROM (SELECT x.customer_id, (x.check_in AT TIME ZONE "
             "g.time_zone)::date AS day, m.today FROM gym.attendance x JOIN gym.gyms g ON g.gym_id "
             "= x.gym_id JOIN m USING (customer_id) WHERE x.voided_at IS NULL) a GROUP BY 1), p AS "
             "(SELECT t.customer_id, sum(t.amount) AS paid FROM gym.transactions t JOIN m USING "
             "(customer_id) WHERE t.date > m.today - 365 GROUP BY 1), k AS (SELECT m.*, "
             "coalesce(m.today - v.last, m.today - m.join_date) AS recency, coalesce(v.days, 0) * "
             "greatest(1, 90.0 / greatest(1, m.today - m.join_date)) AS frequency, "
             "coalesce(p.paid, 0) AS paid FROM m LEFT JOIN v USING (customer_id) LEFT JOIN p USING "
             "(customer_id)), s AS (SELECT k.*, count(*) OVER g AS n, rank() OVER (PARTITION BY "
             "gym_id ORDER BY recency DESC) - 1 AS rl, count(*) OVER (PARTITION BY gym_id, "
             "recency) AS re, rank() OVER (PARTITION BY gym_id ORDER BY frequency) - 1 AS fl, "
             "count(*) OVER (PARTITION BY gym_id, frequency) AS fe, rank() OVER (PARTITION BY "
             "gym_id ORDER BY paid) - 1 AS ml, count(*) OVER (PARTITION BY gym_id, paid) AS me "
             "FROM k WINDOW g AS (PARTITION BY gym_id)) SELECT s.*, least(5, greatest(1, (5 * (2 * "
             "rl + re) + 2 * n - 1) / (2 * n))) AS r, least(5, greatest(1, (5 * (2 * fl + fe) + 2 "
             "* n - 1) / (2 * n))) AS f, least(5, greatest(1, (5 * (2 * ml + me) + 2 * n - 1) / (2 "
             "* n))) AS m FROM s");
    assert_none("measures that differ",
                "SELECT FROM twin t JOIN gym.rfm r USING (customer_id) WHERE (r.recency_score, "
                "r.monetary_score, r.as_of) IS DISTINCT FROM (t.recency, t.paid, t.today) OR "
                "abs(r.frequency_score - t.frequency) > 1e-9");
    assert_none("scores that differ",
                "SELECT FROM twin t FULL JOIN gym.rfm r USING (customer_id) WHERE (r.r, r.f, r.m) "
                "IS DISTINCT FROM (t.r, t.f, t.m)");
    assert_none("segments that differ",
                "SELECT FROM twin t JOIN gym.rfm r USING (customer_id) WHERE r.customer_segment <> "
                "CASE WHEN t.today - t.join_date < 30 THEN 'New' ELSE (ARRAY[['Lost', "
                "'Hibernating', 'At Risk', 'At Risk', 'Can''t Lose'], ['Hibernating', "
                "'Hibernating', 'At Risk', 'At Risk', 'Can''t Lose'], ['About to Sleep', 'About to "
                "Sleep', 'Need Attention', 'Loyal', 'Loyal'], ['Promising', 'Potential', "
                "'Potential', 'Loyal', 'Loyal'], ['New', 'Potential', 'Potential', 'Champions', "
                "'Champions']])[r.r][r.f] END");
    test_run(admin, "DROP TABLE twin");
}

static void figures_keep_within_their_bounds(void **state)
{
    (void)state;
    assert_none("values outside their interval",
                "SELECT FROM gym.clv v WHERE NOT (0 <= v.clv_low AND v.clv_low <= v.clv_value AND "
                "v.clv_value <= v.clv_high AND v.clv_high < 'Infinity')");
    assert_none("values of the star schema outside theirs",
                "SELECT FROM clv.clv_prediction p WHERE NOT (0 <= p.clv_low AND p.clv_low <= p.clv "
                "AND p.clv <= p.clv_high AND p.clv_high < 'Infinity')");
    assert_none("members at stake without a reason, or with one and nothing at stake",
                "SELECT FROM gym.clv v WHERE (v.at_stake > 0) <> (v.risk_reason <> '')");
    assert_none("stakes that are not value times the drop",
                "SELECT FROM gym.clv v WHERE v.at_stake > 0 AND abs(v.at_stake - v.clv_value * "
                "(v.p_renew_usual - v.p_renew)) > 1e-6");
    assert_none("stakes of members who came in the last week",
                "SELECT FROM gym.clv v JOIN gym.rfm r USING (customer_id) WHERE v.at_stake > 0 AND "
                "r.recency_score < 7");
    assert_true(test_number(admin, "SELECT count(*) FROM gym.clv WHERE at_stake > 0") > 10);
    assert_none("customer types that do not follow from value and renewal",
                "SELECT FROM gym.clv v JOIN (SELECT x.gym_id, percentile_cont(.5) WITHIN GROUP "
                "(ORDER BY x.clv_value) AS median, avg(x.p_renew) AS base FROM gym.clv x WHERE "
                "x.p_renew_usual IS NOT NULL GROUP BY x.gym_id) b USING (gym_id) WHERE "
                "v.p_renew_usual IS NOT NULL AND abs(v.p_renew - b.base) > 1e-9 AND "
                "v.predicted_customer_type <> CASE WHEN v.clv_value >= b.median THEN CASE WHEN "
                "v.p_renew >= b.base THEN 'Star' ELSE 'Vulnerable' END ELSE CASE WHEN v.p_renew >= "
                "b.base THEN 'Free Rider' ELSE 'Lost Cause' END END");
}

static void who_has_left_is_worth_little_and_nobody_renews_a_cancelled_term(void **state)
{
    (void)state;
    assert_none("cancelled terms that are renewed",
                "SELECT FROM gym.clv v WHERE v.model = 'cancelled' AND v.p_renew <> 0");
    assert_string_equal(test_text(admin, "SELECT ((SELECT avg(clv_value) FROM gym.clv WHERE model "
                                         "= 'coming back') * 5 < (SELECT avg(clv_value) FROM "
                                         "gym.clv WHERE p_renew_usual IS NOT NULL))::text"),
                        "true");
}

/* ---- Fits ---- */

static void fits_are_kept_with_errors_date_and_hold_out(void **state)
{
    (void)state;
    assert_none("gyms without a model in use",
                "SELECT FROM gym.gyms g, (VALUES ('visits'), ('spend'), ('survival'), ('renewal')) "
                "p (purpose) WHERE NOT EXISTS (SELECT FROM clv.model_fit f WHERE f.gym_id = "
                "g.gym_id AND f.purpose = p.purpose AND f.in_use)");
    assert_none("two in use for one purpose",
                "SELECT FROM clv.model_fit f WHERE f.in_use GROUP BY f.dataset_id, f.purpose, "
                "f.subject HAVING count(*) > 1");
    assert_none("fits in use that do not stand for themselves",
                "SELECT FROM clv.model_fit f WHERE f.in_use AND (cardinality(f.standard_errors) <> "
                "cardinality(f.estimates) OR cardinality(f.covariance) <> "
                "cardinality(f.estimates) ^ 2 OR f.fitted_on < current_date - 2)");
    /* The hold-out chose: nothing that was judged is better than what is in use. */
    assert_none("better models that are not in use",
                "SELECT FROM clv.model_fit f JOIN clv.model_fit b ON b.dataset_id = f.dataset_id "
                "AND b.purpose = f.purpose AND b.subject = f.subject AND NOT b.in_use WHERE "
                "f.in_use AND f.purpose IN ('visits', 'survival') AND b.log_loss < f.log_loss");
    assert_none(
        "hazards that do no better than the toss of a coin",
        "SELECT FROM clv.model_fit f WHERE f.model = 'renewal hazard' AND (f.auc IS NULL OR "
        "f.auc < .6)");
    assert_true(test_number(admin, "SELECT count(DISTINCT curve) FROM clv.curve_point WHERE gym_id "
                                   "= 1") >= 7);
    assert_none("curves that rise",
                "SELECT FROM (SELECT p.y, lag(p.y) OVER (PARTITION BY p.dataset_id, p.curve, "
                "p.series ORDER BY p.x) AS before FROM clv.curve_point p WHERE p.curve LIKE "
                "'survival%') x WHERE x.y > x.before");
}

/* Members of gym 3 who have bought nothing beside their plan leave nothing to fit their spending
 * to: the last good fit stays, with the reason of the failure. */
static void a_fit_that_fails_keeps_the_last_good_one(void **state)
{
    (void)state;
    const char *before = test_text(admin, "SELECT md5(f::text) FROM (SELECT estimates, covariance, "
                                          "fitted_at, observations FROM clv.model_fit WHERE gym_id "
                                          "= 3 AND purpose = 'spend') f");
    assert_true(*before);
    test_run(admin, "BEGIN; SET LOCAL session_replication_role = replica; CREATE TABLE kept_kinds "
                    "AS SELECT transaction_id, kind FROM gym.transactions WHERE gym_id = 3; UPDATE "
                    "gym.transactions SET kind = 'payment' WHERE gym_id = 3 AND kind IN ('extra', "
                    "'day_pass', 'pack'); DELETE FROM gym.member_histories; COMMIT");
    recompute_of(3);
    assert_string_equal(before,
                        test_text(admin, "SELECT md5(f::text) FROM (SELECT estimates, covariance, "
                                         "fitted_at, observations FROM clv.model_fit WHERE gym_id "
                                         "= 3 AND purpose = 'spend') f"));
    assert_string_equal(test_text(admin, "SELECT (failed_at IS NOT NULL AND failure LIKE '%%beside "
                                         "their plan%%' AND in_use)::text FROM clv.model_fit WHERE "
                                         "gym_id = 3 AND purpose = 'spend'"),
                        "true");
    test_run(admin,
             "BEGIN; SET LOCAL session_replication_role = replica; UPDATE gym.transactions t "
             "SET kind = k.kind FROM kept_kinds k WHERE k.transaction_id = "
             "t.transaction_id; DROP TABLE kept_kinds; DELETE FROM gym.member_histories; COMMIT");
    recompute_of(3);
    assert_string_equal(test_text(admin, "SELECT (failed_at IS NULL AND failure = '')::text FROM "
                                         "clv.model_fit WHERE gym_id = 3 AND purpose = 'spend'"),
                        "true");
}

/* A gym on its first day: nobody, and then one member who has not come yet. */
static void a_gym_without_history_is_told_so(void **state)
{
    (void)state;
    int64_t gym = test_number(admin, "INSERT INTO gym.gyms (gym_id, name, username, email) VALUES "
                                     "(9, 'New', 'new', 'new@example.org') RETURNING gym_id");
    recompute_of(gym);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM clv.dataset WHERE gym_id = 9 AND "
                                        "scoring IS NOT NULL"),
                     1);
    test_run(admin, "INSERT INTO gym.packages (package_id, gym_id, name, duration_months, price) "
                    "VALUES (9001, 9, 'Monthly', 1, 40); INSERT INTO gym.customers (customer_id, "
                    "gym_id, name, join_date, package_id) VALUES (990001, 9, 'First', current_date "
                    "- 3, 9001); INSERT INTO gym.memberships (gym_id, customer_id, package_id, "
                    "term, price, anchor_day) VALUES (9, 990001, 9001, daterange(current_date - 3, "
                    "current_date + 27), 40, 1)");
    recompute_of(gym);
    assert_string_equal(test_text(admin, "SELECT model || ' ' || (clv_value > 0) || ' ' || "
                                         "(p_renew BETWEEN .5 AND 1) FROM gym.clv WHERE "
                                         "customer_id = 990001"),
                        "no history yet true true");
    assert_true(test_number(admin, "SELECT count(*) FROM clv.model_fit WHERE gym_id = 9 AND "
                                   "failed_at IS NOT NULL AND failure <> ''") > 3);
}

/* ---- One member ---- */

#define FIGURES                                                                                    \
    "SELECT md5(x::text) FROM (SELECT r.recency_score, r.frequency_score, r.monetary_score, "      \
    "r.customer_segment, r.r, r.f, r.m, r.as_of, v.clv_value, v.average_order_value, "             \
    "v.predicted_customer_type, v.p_alive, v.p_renew, v.p_renew_usual, v.months_left, v.clv_low, " \
    "v.clv_high, v.at_stake, v.risk_reason, v.model, p.clv, p.p_stay, p.expected, d.age, "         \
    "d.survival_time, d.event_observed FROM gym.rfm r JOIN gym.clv v USING (customer_id) JOIN "    \
    "clv.dim_customer d ON d.source_key = r.customer_id::text JOIN clv.dataset s ON s.dataset_id " \
    "= d.dataset_id AND s.kind = 'gym' JOIN clv.clv_prediction p ON p.customer_id = "              \
    "d.customer_id WHERE r.customer_id = %lld) x"

static void refresh(struct value_cache *cache, struct bulk *bulk, int64_t customer)
{
    int64_t gym = test_number(admin, "SELECT gym_id FROM gym.customers WHERE customer_id = %lld",
                              (long long)customer);
    if (!value_refresh_member(cache, bulk, gym, customer, &error) || !bulk_commit(bulk, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static void one_member_refreshed_is_the_member_recomputed_with_all(void **state)
{
    (void)state;
    struct value_cache *cache = value_cache_new();
    struct bulk *bulk = bulk_open(place, &error);
    assert_true(cache && bulk);
    bulk_keep_plans(bulk);
    int64_t count = test_number(admin, "SELECT count(*) FROM gym.rfm");
    for (int64_t i = 0; i < count; i += 13) {
        int64_t customer = test_number(
            admin, "SELECT customer_id FROM gym.rfm ORDER BY customer_id OFFSET %lld LIMIT 1",
            (long long)i);
        char with_all[64];
        snprintf(with_all, sizeof with_all, "%s", test_text(admin, FIGURES, (long long)customer));
        test_run(admin,
                 "UPDATE gym.rfm SET recency_score = -1, r = 1, f = 1, customer_segment = "
                 "'' WHERE customer_id = %lld",
                 (long long)customer);
        test_run(admin, "DELETE FROM gym.clv WHERE customer_id = %lld", (long long)customer);
        refresh(cache, bulk, customer);
        if (strcmp(with_all, test_text(admin, FIGURES, (long long)customer)) != 0)
            fail_msg("member %lld differs", (long long)customer);
    }
    bulk_close(bulk);
    value_cache_free(cache);
}

/* ---- The end in the middle ---- */

static bool end_at_second_gym(void *owner, const char *phase, double share)
{
    int *calls = owner;
    (void)phase;
    (void)share;
    return ++*calls < 2;
}

#define ALL_FIGURES                                                                                \
    "SELECT md5(string_agg(x::text, '' ORDER BY x.customer_id)) FROM (SELECT v.customer_id, "      \
    "v.clv_value, v.p_alive, r.r, r.f, r.m, r.recency_score FROM gym.clv v JOIN gym.rfm r USING "  \
    "(customer_id) WHERE v.gym_id %s) x"

static void a_recompute_that_ends_in_the_middle_leaves_each_gym_whole(void **state)
{
    (void)state;
    const struct value_options options = {.gym_id = 0, .as_of = DATE_NONE};
    char before[64], others[64];
    int calls = 0;
    snprintf(before, sizeof before, "%s", test_text(admin, ALL_FIGURES, "= 1"));
    snprintf(others, sizeof others, "%s", test_text(admin, ALL_FIGURES, "> 1"));
    struct bulk *bulk = bulk_open(place, &error);
    assert_false(value_recompute(bulk, &options, end_at_second_gym, &calls, &error));
    assert_int_equal(error.code, ERROR_CANCELLED);
    bulk_close(bulk);
    assert_string_equal(others, test_text(admin, ALL_FIGURES, "> 1"));
    /* Cut off while it stores: nothing of the gym changes, and the next one works. */
    test_run(admin,
             "CREATE FUNCTION public.stop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
             "EXCEPTION 'cut off'; END $$; CREATE TRIGGER stop BEFORE UPDATE ON clv.dataset FOR "
             "EACH ROW WHEN (NEW.customers IS DISTINCT FROM OLD.customers OR NEW.transactions IS "
             "NOT DISTINCT FROM OLD.transactions) EXECUTE FUNCTION public.stop_it()");
    bulk = bulk_open(place, &error);
    assert_false(value_recompute(bulk, &options, NULL, NULL, &error));
    bulk_close(bulk);
    test_run(admin, "DROP TRIGGER stop ON clv.dataset; DROP FUNCTION public.stop_it()");
    assert_string_equal(before, test_text(admin, ALL_FIGURES, "= 1"));
    recompute_of(0);
    assert_string_equal(before, test_text(admin, ALL_FIGURES, "= 1"));
}

/* ---- The star schema ---- */

static void assert_star_agrees(void)
{
    assert_none("members who are not in their gym's dataset, or customers who are no members",
                "SELECT FROM (SELECT c.gym_id, c.customer_id::text AS key FROM gym.customers c "
                "WHERE c.merged_into IS NULL) m FULL JOIN (SELECT d.gym_id, d.source_key AS key "
                "FROM clv.dim_customer d JOIN clv.dataset s USING (dataset_id) WHERE s.kind = "
                "'gym') d USING (gym_id, key) WHERE m.key IS NULL OR d.key IS NULL");
    assert_none("payments that differ",
                "SELECT FROM (SELECT t.customer_id::text AS key, t.date AS day, t.amount, "
                "t.payment_method_id AS method, count(*) AS n FROM gym.transactions t GROUP BY 1, "
                "2, 3, 4) a FULL JOIN (SELECT d.source_key AS key, f.transaction_date AS day, "
                "f.amount, f.payment_method_id AS method, count(*) AS n FROM clv.fact_transaction "
                "f JOIN clv.dim_customer d USING (customer_id) JOIN clv.dataset s USING "
                "(dataset_id) WHERE s.kind = 'gym' GROUP BY 1, 2, 3, 4) b USING (key, day, amount, "
                "method) WHERE a.n IS DISTINCT FROM b.n");
    assert_none("datasets that count wrongly",
                "SELECT FROM clv.dataset s WHERE s.kind = 'gym' AND (s.customers <> (SELECT "
                "count(*) FROM gym.rfm r WHERE r.gym_id = s.gym_id) OR s.transactions <> (SELECT "
                "count(*) FROM gym.transactions t WHERE t.gym_id = s.gym_id))");
}

static void the_star_schema_says_what_the_gym_says(void **state)
{
    (void)state;
    assert_star_agrees();
    assert_none("scores that differ",
                "SELECT FROM clv.clv_prediction p JOIN clv.dim_customer d USING (customer_id) JOIN "
                "clv.dataset s ON s.dataset_id = d.dataset_id AND s.kind = 'gym' JOIN gym.rfm r ON "
                "r.customer_id::text = d.source_key WHERE (p.r, p.f, p.m, p.customer_segment) IS "
                "DISTINCT FROM (r.r, r.f, r.m, r.customer_segment)");
    /* ANALYTICS §1: ended when the last term did, and thirty days went by. */
    assert_none("events that did not happen, or were missed",
                "SELECT FROM clv.dim_customer d JOIN clv.dataset s ON s.dataset_id = d.dataset_id "
                "AND s.kind = 'gym' JOIN gym.rfm r ON r.customer_id::text = d.source_key JOIN "
                "(SELECT DISTINCT ON (m.customer_id) m.customer_id, upper(m.term) AS until, "
                "p.duration_months FROM gym.memberships m JOIN gym.packages p USING (package_id) "
                "WHERE NOT isempty(m.term) ORDER BY m.customer_id, upper(m.term) DESC) t ON "
                "t.customer_id = r.customer_id WHERE t.duration_months > 0 AND d.event_observed <> "
                "(r.as_of - t.until >= 30)");
    assert_none(
        "lives longer than paid for",
        "SELECT FROM clv.dim_customer d JOIN clv.dataset s ON s.dataset_id = d.dataset_id "
        "AND s.kind = 'gym' JOIN gym.customers c ON c.customer_id::text = d.source_key "
        "WHERE d.survival_time < 1 OR d.survival_time > greatest(1, s.as_of - c.join_date + "
        "1)");
}

static void payments_of_a_merge_move_in_the_star_schema_too(void **state)
{
    (void)state;
    int64_t loser = test_number(admin, "SELECT customer_id FROM gym.customers WHERE gym_id = 1 AND "
                                       "status = 'cancelled' AND merged_into IS NULL ORDER BY "
                                       "customer_id LIMIT 1");
    int64_t winner = test_number(admin, "SELECT customer_id FROM gym.customers WHERE gym_id = 1 "
                                        "AND status = 'cancelled' AND merged_into IS NULL ORDER BY "
                                        "customer_id DESC LIMIT 1");
    test_run(admin,
             "BEGIN; UPDATE gym.transactions SET customer_id = %lld WHERE customer_id = %lld; "
             "UPDATE gym.attendance SET customer_id = %lld WHERE customer_id = %lld AND false; "
             "UPDATE gym.customers SET merged_into = %lld WHERE customer_id = %lld; COMMIT",
             (long long)winner, (long long)loser, (long long)winner, (long long)loser,
             (long long)winner, (long long)loser);
    recompute_of(1);
    assert_star_agrees();
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.clv WHERE customer_id = %lld",
                                 (long long)loser),
                     0);
}

static void after_other_members_have_come_the_dataset_is_theirs(void **state)
{
    (void)state;
    demonstration_make_up(place, 500, 21);
    assert_true(value_recompute_all(place, DATE_NONE, NULL, NULL, &error));
    assert_star_agrees();
    every_member_has_scores_and_a_value(NULL);
}

static void wait_until(const char *what, long long customer)
{
    for (int i = 0; i < PATIENCE_MS / 20; i++) {
        struct timespec pause = {0, 20000000};
        char condition[400];
        snprintf(condition, sizeof condition, what, customer);
        if (*test_text(admin, "SELECT (%s)::text", condition) == 't')
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("never: %s", what);
}

/* Whoever was refreshed singly after a recompute began has the fresher figures. */
static bool refresh_one_meanwhile(void *owner, const char *phase, double share)
{
    (void)owner;
    (void)phase;
    (void)share;
    test_run(admin, "UPDATE gym.rfm SET recency_score = 7777, refreshed_at = clock_timestamp() "
                    "WHERE customer_id = 10001; UPDATE gym.clv SET model = 'fresh' WHERE "
                    "customer_id IN (10001, 10002)");
    return true;
}

static void fresher_figures_of_a_member_stay(void **state)
{
    (void)state;
    const struct value_options options = {.gym_id = 1, .as_of = DATE_NONE};
    struct bulk *bulk = bulk_open(place, &error);
    assert_true(bulk && value_recompute(bulk, &options, refresh_one_meanwhile, NULL, &error));
    bulk_close(bulk);
    assert_int_equal(
        test_number(admin, "SELECT recency_score FROM gym.rfm WHERE customer_id = 10001"), 7777);
    assert_int_equal(test_number(admin, "SELECT customer_id FROM gym.clv WHERE model = 'fresh'"),
                     10001);
    recompute_of(1); /* began later: these are the fresher ones */
    assert_none("old figures", "SELECT FROM gym.rfm r JOIN gym.clv v USING (customer_id) WHERE "
                               "r.recency_score = 7777 OR v.model = 'fresh'");
}

#define KILLS 20

static void killed_at_any_moment_each_gym_is_old_or_new(void **state)
{
    (void)state;
    char named[1200];
    snprintf(named, sizeof named, "%s application_name=killed", place);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_true(value_recompute_all(named, DATE_NONE, NULL, NULL, &error));
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t whole = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
    for (int i = 0; i < KILLS; i++) {
        test_run(admin, "UPDATE gym.rfm SET as_of = '2001-01-01'; UPDATE gym.clv SET as_of = "
                        "'2001-01-01'; UPDATE clv.clv_prediction SET as_of = '2001-01-01'");
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(!value_recompute_all(named, DATE_NONE, NULL, NULL, &error));
        /* Spread over the time that a whole one takes, at other moments each run. */
        int64_t moment = whole * i / KILLS + getpid() % 1000;
        struct timespec pause = {moment / 1000000, moment % 1000000 * 1000};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        wait_until("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'killed' "
                   "AND %lld = 0",
                   0);
        assert_none("gyms with old and new figures",
                    "SELECT FROM (SELECT gym_id, as_of FROM gym.rfm UNION ALL SELECT gym_id, as_of "
                    "FROM gym.clv UNION ALL SELECT gym_id, as_of FROM clv.clv_prediction) x GROUP "
                    "BY gym_id HAVING count(DISTINCT as_of) > 1");
    }
    recompute_of(0);
    assert_none("old figures", "SELECT FROM gym.rfm WHERE as_of = '2001-01-01'");
    assert_star_agrees();
}

/* ---- While a worker lives ---- */

static volatile sig_atomic_t stop;

static void *work(void *owner)
{
    const struct runner_options options = {.conninfo = place, .stop = &stop};
    runner_run(&options, owner);
    return NULL;
}

static void a_check_in_takes_its_member_off_the_list_while_a_worker_lives(void **state)
{
    (void)state;
    pthread_t worker;
    struct error ended = {0};
    int64_t customer =
        test_number(admin, "SELECT v.customer_id FROM gym.clv v JOIN gym.customers c USING "
                           "(customer_id) JOIN gym.member_summary s USING (customer_id) WHERE "
                           "v.gym_id = 1 AND v.at_stake > 0 AND c.banned_on IS NULL AND s.balance "
                           "<= 0 ORDER BY v.at_stake DESC LIMIT 1");
    assert_true(customer > 0);
    stop = 0;
    assert_int_equal(pthread_create(&worker, NULL, work, &ended), 0);
    wait_until("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '" DATABASE
               "' AND query = 'LISTEN gymtui' AND %lld > 0",
               (long long)customer);
    test_run(admin,
             "SELECT gym.check_in(gen_random_uuid(), NULL, %lld, 'test', 'a test of the list')",
             (long long)customer);
    wait_until("(SELECT r.recency_score = 0 AND v.at_stake = 0 AND v.p_alive > .5 FROM gym.rfm r "
               "JOIN gym.clv v USING (customer_id) WHERE r.customer_id = %lld)",
               (long long)customer);
    stop = 1;
    pthread_join(worker, NULL);
    assert_int_equal(ended.code, ERROR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_has_scores_and_a_value),
        cmocka_unit_test(scores_are_those_of_the_definition_in_sql),
        cmocka_unit_test(figures_keep_within_their_bounds),
        cmocka_unit_test(who_has_left_is_worth_little_and_nobody_renews_a_cancelled_term),
        cmocka_unit_test(fits_are_kept_with_errors_date_and_hold_out),
        cmocka_unit_test(a_fit_that_fails_keeps_the_last_good_one),
        cmocka_unit_test(a_gym_without_history_is_told_so),
        cmocka_unit_test(one_member_refreshed_is_the_member_recomputed_with_all),
        cmocka_unit_test(a_recompute_that_ends_in_the_middle_leaves_each_gym_whole),
        cmocka_unit_test(the_star_schema_says_what_the_gym_says),
        cmocka_unit_test(payments_of_a_merge_move_in_the_star_schema_too),
        cmocka_unit_test(after_other_members_have_come_the_dataset_is_theirs),
        cmocka_unit_test(fresher_figures_of_a_member_stay),
        cmocka_unit_test(killed_at_any_moment_each_gym_is_old_or_new),
        cmocka_unit_test(a_check_in_takes_its_member_off_the_list_while_a_worker_lives),
    };
    return cmocka_run_group_tests(tests, open_demonstration, end);
}
