/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scanner rules (DESK.md), with time and bytes as a test wishes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/text.h"
#include "gymtui/screens/scan_input.h"

#define FEED_SIZE 200

/* Feeds text, \r as the end; collects what was typed and the codes, one after the other. */
static void feed(struct scan_input *input, const char *text, char *typed, char *codes)
{
    typed[0] = codes[0] = '\0';
    uint32_t code = 0;
    size_t used = 0;
    for (; (used = text_decode(text, &code)) > 0; text += used) {
        char part[SCAN_TYPED_SIZE];
        enum scan_step step =
            code == '\r' ? scan_input_end(input, part) : scan_input_key(input, code, part);
        if (step == SCAN_TYPED)
            text_append(typed, FEED_SIZE, "%s", part);
        if (code == '\r' && step == SCAN_TYPED)
            text_append(typed, FEED_SIZE, "%s", "|");
        if (step == SCAN_DONE) {
            text_append(codes, FEED_SIZE, "%s", input->code);
            text_append(codes, FEED_SIZE, "%s", "|");
        }
    }
}

static void without_a_prefix_everything_is_typing(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[FEED_SIZE], codes[FEED_SIZE];
    scan_input_start(&input, "");
    feed(&input, "20417733\rpetr\r", typed, codes);
    assert_string_equal(typed, "20417733|petr|");
    assert_string_equal(codes, "");
}

static void a_prefixed_scan_is_told_from_typing_around_it(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[FEED_SIZE], codes[FEED_SIZE];
    scan_input_start(&input, "]C1");
    feed(&input, "pet]C120417733\rr\r", typed, codes);
    assert_string_equal(codes, "20417733|");
    assert_string_equal(typed, "petr|");
}

static void two_scans_in_one_packet_are_two_codes(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[FEED_SIZE], codes[FEED_SIZE];
    scan_input_start(&input, "%");
    feed(&input, "%1001\r%1002\r", typed, codes);
    assert_string_equal(codes, "1001|1002|");
    assert_string_equal(typed, "");
}

static void a_broken_prefix_was_typing_after_all(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[FEED_SIZE], codes[FEED_SIZE];
    scan_input_start(&input, "]C1");
    feed(&input, "]Cx]]C142\r]C\r", typed, codes);
    assert_string_equal(typed, "]Cx]]C|");
    assert_string_equal(codes, "42|");
}

static void control_characters_never_reach_a_code(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[FEED_SIZE], codes[FEED_SIZE];
    scan_input_start(&input, "%");
    feed(&input,
         "%\x02"
         "20\x1d"
         "41\x7f"
         "77\xc2\x9b"
         "33\x03\r",
         typed, codes);
    assert_string_equal(codes, "20417733|");
}

static void an_endless_scan_is_refused_not_cut(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[SCAN_TYPED_SIZE];
    scan_input_start(&input, "%");
    scan_input_key(&input, '%', typed);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(scan_input_key(&input, '7', typed), SCAN_TAKEN);
    assert_int_equal(scan_input_end(&input, typed), SCAN_DONE);
    assert_true(input.too_long);
    assert_true(strlen(input.code) < SCAN_CODE_SIZE);
}

static void esc_drops_what_was_begun(void **state)
{
    (void)state;
    struct scan_input input;
    char typed[SCAN_TYPED_SIZE];
    scan_input_start(&input, "%");
    scan_input_key(&input, '%', typed);
    scan_input_key(&input, '7', typed);
    scan_input_reset(&input);
    assert_int_equal(scan_input_key(&input, '8', typed), SCAN_TYPED);
    assert_string_equal(typed, "8");
}

static void assert_kind(const char *text, enum scan_kind kind, const char *expected)
{
    char clean[SCAN_CODE_SIZE];
    assert_int_equal(scan_classify(NULL, text, clean), kind);
    assert_string_equal(clean, expected);
}

static void what_stands_in_the_field_is_a_code_or_a_name(void **state)
{
    (void)state;
    assert_kind("", SCAN_NOTHING, "");
    assert_kind("   ", SCAN_NOTHING, "");
    assert_kind("\x02\x1d", SCAN_NOTHING, "");
    assert_kind("20417733", SCAN_CODE, "20417733");
    assert_kind(" 2041 7733 ", SCAN_CODE, "20417733");
    assert_kind("2041-7733", SCAN_CODE, "20417733");
    assert_kind("#10482", SCAN_CODE, "10482");
    assert_kind("AB-12", SCAN_CODE, "AB-12");
    assert_kind("petr", SCAN_NAME, "petr");
    assert_kind("李小龍", SCAN_NAME, "李小龍");
    assert_kind("jo o'neill", SCAN_NAME, "jo o'neill");
    assert_kind("louis 14", SCAN_NAME, "louis 14");
    assert_kind("+353 1 234", SCAN_NAME, "+353 1 234");
    assert_kind("a1@example.org", SCAN_NAME, "a1@example.org");
}

static void a_pasted_prefix_is_taken_off(void **state)
{
    (void)state;
    struct scan_input input;
    char clean[SCAN_CODE_SIZE];
    scan_input_start(&input, "]C1");
    assert_int_equal(scan_classify(&input, "]C12041", clean), SCAN_CODE);
    assert_string_equal(clean, "2041");
}

static void the_same_code_is_silent_for_three_seconds(void **state)
{
    (void)state;
    struct scan_repeat repeat = {0};
    assert_false(scan_repeat_is_same(&repeat, "1001", 10000, 3000));
    assert_true(scan_repeat_is_same(&repeat, "1001", 12000, 3000));
    assert_true(scan_repeat_is_same(&repeat, "1001", 15000, 3000)); /* held before the reader */
    assert_false(scan_repeat_is_same(&repeat, "1002", 15000, 3000));
    assert_true(scan_repeat_is_same(&repeat, "1001", 16000, 3000));
    assert_false(scan_repeat_is_same(&repeat, "1001", 19001, 3000));
}

static void a_scan_that_came_to_nothing_may_be_repeated_at_once(void **state)
{
    (void)state;
    struct scan_repeat repeat = {0};
    assert_false(scan_repeat_is_same(&repeat, "1001", 10000, 3000));
    scan_repeat_forget(&repeat, "1001");
    assert_false(scan_repeat_is_same(&repeat, "1001", 10001, 3000));
}

static void many_codes_push_the_oldest_out(void **state)
{
    (void)state;
    struct scan_repeat repeat = {0};
    char code[16];
    for (int i = 0; i < SCAN_REMEMBERED + 1; i++) {
        snprintf(code, sizeof code, "%d", i);
        assert_false(scan_repeat_is_same(&repeat, code, 1000, 3000));
    }
    assert_false(scan_repeat_is_same(&repeat, "0", 1000, 3000));
    assert_true(scan_repeat_is_same(&repeat, code, 1000, 3000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_prefix_everything_is_typing),
        cmocka_unit_test(a_prefixed_scan_is_told_from_typing_around_it),
        cmocka_unit_test(two_scans_in_one_packet_are_two_codes),
        cmocka_unit_test(a_broken_prefix_was_typing_after_all),
        cmocka_unit_test(control_characters_never_reach_a_code),
        cmocka_unit_test(an_endless_scan_is_refused_not_cut),
        cmocka_unit_test(esc_drops_what_was_begun),
        cmocka_unit_test(what_stands_in_the_field_is_a_code_or_a_name),
        cmocka_unit_test(a_pasted_prefix_is_taken_off),
        cmocka_unit_test(the_same_code_is_silent_for_three_seconds),
        cmocka_unit_test(a_scan_that_came_to_nothing_may_be_repeated_at_once),
        cmocka_unit_test(many_codes_push_the_oldest_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
