/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that reaches the screen goes through put_text: it is clean by then, and is placed
 * code by code, so that wide characters and combining marks land whole inside the area or not at
 * all.
 */
#include "gymtui/ui/draw.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/click.h"
#include "gymtui/ui/term.h"
#include "internal.h"

static struct {
    bool wanted;
    int y, x;
} cursor;

/* --- areas --- */

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

struct area area_whole(void)
{
    return (struct area){0, 0, term_rows(), term_columns()};
}

struct area area_part(struct area area, int y, int x, int rows, int columns)
{
    int top = clamp(y, 0, area.rows);
    int left = clamp(x, 0, area.columns);
    int bottom = rows < 0 ? area.rows + rows : y > area.rows - rows ? area.rows : y + rows;
    int right = columns < 0                  ? area.columns + columns
                : x > area.columns - columns ? area.columns
                                             : x + columns;
    bottom = clamp(bottom, top, area.rows);
    right = clamp(right, left, area.columns);
    return (struct area){area.y + top, area.x + left, bottom - top, right - left};
}

struct area area_take_top(struct area *area, int rows)
{
    int taken = clamp(rows, 0, area->rows < 0 ? 0 : area->rows);
    struct area top = {area->y, area->x, taken, area->columns};
    area->y += taken;
    area->rows -= taken;
    return top;
}

struct area area_take_bottom(struct area *area, int rows)
{
    int taken = clamp(rows, 0, area->rows < 0 ? 0 : area->rows);
    area->rows -= taken;
    return (struct area){area->y + area->rows, area->x, taken, area->columns};
}

/* --- text --- */

static const struct {
    const char *sign, *ascii, *plain; /* plain: as a screen reader should say it */
} signs[] = {
    [SIGN_GOOD] = {"✔", "+", "ok"},   [SIGN_BAD] = {"✖", "x", "no"},
    [SIGN_WARN] = {"!", "!", "!"},    [SIGN_STAR] = {"★", "*", "*"},
    [SIGN_CURSOR] = {"▸", ">", ">"},  [SIGN_UP] = {"▲", "^", "up"},
    [SIGN_DOWN] = {"▼", "v", "down"}, [SIGN_LIVE] = {"●", "*", ""},
    [SIGN_OFFLINE] = {"○", "o", ""},  [SIGN_DOT] = {"·", "-", ","},
    [SIGN_OUT] = {"←", "<", "<"},     [SIGN_MARK] = {"■", "#", "*"},
};

const char *sign_text(enum sign sign)
{
    return term_is_plain()   ? signs[sign].plain
           : term_is_ascii() ? signs[sign].ascii
                             : signs[sign].sign;
}

const char *draw_ellipsis(void)
{
    return term_is_ascii() ? "~" : "…";
}

void draw_prepare(char *dst, size_t size, const char *text)
{
    text = text != NULL ? text : "";
    if (!term_is_ascii()) {
        text_clean(dst, size, text);
        return;
    }
    char clean[LINE_SIZE];
    text_clean(clean, sizeof clean, text);
    text_to_ascii(dst, size, clean);
}

static bool is_row_inside(struct area area, int y)
{
    return y >= 0 && y < area.rows && area.y + y >= 0 && area.y + y < term_rows();
}

static void put_cell(int y, int x, const wchar_t *codes, attr_t attributes, short pair)
{
    cchar_t cell;
    if (setcchar(&cell, codes, attributes, pair, NULL) == OK) {
        mvadd_wchnstr(y, x, &cell, 1);
    }
}

/* Places prepared text; what lies outside of the area or the screen is left out. Returns the
 * columns it takes. */
static int put_text(struct area area, int y, int x, enum role role, const char *text)
{
    attr_t attributes;
    short pair;
    theme_look(role, &attributes, &pair);
    bool visible = is_row_inside(area, y);
    int edge = area.x + area.columns < term_columns() ? area.columns : term_columns() - area.x;
    int column = x;
    uint32_t code;
    size_t used = text_decode(text, &code);
    while (used > 0) {
        wchar_t codes[CCHARW_MAX + 1] = {0};
        int width = text_code_width(code);
        int filled = 0;
        if (width == 0) { /* a mark without a base stands on a blank */
            codes[filled++] = L' ';
            width = 1;
        }
        codes[filled++] = (wchar_t)code;
        text += used;
        used = text_decode(text, &code);
        while (used > 0 && text_code_width(code) == 0) {
            if (filled < CCHARW_MAX) {
                codes[filled++] = (wchar_t)code;
            }
            text += used;
            used = text_decode(text, &code);
        }
        if (visible && column >= 0 && area.x + column >= 0 && column + width <= edge) {
            if (wcwidth(codes[0]) != width) { /* curses would place it differently */
                wcscpy(codes, width == 2 ? L"?" : term_is_ascii() ? L"?" : L"\xfffd");
            }
            put_cell(area.y + y, area.x + column, codes, attributes, pair);
        }
        column += width;
    }
    return column - x;
}

static void put_blanks(struct area area, int y, int x, int columns, enum role role)
{
    attr_t attributes;
    short pair;
    cchar_t blank;
    theme_look(role, &attributes, &pair);
    int from = clamp(x, 0, area.columns) + area.x;
    int to = clamp(x + columns, 0, area.columns) + area.x;
    from = clamp(from, 0, term_columns());
    to = clamp(to, 0, term_columns());
    if (!is_row_inside(area, y) || from >= to ||
        setcchar(&blank, L" ", attributes, pair, NULL) != OK) {
        return;
    }
    for (int column = from; column < to; column++) {
        mvadd_wchnstr(area.y + y, column, &blank, 1);
    }
}

void draw_clear(struct area area, enum role role)
{
    for (int y = 0; y < area.rows; y++) {
        put_blanks(area, y, 0, area.columns, role);
    }
}

int draw_text(struct area area, int y, int x, enum role role, const char *text)
{
    char prepared[LINE_SIZE];
    char clipped[LINE_SIZE];
    if (x >= area.columns) {
        return 0;
    }
    draw_prepare(prepared, sizeof prepared, text);
    text_clip(clipped, sizeof clipped, prepared, area.columns - x, draw_ellipsis());
    return put_text(area, y, x, role, clipped);
}

int draw_format(struct area area, int y, int x, enum role role, const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_drop_partial(text);
    return draw_text(area, y, x, role, text);
}

void draw_cell(struct area area, int y, int x, int columns, enum align align, enum role role,
               const char *text)
{
    char prepared[LINE_SIZE];
    char clipped[LINE_SIZE];
    if (columns <= 0) {
        return;
    }
    draw_prepare(prepared, sizeof prepared, text);
    int used = text_clip(clipped, sizeof clipped, prepared, columns, draw_ellipsis());
    int before = 0;
    switch (align) {
    case ALIGN_LEFT:
        break;
    case ALIGN_RIGHT:
        before = columns - used;
        break;
    case ALIGN_CENTRE:
        before = (columns - used) / 2;
        break;
    }
    put_blanks(area, y, x, before, role);
    put_text(area, y, x + before, role, clipped);
    put_blanks(area, y, x + before + used, columns - before - used, role);
}

/* Bytes of the next line of at most `columns`, and in *skip the blanks after it. */
static size_t wrap_line(const char *text, int columns, size_t *skip)
{
    size_t at = 0;
    size_t edge = 0; /* end of the last whole word that fits */
    int used = 0;
    uint32_t code;
    *skip = 0;
    for (size_t bytes = text_decode(text, &code); bytes > 0;
         bytes = text_decode(text + at, &code)) {
        int width = text_code_width(code);
        if (code == ' ' && at > 0 && text[at - 1] != ' ') {
            edge = at;
        }
        if (used + width > columns) {
            size_t end = edge > 0 ? edge : at > 0 ? at : bytes;
            *skip = strspn(text + end, " ");
            return end;
        }
        used += width;
        at += bytes;
    }
    return at;
}

int draw_paragraph(struct area area, int y, int x, enum role role, const char *text, bool rows_only)
{
    char prepared[LINE_SIZE];
    int columns = area.columns - x;
    int rows = 0;
    if (columns < 1 || text == NULL) {
        return 0;
    }
    while (*text != '\0') {
        char part[LINE_SIZE];
        size_t length = strcspn(text, "\n");
        size_t copied = length < sizeof part - 1 ? length : sizeof part - 1;
        memcpy(part, text, copied);
        part[copied] = '\0';
        text_drop_partial(part);
        text += length + (text[length] == '\n' ? 1 : 0);
        draw_prepare(prepared, sizeof prepared, part);
        const char *rest = prepared;
        do {
            size_t skip;
            size_t bytes = wrap_line(rest, columns, &skip);
            if (!rows_only) {
                char line[LINE_SIZE];
                memcpy(line, rest, bytes);
                line[bytes] = '\0';
                put_text(area, y + rows, x, role, line);
            }
            rest += bytes + skip;
            rows++;
        } while (*rest != '\0');
    }
    return rows;
}

/* --- lines, frames, looks --- */

static void put_repeated(struct area area, int y, int x, int count, enum role role,
                         const char *sign)
{
    for (int i = 0; i < count; i++) {
        put_text(area, y, x + i, role, sign);
    }
}

void draw_rule(struct area area, int y)
{
    if (term_is_plain()) {
        return;
    }
    put_repeated(area, y, 0, area.columns, ROLE_RULE, term_is_ascii() ? "-" : "─");
}

/* A denial's frame has its colour too; without colours a frame is only lines. */
static enum role frame_look(enum role role)
{
    if (!term_has_colour()) {
        return ROLE_LABEL;
    }
    return role == ROLE_BAD || role == ROLE_BAD_BIG     ? ROLE_BAD
           : role == ROLE_WARN || role == ROLE_WARN_BIG ? ROLE_WARN
           : role == ROLE_GOOD || role == ROLE_GOOD_BIG ? ROLE_GOOD
                                                        : ROLE_LABEL;
}

struct area draw_frame(struct area area, enum role role, const char *title)
{
    static const char *const fine[] = {"┌", "┐", "└", "┘", "─", "│"};
    static const char *const plain[] = {"+", "+", "+", "+", "-", "|"};
    const char *const *line = term_is_ascii() ? plain : fine;
    enum role look = frame_look(role);
    int right = area.columns - 1;
    int bottom = area.rows - 1;
    if (term_is_plain() && right >= 1 && bottom >= 1) {
        draw_clear(area, ROLE_TEXT);
        draw_text(area, 0, 1, ROLE_STRONG, title != NULL ? title : "");
        return area_part(area, 1, 1, bottom - 1, right - 1);
    }
    if (right < 1 || bottom < 1) {
        draw_clear(area, ROLE_TEXT);
        return area;
    }
    draw_clear(area, ROLE_TEXT);
    put_repeated(area, 0, 1, right - 1, look, line[4]);
    put_repeated(area, bottom, 1, right - 1, look, line[4]);
    for (int y = 1; y < bottom; y++) {
        put_text(area, y, 0, look, line[5]);
        put_text(area, y, right, look, line[5]);
    }
    put_text(area, 0, 0, look, line[0]);
    put_text(area, 0, right, look, line[1]);
    put_text(area, bottom, 0, look, line[2]);
    put_text(area, bottom, right, look, line[3]);
    if (title != NULL && title[0] != '\0' && right > 6) {
        char prepared[LINE_SIZE];
        char clipped[LINE_SIZE];
        draw_prepare(prepared, sizeof prepared, title);
        int used = text_clip(clipped, sizeof clipped, prepared, right - 5, draw_ellipsis());
        put_blanks(area, 0, 2, used + 2, role);
        put_text(area, 0, 3, role, clipped);
    }
    return area_part(area, 1, 1, bottom - 1, right - 1);
}

struct area draw_panel(struct area screen, int rows, int columns, enum role role, const char *title)
{
    draw_dim(screen);
    click_clear();
    if (term_is_plain()) { /* what is behind it would be read out too */
        draw_clear(screen, ROLE_TEXT);
    }
    rows = clamp(rows, 0, screen.rows);
    columns = clamp(columns, 0, screen.columns);
    int y = (screen.rows - rows) / 2;
    int x = (screen.columns - columns) / 2;
    /* What would stick out on both sides as a few letters of something is only litter. */
    int margin = x <= 6 ? x : 1;
    draw_clear(area_part(screen, y, x - margin, rows, columns + 2 * margin + screen.columns % 2),
               ROLE_DIM);
    return draw_frame(area_part(screen, y, x, rows, columns), role, title);
}

void draw_look(struct area area, int y, int x, int columns, enum role role)
{
    attr_t attributes;
    short pair;
    theme_look(role, &attributes, &pair);
    int from = clamp(clamp(x, 0, area.columns) + area.x, 0, term_columns());
    int to = clamp(clamp(x + columns, 0, area.columns) + area.x, 0, term_columns());
    if (is_row_inside(area, y) && from < to) {
        mvchgat(area.y + y, from, to - from, attributes, pair, NULL);
    }
}

void draw_dim(struct area area)
{
    for (int y = 0; y < area.rows; y++) {
        draw_look(area, y, 0, area.columns, ROLE_DIM);
    }
    draw_hide_cursor();
}

void draw_cursor(struct area area, int y, int x)
{
    if (y >= 0 && y < area.rows && x >= 0 && x < area.columns) {
        cursor.wanted = true;
        cursor.y = area.y + y;
        cursor.x = area.x + x;
    }
}

void draw_hide_cursor(void)
{
    cursor.wanted = false;
}

bool draw_take_cursor(int *y, int *x)
{
    bool wanted = cursor.wanted;
    if (wanted) {
        *y = clamp(cursor.y, 0, term_rows() - 1);
        *x = clamp(cursor.x, 0, term_columns() - 1);
    }
    cursor.wanted = false;
    return wanted;
}
