/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue at ten past six, without a database: what the desk sees and what it sends. */
#include <stdlib.h>
#include <string.h>

#include "attendance/queue.h"

static void a_scan_checks_in_without_another_key(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "2041 7733\r");
    assert_int_equal(queue.count, 1);
    assert_string_equal(queue_last()->what, "in");
    assert_string_equal(queue_last()->code, "20417733");
    assert_int_equal(queue_last()->repeat_seconds, 300);
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    queue_assert_shows(host, "✔ IN   Anahit Petrosyan");
    queue_assert_shows(host, "#10482 · 20417733");
    queue_assert_shows(host, "Monthly, 23 days left · 9th visit this month · usually Sat 18:10");
    assert_int_equal(host->bells, 0);
    golden_check("attendance_in", fake_draw, host);
    fake_close(host);
}

static void tab_ends_a_scan_too_and_a_second_line_end_does_nothing(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20417733\t\r");
    assert_int_equal(queue.count, 1);
    /* With nothing typed Tab is the application's: the next screen. */
    assert_false(host->screen->command(host->state, COMMAND_NEXT_SCREEN));
    assert_null(host->opened);
    fake_close(host);
}

static void two_scans_in_one_packet_are_both_done_in_order(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "1001\r1002\r1003\r");
    assert_int_equal(queue.count, 1);
    assert_string_equal(queue_last()->code, "1001");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    assert_int_equal(queue.count, 2);
    assert_string_equal(queue_last()->code, "1002");
    struct verdict denied = queue_expired();
    queue_answer(&denied);
    assert_int_equal(queue.count, 3);
    assert_string_equal(queue_last()->code, "1003");
    queue_answer(&in);
    queue_assert_shows(host, "EXPIRED 12 DAYS AGO"); /* still waits for a decision */
    queue_assert_shows(host, "✔ IN   Anahit Petrosyan");
    fake_close(host);
}

static void the_same_code_at_once_is_the_same_scan(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "1001\r1001\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    assert_int_equal(queue.count, 1);
    fake_close(host);
}

static void a_doubled_code_is_tried_as_one_half(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "4354210443542104\r");
    assert_string_equal(queue_last()->code, "4354210443542104");
    struct verdict unknown = {.result = VERDICT_UNKNOWN};
    queue_answer(&unknown);
    assert_int_equal(queue.count, 2);
    assert_string_equal(queue_last()->code, "43542104");
    queue_answer(&unknown);
    assert_int_equal(queue.count, 2); /* no quarter */
    queue_assert_shows(host, "NOT KNOWN");
    fake_close(host);
}

static void undo_takes_one_key_and_says_what(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_key(host, "F8");
    assert_int_equal(queue.count, 0);
    assert_true(strstr(host->said, "Nothing to undo") != NULL);
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    fake_key(host, "-");
    assert_string_equal(queue_last()->what, "undo");
    assert_int_equal(queue_last()->attendance_id, 501);
    assert_string_equal(queue_last()->reason, "mistake");
    struct verdict undone = queue_anahit(VERDICT_UNDONE);
    queue_answer(&undone);
    queue_assert_shows(host, "UNDONE   Anahit Petrosyan");
    fake_type(host, "20417733\r"); /* at once again: a new scan, not an echo */
    assert_string_equal(queue_last()->what, "in");
    fake_close(host);
}

static void letters_show_candidates_and_enter_takes_the_first(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "petr");
    assert_true(host->wake_in >= 0);
    struct candidate rows[3] = {
        {.customer_id = 10482,
         .name = "Anahit Petrosyan",
         .plan = "Monthly",
         .phone = "+374 91 123456",
         .ends = QUEUE_TODAY + 23,
         .last_visit = QUEUE_TODAY,
         .status = "active",
         .is_in = true},
        {.customer_id = 10966,
         .name = "Petra Lindqvist",
         .plan = "Annual",
         .phone = "+353 86 111222",
         .ends = QUEUE_TODAY + 12,
         .last_visit = QUEUE_TODAY - 5,
         .status = "active"},
        {.customer_id = 11020,
         .name = "Petros Ավետիսյան",
         .plan = "Off-peak",
         .phone = "",
         .ends = QUEUE_TODAY - 20,
         .last_visit = QUEUE_TODAY - 31,
         .status = "expired"},
    };
    while (queue.candidates_asked == 0)
        host->screen->tick(host->state);
    assert_string_equal(queue.candidates_for, "petr");
    queue.on_candidates(queue.candidates_owner, rows, 3, NULL);
    queue_assert_shows(host, "Petra Lindqvist");
    golden_check("attendance_candidates", fake_draw, host);
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "in");
    assert_int_equal(queue_last()->customer_id, 10966);

    /* Typed faster than the answer: Enter looks it up and takes the first. */
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    fake_type(host, "anah\r");
    assert_string_equal(queue.candidates_for, "anah");
    queue.on_candidates(queue.candidates_owner, rows, 1, NULL);
    assert_int_equal(queue_last()->customer_id, 10482);
    fake_close(host);
}

static void nobody_matches(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "qqq\r");
    queue.on_candidates(queue.candidates_owner, NULL, 0, NULL);
    queue_assert_shows(host, "NOBODY MATCHES");
    fake_key(host, "n");
    assert_ptr_equal(host->opened, &screen_member);
    fake_close(host);
}

static void an_unknown_card_becomes_a_new_member_or_a_search(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict unknown = {.result = VERDICT_UNKNOWN};
    fake_type(host, "0861234567\r");
    queue_answer(&unknown);
    assert_int_equal(host->bells, 1);
    golden_check("attendance_unknown", fake_draw, host);
    fake_key(host, "f");
    queue_assert_shows(host, "0861234567");
    while (queue.candidates_asked == 0)
        host->screen->tick(host->state);
    assert_string_equal(queue.candidates_for, "0861234567");
    fake_close(host);
}

static void offline_scans_are_refused_at_once_and_kept(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_go(host, DB_STATE_OFFLINE, "The connection was lost");
    fake_type(host, "20417733\r");
    assert_int_equal(queue.count, 0);
    assert_int_equal(host->bells, 1);
    queue_assert_shows(host, "NOT CHECKED IN");
    queue_assert_shows(host, "20417733");
    golden_check("attendance_offline", fake_draw, host);
    fake_go(host, DB_STATE_READY, NULL);
    fake_key(host, "i");
    assert_string_equal(queue_last()->what, "in");
    assert_string_equal(queue_last()->code, "20417733");
    fake_close(host);
}

static void an_unknown_outcome_is_said_and_then_answered(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20417733\r");
    fake_go(host, DB_STATE_OFFLINE, "The connection was lost");
    queue_assert_shows(host, "OUTCOME UNKNOWN");
    golden_check("attendance_outcome", fake_draw, host);
    fake_go(host, DB_STATE_READY, NULL);
    struct verdict in = queue_anahit(VERDICT_IN);
    in.recovered = true;
    queue_answer(&in);
    queue_assert_shows(host, "✔ IN   Anahit Petrosyan");
    queue_assert_shows(host, "confirmed after the connection was lost");

    fake_type(host, "1002\r");
    struct request_id first = queue_last()->id;
    queue_answer_error(ERROR_NOT_DONE, "The connection was lost and it was not done",
                       "Scan again.");
    queue_assert_shows(host, "NOT CHECKED IN");
    fake_key(host, "i");
    assert_string_equal(queue_last()->code, "1002");
    assert_string_not_equal(queue_last()->id.text, first.text);
    fake_close(host);
}

static void check_out_mode_and_a_visit_added_afterwards(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_key(host, "/");
    queue_assert_shows(host, "CHECK OUT:");
    fake_type(host, "20417733\r");
    assert_string_equal(queue_last()->what, "out");
    struct verdict not_in = queue_anahit(VERDICT_NOT_IN);
    not_in.attendance_id = 0;
    queue_answer(&not_in);
    queue_assert_shows(host, "IS NOT IN");
    fake_key(host, "b");
    assert_non_null(host->form);
    fake_type(host, "16:30");
    fake_key(host, "F2");
    assert_null(host->form);
    assert_string_equal(queue_last()->what, "backfill");
    assert_int_equal(queue_last()->from, queue_at(16, 30));
    assert_int_equal(queue_last()->till, queue_at(18, 4));
    fake_close(host);
}

static void add_visit(struct host *host, const char *came)
{
    struct verdict not_in = queue_anahit(VERDICT_NOT_IN);
    not_in.attendance_id = 0;
    fake_type(host, "20417733\r");
    queue_answer(&not_in);
    fake_key(host, "b");
    fake_type(host, came);
}

/* A gym that is open all night. */
static void a_visit_over_midnight_is_added_afterwards(void **unused)
{
    (void)unused;
    const int64_t before = fake_db.local_now, evening = queue_at(23, 10),
                  midnight = queue_at(24, 0);
    struct host *host = queue_open();
    fake_key(host, "F4");
    fake_db.local_now = midnight + 1800;
    add_visit(host, "23:10");
    fake_key(host, "F2");
    assert_string_equal(queue_last()->what, "backfill");
    assert_int_equal(queue_last()->from, evening);
    assert_int_equal(queue_last()->till, midnight + 1800);
    struct verdict out = queue_anahit(VERDICT_OUT);
    queue_answer(&out);
    /* Midnight passes while the form is open. */
    fake_db.local_now = midnight - 60;
    add_visit(host, "22:00");
    fake_db.local_now = midnight + 60;
    fake_key(host, "F2");
    assert_int_equal(queue_last()->from, evening - 4200);
    assert_int_equal(queue_last()->till, midnight - 60);
    queue_answer(&out);
    /* But a mistyped hour is no visit of a day and a night. */
    fake_db.local_now = before;
    add_visit(host, "18:40");
    int asked = queue.count;
    fake_key(host, "F2");
    assert_int_equal(queue.count, asked);
    assert_non_null(host->form);
    fake_close(host);
}

static void who_is_in_is_checked_out_from_the_list(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_key(host, "F3");
    assert_int_equal(queue.insides_asked, 1);
    struct feed_row rows[2];
    rows[0] = queue_visit(2, 14, 10, "Jo O'Neill", "Quarterly", "6 days left", POLICY_WARN, "2");
    rows[1] = queue_visit(8, 18, 4, "Anahit Petrosyan", "Monthly", "", POLICY_IGNORE, "2");
    queue.on_inside(queue.list_owner, rows, 2, NULL);
    golden_check("attendance_inside", fake_draw, host);
    fake_key(host, "Enter"); /* nothing chosen yet: a scanner's second line end */
    assert_int_equal(queue.count, 0);
    fake_key(host, "Down");
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "out");
    assert_int_equal(queue_last()->customer_id, 10008);
    fake_close(host);
}

/* Who has just come in stands at the end of a list that is longer than the screen. */
static void end_and_home_go_through_who_is_in(void **unused)
{
    (void)unused;
    enum { ROWS = 40 };
    static struct feed_row rows[ROWS];
    for (int i = 0; i < ROWS; i++) {
        char name[40];
        snprintf(name, sizeof name, "Member %d", i + 1);
        rows[i] = queue_visit(i + 1, 10 + i / 10, i % 10, name, "Monthly", "", POLICY_IGNORE, "1");
    }
    struct host *host = queue_open();
    fake_key(host, "F3");
    queue_assert_hides(host, "Nobody is in."); /* which is not known yet */
    fake_key(host, "End");                     /* faster than the list is read */
    fake_key(host, "Enter");
    assert_int_equal(queue.count, 0);
    queue.on_inside(queue.list_owner, rows, ROWS, NULL);
    queue_assert_shows(host, "Member 40");
    fake_key(host, "Home");
    queue_assert_hides(host, "Member 40");
    fake_key(host, "End");
    fake_key(host, "Up");
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "out");
    assert_int_equal(queue_last()->customer_id, 10039);
    fake_close(host);
}

static void home_and_end_are_the_texts_while_there_is_any(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "ana");
    fake_key(host, "Home");
    fake_type(host, "h");
    fake_key(host, "End");
    fake_type(host, "h");
    queue_assert_shows(host, "hanah");
    fake_close(host);
}

static void a_change_elsewhere_is_read_without_a_key(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    int asked = queue.feeds_asked;
    host->screen->changed(host->state, "attendance");
    host->screen->changed(host->state, "attendance"); /* while the first is under way */
    assert_int_equal(queue.feeds_asked, asked + 1);
    queue_busy_feed();
    assert_int_equal(queue.feeds_asked, asked + 2);
    queue_busy_feed();

    /* Not in the way of a scan: read when nothing waits any more. */
    fake_type(host, "1001\r1002\r");
    host->screen->changed(host->state, "attendance");
    assert_int_equal(queue.feeds_asked, asked + 2);
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    assert_int_equal(queue.feeds_asked, asked + 2);
    queue_answer(&in);
    assert_int_equal(queue.feeds_asked, asked + 3);
    fake_close(host);
}

/* The card hands the new member over: the door's answer is told here, and taken back from here. */
static void a_member_just_enrolled_comes_in(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20417733\r");
    struct verdict first = queue_anahit(VERDICT_IN);
    queue_answer(&first);
    fake_key(host, "F2");
    assert_ptr_equal(host->opened, &screen_member);
    assert_true(host->member.close_when_saved);
    const struct member_enrolled enrolled = {
        .customer_id = 30408, .name = "Berta Benz", .paid = 3900};
    host->member.enrolled(host->member.owner, &enrolled);
    assert_string_equal(queue_last()->what, "in");
    assert_int_equal(queue_last()->customer_id, 30408);
    struct verdict in = queue_anahit(VERDICT_IN);
    in.customer_id = 30408;
    in.attendance_id = 777;
    snprintf(in.name, sizeof in.name, "Berta Benz");
    queue_answer(&in);
    queue_assert_shows(host, "IN   Berta Benz");
    queue_assert_shows(host, "39.00 paid");
    fake_key(host, "F8"); /* not who came before her */
    assert_string_equal(queue_last()->what, "undo");
    assert_int_equal(queue_last()->attendance_id, 777);
    fake_close(host);
}

/* What a desk needs all day is named on 80 columns, and typing does not change it. */
static void the_bottom_line_has_room_for_every_days_keys(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    char *text = fake_bottom_line(host, 80);
    assert_string_equal(
        text, " F2 enrol  F3 who is in  F5 visitor  F9 till  F10 menu  ? help           ● live");
    free(text);
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    text = fake_bottom_line(host, 80);
    assert_string_equal(
        text, " F2 enrol  F3 who is in  F5 visitor  F8 undo  F9 till  F10 menu  ? help  ● live");
    free(text);
    fake_type(host, "ana");
    text = fake_bottom_line(host, 80);
    assert_string_equal(
        text, " F2 enrol  F3 who is in  F5 visitor  F8 undo  F9 till  F10 menu  ? help  ● live");
    free(text);
    fake_close(host);
}

static void the_till_is_one_key_away(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_key(host, "F9");
    assert_ptr_equal(host->opened, &screen_till);
    host->opened = NULL;
    fake_key(host, "$");
    assert_ptr_equal(host->opened, &screen_till);
    fake_close(host);
}

static void a_screen_reader_gets_lines_of_text(void **unused)
{
    (void)unused;
    golden_set_plain(true);
    struct host *host = queue_open();
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_add_reason(&in, REASON_OWING, POLICY_WARN, "owes 39.00 since 9 Nov");
    queue_answer(&in);
    /* One line says it all, and the cursor stands there (the golden file has its place). */
    queue_assert_shows(host,
                       "! IN: Anahit Petrosyan, number 10482, Monthly, 23 days left, 9th visit");
    queue_assert_hides(host, "─");
    queue_assert_hides(host, "█");
    queue_assert_shows(host, "87 of 120  72 % of the places");
    golden_check("attendance_plain_in", fake_draw, host);
    fake_type(host, "1"); /* the next key takes the cursor back to the field */
    golden_check("attendance_plain_typing", fake_draw, host);
    fake_key(host, "Esc");
    fake_type(host, "20415511\r");
    struct verdict denied = queue_expired();
    queue_answer(&denied);
    queue_assert_hides(host, "│");
    golden_check("attendance_plain_expired", fake_draw, host);
    fake_key(host, "Esc");
    fake_key(host, "F3");
    queue.on_inside(queue.list_owner, &(struct feed_row){0}, 0, NULL);
    fake_key(host, "Down");
    golden_check("attendance_plain_inside", fake_draw, host);
    fake_close(host);
    golden_set_plain(false);
}

static void quiet_hour_and_busy_feed(void **unused)
{
    (void)unused;
    struct host *host = queue_open_with(NULL);
    golden_check("attendance_loading", fake_draw, host);
    const struct feed_row none = {0};
    queue_answer_lists(&none, 0, 0);
    golden_check("attendance_quiet", fake_draw, host);
    queue_busy_feed();
    golden_check("attendance_busy", fake_draw, host);
    fake_close(host);
}

static void any_size_is_drawn_within_its_area(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct verdict denied = queue_expired();
    fake_type(host, "20415511\r");
    queue_answer(&denied);
    golden_check_sizes("attendance_expired", fake_draw, host);
    fake_key(host, "Esc");
    golden_check_sizes("attendance", fake_draw, host);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_checks_in_without_another_key),
        cmocka_unit_test(tab_ends_a_scan_too_and_a_second_line_end_does_nothing),
        cmocka_unit_test(two_scans_in_one_packet_are_both_done_in_order),
        cmocka_unit_test(the_same_code_at_once_is_the_same_scan),
        cmocka_unit_test(a_doubled_code_is_tried_as_one_half),
        cmocka_unit_test(undo_takes_one_key_and_says_what),
        cmocka_unit_test(letters_show_candidates_and_enter_takes_the_first),
        cmocka_unit_test(nobody_matches),
        cmocka_unit_test(an_unknown_card_becomes_a_new_member_or_a_search),
        cmocka_unit_test(offline_scans_are_refused_at_once_and_kept),
        cmocka_unit_test(an_unknown_outcome_is_said_and_then_answered),
        cmocka_unit_test(check_out_mode_and_a_visit_added_afterwards),
        cmocka_unit_test(a_visit_over_midnight_is_added_afterwards),
        cmocka_unit_test(who_is_in_is_checked_out_from_the_list),
        cmocka_unit_test(end_and_home_go_through_who_is_in),
        cmocka_unit_test(home_and_end_are_the_texts_while_there_is_any),
        cmocka_unit_test(a_change_elsewhere_is_read_without_a_key),
        cmocka_unit_test(a_member_just_enrolled_comes_in),
        cmocka_unit_test(the_bottom_line_has_room_for_every_days_keys),
        cmocka_unit_test(the_till_is_one_key_away),
        cmocka_unit_test(a_screen_reader_gets_lines_of_text),
        cmocka_unit_test(quiet_hour_and_busy_feed),
        cmocka_unit_test(any_size_is_drawn_within_its_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
