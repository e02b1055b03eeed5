/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kiosk on a real terminal: members check in, and only a staff password ends it. */
#include "desk.h"

#include <signal.h>
#include <string.h>

static struct terminal *kiosk_open(void)
{
    static const char *command[] = {NULL, "--kiosk", NULL};
    command[0] = demonstration_binary();
    const struct terminal_start start = {.command = command};
    struct terminal *terminal = terminal_open_as(&start);
    desk_fill_in(terminal, DESK_FIRST);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan your card, or type your number and press Enter");
    return terminal;
}

static void members_check_in_and_nothing_personal_is_shown(void **state)
{
    (void)state;
    struct terminal *terminal = kiosk_open();
    terminal_scan(terminal, "77001001");
    terminal_wait(terminal, "Welcome, Anahit");
    assert_false(terminal_shows(terminal, "Petrosyan"));
    assert_false(terminal_shows(terminal, "77001001"));
    assert_int_equal(desk_open_visits(10001), 1);
    terminal_scan(terminal, "77001002");
    terminal_wait(terminal, "Please see the desk");
    assert_false(terminal_shows(terminal, "Tigran"));
    assert_false(terminal_shows(terminal, "xpired"));
    assert_int_equal(desk_open_visits(10002), 0);
    /* It goes back to waiting by itself. */
    terminal_wait(terminal, "Scan your card, or type your number and press Enter");
    terminal_type(terminal, "10030");
    terminal_wait(terminal, "•••••");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Welcome, Zuzanna");
}

static void no_key_leads_out_of_it(void **state)
{
    (void)state;
    struct terminal *terminal = kiosk_open();
    static const char *const keys[] = {"Esc", "^C", "^Z", "^D", "F10", "F1", "F2", "^S", "Tab"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        terminal_key(terminal, keys[i]);
    terminal_send(terminal, "\034", 1); /* ^\ */
    terminal_type(terminal, "q");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Your card or your number, please"); /* not even ^S stopped it */
    assert_false(terminal_has_ended(terminal));
    /* The question for the password, and the way back. */
    terminal_key(terminal, "F12");
    terminal_wait(terminal, "To end the kiosk");
    terminal_key(terminal, "^D");
    terminal_key(terminal, "^C");
    terminal_type(terminal, "wrong");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "✖ User name or password is wrong");
    terminal_key(terminal, "Esc");
    terminal_wait(terminal, "Scan your card");
    assert_false(terminal_has_ended(terminal));
}

static void the_password_opens_the_desk_behind_it(void **state)
{
    (void)state;
    struct terminal *terminal = kiosk_open();
    terminal_key(terminal, "F12");
    terminal_wait(terminal, "To end the kiosk");
    terminal_type(terminal, "demo-desk1");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan, number or name:");
    terminal_wait(terminal, "Attendance");
    /* The terminal's own keys are its own again. */
    terminal_key(terminal, "^C");
    terminal_wait_end(terminal);
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
}

static void a_kiosk_that_is_stopped_gives_the_terminal_back(void **state)
{
    (void)state;
    struct terminal *terminal = kiosk_open();
    terminal_signal(terminal, SIGTERM);
    terminal_wait_end(terminal);
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(members_check_in_and_nothing_personal_is_shown,
                                  terminal_teardown),
        cmocka_unit_test_teardown(no_key_leads_out_of_it, terminal_teardown),
        cmocka_unit_test_teardown(the_password_opens_the_desk_behind_it, terminal_teardown),
        cmocka_unit_test_teardown(a_kiosk_that_is_stopped_gives_the_terminal_back,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
