-- SPDX-License-Identifier: GPL-3.0-or-later
-- What must hold (SYNTHETIC.md, "What must hold after every run"; DESK.md's rules by number), for
-- made-up data and for real ones. Each query finds the rows that break a rule, as `id`. Voided
-- visits do not count; what a person let in with a reason is a person's decision.

-- rule: visits before joining
SELECT a.attendance_id AS id
FROM gym.attendance a
JOIN gym.customers c USING (customer_id)
JOIN gym.gyms g ON g.gym_id = a.gym_id
WHERE a.voided_at IS NULL AND (a.check_in AT TIME ZONE g.time_zone)::date < c.join_date;

-- rule: visits while frozen that nobody decided on
SELECT a.attendance_id AS id
FROM gym.attendance a
JOIN gym.gyms g ON g.gym_id = a.gym_id
JOIN gym.freezes f ON f.customer_id = a.customer_id
     AND f.period @> (a.check_in AT TIME ZONE g.time_zone)::date
WHERE a.voided_at IS NULL AND a.override_reason IS NULL;

-- rule: visits outside a term and its grace that nobody decided on
SELECT a.attendance_id AS id
FROM gym.attendance a
JOIN gym.gyms g ON g.gym_id = a.gym_id
WHERE a.voided_at IS NULL AND a.override_reason IS NULL
  AND NOT EXISTS (
      SELECT FROM gym.memberships m
      WHERE m.customer_id = a.customer_id
        AND daterange(lower(m.term), upper(m.term)
                      + ((gym.default_settings() || g.settings) ->> 'expired_grace')::integer)
            @> (a.check_in AT TIME ZONE g.time_zone)::date);

-- rule: members with two open visits
-- DESK.md rule 1
SELECT a.customer_id AS id
FROM gym.attendance a
WHERE a.check_out IS NULL AND a.voided_at IS NULL
GROUP BY a.customer_id HAVING count(*) > 1;

-- rule: visits that end before they begin
-- DESK.md rule 3
SELECT a.attendance_id AS id FROM gym.attendance a WHERE a.check_out < a.check_in;

-- rule: visits of one member that overlap
SELECT x.attendance_id AS id
FROM (SELECT a.attendance_id, a.check_in,
             lag(COALESCE(a.check_out, 'infinity')) OVER (PARTITION BY a.customer_id ORDER BY a.check_in) AS before
      FROM gym.attendance a WHERE a.voided_at IS NULL) x
WHERE x.check_in < x.before;

-- rule: visits in the future
SELECT a.attendance_id AS id
FROM gym.attendance a WHERE GREATEST(a.check_in, a.check_out) > now() + interval '1 minute';

-- rule: payments before joining
SELECT t.transaction_id AS id
FROM gym.transactions t JOIN gym.customers c USING (customer_id) WHERE t.date < c.join_date;

-- rule: payments in the future
SELECT t.transaction_id AS id
FROM gym.transactions t WHERE t.paid_at > now() + interval '1 minute';

-- rule: members on a package of another gym
SELECT c.customer_id AS id
FROM gym.customers c JOIN gym.packages p USING (package_id) WHERE c.gym_id <> p.gym_id;

-- rule: terms of one member that overlap
-- DESK.md rule 9
SELECT x.customer_id AS id
FROM (SELECT m.customer_id, m.term, lag(upper(m.term)) OVER (PARTITION BY m.customer_id ORDER BY m.term) AS before
      FROM gym.memberships m WHERE NOT isempty(m.term)) x
WHERE lower(x.term) < x.before;

-- rule: closed tills whose expected cash is not what their rows say
-- DESK.md rule 17
SELECT t.till_session_id AS id
FROM gym.till_sessions t
WHERE t.closed_at IS NOT NULL AND t.expected <> gym.expected_cash(t.till_session_id);

-- rule: terms that are not charged once, at their price
SELECT m.membership_id AS id
FROM gym.memberships m LEFT JOIN gym.charges h USING (membership_id)
GROUP BY m.membership_id, m.price
HAVING sum(h.amount) FILTER (WHERE h.amount > 0) IS DISTINCT FROM m.price AND m.price > 0;

-- rule: refunds of more than was paid, or of somebody else's payment
-- DESK.md rule 16
SELECT t.transaction_id AS id
FROM gym.transactions t
JOIN gym.transactions r ON r.refunds = t.transaction_id
GROUP BY t.transaction_id, t.amount, t.customer_id
HAVING -sum(r.amount) > t.amount OR bool_or(r.customer_id <> t.customer_id OR r.amount >= 0);

-- rule: balances that are not charges less payments
SELECT s.customer_id AS id
FROM gym.member_summary s
WHERE s.balance IS DISTINCT FROM
      COALESCE((SELECT sum(h.amount) FROM gym.charges h WHERE h.customer_id = s.customer_id), 0)
      - COALESCE((SELECT sum(t.amount) FROM gym.transactions t WHERE t.customer_id = s.customer_id), 0);

-- rule: summaries that count other visits than there are
SELECT s.customer_id AS id
FROM gym.member_summary s
LEFT JOIN (SELECT a.customer_id, count(*) AS visits, max(a.check_in) AS latest
           FROM gym.attendance a WHERE a.voided_at IS NULL GROUP BY a.customer_id) v USING (customer_id)
WHERE s.visit_count IS DISTINCT FROM COALESCE(v.visits, 0) OR s.last_check_in IS DISTINCT FROM v.latest;

-- rule: members without a summary or without search terms
SELECT c.customer_id AS id
FROM gym.customers c
WHERE c.merged_into IS NULL
  AND (NOT EXISTS (SELECT FROM gym.member_summary s WHERE s.customer_id = c.customer_id)
       OR NOT EXISTS (SELECT FROM gym.search_terms t WHERE t.customer_id = c.customer_id));

-- rule: members since before today without an RFM row
SELECT c.customer_id AS id
FROM gym.customers c JOIN gym.gyms g USING (gym_id)
WHERE c.merged_into IS NULL AND EXISTS (SELECT FROM gym.rfm)
  AND c.join_date < (now() AT TIME ZONE g.time_zone)::date - 1
  AND NOT EXISTS (SELECT FROM gym.rfm r WHERE r.customer_id = c.customer_id);

-- rule: members since before today without a value
SELECT c.customer_id AS id
FROM gym.customers c JOIN gym.gyms g USING (gym_id)
WHERE c.merged_into IS NULL AND EXISTS (SELECT FROM gym.clv)
  AND c.join_date < (now() AT TIME ZONE g.time_zone)::date - 1
  AND NOT EXISTS (SELECT FROM gym.clv v WHERE v.customer_id = c.customer_id);

-- rule: values outside their own interval, or below nothing
SELECT v.customer_id AS id
FROM gym.clv v
WHERE v.clv_value < 0 OR v.at_stake < 0 OR NOT v.clv_low <= v.clv_value OR NOT v.clv_value <= v.clv_high;

-- rule: members who differ between the gym and its dataset
SELECT c.customer_id AS id
FROM clv.dataset d
JOIN gym.customers c ON c.gym_id = d.gym_id
JOIN gym.gyms g ON g.gym_id = d.gym_id
WHERE d.kind = 'gym' AND d.scoring IS NOT NULL AND c.merged_into IS NULL
  AND c.join_date < (now() AT TIME ZONE g.time_zone)::date - 1
  AND NOT EXISTS (SELECT FROM clv.dim_customer k
                  JOIN clv.clv_prediction p USING (customer_id)
                  WHERE k.dataset_id = d.dataset_id AND k.source_key = c.customer_id::text);
