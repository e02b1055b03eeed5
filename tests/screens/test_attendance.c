/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue at ten past six, without a database: what the desk sees and what it sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/members.h"
#include "support.h"

/* --- the data layer, recorded --- */

struct sent {
    char what[16]; /* "in", "out", "renew", "pay", "unfreeze", "undo", "backfill" */
    char code[128], reason[128];
    struct request_id id;
    int64_t customer_id, package_id, attendance_id, from, till;
    int method, repeat_seconds;
    money amount;
};

static struct {
    struct sent sent[64];
    int count;
    verdict_fn *on_verdict;
    member_change_fn *on_change;
    candidates_fn *on_candidates;
    guest_terms_fn *on_terms;
    member_saved_fn *on_saved;
    int64_t terms_of;
    feed_fn *on_feed, *on_inside;
    occupancy_fn *on_occupancy;
    void *owner, *candidates_owner, *list_owner;
    char candidates_for[128];
    int candidates_asked, feeds_asked, insides_asked;
} data;

static struct sent *record(const char *what, struct request_id id)
{
    struct sent *sent = &data.sent[data.count++];
    memset(sent, 0, sizeof *sent);
    snprintf(sent->what, sizeof sent->what, "%s", what);
    sent->id = id;
    return sent;
}

static struct sent *last(void)
{
    assert_true(data.count > 0);
    return &data.sent[data.count - 1];
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
    data.on_verdict = on_reply;
    data.owner = owner;
}

void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("out", request->id);
    snprintf(sent->code, sizeof sent->code, "%s", request->code != NULL ? request->code : "");
    sent->customer_id = request->customer_id;
    data.on_verdict = on_reply;
    data.owner = owner;
}

void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner)
{
    (void)db;
    struct sent *sent = record("undo", id);
    sent->attendance_id = attendance_id;
    snprintf(sent->reason, sizeof sent->reason, "%s", reason);
    data.on_verdict = on_reply;
    data.owner = owner;
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
    data.on_verdict = on_reply;
    data.owner = owner;
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
    data.on_verdict = on_reply;
    data.owner = owner;
}

void attendance_unfreeze_and_check_in(struct db *db, struct request_id id, int64_t customer_id,
                                      const char *desk, verdict_fn *on_reply, void *owner)
{
    (void)db, (void)desk;
    record("unfreeze", id)->customer_id = customer_id;
    data.on_verdict = on_reply;
    data.owner = owner;
}

void attendance_guest_terms(struct db *db, int64_t host_id, guest_terms_fn *on_reply, void *owner)
{
    (void)db;
    data.terms_of = host_id;
    data.on_terms = on_reply;
    data.owner = owner;
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
    data.on_verdict = on_reply;
    data.owner = owner;
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
    data.on_saved = on_reply;
    data.owner = owner;
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
    data.on_change = on_reply;
    data.owner = owner;
}

void attendance_candidates(struct db *db, const char *typed, int limit, candidates_fn *on_reply,
                           void *owner)
{
    (void)db, (void)limit;
    snprintf(data.candidates_for, sizeof data.candidates_for, "%s", typed);
    data.candidates_asked++;
    data.on_candidates = on_reply;
    data.candidates_owner = owner;
}

void attendance_feed(struct db *db, int limit, feed_fn *on_reply, void *owner)
{
    (void)db, (void)limit;
    data.feeds_asked++;
    data.on_feed = on_reply;
    data.list_owner = owner;
}

void attendance_inside(struct db *db, int limit, bool longest_first, feed_fn *on_reply, void *owner)
{
    (void)db, (void)limit, (void)longest_first;
    data.insides_asked++;
    data.on_inside = on_reply;
    data.list_owner = owner;
}

void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner)
{
    (void)db;
    data.on_occupancy = on_reply;
    data.list_owner = owner;
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

#define TODAY (int32_t)(fake_db.local_now / 86400)

static int64_t at(int hour, int minute)
{
    return (int64_t)TODAY * 86400 + hour * INT64_C(3600) + minute * INT64_C(60);
}

static struct verdict anahit(enum verdict_result result)
{
    return (struct verdict){
        .result = result,
        .attendance_id = 501,
        .customer_id = 10482,
        .name = "Anahit Petrosyan",
        .keytag = "20417733",
        .plan = "Monthly",
        .ends = TODAY + 23,
        .days_left = 23,
        .visits_this_month = 9,
        .visits_total = 61,
        .last_visit = TODAY - 2,
        .habit = "usually Sat 18:10",
        .at_local = at(18, 4),
        .inside = 87,
        .capacity = 120,
    };
}

static struct verdict tigran(enum reason_code code, const char *why)
{
    struct verdict verdict = {
        .result = VERDICT_DENIED,
        .customer_id = 10077,
        .name = "Tigran Hakobyan",
        .keytag = "20415511",
        .plan = "Monthly",
        .home_gym = "Iron Temple",
        .ends = TODAY - 12,
        .days_left = -12,
        .visits_total = 214,
        .last_visit = TODAY - 18,
        .at_local = at(18, 4),
        .inside = 87,
        .capacity = 120,
        .reason_count = 1,
    };
    verdict.reasons[0] = (struct reason){.code = code, .policy = POLICY_DENY};
    snprintf(verdict.reasons[0].text, sizeof verdict.reasons[0].text, "%s", why);
    return verdict;
}

static void add_reason(struct verdict *verdict, enum reason_code code, enum reason_policy policy,
                       const char *text)
{
    struct reason *reason = &verdict->reasons[verdict->reason_count++];
    reason->code = code;
    reason->policy = policy;
    snprintf(reason->text, sizeof reason->text, "%s", text);
}

static struct verdict expired(void)
{
    struct verdict verdict = tigran(REASON_EXPIRED, "expired 12 days ago");
    add_reason(&verdict, REASON_OWING, POLICY_WARN, "owes 39.00 since 9 Nov");
    verdict.balance = 3900;
    verdict.renew_package_id = 3;
    verdict.renew_price = 3900;
    verdict.renew_until = TODAY + 29;
    verdict.day_pass_package_id = 9;
    verdict.day_pass_price = 1000;
    return verdict;
}

static struct feed_row visit(int64_t id, int hour, int minute, const char *name, const char *plan,
                             const char *know, enum reason_policy severity, const char *desk)
{
    struct feed_row row = {
        .kind = FEED_IN,
        .attendance_id = id,
        .customer_id = 10000 + id,
        .at_local = at(hour, minute),
        .seconds_in = at(18, 4) - at(hour, minute),
        .is_open = true,
        .severity = severity,
    };
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.plan, sizeof row.plan, "%s", plan);
    snprintf(row.to_know, sizeof row.to_know, "%s", know);
    snprintf(row.desk, sizeof row.desk, "%s", desk);
    return row;
}

static void answer_lists(const struct feed_row *rows, int count, int inside)
{
    data.on_feed(data.list_owner, rows, count, NULL);
    const struct occupancy occupancy = {
        .inside = inside,
        .capacity = 120,
        .usual_now = 81,
        .check_ins_today = 212,
        .check_outs_today = 125,
        .denied_today = 3,
    };
    data.on_occupancy(data.list_owner, &occupancy, NULL);
}

static void busy_feed(void)
{
    struct feed_row rows[8];
    rows[0] = visit(8, 18, 4, "Anahit Petrosyan", "Monthly", "", POLICY_IGNORE, "2");
    rows[1] = visit(7, 18, 3, "李小龍", "Annual", "birthday", POLICY_WARN, "1");
    rows[2] = visit(6, 18, 1, "Marguerite de La Tour-d'Auvergne-Lauraguais", "Off-peak",
                    "owes 39.00", POLICY_WARN, "2");
    rows[3] =
        visit(5, 18, 0, "Tigran Hakobyan", "Monthly", "expired 12 days ago", POLICY_DENY, "2");
    rows[3].kind = FEED_DENIED;
    rows[3].is_open = false;
    rows[4] = visit(4, 17, 58, "Guest of Պետրոս Ավետիսյան", "Day pass", "Ani", POLICY_IGNORE, "1");
    rows[5] = visit(3, 17, 57, "Zoë Lefèvre", "Quarterly", "", POLICY_IGNORE, "1");
    rows[5].kind = FEED_OUT;
    rows[5].is_open = false;
    rows[5].seconds_in = 5100;
    rows[6] = visit(2, 17, 55, "Jo O'Neill", "Quarterly", "6 days left", POLICY_WARN, "2");
    rows[7] = visit(1, 17, 50, "Petra Lindqvist", "Annual", "mistake", POLICY_IGNORE, "2");
    rows[7].kind = FEED_VOIDED;
    rows[7].is_open = false;
    answer_lists(rows, 8, 87);
}

static struct host *desk_with(const char *const *assignments)
{
    memset(&data, 0, sizeof data);
    return fake_open(&screen_attendance, NULL, assignments);
}

static struct host *desk(void)
{
    struct host *host = desk_with(NULL);
    busy_feed();
    return host;
}

static void answer(const struct verdict *verdict)
{
    data.on_verdict(data.owner, verdict, NULL);
}

static void answer_error(enum error_code code, const char *message, const char *hint)
{
    struct error error;
    error_set(&error, code, hint, "%s", message);
    data.on_verdict(data.owner, NULL, &error);
}

static void assert_shows(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    if (strstr(screen, text) == NULL)
        fail_msg("“%s” is not on the screen:\n%s", text, screen);
    free(screen);
}

static void assert_hides(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    if (strstr(screen, text) != NULL)
        fail_msg("“%s” is on the screen:\n%s", text, screen);
    free(screen);
}

/* --- stories --- */

static void a_scan_checks_in_without_another_key(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "2041 7733\r");
    assert_int_equal(data.count, 1);
    assert_string_equal(last()->what, "in");
    assert_string_equal(last()->code, "20417733");
    assert_int_equal(last()->repeat_seconds, 300);
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    assert_shows(host, "✔ IN   Anahit Petrosyan");
    assert_shows(host, "#10482 · 20417733");
    assert_shows(host, "Monthly, 23 days left · 9th visit this month · usually Sat 18:10");
    assert_int_equal(host->bells, 0);
    golden_check("attendance_in", fake_draw, host);
    fake_close(host);
}

static void tab_ends_a_scan_too_and_a_second_line_end_does_nothing(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20417733\t\r");
    assert_int_equal(data.count, 1);
    /* With nothing typed Tab is the application's: the next screen. */
    assert_false(host->screen->command(host->state, COMMAND_NEXT_SCREEN));
    assert_null(host->opened);
    fake_close(host);
}

static void two_scans_in_one_packet_are_both_done_in_order(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "1001\r1002\r1003\r");
    assert_int_equal(data.count, 1);
    assert_string_equal(last()->code, "1001");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    assert_int_equal(data.count, 2);
    assert_string_equal(last()->code, "1002");
    struct verdict denied = expired();
    answer(&denied);
    assert_int_equal(data.count, 3);
    assert_string_equal(last()->code, "1003");
    answer(&in);
    assert_shows(host, "EXPIRED 12 DAYS AGO"); /* still waits for a decision */
    assert_shows(host, "✔ IN   Anahit Petrosyan");
    fake_close(host);
}

static void the_same_code_at_once_is_the_same_scan(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "1001\r1001\r");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    assert_int_equal(data.count, 1);
    fake_close(host);
}

static void a_doubled_code_is_tried_as_one_half(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "4354210443542104\r");
    assert_string_equal(last()->code, "4354210443542104");
    struct verdict unknown = {.result = VERDICT_UNKNOWN};
    answer(&unknown);
    assert_int_equal(data.count, 2);
    assert_string_equal(last()->code, "43542104");
    answer(&unknown);
    assert_int_equal(data.count, 2); /* no quarter */
    assert_shows(host, "NOT KNOWN");
    fake_close(host);
}

static void an_expired_member_renews_pays_and_is_in_with_two_keys(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20415511\r");
    struct verdict denied = expired();
    answer(&denied);
    assert_int_equal(host->bells, 1);
    assert_shows(host, "✖ EXPIRED 12 DAYS AGO");
    assert_shows(host, "pay 39.00 + 39.00, renew to 20 Dec, let in");
    assert_shows(host, "day pass 10.00");
    golden_check("attendance_expired", fake_draw, host);
    fake_key(host, "p");
    assert_shows(host, "78.00 paid by?");
    assert_int_equal(data.count, 1);
    golden_check("attendance_payment", fake_draw, host);
    fake_key(host, "Enter");
    assert_string_equal(last()->what, "renew");
    assert_int_equal(last()->package_id, 3);
    assert_int_equal(last()->method, 1);
    fake_key(host, "p"); /* a second press is not a second payment */
    fake_key(host, "Enter");
    assert_int_equal(data.count, 2);
    struct verdict in = anahit(VERDICT_IN);
    in.customer_id = 10077;
    answer(&in);
    assert_hides(host, "EXPIRED");
    assert_shows(host, "78.00 paid");
    fake_close(host);
}

static void cash_and_a_day_pass(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20415511\r");
    struct verdict denied = expired();
    answer(&denied);
    fake_type(host, "gs");
    assert_string_equal(last()->what, "renew");
    assert_int_equal(last()->package_id, 9);
    assert_int_equal(last()->method, 3);
    fake_close(host);
}

static void an_override_takes_v_and_a_digit_or_words(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict denied = expired();
    fake_type(host, "20415511\r");
    answer(&denied);
    fake_key(host, "v");
    golden_check("attendance_reason", fake_draw, host);
    fake_key(host, "1");
    assert_string_equal(last()->what, "in");
    assert_string_equal(last()->reason, "pays next time");
    assert_int_equal(last()->customer_id, 10077);
    answer_error(ERROR_PERMISSION, "Only a manager lets in who has been banned", NULL);
    assert_shows(host, "NOT CHECKED IN");
    fake_key(host, "Esc");
    assert_shows(host, "EXPIRED 12 DAYS AGO"); /* can be answered again */
    fake_type(host, "vher card is at home\r");
    assert_string_equal(last()->reason, "her card is at home");
    fake_close(host);
}

static void inside_a_panel_digits_begin_a_scan(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict denied = expired();
    fake_type(host, "20415511\r");
    answer(&denied);
    fake_key(host, "p");
    fake_type(host, "20417733\r");
    assert_string_equal(last()->what, "in");
    assert_string_equal(last()->code, "20417733");
    fake_close(host);
}

static void inside_a_panel_a_prefixed_scan_is_never_commands(void **unused)
{
    (void)unused;
    const char *const settings[] = {"desk.scanner_prefix=%", NULL};
    struct host *host = desk_with(settings);
    struct verdict denied = expired();
    fake_type(host, "%20415511\r");
    answer(&denied);
    fake_type(host, "v%pgv1\r");
    assert_int_equal(data.count, 2);
    assert_string_equal(last()->code, "pgv1");
    assert_string_equal(last()->reason, "");
    fake_close(host);
}

static void a_name_typed_over_the_question_of_payment_buys_nothing(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict denied = expired();
    fake_type(host, "20415511\r");
    answer(&denied);
    fake_type(host, "petrosyan\r");
    assert_int_equal(data.count, 1);
    assert_shows(host, "Nothing was bought");
    fake_close(host);
}

static void frozen_members_are_unfrozen_with_one_key(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict frozen = tigran(REASON_FROZEN, "frozen until 4 Dec");
    fake_type(host, "20415511\r");
    answer(&frozen);
    golden_check("attendance_frozen", fake_draw, host);
    fake_key(host, "u");
    assert_string_equal(last()->what, "unfreeze");
    assert_int_equal(last()->customer_id, 10077);
    fake_close(host);
}

static void who_owes_pays_and_is_in(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict owing = tigran(REASON_OWING, "owes 39.00 since 9 Nov");
    owing.balance = 3900;
    fake_type(host, "20415511\r");
    answer(&owing);
    golden_check("attendance_owing", fake_draw, host);
    fake_type(host, "p\r");
    assert_string_equal(last()->what, "pay");
    assert_int_equal(last()->amount, 3900);
    const struct member_change paid = {.text = "Paid 39.00", .balance = 0};
    data.on_change(data.owner, &paid, NULL);
    assert_string_equal(last()->what, "in");
    assert_int_equal(last()->customer_id, 10077);
    fake_close(host);
}

static void other_denials_look_their_part(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict banned = tigran(REASON_BANNED, "banned: fighting in the changing room");
    fake_type(host, "20415511\r");
    answer(&banned);
    golden_check("attendance_banned", fake_draw, host);
    fake_close(host);

    host = desk();
    struct verdict foreign = tigran(REASON_OTHER_GYM, "member of Harbour Gym, plan for that gym");
    snprintf(foreign.home_gym, sizeof foreign.home_gym, "Harbour Gym");
    fake_type(host, "20415511\r");
    answer(&foreign);
    golden_check("attendance_other_gym", fake_draw, host);
    fake_close(host);

    host = desk();
    struct verdict full = tigran(REASON_CAPACITY, "the house is full, 120 of 120");
    full.inside = 120;
    fake_type(host, "20415511\r");
    answer(&full);
    golden_check("attendance_full", fake_draw, host);
    fake_close(host);
}

static void warnings_let_in_and_stay_in_sight(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict in = anahit(VERDICT_IN);
    add_reason(&in, REASON_OWING, POLICY_WARN, "owes 39.00");
    add_reason(&in, REASON_BIRTHDAY, POLICY_WARN, "birthday, 30 today");
    fake_type(host, "20417733\r");
    answer(&in);
    assert_shows(host, "! owes 39.00 · ★ birthday, 30 today");
    golden_check("attendance_warned", fake_draw, host);
    fake_close(host);
}

static void who_is_in_already_is_asked_not_toggled(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict in = anahit(VERDICT_ALREADY_IN);
    in.since_local = at(18, 2);
    snprintf(in.since_desk, sizeof in.since_desk, "2");
    fake_type(host, "20417733\r");
    answer(&in);
    assert_int_equal(data.count, 1);
    assert_shows(host, "IN SINCE 18:02, DESK 2");
    golden_check("attendance_already_in", fake_draw, host);
    fake_key(host, "o");
    assert_string_equal(last()->what, "out");
    struct verdict out = anahit(VERDICT_OUT);
    out.seconds_in = 5100;
    answer(&out);
    assert_shows(host, "← OUT   Anahit Petrosyan");
    fake_close(host);
}

static void an_automatic_desk_checks_out_but_not_a_second_scan_by_mistake(void **unused)
{
    (void)unused;
    const char *const settings[] = {"desk.auto=true", NULL};
    struct host *host = desk_with(settings);
    struct verdict in = anahit(VERDICT_ALREADY_IN);
    in.since_local = at(18, 2);
    fake_type(host, "20417733\r");
    answer(&in);
    assert_int_equal(data.count, 1);
    assert_shows(host, "IN SINCE 18:02");
    in.since_local = at(16, 30);
    fake_type(host, "10482\r");
    answer(&in);
    assert_string_equal(last()->what, "out");
    assert_int_equal(last()->customer_id, 10482);
    fake_close(host);
}

static void undo_takes_one_key_and_says_what(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_key(host, "F8");
    assert_int_equal(data.count, 0);
    assert_true(strstr(host->said, "Nothing to undo") != NULL);
    fake_type(host, "20417733\r");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    fake_key(host, "-");
    assert_string_equal(last()->what, "undo");
    assert_int_equal(last()->attendance_id, 501);
    assert_string_equal(last()->reason, "mistake");
    struct verdict undone = anahit(VERDICT_UNDONE);
    answer(&undone);
    assert_shows(host, "UNDONE   Anahit Petrosyan");
    fake_type(host, "20417733\r"); /* at once again: a new scan, not an echo */
    assert_string_equal(last()->what, "in");
    fake_close(host);
}

static void letters_show_candidates_and_enter_takes_the_first(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "petr");
    assert_true(host->wake_in >= 0);
    struct candidate rows[3] = {
        {.customer_id = 10482,
         .name = "Anahit Petrosyan",
         .plan = "Monthly",
         .phone = "+374 91 123456",
         .ends = TODAY + 23,
         .last_visit = TODAY,
         .status = "active",
         .is_in = true},
        {.customer_id = 10966,
         .name = "Petra Lindqvist",
         .plan = "Annual",
         .phone = "+353 86 111222",
         .ends = TODAY + 12,
         .last_visit = TODAY - 5,
         .status = "active"},
        {.customer_id = 11020,
         .name = "Petros Ավետիսյան",
         .plan = "Off-peak",
         .phone = "",
         .ends = TODAY - 20,
         .last_visit = TODAY - 31,
         .status = "expired"},
    };
    while (data.candidates_asked == 0)
        host->screen->tick(host->state);
    assert_string_equal(data.candidates_for, "petr");
    data.on_candidates(data.candidates_owner, rows, 3, NULL);
    assert_shows(host, "Petra Lindqvist");
    golden_check("attendance_candidates", fake_draw, host);
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(last()->what, "in");
    assert_int_equal(last()->customer_id, 10966);

    /* Typed faster than the answer: Enter looks it up and takes the first. */
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    fake_type(host, "anah\r");
    assert_string_equal(data.candidates_for, "anah");
    data.on_candidates(data.candidates_owner, rows, 1, NULL);
    assert_int_equal(last()->customer_id, 10482);
    fake_close(host);
}

static void nobody_matches(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "qqq\r");
    data.on_candidates(data.candidates_owner, NULL, 0, NULL);
    assert_shows(host, "NOBODY MATCHES");
    fake_key(host, "n");
    assert_ptr_equal(host->opened, &screen_member);
    fake_close(host);
}

static void an_unknown_card_becomes_a_new_member_or_a_search(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict unknown = {.result = VERDICT_UNKNOWN};
    fake_type(host, "0861234567\r");
    answer(&unknown);
    assert_int_equal(host->bells, 1);
    golden_check("attendance_unknown", fake_draw, host);
    fake_key(host, "f");
    assert_shows(host, "0861234567");
    while (data.candidates_asked == 0)
        host->screen->tick(host->state);
    assert_string_equal(data.candidates_for, "0861234567");
    fake_close(host);
}

static void offline_scans_are_refused_at_once_and_kept(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_go(host, DB_STATE_OFFLINE, "The connection was lost");
    fake_type(host, "20417733\r");
    assert_int_equal(data.count, 0);
    assert_int_equal(host->bells, 1);
    assert_shows(host, "NOT CHECKED IN");
    assert_shows(host, "20417733");
    golden_check("attendance_offline", fake_draw, host);
    fake_go(host, DB_STATE_READY, NULL);
    fake_key(host, "i");
    assert_string_equal(last()->what, "in");
    assert_string_equal(last()->code, "20417733");
    fake_close(host);
}

static void an_unknown_outcome_is_said_and_then_answered(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20417733\r");
    fake_go(host, DB_STATE_OFFLINE, "The connection was lost");
    assert_shows(host, "OUTCOME UNKNOWN");
    golden_check("attendance_outcome", fake_draw, host);
    fake_go(host, DB_STATE_READY, NULL);
    struct verdict in = anahit(VERDICT_IN);
    in.recovered = true;
    answer(&in);
    assert_shows(host, "✔ IN   Anahit Petrosyan");
    assert_shows(host, "confirmed after the connection was lost");

    fake_type(host, "1002\r");
    struct request_id first = last()->id;
    answer_error(ERROR_NOT_DONE, "The connection was lost and it was not done", "Scan again.");
    assert_shows(host, "NOT CHECKED IN");
    fake_key(host, "i");
    assert_string_equal(last()->code, "1002");
    assert_string_not_equal(last()->id.text, first.text);
    fake_close(host);
}

static void check_out_mode_and_a_visit_added_afterwards(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_key(host, "/");
    assert_shows(host, "CHECK OUT:");
    fake_type(host, "20417733\r");
    assert_string_equal(last()->what, "out");
    struct verdict not_in = anahit(VERDICT_NOT_IN);
    not_in.attendance_id = 0;
    answer(&not_in);
    assert_shows(host, "IS NOT IN");
    fake_key(host, "b");
    assert_non_null(host->form);
    fake_type(host, "16:30");
    fake_key(host, "F2");
    assert_null(host->form);
    assert_string_equal(last()->what, "backfill");
    assert_int_equal(last()->from, at(16, 30));
    assert_int_equal(last()->till, at(18, 4));
    fake_close(host);
}

static void who_is_in_is_checked_out_from_the_list(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_key(host, "F3");
    assert_int_equal(data.insides_asked, 1);
    struct feed_row rows[2];
    rows[0] = visit(2, 14, 10, "Jo O'Neill", "Quarterly", "6 days left", POLICY_WARN, "2");
    rows[1] = visit(8, 18, 4, "Anahit Petrosyan", "Monthly", "", POLICY_IGNORE, "2");
    data.on_inside(data.list_owner, rows, 2, NULL);
    golden_check("attendance_inside", fake_draw, host);
    fake_key(host, "Enter"); /* nothing chosen yet: a scanner's second line end */
    assert_int_equal(data.count, 0);
    fake_key(host, "Down");
    fake_key(host, "Down");
    fake_key(host, "Enter");
    assert_string_equal(last()->what, "out");
    assert_int_equal(last()->customer_id, 10008);
    fake_close(host);
}

static void a_change_elsewhere_is_read_without_a_key(void **unused)
{
    (void)unused;
    struct host *host = desk();
    int asked = data.feeds_asked;
    host->screen->changed(host->state, "attendance");
    host->screen->changed(host->state, "attendance"); /* while the first is under way */
    assert_int_equal(data.feeds_asked, asked + 1);
    busy_feed();
    assert_int_equal(data.feeds_asked, asked + 2);
    busy_feed();

    /* Not in the way of a scan: read when nothing waits any more. */
    fake_type(host, "1001\r1002\r");
    host->screen->changed(host->state, "attendance");
    assert_int_equal(data.feeds_asked, asked + 2);
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    assert_int_equal(data.feeds_asked, asked + 2);
    answer(&in);
    assert_int_equal(data.feeds_asked, asked + 3);
    fake_close(host);
}

static void a_guest_comes_with_the_member_who_came_in_last(void **unused)
{
    (void)unused;
    struct host *host = desk();
    assert_false(host->screen->offers(host->state, COMMAND_UNDO));
    fake_type(host, "20417733\r");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    fake_key(host, "F5");
    assert_int_equal(data.terms_of, 10482);
    struct guest_terms terms = {
        .plan = "Monthly", .package_id = 9, .pass = "Day pass", .price = 1000};
    data.on_terms(data.owner, &terms, NULL);
    assert_shows(host, "Guest of Anahit Petrosyan");
    golden_check("attendance_guest", fake_draw, host);
    /* Name, no phone number, cash. */
    fake_type(host, "Ani\r\r");
    fake_key(host, "Right");
    fake_key(host, "Right");
    fake_key(host, "Enter");
    fake_key(host, "Enter");
    assert_string_equal(last()->what, "guest");
    assert_string_equal(last()->reason, "Ani");
    assert_int_equal(last()->customer_id, 10482);
    assert_int_equal(last()->method, 3);
    struct verdict guest = anahit(VERDICT_IN);
    guest.customer_id = 10990;
    snprintf(guest.name, sizeof guest.name, "Ani");
    snprintf(guest.plan, sizeof guest.plan, "Day pass");
    answer(&guest);
    assert_shows(host, "guest of Anahit Petrosyan, 10.00 paid");
    /* A second guest of the same member, free by the plan this time: no question of payment. */
    fake_key(host, "F5");
    assert_int_equal(data.terms_of, 10482);
    terms.included = 2;
    data.on_terms(data.owner, &terms, NULL);
    assert_shows(host, "free with Monthly, 1 of 2 this month");
    golden_check("attendance_guest_free", fake_draw, host);
    fake_type(host, "Lilit\r+374 10 123456\r\r\r");
    assert_string_equal(last()->reason, "Lilit");
    assert_string_equal(last()->code, "+374 10 123456");
    assert_int_equal(last()->method, 0);
    fake_close(host);
}

static void a_guest_who_is_not_let_in_can_be_tried_again(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20417733\r");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    fake_key(host, "F5");
    struct guest_terms terms = {.plan = "Monthly", .package_id = 9, .included = 1};
    data.on_terms(data.owner, &terms, NULL);
    fake_type(host, "Ani");
    fake_key(host, "F2");
    answer_error(ERROR_INPUT, "the guest is not let in: full: 120 of 120", "");
    assert_shows(host, "GUEST NOT LET IN");
    fake_key(host, "i");
    assert_int_equal(data.count, 3);
    assert_string_equal(last()->reason, "Ani");
    assert_string_not_equal(last()->id.text, data.sent[1].id.text);
    fake_close(host);
}

static void no_guest_where_no_day_pass_is_sold(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_type(host, "20417733\r");
    struct verdict in = anahit(VERDICT_IN);
    answer(&in);
    fake_key(host, "F5");
    struct guest_terms none = {.plan = "Monthly"};
    data.on_terms(data.owner, &none, NULL);
    assert_non_null(strstr(host->said, "No day pass is sold here"));
    assert_null(host->form);
    /* The member leaves: the next visitor is nobody's guest. */
    struct verdict out = anahit(VERDICT_OUT);
    fake_key(host, "F4");
    fake_type(host, "20417734\r");
    answer(&out);
    fake_key(host, "F5");
    assert_int_equal(data.terms_of, 0);
    fake_close(host);
}

static void the_till_is_one_key_away(void **unused)
{
    (void)unused;
    struct host *host = desk();
    fake_key(host, "F9");
    assert_ptr_equal(host->opened, &screen_till);
    host->opened = NULL;
    fake_key(host, "$");
    assert_ptr_equal(host->opened, &screen_till);
    fake_close(host);
}

static void a_walk_in_pays_a_day_pass_and_is_in(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct guest_terms terms = {.package_id = 9, .pass = "Day pass", .price = 1000};
    fake_type(host, "Wally");
    fake_key(host, "F5");
    data.on_terms(data.owner, &terms, NULL);
    assert_shows(host, "Walk-in on a day pass");
    assert_shows(host, "Wally");
    golden_check("attendance_walk_in", fake_draw, host);
    fake_type(host, " Walker\r\r\r");
    assert_string_equal(last()->what, "enrol");
    assert_string_equal(last()->reason, "Wally Walker");
    assert_int_equal(last()->package_id, 9);
    assert_int_equal(last()->method, 1);
    struct member_saved saved = {.customer_id = 10991};
    data.on_saved(data.owner, &saved, NULL);
    assert_string_equal(last()->what, "in");
    assert_int_equal(last()->customer_id, 10991);
    struct verdict in = anahit(VERDICT_IN);
    in.customer_id = 10991;
    answer(&in);
    assert_shows(host, "10.00 paid");
    /* After a check-in the form is the guest's, with one key to make it a walk-in's. */
    fake_key(host, "F5");
    data.on_terms(data.owner, &terms, NULL);
    fake_type(host, "Wanda\r\r\r");
    fake_key(host, "Right");
    fake_key(host, "Enter");
    assert_string_equal(last()->what, "enrol");
    /* Somebody of that name is known. */
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "duplicate");
    saved = (struct member_saved){.duplicate_id = 10333, .other_name = "Wanda"};
    data.on_saved(data.owner, &saved, &error);
    assert_shows(host, "Wanda is known here already, number 10333");
    fake_close(host);
}

static void a_full_house_is_said_in_words(void **unused)
{
    (void)unused;
    struct host *host = desk_with(NULL);
    const struct feed_row none = {0};
    answer_lists(&none, 0, 101);
    assert_hides(host, "nearly full");
    answer_lists(&none, 0, 102);
    assert_shows(host, "85 % nearly full");
    golden_check("attendance_nearly_full", fake_draw, host);
    answer_lists(&none, 0, 120);
    assert_shows(host, "100 % full");
    fake_close(host);
}

static void a_screen_reader_gets_lines_of_text(void **unused)
{
    (void)unused;
    golden_set_plain(true);
    struct host *host = desk();
    fake_type(host, "20417733\r");
    struct verdict in = anahit(VERDICT_IN);
    add_reason(&in, REASON_OWING, POLICY_WARN, "owes 39.00 since 9 Nov");
    answer(&in);
    /* One line says it all, and the cursor stands there (the golden file has its place). */
    assert_shows(host, "! IN: Anahit Petrosyan, number 10482, Monthly, 23 days left, 9th visit");
    assert_hides(host, "─");
    assert_hides(host, "█");
    assert_shows(host, "87 of 120  72 % of the places");
    golden_check("attendance_plain_in", fake_draw, host);
    fake_type(host, "1"); /* the next key takes the cursor back to the field */
    golden_check("attendance_plain_typing", fake_draw, host);
    fake_key(host, "Esc");
    fake_type(host, "20415511\r");
    struct verdict denied = expired();
    answer(&denied);
    assert_hides(host, "│");
    golden_check("attendance_plain_expired", fake_draw, host);
    fake_key(host, "Esc");
    fake_key(host, "F3");
    fake_key(host, "Down");
    golden_check("attendance_plain_inside", fake_draw, host);
    fake_close(host);
    golden_set_plain(false);
}

static void quiet_hour_and_busy_feed(void **unused)
{
    (void)unused;
    struct host *host = desk_with(NULL);
    golden_check("attendance_loading", fake_draw, host);
    const struct feed_row none = {0};
    answer_lists(&none, 0, 0);
    golden_check("attendance_quiet", fake_draw, host);
    busy_feed();
    golden_check("attendance_busy", fake_draw, host);
    fake_close(host);
}

static void any_size_is_drawn_within_its_area(void **unused)
{
    (void)unused;
    struct host *host = desk();
    struct verdict denied = expired();
    fake_type(host, "20415511\r");
    answer(&denied);
    golden_check_sizes("attendance_expired", fake_draw, host);
    fake_key(host, "Esc");
    golden_check_sizes("attendance", fake_draw, host);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_checks_in_without_another_key),
        cmocka_unit_test(tab_ends_a_scan_too_and_a_second_line_end_does_nothing),
        cmocka_unit_test(two_scans_in_one_packet_are_both_done_in_order),
        cmocka_unit_test(the_same_code_at_once_is_the_same_scan),
        cmocka_unit_test(a_doubled_code_is_tried_as_one_half),
        cmocka_unit_test(an_expired_member_renews_pays_and_is_in_with_two_keys),
        cmocka_unit_test(cash_and_a_day_pass),
        cmocka_unit_test(an_override_takes_v_and_a_digit_or_words),
        cmocka_unit_test(inside_a_panel_digits_begin_a_scan),
        cmocka_unit_test(inside_a_panel_a_prefixed_scan_is_never_commands),
        cmocka_unit_test(a_name_typed_over_the_question_of_payment_buys_nothing),
        cmocka_unit_test(frozen_members_are_unfrozen_with_one_key),
        cmocka_unit_test(who_owes_pays_and_is_in),
        cmocka_unit_test(other_denials_look_their_part),
        cmocka_unit_test(warnings_let_in_and_stay_in_sight),
        cmocka_unit_test(who_is_in_already_is_asked_not_toggled),
        cmocka_unit_test(an_automatic_desk_checks_out_but_not_a_second_scan_by_mistake),
        cmocka_unit_test(undo_takes_one_key_and_says_what),
        cmocka_unit_test(letters_show_candidates_and_enter_takes_the_first),
        cmocka_unit_test(nobody_matches),
        cmocka_unit_test(an_unknown_card_becomes_a_new_member_or_a_search),
        cmocka_unit_test(offline_scans_are_refused_at_once_and_kept),
        cmocka_unit_test(an_unknown_outcome_is_said_and_then_answered),
        cmocka_unit_test(check_out_mode_and_a_visit_added_afterwards),
        cmocka_unit_test(who_is_in_is_checked_out_from_the_list),
        cmocka_unit_test(a_change_elsewhere_is_read_without_a_key),
        cmocka_unit_test(a_guest_comes_with_the_member_who_came_in_last),
        cmocka_unit_test(a_guest_who_is_not_let_in_can_be_tried_again),
        cmocka_unit_test(no_guest_where_no_day_pass_is_sold),
        cmocka_unit_test(the_till_is_one_key_away),
        cmocka_unit_test(a_walk_in_pays_a_day_pass_and_is_in),
        cmocka_unit_test(a_full_house_is_said_in_words),
        cmocka_unit_test(a_screen_reader_gets_lines_of_text),
        cmocka_unit_test(quiet_hour_and_busy_feed),
        cmocka_unit_test(any_size_is_drawn_within_its_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
