/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Golden files: what a draw function puts on the screen, drawn by ncurses itself at a fixed size
 * on /dev/null, text and looks. A look is one letter a cell (the letters stand in the table of
 * src/ui/theme.c); roles that look the same on that terminal have the same letter, so a golden
 * file in monochrome shows what can be told apart there.
 *
 * Each drawing happens in a process of its own: what it changes in `owner` is gone afterwards, and
 * a test may call these functions as often as it likes. The time zone is UTC.
 * GYMTUI_GOLDEN_UPDATE=1 in the environment writes the files instead of comparing them.
 */
#ifndef GYMTUI_TESTS_SUPPORT_H
#define GYMTUI_TESTS_SUPPORT_H

#include "gymtui/ui/draw.h"

/* Draws all of `area`, as the draw slot of a screen does. */
typedef void golden_draw_fn(void *owner, struct area area);

/* Draws at 80×24, 40×12 and 132×43, in UTF-8 and C, with colours and without, and compares each
 * with golden/NAME.SIZE.LOCALE.LOOK.txt; fails the test with a diff. */
void golden_check(const char *name, golden_draw_fn *draw, void *owner);

/* From now on as with screen.plain (for screen readers), or as usual again. */
void golden_set_plain(bool wanted);

/* Draws at sizes from 0×0 to 45×90 (all up to 25×50) in both locales; fails the test when the
 * program dies or anything outside of the area changes. */
void golden_check_sizes(const char *name, golden_draw_fn *draw, void *owner);

/* Draws once and returns the text of the screen, lines ended by \n, trailing blanks taken off.
 * Freed by the caller. */
char *golden_text(int rows, int columns, golden_draw_fn *draw, void *owner);

#endif
