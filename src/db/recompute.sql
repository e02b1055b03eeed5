-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the worker's recompute reads: numbers only (bulk.h).

-- name: recompute_gyms
-- One gym, or all for 0; and how many members it has.
SELECT g.gym_id, (SELECT count(*) FROM gym.customers AS c WHERE c.gym_id = g.gym_id AND c.merged_into IS NULL)
  FROM gym.gyms AS g
 WHERE g.gym_id = $1::bigint OR $1::bigint = 0
 ORDER BY g.gym_id;

-- name: recompute_measures
-- RFM of ANALYTICS §2 for a gym's members, as of its own day: number, the day, days of tenure, days
-- since the last visit (tenure without one), visit days in the last 90, net payments of 365 in
-- hundredths. A visit belongs to the day of the gym where it was.
SELECT c.customer_id, t.today - date '1970-01-01', greatest(t.today - c.join_date, 0),
       greatest(coalesce(t.today - s.last_visit, t.today - c.join_date), 0),
       (SELECT count(DISTINCT (a.check_in AT TIME ZONE w.time_zone)::date)
          FROM gym.attendance AS a
          JOIN gym.gyms AS w ON w.gym_id = a.gym_id
         WHERE a.customer_id = c.customer_id AND a.voided_at IS NULL
           AND a.check_in > now() - interval '92 days'
           AND (a.check_in AT TIME ZONE w.time_zone)::date > t.today - 90),
       (SELECT (coalesce(sum(x.amount), 0) * 100)::bigint
          FROM gym.transactions AS x
         WHERE x.customer_id = c.customer_id AND x.date > t.today - 365)
  FROM gym.customers AS c
  JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
  JOIN (SELECT g.gym_id, (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms AS g) AS t
    ON t.gym_id = c.gym_id
 WHERE c.gym_id = $1::bigint AND c.merged_into IS NULL
 ORDER BY c.customer_id;
