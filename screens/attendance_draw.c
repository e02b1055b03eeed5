/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the eye meets at the desk, largest first: the verdict, or the exception in its frame; then
 * how full the house is; then who came. Below 17 rows the blank lines go, below 12 the frame.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"
#include "gymtui/ui/term.h"

#define REST        10000 /* as many rows or columns as the area has */

#define NEARLY_FULL 0.85 /* of the capacity: amber, and said */

#define ROOMY_ROWS  17
#define FRAME_ROWS  12

/* --- the field --- */

static void draw_field_line(struct attendance *state, struct area line)
{
    const char *label = state->out_mode ? "CHECK OUT:" : "Scan, number or name:";
    if (line.columns < 44)
        label = state->out_mode ? "OUT:" : "Scan:";
    int x = 2 + draw_text(line, 0, 2, state->out_mode ? ROLE_WARN : ROLE_LABEL, label) + 1;

    char right[96] = "";
    if (state->queue_count > 0)
        text_append(right, sizeof right, "%d waiting  ", state->queue_count);
    if (state->scan.scanning)
        text_append(right, sizeof right, "scanning  ");
    if (state->auto_mode)
        text_append(right, sizeof right, "automatic check-out");
    int width = text_width(right);
    bool has_room = width > 0 && x + 24 + width < line.columns;
    if (has_room)
        draw_text(line, 0, line.columns - width - 1, ROLE_DIM, right);
    int field_columns = line.columns - x - (has_room ? width + 3 : 1);
    const struct alert *alert = attendance_alert(state);
    bool reason_has_focus =
        alert != NULL && alert->stage == STAGE_REASON && field_is_empty(&state->field);
    field_draw(&state->field, line, 0, x, field_columns < 40 ? field_columns : 40,
               !reason_has_focus);
}

/* --- the verdict --- */

static const char *ordinal(int number)
{
    int tens = number % 100;
    if (tens >= 11 && tens <= 13)
        return "th";
    switch (number % 10) {
    case 1:
        return "st";
    case 2:
        return "nd";
    case 3:
        return "rd";
    default:
        return "th";
    }
}

void attendance_identity(const struct verdict *verdict, char *text, size_t size)
{
    text[0] = '\0';
    if (verdict->customer_id != 0)
        text_append(text, size, "#%lld", (long long)verdict->customer_id);
    if (verdict->keytag[0] != '\0')
        text_append(text, size, " %s %s", sign_text(SIGN_DOT), verdict->keytag);
}

void attendance_add_part(char *text, size_t size, const char *part)
{
    if (part[0] != '\0')
        text_append(text, size, "%s%s%s%s", text[0] != '\0' && !term_is_plain() ? " " : "",
                    text[0] != '\0' ? sign_text(SIGN_DOT) : "", text[0] != '\0' ? " " : "", part);
}

/* A part that does not fit is left out whole. */
static void add_fitting(char *text, size_t size, const char *part, int columns)
{
    char longer[512];
    snprintf(longer, sizeof longer, "%s", text);
    attendance_add_part(longer, sizeof longer, part);
    if (text_width(longer) <= columns)
        attendance_add_part(text, size, part);
}

static void membership_facts(const struct verdict *verdict, int columns, char *text, size_t size)
{
    char part[160];
    text[0] = '\0';
    if (verdict->plan[0] != '\0' && verdict->ends != DATE_NONE && verdict->days_left > 0)
        snprintf(part, sizeof part, "%s, %d day%s left", verdict->plan, verdict->days_left,
                 verdict->days_left == 1 ? "" : "s");
    else if (verdict->plan[0] != '\0' && verdict->ends != DATE_NONE && verdict->days_left == 0)
        snprintf(part, sizeof part, "%s, last day today", verdict->plan);
    else
        snprintf(part, sizeof part, "%s", verdict->plan);
    attendance_add_part(text, size, part);
    if (verdict->visits_this_month > 0) {
        snprintf(part, sizeof part, "%d%s visit this month", verdict->visits_this_month,
                 ordinal(verdict->visits_this_month));
        add_fitting(text, size, part, columns);
    }
    add_fitting(text, size, verdict->habit, columns);
}

/* Reasons from `first` on, as "! owes 39.00 · ★ birthday". */
enum role attendance_reasons_text(const struct verdict *verdict, int first, char *text, size_t size)
{
    enum role role = ROLE_DIM;
    text[0] = '\0';
    for (int i = first; i < verdict->reason_count; i++) {
        const struct reason *reason = &verdict->reasons[i];
        if (reason->policy == POLICY_IGNORE)
            continue;
        char part[200];
        enum sign sign = SIGN_WARN;
        if (reason->policy == POLICY_DENY)
            sign = SIGN_BAD;
        else if (reason->code == REASON_BIRTHDAY)
            sign = SIGN_STAR;
        snprintf(part, sizeof part, "%s %s", sign_text(sign), reason->text);
        attendance_add_part(text, size, part);
        if (reason->policy == POLICY_DENY)
            role = ROLE_BAD;
        else if (role != ROLE_BAD)
            role = ROLE_WARN;
    }
    return role;
}

static struct banner verdict_banner(const struct attendance *state)
{
    switch (state->verdict.result) {
    case VERDICT_OUT:
        return (struct banner){SIGN_OUT, ROLE_GOOD_BIG, "OUT"};
    case VERDICT_UNDONE:
        return (struct banner){SIGN_WARN, ROLE_WARN_BIG, "UNDONE"};
    case VERDICT_IN:
    case VERDICT_DENIED:
    case VERDICT_ALREADY_IN:
    case VERDICT_REPEAT:
    case VERDICT_UNKNOWN:
    case VERDICT_NOT_IN:
        break; /* the others are alerts, they do not come here */
    }
    /* In, but with something that would have kept others out. */
    for (int i = 0; i < state->verdict.reason_count; i++) {
        if (state->verdict.reasons[i].code <= REASON_GRACE &&
            state->verdict.reasons[i].policy != POLICY_IGNORE)
            return (struct banner){SIGN_WARN, ROLE_WARN_BIG, "IN"};
    }
    return (struct banner){SIGN_GOOD, ROLE_GOOD_BIG, "IN"};
}

/* "✔ IN   Anahit Petrosyan                       #10482 · 2041 7733" */
int attendance_draw_banner(struct area line, int x, struct banner banner, const char *name,
                           const char *right)
{
    x += draw_format(line, 0, x, banner.role, " %s %s ", sign_text(banner.sign), banner.word) + 2;
    int width = text_width(right);
    if (x + text_width(name) + 2 + width >= line.columns)
        width = 0;
    struct area middle = area_part(line, 0, x, 1, width > 0 ? line.columns - x - width - 2 : REST);
    draw_text(middle, 0, 0, ROLE_STRONG, name);
    if (width > 0)
        draw_text(line, 0, line.columns - width - 1, ROLE_DIM, right);
    return x;
}

/* For a screen reader the outcome is one line of text, who and what first. */
static void draw_plain_verdict(const struct verdict *verdict, struct banner banner,
                               const char *facts, const char *reasons, struct area area)
{
    char line[1200];
    snprintf(line, sizeof line, "%s %s: %s, number %lld", sign_text(banner.sign), banner.word,
             verdict->name, (long long)verdict->customer_id);
    text_drop_partial(line);
    attendance_add_part(line, sizeof line, facts);
    attendance_add_part(line, sizeof line, reasons);
    draw_paragraph(area, 0, 1, banner.role, line, false);
}

static void draw_verdict(const struct attendance *state, struct area area)
{
    const struct verdict *verdict = &state->verdict;
    char right[80], facts[256], reasons[512];
    attendance_identity(verdict, right, sizeof right);
    int name_at = term_is_plain() ? 2
                                  : attendance_draw_banner(area, 1, verdict_banner(state),
                                                           verdict->name, right);
    int indent = area.columns >= 60 ? name_at : 2;
    struct area body = area_part(area, 1, indent, REST, REST);

    facts[0] = '\0';
    if (verdict->result == VERDICT_OUT) {
        char lasted[16], left[16];
        date_format_duration(lasted, sizeof lasted, verdict->seconds_in);
        date_format_clock(left, sizeof left, verdict->at_local);
        snprintf(facts, sizeof facts, "left at %s after %s", left, lasted);
    } else if (verdict->result == VERDICT_UNDONE) {
        snprintf(facts, sizeof facts, "%s", state->verdict_note);
    } else {
        membership_facts(verdict, term_is_plain() ? INT_MAX : body.columns - 1, facts,
                         sizeof facts);
    }
    if (!term_is_plain())
        draw_text(body, 0, 0, ROLE_TEXT, facts);

    enum role role = ROLE_DIM;
    reasons[0] = '\0';
    if (verdict->result == VERDICT_IN)
        role = attendance_reasons_text(verdict, 0, reasons, sizeof reasons);
    if (verdict->result != VERDICT_UNDONE)
        attendance_add_part(reasons, sizeof reasons, state->verdict_note);
    if (term_is_plain())
        draw_plain_verdict(verdict, verdict_banner(state), facts, reasons, area);
    else
        draw_paragraph(body, 1, 0, role, reasons, false);
}

static void draw_quiet(const struct attendance *state, struct area area)
{
    if (state->offline)
        return;
    const struct occupancy *today = &state->occupancy;
    if (!state->has_occupancy)
        return;
    draw_format(area, 0, 2, ROLE_DIM, "Today: %d in, %d out, %d turned away",
                today->check_ins_today, today->check_outs_today, today->denied_today);
}

static void draw_waiting(const struct attendance *state, struct area area)
{
    const char *words = attendance_job_words(&state->now);
    if (state->unknown) {
        struct area line = area_part(area, 0, 0, 1, REST);
        attendance_draw_banner(line, 1,
                               (struct banner){SIGN_WARN, ROLE_WARN_BIG, "OUTCOME UNKNOWN"},
                               state->now.who, "");
        struct area body = area_part(area, 1, 2, REST, REST);
        char text[320];
        snprintf(text, sizeof text,
                 "Connection lost while %s %s. Whether it was done is looked up as soon as the "
                 "database is back.",
                 words, state->now.who);
        draw_paragraph(body, 0, 0, ROLE_WARN, text, false);
        return;
    }
    draw_format(area, 0, 2, ROLE_DIM, "%s %s %s",
                state->now.kind == JOB_NAME ? "Looking for" : "Still",
                state->now.kind == JOB_NAME ? "" : words, state->now.who);
}

/* --- the house --- */

static void draw_occupancy(const struct attendance *state, struct area line)
{
    if (!state->has_occupancy) {
        draw_text(line, 0, 2, ROLE_DIM, "In now …");
        return;
    }
    const struct occupancy *now = &state->occupancy;
    int x = 2;
    x += draw_text(line, 0, x, ROLE_LABEL, "In now") + 2;
    x += draw_format(line, 0, x, state->offline ? ROLE_DIM : ROLE_STRONG, "%d", now->inside);
    double share = 0;
    enum role role = state->offline ? ROLE_DIM : ROLE_GOOD;
    if (now->capacity > 0) {
        share = (double)now->inside / now->capacity;
        x += draw_format(line, 0, x, ROLE_TEXT, " of %d", now->capacity) + 2;
        if (share >= 1 && !state->offline)
            role = ROLE_BAD;
        else if (share >= NEARLY_FULL && !state->offline)
            role = ROLE_WARN;
        int bar = line.columns >= 76 ? 26 : line.columns >= 60 ? 14 : 8;
        if (term_is_plain()) {
            x += draw_format(line, 0, x, role, "%.0f %%%s", share * 100,
                             share >= 1             ? " full"
                             : share >= NEARLY_FULL ? " nearly full"
                                                    : " of the places");
        } else if (x + bar + 8 <= line.columns) {
            chart_bar(line, 0, x, bar, share > 1 ? 1 : share, role);
            x += bar + 2;
            x += draw_format(line, 0, x, role, "%.0f %%%s", share * 100,
                             share >= 1             ? " full"
                             : share >= NEARLY_FULL ? " nearly full"
                                                    : "");
        }
    }
    if (now->usual_now >= 0) {
        char usual[48];
        snprintf(usual, sizeof usual, "%d usual at this hour", now->usual_now);
        if (x + 2 + text_width(usual) > line.columns - 1)
            snprintf(usual, sizeof usual, "usual %d", now->usual_now);
        int width = text_width(usual);
        if (x + 2 + width <= line.columns - 1)
            draw_text(line, 0, line.columns - width - 1, ROLE_DIM, usual);
    }
}

static void draw_list(struct attendance *state, struct area area)
{
    if (attendance_is_finding(state)) {
        table_draw(state->found, area, area.rows >= 4, true);
        return;
    }
    struct table *table = state->list == LIST_INSIDE ? state->inside : state->feed;
    table_set_cursor(table, state->list_chosen);
    table_draw(table, area, area.rows >= 4, state->list_chosen);
}

/* Someone else may have been let in since the panel came up: that stays in sight above it. */
static void draw_above_panel(const struct attendance *state, struct area line)
{
    char right[160];
    attendance_identity(&state->verdict, right, sizeof right);
    attendance_draw_banner(line, 1, verdict_banner(state), state->verdict.name, right);
}

void attendance_draw(void *memory, struct area area)
{
    struct attendance *state = memory;
    const struct alert *alert = attendance_alert(state);
    bool roomy = area.rows >= ROOMY_ROWS;
    bool waiting = state->busy && (state->slow || state->unknown);
    bool framed = area.rows >= FRAME_ROWS && area.columns >= 50 && !term_is_plain();
    draw_clear(area, ROLE_TEXT);

    /* Where things go, from the top; drawn from the bottom, so that dimming the lists touches
     * nothing else and the terminal's cursor ends up in the field. */
    struct area field = area_take_top(&area, 1);
    struct area above = {0}, panel = {0}, top = {0};
    area_take_top(&area, roomy ? 1 : 0);
    if (alert != NULL) {
        if (waiting)
            above = area_take_top(&area, state->unknown && area.rows > 8 ? 3 : 1);
        else if (state->has_verdict && state->verdict_is_newer && roomy)
            above = area_take_top(&area, 1);
        panel = area_take_top(&area, attendance_alert_rows(state, alert, area.columns, framed));
    } else {
        top = area_take_top(&area, roomy ? 4 : area.rows >= 8 ? 3 : 2);
    }
    struct area rule = area_take_top(&area, roomy ? 1 : 0);
    struct area house = area_take_top(&area, 1);
    struct area heading = area_take_top(&area, roomy ? 1 : 0);

    draw_list(state, area);
    if (alert != NULL && !attendance_is_finding(state))
        draw_dim(area);
    if (state->list == LIST_INSIDE && !attendance_is_finding(state))
        draw_text(heading, 0, 2, ROLE_LABEL,
                  "Who is in, longest first. Arrows and Enter check out, Esc goes back.");
    else if (attendance_is_finding(state) && table_count(state->found) > 0)
        draw_format(heading, 0, 2, ROLE_LABEL,
                    "Enter checks %s the first one, or whom the arrows choose.",
                    state->out_mode ? "out" : "in");
    draw_occupancy(state, house);
    if (roomy)
        draw_rule(rule, 0);
    if (waiting)
        draw_waiting(state, alert != NULL ? above : top);
    else if (alert != NULL && above.rows > 0)
        draw_above_panel(state, above);
    else if (alert == NULL && state->has_verdict)
        draw_verdict(state, top);
    else if (alert == NULL)
        draw_quiet(state, top);
    if (alert != NULL)
        attendance_draw_alert(state, alert, panel, framed);
    draw_field_line(state, field);
    if (term_is_plain() && state->announce && !waiting)
        draw_cursor(alert != NULL ? panel : top, 0, 1);
}
