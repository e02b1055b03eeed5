/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Value, seen by segment and package, by type of customer, and at its two ends. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_value.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

/* --- by segment and by package --- */

/* Returns the rows used. */
static int draw_table(struct area area, const char *title, const struct models_group *groups,
                      int count, double all)
{
    int names = area.columns < 44 ? area.columns - 26 : 18, x = 1 + names + 1;
    char text[32];
    draw_cell(area, 0, 1, names, ALIGN_LEFT, ROLE_LABEL, title);
    draw_cell(area, 0, x, 6, ALIGN_RIGHT, ROLE_LABEL, "n");
    draw_cell(area, 0, x + 7, 9, ALIGN_RIGHT, ROLE_LABEL, "value");
    draw_cell(area, 0, x + 17, 6, ALIGN_RIGHT, ROLE_LABEL, "each");
    int y = 1;
    for (int i = 0; i < count && y < area.rows; i++, y++) {
        draw_cell(area, y, 1, names, ALIGN_LEFT, ROLE_TEXT, groups[i].name);
        analytics_format_count(text, sizeof text, (double)groups[i].customers);
        draw_cell(area, y, x, 6, ALIGN_RIGHT, ROLE_TEXT, text);
        model_write_money(text, sizeof text, groups[i].total);
        draw_cell(area, y, x + 7, 9, ALIGN_RIGHT, ROLE_STRONG, text);
        model_write_money(text, sizeof text, groups[i].mean);
        draw_cell(area, y, x + 17, 6, ALIGN_RIGHT, ROLE_TEXT, text);
        int bar = area.columns - x - 25;
        if (bar >= 6 && all > 0)
            chart_bar(area, y, x + 24, bar > 40 ? 40 : bar, groups[i].total / all, ROLE_ACCENT);
    }
    return y;
}

#define FEW 10 /* a mean of fewer is no advice */

static const struct models_group *dearest(const struct models_group *groups, int count)
{
    const struct models_group *best = NULL;
    for (int i = 0; i < count; i++)
        if (groups[i].customers >= FEW && (!best || groups[i].mean > best->mean))
            best = &groups[i];
    return best;
}

static void say_of_groups(const struct value_state *state, char *dst, size_t size)
{
    const struct models_value *value = &state->value;
    const char *currency = value_currency(state);
    char amount[32], mean[32];
    if (value->segment_count > 0 && value->total > 0) {
        const struct models_group *first = &value->segments[0];
        model_write_money(amount, sizeof amount, first->total);
        text_append(dst, size,
                    "%s carry %.0f %% of it all (%s %s): keep them before finding new "
                    "ones. ",
                    first->name, first->total / value->total * 100, amount, currency);
    }
    const struct models_group *best = dearest(value->packages, value->package_count);
    if (best) {
        model_write_money(amount, sizeof amount, best->mean);
        model_write_money(mean, sizeof mean, value->mean);
        text_append(dst, size,
                    "A member on %s is worth most, %s against %s on average: offer it to some "
                    "who come often, and see here whether they stay.",
                    best->name, amount, mean);
    } else if ((best = dearest(value->segments, value->segment_count)) != NULL) {
        model_write_money(amount, sizeof amount, best->mean);
        text_append(dst, size, "“%s” are worth most each, %s %s.", best->name, amount, currency);
    }
}

void value_draw_tables(const struct value_state *state, struct area area)
{
    const struct models_value *value = &state->value;
    int segments = value->segment_count, packages = value->package_count;
    if (area.columns >= 110) {
        int half = area.columns / 2;
        draw_table(area_part(area, 0, 0, area.rows, half - 1), "By segment", value->segments,
                   segments, value->total);
        draw_table(area_part(area, 0, half, area.rows, half), "By package", value->packages,
                   packages, value->total);
        return;
    }
    /* Both, as far as they fit; the segments give way, down to their largest four. */
    int rows = area.rows - (packages > 0 ? packages + 2 : 0);
    rows = rows < 5 ? 5 : rows;
    if (area.rows - rows < 4) /* of the packages there would be but one: none, then */
        rows = area.rows;
    rows = rows > segments + 1 ? segments + 1 : rows;
    draw_table(area_take_top(&area, rows), "By segment", value->segments, segments, value->total);
    if (packages > 0 && area.rows > 2) {
        area_take_top(&area, 1);
        draw_table(area, "By package", value->packages, packages, value->total);
    }
}

void value_draw_groups(const struct value_state *state, struct area area)
{
    char text[500] = "";
    say_of_groups(state, text, sizeof text);
    if (text[0])
        analytics_draw_meaning(&area, text);
    draw_format(area_take_top(&area, 1), 0, 1, ROLE_STRONG, "Expected value, %s, by %s",
                value_currency(state), state->value.model);
    area_take_top(&area, area.rows > 20 ? 1 : 0);
    value_draw_tables(state, area);
}

/* --- types --- */

/* As they lie in the square: worth much above, likely to stay at the left. */
static const struct {
    const char *name, *what;
    const char *advice, *write; /* of members; of customers, who can but be written to */
    enum role role;
} types[4] = {
    {"Star", "worth much, stay", "Thank them, ask them to bring a friend",
     "Thank them, ask them to recommend you", ROLE_GOOD},
    {"Vulnerable", "worth much, may leave", "Call them this week", "Write to them this week",
     ROLE_WARN},
    {"Free Rider", "worth little, stay", "Offer a longer plan, or extras",
     "Offer something larger or longer", ROLE_TEXT},
    {"Lost Cause", "worth little, may leave", "A message, no more", "A message, no more", ROLE_DIM},
};

static const struct models_group *group_of(const struct models_value *value, const char *name)
{
    for (int i = 0; i < value->type_count; i++)
        if (strcmp(value->types[i].name, name) == 0)
            return &value->types[i];
    return NULL;
}

static void draw_type(const struct value_state *state, struct area area, int type)
{
    const struct models_group *group = group_of(&state->value, types[type].name);
    char count[32], amount[32];
    double there = (double)(state->value.customers - state->value.gone);
    analytics_format_count(count, sizeof count, group ? (double)group->customers : 0);
    int y = 0,
        used = area.rows >= 6 ? analytics_draw_large(area, 0, 0, types[type].role, count) : 0;
    int x = used > 0 ? used + 1 : 0;
    if (used == 0) {
        x = draw_text(area, y, 0, types[type].role, types[type].name) + 2;
        draw_text(area, y, x, ROLE_STRONG, count);
        y++;
    } else {
        draw_text(area, 0, x, types[type].role, types[type].name);
        draw_text(area, 1, x, ROLE_TEXT, types[type].what);
        if (group && there > 0)
            draw_format(area, 2, x, ROLE_DIM, "%.0f %%", (double)group->customers / there * 100);
        y = 3;
    }
    if (group) {
        model_write_money(amount, sizeof amount, group->total);
        draw_format(area, y++, 0, ROLE_TEXT, "%s %s", amount, value_currency(state));
    }
    draw_paragraph(area_part(area, y, 0, area.rows, area.columns), 0, 0, ROLE_LABEL,
                   state->place->dataset_id == 0 ? types[type].advice : types[type].write, false);
}

void value_draw_types(const struct value_state *state, struct area area)
{
    char text[400] = "", amount[32], count[32];
    bool is_gym = state->place->dataset_id == 0;
    const struct models_group *vulnerable = group_of(&state->value, "Vulnerable");
    const struct models_group *star = group_of(&state->value, "Star");
    if (vulnerable && vulnerable->customers > 0) {
        model_write_money(amount, sizeof amount, vulnerable->total);
        analytics_format_count(count, sizeof count, (double)vulnerable->customers);
        text_append(text, sizeof text,
                    "%s %s worth more than the half, and less likely than usual to stay: %s %s. "
                    "%s",
                    count, vulnerable->customers == 1 ? "is" : "are", amount, value_currency(state),
                    is_gym ? "An hour on the telephone is best spent on them."
                           : "Write to them before anybody else.");
    } else if (star) {
        text_append(text, sizeof text,
                    is_gym ? "Nobody of value is about to leave. Ask the stars to bring a friend."
                           : "Nobody of value is about to leave. Ask the stars to recommend you.");
    }
    if (text[0])
        analytics_draw_meaning(&area, text);
    struct area head = area_take_top(&area, 1);
    draw_text(head, 0, 1, ROLE_STRONG, "Four kinds, by value and by the chance to stay");
    int half = area.columns / 2, rows = area.rows / 2;
    rows = rows > 8 ? 8 : rows;
    for (int i = 0; i < 4 && rows > 0; i++) {
        struct area cell =
            area_part(area, i / 2 * rows + (rows > 4 ? 1 : 0), i % 2 * half + (i % 2 == 1 ? 2 : 1),
                      rows > 4 ? rows - 1 : rows, half - 3);
        draw_type(state, cell, i);
    }
    for (int y = 0; y < 2 * rows && half > 10; y++)
        draw_text(area, y, half, ROLE_RULE, term_is_ascii() ? "|" : "│");
}

/* --- top and bottom --- */

const struct models_customer *value_selected(const struct value_state *state)
{
    const struct models_value *value = &state->value;
    if (state->view != VALUE_ENDS)
        return NULL;
    if (state->selected < value->top_count)
        return &value->top[state->selected];
    int place = state->selected - value->top_count;
    return place < value->bottom_count ? &value->bottom[place] : NULL;
}

static void draw_customer(struct area area, int y, const struct models_customer *customer,
                          bool is_selected)
{
    char text[80], low[32], high[32];
    bool wide = area.columns >= 64;
    int names = wide ? area.columns - 54 : area.columns - 14;
    names = names > 40 ? 40 : names;
    enum role role = is_selected ? ROLE_CURSOR : ROLE_TEXT;
    if (is_selected)
        for (int x = 0; x < area.columns; x++)
            draw_text(area, y, x, role, " ");
    draw_text(area, y, 0, role, is_selected ? sign_text(SIGN_CURSOR) : " ");
    draw_cell(area, y, 2, names, ALIGN_LEFT, role, customer->name);
    model_write_money(text, sizeof text, customer->clv);
    draw_cell(area, y, names + 2, 9, ALIGN_RIGHT, is_selected ? role : ROLE_STRONG, text);
    if (!wide)
        return;
    if (isfinite(customer->low) && isfinite(customer->high)) {
        model_write_money(low, sizeof low, customer->low);
        model_write_money(high, sizeof high, customer->high);
        snprintf(text, sizeof text, "%s to %s", low, high);
        draw_cell(area, y, names + 13, 16, ALIGN_LEFT, is_selected ? role : ROLE_DIM, text);
    }
    if (isfinite(customer->p_stay)) {
        snprintf(text, sizeof text, "%.0f %%", customer->p_stay * 100);
        draw_cell(area, y, names + 29, 6, ALIGN_RIGHT, role, text);
    }
    draw_cell(area, y, names + 37, area.columns - names - 37, ALIGN_LEFT, role,
              customer->segment[0] ? customer->segment : customer->type);
}

static void draw_heading(struct area area, const char *title)
{
    bool wide = area.columns >= 64;
    int names = wide ? area.columns - 54 : area.columns - 14;
    names = names > 40 ? 40 : names;
    draw_cell(area, 0, 2, names, ALIGN_LEFT, ROLE_LABEL, title);
    draw_cell(area, 0, names + 2, 9, ALIGN_RIGHT, ROLE_LABEL, "value");
    if (!wide)
        return;
    draw_cell(area, 0, names + 13, 16, ALIGN_LEFT, ROLE_LABEL, "95 % between");
    draw_cell(area, 0, names + 29, 6, ALIGN_RIGHT, ROLE_LABEL, "stays");
    draw_cell(area, 0, names + 37, area.columns - names - 37, ALIGN_LEFT, ROLE_LABEL, "segment");
}

/* `place` of the selected row in this list, or outside of it; as many rows as fit around it. */
static void draw_list(struct area area, const char *title, const struct models_customer *customers,
                      int count, int place)
{
    draw_heading(area_take_top(&area, 1), title);
    int first = place >= area.rows && place < count ? place - area.rows + 1 : 0;
    for (int i = first; i < count && i - first < area.rows; i++)
        draw_customer(area, i - first, &customers[i], i == place);
}

void value_draw_ends(const struct value_state *state, struct area area)
{
    const struct models_value *value = &state->value;
    char text[400], title[64];
    double ten = 0;
    for (int i = 0; i < value->top_count; i++)
        ten += value->top[i].clv;
    snprintf(text, sizeof text,
             "The top %d are worth as much as %.0f average %s. %s of the bottom only if it costs "
             "no time.",
             value->top_count, value->mean > 0 ? ten / value->mean : 0, model_people(state->place),
             state->place->dataset_id == 0
                 ? "Enter shows a member; greet the top by name, and think"
                 : "Write to the top by hand, and think");
    analytics_draw_meaning(&area, text);
    snprintf(title, sizeof title, "Top, %s by %s", value_currency(state), value->model);
    int bottom = value->bottom_count;
    int rows = area.rows >= value->top_count + bottom + 3 ? value->top_count + 1 : area.rows / 2;
    draw_list(area_part(area_take_top(&area, rows), 0, 0, rows, area.columns), title, value->top,
              value->top_count, state->selected);
    area_take_top(&area, area.rows > bottom + 1 ? 1 : 0);
    draw_list(area, "Bottom of those there", value->bottom, bottom,
              state->selected - value->top_count);
}
