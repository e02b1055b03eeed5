/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulated gyms behave like gyms: what must hold in every row, and the marginals of several
 * seed numbers against the published figures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/worker/simulate.h"

#define SEEDS 5

static int64_t utc(int year, int month, int day, int hour, int minute)
{
    return (int64_t)date_from_civil(year, month, day) * 86400 + (int64_t)hour * 3600 +
           (int64_t)minute * 60;
}

/* The European rule: an hour on from the last Sunday of March to that of October, at 01:00 UTC. */
static void european(struct zone_table *zone, const char *name, int32_t winter)
{
    memset(zone, 0, sizeof *zone);
    snprintf(zone->name, sizeof zone->name, "%s", name);
    zone->changes[zone->count++] = (struct zone_change){INT64_MIN / 2, winter};
    for (int year = 2020; year <= 2030; year++)
        for (int month = 3; month <= 10; month += 7) {
            int32_t last = date_from_civil(year, month, 31);
            last -= (date_weekday(last) + 1) % 7;
            zone->changes[zone->count++] = (struct zone_change){
                (int64_t)last * 86400 + 3600, month == 3 ? winter + 3600 : winter};
        }
}

static struct zone_table zones[3];

static struct simulation *open_simulation(const char *profile, uint64_t seed, int64_t now)
{
    struct generate_options options = {
        .profile = profile, .seed = seed, .as_of = (int32_t)(now / 86400), .as_of_utc = now};
    struct error error;
    for (int i = 0; i < 3; i++)
        european(&zones[i], simulate_zones[i], i == 0 ? 0 : 3600);
    struct simulation *simulation = simulate_open(&options, zones, 3, &error);
    if (!simulation)
        fail_msg("%s", error.message);
    return simulation;
}

static int64_t evening(void)
{
    return utc(2026, 11, 21, 18, 10);
}

/* ---- What must hold ---- */

static void check_all(const char *profile, uint64_t seed, int64_t now)
{
    struct simulation *simulation = open_simulation(profile, seed, now);
    struct sim_batch batch = {0};
    struct error error;
    int64_t members = 0;
    for (int gym = 0; gym < simulate_gym_count(simulation); gym++) {
        const struct sim_gym *facts = simulate_gym(simulation, gym);
        assert_true(simulate_batch(simulation, gym, 0, facts->members, &batch));
        if (!simulate_check(simulation, &batch, &error))
            fail_msg("%s, seed %d, now %lld: %s", profile, (int)seed, (long long)now,
                     error.message);
        members += (int64_t)batch.member_count;
    }
    assert_int_equal(members, simulate_member_count(simulation));
    sim_batch_free(&batch);
    simulate_close(simulation);
}

static void test_invariants_hold_for_several_seeds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        check_all("small", seed, evening());
    check_all("harsh", 3, evening());
}

static void test_invariants_hold_at_any_hour_and_day(void **state)
{
    (void)state;
    check_all("small", 1, utc(2026, 3, 29, 3, 0));   /* the night of the leap to summer time */
    check_all("small", 1, utc(2025, 10, 26, 0, 30)); /* and back */
    check_all("small", 1, utc(2024, 2, 29, 12, 0));
    check_all("small", 1, utc(2027, 1, 1, 0, 0));
    check_all("small", 1, utc(2026, 5, 31, 23, 59));
}

static void test_the_check_finds_what_is_wrong(void **state)
{
    (void)state;
    struct simulation *simulation = open_simulation("small", 1, evening());
    struct sim_batch batch = {0};
    struct error error;
    assert_true(simulate_batch(simulation, 0, 0, 200, &batch));
    assert_true(simulate_check(simulation, &batch, &error));

    struct sim_visit *visit = &batch.visits[batch.visit_count / 2];
    int64_t out = visit->out;
    visit->out = visit->in - 60;
    assert_false(simulate_check(simulation, &batch, &error));
    visit->out = out;

    batch.payments[0].amount += 1000000;
    assert_false(simulate_check(simulation, &batch, &error));
    batch.payments[0].amount -= 1000000;

    batch.members[0].joined += 400;
    assert_false(simulate_check(simulation, &batch, &error));
    sim_batch_free(&batch);
    simulate_close(simulation);
}

/* ---- The same again ---- */

static void test_a_life_does_not_depend_on_the_batch(void **state)
{
    (void)state;
    struct simulation *simulation = open_simulation("small", 7, evening());
    struct sim_batch whole = {0}, part = {0};
    int members = simulate_gym(simulation, 1)->members;
    assert_true(simulate_batch(simulation, 1, 0, members, &whole));
    assert_true(simulate_batch(simulation, 1, 100, 50, &part));
    size_t seen = 0;
    for (size_t i = 0; i < 50; i++) {
        const struct sim_member *a = &whole.members[100 + i], *b = &part.members[i];
        assert_int_equal(a->number, b->number);
        assert_string_equal(a->name, b->name);
        assert_string_equal(a->email, b->email);
        assert_string_equal(a->keytag, b->keytag);
        assert_int_equal(a->joined, b->joined);
    }
    for (size_t i = 0; i < whole.visit_count; i++) {
        const struct sim_visit *visit = &whole.visits[i];
        if (visit->member < 100 || visit->member >= 150)
            continue;
        assert_int_equal(visit->in, part.visits[seen].in);
        assert_int_equal(visit->out, part.visits[seen].out);
        assert_int_equal(visit->member - 100, part.visits[seen].member);
        seen++;
    }
    assert_int_equal(seen, part.visit_count);
    sim_batch_free(&whole);
    sim_batch_free(&part);
    simulate_close(simulation);
}

static uint64_t fingerprint(uint64_t seed)
{
    struct simulation *simulation = open_simulation("small", seed, evening());
    struct sim_batch batch = {0};
    uint64_t sum = 14695981039346656037ULL;
    assert_true(simulate_batch(simulation, 0, 0, 300, &batch));
    for (size_t i = 0; i < batch.visit_count; i++)
        sum = (sum ^ (uint64_t)batch.visits[i].in) * 1099511628211ULL;
    for (size_t i = 0; i < batch.payment_count; i++)
        sum = (sum ^ (uint64_t)batch.payments[i].at) * 1099511628211ULL;
    for (size_t i = 0; i < batch.member_count; i++)
        for (const char *s = batch.members[i].name; *s; s++)
            sum = (sum ^ (uint64_t)(unsigned char)*s) * 1099511628211ULL;
    sim_batch_free(&batch);
    simulate_close(simulation);
    return sum;
}

static void test_a_seed_gives_its_rows_again_and_another_others(void **state)
{
    (void)state;
    assert_true(fingerprint(1) == fingerprint(1));
    assert_true(fingerprint(1) != fingerprint(2));
}

/* ---- The marginals ---- */

#define MONTHS 32

struct marginals {
    double visits, member_months, weekday_visits, morning, evening, minutes, timed;
    double at_risk[MONTHS], left[MONTHS];
};

static void count_visits(const struct sim_batch *batch, struct marginals *sums)
{
    for (size_t i = 0; i < batch->visit_count; i++) {
        const struct sim_visit *visit = &batch->visits[i];
        int hour = (int)(visit->in % 86400 / 3600);
        sums->visits++;
        if (date_weekday((int32_t)(visit->in / 86400)) < 5) {
            sums->weekday_visits++;
            sums->morning += hour >= 6 && hour < 9;
            sums->evening += hour >= 17 && hour < 20;
        }
        if (visit->out != MOMENT_NONE && !visit->auto_out) {
            sums->minutes += (double)(visit->out - visit->in) / 60;
            sums->timed++;
        }
    }
}

/* Frozen days of the spell are no days of membership. */
static int frozen_days(const struct sim_batch *batch, int member, int32_t from, int32_t until)
{
    int days = 0;
    for (size_t i = 0; i < batch->freeze_count; i++)
        if (batch->freezes[i].member == member && batch->freezes[i].from >= from &&
            batch->freezes[i].from < until) {
            int32_t end = batch->freezes[i].until;
            days += (end < until ? end : until) - batch->freezes[i].from;
        }
    return days;
}

/* Kaplan–Meier of first spells, by whole months; days late in renewing do not end a spell. Planted
 * members are left out, and so are passes: they are outside the mix. */
static void count_spells(const struct sim_batch *batch, int32_t today, int planted,
                         struct marginals *sums)
{
    for (size_t i = 0; i < batch->term_count;) {
        int member = batch->terms[i].member;
        int32_t from = batch->terms[i].from, until = batch->terms[i].until;
        bool contract = plan_facts[batch->terms[i].plan].months > 0;
        bool first = true;
        for (; i < batch->term_count && batch->terms[i].member == member; i++) {
            const struct sim_term *term = &batch->terms[i];
            int32_t end = term->until < today ? term->until : today;
            if (contract && end > term->from)
                sums->member_months +=
                    (end - term->from - frozen_days(batch, member, term->from, end)) / 30.44;
            first = first && term->from - until <= 30;
            if (first)
                until = term->until;
        }
        if (!contract || member < planted)
            continue;
        bool left = until <= today;
        int32_t end = left ? until : today;
        double months = (end - from - frozen_days(batch, member, from, end)) / 30.44;
        int month = (int)(months + (left ? .5 : 0));
        for (int m = 0; m < MONTHS && m <= month; m++)
            sums->at_risk[m]++;
        if (left && month < MONTHS)
            sums->left[month]++;
    }
}

static double survival(const struct marginals *sums, int month)
{
    double share = 1;
    for (int m = 0; m <= month; m++)
        if (sums->at_risk[m] > 0)
            share *= 1 - sums->left[m] / sums->at_risk[m];
    return share;
}

static struct marginals measure(const char *profile, uint64_t seeds)
{
    struct marginals sums = {0};
    struct sim_batch batch = {0};
    int planted = 0;
    while (planted_members[planted].number)
        planted++;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct simulation *simulation = open_simulation(profile, seed, evening());
        for (int gym = 0; gym < simulate_gym_count(simulation); gym++) {
            const struct sim_gym *facts = simulate_gym(simulation, gym);
            assert_true(simulate_batch(simulation, gym, 0, facts->members, &batch));
            count_visits(&batch, &sums);
            count_spells(&batch, facts->today, planted, &sums);
        }
        simulate_close(simulation);
    }
    sim_batch_free(&batch);
    return sums;
}

static void assert_between(const char *what, double value, double low, double high)
{
    if (value < low || value > high)
        fail_msg("%s is %.4f, expected %.2f to %.2f", what, value, low, high);
}

static void test_marginals_are_those_of_a_gym(void **state)
{
    (void)state;
    struct marginals sums = measure("small", SEEDS);
    assert_between("survival at 3 months", survival(&sums, 3), .90, .95);
    assert_between("survival at 6 months", survival(&sums, 6), .76, .83);
    assert_between("survival at 12 months", survival(&sums, 12), .55, .61);
    assert_between("visits per active member and month", sums.visits / sums.member_months, 4.0,
                   4.4);
    assert_between("weekday visits 06-09", sums.morning / sums.weekday_visits, .20, .24);
    assert_between("weekday visits 17-20", sums.evening / sums.weekday_visits, .32, .36);
    assert_between("mean stay", sums.minutes / sums.timed, 66, 72);
}

static void test_harsh_profile_loses_most_before_the_third_month(void **state)
{
    (void)state;
    struct marginals sums = measure("harsh", 3);
    assert_between("survival at 3 months", survival(&sums, 3), .33, .41);
}

/* ---- People ---- */

static void test_names_are_of_many_kinds(void **state)
{
    (void)state;
    struct simulation *simulation = open_simulation("chain", 1, evening());
    struct sim_batch batch = {0};
    int armenian = 0, cyrillic = 0, cjk = 0, arabic = 0, hyphen = 0, apostrophe = 0, one_word = 0,
        longer = 0, diacritics = 0, no_email = 0;
    assert_true(simulate_batch(simulation, 0, 0, 6000, &batch));
    for (size_t i = 0; i < batch.member_count; i++) {
        const struct sim_member *member = &batch.members[i];
        int length = 0;
        bool has[5] = {false};
        uint32_t code;
        for (const char *s = member->name; *s; length++) {
            s += text_decode(s, &code);
            assert_int_not_equal(code, 0xfffd);
            assert_true(code >= 0x20 && code != 0x7f);
            has[0] |= code >= 0x531 && code <= 0x58a;
            has[1] |= code >= 0x400 && code <= 0x4ff;
            has[2] |= code >= 0x3040 && code <= 0xd7a3;
            has[3] |= code >= 0x600 && code <= 0x6ff;
            has[4] |= code >= 0xc0 && code <= 0x1ef9;
        }
        armenian += has[0], cyrillic += has[1], cjk += has[2], arabic += has[3];
        diacritics += has[4];
        hyphen += strchr(member->name, '-') != NULL;
        apostrophe += strchr(member->name, '\'') != NULL;
        one_word += !strchr(member->name, ' ') && !has[2];
        longer += length > 40;
        no_email += !*member->email;
        const char *at = strchr(member->email, '@');
        if (*member->email) {
            assert_non_null(at);
            assert_true(strcmp(at, "@example.org") == 0 || strcmp(at, "@example.com") == 0 ||
                        strcmp(at, "@example.net") == 0);
        }
        if (*member->phone)
            assert_memory_equal(member->phone, "+353 20 91", 10);
    }
    assert_true(armenian > 30 && cyrillic > 50 && cjk > 50 && arabic > 30 && diacritics > 500);
    assert_true(hyphen > 50 && apostrophe > 300 && one_word > 3 && longer > 5);
    assert_in_range(no_email, 180, 300);
    sim_batch_free(&batch);
    simulate_close(simulation);
}

static int compare_tags(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void test_key_tags_are_eight_digits_and_unique(void **state)
{
    (void)state;
    struct simulation *simulation = open_simulation("small", 1, evening());
    struct sim_batch batches[3] = {{0}, {0}, {0}};
    char *tags[1500], half[16];
    int count = 0;
    for (int gym = 0; gym < 3; gym++) {
        assert_true(simulate_batch(simulation, gym, 0, simulate_gym(simulation, gym)->members,
                                   &batches[gym]));
        for (size_t i = 0; i < batches[gym].member_count; i++)
            tags[count++] = batches[gym].members[i].keytag;
    }
    qsort(tags, (size_t)count, sizeof *tags, compare_tags);
    for (int i = 0; i < count; i++) {
        assert_int_equal(strspn(tags[i], "0123456789"), 8);
        assert_int_equal(strlen(tags[i]), 8);
        assert_false(text_is_doubled(tags[i], 4, half, sizeof half));
        if (i > 0)
            assert_string_not_equal(tags[i], tags[i - 1]);
    }
    for (int gym = 0; gym < 3; gym++)
        sim_batch_free(&batches[gym]);
    simulate_close(simulation);
}

/* ---- Planted members ---- */

static void test_planted_members_are_where_the_manual_says(void **state)
{
    (void)state;
    struct simulation *simulation = open_simulation("small", 5, evening());
    struct sim_batch batch = {0};
    assert_true(simulate_batch(simulation, 0, 0, 60, &batch));
    int in_now = 0;
    for (int i = 0; planted_members[i].number; i++) {
        assert_int_equal(batch.members[i].number, planted_members[i].number);
        assert_string_equal(batch.members[i].keytag, planted_members[i].keytag);
        assert_non_null(planted_members[i].what);
    }
    assert_int_equal(batch.members[3].status, SIM_FROZEN);
    assert_int_equal(batch.members[4].status, SIM_ACTIVE);
    assert_int_equal(batch.members[5].status, SIM_CANCELLED);
    assert_true(batch.members[6].banned_on != DATE_NONE);
    int32_t today = simulate_gym(simulation, 0)->today;
    assert_true(date_is_birthday(batch.members[8].birth, today));
    assert_int_equal(date_age(batch.members[9].birth, today), 15);
    assert_true(date_to_civil(batch.members[19].birth).day == 29);
    assert_int_equal(batch.members[20].birth, batch.members[21].birth);
    assert_string_equal(batch.members[20].phone, batch.members[21].phone);
    for (size_t i = 0; i < batch.visit_count; i++)
        in_now += batch.visits[i].out == MOMENT_NONE && batch.visits[i].member < 32;
    assert_int_equal(in_now, 4);
    sim_batch_free(&batch);
    simulate_close(simulation);
}

static void test_the_first_gym_is_alive_at_any_hour(void **state)
{
    (void)state;
    for (int hour = 0; hour < 24; hour += 3) {
        struct simulation *simulation = open_simulation("small", 2, utc(2026, 11, 21, hour, 0));
        struct sim_batch batch = {0};
        for (int gym = 0; gym < 3; gym++) {
            const struct sim_gym *facts = simulate_gym(simulation, gym);
            int in_now = 0;
            assert_true(simulate_batch(simulation, gym, 0, facts->members, &batch));
            for (size_t i = 0; i < batch.visit_count; i++)
                in_now += batch.visits[i].out == MOMENT_NONE;
            int hour_there = (int)(facts->now % 86400 / 3600);
            bool open = facts->all_night || (hour_there >= 6 && hour_there < 22);
            if (gym == 0)
                assert_true(facts->all_night && in_now >= 4);
            else if (open)
                assert_true(in_now >= 1);
            else if (hour_there < 5)
                assert_int_equal(in_now, 0);
            assert_true(in_now <= facts->capacity);
        }
        sim_batch_free(&batch);
        simulate_close(simulation);
    }
}

/* ---- Zones and options ---- */

static void test_wall_clocks_and_instants_agree(void **state)
{
    (void)state;
    struct zone_table zone;
    european(&zone, "Europe/Dublin", 0);
    int64_t spring = utc(2026, 3, 29, 1, 0), autumn = utc(2026, 10, 25, 1, 0);
    assert_int_equal(zone_to_local(&zone, spring - 1), spring - 1);
    assert_int_equal(zone_to_local(&zone, spring), spring + 3600);
    assert_int_equal(zone_to_utc(&zone, spring + 3600), spring);
    assert_int_equal(zone_to_utc(&zone, spring - 60), spring - 60);
    /* 01:30 comes twice in October: the second one is meant. */
    assert_int_equal(zone_to_utc(&zone, autumn + 1800), autumn + 1800);
    for (int64_t at = autumn - 86400; at < autumn + 86400; at += 7200)
        if (at < autumn - 3600 || at >= autumn)
            assert_int_equal(zone_to_utc(&zone, zone_to_local(&zone, at)), at);
}

static void test_impossible_wishes_are_refused_in_words(void **state)
{
    (void)state;
    struct error error;
    for (int i = 0; i < 3; i++)
        european(&zones[i], simulate_zones[i], 0);
    struct generate_options options = {.profile = "tiny", .as_of_utc = evening()};
    assert_null(simulate_open(&options, zones, 3, &error));
    assert_non_null(strstr(error.message, "tiny"));
    options = (struct generate_options){.profile = "small", .members = 100, .gyms = 3};
    assert_null(simulate_open(&options, zones, 3, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    options = (struct generate_options){.profile = "small", .months = 1000};
    assert_null(simulate_open(&options, zones, 3, &error));
    options = (struct generate_options){.profile = "small"};
    assert_null(simulate_open(&options, zones, 1, &error));
    assert_non_null(strstr(error.message, "Europe/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants_hold_for_several_seeds),
        cmocka_unit_test(test_invariants_hold_at_any_hour_and_day),
        cmocka_unit_test(test_the_check_finds_what_is_wrong),
        cmocka_unit_test(test_a_life_does_not_depend_on_the_batch),
        cmocka_unit_test(test_a_seed_gives_its_rows_again_and_another_others),
        cmocka_unit_test(test_marginals_are_those_of_a_gym),
        cmocka_unit_test(test_harsh_profile_loses_most_before_the_third_month),
        cmocka_unit_test(test_names_are_of_many_kinds),
        cmocka_unit_test(test_key_tags_are_eight_digits_and_unique),
        cmocka_unit_test(test_planted_members_are_where_the_manual_says),
        cmocka_unit_test(test_the_first_gym_is_alive_at_any_hour),
        cmocka_unit_test(test_wall_clocks_and_instants_agree),
        cmocka_unit_test(test_impossible_wishes_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
