/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private PostgreSQL behind `gymtui demo`: a cluster of its own in the data folder, on a Unix
 * socket only (no TCP), with data checksums. As root it belongs to an unprivileged account, since
 * PostgreSQL refuses root. It outlives the program; after a crash or a reboot the next start
 * recovers it. Blocking; never while the screen is up.
 */
#ifndef GYMTUI_CLUSTER_CLUSTER_H
#define GYMTUI_CLUSTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

#define CLUSTER_DATABASE "gymtui"

struct cluster {
    char directory[512]; /* the data folder's "postgres" */
    char socket[512];    /* folder of the socket */
    char bin[256];       /* folder with initdb, pg_ctl, postgres */
    char account[64];    /* who runs it; "" for ourselves */
};

/* Finds the places and PostgreSQL's programs; clear errors when missing or older than 13. */
bool cluster_locate(const struct config *config, struct cluster *cluster, struct error *error);
bool cluster_exists(const struct cluster *cluster);
bool cluster_is_running(const struct cluster *cluster);
/* Makes it if missing and starts it if stopped; `on_step` tells what goes on. Waits until it
 * answers. Two programs at once: one waits for the other (lock file). */
bool cluster_start(const struct cluster *cluster, void (*on_step)(void *owner, const char *text),
                   void *owner, struct error *error);
bool cluster_stop(const struct cluster *cluster, struct error *error);
/* Stops it and removes its folder; nothing else. */
bool cluster_destroy(const struct cluster *cluster, struct error *error);

/* libpq connection string to the demonstration's database, without user: for logins. */
void cluster_conninfo(const struct cluster *cluster, char *dst, size_t size);
/* The same as the cluster's superuser (peer): schema, generator, `gymtui psql`. `database` NULL:
 * the demonstration's. */
void cluster_admin_conninfo(const struct cluster *cluster, const char *database, char *dst,
                            size_t size);

#endif
