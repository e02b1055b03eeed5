/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls on money and the log of changes, weak, as in fake_calls.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/audit.h"
#include "gymtui/db/till.h"

#define WEAK __attribute__((weak))

WEAK void till_now(struct db *db, const char *desk, till_now_fn *on_reply, void *owner)
{
    (void)db, (void)desk, (void)on_reply, (void)owner;
    fail_msg("till_now was not expected");
}

WEAK void till_open(struct db *db, struct request_id id, const char *desk, money opening_float,
                    till_done_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)desk, (void)opening_float, (void)on_reply, (void)owner;
    fail_msg("till_open was not expected");
}

WEAK void till_move(struct db *db, struct request_id id, const char *desk, money amount,
                    const char *reason, till_done_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)desk, (void)amount, (void)reason, (void)on_reply, (void)owner;
    fail_msg("till_move was not expected");
}

WEAK void till_count(struct db *db, const struct till_count_request *request,
                     till_count_fn *on_reply, void *owner)
{
    (void)db, (void)request, (void)on_reply, (void)owner;
    fail_msg("till_count was not expected");
}

WEAK void till_sessions(struct db *db, int64_t before, int limit, till_sessions_fn *on_reply,
                        void *owner)
{
    (void)db, (void)before, (void)limit, (void)on_reply, (void)owner;
    fail_msg("till_sessions was not expected");
}

WEAK void till_report(struct db *db, int64_t till_session_id, till_report_fn *on_reply, void *owner)
{
    (void)db, (void)till_session_id, (void)on_reply, (void)owner;
    fail_msg("till_report was not expected");
}

WEAK void till_day(struct db *db, int32_t day, till_day_fn *on_reply, void *owner)
{
    (void)db, (void)day, (void)on_reply, (void)owner;
    fail_msg("till_day was not expected");
}

WEAK void payments_list(struct db *db, int64_t customer_id, int64_t before, int limit,
                        payments_fn *on_reply, void *owner)
{
    (void)db, (void)customer_id, (void)before, (void)limit, (void)on_reply, (void)owner;
    fail_msg("payments_list was not expected");
}

WEAK void payments_refund(struct db *db, struct request_id id, int64_t transaction_id, money amount,
                          const char *desk, const char *reason, member_change_fn *on_reply,
                          void *owner)
{
    (void)db, (void)id, (void)transaction_id, (void)amount, (void)desk, (void)reason;
    (void)on_reply, (void)owner;
    fail_msg("payments_refund was not expected");
}

WEAK void payments_receipt(struct db *db, int64_t transaction_id, receipt_fn *on_reply, void *owner)
{
    (void)db, (void)transaction_id, (void)on_reply, (void)owner;
    fail_msg("payments_receipt was not expected");
}

WEAK void audit_page(struct db *db, const struct audit_query *query, audit_fn *on_reply,
                     void *owner)
{
    (void)db, (void)query, (void)on_reply, (void)owner;
    fail_msg("audit_page was not expected");
}

/* Words, as the data layer has them. */
WEAK const char *audit_action_name(enum audit_action action)
{
    static const char *const names[] = {"added", "changed", "removed"};
    return names[action];
}
