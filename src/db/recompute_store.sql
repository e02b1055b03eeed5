-- SPDX-License-Identifier: GPL-3.0-or-later
-- One gym's scores change all at once.
UPDATE gym.rfm AS r
   SET recency_score = n.recency_score, frequency_score = n.frequency_score,
       monetary_score = n.monetary_score, customer_segment = n.customer_segment, r = n.r, f = n.f, m = n.m,
       as_of = n.as_of
  FROM pg_temp.rfm_new AS n
 WHERE n.customer_id = r.customer_id;
INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, monetary_score, customer_segment,
                     r, f, m, as_of)
SELECT n.gym_id, n.customer_id, n.recency_score, n.frequency_score, n.monetary_score, n.customer_segment,
       n.r, n.f, n.m, n.as_of
  FROM pg_temp.rfm_new AS n
 WHERE NOT EXISTS (SELECT FROM gym.rfm AS r WHERE r.customer_id = n.customer_id);
DELETE FROM gym.rfm AS r
 USING gym.customers AS c
 WHERE c.customer_id = r.customer_id AND c.merged_into IS NOT NULL;
SELECT pg_notify('gymtui', g.gym_id || ':members')
  FROM (SELECT DISTINCT n.gym_id FROM pg_temp.rfm_new AS n) AS g;
TRUNCATE pg_temp.rfm_new;
