/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/ranges.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#define MOST_THREADS 4

struct share {
    void *owner;
    ranges_fn *work;
    size_t first, end;
};

static void *run_share(void *owner)
{
    const struct share *share = owner;
    share->work(share->owner, share->first, share->end);
    return NULL;
}

void ranges_run(size_t count, size_t least, ranges_fn *work, void *owner)
{
    long processors = count < least ? 1 : sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = processors < 1              ? 1
                     : processors > MOST_THREADS ? MOST_THREADS
                                                 : (size_t)processors;
    struct share shares[MOST_THREADS];
    pthread_t others[MOST_THREADS];
    bool started[MOST_THREADS] = {false};
    for (size_t i = 0; i < threads; i++)
        shares[i] = (struct share){owner, work, count * i / threads, count * (i + 1) / threads};
    for (size_t i = 1; i < threads; i++)
        started[i] = pthread_create(&others[i], NULL, run_share, &shares[i]) == 0;
    run_share(&shares[0]);
    for (size_t i = 1; i < threads; i++) {
        if (started[i])
            pthread_join(others[i], NULL);
        else
            run_share(&shares[i]);
    }
}
