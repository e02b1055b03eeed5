/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check-in, check-out, undo, backfill; who is in; the feed; occupancy. One round trip each. */
#ifndef GYMTUI_DB_ATTENDANCE_H
#define GYMTUI_DB_ATTENDANCE_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

enum verdict_result {
    VERDICT_IN,         /* checked in; `attendance_id` is the visit */
    VERDICT_DENIED,     /* nothing in attendance, a row in the access log */
    VERDICT_ALREADY_IN, /* in since `since_local`, at desk `since_desk`; nothing written */
    VERDICT_REPEAT,  /* the same code within repeat_warn seconds after leaving; nothing written */
    VERDICT_UNKNOWN, /* no such tag or number */
    VERDICT_OUT,     /* checked out */
    VERDICT_NOT_IN,  /* check-out without an open visit; offer a backfill */
    VERDICT_UNDONE,  /* visit voided */
};

/* DESK.md's order; the first one is shown large. */
enum reason_code {
    REASON_BANNED,
    REASON_OTHER_GYM,
    REASON_CANCELLED,
    REASON_FROZEN,
    REASON_EXPIRED,
    REASON_OFF_HOURS, /* the plan does not hold at this hour (off-peak) */
    REASON_NO_VISITS, /* pack used up */
    REASON_OWING,
    REASON_CAPACITY,
    REASON_GRACE,    /* ended, within the days of grace */
    REASON_EXPIRING, /* ends soon */
    REASON_BIRTHDAY,
    REASON_UNDER_16,
    REASON_NOTE,
    REASON_AUTO_CLOSED, /* yesterday's visit was closed by the worker */
    REASON_SESSIONS_LOW,
    REASON_REENTRY,
    REASON_COUNT
};
const char *reason_name(enum reason_code code); /* "expired", as in SQL */

enum reason_policy { POLICY_IGNORE, POLICY_WARN, POLICY_DENY };

struct reason {
    enum reason_code code;
    enum reason_policy policy;
    char text[160]; /* "expired 12 days ago": lower case, no full stop */
};

#define VERDICT_REASONS 12

struct verdict {
    enum verdict_result result;
    int64_t attendance_id; /* 0: none */
    int64_t customer_id;   /* the member's number; 0 when unknown */
    char name[200], keytag[40], plan[80], home_gym[128];
    int32_t ends;          /* day the running or last term ends (inclusive); DATE_NONE */
    int days_left;         /* negative: days since */
    int visits_this_month; /* this one included */
    int visits_total;
    int32_t last_visit;  /* day before this one; DATE_NONE */
    char habit[64];      /* "usually Sat 18:10", or "" */
    money balance;       /* > 0: owes */
    int64_t at_local;    /* check-in or check-out time */
    int64_t since_local; /* ALREADY_IN, OUT: when the visit began */
    int64_t seconds_in;  /* OUT: how long it lasted */
    char since_desk[24];
    struct reason reasons[VERDICT_REASONS];
    int reason_count;
    int inside, capacity; /* occupancy after this; capacity 0: no limit */
    /* What the alert offers; 0 where it does not apply. */
    int64_t renew_package_id;
    money renew_price;
    int32_t renew_until; /* inclusive */
    money day_pass_price;
    int64_t day_pass_package_id;
    bool recovered; /* answer to an unknown write, looked up after a reconnect */
};

typedef void verdict_fn(void *owner, const struct verdict *verdict, const struct error *error);

struct check_in_request {
    struct request_id id;
    const char *code;    /* scanned tag or typed number; or NULL with customer_id */
    int64_t customer_id; /* 0 with code */
    const char *desk;
    const char *override_reason; /* lets in against policy deny, noted; NULL */
    int repeat_seconds;          /* REPEAT window after a check-out by the same code; 0: none */
};
/* Write. Decides, writes and answers in one statement. */
void attendance_check_in(struct db *db, const struct check_in_request *request,
                         verdict_fn *on_reply, void *owner);

struct check_out_request {
    struct request_id id;
    const char *code;
    int64_t customer_id;
    const char *desk;
};
void attendance_check_out(struct db *db, const struct check_out_request *request,
                          verdict_fn *on_reply, void *owner);

/* Voids a check-in (the visit stays, marked), or re-opens a check-out. `reason` "mistake" is the
 * desk's undo. Only visits of today at this gym. */
void attendance_undo(struct db *db, struct request_id id, int64_t attendance_id, const char *reason,
                     verdict_fn *on_reply, void *owner);

/* A visit entered afterwards; wall-clock times of the gym, `check_out_local` MOMENT_NONE: open. */
void attendance_backfill(struct db *db, struct request_id id, int64_t customer_id,
                         int64_t check_in_local, int64_t check_out_local, const char *reason,
                         const char *desk, verdict_fn *on_reply, void *owner);

/* Renew (or sell a day pass), take the payment of what is due, and check in: one transaction. */
struct renew_and_check_in_request {
    struct request_id id;
    int64_t customer_id, package_id;
    int payment_method_id; /* 1 card, 2 debit, 3 cash, 4 other */
    const char *desk;
    bool check_in;
};
void attendance_renew_and_check_in(struct db *db, const struct renew_and_check_in_request *request,
                                   verdict_fn *on_reply, void *owner);

/* Freeze ends today, the term moves, and the member is in: one transaction. */
void attendance_unfreeze_and_check_in(struct db *db, struct request_id id, int64_t customer_id,
                                      const char *desk, verdict_fn *on_reply, void *owner);

/* What a guest of this member costs: the first `included` of a month nothing, by the plan. */
struct guest_terms {
    char plan[80];      /* the host's */
    int included, used; /* free guests a month, and those of this month */
    int64_t package_id; /* the day pass; 0: none is sold here */
    char pass[80];
    money price;
};
typedef void guest_terms_fn(void *owner, const struct guest_terms *terms,
                            const struct error *error);
void attendance_guest_terms(struct db *db, int64_t host_id, guest_terms_fn *on_reply, void *owner);

/* Lets a guest of a member in who is in: the record, the day pass (free or paid by
 * `payment_method_id`, 0: later) and the visit in one transaction. The verdict is the guest's. */
struct check_in_guest_request {
    struct request_id id;
    int64_t host_id;
    const char *name, *phone;
    int payment_method_id;
    const char *desk;
};
void attendance_check_in_guest(struct db *db, const struct check_in_guest_request *request,
                               verdict_fn *on_reply, void *owner);

/* Candidates for letters typed at the desk: best match first, then who usually comes at this hour.
 */
struct candidate {
    int64_t customer_id;
    char name[200], plan[80], keytag[40], phone[40];
    int32_t ends, last_visit;
    char status[12]; /* "active", "frozen", "cancelled", "expired" */
    bool is_in;
    int matched_by; /* 0 name, 1 phone, 2 e-mail, 3 number or tag */
};
typedef void candidates_fn(void *owner, const struct candidate *rows, int count,
                           const struct error *error);
void attendance_candidates(struct db *db, const char *typed, int limit, candidates_fn *on_reply,
                           void *owner);

/* The live feed, newest first: check-ins, check-outs and denials at this gym. */
enum feed_kind { FEED_IN, FEED_OUT, FEED_DENIED, FEED_VOIDED };
struct feed_row {
    enum feed_kind kind;
    int64_t attendance_id, customer_id;
    /* A guest goes by the host, "Guest of Tigran Hakobyan", with the own name in `to_know`. */
    char name[200], plan[80], desk[24], to_know[160]; /* "! owes 39.00", "expired 12 days ago" */
    int64_t at_local;
    int64_t seconds_in; /* so far, or in all */
    bool is_open;
    enum reason_policy severity; /* of to_know */
};
typedef void feed_fn(void *owner, const struct feed_row *rows, int count,
                     const struct error *error);
void attendance_feed(struct db *db, int limit, feed_fn *on_reply, void *owner);
/* Who is in now, longest first when `longest_first`, else newest first. */
void attendance_inside(struct db *db, int limit, bool longest_first, feed_fn *on_reply,
                       void *owner);

struct occupancy {
    int inside, capacity;
    int usual_now; /* typical at this weekday and hour over the last 8 weeks; -1 unknown */
    int check_ins_today, check_outs_today, denied_today;
    money taken_today;
};
typedef void occupancy_fn(void *owner, const struct occupancy *occupancy,
                          const struct error *error);
void attendance_occupancy(struct db *db, occupancy_fn *on_reply, void *owner);

#endif
