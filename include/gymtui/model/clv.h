/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Customer lifetime value, in the currency of the amounts given, from today on; what has been paid
 * already adds nothing. v = (1 + d)^(−1/12) discounts a month; d is the yearly rate.
 *
 *   contract     margin · price · Σ_{k=1..60} v^(months to renewal k) · Π_{j≤k} r_j
 *                + E[spend] · Σ v^k · ΔE[extras]                 (ANALYTICS: CLV of a gym member)
 *   no contract  E[spend] · Σ_k v^k · (E[Y(k)] − E[Y(k−1)])      (Fader, Hardie & Lee 2005, "RFM
 * and CLV", discrete months) survival     Σ_{k≥1} margin · S(t + k | t) / (1 + d)^(k/12)
 *
 * Intervals: 95 % by the delta method over the parameters' covariance, on the logarithm of the
 * value, so that they stay above zero.
 */
#ifndef GYMTUI_MODEL_CLV_H
#define GYMTUI_MODEL_CLV_H

#include <stdbool.h>

#include "gymtui/base/error.h"
#include "gymtui/model/aft.h"
#include "gymtui/model/fit.h"
#include "gymtui/model/outlook.h"
#include "gymtui/model/renewal.h"
#include "gymtui/model/visits.h"

#define CLV_RENEWALS 60

struct clv_terms {
    double discount; /* a year; .10 */
    double margin;   /* share of a payment that is earned; 1 */
    int months;      /* horizon for what goes by months; 60 */
};
extern const struct clv_terms clv_usual_terms;

struct clv_contract {
    double price;             /* of a term */
    double term_months;       /* its length */
    double months_to_renewal; /* until the first renewal, from today; 0 when due now */
    double first_rate;        /* probability of the next renewal (the renewal hazard's) */
    int renewals_so_far;      /* n − 1 of the next renewal */
};
/* Value of renewals to come. The next one at first_rate, later ones at the model's own rates. */
double clv_from_contract(const struct clv_terms *terms, const struct clv_contract *contract,
                         const struct renewal_parameters *renewal);
/* Months a member can be expected to stay beyond what is paid. */
double clv_months_left(const struct clv_contract *contract,
                       const struct renewal_parameters *renewal);

/* Value of visits or purchases to come, at `spend` each; `per_month`: the model's time units in a
 * month (30.4375 for days). */
double clv_from_visits(const struct clv_terms *terms, enum visits_model model,
                       const struct visits_parameters *p, uint32_t x, double t_x, double T,
                       double per_month, double spend);

/* Survival form: `monthly` is the customer's own payment a month; tenure and per_month in the
 * model's units. */
double clv_from_survival(const struct clv_terms *terms, enum aft_model model, const struct fit *fit,
                         const double *z, double tenure, double per_month, double monthly);

/* The months of a horizon, few enough to be summed a million times: Σ_k v^k·f(k) over all months as
 * Σ weight·f(month) over these, for any f that is smooth in time: the first months each by itself,
 * the later ones by Gauss's rule for sums (Gautschi, "Orthogonal Polynomials", 2004, ch. 3). What
 * is smooth as a survival curve is comes out the same to 1e-10 of itself. */
#define CLV_RULE 24
struct clv_rule {
    int count;
    double month[CLV_RULE], weight[CLV_RULE];
};
/* False: no memory, or a horizon of more than 20 years. */
bool clv_rule_prepare(struct clv_rule *rule, const struct clv_terms *terms);

/* clv_from_survival by the rule, the same to 1e-9 of itself, with its slopes by the intercept and
 * by sigma: covariates act through the intercept alone. Curves too steep for the rule (sigma below
 * .7) are summed month by month. */
struct clv_survival {
    double value, by_intercept, by_sigma;
};
struct clv_survival clv_survival_at(const struct clv_rule *rule, const struct clv_terms *terms,
                                    enum aft_model model, const struct fit *fit, const double *z,
                                    double tenure, double per_month, double monthly);

/* clv_from_visits by the rule, the same to 1e-9 of itself, as horizons of an outlook (outlook.h):
 * value = P(alive) · spend · outlook. False: the horizon is too long. */
bool clv_outlook_prepare(struct outlook *outlook, const struct clv_rule *rule,
                         const struct clv_terms *terms, enum visits_model model,
                         const struct visits_parameters *p, double per_month);

struct clv_interval {
    double value, low, high;
};
/* The interval of any positive figure that depends on a fit's parameters. `value_at` is evaluated
 * at the estimates and near them. */
typedef double clv_function(const void *context, const double *parameters);
struct clv_interval clv_delta_interval(const struct fit *fit, clv_function *value_at,
                                       const void *context);
/* The same out of values already taken: at the estimates, and clv_step above and below each
 * parameter. */
struct clv_interval clv_delta_of(const struct fit *fit, double value, const double *above,
                                 const double *below);
double clv_step(const struct fit *fit, int parameter);

/* How value and staying place a customer. */
enum clv_type { CLV_STAR, CLV_VULNERABLE, CLV_FREE_RIDER, CLV_LOST_CAUSE };
enum clv_type clv_customer_type(double clv, double median_clv, double p_renew, double base_rate);
const char *clv_type_name(enum clv_type type); /* "Free Rider" */

#endif
