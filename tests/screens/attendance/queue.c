/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the data layer, recorded --- */

struct queue queue;

static struct sent *record(const char *what, struct request_id id)
{
    struct sent *sent = &queue.sent[queue.count++];
    memset(sent, 0, sizeof *sent);
    snprintf(sent->what, sizeof sent->what, "%s", what);
    sent->id = id;
    return sent;
}

struct sent *queue_last(void)
{
    assert_true(queue.count > 0);
    return &queue.sent[queue.count - 1];
}

void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("in", request->id);
    snprintf(sent->code, sizeof sent->code, "%s", request->code != NULL ? request->code : "");
    snprintf(sent->reason, sizeof sent->reason, "%s",
             request->override_reason != NULL ? request->override_reason : "");
    sent->customer_id = request->customer_id;
    sent->repeat_seconds = request->repeat_seconds;
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("out", request->id);
    snprintf(sent->code, sizeof sent->code, "%s", request->code != NULL ? request->code : "");
    sent->customer_id = request->customer_id;
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("undo", id);
    sent->attendance_id = attendance_id;
    snprintf(sent->reason, sizeof sent->reason, "%s", reason);
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_backfill(struct db *db, struct request_id id, int64_t customer_id,
                         int64_t check_in_local, int64_t check_out_local, const char *reason,
                         const char *desk, verdict_fn *on_reply, void *owner)
{
    (void)db, (void)desk;
    struct sent *sent = record("backfill", id);
    sent->customer_id = customer_id;
    sent->from = check_in_local;
    sent->till = check_out_local;
    snprintf(sent->reason, sizeof sent->reason, "%s", reason);
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_renew_and_check_in(struct db *db, const struct renew_and_check_in_request *request,
                                   verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("renew", request->id);
    sent->customer_id = request->customer_id;
    sent->package_id = request->package_id;
    sent->method = request->payment_method_id;
    assert_true(request->check_in);
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_unfreeze_and_check_in(struct db *db, struct request_id id, int64_t customer_id,
                                      const char *desk, verdict_fn *on_reply, void *owner)
{
    (void)db, (void)desk;
    record("unfreeze", id)->customer_id = customer_id;
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void attendance_guest_terms(struct db *db, int64_t host_id, guest_terms_fn *on_reply, void *owner)
{
    (void)db;
    queue.terms_of = host_id;
    queue.on_terms = on_reply;
    queue.owner = owner;
}

void attendance_check_in_guest(struct db *db, const struct check_in_guest_request *request,
                               verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("guest", request->id);
    sent->customer_id = request->host_id;
    sent->method = request->payment_method_id;
    snprintf(sent->code, sizeof sent->code, "%s", request->phone);
    snprintf(sent->reason, sizeof sent->reason, "%s", request->name);
    queue.on_verdict = on_reply;
    queue.owner = owner;
}

void members_enrol(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                   void *owner)
{
    (void)db;
    struct sent *sent = record("enrol", edit->id);
    snprintf(sent->reason, sizeof sent->reason, "%s", edit->name);
    sent->package_id = edit->package_id;
    sent->method = edit->payment_method_id;
    assert_false(edit->duplicate_is_fine);
    queue.on_saved = on_reply;
    queue.owner = owner;
}

void members_pay(struct db *db, struct request_id id, int64_t customer_id, money amount,
                 int payment_method_id, const char *desk, const char *note,
                 member_change_fn *on_reply, void *owner)
{
    (void)db, (void)desk, (void)note;
    struct sent *sent = record("pay", id);
    sent->customer_id = customer_id;
    sent->amount = amount;
    sent->method = payment_method_id;
    queue.on_change = on_reply;
    queue.owner = owner;
}

void attendance_candidates(struct db *db, const char *typed, int limit, candidates_fn *on_reply,
                           void *owner)
{
    (void)db, (void)limit;
    snprintf(queue.candidates_for, sizeof queue.candidates_for, "%s", typed);
    queue.candidates_asked++;
    queue.on_candidates = on_reply;
    queue.candidates_owner = owner;
}

void attendance_feed(struct db *db, int limit, feed_fn *on_reply, void *owner)
{
    (void)db, (void)limit;
    queue.feeds_asked++;
    queue.on_feed = on_reply;
    queue.list_owner = owner;
}

void attendance_inside(struct db *db, int limit, bool longest_first, feed_fn *on_reply, void *owner)
{
    (void)db, (void)limit, (void)longest_first;
    queue.insides_asked++;
    queue.on_inside = on_reply;
    queue.list_owner = owner;
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    (void)db;
    queue.on_occupancy = on_reply;
    queue.list_owner = owner;
}

const char *reason_name(enum reason_code code)
{
    (void)code;
    return "";
}

/* Screens that are opened from here, but not part of this test. */
const struct screen screen_member = {.name = "member", .title = "Member"};
const struct screen screen_till = {.name = "till", .title = "Till"};

/* --- people --- */

int64_t queue_at(int hour, int minute)
{
    return (int64_t)QUEUE_TODAY * 86400 + hour * INT64_C(3600) + minute * INT64_C(60);
}

struct verdict queue_anahit(enum verdict_result result)
{
    return (struct verdict){
        .result = result,
        .attendance_id = 501,
        .customer_id = 10482,
        .name = "Anahit Petrosyan",
        .keytag = "20417733",
        .plan = "Monthly",
        .ends = QUEUE_TODAY + 23,
        .days_left = 23,
        .visits_this_month = 9,
        .visits_total = 61,
        .last_visit = QUEUE_TODAY - 2,
        .habit = "usually Sat 18:10",
        .at_local = queue_at(18, 4),
        .inside = 87,
        .capacity = 120,
    };
}

struct verdict queue_tigran(enum reason_code code, const char *why)
{
    struct verdict verdict = {
        .result = VERDICT_DENIED,
        .customer_id = 10077,
        .name = "Tigran Hakobyan",
        .keytag = "20415511",
        .plan = "Monthly",
        .home_gym = "Iron Temple",
        .ends = QUEUE_TODAY - 12,
        .days_left = -12,
        .visits_total = 214,
        .last_visit = QUEUE_TODAY - 18,
        .at_local = queue_at(18, 4),
        .inside = 87,
        .capacity = 120,
        .reason_count = 1,
    };
    verdict.reasons[0] = (struct reason){.code = code, .policy = POLICY_DENY};
    snprintf(verdict.reasons[0].text, sizeof verdict.reasons[0].text, "%s", why);
    return verdict;
}

void queue_add_reason(struct verdict *verdict, enum reason_code code, enum reason_policy policy,
                      const char *text)
{
    struct reason *reason = &verdict->reasons[verdict->reason_count++];
    reason->code = code;
    reason->policy = policy;
    snprintf(reason->text, sizeof reason->text, "%s", text);
}

struct verdict queue_expired(void)
{
    struct verdict verdict = queue_tigran(REASON_EXPIRED, "expired 12 days ago");
    queue_add_reason(&verdict, REASON_OWING, POLICY_WARN, "owes 39.00 since 9 Nov");
    verdict.balance = 3900;
    verdict.renew_package_id = 3;
    verdict.renew_price = 3900;
    verdict.renew_until = QUEUE_TODAY + 29;
    verdict.day_pass_package_id = 9;
    verdict.day_pass_price = 1000;
    return verdict;
}

struct feed_row queue_visit(int64_t id, int hour, int minute, const char *name, const char *plan,
                            const char *know, enum reason_policy severity, const char *desk)
{
    struct feed_row row = {
        .kind = FEED_IN,
        .attendance_id = id,
        .customer_id = 10000 + id,
        .at_local = queue_at(hour, minute),
        .seconds_in = queue_at(18, 4) - queue_at(hour, minute),
        .is_open = true,
        .severity = severity,
    };
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.plan, sizeof row.plan, "%s", plan);
    snprintf(row.to_know, sizeof row.to_know, "%s", know);
    snprintf(row.desk, sizeof row.desk, "%s", desk);
    return row;
}

void queue_answer_lists(const struct feed_row *rows, int count, int inside)
{
    queue.on_feed(queue.list_owner, rows, count, NULL);
    const struct occupancy occupancy = {
        .inside = inside,
        .capacity = 120,
        .usual_now = 81,
        .check_ins_today = 212,
        .check_outs_today = 125,
        .denied_today = 3,
    };
    queue.on_occupancy(queue.list_owner, &occupancy, NULL);
}

void queue_busy_feed(void)
{
    struct feed_row rows[8];
    rows[0] = queue_visit(8, 18, 4, "Anahit Petrosyan", "Monthly", "", POLICY_IGNORE, "2");
    rows[1] = queue_visit(7, 18, 3, "李小龍", "Annual", "birthday", POLICY_WARN, "1");
    rows[2] = queue_visit(6, 18, 1, "Marguerite de La Tour-d'Auvergne-Lauraguais", "Off-peak",
                          "owes 39.00", POLICY_WARN, "2");
    rows[3] = queue_visit(5, 18, 0, "Tigran Hakobyan", "Monthly", "expired 12 days ago",
                          POLICY_DENY, "2");
    rows[3].kind = FEED_DENIED;
    rows[3].is_open = false;
    rows[4] =
        queue_visit(4, 17, 58, "Guest of Պետրոս Ավետիսյան", "Day pass", "Ani", POLICY_IGNORE, "1");
    rows[5] = queue_visit(3, 17, 57, "Zoë Lefèvre", "Quarterly", "", POLICY_IGNORE, "1");
    rows[5].kind = FEED_OUT;
    rows[5].is_open = false;
    rows[5].seconds_in = 5100;
    rows[6] = queue_visit(2, 17, 55, "Jo O'Neill", "Quarterly", "6 days left", POLICY_WARN, "2");
    rows[7] = queue_visit(1, 17, 50, "Petra Lindqvist", "Annual", "mistake", POLICY_IGNORE, "2");
    rows[7].kind = FEED_VOIDED;
    rows[7].is_open = false;
    queue_answer_lists(rows, 8, 87);
}

struct host *queue_open_with(const char *const *assignments)
{
    memset(&queue, 0, sizeof queue);
    return fake_open(&screen_attendance, NULL, assignments);
}

struct host *queue_open(void)
{
    struct host *host = queue_open_with(NULL);
    queue_busy_feed();
    return host;
}

void queue_answer(const struct verdict *verdict)
{
    queue.on_verdict(queue.owner, verdict, NULL);
}

void queue_answer_error(enum error_code code, const char *message, const char *hint)
{
    struct error error;
    error_set(&error, code, hint, "%s", message);
    queue.on_verdict(queue.owner, NULL, &error);
}

void queue_assert_shows(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    if (strstr(screen, text) == NULL)
        fail_msg("“%s” is not on the screen:\n%s", text, screen);
    free(screen);
}

void queue_assert_hides(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    if (strstr(screen, text) != NULL)
        fail_msg("“%s” is on the screen:\n%s", text, screen);
    free(screen);
}
