/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A member's payments: what for, how, by whom, in which till; a receipt of each, and for managers
 * the refund of a part or all of one (DESK.md rule 16: a row of its own that points to it).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/till.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/paper.h"
#include "gymtui/screens/screen.h"
#include "paged.h"
#include "paper_text.h"
#include "saved.h"

#define PAYMENTS_WINDOW 400
#define PAYMENTS_PAGE   100

enum {
    PAYMENTS_REFUND = COMMAND_SCREEN,
};

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "receipt", "Show the receipt, to read, save or print.",
     KEY_IN_BAR},
    {PAYMENTS_REFUND, "refund", "F8 x", "refund",
     "Give a part or all of the selected payment back, with a reason (managers).", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"members", NULL};

struct payments_state {
    struct screen_context context;
    int64_t customer_id;
    char heading[240];
    struct paged list;
    struct payment_row refunded; /* the payment that a form is open for */
    struct request_id request;   /* of that form: a retry is the same refund */
    char unit[24];
    struct table_column columns[8];
};

enum {
    COLUMN_DAY,
    COLUMN_NUMBER,
    COLUMN_KIND,
    COLUMN_AMOUNT,
    COLUMN_METHOD,
    COLUMN_BY,
    COLUMN_DESK,
    COLUMN_NOTE,
    COLUMN_COUNT
};

static const struct table_column column_table[COLUMN_COUNT] = {
    [COLUMN_DAY] = {"Day", 11, 0, ALIGN_LEFT, 0, false},
    [COLUMN_NUMBER] = {"Receipt", 8, 0, ALIGN_RIGHT, 3, false},
    [COLUMN_KIND] = {"For", 16, 1, ALIGN_LEFT, 0, false},
    [COLUMN_AMOUNT] = {"Amount", 10, 0, ALIGN_RIGHT, 0, false},
    [COLUMN_METHOD] = {"By", 6, 0, ALIGN_LEFT, 1, false},
    [COLUMN_BY] = {"Taken by", 10, 0, ALIGN_LEFT, 4, false},
    [COLUMN_DESK] = {"Till", 6, 0, ALIGN_LEFT, 5, false},
    [COLUMN_NOTE] = {"Note", 16, 2, ALIGN_LEFT, 2, false},
};

static void write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct payments_state *state = owner;
    const struct payment_row *row = row_;
    char amount[40];
    *text = '\0';
    if (row->amount < 0)
        *role = ROLE_WARN;
    switch (column) {
    case COLUMN_DAY:
        date_format_short(text, size, row->day, session_today(state->context.db));
        break;
    case COLUMN_NUMBER:
        snprintf(text, size, "%" PRId64, row->transaction_id);
        break;
    case COLUMN_KIND:
        snprintf(text, size, "%s%s%s", paper_kind_name(row->kind), *row->plan != '\0' ? ", " : "",
                 row->plan);
        break;
    case COLUMN_AMOUNT:
        money_format(text, size, row->amount);
        break;
    case COLUMN_METHOD:
        snprintf(text, size, "%s", row->method);
        break;
    case COLUMN_BY:
        snprintf(text, size, "%s", row->staff);
        break;
    case COLUMN_DESK:
        snprintf(text, size, "%s", row->desk);
        break;
    default:
        if (row->refunded != 0) {
            money_format(amount, sizeof amount, row->refunded);
            text_append(text, size, "%s given back%s",
                        row->refunded == row->amount ? "all" : amount,
                        *row->note != '\0' ? " · " : "");
        } else if (row->refunds != 0) {
            text_append(text, size, "of %" PRId64 "%s", row->refunds,
                        *row->note != '\0' ? " · " : "");
        }
        text_append(text, size, "%s", row->note);
        break;
    }
}

static bool same_payment(const void *a, const void *b)
{
    return ((const struct payment_row *)a)->transaction_id ==
           ((const struct payment_row *)b)->transaction_id;
}

static int64_t payment_number(const void *row)
{
    return ((const struct payment_row *)row)->transaction_id;
}

/* --- reading --- */

static void on_payments(void *owner, const struct payment_row *rows, int count, bool more,
                        const struct error *error)
{
    struct payments_state *state = owner;
    paged_take(&state->list, rows, count, more, error);
}

static void read_payments(void *owner, int64_t before)
{
    struct payments_state *state = owner;
    payments_list(state->context.db, state->customer_id, before, PAYMENTS_PAGE, on_payments, state);
}

/* --- the refund --- */

enum { ENTRY_AMOUNT, ENTRY_REASON, ENTRY_COUNT };

static void on_refunded(void *owner, const struct member_change *change, const struct error *error)
{
    struct payments_state *state = owner;
    struct host *host = state->context.host;
    if (!saved_or_told(host, error)) {
        /* Whatever was not done is another refund when it is tried with other words. */
        if (error->code != ERROR_OFFLINE && error->code != ERROR_UNKNOWN)
            state->request = request_id_new();
        return;
    }
    host_say(host, ROLE_GOOD, "%s %s", sign_text(SIGN_GOOD), change->text);
    paged_read(&state->list);
}

static void save_refund(void *owner, struct form *form)
{
    struct payments_state *state = owner;
    money amount = form_money(form, ENTRY_AMOUNT),
          left = state->refunded.amount - state->refunded.refunded;
    if (amount <= 0 || amount > left) {
        char text[80], most[40];
        money_format(most, sizeof most, left);
        snprintf(text, sizeof text, "At most %s is left of it", most);
        form_complain(form, ENTRY_AMOUNT, amount <= 0 ? "An amount above zero" : text);
        host_form_done(state->context.host, false);
        return;
    }
    payments_refund(state->context.db, state->request, state->refunded.transaction_id, amount,
                    state->context.desk, form_text(form, ENTRY_REASON), on_refunded, state);
}

static void ask_refund(struct payments_state *state, const struct payment_row *row)
{
    struct host *host = state->context.host;
    char title[160], left[40], paid[40], hint[120];
    if (state->context.session->level < LEVEL_MANAGER) {
        host_say(host, ROLE_WARN, "Money is given back by a manager");
        return;
    }
    if (row->amount < 0 || row->refunded >= row->amount) {
        host_say(host, ROLE_WARN,
                 row->amount < 0 ? "This is itself a refund" : "All of it was given back already");
        return;
    }
    state->refunded = *row;
    state->request = request_id_new();
    money_format(paid, sizeof paid, row->amount);
    money_format_plain(left, sizeof left, row->amount - row->refunded);
    snprintf(title, sizeof title, "Refund of receipt %" PRId64 ", %s %s", row->transaction_id, paid,
             state->context.session->currency);
    snprintf(hint, sizeof hint, "A part or all of it; it goes back by %s", row->method);
    struct form_entry entries[ENTRY_COUNT] = {
        [ENTRY_AMOUNT] =
            {.label = "Amount", .kind = FORM_MONEY, .value = left, .required = true, .hint = hint},
        [ENTRY_REASON] = {.label = "Reason",
                          .required = true,
                          .maximum = 150,
                          .hint = "Stands on the receipt and in the log of changes"},
    };
    struct form *form = form_new(title, entries, ENTRY_COUNT);
    if (form)
        host_form(host, form, save_refund, NULL, state);
}

/* --- the screen's slots --- */

static bool open_payments(void *state_, const struct screen_context *context, const void *argument)
{
    struct payments_state *state = state_;
    if (!argument) {
        host_say(context->host, ROLE_WARN, "Open a member's card first, and the payments from it");
        return false;
    }
    state->context = *context;
    const struct member_argument *member = argument;
    state->customer_id = member->customer_id;
    snprintf(state->heading, sizeof state->heading, "Payments of %s, #%" PRId64, member->name,
             member->customer_id);
    memcpy(state->columns, column_table, sizeof column_table);
    snprintf(state->unit, sizeof state->unit, "Amount %s", context->session->currency);
    state->columns[COLUMN_AMOUNT].title = state->unit;
    state->list = (struct paged){
        .host = context->host,
        .table = table_new(state->columns, COLUMN_COUNT, sizeof(struct payment_row),
                           PAYMENTS_WINDOW, write_cell, state),
        .empty = "No payment yet. On the card, p takes one.",
        .same = same_payment,
        .number = payment_number,
        .read = read_payments,
        .owner = state,
    };
    if (!state->list.table)
        return false;
    table_set_empty(state->list.table, "Reading the payments…");
    paged_read(&state->list);
    return true;
}

static void draw_payments(void *state_, struct area area)
{
    struct payments_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    struct area top = area_take_top(&area, 1);
    draw_text(top, 0, 1, ROLE_STRONG, state->heading);
    draw_rule(area_take_top(&area, 1), 0);
    table_draw(state->list.table, area, true, true);
}

static bool command_payments(void *state_, int command)
{
    struct payments_state *state = state_;
    const struct payment_row *row = table_selected(state->list.table);
    switch (command) {
    case COMMAND_OPEN:
        if (row)
            host_open(
                state->context.host, &screen_paper,
                &(struct paper_argument){.kind = PAPER_RECEIPT, .number = row->transaction_id});
        return true;
    case PAYMENTS_REFUND:
        if (row)
            ask_refund(state, row);
        return true;
    default:
        break;
    }
    return paged_command(&state->list, command);
}

static bool offers_payments(const void *state_, int command)
{
    const struct payments_state *state = state_;
    return command != PAYMENTS_REFUND || state->context.session->level >= LEVEL_MANAGER;
}

static void changed_payments(void *state_, const char *topic)
{
    struct payments_state *state = state_;
    (void)topic;
    paged_read(&state->list);
}

static void state_changed_payments(void *state_, enum db_state db_state)
{
    struct payments_state *state = state_;
    paged_state_changed(&state->list, db_state);
}

static void close_payments(void *state_)
{
    struct payments_state *state = state_;
    table_free(state->list.table);
}

const struct screen screen_payments = {
    .name = "payments",
    .title = "Payments",
    .about = "All payments and refunds of a member, with their receipts.",
    .state_size = sizeof(struct payments_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_payments,
    .draw = draw_payments,
    .command = command_payments,
    .offers = offers_payments,
    .changed = changed_payments,
    .state_changed = state_changed_payments,
    .close = close_payments,
};
