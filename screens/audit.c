/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log of changes, of one member or of the gym: who did what, and what was there before. The
 * selected change is told in full below the list.
 */
#include "gymtui/db/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/screen.h"
#include "paged.h"

#define AUDIT_WINDOW 400
#define AUDIT_PAGE   100

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "member", "Open the card of the member it is about.",
     KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"members", "packages", "gyms", "till", NULL};

struct audit_state {
    struct screen_context context;
    int64_t customer_id; /* 0: the gym */
    char heading[240];
    struct paged list;
};

enum { COLUMN_AT, COLUMN_WHO, COLUMN_MEMBER, COLUMN_WHAT, COLUMN_WORDS, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_AT] = {"When", 12, 0, ALIGN_LEFT, 0, false},
    [COLUMN_WHO] = {"Who", 13, 0, ALIGN_LEFT, 1, false},
    [COLUMN_MEMBER] = {"Member", 14, 0, ALIGN_LEFT, 2, false},
    [COLUMN_WHAT] = {"What", 16, 0, ALIGN_LEFT, 0, false},
    [COLUMN_WORDS] = {"Change", 12, 1, ALIGN_LEFT, 1, false},
};

/* The member's own log leaves out whose it is. */
static const struct table_column own_columns[] = {
    {"When", 12, 0, ALIGN_LEFT, 0, false},
    {"Who", 16, 0, ALIGN_LEFT, 1, false},
    {"What", 16, 0, ALIGN_LEFT, 0, false},
    {"Change", 12, 1, ALIGN_LEFT, 1, false},
};

static void write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct audit_state *state = owner;
    const struct audit_row *row = row_;
    if (state->customer_id != 0 && column >= COLUMN_MEMBER)
        column++;
    switch (column) {
    case COLUMN_AT:
        date_format_moment(text, size, row->at_local, session_today(state->context.db));
        break;
    case COLUMN_WHO:
        snprintf(text, size, "%s", row->who);
        break;
    case COLUMN_MEMBER:
        snprintf(text, size, "%s", row->member);
        *role = ROLE_STRONG;
        break;
    case COLUMN_WHAT:
        snprintf(text, size, "%s %s", row->subject, audit_action_name(row->action));
        break;
    default:
        snprintf(text, size, "%.*s", (int)size - 1, row->words);
        text_drop_partial(text);
        break;
    }
}

static bool same_change(const void *a, const void *b)
{
    return ((const struct audit_row *)a)->audit_id == ((const struct audit_row *)b)->audit_id;
}

static int64_t change_number(const void *row)
{
    return ((const struct audit_row *)row)->audit_id;
}

/* --- reading --- */

static void on_changes(void *owner, const struct audit_row *rows, int count, bool more,
                       const struct error *error)
{
    struct audit_state *state = owner;
    paged_take(&state->list, rows, count, more, error);
}

static void read_changes(void *owner, int64_t before)
{
    struct audit_state *state = owner;
    struct audit_query query = {.customer_id = state->customer_id,
                                .since = DATE_NONE,
                                .before = before,
                                .limit = AUDIT_PAGE};
    audit_page(state->context.db, &query, on_changes, state);
}

/* --- the screen's slots --- */

static bool open_audit(void *state_, const struct screen_context *context, const void *argument)
{
    struct audit_state *state = state_;
    state->context = *context;
    const struct member_argument *member = argument;
    state->customer_id = member ? member->customer_id : 0;
    if (member)
        snprintf(state->heading, sizeof state->heading, "Changes to %s, #%" PRId64, member->name,
                 member->customer_id);
    else
        snprintf(state->heading, sizeof state->heading, "Changes, newest first");
    bool own = state->customer_id != 0;
    state->list = (struct paged){
        .host = context->host,
        .table = table_new(own ? own_columns : columns, own ? COLUMN_COUNT - 1 : COLUMN_COUNT,
                           sizeof(struct audit_row), AUDIT_WINDOW, write_cell, state),
        .empty = "Nothing was changed by hand yet.",
        .same = same_change,
        .number = change_number,
        .read = read_changes,
        .owner = state,
    };
    if (!state->list.table)
        return false;
    table_set_empty(state->list.table, "Reading the changes…");
    paged_read(&state->list);
    return true;
}

/* One line a field: what it was, and what it is. */
static void draw_selected(const struct audit_row *row, struct area foot)
{
    draw_rule(area_part(foot, 0, 0, 1, foot.columns), 0);
    draw_format(foot, 1, 1, ROLE_STRONG, "%s %s", row->subject, audit_action_name(row->action));
    if (row->change_count == 0)
        draw_text(foot, 2, 1, ROLE_DIM, "Nothing that is shown here changed.");
    for (int i = 0; i < row->change_count && i + 2 < foot.rows; i++) {
        const struct audit_change *change = &row->changes[i];
        int used = draw_format(foot, i + 2, 1, ROLE_LABEL, "%s  ", change->what);
        if (row->action == AUDIT_CHANGED) {
            used += draw_text(foot, i + 2, 1 + used, ROLE_DIM,
                              *change->before != '\0' ? change->before : "nothing");
            used += draw_text(foot, i + 2, 1 + used, ROLE_TEXT, " → ");
            draw_text(foot, i + 2, 1 + used, ROLE_TEXT,
                      *change->after != '\0' ? change->after : "nothing");
        } else {
            draw_text(foot, i + 2, 1 + used, ROLE_TEXT,
                      row->action == AUDIT_ADDED ? change->after : change->before);
        }
    }
}

static void draw_audit(void *state_, struct area area)
{
    struct audit_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    struct area top = area_take_top(&area, 1);
    draw_text(top, 0, 1, ROLE_STRONG, state->heading);
    draw_rule(area_take_top(&area, 1), 0);
    const struct audit_row *row = table_selected(state->list.table);
    if (row && area.rows >= 12) {
        int lines = row->change_count > 0 ? row->change_count : 1;
        struct area foot =
            area_take_bottom(&area, 2 + (lines < area.rows / 2 ? lines : area.rows / 2));
        draw_selected(row, foot);
    }
    table_draw(state->list.table, area, true, true);
}

static bool command_audit(void *state_, int command)
{
    struct audit_state *state = state_;
    const struct audit_row *row = table_selected(state->list.table);
    if (command == COMMAND_OPEN) {
        if (row && row->customer_id != 0 && state->customer_id == 0)
            host_open(state->context.host, &screen_member,
                      &(struct member_argument){.customer_id = row->customer_id});
        return true;
    }
    return paged_command(&state->list, command);
}

static bool offers_audit(const void *state_, int command)
{
    const struct audit_state *state = state_;
    return command != COMMAND_OPEN || state->customer_id == 0;
}

static void changed_audit(void *state_, const char *topic)
{
    struct audit_state *state = state_;
    (void)topic;
    paged_read(&state->list);
}

static void state_changed_audit(void *state_, enum db_state db_state)
{
    struct audit_state *state = state_;
    paged_state_changed(&state->list, db_state);
}

static void close_audit(void *state_)
{
    struct audit_state *state = state_;
    table_free(state->list.table);
}

const struct screen screen_audit = {
    .name = "audit",
    .title = "Changes",
    .about = "Who changed what, and what was there before. Nothing here can be changed.",
    .state_size = sizeof(struct audit_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_audit,
    .draw = draw_audit,
    .command = command_audit,
    .offers = offers_audit,
    .changed = changed_audit,
    .state_changed = state_changed_audit,
    .close = close_audit,
};
