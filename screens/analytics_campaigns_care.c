/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A campaign's care: another name, offer, cost or last day; an end before its time; and what to do
 * about one that did not begin. Of two who change it at once the second one chooses (DESK.md 13).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analytics_campaigns.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "saved.h"

enum { ENTRY_NAME, ENTRY_OFFER, ENTRY_COST, ENTRY_UNTIL, ENTRY_COUNT };

static struct host *host_of(const struct campaigns_state *state)
{
    return state->place->context->host;
}

static const struct campaign_row *campaign_of(struct campaigns_state *state)
{
    return state->shows_people ? &state->shown : table_selected(state->table);
}

/* --- changing it --- */

static void on_changed(void *owner, const struct campaign_changed *changed,
                       const struct error *error);

static void send_change(struct campaigns_state *state)
{
    struct campaign_change change = {.id = request_id_new(),
                                     .campaign_id = state->edited.campaign_id,
                                     .row_version = state->edited.row_version,
                                     .name = state->edited.name,
                                     .offer = state->edited.offer,
                                     .has_cost = state->edited.has_cost,
                                     .cost = state->edited.cost,
                                     .until = state->edited_until};
    campaigns_edit(state->place->context->db, &change, on_changed, state);
}

static void settle(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct campaigns_state *state = owner;
    if (result == DIALOG_YES && dialog_chosen(dialog) == 0)
        send_change(state);
    else
        host_say(host_of(state), ROLE_DIM, "Theirs stays; nothing of yours was written");
}

static void write_cost(char *dst, size_t size, bool has_cost, money cost)
{
    if (has_cost)
        money_format(dst, size, cost);
    else
        snprintf(dst, size, "none");
}

/* Says both values of each field in which they differ, and lets the person choose. */
static void ask_whose(struct campaigns_state *state, const struct campaign_changed *theirs)
{
    static const struct dialog_choice choices[] = {{"m", "write mine"}, {"t", "keep theirs"}};
    const struct campaign_row *mine = &state->edited;
    char text[900] = "", ours[32], others[32];
    if (strcmp(mine->name, theirs->name) != 0)
        text_append(text, sizeof text, "Name: yours “%.60s”, theirs “%.60s”. ", mine->name,
                    theirs->name);
    if (strcmp(mine->offer, theirs->offer) != 0)
        text_append(text, sizeof text, "Offer: yours “%.60s”, theirs “%.60s”. ", mine->offer,
                    theirs->offer);
    write_cost(ours, sizeof ours, mine->has_cost, mine->cost);
    write_cost(others, sizeof others, theirs->has_cost, theirs->cost);
    if (strcmp(ours, others) != 0)
        text_append(text, sizeof text, "Cost: yours %s, theirs %s. ", ours, others);
    if (state->edited_until != DATE_NONE && state->edited_until != theirs->until) {
        date_format_short(ours, sizeof ours, state->edited_until, state->today);
        date_format_short(others, sizeof others, theirs->until, state->today);
        text_append(text, sizeof text, "Last day: yours %s, theirs %s.", ours, others);
    }
    if (!text[0]) {
        host_say(host_of(state), ROLE_GOOD, "%s made the same change", theirs->changed_by);
        return;
    }
    char title[120];
    snprintf(title, sizeof title, "%.60s changed it meanwhile", theirs->changed_by);
    state->edited.row_version = theirs->row_version;
    struct dialog *dialog = dialog_choose(title, text, choices, 2);
    if (dialog)
        host_ask(host_of(state), dialog, settle, state);
}

static void on_changed(void *owner, const struct campaign_changed *changed,
                       const struct error *error)
{
    struct campaigns_state *state = owner;
    if (!saved_or_told(host_of(state), error))
        return;
    if (changed->is_saved)
        host_say(host_of(state), ROLE_GOOD, "“%s” saved", changed->name);
    else
        ask_whose(state, changed);
    analytics_read_again(state->place);
}

static void save_change(void *owner, struct form *form)
{
    struct campaigns_state *state = owner;
    struct campaign_row *edited = &state->edited;
    int32_t until = form_date(form, ENTRY_UNTIL);
    snprintf(edited->name, sizeof edited->name, "%s", form_text(form, ENTRY_NAME));
    text_drop_partial(edited->name);
    snprintf(edited->offer, sizeof edited->offer, "%s", form_text(form, ENTRY_OFFER));
    text_drop_partial(edited->offer);
    edited->has_cost = form_text(form, ENTRY_COST)[0] != '\0';
    edited->cost = form_money(form, ENTRY_COST);
    state->edited_until = until == edited->open_until ? DATE_NONE : until;
    send_change(state);
}

void campaigns_ask_change(struct campaigns_state *state)
{
    const struct campaign_row *row = campaign_of(state);
    char title[120], cost[32] = "", until[24];
    if (!row)
        return;
    state->edited = *row;
    bool is_fixed = row->slot != CAMPAIGN_ANY || row->open_until < state->today;
    snprintf(title, sizeof title, "Change “%.80s”", row->name);
    if (row->has_cost)
        money_format_plain(cost, sizeof cost, row->cost);
    date_format_iso(until, sizeof until, row->open_until);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_NAME] = {.label = "Name",
                        .kind = FORM_TEXT,
                        .value = row->name,
                        .required = true,
                        .maximum = 79,
                        .hint = "Enter goes on, F2 saves"},
        [ENTRY_OFFER] = {.label = "Offer",
                         .kind = FORM_TEXT,
                         .value = row->offer,
                         .maximum = 199,
                         .hint = "What they are promised; F2 saves"},
        [ENTRY_COST] = {.label = "Cost",
                        .kind = FORM_MONEY,
                        .value = cost,
                        .hint = "All of it: the page says what each success cost"},
        [ENTRY_UNTIL] = {.label = "Last day",
                         .kind = FORM_DATE,
                         .value = until,
                         .read_only = is_fixed,
                         .hint = "What happens until then counts; F8 ends it today"},
    };
    struct form *form = form_new(title, entries, ENTRY_COUNT);
    if (form)
        host_form(host_of(state), form, save_change, NULL, state);
}

/* --- ending it, or what did not begin --- */

static void on_ended(void *owner, const struct campaign_ended *ended, const struct error *error)
{
    struct campaigns_state *state = owner;
    if (error)
        host_say_error(host_of(state), error);
    else if (ended->is_removed)
        host_say(host_of(state), ROLE_GOOD, "“%s” is removed; nobody was in it", ended->name);
    else
        host_say(host_of(state), ROLE_GOOD,
                 "“%s” ends tonight; the next recompute says what came of it", ended->name);
    analytics_read_again(state->place);
}

static void on_retried(void *owner, const struct campaign_created *created,
                       const struct error *error)
{
    struct campaigns_state *state = owner;
    if (error)
        host_say_error(host_of(state), error);
    else
        campaign_say_created(state->place->context, state->edited.name, created);
    analytics_read_again(state->place);
}

static void end_it(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct campaigns_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        campaigns_end(state->place->context->db, request_id_new(), state->edited.campaign_id,
                      on_ended, state);
}

static void end_or_retry(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct campaigns_state *state = owner;
    if (result != DIALOG_YES)
        return;
    if (dialog_chosen(dialog) == 0)
        campaigns_end(state->place->context->db, request_id_new(), state->edited.campaign_id,
                      on_ended, state);
    else
        campaigns_retry(state->place->context->db, request_id_new(), state->edited.campaign_id,
                        on_retried, state);
}

void campaigns_ask_end(struct campaigns_state *state)
{
    static const struct dialog_choice ways[] = {{"r", "remove it"}, {"t", "try again"}};
    const struct campaign_row *row = campaign_of(state);
    struct dialog *dialog;
    char title[120], text[400];
    if (!row)
        return;
    state->edited = *row;
    if (row->state != CAMPAIGN_BEGUN) {
        bool has_ended = row->state == CAMPAIGN_FAILED || row->state == CAMPAIGN_CANCELLED;
        snprintf(title, sizeof title, "“%.80s” has not begun", row->name);
        snprintf(text, sizeof text, "Nobody is in it yet. %s", row->error);
        dialog = dialog_choose(title, text, ways, has_ended ? 2 : 1);
        if (dialog)
            host_ask(host_of(state), dialog, end_or_retry, state);
        return;
    }
    if (row->was_ended || row->open_until < state->today) {
        host_say(host_of(state), ROLE_DIM, "“%s” has ended already", row->name);
        return;
    }
    snprintf(title, sizeof title, "End “%.80s” today?", row->name);
    snprintf(text, sizeof text,
             "What happens after tonight does not count any more, for neither arm. %s"
             "This cannot be taken back.",
             row->slot == CAMPAIGN_ANY ? ""
                                       : "The flag of its slot stays empty, since its window did "
                                         "not come to its end. ");
    dialog = dialog_confirm(title, text, "y", "end it today", 'x');
    if (dialog)
        host_ask(host_of(state), dialog, end_it, state);
}
