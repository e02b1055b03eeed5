/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer, its absence, the planner or the machine tells of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attacker/attacker.h"
#include "support.h"

static void the_planner_and_its_statistics_tell_no_values(void **state)
{
    (void)state;
    test_run(test_superuser(), "ANALYZE");
    attacker_expect_nothing(attacker_desk,
                            "SELECT * FROM pg_stats WHERE schemaname IN ('gym', 'auth', 'clv') AND "
                            "tablename NOT IN ('database_info', 'dim_payment_method')");
    /* An expression that fails on a row shows the row: it must never see another gym's. */
    attacker_expect_nothing(attacker_desk,
                            "SELECT 1 FROM gym.customers WHERE customer_id >= 20000 AND (name || "
                            "'x')::integer > 0");
    attacker_expect_nothing(attacker_desk,
                            "SELECT 1 FROM gym.transactions WHERE customer_id >= 20000 AND 1 / "
                            "(amount - amount) > 0");
    PGresult *plan =
        PQexec(attacker_desk, "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM gym.customers WHERE "
                              "name = 'Sue South'");
    assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(plan); i++)
        assert_null(strstr(PQgetvalue(plan, i, 0), "20001"));
    PQclear(plan);
}

/* ---- Other people's work ---- */

static void other_sessions_and_the_machine_are_out_of_reach(void **state)
{
    (void)state;
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)", PQbackendPID(attacker_manager));
    attacker_expect_refused(attacker_desk, sql);
    snprintf(sql, sizeof sql, "SELECT pg_cancel_backend(%d)", PQbackendPID(test_superuser()));
    attacker_expect_refused(attacker_desk, sql);
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
        attacker_expect_refused(attacker_desk, attacks[i]);
    /* Bulk mode would leave no trace in the audit log: it is the worker's. */
    test_run(attacker_desk, "SET gymtui.bulk = 'on'");
    int64_t before = test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log");
    test_run(attacker_desk,
             "SELECT gym.freeze(gen_random_uuid(), 10001, gym.today() + 1, gym.today() + 3, "
             "'x')");
    assert_true(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log") > before);
    test_run(attacker_desk, "SELECT gym.unfreeze(gen_random_uuid(), 10001); RESET gymtui.bulk");
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
            attacker_expect_state(attacker_desk, "GT002", sql);
            const char *words = strstr(test_message(), "ERROR:");
            snprintf(said[n], sizeof there, "%s", words ? words : "");
            for (char *digit; (digit = strstr(said[n], numbers[n]));)
                memset(digit, '-', 5);
        }
        assert_string_equal(there, nowhere);
    }
    assert_string_equal(
        test_text(attacker_desk,
                  "SELECT result || COALESCE(name, '-') FROM gym.check_in(gen_random_uuid(), "
                  "'20001', NULL, 'd')"),
        "unknown-");
    assert_string_equal(
        test_text(attacker_desk,
                  "SELECT result || COALESCE(name, '-') FROM gym.check_in(gen_random_uuid(), "
                  "NULL, 20001, 'd')"),
        "unknown-");
    attacker_expect_nothing(attacker_desk, "SELECT * FROM gym.visitor(20001)");
    attacker_expect_nothing(attacker_desk, "SELECT * FROM gym.candidates('sue')");
    attacker_expect_state(attacker_desk, "GT002",
                          "SELECT gym.renew(gen_random_uuid(), 10001, 11, 3, 'd')");
    /* A key tag, telephone and e-mail of the other gym are free here: no "taken". */
    assert_string_equal(
        test_text(attacker_desk,
                  "SELECT outcome FROM gym.enrol(gen_random_uuid(), 'Sue South', "
                  "'sue20001@example.com', '+44 7700 920001', 'T20001', '', '1985-01-15', '', "
                  "0, 0, 0, 'd')"),
        "saved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_planner_and_its_statistics_tell_no_values),
        cmocka_unit_test(other_sessions_and_the_machine_are_out_of_reach),
        cmocka_unit_test(answers_do_not_tell_what_other_gyms_have),
    };
    return cmocka_run_group_tests_name("attacker: oracles", tests, attacker_start, attacker_stop);
}
