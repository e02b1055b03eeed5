/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The till, payments and refunds through the typed calls, as DESK.md's rules 16 and 17 want them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/till.h"
#include "heard.h"
#include "support.h"

static struct house house;
static struct db *desk, *boss;
static struct heard heard;

/* What the calls of till.h were answered. */
static struct {
    struct till_now now;
    struct till_count count;
    struct till_session sessions[64];
    struct till_report report;
    struct till_day day;
    struct payment_row payments[64];
    struct receipt receipt;
    int64_t number;
} told;

static struct heard *note(void *owner, const struct error *error)
{
    heard_done(owner, error);
    return owner;
}

static void on_now(void *owner, const struct till_now *now, const struct error *error)
{
    note(owner, error);
    if (now)
        told.now = *now;
}

static void on_number(void *owner, int64_t number, const struct error *error)
{
    note(owner, error);
    told.number = number;
}

static void on_count(void *owner, const struct till_count *count, const struct error *error)
{
    note(owner, error);
    if (count)
        told.count = *count;
}

static void on_sessions(void *owner, const struct till_session *rows, int count, bool more,
                        const struct error *error)
{
    struct heard *list = note(owner, error);
    assert_in_range(count, 0, 64);
    list->count = count;
    list->more = more;
    if (count)
        memcpy(told.sessions, rows, (size_t)count * sizeof *rows);
}

static void on_report(void *owner, const struct till_report *report, const struct error *error)
{
    note(owner, error);
    if (report)
        told.report = *report;
}

static void on_day(void *owner, const struct till_day *day, const struct error *error)
{
    note(owner, error);
    if (day)
        told.day = *day;
}

static void on_payments(void *owner, const struct payment_row *rows, int count, bool more,
                        const struct error *error)
{
    struct heard *list = note(owner, error);
    assert_in_range(count, 0, 64);
    list->count = count;
    list->more = more;
    if (count)
        memcpy(told.payments, rows, (size_t)count * sizeof *rows);
}

static void on_receipt(void *owner, const struct receipt *receipt, const struct error *error)
{
    note(owner, error);
    if (receipt)
        told.receipt = *receipt;
}

static void expect_error(struct db *db, enum error_code code, const char *part)
{
    heard_wait(db);
    assert_int_equal(heard.error.code, code);
    if (!strstr(heard.error.message, part))
        fail_msg("\"%s\" does not say \"%s\"", heard.error.message, part);
}

static void open_at(const char *place, money opening_float)
{
    till_open(desk, request_id_new(), place, opening_float, on_number, &heard);
    heard_well(desk, &heard);
}

static void count_at(const char *place, money counted, const char *reason)
{
    struct till_count_request request = {
        .id = request_id_new(), .desk = place, .counted = counted, .reason = reason};
    till_count(desk, &request, on_count, &heard);
    heard_well(desk, &heard);
}

static void pay_at(const char *place, money amount, int method)
{
    members_pay(desk, request_id_new(), house.anna, amount, method, place, "", heard_change,
                &heard);
    heard_well(desk, &heard);
}

/* Raw SQL as one of the house's people. */
static PGconn *connect_as(const char *staff, const char *password)
{
    char conninfo[400];
    snprintf(conninfo, sizeof conninfo, "%s user='%s' password='%s'", test_conninfo(),
             test_role("house", staff), password);
    PGconn *connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    return connection;
}

/* The newest payment of Anna that is none back. */
static int64_t last_payment(void)
{
    payments_list(desk, house.anna, 0, 20, on_payments, &heard);
    heard_well(desk, &heard);
    for (int i = 0; i < heard.count; i++)
        if (told.payments[i].amount > 0)
            return told.payments[i].transaction_id;
    return 0;
}

/* ---- The till ---- */

static void rule_17_a_desk_has_one_open_till(void **state)
{
    (void)state;
    till_now(desk, "one", on_now, &heard);
    heard_well(desk, &heard);
    assert_int_equal(told.now.session.till_session_id, 0);
    assert_false(told.now.has_last);
    assert_int_equal(told.now.method_count, 4);
    open_at("one", 10000);
    till_open(desk, request_id_new(), "one", 5000, on_number, &heard);
    expect_error(desk, ERROR_CONFLICT, "open already, by");
    till_open(boss, request_id_new(), " one ", 5000, on_number, &heard);
    expect_error(boss, ERROR_CONFLICT, "open already");
    open_at("two", 0); /* another desk has its own */
    till_open(desk, request_id_new(), "three", -1, on_number, &heard);
    expect_error(desk, ERROR_INPUT, "zero or more");
    till_now(desk, "one", on_now, &heard);
    heard_well(desk, &heard);
    assert_int_equal(told.now.session.opening_float, 10000);
    assert_true(told.now.session.opened_local > 0);
    assert_int_equal(told.now.session.closed_local, MOMENT_NONE);
    count_at("two", 0, NULL);
    assert_true(told.count.closed);
    count_at("one", 10000, NULL);
    assert_true(told.count.closed);
}

static void rule_17_two_desks_at_once_open_one_till(void **state)
{
    (void)state;
    struct heard other = {0};
    till_open(desk, request_id_new(), "race", 100, on_number, &heard);
    till_open(boss, request_id_new(), "race", 200, on_number, &other);
    heard_wait(desk);
    heard_wait(boss);
    assert_true((heard.error.code == ERROR_NONE) != (other.error.code == ERROR_NONE));
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.till_sessions WHERE "
                                                   "desk = 'race' AND closed_at IS NULL"),
                     1);
}

static void rule_17_cash_is_counted_blind_and_every_count_is_kept(void **state)
{
    (void)state;
    open_at("blind", 10000);
    int64_t number = told.number;
    pay_at("blind", 3900, 3);  /* cash */
    pay_at("blind", 5000, 1);  /* card: not in the drawer */
    pay_at("other", 99900, 3); /* no till is open there */
    till_move(desk, request_id_new(), "blind", -2000, "window cleaner", on_number, &heard);
    heard_well(desk, &heard);
    till_move(desk, request_id_new(), "blind", 500, "change from the bank", on_number, &heard);
    heard_well(desk, &heard);
    payments_refund(boss, request_id_new(), last_payment(), 1000, "blind", "wrong sum",
                    heard_change, &heard);
    heard_well(boss, &heard); /* by cash at a desk: out of this drawer */

    till_now(desk, "blind", on_now, &heard);
    heard_well(desk, &heard);
    assert_string_equal(told.now.methods[2].method, "Cash");
    assert_true(told.now.methods[2].is_cash);
    assert_int_equal(told.now.methods[2].payments, 1);
    assert_int_equal(told.now.methods[2].refunds, 1);
    assert_int_equal(told.now.methods[0].taken, 5000);
    assert_int_equal(told.now.move_count, 2);
    assert_string_equal(told.now.moves[1].reason, "window cleaner");
    assert_int_equal(told.now.moves[1].amount, -2000);

    /* 100 + 39 − 10 − 20 + 5 = 114. Twice short, once with a reason. */
    count_at("blind", 11000, NULL);
    assert_false(told.count.closed);
    assert_int_equal(told.count.expected, 11400);
    assert_int_equal(told.count.cash_taken, 3900);
    assert_int_equal(told.count.cash_refunded, 1000);
    assert_int_equal(told.count.cash_moved, -1500);
    count_at("blind", 11300, "  "); /* blanks are no reason */
    assert_false(told.count.closed);
    assert_int_equal(told.count.counts, 2);
    count_at("blind", 11300, "wrong change");
    assert_true(told.count.closed);

    till_sessions(boss, 0, 1, on_sessions, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 1);
    assert_true(heard.more);
    const struct till_session *session = &told.sessions[0];
    assert_int_equal(session->till_session_id, number);
    assert_int_equal(session->expected, 11400);
    assert_int_equal(session->counted, 11300);
    assert_string_equal(session->reason, "wrong change");
    assert_int_equal(session->counts, 3);
    assert_int_equal(session->first_counted, 11000);
    till_sessions(boss, number, 60, on_sessions, &heard);
    heard_well(boss, &heard);
    assert_true(heard.count >= 2 && told.sessions[0].till_session_id < number);
    assert_false(heard.more);
    till_sessions(desk, 0, 10, on_sessions, &heard);
    expect_error(desk, ERROR_PERMISSION, "");

    /* Closed is closed: nothing more goes into it, and the next one begins with what is there. */
    till_move(desk, request_id_new(), "blind", 100, "late", on_number, &heard);
    expect_error(desk, ERROR_NOT_FOUND, "No till is open");
    struct till_count_request again = {.id = request_id_new(), .desk = "blind", .counted = 1};
    till_count(desk, &again, on_count, &heard);
    expect_error(desk, ERROR_NOT_FOUND, "No till is open");
    pay_at("blind", 100, 3);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT till_session_id FROM gym.transactions ORDER BY "
                                  "transaction_id DESC LIMIT 1"),
                        "");
    till_now(desk, "blind", on_now, &heard);
    heard_well(desk, &heard);
    assert_true(told.now.has_last);
    assert_int_equal(told.now.last_counted, 11300);
}

static void rule_17_notes_and_coins_make_the_sum(void **state)
{
    (void)state;
    static const struct till_part parts[] = {{5000, 2}, {20, 5}, {1, 3}};
    open_at("parts", 10000);
    struct till_count_request request = {
        .id = request_id_new(), .desk = "parts", .parts = parts, .part_count = 3, .counted = 10104};
    till_count(desk, &request, on_count, &heard);
    expect_error(desk, ERROR_INPUT, "Notes and coins make 101.03, not 101.04");
    request.id = request_id_new();
    request.counted = 10103;
    request.reason = "found on the floor";
    till_count(desk, &request, on_count, &heard);
    heard_well(desk, &heard);
    assert_true(told.count.closed);
    till_report(desk, told.count.till_session_id, on_report, &heard);
    heard_well(desk, &heard);
    assert_int_equal(told.report.part_count, 3);
    assert_int_equal(told.report.parts[0].value, 5000);
    assert_int_equal(told.report.parts[2].pieces, 3);
    assert_string_equal(told.report.session.reason, "found on the floor");
    static const char *const broken[] = {"{\"50\": \"x\"}", "{\"-50\": 1}", "[1]", "{\"a\": 1}",
                                         "{\"50\": 1.5}"};
    PGconn *raw = connect_as("desk1", "desk-secret");
    open_at("parts", 0);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_string_equal(test_state(raw,
                                       "SELECT gym.count_till(gen_random_uuid(), 'parts', 50, "
                                       "'%s', '')",
                                       broken[i]),
                            "GT001");
    PQfinish(raw);
    count_at("parts", 0, NULL);
    till_report(desk, 1000000, on_report, &heard);
    expect_error(desk, ERROR_NOT_FOUND, "no such till");
}

static void rule_14_the_tills_writes_happen_once(void **state)
{
    (void)state;
    struct request_id id = request_id_new();
    for (int i = 0; i < 2; i++) {
        till_open(desk, id, "once", 1000, on_number, &heard);
        heard_well(desk, &heard);
    }
    int64_t opened = told.number;
    id = request_id_new();
    for (int i = 0; i < 3; i++) {
        till_move(desk, id, "once", 250, "bank", on_number, &heard);
        heard_well(desk, &heard);
    }
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT sum(amount) * 100 FROM gym.till_moves WHERE "
                                 "till_session_id = %lld",
                                 (long long)opened),
                     250);
    struct till_count_request request = {.id = request_id_new(), .desk = "once", .counted = 1250};
    for (int i = 0; i < 2; i++) {
        till_count(desk, &request, on_count, &heard);
        heard_well(desk, &heard);
        assert_true(told.count.closed);
        assert_int_equal(told.count.till_session_id, opened);
    }
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.till_counts WHERE till_session_id = "
                                 "%lld",
                                 (long long)opened),
                     1);
}

/* A payment that is being written while somebody counts is in the sum, or in no session. */
static void rule_17_a_payment_and_the_count_do_not_cross(void **state)
{
    (void)state;
    open_at("cross", 0);
    PGconn *payer = connect_as("desk1", "desk-secret"),
           *counter = connect_as("boss", "boss-secret");
    test_run(payer, "BEGIN");
    test_run(payer, "SELECT gym.take_payment(gen_random_uuid(), %lld, 7, 3, 'cross')",
             (long long)house.anna);
    assert_int_equal(PQsendQuery(counter,
                                 "SELECT outcome, expected FROM "
                                 "gym.count_till(gen_random_uuid(), 'cross', 0, NULL, '')"),
                     1);
    /* It waits for the payment: until then it has locked nothing and answers nothing. */
    while (test_number(test_superuser(), "SELECT count(*) FROM pg_stat_activity WHERE "
                                         "wait_event_type = 'Lock' AND query LIKE '%%cross%%' AND "
                                         "pid <> pg_backend_pid()") == 0)
        PQconsumeInput(counter);
    test_run(payer, "COMMIT");
    PGresult *result = PQgetResult(counter);
    assert_string_equal(PQgetvalue(result, 0, 0), "differs");
    assert_string_equal(PQgetvalue(result, 0, 1), "7.00");
    PQclear(result);
    assert_null(PQgetResult(counter));

    /* The other way round: closing goes first, the payment finds no open till. */
    test_run(counter, "BEGIN");
    test_run(counter, "SELECT gym.count_till(gen_random_uuid(), 'cross', 7, NULL, '')");
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT gym.take_payment(gen_random_uuid(), %lld, 8, 3, 'cross', 'late one')",
             (long long)house.anna);
    assert_int_equal(PQsendQuery(payer, sql), 1);
    while (test_number(test_superuser(), "SELECT count(*) FROM pg_stat_activity WHERE "
                                         "wait_event_type = 'Lock' AND query LIKE '%%late one%%' "
                                         "AND pid <> pg_backend_pid()") == 0)
        PQconsumeInput(payer);
    test_run(counter, "COMMIT");
    result = PQgetResult(payer);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    assert_null(PQgetResult(payer));
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT amount || ' ' || coalesce(till_session_id::text, 'none') "
                                  "FROM gym.transactions ORDER BY transaction_id DESC LIMIT 1"),
                        "8.00 none");
    PQfinish(payer);
    PQfinish(counter);
}

/* ---- The day ---- */

static void the_days_money_agrees_with_the_days_report(void **state)
{
    (void)state;
    open_at("day", 5000);
    pay_at("day", 2500, 3);
    pay_at("nowhere", 1200, 3);
    till_day(desk, DATE_NONE, on_day, &heard);
    heard_well(desk, &heard);
    statistics_today(desk, heard_today, &heard);
    heard_well(desk, &heard);
    assert_int_equal(told.day.day, heard.today.day);
    assert_int_equal(told.day.total, heard.today.taken);
    assert_int_equal(told.day.refunded, heard.today.refunded);
    money sum = 0, cash = 0;
    for (int i = 0; i < told.day.line_count; i++) {
        sum += told.day.lines[i].amount;
        if (strcmp(told.day.lines[i].method, "Cash") == 0)
            cash += told.day.lines[i].amount;
    }
    assert_int_equal(sum, told.day.total);
    assert_int_equal(cash, heard.today.taken_cash);
    assert_true(told.day.in_no_till >= 1200);
    assert_true(told.day.session_count >= 2);
    /* An open one among them does not tell what is expected. */
    const struct till_session *last = &told.day.sessions[told.day.session_count - 1];
    assert_string_equal(last->desk, "day");
    assert_int_equal(last->closed_local, MOMENT_NONE);
    assert_int_equal(last->expected, 0);
    till_day(desk, told.day.day - 4000, on_day, &heard);
    heard_well(desk, &heard);
    assert_int_equal(told.day.total, 0);
    assert_int_equal(told.day.line_count, 0);
    assert_int_equal(told.day.before, DATE_NONE);
    assert_true(told.day.after != DATE_NONE);
    count_at("day", 7500, NULL);
    assert_true(told.count.closed);
}

/* ---- Payments ---- */

static void rule_16_a_refund_is_a_row_of_its_own_by_a_manager(void **state)
{
    (void)state;
    pay_at("desk 1", 4000, 1);
    int64_t payment = last_payment();
    payments_refund(desk, request_id_new(), payment, 1000, "desk 1", "kind", heard_change, &heard);
    expect_error(desk, ERROR_PERMISSION, "");
    payments_refund(boss, request_id_new(), payment, 1000, "desk 1", " ", heard_change, &heard);
    expect_error(boss, ERROR_INPUT, "needs a reason");
    payments_refund(boss, request_id_new(), payment, 4001, "desk 1", "all", heard_change, &heard);
    expect_error(boss, ERROR_INPUT, "40.00 can be refunded");
    struct request_id id = request_id_new();
    for (int i = 0; i < 2; i++) { /* once by its id */
        payments_refund(boss, id, payment, 1500, "desk 1", "half a month", heard_change, &heard);
        heard_well(boss, &heard);
        assert_string_equal(heard.change.text, "Refunded 15.00");
    }
    payments_refund(boss, request_id_new(), payment, 2501, "desk 1", "rest", heard_change, &heard);
    expect_error(boss, ERROR_INPUT, "25.00 can be refunded");
    payments_refund(boss, request_id_new(), payment, 2500, "desk 1", "rest", heard_change, &heard);
    heard_well(boss, &heard);
    payments_refund(boss, request_id_new(), payment, 1, "desk 1", "more", heard_change, &heard);
    expect_error(boss, ERROR_INPUT, "refunded already");

    payments_list(boss, house.anna, 0, 3, on_payments, &heard);
    heard_well(boss, &heard);
    assert_true(heard.more);
    assert_int_equal(heard.count, 3);
    assert_int_equal(told.payments[0].amount, -2500);
    assert_int_equal(told.payments[0].refunds, payment);
    assert_string_equal(told.payments[0].note, "rest");
    assert_string_equal(told.payments[0].staff, "Bo Boss");
    assert_string_equal(told.payments[2].kind, "payment");
    assert_int_equal(told.payments[2].refunded, 4000);
    /* A refund is no payment to be refunded. */
    payments_refund(boss, request_id_new(), told.payments[0].transaction_id, 1, "desk 1", "x",
                    heard_change, &heard);
    expect_error(boss, ERROR_NOT_FOUND, "no payment");
    /* The pages meet. */
    int64_t last = told.payments[2].transaction_id;
    payments_list(boss, house.anna, last, 60, on_payments, &heard);
    heard_well(boss, &heard);
    assert_true(heard.count > 0);
    for (int i = 0; i < heard.count; i++)
        assert_true(told.payments[i].transaction_id != last);
}

static void a_receipt_says_what_was_paid_for(void **state)
{
    (void)state;
    int64_t rosa = house_enrol(&house, desk, "Rosa Receipt", NULL);
    payments_list(desk, rosa, 0, 10, on_payments, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.count, 1);
    payments_receipt(desk, told.payments[0].transaction_id, on_receipt, &heard);
    heard_well(desk, &heard);
    const struct receipt *receipt = &told.receipt;
    assert_string_equal(receipt->member, "Rosa Receipt");
    assert_int_equal(receipt->customer_id, rosa);
    assert_string_equal(receipt->payment.plan, "Monthly");
    assert_int_equal(receipt->payment.amount, 3900);
    assert_int_equal(receipt->payment.starts, receipt->payment.day);
    assert_true(receipt->payment.ends > receipt->payment.starts + 26);
    assert_string_equal(receipt->currency, "EUR");
    assert_int_equal(receipt->balance, 0);
    /* Of another gym's payment there is none. */
    payments_receipt(desk,
                     test_number(test_superuser(), "SELECT min(transaction_id) FROM "
                                                   "gym.transactions WHERE gym_id = 2"),
                     on_receipt, &heard);
    expect_error(desk, ERROR_NOT_FOUND, "no such payment");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&house, "house");
    desk = house_sign_in("house", "desk1", "desk-secret");
    boss = house_sign_in("house", "boss", "boss-secret");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(desk);
    db_close(boss);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_17_a_desk_has_one_open_till),
        cmocka_unit_test(rule_17_two_desks_at_once_open_one_till),
        cmocka_unit_test(rule_17_cash_is_counted_blind_and_every_count_is_kept),
        cmocka_unit_test(rule_17_notes_and_coins_make_the_sum),
        cmocka_unit_test(rule_14_the_tills_writes_happen_once),
        cmocka_unit_test(rule_17_a_payment_and_the_count_do_not_cross),
        cmocka_unit_test(the_days_money_agrees_with_the_days_report),
        cmocka_unit_test(rule_16_a_refund_is_a_row_of_its_own_by_a_manager),
        cmocka_unit_test(a_receipt_says_what_was_paid_for),
    };
    return cmocka_run_group_tests_name("money", tests, start, stop);
}
