/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/ui/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/click.h"
#include "gymtui/ui/field.h"
#include "internal.h"

#define LINES_MOST 96

struct help_line {
    char keys[96];
    const char *label, *text;
};

struct help {
    char title[80];
    char about[512];
    struct help_line lines[LINES_MOST];
    int count;
    struct field filter;
    int top;
};

static void add_line(void *owner, const struct key_entry *entry, const char *keys)
{
    struct help *help = owner;
    if (help->count < LINES_MOST) {
        struct help_line *line = &help->lines[help->count++];
        text_append(line->keys, sizeof line->keys, "%s", keys);
        line->label = entry->label;
        line->text = entry->help;
    }
}

struct help *help_new(const char *title, const char *about, const struct keymap *keymap)
{
    struct help *help = calloc(1, sizeof *help);
    if (help != NULL) {
        text_append(help->title, sizeof help->title, "%s", title);
        text_append(help->about, sizeof help->about, "%s", about != NULL ? about : "");
        keymap_visit(keymap, add_line, help);
    }
    return help;
}

void help_free(struct help *help)
{
    free(help);
}

static bool has_folded(const char *text, const char *folded)
{
    char mine[512];
    text_fold(mine, sizeof mine, text);
    return strstr(mine, folded) != NULL;
}

static bool matches(const struct help *help, const struct help_line *line)
{
    char wanted[FIELD_SIZE];
    text_fold(wanted, sizeof wanted, help->filter.text);
    return wanted[0] == '\0' || has_folded(line->keys, wanted) || has_folded(line->label, wanted) ||
           has_folded(line->text, wanted);
}

static int count_matches(const struct help *help)
{
    int count = 0;
    for (int i = 0; i < help->count; i++) {
        count += matches(help, &help->lines[i]) ? 1 : 0;
    }
    return count;
}

bool help_key(struct help *help, uint32_t key)
{
    int last = count_matches(help) - 1;
    switch (key) {
    case KEY_CODE_ESCAPE:
        if (!field_is_empty(&help->filter)) {
            field_clear(&help->filter);
            help->top = 0;
            return true;
        }
        return false;
    case KEY_CODE_ENTER:
    case KEY_CODE_F1:
        return false;
    case KEY_CODE_UP:
        help->top--;
        break;
    case KEY_CODE_DOWN:
        help->top++;
        break;
    case KEY_CODE_PAGE_UP:
        help->top -= 10;
        break;
    case KEY_CODE_PAGE_DOWN:
        help->top += 10;
        break;
    default:
        if (key == '?' && field_is_empty(&help->filter)) {
            return false;
        }
        if (field_key(&help->filter, key)) {
            help->top = 0;
        }
        return true;
    }
    help->top = help->top > last ? last : help->top;
    help->top = help->top < 0 ? 0 : help->top;
    return true;
}

static int widest_keys(const struct help *help)
{
    int widest = 0;
    for (int i = 0; i < help->count; i++) {
        int width = text_width(help->lines[i].keys);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* Rows that a line's sentence takes beside so many columns of keys. */
static int line_rows(const struct help_line *line, int keys, int columns)
{
    struct area measure = {0, 0, 1000, columns - keys - 2 > 1 ? columns - keys - 2 : 1};
    int rows = draw_paragraph(measure, 0, 0, ROLE_TEXT, line->text, true);
    return rows > 1 ? rows : 1;
}

static void draw_lines(const struct help *help, struct area area)
{
    const struct help_line *shown[LINES_MOST];
    int heights[LINES_MOST], count = 0;
    int keys = widest_keys(help);
    keys = keys > area.columns / 3 ? area.columns / 3 : keys;
    for (int i = 0; i < help->count; i++) {
        if (matches(help, &help->lines[i])) {
            shown[count] = &help->lines[i];
            heights[count] = line_rows(shown[count], keys, area.columns);
            count++;
        }
    }
    if (count == 0) {
        draw_text(area, 0, 0, ROLE_DIM, "No key does that. Esc shows all of them again.");
        return;
    }
    int top = count, left = 0; /* rows from the first line that is shown to the end */
    while (top > 0 && (left + heights[top - 1] <= area.rows || top > help->top)) {
        left += heights[--top]; /* the last page stays full */
    }
    /* Where there is more, the last row says how much. */
    int room = left > area.rows && area.rows > 2 ? area.rows - 1 : area.rows;
    int y = 0;
    for (; top < count && (y == 0 || y + heights[top] <= room); top++) {
        draw_cell(area, y, 0, keys, ALIGN_RIGHT, ROLE_STRONG, shown[top]->keys);
        draw_paragraph(area, y, keys + 2, ROLE_TEXT, shown[top]->text, false);
        y += heights[top];
    }
    if (top < count) {
        draw_format(area, area.rows - 1, keys + 2, ROLE_DIM, "%s %d more", sign_text(SIGN_DOWN),
                    count - top);
    }
}

void help_draw(const struct help *help, struct area screen)
{
    int columns = screen.columns > 100  ? 96
                  : screen.columns > 50 ? screen.columns - 4
                                        : screen.columns;
    int rows = screen.rows > 14 ? screen.rows - 2 : screen.rows;
    struct area measure = {0, 0, 1000, columns > 7 ? columns - 6 : 1};
    int about = help->about[0] != '\0'
                    ? draw_paragraph(measure, 0, 0, ROLE_TEXT, help->about, true) + 1
                    : 0;
    int keys = widest_keys(help), lines = 0;
    keys = keys > measure.columns / 3 ? measure.columns / 3 : keys;
    for (int i = 0; i < help->count; i++) {
        lines += line_rows(&help->lines[i], keys, measure.columns);
    }
    if (rows > lines + about + 5) {
        rows = lines + about + 5;
    }
    struct area inside = draw_panel(screen, rows, columns, ROLE_STRONG, help->title);
    inside = area_part(inside, 0, 2, inside.rows, inside.columns - 4);
    if (about > 0 && inside.rows > about + 6) {
        draw_paragraph(area_take_top(&inside, about), 0, 0, ROLE_TEXT, help->about, false);
    }
    struct area ask = area_take_top(&inside, inside.rows > 4 ? 2 : 1);
    int x = draw_text(ask, 0, 0, ROLE_LABEL, "Find") + 2;
    field_draw(&help->filter, ask, 0, x, ask.columns - x < 30 ? ask.columns - x : 30, true);
    draw_lines(help, inside);
}

/* --- the two bars --- */

/* Makes what stands at the right fit: the first part (the gym's name) is cut, then left out, then
 * the next one; the last part, the time, stays longest. */
static const char *fit_right(const char *right, int room, char *dst, size_t size)
{
    const char *next;
    char separator[16]; /* as the one who wrote it wrote it: it differs without UTF-8 */
    snprintf(separator, sizeof separator, " %s ", sign_text(SIGN_DOT));
    while (text_width(right) > room && (next = strstr(right, separator)) != NULL) {
        char first[256] = "";
        int left = room - text_width(next);
        if (left >= 5) {
            text_append(first, sizeof first, "%.*s", (int)(next - right), right);
            text_clip(dst, size, first, left, draw_ellipsis());
            text_append(dst, size, "%s", next);
            return dst;
        }
        right = next + strlen(separator);
    }
    text_clip(dst, size, right, room > 0 ? room : 0, draw_ellipsis());
    return dst;
}

void bar_draw_top(struct area line, const char *const *tabs, int count, int here, const char *right)
{
    int needed = 0;
    for (int i = 0; i < count; i++) {
        needed += text_width(tabs[i]) + 2;
    }
    bool all = needed + 8 <= line.columns; /* and the time */
    int x = 0;
    draw_cell(line, 0, 0, line.columns, ALIGN_LEFT, ROLE_BAR, "");
    for (int i = 0; i < count; i++) {
        char tab[80] = "";
        text_append(tab, sizeof tab, " %s ", tabs[i]);
        if (all || i == here) {
            int used = draw_text(line, 0, x, i == here ? ROLE_BAR_HERE : ROLE_BAR, tab);
            click_offer(line, 0, x, used, (struct click){CLICK_TAB, i, NULL});
            x += used;
        }
    }
    char text[512];
    char fitting[512];
    text_clean(text, sizeof text, right != NULL ? right : "");
    fit_right(text, line.columns - x - 3, fitting, sizeof fitting);
    draw_text(line, 0, line.columns - text_width(fitting) - 1, ROLE_BAR, fitting);
}

struct bar {
    struct area line;
    int x;
    int kept; /* columns kept for the help key, which is in the bar however narrow it is */
    bar_offers_fn *offers;
    const void *owner;
    bool full;
};

static int entry_width(const struct key_entry *entry, const char *keys)
{
    char key[96] = "";
    text_append(key, sizeof key, "%.*s", (int)strcspn(keys, " "), keys);
    return text_width(key) + 1 + text_width(entry->label);
}

static void measure_help_key(void *owner, const struct key_entry *entry, const char *keys)
{
    struct bar *bar = owner;
    if (entry->command == COMMAND_HELP && (entry->flags & KEY_IN_BAR) != 0) {
        bar->kept = entry_width(entry, keys) + 2;
    }
}

static void draw_bar_entry(void *owner, const struct key_entry *entry, const char *keys)
{
    struct bar *bar = owner;
    bool is_help = entry->command == COMMAND_HELP;
    if ((entry->flags & KEY_IN_BAR) == 0 || (bar->full && !is_help)) {
        return;
    }
    if (bar->offers != NULL && !bar->offers(bar->owner, entry->command)) {
        return;
    }
    int room = bar->line.columns - bar->x - (is_help ? 0 : bar->kept);
    if (entry_width(entry, keys) > room) {
        bar->full = true;
        return;
    }
    char key[96] = "";
    text_append(key, sizeof key, "%.*s", (int)strcspn(keys, " "), keys);
    click_offer(bar->line, 0, bar->x, entry_width(entry, keys),
                (struct click){CLICK_COMMAND, entry->command, NULL});
    bar->x += draw_text(bar->line, 0, bar->x, ROLE_BAR_KEY, key) + 1;
    bar->x += draw_text(bar->line, 0, bar->x, ROLE_BAR, entry->label) + 2;
    bar->kept = is_help ? 0 : bar->kept;
}

/* The same meaning on the bar's ground. */
static enum role on_bar(enum role role)
{
    return role == ROLE_GOOD   ? ROLE_BAR_GOOD
           : role == ROLE_WARN ? ROLE_BAR_WARN
           : role == ROLE_BAD  ? ROLE_BAR_BAD
           : role == ROLE_TEXT ? ROLE_BAR
                               : role;
}

void bar_draw_bottom(struct area line, const struct keymap *keymap, bar_offers_fn *offers,
                     const void *owner, const char *state, enum role state_role)
{
    char clean[LINE_SIZE];
    draw_prepare(clean, sizeof clean, state);
    int width = text_width(clean);
    draw_cell(line, 0, 0, line.columns, ALIGN_LEFT, ROLE_BAR, "");
    if (width > 0 && width + 2 <= line.columns) {
        draw_text(line, 0, line.columns - width - 1, on_bar(state_role), clean);
    }
    struct bar bar = {.line = area_part(line, 0, 0, 1, line.columns - width - 3),
                      .x = 1,
                      .offers = offers,
                      .owner = owner};
    if (keymap != NULL && line.columns - width - 3 > 0) {
        keymap_visit(keymap, measure_help_key, &bar);
        keymap_visit(keymap, draw_bar_entry, &bar);
    }
}
