-- SPDX-License-Identifier: GPL-3.0-or-later
-- A pack whose visits are used up is over, though its days are not: what is sold next begins at once.

SELECT set_config('role', current_database() || '_owner', true);

-- Where the next term begins (rule 9): at the end of the last one, or today after a lapse. A plan with
-- a number of visits ends with the last of them: the day counts for the plan that let in on it. The
-- anchor day is kept while terms follow each other.
CREATE OR REPLACE FUNCTION gym.next_term(customer bigint, today date, OUT starts date, OUT anchor integer)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m    record;
    used record;
BEGIN
    SELECT x.term, x.anchor_day, x.cancelled_on, p.visits_included, g.time_zone INTO m
        FROM gym.memberships x
        JOIN gym.packages p ON p.package_id = x.package_id
        JOIN gym.gyms g ON g.gym_id = x.gym_id
        WHERE x.customer_id = customer AND NOT isempty(x.term)
        ORDER BY upper(x.term) DESC LIMIT 1;
    starts := GREATEST(upper(m.term), today);
    anchor := CASE WHEN upper(m.term) >= today AND m.cancelled_on IS NULL THEN m.anchor_day
                   ELSE extract(day FROM starts)::integer END;
    IF m.visits_included > 0 AND m.term @> today THEN
        SELECT count(*) AS visits, max(a.check_in AT TIME ZONE m.time_zone)::date AS last INTO used
            FROM gym.attendance a
            WHERE a.customer_id = customer AND a.voided_at IS NULL AND NOT a.reentry
              AND a.check_in >= lower(m.term)::timestamp AT TIME ZONE m.time_zone;
        IF used.visits >= m.visits_included THEN
            starts := CASE WHEN used.last >= today THEN today + 1 ELSE today END;
            anchor := extract(day FROM starts)::integer;
        END IF;
    END IF;
END
$$;

-- What the alert offers: the member's plan again (or the gym's shortest), and a day pass where no term
-- stands in its way.
CREATE OR REPLACE FUNCTION gym.offer(v gym.verdict, me auth.identity, plan bigint) RETURNS gym.verdict
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p      gym.packages;
    starts date;
    anchor integer;
BEGIN
    SELECT t.starts, t.anchor INTO starts, anchor FROM gym.next_term(v.customer_id, me.today) t;
    SELECT * INTO p FROM gym.packages x
        WHERE x.gym_id = me.gym_id AND x.active AND (x.duration_months > 0 OR x.visits_included > 1)
        ORDER BY x.package_id = plan DESC NULLS LAST, x.duration_months = 0, x.duration_months, x.price
        LIMIT 1;
    IF FOUND THEN
        v.renew_package_id := p.package_id;
        v.renew_price := p.price;
        v.renew_until := gym.term_end(p, starts, anchor, me.settings) - 1;
    END IF;
    IF starts = me.today THEN
        SELECT x.package_id, x.price INTO v.day_pass_package_id, v.day_pass_price FROM gym.packages x
            WHERE x.gym_id = me.gym_id AND x.active AND x.duration_months = 0 AND x.visits_included <= 1
            ORDER BY x.price LIMIT 1;
    END IF;
    RETURN v;
END
$$;

-- One more term of a package, its charge, and with a method the payment of all that is due.
CREATE OR REPLACE FUNCTION gym.sell(me auth.identity, request uuid, customer bigint, package bigint, method integer,
                                    at_desk text, what text, OUT membership bigint, OUT plan text,
                                    OUT starts date, OUT ends date, OUT paid numeric)
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
    -- Only a term whose visits are used up still holds on the day the next one begins.
    UPDATE gym.memberships m SET term = daterange(lower(m.term), sell.starts)
        WHERE m.customer_id = customer AND m.term @> sell.starts;
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
