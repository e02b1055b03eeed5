/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting notes and coins: one small number after the other, as they lie in the drawer. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "till_private.h"

#define DIGITS_MOST 5
#define CELL_WIDTH  26 /* "  100.00 × 12345  1,234.50" */

void cash_count_start(struct cash_count *count, const char *currency)
{
    memset(count, 0, sizeof *count);
    count->kinds = cash_kinds(currency, count->values);
}

bool cash_count_move(struct cash_count *count, int step)
{
    int at = count->at + step;
    if (at < 0 || at > count->kinds)
        return false;
    count->at = at;
    return true;
}

bool cash_count_key(struct cash_count *count, uint32_t key)
{
    bool at_end = count->at == count->kinds;
    char *pieces = at_end ? NULL : count->pieces[count->at];
    size_t length = at_end ? 0 : strlen(pieces);
    switch (key) {
    case ' ':
    case '\t':
        cash_count_move(count, 1);
        return true;
    case KEY_CODE_DOWN:
        cash_count_move(count, 1);
        return true;
    case KEY_CODE_UP:
    case KEY_CODE_BACK_TAB:
        cash_count_move(count, -1);
        return true;
    case KEY_CODE_HOME:
        count->at = 0;
        return true;
    case KEY_CODE_END:
        count->at = count->kinds;
        return true;
    case KEY_CODE_BACKSPACE:
        if (length > 0)
            pieces[length - 1] = '\0';
        else
            cash_count_move(count, -1); /* back to the last number, to mend it */
        return true;
    case KEY_CODE_DELETE:
    case 'U' - 64:
        if (!at_end)
            pieces[0] = '\0';
        return true;
    default:
        break;
    }
    if (key < '0' || key > '9')
        return key < KEY_CODE_BASE; /* other characters are no numbers, and nobody else's either */
    if (!at_end && length < DIGITS_MOST) {
        pieces[length] = (char)key;
        pieces[length + 1] = '\0';
    }
    return true;
}

static int pieces_of(const struct cash_count *count, int kind)
{
    return (int)strtol(count->pieces[kind], NULL, 10);
}

money cash_count_total(const struct cash_count *count)
{
    money total = 0;
    for (int i = 0; i < count->kinds; i++)
        total += count->values[i] * pieces_of(count, i);
    return total;
}

bool cash_count_is_empty(const struct cash_count *count)
{
    for (int i = 0; i < count->kinds; i++)
        if (count->pieces[i][0] != '\0')
            return false;
    return true;
}

int cash_count_parts(const struct cash_count *count, struct till_part parts[TILL_PARTS])
{
    int used = 0;
    for (int i = 0; i < count->kinds && used < TILL_PARTS; i++)
        if (pieces_of(count, i) > 0)
            parts[used++] =
                (struct till_part){.value = count->values[i], .pieces = pieces_of(count, i)};
    return used;
}

/* --- drawing --- */

static void draw_kind(const struct cash_count *count, int kind, struct area cell)
{
    char value[32], sum[40];
    money_format(value, sizeof value, count->values[kind]);
    draw_cell(cell, 0, 0, 9, ALIGN_RIGHT, ROLE_TEXT, value);
    draw_text(cell, 0, 10, ROLE_DIM, "x");
    bool here = kind == count->at;
    draw_cell(cell, 0, 12, DIGITS_MOST + 1, ALIGN_RIGHT, here ? ROLE_FIELD : ROLE_STRONG,
              count->pieces[kind]);
    if (here)
        draw_cursor(cell, 0, 12 + DIGITS_MOST);
    if (pieces_of(count, kind) > 0) {
        money_format_whole(sum, sizeof sum, count->values[kind] * pieces_of(count, kind));
        if (count->values[kind] * pieces_of(count, kind) % 100 != 0)
            money_format(sum, sizeof sum, count->values[kind] * pieces_of(count, kind));
        draw_cell(cell, 0, 19, 10, ALIGN_RIGHT, ROLE_DIM, sum);
    }
}

void cash_count_draw(const struct cash_count *count, struct area area, const char *currency)
{
    struct area foot = area_take_bottom(&area, area.rows > 4 ? 2 : 1);
    int rows = area.rows > 0 ? area.rows : 1;
    int wide = area.columns / (CELL_WIDTH + 6);
    int columns = wide < 1 ? 1 : wide;
    /* As few columns as hold all of it; what does not fit at all is scrolled to. */
    int needed = (count->kinds + columns - 1) / columns;
    int first = 0;
    if (rows * columns >= count->kinds && rows < count->kinds)
        rows = needed;
    else if (rows * columns < count->kinds && count->at >= rows * columns)
        first = (count->at < count->kinds ? count->at : count->kinds - 1) - rows * columns + 1;
    for (int i = first; i < count->kinds && i - first < rows * columns; i++) {
        int place = i - first;
        struct area cell =
            area_part(area, place % rows, place / rows * (CELL_WIDTH + 6), 1, CELL_WIDTH + 4);
        draw_kind(count, i, cell);
    }
    char total[40];
    money_format(total, sizeof total, cash_count_total(count));
    bool at_end = count->at == count->kinds;
    draw_format(foot, foot.rows - 1, 1, at_end ? ROLE_CURSOR : ROLE_STRONG, " Counted %s %s ",
                total, currency);
    if (at_end)
        draw_cursor(foot, foot.rows - 1, 1);
}
