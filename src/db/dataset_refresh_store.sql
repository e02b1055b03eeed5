-- SPDX-License-Identifier: GPL-3.0-or-later
-- The figures take the place of the old ones. Where no model could be fitted the last predictions
-- stay; the campaigns' outcomes always do.

ANALYZE pg_temp.refresh_scored;
UPDATE clv.dim_customer AS c
   SET survival_time = s.survival_time, event_observed = s.event_observed
  FROM pg_temp.refresh_scored AS s
 WHERE s.customer_id = c.customer_id;

INSERT INTO clv.clv_prediction AS p
       (gym_id, customer_id, clv, predicted_customer_type, as_of, clv_low, clv_high, p_alive, p_stay, expected, model,
        recency_score, frequency_score, monetary_score, r, f, m, customer_segment)
SELECT d.gym_id, s.customer_id, coalesce(s.clv, 0), coalesce(s.predicted_customer_type, ''), d.as_of, s.clv_low,
       s.clv_high, s.p_alive, s.p_stay, s.expected, coalesce(s.model, ''), s.recency_score, s.frequency_score,
       s.monetary_score, s.r, s.f, s.m, s.customer_segment
  FROM pg_temp.refresh_scored AS s, pg_temp.refresh_dataset AS d
    ON CONFLICT (customer_id) DO UPDATE
   SET (clv, predicted_customer_type, clv_low, clv_high, p_alive, p_stay, expected, model) =
       (SELECT CASE WHEN excluded.model = '' THEN p.clv ELSE excluded.clv END,
               CASE WHEN excluded.model = '' THEN p.predicted_customer_type ELSE excluded.predicted_customer_type END,
               CASE WHEN excluded.model = '' THEN p.clv_low ELSE excluded.clv_low END,
               CASE WHEN excluded.model = '' THEN p.clv_high ELSE excluded.clv_high END,
               CASE WHEN excluded.model = '' THEN p.p_alive ELSE excluded.p_alive END,
               CASE WHEN excluded.model = '' THEN p.p_stay ELSE excluded.p_stay END,
               CASE WHEN excluded.model = '' THEN p.expected ELSE excluded.expected END,
               CASE WHEN excluded.model = '' THEN p.model ELSE excluded.model END),
       as_of = excluded.as_of, recency_score = excluded.recency_score, frequency_score = excluded.frequency_score,
       monetary_score = excluded.monetary_score, r = excluded.r, f = excluded.f, m = excluded.m,
       customer_segment = excluded.customer_segment;

UPDATE clv.dataset AS o
   SET refreshed_at = now(), as_of = d.as_of,
       customers = (SELECT count(*) FROM clv.dim_customer AS c WHERE c.dataset_id = d.dataset_id)
  FROM pg_temp.refresh_dataset AS d
 WHERE o.dataset_id = d.dataset_id;
SELECT pg_notify('gymtui', d.gym_id || ':datasets') FROM pg_temp.refresh_dataset AS d;
