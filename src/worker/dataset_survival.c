/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long customers stay, without a model. Whether someone has left shows only when the grace, or
 * the silence, has passed; so everybody who was there on the last day of which that is known (the
 * horizon) is censored on it. To censor at the last transaction instead would count the leavers of
 * the last weeks as if they had been lost from sight.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_private.h"

#define LEAST_IN_GROUP 10

int32_t refresh_horizon(const struct refresh *refresh)
{
    return refresh->as_of - (refresh->has_contract ? refresh->grace : refresh->silent);
}

bool refresh_survival(const struct refresh *refresh, const struct customer *customer, int32_t day,
                      double *time, bool *event)
{
    int32_t ends = customer->spell + customer->survival;
    if (customer->spell >= day)
        return false;
    *event = customer->gone && ends < day;
    *time = *event ? customer->survival : day - customer->spell;
    return day <= refresh->as_of;
}

struct sample {
    size_t count;
    double *time;
    bool *event;
    uint8_t *group;
};

static void sample_free(struct sample *sample)
{
    free(sample->time);
    free(sample->event);
    free(sample->group);
}

static int method_of(const struct customer *customer)
{
    return customer->method;
}

static int gender_of(const struct customer *customer)
{
    return customer->gender;
}

/* Those whose group is known, in groups 0 … count − 1 of those that have people enough; `kept`
 * tells which level each one is. */
static int take_groups(const struct refresh *refresh, const struct levels *levels,
                       int (*level_of)(const struct customer *), struct sample *sample, int *kept)
{
    size_t people[DATASET_LEVELS] = {0};
    int group_of[DATASET_LEVELS], groups = 0;
    double time;
    bool event;
    for (size_t i = 0; i < refresh->count; i++) {
        int level = level_of(&refresh->rows[i]);
        if (level >= 0 && level < levels->count &&
            refresh_survival(refresh, &refresh->rows[i], refresh_horizon(refresh), &time, &event))
            people[level]++;
    }
    for (int level = 0; level < levels->count; level++) {
        group_of[level] = people[level] >= LEAST_IN_GROUP ? groups : -1;
        if (group_of[level] >= 0)
            kept[groups++] = level;
    }
    sample->count = 0;
    for (size_t i = 0; i < refresh->count; i++) {
        int level = level_of(&refresh->rows[i]);
        if (level < 0 || level >= levels->count || group_of[level] < 0 ||
            !refresh_survival(refresh, &refresh->rows[i], refresh_horizon(refresh), &time, &event))
            continue;
        sample->time[sample->count] = time;
        sample->event[sample->count] = event;
        sample->group[sample->count++] = (uint8_t)group_of[level];
    }
    return groups;
}

/* Sorts a copy by group, so that each one's times stand together. */
static bool store_groups(struct refresh *refresh, const struct sample *all, const char *curve,
                         const struct levels *levels, const int *kept, int groups,
                         struct error *error)
{
    double *time = malloc((all->count + 1) * sizeof *time);
    bool *event = malloc((all->count + 1) * sizeof *event);
    bool done = true;
    if (!time || !event) {
        free(time);
        free(event);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    for (int group = 0; done && group < groups; group++) {
        struct survival_times own = {0, time, event};
        for (size_t i = 0; i < all->count; i++) {
            if (all->group[i] != group)
                continue;
            time[own.count] = all->time[i];
            event[own.count++] = all->event[i];
        }
        done = value_store_survival(refresh->bulk, &refresh->dataset, curve,
                                    levels->name[kept[group]], &own, error);
    }
    free(time);
    free(event);
    return done;
}

static bool compare(struct refresh *refresh, struct sample *sample, const char *subject,
                    const struct levels *levels, int (*level_of)(const struct customer *),
                    struct error *error)
{
    char curve[40];
    int kept[DATASET_LEVELS];
    int groups = take_groups(refresh, levels, level_of, sample, kept);
    snprintf(curve, sizeof curve, "survival by %s", subject);
    if (!value_remove_curve(refresh->bulk, &refresh->dataset, curve, error))
        return false;
    if (groups < 2)
        return true;
    struct survival_times times = {sample->count, sample->time, sample->event};
    struct survival_test test;
    struct error why;
    if (!survival_log_rank(&times, sample->group, groups, &test, &why)) {
        struct value_fit about = {.purpose = "test",
                                  .model = "log-rank",
                                  .subject = subject,
                                  .fitted_on = refresh->as_of,
                                  .holdout_from = DATE_NONE};
        return refresh_keep(refresh, &about, NULL, &why, error);
    }
    return store_groups(refresh, sample, curve, levels, kept, groups, error) &&
           value_store_test(refresh->bulk, &refresh->dataset, subject, refresh->as_of, &test,
                            sample->count, error);
}

static bool store_whole(struct refresh *refresh, struct sample *sample, struct error *error)
{
    sample->count = 0;
    for (size_t i = 0; i < refresh->count; i++)
        sample->count +=
            refresh_survival(refresh, &refresh->rows[i], refresh_horizon(refresh),
                             &sample->time[sample->count], &sample->event[sample->count]);
    struct survival_times times = {sample->count, sample->time, sample->event};
    return value_remove_curve(refresh->bulk, &refresh->dataset, "survival", error) &&
           (sample->count == 0 || value_store_survival(refresh->bulk, &refresh->dataset, "survival",
                                                       "all", &times, error));
}

bool refresh_curves(struct refresh *refresh, struct error *error)
{
    size_t room = refresh->count + 1;
    struct sample sample = {0, malloc(room * sizeof(double)), malloc(room * sizeof(bool)),
                            malloc(room)};
    if (!sample.time || !sample.event || !sample.group) {
        sample_free(&sample);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    bool done = store_whole(refresh, &sample, error) &&
                compare(refresh, &sample, "method", &refresh->methods, method_of, error) &&
                compare(refresh, &sample, "gender", &refresh->genders, gender_of, error) &&
                compare(refresh, &sample, "age", &refresh->ages, refresh_age_band, error);
    sample_free(&sample);
    return done;
}
