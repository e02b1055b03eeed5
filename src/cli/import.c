/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import: a dataset from CSV files. Who asks signs in as on the screen, at level manager; the rows
 * go in over the worker's login, because no other may write to these tables. Bad rows are named as
 * they are met, but not a million times over for the same reason.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/import.h"
#include "internal.h"

#define NAMED_OF_A_KIND 20
#define KINDS_MOST      64
#define MAP_BYTES       512

struct kind {
    const char *reason;
    size_t rows;
};

struct importing {
    struct kind kinds[KINDS_MOST];
    int kind_count;
    char phase[80]; /* on a pipe only a new phase is worth a line */
    const char *program;
    bool fitting;
};

/* ---- What is asked for ---- */

static bool read_options(const struct cli_words *words, char *map, struct import_options *options,
                         struct error *error)
{
    const char *unit = words->values[IMPORT_UNIT], *until = words->values[IMPORT_UNTIL];
    const char *wanted_map = words->values[IMPORT_MAP];
    *options = (struct import_options){
        .dataset = words->values[IMPORT_DATASET],
        .file = words->words[0],
        .customers = words->values[IMPORT_CUSTOMERS],
        .currency = words->values[IMPORT_CURRENCY],
        .has_contract = words->values[IMPORT_CONTRACT] != NULL,
        .fit_until = DATE_NONE,
        .dry_run = words->values[IMPORT_DRY_RUN] != NULL,
        .replace = words->values[IMPORT_REPLACE] != NULL,
        .skip_bad = words->values[IMPORT_SKIP_BAD] != NULL,
    };
    if (options->dataset == NULL)
        return error_set(error, ERROR_USAGE, "As in: gymtui import FILE.csv --dataset shop",
                         "An import needs a name for the dataset");
    if (unit != NULL && strcmp(unit, "days") != 0 && strcmp(unit, "weeks") != 0)
        return error_set(error, ERROR_USAGE, NULL, "--unit takes days or weeks, not “%s”", unit);
    options->in_weeks = unit != NULL && strcmp(unit, "weeks") == 0;
    if (until != NULL && !date_parse(until, &options->fit_until))
        return error_set(error, ERROR_USAGE, NULL,
                         "--until takes a day such as 1997-09-30, not “%s”", until);
    if (wanted_map == NULL)
        return true;
    if (strlen(wanted_map) >= MAP_BYTES)
        return error_set(error, ERROR_USAGE, NULL, "--map is longer than %d bytes", MAP_BYTES - 1);
    memcpy(map, wanted_map, strlen(wanted_map) + 1);
    return import_read_map(map, options->columns, error);
}

/* ---- On the way ---- */

static struct kind *kind_of(struct importing *importing, const char *reason)
{
    for (int i = 0; i < importing->kind_count; i++)
        if (strcmp(importing->kinds[i].reason, reason) == 0)
            return &importing->kinds[i];
    if (importing->kind_count == KINDS_MOST)
        return &importing->kinds[KINDS_MOST - 1];
    struct kind *kind = &importing->kinds[importing->kind_count++];
    kind->reason = reason;
    return kind;
}

static void on_bad(void *owner, const char *file, size_t line, const char *reason,
                   size_t other_line)
{
    struct kind *kind = kind_of(owner, reason);
    if (++kind->rows > NAMED_OF_A_KIND)
        return;
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    if (other_line > 0)
        out_line(stderr, "%s:%zu: %s, first on line %zu", file, line, reason, other_line);
    else
        out_line(stderr, "%s:%zu: %s", file, line, reason);
}

static bool on_progress(void *owner, const char *phase, double share)
{
    struct importing *importing = owner;
    char line[160];
    bool is_new = strcmp(importing->phase, phase) != 0;
    snprintf(importing->phase, sizeof importing->phase, "%s", phase);
    if (is_new && strcmp(phase, "loading") == 0)
        interrupt_say("All of it is loaded, or nothing: “%s datasets” says which.",
                      importing->program);
    if (isatty(STDERR_FILENO))
        snprintf(line, sizeof line, "%s  %3.0f %%  %s",
                 importing->fitting ? "Fitting models" : "Importing", share * 100, phase);
    else if (is_new)
        snprintf(line, sizeof line, "%s: %s", importing->fitting ? "Fitting models" : "Importing",
                 phase);
    else
        return true;
    out_step(line);
    return true;
}

/* ---- What came of it ---- */

static void print_kinds(const struct importing *importing, const struct import_result *result)
{
    if (result->bad == 0)
        return;
    out_line(stderr, "%zu of %zu rows cannot be used:", result->bad, result->rows);
    for (int i = 0; i < importing->kind_count; i++) {
        char line[300] = "", count[24];
        snprintf(count, sizeof count, "%zu", importing->kinds[i].rows);
        out_cell_right(line, sizeof line, count, 10);
        text_append(line, sizeof line, " %s%s", importing->kinds[i].reason,
                    importing->kinds[i].rows > NAMED_OF_A_KIND ? " (the first 20 are named above)"
                                                               : "");
        out_line(stderr, "%s", line);
    }
}

static void print_result(const struct import_options *options, const struct import_result *result)
{
    char words[400];
    import_write_result(words, sizeof words, options, result);
    out_line(stdout, "%s: %s", options->dataset, words);
    if (result->methods_added > 0)
        out_line(stdout, "%" PRId64 " payment methods %s new", result->methods_added,
                 options->dry_run ? "would be" : "are");
}

static void print_outcome(const struct cli *cli, const struct import_options *options,
                          const struct dataset_outcome *outcome)
{
    if (*outcome->model != '\0')
        out_line(stdout, "Predicted by %s. Look at it with: %s report model --dataset %s",
                 outcome->model, cli->program, options->dataset);
    if (outcome->failures > 0)
        out_words(
            stderr, 0,
            outcome->failures == 1
                ? "One model could not be fitted: %s. More of it: %s report model --dataset %s"
                : "Some models could not be fitted, first %s. All of them: %s report model "
                  "--dataset %s",
            outcome->failure, cli->program, options->dataset);
}

/* ---- The command ---- */

/* Which gym, and whether who asks may. */
static bool sign_in(const struct cli *cli, int64_t *gym_id, int32_t *today, struct error *error)
{
    struct visit visit;
    bool done = visit_open(&visit, cli, LEVEL_MANAGER, error);
    if (done && visit.session.level < LEVEL_MANAGER)
        done = error_set(error, ERROR_PERMISSION, "Sign in as a manager", "%s may not import data",
                         visit.session.staff_name);
    if (done) {
        *gym_id = visit.session.gym_id;
        *today = session_today(visit.db);
    }
    visit_close(&visit);
    return done;
}

/* The transactions are there: what can still go wrong is to fit models to them. */
static bool fit(const struct cli *cli, const char *conninfo, const struct import_options *options,
                struct importing *importing, struct error *error)
{
    struct dataset_outcome outcome = {0};
    importing->fitting = true;
    interrupt_say("The transactions are loaded, their models are not fitted. Fit them with: %s "
                  "dataset refresh %s",
                  cli->program, options->dataset);
    bool done = dataset_refresh(conninfo, options->gym_id, options->dataset, on_progress, importing,
                                &outcome, error);
    interrupt_say(NULL);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    if (done) {
        print_outcome(cli, options, &outcome);
        return true;
    }
    char why[sizeof error->message];
    snprintf(why, sizeof why, "%s", error->message);
    return error_set(error, error->code, "Fit them with: gymtui dataset refresh",
                     "The transactions are loaded, but their models are not fitted: %s", why);
}

static bool run(const struct cli *cli, const struct import_options *options,
                struct importing *importing, struct error *error)
{
    char conninfo[1400];
    struct import_result result = {0};
    if (!worker_conninfo(cli, conninfo, sizeof conninfo, error))
        return false;
    interrupt_say("Nothing was changed. Import the file again.");
    bool done = import_run(conninfo, options, on_bad, on_progress, importing, &result, error);
    if (isatty(STDERR_FILENO))
        out_step(NULL);
    print_kinds(importing, &result);
    if (!done)
        return false;
    print_result(options, &result);
    if (options->dry_run)
        return result.bad == 0 || options->skip_bad ||
               error_set(error, ERROR_INPUT, "Mend the rows, or leave them out with --skip-bad",
                         "The import would be refused");
    return fit(cli, conninfo, options, importing, error);
}

int command_import(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct import_options options;
    struct importing importing = {.program = cli->program};
    char map[MAP_BYTES];
    if (!read_options(words, map, &options, &error) ||
        !sign_in(cli, &options.gym_id, &options.today, &error) ||
        !run(cli, &options, &importing, &error))
        return cli_fail(&error);
    return CLI_DONE;
}
