-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two gyms of one chain, and a member for every edge of DESK.md. Dates are relative to today.
-- Gym 1 "North" has 10001–10016 (key tag T10001 …), gym 2 "South" 20001 and 20002. Everything
-- goes through the schema's own triggers, so summaries and search terms are there.

-- A time zone in which it is noon now.
INSERT INTO gym.gyms (gym_id, name, username, email, address, phone, time_zone, currency, capacity)
SELECT g.id, g.name, lower(g.name), lower(g.name) || '@example.com', '1 High Street', '01632 960000',
       'Etc/GMT' || CASE WHEN h.ahead > 0 THEN '-' || h.ahead WHEN h.ahead < 0 THEN '+' || -h.ahead ELSE '' END,
       'EUR', 40
FROM (VALUES (1, 'North'), (2, 'South')) AS g (id, name),
     (SELECT 12 - extract(hour FROM now() AT TIME ZONE 'UTC')::integer AS ahead) h;
SELECT setval(pg_get_serial_sequence('gym.gyms', 'gym_id'), 2);

INSERT INTO gym.trainers (trainer_id, gym_id, name) VALUES (1, 1, 'Tom Trainer');
SELECT setval(pg_get_serial_sequence('gym.trainers', 'trainer_id'), 1);

INSERT INTO gym.packages (package_id, gym_id, name, duration_months, visits_included, price, all_gyms,
                          hours_from, hours_until) VALUES
    (1, 1, 'Monthly', 1, 0, 39, false, NULL, NULL),
    (2, 1, 'Annual', 12, 0, 349, false, NULL, NULL),
    (3, 1, 'Early bird', 1, 0, 19, false, 1, 2),
    (4, 1, 'Everywhere', 1, 0, 59, true, NULL, NULL),
    (5, 1, 'Day pass', 0, 1, 10, false, NULL, NULL),
    (6, 1, 'Ten visits', 0, 10, 70, false, NULL, NULL),
    (11, 2, 'Monthly', 1, 0, 35, false, NULL, NULL),
    (14, 2, 'Everywhere', 1, 0, 55, true, NULL, NULL);
SELECT setval(pg_get_serial_sequence('gym.packages', 'package_id'), 100);

-- number, gym, name, package, first day and last day of the term, birth date
CREATE TEMPORARY TABLE fixture (id bigint, gym bigint, name text, package bigint, starts integer, ends integer,
                                birth date);
INSERT INTO fixture VALUES
    (10001, 1, 'Ada Active', 1, -10, 20, '1990-01-15'),
    (10002, 1, 'Ed Expired', 1, -42, -12, '1985-01-15'),
    (10003, 1, 'Grace Period', 1, -32, -2, '1985-01-15'),
    (10004, 1, 'Fred Frozen', 1, -10, 37, '1985-01-15'),
    (10005, 1, 'Carl Cancelled', 1, -30, -5, '1985-01-15'),
    (10006, 1, 'Olga Owing', 1, -12, 18, '1985-01-15'),
    (10007, 1, 'Bea Birthday', 1, -10, 20, NULL),
    (10008, 1, 'Eve Expiring', 1, -25, 5, '1985-01-15'),
    (10009, 1, 'Peter Pack', 6, -60, 300, '1985-01-15'),
    (10010, 1, 'Una Usedup', 6, -60, 300, '1985-01-15'),
    (10011, 1, 'Ned Note', 1, -10, 20, '1985-01-15'),
    (10012, 1, 'Bob Banned', 1, -10, 20, '1985-01-15'),
    (10013, 1, 'Tim Teen', 1, -10, 20, NULL),
    (10014, 1, 'Élodie Müller-Ångström', 4, -10, 20, '1985-01-15'),
    (10015, 1, 'Otto Offpeak', 3, -10, 20, '1985-01-15'),
    (10016, 1, 'Amy Autoclosed', 1, -10, 20, '1985-01-15'),
    (20001, 2, 'Sue South', 11, -10, 20, '1985-01-15'),
    (20002, 2, 'Sam South', 14, -10, 20, '1985-01-15');

INSERT INTO gym.customers (customer_id, gym_id, name, email, phone, birth_date, gender, join_date, package_id, keytag)
SELECT f.id, f.gym, f.name, lower(split_part(gym.search_fold(f.name), ' ', 1)) || f.id || '@example.com',
       '+44 7700 9' || f.id, f.birth, 'other', t.today - 100, f.package, 'T' || f.id
FROM fixture f, (SELECT (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t;
SELECT setval(pg_get_serial_sequence('gym.customers', 'customer_id'), 30000);

INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day, cancelled_on)
SELECT f.gym, f.id, f.package, daterange(t.today + f.starts, t.today + f.ends + 1), p.price,
       extract(day FROM t.today + f.starts)::integer,
       CASE WHEN f.id = 10005 THEN t.today + f.ends END
FROM fixture f
JOIN gym.packages p ON p.package_id = f.package,
     (SELECT (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t
ORDER BY f.id;

INSERT INTO gym.charges (gym_id, customer_id, membership_id, amount, due_on)
SELECT m.gym_id, m.customer_id, m.membership_id, m.price, lower(m.term) FROM gym.memberships m;
-- All but Olga have paid, by card.
INSERT INTO gym.transactions (customer_id, amount, date, gym_id, paid_at, payment_method_id, kind, membership_id)
SELECT c.customer_id, c.amount, c.due_on, c.gym_id, c.due_on::timestamp AT TIME ZONE g.time_zone, 1, 'renewal',
       c.membership_id
FROM gym.charges c JOIN gym.gyms g ON g.gym_id = c.gym_id WHERE c.customer_id <> 10006;

-- The term above is the moved one already.
INSERT INTO gym.freezes (gym_id, customer_id, period, reason)
SELECT 1, 10004, daterange(t.today - 5, t.today + 13), 'holiday'
FROM (SELECT (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t;

UPDATE gym.customers SET note = 'ask for the locker key' WHERE customer_id = 10011;
UPDATE gym.customers c SET banned_on = t.today - 20, banned_reason = 'threw a dumbbell',
       birth_date = c.birth_date
FROM (SELECT (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t
WHERE c.customer_id = 10012;
UPDATE gym.customers c SET birth_date = CASE c.customer_id
           WHEN 10007 THEN (t.today - interval '36 years')::date -- also on a 29 February
           ELSE (t.today - interval '14 years 40 days')::date END
FROM (SELECT (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t
WHERE c.customer_id IN (10007, 10013);

-- Visits of an hour from 18:08 local on: Ada's habit on the last five days but one, eight of
-- Peter's ten, all of Una's, and Amy's of yesterday, closed by the worker.
INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id, desk, auto_out)
SELECT v.id, (t.today - v.ago + time '18:08') AT TIME ZONE t.time_zone,
       (t.today - v.ago + time '19:08') AT TIME ZONE t.time_zone, 1, 1, 'desk 1', v.id = 10016
FROM (SELECT g.time_zone, (now() AT TIME ZONE g.time_zone)::date AS today FROM gym.gyms g WHERE g.gym_id = 1) t,
     (SELECT 10001 AS id, generate_series(2, 6) AS ago
      UNION ALL SELECT 10009, generate_series(3, 10)
      UNION ALL SELECT 10010, generate_series(3, 12)
      UNION ALL SELECT 10016, 1) v
ORDER BY 2;
SELECT gym.recount_visits(c.customer_id) FROM gym.customers c;
DROP TABLE fixture;
