/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_error_carries_code_message_and_hint(void **state)
{
    (void)state;
    struct error error;
    memset(&error, 0xFF, sizeof error);
    assert_false(error_set(&error, ERROR_INPUT, "Type a number.", "Not a price: %s", "abc"));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.message, "Not a price: abc");
    assert_string_equal(error.hint, "Type a number.");

    error_clear(&error);
    assert_int_equal(error.code, ERROR_NONE);
    assert_string_equal(error.message, "");
    assert_string_equal(error.hint, "");
}

static void nobody_has_to_ask_for_the_details(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_SYSTEM, NULL, "%d", 1));
    error_clear(NULL);
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    char armenian[401] = "";
    for (size_t i = 0; i < 200; i++)
        memcpy(armenian + 2 * i, "Ա", 3);
    struct error error;
    error_set(&error, ERROR_INPUT, armenian, "x%s", armenian);
    assert_int_equal(strlen(error.message), 255); /* 1 + 127 × 2 */
    assert_int_equal(strlen(error.hint), 254);
    assert_memory_equal(error.message + 253, "Ա", 3);
    assert_memory_equal(error.hint + 252, "Ա", 3);
}

static void an_error_can_be_wrapped_in_itself(void **state)
{
    (void)state;
    struct error error;
    error_set(&error, ERROR_OFFLINE, "Wait.", "No connection");
    error_set(&error, error.code, error.hint, "Line 7: %s", error.message);
    assert_string_equal(error.message, "Line 7: No connection");
    assert_string_equal(error.hint, "Wait.");
}

static void exit_codes_are_those_of_the_manual(void **state)
{
    (void)state;
    assert_int_equal(error_exit_status(ERROR_NONE), 0);
    assert_int_equal(error_exit_status(ERROR_USAGE), 2);
    assert_int_equal(error_exit_status(ERROR_NOT_FOUND), 3);
    assert_int_equal(error_exit_status(ERROR_PERMISSION), 5);
    assert_int_equal(error_exit_status(ERROR_LOGIN), 5);
    assert_int_equal(error_exit_status(ERROR_OFFLINE), 6);
    assert_int_equal(error_exit_status(ERROR_UNKNOWN), 6);
    assert_int_equal(error_exit_status(ERROR_CONFIG), 1);
    assert_int_equal(error_exit_status(ERROR_CANCELLED), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_carries_code_message_and_hint),
        cmocka_unit_test(nobody_has_to_ask_for_the_details),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(an_error_can_be_wrapped_in_itself),
        cmocka_unit_test(exit_codes_are_those_of_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
