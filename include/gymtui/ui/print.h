/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text on paper. Two ways, of which the configuration chooses one: through the terminal to a
 * printer at its other end ("media copy": ESC [5i, the text, ESC [4i), which works over SSH; or
 * through a command of this machine that reads the text, such as lp.
 *
 * Text is cleaned of control characters line by line before it goes out (DESK.md rule 19): a name
 * can neither end the passthrough nor talk to the printer.
 */
#ifndef GYMTUI_UI_PRINT_H
#define GYMTUI_UI_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

enum print_state {
    PRINT_IDLE,
    PRINT_RUNS, /* the command is at it: ask again later */
    PRINT_DONE,
    PRINT_FAILED,
};

struct print {
    enum print_state state;
    pid_t command;
    struct error error; /* of PRINT_FAILED */
};

/* As desk.printer and desk.print_command say. False: nothing was sent, and *error says why. */
bool print_start(struct print *print, const struct config *config, const char *text,
                 struct error *error);
/* How it stands, without waiting. After DONE and FAILED it is IDLE again. */
enum print_state print_poll(struct print *print);

/* The bytes of a passthrough: what is written to the terminal. Returns the length; `ascii`: no
 * character beyond it. */
size_t print_pass_through(const char *text, bool ascii, char *dst, size_t size);

#endif
