-- SPDX-License-Identifier: GPL-3.0-or-later
-- Ban, duplicates, anonymising, messages, members from a file.

-- name: members_ban
SELECT r.text, r.ends, r.balance FROM gym.ban($1::uuid, $2::bigint, $3::text) AS r;

-- name: members_unban
SELECT r.text, r.ends, r.balance FROM gym.unban($1::uuid, $2::bigint) AS r;

-- name: members_merge
SELECT r.text, r.ends, r.balance FROM gym.merge_members($1::uuid, $2::bigint, $3::bigint) AS r;

-- name: members_unmerge
SELECT r.text, r.ends, r.balance FROM gym.unmerge($1::uuid, $2::bigint) AS r;

-- name: members_anonymise
SELECT r.text, r.ends, r.balance FROM gym.anonymise($1::uuid, $2::bigint) AS r;

-- name: members_preview_merge
SELECT r.visits, r.payments, r.terms, r.freezes, r.contacts, r.terms_left, r.paid, r.balance_before,
       r.balance, r.ends_before, r.ends
  FROM gym.preview_merge($1::bigint, $2::bigint) AS r;

-- name: members_merged
SELECT c.customer_id, c.name, extract(epoch FROM max(m.at)::timestamp)::bigint
  FROM gym.customers AS c
  JOIN gym.merges AS m ON m.loser = c.customer_id AND m.undone_at IS NULL
 WHERE c.merged_into = $1::bigint AND c.gym_id = (SELECT auth.current_gym())
 GROUP BY c.customer_id, c.name
 ORDER BY 3 DESC, c.customer_id DESC LIMIT 20;

-- name: members_recipients
SELECT c.customer_id, c.name, c.email, coalesce(p.name, ''), s.ends, s.last_visit, s.balance,
       gym.may_contact(c.customer_id)
  FROM gym.customers AS c
  JOIN gym.member_summary AS s ON s.customer_id = c.customer_id
  LEFT JOIN gym.packages AS p ON p.package_id = s.package_id
 WHERE c.customer_id = ANY ($1::bigint[]) AND c.gym_id = (SELECT auth.current_gym())
   AND c.merged_into IS NULL AND c.anonymised_on IS NULL
 ORDER BY c.sort_name, c.customer_id;

-- name: members_import
SELECT r.line, r.outcome, r.customer_id, r.name, r.words
  FROM gym.import_members($1::uuid, $2::jsonb, $3::text, $4::boolean) AS r;
