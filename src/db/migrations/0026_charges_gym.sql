-- SPDX-License-Identifier: GPL-3.0-or-later
-- What falls due at a gym on a day, without looking at the charges of all gyms.

SELECT set_config('role', current_database() || '_owner', true);

CREATE INDEX charges_gym ON gym.charges (gym_id, due_on);
