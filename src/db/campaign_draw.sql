-- SPDX-License-Identifier: GPL-3.0-or-later
-- The worker draws up a campaign (gym.draw_campaign asks for it). $1 the campaign.

-- name: campaign_draw_waits
-- Whether there is something to do: 0 when it has begun already, or was removed.
SELECT count(*) FROM gym.campaigns AS k
 WHERE k.campaign_id = $1::bigint AND k.begun_at IS NULL AND k.ended_on IS NULL;

-- name: campaign_draw_members
-- In the order of their numbers, so that they are written near to each other.
WITH drawn AS MATERIALIZED (SELECT d.customer_id, d.arm FROM gym.campaign_drawn($1::bigint) AS d),
     left_out AS (INSERT INTO campaign_draw_left SELECT d.customer_id FROM drawn AS d WHERE d.arm IS NULL)
INSERT INTO campaign_draw
SELECT row_number() OVER (ORDER BY d.customer_id), d.customer_id, d.arm FROM drawn AS d WHERE d.arm IS NOT NULL;

-- name: campaign_draw_count
SELECT count(*) FROM campaign_draw;

-- name: campaign_draw_write
-- The members from $2 on up to $3.
INSERT INTO gym.campaign_members (gym_id, campaign_id, customer_id, arm)
SELECT k.gym_id, k.campaign_id, d.customer_id, d.arm
  FROM gym.campaigns AS k
  JOIN campaign_draw AS d ON d.n BETWEEN $2::bigint AND $3::bigint
 WHERE k.campaign_id = $1::bigint;

-- name: campaign_draw_end
SELECT gym.begin_campaign($1::bigint, count(*) FILTER (WHERE d.arm = 'offer'),
                          count(*) FILTER (WHERE d.arm = 'holdout'), (SELECT count(*) FROM campaign_draw_left))
  FROM campaign_draw AS d;

-- name: campaign_draw_remove
-- Those that somebody removed while they were being drawn up.
DELETE FROM gym.campaigns AS k WHERE k.begun_at IS NULL AND k.ended_on IS NOT NULL;
