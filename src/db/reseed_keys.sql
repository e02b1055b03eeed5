-- SPDX-License-Identifier: GPL-3.0-or-later
-- Indexes and exclusion constraints of the incoming tables, as the ones in use have them. Runs on
-- three connections at once: gymtui.reseed_part is 'visits', 'terms' (whose exclusion constraint
-- takes as long as everything else together) or 'members', the rest.

DO $$
DECLARE
    row record;
    part text := current_setting('gymtui.reseed_part');
BEGIN
    PERFORM set_config('maintenance_work_mem', '128MB', true);
    -- Primary keys and unique constraints as indexes: reseed_links.sql makes constraints of them.
    FOR row IN
        SELECT replace(pg_get_indexdef(i.indexrelid), ' ON gym.', ' ON gym_incoming.') AS definition
        FROM gym_incoming.swapped s
        JOIN pg_index i ON i.indrelid = ('gym.' || quote_ident(s.name))::regclass
        WHERE NOT i.indisexclusion AND part = CASE s.name WHEN 'attendance' THEN 'visits' WHEN 'memberships' THEN 'terms' ELSE 'members' END
        ORDER BY s.place
    LOOP
        EXECUTE row.definition;
    END LOOP;
    FOR row IN
        SELECT s.name, c.conname, pg_get_constraintdef(c.oid) AS definition
        FROM gym_incoming.swapped s
        JOIN pg_constraint c ON c.conrelid = ('gym.' || quote_ident(s.name))::regclass
        WHERE c.contype = 'x' AND part = CASE s.name WHEN 'attendance' THEN 'visits' WHEN 'memberships' THEN 'terms' ELSE 'members' END
        ORDER BY s.place
    LOOP
        EXECUTE format('ALTER TABLE gym_incoming.%I ADD CONSTRAINT %I %s', row.name, row.conname, row.definition);
    END LOOP;
    FOR row IN SELECT s.name FROM gym_incoming.swapped s WHERE part = CASE s.name WHEN 'attendance' THEN 'visits' WHEN 'memberships' THEN 'terms' ELSE 'members' END
    LOOP
        EXECUTE format('ANALYZE gym_incoming.%I', row.name);
    END LOOP;
END
$$;
