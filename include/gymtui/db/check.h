/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold in any database, made up or real: the rules of check.sql, each of which finds the
 * rows that break it. Blocking, reads only, in one snapshot; the connection must see every gym (the
 * worker's login or the administrator's).
 */
#ifndef GYMTUI_DB_CHECK_H
#define GYMTUI_DB_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

/* One rule: what it finds, in words ("visits before joining"), how many rows, and the number of
 * one of them (a member's, or a visit's; 0 when there is none). */
typedef void check_fn(void *owner, const char *rule, int64_t found, int64_t example);

/* Tries every rule. False when a rule could not be tried; what was found is no error. */
bool check_data(const char *conninfo, check_fn *on_rule, void *owner, struct error *error);

#endif
