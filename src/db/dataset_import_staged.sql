-- SPDX-License-Identifier: GPL-3.0-or-later
-- The files have been read.
ANALYZE pg_temp.import_transactions, pg_temp.import_customers;
