/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renewals: a model for the terms of each length, the hazard that a member's habit bends it by,
 * each held against the decisions of the last half year; and who comes back.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "value_fit.h"

#define MOST_CASES    100000 /* renewals that the hazard is fitted to */
#define MOST_HELD_OUT 10000  /* and in its hold-out: a sample of every so many-th */
#define LEAST_ENDED   20     /* ended terms, for the chance to come back */

/* ---- Contracts ---- */

/* Who stood before each renewal of terms of one length, and who was lost, decided before a day. */
static void count_renewals(const struct value_fitting *work, int months, int32_t before,
                           double *at_risk, double *lost)
{
    memset(at_risk, 0, VALUE_RENEWALS * sizeof *at_risk);
    memset(lost, 0, VALUE_RENEWALS * sizeof *lost);
    for (size_t i = 0; work->decisions && i < work->decision_count; i++) {
        const struct value_decision *decision = &work->decisions[i];
        if (decision->months != months || decision->at >= before)
            continue;
        at_risk[decision->renewal - 1]++;
        lost[decision->renewal - 1] += !decision->renewed;
    }
}

/* Terms of a length that nobody has come to the end of: a guess, called one. */
static void guess_contract(struct value_contract *contract)
{
    contract->is_fitted = false;
    contract->parameters = (struct renewal_parameters){RENEWAL_GEOMETRIC, .1, .9, 1};
    value_contract_prepare(contract);
}

/* `like`: fits to like data to begin at, or NULL; `fits`: those that are made on the way. */
static void fit_contract(const struct value_fitting *work, int months, int32_t before,
                         const struct renewal_fits *like, struct renewal_fits *fits,
                         struct value_contract *contract)
{
    double at_risk[VALUE_RENEWALS], lost[VALUE_RENEWALS];
    const struct renewals renewals = {VALUE_RENEWALS, at_risk, lost};
    count_renewals(work, months, before, at_risk, lost);
    *contract = (struct value_contract){.months = months};
    contract->is_fitted =
        renewal_choose_from(&renewals, like, fits, &contract->parameters, &contract->fit, NULL);
    if (contract->is_fitted)
        value_contract_prepare(contract);
    else
        guess_contract(contract);
}

/* The lengths that members have, the frequent ones first. */
static void fit_contracts(const struct value_fitting *work, struct value_models *models)
{
    int seen[121] = {0};
    const struct value_gym *gym = work->gym;
    for (size_t i = 0; i < gym->term_count; i++)
        if (gym->terms[i].months > 0 && gym->terms[i].months <= 120)
            seen[gym->terms[i].months]++;
    models->contract_count = 0;
    while (models->contract_count < VALUE_CONTRACTS) {
        int best = 0, at = models->contract_count;
        for (int months = 1; months <= 120; months++)
            if (seen[months] > seen[best])
                best = months;
        if (seen[best] == 0)
            break;
        seen[best] = 0;
        fit_contract(work, best, INT32_MAX, NULL, &work->renewals[at], &models->contracts[at]);
        models->contract_count++;
    }
}

/* The same lengths as of the split. */
static bool fit_contracts_then(const struct value_fitting *work, struct value_models *past,
                               struct error *error)
{
    struct renewal_fits *fits = malloc(sizeof *fits);
    if (!fits)
        return no_memory(error);
    past->contract_count = work->models->contract_count;
    for (int i = 0; i < past->contract_count; i++) {
        *fits = (struct renewal_fits){0};
        fit_contract(work, work->models->contracts[i].months, work->split, &work->renewals[i], fits,
                     &past->contracts[i]);
    }
    free(fits);
    return true;
}

struct cases {
    struct hazard_case *cases;
    bool *renewed;
    const struct value_decision **decision;
    size_t count;
};

static void cases_free(struct cases *cases)
{
    free(cases->cases);
    free(cases->renewed);
    free(cases->decision);
    *cases = (struct cases){0};
}

/* Decisions in [from, until) as the models see them on the evening before, `most` at the most. */
static bool make_cases(const struct value_fitting *work, const struct value_models *models,
                       int32_t from, int32_t until, size_t most, struct cases *cases,
                       struct error *error)
{
    size_t step = 1 + work->decision_count / (size_t)work->gym->sampled / most;
    size_t room = work->decision_count / step + 2;
    *cases = (struct cases){calloc(room, sizeof *cases->cases), calloc(room, 1),
                            calloc(room, sizeof(void *)), 0};
    if (!cases->cases || !cases->renewed || !cases->decision) {
        cases_free(cases);
        return no_memory(error);
    }
    for (size_t i = 0, usable = 0; work->decisions && i < work->decision_count; i++) {
        const struct value_decision *decision = &work->decisions[i];
        if (decision->at < from || decision->at >= until ||
            !value_has_days(work->gym, decision->member) || usable++ % step != 0)
            continue;
        const struct value_contract *contract = value_contract_of(models, decision->months);
        struct value_habit habit = value_habit_at(work->gym, decision->member, decision->at - 1);
        if (!contract)
            continue;
        cases->cases[cases->count] =
            value_case(models, &habit, contract->table.rate[decision->renewal - 1]);
        cases->decision[cases->count] = decision;
        cases->renewed[cases->count++] = decision->renewed;
    }
    return true;
}

/* How well the rates foretold who left: by the hazard, and by the contract alone, of terms of
 * `months`, or of any for 0. */
static bool judge_rates(const struct cases *cases, const struct fit *hazard, int months,
                        struct measure *left, struct measure *stayed)
{
    double *predicted = malloc((cases->count + 1) * sizeof *predicted);
    bool *outcome = malloc(cases->count + 1);
    size_t count = 0;
    bool done = false;
    for (size_t i = 0; predicted && outcome && i < cases->count; i++) {
        if (months > 0 && cases->decision[i]->months != months)
            continue;
        predicted[count] =
            hazard ? hazard_rate(hazard, &cases->cases[i]) : cases->cases[i].contract_rate;
        outcome[count++] = cases->renewed[i];
    }
    if (predicted && outcome && count >= VALUE_LEAST_HELD_OUT) {
        done = measure_both(predicted, outcome, count, stayed, left, NULL);
    }
    free(predicted);
    free(outcome);
    return done;
}

static void store_contract(const struct value_fitting *work, const struct value_contract *contract,
                           struct renewal_fits *fits, const struct cases *held_out)
{
    double at_risk[VALUE_RENEWALS], lost[VALUE_RENEWALS];
    const struct renewals renewals = {VALUE_RENEWALS, at_risk, lost};
    struct measure left, stayed;
    char subject[24];
    value_months_text(subject, sizeof subject, contract->months);
    count_renewals(work, contract->months, INT32_MAX, at_risk, lost);
    renewal_fit_rest(&renewals, fits);
    bool judged = held_out && judge_rates(held_out, NULL, contract->months, &left, &stayed);
    for (int model = RENEWAL_GEOMETRIC; model <= RENEWAL_BDW; model++) {
        bool in_use =
            contract->is_fitted && contract->parameters.model == (enum renewal_model)model;
        const struct value_fit about = {.purpose = "renewal",
                                        .model = value_renewal_name((enum renewal_model)model),
                                        .subject = subject,
                                        .time_unit = "terms",
                                        .fitted_on = work->gym->today,
                                        .in_use = in_use,
                                        .holdout = in_use && judged ? &left : NULL,
                                        .holdout_from = work->split};
        const struct renewal_try *one = &fits->of[model];
        if (one->is_fitted)
            value_book_fit(work->book, &about, &one->fit);
        else
            value_book_failure(work->book, &about, &one->why);
    }
}

static void store_hazard(const struct value_fitting *work, bool fitted, const struct fit *fit,
                         bool in_use, const struct measure *left, const struct measure *stayed,
                         const struct error *why)
{
    const struct value_fit about = {.purpose = "renewal",
                                    .model = "renewal hazard",
                                    .fitted_on = work->gym->today,
                                    .in_use = in_use,
                                    .holdout = left,
                                    .holdout_from = work->split};
    if (!fitted) {
        value_book_failure(work->book, &about, why);
        return;
    }
    value_book_fit(work->book, &about, fit);
    if (stayed)
        value_book_calibration(work->book, about.model, stayed);
}

/* Fitted up to the split, the hazard against the contract alone on the decisions that followed.
 * `past_fit`: that fit, when it is judged. */
static bool judge_hazard(const struct value_fitting *work, const struct value_drawn *then,
                         struct cases *held_out, struct fit *past_fit, struct measure *left,
                         struct measure *stayed, bool *is_better, bool *is_judged,
                         struct error *error)
{
    struct value_models *past = calloc(1, sizeof *past);
    struct cases before = {0};
    struct measure plain = {0}, plain_stayed = {0};
    if (!past)
        return no_memory(error);
    past->visits_model = work->models->visits_model;
    past->mean_gap = value_gap_of(then);
    past->has_visits = work->has_visits_then;
    past->visits = work->visits_then;
    bool done = fit_contracts_then(work, past, error) &&
                make_cases(work, past, INT32_MIN, work->split, MOST_HELD_OUT, &before, error) &&
                make_cases(work, past, work->split, INT32_MAX, MOST_HELD_OUT, held_out, error);
    *is_judged = done && past->has_visits &&
                 hazard_fit(before.cases, before.renewed, before.count, &past->hazard, NULL) &&
                 judge_rates(held_out, &past->hazard, 0, left, stayed);
    *is_better = !*is_judged || !judge_rates(held_out, NULL, 0, &plain, &plain_stayed) ||
                 left->log_loss <= plain.log_loss;
    if (*is_judged) {
        *past_fit = past->hazard;
        value_book_calibration(work->book, "contract alone", &plain_stayed);
    }
    cases_free(&before);
    free(past);
    return done;
}

bool value_fit_renewals(const struct value_fitting *work, const struct value_drawn *then,
                        struct error *error)
{
    struct value_models *models = work->models;
    struct cases held_out = {0}, all = {0};
    struct measure left, stayed;
    struct fit fit, past;
    struct error why = {0};
    bool is_better = true, is_judged = false;
    fit_contracts(work, models);
    bool done =
        judge_hazard(work, then, &held_out, &past, &left, &stayed, &is_better, &is_judged, error);
    for (int i = 0; done && i < models->contract_count; i++)
        store_contract(work, &models->contracts[i], &work->renewals[i], &held_out);
    if (done && make_cases(work, models, INT32_MIN, INT32_MAX, MOST_CASES, &all, error)) {
        bool fitted = models->has_visits
                          ? hazard_fit_from(all.cases, all.renewed, all.count,
                                            is_judged ? &past : NULL, &fit, &why)
                          : error_set(&why, ERROR_INPUT, NULL, "the visits could not be fitted");
        models->has_hazard = fitted && is_better;
        if (fitted)
            models->hazard = fit;
        else
            models->has_hazard =
                value_load_fit(work->bulk, &work->gym->dataset, "renewal", "renewal hazard", "",
                               value_hazard_names, HAZARD_FEATURES, &models->hazard, NULL);
        store_hazard(work, fitted, &fit, models->has_hazard, is_judged ? &left : NULL,
                     is_judged ? &stayed : NULL, &why);
    } else {
        done = false;
    }
    cases_free(&held_out);
    cases_free(&all);
    return done;
}

/* ---- Coming back ---- */

/* Of those whose contract had ended and who had not come back after so many days, the share that
 * did later, as far as was seen (Kaplan–Meier over the time away). */
void value_fit_returns(const struct value_gym *gym, struct value_models *models)
{
    double *time = malloc((gym->term_count + 1) * sizeof *time);
    bool *event = malloc(gym->term_count + 1);
    struct survival_curve curve;
    size_t count = 0;
    for (size_t m = 0; time && event && m < gym->count; m++) {
        const struct value_member *member = &gym->members[m];
        const struct value_term *terms = gym->terms + member->term;
        for (uint32_t i = 0; i < member->term_count; i++) {
            bool came_back = i + 1 < member->term_count && terms[i + 1].from <= gym->today;
            int32_t until = came_back ? terms[i + 1].from : gym->today;
            if (terms[i].months == 0 || until <= terms[i].until)
                continue;
            time[count] = until - terms[i].until;
            event[count++] = came_back;
        }
    }
    if (count >= LEAST_ENDED &&
        survival_kaplan_meier(&(struct survival_times){count, time, event}, &curve, NULL)) {
        double last = curve.count ? curve.points[curve.count - 1].survival : 1;
        for (int i = 0; i < VALUE_RETURNS; i++) {
            const struct survival_point *at = survival_at(&curve, value_back_days[i]);
            double away = at ? at->survival : 1;
            models->back[i] = away > 0 ? fmin(fmax(1 - last / away, 0), 1) : 0;
        }
        survival_curve_free(&curve);
    }
    free(time);
    free(event);
}
