-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scores are copied in here, gym after gym.
CREATE TEMPORARY TABLE rfm_new (LIKE gym.rfm);
ALTER TABLE pg_temp.rfm_new DROP COLUMN rfm_id;
