/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The load: simulated gyms into incoming tables beside the ones in use, over two connections, each
 * with every other gym; then keys, on three; then the swap. The figures behind the
 * simulation and where they come from stand on top of simulate.c; how the tables change places in
 * src/db/reseed_prepare.sql.
 */
#include "gymtui/worker/generate.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate_load.h"
#include "generate_zones.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"

#define CONNECTIONS   3    /* for keys; */
#define LOADERS       2    /* for rows */
#define BATCH_MEMBERS 4096 /* some 10 MB of visits */
#define SWAP_ATTEMPTS 60

/* Where the shares of the whole lie. */
static const double share_loaded = .50, share_derived = .75, share_linked = .95;

struct progress {
    pthread_mutex_t lock;
    generate_progress_fn *tell;
    void *owner;
    int64_t done, total; /* members */
    bool stop;           /* the other connection failed, or a person cancelled */
    bool is_cancelled;
};

struct loader {
    const struct simulation *simulation;
    struct bulk *bulk;
    int part;
    struct progress *progress;
    bool done;
    struct error error;
};

/* False once a person has cancelled. */
static bool tell(struct progress *progress, const char *phase, double share)
{
    if (progress->tell && !progress->tell(progress->owner, phase, share))
        progress->is_cancelled = progress->stop = true;
    return !progress->is_cancelled;
}

/* ---- Rows ---- */

static bool count_members(struct progress *progress, int64_t members)
{
    pthread_mutex_lock(&progress->lock);
    progress->done += members;
    tell(progress, "members and visits",
         share_loaded * (double)progress->done / (double)progress->total);
    bool go_on = !progress->stop;
    pthread_mutex_unlock(&progress->lock);
    return go_on;
}

static bool load_one_gym(struct loader *loader, int gym, struct sim_batch *batch)
{
    const struct simulation *simulation = loader->simulation;
    struct load_numbers numbers = load_numbers_of(simulation, gym);
    const struct sim_gym *facts = simulate_gym(simulation, gym);
    int members = facts->members;
    struct sim_measures *measures = calloc((size_t)members, sizeof *measures);
    money *cash = calloc((size_t)simulate_till_count(facts) + 1, sizeof *cash);
    bool done =
        ((measures && cash) || error_set(&loader->error, ERROR_SYSTEM, NULL, "Out of memory")) &&
        load_gym(loader->bulk, simulation, gym, &loader->error);
    for (int first = 0; done && first < members; first += BATCH_MEMBERS) {
        int count = members - first < BATCH_MEMBERS ? members - first : BATCH_MEMBERS;
        done = simulate_batch(simulation, gym, first, count, batch) ||
               error_set(&loader->error, ERROR_SYSTEM, NULL, "Out of memory");
        if (done) {
            simulate_measure(simulation, batch, measures + first);
            load_take_cash(facts, batch, cash);
        }
        done = done && load_visits(loader->bulk, simulation, batch, &numbers, &loader->error) &&
               load_members(loader->bulk, simulation, batch, &numbers, &loader->error) &&
               (count_members(loader->progress, count) ||
                error_set(&loader->error, ERROR_CANCELLED, NULL, "The load was cancelled"));
    }
    done = done && load_rfm(loader->bulk, simulation, gym, measures, &loader->error) &&
           load_tills(loader->bulk, simulation, gym, cash, &loader->error);
    free(cash);
    free(measures);
    return done;
}

static void *load_gyms(void *owner)
{
    struct loader *loader = owner;
    struct sim_batch batch = {0};
    loader->done = true;
    for (int gym = loader->part; loader->done && gym < simulate_gym_count(loader->simulation);
         gym += LOADERS)
        loader->done = load_one_gym(loader, gym, &batch);
    sim_batch_free(&batch);
    loader->done = loader->done && bulk_commit(loader->bulk, &loader->error);
    if (!loader->done) {
        pthread_mutex_lock(&loader->progress->lock);
        loader->progress->stop = true;
        pthread_mutex_unlock(&loader->progress->lock);
    }
    return NULL;
}

/* Visits and terms get their indexes while the first connection sums up what the members did. */
static void *make_keys(void *owner)
{
    static const char *const parts[CONNECTIONS] = {"SET gymtui.reseed_part = 'members'",
                                                   "SET gymtui.reseed_part = 'visits'",
                                                   "SET gymtui.reseed_part = 'terms'"};
    struct loader *loader = owner;
    struct bulk *bulk = loader->bulk;
    loader->done = (loader->part != 0 || (bulk_run_file(bulk, "reseed_derive", &loader->error) &&
                                          bulk_commit(bulk, &loader->error))) &&
                   bulk_run(bulk, parts[loader->part], &loader->error) &&
                   bulk_run_file(bulk, "reseed_keys", &loader->error) &&
                   bulk_commit(bulk, &loader->error);
    return NULL;
}

/* Runs a step on `count` connections at once; the first one on this thread. */
static bool run_all(struct loader *loaders, int count, void *(*step)(void *), struct error *error)
{
    pthread_t threads[CONNECTIONS];
    bool started[CONNECTIONS] = {false};
    for (int i = 1; i < count; i++)
        started[i] = pthread_create(&threads[i], NULL, step, &loaders[i]) == 0;
    step(&loaders[0]);
    for (int i = 1; i < count; i++)
        if (started[i])
            pthread_join(threads[i], NULL);
        else
            step(&loaders[i]);
    const struct error *worst = NULL;
    for (int i = 0; i < count; i++)
        if (!loaders[i].done && (!worst || worst->code == ERROR_CANCELLED))
            worst = &loaders[i].error;
    if (worst && error)
        *error = *worst;
    return !worst;
}

/* ---- The swap ---- */

static bool swap_once(struct bulk *bulk, const struct generate_options *options,
                      struct error *error)
{
    char day[16], sql[512];
    date_format_iso(day, sizeof day, options->as_of);
    /* The profile's name has been checked against the list by simulate_open. */
    snprintf(sql, sizeof sql,
             "UPDATE gym.database_info SET seed = %lld, profile = '%s', as_of = '%s'",
             (long long)(int64_t)options->seed,
             options->profile && *options->profile ? options->profile : "small", day);
    return bulk_run(bulk, "SET LOCAL lock_timeout = '300ms'", error) &&
           bulk_run_file(bulk, "reseed_swap", error) && bulk_run(bulk, sql, error) &&
           bulk_commit(bulk, error);
}

/* A desk that is in the middle of something is let through; then it is our turn again. */
static bool swap(struct bulk *bulk, const struct generate_options *options,
                 struct progress *progress, struct error *error)
{
    for (int attempt = 1;; attempt++) {
        if (!tell(progress, "changing over", share_linked) || swap_once(bulk, options, error))
            return !progress->is_cancelled;
        if (error->code != ERROR_TOO_SLOW || attempt == SWAP_ATTEMPTS)
            return false;
        struct error ignored;
        if (!bulk_run(bulk, "ROLLBACK", &ignored) || !bulk_run(bulk, "BEGIN", &ignored))
            return false;
    }
}

/* The other connections first: their open transactions hold locks on what is to go. Then the
 * ballast, for room on a full disk. */
static void clean_up(struct loader *loaders)
{
    struct bulk *bulk = loaders[0].bulk;
    struct error ignored;
    for (int i = 1; i < CONNECTIONS; i++) {
        bulk_close(loaders[i].bulk);
        loaders[i].bulk = NULL;
    }
    if (!bulk_run(bulk, "ROLLBACK", &ignored) ||
        !bulk_run(bulk, "DROP TABLE IF EXISTS gym_incoming.ballast", &ignored) ||
        !bulk_run(bulk, "DROP SCHEMA IF EXISTS gym_incoming CASCADE", &ignored))
        log_write(LOG_LEVEL_WARNING, "generate",
                  "the incoming tables could not be removed; the next run does it");
}

static bool run(struct loader *loaders, const struct generate_options *options,
                struct progress *progress, struct error *error)
{
    struct bulk *bulk = loaders[0].bulk;
    if (!run_all(loaders, LOADERS, load_gyms, error) ||
        !tell(progress, "summaries and indexes", share_loaded))
        return false;
    if (!bulk_run_file(bulk, "reseed_loaded", error) || !bulk_commit(bulk, error) ||
        !run_all(loaders, CONNECTIONS, make_keys, error))
        return false;
    if (!tell(progress, "keys", share_derived) || !bulk_run_file(bulk, "reseed_links", error) ||
        !bulk_commit(bulk, error) || !swap(bulk, options, progress, error))
        return false;
    struct error late;
    if (!bulk_run_file(bulk, "reseed_finish", &late) || !bulk_commit(bulk, &late))
        log_write(LOG_LEVEL_WARNING, "generate", "the old tables could not be removed: %s",
                  late.message);
    tell(progress, "done", 1);
    return true;
}

static bool open_connections(const char *conninfo, struct loader *loaders, struct error *error)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        loaders[i].part = i;
        loaders[i].bulk = bulk_open(conninfo, error);
        if (!loaders[i].bulk ||
            !bulk_run(loaders[i].bulk,
                      "SELECT set_config('role', current_database() || '_owner', false), "
                      "set_config('gymtui.bulk', 'on', false), "
                      "set_config('synchronous_commit', 'off', false), "
                      "set_config('TimeZone', 'UTC', false), "
                      "set_config('statement_timeout', '0', false)",
                      error) ||
            !bulk_commit(loaders[i].bulk, error))
            return false;
    }
    return true;
}

bool generate_into(const char *conninfo, const struct generate_options *options,
                   generate_progress_fn *on_progress, void *owner, struct error *error)
{
    struct loader loaders[CONNECTIONS] = {0};
    struct progress progress = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .tell = on_progress, .owner = owner};
    struct zone_table *zones = calloc(ZONE_TABLES, sizeof *zones);
    struct simulation *simulation = NULL;
    struct error local;
    int zone_count = 0;
    /* Planted members look back three years, whatever was asked for. */
    const int64_t day = 86400;
    int64_t span = (int64_t)(options->months > 36 ? options->months + 2 : 38) * 31 * day;
    if (!error)
        error = &local;
    error_clear(error);
    bool prepared = false;
    bool done = tell(&progress, "preparing", 0) &&
                (zones || error_set(error, ERROR_SYSTEM, NULL, "Out of memory")) &&
                open_connections(conninfo, loaders, error) &&
                zones_read(loaders[0].bulk, options->as_of_utc - span, options->as_of_utc + 7 * day,
                           zones, &zone_count, error);
    if (done) {
        simulation = simulate_open(options, zones, zone_count, error);
        done = simulation != NULL;
    }
    if (done) {
        progress.total = simulate_member_count(simulation);
        prepared = bulk_run_file(loaders[0].bulk, "reseed_prepare", error) &&
                   bulk_commit(loaders[0].bulk, error);
        for (int i = 0; i < CONNECTIONS; i++) {
            loaders[i].simulation = simulation;
            loaders[i].progress = &progress;
        }
        done = prepared && run(loaders, options, &progress, error);
    }
    if (prepared && !done)
        clean_up(loaders);
    if (!done && progress.is_cancelled)
        error_set(error, ERROR_CANCELLED, NULL,
                  "The load was cancelled; the data are the old ones");
    for (int i = 0; i < CONNECTIONS; i++)
        bulk_close(loaders[i].bulk);
    simulate_close(simulation);
    free(zones);
    return done;
}
