/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/screens/contact.h"

#include <inttypes.h>
#include <stdio.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "saved.h"

/* The outcomes a call may have, the key for each, and after how many days it is usual to call
 * again (0: never). */
static const struct {
    enum contact_outcome outcome;
    int days;
    struct dialog_choice choice;
} outcomes[] = {
    {CONTACT_NO_ANSWER, 2, {"n", "no answer"}},
    {CONTACT_COMING_BACK, 14, {"b", "coming back"}},
    {CONTACT_INJURED, 30, {"i", "injured"}},
    {CONTACT_PRICE, 14, {"p", "the price"}},
    {CONTACT_LEAVING, 60, {"l", "leaving"}},
    {CONTACT_WRONG_NUMBER, 7, {"w", "wrong number"}},
    {CONTACT_DO_NOT, 0, {"d", "do not contact any more"}},
    {CONTACT_MAY, 0, {"m", "may be contacted again"}},
};
#define OUTCOMES ((int)(sizeof outcomes / sizeof *outcomes))

enum { ENTRY_SNOOZE, ENTRY_NOTE, ENTRY_COUNT };

static void answer_freeze(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct contact_flow *flow = owner;
    (void)dialog;
    if (flow->on_done)
        flow->on_done(flow->owner, flow->customer_id, flow->outcome, result == DIALOG_YES);
}

static void ask_freeze(struct contact_flow *flow)
{
    static const struct dialog_choice choices[] = {{"f", "freeze the membership"}};
    char text[320];
    snprintf(text, sizeof text,
             "%s is injured: a freeze stops the membership until they are well, and moves its end. "
             "Esc leaves it as it is.",
             flow->name);
    struct dialog *dialog = dialog_choose("Logged. Freeze?", text, choices, 1);
    if (dialog)
        host_ask(flow->context.host, dialog, answer_freeze, flow);
}

static void on_logged(void *owner, int64_t contact_id, const struct error *error)
{
    struct contact_flow *flow = owner;
    struct host *host = flow->context.host;
    (void)contact_id;
    if (!saved_or_told(host, error))
        return;
    host_say(host, ROLE_GOOD, "%s Logged: %s, %s", sign_text(SIGN_GOOD), flow->name,
             contact_outcome_names[flow->outcome]);
    if (flow->outcome == CONTACT_INJURED)
        ask_freeze(flow);
    else if (flow->on_done)
        flow->on_done(flow->owner, flow->customer_id, flow->outcome, false);
}

static void save(void *owner, struct form *form)
{
    struct contact_flow *flow = owner;
    int32_t snooze = form_date(form, ENTRY_SNOOZE);
    if (snooze != DATE_NONE && snooze < flow->today) {
        form_complain(form, ENTRY_SNOOZE, "This day has gone by");
        host_form_done(flow->context.host, false);
        return;
    }
    struct contact_entry entry = {
        .id = request_id_new(),
        .customer_id = flow->customer_id,
        .outcome = flow->outcome,
        .snooze_until = snooze,
        .note = form_text(form, ENTRY_NOTE),
    };
    contacts_log(flow->context.db, &entry, on_logged, flow);
}

static void ask_rest(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct contact_flow *flow = owner;
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= OUTCOMES)
        return;
    char title[300], day[16] = "";
    flow->outcome = outcomes[chosen].outcome;
    if (outcomes[chosen].days > 0)
        date_format_iso(day, sizeof day, flow->today + outcomes[chosen].days);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_SNOOZE] = {.label = "Call again from",
                          .kind = FORM_DATE,
                          .value = day,
                          .hint = "Until then the at-risk queue leaves them out; empty: no pause"},
        [ENTRY_NOTE] = {.label = "Note", .maximum = 199},
    };
    snprintf(title, sizeof title, "%s: %s", flow->name, outcomes[chosen].choice.text);
    struct form *form = form_new(title, entries, ENTRY_COUNT);
    if (form)
        host_form(flow->context.host, form, save, NULL, flow);
}

void contact_ask(struct contact_flow *flow, const struct screen_context *context,
                 int64_t customer_id, const char *name, bool do_not_contact,
                 contact_done_fn *on_done, void *owner)
{
    if (context->session->level < LEVEL_MANAGER) {
        host_say(context->host, ROLE_WARN, "Calls are logged by managers");
        return;
    }
    flow->context = *context;
    flow->customer_id = customer_id;
    snprintf(flow->name, sizeof flow->name, "%s", name);
    text_drop_partial(flow->name);
    flow->today = session_today(context->db);
    flow->on_done = on_done;
    flow->owner = owner;
    struct dialog_choice choices[OUTCOMES];
    for (int i = 0; i < OUTCOMES; i++)
        choices[i] = outcomes[i].choice;
    char text[300];
    snprintf(text, sizeof text, "%s, #%" PRId64 "%s", flow->name, customer_id,
             do_not_contact ? ". They asked not to be contacted." : "");
    struct dialog *dialog = dialog_choose("How did the call end?", text, choices,
                                          do_not_contact ? OUTCOMES : OUTCOMES - 1);
    if (dialog)
        host_ask(context->host, dialog, ask_rest, flow);
}

void contact_forget(struct contact_flow *flow)
{
    if (flow->context.db)
        db_forget(flow->context.db, flow);
}
