-- SPDX-License-Identifier: GPL-3.0-or-later
-- What keeps itself true: member_summary, customers.status, search terms, the audit log, and
-- append-only tables. Bulk loads (SET gymtui.bulk = 'on' in a session of the worker or the
-- administrator) skip this and call the rebuild functions at their end.

SELECT set_config('role', current_database() || '_owner', true);

CREATE FUNCTION gym.is_bulk() RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN COALESCE(current_setting('gymtui.bulk', true) = 'on', false) AND auth.is_system();
END
$$;

-- SQL functions below are such that they can be inlined: without SET, not more volatile than they say,
-- no FROM. One that cannot is parsed and planned at each call.

-- Wall clock of a gym in whole seconds since 1970-01-01 00:00 on that clock, and back.
CREATE FUNCTION gym.to_local(at timestamptz, time_zone text) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT floor(extract(epoch FROM at AT TIME ZONE time_zone))::bigint
$$;
CREATE FUNCTION gym.from_local(seconds bigint, time_zone text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT (timestamp 'epoch' + seconds * interval '1 second') AT TIME ZONE time_zone
$$;

CREATE FUNCTION gym.today() RETURNS date
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT (now() AT TIME ZONE g.time_zone)::date FROM gym.gyms g WHERE g.gym_id = auth.current_gym());
END
$$;

-- 31 Jan + 1 → 28 Feb, and with anchor 31, 28 Feb + 1 → 31 Mar (rule 9).
CREATE FUNCTION gym.add_months(day date, months integer, anchor integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT LEAST((date_trunc('month', day::timestamp) + make_interval(months => months)
                  + make_interval(days => anchor - 1))::date,
                 (date_trunc('month', day::timestamp) + make_interval(months => months + 1))::date - 1)
$$;

CREATE FUNCTION gym.shown_status(ends date, cancelled_on date, frozen daterange, today date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN cancelled_on < today AND COALESCE(ends, cancelled_on) < today THEN 'cancelled'
                WHEN frozen @> today THEN 'frozen'
                WHEN ends >= today THEN 'active'
                ELSE 'expired' END
$$;

CREATE FUNCTION gym.habit_text(usual_weekday integer, usual_minute integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN usual_minute IS NULL THEN ''
           ELSE 'usually ' || COALESCE((ARRAY['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])[usual_weekday + 1]
                                       || ' ', '')
                || lpad((usual_minute / 60 % 24)::text, 2, '0') || ':'
                || lpad((usual_minute % 60)::text, 2, '0') END
$$;

-- "9 Nov", with the year when it is over 300 days away.
CREATE FUNCTION gym.day_text(day date, today date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT to_char(day, CASE WHEN abs(day - today) > 300 THEN 'FMDD Mon YYYY' ELSE 'FMDD Mon' END)
$$;
CREATE FUNCTION gym.money_text(amount numeric) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE STRICT AS $$
    SELECT to_char(amount, 'FM999,999,999,990.00')
$$;
-- Text from people: no control characters, no bidi overrides, no blanks around (rule 19).
CREATE FUNCTION gym.clean(typed text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(COALESCE(typed, ''),
        U&'[\0001-\001f\007f-\009f\2028\2029\202a-\202e\2066-\2069]+', ' ', 'g'))
$$;
CREATE FUNCTION gym.digits(typed text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT regexp_replace(COALESCE(typed, ''), '[^0-9]', '', 'g') $$;

-- ---------------------------------------------------------------------------------------------
-- Summary: terms and freezes.

-- Rule 7: status follows from the dated rows, as of today.
CREATE FUNCTION gym.refresh_member(customer bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    day    date;
    last   record;
    frost  daterange;
    wanted text;
BEGIN
    SELECT (now() AT TIME ZONE g.time_zone)::date INTO day
        FROM gym.customers c JOIN gym.gyms g USING (gym_id) WHERE c.customer_id = customer;
    SELECT lower(m.term) AS starts, upper(m.term) - 1 AS ends, m.package_id, m.cancelled_on INTO last
        FROM gym.memberships m WHERE m.customer_id = customer AND NOT isempty(m.term)
        ORDER BY upper(m.term) DESC LIMIT 1;
    SELECT f.period INTO frost
        FROM gym.freezes f WHERE f.customer_id = customer AND upper(f.period) > day
        ORDER BY lower(f.period) LIMIT 1;
    UPDATE gym.member_summary s
        SET starts = last.starts, ends = last.ends, package_id = last.package_id,
            cancelled_on = last.cancelled_on, frozen = frost
        WHERE s.customer_id = customer;
    wanted := CASE gym.shown_status(last.ends, last.cancelled_on, frost, day)
                  WHEN 'cancelled' THEN 'cancelled' WHEN 'frozen' THEN 'frozen' ELSE 'active' END;
    UPDATE gym.customers c SET status = wanted WHERE c.customer_id = customer AND c.status <> wanted;
END
$$;

CREATE FUNCTION gym.on_term_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF gym.is_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM gym.refresh_member(OLD.customer_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.customer_id <> OLD.customer_id) THEN
        PERFORM gym.refresh_member(NEW.customer_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER summary AFTER INSERT OR UPDATE OR DELETE ON gym.memberships
    FOR EACH ROW EXECUTE FUNCTION gym.on_term_change();
CREATE TRIGGER summary AFTER INSERT OR UPDATE OR DELETE ON gym.freezes
    FOR EACH ROW EXECUTE FUNCTION gym.on_term_change();

-- Summary: money.

CREATE FUNCTION gym.on_charge() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF gym.is_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE gym.member_summary s SET charged_total = s.charged_total - OLD.amount
            WHERE s.customer_id = OLD.customer_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE gym.member_summary s SET charged_total = s.charged_total + NEW.amount
            WHERE s.customer_id = NEW.customer_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER summary AFTER INSERT OR UPDATE OR DELETE ON gym.charges
    FOR EACH ROW EXECUTE FUNCTION gym.on_charge();

CREATE FUNCTION gym.on_transaction() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    customer bigint;
BEGIN
    IF gym.is_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        UPDATE gym.member_summary s
            SET paid_total = s.paid_total + NEW.amount,
                payment_count = s.payment_count + CASE WHEN NEW.amount > 0 THEN 1 ELSE 0 END,
                first_payment = LEAST(s.first_payment, CASE WHEN NEW.amount > 0 THEN NEW.date END),
                last_payment = GREATEST(s.last_payment, CASE WHEN NEW.amount > 0 THEN NEW.date END)
            WHERE s.customer_id = NEW.customer_id;
        RETURN NULL;
    END IF;
    -- Moved by a merge: both members again from their rows.
    FOREACH customer IN ARRAY ARRAY[OLD.customer_id, NEW.customer_id]
    LOOP
        UPDATE gym.member_summary s
            SET (paid_total, payment_count, first_payment, last_payment) =
                (SELECT COALESCE(sum(t.amount), 0), count(*) FILTER (WHERE t.amount > 0),
                        min(t.date) FILTER (WHERE t.amount > 0), max(t.date) FILTER (WHERE t.amount > 0)
                 FROM gym.transactions t WHERE t.customer_id = customer)
            WHERE s.customer_id = customer;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER summary AFTER INSERT OR UPDATE OF customer_id ON gym.transactions
    FOR EACH ROW EXECUTE FUNCTION gym.on_transaction();

-- Summary: visits. A check-in is one step of arithmetic (gym.decide); anything else (void, backfill,
-- merge, bulk load) counts the visits anew. The habit is an average over the last 60 visits that
-- forgets: each visit weighs a tenth more than the one before. A check-in looks at it every fifth time.

-- The visits of members, counted from the rows: for recounts and rebuilds.
CREATE FUNCTION gym.visit_figures(customer bigint)
    RETURNS TABLE (customer_id bigint, first_visit date, last_visit date, last_check_in timestamptz,
                   visit_count integer, visit_days integer, visit_month date, visits_month integer,
                   weekday_weights real[], minute_mean real)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
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
    FROM counted c JOIN habit h USING (customer_id)
$$;

CREATE FUNCTION gym.usual_weekday(visits integer, w real[]) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN visits >= 5 AND GREATEST(w[1], w[2], w[3], w[4], w[5], w[6], w[7]) >= .25
                THEN (array_position(w, GREATEST(w[1], w[2], w[3], w[4], w[5], w[6], w[7])) - 1)::smallint END
$$;

CREATE FUNCTION gym.usual_minute(visits integer, minute_mean real) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN visits >= 5 THEN ((round(minute_mean / 10) * 10)::integer % 1440)::smallint END
$$;

-- The habit alone, from the last 60 visits: the same as visit_figures has it.
CREATE FUNCTION gym.refresh_habit(customer bigint, time_zone text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH visits AS (
        SELECT a.wall, extract(isodow FROM a.wall)::integer AS weekday,
               .1 * power(.9, row_number() OVER (ORDER BY a.wall DESC) - 1) AS weight
        FROM (SELECT x.check_in AT TIME ZONE refresh_habit.time_zone AS wall FROM gym.attendance x
              WHERE x.customer_id = customer AND x.voided_at IS NULL
              ORDER BY x.check_in DESC LIMIT 60) a
    )
    UPDATE gym.member_summary s
        SET usual_weekday = (SELECT v.weekday - 1 FROM visits v GROUP BY v.weekday HAVING sum(v.weight) >= .25
                             ORDER BY sum(v.weight) DESC, v.weekday LIMIT 1),
            usual_minute = gym.usual_minute(s.visit_count, (
                SELECT (sum(v.weight * (extract(hour FROM v.wall) * 60 + extract(minute FROM v.wall)))
                        / sum(v.weight))::real FROM visits v))
        WHERE s.customer_id = customer;
END
$$;

CREATE FUNCTION gym.recount_visits(customer bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
BEGIN
    SELECT * INTO f FROM gym.visit_figures(customer);
    UPDATE gym.member_summary s
        SET first_visit = f.first_visit, last_visit = f.last_visit, last_check_in = f.last_check_in,
            visit_count = COALESCE(f.visit_count, 0), visit_days = COALESCE(f.visit_days, 0),
            visit_month = f.visit_month, visits_month = COALESCE(f.visits_month, 0),
            usual_weekday = gym.usual_weekday(f.visit_count, f.weekday_weights),
            usual_minute = gym.usual_minute(f.visit_count, f.minute_mean)
        WHERE s.customer_id = customer;
END
$$;

-- All summaries from the rows: after a bulk load.
CREATE FUNCTION gym.rebuild_summaries() RETURNS bigint
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
               FROM gym.charges x GROUP BY x.customer_id) h ON h.customer_id = c.customer_id;
    GET DIAGNOSTICS count = ROW_COUNT;
    PERFORM gym.refresh_statuses();
    RETURN count;
END
$$;

-- customers.status, and freezes that began or ended, as of today: the worker's nightly step.
CREATE FUNCTION gym.refresh_statuses() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count bigint;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may refresh all statuses' USING ERRCODE = 'GT003';
    END IF;
    UPDATE gym.member_summary s
        SET frozen = (SELECT f.period FROM gym.freezes f
                      WHERE f.customer_id = s.customer_id
                        AND upper(f.period) > (now() AT TIME ZONE g.time_zone)::date
                      ORDER BY lower(f.period) LIMIT 1)
        FROM gym.gyms g
        WHERE g.gym_id = s.gym_id AND upper(s.frozen) <= (now() AT TIME ZONE g.time_zone)::date;
    UPDATE gym.customers c SET status = w.wanted
        FROM (SELECT s.customer_id,
                     CASE gym.shown_status(s.ends, s.cancelled_on, s.frozen, (now() AT TIME ZONE g.time_zone)::date)
                         WHEN 'cancelled' THEN 'cancelled' WHEN 'frozen' THEN 'frozen' ELSE 'active' END AS wanted
              FROM gym.member_summary s JOIN gym.gyms g USING (gym_id)) w
        WHERE w.customer_id = c.customer_id AND w.wanted <> c.status;
    GET DIAGNOSTICS count = ROW_COUNT;
    RETURN count;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Search terms: a name from each of its words on, and with the last word first; the digits of the
-- telephone number, its last seven and last four; the e-mail address; number and key tag.

-- Of one member, or of all (NULL). A function of its rows would be planned anew for each of them.
CREATE FUNCTION gym.write_search_terms(customer bigint) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count bigint;
BEGIN
    INSERT INTO gym.search_terms (gym_id, term, customer_id, kind)
    WITH members AS (
        SELECT c.gym_id, c.customer_id, c.sort_name, c.keytag, c.email,
               string_to_array(c.sort_name, ' ') AS words, gym.digits(c.phone) AS phone
        FROM gym.customers c
        WHERE c.merged_into IS NULL AND (customer IS NULL OR c.customer_id = customer)
    )
    SELECT DISTINCT t.gym_id, left(t.term, 200), t.customer_id, t.kind::smallint
    FROM (SELECT m.gym_id, array_to_string(m.words[i:], ' ') AS term, m.customer_id, 0 AS kind
              FROM members m, generate_series(1, array_length(m.words, 1)) AS i
          UNION ALL
          SELECT m.gym_id, array_to_string(m.words[array_length(m.words, 1):]
                                           || m.words[:array_length(m.words, 1) - 1], ' '), m.customer_id, 0
              FROM members m WHERE array_length(m.words, 1) > 1
          UNION ALL SELECT m.gym_id, m.phone, m.customer_id, 1 FROM members m
          UNION ALL SELECT m.gym_id, right(m.phone, 7), m.customer_id, 1 FROM members m
          UNION ALL SELECT m.gym_id, right(m.phone, 4), m.customer_id, 1 FROM members m
          UNION ALL SELECT m.gym_id, gym.search_fold(m.email), m.customer_id, 2 FROM members m
          UNION ALL SELECT m.gym_id, m.customer_id::text, m.customer_id, 3 FROM members m
          UNION ALL SELECT m.gym_id, gym.search_fold(m.keytag), m.customer_id, 3 FROM members m) t
    WHERE t.term <> ''
    ORDER BY 1, 2, 3, 4;
    GET DIAGNOSTICS count = ROW_COUNT;
    RETURN count;
END
$$;

CREATE FUNCTION gym.on_customer() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF gym.is_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO gym.member_summary (customer_id, gym_id) VALUES (NEW.customer_id, NEW.gym_id);
    ELSE
        DELETE FROM gym.search_terms t WHERE t.customer_id = NEW.customer_id;
    END IF;
    PERFORM gym.write_search_terms(NEW.customer_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER search AFTER INSERT OR UPDATE OF name, phone, email, keytag, merged_into ON gym.customers
    FOR EACH ROW EXECUTE FUNCTION gym.on_customer();

CREATE FUNCTION gym.rebuild_search_terms() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count bigint;
BEGIN
    IF NOT auth.is_system() THEN
        RAISE EXCEPTION 'only the worker may rebuild the search terms' USING ERRCODE = 'GT003';
    END IF;
    TRUNCATE gym.search_terms;
    count := gym.write_search_terms(NULL);
    RETURN count;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Audit: who changed what, before and after. Verifiers never go in.

CREATE FUNCTION gym.audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hidden text[] := ARRAY['verifier', 'hashed_password', 'sort_name', 'updated_at', 'updated_by'];
    old_row jsonb;
    new_row jsonb;
    shown   jsonb;
BEGIN
    IF gym.is_bulk() THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD) - hidden;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW) - hidden;
    END IF;
    IF TG_OP = 'UPDATE' AND old_row = new_row THEN
        IF to_jsonb(OLD) -> 'verifier' IS NOT DISTINCT FROM to_jsonb(NEW) -> 'verifier' THEN
            RETURN NULL;
        END IF;
        new_row := new_row || '{"password": "changed"}';
    END IF;
    shown := COALESCE(new_row, old_row);
    INSERT INTO gym.audit_log (gym_id, table_name, row_id, customer_id, action, before, after)
        VALUES ((shown ->> 'gym_id')::bigint, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
                (shown ->> TG_ARGV[0])::bigint, (shown ->> 'customer_id')::bigint, lower(TG_OP),
                -- Of an update only what changed, beside the key.
                CASE TG_OP WHEN 'UPDATE' THEN (SELECT jsonb_object_agg(o.key, o.value) FROM jsonb_each(old_row) o
                                               WHERE new_row -> o.key IS DISTINCT FROM o.value)
                           ELSE old_row END,
                CASE TG_OP WHEN 'UPDATE' THEN (SELECT jsonb_object_agg(n.key, n.value) FROM jsonb_each(new_row) n
                                               WHERE old_row -> n.key IS DISTINCT FROM n.value)
                           ELSE new_row END);
    RETURN NULL;
END
$$;

DO $$
DECLARE
    row record;
BEGIN
    FOR row IN SELECT * FROM (VALUES
        ('gym.gyms', 'gym_id'), ('auth.staff', 'staff_id'), ('gym.trainers', 'trainer_id'),
        ('gym.packages', 'package_id'), ('gym.customers', 'customer_id'),
        ('gym.memberships', 'membership_id'), ('gym.freezes', 'freeze_id'), ('gym.charges', 'charge_id'),
        ('gym.transactions', 'transaction_id'), ('gym.till_sessions', 'till_session_id'),
        ('gym.contacts', 'contact_id'), ('gym.campaigns', 'campaign_id')) AS t (name, key)
    LOOP
        EXECUTE format('CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %s '
                       'FOR EACH ROW EXECUTE FUNCTION gym.audit(%L)', row.name, row.key);
    END LOOP;
END
$$;
-- Visits are too many for the audit log; what was changed afterwards is in it.
CREATE TRIGGER audit AFTER UPDATE ON gym.attendance FOR EACH ROW
    WHEN (OLD.voided_at IS DISTINCT FROM NEW.voided_at OR OLD.check_in <> NEW.check_in
          OR (OLD.check_out IS NOT NULL AND NEW.check_out IS DISTINCT FROM OLD.check_out))
    EXECUTE FUNCTION gym.audit('attendance_id');

-- Rule 16, for the owner too: a payment changes hands in a merge, and its note is scrubbed when a
-- member is anonymised; of the audit log only before and after values are scrubbed (rule 18).
CREATE FUNCTION gym.keep() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'TRUNCATE' AND auth.is_system()
       AND (SELECT is_demonstration FROM gym.database_info) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' AND auth.is_system() AND (SELECT is_demonstration FROM gym.database_info) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'GT003', HINT = 'a payment is taken back by a refund';
END
$$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON gym.transactions
    FOR EACH ROW EXECUTE FUNCTION gym.keep('customer_id', 'note');
CREATE TRIGGER keep_all BEFORE TRUNCATE ON gym.transactions
    FOR EACH STATEMENT EXECUTE FUNCTION gym.keep();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON gym.audit_log
    FOR EACH ROW EXECUTE FUNCTION gym.keep('before', 'after');
CREATE TRIGGER keep_all BEFORE TRUNCATE ON gym.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION gym.keep();
