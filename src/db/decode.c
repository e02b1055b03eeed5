/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decode.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"

struct row row_first(const PGresult *result)
{
    return (struct row){.result = result};
}

bool row_next(struct row *row)
{
    row->row++;
    row->column = 0;
    return row_exists(row);
}

bool row_exists(const struct row *row)
{
    return row->row < PQntuples(row->result);
}

bool row_is_null(const struct row *row)
{
    return !row_exists(row) || row->column >= PQnfields(row->result) ||
           PQgetisnull(row->result, row->row, row->column);
}

const char *row_raw(struct row *row)
{
    const char *text = row_is_null(row) ? "" : PQgetvalue(row->result, row->row, row->column);
    row->column++;
    return text;
}

void row_text(struct row *row, char *dst, size_t size)
{
    text_clean(dst, size, row_raw(row));
}

int64_t row_integer(struct row *row)
{
    return strtoll(row_raw(row), NULL, 10);
}

int row_int(struct row *row)
{
    int64_t value = row_integer(row);
    return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : (int)value;
}

bool row_bool(struct row *row)
{
    return *row_raw(row) == 't';
}

double row_number(struct row *row)
{
    /* Not strtod: it follows the locale, and in many of them the point is a comma. */
    const char *text = row_raw(row);
    bool negative = *text == '-';
    double value = 0, scale = 1;
    text += negative;
    for (; isdigit((unsigned char)*text); text++)
        value = value * 10 + (*text - '0');
    if (*text == '.')
        for (text++; isdigit((unsigned char)*text); text++)
            value += (*text - '0') * (scale /= 10);
    if (*text == 'e' || *text == 'E') {
        long exponent = strtol(text + 1, NULL, 10);
        for (; exponent > 0 && exponent < 309; exponent--)
            value *= 10;
        for (; exponent < 0 && exponent > -309; exponent++)
            value /= 10;
    }
    return negative ? -value : value;
}

money row_money(struct row *row)
{
    money amount = 0;
    const char *text = row_raw(row);
    return money_parse(text, &amount) ? amount : 0;
}

int32_t row_date(struct row *row)
{
    int32_t day;
    return date_parse(row_raw(row), &day) ? day : DATE_NONE;
}

int64_t row_moment(struct row *row)
{
    bool is_null = row_is_null(row);
    int64_t seconds = row_integer(row);
    return is_null ? MOMENT_NONE : seconds;
}

int row_word(struct row *row, const char *const *words, int otherwise)
{
    const char *word = row_raw(row);
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return otherwise;
}

void *rows_allocate(int count, size_t size)
{
    if (count < 1)
        return NULL;
    void *rows = calloc((size_t)count, size);
    if (!rows)
        log_write(LOG_LEVEL_ERROR, "db", "no memory for %d rows", count);
    return rows;
}
