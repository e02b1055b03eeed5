/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with a membership from the card: freeze, cancel, renew, pay, and the door. Forms
 * come filled in with the ordinary case, so that F2 is often the only key after the opening one. */
#include "member_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"

#define FREEZE_DAYS 30

/* --- the answer to every change --- */

static void on_change(void *owner, const struct member_change *change, const struct error *error)
{
    struct member_state *state = owner;
    struct host *host = state->context.host;
    struct form *form = host_form_now(host);
    if (error && form) {
        form_complain(form, -1, error->message);
        host_form_done(host, false);
        return;
    }
    if (error) {
        host_say_error(host, error);
        return;
    }
    if (form)
        host_form_done(host, true);
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
    members_freeze(state->context.db, request_id_new(), state->customer_id, from, until,
                   words[0] ? words : form_text(form, FREEZE_REASON), on_change, state);
}

static void end_freeze(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_unfreeze(state->context.db, request_id_new(), state->customer_id, on_change, state);
}

void member_freeze_ask(struct member_state *state)
{
    char text[360], from[16], until[16];
    if (member_is_frozen(state)) {
        snprintf(text, sizeof text,
                 "End the freeze of %s today. The end of the term moves by the days really frozen.",
                 state->card.name);
        struct dialog *dialog = dialog_confirm("End the freeze", text, "y", "end it", 'f');
        if (dialog)
            host_ask(state->context.host, dialog, end_freeze, state);
        return;
    }
    if (!member_is_running(state)) {
        host_say(state->context.host, ROLE_WARN, "No running term to freeze; F6 renews");
        return;
    }
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

/* --- cancel --- */

enum { CANCEL_EFFECTIVE, CANCEL_REASON, CANCEL_WORDS, CANCEL_ENTRIES };

static const char *const cancel_reasons[] = {
    "price",   "price",   "moved",     "moved",     "no time", "no time", "injury", "injury",
    "unhappy", "unhappy", "other gym", "other gym", "other",   "other",   NULL};

static void do_cancel(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_cancel(state->context.db, request_id_new(), state->customer_id,
                       state->change.effective, state->change.reason, on_change, state);
    else
        host_say(state->context.host, ROLE_DIM, "Not cancelled");
}

static void confirm_cancel(void *owner, struct form *form)
{
    struct member_state *state = owner;
    char text[400], day[32];
    const char *words = form_text(form, CANCEL_WORDS);
    state->change.effective = form_date(form, CANCEL_EFFECTIVE);
    snprintf(state->change.reason, sizeof state->change.reason, "%s",
             words[0] ? words : form_text(form, CANCEL_REASON));
    host_form_done(state->context.host, true);
    date_format_short(day, sizeof day, state->change.effective, state->today);
    snprintf(text, sizeof text, "%s of %s (#%" PRId64 ") ends.\nThe last valid day is %s.",
             state->card.plan, state->card.name, state->customer_id, day);
    struct dialog *dialog =
        dialog_confirm("Cancel the membership", text, "y", "cancel it", KEY_CODE_F1 + 1);
    if (!dialog)
        return;
    dialog_set_role(dialog, ROLE_WARN_BIG);
    host_ask(state->context.host, dialog, do_cancel, state);
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
        host_form(state->context.host, form, confirm_cancel, NULL, state);
}

/* --- renew and pay --- */

enum { RENEW_PLAN, RENEW_METHOD, RENEW_ENTRIES };

static const char *const renew_methods[] = {"1", "card",  "2", "debit card",        "3", "cash",
                                            "4", "other", "0", "later: it is owed", NULL};

static void save_renewal(void *owner, struct form *form)
{
    struct member_state *state = owner;
    members_renew(state->context.db, request_id_new(), state->customer_id,
                  strtoll(form_text(form, RENEW_PLAN), NULL, 10),
                  (int)strtol(form_text(form, RENEW_METHOD), NULL, 10), state->context.desk,
                  on_change, state);
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
                form_text(form, PAY_NOTE), on_change, state);
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

/* --- the door --- */

static void let_in_for(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result == DIALOG_YES)
        member_check_in(state, dialog_typed(dialog));
}

static void answer_denial(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result != DIALOG_YES)
        return;
    if (dialog_chosen(dialog) == 0) {
        member_renew_ask(state);
    } else if (dialog_chosen(dialog) == 1) {
        member_pay_ask(state);
    } else {
        struct dialog *why =
            dialog_type("Let in without", "It is noted with your name.", "Reason", NULL, true);
        if (why)
            host_ask(state->context.host, why, let_in_for, state);
    }
}

static void ask_denial(struct member_state *state, const struct verdict *verdict)
{
    static const struct dialog_choice choices[] = {
        {"r", "renew"}, {"p", "take a payment"}, {"v", "let in anyway (reason)"}};
    char title[240] = "DENIED";
    if (verdict->reason_count > 0) {
        snprintf(title, sizeof title, "%s %.150s", sign_text(SIGN_BAD), verdict->reasons[0].text);
    }
    state->door_question[0] = 0;
    text_append(state->door_question, sizeof state->door_question, "%s", state->card.name);
    for (int i = 1; i < verdict->reason_count; i++)
        text_append(state->door_question, sizeof state->door_question, " · %s",
                    verdict->reasons[i].text);
    struct dialog *dialog = dialog_choose(title, state->door_question, choices, 3);
    if (!dialog)
        return;
    dialog_set_role(dialog, ROLE_BAD_BIG);
    host_bell(state->context.host);
    host_ask(state->context.host, dialog, answer_denial, state);
}

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct member_state *state = owner;
    struct host *host = state->context.host;
    if (error) {
        host_say_error(host, error);
        return;
    }
    char clock[16], lasted[16];
    date_format_clock(clock, sizeof clock,
                      verdict->since_local == MOMENT_NONE ? verdict->at_local
                                                          : verdict->since_local);
    date_format_duration(lasted, sizeof lasted, verdict->seconds_in);
    if (verdict->result == VERDICT_IN || verdict->result == VERDICT_OUT)
        state->undo_attendance_id = verdict->attendance_id;
    else if (verdict->result == VERDICT_UNDONE)
        state->undo_attendance_id = 0;
    switch (verdict->result) {
    case VERDICT_IN:
        if (verdict->reason_count > 0)
            host_say(host, ROLE_WARN, "%s In, but: %s; u undoes", sign_text(SIGN_WARN),
                     verdict->reasons[0].text);
        else
            host_say(host, ROLE_GOOD, "%s In, visit %d this month; u undoes", sign_text(SIGN_GOOD),
                     verdict->visits_this_month);
        break;
    case VERDICT_DENIED:
        ask_denial(state, verdict);
        break;
    case VERDICT_ALREADY_IN:
        host_say(host, ROLE_WARN, "%s In since %s, desk %s; F3 checks out", sign_text(SIGN_WARN),
                 clock, verdict->since_desk);
        break;
    case VERDICT_REPEAT:
        host_say(host, ROLE_WARN, "%s Left only a moment ago; nothing was written",
                 sign_text(SIGN_WARN));
        break;
    case VERDICT_UNKNOWN:
        host_say(host, ROLE_BAD, "%s No such member", sign_text(SIGN_BAD));
        break;
    case VERDICT_OUT:
        host_say(host, ROLE_GOOD, "%s Out after %s h; u undoes", sign_text(SIGN_OUT), lasted);
        break;
    case VERDICT_NOT_IN:
        host_say(host, ROLE_WARN, "%s Is not in; nothing was written", sign_text(SIGN_WARN));
        break;
    case VERDICT_UNDONE:
        host_say(host, ROLE_GOOD, "%s Undone", sign_text(SIGN_GOOD));
        break;
    }
    member_read(state);
}

void member_check_in(struct member_state *state, const char *override_reason)
{
    struct check_in_request request = {
        .id = request_id_new(),
        .customer_id = state->customer_id,
        .desk = state->context.desk,
        .override_reason = override_reason,
    };
    attendance_check_in(state->context.db, &request, on_verdict, state);
}

void member_check_out(struct member_state *state)
{
    struct check_out_request request = {
        .id = request_id_new(), .customer_id = state->customer_id, .desk = state->context.desk};
    attendance_check_out(state->context.db, &request, on_verdict, state);
}

void member_undo(struct member_state *state)
{
    if (state->undo_attendance_id == 0) {
        host_say(state->context.host, ROLE_DIM, "Nothing to undo on this card");
        return;
    }
    attendance_undo(state->context.db, request_id_new(), state->undo_attendance_id, "mistake",
                    on_verdict, state);
}
