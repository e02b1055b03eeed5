/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Synthetic gyms: causal (a person joins, takes a plan, pays, visits, leaves), reproducible (one
 * seed number and as-of day give the same rows, byte for byte), following the rules of the
 * project's data specification: see the top of src/worker/generate.c for where each figure comes
 * from.
 */
#ifndef GYMTUI_WORKER_GENERATE_H
#define GYMTUI_WORKER_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct generate_options {
    const char *profile;       /* "small", "chain", "million", "harsh" */
    int gyms, members, months; /* 0: the profile's */
    uint64_t seed;
    int32_t as_of;     /* "today" as a day */
    int64_t as_of_utc; /* the instant "now", UTC seconds: who is in at this moment */
};

/* What is being done, in words, and the share of the whole that is done. False: a person cancelled;
 * generate_into cleans up and fails with ERROR_CANCELLED. Called from one thread at a time, not
 * always the same. */
typedef bool generate_progress_fn(void *owner, const char *phase, double share);

/* Loads a new dataset beside the demonstration's data and lets the tables change places in one
 * short transaction: desks see the old data until then, and keep them when it fails. Gyms keep
 * their numbers, user names and logins. Refused (ERROR_PERMISSION) on a database that is not marked
 * as a demonstration, and (ERROR_CONFLICT) while another load runs. `conninfo`: the worker's or the
 * superuser's; three connections. `on_progress` may be NULL. */
bool generate_into(const char *conninfo, const struct generate_options *options,
                   generate_progress_fn *on_progress, void *owner, struct error *error);

/* Whether there is a profile of this name; ERROR_INPUT if not. */
bool generate_knows_profile(const char *name, struct error *error);

/* Planted members: fixed numbers in the first gym, one for each edge rule (see gymtui(1)). */
struct planted_member {
    int64_t number;
    const char *keytag;
    const char *what; /* "expired 12 days ago, owes 39.00" */
};
extern const struct planted_member planted_members[]; /* ends with number 0 */

#endif
