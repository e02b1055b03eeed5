-- SPDX-License-Identifier: GPL-3.0-or-later
-- Members as people, what was missing: what a change would do before it is done, another package,
-- merges that can be undone in any order, anonymising with the duplicates, calls, and members from
-- a file.

SELECT set_config('role', current_database() || '_owner', true);

-- ---------------------------------------------------------------------------------------------
-- The contact log. "may contact" takes "do not contact" back.

ALTER TABLE gym.contacts
    DROP CONSTRAINT contacts_outcome_check,
    ADD CONSTRAINT contacts_outcome_check CHECK (outcome IN (
        'no answer', 'coming back', 'injured', 'price', 'leaving', 'wrong number', 'do not contact', 'message',
        'may contact'));

-- For managers: the desk does not read the contact log.
CREATE FUNCTION gym.may_contact(customer bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT c.outcome = 'may contact' FROM gym.contacts c
                     WHERE c.customer_id = customer AND c.outcome IN ('do not contact', 'may contact')
                     ORDER BY c.at DESC, c.contact_id DESC LIMIT 1), true);
END
$$;

CREATE OR REPLACE FUNCTION gym.log_contact(request uuid, customer bigint, outcome text, snooze_until date,
                                           note text) RETURNS bigint
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
    IF outcome IS NULL OR outcome NOT IN ('no answer', 'coming back', 'injured', 'price', 'leaving', 'wrong number',
                                          'do not contact', 'message', 'may contact') THEN
        RAISE EXCEPTION 'a call has no outcome "%"', COALESCE(outcome, '') USING ERRCODE = 'GT001';
    ELSIF snooze_until < me.today THEN
        RAISE EXCEPTION 'the day to call again has gone by' USING ERRCODE = 'GT001';
    ELSIF snooze_until > me.today + 3660 THEN
        RAISE EXCEPTION 'the day to call again is too far away' USING ERRCODE = 'GT001',
            HINT = '"do not contact" is for ever';
    END IF;
    INSERT INTO gym.contacts (gym_id, customer_id, staff_id, at, outcome, snooze_until, note)
        VALUES (me.gym_id, customer, me.staff_id, clock_timestamp(), outcome, snooze_until,
                left(gym.clean(note), 400))
        RETURNING contact_id INTO saved_id;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'log_contact', jsonb_build_object('contact_id', saved_id));
    RETURN saved_id;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Another package: from the next term on, or at once. At once, the running term ends yesterday and
-- the share of its charge that was not used is credited, by days, frozen ones left out. What was sold
-- ahead is taken back and credited in either case.

CREATE FUNCTION gym.change_package(request uuid, customer bigint, package bigint, at_once boolean,
                                   payment_method integer, desk text) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me       auth.identity := auth.require('desk');
    first    jsonb := gym.begin_request(me, request, 'change_package');
    result   gym.change;
    running  gym.memberships;
    m        gym.memberships;
    before   gym.packages;
    after    gym.packages;
    total    integer;
    credit   numeric;
    credited numeric := 0;
    sold     record;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    SELECT * INTO running FROM gym.memberships x WHERE x.customer_id = customer AND x.term @> me.today FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no running membership to change' USING ERRCODE = 'GT001',
            HINT = 'renew it with the other package';
    ELSIF running.cancelled_on IS NOT NULL THEN
        RAISE EXCEPTION 'the membership is cancelled' USING ERRCODE = 'GT001',
            HINT = 'renew it with the other package';
    END IF;
    SELECT * INTO before FROM gym.packages x WHERE x.package_id = running.package_id;
    SELECT * INTO after FROM gym.packages x WHERE x.package_id = package AND x.gym_id = me.gym_id;
    IF after.package_id IS NULL THEN
        RAISE EXCEPTION 'there is no package %', package USING ERRCODE = 'GT002';
    ELSIF at_once AND after.package_id = before.package_id THEN
        RAISE EXCEPTION '% is the package they have', after.name USING ERRCODE = 'GT001';
    ELSIF before.duration_months = 0 OR after.duration_months = 0 THEN
        RAISE EXCEPTION 'day passes and packs of visits are not changed' USING ERRCODE = 'GT001',
            HINT = 'sell the other package instead';
    ELSIF at_once AND EXISTS (SELECT FROM gym.freezes f WHERE f.customer_id = customer
                              AND upper(f.period) > me.today) THEN
        RAISE EXCEPTION 'a freeze runs or lies ahead' USING ERRCODE = 'GT004',
            HINT = 'end it first, or change from the next term on';
    END IF;
    FOR m IN
        SELECT * FROM gym.memberships x
        WHERE x.customer_id = customer AND NOT isempty(x.term) AND lower(x.term) > me.today
        ORDER BY lower(x.term) DESC
    LOOP
        SELECT sum(c.amount) INTO credit FROM gym.charges c WHERE c.membership_id = m.membership_id;
        IF credit > 0 THEN
            INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
                VALUES (me.gym_id, customer, m.membership_id, -credit, me.today, 'changed before it began');
            credited := credited + credit;
        END IF;
        UPDATE gym.memberships x SET term = 'empty', cancelled_on = me.today, reason = 'changed to ' || after.name
            WHERE x.membership_id = m.membership_id;
    END LOOP;
    IF at_once THEN
        SELECT upper(running.term) - lower(running.term)
               - COALESCE(sum(upper(f.period * running.term) - lower(f.period * running.term)), 0)
            INTO total FROM gym.freezes f WHERE f.customer_id = customer AND f.period && running.term;
        SELECT round(sum(c.amount) * LEAST(upper(running.term) - me.today, total) / GREATEST(total, 1), 2)
            INTO credit FROM gym.charges c WHERE c.membership_id = running.membership_id;
        IF credit > 0 THEN
            INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
                VALUES (me.gym_id, customer, running.membership_id, -credit, me.today, 'not used, changed');
            credited := credited + credit;
        END IF;
        -- The new term counts its months from today.
        UPDATE gym.memberships x
            SET term = CASE WHEN lower(running.term) = me.today THEN 'empty'::daterange
                            ELSE daterange(lower(running.term), me.today) END,
                anchor_day = extract(day FROM me.today), reason = 'changed to ' || after.name
            WHERE x.membership_id = running.membership_id;
    END IF;
    SELECT * INTO sold FROM gym.sell(me, request, customer, package, payment_method, desk, NULL);
    result := gym.answer(sold.plan || ' from '
        || CASE WHEN sold.starts = me.today THEN 'today' ELSE gym.day_text(sold.starts, me.today) END
        || ' until ' || gym.day_text(sold.ends, me.today)
        || CASE WHEN credited > 0 THEN '; credited ' || gym.money_text(credited) ELSE '' END
        || CASE WHEN sold.paid > 0 THEN '; paid ' || gym.money_text(sold.paid) ELSE '; nothing paid' END, customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'change_package', to_jsonb(result));
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- What a change would do: it is done, looked at, and rolled back, so that what is shown cannot differ
-- from what would happen. Its refusals are those of the change itself (GT099, for a code that ends in
-- 000 would catch them all).

CREATE TYPE gym.preview AS (text text, plan_before text, plan text, starts date, ends_before date, ends date,
                            balance_before numeric, balance numeric, charged numeric, credited numeric,
                            paid numeric);
COMMENT ON TYPE gym.preview IS 'starts: of the last term as it would be; days inclusive; balance > 0 is owed';

CREATE FUNCTION gym.preview_change(what text, customer bigint, package bigint, from_day date, until_day date,
                                   payment_method integer) RETURNS gym.preview
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me      auth.identity := auth.require('desk');
    request uuid := gen_random_uuid();
    s       gym.member_summary;
    result  gym.preview;
    change  gym.change;
BEGIN
    PERFORM gym.lock_member(me, customer);
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = customer;
    BEGIN
        CASE what
            WHEN 'freeze' THEN change := gym.freeze(request, customer, from_day, until_day, '');
            WHEN 'unfreeze' THEN change := gym.unfreeze(request, customer);
            WHEN 'cancel' THEN change := gym.cancel_membership(request, customer, until_day, '');
            WHEN 'renew' THEN change := gym.renew(request, customer, package, payment_method, '');
            WHEN 'change next' THEN
                change := gym.change_package(request, customer, package, false, payment_method, '');
            WHEN 'change now' THEN
                change := gym.change_package(request, customer, package, true, payment_method, '');
            ELSE RAISE EXCEPTION 'there is no change "%"', what USING ERRCODE = 'GT001';
        END CASE;
        SELECT change.text, b.name, a.name, y.starts, s.ends, y.ends, s.balance, y.balance,
               h.charged, h.credited, y.paid_total - s.paid_total
            INTO result
            FROM gym.member_summary y
            LEFT JOIN gym.packages b ON b.package_id = s.package_id
            LEFT JOIN gym.packages a ON a.package_id = y.package_id
            CROSS JOIN LATERAL (SELECT COALESCE(sum(c.amount) FILTER (WHERE c.amount > 0), 0) AS charged,
                                       COALESCE(-sum(c.amount) FILTER (WHERE c.amount < 0), 0) AS credited
                                FROM gym.charges c
                                WHERE c.customer_id = y.customer_id AND c.created_at = now()) h
            WHERE y.customer_id = customer;
        RAISE EXCEPTION 'seen enough' USING ERRCODE = 'GT099';
    EXCEPTION WHEN SQLSTATE 'GT099' THEN
        NULL;
    END;
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Duplicates (rule 21), so that merges can be undone in any order: what a record brought in goes back
-- from wherever it is by then, and what others brought in stays.

CREATE OR REPLACE FUNCTION gym.merge_members(request uuid, loser bigint, winner bigint) RETURNS gym.change
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
    -- The winner may be a guest of the loser, and is then nobody's.
    WITH rows AS (UPDATE gym.customers c SET guest_of = NULLIF(winner, c.customer_id) WHERE c.guest_of = loser
                  RETURNING c.customer_id)
        SELECT jsonb_agg(customer_id) INTO ids FROM rows;
    moved := moved || jsonb_build_object('guests', COALESCE(ids, '[]'));
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

CREATE OR REPLACE FUNCTION gym.unmerge(request uuid, loser bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'unmerge');
    result gym.change;
    m      gym.merges;
    kept   bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    SELECT * INTO m FROM gym.merges x
        WHERE x.gym_id = me.gym_id AND x.loser = unmerge.loser AND x.undone_at IS NULL
        ORDER BY x.merge_id DESC LIMIT 1 FOR UPDATE;
    SELECT c.merged_into INTO kept FROM gym.customers c WHERE c.customer_id = loser AND c.gym_id = me.gym_id;
    IF m.merge_id IS NULL OR kept IS NULL THEN
        RAISE EXCEPTION 'member % was not merged', loser USING ERRCODE = 'GT002';
    END IF;
    -- Refuses a record that was anonymised since: nobody can tell any more whose is what.
    PERFORM gym.lock_member(me, kept);
    UPDATE gym.customers c SET merged_into = NULL, row_version = c.row_version + 1, updated_at = now(),
            updated_by = me.full_name WHERE c.customer_id = loser;
    -- Records that had been merged into this one before are found under it again.
    UPDATE gym.customers c SET merged_into = loser
        WHERE c.merged_into = kept AND c.gym_id = me.gym_id
          AND (SELECT x.winner FROM gym.merges x WHERE x.loser = c.customer_id AND x.undone_at IS NULL
               ORDER BY x.merge_id DESC LIMIT 1) = unmerge.loser;
    UPDATE gym.memberships x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.membership_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'memberships') e);
    UPDATE gym.freezes x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.freeze_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'freezes') e);
    UPDATE gym.charges x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.charge_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'charges') e);
    UPDATE gym.transactions x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.transaction_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'transactions') e);
    UPDATE gym.attendance x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.attendance_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'attendance') e);
    UPDATE gym.access_log x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.access_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'access_log') e);
    UPDATE gym.contacts x SET customer_id = m.loser WHERE x.customer_id = kept
        AND x.contact_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'contacts') e);
    UPDATE gym.customers x SET guest_of = m.loser WHERE x.guest_of IS NOT DISTINCT FROM NULLIF(kept, x.customer_id)
        AND x.customer_id IN (SELECT e::bigint FROM jsonb_array_elements_text(m.moved -> 'guests') e);
    UPDATE gym.merges x SET undone_at = now() WHERE x.merge_id = m.merge_id;
    PERFORM gym.recount_visits(m.loser), gym.recount_visits(kept);
    result := gym.answer('Separated ' || m.loser || ' from ' || kept, m.loser);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'unmerge', to_jsonb(result));
    RETURN result;
END
$$;

CREATE TYPE gym.merge_preview AS (visits integer, payments integer, paid numeric, terms integer, terms_left integer,
                                  freezes integer, contacts integer, balance_before numeric, balance numeric,
                                  ends_before date, ends date);
COMMENT ON TYPE gym.merge_preview IS 'what would move; terms_left: those that overlap and stay; the rest is the '
    'record''s that is kept';

CREATE FUNCTION gym.preview_merge(loser bigint, winner bigint) RETURNS gym.merge_preview
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    s      gym.member_summary;
    result gym.merge_preview;
BEGIN
    PERFORM gym.lock_member(me, winner);
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = winner;
    BEGIN
        PERFORM gym.merge_members(gen_random_uuid(), loser, winner);
        SELECT jsonb_array_length(m.moved -> 'attendance'), jsonb_array_length(m.moved -> 'transactions'),
               y.paid_total - s.paid_total, jsonb_array_length(m.moved -> 'memberships'),
               (SELECT count(*) FROM gym.memberships t
                WHERE t.customer_id = preview_merge.loser AND NOT isempty(t.term)),
               jsonb_array_length(m.moved -> 'freezes'), jsonb_array_length(m.moved -> 'contacts'),
               s.balance, y.balance, s.ends, y.ends
            INTO result
            FROM gym.merges m JOIN gym.member_summary y ON y.customer_id = m.winner
            WHERE m.loser = preview_merge.loser AND m.undone_at IS NULL ORDER BY m.merge_id DESC LIMIT 1;
        RAISE EXCEPTION 'seen enough' USING ERRCODE = 'GT099';
    EXCEPTION WHEN SQLSTATE 'GT099' THEN
        NULL;
    END;
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Rule 18, with the records that were merged into this one: they hold the same person's name.

CREATE OR REPLACE FUNCTION gym.anonymise(request uuid, customer bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('owner');
    first  jsonb := gym.begin_request(me, request, 'anonymise');
    result gym.change;
    person bigint[];
    owed   numeric;
    runs   date;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    person := ARRAY(SELECT c.customer_id FROM gym.customers c
                    WHERE c.customer_id = customer OR (c.merged_into = customer AND c.gym_id = me.gym_id)
                    ORDER BY 1);
    SELECT sum(x.balance), max(x.ends) INTO owed, runs FROM gym.member_summary x WHERE x.customer_id = ANY (person);
    IF owed <> 0 THEN
        RAISE EXCEPTION 'the member''s balance is %, not zero', gym.money_text(owed)
            USING ERRCODE = 'GT001', HINT = 'settle it first';
    ELSIF runs >= me.today THEN
        RAISE EXCEPTION 'the membership runs until %', gym.day_text(runs, me.today)
            USING ERRCODE = 'GT001', HINT = 'cancel it first';
    ELSIF EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = ANY (person)
                  AND a.check_out IS NULL AND a.voided_at IS NULL) THEN
        RAISE EXCEPTION 'the member is checked in' USING ERRCODE = 'GT004', HINT = 'check them out first';
    END IF;
    UPDATE gym.customers c
        SET name = 'Member #' || c.customer_id, email = '', phone = '', keytag = NULL, gender = '', note = '',
            banned_reason = '', birth_date = date_trunc('year', c.birth_date::timestamp)::date,
            anonymised_on = me.today, row_version = c.row_version + 1, updated_at = now(),
            updated_by = me.full_name
        WHERE c.customer_id = ANY (person);
    UPDATE gym.freezes f SET reason = '' WHERE f.customer_id = ANY (person);
    UPDATE gym.memberships m SET reason = '' WHERE m.customer_id = ANY (person);
    UPDATE gym.contacts c SET note = '' WHERE c.customer_id = ANY (person);
    UPDATE gym.attendance a SET override_reason = CASE WHEN a.override_reason IS NOT NULL THEN 'anonymised' END,
            void_reason = CASE WHEN a.void_reason IS NOT NULL THEN 'anonymised' END
        WHERE a.customer_id = ANY (person) AND (a.override_reason IS NOT NULL OR a.void_reason IS NOT NULL);
    UPDATE gym.access_log a SET code = NULL, reasons = '', override_reason = NULL
        WHERE a.customer_id = ANY (person);
    UPDATE gym.transactions t SET note = '' WHERE t.customer_id = ANY (person) AND t.note <> '';
    -- First results kept for retries hold the name as well.
    UPDATE gym.requests r SET result = r.result - ARRAY['name', 'keytag', 'reasons', 'other_name', 'text', 'habit']
        WHERE r.gym_id = me.gym_id AND (r.result ->> 'customer_id')::bigint = ANY (person);
    UPDATE gym.audit_log a SET before = NULL, after = NULL
        WHERE a.customer_id = ANY (person) AND (a.before IS NOT NULL OR a.after IS NOT NULL);
    result := gym.answer('Anonymised', customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'anonymise', to_jsonb(result));
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Members from a file, all or none. Each row is enrolled as it stands there; what was paid elsewhere
-- is charged and credited, so that a term has its price and nobody owes for it.

-- A member that may be the same person, and by what.
CREATE FUNCTION gym.likely_duplicate(me auth.identity, c gym.customers, OUT customer_id bigint, OUT name text,
                                     OUT by_what text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    SELECT x.customer_id, x.name,
           CASE WHEN x.keytag = c.keytag THEN 'key tag'
                WHEN x.email = c.email AND c.email <> '' THEN 'e-mail'
                WHEN t.kind = 1 THEN 'telephone'
                ELSE 'name' || CASE WHEN x.birth_date = c.birth_date THEN ' and birth date' ELSE '' END END
        INTO customer_id, name, by_what
        FROM gym.search_terms t JOIN gym.customers x USING (customer_id)
        WHERE t.gym_id = me.gym_id AND x.anonymised_on IS NULL
          AND ((t.kind = 0 AND t.term = left(gym.search_fold(c.name), 200)
                AND x.sort_name = gym.search_fold(c.name)
                AND (x.birth_date = c.birth_date OR x.birth_date IS NULL OR c.birth_date IS NULL))
            OR (t.kind = 1 AND length(gym.digits(c.phone)) >= 7 AND t.term = gym.digits(c.phone)
                AND gym.digits(x.phone) = gym.digits(c.phone))
            OR (t.kind = 2 AND c.email <> '' AND t.term = gym.search_fold(c.email))
            OR (t.kind = 3 AND c.keytag IS NOT NULL AND t.term = gym.search_fold(c.keytag)
                AND x.keytag = c.keytag))
        ORDER BY x.customer_id LIMIT 1;
END
$$;

CREATE FUNCTION gym.import_member(me auth.identity, item jsonb, c gym.customers) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    saved  bigint;
    bought bigint;
    p      gym.packages;
    starts date := (item ->> 'starts')::date;
    ends   date := (item ->> 'ends')::date;
BEGIN
    IF c.join_date > me.today THEN
        RAISE EXCEPTION 'nobody joins in the future' USING ERRCODE = 'GT001';
    END IF;
    IF COALESCE(item ->> 'package', '') <> '' THEN
        SELECT * INTO p FROM gym.packages x
            WHERE x.gym_id = me.gym_id AND x.active AND lower(x.name) = lower(gym.clean(item ->> 'package'));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no package "%"', gym.clean(item ->> 'package') USING ERRCODE = 'GT002';
        END IF;
        starts := COALESCE(starts, LEAST(c.join_date, ends));
        ends := COALESCE(ends, gym.term_end(p, starts, extract(day FROM starts)::integer, me.settings) - 1);
        IF ends < starts THEN
            RAISE EXCEPTION 'the term ends before it begins' USING ERRCODE = 'GT001';
        ELSIF ends > me.today + 3660 THEN
            RAISE EXCEPTION 'the term ends too far in the future' USING ERRCODE = 'GT001';
        END IF;
        c.package_id := p.package_id;
    ELSIF starts IS NOT NULL OR ends IS NOT NULL THEN
        RAISE EXCEPTION 'a term needs a package' USING ERRCODE = 'GT001';
    END IF;
    INSERT INTO gym.customers (gym_id, name, email, phone, birth_date, gender, join_date, package_id, keytag, note,
                               updated_by)
        VALUES (me.gym_id, c.name, c.email, c.phone, c.birth_date, c.gender, c.join_date, c.package_id, c.keytag,
                c.note, me.full_name)
        RETURNING customer_id INTO saved;
    IF c.package_id IS NOT NULL THEN
        INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day)
            VALUES (me.gym_id, saved, p.package_id, daterange(starts, ends + 1), p.price,
                    extract(day FROM starts)::integer)
            RETURNING membership_id INTO bought;
        IF p.price > 0 THEN
            INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
                VALUES (me.gym_id, saved, bought, p.price, starts, p.name),
                       (me.gym_id, saved, bought, -p.price, starts, 'paid before the import');
        END IF;
    END IF;
    RETURN saved;
END
$$;

CREATE TYPE gym.import_row AS (line integer, outcome text, customer_id bigint, name text, words text);
COMMENT ON TYPE gym.import_row IS
    'outcome: enrolled (its number), skipped (a duplicate of customer_id), duplicate (of customer_id), rejected; '
    'words: why';

-- `members`: a list of {line, name, email, phone, birth_date, gender, join_date, keytag, note, package, starts,
-- ends}, or {line, problem} for a row that could not be read. `duplicates`: refuse, skip or enrol. Nothing
-- is written in a dry run, nor when a row was rejected, nor for a duplicate that is to be refused.
CREATE FUNCTION gym.import_members(request uuid, members jsonb, duplicates text, dry_run boolean)
    RETURNS SETOF gym.import_row
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'import_members');
    item   jsonb;
    c      gym.customers;
    twin   record;
    row    gym.import_row;
    rows   gym.import_row[] := '{}';
    fails  boolean := COALESCE(dry_run, true);
BEGIN
    IF first IS NOT NULL THEN
        RETURN QUERY SELECT r.* FROM jsonb_populate_recordset(NULL::gym.import_row, first -> 'rows') r;
        RETURN;
    END IF;
    IF duplicates IS NULL OR duplicates NOT IN ('refuse', 'skip', 'enrol') THEN
        RAISE EXCEPTION 'duplicates are refused, skipped or enrolled' USING ERRCODE = 'GT001';
    ELSIF jsonb_typeof(members) <> 'array' OR jsonb_array_length(members) > 100000 THEN
        RAISE EXCEPTION 'at most 100,000 members at once' USING ERRCODE = 'GT001', HINT = 'split the file';
    END IF;
    BEGIN
        FOR item IN SELECT * FROM jsonb_array_elements(members)
        LOOP
            row := ROW((item ->> 'line')::integer, 'rejected', NULL, gym.clean(item ->> 'name'), item ->> 'problem');
            IF row.words IS NULL THEN
                BEGIN
                    c := NULL;
                    c.name := item ->> 'name';
                    c.email := COALESCE(item ->> 'email', '');
                    c.phone := COALESCE(item ->> 'phone', '');
                    c.keytag := NULLIF(left(gym.clean(item ->> 'keytag'), 40), '');
                    c.gender := COALESCE(item ->> 'gender', '');
                    c.birth_date := (item ->> 'birth_date')::date;
                    c.note := COALESCE(item ->> 'note', '');
                    SELECT * INTO twin FROM gym.likely_duplicate(me, c);
                    IF twin.customer_id IS NULL OR duplicates = 'enrol' THEN
                        c := gym.clean_member(me, c, NULL);
                        c.join_date := COALESCE((item ->> 'join_date')::date, me.today);
                        row.customer_id := gym.import_member(me, item, c);
                        row.outcome := 'enrolled';
                        row.words := CASE WHEN twin.customer_id IS NULL THEN ''
                                          ELSE 'although ' || twin.name || ' has the same ' || twin.by_what END;
                    ELSE
                        row.customer_id := twin.customer_id;
                        row.outcome := CASE duplicates WHEN 'skip' THEN 'skipped' ELSE 'duplicate' END;
                        row.words := 'the same ' || twin.by_what || ' as ' || twin.name;
                    END IF;
                EXCEPTION
                    WHEN SQLSTATE 'GT001' OR SQLSTATE 'GT002' OR SQLSTATE 'GT004' OR data_exception
                         OR integrity_constraint_violation THEN
                        row.outcome := 'rejected';
                        row.customer_id := NULL;
                        row.words := SQLERRM;
                END;
            END IF;
            fails := fails OR row.outcome IN ('rejected', 'duplicate');
            rows := rows || row;
        END LOOP;
        IF fails THEN
            RAISE EXCEPTION 'nothing is kept' USING ERRCODE = 'GT099';
        END IF;
        PERFORM gym.notify(me, 'members');
        PERFORM gym.end_request(me, request, 'import_members', jsonb_build_object('rows', (
            SELECT jsonb_agg(to_jsonb(r) - ARRAY['name', 'words']) FROM unnest(rows) r)));
    EXCEPTION WHEN SQLSTATE 'GT099' THEN
        NULL;
    END;
    RETURN QUERY SELECT r.line, r.outcome, CASE WHEN fails AND r.outcome = 'enrolled' THEN NULL ELSE r.customer_id END,
                        r.name, r.words FROM unnest(rows) r;
END
$$;

DO $$
DECLARE
    desk    text := quote_ident(current_database() || '_desk');
    manager text := quote_ident(current_database() || '_manager');
    worker  text := quote_ident(current_database() || '_worker');
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.change_package(uuid, bigint, bigint, boolean, integer, text), '
        'gym.preview_change(text, bigint, bigint, date, date, integer) TO %s, %s', desk, worker);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.may_contact(bigint), gym.preview_merge(bigint, bigint), '
        'gym.import_members(uuid, jsonb, text, boolean) TO %s, %s', manager, worker);
END
$$;
