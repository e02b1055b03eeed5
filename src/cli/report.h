/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reports: what the screens show, without the screen. A report is one row in cli_commands,
 * "report NAME" with report_options (or options of its own that begin with these two), and a
 * function like this one:
 *
 *     int command_report_absent(const struct cli *cli, const struct cli_words *words)
 *     {
 *         struct report report;
 *         struct absent_answer take = {0};
 *         if (report_begin(&report, cli, words)) {
 *             members_page(report.visit.db, &query, on_members, &take);
 *             if (report_wait(&report, &take.answer))
 *                 print(&report, &take);
 *         }
 *         return report_end(&report);
 *     }
 */
#ifndef GYMTUI_CLI_REPORT_H
#define GYMTUI_CLI_REPORT_H

#include "sheet.h"

/* The first two options of every report. */
enum report_option { REPORT_JSON, REPORT_CSV, REPORT_OPTIONS };
#define REPORT_FORM_OPTIONS                                                                        \
    [REPORT_JSON] = {"--json", NULL, "Print JSON."}, [REPORT_CSV] = {"--csv", NULL, "Print CSV."}
extern const struct cli_option report_options[];

/* The third one of reports that have one; the fourth of `report audit`. */
enum { REPORT_DAYS = REPORT_OPTIONS, REPORT_DAY = REPORT_OPTIONS };
enum { REPORT_SINCE = REPORT_OPTIONS, REPORT_MEMBER };
/* Of `export`. */
enum {
    EXPORT_OPTION_FORMAT,
    EXPORT_OPTION_OUTPUT,
    EXPORT_OPTION_SINCE,
    EXPORT_OPTION_UNTIL,
};

struct report {
    const struct cli *cli;
    const struct cli_words *words;
    enum sheet_form form;
    struct visit visit;
    struct error error;
};

/* Reads --json and --csv, finds the database and signs in; without a configured login on the
 * private demonstration as the manager. */
bool report_begin(struct report *report, const struct cli *cli, const struct cli_words *words);
/* Waits for what was asked. False: report_end tells why not. */
bool report_wait(struct report *report, const struct answer *answer);
/* An option's value as a whole number from `least` to `most`, or as a day; what `value` points to
 * stays as it is when the option was not given. False: report_end tells why not. For between
 * report_begin and report_end. */
bool report_number(struct report *report, int option, const char *name, int least, int most,
                   int *value);
bool report_day(struct report *report, int option, const char *name, int32_t *day);
/* Signs out. The exit status. */
int report_end(struct report *report);

/* "Iron Temple · Sat 2026-11-21, 18:04": the line above a report in text; `what` may be NULL. */
void report_print_heading(const struct report *report, const char *what);
/* "12 members" below a table in text, or `none` when it is empty; `one` is "member". */
void report_print_count(const struct report *report, int64_t rows, const char *one,
                        const char *many, const char *none);

/* The same readers for commands that are no reports; `text` NULL: not given. */
bool option_number(const char *name, const char *text, int least, int most, int *value,
                   struct error *error);
bool option_day(const char *name, const char *text, int32_t *day, struct error *error);

#endif
