-- SPDX-License-Identifier: GPL-3.0-or-later
-- The old data go, and with them gyms that nobody signs in to any more; keys to gyms are checked.

DO $$
DECLARE
    row record;
BEGIN
    DROP SCHEMA gym_outgoing CASCADE;
    DELETE FROM gym.gyms g
        WHERE g.gym_id NOT IN (SELECT i.gym_id FROM gym_incoming.gyms i)
          AND NOT EXISTS (SELECT FROM auth.staff s WHERE s.gym_id = g.gym_id)
          AND NOT EXISTS (SELECT FROM gym.jobs j WHERE j.gym_id = g.gym_id);
    DROP SCHEMA gym_incoming CASCADE;
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
