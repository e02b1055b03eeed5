-- SPDX-License-Identifier: GPL-3.0-or-later
-- A new set of data is loaded beside the old one: bare twins of the gym's tables in schema
-- gym_incoming, then keys, then one short transaction that changes places (reseed_swap.sql). What
-- desks see is the old data until that moment, and the old data stay when anything fails before.
-- Works as the schema's owner, for the administrator and for the worker.

SELECT set_config('role', current_database() || '_owner', false);

DO $$
DECLARE
    name    text;
    options text;
BEGIN
    IF NOT (SELECT i.is_demonstration FROM gym.database_info i) THEN
        RAISE EXCEPTION 'this database is not a demonstration: its data are not replaced'
            USING ERRCODE = 'GT003', HINT = 'made-up gyms are for gymtui demo only';
    END IF;
    IF NOT pg_try_advisory_lock(hashtext('gymtui reseed')) THEN
        RAISE EXCEPTION 'the data are being replaced already' USING ERRCODE = 'GT004',
            HINT = 'wait until it is done';
    END IF;
    DROP SCHEMA IF EXISTS gym_incoming, gym_outgoing CASCADE;
    CREATE SCHEMA gym_incoming;
    CREATE TABLE gym_incoming.swapped (name text PRIMARY KEY, place integer);
    INSERT INTO gym_incoming.swapped
        SELECT t.name, t.place FROM unnest(ARRAY[
            'packages', 'trainers', 'customers', 'memberships', 'freezes', 'charges', 'till_sessions',
            'till_moves', 'till_counts', 'transactions', 'attendance', 'access_log', 'rfm', 'clv', 'contacts',
            'campaigns', 'campaign_members', 'campaign_lists', 'value_history', 'audit_log', 'requests', 'merges',
            'member_summary', 'member_histories', 'search_terms'])
        WITH ORDINALITY AS t (name, place);
    -- A table that a later migration adds must be in the list, or among those that stay.
    FOR name IN SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'gym'::regnamespace AND c.relkind = 'r'
          AND c.relname NOT IN ('gyms', 'jobs', 'database_info')
          AND c.relname NOT IN (SELECT s.name FROM gym_incoming.swapped s)
    LOOP
        RAISE EXCEPTION 'the table gym.% is unknown to the load', name USING ERRCODE = 'GT005';
    END LOOP;
    FOR name IN SELECT s.name FROM gym_incoming.swapped s ORDER BY s.place
    LOOP
        EXECUTE format('CREATE TABLE gym_incoming.%1$I (LIKE gym.%1$I INCLUDING COMMENTS INCLUDING CONSTRAINTS '
                       'INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE)', name);
        -- Of columns it copies the comments, of the table not.
        EXECUTE format('COMMENT ON TABLE gym_incoming.%I IS %L', name,
                       obj_description(format('gym.%I', name)::regclass, 'pg_class'));
        SELECT array_to_string(c.reloptions, ', ') INTO options
            FROM pg_class c WHERE c.oid = format('gym.%I', name)::regclass;
        IF options IS NOT NULL THEN
            EXECUTE format('ALTER TABLE gym_incoming.%I SET (%s)', name, options);
        END IF;
    END LOOP;
    -- Where the disk fills up, this goes first: to drop the other tables takes some room in the catalogue.
    CREATE TABLE gym_incoming.ballast AS SELECT n FROM generate_series(1, 30000) AS n;
    -- A gym that is new, so that keys can point to it; the swap gives all of them their new names.
    CREATE TABLE gym_incoming.gyms (LIKE gym.gyms INCLUDING DEFAULTS);
END
$$;
