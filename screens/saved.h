/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of an open form when the answer to its saving has come. */
#ifndef SAVED_H
#define SAVED_H

#include <stdbool.h>

#include "gymtui/screens/screen.h"

/* Without an error the form, if it is still open, closes, and it is true. With one it stays open
 * with the complaint in it, and what to do next; where it has been left meanwhile, the line above
 * the bottom bar tells it. */
bool saved_or_told(struct host *host, const struct error *error);

#endif
