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

enum { VISITOR_NAME, VISITOR_PHONE, VISITOR_PASS, VISITOR_PAID_BY, VISITOR_WITH, VISITOR_COUNT };

#define WITH_HOST   "1"
#define WITH_NOBODY "0"

void attendance_guest_host_is(struct attendance *state, int64_t customer_id, const char *name)
{
    state->host_id = customer_id;
    snprintf(state->host_name, sizeof state->host_name, "%s", name);
}

/* The member meant: who stands in the list, else who is in the panel, else who came in last. */
static void find_host(struct attendance *state)
{
    const struct alert *alert = attendance_alert(state);
    const struct candidate *found =
        attendance_is_finding(state) ? table_selected(state->found) : NULL;
    if (found != NULL && found->is_in) {
        attendance_guest_host_is(state, found->customer_id, found->name);
        attendance_clear_field(state);
    } else if (state->list_chosen) {
        const struct feed_row *row =
            table_selected(state->list == LIST_INSIDE ? state->inside : state->feed);
        if (row != NULL && row->customer_id != 0 && row->is_open)
            attendance_guest_host_is(state, row->customer_id, row->name);
    } else if (alert != NULL && alert->kind == ALERT_ALREADY_IN) {
        attendance_guest_host_is(state, alert->verdict.customer_id, alert->verdict.name);
    }
}

static void save_visitor(void *owner, struct form *form)
{
    struct attendance *state = owner;
    bool is_guest =
        state->guest.host_id != 0 && strcmp(form_text(form, VISITOR_WITH), WITH_HOST) == 0;
    struct job job =
        attendance_job(is_guest ? JOB_GUEST : JOB_WALK_IN, form_text(form, VISITOR_NAME));
    snprintf(job.code, sizeof job.code, "%s", form_text(form, VISITOR_PHONE));
    if (is_guest) {
        job.customer_id = state->guest.host_id;
        snprintf(job.host_name, sizeof job.host_name, "%s", state->guest.host_name);
    }
    if (!is_guest || !state->guest.is_free) {
        job.payment_method = (int)strtol(form_text(form, VISITOR_PAID_BY), NULL, 10);
        job.package_id = state->guest.package_id;
        job.amount = state->guest.price;
    }
    host_form_done(state->context.host, true);
    attendance_submit(state, &job);
}

static void ask(struct attendance *state, const struct guest_terms *terms, const char *name)
{
    char title[240], pass[200], price[32];
    bool has_host = state->guest.host_id != 0;
    money_format(price, sizeof price, terms->price);
    if (has_host)
        snprintf(title, sizeof title, "Guest of %s", state->guest.host_name);
    else
        snprintf(title, sizeof title, "Walk-in on a day pass");
    if (state->guest.is_free)
        snprintf(pass, sizeof pass, "free with %s, %d of %d this month", terms->plan,
                 terms->used + 1, terms->included);
    else
        snprintf(pass, sizeof pass, "%s%s", price,
                 terms->included > 0 ? ", the free ones are used up" : "");
    choices_start(&state->guest.with, WITH_HOST, state->guest.host_name);
    choices_add(&state->guest.with, WITH_NOBODY, "nobody, a walk-in");
    const struct form_entry entries[VISITOR_COUNT] = {
        [VISITOR_NAME] = {.label = "Name", .value = name, .required = true, .maximum = 120},
        [VISITOR_PHONE] = {.label = "Phone",
                           .maximum = SCAN_CODE_SIZE - 1,
                           .hint = "May stay empty; finds the visitor again next time"},
        [VISITOR_PASS] = {.label = "Day pass", .value = pass, .read_only = true},
        [VISITOR_PAID_BY] = {.label = "Paid by",
                             .kind = FORM_CHOICE,
                             .value = "1",
                             .choices = choices_payment_methods,
                             .hint = state->guest.is_free
                                         ? "A free pass is not paid; a walk-in's is"
                                     : has_host ? NULL
                                                : "Enter lets the visitor in"},
        [VISITOR_WITH] = {.label = "Comes with",
                          .kind = FORM_CHOICE,
                          .value = WITH_HOST,
                          .choices = state->guest.with.pairs,
                          .hint = "Enter lets the visitor in"},
    };
    struct form *form = form_new(title, entries, has_host ? VISITOR_COUNT : VISITOR_WITH);
    if (form != NULL)
        host_form(state->context.host, form, save_visitor, NULL, state);
}

static void on_terms(void *owner, const struct guest_terms *terms, const struct error *error)
{
    struct attendance *state = owner;
    struct host *host = state->context.host;
    char name[SCAN_CODE_SIZE] = "";
    state->guest.asked = false;
    if (error != NULL) {
        host_say_error(host, error);
    } else if (terms->package_id == 0) {
        host_say(host, ROLE_WARN,
                 "No day pass is sold here. Packages: a plan of 0 months and 1 visit is one");
    } else {
        state->guest.is_free = terms->used < terms->included;
        state->guest.package_id = terms->package_id;
        state->guest.price = terms->price;
        /* What stands in the field is the visitor's name. */
        if (scan_classify(&state->scan, state->field.text, name) != SCAN_NAME)
            name[0] = '\0';
        else
            attendance_clear_field(state);
        ask(state, terms, name);
    }
    host_redraw(host);
}

void attendance_guest_ask(struct attendance *state)
{
    struct host *host = state->context.host;
    if (state->guest.asked)
        return;
    find_host(state);
    if (db_state(state->context.db) != DB_STATE_READY) {
        host_say(host, ROLE_WARN, "There is no connection to the database");
        return;
    }
    state->guest.asked = true;
    state->guest.host_id = state->host_id;
    memcpy(state->guest.host_name, state->host_name, sizeof state->guest.host_name);
    attendance_guest_terms(state->context.db, state->guest.host_id, on_terms, state);
}
