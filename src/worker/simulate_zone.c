/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wall clocks and instants by a table of offsets. */
#include "gymtui/worker/simulate.h"

static int32_t offset_at(const struct zone_table *zone, int64_t utc)
{
    int32_t offset = zone->count > 0 ? zone->changes[0].offset : 0;
    for (int i = 1; i < zone->count && zone->changes[i].from <= utc; i++)
        offset = zone->changes[i].offset;
    return offset;
}

int64_t zone_to_local(const struct zone_table *zone, int64_t utc)
{
    return utc + offset_at(zone, utc);
}

/* Of two instants with the same wall-clock time the later; of a time that the clock leaps over the
 * instant an hour on: as PostgreSQL's AT TIME ZONE does. */
int64_t zone_to_utc(const struct zone_table *zone, int64_t local)
{
    int32_t before = offset_at(zone, local - 86400), after = offset_at(zone, local + 86400);
    int64_t late = local - after;
    if (before == after || offset_at(zone, late) == after)
        return late;
    return local - before;
}
