/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help of a screen, made from its key table; typing filters it. */
#ifndef GYMTUI_UI_HELP_H
#define GYMTUI_UI_HELP_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/ui/draw.h"
#include "gymtui/ui/keymap.h"

struct help;
struct help *help_new(const char *title, const char *about, const struct keymap *keymap);
void help_free(struct help *help);
bool help_key(struct help *help, uint32_t key); /* false: leave */
void help_draw(const struct help *help, struct area screen);

/* The top line: tabs with the current one lit, right part clipped from the left. */
void bar_draw_top(struct area line, const char *const *tabs, int count, int here,
                  const char *right);
/* Whether a command does something just now. */
typedef bool bar_offers_fn(const void *owner, int command);
/* The bottom line: keys that fit, in order, and the state at the right ("● live"). Commands that
 * `offers` denies are left out; NULL: none. */
void bar_draw_bottom(struct area line, const struct keymap *keymap, bar_offers_fn *offers,
                     const void *owner, const char *state, enum role state_role);

#endif
