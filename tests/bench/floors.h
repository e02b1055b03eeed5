/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What any recompute of all gyms has to pay on this machine, each part by itself and nothing else:
 * its floors. Each in seconds, once; ends the program when the database refuses.
 */
#ifndef FLOORS_H
#define FLOORS_H

#include <libpq-fe.h>

/* The bare parallel GROUP BY customer_id over all visits. */
double floor_group(PGconn *connection);

/* The rows of all visits to a client that throws them away; two connections, half of the table
 * each. */
double floor_read(const char *conninfo);

/* The finished rows of gym.rfm, gym.clv and clv.clv_prediction into empty tables, then their keys;
 * two connections. In a schema bench_floor, which goes again. */
double floor_store(const char *conninfo);

/* NTILE scores out of the summaries, by SQL; and the scores of rfm.h out of the same rows, read
 * over one connection. Neither stores anything. */
double floor_ntile(PGconn *connection);
double floor_score(PGconn *connection);

#endif
