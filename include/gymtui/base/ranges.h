/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on many things of one kind, each by itself, by as many threads as there are processors. */
#ifndef GYMTUI_BASE_RANGES_H
#define GYMTUI_BASE_RANGES_H

#include <stddef.h>

/* Does the things from `first` to before `end`; several ranges at once. */
typedef void ranges_fn(void *owner, size_t first, size_t end);

/* All of 0 … count − 1, in ranges as long as each other; by the caller's thread alone for fewer
 * than `least` things, or where no other thread is to be had. Comes back when all are done. */
void ranges_run(size_t count, size_t least, ranges_fn *work, void *owner);

#endif
