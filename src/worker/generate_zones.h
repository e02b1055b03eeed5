/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulation's time zones, as the database knows them. */
#ifndef GYMTUI_WORKER_GENERATE_ZONES_H
#define GYMTUI_WORKER_GENERATE_ZONES_H

#include "gymtui/db/bulk.h"
#include "gymtui/worker/simulate.h"

#define ZONE_TABLES 3 /* as many as simulate_zones names */

/* Offsets between two instants into zones[ZONE_TABLES]. */
bool zones_read(struct bulk *bulk, int64_t from, int64_t until, struct zone_table *zones,
                int *count, struct error *error);

#endif
