/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

#define WAIT_MS 120000

static struct heard *note(void *owner, const struct error *error)
{
    struct heard *heard = owner;
    heard->replies++;
    if (error)
        heard->error = *error;
    else
        error_clear(&heard->error);
    return heard;
}

#define COPY_ROWS(list, limit)                                                                     \
    do {                                                                                           \
        assert_true(count <= (limit));                                                             \
        heard->count = count;                                                                      \
        if (count)                                                                                 \
            memcpy(heard->list, rows, (size_t)count * sizeof *rows);                               \
    } while (0)

void heard_session(void *owner, const struct session *session, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (session)
        heard->session = *session;
}

void heard_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (verdict)
        heard->verdict = *verdict;
}

void heard_candidates(void *owner, const struct candidate *rows, int count,
                      const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(candidates, HEARD_ROWS);
}

void heard_feed(void *owner, const struct feed_row *rows, int count, const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(feed, HEARD_ROWS);
}

void heard_occupancy(void *owner, const struct occupancy *occupancy, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (occupancy)
        heard->occupancy = *occupancy;
}

void heard_members(void *owner, const struct member_row *rows, int count, bool more,
                   const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(members, HEARD_ROWS);
    heard->more = more;
}

void heard_card(void *owner, const struct member_card *card, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (!card)
        return;
    heard->card = *card;
    if (card->term_count)
        memcpy(heard->terms, card->terms, (size_t)card->term_count * sizeof *card->terms);
    if (card->freeze_count)
        memcpy(heard->freezes, card->freezes, (size_t)card->freeze_count * sizeof *card->freezes);
    if (card->visit_count)
        memcpy(heard->visits, card->visits, (size_t)card->visit_count * sizeof *card->visits);
    if (card->payment_count)
        memcpy(heard->payments, card->payments,
               (size_t)card->payment_count * sizeof *card->payments);
}

void heard_saved(void *owner, const struct member_saved *saved, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (saved)
        heard->saved = *saved;
}

void heard_change(void *owner, const struct member_change *change, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (change)
        heard->change = *change;
}

void heard_packages(void *owner, const struct package_row *rows, int count,
                    const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(packages, 64);
}

void heard_id(void *owner, int64_t id, const struct error *error)
{
    note(owner, error)->id = id;
}

void heard_gyms(void *owner, const struct gym_row *rows, int count, const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(gyms, 64);
}

void heard_staff(void *owner, const struct staff_row *rows, int count, const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(staff, 64);
}

void heard_trainers(void *owner, const struct trainer_row *rows, int count,
                    const struct error *error)
{
    struct heard *heard = note(owner, error);
    COPY_ROWS(trainers, 64);
}

void heard_done(void *owner, const struct error *error)
{
    note(owner, error);
}

void heard_heat(void *owner, const struct statistics_heat *heat, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (heat)
        heard->heat = *heat;
}

void heard_overview(void *owner, const struct statistics_overview *overview,
                    const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (overview)
        heard->overview = *overview;
}

void heard_today(void *owner, const struct statistics_today *today, const struct error *error)
{
    struct heard *heard = note(owner, error);
    if (today)
        heard->today = *today;
}

void heard_wait(struct db *db)
{
    struct error error = {0};
    if (!db_wait(db, WAIT_MS, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

void heard_well(struct db *db, const struct heard *heard)
{
    heard_wait(db);
    if (heard->error.code != ERROR_NONE)
        fail_msg("%s (%s)", heard->error.message, heard->error.hint);
}

/* ---- The house ---- */

struct db_settings settings_for(const char *conninfo, const char *role, const char *password)
{
    return (struct db_settings){.conninfo = conninfo,
                                .user = role,
                                .password = password,
                                .desk_timeout_ms = TEST_PATIENCE_MS,
                                .browse_timeout_ms = TEST_PATIENCE_MS,
                                .connect_timeout_ms = TEST_PATIENCE_MS,
                                .application_name = "gymtui test"};
}

struct db *house_sign_in(const char *username, const char *staff, const char *password)
{
    static struct heard heard;
    char role[64];
    struct error error = {0};
    assert_true(login_role_name(TEST_DATABASE, username, staff, role, sizeof role, &error));
    struct db_settings settings = settings_for(test_conninfo(), role, password);
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

int64_t house_enrol(const struct house *house, struct db *db, const char *name, const char *keytag)
{
    static struct heard heard;
    struct member_edit edit = {.id = request_id_new(),
                               .name = name,
                               .keytag = keytag,
                               .birth_date = 7000,
                               .package_id = house->monthly,
                               .payment_method_id = 1,
                               .desk = "1",
                               .duplicate_is_fine = true};
    members_enrol(db, &edit, heard_saved, &heard);
    heard_well(db, &heard);
    return heard.saved.customer_id;
}

static int64_t add_package(struct db *db, const char *name, int months, int visits, money price)
{
    static struct heard heard;
    struct package_edit edit = {.id = request_id_new(),
                                .name = name,
                                .description = "",
                                .hours = "",
                                .duration_months = months,
                                .visits_included = visits,
                                .price = price,
                                .active = true};
    packages_save(db, &edit, heard_id, &heard);
    heard_well(db, &heard);
    return heard.id;
}

static void add_logins(struct house *house, const char *username)
{
    static struct heard heard;
    struct error error = {0};
    struct db_settings settings = {.conninfo = test_admin()};
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    heard_wait(db);
    char email[80];
    snprintf(email, sizeof email, "%s@example.org", username);
    struct gym_edit gym = {.id = request_id_new(),
                           .name = "Nordlicht",
                           .username = username,
                           .email = email,
                           .address = "Hafenstraße 1",
                           .phone = "+49 40 000",
                           .time_zone = house->time_zone,
                           .currency = "EUR",
                           .capacity = 50,
                           .expired_grace = 3,
                           .expiring_within = 7,
                           .auto_checkout_minutes = 240,
                           .owing = "warn",
                           .capacity_policy = "warn",
                           .password = "owner-secret"};
    gyms_save(db, &gym, heard_id, &heard);
    heard_well(db, &heard);
    house->gym_id = heard.id;
    staff_add(db, house->gym_id, "boss", "Bo Boss", LEVEL_MANAGER, "boss-secret", heard_done,
              &heard);
    heard_well(db, &heard);
    staff_add(db, house->gym_id, "desk1", "Dina Desk", LEVEL_DESK, "desk-secret", heard_done,
              &heard);
    heard_well(db, &heard);
    db_close(db);
}

void house_build(struct house *house, const char *username)
{
    static struct heard heard;
    snprintf(house->time_zone, sizeof house->time_zone, "%s",
             test_text(test_superuser(), "SELECT time_zone FROM gym.gyms WHERE gym_id = 1"));
    add_logins(house, username);
    struct db *boss = house_sign_in(username, "boss", "boss-secret");
    house->monthly = add_package(boss, "Monthly", 1, 0, 3900);
    house->annual = add_package(boss, "Annual", 12, 0, 34900);
    house->day_pass = add_package(boss, "Day pass", 0, 1, 1000);
    house->ten_visits = add_package(boss, "Ten visits", 0, 10, 7000);
    struct member_edit anna = {.id = request_id_new(),
                               .name = "Anna Bergström",
                               .email = "anna@example.com",
                               .phone = "+49 40 5550123",
                               .keytag = "TAG-ANNA",
                               .gender = "female",
                               .birth_date = 7000,
                               .package_id = house->monthly,
                               .payment_method_id = 1,
                               .desk = "1"};
    members_enrol(boss, &anna, heard_saved, &heard);
    heard_well(boss, &heard);
    house->anna = heard.saved.customer_id;
    db_close(boss);
}
