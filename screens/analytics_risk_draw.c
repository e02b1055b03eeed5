/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of those at risk: what stands at stake in large digits, the members, and all that is
 * worth knowing before the call to the one under the cursor. */
#include "analytics_risk.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

const struct table_column risk_columns[RISK_COLUMNS] = {
    [RISK_NAME] = {"Name", 14, 2, ALIGN_LEFT, 0, false},
    [RISK_STAKE] = {"At stake", 8, 0, ALIGN_RIGHT, 0, false},
    [RISK_REASON] = {"Why", 40, 1, ALIGN_LEFT, 1, false},
    [RISK_STAY] = {"Stays", 5, 0, ALIGN_RIGHT, 2, false},
    [RISK_ENDS] = {"Ends", 11, 0, ALIGN_LEFT, 3, false},
    [RISK_CALLED] = {"Last call", 18, 0, ALIGN_LEFT, 4, false},
    [RISK_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 5, false},
    [RISK_PHONE] = {"Phone", 16, 0, ALIGN_LEFT, 6, false},
};

static void write_call(const struct at_risk_row *row, int32_t today, char *text, size_t size)
{
    if (row->contact_local == MOMENT_NONE)
        return;
    char day[24];
    int64_t days = row->contact_local / 86400;
    date_format_short(day, sizeof day, (int32_t)days, today);
    snprintf(text, size, "%s, %s", row->contact_outcome, day);
}

void risk_write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                     enum role *role)
{
    const struct risk_state *state = owner;
    const struct at_risk_row *row = row_;
    switch ((enum risk_column)column) {
    case RISK_NAME:
        snprintf(text, size, "%s", row->name);
        *role = ROLE_STRONG;
        break;
    case RISK_STAKE:
        analytics_format_count(text, size, row->at_stake);
        *role = ROLE_WARN;
        break;
    case RISK_REASON:
        snprintf(text, size, "%s", row->reason);
        break;
    case RISK_STAY:
        if (!isnan(row->p_stay))
            snprintf(text, size, "%.0f %%", row->p_stay * 100);
        break;
    case RISK_ENDS:
        date_format_short(text, size, row->ends, state->today);
        break;
    case RISK_CALLED:
        write_call(row, state->today, text, size);
        break;
    case RISK_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case RISK_PHONE:
        snprintf(text, size, "%s", row->phone);
        break;
    case RISK_COLUMNS:
        break;
    }
}

static void draw_total(const struct risk_state *state, struct area *area)
{
    char amount[32], members[32];
    const char *currency = state->place->currency;
    analytics_format_count(amount, sizeof amount, state->all.at_stake);
    analytics_format_count(members, sizeof members, (double)state->all.members);
    int used = 0;
    if (area->rows >= 15) {
        struct area top = area_take_top(area, area->rows >= 17 ? 4 : 3);
        used = analytics_draw_large(top, 0, 2, ROLE_WARN, amount);
        if (used > 0) {
            draw_format(top, 0, used + 4, ROLE_STRONG, "%s at stake", currency);
            draw_format(top, 1, used + 4, ROLE_TEXT, "with %s member%s who may leave", members,
                        state->all.members == 1 ? "" : "s");
            if (state->all.snoozed > 0)
                draw_format(top, 2, used + 4, ROLE_DIM, "%" PRId64 " more %s", state->all.snoozed,
                            state->all.snoozed == 1 ? "was called, and waits"
                                                    : "were called, and wait");
            return;
        }
        draw_format(top, 0, 2, ROLE_STRONG, "%s %s at stake with %s member%s who may leave", amount,
                    currency, members, state->all.members == 1 ? "" : "s");
        if (state->all.snoozed > 0)
            draw_format(top, 1, 2, ROLE_DIM, "%" PRId64 " more %s", state->all.snoozed,
                        state->all.snoozed == 1 ? "was called, and waits"
                                                : "were called, and wait");
        return;
    }
    struct area top = area_take_top(area, 1);
    draw_format(top, 0, 1, ROLE_STRONG, "%s %s at stake, %s member%s", amount, currency, members,
                state->all.members == 1 ? "" : "s");
}

/* What they are worth by which model, how likely they stay, and what was done about it. */
static void write_worth(const struct risk_state *state, const struct at_risk_row *row, char *dst,
                        size_t size)
{
    char amount[32], low[32], high[32], call[64] = "";
    analytics_format_count(amount, sizeof amount, row->clv);
    dst[0] = '\0';
    text_append(dst, size, "Worth %s %s", amount, state->place->currency);
    if (!isnan(row->clv_low) && !isnan(row->clv_high)) {
        analytics_format_count(low, sizeof low, row->clv_low);
        analytics_format_count(high, sizeof high, row->clv_high);
        text_append(dst, size, " (%s to %s%s%s)", low, high, row->model[0] ? ", by " : "",
                    row->model);
    } else if (row->model[0]) {
        text_append(dst, size, " (by %s)", row->model);
    }
    text_append(dst, size, ".");
    if (!isnan(row->p_stay)) {
        text_append(dst, size, " Chance to stay %.0f %%", row->p_stay * 100);
        if (!isnan(row->p_stay_usual))
            text_append(dst, size, "; %.0f %% if they came as usual", row->p_stay_usual * 100);
        text_append(dst, size, ".");
    }
    write_call(row, state->today, call, sizeof call);
    if (row->campaign[0])
        text_append(dst, size, row->is_held_out ? " Held out of “%s”: make no offer." : " In “%s”.",
                    row->campaign);
    else if (call[0])
        text_append(dst, size, " Last call: %s.", call);
}

/* Below a rule: who it is, the number to call with the reason, and the worth in full. */
static void draw_member(const struct risk_state *state, const struct at_risk_row *row,
                        struct area *area)
{
    char text[500], about[300] = "", segment[40] = "", day[24];
    write_worth(state, row, text, sizeof text);
    struct area inner = area_part(*area, 0, 1, area->rows, area->columns - 2);
    int rows = draw_paragraph(inner, 0, 0, ROLE_DIM, text, true);
    rows = rows > 3 ? 3 : rows;
    struct area part = area_take_bottom(area, 3 + rows);
    draw_rule(part, 0);
    text_append(about, sizeof about, "  #%" PRId64, row->customer_id);
    if (row->plan[0])
        text_append(about, sizeof about, " %s %s", sign_text(SIGN_DOT), row->plan);
    if (row->ends != DATE_NONE) {
        date_format_short(day, sizeof day, row->ends, state->today);
        text_append(about, sizeof about, "%s %s", row->ends < state->today ? ", ended" : ", ends",
                    day);
    }
    if (row->segment[0])
        text_append(segment, sizeof segment, " %s %s", sign_text(SIGN_DOT), row->segment);
    /* The name gives way to the rest, and the segment to both. */
    int room = part.columns - 2 - text_width(about);
    bool has_segment = text_width(row->name) + text_width(segment) <= room;
    struct area line = area_part(part, 1, 1, 1, room > 12 ? room : 12);
    int x = 1 + draw_text(line, 0, 0, ROLE_STRONG, row->name);
    x += draw_text(part, 1, x, ROLE_TEXT, about);
    if (has_segment)
        draw_text(part, 1, x, ROLE_TEXT, segment);
    x = 1 +
        draw_text(part, 2, 1, row->phone[0] ? ROLE_ACCENT : ROLE_DIM,
                  row->phone[0] ? row->phone : "no phone") +
        2;
    draw_text(part, 2, x, ROLE_TEXT, row->reason);
    draw_paragraph(area_part(part, 3, 1, rows, part.columns - 2), 0, 0, ROLE_DIM, text, false);
}

/* Where there is no room for all that: the number and the reason. */
static void draw_member_short(const struct at_risk_row *row, struct area area)
{
    int x = 1 + draw_text(area, 0, 1, row->phone[0] ? ROLE_ACCENT : ROLE_DIM,
                          row->phone[0] ? row->phone : "no phone");
    if (!isnan(row->p_stay))
        draw_format(area, 0, x + 2, ROLE_TEXT, "stays with %.0f %%", row->p_stay * 100);
    draw_text(area, 1, 1, ROLE_TEXT, row->reason);
}

#define MOST_CALLS 100 /* more than a manager makes in a week */

static void advise(const struct risk_state *state, char *dst, size_t size)
{
    double ten = 0;
    int count = table_count(state->table), first = count < 10 ? count : 10;
    for (int i = 0; i < first; i++)
        ten += ((const struct at_risk_row *)table_row(state->table, i))->at_stake;
    dst[0] = '\0';
    if (count > 10 && state->all.at_stake > 0 && !state->find.text[0])
        text_append(dst, size, "Call from the top: the first ten hold %.0f %% of it%s. ",
                    ten / state->all.at_stake * 100,
                    state->all.members > MOST_CALLS ? "; for so many, n starts a campaign" : "");
    else
        text_append(dst, size, count == 1 ? "Call today. " : "Call them today, from the top. ");
    text_append(dst, size,
                "c logs the call and goes on to the next; who checks in leaves the list.");
}

void risk_draw(struct risk_state *state, struct area area)
{
    char text[400];
    if (state->all.members == 0) {
        if (state->all.as_of == DATE_NONE)
            snprintf(text, sizeof text,
                     "Nobody's value is computed yet: the worker does it each night. F10 and Jobs "
                     "starts a recompute now.");
        else if (state->all.snoozed > 0)
            snprintf(text, sizeof text,
                     "Everybody was called: %" PRId64 " %s back here on the day that was agreed. "
                     "Nothing to do now.",
                     state->all.snoozed, state->all.snoozed == 1 ? "comes" : "come");
        else
            snprintf(text, sizeof text,
                     "Nobody is drifting away: all come as usual. Nothing to do here today.");
        analytics_draw_nothing(area, text);
        return;
    }
    if (area.rows >= 12) {
        advise(state, text, sizeof text);
        analytics_draw_meaning(&area, text);
    }
    draw_total(state, &area);
    const struct at_risk_row *row = table_selected(state->table);
    if (row && area.rows >= 10)
        draw_member(state, row, &area);
    else if (row && area.rows >= 6)
        draw_member_short(row, area_take_bottom(&area, 2));
    if (state->find.is_open || state->find.text[0])
        analytics_find_draw(&state->find, state->is_filled ? state->table : NULL,
                            area_take_top(&area, 1), 0, 1);
    table_draw(state->table, area, area.rows >= 3, !state->find.is_open);
}
