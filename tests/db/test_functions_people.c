/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members as people (enrol, edit, ban, merge, anonymise), packages, gyms and their logins, audit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static PGconn *desk, *manager, *owner;

static const char *enrol(const char *values, const char *column)
{
    return test_text(desk, "SELECT %s FROM gym.enrol(gen_random_uuid(), %s)", column, values);
}

/* ---- Enrolling ---- */

static void a_new_member_is_enrolled_paid_and_in_by_one_statement(void **state)
{
    (void)state;
    char member[24];
    snprintf(member, sizeof member, "%s",
             enrol("' Nora  New ', 'Nora@Example.com', '+44 7700 900111', 'N1', 'female', "
                   "'1991-03-04', 'likes rowing', 1, 1, 3, 'desk 1', true",
                   "customer_id"));
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT concat_ws('|', name, email, phone, keytag, join_date = gym.today(), status, "
            "package_id, trainer_id, updated_by) FROM gym.customers WHERE customer_id = %s",
            member),
        "Nora  New|nora@example.com|+44 7700 900111|N1|t|active|1|1|Dan Desk");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT concat_ws('|', balance, paid_total, visit_count) FROM "
                                  "gym.member_summary WHERE customer_id = %s",
                                  member),
                        "0.00|39.00|1");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT kind || payment_method_id FROM gym.transactions WHERE customer_id = %s",
                  member),
        "joining3");
}

/* In the till and the day's report a walk-in's day pass is no joining, nor is a pack. */
static void what_somebody_new_buys_is_called_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *package, *kind;
    } sold[] = {{"1", "joining"}, {"5", "day_pass"}, {"6", "pack"}};
    for (size_t i = 0; i < sizeof sold / sizeof *sold; i++) {
        char values[120], member[24];
        snprintf(values, sizeof values, "'Walker %zu', '', '', '', '', NULL, '', 0, %s, 3, 'd'", i,
                 sold[i].package);
        snprintf(member, sizeof member, "%s", enrol(values, "customer_id"));
        assert_string_equal(test_text(test_superuser(),
                                      "SELECT string_agg(kind, ' ') FROM gym.transactions "
                                      "WHERE customer_id = %s",
                                      member),
                            sold[i].kind);
    }
}

static void a_likely_duplicate_is_shown_first(void **state)
{
    (void)state;
    static const char *const twins[] = {
        "'ADA  ACTIVE', '', '', '', '', '1990-01-15', '', 0, 0, 0, 'd'", /* name and birth date */
        "'Ada Active', '', '', '', '', NULL, '', 0, 0, 0, 'd'",          /* birth date unknown */
        "'Somebody', '', '+44 (7700) 910001', '', '', NULL, '', 0, 0, 0, 'd'",     /* telephone */
        "'Somebody', 'ADA10001@example.com', '', '', '', NULL, '', 0, 0, 0, 'd'"}; /* e-mail */
    int64_t before = test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        assert_string_equal(
            enrol(twins[i], "concat_ws('|', outcome, customer_id, duplicate_id, other_name)"),
            "duplicate|10001|Ada Active");
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers"), before);
    /* Another birth date is another person; and the desk may insist. */
    assert_string_equal(
        enrol("'Ada Active', '', '', '', '', '1971-07-07', '', 0, 0, 0, 'd'", "outcome"), "saved");
    assert_string_equal(
        enrol("'Ada Active', '', '', '', '', '1990-01-15', '', 0, 0, 0, 'd', false, "
              "true",
              "outcome"),
        "saved");
}

static void what_cannot_be_a_member_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"'  ', '', '', '', '', NULL, '', 0, 0, 0, 'd'",
                                        "'X', 'no address', '', '', '', NULL, '', 0, 0, 0, 'd'",
                                        "'X', '', '', '', '', '2190-01-01', '', 0, 0, 0, 'd'",
                                        "'X', '', '', '', '', '1590-01-01', '', 0, 0, 0, 'd'"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(test_state(desk, "SELECT gym.enrol(gen_random_uuid(), %s)", wrong[i]),
                            "GT001");
    assert_string_equal(test_state(desk,
                                   "SELECT gym.enrol(gen_random_uuid(), 'X', '', '', 'T10001', "
                                   "'', NULL, '', 0, 0, 0, 'd')"),
                        "GT004");
}

static void rule_19_control_characters_do_not_get_in(void **state)
{
    (void)state;
    const char *member =
        enrol("E'Evil \\x1b[31mName\\u009b\\u202egnp', '', E'1\\n2', '', '', NULL, "
              "'', 0, 0, 0, 'd'",
              "customer_id");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT name || '|' || phone FROM gym.customers WHERE customer_id "
                  "= %s",
                  member),
        "Evil  [31mName gnp|1 2");
}

/* ---- Rule 13 ---- */

static const char *update(const char *name, int version, const char *column)
{
    return test_text(desk,
                     "SELECT %s FROM gym.update_member(gen_random_uuid(), 10011, %d, '%s', "
                     "'ned@example.com', '', 'T10011', 'male', '1985-01-15', '', 0)",
                     column, version, name);
}

static void rule_13_the_second_writer_is_told_and_writes_nothing(void **state)
{
    (void)state;
    assert_string_equal(update("Ned Noted", 1, "outcome || row_version"), "saved2");
    assert_string_equal(
        update("Ned Nobody", 1, "concat_ws('|', outcome, row_version, other_name, changed_by)"),
        "conflict|2|Ned Noted|Dan Desk");
    assert_string_equal(test_text(desk, "SELECT name FROM gym.customers WHERE customer_id = 10011"),
                        "Ned Noted");
    /* The search follows the name. */
    assert_string_equal(test_text(desk, "SELECT customer_id FROM gym.candidates('noted')"),
                        "10011");
    assert_string_equal(test_text(desk, "SELECT customer_id FROM gym.candidates('ned note') WHERE "
                                        "name = 'Ned Note'"),
                        "");
    assert_string_equal(test_state(manager,
                                   "SELECT gym.save_package(gen_random_uuid(), 1, 7, 'X', '',"
                                   " 1, 0, 1, false, true, '')"),
                        "GT004");
}

/* ---- Bans ---- */

static void a_ban_is_the_managers(void **state)
{
    (void)state;
    assert_string_equal(test_state(manager, "SELECT gym.ban(gen_random_uuid(), 10008, ' ')"),
                        "GT001");
    test_run(manager, "SELECT gym.ban(gen_random_uuid(), 10008, 'fights')");
    assert_string_equal(test_text(desk,
                                  "SELECT split_part(reasons, E'\\n', 1) LIKE "
                                  "E'banned\\tdeny\\tbanned since %%: fights' FROM gym.check_in("
                                  "gen_random_uuid(), 'T10008', NULL, 'd')"),
                        "t");
    test_run(manager, "SELECT gym.unban(gen_random_uuid(), 10008)");
    assert_string_equal(test_text(desk,
                                  "SELECT result FROM gym.check_in(gen_random_uuid(), 'T10008', "
                                  "NULL, 'd')"),
                        "in");
}

/* ---- Rule 21 ---- */

static const char *figures(const char *member)
{
    return test_text(test_superuser(),
                     "SELECT concat_ws('|', visit_count, payment_count, paid_total, balance) FROM "
                     "gym.member_summary WHERE customer_id = %s",
                     member);
}

static void rule_21_duplicates_merge_and_separate_again(void **state)
{
    (void)state;
    char winner[24], loser[24], before_winner[80], before_loser[80];
    snprintf(winner, sizeof winner, "%s",
             enrol("'Twin One', '', '', 'TW1', '', '1970-01-01', '', 0, 1, 1, 'd', true",
                   "customer_id"));
    snprintf(loser, sizeof loser, "%s",
             enrol("'Twin Two', '', '', 'TW2', '', '1970-01-02', '', 0, 6, 3, 'd', true",
                   "customer_id"));
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 5, 3, 'd')", loser);
    snprintf(before_winner, sizeof before_winner, "%s", figures(winner));
    snprintf(before_loser, sizeof before_loser, "%s", figures(loser));
    assert_string_equal(
        test_state(manager, "SELECT gym.merge_members(gen_random_uuid(), %s, %s)", loser, winner),
        "GT004"); /* is in */
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), 'TW2', NULL, 'd')");
    test_run(manager, "SELECT gym.merge_members(gen_random_uuid(), %s, %s)", loser, winner);
    assert_string_equal(figures(winner), "2|3|114.00|-5.00");
    assert_string_equal(figures(loser), "0|0|0.00|0.00");
    /* The old card still works, for the record that was kept; the old record takes no more. */
    assert_string_equal(test_text(desk, "SELECT customer_id || result FROM gym.check_in("
                                        "gen_random_uuid(), 'TW2', NULL, 'd')"),
                        test_text(desk, "SELECT '%salready_in'", winner));
    assert_string_equal(test_text(desk, "SELECT count(*) FROM gym.candidates('twin two')"), "0");
    assert_string_equal(
        test_state(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 5, 3, 'd')", loser),
        "GT004");
    test_run(manager, "SELECT gym.unmerge(gen_random_uuid(), %s)", loser);
    assert_string_equal(figures(winner), before_winner);
    assert_string_equal(figures(loser), before_loser);
    assert_string_equal(test_text(desk, "SELECT customer_id FROM gym.candidates('twin two')"),
                        loser);
    assert_string_equal(test_state(manager, "SELECT gym.unmerge(gen_random_uuid(), %s)", loser),
                        "GT002");
}

/* ---- Rule 18 ---- */

static void rule_18_an_anonymised_member_leaves_no_name_behind(void **state)
{
    (void)state;
    char member[24];
    snprintf(
        member, sizeof member, "%s",
        enrol("'Zacharias Secret', 'zsecret@example.com', '+44 7700 900999', 'ZSECRET1', 'male', "
              "'1977-07-07', 'knows zsecret things', 0, 1, 1, 'd', true",
              "customer_id"));
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), 'ZSECRET1', NULL, 'd')");
    test_run(desk,
             "SELECT gym.freeze(gen_random_uuid(), %s, gym.today() + 1, gym.today() + 2, "
             "'zsecret operation')",
             member);
    assert_string_equal(test_state(owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member),
                        "GT001"); /* the term runs */
    test_run(desk, "SELECT gym.unfreeze(gen_random_uuid(), %s)", member);
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 1, 3, 'd', 'zsecret note')",
             member);
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 60, "
             "upper(term) - 60) WHERE customer_id = %s",
             member);
    assert_string_equal(test_state(owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member),
                        "GT001"); /* a balance stands */
    assert_non_null(strstr(test_message(), "-1.00"));
    test_run(
        test_superuser(),
        "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) VALUES (1, %s, 1, now())",
        member);
    test_run(owner, "SELECT gym.anonymise(gen_random_uuid(), %s)", member);
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT concat_ws('|', name = 'Member #' || customer_id, email, phone, keytag, note, "
            "birth_date) FROM gym.customers WHERE customer_id = %s",
            member),
        "t||||1977-01-01");
    /* Nowhere in the database, in any table, is anything of it. (The words are too long to be in a
     * password's hash by chance.) */
    PGresult *tables = PQexec(
        test_superuser(), "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND "
                          "c.relnamespace IN ('gym'::regnamespace, 'auth'::regnamespace, "
                          "'clv'::regnamespace)");
    for (int i = 0; i < PQntuples(tables); i++) {
        const char *left = test_text(
            test_superuser(), "SELECT t::text FROM %s t WHERE t::text ~* 'zacharias|secret|900999'",
            PQgetvalue(tables, i, 0));
        if (*left)
            fail_msg("%s still holds %s", PQgetvalue(tables, i, 0), left);
    }
    PQclear(tables);
    /* Payments and visits stay. */
    assert_string_equal(figures(member), "1|2|40.00|0.00");
    assert_string_equal(
        test_state(desk, "SELECT gym.take_payment(gen_random_uuid(), %s, 1, 3, 'd')", member),
        "GT004");
}

/* ---- Packages and gyms ---- */

static void packages_are_saved_by_managers(void **state)
{
    (void)state;
    const char *package = test_text(
        manager, "SELECT gym.save_package(gen_random_uuid(), 0, 0, 'Lunch', 'noon only', 1, 0, 25, "
                 "false, true, '11-14')");
    assert_string_equal(
        test_text(desk,
                  "SELECT concat_ws('|', name, hours_from, hours_until, price, row_version) "
                  "FROM gym.packages WHERE package_id = %s",
                  package),
        "Lunch|11|14|25.00|1");
    static const char *const wrong[] = {
        "'', '', 1, 0, 25, false, true, ''",      "'X', '', 121, 0, 25, false, true, ''",
        "'X', '', 1, 0, -1, false, true, ''",     "'X', '', 1, 0, 25, false, true, '14-11'",
        "'X', '', 1, 0, 25, false, true, 'noon'", "'X', '', 1, -1, 25, false, true, ''"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(
            test_state(manager, "SELECT gym.save_package(gen_random_uuid(), 0, 0, %s)", wrong[i]),
            "GT001");
    assert_string_equal(test_state(manager, "SELECT gym.save_package(gen_random_uuid(), 0, 0, "
                                            "'lunch', '', 1, 0, 25, false, true, '')"),
                        "GT004");
}

static const char *save_gym(PGconn *who, const char *start, const char *username, const char *rest)
{
    return test_state(who,
                      "SELECT gym.save_gym(gen_random_uuid(), %s, '%s', '%s@example.com', '2 Low "
                      "Street', '01632 960001', 'Europe/London', 'GBP', 30, 5, 9, 200, 'deny', "
                      "'ignore', %s)",
                      start, username, username, rest);
}

static void a_gym_and_its_logins_change_their_name_together(void **state)
{
    (void)state;
    /* A chain's owner makes a gym, whose owner can sign in at once, by name or e-mail. */
    PGconn *chain = test_connect("north", "chain");
    char *verifier = PQencryptPasswordConn(chain, TEST_PASSWORD, "any", "scram-sha-256");
    char quoted[200];
    snprintf(quoted, sizeof quoted, "'%s'", verifier);
    PQfreemem(verifier);
    assert_string_equal(save_gym(chain, "0, 0, 'West'", "west", quoted), "");
    assert_string_equal(save_gym(chain, "0, 0, 'West 2'", "west", quoted), "GT004");
    PGconn *west = test_connect("west", "");
    assert_string_equal(test_text(west, "SELECT gym_name || level FROM auth.session()"),
                        "Westowner");
    PQfinish(test_connect("west@example.com", ""));
    assert_string_equal(
        test_text(west, "SELECT settings ->> 'policy_owing' FROM gym.gyms WHERE name = 'West'"),
        "deny");
    /* It takes another user name: the session stays, the new name signs in, the old one does not.
     */
    char start[80];
    const char *gym = test_text(west, "SELECT auth.current_gym()");
    test_run(west, "SELECT auth.create_staff(%s, 'will', 'Will', 'desk', %s)", gym, quoted);
    snprintf(start, sizeof start, "%s, 1, 'Far West'", gym);
    assert_string_equal(save_gym(west, start, "farwest", "NULL"), "");
    assert_string_equal(save_gym(west, start, "farwest", "NULL"), "GT004"); /* row version */
    assert_string_equal(test_text(west, "SELECT gym_name FROM auth.session()"), "Far West");
    PQfinish(test_connect("farwest", "will"));
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM pg_roles WHERE rolcanlogin "
                                 "AND rolname LIKE '%%:west%%'"),
                     0);
    /* And the old name back again. */
    snprintf(start, sizeof start, "%s, 2, 'West'", gym);
    assert_string_equal(save_gym(west, start, "west", "NULL"), "");
    PQfinish(test_connect("west", "will"));
    PQfinish(test_connect("west", ""));
    PQfinish(test_connect("west@example.com", ""));
    snprintf(start, sizeof start, "%s, 3, ''", gym);
    assert_string_equal(save_gym(west, start, "west", "NULL"), "GT001");
    PQfinish(west);
    PQfinish(chain);
}

static void logins_can_be_made_again_after_a_restore(void **state)
{
    (void)state;
    test_run(test_superuser(), "DROP ROLE \"%s\"", test_role("south", "desk1"));
    test_run(test_superuser(), "SELECT auth.rebuild_logins()");
    PQfinish(test_connect("south", "desk1"));
    /* A password that was set is the one that counts. */
    char *verifier = PQencryptPasswordConn(desk, "new words", "any", "scram-sha-256");
    test_run(desk, "SELECT auth.set_password(1, 'desk1', '%s')", verifier);
    PQfreemem(verifier);
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {test_conninfo(), test_role("north", "desk1"), "new words", NULL};
    PGconn *again = PQconnectdbParams(keys, values, 1);
    assert_int_equal(PQstatus(again), CONNECTION_OK);
    PQfinish(again);
}

static void trainers_and_contacts_are_noted(void **state)
{
    (void)state;
    char trainer[24];
    snprintf(trainer, sizeof trainer, "%s",
             test_text(manager, "SELECT gym.save_trainer(gen_random_uuid(), 0, 'Tina', '01632', "
                                "'tina@example.com')"));
    test_run(manager, "SELECT gym.save_trainer(gen_random_uuid(), %s, 'Tina T', '', '')", trainer);
    assert_string_equal(
        test_text(desk, "SELECT name FROM gym.trainers WHERE trainer_id = %s", trainer), "Tina T");
    assert_string_equal(
        test_state(manager, "SELECT gym.save_trainer(gen_random_uuid(), 999, 'X', '', '')"),
        "GT002");
    test_run(manager,
             "SELECT gym.log_contact(gen_random_uuid(), 10002, 'coming back', gym.today() + "
             "7, 'next week')");
    assert_string_equal(test_text(manager, "SELECT outcome || '|' || note FROM gym.contacts WHERE "
                                           "customer_id = 10002"),
                        "coming back|next week");
    assert_string_equal(test_state(manager, "SELECT gym.log_contact(gen_random_uuid(), 10002, "
                                            "'shrugged', NULL, '')"),
                        "GT001");
}

/* ---- Audit, notifications ---- */

static void the_audit_log_says_who_changed_what(void **state)
{
    (void)state;
    test_run(manager,
             "SELECT gym.save_package(gen_random_uuid(), 6, 1, 'Ten visits', '', 0, 10, 75, "
             "false, true, '')");
    assert_string_equal(
        test_text(manager,
                  "SELECT concat_ws('|', rolname, action, row_id, before ->> 'price', after "
                  "->> 'price', before ->> 'name') FROM gym.audit_log ORDER BY audit_id DESC "
                  "LIMIT 1"),
        test_text(manager, "SELECT session_user || '|update|6|70.00|75.00'"));
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log WHERE "
                                                   "before::text || after::text ~ 'SCRAM'"),
                     0);
}

static void one_small_notification_for_each_action(void **state)
{
    (void)state;
    PGconn *listener = test_connect("north", "desk2");
    test_run(listener, "LISTEN gymtui");
    test_run(desk, "SELECT gym.check_in(gen_random_uuid(), 'T10001', NULL, 'd')");
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), 10001, 1, 3, 'd')");
    test_run(listener, "SELECT 1");
    PQconsumeInput(listener);
    const char *const expected[] = {"1:attendance", "1:members"};
    for (size_t i = 0; i < 2; i++) {
        PGnotify *heard = PQnotifies(listener);
        assert_non_null(heard);
        assert_string_equal(heard->extra, expected[i]);
        PQfreemem(heard);
    }
    assert_null(PQnotifies(listener));
    PQfinish(listener);
}

static void reseeding_is_for_demonstrations(void **state)
{
    (void)state;
    assert_string_equal(test_state(manager, "SELECT gym.request_job(gen_random_uuid(), 'reseed', "
                                            "'{}')"),
                        "GT003");
    const char *job = test_text(manager, "SELECT gym.request_job(gen_random_uuid(), 'recompute', "
                                         "'{}')");
    test_run(manager, "SELECT gym.cancel_job(%s)", job);
    assert_string_equal(test_text(manager, "SELECT state FROM gym.jobs WHERE job_id = %s", job),
                        "cancelled");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
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
        cmocka_unit_test(a_new_member_is_enrolled_paid_and_in_by_one_statement),
        cmocka_unit_test(what_somebody_new_buys_is_called_what_it_is),
        cmocka_unit_test(a_likely_duplicate_is_shown_first),
        cmocka_unit_test(what_cannot_be_a_member_is_refused),
        cmocka_unit_test(rule_19_control_characters_do_not_get_in),
        cmocka_unit_test(rule_13_the_second_writer_is_told_and_writes_nothing),
        cmocka_unit_test(a_ban_is_the_managers),
        cmocka_unit_test(rule_21_duplicates_merge_and_separate_again),
        cmocka_unit_test(rule_18_an_anonymised_member_leaves_no_name_behind),
        cmocka_unit_test(packages_are_saved_by_managers),
        cmocka_unit_test(a_gym_and_its_logins_change_their_name_together),
        cmocka_unit_test(trainers_and_contacts_are_noted),
        cmocka_unit_test(the_audit_log_says_who_changed_what),
        cmocka_unit_test(one_small_notification_for_each_action),
        cmocka_unit_test(reseeding_is_for_demonstrations),
        cmocka_unit_test(logins_can_be_made_again_after_a_restore),
    };
    return cmocka_run_group_tests_name("functions of people", tests, start, stop);
}
