/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk and the office wrote down: people turned away, and calls to those who stay away. */
#include <stdio.h>
#include <string.h>

#include "simulate_parts.h"

static const struct {
    const char *name;
    double share;
    int snooze;
    const char *note;
} outcomes[] = {
    {"no answer", .42, 3, ""},
    {"coming back", .24, 14, "Says next week"},
    {"injured", .09, 30, "Offered a freeze"},
    {"price", .08, 7, "Asked for the off-peak price"},
    {"leaving", .09, 0, ""},
    {"wrong number", .05, 0, ""},
    {"do not contact", .03, 0, ""},
};
#define OUTCOMES ((int)(sizeof outcomes / sizeof outcomes[0]))

static void write_contact(struct life *life, int32_t day)
{
    double shares[OUTCOMES];
    for (int i = 0; i < OUTCOMES; i++)
        shares[i] = outcomes[i].share;
    int outcome = random_pick(life->random, shares, OUTCOMES);
    int64_t at = local_at(day, random_between(life->random, 10 * 60, 17 * 60));
    if (at > life->gym->now)
        return;
    struct sim_contact *contact = rows_contact(life->batch);
    if (contact)
        *contact = (struct sim_contact){
            .member = life->member,
            .at = at,
            .outcome = outcomes[outcome].name,
            .snooze_until = outcomes[outcome].snooze ? day + outcomes[outcome].snooze : DATE_NONE,
            .note = outcomes[outcome].note};
}

void office_deny(struct life *life, int64_t at, const char *reason, int32_t about)
{
    if (at > life->gym->now)
        return;
    struct sim_denial *denial = rows_denial(life->batch);
    if (!denial)
        return;
    *denial = (struct sim_denial){
        .member = life->member, .desk = (int8_t)life->person.desk, .at = at, .reason = reason};
    char day[24];
    int ago = local_day(at) - about;
    date_format_short(day, sizeof day, about, local_day(at));
    if (strcmp(reason, "expired") == 0)
        snprintf(denial->text, sizeof denial->text,
                 ago == 1 ? "expired yesterday" : "expired %d days ago", ago);
    else if (strcmp(reason, "cancelled") == 0)
        snprintf(denial->text, sizeof denial->text, "cancelled, ended %s", day);
    else if (strcmp(reason, "frozen") == 0)
        snprintf(denial->text, sizeof denial->text, "frozen until %s", day);
    else
        snprintf(denial->text, sizeof denial->text, "plan holds 09\u201316 on weekdays");
}

void office_write(struct life *life, size_t first_term, size_t first_freeze)
{
    const struct sim_batch *batch = life->batch;
    int32_t today = life->gym->today;
    if (batch->term_count == first_term)
        return;
    const struct sim_term *last = &batch->terms[batch->term_count - 1];
    bool running = last->from <= today && today < last->until;
    int32_t seen = life->last_visit == MOMENT_NONE ? last->from : local_day(life->last_visit);
    int32_t silent = (running ? today : last->until) - seen;
    random_seed(life->random, life->simulation->seed, life->gym_index, life->index, STREAM_OFFICE);
    if (silent > 20 && random_chance(life->random, running ? .35 : .15))
        write_contact(life, seen + 18 + random_below(life->random, 20));
    int slot = life->person.slot_weekday;
    if (!running && last->until + 9 < today && random_chance(life->random, .12))
        office_deny(life, local_at(last->until + 4 + random_below(life->random, 5), slot),
                    last->cancelled ? "cancelled" : "expired", last->until - 1);
    for (size_t i = first_freeze; i < batch->freeze_count; i++)
        if (random_chance(life->random, .1))
            office_deny(life, local_at(batch->freezes[i].from + 2, slot), "frozen",
                        batch->freezes[i].until - 1);
    if (life->person.plan == PLAN_OFF_PEAK && random_chance(life->random, .25)) {
        int32_t day = last->from + random_below(life->random, 20);
        if (date_weekday(day) < 5 && day < last->until)
            office_deny(life, local_at(day, 16 * 60 + 40 + random_below(life->random, 90)),
                        "off_hours", day);
    }
}
