/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sheet.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/save.h"
#include "gymtui/base/text.h"

static bool is_right(enum sheet_kind kind)
{
    return kind == SHEET_COUNT || kind == SHEET_MONEY || kind == SHEET_NUMBER;
}

static void add_text_cell(struct sheet *sheet, const struct sheet_column *column, const char *text)
{
    if (column->heading == NULL)
        return;
    if (column->columns == 0)
        text_append(sheet->line, sizeof sheet->line, "%s", text);
    else if (is_right(column->kind))
        out_cell_right(sheet->line, sizeof sheet->line, text, column->columns);
    else
        out_cell(sheet->line, sizeof sheet->line, text, column->columns);
    /* Two columns apart where figures would touch words. */
    if (is_right(column->kind) && column[1].name != NULL && !is_right(column[1].kind))
        text_append(sheet->line, sizeof sheet->line, " ");
}

static void print_line(struct sheet *sheet)
{
    for (size_t end = strlen(sheet->line); end > 0 && sheet->line[end - 1] == ' '; end--)
        sheet->line[end - 1] = '\0';
    out_line(sheet->out, "%s", sheet->line);
    *sheet->line = '\0';
}

static void print_headings(struct sheet *sheet)
{
    for (const struct sheet_column *column = sheet->columns; column->name != NULL; column++) {
        if (sheet->form == SHEET_CSV)
            save_csv_cell(sheet->out, column == sheet->columns, column->name);
        else
            add_text_cell(sheet, column, column->heading != NULL ? column->heading : "");
    }
    if (sheet->form == SHEET_CSV)
        fputs("\r\n", sheet->out);
    else
        print_line(sheet);
}

void sheet_begin(struct sheet *sheet, FILE *out, enum sheet_form form,
                 const struct sheet_column *columns)
{
    *sheet = (struct sheet){
        .out = out, .form = form, .columns = columns, .json = {.out = out}, .today = DATE_NONE};
    sheet->inside = &sheet->json;
    if (form == SHEET_JSON)
        json_open(sheet->inside, NULL, '[');
    else
        print_headings(sheet);
}

void sheet_begin_in(struct sheet *sheet, struct json *json, const char *name,
                    const struct sheet_column *columns)
{
    *sheet = (struct sheet){.out = json->out,
                            .form = SHEET_JSON,
                            .columns = columns,
                            .inside = json,
                            .today = DATE_NONE};
    json_open(json, name, '[');
}

/* --- cells --- */

/* The column of this cell; in JSON the row's object is open. */
static const struct sheet_column *begin_cell(struct sheet *sheet, enum sheet_kind kind, bool any)
{
    const struct sheet_column *column = &sheet->columns[sheet->at];
    assert(any || column->kind == kind);
    (void)kind, (void)any; /* where nothing is asserted */
    if (sheet->form == SHEET_JSON && sheet->at == 0) {
        fputs(sheet->inside->needs_comma ? ",\n" : "\n", sheet->out); /* a row a line */
        sheet->inside->needs_comma = false;
        json_open(sheet->inside, NULL, '{');
    }
    return column;
}

static void end_cell(struct sheet *sheet)
{
    if (sheet->columns[++sheet->at].name != NULL)
        return;
    sheet->at = 0;
    sheet->rows++;
    switch (sheet->form) {
    case SHEET_TEXT:
        print_line(sheet);
        break;
    case SHEET_JSON:
        json_close(sheet->inside, '}');
        break;
    case SHEET_CSV:
        fputs("\r\n", sheet->out);
        break;
    }
}

/* Of text and CSV; JSON was written by the caller. */
static void put_cell(struct sheet *sheet, const struct sheet_column *column, const char *shown,
                     const char *plain)
{
    if (sheet->form == SHEET_TEXT)
        add_text_cell(sheet, column, shown);
    else if (sheet->form == SHEET_CSV)
        save_csv_cell(sheet->out, sheet->at == 0, plain);
    end_cell(sheet);
}

void sheet_words(struct sheet *sheet, const char *text)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_WORDS, false);
    if (sheet->form == SHEET_JSON)
        json_text(sheet->inside, column->name, text);
    put_cell(sheet, column, text, text);
}

void sheet_count(struct sheet *sheet, int64_t value)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_COUNT, false);
    char plain[32];
    snprintf(plain, sizeof plain, "%" PRId64, value);
    if (sheet->form == SHEET_JSON)
        json_integer(sheet->inside, column->name, value);
    put_cell(sheet, column, plain, plain);
}

void sheet_money(struct sheet *sheet, money value)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_MONEY, false);
    char shown[40], plain[40];
    money_format(shown, sizeof shown, value);
    money_format_plain(plain, sizeof plain, value);
    if (sheet->form == SHEET_JSON)
        json_money(sheet->inside, column->name, value);
    put_cell(sheet, column, shown, plain);
}

void sheet_day(struct sheet *sheet, int32_t day)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_DAY, false);
    char shown[32] = "", plain[32] = "";
    if (sheet->today != DATE_NONE)
        date_format_short(shown, sizeof shown, day, sheet->today);
    else
        date_format_iso(shown, sizeof shown, day);
    if (day != DATE_NONE)
        date_format_iso(plain, sizeof plain, day);
    if (sheet->form == SHEET_JSON)
        json_day(sheet->inside, column->name, day);
    put_cell(sheet, column, shown, plain);
}

void sheet_moment(struct sheet *sheet, int64_t local_seconds)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_MOMENT, false);
    char shown[48] = "–", plain[48] = "";
    if (local_seconds != MOMENT_NONE) {
        moment_text(plain, sizeof plain, local_seconds);
        if (sheet->today != DATE_NONE)
            date_format_moment(shown, sizeof shown, local_seconds, sheet->today);
        else
            snprintf(shown, sizeof shown, "%.10s %.5s", plain, plain + 11);
    }
    if (sheet->form == SHEET_JSON)
        json_moment(sheet->inside, column->name, local_seconds);
    put_cell(sheet, column, shown, plain);
}

void sheet_number(struct sheet *sheet, double value)
{
    if (!isfinite(value)) {
        sheet_none(sheet);
        return;
    }
    const struct sheet_column *column = begin_cell(sheet, SHEET_NUMBER, false);
    char plain[64];
    snprintf(plain, sizeof plain, "%.*f", column->decimals, value);
    if (sheet->form == SHEET_JSON)
        json_number(sheet->inside, column->name, value, column->decimals);
    put_cell(sheet, column, plain, plain);
}

void sheet_yes(struct sheet *sheet, bool value)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_YES, false);
    if (sheet->form == SHEET_JSON)
        json_bool(sheet->inside, column->name, value);
    put_cell(sheet, column, value ? "yes" : "", value ? "true" : "false");
}

void sheet_none(struct sheet *sheet)
{
    const struct sheet_column *column = begin_cell(sheet, SHEET_WORDS, true);
    if (sheet->form == SHEET_JSON)
        json_null(sheet->inside, column->name);
    put_cell(sheet, column, "–", "");
}

void sheet_plain(struct sheet *sheet, const char *text)
{
    if (text == NULL) {
        sheet_none(sheet);
        return;
    }
    const struct sheet_column *column = begin_cell(sheet, SHEET_WORDS, true);
    if (sheet->form == SHEET_JSON) {
        if (column->kind == SHEET_WORDS)
            json_text(sheet->inside, column->name, text);
        else
            json_plain(sheet->inside, column->name, text);
    }
    put_cell(sheet, column, text, text);
}

void sheet_end(struct sheet *sheet)
{
    assert(sheet->at == 0);
    if (sheet->form != SHEET_JSON)
        return;
    json_close(sheet->inside, ']');
    if (sheet->inside == &sheet->json)
        json_end(sheet->inside);
}
