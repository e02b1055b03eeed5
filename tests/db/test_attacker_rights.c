/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Becoming somebody else, calling what is not meant for them, making objects under trusted names,
 * and the end of a login. Functions are enumerated from the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attacker/attacker.h"
#include "support.h"

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
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "SELECT set_config('role', '%s', false)", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "SET SESSION AUTHORIZATION \"%s\"", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "GRANT \"%s\" TO CURRENT_USER", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "ALTER ROLE \"%s\" PASSWORD 'mine'", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "ALTER ROLE \"%s\" SET search_path = public", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
        snprintf(sql, sizeof sql, "DROP ROLE \"%s\"", roles[i]);
        attacker_expect_refused(attacker_desk, sql);
    }
    /* The level's own group may be taken: it is less than oneself, and the gym stays. */
    test_run(attacker_desk, "SET ROLE \"%s_desk\"", TEST_DATABASE);
    assert_string_equal(
        test_text(attacker_desk, "SELECT auth.current_gym() || auth.current_level()"), "1desk");
    attacker_expect_nothing(attacker_desk, "SELECT 1 FROM gym.customers WHERE gym_id = 2");
    test_run(attacker_desk, "RESET ROLE");

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
        attacker_expect_refused(attacker_desk, attacks[i]);
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
        {attacker_manager, "42501", "SELECT auth.create_staff(1, 'mine', 'Mine', 'desk', '%s')"},
        {attacker_manager, "42501", "SELECT auth.set_disabled(1, 'desk1', true)"},
        {attacker_manager, "42501", "SELECT gym.anonymise(gen_random_uuid(), 10002)"},
        {attacker_manager, "GT003", "SELECT auth.set_password(1, 'desk1', '%s')"},
        {attacker_manager, "GT003", "SELECT auth.set_password(1, '', '%s')"},
        /* A desk changes its own password, and nobody else's. */
        {attacker_desk, "GT003", "SELECT auth.set_password(1, 'desk2', '%s')"},
        {attacker_desk, "GT003", "SELECT auth.set_password(1, 'mona', '%s')"},
        {attacker_desk, "GT003", "SELECT auth.set_password(2, 'desk1', '%s')"},
        {attacker_desk, "", "SELECT auth.set_password(1, 'desk1', '%s')"},
        {attacker_desk, "GT001", "SELECT auth.set_password(1, 'desk1', 'plain')"},
        {attacker_desk, "GT001",
         "SELECT auth.set_password(1, 'desk1', 'md5d41d8cd98f00b204e9800998ecf8427e')"},
        /* An owner stays in the gym and below chain. */
        {attacker_owner, "GT003", "SELECT auth.create_staff(2, 'mine', 'Mine', 'desk', '%s')"},
        {attacker_owner, "GT003", "SELECT auth.create_staff(1, 'mine', 'Mine', 'chain', '%s')"},
        {attacker_owner, "GT003", "SELECT auth.set_password(2, 'desk1', '%s')"},
        {attacker_owner, "GT003", "SELECT auth.set_password(1, 'chain', '%s')"},
        {attacker_owner, "GT003", "SELECT auth.set_disabled(2, 'desk1', true)"},
        {attacker_owner, "GT003", "SELECT auth.set_disabled(1, 'chain', true)"},
        {attacker_owner, "GT001", "SELECT auth.set_disabled(1, '', true)"},
        {attacker_owner, "GT004", "SELECT auth.create_staff(1, 'mona', 'Mine', 'desk', '%s')"},
        {attacker_owner, "GT001", "SELECT auth.create_staff(1, 'a:b', 'Mine', 'desk', '%s')"},
        {attacker_owner, "GT001",
         "SELECT auth.create_staff(1, 'a\" SUPERUSER', 'Mine', 'desk', '%s')"},
        {attacker_owner, "GT003",
         "SELECT gym.save_gym(gen_random_uuid(), 2, 1, 'Mine', 'mine', 'm@example.com', '', '', "
         "'UTC', 'EUR', 1, 3, 7, 240, 'warn', 'warn', NULL)"},
        {attacker_owner, "GT003",
         "SELECT gym.save_gym(gen_random_uuid(), 0, 1, 'Mine', 'mine', 'm@example.com', '', '', "
         "'UTC', 'EUR', 1, 3, 7, 240, 'warn', 'warn', '%s')"},
        {attacker_manager, "42501", "SELECT gym.save_settings(gen_random_uuid(), 1, 1, '{}')"},
        {attacker_owner, "GT003", "SELECT gym.save_settings(gen_random_uuid(), 2, 1, '{}')"},
        {attacker_owner, "42501", "SELECT gym.rebuild_summaries()"},
        {attacker_owner, "42501", "SELECT gym.auto_checkout()"},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        const char *at = strstr(attacks[i].sql, "%s");
        if (at)
            snprintf(sql, sizeof sql, "%.*s%s%s", (int)(at - attacks[i].sql), attacks[i].sql,
                     verifier, at + 2);
        else
            snprintf(sql, sizeof sql, "%s", attacks[i].sql);
        attacker_expect_state(attacks[i].who, attacks[i].state, sql);
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
        const char *state_now = test_state(attacker_desk, "%s", attacks[i]);
        /* "wrapper does not exist" is as good a no. */
        if (strcmp(state_now, "42501") != 0 && strcmp(state_now, "42704") != 0)
            fail_msg("%s: SQLSTATE \"%s\"", attacks[i], state_now);
    }
    test_run(attacker_desk, "SET search_path = pg_temp, public");
    assert_string_equal(
        test_text(attacker_desk,
                  "SELECT result FROM gym.check_in(gen_random_uuid(), 'T10002', NULL, 'd')"),
        "denied");
    test_run(attacker_desk, "RESET search_path");
}

/* ---- The end of a login ---- */

static void a_disabled_login_is_cut_off_at_its_next_query(void **state)
{
    (void)state;
    PGconn *second = test_connect("north", "desk2");
    assert_true(test_number(second, "SELECT count(*) FROM gym.customers") > 0);
    test_run(attacker_owner, "SELECT auth.set_disabled(1, 'desk2', true)");
    assert_int_equal(test_number(second, "SELECT count(*) FROM gym.customers"), 0);
    attacker_expect_state(second, "GT006",
                          "SELECT gym.check_in(gen_random_uuid(), 'T10001', NULL, 'desk 2')");
    attacker_expect_state(second, "GT006", "SELECT * FROM auth.session()");
    PQfinish(second);
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {test_conninfo(), test_role("north", "desk2"), TEST_PASSWORD,
                                  NULL};
    second = PQconnectdbParams(keys, values, 1);
    assert_int_equal(PQstatus(second), CONNECTION_BAD);
    PQfinish(second);
    test_run(attacker_owner, "SELECT auth.set_disabled(1, 'desk2', false)");
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
    attacker_expect_state(chain, "GT002", "SELECT auth.pick_gym(99)");
    attacker_expect_refused(chain, "UPDATE gym.customers SET name = 'x'");
    PQfinish(chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_becomes_somebody_else),
        cmocka_unit_test(levels_end_where_they_should),
        cmocka_unit_test(a_desk_may_call_only_what_is_meant_for_it),
        cmocka_unit_test(nothing_can_be_created),
        cmocka_unit_test(a_disabled_login_is_cut_off_at_its_next_query),
        cmocka_unit_test(a_login_needs_its_password),
        cmocka_unit_test(the_chain_works_on_the_gym_it_picks),
    };
    return cmocka_run_group_tests_name("attacker: rights", tests, attacker_start, attacker_stop);
}
