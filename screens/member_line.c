/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The membership as a bar on a time line: one column is a few days; terms are solid, what was paid
 * but lies ahead is shaded, freezes are cut out, gaps are a thin line; a mark stands under today.
 */
#include "member_card.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

enum cell { CELL_NONE, CELL_TERM, CELL_AHEAD, CELL_FROZEN };

/* At most two years back and one year ahead, so that a column stays a meaningful time. */
#define BACK_DAYS  730
#define AHEAD_DAYS 366

struct span {
    int32_t from, days;
    int columns;
};

static struct span choose_span(const struct member_state *state, int columns)
{
    int32_t today = state->today, from = today - 60, until = today + 30;
    for (int i = 0; i < state->card.term_count; i++) {
        if (state->terms[i].starts < from)
            from = state->terms[i].starts;
        if (state->terms[i].ends + 10 > until)
            until = state->terms[i].ends + 10;
    }
    if (from < today - BACK_DAYS)
        from = today - BACK_DAYS;
    if (until > today + AHEAD_DAYS)
        until = today + AHEAD_DAYS;
    return (struct span){from, until - from + 1, columns};
}

static int32_t column_day(const struct span *span, int column)
{
    return span->from + (int32_t)((int64_t)span->days * column / span->columns);
}

static int day_column(const struct span *span, int32_t day)
{
    int64_t column = (int64_t)(day - span->from) * span->columns / span->days;
    return column < 0 ? 0 : column >= span->columns ? span->columns - 1 : (int)column;
}

/* What happens between two days; a freeze of a few days shows even in a column of many. */
static enum cell what_happens(const struct member_state *state, int32_t from, int32_t until)
{
    for (int i = 0; i < state->card.freeze_count; i++)
        if (state->freezes[i].starts <= until && from <= state->freezes[i].ends)
            return CELL_FROZEN;
    int32_t middle = from + (until - from) / 2;
    for (int i = 0; i < state->card.term_count; i++) {
        const struct member_term *term = &state->terms[i];
        int32_t ends = term->cancelled_on != DATE_NONE && term->cancelled_on < term->ends
                           ? term->cancelled_on
                           : term->ends;
        if (term->starts <= middle && middle <= ends)
            return middle > state->today ? CELL_AHEAD : CELL_TERM;
    }
    return CELL_NONE;
}

static const char *cell_text(enum cell cell)
{
    switch (cell) {
    case CELL_NONE:
        return "·";
    case CELL_TERM:
        return "█";
    case CELL_AHEAD:
        return "▒";
    case CELL_FROZEN:
        return "─";
    }
    return " ";
}

static enum role cell_role(enum cell cell)
{
    switch (cell) {
    case CELL_NONE:
        return ROLE_DIM;
    case CELL_TERM:
        return ROLE_GOOD;
    case CELL_AHEAD:
        return ROLE_ACCENT;
    case CELL_FROZEN:
        return ROLE_WARN;
    }
    return ROLE_TEXT;
}

/* Month names where there is room: January with its year. */
static void draw_months(const struct member_state *state, const struct span *span, struct area area,
                        int y, int x)
{
    struct date_civil first = date_to_civil(span->from);
    int32_t month = date_from_civil(first.year, first.month, 1);
    int today = day_column(span, state->today);
    const char *word = "▲ today", *word_before = "today ▲";
    /* The mark stays under its day; where the word has no room behind it, it goes before it. */
    bool is_before = today + text_width(word) > span->columns;
    int word_at = is_before ? today + 1 - text_width(word_before) : today;
    word_at = word_at < 0 ? 0 : word_at;
    int free_from = 0;
    while ((month = date_add_months(month, 1, 1)) < span->from + span->days) {
        struct date_civil civil = date_to_civil(month);
        char label[16];
        if (civil.month == 1)
            snprintf(label, sizeof label, "%d", civil.year);
        else
            snprintf(label, sizeof label, "%s", date_month_name(civil.month));
        int at = day_column(span, month), width = text_width(label);
        bool hits_today = at < word_at + text_width(word) + 1 && word_at - 1 < at + width;
        if (at < free_from || at + width > span->columns || hits_today)
            continue;
        draw_text(area, y, x + at, ROLE_DIM, label);
        free_from = at + width + 2;
    }
    draw_text(area, y, x + word_at, ROLE_STRONG, is_before ? word_before : word);
}

/* The same for a screen reader: the last terms and freezes, from when to when. */
static int say_in_words(const struct member_state *state, struct area area, int y, int x)
{
    char words[400] = "", from[32], until[32];
    for (int i = 0; i < state->card.term_count && i < 3; i++) {
        date_format_short(from, sizeof from, state->terms[i].starts, state->today);
        date_format_short(until, sizeof until, state->terms[i].ends, state->today);
        text_append(words, sizeof words, "%spaid from %s to %s", words[0] ? ", " : "", from, until);
    }
    for (int i = 0; i < state->card.freeze_count && i < 2; i++) {
        date_format_short(from, sizeof from, state->freezes[i].starts, state->today);
        date_format_short(until, sizeof until, state->freezes[i].ends, state->today);
        text_append(words, sizeof words, "%sfrozen from %s to %s", words[0] ? ", " : "", from,
                    until);
    }
    draw_text(area, y, x, ROLE_TEXT, words[0] ? words : "never paid");
    return 1;
}

int member_line_draw(const struct member_state *state, struct area area, int y, int x, int columns)
{
    if (term_is_plain())
        return say_in_words(state, area, y, x);
    if (columns < 20)
        return 0;
    struct span span = choose_span(state, columns);
    for (int column = 0; column < columns; column++) {
        int32_t from = column_day(&span, column), until = column_day(&span, column + 1) - 1;
        enum cell cell = what_happens(state, from, until < from ? from : until);
        draw_text(area, y, x + column, cell_role(cell), cell_text(cell));
    }
    draw_months(state, &span, area, y + 1, x);
    /* What the thin line means, below the row's label. */
    bool frozen = false;
    for (int i = 0; i < state->card.freeze_count; i++)
        frozen = frozen || state->freezes[i].ends >= span.from;
    if (frozen && x >= 11)
        draw_text(area, y, 3, ROLE_WARN, "─ frozen");
    return 2;
}
