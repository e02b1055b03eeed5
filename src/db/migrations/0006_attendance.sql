-- SPDX-License-Identifier: GPL-3.0-or-later
-- Requests that happen once, the verdict at the door, check-in, check-out, undo, backfill. One
-- statement is one round trip and one transaction. DESK.md's rules are cited by number.

SELECT set_config('role', current_database() || '_owner', true);

CREATE TYPE gym.verdict AS (
    result              text,
    attendance_id       bigint,
    customer_id         bigint,
    name                text,
    keytag              text,
    plan                text,
    home_gym            text,
    ends                date,
    days_left           integer,
    visits_this_month   integer,
    visits_total        integer,
    last_visit          date,
    habit               text,
    balance             numeric,
    at_local            bigint,
    since_local         bigint,
    seconds_in          bigint,
    since_desk          text,
    reasons             text,
    inside              integer,
    capacity            integer,
    renew_package_id    bigint,
    renew_price         numeric,
    renew_until         date,
    day_pass_price      numeric,
    day_pass_package_id bigint,
    recovered           boolean
);
COMMENT ON TYPE gym.verdict IS
    'result: in denied already_in repeat unknown out not_in undone. reasons: lines of code, policy '
    'and text between tabs, in DESK.md''s order. *_local: wall clock in seconds. days inclusive';

-- ---------------------------------------------------------------------------------------------
-- Requests (rule 14). A write notes its id and result at its end, in its own transaction. The key of
-- the table does the rest: of two that carry the same id the second waits at its note for the first,
-- fails as a serialisation failure, and finds the first result when it is tried again.

-- The first result of this request, or NULL when it is new.
CREATE FUNCTION gym.begin_request(me auth.identity, request uuid, wanted text) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    done   text;
    answer jsonb;
BEGIN
    SELECT r.kind, r.result INTO done, answer
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

CREATE FUNCTION gym.end_request(me auth.identity, request uuid, done text, result jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF request IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO gym.requests (gym_id, request_id, kind, result) VALUES (me.gym_id, request, done, result)
        ON CONFLICT (gym_id, request_id) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this request was sent twice at the same moment'
            USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;

-- Was it done? Waits for a backend that is still at it, though its client may be gone. When it was not
-- done the id is given up: should the write still arrive, it is refused.
CREATE FUNCTION gym.request_outcome(request uuid) RETURNS TABLE (done boolean, kind text, result jsonb)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me auth.identity := auth.require('desk');
BEGIN
    INSERT INTO gym.requests (gym_id, request_id, kind) VALUES (me.gym_id, request, 'given up')
        ON CONFLICT (gym_id, request_id) DO NOTHING;
    RETURN QUERY SELECT r.kind <> 'given up', r.kind, r.result
        FROM gym.requests r WHERE r.gym_id = me.gym_id AND r.request_id = request;
END
$$;

CREATE FUNCTION gym.prune_requests() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count bigint;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may forget requests' USING ERRCODE = 'GT003';
    END IF;
    DELETE FROM gym.requests r WHERE r.at < now() - interval '14 days';
    GET DIAGNOSTICS count = ROW_COUNT;
    RETURN count;
END
$$;

CREATE FUNCTION gym.notify(me auth.identity, topic text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('gymtui', me.gym_id || ':' || topic);
END
$$;

-- ---------------------------------------------------------------------------------------------
-- The verdict. What every check-in runs is PL/pgSQL or can be inlined: an SQL function that cannot be
-- is planned again at each call.

-- One line of `reasons`, or nothing when the gym's policy ignores it.
CREATE FUNCTION gym.reason(settings jsonb, code text, words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN settings ->> ('policy_' || code) = 'ignore' THEN ''
                ELSE code || E'\t' || COALESCE(settings ->> ('policy_' || code), 'warn') || E'\t'
                     || left(words, 150) || E'\n' END
$$;

CREATE FUNCTION gym.days_text(days integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE days WHEN 0 THEN 'today' WHEN 1 THEN 'yesterday' ELSE days || ' days ago' END
$$;

-- What is due today, and since when something of it is.
CREATE FUNCTION gym.owing(customer bigint, today date, OUT due numeric, OUT since date)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH paid AS (
        SELECT COALESCE((SELECT sum(t.amount) FROM gym.transactions t WHERE t.customer_id = customer), 0)
             - COALESCE((SELECT sum(c.amount) FROM gym.charges c
                         WHERE c.customer_id = customer AND c.amount < 0), 0) AS total
    ), running AS (
        SELECT c.due_on, sum(c.amount) OVER (ORDER BY c.due_on, c.charge_id) AS so_far
        FROM gym.charges c WHERE c.customer_id = customer AND c.due_on <= today AND c.amount > 0
    )
    SELECT COALESCE(max(r.so_far), 0) - max(p.total), min(r.due_on) FILTER (WHERE r.so_far > p.total)
    INTO due, since
    FROM paid p LEFT JOIN running r ON true;
END
$$;

-- Age in whole years, and whether today is the birthday: 29 February counts on the 28th in other
-- years (rule 20).
CREATE FUNCTION gym.birthday_in(birth date, year integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT (birth + make_interval(years => year - extract(year FROM birth)::integer))::date
$$;
CREATE FUNCTION gym.age(birth date, today date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT extract(year FROM today)::integer - extract(year FROM birth)::integer
           - CASE WHEN today < gym.birthday_in(birth, extract(year FROM today)::integer) THEN 1 ELSE 0 END
$$;

-- What the alert offers: the member's plan again (or the gym's shortest), and a day pass.
CREATE FUNCTION gym.offer(v gym.verdict, me auth.identity, plan bigint) RETURNS gym.verdict
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p      gym.packages;
    starts date;
    anchor integer;
BEGIN
    SELECT * INTO p FROM gym.packages x
        WHERE x.gym_id = me.gym_id AND x.active AND (x.duration_months > 0 OR x.visits_included > 1)
        ORDER BY x.package_id = plan DESC NULLS LAST, x.duration_months = 0, x.duration_months, x.price
        LIMIT 1;
    IF FOUND THEN
        SELECT t.starts, t.anchor INTO starts, anchor FROM gym.next_term(v.customer_id, me.today) t;
        v.renew_package_id := p.package_id;
        v.renew_price := p.price;
        v.renew_until := gym.term_end(p, starts, anchor, me.settings) - 1;
    END IF;
    SELECT x.package_id, x.price INTO v.day_pass_package_id, v.day_pass_price FROM gym.packages x
        WHERE x.gym_id = me.gym_id AND x.active AND x.duration_months = 0 AND x.visits_included <= 1
        ORDER BY x.price LIMIT 1;
    RETURN v;
END
$$;

-- Where the next term begins (rule 9): at the end of the last one, or today after a lapse. The
-- anchor day is kept while terms follow each other.
CREATE FUNCTION gym.next_term(customer bigint, today date, OUT starts date, OUT anchor integer)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT GREATEST(upper(m.term), today),
           CASE WHEN upper(m.term) >= today AND m.cancelled_on IS NULL THEN m.anchor_day
                ELSE extract(day FROM GREATEST(upper(m.term), today))::integer END
    INTO starts, anchor
    FROM (SELECT 1) one
    LEFT JOIN LATERAL (SELECT x.term, x.anchor_day, x.cancelled_on FROM gym.memberships x
                       WHERE x.customer_id = customer AND NOT isempty(x.term)
                       ORDER BY upper(x.term) DESC LIMIT 1) m ON true;
END
$$;

-- The day after the last one of a term of package `p`.
CREATE FUNCTION gym.term_end(p gym.packages, starts date, anchor integer, settings jsonb) RETURNS date
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p.duration_months > 0 THEN gym.add_months(starts, p.duration_months, anchor)
                WHEN p.visits_included > 1
                    THEN gym.add_months(starts, (settings ->> 'pack_months')::integer, anchor)
                ELSE starts + 1 END
$$;

-- Who is meant: a key tag or number of this gym; a key tag of another gym of the chain (a card has
-- to be there); or the number of another gym's member whose plan holds in all gyms (rule 8). A
-- merged record leads to the one that was kept (rule 21).
CREATE FUNCTION gym.find_member(me auth.identity, code text, customer bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tag    text;
    number bigint := customer;
    member bigint;
    winner bigint;
BEGIN
    IF customer IS NULL THEN
        SELECT c.customer_id, c.merged_into INTO member, winner
            FROM gym.customers c WHERE c.keytag = code AND c.gym_id = me.gym_id;
        IF FOUND THEN
            RETURN COALESCE(winner, member);
        END IF;
        tag := code;
        number := CASE WHEN code ~ '^[0-9]{1,18}$' THEN code::bigint END;
    END IF;
    IF member IS NULL THEN
        SELECT c.customer_id, c.merged_into INTO member, winner
            FROM gym.customers c WHERE c.customer_id = number AND c.gym_id = me.gym_id;
    END IF;
    IF member IS NULL AND (tag IS NOT NULL OR number IS NOT NULL) THEN
        SELECT c.customer_id, c.merged_into INTO member, winner
            FROM gym.customers c
            LEFT JOIN gym.member_summary s ON s.customer_id = c.customer_id
            LEFT JOIN gym.packages p ON p.package_id = s.package_id
            WHERE c.keytag = tag OR (c.customer_id = number AND p.all_gyms)
            ORDER BY p.all_gyms DESC NULLS LAST LIMIT 1;
    END IF;
    RETURN COALESCE(winner, member);
END
$$;

-- Decides, and with `write` checks in. `code` is NULL when the member was picked from a list. Most
-- scans are of members with nothing to say about. Five look-ups by key and one expression find that
-- out (one join of them all costs twice as much to set up as to run); the reasons are looked at for
-- the others only.
CREATE FUNCTION gym.decide(me auth.identity, request uuid, code text, customer bigint, at_desk text,
                           override text, repeat_seconds integer, write boolean) RETURNS gym.verdict
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v           gym.verdict;
    c           gym.customers;
    s           gym.member_summary;
    p           gym.packages;
    a           gym.attendance;
    r           record;
    wall        timestamp := now() AT TIME ZONE me.time_zone;
    inside      integer;
    month       date;
    this_month  integer;
    is_ordinary boolean;
    again       boolean := false;
    denying     text;
BEGIN
    SELECT * INTO c FROM gym.customers x WHERE x.customer_id = customer;
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = customer;
    SELECT * INTO p FROM gym.packages x WHERE x.package_id = s.package_id;
    SELECT * INTO a FROM gym.attendance x WHERE x.customer_id = customer AND x.voided_at IS NULL
        ORDER BY x.check_in DESC LIMIT 1;
    SELECT count(*) INTO inside FROM gym.attendance x
        WHERE x.gym_id = me.gym_id AND x.check_out IS NULL AND x.voided_at IS NULL;
    month := date_trunc('month', wall);
    this_month := CASE WHEN s.visit_month = month THEN s.visits_month ELSE 0 END;
    is_ordinary := COALESCE(
        c.gym_id = me.gym_id AND c.banned_on IS NULL AND c.note = '' AND s.starts <= me.today
        AND s.ends - me.today > (me.settings ->> 'expiring_within')::integer AND s.cancelled_on IS NULL
        AND (s.frozen IS NULL OR lower(s.frozen) > me.today)
        AND s.charged_total <= s.paid_total AND p.visits_included = 0 AND p.hours_from IS NULL
        AND (c.birth_date IS NULL
             OR (me.today - c.birth_date > (me.settings ->> 'under_age')::integer * 366
                 AND NOT (extract(month FROM c.birth_date) = extract(month FROM me.today)
                          AND extract(day FROM c.birth_date) - extract(day FROM me.today) BETWEEN 0 AND 1)))
        AND (a.attendance_id IS NULL
             OR (a.check_out < now() - make_interval(secs => repeat_seconds)
                 AND (a.check_in AT TIME ZONE me.time_zone)::date
                     < me.today - CASE WHEN a.auto_out THEN 1 ELSE 0 END))
        AND (me.capacity IS NULL OR inside < me.capacity), false);

    IF is_ordinary THEN
        v := ROW('in', NULL, customer, c.name, COALESCE(c.keytag, ''), p.name, '', s.ends, s.ends - me.today,
                 this_month + write::integer, s.visit_count + write::integer, s.last_visit,
                 gym.habit_text(s.usual_weekday, s.usual_minute), s.balance,
                 floor(extract(epoch FROM wall))::bigint, NULL, NULL, NULL, '', inside + write::integer,
                 me.capacity, NULL, NULL, NULL, NULL, NULL, false);
    ELSE
        SELECT c.customer_id, c.gym_id, c.name, c.keytag, c.birth_date, c.note, c.banned_on, c.banned_reason,
               c.anonymised_on, c.package_id AS own_package_id, s.starts, s.ends, s.cancelled_on, s.frozen,
               s.package_id, s.visit_count, this_month AS this_month, s.balance, p.name AS plan,
               p.duration_months, p.visits_included, p.all_gyms, p.hours_from, p.hours_until, a.attendance_id,
               a.check_in, a.check_out, a.auto_out, a.desk, a.gym_id AS visit_gym_id,
               (a.check_in AT TIME ZONE me.time_zone)::date AS visit_day, wall AS wall, inside AS inside,
               gym.habit_text(s.usual_weekday, s.usual_minute) AS habit,
               floor(extract(epoch FROM wall))::bigint AS at_local
          INTO r;
        again := COALESCE(r.visit_day = me.today AND r.visit_gym_id = me.gym_id, false);
        v := gym.examine(me, r, code, override, repeat_seconds);
        IF v.result = 'denied' THEN
            denying := substring(v.reasons FROM '([a-z_0-9]+)\tdeny\t');
            IF override IS NULL OR (denying = 'banned' AND me.rank < 2) THEN
                IF write THEN
                    INSERT INTO gym.access_log (gym_id, customer_id, home_gym_id, code, desk, staff_id, result,
                                                reason, reasons, request_id)
                        VALUES (me.gym_id, customer, c.gym_id, left(code, 64), COALESCE(at_desk, ''),
                                me.staff_id, 'denied', denying, v.reasons, request);
                    PERFORM pg_notify('gymtui', me.gym_id || ':attendance');
                END IF;
                RETURN v;
            END IF;
            v.result := 'in';
        END IF;
        IF v.result <> 'in' OR NOT write THEN
            RETURN v;
        END IF;
        v.inside := v.inside + 1;
        v.visits_this_month := v.visits_this_month + 1;
        v.visits_total := v.visits_total + 1;
    END IF;
    IF NOT write THEN
        RETURN v;
    END IF;

    -- Rule 1: of two desks at the same moment the index lets one through; the other is told.
    INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id, desk, staff_in, reentry,
                                override_reason, request_id)
        VALUES (customer, now(), me.gym_id, c.gym_id, COALESCE(at_desk, ''), me.staff_id, again,
                CASE WHEN denying IS NOT NULL THEN override END, request)
        ON CONFLICT (customer_id) WHERE check_out IS NULL AND voided_at IS NULL DO NOTHING
        RETURNING attendance_id INTO v.attendance_id;
    IF NOT FOUND THEN
        SELECT x.attendance_id, gym.to_local(x.check_in, me.time_zone),
               GREATEST(extract(epoch FROM now() - x.check_in)::bigint, 0),
               CASE WHEN x.gym_id = me.gym_id THEN x.desk ELSE left(g.name, 20) END
          INTO v.attendance_id, v.since_local, v.seconds_in, v.since_desk
          FROM gym.attendance x JOIN gym.gyms g ON g.gym_id = x.gym_id
          WHERE x.customer_id = customer AND x.check_out IS NULL AND x.voided_at IS NULL;
        v.result := 'already_in';
        v.visits_this_month := v.visits_this_month - 1;
        v.visits_total := v.visits_total - 1;
        RETURN v;
    END IF;
    UPDATE gym.member_summary x
        SET first_visit = COALESCE(x.first_visit, me.today), last_visit = me.today, last_check_in = now(),
            visit_count = x.visit_count + 1,
            visit_days = x.visit_days + CASE WHEN x.last_visit = me.today THEN 0 ELSE 1 END,
            visit_month = month, visits_month = this_month + 1
        WHERE x.customer_id = customer;
    IF s.visit_count % 5 = 4 THEN
        PERFORM gym.refresh_habit(customer, me.time_zone);
    END IF;
    IF denying IS NOT NULL THEN
        INSERT INTO gym.access_log (gym_id, customer_id, home_gym_id, code, desk, staff_id, result, reason,
                                    reasons, override_reason, attendance_id, request_id)
            VALUES (me.gym_id, customer, c.gym_id, left(code, 64), COALESCE(at_desk, ''), me.staff_id,
                    'overridden', denying, v.reasons, override, v.attendance_id, request);
    END IF;
    PERFORM pg_notify('gymtui', me.gym_id || ':attendance');
    RETURN v;
END
$$;

-- The reasons, one by one, for a member who is not ordinary. `r` is the row that decide read. The
-- result is 'in' or 'denied' by the gym's policies, or already_in, repeat, unknown.
CREATE FUNCTION gym.examine(me auth.identity, r record, code text, override text, repeat_seconds integer)
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
    IF valid AND r.visits_included > 0 AND NOT again THEN
        SELECT count(*) INTO used FROM gym.attendance x
            WHERE x.customer_id = customer AND x.voided_at IS NULL AND NOT x.reentry
              AND x.check_in >= r.starts::timestamp AT TIME ZONE me.time_zone
              AND x.check_out IS NOT NULL;
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

-- What a verdict says of a member beside the decision: for those who leave, and for corrections.
CREATE FUNCTION gym.standing(me auth.identity, customer bigint, outcome text) RETURNS gym.verdict
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v gym.verdict;
BEGIN
    SELECT c.customer_id, c.name, COALESCE(p.name, ''), CASE WHEN c.gym_id = me.gym_id THEN '' ELSE h.name END,
           CASE WHEN c.gym_id = me.gym_id THEN COALESCE(c.keytag, '') ELSE '' END,
           d.inside, floor(extract(epoch FROM now() AT TIME ZONE me.time_zone))::bigint
      INTO v.customer_id, v.name, v.plan, v.home_gym, v.keytag, v.inside, v.at_local
      FROM (SELECT count(*)::integer AS inside FROM gym.attendance i
            WHERE i.gym_id = me.gym_id AND i.check_out IS NULL AND i.voided_at IS NULL) d
      LEFT JOIN gym.customers c ON c.customer_id = customer
      LEFT JOIN gym.member_summary s ON s.customer_id = customer
      LEFT JOIN gym.packages p ON p.package_id = s.package_id
      LEFT JOIN gym.gyms h ON h.gym_id = c.gym_id;
    v.result := outcome;
    v.capacity := me.capacity;
    v.recovered := false;
    IF v.customer_id IS NULL THEN
        v.result := 'unknown';
        RETURN v;
    END IF;
    v.reasons := '';
    IF v.home_gym = '' THEN
        SELECT s.ends, s.ends - me.today, s.visit_count, s.last_visit, s.balance,
               gym.habit_text(s.usual_weekday, s.usual_minute),
               CASE WHEN s.visit_month = date_trunc('month', me.today)::date THEN s.visits_month ELSE 0 END
          INTO v.ends, v.days_left, v.visits_total, v.last_visit, v.balance, v.habit, v.visits_this_month
          FROM gym.member_summary s WHERE s.customer_id = customer;
    END IF;
    RETURN v;
END
$$;

CREATE FUNCTION gym.check_in(request uuid, code text, customer bigint, desk text,
                             override_reason text DEFAULT NULL, repeat_seconds integer DEFAULT 0)
    RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('desk');
    v      gym.verdict;
    member bigint;
    known  boolean;
BEGIN
    -- A scan that is good costs six statements; this one asks for the tag and for the request at once.
    SELECT COALESCE(c.merged_into, c.customer_id), q.request_id IS NOT NULL INTO member, known
        FROM (SELECT 1) one
        LEFT JOIN gym.customers c ON c.keytag = gym.clean(code) AND c.gym_id = me.gym_id AND customer IS NULL
        LEFT JOIN gym.requests q ON q.gym_id = me.gym_id AND q.request_id = request;
    IF known THEN
        RETURN jsonb_populate_record(v, gym.begin_request(me, request, 'check_in'));
    END IF;
    IF member IS NULL THEN
        member := gym.find_member(me, NULLIF(gym.clean(code), ''), customer);
    END IF;
    v := gym.decide(me, request, NULLIF(gym.clean(code), ''), member, left(gym.clean(desk), 24),
                    NULLIF(left(gym.clean(override_reason), 200), ''), COALESCE(repeat_seconds, 0), true);
    IF v.result <> 'unknown' AND request IS NOT NULL THEN
        INSERT INTO gym.requests (gym_id, request_id, kind, result)
            VALUES (me.gym_id, request, 'check_in', to_jsonb(v)) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'this request was sent twice at the same moment'
                USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    RETURN v;
END
$$;

CREATE FUNCTION gym.check_out(request uuid, code text, customer bigint, desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
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
    who := gym.find_member(me, NULLIF(gym.clean(check_out.code), ''), check_out.customer);
    -- A member of another gym is found by number too while inside this one.
    IF who IS NULL AND check_out.customer IS NOT NULL THEN
        SELECT a.customer_id INTO who FROM gym.attendance a
            WHERE a.customer_id = check_out.customer AND a.gym_id = me.gym_id
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
        PERFORM pg_notify('gymtui', me.gym_id || ':attendance');
    END IF;
    PERFORM gym.end_request(me, request, 'check_out', to_jsonb(v));
    RETURN v;
END
$$;

-- Takes the last step back: a check-out is opened again, a check-in is voided (the row stays).
CREATE FUNCTION gym.void_visit(request uuid, attendance bigint, reason text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'void_visit');
    v     gym.verdict;
    a     gym.attendance;
    day   timestamptz := me.today::timestamp AT TIME ZONE me.time_zone;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    SELECT * INTO a FROM gym.attendance x
        WHERE x.attendance_id = void_visit.attendance AND x.gym_id = me.gym_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such visit here' USING ERRCODE = 'GT002';
    ELSIF a.voided_at IS NOT NULL THEN
        RAISE EXCEPTION 'this visit is undone already' USING ERRCODE = 'GT004';
    ELSIF COALESCE(a.check_out, a.check_in) < day AND a.check_in < day THEN
        RAISE EXCEPTION 'only visits of today can be undone' USING ERRCODE = 'GT001',
            HINT = 'an older visit is history';
    END IF;
    IF a.check_out IS NOT NULL AND NOT a.backdated THEN
        IF EXISTS (SELECT FROM gym.attendance x WHERE x.customer_id = a.customer_id
                   AND x.check_out IS NULL AND x.voided_at IS NULL) THEN
            RAISE EXCEPTION 'the member has come back since' USING ERRCODE = 'GT004',
                HINT = 'undo that check-in first';
        END IF;
        UPDATE gym.attendance x SET check_out = NULL, staff_out = NULL, auto_out = false
            WHERE x.attendance_id = a.attendance_id;
    ELSE
        UPDATE gym.attendance x
            SET voided_at = now(), void_reason = COALESCE(NULLIF(left(gym.clean(void_visit.reason), 200), ''), 'mistake')
            WHERE x.attendance_id = a.attendance_id;
        PERFORM gym.recount_visits(a.customer_id);
    END IF;
    v := gym.standing(me, a.customer_id, 'undone');
    v.attendance_id := a.attendance_id;
    v.since_local := gym.to_local(a.check_in, me.time_zone);
    v.at_local := gym.to_local(COALESCE(a.check_out, a.check_in), me.time_zone);
    v.recovered := false;
    PERFORM gym.notify(me, 'attendance');
    PERFORM gym.end_request(me, request, 'void_visit', to_jsonb(v));
    RETURN v;
END
$$;

-- A visit entered afterwards (rules 3, 11): with a reason, flagged, and not over another visit.
CREATE FUNCTION gym.backfill_visit(request uuid, customer bigint, check_in_local bigint,
                                   check_out_local bigint, reason text, desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me      auth.identity := auth.require('desk');
    first   jsonb := gym.begin_request(me, request, 'backfill_visit');
    v       gym.verdict;
    c       gym.customers;
    arrived timestamptz := gym.from_local(check_in_local, me.time_zone);
    left_at timestamptz := gym.from_local(check_out_local, me.time_zone);
    why     text := NULLIF(left(gym.clean(reason), 200), '');
    visit   bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    SELECT * INTO c FROM gym.customers x
        WHERE x.customer_id = backfill_visit.customer AND x.gym_id = me.gym_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no member %', customer USING ERRCODE = 'GT002';
    ELSIF why IS NULL THEN
        RAISE EXCEPTION 'a visit entered afterwards needs a reason' USING ERRCODE = 'GT001';
    ELSIF arrived IS NULL OR arrived > now() OR left_at > now() THEN
        RAISE EXCEPTION 'a visit cannot be in the future' USING ERRCODE = 'GT001';
    ELSIF left_at < arrived THEN
        RAISE EXCEPTION 'the visit would end before it begins' USING ERRCODE = 'GT001';
    ELSIF left_at - arrived > interval '24 hours' THEN
        RAISE EXCEPTION 'a visit lasts at most 24 hours' USING ERRCODE = 'GT001';
    ELSIF arrived < now() - make_interval(days => (me.settings ->> 'backfill_days')::integer) AND me.rank < 2 THEN
        RAISE EXCEPTION 'a visit so long ago is entered by a manager' USING ERRCODE = 'GT003';
    ELSIF (arrived AT TIME ZONE me.time_zone)::date < c.join_date THEN
        RAISE EXCEPTION 'the member joined on %', gym.day_text(c.join_date, me.today) USING ERRCODE = 'GT001';
    END IF;
    IF EXISTS (SELECT FROM gym.attendance x
               WHERE x.customer_id = c.customer_id AND x.voided_at IS NULL
                 AND tstzrange(x.check_in, x.check_out) && tstzrange(arrived, left_at)) THEN
        RAISE EXCEPTION 'the member has a visit at that time' USING ERRCODE = 'GT004';
    END IF;
    INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id, desk, staff_in,
                                staff_out, backdated, override_reason, reentry, request_id)
        VALUES (c.customer_id, arrived, left_at, me.gym_id, c.gym_id, left(gym.clean(backfill_visit.desk), 24),
                me.staff_id, CASE WHEN left_at IS NOT NULL THEN me.staff_id END, true, why,
                EXISTS (SELECT FROM gym.attendance x
                        WHERE x.customer_id = c.customer_id AND x.voided_at IS NULL AND x.check_in < arrived
                          AND (x.check_in AT TIME ZONE me.time_zone)::date
                              = (arrived AT TIME ZONE me.time_zone)::date), request)
        RETURNING attendance_id INTO visit;
    PERFORM gym.recount_visits(c.customer_id);
    v := gym.standing(me, c.customer_id, CASE WHEN left_at IS NULL THEN 'in' ELSE 'out' END);
    v.attendance_id := visit;
    v.since_local := check_in_local;
    v.at_local := COALESCE(check_out_local, check_in_local);
    v.seconds_in := extract(epoch FROM left_at - arrived)::bigint;
    v.since_desk := backfill_visit.desk;
    PERFORM gym.notify(me, 'attendance');
    PERFORM gym.end_request(me, request, 'backfill_visit', to_jsonb(v));
    RETURN v;
END
$$;

-- Rule 12: forgotten check-outs, closed at the cap or at closing time, after the member's own
-- median stay, flagged. Returns how many.
CREATE FUNCTION gym.auto_checkout() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    g       record;
    row     record;
    closed  integer := 0;
    here    integer;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker closes forgotten visits' USING ERRCODE = 'GT003';
    END IF;
    FOR g IN SELECT x.gym_id, x.time_zone, gym.default_settings() || x.settings AS settings FROM gym.gyms x
    LOOP
        here := 0;
        FOR row IN
            SELECT a.attendance_id, a.check_in,
                   LEAST(a.check_in + make_interval(mins => (g.settings ->> 'auto_checkout_minutes')::integer),
                         c.closing) AS cap,
                   COALESCE(m.median, interval '64 minutes') AS stay
            FROM gym.attendance a
            -- The first closing time after the check-in; one past midnight is the next day's.
            LEFT JOIN LATERAL (
                SELECT min(t.at) AS closing
                FROM (SELECT ((a.check_in AT TIME ZONE g.time_zone)::date + d.day + (g.settings ->> 'closing_time')::time)
                             AT TIME ZONE g.time_zone AS at
                      FROM generate_series(0, 1) AS d (day)) t
                WHERE t.at > a.check_in) c ON true
            LEFT JOIN LATERAL (
                SELECT percentile_cont(.5) WITHIN GROUP (ORDER BY x.check_out - x.check_in) AS median
                FROM (SELECT y.check_in, y.check_out FROM gym.attendance y
                      WHERE y.customer_id = a.customer_id AND y.check_out IS NOT NULL AND NOT y.auto_out
                        AND NOT y.backdated AND y.voided_at IS NULL
                      ORDER BY y.check_in DESC LIMIT 20) x) m ON true
            WHERE a.gym_id = g.gym_id AND a.check_out IS NULL AND a.voided_at IS NULL
            FOR UPDATE OF a SKIP LOCKED
        LOOP
            IF row.cap <= now() THEN
                UPDATE gym.attendance a SET check_out = LEAST(row.check_in + row.stay, row.cap), auto_out = true
                    WHERE a.attendance_id = row.attendance_id;
                here := here + 1;
            END IF;
        END LOOP;
        IF here > 0 THEN
            PERFORM pg_notify('gymtui', g.gym_id || ':attendance');
        END IF;
        closed := closed + here;
    END LOOP;
    RETURN closed;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Candidates for letters at the desk: how well the text matches, then who usually comes now.

CREATE FUNCTION gym.candidates(typed text, row_limit integer DEFAULT 8)
    RETURNS TABLE (customer_id bigint, name text, plan text, keytag text, phone text, ends date,
                   last_visit date, status text, is_in boolean, matched_by integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me     auth.identity := auth.require('desk');
    folded text := gym.search_fold(gym.clean(typed));
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
    RETURN QUERY
        WITH hits AS (
            SELECT h.customer_id, min(h.kind)::integer AS kind, bool_or(h.term = probe) AS exact
            FROM (SELECT t.customer_id, t.kind, t.term FROM gym.search_terms t
                  WHERE t.gym_id = me.gym_id AND t.term >= probe AND t.term < gym.search_until(probe)
                  LIMIT 600) h
            GROUP BY h.customer_id
        )
        SELECT c.customer_id, c.name, COALESCE(p.name, ''), COALESCE(c.keytag, ''), c.phone, s.ends,
               s.last_visit, gym.shown_status(s.ends, s.cancelled_on, s.frozen, me.today),
               EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = c.customer_id
                       AND a.check_out IS NULL AND a.voided_at IS NULL), h.kind
        FROM hits h
        JOIN gym.customers c ON c.customer_id = h.customer_id
        JOIN gym.member_summary s ON s.customer_id = h.customer_id
        LEFT JOIN gym.packages p ON p.package_id = s.package_id
        WHERE NOT EXISTS (SELECT FROM unnest(words) w
                          WHERE h.kind = 0 AND position(' ' || w IN ' ' || c.sort_name) = 0)
        ORDER BY h.exact DESC,
                 -- Someone who may come in before someone who left long ago.
                 COALESCE(s.ends < me.today - 30, true),
                 -- Minutes from the usual time, a usual day counting two hours, and silence.
                 COALESCE(LEAST(abs(s.usual_minute - minute), 1440 - abs(s.usual_minute - minute)), 400)
                 - CASE WHEN s.usual_weekday = day THEN 120 ELSE 0 END
                 + LEAST(COALESCE(me.today - s.last_visit, 120), 120) * 5,
                 c.sort_name, c.customer_id
        LIMIT LEAST(GREATEST(row_limit, 1), 50);
END
$$;

-- Rule 8: what a desk may know of another gym's member who was at its door, and nothing more.
CREATE FUNCTION gym.visitor(customer bigint) RETURNS TABLE (name text, plan text, home_gym text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here bigint := auth.current_gym();
BEGIN
    RETURN QUERY
        SELECT c.name, COALESCE(p.name, ''), h.name
        FROM gym.customers c
        JOIN gym.gyms h ON h.gym_id = c.gym_id
        LEFT JOIN gym.member_summary s ON s.customer_id = c.customer_id
        LEFT JOIN gym.packages p ON p.package_id = s.package_id
        WHERE c.customer_id = visitor.customer
          AND (EXISTS (SELECT FROM gym.attendance a
                       WHERE a.customer_id = visitor.customer AND a.gym_id = here)
               OR EXISTS (SELECT FROM gym.access_log a
                          WHERE a.customer_id = visitor.customer AND a.gym_id = here));
END
$$;
