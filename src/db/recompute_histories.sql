-- SPDX-License-Identifier: GPL-3.0-or-later
-- The gym's members who are read from their rows, with the state of their summaries at that moment;
-- and what is to be kept of them.
CREATE TEMPORARY TABLE IF NOT EXISTS unread (customer_id bigint NOT NULL, seen xid NOT NULL) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS histories_new (customer_id bigint NOT NULL, packed bytea NOT NULL)
    ON COMMIT DELETE ROWS;
