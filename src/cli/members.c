/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for members. */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/members.h"

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
    take->rows = answer_take_rows(&take->answer, error, rows, count, sizeof *rows);
    take->count = take->rows != NULL ? count : 0;
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
        json_bool(&json, "is_banned", row->is_banned);
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
        out_cell(line, sizeof line, row->is_banned ? "banned" : row->status, 10);
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
