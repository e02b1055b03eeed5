/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a recompute has read of a member, kept until the member's summary changes: visit days,
 * terms, freezes and payments, as numbers of seven bits to a byte, each day as its distance from
 * the one before (LEB128; signed numbers folded as in Protocol Buffers). A year of visits is some
 * hundred bytes; reading them again costs a tenth of reading the rows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "value_private.h"

#define FORM 1 /* of the bytes; any change of what is packed or how is another one */

/* ---- Bytes ---- */

struct pack {
    unsigned char *bytes;
    size_t size, room;
    bool failed;
};

static void put(struct pack *pack, uint64_t value)
{
    if (pack->room - pack->size < 10) {
        size_t room = pack->room * 2 + 1024;
        unsigned char *grown = realloc(pack->bytes, room);
        if (!grown) {
            pack->failed = true;
            return;
        }
        pack->bytes = grown;
        pack->room = room;
    }
    for (; value >= 0x80; value >>= 7)
        pack->bytes[pack->size++] = (unsigned char)(value | 0x80);
    pack->bytes[pack->size++] = (unsigned char)value;
}

static void put_signed(struct pack *pack, int64_t value)
{
    put(pack, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

struct unpack {
    const unsigned char *at, *end;
    bool failed; /* ends too soon, or is no number */
};

static uint64_t get(struct unpack *unpack)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && unpack->at < unpack->end; shift += 7) {
        unsigned char byte = *unpack->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    unpack->failed = true;
    return 0;
}

static int64_t get_signed(struct unpack *unpack)
{
    uint64_t value = get(unpack);
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

/* A number of things, each of which takes a byte at least. */
static uint32_t get_count(struct unpack *unpack)
{
    uint64_t count = get(unpack);
    if (count > (uint64_t)(unpack->end - unpack->at))
        unpack->failed = true;
    return unpack->failed ? 0 : (uint32_t)count;
}

/* ---- A member ---- */

static void put_terms(struct pack *pack, const struct value_gym *gym,
                      const struct value_member *member)
{
    int32_t before = 0;
    put(pack, member->term_count);
    for (uint32_t i = 0; i < member->term_count; i++) {
        const struct value_term *term = &gym->terms[member->term + i];
        put_signed(pack, term->from - before);
        put(pack, (uint64_t)(term->until - term->from) << 1 | term->cancelled);
        put_signed(pack, term->months);
        put_signed(pack, term->price);
        put_signed(pack, term->package_id);
        before = term->until;
    }
    put(pack, member->freeze_count);
    before = 0;
    for (uint32_t i = 0; i < member->freeze_count; i++) {
        const struct value_freeze *freeze = &gym->freezes[member->freeze + i];
        put_signed(pack, freeze->from - before);
        put_signed(pack, freeze->until - freeze->from);
        before = freeze->until;
    }
}

static bool get_terms(struct unpack *unpack, struct value_gym *gym, size_t at)
{
    int32_t before = 0;
    for (uint32_t count = get_count(unpack); count > 0 && !unpack->failed; count--) {
        struct value_term term = {.from = before + (int32_t)get_signed(unpack)};
        uint64_t length = get(unpack);
        term.until = term.from + (int32_t)(length >> 1);
        term.cancelled = length & 1;
        term.months = (int16_t)get_signed(unpack);
        term.price = get_signed(unpack);
        term.package_id = get_signed(unpack);
        before = term.until;
        if (!value_add_term(gym, at, &term))
            return false;
    }
    before = 0;
    for (uint32_t count = get_count(unpack); count > 0 && !unpack->failed; count--) {
        struct value_freeze freeze = {.from = before + (int32_t)get_signed(unpack)};
        freeze.until = freeze.from + (int32_t)get_signed(unpack);
        before = freeze.until;
        if (!value_add_freeze(gym, at, &freeze))
            return false;
    }
    return true;
}

/* Payments: what they add up to, and those of the last year one by one, which today's year is
 * made of as it moves on. */
static void put_payments(struct pack *pack, const struct value_member *member,
                         const struct value_paid *paid, size_t count)
{
    int32_t before = 0;
    put(pack, member->payments);
    if (member->payments == 0)
        return;
    put(pack, (uint64_t)member->facts);
    put(pack, member->method);
    put(pack, member->orders);
    put_signed(pack, member->ordered);
    put_signed(pack, member->first_payment);
    put_signed(pack, member->last_payment);
    put(pack, member->extras);
    put_signed(pack, member->spent_extra);
    put(pack, count);
    for (size_t i = 0; i < count; i++) {
        put_signed(pack, paid[i].day - before);
        put_signed(pack, paid[i].amount);
        before = paid[i].day;
    }
}

static void get_payments(struct unpack *unpack, struct value_gym *gym, struct value_member *member)
{
    int32_t day = 0;
    member->payments = (uint32_t)get(unpack);
    if (member->payments == 0 || unpack->failed)
        return;
    gym->payments += member->payments;
    member->facts = (int64_t)get(unpack);
    member->method = (uint8_t)get(unpack);
    member->orders = (uint32_t)get(unpack);
    member->ordered = get_signed(unpack);
    member->first_payment = (int32_t)get_signed(unpack);
    member->last_payment = (int32_t)get_signed(unpack);
    member->extras = (uint32_t)get(unpack);
    member->spent_extra = get_signed(unpack);
    for (uint32_t count = get_count(unpack); count > 0 && !unpack->failed; count--) {
        day += (int32_t)get_signed(unpack);
        money amount = get_signed(unpack);
        member->paid_year += day > gym->today - VALUE_PAID_DAYS ? amount : 0;
    }
}

static void put_days(struct pack *pack, const int32_t *days, size_t count)
{
    put(pack, count);
    for (size_t i = 0; i < count; i++)
        put_signed(pack, days[i] - (i ? days[i - 1] : 0));
}

/* ---- Reading ---- */

struct reader {
    struct value_gym *gym;
    value_day_fn *on_day;
    void *owner;
    size_t member;   /* walks along: rows come in the order of the members */
    int64_t damaged; /* member whose bytes make no sense; 0: none */
};

static bool take_history(void *owner, const int64_t *values, int count, const unsigned char *bytes,
                         size_t size)
{
    struct reader *reader = owner;
    struct value_gym *gym = reader->gym;
    struct unpack unpack = {bytes, bytes + size, count < 1};
    size_t at = value_walk_to(gym, reader->member, values[0]);
    if (at == gym->count)
        return true; /* merged into another meanwhile */
    reader->member = at;
    gym->members[at].is_kept = true;
    if (!get_terms(&unpack, gym, at))
        return false;
    get_payments(&unpack, gym, &gym->members[at]);
    int32_t day = 0;
    for (uint32_t days = get_count(&unpack); days > 0 && !unpack.failed; days--) {
        day += (int32_t)get_signed(&unpack);
        if (!reader->on_day(reader->owner, at, day))
            return false;
    }
    if (unpack.failed || unpack.at != unpack.end)
        reader->damaged = values[0];
    return !reader->damaged;
}

/* Parameters that the statements have in common: the gym, its today, how histories are packed. */
struct common {
    char texts[3][24];
};

static void put_common(struct common *common, const struct value_gym *gym)
{
    snprintf(common->texts[0], sizeof common->texts[0], "%" PRId64, gym->dataset.gym_id);
    snprintf(common->texts[1], sizeof common->texts[1], "%" PRId32, gym->today);
    snprintf(common->texts[2], sizeof common->texts[2], "%d", FORM);
}

/* How many of the gym's members are to be read from their rows: all, or those whose history is out
 * of date. They are in pg_temp.unread then. */
static bool list_unread(struct bulk *bulk, struct value_gym *gym, bool is_all, struct error *error)
{
    struct common common;
    char text[24];
    const char *const parameters[] = {common.texts[0], common.texts[1], common.texts[2],
                                      is_all ? "true" : "false"};
    put_common(&common, gym);
    if (!bulk_named(bulk, "recompute_list_unread", 4, parameters, text, sizeof text, error))
        return false;
    gym->unread = strtoull(text, NULL, 10);
    return true;
}

bool value_history_begin(struct bulk *bulk, struct value_gym *gym, struct error *error)
{
    if (!bulk_run_file(bulk, "recompute_histories", error) || !list_unread(bulk, gym, false, error))
        return false;
    /* Looked up one by one, members cost no less than all of them in a row. */
    if (gym->unread * 2 < gym->count)
        return gym->unread == 0 || bulk_run(bulk, "ANALYZE pg_temp.unread", error);
    if (gym->unread >= gym->count)
        return true;
    return bulk_run(bulk, "DELETE FROM pg_temp.unread", error) &&
           list_unread(bulk, gym, true, error);
}

bool value_history_read(struct bulk *bulk, struct value_gym *gym, value_day_fn *on_day, void *owner,
                        struct error *error)
{
    struct reader reader = {.gym = gym, .on_day = on_day, .owner = owner};
    if (bulk_copy_bytes(bulk, "recompute_histories_kept", 1, &gym->dataset.gym_id, take_history,
                        &reader, error))
        return true;
    if (reader.damaged)
        error_set(error, ERROR_DATABASE,
                  "Delete the rows of gym.member_histories: they are made anew",
                  "What was kept of member %" PRId64 " cannot be read", reader.damaged);
    return false;
}

/* ---- Keeping ---- */

/* Payments of the year by member, in their places: first[m] … first[m + 1]. */
static bool sort_paid(const struct value_gym *gym, size_t **first, struct value_paid **paid)
{
    *first = calloc(gym->count + 2, sizeof **first);
    *paid = malloc((gym->paid_count + 1) * sizeof **paid);
    if (!*first || !*paid)
        return false;
    for (size_t i = 0; i < gym->paid_count; i++)
        (*first)[gym->paid[i].member + 2]++;
    for (size_t i = 1; i <= gym->count; i++)
        (*first)[i + 1] += (*first)[i];
    for (size_t i = 0; i < gym->paid_count; i++)
        (*paid)[(*first)[gym->paid[i].member + 1]++] = gym->paid[i];
    return true;
}

bool value_history_keep(struct bulk *bulk, const struct value_gym *gym, struct error *error)
{
    struct pack pack = {0};
    size_t *first = NULL;
    struct value_paid *paid = NULL;
    bool done =
        sort_paid(gym, &first, &paid) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    done = done && bulk_begin(bulk, "pg_temp.histories_new", error);
    for (size_t i = 0; done && i < gym->count; i++) {
        const struct value_member *member = &gym->members[i];
        if (member->is_kept)
            continue;
        pack.size = 0;
        put_terms(&pack, gym, member);
        put_payments(&pack, member, paid + first[i], first[i + 1] - first[i]);
        put_days(&pack, gym->days + gym->first_day[i], gym->first_day[i + 1] - gym->first_day[i]);
        if (pack.failed)
            done = error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        bulk_row(bulk, 2);
        bulk_int64(bulk, member->number);
        bulk_bytes(bulk, pack.bytes, pack.size);
    }
    free(first);
    free(paid);
    free(pack.bytes);
    struct common common;
    const char *const parameters[] = {common.texts[0], common.texts[1], common.texts[2]};
    put_common(&common, gym);
    return done && bulk_end(bulk, NULL, error) &&
           bulk_named(bulk, "recompute_drop_histories", 1, parameters, NULL, 0, error) &&
           bulk_named(bulk, "recompute_keep_histories", 3, parameters, NULL, 0, error);
}
