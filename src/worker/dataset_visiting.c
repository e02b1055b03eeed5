/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of visits behind one set of functions; parameters as an array, in the models' order.
 */
#include "dataset_visiting.h"

#include <math.h>
#include <string.h>

#include "gymtui/model/pareto.h"

const char *const visiting_names[VISITING_MODELS] = {"BG/NBD", "MBG/NBD", "Pareto/NBD"};

/* Gauss–Legendre on [0, 1]. */
const double visiting_node[VISITING_NODES] = {
    .019855071751231884, .101666761293186630, .237233795041835507, .408282678752175098,
    .591717321247824902, .762766204958164493, .898333238706813370, .980144928248768116};
const double visiting_weight[VISITING_NODES] = {
    .050614268145188130, .111190517226687235, .156853322938943644, .181341891689180992,
    .181341891689180992, .156853322938943644, .111190517226687235, .050614268145188130};

bool visiting_fit(enum visiting model, const struct histories *h, struct fit *fit,
                  struct error *error)
{
    struct visits visits = {h->count, h->x, h->t_x, h->T};
    switch (model) {
    case VISITING_BGNBD:
        return visits_fit(VISITS_BGNBD, &visits, NULL, fit, error);
    case VISITING_MBGNBD:
        return visits_fit(VISITS_MBGNBD, &visits, NULL, fit, error);
    case VISITING_PARETO:
        return pareto_fit(&visits, NULL, fit, error);
    }
    return false;
}

static struct fit with_values(const double *values)
{
    struct fit fit = {.count = 4};
    memcpy(fit.value, values, 4 * sizeof *values);
    return fit;
}

double visiting_p_alive(enum visiting model, const double *p, uint32_t x, double t_x, double T)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_p_alive(&pareto, x, t_x, T);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_p_alive(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, x, t_x,
                          T);
}

double visiting_expected(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                         double t)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_expected(&pareto, x, t_x, T, t);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_expected(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, x, t_x,
                           T, t);
}

double visiting_expected_new(enum visiting model, const double *p, double t)
{
    struct fit fit = with_values(p);
    if (model == VISITING_PARETO) {
        struct pareto_parameters pareto = pareto_parameters(&fit);
        return pareto_expected_new(&pareto, t);
    }
    struct visits_parameters visits = visits_parameters(&fit);
    return visits_expected_new(model == VISITING_BGNBD ? VISITS_BGNBD : VISITS_MBGNBD, &visits, t);
}

/*
 * P(at least one transaction within t | history). Who is alive at T has a rate that is gamma
 * distributed with r + x, α + T. With BG/NBD and MBG/NBD he can leave only by coming, so the next
 * coming takes place for sure when he is alive: 1 − ((α+T)/(α+T+t))^(r+x). With Pareto/NBD he must
 * live until then: ∫ (r+x)/(α+T+u) ((α+T)/(α+T+u))^(r+x) ((β+T)/(β+T+u))^s du, over ln(α+T+u).
 */
double visiting_p_again(enum visiting model, const double *p, uint32_t x, double t_x, double T,
                        double t)
{
    double shape = p[0] + x, start = p[1] + T;
    double alive = visiting_p_alive(model, p, x, t_x, T);
    if (model != VISITING_PARETO)
        return -alive * expm1(shape * log(start / (start + t)));
    double span = log1p(t / start), sum = 0;
    for (int i = 0; i < VISITING_NODES; i++) {
        double grown = exp(span * visiting_node[i]), u = start * (grown - 1);
        sum += visiting_weight[i] * shape *
               exp(-shape * span * visiting_node[i] - p[2] * log1p(u / (p[3] + T)));
    }
    return alive * span * sum;
}
