/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of support.h share: the terminals that are open, and how their bytes are read. */
#ifndef GYMTUI_TESTS_TERMINAL_INTERNAL_H
#define GYMTUI_TESTS_TERMINAL_INTERNAL_H

#include <vterm.h>

#include "support.h"

#define TERMINALS 8

struct terminal {
    int master;     /* −1 after a hang-up */
    int line;       /* the other end, kept open so that the modes can be read to the last */
    int process_fd; /* readable when the program has ended */
    pid_t process;
    bool ended;
    int status;
    int rows, columns;
    int keys, bells;
    bool alternate, cursor_shown;
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    char *output;
    size_t received, room;
    size_t shown; /* so much of the output is on the screen */
    /* Whether something was waited for and came, since the last input. */
    bool answered;
};

/* Those that are open; NULL elsewhere. */
extern struct terminal *terminal_all[TERMINALS];

/* Of the monotonic clock. */
int64_t terminal_now_ms(void);
/* How long anything is waited for. */
int64_t terminal_patience_ms(void);
/* What the line has, into the terminal's output. */
void terminal_read_line(struct terminal *terminal);
/* Everything that has come whole onto its screen; whether there was something. */
bool terminal_show_all(struct terminal *terminal);
/* Reads whatever comes on any terminal, and on `descriptor` if it is not −1, for at most so long.
 * False when nothing came. */
bool terminal_pump_all(int descriptor, int milliseconds, bool *ready);

#endif
