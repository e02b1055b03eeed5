-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who is banned is not in the queue to call, so the overview does not count them at risk either.

SELECT set_config('role', current_database() || '_owner', true);

-- Notes a gym's figures (all gyms', for 0) under the day they were computed for. The worker's.
CREATE OR REPLACE FUNCTION gym.note_value(gym bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may note what members are worth' USING ERRCODE = 'GT003';
    END IF;
    INSERT INTO gym.value_history AS h (gym_id, day, valued, clv_mean, at_risk, at_stake)
    SELECT v.gym_id, max(v.as_of), count(*) FILTER (WHERE s.ends >= v.as_of),
           COALESCE(avg(v.clv_value) FILTER (WHERE s.ends >= v.as_of), 0),
           count(*) FILTER (WHERE v.at_stake > 0 AND c.banned_on IS NULL),
           COALESCE(sum(v.at_stake) FILTER (WHERE c.banned_on IS NULL), 0)
    FROM gym.clv v
    LEFT JOIN gym.member_summary s ON s.gym_id = v.gym_id AND s.customer_id = v.customer_id
    LEFT JOIN gym.customers c ON c.gym_id = v.gym_id AND c.customer_id = v.customer_id
    WHERE gym = 0 OR v.gym_id = gym
    GROUP BY v.gym_id
    ON CONFLICT (gym_id, day) DO UPDATE
        SET valued = excluded.valued, clv_mean = excluded.clv_mean, at_risk = excluded.at_risk,
            at_stake = excluded.at_stake;
END
$$;
