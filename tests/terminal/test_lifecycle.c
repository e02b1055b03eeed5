/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal is taken once and given back on every way out; it may be of any size and kind, in
 * any locale, and may change under the program.
 */
#include "desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* --- ways out --- */

/* The modes of before, the ordinary screen, a cursor, no bracketed paste. */
static void assert_given_back(struct terminal *terminal)
{
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
    assert_false(terminal_is_alternate(terminal));
    assert_true(terminal_cursor_is_shown(terminal));
    const char *output = terminal_output(terminal), *on = NULL, *off = NULL, *at = output;
    while ((at = strstr(at, "\033[?2004")) != NULL) {
        at += strlen("\033[?2004");
        *(*at == 'h' ? &on : &off) = at;
    }
    assert_non_null(on);
    assert_true(off > on);
}

static void assert_taken(struct terminal *terminal)
{
    struct termios before = terminal_modes_before(terminal), now = terminal_modes(terminal);
    assert_false(terminal_modes_are_same(&before, &now));
    assert_true(terminal_is_alternate(terminal));
}

static void a_person_leaves_from_the_login_screen(void **state)
{
    (void)state;
    struct terminal *terminal = terminal_open(24, 80);
    terminal_wait(terminal, "Sign in");
    assert_taken(terminal);
    terminal_key(terminal, "^D");
    assert_int_equal(terminal_wait_end(terminal), 0);
    assert_given_back(terminal);
}

static void a_person_leaves_by_the_menu(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Leave gymtui");
    terminal_key(terminal, "q");
    assert_int_equal(terminal_wait_end(terminal), 0);
    assert_given_back(terminal);
}

static void signals_end_it_in_order(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct terminal *terminal = desk_open();
        assert_taken(terminal);
        terminal_signal(terminal, signals[i]);
        int status = terminal_wait_end(terminal);
        assert_true(WIFEXITED(status) || WTERMSIG(status) == signals[i]);
        assert_given_back(terminal);
    }
}

static void control_c_ends_it_in_order(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_key(terminal, "^C");
    terminal_wait_end(terminal);
    assert_given_back(terminal);
}

static void a_crash_gives_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct terminal *terminal = i == 0 ? desk_open() : terminal_open(24, 80);
        if (i > 0)
            terminal_wait(terminal, "Sign in");
        assert_taken(terminal);
        terminal_signal(terminal, signals[i]);
        int status = terminal_wait_end(terminal);
        assert_true(WIFSIGNALED(status)); /* it still is a crash to whoever started it */
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_given_back(terminal);
    }
}

/* A line that makes several packets of a frame must not show half of it: whoever reads a text in
 * the new frame, a person or a test, would press a key that the old one means. */
static void what_is_painted_is_one_synchronised_update(void **state)
{
    (void)state;
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    struct terminal *terminal = desk_open();
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Leave gymtui");
    terminal_key(terminal, "q");
    terminal_wait_end(terminal);
    int frames = 0;
    const char *at = terminal_output(terminal);
    for (const char *next; (next = strstr(at, begin)) != NULL; frames++) {
        const char *text = strstr(at, "Leave gymtui");
        assert_true(text == NULL || text > next);
        const char *closed = strstr(next, end);
        assert_non_null(closed);
        assert_true(strstr(next + 1, begin) == NULL || strstr(next + 1, begin) > closed);
        at = closed + strlen(end);
    }
    assert_true(frames > 3);
    assert_null(strstr(at, end));
    assert_null(strstr(at, "Leave gymtui"));
}

static int64_t sessions(void)
{
    return demonstration_count("SELECT count(*) FROM pg_stat_activity"
                               " WHERE application_name LIKE 'gymtui desk%%'");
}

static void when_the_line_goes_dead_nothing_is_left_behind(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    pid_t processes[8];
    assert_int_equal(demonstration_processes(processes, 8), 1);
    assert_true(sessions() > 0);
    terminal_hang_up(terminal);
    terminal_wait_end(terminal);
    assert_int_equal(demonstration_processes(processes, 8), 0);
    assert_int_equal(desk_open_visits(member.number), 1);
    /* The server hears of it within its own interval. */
    for (int waited = 0; waited < TERMINAL_PATIENCE_MS && sessions() > 0; waited += 50)
        terminal_watch(terminal, 50);
    assert_int_equal(sessions(), 0);
}

/* --- away and back --- */

static bool modes_are_of_the_shell(struct terminal *terminal, const void *owner)
{
    const struct termios *shell = owner;
    struct termios now = terminal_modes(terminal);
    return terminal_modes_are_same(shell, &now);
}

static void it_can_be_stopped_and_taken_up_again(void **state)
{
    (void)state;
    static const char *const shell[] = {"/bin/sh", "-i", NULL};
    const struct terminal_start start = {.environment = {"PS1=ready> ", "ENV="}, .command = shell};
    struct terminal *terminal = terminal_open_as(&start);
    terminal_wait(terminal, "ready>");
    struct termios modes = terminal_modes(terminal);
    terminal_type(terminal, demonstration_binary());
    terminal_key(terminal, "Enter");
    desk_sign_in(terminal, DESK_FIRST);
    terminal_key(terminal, "^Z");
    terminal_wait(terminal, "Stopped");
    terminal_wait(terminal, "ready>");
    terminal_wait_until(terminal, modes_are_of_the_shell, &modes);
    assert_false(terminal_is_alternate(terminal));
    assert_true(terminal_cursor_is_shown(terminal));
    terminal_type(terminal, "echo 6 times 7 is $((6 * 7))");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "6 times 7 is 42");
    terminal_type(terminal, "fg");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan, number or name:");
    assert_true(terminal_is_alternate(terminal));
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Leave gymtui");
    terminal_key(terminal, "q");
    terminal_wait(terminal, "6 times 7 is 42"); /* the ordinary screen, as it was left */
    terminal_wait_until(terminal, modes_are_of_the_shell, &modes);
}

/* --- sizes --- */

struct picture {
    char rows[24][400];
};

/* All but the top line, which holds the clock. */
static bool is_as_before(struct terminal *terminal, const void *owner)
{
    const struct picture *before = owner;
    for (int row = 1; row < 24; row++) {
        /* How long people are in goes on. */
        if (strstr(before->rows[row], ":") != NULL && row > 10)
            continue;
        if (strcmp(terminal_row(terminal, row), before->rows[row]) != 0)
            return false;
    }
    return true;
}

static void it_survives_any_size_and_returns(void **state)
{
    (void)state;
    static const struct {
        int rows, columns;
    } sizes[] = {
        {43, 132}, {12, 40}, {5, 20}, {2, 200},  {1, 80},  {24, 1},  {1, 1}, {2, 2},
        {3, 7},    {60, 10}, {1, 1},  {90, 300}, {12, 40}, {23, 79}, {1, 1}, {25, 81},
    };
    struct terminal *terminal = desk_open();
    terminal_scan(terminal, "77001007");
    terminal_wait(terminal, "✖ BANNED");
    terminal_wait(terminal, " ✖   Darragh Maguire"); /* in the feed as well */
    terminal_watch(terminal, 300);
    struct picture before;
    for (int row = 0; row < 24; row++)
        snprintf(before.rows[row], sizeof before.rows[row], "%s", terminal_row(terminal, row));
    /* First one after another, each drawn; then as fast as the line takes them. */
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        size_t which = i % (sizeof sizes / sizeof *sizes);
        terminal_resize(terminal, sizes[which].rows, sizes[which].columns);
        terminal_watch(terminal, i < sizeof sizes / sizeof *sizes ? 40 : 0);
        if (i % 5 == 0)
            terminal_send(terminal, "x\177", 2);
    }
    terminal_resize(terminal, 24, 80);
    terminal_wait_until(terminal, is_as_before, &before);
    assert_false(terminal_has_ended(terminal));
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "✖ BANNED");
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
}

static void a_small_terminal_is_enough_to_work(void **state)
{
    (void)state;
    struct terminal *terminal = terminal_open(12, 40);
    desk_fill_in(terminal, DESK_FIRST);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan:");
    terminal_wait(terminal, "live");
    terminal_scan(terminal, "77001001");
    terminal_wait(terminal, "✔ IN   Anahit Petrosyan");
    terminal_scan(terminal, "77001002");
    desk_wait_expired(terminal, 10002);
    terminal_key(terminal, "v");
    terminal_wait(terminal, "Let in because:");
    terminal_key(terminal, "5");
    terminal_wait(terminal, "IN   Tigran Hakobyan");
    assert_int_equal(desk_open_visits(10002), 1);
}

/* --- kinds of terminal --- */

static void an_unknown_terminal_is_taken_for_a_common_one(void **state)
{
    (void)state;
    const struct terminal_start start = {.term = "gandalf-9000"};
    struct terminal *terminal = terminal_open_as(&start);
    terminal_wait(terminal, "TERM is not known here");
    desk_sign_in(terminal, DESK_FIRST);
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
}

static void a_terminal_without_a_cursor_is_told_so(void **state)
{
    (void)state;
    const struct terminal_start start = {.term = "dumb"};
    struct terminal *terminal = terminal_open_as(&start);
    int status = terminal_wait_end(terminal);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 0);
    terminal_wait(terminal, "cursor");
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
}

static void common_terminals_work(void **state)
{
    (void)state;
    static const char *const terms[] = {"linux",        "screen-256color", "tmux-256color",
                                        "rxvt-unicode", "xterm",           "vt220"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        const struct terminal_start start = {.term = terms[i]};
        struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
        struct demonstration_member member = demonstration_member();
        desk_check_in(terminal, member);
        terminal_close(terminal);
    }
}

/* Every SGR of the output that sets a colour other than the default; 0 when there is none. */
static int colours_sent(const char *output)
{
    int count = 0;
    for (const char *at = output; (at = strstr(at, "\033[")) != NULL;) {
        at += 2;
        size_t length = strspn(at, "0123456789;:");
        if (at[length] != 'm')
            continue;
        for (const char *number = at; number < at + length;) {
            char *end;
            long value = strtol(number, &end, 10);
            bool sets = (value >= 30 && value <= 38) || (value >= 40 && value <= 48) ||
                        (value >= 90 && value <= 107);
            count += sets;
            number = end + 1;
        }
    }
    return count;
}

static void look_around(struct terminal *terminal)
{
    struct demonstration_member member = demonstration_member();
    terminal_scan(terminal, member.tag);
    terminal_wait(terminal, member.name);
    terminal_scan(terminal, "77001007");
    terminal_wait(terminal, "BANNED");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "BANNED");
    terminal_key(terminal, "?");
    terminal_wait(terminal, "Scan a card");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "Scan a card");
    terminal_key(terminal, "Tab");
    terminal_wait_gone(terminal, "Scan, number or name:");
    terminal_wait(terminal, "Number");
}

static void no_color_means_no_colour(void **state)
{
    (void)state;
    const struct terminal_start start = {.environment = {"NO_COLOR=1"}};
    struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
    look_around(terminal);
    assert_int_equal(colours_sent(terminal_output(terminal)), 0);
    terminal_close(terminal);
    /* The count can be other than nought. */
    terminal = desk_open();
    look_around(terminal);
    assert_true(colours_sent(terminal_output(terminal)) > 0);
}

static void the_plain_locale_sees_plain_letters(void **state)
{
    (void)state;
    const struct terminal_start start = {.locale = "C"};
    struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
    terminal_scan(terminal, "77001009"); /* a Chinese name */
    terminal_wait(terminal, "#10009");
    terminal_scan(terminal, "77001018"); /* an Armenian one */
    terminal_wait(terminal, "#10018");
    look_around(terminal);
    const char *output = terminal_output(terminal);
    for (size_t i = 0; i < terminal_received(terminal); i++) {
        if ((output[i] & 0x80) != 0)
            fail_msg("byte %zu is %02x: %.20s", i, (unsigned)output[i] & 0xff, output + i);
    }
    /* Nor another set of characters by shifting out. */
    assert_null(strchr(output, 0x0e));
    assert_null(strstr(output, "\033(0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_person_leaves_from_the_login_screen, terminal_teardown),
        cmocka_unit_test_teardown(a_person_leaves_by_the_menu, terminal_teardown),
        cmocka_unit_test_teardown(signals_end_it_in_order, terminal_teardown),
        cmocka_unit_test_teardown(control_c_ends_it_in_order, terminal_teardown),
        cmocka_unit_test_teardown(a_crash_gives_the_terminal_back, terminal_teardown),
        cmocka_unit_test_teardown(what_is_painted_is_one_synchronised_update, terminal_teardown),
        cmocka_unit_test_teardown(when_the_line_goes_dead_nothing_is_left_behind,
                                  terminal_teardown),
        cmocka_unit_test_teardown(it_can_be_stopped_and_taken_up_again, terminal_teardown),
        cmocka_unit_test_teardown(it_survives_any_size_and_returns, terminal_teardown),
        cmocka_unit_test_teardown(a_small_terminal_is_enough_to_work, terminal_teardown),
        cmocka_unit_test_teardown(an_unknown_terminal_is_taken_for_a_common_one, terminal_teardown),
        cmocka_unit_test_teardown(a_terminal_without_a_cursor_is_told_so, terminal_teardown),
        cmocka_unit_test_teardown(common_terminals_work, terminal_teardown),
        cmocka_unit_test_teardown(no_color_means_no_colour, terminal_teardown),
        cmocka_unit_test_teardown(the_plain_locale_sees_plain_letters, terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
