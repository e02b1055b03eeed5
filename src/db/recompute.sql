-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the worker's recompute reads: numbers only (bulk.h). $1 the gym. Days are days since
-- 1970-01-01.

-- name: recompute_gyms
-- One gym, or all for 0; how many members it has, and its own today.
SELECT g.gym_id, (SELECT count(*) FROM gym.customers AS c WHERE c.gym_id = g.gym_id AND c.merged_into IS NULL),
       (now() AT TIME ZONE g.time_zone)::date - date '1970-01-01'
  FROM gym.gyms AS g
 WHERE g.gym_id = $1::bigint OR $1::bigint = 0
 ORDER BY g.gym_id;

-- fragment: recompute_member_columns
SELECT c.customer_id, c.join_date - date '1970-01-01',
       coalesce((c.birth_date - date '1970-01-01')::bigint, -9223372036854775808),
       CASE c.gender WHEN 'female' THEN 1 WHEN 'male' THEN 2 WHEN 'other' THEN 3 ELSE 0 END,
       coalesce((s.first_visit - date '1970-01-01')::bigint, -9223372036854775808),
       coalesce((s.last_visit - date '1970-01-01')::bigint, -9223372036854775808), s.visit_days, s.visit_count
  FROM gym.customers AS c
  JOIN gym.member_summary AS s ON s.gym_id = c.gym_id AND s.customer_id = c.customer_id

-- Amounts come last, and from COPY as they are: C turns them into hundredths.

-- fragment: recompute_term_columns
SELECT m.customer_id, lower(m.term) - date '1970-01-01', upper(m.term) - date '1970-01-01',
       p.duration_months, m.package_id, (m.cancelled_on IS NOT NULL)::integer,

-- fragment: recompute_term_tables
  FROM gym.memberships AS m
  JOIN gym.packages AS p ON p.package_id = m.package_id

-- fragment: recompute_freeze_columns
SELECT f.customer_id, lower(f.period) - date '1970-01-01', upper(f.period) - date '1970-01-01'
  FROM gym.freezes AS f

-- fragment: recompute_payment_columns
-- Payments and refunds; whether for something beside the contract.
SELECT t.customer_id, t.date - date '1970-01-01', t.payment_method_id, t.transaction_id,
       (t.kind IN ('extra', 'day_pass', 'pack'))::integer,

-- name: recompute_members
-- use: recompute_member_columns
 WHERE c.gym_id = $1::bigint AND c.merged_into IS NULL
 ORDER BY c.customer_id;

-- name: recompute_terms
-- By member, in the order of a key that leads there; C puts each one's in order of time.
-- use: recompute_term_columns
       m.price
-- use: recompute_term_tables
 WHERE m.gym_id = $1::bigint AND NOT isempty(m.term)
 ORDER BY m.customer_id, m.membership_id;

-- name: recompute_freezes
-- use: recompute_freeze_columns
 WHERE f.gym_id = $1::bigint
 ORDER BY f.customer_id, lower(f.period);

-- name: recompute_payments
-- use: recompute_payment_columns
       t.amount
  FROM gym.transactions AS t
 WHERE t.gym_id = $1::bigint;

-- fragment: recompute_instants
-- Visits anywhere, out of the key alone, where they lie in order. C turns instants into days.
ARRAY(SELECT a.check_in FROM gym.attendance AS a WHERE a.customer_id = o.customer_id ORDER BY a.check_in)

-- name: recompute_visits
SELECT o.customer_id,
-- use: recompute_instants
  FROM gym.customers AS o
 WHERE o.gym_id = $1::bigint
 ORDER BY o.customer_id;

-- name: recompute_visits_apart
-- Those that do not count, and those under another clock than the gym's: the day there.
SELECT a.customer_id, a.check_in,
       CASE WHEN a.voided_at IS NULL THEN (a.check_in AT TIME ZONE w.time_zone)::date - date '1970-01-01' END
  FROM gym.attendance AS a
  JOIN gym.gyms AS w ON w.gym_id = a.gym_id
  JOIN gym.gyms AS h ON h.gym_id = a.home_gym_id
 WHERE a.home_gym_id = $1::bigint AND (a.gym_id <> a.home_gym_id OR a.voided_at IS NOT NULL)
   AND (a.voided_at IS NOT NULL OR w.time_zone <> h.time_zone)
 ORDER BY a.customer_id, a.check_in;

-- Of those whose history was not kept, or is out of date.

-- fragment: recompute_history_form
-- How histories are packed ($3), and by which server: in a copy of the database on another one the
-- numbers of transactions mean others.
((SELECT c.system_identifier FROM pg_control_system() AS c) + $3::text::bigint) % 32749

-- name: recompute_list_unread
-- $1 the gym, $2 its today, $4 whether all members are to be read. The join is in a form that the planner
-- makes one pass of when $4 is false.
WITH merged AS MATERIALIZED (
    SELECT c.customer_id FROM gym.customers AS c WHERE c.gym_id = $1::text::bigint AND c.merged_into IS NOT NULL
), listed AS (
    INSERT INTO pg_temp.unread (customer_id, seen)
    SELECT s.customer_id, s.xmin
      FROM gym.member_summary AS s
      LEFT JOIN gym.member_histories AS h
             ON h.gym_id = s.gym_id AND h.customer_id = s.customer_id AND h.seen = s.xmin
            AND h.as_of <= date '1970-01-01' + $2::text::integer
            AND h.form =
-- use: recompute_history_form
     WHERE s.gym_id = $1::text::bigint AND ($4::text::boolean OR h.customer_id IS NULL)
       AND s.customer_id NOT IN (SELECT m.customer_id FROM merged AS m)
    RETURNING 1)
SELECT count(*) FROM listed;

-- name: recompute_histories_kept
SELECT h.customer_id, h.packed
  FROM gym.member_histories AS h
 WHERE h.gym_id = $1::bigint AND h.customer_id NOT IN (SELECT u.customer_id FROM pg_temp.unread AS u)
 ORDER BY h.customer_id;

-- name: recompute_terms_unread
-- use: recompute_term_columns
       m.price
-- use: recompute_term_tables
 WHERE m.customer_id IN (SELECT u.customer_id FROM pg_temp.unread AS u) AND NOT isempty(m.term)
 ORDER BY m.customer_id;

-- name: recompute_freezes_unread
-- use: recompute_freeze_columns
 WHERE f.customer_id IN (SELECT u.customer_id FROM pg_temp.unread AS u)
 ORDER BY f.customer_id, lower(f.period);

-- name: recompute_payments_unread
-- use: recompute_payment_columns
       t.amount
  FROM gym.transactions AS t
 WHERE t.customer_id IN (SELECT u.customer_id FROM pg_temp.unread AS u);

-- name: recompute_visits_unread
SELECT o.customer_id,
-- use: recompute_instants
  FROM pg_temp.unread AS o
 ORDER BY o.customer_id;

-- name: recompute_drop_histories
DELETE FROM gym.member_histories AS h
 USING pg_temp.unread AS u
 WHERE h.gym_id = $1::text::bigint AND h.customer_id = u.customer_id;

-- name: recompute_keep_histories
INSERT INTO gym.member_histories (gym_id, customer_id, seen, as_of, form, packed)
SELECT $1::text::bigint, n.customer_id, u.seen, date '1970-01-01' + $2::text::integer,
-- use: recompute_history_form
       , n.packed
  FROM pg_temp.histories_new AS n
  JOIN pg_temp.unread AS u ON u.customer_id = n.customer_id
 ORDER BY n.customer_id;

-- name: recompute_zone
-- From when on the gym's clock is how many seconds ahead, since its first visit.
WITH days AS (
    SELECT d.at, extract(epoch FROM d.at AT TIME ZONE g.time_zone - d.at AT TIME ZONE 'UTC')::bigint AS shift,
           g.time_zone
      FROM gym.gyms AS g
     CROSS JOIN LATERAL generate_series(
               to_timestamp(extract(epoch FROM coalesce(
                   (SELECT min(a.check_in) FROM gym.attendance AS a WHERE a.gym_id = g.gym_id),
                   now()))::bigint / 86400 * 86400 - 86400),
               now() + interval '2 days', interval '1 day') AS d (at)
     WHERE g.gym_id = $1::bigint
), changes AS (
    SELECT x.at, x.shift, x.time_zone, lag(x.shift) OVER (ORDER BY x.at) AS before FROM days AS x
)
SELECT extract(epoch FROM coalesce(
           (SELECT min(h.at)
              FROM generate_series(c.at - interval '24 hours', c.at, interval '15 minutes') AS h (at)
             WHERE c.before IS NOT NULL
               AND extract(epoch FROM h.at AT TIME ZONE c.time_zone - h.at AT TIME ZONE 'UTC')::bigint = c.shift),
           c.at))::bigint, c.shift
  FROM changes AS c
 WHERE c.before IS DISTINCT FROM c.shift
 ORDER BY c.at;

-- name: recompute_dataset
-- The gym's own dataset, made when it is not there: its number, and its rules of who has left.
WITH made AS (
    INSERT INTO clv.dataset AS d (gym_id, name, kind, source, has_contract, currency)
    SELECT g.gym_id,
           CASE WHEN EXISTS (SELECT FROM clv.dataset AS x WHERE x.gym_id = g.gym_id AND x.name = 'gym')
                THEN 'gym ' || g.gym_id ELSE 'gym' END,
           'gym', 'the gym''s own members', true, g.currency
      FROM gym.gyms AS g
     WHERE g.gym_id = $1::text::bigint
    ON CONFLICT (gym_id) WHERE kind = 'gym' DO UPDATE SET currency = excluded.currency
    RETURNING d.dataset_id, d.grace_days, d.silent_days)
SELECT concat_ws(' ', m.dataset_id, m.grace_days, m.silent_days) FROM made AS m;

-- name: recompute_scoring
SELECT array_to_string(d.scoring, ' ') FROM clv.dataset AS d
 WHERE d.dataset_id = $1::text::bigint AND d.scoring IS NOT NULL;

-- name: recompute_store_scoring
UPDATE clv.dataset AS d SET scoring = $2::text::double precision[], as_of = $3::text::date, refreshed_at = now()
 WHERE d.dataset_id = $1::text::bigint;

-- name: recompute_names
-- Packages and ways to pay, a line each: "p 12 Monthly".
SELECT string_agg(x.line, E'\n' ORDER BY x.line)
  FROM (SELECT 'p ' || p.package_id || ' ' || translate(p.name, E'\n', ' ') AS line
          FROM gym.packages AS p WHERE p.gym_id = $1::text::bigint
        UNION ALL
        SELECT 'm ' || m.payment_method_id || ' ' || translate(m.payment_method_name, E'\n', ' ')
          FROM clv.dim_payment_method AS m WHERE m.payment_method_id < 256) AS x;

-- name: recompute_known
-- The members that the gym's dataset ($1) has: key, number there, and what their payments came to.
SELECT d.source_key::bigint, d.customer_id, d.facts
  FROM clv.dim_customer AS d
 WHERE d.dataset_id = $1::bigint;

-- name: recompute_drop_customers
-- Of the dataset $1, those who are not members of the gym any more ($2).
DELETE FROM clv.dim_customer AS d
 WHERE d.dataset_id = $1::text::bigint AND d.customer_id = ANY ($2::text::bigint[]);

-- name: recompute_drop_merged
-- Figures of who is another by now. $1 the gym.
WITH merged AS MATERIALIZED (
    SELECT c.customer_id FROM gym.customers AS c
     WHERE c.gym_id = $1::text::bigint AND c.merged_into IS NOT NULL
), gone AS (
    DELETE FROM gym.rfm AS r USING merged AS m WHERE r.customer_id = m.customer_id)
DELETE FROM gym.clv AS v USING merged AS m WHERE v.customer_id = m.customer_id;

-- name: recompute_count_dataset
UPDATE clv.dataset AS d
   SET customers = $2::text::bigint, transactions = $3::text::bigint
 WHERE d.dataset_id = $1::text::bigint;

-- name: recompute_notify
SELECT pg_notify('gymtui', $1::text || ':' || t.topic)
  FROM unnest($2::text::text[]) AS t (topic);

-- name: recompute_member
-- All that the figures of member $2 of gym $1 are made of. The first number of a row says what the
-- others are: 0 the gym's own dataset, when its fits were made, the gym's today, its rules of who has
-- left, and the member there; 1 the member; then, as above, in order, 2 terms, 3 freezes, 4 payments,
-- 5 days of visits anywhere, of which the recent ones are enough.
SELECT 0, d.dataset_id, (extract(epoch FROM d.refreshed_at) * 1000000)::bigint,
       (statement_timestamp() AT TIME ZONE g.time_zone)::date - date '1970-01-01', d.grace_days::bigint,
       d.silent_days::bigint, k.customer_id, k.facts, 0
  FROM clv.dataset AS d
  JOIN gym.gyms AS g ON g.gym_id = d.gym_id
  LEFT JOIN clv.dim_customer AS k ON k.dataset_id = d.dataset_id AND k.source_key = ($2::bigint)::text
 WHERE d.gym_id = $1::bigint AND d.kind = 'gym' AND d.scoring IS NOT NULL
UNION ALL
SELECT 1, x.* FROM (
-- use: recompute_member_columns
 WHERE c.customer_id = $2::bigint AND c.merged_into IS NULL) AS x
UNION ALL
SELECT 2, x.*, 0 FROM (
-- use: recompute_term_columns
       (m.price * 100)::bigint
-- use: recompute_term_tables
 WHERE m.customer_id = $2::bigint AND NOT isempty(m.term)) AS x
UNION ALL
SELECT 3, x.*, 0, 0, 0, 0, 0 FROM (
-- use: recompute_freeze_columns
 WHERE f.customer_id = $2::bigint) AS x
UNION ALL
SELECT 4, x.*, 0, 0 FROM (
-- use: recompute_payment_columns
       (t.amount * 100)::bigint
  FROM gym.transactions AS t
 WHERE t.customer_id = $2::bigint) AS x
UNION ALL
SELECT 5, a.customer_id, (a.check_in AT TIME ZONE w.time_zone)::date - date '1970-01-01', 0, 0, 0, 0, 0, 0
  FROM gym.attendance AS a
  JOIN gym.gyms AS w ON w.gym_id = a.gym_id
 WHERE a.customer_id = $2::bigint AND a.voided_at IS NULL AND a.check_in >= now() - interval '93 days'
 ORDER BY 1, 3;

-- name: recompute_look
-- The moment, and when the last recompute of the gym began, in microseconds; 0: never.
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       coalesce((SELECT (extract(epoch FROM d.refreshed_at) * 1000000)::bigint FROM clv.dataset AS d
                  WHERE d.gym_id = $1::bigint AND d.kind = 'gym' AND d.scoring IS NOT NULL), 0);

-- name: recompute_touched
-- Members who came, paid, or were changed at the gym since a moment ($2, microseconds): whose they
-- are, when last, and how often.
SELECT c.gym_id, c.customer_id, (extract(epoch FROM max(x.at)) * 1000000)::bigint, count(*)
  FROM (SELECT a.customer_id, a.check_in AS at
          FROM gym.attendance AS a
         WHERE a.gym_id = $1::bigint AND a.check_in >= to_timestamp($2::bigint / 1000000.0)
        UNION ALL
        SELECT l.customer_id, l.at
          FROM gym.audit_log AS l
         WHERE l.gym_id = $1::bigint AND l.at >= to_timestamp($2::bigint / 1000000.0)
           AND l.customer_id IS NOT NULL
           AND l.table_name IN ('gym.attendance', 'gym.customers', 'gym.memberships', 'gym.freezes',
                                'gym.transactions')) AS x
  JOIN gym.customers AS c ON c.customer_id = x.customer_id AND c.merged_into IS NULL
 GROUP BY c.gym_id, c.customer_id
 ORDER BY max(x.at);
