/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cohorts: of those who joined in one month, how many are still there after 1 … 24 months, as a
 * shaded triangle with its numbers; and the same as curves by year of joining, with their bands.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_export.h"
#include "analytics_model.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define MARGIN       14 /* month and size */
#define SIZE_COLUMNS 6
#define CELL         4
#define YEARS        4
#define ROOMY        14 /* rows that leave one for a remark */

enum cohorts_view { TRIANGLE, CURVES, VIEW_COUNT };

struct cohorts_state {
    struct analytics_place *place;
    enum cohorts_view view;
    int back; /* rows scrolled towards older cohorts */
    struct models_cohorts cohorts;
};

/* --- in words --- */

struct kept {
    double share; /* NAN: not seen yet */
    int64_t of;
};

/* The share still there after `month` months of cohorts `from` … `to`. */
static struct kept kept(const struct models_cohorts *cohorts, int from, int to, int month)
{
    struct models_point points[MODELS_MONTHS + 1];
    struct kept kept = {NAN, 0};
    from = from < 0 ? 0 : from;
    if (from >= to || month >= models_retention(cohorts, from, to, points))
        return kept;
    for (int i = from; i < to; i++)
        kept.of += cohorts->cohorts[i].size;
    kept.share = points[month].y;
    return kept;
}

/* Whether two shares differ by less than their numbers make certain (two proportions, 95 %). */
static bool may_be_luck(const struct kept *a, const struct kept *b)
{
    double n = (double)a->of, m = (double)b->of;
    if (n < 1 || m < 1)
        return true;
    double all = (a->share * n + b->share * m) / (n + m);
    double error = sqrt(all * (1 - all) * (1 / n + 1 / m));
    return fabs(a->share - b->share) <= 1.959963984540054 * error;
}

static int seen_for(const struct models_cohorts *cohorts, int months)
{
    int count = 0;
    while (count < cohorts->count && cohorts->cohorts[count].observed >= months)
        count++;
    return count;
}

/* The month in which most of all go, what the eye finds in the curve; *share: of those still
 * there. 0 when none stands out. */
static int steepest_month(const struct models_cohorts *cohorts, double *share)
{
    struct models_point points[MODELS_MONTHS + 1];
    int count = models_retention(cohorts, 0, cohorts->count, points), steepest = 0;
    double drop = 0, there = 0;
    *share = 0;
    for (int k = 1; k < count; k++) {
        if (points[k - 1].y - points[k].y > drop && points[k].n >= 10) {
            drop = points[k - 1].y - points[k].y;
            *share = drop / points[k - 1].y;
            steepest = k;
            there = (double)points[k].n;
        }
    }
    double usual = count > 1 ? 1 - pow(points[count - 1].y, 1.0 / (count - 1)) : 0;
    return model_stands_out(*share, usual, there) ? steepest : 0;
}

static void say(const struct cohorts_state *state, char *dst, size_t size)
{
    const struct models_cohorts *cohorts = &state->cohorts;
    const char *people = model_people(state->place);
    /* The newest half year of those seen for three months, against the year before. */
    int seen = seen_for(cohorts, 3);
    bool is_gym = state->place->dataset_id == 0;
    struct kept now = kept(cohorts, seen - 6, seen, 3);
    struct kept before = kept(cohorts, seen - 18, seen > 6 ? seen - 6 : 0, 3);
    if (isfinite(now.share))
        text_append(dst, size, "Of the %s who %s lately %.0f %% are still there after 3 months",
                    people, is_gym ? "joined" : "came", now.share * 100);
    if (isfinite(now.share) && isfinite(before.share) &&
        lround(now.share * 100) == lround(before.share * 100))
        text_append(dst, size, ", as many as of those of the year before");
    else if (isfinite(now.share) && isfinite(before.share))
        text_append(dst, size, ", of those of the year before it was %.0f %%: %s",
                    before.share * 100,
                    may_be_luck(&now, &before) ? "no more than luck may do"
                    : now.share > before.share ? "what was changed since then works"
                                               : "find out what has changed since");
    if (isfinite(now.share))
        text_append(dst, size, ". ");
    double share;
    int steepest = steepest_month(cohorts, &share);
    if (steepest == 0)
        text_append(dst, size,
                    is_gym ? "No month stands out in which they go: watch who stays away."
                           : "No month stands out in which they go: look after all alike.");
    else if (steepest == 1)
        text_append(dst, size,
                    "Most go in the first month (%.0f %%): a %s in the first weeks does the "
                    "most.",
                    share * 100, is_gym ? "call" : "letter");
    else
        text_append(dst, size,
                    "Most go in month %d (%.0f %% of those still there): a %s just "
                    "before it does the most.",
                    steepest, share * 100, is_gym ? "call" : "letter");
}

/* What to do, where there is no room for more. */
static void say_shortly(const struct cohorts_state *state, char *dst, size_t size)
{
    bool is_gym = state->place->dataset_id == 0;
    double share;
    int steepest = steepest_month(&state->cohorts, &share);
    if (steepest == 0)
        snprintf(dst, size, "No month stands out: %s.",
                 is_gym ? "watch who stays away" : "look after all alike");
    else if (steepest == 1)
        snprintf(dst, size, "%.0f %% go in the first month: %s them in the first weeks.",
                 share * 100, is_gym ? "call" : "write to");
    else
        snprintf(dst, size, "Most go in month %d (%.0f %%): %s them before it.", steepest,
                 share * 100, is_gym ? "call" : "write to");
}

/* --- the triangle --- */

/* The months that get a column, where not all 24 have room. */
static int choose_months(int room, int months[MODELS_MONTHS])
{
    static const int wide[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 21, 24};
    static const int middle[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 24};
    static const int narrow[] = {1, 2, 3, 6, 12, 24};
    const int *list = narrow;
    int count = 6;
    if (room >= MODELS_MONTHS) {
        for (int i = 0; i < MODELS_MONTHS; i++)
            months[i] = i + 1;
        return MODELS_MONTHS;
    }
    if (room >= 16) {
        list = wide;
        count = 16;
    } else if (room >= 12) {
        list = middle;
        count = 12;
    }
    count = count > room ? room : count;
    for (int i = 0; i < count; i++)
        months[i] = list[i];
    return count;
}

static void draw_share(struct area area, int y, int x, double share)
{
    /* Steps of a fifth: █ over 80 %, nothing below 20 %. */
    int step = (int)(share * 5 - 1e-9);
    step = share <= 0 ? 0 : step > 4 ? 4 : step;
    if (share >= 0.995) {
        draw_text(area, y, x, chart_heat_role(step), "100");
        return;
    }
    draw_text(area, y, x, chart_heat_role(step),
              step > 0 && !term_is_plain() ? chart_heat_sign(step) : " ");
    draw_format(area, y, x + 1, step > 0 ? chart_heat_role(step) : ROLE_DIM, "%2.0f", share * 100);
}

/* Exact where it leaves a blank before it. */
static void draw_size(struct area area, int y, int64_t size)
{
    char text[32];
    analytics_format_count(text, sizeof text, (double)size);
    if (strlen(text) >= SIZE_COLUMNS)
        chart_format_short(text, sizeof text, (double)size);
    draw_cell(area, y, 7, SIZE_COLUMNS, ALIGN_RIGHT, ROLE_STRONG, text);
}

static void draw_row(struct area area, int y, const struct models_cohort *cohort, const int *months,
                     int count)
{
    struct date_civil civil = date_to_civil(cohort->month);
    char text[32];
    snprintf(text, sizeof text, "%s %02d", date_month_name(civil.month), civil.year % 100);
    draw_cell(area, y, 1, 6, ALIGN_LEFT, ROLE_TEXT, text);
    draw_size(area, y, cohort->size);
    for (int i = 0; i < count; i++)
        if (months[i] <= cohort->observed && cohort->size > 0)
            draw_share(area, y, MARGIN + i * CELL,
                       (double)cohort->there[months[i]] / (double)cohort->size);
}

static void draw_all(const struct models_cohorts *cohorts, struct area area, int y,
                     const int *months, int count)
{
    struct models_point points[MODELS_MONTHS + 1];
    int there = models_retention(cohorts, 0, cohorts->count, points);
    int64_t size = 0;
    for (int i = 0; i < cohorts->count; i++)
        size += cohorts->cohorts[i].size;
    draw_cell(area, y, 1, 6, ALIGN_LEFT, ROLE_STRONG, "All");
    draw_size(area, y, size);
    for (int i = 0; i < count; i++)
        if (months[i] < there)
            draw_share(area, y, MARGIN + i * CELL, points[months[i]].y);
}

static void draw_triangle(const struct cohorts_state *state, struct area area)
{
    const struct models_cohorts *cohorts = &state->cohorts;
    int months[MODELS_MONTHS];
    int count = choose_months((area.columns - MARGIN) / CELL, months);
    struct area title = area_take_top(&area, 1);
    int used = title.columns < 64
                   ? draw_text(title, 0, 1, ROLE_STRONG, "Still there after months, %")
                   : draw_format(title, 0, 1, ROLE_STRONG,
                                 "Still there, %% of the %s of a month, after 1 to 24 months",
                                 model_people(state->place));
    struct area head = area_take_top(&area, 1);
    draw_cell(head, 0, 1, 6, ALIGN_LEFT, ROLE_LABEL,
              state->place->dataset_id == 0 ? "Joined" : "Came");
    draw_cell(head, 0, 7, SIZE_COLUMNS, ALIGN_RIGHT, ROLE_LABEL, "n");
    for (int i = 0; i < count; i++)
        draw_format(head, 0, MARGIN + i * CELL, ROLE_LABEL, "%3d", months[i]);
    struct area foot = area_take_bottom(&area, area.rows >= 4 ? 1 : 0);
    int rows = area.rows < cohorts->count ? area.rows : cohorts->count;
    int back = state->back > cohorts->count - rows ? cohorts->count - rows : state->back;
    int older = cohorts->count - rows - back;
    if (older > 0 && used + 16 < title.columns)
        draw_format(title, 0, title.columns - (older < 10 ? 11 : 12), ROLE_DIM, "%s %d older",
                    sign_text(SIGN_UP), older);
    for (int i = 0; i < rows; i++)
        draw_row(area, i, &cohorts->cohorts[cohorts->count - rows - back + i], months, count);
    if (foot.rows > 0)
        draw_all(cohorts, rows < area.rows ? area : foot, rows < area.rows ? rows : 0, months,
                 count);
}

/* --- the curves --- */

static void draw_curves(const struct cohorts_state *state, struct area area)
{
    const struct models_cohorts *cohorts = &state->cohorts;
    struct chart_point points[YEARS][MODELS_MONTHS + 1];
    char names[YEARS][16];
    struct chart_series series[YEARS];
    int count = 0;
    for (int to = cohorts->count; to > 0 && count < YEARS;) { /* the newest year first */
        int year = date_to_civil(cohorts->cohorts[to - 1].month).year, from = to;
        while (from > 0 && date_to_civil(cohorts->cohorts[from - 1].month).year == year)
            from--;
        struct models_point share[MODELS_MONTHS + 1];
        int shares = models_retention(cohorts, from, to, share);
        for (int k = 0; k < shares; k++)
            points[count][k] =
                (struct chart_point){share[k].x, share[k].y, share[k].low, share[k].high};
        snprintf(names[count], sizeof names[count], "%d", year);
        series[count] = (struct chart_series){names[count], points[count], shares};
        count += shares > 1 ? 1 : 0;
        to = from;
    }
    struct chart_plot plot = {
        .form = CHART_LINES,
        .series = series,
        .count = count,
        .x = {.name = "months", .measure = CHART_MONTHS},
        .y = {"still there", 0, 1, CHART_PERCENT},
        .bands = true,
        .guide = 0.5,
    };
    draw_text(area_take_top(&area, 1), 0, 1, ROLE_STRONG, "Still there, by the year of joining");
    chart_plot(area_part(area, 0, 1, area.rows, area.columns - 2), &plot);
}

/* --- the page's slots --- */

static bool is_too_early(const struct models_cohorts *cohorts)
{
    for (int i = 0; i < cohorts->count; i++)
        if (cohorts->cohorts[i].observed >= 1)
            return false;
    return true;
}

static void draw_cohorts(void *state_, struct area area)
{
    const struct cohorts_state *state = state_;
    char text[500] = "";
    if (state->cohorts.count == 0) {
        analytics_draw_nothing(area, state->place->dataset_id == 0
                                         ? "Nobody has joined yet. The first month of enrolments "
                                           "starts this page."
                                         : "This dataset has no customers with a first day.");
        return;
    }
    bool is_early = is_too_early(&state->cohorts);
    if (is_early)
        snprintf(text, sizeof text,
                 "Too early to tell: nobody could be seen for a whole month yet. The table fills "
                 "by itself.");
    else if (area.rows < 12)
        say_shortly(state, text, sizeof text);
    else
        say(state, text, sizeof text);
    analytics_draw_meaning(&area, text);
    if (area.rows >= ROOMY) { /* why the page Survival has other shares */
        struct area line = area_take_bottom(&area, 1);
        draw_text(
            line, 0, 1, ROLE_DIM,
            state->place->dataset_id == 0
                ? "Counted until they first left; Survival counts paid days of the latest stay."
                : "Counted until they first left; Survival counts the latest stay of each.");
    }
    int needed = state->cohorts.count + 3;
    bool both =
        !is_early && area.rows >= needed + 10; /* on a large screen the curves have room below */
    if (state->view == TRIANGLE || is_early)
        draw_triangle(state, area_take_top(&area, both ? needed : area.rows));
    if (state->view == TRIANGLE && both)
        area_take_top(&area, 1);
    if ((state->view == CURVES && !is_early) || both)
        draw_curves(state, area);
}

static void on_cohorts(void *owner, const struct models_cohorts *cohorts, const struct error *error)
{
    struct cohorts_state *state = owner;
    if (analytics_answered(state->place, error))
        state->cohorts = *cohorts;
}

static void open_cohorts(void *state_, struct analytics_place *place)
{
    struct cohorts_state *state = state_;
    state->place = place;
}

static void read_cohorts(void *state_)
{
    struct cohorts_state *state = state_;
    analytics_asked(state->place, 1);
    models_cohorts(state->place->context->db, state->place->dataset_id, on_cohorts, state);
}

static bool scroll(struct cohorts_state *state, int by)
{
    int most = state->cohorts.count - 1;
    state->back += by;
    state->back = state->back > most ? most : state->back;
    state->back = state->back < 0 ? 0 : state->back;
    return true;
}

static bool command_cohorts(void *state_, int command)
{
    struct cohorts_state *state = state_;
    switch (command) {
    case ANALYTICS_VIEW:
        state->view = (enum cohorts_view)(((int)state->view + 1) % VIEW_COUNT);
        return true;
    case COMMAND_BACK:
        if (state->view == TRIANGLE)
            return false;
        state->view = TRIANGLE;
        return true;
    case COMMAND_UP:
        return scroll(state, 1);
    case COMMAND_DOWN:
        return scroll(state, -1);
    case COMMAND_PAGE_UP:
    case COMMAND_FIRST:
        return scroll(state, MODELS_COHORTS);
    case COMMAND_PAGE_DOWN:
    case COMMAND_LAST:
        return scroll(state, -MODELS_COHORTS);
    default:
        return false;
    }
}

static bool offers_cohorts(const void *state, int command)
{
    (void)state;
    return command == ANALYTICS_VIEW;
}

static const char *sheet_cohorts(const void *state_, const char *const **columns)
{
    static const char *const names[] = {"joined",      "members", "months",
                                        "still_there", "share",   NULL};
    const struct cohorts_state *state = state_;
    *columns = names;
    return state->cohorts.count > 0 ? "cohorts" : NULL;
}

/* A row for each cohort and month, as it is read best elsewhere. */
static void write_cohorts(const void *state_, struct analytics_export *out)
{
    const struct cohorts_state *state = state_;
    for (int i = 0; i < state->cohorts.count; i++) {
        const struct models_cohort *cohort = &state->cohorts.cohorts[i];
        for (int k = 0; k <= cohort->observed && k <= MODELS_MONTHS; k++) {
            analytics_export_day(out, cohort->month);
            analytics_export_count(out, cohort->size);
            analytics_export_count(out, k);
            analytics_export_count(out, cohort->there[k]);
            analytics_export_number(
                out, cohort->size > 0 ? (double)cohort->there[k] / (double)cohort->size : NAN, 5);
            analytics_export_row(out);
        }
    }
}

const struct analytics_page analytics_page_cohorts = {
    .name = "Cohorts",
    .state_size = sizeof(struct cohorts_state),
    .open = open_cohorts,
    .read = read_cohorts,
    .draw = draw_cohorts,
    .command = command_cohorts,
    .offers = offers_cohorts,
    .sheet = sheet_cohorts,
    .write_sheet = write_cohorts,
};
