-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: gyms_list
SELECT g.gym_id, g.name, g.username, g.email, g.address, g.phone, g.time_zone, g.currency,
       coalesce(g.capacity, 0), g.row_version, m.members, i.inside,
       (SELECT count(*) FROM auth.staff AS s
         WHERE s.gym_id = g.gym_id AND NOT s.is_alias AND NOT s.disabled),
       (w.settings ->> 'expired_grace')::int, (w.settings ->> 'expiring_within')::int,
       (w.settings ->> 'auto_checkout_minutes')::int, w.settings ->> 'policy_owing',
       w.settings ->> 'policy_capacity', (w.settings ->> 'sessions_low')::int,
       (w.settings ->> 'under_age')::int, (w.settings ->> 'pack_months')::int,
       (w.settings ->> 'freeze_max_days')::int, (w.settings ->> 'backfill_days')::int,
       coalesce(w.settings ->> 'opening_time', ''), coalesce(w.settings ->> 'closing_time', ''),
       (SELECT string_agg(left(coalesce(w.settings ->> ('policy_' || r.name), 'warn'), 1), ''
                          ORDER BY r.place)
          FROM unnest(string_to_array($1::text, ' ')) WITH ORDINALITY AS r (name, place))
  FROM gym.gyms AS g
 CROSS JOIN LATERAL (SELECT gym.default_settings() || g.settings AS settings) AS w
 CROSS JOIN LATERAL (SELECT count(*) AS members FROM gym.member_summary AS s
                      WHERE s.gym_id = g.gym_id AND s.starts <= current_date
                        AND s.ends >= current_date) AS m
 CROSS JOIN LATERAL (SELECT count(*) AS inside FROM gym.attendance AS a
                      WHERE a.gym_id = g.gym_id AND a.check_out IS NULL
                        AND a.voided_at IS NULL) AS i
 ORDER BY g.name, g.gym_id;

-- name: gyms_save
SELECT gym.save_gym($1::uuid, $2::bigint, $3::int, $4::text, $5::text, $6::text, $7::text, $8::text,
                    $9::text, $10::text, $11::int, $12::int, $13::int, $14::int, $15::text, $16::text,
                    $17::text);

-- name: gyms_save_settings
SELECT gym.save_settings($1::uuid, $2::bigint, $3::int,
                         (SELECT jsonb_object_agg(split_part(l, '=', 1), nullif(split_part(l, '=', 2), ''))
                            FROM unnest(string_to_array($4::text, ' ')) AS l WHERE l <> ''));

-- name: staff_list
SELECT s.username, coalesce(nullif(s.full_name, ''), CASE WHEN s.username = '' THEN g.name ELSE '' END),
       s.level, s.disabled, s.gym_id
  FROM auth.staff AS s JOIN gym.gyms AS g ON g.gym_id = s.gym_id
 WHERE s.gym_id = $1::bigint AND NOT s.is_alias
 ORDER BY s.username;

-- name: staff_add
SELECT auth.create_staff($1::bigint, coalesce($2::text, ''), coalesce($3::text, ''), $4::text, $5::text);

-- name: staff_set_password
SELECT auth.set_password($1::bigint, coalesce($2::text, ''), $3::text);

-- name: staff_set_disabled
SELECT auth.set_disabled($1::bigint, coalesce($2::text, ''), $3::boolean);

-- name: trainers_list
SELECT t.trainer_id, t.name, t.phone, t.email
  FROM gym.trainers AS t
 WHERE t.gym_id = (SELECT auth.current_gym())
 ORDER BY t.name, t.trainer_id;

-- name: trainers_save
SELECT gym.save_trainer($1::uuid, $2::bigint, $3::text, coalesce($4::text, ''), coalesce($5::text, ''));
