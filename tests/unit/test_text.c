/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as people have them, and as attackers give them. */
#include "gymtui/base/text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LONG_ARMENIAN "Հովհաննես-Գրիգորիս Տեր-Մկրտչյանցյան-Քաջա" /* 40 characters */

static void assert_clean(const char *from, const char *expected)
{
    char text[256];
    size_t length = text_clean(text, sizeof text, from);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void assert_clipped(const char *from, int columns, const char *expected, int used)
{
    char text[256];
    assert_int_equal(text_clip(text, sizeof text, from, columns, "…"), used);
    assert_string_equal(text, expected);
    assert_int_equal(text_width(text), used);
}

static void every_code_point_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        char bytes[5] = "";
        uint32_t again;
        size_t length = text_encode(code, bytes);
        assert_int_equal(text_decode(bytes, &again), length);
        uint32_t expected = code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code;
        if (again != expected)
            fail_msg("U+%04X came back as U+%04X", (unsigned)code, (unsigned)again);
    }
}

static void broken_utf8_is_taken_byte_by_byte(void **state)
{
    (void)state;
    assert_clean("a\xff"
                 "b",
                 "a\uFFFDb");
    assert_clean("\xc0\xaf", "\uFFFD\uFFFD");                     /* overlong slash */
    assert_clean("\xe0\x80\xaf", "\uFFFD\uFFFD\uFFFD");           /* overlong slash, longer */
    assert_clean("\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD");           /* half of a surrogate pair */
    assert_clean("\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"); /* past U+10FFFF */
    assert_clean("\xd5", "\uFFFD");                               /* cut in the middle */
    assert_clean("\xe2\x80", "\uFFFD\uFFFD");
    assert_clean("\xef\xbf\xbf", "\uFFFD"); /* a noncharacter */
}

static void a_name_cannot_command_the_terminal(void **state)
{
    (void)state;
    assert_clean("Eve\x1b[2J\x1b[31m", "Eve[2J[31m");                   /* CSI: clear, red */
    assert_clean("\x1b]0;owned\aEve", "]0;ownedEve");                   /* OSC: window title */
    assert_clean("\x1b]52;c;cm0gLXJm\x1b\\Eve", "]52;c;cm0gLXJm\\Eve"); /* OSC 52: clipboard */
    assert_clean("\xc2\x9b"
                 "2JEve",
                 "2JEve"); /* CSI as one C1 character */
    assert_clean("\xc2\x9d"
                 "0;x\xc2\x9c"
                 "Eve",
                 "0;xEve"); /* OSC and ST as C1 */
    assert_clean("\x9b"
                 "2J",
                 "\uFFFD2J"); /* the raw byte of an 8-bit terminal */
    assert_clean("a\bb\x7f"
                 "c\x0e",
                 "abc"); /* backspace, delete, shift out */
}

static void lines_and_tabs_become_blanks(void **state)
{
    (void)state;
    assert_clean("a\tb\nc\r\nd\re", "a b c d e");
    assert_clean("a\u2028b\u2029c\xc2\x85"
                 "d",
                 "abcd");
}

static void a_name_cannot_turn_the_line_around(void **state)
{
    (void)state;
    // NOLINTBEGIN(misc-misleading-bidirectional): what is tested
    assert_clean("Eve\u202Egnp.exe", "Evegnp.exe");
    assert_clean("\u202A\u202B\u202C\u202D\u2066\u2067\u2068\u2069\u200E\u200F\u061Cx", "x");
    // NOLINTEND(misc-misleading-bidirectional)
    assert_clean("a\uFEFFb\u00ADc\U000E0041d", "abcd");
    assert_clean("می\u200Cخواهم", "می\u200Cخواهم"); /* a joiner belongs to the word */
}

static void cleaning_never_cuts_a_character(void **state)
{
    (void)state;
    char text[64];
    for (size_t size = 1; size <= sizeof text; size++) {
        memset(text, 'x', sizeof text);
        size_t length = text_clean(text, size, LONG_ARMENIAN);
        assert_true(length < size);
        assert_int_equal(strlen(text), length);
        char again[64];
        text_clean(again, sizeof again, text);
        assert_string_equal(again, text);
        assert_null(strstr(again, "\uFFFD"));
    }
}

static void widths_are_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("Ana"), 3);
    assert_int_equal(text_width(LONG_ARMENIAN), 40);
    assert_int_equal(text_width("李小龍"), 6);
    assert_int_equal(text_width("Zoe\u0308"), 3);
    assert_int_equal(text_width("नि"), 2 - (text_code_width(0x93F) == 0 ? 1 : 0));
    assert_int_equal(text_width("김"), 2);
    assert_int_equal(text_width("\u1100\u1161\u11A8"), 2); /* the same, in jamo */
    assert_int_equal(text_width("▲✔✖·–…│"), 7);
    for (uint32_t code = 1; code <= 0x10FFFF; code++)
        assert_in_range(text_code_width(code), 0, 2);
}

static void a_long_armenian_name_is_clipped_between_letters(void **state)
{
    (void)state;
    assert_clipped(LONG_ARMENIAN, 40, LONG_ARMENIAN, 40);
    assert_clipped(LONG_ARMENIAN, 100, LONG_ARMENIAN, 40);
    assert_clipped(LONG_ARMENIAN, 10, "Հովհաննես…", 10);
    assert_clipped(LONG_ARMENIAN, 1, "…", 1);
    assert_clipped(LONG_ARMENIAN, 0, "", 0);
    assert_clipped(LONG_ARMENIAN, -5, "", 0);
}

static void a_wide_character_is_never_halved(void **state)
{
    (void)state;
    assert_clipped("李小龍", 6, "李小龍", 6);
    assert_clipped("李小龍", 5, "李小…", 5);
    assert_clipped("李小龍", 4, "李…", 3);
    assert_clipped("李小龍", 2, "…", 1);
    assert_clipped("李", 1, "…", 1);
}

static void a_mark_stays_with_its_letter(void **state)
{
    (void)state;
    assert_clipped("Zoe\u0308 Grey", 4, "Zoe\u0308…", 4);
    assert_clipped("Zoe\u0308 Grey", 3, "Zo…", 3);
    assert_clipped("e\u0308\u0301\u0323x", 1, "…", 1);
    assert_clipped("e\u0308\u0301\u0323", 1, "e\u0308\u0301\u0323", 1);
    assert_clipped("\u0308\u0301Ana", 3, "Ana",
                   3); /* nothing to stand on: it would hit the border */

    char text[8]; /* bytes run out before columns do */
    assert_int_equal(text_clip(text, 4, "ae\u0308\u0301", 10, "~"), 2);
    assert_string_equal(text, "a~");
    assert_int_equal(text_clip(text, 1, "abc", 10, "…"), 0);
    assert_string_equal(text, "");
}

static void clipping_does_not_let_commands_through(void **state)
{
    (void)state;
    assert_clipped("a\x1b[2Jb", 20, "a?[2Jb", 6);
}

static void ascii_terminals_keep_their_columns(void **state)
{
    (void)state;
    static const struct {
        const char *from, *expected;
    } cases[] = {
        {"Ana", "Ana"},
        {"Zoë Åström Łukasz", "Zoe Astrom Lukasz"},
        {"Nguyễn Thị", "Nguyen Thi"},
        {"Groß", "Gros"},
        {"李小龍", "??????"},
        {"Հով", "???"},
        {"Zoe\u0308", "Zoe"},
        {"21–22 … ✔ ✖ ▲ ▼ ● ×", "21-22 ~ + x ^ v * x"},
        {"│┌─┐└┘", "|+-+++"},
        {"“don’t”", "\"don't\""},
        {"a\x1b[2J", "a?[2J"},
        {"▁▂▃▄▅▆▇█░▒▓", "..==####.:#"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        text_to_ascii(text, sizeof text, cases[i].from);
        assert_string_equal(text, cases[i].expected);
        assert_int_equal(text_width(text), text_width(cases[i].from));
    }
}

static void searching_forgives_case_and_accents(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *stored;
    } same[] = {
        {"zoe", "ZOË"},
        {"zoe", "Zoe\u0308"},
        {"lukasz", "Łukasz"},
        {"strasse", "STRAẞE"},
        {"aerospace", "Ærospace"},
        {"елкин", "Ёлкин"},
        {"андреи", "Андрей"},
        {"андрей", "АНДРЕ\u0418\u0306"},
        {"νικος", "ΝΊΚΟΣ"},
        {"νικοσ", "Νίκος"},
        {"հովհաննես", "ՀՈՎՀԱՆՆԵՍ"},
        {"երեւան", "Երևան"},
        {"nguyen", "NGUYỄN"},
        {"id", "İD"},
        {"ғани", "Ғани"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char a[64], b[64];
        text_fold(a, sizeof a, same[i].typed);
        text_fold(b, sizeof b, same[i].stored);
        assert_string_equal(a, b);
    }
    char a[64], b[64];
    text_fold(a, sizeof a, "Ana");
    text_fold(b, sizeof b, "Анна");
    assert_string_not_equal(a, b);
}

/* DESK.md, scanner rules: a doubled code is retried as one half. */
static void a_doubled_scan_is_seen(void **state)
{
    (void)state;
    char half[16] = "";
    assert_true(text_is_doubled("4354210443542104", 4, half, sizeof half));
    assert_string_equal(half, "43542104");
    assert_false(text_is_doubled("4354210443542105", 4, half, sizeof half));
    assert_false(text_is_doubled("435421044354210", 4, half, sizeof half));
    assert_false(text_is_doubled("1212", 4, half, sizeof half)); /* a short number may repeat */
    assert_true(text_is_doubled("12341234", 4, half, sizeof half));
    assert_false(text_is_doubled("", 0, half, sizeof half));
    assert_false(text_is_doubled("0123456789abcdef0123456789abcdef", 4, half, sizeof half));
    assert_true(text_is_doubled("ԱԲԳԴԱԲԳԴ", 4, half, sizeof half));
    assert_string_equal(half, "ԱԲԳԴ");
    assert_false(text_is_doubled("ԱԱ", 2, half, sizeof half)); /* characters count, not bytes */
}

static void a_spreadsheet_is_not_commanded(void **state)
{
    (void)state;
    static const struct {
        const char *from, *expected;
    } cases[] = {
        {"", ""},
        {"Ana", "Ana"},
        {"=HYPERLINK(1)", "'=HYPERLINK(1)"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-2+3", "'-2+3"},
        {"-5.00", "-5.00"},
        {"+37491123456", "+37491123456"},
        {"-", "'-"},
        {"-5.", "'-5."},
        {"\tx", "'\tx"},
        {"a,b", "\"a,b\""},
        {"a;b", "\"a;b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"=1,2", "\"'=1,2\""},
        {" Ana", "\" Ana\""},
        {"b\xff", "b\uFFFD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        size_t length = text_csv_cell(text, sizeof text, cases[i].from);
        assert_string_equal(text, cases[i].expected);
        assert_int_equal(length, strlen(text));
    }
}

static void a_cut_cell_still_closes_its_quotes(void **state)
{
    (void)state;
    for (size_t size = 1; size < 24; size++) {
        char text[32];
        memset(text, 'x', sizeof text);
        text_csv_cell(text, size, "a,\"Ա\",b\"\"c");
        size_t quotes = 0;
        for (const char *s = text; *s != '\0'; s++)
            quotes += *s == '"';
        assert_true(strlen(text) < size);
        assert_int_equal(quotes % 2, 0);
        memset(text, 'x', sizeof text);
        size_t length = text_json_string(text, size, "a\"Ա\"\\b\n\x01");
        assert_int_equal(strlen(text), length);
        assert_true(length < size);
        if (size >= 3)
            assert_true(length >= 2 && text[0] == '"' && text[length - 1] == '"');
    }
}

static void json_is_escaped(void **state)
{
    (void)state;
    char text[128];
    text_json_string(text, sizeof text, "a\"b\\c\nd\te\x1b\x7f Ա\xff");
    assert_string_equal(text, "\"a\\\"b\\\\c\\nd\\te\\u001b\\u007f Ա\uFFFD\"");
}

static void appending_cuts_between_characters(void **state)
{
    (void)state;
    char text[8] = "";
    assert_int_equal(text_append(text, sizeof text, "%s", "ab"), 2);
    assert_int_equal(text_append(text, sizeof text, "%s", "ԱԲ"), 6);
    assert_int_equal(text_append(text, sizeof text, "%s", "Գ"), 6);
    assert_string_equal(text, "abԱԲ");
    assert_int_equal(text_append(text, sizeof text, "x%d", 12345), 7);
    assert_string_equal(text, "abԱԲx");

    char cut[] = "a\xe2\x80";
    text_drop_partial(cut);
    assert_string_equal(cut, "a");
    char whole[] = "…";
    text_drop_partial(whole);
    assert_string_equal(whole, "…");
    char empty[] = "";
    text_drop_partial(empty);
    assert_string_equal(empty, "");
}

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") == NULL ? -1 : 0;
}

static int use_plain_c(void **state)
{
    (void)state;
    return setlocale(LC_ALL, "C") == NULL ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_the_round_trip),
        cmocka_unit_test(broken_utf8_is_taken_byte_by_byte),
        cmocka_unit_test(a_name_cannot_command_the_terminal),
        cmocka_unit_test(lines_and_tabs_become_blanks),
        cmocka_unit_test(a_name_cannot_turn_the_line_around),
        cmocka_unit_test(cleaning_never_cuts_a_character),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(a_long_armenian_name_is_clipped_between_letters),
        cmocka_unit_test(a_wide_character_is_never_halved),
        cmocka_unit_test(a_mark_stays_with_its_letter),
        cmocka_unit_test(clipping_does_not_let_commands_through),
        cmocka_unit_test(ascii_terminals_keep_their_columns),
        cmocka_unit_test(searching_forgives_case_and_accents),
        cmocka_unit_test(a_doubled_scan_is_seen),
        cmocka_unit_test(a_spreadsheet_is_not_commanded),
        cmocka_unit_test(a_cut_cell_still_closes_its_quotes),
        cmocka_unit_test(json_is_escaped),
        cmocka_unit_test(appending_cuts_between_characters),
    };
    /* The same answers in a locale that knows the characters and in one that does not. */
    return cmocka_run_group_tests_name("UTF-8 locale", tests, use_utf8, NULL) +
           cmocka_run_group_tests_name("C locale", tests, use_plain_c, NULL);
}
