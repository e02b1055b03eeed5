/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guests and walk-ins at the desk, without a database: what is asked, and what is sent. */
#include <stdio.h>
#include <string.h>

#include "attendance/queue.h"

static void a_guest_comes_with_the_member_who_came_in_last(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    assert_false(host->screen->offers(host->state, COMMAND_UNDO));
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    fake_key(host, "F5");
    assert_int_equal(queue.terms_of, 10482);
    struct guest_terms terms = {
        .plan = "Monthly", .package_id = 9, .pass = "Day pass", .price = 1000};
    queue.on_terms(queue.owner, &terms, NULL);
    queue_assert_shows(host, "Guest of Anahit Petrosyan");
    golden_check("attendance_guest", fake_draw, host);
    /* Name, no phone number, cash. */
    fake_type(host, "Ani\r\r");
    fake_key(host, "Right");
    fake_key(host, "Right");
    fake_key(host, "Enter");
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "guest");
    assert_string_equal(queue_last()->reason, "Ani");
    assert_int_equal(queue_last()->customer_id, 10482);
    assert_int_equal(queue_last()->method, 3);
    struct verdict guest = queue_anahit(VERDICT_IN);
    guest.customer_id = 10990;
    snprintf(guest.name, sizeof guest.name, "Ani");
    snprintf(guest.plan, sizeof guest.plan, "Day pass");
    queue_answer(&guest);
    queue_assert_shows(host, "guest of Anahit Petrosyan, 10.00 paid");
    /* A second guest of the same member, free by the plan this time: no question of payment. */
    fake_key(host, "F5");
    assert_int_equal(queue.terms_of, 10482);
    terms.included = 2;
    queue.on_terms(queue.owner, &terms, NULL);
    queue_assert_shows(host, "free with Monthly, 1 of 2 this month");
    golden_check("attendance_guest_free", fake_draw, host);
    fake_type(host, "Lilit\r+374 10 123456\r\r\r");
    assert_string_equal(queue_last()->reason, "Lilit");
    assert_string_equal(queue_last()->code, "+374 10 123456");
    assert_int_equal(queue_last()->method, 0);
    fake_close(host);
}

static void a_guest_who_is_not_let_in_can_be_tried_again(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    fake_key(host, "F5");
    struct guest_terms terms = {.plan = "Monthly", .package_id = 9, .included = 1};
    queue.on_terms(queue.owner, &terms, NULL);
    fake_type(host, "Ani");
    fake_key(host, "F2");
    queue_answer_error(ERROR_INPUT, "the guest is not let in: full: 120 of 120", "");
    queue_assert_shows(host, "GUEST NOT LET IN");
    fake_key(host, "i");
    assert_int_equal(queue.count, 3);
    assert_string_equal(queue_last()->reason, "Ani");
    assert_string_not_equal(queue_last()->id.text, queue.sent[1].id.text);
    fake_close(host);
}

static void no_guest_where_no_day_pass_is_sold(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    fake_type(host, "20417733\r");
    struct verdict in = queue_anahit(VERDICT_IN);
    queue_answer(&in);
    fake_key(host, "F5");
    struct guest_terms none = {.plan = "Monthly"};
    queue.on_terms(queue.owner, &none, NULL);
    assert_non_null(strstr(host->said, "No day pass is sold here"));
    assert_null(host->form);
    /* The member leaves: the next visitor is nobody's guest. */
    struct verdict out = queue_anahit(VERDICT_OUT);
    fake_key(host, "F4");
    fake_type(host, "20417734\r");
    queue_answer(&out);
    fake_key(host, "F5");
    assert_int_equal(queue.terms_of, 0);
    fake_close(host);
}

static void a_walk_in_pays_a_day_pass_and_is_in(void **unused)
{
    (void)unused;
    struct host *host = queue_open();
    struct guest_terms terms = {.package_id = 9, .pass = "Day pass", .price = 1000};
    fake_type(host, "Wally");
    fake_key(host, "F5");
    queue.on_terms(queue.owner, &terms, NULL);
    queue_assert_shows(host, "Walk-in on a day pass");
    queue_assert_shows(host, "Wally");
    golden_check("attendance_walk_in", fake_draw, host);
    fake_type(host, " Walker\r\r\r");
    assert_string_equal(queue_last()->what, "enrol");
    assert_string_equal(queue_last()->reason, "Wally Walker");
    assert_int_equal(queue_last()->package_id, 9);
    assert_int_equal(queue_last()->method, 1);
    struct member_saved saved = {.customer_id = 10991};
    queue.on_saved(queue.owner, &saved, NULL);
    assert_string_equal(queue_last()->what, "in");
    assert_int_equal(queue_last()->customer_id, 10991);
    struct verdict in = queue_anahit(VERDICT_IN);
    in.customer_id = 10991;
    queue_answer(&in);
    queue_assert_shows(host, "10.00 paid");
    /* After a check-in the form is the guest's, with one key to make it a walk-in's. */
    fake_key(host, "F5");
    queue.on_terms(queue.owner, &terms, NULL);
    fake_type(host, "Wanda\r\r\r");
    fake_key(host, "Right");
    fake_key(host, "Enter");
    assert_string_equal(queue_last()->what, "enrol");
    /* Somebody of that name is known. */
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "duplicate");
    saved = (struct member_saved){.duplicate_id = 10333, .other_name = "Wanda"};
    queue.on_saved(queue.owner, &saved, &error);
    queue_assert_shows(host, "Wanda is known here already, number 10333");
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_comes_with_the_member_who_came_in_last),
        cmocka_unit_test(a_guest_who_is_not_let_in_can_be_tried_again),
        cmocka_unit_test(no_guest_where_no_day_pass_is_sold),
        cmocka_unit_test(a_walk_in_pays_a_day_pass_and_is_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
