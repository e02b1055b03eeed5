/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refreshing a dataset of the star schema (imported or generated; the gym's own members are
 * value.h's): per customer recency, frequency and spend with their scores and segment, survival
 * time and event by the rules of ANALYTICS.md 1, fits, value, customer type. All of it changes in
 * one transaction; a model that cannot be fitted keeps its last good fit, and says so there.
 *
 * Without contract: BG/NBD, MBG/NBD and Pareto/NBD for when customers come, Gamma-Gamma for what
 * they spend. With contract: sBG, or beta-discrete-Weibull, for bills; Weibull, log-normal and
 * log-logistic AFT on age, gender and payment method for how long they stay. Both: Kaplan–Meier by
 * payment method, gender and age, with log-rank tests.
 */
#ifndef GYMTUI_WORKER_DATASET_H
#define GYMTUI_WORKER_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct dataset_outcome {
    int64_t customers, gone; /* gone: the contract ended, or silent for too long */
    char model[32];          /* that predicts; "" when none could be fitted */
    int failures;            /* fits that could not be made; their reasons stand with them */
    char failure[200];       /* the first one */
};

/* What is being done, and the share of it. False: a person cancelled. */
typedef bool dataset_progress_fn(void *owner, const char *phase, double share);

/* `conninfo`: the worker's login. ERROR_NOT_FOUND: no such dataset; ERROR_CONFLICT: somebody works
 * on it. `on_progress` and `outcome` may be NULL. */
bool dataset_refresh(const char *conninfo, int64_t gym_id, const char *name,
                     dataset_progress_fn *on_progress, void *owner, struct dataset_outcome *outcome,
                     struct error *error);

/* Deletes an imported or generated dataset with all that hangs on it. ERROR_NOT_FOUND;
 * ERROR_CONFLICT while an import or refresh of it is under way. */
bool dataset_delete(const char *conninfo, int64_t gym_id, const char *name, struct error *error);

#endif
