/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office: the queue of those at risk, the note before the call, and the call logged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "office/office.h"

static void test_at_risk(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("At risk");
    office_check_all("office_at_risk", host);
    office_expect_text(host, "usually 2.1 a week, silent for 19 days");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_key(host, "n");
    fake_key(host, "F2");
    assert_true(office_saw.created_choice.at_risk);
    fake_close(host);
}

/* All that is worth knowing before the call is there at 80 columns, however long it gets. */
static void test_the_note_before_the_call_is_whole(void **unused)
{
    (void)unused;
    office_begin();
    struct at_risk_row *row = &office_saw.risks[0];
    snprintf(row->name, sizeof row->name,
             "Marguerite de La Tour-d'Auvergne-Lauraguais the Younger");
    snprintf(row->plan, sizeof row->plan, "All Gyms of the chain, off-peak");
    snprintf(row->campaign, sizeof row->campaign, "Those who came often, 21 Nov, and stopped");
    row->is_held_out = true;
    struct host *host = office_open_page("At risk");
    office_expect_text(
        host, "Worth 612 EUR (540 to 690, by renewal hazard). Chance to stay 24 %; 91 % if "
              "they came as usual. Held out of “Those who came often, 21 Nov, and "
              "stopped”: make no offer.");
    office_expect_text(host, "All Gyms of the chain, off-peak, ends 14 Dec");
    office_check("office_at_risk_long", host);
    row->phone[0] = '\0';
    fake_key(host, "F5");
    office_expect_text(host, "no phone");
    fake_close(host);
}

static void test_nobody_at_risk(void **unused)
{
    (void)unused;
    office_begin();
    office_saw.risk_count = 0;
    office_saw.at_risk.members = 0;
    struct host *host = office_open_page("At risk");
    office_check("office_at_risk_called", host);
    office_saw.at_risk.snoozed = 0;
    fake_key(host, "F5");
    office_expect_text(host, "Nobody is drifting away");
    office_saw.at_risk.as_of = DATE_NONE;
    fake_key(host, "F5");
    office_expect_text(host, "starts a recompute now");
    fake_close(host);
}

static void test_one_call_logged_and_the_next_row_is_open(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("At risk");
    int64_t first = office_saw.risks[0].customer_id, second = office_saw.risks[1].customer_id;
    char wanted[32];
    snprintf(wanted, sizeof wanted, "#%lld", (long long)first);
    office_expect_text(host, wanted);
    /* Three keys: the call, its outcome, done. What the database holds changes with it. */
    int reads = office_saw.risk_reads;
    fake_key(host, "c");
    fake_key(host, "n");
    memmove(office_saw.risks, office_saw.risks + 1, (OFFICE_RISKS - 1) * sizeof *office_saw.risks);
    office_saw.risk_count--;
    office_saw.at_risk.members--;
    fake_key(host, "F2");
    assert_int_equal(office_saw.contacts, 1);
    assert_int_equal(office_saw.logged.customer_id, first);
    assert_int_equal(office_saw.logged.outcome, CONTACT_NO_ANSWER);
    assert_true(office_saw.logged.snooze_until > OFFICE_TODAY);
    assert_true(office_saw.risk_reads > reads);
    snprintf(wanted, sizeof wanted, "#%lld", (long long)second);
    office_expect_text(host, wanted);
    fake_close(host);
}

static void test_a_check_in_takes_the_member_off(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("At risk");
    int reads = office_saw.risk_reads;
    fake_key(host, "Down");
    /* The one above the cursor comes in: the cursor stays with its member. */
    memmove(office_saw.risks, office_saw.risks + 1, (OFFICE_RISKS - 1) * sizeof *office_saw.risks);
    office_saw.risk_count--;
    host->screen->changed(host->state, "attendance");
    assert_int_equal(office_saw.risk_reads, reads + 1);
    char wanted[32];
    snprintf(wanted, sizeof wanted, "#%lld", (long long)office_saw.risks[0].customer_id);
    office_expect_text(host, wanted);
    fake_close(host);
}

static void test_the_queue_narrowed_to_a_name(void **unused)
{
    (void)unused;
    office_begin();
    struct host *host = office_open_page("At risk");
    fake_key(host, "/");
    fake_type(host, "pet");
    assert_string_equal(office_saw.search, "pet");
    office_check("office_at_risk_found", host);
    fake_key(host, "Enter");
    fake_key(host, "n"); /* a campaign for those */
    fake_key(host, "F2");
    assert_true(office_saw.created_choice.at_risk);
    assert_string_equal(office_saw.created_choice.search, "pet");
    fake_key(host, "Esc");
    assert_string_equal(office_saw.search, "");
    fake_close(host);
    office_begin();
    host = office_open_page("Campaigns");
    fake_key(host, "Enter");
    fake_key(host, "/");
    fake_type(host, "pet");
    assert_string_equal(office_saw.search, "pet");
    fake_key(host, "Esc");
    assert_string_equal(office_saw.search, "");
    fake_key(host, "Esc");
    office_expect_text(host, "Too early to judge");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_note_before_the_call_is_whole),
        cmocka_unit_test(test_at_risk),
        cmocka_unit_test(test_nobody_at_risk),
        cmocka_unit_test(test_one_call_logged_and_the_next_row_is_open),
        cmocka_unit_test(test_a_check_in_takes_the_member_off),
        cmocka_unit_test(test_the_queue_narrowed_to_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
