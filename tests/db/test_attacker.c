/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client is not trusted. Here somebody has a desk's user name and password and psql, and tries
 * everything outside their gym and level: all of it is refused, or finds nothing. Tables and
 * functions are enumerated from the catalogue, so that new ones are attacked too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static PGconn *desk, *manager, *owner;

/* Refused for want of permission, whatever was tried. */
static void expect_refused(PGconn *connection, const char *sql)
{
    const char *state = test_state(connection, "%s", sql);
    if (strcmp(state, "42501") != 0)
        fail_msg("%s: SQLSTATE \"%s\": %s", sql, state, test_message());
}

static void expect_state(PGconn *connection, const char *wanted, const char *sql)
{
    const char *state = test_state(connection, "%s", sql);
    if (strcmp(state, wanted) != 0)
        fail_msg("%s: SQLSTATE \"%s\", not %s: %s", sql, state, wanted, test_message());
}

/* Refused, or nothing there. */
static void expect_nothing(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool refused = state && strcmp(state, "42501") == 0;
    bool empty = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 0;
    if (!refused && !empty)
        fail_msg("%s: %d rows, %s", sql, PQntuples(result), PQresultErrorMessage(result));
    PQclear(result);
}

/* Runs `use` for every table of the three schemas. */
static void for_each_table(void (*use)(const char *table, bool has_gym))
{
    PGresult *tables = PQexec(
        test_superuser(),
        "SELECT c.oid::regclass::text, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = "
        "c.oid AND a.attname = 'gym_id') FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', "
        "'m', 'f') AND c.relnamespace IN ('gym'::regnamespace, 'auth'::regnamespace, "
        "'clv'::regnamespace) ORDER BY 1");
    assert_true(PQntuples(tables) > 25);
    for (int i = 0; i < PQntuples(tables); i++)
        use(PQgetvalue(tables, i, 0), *PQgetvalue(tables, i, 1) == 't');
    PQclear(tables);
}

/* ---- Reading ---- */

static void read_others(const char *table, bool has_gym)
{
    char sql[300];
    if (!has_gym)
        return;
    /* The test means something only when there is something to find. */
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE gym_id = 2", table);
    if (test_number(test_superuser(), "%s", sql) == 0)
        fail_msg("%s has no row of gym 2: add one in fill_every_table", table);
    PGconn *const everyone[] = {desk, manager, owner};
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "SELECT gym_id FROM %s WHERE gym_id <> 1", table);
        expect_nothing(everyone[i], sql);
        snprintf(sql, sizeof sql, "SELECT 1 FROM %s t WHERE t.gym_id = 2 OR t.gym_id IS NULL",
                 table);
        expect_nothing(everyone[i], sql);
    }
}

static void other_gyms_rows_are_not_there(void **state)
{
    (void)state;
    for_each_table(read_others);
    /* And its own are. */
    assert_int_equal(test_number(desk, "SELECT count(*) FROM gym.customers"), 16);
}

static void what_the_level_may_not_read_is_refused(void **state)
{
    (void)state;
    static const char *const for_managers[] = {
        "SELECT * FROM gym.audit_log",        "SELECT * FROM gym.till_counts",
        "SELECT * FROM gym.contacts",         "SELECT * FROM gym.campaigns",
        "SELECT * FROM gym.campaign_members", "SELECT * FROM clv.dim_customer",
        "SELECT * FROM clv.fact_transaction", "SELECT * FROM clv.model_fit",
        "SELECT * FROM clv.curve_point",      "SELECT * FROM clv.import_reject"};
    for (size_t i = 0; i < sizeof for_managers / sizeof *for_managers; i++) {
        expect_refused(desk, for_managers[i]);
        expect_state(manager, "", for_managers[i]);
    }
    static const char *const for_nobody[] = {
        "SELECT hashed_password FROM gym.gyms",
        "SELECT * FROM gym.gyms",
        "SELECT to_jsonb(g) FROM gym.gyms g",
        "SELECT g FROM gym.gyms g",
        "SELECT verifier FROM auth.staff",
        "SELECT rolname FROM auth.staff",
        "SELECT count(s) FROM auth.staff s WHERE s.verifier LIKE 'SCRAM%'",
        "SELECT * FROM gym.requests",
        "SELECT * FROM clv.import_file",
        "SELECT * FROM clv.import_part",
        "SELECT * FROM pg_catalog.pg_authid",
        "SELECT * FROM pg_catalog.pg_shadow",
        "SELECT * FROM pg_catalog.pg_roles",
        "SELECT * FROM pg_catalog.pg_user",
        "SELECT * FROM pg_catalog.pg_auth_members",
        "SELECT * FROM pg_catalog.pg_statistic",
        "SELECT * FROM pg_catalog.pg_stat_activity",
        "SELECT * FROM pg_catalog.pg_stat_get_activity(NULL)",
        "SELECT pg_catalog.pg_stat_get_backend_activity(1)",
        "SELECT * FROM pg_catalog.pg_locks",
        "SELECT * FROM pg_catalog.pg_stat_user_tables",
        "SELECT * FROM pg_catalog.pg_hba_file_rules",
        "SELECT * FROM pg_catalog.pg_user_mapping",
        "SELECT * FROM pg_catalog.pg_largeobject"};
    for (size_t i = 0; i < sizeof for_nobody / sizeof *for_nobody; i++) {
        expect_refused(desk, for_nobody[i]);
        expect_refused(owner, for_nobody[i]);
    }
}

static void the_planner_and_its_statistics_tell_no_values(void **state)
{
    (void)state;
    test_run(test_superuser(), "ANALYZE");
    expect_nothing(desk, "SELECT * FROM pg_stats WHERE schemaname IN ('gym', 'auth', 'clv') AND "
                         "tablename NOT IN ('database_info', 'dim_payment_method')");
    /* An expression that fails on a row shows the row: it must never see another gym's. */
    expect_nothing(desk, "SELECT 1 FROM gym.customers WHERE customer_id >= 20000 AND (name || "
                         "'x')::integer > 0");
    expect_nothing(desk, "SELECT 1 FROM gym.transactions WHERE customer_id >= 20000 AND 1 / "
                         "(amount - amount) > 0");
    PGresult *plan = PQexec(desk, "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM gym.customers WHERE "
                                  "name = 'Sue South'");
    assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(plan); i++)
        assert_null(strstr(PQgetvalue(plan, i, 0), "20001"));
    PQclear(plan);
}

static void row_security_cannot_be_switched_off(void **state)
{
    (void)state;
    test_run(desk, "SET row_security = off");
    expect_refused(desk, "SELECT * FROM gym.customers");
    test_run(desk, "RESET row_security");
    test_run(desk, "SET gymtui.gym_id = '2'");
    assert_string_equal(test_text(desk, "SELECT auth.current_gym()"), "1");
    expect_nothing(desk, "SELECT 1 FROM gym.customers WHERE gym_id = 2");
    expect_state(desk, "GT003", "SELECT auth.pick_gym(2)");
    test_run(owner, "SET gymtui.gym_id = '2'");
    assert_string_equal(test_text(owner, "SELECT auth.current_gym()"), "1");
    test_run(desk, "RESET gymtui.gym_id");
    test_run(owner, "RESET gymtui.gym_id");
}

/* ---- Writing ---- */

static void write_table(const char *table, bool has_gym)
{
    (void)has_gym;
    static const char *const attacks[] = {
        "INSERT INTO %s DEFAULT VALUES",
        "DELETE FROM %s",
        "TRUNCATE %s",
        "TRUNCATE %s CASCADE",
        "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE",
        "LOCK TABLE %s IN SHARE MODE",
        "LOCK TABLE %s IN ROW EXCLUSIVE MODE",
        "SELECT 1 FROM %s FOR UPDATE",
        "SELECT 1 FROM %s FOR KEY SHARE",
        "ALTER TABLE %s DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE %s OWNER TO CURRENT_USER",
        "CREATE POLICY mine ON %s USING (true)",
        "CREATE INDEX ON %s ((1))",
        "CREATE RULE mine AS ON SELECT TO %s DO INSTEAD NOTHING",
        "DROP TABLE %s",
        "COPY %s FROM PROGRAM 'id'",
        "COPY %s TO '/tmp/gymtui-stolen'",
    };
    PGconn *const everyone[] = {desk, manager, owner};
    for (size_t person = 0; person < 3; person++) {
        for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
            char sql[300];
            snprintf(sql, sizeof sql, "BEGIN; ");
            int start = (int)strlen(sql);
            snprintf(sql + start, sizeof sql - (size_t)start, attacks[i], table);
            expect_refused(everyone[person], sql);
            test_run(everyone[person], "ROLLBACK");
        }
    }
    char sql[300];
    const char *column =
        test_text(test_superuser(),
                  "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = '%s'::regclass "
                  "AND attnum > 0 AND attgenerated = '' ORDER BY attnum LIMIT 1",
                  table);
    snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s", table, column, column);
    for (size_t person = 0; person < 3; person++)
        expect_refused(everyone[person], sql);
}

static void no_level_writes_to_any_table(void **state)
{
    (void)state;
    for_each_table(write_table);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c, "
                                  "unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) p WHERE "
                                  "c.relkind = 'r' AND c.relnamespace IN ('gym'::regnamespace, "
                                  "'auth'::regnamespace, 'clv'::regnamespace) AND "
                                  "has_any_column_privilege('%s', c.oid, p)",
                                  test_role("north", "chain")),
                        "");
    assert_string_equal(
        test_text(
            test_superuser(),
            "WITH s AS MATERIALIZED (SELECT oid FROM pg_class WHERE relkind = 'S') SELECT "
            "string_agg(oid::regclass::text, ' ') FROM s WHERE has_sequence_privilege('%s', oid, "
            "'USAGE, SELECT, UPDATE')",
            test_role("north", "chain")),
        "");
}

static void payments_and_audit_stay_for_the_schemas_owner_too(void **state)
{
    (void)state;
    PGconn *schema_owner = PQconnectdb(test_admin());
    test_run(schema_owner, "SET ROLE \"%s_owner\"", TEST_DATABASE);
    static const char *const attacks[] = {
        "UPDATE gym.transactions SET amount = 1 WHERE amount > 1",
        "UPDATE gym.transactions SET date = date - 1",
        "UPDATE gym.transactions SET payment_method_id = 3 WHERE payment_method_id = 1",
        "DELETE FROM gym.transactions",
        "TRUNCATE gym.transactions CASCADE",
        "UPDATE gym.audit_log SET rolname = 'nobody'",
        "UPDATE gym.audit_log SET at = at - interval '1 day'",
        "DELETE FROM gym.audit_log",
        "TRUNCATE gym.audit_log",
        "UPDATE gym.till_sessions SET opening_float = 1",
        "UPDATE gym.till_sessions SET closed_at = now(), desk = 'desk 9' WHERE closed_at IS NULL",
        "DELETE FROM gym.till_sessions",
        "TRUNCATE gym.till_sessions CASCADE",
        "UPDATE gym.till_moves SET amount = 1",
        "DELETE FROM gym.till_moves",
        "TRUNCATE gym.till_moves",
        "UPDATE gym.till_counts SET counted = 1",
        "DELETE FROM gym.till_counts",
        "TRUNCATE gym.till_counts"};
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        expect_state(schema_owner, "GT003", attacks[i]);
    PQfinish(schema_owner);
}

/* ---- Becoming somebody else ---- */

static void nobody_becomes_somebody_else(void **state)
{
    (void)state;
    char sql[300];
    const char *const roles[] = {"postgres",
                                 TEST_DATABASE "_owner",
                                 TEST_DATABASE "_roles",
                                 TEST_DATABASE "_worker",
                                 TEST_DATABASE "_manager",
                                 TEST_DATABASE "_chain",
                                 TEST_DATABASE ":north",
                                 TEST_DATABASE ":north:desk2",
                                 TEST_DATABASE ":south:desk1"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        snprintf(sql, sizeof sql, "SET ROLE \"%s\"", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "SELECT set_config('role', '%s', false)", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "SET SESSION AUTHORIZATION \"%s\"", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "GRANT \"%s\" TO CURRENT_USER", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "ALTER ROLE \"%s\" PASSWORD 'mine'", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "ALTER ROLE \"%s\" SET search_path = public", roles[i]);
        expect_refused(desk, sql);
        snprintf(sql, sizeof sql, "DROP ROLE \"%s\"", roles[i]);
        expect_refused(desk, sql);
    }
    /* The level's own group may be taken: it is less than oneself, and the gym stays. */
    test_run(desk, "SET ROLE \"%s_desk\"", TEST_DATABASE);
    assert_string_equal(test_text(desk, "SELECT auth.current_gym() || auth.current_level()"),
                        "1desk");
    expect_nothing(desk, "SELECT 1 FROM gym.customers WHERE gym_id = 2");
    test_run(desk, "RESET ROLE");

    static const char *const attacks[] = {
        "CREATE ROLE mine SUPERUSER",
        "CREATE ROLE \"gymtest:north:mine\" LOGIN",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "ALTER ROLE CURRENT_USER CREATEROLE",
        "ALTER ROLE \"gymtest:north:desk2\" RENAME TO \"gymtest:south:desk9\"",
        "SELECT auth.make_login('gymtest:south:mine', 'chain', NULL, true)",
        "SELECT auth.rename_login('gymtest:north:desk1', 'gymtest:south:desk9')",
        "SELECT auth.create_staff(1, 'mine', 'Mine', 'owner', 'x')",
        "SELECT auth.set_disabled(1, 'mona', true)",
        "SELECT auth.rebuild_logins()",
        "SELECT auth.apply_grants()",
        "SELECT auth.apply_policies()",
        "SELECT auth.follow_gym(1)",
        "INSERT INTO auth.staff (rolname, gym_id, level) VALUES (session_user, 2, 'chain')",
        "UPDATE auth.staff SET level = 'chain'",
        "UPDATE auth.staff SET gym_id = 2",
        "SET session_replication_role = replica",
        "ALTER SYSTEM SET log_min_messages = 'panic'",
        "ALTER DATABASE gymtest OWNER TO CURRENT_USER",
        "SELECT pg_reload_conf()",
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        expect_refused(desk, attacks[i]);
}

static void levels_end_where_they_should(void **state)
{
    (void)state;
    char verifier[200];
    snprintf(verifier, sizeof verifier, "%s",
             test_text(test_superuser(), "SELECT verifier FROM auth.staff LIMIT 1"));
    char sql[500];
    const struct {
        PGconn *who;
        const char *state, *sql;
    } attacks[] = {
        /* A manager is no owner. */
        {manager, "42501", "SELECT auth.create_staff(1, 'mine', 'Mine', 'desk', '%s')"},
        {manager, "42501", "SELECT auth.set_disabled(1, 'desk1', true)"},
        {manager, "42501", "SELECT gym.anonymise(gen_random_uuid(), 10002)"},
        {manager, "GT003", "SELECT auth.set_password(1, 'desk1', '%s')"},
        {manager, "GT003", "SELECT auth.set_password(1, '', '%s')"},
        /* A desk changes its own password, and nobody else's. */
        {desk, "GT003", "SELECT auth.set_password(1, 'desk2', '%s')"},
        {desk, "GT003", "SELECT auth.set_password(1, 'mona', '%s')"},
        {desk, "GT003", "SELECT auth.set_password(2, 'desk1', '%s')"},
        {desk, "", "SELECT auth.set_password(1, 'desk1', '%s')"},
        {desk, "GT001", "SELECT auth.set_password(1, 'desk1', 'plain')"},
        {desk, "GT001",
         "SELECT auth.set_password(1, 'desk1', 'md5d41d8cd98f00b204e9800998ecf8427e')"},
        /* An owner stays in the gym and below chain. */
        {owner, "GT003", "SELECT auth.create_staff(2, 'mine', 'Mine', 'desk', '%s')"},
        {owner, "GT003", "SELECT auth.create_staff(1, 'mine', 'Mine', 'chain', '%s')"},
        {owner, "GT003", "SELECT auth.set_password(2, 'desk1', '%s')"},
        {owner, "GT003", "SELECT auth.set_password(1, 'chain', '%s')"},
        {owner, "GT003", "SELECT auth.set_disabled(2, 'desk1', true)"},
        {owner, "GT003", "SELECT auth.set_disabled(1, 'chain', true)"},
        {owner, "GT001", "SELECT auth.set_disabled(1, '', true)"},
        {owner, "GT004", "SELECT auth.create_staff(1, 'mona', 'Mine', 'desk', '%s')"},
        {owner, "GT001", "SELECT auth.create_staff(1, 'a:b', 'Mine', 'desk', '%s')"},
        {owner, "GT001", "SELECT auth.create_staff(1, 'a\" SUPERUSER', 'Mine', 'desk', '%s')"},
        {owner, "GT003",
         "SELECT gym.save_gym(gen_random_uuid(), 2, 1, 'Mine', 'mine', 'm@example.com', '', '', "
         "'UTC', 'EUR', 1, 3, 7, 240, 'warn', 'warn', NULL)"},
        {owner, "GT003",
         "SELECT gym.save_gym(gen_random_uuid(), 0, 1, 'Mine', 'mine', 'm@example.com', '', '', "
         "'UTC', 'EUR', 1, 3, 7, 240, 'warn', 'warn', '%s')"},
        {manager, "42501", "SELECT gym.save_settings(gen_random_uuid(), 1, 1, '{}')"},
        {owner, "GT003", "SELECT gym.save_settings(gen_random_uuid(), 2, 1, '{}')"},
        {owner, "42501", "SELECT gym.rebuild_summaries()"},
        {owner, "42501", "SELECT gym.auto_checkout()"},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        const char *at = strstr(attacks[i].sql, "%s");
        if (at)
            snprintf(sql, sizeof sql, "%.*s%s%s", (int)(at - attacks[i].sql), attacks[i].sql,
                     verifier, at + 2);
        else
            snprintf(sql, sizeof sql, "%s", attacks[i].sql);
        expect_state(attacks[i].who, attacks[i].state, sql);
    }
    /* The password that was set is the one of the verifier's login, which is everybody's here. */
}

/* Everything a desk may call. Whoever adds a function for the desk adds it here, after thinking. */
static const char desk_functions[] =
    "current_gym current_level is_chain has_level level_rank picked_gym is_system session pick_gym "
    "set_password default_settings search_fold search_until today to_local from_local add_months "
    "shown_status habit_text day_text money_text clean digits age birthday_in days_text visitor "
    "request_outcome candidates check_in check_out void_visit backfill_visit renew "
    "renew_and_check_in freeze unfreeze unfreeze_and_check_in cancel_membership take_payment "
    "open_till close_till count_till move_cash enrol update_member guest_terms check_in_guest "
    "change_package preview_change";

static void a_desk_may_call_only_what_is_meant_for_it(void **state)
{
    (void)state;
    const char *sql = "SELECT string_agg(p.proname, ' ') FROM pg_proc p WHERE p.pronamespace IN "
                      "('gym'::regnamespace, 'auth'::regnamespace, 'clv'::regnamespace) AND "
                      "has_function_privilege('%s', p.oid, 'EXECUTE') AND NOT p.proname = ANY "
                      "(string_to_array('%s', ' '))";
    assert_string_equal(
        test_text(test_superuser(), sql, test_role("north", "desk1"), desk_functions), "");
    /* The internal ones take an identity as their argument. Nobody may hand one in. */
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE "
                  "'auth.identity'::regtype = ANY (p.proargtypes) AND has_function_privilege('%s', "
                  "p.oid, 'EXECUTE')",
                  test_role("north", "chain")),
        "");
    /* No function of ours is anybody's. */
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p "
                  "WHERE p.pronamespace IN ('gym'::regnamespace, "
                  "'auth'::regnamespace) AND (p.proacl IS NULL OR EXISTS (SELECT "
                  "FROM aclexplode(p.proacl) a WHERE a.grantee = 0))"),
        "");
}

/* ---- Shadows: objects of one's own under a trusted name ---- */

static void nothing_can_be_created(void **state)
{
    (void)state;
    static const char *const attacks[] = {
        "CREATE TEMPORARY TABLE customers (customer_id bigint)",
        "CREATE TABLE public.customers (customer_id bigint)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL'",
        "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL'",
        "CREATE FUNCTION gym.mine() RETURNS void LANGUAGE sql AS ''",
        "CREATE OPERATOR public.= (FUNCTION = int8eq, LEFTARG = bigint, RIGHTARG = bigint)",
        "CREATE VIEW public.mine AS SELECT 1",
        "CREATE TYPE public.mine AS (x integer)",
        "CREATE DOMAIN public.mine AS text",
        "CREATE CAST (text AS bigint) WITH INOUT AS IMPLICIT",
        "CREATE COLLATION public.mine FROM \"C\"",
        "CREATE SEQUENCE public.mine",
        "CREATE AGGREGATE public.mine (bigint) (SFUNC = int8pl, STYPE = bigint)",
        "CREATE EXTENSION pg_trgm",
        "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION gym.audit()",
        "CREATE PUBLICATION mine FOR ALL TABLES",
        "CREATE SERVER mine FOREIGN DATA WRAPPER postgres",
        "CREATE DATABASE mine",
        "CREATE TABLESPACE mine LOCATION '/tmp'",
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        const char *state_now = test_state(desk, "%s", attacks[i]);
        /* "wrapper does not exist" is as good a no. */
        if (strcmp(state_now, "42501") != 0 && strcmp(state_now, "42704") != 0)
            fail_msg("%s: SQLSTATE \"%s\"", attacks[i], state_now);
    }
    test_run(desk, "SET search_path = pg_temp, public");
    assert_string_equal(
        test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), 'T10002', NULL, 'd')"),
        "denied");
    test_run(desk, "RESET search_path");
}

/* ---- Other people's work ---- */

static void other_sessions_and_the_machine_are_out_of_reach(void **state)
{
    (void)state;
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", PQbackendPID(manager));
    expect_refused(desk, sql);
    snprintf(sql, sizeof sql, "SELECT pg_cancel_backend(%d)", PQbackendPID(test_superuser()));
    expect_refused(desk, sql);
    static const char *const attacks[] = {
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT pg_advisory_lock_shared(1, 2)",
        "SELECT pg_advisory_unlock_all()",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_creat(-1)",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT pg_stat_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/gymtui-stolen'",
        "SELECT pg_export_snapshot()",
        "SELECT pg_rotate_logfile()",
        "SELECT pg_promote()",
        "SELECT pg_switch_wal()",
        "SELECT pg_create_restore_point('x')",
        "SELECT pg_stat_reset()",
        "SELECT pg_logical_emit_message(false, 'a', 'b')",
        "CHECKPOINT",
        "REINDEX TABLE gym.customers",
        "CLUSTER gym.customers USING customers_pkey",
        "COMMENT ON TABLE gym.customers IS 'mine'",
        "SELECT setval('gym.customers_customer_id_seq', 1)",
        "SELECT nextval('gym.customers_customer_id_seq')",
        "SELECT last_value FROM gym.customers_customer_id_seq",
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        expect_refused(desk, attacks[i]);
    /* Bulk mode would leave no trace in the audit log: it is the worker's. */
    test_run(desk, "SET gymtui.bulk = 'on'");
    int64_t before = test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log");
    test_run(desk, "SELECT gym.freeze(gen_random_uuid(), 10001, gym.today() + 1, gym.today() + 3, "
                   "'x')");
    assert_true(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log") > before);
    test_run(desk, "SELECT gym.unfreeze(gen_random_uuid(), 10001); RESET gymtui.bulk");
}

/* ---- Oracles: what an answer or its absence tells of another gym ---- */

static void answers_do_not_tell_what_other_gyms_have(void **state)
{
    (void)state;
    /* A record of another gym and one that never was: the same SQLSTATE, the same words. */
    static const char *const writes[] = {
        "SELECT gym.take_payment(gen_random_uuid(), %s, 5, 3, 'd', '')",
        "SELECT gym.renew(gen_random_uuid(), %s, 1, 3, 'd')",
        "SELECT gym.freeze(gen_random_uuid(), %s, gym.today(), gym.today() + 3, '')",
        "SELECT gym.unfreeze(gen_random_uuid(), %s)",
        "SELECT gym.cancel_membership(gen_random_uuid(), %s, gym.today(), '')",
        "SELECT gym.change_package(gen_random_uuid(), %s, 2, true, 0, 'd')",
        "SELECT gym.preview_change('renew', %s, 2, NULL, NULL, 0)",
        "SELECT gym.update_member(gen_random_uuid(), %s, 1, 'x', '', '', '', '', NULL, '', 0)",
        "SELECT gym.backfill_visit(gen_random_uuid(), %s, 0, 0, 'x', 'd')",
        "SELECT gym.renew_and_check_in(gen_random_uuid(), %s, 1, 3, 'd')",
        "SELECT gym.unfreeze_and_check_in(gen_random_uuid(), %s, 'd')",
        "SELECT gym.check_in_guest(gen_random_uuid(), %s, 'x', '', 3, 'd')",
    };
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        char there[400], nowhere[400], sql[300];
        const char *at = strstr(writes[i], "%s");
        const char *const numbers[] = {"20001", "29999"};
        char *const said[] = {there, nowhere};
        for (int n = 0; n < 2; n++) {
            snprintf(sql, sizeof sql, "%.*s%s%s", (int)(at - writes[i]), writes[i], numbers[n],
                     at + 2);
            expect_state(desk, "GT002", sql);
            const char *words = strstr(test_message(), "ERROR:");
            snprintf(said[n], sizeof there, "%s", words ? words : "");
            for (char *digit; (digit = strstr(said[n], numbers[n]));)
                memset(digit, '-', 5);
        }
        assert_string_equal(there, nowhere);
    }
    assert_string_equal(
        test_text(desk, "SELECT result || COALESCE(name, '-') FROM gym.check_in(gen_random_uuid(), "
                        "'20001', NULL, 'd')"),
        "unknown-");
    assert_string_equal(
        test_text(desk, "SELECT result || COALESCE(name, '-') FROM gym.check_in(gen_random_uuid(), "
                        "NULL, 20001, 'd')"),
        "unknown-");
    expect_nothing(desk, "SELECT * FROM gym.visitor(20001)");
    expect_nothing(desk, "SELECT * FROM gym.candidates('sue')");
    expect_state(desk, "GT002", "SELECT gym.renew(gen_random_uuid(), 10001, 11, 3, 'd')");
    /* A key tag, telephone and e-mail of the other gym are free here: no "taken". */
    assert_string_equal(
        test_text(desk,
                  "SELECT outcome FROM gym.enrol(gen_random_uuid(), 'Sue South', "
                  "'sue20001@example.com', '+44 7700 920001', 'T20001', '', '1985-01-15', '', "
                  "0, 0, 0, 'd')"),
        "saved");
}

/* ---- The end of a login ---- */

static void a_disabled_login_is_cut_off_at_its_next_query(void **state)
{
    (void)state;
    PGconn *second = test_connect("north", "desk2");
    assert_true(test_number(second, "SELECT count(*) FROM gym.customers") > 0);
    test_run(owner, "SELECT auth.set_disabled(1, 'desk2', true)");
    assert_int_equal(test_number(second, "SELECT count(*) FROM gym.customers"), 0);
    expect_state(second, "GT006",
                 "SELECT gym.check_in(gen_random_uuid(), 'T10001', NULL, 'desk 2')");
    expect_state(second, "GT006", "SELECT * FROM auth.session()");
    PQfinish(second);
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {test_conninfo(), test_role("north", "desk2"), TEST_PASSWORD,
                                  NULL};
    second = PQconnectdbParams(keys, values, 1);
    assert_int_equal(PQstatus(second), CONNECTION_BAD);
    PQfinish(second);
    test_run(owner, "SELECT auth.set_disabled(1, 'desk2', false)");
    PQfinish(test_connect("north", "desk2"));
}

static void a_login_needs_its_password(void **state)
{
    (void)state;
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {test_conninfo(), test_role("north", "desk1"), "wrong", NULL};
    PGconn *connection = PQconnectdbParams(keys, values, 1);
    assert_int_equal(PQstatus(connection), CONNECTION_BAD);
    PQfinish(connection);
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(rolname, ' ') FROM pg_authid WHERE rolcanlogin "
                  "AND rolname LIKE '%s:%%' AND rolpassword NOT LIKE "
                  "'SCRAM-SHA-256$%%'",
                  TEST_DATABASE),
        "");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(rolname, ' ') FROM pg_authid WHERE rolname LIKE "
                  "'%s%%' AND (rolsuper OR rolcreatedb OR rolreplication OR "
                  "(rolcreaterole AND rolcanlogin) OR (rolbypassrls AND rolcanlogin))",
                  TEST_DATABASE),
        "");
}

static void the_chain_works_on_the_gym_it_picks(void **state)
{
    (void)state;
    PGconn *chain = test_connect("north", "chain");
    assert_int_equal(test_number(chain, "SELECT count(DISTINCT gym_id) FROM gym.customers"), 2);
    assert_string_equal(test_text(chain, "SELECT auth.current_gym()"), "1");
    test_run(chain, "SELECT auth.pick_gym(2)");
    assert_string_equal(test_text(chain, "SELECT gym_name FROM auth.session()"), "South");
    assert_string_equal(test_text(chain, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                         "'T20001', NULL, 'office')"),
                        "in");
    expect_state(chain, "GT002", "SELECT auth.pick_gym(99)");
    expect_refused(chain, "UPDATE gym.customers SET name = 'x'");
    PQfinish(chain);
}

/* ---- */

/* A row of gym 2 in every table that could show one. */
static void fill_every_table(void)
{
    test_run(
        test_superuser(),
        "INSERT INTO gym.trainers (gym_id, name) VALUES (2, 'Tess');"
        "INSERT INTO gym.freezes (gym_id, customer_id, period) VALUES (2, 20001, '[2030-01-01,"
        "2030-02-01)');"
        "INSERT INTO gym.till_sessions (gym_id, desk, opening_float) VALUES (2, 'desk 1', 10);"
        "INSERT INTO gym.till_moves (gym_id, till_session_id, amount, reason) SELECT 2, "
        "till_session_id, 5, 'change' FROM gym.till_sessions WHERE gym_id = 2;"
        "INSERT INTO gym.till_counts (gym_id, till_session_id, counted) SELECT 2, "
        "till_session_id, 15 FROM gym.till_sessions WHERE gym_id = 2;"
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "VALUES (20001, now() - interval '3 days', now() - interval '71 hours', 2, 2);"
        "INSERT INTO gym.access_log (gym_id, customer_id, home_gym_id, result, reason) VALUES "
        "(2, 20001, 2, 'denied', 'expired');"
        "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
        "monetary_score, customer_segment, r, f, m, as_of) VALUES (2, 20001, 1, 1, 1, 'New', 1, "
        "1, 1, now());"
        "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
        "predicted_customer_type, as_of) VALUES (2, 20001, 1, 1, 'x', now());"
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (2, 20001, 'price');"
        "INSERT INTO gym.campaigns (campaign_id, gym_id, name, starts_on) VALUES (1, 2, 'x', "
        "now());"
        "INSERT INTO gym.campaign_members (gym_id, campaign_id, customer_id, arm) VALUES (2, 1, "
        "20001, 'offer');"
        "INSERT INTO gym.campaign_lists VALUES (2, 1, 1, '{20001}');"
        "INSERT INTO gym.value_history VALUES (2, now(), 1, 1, 1, 1);"
        "INSERT INTO gym.member_histories VALUES (2, 20001, '0', now(), 0, '');"
        "INSERT INTO gym.jobs (job_id, gym_id, kind) VALUES (1000, 2, 'recompute');"
        "INSERT INTO clv.import_file (file_id, gym_id, name, bytes) VALUES (1, 2, 'x.csv', 1);"
        "INSERT INTO clv.import_part (file_id, gym_id, part, bytes) VALUES (1, 2, 0, 'x');"
        "INSERT INTO clv.import_reject (job_id, gym_id, number, line, reason) VALUES (1000, 2, 1, "
        "2, 'no date');"
        "INSERT INTO gym.requests (gym_id, request_id, kind) VALUES (2, gen_random_uuid(), 'x');"
        "INSERT INTO gym.merges (gym_id, loser, winner, moved) VALUES (2, 20001, 20002, '{}');"
        "INSERT INTO clv.dataset (dataset_id, gym_id, name, kind) VALUES (1, 2, 'gym', 'gym');"
        "INSERT INTO clv.dim_customer (customer_id, gym_id, dataset_id, source_key) VALUES (1, "
        "2, 1, '20001');"
        "INSERT INTO clv.fact_transaction (gym_id, customer_id, payment_method_id, "
        "transaction_date, amount) VALUES (2, 1, 1, now(), 1);"
        "INSERT INTO clv.clv_prediction (gym_id, customer_id, clv, predicted_customer_type) "
        "VALUES (2, 1, 1, 'x');"
        "INSERT INTO clv.model_fit (gym_id, dataset_id, purpose, model, parameters, estimates, "
        "observations, fitted_on) VALUES (2, 1, 'visits', 'BG/NBD', '{r}', '{1}', 1, '2026-01-01');"
        "INSERT INTO clv.curve_point (gym_id, dataset_id, curve, series, x, y) VALUES (2, 1, "
        "'survival', 'all', 0, 1)");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    fill_every_table();
    desk = test_connect("north", "desk1");
    manager = test_connect("north", "mona");
    owner = test_connect("north", "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    PQfinish(desk);
    PQfinish(manager);
    PQfinish(owner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_gyms_rows_are_not_there),
        cmocka_unit_test(what_the_level_may_not_read_is_refused),
        cmocka_unit_test(the_planner_and_its_statistics_tell_no_values),
        cmocka_unit_test(row_security_cannot_be_switched_off),
        cmocka_unit_test(no_level_writes_to_any_table),
        cmocka_unit_test(payments_and_audit_stay_for_the_schemas_owner_too),
        cmocka_unit_test(nobody_becomes_somebody_else),
        cmocka_unit_test(levels_end_where_they_should),
        cmocka_unit_test(a_desk_may_call_only_what_is_meant_for_it),
        cmocka_unit_test(nothing_can_be_created),
        cmocka_unit_test(other_sessions_and_the_machine_are_out_of_reach),
        cmocka_unit_test(answers_do_not_tell_what_other_gyms_have),
        cmocka_unit_test(a_disabled_login_is_cut_off_at_its_next_query),
        cmocka_unit_test(a_login_needs_its_password),
        cmocka_unit_test(the_chain_works_on_the_gym_it_picks),
    };
    return cmocka_run_group_tests_name("attacker", tests, start, stop);
}
