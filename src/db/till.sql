-- SPDX-License-Identifier: GPL-3.0-or-later
-- The till, the day's money, payments. Times leave as seconds on the gym's wall clock.

-- fragment: session_columns
t.till_session_id, t.desk, coalesce(nullif(o.full_name, ''), o.username, ''),
coalesce(nullif(e.full_name, ''), e.username, ''), t.reason,
extract(epoch FROM t.opened_at::timestamp)::bigint,
extract(epoch FROM t.closed_at::timestamp)::bigint, t.opening_float, t.expected, t.counted

-- fragment: session_rows
gym.till_sessions AS t
LEFT JOIN auth.staff AS o ON o.staff_id = t.opened_by
LEFT JOIN auth.staff AS e ON e.staff_id = t.closed_by

-- fragment: method_columns
m.payment_method_name, m.payment_method_id = 3,
count(x.amount) FILTER (WHERE x.amount > 0), count(x.amount) FILTER (WHERE x.amount < 0),
coalesce(sum(x.amount) FILTER (WHERE x.amount > 0), 0),
coalesce(-sum(x.amount) FILTER (WHERE x.amount < 0), 0)

-- fragment: move_columns
extract(epoch FROM v.at::timestamp)::bigint, v.amount, v.reason,
coalesce(nullif(s.full_name, ''), s.username, '')

-- name: till_now
SELECT
-- use: session_columns
FROM
-- use: session_rows
WHERE t.gym_id = (SELECT auth.current_gym()) AND t.desk = left(gym.clean($1::text), 24)
  AND t.closed_at IS NULL;

-- name: till_now_methods
SELECT
-- use: method_columns
  FROM clv.dim_payment_method AS m
  LEFT JOIN gym.transactions AS x
    ON x.payment_method_id = m.payment_method_id AND x.gym_id = (SELECT auth.current_gym())
   AND x.till_session_id = (SELECT t.till_session_id FROM gym.till_sessions AS t
                             WHERE t.gym_id = (SELECT auth.current_gym()) AND t.closed_at IS NULL
                               AND t.desk = left(gym.clean($1::text), 24))
 GROUP BY m.payment_method_id, m.payment_method_name ORDER BY m.payment_method_id;

-- name: till_now_moves
SELECT
-- use: move_columns
  FROM gym.till_moves AS v
  JOIN gym.till_sessions AS t ON t.till_session_id = v.till_session_id
  LEFT JOIN auth.staff AS s ON s.staff_id = v.staff_id
 WHERE v.gym_id = (SELECT auth.current_gym()) AND t.gym_id = (SELECT auth.current_gym())
   AND t.desk = left(gym.clean($1::text), 24) AND t.closed_at IS NULL
 ORDER BY v.till_move_id DESC LIMIT 32;

-- name: till_now_last
SELECT t.counted, extract(epoch FROM t.closed_at::timestamp)::bigint
  FROM gym.till_sessions AS t
 WHERE t.gym_id = (SELECT auth.current_gym()) AND t.desk = left(gym.clean($1::text), 24)
   AND t.closed_at IS NOT NULL
 ORDER BY t.till_session_id DESC LIMIT 1;

-- name: till_open
SELECT gym.open_till($1::uuid, $2::text, $3::numeric);

-- name: till_move
SELECT gym.move_cash($1::uuid, $2::text, $3::numeric, $4::text);

-- name: till_count
SELECT f.outcome = 'closed', f.till_session_id, f.opening_float, f.cash_taken, f.cash_refunded,
       f.cash_moved, f.expected, f.counted, f.counts
  FROM gym.count_till($1::uuid, $2::text, $3::numeric, $4::jsonb, $5::text) AS f;

-- name: till_sessions
SELECT
-- use: session_columns
       , n.counts, n.first_counted
FROM
-- use: session_rows
LEFT JOIN LATERAL (
    SELECT count(*) AS counts, (array_agg(c.counted ORDER BY c.till_count_id))[1] AS first_counted
      FROM gym.till_counts AS c WHERE c.till_session_id = t.till_session_id
       AND c.gym_id = (SELECT auth.current_gym())) AS n ON true
WHERE t.gym_id = (SELECT auth.current_gym())
  AND ($1::bigint IS NULL OR t.till_session_id < $1::bigint)
ORDER BY t.till_session_id DESC LIMIT $2::int + 1;

-- name: till_report
SELECT
-- use: session_columns
       , t.denominations IS NOT NULL
FROM
-- use: session_rows
WHERE t.gym_id = (SELECT auth.current_gym()) AND t.till_session_id = $1::bigint;

-- name: till_report_methods
SELECT
-- use: method_columns
  FROM clv.dim_payment_method AS m
  LEFT JOIN gym.transactions AS x
    ON x.payment_method_id = m.payment_method_id AND x.gym_id = (SELECT auth.current_gym())
   AND x.till_session_id = $1::bigint
 GROUP BY m.payment_method_id, m.payment_method_name ORDER BY m.payment_method_id;

-- name: till_report_moves
SELECT
-- use: move_columns
       , sum(v.amount) OVER ()
  FROM gym.till_moves AS v
  LEFT JOIN auth.staff AS s ON s.staff_id = v.staff_id
 WHERE v.gym_id = (SELECT auth.current_gym()) AND v.till_session_id = $1::bigint
 ORDER BY v.till_move_id LIMIT 32;

-- name: till_report_parts
SELECT d.key::numeric, d.value::int
  FROM gym.till_sessions AS t, jsonb_each_text(t.denominations) AS d
 WHERE t.gym_id = (SELECT auth.current_gym()) AND t.till_session_id = $1::bigint
   AND t.denominations IS NOT NULL AND d.value::int > 0
 ORDER BY d.key::numeric DESC LIMIT 32;

-- name: till_day
SELECT d.day, count(x.amount) FILTER (WHERE x.amount > 0), coalesce(sum(x.amount), 0),
       coalesce(-sum(x.amount) FILTER (WHERE x.amount < 0), 0),
       coalesce(sum(x.amount) FILTER (WHERE x.payment_method_id = 3
                                        AND x.till_session_id IS NULL), 0),
       (SELECT coalesce(sum(v.amount), 0) FROM gym.till_moves AS v
         WHERE v.gym_id = (SELECT auth.current_gym())
           AND v.till_session_id IN (SELECT s.till_session_id FROM gym.till_sessions AS s
                                      WHERE s.gym_id = (SELECT auth.current_gym()))
           AND v.at >= d.day::timestamptz AND v.at < (d.day + 1)::timestamptz),
       (SELECT max(y.date) FROM gym.transactions AS y
         WHERE y.gym_id = (SELECT auth.current_gym()) AND y.date < d.day),
       (SELECT min(y.date) FROM gym.transactions AS y
         WHERE y.gym_id = (SELECT auth.current_gym()) AND y.date > d.day)
  FROM (SELECT coalesce($1::date, current_date) AS day) AS d
  LEFT JOIN gym.transactions AS x ON x.gym_id = (SELECT auth.current_gym()) AND x.date = d.day
 GROUP BY d.day;

-- name: till_day_lines
SELECT x.kind, m.payment_method_name, count(*), sum(x.amount)
  FROM gym.transactions AS x JOIN clv.dim_payment_method AS m USING (payment_method_id)
 WHERE x.gym_id = (SELECT auth.current_gym()) AND x.date = coalesce($1::date, current_date)
 GROUP BY x.kind, m.payment_method_id, m.payment_method_name
 ORDER BY array_position(ARRAY['joining', 'renewal', 'day_pass', 'pack', 'extra', 'payment',
                               'refund'], x.kind), m.payment_method_id
 LIMIT 64;

-- name: till_day_sessions
SELECT
-- use: session_columns
FROM
-- use: session_rows
WHERE t.gym_id = (SELECT auth.current_gym())
  AND t.opened_at < (coalesce($1::date, current_date) + 1)::timestamptz
  AND coalesce(t.closed_at, 'infinity') >= coalesce($1::date, current_date)::timestamptz
ORDER BY t.till_session_id LIMIT 24;

-- fragment: payment_columns
x.transaction_id, x.refunds, extract(epoch FROM x.paid_at::timestamp)::bigint, x.date, x.amount,
coalesce((SELECT -sum(r.amount) FROM gym.transactions AS r
           WHERE r.refunds = x.transaction_id AND r.gym_id = (SELECT auth.current_gym())), 0),
x.kind, m.payment_method_name, x.note, coalesce(nullif(s.full_name, ''), s.username, ''),
coalesce(t.desk, ''), coalesce(p.name, ''),
lower(h.term), upper(h.term) - 1

-- fragment: payment_rows
gym.transactions AS x
JOIN clv.dim_payment_method AS m ON m.payment_method_id = x.payment_method_id
LEFT JOIN auth.staff AS s ON s.staff_id = x.staff_id
LEFT JOIN gym.till_sessions AS t ON t.till_session_id = x.till_session_id
LEFT JOIN gym.memberships AS h ON h.membership_id = x.membership_id AND NOT isempty(h.term)
LEFT JOIN gym.packages AS p ON p.package_id = h.package_id

-- name: payments_list
SELECT
-- use: payment_columns
FROM
-- use: payment_rows
WHERE x.gym_id = (SELECT auth.current_gym()) AND x.customer_id = $1::bigint
  AND ($2::bigint IS NULL OR (x.date, x.transaction_id) <
       ((SELECT a.date FROM gym.transactions AS a WHERE a.transaction_id = $2::bigint), $2::bigint))
ORDER BY x.date DESC, x.transaction_id DESC LIMIT $3::int + 1;

-- name: payments_refund
SELECT f.text, f.ends, f.balance
  FROM gym.refund($1::uuid, $2::bigint, $3::numeric, $4::text, $5::text) AS f;

-- name: payments_receipt
SELECT g.name, g.address, g.phone, g.currency, c.name, c.customer_id, u.balance,
-- use: payment_columns
FROM
-- use: payment_rows
JOIN gym.gyms AS g ON g.gym_id = x.gym_id
JOIN gym.customers AS c ON c.customer_id = x.customer_id
JOIN gym.member_summary AS u ON u.customer_id = x.customer_id
WHERE x.gym_id = (SELECT auth.current_gym()) AND x.transaction_id = $1::bigint;
