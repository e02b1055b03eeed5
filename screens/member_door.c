/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door from the card: in, out, undone, and what helps who was denied. */
#include "member_card.h"

#include <stdio.h>

#include "gymtui/base/text.h"

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
