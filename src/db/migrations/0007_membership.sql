-- SPDX-License-Identifier: GPL-3.0-or-later
-- Terms, freezes, cancellation, payments, refunds, the till.

SELECT set_config('role', current_database() || '_owner', true);

CREATE TYPE gym.change AS (text text, ends date, balance numeric, recovered boolean);

-- The member, locked: everything that changes what one member has or owes waits here for its turn.
CREATE FUNCTION gym.lock_member(me auth.identity, customer bigint) RETURNS gym.customers
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c gym.customers;
BEGIN
    SELECT * INTO c FROM gym.customers x
        WHERE x.customer_id = customer AND x.gym_id = me.gym_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no member %', customer USING ERRCODE = 'GT002';
    ELSIF c.merged_into IS NOT NULL THEN
        RAISE EXCEPTION 'this record was merged into %', c.merged_into USING ERRCODE = 'GT004',
            HINT = 'work on that one';
    ELSIF c.anonymised_on IS NOT NULL THEN
        RAISE EXCEPTION 'this member was anonymised' USING ERRCODE = 'GT004';
    END IF;
    RETURN c;
END
$$;

-- The answer to a change: a sentence, and where the member stands now.
CREATE FUNCTION gym.answer(words text, customer bigint) RETURNS gym.change
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ROW(words, s.ends, s.balance, false)::gym.change
    FROM gym.member_summary s WHERE s.customer_id = customer
$$;

CREATE FUNCTION gym.open_till_at(me auth.identity, at_desk text) RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.till_session_id FROM gym.till_sessions t
    WHERE t.gym_id = me.gym_id AND t.desk = at_desk AND t.closed_at IS NULL
$$;

CREATE FUNCTION gym.check_amount(amount numeric) RETURNS void
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF amount IS NULL OR amount <= 0 THEN
        RAISE EXCEPTION 'an amount must be above zero' USING ERRCODE = 'GT001';
    ELSIF amount > 1000000 THEN
        RAISE EXCEPTION 'an amount is at most 1,000,000.00' USING ERRCODE = 'GT001';
    ELSIF amount <> round(amount, 2) THEN
        RAISE EXCEPTION 'an amount has two decimals' USING ERRCODE = 'GT001';
    END IF;
END
$$;

CREATE FUNCTION gym.pay(me auth.identity, request uuid, customer bigint, amount numeric, method integer,
                        at_desk text, what text, membership bigint, remark text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    paid bigint;
BEGIN
    PERFORM gym.check_amount(amount);
    IF NOT EXISTS (SELECT FROM clv.dim_payment_method m WHERE m.payment_method_id = method) THEN
        RAISE EXCEPTION 'there is no payment method %', method USING ERRCODE = 'GT001';
    END IF;
    INSERT INTO gym.transactions (customer_id, amount, date, gym_id, payment_method_id, kind, membership_id,
                                  till_session_id, staff_id, request_id, note)
        VALUES (customer, amount, me.today, me.gym_id, method, what, membership,
                gym.open_till_at(me, gym.clean(at_desk)), me.staff_id, request, left(gym.clean(remark), 200))
        ON CONFLICT (gym_id, request_id) WHERE request_id IS NOT NULL DO NOTHING
        RETURNING transaction_id INTO paid;
    IF paid IS NULL THEN
        RAISE EXCEPTION 'this request was sent twice at the same moment' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN paid;
END
$$;

-- One more term of a package, its charge, and with a method the payment of all that is due.
CREATE FUNCTION gym.sell(me auth.identity, request uuid, customer bigint, package bigint, method integer,
                         at_desk text, what text, OUT membership bigint, OUT plan text, OUT starts date,
                         OUT ends date, OUT paid numeric)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c      gym.customers;
    p      gym.packages;
    anchor integer;
    due    numeric;
BEGIN
    c := gym.lock_member(me, customer);
    SELECT * INTO p FROM gym.packages x WHERE x.package_id = package AND x.gym_id = me.gym_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no package %', package USING ERRCODE = 'GT002';
    ELSIF NOT p.active THEN
        RAISE EXCEPTION '% is no longer sold', p.name USING ERRCODE = 'GT001', HINT = 'take another package';
    ELSIF c.banned_on IS NOT NULL THEN
        RAISE EXCEPTION 'the member is banned' USING ERRCODE = 'GT001', HINT = 'a manager can lift the ban';
    END IF;
    SELECT t.starts, t.anchor INTO sell.starts, anchor FROM gym.next_term(customer, me.today) t;
    starts := COALESCE(starts, me.today);
    anchor := COALESCE(anchor, extract(day FROM starts)::integer);
    ends := gym.term_end(p, starts, anchor, me.settings) - 1;
    IF starts > me.today + 800 THEN
        RAISE EXCEPTION 'the membership is paid until % already', gym.day_text(starts - 1, me.today)
            USING ERRCODE = 'GT001';
    END IF;
    plan := p.name;
    INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day)
        VALUES (me.gym_id, customer, package, daterange(starts, ends + 1), p.price, anchor)
        RETURNING membership_id INTO membership;
    -- A day pass does not replace the member's plan.
    IF p.duration_months > 0 OR c.package_id IS NULL THEN
        UPDATE gym.customers x SET package_id = package
            WHERE x.customer_id = customer AND x.package_id IS DISTINCT FROM package;
    END IF;
    IF p.price > 0 THEN
        INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
            VALUES (me.gym_id, customer, membership, p.price, starts, p.name);
    END IF;
    paid := 0;
    IF COALESCE(method, 0) <> 0 THEN
        SELECT s.balance INTO due FROM gym.member_summary s WHERE s.customer_id = customer;
        IF due > 0 THEN
            PERFORM gym.pay(me, request, customer, due, method, at_desk,
                            COALESCE(what, CASE WHEN p.duration_months > 0 THEN 'renewal'
                                                WHEN p.visits_included > 1 THEN 'pack' ELSE 'day_pass' END),
                            membership, p.name);
            paid := due;
        END IF;
    END IF;
END
$$;

CREATE FUNCTION gym.renew(request uuid, customer bigint, package bigint, payment_method integer, desk text)
    RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'renew');
    sold   record;
    result gym.change;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    SELECT * INTO sold FROM gym.sell(me, request, customer, package, payment_method, desk, NULL);
    result := gym.answer(sold.plan || ' until ' || gym.day_text(sold.ends, me.today)
                         || CASE WHEN sold.paid > 0 THEN '; paid ' || gym.money_text(sold.paid)
                                 ELSE '; nothing paid' END, customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'renew', to_jsonb(result));
    RETURN result;
END
$$;

CREATE FUNCTION gym.renew_and_check_in(request uuid, customer bigint, package bigint,
                                       payment_method integer, desk text, do_check_in boolean DEFAULT true)
    RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'renew_and_check_in');
    v     gym.verdict;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    PERFORM gym.sell(me, request, customer, package, payment_method, desk, NULL);
    v := gym.decide(me, request, NULL, customer, left(gym.clean(desk), 24), NULL, 0, do_check_in);
    v.recovered := false;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'renew_and_check_in', to_jsonb(v));
    RETURN v;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Freezes. The term that runs at the freeze, and those after it, move by the frozen days; ending
-- the freeze early moves them back by the days not used (rule 6).

CREATE FUNCTION gym.move_terms(customer bigint, from_day date, days integer) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    -- The last one first when they move on, the first one first when they move back: no two overlap
    -- on the way.
    FOR m IN
        SELECT x.membership_id, x.term FROM gym.memberships x
        WHERE x.customer_id = customer AND NOT isempty(x.term) AND upper(x.term) > from_day
        ORDER BY CASE WHEN days > 0 THEN -(lower(x.term) - date '2000-01-01')
                      ELSE lower(x.term) - date '2000-01-01' END
    LOOP
        UPDATE gym.memberships x
            SET term = daterange(CASE WHEN lower(m.term) > from_day THEN lower(m.term) + days
                                      ELSE lower(m.term) END, upper(m.term) + days),
                cancelled_on = x.cancelled_on + days
            WHERE x.membership_id = m.membership_id;
    END LOOP;
END
$$;

CREATE FUNCTION gym.freeze(request uuid, customer bigint, from_day date, until_day date, reason text)
    RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'freeze');
    result gym.change;
    s      gym.member_summary;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = customer;
    IF from_day IS NULL OR until_day IS NULL OR until_day < from_day THEN
        RAISE EXCEPTION 'a freeze ends on or after the day it begins' USING ERRCODE = 'GT001';
    ELSIF from_day < me.today THEN
        RAISE EXCEPTION 'a freeze begins today or later' USING ERRCODE = 'GT001';
    ELSIF until_day - from_day + 1 > (me.settings ->> 'freeze_max_days')::integer THEN
        RAISE EXCEPTION 'a freeze lasts at most % days', me.settings ->> 'freeze_max_days' USING ERRCODE = 'GT001';
    ELSIF s.ends IS NULL OR s.ends < from_day THEN
        RAISE EXCEPTION 'there is no membership on % to freeze', gym.day_text(from_day, me.today)
            USING ERRCODE = 'GT001', HINT = 'renew it first';
    ELSIF EXISTS (SELECT FROM gym.freezes f WHERE f.customer_id = customer
                  AND f.period && daterange(from_day, until_day + 1)) THEN
        RAISE EXCEPTION 'the membership is frozen in that time already' USING ERRCODE = 'GT004',
            HINT = 'end that freeze first';
    END IF;
    INSERT INTO gym.freezes (gym_id, customer_id, period, reason)
        VALUES (me.gym_id, customer, daterange(from_day, until_day + 1), left(gym.clean(reason), 80));
    PERFORM gym.move_terms(customer, from_day, until_day - from_day + 1);
    SELECT * INTO s FROM gym.member_summary x WHERE x.customer_id = customer;
    result := gym.answer('Frozen '
        || CASE WHEN from_day > me.today THEN 'from ' || gym.day_text(from_day, me.today) || ' ' ELSE '' END
        || 'until ' || gym.day_text(until_day, me.today) || '; ends ' || gym.day_text(s.ends, me.today), customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'freeze', to_jsonb(result));
    RETURN result;
END
$$;

-- Ends the freeze that runs, or takes back the next one. Returns the days that were really frozen.
CREATE FUNCTION gym.end_freeze(me auth.identity, customer bigint) RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f      gym.freezes;
    unused integer;
BEGIN
    PERFORM gym.lock_member(me, customer);
    SELECT * INTO f FROM gym.freezes x
        WHERE x.customer_id = customer AND upper(x.period) > me.today ORDER BY lower(x.period) LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the membership is not frozen' USING ERRCODE = 'GT004';
    END IF;
    unused := upper(f.period) - GREATEST(me.today, lower(f.period));
    IF me.today > lower(f.period) THEN
        UPDATE gym.freezes x SET period = daterange(lower(f.period), me.today) WHERE x.freeze_id = f.freeze_id;
    ELSE
        DELETE FROM gym.freezes x WHERE x.freeze_id = f.freeze_id;
    END IF;
    PERFORM gym.move_terms(customer, lower(f.period), -unused);
    RETURN GREATEST(me.today - lower(f.period), 0);
END
$$;

CREATE FUNCTION gym.unfreeze(request uuid, customer bigint) RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'unfreeze');
    result gym.change;
    days   integer;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    days := gym.end_freeze(me, customer);
    SELECT * INTO result FROM gym.answer('', customer);
    result.text := 'No longer frozen, ' || days || CASE days WHEN 1 THEN ' day was' ELSE ' days were' END
                   || ' frozen; ends ' || gym.day_text(result.ends, me.today);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'unfreeze', to_jsonb(result));
    RETURN result;
END
$$;

CREATE FUNCTION gym.unfreeze_and_check_in(request uuid, customer bigint, desk text) RETURNS gym.verdict
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'unfreeze_and_check_in');
    v     gym.verdict;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(v, first);
    END IF;
    PERFORM gym.end_freeze(me, customer);
    v := gym.decide(me, request, NULL, customer, left(gym.clean(desk), 24), NULL, 0, true);
    v.recovered := false;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'unfreeze_and_check_in', to_jsonb(v));
    RETURN v;
END
$$;

-- The member stays valid up to and with `effective` (rule 5). Terms that would begin later are
-- emptied, and what was charged for them is credited.
CREATE FUNCTION gym.cancel_membership(request uuid, customer bigint, effective date, reason text)
    RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'cancel_membership');
    result gym.change;
    why    text := left(gym.clean(reason), 200);
    m      gym.memberships;
    credit numeric;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    IF effective IS NULL OR effective < me.today THEN
        RAISE EXCEPTION 'a membership is cancelled as of today or later' USING ERRCODE = 'GT001';
    END IF;
    SELECT * INTO m FROM gym.memberships x
        WHERE x.customer_id = customer AND x.term @> effective FOR UPDATE;
    IF NOT FOUND THEN
        SELECT * INTO result FROM gym.answer('', customer);
        IF result.ends IS NULL OR result.ends < me.today THEN
            RAISE EXCEPTION 'there is no membership to cancel' USING ERRCODE = 'GT004';
        END IF;
        RAISE EXCEPTION 'the membership ends on %, before that day', gym.day_text(result.ends, me.today)
            USING ERRCODE = 'GT001', HINT = 'cancel as of that day or earlier';
    END IF;
    FOR m IN
        SELECT * FROM gym.memberships x
        WHERE x.customer_id = customer AND NOT isempty(x.term) AND upper(x.term) > effective
        ORDER BY lower(x.term) DESC
    LOOP
        IF lower(m.term) > effective THEN
            SELECT sum(c.amount) INTO credit FROM gym.charges c WHERE c.membership_id = m.membership_id;
            IF credit > 0 THEN
                INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
                    VALUES (me.gym_id, customer, m.membership_id, -credit, me.today, 'cancelled before it began');
            END IF;
        END IF;
        UPDATE gym.memberships x
            SET cancelled_on = effective, reason = why,
                term = CASE WHEN lower(m.term) > effective THEN 'empty'::daterange
                            ELSE daterange(lower(m.term), effective + 1) END
            WHERE x.membership_id = m.membership_id;
    END LOOP;
    result := gym.answer('Cancelled; valid until ' || gym.day_text(effective, me.today), customer);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'cancel_membership', to_jsonb(result));
    RETURN result;
END
$$;

-- ---------------------------------------------------------------------------------------------
-- Money.

CREATE FUNCTION gym.take_payment(request uuid, customer bigint, amount numeric, payment_method integer,
                                 desk text, note text DEFAULT '') RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'take_payment');
    result gym.change;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.lock_member(me, customer);
    PERFORM gym.pay(me, request, customer, amount, payment_method, desk, 'payment', NULL, note);
    SELECT * INTO result FROM gym.answer('', customer);
    result.text := 'Paid ' || gym.money_text(amount)
        || CASE WHEN result.balance > 0 THEN '; still owes ' || gym.money_text(result.balance)
                WHEN result.balance < 0 THEN '; ' || gym.money_text(-result.balance) || ' in credit'
                ELSE '; nothing owed' END;
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'take_payment', to_jsonb(result));
    RETURN result;
END
$$;

-- A negative row that points to the payment (rule 16). What the member would owe by it is credited:
-- a refund takes back the charge as well.
CREATE FUNCTION gym.refund(request uuid, transaction bigint, amount numeric, desk text, note text DEFAULT '')
    RETURNS gym.change
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me     auth.identity := auth.require('manager');
    first  jsonb := gym.begin_request(me, request, 'refund');
    result gym.change;
    t      gym.transactions;
    before numeric;
    back   numeric;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(result, first);
    END IF;
    PERFORM gym.check_amount(amount);
    SELECT * INTO t FROM gym.transactions x WHERE x.transaction_id = transaction AND x.gym_id = me.gym_id;
    IF NOT FOUND OR t.amount < 0 THEN
        RAISE EXCEPTION 'there is no payment %', transaction USING ERRCODE = 'GT002';
    END IF;
    PERFORM FROM gym.customers c WHERE c.customer_id = t.customer_id FOR NO KEY UPDATE;
    SELECT COALESCE(-sum(x.amount), 0) INTO back FROM gym.transactions x
        WHERE x.refunds = transaction AND x.gym_id = me.gym_id;
    IF back + amount > t.amount THEN
        RAISE EXCEPTION 'of this payment % can be refunded', gym.money_text(t.amount - back)
            USING ERRCODE = 'GT001';
    END IF;
    SELECT s.balance INTO before FROM gym.member_summary s WHERE s.customer_id = t.customer_id;
    INSERT INTO gym.transactions (customer_id, amount, date, gym_id, payment_method_id, kind, membership_id,
                                  refunds, till_session_id, staff_id, request_id, note)
        VALUES (t.customer_id, -amount, me.today, me.gym_id, t.payment_method_id, 'refund', t.membership_id,
                transaction, gym.open_till_at(me, gym.clean(desk)), me.staff_id, request,
                left(gym.clean(note), 200));
    IF before + amount > GREATEST(before, 0) THEN
        INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on, note)
            VALUES (me.gym_id, t.customer_id, t.membership_id, GREATEST(before, 0) - before - amount, me.today,
                    'refunded');
    END IF;
    result := gym.answer('Refunded ' || gym.money_text(amount), t.customer_id);
    PERFORM gym.notify(me, 'members');
    PERFORM gym.end_request(me, request, 'refund', to_jsonb(result));
    RETURN result;
END
$$;

-- The till (rule 17): one open session per desk, a blind count, a reason for a difference.
CREATE FUNCTION gym.open_till(request uuid, desk text, opening_float numeric) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me     auth.identity := auth.require('desk');
    first  jsonb := gym.begin_request(me, request, 'open_till');
    place  text := left(gym.clean(desk), 24);
    opened bigint;
BEGIN
    IF first IS NOT NULL THEN
        RETURN (first ->> 'till_session_id')::bigint;
    END IF;
    IF place = '' OR opening_float IS NULL OR opening_float < 0 THEN
        RAISE EXCEPTION 'a till needs a desk and an opening float' USING ERRCODE = 'GT001';
    END IF;
    INSERT INTO gym.till_sessions (gym_id, desk, opened_by, opening_float)
        VALUES (me.gym_id, place, me.staff_id, opening_float)
        ON CONFLICT (gym_id, desk) WHERE closed_at IS NULL DO NOTHING
        RETURNING till_session_id INTO opened;
    IF opened IS NULL THEN
        RAISE EXCEPTION 'the till of % is open already', place USING ERRCODE = 'GT004', HINT = 'close it first';
    END IF;
    PERFORM gym.end_request(me, request, 'open_till', jsonb_build_object('till_session_id', opened));
    RETURN opened;
END
$$;

CREATE FUNCTION gym.close_till(request uuid, desk text, counted numeric, denominations jsonb, reason text)
    RETURNS gym.till_sessions
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, gym, pg_temp AS $$
DECLARE
    me    auth.identity := auth.require('desk');
    first jsonb := gym.begin_request(me, request, 'close_till');
    t     gym.till_sessions;
    cash  numeric;
BEGIN
    IF first IS NOT NULL THEN
        RETURN jsonb_populate_record(t, first);
    END IF;
    SELECT * INTO t FROM gym.till_sessions x
        WHERE x.gym_id = me.gym_id AND x.desk = left(gym.clean(close_till.desk), 24) AND x.closed_at IS NULL
        FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no till is open at %', desk USING ERRCODE = 'GT002';
    ELSIF counted IS NULL OR counted < 0 THEN
        RAISE EXCEPTION 'the counted amount is missing' USING ERRCODE = 'GT001';
    END IF;
    SELECT t.opening_float + COALESCE(sum(x.amount), 0) INTO cash FROM gym.transactions x
        WHERE x.till_session_id = t.till_session_id AND x.payment_method_id = 3;
    IF counted <> cash AND gym.clean(reason) = '' THEN
        RAISE EXCEPTION 'counted and expected differ by %', gym.money_text(counted - cash)
            USING ERRCODE = 'GT001', HINT = 'give a reason for the difference';
    END IF;
    UPDATE gym.till_sessions x
        SET closed_at = now(), closed_by = me.staff_id, counted = close_till.counted, expected = cash,
            denominations = close_till.denominations, reason = left(gym.clean(close_till.reason), 200)
        WHERE x.till_session_id = t.till_session_id
        RETURNING * INTO t;
    PERFORM gym.end_request(me, request, 'close_till', to_jsonb(t));
    RETURN t;
END
$$;
