-- SPDX-License-Identifier: GPL-3.0-or-later
-- The member list, the card, and writes on members. Times leave as seconds on the gym's wall clock:
-- timestamptz::timestamp follows the session's time zone, which is the gym's.

-- fragment: member_columns
c.customer_id, c.name, coalesce(p.name, ''),
gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date),
coalesce(r.customer_segment, ''), c.phone, s.ends, s.last_visit, s.balance,
EXISTS (SELECT FROM gym.attendance o
         WHERE o.customer_id = c.customer_id AND o.check_out IS NULL AND o.voided_at IS NULL),
c.banned_on IS NOT NULL, coalesce(p.duration_months = 0 AND p.visits_included <= 1, false), v.clv_value

-- fragment: member_rows
gym.member_summary AS s
JOIN gym.customers AS c ON c.customer_id = s.customer_id
LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
LEFT JOIN gym.rfm AS r ON r.customer_id = c.customer_id
LEFT JOIN gym.clv AS v ON v.customer_id = c.customer_id

-- Both hold for the call they go ahead of, whose transaction ends at its Sync. A list with filters
-- takes another index for other values; a search is the same walk for all, and planning it would
-- take longer than making it. So would starting workers for the first rows of a page.
-- name: members_plan_with_values
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('max_parallel_workers_per_gather', '0', true);
-- name: members_plan_once
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('max_parallel_workers_per_gather', '0', true);

-- The filters of struct member_query; null means no filter.
-- $2 status, $3 package, $4 expiring within days, $5 owing, $6 absent days, $11 segment. $10, the
-- sort column, is for searches only, and never null.
-- fragment: member_filter
c.gym_id = (SELECT auth.current_gym()) AND s.gym_id = (SELECT auth.current_gym())
AND c.merged_into IS NULL
AND ($2::text IS NULL
     OR gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date) = $2::text)
AND ($3::bigint IS NULL OR s.package_id = $3::bigint)
AND ($4::int IS NULL OR s.ends BETWEEN current_date AND current_date + $4::int)
AND (NOT $5::boolean OR s.charged_total > s.paid_total)
AND ($6::int IS NULL OR coalesce(s.last_visit, c.join_date) <= current_date - $6::int)
AND ($11::text IS NULL OR r.customer_segment = $11::text) AND $10::text IS NOT NULL

-- Keyset pages: $7 the anchor's number, $8 its day in the sort column, $9 how many rows.
-- No day sorts before every day. $1, the search, is not for these.

-- name: members_by_name_forward
SELECT
-- use: member_columns
FROM
-- use: member_rows
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR (c.sort_name, c.customer_id) >
     ((SELECT a.sort_name FROM gym.customers AS a WHERE a.customer_id = $7::bigint), $7::bigint))
AND $8::date IS NULL AND $1::text IS NULL
ORDER BY c.sort_name, c.customer_id LIMIT $9::int;

-- name: members_by_name_backward
SELECT
-- use: member_columns
FROM
-- use: member_rows
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR (c.sort_name, c.customer_id) <
     ((SELECT a.sort_name FROM gym.customers AS a WHERE a.customer_id = $7::bigint), $7::bigint))
AND $8::date IS NULL AND $1::text IS NULL
ORDER BY c.sort_name DESC, c.customer_id DESC LIMIT $9::int;

-- name: members_by_number_forward
SELECT
-- use: member_columns
FROM
-- use: member_rows
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR c.customer_id > $7::bigint)
AND $8::date IS NULL AND $1::text IS NULL
ORDER BY c.customer_id LIMIT $9::int;

-- name: members_by_number_backward
SELECT
-- use: member_columns
FROM
-- use: member_rows
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR c.customer_id < $7::bigint)
AND $8::date IS NULL AND $1::text IS NULL
ORDER BY c.customer_id DESC LIMIT $9::int;

-- name: members_by_ends_forward
SELECT * FROM (
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.ends IS NULL
        AND ($7::bigint IS NULL OR ($8::date IS NULL AND s.customer_id > $7::bigint))
      ORDER BY s.customer_id LIMIT $9::int)
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.ends IS NOT NULL
        AND ($7::bigint IS NULL OR $8::date IS NULL
             OR (s.ends, s.customer_id) > ($8::date, $7::bigint))
      ORDER BY s.ends, s.customer_id LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
WHERE $1::text IS NULL
ORDER BY ends NULLS FIRST, customer_id LIMIT $9::int;

-- name: members_by_ends_backward
SELECT * FROM (
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.ends IS NOT NULL
        AND ($7::bigint IS NULL OR (s.ends, s.customer_id) < ($8::date, $7::bigint))
      ORDER BY s.ends DESC, s.customer_id DESC LIMIT $9::int)
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.ends IS NULL
        AND ($7::bigint IS NULL OR $8::date IS NOT NULL OR s.customer_id < $7::bigint)
      ORDER BY s.customer_id DESC LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
WHERE $1::text IS NULL
ORDER BY ends DESC NULLS LAST, customer_id DESC LIMIT $9::int;

-- name: members_by_last_visit_forward
SELECT * FROM (
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.last_visit IS NULL
        AND ($7::bigint IS NULL OR ($8::date IS NULL AND s.customer_id > $7::bigint))
      ORDER BY s.customer_id LIMIT $9::int)
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.last_visit IS NOT NULL
        AND ($7::bigint IS NULL OR $8::date IS NULL
             OR (s.last_visit, s.customer_id) > ($8::date, $7::bigint))
      ORDER BY s.last_visit, s.customer_id LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
WHERE $1::text IS NULL
ORDER BY last_visit NULLS FIRST, customer_id LIMIT $9::int;

-- name: members_by_last_visit_backward
SELECT * FROM (
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.last_visit IS NOT NULL
        AND ($7::bigint IS NULL OR (s.last_visit, s.customer_id) < ($8::date, $7::bigint))
      ORDER BY s.last_visit DESC, s.customer_id DESC LIMIT $9::int)
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND s.last_visit IS NULL
        AND ($7::bigint IS NULL OR $8::date IS NOT NULL OR s.customer_id < $7::bigint)
      ORDER BY s.customer_id DESC LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
WHERE $1::text IS NULL
ORDER BY last_visit DESC NULLS LAST, customer_id DESC LIMIT $9::int;

-- By value, those without one apart, and only looked for when the page is not full of others.
-- name: members_by_value_forward
WITH rest AS MATERIALIZED (
    SELECT
-- use: member_columns
      FROM
-- use: member_rows
     WHERE
-- use: member_filter
       AND v.customer_id IS NULL AND $8::date IS NULL AND $1::text IS NULL
       AND ($7::bigint IS NULL
            OR (c.customer_id > $7::bigint
                AND NOT EXISTS (SELECT FROM gym.clv AS a WHERE a.customer_id = $7::bigint)))
     ORDER BY s.customer_id LIMIT $9::int
)
SELECT * FROM (
    SELECT * FROM rest
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND v.gym_id = (SELECT auth.current_gym()) AND (SELECT count(*) FROM rest) < $9::int
        AND ($7::bigint IS NULL
             OR NOT EXISTS (SELECT FROM gym.clv AS a WHERE a.customer_id = $7::bigint)
             OR (v.clv_value, v.customer_id) >
                ((SELECT a.clv_value FROM gym.clv AS a WHERE a.customer_id = $7::bigint), $7::bigint))
      ORDER BY v.clv_value, v.customer_id LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
ORDER BY value NULLS FIRST, customer_id LIMIT $9::int;

-- name: members_by_value_backward
WITH valued AS MATERIALIZED (
    SELECT
-- use: member_columns
      FROM
-- use: member_rows
     WHERE
-- use: member_filter
       AND v.gym_id = (SELECT auth.current_gym()) AND $8::date IS NULL AND $1::text IS NULL
       AND ($7::bigint IS NULL
            OR (v.clv_value, v.customer_id) <
               ((SELECT a.clv_value FROM gym.clv AS a WHERE a.customer_id = $7::bigint), $7::bigint))
     ORDER BY v.clv_value DESC, v.customer_id DESC LIMIT $9::int
)
SELECT * FROM (
    SELECT * FROM valued
    UNION ALL
    (SELECT
-- use: member_columns
      FROM
-- use: member_rows
      WHERE
-- use: member_filter
        AND v.customer_id IS NULL AND (SELECT count(*) FROM valued) < $9::int
        -- One bound instead of an OR, which could not begin within the index.
        AND s.customer_id <
            (SELECT CASE WHEN $7::bigint IS NULL
                           OR EXISTS (SELECT FROM gym.clv AS a WHERE a.customer_id = $7::bigint)
                         THEN 9223372036854775807 ELSE $7::bigint END)
      ORDER BY s.customer_id DESC LIMIT $9::int)
) AS page (customer_id, name, plan, status, segment, phone, ends, last_visit, balance, is_in,
           is_banned, has_day_pass, value)
ORDER BY value DESC NULLS LAST, customer_id DESC LIMIT $9::int;

-- Search: terms hold a name from each of its words on, so that what was typed is one range of one
-- index. Up to 500 hits are put in the order that was asked for; more come in the order of the
-- terms, page by page down the index, each member at its first term. Either way the time does not
-- depend on how many members there are. $1 what was typed, $8 unused, $10 the sort column.
-- fragment: search_range
WITH probe AS MATERIALIZED (
    SELECT f.folded AS from_, gym.search_until(f.folded) AS until
      FROM (SELECT CASE WHEN $1::text ~ '^[0-9 +()./-]+$' THEN gym.digits($1::text)
                        ELSE gym.search_fold($1::text) END AS folded) AS f
), hits AS MATERIALIZED (
    SELECT t.customer_id FROM gym.search_terms AS t
     WHERE t.gym_id = (SELECT auth.current_gym())
       AND t.term >= (SELECT from_ FROM probe) AND t.term < (SELECT until FROM probe)
     LIMIT 501
), few AS MATERIALIZED (
    SELECT count(*) <= 500 AS are FROM hits
), found AS MATERIALIZED (
    SELECT DISTINCT h.customer_id FROM hits AS h WHERE (SELECT are FROM few)
), anchor AS MATERIALIZED (
    SELECT min(a.term) AS term FROM gym.search_terms AS a
     WHERE a.customer_id = $7::bigint AND a.gym_id = (SELECT auth.current_gym())
       AND a.term >= (SELECT from_ FROM probe) AND a.term < (SELECT until FROM probe)
)

-- fragment: search_keys
CASE WHEN $10::text = 'name' THEN c.sort_name ELSE '' END COLLATE "C" AS key_name,
CASE $10::text WHEN 'ends' THEN coalesce(s.ends - date '1970-01-01', -2147483648)
               WHEN 'last_visit' THEN coalesce(s.last_visit - date '1970-01-01', -2147483648)
               WHEN 'value' THEN least(coalesce(v.clv_value * 100, -1), 2147483647)::int
               ELSE 0 END AS key_day

-- fragment: search_few
FROM found AS h
JOIN gym.customers AS c ON c.customer_id = h.customer_id
JOIN gym.member_summary AS s ON s.customer_id = h.customer_id
LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
LEFT JOIN gym.rfm AS r ON r.customer_id = h.customer_id
LEFT JOIN gym.clv AS v ON v.customer_id = h.customer_id

-- fragment: search_anchor
(SELECT
-- use: search_keys
   FROM gym.customers AS c JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
   LEFT JOIN gym.clv AS v ON v.customer_id = c.customer_id
  WHERE c.customer_id = $7::bigint)

-- The walk down the terms first and nothing but the walk: OFFSET 0 keeps the look at each member
-- behind it, one by one, until the page is full.
-- fragment: search_walk
FROM (SELECT t.term, t.kind, t.customer_id FROM gym.search_terms AS t
       WHERE NOT (SELECT are FROM few) AND $8::date IS NULL
         AND t.gym_id = (SELECT auth.current_gym())
         AND t.term >= (SELECT from_ FROM probe) AND t.term < (SELECT until FROM probe)

-- fragment: search_member
CROSS JOIN LATERAL (
    SELECT
-- use: member_columns
      FROM gym.customers AS c
      JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
      LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
      LEFT JOIN gym.rfm AS r ON r.customer_id = c.customer_id
      LEFT JOIN gym.clv AS v ON v.customer_id = c.customer_id
     WHERE c.customer_id = t.customer_id
       AND NOT EXISTS (SELECT FROM gym.search_terms AS o
                        WHERE o.customer_id = t.customer_id
                          AND o.gym_id = (SELECT auth.current_gym())
                          AND o.term >= (SELECT from_ FROM probe)
                          AND o.term < (SELECT until FROM probe)
                          AND (o.term, o.kind) < (t.term, t.kind))
       AND
-- use: member_filter
    OFFSET 0) AS m

-- name: members_search_forward
-- use: search_range
(SELECT
-- use: member_columns
-- use: search_few
CROSS JOIN LATERAL (SELECT
-- use: search_keys
) AS k
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR (k.key_name, k.key_day, c.customer_id) >
     ((SELECT x.key_name FROM
-- use: search_anchor
       AS x), (SELECT x.key_day FROM
-- use: search_anchor
       AS x), $7::bigint))
ORDER BY k.key_name, k.key_day, c.customer_id LIMIT $9::int)
UNION ALL
(SELECT m.*
-- use: search_walk
         AND t.term >= (SELECT coalesce(a.term, p.from_) FROM anchor AS a, probe AS p)
         AND ($7::bigint IS NULL
              OR (t.term, t.customer_id) > ((SELECT term FROM anchor), $7::bigint))
       ORDER BY t.term, t.customer_id OFFSET 0) AS t
-- use: search_member
ORDER BY t.term, t.customer_id LIMIT $9::int);

-- name: members_search_backward
-- use: search_range
(SELECT
-- use: member_columns
-- use: search_few
CROSS JOIN LATERAL (SELECT
-- use: search_keys
) AS k
WHERE
-- use: member_filter
AND ($7::bigint IS NULL OR (k.key_name, k.key_day, c.customer_id) <
     ((SELECT x.key_name FROM
-- use: search_anchor
       AS x), (SELECT x.key_day FROM
-- use: search_anchor
       AS x), $7::bigint))
ORDER BY k.key_name DESC, k.key_day DESC, c.customer_id DESC LIMIT $9::int)
UNION ALL
(SELECT m.*
-- use: search_walk
         AND t.term <= (SELECT coalesce(a.term, p.until) FROM anchor AS a, probe AS p)
         AND ($7::bigint IS NULL
              OR (t.term, t.customer_id) < ((SELECT term FROM anchor), $7::bigint))
       ORDER BY t.term DESC, t.customer_id DESC OFFSET 0) AS t
-- use: search_member
ORDER BY t.term DESC, t.customer_id DESC LIMIT $9::int);

-- name: members_card
SELECT c.customer_id, c.gym_id, s.package_id, c.trainer_id, c.name, c.email, c.phone,
       coalesce(c.keytag, ''), c.gender, c.note, coalesce(p.name, ''),
       gym.shown_status(s.ends, s.cancelled_on, s.frozen, current_date), coalesce(t.name, ''),
       g.name,
       CASE WHEN c.banned_on IS NULL THEN '' ELSE coalesce(nullif(c.banned_reason, ''), 'banned') END,
       c.birth_date, c.join_date, s.ends, s.balance, s.paid_total,
       (SELECT coalesce(sum(y.amount), 0) FROM gym.transactions AS y
         WHERE y.customer_id = c.customer_id
           AND y.date > current_date - interval '12 months') AS paid_12_months,
       c.row_version, s.visit_count,
       CASE WHEN s.visit_month = date_trunc('month', current_date)::date THEN s.visits_month
            ELSE 0 END,
       s.last_visit, gym.habit_text(s.usual_weekday, s.usual_minute), o.attendance_id,
       r.r, r.f, r.m, coalesce(r.customer_segment, ''), coalesce(v.predicted_customer_type, ''),
       v.clv_value, v.clv_low, v.clv_high, v.p_renew, v.p_renew_usual, coalesce(v.at_stake, 0),
       coalesce(v.risk_reason, ''), coalesce(v.model, ''), v.as_of, c.merged_into, c.anonymised_on IS NOT NULL
  FROM gym.customers AS c
  JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
  JOIN gym.gyms AS g ON g.gym_id = c.gym_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
  LEFT JOIN gym.trainers AS t ON t.trainer_id = c.trainer_id
  LEFT JOIN gym.attendance AS o
    ON o.customer_id = c.customer_id AND o.check_out IS NULL AND o.voided_at IS NULL
  LEFT JOIN gym.rfm AS r ON r.customer_id = c.customer_id
  LEFT JOIN gym.clv AS v ON v.customer_id = c.customer_id
 WHERE c.customer_id = $1::bigint;

-- name: members_card_weeks
-- Week 0 is the present one.
SELECT (current_date - a.check_in::date) / 7 AS week, count(*)
  FROM gym.attendance AS a
 WHERE a.customer_id = $1::bigint AND a.voided_at IS NULL
   AND a.check_in >= (current_date - 26 * 7 + 1)::timestamptz
 GROUP BY 1;

-- name: members_card_terms
SELECT m.membership_id, p.name, lower(m.term), upper(m.term) - 1, m.price, m.cancelled_on
  FROM gym.memberships AS m
  JOIN gym.packages AS p ON p.package_id = m.package_id
 WHERE m.customer_id = $1::bigint AND NOT isempty(m.term)
 ORDER BY lower(m.term) DESC LIMIT 60;

-- name: members_card_freezes
SELECT lower(f.period), upper(f.period) - 1, f.reason
  FROM gym.freezes AS f
 WHERE f.customer_id = $1::bigint
 ORDER BY lower(f.period) DESC LIMIT 60;

-- name: members_card_visits
SELECT a.attendance_id, extract(epoch FROM a.check_in::timestamp)::bigint,
       extract(epoch FROM a.check_out::timestamp)::bigint,
       extract(epoch FROM coalesce(a.check_out, now()) - a.check_in)::bigint, a.desk,
       concat_ws('; ',
           CASE WHEN a.voided_at IS NOT NULL THEN concat_ws(': ', 'voided', nullif(a.void_reason, '')) END,
           CASE WHEN a.override_reason IS NOT NULL THEN 'let in: ' || a.override_reason END,
           CASE WHEN a.auto_out THEN 'auto-closed' END,
           CASE WHEN a.backdated THEN 'entered later' END,
           CASE WHEN a.reentry THEN 're-entry' END,
           CASE WHEN a.gym_id <> a.home_gym_id THEN 'at another gym' END)
  FROM gym.attendance AS a
 WHERE a.customer_id = $1::bigint
 ORDER BY a.check_in DESC LIMIT 30;

-- name: members_card_payments
SELECT t.transaction_id, t.date, t.amount, replace(t.kind, '_', ' '), m.payment_method_name, t.note
  FROM gym.transactions AS t
  LEFT JOIN clv.dim_payment_method AS m ON m.payment_method_id = t.payment_method_id
 WHERE t.customer_id = $1::bigint
 ORDER BY t.date DESC, t.transaction_id DESC LIMIT 30;

-- name: members_update
SELECT r.customer_id, r.row_version, r.outcome <> 'saved', r.duplicate_id, r.other_name, r.changed_by
  FROM gym.update_member($1::uuid, $2::bigint, $3::int, $4::text, $5::text, $6::text, $7::text,
                         $8::text, $10::date, $9::text, $11::bigint) AS r;

-- name: members_enrol
SELECT r.customer_id, r.row_version, r.outcome <> 'saved', r.duplicate_id, r.other_name, r.changed_by
  FROM gym.enrol($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $8::date, $7::text,
                 $9::bigint, $10::bigint, $11::int, coalesce($12::text, ''), $13::boolean,
                 $14::boolean) AS r;

-- name: members_freeze
SELECT r.text, r.ends, r.balance
  FROM gym.freeze($1::uuid, $2::bigint, $3::date, $4::date, $5::text) AS r;

-- name: members_unfreeze
SELECT r.text, r.ends, r.balance FROM gym.unfreeze($1::uuid, $2::bigint) AS r;

-- name: members_cancel
SELECT r.text, r.ends, r.balance
  FROM gym.cancel_membership($1::uuid, $2::bigint, $3::date, $4::text) AS r;

-- name: members_renew
SELECT r.text, r.ends, r.balance
  FROM gym.renew($1::uuid, $2::bigint, $3::bigint, $4::int, coalesce($5::text, '')) AS r;

-- name: members_change_package
SELECT r.text, r.ends, r.balance
  FROM gym.change_package($1::uuid, $2::bigint, $3::bigint, $4::boolean, $5::int,
                          coalesce($6::text, '')) AS r;

-- name: members_preview
SELECT r.text, r.plan_before, r.plan, r.starts, r.ends_before, r.ends, r.balance_before, r.balance,
       r.charged, r.credited, r.paid
  FROM gym.preview_change($1::text, $2::bigint, $3::bigint, $4::date, $5::date, $6::int) AS r;

-- name: members_pay
SELECT r.text, r.ends, r.balance
  FROM gym.take_payment($1::uuid, $2::bigint, $3::numeric, $4::int, coalesce($5::text, ''),
                        coalesce($6::text, '')) AS r;
