/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the job runner: what a kind of job is given, and its way to tell progress. */
#ifndef GYMTUI_WORKER_RUNNER_PRIVATE_H
#define GYMTUI_WORKER_RUNNER_PRIVATE_H

#include <signal.h>

#include "gymtui/db/jobs.h"

struct pulse;

struct work {
    const struct job *job;
    const char *conninfo; /* with the job's application name */
    struct pulse *pulse;
};

/* Notes progress for the heartbeat to tell. False: the job is to end. `phase` is copied. */
bool work_go_on(struct pulse *pulse, const char *phase, double share);

/* The kinds of jobs. False with *error: failed, or ended as asked. */
bool work_reseed(const struct work *work, struct error *error);
bool work_recompute(const struct work *work, struct error *error);
bool work_auto_checkout(const struct work *work, struct error *error);
bool work_dataset_refresh(const struct work *work, struct error *error);
bool work_import(const struct work *work, struct error *error);
bool work_campaign(const struct work *work, struct error *error);

/* ---- The heartbeat: a second thread with its own connection (runner_pulse.c) ---- */

enum pulse_end {
    PULSE_GOES_ON,
    PULSE_CANCELLED, /* a person wants it ended */
    PULSE_STOPPED,   /* the worker is to stop: the job goes back to the queue */
    PULSE_TAKEN,     /* another worker has it */
};

/* Begins to tell that the job is worked on. NULL: no thread, or no memory. */
struct pulse *pulse_start(const char *conninfo, const struct job *job,
                          const volatile sig_atomic_t *stop, struct error *error);
/* Ends the thread; says whether the job was to end, and why. */
enum pulse_end pulse_finish(struct pulse *pulse);

#endif
