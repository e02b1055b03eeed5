-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a member is worth on average is said of the members there are: those who left, and are worth
-- next to nothing, made of 709 each a mean of 453, beside a page that says 709.

SELECT set_config('role', current_database() || '_owner', true);

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
    LEFT JOIN gym.member_summary s ON s.customer_id = v.customer_id
    WHERE gym = 0 OR v.gym_id = gym
    GROUP BY v.gym_id
    ON CONFLICT (gym_id, day) DO UPDATE
        SET valued = excluded.valued, clv_mean = excluded.clv_mean, at_risk = excluded.at_risk,
            at_stake = excluded.at_stake;
END
$$;

-- Means of everybody who ever was a member: a change against one of them would not be true.
DELETE FROM gym.value_history;
COMMENT ON TABLE gym.value_history IS
    'members whose term runs, the mean of their value, and those at risk with what is at stake';
