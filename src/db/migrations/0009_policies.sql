-- SPDX-License-Identifier: GPL-3.0-or-later
-- Row-level security and grants. No level may write to any table: all writes go through the
-- functions above, which check who asks. apply_grants can be run again after a restore.

SELECT set_config('role', current_database() || '_owner', true);

-- Every table with a gym_id, including ones that come later by calling this again.
CREATE FUNCTION auth.apply_policies() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    row  record;
    rule text;
BEGIN
    FOR row IN
        SELECT c.oid::regclass AS name, c.relname,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'gym_id') AS has_gym
        FROM pg_class c
        WHERE c.relkind IN ('r', 'p')
          AND c.relnamespace IN ('gym'::regnamespace, 'auth'::regnamespace, 'clv'::regnamespace)
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', row.name);
        EXECUTE format('DROP POLICY IF EXISTS own_gym ON %s', row.name);
        rule := CASE
            WHEN NOT row.has_gym THEN '(SELECT auth.current_gym()) IS NOT NULL'
            WHEN row.relname IN ('attendance', 'access_log') THEN
                'gym_id = (SELECT auth.current_gym()) OR home_gym_id = (SELECT auth.current_gym()) '
                'OR (SELECT auth.is_chain())'
            ELSE 'gym_id = (SELECT auth.current_gym()) OR (SELECT auth.is_chain())' END;
        EXECUTE format('CREATE POLICY own_gym ON %s FOR SELECT USING (%s)', row.name, rule);
    END LOOP;
END
$$;

CREATE FUNCTION auth.apply_grants() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    db      text := current_database();
    desk    text := quote_ident(db || '_desk');
    manager text := quote_ident(db || '_manager');
    worker  text := quote_ident(db || '_worker');
BEGIN
    REVOKE ALL ON ALL TABLES IN SCHEMA gym, auth, clv FROM PUBLIC;
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA gym, auth, clv FROM PUBLIC;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gym FROM PUBLIC;
    EXECUTE format('GRANT USAGE ON SCHEMA gym, auth, clv TO %s, %s', desk, worker);

    -- The desk reads.
    EXECUTE format('GRANT SELECT ON gym.customers, gym.packages, gym.trainers, gym.memberships, gym.freezes, '
        'gym.charges, gym.transactions, gym.attendance, gym.access_log, gym.till_sessions, '
        'gym.member_summary, gym.search_terms, gym.rfm, gym.clv, gym.jobs, gym.database_info, '
        'clv.dim_payment_method TO %s', desk);
    EXECUTE format('GRANT SELECT (gym_id, name, username, email, address, phone, time_zone, currency, capacity, '
        'settings, row_version, created_at) ON gym.gyms TO %s', desk);
    EXECUTE format('GRANT SELECT (staff_id, gym_id, username, full_name, level, is_alias, disabled, created_at) '
        'ON auth.staff TO %s', desk);
    -- The desk writes, by functions only; those that need more check it themselves, and are granted
    -- to those levels only.
    EXECUTE format('GRANT EXECUTE ON FUNCTION auth.current_gym(), auth.current_level(), auth.is_chain(), '
        'auth.has_level(text), auth.level_rank(text), auth.picked_gym(), auth.is_system(), auth.session(), '
        'auth.pick_gym(bigint), auth.set_password(bigint, text, text), '
        'gym.default_settings(), gym.search_fold(text), gym.search_until(text), gym.today(), '
        'gym.to_local(timestamptz, text), gym.from_local(bigint, text), '
        'gym.add_months(date, integer, integer), gym.shown_status(date, date, daterange, date), '
        'gym.habit_text(integer, integer), gym.day_text(date, date), gym.money_text(numeric), '
        'gym.clean(text), gym.digits(text), gym.age(date, date), gym.birthday_in(date, integer), '
        'gym.days_text(integer), gym.visitor(bigint), gym.request_outcome(uuid), gym.candidates(text, integer), '
        'gym.check_in(uuid, text, bigint, text, text, integer), gym.check_out(uuid, text, bigint, text), '
        'gym.void_visit(uuid, bigint, text), gym.backfill_visit(uuid, bigint, bigint, bigint, text, text), '
        'gym.renew(uuid, bigint, bigint, integer, text), '
        'gym.renew_and_check_in(uuid, bigint, bigint, integer, text, boolean), '
        'gym.freeze(uuid, bigint, date, date, text), gym.unfreeze(uuid, bigint), '
        'gym.unfreeze_and_check_in(uuid, bigint, text), '
        'gym.cancel_membership(uuid, bigint, date, text), '
        'gym.take_payment(uuid, bigint, numeric, integer, text, text), gym.open_till(uuid, text, numeric), '
        'gym.close_till(uuid, text, numeric, jsonb, text), '
        'gym.enrol(uuid, text, text, text, text, text, date, text, bigint, bigint, integer, text, boolean, boolean), '
        'gym.update_member(uuid, bigint, integer, text, text, text, text, text, date, text, bigint) TO %s', desk);

    EXECUTE format('GRANT SELECT ON gym.contacts, gym.campaigns, gym.campaign_members, gym.audit_log, gym.merges, '
        'clv.dataset, clv.dim_customer, clv.fact_transaction, clv.clv_prediction TO %s', manager);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.refund(uuid, bigint, numeric, text, text), '
        'gym.save_package(uuid, bigint, integer, text, text, integer, integer, numeric, boolean, boolean, text), '
        'gym.save_trainer(uuid, bigint, text, text, text), gym.ban(uuid, bigint, text), gym.unban(uuid, bigint), '
        'gym.merge_members(uuid, bigint, bigint), gym.unmerge(uuid, bigint), '
        'gym.log_contact(uuid, bigint, text, date, text), gym.request_job(uuid, text, jsonb), '
        'gym.cancel_job(bigint) TO %s', manager);
    EXECUTE format('GRANT EXECUTE ON FUNCTION gym.anonymise(uuid, bigint), '
        'gym.save_gym(uuid, bigint, integer, text, text, text, text, text, text, text, integer, integer, integer, '
        'integer, text, text, text), auth.create_staff(bigint, text, text, text, text), '
        'auth.set_disabled(bigint, text, boolean) TO %I', db || '_gymowner');

    -- The worker: everything, past row-level security by its role.
    EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA gym, auth, clv TO %s', worker);
    EXECUTE format('GRANT ALL ON ALL SEQUENCES IN SCHEMA gym, auth, clv TO %s', worker);
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA gym TO %s', worker);
END
$$;
REVOKE ALL ON FUNCTION auth.apply_policies(), auth.apply_grants() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

SELECT auth.apply_policies();
SELECT auth.apply_grants();

-- The version table belongs to the administrator who migrates.
SELECT set_config('role', 'none', true);
DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', current_database() || '_owner');
    EXECUTE format('GRANT SELECT ON public.schema_version TO %I, %I, %I', current_database() || '_owner',
                   current_database() || '_desk', current_database() || '_worker');
END
$$;
