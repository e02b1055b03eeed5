/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named columns of a CSV file as arrays of numbers; text columns keep their words. */
#include <stdlib.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/worker/csv.h"

bool fit_has_column(const char *file, const char *name)
{
    if (strcmp(file, "-") == 0)
        return false; /* a pipe can be read once only: transactions */
    struct csv *csv = csv_open(file, NULL);
    if (!csv)
        return false;
    struct csv_row row;
    bool has = csv_read(csv, &row, NULL) == CSV_ROW && csv_column(&row, name) >= 0;
    csv_close(csv);
    return has;
}

static bool grow(struct fit_columns *columns, size_t room)
{
    size_t *line = realloc(columns->line, room * sizeof *line);
    if (!line)
        return false;
    columns->line = line;
    for (int i = 0; i < columns->columns; i++) {
        struct fit_column *column = &columns->column[i];
        double *value = realloc(column->value, room * sizeof *value);
        if (!value)
            return false;
        column->value = value;
        if (!column->may_be_text)
            continue;
        char **text = realloc(column->text, room * sizeof *text);
        if (!text)
            return false;
        column->text = text;
    }
    return true;
}

/* NULL: taken; else why not. Words of text columns are copied. */
static const char *take_row(struct fit_columns *columns, const struct csv_row *row,
                            const int *places)
{
    static char reason[160];
    size_t to = columns->count;
    for (int i = 0; i < columns->columns; i++) {
        struct fit_column *column = &columns->column[i];
        const char *field = places[i] < row->count ? row->field[places[i]] : "";
        if (column->may_be_text) {
            column->text[to] = NULL;
            if (*field == '\0') {
                snprintf(reason, sizeof reason, "%s is empty", column->name);
            } else {
                column->text[to] = strdup(field);
                if (column->text[to])
                    continue;
                snprintf(reason, sizeof reason, "not enough memory");
            }
        } else if (csv_number(field, &column->value[to])) {
            continue;
        } else {
            snprintf(reason, sizeof reason, "%s is not a number", column->name);
        }
        for (int j = 0; j < i; j++)
            if (columns->column[j].may_be_text)
                free(columns->column[j].text[to]);
        return reason;
    }
    return NULL;
}

/* A text column whose words are all numbers becomes numbers. */
static void settle(struct fit_columns *columns, struct fit_column *column)
{
    bool numbers = true;
    for (size_t i = 0; i < columns->count && numbers; i++)
        numbers = csv_number(column->text[i], &column->value[i]);
    if (!numbers)
        return;
    for (size_t i = 0; i < columns->count; i++)
        free(column->text[i]);
    free(column->text);
    column->text = NULL;
}

static bool read_rows(struct csv *csv, const char *file, struct fit_columns *columns,
                      const int *places, struct error *error)
{
    struct csv_row row;
    const char *reason = NULL;
    size_t room = 0;
    for (enum csv_result r; (r = csv_read(csv, &row, &reason)) != CSV_END;) {
        if (columns->count == room) {
            room = room ? room * 2 : 1024;
            if (!grow(columns, room))
                return error_set(error, ERROR_SYSTEM, NULL, "not enough memory for %s", file);
        }
        if (r == CSV_ROW)
            reason = take_row(columns, &row, places);
        if (reason) {
            columns->bad++;
            fit_bad_row((void *)file, row.line, reason);
        } else {
            columns->line[columns->count++] = row.line;
        }
        reason = NULL;
    }
    if (csv_failed(csv, error))
        return false;
    if (columns->count == 0)
        return error_set(error, ERROR_INPUT, "Give a file with rows below its heading.",
                         "%s: no row could be used", file);
    return true;
}

bool fit_columns_read(const char *file, struct fit_columns *columns, struct error *error)
{
    struct csv *csv = csv_open(file, error);
    if (!csv)
        return false;
    struct csv_row row;
    int places[FIT_COLUMNS] = {0};
    bool fine = true;
    const char *reason = "the file is empty";
    if (csv_read(csv, &row, &reason) != CSV_ROW)
        fine = !csv_failed(csv, error) &&
               error_set(error, ERROR_INPUT, "The first line must name the columns.",
                         "%s has no heading: %s", file, reason);
    for (int i = 0; fine && i < columns->columns; i++) {
        places[i] = csv_column(&row, columns->column[i].name);
        if (places[i] < 0)
            fine = error_set(error, ERROR_INPUT, "Check the heading, the first line of the file.",
                             "%s has no column %s", file, columns->column[i].name);
    }
    fine = fine && read_rows(csv, file, columns, places, error);
    csv_close(csv);
    for (int i = 0; fine && i < columns->columns; i++)
        if (columns->column[i].may_be_text)
            settle(columns, &columns->column[i]);
    if (!fine)
        fit_columns_free(columns);
    return fine;
}

void fit_columns_free(struct fit_columns *columns)
{
    for (int i = 0; i < columns->columns; i++) {
        struct fit_column *column = &columns->column[i];
        for (size_t row = 0; column->text && row < columns->count; row++)
            free(column->text[row]);
        free(column->text);
        free(column->value);
    }
    free(columns->line);
    *columns = (struct fit_columns){0};
}
