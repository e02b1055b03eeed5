/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.mouse: clicks on tabs, rows and the bottom line; without it the terminal keeps its mouse.
 */
#include "desk.h"

#include <stdio.h>
#include <string.h>

static struct terminal *mouse_open(void)
{
    const struct terminal_start start = {.environment = {"GYMTUI_SCREEN_MOUSE=true", NULL}};
    return desk_open_as(&start, DESK_MANAGER);
}

/* The left button on the first place where `text` stands. */
static void click(struct terminal *terminal, const char *text)
{
    char bytes[64];
    terminal_wait(terminal, text);
    int row = terminal_row_of(terminal, text);
    int column = terminal_column_of(terminal, row, text);
    int count = snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1,
                         column + 1, row + 1);
    terminal_send(terminal, bytes, (size_t)count);
}

static void tabs_and_the_bottom_line_can_be_clicked(void **state)
{
    (void)state;
    struct terminal *terminal = mouse_open();
    click(terminal, "Packages");
    terminal_wait(terminal, "plans on sale");
    click(terminal, "Attendance");
    terminal_wait(terminal, "Scan, number or name:");
    click(terminal, "F5 visitor");
    terminal_wait(terminal, "Walk-in on a day pass");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "Walk-in on a day pass");
    click(terminal, "F10 menu");
    terminal_wait(terminal, "Leave gymtui");
    /* Under the menu nothing is clicked. */
    click(terminal, "Packages");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "Leave gymtui");
    terminal_wait(terminal, "Scan, number or name:");
}

/* The list's cursor stands on the row with `name`. */
static bool is_on(struct terminal *terminal, const void *name)
{
    int row = terminal_row_of(terminal, name);
    return row >= 0 && strstr(terminal_row(terminal, row), "▸") != NULL;
}

static bool is_not_on(struct terminal *terminal, const void *name)
{
    return !is_on(terminal, name);
}

static void a_row_is_selected_by_a_click_and_opened_by_another(void **state)
{
    (void)state;
    struct terminal *terminal = mouse_open();
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    terminal_key(terminal, "Esc");
    /* In the list of who is in, the second click does what Enter does: it checks out. Who came last
     * stands at its end, and at a busy hour that is far down. */
    terminal_key(terminal, "F3");
    terminal_wait(terminal, "Who is in, longest first");
    terminal_key(terminal, "End");
    terminal_wait_until(terminal, is_on, member.name);
    terminal_key(terminal, "Up");
    terminal_wait_until(terminal, is_not_on, member.name);
    click(terminal, member.name);
    terminal_wait_until(terminal, is_on, member.name);
    terminal_watch(terminal, 100);
    assert_int_equal(desk_open_visits(member.number), 1);
    click(terminal, member.name);
    terminal_wait(terminal, "OUT");
    assert_int_equal(desk_open_visits(member.number), 0);
}

static void without_the_setting_the_terminal_keeps_its_mouse(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    assert_null(strstr(terminal_output(terminal), "\033[?1000h"));
    struct terminal *with = mouse_open();
    assert_non_null(strstr(terminal_output(with), "\033[?1000h"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(tabs_and_the_bottom_line_can_be_clicked, terminal_teardown),
        cmocka_unit_test_teardown(a_row_is_selected_by_a_click_and_opened_by_another,
                                  terminal_teardown),
        cmocka_unit_test_teardown(without_the_setting_the_terminal_keeps_its_mouse,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
