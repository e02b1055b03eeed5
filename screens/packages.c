/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages: the plans a gym sells, with what they bring. The desk reads, managers change. A plan is
 * never deleted, since terms refer to it: it is retired and no longer offered. */
#include "packages_list.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/screens/members.h"

enum {
    PACKAGES_NEW = COMMAND_SCREEN,
    PACKAGES_EDIT,
    PACKAGES_RETIRE,
};

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "members", "Show the members who have this plan.", KEY_IN_BAR},
    {PACKAGES_NEW, "new", "F2 Ins a", "new plan", "Add a plan (managers).", KEY_IN_BAR},
    {PACKAGES_EDIT, "edit", "F4 e", "edit", "Change the selected plan (managers).", KEY_IN_BAR},
    {PACKAGES_RETIRE, "retire", "F8 x", "retire",
     "Stop selling the selected plan, or sell it again; running terms stay (managers).",
     KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"packages", "members", NULL};

/* --- rows --- */

enum {
    COLUMN_NAME,
    COLUMN_PRICE,
    COLUMN_TERM,
    COLUMN_VISITS,
    COLUMN_WHEN,
    COLUMN_MEMBERS,
    COLUMN_REVENUE,
    COLUMN_STATE,
    COLUMN_COUNT
};

static const struct table_column column_table[COLUMN_COUNT] = {
    [COLUMN_NAME] = {"Plan", 12, 1, ALIGN_LEFT, 0, false},
    [COLUMN_PRICE] = {"Price", 10, 0, ALIGN_RIGHT, 0, false},
    [COLUMN_TERM] = {"Term", 9, 0, ALIGN_RIGHT, 1, false},
    [COLUMN_VISITS] = {"Visits", 6, 0, ALIGN_RIGHT, 4, false},
    [COLUMN_WHEN] = {"Where, when", 16, 0, ALIGN_LEFT, 5, false},
    [COLUMN_MEMBERS] = {"Members", 7, 0, ALIGN_RIGHT, 2, false},
    [COLUMN_REVENUE] = {"30 d", 11, 0, ALIGN_RIGHT, 3, false},
    [COLUMN_STATE] = {"State", 9, 0, ALIGN_LEFT, 1, false},
};

static void write_hours(const struct package_row *row, char *text, size_t size)
{
    text[0] = 0;
    if (row->hours[0])
        text_append(text, size, "weekdays %s", row->hours);
    if (row->all_gyms)
        text_append(text, size, "%sall gyms", text[0] ? ", " : "");
}

static void write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct package_row *row = row_;
    (void)owner;
    if (!row->active)
        *role = ROLE_DIM;
    switch (column) {
    case COLUMN_NAME:
        snprintf(text, size, "%s", row->name);
        if (row->active)
            *role = ROLE_STRONG;
        break;
    case COLUMN_PRICE:
        money_format(text, size, row->price);
        break;
    case COLUMN_TERM:
        if (row->duration_months == 0)
            snprintf(text, size, row->visits_included == 1 ? "1 day" : "–");
        else
            snprintf(text, size, "%d month%s", row->duration_months,
                     row->duration_months == 1 ? "" : "s");
        break;
    case COLUMN_VISITS:
        if (row->visits_included > 0)
            snprintf(text, size, "%d", row->visits_included);
        else
            snprintf(text, size, "any");
        break;
    case COLUMN_WHEN:
        write_hours(row, text, size);
        break;
    case COLUMN_MEMBERS:
        snprintf(text, size, "%d", row->members);
        break;
    case COLUMN_REVENUE:
        money_format_whole(text, size, row->revenue_30_days);
        break;
    default:
        snprintf(text, size, "%s %s", sign_text(row->active ? SIGN_GOOD : SIGN_BAD),
                 row->active ? "on sale" : "retired");
        if (row->active)
            *role = ROLE_GOOD;
        break;
    }
}

static bool same_package(const void *a, const void *b)
{
    return ((const struct package_row *)a)->package_id ==
           ((const struct package_row *)b)->package_id;
}

static bool may_edit(const struct packages_state *state)
{
    return state->context.session->level >= LEVEL_MANAGER;
}

/* --- reading --- */

static void on_packages(void *owner, const struct package_row *rows, int count,
                        const struct error *error)
{
    struct packages_state *state = owner;
    state->reading = false;
    if (error) {
        table_set_stale(state->table, true);
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        state->count = count < PACKAGES_MOST ? count : PACKAGES_MOST;
        if (count > 0)
            memcpy(state->rows, rows, (size_t)state->count * sizeof *rows);
        table_set_stale(state->table, false);
        table_set_empty(state->table,
                        may_edit(state) ? "No plan yet, so nobody can join. F2 adds the first one."
                                        : "No plan yet. A manager adds them here.");
        if (state->loaded)
            table_replace(state->table, state->rows, state->count, false, false, same_package);
        else
            table_fill(state->table, state->rows, state->count, false, false);
        state->loaded = true;
        packages_explain_conflict(state);
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        packages_read(state);
    }
}

void packages_read(struct packages_state *state)
{
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    packages_list(state->context.db, on_packages, state);
}

/* --- the screen's slots --- */

static bool open_packages(void *state_, const struct screen_context *context, const void *argument)
{
    struct packages_state *state = state_;
    (void)argument;
    state->context = *context;
    snprintf(state->unit_titles[0], sizeof state->unit_titles[0], "Price %s",
             context->session->currency);
    snprintf(state->unit_titles[1], sizeof state->unit_titles[1], "30 d %s",
             context->session->currency);
    memcpy(state->columns, column_table, sizeof column_table);
    state->columns[COLUMN_PRICE].title = state->unit_titles[0];
    state->columns[COLUMN_REVENUE].title = state->unit_titles[1];
    state->table = table_new(state->columns, COLUMN_COUNT, sizeof(struct package_row),
                             PACKAGES_MOST, write_cell, state);
    if (!state->table)
        return false;
    table_set_empty(state->table, "Reading the plans…");
    packages_read(state);
    return true;
}

static void draw_packages(void *state_, struct area area)
{
    struct packages_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    struct area top = area_take_top(&area, 1);
    int members = 0, on_sale = 0;
    money revenue = 0;
    for (int i = 0; i < state->count; i++) {
        members += state->rows[i].members;
        on_sale += state->rows[i].active;
        revenue += state->rows[i].revenue_30_days;
    }
    if (state->loaded && state->count > 0) {
        char amount[32];
        money_format_whole(amount, sizeof amount, revenue);
        draw_format(top, 0, 1, ROLE_TEXT, "%d plan%s on sale · %d members · %s %s in 30 days",
                    on_sale, on_sale == 1 ? "" : "s", members, amount,
                    state->context.session->currency);
    }
    draw_rule(area_take_top(&area, 1), 0);
    /* What the selected plan says about itself, below the list. */
    const struct package_row *row = table_selected(state->table);
    if (row && row->description[0] && area.rows >= 8) {
        struct area foot = area_take_bottom(&area, 2);
        draw_rule(area_part(foot, 0, 0, 1, foot.columns), 0);
        draw_format(foot, 1, 1, ROLE_DIM, "%s: %s", row->name, row->description);
    }
    table_draw(state->table, area, true, true);
}

static bool command_packages(void *state_, int command)
{
    struct packages_state *state = state_;
    const struct package_row *row = table_selected(state->table);
    if (command >= COMMAND_SCREEN && !may_edit(state)) {
        host_say(state->context.host, ROLE_WARN, "Plans are changed by a manager");
        return true;
    }
    switch (command) {
    case COMMAND_OPEN:
        if (row) {
            struct members_argument plan = {
                .package_id = row->package_id, .expiring_within = -1, .absent_days = -1};
            host_open(state->context.host, &screen_members, &plan);
        }
        return true;
    case PACKAGES_NEW:
        packages_edit_ask(state, NULL);
        return true;
    case PACKAGES_EDIT:
        if (row)
            packages_edit_ask(state, row);
        return true;
    case PACKAGES_RETIRE:
        if (row)
            packages_retire_ask(state, row);
        return true;
    default:
        break;
    }
    if (!table_command(state->table, command))
        return false;
    host_redraw(state->context.host);
    return true;
}

static void changed_packages(void *state_, const char *topic)
{
    (void)topic;
    packages_read(state_);
}

static void state_changed_packages(void *state_, enum db_state db_state)
{
    struct packages_state *state = state_;
    table_set_stale(state->table, db_state != DB_STATE_READY);
    host_redraw(state->context.host);
}

static void close_packages(void *state_)
{
    struct packages_state *state = state_;
    table_free(state->table);
}

const struct screen screen_packages = {
    .name = "packages",
    .title = "Packages",
    .about = "The plans this gym sells: price, term, visits, who has them and what they bring.",
    .state_size = sizeof(struct packages_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_packages,
    .draw = draw_packages,
    .command = command_packages,
    .changed = changed_packages,
    .state_changed = state_changed_packages,
    .close = close_packages,
};
