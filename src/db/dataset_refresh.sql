-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a refresh reads of the sums (dataset_refresh_sum.sql): numbers only (bulk.h); days since 1970.

-- name: dataset_refresh_settings
SELECT d.dataset_id, d.gym_id, d.has_contract::int, CASE d.time_unit WHEN 'weeks' THEN 7 ELSE 1 END,
       d.grace_days, d.silent_days, coalesce(d.first_day - date '1970-01-01', 0),
       coalesce(d.as_of - date '1970-01-01', 0), coalesce(d.cut - date '1970-01-01', 0),
       coalesce((d.cut = d.fit_until)::int, 0), coalesce(d.period, 30)
  FROM pg_temp.refresh_dataset AS d;

-- name: dataset_refresh_customers
-- Number, age (−1: not known), gender, method, first and last day; up to the cut: days, last day,
-- money on the repeat days; in all: days, money on the repeat days; days after the cut; of the
-- current spell: first day, days, money; days within the last 90, money of the last 365. Money in
-- hundredths. A spell ends where the pause is longer than the rules allow.
WITH d AS (SELECT * FROM pg_temp.refresh_dataset),
spelled AS (
    SELECT x.*, max(CASE WHEN x.gap IS NULL
                           OR x.gap > CASE WHEN d.has_contract THEN d.period + d.grace_days ELSE d.silent_days END
                         THEN x.day END) OVER (PARTITION BY x.customer_id) AS spell
      FROM pg_temp.refresh_days AS x, d WHERE x.day <= d.as_of
), year AS (
    SELECT f.customer_id, (sum(f.amount) * 100)::bigint AS paid
      FROM clv.fact_transaction AS f JOIN clv.dim_customer AS c ON c.customer_id = f.customer_id, d
     WHERE c.dataset_id = d.dataset_id AND f.transaction_date > d.as_of - 365 AND f.transaction_date <= d.as_of
     GROUP BY f.customer_id
)
SELECT c.customer_id, coalesce(c.age, -1), g.code, m.code, s.first_day, s.last_day, s.days_cut, s.last_cut,
       s.repeat_cut, s.days, s.repeat_all, s.days - s.days_cut, s.spell, s.spell_days, s.spell_paid, s.days_90, y.paid
  FROM (SELECT x.customer_id, min(x.day) - date '1970-01-01' AS first_day, max(x.day) - date '1970-01-01' AS last_day,
               count(*) FILTER (WHERE x.day <= d.cut) AS days_cut,
               max(x.day) FILTER (WHERE x.day <= d.cut) - date '1970-01-01' AS last_cut,
               (sum(x.amount) FILTER (WHERE x.day <= d.cut AND x.gap IS NOT NULL) * 100)::bigint AS repeat_cut,
               count(*) AS days, (sum(x.amount) FILTER (WHERE x.gap IS NOT NULL) * 100)::bigint AS repeat_all,
               max(x.spell) - date '1970-01-01' AS spell, count(*) FILTER (WHERE x.day >= x.spell) AS spell_days,
               (sum(x.amount) FILTER (WHERE x.day >= x.spell) * 100)::bigint AS spell_paid,
               count(*) FILTER (WHERE x.day > d.as_of - 90) AS days_90
          FROM spelled AS x, d GROUP BY x.customer_id) AS s
  JOIN clv.dim_customer AS c ON c.customer_id = s.customer_id
  JOIN pg_temp.refresh_method AS p ON p.customer_id = s.customer_id
  JOIN pg_temp.refresh_methods AS m ON m.payment_method_id = p.payment_method_id
  JOIN pg_temp.refresh_genders AS g ON g.gender = coalesce(c.gender, '')
  LEFT JOIN year AS y ON y.customer_id = s.customer_id
 ORDER BY c.customer_id;

-- name: dataset_refresh_bills
-- Bills after the first one of the current spell by week since the first day, of those who joined by
-- the cut.
WITH d AS (SELECT * FROM pg_temp.refresh_dataset),
spelled AS (
    SELECT x.day, max(CASE WHEN x.gap IS NULL OR x.gap > d.period + d.grace_days THEN x.day END)
                  OVER (PARTITION BY x.customer_id) AS spell
      FROM pg_temp.refresh_days AS x, d WHERE x.day <= d.as_of
)
SELECT (x.day - d.first_day) / 7, count(*)
  FROM spelled AS x, d
 WHERE x.day > x.spell AND x.spell <= d.cut
 GROUP BY 1 ORDER BY 1;

-- name: dataset_refresh_repeats
-- Repeat transactions by week since the first day, of those who came by the cut.
SELECT (x.day - d.first_day) / 7, count(*)
  FROM pg_temp.refresh_days AS x
 CROSS JOIN pg_temp.refresh_dataset AS d
  JOIN pg_temp.refresh_days AS j ON j.customer_id = x.customer_id AND j.gap IS NULL AND j.day <= d.cut
 WHERE x.gap IS NOT NULL AND x.day <= d.as_of
 GROUP BY 1 ORDER BY 1;
