/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others may know of the jobs screen: how it is opened, and a job in words. */
#ifndef GYMTUI_SCREENS_JOBS_H
#define GYMTUI_SCREENS_JOBS_H

#include "gymtui/db/jobs.h"
#include "gymtui/ui/keymap.h"

/* screen_jobs' argument; NULL is the same as zeros. */
struct jobs_argument {
    bool
        reseed; /* ask for the database's name at once, with the configuration's profile and seed */
};
/* The same on a jobs screen that is open: a command of its own, without a key. */
#define JOBS_RESEED_AT_ONCE (COMMAND_SCREEN + 90)

/* "Reseed (small, seed 7)" */
void jobs_write_title(char *dst, size_t size, const struct job_row *job);
/* "0:06", "12:40", "2:05:10" */
void jobs_write_span(char *dst, size_t size, int64_t seconds);

#endif
