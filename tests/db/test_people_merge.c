/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Duplicates are merged and come apart in any order, and are anonymised as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "people/people.h"
#include "support.h"

static void rule_21_a_merge_is_shown_first_and_moves_what_was_shown(void **state)
{
    (void)state;
    int64_t keep = people_twin("Keeper Kate"), gone = people_twin("Goner Gwen");
    test_run(
        test_superuser(),
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (%lld, %lld, 'price'); "
        "UPDATE gym.customers SET guest_of = %lld WHERE customer_id = %lld",
        (long long)people_house.gym_id, (long long)gone, (long long)gone,
        (long long)people_house.anna);
    char before_keep[200], before_gone[200];
    snprintf(before_keep, sizeof before_keep, "%s", people_figures(keep));
    snprintf(before_gone, sizeof before_gone, "%s", people_figures(gone));
    members_preview_merge(people_boss, gone, keep, people_told_merge, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_told.merge.visits, 1);
    assert_int_equal(people_told.merge.payments, 1);
    assert_int_equal(people_told.merge.terms, 1);
    assert_int_equal(people_told.merge.terms_left, 0);
    assert_int_equal(people_told.merge.contacts, 1);
    assert_string_equal(people_figures(keep), before_keep);
    members_preview_merge(people_desk, gone, keep, people_told_merge, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_PERMISSION);

    people_merge(gone, keep);
    assert_int_equal(people_heard.change.balance, people_told.merge.balance);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT guest_of FROM gym.customers WHERE "
                                 "customer_id = %lld",
                                 (long long)people_house.anna),
                     keep);
    members_card(people_boss, gone, heard_card, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_heard.card.merged_into, keep);
    members_merged(people_boss, keep, people_told_merged, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_heard.count, 1);
    assert_int_equal(people_told.merged[0].customer_id, gone);
    assert_string_equal(people_told.merged[0].name, "Goner Gwen");
    people_separate(gone);
    assert_string_equal(people_figures(keep), before_keep);
    assert_string_equal(people_figures(gone), before_gone);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT guest_of FROM gym.customers WHERE "
                                 "customer_id = %lld",
                                 (long long)people_house.anna),
                     gone);
    test_run(test_superuser(), "UPDATE gym.customers SET guest_of = NULL WHERE customer_id = %lld",
             (long long)people_house.anna);
}

/* Three records of one person, merged one into the other, come apart in either order. */
static void rule_21_merges_come_apart_in_any_order(void **state)
{
    (void)state;
    int64_t a = people_twin("Triplet Ann"), b = people_twin("Triplet Bea"),
            c = people_twin("Triplet Cleo");
    char was[3][200];
    snprintf(was[0], sizeof was[0], "%s", people_figures(a));
    snprintf(was[1], sizeof was[1], "%s", people_figures(b));
    snprintf(was[2], sizeof was[2], "%s", people_figures(c));
    for (int first = 0; first < 2; first++) {
        people_merge(a, b);
        people_merge(b, c);
        members_merged(people_boss, c, people_told_merged, &people_heard);
        heard_well(people_boss, &people_heard);
        assert_int_equal(people_heard.count, 2); /* each card leads to the kept one in one step */
        people_separate(first == 0 ? a : b);
        if (first == 1) { /* what a brought in is part of b again */
            assert_int_equal(test_number(test_superuser(),
                                         "SELECT merged_into FROM gym.customers WHERE "
                                         "customer_id = %lld",
                                         (long long)a),
                             b);
            assert_int_equal(test_number(test_superuser(),
                                         "SELECT visit_count FROM gym.member_summary WHERE "
                                         "customer_id = %lld",
                                         (long long)b),
                             2);
        }
        people_separate(first == 0 ? b : a);
        assert_string_equal(people_figures(a), was[0]);
        assert_string_equal(people_figures(b), was[1]);
        assert_string_equal(people_figures(c), was[2]);
    }
}

static void rule_18_a_persons_duplicates_are_anonymised_with_them(void **state)
{
    (void)state;
    int64_t keep = people_twin("Vanishing Vera"), gone = people_twin("Vanishing V");
    people_merge(gone, keep);
    members_anonymise(people_boss, request_id_new(), keep, heard_change, &people_heard);
    heard_wait(people_boss);
    people_expect_error(ERROR_PERMISSION);
    members_anonymise(people_owner, request_id_new(), keep, heard_change, &people_heard);
    heard_well(people_owner, &people_heard);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.customers WHERE name LIKE 'Vanish%%'"),
                     0);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.audit_log WHERE before::text LIKE "
                                 "'%%Vanish%%' OR after::text LIKE '%%Vanish%%'"),
                     0);
    members_card(people_owner, keep, heard_card, &people_heard);
    heard_well(people_owner, &people_heard);
    assert_true(people_heard.card.is_anonymised);
    /* Nobody can tell any more whose is what. */
    members_unmerge(people_boss, request_id_new(), gone, heard_change, &people_heard);
    heard_wait(people_boss);
    people_expect_error(ERROR_CONFLICT);
}

static void rule_18_not_while_they_are_in(void **state)
{
    (void)state;
    int64_t member = people_twin("Inside Ines");
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id) VALUES "
             "(%lld, now(), %lld, %lld)",
             (long long)member, (long long)people_house.gym_id, (long long)people_house.gym_id);
    members_anonymise(people_owner, request_id_new(), member, heard_change, &people_heard);
    heard_wait(people_owner);
    people_expect_error(ERROR_CONFLICT);
    test_run(test_superuser(),
             "UPDATE gym.attendance SET check_out = now() WHERE customer_id = %lld",
             (long long)member);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_21_a_merge_is_shown_first_and_moves_what_was_shown),
        cmocka_unit_test(rule_21_merges_come_apart_in_any_order),
        cmocka_unit_test(rule_18_a_persons_duplicates_are_anonymised_with_them),
        cmocka_unit_test(rule_18_not_while_they_are_in),
    };
    return cmocka_run_group_tests_name("people: duplicates", tests, people_set_up,
                                       people_tear_down);
}
