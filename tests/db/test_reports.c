/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of changes in words, the lists of reports, and exports, page by page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/audit.h"
#include "gymtui/db/reports.h"
#include "heard.h"
#include "support.h"

static struct house house;
static struct db *desk, *boss;
static struct heard heard;

#define ROWS 200

static struct {
    struct audit_row changes[ROWS];
    struct report_member members[ROWS];
    char cells[ROWS][32][120]; /* of an export */
    bool null[ROWS][32];
    int rows, columns;
    int64_t last;
} told;

static void on_changes(void *owner, const struct audit_row *rows, int count, bool more,
                       const struct error *error)
{
    struct heard *list = owner;
    heard_done(owner, error);
    assert_in_range(count, 0, ROWS);
    list->count = count;
    list->more = more;
    if (count)
        memcpy(told.changes, rows, (size_t)count * sizeof *rows);
}

static void on_members(void *owner, const struct report_member *rows, int count, bool more,
                       const struct error *error)
{
    struct heard *list = owner;
    heard_done(owner, error);
    assert_in_range(count, 0, ROWS);
    list->count = count;
    list->more = more;
    if (count)
        memcpy(told.members, rows, (size_t)count * sizeof *rows);
}

static void on_export(void *owner, const struct export_page *page, const struct error *error)
{
    struct heard *list = owner;
    heard_done(owner, error);
    if (!page)
        return;
    assert_in_range(page->rows, 0, ROWS);
    told.rows = page->rows;
    told.columns = page->columns;
    told.last = page->last;
    list->more = page->more;
    for (int i = 0; i < page->rows; i++) {
        for (int k = 0; k < page->columns; k++) {
            const char *cell = page->cells[i * page->columns + k];
            told.null[i][k] = cell == NULL;
            snprintf(told.cells[i][k], sizeof told.cells[i][k], "%s", cell ? cell : "");
        }
    }
}

/* ---- The log of changes ---- */

static void read_changes(int64_t customer_id, int64_t before, int limit)
{
    struct audit_query query = {
        .customer_id = customer_id, .since = DATE_NONE, .before = before, .limit = limit};
    audit_page(boss, &query, on_changes, &heard);
    heard_well(boss, &heard);
}

static const struct audit_row *change_of(const char *subject)
{
    for (int i = 0; i < heard.count; i++)
        if (strcmp(told.changes[i].subject, subject) == 0)
            return &told.changes[i];
    fail_msg("no change of a %s", subject);
    return NULL;
}

static void a_change_is_told_in_words(void **state)
{
    (void)state;
    int64_t rosa = house_enrol(&house, desk, "Rosa Changes", NULL);
    members_card(desk, rosa, heard_card, &heard);
    heard_well(desk, &heard);
    struct member_edit edit = {.id = request_id_new(),
                               .customer_id = rosa,
                               .row_version = heard.card.row_version,
                               .name = "Rosa Changed",
                               .email = "",
                               .phone = "0123 456",
                               .gender = "female",
                               .note = "tab\tand line\nbreak",
                               .birth_date = date_from_civil(1990, 2, 3)};
    members_update(boss, &edit, heard_saved, &heard);
    heard_well(boss, &heard);
    read_changes(rosa, 0, 50);
    const struct audit_row *row = change_of("Member");
    assert_int_equal(row->action, AUDIT_CHANGED);
    assert_string_equal(row->who, "Bo Boss");
    assert_string_equal(row->member, "Rosa Changed");
    assert_int_equal(row->customer_id, rosa);
    assert_string_equal(row->changes[0].what, "Name");
    assert_string_equal(row->changes[0].before, "Rosa Changes");
    assert_string_equal(row->changes[0].after, "Rosa Changed");
    assert_non_null(strstr(row->words, "Phone nothing → 0123 456"));
    assert_non_null(strstr(row->words, " → 3 Feb 1990"));
    assert_non_null(strstr(row->words, "Note nothing → tab and line break"));
    assert_null(strstr(row->words, "row version"));
    assert_null(strchr(row->words, '{'));

    /* What she paid for when she joined: names for numbers, days for ranges. */
    const struct audit_row *paid = change_of("Payment"), *term = change_of("Term");
    assert_int_equal(paid->action, AUDIT_ADDED);
    assert_string_equal(paid->who, "Dina Desk");
    assert_string_equal(paid->changes[0].what, "Amount");
    assert_string_equal(paid->changes[0].after, "39.00");
    assert_non_null(strstr(paid->words, "; By "));
    assert_non_null(strstr(term->words, "Plan Monthly"));
    assert_non_null(strstr(term->words, " – "));
    assert_null(strchr(term->words, '['));
}

static void a_campaign_is_told_without_its_machinery(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "INSERT INTO gym.campaigns (gym_id, name, offer, slot, holdout_share, starts_on, "
             "window_days, choice) VALUES (%lld, 'Autumn', 'a towel', NULL, .2, current_date, 30, "
             "'{\"segment\": \"At Risk\", \"search\": \"an\"}')",
             (long long)house.gym_id);
    read_changes(0, 0, 5);
    const struct audit_row *row = change_of("Campaign");
    assert_int_equal(row->action, AUDIT_ADDED);
    assert_non_null(strstr(row->words, "Name Autumn"));
    assert_non_null(strstr(row->words, "Chosen by "));
    assert_non_null(strstr(row->words, "segment At Risk"));
    assert_non_null(strstr(row->words, "search an"));
    assert_non_null(strstr(row->words, "To be held out 20 %"));
    assert_null(strpbrk(row->words, "{}\""));
    assert_null(strstr(row->words, "Unknown"));
    assert_null(strstr(row->words, " 0"));
}

static void changes_come_in_pages_newest_first(void **state)
{
    (void)state;
    read_changes(0, 0, 5);
    assert_int_equal(heard.count, 5);
    assert_true(heard.more);
    for (int i = 1; i < 5; i++)
        assert_true(told.changes[i].audit_id < told.changes[i - 1].audit_id);
    int64_t last = told.changes[4].audit_id;
    read_changes(0, last, 150);
    assert_true(heard.count > 5);
    assert_true(told.changes[0].audit_id < last);
    struct audit_query query = {.since = session_today(boss) + 1,
                                .limit = 10}; /* nothing is from tomorrow */
    audit_page(boss, &query, on_changes, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 0);
    query.since = session_today(boss);
    audit_page(boss, &query, on_changes, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 10);
    audit_page(desk, &query, on_changes, &heard); /* managers only */
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
}

static void another_gyms_changes_are_not_there(void **state)
{
    (void)state;
    test_run(test_superuser(), "UPDATE gym.customers SET note = 'south' WHERE customer_id = 20001");
    struct audit_query query = {.customer_id = 20001, .since = DATE_NONE, .limit = 10};
    audit_page(boss, &query, on_changes, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 0);
}

static void what_the_system_did_is_told_too(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "UPDATE gym.gyms SET settings = settings || '{\"owing\": \"deny\"}', capacity = 55 "
             "WHERE gym_id = %lld",
             (long long)house.gym_id);
    read_changes(0, 0, 1);
    assert_string_equal(told.changes[0].who, "administrator");
    assert_string_equal(told.changes[0].subject, "Gym");
    assert_non_null(strstr(told.changes[0].words, "Owing nothing → deny"));
    assert_non_null(strstr(told.changes[0].words, "Capacity"));
}

/* ---- Reports ---- */

static void report(enum report_kind kind, int days, const struct report_member *after, int limit)
{
    struct report_query query = {.kind = kind, .days = days, .after = after, .limit = limit};
    report_members(boss, &query, on_members, &heard);
    heard_well(boss, &heard);
}

static const struct report_member *find(const char *name)
{
    for (int i = 0; i < heard.count; i++)
        if (strcmp(told.members[i].name, name) == 0)
            return &told.members[i];
    return NULL;
}

/* A member whose term ends in so many days, with the birthday so many days from today. */
static int64_t member(const char *name, int ends_in, int birthday_in)
{
    int64_t number = house_enrol(&house, desk, name, NULL);
    int32_t today = session_today(desk);
    struct date_civil birthday = date_to_civil(today + birthday_in);
    bool leap = birthday.month == 2 && birthday.day == 29;
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term), lower(term) + %d) WHERE "
             "customer_id = %lld; UPDATE gym.customers SET birth_date = '1990-%02d-%02d', "
             "join_date = join_date - 60 WHERE customer_id = %lld",
             ends_in + 1, (long long)number, birthday.month, leap ? 28 : birthday.day,
             (long long)number);
    return number;
}

static void reports_find_whom_they_say(void **state)
{
    (void)state;
    int32_t today = session_today(desk);
    member("Soon Ending", 3, 100);
    member("Late Ending", 300, 5);
    int64_t owes = member("Olga Owes", 300, 101);
    test_run(test_superuser(),
             "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) VALUES (%lld, %lld, "
             "50, gym.today() - 40), (%lld, %lld, 25, gym.today() - 10)",
             (long long)house.gym_id, (long long)owes, (long long)house.gym_id, (long long)owes);
    members_pay(desk, request_id_new(), owes, 1200, 3, "1", "", heard_change, &heard);
    heard_well(desk, &heard);

    report(REPORT_EXPIRING, 7, NULL, ROWS - 1);
    assert_non_null(find("Soon Ending"));
    assert_int_equal(find("Soon Ending")->number, 3);
    assert_int_equal(find("Soon Ending")->day, today + 3);
    assert_null(find("Late Ending"));

    /* The oldest is paid, the rest is owed since the second. */
    report(REPORT_OWING, 0, NULL, ROWS - 1);
    assert_non_null(find("Olga Owes"));
    assert_int_equal(find("Olga Owes")->balance, 6300);
    assert_int_equal(find("Olga Owes")->number, 10);
    assert_null(find("Soon Ending"));

    report(REPORT_ABSENT, 59, NULL, ROWS - 1);
    assert_non_null(find("Late Ending")); /* never came since joining */
    assert_int_equal(find("Late Ending")->number, 60);
    report(REPORT_ABSENT, 61, NULL, ROWS - 1);
    assert_null(find("Late Ending"));

    report(REPORT_BIRTHDAYS, 7, NULL, ROWS - 1);
    const struct report_member *late = find("Late Ending");
    assert_non_null(late);
    assert_int_equal(late->day, today + 5);
    assert_int_equal(late->number, date_to_civil(today + 5).year - 1990);
    assert_null(find("Soon Ending"));
}

/* Rule 20: 29 February shows on the 28th of a short year, and the year may turn before it. */
static void rule_20_a_birthday_of_february_29_is_told_on_the_28th(void **state)
{
    (void)state;
    int64_t lea = member("Lea Leapyear", 360, 1);
    test_run(test_superuser(),
             "UPDATE gym.customers SET birth_date = '1992-02-29' WHERE customer_id = %lld",
             (long long)lea);
    report(REPORT_BIRTHDAYS, 366, NULL, ROWS - 1);
    const struct report_member *row = find("Lea Leapyear");
    assert_non_null(row);
    struct date_civil day = date_to_civil(row->day);
    assert_int_equal(day.month, 2);
    assert_int_equal(day.day, date_days_in_month(day.year, 2));
    assert_true(row->day >= session_today(desk));
}

static void reports_come_in_pages_that_meet(void **state)
{
    (void)state;
    static const enum report_kind kinds[] = {REPORT_EXPIRING, REPORT_OWING, REPORT_ABSENT,
                                             REPORT_BIRTHDAYS};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        report(kinds[k], kinds[k] == REPORT_ABSENT ? 30 : 366, NULL, ROWS - 1);
        int64_t whole[ROWS] = {0};
        int count = heard.count, seen = 0;
        assert_true(count > 0);
        assert_false(heard.more);
        for (int i = 0; i < count; i++)
            whole[i] = told.members[i].customer_id;
        struct report_member last;
        bool more = true;
        while (more) {
            report(kinds[k], kinds[k] == REPORT_ABSENT ? 30 : 366, seen ? &last : NULL, 1);
            assert_int_equal(heard.count, 1);
            assert_int_equal(told.members[0].customer_id, whole[seen++]);
            last = told.members[0];
            more = heard.more;
        }
        assert_int_equal(seen, count);
    }
}

/* ---- Exports ---- */

static void export(enum export_kind kind, int32_t since, int32_t until, int64_t after, int limit)
{
    struct export_query query = {
        .kind = kind, .since = since, .until = until, .after = after, .limit = limit};
    export_page(boss, &query, on_export, &heard);
    heard_well(boss, &heard);
    int columns = 0;
    while (export_columns(kind)[columns].name)
        columns++;
    assert_int_equal(told.columns, columns);
}

static int column(enum export_kind kind, const char *name)
{
    for (int k = 0; export_columns(kind)[k].name; k++)
        if (strcmp(export_columns(kind)[k].name, name) == 0)
            return k;
    fail_msg("no column %s", name);
    return -1;
}

static void exports_hold_every_row_once(void **state)
{
    (void)state;
    struct check_in_request in = {.id = request_id_new(), .customer_id = house.anna, .desk = "2"};
    attendance_check_in(desk, &in, heard_verdict, &heard);
    heard_well(desk, &heard);
    test_run(test_superuser(),
             "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
             "monetary_score, customer_segment, r, f, m, as_of) SELECT gym_id, customer_id, 4, "
             "2.5, 39, 'Loyal', 4, 3, 3, gym.today() FROM gym.customers WHERE gym_id = %lld",
             (long long)house.gym_id);
    static const struct {
        enum export_kind kind;
        const char *table;
    } all[] = {{EXPORT_MEMBERS, "gym.customers"},
               {EXPORT_VISITS, "gym.attendance"},
               {EXPORT_PAYMENTS, "gym.transactions"},
               {EXPORT_SEGMENTS, "gym.rfm"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int rows = 0;
        int64_t after = 0;
        do {
            export(all[i].kind, DATE_NONE, DATE_NONE, after, 2);
            rows += told.rows;
            after = told.last;
        } while (heard.more);
        assert_int_equal(rows, test_number(test_superuser(),
                                           "SELECT count(*) FROM %s WHERE gym_id = %lld",
                                           all[i].table, (long long)house.gym_id));
        assert_true(rows > 0);
    }
}

static void an_export_is_bounded_by_days_and_told_plainly(void **state)
{
    (void)state;
    int32_t today = session_today(desk);
    export(EXPORT_VISITS, today, today, 0, 10);
    assert_int_equal(told.rows, 1);
    int in = column(EXPORT_VISITS, "check_in"), out = column(EXPORT_VISITS, "check_out");
    char day[32];
    date_format_iso(day, sizeof day, today);
    assert_int_equal(strncmp(told.cells[0][in], day, 10), 0);
    assert_int_equal(strlen(told.cells[0][in]), 19);
    assert_true(told.null[0][out]);
    assert_string_equal(told.cells[0][column(EXPORT_VISITS, "reentry")], "false");
    export(EXPORT_VISITS, DATE_NONE, today - 1, 0, 10);
    assert_int_equal(told.rows, 0);
    export(EXPORT_PAYMENTS, today, DATE_NONE, 0, 1);
    assert_int_equal(told.rows, 1);
    assert_string_equal(told.cells[0][column(EXPORT_PAYMENTS, "amount")], "39.00");
    export(EXPORT_PAYMENTS, today + 1, DATE_NONE, 0, 1);
    assert_int_equal(told.rows, 0);
    export(EXPORT_MEMBERS, DATE_NONE, DATE_NONE, house.anna - 1, 1);
    assert_string_equal(told.cells[0][column(EXPORT_MEMBERS, "name")], "Anna Bergström");
    assert_string_equal(told.cells[0][column(EXPORT_MEMBERS, "segment")], "Loyal");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&house, "house");
    desk = house_sign_in("house", "desk1", "desk-secret");
    boss = house_sign_in("house", "boss", "boss-secret");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(desk);
    db_close(boss);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_told_in_words),
        cmocka_unit_test(a_campaign_is_told_without_its_machinery),
        cmocka_unit_test(changes_come_in_pages_newest_first),
        cmocka_unit_test(another_gyms_changes_are_not_there),
        cmocka_unit_test(what_the_system_did_is_told_too),
        cmocka_unit_test(reports_find_whom_they_say),
        cmocka_unit_test(rule_20_a_birthday_of_february_29_is_told_on_the_28th),
        cmocka_unit_test(reports_come_in_pages_that_meet),
        cmocka_unit_test(exports_hold_every_row_once),
        cmocka_unit_test(an_export_is_bounded_by_days_and_told_plainly),
    };
    return cmocka_run_group_tests_name("reports", tests, start, stop);
}
