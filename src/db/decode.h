/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a row of text results to C values, column after column in the order of the statement's
 * SELECT list. NULL becomes 0, "", DATE_NONE or MOMENT_NONE. Texts are cleaned (DESK.md rule 19)
 * and cut at a character's edge. Statements give times as seconds on the gym's wall clock
 * (extract(epoch FROM x::timestamp)).
 */
#ifndef GYMTUI_DB_DECODE_H
#define GYMTUI_DB_DECODE_H

#include <libpq-fe.h>

#include "gymtui/base/date.h"
#include "gymtui/base/error.h"
#include "gymtui/base/money.h"

struct row {
    const PGresult *result;
    int row, column;
};

/* The first row. */
struct row row_first(const PGresult *result);
/* Goes to the next row; false after the last. */
bool row_next(struct row *row);
/* Whether there is a row here at all. */
bool row_exists(const struct row *row);

bool row_is_null(const struct row *row); /* the next column; stays on it */
/* The next column as libpq's text, "" for NULL; for words of ours, not for a screen. */
const char *row_raw(struct row *row);
void row_text(struct row *row, char *dst, size_t size);
int64_t row_integer(struct row *row);
int row_int(struct row *row); /* clamped to int */
bool row_bool(struct row *row);
double row_number(struct row *row);
money row_money(struct row *row);
int32_t row_date(struct row *row);
int64_t row_moment(struct row *row);
/* The index of the column's word in `words`, which NULL ends; `otherwise` when it is none. */
int row_word(struct row *row, const char *const *words, int otherwise);

/* Room for so many decoded rows, zeroed, or NULL: for none, or for want of memory (logged). */
void *rows_allocate(int count, size_t size);

#endif
