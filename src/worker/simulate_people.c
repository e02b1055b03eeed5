/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People: who they are, what they are called, how they can be reached, what they like. */
#include "simulate_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "simulate_names.h"

static int draw_age(gsl_rng *random)
{
    static const double bands[] = {.20, .28, .20, .15, .17};
    static const int edges[] = {16, 25, 35, 45, 55, 80};
    int band = random_pick(random, bands, 5);
    if (band < 4)
        return random_between(random, edges[band], edges[band + 1] - 1);
    double u = gsl_rng_uniform(random); /* fewer the older */
    return 55 + (int)(25 * u * u);
}

/* Students are young, off-peak members rather old; over all ages the shares are those of
 * plan_facts. */
static enum plan draw_plan(gsl_rng *random, int age)
{
    if (random_chance(random, .03))
        return random_chance(random, .5) ? PLAN_DAY_PASS : PLAN_TEN_VISITS;
    double student = age < 25 ? .32 : age < 28 ? .19 : 0;
    double off_peak = age >= 55 ? .25 : .045;
    double u = gsl_rng_uniform(random);
    if (u < student)
        return PLAN_STUDENT;
    if (u < student + off_peak)
        return PLAN_OFF_PEAK;
    static const enum plan others[] = {PLAN_MONTHLY, PLAN_ALL_GYMS, PLAN_QUARTERLY, PLAN_ANNUAL};
    double shares[4];
    for (int i = 0; i < 4; i++)
        shares[i] = plan_facts[others[i]].share;
    return others[random_pick(random, shares, 4)];
}

void people_draw_person(struct life *life, struct person *person)
{
    gsl_rng *random = life->random;
    double u = gsl_rng_uniform(random);
    person->gender = (char)(u < .49 ? 'f' : u < .98 ? 'm' : u < .99 ? 'o' : 0);
    person->age = draw_age(random);
    person->plan = draw_plan(random, person->age);
    person->rate = gsl_ran_gamma(random, 1.1, 5.6 / 1.1);
    double total = 0;
    for (int i = 0; i < 7; i++) {
        /* Normalised gammas: a Dirichlet with the gym's weekdays as its mean. */
        person->weekday[i] = gsl_ran_gamma(random, weekday_of_visits[i] * .7, 1) + 1e-6;
        total += person->weekday[i];
    }
    for (int i = 0; i < 7; i++)
        person->weekday[i] /= total;
    bool off_peak = plan_facts[person->plan].off_peak;
    person->slot_weekday =
        hours_draw_slot(life->simulation, random, off_peak ? SLOT_OFF_PEAK : SLOT_WEEKDAY);
    person->slot_weekend = hours_draw_slot(life->simulation, random, SLOT_WEEKEND);
    person->stay = 64 * exp(gsl_ran_gaussian_ziggurat(random, .2));
    static const double methods[] = {.55, .25, .15, .05};
    person->method = 1 + random_pick(random, methods, 4);
    person->desk = random_chance(random, .6) ? 1 : 2;
}

static int list_length(const char *const *list)
{
    int n = 0;
    while (list[n])
        n++;
    return n;
}

/* An entry "written|plain" into both forms. */
static void take_entry(const char *entry, char *written, char *plain, size_t size)
{
    const char *bar = strchr(entry, '|');
    snprintf(written, size, "%.*s", bar ? (int)(bar - entry) : (int)strlen(entry), entry);
    snprintf(plain, size, "%s", bar ? bar + 1 : entry);
}

static void pick_name(gsl_rng *random, const char *const *list, char *written, char *plain,
                      size_t size)
{
    take_entry(list[random_below(random, list_length(list))], written, plain, size);
}

static void make_feminine(char *name, size_t size)
{
    size_t length = strlen(name);
    for (int i = 0; name_endings[i]; i += 2) {
        size_t ending = strlen(name_endings[i]);
        if (length > ending && strcmp(name + length - ending, name_endings[i]) == 0) {
            snprintf(name + length - ending, size - length + ending, "%s", name_endings[i + 1]);
            return;
        }
    }
}

#define NAME_PART 48

/* Names are rarely drawn evenly: the first ones of each list are the common ones. */
static void draw_name(gsl_rng *random, int country, bool woman, struct sim_member *member,
                      char *plain, size_t plain_size)
{
    double shares[16];
    for (int i = 0; i < name_culture_count; i++)
        shares[i] = name_cultures[i].home[country];
    const struct name_culture *culture =
        &name_cultures[random_pick(random, shares, name_culture_count)];
    double kind = gsl_rng_uniform(random);
    if (kind < .002) {
        pick_name(random, names_single, member->name, plain, plain_size);
        return;
    }
    if (kind < .005) {
        const char *const *at = names_long + random_below(random, list_length(names_long));
        while (*at && (**at == 'w') != woman) /* there is one of each */
            at = at[1] ? at + 1 : names_long;
        if (!*at)
            return;
        snprintf(member->name, sizeof member->name, "%s", *at + 2);
        snprintf(plain, plain_size, "%.*s", (int)strcspn(member->name, " ,"), member->name);
        return;
    }
    char given[NAME_PART], given_plain[NAME_PART], family[NAME_PART], family_plain[NAME_PART];
    pick_name(random, woman ? culture->women : culture->men, given, given_plain, NAME_PART);
    pick_name(random, culture->family, family, family_plain, NAME_PART);
    if (woman) {
        make_feminine(family, sizeof family);
        make_feminine(family_plain, sizeof family_plain);
    }
    char second[NAME_PART] = "", second_plain[NAME_PART];
    if (random_chance(random, culture->two_family))
        pick_name(random, culture->family, second, second_plain, NAME_PART);
    const char *hyphen = *second && strcmp(second, family) != 0 ? "-" : "";
    if (!*hyphen)
        second[0] = '\0';
    switch (culture->order) {
    case NAME_WESTERN:
        snprintf(member->name, sizeof member->name, "%s %s%s%s", given, family, hyphen, second);
        break;
    case NAME_EASTERN:
        snprintf(member->name, sizeof member->name, "%s%s", family, given);
        break;
    case NAME_EASTERN_SPACE:
        snprintf(member->name, sizeof member->name, "%s %s", family, given);
        break;
    }
    snprintf(plain, plain_size, "%s.%s", given_plain, family_plain);
}

/* A plain name as the local part of an address: a–z, 0–9, dots between words. */
static void address_part(char *dst, size_t size, const char *plain)
{
    char folded[160];
    text_fold(folded, sizeof folded, plain);
    size_t n = 0;
    for (const char *s = folded; *s && n + 1 < size; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
        if (letter)
            dst[n++] = *s;
        else if ((*s == '.' || *s == ' ' || *s == '-') && n > 0 && dst[n - 1] != '.')
            dst[n++] = '.';
    }
    while (n > 0 && dst[n - 1] == '.')
        n--;
    dst[n] = '\0';
    if (n == 0)
        snprintf(dst, size, "member");
}

/* Numbers that the regulators keep free for fiction: ComReg's 020 91x xxxx, ARCEP's blocks, the
 * Bundesnetzagentur's 1,000 in each of five cities. */
static void make_phone(char *dst, size_t size, int country, int index)
{
    static const char *const german[] = {"30 23125", "40 66969", "221 4710", "69 90009",
                                         "89 99998"};
    /* A walk through the range that visits each number once before it repeats. */
    switch (country) {
    case 0: {
        int n = (int)(((int64_t)index * 38971 + 20411) % 100000);
        snprintf(dst, size, "+353 20 91%d %04d", n / 10000, n % 10000);
        break;
    }
    case 1: {
        int n = (int)(((int64_t)index * 3821 + 4177) % 10000);
        snprintf(dst, size, "+33 6 39 98 %02d %02d", n / 100, n % 100);
        break;
    }
    default: {
        int n = (int)(((int64_t)index * 1931 + 877) % 5000);
        snprintf(dst, size, "+49 %s%03d", german[n / 1000], n % 1000);
        break;
    }
    }
}

void people_set_contact(struct life *life, struct sim_member *member, const char *plain,
                        int phone_index)
{
    static const char *const hosts[] = {"example.org", "example.com", "example.net"};
    static const double weights[] = {.35, .45, .20};
    char local[72];
    address_part(local, sizeof local - 8, plain);
    struct date_civil born = {0};
    if (member->birth != DATE_NONE)
        born = date_to_civil(member->birth);
    if (random_chance(life->names, .55))
        text_append(local, sizeof local, "%02d", born.year % 100);
    snprintf(member->email, sizeof member->email, "%s@%s", local,
             hosts[random_pick(life->names, weights, 3)]);
    make_phone(member->phone, sizeof member->phone, life->gym->country, phone_index);
}

/* Eight digits, each once in the chain, none that reads as one half twice (the desk's scanner
 * rule). */
static void set_keytag(struct sim_member *member)
{
    int64_t tag = 20000000 + (member->number * 31415927 + 7654321) % 50000000;
    if (tag / 10000 == tag % 10000)
        tag += 60000000;
    snprintf(member->keytag, sizeof member->keytag, "%08lld", (long long)tag);
}

static void add_note(struct life *life, struct sim_member *member)
{
    static const char *const notes[] = {"Left a jacket, blue, in the office",
                                        "Knee surgery last year: no leg press",
                                        "Prefers the e-mail to the phone",
                                        "Locker 14 rented until the end of the year",
                                        "Asthma; carries an inhaler",
                                        "Asked about the Tuesday spinning class",
                                        "Invoice goes to the company",
                                        "Pays for two: see the other card of the family",
                                        "Hearing aid: speak up a little",
                                        "Waiting for a place in the swimming course",
                                        "Trainer's plan is in the green folder",
                                        "Towel deposit not returned yet"};
    if (random_chance(life->names, .06))
        snprintf(member->note, sizeof member->note, "%s",
                 notes[random_below(life->names, (int)(sizeof notes / sizeof notes[0]))]);
}

/* Who the member of this index is: what stays the same when a person is enrolled twice. */
static void identify(struct life *life, int index, struct person *person, struct sim_member *member,
                     char *plain, size_t size)
{
    const struct simulation *simulation = life->simulation;
    random_seed(life->random, simulation->seed, life->gym_index, index, STREAM_JOIN);
    int32_t joined = gyms_join_day(simulation, life->gym_index, index, life->random);
    random_seed(life->random, simulation->seed, life->gym_index, index, STREAM_PERSON);
    people_draw_person(life, person);
    member->birth =
        date_add_months(joined, -12 * person->age, 0) - random_between(life->random, 1, 364);
    random_seed(life->names, simulation->seed, life->gym_index, index, STREAM_NAME);
    draw_name(life->names, life->gym->country, person->gender == 'f', member, plain, size);
}

/* The second card of somebody who has one: written a little differently. */
static void misspell(struct life *life, struct sim_member *member)
{
    char changed[sizeof member->name];
    size_t length = strlen(member->name);
    char *space = strchr(member->name, ' ');
    text_to_ascii(changed, sizeof changed, member->name);
    bool plain = !strchr(changed, '?');
    switch (random_below(life->names, 3)) {
    case 0: /* no diacritics on this keyboard */
        if (plain)
            snprintf(member->name, sizeof member->name, "%s", changed);
        break;
    case 1: /* family name first */
        if (space && plain) {
            snprintf(changed, sizeof changed, "%s, %.*s", space + 1, (int)(space - member->name),
                     member->name);
            snprintf(member->name, sizeof member->name, "%s", changed);
        }
        break;
    default: /* a letter lost */
        if (plain && length > 6 && (unsigned char)member->name[length - 1] < 0x80)
            member->name[length - 1] = '\0';
        break;
    }
}

void people_make(struct life *life, struct sim_member *member)
{
    const struct sim_gym *gym = life->gym;
    char plain[120];
    int phone_index = life->index;
    random_seed(life->random, life->simulation->seed, life->gym_index, life->index, STREAM_OFFICE);
    double fate = life->index > planted_count + 20 ? gsl_rng_uniform(life->random) : 1;
    int other = planted_count + random_below(life->random, life->index - planted_count + 1);
    if (fate < .005) {
        identify(life, other, &life->person, member, plain, sizeof plain);
        misspell(life, member);
        phone_index = other;
        int32_t birth = member->birth;
        struct sim_member ignored;
        char own[120];
        identify(life, life->index, &life->person, &ignored, own, sizeof own);
        member->birth = birth;
        life->person.age = date_age(birth, member->joined);
    } else {
        identify(life, life->index, &life->person, member, plain, sizeof plain);
        /* Namesakes: half of these meet a name for the other sex and remain without one. */
        if (fate < .025) {
            random_seed(life->names, life->simulation->seed, life->gym_index, other, STREAM_NAME);
            draw_name(life->names, gym->country, life->person.gender == 'f', member, plain,
                      sizeof plain);
        }
    }
    member->gender = life->person.gender;
    set_keytag(member);
    random_seed(life->names, life->simulation->seed, life->gym_index, life->index, STREAM_PERSON);
    people_set_contact(life, member, plain, phone_index);
    if (random_chance(life->names, .04))
        member->email[0] = '\0';
    if (random_chance(life->names, .02))
        member->phone[0] = '\0';
    if (random_chance(life->names, .015))
        member->birth = DATE_NONE;
    member->trainer = gym->trainer_count > 0 && random_chance(life->names, .22)
                          ? random_below(life->names, gym->trainer_count)
                          : -1;
    add_note(life, member);
}

void people_trainer(const struct sim_gym *gym, int index, uint64_t seed, int gym_index,
                    gsl_rng *random, struct sim_trainer *trainer)
{
    struct sim_member scratch = {0};
    char plain[120], local[72];
    random_seed(random, seed, gym_index, -1 - index, STREAM_NAME);
    bool woman = random_chance(random, .5);
    do
        draw_name(random, gym->country, woman, &scratch, plain, sizeof plain);
    while (strlen(scratch.name) > 60);
    snprintf(trainer->name, sizeof trainer->name, "%.*s", (int)sizeof trainer->name - 1,
             scratch.name);
    address_part(local, sizeof local, plain);
    snprintf(trainer->email, sizeof trainer->email, "%.40s@%.40s.example.org", local,
             gym->username);
    make_phone(trainer->phone, sizeof trainer->phone, gym->country, 90000 + index);
}
