-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the lanes themselves say to the server.

-- name: connection_settings
-- $1 statement_timeout in ms, $2 the gym's time zone or null, $3 the gym that was picked at level
-- chain or null.
SELECT set_config('statement_timeout', $1::text, false),
       set_config('TimeZone', coalesce($2::text, current_setting('TimeZone')), false),
       set_config('search_path', 'pg_catalog, pg_temp', false),
       set_config('gymtui.gym_id', coalesce($3::text, ''), false),
       set_config('jit', 'off', false),
       set_config('DateStyle', 'ISO, YMD', false);

-- name: connection_check_interval
-- PostgreSQL 14 and later: a query whose client has gone ends.
SELECT set_config('client_connection_check_interval', '1000', false);

-- name: connection_listen
LISTEN gymtui;

-- name: connection_gym
-- $1 the gym's time zone, $2 the gym that was picked or null.
SELECT set_config('TimeZone', $1::text, false),
       set_config('gymtui.gym_id', coalesce($2::text, ''), false);

-- name: connection_clock
-- Microseconds since 1970, and seconds by which the session's time zone is ahead of UTC.
SELECT (extract(epoch FROM now_) * 1000000)::bigint, extract(timezone FROM now_)::int
  FROM (SELECT clock_timestamp() AS now_) AS clock;

-- name: connection_request_outcome
-- When it was not done, it can never be done under this id any more.
SELECT o.done FROM gym.request_outcome($1::uuid) AS o;
