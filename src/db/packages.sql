-- SPDX-License-Identifier: GPL-3.0-or-later

-- name: packages_list
SELECT p.package_id, p.name, p.description, p.duration_months, p.visits_included, p.price,
       p.all_gyms, p.active,
       CASE WHEN p.hours_from IS NULL THEN ''
            ELSE to_char(p.hours_from, 'FM00') || '-' || to_char(p.hours_until, 'FM00') END,
       coalesce(m.members, 0), coalesce(r.revenue, 0), p.row_version,
       p.guests_included
  FROM gym.packages AS p
  LEFT JOIN (SELECT s.package_id, count(*) AS members FROM gym.member_summary AS s
              WHERE s.gym_id = (SELECT auth.current_gym())
                AND s.starts <= current_date AND s.ends >= current_date
              GROUP BY s.package_id) AS m ON m.package_id = p.package_id
  LEFT JOIN (SELECT x.package_id, sum(t.amount) AS revenue
               FROM gym.transactions AS t
               JOIN gym.memberships AS x ON x.gym_id = t.gym_id AND x.customer_id = t.customer_id
                                        AND x.membership_id = t.membership_id
              WHERE t.gym_id = (SELECT auth.current_gym()) AND t.date > current_date - 30
                AND t.date <= current_date
              GROUP BY x.package_id) AS r ON r.package_id = p.package_id
 WHERE p.gym_id = (SELECT auth.current_gym())
 ORDER BY p.active DESC, p.duration_months DESC, p.price, p.package_id;

-- name: packages_save
SELECT gym.save_package($1::uuid, $2::bigint, $3::int, $4::text, $5::text, $6::int, $7::int,
                        $8::numeric, $9::boolean, $10::boolean, $11::text, $12::int);
