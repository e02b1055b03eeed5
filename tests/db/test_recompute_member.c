/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of one member after a check-in: the same rows as a recompute of all writes, whoever
 * it is, and whatever of them is missing; payments are copied once they have changed; terminals are
 * told; a recompute that is writing the same rows is waited for, and nothing comes out twice.
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gymtui/worker/value.h"
#include "recompute/demonstration.h"
#include "support.h"

#define PATIENCE_MS 120000
#define EACH        9 /* members of a kind */
#define ROWS_BYTES  8192

static struct error error;
static PGconn *admin;     /* superuser, working on gym 1 */
static const char *place; /* superuser's conninfo */
static struct value_cache *cache;
static struct bulk *bulk;

static char day[64]; /* of the gyms, when the last recompute of all began */

static void read_today(char *now)
{
    snprintf(now, sizeof day, "%s",
             test_text(admin, "SELECT string_agg(((now() AT TIME ZONE g.time_zone)::date - date "
                              "'1970-01-01')::text, ' ' ORDER BY g.gym_id) FROM gym.gyms g"));
}

static void recompute(void)
{
    read_today(day);
    if (!value_recompute_all(place, DATE_NONE, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

/* Figures of yesterday are no match for those of today: whoever compares them does it again. */
static bool day_has_turned(void)
{
    char now[sizeof day];
    read_today(now);
    if (strcmp(day, now) == 0)
        return false;
    recompute();
    return true;
}

static int open_demonstration(void **state)
{
    (void)state;
    admin = demonstration_open("gymmember", 900, 17, &place);
    if (!admin)
        return 1;
    if (!value_recompute_all(place, DATE_NONE, NULL, NULL, &error) ||
        !(cache = value_cache_new()) || !(bulk = bulk_open(place, &error))) {
        fprintf(stderr, "%s (%s)\n", error.message, error.hint);
        return 1;
    }
    bulk_keep_plans(bulk);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bulk_close(bulk);
    value_cache_free(cache);
    PQfinish(admin);
    return 0;
}

static void refresh(int64_t customer)
{
    int64_t gym = test_number(
        admin, "SELECT gym_id FROM gym.customers WHERE customer_id = %" PRId64, customer);
    if (!value_refresh_member(cache, bulk, gym, customer, &error) || !bulk_commit(bulk, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

/* Everything that the tables say of a member, but for their own numbers and the moment. */
#define ROWS                                                                                       \
    "SELECT concat_ws(E'\\n', (SELECT to_jsonb(x) - 'rfm_id' - 'refreshed_at' FROM gym.rfm x "     \
    "WHERE x.customer_id = c.customer_id), (SELECT to_jsonb(v) - 'clv_id' FROM gym.clv v WHERE "   \
    "v.customer_id = c.customer_id), (SELECT to_jsonb(d) - 'customer_id' FROM clv.dim_customer d " \
    "WHERE d.customer_id = k.customer_id), (SELECT to_jsonb(p) - 'prediction_id' - 'customer_id' " \
    "FROM clv.clv_prediction p WHERE p.customer_id = k.customer_id), (SELECT "                     \
    "md5(string_agg(concat_ws(' ', f.transaction_date, f.amount, f.payment_method_id), ',' ORDER " \
    "BY f.transaction_date, f.amount, f.payment_method_id)) FROM clv.fact_transaction f WHERE "    \
    "f.customer_id = k.customer_id)) FROM gym.customers c JOIN clv.dataset s ON s.gym_id = "       \
    "c.gym_id AND s.kind = 'gym' LEFT JOIN clv.dim_customer k ON k.dataset_id = s.dataset_id AND " \
    "k.source_key = c.customer_id::text WHERE c.customer_id = %" PRId64

static void rows_of(int64_t customer, char rows[ROWS_BYTES])
{
    snprintf(rows, ROWS_BYTES, "%s", test_text(admin, ROWS, customer));
}

#define DIM                                                                                        \
    "(SELECT d.customer_id FROM clv.dim_customer d JOIN clv.dataset s USING (dataset_id) WHERE "   \
    "s.kind = 'gym' AND d.source_key = '%" PRId64 "')"

/* ---- The same rows ---- */

static void spoil(int64_t customer)
{
    test_run(admin,
             "UPDATE gym.rfm SET recency_score = 4711, frequency_score = -1, monetary_score = -1, "
             "customer_segment = '', r = 1, f = 1, m = 1, as_of = '2001-01-01' WHERE customer_id = "
             "%" PRId64,
             customer);
    test_run(admin,
             "UPDATE gym.clv SET clv_value = -1, average_order_value = -1, "
             "predicted_customer_type = '', p_alive = .123, p_renew = .123, months_left = -1, "
             "clv_low = -1, clv_high = -1, model = '', as_of = '2001-01-01', p_renew_usual = .123, "
             "at_stake = 4711, risk_reason = 'none' WHERE customer_id = %" PRId64,
             customer);
    test_run(admin,
             "UPDATE clv.dim_customer SET age = 1, gender = '', first_transaction_date = "
             "'2001-01-01', last_transaction_date = '2001-01-01', survival_time = 0, "
             "event_observed = NOT event_observed, facts = -1 WHERE customer_id = " DIM,
             customer);
    test_run(admin,
             "UPDATE clv.clv_prediction SET clv = -1, predicted_customer_type = '', as_of = NULL, "
             "clv_low = -1, clv_high = -1, p_alive = .123, p_stay = .123, expected = -1, model = "
             "'', recency_score = -1, frequency_score = -1, monetary_score = -1, r = 1, f = 1, m = "
             "1, customer_segment = '' WHERE customer_id = " DIM,
             customer);
    test_run(admin, "DELETE FROM clv.fact_transaction WHERE customer_id = " DIM, customer);
}

static void remove_scores(int64_t customer)
{
    test_run(admin, "DELETE FROM gym.rfm WHERE customer_id = %" PRId64, customer);
}

static void remove_value(int64_t customer)
{
    test_run(admin, "DELETE FROM gym.clv WHERE customer_id = %" PRId64, customer);
}

static void remove_prediction(int64_t customer)
{
    test_run(admin, "DELETE FROM clv.clv_prediction WHERE customer_id = " DIM, customer);
}

static void remove_all(int64_t customer)
{
    remove_scores(customer);
    remove_value(customer);
    test_run(admin, "DELETE FROM clv.dim_customer WHERE customer_id = " DIM, customer);
}

static void assert_same(int64_t customer, const char *what)
{
    static void (*const losses[])(int64_t) = {spoil, remove_scores, remove_value, remove_prediction,
                                              remove_all};
    char with_all[ROWS_BYTES], alone[ROWS_BYTES];
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        do {
            rows_of(customer, with_all);
            assert_true(strlen(with_all) > 400);
            losses[i](customer);
            rows_of(customer, alone);
            assert_string_not_equal(with_all, alone);
            refresh(customer);
            rows_of(customer, alone);
            if (strcmp(with_all, alone) != 0 && !day_has_turned())
                fail_msg("%s, loss %zu, member %" PRId64 ":\n%s\nwith all, and alone\n%s", what, i,
                         customer, with_all, alone);
        } while (strcmp(with_all, alone) != 0);
}

static void whoever_it_is_gets_the_rows_of_a_recompute_of_all(void **state)
{
    (void)state;
    static const struct {
        const char *what, *condition;
    } kinds[] = {
        {"contract that runs", "v.p_renew_usual IS NOT NULL AND s.visit_days > 50"},
        {"cancelled", "v.model = 'cancelled'"},
        {"day passes", "v.model LIKE '%NBD' AND s.visit_days > 0"},
        {"never came", "s.visit_days = 0"},
        {"has left", "v.model = 'coming back'"},
        {"at stake", "v.at_stake > 0"},
        {"came once", "s.visit_days = 1"},
        {"frozen once", "EXISTS (SELECT FROM gym.freezes f WHERE f.customer_id = s.customer_id)"},
    };
    recompute();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (int j = 0; j < EACH; j++) {
            int64_t customer = test_number(
                admin,
                "SELECT max(x.customer_id) FROM (SELECT s.customer_id FROM gym.member_summary s "
                "JOIN gym.clv v USING (customer_id) WHERE (%s) ORDER BY md5(s.customer_id::text) "
                "OFFSET %d LIMIT 1) x",
                kinds[i].condition, j);
            if (customer > 0)
                assert_same(customer, kinds[i].what);
            else if (j == 0)
                fail_msg("nobody: %s", kinds[i].what);
        }
}

/* ---- Payments ---- */

#define SOMEBODY                                                                                   \
    "SELECT s.customer_id FROM gym.member_summary s JOIN gym.clv v USING (customer_id) WHERE "     \
    "s.gym_id = 1 AND v.p_renew_usual IS NOT NULL AND s.visit_days > 5 ORDER BY "                  \
    "md5(s.customer_id::text) OFFSET %d LIMIT 1"

static void pay(int64_t customer)
{
    test_run(admin,
             "INSERT INTO gym.transactions (gym_id, customer_id, payment_method_id, date, amount, "
             "kind) SELECT 1, %" PRId64 ", min(payment_method_id), current_date, "
             "12.34, 'extra' FROM clv.dim_payment_method",
             customer);
}

static void assert_payments_agree(int64_t customer)
{
    assert_string_equal(
        test_text(admin,
                  "SELECT concat_ws(' ', count(*), sum(amount), max(transaction_date)) FROM "
                  "clv.fact_transaction WHERE customer_id = " DIM,
                  customer),
        test_text(admin,
                  "SELECT concat_ws(' ', count(*), sum(amount), max(date)) FROM gym.transactions "
                  "WHERE customer_id = %" PRId64,
                  customer));
}

static void payments_are_copied_once_they_have_changed(void **state)
{
    (void)state;
    int64_t customer = test_number(admin, SOMEBODY, 0);
    char copied[64];
    pay(customer);
    refresh(customer);
    assert_payments_agree(customer);
#define COPIES "SELECT string_agg(DISTINCT xmin::text, ' ') FROM clv.fact_transaction WHERE "
    snprintf(copied, sizeof copied, "%s", test_text(admin, COPIES "customer_id = " DIM, customer));
    refresh(customer);
    assert_string_equal(copied, test_text(admin, COPIES "customer_id = " DIM, customer));
}

/* ---- Whoever looks is told ---- */

static void terminals_are_told_that_members_have_changed(void **state)
{
    (void)state;
    PGconn *terminal = PQconnectdb(place);
    PGnotify *told = NULL;
    test_run(terminal, "LISTEN gymtui");
    refresh(test_number(admin, SOMEBODY, 1));
    struct pollfd socket = {.fd = PQsocket(terminal), .events = POLLIN};
    while (!(told = PQnotifies(terminal))) {
        assert_int_equal(poll(&socket, 1, PATIENCE_MS), 1);
        assert_int_equal(PQconsumeInput(terminal), 1);
    }
    assert_string_equal(told->extra, "1:members");
    PQfreemem(told);
    PQfinish(terminal);
}

/* ---- While all are recomputed ---- */

static void *refresh_apart(void *owner)
{
    refresh(*(const int64_t *)owner);
    return NULL;
}

/* Refreshes the member while another transaction, which has done `first`, goes on with `then` once
 * it is waited for. */
static void refresh_against(int64_t customer, const char *first, const char *then)
{
    PGconn *other = PQconnectdb(place);
    pthread_t thread;
    test_run(other, "BEGIN; SET LOCAL search_path = gym; %s", first);
    int64_t waited_for = PQbackendPID(other);
    assert_int_equal(pthread_create(&thread, NULL, refresh_apart, &customer), 0);
    PGconn *watcher = PQconnectdb(place);
    bool waits = false;
    for (int i = 0; i < PATIENCE_MS / 10 && !waits; i++) {
        struct timespec pause = {0, 10000000};
        nanosleep(&pause, NULL);
        waits = test_number(watcher,
                            "SELECT count(*) FROM pg_stat_activity a WHERE %" PRId64
                            " = ANY (pg_blocking_pids(a.pid))",
                            waited_for) > 0;
    }
    assert_true(waits);
    test_run(other, "%s; COMMIT", then);
    pthread_join(thread, NULL);
    PQfinish(watcher);
    PQfinish(other);
}

static void a_recompute_that_copies_the_same_payments_is_waited_for(void **state)
{
    (void)state;
    int64_t customer = test_number(admin, SOMEBODY, 2);
    char first[512], then[2048];
    pay(customer);
    snprintf(first, sizeof first,
             "UPDATE gym.rfm SET recency_score = 4711, refreshed_at = now() WHERE customer_id = "
             "%" PRId64,
             customer);
    snprintf(then, sizeof then,
             "UPDATE gym.clv SET model = 'of all' WHERE customer_id = %" PRId64
             "; DELETE FROM clv.fact_transaction WHERE customer_id = " DIM
             "; INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, "
             "transaction_date, amount) SELECT t.gym_id, " DIM
             ", t.payment_method_id, t.date, t.amount FROM gym.transactions t WHERE t.customer_id "
             "= %" PRId64,
             customer, customer, customer, customer);
    refresh_against(customer, first, then);
    assert_payments_agree(customer);
    assert_int_equal(test_number(admin,
                                 "SELECT count(*) FROM gym.rfm r JOIN gym.clv v USING "
                                 "(customer_id) WHERE r.recency_score = 4711 OR v.model = 'of "
                                 "all'"),
                     0);
}

/* Somebody new: both find no rows, one of them comes first. */
static void a_recompute_that_adds_the_same_rows_is_waited_for(void **state)
{
    (void)state;
    int64_t customer = test_number(admin, SOMEBODY, 3);
    char then[2048];
    test_run(admin,
             "CREATE TABLE public.of_all AS SELECT * FROM gym.rfm WHERE customer_id = %" PRId64
             "; CREATE TABLE public.value_of_all AS SELECT * FROM gym.clv WHERE customer_id = "
             "%" PRId64,
             customer, customer);
    test_run(admin, "UPDATE public.of_all SET recency_score = 4711");
    remove_scores(customer);
    remove_value(customer);
    snprintf(then, sizeof then, "INSERT INTO gym.clv SELECT * FROM public.value_of_all");
    refresh_against(customer, "INSERT INTO gym.rfm SELECT * FROM public.of_all", then);
    assert_int_equal(test_number(admin,
                                 "SELECT recency_score FROM gym.rfm WHERE customer_id = %" PRId64,
                                 customer),
                     4711); /* as good, and whole */
    refresh(customer);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.rfm WHERE recency_score = 4711"),
                     0);
}

/* The worker's transaction began with its last commit, perhaps the evening before. */
static void the_day_is_that_of_the_moment_and_not_of_the_transaction(void **state)
{
    (void)state;
    static const char turned[] =
        "SELECT (%s AT TIME ZONE g.time_zone)::date - date '1970-01-01' FROM gym.gyms g JOIN "
        "gym.customers c USING (gym_id) WHERE c.customer_id = %" PRId64;
    int64_t customer = test_number(admin, SOMEBODY, 3);
    int64_t evening, day_now;
    test_run(admin,
             "CREATE TABLE public.zone AS SELECT g.gym_id, g.time_zone FROM gym.gyms g JOIN "
             "gym.customers c USING (gym_id) WHERE c.customer_id = %" PRId64,
             customer);
    do { /* until the transaction has begun in the two seconds before midnight at the gym */
        test_run(admin,
                 "UPDATE gym.gyms g SET time_zone = 'X' || to_char(((extract(epoch FROM now() AT "
                 "TIME ZONE 'UTC')::bigint + 2) %% 86400) * interval '1 second', 'HH24:MI:SS') "
                 "FROM public.zone z WHERE z.gym_id = g.gym_id");
        assert_true(bulk_commit(bulk, &error));
        day_now = evening = test_number(admin, turned, "clock_timestamp()", customer);
    } while (test_number(admin,
                         "SELECT (extract(hour FROM now() AT TIME ZONE g.time_zone) < 12)::integer "
                         "FROM gym.gyms g JOIN public.zone z USING (gym_id)"));
    for (int i = 0; i < PATIENCE_MS / 20 && day_now == evening; i++) {
        const struct timespec pause = {0, 20000000};
        nanosleep(&pause, NULL);
        day_now = test_number(admin, turned, "clock_timestamp()", customer);
    }
    assert_int_equal(day_now, evening + 1);
    refresh(customer);
    assert_int_equal(test_number(admin,
                                 "SELECT r.as_of - date '1970-01-01' FROM gym.rfm r WHERE "
                                 "r.customer_id = %" PRId64,
                                 customer),
                     evening + 1);
    test_run(admin, "UPDATE gym.gyms g SET time_zone = z.time_zone FROM public.zone z WHERE "
                    "z.gym_id = g.gym_id");
}

static void a_gym_that_was_never_recomputed_says_so(void **state)
{
    (void)state;
    assert_false(value_refresh_member(cache, bulk, 4711, 1, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_true(bulk_commit(bulk, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_it_is_gets_the_rows_of_a_recompute_of_all),
        cmocka_unit_test(payments_are_copied_once_they_have_changed),
        cmocka_unit_test(terminals_are_told_that_members_have_changed),
        cmocka_unit_test(a_recompute_that_copies_the_same_payments_is_waited_for),
        cmocka_unit_test(a_recompute_that_adds_the_same_rows_is_waited_for),
        cmocka_unit_test(the_day_is_that_of_the_moment_and_not_of_the_transaction),
        cmocka_unit_test(a_gym_that_was_never_recomputed_says_so),
    };
    return cmocka_run_group_tests(tests, open_demonstration, end);
}
