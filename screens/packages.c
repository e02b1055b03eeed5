/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages: the plans a gym sells, with what they bring. The desk reads, managers change. A plan is
 * never deleted, since terms refer to it: it is retired and no longer offered. */
#include "gymtui/screens/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/db/packages.h"
#include "gymtui/screens/members.h"
#include "gymtui/ui/table.h"

#define MOST_PACKAGES 200

enum {
    PACKAGES_NEW = COMMAND_SCREEN,
    PACKAGES_EDIT,
    PACKAGES_RETIRE,
    PACKAGES_MEMBERS,
};

struct packages_state {
    struct screen_context context;
    struct table *table;
    struct package_row rows[MOST_PACKAGES];
    int count;
    bool loaded, reading, again;
    bool conflict; /* somebody else changed the plan in the form: the next reading says how */
    struct package_row edited; /* what the form or the question is about; id 0: new */
    char unit_titles[2][24];   /* "Price EUR" */
    struct table_column columns[8];
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

static void read_packages(struct packages_state *state);

/* Both values: theirs in a line below the form, ours in its fields (DESK.md rule 13). */
static void explain_conflict(struct packages_state *state)
{
    struct form *form = host_form_now(state->context.host);
    if (!state->conflict || !form)
        return;
    state->conflict = false;
    for (int i = 0; i < state->count; i++) {
        const struct package_row *row = &state->rows[i];
        if (row->package_id != state->edited.package_id)
            continue;
        char text[256], price[32];
        money_format(price, sizeof price, row->price);
        snprintf(text, sizeof text,
                 "Theirs: %.40s, price %s, months %d, visits %d. F2 writes yours", row->name, price,
                 row->duration_months, row->visits_included);
        form_complain(form, -1, text);
    }
}

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
        state->count = count < MOST_PACKAGES ? count : MOST_PACKAGES;
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
        explain_conflict(state);
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        read_packages(state);
    }
}

static void read_packages(struct packages_state *state)
{
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    packages_list(state->context.db, on_packages, state);
}

/* --- changing --- */

enum {
    ENTRY_NAME,
    ENTRY_PRICE,
    ENTRY_MONTHS,
    ENTRY_VISITS,
    ENTRY_HOURS,
    ENTRY_ALL_GYMS,
    ENTRY_DESCRIPTION,
    ENTRY_COUNT
};

static void on_saved(void *owner, int64_t package_id, const struct error *error)
{
    struct packages_state *state = owner;
    struct host *host = state->context.host;
    struct form *form = host_form_now(host);
    (void)package_id;
    if (error && error->code == ERROR_CONFLICT && form) {
        /* The list is read again, to say what is there now; what was typed stays in the form. */
        form_complain(form, -1, "Somebody changed this plan meanwhile");
        host_form_done(host, false);
        state->conflict = true;
        read_packages(state);
        return;
    }
    if (error && form) {
        form_complain(form, -1, error->message);
        host_form_done(host, false);
        return;
    }
    if (error) {
        host_say_error(host, error);
        read_packages(state);
        return;
    }
    if (form)
        host_form_done(host, true);
    host_say(host, ROLE_GOOD, "%s %s saved", sign_text(SIGN_GOOD), state->edited.name);
    read_packages(state);
}

static void send_package(struct packages_state *state)
{
    const struct package_row *edited = &state->edited;
    struct package_edit edit = {
        .id = request_id_new(),
        .package_id = edited->package_id,
        .row_version = edited->row_version,
        .name = edited->name,
        .description = edited->description,
        .hours = edited->hours,
        .duration_months = edited->duration_months,
        .visits_included = edited->visits_included,
        .price = edited->price,
        .all_gyms = edited->all_gyms,
        .active = edited->active,
    };
    packages_save(state->context.db, &edit, on_saved, state);
}

/* A whole hour, "9" or "09:00"; *text moves behind it. */
static bool read_hour(const char **text, long *hour)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    *hour = strtol(*text, &end, 10);
    if (strncmp(end, ":00", 3) == 0)
        end += 3;
    *text = end;
    return *hour <= 24;
}

/* "9-16", "9:00-16:00" → "09-16"; "" stays; false on anything else. */
static bool read_hours(const char *typed, char *dst, size_t size)
{
    long from, until;
    dst[0] = 0;
    if (!typed[0])
        return true;
    if (!read_hour(&typed, &from) || *typed++ != '-' || !read_hour(&typed, &until) || *typed ||
        from >= until)
        return false;
    snprintf(dst, size, "%02d-%02d", (int)from, (int)until);
    return true;
}

static void save_form(void *owner, struct form *form)
{
    struct packages_state *state = owner;
    struct package_row *edited = &state->edited;
    if (!read_hours(form_text(form, ENTRY_HOURS), edited->hours, sizeof edited->hours)) {
        form_complain(form, ENTRY_HOURS, "Two whole hours, as 09-16, or empty");
        host_form_done(state->context.host, false);
        return;
    }
    snprintf(edited->name, sizeof edited->name, "%s", form_text(form, ENTRY_NAME));
    snprintf(edited->description, sizeof edited->description, "%s",
             form_text(form, ENTRY_DESCRIPTION));
    edited->price = form_money(form, ENTRY_PRICE);
    edited->duration_months = form_int(form, ENTRY_MONTHS);
    edited->visits_included = form_int(form, ENTRY_VISITS);
    edited->all_gyms = form_yes(form, ENTRY_ALL_GYMS);
    if (edited->price < 0) {
        form_complain(form, ENTRY_PRICE, "A price is zero or more");
        host_form_done(state->context.host, false);
        return;
    }
    if (edited->duration_months == 0 && edited->visits_included == 0) {
        form_complain(form, ENTRY_VISITS, "No months: then some visits");
        host_form_done(state->context.host, false);
        return;
    }
    /* After a conflict the list has been read again: the version to replace is the present one. */
    for (int i = 0; i < state->count; i++)
        if (state->rows[i].package_id == edited->package_id)
            edited->row_version = state->rows[i].row_version;
    send_package(state);
}

static void ask_form(struct packages_state *state, const struct package_row *row)
{
    char title[120], price[32] = "", months[16], visits[16];
    state->edited = row ? *row : (struct package_row){.duration_months = 1, .active = true};
    if (row)
        money_format_plain(price, sizeof price, row->price);
    snprintf(months, sizeof months, "%d", state->edited.duration_months);
    snprintf(visits, sizeof visits, "%d", state->edited.visits_included);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_NAME] = {.label = "Name",
                        .value = state->edited.name,
                        .required = true,
                        .maximum = sizeof row->name - 1},
        [ENTRY_PRICE] = {.label = "Price",
                         .kind = FORM_MONEY,
                         .value = price,
                         .required = true,
                         .hint = "For the whole term. Running terms keep theirs"},
        [ENTRY_MONTHS] = {.label = "Months",
                          .kind = FORM_INT,
                          .value = months,
                          .required = true,
                          .minimum = 0,
                          .maximum = 60,
                          .hint = "0: a day pass or a pack of visits"},
        [ENTRY_VISITS] = {.label = "Visits included",
                          .kind = FORM_INT,
                          .value = visits,
                          .required = true,
                          .minimum = 0,
                          .maximum = 1000,
                          .hint = "0: as many as they like"},
        [ENTRY_HOURS] = {.label = "Only in hours",
                         .value = state->edited.hours,
                         .maximum = 11,
                         .hint = "09-16 for an off-peak plan on weekdays; empty: always"},
        [ENTRY_ALL_GYMS] = {.label = "In all gyms",
                            .kind = FORM_YES_NO,
                            .value = state->edited.all_gyms ? "yes" : "no",
                            .hint = "Lets in at the chain's other gyms too"},
        [ENTRY_DESCRIPTION] = {.label = "Description",
                               .value = state->edited.description,
                               .maximum = sizeof row->description - 1},
    };
    if (row)
        snprintf(title, sizeof title, "Edit %s", row->name);
    else
        snprintf(title, sizeof title, "New plan");
    struct form *form = form_new(title, entries, ENTRY_COUNT);
    if (form)
        host_form(state->context.host, form, save_form, NULL, state);
}

static void on_retire(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct packages_state *state = owner;
    (void)dialog;
    if (result != DIALOG_YES)
        return;
    state->edited.active = !state->edited.active;
    send_package(state);
}

static void ask_retire(struct packages_state *state, const struct package_row *row)
{
    char text[320];
    state->edited = *row;
    if (row->active)
        snprintf(text, sizeof text,
                 "%s is no longer sold. Its %d member%s keep%s the running terms; nothing else "
                 "changes.",
                 row->name, row->members, row->members == 1 ? "" : "s",
                 row->members == 1 ? "s" : "");
    else
        snprintf(text, sizeof text, "%s is sold again.", row->name);
    struct dialog *dialog = dialog_confirm(row->active ? "Retire the plan" : "Sell it again", text,
                                           "y", row->active ? "retire" : "sell again", 'x');
    if (dialog)
        host_ask(state->context.host, dialog, on_retire, state);
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
                             MOST_PACKAGES, write_cell, state);
    if (!state->table)
        return false;
    table_set_empty(state->table, "Reading the plans…");
    read_packages(state);
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
        ask_form(state, NULL);
        return true;
    case PACKAGES_EDIT:
        if (row)
            ask_form(state, row);
        return true;
    case PACKAGES_RETIRE:
        if (row)
            ask_retire(state, row);
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
    read_packages(state_);
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
