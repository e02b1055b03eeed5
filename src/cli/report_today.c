/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report today`: the day so far. */
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/statistics.h"
#include "report.h"

struct today_answer {
    struct answer answer;
    struct statistics_today today;
};

static void on_today(void *owner, const struct statistics_today *today, const struct error *error)
{
    struct today_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->today = *today;
}

static void print_today_json(const struct statistics_today *today, const char *currency)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '{');
    json_text(&json, "gym", today->gym_name);
    json_day(&json, "day", today->day);
    json_moment(&json, "now", today->now_local);
    json_integer(&json, "check_ins", today->check_ins);
    json_integer(&json, "check_outs", today->check_outs);
    json_integer(&json, "inside", today->inside);
    json_integer(&json, "capacity", today->capacity);
    if (today->usual_now >= 0)
        json_integer(&json, "usual_now", today->usual_now);
    json_integer(&json, "denied", today->denied);
    json_integer(&json, "overridden", today->overridden);
    json_integer(&json, "auto_closed", today->auto_closed);
    json_integer(&json, "joined", today->joined);
    json_integer(&json, "renewed", today->renewed);
    json_integer(&json, "cancelled", today->cancelled);
    json_integer(&json, "expiring_today", today->expiring_today);
    json_integer(&json, "birthdays", today->birthdays);
    json_text(&json, "currency", currency);
    json_money(&json, "taken", today->taken);
    json_money(&json, "taken_card", today->taken_card);
    json_money(&json, "taken_debit", today->taken_debit);
    json_money(&json, "taken_cash", today->taken_cash);
    json_money(&json, "taken_other", today->taken_other);
    json_money(&json, "refunded", today->refunded);
    json_money(&json, "due_today", today->due_today);
    json_close(&json, '}');
    json_end(&json);
}

struct figure {
    const char *what;
    char value[40], beside[160];
};

static void print_figures(const struct figure *figures, int count)
{
    for (int i = 0; i < count; i++) {
        char line[300] = "  ";
        out_cell(line, sizeof line, figures[i].what, 14);
        out_cell_right(line, sizeof line, figures[i].value, 12);
        text_append(line, sizeof line, "  %s", figures[i].beside);
        for (size_t end = strlen(line); end > 0 && line[end - 1] == ' '; end--)
            line[end - 1] = '\0';
        out_line(stdout, "%s", line);
    }
}

static void set_number(struct figure *figure, const char *what, int value)
{
    memset(figure, 0, sizeof *figure);
    figure->what = what;
    snprintf(figure->value, sizeof figure->value, "%d", value);
}

static void append_part(struct figure *figure, const char *what, int value)
{
    if (value != 0)
        text_append(figure->beside, sizeof figure->beside, "%s%d %s",
                    *figure->beside != '\0' ? " · " : "", value, what);
}

static void append_money(struct figure *figure, const char *what, money value)
{
    char text[32];
    if (value == 0)
        return;
    money_format(text, sizeof text, value);
    text_append(figure->beside, sizeof figure->beside, "%s%s %s",
                *figure->beside != '\0' ? " · " : "", what, text);
}

static void print_today_text(const struct statistics_today *today, const char *currency)
{
    char day[32], clock[16];
    date_format_iso(day, sizeof day, today->day);
    date_format_clock(clock, sizeof clock, today->now_local);
    out_line(stdout, "%s · %s %s, %s", today->gym_name, date_weekday_name(date_weekday(today->day)),
             day, clock);

    struct figure figures[6];
    set_number(&figures[0], "In now", today->inside);
    if (today->capacity > 0)
        text_append(figures[0].beside, sizeof figures[0].beside, "of %d", today->capacity);
    if (today->usual_now >= 0)
        append_part(&figures[0], "usual at this hour", today->usual_now);
    set_number(&figures[1], "Check-ins", today->check_ins);
    append_part(&figures[1], "out again", today->check_outs);
    append_part(&figures[1], "closed by themselves", today->auto_closed);
    set_number(&figures[2], "Denied", today->denied);
    append_part(&figures[2], "let in with a reason", today->overridden);
    set_number(&figures[3], "Joined", today->joined);
    append_part(&figures[3], "renewed", today->renewed);
    append_part(&figures[3], "cancelled", today->cancelled);
    set_number(&figures[4], "Ending today", today->expiring_today);
    append_part(&figures[4], "birthdays", today->birthdays);
    set_number(&figures[5], currency, 0);
    char label[32];
    snprintf(label, sizeof label, "Taken, %s", currency);
    figures[5].what = label;
    money_format(figures[5].value, sizeof figures[5].value, today->taken);
    append_money(&figures[5], "card", today->taken_card);
    append_money(&figures[5], "debit", today->taken_debit);
    append_money(&figures[5], "cash", today->taken_cash);
    append_money(&figures[5], "other", today->taken_other);
    append_money(&figures[5], "refunded", today->refunded);
    append_money(&figures[5], "still due today", today->due_today);
    print_figures(figures, 6);
}

/* One row of figures with the names that JSON has. */
static void print_today_csv(const struct statistics_today *today)
{
    static const struct sheet_column columns[] = {
        {.name = "day", .kind = SHEET_DAY},
        {.name = "check_ins", .kind = SHEET_COUNT},
        {.name = "check_outs", .kind = SHEET_COUNT},
        {.name = "inside", .kind = SHEET_COUNT},
        {.name = "denied", .kind = SHEET_COUNT},
        {.name = "overridden", .kind = SHEET_COUNT},
        {.name = "auto_closed", .kind = SHEET_COUNT},
        {.name = "joined", .kind = SHEET_COUNT},
        {.name = "renewed", .kind = SHEET_COUNT},
        {.name = "cancelled", .kind = SHEET_COUNT},
        {.name = "expiring_today", .kind = SHEET_COUNT},
        {.name = "birthdays", .kind = SHEET_COUNT},
        {.name = "taken", .kind = SHEET_MONEY},
        {.name = "taken_card", .kind = SHEET_MONEY},
        {.name = "taken_debit", .kind = SHEET_MONEY},
        {.name = "taken_cash", .kind = SHEET_MONEY},
        {.name = "taken_other", .kind = SHEET_MONEY},
        {.name = "refunded", .kind = SHEET_MONEY},
        {.name = "due_today", .kind = SHEET_MONEY},
        {.name = NULL},
    };
    struct sheet sheet;
    sheet_begin(&sheet, stdout, SHEET_CSV, columns);
    sheet_day(&sheet, today->day);
    const int counts[] = {today->check_ins,  today->check_outs,     today->inside,   today->denied,
                          today->overridden, today->auto_closed,    today->joined,   today->renewed,
                          today->cancelled,  today->expiring_today, today->birthdays};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        sheet_count(&sheet, counts[i]);
    const money sums[] = {today->taken,      today->taken_card,  today->taken_debit,
                          today->taken_cash, today->taken_other, today->refunded,
                          today->due_today};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        sheet_money(&sheet, sums[i]);
    sheet_end(&sheet);
}

static void print_today(const struct report *report, const struct statistics_today *today)
{
    switch (report->form) {
    case SHEET_TEXT:
        print_today_text(today, report->visit.session.currency);
        break;
    case SHEET_JSON:
        print_today_json(today, report->visit.session.currency);
        break;
    case SHEET_CSV:
        print_today_csv(today);
        break;
    }
}

int command_report_today(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct today_answer take = {0};
    if (report_begin(&report, cli, words)) {
        statistics_today(report.visit.db, on_today, &take);
        if (report_wait(&report, &take.answer))
            print_today(&report, &take.today);
    }
    return report_end(&report);
}
