/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members check themselves in: what they are told, and what nobody else may read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/db/attendance.h"
#include "support.h"

static struct {
    char code[128];
    int64_t out_id;
    int ins, outs;
    verdict_fn *on_verdict;
    void *owner;
} data;

void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner)
{
    (void)db;
    assert_null(request->override_reason);
    snprintf(data.code, sizeof data.code, "%s", request->code);
    data.ins++;
    data.on_verdict = on_reply;
    data.owner = owner;
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    (void)db;
    data.out_id = request->customer_id;
    data.outs++;
    data.on_verdict = on_reply;
    data.owner = owner;
}

static struct host *kiosk_with(const char *const *assignments)
{
    memset(&data, 0, sizeof data);
    return fake_open(&screen_kiosk, NULL, assignments);
}

static struct verdict verdict_of(enum verdict_result result)
{
    struct verdict verdict = {
        .result = result,
        .customer_id = 10482,
        .name = "Anahit Petrosyan",
        .keytag = "20417733",
        .plan = "Monthly",
        .balance = 3900,
        .at_local = 100000,
        .since_local = 90000,
        .since_desk = "1",
        .reason_count = 1,
    };
    verdict.reasons[0] = (struct reason){REASON_OWING, POLICY_DENY, "owes 39.00 since 9 Nov"};
    return verdict;
}

static void answer(enum verdict_result result)
{
    struct verdict verdict = verdict_of(result);
    data.on_verdict(data.owner, &verdict, NULL);
}

static void assert_shows(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    if (strstr(screen, text) == NULL)
        fail_msg("“%s” is not on the screen:\n%s", text, screen);
    free(screen);
}

/* Nothing that would tell who somebody is, or why they are not let in. */
static void assert_private(struct host *host)
{
    static const char *const secrets[] = {"Petrosyan", "10482", "20417733", "Monthly",
                                          "39.00",     "owes",  "expired",  "2041"};
    char *screen = fake_text(host);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (strstr(screen, secrets[i]) != NULL)
            fail_msg("“%s” is on the screen:\n%s", secrets[i], screen);
    free(screen);
}

static void a_member_is_welcomed_by_the_first_name_only(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    golden_check("kiosk", fake_draw, host);
    fake_type(host, "20417733");
    assert_private(host); /* what is typed is not shown */
    fake_key(host, "Enter");
    assert_string_equal(data.code, "20417733");
    answer(VERDICT_IN);
    assert_shows(host, "Welcome, Anahit");
    assert_private(host);
    assert_int_equal(host->bells, 0);
    golden_check("kiosk_welcome", fake_draw, host);
    fake_close(host);
}

static void who_is_not_let_in_sees_the_desk_and_no_reason(void **unused)
{
    (void)unused;
    static const enum verdict_result results[] = {VERDICT_DENIED, VERDICT_UNKNOWN, VERDICT_REPEAT,
                                                  VERDICT_NOT_IN};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        struct host *host = kiosk_with(NULL);
        fake_type(host, "1001\r");
        answer(results[i]);
        assert_shows(host, "Please see the desk");
        assert_private(host);
        assert_int_equal(host->bells, 1);
        if (results[i] == VERDICT_DENIED)
            golden_check("kiosk_desk", fake_draw, host);
        fake_close(host);
    }
}

static void what_somebody_was_told_is_forgotten(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    fake_type(host, "1001\r");
    answer(VERDICT_IN);
    assert_in_range(host->wake_in, 1000, 20000);
    fake_key(host, "Esc");
    assert_shows(host, "Scan your card");
    char *screen = fake_text(host);
    assert_null(strstr(screen, "Anahit"));
    free(screen);
    fake_close(host);
}

static void names_are_not_looked_up(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    fake_type(host, "petrosyan\r");
    assert_int_equal(data.ins, 0);
    assert_shows(host, "Your card or your number, please");
    fake_close(host);
}

static void a_second_scan_checks_out_only_where_the_desk_says_so(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    fake_type(host, "1001\r");
    answer(VERDICT_ALREADY_IN);
    assert_shows(host, "You are in already");
    assert_int_equal(data.outs, 0);
    fake_close(host);

    static const char *const automatic[] = {"desk.auto=true", NULL};
    host = kiosk_with(automatic);
    fake_type(host, "1001\r");
    answer(VERDICT_ALREADY_IN);
    assert_int_equal(data.outs, 1);
    assert_int_equal(data.out_id, 10482);
    answer(VERDICT_OUT);
    assert_shows(host, "Goodbye, Anahit");
    fake_close(host);
}

static void scans_wait_for_each_other_and_a_doubled_one_is_halved(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    fake_type(host, "1001\r43542104"
                    "43542104\r");
    assert_int_equal(data.ins, 1);
    answer(VERDICT_IN);
    assert_string_equal(data.code, "4354210443542104");
    answer(VERDICT_UNKNOWN);
    assert_string_equal(data.code, "43542104");
    answer(VERDICT_IN);
    assert_shows(host, "Welcome, Anahit");
    /* The same card held a moment longer. */
    fake_type(host, "1001\r1001\r");
    assert_int_equal(data.ins, 3);
    fake_close(host);
}

static void offline_it_sends_to_the_desk(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    fake_go(host, DB_STATE_OFFLINE, "the server at 10.0.0.5 is down");
    fake_type(host, "1001\r");
    assert_int_equal(data.ins, 0);
    assert_shows(host, "Please see the desk");
    fake_close(host);
}

static void no_key_leads_anywhere_else(void **unused)
{
    (void)unused;
    struct host *host = kiosk_with(NULL);
    static const int commands[] = {COMMAND_MENU,         COMMAND_HELP,     COMMAND_QUIT,
                                   COMMAND_NEXT_SCREEN,  COMMAND_SCREEN_2, COMMAND_UNDO,
                                   COMMAND_COMMAND_LINE, COMMAND_BACK};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        assert_true(host->screen->command(host->state, commands[i]));
    assert_false(host->screen->command(host->state, COMMAND_LOCK));
    assert_false(host->screen->offers(host->state, COMMAND_HELP));
    assert_null(host->opened);
    assert_false(host->closed);
    golden_check_sizes("kiosk", fake_draw, host);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_welcomed_by_the_first_name_only),
        cmocka_unit_test(who_is_not_let_in_sees_the_desk_and_no_reason),
        cmocka_unit_test(what_somebody_was_told_is_forgotten),
        cmocka_unit_test(names_are_not_looked_up),
        cmocka_unit_test(a_second_scan_checks_out_only_where_the_desk_says_so),
        cmocka_unit_test(scans_wait_for_each_other_and_a_doubled_one_is_halved),
        cmocka_unit_test(offline_it_sends_to_the_desk),
        cmocka_unit_test(no_key_leads_anywhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
