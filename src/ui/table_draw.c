/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Columns are laid out anew each time: the ones of the highest priority number go until the rest
 * fits, and what is left over is shared by weight.
 */
#include "gymtui/ui/table.h"

#include <stdint.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/click.h"
#include "gymtui/ui/term.h"
#include "internal.h"
#include "table_private.h"

#define GAP    2 /* between columns */
#define MARGIN 2 /* for the cursor's sign */
#define NARROW 60

/* Which columns are there and how wide, for `room` columns of screen. 0: dropped. */
static void lay_out(const struct table *table, int room, int *widths)
{
    bool shown[TABLE_COLUMNS_MOST];
    int needed;
    int weights;
    for (int i = 0; i < table->column_count; i++) {
        shown[i] = table->columns[i].width > 0;
    }
    for (;;) {
        int first_to_go = -1;
        needed = -GAP;
        weights = 0;
        for (int i = 0; i < table->column_count; i++) {
            if (shown[i]) {
                needed += table->columns[i].width + GAP;
                weights += table->columns[i].weight;
                if (table->columns[i].priority > 0 &&
                    (first_to_go < 0 ||
                     table->columns[i].priority >= table->columns[first_to_go].priority)) {
                    first_to_go = i;
                }
            }
        }
        if (needed <= room || first_to_go < 0) {
            break;
        }
        shown[first_to_go] = false;
    }
    int spare = room - needed;
    for (int i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        widths[i] = shown[i] ? column->width : 0;
        if (shown[i] && spare > 0 && weights > 0 && column->weight > 0) {
            int extra = spare * column->weight / weights;
            widths[i] += extra;
            spare -= extra;
            weights -= column->weight;
        } else if (shown[i] && spare < 0 && column->weight > 0) { /* too narrow for everything */
            int least = column->width < 4 ? column->width : 4;
            int cut = widths[i] + spare < least ? widths[i] - least : -spare;
            widths[i] -= cut;
            spare += cut;
        }
    }
}

static void draw_heading(const struct table *table, struct area area, const int *widths)
{
    int x = MARGIN;
    for (int i = 0; i < table->column_count; i++) {
        if (widths[i] == 0) {
            continue;
        }
        const struct table_column *column = &table->columns[i];
        if (i == table->sort) {
            char title[128] = "";
            char clipped[128];
            const char *arrow = sign_text(table->descending ? SIGN_DOWN : SIGN_UP);
            /* The whole word goes before the air. */
            bool is_tight = text_width(column->title) + 2 > widths[i];
            text_clip(clipped, sizeof clipped, column->title, widths[i] - (is_tight ? 1 : 2),
                      draw_ellipsis());
            text_append(title, sizeof title, "%s%s%s", clipped, is_tight ? "" : " ", arrow);
            draw_cell(area, 0, x, widths[i], column->align, ROLE_STRONG, title);
        } else {
            draw_cell(area, 0, x, widths[i], column->align, ROLE_LABEL, column->title);
        }
        x += widths[i] + GAP;
    }
}

/* Lights what matches in a cell that was drawn `shift` columns into its place. Folding changes
 * bytes, so the columns are counted code by code. */
static void light_match(struct area area, int y, int x, int width, const char *text,
                        const char *word)
{
    size_t wanted = strlen(word);
    for (const char *start = text; *start != '\0';) {
        char folded[TABLE_FOLD_SIZE] = "";
        const char *end = start;
        uint32_t code;
        size_t used = text_decode(end, &code);
        size_t first = used;
        while (used > 0 && strlen(folded) < wanted) {
            char one[8] = {0};
            char part[16];
            memcpy(one, end, used);
            text_fold(part, sizeof part, one);
            if (strncmp(part, word + strlen(folded), strlen(part)) != 0 &&
                strncmp(part, word + strlen(folded), wanted - strlen(folded)) != 0) {
                break;
            }
            text_append(folded, sizeof folded, "%s", part);
            end += used;
            used = text_decode(end, &code);
        }
        if (end > start && strncmp(folded, word, wanted) == 0) {
            char before[TABLE_CELL] = "";
            char match[TABLE_CELL] = "";
            memcpy(before, text, (size_t)(start - text));
            memcpy(match, start, (size_t)(end - start));
            int from = text_width(before);
            int length = text_width(match);
            length = from + length > width ? width - from : length;
            draw_look(area, y, x + from, length, ROLE_MATCH);
            start = end;
        } else {
            start += first;
        }
    }
}

static void light_matches(const struct table *table, struct area area, int y, int x, int width,
                          enum align align, const char *text)
{
    char shown[TABLE_CELL];
    char words[TABLE_FOLD_SIZE];
    char *rest = NULL;
    draw_prepare(shown, sizeof shown, text);
    int used = text_width(shown) < width ? text_width(shown) : width;
    x += align == ALIGN_RIGHT ? width - used : align == ALIGN_CENTRE ? (width - used) / 2 : 0;
    memcpy(words, table->match, sizeof words);
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        light_match(area, y, x, used, shown, word);
    }
}

static void draw_row(const struct table *table, struct area area, int y, int index, bool focused,
                     const int *widths)
{
    bool here = index == table->cursor && !table->cursor_hidden;
    bool dim = table->stale || table->old;
    enum role line = here && focused ? ROLE_CURSOR : dim ? ROLE_DIM : ROLE_TEXT;
    int x = MARGIN;
    draw_cell(area, y, 0, area.columns, ALIGN_LEFT, line, "");
    if (here) {
        draw_text(area, y, 0, line, sign_text(SIGN_CURSOR));
    }
    for (int i = 0; i < table->column_count; i++) {
        if (widths[i] == 0) {
            continue;
        }
        char text[TABLE_CELL] = "";
        enum role role = line;
        table->cell(table->owner, table_row(table, index), i, text, sizeof text, &role);
        role = line != ROLE_TEXT ? line : role;
        draw_cell(area, y, x, widths[i], table->columns[i].align, role, text);
        if (table->match[0] != '\0' && line == ROLE_TEXT) {
            light_matches(table, area, y, x, widths[i], table->columns[i].align, text);
        }
        x += widths[i] + GAP;
    }
}

static void draw_empty(const struct table *table, struct area area)
{
    const char *text = table->empty[0] != '\0' ? table->empty : "…";
    int width = text_width(text);
    int columns = width < area.columns - 4 ? width : area.columns - 4;
    if (columns < 1) {
        columns = area.columns;
    }
    struct area middle =
        area_part(area, area.rows / 3, (area.columns - columns) / 2, area.rows, columns);
    draw_paragraph(middle, 0, 0, ROLE_DIM, text, false);
}

void table_draw(struct table *table, struct area area, bool heading, bool focused)
{
    int widths[TABLE_COLUMNS_MOST] = {0};
    /* A blank at the right edge, as in the bars, where there is room for one. */
    lay_out(table, area.columns - MARGIN - (area.columns > NARROW ? 1 : 0), widths);
    draw_clear(area, ROLE_TEXT);
    if (heading) {
        draw_heading(table, area_take_top(&area, 1), widths);
    }
    table->height = area.rows > 0 ? area.rows : 1;
    table_settle(table);
    if (table->count == 0) {
        draw_empty(table, area);
    }
    for (int y = 0; y < area.rows && table->top + y < table->count; y++) {
        draw_row(table, area, y, table->top + y, focused, widths);
        click_offer(area, y, 0, area.columns, (struct click){CLICK_ROW, table->top + y, table});
    }
    /* A screen reader reads the line where the cursor stands. */
    if (term_is_plain() && focused && !table->cursor_hidden && table->count > 0) {
        draw_cursor(area, table->cursor - table->top, MARGIN);
    }
}
