/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The heartbeat of a job. The work itself never waits for it: it leaves its progress behind a lock
 * and looks whether it should end; this thread tells the database each second, learns from the
 * answer whether a person wants the job ended, and then cuts long statements off.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "runner_private.h"

#define LOOK_MS      200 /* how soon a stop is noticed */
#define BEAT_MS      1000
#define INTERRUPT_MS 2000 /* a statement that began just after the last interrupt */

struct pulse {
    const char *conninfo;
    const struct job *job;
    const volatile sig_atomic_t *stop;
    pthread_t thread;
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t over_changed;
    double share;
    char phase[80];
    enum pulse_end end;
    bool over;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

bool work_go_on(struct pulse *pulse, const char *phase, double share)
{
    pthread_mutex_lock(&pulse->lock);
    pulse->share = share;
    if (strcmp(pulse->phase, phase) != 0) {
        pulse->phase[0] = '\0';
        text_append(pulse->phase, sizeof pulse->phase, "%s", phase);
    }
    bool go_on = pulse->end == PULSE_GOES_ON && !*pulse->stop;
    pthread_mutex_unlock(&pulse->lock);
    return go_on;
}

/* Tells progress. False: the connection is of no use any more. */
static bool beat(struct pulse *pulse, struct job_queue *queue, enum pulse_end *end)
{
    struct error error = {0};
    char phase[80];
    bool cancel = false;
    pthread_mutex_lock(&pulse->lock);
    double share = pulse->share;
    snprintf(phase, sizeof phase, "%s", pulse->phase);
    pthread_mutex_unlock(&pulse->lock);
    if (!job_queue_report(queue, pulse->job, share, phase, &cancel, &error)) {
        if (error.code != ERROR_CONFLICT)
            return false;
        *end = PULSE_TAKEN;
        return true;
    }
    if (cancel)
        *end = PULSE_CANCELLED;
    return job_queue_alive(queue, &error);
}

/* Waits a moment; false when the work is over. */
static bool rest(struct pulse *pulse)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_mutex_lock(&pulse->lock);
    while (!pulse->over &&
           pthread_cond_timedwait(&pulse->over_changed, &pulse->lock, &until) != ETIMEDOUT)
        continue;
    bool over = pulse->over;
    pthread_mutex_unlock(&pulse->lock);
    return !over;
}

static void *run(void *owner)
{
    struct pulse *pulse = owner;
    struct job_queue *queue = NULL;
    struct error error;
    int64_t beat_due = 0, interrupt_due = 0;
    enum pulse_end end = PULSE_GOES_ON;
    do {
        int64_t now = now_ms();
        bool good = true;
        if (*pulse->stop && end == PULSE_GOES_ON)
            end = PULSE_STOPPED;
        if (now >= beat_due) {
            beat_due = now + BEAT_MS;
            if (!queue)
                queue = job_queue_open(pulse->conninfo, &error);
            good = queue && beat(pulse, queue, &end);
        }
        pthread_mutex_lock(&pulse->lock);
        pulse->end = end;
        pthread_mutex_unlock(&pulse->lock);
        if (good && queue && end != PULSE_GOES_ON && now >= interrupt_due) {
            interrupt_due = now + INTERRUPT_MS;
            good = job_queue_interrupt(queue, pulse->job->job_id, &error);
        }
        if (!good) {
            job_queue_close(queue);
            queue = NULL;
        }
    } while (rest(pulse));
    job_queue_close(queue);
    return NULL;
}

struct pulse *pulse_start(const char *conninfo, const struct job *job,
                          const volatile sig_atomic_t *stop, struct error *error)
{
    struct pulse *pulse = calloc(1, sizeof *pulse);
    if (!pulse) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    *pulse = (struct pulse){.conninfo = conninfo, .job = job, .stop = stop};
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&pulse->lock, NULL);
    pthread_cond_init(&pulse->over_changed, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&pulse->thread, NULL, run, pulse);
    if (failed != 0) {
        error_set(error, ERROR_SYSTEM, NULL, "No second thread: %s", strerror(failed));
        free(pulse);
        return NULL;
    }
    return pulse;
}

enum pulse_end pulse_finish(struct pulse *pulse)
{
    pthread_mutex_lock(&pulse->lock);
    pulse->over = true;
    pthread_cond_signal(&pulse->over_changed);
    pthread_mutex_unlock(&pulse->lock);
    pthread_join(pulse->thread, NULL);
    enum pulse_end end = pulse->end;
    pthread_cond_destroy(&pulse->over_changed);
    pthread_mutex_destroy(&pulse->lock);
    free(pulse);
    return end;
}
