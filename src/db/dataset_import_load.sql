-- SPDX-License-Identifier: GPL-3.0-or-later
-- The rows that are left move into the star schema, in the place of the old ones of a dataset that
-- is replaced. The caller commits.

DO $$
DECLARE
    wish record;
BEGIN
    SELECT * INTO wish FROM pg_temp.import_wish;
    IF wish.dataset_id IS NULL THEN
        INSERT INTO clv.dataset AS d (gym_id, name, kind) VALUES (wish.gym_id, wish.name, wish.kind)
            RETURNING d.dataset_id INTO wish.dataset_id;
        UPDATE pg_temp.import_wish w SET dataset_id = wish.dataset_id;
    ELSE
        -- Children first, so that there are no rows left for the keys to look for.
        DELETE FROM clv.fact_transaction f USING clv.dim_customer c
            WHERE c.dataset_id = wish.dataset_id AND f.customer_id = c.customer_id;
        DELETE FROM clv.clv_prediction p USING clv.dim_customer c
            WHERE c.dataset_id = wish.dataset_id AND p.customer_id = c.customer_id;
        DELETE FROM clv.dim_customer c WHERE c.dataset_id = wish.dataset_id;
        DELETE FROM clv.model_fit f WHERE f.dataset_id = wish.dataset_id;
        DELETE FROM clv.curve_point p WHERE p.dataset_id = wish.dataset_id;
    END IF;
    UPDATE clv.dataset d
        SET kind = wish.kind, source = wish.source, currency = wish.currency, has_contract = wish.has_contract,
            time_unit = wish.time_unit, fit_until = wish.fit_until, created_at = now(), refreshed_at = NULL,
            as_of = COALESCE(wish.as_of, (SELECT max(t.day) FROM pg_temp.import_transactions t))
        WHERE d.dataset_id = wish.dataset_id;
END
$$;

-- New payment methods; the same name in another spelling is the same one.
LOCK TABLE clv.dim_payment_method IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO clv.dim_payment_method (payment_method_id, payment_method_name)
SELECT (SELECT max(m.payment_method_id) FROM clv.dim_payment_method AS m) + row_number() OVER (ORDER BY n.name),
       n.name
  FROM (SELECT min(t.method) AS name FROM pg_temp.import_transactions AS t
         WHERE t.method IS NOT NULL GROUP BY lower(t.method)) AS n
 WHERE NOT EXISTS (SELECT FROM clv.dim_payment_method AS m WHERE lower(m.payment_method_name) = lower(n.name));

INSERT INTO clv.dim_customer (gym_id, dataset_id, source_key, age, gender, first_transaction_date,
                              last_transaction_date)
SELECT w.gym_id, w.dataset_id, t.customer, c.age, c.gender, t.first_day, t.last_day
  FROM (SELECT x.customer, min(x.day) AS first_day, max(x.day) AS last_day
          FROM pg_temp.import_transactions AS x GROUP BY x.customer) AS t
 CROSS JOIN pg_temp.import_wish AS w
  LEFT JOIN pg_temp.import_customers AS c ON c.customer = t.customer
 ORDER BY t.customer;

-- Under numbers, so that the join below is planned by what is really there.
CREATE TEMPORARY TABLE import_keys ON COMMIT DROP AS
SELECT c.customer_id, c.source_key FROM clv.dim_customer AS c
 WHERE c.dataset_id = (SELECT w.dataset_id FROM pg_temp.import_wish AS w);
ANALYZE pg_temp.import_keys, pg_temp.import_wish;

INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, transaction_date, amount)
SELECT w.gym_id, c.customer_id, COALESCE(m.payment_method_id, 4), t.day, t.amount
  FROM pg_temp.import_transactions AS t
 CROSS JOIN pg_temp.import_wish AS w
  JOIN pg_temp.import_keys AS c ON c.source_key = t.customer
  LEFT JOIN (SELECT lower(x.payment_method_name) AS name, min(x.payment_method_id) AS payment_method_id
               FROM clv.dim_payment_method AS x GROUP BY 1) AS m ON m.name = lower(t.method)
 ORDER BY c.customer_id, t.day, t.line;

UPDATE clv.dataset AS d
   SET customers = (SELECT count(*) FROM clv.dim_customer AS c WHERE c.dataset_id = d.dataset_id),
       transactions = (SELECT count(*) FROM pg_temp.import_transactions)
  FROM pg_temp.import_wish AS w
 WHERE d.dataset_id = w.dataset_id;
SELECT pg_notify('gymtui', w.gym_id || ':datasets') FROM pg_temp.import_wish AS w;
