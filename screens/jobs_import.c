/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file for the worker to import. It is read here, by whoever sits here, and sent to the database
 * part by part: the worker may run on another machine and as somebody else. Each part may be sent
 * again, so that a broken connection costs no more than that part.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "jobs_list.h"

#define ATTEMPTS_MOST 5 /* at one part */

enum {
    ENTRY_FILE,
    ENTRY_WHAT,
    ENTRY_DATASET,
    ENTRY_UNTIL,
    ENTRY_UNIT,
    ENTRY_COLUMNS,
    ENTRY_THERE,
    ENTRY_BAD,
    ENTRY_REAL,
    ENTRY_COUNT
};

static const char *const whats[] = {
    "purchases", "what customers bought, when they liked",
    "bills",     "bills of a contract, month by month",
    "members",   "members of this gym",
    NULL,
};
static const char *const units[] = {"days", "days", "weeks", "weeks", NULL};
static const char *const theres[] = {
    "stop", "change nothing", "go", "replace the dataset, skip the members", NULL,
};
static const char *const bads[] = {"stop", "change nothing", "go", "leave them out", NULL};
static const char *const reals[] = {"try", "no, only try it", "go", "yes", NULL};

/* --- the way of the file --- */

void jobs_import_stop(struct jobs_state *state)
{
    struct jobs_import *import = &state->import;
    if (import->file == NULL)
        return;
    fclose(import->file);
    free(import->part_bytes);
    import->file = NULL;
    import->part_bytes = NULL;
    host_say(state->context.host, ROLE_WARN, "The sending was ended; nothing was changed");
    host_redraw(state->context.host);
}

static void give_up(struct jobs_state *state, const struct error *error)
{
    jobs_import_stop(state);
    host_say_error(state->context.host, error);
}

static void add(char *parameters, size_t size, const char *name, const char *value)
{
    char quoted[900];
    if (*value == '\0')
        return;
    text_json_string(quoted, sizeof quoted, value);
    text_append(parameters, size, ",\"%s\":%s", name, quoted);
}

static void ask_for_job(struct jobs_state *state)
{
    struct jobs_import *import = &state->import;
    char parameters[2200] = "", until[16] = "";
    bool members = strcmp(import->what, "members") == 0;
    bool goes = strcmp(import->there, "go") == 0;
    text_append(parameters, sizeof parameters, "{\"file\":%lld,\"target\":\"%s\"",
                (long long)import->file_id, members ? "members" : "dataset");
    add(parameters, sizeof parameters, "dry_run", import->is_real ? "" : "1");
    if (members) {
        add(parameters, sizeof parameters, "duplicates", goes ? "skip" : "refuse");
    } else {
        if (import->until != DATE_NONE)
            date_format_iso(until, sizeof until, import->until);
        add(parameters, sizeof parameters, "dataset", import->dataset);
        add(parameters, sizeof parameters, "contract",
            strcmp(import->what, "bills") == 0 ? "1" : "");
        add(parameters, sizeof parameters, "unit", import->unit);
        add(parameters, sizeof parameters, "until", until);
        add(parameters, sizeof parameters, "map", import->columns);
        add(parameters, sizeof parameters, "replace", goes ? "1" : "");
        add(parameters, sizeof parameters, "skip_bad", strcmp(import->bad, "go") == 0 ? "1" : "");
    }
    text_append(parameters, sizeof parameters, "}");
    fclose(import->file);
    free(import->part_bytes);
    import->file = NULL;
    import->part_bytes = NULL;
    jobs_ask_for(state, "import", parameters);
}

static void on_put(void *owner, const struct error *error);

static void send_part(struct jobs_state *state)
{
    struct jobs_import *import = &state->import;
    imports_put(state->context.db, import->file_id, import->part, import->part_bytes, import->size,
                on_put, state);
}

/* The next part, or, behind the last one, the job. */
static void send_next(struct jobs_state *state)
{
    struct jobs_import *import = &state->import;
    struct error error;
    import->size = fread(import->part_bytes, 1, IMPORTS_PART_BYTES, import->file);
    import->attempts = 0;
    if (import->size == 0 && import->sent == import->bytes) {
        ask_for_job(state);
        return;
    }
    if (import->size == 0 || import->sent + (int64_t)import->size > import->bytes) {
        error_set(&error, ERROR_SYSTEM, "Nothing was changed; try again",
                  "The file was changed while it was being sent");
        give_up(state, &error);
        return;
    }
    send_part(state);
}

static void on_put(void *owner, const struct error *error)
{
    struct jobs_state *state = owner;
    struct jobs_import *import = &state->import;
    if (import->file == NULL) /* ended meanwhile */
        return;
    if (error != NULL) {
        bool is_wrong = error->code == ERROR_CONFLICT || error->code == ERROR_PERMISSION ||
                        error->code == ERROR_INPUT;
        if (is_wrong || ++import->attempts == ATTEMPTS_MOST)
            give_up(state, error);
        else
            send_part(state);
        return;
    }
    import->sent += (int64_t)import->size;
    import->part++;
    host_redraw(state->context.host);
    send_next(state);
}

static void on_begun(void *owner, int64_t file_id, const struct error *error)
{
    struct jobs_state *state = owner;
    if (state->import.file == NULL)
        return;
    if (error != NULL) {
        give_up(state, error);
        return;
    }
    state->import.file_id = file_id;
    send_next(state);
}

/* --- the form --- */

/* "~/" is the home of whoever sits here. */
static void expand(char *dst, size_t size, const char *path)
{
    const char *home = getenv("HOME");
    if (path[0] == '~' && path[1] == '/' && home != NULL)
        snprintf(dst, size, "%s%s", home, path + 1);
    else
        snprintf(dst, size, "%s", path);
}

/* Opens what was named; false: said beside the field. */
static bool open_file(struct jobs_import *import, struct form *form)
{
    char path[1280], why[200];
    struct stat about;
    expand(path, sizeof path, import->path);
    FILE *file = fopen(path, "rbe");
    if (file == NULL || fstat(fileno(file), &about) != 0)
        snprintf(why, sizeof why, "It cannot be read: %s", strerror(errno));
    else if (!S_ISREG(about.st_mode))
        snprintf(why, sizeof why, "This is no file");
    else if (about.st_size == 0)
        snprintf(why, sizeof why, "The file is empty");
    else if (about.st_size > IMPORTS_FILE_BYTES)
        snprintf(why, sizeof why, "The file is larger than 1 GB: split it");
    else if ((import->part_bytes = malloc(IMPORTS_PART_BYTES)) == NULL)
        snprintf(why, sizeof why, "Not enough memory");
    else {
        import->file = file;
        import->bytes = about.st_size;
        return true;
    }
    if (file != NULL)
        fclose(file);
    form_complain(form, ENTRY_FILE, why);
    return false;
}

static void take_wish(struct jobs_import *import, const struct form *form)
{
    snprintf(import->path, sizeof import->path, "%s", form_text(form, ENTRY_FILE));
    snprintf(import->what, sizeof import->what, "%s", form_text(form, ENTRY_WHAT));
    snprintf(import->dataset, sizeof import->dataset, "%s", form_text(form, ENTRY_DATASET));
    snprintf(import->unit, sizeof import->unit, "%s", form_text(form, ENTRY_UNIT));
    snprintf(import->columns, sizeof import->columns, "%s", form_text(form, ENTRY_COLUMNS));
    snprintf(import->there, sizeof import->there, "%s", form_text(form, ENTRY_THERE));
    snprintf(import->bad, sizeof import->bad, "%s", form_text(form, ENTRY_BAD));
    import->until = form_date(form, ENTRY_UNTIL);
    import->is_real = strcmp(form_text(form, ENTRY_REAL), "go") == 0;
}

static void on_form(void *owner, struct form *form)
{
    struct jobs_state *state = owner;
    struct jobs_import *import = &state->import;
    struct host *host = state->context.host;
    take_wish(import, form);
    bool members = strcmp(import->what, "members") == 0;
    bool good = false;
    if (!members && import->dataset[0] == '\0')
        form_complain(form, ENTRY_DATASET, "A dataset needs a name");
    else if (members && strcmp(import->bad, "go") == 0)
        form_complain(form, ENTRY_BAD, "Members come all or not at all");
    else
        good = open_file(import, form);
    host_form_done(host, good);
    if (!good)
        return;
    const char *slash = strrchr(import->path, '/');
    import->sent = 0;
    import->part = 0;
    imports_begin(state->context.db, request_id_new(), slash != NULL ? slash + 1 : import->path,
                  import->bytes, on_begun, state);
    host_redraw(host);
}

static const char *or_first(const char *value, const char *const *choices)
{
    return *value != '\0' ? value : choices[0];
}

void jobs_ask_import(struct jobs_state *state)
{
    const struct jobs_import *import = &state->import;
    char until[16] = "";
    bool is_again = import->path[0] != '\0';
    if (is_again && import->until != DATE_NONE)
        date_format_iso(until, sizeof until, import->until);
    const struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_FILE] = {.label = "CSV file",
                        .kind = FORM_TEXT,
                        .value = import->path,
                        .required = true,
                        .maximum = 1000,
                        .hint = "On the machine that gymtui runs on, as in ~/orders.csv"},
        [ENTRY_WHAT] = {.label = "What it holds",
                        .kind = FORM_CHOICE,
                        .value = or_first(import->what, whats),
                        .choices = whats,
                        .required = true,
                        .hint = "Left and right choose. Members need a column name"},
        [ENTRY_DATASET] = {.label = "Dataset",
                           .kind = FORM_TEXT,
                           .value = import->dataset,
                           .maximum = 60,
                           .hint = "A name for it under Analytics; members need none"},
        [ENTRY_UNTIL] = {.label = "Learn until",
                         .kind = FORM_DATE,
                         .value = until,
                         .hint = "Models learn up to this day and are held against what followed"},
        [ENTRY_UNIT] = {.label = "Count in",
                        .kind = FORM_CHOICE,
                        .value = or_first(import->unit, units),
                        .choices = units,
                        .required = true,
                        .hint = "The unit of time that the models count in"},
        [ENTRY_COLUMNS] = {.label = "Columns",
                           .kind = FORM_TEXT,
                           .value = import->columns,
                           .maximum = 399,
                           .hint =
                               "Only for unusual headings: customer=Client,date=Day,amount=Paid"},
        [ENTRY_THERE] = {.label = "If there already",
                         .kind = FORM_CHOICE,
                         .value = or_first(import->there, theres),
                         .choices = theres,
                         .required = true,
                         .hint = "When there is such a dataset, or are such members, already"},
        [ENTRY_BAD] = {.label = "Bad rows",
                       .kind = FORM_CHOICE,
                       .value = or_first(import->bad, bads),
                       .choices = bads,
                       .required = true,
                       .hint = "Either way each one is listed with its line and reason"},
        [ENTRY_REAL] = {.label = "Import it",
                        .kind = FORM_CHOICE,
                        .value = is_again && !import->is_real ? "go" : reals[0],
                        .choices = reals,
                        .required = true,
                        .hint =
                            "A trial finds all that is wrong with the file and changes nothing"},
    };
    struct form *form = form_new("Import a file", entries, ENTRY_COUNT);
    if (form == NULL)
        return;
    form_set_action(form, "start", "Opening the file…");
    host_form(state->context.host, form, on_form, NULL, state);
}
