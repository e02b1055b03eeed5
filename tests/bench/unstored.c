/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unstored.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "value_private.h"

#define HANDS 2
#define CHUNK 2048 /* members whose figures are in memory at once */

struct work {
    const char *conninfo;
    pthread_mutex_t lock;
    struct gym {
        int64_t gym_id;
        int32_t today;
    } * gyms;
    size_t count, room, next;
    double sum; /* so that nothing is left out */
};

static void fail(const struct error *error)
{
    fprintf(stderr, "%s. %s\n", error->message, error->hint);
    exit(1);
}

static bool take_gym(void *owner, const int64_t *values, int count)
{
    struct work *work = owner;
    void *rows = work->gyms;
    if (count < 3 || !value_grow(&rows, work->count, &work->room, sizeof *work->gyms))
        return false;
    work->gyms = rows;
    work->gyms[work->count++] = (struct gym){values[0], (int32_t)values[2]};
    return true;
}

static bool take_next(struct work *work, struct gym *gym)
{
    pthread_mutex_lock(&work->lock);
    bool goes_on = work->next < work->count;
    if (goes_on)
        *gym = work->gyms[work->next++];
    pthread_mutex_unlock(&work->lock);
    return goes_on;
}

static struct bulk *open_one(const struct work *work)
{
    struct error error;
    struct bulk *bulk = bulk_open(work->conninfo, &error);
    if (!bulk || !bulk_run(bulk,
                           "SET work_mem = '64MB'; SET jit = off; SET "
                           "max_parallel_workers_per_gather = 0",
                           &error))
        fail(&error);
    return bulk;
}

static double figures_of(const struct value_gym *gym, const struct value_models *models)
{
    static _Thread_local struct value_figures some[CHUNK];
    double sum = 0;
    for (size_t first = 0; first < gym->count; first += CHUNK) {
        size_t count = gym->count - first < CHUNK ? gym->count - first : CHUNK;
        value_figures_of(gym, models, first, count, some);
        for (size_t i = 0; i < count; i++)
            sum += some[i].value + some[i].survival_value + some[i].high;
    }
    return sum;
}

/* One gym, and the fits that were stored for it taken back. */
static double compute(struct bulk *bulk, const struct gym *which, struct value_gym *gym,
                      struct value_models *models)
{
    struct error error;
    char key[24], text[80], *rest;
    const char *const values[] = {key};
    snprintf(key, sizeof key, "%lld", (long long)which->gym_id);
    if (!bulk_named(bulk, "recompute_dataset", 1, values, text, sizeof text, &error))
        fail(&error);
    gym->dataset = (struct value_dataset){which->gym_id, strtoll(text, &rest, 10)};
    gym->grace = (int32_t)strtol(rest, &rest, 10);
    gym->silence = (int32_t)strtol(rest, NULL, 10);
    gym->today = which->today;
    gym->keeps = false;
    if (!value_read(bulk, gym, &error) || !value_fit_all(bulk, gym, models, &error) ||
        !value_rank(gym, models, &error))
        fail(&error);
    double sum = figures_of(gym, models);
    if (!bulk_run(bulk, "ROLLBACK AND CHAIN", &error))
        fail(&error);
    return sum;
}

static void *compute_some(void *owner)
{
    struct work *work = owner;
    struct bulk *bulk = open_one(work);
    struct value_gym gym = {0};
    struct value_models *models = malloc(sizeof *models);
    struct gym which;
    double sum = 0;
    if (!models)
        exit(1);
    while (take_next(work, &which))
        sum += compute(bulk, &which, &gym, models);
    pthread_mutex_lock(&work->lock);
    work->sum += sum;
    pthread_mutex_unlock(&work->lock);
    value_gym_free(&gym);
    free(models);
    bulk_close(bulk);
    return NULL;
}

double unstored_recompute(const char *conninfo)
{
    struct work work = {.conninfo = conninfo, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct error error;
    pthread_t others[HANDS - 1];
    double start = bench_now_ms();
    struct bulk *bulk = open_one(&work);
    const int64_t all = 0;
    if (!bulk_each(bulk, "recompute_gyms", 1, &all, take_gym, &work, &error))
        fail(&error);
    bulk_close(bulk);
    for (int i = 0; i < HANDS - 1; i++)
        if (pthread_create(&others[i], NULL, compute_some, &work) != 0)
            exit(1);
    compute_some(&work);
    for (int i = 0; i < HANDS - 1; i++)
        pthread_join(others[i], NULL);
    double seconds = (bench_now_ms() - start) / 1e3;
    fprintf(stderr, "values add up to %.0f\n", work.sum);
    free(work.gyms);
    return seconds;
}
