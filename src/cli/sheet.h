/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table that is written cell by cell as it comes, in constant memory, in one of three forms from
 * the same calls: aligned text for people, a JSON list of objects, or CSV whose cells are guarded
 * against formulas (DESK.md rule 19). What reports and exports print.
 *
 *     static const struct sheet_column columns[] = {
 *         {"number", "Number", SHEET_COUNT, 8}, {"name", "Name", SHEET_WORDS, 28}, {NULL}};
 *     sheet_begin(&sheet, stdout, form, columns);
 *     for (…) sheet_count(&sheet, row->customer_id), sheet_words(&sheet, row->name);
 *     sheet_end(&sheet);
 */
#ifndef GYMTUI_CLI_SHEET_H
#define GYMTUI_CLI_SHEET_H

#include "internal.h"

enum sheet_form { SHEET_TEXT, SHEET_JSON, SHEET_CSV };

enum sheet_kind {
    SHEET_WORDS,
    SHEET_COUNT,
    SHEET_MONEY,
    SHEET_DAY,
    SHEET_MOMENT,
    SHEET_NUMBER,
    SHEET_YES
};

struct sheet_column {
    const char *name;    /* in JSON and CSV: "last_visit" */
    const char *heading; /* in text: "Last visit"; NULL: the column is not for text */
    enum sheet_kind kind;
    int columns;  /* its width in text; 0 for the last one: as long as it gets */
    int decimals; /* of a SHEET_NUMBER */
};

struct sheet {
    FILE *out;
    enum sheet_form form;
    const struct sheet_column *columns; /* ends with name NULL */
    struct json json;
    struct json *inside; /* where the list goes, and where commas are remembered */
    int at;              /* the column that comes next */
    int64_t rows;        /* written so far */
    int32_t today;       /* text shows days and times as seen from here; DATE_NONE: in full */
    char line[1200];
};

/* Starts it: headings in text and CSV, the bracket in JSON. */
void sheet_begin(struct sheet *sheet, FILE *out, enum sheet_form form,
                 const struct sheet_column *columns);
/* As JSON, under a name within an object that is open. */
void sheet_begin_in(struct sheet *sheet, struct json *json, const char *name,
                    const struct sheet_column *columns);
/* The cells, in the order of the columns; the last one ends its row. A call must fit the column's
 * kind. */
void sheet_words(struct sheet *sheet, const char *text);
void sheet_count(struct sheet *sheet, int64_t value);
void sheet_money(struct sheet *sheet, money value);
void sheet_day(struct sheet *sheet, int32_t day);              /* DATE_NONE: empty, null */
void sheet_moment(struct sheet *sheet, int64_t local_seconds); /* MOMENT_NONE: empty, null */
void sheet_number(struct sheet *sheet, double value);          /* NaN: empty, null */
void sheet_yes(struct sheet *sheet, bool value);
/* A cell that is written as it will stand there, of any kind: a number, an ISO day or time, "true";
 * words are quoted where they must be. NULL: empty, null. */
void sheet_plain(struct sheet *sheet, const char *text);
void sheet_none(struct sheet *sheet); /* an empty cell, null, of any kind */
/* Closes the bracket in JSON. */
void sheet_end(struct sheet *sheet);

#endif
