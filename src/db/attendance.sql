-- SPDX-License-Identifier: GPL-3.0-or-later
-- The desk. What decides and writes are functions of the database (migrations 0006 and 0007); one
-- call is one round trip.

-- fragment: verdict
v.result, v.attendance_id, v.customer_id, v.name, v.keytag, v.plan, v.home_gym, v.ends, v.days_left,
v.visits_this_month, v.visits_total, v.last_visit, v.habit, v.balance, v.at_local, v.since_local,
v.seconds_in, v.since_desk, v.reasons, v.inside, v.capacity, v.renew_package_id, v.renew_price,
v.renew_until, v.day_pass_price, v.day_pass_package_id, v.recovered

-- name: attendance_check_in
SELECT
-- use: verdict
FROM gym.check_in($1::uuid, $2::text, $3::bigint, coalesce($4::text, ''), $5::text, $6::int) AS v;

-- name: attendance_check_out
SELECT
-- use: verdict
FROM gym.check_out($1::uuid, $2::text, $3::bigint, coalesce($4::text, '')) AS v;

-- name: attendance_undo
SELECT
-- use: verdict
FROM gym.void_visit($1::uuid, $2::bigint, $3::text) AS v;

-- name: attendance_backfill
-- Wall-clock seconds of the gym.
SELECT
-- use: verdict
FROM gym.backfill_visit($1::uuid, $2::bigint, $3::bigint, $4::bigint, $5::text,
                        coalesce($6::text, '')) AS v;

-- name: attendance_renew_and_check_in
SELECT
-- use: verdict
FROM gym.renew_and_check_in($1::uuid, $2::bigint, $3::bigint, $4::int, coalesce($5::text, ''),
                            $6::boolean) AS v;

-- name: attendance_unfreeze_and_check_in
SELECT
-- use: verdict
FROM gym.unfreeze_and_check_in($1::uuid, $2::bigint, coalesce($3::text, '')) AS v;

-- name: attendance_guest_terms
SELECT t.plan, t.included, t.used, t.package_id, t.pass, t.price FROM gym.guest_terms($1::bigint) AS t;

-- name: attendance_check_in_guest
SELECT
-- use: verdict
FROM gym.check_in_guest($1::uuid, $2::bigint, coalesce($3::text, ''), coalesce($4::text, ''), $5::int,
                        coalesce($6::text, '')) AS v;

-- name: attendance_candidates
SELECT c.customer_id, c.name, c.plan, c.keytag, c.phone, c.ends, c.last_visit, c.status, c.is_in,
       c.matched_by
  FROM gym.candidates($1::text, $2::int) AS c;

-- What there is to know about a member who is in or was. Of another gym's member (rule 8) row
-- security shows neither record nor summary. That a day pass ends on its day is no news.
-- fragment: to_know
CASE WHEN e.override_reason IS NOT NULL THEN 'let in: ' || e.override_reason
     WHEN s.balance > 0 THEN 'owes ' || gym.money_text(s.balance)
     WHEN h.name IS NOT NULL THEN c.name
     WHEN s.ends < f.due THEN 'ended ' || gym.day_text(s.ends, current_date)
     WHEN c.note <> '' THEN c.note
     WHEN e.kind = 'out' AND e.auto_out THEN 'auto-closed'
     WHEN f.pass THEN ''
     WHEN s.ends = current_date THEN 'last day'
     WHEN s.ends - current_date = 1 THEN '1 day left'
     WHEN s.ends - current_date <= 7 THEN (s.ends - current_date) || ' days left'
     WHEN to_char(c.birth_date, 'MMDD') = to_char(current_date, 'MMDD') THEN 'birthday'
     WHEN c.customer_id IS NULL THEN coalesce(v.home_gym, '')
     WHEN e.reentry THEN 'back again'
     ELSE '' END,
CASE WHEN e.override_reason IS NOT NULL OR s.balance > 0 THEN 'warn'
     WHEN h.name IS NOT NULL THEN 'ignore'
     WHEN s.ends < f.due OR c.note <> '' OR (s.ends - current_date <= 7 AND NOT f.pass) THEN 'warn'
     ELSE 'ignore' END

-- gym.visitor is asked about the others only (OFFSET 0 keeps that step first).
-- fragment: feed_members
LEFT JOIN gym.customers AS c ON c.customer_id = e.customer_id
LEFT JOIN gym.member_summary AS s ON s.customer_id = e.customer_id
LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
-- Who was brought by a member and has no more than a day pass goes by the member's name.
LEFT JOIN gym.customers AS h ON h.customer_id = c.guest_of AND p.duration_months = 0
                            AND p.visits_included <= 1
CROSS JOIN LATERAL (SELECT coalesce(p.duration_months = 0 AND p.visits_included <= 1, false) AS pass) AS d
CROSS JOIN LATERAL (SELECT d.pass, CASE WHEN d.pass THEN e.check_in::date ELSE current_date END AS due) AS f
LEFT JOIN LATERAL (SELECT w.* FROM (SELECT e.customer_id AS who
                                     WHERE c.customer_id IS NULL OFFSET 0) AS other
                   CROSS JOIN LATERAL gym.visitor(other.who) AS w) AS v ON true

-- name: attendance_feed
-- The newest of each kind, then the newest of all: three short walks down an index each.
SELECT e.kind, e.attendance_id, e.customer_id,
       coalesce('Guest of ' || h.name, c.name, v.name, ''),
       coalesce(p.name, v.plan, ''), e.desk,
       extract(epoch FROM e.at::timestamp)::bigint,
       extract(epoch FROM coalesce(e.check_out, e.at_end) - e.check_in)::bigint, e.is_open, e.reasons,
-- use: to_know
  FROM (
    (SELECT CASE WHEN a.voided_at IS NULL THEN 'in' ELSE 'voided' END AS kind, a.check_in AS at,
            a.attendance_id, a.customer_id, a.desk, a.check_in, a.check_out, now() AS at_end,
            a.check_out IS NULL AND a.voided_at IS NULL AS is_open, a.override_reason, a.auto_out,
            a.reentry, '' AS reasons
       FROM gym.attendance AS a
      WHERE a.gym_id = (SELECT auth.current_gym())
      ORDER BY a.check_in DESC LIMIT $1::int)
    UNION ALL
    (SELECT 'out', a.check_out, a.attendance_id, a.customer_id, a.desk, a.check_in, a.check_out, now(),
            false, NULL, a.auto_out, a.reentry, ''
       FROM gym.attendance AS a
      WHERE a.gym_id = (SELECT auth.current_gym()) AND a.check_out IS NOT NULL
        AND a.voided_at IS NULL
      ORDER BY a.check_out DESC LIMIT $1::int)
    UNION ALL
    (SELECT 'denied', l.at, NULL, l.customer_id, l.desk, NULL, NULL, NULL, false, NULL, false, false,
            coalesce(nullif(l.reasons, ''), l.reason)
       FROM gym.access_log AS l
      WHERE l.gym_id = (SELECT auth.current_gym()) AND l.result = 'denied'
      ORDER BY l.at DESC LIMIT $1::int)
    ORDER BY 2 DESC, 3 DESC NULLS LAST LIMIT $1::int) AS e
-- use: feed_members
 ORDER BY e.at DESC, e.attendance_id DESC NULLS LAST;

-- fragment: inside
SELECT 'in', e.attendance_id, e.customer_id,
       coalesce('Guest of ' || h.name, c.name, v.name, ''),
       coalesce(p.name, v.plan, ''), e.desk,
       extract(epoch FROM e.check_in::timestamp)::bigint,
       extract(epoch FROM now() - e.check_in)::bigint, true, '',
-- use: to_know
FROM

-- name: attendance_inside_newest
-- use: inside
     (SELECT 'in' AS kind, a.attendance_id, a.customer_id, a.desk, a.check_in, a.override_reason,
             a.auto_out, a.reentry
        FROM gym.attendance AS a
       WHERE a.gym_id = (SELECT auth.current_gym()) AND a.check_out IS NULL AND a.voided_at IS NULL
       ORDER BY a.check_in DESC LIMIT $1::int) AS e
-- use: feed_members
 ORDER BY e.check_in DESC, e.attendance_id DESC;

-- name: attendance_inside_longest
-- use: inside
     (SELECT 'in' AS kind, a.attendance_id, a.customer_id, a.desk, a.check_in, a.override_reason,
             a.auto_out, a.reentry
        FROM gym.attendance AS a
       WHERE a.gym_id = (SELECT auth.current_gym()) AND a.check_out IS NULL AND a.voided_at IS NULL
       ORDER BY a.check_in LIMIT $1::int) AS e
-- use: feed_members
 ORDER BY e.check_in, e.attendance_id;

-- name: attendance_occupancy
-- How many are usual now: those in at this hour of this weekday, on average over eight weeks.
SELECT (SELECT count(*) FROM gym.attendance AS a
         WHERE a.gym_id = g.gym_id AND a.check_out IS NULL AND a.voided_at IS NULL),
       coalesce(g.capacity, 0),
       (SELECT CASE WHEN sum(i.inside) > 0 THEN round(sum(i.inside) / 8.0)::int END
          FROM generate_series(1, 8) AS k (week)
         CROSS JOIN LATERAL (SELECT (localtimestamp - k.week * interval '7 days')::timestamptz AS at
                             OFFSET 0) AS o
           -- Worked out before: an index takes no sums beside the policy's condition.
         CROSS JOIN LATERAL (SELECT o.at, o.at - interval '12 hours' AS since, o.at + interval '24 hours' AS until
                             OFFSET 0) AS w
         CROSS JOIN LATERAL (SELECT count(*) AS inside FROM gym.attendance AS a
                              WHERE a.gym_id = g.gym_id AND a.voided_at IS NULL
                                AND a.check_in BETWEEN w.since AND w.at
                                AND a.check_out BETWEEN w.at AND w.until) AS i),
       (SELECT count(*) FROM gym.attendance AS a
         WHERE a.gym_id = g.gym_id AND a.voided_at IS NULL AND a.check_in >= current_date::timestamptz),
       (SELECT count(*) FROM gym.attendance AS a
         WHERE a.gym_id = g.gym_id AND a.voided_at IS NULL AND a.check_out >= current_date::timestamptz),
       (SELECT count(*) FROM gym.access_log AS l
         WHERE l.gym_id = g.gym_id AND l.result = 'denied' AND l.at >= current_date::timestamptz),
       (SELECT coalesce(sum(t.amount), 0) FROM gym.transactions AS t
         WHERE t.gym_id = g.gym_id AND t.date = current_date)
  FROM gym.gyms AS g
 WHERE g.gym_id = (SELECT auth.current_gym());
