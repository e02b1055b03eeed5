/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A member brings a guest. The member is checked in first; the guest's record, day pass (free by
 * the member's plan, or paid) and visit are one step then. The next guest of the same member needs
 * no second scan: whose guest it is stays until somebody else comes in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance_private.h"
#include "choices.h"
#include "gymtui/base/text.h"

enum { GUEST_NAME, GUEST_PHONE, GUEST_PASS, GUEST_PAID_BY, GUEST_COUNT };

void attendance_guest_host_is(struct attendance *state, int64_t customer_id, const char *name)
{
    state->host_id = customer_id;
    snprintf(state->host_name, sizeof state->host_name, "%s", name);
}

/* The member meant: who stands in the list, else who is in the panel, else who came in last. */
static bool find_host(struct attendance *state)
{
    if (attendance_is_finding(state)) {
        const struct candidate *found = table_selected(state->found);
        if (found == NULL)
            return false;
        attendance_guest_host_is(state, found->customer_id, found->name);
        attendance_clear_field(state);
        return true;
    }
    const struct alert *alert = attendance_alert(state);
    if (state->list_chosen) {
        const struct feed_row *row =
            table_selected(state->list == LIST_INSIDE ? state->inside : state->feed);
        if (row != NULL && row->customer_id != 0 && row->is_open) {
            attendance_guest_host_is(state, row->customer_id, row->name);
            return true;
        }
    }
    if (alert != NULL && alert->kind == ALERT_ALREADY_IN)
        attendance_guest_host_is(state, alert->verdict.customer_id, alert->verdict.name);
    return state->host_id != 0;
}

bool attendance_guest_is_offered(const struct attendance *state)
{
    return state->host_id != 0 || state->list_chosen || attendance_is_finding(state);
}

static void save_guest(void *owner, struct form *form)
{
    struct attendance *state = owner;
    struct job job = attendance_job(JOB_GUEST, form_text(form, GUEST_NAME));
    job.customer_id = state->guest.host_id;
    snprintf(job.code, sizeof job.code, "%s", form_text(form, GUEST_PHONE));
    snprintf(job.host_name, sizeof job.host_name, "%s", state->guest.host_name);
    if (!state->guest.is_free) {
        job.payment_method = atoi(form_text(form, GUEST_PAID_BY));
        job.amount = state->guest.price;
    }
    host_form_done(state->context.host, true);
    attendance_submit(state, &job);
}

static void ask(struct attendance *state, const struct guest_terms *terms)
{
    char title[240], pass[160], price[32];
    money_format(price, sizeof price, terms->price);
    snprintf(title, sizeof title, "Guest of %s", state->guest.host_name);
    if (state->guest.is_free)
        snprintf(pass, sizeof pass, "free with %s (%d of %d this month)", terms->plan,
                 terms->used + 1, terms->included);
    else
        snprintf(pass, sizeof pass, "%s%s", price,
                 terms->included > 0 ? ", the free ones are used up" : "");
    const struct form_entry entries[GUEST_COUNT] = {
        [GUEST_NAME] = {.label = "Name", .required = true, .maximum = 120},
        [GUEST_PHONE] = {.label = "Phone",
                         .maximum = SCAN_CODE_SIZE - 1,
                         .hint = "May stay empty; finds the guest again next time"},
        [GUEST_PASS] = {.label = "Day pass", .value = pass, .read_only = true},
        [GUEST_PAID_BY] = {.label = "Paid by",
                           .kind = FORM_CHOICE,
                           .value = "1",
                           .choices = choices_payment_methods,
                           .hint = "Enter lets the guest in"},
    };
    struct form *form =
        form_new(title, entries, state->guest.is_free ? GUEST_PAID_BY : GUEST_COUNT);
    if (form != NULL)
        host_form(state->context.host, form, save_guest, NULL, state);
}

static void on_terms(void *owner, const struct guest_terms *terms, const struct error *error)
{
    struct attendance *state = owner;
    struct host *host = state->context.host;
    state->guest.asked = false;
    if (error != NULL) {
        host_say_error(host, error);
    } else if (terms->package_id == 0) {
        host_say(host, ROLE_WARN,
                 "No day pass is sold here; a manager adds one under Packages: no months, one "
                 "visit");
    } else {
        state->guest.is_free = terms->used < terms->included;
        state->guest.price = terms->price;
        ask(state, terms);
    }
    host_redraw(host);
}

void attendance_guest_ask(struct attendance *state)
{
    struct host *host = state->context.host;
    if (state->guest.asked)
        return;
    if (!find_host(state)) {
        host_say(host, ROLE_WARN, "Check the member in first; then this key adds the guest");
        return;
    }
    if (db_state(state->context.db) != DB_STATE_READY) {
        host_say(host, ROLE_WARN, "There is no connection to the database");
        return;
    }
    state->guest.asked = true;
    state->guest.host_id = state->host_id;
    memcpy(state->guest.host_name, state->host_name, sizeof state->guest.host_name);
    attendance_guest_terms(state->context.db, state->guest.host_id, on_terms, state);
}
