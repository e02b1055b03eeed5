/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The till of this desk (DESK.md rules 16 and 17): opened with what is in the drawer, running
 * figures while it is open, a blind count by notes and coins, and a reason where it differs.
 * Cashing up is F9, F2, the numbers with a blank between, F2; and where it differs the reason and
 * Enter.
 */
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/screens/paper.h"
#include "paper_text.h"
#include "saved.h"
#include "till_private.h"

enum {
    TILL_COUNT = COMMAND_SCREEN,
    TILL_IN,
    TILL_OUT,
    TILL_DAY,
    TILL_HISTORY,
    TILL_SLIP,
};

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "enter", "Enter", "go on",
     "Open the till with what was typed; while counting the next number, and below the last one "
     "the count is done.",
     KEY_IN_BAR},
    {TILL_COUNT, "count", "F2 c", "count and close",
     "Count the cash; once more: the count is done. The till closes when it agrees or has a "
     "reason.",
     KEY_IN_BAR},
    {TILL_IN, "in", "F5 i", "cash in", "Note cash that was put in, with a reason.", KEY_IN_BAR},
    {TILL_OUT, "out", "F6 o", "cash out", "Note cash that was taken out, with a reason.",
     KEY_IN_BAR},
    {TILL_SLIP, "slip", "F3 r", "this till's slip",
     "The till that was just closed, to read, save or print.", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {TILL_DAY, "day", "F7 d", "day's report", "The money of the day, to read, save or print.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {TILL_HISTORY, "history", "F4 e", "earlier tills",
     "Earlier tills of all desks with what was counted (managers).", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"till", "members", NULL};

/* --- reading --- */

static void on_now(void *owner, const struct till_now *now, const struct error *error)
{
    struct till_state *state = owner;
    state->is_reading = false;
    if (error) {
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        bool was_open = till_is_open(state);
        state->now = *now;
        state->is_loaded = true;
        if (till_is_open(state))
            state->has_result = false;
        else if (was_open && !state->has_result)
            state->is_counting = false; /* closed from elsewhere */
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        state->is_reading = true;
        till_now(state->context.db, state->context.desk, on_now, state);
    }
}

static void read_till(struct till_state *state)
{
    if (state->is_reading) {
        state->again = true;
        return;
    }
    state->is_reading = true;
    till_now(state->context.db, state->context.desk, on_now, state);
}

/* --- opening --- */

static void on_opened(void *owner, int64_t number, const struct error *error)
{
    struct till_state *state = owner;
    (void)number;
    state->is_busy = false;
    if (error) {
        host_say_error(state->context.host, error);
    } else {
        field_clear(&state->opening);
        state->has_result = false;
        host_say(state->context.host, ROLE_GOOD, "%s The till is open", sign_text(SIGN_GOOD));
    }
    read_till(state);
}

static void open_till(struct till_state *state)
{
    money amount;
    if (!money_parse(state->opening.text, &amount) || amount < 0) {
        host_say(state->context.host, ROLE_WARN,
                 "Type the cash that is in the drawer, as 100 or 99.50; 0 when it is empty");
        return;
    }
    state->is_busy = true;
    till_open(state->context.db, request_id_new(), state->context.desk, amount, on_opened, state);
}

/* --- cash in and out --- */

static bool is_out(const struct form *form)
{
    return strcmp(form_text(form, 2), "out") == 0;
}

static void on_moved(void *owner, int64_t number, const struct error *error)
{
    struct till_state *state = owner;
    struct host *host = state->context.host;
    (void)number;
    if (saved_or_told(host, error))
        host_say(host, ROLE_GOOD, "%s Noted", sign_text(SIGN_GOOD));
    read_till(state);
}

static void save_move(void *owner, struct form *form)
{
    struct till_state *state = owner;
    money amount = form_money(form, 0);
    if (amount <= 0) {
        form_complain(form, 0, "An amount above zero");
        host_form_done(state->context.host, false);
        return;
    }
    till_move(state->context.db, request_id_new(), state->context.desk,
              is_out(form) ? -amount : amount, form_text(form, 1), on_moved, state);
}

static void ask_move(struct till_state *state, bool out)
{
    static const char *const ways[] = {"in", "in", "out", "out", NULL};
    struct form_entry entries[] = {
        {.label = "Amount", .kind = FORM_MONEY, .required = true},
        {.label = "Reason",
         .required = true,
         .maximum = 150,
         .hint =
             out ? "As in: window cleaner, stamps, to the bank" : "As in: change from the bank"},
        {.label = "Cash", .kind = FORM_CHOICE, .value = out ? "out" : "in", .choices = ways},
    };
    struct form *form = form_new(out ? "Take cash out of the till" : "Put cash into the till",
                                 entries, (int)(sizeof entries / sizeof *entries));
    if (form)
        host_form(state->context.host, form, save_move, NULL, state);
}

/* --- counting --- */

static void send_count(struct till_state *state);

static void on_reason(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct till_state *state = owner;
    if (result != DIALOG_YES) {
        state->count.at = 0; /* to be counted again */
        host_say(state->context.host, ROLE_TEXT, "Count again; this count is kept as well");
        host_redraw(state->context.host);
        return;
    }
    snprintf(state->reason, sizeof state->reason, "%s", dialog_typed(dialog));
    send_count(state);
}

static void ask_reason(struct till_state *state, const struct till_count *count)
{
    char counted[40], expected[40], difference[80], text[300];
    money_format(counted, sizeof counted, count->counted);
    money_format(expected, sizeof expected, count->expected);
    paper_difference(difference, sizeof difference, count->counted, count->expected);
    snprintf(text, sizeof text,
             "Counted %s, expected %s: %s. With a reason the till is closed like this; Esc goes "
             "back to count again.",
             counted, expected, difference);
    struct dialog *dialog = dialog_type("The cash does not agree", text, "Reason", NULL, true);
    if (!dialog)
        return;
    dialog_set_role(dialog, ROLE_WARN_BIG);
    host_ask(state->context.host, dialog, on_reason, state);
}

static void on_count(void *owner, const struct till_count *count, const struct error *error)
{
    struct till_state *state = owner;
    struct host *host = state->context.host;
    state->is_busy = false;
    if (error) {
        state->reason[0] = '\0';
        host_say_error(host, error);
        read_till(state);
        return;
    }
    state->result = *count;
    if (!count->closed) {
        ask_reason(state, count);
        return;
    }
    state->has_result = true;
    state->is_counting = false;
    cash_count_start(&state->count, state->context.session->currency);
    host_say(host, ROLE_GOOD, "%s The till is closed", sign_text(SIGN_GOOD));
    read_till(state);
}

static void send_count(struct till_state *state)
{
    struct till_part parts[TILL_PARTS];
    int used = cash_count_parts(&state->count, parts);
    struct till_count_request request = {
        .id = request_id_new(),
        .desk = state->context.desk,
        .parts = parts,
        .part_count = used,
        .counted = cash_count_total(&state->count),
        .reason = state->reason,
    };
    state->is_busy = true;
    till_count(state->context.db, &request, on_count, state);
}

static void start_count(struct till_state *state)
{
    state->is_counting = true;
    state->reason[0] = '\0';
    state->count.at = 0;
    host_redraw(state->context.host);
}

static void end_count(struct till_state *state)
{
    state->count.at = state->count.kinds;
    state->reason[0] = '\0';
    send_count(state);
    host_redraw(state->context.host);
}

/* Enter: on to the next number; below the last one the count is done. */
static void enter_count(struct till_state *state)
{
    if (!cash_count_move(&state->count, 1))
        end_count(state);
    host_redraw(state->context.host);
}

/* --- the screen's slots --- */

static bool open_screen(void *state_, const struct screen_context *context, const void *argument)
{
    struct till_state *state = state_;
    (void)argument;
    state->context = *context;
    cash_count_start(&state->count, context->session->currency);
    read_till(state);
    return true;
}

static void draw_screen(void *state_, struct area area)
{
    till_draw(state_, area);
}

static bool count_command(struct till_state *state, int command)
{
    switch (command) {
    case COMMAND_OPEN:
        enter_count(state);
        return true;
    case TILL_COUNT:
        end_count(state);
        return true;
    case COMMAND_DOWN:
    case COMMAND_NEXT_SCREEN:
        cash_count_move(&state->count, 1);
        break;
    case COMMAND_UP:
    case COMMAND_PREVIOUS_SCREEN:
        cash_count_move(&state->count, -1);
        break;
    case COMMAND_FIRST:
        state->count.at = 0;
        break;
    case COMMAND_LAST:
        state->count.at = state->count.kinds;
        break;
    case COMMAND_BACK:
        state->is_counting = false; /* what was typed is there when it goes on */
        break;
    default:
        return false;
    }
    host_redraw(state->context.host);
    return true;
}

static bool command_screen(void *state_, int command)
{
    struct till_state *state = state_;
    struct host *host = state->context.host;
    bool open = till_is_open(state);
    if (state->is_busy)
        return command != COMMAND_BACK && command != COMMAND_REDRAW;
    if (state->is_counting && count_command(state, command))
        return true;
    switch (command) {
    case COMMAND_OPEN:
        if (!state->is_loaded)
            read_till(state); /* the first answer was too slow */
        else if (!open)
            open_till(state);
        return true;
    case TILL_COUNT:
    case TILL_IN:
    case TILL_OUT:
        if (!open)
            host_say(host, ROLE_WARN, "No till is open here: type what is in the drawer first");
        else if (command == TILL_COUNT)
            start_count(state);
        else
            ask_move(state, command == TILL_OUT);
        return true;
    case TILL_SLIP:
        if (state->has_result)
            host_open(host, &screen_paper,
                      &(struct paper_argument){.kind = PAPER_TILL,
                                               .number = state->result.till_session_id});
        return true;
    case TILL_DAY:
        host_open(host, &screen_paper,
                  &(struct paper_argument){.kind = PAPER_DAY, .day = DATE_NONE});
        return true;
    case TILL_HISTORY:
        if (state->context.session->level >= LEVEL_MANAGER)
            host_open(host, &screen_tills, NULL);
        else
            host_say(host, ROLE_WARN, "Earlier tills are for managers");
        return true;
    default:
        return false;
    }
}

static bool offers_screen(const void *state_, int command)
{
    const struct till_state *state = state_;
    bool open = till_is_open(state);
    switch (command) {
    case COMMAND_OPEN:
        return state->is_counting || (state->is_loaded && !open);
    case TILL_COUNT:
        return open;
    case TILL_IN:
    case TILL_OUT:
        return open && !state->is_counting;
    case TILL_SLIP:
        return state->has_result;
    case TILL_HISTORY:
        return state->context.session->level >= LEVEL_MANAGER && !state->is_counting;
    case TILL_DAY:
        return !state->is_counting;
    default:
        return true;
    }
}

static bool text_screen(void *state_, uint32_t key, const char *text)
{
    struct till_state *state = state_;
    bool used = true;
    if (state->is_busy || !state->is_loaded)
        return true;
    if (state->is_counting) {
        if (key != 0)
            used = cash_count_key(&state->count, key);
        for (const char *s = text; key == 0 && s != NULL && *s != '\0'; s++)
            cash_count_key(&state->count, (uint32_t)(unsigned char)*s);
    } else if (!till_is_open(state)) {
        if (key != 0)
            used = field_key(&state->opening, key);
        else if (text != NULL)
            field_paste(&state->opening, text);
    } else {
        return false;
    }
    host_redraw(state->context.host);
    return used;
}

static bool typing_screen(const void *state_, bool *empty)
{
    const struct till_state *state = state_;
    *empty = !state->is_counting && field_is_empty(&state->opening);
    return state->is_counting || (state->is_loaded && !till_is_open(state));
}

/* What a key means depends on whether a till is open: until that is known again, keys wait. */
static bool waits_screen(const void *state_)
{
    const struct till_state *state = state_;
    return state->is_busy || state->is_reading;
}

static void tick_screen(void *state_)
{
    struct till_state *state = state_;
    if (!state->is_loaded)
        read_till(state);
}

static void changed_screen(void *state_, const char *topic)
{
    (void)topic;
    read_till(state_);
}

const struct screen screen_till = {
    .name = "till",
    .title = "Till",
    .about = "The cash of this desk: opened with what is in the drawer, counted and closed at the "
             "end. Type how many there are of each note and coin, a blank after each.",
    .state_size = sizeof(struct till_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_screen,
    .draw = draw_screen,
    .command = command_screen,
    .offers = offers_screen,
    .text = text_screen,
    .typing = typing_screen,
    .waits = waits_screen,
    .changed = changed_screen,
    .tick = tick_screen,
};
