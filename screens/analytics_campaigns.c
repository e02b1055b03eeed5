/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Campaigns: arm against arm, with what can be said and what cannot; Enter lists who was in it. */
#include "analytics_campaigns.h"

#include <stdio.h>
#include <stdlib.h>

#include "gymtui/db/people.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/message.h"

#define PEOPLE_ROWS   120
#define PEOPLE_WINDOW 3000 /* to look at; the export has all */
#define EXPORT_ROWS   500

static bool same_campaign(const void *a, const void *b)
{
    return ((const struct campaign_row *)a)->campaign_id ==
           ((const struct campaign_row *)b)->campaign_id;
}

static void on_campaigns(void *owner, const struct campaign_row *rows, int count,
                         const struct error *error)
{
    struct campaigns_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    state->today = session_today(state->place->context->db);
    if (state->is_filled)
        table_replace(state->table, rows, count, false, false, same_campaign);
    else
        table_fill(state->table, rows, count, false, false);
    state->is_filled = true;
}

static void open_campaigns(void *state_, struct analytics_place *place)
{
    struct campaigns_state *state = state_;
    state->place = place;
    state->table = table_new(campaigns_columns, CAMPAIGNS_COLUMNS, sizeof(struct campaign_row),
                             CAMPAIGNS_MOST, campaigns_write_cell, state);
    state->people = table_new(people_columns, PEOPLE_COLUMNS, sizeof(struct campaign_member),
                              PEOPLE_WINDOW, people_write_cell, state);
}

static void read_campaigns(void *state_)
{
    struct campaigns_state *state = state_;
    analytics_asked(state->place, 1);
    campaigns_list(state->place->context->db, on_campaigns, state);
}

static void draw_campaigns(void *state_, struct area area)
{
    campaigns_draw(state_, area);
}

/* --- who was in it --- */

static void ask_people(struct campaigns_state *state);

static void on_people(void *owner, const struct campaign_member *rows, int count, bool more,
                      const struct error *error)
{
    struct campaigns_state *state = owner;
    state->people_asked = false;
    if (state->people_outdated) {
        state->people_outdated = false;
        ask_people(state);
        return;
    }
    if (error) {
        host_say_error(state->place->context->host, error);
        table_append(state->people, NULL, 0, true);
    } else if (state->people_filled) {
        more = more && table_count(state->people) + count + PEOPLE_ROWS <= PEOPLE_WINDOW;
        table_append(state->people, rows, count, more);
    } else {
        table_fill(state->people, rows, count, false, more);
        state->people_filled = true;
        if (state->find.text[0])
            snprintf(state->people_empty, sizeof state->people_empty,
                     "Nobody called “%.40s” was in it. Esc takes the filter off.",
                     state->find.text);
        else
            snprintf(state->people_empty, sizeof state->people_empty, "Nobody was in it.");
        table_set_empty(state->people, state->people_empty);
    }
    host_redraw(state->place->context->host);
}

/* The next page when the cursor nears the end. */
static void ask_people(struct campaigns_state *state)
{
    if (state->people_asked)
        return;
    const struct campaign_member *last = NULL;
    switch (table_wants(state->people)) {
    case TABLE_WANT_NOTHING:
    case TABLE_WANT_BEFORE:
        return;
    case TABLE_WANT_START:
        break;
    case TABLE_WANT_END:
    case TABLE_WANT_AFTER:
        last = table_last(state->people);
        break;
    }
    state->people_asked = true;
    campaigns_members(state->place->context->db, state->shown.campaign_id, state->find.text, last,
                      PEOPLE_ROWS, on_people, state);
}

static void people_again(struct campaigns_state *state)
{
    state->people_filled = false;
    state->people_outdated = state->people_asked;
    table_reset(state->people, false);
    table_set_empty(state->people, "Reading…");
    ask_people(state);
    host_redraw(state->place->context->host);
}

static void show_people(struct campaigns_state *state)
{
    const struct campaign_row *row = table_selected(state->table);
    if (!row)
        return;
    state->shown = *row;
    state->shows_people = true;
    state->find = (struct analytics_find){.is_open = false};
    people_again(state);
}

/* --- export --- */

static const char *const export_columns[] = {"campaign",     "number", "name", "phone",
                                             "email",        "plan",   "arm",  "succeeded",
                                             "succeeded_on", NULL};

static void export_next(void *owner);

static void on_export(void *owner, const struct campaign_member *rows, int count, bool more,
                      const struct error *error)
{
    struct analytics_export *out = owner;
    struct campaigns_state *state = out->owner;
    if (error) {
        analytics_export_finish(out, error);
        return;
    }
    for (int i = 0; i < count; i++) {
        analytics_export_text(out, state->shown.name);
        analytics_export_count(out, rows[i].customer_id);
        analytics_export_text(out, rows[i].name);
        analytics_export_text(out, rows[i].phone);
        analytics_export_text(out, rows[i].email);
        analytics_export_text(out, rows[i].plan);
        analytics_export_text(out, rows[i].is_held_out ? "held out" : "offer");
        analytics_export_text(out, rows[i].succeeded                       ? "yes"
                                   : state->shown.verdict == CAMPAIGN_OPEN ? ""
                                                                           : "no");
        analytics_export_day(out, rows[i].succeeded_on);
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
    struct campaigns_state *state = owner;
    campaigns_members(state->place->context->db, state->shown.campaign_id,
                      state->shows_people ? state->find.text : NULL,
                      state->has_exported ? &state->exported : NULL, EXPORT_ROWS, on_export,
                      &state->export_);
}

static void export_people(struct campaigns_state *state)
{
    const struct campaign_row *row = table_selected(state->table);
    if (!row)
        return;
    if (!state->shows_people)
        state->shown = *row;
    state->has_exported = false;
    analytics_export_ask(&state->export_, state->place->context, state->shown.name, export_columns,
                         export_next, state);
}

/* --- a message to those who are offered it --- */

static void gather(struct campaigns_state *state, const struct campaign_member *after);

static void on_recipients(void *owner, const struct campaign_member *rows, int count, bool more,
                          const struct error *error)
{
    struct campaigns_state *state = owner;
    state->gathers = false;
    if (error) {
        host_say_error(state->place->context->host, error);
        return;
    }
    for (int i = 0; i < count && state->recipient_count < MESSAGE_RECIPIENTS_MOST; i++)
        if (!rows[i].is_held_out)
            state->recipients[state->recipient_count++] = rows[i].customer_id;
    if (more && state->recipient_count < MESSAGE_RECIPIENTS_MOST) {
        state->gathered = rows[count - 1];
        gather(state, &state->gathered);
        return;
    }
    struct message_argument message = {.customer_ids = state->recipients,
                                       .count = state->recipient_count};
    if (message.count > 0)
        host_open(state->place->context->host, &screen_message, &message);
}

static void gather(struct campaigns_state *state, const struct campaign_member *after)
{
    state->gathers = true;
    campaigns_members(state->place->context->db, state->shown.campaign_id, NULL, after, EXPORT_ROWS,
                      on_recipients, state);
}

static void write_message(struct campaigns_state *state)
{
    const struct campaign_row *row = table_selected(state->table);
    if (!row || state->gathers)
        return;
    if (!state->shows_people)
        state->shown = *row;
    if (!state->recipients)
        state->recipients = malloc(MESSAGE_RECIPIENTS_MOST * sizeof *state->recipients);
    if (!state->recipients)
        return;
    state->recipient_count = 0;
    gather(state, NULL);
}

/* --- keys --- */

static bool command_people(struct campaigns_state *state, int command)
{
    const struct campaign_member *row = table_selected(state->people);
    bool changed;
    if (command == COMMAND_BACK) {
        if (!analytics_find_clear(&state->find, &changed))
            state->shows_people = false;
        else if (changed)
            people_again(state);
        return true;
    }
    if (command == COMMAND_FILTER) {
        analytics_find_open(&state->find);
        return true;
    }
    if (command == COMMAND_OPEN && state->find.is_open) {
        analytics_find_leave(&state->find);
        return true;
    }
    if (command == COMMAND_OPEN) {
        if (row) {
            struct member_argument card = {.customer_id = row->customer_id};
            host_open(state->place->context->host, &screen_member, &card);
        }
        return true;
    }
    if (!table_command(state->people, command))
        return false;
    ask_people(state);
    return true;
}

static bool command_campaigns(void *state_, int command)
{
    struct campaigns_state *state = state_;
    if (command == ANALYTICS_EXPORT) {
        export_people(state);
        return true;
    }
    if (command == ANALYTICS_MESSAGE) {
        write_message(state);
        return true;
    }
    if (command == ANALYTICS_CAMPAIGN) {
        host_say(state->place->context->host, ROLE_DIM,
                 "A campaign starts from its members: n on Segments, At risk, or a list of them");
        return true;
    }
    if (command == ANALYTICS_EDIT || command == ANALYTICS_END) {
        if (command == ANALYTICS_EDIT)
            campaigns_ask_change(state);
        else
            campaigns_ask_end(state);
        return true;
    }
    if (state->shows_people)
        return command_people(state, command);
    if (command == COMMAND_OPEN) {
        show_people(state);
        return true;
    }
    return table_command(state->table, command);
}

static bool offers_campaigns(const void *state_, int command)
{
    const struct campaigns_state *state = state_;
    const struct campaign_row *row = table_selected(state->table);
    switch (command) {
    case COMMAND_OPEN:
    case ANALYTICS_MESSAGE:
    case ANALYTICS_EXPORT:
        return row && row->state == CAMPAIGN_BEGUN;
    case ANALYTICS_EDIT:
        return row != NULL;
    case ANALYTICS_END:
        return row && (row->state != CAMPAIGN_BEGUN ||
                       (!row->was_ended && row->open_until >= state->today));
    case COMMAND_FILTER:
        return state->shows_people;
    default:
        return false;
    }
}

static bool text_campaigns(void *state_, uint32_t key, const char *text)
{
    struct campaigns_state *state = state_;
    bool changed;
    if (!state->shows_people || !analytics_find_type(&state->find, key, text, &changed))
        return false;
    if (changed)
        people_again(state);
    return true;
}

static bool typing_campaigns(const void *state_, bool *empty)
{
    const struct campaigns_state *state = state_;
    *empty = field_is_empty(&state->find.field);
    return state->shows_people && state->find.is_open;
}

static void close_campaigns(void *state_)
{
    struct campaigns_state *state = state_;
    db_forget(state->place->context->db, &state->export_);
    analytics_export_drop(&state->export_);
    table_free(state->table);
    table_free(state->people);
    free(state->recipients);
}

const struct analytics_page analytics_page_campaigns = {
    .name = "Campaigns",
    .state_size = sizeof(struct campaigns_state),
    .members_only = "Campaigns are for the gym's own members: nobody can be offered anything in a "
                    "dataset. d shows the gym's figures again.",
    .open = open_campaigns,
    .read = read_campaigns,
    .draw = draw_campaigns,
    .command = command_campaigns,
    .offers = offers_campaigns,
    .text = text_campaigns,
    .typing = typing_campaigns,
    .close = close_campaigns,
};
