/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member's payments, refunds, receipts. The statements stand in till.sql. */
#include <stdlib.h>

#include "change.h"
#include "decode.h"
#include "gymtui/db/till.h"
#include "lane.h"

static void read_payment(struct row *row, struct payment_row *payment)
{
    payment->transaction_id = row_integer(row);
    payment->refunds = row_integer(row);
    payment->at_local = row_moment(row);
    payment->day = row_date(row);
    payment->amount = row_money(row);
    payment->refunded = row_money(row);
    row_text(row, payment->kind, sizeof payment->kind);
    row_text(row, payment->method, sizeof payment->method);
    row_text(row, payment->note, sizeof payment->note);
    row_text(row, payment->staff, sizeof payment->staff);
    row_text(row, payment->desk, sizeof payment->desk);
    row_text(row, payment->plan, sizeof payment->plan);
    payment->starts = row_date(row);
    payment->ends = row_date(row);
}

static void deliver_list(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    payments_fn *on_reply = (payments_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    struct payment_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row))
        read_payment(&row, &rows[count++]);
    bool more = count > (int)call->note;
    on_reply(call->owner, rows, more ? (int)call->note : count, more, NULL);
    free(rows);
}

void payments_list(struct db *db, int64_t customer_id, int64_t before, int limit,
                   payments_fn *on_reply, void *owner)
{
    struct parameters parameters = {.note = (unsigned)limit};
    parameters_integer(&parameters, customer_id);
    parameters_id(&parameters, before);
    parameters_integer(&parameters, limit);
    call_one(db, DB_DESK, CALL_READ, "payments_list", &parameters, deliver_list,
             (call_reply_fn *)on_reply, owner);
}

void payments_refund(struct db *db, struct request_id id, int64_t transaction_id, money amount,
                     const char *desk, const char *reason, member_change_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, id.text);
    parameters_integer(&parameters, transaction_id);
    parameters_money(&parameters, amount);
    parameters_text(&parameters, desk);
    parameters_text(&parameters, reason);
    change_send(db, "payments_refund", &parameters, on_reply, owner);
}

static void deliver_receipt(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    receipt_fn *on_reply = (receipt_fn *)call->on_reply;
    struct row row;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    row = row_first(results[0]);
    if (!row_exists(&row)) {
        struct error missing;
        error_set(&missing, ERROR_NOT_FOUND, NULL, "There is no such payment at this gym");
        on_reply(call->owner, NULL, &missing);
        return;
    }
    struct receipt receipt = {0};
    row_text(&row, receipt.gym, sizeof receipt.gym);
    row_text(&row, receipt.address, sizeof receipt.address);
    row_text(&row, receipt.phone, sizeof receipt.phone);
    row_text(&row, receipt.currency, sizeof receipt.currency);
    row_text(&row, receipt.member, sizeof receipt.member);
    receipt.customer_id = row_integer(&row);
    receipt.balance = row_money(&row);
    read_payment(&row, &receipt.payment);
    on_reply(call->owner, &receipt, NULL);
}

void payments_receipt(struct db *db, int64_t transaction_id, receipt_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, transaction_id);
    call_one(db, DB_DESK, CALL_READ, "payments_receipt", &parameters, deliver_receipt,
             (call_reply_fn *)on_reply, owner);
}
