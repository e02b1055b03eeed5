/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be read without the screen: the day's report, and the search for members. */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/members.h"
#include "gymtui/db/statistics.h"

/* --- report today --- */

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

int command_report_today(const struct cli *cli, const struct cli_words *words)
{
    bool as_json = words->values[0] != NULL;
    struct error error = {0};
    struct visit visit;
    struct today_answer take = {0};
    bool answered = false;
    if (visit_open(&visit, cli, LEVEL_MANAGER, &error)) {
        statistics_today(visit.db, on_today, &take);
        answered = visit_wait(&visit, cli, &take.answer, &error);
    }
    visit_close(&visit);
    if (!answered)
        return fail_as(&error, as_json);
    if (as_json)
        print_today_json(&take.today, visit.session.currency);
    else
        print_today_text(&take.today, visit.session.currency);
    return CLI_DONE;
}

/* --- members --- */

#define MEMBERS_USUAL 50
#define MEMBERS_MOST  500

struct members_answer {
    struct answer answer;
    struct member_row *rows; /* freed by the command */
    int count;
    bool more;
};

static void on_members(void *owner, const struct member_row *rows, int count, bool more,
                       const struct error *error)
{
    struct members_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->rows = calloc((size_t)(count > 0 ? count : 1), sizeof *take->rows);
    if (take->rows == NULL) {
        error_set(&take->answer.error, ERROR_SYSTEM, NULL, "Out of memory");
        return;
    }
    if (count > 0)
        memcpy(take->rows, rows, (size_t)count * sizeof *rows);
    take->count = count;
    take->more = more;
}

static void print_members_json(const struct members_answer *found)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '[');
    for (int i = 0; i < found->count; i++) {
        const struct member_row *row = &found->rows[i];
        json_open(&json, NULL, '{');
        json_integer(&json, "number", row->customer_id);
        json_text(&json, "name", row->name);
        json_text(&json, "plan", row->plan);
        json_text(&json, "status", row->status);
        json_day(&json, "ends", row->ends);
        json_day(&json, "last_visit", row->last_visit);
        json_text(&json, "phone", row->phone);
        json_text(&json, "segment", row->segment);
        json_money(&json, "balance", row->balance);
        json_bool(&json, "is_in", row->is_in);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_end(&json);
}

static void print_members_text(const struct members_answer *found, int32_t today)
{
    char line[600] = "";
    out_cell(line, sizeof line, "Name", 32);
    out_cell_right(line, sizeof line, "Number", 8);
    out_cell(line, sizeof line, " Plan", 16);
    out_cell(line, sizeof line, "Status", 10);
    out_cell(line, sizeof line, "Ends", 11);
    text_append(line, sizeof line, "Last visit");
    out_line(stdout, "%s", line);
    for (int i = 0; i < found->count; i++) {
        const struct member_row *row = &found->rows[i];
        char number[32], plan[90], ends[32], visited[32];
        snprintf(number, sizeof number, "%" PRId64, row->customer_id);
        snprintf(plan, sizeof plan, " %s", row->plan);
        date_format_short(ends, sizeof ends, row->ends, today);
        date_format_ago(visited, sizeof visited, row->last_visit, today);
        line[0] = '\0';
        out_cell(line, sizeof line, row->name, 32);
        out_cell_right(line, sizeof line, number, 8);
        out_cell(line, sizeof line, plan, 16);
        out_cell(line, sizeof line, row->status, 10);
        out_cell(line, sizeof line, ends, 11);
        text_append(line, sizeof line, "%s", row->is_in ? "in now" : visited);
        out_line(stdout, "%s", line);
    }
    if (found->more)
        out_line(stderr, "There are more; say more letters, or --limit N.");
}

static bool read_limit(const char *text, int *limit, struct error *error)
{
    *limit = MEMBERS_USUAL;
    if (text == NULL)
        return true;
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > MEMBERS_MOST)
        return error_set(error, ERROR_USAGE, NULL, "--limit takes a number from 1 to %d, not “%s”",
                         MEMBERS_MOST, text);
    *limit = (int)value;
    return true;
}

int command_members(const struct cli *cli, const struct cli_words *words)
{
    bool as_json = words->values[MEMBERS_JSON] != NULL;
    struct error error = {0};
    struct member_query query = {.search = words->words[0],
                                 .expiring_within = -1,
                                 .absent_days = -1,
                                 .sort = MEMBER_SORT_NAME};
    if (!read_limit(words->values[MEMBERS_LIMIT], &query.limit, &error))
        return fail_as(&error, as_json);
    struct visit visit;
    struct members_answer take = {0};
    bool answered = false;
    int32_t today = DATE_NONE;
    if (visit_open(&visit, cli, LEVEL_MANAGER, &error)) {
        members_page(visit.db, &query, on_members, &take);
        answered = visit_wait(&visit, cli, &take.answer, &error);
        today = session_today(visit.db);
    }
    visit_close(&visit);
    int status = CLI_DONE;
    if (!answered) {
        status = fail_as(&error, as_json);
    } else {
        if (as_json)
            print_members_json(&take);
        else if (take.count > 0)
            print_members_text(&take, today);
        if (take.count == 0) {
            error_set(&error, ERROR_NOT_FOUND, NULL, "No member is found by “%s”", words->words[0]);
            status = cli_fail(&error);
        }
    }
    free(take.rows);
    return status;
}
