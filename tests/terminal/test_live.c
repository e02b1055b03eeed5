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
    int64_t own[SCANS], other[SCANS];
    for (int i = 0; i < SCANS; i++) {
        struct demonstration_member member = demonstration_member();
        struct terminal *scanned = i % 2 == 0 ? one : two;
        int64_t since = now_ms();
        terminal_scan(scanned, member.tag);
        desk_wait_in(scanned, member.name);
        own[i] = now_ms() - since;
        terminal_wait(i % 2 == 0 ? two : one, member.name);
        other[i] = now_ms() - since;
    }
    assert_int_equal(terminal_keys_used(one) + terminal_keys_used(two), 0);
    /* The medians, since a busy machine may stop any one of them for a while; and as much later as
     * it is slow with what the desk itself is told, which takes some 20 ms where it is not. */
    qsort(own, SCANS, sizeof own[0], compare);
    qsort(other, SCANS, sizeof other[0], compare);
    print_message("shown on the other desk after %" PRId64 " ms, at its own after %" PRId64
                  " (medians of %d)\n",
                  other[SCANS / 2], own[SCANS / 2], SCANS);
    assert_true(other[SCANS / 2] < 1000 + 10 * own[SCANS / 2]);
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
        for (int64_t since = now_ms(); loser == NULL && now_ms() - since < TERMINAL_PATIENCE_MS;) {
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
    /* A minute may turn meanwhile, and on a busy machine an answer may still have been on its way:
     * one of the tries is silent, or the screen is never idle. */
    for (int i = 0; i < 10; i++) {
        char before[400], after[400];
        snprintf(before, sizeof before, "%s", terminal_row(terminal, 0));
        size_t sent = terminal_watch(terminal, IDLE_MS);
        snprintf(after, sizeof after, "%s", terminal_row(terminal, 0));
        if (sent == 0)
            return;
        print_message("%zu bytes; “%s” became “%s”\n", sent, before, after);
        if (i > 0 && strcmp(before, after) != 0)
            assert_true(sent < 1000); /* the clock, and how long people are in */
    }
    fail_msg("something is sent within any three seconds");
}

static void a_check_in_sends_little(void **state)
{
    (void)state;
    enum { SCANS = 5 };
    struct terminal *terminal = desk_open();
    int64_t sent[SCANS];
    for (int i = 0; i < SCANS; i++) {
        struct demonstration_member member = demonstration_member();
        let_settle(terminal);
        size_t before = terminal_received(terminal);
        desk_check_in(terminal, member);
        let_settle(terminal);
        sent[i] = (int64_t)(terminal_received(terminal) - before);
    }
    /* The median: the clock goes on meanwhile. */
    qsort(sent, SCANS, sizeof sent[0], compare);
    print_message("a check-in sends %" PRId64 " bytes, at most %" PRId64 "\n", sent[SCANS / 2],
                  sent[SCANS - 1]);
    assert_true(sent[SCANS / 2] <= CHECK_IN_BYTES);
}

static void a_typed_key_sends_a_few_bytes(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    let_settle(terminal);
    /* The least: the clock goes on meanwhile. */
    size_t least = SIZE_MAX;
    char shown[16] = "name: ";
    for (const char *digit = "45678"; *digit != '\0'; digit++) {
        const char key[2] = {*digit};
        size_t before = terminal_received(terminal);
        terminal_type(terminal, key);
        strcat(shown, key);
        terminal_wait(terminal, shown);
        size_t sent = terminal_received(terminal) - before;
        least = sent < least ? sent : least;
    }
    print_message("a typed key sends %zu bytes\n", least);
    assert_true(least <= 64);
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
