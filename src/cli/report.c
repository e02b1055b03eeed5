/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all reports share: the form, the visit to the database, the lines around a table. */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"

const struct cli_option report_options[] = {REPORT_FORM_OPTIONS, {NULL, NULL, NULL}};

bool report_begin(struct report *report, const struct cli *cli, const struct cli_words *words)
{
    *report = (struct report){.cli = cli, .words = words};
    bool json = words->values[REPORT_JSON] != NULL, csv = words->values[REPORT_CSV] != NULL;
    report->form = json ? SHEET_JSON : csv ? SHEET_CSV : SHEET_TEXT;
    if (json && csv)
        return error_set(&report->error, ERROR_USAGE, "Leave one of them out.",
                         "--json and --csv do not go together");
    interrupt_say("A report changes nothing; ask for it again.");
    return visit_open(&report->visit, cli, LEVEL_MANAGER, &report->error);
}

bool report_wait(struct report *report, const struct answer *answer)
{
    return visit_wait(&report->visit, report->cli, answer, &report->error);
}

int report_end(struct report *report)
{
    visit_close(&report->visit);
    if (report->error.code != ERROR_NONE)
        return fail_as(&report->error, report->form == SHEET_JSON);
    return CLI_DONE;
}

/* --- what options say --- */

bool option_number(const char *name, const char *text, int least, int most, int *value,
                   struct error *error)
{
    if (text == NULL)
        return true;
    char *end;
    long number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || number < least || number > most)
        return error_set(error, ERROR_USAGE, NULL, "%s takes a number from %d to %d, not “%s”",
                         name, least, most, text);
    *value = (int)number;
    return true;
}

bool option_day(const char *name, const char *text, int32_t *day, struct error *error)
{
    if (text == NULL || date_parse(text, day))
        return true;
    return error_set(error, ERROR_USAGE, NULL, "%s takes a day as in 2026-11-21, not “%s”", name,
                     text);
}

bool report_number(struct report *report, int option, const char *name, int least, int most,
                   int *value)
{
    return option_number(name, report->words->values[option], least, most, value, &report->error);
}

bool report_day(struct report *report, int option, const char *name, int32_t *day)
{
    return option_day(name, report->words->values[option], day, &report->error);
}

/* --- the lines around a table --- */

void report_print_heading(const struct report *report, const char *what)
{
    if (report->form != SHEET_TEXT)
        return;
    char day[32], clock[16];
    int64_t now = session_local_now(report->visit.db);
    int32_t today = session_today(report->visit.db);
    date_format_iso(day, sizeof day, today);
    date_format_clock(clock, sizeof clock, now);
    out_words(stdout, 0, "%s%s%s · %s %s, %s", report->visit.session.gym_name,
              what != NULL ? " · " : "", what != NULL ? what : "",
              date_weekday_name(date_weekday(today)), day, clock);
}

void report_print_count(const struct report *report, int64_t rows, const char *one,
                        const char *many, const char *none)
{
    if (report->form != SHEET_TEXT)
        return;
    if (rows == 0)
        out_line(stdout, "%s", none);
    else
        out_line(stdout, "%" PRId64 " %s", rows, rows == 1 ? one : many);
}

/* --- `gymtui report` alone --- */

int command_report(const struct cli *cli, const struct cli_words *words)
{
    (void)cli;
    struct error error;
    if (words->count > 0) {
        error_set(&error, ERROR_USAGE, "“gymtui report” alone shows them all.",
                  "There is no report “%s”", words->words[0]);
        return cli_fail(&error);
    }
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        if (strncmp(command->name, "report ", 7) != 0)
            continue;
        char line[400] = "  ";
        out_cell(line, sizeof line, command->name + 7, 12);
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s", command->help);
        out_line(stdout, "%s", line);
    }
    return CLI_DONE;
}
