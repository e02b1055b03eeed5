-- SPDX-License-Identifier: GPL-3.0-or-later
-- A dataset's transactions, summed up to a row a customer: what the models and scores are made of.

CREATE TEMPORARY TABLE refresh_dataset ON COMMIT DROP AS
SELECT d.dataset_id, d.gym_id, d.has_contract, d.time_unit, d.grace_days, d.silent_days, d.fit_until,
       NULL::date AS first_day, NULL::date AS as_of, NULL::date AS cut, NULL::integer AS period
  FROM clv.dataset AS d JOIN pg_temp.refresh_wish AS w ON w.gym_id = d.gym_id AND w.name = d.name
 WHERE d.kind <> 'gym';

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.refresh_dataset) THEN
        RAISE EXCEPTION 'there is no dataset “%”', (SELECT w.name FROM pg_temp.refresh_wish w)
            USING ERRCODE = 'GT002', HINT = '“gymtui datasets” lists them';
    ELSIF NOT (SELECT pg_try_advisory_xact_lock(hashtext('gymtui dataset'), hashtext(w.gym_id || ' ' || w.name))
               FROM pg_temp.refresh_wish w) THEN
        RAISE EXCEPTION 'the dataset “%” is being worked on', (SELECT w.name FROM pg_temp.refresh_wish w)
            USING ERRCODE = 'GT004', HINT = 'wait until the import or the other refresh is done';
    END IF;
END
$$;

-- What a customer did on a day is one transaction. A day on which money only went back is none, and
-- counts for what was paid alone.
CREATE TEMPORARY TABLE refresh_days ON COMMIT DROP AS
SELECT x.customer_id, x.day, x.amount, x.day - lag(x.day) OVER (PARTITION BY x.customer_id ORDER BY x.day) AS gap
  FROM (SELECT f.customer_id, f.transaction_date AS day, sum(f.amount) AS amount
          FROM clv.fact_transaction AS f
          JOIN clv.dim_customer AS c ON c.customer_id = f.customer_id
         WHERE c.dataset_id = (SELECT dataset_id FROM pg_temp.refresh_dataset)
         GROUP BY f.customer_id, f.transaction_date HAVING bool_or(f.amount >= 0)) AS x;
ANALYZE pg_temp.refresh_days;

-- The day to stand on is the dataset's, or its last. Models are tried on what followed two thirds of
-- the time, unless a day was named. The period of a contract is the usual distance of two bills.
UPDATE pg_temp.refresh_dataset AS d
   SET first_day = s.first_day, as_of = s.as_of, period = COALESCE(s.period, 30),
       cut = CASE WHEN d.fit_until < s.as_of THEN d.fit_until
                  ELSE s.as_of - LEAST((s.as_of - s.first_day) / 3, CASE WHEN d.has_contract THEN 183 + d.grace_days
                                                                         ELSE 365 END) END
  FROM (SELECT min(x.day) AS first_day,
               COALESCE((SELECT o.as_of FROM clv.dataset AS o
                          WHERE o.dataset_id = (SELECT dataset_id FROM pg_temp.refresh_dataset)),
                        max(x.day)) AS as_of,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY x.gap) AS period
          FROM pg_temp.refresh_days AS x) AS s;

-- Payment methods and genders that are frequent enough to compare, the most frequent first; the rest
-- together. A customer's method is the one used most.
CREATE TEMPORARY TABLE refresh_method ON COMMIT DROP AS
SELECT f.customer_id, mode() WITHIN GROUP (ORDER BY f.payment_method_id) AS payment_method_id
  FROM clv.fact_transaction AS f JOIN clv.dim_customer AS c ON c.customer_id = f.customer_id
 WHERE c.dataset_id = (SELECT dataset_id FROM pg_temp.refresh_dataset)
 GROUP BY f.customer_id;
CREATE TEMPORARY TABLE refresh_methods ON COMMIT DROP AS
SELECT r.payment_method_id, r.kept, least(r.place - 1, (count(*) FILTER (WHERE r.kept) OVER ())) AS code,
       CASE WHEN r.kept THEN r.name ELSE 'other ways' END AS name
  FROM (SELECT k.*, k.place <= 7 AND k.customers >= greatest(20, k.in_all / 100) AS kept
          FROM (SELECT m.payment_method_id, m.payment_method_name AS name, count(*) AS customers,
                       sum(count(*)) OVER () AS in_all,
                       row_number() OVER (ORDER BY count(*) DESC, m.payment_method_id) AS place
                  FROM pg_temp.refresh_method AS x
                  JOIN clv.dim_payment_method AS m ON m.payment_method_id = x.payment_method_id
                 GROUP BY m.payment_method_id, m.payment_method_name) AS k) AS r;
CREATE TEMPORARY TABLE refresh_genders ON COMMIT DROP AS
SELECT r.gender, r.kept, least(r.place - 1, (count(*) FILTER (WHERE r.kept) OVER ())) AS code,
       CASE WHEN NOT r.kept THEN 'others' WHEN r.gender = 'female' THEN 'women' WHEN r.gender = 'male' THEN 'men'
            WHEN r.gender = 'other' THEN 'another gender' WHEN r.gender = '' THEN 'not known' ELSE r.gender END AS name
  FROM (SELECT k.*, k.place <= 4 AND k.customers >= greatest(20, k.in_all / 100) AS kept
          FROM (SELECT COALESCE(c.gender, '') AS gender, count(*) AS customers, sum(count(*)) OVER () AS in_all,
                       row_number() OVER (ORDER BY count(*) DESC, COALESCE(c.gender, '')) AS place
                  FROM clv.dim_customer AS c
                 WHERE c.dataset_id = (SELECT dataset_id FROM pg_temp.refresh_dataset)
                 GROUP BY 1) AS k) AS r;

ANALYZE pg_temp.refresh_dataset, pg_temp.refresh_method, pg_temp.refresh_methods, pg_temp.refresh_genders;

CREATE TEMPORARY TABLE refresh_scored (
    customer_id             bigint NOT NULL,
    survival_time           integer,
    event_observed          boolean,
    recency_score           integer,
    frequency_score         double precision,
    monetary_score          numeric(12,2),
    r                       smallint,
    f                       smallint,
    m                       smallint,
    customer_segment        text,
    clv                     double precision,
    clv_low                 double precision,
    clv_high                double precision,
    p_alive                 double precision,
    p_stay                  double precision,
    expected                double precision,
    predicted_customer_type text,
    model                   text
) ON COMMIT DROP;
