-- SPDX-License-Identifier: GPL-3.0-or-later
-- Campaigns with a hold-out, for managers; and the worker's measuring of them.

-- The last parameter: how long a worker may be silent.

-- fragment: campaign_created
SELECT a.j ->> 'campaign_id', a.j ->> 'offer', a.j ->> 'holdout', a.j ->> 'left_out', a.j ->> 'open_until',
       a.j ->> 'job_id'

-- name: campaigns_create
-- use: campaign_created
     , gym.worker_is_alive($16::int)
  FROM gym.create_campaign($1::uuid, $2::text, $3::text, $4::int, $5::float8, $6::int, $7::bigint[], $8::text,
                           $9::text, $10::int, $11::int, $12::text, $13::boolean, $14::numeric, $15::int) AS a (j);

-- name: campaigns_add
-- use: campaign_created
     , gym.worker_is_alive($5::int)
  FROM gym.add_to_campaign($1::uuid, $2::bigint, $3::int, $4::bigint[]) AS a (j);

-- name: campaigns_retry
-- use: campaign_created
     , gym.worker_is_alive($3::int)
  FROM gym.retry_campaign($1::uuid, $2::bigint) AS a (j);

-- name: campaigns_edit
SELECT a.j ->> 'outcome' = 'saved', a.j ->> 'row_version', a.j ->> 'name', a.j ->> 'offer', a.j ->> 'cost',
       a.j ->> 'until', a.j ->> 'changed_by'
  FROM gym.edit_campaign($1::uuid, $2::bigint, $3::int, $4::text, $5::text, $6::numeric, $7::date) AS a (j);

-- name: campaigns_end
SELECT a.j ->> 'outcome' = 'removed', a.j ->> 'name', a.j ->> 'until'
  FROM gym.end_campaign($1::uuid, $2::bigint) AS a (j);

-- name: campaigns_list
-- Slot 1 is known on its last day, the others on the day after it. What was counted stands in the row.
SELECT k.campaign_id, k.name, k.offer, coalesce(nullif(s.full_name, ''), s.username, ''), coalesce(k.slot, 0),
       k.holdout_share, k.starts_on, u.until,
       k.offered, k.offered_successes, k.held, k.held_successes, k.contacted,
       d.difference, d.low, d.high,
       current_date < u.until + CASE k.slot WHEN 1 THEN 0 ELSE 1 END OR k.unknown > 0,
       extract(epoch FROM k.measured_at::timestamp)::bigint,
       k.row_version, k.cost, k.ended_on IS NOT NULL, k.left_out,
       CASE WHEN k.begun_at IS NOT NULL THEN 'begun' ELSE coalesce(j.state, 'list') END,
       coalesce(j.progress, 0), coalesce(j.error, '')
  FROM gym.campaigns AS k
  LEFT JOIN auth.staff AS s ON s.staff_id = k.created_by
  LEFT JOIN gym.jobs AS j ON j.job_id = k.job_id AND k.begun_at IS NULL
 CROSS JOIN LATERAL (SELECT gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on) AS until) AS u
 CROSS JOIN LATERAL gym.rate_difference(k.offered_successes::bigint, k.offered::bigint, k.held_successes::bigint,
                                        k.held::bigint) AS d
 WHERE k.gym_id = (SELECT auth.current_gym()) AND (k.begun_at IS NOT NULL OR k.ended_on IS NULL)
 ORDER BY k.campaign_id DESC LIMIT 200;

-- name: campaigns_members
-- $1 the campaign, $2 the anchor's number, $3 how many rows, $4 letters of the name.
SELECT c.customer_id, c.name, c.phone, c.email, coalesce(p.name, ''), coalesce(r.customer_segment, ''),
       m.arm = 'holdout', m.outcome = 'success', m.succeeded_on, extract(epoch FROM m.contacted_at::timestamp)::bigint
  FROM gym.campaign_members AS m
  JOIN gym.customers AS c ON c.customer_id = m.customer_id
  LEFT JOIN gym.member_summary AS s ON s.customer_id = m.customer_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
  LEFT JOIN gym.rfm AS r ON r.customer_id = m.customer_id
 WHERE m.campaign_id = $1::bigint AND m.gym_id = (SELECT auth.current_gym())
   AND ($4::text IS NULL OR strpos(c.sort_name, gym.search_fold($4::text)) > 0)
   AND ($2::bigint IS NULL OR (c.sort_name, c.customer_id) >
        (SELECT a.sort_name, a.customer_id FROM gym.customers AS a WHERE a.customer_id = $2::bigint))
 ORDER BY c.sort_name, c.customer_id LIMIT $3::int;
