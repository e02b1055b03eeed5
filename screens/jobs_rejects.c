/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of an imported file that could not be used: how often which reason, the first hundreds one
 * by one, and all of them into a file on wish.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/save.h"
#include "gymtui/base/text.h"
#include "gymtui/db/imports.h"
#include "gymtui/screens/jobs.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

#define SHOWN        500
#define REASONS      20
#define ROWS_A_PAGE  5000
#define NAME_COLUMNS 24

enum { REJECTS_SAVE = COMMAND_SCREEN };

static const struct key_entry keys[] = {
    {REJECTS_SAVE, "save", "F5 s", "write a file", "Write all bad rows to a CSV file.", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

enum { COLUMN_LINE, COLUMN_REASON, COLUMN_NAME, COLUMNS };
/* Only the rows of members are known by a name. */
static const struct table_column columns[COLUMNS] = {
    [COLUMN_LINE] = {"Line", 9, 0, ALIGN_RIGHT, 0, false},
    [COLUMN_REASON] = {"Why it cannot be used", 24, 2, ALIGN_LEFT, 0, false},
    [COLUMN_NAME] = {"Member", NAME_COLUMNS, 1, ALIGN_LEFT, 1, false},
};

struct rejects_state {
    struct screen_context context;
    struct table *table;
    struct job_row job;
    struct import_reason reasons[REASONS];
    int reason_count;
    struct save save;
    bool has_names;
    bool is_writing;
    int64_t written, last;
};

/* --- reading --- */

static bool make_table(struct rejects_state *state);

static void on_rejects(void *owner, const struct import_reject *rows, int count,
                       const struct error *error)
{
    struct rejects_state *state = owner;
    for (int i = 0; error == NULL && i < count && !state->has_names; i++)
        state->has_names = rows[i].name[0] != '\0';
    if (state->has_names && !make_table(state))
        return;
    if (error != NULL)
        host_say_error(state->context.host, error);
    else
        table_fill(state->table, rows, count, false, false);
    table_set_empty(state->table,
                    error != NULL ? "The rows could not be read" : "They are not kept any more");
    host_redraw(state->context.host);
}

static void on_reasons(void *owner, const struct import_reason *rows, int count,
                       const struct error *error)
{
    struct rejects_state *state = owner;
    state->reason_count = error != NULL ? 0 : count < REASONS ? count : REASONS;
    if (state->reason_count > 0)
        memcpy(state->reasons, rows, (size_t)state->reason_count * sizeof *rows);
    host_redraw(state->context.host);
}

/* --- all into a file --- */

static void read_page(struct rejects_state *state);

static void finish_file(struct rejects_state *state, const struct error *error)
{
    struct host *host = state->context.host;
    struct error failed;
    state->is_writing = false;
    if (error != NULL) {
        save_abandon(&state->save);
        host_say_error(host, error);
    } else if (!save_finish(&state->save, &failed)) {
        host_say_error(host, &failed);
    } else {
        host_say(host, ROLE_GOOD, "%s %" PRId64 " row%s written to %s", sign_text(SIGN_GOOD),
                 state->written, state->written == 1 ? "" : "s", state->save.path);
    }
    host_redraw(host);
}

static void on_page(void *owner, const struct import_reject *rows, int count,
                    const struct error *error)
{
    struct rejects_state *state = owner;
    char line[24];
    if (!state->is_writing)
        return;
    for (int i = 0; error == NULL && i < count; i++) {
        snprintf(line, sizeof line, "%" PRId64, rows[i].line);
        save_csv_cell(state->save.out, true, line);
        save_csv_cell(state->save.out, false, rows[i].reason);
        if (state->has_names)
            save_csv_cell(state->save.out, false, rows[i].name);
        fputs("\r\n", state->save.out);
        state->last = rows[i].number;
        state->written++;
    }
    if (error != NULL || count < ROWS_A_PAGE)
        finish_file(state, error);
    else
        read_page(state);
}

static void read_page(struct rejects_state *state)
{
    imports_rejects(state->context.db, state->job.job_id, state->last, ROWS_A_PAGE, on_page, state);
}

static void on_form(void *owner, struct form *form)
{
    struct rejects_state *state = owner;
    struct error error;
    bool begun = save_begin(&state->save, form_text(form, 0), &error);
    if (!begun)
        form_complain(form, 0, error.message);
    host_form_done(state->context.host, begun);
    if (!begun)
        return;
    state->is_writing = true;
    state->written = state->last = 0;
    fputs(state->has_names ? "line,reason,name\r\n" : "line,reason\r\n", state->save.out);
    host_say(state->context.host, ROLE_DIM, "Writing %s…", state->save.path);
    read_page(state);
}

static void ask_file(struct rejects_state *state)
{
    char path[80];
    snprintf(path, sizeof path, "~/bad-rows-of-job-%" PRId64 ".csv", state->job.job_id);
    const struct form_entry entry = {.label = "File",
                                     .kind = FORM_TEXT,
                                     .value = path,
                                     .required = true,
                                     .maximum = 1000,
                                     .hint = "On the machine that gymtui runs on; Enter writes it"};
    struct form *form = form_new("Write all bad rows to a CSV file", &entry, 1);
    if (form != NULL)
        host_form(state->context.host, form, on_form, NULL, state);
}

/* --- the screen's slots --- */

static void write_cell(void *owner, const void *row, int column, char *text, size_t size,
                       enum role *role)
{
    const struct import_reject *reject = row;
    (void)owner;
    switch (column) {
    case COLUMN_LINE:
        snprintf(text, size, "%" PRId64, reject->line);
        *role = ROLE_STRONG;
        break;
    case COLUMN_REASON:
        snprintf(text, size, "%s", reject->reason);
        break;
    default:
        snprintf(text, size, "%s", reject->name);
        break;
    }
    text_drop_partial(text);
}

static bool make_table(struct rejects_state *state)
{
    struct table *table = table_new(columns, state->has_names ? COLUMNS : COLUMNS - 1,
                                    sizeof(struct import_reject), SHOWN, write_cell, state);
    if (table == NULL)
        return false;
    table_free(state->table);
    state->table = table;
    return true;
}

static bool open_rejects(void *state_, const struct screen_context *context, const void *argument)
{
    struct rejects_state *state = state_;
    if (argument == NULL) {
        host_say(context->host, ROLE_WARN, "The jobs screen shows the bad rows of an import: F6");
        return false;
    }
    state->context = *context;
    state->job = *(const struct job_row *)argument;
    if (!make_table(state))
        return false;
    table_set_empty(state->table, "Reading the rows…");
    imports_rejects(context->db, state->job.job_id, 0, SHOWN, on_rejects, state);
    imports_reasons(context->db, state->job.job_id, REASONS, on_reasons, state);
    return true;
}

static void write_summary(const struct rejects_state *state, char *dst, size_t size)
{
    char title[128];
    jobs_write_title(title, sizeof title, &state->job);
    *dst = '\0';
    text_append(dst, size, "%s: %" PRId64 " bad row%s", title, state->job.rejects,
                state->job.rejects == 1 ? "" : "s");
    if (state->job.rejects > SHOWN)
        text_append(dst, size, ", the first %d are listed; F5 writes all to a file", SHOWN);
    for (int i = 0; i < state->reason_count && i < 4; i++)
        text_append(dst, size, "%s%" PRId64 " × %s", i == 0 ? ". " : ", ", state->reasons[i].rows,
                    state->reasons[i].reason);
    if (state->reason_count > 4)
        text_append(dst, size, ", …");
}

static void draw_rejects(void *state_, struct area area)
{
    struct rejects_state *state = state_;
    char summary[1400];
    draw_clear(area, ROLE_TEXT);
    write_summary(state, summary, sizeof summary);
    struct area measure = area_part(area, 0, 1, area.rows, area.columns - 2);
    int rows = draw_paragraph(measure, 0, 0, ROLE_TEXT, summary, true);
    int most = area.rows / 3 > 1 ? area.rows / 3 : 1;
    rows = rows < 1 ? 1 : rows > most ? most : rows;
    struct area top = area_take_top(&area, rows);
    draw_paragraph(area_part(top, 0, 1, top.rows, top.columns - 2), 0, 0, ROLE_TEXT, summary,
                   false);
    draw_rule(area_take_top(&area, 1), 0);
    table_draw(state->table, area, true, true);
}

static bool command_rejects(void *state_, int command)
{
    struct rejects_state *state = state_;
    if (command == REJECTS_SAVE) {
        if (state->is_writing)
            host_say(state->context.host, ROLE_WARN, "Still writing %s", state->save.path);
        else
            ask_file(state);
        return true;
    }
    if (!table_command(state->table, command))
        return false;
    host_redraw(state->context.host);
    return true;
}

static void close_rejects(void *state_)
{
    struct rejects_state *state = state_;
    if (state->is_writing)
        save_abandon(&state->save);
    table_free(state->table);
}

const struct screen screen_rejects = {
    .name = "bad-rows",
    .title = "Bad rows",
    .about = "Rows of an imported file that could not be used, each with its line and the reason. "
             "Opened from the jobs screen.",
    .state_size = sizeof(struct rejects_state),
    .keys = keys,
    .least = LEVEL_MANAGER,
    .open = open_rejects,
    .draw = draw_rejects,
    .command = command_rejects,
    .close = close_rejects,
};
