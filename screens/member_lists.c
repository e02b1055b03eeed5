/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists of the card: the last visits, the last payments, all terms with their freezes, and for
 * managers the calls and messages. */
#include "member_card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"

static const struct table_column visit_columns[] = {
    {"Day", 12, 0, ALIGN_LEFT, 0, false}, {"In", 5, 0, ALIGN_RIGHT, 0, false},
    {"Out", 5, 0, ALIGN_RIGHT, 0, false}, {"For h", 6, 0, ALIGN_RIGHT, 1, false},
    {"Desk", 6, 0, ALIGN_LEFT, 2, false}, {"Remark", 10, 1, ALIGN_LEFT, 1, false},
};
static const struct table_column payment_columns[] = {
    {"Day", 12, 0, ALIGN_LEFT, 0, false}, {"Amount", 10, 0, ALIGN_RIGHT, 0, false},
    {"For", 12, 0, ALIGN_LEFT, 0, false}, {"Paid by", 10, 0, ALIGN_LEFT, 1, false},
    {"Note", 8, 1, ALIGN_LEFT, 2, false},
};
static const struct table_column term_columns[] = {
    {"From", 12, 0, ALIGN_LEFT, 0, false}, {"Until", 12, 0, ALIGN_LEFT, 0, false},
    {"Days", 5, 0, ALIGN_RIGHT, 1, false}, {"Price", 9, 0, ALIGN_RIGHT, 1, false},
    {"What", 12, 1, ALIGN_LEFT, 0, false},
};

static const struct table_column contact_columns[] = {
    {"When", 12, 0, ALIGN_LEFT, 0, false},       {"Outcome", 14, 0, ALIGN_LEFT, 0, false},
    {"Call again", 10, 0, ALIGN_LEFT, 1, false}, {"By", 12, 0, ALIGN_LEFT, 2, false},
    {"Note", 10, 1, ALIGN_LEFT, 1, false},
};

static int32_t local_day(int64_t local_seconds)
{
    int64_t day = local_seconds / 86400;
    if (local_seconds % 86400 < 0)
        day--;
    return (int32_t)day;
}

static void write_day(const struct member_state *state, char *text, size_t size, int32_t day)
{
    if (day == state->today)
        snprintf(text, size, "today");
    else
        date_format_short(text, size, day, state->today);
}

static void write_visit(void *owner, const void *row, int column, char *text, size_t size,
                        enum role *role)
{
    const struct member_visit *visit = row;
    if (strncmp(visit->remark, "voided", 6) == 0)
        *role = ROLE_DIM;
    switch (column) {
    case 0:
        write_day(owner, text, size, local_day(visit->in_local));
        break;
    case 1:
        date_format_clock(text, size, visit->in_local);
        break;
    case 2:
        if (visit->out_local == MOMENT_NONE)
            snprintf(text, size, "in");
        else
            date_format_clock(text, size, visit->out_local);
        break;
    case 3:
        date_format_duration(text, size, visit->seconds);
        break;
    case 4:
        snprintf(text, size, "%s", visit->desk);
        break;
    default:
        snprintf(text, size, "%s", visit->remark);
        break;
    }
}

static void write_payment(void *owner, const void *row, int column, char *text, size_t size,
                          enum role *role)
{
    const struct member_payment *payment = row;
    if (payment->amount < 0)
        *role = ROLE_WARN;
    switch (column) {
    case 0:
        write_day(owner, text, size, payment->day);
        break;
    case 1:
        money_format(text, size, payment->amount);
        break;
    case 2:
        snprintf(text, size, "%s", payment->kind);
        break;
    case 3:
        snprintf(text, size, "%s", payment->method);
        break;
    default:
        snprintf(text, size, "%s", payment->note);
        break;
    }
}

static void write_period(void *owner, const void *row, int column, char *text, size_t size,
                         enum role *role)
{
    const struct member_state *state = owner;
    const struct member_period *period = row;
    if (period->is_freeze)
        *role = ROLE_ACCENT;
    else if (period->starts <= state->today && state->today <= period->ends)
        *role = ROLE_STRONG;
    switch (column) {
    case 0:
        date_format_short(text, size, period->starts, state->today);
        break;
    case 1:
        date_format_short(text, size, period->ends, state->today);
        break;
    case 2:
        if (period->ends != DATE_NONE)
            snprintf(text, size, "%d", (int)(period->ends - period->starts + 1));
        break;
    case 3:
        if (!period->is_freeze)
            money_format(text, size, period->price);
        break;
    default:
        if (period->is_freeze) {
            snprintf(text, size, "frozen: %s", period->what);
        } else if (period->cancelled_on != DATE_NONE) {
            char day[32];
            date_format_short(day, sizeof day, period->cancelled_on, state->today);
            snprintf(text, size, "%s, cancelled on %s", period->what, day);
        } else {
            snprintf(text, size, "%s", period->what);
        }
        break;
    }
}

static void write_contact(void *owner, const void *row, int column, char *text, size_t size,
                          enum role *role)
{
    const struct member_state *state = owner;
    const struct contact_row *contact = row;
    if (contact->outcome == CONTACT_DO_NOT)
        *role = ROLE_WARN;
    switch (column) {
    case 0:
        date_format_moment(text, size, contact->at_local, state->today);
        break;
    case 1:
        snprintf(text, size, "%s", contact_outcome_names[contact->outcome]);
        break;
    case 2:
        if (contact->snooze_until != DATE_NONE)
            date_format_short(text, size, contact->snooze_until, state->today);
        break;
    case 3:
        snprintf(text, size, "%s", contact->staff);
        break;
    default:
        snprintf(text, size, "%s", contact->note);
        break;
    }
}

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

bool member_lists_make(struct member_state *state)
{
    state->tables[MEMBER_VISITS] =
        table_new(visit_columns, COUNT(visit_columns), sizeof(struct member_visit),
                  MEMBER_CARD_ROWS, write_visit, state);
    state->tables[MEMBER_PAYMENTS] =
        table_new(payment_columns, COUNT(payment_columns), sizeof(struct member_payment),
                  MEMBER_CARD_ROWS, write_payment, state);
    state->tables[MEMBER_TERMS] =
        table_new(term_columns, COUNT(term_columns), sizeof(struct member_period),
                  2 * MEMBER_CARD_ROWS, write_period, state);
    state->tables[MEMBER_CONTACTS] =
        table_new(contact_columns, COUNT(contact_columns), sizeof(struct contact_row),
                  MEMBER_CARD_ROWS, write_contact, state);
    for (int i = 0; i < MEMBER_LISTS; i++)
        if (!state->tables[i])
            return false;
    table_set_empty(state->tables[MEMBER_CONTACTS], "No call or message yet. c logs a call.");
    table_set_empty(state->tables[MEMBER_VISITS], "No visit yet. F5 checks in.");
    table_set_empty(state->tables[MEMBER_PAYMENTS], "No payment yet. F7 takes one.");
    table_set_empty(state->tables[MEMBER_TERMS], "Never had a membership. F6 sells one.");
    return true;
}

int member_lists_count(const struct member_state *state)
{
    return state->context.session->level >= LEVEL_MANAGER ? MEMBER_LISTS : MEMBER_CONTACTS;
}

static int newest_first(const void *a, const void *b)
{
    int32_t x = ((const struct member_period *)a)->starts;
    int32_t y = ((const struct member_period *)b)->starts;
    return (x < y) - (x > y);
}

static bool same_visit(const void *a, const void *b)
{
    return ((const struct member_visit *)a)->attendance_id ==
           ((const struct member_visit *)b)->attendance_id;
}

static bool same_payment(const void *a, const void *b)
{
    return ((const struct member_payment *)a)->transaction_id ==
           ((const struct member_payment *)b)->transaction_id;
}

static bool same_period(const void *a_, const void *b_)
{
    const struct member_period *a = a_, *b = b_;
    return a->starts == b->starts && a->is_freeze == b->is_freeze;
}

/* The cursor stays on its row, but on the newest one while it is at the top. */
static void refill(struct table *table, const void *rows, int count,
                   bool (*same)(const void *a, const void *b))
{
    bool at_top = table_selected_index(table) <= 0;
    table_replace(table, rows, count, false, false, same);
    if (at_top && count > 0)
        table_select(table, 0);
}

void member_lists_fill(struct member_state *state)
{
    const struct member_card *card = &state->card;
    struct member_period periods[2 * MEMBER_CARD_ROWS];
    int count = 0;
    for (int i = 0; i < card->term_count; i++) {
        const struct member_term *term = &card->terms[i];
        struct member_period *period = &periods[count++];
        *period = (struct member_period){.starts = term->starts,
                                         .ends = term->ends,
                                         .cancelled_on = term->cancelled_on,
                                         .price = term->price};
        snprintf(period->what, sizeof period->what, "%s", term->plan);
    }
    for (int i = 0; i < card->freeze_count; i++) {
        const struct member_freeze *freeze = &card->freezes[i];
        struct member_period *period = &periods[count++];
        *period = (struct member_period){.is_freeze = true,
                                         .starts = freeze->starts,
                                         .ends = freeze->ends,
                                         .cancelled_on = DATE_NONE};
        snprintf(period->what, sizeof period->what, "%s", freeze->reason);
    }
    qsort(periods, (size_t)count, sizeof *periods, newest_first);
    refill(state->tables[MEMBER_VISITS], card->visits, card->visit_count, same_visit);
    refill(state->tables[MEMBER_PAYMENTS], card->payments, card->payment_count, same_payment);
    refill(state->tables[MEMBER_TERMS], periods, count, same_period);
}

static bool same_contact(const void *a, const void *b)
{
    return ((const struct contact_row *)a)->contact_id ==
           ((const struct contact_row *)b)->contact_id;
}

void member_lists_fill_contacts(struct member_state *state)
{
    refill(state->tables[MEMBER_CONTACTS], state->contacts, state->contact_count, same_contact);
}

static const char *const names[MEMBER_LISTS] = {"Visits", "Payments", "Terms and freezes", "Calls"};

/* The names of the lists on one line, the one that is shown lit. */
static void draw_names(const struct member_state *state, struct area line)
{
    int x = 1;
    for (int i = 0; i < member_lists_count(state); i++) {
        bool here = i == (int)state->list;
        x += draw_text(line, 0, x, here ? ROLE_STRONG : ROLE_DIM, here ? "[" : " ");
        x += draw_text(line, 0, x, here ? ROLE_STRONG : ROLE_DIM, names[i]);
        x += draw_text(line, 0, x, here ? ROLE_STRONG : ROLE_DIM, here ? "] " : "  ");
    }
    const char *hint = "Left and Right change the list";
    int width = text_width(hint);
    if (line.columns - x > width + 2)
        draw_text(line, 0, line.columns - width - 1, ROLE_DIM, hint);
}

void member_lists_draw(struct member_state *state, struct area area)
{
    if (area.columns < 120) {
        draw_names(state, area_take_top(&area, 1));
        table_draw(state->tables[state->list], area, true, true);
        return;
    }
    /* Wide enough for two: the chosen one keeps the focus, its neighbour shows the next list. */
    int half = area.columns / 2;
    int other = state->list == MEMBER_VISITS ? MEMBER_PAYMENTS : MEMBER_VISITS;
    struct area left = area_part(area, 0, 0, area.rows, half - 1);
    struct area right = area_part(area, 0, half + 1, area.rows, area.columns - half - 1);
    draw_names(state, area_take_top(&left, 1));
    draw_text(area_take_top(&right, 1), 0, 1, ROLE_DIM, names[other]);
    table_draw(state->tables[state->list], left, true, true);
    table_draw(state->tables[other], right, true, false);
}
