-- SPDX-License-Identifier: GPL-3.0-or-later
-- The rows are in. Statistics, so that the sums are planned well; and the terms once more for
-- reseed_derive.sql to read, because the table itself is locked while its constraint is made.

ANALYZE gym_incoming.customers, gym_incoming.attendance, gym_incoming.memberships, gym_incoming.freezes,
        gym_incoming.charges, gym_incoming.transactions, gym_incoming.gyms;
CREATE TABLE gym_incoming.terms_read AS
    SELECT m.customer_id, m.term, m.package_id, m.cancelled_on FROM gym_incoming.memberships m;
ANALYZE gym_incoming.terms_read;
