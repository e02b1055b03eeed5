/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report at-risk`: whom to call first, and why; of a dataset, valuable customers who are
 * likely to leave. */
#include <math.h>

#include "gymtui/base/date.h"
#include "report_dataset.h"

#define LISTED 500

const struct cli_option report_risk_options[] = {
    REPORT_FORM_OPTIONS,
    [DATASET_NAME] = {"--dataset", "NAME", "A dataset's customers, instead of the gym's members."},
    [RISK_LIMIT] = {"--limit", "N", "At most so many, 1 to 500; 50 if left out."},
    {NULL, NULL, NULL},
};

static const struct sheet_column member_columns[] = {
    {.name = "number", .heading = "Number", .kind = SHEET_COUNT, .columns = 7},
    {.name = "name", .heading = "Name", .kind = SHEET_WORDS, .columns = 26},
    {.name = "plan", .heading = "Plan", .kind = SHEET_WORDS, .columns = 14},
    {.name = "segment", .kind = SHEET_WORDS},
    {.name = "at_stake", .heading = "At stake", .kind = SHEET_NUMBER, .columns = 8, .decimals = 0},
    {.name = "value", .kind = SHEET_NUMBER, .decimals = 2},
    {.name = "stays", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = "stays_usually", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = "last_visit", .kind = SHEET_DAY},
    {.name = "ends", .kind = SHEET_DAY},
    {.name = "phone", .heading = "Phone", .kind = SHEET_WORDS, .columns = 20},
    {.name = "email", .kind = SHEET_WORDS},
    {.name = "held_out", .kind = SHEET_YES},
    {.name = "reason", .kind = SHEET_WORDS}, /* in text on a line of its own */
    {.name = NULL},
};

struct risk_answer {
    struct answer answer;
    struct sheet *sheet;
    struct at_risk all;
};

static void on_risk(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                    int count, bool more, const struct error *error)
{
    (void)more;
    struct risk_answer *take = owner;
    struct sheet *sheet = take->sheet;
    if (!answer_take(&take->answer, error))
        return;
    take->all = *all;
    for (int i = 0; i < count; i++) {
        const struct at_risk_row *row = &rows[i];
        sheet_count(sheet, row->customer_id);
        sheet_words(sheet, row->name);
        sheet_words(sheet, row->plan);
        sheet_words(sheet, row->segment);
        sheet_number(sheet, row->at_stake);
        sheet_number(sheet, row->clv);
        sheet_number(sheet, row->p_stay);
        sheet_number(sheet, row->p_stay_usual);
        sheet_day(sheet, row->last_visit);
        sheet_day(sheet, row->ends);
        sheet_words(sheet, row->phone);
        sheet_words(sheet, row->email);
        sheet_yes(sheet, row->is_held_out);
        sheet_words(sheet, row->reason);
        if (sheet->form == SHEET_TEXT)
            out_words(stdout, 8, "%s", row->reason);
    }
}

static void report_members(struct report *report, int limit)
{
    struct sheet sheet;
    struct risk_answer take = {.sheet = &sheet};
    report_print_heading(report, "At risk, the greatest loss first");
    sheet_begin(&sheet, stdout, report->form, member_columns);
    sheet.today = session_today(report->visit.db);
    segments_at_risk(report->visit.db, NULL, NULL, limit, on_risk, &take);
    bool answered = report_wait(report, &take.answer);
    sheet_end(&sheet);
    if (answered)
        report_print_count(report, take.all.members, "member is at risk", "members are at risk",
                           "Nobody is at risk, or nothing has been computed yet.");
}

/* --- of a dataset --- */

static const struct sheet_column customer_columns[] = {
    {.name = "customer", .heading = "Customer", .kind = SHEET_WORDS, .columns = 18},
    {.name = "segment", .heading = "Segment", .kind = SHEET_WORDS, .columns = 15},
    {.name = "value", .heading = "Worth", .kind = SHEET_NUMBER, .columns = 10, .decimals = 2},
    {.name = "stays", .heading = "Stays", .kind = SHEET_NUMBER, .columns = 6, .decimals = 3},
    {.name = "last", .heading = "Last", .kind = SHEET_DAY, .columns = 11},
    {.name = "paid_in_a_year",
     .heading = "Paid in a year",
     .kind = SHEET_NUMBER,
     .columns = 14,
     .decimals = 2},
    {.name = NULL},
};

struct customers_answer {
    struct answer answer;
    struct sheet *sheet;
    int count;
};

static void on_customers(void *owner, const struct segment_customer *rows, int count, bool more,
                         const struct error *error)
{
    (void)more;
    struct customers_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->count = count;
    for (int i = 0; i < count; i++) {
        sheet_words(take->sheet, rows[i].name);
        sheet_words(take->sheet, rows[i].segment);
        sheet_number(take->sheet, rows[i].clv);
        sheet_number(take->sheet, rows[i].p_stay);
        sheet_day(take->sheet, rows[i].last_visit);
        sheet_number(take->sheet, rows[i].paid);
    }
}

static void report_customers(struct report *report, const struct dataset_row *dataset, int limit)
{
    struct sheet sheet;
    struct customers_answer take = {.sheet = &sheet};
    struct segment_query query = {.dataset_id = dataset->dataset_id,
                                  .choice = {.type = "Vulnerable"},
                                  .sort = SEGMENT_SORT_CLV,
                                  .descending = true,
                                  .limit = limit};
    report_dataset_heading(report, dataset, "Valuable, and likely to leave");
    sheet_begin(&sheet, stdout, report->form, customer_columns);
    sheet.today = dataset->as_of;
    segments_customers(report->visit.db, &query, on_customers, &take);
    bool answered = report_wait(report, &take.answer);
    sheet_end(&sheet);
    if (answered)
        report_print_count(report, take.count, "customer", "customers", "Nobody is.");
}

int command_report_at_risk(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    int limit = 50;
    if (report_begin_dataset(&report, cli, words, &dataset) &&
        report_number(&report, RISK_LIMIT, "--limit", 1, LISTED, &limit)) {
        if (dataset.dataset_id == 0)
            report_members(&report, limit);
        else
            report_customers(&report, &dataset, limit);
    }
    return report_end(&report);
}
