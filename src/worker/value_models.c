/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models of a gym between two recomputes: fits by their rows, and a list of numbers
 * (clv.dataset.scoring) with what is no fit: means, cut points, which model is in use.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/model/clv.h"
#include "value_private.h"

#define LAYOUT        1
#define FIXED_NUMBERS (13 + VALUE_RETURNS + 12 + 1)
#define MOST_NUMBERS  (FIXED_NUMBERS + 6 * VALUE_CONTRACTS)
#define USUAL_AGE     38 /* stands in where the birthday is not known */
#define TEXT_BYTES    (MOST_NUMBERS * 26 + 3)

const char *const value_visits_names[4] = {"r", "alpha", "a", "b"};
const char *const value_spend_names[3] = {"p", "q", "gamma"};
const char *const value_renewal_names[3] = {"alpha", "beta", "c"};
const char *const value_hazard_names[HAZARD_FEATURES] = {
    "gamma_0", "gamma_alive", "gamma_overdue", "gamma_trend", "gamma_recent", "gamma_both"};
const char *const value_covariate_names[VALUE_AFT] = {"each 10 years older",
                                                      "women instead of men",
                                                      "paying by debit instead of card",
                                                      "paying cash instead of by card",
                                                      "paying in another way than by card",
                                                      "each month that a term is longer"};
const int value_back_days[VALUE_RETURNS] = {0, 4, 8, 15, 31, 61, 121, 241};

int value_back(int days_since_end)
{
    int at = 0;
    while (at + 1 < VALUE_RETURNS && days_since_end >= value_back_days[at + 1])
        at++;
    return at;
}

const char *value_visits_name(enum visits_model model)
{
    switch (model) {
    case VISITS_BGNBD:
        return "BG/NBD";
    case VISITS_MBGNBD:
        return "MBG/NBD";
    }
    return "";
}

const char *value_survival_name(enum aft_model model)
{
    switch (model) {
    case AFT_WEIBULL:
        return "Weibull";
    case AFT_LOG_NORMAL:
        return "log-normal";
    case AFT_LOG_LOGISTIC:
        return "log-logistic";
    }
    return "";
}

const char *value_renewal_name(enum renewal_model model)
{
    return model == RENEWAL_BDW ? "BdW" : renewal_model_name(model);
}

void value_months_text(char *dst, size_t size, int months)
{
    snprintf(dst, size, "%d month%s", months, months == 1 ? "" : "s");
}

struct hazard_case value_case(const struct value_models *models, const struct value_habit *habit,
                              double contract_rate)
{
    const struct visits_parameters p =
        models->has_visits ? visits_parameters(&models->visits) : (struct visits_parameters){0};
    return (struct hazard_case){
        .contract_rate = contract_rate,
        .p_alive = models->has_visits
                       ? visits_p_alive(models->visits_model, &p, habit->x, habit->t_x, habit->T)
                       : .5,
        .overdue = hazard_overdue(habit->away, (int)habit->T, habit->x, models->mean_gap),
        .trend = hazard_trend(habit->recent[0], habit->recent[1]),
        .recent = hazard_recent(habit->recent[0]),
    };
}

int value_covariates(const struct value_gym *gym, const struct value_member *member,
                     uint32_t columns, double *z)
{
    const struct value_term *last =
        member->term_count > 0 ? &gym->terms[member->term + member->term_count - 1] : NULL;
    const double all[VALUE_AFT] = {
        (member->birth == DATE_NONE ? USUAL_AGE : date_age(member->birth, gym->today)) / 10.0,
        member->gender == 1,
        member->method == 2,
        member->method == 3,
        member->method == 4,
        last ? last->months : 0,
    };
    int count = 0;
    for (int i = 0; i < VALUE_AFT; i++)
        if (columns & UINT32_C(1) << i)
            z[count++] = all[i];
    return count;
}

/* ---- Contracts ---- */

static void fill_table(struct value_table *table, const struct renewal_parameters *p, int months)
{
    double log_v = -log1p(clv_usual_terms.discount) / 12, rates[2 * CLV_RENEWALS + 2];
    double later[CLV_RENEWALS + 1]; /* what a payment is worth so many terms from now */
    for (int k = 1; k <= CLV_RENEWALS; k++)
        later[k] = exp(log_v * (k - 1) * months);
    for (int n = 1; n <= 2 * CLV_RENEWALS + 1; n++)
        rates[n] = renewal_rate(p, n);
    for (int n = 0; n <= VALUE_RENEWALS; n++) {
        double staying = 1, worth = 0, stayed = 0;
        for (int k = 1; k <= CLV_RENEWALS; k++) {
            staying *= k > 1 ? rates[n + k] : 1;
            worth += later[k] * staying;
            stayed += staying * months;
        }
        table->rate[n] = rates[n + 1];
        table->worth[n] = worth;
        table->months[n] = stayed;
    }
}

void value_contract_prepare(struct value_contract *contract)
{
    fill_table(&contract->table, &contract->parameters, contract->months);
    if (!contract->is_fitted)
        return;
    for (int i = 0; i < contract->fit.count && i < 3; i++) {
        struct fit bent = contract->fit;
        double step = fmax(1e-4 * fabs(bent.value[i]), 1e-9);
        contract->step[i] = step;
        for (int side = 0; side < 2; side++) {
            bent.value[i] = contract->fit.value[i] + (side ? -step : step);
            struct renewal_parameters p = renewal_parameters(contract->parameters.model, &bent);
            fill_table(&contract->bent[2 * i + side], &p, contract->months);
        }
    }
}

/* What is bought beside a contract, a year at a time: Σ (E_y − E_{y−1}) v^(middle of the year). */
static void prepare_extras(struct value_models *models, const struct visits_parameters *p)
{
    double t[VALUE_YEARS], weight[VALUE_YEARS];
    for (int year = 0; year < VALUE_YEARS; year++) {
        t[year] = (year + 1) * 12 * VALUE_DAYS_A_MONTH;
        weight[year] = value_discount(year * 12 + 6);
        if (year > 0)
            weight[year - 1] -= weight[year];
    }
    outlook_prepare(&models->extras, models->visits_model, p, t, weight, VALUE_YEARS);
}

static bool prepare_visits(struct value_models *models)
{
    enum visits_model model = models->visits_model;
    struct fit bent = models->visits;
    struct visits_parameters p = visits_parameters(&bent);
    prepare_extras(models, &p);
    bool done = clv_outlook_prepare(&models->visits_to_come, &models->rule, &clv_usual_terms, model,
                                    &p, VALUE_DAYS_A_MONTH);
    for (int i = 0; done && i < VALUE_BENDS_V; i++) {
        double step = clv_step(&models->visits, i / 2);
        bent.value[i / 2] += i % 2 ? -step : step;
        p = visits_parameters(&bent);
        done = clv_outlook_prepare(&models->bent_visits[i], &models->rule, &clv_usual_terms, model,
                                   &p, VALUE_DAYS_A_MONTH);
        bent.value[i / 2] = models->visits.value[i / 2];
    }
    return done;
}

bool value_models_prepare(struct value_models *models, struct error *error)
{
    return (clv_rule_prepare(&models->rule, &clv_usual_terms) &&
            (!models->has_visits || prepare_visits(models))) ||
           error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
}

/* That of the same length; else of the nearest. NULL: no contract was ever seen. */
const struct value_contract *value_contract_of(const struct value_models *models, int months)
{
    const struct value_contract *best = NULL;
    for (int i = 0; i < models->contract_count; i++) {
        const struct value_contract *one = &models->contracts[i];
        if (!best || abs(one->months - months) < abs(best->months - months))
            best = one;
    }
    return best;
}

/* ---- Kept between recomputes ---- */

static int put_numbers(const struct value_models *models, double *numbers)
{
    int n = 0;
    const double fixed[] = {LAYOUT,
                            models->has_visits,
                            models->visits_model,
                            models->mean_gap,
                            models->has_spend,
                            models->mean_spend,
                            models->extras_per_visit,
                            models->has_hazard,
                            models->median_value,
                            models->base_rate,
                            models->has_survival,
                            models->survival_model,
                            models->columns};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        numbers[n++] = fixed[i];
    for (int i = 0; i < VALUE_RETURNS; i++)
        numbers[n++] = models->back[i];
    for (int i = 0; i < 12; i++)
        numbers[n++] = models->cuts[i / 4][i % 4];
    numbers[n++] = models->contract_count;
    for (int i = 0; i < models->contract_count; i++) {
        const struct value_contract *contract = &models->contracts[i];
        numbers[n++] = contract->months;
        numbers[n++] = contract->is_fitted;
        numbers[n++] = contract->parameters.model;
        numbers[n++] = contract->parameters.alpha;
        numbers[n++] = contract->parameters.beta;
        numbers[n++] = contract->parameters.c;
    }
    return n;
}

static void take_numbers(const double *numbers, struct value_models *models)
{
    int n = 1;
    models->has_visits = numbers[n++] != 0;
    models->visits_model = numbers[n++] != 0 ? VISITS_MBGNBD : VISITS_BGNBD;
    models->mean_gap = numbers[n++];
    models->has_spend = numbers[n++] != 0;
    models->mean_spend = numbers[n++];
    models->extras_per_visit = numbers[n++];
    models->has_hazard = numbers[n++] != 0;
    models->median_value = numbers[n++];
    models->base_rate = numbers[n++];
    models->has_survival = numbers[n++] != 0;
    models->survival_model = (enum aft_model)numbers[n++];
    models->columns = (uint32_t)numbers[n++];
    for (int i = 0; i < VALUE_RETURNS; i++)
        models->back[i] = numbers[n++];
    for (int i = 0; i < 12; i++)
        models->cuts[i / 4][i % 4] = numbers[n++];
    models->contract_count = (int)numbers[n++];
    if (models->contract_count < 0 || models->contract_count > VALUE_CONTRACTS)
        models->contract_count = 0;
    for (int i = 0; i < models->contract_count; i++) {
        struct value_contract *contract = &models->contracts[i];
        contract->months = (int)numbers[n++];
        contract->is_fitted = numbers[n++] != 0;
        contract->parameters.model = (enum renewal_model)numbers[n++];
        contract->parameters.alpha = numbers[n++];
        contract->parameters.beta = numbers[n++];
        contract->parameters.c = numbers[n++];
    }
}

bool value_models_store(struct bulk *bulk, const struct value_dataset *dataset, int32_t as_of,
                        const struct value_models *models, struct error *error)
{
    double numbers[MOST_NUMBERS];
    char text[TEXT_BYTES] = "{", key[24], day[16];
    int count = put_numbers(models, numbers);
    for (int i = 0; i < count; i++) {
        if (isfinite(numbers[i]))
            text_append(text, sizeof text, "%s%.17g", i ? "," : "", numbers[i]);
        else
            text_append(text, sizeof text, "%s%s", i ? "," : "",
                        numbers[i] < 0 ? "-Infinity" : "Infinity");
    }
    text_append(text, sizeof text, "}");
    snprintf(key, sizeof key, "%" PRId64, dataset->dataset_id);
    date_format_iso(day, sizeof day, as_of);
    const char *const values[] = {key, text, day};
    return bulk_named(bulk, "recompute_store_scoring", 3, values, NULL, 0, error);
}

static bool load_fits(struct bulk *bulk, const struct value_dataset *dataset,
                      struct value_models *models, struct error *error)
{
    if (models->has_visits &&
        !value_load_fit(bulk, dataset, "visits", value_visits_name(models->visits_model), "",
                        value_visits_names, 4, &models->visits, error))
        return false;
    if (models->has_spend && !value_load_fit(bulk, dataset, "spend", "Gamma-Gamma", "",
                                             value_spend_names, 3, &models->spend, error))
        return false;
    if (models->has_hazard &&
        !value_load_fit(bulk, dataset, "renewal", "renewal hazard", "", value_hazard_names,
                        HAZARD_FEATURES, &models->hazard, error))
        return false;
    for (int i = 0; i < models->contract_count; i++) {
        struct value_contract *contract = &models->contracts[i];
        static const char *const theta[] = {"theta"};
        char subject[24];
        value_months_text(subject, sizeof subject, contract->months);
        enum renewal_model model = contract->parameters.model;
        if (contract->is_fitted &&
            !value_load_fit(bulk, dataset, "renewal", value_renewal_name(model), subject,
                            model == RENEWAL_GEOMETRIC ? theta : value_renewal_names,
                            model == RENEWAL_GEOMETRIC ? 1
                            : model == RENEWAL_SBG     ? 2
                                                       : 3,
                            &contract->fit, error))
            return false;
        value_contract_prepare(contract);
    }
    if (!models->has_survival)
        return true;
    const char *names[FIT_PARAMETERS] = {"intercept"};
    int count = 1;
    for (int i = 0; i < VALUE_AFT; i++)
        if (models->columns & UINT32_C(1) << i)
            names[count++] = value_covariate_names[i];
    names[count++] = "sigma";
    return value_load_fit(bulk, dataset, "survival", value_survival_name(models->survival_model),
                          "", names, count, &models->survival, error);
}

bool value_models_load(struct bulk *bulk, const struct value_dataset *dataset,
                       struct value_models *models, struct error *error)
{
    double numbers[MOST_NUMBERS] = {0};
    char text[TEXT_BYTES], key[24];
    snprintf(key, sizeof key, "%" PRId64, dataset->dataset_id);
    const char *const values[] = {key};
    *models = (struct value_models){0};
    if (!bulk_named(bulk, "recompute_scoring", 1, values, text, sizeof text, error))
        return false;
    char *at = text;
    for (int i = 0; i < MOST_NUMBERS && *at; i++)
        numbers[i] = strtod(at, &at);
    if (numbers[0] != LAYOUT)
        return error_set(error, ERROR_NOT_FOUND, "Run a recompute",
                         "The members have not been scored yet");
    take_numbers(numbers, models);
    return load_fits(bulk, dataset, models, error) && value_models_prepare(models, error);
}
