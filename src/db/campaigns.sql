-- SPDX-License-Identifier: GPL-3.0-or-later
-- Campaigns with a hold-out, for managers; and the worker's measuring of them.

-- name: campaigns_create
SELECT a.j ->> 'campaign_id', a.j ->> 'offer', a.j ->> 'holdout', a.j ->> 'left_out', a.j ->> 'open_until'
  FROM gym.create_campaign($1::uuid, $2::text, $3::text, $4::int, $5::float8, $6::int, $7::bigint[], $8::text,
                           $9::text, $10::int, $11::int, $12::text, $13::boolean) AS a (j);

-- name: campaigns_list
-- Slot 1 is known on its last day, the others on the day after it.
SELECT k.campaign_id, k.name, k.offer, coalesce(nullif(s.full_name, ''), s.username, ''), coalesce(k.slot, 0),
       k.holdout_share, k.starts_on, gym.campaign_until(k.slot, k.starts_on, k.window_days),
       n.offered, n.offered_successes, n.held, n.held_successes, n.contacted,
       d.difference, d.low, d.high,
       current_date < gym.campaign_until(k.slot, k.starts_on, k.window_days) + CASE k.slot WHEN 1 THEN 0 ELSE 1 END
       OR n.unknown > 0,
       extract(epoch FROM k.measured_at::timestamp)::bigint
  FROM gym.campaigns AS k
  LEFT JOIN auth.staff AS s ON s.staff_id = k.created_by
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE m.arm = 'offer') AS offered,
              count(*) FILTER (WHERE m.arm = 'offer' AND m.outcome = 'success') AS offered_successes,
              count(*) FILTER (WHERE m.arm = 'holdout') AS held,
              count(*) FILTER (WHERE m.arm = 'holdout' AND m.outcome = 'success') AS held_successes,
              count(*) FILTER (WHERE m.arm = 'offer' AND m.contacted_at IS NOT NULL) AS contacted,
              count(*) FILTER (WHERE m.outcome = '') AS unknown
         FROM gym.campaign_members AS m WHERE m.campaign_id = k.campaign_id) AS n
 CROSS JOIN LATERAL gym.rate_difference(n.offered_successes, n.offered, n.held_successes, n.held) AS d
 WHERE k.gym_id = (SELECT auth.current_gym())
 ORDER BY k.campaign_id DESC LIMIT 200;

-- name: campaigns_members
-- $1 the campaign, $2 the anchor's number, $3 how many rows.
SELECT c.customer_id, c.name, c.phone, c.email, coalesce(p.name, ''), coalesce(r.customer_segment, ''),
       m.arm = 'holdout', m.outcome = 'success', m.succeeded_on, extract(epoch FROM m.contacted_at::timestamp)::bigint
  FROM gym.campaign_members AS m
  JOIN gym.customers AS c ON c.customer_id = m.customer_id
  LEFT JOIN gym.member_summary AS s ON s.customer_id = m.customer_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
  LEFT JOIN gym.rfm AS r ON r.customer_id = m.customer_id
 WHERE m.campaign_id = $1::bigint AND m.gym_id = (SELECT auth.current_gym())
   AND ($2::bigint IS NULL OR (c.sort_name, c.customer_id) >
        (SELECT a.sort_name, a.customer_id FROM gym.customers AS a WHERE a.customer_id = $2::bigint))
 ORDER BY c.sort_name, c.customer_id LIMIT $3::int;
