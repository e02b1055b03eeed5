/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes from the terminal to key events. Our own decoder, because the one of curses loses the
 * first bytes of a character that a slow line has cut in two, and refreshes the screen when read.
 * Knows the CSI, SS3, linux and rxvt forms with their modifiers, bracketed paste, and whatever
 * else input_learn is told from terminfo. No I/O and no clock: the caller says what time it is.
 */
#ifndef GYMTUI_UI_INPUT_H
#define GYMTUI_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INPUT_ESCAPE_WAIT 25   /* ms until a lone ESC is the Esc key */
#define INPUT_REST_WAIT   250  /* ms until the rest of a cut sequence or character is given up */
#define INPUT_PASTE_WAIT  1000 /* ms of silence that end a paste whose end got lost */
#define INPUT_PASTE_MOST  65536
#define INPUT_CLICK_ROW   4096 /* no terminal is as wide */

struct input;
struct input *input_new(void);
void input_free(struct input *input);

/* A key's own sequence, from terminfo; wins over the built-in forms. */
void input_learn(struct input *input, const char *sequence, uint32_t key);
/* Takes bytes read at time `now` (monotonic milliseconds). */
void input_feed(struct input *input, const char *bytes, size_t count, int64_t now);

enum input_event { INPUT_NOTHING, INPUT_KEY, INPUT_PASTE, INPUT_CLICK };

/* The next event. With INPUT_PASTE *text is the pasted text, clean, lines joined with blanks, and
 * lives until the next call. With INPUT_CLICK *key holds the place, the row times INPUT_CLICK_ROW
 * plus the column, both from 0. INPUT_NOTHING: more bytes or more time are needed. */
enum input_event input_next(struct input *input, int64_t now, uint32_t *key, const char **text);
/* Milliseconds until an unfinished sequence is decided, −1 when nothing waits. */
int input_wait(const struct input *input, int64_t now);

#endif
