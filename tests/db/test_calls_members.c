/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls about members against a real server: the list and its pages, the card, edits,
 * terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "calls/calls.h"
#include "gymtui/base/date.h"
#include "support.h"

static int set_up_members(void **state)
{
    calls_set_up(state);
    calls_let_anna_come();
    calls_enrol_lapsed("Olga Over", "TAG-OLGA");
    return 0;
}

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
    members_page(calls_desk, &query, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    int total = calls_heard.count;
    assert_false(calls_heard.more);
    assert_true(total >= least);
    memcpy(whole, calls_heard.members, sizeof whole);

    query.limit = page;
    int seen = 0;
    for (bool more = true; more; more = calls_heard.more) {
        query.anchor = seen ? &whole[seen - 1] : NULL;
        members_page(calls_desk, &query, heard_members, &calls_heard);
        heard_well(calls_desk, &calls_heard);
        for (int i = 0; i < calls_heard.count; i++)
            assert_int_equal(calls_heard.members[i].customer_id, whole[seen++].customer_id);
    }
    assert_int_equal(seen, total);

    query.before = true;
    for (bool more = true; more; more = calls_heard.more) {
        query.anchor = seen < total ? &whole[seen] : NULL;
        members_page(calls_desk, &query, heard_members, &calls_heard);
        heard_well(calls_desk, &calls_heard);
        for (int i = 0; i < calls_heard.count; i++)
            assert_int_equal(calls_heard.members[i].customer_id,
                             whole[seen - calls_heard.count + i].customer_id);
        seen -= calls_heard.count;
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
        flock[i] = house_enrol(&calls_house, calls_desk, name, NULL);
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
        (long long)calls_house.gym_id);
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
    members_page(calls_desk, &query, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 45);
    for (int i = 1; i < calls_heard.count; i++)
        assert_true(by_name(&calls_heard.members[i - 1], &calls_heard.members[i]) < 0);
}

/* Over 500 hits come in the order of the terms; each member once, though two terms match. */
static void a_search_with_many_hits_pages_as_well(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "INSERT INTO gym.customers (gym_id, name, join_date) "
             "SELECT %lld, 'Zebra Zebra' || i, current_date FROM generate_series(1, 300) AS i",
             (long long)calls_house.gym_id);
    walk("zeb", MEMBER_SORT_NAME, false, 300, 70);
    walk("zeb", MEMBER_SORT_NAME, true, 300, 70);
    walk("zebra z", MEMBER_SORT_ENDS, false, 300, 70);
    assert_true(test_number(test_superuser(),
                            "SELECT count(*) FROM gym.search_terms WHERE term >= 'zeb' "
                            "AND term < 'zec' AND gym_id = %lld",
                            (long long)calls_house.gym_id) > 500);
    test_run(test_superuser(),
             "UPDATE gym.customers SET merged_into = %lld WHERE name LIKE 'Zebra%%' "
             "AND gym_id = %lld",
             (long long)calls_house.anna, (long long)calls_house.gym_id);
    struct member_query query = {
        .search = "zeb", .expiring_within = -1, .absent_days = -1, .limit = 9};
    members_page(calls_desk, &query, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.count, 0);
}

static int count_of(const struct member_query *query)
{
    members_page(calls_desk, query, heard_members, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    return calls_heard.count;
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
             (long long)calls_house.gym_id, (long long)flock[7]);
    assert_int_equal(count_of(&query), 1);
    assert_int_equal(calls_heard.members[0].customer_id, flock[7]);
    query.sort = MEMBER_SORT_VALUE;
    assert_int_equal(count_of(&query), 1);
    query.search = "walker";
    assert_int_equal(count_of(&query), 1);
    query = all;
    query.status = "expired";
    int expired = count_of(&query);
    assert_true(expired >= 3 && expired < total);
    for (int i = 0; i < expired; i++)
        assert_string_equal(calls_heard.members[i].status, "expired");
    query = all;
    query.package_id = calls_house.annual;
    assert_int_equal(count_of(&query), 0);
    query.package_id = calls_house.monthly;
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
             (long long)calls_house.gym_id, (long long)flock[0]);
    assert_int_equal(count_of(&query), 1);
    assert_int_equal(calls_heard.members[0].balance, 1234);
    query = all;
    query.absent_days = 1;
    int absent = count_of(&query);
    assert_true(absent > 0 && absent < total);
    query = all;
    query.search = "anna@exam";
    assert_int_equal(count_of(&query), 1);
    assert_string_equal(calls_heard.members[0].name, "Anna Bergström");
}

static void the_card_holds_everything_about_one_member(void **state)
{
    (void)state;
    members_card(calls_desk, calls_house.anna, heard_card, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    const struct member_card *card = &calls_heard.card;
    assert_string_equal(card->name, "Anna Bergström");
    assert_string_equal(card->email, "anna@example.com");
    assert_string_equal(card->keytag, "TAG-ANNA");
    assert_string_equal(card->status, "active");
    assert_string_equal(card->home_gym, "Nordlicht");
    assert_int_equal(card->birth_date, 7000);
    assert_int_equal(card->join_date, session_today(calls_desk));
    assert_int_equal(card->paid_total, 3900);
    assert_int_equal(card->paid_12_months, 3900);
    assert_int_equal(card->balance, 0);
    assert_int_equal(card->term_count, 1);
    assert_int_equal(calls_heard.terms[0].starts, session_today(calls_desk));
    assert_int_equal(calls_heard.terms[0].ends, card->ends);
    assert_int_equal(calls_heard.terms[0].price, 3900);
    assert_int_equal(calls_heard.terms[0].cancelled_on, DATE_NONE);
    assert_int_equal(card->payment_count, 1);
    assert_int_equal(calls_heard.payments[0].amount, 3900);
    assert_string_equal(calls_heard.payments[0].method, "Card");
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
             (long long)calls_house.gym_id, (long long)calls_house.anna,
             (long long)calls_house.gym_id, (long long)calls_house.anna);
    members_card(calls_desk, calls_house.anna, heard_card, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_string_equal(card->segment, "Loyal");
    assert_true(card->r == 5 && card->f == 4 && card->m == 3 && card->has_clv);
    assert_true(card->clv > 412.49 && card->clv < 412.51);
    assert_true(card->clv_low > .9e-7 && card->clv_low < 1.1e-7);
    assert_true(card->clv_high > 1499.9 && card->clv_high < 1500.1);
    assert_true(card->p_renew > .749 && card->p_renew < .751);

    members_card(calls_desk, 999999999, heard_card, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_NOT_FOUND);
}

static void hostile_texts_arrive_clean_and_cut_at_characters(void **state)
{
    (void)state;
    int64_t eve = house_enrol(&calls_house, calls_desk, "Eve", "TAG-EVE");
    /* Past the functions that clean: as a restored dump or an administrator might have it. */
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'E' || chr(27) || '[31mve' || chr(8238) || 'x', "
             "note = repeat('ä', 1000) WHERE customer_id = %lld",
             (long long)eve);
    members_card(calls_desk, eve, heard_card, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_string_equal(calls_heard.card.name, "E[31mvex");
    size_t length = strlen(calls_heard.card.note);
    assert_true(length < sizeof calls_heard.card.note && length % 2 == 0 && length > 390);
    test_run(test_superuser(),
             "UPDATE gym.customers SET name = 'Eve', note = '' WHERE customer_id = %lld",
             (long long)eve);
}

static void two_who_edit_one_member_see_each_other(void **state)
{
    (void)state;
    members_card(calls_desk, flock[1], heard_card, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    struct member_edit edit = {.id = request_id_new(),
                               .customer_id = flock[1],
                               .row_version = calls_heard.card.row_version,
                               .name = "Walker Two",
                               .email = "two@example.com",
                               .phone = "",
                               .note = "mind the step",
                               .birth_date = DATE_NONE};
    members_update(calls_boss, &edit, heard_saved, &calls_heard);
    heard_well(calls_boss, &calls_heard);
    assert_int_equal(calls_heard.saved.row_version, edit.row_version + 1);
    edit.id = request_id_new();
    edit.name = "Walker Too";
    members_update(calls_desk, &edit, heard_saved, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);
    assert_string_equal(calls_heard.saved.other_name, "Walker Two");
    assert_string_equal(calls_heard.saved.changed_by, "Bo Boss");
    edit.keytag = "TAG-ANNA";
    edit.id = request_id_new();
    edit.row_version++;
    members_update(calls_desk, &edit, heard_saved, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);
    assert_non_null(strstr(calls_heard.error.message, "key tag"));
}

static void a_likely_duplicate_is_shown_before_it_is_made(void **state)
{
    (void)state;
    struct member_edit edit = {
        .id = request_id_new(), .name = "anna BERGSTROM", .birth_date = 7000, .desk = "2"};
    members_enrol(calls_desk, &edit, heard_saved, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_CONFLICT);
    assert_int_equal(calls_heard.saved.duplicate_id, calls_house.anna);
    assert_string_equal(calls_heard.saved.other_name, "Anna Bergström");
    edit.duplicate_is_fine = true;
    members_enrol(calls_desk, &edit, heard_saved, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_true(calls_heard.saved.customer_id != calls_house.anna);
}

static void terms_are_renewed_paid_and_cancelled(void **state)
{
    (void)state;
    int64_t rosa = house_enrol(&calls_house, calls_desk, "Rosa Renew", NULL);
    int32_t today = session_today(calls_desk);
    members_renew(calls_desk, request_id_new(), rosa, calls_house.annual, 0, "2", heard_change,
                  &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.change.balance, 34900);
    assert_true(calls_heard.change.ends > today + 380);
    members_pay(calls_desk, request_id_new(), rosa, 10000, 2, "2", "first part", heard_change,
                &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.change.balance, 24900);
    assert_string_equal(calls_heard.change.text, "Paid 100.00; still owes 249.00");
    members_pay(calls_desk, request_id_new(), rosa, 0, 2, "2", "", heard_change, &calls_heard);
    heard_wait(calls_desk);
    assert_int_equal(calls_heard.error.code, ERROR_INPUT);
    members_freeze(calls_desk, request_id_new(), rosa, today + 3, today + 9, "knee", heard_change,
                   &calls_heard);
    heard_well(calls_desk, &calls_heard);
    members_unfreeze(calls_desk, request_id_new(), rosa, heard_change, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    members_cancel(calls_desk, request_id_new(), rosa, today + 10, "moving", heard_change,
                   &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_int_equal(calls_heard.change.ends, today + 10);
    members_card(calls_desk, rosa, heard_card, &calls_heard);
    heard_well(calls_desk, &calls_heard);
    assert_string_equal(calls_heard.card.status, "active");
    assert_int_equal(calls_heard.terms[0].cancelled_on, today + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_pages_both_ways_in_every_order),
        cmocka_unit_test(a_search_with_many_hits_pages_as_well),
        cmocka_unit_test(filters_narrow_the_list),
        cmocka_unit_test(the_card_holds_everything_about_one_member),
        cmocka_unit_test(hostile_texts_arrive_clean_and_cut_at_characters),
        cmocka_unit_test(two_who_edit_one_member_see_each_other),
        cmocka_unit_test(a_likely_duplicate_is_shown_before_it_is_made),
        cmocka_unit_test(terms_are_renewed_paid_and_cancelled),
    };
    return cmocka_run_group_tests_name("typed calls about members", tests, set_up_members,
                                       calls_tear_down);
}
