-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures into their places: of a gym's members out of pg_temp.figures_new, where they were copied
-- to, or of one member out of parameters in the order of that table's columns. All of it in one
-- transaction. Rows that are there are changed first; those that are not are added when fewer were
-- changed than there are. `n` has the figures.

-- fragment: recompute_set_rfm
       SET recency_score = n.recency_score, frequency_score = n.frequency_score,
           monetary_score = n.monetary_score, customer_segment = n.customer_segment, r = n.r, f = n.f,
           m = n.m, as_of = n.as_of,

-- fragment: recompute_insert_rfm
INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, monetary_score, customer_segment,
                     r, f, m, as_of, refreshed_at)
SELECT n.gym_id, n.customer_id, n.recency_score, n.frequency_score, n.monetary_score, n.customer_segment,
       n.r, n.f, n.m, n.as_of,

-- fragment: recompute_set_clv
       SET clv_value = n.clv_value, average_order_value = n.average_order,
           predicted_customer_type = n.customer_type, p_alive = n.p_alive, p_renew = n.p_renew,
           p_renew_usual = n.p_renew_usual, months_left = n.months_left, clv_low = n.clv_low,
           clv_high = n.clv_high, at_stake = n.at_stake, risk_reason = n.risk_reason, model = n.model,
           as_of = n.as_of

-- fragment: recompute_insert_clv
INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, predicted_customer_type, p_alive,
                     p_renew, p_renew_usual, months_left, clv_low, clv_high, at_stake, risk_reason, model, as_of)
SELECT n.gym_id, n.customer_id, n.clv_value, n.average_order, n.customer_type, n.p_alive, n.p_renew,
       n.p_renew_usual, n.months_left, n.clv_low, n.clv_high, n.at_stake, n.risk_reason, n.model, n.as_of

-- fragment: recompute_set_customers
       SET age = n.age, gender = n.gender, first_transaction_date = n.first_payment,
           last_transaction_date = n.last_payment, survival_time = n.survival_time,
           event_observed = n.event_observed, facts = n.facts

-- fragment: recompute_customer_differs
   AND (d.age, d.gender, d.first_transaction_date, d.last_transaction_date, d.survival_time, d.event_observed,
        d.facts)
       IS DISTINCT FROM (n.age, n.gender, n.first_payment, n.last_payment, n.survival_time, n.event_observed,
                         n.facts)

-- fragment: recompute_insert_customers
INSERT INTO clv.dim_customer AS d (gym_id, dataset_id, source_key, age, gender, first_transaction_date,
                                   last_transaction_date, survival_time, event_observed, facts)
SELECT n.gym_id, n.dataset_id, n.customer_id::text, n.age, n.gender, n.first_payment, n.last_payment,
       n.survival_time, n.event_observed, n.facts

-- fragment: recompute_set_predictions
       SET clv = n.survival_value, predicted_customer_type = n.customer_type, as_of = n.as_of,
           clv_low = n.survival_low, clv_high = n.survival_high, p_alive = n.p_alive, p_stay = n.p_stay,
           expected = n.expected, model = n.survival_model, recency_score = n.recency_score,
           frequency_score = n.frequency_score, monetary_score = n.monetary_score, r = n.r, f = n.f, m = n.m,
           customer_segment = n.customer_segment

-- fragment: recompute_insert_predictions
INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, predicted_customer_type, as_of, clv_low, clv_high,
                                p_alive, p_stay, expected, model, recency_score, frequency_score,
                                monetary_score, r, f, m, customer_segment)
SELECT n.gym_id, n.dim, n.survival_value, n.customer_type, n.as_of, n.survival_low, n.survival_high, n.p_alive,
       n.p_stay, n.expected, n.survival_model, n.recency_score, n.frequency_score, n.monetary_score, n.r, n.f,
       n.m, n.customer_segment

-- name: recompute_add_customers
-- Members whom the star schema does not know yet.
WITH added AS (
-- use: recompute_insert_customers
      FROM pg_temp.figures_new AS n
     WHERE n.dim IS NULL
     ORDER BY n.customer_id
    ON CONFLICT (dataset_id, source_key) DO UPDATE SET age = excluded.age
    RETURNING d.customer_id, d.source_key)
UPDATE pg_temp.figures_new AS n
   SET dim = a.customer_id
  FROM added AS a
 WHERE n.dim IS NULL AND n.customer_id = a.source_key::bigint;

-- name: recompute_change_rfm
-- First of all: whose row is locked here, nobody else writes figures of. Figures of single members
-- that are fresher than when this recompute began stay.
WITH changed AS (
    UPDATE gym.rfm AS r
-- use: recompute_set_rfm
           refreshed_at = now()
      FROM pg_temp.figures_new AS n
     WHERE n.customer_id = r.customer_id AND r.refreshed_at <= now()
    RETURNING 1)
SELECT count(*) FROM changed AS c;

-- name: recompute_add_rfm
-- As above; whom somebody else has added meanwhile is fresher too.
-- use: recompute_insert_rfm
       now()
  FROM pg_temp.figures_new AS n
 WHERE NOT EXISTS (SELECT FROM gym.rfm AS r WHERE r.customer_id = n.customer_id)
 ORDER BY n.customer_id
ON CONFLICT (customer_id) DO NOTHING;

-- name: recompute_drop_fresher
DELETE FROM pg_temp.figures_new AS n
 USING gym.rfm AS r
 WHERE r.customer_id = n.customer_id AND r.refreshed_at > now();

-- name: recompute_change_clv
WITH changed AS (
    UPDATE gym.clv AS c
-- use: recompute_set_clv
      FROM pg_temp.figures_new AS n
     WHERE n.customer_id = c.customer_id
    RETURNING 1)
SELECT count(*) FROM changed AS c;

-- name: recompute_add_clv
-- use: recompute_insert_clv
  FROM pg_temp.figures_new AS n
 WHERE NOT EXISTS (SELECT FROM gym.clv AS c WHERE c.customer_id = n.customer_id)
 ORDER BY n.customer_id;

-- name: recompute_store_facts
-- Payments of whoever has others by now than the star schema knows are copied anew: after new
-- payments, merges, and when made-up members have taken the places of others.
WITH gone AS (
    DELETE FROM clv.fact_transaction AS f USING pg_temp.figures_new AS n WHERE n.is_stale AND f.customer_id = n.dim)
INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, transaction_date, amount)
SELECT t.gym_id, n.dim, t.payment_method_id, t.date, t.amount
  FROM pg_temp.figures_new AS n
  JOIN gym.transactions AS t ON t.customer_id = n.customer_id
 WHERE n.is_stale;

-- name: recompute_store_customers
-- The same members in the star schema.
UPDATE clv.dim_customer AS d
-- use: recompute_set_customers
  FROM pg_temp.figures_new AS n
 WHERE d.customer_id = n.dim
-- use: recompute_customer_differs
;

-- name: recompute_change_predictions
-- By the survival form; its campaign flags belong to the campaigns.
WITH changed AS (
    UPDATE clv.clv_prediction AS p
-- use: recompute_set_predictions
      FROM pg_temp.figures_new AS n
     WHERE p.customer_id = n.dim
    RETURNING 1)
SELECT count(*) FROM changed AS c;

-- name: recompute_add_predictions
-- use: recompute_insert_predictions
  FROM pg_temp.figures_new AS n
 WHERE NOT EXISTS (SELECT FROM clv.clv_prediction AS p WHERE p.customer_id = n.dim)
 ORDER BY n.customer_id;

-- ---- One member ----

-- name: recompute_store_member
-- All of the above of one member, and word of it to the terminals; returns the number in the star
-- schema. Statements of a WITH run when they are asked for, so `n` sees to it that rows are locked in
-- the order of the above: somebody new in the star schema, then the scores, and the rest after them.
-- What a recompute adds while this waits for it is as good.
WITH given AS (
    SELECT $1::bigint AS gym_id, $2::bigint AS dataset_id, $3::bigint AS customer_id, $4::date AS as_of,
           $5::integer AS recency_score, $6::double precision AS frequency_score, $7::numeric AS monetary_score,
           $8::text AS customer_segment, $9::smallint AS r, $10::smallint AS f, $11::smallint AS m,
           $12::double precision AS clv_value, $13::double precision AS clv_low, $14::double precision AS clv_high,
           $15::double precision AS average_order, $16::text AS customer_type, $17::double precision AS p_alive,
           $18::double precision AS p_renew, $19::double precision AS p_renew_usual,
           $20::double precision AS months_left, $21::double precision AS at_stake, $22::text AS risk_reason,
           $23::text AS model, $24::integer AS age, $25::text AS gender, $26::date AS first_payment,
           $27::date AS last_payment, $28::integer AS survival_time, $29::boolean AS event_observed,
           $30::double precision AS survival_value, $31::double precision AS survival_low,
           $32::double precision AS survival_high, $33::text AS survival_model, $34::double precision AS p_stay,
           $35::double precision AS expected, $36::bigint AS known, $37::bigint AS facts,
           $38::boolean AS is_stale
), added AS (
-- use: recompute_insert_customers
      FROM given AS n
     WHERE n.known IS NULL
    ON CONFLICT (dataset_id, source_key) DO UPDATE SET age = excluded.age, facts = excluded.facts
    RETURNING d.customer_id
), numbered AS MATERIALIZED (
    SELECT g.*, coalesce(g.known, (SELECT a.customer_id FROM added AS a)) AS dim FROM given AS g
), rfm AS (
    UPDATE gym.rfm AS r
-- use: recompute_set_rfm
           refreshed_at = clock_timestamp()
      FROM numbered AS n
     WHERE r.customer_id = n.customer_id
    RETURNING 1
), rfm_added AS (
-- use: recompute_insert_rfm
       clock_timestamp()
      FROM numbered AS n
     WHERE NOT EXISTS (SELECT FROM rfm)
    ON CONFLICT (customer_id) DO NOTHING
    RETURNING 1
), n AS MATERIALIZED (
    SELECT x.* FROM numbered AS x WHERE (SELECT count(*) FROM rfm_added) >= 0
), clv AS (
    UPDATE gym.clv AS c
-- use: recompute_set_clv
      FROM n
     WHERE c.customer_id = n.customer_id
    RETURNING 1
), clv_added AS (
-- use: recompute_insert_clv
      FROM n
     WHERE NOT EXISTS (SELECT FROM clv)
    ON CONFLICT (customer_id) DO NOTHING
), customers AS (
    UPDATE clv.dim_customer AS d
-- use: recompute_set_customers
      FROM n
     WHERE d.customer_id = n.known
-- use: recompute_customer_differs
), predictions AS (
    UPDATE clv.clv_prediction AS p
-- use: recompute_set_predictions
      FROM n
     WHERE p.customer_id = n.dim
    RETURNING 1
), predictions_added AS (
-- use: recompute_insert_predictions
      FROM n
     WHERE NOT EXISTS (SELECT FROM predictions)
    ON CONFLICT (customer_id) DO NOTHING
)
SELECT n.dim, pg_notify('gymtui', n.gym_id || ':members') FROM n;

-- name: recompute_store_facts_of
-- As above, of the member $2, who is $1 in the star schema. After the others, so as to see what a
-- recompute has copied meanwhile.
WITH gone AS (
    DELETE FROM clv.fact_transaction AS f WHERE f.customer_id = $1::bigint)
INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, transaction_date, amount)
SELECT t.gym_id, $1::bigint, t.payment_method_id, t.date, t.amount
  FROM gym.transactions AS t
 WHERE t.customer_id = $2::bigint;
