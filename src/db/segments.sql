-- SPDX-License-Identifier: GPL-3.0-or-later
-- Datasets, segments, types, and who is at risk: what the worker computed.

-- name: datasets_list
-- The gym's own first: it is dataset 0, whether or not it is in the star schema yet.
SELECT * FROM (
    (SELECT 0::bigint, g.name, 'gym', g.currency, true,
            coalesce(nullif(d.customers, 0), (SELECT count(*) FROM gym.rfm AS r WHERE r.gym_id = g.gym_id)),
            coalesce(d.transactions, 0),
            coalesce(d.as_of, (SELECT r.as_of FROM gym.rfm AS r WHERE r.gym_id = g.gym_id LIMIT 1)),
            extract(epoch FROM d.refreshed_at::timestamp)::bigint, coalesce(d.grace_days, 30), coalesce(d.silent_days, 90)
       FROM gym.gyms AS g
       LEFT JOIN clv.dataset AS d ON d.gym_id = g.gym_id AND d.kind = 'gym'
      WHERE g.gym_id = (SELECT auth.current_gym())
      LIMIT 1)
    UNION ALL
    (SELECT d.dataset_id, d.name, d.kind, d.currency, d.has_contract, d.customers, d.transactions, d.as_of,
            extract(epoch FROM d.refreshed_at::timestamp)::bigint, d.grace_days, d.silent_days
       FROM clv.dataset AS d
      WHERE d.gym_id = (SELECT auth.current_gym()) AND d.kind <> 'gym'
      ORDER BY lower(d.name), d.dataset_id LIMIT 200)
) AS listed;

-- name: dataset_set
-- A figure below 0 stays as it is.
SELECT s.job_id, s.grace_days, s.silent_days, gym.worker_is_alive($5::int)
  FROM gym.set_dataset($1::uuid, $2::text, CASE WHEN $3::int >= 0 THEN $3::int END,
                       CASE WHEN $4::int >= 0 THEN $4::int END) AS s;

-- name: segments_of_gym
-- A row for each segment, type and cell that somebody is in.
SELECT r.customer_segment, coalesce(v.predicted_customer_type, ''), r.r, r.f, count(*),
       coalesce(sum(r.monetary_score), 0), count(v.clv_value), coalesce(sum(v.clv_value), 0),
       coalesce(sum(v.at_stake), 0), max(r.as_of), coalesce(mode() WITHIN GROUP (ORDER BY v.model), '')
  FROM gym.rfm AS r
  LEFT JOIN gym.clv AS v ON v.gym_id = r.gym_id AND v.customer_id = r.customer_id
 WHERE r.gym_id = (SELECT auth.current_gym()) AND $1::bigint = 0
 GROUP BY 1, 2, 3, 4;

-- name: segments_of_dataset
SELECT p.customer_segment, p.predicted_customer_type, p.r, p.f, count(*),
       coalesce(sum(p.monetary_score), 0), count(p.clv) FILTER (WHERE p.model <> ''), coalesce(sum(p.clv), 0), NULL::float8, max(p.as_of),
       coalesce(mode() WITHIN GROUP (ORDER BY p.model), '')
  FROM clv.clv_prediction AS p
  JOIN clv.dim_customer AS d ON d.customer_id = p.customer_id
 WHERE d.gym_id = (SELECT auth.current_gym()) AND p.gym_id = (SELECT auth.current_gym())
   AND d.dataset_id = $1::bigint AND p.r IS NOT NULL
 GROUP BY 1, 2, 3, 4;

-- What the contact log says of each member who is in it: the newest word on being contacted at all,
-- and until when the newest call asked for peace. Read once and joined: the log is short, a gym is not.
-- It is asked about those with something at stake only, by whose numbers a small gym's part is found
-- without the rest of the chain's.
-- fragment: contact_words
LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.outcome = 'do not contact' AS leave_alone
             FROM gym.contacts AS x
            WHERE x.gym_id = (SELECT auth.current_gym()) AND x.outcome IN ('do not contact', 'may contact')
              AND x.customer_id IN (SELECT y.customer_id FROM gym.clv AS y
                                     WHERE y.gym_id = (SELECT auth.current_gym()) AND y.at_stake > 0)
            ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) AS w ON w.customer_id = v.customer_id
LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.snooze_until AS until
             FROM gym.contacts AS x
            WHERE x.gym_id = (SELECT auth.current_gym()) AND (x.outcome <> 'message' OR x.snooze_until IS NOT NULL)
              AND x.customer_id IN (SELECT y.customer_id FROM gym.clv AS y
                                     WHERE y.gym_id = (SELECT auth.current_gym()) AND y.at_stake > 0)
            ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) AS z ON z.customer_id = v.customer_id

-- In the queue of those at risk: something is at stake, they did not ask to be left alone, are not
-- banned, and did not come since the figures were computed.
-- fragment: at_risk_stands
v.at_stake > 0 AND coalesce(s.last_visit < v.as_of, true) AND NOT coalesce(w.leave_alone, false)
AND c.banned_on IS NULL

-- Customers of a choice. $1 dataset, $2 segment, $3 type, $4 r, $5 f, $6 letters of the name,
-- $7 only those at risk, $8 the sort column, $9 the anchor's number, $10 how many rows.

-- fragment: customers_of_gym
FROM gym.rfm AS r
JOIN gym.customers AS c ON c.customer_id = r.customer_id
JOIN gym.member_summary AS s ON s.customer_id = r.customer_id
LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
LEFT JOIN gym.clv AS v ON v.customer_id = r.customer_id
-- use: contact_words
CROSS JOIN LATERAL (
    SELECT CASE WHEN $8::text = 'name' THEN c.sort_name ELSE '' END COLLATE "C" AS name,
           CASE $8::text WHEN 'clv' THEN coalesce(v.clv_value, -1)
                         WHEN 'stake' THEN coalesce(v.at_stake, -1)
                         WHEN 'paid' THEN r.monetary_score::float8
                         WHEN 'recency' THEN r.recency_score::float8
                         ELSE 0 END AS number) AS k
WHERE r.gym_id = (SELECT auth.current_gym()) AND $1::bigint = 0 AND c.merged_into IS NULL

-- fragment: choice_in_gym
AND ($2::text IS NULL OR r.customer_segment = $2::text)
AND ($3::text IS NULL OR v.predicted_customer_type = $3::text)
AND ($4::int IS NULL OR r.r = $4::int) AND ($5::int IS NULL OR r.f = $5::int)
AND ($6::text IS NULL OR strpos(c.sort_name, gym.search_fold($6::text)) > 0)
AND (NOT $7::boolean
     OR (coalesce(z.until <= current_date, true) AND
-- use: at_risk_stands
))

-- fragment: columns_of_gym
SELECT c.customer_id, c.name, coalesce(p.name, ''), c.phone, c.email, r.customer_segment,
       coalesce(v.predicted_customer_type, ''), r.r, r.f, r.m, r.recency_score, r.frequency_score,
       r.monetary_score, v.clv_value, v.p_renew, v.at_stake, s.last_visit, s.ends

-- name: segments_gym_ascending
-- use: columns_of_gym
-- use: customers_of_gym
-- use: choice_in_gym
AND ($9::bigint IS NULL OR (k.number, k.name, c.customer_id) >
     (SELECT k.number, k.name, $9::bigint
-- use: customers_of_gym
      AND r.customer_id = $9::bigint))
ORDER BY k.number, k.name, c.customer_id LIMIT $10::int;

-- name: segments_gym_descending
-- use: columns_of_gym
-- use: customers_of_gym
-- use: choice_in_gym
AND ($9::bigint IS NULL OR (k.number, k.name, c.customer_id) <
     (SELECT k.number, k.name, $9::bigint
-- use: customers_of_gym
      AND r.customer_id = $9::bigint))
ORDER BY k.number DESC, k.name DESC, c.customer_id DESC LIMIT $10::int;

-- fragment: customers_of_dataset
FROM clv.clv_prediction AS v
JOIN clv.dim_customer AS c ON c.customer_id = v.customer_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN $8::text = 'name' THEN c.source_key ELSE '' END COLLATE "C" AS name,
           CASE $8::text WHEN 'clv' THEN v.clv
                         WHEN 'stake' THEN 0
                         WHEN 'paid' THEN coalesce(v.monetary_score, 0)::float8
                         WHEN 'recency' THEN coalesce(v.recency_score, 0)::float8
                         ELSE 0 END AS number) AS k
WHERE v.gym_id = (SELECT auth.current_gym()) AND c.gym_id = (SELECT auth.current_gym())
  AND c.dataset_id = $1::bigint AND v.r IS NOT NULL

-- fragment: choice_in_dataset
AND ($2::text IS NULL OR v.customer_segment = $2::text)
AND ($3::text IS NULL OR v.predicted_customer_type = $3::text)
AND ($4::int IS NULL OR v.r = $4::int) AND ($5::int IS NULL OR v.f = $5::int)
AND ($6::text IS NULL OR strpos(lower(c.source_key), lower($6::text)) > 0)
AND NOT $7::boolean

-- fragment: columns_of_dataset
SELECT c.customer_id, c.source_key, '', '', '', v.customer_segment, v.predicted_customer_type, v.r, v.f, v.m,
       v.recency_score, v.frequency_score, v.monetary_score, v.clv, coalesce(v.p_stay, v.p_alive),
       NULL::float8, c.last_transaction_date, NULL::date

-- name: segments_dataset_ascending
-- use: columns_of_dataset
-- use: customers_of_dataset
-- use: choice_in_dataset
AND ($9::bigint IS NULL OR (k.number, k.name, c.customer_id) >
     (SELECT k.number, k.name, $9::bigint
-- use: customers_of_dataset
      AND v.customer_id = $9::bigint))
ORDER BY k.number, k.name, c.customer_id LIMIT $10::int;

-- name: segments_dataset_descending
-- use: columns_of_dataset
-- use: customers_of_dataset
-- use: choice_in_dataset
AND ($9::bigint IS NULL OR (k.number, k.name, c.customer_id) <
     (SELECT k.number, k.name, $9::bigint
-- use: customers_of_dataset
      AND v.customer_id = $9::bigint))
ORDER BY k.number DESC, k.name DESC, c.customer_id DESC LIMIT $10::int;

-- fragment: at_risk_rows
FROM gym.clv AS v
JOIN gym.customers AS c ON c.customer_id = v.customer_id
JOIN gym.member_summary AS s ON s.customer_id = v.customer_id
-- use: contact_words
WHERE v.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL AND

-- name: segments_at_risk_totals
SELECT count(*) FILTER (WHERE NOT q.later), coalesce(sum(q.at_stake) FILTER (WHERE NOT q.later), 0),
       count(*) FILTER (WHERE q.later), coalesce(sum(q.at_stake) FILTER (WHERE q.later), 0),
       (SELECT a.as_of FROM gym.clv AS a WHERE a.gym_id = (SELECT auth.current_gym()) LIMIT 1)
  FROM (SELECT v.at_stake, coalesce(z.until > current_date, false) AS later
-- use: at_risk_rows
-- use: at_risk_stands
        ) AS q;

-- name: segments_at_risk
-- $1 the anchor's number, $2 how many rows, $3 letters of the name.
SELECT q.customer_id, q.name, coalesce(p.name, ''), q.phone, q.email, coalesce(r.customer_segment, ''),
       q.risk_reason, q.last_visit, q.ends, q.clv_value, q.at_stake, q.p_renew, q.p_renew_usual,
       extract(epoch FROM n.at::timestamp)::bigint, coalesce(n.outcome, ''), coalesce(k.name, ''),
       coalesce(k.arm = 'holdout', false), q.clv_low, q.clv_high, q.model
  FROM (SELECT v.customer_id, c.name, c.phone, c.email, s.package_id, s.last_visit, s.ends, v.risk_reason,
               v.clv_value, v.at_stake, v.p_renew, v.p_renew_usual, v.clv_low, v.clv_high, v.model
-- use: at_risk_rows
-- use: at_risk_stands
         AND coalesce(z.until <= current_date, true)
         AND ($3::text IS NULL OR strpos(c.sort_name, gym.search_fold($3::text)) > 0)
         AND ($1::bigint IS NULL OR (-v.at_stake, v.customer_id) >
              (SELECT -a.at_stake, a.customer_id FROM gym.clv AS a WHERE a.customer_id = $1::bigint))
         ORDER BY v.at_stake DESC, v.customer_id LIMIT $2::int) AS q
  LEFT JOIN gym.packages AS p ON p.package_id = q.package_id
  LEFT JOIN gym.rfm AS r ON r.customer_id = q.customer_id
  LEFT JOIN LATERAL (SELECT x.at, x.outcome FROM gym.contacts AS x
                      WHERE x.customer_id = q.customer_id ORDER BY x.at DESC, x.contact_id DESC LIMIT 1) AS n ON true
  LEFT JOIN LATERAL (SELECT g.name, m.arm FROM gym.campaign_members AS m
                       JOIN gym.campaigns AS g ON g.campaign_id = m.campaign_id
                      WHERE m.customer_id = q.customer_id
                        AND g.begun_at IS NOT NULL
                        AND gym.campaign_end(g.slot, g.starts_on, g.window_days, g.ended_on) >= current_date
                      ORDER BY g.campaign_id DESC LIMIT 1) AS k ON true
 ORDER BY q.at_stake DESC, q.customer_id;
