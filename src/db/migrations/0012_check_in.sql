-- SPDX-License-Identifier: GPL-3.0-or-later
-- The check-in in as few steps as it has facts. Members of the gym are read, let in and written by one
-- function, one look-up by key after the other (PL/pgSQL sets up five small plans in a fraction of the
-- time of one join of five tables); the reasons are looked at for those only who are not ordinary. All
-- others go the long way of 0006, by gym.find_member and gym.decide.

SELECT set_config('role', current_database() || '_owner', true);

-- The first result of a check-in or a check-out is kept as it is (to make jsonb of it costs as much as
-- the visit's own row), but without what tells who the member is: that is read again.
ALTER TABLE gym.requests ADD COLUMN verdict gym.verdict;
COMMENT ON COLUMN gym.requests.verdict IS 'the first result of a check-in or check-out; others are in result';

-- An SQL function that is STRICT and holds a CASE is not inlined, but parsed and planned at each call:
-- .2 ms for every member with a date of birth.
CREATE OR REPLACE FUNCTION gym.age(birth date, today date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE CALLED ON NULL INPUT AS $$
    SELECT extract(year FROM today)::integer - extract(year FROM birth)::integer
           - CASE WHEN today < gym.birthday_in(birth, extract(year FROM today)::integer) THEN 1 ELSE 0 END
$$;
CREATE OR REPLACE FUNCTION gym.day_text(day date, today date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE CALLED ON NULL INPUT AS $$
    SELECT to_char(day, CASE WHEN abs(day - today) > 300 THEN 'FMDD Mon YYYY' ELSE 'FMDD Mon' END)
$$;

CREATE FUNCTION gym.first_result(result jsonb, verdict gym.verdict) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF result IS NULL AND verdict.customer_id IS NOT NULL THEN
        result := to_jsonb(verdict) || COALESCE((
            SELECT jsonb_build_object('name', c.name, 'keytag', COALESCE(c.keytag, ''),
                                      'habit', gym.habit_text(s.usual_weekday, s.usual_minute))
            FROM gym.customers c LEFT JOIN gym.member_summary s ON s.customer_id = c.customer_id
            WHERE c.customer_id = verdict.customer_id), '{}');
    END IF;
    RETURN result;
END
$$;
-- Each write touched it, and it is read once a night, by a walk over some days of requests.
DROP INDEX gym.requests_at;

-- The first result of this request, or NULL when it is new.
CREATE OR REPLACE FUNCTION gym.begin_request(me auth.identity, request uuid, wanted text) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    done   text;
    answer jsonb;
BEGIN
    SELECT r.kind, gym.first_result(r.result, r.verdict) INTO done, answer
        FROM gym.requests r WHERE r.gym_id = me.gym_id AND r.request_id = request;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF done = 'given up' THEN
        RAISE EXCEPTION 'this was given up after the connection was lost, and was not done'
            USING ERRCODE = 'GT005', HINT = 'do it again';
    ELSIF done <> wanted THEN
        RAISE EXCEPTION 'this request id was used for something else' USING ERRCODE = 'GT001';
    END IF;
    RETURN answer || '{"recovered": true}';
END
$$;

-- Was it done? Waits for a backend that is still at it, though its client may be gone. When it was not
-- done the id is given up: should the write still arrive, it is refused.
CREATE OR REPLACE FUNCTION gym.request_outcome(request uuid) RETURNS TABLE (done boolean, kind text, result jsonb)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me auth.identity := auth.require('desk');
BEGIN
    INSERT INTO gym.requests (gym_id, request_id, kind) VALUES (me.gym_id, request, 'given up')
        ON CONFLICT (gym_id, request_id) DO NOTHING;
    RETURN QUERY SELECT r.kind <> 'given up', r.kind, gym.first_result(r.result, r.verdict)
        FROM gym.requests r WHERE r.gym_id = me.gym_id AND r.request_id = request;
END
$$;

-- As 0006 has it; of a pack the plan also says how many visits of it are used, this one included.
CREATE OR REPLACE FUNCTION gym.examine(me auth.identity, r record, code text, override text, repeat_seconds integer)
    RETURNS gym.verdict
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v        gym.verdict;
    t        record;
    owed     record;
    lines    text := '';
    customer bigint := r.customer_id;
    foreign_member boolean;
    again    boolean;
    valid    boolean;
    used     integer;
    left_now integer;
    home     text;
    wall     timestamp := r.wall;
    at       timestamptz := now();
BEGIN
    v.inside := r.inside;
    v.capacity := me.capacity;
    v.recovered := false;
    IF customer IS NULL THEN
        v.result := 'unknown';
        RETURN v;
    END IF;
    foreign_member := r.gym_id <> me.gym_id;
    IF foreign_member THEN
        SELECT g.name INTO home FROM gym.gyms g WHERE g.gym_id = r.gym_id;
    END IF;
    v.customer_id := customer;
    v.name := r.name;
    v.keytag := CASE WHEN foreign_member THEN '' ELSE COALESCE(r.keytag, '') END;
    v.plan := COALESCE(r.plan, '');
    v.home_gym := COALESCE(home, '');
    v.at_local := r.at_local;
    IF NOT foreign_member THEN
        v.ends := r.ends;
        v.days_left := r.ends - me.today;
        v.visits_total := r.visit_count;
        v.visits_this_month := r.this_month;
        v.last_visit := r.visit_day;
        v.habit := r.habit;
        v.balance := r.balance;
    END IF;
    again := COALESCE(r.check_out IS NOT NULL AND r.visit_day = me.today AND r.visit_gym_id = me.gym_id, false);

    -- The term of today is the last one, but for members who renewed early.
    valid := r.starts <= me.today AND r.ends >= me.today;
    IF r.starts > me.today THEN
        SELECT p.name, p.duration_months, p.visits_included, p.all_gyms, p.hours_from, p.hours_until,
               lower(m.term) AS starts
          INTO t
          FROM gym.memberships m JOIN gym.packages p ON p.package_id = m.package_id
          WHERE m.customer_id = customer AND m.term @> me.today;
        valid := FOUND;
        IF FOUND THEN
            v.plan := t.name;
            r.duration_months := t.duration_months;
            r.visits_included := t.visits_included;
            r.all_gyms := t.all_gyms;
            r.hours_from := t.hours_from;
            r.hours_until := t.hours_until;
            r.starts := t.starts;
        END IF;
    END IF;

    -- Reasons, in DESK.md's order.
    IF r.banned_on IS NOT NULL THEN
        lines := lines || gym.reason(me.settings, 'banned', 'banned since '
            || gym.day_text(r.banned_on, me.today)
            || CASE WHEN r.banned_reason = '' OR foreign_member THEN '' ELSE ': ' || r.banned_reason END);
    END IF;
    IF foreign_member AND NOT COALESCE(r.all_gyms, false) THEN
        lines := lines || gym.reason(me.settings, 'other_gym', 'member of ' || home);
    END IF;
    IF NOT COALESCE(valid, false) AND r.cancelled_on IS NOT NULL AND r.ends < me.today THEN
        lines := lines || gym.reason(me.settings, 'cancelled',
            'cancelled, ended ' || gym.day_text(r.ends, me.today));
    END IF;
    IF r.frozen IS NOT NULL AND upper(r.frozen) <= me.today THEN
        -- The summary's freeze has passed; another one may have begun since.
        SELECT f.period INTO r.frozen FROM gym.freezes f WHERE f.customer_id = customer AND f.period @> me.today;
    END IF;
    IF r.frozen @> me.today THEN
        lines := lines || gym.reason(me.settings, 'frozen', 'frozen until '
            || gym.day_text(upper(r.frozen) - 1, me.today)
            || CASE WHEN foreign_member THEN '' ELSE
               COALESCE((SELECT ' (' || NULLIF(f.reason, '') || ')' FROM gym.freezes f
                         WHERE f.customer_id = customer AND f.period @> me.today), '') END);
    END IF;
    IF valid IS NULL THEN
        lines := lines || gym.reason(me.settings, 'expired', 'no membership');
    ELSIF NOT valid AND r.starts > me.today THEN
        lines := lines || gym.reason(me.settings, 'expired', 'starts ' || gym.day_text(r.starts, me.today));
    ELSIF NOT valid AND r.cancelled_on IS NULL
          AND me.today - r.ends > (CASE WHEN r.duration_months = 0 AND r.visits_included <= 1 THEN 0
                                        ELSE (me.settings ->> 'expired_grace')::integer END) THEN
        lines := lines || gym.reason(me.settings, 'expired', 'expired ' || gym.days_text(me.today - r.ends));
    END IF;
    IF valid AND r.hours_from IS NOT NULL AND extract(isodow FROM wall) < 6
       AND NOT (extract(hour FROM wall) >= r.hours_from AND extract(hour FROM wall) < r.hours_until) THEN
        lines := lines || gym.reason(me.settings, 'off_hours', 'plan holds '
            || lpad(r.hours_from::text, 2, '0') || '–' || lpad(r.hours_until::text, 2, '0') || ' on weekdays');
    END IF;
    IF valid AND r.visits_included > 0 THEN
        SELECT count(*) INTO used FROM gym.attendance x
            WHERE x.customer_id = customer AND x.voided_at IS NULL AND NOT x.reentry
              AND x.check_in >= r.starts::timestamp AT TIME ZONE me.time_zone
              AND x.check_out IS NOT NULL;
        IF r.visits_included > 1 AND NOT foreign_member THEN
            v.plan := v.plan || ', ' || LEAST(used + CASE WHEN again THEN 0 ELSE 1 END, r.visits_included)
                      || ' of ' || r.visits_included || ' used';
        END IF;
    END IF;
    IF valid AND r.visits_included > 0 AND NOT again THEN
        left_now := r.visits_included - used - 1;
        IF left_now < 0 THEN
            lines := lines || gym.reason(me.settings, 'no_visits',
                CASE WHEN r.visits_included = 1 THEN 'day pass used' ELSE
                'all ' || r.visits_included || ' visits used' END);
        END IF;
    END IF;
    IF r.balance > 0 AND NOT foreign_member THEN
        SELECT * INTO owed FROM gym.owing(customer, me.today);
        v.balance := owed.due;
        IF owed.due > 0 THEN
            lines := lines || gym.reason(me.settings, 'owing', 'owes ' || gym.money_text(owed.due)
                || ' since ' || gym.day_text(owed.since, me.today));
        END IF;
    END IF;
    IF r.inside >= me.capacity AND NOT (r.attendance_id IS NOT NULL AND r.check_out IS NULL) THEN
        lines := lines || gym.reason(me.settings, 'capacity', 'full: ' || r.inside || ' of ' || me.capacity);
    END IF;
    IF NOT valid AND r.cancelled_on IS NULL AND r.ends < me.today
       AND position(E'expired\t' IN lines) = 0 THEN
        lines := lines || gym.reason(me.settings, 'grace', 'expired ' || gym.days_text(me.today - r.ends));
    END IF;
    IF valid AND r.ends - me.today <= (me.settings ->> 'expiring_within')::integer
       AND NOT (r.duration_months = 0 AND r.visits_included <= 1) AND NOT foreign_member THEN
        lines := lines || gym.reason(me.settings, 'expiring',
            CASE WHEN r.cancelled_on IS NOT NULL THEN 'cancelled, ' ELSE '' END
            || CASE r.ends - me.today WHEN 0 THEN 'last day today' WHEN 1 THEN '1 day left'
                                      ELSE (r.ends - me.today) || ' days left' END);
    END IF;
    IF r.birth_date IS NOT NULL AND NOT foreign_member AND r.anonymised_on IS NULL THEN
        IF gym.birthday_in(r.birth_date, extract(year FROM me.today)::integer) = me.today THEN
            lines := lines || gym.reason(me.settings, 'birthday',
                'birthday today, ' || gym.age(r.birth_date, me.today));
        END IF;
        IF gym.age(r.birth_date, me.today) < (me.settings ->> 'under_age')::integer THEN
            lines := lines || gym.reason(me.settings, 'under_16',
                gym.age(r.birth_date, me.today) || ' years old');
        END IF;
    END IF;
    IF r.note <> '' AND NOT foreign_member THEN
        lines := lines || gym.reason(me.settings, 'note', gym.clean(r.note));
    END IF;
    IF r.auto_out AND r.visit_day >= me.today - 1 AND NOT foreign_member THEN
        lines := lines || gym.reason(me.settings, 'auto_closed', 'visit of '
            || CASE WHEN r.visit_day = me.today THEN 'today' ELSE 'yesterday' END
            || ' was closed automatically at ' || to_char(r.check_out AT TIME ZONE me.time_zone, 'HH24:MI'));
    END IF;
    IF left_now >= 0 AND left_now <= (me.settings ->> 'sessions_low')::integer AND r.visits_included > 1
       AND NOT foreign_member THEN
        lines := lines || gym.reason(me.settings, 'sessions_low',
            CASE left_now WHEN 0 THEN 'last visit of the pack' WHEN 1 THEN '1 visit left after this'
                          ELSE left_now || ' visits left after this' END);
    END IF;
    IF again THEN
        lines := lines || gym.reason(me.settings, 'reentry',
            'back again, left ' || to_char(r.check_out AT TIME ZONE me.time_zone, 'HH24:MI'));
    END IF;
    v.reasons := rtrim(lines, E'\n');

    IF r.attendance_id IS NOT NULL AND r.check_out IS NULL THEN
        v.result := 'already_in';
        v.attendance_id := r.attendance_id;
        v.since_local := gym.to_local(r.check_in, me.time_zone);
        v.seconds_in := extract(epoch FROM at - r.check_in)::bigint;
        v.since_desk := r.desk;
        IF r.visit_gym_id <> me.gym_id THEN
            SELECT left(g.name, 20) INTO v.since_desk FROM gym.gyms g WHERE g.gym_id = r.visit_gym_id;
        END IF;
        RETURN v;
    END IF;
    IF repeat_seconds > 0 AND code IS NOT NULL AND override IS NULL
       AND r.check_out > at - make_interval(secs => repeat_seconds) AND r.check_out <= at
       AND r.visit_gym_id = me.gym_id THEN
        v.result := 'repeat';
        v.attendance_id := r.attendance_id;
        v.at_local := gym.to_local(r.check_out, me.time_zone);
        v.since_local := gym.to_local(r.check_in, me.time_zone);
        RETURN v;
    END IF;

    v.result := CASE WHEN lines ~ '\tdeny\t' THEN 'denied' ELSE 'in' END;
    IF NOT foreign_member
       AND lines ~ '(^|\n)(cancelled|expired|no_visits|owing|grace|expiring|sessions_low|off_hours)\t' THEN
        v := gym.offer(v, me, r.own_package_id);
    END IF;
    RETURN v;
END
$$;

-- The long way in: by any code or number, with reasons, by system sessions and chain logins too.
CREATE FUNCTION gym.check_in_examined(request uuid, code text, customer bigint, desk text,
                                      override_reason text, repeat_seconds integer) RETURNS gym.verdict
    LANGUAGE plpgsql SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'check_in');
    v     gym.verdict;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    v := gym.decide(me, request, NULLIF(gym.clean(code), ''), gym.find_member(me, NULLIF(gym.clean(code), ''), customer),
                    left(gym.clean(desk), 24), NULLIF(left(gym.clean(override_reason), 200), ''),
                    COALESCE(repeat_seconds, 0), true);
    IF v.result <> 'unknown' THEN
        PERFORM gym.end_request(me, request, 'check_in', to_jsonb(v));
    END IF;
    RETURN v;
END
$$;

CREATE OR REPLACE FUNCTION gym.check_in(request uuid, code text, customer bigint, desk text,
                                        override_reason text DEFAULT NULL, repeat_seconds integer DEFAULT 0)
    RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    me          record;
    c           gym.customers;
    s           gym.member_summary;
    p           gym.packages;
    a           gym.attendance;
    r           record;
    v           gym.verdict;
    inside      integer;
    month       date;
    this_month  integer;
    is_ordinary boolean;
    again       boolean := false;
    sent        text;
BEGIN
    -- What auth.require says of those who work at a gym, and of its settings those that count here.
    SELECT l.staff_id, g.gym_id, g.capacity, g.time_zone, now() AT TIME ZONE g.time_zone AS wall,
           (now() AT TIME ZONE g.time_zone)::date AS today,
           COALESCE(g.settings ->> 'expiring_within',
                    gym.default_settings() ->> 'expiring_within')::integer AS expiring_within,
           COALESCE(g.settings ->> 'under_age', gym.default_settings() ->> 'under_age')::integer AS under_age
      INTO me
      FROM auth.staff l JOIN gym.gyms g ON g.gym_id = l.gym_id
      WHERE l.rolname = session_user AND NOT l.disabled AND l.level <> 'chain';
    IF customer IS NULL THEN
        SELECT * INTO c FROM gym.customers x WHERE x.keytag = code AND x.gym_id = me.gym_id;
    ELSE
        SELECT * INTO c FROM gym.customers x WHERE x.customer_id = customer;
    END IF;
    IF request IS NULL OR c.merged_into IS NOT NULL OR c.gym_id IS DISTINCT FROM me.gym_id THEN
        RETURN gym.check_in_examined(request, code, customer, desk, override_reason, repeat_seconds);
    END IF;
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = c.customer_id;
    SELECT * INTO p FROM gym.packages x WHERE x.package_id = s.package_id;
    SELECT count(*) INTO inside FROM gym.attendance x
        WHERE x.gym_id = me.gym_id AND x.check_out IS NULL AND x.voided_at IS NULL;
    month := date_trunc('month', me.wall);
    this_month := CASE WHEN s.visit_month = month THEN s.visits_month ELSE 0 END;

    -- Nothing to say about, by the rules of gym.examine. Whoever came in the last two days may be back
    -- again, a scan repeated, or have a visit that was closed for them.
    is_ordinary := COALESCE(
        c.banned_on IS NULL AND c.note = ''
        AND s.starts <= me.today AND s.ends - me.today > me.expiring_within AND s.cancelled_on IS NULL
        AND (s.frozen IS NULL OR lower(s.frozen) > me.today)
        AND s.charged_total <= s.paid_total AND p.visits_included = 0 AND p.hours_from IS NULL
        AND (s.last_check_in IS NULL OR s.last_check_in < now() - interval '48 hours')
        AND (me.capacity IS NULL OR inside < me.capacity)
        AND (c.birth_date IS NULL
             OR (me.today - c.birth_date > me.under_age * 366
                 AND NOT (extract(month FROM c.birth_date) = extract(month FROM me.today)
                          AND extract(day FROM c.birth_date) - extract(day FROM me.today) BETWEEN 0 AND 1))), false);
    IF is_ordinary THEN
        v := ROW('in', nextval('gym.attendance_attendance_id_seq'), c.customer_id, '', '', p.name, '', s.ends,
                 s.ends - me.today, this_month + 1, s.visit_count + 1, s.last_visit, '', s.balance,
                 floor(extract(epoch FROM me.wall))::bigint,
                 NULL, NULL, NULL, '', inside + 1, me.capacity, NULL, NULL, NULL, NULL, NULL, false);
    ELSE
        SELECT * INTO a FROM gym.attendance x WHERE x.customer_id = c.customer_id AND x.voided_at IS NULL
            ORDER BY x.check_in DESC LIMIT 1;
        SELECT c.customer_id, c.gym_id, c.name, c.keytag, c.birth_date, c.note, c.banned_on, c.banned_reason,
               c.anonymised_on, c.package_id AS own_package_id, s.starts, s.ends, s.cancelled_on, s.frozen,
               s.package_id, s.visit_count, this_month AS this_month, s.balance, p.name AS plan,
               p.duration_months, p.visits_included, p.all_gyms, p.hours_from, p.hours_until, a.attendance_id,
               a.check_in, a.check_out, a.auto_out, a.desk, a.gym_id AS visit_gym_id,
               (a.check_in AT TIME ZONE me.time_zone)::date AS visit_day, me.wall AS wall, inside AS inside,
               gym.habit_text(s.usual_weekday, s.usual_minute) AS habit,
               floor(extract(epoch FROM me.wall))::bigint AS at_local
          INTO r;
        v := gym.examine(auth.require('desk'), r, NULLIF(gym.clean(code), ''),
                         NULLIF(left(gym.clean(override_reason), 200), ''), COALESCE(repeat_seconds, 0));
        -- Who is denied or in already is looked at again: somebody reads the reasons meanwhile.
        IF v.result <> 'in' THEN
            RETURN gym.check_in_examined(request, code, customer, desk, override_reason, repeat_seconds);
        END IF;
        again := COALESCE(r.visit_day = me.today AND r.visit_gym_id = me.gym_id, false);
        v.attendance_id := nextval('gym.attendance_attendance_id_seq');
        v.inside := v.inside + 1;
        v.visits_this_month := v.visits_this_month + 1;
        v.visits_total := v.visits_total + 1;
    END IF;

    -- Rule 14: of two that carry the same id the second waits here for the first, and finds its result.
    INSERT INTO gym.requests (gym_id, request_id, kind, verdict, result)
        VALUES (me.gym_id, request, 'check_in', CASE WHEN is_ordinary THEN v END,
                CASE WHEN NOT is_ordinary THEN to_jsonb(v) END)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN gym.check_in_examined(request, code, customer, desk, override_reason, repeat_seconds);
    END IF;
    -- Rule 1: of two desks at the same moment the index lets one through; the other is told.
    INSERT INTO gym.attendance (attendance_id, customer_id, check_in, gym_id, home_gym_id, desk, staff_in, reentry,
                                request_id)
        VALUES (v.attendance_id, c.customer_id, now(), me.gym_id, me.gym_id, COALESCE(left(gym.clean(desk), 24), ''),
                me.staff_id, again, request)
        ON CONFLICT (customer_id) WHERE check_out IS NULL AND voided_at IS NULL DO NOTHING;
    IF NOT FOUND THEN
        DELETE FROM gym.requests x WHERE x.gym_id = me.gym_id AND x.request_id = request;
        RETURN gym.check_in_examined(request, code, customer, desk, override_reason, repeat_seconds);
    END IF;
    UPDATE gym.member_summary x
        SET first_visit = COALESCE(x.first_visit, me.today), last_visit = me.today, last_check_in = now(),
            visit_count = x.visit_count + 1,
            visit_days = x.visit_days + CASE WHEN x.last_visit = me.today THEN 0 ELSE 1 END,
            visit_month = month, visits_month = this_month + 1
        WHERE x.customer_id = c.customer_id;
    IF s.visit_count % 5 = 4 THEN
        PERFORM gym.refresh_habit(c.customer_id, me.time_zone);
    END IF;
    IF is_ordinary THEN
        v.name := c.name;
        v.keytag := COALESCE(c.keytag, '');
        v.habit := gym.habit_text(s.usual_weekday, s.usual_minute);
    END IF;
    sent := pg_notify('gymtui', me.gym_id || ':attendance');
    RETURN v;
END
$$;

-- The long way out: by any code or number, for those who are not in, members of other gyms, system
-- sessions and chain logins.
CREATE FUNCTION gym.check_out_examined(request uuid, code text, customer bigint, desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'check_out');
    v     gym.verdict;
    r     record;
    who   bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    who := gym.find_member(me, NULLIF(gym.clean(check_out_examined.code), ''), check_out_examined.customer);
    -- A member of another gym is found by number too while inside this one.
    IF who IS NULL AND check_out_examined.customer IS NOT NULL THEN
        SELECT a.customer_id INTO who FROM gym.attendance a
            WHERE a.customer_id = check_out_examined.customer AND a.gym_id = me.gym_id
              AND a.check_out IS NULL AND a.voided_at IS NULL;
    END IF;
    -- Rule 3: the open visit is found by member, never by date.
    UPDATE gym.attendance a SET check_out = GREATEST(now(), a.check_in), staff_out = me.staff_id
        WHERE a.customer_id = who AND a.gym_id = me.gym_id AND a.check_out IS NULL AND a.voided_at IS NULL
        RETURNING a.attendance_id, a.check_in, a.check_out, a.desk INTO r;
    v := gym.standing(me, who, CASE WHEN r.attendance_id IS NULL THEN 'not_in' ELSE 'out' END);
    IF v.result = 'unknown' THEN
        RETURN v;
    ELSIF v.result = 'out' THEN
        v.attendance_id := r.attendance_id;
        v.since_local := gym.to_local(r.check_in, me.time_zone);
        v.at_local := gym.to_local(r.check_out, me.time_zone);
        v.seconds_in := extract(epoch FROM r.check_out - r.check_in)::bigint;
        v.since_desk := r.desk;
        PERFORM gym.notify(me, 'attendance');
    END IF;
    PERFORM gym.end_request(me, request, 'check_out', to_jsonb(v));
    RETURN v;
END
$$;

CREATE OR REPLACE FUNCTION gym.check_out(request uuid, code text, customer bigint, desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    me     record;
    c      gym.customers;
    s      gym.member_summary;
    a      record;
    v      gym.verdict;
    plan   text;
    inside integer;
    sent   text;
BEGIN
    SELECT l.staff_id, g.gym_id, g.capacity, g.time_zone, (now() AT TIME ZONE g.time_zone)::date AS today
      INTO me
      FROM auth.staff l JOIN gym.gyms g ON g.gym_id = l.gym_id
      WHERE l.rolname = session_user AND NOT l.disabled AND l.level <> 'chain';
    IF customer IS NULL THEN
        SELECT * INTO c FROM gym.customers x WHERE x.keytag = code AND x.gym_id = me.gym_id;
    ELSE
        SELECT * INTO c FROM gym.customers x WHERE x.customer_id = customer;
    END IF;
    -- Rule 3: the open visit is found by member, never by date.
    SELECT x.attendance_id, x.check_in, x.desk INTO a FROM gym.attendance x
        WHERE x.customer_id = c.customer_id AND x.gym_id = me.gym_id AND x.check_out IS NULL AND x.voided_at IS NULL;
    IF FOUND AND request IS NOT NULL AND c.gym_id = me.gym_id AND c.merged_into IS NULL AND a.check_in <= now() THEN
        SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = c.customer_id;
        SELECT x.name INTO plan FROM gym.packages x WHERE x.package_id = s.package_id;
        SELECT count(*) INTO inside FROM gym.attendance x
            WHERE x.gym_id = me.gym_id AND x.check_out IS NULL AND x.voided_at IS NULL;
        v := ROW('out', a.attendance_id, c.customer_id, '', '', COALESCE(plan, ''), '', s.ends, s.ends - me.today,
                 CASE WHEN s.visit_month = date_trunc('month', me.today)::date THEN s.visits_month ELSE 0 END,
                 s.visit_count, s.last_visit, '', s.balance,
                 gym.to_local(now(), me.time_zone), gym.to_local(a.check_in, me.time_zone),
                 extract(epoch FROM now() - a.check_in)::bigint, a.desk, '', inside - 1, me.capacity,
                 NULL, NULL, NULL, NULL, NULL, false);
        INSERT INTO gym.requests (gym_id, request_id, kind, verdict)
            VALUES (me.gym_id, request, 'check_out', v) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            UPDATE gym.attendance x SET check_out = now(), staff_out = me.staff_id
                WHERE x.attendance_id = a.attendance_id AND x.check_out IS NULL AND x.voided_at IS NULL;
            IF FOUND THEN
                v.name := c.name;
                v.keytag := COALESCE(c.keytag, '');
                v.habit := gym.habit_text(s.usual_weekday, s.usual_minute);
                sent := pg_notify('gymtui', me.gym_id || ':attendance');
                RETURN v;
            END IF;
            DELETE FROM gym.requests r WHERE r.gym_id = me.gym_id AND r.request_id = request;
        END IF;
    END IF;
    RETURN gym.check_out_examined(request, code, customer, desk);
END
$$;

-- The folding of 0002, such that it can be inlined: no longer STRICT, for the reason above.
CREATE OR REPLACE FUNCTION gym.search_fold(typed text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE CALLED ON NULL INPUT AS $$
    SELECT CASE
        WHEN octet_length(typed) = char_length(typed)
            THEN btrim(regexp_replace(translate(lower(typed), '-''', ' '), '\s+', ' ', 'g'))
        ELSE btrim(regexp_replace(lower(translate(
            replace(replace(replace(replace(replace(replace(replace(
                regexp_replace(normalize(typed, NFKD), U&'[\0300-\036f\0483-\0487\064b-\065f]', '', 'g'),
                'ß', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'Œ', 'oe'), 'œ', 'oe'), 'Þ', 'th'),
                'þ', 'th'),
            'ØøŁłĐđÐðıĦħ'
            'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐЈЉЊЋЂЏ'
            'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς'
            'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ-‐‑–''’ʼ',
            'oollddddihh'
            'абвгдежзийклмнопрстуфхцчшщъыьэюяеіїєґјљњћђџ'
            'αβγδεζηθικλμνξοπρστυφχψωσ'
            'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ    ')), '\s+', ' ', 'g'))
    END
$$;

-- Candidates for letters at the desk, as 0006 has them, in a shorter walk: of two hundred terms that
-- begin with what was typed, the members are ranked by their summaries, and only those who are shown
-- are read.
CREATE OR REPLACE FUNCTION gym.candidates(typed text, row_limit integer DEFAULT 8)
    RETURNS TABLE (customer_id bigint, name text, plan text, keytag text, phone text, ends date,
                   last_visit date, status text, is_in boolean, matched_by integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    me     auth.identity := auth.require('desk');
    clean  text := gym.clean(typed);
    folded text := gym.search_fold(clean);
    words  text[] := string_to_array(folded, ' ');
    probe  text := folded;
    wall   timestamp := now() AT TIME ZONE me.time_zone;
    minute integer := extract(hour FROM wall) * 60 + extract(minute FROM wall);
    day    integer := extract(isodow FROM wall) - 1;
BEGIN
    IF folded IS NULL OR folded = '' THEN
        RETURN;
    END IF;
    IF folded ~ '^[+(]?[0-9][0-9 ()/.-]*$' THEN
        probe := gym.digits(folded);
        words := ARRAY[probe];
    ELSIF array_length(words, 1) > 1 AND NOT EXISTS (
            SELECT FROM gym.search_terms t
            WHERE t.gym_id = me.gym_id AND t.term >= folded AND t.term < gym.search_until(folded)) THEN
        -- Words that do not follow each other in the name: by the longest, the others checked below.
        SELECT w INTO probe FROM unnest(words) w ORDER BY length(w) DESC LIMIT 1;
    ELSE
        words := ARRAY[]::text[];
    END IF;
    -- Ranked by what the terms and the summaries say; the rest is read of those who are shown only.
    RETURN QUERY
        WITH hits AS (
            SELECT h.customer_id, min(h.kind)::integer AS kind, bool_or(h.term = probe) AS exact,
                   min(h.term) AS term
            FROM (SELECT t.customer_id, t.kind, t.term FROM gym.search_terms t
                  WHERE t.gym_id = me.gym_id AND t.term >= probe AND t.term < gym.search_until(probe)
                  LIMIT CASE WHEN cardinality(words) > 0 THEN 600 ELSE 200 END) h
            GROUP BY h.customer_id
        ), ranked AS (
            SELECT h.customer_id, h.kind, s.ends, s.cancelled_on, s.frozen, s.package_id, s.last_visit,
                   row_number() OVER (
                       ORDER BY h.exact DESC,
                           -- Someone who may come in before someone who left long ago.
                           COALESCE(s.ends < me.today - 30, true),
                           -- Minutes from the usual time, a usual day counting two hours, and silence.
                           COALESCE(LEAST(abs(s.usual_minute - minute), 1440 - abs(s.usual_minute - minute)), 400)
                           - CASE WHEN s.usual_weekday = day THEN 120 ELSE 0 END
                           + LEAST(COALESCE(me.today - s.last_visit, 120), 120) * 5,
                           h.term, h.customer_id) AS place
            FROM hits h
            JOIN gym.member_summary s ON s.customer_id = h.customer_id
            WHERE h.kind <> 0 OR cardinality(words) = 0
               OR (SELECT bool_and(position(' ' || w IN ' ' || x.sort_name) > 0)
                   FROM gym.customers x, unnest(words) w WHERE x.customer_id = h.customer_id)
            ORDER BY place
            LIMIT LEAST(GREATEST(row_limit, 1), 50)
        )
        SELECT c.customer_id, c.name, COALESCE(p.name, ''), COALESCE(c.keytag, ''), c.phone, r.ends,
               r.last_visit, gym.shown_status(r.ends, r.cancelled_on, r.frozen, me.today),
               EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = c.customer_id
                       AND a.check_out IS NULL AND a.voided_at IS NULL), r.kind
        FROM ranked r
        JOIN gym.customers c ON c.customer_id = r.customer_id
        LEFT JOIN gym.packages p ON p.package_id = r.package_id
        ORDER BY r.place;
END
$$;
