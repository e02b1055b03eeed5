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

/* Days in memory at once: 64 MB while they are put in order. */
#define MOST_VISITS UINT64_C(8000000)

/* ---- Members ---- */

static int32_t day_of(int64_t value)
{
    return value == BULK_NULL ? DATE_NONE : (int32_t)value;
}

static bool take_member(void *owner, const int64_t *values, int count)
{
    struct value_gym *gym = owner;
    void *rows = gym->members;
    if (count < 8 || !value_grow(&rows, gym->count, &gym->room, sizeof *gym->members))
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
    if (!value_grow(&rows, gym->term_count, &gym->term_room, sizeof *gym->terms))
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
                                    .package_id = values[4],
                                    .cancelled = values[5] != 0,
                                    .price = values[6]};
    return value_add_term(walk->gym, walk->member, &term);
}

bool value_add_freeze(struct value_gym *gym, size_t at, const struct value_freeze *freeze)
{
    struct value_member *member = &gym->members[at];
    void *rows = gym->freezes;
    if (!value_grow(&rows, gym->freeze_count, &gym->freeze_room, sizeof *gym->freezes))
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
    if (!value_grow(&rows, gym->paid_count, &gym->paid_room, sizeof *gym->paid))
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
    int32_t day = (int32_t)values[1];
    money amount = values[5];
    size_t at = find_member(gym, values[0], payments->last);
    if (at == gym->count || gym->members[at].is_kept)
        return true;
    gym->payments++;
    payments->last = at;
    struct value_member *member = &gym->members[at];
    struct tally *tally = &payments->tallies[at];
    tally->latest = member->payments++ == 0 || day > tally->latest ? day : tally->latest;
    tally->sum += amount;
    tally->methods += (uint64_t)values[2];
    if (day > gym->today - VALUE_PAID_DAYS) {
        member->paid_year += amount;
        if (gym->keeps && !add_paid(gym, at, day, amount))
            return false;
    }
    if (values[4]) {
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
    if (values[3] > tally->last) {
        tally->last = values[3];
        member->method = (uint8_t)(values[2] < 0 || values[2] > 255 ? 0 : values[2]);
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

/* A member's terms come as they were sold: mostly in order of time, and only then. */
static void sort_terms(struct value_gym *gym)
{
    for (size_t i = 0; i < gym->count; i++) {
        const struct value_member *member = &gym->members[i];
        struct value_term *terms = member->term_count ? gym->terms + member->term : NULL;
        for (uint32_t to = 1; to < member->term_count; to++) {
            struct value_term term = terms[to];
            uint32_t at = to;
            for (; at > 0 && terms[at - 1].from > term.from; at--)
                terms[at] = terms[at - 1];
            terms[at] = term;
        }
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
    return bulk_copy_amounts(bulk, is_all ? "recompute_terms" : "recompute_terms_unread", 1, key,
                             take_term, &terms, error) &&
           bulk_copy_each(bulk, is_all ? "recompute_freezes" : "recompute_freezes_unread", 1, key,
                          take_freeze, &freezes, error);
}

static bool read_payments(struct bulk *bulk, struct value_gym *gym, bool is_all,
                          struct error *error)
{
    struct payments payments = {gym, calloc(gym->count + 1, sizeof(struct tally)), 0};
    if (!payments.tallies)
        return no_memory(error);
    bool done = bulk_copy_amounts(bulk, is_all ? "recompute_payments" : "recompute_payments_unread",
                                  1, &gym->dataset.gym_id, take_payment, &payments, error);
    for (size_t i = 0; i < gym->count; i++)
        if (!gym->members[i].is_kept)
            gym->members[i].facts = facts_of(&payments.tallies[i], gym->members[i].payments);
    free(payments.tallies);
    return done;
}

/* What was kept, and the rows of the others. */
static bool read_histories(struct bulk *bulk, struct value_gym *gym, struct value_days *days,
                           struct error *error)
{
    bool is_all = true;
    gym->keeps = gym->keeps && gym->sampled == 1;
    if (gym->keeps) {
        if (!value_history_begin(bulk, gym, error))
            return false;
        is_all = gym->unread >= gym->count;
        if (!is_all && !value_history_read(bulk, gym, value_days_add, days, error))
            return false;
        if (gym->unread == 0)
            return true;
    }
    return read_terms(bulk, gym, is_all, error) && read_payments(bulk, gym, is_all, error) &&
           value_days_read(bulk, days, is_all, error);
}

bool value_read(struct bulk *bulk, struct value_gym *gym, struct error *error)
{
    begin(gym);
    if (!bulk_copy_each(bulk, "recompute_members", 1, &gym->dataset.gym_id, take_member, gym,
                        error))
        return false;
    gym->sampled = 1 + (int)(gym->visits / MOST_VISITS);
    /* Which members' days are kept is asked while they come. */
    gym->days = calloc(1, sizeof *gym->days);
    struct value_days *days = gym->days ? value_days_new(gym) : NULL;
    bool done = days ? read_histories(bulk, gym, days, error) : no_memory(error);
    done = done && (value_days_arrange(days) || no_memory(error));
    value_days_free(days);
    if (!done)
        return false;
    sort_terms(gym);
    value_days_count_recent(gym);
    value_days_count_all(gym);
    return !gym->keeps || gym->unread == 0 || value_history_keep(bulk, gym, error);
}

/* ---- One member ---- */

struct one {
    struct value_gym *gym;
    struct value_single *single;
    struct walk terms, freezes;
    struct payments payments;
    struct tally tally;
    struct value_days *days;
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
        return count >= 3 &&
               (one->gym->count == 0 || value_days_add(one->days, 0, (int32_t)values[2]));
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
                      .payments = {gym, &one.tally, 0}};
    *single = (struct value_single){0};
    begin(gym);
    gym->keeps = false;
    one.days = value_days_new(gym);
    bool done = one.days ? bulk_each(bulk, "recompute_member", 2, parameters, take_any, &one, error)
                         : no_memory(error);
    done = done && (value_days_arrange(one.days) || no_memory(error));
    value_days_free(one.days);
    if (!done)
        return false;
    value_days_count_recent(gym);
    if (gym->count > 0)
        gym->members[0].facts = facts_of(&one.tally, gym->members[0].payments);
    return true;
}
