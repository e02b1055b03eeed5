/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The card: one page about one member. It is opened with the member's number, or with 0 for a new
 * one, and then starts with the enrolment form.
 */
#include "member_card.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/screens/message.h"

enum {
    MEMBER_EDIT = COMMAND_SCREEN,
    MEMBER_CHECK_IN,
    MEMBER_CHECK_OUT,
    MEMBER_FREEZE,
    MEMBER_CANCEL,
    MEMBER_RENEW,
    MEMBER_PAY,
    MEMBER_PLAN,
    MEMBER_CONTACT,
    MEMBER_MESSAGE,
    MEMBER_MORE_ASK,
    MEMBER_SHOW_LIST,
    MEMBER_SHOW_LIST_BACK,
};

static const struct key_entry keys[] = {
    {MEMBER_CHECK_IN, "check_in", "F5 i", "check in", "Check this member in.", KEY_IN_BAR},
    {MEMBER_RENEW, "renew", "F6 r", "renew",
     "Sell the next term: it starts where the old one ends, or today after a lapse.", KEY_IN_BAR},
    {MEMBER_PAY, "pay", "F7 p", "pay", "Take a payment; the balance is filled in.", KEY_IN_BAR},
    {MEMBER_EDIT, "edit", "F4 e", "edit", "Change name, contact, tag, trainer and note.",
     KEY_IN_BAR},
    {MEMBER_FREEZE, "freeze", "F8 f", "freeze",
     "Freeze the membership, or end its freeze: the term moves by the days frozen.", KEY_IN_BAR},
    {MEMBER_MORE_ASK, "more", "F2 a", "more",
     "Merge a duplicate into this record, separate it again, ban, anonymise; its history.",
     KEY_IN_BAR},
    {MEMBER_CANCEL, "cancel", "F9 x", "cancel", "Cancel the membership as of a day.", KEY_IN_BAR},
    {MEMBER_CONTACT, "contact", "c", "call",
     "Log a call with its outcome, and until when to leave the member in peace.", KEY_IN_BAR},
    {MEMBER_MESSAGE, "message", "m", "message", "Write an e-mail to this member.", KEY_IN_BAR},
    {COMMAND_OPEN, "payments", "Enter $", "payments",
     "All payments, with their receipts and refunds.", 0},
    {MEMBER_PLAN, "plan", "g", "other plan",
     "Another plan, from the next term on or from today with what is left credited.", 0},
    {MEMBER_CHECK_OUT, "check_out", "F3 o", "check out", "Check this member out.", 0},
    {COMMAND_UNDO, "undo", "u", "undo", "Undo the check-in or check-out just made here.", 0},
    {MEMBER_SHOW_LIST, "list", "Right l", "visits, payments, terms, calls", "Show the next list.",
     0},
    {MEMBER_SHOW_LIST_BACK, "list_back", "Left h", "previous list", "Show the previous list.", 0},
    {COMMAND_BACK, "back", "Esc q", "back", "Go back to where you came from.", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

#define ATTENDANCE_PAUSE_MS 1000

static const char *const topics[] = {"members", "attendance", NULL};

/* --- reading --- */

static int copy_rows(void *dst, const void *rows, int count, size_t row_size)
{
    if (count > MEMBER_CARD_ROWS)
        count = MEMBER_CARD_ROWS;
    if (count > 0)
        memcpy(dst, rows, (size_t)count * row_size);
    return count;
}

static void keep_card(struct member_state *state, const struct member_card *card)
{
    state->card = *card;
    state->card.terms = state->terms;
    state->card.term_count =
        copy_rows(state->terms, card->terms, card->term_count, sizeof *state->terms);
    state->card.freezes = state->freezes;
    state->card.freeze_count =
        copy_rows(state->freezes, card->freezes, card->freeze_count, sizeof *state->freezes);
    state->card.visits = state->visits;
    state->card.visit_count =
        copy_rows(state->visits, card->visits, card->visit_count, sizeof *state->visits);
    state->card.payments = state->payments;
    state->card.payment_count =
        copy_rows(state->payments, card->payments, card->payment_count, sizeof *state->payments);
    state->loaded = true;
    state->stale = false;
    state->today = session_today(state->context.db);
    member_lists_fill(state);
}

static void on_card(void *owner, const struct member_card *card, const struct error *error)
{
    struct member_state *state = owner;
    state->reading = false;
    if (error) {
        state->stale = state->loaded;
        state->not_there = error->code == ERROR_NOT_FOUND;
        state->reread_for_conflict = false;
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        keep_card(state, card);
        if (state->reread_for_conflict) {
            state->reread_for_conflict = false;
            member_conflict_settle(state);
        } else if (state->freeze_when_there) {
            state->freeze_when_there = false;
            member_freeze_ask(state);
        }
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        member_read(state);
    }
}

/* The newest word on it counts. */
static bool asked_for_peace(const struct contact_row *rows, int count)
{
    for (int i = 0; i < count; i++)
        if (rows[i].outcome == CONTACT_DO_NOT || rows[i].outcome == CONTACT_MAY)
            return rows[i].outcome == CONTACT_DO_NOT;
    return false;
}

static void on_contacts(void *owner, const struct contact_row *rows, int count,
                        const struct error *error)
{
    struct member_state *state = owner;
    if (error) {
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
        return;
    }
    state->contact_count = copy_rows(state->contacts, rows, count, sizeof *state->contacts);
    state->do_not_contact = asked_for_peace(rows, count);
    member_lists_fill_contacts(state);
    host_redraw(state->context.host);
}

void member_read(struct member_state *state)
{
    if (state->customer_id == 0)
        return;
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    members_card(state->context.db, state->customer_id, on_card, state);
    if (state->context.session->level >= LEVEL_MANAGER)
        contacts_list(state->context.db, state->customer_id, MEMBER_CARD_ROWS, on_contacts, state);
}

static void start_enrolment(struct member_state *state)
{
    if (state->enrol_when_there && state->plans_there && state->trainers_there) {
        state->enrol_when_there = false;
        member_enrol_ask(state);
    }
}

static void on_packages(void *owner, const struct package_row *rows, int count,
                        const struct error *error)
{
    struct member_state *state = owner;
    if (error) {
        if (state->enrol_when_there)
            host_say_error(state->context.host, error);
        return;
    }
    state->package_count = count < CHOICES_MOST ? count : CHOICES_MOST;
    if (count > 0)
        memcpy(state->packages, rows, (size_t)state->package_count * sizeof *rows);
    choices_start(&state->plans, NULL, NULL);
    choices_add_plans(&state->plans, rows, count, true);
    state->plans_there = true;
    start_enrolment(state);
}

static void on_trainers(void *owner, const struct trainer_row *rows, int count,
                        const struct error *error)
{
    struct member_state *state = owner;
    if (!error) {
        choices_start(&state->trainers, "0", "none");
        choices_add_trainers(&state->trainers, rows, count);
    }
    state->trainers_there = true; /* nobody waits at the desk for a list of trainers */
    start_enrolment(state);
}

bool member_is_frozen(const struct member_state *state)
{
    return strcmp(state->card.status, "frozen") == 0;
}

bool member_is_running(const struct member_state *state)
{
    for (int i = 0; i < state->card.term_count; i++) {
        const struct member_term *term = &state->terms[i];
        int32_t ends = term->cancelled_on != DATE_NONE && term->cancelled_on < term->ends
                           ? term->cancelled_on
                           : term->ends;
        if (term->starts <= state->today && state->today <= ends)
            return true;
    }
    return false;
}

/* --- the screen's slots --- */

static bool open_card(void *state_, const struct screen_context *context, const void *argument)
{
    struct member_state *state = state_;
    state->context = *context;
    state->today = session_today(context->db);
    const struct member_argument *opened = argument;
    if (opened) {
        state->customer_id = opened->customer_id;
        state->close_when_saved = opened->close_when_saved;
        state->hand_over = opened->enrolled;
        state->hand_over_to = opened->owner;
        state->freeze_when_there = opened->freeze;
        snprintf(state->typed.name, sizeof state->typed.name, "%s",
                 opened->name ? opened->name : "");
        snprintf(state->typed.keytag, sizeof state->typed.keytag, "%s",
                 opened->keytag ? opened->keytag : "");
    }
    state->typed.birth_date = DATE_NONE;
    choices_start(&state->plans, NULL, NULL);
    choices_start(&state->trainers, "0", "none");
    if (!member_lists_make(state))
        return false;
    state->enrol_when_there = state->customer_id == 0;
    packages_list(context->db, on_packages, state);
    trainers_list(context->db, on_trainers, state);
    member_read(state);
    return true;
}

static void show_list(struct member_state *state, int step)
{
    int lists = member_lists_count(state);
    state->list = (enum member_list)(((int)state->list + step + lists) % lists);
    host_redraw(state->context.host);
}

static bool command_card(void *state_, int command)
{
    struct member_state *state = state_;
    switch (command) {
    case COMMAND_BACK:
        return false;
    case COMMAND_UNDO:
        member_undo(state);
        return true;
    case COMMAND_OPEN:
        if (state->loaded)
            host_open(state->context.host, &screen_payments,
                      &(struct member_argument){.customer_id = state->customer_id,
                                                .name = state->card.name});
        return true;
    case MEMBER_SHOW_LIST:
        show_list(state, 1);
        return true;
    case MEMBER_SHOW_LIST_BACK:
        show_list(state, -1);
        return true;
    default:
        break;
    }
    if (command < COMMAND_SCREEN) {
        if (!table_command(state->tables[state->list], command))
            return false;
        host_redraw(state->context.host);
        return true;
    }
    if (!state->loaded) {
        host_say(state->context.host, ROLE_DIM, "The card is still being read");
        return true;
    }
    switch (command) {
    case MEMBER_EDIT:
        member_edit_ask(state);
        return true;
    case MEMBER_CHECK_IN:
        member_check_in(state, NULL);
        return true;
    case MEMBER_CHECK_OUT:
        member_check_out(state);
        return true;
    case MEMBER_FREEZE:
        member_freeze_ask(state);
        return true;
    case MEMBER_CANCEL:
        member_cancel_ask(state);
        return true;
    case MEMBER_RENEW:
        member_renew_ask(state);
        return true;
    case MEMBER_PAY:
        member_pay_ask(state);
        return true;
    case MEMBER_PLAN:
        member_plan_ask(state);
        return true;
    case MEMBER_CONTACT:
        member_contact_ask(state);
        return true;
    case MEMBER_MESSAGE:
        host_open(state->context.host, &screen_message,
                  &(struct message_argument){&state->customer_id, 1});
        return true;
    case MEMBER_MORE_ASK:
        member_more_ask(state);
        return true;
    default:
        return false;
    }
}

static void changed_card(void *state_, const char *topic)
{
    struct member_state *state = state_;
    if (strcmp(topic, "attendance") == 0) {
        /* Most check-ins are somebody else's. */
        if (!state->read_later)
            host_wake_in(state->context.host, ATTENDANCE_PAUSE_MS);
        state->read_later = true;
        return;
    }
    member_read(state);
}

static void tick_card(void *state_)
{
    struct member_state *state = state_;
    bool midnight = session_today(state->context.db) != state->today;
    if (state->read_later || midnight) {
        state->read_later = false;
        member_read(state);
    }
}

static void state_changed_card(void *state_, enum db_state db_state)
{
    struct member_state *state = state_;
    state->stale = db_state != DB_STATE_READY;
    host_redraw(state->context.host);
}

static bool waits_card(const void *state_)
{
    const struct member_state *state = state_;
    return state->reading && !state->loaded;
}

static void close_card(void *state_)
{
    struct member_state *state = state_;
    contact_forget(&state->contact);
    for (int i = 0; i < MEMBER_LISTS; i++)
        table_free(state->tables[i]);
}

const struct screen screen_member = {
    .name = "member",
    .title = "Member",
    .about = "One member on one page: contact, membership, visits, money and value, and everything "
             "that can be done with the membership.",
    .state_size = sizeof(struct member_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_card,
    .draw = member_draw,
    .command = command_card,
    .waits = waits_card,
    .changed = changed_card,
    .tick = tick_card,
    .state_changed = state_changed_card,
    .close = close_card,
};
