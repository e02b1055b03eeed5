-- SPDX-License-Identifier: GPL-3.0-or-later
-- Guests of members, and what a gym's owner sets for the door.

SELECT set_config('role', current_database() || '_owner', true);

-- ---------------------------------------------------------------------------------------------
-- Guests. A guest is a customer with a day pass who came in with a member; `guest_of` is who brought
-- them. It stays when a guest becomes a member: that is how the member was won.

ALTER TABLE gym.customers
    ADD COLUMN guest_of bigint,
    ADD FOREIGN KEY (gym_id, guest_of) REFERENCES gym.customers (gym_id, customer_id),
    ADD CHECK (guest_of <> customer_id);
CREATE INDEX customers_guest_of ON gym.customers (guest_of) WHERE guest_of IS NOT NULL;
COMMENT ON COLUMN gym.customers.guest_of IS 'the member who brought them; a guest while the plan is a day pass';

ALTER TABLE gym.packages
    ADD COLUMN guests_included integer NOT NULL DEFAULT 0 CHECK (guests_included BETWEEN 0 AND 1000);
COMMENT ON COLUMN gym.packages.guests_included IS 'guests a month whose day pass costs the member nothing';

-- How many guests the member may still bring this month without paying, and by what plan.
CREATE FUNCTION gym.guest_terms(host bigint, OUT plan text, OUT included integer, OUT used integer,
                                OUT package_id bigint, OUT pass text, OUT price numeric)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me auth.identity := auth.require('desk');
BEGIN
    SELECT p.name, p.guests_included INTO plan, included
        FROM gym.memberships m JOIN gym.packages p ON p.package_id = m.package_id
        WHERE m.customer_id = host AND m.gym_id = me.gym_id AND m.term @> me.today;
    plan := COALESCE(plan, '');
    included := COALESCE(included, 0);
    SELECT count(*) INTO used
        FROM gym.customers c JOIN gym.memberships m ON m.customer_id = c.customer_id
        WHERE c.guest_of = host AND c.gym_id = me.gym_id AND m.price = 0
          AND lower(m.term) >= date_trunc('month', me.today)::date;
    SELECT x.package_id, x.name, x.price INTO package_id, pass, price FROM gym.packages x
        WHERE x.gym_id = me.gym_id AND x.active AND x.duration_months = 0 AND x.visits_included <= 1
        ORDER BY x.price, x.package_id LIMIT 1;
END
$$;

-- Lets a guest in: the record (made now, or found again), the day pass (sold, or free by the host's
-- plan) and the visit, in one transaction. `payment_method` 0: it goes on the guest's bill.
CREATE FUNCTION gym.check_in_guest(request uuid, host bigint, name text, phone text, payment_method integer,
                                   desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'check_in_guest');
    v      gym.verdict;
    h      gym.customers;
    c      gym.customers;
    terms  record;
    title  text := left(gym.clean(check_in_guest.name), 120);
    number text := left(gym.clean(check_in_guest.phone), 40);
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    SELECT * INTO h FROM gym.customers x WHERE x.customer_id = host AND x.gym_id = me.gym_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no member %', host USING ERRCODE = 'GT002',
            HINT = 'guests come with members of this gym';
    ELSIF title = '' THEN
        RAISE EXCEPTION 'a guest needs a name' USING ERRCODE = 'GT001';
    ELSIF NOT EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = host AND a.gym_id = me.gym_id
                      AND a.check_out IS NULL AND a.voided_at IS NULL) THEN
        RAISE EXCEPTION '% is not in', h.name USING ERRCODE = 'GT001',
            HINT = 'check the member in first, then the guest';
    END IF;
    SELECT * INTO terms FROM gym.guest_terms(host);
    IF terms.package_id IS NULL THEN
        RAISE EXCEPTION 'no day pass is sold here' USING ERRCODE = 'GT001',
            HINT = 'a manager adds one under Packages: no months, one visit';
    ELSIF EXISTS (SELECT FROM gym.member_summary s JOIN gym.packages p ON p.package_id = s.package_id
                  WHERE s.customer_id = host AND p.duration_months = 0 AND p.visits_included <= 1) THEN
        RAISE EXCEPTION 'who is here on a day pass brings no guests' USING ERRCODE = 'GT001',
            HINT = 'F2 lets the other one in with a day pass of their own';
    END IF;

    -- The same guest again: by name among those this member brought, or by the phone number.
    PERFORM pg_advisory_xact_lock(hashtextextended(me.gym_id || ':enrol:' || gym.search_fold(title), 0));
    SELECT x.* INTO c FROM gym.customers x
        WHERE x.guest_of = host AND x.sort_name = gym.search_fold(title) AND x.merged_into IS NULL
          AND x.anonymised_on IS NULL
        ORDER BY x.customer_id LIMIT 1;
    IF NOT FOUND AND length(gym.digits(number)) >= 7 THEN
        SELECT x.* INTO c FROM gym.search_terms t JOIN gym.customers x ON x.customer_id = t.customer_id
            WHERE t.gym_id = me.gym_id AND t.kind = 1 AND t.term = gym.digits(number)
              AND gym.digits(x.phone) = gym.digits(number) AND x.sort_name = gym.search_fold(title)
              AND x.merged_into IS NULL AND x.anonymised_on IS NULL
            ORDER BY x.customer_id LIMIT 1;
    END IF;
    IF c.customer_id = host THEN
        RAISE EXCEPTION 'nobody is their own guest' USING ERRCODE = 'GT001';
    ELSIF c.banned_on IS NOT NULL THEN
        RAISE EXCEPTION '% is banned', c.name USING ERRCODE = 'GT001', HINT = 'a manager can lift the ban';
    ELSIF c.customer_id IS NULL THEN
        INSERT INTO gym.customers (gym_id, name, phone, join_date, guest_of, updated_by)
            VALUES (me.gym_id, title, number, me.today, host, me.full_name)
            RETURNING * INTO c;
    ELSE
        UPDATE gym.customers x SET guest_of = host, phone = COALESCE(NULLIF(number, ''), x.phone)
            WHERE x.customer_id = c.customer_id
              AND (x.guest_of IS DISTINCT FROM host OR (number <> '' AND x.phone <> number));
    END IF;

    -- Who has been here today, or is a member by now, needs no pass.
    IF NOT EXISTS (SELECT FROM gym.memberships m WHERE m.customer_id = c.customer_id AND m.term @> me.today) THEN
        IF terms.used < terms.included THEN
            INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day)
                VALUES (me.gym_id, c.customer_id, terms.package_id, daterange(me.today, me.today + 1), 0,
                        extract(day FROM me.today)::integer);
            UPDATE gym.customers x SET package_id = terms.package_id
                WHERE x.customer_id = c.customer_id AND x.package_id IS NULL;
        ELSE
            PERFORM gym.sell(me, request, c.customer_id, terms.package_id, payment_method,
                             check_in_guest.desk, 'day_pass');
        END IF;
    END IF;
    v := gym.decide(me, request, NULL, c.customer_id, left(gym.clean(check_in_guest.desk), 24), NULL, 0, true);
    IF v.result = 'denied' THEN
        -- Nothing is sold to somebody who then stays outside.
        RAISE EXCEPTION 'the guest is not let in: %', split_part(v.reasons, E'\t', 3) USING ERRCODE = 'GT001';
    END IF;
    v.recovered := false;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'check_in_guest', to_jsonb(v));
    RETURN v;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- What the owner sets for the door. `settings` holds those to change, numbers and words as text or as
-- JSON; null takes one back to the default. Answers with the gym's new row version.

CREATE FUNCTION gym.save_settings(request uuid, gym bigint, row_version integer, settings jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('owner');
    first  jsonb := gym.begin_request(me, request, 'save_settings');
    limits constant jsonb := '{"expired_grace": [0, 60], "expiring_within": [0, 60], "sessions_low": [0, 50],
        "auto_checkout_minutes": [30, 1440], "under_age": [0, 30], "pack_months": [1, 60],
        "freeze_max_days": [1, 1000], "backfill_days": [0, 366]}';
    g      gym.gyms;
    one    record;
    wanted jsonb;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'row_version')::integer;
    END IF;
    IF gym IS DISTINCT FROM me.gym_id AND me.rank < 4 THEN
        RAISE EXCEPTION 'this needs the level chain' USING ERRCODE = 'GT003';
    ELSIF jsonb_typeof(settings) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'settings are names and values' USING ERRCODE = 'GT001';
    END IF;
    SELECT * INTO g FROM gym.gyms x WHERE x.gym_id = save_settings.gym FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no gym %', gym USING ERRCODE = 'GT002';
    ELSIF g.row_version IS DISTINCT FROM row_version THEN
        RAISE EXCEPTION 'somebody else changed % in the meantime', g.name USING ERRCODE = 'GT004',
            HINT = 'look at it again';
    END IF;
    wanted := g.settings;
    FOR one IN SELECT s.key, s.value FROM jsonb_each_text(settings) s ORDER BY s.key
    LOOP
        IF one.value IS NULL THEN
            wanted := wanted - one.key;
        ELSIF limits ? one.key THEN
            IF one.value !~ '^[0-9]{1,6}$' OR one.value::integer NOT BETWEEN (limits -> one.key ->> 0)::integer
                                                                     AND (limits -> one.key ->> 1)::integer THEN
                RAISE EXCEPTION '% is % to %', replace(one.key, '_', ' '), limits -> one.key ->> 0,
                    limits -> one.key ->> 1 USING ERRCODE = 'GT001';
            END IF;
            wanted := wanted || jsonb_build_object(one.key, one.value::integer);
        ELSIF one.key IN ('opening_time', 'closing_time') THEN
            IF one.value !~ '^([01]?[0-9]|2[0-3]):[0-5][0-9]$' THEN
                RAISE EXCEPTION '"%" is no time of day', one.value USING ERRCODE = 'GT001',
                    HINT = 'write hours and minutes, as 22:30';
            END IF;
            wanted := wanted || jsonb_build_object(one.key, lpad(one.value, 5, '0'));
        ELSIF one.key LIKE 'policy\_%' AND gym.default_settings() ? one.key THEN
            IF one.value NOT IN ('ignore', 'warn', 'deny') THEN
                RAISE EXCEPTION 'a policy is ignore, warn or deny' USING ERRCODE = 'GT001';
            END IF;
            wanted := wanted || jsonb_build_object(one.key, one.value);
        ELSE
            RAISE EXCEPTION 'there is no setting "%"', one.key USING ERRCODE = 'GT001';
        END IF;
    END LOOP;
    UPDATE gym.gyms x SET settings = wanted, row_version = x.row_version + 1
        WHERE x.gym_id = save_settings.gym RETURNING x.row_version INTO g.row_version;
    PERFORM pg_notify('gymtui', gym || ':gyms');
    PERFORM gym.end_request(me, request, 'save_settings', jsonb_build_object('row_version', g.row_version));
    RETURN g.row_version;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Packages with the guests they include.

CREATE FUNCTION gym.save_package(request uuid, package bigint, row_version integer, name text,
                                 description text, duration_months integer, visits_included integer,
                                 price numeric, all_gyms boolean, active boolean, hours text, guests integer)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    first    jsonb := gym.begin_request(me, request, 'save_package');
    title    text := left(gym.clean(name), 60);
    words    text := left(gym.clean(description), 200);
    opens    smallint;
    closes   smallint;
    saved_id bigint;
    p        gym.packages;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'package_id')::bigint;
    END IF;
    IF title = '' THEN
        RAISE EXCEPTION 'a package needs a name' USING ERRCODE = 'GT001';
    ELSIF duration_months IS NULL OR duration_months NOT BETWEEN 0 AND 120 THEN
        RAISE EXCEPTION 'the duration is 0 to 120 months' USING ERRCODE = 'GT001';
    ELSIF price IS NULL OR price < 0 OR price > 1000000 THEN
        RAISE EXCEPTION 'the price is 0 to 1,000,000.00' USING ERRCODE = 'GT001';
    ELSIF visits_included IS NULL OR visits_included NOT BETWEEN 0 AND 10000 THEN
        RAISE EXCEPTION 'visits included are 0 (no limit) to 10,000' USING ERRCODE = 'GT001';
    ELSIF guests NOT BETWEEN 0 AND 1000 THEN
        RAISE EXCEPTION 'free guests are 0 to 1,000 a month' USING ERRCODE = 'GT001';
    END IF;
    IF COALESCE(hours, '') <> '' THEN
        IF hours !~ '^[0-9]{1,2} ?[-–] ?[0-9]{1,2}$' THEN
            RAISE EXCEPTION 'hours look like 09-16' USING ERRCODE = 'GT001';
        END IF;
        opens := substring(hours FROM '^[0-9]+')::smallint;
        closes := substring(hours FROM '[0-9]+$')::smallint;
        IF opens >= closes OR closes > 24 THEN
            RAISE EXCEPTION 'hours look like 09-16' USING ERRCODE = 'GT001';
        END IF;
    END IF;
    IF EXISTS (SELECT FROM gym.packages x WHERE x.gym_id = me.gym_id AND lower(x.name) = lower(title)
               AND x.active AND active AND x.package_id <> COALESCE(package, 0)) THEN
        RAISE EXCEPTION 'there is a package % already', title USING ERRCODE = 'GT004';
    END IF;
    IF COALESCE(package, 0) = 0 THEN
        INSERT INTO gym.packages (gym_id, name, description, duration_months, visits_included, price, all_gyms,
                                  active, hours_from, hours_until, guests_included)
            VALUES (me.gym_id, title, words, duration_months, visits_included, price, COALESCE(all_gyms, false),
                    COALESCE(active, true), opens, closes, COALESCE(guests, 0))
            RETURNING package_id INTO saved_id;
    ELSE
        SELECT * INTO p FROM gym.packages x WHERE x.package_id = package AND x.gym_id = me.gym_id FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no package %', package USING ERRCODE = 'GT002';
        ELSIF p.row_version <> row_version THEN
            RAISE EXCEPTION 'somebody else changed % in the meantime', p.name USING ERRCODE = 'GT004',
                HINT = 'look at it again';
        END IF;
        UPDATE gym.packages x
            SET name = title, description = words, duration_months = save_package.duration_months,
                visits_included = save_package.visits_included, price = save_package.price,
                all_gyms = COALESCE(save_package.all_gyms, false),
                active = COALESCE(save_package.active, true), hours_from = opens, hours_until = closes,
                guests_included = COALESCE(guests, x.guests_included), row_version = x.row_version + 1
            WHERE x.package_id = package;
        saved_id := package;
    END IF;
    PERFORM gym.notify(me, 'packages');
    PERFORM gym.end_request(me, request, 'save_package', jsonb_build_object('package_id', saved_id));
    RETURN saved_id;
END
$$;

-- Without a word about guests theirs stay as they are.
CREATE OR REPLACE FUNCTION gym.save_package(request uuid, package bigint, row_version integer, name text,
                                            description text, duration_months integer, visits_included integer,
                                            price numeric, all_gyms boolean, active boolean, hours text)
    RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
    SELECT gym.save_package(request, package, row_version, name, description, duration_months, visits_included,
                            price, all_gyms, active, hours, NULL::integer)
$$;

DO $$
DECLARE
    db text := current_database();
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.guest_terms(bigint), '
        'gym.check_in_guest(uuid, bigint, text, text, integer, text) TO %I', db || '_desk');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.save_package(uuid, bigint, integer, text, text, integer, integer, '
        'numeric, boolean, boolean, text, integer) TO %I', db || '_manager');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.save_settings(uuid, bigint, integer, jsonb) TO %I',
                   db || '_gymowner');
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.guest_terms(bigint), '
        'gym.check_in_guest(uuid, bigint, text, text, integer, text), '
        'gym.save_package(uuid, bigint, integer, text, text, integer, integer, numeric, boolean, boolean, text, '
        'integer), gym.save_settings(uuid, bigint, integer, jsonb) TO %I', db || '_worker');
END
$$;
