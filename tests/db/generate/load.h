/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of made-up data stand on: a demonstration of their own, empty at first, and loads
 * into it. */
#ifndef GYMTUI_TESTS_DB_GENERATE_LOAD_H
#define GYMTUI_TESTS_DB_GENERATE_LOAD_H

#include <libpq-fe.h>
#include <stdint.h>

#include "gymtui/worker/generate.h"

#define LOAD_DATABASE "gymgen"

extern struct error load_error;
/* The instant for which rows are made: the same for all loads, but for load_today. */
extern int64_t load_now;
/* Superuser, working on gym 1; and superuser's conninfo. */
extern PGconn *load_admin;
extern const char *load_place;

int load_begin(void **state);
int load_end(void **state);

/* 600 members; a load that does not succeed fails the test. */
struct generate_options load_options_for(uint64_t seed);
void load_seed(uint64_t seed);
/* This seed's rows, in a transaction whose now() is of the day, at every gym, for which they are
 * made: made again when it has become another day. load_roll_back, a teardown, ends it. */
void load_today(uint64_t seed);
int load_roll_back(void **state);
/* Which day it is at each gym. Summaries are made as of that day, whatever the rows' instant is. */
void load_read_days(char days[64]);
/* Of all rows; without the gyms' row_version, which counts the loads. */
void load_fingerprint(char sum[64]);

#endif
