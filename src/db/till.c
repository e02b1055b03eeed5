/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The till of a desk, sessions that were closed, the day's money. */
#include "gymtui/db/till.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "lane.h"

static void read_session(struct row *row, struct till_session *session)
{
    session->till_session_id = row_integer(row);
    row_text(row, session->desk, sizeof session->desk);
    row_text(row, session->opened_by, sizeof session->opened_by);
    row_text(row, session->closed_by, sizeof session->closed_by);
    row_text(row, session->reason, sizeof session->reason);
    session->opened_local = row_moment(row);
    session->closed_local = row_moment(row);
    session->opening_float = row_money(row);
    session->expected = row_money(row);
    session->counted = row_money(row);
}

static int read_methods(const PGresult *result, struct till_method methods[TILL_METHODS])
{
    int count = 0;
    for (struct row row = row_first(result); row_exists(&row) && count < TILL_METHODS;
         row_next(&row)) {
        struct till_method *method = &methods[count++];
        row_text(&row, method->method, sizeof method->method);
        method->is_cash = row_bool(&row);
        method->payments = row_int(&row);
        method->refunds = row_int(&row);
        method->taken = row_money(&row);
        method->refunded = row_money(&row);
    }
    return count;
}

static void read_move(struct row *row, struct till_move *move)
{
    move->at_local = row_moment(row);
    move->amount = row_money(row);
    row_text(row, move->reason, sizeof move->reason);
    row_text(row, move->staff, sizeof move->staff);
}

/* ---- This desk's till ---- */

enum { NOW_SESSION, NOW_METHODS, NOW_MOVES, NOW_LAST };

static void deliver_now(const struct call *call, PGresult *const *results,
                        const struct error *error)
{
    till_now_fn *on_reply = (till_now_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct till_now now = {.session = {.opened_local = MOMENT_NONE, .closed_local = MOMENT_NONE},
                           .last_closed_local = MOMENT_NONE};
    struct row session = row_first(results[NOW_SESSION]);
    if (row_exists(&session))
        read_session(&session, &now.session);
    now.method_count = read_methods(results[NOW_METHODS], now.methods);
    for (struct row row = row_first(results[NOW_MOVES]);
         row_exists(&row) && now.move_count < TILL_MOVES; row_next(&row))
        read_move(&row, &now.moves[now.move_count++]);
    struct row last = row_first(results[NOW_LAST]);
    now.has_last = row_exists(&last);
    if (now.has_last) {
        now.last_counted = row_money(&last);
        now.last_closed_local = row_moment(&last);
    }
    on_reply(call->owner, &now, NULL);
}

void till_now(struct db *db, const char *desk, till_now_fn *on_reply, void *owner)
{
    static const char *const names[] = {"till_now", "till_now_methods", "till_now_moves",
                                        "till_now_last", NULL};
    struct parameters parameters = {0};
    parameters_text(&parameters, desk);
    call_queue(db, DB_DESK, CALL_READ, names, &parameters, deliver_now, (call_reply_fn *)on_reply,
               owner);
}

static void deliver_done(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    till_done_fn *on_reply = (till_done_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, 0, error);
        return;
    }
    struct row row = row_first(results[0]);
    on_reply(call->owner, row_integer(&row), NULL);
}

void till_open(struct db *db, struct request_id id, const char *desk, money opening_float,
               till_done_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_text(&parameters, desk);
    parameters_money(&parameters, opening_float);
    call_one(db, DB_DESK, CALL_WRITE, "till_open", &parameters, deliver_done,
             (call_reply_fn *)on_reply, owner);
}

void till_move(struct db *db, struct request_id id, const char *desk, money amount,
               const char *reason, till_done_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_text(&parameters, desk);
    parameters_money(&parameters, amount);
    parameters_text(&parameters, reason);
    call_one(db, DB_DESK, CALL_WRITE, "till_move", &parameters, deliver_done,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_count(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    till_count_fn *on_reply = (till_count_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct till_count count;
    count.closed = row_bool(&row);
    count.till_session_id = row_integer(&row);
    count.opening_float = row_money(&row);
    count.cash_taken = row_money(&row);
    count.cash_refunded = row_money(&row);
    count.cash_moved = row_money(&row);
    count.expected = row_money(&row);
    count.counted = row_money(&row);
    count.counts = row_int(&row);
    on_reply(call->owner, &count, NULL);
}

/* {"50.00": 3, "0.20": 5} */
static void write_parts(const struct till_part *parts, int count, char *dst, size_t size)
{
    text_append(dst, size, "{");
    for (int i = 0; i < count; i++) {
        char value[32];
        money_format_plain(value, sizeof value, parts[i].value);
        text_append(dst, size, "%s\"%s\": %d", i > 0 ? ", " : "", value, parts[i].pieces);
    }
    text_append(dst, size, "}");
}

void till_count(struct db *db, const struct till_count_request *request, till_count_fn *on_reply,
                void *owner)
{
    char parts[TILL_PARTS * 40] = "";
    int count = request->part_count < TILL_PARTS ? request->part_count : TILL_PARTS;
    if (count > 0)
        write_parts(request->parts, count, parts, sizeof parts);
    struct parameters parameters = {0};
    parameters_text(&parameters, request->id.text);
    parameters_text(&parameters, request->desk);
    parameters_money(&parameters, request->counted);
    parameters_text(&parameters, parts);
    parameters_text(&parameters, request->reason);
    call_one(db, DB_DESK, CALL_WRITE, "till_count", &parameters, deliver_count,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Closed ones ---- */

static void deliver_sessions(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    till_sessions_fn *on_reply = (till_sessions_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    /* One more than asked for was fetched, to know whether there are more. */
    struct till_session *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct till_session *session = &rows[count++];
        read_session(&row, session);
        session->counts = row_int(&row);
        session->first_counted = row_money(&row);
    }
    bool more = count > (int)call->note;
    on_reply(call->owner, rows, more ? (int)call->note : count, more, NULL);
    free(rows);
}

void till_sessions(struct db *db, int64_t before, int limit, till_sessions_fn *on_reply,
                   void *owner)
{
    struct parameters parameters = {.note = (unsigned)limit};
    parameters_id(&parameters, before);
    parameters_integer(&parameters, limit);
    call_one(db, DB_BROWSE, CALL_READ, "till_sessions", &parameters, deliver_sessions,
             (call_reply_fn *)on_reply, owner);
}

enum { REPORT_SESSION, REPORT_METHODS, REPORT_MOVES, REPORT_PARTS };

static void deliver_report(const struct call *call, PGresult *const *results,
                           const struct error *error)
{
    till_report_fn *on_reply = (till_report_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row session = row_first(results[REPORT_SESSION]);
    if (!row_exists(&session)) {
        struct error missing;
        error_set(&missing, ERROR_NOT_FOUND, NULL, "There is no such till at this gym");
        on_reply(call->owner, NULL, &missing);
        return;
    }
    struct till_report report = {0};
    read_session(&session, &report.session);
    report.method_count = read_methods(results[REPORT_METHODS], report.methods);
    for (struct row row = row_first(results[REPORT_MOVES]);
         row_exists(&row) && report.move_count < TILL_MOVES; row_next(&row)) {
        read_move(&row, &report.moves[report.move_count++]);
        report.moved = row_money(&row);
    }
    for (struct row row = row_first(results[REPORT_PARTS]);
         row_exists(&row) && report.part_count < TILL_PARTS; row_next(&row)) {
        struct till_part *part = &report.parts[report.part_count++];
        part->value = row_money(&row);
        part->pieces = row_int(&row);
    }
    on_reply(call->owner, &report, NULL);
}

void till_report(struct db *db, int64_t till_session_id, till_report_fn *on_reply, void *owner)
{
    static const char *const names[] = {"till_report", "till_report_methods", "till_report_moves",
                                        "till_report_parts", NULL};
    struct parameters parameters = {0};
    parameters_integer(&parameters, till_session_id);
    call_queue(db, DB_DESK, CALL_READ, names, &parameters, deliver_report,
               (call_reply_fn *)on_reply, owner);
}

/* ---- The day's money ---- */

enum { DAY_SUMS, DAY_LINES, DAY_SESSIONS };

static void deliver_day(const struct call *call, PGresult *const *results,
                        const struct error *error)
{
    till_day_fn *on_reply = (till_day_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct till_day day = {0};
    struct row sums = row_first(results[DAY_SUMS]);
    day.day = row_date(&sums);
    day.payments = row_int(&sums);
    day.total = row_money(&sums);
    day.refunded = row_money(&sums);
    day.in_no_till = row_money(&sums);
    day.moved = row_money(&sums);
    day.before = row_date(&sums);
    day.after = row_date(&sums);
    for (struct row row = row_first(results[DAY_LINES]);
         row_exists(&row) && day.line_count < TILL_LINES; row_next(&row)) {
        struct till_line *line = &day.lines[day.line_count++];
        row_text(&row, line->kind, sizeof line->kind);
        row_text(&row, line->method, sizeof line->method);
        line->payments = row_int(&row);
        line->amount = row_money(&row);
    }
    for (struct row row = row_first(results[DAY_SESSIONS]);
         row_exists(&row) && day.session_count < TILL_SESSIONS; row_next(&row))
        read_session(&row, &day.sessions[day.session_count++]);
    on_reply(call->owner, &day, NULL);
}

void till_day(struct db *db, int32_t day, till_day_fn *on_reply, void *owner)
{
    static const char *const names[] = {"till_day", "till_day_lines", "till_day_sessions", NULL};
    struct parameters parameters = {0};
    parameters_date(&parameters, day);
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_day, (call_reply_fn *)on_reply,
               owner);
}
