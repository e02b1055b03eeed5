/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with a membership from the card: freeze, cancel, renew, another plan, pay. Forms
 * come filled in with the ordinary case, so that F2, and y once the outcome has been seen, are
 * often the only keys after the opening one. */
#include "member_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "saved.h"

#define FREEZE_DAYS 30

/* --- the answer to every change --- */

void member_on_change(void *owner, const struct member_change *change, const struct error *error)
{
    struct member_state *state = owner;
    struct host *host = state->context.host;
    if (!saved_or_told(host, error))
        return;
    host_say(host, ROLE_GOOD, "%s %s", sign_text(SIGN_GOOD), change->text);
    member_read(state);
}

/* --- freeze and its end --- */

enum { FREEZE_REASON, FREEZE_FROM, FREEZE_UNTIL, FREEZE_WORDS, FREEZE_ENTRIES };

static const char *const freeze_reasons[] = {
    "injury",    "injury", "sickness", "sickness", "travel", "travel", "pregnancy",
    "pregnancy", "work",   "work",     "other",    "other",  NULL};

static void save_freeze(void *owner, struct form *form)
{
    struct member_state *state = owner;
    int32_t from = form_date(form, FREEZE_FROM), until = form_date(form, FREEZE_UNTIL);
    if (until < from) {
        form_complain(form, FREEZE_UNTIL, "This is before the freeze begins");
        host_form_done(state->context.host, false);
        return;
    }
    const char *words = form_text(form, FREEZE_WORDS);
    snprintf(state->change.reason, sizeof state->change.reason, "%s",
             words[0] ? words : form_text(form, FREEZE_REASON));
    state->change.request = (struct member_preview_request){
        .kind = MEMBER_PREVIEW_FREEZE, .from = from, .until = until};
    member_preview_ask(state);
}

/* Other days, or a reason in words. */
static void ask_freeze_form(struct member_state *state)
{
    char text[360], from[16], until[16];
    date_format_iso(from, sizeof from, state->today);
    date_format_iso(until, sizeof until, state->today + FREEZE_DAYS - 1);
    struct form_entry entries[FREEZE_ENTRIES] = {
        [FREEZE_REASON] = {.label = "Reason",
                           .kind = FORM_CHOICE,
                           .value = "injury",
                           .choices = freeze_reasons,
                           .hint = "The first letter chooses"},
        [FREEZE_FROM] = {.label = "From", .kind = FORM_DATE, .value = from, .required = true},
        [FREEZE_UNTIL] = {.label = "Until",
                          .kind = FORM_DATE,
                          .value = until,
                          .required = true,
                          .hint = "The last frozen day; 30 days are filled in"},
        [FREEZE_WORDS] = {.label = "In words",
                          .maximum = 79,
                          .hint = "Instead of the reason above"},
    };
    snprintf(text, sizeof text, "Freeze %s", state->card.name);
    struct form *form = form_new(text, entries, FREEZE_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_freeze, NULL, state);
}

/* The ordinary freeze is one key for its reason: 30 days from today. */
static const struct dialog_choice freeze_choices[] = {
    {"i", "injury"},    {"s", "sickness"}, {"t", "travel"},
    {"p", "pregnancy"}, {"w", "work"},     {"d", "other days, or another reason"},
};
#define FREEZE_CHOICES ((int)(sizeof freeze_choices / sizeof *freeze_choices))

static void answer_freeze(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= FREEZE_CHOICES)
        return;
    if (chosen == FREEZE_CHOICES - 1) {
        ask_freeze_form(state);
        return;
    }
    snprintf(state->change.reason, sizeof state->change.reason, "%s", freeze_choices[chosen].text);
    state->change.request =
        (struct member_preview_request){.kind = MEMBER_PREVIEW_FREEZE,
                                        .from = state->today,
                                        .until = state->today + FREEZE_DAYS - 1};
    member_preview_ask(state);
}

void member_freeze_ask(struct member_state *state)
{
    if (member_is_frozen(state)) {
        state->change.request = (struct member_preview_request){.kind = MEMBER_PREVIEW_UNFREEZE};
        member_preview_ask(state);
        return;
    }
    if (!member_is_running(state)) {
        host_say(state->context.host, ROLE_WARN, "No running term to freeze; F6 renews");
        return;
    }
    char title[260], text[64];
    snprintf(title, sizeof title, "Freeze %s", state->card.name);
    snprintf(text, sizeof text, "For %d days from today, because of:", FREEZE_DAYS);
    struct dialog *dialog = dialog_choose(title, text, freeze_choices, FREEZE_CHOICES);
    if (dialog)
        host_ask(state->context.host, dialog, answer_freeze, state);
}

/* --- cancel --- */

enum { CANCEL_EFFECTIVE, CANCEL_REASON, CANCEL_WORDS, CANCEL_ENTRIES };

static const char *const cancel_reasons[] = {
    "price",   "price",   "moved",     "moved",     "no time", "no time", "injury", "injury",
    "unhappy", "unhappy", "other gym", "other gym", "other",   "other",   NULL};

static void save_cancel(void *owner, struct form *form)
{
    struct member_state *state = owner;
    const char *words = form_text(form, CANCEL_WORDS);
    snprintf(state->change.reason, sizeof state->change.reason, "%s",
             words[0] ? words : form_text(form, CANCEL_REASON));
    state->change.request = (struct member_preview_request){
        .kind = MEMBER_PREVIEW_CANCEL, .until = form_date(form, CANCEL_EFFECTIVE)};
    member_preview_ask(state);
}

void member_cancel_ask(struct member_state *state)
{
    if (state->card.ends == DATE_NONE || state->card.ends < state->today) {
        host_say(state->context.host, ROLE_WARN, "No running term to cancel");
        return;
    }
    char title[260], day[16];
    date_format_iso(day, sizeof day, state->card.ends);
    struct form_entry entries[CANCEL_ENTRIES] = {
        [CANCEL_EFFECTIVE] = {.label = "Last valid day",
                              .kind = FORM_DATE,
                              .value = day,
                              .required = true,
                              .hint = "The end of the paid term is filled in"},
        [CANCEL_REASON] = {.label = "Reason",
                           .kind = FORM_CHOICE,
                           .value = "price",
                           .choices = cancel_reasons},
        [CANCEL_WORDS] = {.label = "In words",
                          .maximum = 79,
                          .hint = "Instead of the reason above"},
    };
    snprintf(title, sizeof title, "Cancel the membership of %s", state->card.name);
    struct form *form = form_new(title, entries, CANCEL_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_cancel, NULL, state);
}

/* --- renew and pay --- */

enum { RENEW_PLAN, RENEW_METHOD, RENEW_ENTRIES };

static const char *const renew_methods[] = {"1", "card",  "2", "debit card",        "3", "cash",
                                            "4", "other", "0", "later: it is owed", NULL};

static void save_renewal(void *owner, struct form *form)
{
    struct member_state *state = owner;
    state->change.request = (struct member_preview_request){
        .kind = MEMBER_PREVIEW_RENEW,
        .package_id = strtoll(form_text(form, RENEW_PLAN), NULL, 10),
        .payment_method_id = (int)strtol(form_text(form, RENEW_METHOD), NULL, 10)};
    member_preview_ask(state);
}

void member_renew_ask(struct member_state *state)
{
    if (state->plans.count == 0) {
        host_say(state->context.host, ROLE_WARN,
                 "No plan is on sale: a manager adds one under Packages");
        return;
    }
    char title[300], plan[24], day[32];
    snprintf(plan, sizeof plan, "%" PRId64, state->card.package_id);
    if (!choices_text(&state->plans, plan)[0]) /* the old plan is retired */
        snprintf(plan, sizeof plan, "%s", state->plans.keys[0]);
    if (state->card.ends != DATE_NONE && state->card.ends >= state->today) {
        date_format_short(day, sizeof day, state->card.ends + 1, state->today);
        snprintf(title, sizeof title, "Renew %s from %s", state->card.name, day);
    } else {
        snprintf(title, sizeof title, "Renew %s from today", state->card.name);
    }
    struct form_entry entries[RENEW_ENTRIES] = {
        [RENEW_PLAN] = {.label = "Plan",
                        .kind = FORM_CHOICE,
                        .value = plan,
                        .required = true,
                        .choices = state->plans.pairs},
        [RENEW_METHOD] = {.label = "Paid by",
                          .kind = FORM_CHOICE,
                          .value = "1",
                          .choices = renew_methods},
    };
    struct form *form = form_new(title, entries, RENEW_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_renewal, NULL, state);
}

/* --- another plan --- */

enum { PLAN_PLAN, PLAN_WHEN, PLAN_METHOD, PLAN_ENTRIES };

static const char *const plan_times[] = {"next", "from the next term on", "now",
                                         "today, and what is left is credited", NULL};

static void save_plan(void *owner, struct form *form)
{
    struct member_state *state = owner;
    bool now = strcmp(form_text(form, PLAN_WHEN), "now") == 0;
    state->change.request = (struct member_preview_request){
        .kind = now ? MEMBER_PREVIEW_CHANGE_NOW : MEMBER_PREVIEW_CHANGE_NEXT,
        .package_id = strtoll(form_text(form, PLAN_PLAN), NULL, 10),
        .payment_method_id = (int)strtol(form_text(form, PLAN_METHOD), NULL, 10)};
    member_preview_ask(state);
}

void member_plan_ask(struct member_state *state)
{
    if (!member_is_running(state)) {
        host_say(state->context.host, ROLE_WARN,
                 "No running term to change; F6 renews with any plan");
        return;
    }
    char title[300], plan[24] = "";
    for (int i = 0; i < state->package_count && !plan[0]; i++) {
        const struct package_row *package = &state->packages[i];
        if (package->active && package->duration_months > 0 &&
            package->package_id != state->card.package_id)
            snprintf(plan, sizeof plan, "%" PRId64, package->package_id);
    }
    if (!plan[0]) {
        host_say(state->context.host, ROLE_WARN, "There is no other plan on sale");
        return;
    }
    snprintf(title, sizeof title, "%s has %s", state->card.name, state->card.plan);
    struct form_entry entries[PLAN_ENTRIES] = {
        [PLAN_PLAN] = {.label = "New plan",
                       .kind = FORM_CHOICE,
                       .value = plan,
                       .required = true,
                       .choices = state->plans.pairs,
                       .hint = "Dates and money are shown before anything is done"},
        [PLAN_WHEN] = {.label = "From when",
                       .kind = FORM_CHOICE,
                       .value = "next",
                       .choices = plan_times,
                       .hint = "What was sold ahead of the old plan is taken back and credited"},
        [PLAN_METHOD] = {.label = "Paid by",
                         .kind = FORM_CHOICE,
                         .value = "0",
                         .choices = renew_methods},
    };
    struct form *form = form_new(title, entries, PLAN_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_plan, NULL, state);
}

enum { PAY_AMOUNT, PAY_METHOD, PAY_NOTE, PAY_ENTRIES };

static void save_payment(void *owner, struct form *form)
{
    struct member_state *state = owner;
    money amount = form_money(form, PAY_AMOUNT);
    if (amount <= 0) {
        form_complain(form, PAY_AMOUNT,
                      "An amount above zero; refunds are booked against a payment");
        host_form_done(state->context.host, false);
        return;
    }
    members_pay(state->context.db, request_id_new(), state->customer_id, amount,
                (int)strtol(form_text(form, PAY_METHOD), NULL, 10), state->context.desk,
                form_text(form, PAY_NOTE), member_on_change, state);
}

void member_pay_ask(struct member_state *state)
{
    char title[260], amount[32] = "";
    if (state->card.balance > 0)
        money_format_plain(amount, sizeof amount, state->card.balance);
    struct form_entry entries[PAY_ENTRIES] = {
        [PAY_AMOUNT] = {.label = "Amount",
                        .kind = FORM_MONEY,
                        .value = amount,
                        .required = true,
                        .hint = "What is owed is filled in"},
        [PAY_METHOD] = {.label = "Paid by",
                        .kind = FORM_CHOICE,
                        .value = "1",
                        .choices = choices_payment_methods},
        [PAY_NOTE] = {.label = "Note", .maximum = 79},
    };
    snprintf(title, sizeof title, "Payment from %s", state->card.name);
    struct form *form = form_new(title, entries, PAY_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_payment, NULL, state);
}
