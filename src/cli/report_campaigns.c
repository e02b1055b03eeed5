/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report campaigns`: arm against arm, the difference with its interval, and what can be
 * said; as the page Campaigns shows it. */
#include <math.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/db/campaigns.h"
#include "report.h"

static const struct sheet_column columns[] = {
    {.name = "campaign", .heading = "N", .kind = SHEET_COUNT, .columns = 4},
    {.name = "name", .heading = "Campaign", .kind = SHEET_WORDS, .columns = 16},
    {.name = "slot", .kind = SHEET_COUNT},
    {.name = "offer", .kind = SHEET_WORDS},
    {.name = "starts_on", .kind = SHEET_DAY},
    {.name = "open_until", .kind = SHEET_DAY},
    {.name = "offered", .heading = "Offered", .kind = SHEET_COUNT, .columns = 7},
    {.name = "offered_successes", .kind = SHEET_COUNT},
    {.name = "offered_percent", .heading = "%", .kind = SHEET_NUMBER, .columns = 5, .decimals = 1},
    {.name = "held_out", .heading = "Held", .kind = SHEET_COUNT, .columns = 5},
    {.name = "held_out_successes", .kind = SHEET_COUNT},
    {.name = "held_out_percent", .heading = "%", .kind = SHEET_NUMBER, .columns = 5, .decimals = 1},
    {.name = "points", .heading = "Points", .kind = SHEET_NUMBER, .columns = 6, .decimals = 1},
    {.name = "low", .heading = "Low", .kind = SHEET_NUMBER, .columns = 5, .decimals = 1},
    {.name = "high", .heading = "High", .kind = SHEET_NUMBER, .columns = 5, .decimals = 1},
    {.name = "contacted", .kind = SHEET_COUNT},
    {.name = "result", .heading = "Result", .kind = SHEET_WORDS},
    {.name = NULL},
};

struct campaigns_answer {
    struct answer answer;
    struct sheet *sheet;
};

static const char *verdict_words(enum campaign_verdict verdict)
{
    switch (verdict) {
    case CAMPAIGN_OPEN:
        return "open";
    case CAMPAIGN_ALONE:
        return "no comparison";
    case CAMPAIGN_TOO_FEW:
        return "too few to tell";
    case CAMPAIGN_NO_EFFECT:
        return "no effect";
    case CAMPAIGN_HELPED:
        return "helped";
    case CAMPAIGN_HARMED:
        return "harmed";
    }
    return "";
}

static void write_arm(struct sheet *sheet, const struct campaign_arm *arm)
{
    sheet_count(sheet, arm->members);
    sheet_count(sheet, arm->successes);
    sheet_number(sheet, arm->rate * 100);
}

static void on_campaigns(void *owner, const struct campaign_row *rows, int count,
                         const struct error *error)
{
    struct campaigns_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < count; i++) {
        const struct campaign_row *row = &rows[i];
        sheet_count(take->sheet, row->campaign_id);
        sheet_words(take->sheet, row->name);
        if (row->slot == CAMPAIGN_ANY)
            sheet_none(take->sheet);
        else
            sheet_count(take->sheet, row->slot);
        sheet_words(take->sheet, row->offer);
        sheet_day(take->sheet, row->starts_on);
        sheet_day(take->sheet, row->open_until);
        write_arm(take->sheet, &row->offer_arm);
        write_arm(take->sheet, &row->holdout_arm);
        sheet_number(take->sheet, row->difference * 100);
        sheet_number(take->sheet, row->low * 100);
        sheet_number(take->sheet, row->high * 100);
        sheet_count(take->sheet, row->contacted);
        sheet_words(take->sheet, verdict_words(row->verdict));
    }
}

int command_report_campaigns(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct sheet sheet;
    struct campaigns_answer take = {.sheet = &sheet};
    if (report_begin(&report, cli, words)) {
        report_print_heading(&report, "Campaigns");
        sheet_begin(&sheet, stdout, report.form, columns);
        sheet.today = session_today(report.visit.db);
        campaigns_list(report.visit.db, on_campaigns, &take);
        if (report_wait(&report, &take.answer)) {
            sheet_end(&sheet);
            report_print_count(&report, sheet.rows,
                               "campaign; low and high bound the difference in 95 of 100 cases",
                               "campaigns; low and high bound the difference in 95 of 100 cases",
                               "No campaign yet: the pages Segments and At risk start one.");
        }
    }
    return report_end(&report);
}
