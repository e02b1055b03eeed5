/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report cash`: a day's money by kind and method, and its tills. Agrees with the day's
 * report on the screen and with what `gymtui report today` calls taken. */
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/till.h"
#include "report.h"

struct day_answer {
    struct answer answer;
    struct till_day day;
};

static void on_day(void *owner, const struct till_day *day, const struct error *error)
{
    struct day_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->day = *day;
}

static const struct sheet_column line_columns[] = {
    {.name = "kind", .heading = "For", .kind = SHEET_WORDS, .columns = 12},
    {.name = "method", .heading = "By", .kind = SHEET_WORDS, .columns = 10},
    {.name = "payments", .heading = "Number", .kind = SHEET_COUNT, .columns = 8},
    {.name = "amount", .heading = "Amount", .kind = SHEET_MONEY, .columns = 12},
    {.name = NULL},
};

static void write_lines(struct sheet *sheet, const struct till_day *day)
{
    for (int i = 0; i < day->line_count; i++) {
        sheet_words(sheet, day->lines[i].kind);
        sheet_words(sheet, day->lines[i].method);
        sheet_count(sheet, day->lines[i].payments);
        sheet_money(sheet, day->lines[i].amount);
    }
}

static const struct sheet_column till_columns[] = {
    {.name = "till", .heading = "Till", .kind = SHEET_COUNT, .columns = 6},
    {.name = "desk", .heading = "Desk", .kind = SHEET_WORDS, .columns = 8},
    {.name = "opened", .heading = "Opened", .kind = SHEET_MOMENT, .columns = 16},
    {.name = "closed", .heading = "Closed", .kind = SHEET_MOMENT, .columns = 16},
    {.name = "float", .heading = "Float", .kind = SHEET_MONEY, .columns = 10},
    {.name = "expected", .heading = "Expected", .kind = SHEET_MONEY, .columns = 10},
    {.name = "counted", .heading = "Counted", .kind = SHEET_MONEY, .columns = 10},
    {.name = "difference", .heading = "Difference", .kind = SHEET_MONEY, .columns = 10},
    {.name = "opened_by", .kind = SHEET_WORDS},
    {.name = "closed_by", .kind = SHEET_WORDS},
    {.name = "reason", .heading = "Reason", .kind = SHEET_WORDS},
    {.name = NULL},
};

static void write_tills(struct sheet *sheet, const struct till_day *day)
{
    for (int i = 0; i < day->session_count; i++) {
        const struct till_session *till = &day->sessions[i];
        sheet_count(sheet, till->till_session_id);
        sheet_words(sheet, till->desk);
        sheet_moment(sheet, till->opened_local);
        sheet_moment(sheet, till->closed_local);
        sheet_money(sheet, till->opening_float);
        if (till->closed_local == MOMENT_NONE) {
            sheet_none(sheet);
            sheet_none(sheet);
            sheet_none(sheet);
        } else {
            sheet_money(sheet, till->expected);
            sheet_money(sheet, till->counted);
            sheet_money(sheet, till->counted - till->expected);
        }
        sheet_words(sheet, till->opened_by);
        sheet_words(sheet, till->closed_by);
        sheet_words(sheet, till->reason);
    }
}

static void print_json(const struct report *report, const struct till_day *day)
{
    struct json json = {.out = stdout};
    struct sheet sheet;
    json_open(&json, NULL, '{');
    json_text(&json, "gym", report->visit.session.gym_name);
    json_day(&json, "day", day->day);
    json_text(&json, "currency", report->visit.session.currency);
    json_integer(&json, "payments", day->payments);
    json_money(&json, "taken", day->total);
    json_money(&json, "refunded", day->refunded);
    json_money(&json, "moved", day->moved);
    json_money(&json, "cash_in_no_till", day->in_no_till);
    sheet_begin_in(&sheet, &json, "lines", line_columns);
    write_lines(&sheet, day);
    sheet_end(&sheet);
    sheet_begin_in(&sheet, &json, "tills", till_columns);
    write_tills(&sheet, day);
    sheet_end(&sheet);
    json_close(&json, '}');
    json_end(&json);
}

static void print_sum(const char *what, money amount)
{
    char line[120] = "", text[40];
    money_format(text, sizeof text, amount);
    out_cell(line, sizeof line, what, 32);
    out_line(stdout, "%s%12s", line, text);
}

static void print_text(const struct report *report, const struct till_day *day)
{
    char date[32], sum[64];
    struct sheet sheet;
    date_format_iso(date, sizeof date, day->day);
    out_line(stdout, "%s · money of %s %s", report->visit.session.gym_name,
             date_weekday_name(date_weekday(day->day)), date);
    if (day->line_count > 0) {
        sheet_begin(&sheet, stdout, SHEET_TEXT, line_columns);
        write_lines(&sheet, day);
        sheet_end(&sheet);
    } else {
        out_line(stdout, "No payment on this day.");
    }
    snprintf(sum, sizeof sum, "Taken, %s", report->visit.session.currency);
    print_sum(sum, day->total);
    if (day->refunded != 0)
        print_sum("  of it given back", -day->refunded);
    if (day->moved != 0)
        print_sum("Cash put in less taken out", day->moved);
    if (day->in_no_till != 0)
        print_sum("Cash outside of any till", day->in_no_till);
    if (day->session_count == 0)
        return;
    fputc('\n', stdout);
    sheet_begin(&sheet, stdout, SHEET_TEXT, till_columns);
    sheet.today = day->day;
    write_tills(&sheet, day);
    sheet_end(&sheet);
}

static void print_csv(const struct till_day *day)
{
    struct sheet sheet;
    sheet_begin(&sheet, stdout, SHEET_CSV, line_columns);
    write_lines(&sheet, day);
    sheet_end(&sheet);
}

static void print_day(const struct report *report, const struct till_day *day)
{
    switch (report->form) {
    case SHEET_TEXT:
        print_text(report, day);
        break;
    case SHEET_JSON:
        print_json(report, day);
        break;
    case SHEET_CSV:
        print_csv(day);
        break;
    }
}

int command_report_cash(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct day_answer take = {0};
    int32_t day = DATE_NONE;
    if (report_begin(&report, cli, words) && report_day(&report, REPORT_DAY, "--day", &day)) {
        till_day(report.visit.db, day, on_day, &take);
        if (report_wait(&report, &take.answer))
            print_day(&report, &take.day);
    }
    return report_end(&report);
}
