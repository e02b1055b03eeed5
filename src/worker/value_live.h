/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * While a worker is alive, a member's own figures follow a check-in or a payment within a second:
 * a thread with connections of its own looks, when a gym announces something, for members who were
 * touched since it last looked. Nothing is written down at the check-in for it; when no worker
 * lives, the next recompute does it.
 */
#ifndef GYMTUI_WORKER_VALUE_LIVE_H
#define GYMTUI_WORKER_VALUE_LIVE_H

#include <signal.h>

#include "gymtui/base/error.h"

struct value_live;

/* NULL: no thread, or no memory; the worker goes on without. `conninfo` must live as long. */
struct value_live *value_live_start(const char *conninfo, struct error *error);
/* Ends the thread; NULL is allowed. */
void value_live_finish(struct value_live *live);

#endif
