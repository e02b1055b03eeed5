-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: jobs_list
-- The first column stands also when there is no job. What is left: as long again for each share as
-- for those done, counted down since the last one.
SELECT coalesce(i.worker_seen > clock_timestamp() - $2::int * interval '1 second', false),
       j.job_id, j.kind, j.what, j.state, j.progress, j.phase,
       CASE WHEN j.state = 'running' AND j.progress >= .02 AND j.progress < 1
            THEN ceil(greatest(0, extract(epoch FROM (j.progress_at - j.started_at)) * (1 - j.progress) / j.progress
                                  - extract(epoch FROM clock_timestamp() - j.progress_at))) END,
       j.requested_by, j.error,
       extract(epoch FROM j.requested_at::timestamp), extract(epoch FROM j.started_at::timestamp),
       extract(epoch FROM j.finished_at::timestamp), j.attempts,
       j.outcome, j.rejects
  FROM gym.database_info AS i
  LEFT JOIN LATERAL (
        SELECT x.*, x.state IN ('waiting', 'running') AS is_open,
               CASE WHEN x.kind = 'reseed'
                    THEN concat_ws(', ', x.parameters ->> 'profile', 'seed ' || (x.parameters ->> 'seed'),
                                   (x.parameters ->> 'gyms') || ' gyms', (x.parameters ->> 'members') || ' members',
                                   (x.parameters ->> 'months') || ' months', 'as of ' || (x.parameters ->> 'as_of'))
                    WHEN x.kind = 'import'
                    THEN concat_ws(', ', coalesce(x.parameters ->> 'dataset', 'members'),
                                   CASE WHEN x.parameters ->> 'dry_run' = '1' THEN 'tried' END)
                    WHEN x.kind = 'dataset refresh' THEN x.parameters ->> 'dataset'
                    WHEN x.kind = 'campaign' THEN x.parameters ->> 'name'
                    WHEN x.gym_id IS NULL THEN 'all gyms'
                    ELSE '' END AS what
          FROM gym.jobs AS x
         WHERE x.gym_id = (SELECT auth.current_gym()) OR x.gym_id IS NULL
         ORDER BY x.state IN ('waiting', 'running') DESC, x.job_id DESC
         LIMIT $1::int) AS j ON true
 ORDER BY j.is_open DESC, j.job_id DESC;

-- name: jobs_request
SELECT r.job_id, gym.worker_is_alive($4::int)
  FROM gym.request_job($1::uuid, $2::text, $3::jsonb) AS r (job_id);

-- name: jobs_cancel
SELECT gym.cancel_job($1::bigint);
