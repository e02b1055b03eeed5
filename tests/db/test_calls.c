/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every typed call against a real server, told as what a desk and an office do in a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "heard.h"
#include "support.h"

#define MINUTES_70 INT64_C(4200)

static struct house house;
static struct heard heard;
static struct db *desk, *boss, *owner;

static void scan(const char *code)
{
    struct check_in_request request = {
        .id = request_id_new(), .code = code, .desk = "2", .repeat_seconds = 300};
    attendance_check_in(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
}

static void scan_out(const char *code)
{
    struct check_out_request request = {.id = request_id_new(), .code = code, .desk = "2"};
    attendance_check_out(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
}

static bool has_reason(enum reason_code code, enum reason_policy policy)
{
    for (int i = 0; i < heard.verdict.reason_count; i++)
        if (heard.verdict.reasons[i].code == code && heard.verdict.reasons[i].policy == policy)
            return true;
    return false;
}

/* ---- Who and where ---- */

static void session_says_who_and_where(void **state)
{
    (void)state;
    session_read(desk, heard_session, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.session.gym_id, house.gym_id);
    assert_string_equal(heard.session.gym_name, "Nordlicht");
    assert_string_equal(heard.session.time_zone, house.time_zone);
    assert_string_equal(heard.session.currency, "EUR");
    assert_int_equal(heard.session.capacity, 50);
    assert_string_equal(heard.session.staff_name, "Dina Desk");
    assert_string_equal(heard.session.staff_username, "desk1");
    assert_int_equal(heard.session.level, LEVEL_DESK);
    assert_string_equal(level_name(heard.session.level), "desk");
}

static void the_clock_is_the_gyms(void **state)
{
    (void)state;
    heard_wait(desk);
    long long local = test_number(
        test_superuser(), "SELECT floor(extract(epoch FROM clock_timestamp() AT TIME ZONE '%s'))",
        house.time_zone);
    assert_in_range(session_local_now(desk) - local + 2, 0, 4);
    assert_int_equal(session_today(desk), (int32_t)(session_local_now(desk) / 86400));
    assert_true(db_clock_skew(desk) > -1 && db_clock_skew(desk) < 1);
}

/* ---- The desk ---- */

static void a_scan_checks_in_and_a_second_one_says_since_when(void **state)
{
    (void)state;
    scan("TAG-ANNA");
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_int_equal(heard.verdict.customer_id, house.anna);
    assert_string_equal(heard.verdict.name, "Anna Bergström");
    assert_string_equal(heard.verdict.plan, "Monthly");
    assert_true(heard.verdict.attendance_id > 0);
    assert_int_equal(heard.verdict.visits_total, 1);
    assert_int_equal(heard.verdict.inside, 1);
    assert_int_equal(heard.verdict.capacity, 50);
    assert_true(heard.verdict.days_left >= 27 && heard.verdict.days_left <= 31);
    assert_int_equal(heard.verdict.ends, session_today(desk) + heard.verdict.days_left);
    assert_in_range(session_local_now(desk) - heard.verdict.at_local + 2, 0, 10);
    assert_false(heard.verdict.recovered);

    scan("TAG-ANNA");
    assert_int_equal(heard.verdict.result, VERDICT_ALREADY_IN);
    assert_string_equal(heard.verdict.since_desk, "2");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                                 (long long)house.anna),
                     1);

    scan_out("TAG-ANNA");
    assert_int_equal(heard.verdict.result, VERDICT_OUT);
    assert_true(heard.verdict.seconds_in >= 0);
    assert_int_equal(heard.verdict.inside, 0);

    scan("TAG-ANNA");
    assert_int_equal(heard.verdict.result, VERDICT_REPEAT);
    scan_out("TAG-ANNA");
    assert_int_equal(heard.verdict.result, VERDICT_NOT_IN);
    scan("no-such-tag");
    assert_int_equal(heard.verdict.result, VERDICT_UNKNOWN);
    assert_int_equal(heard.verdict.customer_id, 0);
}

static void the_same_request_twice_is_answered_with_the_first_result(void **state)
{
    (void)state;
    int64_t ben = house_enrol(&house, desk, "Ben Twice", "TAG-BEN");
    struct check_in_request request = {.id = request_id_new(), .code = "TAG-BEN", .desk = "1"};
    attendance_check_in(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
    int64_t visit = heard.verdict.attendance_id;
    attendance_check_in(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_int_equal(heard.verdict.attendance_id, visit);
    assert_true(heard.verdict.recovered);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                                 (long long)ben),
                     1);
}

static void an_expired_member_is_denied_and_pays_at_the_desk(void **state)
{
    (void)state;
    int64_t tigran = house_enrol(&house, desk, "Tigran Late", "TAG-TIGRAN");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(current_date - 41, current_date - 11) "
             "WHERE customer_id = %lld",
             (long long)tigran);
    scan("TAG-TIGRAN");
    assert_int_equal(heard.verdict.result, VERDICT_DENIED);
    assert_int_equal(heard.verdict.attendance_id, 0);
    assert_true(heard.verdict.reason_count >= 1);
    assert_int_equal(heard.verdict.reasons[0].code, REASON_EXPIRED);
    assert_int_equal(heard.verdict.reasons[0].policy, POLICY_DENY);
    assert_non_null(strstr(heard.verdict.reasons[0].text, "12 days ago"));
    assert_int_equal(heard.verdict.renew_package_id, house.monthly);
    assert_int_equal(heard.verdict.renew_price, 3900);
    assert_int_equal(heard.verdict.day_pass_package_id, house.day_pass);
    assert_int_equal(heard.verdict.day_pass_price, 1000);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.access_log WHERE customer_id = %lld",
                                 (long long)tigran),
                     1);

    struct renew_and_check_in_request renew = {.id = request_id_new(),
                                               .customer_id = tigran,
                                               .package_id = heard.verdict.renew_package_id,
                                               .payment_method_id = 3,
                                               .desk = "2",
                                               .check_in = true};
    int32_t promised = heard.verdict.renew_until;
    attendance_renew_and_check_in(desk, &renew, heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_int_equal(heard.verdict.ends, promised);
    assert_int_equal(heard.verdict.balance, 0);
}

static void an_override_lets_in_and_is_noted(void **state)
{
    (void)state;
    int64_t olga = house_enrol(&house, desk, "Olga Over", "TAG-OLGA");
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(current_date - 41, current_date - 11) "
             "WHERE customer_id = %lld",
             (long long)olga);
    struct check_in_request request = {.id = request_id_new(),
                                       .customer_id = olga,
                                       .desk = "2",
                                       .override_reason = "pays tomorrow"};
    attendance_check_in(desk, &request, heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_true(has_reason(REASON_EXPIRED, POLICY_DENY));
    attendance_feed(desk, 20, heard_feed, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.feed[0].customer_id, olga);
    assert_string_equal(heard.feed[0].to_know, "let in: pays tomorrow");
}

static void a_frozen_member_is_thawed_with_one_call(void **state)
{
    (void)state;
    int64_t fay = house_enrol(&house, desk, "Fay Frost", "TAG-FAY");
    int32_t today = session_today(desk);
    members_freeze(desk, request_id_new(), fay, today, today + 29, "holiday", heard_change, &heard);
    heard_well(desk, &heard);
    assert_true(strncmp(heard.change.text, "Frozen until", 12) == 0);
    int32_t frozen_end = heard.change.ends;
    scan("TAG-FAY");
    assert_int_equal(heard.verdict.result, VERDICT_DENIED);
    assert_true(has_reason(REASON_FROZEN, POLICY_DENY));
    attendance_unfreeze_and_check_in(desk, request_id_new(), fay, "2", heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_int_equal(heard.verdict.ends, frozen_end - 30);
}

static void a_mistake_is_undone_and_a_visit_entered_later(void **state)
{
    (void)state;
    int64_t mia = house_enrol(&house, desk, "Mia Mistake", "TAG-MIA");
    scan("TAG-MIA");
    int64_t visit = heard.verdict.attendance_id;
    attendance_undo(desk, request_id_new(), visit, "mistake", heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_UNDONE);
    assert_int_equal(
        test_number(test_superuser(),
                    "SELECT count(*) FROM gym.attendance WHERE attendance_id = %lld AND "
                    "voided_at IS NOT NULL",
                    (long long)visit),
        1);
    attendance_undo(desk, request_id_new(), visit, "mistake", heard_verdict, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);

    /* Yesterday 18:00 to 19:10 on the gym's clock; the member joined before that. */
    test_run(test_superuser(),
             "UPDATE gym.customers SET join_date = current_date - 9 WHERE customer_id = %lld",
             (long long)mia);
    int64_t from = ((int64_t)session_today(desk) - 1) * 86400 + INT64_C(18) * 3600;
    attendance_backfill(desk, request_id_new(), mia, from, from + MINUTES_70, "forgot her tag", "2",
                        heard_verdict, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_OUT);
    assert_int_equal(heard.verdict.since_local, from);
    assert_int_equal(heard.verdict.at_local, from + MINUTES_70);
    assert_int_equal(heard.verdict.seconds_in, MINUTES_70);

    attendance_backfill(desk, request_id_new(), mia, from + INT64_C(86400) * 30, MOMENT_NONE,
                        "future", "2", heard_verdict, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_INPUT);
    assert_string_equal(heard.error.message, "A visit cannot be in the future");
}

static void letters_find_candidates(void **state)
{
    (void)state;
    house_enrol(&house, desk, "Petra Lindqvist", NULL);
    house_enrol(&house, desk, "Pétros Ավետիսյան", NULL);
    attendance_candidates(desk, "petr", 10, heard_candidates, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 2);
    attendance_candidates(desk, "petra lin", 10, heard_candidates, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.candidates[0].name, "Petra Lindqvist");
    assert_string_equal(heard.candidates[0].plan, "Monthly");
    assert_string_equal(heard.candidates[0].status, "active");
    assert_int_equal(heard.candidates[0].matched_by, 0);
    attendance_candidates(desk, "5550123", 10, heard_candidates, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.candidates[0].customer_id, house.anna);
    assert_int_equal(heard.candidates[0].matched_by, 1);
    attendance_candidates(desk, "'; DROP TABLE gym.customers; --", 10, heard_candidates, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 0);
    attendance_candidates(desk, "\xff\xfe\x1b[31m", 10, heard_candidates, &heard);
    heard_well(desk, &heard);
}

static void feed_inside_and_occupancy_agree(void **state)
{
    (void)state;
    attendance_inside(desk, 100, false, heard_feed, &heard);
    heard_well(desk, &heard);
    int inside = heard.count;
    assert_true(inside >= 3);
    for (int i = 1; i < inside; i++)
        assert_true(heard.feed[i].at_local <= heard.feed[i - 1].at_local);
    attendance_inside(desk, 100, true, heard_feed, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, inside);
    for (int i = 0; i < inside; i++)
        assert_true(heard.feed[i].is_open && heard.feed[i].kind == FEED_IN);
    attendance_occupancy(desk, heard_occupancy, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.occupancy.inside, inside);
    assert_int_equal(heard.occupancy.capacity, 50);
    assert_true(heard.occupancy.denied_today >= 2);
    assert_true(heard.occupancy.taken_today >= 3900);

    attendance_feed(desk, 100, heard_feed, &heard);
    heard_well(desk, &heard);
    int kinds[4] = {0};
    for (int i = 0; i < heard.count; i++) {
        kinds[heard.feed[i].kind]++;
        assert_true(*heard.feed[i].name);
        if (i)
            assert_true(heard.feed[i].at_local <= heard.feed[i - 1].at_local);
        if (heard.feed[i].kind == FEED_DENIED) {
            assert_int_equal(heard.feed[i].severity, POLICY_DENY);
            assert_true(*heard.feed[i].to_know);
        }
    }
    assert_true(kinds[FEED_IN] && kinds[FEED_OUT] && kinds[FEED_DENIED] && kinds[FEED_VOIDED]);
}

static void usual_occupancy_counts_the_last_eight_weeks(void **state)
{
    (void)state;
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT %lld, t - interval '10 min', t + interval '50 min', %lld, %lld "
        "FROM (SELECT now() - k * interval '7 days' AS t FROM generate_series(1, 8) AS k) AS w",
        (long long)house.anna, (long long)house.gym_id, (long long)house.gym_id);
    attendance_occupancy(desk, heard_occupancy, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.occupancy.usual_now, 1);
}

/* ---- Members ---- */

static int64_t flock[45];

static int by_name(const struct member_row *a, const struct member_row *b)
{
    int order = strcmp(a->name, b->name);
    return order ? order : (a->customer_id > b->customer_id) - (a->customer_id < b->customer_id);
}

/* Walks the whole list in pages, there and back, and compares with the same list on one page. */
static void walk(const char *search, enum member_sort sort, bool descending, int least, int page)
{
    static struct member_row whole[HEARD_ROWS];
    struct member_query query = {.search = search,
                                 .expiring_within = -1,
                                 .absent_days = -1,
                                 .sort = sort,
                                 .descending = descending,
                                 .limit = 500};
    members_page(desk, &query, heard_members, &heard);
    heard_well(desk, &heard);
    int total = heard.count;
    assert_false(heard.more);
    assert_true(total >= least);
    memcpy(whole, heard.members, sizeof whole);

    query.limit = page;
    int seen = 0;
    for (bool more = true; more; more = heard.more) {
        query.anchor = seen ? &whole[seen - 1] : NULL;
        members_page(desk, &query, heard_members, &heard);
        heard_well(desk, &heard);
        for (int i = 0; i < heard.count; i++)
            assert_int_equal(heard.members[i].customer_id, whole[seen++].customer_id);
    }
    assert_int_equal(seen, total);

    query.before = true;
    for (bool more = true; more; more = heard.more) {
        query.anchor = seen < total ? &whole[seen] : NULL;
        members_page(desk, &query, heard_members, &heard);
        heard_well(desk, &heard);
        for (int i = 0; i < heard.count; i++)
            assert_int_equal(heard.members[i].customer_id,
                             whole[seen - heard.count + i].customer_id);
        seen -= heard.count;
    }
    assert_int_equal(seen, 0);
}

static void the_list_pages_both_ways_in_every_order(void **state)
{
    (void)state;
    for (int i = 0; i < 45; i++) {
        char name[64];
        /* Same names, so that the number decides. */
        snprintf(name, sizeof name, "Walker %c", 'a' + i % 5);
        flock[i] = house_enrol(&house, desk, name, NULL);
    }
    test_run(test_superuser(),
             "UPDATE gym.member_summary SET last_visit = NULL WHERE customer_id %% 3 = 0;"
             "UPDATE gym.member_summary SET last_visit = current_date - (customer_id %% 5)::int "
             "WHERE customer_id %% 3 = 1;"
             "DELETE FROM gym.charges WHERE customer_id = %lld;"
             "DELETE FROM gym.memberships WHERE customer_id IN (%lld, %lld)",
             (long long)flock[3], (long long)flock[3], (long long)flock[9]);
    test_run(
        test_superuser(),
        "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
        "predicted_customer_type, as_of) SELECT gym_id, customer_id, customer_id %% 4 * 100, 1, "
        "'Star', current_date FROM gym.customers WHERE gym_id = %lld AND customer_id %% 5 < 3 "
        "AND name LIKE 'Walker%%'",
        (long long)house.gym_id);
    for (int sort = MEMBER_SORT_NAME; sort <= MEMBER_SORT_VALUE; sort++) {
        walk(NULL, (enum member_sort)sort, false, 45, 7);
        walk(NULL, (enum member_sort)sort, true, 45, 7);
        walk("walker", (enum member_sort)sort, false, 45, 7);
        walk("walker", (enum member_sort)sort, true, 45, 7);
    }
    struct member_query query = {.search = "walker",
                                 .expiring_within = -1,
                                 .absent_days = -1,
                                 .sort = MEMBER_SORT_NAME,
                                 .limit = 100};
    members_page(desk, &query, heard_members, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 45);
    for (int i = 1; i < heard.count; i++)
        assert_true(by_name(&heard.members[i - 1], &heard.members[i]) < 0);
}

/* Over 500 hits come in the order of the terms; each member once, though two terms match. */
static void a_search_with_many_hits_pages_as_well(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "INSERT INTO gym.customers (gym_id, name, join_date) "
             "SELECT %lld, 'Zebra Zebra' || i, current_date FROM generate_series(1, 300) AS i",
             (long long)house.gym_id);
    walk("zeb", MEMBER_SORT_NAME, false, 300, 70);
    walk("zeb", MEMBER_SORT_NAME, true, 300, 70);
    walk("zebra z", MEMBER_SORT_ENDS, false, 300, 70);
    assert_true(test_number(test_superuser(),
                            "SELECT count(*) FROM gym.search_terms WHERE term >= 'zeb' "
                            "AND term < 'zec' AND gym_id = %lld",
                            (long long)house.gym_id) > 500);
    test_run(test_superuser(),
             "UPDATE gym.customers SET merged_into = %lld WHERE name LIKE 'Zebra%%' "
             "AND gym_id = %lld",
             (long long)house.anna, (long long)house.gym_id);
    struct member_query query = {
        .search = "zeb", .expiring_within = -1, .absent_days = -1, .limit = 9};
    members_page(desk, &query, heard_members, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 0);
}

static int count_of(const struct member_query *query)
{
    members_page(desk, query, heard_members, &heard);
    heard_well(desk, &heard);
    return heard.count;
}

static void filters_narrow_the_list(void **state)
{
    (void)state;
    struct member_query all = {.expiring_within = -1, .absent_days = -1, .limit = 500};
    int total = count_of(&all);
    struct member_query query = all;
    query.search = "walker c";
    assert_int_equal(count_of(&query), 9);
    query = all;
    query.segment = "At Risk";
    assert_int_equal(count_of(&query), 0);
    test_run(test_superuser(),
             "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
             "monetary_score, customer_segment, r, f, m, as_of) VALUES (%lld, %lld, 1, 1, 1, "
             "'At Risk', 1, 1, 1, now())",
             (long long)house.gym_id, (long long)flock[7]);
    assert_int_equal(count_of(&query), 1);
    assert_int_equal(heard.members[0].customer_id, flock[7]);
    query.sort = MEMBER_SORT_VALUE;
    assert_int_equal(count_of(&query), 1);
    query.search = "walker";
    assert_int_equal(count_of(&query), 1);
    query = all;
    query.status = "expired";
    int expired = count_of(&query);
    assert_true(expired >= 3 && expired < total);
    for (int i = 0; i < expired; i++)
        assert_string_equal(heard.members[i].status, "expired");
    query = all;
    query.package_id = house.annual;
    assert_int_equal(count_of(&query), 0);
    query.package_id = house.monthly;
    assert_true(count_of(&query) > 40);
    query = all;
    query.expiring_within = 5;
    assert_int_equal(count_of(&query), 0);
    query.expiring_within = 40;
    assert_true(count_of(&query) > 40);
    query = all;
    query.owing = true;
    test_run(test_superuser(),
             "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) "
             "VALUES (%lld, %lld, 12.34, current_date)",
             (long long)house.gym_id, (long long)flock[0]);
    assert_int_equal(count_of(&query), 1);
    assert_int_equal(heard.members[0].balance, 1234);
    query = all;
    query.absent_days = 1;
    int absent = count_of(&query);
    assert_true(absent > 0 && absent < total);
    query = all;
    query.search = "anna@exam";
    assert_int_equal(count_of(&query), 1);
    assert_string_equal(heard.members[0].name, "Anna Bergström");
}

static void the_card_holds_everything_about_one_member(void **state)
{
    (void)state;
    members_card(desk, house.anna, heard_card, &heard);
    heard_well(desk, &heard);
    const struct member_card *card = &heard.card;
    assert_string_equal(card->name, "Anna Bergström");
    assert_string_equal(card->email, "anna@example.com");
    assert_string_equal(card->keytag, "TAG-ANNA");
    assert_string_equal(card->status, "active");
    assert_string_equal(card->home_gym, "Nordlicht");
    assert_int_equal(card->birth_date, 7000);
    assert_int_equal(card->join_date, session_today(desk));
    assert_int_equal(card->paid_total, 3900);
    assert_int_equal(card->paid_12_months, 3900);
    assert_int_equal(card->balance, 0);
    assert_int_equal(card->term_count, 1);
    assert_int_equal(heard.terms[0].starts, session_today(desk));
    assert_int_equal(heard.terms[0].ends, card->ends);
    assert_int_equal(heard.terms[0].price, 3900);
    assert_int_equal(heard.terms[0].cancelled_on, DATE_NONE);
    assert_int_equal(card->payment_count, 1);
    assert_int_equal(heard.payments[0].amount, 3900);
    assert_string_equal(heard.payments[0].method, "Card");
    assert_int_equal(card->visit_count, 9);
    assert_int_equal(card->visits_per_week[MEMBER_WEEKS - 1], 1);
    int weeks = 0;
    for (int i = 0; i < MEMBER_WEEKS; i++)
        weeks += card->visits_per_week[i];
    assert_int_equal(weeks, 9);
    assert_false(card->is_in);
    assert_false(card->has_clv);

    test_run(test_superuser(),
             "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
             "monetary_score, customer_segment, r, f, m, as_of) VALUES (%lld, %lld, 0, 9, 39, "
             "'Loyal', 5, 4, 3, current_date);"
             "INSERT INTO gym.clv (gym_id, customer_id, clv_value, average_order_value, "
             "predicted_customer_type, p_renew, clv_low, clv_high, as_of) VALUES (%lld, %lld, "
             "412.5, 39, 'Steady', 0.75, 1e-7, 1.5e3, current_date)",
             (long long)house.gym_id, (long long)house.anna, (long long)house.gym_id,
             (long long)house.anna);
    members_card(desk, house.anna, heard_card, &heard);
    heard_well(desk, &heard);
    assert_string_equal(card->segment, "Loyal");
    assert_true(card->r == 5 && card->f == 4 && card->m == 3 && card->has_clv);
    assert_true(card->clv > 412.49 && card->clv < 412.51);
    assert_true(card->clv_low > .9e-7 && card->clv_low < 1.1e-7);
    assert_true(card->clv_high > 1499.9 && card->clv_high < 1500.1);
    assert_true(card->p_renew > .749 && card->p_renew < .751);

    members_card(desk, 999999999, heard_card, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_NOT_FOUND);
}

static void hostile_texts_arrive_clean_and_cut_at_characters(void **state)
{
    (void)state;
    int64_t eve = house_enrol(&house, desk, "Eve", "TAG-EVE");
    /* Past the functions that clean: as a restored dump or an administrator might have it. */
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'E' || chr(27) || '[31mve' || chr(8238) || 'x', "
             "note = repeat('ä', 1000) WHERE customer_id = %lld",
             (long long)eve);
    members_card(desk, eve, heard_card, &heard);
    heard_well(desk, &heard);
    assert_string_equal(heard.card.name, "E[31mvex");
    size_t length = strlen(heard.card.note);
    assert_true(length < sizeof heard.card.note && length % 2 == 0 && length > 390);
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'Eve', note = '' WHERE customer_id = %lld",
             (long long)eve);
}

static void two_who_edit_one_member_see_each_other(void **state)
{
    (void)state;
    members_card(desk, flock[1], heard_card, &heard);
    heard_well(desk, &heard);
    struct member_edit edit = {.id = request_id_new(),
                               .customer_id = flock[1],
                               .row_version = heard.card.row_version,
                               .name = "Walker Two",
                               .email = "two@example.com",
                               .phone = "",
                               .note = "mind the step",
                               .birth_date = DATE_NONE};
    members_update(boss, &edit, heard_saved, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.saved.row_version, edit.row_version + 1);
    edit.id = request_id_new();
    edit.name = "Walker Too";
    members_update(desk, &edit, heard_saved, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_string_equal(heard.saved.other_name, "Walker Two");
    assert_string_equal(heard.saved.changed_by, "Bo Boss");
    edit.keytag = "TAG-ANNA";
    edit.id = request_id_new();
    edit.row_version++;
    members_update(desk, &edit, heard_saved, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_non_null(strstr(heard.error.message, "key tag"));
}

static void a_likely_duplicate_is_shown_before_it_is_made(void **state)
{
    (void)state;
    struct member_edit edit = {
        .id = request_id_new(), .name = "anna BERGSTROM", .birth_date = 7000, .desk = "2"};
    members_enrol(desk, &edit, heard_saved, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_int_equal(heard.saved.duplicate_id, house.anna);
    assert_string_equal(heard.saved.other_name, "Anna Bergström");
    edit.duplicate_is_fine = true;
    members_enrol(desk, &edit, heard_saved, &heard);
    heard_well(desk, &heard);
    assert_true(heard.saved.customer_id != house.anna);
}

static void terms_are_renewed_paid_and_cancelled(void **state)
{
    (void)state;
    int64_t rosa = house_enrol(&house, desk, "Rosa Renew", NULL);
    int32_t today = session_today(desk);
    members_renew(desk, request_id_new(), rosa, house.annual, 0, "2", heard_change, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.change.balance, 34900);
    assert_true(heard.change.ends > today + 380);
    members_pay(desk, request_id_new(), rosa, 10000, 2, "2", "first part", heard_change, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.change.balance, 24900);
    assert_string_equal(heard.change.text, "Paid 100.00; still owes 249.00");
    members_pay(desk, request_id_new(), rosa, 0, 2, "2", "", heard_change, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_INPUT);
    members_freeze(desk, request_id_new(), rosa, today + 3, today + 9, "knee", heard_change,
                   &heard);
    heard_well(desk, &heard);
    members_unfreeze(desk, request_id_new(), rosa, heard_change, &heard);
    heard_well(desk, &heard);
    members_cancel(desk, request_id_new(), rosa, today + 10, "moving", heard_change, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.change.ends, today + 10);
    members_card(desk, rosa, heard_card, &heard);
    heard_well(desk, &heard);
    assert_string_equal(heard.card.status, "active");
    assert_int_equal(heard.terms[0].cancelled_on, today + 10);
}

/* ---- The office ---- */

static void packages_are_listed_and_saved_by_managers_only(void **state)
{
    (void)state;
    packages_list(desk, heard_packages, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 4);
    assert_string_equal(heard.packages[0].name, "Annual");
    struct package_row monthly = heard.packages[1];
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
    packages_save(desk, &edit, heard_id, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
    edit.id = request_id_new();
    packages_save(boss, &edit, heard_id, &heard);
    heard_well(boss, &heard);
    packages_list(boss, heard_packages, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.packages[1].price, 4100);
    assert_string_equal(heard.packages[1].hours, "09-16");
    edit.id = request_id_new();
    packages_save(boss, &edit, heard_id, &heard);
    heard_wait(boss);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    edit.id = request_id_new();
    edit.row_version = heard.packages[1].row_version;
    edit.hours = "";
    packages_save(boss, &edit, heard_id, &heard);
    heard_well(boss, &heard);
}

static void gyms_and_staff_are_the_owners(void **state)
{
    (void)state;
    gyms_list(owner, heard_gyms, &heard);
    heard_well(owner, &heard);
    assert_int_equal(heard.count, 1);
    struct gym_row gym = heard.gyms[0];
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
    gyms_save(owner, &edit, heard_id, &heard);
    heard_well(owner, &heard);
    gyms_list(owner, heard_gyms, &heard);
    heard_well(owner, &heard);
    assert_int_equal(heard.gyms[0].capacity, 60);
    assert_string_equal(heard.gyms[0].owing, "deny");
    edit.id = request_id_new();
    gyms_save(desk, &edit, heard_id, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);

    staff_add(owner, house.gym_id, "temp", "Tom Temp", LEVEL_DESK, "first-secret", heard_done,
              &heard);
    heard_well(owner, &heard);
    staff_list(owner, house.gym_id, heard_staff, &heard);
    heard_well(owner, &heard);
    assert_int_equal(heard.count, 4);
    assert_string_equal(heard.staff[3].username, "temp");
    assert_string_equal(heard.staff[3].name, "Tom Temp");
    assert_int_equal(heard.staff[3].level, LEVEL_DESK);
    struct db *temp = house_sign_in("nordlicht", "temp", "first-secret");
    staff_set_password(owner, house.gym_id, "temp", "second-secret", heard_done, &heard);
    heard_well(owner, &heard);
    struct db *again = house_sign_in("nordlicht", "temp", "second-secret");
    db_close(again);
    /* A disabled login is cut off at its next statement. */
    staff_set_disabled(owner, house.gym_id, "temp", true, heard_done, &heard);
    heard_well(owner, &heard);
    session_read(temp, heard_session, &heard);
    heard_wait(temp);
    assert_int_equal(heard.error.code, ERROR_LOGIN);
    db_close(temp);
    staff_add(desk, house.gym_id, "mole", "", LEVEL_OWNER, "secret", heard_done, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
    staff_add(owner, house.gym_id, "blank", "", LEVEL_DESK, "", heard_done, &heard);
    heard_wait(owner);
    assert_int_equal(heard.error.code, ERROR_INPUT);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM pg_authid WHERE rolpassword IS NOT NULL "
                                 "AND rolpassword NOT LIKE 'SCRAM-SHA-256$%%'"),
                     0);

    test_run(test_superuser(),
             "INSERT INTO gym.trainers (gym_id, name) VALUES (%lld, 'Theo Trainer')",
             (long long)house.gym_id);
    trainers_list(desk, heard_trainers, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.trainers[0].name, "Theo Trainer");
}

/* One changes one's own password and the session outlives a reconnect. */
static void an_own_new_password_holds_after_a_reconnect(void **state)
{
    (void)state;
    staff_add(owner, house.gym_id, "selma", "", LEVEL_DESK, "old-secret", heard_done, &heard);
    heard_well(owner, &heard);
    struct db *self = house_sign_in("nordlicht", "selma", "old-secret");
    staff_set_password(self, house.gym_id, "selma", "new-secret", heard_done, &heard);
    heard_well(self, &heard);
    test_run(test_superuser(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE usename = 'gymtest:nordlicht:selma'");
    struct error error = {0};
    while (db_state(self) == DB_STATE_READY)
        (void)db_wait(self, 20, &error);
    heard_wait(self);
    assert_int_equal(db_state(self), DB_STATE_READY);
    session_read(self, heard_session, &heard);
    heard_well(self, &heard);
    db_close(self);
}

static void statistics_add_up(void **state)
{
    (void)state;
    statistics_heat(boss, heard_heat, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.heat.weeks, 8);
    double visits = 0;
    for (int day = 0; day < 7; day++)
        for (int hour = 0; hour < 24; hour++)
            visits += heard.heat.visits[day][hour] * 8;
    /* Anna's eight weeks, and Mia's visit that was entered afterwards. */
    assert_true(visits > 7.99 && visits < 9.01);
    assert_true(heard.heat.highest > .99);

    statistics_overview(boss, heard_overview, &heard);
    heard_well(boss, &heard);
    const struct statistics_overview *overview = &heard.overview;
    assert_int_equal(overview->members,
                     test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.memberships WHERE gym_id = %lld AND "
                                 "term @> (now() AT TIME ZONE '%s')::date",
                                 (long long)house.gym_id, house.time_zone));
    assert_true(overview->members > 45);
    assert_int_equal(overview->month_count, STATISTICS_MONTHS);
    const struct statistics_month *month = &overview->months[STATISTICS_MONTHS - 1];
    assert_int_equal(month->members_at_end, overview->members);
    assert_int_equal(month->revenue, overview->revenue_30_days);
    assert_int_equal(month->month, date_from_civil(date_to_civil(session_today(boss)).year,
                                                   date_to_civil(session_today(boss)).month, 1));
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

    statistics_today(boss, heard_today, &heard);
    heard_well(boss, &heard);
    assert_string_equal(heard.today.gym_name, "Nordlicht");
    assert_int_equal(heard.today.day, session_today(boss));
    assert_int_equal(heard.today.capacity, 60);
    assert_int_equal(heard.today.overridden, 1);
    assert_true(heard.today.denied >= 2 && heard.today.check_ins >= 5 && heard.today.joined > 45);
    assert_int_equal(heard.today.taken, heard.today.taken_card + heard.today.taken_debit +
                                            heard.today.taken_cash + heard.today.taken_other);
    assert_int_equal(heard.today.taken_cash, 3900);
    assert_int_equal(heard.today.taken_debit, 10000);
}

/* ---- Another gym ---- */

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
    members_card(db, house.anna, heard_card, &there);
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
    staff_add(chain_maker, house.gym_id, "chain", "Carla Chain", LEVEL_CHAIN, "chain-secret",
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
    session_pick_gym(db, house.gym_id, heard_session, &there);
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
        cmocka_unit_test(session_says_who_and_where),
        cmocka_unit_test(the_clock_is_the_gyms),
        cmocka_unit_test(a_scan_checks_in_and_a_second_one_says_since_when),
        cmocka_unit_test(the_same_request_twice_is_answered_with_the_first_result),
        cmocka_unit_test(an_expired_member_is_denied_and_pays_at_the_desk),
        cmocka_unit_test(an_override_lets_in_and_is_noted),
        cmocka_unit_test(a_frozen_member_is_thawed_with_one_call),
        cmocka_unit_test(a_mistake_is_undone_and_a_visit_entered_later),
        cmocka_unit_test(letters_find_candidates),
        cmocka_unit_test(feed_inside_and_occupancy_agree),
        cmocka_unit_test(usual_occupancy_counts_the_last_eight_weeks),
        cmocka_unit_test(the_list_pages_both_ways_in_every_order),
        cmocka_unit_test(a_search_with_many_hits_pages_as_well),
        cmocka_unit_test(filters_narrow_the_list),
        cmocka_unit_test(the_card_holds_everything_about_one_member),
        cmocka_unit_test(hostile_texts_arrive_clean_and_cut_at_characters),
        cmocka_unit_test(two_who_edit_one_member_see_each_other),
        cmocka_unit_test(a_likely_duplicate_is_shown_before_it_is_made),
        cmocka_unit_test(terms_are_renewed_paid_and_cancelled),
        cmocka_unit_test(packages_are_listed_and_saved_by_managers_only),
        cmocka_unit_test(gyms_and_staff_are_the_owners),
        cmocka_unit_test(an_own_new_password_holds_after_a_reconnect),
        cmocka_unit_test(statistics_add_up),
        cmocka_unit_test(nothing_of_another_gym_is_seen),
        cmocka_unit_test(role_names_are_checked),
    };
    return cmocka_run_group_tests_name("typed calls", tests, set_up, tear_down);
}
