-- SPDX-License-Identifier: GPL-3.0-or-later
-- The contact log of one member, for managers.

-- name: contacts_list
SELECT c.contact_id, extract(epoch FROM c.at::timestamp)::bigint, c.outcome, c.snooze_until,
       coalesce(nullif(s.full_name, ''), s.username, ''), c.note
  FROM gym.contacts AS c
  LEFT JOIN auth.staff AS s ON s.staff_id = c.staff_id
 WHERE c.customer_id = $1::bigint AND c.gym_id = (SELECT auth.current_gym())
 ORDER BY c.at DESC, c.contact_id DESC LIMIT $2::int;

-- name: contacts_log
SELECT gym.log_contact($1::uuid, $2::bigint, $3::text, $4::date, coalesce($5::text, ''));
