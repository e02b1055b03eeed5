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

#include "gymtui/base/text.h"
#include "gymtui/db/people.h"
#include "gymtui/worker/import_members.h"

#define PATIENCE_MS 900000 /* a hundred thousand members take some minutes */
#define NAMED_MOST  200    /* rows that are named one by one */

enum option { OPTION_DRY_RUN, OPTION_DUPLICATES, OPTION_JSON };

const struct cli_option import_members_options[] = {
    [OPTION_DRY_RUN] = {"--dry-run", NULL, "Only say what would happen to each row."},
    [OPTION_DUPLICATES] = {"--duplicates", "WHAT",
                           "With members who seem to be there already: refuse (the default: nobody "
                           "is enrolled), skip, or enrol."},
    [OPTION_JSON] = {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

/* --- reading the file --- */

static bool on_read(void *owner, int rows)
{
    char step[80];
    (void)owner;
    snprintf(step, sizeof step, "Reading: %d rows", rows);
    out_step(step);
    return true;
}

/* The whole file as JSON, freed by the caller. */
static char *read_file(const char *path, int *count, struct error *error)
{
    struct csv *csv = csv_open(path, error);
    char *json = csv ? import_members_json(csv, count, on_read, NULL, error) : NULL;
    csv_close(csv);
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

/* Segments, scores and values of who is new, by a recompute. One that waits already does as well.
 */
static void compute_figures(struct visit *visit, const struct cli *cli, struct error *error)
{
    struct job_asked asked;
    struct job_row job;
    if (!job_ask(visit, cli, "recompute", "{}", &asked, error)) {
        if (error->code == ERROR_CONFLICT)
            error_clear(error);
        return;
    }
    job_follow(visit, cli, &asked, "Computing their figures", &job, error);
}

int command_import_members(const struct cli *cli, const struct cli_words *words)
{
    bool as_json = words->values[OPTION_JSON] != NULL;
    bool dry_run = words->values[OPTION_DRY_RUN] != NULL;
    const char *duplicates =
        words->values[OPTION_DUPLICATES] ? words->values[OPTION_DUPLICATES] : "refuse";
    struct error error = {0}, late = {0};
    struct visit visit = {0};
    struct outcome outcome = {0};
    int count = 0;
    if (strcmp(duplicates, "refuse") != 0 && strcmp(duplicates, "skip") != 0 &&
        strcmp(duplicates, "enrol") != 0) {
        error_set(&error, ERROR_USAGE, "It is refuse, skip or enrol.",
                  "--duplicates does not know “%s”", duplicates);
        return fail_as(&error, as_json);
    }
    interrupt_say("Nobody was enrolled. Import the file again.");
    char *json = read_file(words->words[0], &count, &error);
    bool answered = false;
    if (json && visit_open_patient(&visit, cli, LEVEL_MANAGER, PATIENCE_MS, &error)) {
        char step[80];
        snprintf(step, sizeof step, "%s %d members", dry_run ? "Trying" : "Enrolling", count);
        out_step(step);
        if (!dry_run)
            interrupt_say(
                "All of them are enrolled, or nobody: %s import members %s --dry-run says "
                "whether they are there already.",
                cli->program, words->words[0]);
        answered = ask_database(&visit, json, duplicates, dry_run, &outcome, &error);
    }
    if (answered && !dry_run && !is_refused(&outcome) &&
        count_outcomes(&outcome).of[MEMBER_IMPORT_ENROLLED] > 0)
        compute_figures(&visit, cli, &late);
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
    if (late.code != ERROR_NONE)
        out_line(stderr, "The members are there; their figures are not yet: %s%s%s", late.message,
                 *late.hint ? ". " : "", late.hint);
    return refused ? error_exit_status(ERROR_INPUT) : 0;
}
