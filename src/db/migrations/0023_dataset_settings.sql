-- SPDX-License-Identifier: GPL-3.0-or-later
-- After how many days somebody counts as gone: set for each dataset, the gym's own members too.

SELECT set_config('role', current_database() || '_owner', true);

-- Who changed it; that the worker was there is nothing to audit.
CREATE TRIGGER audit AFTER UPDATE OF grace_days, silent_days ON clv.dataset
    FOR EACH ROW WHEN ((OLD.grace_days, OLD.silent_days) IS DISTINCT FROM (NEW.grace_days, NEW.silent_days))
    EXECUTE FUNCTION gym.audit('dataset_id');

-- A figure that is NULL stays as it is. `name` as gymtui datasets shows it: the gym's own has the
-- gym's. The job makes the figures anew by the new rule; NULL: nothing was changed.
CREATE FUNCTION gym.set_dataset(request uuid, name text, grace integer, silent integer)
    RETURNS TABLE (job_id bigint, grace_days integer, silent_days integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'set_dataset');
    g      gym.gyms;
    there  clv.dataset;
    wanted text;
    saved  bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN QUERY SELECT (first ->> 'job_id')::bigint, (first ->> 'grace')::integer, (first ->> 'silent')::integer;
        RETURN;
    ELSIF grace IS NULL AND silent IS NULL THEN
        RAISE EXCEPTION 'there is nothing to change' USING ERRCODE = 'GT001',
            HINT = 'say after how many days somebody counts as gone';
    ELSIF grace NOT BETWEEN 0 AND 3650 THEN
        RAISE EXCEPTION 'the grace is 0 to 3,650 days, not %', grace USING ERRCODE = 'GT001';
    ELSIF silent NOT BETWEEN 1 AND 3650 THEN
        RAISE EXCEPTION 'the silence is 1 to 3,650 days, not %', silent USING ERRCODE = 'GT001';
    END IF;
    SELECT * INTO g FROM gym.gyms x WHERE x.gym_id = me.gym_id;
    IF name = g.name THEN
        -- It is there from the first recompute on.
        INSERT INTO clv.dataset AS d (gym_id, name, kind, source, has_contract, currency)
            VALUES (me.gym_id,
                    CASE WHEN EXISTS (SELECT FROM clv.dataset x WHERE x.gym_id = me.gym_id AND x.name = 'gym')
                         THEN 'gym ' || me.gym_id ELSE 'gym' END,
                    'gym', 'the gym''s own members', true, g.currency)
            ON CONFLICT (gym_id) WHERE kind = 'gym' DO NOTHING;
    END IF;
    BEGIN
        SELECT d.* INTO there FROM clv.dataset d
            WHERE d.gym_id = me.gym_id
              AND CASE WHEN name = g.name THEN d.kind = 'gym' ELSE d.name = set_dataset.name AND d.kind <> 'gym' END
            FOR UPDATE NOWAIT;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no dataset “%”', left(gym.clean(COALESCE(name, '')), 60)
                USING ERRCODE = 'GT002', HINT = '“gymtui datasets” lists them';
        ELSIF there.kind <> 'gym'
              AND NOT pg_try_advisory_xact_lock(hashtext('gymtui dataset'), hashtext(me.gym_id || ' ' || name)) THEN
            RAISE lock_not_available;
        END IF;
    EXCEPTION WHEN lock_not_available THEN
        RAISE EXCEPTION 'the dataset “%” is being worked on', left(gym.clean(name), 60)
            USING ERRCODE = 'GT004', HINT = 'wait until that is done';
    END;
    grace := COALESCE(grace, there.grace_days);
    silent := COALESCE(silent, there.silent_days);
    IF (grace, silent) IS DISTINCT FROM (there.grace_days, there.silent_days) THEN
        UPDATE clv.dataset d SET grace_days = grace, silent_days = silent WHERE d.dataset_id = there.dataset_id;
        wanted := CASE there.kind WHEN 'gym' THEN 'recompute' ELSE 'dataset refresh' END;
        -- One that waits will do; no worker takes it before this is done.
        SELECT j.job_id INTO saved FROM gym.jobs j
            WHERE j.kind = wanted AND j.state = 'waiting' AND (j.gym_id IS NULL OR j.gym_id = me.gym_id)
              AND (there.kind = 'gym' OR j.parameters ->> 'dataset' = there.name)
            FOR UPDATE;
        IF saved IS NULL THEN
            saved := gym.request_job(NULL, wanted,
                CASE there.kind WHEN 'gym' THEN '{}' ELSE jsonb_build_object('dataset', there.name) END);
        END IF;
        PERFORM gym.notify(me, 'datasets');
    END IF;
    PERFORM gym.end_request(me, request, 'set_dataset',
        jsonb_build_object('job_id', saved, 'grace', grace, 'silent', silent));
    RETURN QUERY SELECT saved, grace, silent;
END
$$;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON FUNCTION gym.set_dataset(uuid, text, integer, integer) FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.set_dataset(uuid, text, integer, integer) TO %I, %I',
                   current_database() || '_manager', current_database() || '_worker');
END
$$;
