/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members from a CSV file. The file is read and its days are understood here; whether a row can be
 * a member, and whether that member is there already, the database says in one go
 * (gym.import_members), so that all are enrolled or none. --dry-run is the same with nothing kept
 * at the end.
 *
 * Columns go by their heading; only the name is needed. The days of a term that was paid elsewhere
 * come along with its package, and nobody owes for it.
 */
#include "import_members.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/people.h"
#include "gymtui/worker/csv.h"

#define PATIENCE_MS 900000 /* a hundred thousand members take some minutes */
#define CELL_SIZE   1200
#define NAMED_MOST  200 /* rows that are named one by one */

enum option { OPTION_DRY_RUN, OPTION_DUPLICATES, OPTION_JSON };

const struct cli_option import_members_options[] = {
    [OPTION_DRY_RUN] = {"--dry-run", NULL, "Only say what would happen to each row."},
    [OPTION_DUPLICATES] = {"--duplicates", "WHAT",
                           "With members who seem to be there already: refuse (the default: nobody "
                           "is enrolled), skip, or enrol."},
    [OPTION_JSON] = {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

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

/* --- reading the file --- */

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

static int write_rows(struct csv *csv, const int *at, FILE *out)
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
        if (count % 1000 == 999) {
            char step[80];
            snprintf(step, sizeof step, "Reading: %d rows", count + 1);
            out_step(step);
        }
    }
    fputc(']', out);
    return count;
}

/* The whole file as JSON, freed by the caller. */
static char *read_file(const char *path, int *count, struct error *error)
{
    struct csv *csv = csv_open(path, error);
    if (!csv)
        return NULL;
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
        *count = write_rows(csv, at, out);
        bool kept = ferror(out) == 0;
        kept = fclose(out) == 0 && kept;
        read = (kept || error_set(error, ERROR_SYSTEM, NULL, "Not enough memory")) &&
               !csv_failed(csv, error) &&
               (*count > 0 || error_set(error, ERROR_INPUT, NULL, "The file has no members"));
    }
    csv_close(csv);
    if (!read) {
        free(json);
        return NULL;
    }
    return json;
}

/* --- what the database says --- */

struct outcome {
    struct answer answer;
    struct member_import_row *rows;
    int count;
};

static void on_import(void *owner, const struct member_import_row *rows, int count,
                      const struct error *error)
{
    struct outcome *outcome = owner;
    if (!answer_take(&outcome->answer, error))
        return;
    outcome->rows = calloc((size_t)count + 1, sizeof *rows);
    if (!outcome->rows)
        return;
    memcpy(outcome->rows, rows, (size_t)count * sizeof *rows);
    outcome->count = count;
}

static const char *outcome_word(enum member_import_outcome outcome, bool kept)
{
    switch (outcome) {
    case MEMBER_IMPORT_ENROLLED:
        return kept ? "enrolled" : "good";
    case MEMBER_IMPORT_SKIPPED:
        return "skipped";
    case MEMBER_IMPORT_DUPLICATE:
        return "duplicate";
    case MEMBER_IMPORT_REJECTED:
        return "rejected";
    }
    return "";
}

struct counts {
    int of[MEMBER_IMPORT_REJECTED + 1];
};

static struct counts count_outcomes(const struct outcome *outcome)
{
    struct counts counts = {0};
    for (int i = 0; i < outcome->count; i++)
        counts.of[outcome->rows[i].outcome]++;
    return counts;
}

static void print_json(const struct outcome *outcome, bool kept)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '{');
    json_bool(&json, "kept", kept);
    json_open(&json, "rows", '[');
    for (int i = 0; i < outcome->count; i++) {
        const struct member_import_row *row = &outcome->rows[i];
        json_open(&json, NULL, '{');
        json_integer(&json, "line", row->line);
        json_text(&json, "outcome", outcome_word(row->outcome, kept));
        json_text(&json, "name", row->name);
        json_integer(&json, "number", row->customer_id);
        json_text(&json, "why", row->words);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    json_end(&json);
}

static void print_rows(const struct outcome *outcome)
{
    int named = 0;
    for (int i = 0; i < outcome->count; i++) {
        const struct member_import_row *row = &outcome->rows[i];
        if (!row->words[0])
            continue;
        if (named++ == NAMED_MOST) {
            out_line(stdout, "… and more; --json names all of them");
            return;
        }
        char number[32] = "";
        if (row->outcome == MEMBER_IMPORT_DUPLICATE || row->outcome == MEMBER_IMPORT_SKIPPED)
            snprintf(number, sizeof number, ", #%" PRId64, row->customer_id);
        out_line(stdout, "line %d: %s: %s%s%s%s", row->line, outcome_word(row->outcome, true),
                 row->name, row->name[0] ? ": " : "", row->words, number);
    }
}

static void print_sum(const struct outcome *outcome, bool kept, bool dry_run)
{
    struct counts counts = count_outcomes(outcome);
    char text[300] = "";
    text_append(text, sizeof text, "%d %s", counts.of[MEMBER_IMPORT_ENROLLED],
                kept ? "enrolled" : "good");
    if (counts.of[MEMBER_IMPORT_SKIPPED] > 0)
        text_append(text, sizeof text, ", %d skipped", counts.of[MEMBER_IMPORT_SKIPPED]);
    if (counts.of[MEMBER_IMPORT_DUPLICATE] > 0)
        text_append(text, sizeof text, ", %d there already", counts.of[MEMBER_IMPORT_DUPLICATE]);
    if (counts.of[MEMBER_IMPORT_REJECTED] > 0)
        text_append(text, sizeof text, ", %d rejected", counts.of[MEMBER_IMPORT_REJECTED]);
    if (!kept)
        text_append(text, sizeof text,
                    dry_run ? ". Nobody was enrolled: this was a dry run."
                            : ". Nobody was enrolled.");
    out_line(stdout, "%s", text);
}

static bool is_refused(const struct outcome *outcome)
{
    struct counts counts = count_outcomes(outcome);
    return counts.of[MEMBER_IMPORT_DUPLICATE] > 0 || counts.of[MEMBER_IMPORT_REJECTED] > 0;
}

static bool ask_database(struct visit *visit, const char *json, const char *duplicates,
                         bool dry_run, struct outcome *outcome, struct error *error)
{
    members_import(visit->db, request_id_new(), json, duplicates, dry_run, on_import, outcome);
    if (!db_wait(visit->db, PATIENCE_MS, error))
        return false;
    if (outcome->answer.error.code != ERROR_NONE) {
        *error = outcome->answer.error;
        return false;
    }
    return outcome->rows || error_set(error, ERROR_SYSTEM, NULL, "Not enough memory");
}

int command_import_members(const struct cli *cli, const struct cli_words *words)
{
    bool as_json = words->values[OPTION_JSON] != NULL;
    bool dry_run = words->values[OPTION_DRY_RUN] != NULL;
    const char *duplicates =
        words->values[OPTION_DUPLICATES] ? words->values[OPTION_DUPLICATES] : "refuse";
    struct error error = {0};
    struct visit visit = {0};
    struct outcome outcome = {0};
    int count = 0;
    if (strcmp(duplicates, "refuse") != 0 && strcmp(duplicates, "skip") != 0 &&
        strcmp(duplicates, "enrol") != 0) {
        error_set(&error, ERROR_USAGE, "It is refuse, skip or enrol.",
                  "--duplicates does not know “%s”", duplicates);
        return fail_as(&error, as_json);
    }
    char *json = read_file(words->words[0], &count, &error);
    bool answered = false;
    if (json && visit_open_patient(&visit, cli, LEVEL_MANAGER, PATIENCE_MS, &error)) {
        char step[80];
        snprintf(step, sizeof step, "%s %d members", dry_run ? "Trying" : "Enrolling", count);
        out_step(step);
        answered = ask_database(&visit, json, duplicates, dry_run, &outcome, &error);
    }
    out_step(NULL);
    visit_close(&visit);
    free(json);
    if (!answered) {
        free(outcome.rows);
        return fail_as(&error, as_json);
    }
    bool refused = is_refused(&outcome), kept = !dry_run && !refused;
    if (as_json) {
        print_json(&outcome, kept);
    } else {
        print_rows(&outcome);
        print_sum(&outcome, kept, dry_run);
    }
    free(outcome.rows);
    return refused ? error_exit_status(ERROR_INPUT) : 0;
}
