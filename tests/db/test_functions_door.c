/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests of members, and what an owner sets for the door: the functions of migration 0013. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static PGconn *desk, *manager, *owner;

#define GUEST "SELECT %s FROM gym.check_in_guest(gen_random_uuid(), %d, '%s', '%s', %d, 'desk 1')"

static void ada_is_in(void)
{
    test_run(desk, "SELECT gym.check_in(gen_random_uuid(), 'T10001', NULL, 'desk 1')");
}

static int forget_guests(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "DELETE FROM gym.attendance WHERE check_in > now() - interval '12 hours';"
             "DELETE FROM gym.access_log; UPDATE gym.packages SET guests_included = 0;"
             "UPDATE gym.customers SET guest_of = NULL, keytag = NULL, name = 'Gone', phone = '' "
             "WHERE guest_of IS NOT NULL;"
             "UPDATE gym.gyms SET settings = '{}', row_version = 1 WHERE gym_id = 1;"
             "SELECT gym.recount_visits(customer_id) FROM gym.customers");
    return 0;
}

static void a_guest_pays_a_day_pass_and_is_in(void **state)
{
    (void)state;
    ada_is_in();
    assert_string_equal(
        test_text(desk, GUEST, "result || ' ' || name || ' ' || plan", 10001, "Gus Guest", "", 3),
        "in Gus Guest Day pass");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT c.guest_of || ' ' || t.amount || ' ' || t.kind || ' ' || "
                                  "s.balance FROM gym.customers c "
                                  "JOIN gym.transactions t USING (customer_id) "
                                  "JOIN gym.member_summary s USING (customer_id) "
                                  "WHERE c.name = 'Gus Guest'"),
                        "10001 10.00 day_pass 0.00");
}

static void a_guest_comes_only_with_a_member_who_is_in(void **state)
{
    (void)state;
    assert_string_equal(test_state(desk, GUEST, "result", 10001, "Gus Guest", "", 3), "GT001");
    assert_non_null(strstr(test_message(), "is not in"));
    /* Nothing is left of the attempt. */
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers WHERE name "
                                                   "= 'Gus Guest'"),
                     0);
    assert_string_equal(test_state(desk, GUEST, "result", 20001, "Gus Guest", "", 3), "GT002");
    ada_is_in();
    assert_string_equal(test_state(desk, GUEST, "result", 10001, " ", "", 3), "GT001");
}

static void guests_are_free_as_often_as_the_plan_says(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.packages SET guests_included = 1 WHERE package_id = 1");
    ada_is_in();
    assert_string_equal(test_text(desk, "SELECT included - used FROM gym.guest_terms(10001)"), "1");
    assert_string_equal(test_text(desk, GUEST, "result", 10001, "Fay Free", "", 3), "in");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT COALESCE(sum(t.amount), 0) FROM gym.transactions t JOIN "
                                  "gym.customers c USING (customer_id) WHERE c.name = 'Fay Free'"),
                        "0");
    assert_string_equal(test_text(desk, "SELECT included - used FROM gym.guest_terms(10001)"), "0");
    assert_string_equal(test_text(desk, GUEST, "result", 10001, "Pat Pays", "", 3), "in");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT sum(t.amount) FROM gym.transactions t JOIN gym.customers "
                                  "c USING (customer_id) WHERE c.name = 'Pat Pays'"),
                        "10.00");
}

static void the_same_guest_again_is_the_same_record(void **state)
{
    (void)state;
    ada_is_in();
    const char *first = test_text(desk, GUEST, "customer_id", 10001, "Rita Return", "", 3);
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), NULL, %s, 'desk 1')", first);
    /* Back on the same day: no second pass. */
    assert_string_equal(test_text(desk, GUEST, "customer_id", 10001, "rita return", "", 3), first);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.transactions WHERE customer_id = %s",
                                 first),
                     1);
    /* A guest who is in already is told so, and pays nothing. */
    assert_string_equal(test_text(desk, GUEST, "result", 10001, "Rita Return", "", 3),
                        "already_in");
}

static void a_guest_brings_no_guests(void **state)
{
    (void)state;
    ada_is_in();
    const char *guest = test_text(desk, GUEST, "customer_id", 10001, "Gil Guest", "", 3);
    assert_string_equal(test_state(desk, GUEST, "result", atoi(guest), "Another", "", 3), "GT001");
}

static void nothing_is_sold_to_a_guest_for_whom_there_is_no_room(void **state)
{
    (void)state;
    ada_is_in();
    test_run(test_superuser(),
             "UPDATE gym.gyms SET capacity = 1, settings = '{\"policy_capacity\": "
             "\"deny\"}' WHERE gym_id = 1");
    assert_string_equal(test_state(desk, GUEST, "result", 10001, "Norma Room", "", 3), "GT001");
    assert_non_null(strstr(test_message(), "full"));
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.customers WHERE name = 'Norma "
                                 "Room'"),
                     0);
    test_run(test_superuser(), "UPDATE gym.gyms SET capacity = 40 WHERE gym_id = 1");
}

static void the_same_request_is_answered_once(void **state)
{
    (void)state;
    ada_is_in();
    static const char sql[] =
        "SELECT result || COALESCE(recovered, false) FROM gym.check_in_guest("
        "'11111111-2222-4333-8444-555555555555', 10001, 'Otto Once', '', 3, 'desk 1')";
    assert_string_equal(test_text(desk, sql), "infalse");
    assert_string_equal(test_text(desk, sql), "intrue");
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers WHERE name "
                                                   "= 'Otto Once'"),
                     1);
}

/* --- settings --- */

#define SAVE "SELECT gym.save_settings(gen_random_uuid(), %d, %d, '%s')"

static void every_reason_has_a_policy_that_the_owner_sets(void **state)
{
    (void)state;
    int version = 1;
    PGresult *names = PQexec(owner, "SELECT k FROM jsonb_object_keys(gym.default_settings()) k "
                                    "WHERE k LIKE 'policy%'");
    assert_true(PQntuples(names) >= 17);
    for (int i = 0; i < PQntuples(names); i++) {
        char json[120];
        snprintf(json, sizeof json, "{\"%s\": \"ignore\"}", PQgetvalue(names, i, 0));
        assert_int_equal(test_number(owner, SAVE, 1, version, json), version + 1);
        version++;
    }
    PQclear(names);
    /* Ed's term ended; now nobody says a word. */
    assert_string_equal(test_text(desk, "SELECT result || reasons FROM gym.check_in("
                                        "gen_random_uuid(), 'T10002', NULL, 'desk 1')"),
                        "in");
    /* null: the default again. */
    test_run(owner, SAVE, 1, version, "{\"policy_expired\": null}");
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), 'T10002', NULL, 'desk 1')");
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10002', NULL, 'desk 1')"),
                        "denied");
}

static void settings_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{\"policy_owing\": \"shout\"}",  "{\"policy_nothing\": \"warn\"}",
        "{\"expired_grace\": 61}",        "{\"expired_grace\": \"-1\"}",
        "{\"sessions_low\": \"many\"}",   "{\"closing_time\": \"25:00\"}",
        "{\"closing_time\": \"22.30\"}",  "{\"opening_time\": \"\"}",
        "{\"hashed_password\": \"x\"}",   "[]",
        "{\"auto_checkout_minutes\": 1}", "{\"pack_months\": 99999999999}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(test_state(owner, SAVE, 1, 1, wrong[i]), "GT001");
    assert_string_equal(test_text(test_superuser(), "SELECT settings::text || row_version FROM "
                                                    "gym.gyms WHERE gym_id = 1"),
                        "{}1");
}

static void settings_keep_to_their_gym_level_and_version(void **state)
{
    (void)state;
    assert_string_equal(test_state(owner, SAVE, 2, 1, "{\"sessions_low\": 3}"), "GT003");
    assert_string_equal(test_state(manager, SAVE, 1, 1, "{\"sessions_low\": 3}"), "42501");
    assert_string_equal(test_state(owner, SAVE, 1, 7, "{\"sessions_low\": 3}"), "GT004");
    test_run(owner, SAVE, 1, 1, "{\"sessions_low\": \"3\", \"closing_time\": \"9:30\"}");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT (settings -> 'sessions_low')::text || (settings ->> 'closing_time') FROM "
                  "gym.gyms WHERE gym_id = 1"),
        "309:30");
    /* The change and who made it are in the audit log. */
    assert_true(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log WHERE table_name "
                                              "LIKE '%%gyms' AND after::text LIKE "
                                              "'%%closing_time%%'") > 0);
}

/* --- packages --- */

static void a_package_says_how_many_guests_are_free(void **state)
{
    (void)state;
    const char *id = test_text(
        manager, "SELECT gym.save_package(gen_random_uuid(), 0, 0, 'With friends', '', 1, 0, 49, "
                 "false, true, '', 2)");
    assert_string_equal(
        test_text(desk, "SELECT guests_included FROM gym.packages WHERE package_id = %s", id), "2");
    /* Who does not speak of guests leaves them as they are. */
    test_run(manager,
             "SELECT gym.save_package(gen_random_uuid(), %s, 1, 'With friends', 'x', 1, 0, 45, "
             "false, false, '')",
             id);
    assert_string_equal(test_text(desk,
                                  "SELECT guests_included || description || active FROM "
                                  "gym.packages WHERE package_id = %s",
                                  id),
                        "2xfalse");
    assert_string_equal(test_state(manager,
                                   "SELECT gym.save_package(gen_random_uuid(), 0, 0, 'Crowd', '', "
                                   "1, 0, 49, false, true, '', -1)"),
                        "GT001");
}

/* --- packs --- */

static void a_used_up_pack_is_followed_by_the_next_one_at_once(void **state)
{
    (void)state;
    assert_string_equal(test_text(desk,
                                  "SELECT result || ' ' || renew_until - gym.today() FROM "
                                  "gym.check_in(gen_random_uuid(), 'T10010', NULL, 'desk 1')"),
                        test_text(desk, "SELECT 'denied ' || (gym.today() + interval '12 months')"
                                        "::date - 1 - gym.today()"));
    assert_string_equal(test_text(desk, "SELECT result || ' ' || days_left FROM "
                                        "gym.renew_and_check_in(gen_random_uuid(), 10010, 6, 3, "
                                        "'desk 1')"),
                        test_text(desk,
                                  "SELECT 'in ' || (gym.today() + interval '12 months')::date "
                                  "- 1 - gym.today()"));
    /* The old pack ended yesterday, the new one has nine visits left. */
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(upper(term) - gym.today() || ' ' || "
                                  "lower(term) - gym.today(), ',' ORDER BY lower(term)) FROM "
                                  "gym.memberships WHERE customer_id = 10010"),
                        test_text(desk, "SELECT '0 -60,' || (gym.today() + interval '12 months')"
                                        "::date - gym.today() || ' 0'"));
}

static void a_pack_bought_on_the_day_of_the_last_visit_begins_on_the_next(void **state)
{
    (void)state;
    /* Two of ten are left: both used today would be one visit and a re-entry; so one more before.
     */
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (10009, now() - interval '2 days', now() - interval '47 hours', 1, 1)");
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                        "'T10009', NULL, 'desk 1')"),
                        "in");
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), 10009, 6, 3, 'desk 1')");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT lower(term) - gym.today() FROM gym.memberships WHERE "
                                  "customer_id = 10009 ORDER BY lower(term) DESC LIMIT 1"),
                        "1");
    test_run(test_superuser(),
             "DELETE FROM gym.attendance WHERE customer_id = 10009 AND check_in > "
             "now() - interval '49 hours'");
}

static void no_day_pass_is_offered_where_a_term_stands_in_its_way(void **state)
{
    (void)state;
    /* Olga owes, but her term runs: a day pass could only begin after it. */
    test_run(test_superuser(),
             "UPDATE gym.gyms SET settings = '{\"policy_owing\": \"deny\"}' WHERE gym_id = 1");
    assert_string_equal(test_text(desk,
                                  "SELECT result || ' ' || (day_pass_package_id IS NULL) FROM "
                                  "gym.check_in(gen_random_uuid(), 'T10006', NULL, 'd')"),
                        "denied true");
    assert_string_equal(test_text(desk, "SELECT result || ' ' || day_pass_package_id FROM "
                                        "gym.check_in(gen_random_uuid(), 'T10002', NULL, 'd')"),
                        "denied 5");
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

#define TEST(function) cmocka_unit_test_setup(function, forget_guests)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_guest_pays_a_day_pass_and_is_in),
        TEST(a_guest_comes_only_with_a_member_who_is_in),
        TEST(guests_are_free_as_often_as_the_plan_says),
        TEST(the_same_guest_again_is_the_same_record),
        TEST(a_guest_brings_no_guests),
        TEST(nothing_is_sold_to_a_guest_for_whom_there_is_no_room),
        TEST(the_same_request_is_answered_once),
        TEST(every_reason_has_a_policy_that_the_owner_sets),
        TEST(settings_that_make_no_sense_are_refused),
        TEST(settings_keep_to_their_gym_level_and_version),
        TEST(a_package_says_how_many_guests_are_free),
        TEST(a_used_up_pack_is_followed_by_the_next_one_at_once),
        TEST(a_pack_bought_on_the_day_of_the_last_visit_begins_on_the_next),
        TEST(no_day_pass_is_offered_where_a_term_stands_in_its_way),
    };
    return cmocka_run_group_tests_name("door", tests, start, stop);
}
