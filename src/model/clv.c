/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over renewals or months; derivatives for intervals by central differences. */
#include "gymtui/model/clv.h"

#include <math.h>

#include <gsl/gsl_eigen.h>

#define NORMAL_975   1.959963984540054
#define FIRST_MONTHS 8 /* each by itself */
#define LATER_POINTS (CLV_RULE - FIRST_MONTHS)
#define MOST_MONTHS  240
#define STEEP        .7 /* of sigma, below which a curve may fall within a month */

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

/* Gauss's rule for a sum over the months first … last, each with weight v^k, which is exact for
 * polynomials up to degree 2·LATER_POINTS − 1: points and weights are the eigenvalues and the first
 * components of the eigenvectors of the recurrence's matrix (Golub & Welsch 1969), the recurrence
 * by Stieltjes' sums. */
static bool gauss_sum(double log_v, int first, int last, double *month, double *weight)
{
    enum { N = LATER_POINTS };
    double recurrence[N * N] = {0}, before[MOST_MONTHS], now[MOST_MONTHS];
    double norm_before = 1, whole = 0;
    int count = last - first + 1;
    if (count > MOST_MONTHS)
        return false;
    for (int i = 0; i < count; i++) {
        before[i] = 0;
        now[i] = 1;
        whole += exp(log_v * (first + i));
    }
    for (int j = 0; j < N; j++) {
        double norm = 0, mean = 0;
        for (int i = 0; i < count; i++) {
            double mass = exp(log_v * (first + i)) * now[i] * now[i];
            norm += mass;
            mean += mass * (first + i);
        }
        double a = mean / norm, b = j > 0 ? norm / norm_before : 0;
        recurrence[j * N + j] = a;
        if (j > 0)
            recurrence[j * N + j - 1] = recurrence[(j - 1) * N + j] = sqrt(b);
        for (int i = 0; i < count; i++) {
            double next = (first + i - a) * now[i] - b * before[i];
            before[i] = now[i];
            now[i] = next;
        }
        norm_before = norm;
    }
    double vectors[N * N];
    gsl_matrix_view matrix = gsl_matrix_view_array(recurrence, N, N);
    gsl_matrix_view vector = gsl_matrix_view_array(vectors, N, N);
    gsl_vector_view value = gsl_vector_view_array(month, N);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(N);
    if (!space)
        return false;
    gsl_eigen_symmv(&matrix.matrix, &value.vector, &vector.matrix, space);
    gsl_eigen_symmv_free(space);
    for (int i = 0; i < N; i++)
        weight[i] = whole * vectors[i] * vectors[i];
    return true;
}

bool clv_rule_prepare(struct clv_rule *rule, const struct clv_terms *terms)
{
    double log_v = -log1p(terms->discount) / 12;
    int each = terms->months <= CLV_RULE ? terms->months : FIRST_MONTHS;
    *rule = (struct clv_rule){.count = terms->months <= CLV_RULE ? each : CLV_RULE};
    for (int k = 1; k <= each; k++) {
        rule->month[k - 1] = k;
        rule->weight[k - 1] = exp(log_v * k);
    }
    return rule->count == each ||
           gauss_sum(log_v, each + 1, terms->months, rule->month + each, rule->weight + each);
}

struct clv_survival clv_survival_at(const struct clv_rule *rule, const struct clv_terms *terms,
                                    enum aft_model model, const struct fit *fit, const double *z,
                                    double tenure, double per_month, double monthly)
{
    double price = terms->margin * monthly, month[MOST_MONTHS], weight[MOST_MONTHS];
    struct aft_sum sum;
    if (fit->value[fit->count - 1] >= STEEP || terms->months > MOST_MONTHS) {
        sum = aft_conditional_sum(model, fit, z, tenure, per_month, rule->month, rule->weight,
                                  rule->count);
    } else {
        for (int k = 1; k <= terms->months; k++) {
            month[k - 1] = k;
            weight[k - 1] = exp(-log1p(terms->discount) / 12 * k);
        }
        sum = aft_conditional_sum(model, fit, z, tenure, per_month, month, weight, terms->months);
    }
    return (struct clv_survival){price * sum.value, price * sum.by_intercept, price * sum.by_sigma};
}

bool clv_outlook_prepare(struct outlook *outlook, const struct clv_rule *rule,
                         const struct clv_terms *terms, enum visits_model model,
                         const struct visits_parameters *p, double per_month)
{
    /* Σ v^k (E_k − E_{k−1}) = (1 − v) Σ v^k E_k + v^{last+1} E_last */
    double log_v = -log1p(terms->discount) / 12, t[OUTLOOK_HORIZONS], weight[OUTLOOK_HORIZONS];
    int count = rule->count;
    if (count + 1 > OUTLOOK_HORIZONS || terms->months < 1)
        return false;
    for (int i = 0; i < count; i++) { /* the rule's months, put in order */
        int at = i;
        for (; at > 0 && t[at - 1] > rule->month[i] * per_month; at--) {
            t[at] = t[at - 1];
            weight[at] = weight[at - 1];
        }
        t[at] = rule->month[i] * per_month;
        weight[at] = -expm1(log_v) * rule->weight[i];
    }
    t[count] = terms->months * per_month;
    weight[count] = exp(log_v * (terms->months + 1));
    outlook_prepare(outlook, model, p, t, weight, count + 1);
    return true;
}

double clv_step(const struct fit *fit, int parameter)
{
    return fmax(1e-5 * fabs(fit->value[parameter]), 1e-9);
}

struct clv_interval clv_delta_of(const struct fit *fit, double value, const double *above,
                                 const double *below)
{
    struct clv_interval interval = {value, value, value};
    double slope[FIT_PARAMETERS], variance = 0;
    for (int i = 0; i < fit->count; i++)
        slope[i] = (above[i] - below[i]) / (2 * clv_step(fit, i));
    for (int i = 0; i < fit->count; i++)
        for (int j = 0; j < fit->count; j++)
            variance += slope[i] * slope[j] * fit->covariance[i][j];
    if (value > 0 && variance > 0) {
        double spread = exp(NORMAL_975 * sqrt(variance) / value);
        interval.low = value / spread;
        interval.high = value * spread;
    }
    return interval;
}

struct clv_interval clv_delta_interval(const struct fit *fit, clv_function *value_at,
                                       const void *context)
{
    double above[FIT_PARAMETERS] = {0}, below[FIT_PARAMETERS] = {0}, p[FIT_PARAMETERS];
    for (int j = 0; j < fit->count; j++)
        p[j] = fit->value[j];
    for (int i = 0; i < fit->count; i++) {
        double step = clv_step(fit, i);
        p[i] = fit->value[i] + step;
        above[i] = value_at(context, p);
        p[i] = fit->value[i] - step;
        below[i] = value_at(context, p);
        p[i] = fit->value[i];
    }
    return clv_delta_of(fit, value_at(context, fit->value), above, below);
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
