/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the till's screen shows. While it is open nothing on it tells how much cash there should
 * be: of cash only the number of payments is shown. */
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "paper_text.h"
#include "till_private.h"

bool till_is_open(const struct till_state *state)
{
    return state->is_loaded && state->now.session.till_session_id != 0;
}

static void write_since(const struct till_state *state, char *dst, size_t size, int64_t moment)
{
    date_format_moment(dst, size, moment, session_today(state->context.db));
}

/* --- no till is open --- */

static int draw_result(const struct till_state *state, struct area area)
{
    const struct till_count *result = &state->result;
    char counted[40], expected[40], difference[80];
    money_format(counted, sizeof counted, result->counted);
    money_format(expected, sizeof expected, result->expected);
    paper_difference(difference, sizeof difference, result->counted, result->expected);
    bool agrees = result->counted == result->expected;
    draw_format(area, 0, 2, agrees ? ROLE_GOOD_BIG : ROLE_WARN_BIG, "%s Till closed, %s",
                sign_text(agrees ? SIGN_GOOD : SIGN_WARN), agrees ? "the cash agrees" : difference);
    draw_format(area, 2, 4, ROLE_TEXT, "Counted %s · expected %s", counted, expected);
    if (!agrees)
        draw_format(area, 3, 4, ROLE_TEXT, "Reason: %s", state->reason);
    return agrees ? 4 : 5;
}

static void draw_closed(const struct till_state *state, struct area area)
{
    int y = 1;
    if (state->has_result)
        y += draw_result(state, area_part(area, 1, 0, area.rows - 1, area.columns));
    else
        draw_format(area, y++, 2, ROLE_STRONG, "No till is open at desk %s", state->context.desk);
    y++;
    draw_format(area, y, 2, ROLE_LABEL, "Cash in the drawer");
    field_draw(&state->opening, area, y, 22, 14, !state->is_busy);
    draw_text(area, y, area.columns > 41 ? 38 : 36, ROLE_DIM, state->context.session->currency);
    y += 2;
    if (state->now.has_last) {
        char amount[40], when[40];
        money_format(amount, sizeof amount, state->now.last_counted);
        write_since(state, when, sizeof when, state->now.last_closed_local);
        draw_format(area, y++, 2, ROLE_DIM, "%s were counted when it was closed, %s", amount, when);
    }
    draw_paragraph(area_part(area, 0, 2, area.rows, area.columns - 2), y, 0, ROLE_DIM,
                   "Type what is in the drawer and press Enter: this opens the till. Payments that "
                   "are taken at this desk then belong to it.",
                   false);
}

/* --- one is open --- */

static void draw_methods(const struct till_state *state, struct area area, int *y)
{
    const struct till_now *now = &state->now;
    draw_text(area, *y, 2, ROLE_LABEL, "Taken by");
    draw_cell(area, *y, 18, 9, ALIGN_RIGHT, ROLE_LABEL, "payments");
    draw_cell(area, *y, 28, 12, ALIGN_RIGHT, ROLE_LABEL, state->context.session->currency);
    draw_cell(area, *y, 42, 9, ALIGN_RIGHT, ROLE_LABEL, "refunds");
    draw_cell(area, (*y)++, 52, 12, ALIGN_RIGHT, ROLE_LABEL, state->context.session->currency);
    for (int i = 0; i < now->method_count; i++) {
        const struct till_method *method = &now->methods[i];
        char number[16], amount[40];
        draw_cell(area, *y, 2, 15, ALIGN_LEFT, ROLE_TEXT, method->method);
        snprintf(number, sizeof number, "%d", method->payments);
        draw_cell(area, *y, 18, 9, ALIGN_RIGHT, ROLE_STRONG, number);
        money_format(amount, sizeof amount, method->taken);
        draw_cell(area, *y, 28, 12, ALIGN_RIGHT, method->is_cash ? ROLE_DIM : ROLE_STRONG,
                  method->is_cash ? "to count" : amount);
        if (method->refunds > 0) {
            snprintf(number, sizeof number, "%d", method->refunds);
            draw_cell(area, *y, 42, 9, ALIGN_RIGHT, ROLE_TEXT, number);
            money_format(amount, sizeof amount, -method->refunded);
            draw_cell(area, *y, 52, 12, ALIGN_RIGHT, method->is_cash ? ROLE_DIM : ROLE_TEXT,
                      method->is_cash ? "to count" : amount);
        }
        (*y)++;
    }
}

static void draw_moves(const struct till_state *state, struct area area, int y)
{
    const struct till_now *now = &state->now;
    draw_text(area, y++, 2, ROLE_LABEL, "Cash put in and taken out");
    if (now->move_count == 0)
        draw_text(area, y, 2, ROLE_DIM, "None. F5 puts some in, F6 takes some out.");
    for (int i = 0; i < now->move_count; i++) {
        const struct till_move *move = &now->moves[i];
        char when[40], amount[40];
        write_since(state, when, sizeof when, move->at_local);
        money_format(amount, sizeof amount, move->amount);
        draw_text(area, y, 2, ROLE_TEXT, when);
        draw_cell(area, y, 15, 10, ALIGN_RIGHT, ROLE_STRONG, amount);
        draw_format(area, y++, 27, ROLE_TEXT, "%s · %s", move->reason, move->staff);
    }
}

static void draw_head(const struct till_state *state, struct area area, int y)
{
    const struct till_session *session = &state->now.session;
    char since[40], amount[40], text[300];
    write_since(state, since, sizeof since, session->opened_local);
    money_format(amount, sizeof amount, session->opening_float);
    int64_t day = (int64_t)session_today(state->context.db) * 86400;
    bool is_old = session->opened_local < day;
    int used = draw_format(area, y, 2, ROLE_STRONG, "Till of desk %s", session->desk);
    snprintf(text, sizeof text, "open since %s%s%s · float %s", since,
             *session->opened_by != '\0' ? ", by " : "", session->opened_by, amount);
    draw_text(area, y, 4 + used, is_old ? ROLE_WARN : ROLE_TEXT, text);
    if (is_old)
        draw_format(area, y + 1, 2, ROLE_WARN, "%s It was not closed on its day: count it now",
                    sign_text(SIGN_WARN));
}

void till_draw(struct till_state *state, struct area area)
{
    draw_clear(area, ROLE_TEXT);
    if (!state->is_loaded) {
        draw_text(area, 1, 2, ROLE_DIM, "Reading the till…");
    } else if (!till_is_open(state)) {
        draw_closed(state, area);
    } else if (state->is_counting) {
        struct area head = area_take_top(&area, area.rows > 10 ? 4 : 1);
        if (head.rows > 1) {
            draw_head(state, head, 1);
            draw_text(head, 2, 2, ROLE_DIM,
                      "How many of each? A blank or Down goes on; what there is none of stays "
                      "empty.");
        } else {
            draw_text(head, 0, 2, ROLE_STRONG, "How many of each?");
        }
        cash_count_draw(&state->count, area, state->context.session->currency);
    } else {
        int y = area.rows > 10 ? 1 : 0;
        draw_head(state, area, y);
        y += area.rows > 10 ? 3 : 2;
        draw_methods(state, area, &y);
        y += area.rows > 14;
        if (y + 2 <= area.rows)
            draw_moves(state, area, y);
    }
}
