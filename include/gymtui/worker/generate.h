/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Synthetic gyms: causal (a person joins, takes a plan, pays, visits, leaves), reproducible (one
 * seed number and as-of day give the same rows, byte for byte), following the rules of the
 * project's data specification: see the top of src/worker/generate.c for where each figure comes
 * from.
 */
#ifndef GYMTUI_WORKER_GENERATE_H
#define GYMTUI_WORKER_GENERATE_H

#include <stdint.h>

#include "gymtui/base/error.h"

struct generate_options {
    const char *profile;       /* "small", "chain", "million", "harsh" */
    int gyms, members, months; /* 0: the profile's */
    uint64_t seed;
    int32_t as_of;     /* "today" as a day */
    int64_t as_of_utc; /* the instant "now", UTC seconds: who is in at this moment */
};

typedef void generate_progress_fn(void *owner, const char *phase, double share);

/* Empties the demonstration's gym tables and loads a new dataset in one transaction: the old data
 * stay visible until it commits, and stay when it fails. Refused (ERROR_PERMISSION) on a database
 * that is not marked as a demonstration. `conninfo`: the worker's or the superuser's. */
bool generate_into(const char *conninfo, const struct generate_options *options,
                   generate_progress_fn *on_progress, void *owner, struct error *error);

/* Planted members: fixed numbers in the first gym, one for each edge rule (see gymtui(1)). */
struct planted_member {
    int64_t number;
    const char *keytag;
    const char *what; /* "expired 12 days ago, owes 39.00" */
};
extern const struct planted_member planted_members[]; /* ends with number 0 */

#endif
