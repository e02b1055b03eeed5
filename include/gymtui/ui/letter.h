/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hands one message to the mail command of the configuration (sendmail's interface: the message on
 * standard input, -i -f SENDER -- RECIPIENT) without holding up the screen: started, and looked
 * after now and then. The command gets files and no pipes, so that one which does not read, or
 * writes a lot, waits for nobody; it runs in a session of its own with plain signals.
 */
#ifndef GYMTUI_UI_LETTER_H
#define GYMTUI_UI_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gymtui/base/error.h"

#define LETTER_LOOK_MS 20 /* how soon to look after it again */

struct letter {
    pid_t command; /* 0: none runs */
    int output;    /* what it writes */
    int64_t give_up_at;
};

/* `command` is split at blanks; nothing of it goes through a shell. */
bool letter_start(struct letter *letter, const char *command, const char *from, const char *to,
                  const char *message, size_t size, int timeout_ms, struct error *error);
/* True when it has ended: *error is ERROR_NONE, or says what the command said. One that takes
 * longer than its time is ended. */
bool letter_is_done(struct letter *letter, struct error *error);
/* Ends one that runs. */
void letter_stop(struct letter *letter);

#endif
