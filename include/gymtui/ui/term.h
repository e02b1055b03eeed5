/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal: started once, and put back on every way out (return, exit, SIGTERM, SIGHUP, a
 * crash). newterm, so that an unknown TERM can be tried as xterm-256color, then vt100.
 */
#ifndef GYMTUI_UI_TERM_H
#define GYMTUI_UI_TERM_H

#include <stdbool.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

struct term_options {
    const char *theme; /* "auto", "dark", "light", "mono" */
    const char *ascii; /* "auto", "yes", "no" */
    bool mouse, bell;
    bool plain; /* for screen readers: see term_is_plain */
    /* For golden tests: draw on /dev/null at this size instead of the real terminal. 0: real. */
    int fixed_rows, fixed_columns;
    bool fixed_colour;
};

bool term_open(const struct term_options *options, struct error *error);
/* Restores the terminal. Safe to call twice, and when never opened. */
void term_close(void);
bool term_is_open(void);

int term_rows(void);
int term_columns(void);
bool term_is_ascii(void);
bool term_has_colour(void);
/* For screen readers: no lines, frames or bars are drawn, numbers stand in words, and the cursor
 * stands where the focus is. */
bool term_is_plain(void);
/* What was tried when TERM was unknown ("xterm-256color"), else NULL. */
const char *term_substitute(void);

/* Whether ^C, ^Z and ^\ are the terminal's (they are at the start), or keys like others. */
void term_set_interrupts(bool allowed);

void term_bell(void);
/* After a resize or ^L: everything is sent again at the next flush. */
void term_redraw(void);
/* One doupdate: sends only what changed, as one synchronised update. */
void term_flush(void);

/* Text of row `y` of the virtual screen as UTF-8 and, in `roles`, one letter a cell for its look:
 * for golden tests. Returns false outside the screen. */
bool term_read_row(int y, char *text, int text_size, char *looks, int looks_size);
/* Where the cursor was put by the last flush; false: it is hidden. */
bool term_read_cursor(int *y, int *x);

#endif
