/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An internet provider's customers, made up, as a dataset of the star schema: monthly bills, three
 * plans, four ways to pay. How long a customer stays follows a Weibull accelerated failure time
 * model on age, gender and payment method with the parameters below, so that what the models find
 * can be held against the truth. The same seed number and day give the same rows, byte for byte.
 */
#ifndef GYMTUI_WORKER_ISP_H
#define GYMTUI_WORKER_ISP_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

#define ISP_DATASET   "isp"
#define ISP_CUSTOMERS 5000
#define ISP_MONTHS    60 /* of history */

struct isp_options {
    int64_t gym_id; /* whose dataset it is */
    uint64_t seed;
    int customers, months; /* 0: the usual ones */
    int32_t as_of;         /* the day on which the data end */
};

/* ln T = intercept + effects + sigma·W, T in months, W smallest extreme value. The effects carry
 * the names under which a refresh keeps what it found. */
struct isp_effect {
    const char *name;
    double value;
};
extern const struct isp_effect isp_effects[]; /* ends with name NULL */
extern const double isp_intercept, isp_sigma; /* a woman of age 0 who pays by card */

/* False: a person cancelled. */
typedef bool isp_progress_fn(void *owner, const char *phase, double share);

/* Loads the customers as dataset “isp” in place of the last such one, in one transaction; models
 * are fitted afterwards by dataset_refresh. `conninfo`: the worker's login. Refused
 * (ERROR_PERMISSION) on a database that is no demonstration. */
bool isp_generate(const char *conninfo, const struct isp_options *options,
                  isp_progress_fn *on_progress, void *owner, struct error *error);

#endif
