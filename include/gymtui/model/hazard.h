/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The renewal hazard: whether a member renews the term that ends, from contract and visits:
 *
 *   logit r = logit r_n + γ₀ + γ₁·logit P(alive) + γ₂·overdue + γ₃·trend + γ₄·recent
 *                        + γ₅·overdue·recent
 *
 * r_n is the contract model's rate at this renewal (renewal.h; Fader & Hardie 2007), P(alive) that
 * of the visit model (visits.h; Batislam et al. 2007). A logistic regression with the offset
 * logit r_n, by maximum likelihood (McCullagh & Nelder, "Generalized Linear Models", 2nd ed., ch.
 * 4). With fewer than HAZARD_LEAST renewals all γ are 0, and the contract model stands alone.
 */
#ifndef GYMTUI_MODEL_HAZARD_H
#define GYMTUI_MODEL_HAZARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/model/fit.h"
#include "gymtui/model/visits.h"

#define HAZARD_LEAST    50
#define HAZARD_FEATURES 6 /* γ₀ and five slopes */

/* What is known of a member on the day the decision is predicted. */
struct hazard_case {
    double contract_rate; /* r_n */
    double p_alive;
    double overdue; /* hazard_overdue */
    double trend;   /* hazard_trend */
    double recent;  /* hazard_recent */
};

/* How much longer than usual a member has been away: √(days away, at most 150) − √(usual gap), the
 * gap being tenure over visits, smoothed by the gym's own mean gap as one more visit. */
double hazard_overdue(int days_away, int tenure_days, uint32_t visits, double mean_gap);
/* Visits of the last 30 days against the 60 before: ln((recent + ½)/(before/2 + ½)). */
double hazard_trend(int visits_last_30, int visits_60_before);
/* The habit as it is now: ln(visits of the last 30 days + ½). */
double hazard_recent(int visits_last_30);

/* Parameters: gamma_0, gamma_alive, gamma_overdue, gamma_trend,
 * gamma_recent, gamma_both. */
bool hazard_fit(const struct hazard_case *cases, const bool *renewed, size_t count, struct fit *fit,
                struct error *error);
/* The same from a fit to like data, which spares steps; NULL: none. */
bool hazard_fit_from(const struct hazard_case *cases, const bool *renewed, size_t count,
                     const struct fit *start, struct fit *fit, struct error *error);
/* What the parameters are multiplied with: 1, logit P(alive), overdue, trend, recent,
 * overdue·recent. */
void hazard_features(const struct hazard_case *one, double features[HAZARD_FEATURES]);
/* Probability that the member renews. */
double hazard_rate(const struct fit *fit, const struct hazard_case *one);

#endif
