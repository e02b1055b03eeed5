/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interactive program: screen stack, focus, dispatch, status line, reconnect banner, lock. */
#ifndef GYMTUI_APP_APP_H
#define GYMTUI_APP_APP_H

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

struct app_options {
    const struct config *config;
    const char *conninfo;     /* where to connect, without user and password */
    const char *database;     /* its name, for the role names */
    bool is_demonstration;    /* show the demonstration's logins on the login screen */
    const char *start_screen; /* "members" …; NULL: attendance */
    /* Starts a worker that outlives this program, when a job waits and no worker runs. The screen
     * is up: nothing is printed, and the child clears the signal mask that it inherits (term.h).
     * False with *error saying why not, and in its hint how a person starts one. NULL: cannot. */
    bool (*start_worker)(void *owner, struct error *error);
    void *worker_owner;
};

/* Runs until the person leaves, the terminal goes away, or a signal asks to end. Restores the
 * terminal in every case. False with *error when the screen could not be started. */
bool app_run(const struct app_options *options, struct error *error);

/* Registers the key tables of all screens (for configuration checks and the man page). */
void app_register_keys(void);

#endif
