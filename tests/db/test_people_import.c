/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members from a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "people/people.h"
#include "support.h"

static void import(struct db *db, const char *json, const char *duplicates, bool dry_run)
{
    members_import(db, request_id_new(), json, duplicates, dry_run, people_told_import,
                   &people_heard);
    heard_wait(db);
}

static int64_t count_members(void)
{
    return test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
}

static void a_file_is_enrolled_whole_or_not_at_all(void **state)
{
    (void)state;
    static const char good[] =
        "[{\"line\":2,\"name\":\"Imp One\",\"email\":\"imp1@example.org\",\"package\":\"monthly\","
        "\"starts\":\"2020-05-31\",\"ends\":\"2020-06-30\",\"join_date\":\"2019-01-01\"},"
        "{\"line\":3,\"name\":\"Imp Two\",\"birth_date\":\"1990-02-28\"}]";
    static const char bad[] =
        "[{\"line\":2,\"name\":\"Imp Three\"},{\"line\":3,\"problem\":\"born: no day\"},"
        "{\"line\":4,\"name\":\"Imp One\",\"email\":\"imp1@example.org\"},"
        "{\"line\":5,\"name\":\" \"},{\"line\":6,\"name\":\"Imp  three\"},"
        "{\"line\":7,\"name\":\"Q\",\"starts\":\"2020-01-01\"},"
        "{\"line\":8,\"name\":\"R\",\"join_date\":\"2090-01-01\"},"
        "{\"line\":9,\"name\":\"S\",\"package\":\"Monthly\",\"starts\":\"2020-02-01\",\"ends\":"
        "\"2020-01-01\"}]";
    int64_t before = count_members();
    import(people_desk, good, "refuse", false);
    people_expect_error(ERROR_PERMISSION);
    import(people_boss, good, "refuse", true);
    people_expect_error(ERROR_NONE);
    assert_int_equal(people_heard.count, 2);
    assert_int_equal(people_told.rows[0].outcome, MEMBER_IMPORT_ENROLLED);
    assert_int_equal(people_told.rows[0].customer_id, 0); /* nobody yet */
    assert_int_equal(count_members(), before);

    import(people_boss, good, "refuse", false);
    people_expect_error(ERROR_NONE);
    assert_int_equal(count_members(), before + 2);
    assert_true(people_told.rows[1].customer_id > 0);
    /* The term that was paid elsewhere has its price, and nobody owes for it. */
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT concat_ws('|', s.ends, s.balance, m.price > 0, (SELECT sum(amount) FROM "
            "gym.charges h WHERE h.membership_id = m.membership_id AND amount > 0) = m.price) "
            "FROM gym.member_summary s JOIN gym.memberships m USING (customer_id) WHERE "
            "s.customer_id = %lld",
            (long long)people_told.rows[0].customer_id),
        "2020-06-30|0.00|t|t");

    static const enum member_import_outcome wanted[] = {
        MEMBER_IMPORT_ENROLLED, MEMBER_IMPORT_REJECTED,  MEMBER_IMPORT_DUPLICATE,
        MEMBER_IMPORT_REJECTED, MEMBER_IMPORT_DUPLICATE, /* of a row above it */
        MEMBER_IMPORT_REJECTED, MEMBER_IMPORT_REJECTED,  MEMBER_IMPORT_REJECTED};
    import(people_boss, bad, "refuse", false);
    people_expect_error(ERROR_NONE);
    assert_int_equal(people_heard.count, 8);
    for (int i = 0; i < 8; i++)
        if (people_told.rows[i].outcome != wanted[i])
            fail_msg("line %d: %s", people_told.rows[i].line, people_told.rows[i].words);
    assert_string_equal(people_told.rows[2].words, "the same e-mail as Imp One");
    assert_int_equal(count_members(), before + 2);
    import(people_boss, bad, "skip", false); /* the rejected ones still keep all out */
    assert_int_equal(people_told.rows[2].outcome, MEMBER_IMPORT_SKIPPED);
    assert_int_equal(count_members(), before + 2);
    import(people_boss, good, "skip", false);
    assert_int_equal(count_members(), before + 2);
    import(people_boss, good, "enrol", false);
    assert_int_equal(count_members(), before + 4);
    import(people_boss, good, "whatever", false);
    people_expect_error(ERROR_INPUT);
}

static void the_same_import_twice_is_one(void **state)
{
    (void)state;
    static const char json[] = "[{\"line\":2,\"name\":\"Once Only\"}]";
    struct request_id id = request_id_new();
    int64_t before = count_members(), first;
    members_import(people_boss, id, json, "refuse", false, people_told_import, &people_heard);
    heard_well(people_boss, &people_heard);
    first = people_told.rows[0].customer_id;
    members_import(people_boss, id, json, "refuse", false, people_told_import, &people_heard);
    heard_well(people_boss, &people_heard);
    assert_int_equal(people_told.rows[0].customer_id, first);
    assert_int_equal(count_members(), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_enrolled_whole_or_not_at_all),
        cmocka_unit_test(the_same_import_twice_is_one),
    };
    return cmocka_run_group_tests_name("people: from a file", tests, people_set_up,
                                       people_tear_down);
}
