/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Value: what everybody is still expected to bring. How it is spread, by segment and package, the
 * four types of customers with what to do about each, and the top and the bottom with their
 * intervals. The model's name stands beside the number.
 */
#include "analytics_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_export.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"

#define FEW 10 /* of fewer a half or a tenth is nobody in particular */

const char *value_currency(const struct value_state *state)
{
    return state->value.currency[0] ? state->value.currency : state->place->currency;
}

/* --- how it is spread --- */

static void say(const struct value_state *state, char *dst, size_t size)
{
    const struct models_value *value = &state->value;
    const char *currency = value_currency(state);
    char half[32];
    if (value->customers - value->gone < FEW) {
        text_append(dst, size,
                    "Too few %s to say how it is spread: look after each of them. v shows whose "
                    "it is.",
                    model_people(state->place));
        return;
    }
    model_write_money(half, sizeof half, value->median);
    text_append(dst, size, "Half of them are worth more than %s %s", half, currency);
    if (isfinite(value->tenth_share))
        text_append(dst, size, ". The best tenth hold %.0f %% of it all: look after them first",
                    value->tenth_share * 100);
    text_append(dst, size, ". ");
    if (value->gone > 0 && value->gone_total >= 1) {
        char gone[32], amount[32];
        analytics_format_count(gone, sizeof gone, (double)value->gone);
        model_write_money(amount, sizeof amount, value->gone_total);
        if (value->gone == 1)
            text_append(dst, size, "The one who left is good for another %s. ", amount);
        else
            text_append(dst, size, "The %s who left are good for another %s. ", gone, amount);
    }
    text_append(dst, size, "v shows where it lies, and whose it is.");
}

/* The total in large digits with what belongs to it at the right. */
static void draw_total(const struct value_state *state, struct area *area)
{
    const struct models_value *value = &state->value;
    const char *currency = value_currency(state);
    char total[32], there[32], mean[32], lower[32], upper[32], model[80];
    analytics_format_count(total, sizeof total, value->total);
    analytics_format_count(there, sizeof there, (double)(value->customers - value->gone));
    model_write_money(mean, sizeof mean, value->mean);
    model_write_money(lower, sizeof lower, value->lower_quartile);
    model_write_money(upper, sizeof upper, value->upper_quartile);
    model_write_by(model, sizeof model, value->model);
    text_append(model, sizeof model, "%s", value->models > 1 ? " and others" : "");
    const char *people = model_people(state->place);
    int letters = (int)strlen(people) - (value->customers - value->gone == 1 ? 1 : 0);
    bool tall = area->rows >= 12;
    struct area top = area_take_top(area, tall ? 4 : 2);
    int used = tall ? analytics_draw_large(top, 0, 2, ROLE_STRONG, total) : 0;
    int x = used > 0 ? used + 4 : 1;
    if (used == 0)
        draw_format(top, 0, x, ROLE_STRONG, "%s %s expected of %s %.*s", total, currency, there,
                    letters, people);
    else
        draw_format(top, 0, x, ROLE_STRONG, "%s expected of %s %.*s", currency, there, letters,
                    people);
    if (value->customers - value->gone < FEW)
        draw_format(top, 1, x, ROLE_TEXT, "%s each", mean);
    else
        draw_format(top, 1, x, ROLE_TEXT, "%s each; the middle half %s to %s", mean, lower, upper);
    if (top.rows > 2) {
        char day[24];
        date_format_short(day, sizeof day, value->as_of, session_today(state->place->context->db));
        draw_format(top, 2, x, ROLE_DIM, "%s, as of %s", model, day);
    }
}

static void draw_spread(const struct value_state *state, struct area area)
{
    const struct models_value *value = &state->value;
    double counts[MODELS_BUCKETS];
    char text[500] = "", mark[48], half[32], name[48];
    say(state, text, sizeof text);
    analytics_draw_meaning(&area, text);
    draw_total(state, &area);
    for (int i = 0; i < value->bucket_count; i++)
        counts[i] = (double)value->buckets[i].customers;
    model_write_money(half, sizeof half, value->median);
    snprintf(mark, sizeof mark, "half are above %s", half);
    snprintf(name, sizeof name, "%s, by expected value in %s", model_people(state->place),
             value_currency(state));
    struct chart_histogram histogram = {
        .counts = counts,
        .count = value->bucket_count,
        .from = value->bucket_count > 0 ? value->buckets[0].from : 0,
        .step = value->bucket_count > 0 ? value->buckets[0].to - value->buckets[0].from : 1,
        .open_end = true,
        .x_name = value_currency(state),
        .y_name = name,
        .mark = value->median,
        .mark_name = mark,
    };
    /* On a large screen there is room for where it lies as well. */
    bool both = area.rows >= 30 && area.columns >= 110;
    int rows = both ? area.rows - 14 : area.rows;
    chart_histogram(area_part(area_take_top(&area, rows), 0, 1, rows, area.columns - 2),
                    &histogram);
    if (both) {
        area_take_top(&area, 1);
        value_draw_tables(state, area);
    }
}

static void draw_value(void *state_, struct area area)
{
    const struct value_state *state = state_;
    if (state->value.customers == state->value.gone) {
        analytics_draw_nothing(
            area, state->value.customers == 0
                      ? "Nobody's value has been worked out yet. A recompute "
                        "(under Jobs) does it."
                  : *state->value.model == '\0'
                      ? "No model could be fitted to these customers, so nothing can be foretold "
                        "of them: the page Model says why. Segments and Cohorts need none."
                      : "Nobody is left of whom anything is expected.");
        return;
    }
    switch (state->view) {
    case VALUE_SPREAD:
        draw_spread(state, area);
        break;
    case VALUE_GROUPS:
        value_draw_groups(state, area);
        break;
    case VALUE_TYPES:
        value_draw_types(state, area);
        break;
    case VALUE_ENDS:
        value_draw_ends(state, area);
        break;
    case VALUE_VIEWS:
        break;
    }
}

/* --- the page's slots --- */

static void on_value(void *owner, const struct models_value *value, const struct error *error)
{
    struct value_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    state->value = *value;
    int last = value->top_count + value->bottom_count - 1;
    state->selected = state->selected > last ? last < 0 ? 0 : last : state->selected;
}

static void open_value(void *state_, struct analytics_place *place)
{
    struct value_state *state = state_;
    state->place = place;
}

static void read_value(void *state_)
{
    struct value_state *state = state_;
    analytics_asked(state->place, 1);
    models_value(state->place->context->db, state->place->dataset_id, on_value, state);
}

static bool move_cursor(struct value_state *state, int command)
{
    int last = state->value.top_count + state->value.bottom_count - 1;
    int to = state->selected;
    switch (command) {
    case COMMAND_UP:
        to--;
        break;
    case COMMAND_DOWN:
        to++;
        break;
    case COMMAND_FIRST:
    case COMMAND_PAGE_UP:
        to = 0;
        break;
    case COMMAND_LAST:
    case COMMAND_PAGE_DOWN:
        to = last;
        break;
    default:
        return false;
    }
    state->selected = to > last ? last : to < 0 ? 0 : to;
    return true;
}

static bool command_value(void *state_, int command)
{
    struct value_state *state = state_;
    switch (command) {
    case ANALYTICS_VIEW:
        state->view = (enum value_view)(((int)state->view + 1) % VALUE_VIEWS);
        return true;
    case COMMAND_BACK:
        if (state->view == VALUE_SPREAD)
            return false;
        state->view = VALUE_SPREAD;
        return true;
    case COMMAND_OPEN: {
        const struct models_customer *customer = value_selected(state);
        if (!customer || state->place->dataset_id != 0)
            return true;
        struct member_argument argument = {.customer_id = customer->customer_id};
        host_open(state->place->context->host, &screen_member, &argument);
        return true;
    }
    default:
        return state->view == VALUE_ENDS && move_cursor(state, command);
    }
}

static bool offers_value(const void *state_, int command)
{
    const struct value_state *state = state_;
    return command == ANALYTICS_VIEW || (command == COMMAND_OPEN && value_selected(state) != NULL &&
                                         state->place->dataset_id == 0);
}

/* --- export --- */

static const char *sheet_value(const void *state_, const char *const **columns)
{
    static const char *const spread[] = {"from", "to", "customers", NULL};
    static const char *const groups[] = {"by", "name", "customers", "total", "average", NULL};
    static const char *const ends[] = {"number", "name", "type",   "segment", "value",
                                       "low",    "high", "p_stay", "model",   NULL};
    const struct value_state *state = state_;
    if (state->value.as_of == DATE_NONE)
        return NULL;
    switch (state->view) {
    case VALUE_SPREAD:
        *columns = spread;
        return "value";
    case VALUE_GROUPS:
        *columns = groups;
        return "value by segment";
    case VALUE_TYPES:
        *columns = groups;
        return "value by type";
    case VALUE_ENDS:
        *columns = ends;
        return "value top and bottom";
    case VALUE_VIEWS:
        break;
    }
    return NULL;
}

static void write_groups(struct analytics_export *out, const char *by,
                         const struct models_group *groups, int count)
{
    for (int i = 0; i < count; i++) {
        analytics_export_text(out, by);
        analytics_export_text(out, groups[i].name);
        analytics_export_count(out, groups[i].customers);
        analytics_export_number(out, groups[i].total, 2);
        analytics_export_number(out, groups[i].mean, 2);
        analytics_export_row(out);
    }
}

static void write_ends(struct analytics_export *out, const struct models_customer *customers,
                       int count)
{
    for (int i = 0; i < count; i++) {
        analytics_export_count(out, customers[i].customer_id);
        analytics_export_text(out, customers[i].name);
        analytics_export_text(out, customers[i].type);
        analytics_export_text(out, customers[i].segment);
        analytics_export_number(out, customers[i].clv, 2);
        analytics_export_number(out, customers[i].low, 2);
        analytics_export_number(out, customers[i].high, 2);
        analytics_export_number(out, customers[i].p_stay, 4);
        analytics_export_text(out, customers[i].model);
        analytics_export_row(out);
    }
}

static void write_value(const void *state_, struct analytics_export *out)
{
    const struct value_state *state = state_;
    const struct models_value *value = &state->value;
    switch (state->view) {
    case VALUE_SPREAD:
        for (int i = 0; i < value->bucket_count; i++) {
            const struct models_bucket *bucket = &value->buckets[i];
            analytics_export_number(out, bucket->from, 2);
            analytics_export_number(out, isfinite(bucket->to) ? bucket->to : (double)NAN, 2);
            analytics_export_count(out, bucket->customers);
            analytics_export_row(out);
        }
        break;
    case VALUE_GROUPS:
        write_groups(out, "segment", value->segments, value->segment_count);
        write_groups(out, "plan", value->packages, value->package_count);
        break;
    case VALUE_TYPES:
        write_groups(out, "type", value->types, value->type_count);
        break;
    case VALUE_ENDS:
        write_ends(out, value->top, value->top_count);
        write_ends(out, value->bottom, value->bottom_count);
        break;
    case VALUE_VIEWS:
        break;
    }
}

const struct analytics_page analytics_page_value = {
    .name = "Value",
    .state_size = sizeof(struct value_state),
    .open = open_value,
    .read = read_value,
    .draw = draw_value,
    .command = command_value,
    .offers = offers_value,
    .sheet = sheet_value,
    .write_sheet = write_value,
};
