/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the recompute stand on: a database of their own with made-up gyms. */
#ifndef GYMTUI_TESTS_DB_RECOMPUTE_DEMONSTRATION_H
#define GYMTUI_TESTS_DB_RECOMPUTE_DEMONSTRATION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts the cluster and makes up gyms in a new database of it, not scored yet; 0 members: as many
 * as the small profile has. Returns a superuser's connection that works on gym 1, which the caller
 * finishes, or NULL, having said why; `place`: its conninfo, which stays. */
PGconn *demonstration_open(const char *database, int members, uint64_t seed, const char **place);
/* Other gyms in their place. Fails the test. */
void demonstration_make_up(const char *place, int members, uint64_t seed);

#endif
