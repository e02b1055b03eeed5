/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A canvas of dots: eight a cell in braille, so that a curve on half a screen is fine enough to
 * read. Behind the lines lies a lighter ground (bands, guides). In ASCII a cell of a line shows its
 * owner's mark, and the ground a point.
 */
#include <stdint.h>
#include <stdlib.h>

#include "chart_private.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

/* Dots on and off along a line; two pairs a style. Those that come first are told apart best. */
static const struct style {
    unsigned char dots[4];
} styles[] = {
    {{1, 0, 1, 0}}, /* solid */
    {{4, 4, 4, 4}}, /* dashed */
    {{6, 2, 2, 2}}, /* dash and dot */
    {{2, 2, 2, 2}}, /* dotted */
    {{8, 4, 8, 4}}, {{2, 4, 2, 4}}, {{4, 2, 2, 4}}, {{6, 6, 6, 6}},
};
#define STYLES ((int)(sizeof styles / sizeof *styles))

static const enum role roles[] = {ROLE_ACCENT, ROLE_WARN, ROLE_GOOD,   ROLE_STRONG,
                                  ROLE_HEAT_3, ROLE_BAD,  ROLE_HEAT_2, ROLE_TEXT};
#define ROLES ((int)(sizeof roles / sizeof *roles))

enum role canvas_role(int owner)
{
    /* Without colours the looks of these roles are underlines and blocks, which hide a curve. */
    return term_has_colour() ? roles[owner % ROLES] : ROLE_TEXT;
}

const char *canvas_mark(int owner)
{
    static const char *const plain[] = {"*", "o", "+", "x", "#", "@", "%", "&"};
    static const char *const fine[] = {"●", "○", "■", "□", "▲", "△", "◆", "◇"};
    return term_is_ascii() ? plain[owner % 8] : fine[owner % 8];
}

bool canvas_open(struct canvas *canvas, int rows, int columns)
{
    *canvas = (struct canvas){0};
    if (rows < 1 || columns < 1)
        return false;
    size_t cells = (size_t)rows * (size_t)columns;
    canvas->front = calloc(cells, 3);
    if (!canvas->front)
        return false;
    canvas->back = canvas->front + cells;
    canvas->owner = (signed char *)(canvas->back + cells);
    canvas->rows = rows;
    canvas->columns = columns;
    return true;
}

void canvas_close(struct canvas *canvas)
{
    free(canvas->front);
    *canvas = (struct canvas){0};
}

/* The bit of U+2800's block for a dot of a cell: column by column, the last row came later. */
static unsigned char dot_bit(int x, int y)
{
    static const unsigned char bits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    return bits[x & 1][y & 3];
}

static int cell_of(const struct canvas *canvas, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < 2 * canvas->columns && y < 4 * canvas->rows;
    return inside ? y / 4 * canvas->columns + x / 2 : -1;
}

void canvas_back(struct canvas *canvas, int x, int y)
{
    int cell = cell_of(canvas, x, y);
    if (cell >= 0)
        canvas->back[cell] |= dot_bit(x, y);
}

void canvas_front(struct canvas *canvas, int x, int y, int owner)
{
    int cell = cell_of(canvas, x, y);
    if (cell < 0)
        return;
    canvas->front[cell] |= dot_bit(x, y);
    canvas->owner[cell] = (signed char)owner;
}

struct pen pen_of(int owner)
{
    return (struct pen){.owner = owner, .phase = -1};
}

/* In ASCII the mark tells whose line it is, and gaps would only tear it apart. */
static bool is_on(int owner, int phase)
{
    const unsigned char *dots = styles[owner % STYLES].dots;
    int place = phase % (dots[0] + dots[1] + dots[2] + dots[3]);
    return term_is_ascii() || place < dots[0] ||
           (place >= dots[0] + dots[1] && place < dots[0] + dots[1] + dots[2]);
}

static void put(struct canvas *canvas, struct pen *pen, int x, int y)
{
    if (is_on(pen->owner, ++pen->phase))
        canvas_front(canvas, x, y, pen->owner);
    pen->x = x;
    pen->y = y;
}

void pen_to(struct canvas *canvas, struct pen *pen, int x, int y)
{
    if (pen->phase < 0) {
        put(canvas, pen, x, y);
        return;
    }
    int across = abs(x - pen->x), down = abs(y - pen->y);
    int step_x = x > pen->x ? 1 : -1, step_y = y > pen->y ? 1 : -1;
    int error = across - down; /* Bresenham 1965 */
    int at_x = pen->x, at_y = pen->y;
    while (at_x != x || at_y != y) {
        int doubled = 2 * error;
        if (doubled > -down) {
            error -= down;
            at_x += step_x;
        }
        if (doubled < across) {
            error += across;
            at_y += step_y;
        }
        put(canvas, pen, at_x, at_y);
    }
}

static void draw_dots(struct area area, int y, int x, enum role role, unsigned char dots)
{
    char text[8] = "";
    text[text_encode(0x2800U + dots, text)] = '\0';
    draw_text(area, y, x, role, text);
}

void canvas_sample(struct area area, int y, int x, int columns, int owner, bool marks)
{
    if (marks || term_is_ascii()) {
        int between = marks ? columns : 1;
        for (int i = 0; i < columns; i += between)
            draw_text(area, y, x + i, canvas_role(owner), canvas_mark(owner));
        return;
    }
    for (int i = 0; i < columns; i++) {
        unsigned char dots = 0;
        for (int k = 0; k < 2; k++)
            if (is_on(owner, 2 * i + k))
                dots |= dot_bit(k, 1);
        draw_dots(area, y, x + i, canvas_role(owner), dots);
    }
}

void canvas_draw(const struct canvas *canvas, struct area area)
{
    for (int y = 0; y < canvas->rows && y < area.rows; y++) {
        for (int x = 0; x < canvas->columns && x < area.columns; x++) {
            int cell = y * canvas->columns + x;
            bool is_line = canvas->front[cell] != 0;
            if (!is_line && canvas->back[cell] == 0)
                continue;
            enum role role = is_line ? canvas_role(canvas->owner[cell]) : ROLE_DIM;
            if (term_is_ascii())
                draw_text(area, y, x, role, is_line ? canvas_mark(canvas->owner[cell]) : ".");
            else
                draw_dots(area, y, x, role, is_line ? canvas->front[cell] : canvas->back[cell]);
        }
    }
}
