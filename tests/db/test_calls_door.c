/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls about guests, the door's settings and trainers, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "heard.h"
#include "support.h"

static struct house house;
static struct heard heard;
static struct db *desk, *boss, *owner;
static struct guest_terms terms;

static void heard_terms(void *who, const struct guest_terms *answer, const struct error *error)
{
    struct heard *to = who;
    to->replies++;
    to->error = error != NULL ? *error : (struct error){0};
    if (answer != NULL)
        terms = *answer;
}

static void anna_comes(void)
{
    const struct check_in_request request = {
        .id = request_id_new(), .code = "TAG-ANNA", .desk = "1"};
    attendance_check_in(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
}

static void a_guest_is_shown_by_the_host(void **state)
{
    (void)state;
    anna_comes();
    attendance_guest_terms(desk, house.anna, heard_terms, &heard);
    heard_well(desk, &heard);
    assert_int_equal(terms.package_id, house.day_pass);
    assert_int_equal(terms.price, 1000);
    assert_int_equal(terms.included, 0);
    const struct check_in_guest_request request = {.id = request_id_new(),
                                                   .host_id = house.anna,
                                                   .name = "Gus \033[31mGuest",
                                                   .phone = "",
                                                   .payment_method_id = 3,
                                                   .desk = "1"};
    attendance_check_in_guest(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_null(strchr(heard.verdict.name, '\033'));
    int64_t visit = heard.verdict.attendance_id;
    attendance_check_in_guest(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_true(heard.verdict.recovered);
    assert_int_equal(heard.verdict.attendance_id, visit);

    attendance_feed(desk, 10, heard_feed, &heard);
    heard_well(desk, &heard);
    assert_non_null(strstr(heard.feed[0].name, "Guest of Anna"));
    assert_non_null(strstr(heard.feed[0].to_know, "Gus"));
    assert_int_equal(heard.feed[0].severity, POLICY_IGNORE);
    attendance_inside(desk, 10, false, heard_feed, &heard);
    heard_well(desk, &heard);
    assert_non_null(strstr(heard.feed[0].name, "Guest of Anna"));
    /* A guest who becomes a member goes by the own name. */
    test_run(
        test_superuser(),
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
        "anchor_day) VALUES (%lld, %lld, %lld, daterange(current_date + 2, current_date + 32), "
        "39, 1)",
        (long long)house.gym_id, (long long)heard.verdict.customer_id, (long long)house.monthly);
    attendance_feed(desk, 10, heard_feed, &heard);
    heard_well(desk, &heard);
    assert_null(strstr(heard.feed[0].name, "Guest of"));
}

static void a_guest_without_a_member_is_refused_in_words(void **state)
{
    (void)state;
    int64_t absent = house_enrol(&house, desk, "Abby Absent", "TAG-ABBY");
    const struct check_in_guest_request request = {.id = request_id_new(),
                                                   .host_id = absent,
                                                   .name = "Gil",
                                                   .payment_method_id = 3,
                                                   .desk = "1"};
    attendance_check_in_guest(desk, &request, heard_verdict, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_INPUT);
    assert_non_null(strstr(heard.error.message, "Abby Absent is not in"));
    assert_non_null(strstr(heard.error.hint, "first"));
}

static void the_doors_settings_come_back_as_they_were_saved(void **state)
{
    (void)state;
    gyms_list(owner, heard_gyms, &heard);
    heard_well(owner, &heard);
    struct gym_row gym = heard.gyms[0];
    assert_int_equal(gym.policies[REASON_BANNED], POLICY_DENY);
    assert_int_equal(gym.policies[REASON_BIRTHDAY], POLICY_WARN);
    assert_int_equal(gym.sessions_low, 2);
    assert_string_equal(gym.closing, "");
    for (int code = 0; code < REASON_COUNT; code++)
        gym.policies[code] = (enum reason_policy)(code % 3);
    gym.sessions_low = 4;
    gym.backfill_days = 7;
    snprintf(gym.opening, sizeof gym.opening, "6:15");
    snprintf(gym.closing, sizeof gym.closing, "23:45");
    gyms_save_settings(owner, request_id_new(), &gym, heard_id, &heard);
    heard_well(owner, &heard);
    assert_int_equal(heard.id, gym.row_version + 1);
    gyms_list(owner, heard_gyms, &heard);
    heard_well(owner, &heard);
    const struct gym_row *saved = &heard.gyms[0];
    for (int code = 0; code < REASON_COUNT; code++)
        assert_int_equal(saved->policies[code], code % 3);
    assert_int_equal(saved->sessions_low, 4);
    assert_int_equal(saved->backfill_days, 7);
    assert_string_equal(saved->opening, "06:15");
    assert_string_equal(saved->closing, "23:45");
    /* Whoever saves an old version, or may not at all, is told. */
    gyms_save_settings(owner, request_id_new(), &gym, heard_id, &heard);
    heard_wait(owner);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    gyms_save_settings(boss, request_id_new(), saved, heard_id, &heard);
    heard_wait(boss);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
}

static void trainers_are_added_and_changed_by_managers(void **state)
{
    (void)state;
    struct trainer_row trainer = {.name = "Nora Coach", .phone = "+353 1 555 0199"};
    trainers_save(boss, request_id_new(), &trainer, heard_id, &heard);
    heard_well(boss, &heard);
    trainer.trainer_id = heard.id;
    snprintf(trainer.email, sizeof trainer.email, "nora@example.org");
    trainers_save(boss, request_id_new(), &trainer, heard_id, &heard);
    heard_well(boss, &heard);
    trainers_list(desk, heard_trainers, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.trainers[0].email, "nora@example.org");
    trainers_save(desk, request_id_new(), &trainer, heard_id, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
}

static void a_package_keeps_its_free_guests(void **state)
{
    (void)state;
    struct package_edit edit = {.id = request_id_new(),
                                .name = "With friends",
                                .description = "",
                                .hours = "",
                                .duration_months = 1,
                                .price = 4900,
                                .guests_included = 3,
                                .active = true};
    packages_save(boss, &edit, heard_id, &heard);
    heard_well(boss, &heard);
    int64_t made = heard.id;
    packages_list(boss, heard_packages, &heard);
    heard_well(boss, &heard);
    int found = -1;
    for (int i = 0; i < heard.count; i++)
        if (heard.packages[i].package_id == made)
            found = heard.packages[i].guests_included;
    assert_int_equal(found, 3);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&house, "nordlicht");
    desk = house_sign_in("nordlicht", "desk1", "desk-secret");
    boss = house_sign_in("nordlicht", "boss", "boss-secret");
    owner = house_sign_in("nordlicht", "", "owner-secret");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(desk);
    db_close(boss);
    db_close(owner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_is_shown_by_the_host),
        cmocka_unit_test(a_guest_without_a_member_is_refused_in_words),
        cmocka_unit_test(the_doors_settings_come_back_as_they_were_saved),
        cmocka_unit_test(trainers_are_added_and_changed_by_managers),
        cmocka_unit_test(a_package_keeps_its_free_guests),
    };
    return cmocka_run_group_tests_name("typed calls about the door", tests, set_up, tear_down);
}
