/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments: the R×F grid as a map, what each segment is worth, and the way to its members, their
 * export and a campaign. */
#include "analytics_segments.h"

#include <stdio.h>

#include "analytics_model.h"

int segments_row_count(const struct segments_state *state)
{
    return state->by_type ? SEGMENTS_TYPE_COUNT : SEGMENTS_COUNT;
}

const char *segments_row_name(const struct segments_state *state, int row)
{
    return state->by_type ? segment_type_names[row] : segment_names[row];
}

const struct segment_figures *segments_row(const struct segments_state *state, int row)
{
    return state->by_type ? &state->figures.by_type[row] : &state->figures.by_segment[row];
}

static void on_segments(void *owner, const struct segments *segments, const struct error *error)
{
    struct segments_state *state = owner;
    if (!analytics_answered(state->place, error))
        return;
    state->figures = *segments;
    char by[56];
    model_write_by(by, sizeof by, segments->model);
    snprintf(state->place->note, sizeof state->place->note, "%s%s%s", state->place->currency,
             by[0] ? ", value " : "", by);
}

static void open_segments(void *state_, struct analytics_place *place)
{
    struct segments_state *state = state_;
    state->place = place;
}

static void read_segments(void *state_)
{
    struct segments_state *state = state_;
    analytics_asked(state->place, 1);
    segments_read(state->place->context->db, state->place->dataset_id, on_segments, state);
    customers_refresh(&state->list);
}

static void draw_segments(void *state_, struct area area)
{
    struct segments_state *state = state_;
    if (state->list.is_open)
        customers_draw(&state->list, area);
    else
        segments_draw(state, area);
}

static struct segment_choice choice_of(const struct segments_state *state)
{
    struct segment_choice choice = {.segment = ""};
    const char *name = segments_row_name(state, state->row);
    if (state->by_type)
        snprintf(choice.type, sizeof choice.type, "%s", name);
    else
        snprintf(choice.segment, sizeof choice.segment, "%s", name);
    return choice;
}

static void open_list(struct segments_state *state)
{
    struct segment_choice choice = choice_of(state);
    const struct segment_figures *figures = segments_row(state, state->row);
    if (figures->customers == 0)
        host_say(state->place->context->host, ROLE_DIM, "Nobody is in “%s” now",
                 segments_row_name(state, state->row));
    else if (!customers_open(&state->list, state->place, &choice,
                             segments_row_name(state, state->row), figures->customers))
        host_say(state->place->context->host, ROLE_BAD, "Out of memory");
}

static void start_campaign(struct segments_state *state)
{
    struct segment_choice choice = choice_of(state);
    const struct segment_figures *figures = segments_row(state, state->row);
    if (state->place->dataset_id != 0)
        host_say(state->place->context->host, ROLE_DIM,
                 "Campaigns are for the gym's own members; d shows them");
    else if (figures->customers == 0)
        host_say(state->place->context->host, ROLE_DIM, "Nobody is in “%s” now",
                 segments_row_name(state, state->row));
    else
        campaign_ask(&state->campaign, state->place->context, segments_row_name(state, state->row),
                     figures->customers, &choice, NULL, 0, NULL, state);
}

/* What is shown without a list: the table itself. */
static void export_table(void *owner)
{
    struct segments_state *state = owner;
    struct analytics_export *out = &state->export_;
    for (int i = 0; i < segments_row_count(state); i++) {
        const struct segment_figures *figures = segments_row(state, i);
        analytics_export_text(out, segments_row_name(state, i));
        analytics_export_count(out, figures->customers);
        analytics_export_number(out, figures->share, 4);
        analytics_export_number(out, figures->revenue, 2);
        analytics_export_number(out, figures->clv_mean, 2);
        analytics_export_number(out, figures->clv_total, 2);
        analytics_export_number(out, figures->at_stake, 2);
        analytics_export_row(out);
    }
    analytics_export_finish(out, NULL);
}

static bool move(struct segments_state *state, int command)
{
    int last = segments_row_count(state) - 1;
    switch (command) {
    case COMMAND_UP:
        state->row -= state->row > 0;
        return true;
    case COMMAND_DOWN:
        state->row += state->row < last;
        return true;
    case COMMAND_FIRST:
    case COMMAND_PAGE_UP:
        state->row = 0;
        return true;
    case COMMAND_LAST:
    case COMMAND_PAGE_DOWN:
        state->row = last;
        return true;
    default:
        return false;
    }
}

static bool command_segments(void *state_, int command)
{
    static const char *const columns[] = {"segment", "customers",   "share",    "paid",
                                          "value",   "value_total", "at_stake", NULL};
    struct segments_state *state = state_;
    if (state->list.is_open) {
        if (command == COMMAND_LEFT || command == COMMAND_RIGHT)
            return false;
        return customers_command(&state->list, command);
    }
    switch (command) {
    case ANALYTICS_VIEW:
        state->by_type = !state->by_type;
        state->row = 0;
        return true;
    case COMMAND_BACK:
        if (!state->by_type)
            return false;
        state->by_type = false;
        state->row = 0;
        return true;
    case COMMAND_OPEN:
        open_list(state);
        return true;
    case COMMAND_FILTER:
        open_list(state);
        if (state->list.is_open)
            customers_command(&state->list, command);
        return true;
    case ANALYTICS_CAMPAIGN:
        start_campaign(state);
        return true;
    case ANALYTICS_EXPORT:
        analytics_export_ask(&state->export_, state->place->context,
                             state->by_type ? "types" : "segments", columns, export_table, state);
        return true;
    default:
        return move(state, command);
    }
}

static bool offers_segments(const void *state_, int command)
{
    const struct segments_state *state = state_;
    if (state->list.is_open)
        return customers_offers(&state->list, command);
    return command == COMMAND_OPEN || command == ANALYTICS_VIEW || command == ANALYTICS_EXPORT ||
           (command == ANALYTICS_CAMPAIGN && state->place->dataset_id == 0);
}

static bool text_segments(void *state_, uint32_t key, const char *text)
{
    struct segments_state *state = state_;
    return state->list.is_open && customers_text(&state->list, key, text);
}

static bool typing_segments(const void *state_, bool *empty)
{
    const struct segments_state *state = state_;
    return state->list.is_open && customers_typing(&state->list, empty);
}

static void close_segments(void *state_)
{
    struct segments_state *state = state_;
    customers_close(&state->list);
    campaign_forget(&state->campaign);
    analytics_export_drop(&state->export_);
}

const struct analytics_page analytics_page_segments = {
    .name = "Segments",
    .state_size = sizeof(struct segments_state),
    .open = open_segments,
    .read = read_segments,
    .draw = draw_segments,
    .command = command_segments,
    .offers = offers_segments,
    .text = text_segments,
    .typing = typing_segments,
    .close = close_segments,
};
