-- SPDX-License-Identifier: GPL-3.0-or-later
-- A recompute reads members' visits out of the key of customers and instants, and beside it the few
-- that do not count as they stand there: at other gyms, as before, and now those called off too.

SELECT set_config('role', current_database() || '_owner', true);

CREATE INDEX attendance_apart ON gym.attendance (home_gym_id, check_in)
    WHERE gym_id <> home_gym_id OR voided_at IS NOT NULL;
DROP INDEX gym.attendance_away;
