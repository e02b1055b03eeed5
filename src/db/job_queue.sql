-- SPDX-License-Identifier: GPL-3.0-or-later
-- The worker's side of gym.jobs. "0:jobs" is for every gym (db.h).

-- name: job_queue_lock
-- Claims come one after the other, so that what excludes each other is seen.
SELECT pg_advisory_xact_lock(hashtext('gymtui jobs'));

-- name: job_queue_expire
-- Jobs whose workers died too often, or after somebody wanted them ended.
WITH ended AS (
    UPDATE gym.jobs AS j
       SET state = CASE WHEN j.cancel_asked THEN 'cancelled' ELSE 'failed' END, finished_at = now(),
           error = CASE WHEN j.cancel_asked THEN ''
                        ELSE format('The worker ended in the midst of it, %s times', j.attempts) END
     WHERE j.state = 'running' AND j.heartbeat < now() - $1::int * interval '1 second'
       AND (j.cancel_asked OR j.attempts >= $2::int)
    RETURNING j.gym_id)
SELECT count(pg_notify('gymtui', coalesce(e.gym_id, 0) || ':jobs')) FROM ended AS e;

-- name: job_queue_claim
-- While data are being replaced nothing else touches them.
UPDATE gym.jobs AS j
   SET state = 'running', attempts = j.attempts + 1, heartbeat = now(), started_at = now(), progress = 0,
       progress_at = now(), phase = '', error = ''
 WHERE j.job_id = (SELECT w.job_id FROM gym.jobs AS w
                    WHERE (w.state = 'waiting'
                           OR (w.state = 'running' AND w.heartbeat < now() - $1::int * interval '1 second'))
                      AND NOT EXISTS (SELECT FROM gym.jobs AS r
                                       WHERE r.state = 'running' AND r.job_id <> w.job_id
                                         AND r.heartbeat >= now() - $1::int * interval '1 second'
                                         AND (r.kind = 'reseed' OR w.kind = 'reseed'))
                    ORDER BY w.job_id
                    LIMIT 1
                      FOR UPDATE SKIP LOCKED)
RETURNING j.job_id, coalesce(j.gym_id, 0), j.kind, j.requested_by, j.attempts,
          coalesce((SELECT string_agg(p.key || E'\t' || translate(p.value, E'\t\n', '  ') || E'\n', '')
                      FROM jsonb_each_text(j.parameters) AS p), ''),
          pg_notify('gymtui', coalesce(j.gym_id, 0) || ':jobs');

-- name: job_queue_report
UPDATE gym.jobs AS j
   SET heartbeat = now(), progress = least(1, greatest(0, $3::real)), phase = left($4::text, 79),
       progress_at = CASE WHEN $3::real > before.progress THEN now() ELSE j.progress_at END
  FROM (SELECT b.job_id, b.progress, b.phase FROM gym.jobs AS b WHERE b.job_id = $1::bigint FOR UPDATE) AS before
 WHERE j.job_id = before.job_id AND j.attempts = $2::int AND j.state = 'running'
RETURNING j.cancel_asked,
          CASE WHEN (j.progress, j.phase) IS DISTINCT FROM (before.progress, before.phase)
               THEN pg_notify('gymtui', coalesce(j.gym_id, 0) || ':jobs') END;

-- name: job_queue_finish
UPDATE gym.jobs AS j
   SET state = $3::text, finished_at = now(), error = left($4::text, 500),
       progress = CASE WHEN $3::text = 'done' THEN 1 ELSE j.progress END,
       phase = CASE WHEN $3::text = 'done' THEN '' ELSE j.phase END
 WHERE j.job_id = $1::bigint AND j.attempts = $2::int AND j.state = 'running'
RETURNING pg_notify('gymtui', coalesce(j.gym_id, 0) || ':jobs');

-- name: job_queue_give_back
-- Who asked to end it meanwhile has it ended. $3: the attempt does not count.
UPDATE gym.jobs AS j
   SET state = CASE WHEN j.cancel_asked THEN 'cancelled' ELSE 'waiting' END,
       finished_at = CASE WHEN j.cancel_asked THEN now() END,
       attempts = j.attempts - CASE WHEN $3::boolean THEN 1 ELSE 0 END,
       progress = 0, phase = '', heartbeat = NULL, started_at = NULL, progress_at = NULL
 WHERE j.job_id = $1::bigint AND j.attempts = $2::int AND j.state = 'running'
RETURNING pg_notify('gymtui', coalesce(j.gym_id, 0) || ':jobs');

-- name: job_queue_prune
-- History is kept for a year; of what the timer does all day long, two days.
DELETE FROM gym.jobs AS j
 WHERE j.finished_at < now() - CASE j.kind WHEN 'auto-checkout' THEN interval '2 days' ELSE interval '1 year' END;

-- name: job_queue_interrupt
SELECT count(pg_cancel_backend(a.pid))
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.application_name = 'gymtui job ' || $1::bigint AND a.state = 'active';

-- name: job_queue_end_sessions
SELECT count(pg_terminate_backend(a.pid))
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.application_name = 'gymtui job ' || $1::bigint;

-- name: job_queue_alive
UPDATE gym.database_info AS i SET worker_seen = clock_timestamp()
 WHERE i.worker_seen IS NULL OR i.worker_seen < clock_timestamp() - interval '3 seconds';

-- name: job_queue_leave
UPDATE gym.database_info AS i SET worker_seen = NULL;

-- name: job_queue_enqueue
WITH added AS (
    INSERT INTO gym.jobs (kind, parameters, requested_by)
    SELECT $1::text, $2::jsonb, $3::text
     WHERE NOT EXISTS (SELECT FROM gym.jobs AS j
                        WHERE j.kind = $1::text AND j.gym_id IS NULL AND j.state IN ('waiting', 'running'))
        ON CONFLICT DO NOTHING
    RETURNING job_id)
SELECT count(pg_notify('gymtui', '0:jobs')) FROM added;

-- name: job_queue_debris
-- 'outgoing': the tables have changed places and the old ones are still there.
SELECT CASE WHEN to_regnamespace('gym_outgoing') IS NOT NULL THEN 'outgoing'
            WHEN to_regnamespace('gym_incoming') IS NOT NULL THEN 'incoming' ELSE '' END
  FROM (SELECT pg_try_advisory_lock(hashtext('gymtui reseed')) AS is_ours) AS l
 WHERE l.is_ours;

-- name: job_queue_drop_incoming
DROP SCHEMA IF EXISTS gym_incoming CASCADE;

-- name: job_queue_unlock
SELECT pg_advisory_unlock(hashtext('gymtui reseed'));
