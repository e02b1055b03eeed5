/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office: campaigns, what is concluded of them, and their changes and ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "fake_host.h"
#include "gymtui/screens/message.h"
#include "office/office.h"

static void test_campaigns(void **unused)
{
    (void)unused;
    static const char *const conclusions[6] = {"Too early to judge: the window is open",
                                               "It helped: 20 in a hundred",
                                               "Too few to tell: with 41",
                                               "It changed next to nothing",
                                               "It harmed",
                                               "Nobody was held out"};
    office_begin();
    struct host *host = office_open_page("Campaigns");
    for (int i = 0; i < 6; i++) {
        office_expect_text(host, conclusions[i]);
        if (i == 1)
            office_check_all("office_campaigns", host);
        if (i == 2)
            office_check("office_campaigns_too_few", host);
        fake_key(host, "Down");
    }
    fake_key(host, "Home");
    fake_key(host, "m"); /* to those who are offered it */
    assert_ptr_equal(host->opened, &screen_message);
    fake_key(host, "Enter");
    office_check_all("office_campaign_members", host);
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "Esc");
    office_expect_text(host, "Too early to judge");
    fake_close(host);
    office_begin();
    office_saw.campaign_count = 0;
    host = office_open_page("Campaigns");
    office_check("office_campaigns_none", host);
    fake_close(host);
}

/* What ends today has no "0 days" left. */
static void test_a_campaign_on_its_last_day(void **unused)
{
    (void)unused;
    office_begin();
    struct campaign_row *row = &office_saw.campaigns[0];
    row->open_until = OFFICE_TODAY + 1;
    struct host *host = office_open_page("Campaigns");
    office_expect_text(host, "1 day left");
    office_expect_text(host,
                       "5 of 12 offered were called or written to. Make the offer to the others");
    row->contacted = 11;
    fake_key(host, "F5");
    office_expect_text(host, "Make the offer to the other: Enter");
    row->contacted = 12;
    fake_key(host, "F5");
    office_expect_text(host, "All 12 offered were called or written to; wait for the window.");
    row->open_until = OFFICE_TODAY;
    fake_key(host, "F5");
    office_expect_text(host, "last day");
    office_expect_text(host, "Its last day: what happens until tonight counts.");
    row->was_ended = true;
    fake_key(host, "F5");
    office_expect_text(host, "ends tonight");
    office_expect_text(host, "look here again tomorrow");
    fake_close(host);
}

static void test_two_managers_change_a_campaign(void **unused)
{
    (void)unused;
    office_begin();
    office_saw.campaigns[0].row_version = 1;
    struct host *host = office_open_page("Campaigns");
    fake_key(host, "F4");
    office_check("office_campaign_change", host);
    fake_type(host, " 2");
    fake_key(host, "Down");
    fake_key(host, "Down");
    fake_type(host, "450");
    fake_key(host, "F2");
    /* Somebody was first: both values are there, and mine is written only when I say so. */
    assert_int_equal(office_saw.changes, 1);
    assert_int_equal(office_saw.changed_cost, 45000);
    office_check("office_campaign_conflict", host);
    fake_key(host, "m");
    assert_int_equal(office_saw.changes, 2);
    assert_int_equal(office_saw.changed_version, 2);
    assert_non_null(strstr(office_saw.changed_name, " 2"));
    assert_int_equal(host->said_role, ROLE_GOOD);
    fake_close(host);
}

static void test_a_campaign_is_ended_or_did_not_begin(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("Campaigns");
    fake_key(host, "F8");
    office_check("office_campaign_end", host);
    fake_key(host, "n");
    assert_int_equal(office_saw.ended, 0);
    fake_key(host, "F8");
    fake_key(host, "y");
    assert_int_equal(office_saw.ended, 6);
    assert_non_null(strstr(host->said, "ends tonight"));
    /* While the worker draws its members; then what it says when that failed. */
    struct campaign_row *row = &office_saw.campaigns[0];
    row->state = CAMPAIGN_DRAWING;
    row->drawn = .4;
    row->offer_arm = row->holdout_arm = (struct campaign_arm){0, 0, NAN};
    row->difference = row->low = row->high = NAN;
    host->screen->changed(host->state, "jobs");
    office_check_all("office_campaign_drawing", host);
    row->state = CAMPAIGN_FAILED;
    snprintf(row->error, sizeof row->error, "Nobody is in this campaign");
    host->screen->changed(host->state, "jobs");
    office_expect_text(host, "It did not begin");
    fake_key(host, "F8");
    office_expect_text(host, "try again");
    fake_key(host, "r");
    assert_non_null(strstr(host->said, "is removed"));
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_campaign_on_its_last_day),
        cmocka_unit_test(test_campaigns),
        cmocka_unit_test(test_two_managers_change_a_campaign),
        cmocka_unit_test(test_a_campaign_is_ended_or_did_not_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
