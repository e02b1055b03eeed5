/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/attendance.h"

#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "lane.h"

#define FEED_LIMIT 500

static const char *const reason_names[REASON_COUNT + 1] = {
    [REASON_BANNED] = "banned",           [REASON_OTHER_GYM] = "other_gym",
    [REASON_CANCELLED] = "cancelled",     [REASON_FROZEN] = "frozen",
    [REASON_EXPIRED] = "expired",         [REASON_OFF_HOURS] = "off_hours",
    [REASON_NO_VISITS] = "no_visits",     [REASON_OWING] = "owing",
    [REASON_CAPACITY] = "capacity",       [REASON_GRACE] = "grace",
    [REASON_EXPIRING] = "expiring",       [REASON_BIRTHDAY] = "birthday",
    [REASON_UNDER_16] = "under_16",       [REASON_NOTE] = "note",
    [REASON_AUTO_CLOSED] = "auto_closed", [REASON_SESSIONS_LOW] = "sessions_low",
    [REASON_REENTRY] = "reentry",         [REASON_COUNT] = NULL,
};
static const char *const policy_names[] = {"ignore", "warn", "deny", NULL};
static const char *const result_names[] = {"in",  "denied", "already_in", "repeat", "unknown",
                                           "out", "not_in", "undone",     NULL};
static const char *const feed_names[] = {"in", "out", "denied", "voided", NULL};

const char *reason_name(enum reason_code code)
{
    return reason_names[code];
}

/* ---- Verdicts ---- */

static int find_word(const char *const *words, const char *word, size_t length)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
            return i;
    return -1;
}

/* One line of "code<tab>policy<tab>words" from `*lines`, which is moved on. False at the end or at
 * a line that makes no sense. */
static bool next_reason(const char **lines, struct reason *reason)
{
    const char *line = *lines;
    size_t length = strcspn(line, "\n");
    *lines = line + length + (line[length] == '\n');
    size_t code = strcspn(line, "\t\n");
    if (line[code] != '\t')
        return false;
    const char *policy = line + code + 1;
    size_t policy_length = strcspn(policy, "\t\n");
    if (policy[policy_length] != '\t')
        return false;
    int code_index = find_word(reason_names, line, code);
    int policy_index = find_word(policy_names, policy, policy_length);
    if (code_index < 0 || policy_index < 0)
        return false;
    const char *words = policy + policy_length + 1;
    char text[4 * sizeof reason->text];
    size_t text_length = length - (size_t)(words - line);
    if (text_length >= sizeof text)
        text_length = sizeof text - 1;
    memcpy(text, words, text_length);
    text[text_length] = '\0';
    reason->code = (enum reason_code)code_index;
    reason->policy = (enum reason_policy)policy_index;
    text_clean(reason->text, sizeof reason->text, text);
    return true;
}

static void read_reasons(const char *lines, struct verdict *verdict)
{
    while (*lines && verdict->reason_count < VERDICT_REASONS)
        if (next_reason(&lines, &verdict->reasons[verdict->reason_count]))
            verdict->reason_count++;
}

static void read_verdict(struct row *row, struct verdict *verdict)
{
    verdict->result = (enum verdict_result)row_word(row, result_names, VERDICT_UNKNOWN);
    verdict->attendance_id = row_integer(row);
    verdict->customer_id = row_integer(row);
    row_text(row, verdict->name, sizeof verdict->name);
    row_text(row, verdict->keytag, sizeof verdict->keytag);
    row_text(row, verdict->plan, sizeof verdict->plan);
    row_text(row, verdict->home_gym, sizeof verdict->home_gym);
    verdict->ends = row_date(row);
    verdict->days_left = row_int(row);
    verdict->visits_this_month = row_int(row);
    verdict->visits_total = row_int(row);
    verdict->last_visit = row_date(row);
    row_text(row, verdict->habit, sizeof verdict->habit);
    verdict->balance = row_money(row);
    verdict->at_local = row_moment(row);
    verdict->since_local = row_moment(row);
    verdict->seconds_in = row_integer(row);
    row_text(row, verdict->since_desk, sizeof verdict->since_desk);
    read_reasons(row_raw(row), verdict);
    verdict->inside = row_int(row);
    verdict->capacity = row_int(row);
    verdict->renew_package_id = row_integer(row);
    verdict->renew_price = row_money(row);
    verdict->renew_until = row_date(row);
    verdict->day_pass_price = row_money(row);
    verdict->day_pass_package_id = row_integer(row);
    verdict->recovered = row_bool(row);
}

static void deliver_verdict(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    verdict_fn *on_reply = (verdict_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct verdict verdict = {.result = VERDICT_UNKNOWN};
    struct row row = row_first(results[0]);
    read_verdict(&row, &verdict);
    verdict.recovered = verdict.recovered || call->is_recovered;
    on_reply(call->owner, &verdict, NULL);
}

static void send_write(struct db *db, const char *name, const struct parameters *parameters,
                       verdict_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_WRITE, name, parameters, deliver_verdict, (call_reply_fn *)on_reply,
             owner);
}

void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, request->id.text);
    parameters_text(&parameters, request->code);
    parameters_id(&parameters, request->customer_id);
    parameters_text(&parameters, request->desk);
    parameters_text(&parameters, request->override_reason);
    parameters_integer(&parameters, request->repeat_seconds);
    send_write(db, "attendance_check_in", &parameters, on_reply, owner);
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, request->id.text);
    parameters_text(&parameters, request->code);
    parameters_id(&parameters, request->customer_id);
    parameters_text(&parameters, request->desk);
    send_write(db, "attendance_check_out", &parameters, on_reply, owner);
}

void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, attendance_id);
    parameters_text(&parameters, reason);
    send_write(db, "attendance_undo", &parameters, on_reply, owner);
}

void attendance_backfill(struct db *db, struct request_id id, int64_t customer_id,
                         int64_t check_in_local, int64_t check_out_local, const char *reason,
                         const char *desk, verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_integer(&parameters, check_in_local);
    if (check_out_local == MOMENT_NONE)
        parameters_text(&parameters, NULL);
    else
        parameters_integer(&parameters, check_out_local);
    parameters_text(&parameters, reason);
    parameters_text(&parameters, desk);
    send_write(db, "attendance_backfill", &parameters, on_reply, owner);
}

void attendance_renew_and_check_in(struct db *db, const struct renew_and_check_in_request *request,
                                   verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, request->id.text);
    parameters_integer(&parameters, request->customer_id);
    parameters_integer(&parameters, request->package_id);
    parameters_integer(&parameters, request->payment_method_id);
    parameters_text(&parameters, request->desk);
    parameters_bool(&parameters, request->check_in);
    send_write(db, "attendance_renew_and_check_in", &parameters, on_reply, owner);
}

void attendance_unfreeze_and_check_in(struct db *db, struct request_id id, int64_t customer_id,
                                      const char *desk, verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, customer_id);
    parameters_text(&parameters, desk);
    send_write(db, "attendance_unfreeze_and_check_in", &parameters, on_reply, owner);
}

/* ---- Guests ---- */

static void deliver_guest_terms(const struct call *call, PGresult *const *results,
                                const struct error *error)
{
    guest_terms_fn *on_reply = (guest_terms_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct guest_terms terms = {0};
    row_text(&row, terms.plan, sizeof terms.plan);
    terms.included = row_int(&row);
    terms.used = row_int(&row);
    terms.package_id = row_integer(&row);
    row_text(&row, terms.pass, sizeof terms.pass);
    terms.price = row_money(&row);
    on_reply(call->owner, &terms, NULL);
}

void attendance_guest_terms(struct db *db, int64_t host_id, guest_terms_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, host_id);
    call_one(db, DB_DESK, CALL_READ, "attendance_guest_terms", &parameters, deliver_guest_terms,
             (call_reply_fn *)on_reply, owner);
}

void attendance_check_in_guest(struct db *db, const struct check_in_guest_request *request,
                               verdict_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, request->id.text);
    parameters_integer(&parameters, request->host_id);
    parameters_text(&parameters, request->name);
    parameters_text(&parameters, request->phone);
    parameters_integer(&parameters, request->payment_method_id);
    parameters_text(&parameters, request->desk);
    send_write(db, "attendance_check_in_guest", &parameters, on_reply, owner);
}

/* ---- Candidates ---- */

static void deliver_candidates(const struct call *call, PGresult *const *results,
                               const struct error *error)
{
    candidates_fn *on_reply = (candidates_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    int count = PQntuples(results[0]);
    struct candidate *rows = rows_allocate(count, sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct candidate *candidate = &rows[filled++];
        candidate->customer_id = row_integer(&row);
        row_text(&row, candidate->name, sizeof candidate->name);
        row_text(&row, candidate->plan, sizeof candidate->plan);
        row_text(&row, candidate->keytag, sizeof candidate->keytag);
        row_text(&row, candidate->phone, sizeof candidate->phone);
        candidate->ends = row_date(&row);
        candidate->last_visit = row_date(&row);
        row_text(&row, candidate->status, sizeof candidate->status);
        candidate->is_in = row_bool(&row);
        candidate->matched_by = row_int(&row);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void attendance_candidates(struct db *db, const char *typed, int limit, candidates_fn *on_reply,
                           void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, typed);
    parameters_integer(&parameters, limit);
    call_one(db, DB_DESK, CALL_READ, "attendance_candidates", &parameters, deliver_candidates,
             (call_reply_fn *)on_reply, owner);
}

/* ---- Feed ---- */

static void read_feed_row(struct row *row, struct feed_row *feed)
{
    feed->kind = (enum feed_kind)row_word(row, feed_names, FEED_IN);
    feed->attendance_id = row_integer(row);
    feed->customer_id = row_integer(row);
    row_text(row, feed->name, sizeof feed->name);
    row_text(row, feed->plan, sizeof feed->plan);
    row_text(row, feed->desk, sizeof feed->desk);
    feed->at_local = row_moment(row);
    feed->seconds_in = row_integer(row);
    feed->is_open = row_bool(row);
    const char *reasons = row_raw(row);
    row_text(row, feed->to_know, sizeof feed->to_know);
    feed->severity = (enum reason_policy)row_word(row, policy_names, POLICY_IGNORE);
    if (feed->kind != FEED_DENIED)
        return;
    /* A denial says its first denying reason; an old row may hold no more than the code. */
    struct reason reason;
    feed->severity = POLICY_DENY;
    text_clean(feed->to_know, sizeof feed->to_know, strchr(reasons, '\t') ? "" : reasons);
    for (const char *lines = reasons; *lines;) {
        if (next_reason(&lines, &reason) && reason.policy == POLICY_DENY) {
            memcpy(feed->to_know, reason.text, sizeof feed->to_know);
            break;
        }
    }
}

static void deliver_feed(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    feed_fn *on_reply = (feed_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct feed_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row))
        read_feed_row(&row, &rows[filled++]);
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

static void ask_feed(struct db *db, const char *name, int limit, feed_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, limit < 1 ? 1 : limit > FEED_LIMIT ? FEED_LIMIT : limit);
    call_one(db, DB_DESK, CALL_READ, name, &parameters, deliver_feed, (call_reply_fn *)on_reply,
             owner);
}

void attendance_feed(struct db *db, int limit, feed_fn *on_reply, void *owner)
{
    ask_feed(db, "attendance_feed", limit, on_reply, owner);
}

void attendance_inside(struct db *db, int limit, bool longest_first, feed_fn *on_reply, void *owner)
{
    ask_feed(db, longest_first ? "attendance_inside_longest" : "attendance_inside_newest", limit,
             on_reply, owner);
}

/* ---- Occupancy ---- */

static void deliver_occupancy(const struct call *call, PGresult *const *results,
                              const struct error *error)
{
    occupancy_fn *on_reply = (occupancy_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[0]);
    struct occupancy occupancy = {.inside = row_int(&row)};
    occupancy.capacity = row_int(&row);
    bool unknown = row_is_null(&row);
    occupancy.usual_now = row_int(&row);
    if (unknown)
        occupancy.usual_now = -1;
    occupancy.check_ins_today = row_int(&row);
    occupancy.check_outs_today = row_int(&row);
    occupancy.denied_today = row_int(&row);
    occupancy.taken_today = row_money(&row);
    on_reply(call->owner, &occupancy, NULL);
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    call_one(db, DB_DESK, CALL_READ, "attendance_occupancy", NULL, deliver_occupancy,
             (call_reply_fn *)on_reply, owner);
}
