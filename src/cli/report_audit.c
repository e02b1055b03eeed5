/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report audit`: who changed what, and what was there before. */
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/db/audit.h"
#include "report.h"

#define PAGE 500

static const struct sheet_column columns[] = {
    {.name = "change", .kind = SHEET_COUNT},
    {.name = "at", .heading = "When", .kind = SHEET_MOMENT, .columns = 16},
    {.name = "who", .heading = "Who", .kind = SHEET_WORDS, .columns = 18},
    {.name = "number", .heading = "Number", .kind = SHEET_COUNT, .columns = 8},
    {.name = "member", .kind = SHEET_WORDS},
    {.name = "subject", .heading = "What", .kind = SHEET_WORDS, .columns = 10},
    {.name = "action", .heading = "", .kind = SHEET_WORDS, .columns = 8},
    {.name = "words", .heading = "Change", .kind = SHEET_WORDS},
    {.name = NULL},
};

struct audit_answer {
    struct answer answer;
    struct sheet *sheet;
    int64_t last;
    bool more;
};

static void on_rows(void *owner, const struct audit_row *rows, int count, bool more,
                    const struct error *error)
{
    struct audit_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < count; i++) {
        const struct audit_row *row = &rows[i];
        sheet_count(take->sheet, row->audit_id);
        sheet_moment(take->sheet, row->at_local);
        sheet_words(take->sheet, row->who);
        if (row->customer_id != 0)
            sheet_count(take->sheet, row->customer_id);
        else
            sheet_none(take->sheet);
        sheet_words(take->sheet, row->member);
        sheet_words(take->sheet, row->subject);
        sheet_words(take->sheet, audit_action_name(row->action));
        sheet_words(take->sheet, row->words);
    }
    take->more = more && count > 0;
    if (count > 0)
        take->last = rows[count - 1].audit_id;
}

static void print_pages(struct report *report, int32_t since, int64_t member)
{
    struct sheet sheet;
    struct audit_answer take = {.sheet = &sheet};
    report_print_heading(report, "changes");
    sheet_begin(&sheet, stdout, report->form, columns);
    sheet.today = session_today(report->visit.db);
    do {
        struct audit_query query = {
            .customer_id = member, .since = since, .before = take.last, .limit = PAGE};
        take.answer = (struct answer){0};
        audit_page(report->visit.db, &query, on_rows, &take);
        if (!report_wait(report, &take.answer))
            return;
    } while (take.more);
    sheet_end(&sheet);
    report_print_count(report, sheet.rows, "change", "changes", "Nothing was changed.");
}

int command_report_audit(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    int32_t since = DATE_NONE;
    int member = 0;
    if (report_begin(&report, cli, words) && report_day(&report, REPORT_SINCE, "--since", &since) &&
        report_number(&report, REPORT_MEMBER, "--member", 1, INT32_MAX, &member))
        print_pages(&report, since, member);
    return report_end(&report);
}
