/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recompute, gym by gym: read, fit, score, write; each gym changes in one transaction, two gyms at
 * a time. And the same for one member, by the fits of the last recompute.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/log.h"
#include "gymtui/worker/campaigns.h"
#include "value_private.h"

/* ---- A gym ---- */

/* The gym's own dataset, and its rules of who has left. */
static bool find_dataset(struct bulk *bulk, struct value_gym *gym, struct error *error)
{
    char key[24], text[80], *rest;
    const char *const values[] = {key};
    snprintf(key, sizeof key, "%" PRId64, gym->dataset.gym_id);
    if (!bulk_named(bulk, "recompute_dataset", 1, values, text, sizeof text, error))
        return false;
    gym->dataset.dataset_id = strtoll(text, &rest, 10);
    gym->grace = (int32_t)strtol(rest, &rest, 10);
    gym->silence = (int32_t)strtol(rest, NULL, 10);
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
    return find_dataset(bulk, gym, error) && value_read(bulk, gym, error) &&
           value_fit_all(bulk, gym, models, error) && keep_survival(bulk, gym, models, error) &&
           value_rank(gym, models, error) &&
           value_models_store(bulk, &gym->dataset, gym->today, models, error) &&
           value_write(bulk, gym, models, error) &&
           campaigns_update(bulk, gym->dataset.gym_id, error) &&
           notify(bulk, gym->dataset.gym_id, "{members,datasets}", error) &&
           bulk_commit(bulk, error);
}

/* ---- Gyms ---- */

struct gym_row {
    int64_t gym_id, members;
    int32_t today;
};

struct gyms {
    struct gym_row *rows;
    size_t count, room;
    int64_t members;
};

static bool take_gym(void *owner, const int64_t *values, int count)
{
    struct gyms *gyms = owner;
    void *rows = gyms->rows;
    if (count < 3 || !value_grow(&rows, gyms->count, &gyms->room, sizeof *gyms->rows))
        return false;
    gyms->rows = rows;
    gyms->rows[gyms->count++] = (struct gym_row){values[0], values[1], (int32_t)values[2]};
    gyms->members += values[1];
    return true;
}

#define HANDS 2 /* connections: while one gym's figures are written, another's are computed */

struct work {
    const struct value_options *options;
    struct gyms gyms;
    pthread_mutex_t lock; /* of what follows */
    value_progress_fn *tell;
    void *owner;
    size_t next;
    int64_t finished; /* members */
    bool stop, is_cancelled;
};

struct hand {
    struct work *work;
    struct bulk *bulk;
    struct value_gym gym;
    struct value_models *models;
    bool done;
    struct error error;
};

/* Says how far it is. False: somebody has ended it. */
static bool tell(struct work *work)
{
    char phase[80] = "scores, models and value of all members";
    const struct gyms *gyms = &work->gyms;
    double share = gyms->members > 0 ? (double)work->finished / (double)gyms->members : 0;
    if (gyms->count > 1)
        snprintf(phase, sizeof phase, "scores, models and value, gym %zu of %zu", work->next + 1,
                 gyms->count);
    if (work->tell && !work->tell(work->owner, phase, share))
        work->is_cancelled = work->stop = true;
    return !work->stop;
}

/* The gym that is next; false: there is none, or it is to end. */
static bool take_next(struct hand *hand)
{
    struct work *work = hand->work;
    pthread_mutex_lock(&work->lock);
    bool goes_on = !work->stop && work->next < work->gyms.count && tell(work);
    if (goes_on) {
        const struct gym_row *row = &work->gyms.rows[work->next++];
        hand->gym.dataset = (struct value_dataset){row->gym_id, 0};
        hand->gym.today = work->options->as_of == DATE_NONE ? row->today : work->options->as_of;
        /* As of a day that is over, nothing is kept: visits after it are not read. */
        hand->gym.keeps = hand->gym.today >= row->today;
    }
    pthread_mutex_unlock(&work->lock);
    return goes_on;
}

static void *recompute_some(void *owner)
{
    struct hand *hand = owner;
    struct work *work = hand->work;
    hand->done = (hand->models = malloc(sizeof *hand->models)) != NULL || no_memory(&hand->error);
    hand->done = hand->done && bulk_run_file(hand->bulk, "recompute_begin", &hand->error) &&
                 bulk_commit(hand->bulk, &hand->error);
    while (hand->done && take_next(hand)) {
        hand->done = recompute_gym(hand->bulk, &hand->gym, hand->models, &hand->error);
        pthread_mutex_lock(&work->lock);
        work->finished += (int64_t)hand->gym.count;
        pthread_mutex_unlock(&work->lock);
    }
    pthread_mutex_lock(&work->lock);
    work->stop = work->stop || !hand->done;
    pthread_mutex_unlock(&work->lock);
    value_gym_free(&hand->gym);
    free(hand->models);
    return NULL;
}

/* Over one connection or more; the first one on this thread. */
static bool recompute_over(struct bulk *const *bulks, int count,
                           const struct value_options *options, value_progress_fn *on_progress,
                           void *owner, struct error *error)
{
    struct work work = {
        .options = options, .lock = PTHREAD_MUTEX_INITIALIZER, .tell = on_progress, .owner = owner};
    struct hand hands[HANDS] = {{0}};
    pthread_t threads[HANDS];
    bool started[HANDS] = {false};
    bool done =
        bulk_each(bulks[0], "recompute_gyms", 1, &options->gym_id, take_gym, &work.gyms, error) &&
        bulk_commit(bulks[0], error);
    if (done) {
        for (int i = 0; i < count; i++) {
            hands[i] = (struct hand){.work = &work, .bulk = bulks[i], .done = true};
            if (i > 0)
                started[i] = pthread_create(&threads[i], NULL, recompute_some, &hands[i]) == 0;
        }
        recompute_some(&hands[0]);
    }
    for (int i = 1; i < count; i++)
        if (started[i])
            pthread_join(threads[i], NULL);
    for (int i = 0; done && i < count; i++)
        if (!hands[i].done) {
            *error = hands[i].error;
            done = false;
        }
    if (done && work.is_cancelled)
        done = error_set(error, ERROR_CANCELLED, NULL, "The job was ended");
    free(work.gyms.rows);
    return done;
}

bool value_recompute(struct bulk *bulk, const struct value_options *options,
                     value_progress_fn *on_progress, void *owner, struct error *error)
{
    return recompute_over(&bulk, 1, options, on_progress, owner, error);
}

bool value_recompute_gyms(const char *conninfo, const struct value_options *options,
                          value_progress_fn *on_progress, void *owner, struct error *error)
{
    struct bulk *bulks[HANDS] = {NULL};
    int count = options->gym_id == 0 ? HANDS : 1;
    bool done = true;
    /* Figures that a crash takes are made again. A gym's rows are sorted in memory, and by the hand
     * that waits for them: the other one has work of its own. */
    for (int i = 0; done && i < count; i++)
        done = (bulks[i] = bulk_open(conninfo, error)) != NULL &&
               bulk_run(bulks[i],
                        "SET synchronous_commit = off; SET work_mem = '64MB'; SET jit = off; SET "
                        "max_parallel_workers_per_gather = 0",
                        error) &&
               bulk_commit(bulks[i], error);
    done = done && recompute_over(bulks, count, options, on_progress, owner, error);
    struct error late;
    /* The figures are there, whatever becomes of the statistics. */
    if (done && options->gym_id == 0 &&
        (!bulk_run_file(bulks[0], "recompute_loaded", &late) || !bulk_commit(bulks[0], &late)))
        log_write(LOG_LEVEL_WARNING, "value", "no statistics were taken: %s", late.message);
    for (int i = 0; i < count; i++)
        bulk_close(bulks[i]);
    return done;
}

bool value_recompute_all(const char *conninfo, int32_t as_of, value_progress_fn *on_progress,
                         void *owner, struct error *error)
{
    const struct value_options options = {.gym_id = 0, .as_of = as_of};
    return value_recompute_gyms(conninfo, &options, on_progress, owner, error);
}

/* ---- One member ---- */

#define CACHED 8 /* gyms */

struct value_cache {
    struct cached {
        int64_t dataset_id;
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

/* The models of the gym at hand, read when they have changed or were not there. */
static const struct value_models *models_of(struct value_cache *cache, struct bulk *bulk,
                                            int64_t refreshed, struct error *error)
{
    const struct value_dataset *dataset = &cache->gym.dataset;
    struct cached *entry = &cache->gyms[0];
    for (int i = 0; i < CACHED; i++) {
        struct cached *one = &cache->gyms[i];
        if (one->models && one->dataset_id == dataset->dataset_id && one->refreshed == refreshed) {
            one->used = ++cache->clock;
            return one->models;
        }
        if (one->dataset_id == dataset->dataset_id || one->used < entry->used)
            entry = one;
    }
    if (!entry->models)
        entry->models = malloc(sizeof *entry->models);
    entry->dataset_id = dataset->dataset_id;
    entry->refreshed = 0; /* until it is whole */
    if (!entry->models) {
        no_memory(error);
        return NULL;
    }
    if (!value_models_load(bulk, dataset, entry->models, error))
        return NULL;
    entry->refreshed = refreshed;
    entry->used = ++cache->clock;
    return entry->models;
}

bool value_refresh_member(struct value_cache *cache, struct bulk *bulk, int64_t gym_id,
                          int64_t customer_id, struct error *error)
{
    struct value_single single;
    cache->gym.dataset = (struct value_dataset){gym_id, 0};
    if (!value_read_member(bulk, &cache->gym, customer_id, &single, error))
        return false;
    if (single.refreshed == 0)
        return error_set(error, ERROR_NOT_FOUND, "Run a recompute",
                         "The members have not been scored yet");
    if (cache->gym.count == 0)
        return true; /* merged into another meanwhile */
    const struct value_models *models = models_of(cache, bulk, single.refreshed, error);
    return models && value_write_member(bulk, &cache->gym, models, &single, error);
}
