-- SPDX-License-Identifier: GPL-3.0-or-later
-- Datasets that are imported or generated: how their models are fitted, how one is deleted, and the
-- job that fits them anew. The tables are those of 0003 and 0011.

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE clv.dataset
    ADD COLUMN fit_until   date,
    ADD COLUMN time_unit   text NOT NULL DEFAULT 'days' CHECK (time_unit IN ('days', 'weeks')),
    ADD COLUMN grace_days  integer NOT NULL DEFAULT 30 CHECK (grace_days BETWEEN 0 AND 3650),
    ADD COLUMN silent_days integer NOT NULL DEFAULT 90 CHECK (silent_days BETWEEN 1 AND 3650);
COMMENT ON COLUMN clv.dataset.as_of IS 'the last day of its data';
COMMENT ON COLUMN clv.dataset.fit_until IS
    'models are fitted up to this day and held against what followed; NULL: to all of it';
COMMENT ON COLUMN clv.dataset.time_unit IS 'of the visit models';
COMMENT ON COLUMN clv.dataset.grace_days IS 'a contract has ended when so many days passed without renewal';
COMMENT ON COLUMN clv.dataset.silent_days IS 'without a contract: gone after so many days without a transaction';

-- A gym that a reseed takes away takes its datasets along.
ALTER TABLE clv.dataset DROP CONSTRAINT dataset_gym_id_fkey,
    ADD CONSTRAINT dataset_gym_id_fkey FOREIGN KEY (gym_id) REFERENCES gym.gyms ON DELETE CASCADE;

CREATE INDEX dim_customer_dataset ON clv.dim_customer (dataset_id, customer_id);

-- Deletes an imported or generated dataset with all that hangs on it; its number.
CREATE FUNCTION gym.delete_dataset(request uuid, name text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me    auth.identity := auth.require('manager');
    first jsonb := gym.begin_request(me, request, 'delete_dataset');
    there clv.dataset;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'dataset_id')::bigint;
    END IF;
    SELECT d.* INTO there FROM clv.dataset d
        WHERE d.gym_id = me.gym_id AND d.name = delete_dataset.name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no dataset “%”', left(gym.clean(name), 60)
            USING ERRCODE = 'GT002', HINT = 'gymtui datasets lists them';
    ELSIF there.kind = 'gym' THEN
        RAISE EXCEPTION 'the gym''s own members are no dataset to delete' USING ERRCODE = 'GT003';
    ELSIF NOT pg_try_advisory_xact_lock(hashtext('gymtui dataset'), hashtext(me.gym_id || ' ' || name)) THEN
        RAISE EXCEPTION 'the dataset “%” is being worked on', left(gym.clean(name), 60)
            USING ERRCODE = 'GT004', HINT = 'wait until the import or refresh is done';
    END IF;
    -- In this order there are no rows left for the keys to look for.
    DELETE FROM clv.fact_transaction f USING clv.dim_customer c
        WHERE c.dataset_id = there.dataset_id AND f.customer_id = c.customer_id;
    DELETE FROM clv.clv_prediction p USING clv.dim_customer c
        WHERE c.dataset_id = there.dataset_id AND p.customer_id = c.customer_id;
    DELETE FROM clv.dataset d WHERE d.dataset_id = there.dataset_id;
    PERFORM gym.notify(me, 'datasets');
    PERFORM gym.end_request(me, request, 'delete_dataset', jsonb_build_object('dataset_id', there.dataset_id));
    RETURN there.dataset_id;
END
$$;

-- As in 0010, and the internet provider's profile.
CREATE OR REPLACE FUNCTION gym.reseed_parameters(given jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    profile text := COALESCE(given ->> 'profile', 'small');
    name    text;
BEGIN
    IF profile NOT IN ('small', 'chain', 'million', 'harsh', 'isp') THEN
        RAISE EXCEPTION 'there is no profile “%”', left(gym.clean(profile), 40)
            USING ERRCODE = 'GT001', HINT = 'there are small, chain, million, harsh and isp';
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

-- As in 0010, and the refresh of a dataset. The provider's customers go into a dataset of the gym
-- that asks.
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
    IF kind IS NULL OR kind NOT IN ('reseed', 'recompute', 'auto-checkout', 'dataset refresh') THEN
        RAISE EXCEPTION 'there is no job “%”', left(gym.clean(kind), 40)
            USING ERRCODE = 'GT001', HINT = 'there are reseed, recompute, dataset refresh and auto-checkout';
    END IF;
    SELECT i.is_demonstration INTO is_demonstration FROM gym.database_info i FOR UPDATE;
    IF kind = 'reseed' THEN
        IF NOT is_demonstration THEN
            RAISE EXCEPTION 'this database is no demonstration: its data are real and stay'
                USING ERRCODE = 'GT003', HINT = 'made-up gyms are for gymtui demo only';
        END IF;
        settled := gym.reseed_parameters(COALESCE(parameters, '{}'));
        IF settled ->> 'profile' = 'isp' THEN
            settled := settled || jsonb_build_object('gym', me.gym_id);
        END IF;
    ELSIF kind = 'dataset refresh' THEN
        IF COALESCE(parameters ->> 'dataset', '') = '' THEN
            RAISE EXCEPTION 'a refresh needs the name of a dataset' USING ERRCODE = 'GT001';
        ELSIF NOT EXISTS (SELECT FROM clv.dataset d
                       WHERE d.gym_id = me.gym_id AND d.name = parameters ->> 'dataset' AND d.kind <> 'gym') THEN
            RAISE EXCEPTION 'there is no dataset “%”', left(gym.clean(COALESCE(parameters ->> 'dataset', '')), 60)
                USING ERRCODE = 'GT002', HINT = 'the gym''s own members: ask for a recompute';
        END IF;
        settled := jsonb_build_object('dataset', parameters ->> 'dataset');
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

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON FUNCTION gym.delete_dataset(uuid, text) FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.delete_dataset(uuid, text) TO %I, %I',
                   current_database() || '_manager', current_database() || '_worker');
END
$$;
