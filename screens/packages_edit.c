/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changing a plan. It is never deleted, since terms refer to it: it is retired and no longer
 * offered. */
#include "packages_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "saved.h"

enum {
    ENTRY_NAME,
    ENTRY_PRICE,
    ENTRY_MONTHS,
    ENTRY_VISITS,
    ENTRY_HOURS,
    ENTRY_ALL_GYMS,
    ENTRY_GUESTS,
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
        packages_read(state);
        return;
    }
    if (saved_or_told(host, error))
        host_say(host, ROLE_GOOD, "%s %s saved", sign_text(SIGN_GOOD), state->edited.name);
    if (!error || !form)
        packages_read(state);
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
        .guests_included = edited->guests_included,
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
    edited->guests_included = form_int(form, ENTRY_GUESTS);
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

void packages_edit_ask(struct packages_state *state, const struct package_row *row)
{
    char title[120], price[32] = "", months[16], visits[16], guests[16];
    state->edited = row ? *row : (struct package_row){.duration_months = 1, .active = true};
    if (row)
        money_format_plain(price, sizeof price, row->price);
    snprintf(months, sizeof months, "%d", state->edited.duration_months);
    snprintf(visits, sizeof visits, "%d", state->edited.visits_included);
    snprintf(guests, sizeof guests, "%d", state->edited.guests_included);
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
        [ENTRY_GUESTS] = {.label = "Free guests",
                          .kind = FORM_INT,
                          .value = guests,
                          .minimum = 0,
                          .maximum = 1000,
                          .hint = "A month; further guests pay a day pass"},
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

void packages_retire_ask(struct packages_state *state, const struct package_row *row)
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

void packages_explain_conflict(struct packages_state *state)
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
