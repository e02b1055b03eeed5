/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made-up data: into what they go, what must hold in the tables afterwards, and the same rows for
 * the same seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generate/load.h"
#include "gymtui/db/check.h"
#include "support.h"

static void only_a_demonstration_is_filled(void **state)
{
    (void)state;
    struct generate_options options = load_options_for(1);
    int64_t members = test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
    assert_false(generate_into(test_admin(), &options, NULL, NULL, &load_error));
    assert_int_equal(load_error.code, ERROR_PERMISSION);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers"), members);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM pg_namespace "
                                                   "WHERE nspname LIKE 'gym\\_%%'"),
                     0);
}

static void an_unknown_profile_is_refused_in_words(void **state)
{
    (void)state;
    struct generate_options options = load_options_for(1);
    options.profile = "'; DROP SCHEMA gym CASCADE; --";
    assert_false(generate_into(load_place, &options, NULL, NULL, &load_error));
    assert_int_equal(load_error.code, ERROR_INPUT);
    assert_non_null(strstr(load_error.message, "DROP SCHEMA"));
}

/* ---- What must hold ---- */

#define VISITS                                                                                     \
    "SELECT a.*, c.join_date, (a.check_in AT TIME ZONE h.time_zone)::date AS day "                 \
    "FROM gym.attendance a JOIN gym.customers c USING (customer_id) "                              \
    "JOIN gym.gyms h ON h.gym_id = a.home_gym_id "

static void expect_nothing_found(void *owner, const char *rule, int64_t found, int64_t example)
{
    int *rules = owner;
    (*rules)++;
    if (found)
        fail_msg("%s: %lld rows, one is %lld", rule, (long long)found, (long long)example);
}

static void assert_none(const char *what, const char *query)
{
    int64_t found = test_number(load_admin, "SELECT count(*) FROM (%s) AS found", query);
    if (found)
        fail_msg("%s: %lld rows", what, (long long)found);
}

/* The rules of `gymtui doctor --data`, and what made-up data must keep beyond them. */
static void what_must_hold_holds_in_the_tables(void **state)
{
    (void)state;
    int rules = 0;
    load_today(1);
    assert_int_equal(test_number(load_admin, "SELECT count(*) FROM gym.customers"), 600);
    assert_int_equal(test_number(load_admin, "SELECT count(*) FROM gym.gyms"), 3);
    assert_true(test_number(load_admin, "SELECT count(*) FROM gym.attendance") > 10000);
    if (!check_data(load_place, expect_nothing_found, &rules, &load_error))
        fail_msg("%s", load_error.message);
    assert_true(rules > 10);
    assert_none("visits outside a term",
                "SELECT FROM (" VISITS ") v WHERE v.override_reason IS NULL AND NOT EXISTS (SELECT "
                "FROM gym.memberships m WHERE m.customer_id = v.customer_id AND m.term @> v.day)");
    assert_none("visits elsewhere without an all-gyms plan",
                "SELECT FROM (" VISITS ") v WHERE v.gym_id <> v.home_gym_id AND NOT EXISTS (SELECT "
                "FROM gym.memberships m JOIN gym.packages p USING (package_id) "
                "WHERE m.customer_id = v.customer_id AND m.term @> v.day AND p.all_gyms)");
    assert_none("visits or payments after the instant of the load",
                "SELECT FROM gym.attendance WHERE greatest(check_in, check_out) > now() UNION ALL "
                "SELECT FROM gym.transactions WHERE paid_at > now()");
    assert_none("members who paid more than they were charged",
                "SELECT FROM gym.member_summary s WHERE s.balance < 0");
    assert_none("refunds of another amount",
                "SELECT FROM gym.transactions r JOIN gym.transactions t ON t.transaction_id = "
                "r.refunds WHERE r.amount <> -t.amount");
    assert_none("status that the dates do not say",
                "SELECT FROM gym.customers c JOIN gym.gyms g USING (gym_id) "
                "JOIN gym.member_summary s USING (customer_id) "
                "WHERE c.status <> replace(gym.shown_status(s.ends, s.cancelled_on, s.frozen, "
                "(now() AT TIME ZONE g.time_zone)::date), 'expired', 'active')");
    assert_none("members without an RFM row",
                "SELECT FROM gym.customers c WHERE NOT EXISTS (SELECT FROM gym.rfm r WHERE "
                "r.customer_id = c.customer_id)");
}

static void summaries_and_terms_are_those_of_the_functions(void **state)
{
    (void)state;
    load_today(1);
    char before[64];
    const char *summaries = "SELECT md5(string_agg(s::text, '|' ORDER BY s.customer_id)) "
                            "FROM gym.member_summary s";
    const char *terms = "SELECT md5(string_agg(t::text, '|' ORDER BY t.gym_id, t.term, "
                        "t.customer_id, t.kind)) FROM gym.search_terms t";
    snprintf(before, sizeof before, "%s", test_text(load_admin, "%s", summaries));
    test_run(load_admin, "SELECT gym.rebuild_summaries()");
    assert_string_equal(test_text(load_admin, "%s", summaries), before);
    snprintf(before, sizeof before, "%s", test_text(load_admin, "%s", terms));
    test_run(load_admin, "SELECT gym.rebuild_search_terms()");
    assert_string_equal(test_text(load_admin, "%s", terms), before);
}

/* RFM once more, in SQL, from the definition: ANALYTICS.md 2. */
static void rfm_rows_are_those_of_the_definition(void **state)
{
    (void)state;
    load_today(1);
    assert_none(
        "RFM measures that differ",
        "SELECT FROM (SELECT c.customer_id, c.join_date, "
        "(to_timestamp(i.at) AT TIME ZONE g.time_zone)::date AS today FROM gym.customers c "
        "JOIN gym.gyms g USING (gym_id), (SELECT extract(epoch FROM now())::bigint AS at) i) m "
        "JOIN gym.rfm r USING (customer_id) "
        "LEFT JOIN LATERAL (SELECT m.today - max(x.day) AS recency, count(DISTINCT x.day) "
        "FILTER (WHERE x.day > m.today - 90) AS days FROM (" VISITS
        ") x WHERE x.customer_id = m.customer_id) v ON true "
        "LEFT JOIN LATERAL (SELECT coalesce(sum(t.amount), 0) AS paid FROM gym.transactions t "
        "WHERE t.customer_id = m.customer_id AND t.date > m.today - 365) p ON true "
        "WHERE r.as_of <> m.today OR r.recency_score <> coalesce(v.recency, m.today - m.join_date) "
        "OR r.monetary_score <> p.paid OR abs(r.frequency_score - v.days * greatest(1, 90.0 / "
        "greatest(1, m.today - m.join_date))) > 1e-9");
    assert_none("RFM scores that differ",
                "SELECT FROM (SELECT r.*, count(*) OVER g AS n, "
                "rank() OVER (PARTITION BY gym_id ORDER BY recency_score DESC) - 1 AS rl, "
                "count(*) OVER (PARTITION BY gym_id, recency_score) AS re, "
                "rank() OVER (PARTITION BY gym_id ORDER BY monetary_score) - 1 AS ml, "
                "count(*) OVER (PARTITION BY gym_id, monetary_score) AS me "
                "FROM gym.rfm r WINDOW g AS (PARTITION BY gym_id)) x "
                "WHERE r <> least(5, greatest(1, (5 * (2 * rl + re) + 2 * n - 1) / (2 * n))) "
                "OR m <> least(5, greatest(1, (5 * (2 * ml + me) + 2 * n - 1) / (2 * n)))");
}

static void new_rows_get_numbers_of_their_own(void **state)
{
    (void)state;
    test_run(load_admin, "BEGIN");
    test_run(load_admin,
             "SELECT * FROM gym.enrol(gen_random_uuid(), 'Nobody Else', '', '', NULL, '', "
             "NULL, '', NULL, (SELECT min(package_id) FROM gym.packages), 1, '1', true, "
             "true)");
    assert_int_equal(test_number(load_admin,
                                 "SELECT count(*) FROM gym.attendance a JOIN gym.customers c "
                                 "USING (customer_id) WHERE c.name = 'Nobody Else'"),
                     1);
    test_run(load_admin, "ROLLBACK");
}

/* ---- The planted members ---- */

/* Shortly after midnight who left 45 minutes ago came yesterday: no re-entry, another day. */
static bool came_today(int64_t number)
{
    return test_number(load_admin,
                       "SELECT count(*) FROM gym.attendance AS a JOIN gym.gyms AS g ON g.gym_id = "
                       "a.gym_id WHERE a.customer_id = %lld AND a.check_out IS NOT NULL AND "
                       "(a.check_in AT TIME ZONE g.time_zone)::date = (now() AT TIME ZONE "
                       "g.time_zone)::date",
                       (long long)number) > 0;
}

static void each_planted_member_meets_the_verdict_of_the_manual(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *result, *reason; /* the first one */
    } expected[] = {
        {10001, "in", ""},
        {10002, "denied", "expired"},
        {10003, "in", "grace"},
        {10004, "denied", "frozen"},
        {10005, "in", ""},
        {10006, "denied", "cancelled"},
        {10007, "denied", "banned"},
        {10009, "in", "birthday"},
        {10010, "in", "under_16"},
        {10011, "in", "note"},
        {10012, "in", "auto_closed"},
        {10013, "in", ""},
        {10014, "in", "sessions_low"},
        {10015, "denied", "no_visits"},
        {10017, "already_in", ""},
        {10018, "in", ""},
        {10019, "in", "note"},
        {10021, "denied", "cancelled"},
        {10022, "in", ""},
        {10023, "in", "expiring"},
        {10024, "in", "reentry"},
        {10025, "in", ""},
        {10026, "already_in", ""},
        {10028, "denied", "expired"},
        {10029, "in", ""},
        {10030, "in", ""},
        {10031, "already_in", ""},
        {10032, "already_in", ""},
    };
    load_today(1);
    test_run(load_admin, "SAVEPOINT nobody_came");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct planted_member *planted = &planted_members[expected[i].number - 10001];
        const char *verdict =
            test_text(load_admin,
                      "SELECT result || ' ' || split_part(reasons, E'\\t', 1) FROM "
                      "gym.check_in(gen_random_uuid(), '%s', NULL, '1', NULL, 3)",
                      planted->keytag);
        char wanted[64];
        bool counts = strcmp(expected[i].reason, "reentry") != 0 || came_today(planted->number);
        snprintf(wanted, sizeof wanted, "%s %s", expected[i].result,
                 counts ? expected[i].reason : "");
        if (strcmp(verdict, wanted) != 0)
            fail_msg("%s (%s): \"%s\" instead of \"%s\"", planted->keytag, planted->what, verdict,
                     wanted);
    }
    /* Off-peak: the hour decides what comes first; the debt is there at any hour. */
    assert_non_null(
        strstr(test_text(load_admin, "SELECT reasons FROM gym.check_in(gen_random_uuid(), "
                                     "'77001008', NULL, '1', NULL, 3)"),
               "owing"));
    /* At the second gym the first one's members are strangers, but for the all-gyms plan. */
    test_run(load_admin, "SET LOCAL gymtui.gym_id = '2'");
    assert_string_equal(test_text(load_admin,
                                  "SELECT split_part(reasons, E'\\t', 1) FROM gym.check_in("
                                  "gen_random_uuid(), '77001025', NULL, '1', NULL, 3)"),
                        "other_gym");
    test_run(load_admin, "ROLLBACK TO nobody_came");
    test_run(load_admin, "SET LOCAL gymtui.gym_id = '2'");
    assert_string_equal(test_text(load_admin, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                              "'77001013', NULL, '1', NULL, 3)"),
                        "in");
}

/* ---- The tills of the past ---- */

static void each_desk_was_cashed_up_on_every_day_before_today(void **state)
{
    (void)state;
    static const char *const never[] = {
        "SELECT count(*) FROM gym.till_sessions t WHERE closed_at IS NULL "
        "OR expected <> gym.expected_cash(t.till_session_id)",
        /* A difference has a reason, and nothing else has. */
        "SELECT count(*) FROM gym.till_sessions WHERE (counted = expected) <> (reason = '')",
        /* It opens with what was counted the evening before. */
        "SELECT count(*) FROM (SELECT opening_float, lag(counted) OVER (PARTITION BY gym_id, desk "
        "ORDER BY till_session_id) AS before, lag(closed_at) OVER (PARTITION BY gym_id, desk "
        "ORDER BY till_session_id) >= opened_at AS too_early FROM gym.till_sessions) x "
        "WHERE opening_float <> coalesce(before, 100) OR too_early",
        "SELECT count(*) FROM gym.transactions x JOIN gym.till_sessions t USING (till_session_id) "
        "WHERE x.gym_id <> t.gym_id OR NOT x.paid_at BETWEEN t.opened_at AND t.closed_at",
        "SELECT count(*) FROM gym.till_sessions t WHERE counted IS DISTINCT FROM "
        "(SELECT c.counted FROM gym.till_counts c WHERE c.till_session_id = t.till_session_id "
        "ORDER BY till_count_id DESC LIMIT 1)",
        "SELECT count(*) FROM gym.till_sessions t WHERE counted <> "
        "(SELECT coalesce(sum(d.key::numeric * d.value::int), 0) "
        "FROM jsonb_each_text(t.denominations) d)",
        /* Cash that a person takes is in a till, in the hours when the desks are open. */
        "SELECT count(*) FROM gym.transactions x JOIN gym.gyms g USING (gym_id) WHERE "
        "payment_method_id = 3 AND till_session_id IS NULL AND note <> 'collected' AND "
        "(paid_at AT TIME ZONE g.time_zone)::time BETWEEN '8:00' AND '20:00' AND paid_at > "
        "(SELECT min(opened_at) FROM gym.till_sessions t WHERE t.gym_id = x.gym_id) AND date < "
        "(SELECT as_of FROM gym.database_info)",
    };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (test_number(load_admin, "%s", never[i]) != 0)
            fail_msg("not 0: %s", never[i]);
    assert_int_equal(
        test_number(load_admin, "SELECT count(*) FROM gym.till_sessions WHERE gym_id = 1"),
        test_number(load_admin,
                    "SELECT 2 * ((to_timestamp(%lld) AT TIME ZONE g.time_zone)::date - "
                    "(min(t.opened_at) AT TIME ZONE g.time_zone)::date) FROM gym.till_sessions t "
                    "JOIN gym.gyms g USING (gym_id) WHERE gym_id = 1 GROUP BY g.time_zone",
                    (long long)load_now));
    int64_t tills = test_number(load_admin, "SELECT count(*) FROM gym.till_sessions");
    int64_t out =
        test_number(load_admin, "SELECT count(*) FROM gym.till_sessions WHERE reason <> ''");
    assert_in_range(out * 100, tills * 5, tills * 15);
    assert_int_equal(test_number(load_admin, "SELECT count(*) FROM gym.till_sessions WHERE "
                                             "abs(counted - expected) > 20 OR counted < 0"),
                     0);
}

static void a_seed_gives_its_rows_again_and_another_seed_others(void **state)
{
    (void)state;
    char first[64], again[64], other[64], days[64], days_after[64];
    do { /* once more where midnight came between */
        load_read_days(days);
        load_seed(11);
        load_fingerprint(first);
        load_seed(12);
        load_fingerprint(other);
        load_seed(11);
        load_fingerprint(again);
        load_read_days(days_after);
    } while (strcmp(days, days_after) != 0);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_string_equal(
        test_text(load_admin, "SELECT seed || ' ' || profile FROM gym.database_info"), "11 small");
}

/* It ends a transaction of load_today. */
#define OF_THE_DAY(test) cmocka_unit_test_teardown(test, load_roll_back)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_demonstration_is_filled),
        cmocka_unit_test(an_unknown_profile_is_refused_in_words),
        OF_THE_DAY(what_must_hold_holds_in_the_tables),
        OF_THE_DAY(summaries_and_terms_are_those_of_the_functions),
        OF_THE_DAY(rfm_rows_are_those_of_the_definition),
        cmocka_unit_test(new_rows_get_numbers_of_their_own),
        OF_THE_DAY(each_planted_member_meets_the_verdict_of_the_manual),
        cmocka_unit_test(each_desk_was_cashed_up_on_every_day_before_today),
        cmocka_unit_test(a_seed_gives_its_rows_again_and_another_seed_others),
    };
    return cmocka_run_group_tests_name("made-up data: the rows", tests, load_begin, load_end);
}
