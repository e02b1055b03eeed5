/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "generate_zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"

/* Offsets of the zones from PostgreSQL, which knows the rules: the days after which the offset is
 * another, and of those the hour. */
static const char zone_query[] =
    "WITH days AS ("
    " SELECT z.zone, d.at, extract(epoch FROM d.at AT TIME ZONE z.zone"
    "                                       - d.at AT TIME ZONE 'UTC')::bigint AS shift"
    " FROM unnest('{%s}'::text[]) AS z (zone),"
    "  generate_series(to_timestamp(%lld), to_timestamp(%lld), interval '1 day') AS d (at)),"
    "changes AS ("
    " SELECT x.zone, x.at, x.shift, lag(x.shift) OVER (PARTITION BY x.zone ORDER BY x.at) AS before"
    " FROM days x) "
    "SELECT string_agg(c.zone || ' ' || extract(epoch FROM CASE WHEN c.before IS NULL THEN c.at "
    "ELSE"
    "  (SELECT min(h.at) FROM generate_series(c.at - interval '23 hours', c.at, interval '1 hour')"
    "    AS h (at) WHERE extract(epoch FROM h.at AT TIME ZONE c.zone"
    "                                     - h.at AT TIME ZONE 'UTC')::bigint = c.shift) "
    "END)::bigint"
    " || ' ' || c.shift, E'\\n' ORDER BY c.zone, c.at) "
    "FROM changes c WHERE c.before IS DISTINCT FROM c.shift";

static bool read_zone_line(const char *line, struct zone_table *zones, int *count)
{
    char name[sizeof zones->name], *after;
    size_t length = strcspn(line, " ");
    if (length == 0 || length >= sizeof name)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)length, line);
    int64_t from = strtoll(line + length, &after, 10);
    int32_t offset = (int32_t)strtol(after, &after, 10);
    if (*after)
        return false;
    int i = 0;
    while (i < *count && strcmp(zones[i].name, name) != 0)
        i++;
    if (i == ZONE_TABLES || zones[i].count == ZONE_CHANGES)
        return false;
    if (i == *count) {
        snprintf(zones[i].name, sizeof zones[i].name, "%s", name);
        (*count)++;
    }
    zones[i].changes[zones[i].count++] = (struct zone_change){from, offset};
    return true;
}

bool zones_read(struct bulk *bulk, int64_t from, int64_t until, struct zone_table *zones,
                int *count, struct error *error)
{
    char names[256] = "", query[2048], answer[16384];
    for (int i = 0; simulate_zones[i]; i++)
        text_append(names, sizeof names, "%s%s", i ? "," : "", simulate_zones[i]);
    from -= from % 86400;
    snprintf(query, sizeof query, zone_query, names, (long long)from, (long long)until);
    if (!bulk_text(bulk, query, answer, sizeof answer, error))
        return false;
    memset(zones, 0, ZONE_TABLES * sizeof *zones);
    *count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(answer, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (!read_zone_line(line, zones, count))
            return error_set(error, ERROR_DATABASE, NULL, "The time zones cannot be read");
    return true;
}
