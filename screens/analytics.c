/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analytics: what the database says without models. Four pages; figures are read when the screen
 * opens, again at each full minute when something changed, and at once with F5: they are sums over
 * the whole gym and not worth recounting at every check-in.
 */
#include "analytics_pages.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

enum { ANALYTICS_READ = COMMAND_SCREEN };

static const struct key_entry keys[] = {
    {COMMAND_RIGHT, "next_page", "Right l", "next page", "Show the next page.", KEY_IN_BAR},
    {COMMAND_LEFT, "previous_page", "Left h", "page before", "Show the page before.", KEY_IN_BAR},
    {COMMAND_OPEN, "open", "Enter", "members", "List the members behind the selected line.",
     KEY_IN_BAR},
    {ANALYTICS_READ, "read", "F5 r", "count again", "Count everything again now.", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"attendance", "members", "packages", NULL};

static const char *const page_names[PAGE_COUNT] = {"Overview", "Hours", "Members", "Revenue"};

/* --- reading --- */

static void on_overview(void *owner, const struct statistics_overview *overview,
                        const struct error *error)
{
    struct analytics_state *state = owner;
    state->reading_overview = false;
    if (error) {
        state->stale = state->has_overview;
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        state->overview = *overview;
        state->has_overview = true;
        state->stale = false;
        state->read_at = session_local_now(state->context.db);
        state->today = session_today(state->context.db);
    }
    host_redraw(state->context.host);
}

static void on_heat(void *owner, const struct statistics_heat *heat, const struct error *error)
{
    struct analytics_state *state = owner;
    state->reading_heat = false;
    if (error) {
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        state->heat = *heat;
        state->has_heat = true;
    }
    host_redraw(state->context.host);
}

static void read_figures(struct analytics_state *state)
{
    state->dirty = false;
    if (!state->reading_overview) {
        state->reading_overview = true;
        statistics_overview(state->context.db, on_overview, state);
    }
    if (!state->reading_heat) {
        state->reading_heat = true;
        statistics_heat(state->context.db, on_heat, state);
    }
}

/* --- the screen's slots --- */

static bool open_analytics(void *state_, const struct screen_context *context, const void *argument)
{
    struct analytics_state *state = state_;
    (void)argument;
    state->context = *context;
    state->today = session_today(context->db);
    state->figure = FIGURE_ABSENT;
    read_figures(state);
    return true;
}

static void draw_top(const struct analytics_state *state, struct area line)
{
    int x = 1;
    for (int i = 0; i < PAGE_COUNT; i++) {
        bool here = i == (int)state->page;
        char name[32];
        snprintf(name, sizeof name, here ? "[%s]" : " %s ", page_names[i]);
        x += draw_text(line, 0, x, here ? ROLE_STRONG : ROLE_DIM, name) + 1;
    }
    char right[48] = "";
    if (state->has_overview) {
        char clock[16];
        date_format_clock(clock, sizeof clock, state->read_at);
        snprintf(right, sizeof right, "%s %s",
                 state->reading_overview ? "counting, as of" : "as of", clock);
    }
    int width = text_width(right);
    if (width && line.columns - width - 1 > x)
        draw_text(line, 0, line.columns - width - 1, ROLE_DIM, right);
}

static void draw_analytics(void *state_, struct area area)
{
    const struct analytics_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    draw_top(state, area_take_top(&area, 1));
    draw_rule(area_take_top(&area, 1), 0);
    bool there = state->page == PAGE_HOURS ? state->has_heat : state->has_overview;
    bool reading = state->page == PAGE_HOURS ? state->reading_heat : state->reading_overview;
    if (!there) {
        const char *text = reading ? "Counting…" : "Could not be counted. F5 tries again.";
        draw_text(area, area.rows / 3, (area.columns - text_width(text)) / 2, ROLE_DIM, text);
        return;
    }
    switch (state->page) {
    case PAGE_OVERVIEW:
        analytics_draw_overview(state, area);
        break;
    case PAGE_HOURS:
        analytics_draw_hours(state, area);
        break;
    case PAGE_MEMBERS:
        analytics_draw_members(state, area);
        break;
    case PAGE_REVENUE:
        analytics_draw_revenue(state, area);
        break;
    case PAGE_COUNT:
        break;
    }
    if (state->stale)
        draw_dim(area);
}

static void turn_page(struct analytics_state *state, int step)
{
    state->page = (enum analytics_page)(((int)state->page + step + PAGE_COUNT) % PAGE_COUNT);
}

static bool move_cursor(struct analytics_state *state, int command)
{
    if (state->page != PAGE_OVERVIEW)
        return false;
    switch (command) {
    case COMMAND_UP:
        if (state->figure > 0)
            state->figure--;
        return true;
    case COMMAND_DOWN:
        if (state->figure < FIGURE_COUNT - 1)
            state->figure++;
        return true;
    case COMMAND_FIRST:
    case COMMAND_PAGE_UP:
        state->figure = 0;
        return true;
    case COMMAND_LAST:
    case COMMAND_PAGE_DOWN:
        state->figure = FIGURE_COUNT - 1;
        return true;
    default:
        return false;
    }
}

static bool command_analytics(void *state_, int command)
{
    struct analytics_state *state = state_;
    struct members_argument behind;
    switch (command) {
    case COMMAND_RIGHT:
        turn_page(state, 1);
        break;
    case COMMAND_LEFT:
        turn_page(state, -1);
        break;
    case ANALYTICS_READ:
        read_figures(state);
        break;
    case COMMAND_OPEN:
        if (state->page == PAGE_OVERVIEW &&
            analytics_figure_members((enum analytics_figure)state->figure, &behind))
            host_open(state->context.host, &screen_members, &behind);
        else
            host_say(state->context.host, ROLE_DIM, "No list of members behind this");
        break;
    default:
        if (!move_cursor(state, command))
            return false;
        break;
    }
    host_redraw(state->context.host);
    return true;
}

static void changed_analytics(void *state_, const char *topic)
{
    struct analytics_state *state = state_;
    if (strcmp(topic, "*") == 0 || !state->has_overview)
        read_figures(state);
    else
        state->dirty = true;
}

static void tick_analytics(void *state_)
{
    struct analytics_state *state = state_;
    if (state->dirty || session_today(state->context.db) != state->today)
        read_figures(state);
}

static void state_changed_analytics(void *state_, enum db_state db_state)
{
    struct analytics_state *state = state_;
    state->stale = db_state != DB_STATE_READY;
    host_redraw(state->context.host);
}

const struct screen screen_analytics = {
    .name = "analytics",
    .title = "Analytics",
    .about = "How the gym is doing: members, revenue, visits, and who needs a call.",
    .state_size = sizeof(struct analytics_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_analytics,
    .draw = draw_analytics,
    .command = command_analytics,
    .changed = changed_analytics,
    .tick = tick_analytics,
    .state_changed = state_changed_analytics,
};
