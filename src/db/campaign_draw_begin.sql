-- SPDX-License-Identifier: GPL-3.0-or-later
-- The members of a campaign, drawn and counted before they are written.
CREATE TEMPORARY TABLE campaign_draw (
    n           bigint NOT NULL,
    customer_id bigint NOT NULL,
    arm         text NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE campaign_draw_left (
    customer_id bigint NOT NULL) ON COMMIT DROP;
