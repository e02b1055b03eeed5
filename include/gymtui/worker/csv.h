/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading CSV (RFC 4180) row by row from a file or a pipe, in constant memory: quotes, doubled
 * quotes, line ends inside quotes, CRLF, a byte-order mark, blank lines between rows. Where the
 * first row has no comma, semicolons or tabs separate fields. A row that cannot be read is told
 * with its line and reason, and reading goes on with the next line.
 */
#ifndef GYMTUI_WORKER_CSV_H
#define GYMTUI_WORKER_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"

#define CSV_FIELDS    64    /* most fields in a row */
#define CSV_ROW_BYTES 65536 /* longest row */

struct csv;

struct csv_row {
    size_t line; /* on which it begins; the first of the file is 1 */
    int count;
    const char *field[CSV_FIELDS]; /* NUL-terminated; valid until the next read */
};

enum csv_result {
    CSV_ROW,
    CSV_BAD, /* row->line and *reason say where and why */
    CSV_END,
};

/* "-" is standard input. NULL with *error when it cannot be opened. */
struct csv *csv_open(const char *path, struct error *error);
/* Reads what `read` gives: at most `size` bytes a time, 0 at the end; false with *error. */
typedef bool csv_source_fn(void *owner, char *bytes, size_t size, size_t *got, struct error *error);
struct csv *csv_open_source(csv_source_fn *read, void *owner, struct error *error);
/* Reads from memory (tests, fuzzing); the bytes must outlive the reader. */
struct csv *csv_open_memory(const char *bytes, size_t size, struct error *error);
void csv_close(struct csv *csv);

/* `reason` (may be NULL) is set to static text on CSV_BAD. */
enum csv_result csv_read(struct csv *csv, struct csv_row *row, const char **reason);
/* What separates fields; known after the first row. */
char csv_separator(const struct csv *csv);
/* Bytes taken so far, for progress. */
size_t csv_position(const struct csv *csv);
/* Whether the file itself failed while reading (not its contents), or was changed meanwhile; fills
 * *error. */
bool csv_failed(const struct csv *csv, struct error *error);

/* The position of a column in a heading row by name, without regard to case; −1: not there. */
int csv_column(const struct csv_row *heading, const char *name);

/* A whole field as a number; blanks around are fine; false on anything else, or inf, or NaN. */
bool csv_number(const char *field, double *value);

#endif
