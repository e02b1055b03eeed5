/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/reports.h"

#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "lane.h"

/* The first statement of a page says how the second is planned. */
#define PLAN "reports_plan_with_values"
enum { PAGE_PLAN, PAGE_ROWS };

/* ---- Members to do something about ---- */

static void deliver_members(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    report_members_fn *on_reply = (report_members_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    struct report_member *rows = rows_allocate(PQntuples(results[PAGE_ROWS]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[PAGE_ROWS]); rows && row_exists(&row); row_next(&row)) {
        struct report_member *member = &rows[count++];
        member->customer_id = row_integer(&row);
        row_text(&row, member->name, sizeof member->name);
        row_text(&row, member->phone, sizeof member->phone);
        row_text(&row, member->email, sizeof member->email);
        row_text(&row, member->plan, sizeof member->plan);
        member->ends = row_date(&row);
        member->last_visit = row_date(&row);
        member->balance = row_money(&row);
        member->day = row_date(&row);
        member->number = row_int(&row);
    }
    bool more = count > (int)call->note;
    on_reply(call->owner, rows, more ? (int)call->note : count, more, NULL);
    free(rows);
}

void report_members(struct db *db, const struct report_query *query, report_members_fn *on_reply,
                    void *owner)
{
    static const char *const statements[] = {
        [REPORT_EXPIRING] = "report_expiring",
        [REPORT_OWING] = "report_owing",
        [REPORT_ABSENT] = "report_absent",
        [REPORT_BIRTHDAYS] = "report_birthdays",
    };
    const char *const names[] = {PLAN, statements[query->kind], NULL};
    struct parameters parameters = {.note = (unsigned)query->limit};
    parameters_integer(&parameters, query->days);
    parameters_date(&parameters, query->after ? query->after->day : DATE_NONE);
    parameters_id(&parameters, query->after ? query->after->customer_id : 0);
    parameters_integer(&parameters, query->limit);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_members,
               (call_reply_fn *)on_reply, owner);
}

/* ---- Whole tables ---- */

static const struct export_column member_columns[] = {
    {"number", EXPORT_NUMBER},   {"name", EXPORT_TEXT},      {"email", EXPORT_TEXT},
    {"phone", EXPORT_TEXT},      {"keytag", EXPORT_TEXT},    {"gender", EXPORT_TEXT},
    {"birth_date", EXPORT_DAY},  {"joined", EXPORT_DAY},     {"status", EXPORT_TEXT},
    {"plan", EXPORT_TEXT},       {"starts", EXPORT_DAY},     {"ends", EXPORT_DAY},
    {"last_visit", EXPORT_DAY},  {"visits", EXPORT_NUMBER},  {"balance", EXPORT_NUMBER},
    {"paid", EXPORT_NUMBER},     {"charged", EXPORT_NUMBER}, {"trainer", EXPORT_TEXT},
    {"segment", EXPORT_TEXT},    {"recency", EXPORT_NUMBER}, {"frequency", EXPORT_NUMBER},
    {"monetary", EXPORT_NUMBER}, {"clv", EXPORT_NUMBER},     {"note", EXPORT_TEXT},
    {NULL, EXPORT_TEXT},
};
static const struct export_column visit_columns[] = {
    {"visit", EXPORT_NUMBER},    {"number", EXPORT_NUMBER},       {"name", EXPORT_TEXT},
    {"check_in", EXPORT_MOMENT}, {"check_out", EXPORT_MOMENT},    {"minutes", EXPORT_NUMBER},
    {"desk", EXPORT_TEXT},       {"auto_closed", EXPORT_YES},     {"reentry", EXPORT_YES},
    {"backdated", EXPORT_YES},   {"let_in_because", EXPORT_TEXT}, {"taken_back", EXPORT_YES},
    {NULL, EXPORT_TEXT},
};
static const struct export_column payment_columns[] = {
    {"payment", EXPORT_NUMBER}, {"number", EXPORT_NUMBER}, {"name", EXPORT_TEXT},
    {"day", EXPORT_DAY},        {"at", EXPORT_MOMENT},     {"amount", EXPORT_NUMBER},
    {"kind", EXPORT_TEXT},      {"method", EXPORT_TEXT},   {"plan", EXPORT_TEXT},
    {"refunds", EXPORT_NUMBER}, {"till", EXPORT_NUMBER},   {"note", EXPORT_TEXT},
    {NULL, EXPORT_TEXT},
};
static const struct export_column segment_columns[] = {
    {"number", EXPORT_NUMBER},
    {"name", EXPORT_TEXT},
    {"segment", EXPORT_TEXT},
    {"recency", EXPORT_NUMBER},
    {"frequency", EXPORT_NUMBER},
    {"monetary", EXPORT_NUMBER},
    {"days_since_visit", EXPORT_NUMBER},
    {"visits_counted", EXPORT_NUMBER},
    {"paid_counted", EXPORT_NUMBER},
    {"clv", EXPORT_NUMBER},
    {"customer_type", EXPORT_TEXT},
    {"as_of", EXPORT_DAY},
    {NULL, EXPORT_TEXT},
};

static const struct {
    const char *statement;
    const struct export_column *columns;
} exports[] = {
    [EXPORT_MEMBERS] = {"export_members", member_columns},
    [EXPORT_VISITS] = {"export_visits", visit_columns},
    [EXPORT_PAYMENTS] = {"export_payments", payment_columns},
    [EXPORT_SEGMENTS] = {"export_segments", segment_columns},
};

const struct export_column *export_columns(enum export_kind kind)
{
    return exports[kind].columns;
}

/* Room for the cleaned texts of a page. A character that is broken becomes three bytes. */
static size_t text_room(const PGresult *result, int rows, const struct export_column *columns)
{
    size_t room = 1;
    for (int i = 0; i < rows; i++)
        for (int k = 0; columns[k].name; k++)
            if (columns[k].type == EXPORT_TEXT)
                room += 3 * (size_t)PQgetlength(result, i, k) + 1;
    return room;
}

static const char *cell(const PGresult *result, int row, int column, enum export_type type,
                        char **free_room)
{
    if (PQgetisnull(result, row, column))
        return NULL;
    const char *value = PQgetvalue(result, row, column);
    if (type == EXPORT_YES)
        return *value == 't' ? "true" : "false";
    if (type != EXPORT_TEXT)
        return value;
    char *clean = *free_room;
    *free_room += text_clean(clean, 3 * strlen(value) + 1, value) + 1;
    return clean;
}

static void deliver_export(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    export_fn *on_reply = (export_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    const PGresult *result = results[PAGE_ROWS];
    int limit = (int)(call->note / 4), fetched = PQntuples(result);
    const struct export_column *columns = exports[call->note % 4].columns;
    struct export_page page = {.rows = fetched > limit ? limit : fetched,
                               .columns = PQnfields(result)};
    page.more = fetched > limit;
    size_t cells = (size_t)page.rows * (size_t)page.columns;
    const char **values = malloc((cells + 1) * sizeof *values);
    char *texts = malloc(text_room(result, page.rows, columns)), *room = texts;
    if (!values || !texts) {
        struct error no_memory;
        error_set(&no_memory, ERROR_SYSTEM, NULL, "Out of memory");
        on_reply(call->owner, NULL, &no_memory);
    } else {
        for (int i = 0; i < page.rows; i++)
            for (int k = 0; k < page.columns; k++)
                values[i * page.columns + k] = cell(result, i, k, columns[k].type, &room);
        page.cells = values;
        if (page.rows > 0)
            page.last = strtoll(PQgetvalue(result, page.rows - 1, 0), NULL, 10);
        on_reply(call->owner, &page, NULL);
    }
    free(values);
    free(texts);
}

void export_page(struct db *db, const struct export_query *query, export_fn *on_reply, void *owner)
{
    const char *const names[] = {PLAN, exports[query->kind].statement, NULL};
    struct parameters parameters = {.note = (unsigned)query->limit * 4 + query->kind};
    parameters_date(&parameters, query->since);
    parameters_date(&parameters, query->until);
    parameters_id(&parameters, query->after);
    parameters_integer(&parameters, query->limit);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_export,
               (call_reply_fn *)on_reply, owner);
}
