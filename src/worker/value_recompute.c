/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recompute, gym by gym: read, fit, score, write; each gym changes in one transaction. And the same
 * for one member, by the fits of the last recompute.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/log.h"
#include "gymtui/worker/campaigns.h"
#include "value_private.h"

static bool no_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
}

/* ---- A gym ---- */

static bool find_dataset(struct bulk *bulk, const char *statement, int64_t gym_id,
                         struct value_dataset *dataset, struct error *error)
{
    char key[24], text[24];
    const char *const values[] = {key};
    snprintf(key, sizeof key, "%" PRId64, gym_id);
    if (!bulk_named(bulk, statement, 1, values, text, sizeof text, error))
        return false;
    *dataset = (struct value_dataset){gym_id, strtoll(text, NULL, 10)};
    return true;
}

static bool notify(struct bulk *bulk, int64_t gym_id, const char *topics, struct error *error)
{
    char key[24];
    const char *const values[] = {key, topics};
    snprintf(key, sizeof key, "%" PRId64, gym_id);
    return bulk_named(bulk, "recompute_notify", 2, values, NULL, 0, error);
}

/* Where nothing could be fitted to how long members stay, the last good fit goes on. */
static bool keep_survival(struct bulk *bulk, const struct value_gym *gym,
                          struct value_models *models, struct error *error)
{
    struct error ignored;
    if (models->has_survival)
        return true;
    struct value_models *before = malloc(sizeof *before);
    if (!before)
        return no_memory(error);
    if (value_models_load(bulk, &gym->dataset, before, &ignored) && before->has_survival) {
        models->has_survival = true;
        models->survival_model = before->survival_model;
        models->survival = before->survival;
        models->columns = before->columns;
    }
    free(before);
    return true;
}

static bool recompute_gym(struct bulk *bulk, struct value_gym *gym, struct value_models *models,
                          struct error *error)
{
    if (!find_dataset(bulk, "recompute_dataset", gym->dataset.gym_id, &gym->dataset, error) ||
        !value_read(bulk, gym, 0, true, error))
        return false;
    struct value_figures *all = calloc(gym->count + 1, sizeof *all);
    if (!all)
        return no_memory(error);
    bool done = value_fit_all(bulk, gym, models, error) &&
                keep_survival(bulk, gym, models, error) && value_rank(gym, models, error);
    if (done)
        value_figures_of(gym, models, 0, gym->count, all);
    done = done && value_models_store(bulk, &gym->dataset, gym->today, models, error) &&
           value_write(bulk, gym, models, all, true, error) &&
           campaigns_update(bulk, gym->dataset.gym_id, error) &&
           notify(bulk, gym->dataset.gym_id, "{members,datasets}", error) &&
           bulk_commit(bulk, error);
    free(all);
    return done;
}

struct gyms {
    struct gym_row {
        int64_t gym_id, members;
        int32_t today;
    } * rows;
    size_t count, room;
    int64_t members;
};

static bool take_gym(void *owner, const int64_t *values, int count)
{
    struct gyms *gyms = owner;
    if (count < 3)
        return false;
    if (gyms->count == gyms->room) {
        size_t room = gyms->room ? gyms->room * 2 : 64;
        void *grown = realloc(gyms->rows, room * sizeof *gyms->rows);
        if (!grown)
            return false;
        gyms->rows = grown;
        gyms->room = room;
    }
    gyms->rows[gyms->count++] = (struct gym_row){values[0], values[1], (int32_t)values[2]};
    gyms->members += values[1];
    return true;
}

static bool go_on(value_progress_fn *on_progress, void *owner, const struct gyms *gyms, size_t at,
                  int64_t finished, struct error *error)
{
    char phase[80] = "scores, models and value of all members";
    double share = gyms->members > 0 ? (double)finished / (double)gyms->members : 0;
    if (gyms->count > 1)
        snprintf(phase, sizeof phase, "scores, models and value, gym %zu of %zu", at + 1,
                 gyms->count);
    return !on_progress || on_progress(owner, phase, share) ||
           error_set(error, ERROR_CANCELLED, NULL, "The job was ended");
}

bool value_recompute(struct bulk *bulk, const struct value_options *options,
                     value_progress_fn *on_progress, void *owner, struct error *error)
{
    struct gyms gyms = {0};
    struct value_gym gym = {0};
    struct value_models *models = malloc(sizeof *models);
    int64_t finished = 0;
    if (!models)
        return no_memory(error);
    bool done = bulk_each(bulk, "recompute_gyms", 1, &options->gym_id, take_gym, &gyms, error) &&
                bulk_run_file(bulk, "recompute_begin", error) && bulk_commit(bulk, error);
    for (size_t i = 0; done && i < gyms.count; i++) {
        gym.dataset = (struct value_dataset){gyms.rows[i].gym_id, 0};
        gym.today = options->as_of == DATE_NONE ? gyms.rows[i].today : options->as_of;
        done = go_on(on_progress, owner, &gyms, i, finished, error) &&
               recompute_gym(bulk, &gym, models, error);
        finished += gyms.rows[i].members;
    }
    value_gym_free(&gym);
    free(gyms.rows);
    free(models);
    return done;
}

bool value_recompute_all(const char *conninfo, int32_t as_of, value_progress_fn *on_progress,
                         void *owner, struct error *error)
{
    const struct value_options options = {.gym_id = 0, .as_of = as_of};
    struct bulk *bulk = bulk_open(conninfo, error);
    bool done = bulk && bulk_run(bulk, "SET synchronous_commit = off", error) &&
                value_recompute(bulk, &options, on_progress, owner, error);
    struct error late;
    /* The figures are there, whatever becomes of the statistics. */
    if (done && (!bulk_run_file(bulk, "recompute_loaded", &late) || !bulk_commit(bulk, &late)))
        log_write(LOG_LEVEL_WARNING, "value", "no statistics were taken: %s", late.message);
    bulk_close(bulk);
    return done;
}

/* ---- One member ---- */

#define CACHED 8 /* gyms */

struct value_cache {
    struct cached {
        struct value_dataset dataset;
        int64_t refreshed; /* when the fits were made, in microseconds */
        struct value_models *models;
        uint64_t used;
    } gyms[CACHED];
    struct value_gym gym; /* rows of the member at hand */
    uint64_t clock;
};

struct value_cache *value_cache_new(void)
{
    return calloc(1, sizeof(struct value_cache));
}

void value_cache_free(struct value_cache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < CACHED; i++)
        free(cache->gyms[i].models);
    value_gym_free(&cache->gym);
    free(cache);
}

struct state {
    int64_t dataset_id, refreshed, today;
    bool found;
};

static bool take_state(void *owner, const int64_t *values, int count)
{
    *(struct state *)owner = (struct state){values[0], values[1], values[2], true};
    return count >= 3;
}

/* The gym's models, read when they have changed or were not at hand. */
static struct cached *models_of(struct value_cache *cache, struct bulk *bulk, int64_t gym_id,
                                const struct state *state, struct error *error)
{
    struct cached *entry = &cache->gyms[0];
    for (int i = 0; i < CACHED; i++) {
        struct cached *one = &cache->gyms[i];
        if (one->models && one->dataset.dataset_id == state->dataset_id &&
            one->refreshed == state->refreshed) {
            one->used = ++cache->clock;
            return one;
        }
        if (one->dataset.dataset_id == state->dataset_id || one->used < entry->used)
            entry = one;
    }
    if (!entry->models)
        entry->models = malloc(sizeof *entry->models);
    entry->dataset = (struct value_dataset){gym_id, state->dataset_id};
    entry->refreshed = 0; /* until it is whole */
    if (!entry->models) {
        no_memory(error);
        return NULL;
    }
    if (!value_models_load(bulk, &entry->dataset, entry->models, error))
        return NULL;
    entry->refreshed = state->refreshed;
    entry->used = ++cache->clock;
    return entry;
}

bool value_refresh_member(struct value_cache *cache, struct bulk *bulk, int64_t gym_id,
                          int64_t customer_id, struct error *error)
{
    struct state state = {0};
    struct value_gym *gym = &cache->gym;
    struct value_figures figures;
    if (!bulk_each(bulk, "recompute_state", 1, &gym_id, take_state, &state, error))
        return false;
    if (!state.found)
        return error_set(error, ERROR_NOT_FOUND, "Run a recompute",
                         "The members have not been scored yet");
    struct cached *cached = models_of(cache, bulk, gym_id, &state, error);
    if (!cached)
        return false;
    gym->dataset = cached->dataset;
    gym->today = (int32_t)state.today;
    if (!bulk_run_file(bulk, "recompute_begin", error) ||
        !value_read(bulk, gym, customer_id, false, error))
        return false;
    if (gym->count == 0)
        return true; /* merged into another meanwhile */
    value_score_member(gym, cached->models, 0, &figures);
    value_place_member(gym, cached->models, 0, &figures);
    return value_write(bulk, gym, cached->models, &figures, false, error) &&
           notify(bulk, gym_id, "{members}", error);
}
