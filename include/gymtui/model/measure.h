/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How good a prediction was (AUC by ranks, Hanley & McNeil 1982; log-loss; expected calibration
 * error, Naeini et al. 2015), and how sure a difference is (Newcombe 1998, method 10).
 */
#ifndef GYMTUI_MODEL_MEASURE_H
#define GYMTUI_MODEL_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"

#define MEASURE_BINS 10

struct measure_bin {
    size_t count;
    double predicted, happened; /* means */
};

struct measure {
    size_t count;
    double auc;      /* NaN when all outcomes are the same */
    double log_loss; /* natural logarithm, a case; probabilities kept within 1e-15 of 0, 1 */
    double calibration_error; /* Σ share·|predicted − happened| over bins of equal count */
    double worst_tenth;       /* share of all that happened found in the tenth scored highest */
    struct measure_bin bins[MEASURE_BINS]; /* by rising prediction */
};

/* `predicted`: probability that `happened` is true. Ties share their rank, and their bins' means.
 */
bool measure_prediction(const double *predicted, const bool *happened, size_t count,
                        struct measure *measure, struct error *error);

/* And of the opposite, 1 − predicted against what did not happen, from the same sort; may be NULL.
 */
bool measure_both(const double *predicted, const bool *happened, size_t count,
                  struct measure *measure, struct measure *opposite, struct error *error);

struct measure_difference {
    double first, second;         /* the two rates */
    double difference, low, high; /* 95 % */
    bool is_clear;                /* the interval leaves zero out */
};
/* Rates hits/n of two arms; n above 0. */
struct measure_difference measure_newcombe(double first_hits, double first_n, double second_hits,
                                           double second_n);
/* Wilson's interval of one rate. */
void measure_wilson(double hits, double n, double *low, double *high);

#endif
