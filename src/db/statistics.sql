-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the database can say without models. Days and hours are those of the gym's wall clock.

-- name: statistics_heat
-- Monday is 0. Only whole days: today would be half a day among whole ones.
SELECT extract(isodow FROM v.at)::int - 1, extract(hour FROM v.at)::int, count(*),
       least(8, greatest(1, ceil((current_date - (SELECT min(b.check_in)::date FROM gym.attendance AS b
                                                   WHERE b.gym_id = (SELECT auth.current_gym()))) / 7.0)))::int
  FROM (SELECT a.check_in::timestamp AS at FROM gym.attendance AS a
         WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
           AND a.check_in >= (current_date - 56)::timestamptz
           AND a.check_in < current_date::timestamptz) AS v
 GROUP BY 1, 2;

-- name: statistics_overview_figures
-- A term ends where a cancellation cut it, so that "a running term" is all there is to ask.
-- Terms of one member never overlap: those that began by a day less those that ended by it are the
-- members of that day.
SELECT m.now_, m.month_ago, m.recurring, m.recurring_month_ago, v.week, v.week_before, t.last_30, t.before_30,
       s.expiring, s.owing, s.owing_total, s.absent,
       (SELECT count(*) FROM gym.member_summary AS z
          JOIN gym.memberships AS x ON x.gym_id = z.gym_id AND x.customer_id = z.customer_id
         WHERE z.gym_id = (SELECT auth.current_gym())
           AND x.term @> (current_date - interval '1 month')::date
           AND lower(x.term) <= (current_date - interval '1 month')::date - 14
           AND NOT EXISTS (SELECT FROM gym.attendance AS a
                            WHERE a.customer_id = z.customer_id AND a.voided_at IS NULL
                              AND a.check_in >= ((current_date - interval '1 month')::date - 13)::timestamptz
                              AND a.check_in < ((current_date - interval '1 month')::date + 1)::timestamptz)
           AND NOT EXISTS (SELECT FROM gym.freezes AS f
                            WHERE f.customer_id = z.customer_id
                              AND f.period @> (current_date - interval '1 month')::date))
           AS absent_month_ago,
       (SELECT count(*) FROM (
            SELECT e.customer_id FROM (
                SELECT h.customer_id, h.amount FROM gym.charges AS h
                 WHERE h.gym_id = (SELECT auth.current_gym())
                   AND h.due_on <= (current_date - interval '1 month')::date
                UNION ALL
                SELECT y.customer_id, -y.amount FROM gym.transactions AS y
                 WHERE y.gym_id = (SELECT auth.current_gym())
                   AND y.date <= (current_date - interval '1 month')::date) AS e
             GROUP BY e.customer_id HAVING sum(e.amount) > 0) AS owed) AS owing_month_ago
  FROM (SELECT count(*) FILTER (WHERE x.term @> current_date) AS now_,
               count(*) FILTER (WHERE x.term @> (current_date - interval '1 month')::date) AS month_ago,
               round(coalesce(sum(x.price / p.duration_months)
                              FILTER (WHERE x.term @> current_date AND p.duration_months > 0), 0), 2)
                   AS recurring,
               round(coalesce(sum(x.price / p.duration_months)
                              FILTER (WHERE x.term @> (current_date - interval '1 month')::date
                                        AND p.duration_months > 0), 0), 2) AS recurring_month_ago
          FROM gym.memberships AS x JOIN gym.packages AS p ON p.package_id = x.package_id
         WHERE x.gym_id = (SELECT auth.current_gym())) AS m,
       (SELECT count(*) FILTER (WHERE a.check_in >= (current_date - 6)::timestamptz) AS week,
               count(*) FILTER (WHERE a.check_in < (current_date - 6)::timestamptz) AS week_before
          FROM gym.attendance AS a
         WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
           AND a.check_in >= (current_date - 13)::timestamptz) AS v,
       (SELECT coalesce(sum(y.amount) FILTER (WHERE y.date > current_date - 30), 0) AS last_30,
               coalesce(sum(y.amount) FILTER (WHERE y.date <= current_date - 30), 0) AS before_30
          FROM gym.transactions AS y
         WHERE y.gym_id = (SELECT auth.current_gym()) AND y.date > current_date - 60
           AND y.date <= current_date) AS t,
       (SELECT count(*) FILTER (WHERE z.ends BETWEEN current_date AND current_date + 14) AS expiring,
               count(*) FILTER (WHERE z.charged_total > z.paid_total) AS owing,
               coalesce(sum(z.charged_total - z.paid_total)
                        FILTER (WHERE z.charged_total > z.paid_total), 0) AS owing_total,
               count(*) FILTER (WHERE z.starts <= current_date - 14 AND z.ends >= current_date
                                  AND (z.last_visit IS NULL OR z.last_visit <= current_date - 14)
                                  AND NOT coalesce(z.frozen @> current_date, false)) AS absent
          FROM gym.member_summary AS z
         WHERE z.gym_id = (SELECT auth.current_gym())) AS s;

-- name: statistics_overview_status
SELECT gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date), count(*)
  FROM gym.member_summary AS s
  JOIN gym.customers AS c ON c.gym_id = s.gym_id AND c.customer_id = s.customer_id
 WHERE s.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 16;

-- name: statistics_overview_packages
SELECT p.name, count(*) FILTER (WHERE x.term @> current_date),
       count(*) FILTER (WHERE x.term @> (current_date - interval '1 month')::date)
  FROM gym.memberships AS x
  JOIN gym.packages AS p ON p.package_id = x.package_id
 WHERE x.gym_id = (SELECT auth.current_gym())
   AND (x.term @> current_date OR x.term @> (current_date - interval '1 month')::date)
 GROUP BY p.package_id, p.name HAVING count(*) FILTER (WHERE x.term @> current_date) > 0
 ORDER BY 2 DESC, 1 LIMIT 16;

-- name: statistics_overview_value
SELECT n.day, n.clv_mean, n.at_risk, n.at_stake, b.day, b.clv_mean, b.at_risk, b.at_stake
  FROM (SELECT * FROM gym.value_history AS h WHERE h.gym_id = (SELECT auth.current_gym())
         ORDER BY h.day DESC LIMIT 1) AS n
  LEFT JOIN LATERAL (SELECT * FROM gym.value_history AS h
                      WHERE h.gym_id = (SELECT auth.current_gym()) AND h.day <= n.day - 7
                      ORDER BY h.day DESC LIMIT 1) AS b ON true;

-- name: statistics_overview_months
-- Oldest first; the last month is the present one, so far.
WITH months AS (
    SELECT m::date AS month, (m + interval '1 month')::date AS next_
      FROM generate_series(date_trunc('month', current_date) - interval '23 months',
                           date_trunc('month', current_date), interval '1 month') AS m
), money AS (
    SELECT date_trunc('month', t.date::timestamp)::date AS month, sum(t.amount) AS revenue,
           count(*) FILTER (WHERE t.amount > 0) AS payments
      FROM gym.transactions AS t
     WHERE t.gym_id = (SELECT auth.current_gym())
       AND t.date >= (SELECT min(month) FROM months) AND t.date <= current_date
     GROUP BY 1
), visits AS (
    SELECT date_trunc('month', a.check_in::timestamp)::date AS month, count(*) AS visits
      FROM gym.attendance AS a
     WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
       AND a.check_in >= (SELECT min(month) FROM months)::timestamptz
     GROUP BY 1
), joins AS (
    SELECT date_trunc('month', c.join_date::timestamp)::date AS month, count(*) AS joined
      FROM gym.customers AS c
     WHERE c.gym_id = (SELECT auth.current_gym()) AND c.merged_into IS NULL
       AND c.join_date >= (SELECT min(month) FROM months)
     GROUP BY 1
), leaves AS (
    SELECT date_trunc('month', s.ends::timestamp)::date AS month, count(*) AS left_
      FROM gym.member_summary AS s
     WHERE s.gym_id = (SELECT auth.current_gym())
       AND s.ends >= (SELECT min(month) FROM months) AND s.ends < current_date
     GROUP BY 1
), steps AS MATERIALIZED (
    -- One member more where a term begins, one less on the day after its end: summed up to a month
    -- they are the members at its end, for no two terms of a member overlap.
    SELECT date_trunc('month', e.day::timestamp)::date AS month, sum(e.step) AS step,
           sum(e.step * e.monthly) AS money_step
      FROM (SELECT lower(x.term) AS day, 1 AS step,
                   coalesce(x.price / nullif(p.duration_months, 0), 0) AS monthly
              FROM gym.memberships AS x JOIN gym.packages AS p ON p.package_id = x.package_id
             WHERE x.gym_id = (SELECT auth.current_gym()) AND NOT isempty(x.term)
            UNION ALL
            SELECT upper(x.term), -1, coalesce(x.price / nullif(p.duration_months, 0), 0)
              FROM gym.memberships AS x JOIN gym.packages AS p ON p.package_id = x.package_id
             WHERE x.gym_id = (SELECT auth.current_gym()) AND NOT isempty(x.term)) AS e
     WHERE e.day <= current_date
     GROUP BY 1
)
SELECT m.month, coalesce(y.revenue, 0), coalesce(y.payments, 0), coalesce(j.joined, 0),
       coalesce(l.left_, 0), coalesce(v.visits, 0),
       coalesce((SELECT sum(p.step) FROM steps AS p WHERE p.month <= m.month), 0),
       round(coalesce((SELECT sum(p.money_step) FROM steps AS p WHERE p.month <= m.month), 0), 2)
  FROM months AS m
  LEFT JOIN money AS y USING (month) LEFT JOIN visits AS v USING (month)
  LEFT JOIN joins AS j USING (month) LEFT JOIN leaves AS l USING (month)
 ORDER BY m.month;

-- name: statistics_recurring
-- A gap between two terms that is within the gym's grace is a late renewal: neither lost nor new.
WITH rule AS (
    SELECT coalesce((SELECT d.grace_days FROM clv.dataset AS d
                      WHERE d.gym_id = (SELECT auth.current_gym()) AND d.kind = 'gym'), 30) AS grace
), months AS (
    SELECT m::date AS month, least((m + interval '1 month')::date - 1, current_date) AS last_
      FROM generate_series(date_trunc('month', current_date) - interval '12 months',
                           date_trunc('month', current_date), interval '1 month') AS m
), terms AS MATERIALIZED (
    SELECT x.customer_id, lower(x.term) AS from_, upper(x.term) AS until,
           x.price / p.duration_months AS monthly,
           lag(upper(x.term)) OVER w AS before_, lead(lower(x.term)) OVER w AS after_
      FROM gym.memberships AS x
      JOIN gym.packages AS p ON p.package_id = x.package_id
     WHERE x.gym_id = (SELECT auth.current_gym()) AND NOT isempty(x.term) AND p.duration_months > 0
       AND upper(x.term) >= (SELECT min(month) FROM months) - 31
    WINDOW w AS (PARTITION BY x.customer_id ORDER BY lower(x.term))
), came AS (
    SELECT date_trunc('month', t.from_::timestamp)::date AS month, sum(t.monthly) AS monthly
      FROM terms AS t
     WHERE t.from_ <= current_date AND (t.before_ IS NULL OR t.from_ - t.before_ > (SELECT grace FROM rule))
       -- An earlier term may lie before what was read.
       AND NOT EXISTS (SELECT FROM gym.memberships AS o
                        WHERE t.before_ IS NULL AND o.customer_id = t.customer_id AND NOT isempty(o.term)
                          AND upper(o.term) <= t.from_ AND upper(o.term) >= t.from_ - (SELECT grace FROM rule))
     GROUP BY 1
), went AS (
    SELECT date_trunc('month', t.until::timestamp)::date AS month, sum(t.monthly) AS monthly
      FROM terms AS t
     WHERE t.until <= current_date AND (t.after_ IS NULL OR t.after_ - t.until > (SELECT grace FROM rule))
     GROUP BY 1
)
SELECT m.month,
       round(coalesce((SELECT sum(t.monthly) FROM terms AS t
                        WHERE t.from_ <= m.last_ AND t.until > m.last_), 0), 2),
       round(coalesce(c.monthly, 0), 2), round(coalesce(w.monthly, 0), 2),
       round(coalesce((SELECT sum(t.monthly) FROM gym.freezes AS f
                         JOIN terms AS t ON t.customer_id = f.customer_id AND t.from_ <= m.last_
                                        AND t.until > m.last_
                        WHERE f.gym_id = (SELECT auth.current_gym()) AND f.period @> m.last_), 0), 2)
  FROM months AS m
  LEFT JOIN came AS c ON c.month = m.month
  LEFT JOIN went AS w ON w.month = m.month
 ORDER BY m.month;

-- fragment: usual_now
-- How many were in at this hour of this weekday, on average over eight weeks; null: never anybody.
(SELECT CASE WHEN sum(i.inside) > 0 THEN round(sum(i.inside) / 8.0)::int END
   FROM generate_series(1, 8) AS k (week)
  CROSS JOIN LATERAL (SELECT (localtimestamp - k.week * interval '7 days')::timestamptz AS at
                      OFFSET 0) AS o
    -- Worked out before: an index takes no sums beside the policy's condition.
  CROSS JOIN LATERAL (SELECT o.at, o.at - interval '12 hours' AS since, o.at + interval '24 hours' AS until
                      OFFSET 0) AS w
  CROSS JOIN LATERAL (SELECT count(*) AS inside FROM gym.attendance AS a
                       WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
                         AND a.check_in BETWEEN w.since AND w.at
                         AND a.check_out BETWEEN w.at AND w.until) AS i)

-- name: statistics_today
SELECT g.name, current_date, extract(epoch FROM localtimestamp)::bigint, v.ins, o.outs, i.inside,
       coalesce(g.capacity, 0),
-- use: usual_now
       , d.denied, v.overridden, o.auto_closed, w.joined,
       w.renewed, w.cancelled, w.expiring, w.birthdays, t.taken, t.card, t.debit, t.cash, t.other,
       -t.refunded, w.due
  FROM gym.gyms AS g,
       (SELECT count(*) AS ins, count(*) FILTER (WHERE a.override_reason IS NOT NULL) AS overridden
          FROM gym.attendance AS a
         WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
           AND a.check_in >= current_date::timestamptz) AS v,
       (SELECT count(*) AS outs, count(*) FILTER (WHERE a.auto_out) AS auto_closed
          FROM gym.attendance AS a
         WHERE a.gym_id = (SELECT auth.current_gym()) AND a.voided_at IS NULL
           AND a.check_out >= current_date::timestamptz) AS o,
       (SELECT count(*) AS inside FROM gym.attendance AS a
         WHERE a.gym_id = (SELECT auth.current_gym()) AND a.check_out IS NULL
           AND a.voided_at IS NULL) AS i,
       (SELECT count(*) AS denied FROM gym.access_log AS l
         WHERE l.gym_id = (SELECT auth.current_gym()) AND l.result = 'denied'
           AND l.at >= current_date::timestamptz) AS d,
       (SELECT coalesce(sum(y.amount), 0) AS taken,
               coalesce(sum(y.amount) FILTER (WHERE y.payment_method_id = 1), 0) AS card,
               coalesce(sum(y.amount) FILTER (WHERE y.payment_method_id = 2), 0) AS debit,
               coalesce(sum(y.amount) FILTER (WHERE y.payment_method_id = 3), 0) AS cash,
               coalesce(sum(y.amount) FILTER (WHERE y.payment_method_id NOT IN (1, 2, 3)), 0) AS other,
               coalesce(sum(y.amount) FILTER (WHERE y.amount < 0), 0) AS refunded
          FROM gym.transactions AS y
         WHERE y.gym_id = (SELECT auth.current_gym()) AND y.date = current_date) AS t,
       (SELECT (SELECT count(*) FROM gym.customers AS c
                 WHERE c.gym_id = (SELECT auth.current_gym()) AND c.join_date = current_date
                   AND c.merged_into IS NULL) AS joined,
               (SELECT count(*) FROM gym.transactions AS r
                 WHERE r.gym_id = (SELECT auth.current_gym()) AND r.date = current_date
                   AND r.kind = 'renewal') AS renewed,
               (SELECT count(*) FROM gym.member_summary AS s
                 WHERE s.gym_id = (SELECT auth.current_gym()) AND s.cancelled_on = current_date) AS cancelled,
               (SELECT count(*) FROM gym.member_summary AS s
                 WHERE s.gym_id = (SELECT auth.current_gym()) AND s.ends = current_date) AS expiring,
               -- 29 February counts on the 28th of a short year (rule 20).
               (SELECT count(*) FROM gym.customers AS c
                  JOIN gym.member_summary AS s ON s.gym_id = c.gym_id AND s.customer_id = c.customer_id
                 WHERE c.gym_id = (SELECT auth.current_gym()) AND s.ends >= current_date
                   AND c.merged_into IS NULL
                   AND to_char(c.birth_date, 'MMDD') IN (
                       to_char(current_date, 'MMDD'),
                       CASE WHEN to_char(current_date, 'MMDD') = '0228'
                             AND to_char(current_date + 1, 'MMDD') = '0301' THEN '0229' END)) AS birthdays,
               -- Of what fell due today, what is still owed.
               (SELECT coalesce(sum(least(h.amount, greatest(s.balance, 0))), 0)
                  FROM gym.charges AS h
                  JOIN gym.member_summary AS s ON s.customer_id = h.customer_id
                 WHERE h.gym_id = (SELECT auth.current_gym()) AND h.due_on = current_date
                   AND h.amount > 0) AS due) AS w
 WHERE g.gym_id = (SELECT auth.current_gym());
