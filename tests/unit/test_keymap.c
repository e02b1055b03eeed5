/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From bytes to keys, from keys to commands: nothing typed is lost, nothing is made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/ui/input.h"
#include "gymtui/ui/keymap.h"

/* --- bytes to keys --- */

/* What the decoder makes of bytes, as names with blanks between: "a Up [pasted text] Esc". */
static void read_events(struct input *input, int64_t now, char *events, size_t size)
{
    uint32_t key;
    const char *text;
    enum input_event event;
    size_t length = strlen(events);
    while ((event = input_next(input, now, &key, &text)) != INPUT_NOTHING) {
        char name[64];
        if (event == INPUT_CLICK) {
            snprintf(name, sizeof name, "click at %u,%u", key / INPUT_CLICK_ROW,
                     key % INPUT_CLICK_ROW);
            text = name;
        } else if (event == INPUT_KEY) {
            key_format(key, name, sizeof name);
        }
        length +=
            (size_t)snprintf(events + length, size - length, event == INPUT_KEY ? "%s%s" : "%s[%s]",
                             length > 0 ? " " : "", event == INPUT_KEY ? name : text);
    }
}

static void check_bytes(const char *bytes, size_t count, const char *expected)
{
    char at_once[512] = "";
    char one_by_one[512] = "";
    struct input *input = input_new();
    assert_non_null(input);
    input_feed(input, bytes, count, 0);
    read_events(input, 0, at_once, sizeof at_once);
    read_events(input, 5000, at_once, sizeof at_once); /* whatever waited is decided */
    assert_string_equal(at_once, expected);
    assert_int_equal(input_wait(input, 5000), -1);
    /* SSH cuts where it likes: the same bytes one at a time give the same keys. */
    for (size_t i = 0; i < count; i++) {
        input_feed(input, bytes + i, 1, 6000);
        read_events(input, 6000, one_by_one, sizeof one_by_one);
    }
    read_events(input, 12000, one_by_one, sizeof one_by_one);
    assert_string_equal(one_by_one, expected);
    input_free(input);
}

#define CHECK_BYTES(bytes, expected) check_bytes(bytes, sizeof(bytes) - 1, expected)

static void test_text_and_control_keys(void **state)
{
    (void)state;
    CHECK_BYTES("aZ9", "a Z 9");
    CHECK_BYTES("é李🏋", "é 李 🏋");
    CHECK_BYTES("\r\n\t\b\177\014\004", "Enter Enter Tab Backspace Backspace ^L ^D");
    CHECK_BYTES("\0a", "a"); /* NUL is padding */
    CHECK_BYTES("4354210443542104\r", "4 3 5 4 2 1 0 4 4 3 5 4 2 1 0 4 Enter");
}

static void test_broken_text_is_not_made_up(void **state)
{
    (void)state;
    CHECK_BYTES("\xe6\x9d"
                "a",
                "\xef\xbf\xbd \xef\xbf\xbd a");
    CHECK_BYTES("\xff"
                "b",
                "\xef\xbf\xbd b");
    CHECK_BYTES("\xc2\x9b"
                "b",
                "b");              /* a C1 control, which could start a sequence */
    CHECK_BYTES("a\xe6\x9d", "a"); /* never completed */
}

static void test_all_forms_of_the_special_keys(void **state)
{
    (void)state;
    CHECK_BYTES("\033[A\033[B\033[C\033[D\033[H\033[F", "Up Down Right Left Home End");
    CHECK_BYTES("\033OA\033OB\033OC\033OD\033OH\033OF", "Up Down Right Left Home End");
    CHECK_BYTES("\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
                "Home Ins Del End PgUp PgDn Home End");
    CHECK_BYTES("\033OP\033OQ\033OR\033OS\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~"
                "\033[24~",
                "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12");
    CHECK_BYTES("\033[11~\033[12~\033[13~\033[14~\033[[A\033[[E", "F1 F2 F3 F4 F1 F5");
    CHECK_BYTES("\033[1;5A\033[1;2P\033[3;5~\033O5B\033[5$\033[Z", "Up F1 Del Down PgUp Shift-Tab");
    CHECK_BYTES("\033OM\033Oq\033Oj", "Enter 1 *"); /* the numeric keypad in application mode */
    CHECK_BYTES("\033[27;5;13~\033[97;5u", "Enter a");
}

static void test_escape_alone_and_before_others(void **state)
{
    (void)state;
    CHECK_BYTES("\033", "Esc");
    CHECK_BYTES("\033x", "Esc x");
    CHECK_BYTES("\033\033", "Esc Esc");
    CHECK_BYTES("\033\033[A", "Esc Up");
    CHECK_BYTES("\033\r", "Esc Enter");
}

static void test_escape_waits_a_moment_only(void **state)
{
    char events[64] = "";
    struct input *input = input_new();
    (void)state;
    input_feed(input, "\033", 1, 100);
    read_events(input, 100, events, sizeof events);
    assert_string_equal(events, "");
    assert_int_equal(input_wait(input, 100), INPUT_ESCAPE_WAIT);
    read_events(input, 100 + INPUT_ESCAPE_WAIT, events, sizeof events);
    assert_string_equal(events, "Esc");
    assert_int_equal(input_wait(input, 200), -1);
    input_free(input);
}

static void test_unknown_sequences_are_swallowed(void **state)
{
    (void)state;
    CHECK_BYTES("\033[99~a", "a");
    CHECK_BYTES("\033[?1;2cb", "b");
    CHECK_BYTES("\033[Ic", "c"); /* focus came */
    CHECK_BYTES("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20~d", "d");
    CHECK_BYTES("\033[M !!e", "e");
    CHECK_BYTES("\033[<2;10;10M\033[<2;10;10mf", "f"); /* the right button */
    CHECK_BYTES("\033[<0;0;99999M\033[<0M\033[<0;5Mg", "g");
    CHECK_BYTES("\033[<65;10;10M", "Down Down Down"); /* the wheel */
}

static void test_clicks_say_where(void **state)
{
    (void)state;
    CHECK_BYTES("\033[<0;10;3M\033[<0;10;3mx", "[click at 2,9] x");
    CHECK_BYTES("\033[<0;1;1M", "[click at 0,0]");
    CHECK_BYTES("\033[<0;300;200M", "[click at 199,299]");
}

static void test_terminfo_wins(void **state)
{
    char events[64] = "";
    struct input *input = input_new();
    (void)state;
    input_learn(input, "\033|x", KEY_CODE_F1);
    input_learn(input, "a", KEY_CODE_F1 + 1); /* never takes text away */
    input_feed(input, "\033|xa", 4, 0);
    read_events(input, 0, events, sizeof events);
    assert_string_equal(events, "F1 a");
    input_free(input);
}

static void test_paste_is_text(void **state)
{
    (void)state;
    CHECK_BYTES("\033[200~4354\r\ncancel\033[31m\t!\033[201~\r", "[4354  cancel[31m !] Enter");
    CHECK_BYTES("\033[200~\033[201~x", "[] x");
    CHECK_BYTES("\033[200~its end got lost", "[its end got lost]");
    CHECK_BYTES("\033[201~x", "x");
}

static void test_huge_paste_is_cut(void **state)
{
    struct input *input = input_new();
    char block[4096];
    uint32_t key = 0;
    const char *text = NULL;
    (void)state;
    memset(block, 'x', sizeof block);
    input_feed(input, "\033[200~", 6, 0);
    for (int i = 0; i < 64; i++) {
        input_feed(input, block, sizeof block, 0);
        assert_int_equal(input_next(input, 0, &key, &text), INPUT_NOTHING);
    }
    input_feed(input, "\033[201~q", 7, 0);
    assert_int_equal(input_next(input, 0, &key, &text), INPUT_PASTE);
    assert_int_equal(strlen(text), INPUT_PASTE_MOST);
    assert_int_equal(input_next(input, 0, &key, &text), INPUT_KEY);
    assert_int_equal(key, 'q');
    input_free(input);
}

/* Whatever comes, the decoder ends, and after a silence nothing is left behind. */
static void test_any_bytes(void **state)
{
    static const char likely[] = "\033[O<;0159~MAu$\033\xe6\x9d\x8e"
                                 "ab\r200~201~";
    uint32_t random = 12345;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct input *input = input_new();
        uint32_t key;
        const char *text;
        int events = 0;
        for (int i = 0; i < 60; i++) {
            random = random * 1664525u + 1013904223u;
            char byte = (random >> 28) < 3 ? (char)(random >> 16)
                                           : likely[(random >> 16) % (sizeof likely - 1)];
            input_feed(input, &byte, 1, i);
            while (input_next(input, i, &key, &text) != INPUT_NOTHING) {
                events++;
            }
        }
        while (input_next(input, 100000, &key, &text) != INPUT_NOTHING) {
            events++;
        }
        assert_true(events <= 60 * 3);
        assert_int_equal(input_wait(input, 100000), -1);
        input_free(input);
    }
}

/* --- names of keys --- */

static void test_names_round(void **state)
{
    static const char *const names[] = {"F1",        "F12", "^L",   "Enter", "Esc", "Tab",
                                        "Shift-Tab", "Up",  "PgDn", "Home",  "Del", "Backspace",
                                        "Space",     "?",   "g",    "G",     "^",   "é"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint32_t key;
        char shown[16];
        assert_true(key_parse(names[i], &key));
        key_format(key, shown, sizeof shown);
        assert_string_equal(shown, names[i]);
    }
}

static void test_names_that_are_none(void **state)
{
    static const char *const names[] = {"", "F0", "F13", "F1x", "Hello", "^", "^1", "ab", "\033"};
    uint32_t key;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], "^") != 0) {
            assert_false(key_parse(names[i], &key));
        }
    }
    assert_true(key_parse("^m", &key));
    assert_int_equal(key, KEY_CODE_ENTER);
}

/* --- keys to commands --- */

enum { COMMAND_NEW = COMMAND_SCREEN, COMMAND_WHO };

static const struct key_entry desk[] = {
    {COMMAND_OPEN, "check_in", "Enter", "check in", "Check in.", KEY_IN_BAR},
    {COMMAND_NEW, "new_member", "F2 +", "new member", "Enrol.", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_WHO, "who", "F3 g", "who is in", "Who is in.", KEY_IN_BAR},
    {COMMAND_UNDO, "undo", "F8 -", "undo", "Undo.", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_NONE, NULL, NULL, NULL, NULL, 0},
};

static void test_printable_keys_are_text_while_typing(void **state)
{
    struct keymap *keymap = keymap_new("desk", desk, NULL);
    (void)state;
    assert_int_equal(keymap_command(keymap, '+', true, true), COMMAND_NEW);
    assert_int_equal(keymap_command(keymap, '+', true, false), COMMAND_NONE);
    assert_int_equal(keymap_command(keymap, 'g', true, true), COMMAND_NONE);
    assert_int_equal(keymap_command(keymap, 'g', false, true), COMMAND_WHO); /* not "first" */
    assert_int_equal(keymap_command(keymap, 'k', true, true), COMMAND_NONE);
    assert_int_equal(keymap_command(keymap, 'k', false, true), COMMAND_UP);
    assert_int_equal(keymap_command(keymap, '2', true, true), COMMAND_NONE); /* a member's number */
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 1, true, false), COMMAND_NEW);
    assert_int_equal(keymap_command(keymap, KEY_CODE_UP, true, false), COMMAND_UP);
    assert_int_equal(keymap_command(keymap, KEY_CODE_LEFT, true, false), COMMAND_NONE);
    assert_int_equal(keymap_command(keymap, KEY_CODE_LEFT, true, true), COMMAND_LEFT);
    assert_int_equal(keymap_command(keymap, '?', true, true), COMMAND_HELP);
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 6, false, true), COMMAND_NONE);
    keymap_free(keymap);
}

static void test_shown_keys(void **state)
{
    struct keymap *keymap = keymap_new("desk", desk, NULL);
    (void)state;
    assert_string_equal(keymap_shown(keymap, COMMAND_UNDO), "F8");
    assert_string_equal(keymap_shown(keymap, COMMAND_OPEN), "Enter");
    assert_string_equal(keymap_shown(keymap, COMMAND_FIRST), "Home");
    assert_string_equal(keymap_shown(keymap, 999), "");
    keymap_free(keymap);
}

static void collect(void *owner, const struct key_entry *entry, const char *keys)
{
    char *all = owner;
    snprintf(all + strlen(all), 4096 - strlen(all), "%s=%s;", entry->name, keys);
}

static void test_own_table_shadows_the_common_one(void **state)
{
    char all[4096] = "";
    struct keymap *keymap = keymap_new("desk", desk, NULL);
    (void)state;
    keymap_visit(keymap, collect, all);
    assert_ptr_equal(strstr(all, "check_in=Enter;new_member=F2 +;who=F3 g;undo=F8 -;"), all);
    assert_non_null(strstr(all, ";first=Home;")); /* its g is the desk's */
    assert_null(strstr(all, ";open="));
    assert_null(strstr(all, "undo=u"));
    keymap_free(keymap);
}

/* --- rebinding --- */

static struct config *load_or_error(const char *text, struct error *error)
{
    char path[] = "/tmp/gymtui-keymap-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    struct config_sources sources = {
        .file = path, .check_key = keymap_check, .share_key = keymap_share_key};
    struct config *config = config_load(&sources, error);
    remove(path);
    return config;
}

static struct config *load(const char *text)
{
    struct error error = {0};
    struct config *config = load_or_error(text, &error);
    if (config == NULL) {
        print_message("%s %s\n", error.message, error.hint);
    }
    return config;
}

static void test_rebinding(void **state)
{
    (void)state;
    keymap_register("desk", desk);
    struct config *config =
        load("keys = { desk: { undo = \"F7 g\"; }; common: { help = \"F5\"; }; };");
    assert_non_null(config);
    struct keymap *keymap = keymap_new("desk", desk, config);
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 6, false, true), COMMAND_UNDO);
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 7, false, true), COMMAND_NONE);
    assert_int_equal(keymap_command(keymap, 'g', false, true), COMMAND_UNDO); /* over a default */
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 4, false, true), COMMAND_HELP);
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1, false, true), COMMAND_NONE);
    assert_string_equal(keymap_shown(keymap, COMMAND_WHO), "F3");
    keymap_free(keymap);
    config_free(config);
}

/* Neither is given up in silence: both are named, with where they stand. */
static void test_two_commands_on_one_key_are_told(void **state)
{
    struct error error = {0};
    (void)state;
    keymap_register("desk", desk);
    struct config *config =
        load_or_error("keys = { desk: { undo = \"F7\";\n who = \"F11 F7\"; }; };", &error);
    assert_null(config);
    assert_non_null(strstr(error.message, "F7 is given to two commands"));
    assert_non_null(strstr(error.message, "keys.desk.undo"));
    assert_non_null(strstr(error.message, "keys.desk.who"));
    assert_non_null(strstr(error.message, ":2"));
    assert_string_not_equal(error.hint, "");
    /* One key by two names. */
    assert_null(load_or_error("keys = { common: { help = \"^I\"; quit = \"Tab\"; }; };", &error));
    /* A screen's own goes before what holds everywhere, by choice too. */
    config = load_or_error("keys = { desk: { undo = \"F5\"; }; common: { help = \"F5 F6\"; }; };",
                           &error);
    assert_non_null(config);
    struct keymap *keymap = keymap_new("desk", desk, config);
    assert_int_equal(keymap_command(keymap, KEY_CODE_F1 + 4, false, true), COMMAND_UNDO);
    assert_string_equal(keymap_shown(keymap, COMMAND_HELP), "F6");
    keymap_free(keymap);
    config_free(config);
}

static void test_wrong_rebinding_is_told(void **state)
{
    struct error error = {0};
    (void)state;
    keymap_register("desk", desk);
    assert_true(keymap_check("desk.undo", "F7 u", &error));
    assert_true(keymap_check("common.help", "F5", &error));
    assert_false(keymap_check("desk.undo", "F7 Hyper", &error));
    assert_non_null(strstr(error.message, "Hyper"));
    assert_false(keymap_check("desk.undo", "^S", &error)); /* the terminal's */
    assert_false(keymap_check("desk.undo", " ", &error));
    assert_false(keymap_check("desk.fly", "F7", &error));
    assert_false(keymap_check("nowhere.undo", "F7", &error));
    assert_false(keymap_check("undo", "F7", &error));
    assert_null(load("keys = { desk: { undo = \"Hyper\"; }; };"));
}

static void test_man_page_is_made_of_the_tables(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)state;
    keymap_register("desk", desk);
    keymap_print_man(out);
    fclose(out);
    assert_non_null(strstr(text, ".Ss Everywhere\n.Bl -tag -width Ds -compact\n.It Ic Up , k\n"
                                 "One row up.\n.Pq Va common.up\n"));
    assert_non_null(strstr(text, ".El\n.Ss Desk\n"));
    assert_non_null(strstr(text, ".It Ic F8 , \\&\\-\nUndo.\n.Pq Va desk.undo\n"));
    assert_non_null(strstr(text, ".It Ic \\(haL\n"));
    assert_non_null(strstr(text, ".It Ic \\&? , F1\n"));
    free(text);
}

/* No two entries of the common table want the same key. */
static void test_common_keys_are_each_for_one_command(void **state)
{
    struct keymap *keymap = keymap_new("empty", NULL, NULL);
    (void)state;
    for (const struct key_entry *entry = keymap_common; entry->command != COMMAND_NONE; entry++) {
        char keys[96];
        char *rest = NULL;
        snprintf(keys, sizeof keys, "%s", entry->keys);
        for (char *name = strtok_r(keys, " ", &rest); name != NULL;
             name = strtok_r(NULL, " ", &rest)) {
            uint32_t key;
            assert_true(key_parse(name, &key));
            assert_int_equal(keymap_command(keymap, key, false, true), entry->command);
        }
    }
    keymap_free(keymap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_control_keys),
        cmocka_unit_test(test_broken_text_is_not_made_up),
        cmocka_unit_test(test_all_forms_of_the_special_keys),
        cmocka_unit_test(test_escape_alone_and_before_others),
        cmocka_unit_test(test_escape_waits_a_moment_only),
        cmocka_unit_test(test_unknown_sequences_are_swallowed),
        cmocka_unit_test(test_clicks_say_where),
        cmocka_unit_test(test_terminfo_wins),
        cmocka_unit_test(test_paste_is_text),
        cmocka_unit_test(test_huge_paste_is_cut),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_names_round),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_printable_keys_are_text_while_typing),
        cmocka_unit_test(test_shown_keys),
        cmocka_unit_test(test_own_table_shadows_the_common_one),
        cmocka_unit_test(test_rebinding),
        cmocka_unit_test(test_two_commands_on_one_key_are_told),
        cmocka_unit_test(test_wrong_rebinding_is_told),
        cmocka_unit_test(test_man_page_is_made_of_the_tables),
        cmocka_unit_test(test_common_keys_are_each_for_one_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
