/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members: list with keyset pages, search as you type, card, edit, enrol, freeze, cancel, renew. */
#ifndef GYMTUI_DB_MEMBERS_H
#define GYMTUI_DB_MEMBERS_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

/* "None" counts as before every day: first when ascending, last when descending. */
enum member_sort {
    MEMBER_SORT_NAME,
    MEMBER_SORT_NUMBER,
    MEMBER_SORT_ENDS,
    MEMBER_SORT_LAST_VISIT,
    MEMBER_SORT_VALUE, /* lifetime value; those without one first */
};

struct member_row {
    int64_t customer_id;
    char name[200], plan[80], status[12], segment[24], phone[40];
    int32_t ends, last_visit;
    money balance;
    bool is_in, is_banned;
    bool has_day_pass; /* its plan is for one day */
    bool has_value;
    double value; /* lifetime value in the gym's currency */
};

struct member_query {
    /* Letters of a name, phone, e-mail, number or tag, as typed; NULL or "": all. Over 500 hits
     * come in the order of what matched, not of `sort`. */
    const char *search;
    const char *status;  /* "active", "frozen", "cancelled", "expired", NULL: all */
    int64_t package_id;  /* 0: all */
    int expiring_within; /* days; -1: all */
    bool owing;          /* only those who owe */
    int absent_days;     /* no visit for at least so long; -1: all */
    const char *segment; /* "At Risk"; NULL or "": all */
    enum member_sort sort;
    bool descending;
    /* Keyset: the page after (or before) this row in the sort order; NULL: from the start (or,
     * with before, from the end). */
    const struct member_row *anchor;
    bool before;
    int limit; /* at most 500 */
};
/* Rows come in display order also for pages before the anchor. `more`: whether the direction
 * goes on. */
typedef void member_page_fn(void *owner, const struct member_row *rows, int count, bool more,
                            const struct error *error);
void members_page(struct db *db, const struct member_query *query, member_page_fn *on_reply,
                  void *owner);

struct member_term {
    int64_t membership_id;
    char plan[80];
    int32_t starts, ends; /* inclusive */
    money price;
    int32_t cancelled_on; /* DATE_NONE */
};
struct member_freeze {
    int32_t starts, ends;
    char reason[80];
};
struct member_visit {
    int64_t attendance_id;
    int64_t in_local, out_local; /* out MOMENT_NONE: still in */
    int64_t seconds;
    char desk[24], remark[80]; /* "auto-closed", "voided: mistake", "let in: …" */
};
struct member_payment {
    int64_t transaction_id;
    int32_t day;
    money amount;
    char kind[24], method[24], note[80];
};

#define MEMBER_WEEKS 26

struct member_card {
    int64_t customer_id, gym_id, package_id, trainer_id;
    char name[200], email[120], phone[40], keytag[40], gender[16], note[400];
    char plan[80], status[12], trainer[128], home_gym[128], banned_reason[120];
    int32_t birth_date, join_date, ends;
    money balance, paid_total, paid_12_months;
    int row_version;
    int visits_total, visits_month, visits_per_week[MEMBER_WEEKS]; /* oldest first */
    int32_t last_visit;
    char habit[64];
    bool is_in;
    int64_t open_attendance_id;
    /* Value: as_of DATE_NONE while nothing was computed. */
    int r, f, m;
    char segment[24], customer_type[24];
    bool has_clv;
    double clv, clv_low, clv_high, p_renew;
    double p_renew_usual; /* were the member coming as usual; 0: not known */
    double at_stake;      /* expected loss; 0: none */
    char risk_reason[160], model[64];
    int32_t value_as_of;
    int64_t merged_into; /* the record that was kept; 0: this one is */
    bool is_anonymised;
    /* Lists, newest first; owned by the data layer until the reply function returns. */
    const struct member_term *terms;
    int term_count;
    const struct member_freeze *freezes;
    int freeze_count;
    const struct member_visit *visits; /* last 30 */
    int visit_count;
    const struct member_payment *payments; /* last 30 */
    int payment_count;
};
typedef void member_card_fn(void *owner, const struct member_card *card, const struct error *error);
void members_card(struct db *db, int64_t customer_id, member_card_fn *on_reply, void *owner);

/* What can be edited. In an edit, `row_version` is the one that was read. */
struct member_edit {
    struct request_id id;
    int64_t customer_id; /* 0: enrol */
    int row_version;
    const char *name, *email, *phone, *keytag, *gender, *note;
    int32_t birth_date;
    int64_t trainer_id; /* 0: none */
    /* Enrol only: */
    int64_t package_id;
    int payment_method_id;
    const char *desk;
    bool check_in;
    bool duplicate_is_fine; /* the person looked at the warning */
};
struct member_saved {
    int64_t customer_id;
    int row_version;
    /* ERROR_CONFLICT: the other's values and name; enrol: a likely duplicate's number and name. */
    int64_t duplicate_id;
    char other_name[200], changed_by[128];
};
typedef void member_saved_fn(void *owner, const struct member_saved *saved,
                             const struct error *error);
void members_update(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                    void *owner);
void members_enrol(struct db *db, const struct member_edit *edit, member_saved_fn *on_reply,
                   void *owner);

/* Writes on the membership; each answers in one sentence ("Frozen until 21 Dec; ends 20 Jan"). */
struct member_change {
    char text[200];
    int32_t ends;
    money balance;
};
typedef void member_change_fn(void *owner, const struct member_change *change,
                              const struct error *error);
void members_freeze(struct db *db, struct request_id id, int64_t customer_id, int32_t from,
                    int32_t until, const char *reason, member_change_fn *on_reply, void *owner);
void members_unfreeze(struct db *db, struct request_id id, int64_t customer_id,
                      member_change_fn *on_reply, void *owner);
void members_cancel(struct db *db, struct request_id id, int64_t customer_id, int32_t effective,
                    const char *reason, member_change_fn *on_reply, void *owner);
void members_renew(struct db *db, struct request_id id, int64_t customer_id, int64_t package_id,
                   int payment_method_id, const char *desk, member_change_fn *on_reply,
                   void *owner);
/* At once: the running term ends yesterday, and what was not used of it is credited by days. Else
 * from the next term on. */
void members_change_package(struct db *db, struct request_id id, int64_t customer_id,
                            int64_t package_id, bool at_once, int payment_method_id,
                            const char *desk, member_change_fn *on_reply, void *owner);

/* What a change would do, computed by the change itself and rolled back. Refused as the change
 * would be. */
enum member_preview_kind {
    MEMBER_PREVIEW_FREEZE,      /* from, until */
    MEMBER_PREVIEW_UNFREEZE,    /* nothing */
    MEMBER_PREVIEW_CANCEL,      /* until: the last valid day */
    MEMBER_PREVIEW_RENEW,       /* package_id, payment_method_id */
    MEMBER_PREVIEW_CHANGE_NEXT, /* package_id, payment_method_id */
    MEMBER_PREVIEW_CHANGE_NOW,
};
struct member_preview_request {
    enum member_preview_kind kind;
    int64_t customer_id, package_id;
    int32_t from, until;
    int payment_method_id; /* 0: on account */
};
struct member_preview {
    char text[200]; /* as the change would answer */
    char plan_before[80], plan[80];
    int32_t starts; /* of the last term, as it would be */
    int32_t ends_before, ends;
    money balance_before, balance; /* > 0 is owed */
    money charged, credited, paid;
};
typedef void member_preview_fn(void *owner, const struct member_preview *preview,
                               const struct error *error);
void members_preview(struct db *db, const struct member_preview_request *request,
                     member_preview_fn *on_reply, void *owner);

void members_pay(struct db *db, struct request_id id, int64_t customer_id, money amount,
                 int payment_method_id, const char *desk, const char *note,
                 member_change_fn *on_reply, void *owner);

#endif
