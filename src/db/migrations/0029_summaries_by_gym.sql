-- SPDX-License-Identifier: GPL-3.0-or-later
-- A gym's summaries lie side by side, and are found together: of a million members those of one gym
-- lay on three thousand pages, and what members are worth looked each of them up.

SELECT set_config('role', current_database() || '_owner', true);

-- All summaries from the rows: after a bulk load.
CREATE OR REPLACE FUNCTION gym.rebuild_summaries() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count bigint;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may rebuild the summaries' USING ERRCODE = 'GT003';
    END IF;
    TRUNCATE gym.member_summary;
    INSERT INTO gym.member_summary
        (customer_id, gym_id, starts, ends, package_id, cancelled_on, frozen, first_visit, last_visit,
         last_check_in, visit_count, visit_days, visit_month, visits_month, first_payment, last_payment,
         payment_count, paid_total, charged_total, usual_weekday, usual_minute)
    SELECT c.customer_id, c.gym_id, m.starts, m.ends, m.package_id, m.cancelled_on, f.period,
           v.first_visit, v.last_visit, v.last_check_in, COALESCE(v.visit_count, 0), COALESCE(v.visit_days, 0),
           v.visit_month, COALESCE(v.visits_month, 0), t.first_payment, t.last_payment,
           COALESCE(t.payment_count, 0), COALESCE(t.paid, 0), COALESCE(h.charged, 0),
           gym.usual_weekday(v.visit_count, v.weekday_weights),
           gym.usual_minute(v.visit_count, v.minute_mean)
    FROM gym.customers c
    JOIN gym.gyms g ON g.gym_id = c.gym_id
    LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, lower(x.term) AS starts,
                      upper(x.term) - 1 AS ends, x.package_id, x.cancelled_on
               FROM gym.memberships x WHERE NOT isempty(x.term)
               ORDER BY x.customer_id, upper(x.term) DESC) m ON m.customer_id = c.customer_id
    LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.period
               FROM gym.freezes x JOIN gym.customers y ON y.customer_id = x.customer_id
               JOIN gym.gyms z ON z.gym_id = y.gym_id
               WHERE upper(x.period) > (now() AT TIME ZONE z.time_zone)::date
               ORDER BY x.customer_id, lower(x.period)) f ON f.customer_id = c.customer_id
    LEFT JOIN gym.visit_figures(NULL) v ON v.customer_id = c.customer_id
    LEFT JOIN (SELECT x.customer_id, sum(x.amount) AS paid,
                      count(*) FILTER (WHERE x.amount > 0)::integer AS payment_count,
                      min(x.date) FILTER (WHERE x.amount > 0) AS first_payment,
                      max(x.date) FILTER (WHERE x.amount > 0) AS last_payment
               FROM gym.transactions x GROUP BY x.customer_id) t ON t.customer_id = c.customer_id
    LEFT JOIN (SELECT x.customer_id, sum(x.amount) AS charged
               FROM gym.charges x GROUP BY x.customer_id) h ON h.customer_id = c.customer_id
    ORDER BY c.gym_id, c.customer_id;
    GET DIAGNOSTICS count = ROW_COUNT;
    PERFORM gym.refresh_statuses();
    RETURN count;
END
$$;

-- Notes a gym's figures (all gyms', for 0) under the day they were computed for. The worker's.
CREATE OR REPLACE FUNCTION gym.note_value(gym bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may note what members are worth' USING ERRCODE = 'GT003';
    END IF;
    INSERT INTO gym.value_history AS h (gym_id, day, valued, clv_mean, at_risk, at_stake)
    SELECT v.gym_id, max(v.as_of), count(*) FILTER (WHERE s.ends >= v.as_of),
           COALESCE(avg(v.clv_value) FILTER (WHERE s.ends >= v.as_of), 0), count(*) FILTER (WHERE v.at_stake > 0),
           COALESCE(sum(v.at_stake), 0)
    FROM gym.clv v
    LEFT JOIN gym.member_summary s ON s.gym_id = v.gym_id AND s.customer_id = v.customer_id
    WHERE gym = 0 OR v.gym_id = gym
    GROUP BY v.gym_id
    ON CONFLICT (gym_id, day) DO UPDATE
        SET valued = excluded.valued, clv_mean = excluded.clv_mean, at_risk = excluded.at_risk,
            at_stake = excluded.at_stake;
END
$$;
