-- SPDX-License-Identifier: GPL-3.0-or-later
-- Roles, extensions, schemas, and what PUBLIC loses. Runs as the administrator; every later
-- migration works as "<database>_owner". Names carry the database's prefix, so that two
-- installations in one cluster do not meet.
--
--   <db>_owner     owns every object; nobody signs in with it
--   <db>_roles     owns the one function that makes login roles
--   <db>_worker    background jobs: past row-level security, member of the owner
--   <db>_desk ⊂ <db>_manager ⊂ <db>_gymowner ⊂ <db>_chain   what a level may do

DO $$
DECLARE
    db   text := current_database();
    kind text;
BEGIN
    IF octet_length(db) > 40 OR position(':' IN db) > 0 THEN
        RAISE EXCEPTION 'the database''s name "%" is too long, or holds a colon', db
            USING HINT = 'role names begin with it: take a name of at most 40 bytes';
    END IF;
    FOREACH kind IN ARRAY ARRAY['owner', 'roles', 'worker', 'desk', 'manager', 'gymowner', 'chain']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = db || '_' || kind) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', db || '_' || kind);
        END IF;
    END LOOP;
    EXECUTE format('ALTER ROLE %I CREATEROLE', db || '_roles');
    EXECUTE format('ALTER ROLE %I BYPASSRLS', db || '_worker');
    EXECUTE format('GRANT %I TO %I', db || '_owner', db || '_worker');
    EXECUTE format('GRANT %I TO %I', db || '_desk', db || '_manager');
    EXECUTE format('GRANT %I TO %I', db || '_manager', db || '_gymowner');
    EXECUTE format('GRANT %I TO %I', db || '_gymowner', db || '_chain');
    FOREACH kind IN ARRAY ARRAY['desk', 'manager', 'gymowner', 'chain']
    LOOP
        EXECUTE format('GRANT %I TO %I WITH ADMIN OPTION', db || '_' || kind, db || '_roles');
    END LOOP;
    -- An administrator who is no superuser must be able to work as the owner below.
    IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
        EXECUTE format('GRANT %I TO %I', db || '_owner', current_user);
    END IF;

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', db);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', db, db || '_desk');
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO %I', db, db || '_owner');

    EXECUTE format('CREATE SCHEMA auth AUTHORIZATION %I', db || '_owner');
    EXECUTE format('CREATE SCHEMA gym AUTHORIZATION %I', db || '_owner');
    EXECUTE format('CREATE SCHEMA clv AUTHORIZATION %I', db || '_owner');
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

-- Ways for one login to get at another's work, to fill the disk, or to stop everyone: advisory
-- locks (the request ids below live on them), large objects, the list of roles and of sessions.
DO $$
DECLARE
    owner   text := current_database() || '_owner';
    routine regprocedure;
    catalog text;
BEGIN
    FOR routine IN
        SELECT p.oid::regprocedure
        FROM pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^lo_'
               OR p.proname IN ('loread', 'lowrite', 'pg_stat_get_activity', 'pg_stat_get_backend_activity',
                                'pg_stat_get_backend_client_addr', 'pg_stat_get_backend_userid',
                                'pg_lock_status', 'pg_logical_emit_message', 'pg_export_snapshot'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
        IF routine::text ~ '^pg_(try_)?advisory_' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine, owner);
        END IF;
    END LOOP;
    FOREACH catalog IN ARRAY ARRAY['pg_roles', 'pg_user', 'pg_group', 'pg_stat_activity',
                                   'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_replication', 'pg_locks',
                                   'pg_stat_user_tables', 'pg_stat_all_tables', 'pg_auth_members',
                                   'pg_db_role_setting', 'pg_largeobject_metadata']
    LOOP
        EXECUTE format('REVOKE SELECT ON pg_catalog.%I FROM PUBLIC', catalog);
        EXECUTE format('GRANT SELECT ON pg_catalog.%I TO %I', catalog, owner);
    END LOOP;
END
$$;
