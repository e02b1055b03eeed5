/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk's three lists: who came, who is in, and whom the letters typed may mean. */
#include <stdio.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/loop.h"

#define TABLE_ROWS 600

enum { FEED_TIME, FEED_NAME, FEED_PLAN, FEED_FOR, FEED_KNOW, FEED_DESK, FEED_COLUMNS };

static const struct table_column feed_columns[FEED_COLUMNS] = {
    [FEED_TIME] = {"Time", 8, 0, ALIGN_LEFT, 0, false}, /* and a sign: out, turned away */
    [FEED_NAME] = {"Member", 14, 3, ALIGN_LEFT, 0, false},
    [FEED_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 3, false},
    [FEED_FOR] = {"In for", 6, 0, ALIGN_RIGHT, 2, false},
    [FEED_KNOW] = {"To know", 14, 5, ALIGN_LEFT, 1, false},
    [FEED_DESK] = {"Desk", 4, 0, ALIGN_RIGHT, 4, false},
};

static void to_know(const struct feed_row *row, char *text, size_t size, enum role *role)
{
    text[0] = '\0';
    const char *know = row->to_know;
    if (row->kind == FEED_VOIDED) {
        snprintf(text, size, "taken back%s%s", know[0] != '\0' ? ": " : "", know);
        *role = ROLE_DIM;
        return;
    }
    if (know[0] == '\0')
        return;
    bool birthday = strstr(know, "birthday") != NULL;
    const char *sign = sign_text(SIGN_WARN);
    if (row->kind == FEED_DENIED || row->severity == POLICY_DENY) {
        sign = sign_text(SIGN_BAD);
        *role = ROLE_BAD;
    } else if (birthday) {
        sign = sign_text(SIGN_STAR);
        *role = ROLE_ACCENT;
    } else if (row->severity == POLICY_WARN) {
        *role = ROLE_WARN;
    } else {
        snprintf(text, size, "%s", know);
        return;
    }
    snprintf(text, size, "%s %s", sign, know);
}

static void feed_cell(void *owner, const void *data, int column, char *text, size_t size,
                      enum role *role)
{
    const struct attendance *state = owner;
    const struct feed_row *row = data;
    /* Who is in stands out from visits that are over. */
    bool over = row->kind == FEED_VOIDED || row->kind == FEED_OUT ||
                (row->kind == FEED_IN && !row->is_open);
    if (over)
        *role = ROLE_DIM;
    text[0] = '\0';
    switch (column) {
    case FEED_TIME:
        /* Of the day before, the day says more than the time. */
        if (row->at_local / 86400 == session_today(state->context.db))
            date_format_clock(text, size, row->at_local);
        else
            date_format_short(text, size, (int32_t)(row->at_local / 86400),
                              session_today(state->context.db));
        if (row->kind == FEED_DENIED) {
            text_append(text, size, " %s", sign_text(SIGN_BAD));
            *role = ROLE_BAD;
        } else if (row->kind == FEED_OUT) {
            text_append(text, size, " %s", sign_text(SIGN_OUT));
        }
        break;
    case FEED_NAME:
        snprintf(text, size, "%s", row->name);
        break;
    case FEED_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case FEED_FOR:
        if (row->kind == FEED_DENIED || row->kind == FEED_VOIDED)
            break;
        date_format_duration(text, size,
                             row->seconds_in +
                                 (row->is_open ? (loop_now() - state->feed_read_at) / 1000 : 0));
        break;
    case FEED_KNOW:
        to_know(row, text, size, role);
        break;
    case FEED_DESK:
        snprintf(text, size, "%s", row->desk);
        break;
    default: /* no other column */
        break;
    }
}

static void inside_cell(void *owner, const void *data, int column, char *text, size_t size,
                        enum role *role)
{
    const struct attendance *state = owner;
    const struct feed_row *row = data;
    if (column == FEED_FOR)
        date_format_duration(text, size,
                             row->seconds_in + (loop_now() - state->inside_read_at) / 1000);
    else
        feed_cell(owner, data, column, text, size, role);
}

enum { FOUND_NAME, FOUND_NUMBER, FOUND_PLAN, FOUND_ENDS, FOUND_LAST, FOUND_PHONE, FOUND_COLUMNS };

static const struct table_column found_columns[FOUND_COLUMNS] = {
    [FOUND_NAME] = {"Member", 16, 4, ALIGN_LEFT, 0, false},
    [FOUND_NUMBER] = {"Number", 8, 0, ALIGN_RIGHT, 1, false},
    [FOUND_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 3, false},
    [FOUND_ENDS] = {"Ends", 11, 0, ALIGN_LEFT, 0, false},
    [FOUND_LAST] = {"Last visit", 10, 0, ALIGN_LEFT, 2, false},
    [FOUND_PHONE] = {"Phone", 15, 1, ALIGN_LEFT, 4, false},
};

static void found_cell(void *owner, const void *data, int column, char *text, size_t size,
                       enum role *role)
{
    const struct attendance *state = owner;
    const struct candidate *row = data;
    int32_t today = session_today(state->context.db);
    text[0] = '\0';
    switch (column) {
    case FOUND_NAME:
        snprintf(text, size, "%s", row->name);
        break;
    case FOUND_NUMBER:
        snprintf(text, size, "%lld", (long long)row->customer_id);
        break;
    case FOUND_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case FOUND_ENDS:
        if (row->is_in) {
            snprintf(text, size, "%s in now", sign_text(SIGN_GOOD));
            *role = ROLE_GOOD;
        } else if (strcmp(row->status, "active") == 0) {
            date_format_short(text, size, row->ends, today);
        } else {
            snprintf(text, size, "%s %s", sign_text(SIGN_BAD), row->status);
            *role = ROLE_BAD;
        }
        break;
    case FOUND_LAST:
        date_format_ago(text, size, row->last_visit, today);
        break;
    case FOUND_PHONE:
        snprintf(text, size, "%s", row->phone);
        break;
    default: /* no other column */
        break;
    }
}

struct table *attendance_table_feed(struct attendance *state, const char *empty)
{
    struct table *table = table_new(feed_columns, FEED_COLUMNS, sizeof(struct feed_row), TABLE_ROWS,
                                    feed_cell, state);
    if (table != NULL)
        table_set_empty(table, empty);
    return table;
}

struct table *attendance_table_inside(struct attendance *state)
{
    /* That nobody is in is said when it is known. */
    return table_new(feed_columns, FEED_COLUMNS, sizeof(struct feed_row), TABLE_ROWS, inside_cell,
                     state);
}

struct table *attendance_table_found(struct attendance *state)
{
    struct table *table = table_new(found_columns, FOUND_COLUMNS, sizeof(struct candidate),
                                    TABLE_ROWS, found_cell, state);
    if (table != NULL)
        table_set_empty(table, "Nobody matches. F2 enrols a new member with what is typed.");
    return table;
}
