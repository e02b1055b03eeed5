/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A demonstration's data are replaced: the old rows until the change and after a failure, desks
 * that go on meanwhile, and nothing about the tables that is different from before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generate/load.h"
#include "gymtui/db/schema.h"
#include "gymtui/db/session.h"
#include "support.h"

/* Columns, constraints, indexes, triggers, policies, grants, owners, comments, of all tables. */
static void structure(char sum[64])
{
    snprintf(
        sum, 64, "%s",
        test_text(
            load_admin,
            "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM ("
            "SELECT format('%%s %%s %%s %%s %%s', c.relname, c.relrowsecurity, "
            "c.relforcerowsecurity, c.relowner::regrole, (SELECT string_agg(a::text, ',' "
            "ORDER BY a::text) FROM unnest(c.relacl) a)) AS line FROM pg_class c "
            "WHERE c.relnamespace = 'gym'::regnamespace AND c.relkind IN ('r', 'S') "
            "UNION ALL SELECT format('%%s.%%s %%s %%s %%s %%s %%s %%s', a.attrelid::regclass, "
            "a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
            "a.attgenerated, a.attacl, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef "
            "d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)) FROM pg_attribute a JOIN "
            "pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'gym'::regnamespace AND "
            "c.relkind = 'r' AND a.attnum > 0 "
            "UNION ALL SELECT format('%%s %%s %%s %%s', conrelid::regclass, conname, "
            "pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE connamespace = "
            "'gym'::regnamespace "
            "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'gym' "
            "UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON "
            "c.oid = t.tgrelid WHERE c.relnamespace = 'gym'::regnamespace AND NOT t.tgisinternal "
            "UNION ALL SELECT p::text FROM pg_policies p WHERE p.schemaname = 'gym' "
            "UNION ALL SELECT format('%%s %%s %%s %%s', p.oid::regprocedure, "
            "p.proowner::regrole, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM "
            "unnest(p.proacl) a), md5(pg_get_functiondef(p.oid))) FROM pg_proc p WHERE "
            "p.pronamespace = 'gym'::regnamespace AND p.prokind = 'f' "
            "UNION ALL SELECT format('%%s %%s %%s', d.objoid::regclass, d.objsubid, "
            "d.description) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE "
            "c.relnamespace = 'gym'::regnamespace AND d.classoid = 'pg_class'::regclass) x"));
}

static char made_by_migrations[64];

/* Over data that are there already. */
static int set_up(void **state)
{
    int failed = load_begin(state);
    if (failed)
        return failed;
    structure(made_by_migrations);
    load_seed(1);
    return 0;
}

static void the_tables_are_as_the_migrations_made_them(void **state)
{
    (void)state;
    char swapped[64];
    structure(swapped);
    assert_string_equal(swapped, made_by_migrations);
    assert_int_equal(
        test_number(load_admin, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"),
        0);
    /* The comparison can fail. */
    test_run(load_admin, "BEGIN");
    test_run(load_admin, "DROP INDEX gym.contacts_customer");
    structure(swapped);
    assert_string_not_equal(swapped, made_by_migrations);
    test_run(load_admin, "ROLLBACK");
}

struct desk {
    PGconn *connection;
    int64_t members;     /* it saw while the load went on */
    int phases, refused; /* check-ins that failed */
};

static bool desk_works_on(void *owner, const char *phase, double share)
{
    struct desk *desk = owner;
    (void)share;
    if (strcmp(phase, "done") == 0)
        return true;
    desk->phases++;
    desk->members = test_number(desk->connection, "SELECT count(*) FROM gym.customers");
    if (strcmp(test_state(desk->connection, "SELECT * FROM gym.check_in(gen_random_uuid(), "
                                            "'77001001', NULL, '1', NULL, 3)"),
               "") != 0)
        desk->refused++;
    return true;
}

static PGconn *sign_in_at_the_desk(void)
{
    char role[128], conninfo[1600];
    assert_true(schema_create_demo_logins(load_place, &load_error));
    const struct demo_login *login = demo_logins;
    while (login->level != LEVEL_DESK)
        login++;
    assert_true(
        login_role_name(LOAD_DATABASE, login->gym, login->staff, role, sizeof role, &load_error));
    snprintf(conninfo, sizeof conninfo, "%s user='%s' password='%s'", load_place, role,
             login->password);
    return PQconnectdb(conninfo);
}

static void a_desk_goes_on_and_its_login_stays(void **state)
{
    (void)state;
    load_seed(21);
    struct desk desk = {.connection = sign_in_at_the_desk()};
    assert_int_equal(PQstatus(desk.connection), CONNECTION_OK);
    /* Everything that the session has prepared and compiled before must work after. */
    test_run(desk.connection, "PREPARE mine AS SELECT count(*) FROM gym.attendance");
    test_run(desk.connection, "EXECUTE mine");
    test_run(desk.connection, "SELECT * FROM gym.freeze(gen_random_uuid(), 10001, gym.today(), "
                              "gym.today() + 20, 'holiday')");
    struct generate_options options = load_options_for(22);
    options.members = 700;
    assert_true(generate_into(load_place, &options, desk_works_on, &desk, &load_error));
    assert_true(desk.phases >= 4);
    assert_int_equal(desk.refused, 0);
    /* Its gym's members: of the old data until the end, of the new ones now. */
    int64_t members = test_number(desk.connection, "SELECT count(*) FROM gym.customers");
    assert_true(members > desk.members);
    test_run(desk.connection, "EXECUTE mine");
    assert_string_equal(test_text(desk.connection, "SELECT result FROM gym.check_in("
                                                   "gen_random_uuid(), '77001001', NULL, '1', "
                                                   "NULL, 3)"),
                        "in");
    /* The tills of the past are the desks'. */
    assert_string_equal(
        test_text(load_admin, "SELECT string_agg(DISTINCT t.desk || ' ' || s.username || ' ' || "
                              "e.username, ', ') FROM gym.till_sessions t "
                              "JOIN auth.staff s ON s.staff_id = t.opened_by "
                              "JOIN auth.staff e ON e.staff_id = t.closed_by WHERE t.gym_id = 1"),
        "1 desk1 desk1, 2 desk2 desk2");
    /* A function that was compiled with the old table's row type. */
    const char *frozen =
        test_text(desk.connection, "SELECT text FROM gym.freeze(gen_random_uuid(), "
                                   "10025, gym.today(), gym.today(), 'ill')");
    assert_memory_equal(frozen, "Frozen until ", 13);
    assert_string_equal(test_text(desk.connection,
                                  "SELECT outcome FROM gym.enrol(gen_random_uuid(), "
                                  "'Nobody Else', '', '', NULL, '', NULL, '', "
                                  "NULL, 1, 1, '1', true, true)"),
                        "saved");
    PQfinish(desk.connection);
    PGconn *again = sign_in_at_the_desk();
    assert_int_equal(PQstatus(again), CONNECTION_OK);
    PQfinish(again);
}

static bool cut_the_load_off(void *owner, const char *phase, double share)
{
    const char *at = owner;
    (void)share;
    if (strcmp(phase, at) == 0)
        test_run(load_admin,
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                 "current_database() AND pid <> pg_backend_pid()");
    return true;
}

static void a_load_that_is_cut_off_leaves_the_old_data(void **state)
{
    (void)state;
    static const char *const phases[] = {"members and visits", "summaries and indexes", "keys",
                                         "changing over"};
    char before[64], after[64], days[64], days_after[64];
    do { /* once more where midnight came between */
        load_read_days(days);
        load_seed(31);
        load_fingerprint(before);
        struct generate_options options = load_options_for(32);
        for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
            char phase[32];
            snprintf(phase, sizeof phase, "%s", phases[i]);
            if (generate_into(load_place, &options, cut_the_load_off, phase, &load_error))
                fail_msg("cut off at \"%s\", it says that it is done", phase);
            load_fingerprint(after);
            assert_string_equal(before, after);
        }
        /* What it left is cleared away by the next one. */
        load_seed(31);
        load_fingerprint(after);
        load_read_days(days_after);
    } while (strcmp(days, days_after) != 0);
    assert_string_equal(before, after);
}

static bool cancel_the_load(void *owner, const char *phase, double share)
{
    (void)share;
    return strcmp(phase, owner) != 0;
}

static void a_load_can_be_cancelled_until_the_change(void **state)
{
    (void)state;
    char phases[][32] = {"preparing", "members and visits", "summaries and indexes", "keys",
                         "changing over"};
    char before[64], after[64];
    load_fingerprint(before);
    struct generate_options options = load_options_for(33);
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        assert_false(generate_into(load_place, &options, cancel_the_load, phases[i], &load_error));
        assert_int_equal(load_error.code, ERROR_CANCELLED);
        assert_int_equal(
            test_number(load_admin,
                        "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"),
            0);
    }
    load_fingerprint(after);
    assert_string_equal(before, after);
}

static bool load_another(void *owner, const char *phase, double share)
{
    enum error_code *code = owner;
    (void)share;
    struct generate_options options = load_options_for(34);
    struct error other = {.code = ERROR_NONE};
    if (strcmp(phase, "keys") == 0 && !generate_into(load_place, &options, NULL, NULL, &other))
        *code = other.code;
    return true;
}

static void two_loads_at_once_do_not_meet(void **state)
{
    (void)state;
    struct generate_options options = load_options_for(35);
    enum error_code code = ERROR_NONE;
    assert_true(generate_into(load_place, &options, load_another, &code, &load_error));
    assert_int_equal(code, ERROR_CONFLICT);
    assert_int_equal(test_number(load_admin, "SELECT seed FROM gym.database_info"), 35);
}

static void a_smaller_load_takes_gyms_away_and_keeps_those_with_logins(void **state)
{
    (void)state;
    struct generate_options options = load_options_for(41);
    options.gyms = 5;
    options.members = 900;
    assert_true(generate_into(load_place, &options, NULL, NULL, &load_error));
    assert_int_equal(test_number(load_admin, "SELECT count(*) FROM gym.gyms"), 5);
    test_run(load_admin,
             "SELECT auth.create_staff(4, 'kept', 'Kept', 'desk', (SELECT s.verifier FROM "
             "auth.staff s LIMIT 1))");
    test_run(load_admin, "UPDATE gym.gyms SET username = 'my-own-name' WHERE gym_id = 2");
    load_seed(42);
    assert_string_equal(
        test_text(load_admin, "SELECT string_agg(gym_id::text, ' ' ORDER BY gym_id) FROM gym.gyms"),
        "1 2 3 4");
    assert_string_equal(test_text(load_admin, "SELECT username FROM gym.gyms WHERE gym_id = 2"),
                        "my-own-name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_as_the_migrations_made_them),
        cmocka_unit_test(a_desk_goes_on_and_its_login_stays),
        cmocka_unit_test(a_load_that_is_cut_off_leaves_the_old_data),
        cmocka_unit_test(a_load_can_be_cancelled_until_the_change),
        cmocka_unit_test(two_loads_at_once_do_not_meet),
        cmocka_unit_test(a_smaller_load_takes_gyms_away_and_keeps_those_with_logins),
    };
    return cmocka_run_group_tests_name("made-up data: the change", tests, set_up, load_end);
}
