/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors are values. A function that can fail takes a `struct error *`, returns false (or NULL),
 * and fills it: what was wrong in words a person at the desk understands, and what to do next.
 * No raw SQL, no errno text alone. The exit code of the command line follows from the code.
 */
#ifndef GYMTUI_BASE_ERROR_H
#define GYMTUI_BASE_ERROR_H

#include <stdbool.h>

enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE,      /* the command line's words are off */
    ERROR_CONFIG,     /* a setting: names file, line and the allowed range */
    ERROR_INPUT,      /* what a person or a file gave cannot be used */
    ERROR_NOT_FOUND,  /* no such record */
    ERROR_PERMISSION, /* signed in, but not allowed to */
    ERROR_LOGIN,      /* user or password wrong, or account disabled */
    ERROR_CONFLICT,   /* somebody else changed the record first */
    ERROR_OFFLINE,    /* no connection; nothing was sent */
    ERROR_UNKNOWN,    /* the connection died during a write: it may or may not have been done */
    ERROR_NOT_DONE,   /* an unknown write was looked up: it was not done */
    ERROR_TOO_SLOW,   /* the statement's time ran out; nothing was written */
    ERROR_TOO_NEW,    /* the database was made by a newer gymtui */
    ERROR_DATABASE,   /* PostgreSQL refused for another reason (logged with its SQLSTATE) */
    ERROR_SYSTEM,     /* file, process, memory, disk */
    ERROR_CANCELLED,  /* a person said no */
};

struct error {
    enum error_code code;
    char message[256]; /* what was wrong: one sentence without a full stop at its end */
    char hint[256];    /* what to do next; may be empty */
};

/* Fills *error (may be NULL) and returns false, so that `return error_set(…)` reads well.
 * `hint` may be NULL. Texts that do not fit are cut at a character's edge. */
bool error_set(struct error *error, enum error_code code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void error_clear(struct error *error);

/* The exit code of the command line for this error: see gymtui(1), EXIT STATUS.
 * 0 none · 2 usage · 3 not found · 5 login or permission · 6 offline or unknown · 1 other.
 * (4 is "denied" and 7 "already in": verdicts, not errors.) */
int error_exit_status(enum error_code code);

#endif
