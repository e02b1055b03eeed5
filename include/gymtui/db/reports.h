/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists for reports, and whole tables for exports, page by page along an index: memory does not
 * grow with what there is, and no page takes longer than the first.
 */
#ifndef GYMTUI_DB_REPORTS_H
#define GYMTUI_DB_REPORTS_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

/* --- members to do something about --- */

enum report_kind {
    REPORT_EXPIRING,  /* terms that end within `days`; day: the end, number: days left */
    REPORT_OWING,     /* who owes; day: since when, number: days since */
    REPORT_ABSENT,    /* a running term, no visit for `days`, not frozen; day: the last visit (or
                         joining), number: days since */
    REPORT_BIRTHDAYS, /* running terms, birthday within `days` (29 February on the 28th, DESK.md
                         rule 20); day: the birthday, number: the age then */
};

struct report_member {
    int64_t customer_id;
    char name[200], phone[40], email[120], plan[80];
    int32_t ends, last_visit, day;
    money balance;
    int number;
};

struct report_query {
    enum report_kind kind;
    int days;
    const struct report_member *after; /* keyset: the page after this one; NULL: the first */
    int limit;
};
/* By day, then number of the member. */
typedef void report_members_fn(void *owner, const struct report_member *rows, int count, bool more,
                               const struct error *error);
void report_members(struct db *db, const struct report_query *query, report_members_fn *on_reply,
                    void *owner);

/* --- whole tables --- */

enum export_kind { EXPORT_MEMBERS, EXPORT_VISITS, EXPORT_PAYMENTS, EXPORT_SEGMENTS };

enum export_type { EXPORT_TEXT, EXPORT_NUMBER, EXPORT_DAY, EXPORT_MOMENT, EXPORT_YES };

struct export_column {
    const char *name;
    enum export_type type;
};
/* Ends with name NULL. The first one is the row's number, which is the anchor of the next page. */
const struct export_column *export_columns(enum export_kind kind);

struct export_query {
    enum export_kind kind;
    int32_t since, until; /* both inclusive, DATE_NONE: open: joined, visited, paid; none of
                             segments */
    int64_t after;        /* 0: from the start */
    int limit;
};
struct export_page {
    const char *const *cells; /* rows × columns: cleaned text, plain numbers, ISO days and times,
                                 "true" or "false"; NULL: none */
    int rows, columns;
    int64_t last; /* the anchor of the next page */
    bool more;
};
typedef void export_fn(void *owner, const struct export_page *page, const struct error *error);
void export_page(struct db *db, const struct export_query *query, export_fn *on_reply, void *owner);

#endif
