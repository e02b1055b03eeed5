/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a change of plan would do is what it does: previews, and another plan with its money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "people/people.h"
#include "support.h"

static void a_preview_is_what_the_change_does_and_leaves_nothing(void **state)
{
    (void)state;
    int64_t member = people_enrol("Preview Paula");
    char before[200];
    snprintf(before, sizeof before, "%s", people_figures(member));
    int64_t audited = test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log");

    people_preview(MEMBER_PREVIEW_RENEW, member, people_house.annual, 0, 0, 3);
    people_expect_error(ERROR_NONE);
    assert_true(people_told.preview.charged > 0 &&
                people_told.preview.charged == people_told.preview.paid);
    assert_string_equal(people_figures(member), before);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log"), audited);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM gym.requests WHERE kind = 'renew'"), 0);
    members_renew(people_desk, request_id_new(), member, people_house.annual, 3, "1", heard_change,
                  &people_heard);
    heard_well(people_desk, &people_heard);
    people_expect_as_shown(member);

    people_preview(MEMBER_PREVIEW_FREEZE, member, 0, people_today(), people_today() + 9, 0);
    people_expect_error(ERROR_NONE);
    assert_int_equal(people_told.preview.ends, people_told.preview.ends_before + 10);
    members_freeze(people_desk, request_id_new(), member, people_today(), people_today() + 9, "",
                   heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    people_expect_as_shown(member);
    people_preview(MEMBER_PREVIEW_UNFREEZE, member, 0, 0, 0, 0);
    assert_int_equal(people_told.preview.ends, people_told.preview.ends_before - 10);
    members_unfreeze(people_desk, request_id_new(), member, heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    people_expect_as_shown(member);

    /* What was sold ahead is credited. */
    people_preview(MEMBER_PREVIEW_CANCEL, member, 0, 0, people_today() + 3, 0);
    people_expect_error(ERROR_NONE);
    assert_true(people_told.preview.credited > 0);
    assert_int_equal(people_told.preview.ends, people_today() + 3);
    members_cancel(people_desk, request_id_new(), member, people_today() + 3, "price", heard_change,
                   &people_heard);
    heard_well(people_desk, &people_heard);
    assert_int_equal(people_heard.change.ends, people_told.preview.ends);
    assert_int_equal(people_heard.change.balance, people_told.preview.balance);
}

static void a_preview_is_refused_as_the_change_would_be(void **state)
{
    (void)state;
    int64_t member = people_enrol("Refused Rita");
    people_preview(MEMBER_PREVIEW_FREEZE, member, 0, people_today() - 3, people_today(), 0);
    people_expect_error(ERROR_INPUT);
    assert_non_null(strstr(people_heard.error.message, "begins today or later"));
    people_preview(MEMBER_PREVIEW_UNFREEZE, member, 0, 0, 0, 0);
    people_expect_error(ERROR_CONFLICT);
    people_preview(MEMBER_PREVIEW_RENEW, member, 99999, 0, 0, 0);
    people_expect_error(ERROR_NOT_FOUND);
    people_preview(MEMBER_PREVIEW_CANCEL, 99999999, 0, 0, people_today(), 0);
    people_expect_error(ERROR_NOT_FOUND);
    people_preview(MEMBER_PREVIEW_CANCEL, 20001, 0, 0, people_today(), 0); /* of another gym */
    people_expect_error(ERROR_NOT_FOUND);
}

static void another_plan_from_today_credits_the_days_left(void **state)
{
    (void)state;
    int64_t member = people_enrol("Changing Charlie");
    /* Ten of thirty days are used, one of them frozen: nineteen and a frozen one are not. */
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(gym.today() - 10, gym.today() + 20), "
             "price = 29 WHERE customer_id = %lld; "
             "UPDATE gym.charges SET amount = 29 WHERE customer_id = %lld; "
             "INSERT INTO gym.freezes (gym_id, customer_id, period) VALUES (%lld, %lld, "
             "daterange(gym.today() - 5, gym.today() - 4))",
             (long long)member, (long long)member, (long long)people_house.gym_id,
             (long long)member);
    /* One month was sold ahead as well. */
    members_renew(people_desk, request_id_new(), member, people_house.monthly, 0, "1", heard_change,
                  &people_heard);
    heard_well(people_desk, &people_heard);
    money ahead = people_heard.change.balance;
    people_preview(MEMBER_PREVIEW_CHANGE_NOW, member, people_house.annual, 0, 0, 1);
    people_expect_error(ERROR_NONE);
    money sold_ahead = (money)(100 * test_number(test_superuser(),
                                                 "SELECT price FROM gym.packages WHERE package_id "
                                                 "= %lld",
                                                 (long long)people_house.monthly));
    assert_int_equal(people_told.preview.credited, sold_ahead + 2000); /* 29.00 × 20 ÷ 29 */
    assert_int_equal(people_told.preview.starts, people_today());
    assert_int_equal(people_told.preview.ends, date_add_months(people_today(), 12, 0) - 1);
    assert_true(ahead != 0);
    members_change_package(people_desk, request_id_new(), member, people_house.annual, true, 1, "1",
                           heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    people_expect_as_shown(member);
    assert_true(people_heard.change.balance <= 0);
    /* The old term ends yesterday; of the one sold ahead nothing is left; no day is in two. */
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(CASE WHEN isempty(term) THEN 'none' ELSE (lower(term) - "
                  "gym.today()) || '…' || CASE WHEN upper(term) > gym.today() THEN 'on' ELSE "
                  "(upper(term) - 1 - gym.today())::text END END, ' ' ORDER BY membership_id) FROM "
                  "gym.memberships WHERE customer_id = %lld",
                  (long long)member),
        "-10…-1 none 0…on");
}

static void another_plan_from_the_next_term_on(void **state)
{
    (void)state;
    int64_t member = people_enrol("Next Nelly");
    int32_t ends = (int32_t)test_number(
        test_superuser(),
        "SELECT ends - date '1970-01-01' FROM gym.member_summary WHERE customer_id = %lld",
        (long long)member);
    people_preview(MEMBER_PREVIEW_CHANGE_NEXT, member, people_house.annual, 0, 0, 0);
    people_expect_error(ERROR_NONE);
    assert_int_equal(people_told.preview.starts, ends + 1);
    assert_int_equal(people_told.preview.credited, 0);
    members_change_package(people_desk, request_id_new(), member, people_house.annual, false, 0,
                           "1", heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    people_expect_as_shown(member);
    assert_true(people_heard.change.balance > 0);
    /* And back: the annual term that did not begin is credited in full. */
    members_change_package(people_desk, request_id_new(), member, people_house.monthly, false, 0,
                           "1", heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    assert_non_null(strstr(people_heard.change.text, "credited"));
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.memberships WHERE customer_id = %lld "
                                 "AND NOT isempty(term)",
                                 (long long)member),
                     2);
}

static void another_plan_is_refused_where_it_makes_no_sense(void **state)
{
    (void)state;
    int64_t member = people_enrol("No Norbert");
    static const struct {
        bool at_once;
        int package; /* 0 monthly, 1 annual, 2 day pass, 3 none such */
        enum error_code code;
    } tries[] = {{true, 0, ERROR_INPUT}, {true, 2, ERROR_INPUT}, {false, 3, ERROR_NOT_FOUND}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        const int64_t packages[] = {people_house.monthly, people_house.annual,
                                    people_house.day_pass, 99999};
        members_change_package(people_desk, request_id_new(), member, packages[tries[i].package],
                               tries[i].at_once, 0, "1", heard_change, &people_heard);
        heard_wait(people_desk);
        people_expect_error(tries[i].code);
    }
    members_freeze(people_desk, request_id_new(), member, people_today() + 2, people_today() + 5,
                   "", heard_change, &people_heard);
    heard_well(people_desk, &people_heard);
    members_change_package(people_desk, request_id_new(), member, people_house.annual, true, 0, "1",
                           heard_change, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_CONFLICT); /* a freeze lies ahead */
    members_cancel(people_desk, request_id_new(), member, people_today(), "", heard_change,
                   &people_heard);
    heard_well(people_desk, &people_heard);
    members_change_package(people_desk, request_id_new(), member, people_house.annual, false, 0,
                           "1", heard_change, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preview_is_what_the_change_does_and_leaves_nothing),
        cmocka_unit_test(a_preview_is_refused_as_the_change_would_be),
        cmocka_unit_test(another_plan_from_today_credits_the_days_left),
        cmocka_unit_test(another_plan_from_the_next_term_on),
        cmocka_unit_test(another_plan_is_refused_where_it_makes_no_sense),
    };
    return cmocka_run_group_tests_name("people: plans", tests, people_set_up, people_tear_down);
}
