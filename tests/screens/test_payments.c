/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member's payments, refunds and receipts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/till.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/paper.h"
#include "support.h"

static const int64_t member = 10482;
static const struct member_argument member_shown = {.customer_id = 10482,
                                                    .name = "Tigran Hakobyan"};

static struct {
    struct payment_row rows[4];
    int count, reads, refunds;
    int64_t refunded;
    money amount;
    char reason[200], ids[3][40];
    member_change_fn *changed;
    void *owner;
} db_saw;

void payments_list(struct db *db, int64_t customer_id, int64_t before, int limit,
                   payments_fn *on_reply, void *owner)
{
    (void)db, (void)limit;
    assert_int_equal(customer_id, member);
    db_saw.reads++;
    if (before == 0)
        on_reply(owner, db_saw.rows, db_saw.count, false, NULL);
}

void payments_refund(struct db *db, struct request_id id, int64_t transaction_id, money amount,
                     const char *desk, const char *reason, member_change_fn *on_reply, void *owner)
{
    (void)db;
    assert_string_equal(desk, "1");
    snprintf(db_saw.ids[db_saw.refunds % 3], sizeof db_saw.ids[0], "%s", id.text);
    db_saw.refunds++;
    db_saw.refunded = transaction_id;
    db_saw.amount = amount;
    snprintf(db_saw.reason, sizeof db_saw.reason, "%s", reason);
    db_saw.changed = on_reply;
    db_saw.owner = owner;
}

void payments_receipt(struct db *db, int64_t transaction_id, receipt_fn *on_reply, void *owner)
{
    (void)db;
    struct receipt receipt = {.gym = "Iron Temple",
                              .address = "1 High Street, Galway",
                              .phone = "+353 20 910 0000",
                              .currency = "EUR",
                              .member = "Marguerite de La Tour-d'Auvergne-Lauraguais",
                              .customer_id = member,
                              .balance = 3900};
    for (int i = 0; i < db_saw.count; i++)
        if (db_saw.rows[i].transaction_id == transaction_id)
            receipt.payment = db_saw.rows[i];
    if (receipt.payment.transaction_id == 0) {
        struct error error;
        error_set(&error, ERROR_NOT_FOUND, NULL, "There is no such payment at this gym");
        on_reply(owner, NULL, &error);
    } else {
        on_reply(owner, &receipt, NULL);
    }
}

static void begin(void)
{
    fake_db_reset();
    memset(&db_saw, 0, sizeof db_saw);
    int32_t today = date_from_civil(2026, 11, 21);
    const struct payment_row rows[] = {
        {.transaction_id = 904,
         .refunds = 871,
         .at_local = (int64_t)today * 86400 + 61000,
         .day = today,
         .amount = -1500,
         .kind = "refund",
         .method = "Card",
         .note = "half a month, moved away",
         .staff = "Anna Petrosyan",
         .desk = "2",
         .plan = "Monthly",
         .starts = DATE_NONE,
         .ends = DATE_NONE},
        {.transaction_id = 871,
         .at_local = (int64_t)(today - 5) * 86400 + 61000,
         .day = today - 5,
         .amount = 3900,
         .refunded = 1500,
         .kind = "renewal",
         .method = "Card",
         .staff = "Dina Desk",
         .desk = "1",
         .plan = "Monthly",
         .starts = today - 5,
         .ends = today + 24},
        {.transaction_id = 702,
         .at_local = (int64_t)(today - 400) * 86400 + 61000,
         .day = today - 400,
         .amount = 1000,
         .refunded = 1000,
         .kind = "day_pass",
         .method = "Cash",
         .plan = "Day pass",
         .starts = today - 400,
         .ends = today - 400},
    };
    memcpy(db_saw.rows, rows, sizeof rows);
    db_saw.count = 3;
}

static void expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

static void sign_in_desk(struct host *host)
{
    host->session.level = LEVEL_DESK;
}

static void test_looks(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_payments, &member_shown, NULL);
    golden_check("payments/list", fake_draw, host);
    golden_check_sizes("payments_list", fake_draw, host);
    fake_key(host, "Down");
    fake_key(host, "x");
    golden_check("payments/refund", fake_draw, host);
    fake_close(host);
    begin();
    db_saw.count = 0;
    host = fake_open(&screen_payments, &member_shown, NULL);
    expect_text(host, "No payment yet");
    fake_close(host);
}

static void test_receipt(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_payments, &member_shown, NULL);
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_paper);
    fake_close(host);
    struct paper_argument paper = {.kind = PAPER_RECEIPT, .number = 871};
    host = fake_open(&screen_paper, &paper, NULL);
    golden_check("payments/receipt", fake_draw, host);
    fake_key(host, "Left"); /* there are no days to go to */
    expect_text(host, "Receipt 871");
    fake_close(host);
    paper.number = 904;
    host = fake_open(&screen_paper, &paper, NULL);
    golden_check("payments/receipt_of_a_refund", fake_draw, host);
    fake_close(host);
    paper.number = 1;
    host = fake_open(&screen_paper, &paper, NULL);
    expect_text(host, "There is no such payment");
    fake_key(host, "s");
    assert_null(host->form);
    fake_close(host);
}

static void test_refund_of_a_part_with_a_reason(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_payments, &member_shown, NULL);
    fake_key(host, "x"); /* on the refund */
    assert_null(host->form);
    assert_non_null(strstr(host->said, "itself a refund"));
    fake_key(host, "G");
    fake_key(host, "x");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "given back already"));
    fake_key(host, "Up");
    fake_key(host, "F8");
    expect_text(host, "24.00"); /* what is left of it */
    fake_key(host, "^U");
    fake_type(host, "24.01\tsorry");
    fake_key(host, "F2");
    assert_int_equal(db_saw.refunds, 0);
    expect_text(host, "At most 24.00 is left of it");
    fake_key(host, "^U");
    fake_type(host, "10");
    fake_key(host, "F2");
    assert_int_equal(db_saw.refunds, 1);
    assert_int_equal(db_saw.refunded, 871);
    assert_int_equal(db_saw.amount, 1000);
    assert_string_equal(db_saw.reason, "sorry");
    /* The line broke: whatever became of it, the same request is sent again. */
    struct error error;
    error_set(&error, ERROR_OFFLINE, "It comes back by itself; try again when the screen says live",
              "The database cannot be reached; nothing was sent");
    db_saw.changed(db_saw.owner, NULL, &error);
    expect_text(host, "nothing was sent");
    expect_text(host, "when the screen says live");
    golden_check("payments/refund_not_sent", fake_draw, host);
    fake_key(host, "F2");
    assert_string_equal(db_saw.ids[0], db_saw.ids[1]);
    error_set(&error, ERROR_INPUT, NULL, "Of this payment 9.00 can be refunded");
    db_saw.changed(db_saw.owner, NULL, &error);
    expect_text(host, "9.00 can be refunded");
    fake_key(host, "F2");
    assert_string_not_equal(db_saw.ids[1], db_saw.ids[2]);
    struct member_change change = {.text = "Refunded 10.00"};
    int reads = db_saw.reads;
    db_saw.changed(db_saw.owner, &change, NULL);
    assert_null(host->form);
    assert_non_null(strstr(host->said, "Refunded 10.00"));
    assert_int_equal(db_saw.reads, reads + 1);
    fake_close(host);
}

static void test_desk_gives_nothing_back(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open_with(&screen_payments, &member_shown, NULL, sign_in_desk);
    fake_key(host, "Down");
    fake_key(host, "x");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "by a manager"));
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_receipt),
        cmocka_unit_test(test_refund_of_a_part_with_a_reason),
        cmocka_unit_test(test_desk_gives_nothing_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
