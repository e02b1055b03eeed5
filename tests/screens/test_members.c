/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a member: the list narrows with each letter, pages at both ends, filters and orders, and
 * never opens somebody who no longer matches what is typed. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/screens/members.h"
#include "gymtui/screens/message.h"
#include "office_data.h"
#include "support.h"

/* --- the data layer as this screen sees it --- */

static struct {
    int asked; /* how often */
    struct member_query query;
    char search[200], status[16], segment[24];
    bool has_anchor;
    int64_t anchor; /* its number */
    member_page_fn *reply;
    void *owner;
} page;
static bool packages_are_slow;

void members_page(struct db *db, const struct member_query *query, member_page_fn *on_reply,
                  void *owner)
{
    (void)db;
    assert_null(page.reply); /* one question at a time */
    page.asked++;
    page.query = *query;
    snprintf(page.search, sizeof page.search, "%s", query->search ? query->search : "");
    snprintf(page.status, sizeof page.status, "%s", query->status ? query->status : "");
    snprintf(page.segment, sizeof page.segment, "%s", query->segment ? query->segment : "");
    page.has_anchor = query->anchor != NULL;
    page.anchor = query->anchor ? query->anchor->customer_id : 0;
    page.reply = on_reply;
    page.owner = owner;
}

void packages_list(struct db *db, packages_fn *on_reply, void *owner)
{
    (void)db;
    if (!packages_are_slow)
        on_reply(owner, office_packages, OFFICE_PACKAGES, NULL);
}

static void answer_rows(const struct member_row *rows, int count, bool more)
{
    member_page_fn *reply = page.reply;
    assert_non_null(reply);
    page.reply = NULL;
    reply(page.owner, rows, count, more, NULL);
}

static void answer_error(enum error_code code, const char *message)
{
    struct error error;
    member_page_fn *reply = page.reply;
    assert_non_null(reply);
    page.reply = NULL;
    error_set(&error, code, NULL, "%s", message);
    reply(page.owner, NULL, 0, false, &error);
}

static struct host *open_list(void)
{
    memset(&page, 0, sizeof page);
    return fake_open(&screen_members, NULL, NULL);
}

static struct host *open_with_people(void)
{
    struct host *host = open_list();
    answer_rows(office_members, OFFICE_MEMBERS, false);
    return host;
}

/* A long list: member 1 … count in order. */
static struct member_row *make_rows(int first, int count)
{
    struct member_row *rows = calloc((size_t)count, sizeof *rows);
    assert_non_null(rows);
    for (int i = 0; i < count; i++) {
        rows[i].customer_id = first + i;
        snprintf(rows[i].name, sizeof rows[i].name, "Member %05d", first + i);
        snprintf(rows[i].status, sizeof rows[i].status, "active");
        rows[i].ends = OFFICE_TODAY + 100;
        rows[i].last_visit = OFFICE_TODAY;
    }
    return rows;
}

static void answer_numbers(int first, int count, bool more)
{
    struct member_row *rows = make_rows(first, count);
    answer_rows(rows, count, more);
    free(rows);
}

static void expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

/* --- stories --- */

static void test_looks(void **unused)
{
    (void)unused;
    struct host *host = open_list();
    golden_check("members_loading", fake_draw, host);
    answer_rows(office_members, OFFICE_MEMBERS, false);
    golden_check("members", fake_draw, host);
    golden_check_sizes("members", fake_draw, host);
    fake_key(host, "F3");
    golden_check("members_filter", fake_draw, host);
    fake_close(host);

    host = open_list();
    answer_rows(NULL, 0, false);
    golden_check("members_empty", fake_draw, host);
    fake_close(host);
}

static void test_typing_narrows_once_a_round_trip(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    assert_int_equal(page.asked, 1);
    fake_type(host, "petr");
    assert_int_equal(page.asked, 2); /* the other three letters wait for the first answer */
    assert_string_equal(page.search, "p");
    answer_rows(office_members, 3, false);
    assert_int_equal(page.asked, 3);
    assert_string_equal(page.search, "petr");
    expect_text(host, "Find: petr");
    answer_rows(&office_members[7], 1, false);
    expect_text(host, "Petra Lindqvist");
    assert_int_equal(page.asked, 3);

    fake_type(host, "x");
    answer_rows(NULL, 0, false);
    expect_text(host, "Nobody called “petrx”. Esc empties the search");
    fake_key(host, "Esc");
    assert_string_equal(page.search, "");
    fake_close(host);
}

static void test_enter_waits_for_the_rows_of_what_was_typed(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_type(host, "bobby\r");
    assert_null(host->opened); /* the rows on the screen are still everybody */
    answer_rows(office_members, 9, false);
    assert_null(host->opened);
    assert_string_equal(page.search, "bobby");
    answer_rows(&office_members[5], 1, false);
    assert_ptr_equal(host->opened, &screen_member);
    fake_close(host);
}

static void test_commands_while_typing_and_on_the_list(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_type(host, "s"); /* a letter, not “sort” */
    assert_string_equal(page.search, "s");
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_key(host, "Esc"); /* empties */
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_key(host, "Esc"); /* the list has the focus */
    fake_type(host, "s");
    assert_string_equal(page.search, "");
    assert_int_equal(page.query.sort, MEMBER_SORT_NUMBER);
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_type(host, "I");
    assert_true(page.query.descending);
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_type(host, "s");
    assert_int_equal(page.query.sort, MEMBER_SORT_ENDS);
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_type(host, "/an");
    assert_string_equal(page.search, "a");
    answer_rows(office_members, 1, false);
    assert_string_equal(page.search, "an");
    answer_rows(office_members, 1, false);
    fake_key(host, "F2");
    assert_ptr_equal(host->opened, &screen_member);
    fake_close(host);
}

static void test_filter(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_key(host, "F3");
    assert_non_null(host->form);
    fake_type(host, "a"); /* status: active */
    fake_key(host, "Tab");
    fake_key(host, "Tab");
    fake_key(host, "Right");
    fake_key(host, "Right");
    fake_key(host, "Right"); /* within 14 days */
    fake_key(host, "F2");
    assert_null(host->form);
    assert_string_equal(page.status, "active");
    assert_int_equal(page.query.expiring_within, 14);
    assert_int_equal(page.query.absent_days, -1);
    assert_false(page.query.owing);
    answer_rows(NULL, 0, false);
    expect_text(host, "filter: active, expiring ≤ 14 d");
    expect_text(host, "Nobody is: active, expiring ≤ 14 d. F3 changes the filter");
    fake_key(host, "F4");
    assert_string_equal(page.status, "");
    assert_int_equal(page.query.expiring_within, -1);
    fake_close(host);
}

static void test_filter_by_segment_and_order_by_value(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_key(host, "F3");
    for (int i = 0; i < 5; i++)
        fake_key(host, "Tab");
    fake_type(host, "aa"); /* About to Sleep, At Risk */
    fake_key(host, "F2");
    assert_string_equal(page.segment, "At Risk");
    answer_rows(office_members, 2, false);
    expect_text(host, "filter: At Risk");
    for (int i = 0; i < 4; i++) {
        fake_key(host, "F6");
        answer_rows(office_members, 2, false);
    }
    assert_int_equal(page.query.sort, MEMBER_SORT_VALUE);
    fake_close(host);
}

static void test_marks_stay_while_one_searches_on(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_key(host, "Space");
    fake_key(host, "Space"); /* and the next one */
    assert_non_null(strstr(host->said, "2 marked"));
    expect_text(host, "2 marked");
    expect_text(host, "■ Anahit Petrosyan");
    golden_check("members_marked", fake_draw, host);
    fake_type(host, "jo hn"); /* a blank inside a search is a blank */
    answer_rows(office_members, 1, false);
    assert_string_equal(page.search, "jo hn");
    answer_rows(office_members, 1, false);
    expect_text(host, "■ Anahit Petrosyan");
    fake_key(host, "F5"); /* the same one again: off */
    expect_text(host, "1 marked");
    fake_type(host, "n");
    fake_key(host, "F5"); /* the rows for what was typed are not there yet */
    expect_text(host, "1 marked");
    answer_rows(&office_members[3], 1, false);
    expect_text(host, "2 marked");
    fake_key(host, "F5");
    expect_text(host, "1 marked");
    fake_key(host, "F8");
    assert_ptr_equal(host->opened, &screen_message);
    fake_key(host, "Esc");
    answer_rows(office_members, OFFICE_MEMBERS, false);
    fake_key(host, "*");
    assert_int_equal(page.query.limit, 500);
    answer_rows(office_members, OFFICE_MEMBERS, true);
    assert_int_equal(page.anchor, office_members[OFFICE_MEMBERS - 1].customer_id);
    answer_rows(NULL, 0, false);
    expect_text(host, "9 marked");
    fake_key(host, "-");
    assert_non_null(strstr(host->said, "Nobody is marked"));
    fake_close(host);
}

static char *file_text(const char *path)
{
    static char text[4000];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void test_the_sorted_column_keeps_its_whole_name(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_key(host, "F6");
    answer_rows(office_members, OFFICE_MEMBERS, false);
    char *text = fake_text(host);
    assert_non_null(strstr(text, "Number"));
    assert_null(strstr(text, "Numb…"));
    free(text);
    fake_close(host);
}

static void test_a_ban_comes_first_and_a_day_pass_ends_on_its_day(void **unused)
{
    (void)unused;
    struct host *host = open_list();
    struct member_row *rows = make_rows(1, 3);
    rows[0].is_banned = true;
    rows[0].balance = 3900;
    rows[1].ends = rows[2].ends = OFFICE_TODAY;
    rows[1].has_day_pass = true;
    answer_rows(rows, 3, false);
    free(rows);
    char *text = fake_text(host);
    char *first = strstr(text, "Member 00001"), *second = strstr(text, "Member 00002");
    char *third = strstr(text, "Member 00003");
    assert_true(first && second && third);
    char *ban = strstr(first, "banned");
    assert_true(ban && ban < second);
    assert_null(strstr(first, "owes"));
    char *last_day = strstr(second, "last day");
    assert_true(last_day && last_day > third);
    free(text);
    fake_close(host);
}

/* A name, Enter and a key of the card, typed in one go. */
static void test_keys_after_enter_are_for_the_card(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    assert_false(screen_members.waits(host->state));
    fake_type(host, "petra");
    assert_false(screen_members.waits(host->state));
    fake_key(host, "Enter");
    assert_true(screen_members.waits(host->state));
    while (page.reply)
        answer_rows(&office_members[1], 1, false);
    assert_ptr_equal(host->opened, &screen_member);
    assert_false(screen_members.waits(host->state));
    fake_close(host);
}

static void test_export_holds_all_that_is_shown(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/gymtui-export-XXXXXX", path[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.csv", folder);
    struct host *host = open_with_people();
    fake_type(host, "an");
    answer_rows(office_members, 2, false);
    answer_rows(office_members, 2, false);
    fake_key(host, "F9");
    golden_check("members_export", fake_draw, host);
    fake_type(host, path);
    fake_key(host, "Enter");
    assert_string_equal(page.search, "an");
    assert_false(page.has_anchor);
    struct member_row rows[2] = {office_members[0], office_members[1]};
    snprintf(rows[0].name, sizeof rows[0].name, "=HYPERLINK(\"x\"), Ann");
    rows[0].has_value = true;
    rows[0].value = 412.405;
    answer_rows(rows, 1, true);
    assert_int_equal(access(path, F_OK), -1); /* not before it is whole */
    fake_key(host, "F9");                     /* one at a time */
    assert_null(host->dialog);
    assert_int_equal(page.anchor, rows[0].customer_id);
    answer_rows(&rows[1], 1, false);
    assert_non_null(strstr(host->said, "2 members in "));
    char *text = file_text(path);
    assert_ptr_equal(strstr(text, "number,name,phone,plan,status,ends,last_visit,balance,segment,"
                                  "value\n10482,\"'=HYPERLINK(\"\"x\"\"), Ann\","),
                     text);
    assert_non_null(strstr(text, ",412.4"));
    assert_non_null(strstr(text, "\n10077,Tigran Hakobyan,"));

    /* Marked ones: those and no others, whatever is searched for now. */
    fake_key(host, "F5");
    fake_key(host, "F9");
    fake_type(host, path);
    fake_key(host, "Enter");
    assert_string_equal(page.search, "");
    answer_rows(office_members, OFFICE_MEMBERS, false);
    assert_non_null(strstr(host->said, "1 members in "));
    text = file_text(path);
    assert_null(strstr(text, "10077"));
    unlink(path);

    /* A page that does not come leaves no file. */
    fake_key(host, "F9");
    fake_type(host, path);
    fake_key(host, "Enter");
    answer_error(ERROR_TOO_SLOW, "It took too long");
    assert_int_equal(access(path, F_OK), -1);
    fake_key(host, "F9");
    fake_type(host, "/nonexistent/x.csv");
    fake_key(host, "Enter");
    assert_non_null(strstr(host->said, "cannot be written"));
    assert_null(page.reply);
    assert_int_equal(rmdir(folder), 0);
    fake_close(host);
}

static void test_opened_for_a_figure(void **unused)
{
    (void)unused;
    memset(&page, 0, sizeof page);
    struct members_argument owing = {.owing = true, .expiring_within = -1, .absent_days = 10};
    struct host *host = fake_open(&screen_members, &owing, NULL);
    assert_true(page.query.owing);
    assert_int_equal(page.query.absent_days, 10);
    answer_rows(office_members, 2, false);
    expect_text(host, "filter: owing, absent ≥ 10 d");
    fake_close(host);
}

static void test_pages_over_any_number_of_members(void **unused)
{
    (void)unused;
    struct host *host = open_list();
    free(fake_text(host)); /* in a child: the table here still thinks it is one row high */
    answer_numbers(1, page.query.limit, true);
    int last = page.query.limit;
    assert_null(page.reply);
    /* Down to the end of the page: the next one is asked for before it is needed. */
    for (int i = 0; i < 1000; i++) {
        fake_key(host, "Down");
        if (page.reply) {
            assert_true(page.has_anchor);
            assert_false(page.query.before);
            assert_int_equal(page.anchor, last);
            answer_numbers(last + 1, page.query.limit, true);
            last += page.query.limit;
        }
    }
    expect_text(host, "Member 01001");
    /* And back up: the rows that were let go come again from the other side. */
    int first = 0;
    for (int i = 0; i < 1000; i++) {
        fake_key(host, "Up");
        if (page.reply) {
            assert_true(page.query.before);
            first = (int)page.anchor - page.query.limit;
            answer_numbers(first < 1 ? 1 : first, (int)page.anchor - (first < 1 ? 1 : first),
                           first > 1);
        }
    }
    expect_text(host, "Member 00001");
    /* The end of the list is one question, from the end. */
    fake_key(host, "End");
    assert_non_null(page.reply);
    assert_false(page.has_anchor);
    assert_true(page.query.before);
    answer_numbers(99881, 120, true);
    expect_text(host, "Member 100000");
    fake_close(host);
}

static void test_jump_overtakes_a_page_under_way(void **unused)
{
    (void)unused;
    struct host *host = open_list();
    answer_numbers(1, 120, true);
    for (int i = 0; i < 400 && !page.reply; i++)
        fake_key(host, "Down");
    assert_non_null(page.reply); /* the next page is under way */
    fake_key(host, "End");
    answer_numbers(121, 120, true); /* and comes: it is not what the jump asked for */
    assert_true(page.query.before);
    assert_false(page.has_anchor);
    answer_numbers(4881, 120, true);
    expect_text(host, "Member 05000");
    fake_close(host);
}

static void test_change_elsewhere_is_read_again_in_place(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_key(host, "Down");
    fake_key(host, "Down");
    host->screen->changed(host->state, "members");
    assert_non_null(page.reply);
    assert_false(page.has_anchor);
    answer_rows(&office_members[1], OFFICE_MEMBERS - 1, false); /* the first one is gone */
    char *text = fake_text(host);
    assert_null(strstr(text, "Anahit"));
    assert_non_null(strstr(text, "▸ Պետրոս Ավետիսյան")); /* the cursor stayed on the person */
    free(text);
    fake_close(host);
}

static void test_offline_keeps_the_rows(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    fake_type(host, "p");
    answer_error(ERROR_OFFLINE, "No connection");
    fake_go(host, DB_STATE_OFFLINE, "The server went away");
    expect_text(host, "Anahit Petrosyan");
    fake_go(host, DB_STATE_READY, NULL);
    host->screen->changed(host->state, "*");
    assert_string_equal(page.search, "p"); /* what was typed meanwhile is asked for */
    answer_rows(&office_members[7], 1, false);
    expect_text(host, "Petra Lindqvist");

    fake_type(host, "e");
    answer_error(ERROR_TOO_SLOW, "The list took too long");
    expect_text(host, "Petra Lindqvist");
    assert_non_null(strstr(host->said, "took too long"));
    fake_close(host);
}

static void test_hostile_names_are_harmless(void **unused)
{
    (void)unused;
    struct host *host = open_with_people();
    char *text = fake_text(host);
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\007'));
    free(text);
    fake_paste(host, "an\033[31m\nna");
    assert_null(strchr(page.search, '\033'));
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_typing_narrows_once_a_round_trip),
        cmocka_unit_test(test_enter_waits_for_the_rows_of_what_was_typed),
        cmocka_unit_test(test_commands_while_typing_and_on_the_list),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_filter_by_segment_and_order_by_value),
        cmocka_unit_test(test_marks_stay_while_one_searches_on),
        cmocka_unit_test(test_the_sorted_column_keeps_its_whole_name),
        cmocka_unit_test(test_a_ban_comes_first_and_a_day_pass_ends_on_its_day),
        cmocka_unit_test(test_keys_after_enter_are_for_the_card),
        cmocka_unit_test(test_export_holds_all_that_is_shown),
        cmocka_unit_test(test_opened_for_a_figure),
        cmocka_unit_test(test_pages_over_any_number_of_members),
        cmocka_unit_test(test_jump_overtakes_a_page_under_way),
        cmocka_unit_test(test_change_elsewhere_is_read_again_in_place),
        cmocka_unit_test(test_offline_keeps_the_rows),
        cmocka_unit_test(test_hostile_names_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
