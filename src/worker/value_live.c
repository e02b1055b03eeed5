/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who was touched is found by the time of the visit and of the audit log's rows, looking back a
 * little further than the last look, because a transaction is seen later than it began. What was
 * done for a member is remembered for as long, so that it is not done twice.
 */
#include "value_live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gymtui/base/log.h"
#include "gymtui/db/watch.h"
#include "gymtui/worker/value.h"

#define WAIT_MS       500 /* how soon the end is noticed */
#define RETRY_MOST_MS 30000
#define OVERLAP_S     15 /* how much longer than that a desk's transaction does not last */
#define BATCH         25 /* members in one transaction */
#define GYMS          1024
#define REMEMBERED    4096

#define MICROSECONDS  INT64_C(1000000)

struct touched {
    int64_t gym_id, customer_id, latest, events;
};

struct value_live {
    const char *conninfo;
    pthread_t thread;
    atomic_bool over;
    struct watch *watch;
    struct bulk *bulk;
    struct value_cache *cache;
    int64_t backend; /* of bulk: its own announcements are no news */
    struct gym {
        int64_t gym_id, looked, refreshed; /* when, in microseconds */
        bool is_due;
    } gyms[GYMS];
    int gym_count;
    struct touched found[BATCH];
    int found_count;
    struct touched done[REMEMBERED]; /* by customer_id modulo the size */
};

/* ---- Announcements ---- */

static struct gym *gym_of(struct value_live *live, int64_t gym_id)
{
    for (int i = 0; i < live->gym_count; i++)
        if (live->gyms[i].gym_id == gym_id)
            return &live->gyms[i];
    if (live->gym_count == GYMS)
        return NULL;
    live->gyms[live->gym_count] = (struct gym){.gym_id = gym_id};
    return &live->gyms[live->gym_count++];
}

static void take_topic(void *owner, int64_t gym_id, const char *topic)
{
    struct value_live *live = owner;
    struct gym *gym = gym_of(live, gym_id);
    if (gym && gym_id > 0 && (strcmp(topic, "attendance") == 0 || strcmp(topic, "members") == 0))
        gym->is_due = true;
}

/* ---- Looking ---- */

static bool take_look(void *owner, const int64_t *values, int count)
{
    int64_t *moments = owner; /* now, and when the last whole recompute began */
    moments[0] = values[0];
    moments[1] = values[1];
    return count >= 2;
}

static bool is_done(const struct value_live *live, const struct touched *one)
{
    const struct touched *known = &live->done[one->customer_id % REMEMBERED];
    return known->customer_id == one->customer_id && known->latest == one->latest &&
           known->events == one->events;
}

static bool take_touched(void *owner, const int64_t *values, int count)
{
    struct value_live *live = owner;
    if (count < 4)
        return false;
    const struct touched one = {values[0], values[1], values[2], values[3]};
    if (live->found_count < BATCH && !is_done(live, &one))
        live->found[live->found_count++] = one;
    return true;
}

static bool refresh_found(struct value_live *live, struct error *error)
{
    for (int i = 0; i < live->found_count; i++) {
        const struct touched *one = &live->found[i];
        if (!value_refresh_member(live->cache, live->bulk, one->gym_id, one->customer_id, error) &&
            error->code != ERROR_NOT_FOUND)
            return false;
    }
    if (!bulk_commit(live->bulk, error))
        return false;
    for (int i = 0; i < live->found_count; i++)
        live->done[live->found[i].customer_id % REMEMBERED] = live->found[i];
    return true;
}

/* A gym's touched members, batch after batch. */
static bool look(struct value_live *live, struct gym *gym, struct error *error)
{
    int64_t moments[2] = {0, 0};
    if (!bulk_each(live->bulk, "recompute_look", 1, &gym->gym_id, take_look, moments, error))
        return false;
    if (moments[1] == 0) { /* not scored yet: its first recompute does all */
        gym->is_due = false;
        return bulk_commit(live->bulk, error);
    }
    int64_t since = (gym->looked ? gym->looked : moments[1]) - OVERLAP_S * MICROSECONDS;
    if (moments[1] != gym->refreshed) {
        /* Whoever was touched while all were recomputed may have been overwritten. */
        int64_t begun = moments[1] - OVERLAP_S * MICROSECONDS;
        since = since < begun ? since : begun;
        memset(live->done, 0, sizeof live->done);
    }
    const int64_t parameters[] = {gym->gym_id, since};
    do {
        live->found_count = 0;
        if (!bulk_each(live->bulk, "recompute_touched", 2, parameters, take_touched, live, error) ||
            !refresh_found(live, error))
            return false;
    } while (live->found_count == BATCH && !live->over);
    gym->looked = moments[0];
    gym->refreshed = moments[1];
    gym->is_due = false;
    return true;
}

/* ---- The thread ---- */

static bool is_ready(struct value_live *live, struct error *error)
{
    if (!live->watch)
        live->watch = watch_open(live->conninfo, error);
    if (live->watch && !live->bulk) {
        live->bulk = bulk_open(live->conninfo, error);
        /* A figure that a crash takes is made again; a desk never waits for it. */
        if (live->bulk &&
            !(bulk_run(live->bulk,
                       "SET synchronous_commit = off; SET lock_timeout = '2s'; SET "
                       "statement_timeout = '10s'; SET jit = off",
                       error) &&
              bulk_value(live->bulk, "SELECT pg_backend_pid()", &live->backend, error) &&
              bulk_commit(live->bulk, error))) {
            bulk_close(live->bulk);
            live->bulk = NULL;
        }
        if (live->bulk)
            bulk_keep_plans(live->bulk);
    }
    return live->watch && live->bulk;
}

static void disconnect(struct value_live *live)
{
    watch_close(live->watch);
    bulk_close(live->bulk);
    live->watch = NULL;
    live->bulk = NULL;
}

static void pause_ms(struct value_live *live, int milliseconds)
{
    for (; milliseconds > 0 && !live->over; milliseconds -= WAIT_MS) {
        struct timespec pause = {0, WAIT_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
}

static bool look_at_due(struct value_live *live, struct error *error)
{
    for (int i = 0; i < live->gym_count && !live->over; i++)
        if (live->gyms[i].is_due && !look(live, &live->gyms[i], error))
            return false;
    return true;
}

static void *run(void *owner)
{
    struct value_live *live = owner;
    struct error error;
    int retry_ms = 0;
    while (!live->over) {
        error_clear(&error);
        if (is_ready(live, &error) &&
            watch_wait(live->watch, WAIT_MS, live->backend, take_topic, live, &error) &&
            look_at_due(live, &error)) {
            retry_ms = 0;
            continue;
        }
        log_write(LOG_LEVEL_WARNING, "worker", "figures of single members wait: %s", error.message);
        disconnect(live);
        retry_ms = retry_ms ? retry_ms * 2 : WAIT_MS;
        retry_ms = retry_ms < RETRY_MOST_MS ? retry_ms : RETRY_MOST_MS;
        pause_ms(live, retry_ms);
    }
    disconnect(live);
    return NULL;
}

struct value_live *value_live_start(const char *conninfo, struct error *error)
{
    struct value_live *live = calloc(1, sizeof *live);
    if (live)
        live->cache = value_cache_new();
    if (!live || !live->cache) {
        free(live);
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    live->conninfo = conninfo;
    atomic_init(&live->over, false);
    int failed = pthread_create(&live->thread, NULL, run, live);
    if (failed == 0)
        return live;
    error_set(error, ERROR_SYSTEM, NULL, "No third thread: %s", strerror(failed));
    value_cache_free(live->cache);
    free(live);
    return NULL;
}

void value_live_finish(struct value_live *live)
{
    if (!live)
        return;
    live->over = true;
    pthread_join(live->thread, NULL);
    value_cache_free(live->cache);
    free(live);
}
