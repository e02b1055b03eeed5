-- SPDX-License-Identifier: GPL-3.0-or-later
-- Campaigns for a million members, drawn up by the worker all or nothing; what a campaign costs; and
-- its care afterwards: another name, another end, an end before its time.

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE gym.campaigns
    ADD COLUMN row_version       integer NOT NULL DEFAULT 1,
    ADD COLUMN changed_by        bigint,
    ADD COLUMN cost              numeric(12,2) CHECK (cost >= 0),
    ADD COLUMN ended_on          date,
    ADD COLUMN begun_at          timestamptz DEFAULT now(),
    ADD COLUMN choice            jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN job_id            bigint,
    ADD COLUMN left_out          integer NOT NULL DEFAULT 0,
    ADD COLUMN offered           integer NOT NULL DEFAULT 0,
    ADD COLUMN offered_successes integer NOT NULL DEFAULT 0,
    ADD COLUMN held              integer NOT NULL DEFAULT 0,
    ADD COLUMN held_successes    integer NOT NULL DEFAULT 0,
    ADD COLUMN contacted         integer NOT NULL DEFAULT 0,
    ADD COLUMN unknown           integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN gym.campaigns.cost IS 'of all of it, in the gym''s currency; NULL: not said';
COMMENT ON COLUMN gym.campaigns.ended_on IS
    'its last day, when somebody ended it before its time; of one that has not begun: it is to be removed';
COMMENT ON COLUMN gym.campaigns.begun_at IS 'NULL: nobody is in it yet, the worker draws it up';
COMMENT ON COLUMN gym.campaigns.choice IS 'whom it is for: what they have in common, or the parts of a list';
COMMENT ON COLUMN gym.campaigns.job_id IS 'of the job that draws it up';
COMMENT ON COLUMN gym.campaigns.left_out IS 'chosen, but banned, or asked not to be contacted';
COMMENT ON COLUMN gym.campaigns.offered IS 'counted with the others below when it was last measured';
COMMENT ON COLUMN gym.campaigns.unknown IS 'members whose outcome is not known yet';

-- That it was counted is nothing to audit; what somebody changed is.
DROP TRIGGER audit_change ON gym.campaigns;
UPDATE gym.campaigns k
   SET begun_at = k.created_at, offered = n.offered, offered_successes = n.offered_successes, held = n.held,
       held_successes = n.held_successes, contacted = n.contacted, unknown = n.unknown
  FROM (SELECT m.campaign_id, count(*) FILTER (WHERE m.arm = 'offer') AS offered,
               count(*) FILTER (WHERE m.arm = 'offer' AND m.outcome = 'success') AS offered_successes,
               count(*) FILTER (WHERE m.arm = 'holdout') AS held,
               count(*) FILTER (WHERE m.arm = 'holdout' AND m.outcome = 'success') AS held_successes,
               count(*) FILTER (WHERE m.arm = 'offer' AND m.contacted_at IS NOT NULL) AS contacted,
               count(*) FILTER (WHERE m.outcome = '') AS unknown
          FROM gym.campaign_members m GROUP BY m.campaign_id) n
 WHERE n.campaign_id = k.campaign_id;
CREATE TRIGGER audit_change AFTER UPDATE ON gym.campaigns
    FOR EACH ROW WHEN (OLD.row_version <> NEW.row_version OR OLD.begun_at IS DISTINCT FROM NEW.begun_at)
    EXECUTE FUNCTION gym.audit('campaign_id');

-- A list of members, part by part, for as long as it takes to draw up a campaign of it.
CREATE TABLE gym.campaign_lists (
    gym_id      bigint NOT NULL,
    campaign_id bigint NOT NULL,
    part        integer NOT NULL CHECK (part BETWEEN 1 AND 10000),
    members     bigint[] NOT NULL,
    PRIMARY KEY (campaign_id, part),
    FOREIGN KEY (gym_id, campaign_id) REFERENCES gym.campaigns (gym_id, campaign_id) ON DELETE CASCADE
);
COMMENT ON TABLE gym.campaign_lists IS 'members by their numbers, until the campaign has begun';

ALTER TABLE gym.jobs DROP CONSTRAINT jobs_kind_check,
    ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('reseed', 'recompute', 'import', 'auto-checkout',
                                                   'dataset refresh', 'campaign'));
-- Of campaigns several may wait.
DROP INDEX gym.jobs_one;
CREATE UNIQUE INDEX jobs_one ON gym.jobs (kind, COALESCE(gym_id, 0), COALESCE(parameters ->> 'campaign', ''))
    WHERE state IN ('waiting', 'running');

-- The last day that counts.
CREATE FUNCTION gym.campaign_end(slot smallint, starts_on date, window_days integer, ended_on date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT LEAST(starts_on + CASE slot WHEN 1 THEN 60 WHEN 2 THEN 45 ELSE window_days END, ended_on)
$$;

-- Whom a campaign is for, and who of them may be asked: as in gym.may_contact, and as the queue of
-- those at risk has it, for all at once.
CREATE FUNCTION gym.campaign_wanted(campaign bigint) RETURNS TABLE (customer_id bigint, may_be_asked boolean)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k     gym.campaigns;
    today date;
BEGIN
    SELECT x.* INTO k FROM gym.campaigns x WHERE x.campaign_id = campaign;
    SELECT (now() AT TIME ZONE g.time_zone)::date INTO today FROM gym.gyms g WHERE g.gym_id = k.gym_id;
    IF k.choice ? 'parts' THEN
        RETURN QUERY
        SELECT c.customer_id, c.banned_on IS NULL AND c.anonymised_on IS NULL
                              AND COALESCE((SELECT x.outcome <> 'do not contact' FROM gym.contacts x
                                            WHERE x.customer_id = c.customer_id
                                              AND x.outcome IN ('do not contact', 'may contact')
                                            ORDER BY x.at DESC, x.contact_id DESC LIMIT 1), true)
        FROM (SELECT DISTINCT m.id FROM gym.campaign_lists l, unnest(l.members) AS m (id)
              WHERE l.campaign_id = k.campaign_id) w
        JOIN gym.customers c ON c.customer_id = w.id
        WHERE c.gym_id = k.gym_id AND c.merged_into IS NULL;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.customer_id, c.banned_on IS NULL AND c.anonymised_on IS NULL AND NOT COALESCE(w.leave_alone, false)
    FROM gym.customers c
    LEFT JOIN gym.rfm s ON s.customer_id = c.customer_id
    LEFT JOIN gym.clv v ON v.customer_id = c.customer_id
    LEFT JOIN gym.member_summary m ON m.customer_id = c.customer_id
    LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.outcome = 'do not contact' AS leave_alone
               FROM gym.contacts x
               WHERE x.gym_id = k.gym_id AND x.outcome IN ('do not contact', 'may contact')
               ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) w ON w.customer_id = c.customer_id
    LEFT JOIN (SELECT DISTINCT ON (x.customer_id) x.customer_id, x.snooze_until AS until
               FROM gym.contacts x
               WHERE x.gym_id = k.gym_id AND (x.outcome <> 'message' OR x.snooze_until IS NOT NULL)
               ORDER BY x.customer_id, x.at DESC, x.contact_id DESC) z ON z.customer_id = c.customer_id
    WHERE c.gym_id = k.gym_id AND c.merged_into IS NULL AND k.choice <> '{}'
      AND (NOT k.choice ? 'segment' OR s.customer_segment = k.choice ->> 'segment')
      AND (NOT k.choice ? 'type' OR v.predicted_customer_type = k.choice ->> 'type')
      AND (NOT k.choice ? 'r' OR s.r = (k.choice ->> 'r')::integer)
      AND (NOT k.choice ? 'f' OR s.f = (k.choice ->> 'f')::integer)
      AND (NOT k.choice ? 'search' OR strpos(c.sort_name, gym.search_fold(k.choice ->> 'search')) > 0)
      AND (NOT k.choice ? 'at_risk'
           OR (v.at_stake > 0 AND COALESCE(m.last_visit < v.as_of, true) AND COALESCE(z.until <= today, true)));
END
$$;

-- The members of a campaign with their arms; without one who may not be asked. In each campaign the
-- members whose hash comes first are held out: the share is exact, and nobody chose.
CREATE FUNCTION gym.campaign_drawn(campaign bigint) RETURNS TABLE (customer_id bigint, arm text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    share double precision := (SELECT k.holdout_share FROM gym.campaigns k WHERE k.campaign_id = campaign);
BEGIN
    RETURN QUERY
    WITH wanted AS MATERIALIZED (SELECT * FROM gym.campaign_wanted(campaign)),
         drawn AS (
        SELECT w.customer_id,
               row_number() OVER (ORDER BY md5(campaign || ':' || w.customer_id), w.customer_id) AS place,
               count(*) OVER () AS of_all
        FROM wanted w WHERE w.may_be_asked)
    SELECT d.customer_id, CASE WHEN d.place <= ceil(d.of_all * share - 1e-9) THEN 'holdout' ELSE 'offer' END
    FROM drawn d
    UNION ALL
    SELECT w.customer_id, NULL FROM wanted w WHERE NOT w.may_be_asked;
END
$$;

-- Its members are in: from today on it runs. Errors in words when there is nobody to be offered anything.
CREATE FUNCTION gym.begin_campaign(campaign bigint, offered bigint, held bigint, left_out bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF offered + held + left_out = 0 THEN
        RAISE EXCEPTION 'nobody is in this campaign' USING ERRCODE = 'GT002',
            HINT = 'choose members first, or wait for the figures to be computed';
    ELSIF offered = 0 THEN
        RAISE EXCEPTION 'nobody is left to be offered anything' USING ERRCODE = 'GT005',
            HINT = CASE WHEN held > 0 THEN 'hold out a smaller part, or choose more members'
                        ELSE 'all of them asked not to be contacted, or are banned' END;
    END IF;
    IF EXISTS (SELECT FROM gym.campaigns k WHERE k.campaign_id = campaign AND k.ended_on IS NOT NULL) THEN
        RAISE EXCEPTION 'the campaign was removed meanwhile' USING ERRCODE = 'GT005';
    END IF;
    UPDATE gym.campaigns k
       SET begun_at = now(), starts_on = (now() AT TIME ZONE g.time_zone)::date, offered = begin_campaign.offered,
           held = begin_campaign.held, left_out = begin_campaign.left_out,
           unknown = begin_campaign.offered + begin_campaign.held, offered_successes = 0, held_successes = 0,
           contacted = 0
      FROM gym.gyms g
     WHERE k.campaign_id = campaign AND g.gym_id = k.gym_id;
    DELETE FROM gym.campaign_lists l WHERE l.campaign_id = campaign;
    PERFORM pg_notify('gymtui', k.gym_id || ':campaigns') FROM gym.campaigns k WHERE k.campaign_id = campaign;
END
$$;

-- At once for as many as a desk's statement can well draw up; else by a job of the worker. Says what
-- became of it, as the functions below return it.
CREATE FUNCTION gym.draw_campaign(me auth.identity, campaign bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at_once  CONSTANT integer := 2000;
    k        gym.campaigns;
    many     bigint;
    offered  bigint := 0;
    held     bigint := 0;
    left_out bigint := 0;
BEGIN
    SELECT x.* INTO k FROM gym.campaigns x WHERE x.campaign_id = campaign;
    IF k.choice ? 'parts' THEN
        SELECT sum(cardinality(l.members)) INTO many FROM gym.campaign_lists l WHERE l.campaign_id = campaign;
    ELSE
        SELECT count(*) INTO many
            FROM (SELECT FROM gym.customers c WHERE c.gym_id = me.gym_id LIMIT at_once + 1) c;
    END IF;
    IF many <= at_once THEN
        WITH drawn AS MATERIALIZED (SELECT * FROM gym.campaign_drawn(campaign)),
             saved AS (
            INSERT INTO gym.campaign_members (gym_id, campaign_id, customer_id, arm)
            SELECT k.gym_id, campaign, d.customer_id, d.arm FROM drawn d WHERE d.arm IS NOT NULL)
        SELECT count(*) FILTER (WHERE d.arm = 'offer'), count(*) FILTER (WHERE d.arm = 'holdout'),
               count(*) FILTER (WHERE d.arm IS NULL)
          INTO offered, held, left_out FROM drawn d;
        PERFORM gym.begin_campaign(campaign, offered, held, left_out);
    ELSE
        -- As gym.request_job has it: one after the other, and after a worker that is about to leave.
        PERFORM FROM gym.database_info i FOR UPDATE;
        UPDATE gym.campaigns x SET job_id = NULL WHERE x.campaign_id = campaign;
        INSERT INTO gym.jobs (gym_id, kind, parameters, requested_by)
            VALUES (me.gym_id, 'campaign', jsonb_build_object('campaign', campaign, 'name', k.name), me.full_name)
            RETURNING job_id INTO k.job_id;
        UPDATE gym.campaigns x SET job_id = k.job_id WHERE x.campaign_id = campaign;
        PERFORM gym.notify(me, 'jobs');
        PERFORM gym.notify(me, 'campaigns');
    END IF;
    RETURN jsonb_build_object('campaign_id', campaign, 'offer', offered, 'holdout', held, 'left_out', left_out,
                              'open_until', gym.campaign_end(k.slot, me.today, k.window_days, k.ended_on),
                              'job_id', k.job_id);
END
$$;

-- Members are chosen by what is not null of segment and the rest, or are a list: all of it in
-- `members`, or in so many `parts` that follow (gym.add_to_campaign).
DROP FUNCTION gym.create_campaign(uuid, text, text, integer, double precision, integer, bigint[], text, text,
                                  integer, integer, text, boolean);
CREATE FUNCTION gym.create_campaign(request uuid, name text, offer text, slot integer,
                                    holdout_share double precision, window_days integer, members bigint[],
                                    segment text, customer_type text, r integer, f integer, search text,
                                    at_risk boolean, cost numeric, parts integer)
    RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    answer   jsonb := gym.begin_request(me, request, 'create_campaign');
    is_list  boolean := cardinality(members) > 0;
    chosen   jsonb;
    saved_id bigint;
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
    ELSIF cost NOT BETWEEN 0 AND 1000000000 THEN
        RAISE EXCEPTION 'the cost is 0 to 1,000,000,000.00' USING ERRCODE = 'GT001';
    ELSIF parts NOT BETWEEN 0 AND 10000 OR cardinality(members) > 50000 THEN
        RAISE EXCEPTION 'the list of members is too long' USING ERRCODE = 'GT001';
    END IF;
    window_days := CASE slot WHEN 1 THEN 60 WHEN 2 THEN 45 ELSE window_days END;
    IF window_days IS NULL OR window_days NOT BETWEEN 1 AND 365 THEN
        RAISE EXCEPTION 'a window lasts from 1 to 365 days' USING ERRCODE = 'GT001';
    END IF;
    chosen := CASE WHEN is_list THEN jsonb_build_object('parts', 1)
                   WHEN parts > 0 THEN jsonb_build_object('parts', parts)
                   ELSE jsonb_strip_nulls(jsonb_build_object('segment', segment, 'type', customer_type, 'r', r,
                            'f', f, 'search', search, 'at_risk', CASE WHEN at_risk THEN true END)) END;
    IF chosen = '{}' THEN
        RAISE EXCEPTION 'nobody is in this campaign' USING ERRCODE = 'GT002', HINT = 'choose members first';
    END IF;
    INSERT INTO gym.campaigns (gym_id, name, offer, slot, holdout_share, starts_on, window_days, cost, choice,
                               created_by, begun_at)
        VALUES (me.gym_id, name, left(gym.clean(offer), 200), slot, holdout_share, me.today, window_days, cost,
                chosen, me.staff_id, NULL)
        RETURNING campaign_id INTO saved_id;
    IF is_list THEN
        INSERT INTO gym.campaign_lists (gym_id, campaign_id, part, members)
            VALUES (me.gym_id, saved_id, 1, members);
    END IF;
    IF is_list OR NOT chosen ? 'parts' THEN
        answer := gym.draw_campaign(me, saved_id);
    ELSE
        answer := jsonb_build_object('campaign_id', saved_id, 'offer', 0, 'holdout', 0, 'left_out', 0,
                                     'open_until', me.today + window_days);
        PERFORM gym.notify(me, 'campaigns');
    END IF;
    PERFORM gym.end_request(me, request, 'create_campaign', answer);
    RETURN answer;
END
$$;

-- One's own campaign, held; or an error in words.
CREATE FUNCTION gym.lock_campaign(me auth.identity, campaign bigint) RETURNS gym.campaigns
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k gym.campaigns;
BEGIN
    -- The worker may be writing its members for a while, and holds the key of the row.
    SELECT x.* INTO k FROM gym.campaigns x
        WHERE x.campaign_id = campaign AND x.gym_id = me.gym_id AND (x.begun_at IS NOT NULL OR x.ended_on IS NULL)
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no campaign %', campaign USING ERRCODE = 'GT002',
            HINT = 'somebody may have removed it';
    END IF;
    RETURN k;
END
$$;

-- A part of the list. Each number is one of the gym's members. The last part begins the campaign.
CREATE FUNCTION gym.add_to_campaign(request uuid, campaign bigint, part integer, members bigint[]) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me      auth.identity := auth.require('manager');
    answer  jsonb := gym.begin_request(me, request, 'add_to_campaign');
    k       gym.campaigns;
    missing bigint;
    others  bigint;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    k := gym.lock_campaign(me, campaign);
    IF k.begun_at IS NOT NULL OR k.job_id IS NOT NULL OR NOT k.choice ? 'parts' THEN
        RAISE EXCEPTION 'the list of % is complete', k.name USING ERRCODE = 'GT004';
    ELSIF part IS NULL OR part NOT BETWEEN 1 AND (k.choice ->> 'parts')::integer
          OR cardinality(members) IS NULL OR cardinality(members) NOT BETWEEN 1 AND 50000 THEN
        RAISE EXCEPTION 'a part of the list holds 1 to 50,000 members' USING ERRCODE = 'GT001';
    END IF;
    SELECT min(w.id), count(*) - 1 INTO missing, others FROM unnest(members) AS w (id)
        WHERE NOT EXISTS (SELECT FROM gym.customers c WHERE c.customer_id = w.id AND c.gym_id = me.gym_id);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'there is no member %', missing || CASE WHEN others > 0 THEN ' (nor ' || others || ' more)'
                                                                ELSE '' END
            USING ERRCODE = 'GT002', HINT = 'the numbers are those of this gym''s members';
    END IF;
    INSERT INTO gym.campaign_lists (gym_id, campaign_id, part, members) VALUES (me.gym_id, campaign, part, members)
        ON CONFLICT ON CONSTRAINT campaign_lists_pkey DO UPDATE SET members = excluded.members;
    IF (SELECT count(*) FROM gym.campaign_lists l WHERE l.campaign_id = campaign) = (k.choice ->> 'parts')::integer THEN
        answer := gym.draw_campaign(me, campaign);
    ELSE
        answer := jsonb_build_object('campaign_id', campaign, 'offer', 0, 'holdout', 0, 'left_out', 0,
                                     'open_until', me.today + k.window_days);
    END IF;
    PERFORM gym.end_request(me, request, 'add_to_campaign', answer);
    RETURN answer;
END
$$;

-- Once more, for one that did not begin: its job failed, or somebody cancelled it.
CREATE FUNCTION gym.retry_campaign(request uuid, campaign bigint) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('manager');
    answer jsonb := gym.begin_request(me, request, 'retry_campaign');
    k      gym.campaigns;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    k := gym.lock_campaign(me, campaign);
    IF k.begun_at IS NOT NULL THEN
        RAISE EXCEPTION '% has begun already', k.name USING ERRCODE = 'GT004';
    ELSIF EXISTS (SELECT FROM gym.jobs j WHERE j.job_id = k.job_id AND j.state IN ('waiting', 'running')) THEN
        RAISE EXCEPTION 'the members of % are being drawn already', k.name USING ERRCODE = 'GT004';
    ELSIF k.choice ? 'parts' AND (SELECT count(*) FROM gym.campaign_lists l WHERE l.campaign_id = campaign)
                                 < (k.choice ->> 'parts')::integer THEN
        RAISE EXCEPTION 'the list of members did not come whole' USING ERRCODE = 'GT005',
            HINT = 'remove the campaign, and start it again';
    END IF;
    answer := gym.draw_campaign(me, campaign);
    PERFORM gym.end_request(me, request, 'retry_campaign', answer);
    RETURN answer;
END
$$;

-- Another name, offer, cost, or last day. Of two who change it at once the second one is told what the
-- first one left (DESK.md rule 13).
CREATE FUNCTION gym.edit_campaign(request uuid, campaign bigint, row_version integer, name text, offer text,
                                  cost numeric, until date) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('manager');
    answer jsonb := gym.begin_request(me, request, 'edit_campaign');
    k      gym.campaigns;
    ends   date;
    done   boolean := true;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    k := gym.lock_campaign(me, campaign);
    ends := gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on);
    IF k.row_version <> row_version THEN
        done := false;
    ELSE
        name := left(gym.clean(name), 80);
        until := COALESCE(until, ends);
        IF name = '' THEN
            RAISE EXCEPTION 'a campaign needs a name' USING ERRCODE = 'GT001';
        ELSIF cost NOT BETWEEN 0 AND 1000000000 THEN
            RAISE EXCEPTION 'the cost is 0 to 1,000,000,000.00' USING ERRCODE = 'GT001';
        END IF;
        IF until <> ends THEN
            IF ends < me.today THEN
                RAISE EXCEPTION 'its last day was %: what came of it is counted', gym.day_text(ends, me.today)
                    USING ERRCODE = 'GT005', HINT = 'start another campaign';
            ELSIF k.slot IS NOT NULL THEN
                RAISE EXCEPTION 'the last day of a %', CASE k.slot WHEN 1 THEN 'win-back campaign is its day 60'
                                                           ELSE 'renewal campaign is its day 45' END
                    USING ERRCODE = 'GT001', HINT = 'it can be ended today';
            ELSIF until < me.today OR until <= k.starts_on OR until > k.starts_on + 365 THEN
                RAISE EXCEPTION 'its last day is from % to %',
                        gym.day_text(GREATEST(me.today, k.starts_on + 1), me.today),
                        gym.day_text(k.starts_on + 365, me.today)
                    USING ERRCODE = 'GT001', HINT = 'to stop it now, end it';
            END IF;
        END IF;
        UPDATE gym.campaigns x
           SET name = name, offer = left(gym.clean(offer), 200), cost = cost,
               window_days = CASE WHEN until <> ends THEN until - x.starts_on ELSE x.window_days END,
               ended_on = CASE WHEN until <> ends THEN NULL ELSE x.ended_on END,
               row_version = x.row_version + 1, changed_by = me.staff_id
         WHERE x.campaign_id = campaign
        RETURNING x.* INTO k;
        PERFORM gym.notify(me, 'campaigns');
    END IF;
    answer := jsonb_build_object('outcome', CASE WHEN done THEN 'saved' ELSE 'conflict' END,
        'campaign_id', campaign, 'row_version', k.row_version, 'name', k.name, 'offer', k.offer, 'cost', k.cost,
        'until', gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on),
        'changed_by', (SELECT COALESCE(NULLIF(s.full_name, ''), s.username, '') FROM auth.staff s
                       WHERE s.staff_id = COALESCE(k.changed_by, k.created_by)));
    IF done THEN
        PERFORM gym.end_request(me, request, 'edit_campaign', answer);
    END IF;
    RETURN answer;
END
$$;

-- Ends it today, or removes one that has not begun, with the job that draws it up.
CREATE FUNCTION gym.end_campaign(request uuid, campaign bigint) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('manager');
    answer jsonb := gym.begin_request(me, request, 'end_campaign');
    k      gym.campaigns;
    ends   date;
BEGIN
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    k := gym.lock_campaign(me, campaign);
    ends := gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on);
    IF k.begun_at IS NULL THEN
        UPDATE gym.jobs j
           SET cancel_asked = true, state = CASE j.state WHEN 'waiting' THEN 'cancelled' ELSE j.state END,
               finished_at = CASE j.state WHEN 'waiting' THEN now() ELSE j.finished_at END
         WHERE j.job_id = k.job_id AND j.state IN ('waiting', 'running');
        IF EXISTS (SELECT FROM gym.jobs j WHERE j.job_id = k.job_id AND j.state = 'running') THEN
            -- Out of sight; the worker takes it away when it has let go of it.
            UPDATE gym.campaigns x SET ended_on = me.today WHERE x.campaign_id = campaign;
        ELSE
            DELETE FROM gym.campaigns x WHERE x.campaign_id = campaign;
        END IF;
        PERFORM gym.notify(me, 'jobs');
        answer := jsonb_build_object('outcome', 'removed', 'name', k.name, 'until', NULL);
    ELSIF ends < me.today OR k.ended_on IS NOT NULL THEN
        RAISE EXCEPTION '% has ended already', k.name
            USING ERRCODE = 'GT004', HINT = 'its last day: ' || gym.day_text(ends, me.today);
    ELSE
        UPDATE gym.campaigns x
           SET ended_on = me.today, row_version = x.row_version + 1, changed_by = me.staff_id
         WHERE x.campaign_id = campaign;
        answer := jsonb_build_object('outcome', 'ended', 'name', k.name, 'until', me.today);
    END IF;
    PERFORM gym.notify(me, 'campaigns');
    PERFORM gym.end_request(me, request, 'end_campaign', answer);
    RETURN answer;
END
$$;

-- What came of the campaigns of one gym (or all, for 0), from visits, payments and terms; and the flags
-- of the gym's dataset: null while a window is open, for who was not targeted, and for a campaign that
-- was ended before its time. The worker's. Returns the members whose outcome changed.
CREATE OR REPLACE FUNCTION gym.measure_campaigns(gym bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    changed bigint;
    looked  bigint[];
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may measure campaigns' USING ERRCODE = 'GT003';
    END IF;
    -- One whose window is over is looked at for a week more, for what was entered late.
    looked := ARRAY(
        SELECT k.campaign_id FROM gym.campaigns k JOIN gym.gyms g ON g.gym_id = k.gym_id
        WHERE (gym = 0 OR k.gym_id = gym) AND k.begun_at IS NOT NULL
          AND (gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on)
                   >= (now() AT TIME ZONE g.time_zone)::date - 7
               OR k.unknown > 0));
    WITH open_ones AS MATERIALIZED (
        SELECT k.campaign_id, k.slot, k.starts_on,
               gym.campaign_end(k.slot, k.starts_on, k.window_days, k.ended_on) AS until, g.time_zone,
               (now() AT TIME ZONE g.time_zone)::date AS today
        FROM gym.campaigns k JOIN gym.gyms g ON g.gym_id = k.gym_id
        WHERE k.campaign_id = ANY (looked)
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
              AND a.check_in < (CASE o.slot WHEN 1 THEN LEAST(o.starts_on + 30, o.until) ELSE o.until END + 1)
                               ::timestamp AT TIME ZONE o.time_zone) visit
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
    )
    SELECT count(*) INTO changed FROM saved;

    UPDATE gym.campaigns k
       SET measured_at = now(), offered = n.offered, offered_successes = n.offered_successes, held = n.held,
           held_successes = n.held_successes, contacted = n.contacted, unknown = n.unknown
      FROM (SELECT m.campaign_id, count(*) FILTER (WHERE m.arm = 'offer') AS offered,
                   count(*) FILTER (WHERE m.arm = 'offer' AND m.outcome = 'success') AS offered_successes,
                   count(*) FILTER (WHERE m.arm = 'holdout') AS held,
                   count(*) FILTER (WHERE m.arm = 'holdout' AND m.outcome = 'success') AS held_successes,
                   count(*) FILTER (WHERE m.arm = 'offer' AND m.contacted_at IS NOT NULL) AS contacted,
                   count(*) FILTER (WHERE m.outcome = '') AS unknown
              FROM gym.campaign_members m WHERE m.campaign_id = ANY (looked)
             GROUP BY m.campaign_id) n
     WHERE n.campaign_id = k.campaign_id;

    -- The newest campaign of a slot that targeted the customer, once its window is over. Looks at nobody
    -- who was never in one.
    WITH slotted AS MATERIALIZED (
        SELECT k.campaign_id, k.slot, k.starts_on,
               k.ended_on IS NULL AND k.starts_on + CASE k.slot WHEN 1 THEN 60 ELSE 46 END
                                      <= (now() AT TIME ZONE g.time_zone)::date AS is_over
        FROM gym.campaigns k JOIN gym.gyms g ON g.gym_id = k.gym_id
        WHERE (gym = 0 OR k.gym_id = gym) AND k.slot IN (1, 2) AND k.begun_at IS NOT NULL
    ), asked AS (
        SELECT DISTINCT ON (m.customer_id, k.slot) m.gym_id, m.customer_id, k.slot,
               CASE WHEN k.is_over AND m.arm = 'offer' AND m.outcome <> '' THEN m.outcome = 'success' END AS flag
        FROM slotted k JOIN gym.campaign_members m ON m.campaign_id = k.campaign_id
        ORDER BY m.customer_id, k.slot, (k.is_over AND m.arm = 'offer' AND m.outcome <> '') DESC, k.starts_on DESC,
                 k.campaign_id DESC
    ), flags AS (
        SELECT a.gym_id, a.customer_id, bool_or(a.flag) FILTER (WHERE a.slot = 1) AS first,
               bool_or(a.flag) FILTER (WHERE a.slot = 2) AS second
        FROM asked a GROUP BY a.gym_id, a.customer_id
    )
    UPDATE clv.clv_prediction p
       SET is_campaign1_success = n.first, is_campaign2_success = n.second
      FROM flags n
      JOIN clv.dataset s ON s.gym_id = n.gym_id AND s.kind = 'gym'
      JOIN clv.dim_customer d ON d.dataset_id = s.dataset_id AND d.source_key = n.customer_id::text
     WHERE p.customer_id = d.customer_id
       AND (p.is_campaign1_success, p.is_campaign2_success) IS DISTINCT FROM (n.first, n.second);

    PERFORM pg_notify('gymtui', k.gym_id || ':campaigns')
       FROM (SELECT DISTINCT c.gym_id FROM gym.campaigns c WHERE gym = 0 OR c.gym_id = gym) k
      WHERE changed > 0;
    RETURN changed;
END
$$;

SELECT auth.apply_policies();
DO $$
DECLARE
    db text := current_database();
BEGIN
    EXECUTE format('GRANT SELECT ON gym.campaign_lists TO %I', db || '_manager');
    EXECUTE format('GRANT ALL ON gym.campaign_lists TO %I', db || '_worker');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.campaign_end(smallint, date, integer, date), '
        'gym.create_campaign(uuid, text, text, integer, double precision, integer, bigint[], text, text, integer, '
        'integer, text, boolean, numeric, integer), gym.add_to_campaign(uuid, bigint, integer, bigint[]), '
        'gym.retry_campaign(uuid, bigint), '
        'gym.edit_campaign(uuid, bigint, integer, text, text, numeric, date), gym.end_campaign(uuid, bigint) '
        'TO %I', db || '_manager');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.campaign_end(smallint, date, integer, date), '
        'gym.campaign_wanted(bigint), gym.campaign_drawn(bigint), '
        'gym.begin_campaign(bigint, bigint, bigint, bigint), '
        'gym.create_campaign(uuid, text, text, integer, double precision, integer, bigint[], text, text, integer, '
        'integer, text, boolean, numeric, integer), gym.add_to_campaign(uuid, bigint, integer, bigint[]), '
        'gym.retry_campaign(uuid, bigint), '
        'gym.edit_campaign(uuid, bigint, integer, text, text, numeric, date), gym.end_campaign(uuid, bigint) '
        'TO %I', db || '_worker');
END
$$;
