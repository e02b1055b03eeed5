-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a recompute has read of a member once, it need not read again: a member's visit days, terms,
-- freezes and payments in a few hundred bytes, as of the state of the summary that they were read at.

SELECT set_config('role', current_database() || '_owner', true);

CREATE TABLE gym.member_histories (
    gym_id      bigint NOT NULL,
    customer_id bigint NOT NULL,
    seen        xid NOT NULL,
    as_of       date NOT NULL,
    form        smallint NOT NULL,
    packed      bytea NOT NULL,
    PRIMARY KEY (gym_id, customer_id)
);
COMMENT ON TABLE gym.member_histories IS
    'the worker''s own, made anew when it is missing: a member''s visits, terms and payments, packed';
COMMENT ON COLUMN gym.member_histories.seen IS
    'xmin of the row of member_summary, which every change of these touches: another one there, and this is out of date';
COMMENT ON COLUMN gym.member_histories.form IS 'how it is packed: another one than the program''s is made anew';

-- What they rest on beside the member's own rows: the gym's clock, and how long a plan's term is.
CREATE FUNCTION gym.on_history_rule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Members of any gym have been at this one.
    DELETE FROM gym.member_histories h WHERE TG_TABLE_NAME = 'gyms' OR h.gym_id = NEW.gym_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER histories AFTER UPDATE OF time_zone ON gym.gyms
    FOR EACH ROW WHEN (NEW.time_zone IS DISTINCT FROM OLD.time_zone) EXECUTE FUNCTION gym.on_history_rule();
CREATE TRIGGER histories AFTER UPDATE OF duration_months ON gym.packages
    FOR EACH ROW WHEN (NEW.duration_months <> OLD.duration_months) EXECUTE FUNCTION gym.on_history_rule();

SELECT auth.apply_policies();
REVOKE ALL ON FUNCTION gym.on_history_rule() FROM PUBLIC;
DO $$
BEGIN
    EXECUTE format('GRANT ALL ON gym.member_histories TO %I', current_database() || '_worker');
END
$$;
