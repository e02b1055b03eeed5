/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: one line an event, "2026-11-21T18:04:09.123Z level component: text". To a file, or to
 * standard error while no screen is up. The file is opened by name again on log_reopen (rotation
 * by logrotate) and whenever its name no longer leads to the open file. Passwords and personal
 * data do not go in: log ids, not names. Control characters in the text are escaped.
 */
#ifndef GYMTUI_BASE_LOG_H
#define GYMTUI_BASE_LOG_H

#include <stdbool.h>

#include "gymtui/base/error.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Starts logging at `level` and above to `path` (its folder is made, mode 0700; the file 0600).
 * `path` NULL or "" logs to standard error. Without log_open nothing below warning is written, and
 * that to standard error. */
bool log_open(const char *path, enum log_level level, struct error *error);
void log_reopen(void);
void log_close(void);
/* While true, nothing is ever written to standard error (the screen is up). */
void log_screen_is_up(bool up);
bool log_level_parse(const char *name, enum log_level *level); /* error warning info debug */

void log_write(enum log_level level, const char *component, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
