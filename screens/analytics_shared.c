/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the analytics pages have in common: the sentence at the foot, changes with their sign, and
 * the one number that is large. */
#include "analytics_pages.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/money.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

void analytics_format_count(char *dst, size_t size, double value)
{
    money_format_whole(dst, size, (money)llround(value) * 100);
}

/* What comes first is the verdict. */
static void draw_first_sentence(struct area *area, const char *text)
{
    const char *end = strstr(text, ". ");
    char first[400];
    snprintf(first, sizeof first, "%.*s", end ? (int)(end + 1 - text) : (int)sizeof first - 1,
             text);
    struct area inner = area_part(*area, 0, 1, area->rows, area->columns - 2);
    int rows = draw_paragraph(inner, 0, 0, ROLE_STRONG, first, true);
    if (rows < 1 || rows > 3 || rows + 5 > area->rows) /* figures first */
        return;
    struct area foot = area_take_bottom(area, rows);
    draw_paragraph(area_part(foot, 0, 1, foot.rows, foot.columns - 2), 0, 0, ROLE_STRONG, first,
                   false);
}

void analytics_draw_meaning(struct area *area, const char *text)
{
    struct area inner = area_part(*area, 0, 1, area->rows, area->columns - 2);
    int rows = draw_paragraph(inner, 0, 0, ROLE_TEXT, text, true);
    if (rows < 1)
        return;
    if (rows + 7 > area->rows) {
        draw_first_sentence(area, text);
        return;
    }
    struct area foot = area_take_bottom(area, rows + 1);
    draw_rule(area_take_top(&foot, 1), 0);
    draw_paragraph(area_part(foot, 0, 1, foot.rows, foot.columns - 2), 0, 0, ROLE_TEXT, text,
                   false);
}

void analytics_draw_nothing(struct area area, const char *text)
{
    draw_paragraph(area_part(area, area.rows / 3, 2, area.rows, area.columns - 4), 0, 0, ROLE_DIM,
                   text, false);
}

void analytics_draw_change(struct area area, int y, int x, double now, double before, bool percent,
                           bool good_up, const char *since)
{
    if (before < 0 || (percent && before <= 0) || (now <= 0 && before <= 0))
        return; /* nothing to compare with */
    double change = percent ? (now - before) / before * 100 : now - before;
    char amount[32];
    if (percent)
        snprintf(amount, sizeof amount, "%.1f %%", fabs(change));
    else
        analytics_format_count(amount, sizeof amount, fabs(change));
    if (fabs(change) < (percent ? 0.05 : 0.5)) {
        draw_format(area, y, x, ROLE_DIM, "= as %s", since);
        return;
    }
    bool up = change > 0;
    draw_format(area, y, x, up == good_up ? ROLE_GOOD : ROLE_WARN, "%s %s on %s",
                sign_text(up ? SIGN_UP : SIGN_DOWN), amount, since);
}

/* Digits as 3 × 5 dots, rows from the top, three bits a row. */
static const unsigned short digit_dots[10] = {
    075557, 026227, 071747, 071717, 055711, 074717, 074757, 071111, 075757, 075717,
};

static bool is_dot(int digit, int row, int column)
{
    return row < 5 && (digit_dots[digit] >> (3 * (4 - row) + (2 - column)) & 1) != 0;
}

int analytics_draw_large(struct area area, int y, int x, enum role role, const char *digits)
{
    int columns = 0;
    for (const char *s = digits; *s; s++)
        columns += *s == ',' ? 2 : 4;
    if (term_is_ascii() || area.rows < y + 3 || area.columns < x + columns)
        return 0;
    for (const char *s = digits; *s; s++) {
        if (*s == ',') {
            draw_text(area, y + 2, x, role, "▖");
            x += 2;
            continue;
        }
        if (*s < '0' || *s > '9')
            return 0;
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                bool upper = is_dot(*s - '0', 2 * row, column);
                bool lower = is_dot(*s - '0', 2 * row + 1, column);
                const char *cell = upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
                draw_text(area, y + row, x + column, role, cell);
            }
        }
        x += 4;
    }
    return columns;
}
