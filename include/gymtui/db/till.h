/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The till (DESK.md rules 16 and 17): one open session a desk, cash put in and taken out, the blind
 * count; the day's money; a member's payments, refunds, and what stands on a receipt. Rows are only
 * ever added: nothing here is changed or deleted.
 */
#ifndef GYMTUI_DB_TILL_H
#define GYMTUI_DB_TILL_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"
#include "gymtui/db/members.h"

#define TILL_METHODS 8  /* payment methods */
#define TILL_MOVES   32 /* cash in and out that is listed one by one */
#define TILL_PARTS   32 /* kinds of notes and coins */

/* What was taken by one payment method. */
struct till_method {
    char method[24];
    bool is_cash;
    int payments, refunds;
    money taken, refunded; /* both 0 or above */
};

struct till_move {
    int64_t at_local;
    money amount; /* above zero put in, below taken out */
    char reason[160], staff[128];
};

/* One session, open or closed. */
struct till_session {
    int64_t till_session_id;
    char desk[24], opened_by[128], closed_by[128], reason[200];
    int64_t opened_local, closed_local;     /* closed MOMENT_NONE: still open */
    money opening_float, expected, counted; /* the latter two of a closed one */
    int counts;                             /* how often it was counted; managers only, else 0 */
    money first_counted;                    /* of the first count; managers only */
};

/* --- this desk's till --- */

struct till_now {
    struct till_session session; /* till_session_id 0: none is open here */
    struct till_method methods[TILL_METHODS];
    int method_count;
    struct till_move moves[TILL_MOVES]; /* newest first */
    int move_count;
    bool has_last; /* the last one that was closed at this desk: what should lie in the drawer */
    money last_counted;
    int64_t last_closed_local;
};
typedef void till_now_fn(void *owner, const struct till_now *now, const struct error *error);
/* What a desk may see while the till is open: everything but what makes the expected cash known
 * (the caller keeps taken and refunded cash to itself until the count). Topics: till, members. */
void till_now(struct db *db, const char *desk, till_now_fn *on_reply, void *owner);

/* A till was opened, cash was moved: the number of the session or of the move. */
typedef void till_done_fn(void *owner, int64_t number, const struct error *error);
void till_open(struct db *db, struct request_id id, const char *desk, money opening_float,
               till_done_fn *on_reply, void *owner);
void till_move(struct db *db, struct request_id id, const char *desk, money amount,
               const char *reason, till_done_fn *on_reply, void *owner);

struct till_part {
    money value; /* of one note or coin */
    int pieces;
};
struct till_count_request {
    struct request_id id;
    const char *desk;
    const struct till_part *parts; /* those there are any of; none and `counted` for a bare sum */
    int part_count;
    money counted; /* must be what the parts make, when there are parts */
    const char *reason;
};
struct till_count {
    bool closed; /* it agreed or had a reason; else it differs, and a reason is wanted */
    int64_t till_session_id;
    money opening_float, cash_taken, cash_refunded, cash_moved, expected, counted;
    int counts;
};
typedef void till_count_fn(void *owner, const struct till_count *count, const struct error *error);
void till_count(struct db *db, const struct till_count_request *request, till_count_fn *on_reply,
                void *owner);

/* --- closed ones --- */

/* Sessions of all desks, newest first; managers. `before` 0: from the newest. */
typedef void till_sessions_fn(void *owner, const struct till_session *rows, int count, bool more,
                              const struct error *error);
void till_sessions(struct db *db, int64_t before, int limit, till_sessions_fn *on_reply,
                   void *owner);

/* All about one session, for its report. */
struct till_report {
    struct till_session session;
    struct till_method methods[TILL_METHODS];
    int method_count;
    struct till_move moves[TILL_MOVES];
    int move_count; /* those listed */
    money moved;    /* all of them */
    struct till_part parts[TILL_PARTS];
    int part_count;
};
typedef void till_report_fn(void *owner, const struct till_report *report,
                            const struct error *error);
void till_report(struct db *db, int64_t till_session_id, till_report_fn *on_reply, void *owner);

/* --- the day's money --- */

#define TILL_LINES    64
#define TILL_SESSIONS 24

struct till_line { /* one kind by one method */
    char kind[24], method[24];
    int payments;
    money amount; /* refunds below zero */
};
struct till_day {
    int32_t day;
    struct till_line lines[TILL_LINES];
    int line_count;
    int payments;                      /* refunds are none */
    money total, refunded, in_no_till; /* refunded 0 or above; cash that is in no session */
    struct till_session sessions[TILL_SESSIONS]; /* opened or closed on that day */
    int session_count;
    money moved;           /* cash in less cash out */
    int32_t before, after; /* the days next to it with any payment; DATE_NONE */
};
typedef void till_day_fn(void *owner, const struct till_day *day, const struct error *error);
/* DATE_NONE: today. The total is what `gymtui report today` calls taken. */
void till_day(struct db *db, int32_t day, till_day_fn *on_reply, void *owner);

/* --- a member's payments --- */

struct payment_row {
    int64_t transaction_id, refunds; /* the payment that a refund takes back; 0 */
    int64_t at_local;
    int32_t day;
    money amount, refunded; /* what of it was given back so far, 0 or above */
    char kind[24], method[24], note[160], staff[128], desk[24], plan[80];
    int32_t starts, ends; /* the term it paid for; DATE_NONE */
};
/* Newest first, `before` 0 from the newest. */
typedef void payments_fn(void *owner, const struct payment_row *rows, int count, bool more,
                         const struct error *error);
void payments_list(struct db *db, int64_t customer_id, int64_t before, int limit,
                   payments_fn *on_reply, void *owner);

/* Managers. A part or all of what is left of a payment, with a reason. */
void payments_refund(struct db *db, struct request_id id, int64_t transaction_id, money amount,
                     const char *desk, const char *reason, member_change_fn *on_reply, void *owner);

/* What stands on a receipt. */
struct receipt {
    char gym[128], address[200], phone[40], currency[4], member[200];
    int64_t customer_id;
    money balance; /* now */
    struct payment_row payment;
};
typedef void receipt_fn(void *owner, const struct receipt *receipt, const struct error *error);
void payments_receipt(struct db *db, int64_t transaction_id, receipt_fn *on_reply, void *owner);

#endif
