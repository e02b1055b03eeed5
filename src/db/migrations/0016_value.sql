-- SPDX-License-Identifier: GPL-3.0-or-later
-- What scoring one member anew needs between two recomputes of all, and ways for the worker to find
-- who has been touched.

SELECT set_config('role', current_database() || '_owner', true);

ALTER TABLE clv.model_fit ADD COLUMN covariance double precision[];
COMMENT ON COLUMN clv.model_fit.covariance IS 'of the estimates, row after row: intervals are made of it';

ALTER TABLE clv.dataset ADD COLUMN scoring double precision[];
COMMENT ON COLUMN clv.dataset.scoring IS
    'of a gym''s own dataset: cut points and means with which one member is scored between two recomputes; '
    'the worker''s own layout';

-- Visits to other gyms of the chain, by whose members they are.
CREATE INDEX attendance_away ON gym.attendance (home_gym_id, check_in) WHERE gym_id <> home_gym_id;
-- A gym has one dataset of its own members.
CREATE UNIQUE INDEX dataset_own ON clv.dataset (gym_id) WHERE kind = 'gym';
