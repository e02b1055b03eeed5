/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job “import”: the file comes out of the database, where whoever asked has put it, part by
 * part; rows that cannot be used go into clv.import_reject over a connection of their own, so that
 * they can be read although nothing else of a refused import stays.
 *
 * What the job came to is written in the transaction that does it. Another attempt at a job whose
 * worker died sees it there, and goes on behind it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/bulk.h"
#include "gymtui/db/imports.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/import.h"
#include "gymtui/worker/import_members.h"
#include "gymtui/worker/value.h"
#include "runner_private.h"

#define NAME_BYTES 256

struct importing {
    const struct work *work;
    char job[24], gym[24];
    char name[NAME_BYTES]; /* of the file */
    /* The file, as far as it is being read. */
    struct bulk *file;
    int64_t file_id, bytes;
    int parts, part;
    int32_t today; /* at the gym */
    size_t used, at;
    unsigned char part_bytes[IMPORTS_PART_BYTES];
    char hex[2 * IMPORTS_PART_BYTES + 1];
    /* Rows that cannot be used. */
    struct bulk *rejects;
    int64_t rejected;
    bool is_loaded; /* by an earlier attempt; members are enrolled once by the request's id */
    bool fits;      /* models, after the rows */
};

/* ---- The file ---- */

static bool take_file(void *owner, const int64_t *values, int count)
{
    struct importing *importing = owner;
    if (count < 3)
        return false;
    importing->bytes = values[0];
    importing->parts = (int)values[1];
    importing->today = (int32_t)values[2];
    return true;
}

static bool open_file(struct importing *importing, struct error *error)
{
    char number[24] = "", loaded[8] = "";
    const char *const job[] = {importing->job};
    importing->file = bulk_open(importing->work->conninfo, error);
    if (!importing->file ||
        !bulk_each(importing->file, "imports_file", 1, &importing->work->job->job_id, take_file,
                   importing, error) ||
        !bulk_named(importing->file, "imports_is_loaded", 1, job, loaded, sizeof loaded, error) ||
        !bulk_named(importing->file, "imports_no_rejects", 1, job, NULL, 0, error) ||
        !bulk_commit(importing->file, error))
        return false;
    importing->is_loaded = strcmp(loaded, "t") == 0;
    job_parameter(importing->work->job, "file", number, sizeof number);
    importing->file_id = strtoll(number, NULL, 10);
    return importing->is_loaded || importing->parts > 0 ||
           error_set(error, ERROR_NOT_FOUND, "Import it again.",
                     "The file is not in the database any more");
}

static int digit_of(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static bool read_part(struct importing *importing, struct error *error)
{
    char file[24], part[24];
    const char *const values[] = {file, part};
    snprintf(file, sizeof file, "%" PRId64, importing->file_id);
    snprintf(part, sizeof part, "%d", importing->part);
    if (!bulk_named(importing->file, "imports_part", 2, values, importing->hex,
                    sizeof importing->hex, error))
        return false;
    importing->used = strlen(importing->hex) / 2;
    for (size_t i = 0; i < importing->used; i++)
        importing->part_bytes[i] = (unsigned char)(digit_of(importing->hex[2 * i]) << 4 |
                                                   digit_of(importing->hex[2 * i + 1]));
    importing->at = 0;
    importing->part++;
    return true;
}

/* csv_source_fn. */
static bool give_bytes(void *owner, char *bytes, size_t size, size_t *got, struct error *error)
{
    struct importing *importing = owner;
    *got = 0;
    if (importing->at == importing->used) {
        if (importing->part == importing->parts)
            return true;
        if (!read_part(importing, error))
            return false;
    }
    size_t left = importing->used - importing->at;
    *got = left < size ? left : size;
    memcpy(bytes, importing->part_bytes + importing->at, *got);
    importing->at += *got;
    return true;
}

/* ---- Rows that cannot be used ---- */

static void on_bad(void *owner, const char *file, size_t line, const char *reason,
                   size_t other_line)
{
    struct importing *importing = owner;
    char words[200];
    (void)file;
    if (importing->rejected++ == 0) {
        importing->rejects = bulk_open(importing->work->conninfo, NULL);
        if (importing->rejects &&
            !bulk_begin(importing->rejects,
                        "clv.import_reject (job_id, gym_id, number, line, reason)", NULL)) {
            bulk_close(importing->rejects);
            importing->rejects = NULL;
        }
    }
    if (!importing->rejects)
        return;
    if (other_line > 0)
        snprintf(words, sizeof words, "%s, first on line %zu", reason, other_line);
    else
        snprintf(words, sizeof words, "%s", reason);
    bulk_row(importing->rejects, 5);
    bulk_int64(importing->rejects, importing->work->job->job_id);
    bulk_int64(importing->rejects, importing->work->job->gym_id);
    bulk_int64(importing->rejects, importing->rejected);
    bulk_int64(importing->rejects, (int64_t)line);
    bulk_text_field(importing->rejects, words);
}

/* They are kept whatever becomes of the import itself, unless it was ended. */
static bool keep_rejects(struct importing *importing, struct error *error)
{
    char rejected[24];
    const char *const values[] = {importing->job, rejected};
    if (importing->rejected == 0)
        return true;
    snprintf(rejected, sizeof rejected, "%" PRId64, importing->rejected);
    return importing->rejects ? bulk_end(importing->rejects, NULL, error) &&
                                    bulk_commit(importing->rejects, error) &&
                                    bulk_named(importing->file, "imports_count_rejects", 2, values,
                                               NULL, 0, error) &&
                                    bulk_commit(importing->file, error)
                              : error_set(error, ERROR_DATABASE, NULL,
                                          "The rows that cannot be used could not be kept");
}

/* ---- A dataset ---- */

static bool tell_rows(void *owner, const char *phase, double share)
{
    const struct importing *importing = owner;
    return work_go_on(importing->work->pulse, phase, importing->fits ? share * .7 : share);
}

static bool tell_models(void *owner, const char *phase, double share)
{
    const struct importing *importing = owner;
    return work_go_on(importing->work->pulse, phase, .7 + share * .3);
}

static bool flag_of(const struct job *job, const char *name)
{
    char text[8];
    return job_parameter(job, name, text, sizeof text) && strcmp(text, "1") == 0;
}

/* The bad rows themselves can be read, so the way out is another one than on the command line. */
static void explain_refusal(struct error *error, const struct import_result *result)
{
    if (error->code == ERROR_INPUT && result->bad > 0 && result->transactions > 0)
        error_set(error, ERROR_INPUT,
                  "Nothing was changed. See which: the job's bad rows. Mend them, or import again "
                  "and leave them out",
                  "%zu of %zu rows cannot be used", result->bad, result->rows);
}

static bool note(struct importing *importing, const char *outcome, struct error *error)
{
    char rejected[24];
    const char *const values[] = {importing->job, outcome, rejected};
    snprintf(rejected, sizeof rejected, "%" PRId64, importing->rejected);
    return bulk_named(importing->file, "imports_note", 3, values, NULL, 0, error) &&
           bulk_commit(importing->file, error);
}

static bool load_rows(struct importing *importing, const char *dataset, struct error *error)
{
    const struct job *job = importing->work->job;
    char map[512] = "", currency[8] = "", unit[8] = "", until[16] = "", outcome[300];
    struct import_result result;
    struct error late;
    job_parameter(job, "map", map, sizeof map);
    job_parameter(job, "currency", currency, sizeof currency);
    job_parameter(job, "unit", unit, sizeof unit);
    struct import_options options = {
        .gym_id = job->gym_id,
        .dataset = dataset,
        .file = importing->name,
        .source = give_bytes,
        .source_owner = importing,
        .source_bytes = (size_t)importing->bytes,
        .currency = currency,
        .has_contract = flag_of(job, "contract"),
        .in_weeks = strcmp(unit, "weeks") == 0,
        .fit_until = DATE_NONE,
        .today = importing->today,
        .dry_run = flag_of(job, "dry_run"),
        .replace = flag_of(job, "replace"),
        .skip_bad = flag_of(job, "skip_bad"),
        .job_id = job->job_id,
    };
    if (job_parameter(job, "until", until, sizeof until) && !date_parse(until, &options.fit_until))
        return error_set(error, ERROR_INPUT, NULL, "%s is no day", until);
    if (!import_read_map(map, options.columns, error))
        return false;
    importing->fits = !options.dry_run;
    bool done = import_run(importing->work->conninfo, &options, on_bad, tell_rows, importing,
                           &result, error);
    if (!done)
        explain_refusal(error, &result);
    if ((done || error->code == ERROR_INPUT) && !keep_rejects(importing, done ? error : &late))
        done = false;
    if (!done || !options.dry_run)
        return done;
    import_write_result(outcome, sizeof outcome, &options, &result);
    return note(importing, outcome, error);
}

static bool import_dataset(struct importing *importing, struct error *error)
{
    char dataset[NAME_BYTES];
    const struct work *work = importing->work;
    if (!job_parameter(work->job, "dataset", dataset, sizeof dataset))
        return error_set(error, ERROR_INPUT, NULL, "The job names no dataset");
    if (!importing->is_loaded && !load_rows(importing, dataset, error))
        return false;
    return flag_of(work->job, "dry_run") ||
           dataset_refresh(work->conninfo, work->job->gym_id, dataset, tell_models, importing, NULL,
                           error);
}

/* ---- Members ---- */

static bool tell_members(void *owner, int rows)
{
    const struct importing *importing = owner;
    char phase[60];
    snprintf(phase, sizeof phase, "reading %d members", rows);
    return work_go_on(importing->work->pulse, phase, .1);
}

struct counts {
    int64_t rows, enrolled, skipped, duplicates, rejected;
};

static bool enrol(struct importing *importing, const char *json, struct counts *counts,
                  struct error *error)
{
    char duplicates[16] = "refuse", answer[128];
    bool dry_run = flag_of(importing->work->job, "dry_run");
    job_parameter(importing->work->job, "duplicates", duplicates, sizeof duplicates);
    const char *const gym[] = {importing->gym};
    const char *const values[] = {importing->job, importing->gym, json, duplicates,
                                  dry_run ? "t" : "f"};
    if (!bulk_named(importing->file, "imports_gym", 1, gym, NULL, 0, error) ||
        !bulk_named(importing->file, "imports_members", 5, values, answer, sizeof answer, error))
        return false;
    int64_t *const parts[] = {&counts->rows, &counts->enrolled, &counts->skipped,
                              &counts->duplicates, &counts->rejected};
    char *rest = answer;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = rest;
        *parts[i] = strtoll(part, &rest, 10);
        if (rest == part)
            return error_set(error, ERROR_DATABASE, NULL,
                             "The database's answer cannot be understood");
    }
    return true;
}

static bool import_members(struct importing *importing, struct error *error)
{
    struct counts counts = {0};
    char outcome[300] = "";
    int count = 0;
    bool dry_run = flag_of(importing->work->job, "dry_run");
    struct csv *csv = csv_open_source(give_bytes, importing, error);
    char *json = csv ? import_members_json(csv, &count, tell_members, importing, error) : NULL;
    csv_close(csv);
    bool done = json && work_go_on(importing->work->pulse, "enrolling", .2) &&
                enrol(importing, json, &counts, error);
    free(json);
    if (!done)
        return false;
    int64_t named = counts.skipped + counts.duplicates + counts.rejected;
    bool is_refused = counts.duplicates + counts.rejected > 0;
    text_append(outcome, sizeof outcome, "%" PRId64 " %s", counts.enrolled,
                dry_run || is_refused ? "good" : "enrolled");
    if (counts.skipped > 0)
        text_append(outcome, sizeof outcome, "; %" PRId64 " skipped", counts.skipped);
    if (counts.duplicates > 0)
        text_append(outcome, sizeof outcome, "; %" PRId64 " there already", counts.duplicates);
    if (counts.rejected > 0)
        text_append(outcome, sizeof outcome, "; %" PRId64 " rejected", counts.rejected);
    if (dry_run || is_refused)
        text_append(outcome, sizeof outcome, "; nobody was enrolled");
    importing->rejected = named;
    /* The commit is theirs too. */
    if (!note(importing, outcome, error))
        return false;
    return !is_refused || dry_run ||
           error_set(error, ERROR_INPUT,
                     "Nobody was enrolled. See which: the job's bad rows. Mend them, or leave out "
                     "who is there already",
                     "%" PRId64 " of %" PRId64 " rows cannot be enrolled",
                     counts.duplicates + counts.rejected, counts.rows);
}

static bool tell_figures(void *owner, const char *phase, double share)
{
    const struct importing *importing = owner;
    return work_go_on(importing->work->pulse, phase, .5 + share * .5);
}

/* Segments, scores and values of who is new. */
static bool compute_figures(struct importing *importing, struct error *error)
{
    struct value_options options = {.gym_id = importing->work->job->gym_id, .as_of = DATE_NONE};
    return flag_of(importing->work->job, "dry_run") ||
           value_recompute_gyms(importing->work->conninfo, &options, tell_figures, importing,
                                error);
}

/* ---- The job ---- */

/* Whether another attempt may follow, which needs the file. */
static bool may_go_on(const struct error *error)
{
    return error->code == ERROR_CANCELLED || error->code == ERROR_OFFLINE ||
           error->code == ERROR_UNKNOWN;
}

/* An earlier attempt came to its end, but could not say so. */
static bool is_over(const struct importing *importing)
{
    return importing->is_loaded && importing->parts == 0;
}

bool work_import(const struct work *work, struct error *error)
{
    struct importing *importing = calloc(1, sizeof *importing);
    char target[16] = "dataset";
    if (!importing)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    importing->work = work;
    snprintf(importing->job, sizeof importing->job, "%" PRId64, work->job->job_id);
    snprintf(importing->gym, sizeof importing->gym, "%" PRId64, work->job->gym_id);
    if (!job_parameter(work->job, "name", importing->name, sizeof importing->name))
        snprintf(importing->name, sizeof importing->name, "file");
    job_parameter(work->job, "target", target, sizeof target);
    bool done = open_file(importing, error);
    if (done && strcmp(target, "members") == 0)
        done = (is_over(importing) || import_members(importing, error)) &&
               compute_figures(importing, error);
    else if (done)
        done = import_dataset(importing, error);
    const char *const job[] = {importing->job};
    struct error late;
    if (importing->file && (done || !may_go_on(error)) &&
        bulk_run(importing->file, "ROLLBACK; BEGIN", &late) &&
        bulk_named(importing->file, "imports_done", 1, job, NULL, 0, &late))
        bulk_commit(importing->file, &late);
    bulk_close(importing->rejects);
    bulk_close(importing->file);
    free(importing);
    return done;
}
