/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The member list: keyset pages in five sort orders, each walked forward or backward along an
 * index, so that the page after the 990,000th member costs what the first one does.
 */
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/db/members.h"
#include "lane.h"
#include "page.h"

#define PAGE_LIMIT 500

/* What deliver_page must know beside the rows. */

static void read_member(struct row *row, struct member_row *member)
{
    member->customer_id = row_integer(row);
    row_text(row, member->name, sizeof member->name);
    row_text(row, member->plan, sizeof member->plan);
    row_text(row, member->status, sizeof member->status);
    row_text(row, member->segment, sizeof member->segment);
    row_text(row, member->phone, sizeof member->phone);
    member->ends = row_date(row);
    member->last_visit = row_date(row);
    member->balance = row_money(row);
    member->is_in = row_bool(row);
    member->is_banned = row_bool(row);
    member->has_day_pass = row_bool(row);
    member->has_value = !row_is_null(row);
    member->value = row_number(row);
}

static void deliver_page(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    member_page_fn *on_reply = (member_page_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    const PGresult *result = results[1]; /* the first says how to plan it */
    struct page page = page_of(call, result);
    struct member_row *rows = rows_allocate(page.count, sizeof *rows);
    if (!rows)
        page.count = 0;
    struct row row = row_first(result);
    for (int i = 0; i < page.count; i++, row_next(&row))
        read_member(&row, &rows[page_place(&page, i)]);
    on_reply(call->owner, rows, page.count, page.more, NULL);
    free(rows);
}

static const char *const sort_names[] = {
    [MEMBER_SORT_NAME] = "name",   [MEMBER_SORT_NUMBER] = "number",
    [MEMBER_SORT_ENDS] = "ends",   [MEMBER_SORT_LAST_VISIT] = "last_visit",
    [MEMBER_SORT_VALUE] = "value",
};

static const char *statement_for(enum member_sort sort, bool forward)
{
    switch (sort) {
    case MEMBER_SORT_NAME:
        return forward ? "members_by_name_forward" : "members_by_name_backward";
    case MEMBER_SORT_NUMBER:
        return forward ? "members_by_number_forward" : "members_by_number_backward";
    case MEMBER_SORT_ENDS:
        return forward ? "members_by_ends_forward" : "members_by_ends_backward";
    case MEMBER_SORT_LAST_VISIT:
        return forward ? "members_by_last_visit_forward" : "members_by_last_visit_backward";
    case MEMBER_SORT_VALUE:
        return forward ? "members_by_value_forward" : "members_by_value_backward";
    }
    return NULL;
}

static int32_t anchor_day(const struct member_query *query)
{
    if (!query->anchor)
        return DATE_NONE;
    switch (query->sort) {
    case MEMBER_SORT_ENDS:
        return query->anchor->ends;
    case MEMBER_SORT_LAST_VISIT:
        return query->anchor->last_visit;
    case MEMBER_SORT_NAME:
    case MEMBER_SORT_NUMBER:
    case MEMBER_SORT_VALUE:
        break;
    }
    return DATE_NONE;
}

static void days_or_null(struct parameters *parameters, int days)
{
    if (days < 0)
        parameters_text(parameters, NULL);
    else
        parameters_integer(parameters, days);
}

void members_page(struct db *db, const struct member_query *query, member_page_fn *on_reply,
                  void *owner)
{
    int limit = query->limit < 1 ? 1 : query->limit > PAGE_LIMIT ? PAGE_LIMIT : query->limit;
    bool searches = query->search && *query->search;
    struct parameters parameters = {0};
    parameters_text(&parameters, query->search);
    parameters_text(&parameters, query->status);
    parameters_id(&parameters, query->package_id);
    days_or_null(&parameters, query->expiring_within);
    parameters_bool(&parameters, query->owing);
    days_or_null(&parameters, query->absent_days);
    parameters_id(&parameters, query->anchor ? query->anchor->customer_id : 0);
    parameters_date(&parameters, searches ? DATE_NONE : anchor_day(query));
    parameters_integer(&parameters, limit + 1);
    parameters_text(&parameters, sort_names[query->sort]);
    parameters_text(&parameters, query->segment);
    bool forward = query->descending == query->before;
    parameters.note = page_note(limit, query->before);
    const char *const names[] = {
        searches ? "members_plan_once" : "members_plan_with_values",
        !searches ? statement_for(query->sort, forward)
        : forward ? "members_search_forward"
                  : "members_search_backward",
        NULL,
    };
    call_queue(db, DB_BROWSE, CALL_READ, names, &parameters, deliver_page,
               (call_reply_fn *)on_reply, owner);
}
