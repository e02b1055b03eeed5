-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is changed about one member looks at this member's rows, and not at a million members': separating
-- and merging, a visit entered late or voided, a cancellation.

SELECT set_config('role', current_database() || '_owner', true);

CREATE INDEX customers_merged ON gym.customers (merged_into) WHERE merged_into IS NOT NULL;

-- As in 0005, but planned for the member at hand: one plan for one and for all reads all visits.
CREATE OR REPLACE FUNCTION gym.visit_figures(customer bigint)
    RETURNS TABLE (customer_id bigint, first_visit date, last_visit date, last_check_in timestamptz,
                   visit_count integer, visit_days integer, visit_month date, visits_month integer,
                   weekday_weights real[], minute_mean real)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH visits AS (
        SELECT a.customer_id, a.check_in, a.check_in AT TIME ZONE g.time_zone AS wall
        FROM gym.attendance a JOIN gym.gyms g ON g.gym_id = a.gym_id
        WHERE a.voided_at IS NULL AND (visit_figures.customer IS NULL OR a.customer_id = visit_figures.customer)
    ), counted AS (
        SELECT v.customer_id, min(v.wall)::date AS first_visit, max(v.wall)::date AS last_visit,
               max(v.check_in) AS last_check_in, count(*)::integer AS visit_count,
               count(DISTINCT v.wall::date)::integer AS visit_days,
               date_trunc('month', max(v.wall))::date AS visit_month
        FROM visits v GROUP BY v.customer_id
    ), recent AS (
        SELECT v.customer_id, v.wall, r.visit_month,
               .1 * power(.9, row_number() OVER (PARTITION BY v.customer_id ORDER BY v.check_in DESC) - 1) AS weight,
               row_number() OVER (PARTITION BY v.customer_id ORDER BY v.check_in DESC) AS rank
        FROM visits v JOIN counted r USING (customer_id)
        WHERE v.check_in > r.last_check_in - interval '200 days'
    ), habit AS (
        SELECT r.customer_id,
               count(*) FILTER (WHERE r.wall >= r.visit_month)::integer AS visits_month,
               ARRAY[COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 1 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 2 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 3 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 4 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 5 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 6 AND r.rank <= 60), 0),
                     COALESCE(sum(r.weight) FILTER (WHERE extract(isodow FROM r.wall) = 7 AND r.rank <= 60), 0)
                    ]::real[] AS weekday_weights,
               (sum(r.weight * (extract(hour FROM r.wall) * 60 + extract(minute FROM r.wall)))
                    FILTER (WHERE r.rank <= 60)
                / sum(r.weight) FILTER (WHERE r.rank <= 60))::real AS minute_mean
        FROM recent r GROUP BY r.customer_id
    )
    SELECT c.customer_id, c.first_visit, c.last_visit, c.last_check_in, c.visit_count, c.visit_days,
           c.visit_month, h.visits_month, h.weekday_weights, h.minute_mean
    FROM counted c JOIN habit h USING (customer_id);
END
$$;

-- As in 0007, but the charges are looked for among the member's own.
CREATE OR REPLACE FUNCTION gym.cancel_membership(request uuid, customer bigint, effective date, reason text)
    RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'cancel_membership');
    result gym.change;
    why    text := left(gym.clean(reason), 200);
    m      gym.memberships;
    credit numeric;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    IF effective IS NULL OR effective < me.today THEN
        RAISE EXCEPTION 'a membership is cancelled as of today or later' USING ERRCODE = 'GT001';
    END IF;
    SELECT * INTO m FROM gym.memberships x
        WHERE x.customer_id = customer AND x.term @> effective FOR UPDATE;
    IF NOT FOUND THEN
        SELECT * INTO result FROM gym.answer('', customer);
        IF result.ends IS NULL OR result.ends < me.today THEN
            RAISE EXCEPTION 'there is no membership to cancel' USING ERRCODE = 'GT004';
        END IF;
        RAISE EXCEPTION 'the membership ends on %, before that day', gym.day_text(result.ends, me.today)
            USING ERRCODE = 'GT001', HINT = 'cancel as of that day or earlier';
    END IF;
    FOR m IN
        SELECT * FROM gym.memberships x
        WHERE x.customer_id = customer AND NOT isempty(x.term) AND upper(x.term) > effective
        ORDER BY lower(x.term) DESC
    LOOP
        IF lower(m.term) > effective THEN
            SELECT sum(c.amount) INTO credit FROM gym.charges c
                WHERE c.customer_id = m.customer_id AND c.membership_id = m.membership_id;
            IF credit > 0 THEN
                INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
                    VALUES (me.gym_id, customer, m.membership_id, -credit, me.today, 'cancelled before it began');
            END IF;
        END IF;
        UPDATE gym.memberships x
            SET cancelled_on = effective, reason = why,
                term = CASE WHEN lower(m.term) > effective THEN 'empty'::daterange
                            ELSE daterange(lower(m.term), effective + 1) END
            WHERE x.membership_id = m.membership_id;
    END LOOP;
    result := gym.answer('Cancelled; valid until ' || gym.day_text(effective, me.today), customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'cancel_membership', to_jsonb(result));
    RETURN result;
END
$$;
