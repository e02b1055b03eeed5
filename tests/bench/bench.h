/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the benchmarks share: time, percentiles, the table that they print, and a gym with as many
 * members as wanted. The demonstration they work on is that of the terminal tests.
 */
#ifndef BENCH_H
#define BENCH_H

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

double bench_now_ms(void);
/* Sorts the figures. */
double bench_percentile(double *figures, int count, double share);

/* A text made on the way, in static storage; the last eight stay. */
const char *bench_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void bench_row(const char *work, const char *figure, const char *floor, const char *goal);

/* Memory that forked children share, zeroed; ends the program when there is none. */
void *bench_shared(size_t size);

/* Runs it; false, and the reason on standard error, when it fails. */
bool bench_run(PGconn *connection, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Members of the first gym that the server makes up itself: 400 first and 2,500 last names, so that
 * short prefixes have very many hits and long ones few; a plan that runs, nothing owed, the last
 * visit some days ago. Their numbers go from BENCH_FIRST_MEMBER + `from` to … + `to`, both
 * included; a temporary table `made` (id, name, phone, tag) of the connection holds those of the
 * last call. The indexes of search terms are made after the rows. As superuser. */
#define BENCH_FIRST_MEMBER INT64_C(1000000)
bool bench_fill(PGconn *admin, long from, long to);

#endif
