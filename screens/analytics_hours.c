/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours: when people come, as a heat map of weekday × hour, and what that means for the desk. */
#include "analytics_pages.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

struct hours_state {
    struct analytics_place *place;
    struct statistics_heat heat;
};

struct hours {
    int first, last; /* the hours in which anybody ever comes */
    int busy_day, busy_hour, quiet_day, quiet_hour;
    double busy, quiet, total, top_five;
};

/* An hour of the day counts as open when it sees at least this share of the busiest hour's visits:
 * a house that is open day and night has no quietest hour worth telling at three in the morning. */
#define OPEN_SHARE 0.1

static const char *const day_names[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday"};

static double hour_total(const struct statistics_heat *heat, int hour)
{
    double total = 0;
    for (int day = 0; day < 7; day++)
        total += heat->visits[day][hour];
    return total;
}

static void find_quietest(const struct statistics_heat *heat, struct hours *hours)
{
    double highest = 0;
    for (int hour = 0; hour < 24; hour++) {
        double total = hour_total(heat, hour);
        highest = total > highest ? total : highest;
    }
    for (int hour = 0; hour < 24; hour++) {
        if (hour_total(heat, hour) < OPEN_SHARE * highest)
            continue;
        for (int day = 0; day < 7; day++) {
            double mean = heat->visits[day][hour];
            if (mean > 0 && (hours->quiet < 0 || mean < hours->quiet)) {
                hours->quiet = mean;
                hours->quiet_day = day;
                hours->quiet_hour = hour;
            }
        }
    }
}

static struct hours look_at(const struct statistics_heat *heat)
{
    struct hours hours = {.first = 24, .last = -1, .quiet = -1};
    double top[5] = {0};
    for (int day = 0; day < 7; day++) {
        for (int hour = 0; hour < 24; hour++) {
            double mean = heat->visits[day][hour];
            if (mean <= 0)
                continue;
            hours.total += mean;
            if (hour < hours.first)
                hours.first = hour;
            if (hour > hours.last)
                hours.last = hour;
            if (mean > hours.busy) {
                hours.busy = mean;
                hours.busy_day = day;
                hours.busy_hour = hour;
            }
            for (int i = 0; i < 5; i++) {
                if (mean > top[i]) {
                    memmove(top + i + 1, top + i, (size_t)(4 - i) * sizeof *top);
                    top[i] = mean;
                    break;
                }
            }
        }
    }
    for (int i = 0; i < 5; i++)
        hours.top_five += top[i];
    find_quietest(heat, &hours);
    if (hours.last - hours.first >= 20) { /* open day and night: the whole day is shown */
        hours.first = 0;
        hours.last = 23;
    }
    return hours;
}

static void draw_hour_columns(const struct hours_state *state, const struct hours *hours,
                              struct area area)
{
    char labels[24][4];
    struct chart_column columns[24];
    int count = 0;
    for (int hour = hours->first; hour <= hours->last; hour++) {
        snprintf(labels[count], sizeof labels[count], "%02u", (unsigned)hour % 24);
        columns[count] = (struct chart_column){labels[count], hour_total(&state->heat, hour) / 7};
        count++;
    }
    draw_text(area_take_top(&area, 1), 0, 1, ROLE_LABEL, "An average day, check-ins an hour");
    chart_columns(area_part(area, 0, 1, area.rows, area.columns - 2), columns, count, ROLE_ACCENT,
                  "");
}

/* What each shade of the map stands for; the steps are the chart's quarters of the highest. */
static void draw_legend(struct area line, double highest)
{
    static const char *const shades[4] = {"░", "▒", "▓", "█"}, *const plain[4] = {".", ":", "+",
                                                                                  "#"};
    static const enum role steps[4] = {ROLE_HEAT_1, ROLE_HEAT_2, ROLE_HEAT_3, ROLE_HEAT_4};
    int x = 1;
    x += draw_text(line, 0, x, ROLE_HEAT_0, term_is_ascii() ? "-" : "·");
    x += draw_text(line, 0, x, ROLE_DIM, " nobody   ");
    for (int i = 0; i < 4; i++) {
        x += draw_text(line, 0, x, steps[i], term_is_ascii() ? plain[i] : shades[i]);
        x += draw_format(line, 0, x, ROLE_DIM, " to %.*f   ", highest < 20 ? 1 : 0,
                         highest * (i + 1) / 4);
    }
    draw_text(line, 0, x, ROLE_DIM, "an hour");
}

void analytics_draw_heat(const struct statistics_heat *heat, struct area area, int most)
{
    struct hours hours = look_at(heat);
    if (hours.last < 0)
        return;
    int count = hours.last - hours.first + 1;
    double values[7 * 24];
    char label_texts[24][4];
    const char *row_labels[7], *column_labels[24];
    for (int i = 0; i < count; i++) {
        snprintf(label_texts[i], sizeof label_texts[i], "%02u", (unsigned)(hours.first + i) % 24);
        column_labels[i] = label_texts[i];
    }
    for (int day = 0; day < 7; day++) {
        row_labels[day] = date_weekday_name(day);
        for (int hour = 0; hour < count; hour++)
            values[day * count + hour] = heat->visits[day][hours.first + hour];
    }
    int cell = (area.columns - 6) / count;
    cell = cell > most ? most : cell;
    struct chart_heat chart = {.rows = 7,
                               .columns = count,
                               .cell = cell < 1 ? 1 : cell,
                               .row_labels = row_labels,
                               .column_labels = column_labels,
                               .values = values,
                               .highest = heat->highest > 0 ? heat->highest : hours.busy};
    chart_heat(area_part(area, 0, 1, area.rows, area.columns - 1), &chart);
}

static void draw_hours(void *state_, struct area area)
{
    const struct hours_state *state = state_;
    const struct statistics_heat *heat = &state->heat;
    struct hours hours = look_at(heat);
    if (hours.last < 0) {
        draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, area.columns - 4), 0, 0,
                       ROLE_DIM,
                       "No visit in the last 8 weeks, so there is nothing to show yet. The first "
                       "check-ins fill this page.",
                       false);
        return;
    }
    char text[500], quiet[120] = "";
    if (hours.quiet >= 0)
        snprintf(quiet, sizeof quiet, "; quietest open hour: %s %02d–%02d, %.1f",
                 day_names[hours.quiet_day], hours.quiet_hour, hours.quiet_hour + 1, hours.quiet);
    snprintf(text, sizeof text,
             "Busiest: %s %02d–%02d, %.0f check-ins%s. The five busiest hours of the week carry "
             "%.0f %% of all visits: then the desk needs a second person.",
             day_names[hours.busy_day], hours.busy_hour, hours.busy_hour + 1, hours.busy, quiet,
             hours.top_five / hours.total * 100);
    analytics_draw_meaning(&area, text);

    char total[32];
    analytics_format_count(total, sizeof total, hours.total);
    draw_format(area_take_top(&area, 1), 0, 1, ROLE_LABEL, "%s check-ins a week, mean of %d week%s",
                total, heat->weeks, heat->weeks == 1 ? "" : "s");
    if (area.rows >= 12)
        area_take_top(&area, 1);
    analytics_draw_heat(&state->heat, area_take_top(&area, 8), 5);
    if (area.rows >= 2) {
        if (area.rows >= 3)
            area_take_top(&area, 1);
        draw_legend(area_take_top(&area, 1), heat->highest > 0 ? heat->highest : hours.busy);
    }
    if (area.rows >= 10) {
        area_take_top(&area, 1);
        draw_hour_columns(state, &hours,
                          area_part(area, 0, 0, area.rows < 16 ? area.rows : 16, area.columns));
    }
}

static void on_heat(void *owner, const struct statistics_heat *heat, const struct error *error)
{
    struct hours_state *state = owner;
    if (analytics_answered(state->place, error))
        state->heat = *heat;
}

static void open_hours(void *state_, struct analytics_place *place)
{
    struct hours_state *state = state_;
    state->place = place;
}

static void read_hours(void *state_)
{
    struct hours_state *state = state_;
    analytics_asked(state->place, 1);
    statistics_heat(state->place->context->db, on_heat, state);
}

const struct analytics_page analytics_page_hours = {
    .name = "Hours",
    .state_size = sizeof(struct hours_state),
    .members_only = "A dataset has payments and no visits. d shows the gym's figures again.",
    .open = open_hours,
    .read = read_hours,
    .draw = draw_hours,
};
