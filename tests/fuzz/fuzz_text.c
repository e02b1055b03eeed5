/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes somebody is called: what the text functions promise holds. */
#include "fuzz.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>

#include "gymtui/base/text.h"

#define LIMIT 4096

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

/* Valid UTF-8 without a control character. */
static void check_harmless(const char *text)
{
    uint32_t code;
    for (size_t used; (used = text_decode(text, &code)) > 0; text += used) {
        CHECK(code != 0xFFFD || used == 3);
        CHECK(!is_control(code));
    }
}

static void check_clean(const char *name, size_t small)
{
    static char clean[3 * LIMIT + 1], again[3 * LIMIT + 1];
    size_t length = text_clean(clean, sizeof clean, name);
    CHECK(length == strlen(clean));
    check_harmless(clean);
    CHECK(text_clean(again, sizeof again, clean) == length);
    CHECK(strcmp(clean, again) == 0);

    length = text_clean(again, small, name); /* the beginning of the whole */
    CHECK(length < small && length == strlen(again));
    CHECK(strncmp(clean, again, length) == 0);
    check_harmless(again);
}

static void check_clip(const char *name, int columns, size_t small)
{
    static char clipped[3 * LIMIT + 1], whole[3 * LIMIT + 1];
    static const char *const ellipses[] = {"…", "~", ""};
    for (size_t i = 0; i < 3; i++) {
        int used = text_clip(clipped, sizeof clipped, name, columns, ellipses[i]);
        CHECK(used >= 0 && (used <= columns || used == 0));
        CHECK(used == text_width(clipped));
        check_harmless(clipped);
        int room = text_width(name);
        CHECK(text_clip(whole, sizeof whole, name, room, ellipses[i]) == room);
        used = text_clip(clipped, small, name, columns, ellipses[i]);
        CHECK(strlen(clipped) < small && used == text_width(clipped));
        check_harmless(clipped);
    }
}

static void check_plain(const char *name, size_t small)
{
    static char plain[2 * LIMIT + 1], folded[3 * LIMIT + 1], again[3 * LIMIT + 1];
    text_to_ascii(plain, sizeof plain, name);
    for (const char *s = plain; *s != '\0'; s++)
        CHECK(*s >= 0x20 && *s < 0x7F);
    CHECK(text_width(plain) == text_width(name));
    CHECK(text_to_ascii(plain, small, name) < small);

    text_fold(folded, sizeof folded, name);
    text_fold(again, sizeof again, folded);
    CHECK(strcmp(folded, again) == 0);
    CHECK(text_fold(folded, small, name) < small);
}

/* A quoted cell ends where it says; one without quotes has nothing that would end it. */
static void check_cell(const char *cell)
{
    if (*cell != '"') {
        CHECK(strpbrk(cell, ",;\"\r\n") == NULL);
        return;
    }
    const char *s = cell + 1;
    for (; *s != '\0'; s++) {
        if (*s != '"')
            continue;
        if (s[1] != '"')
            break;
        s++;
    }
    CHECK(s[0] == '"' && s[1] == '\0');
    CHECK(strchr("=+@\t\r", cell[1]) == NULL || cell[1] == '\0' || cell[1] == '+');
}

static void check_json(const char *text, size_t length)
{
    CHECK(length >= 2 && text[0] == '"' && text[length - 1] == '"');
    for (size_t i = 1; i + 1 < length; i++) {
        CHECK((unsigned char)text[i] >= 0x20 && text[i] != '"');
        if (text[i] != '\\')
            continue;
        i++;
        CHECK(i + 1 < length && text[i] != '\0' && strchr("\"\\ntu", text[i]) != NULL);
        if (text[i] == 'u')
            CHECK(strspn(text + i + 1, "0123456789abcdef") >= 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[LIMIT + 1], quoted[6 * LIMIT + 3];
    if (size < 3)
        return 0;
    CHECK(setlocale(LC_ALL, data[0] & 1 ? "C.UTF-8" : "C") != NULL);
    int columns = data[1];
    size_t small = (size_t)data[2] + 1;
    size -= 3;
    if (size > LIMIT)
        size = LIMIT;
    memcpy(name, data + 3, size);
    name[size] = '\0';

    check_clean(name, small);
    check_clip(name, columns, small);
    check_plain(name, small);
    text_csv_cell(quoted, sizeof quoted, name);
    check_cell(quoted);
    CHECK(text_csv_cell(quoted, small, name) < small);
    check_cell(quoted);
    check_json(quoted, text_json_string(quoted, sizeof quoted, name));
    size_t length = text_json_string(quoted, small, name);
    CHECK(length < small);
    if (small >= 3)
        check_json(quoted, length);
    return 0;
}
