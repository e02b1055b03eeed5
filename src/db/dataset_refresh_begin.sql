-- SPDX-License-Identifier: GPL-3.0-or-later
-- A refresh: which dataset, put in by the caller.
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;
CREATE TEMPORARY TABLE refresh_wish (gym_id bigint NOT NULL, name text NOT NULL) ON COMMIT DROP;
