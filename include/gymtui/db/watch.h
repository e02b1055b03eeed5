/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Announcements of changes ("7:attendance") for the worker, over a connection of their own. They
 * only ever mean: look again. Blocking; not for the interface.
 */
#ifndef GYMTUI_DB_WATCH_H
#define GYMTUI_DB_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct watch;
struct watch *watch_open(const char *conninfo, struct error *error);
void watch_close(struct watch *watch); /* NULL is allowed */

/* A gym's topic was announced by another session than `ignored` (a backend's process id, 0: none).
 * gym 0: of all gyms. */
typedef void watch_fn(void *owner, int64_t gym_id, const char *topic);
/* Waits until something is announced or the time has gone, and tells what. A signal ends the wait.
 * False: the connection is gone. */
bool watch_wait(struct watch *watch, int timeout_ms, int64_t ignored, watch_fn *on_topic,
                void *owner, struct error *error);

#endif
