/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A gym's members out of the database: terms and freezes in order, payments and visits as they lie,
 * by the hundred thousand, added up and turned into days of the gym's clock here, because the
 * server takes longer to do it than to send them.
 */
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "value_private.h"

#define MOST_EVENTS  UINT64_C(8000000) /* visits in memory at once: 96 MB with their order */
#define ZONE_CHANGES 400               /* two a year for two centuries */
#define SECONDS_2000 INT64_C(946684800)
#define MICROSECONDS INT64_C(1000000)

/* Room for one more; false for want of memory. */
static bool grow(void **rows, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t larger = *room ? *room + *room / 2 : 1024;
    void *grown = realloc(*rows, larger * size);
    if (!grown)
        return false;
    *rows = grown;
    *room = larger;
    return true;
}

/* ---- Members ---- */

static int32_t day_of(int64_t value)
{
    return value == BULK_NULL ? DATE_NONE : (int32_t)value;
}

static bool take_member(void *owner, const int64_t *values, int count)
{
    struct value_gym *gym = owner;
    void *rows = gym->members;
    if (count < 8 || !grow(&rows, gym->count, &gym->room, sizeof *gym->members))
        return false;
    gym->members = rows;
    gym->members[gym->count++] = (struct value_member){
        .number = values[0],
        .joined = (int32_t)values[1],
        .birth = day_of(values[2]),
        .gender = (uint8_t)values[3],
        .first_visit = day_of(values[4]),
        .last_visit = day_of(values[5]),
        .visit_days = (uint32_t)values[6],
        .first_payment = DATE_NONE,
        .last_payment = DATE_NONE,
    };
    gym->visits += (uint64_t)values[7];
    return true;
}

/* Rows of one kind come in the order of the members: a pointer walks along. */
struct walk {
    struct value_gym *gym;
    size_t member;
};

size_t value_walk_to(const struct value_gym *gym, size_t from, int64_t number)
{
    while (from < gym->count && gym->members[from].number < number)
        from++;
    return from < gym->count && gym->members[from].number == number ? from : gym->count;
}

/* The member of a row that is to be read; false: there is none (merged into another, or kept). */
static bool walk_on(struct walk *walk, int64_t number)
{
    size_t at = value_walk_to(walk->gym, walk->member, number);
    if (at == walk->gym->count || walk->gym->members[at].is_kept)
        return false;
    walk->member = at;
    return true;
}

bool value_add_term(struct value_gym *gym, size_t at, const struct value_term *term)
{
    struct value_member *member = &gym->members[at];
    void *rows = gym->terms;
    if (!grow(&rows, gym->term_count, &gym->term_room, sizeof *gym->terms))
        return false;
    gym->terms = rows;
    if (member->term_count++ == 0)
        member->term = (uint32_t)gym->term_count;
    gym->terms[gym->term_count++] = *term;
    return true;
}

static bool take_term(void *owner, const int64_t *values, int count)
{
    struct walk *walk = owner;
    if (count < 7 || !walk_on(walk, values[0]))
        return count >= 7;
    const struct value_term term = {.from = (int32_t)values[1],
                                    .until = (int32_t)values[2],
                                    .months = (int16_t)values[3],
                                    .price = values[4],
                                    .package_id = values[5],
                                    .cancelled = values[6] != 0};
    return value_add_term(walk->gym, walk->member, &term);
}

bool value_add_freeze(struct value_gym *gym, size_t at, const struct value_freeze *freeze)
{
    struct value_member *member = &gym->members[at];
    void *rows = gym->freezes;
    if (!grow(&rows, gym->freeze_count, &gym->freeze_room, sizeof *gym->freezes))
        return false;
    gym->freezes = rows;
    if (member->freeze_count++ == 0)
        member->freeze = (uint32_t)gym->freeze_count;
    gym->freezes[gym->freeze_count++] = *freeze;
    return true;
}

static bool take_freeze(void *owner, const int64_t *values, int count)
{
    struct walk *walk = owner;
    if (count < 3 || !walk_on(walk, values[0]))
        return count >= 3;
    const struct value_freeze freeze = {.from = (int32_t)values[1], .until = (int32_t)values[2]};
    return value_add_freeze(walk->gym, walk->member, &freeze);
}

/* What a member's payments add up to besides, while they are read. */
struct tally {
    int64_t last; /* number of the last payment */
    money sum;    /* refunds too */
    uint64_t methods;
    int32_t latest;
};

struct payments {
    struct value_gym *gym;
    struct tally *tallies; /* by member */
    size_t last;           /* member of the row before */
};

/* The member of this number; count: none of this gym's that count. `near`: looked at first, and the
 * one after it, because it is often the same, or the next. */
static size_t find_member(const struct value_gym *gym, int64_t number, size_t near)
{
    size_t low = 0, high = gym->count;
    for (size_t i = near; i < gym->count && i < near + 2; i++)
        if (gym->members[i].number == number)
            return i;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gym->members[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < gym->count && gym->members[low].number == number ? low : gym->count;
}

static bool add_paid(struct value_gym *gym, size_t member, int32_t day, money amount)
{
    void *rows = gym->paid;
    if (!grow(&rows, gym->paid_count, &gym->paid_room, sizeof *gym->paid))
        return false;
    gym->paid = rows;
    gym->paid[gym->paid_count++] = (struct value_paid){(uint32_t)member, day, amount};
    return true;
}

static bool take_payment(void *owner, const int64_t *values, int count)
{
    struct payments *payments = owner;
    struct value_gym *gym = payments->gym;
    if (count < 6)
        return false;
    money amount = values[1];
    int32_t day = (int32_t)values[2];
    size_t at = find_member(gym, values[0], payments->last);
    if (at == gym->count || gym->members[at].is_kept)
        return true;
    gym->payments++;
    payments->last = at;
    struct value_member *member = &gym->members[at];
    struct tally *tally = &payments->tallies[at];
    tally->latest = member->payments++ == 0 || day > tally->latest ? day : tally->latest;
    tally->sum += amount;
    tally->methods += (uint64_t)values[3];
    if (day > gym->today - VALUE_PAID_DAYS) {
        member->paid_year += amount;
        if (gym->keeps && !add_paid(gym, at, day, amount))
            return false;
    }
    if (values[5]) {
        member->extras++;
        member->spent_extra += amount;
    }
    if (amount <= 0)
        return true;
    member->orders++;
    member->ordered += amount;
    if (member->first_payment == DATE_NONE || day < member->first_payment)
        member->first_payment = day;
    if (member->last_payment == DATE_NONE || day > member->last_payment)
        member->last_payment = day;
    if (values[4] > tally->last) {
        tally->last = values[4];
        member->method = (uint8_t)(values[3] < 0 || values[3] > 255 ? 0 : values[3]);
    }
    return true;
}

/* Mixes one more number in (Steele, Lea & Flood 2014, SplitMix64). */
static uint64_t mix(uint64_t before, uint64_t value)
{
    uint64_t z = before + value + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* What tells whether the star schema has a member's payments as they are; 0: there are none. */
static int64_t facts_of(const struct tally *tally, uint32_t count)
{
    if (count == 0)
        return 0;
    uint64_t mixed =
        mix(mix(mix(count, (uint64_t)tally->sum), (uint64_t)tally->latest), tally->methods);
    return (int64_t)(mixed >> 1) + 1;
}

/* ---- Visits ---- */

struct event {
    uint32_t member;
    int32_t day;
};

struct reader {
    struct value_gym *gym;
    struct event *events;
    size_t count, room;
    size_t last; /* member of the row before: often the same, or the next */
    int32_t recent_from;
    struct change {
        int64_t from, offset;
    } changes[ZONE_CHANGES];
    int change_count, change; /* the one that was right for the row before */
};

static bool keep(void *owner, size_t member, int32_t day)
{
    struct reader *reader = owner;
    struct value_gym *gym = reader->gym;
    void *rows = reader->events;
    if (day > gym->today || (day < reader->recent_from && !value_has_days(gym, member)))
        return true;
    if (!grow(&rows, reader->count, &reader->room, sizeof *reader->events))
        return false;
    reader->events = rows;
    reader->events[reader->count++] = (struct event){(uint32_t)member, day};
    return true;
}

static bool keep_of(struct reader *reader, int64_t number, int32_t day)
{
    const struct value_gym *gym = reader->gym;
    size_t member = find_member(gym, number, reader->last);
    if (member == gym->count || gym->members[member].is_kept)
        return true;
    reader->last = member;
    return keep(reader, member, day);
}

static bool take_change(void *owner, const int64_t *values, int count)
{
    struct reader *reader = owner;
    if (count < 2 || reader->change_count == ZONE_CHANGES)
        return false;
    reader->changes[reader->change_count++] = (struct change){values[0], values[1]};
    return true;
}

static int32_t local_day(struct reader *reader, int64_t seconds)
{
    int at = reader->change;
    while (at > 0 && seconds < reader->changes[at].from)
        at--;
    while (at + 1 < reader->change_count && seconds >= reader->changes[at + 1].from)
        at++;
    reader->change = at;
    int64_t local = seconds + (reader->change_count ? reader->changes[at].offset : 0);
    return (int32_t)(local >= 0 ? local / 86400 : (local - 86399) / 86400);
}

static bool take_instant(void *owner, const int64_t *values, int count)
{
    struct reader *reader = owner;
    int64_t microseconds = values[1] + SECONDS_2000 * MICROSECONDS;
    return count >= 2 &&
           keep_of(reader, values[0],
                   local_day(reader, microseconds >= 0 ? microseconds / MICROSECONDS
                                                       : (microseconds - 999999) / MICROSECONDS));
}

static bool take_day(void *owner, const int64_t *values, int count)
{
    return count >= 2 && keep_of(owner, values[0], (int32_t)values[1]);
}

static int compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* Each member's days in order, each once. */
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

static bool arrange(struct reader *reader)
{
    struct value_gym *gym = reader->gym;
    size_t *first = calloc(gym->count + 2, sizeof *first);
    int32_t *days = malloc((reader->count + 1) * sizeof *days);
    if (!first || !days) {
        free(first);
        free(days);
        return false;
    }
    /* Counted one place further on, so that filling moves each start to its own end. */
    for (size_t i = 0; i < reader->count; i++)
        first[reader->events[i].member + 2]++;
    for (size_t i = 1; i <= gym->count; i++)
        first[i + 1] += first[i];
    for (size_t i = 0; i < reader->count; i++)
        days[first[reader->events[i].member + 1]++] = reader->events[i].day;
    size_t used = 0;
    for (size_t i = 0; i < gym->count; i++) {
        size_t begin = first[i], count = sort_days(days + begin, first[i + 1] - begin);
        memmove(days + used, days + begin, count * sizeof *days);
        first[i] = used;
        used += count;
    }
    first[gym->count] = used;
    free(gym->days);
    free(gym->first_day);
    gym->days = days;
    gym->first_day = first;
    return true;
}

/* What today's figures need of the days. */
static void count_recent(struct value_gym *gym)
{
    for (size_t i = 0; i < gym->count; i++) {
        struct value_member *member = &gym->members[i];
        memset(member->recent, 0, sizeof member->recent);
        for (size_t at = gym->first_day[i]; at < gym->first_day[i + 1]; at++) {
            int ago = gym->today - gym->days[at];
            member->recent[0] = (uint16_t)(member->recent[0] + (ago < 30));
            member->recent[1] = (uint16_t)(member->recent[1] + (ago >= 30 && ago < 90));
            member->recent[2] = (uint16_t)(member->recent[2] + (ago < VALUE_RECENT));
        }
    }
}

/* Of members with all their days; the others have it from their summaries. */
static void count_all(struct value_gym *gym)
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

static void begin(struct value_gym *gym)
{
    gym->count = gym->term_count = gym->freeze_count = gym->paid_count = 0;
    gym->visits = gym->payments = 0;
    gym->sampled = 1;
    free(gym->days);
    gym->days = NULL;
}

/* ---- A gym ---- */

/* Of all, as they lie; of some, by looking them up. */
static bool read_terms(struct bulk *bulk, struct value_gym *gym, bool is_all, struct error *error)
{
    const int64_t *key = &gym->dataset.gym_id;
    struct walk terms = {gym, 0}, freezes = {gym, 0};
    return bulk_copy_each(bulk, is_all ? "recompute_terms" : "recompute_terms_unread", 1, key,
                          take_term, &terms, error) &&
           bulk_copy_each(bulk, is_all ? "recompute_freezes" : "recompute_freezes_unread", 1, key,
                          take_freeze, &freezes, error);
}

static bool read_payments(struct bulk *bulk, struct value_gym *gym, bool is_all,
                          struct error *error)
{
    struct payments payments = {gym, calloc(gym->count + 1, sizeof(struct tally)), 0};
    if (!payments.tallies)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    bool done = bulk_copy_each(bulk, is_all ? "recompute_payments" : "recompute_payments_unread", 1,
                               &gym->dataset.gym_id, take_payment, &payments, error);
    for (size_t i = 0; i < gym->count; i++)
        if (!gym->members[i].is_kept)
            gym->members[i].facts = facts_of(&payments.tallies[i], gym->members[i].payments);
    free(payments.tallies);
    return done;
}

static bool read_visits(struct bulk *bulk, struct reader *reader, bool is_all, struct error *error)
{
    const int64_t *key = &reader->gym->dataset.gym_id;
    if (!is_all)
        return bulk_copy_each(bulk, "recompute_visits_unread", 1, key, take_day, reader, error);
    return bulk_copy_each(bulk, "recompute_zone", 1, key, take_change, reader, error) &&
           bulk_copy_each(bulk, "recompute_visits", 1, key, take_instant, reader, error) &&
           bulk_copy_each(bulk, "recompute_visits_away", 1, key, take_day, reader, error);
}

/* What was kept, and the rows of the others. */
static bool read_histories(struct bulk *bulk, struct reader *reader, struct error *error)
{
    struct value_gym *gym = reader->gym;
    bool is_all = true;
    gym->keeps = gym->keeps && gym->sampled == 1;
    if (gym->keeps) {
        if (!value_history_begin(bulk, gym, error))
            return false;
        is_all = gym->unread >= gym->count;
        if (!is_all && !value_history_read(bulk, gym, keep, reader, error))
            return false;
        if (gym->unread == 0)
            return true;
    }
    return read_terms(bulk, gym, is_all, error) && read_payments(bulk, gym, is_all, error) &&
           read_visits(bulk, reader, is_all, error);
}

bool value_read(struct bulk *bulk, struct value_gym *gym, struct error *error)
{
    begin(gym);
    if (!bulk_copy_each(bulk, "recompute_members", 1, &gym->dataset.gym_id, take_member, gym,
                        error))
        return false;
    gym->sampled = 1 + (int)(gym->visits / MOST_EVENTS);
    /* Which members' days are kept is asked while they come. */
    gym->days = calloc(1, sizeof *gym->days);
    struct reader *reader = gym->days ? calloc(1, sizeof *reader) : NULL;
    if (!reader)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    reader->gym = gym;
    reader->recent_from = gym->today - VALUE_RECENT;
    bool done = read_histories(bulk, reader, error) &&
                (arrange(reader) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory"));
    free(reader->events);
    free(reader);
    if (!done)
        return false;
    count_recent(gym);
    count_all(gym);
    return !gym->keeps || gym->unread == 0 || value_history_keep(bulk, gym, error);
}

/* ---- One member ---- */

struct one {
    struct value_gym *gym;
    struct value_single *single;
    struct walk terms, freezes;
    struct payments payments;
    struct tally tally;
    struct reader reader;
};

static bool take_state(struct one *one, const int64_t *values, int count)
{
    struct value_gym *gym = one->gym;
    if (count < 7)
        return false;
    gym->dataset.dataset_id = values[0];
    gym->today = (int32_t)values[2];
    gym->grace = (int32_t)values[3];
    gym->silence = (int32_t)values[4];
    *one->single = (struct value_single){values[1], values[5], values[6]};
    one->reader.recent_from = gym->today - VALUE_RECENT;
    return true;
}

/* The first number says what the others are. */
static bool take_any(void *owner, const int64_t *values, int count)
{
    struct one *one = owner;
    if (count < 2)
        return false;
    switch (values[0]) {
    case 0:
        return take_state(one, values + 1, count - 1);
    case 1:
        return take_member(one->gym, values + 1, count - 1);
    case 2:
        return take_term(&one->terms, values + 1, count - 1);
    case 3:
        return take_freeze(&one->freezes, values + 1, count - 1);
    case 4:
        return take_payment(&one->payments, values + 1, count - 1);
    case 5:
        return take_day(&one->reader, values + 1, count - 1);
    default:
        return false;
    }
}

bool value_read_member(struct bulk *bulk, struct value_gym *gym, int64_t customer_id,
                       struct value_single *single, struct error *error)
{
    const int64_t parameters[] = {gym->dataset.gym_id, customer_id};
    struct one one = {.gym = gym,
                      .single = single,
                      .terms = {gym, 0},
                      .freezes = {gym, 0},
                      .payments = {gym, &one.tally, 0},
                      .reader = {.gym = gym}};
    *single = (struct value_single){0};
    begin(gym);
    gym->keeps = false;
    bool done = bulk_each(bulk, "recompute_member", 2, parameters, take_any, &one, error) &&
                (arrange(&one.reader) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory"));
    free(one.reader.events);
    if (!done)
        return false;
    count_recent(gym);
    if (gym->count > 0)
        gym->members[0].facts = facts_of(&one.tally, gym->members[0].payments);
    return true;
}
