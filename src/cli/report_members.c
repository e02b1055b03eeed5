/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report expiring|owing|absent|birthdays`: the members to do something about. */
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/db/reports.h"
#include "report.h"

#define PAGE 500

/* What the reports differ in. */
static const struct {
    const char *title, *day, *number_name, *number, *none;
    int usual_days;
} kinds[] = {
    [REPORT_EXPIRING] = {"terms that end within %d days", "Ends", "days_left", "Days left",
                         "No term ends in this time.", 14},
    [REPORT_OWING] = {"members who owe", "Since", "days", "Days", "Nobody owes anything.", 0},
    [REPORT_ABSENT] = {"no visit for %d days", "Last visit", "days", "Days",
                       "Everybody was here in this time.", 14},
    [REPORT_BIRTHDAYS] = {"birthdays within %d days", "Birthday", "age", "Turns",
                          "Nobody has a birthday in this time.", 7},
};

/* --- one page after the other --- */

struct members_answer {
    struct answer answer;
    struct sheet *sheet;
    struct report_member last;
    money owed;
    bool more;
};

static void write_row(struct sheet *sheet, const struct report_member *row)
{
    sheet_count(sheet, row->customer_id);
    sheet_words(sheet, row->name);
    sheet_words(sheet, row->plan);
    sheet_day(sheet, row->day);
    sheet_count(sheet, row->number);
    sheet_money(sheet, row->balance);
    sheet_words(sheet, row->phone);
    sheet_words(sheet, row->email);
    sheet_day(sheet, row->ends);
    sheet_day(sheet, row->last_visit);
}

static void on_members(void *owner, const struct report_member *rows, int count, bool more,
                       const struct error *error)
{
    struct members_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < count; i++) {
        write_row(take->sheet, &rows[i]);
        take->owed += rows[i].balance;
    }
    take->more = more && count > 0;
    if (count > 0)
        take->last = rows[count - 1];
}

static void print_foot(const struct report *report, enum report_kind kind,
                       const struct members_answer *take)
{
    report_print_count(report, take->sheet->rows, "member", "members", kinds[kind].none);
    if (kind != REPORT_OWING || report->form != SHEET_TEXT || take->sheet->rows == 0)
        return;
    char owed[40];
    money_format(owed, sizeof owed, take->owed);
    out_line(stdout, "%s %s in all", owed, report->visit.session.currency);
}

static bool print_pages(struct report *report, enum report_kind kind, int days)
{
    const struct sheet_column columns[] = {
        {.name = "number", .heading = "Number", .kind = SHEET_COUNT, .columns = 8},
        {.name = "name", .heading = "Name", .kind = SHEET_WORDS, .columns = 26},
        {.name = "plan", .heading = "Plan", .kind = SHEET_WORDS, .columns = 12},
        {.name = "day", .heading = kinds[kind].day, .kind = SHEET_DAY, .columns = 11},
        {.name = kinds[kind].number_name,
         .heading = kinds[kind].number,
         .kind = SHEET_COUNT,
         .columns = 9},
        {.name = "balance",
         .heading = kind == REPORT_OWING ? "Owes" : NULL,
         .kind = SHEET_MONEY,
         .columns = 10},
        {.name = "phone", .heading = "Phone", .kind = SHEET_WORDS},
        {.name = "email", .kind = SHEET_WORDS},
        {.name = "ends", .kind = SHEET_DAY},
        {.name = "last_visit", .kind = SHEET_DAY},
        {.name = NULL},
    };
    struct sheet sheet;
    struct members_answer take = {.sheet = &sheet};
    char title[80];
    snprintf(title, sizeof title, kinds[kind].title, days);
    report_print_heading(report, title);
    sheet_begin(&sheet, stdout, report->form, columns);
    sheet.today = session_today(report->visit.db);
    do {
        struct report_query query = {
            .kind = kind, .days = days, .after = sheet.rows > 0 ? &take.last : NULL, .limit = PAGE};
        take.answer = (struct answer){0};
        report_members(report->visit.db, &query, on_members, &take);
        if (!report_wait(report, &take.answer))
            return false;
    } while (take.more);
    sheet_end(&sheet);
    print_foot(report, kind, &take);
    return true;
}

static int run(const struct cli *cli, const struct cli_words *words, enum report_kind kind)
{
    struct report report;
    int days = kinds[kind].usual_days;
    if (report_begin(&report, cli, words) &&
        (kind == REPORT_OWING || report_number(&report, REPORT_DAYS, "--days", 0, 3660, &days)))
        print_pages(&report, kind, days);
    return report_end(&report);
}

int command_report_expiring(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, REPORT_EXPIRING);
}

int command_report_owing(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, REPORT_OWING);
}

int command_report_absent(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, REPORT_ABSENT);
}

int command_report_birthdays(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, REPORT_BIRTHDAYS);
}
