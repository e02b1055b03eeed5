-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an import finds out about the rows that are waiting (dataset_import_begin.sql).

-- name: dataset_import_twice
-- Lines whose transaction stands on an earlier line, and which one.
SELECT x.line, x.first
  FROM (SELECT t.line, min(t.line) OVER (PARTITION BY t.transaction) AS first
          FROM pg_temp.import_transactions AS t WHERE t.transaction IS NOT NULL) AS x
 WHERE x.line > x.first ORDER BY x.line;

-- name: dataset_import_customer_twice
SELECT x.line, x.first
  FROM (SELECT c.line, min(c.line) OVER (PARTITION BY c.customer) AS first
          FROM pg_temp.import_customers AS c) AS x
 WHERE x.line > x.first ORDER BY x.line;

-- name: dataset_import_figures
-- Of the rows that are left: customers, transactions, first and last day, payment methods not known
-- yet, customers without a transaction.
SELECT count(DISTINCT t.customer), count(*), min(t.day) - date '1970-01-01', max(t.day) - date '1970-01-01',
       (SELECT count(DISTINCT lower(x.method)) FROM pg_temp.import_transactions AS x
         WHERE x.method IS NOT NULL
           AND NOT EXISTS (SELECT FROM clv.dim_payment_method AS m
                            WHERE lower(m.payment_method_name) = lower(x.method))),
       (SELECT count(*) FROM pg_temp.import_customers AS c
         WHERE NOT EXISTS (SELECT FROM pg_temp.import_transactions AS x WHERE x.customer = c.customer))
  FROM pg_temp.import_transactions AS t;

-- name: dataset_delete_begin
-- The session works on this gym until the end of the transaction.
SELECT set_config('gymtui.gym_id', $1::bigint::text, true), set_config('statement_timeout', '0', true);

-- name: dataset_delete
SELECT gym.delete_dataset(NULL, $1::text);
