-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: session_read
-- Sets the lane's time zone on the way, so that calls right behind it in the pipeline have it.
SELECT s.gym_id, s.gym_name, s.gym_username, s.time_zone, s.currency, s.capacity, s.staff_name,
       s.staff_username, s.level, s.is_demonstration, s.schema_version,
       set_config('TimeZone', s.time_zone, false)
  FROM auth.session() AS s;

-- name: session_pick
SELECT auth.pick_gym($1::bigint);
