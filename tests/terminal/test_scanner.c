/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What scanners send: codes doubled and in batches, line ends of all kinds, garbage from the line.
 * Nothing here may depend on the time between bytes, since SSH puts them together as it likes.
 */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void send_text(struct terminal *terminal, const char *text)
{
    terminal_send(terminal, text, strlen(text));
}

static void a_code_read_twice_in_one_scan_counts_once(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    char bytes[100];
    snprintf(bytes, sizeof bytes, "%s%s", member.tag, member.tag);
    terminal_scan(terminal, bytes);
    desk_wait_in(terminal, member.name);
    assert_int_equal(desk_open_visits(member.number), 1);
}

static void three_scans_in_one_packet_are_done_in_order(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member first = demonstration_member(), second = demonstration_member(),
                                third = demonstration_member();
    char bytes[200];
    snprintf(bytes, sizeof bytes, "%s\r%s\r%s\r", first.tag, second.tag, third.tag);
    send_text(terminal, bytes);
    desk_wait_in(terminal, third.name);
    assert_string_equal(
        demonstration_ask("SELECT string_agg(customer_id::text, ' ' ORDER BY attendance_id)"
                          " FROM gym.attendance WHERE voided_at IS NULL AND check_out IS NULL"
                          " AND customer_id IN (%" PRId64 ", %" PRId64 ", %" PRId64 ")",
                          first.number, second.number, third.number),
        demonstration_ask("SELECT '%" PRId64 " %" PRId64 " %" PRId64 "'", first.number,
                          second.number, third.number));
}

static void a_scan_that_comes_byte_by_byte_is_one_scan(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    for (const char *byte = member.tag; *byte != '\0'; byte++) {
        terminal_send(terminal, byte, 1);
        terminal_watch(terminal, 15);
    }
    send_text(terminal, "\r");
    desk_wait_in(terminal, member.name);
    assert_int_equal(desk_open_visits(member.number), 1);
}

static void the_same_card_at_once_again_is_silent(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member(), next = demonstration_member();
    char bytes[200];
    snprintf(bytes, sizeof bytes, "%s\r%s\r%s\r%s\r", member.tag, member.tag, member.tag, next.tag);
    send_text(terminal, bytes);
    desk_wait_in(terminal, next.name);
    assert_false(terminal_shows(terminal, "IN SINCE"));
    assert_int_equal(terminal_bells(terminal), 0);
    assert_int_equal(desk_visits(member.number), 1);
}

static void the_same_card_later_asks_and_writes_nothing(void **state)
{
    (void)state;
    const struct terminal_start start = {.environment = {"GYMTUI_DESK_REPEAT_SILENT=0"}};
    struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    terminal_scan(terminal, member.tag);
    terminal_wait(terminal, "! IN SINCE");
    terminal_wait(terminal, "nothing was written");
    assert_int_equal(desk_open_visits(member.number), 1);
    /* Back just after leaving: amber, and again nothing written. */
    terminal_key(terminal, "o");
    terminal_wait(terminal, "OUT   ");
    terminal_scan(terminal, member.tag);
    terminal_wait(terminal, "! HAS JUST LEFT");
    assert_int_equal(desk_visits(member.number), 1);
    assert_int_equal(desk_open_visits(member.number), 0);
}

static void a_desk_set_to_automatic_checks_out_without_a_key(void **state)
{
    (void)state;
    const struct terminal_start start = {.environment = {"GYMTUI_DESK_AUTO=true"}};
    struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
    assert_int_equal(desk_open_visits(10032), 1); /* in for 28 minutes */
    terminal_scan(terminal, "77001032");
    terminal_wait(terminal, "OUT   Nuno Magalhães");
    assert_int_equal(desk_open_visits(10032), 0);
    assert_int_equal(terminal_keys_used(terminal), 0);
}

static void tab_and_both_line_ends_end_a_scan(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    static const char *const ends[] = {"\t", "\n", "\r\n", "\r\r"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct demonstration_member member = demonstration_member();
        char bytes[100];
        snprintf(bytes, sizeof bytes, "%s%s", member.tag, ends[i]);
        send_text(terminal, bytes);
        desk_wait_in(terminal, member.name);
        assert_int_equal(desk_visits(member.number), 1);
    }
    /* The second line end has opened nothing. */
    terminal_wait(terminal, "Scan, number or name:");
}

static void control_characters_in_a_scan_are_dropped(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    char bytes[400];
    /* Start of text, group separator, and what a line with noise makes of it. */
    snprintf(bytes, sizeof bytes, "\x02%.3s\x1d\x1e%s\x1f\x06\r", member.tag, member.tag + 3);
    send_text(terminal, bytes);
    desk_wait_in(terminal, member.name);
    assert_int_equal(desk_open_visits(member.number), 1);
}

static void escape_sequences_in_a_scan_are_neither_text_nor_obeyed(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    static const char *const garbage[] = {
        "\033[31m", "\033[999;1X", "\033[<0;10;10m", "\033OI", "\033[?62;1c",
    };
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        struct demonstration_member member = demonstration_member();
        char bytes[200];
        snprintf(bytes, sizeof bytes, "%s%s\r", garbage[i], member.tag);
        send_text(terminal, bytes);
        desk_wait_in(terminal, member.name);
        assert_int_equal(desk_open_visits(member.number), 1);
    }
}

static void a_broken_or_endless_scan_harms_nobody(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    int64_t visits = demonstration_count("SELECT count(*) FROM gym.attendance");
    char bytes[20001];
    memset(bytes, '7', sizeof bytes - 1);
    bytes[sizeof bytes - 2] = '\r';
    bytes[sizeof bytes - 1] = '\0';
    send_text(terminal, bytes);
    terminal_wait(terminal, "Too long");
    send_text(terminal, "\xff\xfe\x80\xc3(99\xe2\x82 \xf0\x9f\r");
    terminal_wait(terminal, "✖ NOBODY MATCHES");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "✖ NOBODY MATCHES");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.attendance"), visits);
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
}

static void an_unknown_card_rings_and_writes_nothing(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    int64_t visits = demonstration_count("SELECT count(*) FROM gym.attendance");
    terminal_scan(terminal, "4711471147");
    terminal_wait(terminal, "✖ NOT KNOWN");
    assert_int_equal(terminal_bells(terminal), 1);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.attendance"), visits);
}

static void a_prefixed_scan_in_a_panel_is_a_scan(void **state)
{
    (void)state;
    const struct terminal_start start = {.environment = {"GYMTUI_DESK_SCANNER_PREFIX=~"}};
    struct terminal *terminal = desk_open_as(&start, DESK_FIRST);
    struct demonstration_member member = demonstration_member();
    char bytes[100];
    terminal_scan(terminal, "~77001006");
    terminal_wait(terminal, "✖ CANCELLED");
    terminal_key(terminal, "v");
    terminal_wait(terminal, "Let in because:"); /* where digits choose and letters are words */
    snprintf(bytes, sizeof bytes, "~%s", member.tag);
    terminal_scan(terminal, bytes);
    desk_wait_in(terminal, member.name);
    terminal_wait(terminal, "Let in because:");
    assert_int_equal(desk_visits(10006), 0);
    assert_int_equal(desk_open_visits(member.number), 1);
}

static void a_paste_is_text_and_waits_for_enter(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    char bytes[100];
    snprintf(bytes, sizeof bytes, "%s\r", member.tag);
    terminal_paste(terminal, bytes);
    terminal_wait(terminal, member.tag);
    assert_int_equal(desk_visits(member.number), 0);
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, member.name);
}

static void a_hostile_name_is_text_on_the_screen(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    demonstration_ask("UPDATE gym.customers SET name = E'Robert \\033[2J\\033[31mTables\\u009b1m'"
                      " WHERE customer_id = 10019");
    size_t before = terminal_received(terminal);
    terminal_scan(terminal, "77001019");
    terminal_wait(terminal, "[31mTables");
    terminal_wait(terminal, "Scan, number or name:");
    assert_null(strstr(terminal_output(terminal) + before, "\033[2J"));
    assert_null(strstr(terminal_output(terminal) + before, "\xc2\x9b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_code_read_twice_in_one_scan_counts_once, terminal_teardown),
        cmocka_unit_test_teardown(three_scans_in_one_packet_are_done_in_order, terminal_teardown),
        cmocka_unit_test_teardown(a_scan_that_comes_byte_by_byte_is_one_scan, terminal_teardown),
        cmocka_unit_test_teardown(the_same_card_at_once_again_is_silent, terminal_teardown),
        cmocka_unit_test_teardown(the_same_card_later_asks_and_writes_nothing, terminal_teardown),
        cmocka_unit_test_teardown(a_desk_set_to_automatic_checks_out_without_a_key,
                                  terminal_teardown),
        cmocka_unit_test_teardown(tab_and_both_line_ends_end_a_scan, terminal_teardown),
        cmocka_unit_test_teardown(control_characters_in_a_scan_are_dropped, terminal_teardown),
        cmocka_unit_test_teardown(escape_sequences_in_a_scan_are_neither_text_nor_obeyed,
                                  terminal_teardown),
        cmocka_unit_test_teardown(a_broken_or_endless_scan_harms_nobody, terminal_teardown),
        cmocka_unit_test_teardown(an_unknown_card_rings_and_writes_nothing, terminal_teardown),
        cmocka_unit_test_teardown(a_prefixed_scan_in_a_panel_is_a_scan, terminal_teardown),
        cmocka_unit_test_teardown(a_paste_is_text_and_waits_for_enter, terminal_teardown),
        cmocka_unit_test_teardown(a_hostile_name_is_text_on_the_screen, terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
