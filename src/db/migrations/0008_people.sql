-- SPDX-License-Identifier: GPL-3.0-or-later
-- Members as people: enrol, edit, ban, merge duplicates, anonymise. And what owners and managers
-- keep: packages, gyms, trainers, contacts, jobs.

SELECT set_config('role', current_database() || '_owner', true);

CREATE TYPE gym.saved AS (outcome text, customer_id bigint, row_version integer, duplicate_id bigint,
                          other_name text, changed_by text, recovered boolean);
COMMENT ON TYPE gym.saved IS 'outcome: saved, conflict (somebody else saved first), duplicate (of a member)';

-- What was typed into a member's form, cleaned and checked.
CREATE FUNCTION gym.clean_member(me auth.identity, c gym.customers, wants_trainer bigint) RETURNS gym.customers
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    c.name := left(gym.clean(c.name), 120);
    c.email := lower(left(gym.clean(c.email), 120));
    c.phone := left(gym.clean(c.phone), 40);
    c.keytag := NULLIF(left(gym.clean(c.keytag), 40), '');
    c.gender := left(gym.clean(c.gender), 16);
    c.note := left(gym.clean(c.note), 400);
    c.trainer_id := NULLIF(wants_trainer, 0);
    IF c.name = '' THEN
        RAISE EXCEPTION 'a member needs a name' USING ERRCODE = 'GT001';
    ELSIF c.email <> '' AND c.email !~ '^[^@ ]+@[^@ ]+$' THEN
        RAISE EXCEPTION '% is no e-mail address', c.email USING ERRCODE = 'GT001';
    ELSIF c.birth_date > me.today OR c.birth_date < me.today - 130 * 366 THEN
        RAISE EXCEPTION 'this birth date cannot be' USING ERRCODE = 'GT001';
    ELSIF EXISTS (SELECT FROM gym.customers x WHERE x.keytag = c.keytag AND x.gym_id = me.gym_id
                  AND x.customer_id IS DISTINCT FROM c.customer_id) THEN
        RAISE EXCEPTION 'the key tag % belongs to another member', c.keytag USING ERRCODE = 'GT004',
            HINT = 'scan it to see whose it is';
    ELSIF c.trainer_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM gym.trainers t WHERE t.trainer_id = c.trainer_id AND t.gym_id = me.gym_id) THEN
        RAISE EXCEPTION 'there is no trainer %', c.trainer_id USING ERRCODE = 'GT002';
    END IF;
    RETURN c;
END
$$;

CREATE FUNCTION gym.enrol(request uuid, name text, email text, phone text, keytag text, gender text,
                          birth_date date, note text, trainer bigint, package bigint, payment_method integer,
                          desk text, do_check_in boolean DEFAULT false, duplicate_is_fine boolean DEFAULT false)
    RETURNS gym.saved
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'enrol');
    result gym.saved;
    c      gym.customers;
    v      gym.verdict;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    c.name := name;
    c.email := email;
    c.phone := phone;
    c.keytag := keytag;
    c.gender := gender;
    c.birth_date := birth_date;
    c.note := note;
    c := gym.clean_member(me, c, trainer);
    -- Two desks that enrol the same person at once: the second waits and sees the first.
    PERFORM pg_advisory_xact_lock(hashtextextended(me.gym_id || ':enrol:' || gym.search_fold(c.name), 0));
    IF NOT duplicate_is_fine THEN
        SELECT x.customer_id, x.name INTO result.duplicate_id, result.other_name
            FROM gym.search_terms t JOIN gym.customers x USING (customer_id)
            WHERE t.gym_id = me.gym_id AND x.anonymised_on IS NULL
              AND ((t.kind = 0 AND t.term = left(gym.search_fold(c.name), 200)
                    AND x.sort_name = gym.search_fold(c.name)
                    AND (x.birth_date = c.birth_date OR x.birth_date IS NULL OR c.birth_date IS NULL))
                OR (t.kind = 1 AND length(gym.digits(c.phone)) >= 7 AND t.term = gym.digits(c.phone)
                    AND gym.digits(x.phone) = gym.digits(c.phone))
                OR (t.kind = 2 AND c.email <> '' AND t.term = gym.search_fold(c.email)))
            ORDER BY x.customer_id LIMIT 1;
        IF FOUND THEN
            result.outcome := 'duplicate';
            RETURN result;
        END IF;
    END IF;
    INSERT INTO gym.customers (gym_id, name, email, phone, birth_date, gender, join_date, trainer_id, keytag,
                               note, updated_by)
        VALUES (me.gym_id, c.name, c.email, c.phone, c.birth_date, c.gender, me.today, c.trainer_id, c.keytag,
                c.note, me.full_name)
        RETURNING customer_id, row_version INTO result.customer_id, result.row_version;
    IF COALESCE(package, 0) <> 0 THEN
        PERFORM gym.sell(me, request, result.customer_id, package, payment_method, desk, 'joining');
    END IF;
    IF do_check_in THEN
        v := gym.decide(me, request, NULL, result.customer_id, left(gym.clean(desk), 24), NULL, 0, true);
    END IF;
    result.outcome := 'saved';
    result.recovered := false;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'enrol', to_jsonb(result));
    RETURN result;
END
$$;

-- Rule 13: the row version is the one that was read; when it is no longer the one in the table, the
-- answer says who changed it, and nothing is written.
CREATE FUNCTION gym.update_member(request uuid, customer bigint, row_version integer, name text, email text,
                                  phone text, keytag text, gender text, birth_date date, note text,
                                  trainer bigint) RETURNS gym.saved
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'update_member');
    result gym.saved;
    c      gym.customers;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    c := gym.lock_member(me, customer);
    result.customer_id := customer;
    IF c.row_version <> row_version THEN
        result.outcome := 'conflict';
        result.row_version := c.row_version;
        result.other_name := c.name;
        result.changed_by := c.updated_by;
        RETURN result;
    END IF;
    c.name := name;
    c.email := email;
    c.phone := phone;
    c.keytag := keytag;
    c.gender := gender;
    c.birth_date := birth_date;
    c.note := note;
    c := gym.clean_member(me, c, trainer);
    UPDATE gym.customers x
        SET name = c.name, email = c.email, phone = c.phone, keytag = c.keytag, gender = c.gender,
            birth_date = c.birth_date, note = c.note, trainer_id = c.trainer_id,
            row_version = x.row_version + 1, updated_at = now(), updated_by = me.full_name
        WHERE x.customer_id = customer
        RETURNING x.row_version INTO result.row_version;
    result.outcome := 'saved';
    result.recovered := false;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'update_member', to_jsonb(result));
    RETURN result;
END
$$;

CREATE FUNCTION gym.ban(request uuid, customer bigint, reason text) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'ban');
    result gym.change;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    IF gym.clean(reason) = '' THEN
        RAISE EXCEPTION 'a ban needs a reason' USING ERRCODE = 'GT001';
    END IF;
    UPDATE gym.customers x SET banned_on = me.today, banned_reason = left(gym.clean(reason), 120),
            row_version = x.row_version + 1, updated_at = now(), updated_by = me.full_name
        WHERE x.customer_id = customer;
    result := gym.answer('Banned', customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'ban', to_jsonb(result));
    RETURN result;
END
$$;

CREATE FUNCTION gym.unban(request uuid, customer bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'unban');
    result gym.change;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    UPDATE gym.customers x SET banned_on = NULL, banned_reason = '',
            row_version = x.row_version + 1, updated_at = now(), updated_by = me.full_name
        WHERE x.customer_id = customer;
    result := gym.answer('No longer banned', customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'unban', to_jsonb(result));
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Duplicates (rule 21). What moved is written down, and moves back by unmerge. A term or freeze
-- that would overlap one of the winner's stays where it is.

CREATE FUNCTION gym.merge_members(request uuid, loser bigint, winner bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'merge_members');
    result gym.change;
    moved  jsonb := '{}';
    ids    jsonb;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    IF loser = winner THEN
        RAISE EXCEPTION 'a member cannot be merged with itself' USING ERRCODE = 'GT001';
    END IF;
    PERFORM gym.lock_member(me, LEAST(loser, winner));
    PERFORM gym.lock_member(me, GREATEST(loser, winner));
    IF EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = loser
               AND a.check_out IS NULL AND a.voided_at IS NULL) THEN
        RAISE EXCEPTION 'member % is checked in', loser USING ERRCODE = 'GT004', HINT = 'check them out first';
    END IF;
    WITH rows AS (UPDATE gym.memberships m SET customer_id = winner
                  WHERE m.customer_id = loser AND NOT EXISTS (
                      SELECT FROM gym.memberships o WHERE o.customer_id = winner AND o.term && m.term)
                  RETURNING m.membership_id)
        SELECT jsonb_agg(membership_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('memberships', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.freezes f SET customer_id = winner
                  WHERE f.customer_id = loser AND NOT EXISTS (
                      SELECT FROM gym.freezes o WHERE o.customer_id = winner AND o.period && f.period)
                  RETURNING f.freeze_id)
        SELECT jsonb_agg(freeze_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('freezes', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.charges c SET customer_id = winner WHERE c.customer_id = loser RETURNING c.charge_id)
        SELECT jsonb_agg(charge_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('charges', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.transactions t SET customer_id = winner WHERE t.customer_id = loser
                  RETURNING t.transaction_id)
        SELECT jsonb_agg(transaction_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('transactions', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.attendance a SET customer_id = winner WHERE a.customer_id = loser
                  RETURNING a.attendance_id)
        SELECT jsonb_agg(attendance_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('attendance', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.access_log a SET customer_id = winner WHERE a.customer_id = loser
                  RETURNING a.access_id)
        SELECT jsonb_agg(access_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('access_log', COALESCE(ids, '[]'));
    WITH rows AS (UPDATE gym.contacts a SET customer_id = winner WHERE a.customer_id = loser
                  RETURNING a.contact_id)
        SELECT jsonb_agg(contact_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('contacts', COALESCE(ids, '[]'));
    -- Others' merges into the loser follow, so that a card never needs two steps.
    UPDATE gym.customers c SET merged_into = winner WHERE c.merged_into = loser;
    UPDATE gym.customers c SET merged_into = winner, row_version = c.row_version + 1, updated_at = now(),
            updated_by = me.full_name WHERE c.customer_id = loser;
    INSERT INTO gym.merges (gym_id, loser, winner, moved) VALUES (me.gym_id, loser, winner, moved);
    PERFORM gym.recount_visits(loser), gym.recount_visits(winner);
    result := gym.answer('Merged ' || loser || ' into ' || winner, winner);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'merge_members', to_jsonb(result));
    RETURN result;
END
$$;

CREATE FUNCTION gym.unmerge(request uuid, loser bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'unmerge');
    result gym.change;
    m      gym.merges;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    SELECT * INTO m FROM gym.merges x
        WHERE x.gym_id = me.gym_id AND x.loser = unmerge.loser AND x.undone_at IS NULL
        ORDER BY x.merge_id DESC LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'member % was not merged', loser USING ERRCODE = 'GT002';
    END IF;
    UPDATE gym.customers c SET merged_into = NULL, row_version = c.row_version + 1, updated_at = now(),
            updated_by = me.full_name WHERE c.customer_id = loser AND c.gym_id = me.gym_id;
    UPDATE gym.memberships x SET customer_id = m.loser
        WHERE x.membership_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'memberships') e);
    UPDATE gym.freezes x SET customer_id = m.loser
        WHERE x.freeze_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'freezes') e);
    UPDATE gym.charges x SET customer_id = m.loser
        WHERE x.charge_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'charges') e);
    UPDATE gym.transactions x SET customer_id = m.loser
        WHERE x.transaction_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'transactions') e);
    UPDATE gym.attendance x SET customer_id = m.loser
        WHERE x.attendance_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'attendance') e);
    UPDATE gym.access_log x SET customer_id = m.loser
        WHERE x.access_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'access_log') e);
    UPDATE gym.contacts x SET customer_id = m.loser
        WHERE x.contact_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'contacts') e);
    UPDATE gym.merges x SET undone_at = now() WHERE x.merge_id = m.merge_id;
    PERFORM gym.recount_visits(m.loser), gym.recount_visits(m.winner);
    result := gym.answer('Separated ' || m.loser || ' from ' || m.winner, m.loser);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'unmerge', to_jsonb(result));
    RETURN result;
END
$$;

-- Rule 18: no name, no contacts, of the birth date the year; notes and the audit log's values gone.
-- Payments and visits stay.
CREATE FUNCTION gym.anonymise(request uuid, customer bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('owner');
    first  jsonb := gym.begin_request(me, request, 'anonymise');
    result gym.change;
    s      gym.member_summary;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = customer;
    IF s.balance <> 0 THEN
        RAISE EXCEPTION 'the member''s balance is %, not zero', gym.money_text(s.balance)
            USING ERRCODE = 'GT001', HINT = 'settle it first';
    ELSIF s.ends >= me.today THEN
        RAISE EXCEPTION 'the membership runs until %', gym.day_text(s.ends, me.today)
            USING ERRCODE = 'GT001', HINT = 'cancel it first';
    END IF;
    UPDATE gym.customers c
        SET name = 'Member #' || c.customer_id, email = '', phone = '', keytag = NULL, gender = '', note = '',
            banned_reason = '', birth_date = date_trunc('year', c.birth_date::timestamp)::date,
            anonymised_on = me.today, row_version = c.row_version + 1, updated_at = now(),
            updated_by = me.full_name
        WHERE c.customer_id = customer;
    UPDATE gym.freezes f SET reason = '' WHERE f.customer_id = customer;
    UPDATE gym.memberships m SET reason = '' WHERE m.customer_id = customer;
    UPDATE gym.contacts c SET note = '' WHERE c.customer_id = customer;
    UPDATE gym.attendance a SET override_reason = CASE WHEN a.override_reason IS NOT NULL THEN 'anonymised' END,
            void_reason = CASE WHEN a.void_reason IS NOT NULL THEN 'anonymised' END
        WHERE a.customer_id = customer AND (a.override_reason IS NOT NULL OR a.void_reason IS NOT NULL);
    UPDATE gym.access_log a SET code = NULL, reasons = '', override_reason = NULL WHERE a.customer_id = customer;
    UPDATE gym.transactions t SET note = '' WHERE t.customer_id = customer AND t.note <> '';
    -- First results kept for retries hold the name as well.
    UPDATE gym.requests r SET result = r.result - ARRAY['name', 'keytag', 'reasons', 'other_name', 'text', 'habit']
        WHERE r.gym_id = me.gym_id AND (r.result ->> 'customer_id')::bigint = customer;
    UPDATE gym.audit_log a SET before = NULL, after = NULL
        WHERE a.customer_id = customer AND (a.before IS NOT NULL OR a.after IS NOT NULL);
    result := gym.answer('Anonymised', customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'anonymise', to_jsonb(result));
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Packages, gyms, trainers.

CREATE FUNCTION gym.save_package(request uuid, package bigint, row_version integer, name text,
                                 description text, duration_months integer, visits_included integer,
                                 price numeric, all_gyms boolean, active boolean, hours text) RETURNS bigint
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
                                  active, hours_from, hours_until)
            VALUES (me.gym_id, title, words, duration_months, visits_included, price, COALESCE(all_gyms, false),
                    COALESCE(active, true), opens, closes)
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
                row_version = x.row_version + 1
            WHERE x.package_id = package;
        saved_id := package;
    END IF;
    PERFORM gym.notify(me, 'packages');
    PERFORM gym.end_request(me, request, 'save_package', jsonb_build_object('package_id', saved_id));
    RETURN saved_id;
END
$$;

CREATE FUNCTION gym.save_gym(request uuid, gym bigint, row_version integer, name text, username text,
                             email text, address text, phone text, time_zone text, currency text,
                             capacity integer, expired_grace integer, expiring_within integer,
                             auto_checkout_minutes integer, owing text, capacity_policy text, verifier text)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me     auth.identity;
    first  jsonb;
    target bigint := NULLIF(gym, 0);
    login  text := lower(gym.clean(username));
    mail   text := lower(gym.clean(email));
    wanted jsonb := jsonb_strip_nulls(jsonb_build_object(
        'expired_grace', expired_grace, 'expiring_within', expiring_within,
        'auto_checkout_minutes', auto_checkout_minutes, 'policy_owing', owing,
        'policy_capacity', capacity_policy));
    g      gym.gyms;
BEGIN
    -- The first gym of a new database is made by the administrator, who has none to pick yet.
    IF target IS NULL AND auth.is_system() THEN
        me.rank := 4;
        me.gym_id := 0;
    ELSE
        me := auth.require(CASE WHEN target IS NULL THEN 'chain' ELSE 'owner' END);
    END IF;
    first := gym.begin_request(me, request, 'save_gym');
    IF first IS NOT NULL THEN
        RETURN (first ->> 'gym_id')::bigint;
    END IF;
    IF target <> me.gym_id AND me.rank < 4 THEN
        RAISE EXCEPTION 'this needs the level chain' USING ERRCODE = 'GT003';
    ELSIF gym.clean(name) = '' THEN
        RAISE EXCEPTION 'a gym needs a name' USING ERRCODE = 'GT001';
    ELSIF login !~ '^[a-z0-9][a-z0-9._-]{0,30}$' THEN
        RAISE EXCEPTION 'a user name holds letters a–z, digits, dots, hyphens and underscores, at most 31'
            USING ERRCODE = 'GT001';
    ELSIF mail !~ '^[a-z0-9._+-]+@[a-z0-9.-]+$' THEN
        RAISE EXCEPTION '"%" is no e-mail address that can sign in', mail USING ERRCODE = 'GT001';
    ELSIF NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = time_zone) THEN
        RAISE EXCEPTION 'there is no time zone "%"', time_zone USING ERRCODE = 'GT001',
            HINT = 'time zones look like Europe/Berlin';
    ELSIF currency !~ '^[A-Z]{3}$' THEN
        RAISE EXCEPTION 'a currency has three letters, as EUR' USING ERRCODE = 'GT001';
    ELSIF capacity < 0 OR capacity > 100000 THEN
        RAISE EXCEPTION 'the capacity is 0 (no limit) to 100,000' USING ERRCODE = 'GT001';
    ELSIF expired_grace NOT BETWEEN 0 AND 60 OR expiring_within NOT BETWEEN 0 AND 60
          OR auto_checkout_minutes NOT BETWEEN 30 AND 1440 THEN
        RAISE EXCEPTION 'grace and warning are 0 to 60 days, the automatic check-out 30 to 1440 minutes'
            USING ERRCODE = 'GT001';
    ELSIF owing NOT IN ('ignore', 'warn', 'deny') OR capacity_policy NOT IN ('ignore', 'warn', 'deny') THEN
        RAISE EXCEPTION 'a policy is ignore, warn or deny' USING ERRCODE = 'GT001';
    ELSIF EXISTS (SELECT FROM gym.gyms x WHERE (x.username = login OR x.email = mail)
                  AND x.gym_id IS DISTINCT FROM target) THEN
        RAISE EXCEPTION 'this user name or e-mail address is taken' USING ERRCODE = 'GT004';
    END IF;
    IF target IS NULL THEN
        IF verifier IS NULL THEN
            RAISE EXCEPTION 'a new gym needs a password for its owner' USING ERRCODE = 'GT001';
        END IF;
        INSERT INTO gym.gyms (name, username, email, address, phone, time_zone, currency, capacity, settings)
            VALUES (left(gym.clean(name), 100), login, mail, left(gym.clean(address), 200),
                    left(gym.clean(phone), 40), time_zone, currency, NULLIF(capacity, 0), wanted)
            RETURNING gym_id INTO target;
        PERFORM auth.create_staff(target, '', left(gym.clean(name), 100), 'owner', verifier);
    ELSE
        SELECT * INTO g FROM gym.gyms x WHERE x.gym_id = target FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no gym %', target USING ERRCODE = 'GT002';
        ELSIF g.row_version <> row_version THEN
            RAISE EXCEPTION 'somebody else changed % in the meantime', g.name USING ERRCODE = 'GT004',
                HINT = 'look at it again';
        END IF;
        UPDATE gym.gyms x
            SET name = left(gym.clean(save_gym.name), 100), username = login, email = mail,
                address = left(gym.clean(save_gym.address), 200), phone = left(gym.clean(save_gym.phone), 40),
                time_zone = save_gym.time_zone, currency = save_gym.currency,
                capacity = NULLIF(save_gym.capacity, 0), settings = x.settings || wanted,
                row_version = x.row_version + 1
            WHERE x.gym_id = target;
        IF (g.username, g.email) IS DISTINCT FROM (login, mail) THEN
            PERFORM auth.follow_gym(target);
        END IF;
        IF verifier IS NOT NULL THEN
            PERFORM auth.set_password(target, '', verifier);
        END IF;
    END IF;
    PERFORM pg_notify('gymtui', target || ':gyms');
    PERFORM gym.end_request(me, request, 'save_gym', jsonb_build_object('gym_id', target));
    RETURN target;
END
$$;

CREATE FUNCTION gym.save_trainer(request uuid, trainer bigint, name text, phone text, email text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    first    jsonb := gym.begin_request(me, request, 'save_trainer');
    saved_id bigint := NULLIF(trainer, 0);
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'trainer_id')::bigint;
    END IF;
    IF gym.clean(name) = '' THEN
        RAISE EXCEPTION 'a trainer needs a name' USING ERRCODE = 'GT001';
    END IF;
    IF saved_id IS NULL THEN
        INSERT INTO gym.trainers (gym_id, name, phone, email)
            VALUES (me.gym_id, left(gym.clean(name), 120), left(gym.clean(phone), 40), left(gym.clean(email), 120))
            RETURNING trainer_id INTO saved_id;
    ELSE
        UPDATE gym.trainers x
            SET name = left(gym.clean(save_trainer.name), 120), phone = left(gym.clean(save_trainer.phone), 40),
                email = left(gym.clean(save_trainer.email), 120)
            WHERE x.trainer_id = saved_id AND x.gym_id = me.gym_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no trainer %', trainer USING ERRCODE = 'GT002';
        END IF;
    END IF;
    PERFORM gym.notify(me, 'gyms');
    PERFORM gym.end_request(me, request, 'save_trainer', jsonb_build_object('trainer_id', saved_id));
    RETURN saved_id;
END
$$;

-- A call or message that was made (The office, at-risk queue).
CREATE FUNCTION gym.log_contact(request uuid, customer bigint, outcome text, snooze_until date, note text)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    first    jsonb := gym.begin_request(me, request, 'log_contact');
    saved_id bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'contact_id')::bigint;
    END IF;
    PERFORM gym.lock_member(me, customer);
    INSERT INTO gym.contacts (gym_id, customer_id, staff_id, outcome, snooze_until, note)
        VALUES (me.gym_id, customer, me.staff_id, outcome, snooze_until, left(gym.clean(note), 400))
        RETURNING contact_id INTO saved_id;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'log_contact', jsonb_build_object('contact_id', saved_id));
    RETURN saved_id;
END
$$;

-- Asks for a background job. Reseeding is for demonstrations only, whatever is asked.
CREATE FUNCTION gym.request_job(request uuid, kind text, parameters jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me       auth.identity := auth.require('manager');
    first    jsonb := gym.begin_request(me, request, 'request_job');
    saved_id bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'job_id')::bigint;
    END IF;
    IF kind = 'reseed' AND NOT (SELECT i.is_demonstration FROM gym.database_info i) THEN
        RAISE EXCEPTION 'this database is no demonstration: its data are real and stay' USING ERRCODE = 'GT003';
    END IF;
    INSERT INTO gym.jobs (gym_id, kind, parameters, requested_by)
        VALUES (me.gym_id, kind, COALESCE(parameters, '{}'), me.full_name)
        RETURNING job_id INTO saved_id;
    PERFORM gym.notify(me, 'jobs');
    PERFORM gym.end_request(me, request, 'request_job', jsonb_build_object('job_id', saved_id));
    RETURN saved_id;
END
$$;

CREATE FUNCTION gym.cancel_job(job bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me auth.identity := auth.require('manager');
BEGIN
    UPDATE gym.jobs j
        SET cancel_asked = true,
            state = CASE WHEN j.state = 'waiting' THEN 'cancelled' ELSE j.state END,
            finished_at = CASE WHEN j.state = 'waiting' THEN now() ELSE j.finished_at END
        WHERE j.job_id = job AND j.gym_id = me.gym_id AND j.state IN ('waiting', 'running');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such job to cancel' USING ERRCODE = 'GT002';
    END IF;
    PERFORM gym.notify(me, 'jobs');
END
$$;
