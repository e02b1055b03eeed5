/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two desks see each other at once, and a screen on which nothing happens sends nothing. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK_IN_BYTES 2048
#define QUIET_MS       400
#define IDLE_MS        3000

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct terminal *open_second(void)
{
    const struct terminal_start start = {.environment = {"GYMTUI_DESK_NAME=2"}};
    return desk_open_as(&start, DESK_SECOND);
}

/* Until nothing has come for a while. */
static void let_settle(struct terminal *terminal)
{
    for (int i = 0; i < 50 && terminal_watch(terminal, QUIET_MS) > 0; i++) {
    }
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static void a_scan_shows_on_the_other_desk_within_a_second(void **state)
{
    (void)state;
    enum { SCANS = 5 };
    struct terminal *one = desk_open(), *two = open_second();
    int64_t took[SCANS];
    for (int i = 0; i < SCANS; i++) {
        struct demonstration_member member = demonstration_member();
        int64_t since = now_ms();
        terminal_scan(i % 2 == 0 ? one : two, member.tag);
        terminal_wait(i % 2 == 0 ? two : one, member.name);
        took[i] = now_ms() - since;
    }
    assert_int_equal(terminal_keys_used(one) + terminal_keys_used(two), 0);
    /* The median, since a busy machine may stop any one of them for a while. */
    qsort(took, SCANS, sizeof took[0], compare);
    print_message("shown on the other desk after %" PRId64 " ms (median of %d, most %" PRId64 ")\n",
                  took[SCANS / 2], SCANS, took[SCANS - 1]);
    assert_true(took[SCANS / 2] < 1000);
}

static void undo_and_check_out_show_there_too(void **state)
{
    (void)state;
    struct terminal *one = desk_open(), *two = open_second();
    struct demonstration_member member = demonstration_member();
    desk_check_in(one, member);
    terminal_wait(two, member.name);
    terminal_key(one, "F8");
    terminal_wait(one, "UNDONE");
    terminal_wait(two, "taken back");
    terminal_key(two, "F3");
    terminal_wait(two, "Who is in, longest first.");
    terminal_wait(two, "Anna Kowalska");
    terminal_scan(one, "77001017");
    terminal_wait(one, "! IN SINCE");
    terminal_key(one, "o");
    terminal_wait_gone(two, "Anna Kowalska");
}

static void the_losing_desk_is_told_who_was_faster(void **state)
{
    (void)state;
    struct terminal *one = desk_open(), *two = open_second();
    for (int i = 0; i < 4; i++) {
        struct demonstration_member member = demonstration_member();
        terminal_scan(one, member.tag);
        terminal_scan(two, member.tag);
        terminal_wait(one, member.name);
        terminal_wait(two, member.name);
        /* One of them says IN, the other IN SINCE … DESK n. */
        char in[300];
        snprintf(in, sizeof in, "✔ IN   %s", member.name);
        struct terminal *loser = NULL;
        for (int waited = 0; loser == NULL && waited < 300; waited++) {
            if (terminal_shows(one, in) && terminal_shows(two, "! IN SINCE"))
                loser = two;
            else if (terminal_shows(two, in) && terminal_shows(one, "! IN SINCE"))
                loser = one;
            else
                terminal_watch(one, 100);
        }
        assert_non_null(loser);
        terminal_wait(loser, loser == two ? ", DESK 1" : ", DESK 2");
        assert_int_equal(desk_visits(member.number), 1);
        terminal_key(loser, "Esc");
        terminal_wait_gone(loser, "! IN SINCE");
    }
}

static void an_idle_screen_sends_nothing_but_the_minute(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    let_settle(terminal);
    /* A minute may turn meanwhile, at most once in a row of tries this short. */
    for (int i = 0; i < 3; i++) {
        char before[400], after[400];
        snprintf(before, sizeof before, "%s", terminal_row(terminal, 0));
        size_t sent = terminal_watch(terminal, IDLE_MS);
        snprintf(after, sizeof after, "%s", terminal_row(terminal, 0));
        if (sent == 0)
            return;
        print_message("%zu bytes; “%s” became “%s”\n", sent, before, after);
        assert_string_not_equal(before, after);
        assert_true(sent < 1000); /* the clock, and how long people are in */
    }
    fail_msg("three minutes went by in nine seconds");
}

static void a_check_in_sends_little(void **state)
{
    (void)state;
    enum { SCANS = 3 };
    struct terminal *terminal = desk_open();
    size_t most = 0;
    for (int i = 0; i < SCANS; i++) {
        struct demonstration_member member = demonstration_member();
        let_settle(terminal);
        size_t before = terminal_received(terminal);
        desk_check_in(terminal, member);
        let_settle(terminal);
        size_t sent = terminal_received(terminal) - before;
        most = sent > most ? sent : most;
    }
    print_message("a check-in sends at most %zu bytes\n", most);
    assert_true(most <= CHECK_IN_BYTES);
}

static void a_typed_key_sends_a_few_bytes(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    let_settle(terminal);
    size_t before = terminal_received(terminal);
    terminal_type(terminal, "4");
    terminal_wait(terminal, "name: 4");
    assert_true(terminal_received(terminal) - before <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_scan_shows_on_the_other_desk_within_a_second,
                                  terminal_teardown),
        cmocka_unit_test_teardown(undo_and_check_out_show_there_too, terminal_teardown),
        cmocka_unit_test_teardown(the_losing_desk_is_told_who_was_faster, terminal_teardown),
        cmocka_unit_test_teardown(an_idle_screen_sends_nothing_but_the_minute, terminal_teardown),
        cmocka_unit_test_teardown(a_check_in_sends_little, terminal_teardown),
        cmocka_unit_test_teardown(a_typed_key_sends_a_few_bytes, terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
