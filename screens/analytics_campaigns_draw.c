/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a campaign looks like: both arms as bars, the difference with its interval on a line with
 * zero marked, and what may be concluded, in words. */
#include "analytics_campaigns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

const struct table_column campaigns_columns[CAMPAIGNS_COLUMNS] = {
    [CAMPAIGNS_NAME] = {"Campaign", 14, 2, ALIGN_LEFT, 0, false},
    [CAMPAIGNS_BEGAN] = {"Began", 11, 0, ALIGN_LEFT, 4, false},
    [CAMPAIGNS_OFFER] = {"Offered", 12, 0, ALIGN_RIGHT, 2, false},
    [CAMPAIGNS_HELD] = {"Held out", 12, 0, ALIGN_RIGHT, 3, false},
    [CAMPAIGNS_DIFFERENCE] = {"Points", 7, 0, ALIGN_RIGHT, 1, false},
    [CAMPAIGNS_VERDICT] = {"Result", 15, 0, ALIGN_LEFT, 0, false},
};

const struct table_column people_columns[PEOPLE_COLUMNS] = {
    [PEOPLE_NAME] = {"Name", 14, 3, ALIGN_LEFT, 0, false},
    [PEOPLE_ARM] = {"Arm", 8, 0, ALIGN_LEFT, 0, false},
    [PEOPLE_OUTCOME] = {"Result", 10, 0, ALIGN_LEFT, 0, false},
    [PEOPLE_CALLED] = {"Called", 8, 0, ALIGN_LEFT, 1, false},
    [PEOPLE_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 3, false},
    [PEOPLE_SEGMENT] = {"Segment", 14, 0, ALIGN_LEFT, 4, false},
    [PEOPLE_PHONE] = {"Phone", 16, 0, ALIGN_LEFT, 2, false},
};

/* "80 % of 70" */
static void write_arm(const struct campaign_arm *arm, char *text, size_t size)
{
    char members[32];
    analytics_format_count(members, sizeof members, arm->members);
    if (arm->members > 0)
        snprintf(text, size, "%.0f %% of %s", arm->rate * 100, members);
    else
        snprintf(text, size, "–");
}

static void write_state(const struct campaign_row *row, char *text, size_t size, enum role *role)
{
    *role = ROLE_DIM;
    switch (row->state) {
    case CAMPAIGN_BEGUN:
        break;
    case CAMPAIGN_LISTING:
        snprintf(text, size, "list comes");
        break;
    case CAMPAIGN_WAITING:
        snprintf(text, size, "waits");
        break;
    case CAMPAIGN_DRAWING:
        snprintf(text, size, "drawn to %.0f %%", row->drawn * 100);
        *role = ROLE_ACCENT;
        break;
    case CAMPAIGN_FAILED:
    case CAMPAIGN_CANCELLED:
        snprintf(text, size, "%s not begun", sign_text(SIGN_WARN));
        *role = ROLE_WARN;
        break;
    }
}

static void write_verdict(const struct campaign_row *row, int32_t today, char *text, size_t size,
                          enum role *role)
{
    if (row->state != CAMPAIGN_BEGUN) {
        write_state(row, text, size, role);
        return;
    }
    switch (row->verdict) {
    case CAMPAIGN_OPEN:
        if (row->open_until == today)
            snprintf(text, size, row->was_ended ? "ends tonight" : "last day");
        else if (row->open_until > today)
            snprintf(text, size, "%d day%s left", (int)(row->open_until - today),
                     row->open_until - today == 1 ? "" : "s");
        else
            snprintf(text, size, "to be counted");
        *role = ROLE_DIM;
        break;
    case CAMPAIGN_ALONE:
        snprintf(text, size, "not compared");
        *role = ROLE_DIM;
        break;
    case CAMPAIGN_TOO_FEW:
        snprintf(text, size, "too few to tell");
        break;
    case CAMPAIGN_NO_EFFECT:
        snprintf(text, size, "no effect");
        break;
    case CAMPAIGN_HELPED:
        snprintf(text, size, "%s helped", sign_text(SIGN_GOOD));
        *role = ROLE_GOOD;
        break;
    case CAMPAIGN_HARMED:
        snprintf(text, size, "%s harmed", sign_text(SIGN_BAD));
        *role = ROLE_BAD;
        break;
    }
}

void campaigns_write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                          enum role *role)
{
    const struct campaigns_state *state = owner;
    const struct campaign_row *row = row_;
    switch ((enum campaigns_column)column) {
    case CAMPAIGNS_NAME:
        snprintf(text, size, "%s", row->name);
        *role = ROLE_STRONG;
        break;
    case CAMPAIGNS_BEGAN:
        date_format_short(text, size, row->starts_on, state->today);
        break;
    case CAMPAIGNS_OFFER:
        write_arm(&row->offer_arm, text, size);
        break;
    case CAMPAIGNS_HELD:
        write_arm(&row->holdout_arm, text, size);
        break;
    case CAMPAIGNS_DIFFERENCE:
        if (!isnan(row->difference))
            snprintf(text, size, "%+.1f", row->difference * 100);
        break;
    case CAMPAIGNS_VERDICT:
        write_verdict(row, state->today, text, size, role);
        break;
    case CAMPAIGNS_COLUMNS:
        break;
    }
}

void people_write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                       enum role *role)
{
    const struct campaigns_state *state = owner;
    const struct campaign_member *row = row_;
    switch ((enum people_column)column) {
    case PEOPLE_NAME:
        snprintf(text, size, "%s", row->name);
        *role = ROLE_STRONG;
        break;
    case PEOPLE_ARM:
        snprintf(text, size, "%s", row->is_held_out ? "held out" : "offer");
        if (row->is_held_out)
            *role = ROLE_DIM;
        break;
    case PEOPLE_OUTCOME:
        if (row->succeeded) {
            char day[24];
            date_format_short(day, sizeof day, row->succeeded_on, state->today);
            snprintf(text, size, "%s %s", sign_text(SIGN_GOOD), day);
            *role = ROLE_GOOD;
        } else if (state->shown.verdict != CAMPAIGN_OPEN) {
            snprintf(text, size, "no");
        }
        break;
    case PEOPLE_CALLED:
        if (row->contacted_local != MOMENT_NONE)
            date_format_short(text, size, (int32_t)(row->contacted_local / 86400), state->today);
        break;
    case PEOPLE_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case PEOPLE_SEGMENT:
        snprintf(text, size, "%s", row->segment);
        break;
    case PEOPLE_PHONE:
        snprintf(text, size, "%s", row->phone);
        break;
    case PEOPLE_COLUMNS:
        break;
    }
}

static const char *success_words(const struct campaign_row *row)
{
    switch (row->slot) {
    case CAMPAIGN_ANY:
        return "a visit or a renewal";
    case CAMPAIGN_WIN_BACK:
        return "a visit within 30 days, and a member on day 60";
    case CAMPAIGN_RENEWAL:
        return "a payment within 45 days";
    }
    return "";
}

static void draw_arm(struct area area, int y, const char *name, const struct campaign_arm *arm,
                     enum role role)
{
    int bar = area.columns - 40 > 40 ? 40 : area.columns - 40;
    draw_text(area, y, 1, ROLE_LABEL, name);
    if (arm->members == 0) {
        draw_text(area, y, 11, ROLE_DIM, "nobody");
        return;
    }
    if (bar >= 8)
        chart_bar(area, y, 11, bar, arm->rate, role);
    draw_format(area, y, bar >= 8 ? bar + 12 : 11, ROLE_STRONG, "%5.1f %%", arm->rate * 100);
    draw_format(area, y, bar >= 8 ? bar + 21 : 20, ROLE_TEXT, "%d of %d", arm->successes,
                arm->members);
}

/* −40 ┄┄┄┄┄┄┄┄┄│┄┄[━━━●━━━━]┄┄┄ +40: the interval, against zero. */
static void draw_interval(struct area area, int y, const struct campaign_row *row)
{
    int columns = area.columns - 40 > 41 ? 41 : area.columns - 40;
    if (columns < 15 || isnan(row->difference))
        return;
    columns -= 1 - columns % 2; /* zero in the middle */
    double reach = fmax(fabs(row->low), fabs(row->high));
    reach = reach <= .1 ? .1 : reach <= .25 ? .25 : reach <= .5 ? .5 : 1;
    bool ascii = term_is_ascii();
    int middle = columns / 2;
#define AT(value) (middle + (int)lround((value) / reach * middle))
    int low = AT(row->low), high = AT(row->high), point = AT(row->difference);
#undef AT
    draw_text(area, y, 1, ROLE_LABEL, "Points");
    for (int i = 0; i < columns; i++) {
        bool inside = i >= low && i <= high;
        const char *sign = i == point    ? ascii ? "o" : "●"
                           : i == middle ? ascii ? "|" : "│"
                           : i == low    ? "["
                           : i == high   ? "]"
                           : inside      ? ascii ? "=" : "━"
                           : ascii       ? "-"
                                         : "┄";
        draw_text(area, y, 11 + i,
                  inside ? row->verdict == CAMPAIGN_HELPED   ? ROLE_GOOD
                           : row->verdict == CAMPAIGN_HARMED ? ROLE_BAD
                                                             : ROLE_ACCENT
                         : ROLE_RULE,
                  sign);
    }
    draw_format(area, y, 11 + columns + 1, ROLE_STRONG, "%+.1f", row->difference * 100);
    draw_format(area, y, 11 + columns + 8, ROLE_TEXT, "95 %%: %+.1f to %+.1f", row->low * 100,
                row->high * 100);
    draw_format(area, y + 1, 11, ROLE_DIM, "%+.0f", -reach * 100);
    draw_text(area, y + 1, 11 + middle, ROLE_DIM, "0");
    char end[16];
    snprintf(end, sizeof end, "%+.0f", reach * 100);
    draw_text(area, y + 1, 11 + columns - text_width(end), ROLE_DIM, end);
}

static void draw_campaign(const struct campaigns_state *state, const struct campaign_row *row,
                          struct area area)
{
    char from[24], until[24], text[300] = "";
    draw_rule(area, 0);
    date_format_short(from, sizeof from, row->starts_on, state->today);
    date_format_short(until, sizeof until, row->open_until, state->today);
    int x = 1 + draw_text(area, 1, 1, ROLE_STRONG, row->name);
    if (row->starts_on == row->open_until)
        text_append(text, sizeof text, "  on %s", from);
    else
        text_append(text, sizeof text, "  %s to %s", from, until);
    if (row->was_ended)
        text_append(text, sizeof text, ", ended early");
    if (row->has_cost) {
        char cost[32];
        money_format(cost, sizeof cost, row->cost);
        text_append(text, sizeof text, ", cost %s", cost);
    }
    if (row->created_by[0])
        text_append(text, sizeof text, ", by %s", row->created_by);
    draw_text(area, 1, x, ROLE_DIM, text);
    text[0] = '\0';
    if (row->offer[0])
        text_append(text, sizeof text, "%s %s ", row->offer, sign_text(SIGN_DOT));
    text_append(text, sizeof text, "%s worked when: %s", text[0] ? "it" : "It", success_words(row));
    draw_text(area, 2, 1, ROLE_TEXT, text);
    if (row->state != CAMPAIGN_BEGUN) {
        int bar = area.columns - 40 > 40 ? 40 : area.columns - 40;
        draw_text(area, 4, 1, ROLE_LABEL, "Drawn up");
        if (bar >= 8)
            chart_bar(area, 4, 11, bar, row->drawn, ROLE_ACCENT);
        draw_format(area, 4, bar >= 8 ? bar + 12 : 11, ROLE_STRONG, "%3.0f %%", row->drawn * 100);
        return;
    }
    draw_arm(area, 4, "Offered", &row->offer_arm, ROLE_ACCENT);
    draw_arm(area, 5, "Held out", &row->holdout_arm, ROLE_HEAT_2);
    if (area.rows >= 9)
        draw_interval(area, 7, row);
}

/* Of one that has not begun. */
static void conclude_waiting(const struct campaign_row *row, char *dst, size_t size)
{
    switch (row->state) {
    case CAMPAIGN_BEGUN:
        break;
    case CAMPAIGN_LISTING:
        text_append(dst, size,
                    "Its list of members is still coming from the command line. When nobody sends "
                    "it any more, F8 removes it.");
        break;
    case CAMPAIGN_WAITING:
        text_append(dst, size,
                    "Its members are drawn as soon as the worker comes to it, all of them or none; "
                    "this page may be left. F10 and Jobs shows what it waits for.");
        break;
    case CAMPAIGN_DRAWING:
        text_append(dst, size,
                    "Its members are being drawn. It begins when all of them are in; until then "
                    "nobody is, and F8 takes it back.");
        break;
    case CAMPAIGN_FAILED:
        text_append(dst, size,
                    "It did not begin, and nobody is in it: %s. F8 tries again, or "
                    "removes it.",
                    row->error);
        break;
    case CAMPAIGN_CANCELLED:
        text_append(dst, size,
                    "Somebody cancelled it before it began; nobody is in it. F8 tries again, or "
                    "removes it.");
        break;
    }
}

/* What each one cost who came because of the offer. */
static void say_cost(const struct campaign_row *row, const char *currency, char *dst, size_t size)
{
    double came = row->difference * row->offer_arm.members;
    char cost[32];
    if (!row->has_cost || came < .5)
        return;
    money_format(cost, sizeof cost, (money)llround((double)row->cost / came));
    text_append(dst, size, " They are about %.0f members, at %s %s each.", came, cost, currency);
}

/* While it is open. */
static void say_how_far(const struct campaign_row *row, const char *until, char *dst, size_t size)
{
    text_append(dst, size, "Too early to judge: the window is open until %s. ", until);
    if (row->offer_arm.members == 0)
        text_append(dst, size, "Nobody is offered anything: all of them are held out.");
    else if (row->contacted >= row->offer_arm.members)
        text_append(dst, size, "All %d offered were called or written to; wait for the window.",
                    row->offer_arm.members);
    else
        text_append(dst, size,
                    "%d of %d offered %s called or written to. Make the offer to the other%s: "
                    "Enter lists all.",
                    row->contacted, row->offer_arm.members, row->contacted == 1 ? "was" : "were",
                    row->offer_arm.members - row->contacted == 1 ? "" : "s");
}

/* What may be concluded, and what to do next. */
static void conclude(const struct campaigns_state *state, const struct campaign_row *row, char *dst,
                     size_t size)
{
    char until[24];
    date_format_short(until, sizeof until, row->open_until, state->today);
    dst[0] = '\0';
    if (row->state != CAMPAIGN_BEGUN) {
        conclude_waiting(row, dst, size);
        return;
    }
    switch (row->verdict) {
    case CAMPAIGN_OPEN:
        if (row->open_until < state->today)
            text_append(
                dst, size,
                "The window closed on %s; the worker's next recompute counts it (F10, Jobs).",
                until);
        else if (row->open_until == state->today)
            text_append(dst, size,
                        "%s what happens until tonight counts. The recompute of tonight says what "
                        "came of it; look here again tomorrow.",
                        row->was_ended ? "It was ended:" : "Its last day:");
        else
            say_how_far(row, until, dst, size);
        break;
    case CAMPAIGN_ALONE:
        text_append(
            dst, size,
            "Nobody was held out, so what they would have done anyway is not known. Hold out "
            "20 %% next time.");
        break;
    case CAMPAIGN_TOO_FEW:
        text_append(
            dst, size,
            "Too few to tell: with %d against %d, anything from %.0f points less to %.0f more "
            "fits what happened. Repeat it with more members before paying for it again.",
            row->offer_arm.members, row->holdout_arm.members, -row->low * 100, row->high * 100);
        break;
    case CAMPAIGN_NO_EFFECT:
        text_append(
            dst, size,
            "It changed next to nothing: they would have done the same without it. Save the "
            "money, or offer something else.");
        break;
    case CAMPAIGN_HELPED:
        text_append(
            dst, size,
            "It helped: %.0f in a hundred did it because of the offer (%.0f to %.0f). Offer it "
            "to those held out too, and do it again.",
            row->difference * 100, row->low * 100, row->high * 100);
        say_cost(row, state->place->currency, dst, size);
        break;
    case CAMPAIGN_HARMED:
        text_append(
            dst, size,
            "It harmed: those left alone did better, by %.0f in a hundred. Stop making this "
            "offer.",
            -row->difference * 100);
        break;
    }
}

static void draw_people(struct campaigns_state *state, struct area area)
{
    struct area top = area_take_top(&area, 1);
    int x = 1 + draw_text(top, 0, 1, ROLE_STRONG, state->shown.name);
    draw_format(top, 0, x, ROLE_DIM, " %s %d offered, %d held out: do not make them the offer",
                sign_text(SIGN_DOT), state->shown.offer_arm.members,
                state->shown.holdout_arm.members);
    if (state->find.is_open || state->find.text[0])
        analytics_find_draw(&state->find, state->people_filled ? state->people : NULL,
                            area_take_top(&area, 1), 0, 1);
    table_draw(state->people, area, true, !state->find.is_open);
}

void campaigns_draw(struct campaigns_state *state, struct area area)
{
    char text[500];
    if (state->shows_people) {
        draw_people(state, area);
        return;
    }
    const struct campaign_row *row = table_selected(state->table);
    if (!row) {
        analytics_draw_nothing(
            area, "No campaign yet. On the page Segments or At risk n starts one with "
                  "the members under the cursor; a part of them is held out by lot, so "
                  "that this page can say whether it helped.");
        return;
    }
    conclude(state, row, text, sizeof text);
    analytics_draw_meaning(&area, text);
    int needed = area.rows >= 17 ? 9 : 6;
    if (area.rows >= needed + 4 && area.columns >= 60) {
        int list = table_count(state->table) + 1;
        if (list < 4)
            list = 4;
        if (list > area.rows - needed)
            list = area.rows - needed;
        table_draw(state->table, area_take_top(&area, list), true, true);
        draw_campaign(state, row, area);
    } else {
        table_draw(state->table, area, true, true);
    }
}
