/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the toolkit share among themselves and nobody else sees: curses, the looks of
 * the roles, the flags that signal handlers set.
 */
#ifndef GYMTUI_UI_INTERNAL_H
#define GYMTUI_UI_INTERNAL_H

#define NCURSES_NOMACROS 1
#include <wchar.h>

#include <curses.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "gymtui/ui/draw.h"
#include "gymtui/ui/theme.h"

/* Bytes for one line of text on the way to the screen. */
#define LINE_SIZE 4096

/* --- theme.c --- */

/* Chooses the table's column for this terminal and makes the colour pairs. */
void theme_start(const char *theme, bool colour);
bool theme_has_colour(void);
void theme_look(enum role role, attr_t *attributes, short *pair);
/* The letter of the first role with this look, '?' when there is none. */
char theme_letter(attr_t attributes, short pair);

/* --- draw.c --- */

/* Where the cursor was asked to be since the last flush; false: hidden. Forgets it. */
bool draw_take_cursor(int *y, int *x);
void draw_hide_cursor(void);
/* Text as this terminal can show it: clean, and in ASCII where nothing else goes. */
void draw_prepare(char *dst, size_t size, const char *text);
/* "…" or "~" */
const char *draw_ellipsis(void);
/* A frame in the middle of the screen, over what is there already, which is dimmed and kept from
 * touching it. Returns the inside. */
struct area draw_panel(struct area screen, int rows, int columns, enum role role,
                       const char *title);

/* --- term_signals.c --- */

#define TERM_PASTE_ON  "\033[?2004h"
#define TERM_PASTE_OFF "\033[?2004l"
#define TERM_MOUSE_ON  "\033[?1000h\033[?1006h"
#define TERM_MOUSE_OFF "\033[?1006l\033[?1000l"
/* A synchronised update: terminals that know it show a frame at once, whole, however many packets
 * a slow line makes of it; the others ignore it. */
#define TERM_FRAME_BEGIN "\033[?2026h"
#define TERM_FRAME_END   "\033[?2026l"

/* Blocks what the loop heeds, and catches crashes. */
void term_take_signals(void);
/* From now on a crash puts the terminal back, with these modes. */
void term_arm_restore(const struct termios *modes);
void term_give_signals_back(void);
/* Straight to the terminal, past curses. */
void term_send(const char *text);

/* Set by signal handlers, read and cleared by the loop. */
extern volatile sig_atomic_t term_signal_resized, term_signal_end, term_signal_hangup,
    term_signal_stop, term_signal_continued;
/* The mask to wait with: what was unblocked before the terminal was opened. */
const sigset_t *term_wait_mask(void);

/* --- term.c --- */

/* Takes the size from the terminal; true when it changed. */
bool term_take_size(void);
/* Gives the terminal back while the process is stopped, and takes it again. */
void term_leave(void);
void term_return(void);
int term_input_descriptor(void);
/* A string of the terminal's description, or NULL. */
const char *term_capability(const char *name);

#endif
