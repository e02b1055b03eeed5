/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question is under way at a time, as on the members screen; the rows of the last answer stay,
 * dimmed, until the next one comes. */
#include "analytics_customers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_find.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/message.h"

#define PAGE_ROWS   120
#define WINDOW_ROWS 480 /* below the data layer's limit for a re-read */
#define EXPORT_ROWS 500

enum column {
    COLUMN_NAME,
    COLUMN_NUMBER,
    COLUMN_PLAN,
    COLUMN_RECENCY,
    COLUMN_SCORES,
    COLUMN_PAID,
    COLUMN_CLV,
    COLUMN_STAKE,
    COLUMN_STAY,
    COLUMN_TYPE,
    COLUMN_PHONE,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_NAME] = {"Name", 14, 3, ALIGN_LEFT, 0, true},
    [COLUMN_NUMBER] = {"Number", 7, 0, ALIGN_RIGHT, 4, false},
    [COLUMN_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 5, false},
    [COLUMN_RECENCY] = {"Last", 9, 0, ALIGN_LEFT, 1, true},
    [COLUMN_SCORES] = {"R F M", 5, 0, ALIGN_LEFT, 3, false},
    [COLUMN_PAID] = {"Paid/yr", 8, 0, ALIGN_RIGHT, 3, true},
    [COLUMN_CLV] = {"Value", 7, 0, ALIGN_RIGHT, 0, true},
    [COLUMN_STAKE] = {"At stake", 9, 0, ALIGN_RIGHT, 2, true},
    [COLUMN_STAY] = {"Stays", 5, 0, ALIGN_RIGHT, 2, false},
    [COLUMN_TYPE] = {"Type", 10, 0, ALIGN_LEFT, 6, false},
    [COLUMN_PHONE] = {"Phone", 16, 0, ALIGN_LEFT, 7, false},
};

/* A dataset knows keys and payments: nobody to call, no plan, nothing at stake. */
static const struct table_column dataset_columns[COLUMN_COUNT] = {
    [COLUMN_NAME] = {"Customer", 14, 3, ALIGN_LEFT, 0, true},
    [COLUMN_RECENCY] = {"Last", 9, 0, ALIGN_LEFT, 1, true},
    [COLUMN_SCORES] = {"R F M", 5, 0, ALIGN_LEFT, 3, false},
    [COLUMN_PAID] = {"Paid/yr", 8, 0, ALIGN_RIGHT, 3, true},
    [COLUMN_CLV] = {"Value", 7, 0, ALIGN_RIGHT, 0, true},
    [COLUMN_STAY] = {"Stays", 5, 0, ALIGN_RIGHT, 2, false},
    [COLUMN_TYPE] = {"Type", 10, 0, ALIGN_LEFT, 6, false},
};

/* What an order starts with: the most worth, the longest gone. */
static bool starts_high(int column)
{
    return column != COLUMN_NAME;
}

static void write_amount(char *text, size_t size, double value)
{
    if (isnan(value))
        snprintf(text, size, "–");
    else
        analytics_format_count(text, size, value);
}

static void write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct customers_list *list = owner;
    const struct segment_customer *row = row_;
    switch ((enum column)column) {
    case COLUMN_NAME:
        snprintf(text, size, "%s", row->name);
        *role = ROLE_STRONG;
        break;
    case COLUMN_NUMBER:
        if (list->place->dataset_id == 0)
            snprintf(text, size, "%" PRId64, row->customer_id);
        break;
    case COLUMN_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case COLUMN_RECENCY:
        if (list->place->dataset_id != 0)
            snprintf(text, size, "%d d", row->recency);
        else if (row->last_visit == DATE_NONE)
            snprintf(text, size, "never");
        else
            date_format_ago(text, size, row->last_visit, list->today);
        break;
    case COLUMN_SCORES:
        snprintf(text, size, "%d %d %d", row->r, row->f, row->m);
        break;
    case COLUMN_PAID:
        write_amount(text, size, row->paid);
        break;
    case COLUMN_CLV:
        write_amount(text, size, row->clv);
        *role = ROLE_STRONG;
        break;
    case COLUMN_STAKE:
        if (row->at_stake > 0) {
            write_amount(text, size, row->at_stake);
            *role = ROLE_WARN;
        }
        break;
    case COLUMN_STAY:
        if (!isnan(row->p_stay))
            snprintf(text, size, "%.0f %%", row->p_stay * 100);
        break;
    case COLUMN_TYPE:
        snprintf(text, size, "%s", row->type);
        break;
    case COLUMN_PHONE:
        snprintf(text, size, "%s", row->phone);
        break;
    case COLUMN_COUNT:
        break;
    }
}

static bool same_customer(const void *a, const void *b)
{
    return ((const struct segment_customer *)a)->customer_id ==
           ((const struct segment_customer *)b)->customer_id;
}

/* --- questions and answers --- */

static void ask_next(struct customers_list *list);

static enum segment_sort sort_of(const struct customers_list *list, bool *descending)
{
    switch (table_sort(list->table, descending)) {
    case COLUMN_NAME:
        return SEGMENT_SORT_NAME;
    case COLUMN_RECENCY:
        return SEGMENT_SORT_RECENCY;
    case COLUMN_PAID:
        return SEGMENT_SORT_PAID;
    case COLUMN_STAKE:
        return SEGMENT_SORT_AT_STAKE;
    default:
        return SEGMENT_SORT_CLV;
    }
}

static void explain_empty(struct customers_list *list)
{
    if (!list->is_loaded)
        snprintf(list->empty, sizeof list->empty, "Reading…");
    else if (list->choice.search[0])
        snprintf(list->empty, sizeof list->empty,
                 "Nobody called “%.40s” here. Esc takes the filter off.", list->choice.search);
    else
        snprintf(list->empty, sizeof list->empty, "Nobody is here now. Esc goes back.");
    table_set_empty(list->table, list->empty);
}

static void take_rows(struct customers_list *list, enum customers_asking asked,
                      const struct segment_customer *rows, int count, bool more)
{
    const struct segment_customer *first;
    int64_t held;
    switch (asked) {
    case CUSTOMERS_NOTHING:
        break;
    case CUSTOMERS_START:
    case CUSTOMERS_END:
        list->is_loaded = true;
        list->more_before = asked == CUSTOMERS_END && more;
        table_fill(list->table, rows, count, list->more_before, asked == CUSTOMERS_START && more);
        break;
    case CUSTOMERS_BEFORE:
        list->more_before = more;
        table_prepend(list->table, rows, count, more);
        break;
    case CUSTOMERS_AFTER:
        first = table_first(list->table);
        held = first ? first->customer_id : 0;
        table_append(list->table, rows, count, more);
        first = table_first(list->table);
        if (first && first->customer_id != held) /* the window moved on */
            list->more_before = true;
        break;
    case CUSTOMERS_AGAIN:
        table_replace(list->table, rows, count, false, more, same_customer);
        break;
    }
}

static void on_rows(void *owner, const struct segment_customer *rows, int count, bool more,
                    const struct error *error)
{
    struct customers_list *list = owner;
    enum customers_asking asked = list->asking;
    list->asking = CUSTOMERS_NOTHING;
    if (list->is_outdated) {
        list->is_outdated = false;
        ask_next(list);
        return;
    }
    table_set_stale(list->table, error != NULL);
    if (error) {
        /* An empty page lets the table ask again at the next key. */
        if (asked == CUSTOMERS_BEFORE)
            table_prepend(list->table, NULL, 0, true);
        else if (asked == CUSTOMERS_AFTER)
            table_append(list->table, NULL, 0, true);
        if (error->code != ERROR_OFFLINE)
            host_say_error(list->place->context->host, error);
    } else {
        list->today = session_today(list->place->context->db);
        take_rows(list, asked, rows, count, more);
        explain_empty(list);
        ask_next(list);
    }
    host_redraw(list->place->context->host);
}

static void ask(struct customers_list *list, enum customers_asking asking,
                const struct segment_customer *anchor, bool before, int limit)
{
    struct segment_query query = {.dataset_id = list->place->dataset_id,
                                  .choice = list->choice,
                                  .anchor = anchor,
                                  .before = before,
                                  .limit = limit};
    query.sort = sort_of(list, &query.descending);
    list->asking = asking;
    segments_customers(list->place->context->db, &query, on_rows, list);
}

static void ask_next(struct customers_list *list)
{
    if (list->asking != CUSTOMERS_NOTHING)
        return;
    enum table_want want = table_wants(list->table);
    switch (want) {
    case TABLE_WANT_NOTHING:
        break;
    case TABLE_WANT_START:
        ask(list, CUSTOMERS_START, NULL, false, PAGE_ROWS);
        return;
    case TABLE_WANT_END:
        ask(list, CUSTOMERS_END, NULL, true, PAGE_ROWS);
        return;
    case TABLE_WANT_BEFORE:
        ask(list, CUSTOMERS_BEFORE, table_first(list->table), true, PAGE_ROWS);
        return;
    case TABLE_WANT_AFTER:
        ask(list, CUSTOMERS_AFTER, table_last(list->table), false, PAGE_ROWS);
        return;
    }
    if (list->is_changed && list->is_loaded) {
        list->is_changed = false;
        if (list->more_before) /* further down, what is shown stays until the next look */
            return;
        int held = table_count(list->table);
        ask(list, CUSTOMERS_AGAIN, NULL, false, held > PAGE_ROWS ? held : PAGE_ROWS);
    }
}

static void start_over(struct customers_list *list)
{
    list->is_outdated = list->asking != CUSTOMERS_NOTHING;
    list->is_loaded = false;
    explain_empty(list);
    table_reset(list->table, true);
    ask_next(list);
    host_redraw(list->place->context->host);
}

bool customers_open(struct customers_list *list, struct analytics_place *place,
                    const struct segment_choice *choice, const char *title, int64_t count)
{
    customers_close(list);
    *list = (struct customers_list){.place = place, .choice = *choice, .count = count};
    snprintf(list->title, sizeof list->title, "%s", title);
    list->today = session_today(place->context->db);
    list->table = table_new(place->dataset_id == 0 ? columns : dataset_columns, COLUMN_COUNT,
                            sizeof(struct segment_customer), WINDOW_ROWS, write_cell, list);
    if (!list->table)
        return false;
    list->is_open = true;
    list->find.limit = (int)sizeof list->choice.search - 1;
    table_set_sort(list->table, choice->at_risk ? COLUMN_STAKE : COLUMN_CLV, true);
    start_over(list);
    return true;
}

void customers_close(struct customers_list *list)
{
    if (!list->table)
        return;
    db_forget(list->place->context->db, list);
    db_forget(list->place->context->db, &list->export_);
    analytics_export_drop(&list->export_);
    campaign_forget(&list->campaign);
    table_free(list->table);
    list->table = NULL;
    list->is_open = false;
}

void customers_refresh(struct customers_list *list)
{
    if (!list->is_open)
        return;
    list->is_changed = true;
    ask_next(list);
}

/* --- export --- */

static const char *const export_columns[] = {
    "number",  "name",      "plan", "phone", "email",  "segment",  "type",       "r",    "f", "m",
    "recency", "frequency", "paid", "value", "p_stay", "at_stake", "last_visit", "ends", NULL};

static void export_next(void *owner);

static void on_export(void *owner, const struct segment_customer *rows, int count, bool more,
                      const struct error *error)
{
    /* The owner is the export, so that an answer to the list is told from one to it. */
    struct analytics_export *out = owner;
    struct customers_list *list = out->owner;
    if (error) {
        analytics_export_finish(out, error);
        return;
    }
    for (int i = 0; i < count; i++) {
        const struct segment_customer *row = &rows[i];
        analytics_export_count(out, row->customer_id);
        analytics_export_text(out, row->name);
        analytics_export_text(out, row->plan);
        analytics_export_text(out, row->phone);
        analytics_export_text(out, row->email);
        analytics_export_text(out, row->segment);
        analytics_export_text(out, row->type);
        analytics_export_count(out, row->r);
        analytics_export_count(out, row->f);
        analytics_export_count(out, row->m);
        analytics_export_count(out, row->recency);
        analytics_export_number(out, row->frequency, 2);
        analytics_export_number(out, row->paid, 2);
        analytics_export_number(out, row->clv, 2);
        analytics_export_number(out, row->p_stay, 4);
        analytics_export_number(out, row->at_stake, 2);
        analytics_export_day(out, row->last_visit);
        analytics_export_day(out, row->ends);
        analytics_export_row(out);
    }
    if (count > 0) {
        list->exported = rows[count - 1];
        list->has_exported = true;
    }
    if (more)
        export_next(list);
    else
        analytics_export_finish(out, NULL);
}

static void export_next(void *owner)
{
    struct customers_list *list = owner;
    struct segment_query query = {.dataset_id = list->place->dataset_id,
                                  .choice = list->choice,
                                  .anchor = list->has_exported ? &list->exported : NULL,
                                  .limit = EXPORT_ROWS};
    query.sort = sort_of(list, &query.descending);
    segments_customers(list->place->context->db, &query, on_export, &list->export_);
}

/* --- what the page hands on --- */

/* " · 15 members", " · 3 of 15 members": where it is narrow, without what can be done without. */
static void write_count(const struct customers_list *list, char *dst, size_t size, bool has_room)
{
    char all[32] = "", matching[32] = "";
    bool is_narrowed = list->choice.search[0] != '\0';
    dst[0] = '\0';
    if (is_narrowed && list->is_loaded)
        analytics_find_count(matching, sizeof matching, list->table);
    if (list->count > 0 && (has_room || !is_narrowed))
        analytics_format_count(all, sizeof all, (double)list->count);
    if (!all[0] && !matching[0])
        return;
    text_append(dst, size, " %s %s%s%s", sign_text(SIGN_DOT), matching,
                matching[0] && all[0] ? " of " : "", all);
    if (!all[0])
        text_append(dst, size, " match");
    else if (has_room || !list->is_finding)
        text_append(dst, size, list->place->dataset_id ? " customers" : " members");
}

#define WIDE 60 /* columns from which the title, the counts and the field have room in a line */

void customers_draw(struct customers_list *list, struct area area)
{
    struct area top = area_take_top(&area, 1);
    char count[100];
    write_count(list, count, sizeof count, top.columns >= WIDE);
    int x = 1 + draw_text(top, 0, 1, ROLE_STRONG, list->title);
    x += draw_text(top, 0, x, ROLE_DIM, count);
    if (list->is_finding || list->choice.search[0])
        analytics_find_draw_field(&list->find, list->is_finding, "", top, 0, x + 3);
    table_draw(list->table, area, true, !list->is_finding);
}

static void leave_field(struct customers_list *list, bool empty)
{
    list->is_finding = false;
    if (empty && list->choice.search[0]) {
        field_clear(&list->find);
        list->choice.search[0] = '\0';
        start_over(list);
    }
}

static bool go_back(struct customers_list *list)
{
    if (list->is_finding || list->choice.search[0])
        leave_field(list, true);
    else
        customers_close(list);
    return true;
}

static void open_selected(struct customers_list *list)
{
    const struct segment_customer *row = table_selected(list->table);
    if (!row || !list->is_loaded)
        return;
    if (list->place->dataset_id != 0) {
        host_say(list->place->context->host, ROLE_DIM, "A dataset's customers have no card");
        return;
    }
    struct member_argument card = {.customer_id = row->customer_id};
    host_open(list->place->context->host, &screen_member, &card);
}

static void write_message(struct customers_list *list)
{
    const struct segment_customer *row = table_selected(list->table);
    if (!row || list->place->dataset_id != 0)
        return;
    struct message_argument message = {.customer_ids = &row->customer_id, .count = 1};
    host_open(list->place->context->host, &screen_message, &message);
}

static void start_campaign(struct customers_list *list)
{
    char whom[160];
    if (list->place->dataset_id != 0) {
        host_say(list->place->context->host, ROLE_DIM,
                 "Campaigns are for the gym's own members; d shows them");
        return;
    }
    if (!table_selected(list->table)) {
        host_say(list->place->context->host, ROLE_DIM, "Nobody is in this list");
        return;
    }
    if (list->choice.search[0])
        snprintf(whom, sizeof whom, "%s, name with %.40s", list->title, list->choice.search);
    else
        snprintf(whom, sizeof whom, "%s", list->title);
    campaign_ask(&list->campaign, list->place->context, whom,
                 list->choice.search[0] ? 0 : list->count, &list->choice, NULL, 0, NULL, list);
}

bool customers_command(struct customers_list *list, int command)
{
    bool descending;
    int column;
    switch (command) {
    case COMMAND_BACK:
        return go_back(list);
    case COMMAND_OPEN:
        if (list->is_finding)
            leave_field(list, false);
        else
            open_selected(list);
        return true;
    case COMMAND_FILTER:
        list->is_finding = true;
        return true;
    case COMMAND_SORT:
        table_next_sort(list->table);
        column = table_sort(list->table, &descending);
        table_set_sort(list->table, column, starts_high(column));
        start_over(list);
        return true;
    case COMMAND_INVERT:
        column = table_sort(list->table, &descending);
        table_set_sort(list->table, column, !descending);
        start_over(list);
        return true;
    case ANALYTICS_EXPORT:
        list->has_exported = false;
        analytics_export_ask(&list->export_, list->place->context, list->title, export_columns,
                             export_next, list);
        return true;
    case ANALYTICS_CAMPAIGN:
        start_campaign(list);
        return true;
    case ANALYTICS_MESSAGE:
        write_message(list);
        return true;
    default:
        if (!table_command(list->table, command))
            return false;
        ask_next(list);
        return true;
    }
}

bool customers_offers(const struct customers_list *list, int command)
{
    switch (command) {
    case COMMAND_OPEN:
    case ANALYTICS_CAMPAIGN:
    case ANALYTICS_MESSAGE:
        return list->place->dataset_id == 0;
    case COMMAND_FILTER:
    case COMMAND_SORT:
    case COMMAND_INVERT:
    case ANALYTICS_EXPORT:
        return true;
    default:
        return false;
    }
}

bool customers_text(struct customers_list *list, uint32_t key, const char *text)
{
    if (!list->is_finding)
        return false;
    if (text)
        field_paste(&list->find, text);
    else if (!field_key(&list->find, key))
        return false;
    if (strcmp(list->choice.search, list->find.text) != 0) {
        snprintf(list->choice.search, sizeof list->choice.search, "%.*s",
                 (int)sizeof list->choice.search - 1, list->find.text);
        start_over(list);
    }
    return true;
}

bool customers_typing(const struct customers_list *list, bool *empty)
{
    *empty = field_is_empty(&list->find);
    return list->is_finding;
}
