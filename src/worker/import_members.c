/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/worker/import_members.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define CELL_SIZE 1200

/* The columns by what they are called in the file, and in the database's question. */
static const struct {
    const char *key;
    bool is_day;
    const char *names[5];
} columns[] = {
    {"name", false, {"name", "full name", "member"}},
    {"email", false, {"email", "e-mail", "mail"}},
    {"phone", false, {"phone", "telephone", "mobile"}},
    {"birth_date", true, {"birth_date", "birth date", "born", "birthday"}},
    {"gender", false, {"gender", "sex"}},
    {"join_date", true, {"join_date", "join date", "joined", "member since"}},
    {"keytag", false, {"keytag", "key tag", "tag", "card"}},
    {"note", false, {"note", "remark"}},
    {"package", false, {"package", "plan", "membership"}},
    {"starts", true, {"starts", "from"}},
    {"ends", true, {"ends", "until", "expires"}},
};
#define COLUMNS ((int)(sizeof columns / sizeof *columns))

static bool find_columns(const struct csv_row *heading, int *at, struct error *error)
{
    char known[360] = "";
    for (int i = 0; i < COLUMNS; i++) {
        at[i] = -1;
        for (int n = 0; n < 5 && columns[i].names[n] && at[i] < 0; n++)
            at[i] = csv_column(heading, columns[i].names[n]);
        text_append(known, sizeof known, "%s%s", i ? ", " : "", columns[i].key);
    }
    char hint[480];
    snprintf(hint, sizeof hint, "The first row names the columns, of these: %s.", known);
    return at[0] >= 0 || error_set(error, ERROR_INPUT, hint, "The file has no column “name”");
}

static void write_member(const char *key, const char *value, FILE *out)
{
    char quoted[CELL_SIZE * 3];
    text_json_string(quoted, sizeof quoted, value);
    fprintf(out, ",\"%s\":%s", key, quoted);
}

/* One row as an object; a day that is none makes it a problem instead. */
static void write_row(const struct csv_row *row, const int *at, FILE *out)
{
    char cell[CELL_SIZE], problem[160] = "";
    fprintf(out, "{\"line\":%zu", row->line);
    for (int i = 0; i < COLUMNS; i++) {
        if (at[i] < 0 || at[i] >= row->count || !row->field[at[i]][0])
            continue;
        text_clean(cell, sizeof cell, row->field[at[i]]);
        if (columns[i].is_day) {
            int32_t day;
            if (!date_parse(cell, &day)) {
                snprintf(problem, sizeof problem, "%s: “%.60s” is no day", columns[i].key, cell);
                continue;
            }
            date_format_iso(cell, sizeof cell, day);
        }
        write_member(columns[i].key, cell, out);
    }
    if (problem[0])
        write_member("problem", problem, out);
    fputc('}', out);
}

/* How many; −1 with *error: too many, or cancelled. */
static int write_rows(struct csv *csv, const int *at, FILE *out,
                      import_members_progress_fn *on_progress, void *owner, struct error *error)
{
    struct csv_row row;
    const char *reason = NULL;
    int count = 0;
    fputc('[', out);
    for (enum csv_result result; (result = csv_read(csv, &row, &reason)) != CSV_END; count++) {
        if (count > 0)
            fputc(',', out);
        if (result == CSV_ROW) {
            write_row(&row, at, out);
        } else {
            fprintf(out, "{\"line\":%zu", row.line);
            write_member("problem", reason, out);
            fputc('}', out);
        }
        if (count == IMPORT_MEMBERS_MOST) {
            error_set(error, ERROR_INPUT, "Split the file.", "At most %d members come at once",
                      IMPORT_MEMBERS_MOST);
            return -1;
        }
        if (count % 1000 == 999 && on_progress && !on_progress(owner, count + 1)) {
            error_set(error, ERROR_CANCELLED, NULL, "The import was ended; nobody was enrolled");
            return -1;
        }
    }
    fputc(']', out);
    return count;
}

char *import_members_json(struct csv *csv, int *count, import_members_progress_fn *on_progress,
                          void *owner, struct error *error)
{
    struct csv_row heading;
    const char *reason = NULL;
    int at[COLUMNS];
    char *json = NULL;
    size_t size = 0;
    enum csv_result result = csv_read(csv, &heading, &reason);
    bool read =
        result == CSV_ROW || error_set(error, ERROR_INPUT, "Look at the file's first line", "%s",
                                       result == CSV_END ? "The file is empty" : reason);
    read = read && find_columns(&heading, at, error);
    FILE *out = read ? open_memstream(&json, &size) : NULL;
    if (read && !out)
        read = error_set(error, ERROR_SYSTEM, NULL, "Not enough memory");
    if (out) {
        *count = write_rows(csv, at, out, on_progress, owner, error);
        bool kept = ferror(out) == 0;
        kept = fclose(out) == 0 && kept;
        read = *count >= 0 && (kept || error_set(error, ERROR_SYSTEM, NULL, "Not enough memory")) &&
               !csv_failed(csv, error) &&
               (*count > 0 || error_set(error, ERROR_INPUT, NULL, "The file has no members"));
    }
    if (!read) {
        free(json);
        return NULL;
    }
    return json;
}
