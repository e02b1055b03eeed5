-- SPDX-License-Identifier: GPL-3.0-or-later
-- Background jobs, as the worker and the screens need them. A job without a gym is the whole
-- database's (a reseed, the timers'): every gym sees it.

-- The worker looks for what is left of a job whose worker died.
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION pg_stat_get_activity(integer) TO %I', current_database() || '_worker');
END
$$;

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE gym.jobs
    ALTER COLUMN gym_id DROP NOT NULL,
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN progress_at timestamptz;
COMMENT ON COLUMN gym.jobs.gym_id IS 'NULL: of the whole database';
COMMENT ON COLUMN gym.jobs.attempts IS 'how often a worker has taken it';
COMMENT ON COLUMN gym.jobs.progress_at IS 'when progress last moved';
CREATE UNIQUE INDEX jobs_one ON gym.jobs (kind, COALESCE(gym_id, 0)) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_ended ON gym.jobs (finished_at) WHERE finished_at IS NOT NULL;

ALTER TABLE gym.database_info ADD COLUMN worker_seen timestamptz;
COMMENT ON COLUMN gym.database_info.worker_seen IS 'the last sign of life of a worker; NULL when the last one left';

-- What apply_policies of 0009 says, and jobs of the whole database for every gym.
CREATE OR REPLACE FUNCTION auth.apply_policies() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    row  record;
    rule text;
BEGIN
    FOR row IN
        SELECT c.oid::regclass AS name, c.relname,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'gym_id') AS has_gym
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p')
          AND c.relnamespace IN ('gym'::regnamespace, 'auth'::regnamespace, 'clv'::regnamespace)
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', row.name);
        EXECUTE format('DROP POLICY IF EXISTS own_gym ON %s', row.name);
        rule := CASE
            WHEN NOT row.has_gym THEN '(SELECT auth.current_gym()) IS NOT NULL'
            WHEN row.relname IN ('attendance', 'access_log') THEN
                'gym_id = (SELECT auth.current_gym()) OR home_gym_id = (SELECT auth.current_gym()) '
                'OR (SELECT auth.is_chain())'
            WHEN row.relname = 'jobs' THEN
                'gym_id = (SELECT auth.current_gym()) OR (gym_id IS NULL AND (SELECT auth.current_gym()) IS NOT NULL) '
                'OR (SELECT auth.is_chain())'
            ELSE 'gym_id = (SELECT auth.current_gym()) OR (SELECT auth.is_chain())' END;
        EXECUTE format('CREATE POLICY own_gym ON %s FOR SELECT USING (%s)', row.name, rule);
    END LOOP;
END
$$;
SELECT auth.apply_policies();

-- Whether somebody is there to do it. Volatile, so that a statement which has just asked for a job
-- does not look at an older moment.
CREATE FUNCTION gym.worker_is_alive(silence_seconds integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT i.worker_seen > clock_timestamp() - make_interval(secs => silence_seconds)
                     FROM gym.database_info i), false);
END
$$;

-- The parameters of a reseed, and nothing else; or an error in words.
CREATE FUNCTION gym.reseed_parameters(given jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    profile text := COALESCE(given ->> 'profile', 'small');
    name    text;
BEGIN
    IF profile NOT IN ('small', 'chain', 'million', 'harsh') THEN
        RAISE EXCEPTION 'there is no profile “%”', left(gym.clean(profile), 40)
            USING ERRCODE = 'GT001', HINT = 'there are small, chain, million and harsh';
    END IF;
    FOREACH name IN ARRAY ARRAY['seed', 'gyms', 'members', 'months']
    LOOP
        IF NOT COALESCE(given ->> name, '0') ~ '^[0-9]{1,10}$' OR COALESCE(given ->> name, '0')::bigint > 2147483647 THEN
            RAISE EXCEPTION 'the % of a reseed is a number from 0 to 2147483647', name USING ERRCODE = 'GT001';
        END IF;
    END LOOP;
    IF NOT COALESCE(given ->> 'as_of', '2000-01-01') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
        RAISE EXCEPTION 'the day of a reseed is written as 2026-11-21' USING ERRCODE = 'GT001';
    END IF;
    RETURN jsonb_strip_nulls(jsonb_build_object('profile', profile, 'seed', COALESCE(given -> 'seed', '1'),
        'gyms', given -> 'gyms', 'members', given -> 'members', 'months', given -> 'months',
        'as_of', given -> 'as_of'));
END
$$;

-- Asks for a background job. Reseeding is for demonstrations only, whatever is asked. The row of
-- database_info is held so that two who ask at the same moment, and a worker that is about to
-- leave, come one after the other.
CREATE OR REPLACE FUNCTION gym.request_job(request uuid, kind text, parameters jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    first    jsonb := gym.begin_request(me, request, 'request_job');
    settled  jsonb := '{}';
    whole    boolean := kind IN ('reseed', 'auto-checkout');
    is_demonstration boolean;
    saved_id bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'job_id')::bigint;
    END IF;
    IF kind IS NULL OR kind NOT IN ('reseed', 'recompute', 'auto-checkout') THEN
        RAISE EXCEPTION 'there is no job “%”', left(gym.clean(kind), 40)
            USING ERRCODE = 'GT001', HINT = 'there are reseed, recompute and auto-checkout';
    END IF;
    SELECT i.is_demonstration INTO is_demonstration FROM gym.database_info i FOR UPDATE;
    IF kind = 'reseed' THEN
        IF NOT is_demonstration THEN
            RAISE EXCEPTION 'this database is no demonstration: its data are real and stay'
                USING ERRCODE = 'GT003', HINT = 'made-up gyms are for gymtui demo only';
        END IF;
        settled := gym.reseed_parameters(COALESCE(parameters, '{}'));
    END IF;
    IF EXISTS (SELECT FROM gym.jobs j
               WHERE j.kind = request_job.kind AND j.state IN ('waiting', 'running')
                 AND (whole OR j.gym_id IS NULL OR j.gym_id = me.gym_id)) THEN
        RAISE EXCEPTION 'such a job (%) waits or runs already', kind
            USING ERRCODE = 'GT004', HINT = 'wait until it is done, or cancel it';
    END IF;
    INSERT INTO gym.jobs (gym_id, kind, parameters, requested_by)
        VALUES (CASE WHEN NOT whole THEN me.gym_id END, kind, settled, me.full_name)
        RETURNING job_id INTO saved_id;
    PERFORM pg_notify('gymtui', CASE WHEN whole THEN 0 ELSE me.gym_id END || ':jobs');
    PERFORM gym.end_request(me, request, 'request_job', jsonb_build_object('job_id', saved_id));
    RETURN saved_id;
END
$$;

-- One's own gym's; of the whole database on a demonstration, and by the chain.
CREATE OR REPLACE FUNCTION gym.cancel_job(job bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me   auth.identity := auth.require('manager');
    task record;
BEGIN
    SELECT j.state, j.gym_id INTO task FROM gym.jobs j
        WHERE j.job_id = job AND (j.gym_id = me.gym_id OR j.gym_id IS NULL OR me.rank = 4)
        FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no job %', job USING ERRCODE = 'GT002';
    END IF;
    IF task.gym_id IS NULL AND me.rank < 4 AND NOT (SELECT i.is_demonstration FROM gym.database_info i) THEN
        RAISE EXCEPTION 'this job is for all gyms: only the chain may cancel it' USING ERRCODE = 'GT003';
    END IF;
    IF task.state NOT IN ('waiting', 'running') THEN
        RAISE EXCEPTION 'job % has ended already', job USING ERRCODE = 'GT004', HINT = 'there is nothing to cancel';
    END IF;
    UPDATE gym.jobs j
        SET cancel_asked = true,
            state = CASE WHEN j.state = 'waiting' THEN 'cancelled' ELSE j.state END,
            finished_at = CASE WHEN j.state = 'waiting' THEN now() ELSE j.finished_at END
        WHERE j.job_id = job;
    PERFORM pg_notify('gymtui', COALESCE(task.gym_id, 0) || ':jobs');
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.worker_is_alive(integer) TO %I', current_database() || '_manager');
END
$$;
SELECT auth.apply_grants();
