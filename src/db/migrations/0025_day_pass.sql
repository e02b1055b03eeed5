-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is sold says what the money was for: the day pass of somebody new, or a pack, is no joining.

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
                            CASE WHEN p.duration_months > 0 THEN COALESCE(what, 'renewal')
                                 WHEN p.visits_included > 1 THEN 'pack' ELSE 'day_pass' END,
                            membership, p.name);
            paid := due;
        END IF;
    END IF;
END
$$;
