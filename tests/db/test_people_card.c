/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is noted of a member: bans, two desks that edit at once, calls, and who may be written to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "people/people.h"
#include "support.h"

static void a_ban_needs_a_manager_and_a_reason(void **state)
{
    (void)state;
    int64_t member = people_enrol("Bad Bill");
    members_ban(people_desk, request_id_new(), member, "x", heard_change, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_PERMISSION);
    members_ban(people_boss, request_id_new(), member, "  ", heard_change, &people_heard);
    heard_wait(people_boss);
    people_expect_error(ERROR_INPUT);
    members_ban(people_boss, request_id_new(), member, "threw a dumbbell", heard_change,
                &people_heard);
    heard_well(people_boss, &people_heard);
    people_preview(MEMBER_PREVIEW_RENEW, member, people_house.monthly, 0, 0, 0);
    people_expect_error(ERROR_INPUT);
    members_unban(people_boss, request_id_new(), member, heard_change, &people_heard);
    heard_well(people_boss, &people_heard);
    members_card(people_desk, member, heard_card, &people_heard);
    heard_well(people_desk, &people_heard);
    assert_string_equal(people_heard.card.banned_reason, "");
}

static void log_call(int64_t member, enum contact_outcome outcome, int32_t snooze, const char *text)
{
    struct contact_entry entry = {.id = request_id_new(),
                                  .customer_id = member,
                                  .outcome = outcome,
                                  .snooze_until = snooze,
                                  .note = text};
    contacts_log(people_boss, &entry, heard_id, &people_heard);
    heard_wait(people_boss);
}

static void calls_are_logged_and_read_by_managers(void **state)
{
    (void)state;
    int64_t member = people_enrol("Called Carla");
    for (int i = 0; i < CONTACT_OUTCOMES; i++) {
        log_call(member, (enum contact_outcome)i, i == 0 ? people_today() + 2 : DATE_NONE,
                 "a note");
        people_expect_error(ERROR_NONE);
    }
    contacts_list(people_boss, member, 20, people_told_contacts, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_heard.count, CONTACT_OUTCOMES);
    for (int i = 0; i < CONTACT_OUTCOMES; i++)
        assert_int_equal(people_told.contacts[i].outcome, CONTACT_OUTCOMES - 1 - i);
    const struct contact_row *first = &people_told.contacts[CONTACT_OUTCOMES - 1];
    assert_int_equal(first->snooze_until, people_today() + 2);
    assert_string_equal(first->note, "a note");
    assert_string_equal(first->staff, "Bo Boss");
    log_call(member, CONTACT_PRICE, people_today() - 1, "");
    people_expect_error(ERROR_INPUT);
    contacts_list(people_desk, member, 20, people_told_contacts, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_PERMISSION);
}

static void who_wants_no_messages_gets_none(void **state)
{
    (void)state;
    int64_t ids[] = {people_enrol("Zed Last"), people_enrol("Amy First"), people_twin("Mid Merged"),
                     20001, people_house.anna};
    people_merge(ids[2], people_house.anna);
    log_call(ids[1], CONTACT_DO_NOT, DATE_NONE, "");
    test_run(test_superuser(),
             "UPDATE gym.customers SET email = 'zed@example.org' WHERE "
             "customer_id = %lld",
             (long long)ids[0]);
    members_recipients(people_boss, ids, 5, people_told_recipients, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_heard.count, 3); /* neither the merged one nor another gym's */
    assert_string_equal(people_told.recipients[0].name, "Amy First");
    assert_false(people_told.recipients[0].may_contact);
    assert_string_equal(people_told.recipients[2].email, "zed@example.org");
    assert_true(people_told.recipients[2].may_contact);
    assert_string_equal(people_told.recipients[2].plan, "Monthly");
    log_call(ids[1], CONTACT_MAY, DATE_NONE, "changed her mind");
    members_recipients(people_boss, ids, 5, people_told_recipients, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_true(people_told.recipients[0].may_contact);
    members_recipients(people_desk, ids, 5, people_told_recipients, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_PERMISSION);
    people_separate(ids[2]);
}

static void rule_13_the_second_writer_decides_with_both_values(void **state)
{
    (void)state;
    int64_t member = people_enrol("Edited Edith");
    members_card(people_desk, member, heard_card, &people_heard);
    heard_well(people_desk, &people_heard);
    struct member_edit mine = {.id = request_id_new(),
                               .customer_id = member,
                               .row_version = people_heard.card.row_version,
                               .name = "Edith One",
                               .birth_date = DATE_NONE};
    struct member_edit theirs = mine;
    theirs.id = request_id_new();
    theirs.name = "Edith Two";
    members_update(people_boss, &theirs, heard_saved, &people_heard);
    heard_well(people_boss, &people_heard);
    members_update(people_desk, &mine, heard_saved, &people_heard);
    heard_wait(people_desk);
    people_expect_error(ERROR_CONFLICT);
    assert_string_equal(people_heard.saved.other_name, "Edith Two");
    assert_string_equal(people_heard.saved.changed_by, "Bo Boss");
    assert_int_equal(people_heard.saved.row_version, mine.row_version + 1);
    /* Having seen both, the second one writes over it, knowingly. */
    mine.id = request_id_new();
    mine.row_version = people_heard.saved.row_version;
    members_update(people_desk, &mine, heard_saved, &people_heard);
    heard_well(people_desk, &people_heard);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT name || ' ' || updated_by FROM gym.customers WHERE "
                                  "customer_id = %lld",
                                  (long long)member),
                        "Edith One Dina Desk");
    /* Both changes are in the log of changes. */
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.audit_log WHERE customer_id = %lld AND "
                                 "after ->> 'name' LIKE 'Edith%%'",
                                 (long long)member),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ban_needs_a_manager_and_a_reason),
        cmocka_unit_test(calls_are_logged_and_read_by_managers),
        cmocka_unit_test(who_wants_no_messages_gets_none),
        cmocka_unit_test(rule_13_the_second_writer_decides_with_both_values),
    };
    return cmocka_run_group_tests_name("people: the card", tests, people_set_up, people_tear_down);
}
