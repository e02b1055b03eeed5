/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls about guests, the door's settings and trainers, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "calls/calls.h"
#include "support.h"

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
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

static void a_guest_is_shown_by_the_host(void **state)
{
    (void)state;
    anna_comes();
    attendance_guest_terms(calls_desk, calls_house.anna, heard_terms, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(terms.package_id, calls_house.day_pass);
    assert_int_equal(terms.price, 1000);
    assert_int_equal(terms.included, 0);
    const struct check_in_guest_request request = {.id = request_id_new(),
                                                   .host_id = calls_house.anna,
                                                   .name = "Gus \033[31mGuest",
                                                   .phone = "",
                                                   .payment_method_id = 3,
                                                   .desk = "1"};
    attendance_check_in_guest(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.verdict.result, VERDICT_IN);
    assert_null(strchr(calls_heard.verdict.name, '\033'));
    int64_t visit = calls_heard.verdict.attendance_id;
    attendance_check_in_guest(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_true(calls_heard.verdict.recovered);
    assert_int_equal(calls_heard.verdict.attendance_id, visit);

    attendance_feed(calls_desk, 10, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_non_null(strstr(calls_heard.feed[0].name, "Guest of Anna"));
    assert_non_null(strstr(calls_heard.feed[0].to_know, "Gus"));
    assert_int_equal(calls_heard.feed[0].severity, POLICY_IGNORE);
    attendance_inside(calls_desk, 10, false, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_non_null(strstr(calls_heard.feed[0].name, "Guest of Anna"));
    /* A guest who becomes a member goes by the own name. */
    test_run(
        test_superuser(),
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
        "anchor_day) VALUES (%lld, %lld, %lld, daterange(current_date + 2, current_date + 32), "
        "39, 1)",
        (long long)calls_house.gym_id, (long long)calls_heard.verdict.customer_id,
        (long long)calls_house.monthly);
    attendance_feed(calls_desk, 10, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_null(strstr(calls_heard.feed[0].name, "Guest of"));
}

static const struct feed_row *feed_of(int64_t attendance_id)
{
    attendance_feed(calls_desk, 20, heard_feed, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    for (int i = 0; i < calls_heard.count; i++)
        if (calls_heard.feed[i].attendance_id == attendance_id)
            return &calls_heard.feed[i];
    fail_msg("the visit is not in the feed");
    return NULL;
}

static void a_day_pass_on_its_day_is_nothing_to_warn_of(void **state)
{
    (void)state;
    int64_t wanda = calls_enrol_lapsed("Wanda Walkin", "TAG-WANDA");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET package_id = %lld, term = daterange(current_date, "
             "current_date + 1) WHERE customer_id = %lld",
             (long long)calls_house.day_pass, (long long)wanda);
    calls_scan("TAG-WANDA");
    int64_t visit = calls_heard.verdict.attendance_id;
    const struct feed_row *row = feed_of(visit);
    assert_string_equal(row->to_know, "");
    assert_int_equal(row->severity, POLICY_IGNORE);
    const struct member_query all = {
        .search = "wanda walkin", .expiring_within = -1, .absent_days = -1, .limit = 9};
    members_page(calls_desk, &all, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    assert_true(calls_heard.members[0].has_day_pass);
    assert_false(calls_heard.members[0].is_banned);

    /* The last day of a month is worth saying. */
    test_run(test_superuser(),
             "UPDATE gym.memberships SET package_id = %lld WHERE customer_id = %lld",
             (long long)calls_house.monthly, (long long)wanda);
    row = feed_of(visit);
    assert_string_equal(row->to_know, "last day");
    assert_int_equal(row->severity, POLICY_WARN);
    test_run(test_superuser(),
             "UPDATE gym.customers SET banned_on = current_date WHERE customer_id = %lld",
             (long long)wanda);
    members_page(calls_desk, &all, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_true(calls_heard.members[0].is_banned);
    assert_false(calls_heard.members[0].has_day_pass);
}

static void a_guest_without_a_member_is_refused_in_words(void **state)
{
    (void)state;
    int64_t absent = house_enrol(&calls_house, calls_desk, "Abby Absent", "TAG-ABBY");
    const struct check_in_guest_request request = {.id = request_id_new(),
                                                   .host_id = absent,
                                                   .name = "Gil",
                                                   .payment_method_id = 3,
                                                   .desk = "1"};
    attendance_check_in_guest(calls_desk, &request, heard_verdict, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_INPUT);
    assert_non_null(strstr(calls_heard.error.message, "Abby Absent is not in"));
    assert_non_null(strstr(calls_heard.error.hint, "first"));
}

static void the_doors_settings_come_back_as_they_were_saved(void **state)
{
    (void)state;
    gyms_list(calls_owner, heard_gyms, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    struct gym_row gym = calls_heard.gyms[0];
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
    gyms_save_settings(calls_owner, request_id_new(), &gym, heard_id, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    assert_int_equal(calls_heard.id, gym.row_version + 1);
    gyms_list(calls_owner, heard_gyms, &calls_heard);
    heard_well(calls_owner, &calls_heard);
    const struct gym_row *saved = &calls_heard.gyms[0];
    for (int code = 0; code < REASON_COUNT; code++)
        assert_int_equal(saved->policies[code], code % 3);
    assert_int_equal(saved->sessions_low, 4);
    assert_int_equal(saved->backfill_days, 7);
    assert_string_equal(saved->opening, "06:15");
    assert_string_equal(saved->closing, "23:45");
    /* Whoever saves an old version, or may not at all, is told. */
    gyms_save_settings(calls_owner, request_id_new(), &gym, heard_id, &calls_heard);
    heard_wait(calls_owner);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);
    gyms_save_settings(calls_boss, request_id_new(), saved, heard_id, &calls_heard);
    heard_wait(calls_boss);
    assert_int_equal(calls_heard.error.code, ERROR_PERMISSION);
}

static void trainers_are_added_and_changed_by_managers(void **state)
{
    (void)state;
    struct trainer_row trainer = {.name = "Nora Coach", .phone = "+353 1 555 0199"};
    trainers_save(calls_boss, request_id_new(), &trainer, heard_id, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    trainer.trainer_id = calls_heard.id;
    snprintf(trainer.email, sizeof trainer.email, "nora@example.org");
    trainers_save(calls_boss, request_id_new(), &trainer, heard_id, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    trainers_list(calls_desk, heard_trainers, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 1);
    assert_string_equal(calls_heard.trainers[0].email, "nora@example.org");
    trainers_save(calls_desk, request_id_new(), &trainer, heard_id, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_PERMISSION);
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
    packages_save(calls_boss, &edit, heard_id, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    int64_t made = calls_heard.id;
    packages_list(calls_boss, heard_packages, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    int found = -1;
    for (int i = 0; i < calls_heard.count; i++)
        if (calls_heard.packages[i].package_id == made)
            found = calls_heard.packages[i].guests_included;
    assert_int_equal(found, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_is_shown_by_the_host),
        cmocka_unit_test(a_day_pass_on_its_day_is_nothing_to_warn_of),
        cmocka_unit_test(a_guest_without_a_member_is_refused_in_words),
        cmocka_unit_test(the_doors_settings_come_back_as_they_were_saved),
        cmocka_unit_test(trainers_are_added_and_changed_by_managers),
        cmocka_unit_test(a_package_keeps_its_free_guests),
    };
    return cmocka_run_group_tests_name("typed calls about the door", tests, calls_set_up,
                                       calls_tear_down);
}
