-- SPDX-License-Identifier: GPL-3.0-or-later
-- Fits and curves that the worker keeps (value.h).

-- name: value_store_fit
-- One of a purpose and subject is in use.
WITH others AS (
    UPDATE clv.model_fit AS o SET in_use = false
     WHERE o.dataset_id = $2::text::bigint AND o.purpose = $3::text AND o.subject = $5::text
       AND o.model <> $4::text AND o.in_use AND $14::text::boolean)
INSERT INTO clv.model_fit AS f
    (gym_id, dataset_id, purpose, model, subject, parameters, estimates, standard_errors, covariance,
     log_likelihood, observations, iterations, time_unit, in_use, fitted_on, fitted_at, holdout_from, auc,
     log_loss, calibration_error, worst_tenth, failed_at, failure)
VALUES ($1::text::bigint, $2::text::bigint, $3::text, $4::text, $5::text, $6::text::text[],
        $7::text::double precision[], $8::text::double precision[], $9::text::double precision[],
        $10::text::double precision, $11::text::bigint, $12::text::integer, $13::text, $14::text::boolean,
        $15::text::date, now(), $16::text::date, $17::text::double precision, $18::text::double precision,
        $19::text::double precision, $20::text::double precision, NULL, '')
ON CONFLICT (dataset_id, purpose, model, subject) DO UPDATE
   SET parameters = excluded.parameters, estimates = excluded.estimates,
       standard_errors = excluded.standard_errors, covariance = excluded.covariance,
       log_likelihood = excluded.log_likelihood, observations = excluded.observations,
       iterations = excluded.iterations, time_unit = excluded.time_unit, in_use = excluded.in_use,
       fitted_on = excluded.fitted_on, fitted_at = excluded.fitted_at, holdout_from = excluded.holdout_from,
       auc = excluded.auc, log_loss = excluded.log_loss, calibration_error = excluded.calibration_error,
       worst_tenth = excluded.worst_tenth, failed_at = NULL, failure = '';

-- name: value_store_failure
-- The last good figures stay. Where there have never been any the row says only why.
INSERT INTO clv.model_fit AS f
    (gym_id, dataset_id, purpose, model, subject, parameters, estimates, observations, time_unit, fitted_on,
     failed_at, failure)
VALUES ($1::text::bigint, $2::text::bigint, $3::text, $4::text, $5::text, '{}', '{}', 0, $6::text,
        $7::text::date, now(), $8::text)
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
DELETE FROM clv.curve_point AS p
 WHERE p.dataset_id = $1::text::bigint AND p.curve = $2::text AND (p.series = $3::text OR $3::text IS NULL);
