/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member's visits and contract as of a day: habits, spells, decided renewals (ANALYTICS §1). */
#include <math.h>
#include <stdlib.h>

#include "value_private.h"

void value_gym_free(struct value_gym *gym)
{
    free(gym->members);
    free(gym->terms);
    free(gym->freezes);
    free(gym->days);
    free(gym->first_day);
    free(gym->paid);
    free(gym->memo);
    *gym = (struct value_gym){0};
}

/* ---- Frozen days ---- */

int value_frozen_days(const struct value_gym *gym, const struct value_member *member, int32_t from,
                      int32_t until)
{
    int days = 0;
    for (uint32_t i = 0; i < member->freeze_count; i++) {
        const struct value_freeze *freeze = &gym->freezes[member->freeze + i];
        int32_t begin = freeze->from > from ? freeze->from : from;
        int32_t end = freeze->until < until ? freeze->until : until;
        days += end > begin ? end - begin : 0;
    }
    return days;
}

bool value_is_frozen(const struct value_gym *gym, const struct value_member *member, int32_t day)
{
    return value_frozen_days(gym, member, day, day + 1) > 0;
}

/* ---- Habits ---- */

bool value_has_days(const struct value_gym *gym, size_t member)
{
    return gym->days && (gym->sampled == 1 || gym->members[member].number % gym->sampled == 0);
}

/* Time since the last visit counts from the day before joining, so that a first-day visit is at 1;
 * observation ends at the end of `day`. */
static struct value_habit habit_of(const struct value_gym *gym, const struct value_member *member,
                                   uint32_t x, int32_t last, int32_t day)
{
    struct value_habit habit = {.x = x};
    int32_t since = x > 0 ? last : member->joined;
    habit.T = day - member->joined + 1 - value_frozen_days(gym, member, member->joined, day + 1);
    if (x > 0)
        habit.t_x = fmax(1, last - member->joined + 1 -
                                value_frozen_days(gym, member, member->joined, last + 1));
    habit.T = fmax(fmax(habit.T, habit.t_x), 1);
    habit.away = day - since - value_frozen_days(gym, member, since + 1, day + 1);
    habit.away = habit.away > 0 ? habit.away : 0;
    return habit;
}

struct value_habit value_habit_today(const struct value_gym *gym, const struct value_member *member)
{
    struct value_habit habit =
        habit_of(gym, member, member->visit_days, member->last_visit, gym->today);
    for (int i = 0; i < 3; i++)
        habit.recent[i] = member->recent[i];
    return habit;
}

struct value_habit value_habit_at(const struct value_gym *gym, size_t member, int32_t day)
{
    const int32_t *days = gym->days + gym->first_day[member];
    size_t low = 0, high = gym->first_day[member + 1] - gym->first_day[member];
    while (low < high) { /* the first day after `day` */
        size_t middle = low + (high - low) / 2;
        if (days[middle] <= day)
            low = middle + 1;
        else
            high = middle;
    }
    struct value_habit habit = habit_of(gym, &gym->members[member], (uint32_t)low,
                                        low > 0 ? days[low - 1] : DATE_NONE, day);
    for (size_t i = low; i > 0 && day - days[i - 1] < VALUE_RECENT; i--) {
        int ago = day - days[i - 1];
        habit.recent[0] += ago < 30;
        habit.recent[1] += ago >= 30;
        habit.recent[2]++;
    }
    return habit;
}

/* ---- Spells ---- */

static bool follows(const struct value_gym *gym, const struct value_term *next,
                    const struct value_term *term)
{
    return next->from - term->until <= gym->grace;
}

/* One without contract is there from the first to the last sign of life. */
static struct value_spell without_contract(const struct value_gym *gym,
                                           const struct value_member *member, int32_t day)
{
    struct value_spell spell = {.state = VALUE_NO_CONTRACT, .start = member->joined};
    int32_t first = DATE_NONE, last = member->joined;
    const int32_t begins[] = {member->first_visit, member->first_payment};
    const int32_t ends[] = {member->last_visit, member->last_payment};
    for (int i = 0; i < 2; i++) {
        if (begins[i] != DATE_NONE && begins[i] <= day && (first == DATE_NONE || begins[i] < first))
            first = begins[i];
        if (ends[i] != DATE_NONE && ends[i] <= day && ends[i] > last)
            last = ends[i];
    }
    if (first != DATE_NONE)
        spell.start = first;
    spell.end = last > spell.start ? last : spell.start;
    spell.days = spell.end - spell.start > 0 ? spell.end - spell.start : 1;
    spell.has_ended = day - spell.end > gym->silence;
    return spell;
}

struct value_spell value_spell_at(const struct value_gym *gym, const struct value_member *member,
                                  int32_t day)
{
    const struct value_term *terms = gym->terms + member->term;
    int last = -1;
    for (uint32_t i = 0; i < member->term_count && terms[i].from <= day; i++)
        last = (int)i;
    /* Paid ahead, as long as it was done by then: what follows without a gap. */
    while (last >= 0 && last + 1 < (int)member->term_count && day == gym->today &&
           terms[last + 1].from <= terms[last].until)
        last++;
    if (last < 0 && member->term_count > 0 && day == gym->today)
        last = 0; /* begins soon */
    if (last < 0 || terms[last].months == 0) {
        struct value_spell spell = without_contract(gym, member, day);
        spell.last = last < 0 ? NULL : &terms[last];
        return spell;
    }
    int first = last, same = last;
    while (first > 0 && follows(gym, &terms[first], &terms[first - 1]) &&
           terms[first - 1].months > 0)
        first--;
    while (same > first && terms[same - 1].months == terms[last].months)
        same--;
    struct value_spell spell = {
        .last = &terms[last], .start = terms[first].from, .end = terms[last].until};
    spell.renewals = last - same < VALUE_RENEWALS ? last - same : VALUE_RENEWALS;
    for (int i = first; i <= last; i++) {
        int32_t until = terms[i].until < day + 1 ? terms[i].until : day + 1;
        if (until > terms[i].from)
            spell.days +=
                until - terms[i].from - value_frozen_days(gym, member, terms[i].from, until);
    }
    spell.days = spell.days > 1 ? spell.days : 1;
    bool is_over = spell.end <= day;
    spell.has_ended = is_over && day - spell.end >= gym->grace;
    spell.state = is_over ? VALUE_HAS_LEFT : terms[last].cancelled ? VALUE_LEAVES : VALUE_STAYS;
    return spell;
}

/* ---- Decisions ---- */

struct value_decision *value_decisions(const struct value_gym *gym, size_t *count)
{
    struct value_decision *decisions = malloc((gym->term_count + 1) * sizeof *decisions);
    *count = 0;
    for (size_t m = 0; decisions && m < gym->count; m++) {
        const struct value_member *member = &gym->members[m];
        const struct value_term *terms = gym->terms + member->term;
        int renewal = 0;
        for (uint32_t i = 0; i < member->term_count; i++) {
            const struct value_term *term = &terms[i];
            bool goes_on =
                i > 0 && follows(gym, term, &terms[i - 1]) && terms[i - 1].months == term->months;
            renewal = goes_on ? renewal + 1 : 1;
            if (term->months == 0 || term->until > gym->today - gym->grace)
                continue; /* no contract; not decided yet */
            bool renewed = i + 1 < member->term_count && follows(gym, &terms[i + 1], term) &&
                           terms[i + 1].months > 0;
            decisions[(*count)++] = (struct value_decision){
                .member = (uint32_t)m,
                .at = term->until,
                .months = term->months,
                .renewal = (int16_t)(renewal < VALUE_RENEWALS ? renewal : VALUE_RENEWALS),
                .renewed = renewed};
        }
    }
    return decisions;
}
