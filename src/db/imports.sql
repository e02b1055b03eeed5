-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: imports_begin
SELECT gym.import_begin($1::uuid, $2::text, $3::bigint);

-- name: imports_put
SELECT gym.import_put($1::bigint, $2::integer, $3::text);

-- name: imports_rejects
SELECT r.number, r.line, r.name, r.reason
  FROM clv.import_reject AS r
 WHERE r.job_id = $1::bigint AND r.number > $2::bigint
 ORDER BY r.number LIMIT $3::integer;

-- name: imports_reasons
SELECT r.reason, count(*)
  FROM clv.import_reject AS r
 WHERE r.job_id = $1::bigint
 GROUP BY r.reason ORDER BY count(*) DESC, r.reason LIMIT $2::integer;

-- For the worker.

-- name: imports_file
-- Its size, how many parts, and the day at its gym.
SELECT f.bytes, (SELECT count(*) FROM clv.import_part AS p WHERE p.file_id = f.file_id),
       (now() AT TIME ZONE g.time_zone)::date - date '1970-01-01'
  FROM clv.import_file AS f
  JOIN gym.gyms AS g USING (gym_id)
 WHERE f.job_id = $1::bigint;

-- name: imports_is_loaded
-- Whether an earlier attempt at this job has come so far.
SELECT j.outcome <> '' AND j.parameters ->> 'dry_run' IS DISTINCT FROM '1'
  FROM gym.jobs AS j WHERE j.job_id = $1::text::bigint;

-- name: imports_part
SELECT encode(p.bytes, 'hex') FROM clv.import_part AS p
 WHERE p.file_id = $1::text::bigint AND p.part = $2::text::integer;

-- name: imports_note
-- What came of it; kept with what it did, so that it is not done twice.
UPDATE gym.jobs AS j SET outcome = left($2::text, 300), rejects = $3::text::bigint
 WHERE j.job_id = $1::text::bigint;

-- name: imports_count_rejects
UPDATE gym.jobs AS j SET rejects = $2::text::bigint WHERE j.job_id = $1::text::bigint;

-- name: imports_done
DELETE FROM clv.import_file AS f WHERE f.job_id = $1::text::bigint;

-- name: imports_no_rejects
DELETE FROM clv.import_reject AS r WHERE r.job_id = $1::text::bigint;

-- name: imports_gym
-- The session works on this gym until the end of the transaction.
SELECT set_config('gymtui.gym_id', $1::text, true), set_config('statement_timeout', '0', true);

-- name: imports_members
-- Who asks is the job, so that another attempt at it enrols nobody again. How many rows: all,
-- enrolled, skipped, duplicates, rejected.
WITH r AS MATERIALIZED (
    SELECT row_number() OVER () AS number, x.*
      FROM gym.import_members(md5('gymtui import ' || $1::text)::uuid, $3::text::jsonb, $4::text,
                              $5::text::boolean) AS x),
kept AS (
    INSERT INTO clv.import_reject (job_id, gym_id, number, line, name, reason)
    SELECT $1::text::bigint, $2::text::bigint, row_number() OVER (ORDER BY r.number), coalesce(r.line, 0),
           coalesce(r.name, ''), r.words
      FROM r WHERE r.outcome <> 'enrolled' AND r.words IS NOT NULL)
SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE r.outcome = 'enrolled'),
                 count(*) FILTER (WHERE r.outcome = 'skipped'), count(*) FILTER (WHERE r.outcome = 'duplicate'),
                 count(*) FILTER (WHERE r.outcome = 'rejected'))
  FROM r;
