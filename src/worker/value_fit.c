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
#include "value_fit.h"

#define ASIDE         50000 /* members from which on a second thread is worth it */
#define NAMES_BYTES   16384
#define TRACKED       3000 /* members whose visits are added up week by week */
#define TRACKED_WEEKS 26   /* at most OUTLOOK_HORIZONS */

/* ---- Visits ---- */

static void drawn_free(struct value_drawn *drawn)
{
    free(drawn->x);
    free(drawn->member);
    free(drawn->t_x);
    free(drawn->T);
    *drawn = (struct value_drawn){0};
}

/* Everybody's visits as of a day; `today` out of the summaries, a past day for whom the days are
 * there. */
static bool draw(const struct value_gym *gym, int32_t day, struct value_drawn *drawn,
                 struct error *error)
{
    size_t room = gym->count + 1;
    *drawn =
        (struct value_drawn){0, malloc(room * sizeof(uint32_t)), malloc(room * sizeof(uint32_t)),
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
static bool fit_drawn(enum visits_model model, const struct value_drawn *drawn,
                      const struct fit *like, struct fit *fit, struct error *error)
{
    const struct visits visits = {drawn->count, drawn->x, drawn->t_x, drawn->T};
    struct visits_parameters start;
    if (like)
        start = visits_parameters(like);
    if (drawn->count < 2)
        return error_set(error, ERROR_INPUT, NULL, "there are too few members yet");
    return visits_fit(model, &visits, like ? &start : NULL, fit, error);
}

double value_gap_of(const struct value_drawn *drawn)
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
static bool judge_visits(const struct value_fitting *work, const struct value_drawn *drawn,
                         const struct fit *fit, enum visits_model model, struct measure *left,
                         struct measure *stayed)
{
    const struct visits visits = {drawn->count, drawn->x, drawn->t_x, drawn->T};
    const struct visits_parameters p = visits_parameters(fit);
    double *alive = malloc((drawn->count + 1) * sizeof *alive);
    bool *came = malloc(drawn->count + 1);
    bool done = false;
    if (alive && came && drawn->count >= VALUE_LEAST_HELD_OUT) {
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
static bool track(const struct value_fitting *work, const struct value_drawn *drawn,
                  const struct fit *fit, enum visits_model model, struct error *error)
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

static void store_visits(const struct value_fitting *work, enum visits_model model,
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
static void keep_visits(const struct value_fitting *work, enum visits_model model)
{
    struct error ignored;
    if (value_load_fit(work->bulk, &work->gym->dataset, "visits", value_visits_name(model), "",
                       value_visits_names, 4, &work->models->visits, &ignored)) {
        work->models->has_visits = true;
        work->models->visits_model = model;
    }
}

static bool fit_visits(struct value_fitting *work, const struct value_drawn *now,
                       const struct value_drawn *then, struct error *error)
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
    models->mean_gap = value_gap_of(now);
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

static bool fit_spend(const struct value_fitting *work, struct error *error)
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
    bool fitted = count >= VALUE_LEAST_HELD_OUT
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
static struct aside *aside_begin(const struct value_fitting *work, struct error *error)
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
static bool aside_end(struct aside *aside, const struct value_fitting *work, bool done,
                      struct error *error)
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
static bool fit_visiting(struct value_fitting *work, struct error *error)
{
    const struct value_gym *gym = work->gym;
    struct value_drawn now = {0}, then = {0};
    work->decisions = value_decisions(gym, &work->decision_count);
    work->renewals = calloc(VALUE_CONTRACTS, sizeof *work->renewals);
    bool done = ((work->decisions && work->renewals) || no_memory(error)) &&
                draw(gym, gym->today, &now, error) && draw(gym, work->split, &then, error) &&
                fit_visits(work, &now, &then, error) && fit_spend(work, error) &&
                value_fit_renewals(work, &then, error);
    value_fit_returns(gym, work->models);
    drawn_free(&now);
    drawn_free(&then);
    free(work->decisions);
    free(work->renewals);
    return done;
}

bool value_fit_all(struct bulk *bulk, const struct value_gym *gym, struct value_models *models,
                   struct error *error)
{
    struct value_fitting work = {.bulk = bulk,
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
