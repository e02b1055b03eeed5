/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The till at the desk, earlier tills, and what is shown as on paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/till.h"
#include "gymtui/screens/paper.h"
#include "support.h"

#define NOON(day, hour, minute) (86400 * (int64_t)(day) + 3600 * (hour) + 60 * (minute))

static int32_t today;
static struct {
    struct till_now now;
    struct till_session sessions[3];
    int session_count, reads, opens, moves, counts;
    money opening_float, moved, counted;
    char reason[200];
    struct till_part parts[TILL_PARTS];
    int part_count;
    till_done_fn *done;
    till_count_fn *counted_fn;
    void *owner;
    int32_t asked_day;
    bool is_slow;
} db_saw;

void till_now(struct db *db, const char *desk, till_now_fn *on_reply, void *owner)
{
    (void)db;
    assert_string_equal(desk, "1");
    db_saw.reads++;
    if (!db_saw.is_slow)
        on_reply(owner, &db_saw.now, NULL);
}

void till_open(struct db *db, struct request_id id, const char *desk, money opening_float,
               till_done_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)desk;
    db_saw.opens++;
    db_saw.opening_float = opening_float;
    db_saw.done = on_reply;
    db_saw.owner = owner;
}

void till_move(struct db *db, struct request_id id, const char *desk, money amount,
               const char *reason, till_done_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)desk;
    db_saw.moves++;
    db_saw.moved = amount;
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", reason);
    db_saw.done = on_reply;
    db_saw.owner = owner;
}

void till_count(struct db *db, const struct till_count_request *request, till_count_fn *on_reply,
                void *owner)
{
    (void)db;
    db_saw.counts++;
    db_saw.counted = request->counted;
    db_saw.part_count = request->part_count;
    memcpy(db_saw.parts, request->parts, (size_t)request->part_count * sizeof *request->parts);
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", request->reason);
    db_saw.counted_fn = on_reply;
    db_saw.owner = owner;
}

void till_sessions(struct db *db, int64_t before, int limit, till_sessions_fn *on_reply,
                   void *owner)
{
    (void)db, (void)before, (void)limit;
    on_reply(owner, db_saw.sessions, db_saw.session_count, false, NULL);
}

static struct till_session closed_session(void)
{
    return (struct till_session){.till_session_id = 41,
                                 .desk = "1",
                                 .opened_by = "Dina Desk",
                                 .closed_by = "Anna Petrosyan",
                                 .reason = "gave wrong change for a fifty",
                                 .opened_local = NOON(today - 1, 7, 58),
                                 .closed_local = NOON(today - 1, 22, 7),
                                 .opening_float = 10000,
                                 .expected = 31450,
                                 .counted = 31250,
                                 .counts = 2,
                                 .first_counted = 30000};
}

void till_report(struct db *db, int64_t till_session_id, till_report_fn *on_reply, void *owner)
{
    (void)db;
    assert_int_equal(till_session_id, 41);
    struct till_report report = {
        .session = closed_session(),
        .methods = {{"Card", false, 14, 1, 54600, 3900}, {"Cash", true, 7, 1, 25450, 2000}},
        .method_count = 2,
        .moves = {{NOON(today - 1, 17, 20), -2000, "window cleaner", "Dina Desk"}},
        .move_count = 1,
        .moved = -2000,
        .parts = {{5000, 5}, {1000, 6}, {50, 5}},
        .part_count = 3};
    on_reply(owner, &report, NULL);
}

void till_day(struct db *db, int32_t day, till_day_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.asked_day = day;
    struct till_day answer = {.day = day == DATE_NONE ? today : day,
                              .lines = {{"joining", "Card", 2, 7800},
                                        {"renewal", "Card", 5, 21100},
                                        {"renewal", "Cash", 2, 7800},
                                        {"refund", "Card", 1, -3900}},
                              .line_count = 4,
                              .payments = 9,
                              .total = 32800,
                              .refunded = 3900,
                              .in_no_till = 3900,
                              .moved = -2000,
                              .session_count = 2,
                              .before = (day == DATE_NONE ? today : day) - 1,
                              .after = DATE_NONE};
    answer.sessions[0] = closed_session();
    answer.sessions[1] = closed_session();
    answer.sessions[1].desk[0] = '2';
    answer.sessions[1].closed_local = MOMENT_NONE;
    on_reply(owner, &answer, NULL);
}

static void begin(bool open)
{
    fake_db_reset();
    memset(&db_saw, 0, sizeof db_saw);
    today = date_from_civil(2026, 11, 21);
    struct till_now *now = &db_saw.now;
    now->session.opened_local = now->session.closed_local = now->last_closed_local = MOMENT_NONE;
    static const char *const names[] = {"Card", "Debit", "Cash", "Other"};
    for (int i = 0; i < 4; i++)
        snprintf(now->methods[i].method, sizeof now->methods[i].method, "%s", names[i]);
    now->methods[2].is_cash = true;
    now->method_count = 4;
    if (!open) {
        now->has_last = true;
        now->last_counted = 11400;
        now->last_closed_local = NOON(today - 1, 22, 7);
        return;
    }
    now->session = (struct till_session){.till_session_id = 42,
                                         .desk = "1",
                                         .opened_by = "Dina Desk",
                                         .opened_local = NOON(today, 8, 2),
                                         .closed_local = MOMENT_NONE,
                                         .opening_float = 10000};
    now->methods[0].payments = 14;
    now->methods[0].taken = 54600;
    now->methods[2].payments = 9;
    now->methods[2].taken = 31337;
    now->methods[2].refunds = 1;
    now->methods[2].refunded = 1111;
    now->moves[0] = (struct till_move){NOON(today, 17, 20), -2000, "window cleaner", "Dina Desk"};
    now->move_count = 1;
}

static void expect_text(struct host *host, const char *wanted, bool shown)
{
    char *text = fake_text(host);
    if ((strstr(text, wanted) != NULL) != shown) {
        fputs(text, stderr);
        fail_msg("“%s” is %s the screen", wanted, shown ? "not on" : "on");
    }
    free(text);
}

static void answer_count(bool closed, money expected)
{
    struct till_count count = {.closed = closed,
                               .till_session_id = 41,
                               .opening_float = 10000,
                               .expected = expected,
                               .counted = db_saw.counted,
                               .counts = db_saw.counts};
    if (closed)
        db_saw.now.session.till_session_id = 0;
    db_saw.counted_fn(db_saw.owner, &count, NULL);
}

static void test_looks(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    golden_check("till/open", fake_draw, host);
    golden_check_sizes("till_open", fake_draw, host);
    fake_key(host, "F2");
    fake_type(host, "0 1 2 33  5");
    golden_check("till/count", fake_draw, host);
    golden_check_sizes("till_count", fake_draw, host);
    fake_key(host, "F2");
    answer_count(false, 67000);
    golden_check("till/differs", fake_draw, host);
    fake_type(host, "a fifty too few");
    fake_key(host, "Enter");
    answer_count(true, 67000);
    golden_check("till/closed_with_a_difference", fake_draw, host);
    fake_close(host);

    begin(true);
    host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "o");
    golden_check("till/cash_out", fake_draw, host);
    fake_close(host);

    begin(false);
    host = fake_open(&screen_till, NULL, NULL);
    golden_check("till/none", fake_draw, host);
    fake_close(host);
}

static void test_old_till_is_told(void **unused)
{
    (void)unused;
    begin(true);
    db_saw.now.session.opened_local = NOON(today - 1, 8, 0);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    expect_text(host, "It was not closed on its day", true);
    fake_close(host);
}

static void test_open_till_does_not_tell_the_cash(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    expect_text(host, "546.00", true);
    expect_text(host, "313.37", false);
    expect_text(host, "11.11", false);
    fake_key(host, "F2");
    expect_text(host, "313.37", false);
    fake_close(host);
}

static void test_float_opens_it(void **unused)
{
    (void)unused;
    begin(false);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "Enter");
    assert_int_equal(db_saw.opens, 0);
    assert_non_null(strstr(host->said, "Type the cash"));
    fake_type(host, "-5\r");
    assert_int_equal(db_saw.opens, 0);
    fake_key(host, "^U");
    fake_type(host, "99,50\r");
    assert_int_equal(db_saw.opens, 1);
    assert_int_equal(db_saw.opening_float, 9950);
    fake_type(host, "\r\r"); /* while it is under way */
    assert_int_equal(db_saw.opens, 1);
    struct error error;
    error_set(&error, ERROR_CONFLICT, "close it first", "The till of 1 is open already");
    db_saw.done(db_saw.owner, 0, &error);
    assert_non_null(strstr(host->said, "open already"));
    fake_key(host, "Enter");
    assert_int_equal(db_saw.opens, 2);
    db_saw.now.session.till_session_id = 42;
    snprintf(db_saw.now.session.desk, sizeof db_saw.now.session.desk, "1");
    db_saw.done(db_saw.owner, 42, NULL);
    expect_text(host, "Till of desk 1", true);
    fake_close(host);
}

static void test_numbers_are_counted(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "c");
    fake_type(host, "1 x2"); /* letters are no numbers, and no commands */
    fake_key(host, "Backspace");
    fake_type(host, "3");
    fake_key(host, "Down");
    fake_key(host, "Up");
    fake_key(host, "Enter"); /* goes on too */
    fake_type(host, "4");
    fake_key(host, "Esc"); /* what was typed stays */
    expect_text(host, "Taken by", true);
    fake_key(host, "c");
    expect_text(host, "Counted 1,500.00", true); /* 500 + 3 × 200 + 4 × 100 */
    fake_key(host, "End");
    assert_int_equal(db_saw.counts, 0);
    fake_key(host, "Enter");
    assert_int_equal(db_saw.counts, 1);
    assert_int_equal(db_saw.counted, 150000);
    assert_int_equal(db_saw.part_count, 3);
    assert_int_equal(db_saw.parts[1].value, 20000);
    assert_int_equal(db_saw.parts[1].pieces, 3);
    assert_string_equal(db_saw.reason, "");
    fake_key(host, "Enter"); /* once */
    assert_int_equal(db_saw.counts, 1);
    answer_count(true, 150000);
    expect_text(host, "the cash agrees", true);
    assert_null(host->dialog);
    fake_key(host, "F3");
    assert_ptr_equal(host->opened, &screen_paper);
    fake_close(host);
}

static void test_difference_wants_a_reason_or_another_count(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "F2");
    fake_type(host, "1");
    fake_key(host, "F2");
    answer_count(false, 60000);
    assert_non_null(host->dialog);
    expect_text(host, "100.00 too little", true);
    fake_key(host, "Enter"); /* without a reason it stays */
    assert_non_null(host->dialog);
    fake_key(host, "Esc");
    assert_null(host->dialog);
    expect_text(host, "How many of each?", true);
    fake_key(host, "F2");
    assert_int_equal(db_saw.counts, 2);
    answer_count(false, 60000);
    fake_type(host, "to the bank\r");
    assert_int_equal(db_saw.counts, 3);
    assert_string_equal(db_saw.reason, "to the bank");
    /* Offline just then: nothing is lost, and the reason is asked for anew. */
    struct error error;
    error_set(&error, ERROR_OFFLINE, NULL, "Offline");
    db_saw.counted_fn(db_saw.owner, NULL, &error);
    expect_text(host, "Counted 500.00", true);
    fake_key(host, "F2");
    assert_string_equal(db_saw.reason, "");
    fake_close(host);
}

static void test_cash_is_moved_with_a_reason(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "F6");
    fake_type(host, "0\t");
    fake_type(host, "stamps");
    fake_key(host, "F2");
    assert_int_equal(db_saw.moves, 0);
    expect_text(host, "An amount above zero", true);
    fake_key(host, "^U");
    fake_type(host, "8.50");
    fake_key(host, "F2");
    assert_int_equal(db_saw.moves, 1);
    assert_int_equal(db_saw.moved, -850);
    assert_string_equal(db_saw.reason, "stamps");
    db_saw.done(db_saw.owner, 7, NULL);
    assert_null(host->form);
    fake_key(host, "F5");
    fake_type(host, "20\tchange");
    fake_key(host, "F2");
    assert_int_equal(db_saw.moved, 2000);
    struct error error;
    error_set(&error, ERROR_NOT_FOUND, NULL, "No till is open at 1");
    db_saw.done(db_saw.owner, 0, &error);
    expect_text(host, "No till is open at 1", true);
    fake_close(host);

    begin(false);
    host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "F6");
    assert_null(host->form);
    fake_close(host);
}

static void sign_in_desk(struct host *host)
{
    host->session.level = LEVEL_DESK;
}

static void test_history_is_for_managers(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_till, NULL, NULL);
    fake_key(host, "F4");
    assert_ptr_equal(host->opened, &screen_tills);
    fake_close(host);
    host = fake_open_with(&screen_till, NULL, NULL, sign_in_desk);
    fake_key(host, "F4");
    assert_null(host->opened);
    assert_non_null(strstr(host->said, "for managers"));
    fake_close(host);
}

static void test_earlier_tills(void **unused)
{
    (void)unused;
    begin(false);
    db_saw.sessions[0] = closed_session();
    db_saw.sessions[0].till_session_id = 43;
    db_saw.sessions[0].closed_local = MOMENT_NONE;
    db_saw.sessions[1] = closed_session();
    db_saw.sessions[1].till_session_id = 42;
    db_saw.sessions[1].counted = db_saw.sessions[1].expected;
    db_saw.sessions[1].reason[0] = '\0';
    db_saw.sessions[1].counts = 1;
    db_saw.sessions[2] = closed_session();
    db_saw.session_count = 3;
    struct host *host = fake_open(&screen_tills, NULL, NULL);
    golden_check("till/tills", fake_draw, host);
    golden_check_sizes("till_tills", fake_draw, host);
    expect_text(host, "agrees", true);
    expect_text(host, " By ", true); /* who counted it matters more than when */
    fake_key(host, "G");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_paper);
    fake_close(host);

    begin(false);
    host = fake_open(&screen_tills, NULL, NULL);
    expect_text(host, "No till was opened yet", true);
    fake_close(host);
}

static void test_slip_and_report_on_paper(void **unused)
{
    (void)unused;
    begin(true);
    struct paper_argument till = {.kind = PAPER_TILL, .number = 41};
    struct host *host = fake_open(&screen_paper, &till, NULL);
    golden_check("till/slip", fake_draw, host);
    golden_check_sizes("till_slip", fake_draw, host);
    fake_key(host, "G");
    fake_close(host);

    host = fake_open(&screen_paper, NULL, NULL); /* the day's report */
    golden_check("till/day", fake_draw, host);
    fake_key(host, "Left");
    assert_int_equal(db_saw.asked_day, today - 1);
    fake_key(host, "Right");
    assert_non_null(strstr(host->said, "no more days"));
    fake_key(host, "p");
    assert_non_null(strstr(host->said, "There is no printer"));
    fake_close(host);
}

static void test_text_is_saved_to_a_file(void **unused)
{
    (void)unused;
    begin(true);
    struct host *host = fake_open(&screen_paper, NULL, NULL);
    char folder[] = "/tmp/gymtui-paper-XXXXXX", path[100], text[4096] = "";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/day.txt", folder);
    fake_key(host, "s");
    expect_text(host, "~/day-2026-11-21.txt", true);
    fake_key(host, "^U");
    fake_type(host, "/nowhere/day.txt");
    fake_key(host, "F2");
    assert_non_null(host->form);
    expect_text(host, "cannot be written", true);
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "F2");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "Saved to"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "Report of Sat 21 Nov 2026"));
    assert_non_null(strstr(text, "Taken, EUR                        328.00\n"));
    remove(path);
    remove(folder);
    fake_close(host);
}

static void test_loading(void **unused)
{
    (void)unused;
    begin(true);
    db_saw.is_slow = true;
    struct host *host = fake_open(&screen_till, NULL, NULL);
    expect_text(host, "Reading the till", true);
    fake_type(host, "12\r");
    fake_key(host, "F2");
    assert_int_equal(db_saw.opens, 0);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_old_till_is_told),
        cmocka_unit_test(test_open_till_does_not_tell_the_cash),
        cmocka_unit_test(test_float_opens_it),
        cmocka_unit_test(test_numbers_are_counted),
        cmocka_unit_test(test_difference_wants_a_reason_or_another_count),
        cmocka_unit_test(test_cash_is_moved_with_a_reason),
        cmocka_unit_test(test_history_is_for_managers),
        cmocka_unit_test(test_earlier_tills),
        cmocka_unit_test(test_slip_and_report_on_paper),
        cmocka_unit_test(test_text_is_saved_to_a_file),
        cmocka_unit_test(test_loading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
