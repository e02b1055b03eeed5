-- SPDX-License-Identifier: GPL-3.0-or-later
-- A recompute of a million members: what it need not do again, and whose figures are fresher than
-- its own.

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE gym.rfm ADD COLUMN refreshed_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN gym.rfm.refreshed_at IS
    'when these figures were known, of gym.clv and the gym''s dataset too: a recompute that began before leaves them';

ALTER TABLE clv.dim_customer ADD COLUMN facts bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN clv.dim_customer.facts IS
    'of a gym''s own dataset: what the member''s payments added up to when they were copied; the worker''s own';

-- Nearly every row is written anew each night: with room beside it, it stays on its page, and the
-- indexes stay as they are.
ALTER TABLE gym.rfm SET (fillfactor = 50);
ALTER TABLE clv.clv_prediction SET (fillfactor = 50);
ALTER TABLE clv.dim_customer SET (fillfactor = 70);
