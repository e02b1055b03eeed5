/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Earlier tills of all desks: who opened and closed them, what was expected, what was counted. */
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/till.h"
#include "gymtui/screens/paper.h"
#include "gymtui/screens/screen.h"
#include "paged.h"

#define TILLS_WINDOW 300
#define TILLS_PAGE   100

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "slip", "Show all about the till, to read, save or print.",
     KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"till", NULL};

struct tills_state {
    struct screen_context context;
    struct paged list;
};

enum {
    COLUMN_OPENED,
    COLUMN_DESK,
    COLUMN_CLOSED,
    COLUMN_BY,
    COLUMN_EXPECTED,
    COLUMN_COUNTED,
    COLUMN_DIFFERENCE,
    COLUMN_REASON,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_OPENED] = {"Opened", 12, 0, ALIGN_LEFT, 0, false},
    [COLUMN_DESK] = {"Desk", 5, 0, ALIGN_LEFT, 0, false},
    [COLUMN_CLOSED] = {"Closed", 12, 0, ALIGN_LEFT, 4, false},
    [COLUMN_BY] = {"By", 8, 1, ALIGN_LEFT, 1, false},
    [COLUMN_EXPECTED] = {"Expected", 10, 0, ALIGN_RIGHT, 3, false},
    [COLUMN_COUNTED] = {"Counted", 10, 0, ALIGN_RIGHT, 1, false},
    [COLUMN_DIFFERENCE] = {"Difference", 10, 0, ALIGN_RIGHT, 0, false},
    [COLUMN_REASON] = {"Reason", 18, 2, ALIGN_LEFT, 2, false},
};

static void write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct tills_state *state = owner;
    const struct till_session *row = row_;
    int32_t today = session_today(state->context.db);
    bool closed = row->closed_local != MOMENT_NONE;
    money difference = row->counted - row->expected;
    *text = '\0';
    switch (column) {
    case COLUMN_OPENED:
        date_format_moment(text, size, row->opened_local, today);
        break;
    case COLUMN_DESK:
        snprintf(text, size, "%s", row->desk);
        break;
    case COLUMN_CLOSED:
        if (closed)
            date_format_moment(text, size, row->closed_local, today);
        else
            snprintf(text, size, "open");
        break;
    case COLUMN_BY:
        snprintf(text, size, "%s", closed ? row->closed_by : row->opened_by);
        break;
    case COLUMN_EXPECTED:
        if (closed)
            money_format(text, size, row->expected);
        break;
    case COLUMN_COUNTED:
        if (closed)
            money_format(text, size, row->counted);
        break;
    case COLUMN_DIFFERENCE:
        if (closed && difference != 0) {
            *role = ROLE_WARN;
            money_format(text, size, difference);
        } else if (closed) {
            *role = ROLE_GOOD;
            snprintf(text, size, "agrees");
        }
        break;
    default:
        snprintf(text, size, "%s", row->reason);
        /* Counted more than once: the first count says what the drawer held before it was known. */
        if (row->counts > 1 && row->first_counted != row->counted) {
            char first[40];
            money_format(first, sizeof first, row->first_counted);
            text_append(text, size, "%sfirst counted %s", *text != '\0' ? " · " : "", first);
        }
        break;
    }
}

static bool same_till(const void *a, const void *b)
{
    return ((const struct till_session *)a)->till_session_id ==
           ((const struct till_session *)b)->till_session_id;
}

static int64_t till_number(const void *row)
{
    return ((const struct till_session *)row)->till_session_id;
}

static void on_tills(void *owner, const struct till_session *rows, int count, bool more,
                     const struct error *error)
{
    struct tills_state *state = owner;
    paged_take(&state->list, rows, count, more, error);
}

static void read_tills(void *owner, int64_t before)
{
    struct tills_state *state = owner;
    till_sessions(state->context.db, before, TILLS_PAGE, on_tills, state);
}

static bool open_tills(void *state_, const struct screen_context *context, const void *argument)
{
    struct tills_state *state = state_;
    (void)argument;
    state->context = *context;
    state->list = (struct paged){
        .host = context->host,
        .table = table_new(columns, COLUMN_COUNT, sizeof(struct till_session), TILLS_WINDOW,
                           write_cell, state),
        .empty = "No till was opened yet. F9 at a desk opens one.",
        .same = same_till,
        .number = till_number,
        .read = read_tills,
        .owner = state,
    };
    if (!state->list.table)
        return false;
    table_set_empty(state->list.table, "Reading the tills…");
    paged_read(&state->list);
    return true;
}

static void draw_tills(void *state_, struct area area)
{
    struct tills_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    table_draw(state->list.table, area, true, true);
}

static bool command_tills(void *state_, int command)
{
    struct tills_state *state = state_;
    const struct till_session *row = table_selected(state->list.table);
    if (command == COMMAND_OPEN) {
        if (row)
            host_open(state->context.host, &screen_paper,
                      &(struct paper_argument){.kind = PAPER_TILL, .number = row->till_session_id});
        return true;
    }
    return paged_command(&state->list, command);
}

static void changed_tills(void *state_, const char *topic)
{
    struct tills_state *state = state_;
    (void)topic;
    paged_read(&state->list);
}

static void state_changed_tills(void *state_, enum db_state db_state)
{
    struct tills_state *state = state_;
    paged_state_changed(&state->list, db_state);
}

static void close_tills(void *state_)
{
    struct tills_state *state = state_;
    table_free(state->list.table);
}

const struct screen screen_tills = {
    .name = "tills",
    .title = "Earlier tills",
    .about = "Every till of every desk, with what was expected, what was counted and why it "
             "differed.",
    .state_size = sizeof(struct tills_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_tills,
    .draw = draw_tills,
    .command = command_tills,
    .changed = changed_tills,
    .state_changed = state_changed_tills,
    .close = close_tills,
};
