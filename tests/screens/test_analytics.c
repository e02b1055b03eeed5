/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analytics: four pages of figures, what they mean in a sentence, and the way to the people behind
 * a figure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "office_data.h"
#include "support.h"

static struct {
    struct statistics_overview overview;
    struct statistics_heat heat;
    int reads;
    bool is_slow;
    statistics_overview_fn *reply;
    void *owner;
} db_saw;

void statistics_overview(struct db *db, statistics_overview_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.reads++;
    db_saw.reply = on_reply;
    db_saw.owner = owner;
    if (!db_saw.is_slow)
        on_reply(owner, &db_saw.overview, NULL);
}

void statistics_heat(struct db *db, statistics_heat_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, &db_saw.heat, NULL);
}

static void begin(void)
{
    memset(&db_saw, 0, sizeof db_saw);
    db_saw.overview = *office_overview();
    db_saw.heat = *office_heat();
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

static void check_pages(struct host *host, const char *state)
{
    static const char *const pages[] = {"overview", "members", "revenue"};
    for (int i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "analytics_%s%s", pages[i], state);
        golden_check(name, fake_draw, host);
        golden_check_sizes("analytics", fake_draw, host);
        fake_key(host, "v");
    }
}

static void test_looks(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    check_pages(host, "");
    fake_close(host);
}

static void test_looks_of_an_empty_gym(void **unused)
{
    (void)unused;
    begin();
    memset(&db_saw.overview, 0, sizeof db_saw.overview);
    memset(&db_saw.heat, 0, sizeof db_saw.heat);
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    check_pages(host, "_empty");
    fake_close(host);
}

static void test_loading(void **unused)
{
    (void)unused;
    begin();
    db_saw.is_slow = true;
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    golden_check("analytics_loading", fake_draw, host);
    struct error error;
    error_set(&error, ERROR_TOO_SLOW, NULL, "Counting took too long");
    db_saw.reply(db_saw.owner, NULL, &error);
    expect_text(host, "Could not be counted. F5 tries again.");
    fake_key(host, "F5");
    assert_int_equal(db_saw.reads, 2);
    db_saw.reply(db_saw.owner, &db_saw.overview, NULL);
    expect_text(host, "members with a running term");
    fake_close(host);
}

static void test_the_sentences(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    expect_text(host, "75 of 839 members (9 %) have a running term but have not come");
    expect_text(host, "▲ 12 on a month ago");
    expect_text(host, "▼ 15.7 % on the 7 before");
    fake_key(host, "v");
    expect_text(host, "Monthly carries 52 % of the members");
    fake_key(host, "v");
    expect_text(host, "Nov 2026 so far");
    fake_key(host, "Esc");
    expect_text(host, "members with a running term");
    fake_close(host);
}

static void test_enter_leads_to_the_people(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    fake_key(host, "Home");
    fake_key(host, "Enter");
    assert_null(host->opened); /* nobody in particular behind the revenue, but its months */
    expect_text(host, "Paid a month, EUR");
    fake_key(host, "Esc");
    fake_key(host, "End");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_members);
    fake_close(host);
}

static void test_counts_again_by_the_minute_not_by_the_check_in(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    for (int i = 0; i < 50; i++)
        host->screen->changed(host->state, "attendance");
    assert_int_equal(db_saw.reads, 1);
    host->screen->tick(host->state);
    assert_int_equal(db_saw.reads, 2);
    host->screen->tick(host->state); /* nothing changed since */
    assert_int_equal(db_saw.reads, 2);
    host->screen->changed(host->state, "*"); /* after a reconnect */
    assert_int_equal(db_saw.reads, 3);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_looks_of_an_empty_gym),
        cmocka_unit_test(test_loading),
        cmocka_unit_test(test_the_sentences),
        cmocka_unit_test(test_enter_leads_to_the_people),
        cmocka_unit_test(test_counts_again_by_the_minute_not_by_the_check_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
