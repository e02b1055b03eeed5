/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of the members' list says. The column "state" holds the one thing that matters most
 * about this member now, in the order of the desk's reasons (DESK.md, Check-in). */
#include "members_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

/* A term that ends within so many days, and an absence of so many, is worth a sign in the list. */
#define ENDS_SOON    7
#define ABSENT_SINCE 21

const struct table_column members_columns[MEMBERS_COLUMNS] = {
    [MEMBERS_NAME] = {"Name", 18, 3, ALIGN_LEFT, 0, true},
    [MEMBERS_NUMBER] = {"Number", 7, 0, ALIGN_RIGHT, 1, true},
    [MEMBERS_PLAN] = {"Plan", 9, 1, ALIGN_LEFT, 4, false},
    [MEMBERS_ENDS] = {"Ends", 8, 0, ALIGN_LEFT, 3, true},
    [MEMBERS_LAST_VISIT] = {"Visited", 9, 0, ALIGN_LEFT, 2, true},
    [MEMBERS_STATE] = {"State", 12, 0, ALIGN_LEFT, 0, false},
    [MEMBERS_OWES] = {"Owes", 8, 0, ALIGN_RIGHT, 6, false},
    [MEMBERS_SEGMENT] = {"Segment", 14, 0, ALIGN_LEFT, 5, false},
    [MEMBERS_VALUE] = {"Value", 7, 0, ALIGN_RIGHT, 8, true},
    [MEMBERS_PHONE] = {"Phone", 16, 0, ALIGN_LEFT, 7, false},
};

static bool is_former(const struct member_row *row)
{
    return strcmp(row->status, "cancelled") == 0 || strcmp(row->status, "expired") == 0;
}

static void write_state(const struct members_state *state, const struct member_row *row, char *text,
                        size_t size, enum role *role)
{
    const char *bad = sign_text(SIGN_BAD), *warn = sign_text(SIGN_WARN);
    int32_t absent = row->last_visit == DATE_NONE ? 0 : state->today - row->last_visit;
    if (row->is_banned) {
        snprintf(text, size, "%s banned", bad);
        *role = ROLE_BAD;
    } else if (is_former(row)) {
        snprintf(text, size, "%s %s", bad, row->status);
        *role = ROLE_BAD;
    } else if (strcmp(row->status, "frozen") == 0) {
        snprintf(text, size, "%s frozen", warn);
        *role = ROLE_WARN;
    } else if (row->balance > 0) {
        char amount[32];
        money_format_whole(amount, sizeof amount, row->balance);
        snprintf(text, size, "%s owes %s", warn, amount);
        *role = ROLE_WARN;
    } else if (row->ends != DATE_NONE && row->ends - state->today <= ENDS_SOON &&
               !row->has_day_pass) {
        int32_t left = row->ends - state->today;
        if (left == 0)
            snprintf(text, size, "%s last day", warn);
        else
            snprintf(text, size, "%s %d d left", warn, (int)left);
        *role = ROLE_WARN;
    } else if (absent >= ABSENT_SINCE && !row->is_in) {
        snprintf(text, size, "%s absent", warn);
        *role = ROLE_WARN;
    } else {
        snprintf(text, size, "%s %s", sign_text(SIGN_GOOD), row->is_in ? "in now" : "active");
        *role = row->is_in ? ROLE_GOOD : ROLE_TEXT; /* the ordinary stays quiet */
    }
}

/* "14 Dec"; of a year that is far, the month is enough: "Oct 2025". */
static void write_ends(char *text, size_t size, int32_t ends, int32_t today)
{
    date_format_short(text, size, ends, today);
    if (text_width(text) > members_columns[MEMBERS_ENDS].width) {
        struct date_civil civil = date_to_civil(ends);
        snprintf(text, size, "%s %d", date_month_name(civil.month), civil.year);
    }
}

void members_write_cell(void *owner, const void *row_, int column, char *text, size_t size,
                        enum role *role)
{
    const struct members_state *state = owner;
    const struct member_row *row = row_;
    switch ((enum members_column)column) {
    case MEMBERS_NAME:
        snprintf(text, size, "%s%s%s",
                 members_is_marked(state, row->customer_id) ? sign_text(SIGN_MARK) : "",
                 members_is_marked(state, row->customer_id) ? " " : "", row->name);
        /* Who left steps back, so that the eye meets the members. */
        *role = is_former(row) ? ROLE_DIM : ROLE_STRONG;
        break;
    case MEMBERS_NUMBER:
        snprintf(text, size, "%" PRId64, row->customer_id);
        break;
    case MEMBERS_PLAN:
        snprintf(text, size, "%s", row->plan);
        break;
    case MEMBERS_ENDS:
        write_ends(text, size, row->ends, state->today);
        if (row->ends != DATE_NONE && row->ends < state->today)
            *role = ROLE_DIM;
        break;
    case MEMBERS_LAST_VISIT:
        if (row->is_in)
            snprintf(text, size, "in now");
        else if (row->last_visit == DATE_NONE)
            snprintf(text, size, "never");
        else
            date_format_ago(text, size, row->last_visit, state->today);
        break;
    case MEMBERS_STATE:
        write_state(state, row, text, size, role);
        break;
    case MEMBERS_OWES:
        if (row->balance > 0)
            money_format(text, size, row->balance);
        break;
    case MEMBERS_SEGMENT:
        snprintf(text, size, "%s", row->segment);
        break;
    case MEMBERS_VALUE:
        if (row->has_value)
            money_format_whole(text, size, (money)(row->value * 100));
        break;
    case MEMBERS_PHONE:
        snprintf(text, size, "%s", row->phone);
        break;
    case MEMBERS_COLUMNS:
        break;
    }
}

bool members_filter_is_set(const struct members_state *state)
{
    const struct members_argument *filter = &state->filter;
    return filter->status[0] || filter->package_id || filter->expiring_within >= 0 ||
           filter->owing || filter->absent_days >= 0 || filter->segment[0];
}

static void add_words(char *dst, size_t size, const char *words)
{
    text_append(dst, size, "%s%s", dst[0] ? ", " : "", words);
}

void members_filter_words(const struct members_state *state, char *dst, size_t size)
{
    const struct members_argument *filter = &state->filter;
    char words[64];
    dst[0] = 0;
    if (filter->status[0])
        add_words(dst, size, filter->status);
    if (filter->package_id) {
        snprintf(words, sizeof words, "%" PRId64, filter->package_id);
        const char *plan = choices_text(&state->plan_filter, words);
        add_words(dst, size, plan[0] ? plan : "one plan");
    }
    if (filter->expiring_within >= 0) {
        snprintf(words, sizeof words, "expiring ≤ %d d", filter->expiring_within);
        add_words(dst, size, words);
    }
    if (filter->owing)
        add_words(dst, size, "owing");
    if (filter->absent_days >= 0) {
        snprintf(words, sizeof words, "absent ≥ %d d", filter->absent_days);
        add_words(dst, size, words);
    }
    if (filter->segment[0])
        add_words(dst, size, filter->segment);
}
