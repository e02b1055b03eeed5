/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The day's cash-up on a real terminal (DESK.md: the numbers and at most 4 keys), what the database
 * holds afterwards, and what comes out at the printer's end of the line.
 */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many of each note and coin, with a blank between: no keys of the journey. */
static void type_numbers(struct terminal *terminal, const char *numbers)
{
    terminal_send(terminal, numbers, strlen(numbers));
}

static void open_till(struct terminal *terminal, const char *opening_float)
{
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "No till is open at desk 1");
    type_numbers(terminal, opening_float);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "✔ The till is open");
    terminal_key(terminal, "Esc");
    terminal_wait(terminal, "Scan, number or name:");
}

/* Cash from the desk, in its till. */
static void pay(struct demonstration_member member, int euros)
{
    demonstration_ask("SELECT set_config('gymtui.gym_id', '1', false);"
                      "SELECT text FROM gym.take_payment(gen_random_uuid(), %lld, %d, 3, '1', '')",
                      (long long)member.number, euros);
}

static void the_till_is_cashed_up_with_three_keys(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    open_till(terminal, "100");
    pay(demonstration_member(), 39);

    terminal_keys_forget(terminal);
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "Till of desk 1");
    assert_false(terminal_shows(terminal, "139.00")); /* the count is blind */
    assert_false(terminal_shows(terminal, "39.00"));
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "How many of each?");
    type_numbers(terminal, "0 0 0 2 1 1 1 2"); /* 50 50 20 10 5 2 2 */
    terminal_wait(terminal, "Counted 139.00 EUR");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "✔ Till closed, the cash agrees");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_string_equal(
        demonstration_ask("SELECT concat_ws('|', t.opening_float, t.expected, t.counted, t.reason,"
                          " t.closed_at IS NOT NULL, t.denominations ->> '50.00', s.username)"
                          " FROM gym.till_sessions t JOIN auth.staff s ON s.staff_id = t.closed_by"
                          " ORDER BY t.till_session_id DESC LIMIT 1"),
        "100.00|139.00|139.00||t|2|desk1");
}

static void a_difference_takes_a_reason_and_still_four_keys(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    open_till(terminal, "50");
    terminal_keys_forget(terminal);
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "Till of desk 1");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "How many of each?");
    type_numbers(terminal, "0 0 0 0 2");
    terminal_wait(terminal, "Counted 40.00 EUR");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "Counted 40.00, expected 50.00: 10.00 too little");
    /* Nothing is closed before there is a reason. */
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.till_sessions"
                                         " WHERE closed_at IS NULL"),
                     1);
    terminal_paste(terminal, "Ten to the window cleaner");
    terminal_wait(terminal, "Ten to the window cleaner");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "! Till closed, 10.00 too little");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_string_equal(
        demonstration_ask("SELECT concat_ws('|', t.expected, t.counted, t.reason, (SELECT count(*)"
                          " FROM gym.till_counts c WHERE c.till_session_id = t.till_session_id))"
                          " FROM gym.till_sessions t ORDER BY t.till_session_id DESC LIMIT 1"),
        "50.00|40.00|Ten to the window cleaner|2");
}

/* Whoever does this every evening looks at the drawer and not at the screen. */
static void a_cash_up_can_be_typed_in_one_go(void **state)
{
    (void)state;
    static const char keys[] = "\033[20~"   /* F9: the till */
                               "70\r"       /* opened with 70 */
                               "\033OQ"     /* F2: count */
                               "0 0 0 1 1 " /* 50 20 */
                               "\033OQ";
    struct terminal *terminal = desk_open();
    terminal_send(terminal, keys, sizeof keys - 1);
    terminal_wait(terminal, "✔ Till closed, the cash agrees");
    assert_string_equal(
        demonstration_ask("SELECT concat_ws('|', opening_float, expected, counted)"
                          " FROM gym.till_sessions ORDER BY till_session_id DESC LIMIT 1"),
        "70.00|70.00|70.00");
}

/* --- on paper --- */

static void the_days_report_comes_out_at_the_terminals_printer(void **state)
{
    (void)state;
    struct terminal_start start = {.environment = {"GYMTUI_DESK_PRINTER=passthrough"}};
    struct terminal *terminal = desk_open_as(&start, DESK_MANAGER);
    terminal_type(terminal, ":day");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Report of");
    size_t before = terminal_received(terminal);
    terminal_key(terminal, "p");
    terminal_wait(terminal, "✔ Printed");
    const char *on = strstr(terminal_output(terminal) + before, "\033[5i");
    assert_non_null(on);
    const char *off = strstr(on, "\033[4i");
    assert_non_null(off);
    char printed[4096];
    snprintf(printed, sizeof printed, "%.*s", (int)(off - on - 4), on + 4);
    assert_non_null(strstr(printed, "Iron Temple\r\n"));
    assert_non_null(strstr(printed, "Taken, EUR"));
    assert_null(strchr(printed, '\033')); /* nothing of the screen's in between */
}

static void a_tills_slip_is_printed_by_a_command(void **state)
{
    (void)state;
    char command[800], path[200];
    snprintf(path, sizeof path, "%s/printed", demonstration_directory());
    snprintf(command, sizeof command, "GYMTUI_DESK_PRINT_COMMAND=cat > %s.part && mv %s.part %s",
             path, path, path);
    struct terminal_start start = {.environment = {"GYMTUI_DESK_PRINTER=command", command}};
    struct terminal *terminal = desk_open_as(&start, DESK_MANAGER);
    terminal_type(terminal, ":tills");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Ten to the window");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "10.00 too little");
    terminal_key(terminal, "p");
    terminal_wait(terminal, "✔ Printed");
    char text[4096] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    unlink(path);
    assert_non_null(strstr(text, "10.00 too little"));
    terminal_type(terminal, "s");
    terminal_wait(terminal, "Save the text");
    terminal_key(terminal, "Esc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_cash_up_can_be_typed_in_one_go, terminal_teardown),
        cmocka_unit_test_teardown(the_till_is_cashed_up_with_three_keys, terminal_teardown),
        cmocka_unit_test_teardown(a_difference_takes_a_reason_and_still_four_keys,
                                  terminal_teardown),
        cmocka_unit_test_teardown(the_days_report_comes_out_at_the_terminals_printer,
                                  terminal_teardown),
        cmocka_unit_test_teardown(a_tills_slip_is_printed_by_a_command, terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
