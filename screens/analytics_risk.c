/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * At risk: whom to call, worst loss first. c logs the call and goes on to the next member; a
 * check-in anywhere takes its member off.
 */
#include "analytics_risk.h"

#include <stdio.h>

#include "gymtui/base/date.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/message.h"

#define ROWS_HELD   300
#define EXPORT_ROWS 500

static bool same_member(const void *a, const void *b)
{
    return ((const struct at_risk_row *)a)->customer_id ==
           ((const struct at_risk_row *)b)->customer_id;
}

static void on_queue(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                     int count, bool more, const struct error *error)
{
    struct risk_state *state = owner;
    (void)more;
    if (!analytics_answered(state->place, error))
        return;
    state->all = *all;
    snprintf(state->place->note, sizeof state->place->note, "%s", state->place->currency);
    state->today = session_today(state->place->context->db);
    state->shown_at_stake = 0;
    for (int i = 0; i < count; i++)
        state->shown_at_stake += rows[i].at_stake;
    if (state->is_filled)
        table_replace(state->table, rows, count, false, false, same_member);
    else
        table_fill(state->table, rows, count, false, false);
    state->is_filled = true;
    snprintf(state->empty, sizeof state->empty,
             "Nobody called “%.40s” is at risk. Esc takes the filter off.", state->find.text);
    table_set_empty(state->table, state->empty);
}

static void open_risk(void *state_, struct analytics_place *place)
{
    struct risk_state *state = state_;
    state->place = place;
    state->table = table_new(risk_columns, RISK_COLUMNS, sizeof(struct at_risk_row), ROWS_HELD,
                             risk_write_cell, state);
}

static void read_risk(void *state_)
{
    struct risk_state *state = state_;
    analytics_asked(state->place, 1);
    segments_at_risk(state->place->context->db, state->find.text, NULL, ROWS_HELD, on_queue, state);
}

static void draw_risk(void *state_, struct area area)
{
    risk_draw(state_, area);
}

/* The member leaves the queue, or stays where the call asked for no peace; either way the next one
 * is up. */
static void on_called(void *owner, int64_t customer_id, enum contact_outcome outcome,
                      bool wants_freeze)
{
    struct risk_state *state = owner;
    const struct at_risk_row *row = table_selected(state->table);
    (void)outcome;
    if (row && row->customer_id == customer_id &&
        table_selected_index(state->table) + 1 < table_count(state->table))
        table_select(state->table, table_selected_index(state->table) + 1);
    analytics_read_again(state->place);
    host_redraw(state->place->context->host);
    if (wants_freeze) {
        struct member_argument card = {.customer_id = customer_id, .freeze = true};
        host_open(state->place->context->host, &screen_member, &card);
    }
}

/* --- export --- */

static const char *const export_columns[] = {
    "number", "name",         "phone",      "email", "plan",      "segment",
    "reason", "at_stake",     "value",      "low",   "high",      "model",
    "p_stay", "p_stay_usual", "last_visit", "ends",  "last_call", NULL};

static void export_next(void *owner);

static void on_export(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                      int count, bool more, const struct error *error)
{
    struct analytics_export *out = owner;
    struct risk_state *state = out->owner;
    (void)all;
    if (error) {
        analytics_export_finish(out, error);
        return;
    }
    for (int i = 0; i < count; i++) {
        const struct at_risk_row *row = &rows[i];
        analytics_export_count(out, row->customer_id);
        analytics_export_text(out, row->name);
        analytics_export_text(out, row->phone);
        analytics_export_text(out, row->email);
        analytics_export_text(out, row->plan);
        analytics_export_text(out, row->segment);
        analytics_export_text(out, row->reason);
        analytics_export_number(out, row->at_stake, 2);
        analytics_export_number(out, row->clv, 2);
        analytics_export_number(out, row->clv_low, 2);
        analytics_export_number(out, row->clv_high, 2);
        analytics_export_text(out, row->model);
        analytics_export_number(out, row->p_stay, 4);
        analytics_export_number(out, row->p_stay_usual, 4);
        analytics_export_day(out, row->last_visit);
        analytics_export_day(out, row->ends);
        analytics_export_text(out, row->contact_outcome);
        analytics_export_row(out);
    }
    if (count > 0) {
        state->exported = rows[count - 1];
        state->has_exported = true;
    }
    if (more)
        export_next(state);
    else
        analytics_export_finish(out, NULL);
}

static void export_next(void *owner)
{
    struct risk_state *state = owner;
    segments_at_risk(state->place->context->db, state->find.text,
                     state->has_exported ? &state->exported : NULL, EXPORT_ROWS, on_export,
                     &state->export_);
}

/* --- keys --- */

static void open_card(struct risk_state *state)
{
    const struct at_risk_row *row = table_selected(state->table);
    if (!row)
        return;
    struct member_argument card = {.customer_id = row->customer_id};
    host_open(state->place->context->host, &screen_member, &card);
}

/* For those that are shown. */
static void start_campaign(struct risk_state *state)
{
    struct segment_choice queue = {.at_risk = true};
    char whom[96] = "At risk";
    if (state->find.text[0])
        snprintf(whom, sizeof whom, "At risk, “%.40s”", state->find.text);
    snprintf(queue.search, sizeof queue.search, "%s", state->find.text);
    campaign_ask(&state->campaign, state->place->context, whom,
                 state->find.text[0] ? 0 : state->all.members, &queue, NULL, 0, NULL, state);
}

static bool command_risk(void *state_, int command)
{
    struct risk_state *state = state_;
    bool changed;
    const struct at_risk_row *row = table_selected(state->table);
    switch (command) {
    case COMMAND_OPEN:
        if (state->find.is_open)
            analytics_find_leave(&state->find);
        else
            open_card(state);
        return true;
    case COMMAND_FILTER:
        analytics_find_open(&state->find);
        return true;
    case COMMAND_BACK:
        if (!analytics_find_clear(&state->find, &changed))
            return false;
        if (changed)
            analytics_read_again(state->place);
        return true;
    case ANALYTICS_CONTACT:
        if (row)
            contact_ask(&state->contact, state->place->context, row->customer_id, row->name, false,
                        on_called, state);
        return true;
    case ANALYTICS_MESSAGE:
        if (row) {
            struct message_argument message = {.customer_ids = &row->customer_id, .count = 1};
            host_open(state->place->context->host, &screen_message, &message);
        }
        return true;
    case ANALYTICS_CAMPAIGN:
        if (row)
            start_campaign(state);
        return true;
    case ANALYTICS_EXPORT:
        state->has_exported = false;
        analytics_export_ask(&state->export_, state->place->context, "At risk", export_columns,
                             export_next, state);
        return true;
    default:
        return table_command(state->table, command);
    }
}

static bool offers_risk(const void *state_, int command)
{
    const struct risk_state *state = state_;
    if (command == COMMAND_FILTER)
        return state->all.members > 0;
    return table_count(state->table) > 0 &&
           (command == COMMAND_OPEN || command == ANALYTICS_CONTACT ||
            command == ANALYTICS_MESSAGE || command == ANALYTICS_CAMPAIGN ||
            command == ANALYTICS_EXPORT);
}

static bool text_risk(void *state_, uint32_t key, const char *text)
{
    struct risk_state *state = state_;
    bool changed;
    if (!analytics_find_type(&state->find, key, text, &changed))
        return false;
    if (changed) {
        state->is_filled = false; /* others come: from the top */
        analytics_read_again(state->place);
    }
    return true;
}

static bool typing_risk(const void *state_, bool *empty)
{
    const struct risk_state *state = state_;
    *empty = field_is_empty(&state->find.field);
    return state->find.is_open;
}

static void close_risk(void *state_)
{
    struct risk_state *state = state_;
    db_forget(state->place->context->db, &state->export_);
    analytics_export_drop(&state->export_);
    contact_forget(&state->contact);
    campaign_forget(&state->campaign);
    table_free(state->table);
}

const struct analytics_page analytics_page_at_risk = {
    .name = "At risk",
    .state_size = sizeof(struct risk_state),
    .members_only =
        "The queue is for calls to the gym's own members. Of a dataset's customers those worth "
        "much and likely to leave are the Vulnerable: v on the page Segments shows them. d shows "
        "the gym's figures again.",
    .is_live = true,
    .open = open_risk,
    .read = read_risk,
    .draw = draw_risk,
    .command = command_risk,
    .offers = offers_risk,
    .text = text_risk,
    .typing = typing_risk,
    .close = close_risk,
};
