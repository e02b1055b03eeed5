-- SPDX-License-Identifier: GPL-3.0-or-later
-- Fits and curves that the worker keeps (value.h).

-- name: value_store_fits
-- One of a purpose and subject is in use. A row each; of the arrays that are columns, an element each.
WITH fitted AS MATERIALIZED (
    SELECT x.*
      FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                  $10::double precision[], $11::bigint[], $12::integer[], $13::text[], $14::boolean[],
                  $15::date[], $16::date[], $17::double precision[], $18::double precision[],
                  $19::double precision[], $20::double precision[])
           AS x (purpose, model, subject, parameters, estimates, standard_errors, covariance, log_likelihood,
                 observations, iterations, time_unit, in_use, fitted_on, holdout_from, auc, log_loss,
                 calibration_error, worst_tenth)
), others AS (
    UPDATE clv.model_fit AS o SET in_use = false
      FROM fitted AS x
     WHERE o.dataset_id = $2::text::bigint AND o.in_use AND x.in_use AND o.purpose = x.purpose
       AND o.subject = x.subject
       AND NOT EXISTS (SELECT FROM fitted AS y
                        WHERE y.purpose = o.purpose AND y.subject = o.subject AND y.model = o.model))
INSERT INTO clv.model_fit AS f
    (gym_id, dataset_id, purpose, model, subject, parameters, estimates, standard_errors, covariance,
     log_likelihood, observations, iterations, time_unit, in_use, fitted_on, fitted_at, holdout_from, auc,
     log_loss, calibration_error, worst_tenth, failed_at, failure)
SELECT $1::text::bigint, $2::text::bigint, x.purpose, x.model, x.subject, x.parameters::text[],
       x.estimates::double precision[], x.standard_errors::double precision[],
       x.covariance::double precision[], x.log_likelihood, x.observations, x.iterations, x.time_unit, x.in_use,
       x.fitted_on, now(), x.holdout_from, x.auc, x.log_loss, x.calibration_error, x.worst_tenth, NULL, ''
  FROM fitted AS x
ON CONFLICT (dataset_id, purpose, model, subject) DO UPDATE
   SET parameters = excluded.parameters, estimates = excluded.estimates,
       standard_errors = excluded.standard_errors, covariance = excluded.covariance,
       log_likelihood = excluded.log_likelihood, observations = excluded.observations,
       iterations = excluded.iterations, time_unit = excluded.time_unit, in_use = excluded.in_use,
       fitted_on = excluded.fitted_on, fitted_at = excluded.fitted_at, holdout_from = excluded.holdout_from,
       auc = excluded.auc, log_loss = excluded.log_loss, calibration_error = excluded.calibration_error,
       worst_tenth = excluded.worst_tenth, failed_at = NULL, failure = '';

-- name: value_store_failures
-- The last good figures stay. Where there have never been any the row says only why.
INSERT INTO clv.model_fit AS f
    (gym_id, dataset_id, purpose, model, subject, parameters, estimates, observations, time_unit, fitted_on,
     failed_at, failure)
SELECT $1::text::bigint, $2::text::bigint, x.purpose, x.model, x.subject, '{}', '{}', 0, x.time_unit,
       x.fitted_on, now(), x.failure
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[])
       AS x (purpose, model, subject, time_unit, fitted_on, failure)
ON CONFLICT (dataset_id, purpose, model, subject) DO UPDATE
   SET failed_at = excluded.failed_at, failure = excluded.failure;

-- name: value_load_fit
-- Numbers one after the other: how many parameters, log-likelihood, observations, iterations, then
-- estimates, standard errors, covariance.
SELECT concat_ws(' ', cardinality(f.estimates), coalesce(f.log_likelihood, 'NaN'), f.observations,
                 coalesce(f.iterations, 0), array_to_string(f.estimates, ' '),
                 array_to_string(f.standard_errors, ' '), array_to_string(f.covariance, ' '))
  FROM clv.model_fit AS f
 WHERE f.dataset_id = $1::text::bigint AND f.purpose = $2::text AND f.model = $3::text AND f.subject = $4::text
   AND cardinality(f.estimates) = $5::text::integer AND cardinality(f.standard_errors) = $5::text::integer
   AND cardinality(f.covariance) = $5::text::integer * $5::text::integer;

-- name: value_remove_series
-- Of the dataset $2, series of curves; where there is no series: the whole curve.
DELETE FROM clv.curve_point AS p
 USING unnest($3::text[], $4::text[]) AS s (curve, series)
 WHERE p.gym_id = $1::text::bigint AND p.dataset_id = $2::text::bigint AND p.curve = s.curve
   AND (p.series = s.series OR s.series IS NULL);
