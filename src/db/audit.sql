-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log of changes. Numbers of other rows become their names here; the fields get their words and
-- their order in audit.c.

-- name: audit_page
SELECT a.audit_id, extract(epoch FROM a.at::timestamp)::bigint, coalesce(a.customer_id, 0),
       CASE WHEN strpos(a.rolname::text, ':') > 0
            THEN coalesce(nullif(w.full_name, ''), nullif(split_part(a.rolname::text, ':', 3), ''),
                          'the owner')
            WHEN a.rolname::text LIKE '%\_worker' THEN 'the worker'
            ELSE 'administrator' END,
       coalesce(c.name, ''), a.table_name, a.action,
       (SELECT string_agg(concat_ws(E'\t', f.key,
                   coalesce(gym.clean(left(f.old, 110)), ''), coalesce(gym.clean(left(f.new, 110)), '')),
                   E'\n' ORDER BY f.key)
          FROM (SELECT coalesce(o.key, n.key) AS key,
                       CASE coalesce(o.key, n.key)
                           WHEN 'package_id' THEN (SELECT p.name FROM gym.packages AS p
                                                    WHERE p.package_id = o.value::bigint)
                           WHEN 'trainer_id' THEN (SELECT t.name FROM gym.trainers AS t
                                                    WHERE t.trainer_id = o.value::bigint)
                           WHEN 'payment_method_id' THEN (SELECT m.payment_method_name
                                                            FROM clv.dim_payment_method AS m
                                                           WHERE m.payment_method_id = o.value::int)
                           WHEN 'merged_into' THEN '#' || o.value
                           ELSE CASE WHEN o.value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:'
                                     THEN to_char(o.value::timestamptz, 'YYYY-MM-DD HH24:MI')
                                     ELSE o.value END END AS old,
                       CASE coalesce(o.key, n.key)
                           WHEN 'package_id' THEN (SELECT p.name FROM gym.packages AS p
                                                    WHERE p.package_id = n.value::bigint)
                           WHEN 'trainer_id' THEN (SELECT t.name FROM gym.trainers AS t
                                                    WHERE t.trainer_id = n.value::bigint)
                           WHEN 'payment_method_id' THEN (SELECT m.payment_method_name
                                                            FROM clv.dim_payment_method AS m
                                                           WHERE m.payment_method_id = n.value::int)
                           WHEN 'merged_into' THEN '#' || n.value
                           ELSE CASE WHEN n.value ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:'
                                     THEN to_char(n.value::timestamptz, 'YYYY-MM-DD HH24:MI')
                                     ELSE n.value END END AS new
                  FROM (SELECT x.key, x.value FROM jsonb_each_text(coalesce(a.before, '{}') - 'settings') AS x
                        UNION ALL
                        SELECT 'settings ' || x.key, x.value
                          FROM jsonb_each_text(CASE jsonb_typeof(a.before -> 'settings') WHEN 'object'
                                               THEN a.before -> 'settings' ELSE '{}' END) AS x) AS o
                  FULL JOIN
                       (SELECT x.key, x.value FROM jsonb_each_text(coalesce(a.after, '{}') - 'settings') AS x
                        UNION ALL
                        SELECT 'settings ' || x.key, x.value
                          FROM jsonb_each_text(CASE jsonb_typeof(a.after -> 'settings') WHEN 'object'
                                               THEN a.after -> 'settings' ELSE '{}' END) AS x) AS n
                    ON n.key = o.key
                 WHERE o.value IS DISTINCT FROM n.value) AS f)
  FROM (SELECT * FROM gym.audit_log AS l
         WHERE l.gym_id = (SELECT auth.current_gym())
           AND ($1::bigint IS NULL OR l.customer_id = $1::bigint)
           AND ($2::date IS NULL OR l.at >= $2::date::timestamptz)
           AND ($3::bigint IS NULL OR l.audit_id < $3::bigint)
         ORDER BY l.audit_id DESC LIMIT $4::int + 1) AS a
  LEFT JOIN gym.customers AS c ON c.customer_id = a.customer_id
       AND c.gym_id = (SELECT auth.current_gym())
  LEFT JOIN auth.staff AS w ON w.gym_id = a.gym_id AND NOT w.is_alias
       AND w.username = split_part(a.rolname::text, ':', 3)
       AND split_part(a.rolname::text, ':', 3) <> ''
 ORDER BY a.audit_id DESC;
