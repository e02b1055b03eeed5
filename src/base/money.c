/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/money.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Takes up to `most` digits into *value; returns how many there were. Stops growing past the limit
 * so that a long row of digits cannot overflow. */
static size_t take_digits(const char **s, size_t most, int64_t *value)
{
    size_t taken = 0;
    while (taken < most && isdigit((unsigned char)**s)) {
        if (*value <= MONEY_LIMIT)
            *value = *value * 10 + (**s - '0');
        (*s)++;
        taken++;
    }
    return taken;
}

/*
 * A comma is a decimal sign when one or two digits follow it to the end ("39,00"), and groups
 * thousands when three do ("1,234"): a price with three decimals does not exist here.
 */
bool money_parse(const char *text, money *amount)
{
    const char *s = text;
    while (*s == ' ')
        s++;
    bool negative = *s == '-';
    if (negative)
        s++;

    int64_t whole = 0;
    size_t first = take_digits(&s, SIZE_MAX, &whole);
    if (first == 0)
        return false;
    bool grouped = false;
    while (*s == ',' && strspn(s + 1, "0123456789") == 3) {
        if (first > 3)
            return false;
        s++;
        take_digits(&s, 3, &whole);
        grouped = true;
    }

    int64_t hundredths = 0;
    if (*s == '.' || (*s == ',' && !grouped)) {
        s++;
        size_t decimals = take_digits(&s, 2, &hundredths);
        if (decimals == 0)
            return false;
        if (decimals == 1)
            hundredths *= 10;
    }
    while (*s == ' ')
        s++;
    if (*s != '\0' || whole > MONEY_LIMIT / 100)
        return false;

    int64_t total = whole * 100 + hundredths;
    *amount = negative ? -total : total;
    return true;
}

static uint64_t magnitude(money amount)
{
    return amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
}

/* The digits of `value` with a comma every three; `out` holds 27 bytes at least. */
static void group_digits(char *out, uint64_t value)
{
    char digits[21];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *end = out;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
}

void money_format(char *dst, size_t size, money amount)
{
    uint64_t value = magnitude(amount);
    char whole[32];
    group_digits(whole, value / 100);
    snprintf(dst, size, "%s%s.%02u", amount < 0 ? "-" : "", whole, (unsigned)(value % 100));
}

void money_format_plain(char *dst, size_t size, money amount)
{
    uint64_t value = magnitude(amount);
    snprintf(dst, size, "%s%" PRIu64 ".%02u", amount < 0 ? "-" : "", value / 100,
             (unsigned)(value % 100));
}

void money_format_whole(char *dst, size_t size, money amount)
{
    uint64_t value = magnitude(amount);
    uint64_t rounded = value / 100 + (value % 100 >= 50 ? 1 : 0);
    char whole[32];
    group_digits(whole, rounded);
    snprintf(dst, size, "%s%s", amount < 0 && rounded > 0 ? "-" : "", whole);
}
