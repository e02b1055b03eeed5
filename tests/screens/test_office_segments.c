/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office: segments and their members, what is written of them, a campaign for one, and the
 * choice of a dataset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>
#include <unistd.h>

#include "fake_host.h"
#include "gymtui/screens/analytics.h"
#include "office/office.h"
#include "support.h"

static void test_segments(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    office_check_all("office_segments", host);
    office_expect_text(host,
                       "Can't Lose: 15 members, who came more than almost anybody, and stopped.");
    /* The page At risk leaves out who was called: its sum is less than theirs. */
    office_expect_text(host, "are at stake with them, called or not.");
    char *wide = golden_text(24, 100, fake_draw, host);
    assert_non_null(strstr(wide, "2    1   ")); /* the grid does not touch the table's cursor */
    free(wide);
    fake_key(host, "v");
    office_check("office_types", host);
    fake_key(host, "v");
    fake_key(host, "Home");
    office_expect_text(host, "Champions: 109 members");
    fake_close(host);
}

static void test_segments_of_a_million(void **unused)
{
    (void)unused;
    office_begin();
    office_saw.segments.all.customers = office_saw.segments.customers = 1000000;
    office_saw.segments.by_segment[5].customers = 199528; /* whose name is the longest */
    struct host *host = office_open_page("Segments");
    office_expect_text(host, "Need Attention   199,528");
    office_expect_text(host, " 1,000,000");
    fake_close(host);
}

static void test_members_of_a_segment(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(office_saw.query.choice.segment, "Can't Lose");
    assert_int_equal(office_saw.query.sort, SEGMENT_SORT_CLV);
    assert_true(office_saw.query.descending);
    office_check_all("office_segment_members", host);
    fake_key(host, "s");
    assert_int_equal(office_saw.query.sort, SEGMENT_SORT_AT_STAKE);
    fake_key(host, "I");
    assert_false(office_saw.query.descending);
    fake_key(host, "/");
    fake_type(host, "Petra");
    assert_string_equal(office_saw.search, "Petra");
    office_check("office_segment_filtered", host);
    office_expect_text(host, "1 of 15 members");
    office_expect_text(host, "Enter list  Esc all"); /* letters are no commands just now */
    fake_type(host, "nobody");
    office_expect_text(host, "0 of 15 members");
    fake_key(host, "Esc");
    assert_string_equal(office_saw.search, "");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    office_expect_text(host, "Can't Lose: 15 members");
    fake_close(host);
}

static void test_more_match_than_are_held(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    fake_key(host, "Enter");
    office_saw.more = true;
    fake_key(host, "/");
    fake_type(host, "P");
    office_expect_text(host, "+ of 109 members");
    fake_close(host);
}

static void test_page_by_its_name_is_without_its_list(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    fake_key(host, "Enter");
    fake_key(host, "/");
    fake_type(host, "Petra");
    assert_string_equal(analytics_page_commands[1], "segments");
    assert_true(host->screen->command(host->state, ANALYTICS_SHOW_PAGE + 1));
    office_expect_text(host, "F often");
    fake_close(host);
}

static void test_export_writes_what_is_shown(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/gymtui-office-XXXXXX", path[128], line[512];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lost.csv", folder);
    office_begin();
    struct host *host = office_open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "Enter");
    fake_key(host, "e");
    office_expect_text(host, "~/cant-lose-2026-11-21.csv");
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "Enter");
    assert_int_equal(host->said_role, ROLE_GOOD);
    assert_non_null(strstr(host->said, "9 rows written to"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int lines = 0;
    while (fgets(line, sizeof line, file)) {
        if (lines == 0)
            assert_non_null(strstr(line, "number,name,plan,phone"));
        if (lines == 1) /* in the order of the screen, cells guarded */
            assert_non_null(strstr(line, "Can't Lose,Vulnerable,1,5,1,20,31.00,349.00,520.50"));
        lines++;
    }
    fclose(file);
    assert_int_equal(lines, 1 + OFFICE_CUSTOMERS);
    /* Where nothing can be written the form says so and stays. */
    fake_key(host, "e");
    fake_key(host, "^U");
    fake_type(host, "/nowhere/at/all.csv");
    fake_key(host, "Enter");
    assert_non_null(host->form);
    fake_close(host);
    unlink(path);
    rmdir(folder);
}

static void test_campaign_from_a_segment(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Down");
    fake_key(host, "n");
    office_check("office_campaign_form", host);
    office_expect_text(host, "F2 start");
    fake_key(host, "F2");
    assert_int_equal(office_saw.creations, 1);
    assert_string_equal(office_saw.created_name, "Can't Lose, 21 Nov");
    assert_string_equal(office_saw.created_choice.segment, "Can't Lose");
    assert_true(fabs(office_saw.created.holdout_share - .2) < 1e-9);
    assert_int_equal(office_saw.created.window_days, 30);
    assert_int_equal(office_saw.created.slot, CAMPAIGN_ANY);
    assert_non_null(strstr(host->said, "has begun: 68 offered, 17 held out, 2 not to contact"));
    fake_close(host);
}

/* As many as there are keys for are offered, and what is left out is said; with none, the way in.
 */
static void test_many_datasets_and_none(void **unused)
{
    (void)unused;
    office_begin();
    for (int i = 1; i < 24; i++) {
        office_saw.datasets[i].dataset_id = 11 + i;
        snprintf(office_saw.datasets[i].name, sizeof office_saw.datasets[i].name, "shop %02d", i);
    }
    office_saw.dataset_count = 24;
    struct host *host = office_open_page("Segments");
    fake_key(host, "d");
    office_expect_text(host, "the first 17 of 23 datasets");
    fake_key(host, "o");
    assert_int_equal(office_saw.dataset_read, 28);
    office_saw.dataset_count = 1;
    fake_key(host, "d");
    office_expect_text(host, "under Jobs: F10, j, then F2 and i.");
    fake_key(host, "Esc");
    fake_close(host);
}

static void test_another_dataset(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Segments");
    fake_key(host, "d");
    office_check("office_datasets", host);
    fake_key(host, "2");
    assert_int_equal(office_saw.dataset_read, 12);
    for (int i = 0; i < SEGMENTS_COUNT; i++)
        office_saw.segments.by_segment[i].at_stake = NAN;
    office_saw.segments.all.at_stake = NAN;
    fake_key(host, "F5");
    office_check("office_dataset_segments", host);
    fake_key(host, "n");
    assert_int_equal(office_saw.creations, 0);
    fake_key(host, "Enter");
    office_expect_text(host, "Customer   ");
    char *text = fake_text(host);
    assert_null(strstr(text, "Number")); /* a dataset's customers have keys, and nothing at stake */
    assert_null(strstr(text, "At stake"));
    free(text);
    fake_key(host, "Esc");
    fake_key(host, "Right");
    office_check("office_dataset_at_risk", host);
    fake_key(host, "d");
    fake_key(host, "1");
    office_expect_text(host, "with 61 members who may leave");
    fake_close(host);
}

/* Chosen on a page that has nothing of a dataset, it is shown on one that has. */
static void test_a_dataset_chosen_on_a_page_about_members(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Campaigns");
    fake_key(host, "d");
    fake_key(host, "2");
    office_expect_text(host, "[Segments]");
    assert_int_equal(office_saw.dataset_read, 12);
    office_expect_text(host, "USD, value by renewal hazard");
    fake_close(host);
}

/* Subscribers pay bills: nobody says of them that they buy or come. */
static void test_a_dataset_of_a_contract_has_its_own_words(void **unused)
{
    (void)unused;
    office_begin();
    office_saw.datasets[1].has_contract = true;
    office_saw.segments.cells[3][4] = 1041; /* wider than its cell */
    struct host *host = office_open_page("Segments");
    fake_key(host, "d");
    fake_key(host, "2");
    office_expect_text(host, "who paid just now and pay often");
    office_expect_text(host, "1.0k");
    fake_key(host, "v");
    fake_key(host, "Down");
    office_expect_text(host, "Write to these first.");
    office_expect_text(host, "Worth much is more than the half of those who are there");
    fake_key(host, "Esc"); /* back to the segments, not out of the screen */
    office_expect_text(host, "who paid just now");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dataset_chosen_on_a_page_about_members),
        cmocka_unit_test(test_a_dataset_of_a_contract_has_its_own_words),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_segments_of_a_million),
        cmocka_unit_test(test_members_of_a_segment),
        cmocka_unit_test(test_more_match_than_are_held),
        cmocka_unit_test(test_page_by_its_name_is_without_its_list),
        cmocka_unit_test(test_export_writes_what_is_shown),
        cmocka_unit_test(test_campaign_from_a_segment),
        cmocka_unit_test(test_many_datasets_and_none),
        cmocka_unit_test(test_another_dataset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
