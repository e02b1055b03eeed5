/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private PostgreSQL behind `gymtui demo`: a cluster of its own in the data folder, on a Unix
 * socket only (no TCP), with data checksums. As root it belongs to an unprivileged account, since
 * PostgreSQL refuses root. It outlives the program; after a crash or a reboot the next start
 * recovers it. Blocking; never while the screen is up.
 *
 *   DATA/postgres      the cluster (0700, of the account that runs it)
 *   DATA/run           its socket; open to every account that can reach DATA: SCRAM guards it
 *   DATA/cluster.lock  held while somebody makes, starts, stops or removes it
 *
 * DATA is demo.directory, or $XDG_DATA_HOME/gymtui; for root, whose home nobody else may enter,
 * /var/lib/gymtui unless XDG_DATA_HOME says otherwise. The superuser `postgres` signs in by peer:
 * the account that runs the cluster, and root. Everybody else needs a password (SCRAM-SHA-256).
 */
#ifndef GYMTUI_CLUSTER_CLUSTER_H
#define GYMTUI_CLUSTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

#define CLUSTER_DATABASE       "gymtui"
#define CLUSTER_SUPERUSER      "postgres"
#define CLUSTER_PORT           "5432" /* names the socket file; nothing listens on TCP */
#define CLUSTER_OLDEST_RELEASE 13

struct cluster {
    char data[480];      /* the data folder */
    char directory[512]; /* the data folder's "postgres" */
    char socket[512];    /* folder of the socket: the data folder's "run" */
    char bin[256];       /* folder with initdb, pg_ctl, postgres; "" until they were looked for */
    int release;         /* major version of those programs; 0 until then */
    char account[64];    /* who runs it; "" for ourselves */
};

/* Finds the places, without touching anything but the data folder itself. Fills `bin` only when the
 * configuration names it. Errors: a path too long for a socket, no account to run as. */
bool cluster_locate(const struct config *config, struct cluster *cluster, struct error *error);
/* Finds PostgreSQL's programs: those that made the cluster, or the newest. Clear errors when
 * missing, older than 13, or of another release than the cluster. cluster_start does this itself.
 */
bool cluster_find_programs(struct cluster *cluster, struct error *error);
bool cluster_exists(const struct cluster *cluster);
/* Whether something accepts connections on its socket. */
bool cluster_is_running(const struct cluster *cluster);
/* Makes it if missing and starts it if stopped; `on_step` (may be NULL) tells what goes on. Waits
 * until it answers. Two programs at once: one waits for the other. A failure leaves what was there
 * before, and nothing half made. */
bool cluster_start(const struct cluster *cluster, void (*on_step)(void *owner, const char *text),
                   void *owner, struct error *error);
/* Ends all sessions, writes everything down, stops. True also when it was not running. */
bool cluster_stop(const struct cluster *cluster, struct error *error);
/* Stops it and removes its folder; nothing else. True also when there was none. */
bool cluster_destroy(const struct cluster *cluster, struct error *error);

/* libpq connection string to the demonstration's database, without user: for logins. */
void cluster_conninfo(const struct cluster *cluster, char *dst, size_t size);
/* The same as the cluster's superuser (peer): schema, generator, `gymtui psql`. `database` NULL:
 * the demonstration's. */
void cluster_admin_conninfo(const struct cluster *cluster, const char *database, char *dst,
                            size_t size);

#endif
