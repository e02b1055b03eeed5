-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the worker found out (clv.model_fit, clv.curve_point, gym.clv, clv.clv_prediction), as the
-- analytics pages and reports read it. $1 is the dataset; null: the one of the session's gym.

-- fragment: chosen
chosen AS (
    SELECT d.dataset_id, d.kind, d.currency, d.as_of
      FROM clv.dataset AS d
     WHERE d.gym_id = (SELECT auth.current_gym())
       AND CASE WHEN $1::bigint IS NULL THEN d.kind = 'gym' ELSE d.dataset_id = $1::bigint END
     ORDER BY d.dataset_id LIMIT 1
)

-- name: models_fits
WITH
-- use: chosen
SELECT f.fit_id, f.purpose, f.model, f.subject, f.time_unit, f.log_likelihood, f.observations,
       coalesce(f.iterations, 0), f.in_use, f.fitted_on, f.holdout_from, f.auc, f.log_loss,
       f.calibration_error, f.worst_tenth, f.failed_at::date, f.failure
  FROM clv.model_fit AS f JOIN chosen AS d ON d.dataset_id = f.dataset_id
 ORDER BY array_position(ARRAY['visits', 'spend', 'renewal', 'survival', 'test'], f.purpose),
          f.in_use DESC, f.model, f.subject, f.fit_id;

-- name: models_fits_parameters
WITH
-- use: chosen
SELECT f.fit_id, p.name, p.estimate, p.standard_error
  FROM clv.model_fit AS f JOIN chosen AS d ON d.dataset_id = f.dataset_id
 CROSS JOIN LATERAL unnest(f.parameters, f.estimates, f.standard_errors)
                    WITH ORDINALITY AS p (name, estimate, standard_error, place)
 ORDER BY f.fit_id, p.place;

-- name: models_curve
-- The series with the most customers first.
WITH
-- use: chosen
SELECT p.series, p.x, p.y, p.low, p.high, coalesce(p.n, 0)
  FROM (SELECT q.*, max(coalesce(q.n, 0)) OVER (PARTITION BY q.series) AS most
          FROM clv.curve_point AS q JOIN chosen AS d ON d.dataset_id = q.dataset_id
         WHERE q.curve = $2) AS p
 ORDER BY p.most DESC, p.series, p.x;

-- fragment: predicted
-- One row a customer. The gym's own come from gym.clv, which is fresh after every check-in; of them
-- those are here whose term runs, of a dataset's customers those of whom anything is expected.
own AS (
    SELECT $1::bigint IS NULL OR EXISTS (SELECT FROM chosen WHERE kind = 'gym') AS gym
), predicted AS (
    SELECT v.customer_id, v.clv_value AS clv, v.clv_low AS low, v.clv_high AS high,
           v.p_renew AS p_stay, v.predicted_customer_type AS type, v.model, v.as_of,
           coalesce(s.ends >= current_date, false) AS here, r.customer_segment AS segment
      FROM gym.clv AS v
      LEFT JOIN gym.member_summary AS s ON s.gym_id = v.gym_id AND s.customer_id = v.customer_id
      LEFT JOIN gym.rfm AS r ON r.gym_id = v.gym_id AND r.customer_id = v.customer_id
     WHERE (SELECT gym FROM own) AND v.gym_id = (SELECT auth.current_gym())
    UNION ALL
    SELECT p.customer_id, p.clv, p.clv_low, p.clv_high, p.p_stay, p.predicted_customer_type,
           p.model, p.as_of, p.clv >= 0.005, p.customer_segment
      FROM clv.clv_prediction AS p
      JOIN clv.dim_customer AS c ON c.customer_id = p.customer_id
     WHERE NOT (SELECT gym FROM own) AND p.gym_id = (SELECT auth.current_gym())
       AND c.dataset_id = (SELECT dataset_id FROM chosen)
)

-- name: models_value_figures
WITH
-- use: chosen
,
-- use: predicted
, there AS MATERIALIZED (
    SELECT p.clv, p.model FROM predicted AS p WHERE p.here
), quartiles AS (
    SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY clv) AS at FROM there
), models AS (
    SELECT model, count(*) AS customers FROM there GROUP BY model
)
SELECT a.customers, a.customers - t.customers, a.as_of,
       coalesce(nullif((SELECT currency FROM chosen), ''),
                CASE WHEN (SELECT gym FROM own)
                     THEN (SELECT g.currency FROM gym.gyms AS g
                            WHERE g.gym_id = (SELECT auth.current_gym())) END, ''),
       (SELECT model FROM models ORDER BY customers DESC, model LIMIT 1), (SELECT count(*) FROM models),
       t.total, a.total - t.total, t.total / nullif(t.customers, 0), q.at[2], q.at[1], q.at[3],
       t.best / nullif(t.total, 0)
  FROM (SELECT count(*) AS customers, max(p.as_of) AS as_of, coalesce(sum(p.clv), 0) AS total
          FROM predicted AS p) AS a,
       quartiles AS q,
       (SELECT count(*) AS customers, coalesce(sum(clv), 0) AS total,
               sum(clv) FILTER (WHERE clv >= (SELECT at[4] FROM quartiles)) AS best FROM there) AS t;

-- name: models_value_buckets
-- Steps of 1, 2, 2.5 or 5 times a power of ten, about twelve up to where only one in twenty is
-- above; the last bucket takes all that are.
WITH
-- use: chosen
,
-- use: predicted
, there AS MATERIALIZED (
    SELECT p.clv FROM predicted AS p WHERE p.here
), raw AS (
    SELECT greatest(percentile_cont(0.95) WITHIN GROUP (ORDER BY clv) / 12, 1e-6) AS step FROM there
), scale AS (
    SELECT step, power(10::double precision, floor(log(step))) AS ten FROM raw WHERE step IS NOT NULL
), width AS (
    SELECT ten * CASE WHEN step / ten <= 1 THEN 1 WHEN step / ten <= 2 THEN 2
                      WHEN step / ten <= 2.5 THEN 2.5 WHEN step / ten <= 5 THEN 5 ELSE 10 END AS step
      FROM scale
), counted AS (
    SELECT least(12, floor(t.clv / (SELECT step FROM width)))::int AS bucket, count(*) AS customers
      FROM there AS t GROUP BY 1
)
SELECT b.bucket, w.step, coalesce(c.customers, 0)
  FROM width AS w CROSS JOIN generate_series(0, 12) AS b (bucket)
  LEFT JOIN counted AS c ON c.bucket = b.bucket
 ORDER BY 1;

-- name: models_value_segments
WITH
-- use: chosen
,
-- use: predicted
SELECT p.segment, count(*), sum(p.clv), avg(p.clv)
  FROM predicted AS p
 WHERE p.here AND p.segment <> ''
 GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 16;

-- name: models_value_packages
WITH
-- use: chosen
,
-- use: predicted
SELECT k.name, count(*), sum(p.clv), avg(p.clv)
  FROM predicted AS p
  JOIN gym.member_summary AS s ON s.customer_id = p.customer_id
  JOIN gym.packages AS k ON k.package_id = s.package_id
 WHERE p.here AND (SELECT gym FROM own)
 GROUP BY k.package_id, k.name ORDER BY 3 DESC, 1 LIMIT 16;

-- name: models_value_types
WITH
-- use: chosen
,
-- use: predicted
SELECT p.type, count(*), sum(p.clv), avg(p.clv)
  FROM predicted AS p WHERE p.here AND p.type <> ''
 GROUP BY 1 ORDER BY array_position(ARRAY['Star', 'Vulnerable', 'Free Rider', 'Lost Cause'], p.type), 1
 LIMIT 16;

-- fragment: named_customers
SELECT e.customer_id, coalesce(c.name, d.source_key), e.type, e.segment, e.model, e.clv, e.low, e.high, e.p_stay
  FROM ends AS e
  LEFT JOIN gym.customers AS c ON (SELECT gym FROM own) AND c.customer_id = e.customer_id
  LEFT JOIN clv.dim_customer AS d ON NOT (SELECT gym FROM own) AND d.customer_id = e.customer_id

-- name: models_value_top
WITH
-- use: chosen
,
-- use: predicted
, ends AS (
    SELECT p.* FROM predicted AS p WHERE p.here ORDER BY p.clv DESC, p.customer_id LIMIT 10
)
-- use: named_customers
 ORDER BY e.clv DESC, e.customer_id;

-- name: models_value_bottom
WITH
-- use: chosen
,
-- use: predicted
, ends AS (
    SELECT p.* FROM predicted AS p WHERE p.here ORDER BY p.clv, p.customer_id LIMIT 10
)
-- use: named_customers
 ORDER BY e.clv, e.customer_id;

-- name: models_cohorts
-- A row for each month of joining and number of months stayed, counted in whole months of the
-- calendar; null: still there. A spell of a member ends before the first gap longer than the gym's grace;
-- day passes and packs of visits make no member. A spell of a dataset's customer ends before the first
-- pause that its rules take for leaving; for nearly all that is the one which was summed up. What came
-- after a pause would make old months look worse than new ones: who never came back is of them. It is known
-- who had left up to a day before which the grace, or the silence, lies.
WITH
-- use: chosen
, own AS (
    SELECT $1::bigint IS NULL OR EXISTS (SELECT FROM chosen WHERE kind = 'gym') AS gym
), seen AS (
    SELECT CASE WHEN (SELECT gym FROM own) THEN current_date
                ELSE coalesce((SELECT as_of FROM chosen),
                              (SELECT max(c.last_transaction_date) FROM clv.dim_customer AS c
                                WHERE c.gym_id = (SELECT auth.current_gym())
                                  AND c.dataset_id = (SELECT dataset_id FROM chosen)))
                     - (SELECT CASE WHEN d.has_contract THEN d.grace_days ELSE d.silent_days END
                          FROM clv.dataset AS d WHERE d.dataset_id = (SELECT dataset_id FROM chosen)) END AS as_of
), terms AS (
    SELECT x.customer_id, upper(x.term) AS ends,
           min(lower(x.term)) OVER (PARTITION BY x.customer_id) AS joined,
           lead(lower(x.term)) OVER (PARTITION BY x.customer_id ORDER BY lower(x.term)) AS next_starts
      FROM gym.memberships AS x
      JOIN gym.packages AS k ON k.package_id = x.package_id AND k.duration_months > 0
      JOIN gym.customers AS c ON c.customer_id = x.customer_id AND c.merged_into IS NULL
     WHERE (SELECT gym FROM own) AND x.gym_id = (SELECT auth.current_gym()) AND NOT isempty(x.term)
), spells AS MATERIALIZED (
    SELECT t.joined, min(t.ends) AS ends, date_trunc('month', t.joined::timestamp)::date AS month
      FROM terms AS t
     WHERE (t.next_starts IS NULL OR t.next_starts > t.ends
            + coalesce((SELECT d.grace_days FROM clv.dataset AS d
                         WHERE d.gym_id = (SELECT auth.current_gym()) AND d.kind = 'gym'), 30)) AND t.joined <= current_date
     GROUP BY t.customer_id, t.joined
    UNION ALL
    SELECT c.first_transaction_date,
           CASE WHEN NOT p.came_back
                THEN CASE WHEN c.event_observed THEN c.first_transaction_date + coalesce(c.survival_time, 0) + 1 END
                ELSE q.paused + 1 END,
           date_trunc('month', c.first_transaction_date::timestamp)::date
      FROM clv.dim_customer AS c
     CROSS JOIN LATERAL (SELECT coalesce(c.last_transaction_date - c.survival_time > c.first_transaction_date,
                                         false) AS came_back) AS p
      LEFT JOIN LATERAL (
          WITH days AS (
              SELECT f.transaction_date AS day,
                     lead(f.transaction_date) OVER (ORDER BY f.transaction_date) - f.transaction_date AS gap
                FROM clv.fact_transaction AS f WHERE f.customer_id = c.customer_id AND f.amount >= 0
          ), rule AS ( -- the last bill pays for the usual distance of two
              SELECT CASE WHEN d.has_contract THEN d.grace_days ELSE d.silent_days END AS pause,
                     CASE WHEN d.has_contract
                          THEN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY gap) FROM days WHERE gap > 0)
                          ELSE 0 END AS period
                FROM clv.dataset AS d WHERE d.dataset_id = c.dataset_id
          )
          SELECT coalesce(min(x.day) FILTER (WHERE x.gap > r.period + r.pause),
                          max(x.day) FILTER (WHERE x.day < c.last_transaction_date - c.survival_time)) + r.period AS paused
            FROM days AS x CROSS JOIN rule AS r GROUP BY r.period) AS q ON p.came_back
     WHERE NOT (SELECT gym FROM own) AND c.gym_id = (SELECT auth.current_gym())
       AND c.dataset_id = (SELECT dataset_id FROM chosen) AND c.first_transaction_date <= (SELECT as_of FROM seen)
), newest AS (
    SELECT s.month FROM spells AS s GROUP BY 1 ORDER BY 1 DESC LIMIT 24
)
SELECT (SELECT as_of FROM seen), s.month,
       CASE WHEN s.ends <= (SELECT as_of FROM seen)
            THEN (SELECT least(24, 12 * extract(year FROM g)::int + extract(month FROM g)::int)
                    FROM age((s.ends - 1)::timestamp, s.joined::timestamp) AS g) END AS stayed,
       count(*)
  FROM spells AS s JOIN newest USING (month)
 GROUP BY 1, 2, 3
 ORDER BY 2, 3;

-- name: models_occupancy
-- Half past each hour: today (null: still to come), and the same weekday of up to eight weeks.
SELECT s.hour, max(s.inside) FILTER (WHERE s.week = 0 AND s.at <= now()),
       coalesce(sum(s.inside) FILTER (WHERE s.week BETWEEN 1 AND l.weeks), 0), l.weeks,
       extract(isodow FROM current_date)::int - 1, coalesce(g.capacity, 0)
  FROM gym.gyms AS g
 CROSS JOIN (SELECT least(8, greatest(0, (current_date - min(a.check_in)::date) / 7)) AS weeks
               FROM gym.attendance AS a WHERE a.gym_id = (SELECT auth.current_gym())) AS l
 CROSS JOIN (SELECT h.hour, k.week, w.at, i.inside
               FROM generate_series(0, 23) AS h (hour)
              CROSS JOIN generate_series(0, 8) AS k (week)
              CROSS JOIN LATERAL (SELECT (current_date - 7 * k.week + make_interval(hours => h.hour, mins => 30))
                                         ::timestamptz AS at OFFSET 0) AS o
                -- Worked out before, not beside the policy's condition: an index takes no sums of what it guards.
              CROSS JOIN LATERAL (SELECT o.at, o.at - interval '12 hours' AS since, o.at + interval '1 day' AS until
                                  OFFSET 0) AS w
              CROSS JOIN LATERAL (SELECT count(*) AS inside FROM gym.attendance AS a
                                   WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
                                     AND a.check_in BETWEEN w.since AND w.at
                                     -- Nobody stays a day: without the end it would look at all visits since then.
                                     AND (a.check_out IS NULL OR (a.check_out > w.at
                                          AND a.check_out < w.until))) AS i) AS s
 WHERE g.gym_id = (SELECT auth.current_gym())
 GROUP BY s.hour, l.weeks, g.capacity
 ORDER BY s.hour;
