/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second server that follows the one of support.h by streaming replication, in a folder of its
 * own inside the first one's, on a Unix socket there; gone when the program ends. Every commit of
 * the first waits until the second has it on its disk, as the documentation recommends.
 *
 * Whatever fails in here fails the test.
 */
#ifndef TEST_DB_STANDBY_H
#define TEST_DB_STANDBY_H

#include <libpq-fe.h>

/* After test_cluster_start; returns when it follows and is waited for. */
void standby_start(void);
/* The folder of its socket, which a connection string takes for a host. */
const char *standby_host(void);
/* A new connection to it as superuser, to the tests' database; PQfinish it. */
PGconn *standby_superuser(void);
/* From now on it takes writes. Returns when it does. */
void standby_promote(void);

#endif
