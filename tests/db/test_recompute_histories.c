/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a recompute keeps of its members' histories: the figures out of them are those out of the
 * rows, whatever was changed in between, on a later day too; only whom something has happened to is
 * read from the rows again; visits called off and those under another clock count as they are; a
 * gym's clock and a plan's length make them out of date; other made-up gyms start without.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/worker/value.h"
#include "recompute/demonstration.h"
#include "support.h"

#define MEMBERS 600
#define SEED    11

static struct error error;
static PGconn *admin;     /* superuser, working on gym 1 */
static const char *place; /* superuser's conninfo */

static void recompute_as_of(int32_t day)
{
    if (!value_recompute_all(place, day, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static int open_demonstration(void **state)
{
    (void)state;
    admin = demonstration_open("gymhistories", MEMBERS, SEED, &place);
    return admin ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

#define OUT_OF_DATE                                                                                \
    "SELECT count(*) FROM gym.customers c JOIN gym.member_summary s USING (customer_id) WHERE "    \
    "c.merged_into IS NULL AND NOT EXISTS (SELECT FROM gym.member_histories h WHERE "              \
    "h.customer_id = c.customer_id AND h.gym_id = c.gym_id AND h.seen = s.xmin)"

/* Figures of all members into a table of the session. */
static void note_figures(const char *table)
{
    test_run(
        admin,
        "DROP TABLE IF EXISTS %s; CREATE TEMPORARY TABLE %s AS SELECT scores.customer_id, "
        "(to_jsonb(scores) - 'rfm_id' - 'refreshed_at')::text AS rfm, (to_jsonb(v) - "
        "'clv_id')::text AS clv, to_jsonb(p)::text AS prediction, to_jsonb(d)::text AS star, "
        "s.transactions FROM gym.rfm scores JOIN gym.clv v USING (customer_id) JOIN clv.dataset s "
        "ON s.gym_id = scores.gym_id AND s.kind = 'gym' JOIN clv.dim_customer d ON d.dataset_id = "
        "s.dataset_id AND d.source_key = scores.customer_id::text JOIN clv.clv_prediction p ON "
        "p.customer_id = d.customer_id",
        table, table);
}

/* A recompute by what was kept, and one by the rows alone. */
static void assert_same_by_the_rows(int32_t day)
{
    recompute_as_of(day);
    note_figures("by_kept");
    test_run(admin, "DELETE FROM gym.member_histories");
    recompute_as_of(day);
    note_figures("by_rows");
    int64_t differing =
        test_number(admin, "SELECT count(*) FROM (TABLE by_kept EXCEPT TABLE by_rows) x");
    assert_int_equal(test_number(admin, "SELECT count(*) FROM by_kept"),
                     test_number(admin, "SELECT count(*) FROM by_rows"));
    if (differing)
        fail_msg("%" PRId64 " members differ, such as %s", differing,
                 test_text(admin, "SELECT row_to_json(x)::text FROM (TABLE by_kept EXCEPT TABLE "
                                  "by_rows) x LIMIT 1"));
}

static void all_histories_are_kept_and_say_what_the_rows_say(void **state)
{
    (void)state;
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, OUT_OF_DATE), 0);
    assert_true(test_number(admin, "SELECT count(*) FROM gym.member_histories") > 500);
    assert_same_by_the_rows(DATE_NONE);
}

static void a_later_day_comes_out_of_them_too(void **state)
{
    (void)state;
    int32_t today = (int32_t)test_number(
        admin,
        "SELECT max((now() AT TIME ZONE time_zone)::date) - date '1970-01-01' FROM gym.gyms");
    recompute_as_of(DATE_NONE);
    assert_same_by_the_rows(today + 45);
    /* Kept on a day to come, they are of no use today; nor is what is read as of a day gone by. */
    assert_same_by_the_rows(DATE_NONE);
    test_run(admin, "CREATE TEMPORARY TABLE before AS TABLE gym.member_histories");
    recompute_as_of(today - 100);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM (TABLE before EXCEPT TABLE "
                                        "gym.member_histories) x"),
                     0);
    recompute_as_of(DATE_NONE);
    assert_same_by_the_rows(DATE_NONE);
}

/* Members of gym 1, one after the other. */
static int64_t member(const char *condition)
{
    static int64_t last;
    last = test_number(admin,
                       "SELECT c.customer_id FROM gym.customers c JOIN gym.member_summary s USING "
                       "(customer_id) WHERE c.gym_id = 1 AND c.merged_into IS NULL AND "
                       "s.visit_count > 5 AND c.customer_id > %lld AND %s ORDER BY 1 LIMIT 1",
                       (long long)last, condition);
    return last;
}

static void whatever_happens_to_a_member_is_seen(void **state)
{
    (void)state;
    static const char running[] = "s.ends > gym.today() + 20 AND s.frozen IS NULL AND "
                                  "s.cancelled_on IS NULL AND NOT EXISTS (SELECT FROM "
                                  "gym.attendance a WHERE a.customer_id = c.customer_id AND "
                                  "a.check_out IS NULL)";
    int64_t came = member(running), voided = member(running), late = member(running),
            paid = member(running), renewed = member(running), frozen = member(running),
            leaves = member(running), winner = member(running),
            loser = member("s.ends < gym.today() - 90");
    static const char check_in[] = "SELECT gym.check_in(gen_random_uuid(), '', %lld, 'desk 1')";
    test_run(admin, check_in, (long long)voided);
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, OUT_OF_DATE), 0);
    test_run(admin, check_in, (long long)came);
    test_run(admin,
             "SELECT gym.void_visit(gen_random_uuid(), (SELECT a.attendance_id FROM gym.attendance "
             "a WHERE a.customer_id = %lld AND a.check_out IS NULL AND a.voided_at IS NULL), 'not "
             "he')",
             (long long)voided);
    test_run(admin,
             "SELECT gym.backfill_visit(gen_random_uuid(), %lld, gym.to_local(now() - interval '3 "
             "hours', g.time_zone), gym.to_local(now() - interval '2 hours', g.time_zone), 'the "
             "reader was off', 'desk 1') FROM gym.gyms g WHERE g.gym_id = 1",
             (long long)late);
    test_run(admin, "SELECT gym.take_payment(gen_random_uuid(), %lld, 7.5, 3, 'desk 1', '')",
             (long long)paid);
    test_run(admin,
             "SELECT gym.renew(gen_random_uuid(), %lld, (SELECT package_id FROM gym.packages WHERE "
             "gym_id = 1 AND active AND duration_months = 1 LIMIT 1), 3, 'desk 1')",
             (long long)renewed);
    test_run(admin,
             "SELECT gym.freeze(gen_random_uuid(), %lld, gym.today() + 1, gym.today() + 15, '')",
             (long long)frozen);
    test_run(admin,
             "SELECT gym.cancel_membership(gen_random_uuid(), %lld, gym.today(), 'moves away')",
             (long long)leaves);
    test_run(admin, "SELECT gym.merge_members(gen_random_uuid(), %lld, %lld)", (long long)loser,
             (long long)winner);
    /* Eight are there, and the one who was merged is nobody any more. */
    assert_int_equal(test_number(admin, OUT_OF_DATE), 8);
    assert_same_by_the_rows(DATE_NONE);
    test_run(admin, "SELECT gym.unmerge(gen_random_uuid(), %lld)", (long long)loser);
    assert_int_equal(test_number(admin, OUT_OF_DATE), 2);
    assert_same_by_the_rows(DATE_NONE);
}

/* Members of gym 1 whose figures are not those of their visits in SQL. */
#define NOT_AS_THEY_CAME                                                                           \
    "WITH m AS (SELECT c.customer_id, c.join_date, (now() AT TIME ZONE g.time_zone)::date AS "     \
    "today FROM gym.customers c JOIN gym.gyms g USING (gym_id) WHERE c.gym_id = 1 AND "            \
    "c.merged_into IS NULL), v AS (SELECT m.customer_id, max(d.day) AS last, count(DISTINCT "      \
    "d.day) FILTER (WHERE d.day > m.today - 90) AS days FROM m JOIN (SELECT a.customer_id, "       \
    "(a.check_in AT TIME ZONE w.time_zone)::date AS day FROM gym.attendance a JOIN gym.gyms w ON " \
    "w.gym_id = a.gym_id WHERE a.voided_at IS NULL) d USING (customer_id) WHERE d.day <= m.today " \
    "GROUP BY 1) SELECT count(*) FROM m LEFT JOIN v USING (customer_id) LEFT JOIN gym.rfm r "      \
    "USING (customer_id) WHERE r.recency_score IS DISTINCT FROM m.today - coalesce(v.last, "       \
    "m.join_date) OR abs(r.frequency_score - coalesce(v.days, 0) * greatest(1, 90.0 / "            \
    "greatest(1, "                                                                                 \
    "m.today - m.join_date))) > 1e-9"

static void visits_called_off_and_under_another_clock_count_as_they_are(void **state)
{
    (void)state;
    static const char call_off[] =
        "UPDATE gym.attendance SET voided_at = check_out, void_reason = 'not he' WHERE "
        "home_gym_id = 1 AND check_out IS NOT NULL AND customer_id %% 5 = %d AND attendance_id %% "
        "3 = 0";
    static const char move[] =
        "UPDATE gym.attendance SET gym_id = 2 WHERE home_gym_id = 1 AND check_out IS NOT NULL AND "
        "customer_id %% 5 = %d AND attendance_id %% 3 = 1";
    test_run(admin, "UPDATE gym.gyms SET time_zone = 'Pacific/Kiritimati' WHERE gym_id = 2");
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, NOT_AS_THEY_CAME), 0);
    test_run(admin, call_off, 1);
    assert_true(test_number(admin, NOT_AS_THEY_CAME) > 5);
    test_run(admin, "DELETE FROM gym.member_histories");
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, NOT_AS_THEY_CAME), 0);
    test_run(admin, move, 2);
    assert_true(test_number(admin, NOT_AS_THEY_CAME) > 5);
    test_run(admin, "DELETE FROM gym.member_histories");
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, NOT_AS_THEY_CAME), 0);
    /* The same of a few, when the others are not read. */
    test_run(admin, call_off, 3);
    test_run(admin, move, 3);
    assert_true(test_number(admin, NOT_AS_THEY_CAME) > 5);
    test_run(admin, "UPDATE gym.member_summary SET visit_count = visit_count WHERE customer_id %% "
                    "5 = 3");
    assert_true(test_number(admin, OUT_OF_DATE) * 4 <
                test_number(admin, "SELECT count(*) FROM gym.member_histories"));
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, NOT_AS_THEY_CAME), 0);
}

static void what_they_rest_on_makes_them_out_of_date(void **state)
{
    (void)state;
    recompute_as_of(DATE_NONE);
    test_run(admin,
             "UPDATE gym.packages SET duration_months = duration_months + 1 WHERE "
             "package_id = (SELECT package_id FROM gym.memberships WHERE gym_id = 1 LIMIT 1)");
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.member_histories WHERE gym_id = "
                                        "1"),
                     0);
    assert_true(test_number(admin, "SELECT count(*) FROM gym.member_histories") > 0);
    assert_same_by_the_rows(DATE_NONE);
    test_run(admin, "UPDATE gym.gyms SET phone = '1' WHERE gym_id = 1");
    assert_int_equal(test_number(admin, OUT_OF_DATE), 0);
    test_run(admin, "UPDATE gym.gyms SET time_zone = 'Asia/Tokyo' WHERE gym_id = 1");
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.member_histories"), 0);
    assert_same_by_the_rows(DATE_NONE);
}

static void bytes_that_make_no_sense_are_named(void **state)
{
    (void)state;
    static const char *const damages[] = {"''", "'\\xff'", "packed || '\\x00'",
                                          "substr(packed, 1, length(packed) - 1)",
                                          "'\\xffffffffffffffffffff01'"};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        recompute_as_of(DATE_NONE);
        int64_t one = test_number(admin, "SELECT max(customer_id) FROM gym.member_histories WHERE "
                                         "gym_id = 2");
        test_run(admin, "UPDATE gym.member_histories SET packed = %s WHERE customer_id = %lld",
                 damages[i], (long long)one);
        assert_false(value_recompute_all(place, DATE_NONE, NULL, NULL, &error));
        char number[24];
        snprintf(number, sizeof number, "%" PRId64, one);
        assert_non_null(strstr(error.message, number));
        assert_non_null(strstr(error.hint, "member_histories"));
        test_run(admin, "DELETE FROM gym.member_histories WHERE gym_id = 2");
    }
    recompute_as_of(DATE_NONE);
    assert_int_equal(test_number(admin, OUT_OF_DATE), 0);
    test_run(admin, "UPDATE gym.member_histories SET form = 0, packed = '\\x00'");
    assert_same_by_the_rows(DATE_NONE);
}

static void other_made_up_gyms_start_without(void **state)
{
    (void)state;
    recompute_as_of(DATE_NONE);
    demonstration_make_up(place, MEMBERS, SEED);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.member_histories"), 0);
    assert_same_by_the_rows(DATE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_histories_are_kept_and_say_what_the_rows_say),
        cmocka_unit_test(a_later_day_comes_out_of_them_too),
        cmocka_unit_test(whatever_happens_to_a_member_is_seen),
        cmocka_unit_test(visits_called_off_and_under_another_clock_count_as_they_are),
        cmocka_unit_test(what_they_rest_on_makes_them_out_of_date),
        cmocka_unit_test(bytes_that_make_no_sense_are_named),
        cmocka_unit_test(other_made_up_gyms_start_without),
    };
    return cmocka_run_group_tests(tests, open_demonstration, end);
}
