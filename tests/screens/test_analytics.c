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
#include <unistd.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/segments.h"
#include "office_data.h"
#include "support.h"

static struct {
    struct statistics_overview overview;
    struct statistics_heat heat;
    int reads;
    bool is_slow;
    struct at_risk at_risk;
    struct segments segments;
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

void statistics_recurring(struct db *db, statistics_recurring_fn *on_reply, void *owner)
{
    struct statistics_recurring months[13];
    int count = db_saw.overview.month_count > 0 ? 13 : 0;
    (void)db;
    for (int i = 0; i < count; i++)
        months[i] = (struct statistics_recurring){
            .month = db_saw.overview.months[STATISTICS_MONTHS - 13 + i].month,
            .at_end = 2752000 + i * 32000,
            .new_ = 120000 + i * 2500,
            .lost = i == 11 ? 171000 : 95000 + i * 1200,
            .frozen = 40000 + i % 3 * 7000};
    on_reply(owner, months, count, NULL);
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    struct occupancy occupancy = {.inside = 87, .capacity = 120, .usual_now = 81};
    (void)db;
    on_reply(owner, &occupancy, NULL);
}

void segments_at_risk(struct db *db, const char *search, const struct at_risk_row *anchor,
                      int limit, at_risk_fn *on_reply, void *owner)
{
    (void)search;
    (void)db;
    (void)anchor;
    (void)limit;
    on_reply(owner, &db_saw.at_risk, NULL, 0, false, NULL);
}

void segments_read(struct db *db, int64_t dataset_id, segments_fn *on_reply, void *owner)
{
    (void)db;
    (void)dataset_id;
    on_reply(owner, &db_saw.segments, NULL);
}

static void begin(void)
{
    memset(&db_saw, 0, sizeof db_saw);
    db_saw.at_risk = (struct at_risk){.members = 61, .at_stake = 18900.4, .as_of = OFFICE_TODAY};
    db_saw.segments.customers = 839;
    for (int i = 0; i < 25; i++)
        db_saw.segments.cells[i / 5][i % 5] = 11 + i * i % 57;
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
    db_saw.overview.valued_on = db_saw.overview.valued_before = DATE_NONE;
    db_saw.at_risk = (struct at_risk){.as_of = DATE_NONE};
    memset(&db_saw.segments, 0, sizeof db_saw.segments);
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
    fake_key(host, "Right"); /* nobody has to wait for it */
    expect_text(host, "[Segments]");
    fake_key(host, "Left");
    expect_text(host, "[Overview]");
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
    expect_text(host, "18,900 EUR are at stake with 61 members who may leave");
    expect_text(host, "▲ 12 on a month ago");
    expect_text(host, "▼ 15.7 % on 7 before");
    fake_key(host, "v");
    expect_text(host, "Monthly carries 52 % of the members");
    fake_key(host, "v");
    expect_text(host, "Nov 2026 so far");
    fake_key(host, "Esc");
    expect_text(host, "members with a running term");
    fake_close(host);
}

/* What `e` writes of the view that is shown; the caller frees it. */
static char *exported(struct host *host)
{
    char folder[] = "/tmp/gymtui-overview-XXXXXX", path[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/shown.csv", folder);
    fake_key(host, "e");
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "F2");
    assert_int_equal(host->said_role, ROLE_GOOD);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 16384);
    assert_non_null(text);
    fread(text, 1, 16383, file);
    fclose(file);
    unlink(path);
    rmdir(folder);
    return text;
}

static void test_a_gym_that_was_paid_nothing_is_told_so(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < STATISTICS_MONTHS; i++)
        db_saw.overview.months[i].revenue = 0;
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    fake_key(host, "v");
    fake_key(host, "v");
    expect_text(host, "No payment yet");
    fake_close(host);

    begin();
    for (int i = 0; i + 1 < STATISTICS_MONTHS; i++)
        db_saw.overview.months[i].revenue = 0;
    host = fake_open(&screen_analytics, NULL, NULL);
    fake_key(host, "v");
    fake_key(host, "v");
    expect_text(host, "Nov 2026 so far");
    char *text = fake_text(host);
    assert_null(strstr(text, "Best month")); /* the only one */
    free(text);
    fake_close(host);
}

static void test_the_months_are_exported_as_they_are_shown(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_analytics, NULL, NULL);
    fake_key(host, "v");
    expect_text(host, "Joined    Left");
    char *text = exported(host);
    assert_non_null(strstr(text, "by,name,members,share,joined,left\r\n"));
    assert_non_null(strstr(text, "plan,Monthly,436,0.5200,,\r\n"));
    assert_non_null(strstr(text, "month,2026-11-01,830,,35,29\r\n"));
    free(text);
    fake_key(host, "v");
    text = exported(host);
    assert_non_null(
        strstr(text, "month,revenue,recurring,new,lost,frozen,payments,members,visits"));
    /* All that are shown; the recurring revenue of the older ones was not read. */
    assert_non_null(strstr(text, "\n2024-12-01,25000.00,,,,,640,600,4200\r\n"));
    assert_non_null(strstr(text, "\n2026-11-01,"));
    free(text);
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
    expect_text(host, "Recurring      New     Lost  Frozen");
    fake_key(host, "Esc");
    for (int i = 0; i < 4; i++)
        fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(host->shown, "attendance"); /* who is in now */
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
        cmocka_unit_test(test_a_gym_that_was_paid_nothing_is_told_so),
        cmocka_unit_test(test_the_months_are_exported_as_they_are_shown),
        cmocka_unit_test(test_enter_leads_to_the_people),
        cmocka_unit_test(test_counts_again_by_the_minute_not_by_the_check_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
