-- SPDX-License-Identifier: GPL-3.0-or-later
-- After the figures of all members were written for the first time: statistics, so that pages which
-- read them are planned well. As the owner, whom the worker may act for.
SELECT set_config('role', current_database() || '_owner', true);
ANALYZE gym.rfm, gym.clv, clv.dataset, clv.dim_customer, clv.fact_transaction, clv.clv_prediction,
        clv.model_fit, clv.curve_point;
