-- SPDX-License-Identifier: GPL-3.0-or-later
-- Campaigns with a hold-out, and what came of them (ANALYTICS.md 3).

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE gym.campaigns
    ALTER COLUMN holdout_share SET DEFAULT .2,
    ADD COLUMN measured_at timestamptz;
COMMENT ON COLUMN gym.campaigns.slot IS
    '1 win-back: a visit within 30 days and a running term on day 60; 2 renewal: a payment within 45 '
    'days; none: a visit or a renewal within the window';
COMMENT ON COLUMN gym.campaign_members.outcome IS 'success; none once the window is over; empty while it is open';
-- That the worker looked is nothing to audit.
DROP TRIGGER audit ON gym.campaigns;
CREATE TRIGGER audit AFTER INSERT OR DELETE ON gym.campaigns
    FOR EACH ROW EXECUTE FUNCTION gym.audit('campaign_id');
CREATE TRIGGER audit_change AFTER UPDATE ON gym.campaigns
    FOR EACH ROW WHEN (OLD.measured_at IS NOT DISTINCT FROM NEW.measured_at) EXECUTE FUNCTION gym.audit('campaign_id');
CREATE INDEX campaigns_gym ON gym.campaigns (gym_id, starts_on);
CREATE INDEX campaign_members_customer ON gym.campaign_members (customer_id);

-- The last day that counts.
CREATE FUNCTION gym.campaign_until(slot smallint, starts_on date, window_days integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT starts_on + CASE slot WHEN 1 THEN 60 WHEN 2 THEN 45 ELSE window_days END
$$;

-- The difference of two rates with its 95 % interval (Newcombe 1998, method 10: Wilson's interval of
-- each, put together). Null without both arms.
CREATE FUNCTION gym.rate_difference(first_hits bigint, first_n bigint, second_hits bigint, second_n bigint,
                                    OUT difference double precision, OUT low double precision,
                                    OUT high double precision)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    z      CONSTANT double precision := 1.959963984540054;
    rate   double precision[] := '{0,0}';
    lower  double precision[] := '{0,0}';
    upper  double precision[] := '{0,0}';
    n      double precision;
    spread double precision;
BEGIN
    IF first_n < 1 OR second_n < 1 THEN
        RETURN;
    END IF;
    FOR arm IN 1..2 LOOP
        n := CASE arm WHEN 1 THEN first_n ELSE second_n END;
        rate[arm] := CASE arm WHEN 1 THEN first_hits ELSE second_hits END / n;
        spread := z * sqrt(rate[arm] * (1 - rate[arm]) / n + z * z / (4 * n * n));
        lower[arm] := (rate[arm] + z * z / (2 * n) - spread) / (1 + z * z / n);
        upper[arm] := (rate[arm] + z * z / (2 * n) + spread) / (1 + z * z / n);
    END LOOP;
    difference := rate[1] - rate[2];
    low := difference - sqrt((rate[1] - lower[1]) ^ 2 + (upper[2] - rate[2]) ^ 2);
    high := difference + sqrt((upper[1] - rate[1]) ^ 2 + (rate[2] - lower[2]) ^ 2);
END
$$;

-- Members are chosen one by one (members), or all at once by what is not null of the rest. In each
-- campaign the members whose hash comes first are held out: the share is exact, and nobody chose.
CREATE FUNCTION gym.create_campaign(request uuid, name text, offer text, slot integer,
                                    holdout_share double precision, window_days integer, members bigint[],
                                    segment text, customer_type text, r integer, f integer, search text,
                                    at_risk boolean)
    RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    answer   jsonb := gym.begin_request(me, request, 'create_campaign');
    saved_id bigint;
    chosen   bigint;
    kept     bigint;
    held     bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    name := left(gym.clean(name), 80);
    IF name = '' THEN
        RAISE EXCEPTION 'a campaign needs a name' USING ERRCODE = 'GT001';
    ELSIF slot NOT IN (1, 2) THEN
        RAISE EXCEPTION 'the slots of campaigns are 1 and 2' USING ERRCODE = 'GT001';
    ELSIF holdout_share IS NULL OR holdout_share NOT BETWEEN 0 AND .9 THEN
        RAISE EXCEPTION 'from none to 90 in a hundred can be held out' USING ERRCODE = 'GT001';
    END IF;
    window_days := CASE slot WHEN 1 THEN 60 WHEN 2 THEN 45 ELSE window_days END;
    IF window_days IS NULL OR window_days NOT BETWEEN 1 AND 365 THEN
        RAISE EXCEPTION 'a window lasts from 1 to 365 days' USING ERRCODE = 'GT001';
    END IF;
    INSERT INTO gym.campaigns (gym_id, name, offer, slot, holdout_share, starts_on, window_days, created_by)
        VALUES (me.gym_id, name, left(gym.clean(offer), 200), slot, holdout_share, me.today, window_days, me.staff_id)
        RETURNING campaign_id INTO saved_id;

    WITH wanted AS MATERIALIZED (
        SELECT c.customer_id, c.banned_on IS NULL AND c.anonymised_on IS NULL
                              AND NOT COALESCE(w.leave_alone, false) AS may_be_asked
        FROM gym.customers c
        LEFT JOIN gym.rfm s ON s.customer_id = c.customer_id
        LEFT JOIN gym.clv v ON v.customer_id = c.customer_id
        LEFT JOIN gym.member_summary m ON m.customer_id = c.customer_id
        -- As in gym.may_contact, and as the queue has it, for all at once.
        LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.outcome = 'do not contact' AS leave_alone
                   FROM gym.contacts x
                   WHERE x.gym_id = me.gym_id AND x.outcome IN ('do not contact', 'may contact')
                   ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) w ON w.customer_id = c.customer_id
        LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.snooze_until AS until
                   FROM gym.contacts x
                   WHERE x.gym_id = me.gym_id AND (x.outcome <> 'message' OR x.snooze_until IS NOT NULL)
                   ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) z ON z.customer_id = c.customer_id
        WHERE c.gym_id = me.gym_id AND c.merged_into IS NULL
          AND CASE WHEN cardinality(members) > 0 THEN c.customer_id = ANY (members)
                   ELSE (segment IS NOT NULL OR customer_type IS NOT NULL OR r IS NOT NULL OR f IS NOT NULL
                         OR search IS NOT NULL OR at_risk)
                        AND (segment IS NULL OR s.customer_segment = segment)
                        AND (customer_type IS NULL OR v.predicted_customer_type = customer_type)
                        AND (r IS NULL OR s.r = r) AND (f IS NULL OR s.f = f)
                        AND (search IS NULL OR strpos(c.sort_name, gym.search_fold(search)) > 0)
                        AND (NOT COALESCE(at_risk, false)
                             OR (v.at_stake > 0 AND COALESCE(m.last_visit < v.as_of, true)
                                 AND COALESCE(z.until <= me.today, true))) END
    ), drawn AS (
        SELECT w.customer_id,
               row_number() OVER (ORDER BY md5(saved_id || ':' || w.customer_id), w.customer_id) AS place,
               count(*) OVER () AS of_all
        FROM wanted w WHERE w.may_be_asked
    ), saved AS (
        INSERT INTO gym.campaign_members (gym_id, campaign_id, customer_id, arm)
        SELECT me.gym_id, saved_id, d.customer_id,
               CASE WHEN d.place <= ceil(d.of_all * holdout_share - 1e-9) THEN 'holdout' ELSE 'offer' END
        FROM drawn d
        RETURNING arm
    )
    SELECT (SELECT count(*) FROM wanted), count(*) FILTER (WHERE s.arm = 'offer'),
           count(*) FILTER (WHERE s.arm = 'holdout')
      INTO chosen, kept, held FROM saved s;

    IF chosen = 0 THEN
        RAISE EXCEPTION 'nobody is in this campaign' USING ERRCODE = 'GT002',
            HINT = 'choose members first, or wait for the figures to be computed';
    ELSIF kept = 0 THEN
        RAISE EXCEPTION 'nobody is left to be offered anything' USING ERRCODE = 'GT005',
            HINT = CASE WHEN held > 0 THEN 'hold out a smaller part, or choose more members'
                        ELSE 'all of them asked not to be contacted, or are banned' END;
    END IF;
    PERFORM gym.notify(me, 'campaigns');
    answer := jsonb_build_object('campaign_id', saved_id, 'offer', kept, 'holdout', held,
                                 'left_out', chosen - kept - held, 'open_until', me.today + window_days);
    PERFORM gym.end_request(me, request, 'create_campaign', answer);
    RETURN answer;
END
$$;

-- What came of the campaigns of one gym (or all, for 0), from visits, payments and terms; and the flags
-- of the gym's dataset: null while a window is open, and for who was not targeted. The worker's.
-- Returns the members whose outcome changed.
CREATE FUNCTION gym.measure_campaigns(gym bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may measure campaigns' USING ERRCODE = 'GT003';
    END IF;
    WITH open_ones AS MATERIALIZED (
        -- One whose window is over is looked at for a week more, for what was entered late.
        SELECT k.campaign_id, k.slot, k.starts_on,
               gym.campaign_until(k.slot, k.starts_on, k.window_days) AS until, g.time_zone,
               (now() AT TIME ZONE g.time_zone)::date AS today
        FROM gym.campaigns k JOIN gym.gyms g ON g.gym_id = k.gym_id
        WHERE (gym = 0 OR k.gym_id = gym)
          AND (gym.campaign_until(k.slot, k.starts_on, k.window_days) >= (now() AT TIME ZONE g.time_zone)::date - 7
               OR EXISTS (SELECT FROM gym.campaign_members p
                          WHERE p.campaign_id = k.campaign_id AND p.outcome = ''))
    ), seen AS (
        SELECT p.campaign_id, p.customer_id, o.today, o.until, o.slot,
               CASE o.slot
               WHEN 1 THEN CASE WHEN o.today >= o.until AND visit.day IS NOT NULL AND term.runs THEN visit.day END
               WHEN 2 THEN payment.day
               ELSE LEAST(visit.day, renewal.day) END AS day,
               contact.at AS contacted_at
        FROM open_ones o
        JOIN gym.campaign_members p ON p.campaign_id = o.campaign_id
        CROSS JOIN LATERAL (
            SELECT min((a.check_in AT TIME ZONE o.time_zone)::date) AS day FROM gym.attendance a
            WHERE a.customer_id = p.customer_id AND a.voided_at IS NULL AND o.slot IS DISTINCT FROM 2
              AND a.check_in >= o.starts_on::timestamp AT TIME ZONE o.time_zone
              AND a.check_in < (CASE o.slot WHEN 1 THEN o.starts_on + 30 ELSE o.until END + 1)::timestamp
                               AT TIME ZONE o.time_zone) visit
        CROSS JOIN LATERAL (
            SELECT min(t.date) AS day FROM gym.transactions t
            WHERE t.customer_id = p.customer_id AND t.amount > 0 AND o.slot = 2
              AND t.date BETWEEN o.starts_on AND o.until
              AND NOT EXISTS (SELECT FROM gym.transactions b WHERE b.refunds = t.transaction_id)) payment
        CROSS JOIN LATERAL (
            SELECT min(t.date) AS day FROM gym.transactions t
            WHERE t.customer_id = p.customer_id AND t.kind IN ('renewal', 'joining') AND o.slot IS NULL
              AND t.date BETWEEN o.starts_on AND o.until) renewal
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM gym.memberships x WHERE x.customer_id = p.customer_id AND o.slot = 1
                             AND x.term @> o.until) AS runs) term
        CROSS JOIN LATERAL (
            SELECT min(c.at) AS at FROM gym.contacts c
            WHERE c.customer_id = p.customer_id AND c.outcome <> 'may contact'
              AND c.at >= o.starts_on::timestamp AT TIME ZONE o.time_zone
              AND c.at < (o.until + 1)::timestamp AT TIME ZONE o.time_zone) contact
    ), told AS (
        SELECT s.*, CASE WHEN s.day IS NOT NULL THEN 'success'
                         WHEN s.today > s.until OR (s.slot = 1 AND s.today >= s.until) THEN 'none'
                         ELSE '' END AS outcome
        FROM seen s
    ), saved AS (
        UPDATE gym.campaign_members p
           SET outcome = t.outcome, succeeded_on = t.day, contacted_at = t.contacted_at
          FROM told t
         WHERE p.campaign_id = t.campaign_id AND p.customer_id = t.customer_id
           AND (p.outcome, p.succeeded_on, p.contacted_at)
               IS DISTINCT FROM (t.outcome, t.day, t.contacted_at)
        RETURNING p.campaign_id
    ), noted AS (
        UPDATE gym.campaigns k SET measured_at = now() FROM open_ones o WHERE k.campaign_id = o.campaign_id
    )
    SELECT count(*) INTO changed FROM saved;

    -- The newest campaign of a slot that targeted the customer, once its window is over.
    UPDATE clv.clv_prediction p
       SET is_campaign1_success = n.first, is_campaign2_success = n.second
      FROM clv.dim_customer d
      JOIN clv.dataset s ON s.dataset_id = d.dataset_id AND s.kind = 'gym'
      LEFT JOIN LATERAL (
          SELECT (SELECT m.outcome = 'success' FROM gym.campaign_members m
                    JOIN gym.campaigns k ON k.campaign_id = m.campaign_id
                   WHERE m.customer_id = q.customer_id AND m.arm = 'offer' AND k.slot = 1
                     AND m.outcome <> '' AND k.starts_on + 60 <= q.today
                   ORDER BY k.starts_on DESC, k.campaign_id DESC LIMIT 1) AS first,
                 (SELECT m.outcome = 'success' FROM gym.campaign_members m
                    JOIN gym.campaigns k ON k.campaign_id = m.campaign_id
                   WHERE m.customer_id = q.customer_id AND m.arm = 'offer' AND k.slot = 2
                     AND m.outcome <> '' AND k.starts_on + 45 < q.today
                   ORDER BY k.starts_on DESC, k.campaign_id DESC LIMIT 1) AS second
            FROM (SELECT d.source_key::bigint AS customer_id, (now() AT TIME ZONE g.time_zone)::date AS today
                    FROM gym.gyms g WHERE g.gym_id = d.gym_id) q) n ON true
     WHERE p.customer_id = d.customer_id AND d.source_key ~ '^[0-9]{1,18}$'
       AND (gym = 0 OR s.gym_id = gym)
       AND (p.is_campaign1_success, p.is_campaign2_success) IS DISTINCT FROM (n.first, n.second);

    PERFORM pg_notify('gymtui', k.gym_id || ':campaigns')
       FROM (SELECT DISTINCT c.gym_id FROM gym.campaigns c WHERE gym = 0 OR c.gym_id = gym) k
      WHERE changed > 0;
    RETURN changed;
END
$$;

-- What the gym's members were worth, day by day, so that the overview can say what changed.
CREATE TABLE gym.value_history (
    gym_id   bigint NOT NULL REFERENCES gym.gyms,
    day      date NOT NULL,
    valued   bigint NOT NULL,
    clv_mean double precision NOT NULL,
    at_risk  bigint NOT NULL,
    at_stake double precision NOT NULL,
    PRIMARY KEY (gym_id, day)
);
COMMENT ON TABLE gym.value_history IS 'members with a value to come, its mean, and those at risk with what is at stake';

-- Notes a gym's figures (all gyms', for 0) under the day they were computed for. The worker's.
CREATE FUNCTION gym.note_value(gym bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may note what members are worth' USING ERRCODE = 'GT003';
    END IF;
    INSERT INTO gym.value_history AS h (gym_id, day, valued, clv_mean, at_risk, at_stake)
    SELECT v.gym_id, max(v.as_of), count(*) FILTER (WHERE v.clv_value > 0),
           COALESCE(avg(v.clv_value) FILTER (WHERE v.clv_value > 0), 0), count(*) FILTER (WHERE v.at_stake > 0),
           COALESCE(sum(v.at_stake), 0)
    FROM gym.clv v WHERE gym = 0 OR v.gym_id = gym
    GROUP BY v.gym_id
    ON CONFLICT (gym_id, day) DO UPDATE
        SET valued = excluded.valued, clv_mean = excluded.clv_mean, at_risk = excluded.at_risk,
            at_stake = excluded.at_stake;
END
$$;

SELECT auth.apply_policies();
DO $$
BEGIN
    EXECUTE format('GRANT SELECT ON gym.value_history TO %I', current_database() || '_manager');
    EXECUTE format('GRANT ALL ON gym.value_history TO %I', current_database() || '_worker');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.campaign_until(smallint, date, integer), '
        'gym.rate_difference(bigint, bigint, bigint, bigint), '
        'gym.create_campaign(uuid, text, text, integer, double precision, integer, bigint[], text, text, integer, '
        'integer, text, boolean) TO %I', current_database() || '_manager');
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA gym TO %I', current_database() || '_worker');
END
$$;
