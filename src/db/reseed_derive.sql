-- SPDX-License-Identifier: GPL-3.0-or-later
-- Summaries and search terms of the incoming members. The summaries by the functions that rebuild
-- them for the tables in use, cloned with the names of the incoming tables, so that there is one
-- definition.

DO $$
DECLARE
    name   text;
    tables text := 'gyms|' || (SELECT string_agg(s.name, '|') FROM gym_incoming.swapped s);
    cloned text := 'visit_figures|rebuild_summaries|refresh_statuses';
BEGIN
    PERFORM set_config('work_mem', '64MB', true), set_config('jit', 'off', true);
    FOREACH name IN ARRAY string_to_array(cloned, '|')
    LOOP
        EXECUTE regexp_replace(
                    regexp_replace(pg_get_functiondef(p.oid), '\mgym\.memberships\M', 'gym_incoming.terms_read', 'g'),
                    '\mgym\.(' || tables || '|' || cloned || ')\M', 'gym_incoming.\1', 'g')
            FROM pg_proc p WHERE p.pronamespace = 'gym'::regnamespace AND p.proname = name;
    END LOOP;
    PERFORM gym_incoming.rebuild_summaries();
    FOREACH name IN ARRAY string_to_array(cloned, '|')
    LOOP
        EXECUTE format('DROP FUNCTION %s', p.oid::regprocedure)
            FROM pg_proc p WHERE p.pronamespace = 'gym_incoming'::regnamespace AND p.proname = name;
    END LOOP;
    DROP TABLE gym_incoming.terms_read;

    -- What gym.terms_of gives for each member, for all at once: a function call for each would
    -- take ten times as long. A test holds the two together.
    INSERT INTO gym_incoming.search_terms (gym_id, term, customer_id, kind)
        SELECT DISTINCT c.gym_id, left(t.term, 200), c.customer_id, t.kind::smallint
        FROM gym_incoming.customers c
        CROSS JOIN LATERAL (SELECT string_to_array(c.sort_name, ' ') AS w,
                                   regexp_replace(c.phone, '[^0-9]', '', 'g') AS phone,
                                   CASE WHEN c.email ~ '^[a-z0-9.@_+-]*$' THEN c.email
                                        ELSE gym.search_fold(c.email) END AS email,
                                   CASE WHEN c.keytag ~ '^[0-9]*$' THEN c.keytag
                                        ELSE gym.search_fold(c.keytag) END AS keytag) x
        CROSS JOIN LATERAL (
            SELECT array_to_string(x.w[i:], ' ') AS term, 0 AS kind FROM generate_series(1, cardinality(x.w)) AS i
            UNION ALL
            SELECT array_to_string(x.w[cardinality(x.w):] || x.w[:cardinality(x.w) - 1], ' '), 0
                WHERE cardinality(x.w) > 1
            UNION ALL
            VALUES (x.phone, 1), (right(x.phone, 7), 1), (right(x.phone, 4), 1), (x.email, 2),
                   (c.customer_id::text, 3), (x.keytag, 3)) t
        WHERE t.term <> '' AND c.merged_into IS NULL;
END
$$;
