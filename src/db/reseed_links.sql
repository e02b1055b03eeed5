-- SPDX-License-Identifier: GPL-3.0-or-later
-- What else the tables in use have: keys, triggers, row-level security, grants, and
-- sequences that go on after the highest number.

DO $$
DECLARE
    row    record;
    tables text := (SELECT string_agg(s.name, '|') FROM gym_incoming.swapped s);
    last   bigint;
BEGIN
    FOR row IN
        SELECT s.name, c.conname, c.contype, x.relname
        FROM gym_incoming.swapped s
        JOIN pg_constraint c ON c.conrelid = ('gym.' || quote_ident(s.name))::regclass
        JOIN pg_class x ON x.oid = c.conindid
        WHERE c.contype IN ('p', 'u')
    LOOP
        EXECUTE format('ALTER TABLE gym_incoming.%I ADD CONSTRAINT %I %s USING INDEX %I', row.name, row.conname,
                       CASE row.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, row.relname);
    END LOOP;
    -- Keys to gyms wait for reseed_swap.sql: a gym that is new is not there yet.
    FOR row IN
        SELECT s.name, c.conname, c.confrelid = 'gym.gyms'::regclass AS to_gym,
               regexp_replace(pg_get_constraintdef(c.oid), 'REFERENCES gym\.(' || tables || ')\M',
                              'REFERENCES gym_incoming.\1') AS definition
        FROM gym_incoming.swapped s
        JOIN pg_constraint c ON c.conrelid = ('gym.' || quote_ident(s.name))::regclass
        WHERE c.contype = 'f'
        ORDER BY s.place, c.conname
    LOOP
        EXECUTE format('ALTER TABLE gym_incoming.%I ADD CONSTRAINT %I %s %s', row.name, row.conname, row.definition,
                       CASE WHEN row.to_gym THEN 'NOT VALID' ELSE '' END);
    END LOOP;
    FOR row IN
        SELECT replace(pg_get_triggerdef(t.oid), ' ON gym.', ' ON gym_incoming.') AS definition
        FROM gym_incoming.swapped s
        JOIN pg_trigger t ON t.tgrelid = ('gym.' || quote_ident(s.name))::regclass
        WHERE NOT t.tgisinternal
    LOOP
        EXECUTE row.definition;
    END LOOP;
    FOR row IN
        SELECT s.name, c.relrowsecurity, c.relforcerowsecurity
        FROM gym_incoming.swapped s JOIN pg_class c ON c.oid = ('gym.' || quote_ident(s.name))::regclass
    LOOP
        IF row.relrowsecurity THEN
            EXECUTE format('ALTER TABLE gym_incoming.%I ENABLE ROW LEVEL SECURITY', row.name);
        END IF;
        IF row.relforcerowsecurity THEN
            EXECUTE format('ALTER TABLE gym_incoming.%I FORCE ROW LEVEL SECURITY', row.name);
        END IF;
    END LOOP;
    FOR row IN
        SELECT s.name, p.polname, p.polpermissive,
               CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                             WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
               (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ')
                FROM unnest(p.polroles) AS r) AS roles,
               pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
        FROM gym_incoming.swapped s
        JOIN pg_policy p ON p.polrelid = ('gym.' || quote_ident(s.name))::regclass
    LOOP
        EXECUTE format('CREATE POLICY %I ON gym_incoming.%I AS %s FOR %s TO %s', row.polname, row.name,
                       CASE WHEN row.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, row.command, row.roles)
                || COALESCE(' USING (' || row.qual || ')', '')
                || COALESCE(' WITH CHECK (' || row.with_check || ')', '');
    END LOOP;
    -- Grants on tables, on columns, and on the sequences behind the numbers.
    FOR row IN
        SELECT format('GRANT %s ON TABLE gym_incoming.%I TO %s', a.privilege_type, s.name,
                      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END) AS command
        FROM gym_incoming.swapped s
        JOIN pg_class c ON c.oid = ('gym.' || quote_ident(s.name))::regclass
        CROSS JOIN aclexplode(c.relacl) a WHERE a.grantee <> c.relowner
        UNION ALL
        SELECT format('GRANT %s (%I) ON TABLE gym_incoming.%I TO %s', a.privilege_type, t.attname, s.name,
                      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
        FROM gym_incoming.swapped s
        JOIN pg_attribute t ON t.attrelid = ('gym.' || quote_ident(s.name))::regclass
        CROSS JOIN aclexplode(t.attacl) a
        UNION ALL
        SELECT format('GRANT %s ON SEQUENCE %s TO %s', a.privilege_type,
                      pg_get_serial_sequence('gym_incoming.' || quote_ident(s.name), t.attname),
                      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
        FROM gym_incoming.swapped s
        JOIN pg_attribute t ON t.attrelid = ('gym.' || quote_ident(s.name))::regclass AND t.attidentity <> ''
        JOIN pg_class c ON c.oid = pg_get_serial_sequence('gym.' || quote_ident(s.name), t.attname)::regclass
        CROSS JOIN aclexplode(c.relacl) a WHERE a.grantee <> c.relowner
    LOOP
        EXECUTE row.command;
    END LOOP;
    FOR row IN
        SELECT s.name, t.attname,
               pg_get_serial_sequence('gym_incoming.' || quote_ident(s.name), t.attname) AS sequence
        FROM gym_incoming.swapped s
        JOIN pg_attribute t ON t.attrelid = ('gym_incoming.' || quote_ident(s.name))::regclass
                           AND t.attidentity <> ''
    LOOP
        EXECUTE format('SELECT max(%I) FROM gym_incoming.%I', row.attname, row.name) INTO last;
        IF last IS NOT NULL THEN
            PERFORM setval(row.sequence, last);
        END IF;
    END LOOP;
END
$$;
