/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The days on which members came. Instants are read member by member out of the index that has them
 * in that order, and turned into days of the gym's clock here; the few visits that count otherwise,
 * called off or under another clock, are read first.
 */
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "value_private.h"

#define ZONE_CHANGES 400 /* two a year for two centuries */
#define MICROSECONDS INT64_C(1000000)
#define DAY          (86400 * MICROSECONDS)
#define DAYS_2000    10957 /* from 1970 */
#define SECONDS_2000 (INT64_C(86400) * DAYS_2000)

/* A visit that does not count, or not on the day that the gym's clock had. */
struct apart {
    int64_t number, instant;
    int32_t day; /* DATE_NONE: called off */
};

/* A member's days among all of them, in the order they were added in. */
struct run {
    size_t from, count;
};

struct value_days {
    struct value_gym *gym;
    int32_t *days;
    size_t count, room;
    struct run *runs;    /* by member */
    size_t member;       /* of the row before: rows come in the order of the members */
    struct apart *apart; /* by member, then instant */
    size_t apart_count, apart_room, apart_at;
    struct change {
        int64_t from, offset; /* microseconds; since 2000 */
    } changes[ZONE_CHANGES];
    int change_count, change; /* the one that was right for the row before */
};

struct value_days *value_days_new(struct value_gym *gym)
{
    struct value_days *days = calloc(1, sizeof *days);
    struct run *runs = calloc(gym->count + 1, sizeof *runs);
    if (!days || !runs) {
        free(days);
        free(runs);
        return NULL;
    }
    days->gym = gym;
    days->runs = runs;
    return days;
}

void value_days_free(struct value_days *days)
{
    if (!days)
        return;
    free(days->days);
    free(days->runs);
    free(days->apart);
    free(days);
}

bool value_days_add(void *owner, size_t member, int32_t day)
{
    struct value_days *days = owner;
    struct run *run = &days->runs[member];
    const struct value_gym *gym = days->gym;
    if (day > gym->today || (day < gym->today - VALUE_RECENT && !value_has_days(gym, member)))
        return true;
    if (run->count == 0)
        run->from = days->count;
    else if (days->days[days->count - 1] == day)
        return true;
    void *rows = days->days;
    if (!value_grow(&rows, days->count, &days->room, sizeof *days->days))
        return false;
    days->days = rows;
    days->days[days->count++] = day;
    run->count++;
    return true;
}

/* ---- Out of the rows ---- */

static bool take_change(void *owner, const int64_t *values, int count)
{
    struct value_days *days = owner;
    if (count < 2 || days->change_count == ZONE_CHANGES)
        return false;
    days->changes[days->change_count++] =
        (struct change){(values[0] - SECONDS_2000) * MICROSECONDS, values[1] * MICROSECONDS};
    return true;
}

static int32_t local_day(struct value_days *days, int64_t instant)
{
    int at = days->change;
    while (at > 0 && instant < days->changes[at].from)
        at--;
    while (at + 1 < days->change_count && instant >= days->changes[at + 1].from)
        at++;
    days->change = at;
    int64_t local = instant + (days->change_count ? days->changes[at].offset : 0);
    return DAYS_2000 + (int32_t)(local >= 0 ? local / DAY : (local - (DAY - 1)) / DAY);
}

static bool take_apart(void *owner, const int64_t *values, int count)
{
    struct value_days *days = owner;
    void *rows = days->apart;
    if (count < 3 || !value_grow(&rows, days->apart_count, &days->apart_room, sizeof *days->apart))
        return false;
    days->apart = rows;
    days->apart[days->apart_count++] = (struct apart){
        values[0], values[1], values[2] == BULK_NULL ? DATE_NONE : (int32_t)values[2]};
    return true;
}

/* The day of a visit of member `number`, whose visits come in the order of their instants. */
static int32_t day_of(struct value_days *days, int64_t number, int64_t instant)
{
    for (; days->apart_at < days->apart_count; days->apart_at++) {
        const struct apart *apart = &days->apart[days->apart_at];
        if (apart->number > number || (apart->number == number && apart->instant > instant))
            break;
        if (apart->number == number && apart->instant == instant) {
            days->apart_at++;
            return apart->day;
        }
    }
    return local_day(days, instant);
}

static bool take_member(void *owner, const int64_t *values, int count, const int64_t *instants,
                        size_t length)
{
    struct value_days *days = owner;
    const struct value_gym *gym = days->gym;
    if (count < 1)
        return false;
    size_t at = value_walk_to(gym, days->member, values[0]);
    if (at == gym->count || gym->members[at].is_kept)
        return true; /* merged into another, or new since */
    days->member = at;
    for (size_t i = 0; i < length; i++) {
        int32_t day = day_of(days, values[0], instants[i]);
        if (day != DATE_NONE && !value_days_add(days, at, day))
            return false;
    }
    return true;
}

bool value_days_read(struct bulk *bulk, struct value_days *days, bool is_all, struct error *error)
{
    const int64_t *key = &days->gym->dataset.gym_id;
    return bulk_copy_each(bulk, "recompute_zone", 1, key, take_change, days, error) &&
           bulk_copy_each(bulk, "recompute_visits_apart", 1, key, take_apart, days, error) &&
           bulk_copy_lists(bulk, is_all ? "recompute_visits" : "recompute_visits_unread", 1, key,
                           take_member, days, error);
}

/* ---- In order ---- */

static int compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* In order, each once; returns how many are left. */
static size_t sort_days(int32_t *days, size_t count)
{
    bool in_order = true;
    for (size_t i = 1; i < count && in_order; i++)
        in_order = days[i - 1] <= days[i];
    if (!in_order)
        qsort(days, count, sizeof *days, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || days[kept - 1] != days[i])
            days[kept++] = days[i];
    return kept;
}

bool value_days_arrange(struct value_days *days)
{
    struct value_gym *gym = days->gym;
    size_t *first = calloc(gym->count + 1, sizeof *first), used = 0;
    int32_t *arranged = malloc((days->count + 1) * sizeof *arranged);
    if (!first || !arranged) {
        free(first);
        free(arranged);
        return false;
    }
    for (size_t i = 0; i < gym->count; i++) {
        const struct run *run = &days->runs[i];
        first[i] = used;
        if (run->count > 0)
            memcpy(arranged + used, days->days + run->from, run->count * sizeof *arranged);
        used += sort_days(arranged + used, run->count);
    }
    first[gym->count] = used;
    free(gym->days);
    free(gym->first_day);
    gym->days = arranged;
    gym->first_day = first;
    return true;
}

/* What today's figures need of the days. */
void value_days_count_recent(struct value_gym *gym)
{
    for (size_t i = 0; i < gym->count; i++) {
        struct value_member *member = &gym->members[i];
        memset(member->recent, 0, sizeof member->recent);
        for (size_t at = gym->first_day[i + 1]; at > gym->first_day[i]; at--) {
            int ago = gym->today - gym->days[at - 1];
            if (ago >= VALUE_RECENT)
                break;
            member->recent[0] = (uint16_t)(member->recent[0] + (ago < 30));
            member->recent[1] = (uint16_t)(member->recent[1] + (ago >= 30 && ago < 90));
            member->recent[2]++;
        }
    }
}

/* Of members with all their days; the others have it from their summaries. */
void value_days_count_all(struct value_gym *gym)
{
    for (size_t i = 0; i < gym->count; i++) {
        struct value_member *member = &gym->members[i];
        size_t begin = gym->first_day[i], end = gym->first_day[i + 1];
        if (!value_has_days(gym, i))
            continue;
        member->visit_days = (uint32_t)(end - begin);
        member->first_visit = end > begin ? gym->days[begin] : DATE_NONE;
        member->last_visit = end > begin ? gym->days[end - 1] : DATE_NONE;
    }
}
