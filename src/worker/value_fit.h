/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fits of a gym's members share while they are made, one after the other. */
#ifndef GYMTUI_WORKER_VALUE_FIT_H
#define GYMTUI_WORKER_VALUE_FIT_H

#include "value_private.h"

#define VALUE_LEAST_HELD_OUT 30 /* cases for a hold-out to say something */

struct value_fitting {
    struct bulk *bulk;       /* to read the last good fits from */
    struct value_book *book; /* what is to be stored */
    const struct value_gym *gym;
    struct value_models *models;
    int32_t split;
    bool has_visits_then; /* the model in use, fitted up to the split */
    struct fit visits_then;
    struct value_decision *decisions;
    size_t decision_count;
    struct renewal_fits *renewals; /* of each of the models' contracts: every fit that was tried */
};

/* Members' visits as of a day. */
struct value_drawn {
    size_t count;
    uint32_t *x, *member;
    double *t_x, *T;
};

/* The mean gap between visits, over all. */
double value_gap_of(const struct value_drawn *drawn);

/* Contracts of each length, and the hazard of a renewal by habit; `then`: visits as of the split.
 */
bool value_fit_renewals(const struct value_fitting *work, const struct value_drawn *then,
                        struct error *error);
/* How likely those who have left are to come back. */
void value_fit_returns(const struct value_gym *gym, struct value_models *models);

#endif
