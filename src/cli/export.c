/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `gymtui export members|visits|payments|segments`: a whole table as CSV or JSON, page by page, so
 * that a million rows take no more memory than a thousand. With --output the file appears when it
 * is whole.
 */
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/save.h"
#include "gymtui/db/reports.h"
#include "report.h"

#define PAGE         2000
#define COLUMNS_MOST 32

struct export_answer {
    struct answer answer;
    struct sheet *sheet;
    int64_t last;
    bool more;
};

static void on_page(void *owner, const struct export_page *page, const struct error *error)
{
    struct export_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < page->rows * page->columns; i++)
        sheet_plain(take->sheet, page->cells[i]);
    take->last = page->last;
    take->more = page->more;
}

static enum sheet_kind kind_of(enum export_type type)
{
    switch (type) {
    case EXPORT_NUMBER:
        return SHEET_NUMBER;
    case EXPORT_YES:
        return SHEET_YES;
    case EXPORT_TEXT:
    case EXPORT_DAY:
    case EXPORT_MOMENT:
        break;
    }
    return SHEET_WORDS;
}

static bool write_pages(const struct cli *cli, struct visit *visit, FILE *out, enum sheet_form form,
                        struct export_query *query, struct error *error)
{
    const struct export_column *from = export_columns(query->kind);
    struct sheet_column columns[COLUMNS_MOST] = {{.name = NULL}};
    for (int i = 0; from[i].name != NULL && i < COLUMNS_MOST - 1; i++)
        columns[i] = (struct sheet_column){.name = from[i].name, .kind = kind_of(from[i].type)};
    struct sheet sheet;
    struct export_answer take = {.sheet = &sheet};
    sheet_begin(&sheet, out, form, columns);
    do {
        query->after = take.last;
        take.answer = (struct answer){0};
        export_page(visit->db, query, on_page, &take);
        if (!visit_wait(visit, cli, &take.answer, error))
            return false;
    } while (take.more && !ferror(out));
    sheet_end(&sheet);
    return true;
}

static bool write_export(const struct cli *cli, struct visit *visit, const char *path,
                         enum sheet_form form, struct export_query *query, struct error *error)
{
    struct save save;
    if (path == NULL) {
        interrupt_say("What was written is not whole. Export it again.");
        return write_pages(cli, visit, stdout, form, query, error);
    }
    if (!save_begin(&save, path, error))
        return false;
    interrupt_remove(save.is_direct ? NULL : save.temporary);
    interrupt_say(save.is_direct ? "What was written to %s is not whole. Export it again."
                                 : "%s was not written. Export it again.",
                  save.path);
    bool done = write_pages(cli, visit, save.out, form, query, error);
    if (done)
        done = save_finish(&save, error);
    else
        save_abandon(&save);
    interrupt_remove(NULL);
    interrupt_say(NULL);
    return done;
}

static bool read_format(const char *text, enum sheet_form *form, struct error *error)
{
    if (text == NULL || strcmp(text, "csv") == 0)
        *form = SHEET_CSV;
    else if (strcmp(text, "json") == 0)
        *form = SHEET_JSON;
    else
        return error_set(error, ERROR_USAGE, NULL, "--format takes csv or json, not “%s”", text);
    return true;
}

static int run(const struct cli *cli, const struct cli_words *words, enum export_kind kind)
{
    struct export_query query = {
        .kind = kind, .since = DATE_NONE, .until = DATE_NONE, .limit = PAGE};
    bool has_days = kind != EXPORT_SEGMENTS;
    enum sheet_form form = SHEET_CSV;
    struct error error = {0};
    if (!read_format(words->values[EXPORT_OPTION_FORMAT], &form, &error) ||
        (has_days &&
         (!option_day("--since", words->values[EXPORT_OPTION_SINCE], &query.since, &error) ||
          !option_day("--until", words->values[EXPORT_OPTION_UNTIL], &query.until, &error))))
        return cli_fail(&error);
    struct visit visit;
    interrupt_say("Nothing was written. Export it again.");
    bool written =
        visit_open(&visit, cli, LEVEL_MANAGER, &error) &&
        write_export(cli, &visit, words->values[EXPORT_OPTION_OUTPUT], form, &query, &error);
    visit_close(&visit);
    return written ? CLI_DONE : cli_fail(&error);
}

int command_export_members(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, EXPORT_MEMBERS);
}

int command_export_visits(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, EXPORT_VISITS);
}

int command_export_payments(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, EXPORT_PAYMENTS);
}

int command_export_segments(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, EXPORT_SEGMENTS);
}
