-- SPDX-License-Identifier: GPL-3.0-or-later
-- Summaries and search terms of the incoming members: the functions that rebuild them for the
-- tables in use, cloned with the names of the incoming tables, so that there is one definition.

DO $$
DECLARE
    name   text;
    tables text := 'gyms|' || (SELECT string_agg(s.name, '|') FROM gym_incoming.swapped s);
    cloned text := 'visit_figures|rebuild_summaries|rebuild_search_terms|refresh_statuses';
BEGIN
    FOREACH name IN ARRAY string_to_array(cloned, '|')
    LOOP
        EXECUTE regexp_replace(pg_get_functiondef(p.oid), '\mgym\.(' || tables || '|' || cloned || ')\M',
                               'gym_incoming.\1', 'g')
            FROM pg_proc p WHERE p.pronamespace = 'gym'::regnamespace AND p.proname = name;
    END LOOP;
    PERFORM set_config('work_mem', '64MB', true);
    PERFORM gym_incoming.rebuild_summaries();
    PERFORM gym_incoming.rebuild_search_terms();
    FOREACH name IN ARRAY string_to_array(cloned, '|')
    LOOP
        EXECUTE format('DROP FUNCTION %s', p.oid::regprocedure)
            FROM pg_proc p WHERE p.pronamespace = 'gym_incoming'::regnamespace AND p.proname = name;
    END LOOP;
END
$$;
