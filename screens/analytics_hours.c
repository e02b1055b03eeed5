/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours: when people come, as a heat map of weekday × hour, and what that means for the desk; and
 * how full the house is today against what is usual on this weekday. */
#include <math.h>

#include <stdio.h>
#include <string.h>

#include "analytics_export.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/models.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

struct hours_state {
    struct analytics_place *place;
    struct statistics_heat heat;
    bool shows_today; /* the second view; read when it is turned to */
    struct models_occupancy occupancy;
};

struct hours {
    int first, last; /* the hours in which anybody ever comes */
    int busy_day, busy_hour, quiet_day, quiet_hour;
    double busy, quiet, total, top_five;
};

/* An hour of the day counts as open when it sees at least this share of the busiest hour's visits:
 * a house that is open day and night has no quietest hour worth telling at three in the morning. */
#define OPEN_SHARE 0.1
/* From so many check-ins an hour on, one every two minutes, somebody waits when one of them is an
 * exception. */
#define BUSY 30

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

static void draw_short_advice(const struct hours *hours, struct area line)
{
    const char *busy = date_weekday_name(hours->busy_day);
    if (hours->busy >= BUSY)
        draw_format(line, 0, 1, ROLE_STRONG, "%s %02d–%02d needs two at the desk", busy,
                    hours->busy_hour, hours->busy_hour + 1);
    else if (hours->quiet >= 0)
        draw_format(line, 0, 1, ROLE_STRONG, "Busiest %s %02d–%02d; repairs: %s %02d–%02d", busy,
                    hours->busy_hour, hours->busy_hour + 1, date_weekday_name(hours->quiet_day),
                    hours->quiet_hour, hours->quiet_hour + 1);
    else
        draw_format(line, 0, 1, ROLE_STRONG, "Busiest %s %02d–%02d, %.0f check-ins", busy,
                    hours->busy_hour, hours->busy_hour + 1, hours->busy);
}

static void draw_week(const struct hours_state *state, struct area area)
{
    const struct statistics_heat *heat = &state->heat;
    struct hours hours = look_at(heat);
    if (hours.last < 0) {
        draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, area.columns - 4), 0, 0,
                       ROLE_DIM,
                       "No visit on a whole day of the last 8 weeks, so there is nothing to show "
                       "yet. Today's check-ins fill this page from tomorrow on.",
                       false);
        return;
    }
    char text[500], quiet[120] = "";
    if (hours.quiet >= 0)
        snprintf(quiet, sizeof quiet, "; quietest open hour: %s %02d–%02d, %.1f",
                 day_names[hours.quiet_day], hours.quiet_hour, hours.quiet_hour + 1, hours.quiet);
    bool is_busy = hours.busy >= BUSY;
    snprintf(text, sizeof text,
             "Busiest: %s %02d–%02d, %.0f check-ins%s. The five busiest hours of the week carry "
             "%.0f %% of all visits: %s",
             day_names[hours.busy_day], hours.busy_hour, hours.busy_hour + 1, hours.busy, quiet,
             hours.top_five / hours.total * 100,
             is_busy ? "then the desk needs a second person."
                     : "one person at the desk is enough; put cleaning and repairs into the quiet "
                       "hours.");
    if (area.rows >= 12)
        analytics_draw_meaning(&area, text);
    else if (area.rows > 8) /* beside the seven days there is room for one line */
        draw_short_advice(&hours, area_take_bottom(&area, 1));

    char total[32];
    analytics_format_count(total, sizeof total, hours.total);
    if (area.rows > 8)
        draw_format(area_take_top(&area, 1), 0, 1, ROLE_LABEL,
                    "%s check-ins a week, mean of %d week%s", total, heat->weeks,
                    heat->weeks == 1 ? "" : "s");
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

/* --- today --- */

/* The first and the last hour in which there is anybody, today or usually. */
static bool find_open_hours(const struct models_occupancy *occupancy, int *first, int *last)
{
    *first = 24;
    *last = -1;
    for (int hour = 0; hour < 24; hour++) {
        if (occupancy->usual[hour] <= 0 && occupancy->today[hour] <= 0)
            continue;
        *first = hour < *first ? hour : *first;
        *last = hour;
    }
    return *last >= 0;
}

static void say_of_today(const struct models_occupancy *occupancy, char *dst, size_t size)
{
    const char *day = day_names[occupancy->weekday];
    int now = -1, peak = 0, still = -1;
    for (int hour = 0; hour < 24; hour++) {
        if (occupancy->today[hour] >= 0)
            now = hour;
        if (occupancy->usual[hour] > occupancy->usual[peak])
            peak = hour;
        if (occupancy->today[hour] < 0 &&
            (still < 0 || occupancy->usual[hour] > occupancy->usual[still]))
            still = hour;
    }
    if (now >= 0)
        text_append(dst, size, "At %02d:30 there %s %d in; on a usual %s it is %.0f. ", now,
                    occupancy->today[now] == 1 ? "was" : "were", occupancy->today[now], day,
                    occupancy->usual[now]);
    if (still >= 0 && occupancy->usual[still] > 0) {
        text_append(dst, size, "The fullest hour still to come is %02d:30 with about %.0f", still,
                    occupancy->usual[still]);
        if (occupancy->capacity > 0)
            text_append(dst, size, " of %d", occupancy->capacity);
        text_append(dst, size,
                    occupancy->capacity <= 0 ? ": have somebody at the desk then. "
                    : occupancy->usual[still] > 0.9 * occupancy->capacity
                        ? ": expect to turn people away, and say so at the door. "
                        : ": there is room for all. ");
    } else {
        text_append(dst, size,
                    "The fullest hour of a %s is %02d:30 with about %.0f; that is over for today. ",
                    day, peak, occupancy->usual[peak]);
    }
}

static void draw_today(const struct hours_state *state, struct area area)
{
    const struct models_occupancy *occupancy = &state->occupancy;
    struct chart_point today[24], usual[24];
    int first, last, count = 0, seen = 0;
    char text[400] = "", name[32];
    if (state->place->under_way > 0) {
        analytics_draw_nothing(area, "Counting…");
        return;
    }
    if (!find_open_hours(occupancy, &first, &last)) {
        analytics_draw_nothing(area, "Nobody has been in on this weekday, and nobody today.");
        return;
    }
    for (int hour = first; hour <= last; hour++) {
        usual[count++] = (struct chart_point){hour + 0.5, occupancy->usual[hour], NAN, NAN};
        if (occupancy->today[hour] >= 0)
            today[seen++] = (struct chart_point){hour + 0.5, occupancy->today[hour], NAN, NAN};
    }
    snprintf(name, sizeof name, "usual %s", day_names[occupancy->weekday]);
    struct chart_series series[] = {{"today", today, seen}, {name, usual, count}};
    struct chart_plot plot = {
        .form = CHART_LINES,
        .series = series,
        .count = 2,
        .x = {"o'clock", first, last + 1, CHART_HOURS},
        .y = {.name = "members inside"},
    };
    say_of_today(occupancy, text, sizeof text);
    analytics_draw_meaning(&area, text);
    struct area head = area_take_top(&area, 1);
    int x = 1 + draw_text(head, 0, 1, ROLE_STRONG,
                          head.columns < 60 ? "In the house, today and usually"
                                            : "In the house, today against what is usual");
    if (head.columns >= 60)
        draw_format(head, 0, x + 2, ROLE_DIM, "mean of %d week%s", occupancy->weeks,
                    occupancy->weeks == 1 ? "" : "s");
    chart_plot(area_part(area, 0, 1, area.rows, area.columns - 2), &plot);
}

/* --- the page's slots --- */

static void draw_hours(void *state_, struct area area)
{
    const struct hours_state *state = state_;
    if (state->shows_today)
        draw_today(state, area);
    else
        draw_week(state, area);
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

static void on_occupancy(void *owner, const struct models_occupancy *occupancy,
                         const struct error *error)
{
    struct hours_state *state = owner;
    if (analytics_answered(state->place, error))
        state->occupancy = *occupancy;
}

static void read_hours(void *state_)
{
    struct hours_state *state = state_;
    analytics_asked(state->place, state->shows_today ? 2 : 1);
    statistics_heat(state->place->context->db, on_heat, state);
    if (state->shows_today)
        models_occupancy(state->place->context->db, on_occupancy, state);
}

static bool command_hours(void *state_, int command)
{
    struct hours_state *state = state_;
    if (command == COMMAND_BACK && state->shows_today) {
        state->shows_today = false;
        return true;
    }
    if (command != ANALYTICS_VIEW)
        return false;
    state->shows_today = !state->shows_today;
    if (state->shows_today)
        analytics_read_other(state->place);
    return true;
}

static bool offers_hours(const void *state, int command)
{
    (void)state;
    return command == ANALYTICS_VIEW;
}

static const char *sheet_hours(const void *state_, const char *const **columns)
{
    static const char *const week[] = {"weekday", "hour", "visits", NULL};
    static const char *const today[] = {"hour", "inside_today", "inside_usually", NULL};
    const struct hours_state *state = state_;
    *columns = state->shows_today ? today : week;
    return state->shows_today ? "occupancy" : "hours";
}

static void write_hours(const void *state_, struct analytics_export *out)
{
    const struct hours_state *state = state_;
    for (int hour = 0; state->shows_today && hour < 24; hour++) {
        analytics_export_count(out, hour);
        if (state->occupancy.today[hour] < 0) /* still to come */
            analytics_export_text(out, "");
        else
            analytics_export_count(out, state->occupancy.today[hour]);
        analytics_export_number(out, state->occupancy.usual[hour], 2);
        analytics_export_row(out);
    }
    for (int cell = 0; !state->shows_today && cell < 7 * 24; cell++) {
        analytics_export_text(out, date_weekday_name(cell / 24));
        analytics_export_count(out, cell % 24);
        analytics_export_number(out, state->heat.visits[cell / 24][cell % 24], 3);
        analytics_export_row(out);
    }
}

const struct analytics_page analytics_page_hours = {
    .name = "Hours",
    .state_size = sizeof(struct hours_state),
    .members_only = "A dataset has payments and no visits. d shows the gym's figures again.",
    .open = open_hours,
    .read = read_hours,
    .draw = draw_hours,
    .command = command_hours,
    .offers = offers_hours,
    .sheet = sheet_hours,
    .write_sheet = write_hours,
};
