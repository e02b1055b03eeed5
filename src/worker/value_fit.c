/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A gym's models, each fitted twice: up to a past day, to be held against what followed, and to
 * all that is known. The better one of its purpose on the hold-out is in use. A fit that cannot be
 * made is noted, and the last good one goes on.
 */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/model/clv.h"
#include "value_private.h"

#define LEAST_HELD_OUT 30     /* cases for a hold-out to say something */
#define MOST_CASES     100000 /* renewals that the hazard is fitted to */
#define MOST_HELD_OUT  10000  /* and in its hold-out: a sample of every so many-th */
#define LEAST_ENDED    20     /* ended terms, for the chance to come back */
#define ASIDE          50000  /* members from which on a second thread is worth it */
#define NAMES_BYTES    16384
#define TRACKED        3000 /* members whose visits are added up week by week */
#define TRACKED_WEEKS  26   /* at most OUTLOOK_HORIZONS */

struct work {
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

static bool no_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
}

/* ---- Visits ---- */

struct drawn {
    size_t count;
    uint32_t *x, *member;
    double *t_x, *T;
};

static void drawn_free(struct drawn *drawn)
{
    free(drawn->x);
    free(drawn->member);
    free(drawn->t_x);
    free(drawn->T);
    *drawn = (struct drawn){0};
}

/* Everybody's visits as of a day; `today` out of the summaries, a past day for whom the days are
 * there. */
static bool draw(const struct value_gym *gym, int32_t day, struct drawn *drawn, struct error *error)
{
    size_t room = gym->count + 1;
    *drawn = (struct drawn){0, malloc(room * sizeof(uint32_t)), malloc(room * sizeof(uint32_t)),
                            malloc(room * sizeof(double)), malloc(room * sizeof(double))};
    if (!drawn->x || !drawn->member || !drawn->t_x || !drawn->T) {
        drawn_free(drawn);
        return no_memory(error);
    }
    for (size_t m = 0; m < gym->count; m++) {
        bool is_past = day < gym->today;
        if (gym->members[m].joined >= day || (is_past && !value_has_days(gym, m)))
            continue;
        struct value_habit habit =
            is_past ? value_habit_at(gym, m, day) : value_habit_today(gym, &gym->members[m]);
        drawn->x[drawn->count] = habit.x;
        drawn->t_x[drawn->count] = habit.t_x;
        drawn->T[drawn->count] = habit.T;
        drawn->member[drawn->count++] = (uint32_t)m;
    }
    return true;
}

/* `like`: a fit to like data, to begin at; NULL: none. */
static bool fit_drawn(enum visits_model model, const struct drawn *drawn, const struct fit *like,
                      struct fit *fit, struct error *error)
{
    const struct visits visits = {drawn->count, drawn->x, drawn->t_x, drawn->T};
    struct visits_parameters start;
    if (like)
        start = visits_parameters(like);
    if (drawn->count < 2)
        return error_set(error, ERROR_INPUT, NULL, "there are too few members yet");
    return visits_fit(model, &visits, like ? &start : NULL, fit, error);
}

static double gap_of(const struct drawn *drawn)
{
    double visits = 0, time = 0;
    for (size_t i = 0; i < drawn->count; i++) {
        visits += drawn->x[i];
        time += drawn->T[i];
    }
    return visits > 0 ? time / visits : 14;
}

/* Who came in the days held out, against who was predicted to be there still. Measured as leaving,
 * so that the worst tenth is of those who left; calibrated as staying, which is what is read. */
static bool judge_visits(const struct work *work, const struct drawn *drawn, const struct fit *fit,
                         enum visits_model model, struct measure *left, struct measure *stayed)
{
    const struct visits visits = {drawn->count, drawn->x, drawn->t_x, drawn->T};
    const struct visits_parameters p = visits_parameters(fit);
    double *alive = malloc((drawn->count + 1) * sizeof *alive);
    bool *came = malloc(drawn->count + 1);
    bool done = false;
    if (alive && came && drawn->count >= LEAST_HELD_OUT) {
        visits_predict(model, &p, &visits, 0, alive, NULL);
        for (size_t i = 0; i < drawn->count; i++) {
            size_t m = drawn->member[i], end = work->gym->first_day[m + 1];
            came[i] = end > work->gym->first_day[m] && work->gym->days[end - 1] > work->split;
        }
        done = measure_both(alive, came, drawn->count, stayed, left, NULL);
    }
    free(alive);
    free(came);
    return done;
}

/* Visits week by week after the split, as they were and as the model of then expected them. */
static bool track(const struct work *work, const struct drawn *drawn, const struct fit *fit,
                  enum visits_model model, struct error *error)
{
    struct value_point actual[TRACKED_WEEKS], expected[TRACKED_WEEKS];
    double seen[TRACKED_WEEKS] = {0}, foreseen[TRACKED_WEEKS] = {0}, ahead[OUTLOOK_HORIZONS];
    double t[TRACKED_WEEKS], each[TRACKED_WEEKS] = {0}, sum = 0;
    const struct visits_parameters p = visits_parameters(fit);
    const struct value_gym *gym = work->gym;
    size_t step = 1 + drawn->count / TRACKED;
    int weeks = 0;
    for (; weeks < TRACKED_WEEKS && work->split + 7 * (weeks + 1) < gym->today; weeks++)
        t[weeks] = 7 * (weeks + 1);
    struct outlook *outlook = malloc(sizeof *outlook);
    if (!outlook)
        return no_memory(error);
    outlook_prepare(outlook, model, &p, t, each, weeks);
    for (size_t i = 0; i < drawn->count; i += step) {
        double alive = visits_p_alive(model, &p, drawn->x[i], drawn->t_x[i], drawn->T[i]);
        size_t m = drawn->member[i];
        outlook_each(outlook, drawn->x[i], drawn->T[i], ahead);
        for (int week = 0; week < weeks; week++)
            foreseen[week] += alive * ahead[week];
        for (size_t at = gym->first_day[m + 1]; at > gym->first_day[m]; at--) {
            int after = gym->days[at - 1] - work->split - 1;
            if (after < 0)
                break;
            if (after / 7 < weeks)
                seen[after / 7]++;
        }
    }
    free(outlook);
    for (int week = 0; week < weeks; week++) {
        const struct value_point point = {week + 1, 0, NAN, NAN, -1};
        actual[week] = expected[week] = point;
        actual[week].y = (sum += seen[week] * (double)step);
        expected[week].y = foreseen[week] * (double)step;
    }
    value_book_points(work->book, "tracking", "actual", actual, (size_t)weeks);
    value_book_points(work->book, "tracking", "expected", expected, (size_t)weeks);
    return true;
}

struct candidate {
    bool is_fitted, is_then_fitted, is_judged;
    struct fit fit, then; /* to all, and up to the split */
    struct measure left, stayed;
    struct error why;
};

static void store_visits(const struct work *work, enum visits_model model,
                         const struct candidate *one)
{
    const struct value_fit about = {.purpose = "visits",
                                    .model = value_visits_name(model),
                                    .time_unit = "days",
                                    .fitted_on = work->gym->today,
                                    .in_use = work->models->has_visits &&
                                              work->models->visits_model == model,
                                    .holdout = one->is_judged ? &one->left : NULL,
                                    .holdout_from = work->split};
    if (!one->is_fitted) {
        value_book_failure(work->book, &about, &one->why);
        return;
    }
    value_book_fit(work->book, &about, &one->fit);
    if (one->is_judged)
        value_book_calibration(work->book, about.model, &one->stayed);
}

/* The last good fit in place of one that could not be made. */
static void keep_visits(const struct work *work, enum visits_model model)
{
    struct error ignored;
    if (value_load_fit(work->bulk, &work->gym->dataset, "visits", value_visits_name(model), "",
                       value_visits_names, 4, &work->models->visits, &ignored)) {
        work->models->has_visits = true;
        work->models->visits_model = model;
    }
}

static bool fit_visits(struct work *work, const struct drawn *now, const struct drawn *then,
                       struct error *error)
{
    struct candidate *all = calloc(2, sizeof *all);
    struct value_models *models = work->models;
    bool done = true;
    if (!all)
        return no_memory(error);
    for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++) {
        struct candidate *one = &all[model];
        const struct fit *like =
            model > VISITS_BGNBD && all[VISITS_BGNBD].is_fitted ? &all[VISITS_BGNBD].fit : NULL;
        one->is_fitted = fit_drawn((enum visits_model)model, now, like, &one->fit, &one->why);
        one->is_then_fitted =
            then->count > 0 && fit_drawn((enum visits_model)model, then,
                                         one->is_fitted ? &one->fit : NULL, &one->then, NULL);
        one->is_judged =
            one->is_then_fitted && judge_visits(work, then, &one->then, (enum visits_model)model,
                                                &one->left, &one->stayed);
        bool is_better = !models->has_visits || !all[VISITS_BGNBD].is_judged ||
                         (one->is_judged && one->left.log_loss < all[VISITS_BGNBD].left.log_loss);
        if (one->is_fitted && is_better) {
            models->has_visits = true;
            models->visits_model = (enum visits_model)model;
            models->visits = one->fit;
        }
    }
    models->mean_gap = gap_of(now);
    if (!models->has_visits)
        keep_visits(work, VISITS_MBGNBD);
    work->has_visits_then = all[models->visits_model].is_then_fitted;
    work->visits_then = all[models->visits_model].then;
    for (int model = VISITS_BGNBD; model <= VISITS_MBGNBD; model++)
        store_visits(work, (enum visits_model)model, &all[model]);
    if (models->has_visits && all[models->visits_model].is_judged)
        done = track(work, then, &all[models->visits_model].then, models->visits_model, error);
    free(all);
    return done;
}

/* ---- Spend beside the contract ---- */

static bool fit_spend(const struct work *work, struct error *error)
{
    const struct value_gym *gym = work->gym;
    struct value_models *models = work->models;
    uint32_t *x = malloc((gym->count + 1) * sizeof *x);
    double *mean = malloc((gym->count + 1) * sizeof *mean), spent = 0, bought = 0, visits = 0;
    struct fit fit;
    struct error why;
    size_t count = 0;
    if (!x || !mean) {
        free(x);
        free(mean);
        return no_memory(error);
    }
    for (size_t m = 0; m < gym->count; m++) {
        const struct value_member *member = &gym->members[m];
        visits += member->visit_days;
        if (member->extras == 0 || member->spent_extra <= 0)
            continue;
        x[count] = member->extras;
        mean[count++] = (double)member->spent_extra / 100 / member->extras;
        bought += member->extras;
        spent += (double)member->spent_extra / 100;
    }
    models->mean_spend = bought > 0 ? spent / bought : 0;
    models->extras_per_visit = visits > 0 ? bought / visits : 0;
    const struct value_fit about = {.purpose = "spend",
                                    .model = "Gamma-Gamma",
                                    .fitted_on = gym->today,
                                    .in_use = true,
                                    .holdout_from = DATE_NONE};
    bool fitted = count >= LEAST_HELD_OUT
                      ? spend_fit(&(struct spend){count, x, mean}, NULL, &fit, &why)
                      : error_set(&why, ERROR_INPUT, NULL,
                                  "only %zu members have bought anything beside their plan", count);
    free(x);
    free(mean);
    if (fitted) {
        models->spend = fit;
        models->has_spend = true;
        value_book_fit(work->book, &about, &fit);
        return true;
    }
    models->has_spend = value_load_fit(work->bulk, &gym->dataset, "spend", "Gamma-Gamma", "",
                                       value_spend_names, 3, &models->spend, NULL);
    value_book_failure(work->book, &about, &why);
    return true;
}

/* ---- Renewals ---- */

/* Who stood before each renewal of terms of one length, and who was lost, decided before a day. */
static void count_renewals(const struct work *work, int months, int32_t before, double *at_risk,
                           double *lost)
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
static void fit_contract(const struct work *work, int months, int32_t before,
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
static void fit_contracts(const struct work *work, struct value_models *models)
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
static bool fit_contracts_then(const struct work *work, struct value_models *past,
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
static bool make_cases(const struct work *work, const struct value_models *models, int32_t from,
                       int32_t until, size_t most, struct cases *cases, struct error *error)
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
    if (predicted && outcome && count >= LEAST_HELD_OUT) {
        done = measure_both(predicted, outcome, count, stayed, left, NULL);
    }
    free(predicted);
    free(outcome);
    return done;
}

static void store_contract(const struct work *work, const struct value_contract *contract,
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

static void store_hazard(const struct work *work, bool fitted, const struct fit *fit, bool in_use,
                         const struct measure *left, const struct measure *stayed,
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
static bool judge_hazard(const struct work *work, const struct drawn *then, struct cases *held_out,
                         struct fit *past_fit, struct measure *left, struct measure *stayed,
                         bool *is_better, bool *is_judged, struct error *error)
{
    struct value_models *past = calloc(1, sizeof *past);
    struct cases before = {0};
    struct measure plain = {0}, plain_stayed = {0};
    if (!past)
        return no_memory(error);
    past->visits_model = work->models->visits_model;
    past->mean_gap = gap_of(then);
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

static bool fit_renewals(const struct work *work, const struct drawn *then, struct error *error)
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
static void fit_returns(const struct value_gym *gym, struct value_models *models)
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

/* ---- How long they stay ---- */

/* Needs nothing of the other fits, so that a large gym's runs beside them; what it stores comes
 * into a book of its own. */
struct aside {
    const struct value_gym *gym;
    struct value_models *models;
    struct value_book *book;
    char names[NAMES_BYTES];
    pthread_t thread;
    bool is_started, done;
    struct error error;
};

static void *run_aside(void *owner)
{
    struct aside *aside = owner;
    aside->done =
        value_fit_survival(aside->book, aside->gym, aside->names, aside->models, &aside->error);
    return NULL;
}

/* NULL: an error. */
static struct aside *aside_begin(const struct work *work, struct error *error)
{
    struct aside *aside = calloc(1, sizeof *aside);
    char key[24];
    const char *const values[] = {key};
    snprintf(key, sizeof key, "%" PRId64, work->gym->dataset.gym_id);
    if (!aside) {
        no_memory(error);
        return NULL;
    }
    aside->gym = work->gym;
    aside->models = work->models;
    bool is_large = work->gym->count >= ASIDE;
    aside->book = is_large ? value_book_new(&work->gym->dataset, error) : work->book;
    if (!aside->book ||
        !bulk_named(work->bulk, "recompute_names", 1, values, aside->names, NAMES_BYTES, error)) {
        if (is_large)
            value_book_free(aside->book);
        free(aside);
        return NULL;
    }
    aside->is_started = is_large && pthread_create(&aside->thread, NULL, run_aside, aside) == 0;
    return aside;
}

/* Waits for it, or does it now; stores what it found when all went well. */
static bool aside_end(struct aside *aside, const struct work *work, bool done, struct error *error)
{
    if (aside->is_started)
        pthread_join(aside->thread, NULL);
    else if (done)
        run_aside(aside);
    if (done && !aside->done) {
        if (error)
            *error = aside->error;
        done = false;
    }
    if (aside->book != work->book) {
        done = done && value_book_store(aside->book, work->bulk, error);
        value_book_free(aside->book);
    }
    free(aside);
    return done;
}

/* ---- All ---- */

/* The fits that are made one after the other, some out of others. */
static bool fit_visiting(struct work *work, struct error *error)
{
    const struct value_gym *gym = work->gym;
    struct drawn now = {0}, then = {0};
    work->decisions = value_decisions(gym, &work->decision_count);
    work->renewals = calloc(VALUE_CONTRACTS, sizeof *work->renewals);
    bool done = ((work->decisions && work->renewals) || no_memory(error)) &&
                draw(gym, gym->today, &now, error) && draw(gym, work->split, &then, error) &&
                fit_visits(work, &now, &then, error) && fit_spend(work, error) &&
                fit_renewals(work, &then, error);
    fit_returns(gym, work->models);
    drawn_free(&now);
    drawn_free(&then);
    free(work->decisions);
    free(work->renewals);
    return done;
}

bool value_fit_all(struct bulk *bulk, const struct value_gym *gym, struct value_models *models,
                   struct error *error)
{
    struct work work = {.bulk = bulk,
                        .book = value_book_new(&gym->dataset, error),
                        .gym = gym,
                        .models = models,
                        .split = gym->today - VALUE_HELD_OUT};
    *models = (struct value_models){0};
    struct aside *aside = work.book ? aside_begin(&work, error) : NULL;
    bool done = aside && aside_end(aside, &work, fit_visiting(&work, error), error) &&
                value_book_store(work.book, bulk, error);
    value_book_free(work.book);
    return done;
}
