/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls of an office against a real server: packages, gyms and logins, statistics, and
 * that nothing of another gym is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "calls/calls.h"
#include "gymtui/base/date.h"
#include "support.h"

static int set_up_office(void **state)
{
    calls_set_up(state);
    calls_spend_day();
    return 0;
}

static void packages_are_listed_and_saved_by_managers_only(void **state)
{
    (void)state;
    packages_list(calls_desk, heard_packages, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 4);
    assert_string_equal(calls_heard.packages[0].name, "Annual");
    struct package_row monthly = calls_heard.packages[1];
    assert_string_equal(monthly.name, "Monthly");
    assert_int_equal(monthly.price, 3900);
    assert_true(monthly.members > 40);
    assert_true(monthly.revenue_30_days >= INT64_C(40) * 3900);

    struct package_edit edit = {.id = request_id_new(),
                                .package_id = monthly.package_id,
                                .row_version = monthly.row_version,
                                .name = "Monthly",
                                .description = "any day",
                                .hours = "09-16",
                                .duration_months = 1,
                                .price = 4100,
                                .active = true};
    packages_save(calls_desk, &edit, heard_id, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_PERMISSION);
    edit.id = request_id_new();
    packages_save(calls_boss, &edit, heard_id, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    packages_list(calls_boss, heard_packages, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    assert_int_equal(calls_heard.packages[1].price, 4100);
    assert_string_equal(calls_heard.packages[1].hours, "09-16");
    edit.id = request_id_new();
    packages_save(calls_boss, &edit, heard_id, &calls_heard);
    heard_wait(calls_boss);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);
    edit.id = request_id_new();
    edit.row_version = calls_heard.packages[1].row_version;
    edit.hours = "";
    packages_save(calls_boss, &edit, heard_id, &calls_heard);
    heard_well(calls_boss, &calls_heard);
}

static void gyms_and_staff_are_the_owners(void **state)
{
    (void)state;
    gyms_list(calls_owner, heard_gyms, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    struct gym_row gym = calls_heard.gyms[0];
    assert_string_equal(gym.username, "nordlicht");
    assert_int_equal(gym.staff, 3);
    assert_int_equal(gym.expired_grace, 3);
    assert_string_equal(gym.owing, "warn");
    struct gym_edit edit = {.id = request_id_new(),
                            .gym_id = gym.gym_id,
                            .row_version = gym.row_version,
                            .name = gym.name,
                            .username = gym.username,
                            .email = gym.email,
                            .address = gym.address,
                            .phone = gym.phone,
                            .time_zone = gym.time_zone,
                            .currency = gym.currency,
                            .capacity = 60,
                            .expired_grace = 5,
                            .expiring_within = 7,
                            .auto_checkout_minutes = 240,
                            .owing = "deny",
                            .capacity_policy = "ignore"};
    gyms_save(calls_owner, &edit, heard_id, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    gyms_list(calls_owner, heard_gyms, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    assert_int_equal(calls_heard.gyms[0].capacity, 60);
    assert_string_equal(calls_heard.gyms[0].owing, "deny");
    edit.id = request_id_new();
    gyms_save(calls_desk, &edit, heard_id, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_PERMISSION);

    staff_add(calls_owner, calls_house.gym_id, "temp", "Tom Temp", LEVEL_DESK, "first-secret",
              heard_done, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    staff_list(calls_owner, calls_house.gym_id, heard_staff, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    assert_int_equal(calls_heard.count, 4);
    assert_string_equal(calls_heard.staff[3].username, "temp");
    assert_string_equal(calls_heard.staff[3].name, "Tom Temp");
    assert_int_equal(calls_heard.staff[3].level, LEVEL_DESK);
    struct db *temp = house_sign_in("nordlicht", "temp", "first-secret");
    staff_set_password(calls_owner, calls_house.gym_id, "temp", "second-secret", heard_done,
                       &calls_heard);
    heard_well(calls_owner, &calls_heard);
    struct db *again = house_sign_in("nordlicht", "temp", "second-secret");
    db_close(again);
    /* A disabled login is cut off at its next statement. */
    staff_set_disabled(calls_owner, calls_house.gym_id, "temp", true, heard_done, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    session_read(temp, heard_session, &calls_heard);
    heard_wait(temp);
    assert_int_equal(calls_heard.error.code, ERROR_LOGIN);
    db_close(temp);
    staff_add(calls_desk, calls_house.gym_id, "mole", "", LEVEL_OWNER, "secret", heard_done,
              &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_PERMISSION);
    staff_add(calls_owner, calls_house.gym_id, "blank", "", LEVEL_DESK, "", heard_done,
              &calls_heard);
    heard_wait(calls_owner);
    assert_int_equal(calls_heard.error.code, ERROR_INPUT);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM pg_authid WHERE rolpassword IS NOT NULL "
                                 "AND rolpassword NOT LIKE 'SCRAM-SHA-256$%%'"),
                     0);

    test_run(test_superuser(),
             "INSERT INTO gym.trainers (gym_id, name) VALUES (%lld, 'Theo Trainer')",
             (long long)calls_house.gym_id);
    trainers_list(calls_desk, heard_trainers, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    assert_string_equal(calls_heard.trainers[0].name, "Theo Trainer");
}

/* One changes one's own password and the session outlives a reconnect. */
static void an_own_new_password_holds_after_a_reconnect(void **state)
{
    (void)state;
    staff_add(calls_owner, calls_house.gym_id, "selma", "", LEVEL_DESK, "old-secret", heard_done,
              &calls_heard);
    heard_well(calls_owner, &calls_heard);
    struct db *self = house_sign_in("nordlicht", "selma", "old-secret");
    staff_set_password(self, calls_house.gym_id, "selma", "new-secret", heard_done, &calls_heard);
    heard_well(self, &calls_heard);
    test_run(test_superuser(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE usename = 'gymtest:nordlicht:selma'");
    struct error error = {0};
    while (db_state(self) == DB_STATE_READY)
        (void)db_wait(self, 20, &error);
    heard_wait(self);
    assert_int_equal(db_state(self), DB_STATE_READY);
    session_read(self, heard_session, &calls_heard);
    heard_well(self, &calls_heard);
    db_close(self);
}

static void statistics_add_up(void **state)
{
    (void)state;
    statistics_heat(calls_boss, heard_heat, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    assert_int_equal(calls_heard.heat.weeks, 8);
    double visits = 0;
    for (int day = 0; day < 7; day++)
        for (int hour = 0; hour < 24; hour++)
            visits += calls_heard.heat.visits[day][hour] * 8;
    /* Anna's eight weeks, and Mia's visit that was entered afterwards. */
    assert_true(visits > 7.99 && visits < 9.01);
    assert_true(calls_heard.heat.highest > .99);

    statistics_overview(calls_boss, heard_overview, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    const struct statistics_overview *overview = &calls_heard.overview;
    assert_int_equal(overview->members,
                     test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.memberships WHERE gym_id = %lld AND "
                                 "term @> (now() AT TIME ZONE '%s')::date",
                                 (long long)calls_house.gym_id, calls_house.time_zone));
    assert_true(overview->members > 45);
    assert_int_equal(overview->month_count, STATISTICS_MONTHS);
    const struct statistics_month *month = &overview->months[STATISTICS_MONTHS - 1];
    assert_int_equal(month->members_at_end, overview->members);
    assert_int_equal(month->revenue, overview->revenue_30_days);
    assert_int_equal(month->month,
                     date_from_civil(date_to_civil(session_today(calls_boss)).year,
                                     date_to_civil(session_today(calls_boss)).month, 1));
    assert_int_equal(overview->owing_members, 1); /* Rosa's cancelled term was credited */
    assert_int_equal(overview->owing_total, 1234);
    /* Nobody was there a month ago but for those whose terms were moved into the past; for less
     * than two weeks, also where that month is a February. */
    assert_int_equal(overview->owing_members_month_ago, 0);
    assert_int_equal(overview->recurring_month_ago, 2 * 3900);
    assert_int_equal(overview->absent_14_days_month_ago, 0);
    assert_int_equal(overview->members_month_ago, 2);
    assert_true(overview->status_count >= 2 && overview->package_count >= 1);
    double share = 0;
    for (int i = 0; i < overview->status_count; i++)
        share += overview->by_status[i].share;
    assert_true(share > .999 && share < 1.001);

    statistics_today(calls_boss, heard_today, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    assert_string_equal(calls_heard.today.gym_name, "Nordlicht");
    assert_int_equal(calls_heard.today.day, session_today(calls_boss));
    assert_int_equal(calls_heard.today.capacity, 60);
    assert_int_equal(calls_heard.today.overridden, 1);
    assert_true(calls_heard.today.denied >= 2 && calls_heard.today.check_ins >= 5 &&
                calls_heard.today.joined > 45);
    assert_int_equal(calls_heard.today.taken,
                     calls_heard.today.taken_card + calls_heard.today.taken_debit +
                         calls_heard.today.taken_cash + calls_heard.today.taken_other);
    assert_int_equal(calls_heard.today.taken_cash, 3900);
    assert_int_equal(calls_heard.today.taken_debit, 10000);
}

static void nothing_of_another_gym_is_seen(void **state)
{
    (void)state;
    static struct house other;
    static struct heard there;
    house_build(&other, "suedlicht");
    struct db *db = house_sign_in("suedlicht", "desk1", "desk-secret");
    struct member_query all = {.expiring_within = -1, .absent_days = -1, .limit = 500};
    members_page(db, &all, heard_members, &there);
    heard_well(db, &there);
    assert_int_equal(there.count, 1);
    assert_int_equal(there.members[0].customer_id, other.anna);
    members_card(db, calls_house.anna, heard_card, &there);
    heard_wait(db);
    assert_int_equal(there.error.code, ERROR_NOT_FOUND);
    /* The tag of another gym says whose it is and denies; the feed knows the name. */
    struct check_in_request request = {.id = request_id_new(), .code = "TAG-MIA", .desk = "9"};
    attendance_check_in(db, &request, heard_verdict, &there);
    heard_well(db, &there);
    assert_int_equal(there.verdict.result, VERDICT_DENIED);
    assert_int_equal(there.verdict.reasons[0].code, REASON_OTHER_GYM);
    attendance_feed(db, 10, heard_feed, &there);
    heard_well(db, &there);
    assert_string_equal(there.feed[0].name, "Mia Mistake");

    /* The chain's owner picks a gym, and is there. */
    struct db *chain_maker = db_open(&(struct db_settings){.conninfo = test_admin()}, &there.error);
    assert_non_null(chain_maker);
    heard_wait(chain_maker);
    staff_add(chain_maker, calls_house.gym_id, "chain", "Carla Chain", LEVEL_CHAIN, "chain-secret",
              heard_done, &there);
    heard_well(chain_maker, &there);
    db_close(chain_maker);
    struct db *chain = house_sign_in("nordlicht", "chain", "chain-secret");
    gyms_list(chain, heard_gyms, &there);
    heard_well(chain, &there);
    assert_int_equal(there.count, 4);
    session_pick_gym(chain, other.gym_id, heard_session, &there);
    heard_well(chain, &there);
    assert_int_equal(there.session.gym_id, other.gym_id);
    assert_int_equal(there.session.level, LEVEL_CHAIN);
    members_page(chain, &all, heard_members, &there);
    heard_well(chain, &there);
    assert_int_equal(there.count, 1);
    session_pick_gym(db, calls_house.gym_id, heard_session, &there);
    heard_wait(db);
    assert_int_equal(there.error.code, ERROR_PERMISSION);
    db_close(chain);
    db_close(db);
}

static void role_names_are_checked(void **state)
{
    (void)state;
    char role[64];
    struct error error;
    assert_true(login_role_name("gymtui", "Iron-Temple", "Anna", role, sizeof role, &error));
    assert_string_equal(role, "gymtui:iron-temple:anna");
    assert_true(login_role_name("gymtui", "info@iron.example", NULL, role, sizeof role, &error));
    assert_string_equal(role, "gymtui:info@iron.example");
    assert_false(login_role_name("gymtui", "", "", role, sizeof role, &error));
    assert_false(login_role_name("gymtui", "a:b", "", role, sizeof role, &error));
    assert_int_equal(error.code, ERROR_LOGIN);
    assert_false(login_role_name("gymtui", "a\"b", "", role, sizeof role, &error));
    assert_false(login_role_name("gymtui", "übergym", "", role, sizeof role, &error));
    assert_false(login_role_name("gymtui", "a-name-so-long-that-postgresql-could-not-tell-it",
                                 "from-another-one", role, sizeof role, &error));
    for (const struct demo_login *login = demo_logins; login->gym; login++)
        assert_true(login_role_name("gymtui", login->gym, login->staff, role, sizeof role, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_are_listed_and_saved_by_managers_only),
        cmocka_unit_test(gyms_and_staff_are_the_owners),
        cmocka_unit_test(an_own_new_password_holds_after_a_reconnect),
        cmocka_unit_test(statistics_add_up),
        cmocka_unit_test(nothing_of_another_gym_is_seen),
        cmocka_unit_test(role_names_are_checked),
    };
    return cmocka_run_group_tests_name("typed calls of an office", tests, set_up_office,
                                       calls_tear_down);
}
