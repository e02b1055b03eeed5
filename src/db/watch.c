/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"

struct watch {
    PGconn *connection;
};

struct watch *watch_open(const char *conninfo, struct error *error)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    watch->connection = blocking_connect(conninfo, error);
    if (!watch->connection || !blocking_run(watch->connection, "LISTEN gymtui", "watch", error)) {
        watch_close(watch);
        return NULL;
    }
    return watch;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    PQfinish(watch->connection);
    free(watch);
}

static bool tell(PGconn *connection, int64_t ignored, watch_fn *on_topic, void *owner)
{
    bool told = false;
    for (PGnotify *notify; (notify = PQnotifies(connection)) != NULL; PQfreemem(notify)) {
        char *topic;
        int64_t gym_id = strtoll(notify->extra, &topic, 10);
        if (notify->be_pid == ignored || *topic != ':')
            continue;
        on_topic(owner, gym_id, topic + 1);
        told = true;
    }
    return told;
}

bool watch_wait(struct watch *watch, int timeout_ms, int64_t ignored, watch_fn *on_topic,
                void *owner, struct error *error)
{
    if (tell(watch->connection, ignored, on_topic, owner))
        return true;
    struct pollfd socket = {.fd = PQsocket(watch->connection), .events = POLLIN};
    int ready = poll(&socket, 1, timeout_ms);
    if (ready < 0 && errno != EINTR)
        return error_set(error, ERROR_SYSTEM, NULL, "Waiting failed: %s", strerror(errno));
    if (ready > 0 && !PQconsumeInput(watch->connection))
        return error_set(error, ERROR_OFFLINE, NULL, "The connection to the database broke");
    tell(watch->connection, ignored, on_topic, owner);
    return true;
}
