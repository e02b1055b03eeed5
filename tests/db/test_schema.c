/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations: everything is made, safely repeated, refused when newer, and a failure leaves
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/db/schema.h"
#include "support.h"

static struct error error;

/* An empty database of this name. */
static const char *empty_database(const char *name)
{
    assert_true(schema_create_database(test_admin_of("postgres"), name, &error));
    return test_admin_of(name);
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    return connection;
}

/* ---- What is there ---- */

/* Names that the project's user gave (DATA.md, ANALYTICS.md 1). */
static const struct {
    const char *table, *columns;
} given[] = {
    {"gym.gyms", "gym_id name username email hashed_password address phone time_zone currency "
                 "capacity settings row_version"},
    {"gym.customers", "customer_id gym_id name email phone birth_date gender join_date status "
                      "package_id trainer_id keytag note merged_into row_version"},
    {"gym.packages", "package_id gym_id name duration_months price description visits_included "
                     "all_gyms active"},
    {"gym.attendance",
     "attendance_id customer_id check_in check_out gym_id desk staff_in staff_out "
     "auto_out reentry override_reason voided_at void_reason request_id"},
    {"gym.transactions", "transaction_id customer_id amount date gym_id paid_at payment_method_id "
                         "kind membership_id refunds till_session_id staff_id request_id note"},
    {"gym.rfm", "rfm_id customer_id recency_score frequency_score monetary_score customer_segment "
                "r f m as_of"},
    {"gym.clv", "clv_id customer_id clv_value average_order_value predicted_customer_type p_alive "
                "p_renew months_left clv_low clv_high model as_of"},
    {"gym.trainers", "trainer_id gym_id name phone email"},
    {"gym.memberships", "membership_id customer_id package_id term price anchor_day cancelled_on "
                        "reason"},
    {"gym.freezes", "customer_id period reason"},
    {"gym.charges", "customer_id membership_id amount due_on"},
    {"gym.access_log", "customer_id at reason"},
    {"gym.contacts", "customer_id staff_id outcome snooze_until note"},
    {"gym.campaigns", "name offer slot holdout_share window_days"},
    {"gym.campaign_members", "customer_id arm contacted_at outcome"},
    {"gym.till_sessions", "desk opening_float counted expected reason"},
    {"gym.jobs", "kind parameters state progress phase heartbeat error requested_by"},
    {"gym.audit_log", "at rolname table_name row_id action before after"},
    {"gym.database_info", "is_demonstration seed as_of"},
    {"auth.staff", "rolname full_name level gym_id verifier disabled"},
    {"clv.dim_payment_method", "payment_method_id payment_method_name"},
    {"clv.dim_customer", "customer_id age gender first_transaction_date last_transaction_date "
                         "survival_time event_observed dataset_id"},
    {"clv.fact_transaction",
     "transaction_id customer_id payment_method_id transaction_date amount"},
    {"clv.clv_prediction", "prediction_id customer_id clv predicted_customer_type "
                           "is_campaign1_success is_campaign2_success"},
    {"clv.dataset", "dataset_id name"},
};

static void tables_have_the_given_names_and_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        char missing[400];
        snprintf(missing, sizeof missing, "%s",
                 test_text(test_superuser(),
                           "SELECT string_agg(c, ' ') FROM regexp_split_to_table('%s', ' +') c "
                           "WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attname = c "
                           "AND a.attrelid = '%s'::regclass AND a.attnum > 0)",
                           given[i].columns, given[i].table));
        if (*missing)
            fail_msg("%s lacks %s", given[i].table, missing);
    }
}

static void every_table_has_row_security_and_the_schemas_owner(void **state)
{
    (void)state;
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(oid::regclass::text, ' ') FROM pg_class WHERE relkind IN "
                  "('r', 'p') AND relnamespace IN ('gym'::regnamespace, 'auth'::regnamespace, "
                  "'clv'::regnamespace) AND NOT (relrowsecurity AND "
                  "pg_get_userbyid(relowner) = current_database() || '_owner')"),
        "");
}

static void definer_functions_pin_their_search_path(void **state)
{
    (void)state;
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT string_agg(oid::regprocedure::text, ' ') FROM pg_proc WHERE prosecdef "
            "AND pronamespace IN ('gym'::regnamespace, 'auth'::regnamespace) AND NOT EXISTS ("
            "SELECT FROM unnest(proconfig) c WHERE c ~ '^search_path=pg_catalog,.*pg_temp$')"),
        "");
}

/* ---- Repeating ---- */

static int steps;

static void count_step(void *owner, int version, const char *name)
{
    assert_ptr_equal(owner, &steps);
    assert_int_equal(version, strtol(name, NULL, 10));
    steps++;
}

static void creating_twice_changes_nothing(void **state)
{
    (void)state;
    const char *conninfo = empty_database("twice");
    struct schema_status status;
    assert_true(schema_status(conninfo, &status, &error));
    assert_int_equal(status.database_version, 0);
    assert_int_equal(status.pending, status.program_version);
    steps = 0;
    assert_true(schema_create(conninfo, count_step, &steps, &error));
    assert_int_equal(steps, schema_program_version());
    assert_true(schema_create(conninfo, count_step, &steps, &error));
    assert_int_equal(steps, schema_program_version());
    assert_true(schema_status(conninfo, &status, &error));
    assert_int_equal(status.database_version, schema_program_version());
    assert_int_equal(status.pending, 0);
    assert_true(schema_create_database(test_admin_of("postgres"), "twice", &error));
}

static void two_programs_at_once_migrate_once(void **state)
{
    (void)state;
    const char *conninfo = empty_database("at_once");
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(schema_create(conninfo, NULL, NULL, &error) ? 0 : 1);
    }
    for (int i = 0; i < 3; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    struct schema_status status;
    assert_true(schema_status(conninfo, &status, &error));
    assert_int_equal(status.pending, 0);
}

/* ---- Failing ---- */

static void a_failed_migration_leaves_nothing(void **state)
{
    (void)state;
    const char *conninfo = empty_database("failing");
    PGconn *connection = connect_to(conninfo);
    /* In the way of the first migration, late in it. */
    test_run(connection, "CREATE SCHEMA gym");
    assert_false(schema_create(conninfo, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_DATABASE);
    assert_non_null(strstr(error.message, "0001_roles"));
    assert_int_equal(test_number(connection, "SELECT count(*) FROM pg_roles WHERE rolname ~ "
                                             "'^failing_'"),
                     0);
    assert_string_equal(test_text(connection, "SELECT to_regclass('public.schema_version')::text"),
                        "");
    test_run(connection, "DROP SCHEMA gym");

    /* In the way of the third, after its first table was made. */
    test_run(connection,
             "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
             "IF to_regclass('clv.dim_customer') IS NOT NULL THEN RAISE 'refused'; END IF; END $$;"
             "CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION public.refuse()");
    assert_false(schema_create(conninfo, NULL, NULL, &error));
    assert_non_null(strstr(error.message, "0003_star_schema"));
    assert_non_null(strstr(error.message, "refused"));
    struct schema_status status;
    assert_true(schema_status(conninfo, &status, &error));
    assert_int_equal(status.database_version, 2);
    assert_string_equal(test_text(connection, "SELECT to_regclass('clv.dataset')::text"), "");

    /* The cause removed, it goes on from there. */
    test_run(connection, "DROP EVENT TRIGGER refuse; DROP FUNCTION public.refuse()");
    assert_true(schema_create(conninfo, NULL, NULL, &error));
    assert_true(schema_status(conninfo, &status, &error));
    assert_int_equal(status.pending, 0);
    PQfinish(connection);
}

static void a_newer_database_is_refused(void **state)
{
    (void)state;
    const char *conninfo = empty_database("newer");
    assert_true(schema_create(conninfo, NULL, NULL, &error));
    PGconn *connection = connect_to(conninfo);
    test_run(connection, "INSERT INTO public.schema_version VALUES (9999, 'later', '')");
    struct schema_status status;
    assert_false(schema_status(conninfo, &status, &error));
    assert_int_equal(error.code, ERROR_TOO_NEW);
    assert_int_equal(status.database_version, 9999);
    assert_false(schema_create(conninfo, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_TOO_NEW);
    PQfinish(connection);
}

static void a_database_that_cannot_hold_the_text_is_refused(void **state)
{
    (void)state;
    PGconn *connection = connect_to(test_admin_of("postgres"));
    test_run(connection, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    PQfinish(connection);
    assert_false(schema_create(test_admin_of("latin"), NULL, NULL, &error));
    assert_non_null(strstr(error.message, "UTF8"));
    assert_non_null(strstr(error.hint, "createdb"));
}

/* ---- Demonstrations ---- */

static void only_an_empty_database_becomes_a_demonstration(void **state)
{
    (void)state;
    assert_false(schema_mark_demonstration(test_admin(), &error));
    assert_int_equal(error.code, ERROR_PERMISSION);
    assert_false(schema_create_demo_logins(test_admin(), &error));
    assert_int_equal(error.code, ERROR_PERMISSION);

    const char *conninfo = empty_database("shown");
    struct schema_demonstration there;
    assert_true(schema_create(conninfo, NULL, NULL, &error));
    assert_true(schema_read_demonstration(conninfo, &there, &error));
    assert_false(there.is_demonstration);
    assert_true(schema_mark_demonstration(conninfo, &error));
    assert_true(schema_mark_demonstration(conninfo, &error));
    PGconn *connection = connect_to(conninfo);
    test_run(connection,
             "UPDATE gym.database_info SET seed = -1, profile = 'small', as_of = '2026-11-21';"
             "INSERT INTO gym.gyms (name, username, email) VALUES ('Iron Temple', 'iron-temple',"
             " 'desk@iron-temple.example.com')");
    PQfinish(connection);
    assert_true(schema_read_demonstration(conninfo, &there, &error));
    assert_true(there.is_demonstration);
    assert_int_equal(there.members, 0);
    assert_true(there.seed == UINT64_MAX);
    assert_string_equal(there.profile, "small");
    assert_int_equal(there.as_of, 20778);
    /* Twice: a reseed does it again. */
    assert_true(schema_create_demo_logins(conninfo, &error));
    assert_true(schema_create_demo_logins(conninfo, &error));
}

static void two_installations_in_one_cluster_do_not_meet(void **state)
{
    (void)state;
    const char *conninfo = empty_database("other");
    assert_true(schema_create(conninfo, NULL, NULL, &error));
    PGconn *desk = test_connect("north", "desk1");
    PQfinish(desk);
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {conninfo, test_role("north", "desk1"), TEST_PASSWORD, NULL};
    PGconn *connection = PQconnectdbParams(keys, values, 1);
    assert_int_equal(PQstatus(connection), CONNECTION_BAD);
    assert_non_null(strstr(PQerrorMessage(connection), "permission denied"));
    PQfinish(connection);
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    return 0;
}

/* ---- Servers that refuse ---- */

static void a_refused_connection_says_why(void **state)
{
    (void)state;
    test_cluster_start();
    assert_false(schema_create(test_admin_of("nowhere"), NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_DATABASE);
    assert_string_equal(error.message, "There is no such database on the server");

    char conninfo[400];
    snprintf(conninfo, sizeof conninfo, "%s user=%s password=wrong", test_conninfo(),
             test_role("north", "mona"));
    assert_false(schema_create(conninfo, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_LOGIN);
    assert_string_equal(error.message, "User name or password is wrong");

    assert_false(schema_create("host=/nonexistent", NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_OFFLINE);
    assert_string_equal(error.message, "The database server cannot be reached");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_have_the_given_names_and_columns),
        cmocka_unit_test(every_table_has_row_security_and_the_schemas_owner),
        cmocka_unit_test(definer_functions_pin_their_search_path),
        cmocka_unit_test(creating_twice_changes_nothing),
        cmocka_unit_test(two_programs_at_once_migrate_once),
        cmocka_unit_test(a_failed_migration_leaves_nothing),
        cmocka_unit_test(a_newer_database_is_refused),
        cmocka_unit_test(a_database_that_cannot_hold_the_text_is_refused),
        cmocka_unit_test(only_an_empty_database_becomes_a_demonstration),
        cmocka_unit_test(two_installations_in_one_cluster_do_not_meet),
        cmocka_unit_test(a_refused_connection_says_why),
    };
    return cmocka_run_group_tests_name("schema", tests, start, NULL);
}
