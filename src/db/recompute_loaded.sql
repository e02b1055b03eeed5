-- SPDX-License-Identifier: GPL-3.0-or-later
-- After the figures of all members were written: statistics of the tables that have none yet or have
-- grown, so that pages which read them are planned well. As the owner, whom the worker may act for.
SELECT set_config('role', current_database() || '_owner', true);
DO $$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN
        SELECT c.oid FROM pg_class c
        WHERE c.oid = ANY ('{gym.rfm,gym.clv,clv.dataset,clv.dim_customer,clv.fact_transaction,clv.clv_prediction,clv.model_fit,clv.curve_point}'::regclass[])
          AND (c.reltuples <= 0
               OR pg_relation_size(c.oid) > 1.2 * c.relpages * current_setting('block_size')::bigint)
    LOOP
        EXECUTE format('ANALYZE %s', grown);
    END LOOP;
END
$$;
