/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of `gymtui fit` share: the request, the file's columns, and printing. */
#ifndef GYMTUI_CLI_FIT_PRIVATE_H
#define GYMTUI_CLI_FIT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"

struct fit_request {
    const char *model, *file;
    const char *customer, *date, *amount; /* columns; NULL: the usual names */
    const char *time, *event, *covariates, *group;
    int32_t until, holdout; /* DATE_NONE: not given */
    bool weeks, predict, json;
    double horizon; /* in units; 0: not given */
};

/* Complains on standard error about a row that is left out. `owner`: the file's name. */
void fit_bad_row(void *owner, size_t line, const char *reason);

/* --- columns of numbers --- */

#define FIT_COLUMNS 16

struct fit_column {
    const char *name; /* wanted; the heading's own spelling is not needed */
    bool may_be_text; /* a text column becomes one 0/1 column per value but the first */
    double *value;
    char **text; /* of a text column, NULL for numbers */
};
struct fit_columns {
    size_t count; /* rows kept */
    size_t bad;
    int columns;
    struct fit_column column[FIT_COLUMNS];
    size_t *line; /* of each row in the file */
};
/* Reads the named columns; a row in which one is missing or no number is told and left out. */
bool fit_columns_read(const char *file, struct fit_columns *columns, struct error *error);
void fit_columns_free(struct fit_columns *columns);
/* Whether the file's heading has the column. False also when the file cannot be read. */
bool fit_has_column(const char *file, const char *name);

/* --- printing --- */

struct fit_report {
    const char *model;      /* "BG/NBD" */
    const char *what;       /* "2,357 customers, 7 transactions …": under the title */
    const struct fit *fit;  /* may be NULL: no parameters */
    const char *json_extra; /* more members of the JSON object, starting with a comma; or "" */
    const char *text_extra; /* lines under the table; or "" */
    size_t bad;             /* rows left out */
};
void fit_print(const struct fit_request *request, const struct fit_report *report);
/* Where the report goes: standard output, or standard error when the figures per customer do. */
FILE *fit_report_stream(const struct fit_request *request);
/* "2,357" or "1,653.41" */
void fit_format_number(char *dst, size_t size, double value, int decimals);

/* --- families of models; each returns the exit status --- */
int fit_run_visits(const struct fit_request *request);
int fit_run_spend(const struct fit_request *request);
int fit_run_renewal(const struct fit_request *request);
int fit_run_survival(const struct fit_request *request);
int fit_run_aft(const struct fit_request *request);

#endif
