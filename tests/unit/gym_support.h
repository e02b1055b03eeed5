/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gym in memory, lived through day by day: what the recompute reads, without a database. */
#ifndef GYMTUI_TEST_GYM_SUPPORT_H
#define GYMTUI_TEST_GYM_SUPPORT_H

#include "value_private.h"

/* The same for the same arguments. Members come as their habit has it, stay the likelier the more
 * they come, pay by month, quarter or year or by the visit, freeze, buy a drink. Visit days of
 * every `sampled`th. The caller frees with value_gym_free. */
void lived_gym(struct value_gym *gym, size_t members, int sampled);

#endif
