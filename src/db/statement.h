/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The statements of the data layer, cut out of the embedded .sql files. A statement begins with a
 * line "-- name: attendance_check_in" and ends before the next one. What several statements of a
 * file share (the columns and filters of a list that is sorted in eight ways) stands once, under
 * "-- fragment: NAME", and is put in where a line says "-- use: NAME". Nothing else is ever
 * composed: values are bound parameters.
 */
#ifndef GYMTUI_DB_STATEMENT_H
#define GYMTUI_DB_STATEMENT_H

#include <stdbool.h>

#define STATEMENTS_MAX 256

struct statement {
    char *name;
    char *text; /* SQL without comment lines and without a semicolon at its end */
    int parameters;
};

struct statements {
    struct statement rows[STATEMENTS_MAX];
    int count;
};

/* False for want of memory, for more than STATEMENTS_MAX, or for a fragment that is not there
 * (logged). */
bool statements_load(struct statements *statements);
void statements_free(struct statements *statements);
/* The index of a statement, or -1. */
int statements_find(const struct statements *statements, const char *name);

#endif
