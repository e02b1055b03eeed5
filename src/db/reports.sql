-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lists for reports and exports, page by page. A page's values decide which index it walks along.

-- name: reports_plan_with_values
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('max_parallel_workers_per_gather', '0', true);

-- $1 days, $2 and $3 the anchor's day and number, $4 how many.
-- fragment: report_page
SELECT r.customer_id, c.name, c.phone, c.email, coalesce(p.name, ''), s.ends, s.last_visit, s.balance,
       r.day, r.number
  FROM rows AS r
  JOIN gym.customers AS c ON c.customer_id = r.customer_id
  JOIN gym.member_summary AS s ON s.customer_id = r.customer_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
 ORDER BY r.day, r.customer_id

-- name: report_expiring
WITH rows AS MATERIALIZED (
    SELECT s.customer_id, s.ends AS day, s.ends - current_date AS number
      FROM gym.member_summary AS s
      JOIN gym.customers AS c ON c.gym_id = s.gym_id AND c.customer_id = s.customer_id
     WHERE s.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
       AND s.ends BETWEEN current_date AND current_date + $1::int
       AND ($2::date IS NULL OR (s.ends, s.customer_id) > ($2::date, $3::bigint))
     ORDER BY s.ends, s.customer_id LIMIT $4::int + 1)
-- use: report_page
;

-- Owed since the day on which the charges, oldest first, went beyond all that was paid.
-- name: report_owing
WITH rows AS MATERIALIZED (
    SELECT o.customer_id, o.day, current_date - o.day AS number
      FROM (SELECT s.customer_id,
                   (SELECT min(q.due_on)
                      FROM (SELECT h.due_on, sum(h.amount) OVER (ORDER BY h.due_on, h.charge_id) AS due
                              FROM gym.charges AS h
                             WHERE h.customer_id = s.customer_id
                               AND h.gym_id = (SELECT auth.current_gym())) AS q
                     WHERE q.due > s.paid_total) AS day
              FROM gym.member_summary AS s
             WHERE s.gym_id = (SELECT auth.current_gym()) AND s.charged_total > s.paid_total) AS o
     WHERE $1::int IS NOT NULL
       AND ($2::date IS NULL OR (o.day, o.customer_id) > ($2::date, $3::bigint))
     ORDER BY o.day, o.customer_id LIMIT $4::int + 1)
-- use: report_page
;

-- name: report_absent
WITH rows AS MATERIALIZED (
    SELECT o.customer_id, o.day, current_date - o.day AS number
      FROM (SELECT s.customer_id, coalesce(s.last_visit, c.join_date) AS day
              FROM gym.member_summary AS s
              JOIN gym.customers AS c ON c.gym_id = s.gym_id AND c.customer_id = s.customer_id
             WHERE s.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
               AND gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date) = 'active'
               AND s.starts <= current_date
               AND (s.last_visit IS NULL OR s.last_visit <= current_date - $1::int)) AS o
     WHERE o.day <= current_date - $1::int
       AND ($2::date IS NULL OR (o.day, o.customer_id) > ($2::date, $3::bigint))
     ORDER BY o.day, o.customer_id LIMIT $4::int + 1)
-- use: report_page
;

-- name: report_birthdays
WITH rows AS MATERIALIZED (
    SELECT o.customer_id, o.day, extract(year FROM o.day)::int - extract(year FROM o.birth_date)::int AS number
      FROM (SELECT s.customer_id, c.birth_date,
                   CASE WHEN gym.birthday_in(c.birth_date, extract(year FROM current_date)::int) >= current_date
                        THEN gym.birthday_in(c.birth_date, extract(year FROM current_date)::int)
                        ELSE gym.birthday_in(c.birth_date, extract(year FROM current_date)::int + 1) END AS day
              FROM gym.member_summary AS s
              JOIN gym.customers AS c ON c.gym_id = s.gym_id AND c.customer_id = s.customer_id
             WHERE s.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
               AND s.ends >= current_date AND c.birth_date IS NOT NULL) AS o
     WHERE o.day <= current_date + $1::int
       AND ($2::date IS NULL OR (o.day, o.customer_id) > ($2::date, $3::bigint))
     ORDER BY o.day, o.customer_id LIMIT $4::int + 1)
-- use: report_page
;

-- Exports: $1 since, $2 until, $3 the anchor, $4 how many.

-- Each page begins within its index, at the row after $3.
-- name: export_members
SELECT c.customer_id, c.name, c.email, c.phone, c.keytag, c.gender, c.birth_date, c.join_date,
       gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date), p.name, s.starts, s.ends,
       s.last_visit, s.visit_count, s.balance, s.paid_total, s.charged_total, t.name,
       r.customer_segment, r.r, r.f, r.m, round(v.clv_value::numeric, 2), c.note
  FROM gym.customers AS c
  JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
  LEFT JOIN gym.trainers AS t ON t.trainer_id = c.trainer_id
  LEFT JOIN gym.rfm AS r ON r.customer_id = c.customer_id
  LEFT JOIN gym.clv AS v ON v.customer_id = c.customer_id
 WHERE c.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
   AND ($1::date IS NULL OR c.join_date >= $1::date)
   AND ($2::date IS NULL OR c.join_date <= $2::date)
   AND c.customer_id > coalesce($3::bigint, 0)
 ORDER BY c.customer_id LIMIT $4::int + 1;

-- name: export_visits
SELECT a.attendance_id, a.customer_id, c.name,
       to_char(a.check_in::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS'),
       to_char(a.check_out::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS'),
       round(extract(epoch FROM a.check_out - a.check_in)::numeric / 60)::int, a.desk,
       a.auto_out, a.reentry, a.backdated, a.override_reason, a.voided_at IS NOT NULL
  FROM gym.attendance AS a
  LEFT JOIN gym.customers AS c ON c.customer_id = a.customer_id
 WHERE a.gym_id = (SELECT auth.current_gym())
   AND ($1::date IS NULL OR a.check_in >= $1::date::timestamptz)
   AND ($2::date IS NULL OR a.check_in < ($2::date + 1)::timestamptz)
   AND a.check_in >= coalesce((SELECT x.check_in FROM gym.attendance AS x WHERE x.attendance_id = $3::bigint),
                              '-infinity')
   AND ($3::bigint IS NULL OR (a.check_in, a.attendance_id) >
        ((SELECT x.check_in FROM gym.attendance AS x WHERE x.attendance_id = $3::bigint), $3::bigint))
 ORDER BY a.check_in, a.attendance_id LIMIT $4::int + 1;

-- name: export_payments
SELECT x.transaction_id, x.customer_id, c.name, x.date,
       to_char(x.paid_at::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS'), x.amount, x.kind,
       m.payment_method_name, p.name, x.refunds, x.till_session_id, x.note
  FROM gym.transactions AS x
  JOIN gym.customers AS c ON c.customer_id = x.customer_id
  JOIN clv.dim_payment_method AS m ON m.payment_method_id = x.payment_method_id
  LEFT JOIN gym.memberships AS h ON h.membership_id = x.membership_id
  LEFT JOIN gym.packages AS p ON p.package_id = h.package_id
 WHERE x.gym_id = (SELECT auth.current_gym())
   AND ($1::date IS NULL OR x.date >= $1::date)
   AND ($2::date IS NULL OR x.date <= $2::date)
   AND x.date >= coalesce((SELECT y.date FROM gym.transactions AS y WHERE y.transaction_id = $3::bigint),
                          '-infinity')
   AND ($3::bigint IS NULL OR (x.date, x.transaction_id) >
        ((SELECT y.date FROM gym.transactions AS y WHERE y.transaction_id = $3::bigint), $3::bigint))
 ORDER BY x.date, x.transaction_id LIMIT $4::int + 1;

-- name: export_segments
SELECT r.customer_id, c.name, r.customer_segment, r.r, r.f, r.m, r.recency_score, r.frequency_score,
       r.monetary_score, round(v.clv_value::numeric, 2), v.predicted_customer_type, r.as_of
  FROM gym.rfm AS r
  JOIN gym.customers AS c ON c.customer_id = r.customer_id
  LEFT JOIN gym.clv AS v ON v.customer_id = r.customer_id
 WHERE r.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
   AND $1::date IS NULL AND $2::date IS NULL
   AND r.customer_id > coalesce($3::bigint, 0)
 ORDER BY r.customer_id LIMIT $4::int + 1;
