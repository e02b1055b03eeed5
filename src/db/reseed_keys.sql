-- SPDX-License-Identifier: GPL-3.0-or-later
-- Indexes and exclusion constraints of the incoming tables, as the ones in use have them. Runs on two connections at once: gymtui.reseed_part is "visits" or "members".

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
        WHERE NOT i.indisexclusion AND (s.name = 'attendance') = (part = 'visits')
        ORDER BY s.place
    LOOP
        EXECUTE row.definition;
    END LOOP;
    FOR row IN
        SELECT s.name, c.conname, pg_get_constraintdef(c.oid) AS definition
        FROM gym_incoming.swapped s
        JOIN pg_constraint c ON c.conrelid = ('gym.' || quote_ident(s.name))::regclass
        WHERE c.contype = 'x' AND (s.name = 'attendance') = (part = 'visits')
        ORDER BY s.place
    LOOP
        EXECUTE format('ALTER TABLE gym_incoming.%I ADD CONSTRAINT %I %s', row.name, row.conname, row.definition);
    END LOOP;
    FOR row IN SELECT s.name FROM gym_incoming.swapped s WHERE (s.name = 'attendance') = (part = 'visits')
    LOOP
        EXECUTE format('ANALYZE gym_incoming.%I', row.name);
    END LOOP;
END
$$;
