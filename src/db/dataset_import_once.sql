-- SPDX-License-Identifier: GPL-3.0-or-later
-- Rows that stood before go, as the other bad rows did.
DELETE FROM pg_temp.import_transactions AS t
 USING (SELECT x.line FROM (SELECT y.line, min(y.line) OVER (PARTITION BY y.transaction) AS first
                              FROM pg_temp.import_transactions AS y WHERE y.transaction IS NOT NULL) AS x
         WHERE x.line > x.first) AS twice
 WHERE t.line = twice.line;
DELETE FROM pg_temp.import_customers AS c
 USING (SELECT x.line FROM (SELECT y.line, min(y.line) OVER (PARTITION BY y.customer) AS first
                              FROM pg_temp.import_customers AS y) AS x
         WHERE x.line > x.first) AS twice
 WHERE c.line = twice.line;
