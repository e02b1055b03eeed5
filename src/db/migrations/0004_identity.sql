-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who asks. The session's role (session_user) is the identity that nobody can forge: it survives
-- SET ROLE and definer functions. Everything below looks it up in auth.staff at each query, so a
-- disabled login is cut off at its next statement.
--
-- SQLSTATEs of gymtui's own errors; the message is a sentence for people, the hint what to do:
--   GT001 input · GT002 not found · GT003 permission · GT004 conflict · GT005 not done · GT006 login

SELECT set_config('role', current_database() || '_owner', true);

CREATE TYPE auth.identity AS (
    staff_id  bigint,
    gym_id    bigint,
    level     text,
    rank      integer,
    rolname   name,
    full_name text,
    time_zone text,
    currency  text,
    capacity  integer,
    settings  jsonb,
    today     date
);

CREATE FUNCTION auth.level_rank(level text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE level WHEN 'desk' THEN 1 WHEN 'manager' THEN 2 WHEN 'owner' THEN 3 WHEN 'chain' THEN 4 ELSE 0 END
$$;

-- The administrator and the worker: no staff, but members of the schema's owner. They act with the
-- rights of level chain on the gym of auth.pick_gym.
CREATE FUNCTION auth.is_system() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN pg_has_role(session_user, current_database() || '_owner', 'MEMBER');
END
$$;

CREATE FUNCTION auth.picked_gym() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN current_setting('gymtui.gym_id', true) ~ '^[0-9]{1,18}$'
                THEN current_setting('gymtui.gym_id', true)::bigint END;
END
$$;

-- The gym this session works on; NULL for a disabled login or none. The setting gymtui.gym_id
-- counts at level chain only.
CREATE FUNCTION auth.current_gym() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    who auth.staff;
BEGIN
    SELECT * INTO who FROM auth.staff s WHERE s.rolname = session_user;
    IF FOUND THEN
        RETURN CASE WHEN who.disabled THEN NULL
                    WHEN who.level = 'chain' THEN COALESCE(auth.picked_gym(), who.gym_id)
                    ELSE who.gym_id END;
    END IF;
    RETURN CASE WHEN auth.is_system() THEN auth.picked_gym() END;
END
$$;

CREATE FUNCTION auth.current_level() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    who auth.staff;
BEGIN
    SELECT * INTO who FROM auth.staff s WHERE s.rolname = session_user;
    IF FOUND THEN
        RETURN CASE WHEN NOT who.disabled THEN who.level END;
    END IF;
    RETURN CASE WHEN auth.is_system() THEN 'chain' END;
END
$$;

CREATE FUNCTION auth.is_chain() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN COALESCE(auth.current_level() = 'chain', false);
END
$$;

-- May this session read what is kept from the desk (audit, campaigns)? For policies.
CREATE FUNCTION auth.has_level(level text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.level_rank(auth.current_level()) >= auth.level_rank(level);
END
$$;

-- Policies of a gym where its settings say nothing.
CREATE FUNCTION gym.default_settings() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{"expired_grace": 3, "expiring_within": 7, "auto_checkout_minutes": 240, "closing_time": null,
             "sessions_low": 2, "under_age": 16, "pack_months": 12, "freeze_max_days": 366,
             "backfill_days": 31,
             "policy_banned": "deny", "policy_other_gym": "deny", "policy_cancelled": "deny",
             "policy_frozen": "deny", "policy_expired": "deny", "policy_off_hours": "deny",
             "policy_no_visits": "deny", "policy_owing": "warn", "policy_capacity": "warn",
             "policy_grace": "warn", "policy_expiring": "warn", "policy_birthday": "warn",
             "policy_under_16": "warn", "policy_note": "warn", "policy_auto_closed": "warn",
             "policy_sessions_low": "warn", "policy_reentry": "warn"}'::jsonb
$$;

-- Every write begins here: who, on which gym, with which settings; or an error. One query for those
-- who work at a gym.
CREATE FUNCTION auth.require(at_least text) RETURNS auth.identity
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       auth.identity;
    disabled boolean;
    picked   bigint;
BEGIN
    SELECT s.staff_id, s.gym_id, s.level, auth.level_rank(s.level), s.rolname,
           COALESCE(NULLIF(s.full_name, ''), NULLIF(s.username, ''), g.name), g.time_zone, g.currency,
           g.capacity, gym.default_settings() || g.settings, (now() AT TIME ZONE g.time_zone)::date, s.disabled
      INTO me.staff_id, me.gym_id, me.level, me.rank, me.rolname, me.full_name, me.time_zone, me.currency,
           me.capacity, me.settings, me.today, disabled
      FROM auth.staff s JOIN gym.gyms g ON g.gym_id = s.gym_id
      WHERE s.rolname = session_user;
    IF NOT FOUND THEN
        IF NOT auth.is_system() THEN
            RAISE EXCEPTION 'this login is not known here' USING ERRCODE = 'GT006',
                HINT = 'ask the owner of the gym';
        END IF;
        me.level := 'chain';
        me.rank := 4;
        me.rolname := session_user;
        me.full_name := 'administrator';
    ELSIF disabled THEN
        RAISE EXCEPTION 'this login is disabled' USING ERRCODE = 'GT006', HINT = 'ask the owner of the gym';
    ELSIF me.rank < auth.level_rank(at_least) THEN
        RAISE EXCEPTION 'this needs the level %', at_least
            USING ERRCODE = 'GT003', HINT = format('you are signed in at level %s', me.level);
    END IF;
    IF me.rank = 4 THEN
        picked := COALESCE(auth.picked_gym(), me.gym_id);
        IF picked IS DISTINCT FROM me.gym_id THEN
            SELECT g.gym_id, g.time_zone, g.currency, g.capacity, gym.default_settings() || g.settings,
                   (now() AT TIME ZONE g.time_zone)::date
              INTO me.gym_id, me.time_zone, me.currency, me.capacity, me.settings, me.today
              FROM gym.gyms g WHERE g.gym_id = picked;
        END IF;
        IF me.time_zone IS NULL THEN
            RAISE EXCEPTION 'no gym is picked' USING ERRCODE = 'GT001', HINT = 'pick one: SELECT auth.pick_gym(1)';
        END IF;
    END IF;
    RETURN me;
END
$$;

CREATE FUNCTION auth.pick_gym(gym_id bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF NOT auth.is_chain() AND gym_id IS DISTINCT FROM auth.current_gym() THEN
        RAISE EXCEPTION 'this needs the level chain' USING ERRCODE = 'GT003';
    END IF;
    IF NOT EXISTS (SELECT FROM gym.gyms g WHERE g.gym_id = pick_gym.gym_id) THEN
        RAISE EXCEPTION 'there is no gym %', gym_id USING ERRCODE = 'GT002';
    END IF;
    PERFORM set_config('gymtui.gym_id', gym_id::text, false);
END
$$;

CREATE FUNCTION auth.session()
    RETURNS TABLE (gym_id bigint, gym_name text, gym_username text, time_zone text, currency text,
                   capacity integer, staff_name text, staff_username text, level text,
                   is_demonstration boolean, schema_version integer, now_local bigint,
                   now_utc double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me auth.identity := auth.require('desk');
BEGIN
    RETURN QUERY
        SELECT g.gym_id, g.name, g.username, g.time_zone, g.currency, COALESCE(g.capacity, 0),
               COALESCE(NULLIF(s.full_name, ''), NULLIF(s.username, ''), g.name), COALESCE(s.username, ''),
               me.level, i.is_demonstration, (SELECT COALESCE(max(v.version), 0) FROM public.schema_version v),
               floor(extract(epoch FROM clock_timestamp() AT TIME ZONE g.time_zone))::bigint,
               extract(epoch FROM clock_timestamp())::double precision
        FROM gym.gyms g
        CROSS JOIN gym.database_info i
        LEFT JOIN auth.staff s ON s.staff_id = me.staff_id
        WHERE g.gym_id = me.gym_id;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Logins. make_login and rename_login belong to "<db>_roles", touch roles whose name begins with
-- this database's, accept a SCRAM verifier only, and can be called by the schema's owner alone:
-- that is, by the functions after them, which check who asks.

CREATE FUNCTION auth.check_login_name(rolname text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF rolname !~ '^[^:]+:[a-z0-9._+@-]+(:[a-z0-9._-]+)?$' OR split_part(rolname, ':', 1) <> current_database() THEN
        RAISE EXCEPTION 'a login name holds letters a–z, digits, dots, hyphens and underscores only'
            USING ERRCODE = 'GT001';
    END IF;
    IF octet_length(rolname) > 63 THEN
        RAISE EXCEPTION 'this login name is too long' USING ERRCODE = 'GT001',
            HINT = 'gym and staff user name together have at most 63 bytes with the database''s name';
    END IF;
END
$$;

CREATE FUNCTION auth.make_login(rolname text, level text, verifier text, enabled boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    db     text := current_database();
    wanted text := db || '_' || CASE level WHEN 'desk' THEN 'desk' WHEN 'manager' THEN 'manager'
                                           WHEN 'owner' THEN 'gymowner' WHEN 'chain' THEN 'chain' END;
    held   text;
BEGIN
    PERFORM auth.check_login_name(rolname);
    IF wanted IS NULL THEN
        RAISE EXCEPTION 'there is no level %', level USING ERRCODE = 'GT001';
    END IF;
    IF verifier IS NOT NULL
       AND verifier !~ '^SCRAM-SHA-256\$[0-9]{1,7}:[A-Za-z0-9+/=]{8,}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
        RAISE EXCEPTION 'a password is taken as a SCRAM-SHA-256 verifier only' USING ERRCODE = 'GT001';
    END IF;
    IF to_regrole(quote_ident(rolname)) IS NULL THEN
        EXECUTE format('CREATE ROLE %I LOGIN INHERIT CONNECTION LIMIT 50', rolname);
    END IF;
    IF verifier IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', rolname, verifier);
    END IF;
    EXECUTE format('ALTER ROLE %I %s', rolname, CASE WHEN enabled THEN 'LOGIN' ELSE 'NOLOGIN' END);
    FOREACH held IN ARRAY ARRAY[db || '_desk', db || '_manager', db || '_gymowner', db || '_chain']
    LOOP
        IF held = wanted THEN
            EXECUTE format('GRANT %I TO %I', held, rolname);
        ELSIF pg_has_role(rolname, held, 'MEMBER') THEN
            EXECUTE format('REVOKE %I FROM %I', held, rolname);
        END IF;
    END LOOP;
END
$$;

CREATE FUNCTION auth.rename_login(old_name text, new_name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.check_login_name(old_name), auth.check_login_name(new_name);
    EXECUTE format('ALTER ROLE %I RENAME TO %I', old_name, new_name);
END
$$;

CREATE FUNCTION auth.role_name(gym_username text, staff_username text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT current_database() || ':' || gym_username
           || CASE WHEN staff_username = '' THEN '' ELSE ':' || staff_username END
$$;

-- May the session change logins of this gym up to this level?
CREATE FUNCTION auth.require_over(gym_id bigint, level text) RETURNS auth.identity
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me auth.identity := auth.require('owner');
BEGIN
    IF me.rank < 4 AND (gym_id IS DISTINCT FROM me.gym_id OR auth.level_rank(level) > me.rank) THEN
        RAISE EXCEPTION 'this needs the level chain' USING ERRCODE = 'GT003';
    END IF;
    RETURN me;
END
$$;

-- Makes a login, or gives an existing one its level, name and password anew. username '' is the
-- gym's own login (level owner or chain), which has a twin under the gym's e-mail address.
CREATE FUNCTION auth.create_staff(gym_id bigint, username text, full_name text, level text, verifier text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    g     gym.gyms;
    login text;
BEGIN
    IF auth.is_system() THEN
        IF auth.level_rank(level) = 0 THEN
            RAISE EXCEPTION 'there is no level %', level USING ERRCODE = 'GT001';
        END IF;
    ELSE
        PERFORM auth.require_over(gym_id, level);
    END IF;
    username := lower(btrim(username));
    IF username = '' AND level NOT IN ('owner', 'chain') THEN
        RAISE EXCEPTION 'the gym''s own login has the level owner or chain' USING ERRCODE = 'GT001';
    END IF;
    IF username !~ '^([a-z0-9][a-z0-9._-]{0,30})?$' THEN
        RAISE EXCEPTION 'a user name holds letters a–z, digits, dots, hyphens and underscores, at most 31'
            USING ERRCODE = 'GT001';
    END IF;
    IF verifier IS NULL THEN
        RAISE EXCEPTION 'a login needs a password' USING ERRCODE = 'GT001';
    END IF;
    SELECT * INTO g FROM gym.gyms x WHERE x.gym_id = create_staff.gym_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no gym %', gym_id USING ERRCODE = 'GT002';
    END IF;
    IF EXISTS (SELECT FROM auth.staff s WHERE s.gym_id = create_staff.gym_id
               AND s.username = create_staff.username AND NOT s.is_alias) AND NOT auth.is_system() THEN
        RAISE EXCEPTION 'there is a login % already', COALESCE(NULLIF(username, ''), g.username)
            USING ERRCODE = 'GT004', HINT = 'take another user name, or set its password';
    END IF;
    login := auth.role_name(g.username, username);
    PERFORM auth.make_login(login, level, verifier, true);
    INSERT INTO auth.staff AS s (rolname, gym_id, username, full_name, level, verifier)
        VALUES (login, gym_id, username, btrim(full_name), level, verifier)
        ON CONFLICT (rolname) DO UPDATE SET full_name = excluded.full_name, level = excluded.level,
            verifier = excluded.verifier, is_alias = excluded.is_alias,
            retired = false, disabled = false;
    IF username = '' THEN
        PERFORM auth.make_login(auth.role_name(g.email, ''), level, verifier, true);
        INSERT INTO auth.staff AS s (rolname, gym_id, username, full_name, level, verifier, is_alias)
            VALUES (auth.role_name(g.email, ''), gym_id, username, btrim(full_name), level, verifier, true)
            ON CONFLICT (rolname) DO UPDATE SET full_name = excluded.full_name, level = excluded.level,
                verifier = excluded.verifier, is_alias = excluded.is_alias,
            retired = false, disabled = false;
        UPDATE gym.gyms x SET hashed_password = verifier WHERE x.gym_id = create_staff.gym_id;
    END IF;
    PERFORM pg_notify('gymtui', gym_id || ':gyms');
END
$$;

CREATE FUNCTION auth.set_password(gym_id bigint, username text, verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s       auth.staff;
    is_self boolean;
BEGIN
    username := lower(btrim(username));
    SELECT * INTO s FROM auth.staff x
        WHERE x.gym_id = set_password.gym_id AND x.username = set_password.username AND NOT x.is_alias
        FOR UPDATE;
    is_self := FOUND AND NOT s.disabled AND EXISTS (
        SELECT FROM auth.staff x WHERE x.rolname = session_user AND x.gym_id = s.gym_id
                                   AND x.username = s.username);
    IF NOT is_self AND NOT auth.is_system() THEN
        PERFORM auth.require_over(gym_id, COALESCE(s.level, 'desk'));
    END IF;
    IF s.staff_id IS NULL THEN
        RAISE EXCEPTION 'there is no login %', username USING ERRCODE = 'GT002';
    END IF;
    IF verifier IS NULL THEN
        RAISE EXCEPTION 'a login needs a password' USING ERRCODE = 'GT001';
    END IF;
    PERFORM auth.make_login(x.rolname, x.level, verifier, NOT x.disabled)
        FROM auth.staff x WHERE x.gym_id = s.gym_id AND x.username = s.username AND NOT x.retired;
    UPDATE auth.staff x SET verifier = set_password.verifier
        WHERE x.gym_id = s.gym_id AND x.username = s.username;
    IF username = '' THEN
        UPDATE gym.gyms x SET hashed_password = verifier WHERE x.gym_id = s.gym_id;
    END IF;
END
$$;

CREATE FUNCTION auth.set_disabled(gym_id bigint, username text, disabled boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s auth.staff;
BEGIN
    username := lower(btrim(username));
    SELECT * INTO s FROM auth.staff x
        WHERE x.gym_id = set_disabled.gym_id AND x.username = set_disabled.username AND NOT x.is_alias
        FOR UPDATE;
    IF NOT auth.is_system() THEN
        PERFORM auth.require_over(gym_id, COALESCE(s.level, 'desk'));
    END IF;
    IF s.staff_id IS NULL THEN
        RAISE EXCEPTION 'there is no login %', username USING ERRCODE = 'GT002';
    END IF;
    IF disabled AND EXISTS (SELECT FROM auth.staff x WHERE x.rolname = session_user
                            AND x.gym_id = s.gym_id AND x.username = s.username) THEN
        RAISE EXCEPTION 'one''s own login cannot be disabled' USING ERRCODE = 'GT001';
    END IF;
    PERFORM auth.make_login(x.rolname, x.level, NULL, NOT set_disabled.disabled)
        FROM auth.staff x WHERE x.gym_id = s.gym_id AND x.username = s.username AND NOT x.retired;
    UPDATE auth.staff x SET disabled = set_disabled.disabled
        WHERE x.gym_id = s.gym_id AND x.username = s.username;
    PERFORM pg_notify('gymtui', gym_id || ':gyms');
END
$$;

-- Renames the logins of a gym whose user name or e-mail has changed. PostgreSQL does not rename the
-- session's own role: that one gets a successor, and ends with the session.
CREATE FUNCTION auth.follow_gym(gym_id bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    row record;
BEGIN
    FOR row IN
        SELECT s.*, auth.role_name(CASE WHEN s.is_alias THEN g.email ELSE g.username END, s.username) AS wanted
        FROM auth.staff s JOIN gym.gyms g USING (gym_id)
        WHERE s.gym_id = follow_gym.gym_id AND NOT s.retired
    LOOP
        CONTINUE WHEN row.rolname = row.wanted;
        DELETE FROM auth.staff s WHERE s.rolname = row.wanted AND s.retired;
        IF row.rolname <> session_user AND to_regrole(quote_ident(row.wanted)) IS NULL THEN
            PERFORM auth.rename_login(row.rolname, row.wanted);
            UPDATE auth.staff s SET rolname = row.wanted WHERE s.staff_id = row.staff_id;
        ELSE
            PERFORM auth.make_login(row.wanted, row.level, row.verifier, NOT row.disabled),
                    auth.make_login(row.rolname, row.level, NULL, false);
            UPDATE auth.staff s SET rolname = row.wanted WHERE s.staff_id = row.staff_id;
            INSERT INTO auth.staff (rolname, gym_id, username, full_name, level, is_alias, retired)
                VALUES (row.rolname, row.gym_id, row.username, row.full_name, row.level, true, true);
        END IF;
    END LOOP;
END
$$;

-- After a restore into another cluster or under another name: every login again, from the table.
CREATE FUNCTION auth.rebuild_logins() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    row   record;
    count integer := 0;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the administrator may rebuild the logins' USING ERRCODE = 'GT003';
    END IF;
    DELETE FROM auth.staff s WHERE s.retired;
    UPDATE auth.staff s
        SET rolname = auth.role_name(CASE WHEN s.is_alias THEN g.email ELSE g.username END, s.username)
        FROM gym.gyms g WHERE g.gym_id = s.gym_id;
    FOR row IN SELECT * FROM auth.staff
    LOOP
        PERFORM auth.make_login(row.rolname, row.level, row.verifier, NOT row.disabled);
        count := count + 1;
    END LOOP;
    RETURN count;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA auth FROM PUBLIC;

-- From here the administrator again, to hand the two functions over.
SELECT set_config('role', 'none', true);
DO $$
DECLARE
    roles text := current_database() || '_roles';
    owner text := current_database() || '_owner';
BEGIN
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA auth TO %I', roles);
    EXECUTE format('GRANT EXECUTE ON FUNCTION auth.check_login_name(text) TO %I', roles);
    EXECUTE format('ALTER FUNCTION auth.make_login(text, text, text, boolean) OWNER TO %I', roles);
    EXECUTE format('ALTER FUNCTION auth.rename_login(text, text) OWNER TO %I', roles);
    EXECUTE format('REVOKE CREATE ON SCHEMA auth FROM %I', roles);
    EXECUTE format('REVOKE ALL ON FUNCTION auth.make_login(text, text, text, boolean) FROM PUBLIC');
    EXECUTE format('REVOKE ALL ON FUNCTION auth.rename_login(text, text) FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION auth.make_login(text, text, text, boolean) TO %I', owner);
    EXECUTE format('GRANT EXECUTE ON FUNCTION auth.rename_login(text, text) TO %I', owner);
END
$$;
