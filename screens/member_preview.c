/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Before a change of the membership is made, its dates and its money: the database makes the
 * change, tells what came of it and takes it back. The form stays open, busy, until the answer is
 * there, so that a refusal stands beside what was typed.
 */
#include "member_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/text.h"
#include "saved.h"

/* What each change is called in its question: title, and what the yes-key does. */
static const struct {
    const char *title, *yes;
} words[] = {
    [MEMBER_PREVIEW_FREEZE] = {"Freeze the membership", "freeze it"},
    [MEMBER_PREVIEW_UNFREEZE] = {"End the freeze", "end it"},
    [MEMBER_PREVIEW_CANCEL] = {"Cancel the membership", "cancel it"},
    [MEMBER_PREVIEW_RENEW] = {"Renew", "renew"},
    [MEMBER_PREVIEW_CHANGE_NEXT] = {"Another plan from the next term on", "change it"},
    [MEMBER_PREVIEW_CHANGE_NOW] = {"Another plan from today", "change it"},
};

/* --- the words of the question --- */

static void add_day(const struct member_state *state, char *dst, size_t size, int32_t day)
{
    char text[32];
    if (day == state->today)
        snprintf(text, sizeof text, "today");
    else
        date_format_short(text, sizeof text, day, state->today);
    text_append(dst, size, "%s", text);
}

static void add_end(const struct member_state *state, char *dst, size_t size,
                    const struct member_preview *preview)
{
    if (preview->ends == preview->ends_before)
        return;
    text_append(dst, size, "The last paid day is then ");
    add_day(state, dst, size, preview->ends);
    if (preview->ends_before != DATE_NONE) {
        text_append(dst, size, ", instead of ");
        add_day(state, dst, size, preview->ends_before);
    }
    text_append(dst, size, ".\n");
}

static const char *method_word(int method)
{
    char key[12];
    snprintf(key, sizeof key, "%d", method);
    for (int i = 0; choices_payment_methods[i]; i += 2)
        if (choices_payment_methods[i][0] == key[0])
            return choices_payment_methods[i + 1];
    return "";
}

static void add_money(const struct member_state *state, char *dst, size_t size,
                      const struct member_preview *preview)
{
    const char *currency = state->context.session->currency;
    char amount[32], parts[200] = "";
    if (preview->charged > 0) {
        money_format(amount, sizeof amount, preview->charged);
        text_append(parts, sizeof parts, "charged %s", amount);
    }
    if (preview->credited > 0) {
        money_format(amount, sizeof amount, preview->credited);
        text_append(parts, sizeof parts, "%scredited %s", parts[0] ? ", " : "", amount);
    }
    if (preview->paid > 0) {
        money_format(amount, sizeof amount, preview->paid);
        text_append(parts, sizeof parts, "%spaid now %s (%s)", parts[0] ? ", " : "", amount,
                    method_word(state->change.request.payment_method_id));
    }
    if (parts[0])
        text_append(dst, size, "Money: %s, in %s.\n", parts, currency);
    if (preview->balance > 0) {
        money_format(amount, sizeof amount, preview->balance);
        text_append(dst, size, "Owed after that: %s.", amount);
    } else if (preview->balance < 0) {
        money_format(amount, sizeof amount, -preview->balance);
        text_append(dst, size, "To their credit after that: %s.", amount);
    } else {
        text_append(dst, size, parts[0] ? "Nothing is owed after that." : "No money moves.");
    }
}

static void add_freeze(const struct member_state *state, char *dst, size_t size)
{
    const struct member_preview_request *request = &state->change.request;
    int days = (int)(request->until - request->from + 1);
    text_append(dst, size, "From ");
    add_day(state, dst, size, request->from);
    text_append(dst, size, " until ");
    add_day(state, dst, size, request->until);
    text_append(dst, size, ": %d day%s, %s.\n", days, days == 1 ? "" : "s", state->change.reason);
}

static void add_plan(const struct member_state *state, char *dst, size_t size,
                     const struct member_preview *preview)
{
    text_append(dst, size, "%s from ", preview->plan);
    add_day(state, dst, size, preview->starts);
    text_append(dst, size, " until ");
    add_day(state, dst, size, preview->ends);
    if (state->change.request.kind == MEMBER_PREVIEW_CHANGE_NOW)
        text_append(dst, size, ". %s stops with yesterday, and its days that are left are credited",
                    state->card.plan);
    else if (state->change.request.kind == MEMBER_PREVIEW_CHANGE_NEXT)
        text_append(dst, size, "; until then %s goes on", state->card.plan);
    text_append(dst, size, ".\n");
}

static void write_question(const struct member_state *state, char *dst, size_t size,
                           const struct member_preview *preview)
{
    dst[0] = 0;
    text_append(dst, size, "%s (#%" PRId64 ")", state->card.name, state->customer_id);
    if (state->card.plan[0])
        text_append(dst, size, ", %s", state->card.plan);
    text_append(dst, size, "\n");
    switch (state->change.request.kind) {
    case MEMBER_PREVIEW_FREEZE:
        add_freeze(state, dst, size);
        add_end(state, dst, size, preview);
        break;
    case MEMBER_PREVIEW_UNFREEZE:
        text_append(dst, size, "The freeze ends; from today on they may come in.\n");
        add_end(state, dst, size, preview);
        break;
    case MEMBER_PREVIEW_CANCEL:
        text_append(dst, size, "Valid until ");
        add_day(state, dst, size, state->change.request.until);
        text_append(dst, size, " and not renewed: %s.\n", state->change.reason);
        add_end(state, dst, size, preview);
        break;
    case MEMBER_PREVIEW_RENEW:
    case MEMBER_PREVIEW_CHANGE_NEXT:
    case MEMBER_PREVIEW_CHANGE_NOW:
        add_plan(state, dst, size, preview);
        break;
    }
    add_money(state, dst, size, preview);
}

/* --- asking and doing --- */

static void do_change(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    struct db *db = state->context.db;
    const struct member_preview_request *request = &state->change.request;
    const char *desk = state->context.desk;
    (void)dialog;
    if (result != DIALOG_YES) {
        host_say(state->context.host, ROLE_DIM, "Nothing was changed");
        return;
    }
    switch (request->kind) {
    case MEMBER_PREVIEW_FREEZE:
        members_freeze(db, request_id_new(), request->customer_id, request->from, request->until,
                       state->change.reason, member_on_change, state);
        break;
    case MEMBER_PREVIEW_UNFREEZE:
        members_unfreeze(db, request_id_new(), request->customer_id, member_on_change, state);
        break;
    case MEMBER_PREVIEW_CANCEL:
        members_cancel(db, request_id_new(), request->customer_id, request->until,
                       state->change.reason, member_on_change, state);
        break;
    case MEMBER_PREVIEW_RENEW:
        members_renew(db, request_id_new(), request->customer_id, request->package_id,
                      request->payment_method_id, desk, member_on_change, state);
        break;
    case MEMBER_PREVIEW_CHANGE_NEXT:
    case MEMBER_PREVIEW_CHANGE_NOW:
        members_change_package(db, request_id_new(), request->customer_id, request->package_id,
                               request->kind == MEMBER_PREVIEW_CHANGE_NOW,
                               request->payment_method_id, desk, member_on_change, state);
        break;
    }
}

static void on_preview(void *owner, const struct member_preview *preview, const struct error *error)
{
    struct member_state *state = owner;
    struct host *host = state->context.host;
    struct form *form = host_form_now(host);
    if (error) {
        saved_or_told(host, error);
        return;
    }
    bool came_from_form = form != NULL;
    if (form)
        host_form_done(host, true);
    char text[900];
    write_question(state, text, sizeof text, preview);
    enum member_preview_kind kind = state->change.request.kind;
    struct dialog *dialog = dialog_confirm(words[kind].title, text, "y", words[kind].yes,
                                           came_from_form ? KEY_CODE_F1 + 1 : 'f');
    if (!dialog)
        return;
    if (kind == MEMBER_PREVIEW_CANCEL)
        dialog_set_role(dialog, ROLE_WARN_BIG);
    host_ask(host, dialog, do_change, state);
}

void member_preview_ask(struct member_state *state)
{
    state->change.request.customer_id = state->customer_id;
    members_preview(state->context.db, &state->change.request, on_preview, state);
}
