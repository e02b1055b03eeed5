/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attacker/attacker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

PGconn *attacker_desk, *attacker_manager, *attacker_owner;

/* A row of gym 2 in every table that could show one. */
static void fill_every_table(void)
{
    test_run(
        test_superuser(),
        "INSERT INTO gym.trainers (gym_id, name) VALUES (2, 'Tess');"
        "INSERT INTO gym.freezes (gym_id, customer_id, period) VALUES (2, 20001, '[2030-01-01,"
        "2030-02-01)');"
        "INSERT INTO gym.till_sessions (gym_id, desk, opening_float) VALUES (2, 'desk 1', 10);"
        "INSERT INTO gym.till_moves (gym_id, till_session_id, amount, reason) SELECT 2, "
        "till_session_id, 5, 'change' FROM gym.till_sessions WHERE gym_id = 2;"
        "INSERT INTO gym.till_counts (gym_id, till_session_id, counted) SELECT 2, "
        "till_session_id, 15 FROM gym.till_sessions WHERE gym_id = 2;"
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "VALUES (20001, now() - interval '3 days', now() - interval '71 hours', 2, 2);"
        "INSERT INTO gym.access_log (gym_id, customer_id, home_gym_id, result, reason) VALUES "
        "(2, 20001, 2, 'denied', 'expired');"
        "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
        "monetary_score, customer_segment, r, f, m, as_of) VALUES (2, 20001, 1, 1, 1, 'New', 1, "
        "1, 1, now());"
        "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
        "predicted_customer_type, as_of) VALUES (2, 20001, 1, 1, 'x', now());"
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (2, 20001, 'price');"
        "INSERT INTO gym.campaigns (campaign_id, gym_id, name, starts_on) VALUES (1, 2, 'x', "
        "now());"
        "INSERT INTO gym.campaign_members (gym_id, campaign_id, customer_id, arm) VALUES (2, 1, "
        "20001, 'offer');"
        "INSERT INTO gym.campaign_lists VALUES (2, 1, 1, '{20001}');"
        "INSERT INTO gym.value_history VALUES (2, now(), 1, 1, 1, 1);"
        "INSERT INTO gym.member_histories VALUES (2, 20001, '0', now(), 0, '');"
        "INSERT INTO gym.jobs (job_id, gym_id, kind) VALUES (1000, 2, 'recompute');"
        "INSERT INTO clv.import_file (file_id, gym_id, name, bytes) VALUES (1, 2, 'x.csv', 1);"
        "INSERT INTO clv.import_part (file_id, gym_id, part, bytes) VALUES (1, 2, 0, 'x');"
        "INSERT INTO clv.import_reject (job_id, gym_id, number, line, reason) VALUES (1000, 2, 1, "
        "2, 'no date');"
        "INSERT INTO gym.requests (gym_id, request_id, kind) VALUES (2, gen_random_uuid(), 'x');"
        "INSERT INTO gym.merges (gym_id, loser, winner, moved) VALUES (2, 20001, 20002, '{}');"
        "INSERT INTO clv.dataset (dataset_id, gym_id, name, kind) VALUES (1, 2, 'gym', 'gym');"
        "INSERT INTO clv.dim_customer (customer_id, gym_id, dataset_id, source_key) VALUES (1, "
        "2, 1, '20001');"
        "INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, "
        "transaction_date, amount) VALUES (2, 1, 1, now(), 1);"
        "INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, predicted_customer_type) "
        "VALUES (2, 1, 1, 'x');"
        "INSERT INTO clv.model_fit (gym_id, dataset_id, purpose, model, parameters, estimates, "
        "observations, fitted_on) VALUES (2, 1, 'visits', 'BG/NBD', '{r}', '{1}', 1, '2026-01-01');"
        "INSERT INTO clv.curve_point (gym_id, dataset_id, curve, series, x, y) VALUES (2, 1, "
        "'survival', 'all', 0, 1)");
}

int attacker_start(void **state)
{
    (void)state;
    test_cluster_start();
    fill_every_table();
    attacker_desk = test_connect("north", "desk1");
    attacker_manager = test_connect("north", "mona");
    attacker_owner = test_connect("north", "");
    return 0;
}

int attacker_stop(void **state)
{
    (void)state;
    PQfinish(attacker_desk);
    PQfinish(attacker_manager);
    PQfinish(attacker_owner);
    return 0;
}

void attacker_expect_refused(PGconn *connection, const char *sql)
{
    const char *state = test_state(connection, "%s", sql);
    if (strcmp(state, "42501") != 0)
        fail_msg("%s: SQLSTATE \"%s\": %s", sql, state, test_message());
}

void attacker_expect_state(PGconn *connection, const char *wanted, const char *sql)
{
    const char *state = test_state(connection, "%s", sql);
    if (strcmp(state, wanted) != 0)
        fail_msg("%s: SQLSTATE \"%s\", not %s: %s", sql, state, wanted, test_message());
}

void attacker_expect_nothing(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool refused = state && strcmp(state, "42501") == 0;
    bool empty = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 0;
    if (!refused && !empty)
        fail_msg("%s: %d rows, %s", sql, PQntuples(result), PQresultErrorMessage(result));
    PQclear(result);
}
