/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker: claims jobs, runs them one at a time, tells progress while a second thread keeps the
 * heartbeat and watches for a cancel. A worker killed at any point leaves the old data whole; the
 * job is taken up again when its heartbeat has been silent, and fails after JOB_ATTEMPTS tries.
 */
#ifndef GYMTUI_WORKER_RUNNER_H
#define GYMTUI_WORKER_RUNNER_H

#include <signal.h>
#include <stdbool.h>

#include "gymtui/base/error.h"

struct runner_options {
    const char *conninfo;
    bool once;                         /* end when nothing waits */
    int idle_seconds;                  /* end after so long without a job; 0: never (service) */
    const volatile sig_atomic_t *stop; /* set by a signal: the running job is given back to the
                                          queue; NULL: never */
};

/* Until asked to stop. False when the database cannot be worked with, also because its tables were
 * brought up to date under a worker's feet; a failed job is no error. */
bool runner_run(const struct runner_options *options, struct error *error);

#endif
