/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the refresh: histories, the three models of visits, and what customers are worth by them.
 */
#ifndef GYMTUI_WORKER_DATASET_VISITING_H
#define GYMTUI_WORKER_DATASET_VISITING_H

#include "dataset_private.h"
#include "gymtui/model/spend.h"

#define VISITING_MODELS     3
#define VISITING_PARAMETERS 4

enum visiting { VISITING_BGNBD, VISITING_MBGNBD, VISITING_PARETO };
extern const char *const visiting_names[VISITING_MODELS];

/* Histories up to a day, as the models take them. */
struct histories {
    size_t count;
    uint32_t *row; /* of the customer */
    uint32_t *x;
    double *t_x, *T, *mean;
};

bool visiting_fit(enum visiting model, const struct histories *h, struct fit *fit,
                  struct error *error);
/* p: the model's four parameters; times in its unit. */
double visiting_p_alive(enum visiting model, const double *p, uint32_t x, double t_x, double T);
double visiting_expected(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                         double t);
double visiting_expected_new(enum visiting model, const double *p, double t);
/* P(at least one transaction within t | history). */
double visiting_p_again(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                        double t);

/* Gauss–Legendre on [0, 1]. */
#define VISITING_NODES 8
extern const double visiting_node[VISITING_NODES], visiting_weight[VISITING_NODES];

/* Value with its interval, P(alive), the chance to come again and the transactions expected within
 * a year, of all (dataset_worth.c). `spend` NULL: each customer's own mean. */
bool worth_predict(struct refresh *refresh, enum visiting model, const struct fit *visits,
                   const struct fit *spend, const struct histories *h, struct error *error);

#endif
