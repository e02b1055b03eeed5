-- SPDX-License-Identifier: GPL-3.0-or-later
-- The old data go, and the keys to gyms are checked.

DO $$
DECLARE
    row record;
BEGIN
    DROP SCHEMA IF EXISTS gym_outgoing, gym_incoming CASCADE;
    FOR row IN
        SELECT c.conrelid::regclass AS name, c.conname
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
        WHERE r.relnamespace = 'gym'::regnamespace AND c.contype = 'f' AND NOT c.convalidated
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', row.name, row.conname);
    END LOOP;
END
$$;
SELECT pg_advisory_unlock(hashtext('gymtui reseed'));
