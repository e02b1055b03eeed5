/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes in at the desk's one field: codes, doubled codes, prices, days. */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/money.h"
#include "gymtui/base/text.h"

#define LIMIT 512

static void check_doubled(const char *scan)
{
    char half[LIMIT + 1], twice[2 * LIMIT + 1], small[9];
    if (text_is_doubled(scan, 4, half, sizeof half)) {
        snprintf(twice, sizeof twice, "%s%s", half, half);
        CHECK(strcmp(twice, scan) == 0);
        CHECK(strlen(half) >= 4);
    }
    if (text_is_doubled(scan, 4, small, sizeof small))
        CHECK(strlen(small) < sizeof small);

    /* A code scanned twice is seen, whatever it is, if it has the length of a code. */
    char clean[3 * LIMIT + 1], code[LIMIT + 1];
    text_clean(clean, sizeof clean, scan);
    text_clip(code, sizeof code, clean, 20, "");
    snprintf(twice, sizeof twice, "%s%s", code, code);
    size_t characters = 0;
    uint32_t ignored;
    for (const char *s = code; *s != '\0'; characters++)
        s += text_decode(s, &ignored);
    bool is_code = characters >= 4;
    CHECK(text_is_doubled(twice, 4, half, sizeof half) == is_code);
    if (is_code)
        CHECK(strcmp(half, code) == 0);
}

static void check_money(const char *text)
{
    money amount = 0, again = 0;
    char shown[40];
    if (!money_parse(text, &amount))
        return;
    CHECK(amount >= -MONEY_LIMIT && amount <= MONEY_LIMIT);
    money_format(shown, sizeof shown, amount);
    CHECK(money_parse(shown, &again) && again == amount);
    money_format_plain(shown, sizeof shown, amount);
    CHECK(money_parse(shown, &again) && again == amount);
}

static void check_date(const char *text)
{
    int32_t day = 0, again = 0;
    char shown[40];
    if (!date_parse(text, &day))
        return;
    date_format_iso(shown, sizeof shown, day);
    CHECK(date_parse(shown, &again) && again == day);
    date_format_short(shown, sizeof shown, day, day - 1000);
    CHECK(strstr(shown, " ") != NULL);
    date_format_ago(shown, sizeof shown, day, 20000);
    CHECK(text_width(shown) <= 9);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char scan[LIMIT + 1];
    if (size > LIMIT)
        size = LIMIT;
    memcpy(scan, data, size);
    scan[size] = '\0';
    check_doubled(scan);
    check_money(scan);
    check_date(scan);
    return 0;
}
