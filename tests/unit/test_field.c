/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typing into a field: characters stay whole, limits hold, secrets leave nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/ui/field.h"
#include "gymtui/ui/keymap.h"

#define CTRL_KEY(letter) (0x1f & (letter))

static void press(struct field *field, uint32_t key, int times)
{
    for (int i = 0; i < times; i++) {
        assert_true(field_key(field, key));
    }
}

static void test_typing_and_moving(void **state)
{
    struct field field = {0};
    (void)state;
    assert_true(field_is_empty(&field));
    field_set(&field, "Petosyan");
    press(&field, KEY_CODE_HOME, 1);
    press(&field, KEY_CODE_RIGHT, 3);
    press(&field, 'r', 1);
    assert_string_equal(field.text, "Petrosyan");
    press(&field, KEY_CODE_END, 1);
    press(&field, '!', 1);
    press(&field, KEY_CODE_BACKSPACE, 2);
    assert_string_equal(field.text, "Petrosya");
    press(&field, CTRL_KEY('A'), 1);
    press(&field, KEY_CODE_DELETE, 1);
    assert_string_equal(field.text, "etrosya");
    press(&field, KEY_CODE_LEFT, 5); /* at the start already */
    assert_int_equal(field.cursor, 0);
    press(&field, CTRL_KEY('E'), 1);
    press(&field, KEY_CODE_RIGHT, 5);
    assert_int_equal(field.cursor, 7);
}

static void test_characters_stay_whole(void **state)
{
    struct field field = {0};
    (void)state;
    field_set(&field, "李e\xcc\x81"
                      "é"); /* the second one is e with a mark of its own */
    press(&field, KEY_CODE_BACKSPACE, 1);
    assert_string_equal(field.text, "李e\xcc\x81");
    press(&field, KEY_CODE_LEFT, 1);
    assert_int_equal(field.cursor, 3);
    press(&field, KEY_CODE_DELETE, 1);
    assert_string_equal(field.text, "李");
    press(&field, 0x1f3cb, 1);
    assert_string_equal(field.text, "李🏋");
    press(&field, KEY_CODE_BACKSPACE, 3);
    assert_true(field_is_empty(&field));
}

static void test_killing(void **state)
{
    struct field field = {0};
    (void)state;
    field_set(&field, "Jo van der Berg");
    press(&field, CTRL_KEY('W'), 1);
    assert_string_equal(field.text, "Jo van der ");
    press(&field, CTRL_KEY('W'), 1);
    assert_string_equal(field.text, "Jo van ");
    press(&field, KEY_CODE_HOME, 1);
    press(&field, KEY_CODE_RIGHT, 2);
    press(&field, CTRL_KEY('K'), 1);
    assert_string_equal(field.text, "Jo");
    press(&field, KEY_CODE_LEFT, 1);
    press(&field, CTRL_KEY('U'), 1);
    assert_string_equal(field.text, "o");
    assert_int_equal(field.cursor, 0);
}

static void test_keys_that_are_not_the_fields(void **state)
{
    static const uint32_t others[] = {KEY_CODE_UP,     KEY_CODE_DOWN, KEY_CODE_ENTER, KEY_CODE_TAB,
                                      KEY_CODE_ESCAPE, KEY_CODE_F1,   CTRL_KEY('L')};
    struct field field = {0};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(field_key(&field, others[i]));
    }
    assert_true(field_is_empty(&field));
}

static void test_paste_is_cleaned_and_cut(void **state)
{
    struct field field = {.limit = 7};
    (void)state;
    field_paste(&field, "a\033[31m\nb");
    assert_string_equal(field.text, "a[31m b");
    field_clear(&field);
    field_paste(&field, "abcdef李"); /* its three bytes no longer fit */
    assert_string_equal(field.text, "abcdef");
    press(&field, 'g', 1);
    press(&field, 'h', 1); /* used, but there is no room */
    assert_string_equal(field.text, "abcdefg");
    assert_int_equal(field.cursor, 7);
}

static void test_full_field(void **state)
{
    struct field field = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        press(&field, 'x', 1);
    }
    assert_int_equal(strlen(field.text), FIELD_SIZE - 1);
    assert_int_equal(field.cursor, FIELD_SIZE - 1);
}

static void test_a_secret_leaves_nothing_behind(void **state)
{
    static const struct field nothing = {0};
    struct field field = {.secret = true};
    (void)state;
    field_set(&field, "open sesame");
    press(&field, CTRL_KEY('U'), 1);
    assert_memory_equal(field.text, nothing.text, FIELD_SIZE);
    field_set(&field, "open sesame");
    press(&field, KEY_CODE_BACKSPACE, 6);
    assert_memory_equal(field.text + 5, nothing.text, FIELD_SIZE - 5);
    field_clear(&field);
    assert_memory_equal(field.text, nothing.text, FIELD_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_moving),
        cmocka_unit_test(test_characters_stay_whole),
        cmocka_unit_test(test_killing),
        cmocka_unit_test(test_keys_that_are_not_the_fields),
        cmocka_unit_test(test_paste_is_cleaned_and_cut),
        cmocka_unit_test(test_full_field),
        cmocka_unit_test(test_a_secret_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
