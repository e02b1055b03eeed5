/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and writing what is not theirs. Tables are enumerated from the catalogue, so that new
 * ones are attacked too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attacker/attacker.h"
#include "support.h"

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
    PGconn *const everyone[] = {attacker_desk, attacker_manager, attacker_owner};
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "SELECT gym_id FROM %s WHERE gym_id <> 1", table);
        attacker_expect_nothing(everyone[i], sql);
        snprintf(sql, sizeof sql, "SELECT 1 FROM %s t WHERE t.gym_id = 2 OR t.gym_id IS NULL",
                 table);
        attacker_expect_nothing(everyone[i], sql);
    }
}

static void other_gyms_rows_are_not_there(void **state)
{
    (void)state;
    for_each_table(read_others);
    /* And its own are. */
    assert_int_equal(test_number(attacker_desk, "SELECT count(*) FROM gym.customers"), 16);
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
        attacker_expect_refused(attacker_desk, for_managers[i]);
        attacker_expect_state(attacker_manager, "", for_managers[i]);
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
        attacker_expect_refused(attacker_desk, for_nobody[i]);
        attacker_expect_refused(attacker_owner, for_nobody[i]);
    }
}

static void row_security_cannot_be_switched_off(void **state)
{
    (void)state;
    test_run(attacker_desk, "SET row_security = off");
    attacker_expect_refused(attacker_desk, "SELECT * FROM gym.customers");
    test_run(attacker_desk, "RESET row_security");
    test_run(attacker_desk, "SET gymtui.gym_id = '2'");
    assert_string_equal(test_text(attacker_desk, "SELECT auth.current_gym()"), "1");
    attacker_expect_nothing(attacker_desk, "SELECT 1 FROM gym.customers WHERE gym_id = 2");
    attacker_expect_state(attacker_desk, "GT003", "SELECT auth.pick_gym(2)");
    test_run(attacker_owner, "SET gymtui.gym_id = '2'");
    assert_string_equal(test_text(attacker_owner, "SELECT auth.current_gym()"), "1");
    test_run(attacker_desk, "RESET gymtui.gym_id");
    test_run(attacker_owner, "RESET gymtui.gym_id");
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
    PGconn *const everyone[] = {attacker_desk, attacker_manager, attacker_owner};
    for (size_t person = 0; person < 3; person++) {
        for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
            char sql[300];
            snprintf(sql, sizeof sql, "BEGIN; ");
            int attacker_start = (int)strlen(sql);
            snprintf(sql + attacker_start, sizeof sql - (size_t)attacker_start, attacks[i], table);
            attacker_expect_refused(everyone[person], sql);
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
        attacker_expect_refused(everyone[person], sql);
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
        attacker_expect_state(schema_owner, "GT003", attacks[i]);
    PQfinish(schema_owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_gyms_rows_are_not_there),
        cmocka_unit_test(what_the_level_may_not_read_is_refused),
        cmocka_unit_test(row_security_cannot_be_switched_off),
        cmocka_unit_test(no_level_writes_to_any_table),
        cmocka_unit_test(payments_and_audit_stay_for_the_schemas_owner_too),
    };
    return cmocka_run_group_tests_name("attacker: tables", tests, attacker_start, attacker_stop);
}
