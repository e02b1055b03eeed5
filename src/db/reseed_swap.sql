-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tables change places. Everything slow has been done: desks wait for some milliseconds. The
-- caller sets lock_timeout and tries again when a desk's long statement is in the way.

DO $$
DECLARE
    row     record;
    touched text[] := '{}';
    remade  jsonb := '[]';
    item    jsonb;
BEGIN
    FOR row IN SELECT s.name FROM gym_incoming.swapped s ORDER BY s.place
    LOOP
        EXECUTE format('LOCK TABLE gym.%I IN ACCESS EXCLUSIVE MODE', row.name);
    END LOOP;
    -- Functions that take or give rows of these tables hold on to the old ones: made anew.
    FOR row IN
        SELECT DISTINCT p.oid, pg_get_functiondef(p.oid) AS definition, p.oid::regprocedure::text AS name,
               (SELECT jsonb_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
                FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner) AS grantees
        FROM gym_incoming.swapped s
        JOIN pg_type t ON t.typrelid = ('gym.' || quote_ident(s.name))::regclass
        JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
                        AND d.classid = 'pg_proc'::regclass
        JOIN pg_proc p ON p.oid = d.objid
    LOOP
        EXECUTE format('DROP FUNCTION %s', row.name);
        remade := remade || jsonb_build_object('definition', row.definition, 'name', row.name,
                                               'grantees', COALESCE(row.grantees, '[]'));
    END LOOP;
    CREATE SCHEMA gym_outgoing;
    FOR row IN SELECT s.name FROM gym_incoming.swapped s ORDER BY s.place
    LOOP
        EXECUTE format('ALTER TABLE gym.%I SET SCHEMA gym_outgoing', row.name);
        EXECUTE format('ALTER TABLE gym_incoming.%I SET SCHEMA gym', row.name);
    END LOOP;
    FOR item IN SELECT * FROM jsonb_array_elements(remade)
    LOOP
        EXECUTE item ->> 'definition';
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', item ->> 'name');
        FOR row IN SELECT * FROM jsonb_array_elements_text(item -> 'grantees') AS g (grantee)
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', item ->> 'name', row.grantee);
        END LOOP;
    END LOOP;
    -- Gyms stay the rows they are, with their logins: a name, an address and a size change. A user
    -- name that a person gave to another gym is left to it.
    INSERT INTO gym.gyms AS g (gym_id, name, username, email, address, phone, time_zone, currency, capacity)
        SELECT i.gym_id, i.name,
               CASE WHEN EXISTS (SELECT FROM gym.gyms x WHERE x.username = i.username AND x.gym_id <> i.gym_id)
                    THEN left(i.username, 20) || '-' || i.gym_id ELSE i.username END,
               CASE WHEN EXISTS (SELECT FROM gym.gyms x WHERE x.email = i.email AND x.gym_id <> i.gym_id)
                    THEN i.gym_id || '.' || i.email ELSE i.email END,
               i.address, i.phone, i.time_zone, i.currency, i.capacity
        FROM gym_incoming.gyms i ORDER BY i.gym_id
        ON CONFLICT (gym_id) DO UPDATE SET name = excluded.name, address = excluded.address,
            phone = excluded.phone, time_zone = excluded.time_zone, currency = excluded.currency,
            capacity = excluded.capacity, row_version = g.row_version + 1;
    PERFORM setval(pg_get_serial_sequence('gym.gyms', 'gym_id'), (SELECT max(g.gym_id) FROM gym.gyms g));
    PERFORM pg_notify('gymtui', g.gym_id || ':' || t.topic)
        FROM gym.gyms g, unnest(ARRAY['attendance', 'members', 'packages', 'gyms']) AS t (topic);
END
$$;
