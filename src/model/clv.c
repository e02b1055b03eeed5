/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over renewals or months; derivatives for intervals by central differences. */
#include "gymtui/model/clv.h"

#include <math.h>

#define NORMAL_975 1.959963984540054

const struct clv_terms clv_usual_terms = {.discount = .10, .margin = 1, .months = 60};

/* Probability of the k-th renewal from now, given the one before it. */
static double rate_of(const struct clv_contract *contract, const struct renewal_parameters *renewal,
                      int k)
{
    return k == 1 ? contract->first_rate : renewal_rate(renewal, contract->renewals_so_far + k);
}

double clv_from_contract(const struct clv_terms *terms, const struct clv_contract *contract,
                         const struct renewal_parameters *renewal)
{
    double log_v = -log1p(terms->discount) / 12, staying = 1, sum = 0;
    for (int k = 1; k <= CLV_RENEWALS && staying > 1e-12; k++) {
        staying *= rate_of(contract, renewal, k);
        double months = contract->months_to_renewal + (k - 1) * contract->term_months;
        sum += exp(log_v * months) * staying;
    }
    return terms->margin * contract->price * sum;
}

double clv_months_left(const struct clv_contract *contract,
                       const struct renewal_parameters *renewal)
{
    double staying = 1, sum = 0;
    for (int k = 1; k <= CLV_RENEWALS && staying > 1e-12; k++) {
        staying *= rate_of(contract, renewal, k);
        sum += staying * contract->term_months;
    }
    return sum;
}

double clv_from_visits(const struct clv_terms *terms, enum visits_model model,
                       const struct visits_parameters *p, uint32_t x, double t_x, double T,
                       double per_month, double spend)
{
    double log_v = -log1p(terms->discount) / 12, before = 0, sum = 0;
    for (int k = 1; k <= terms->months; k++) {
        double expected = visits_expected(model, p, x, t_x, T, k * per_month);
        sum += exp(log_v * k) * (expected - before);
        before = expected;
    }
    return terms->margin * spend * sum;
}

double clv_from_survival(const struct clv_terms *terms, enum aft_model model, const struct fit *fit,
                         const double *z, double tenure, double per_month, double monthly)
{
    double log_v = -log1p(terms->discount) / 12, sum = 0;
    for (int k = 1; k <= terms->months; k++)
        sum += exp(log_v * k) * aft_conditional(model, fit, z, tenure, k * per_month);
    return terms->margin * monthly * sum;
}

struct clv_interval clv_delta_interval(const struct fit *fit, clv_function *value_at,
                                       const void *context)
{
    struct clv_interval interval = {.value = value_at(context, fit->value)};
    double slope[FIT_PARAMETERS], variance = 0;
    for (int i = 0; i < fit->count; i++) {
        double p[FIT_PARAMETERS];
        for (int j = 0; j < fit->count; j++)
            p[j] = fit->value[j];
        double step = fmax(1e-5 * fabs(fit->value[i]), 1e-9);
        p[i] = fit->value[i] + step;
        double above = value_at(context, p);
        p[i] = fit->value[i] - step;
        slope[i] = (above - value_at(context, p)) / (2 * step);
    }
    for (int i = 0; i < fit->count; i++)
        for (int j = 0; j < fit->count; j++)
            variance += slope[i] * slope[j] * fit->covariance[i][j];
    interval.low = interval.high = interval.value;
    if (interval.value > 0 && variance > 0) {
        double spread = exp(NORMAL_975 * sqrt(variance) / interval.value);
        interval.low = interval.value / spread;
        interval.high = interval.value * spread;
    }
    return interval;
}

enum clv_type clv_customer_type(double clv, double median_clv, double p_renew, double base_rate)
{
    if (clv >= median_clv)
        return p_renew >= base_rate ? CLV_STAR : CLV_VULNERABLE;
    return p_renew >= base_rate ? CLV_FREE_RIDER : CLV_LOST_CAUSE;
}

const char *clv_type_name(enum clv_type type)
{
    switch (type) {
    case CLV_STAR:
        return "Star";
    case CLV_VULNERABLE:
        return "Vulnerable";
    case CLV_FREE_RIDER:
        return "Free Rider";
    case CLV_LOST_CAUSE:
        return "Lost Cause";
    }
    return "";
}
