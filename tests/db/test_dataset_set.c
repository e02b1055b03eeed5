/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After how many days somebody counts as gone is set for each dataset, the gym's own members too:
 * the figures follow (ANALYTICS §1), of all members and of one alone; what makes no sense, or
 * whoever may not, changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/jobs.h"
#include "gymtui/db/segments.h"
#include "gymtui/db/statistics.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/import.h"
#include "gymtui/worker/runner.h"
#include "gymtui/worker/value.h"
#include "heard.h"
#include "support.h"

#define STAYS (-1) /* a figure that is not to change */

static struct db *manager;
static struct heard heard;
static struct dataset_settings told;
static struct dataset_row rows[8];
static money lost; /* of recurring revenue, in all months */
static struct error error;

static void on_settings(void *owner, const struct dataset_settings *settings,
                        const struct error *why)
{
    heard_done(owner, why);
    told = why ? (struct dataset_settings){0} : *settings;
}

static void on_datasets(void *owner, const struct dataset_row *list, int count,
                        const struct error *why)
{
    heard_done(owner, why);
    for (int i = 0; !why && i < count && i < 8; i++)
        rows[i] = list[i];
}

/* Whether it was taken. */
static bool set(const char *name, int grace, int silent)
{
    dataset_set(manager, request_id_new(), name, grace, silent, on_settings, &heard);
    heard_wait(manager);
    return heard.error.code == ERROR_NONE;
}

static void set_well(const char *name, int grace, int silent)
{
    if (!set(name, grace, silent))
        fail_msg("%s (%s)", heard.error.message, heard.error.hint);
}

static void work(void)
{
    struct runner_options options = {.conninfo = test_admin(), .once = true};
    if (!runner_run(&options, &error))
        fail_msg("%s", error.message);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM gym.jobs WHERE state <> 'done'"), 0);
}

static void import(const char *name, bool has_contract, const char *text)
{
    char path[300];
    struct import_result result;
    struct import_options options = {.gym_id = 1,
                                     .dataset = name,
                                     .file = path,
                                     .has_contract = has_contract,
                                     .fit_until = DATE_NONE,
                                     .today = date_from_civil(2026, 11, 21)};
    snprintf(path, sizeof path, "%s/%s.csv", test_directory(), name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    if (!import_run(test_admin(), &options, NULL, NULL, NULL, &result, &error) ||
        !dataset_refresh(test_admin(), 1, name, NULL, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    manager = house_sign_in("north", "mona", TEST_PASSWORD);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(manager);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    test_run(test_superuser(), "DELETE FROM clv.dataset; DELETE FROM gym.jobs; DELETE FROM "
                               "gym.requests");
    return 0;
}

/* "left|t …": who has left. */
static const char *who_left(const char *dataset)
{
    return test_text(test_superuser(),
                     "SELECT string_agg(c.source_key || '|' || c.event_observed, ' ' ORDER BY "
                     "c.source_key) FROM clv.dim_customer c JOIN clv.dataset d USING (dataset_id) "
                     "WHERE d.name = '%s' AND c.source_key IN ('stays', 'grace', 'left', '10002', "
                     "'10003', '10009')",
                     dataset);
}

/* ---- Imported ones ---- */

static const char bills[] = "customer,date,amount\n"
                            "stays,2026-01-05,10\nstays,2026-02-04,10\nstays,2026-03-06,10\n"
                            "stays,2026-04-05,10\nstays,2026-05-05,10\nstays,2026-06-04,10\n"
                            "grace,2026-01-05,10\ngrace,2026-02-04,10\ngrace,2026-03-06,10\n"
                            "grace,2026-04-05,10\n"
                            "left,2026-01-05,10\nleft,2026-02-04,10\nleft,2026-03-06,10\n";

static void a_contract_ends_when_its_own_grace_is_over(void **state)
{
    (void)state;
    import("bills", true, bills); /* as of 2026-06-04, a bill every 30 days */
    assert_string_equal(who_left("bills"), "grace|false left|true stays|false");
    set_well("bills", 29, STAYS);
    assert_true(told.job_id > 0);
    assert_int_equal(told.grace_days, 29);
    assert_int_equal(told.silent_days, 90);
    assert_string_equal(who_left("bills"), "grace|false left|true stays|false"); /* not yet */
    work();
    assert_string_equal(who_left("bills"), "grace|true left|true stays|false");
    set_well("bills", 60, STAYS);
    work();
    assert_string_equal(who_left("bills"), "grace|false left|false stays|false");
    /* A file that takes its place keeps to it. */
    struct import_options options = {.gym_id = 1,
                                     .dataset = "bills",
                                     .has_contract = true,
                                     .replace = true,
                                     .fit_until = DATE_NONE,
                                     .today = date_from_civil(2026, 11, 21)};
    struct import_result result;
    char path[300];
    snprintf(path, sizeof path, "%s/bills.csv", test_directory());
    options.file = path;
    assert_true(import_run(test_admin(), &options, NULL, NULL, NULL, &result, &error));
    datasets_list(manager, on_datasets, &heard);
    heard_well(manager, &heard);
    assert_string_equal(rows[1].name, "bills");
    assert_int_equal(rows[1].grace_days, 60);
    assert_int_equal(rows[1].silent_days, 90);
}

static void without_a_contract_the_silence_counts(void **state)
{
    (void)state;
    import("shop", false,
           "customer,date,amount\nstays,2026-01-05,10\nstays,2026-06-04,10\n"
           "grace,2026-01-05,10\ngrace,2026-03-06,10\nleft,2026-01-05,10\n");
    assert_string_equal(who_left("shop"), "grace|false left|true stays|false"); /* 90 days ago */
    set_well("shop", STAYS, 89);
    work();
    assert_string_equal(who_left("shop"), "grace|true left|true stays|false");
    set_well("shop", STAYS, 150);
    work();
    assert_string_equal(who_left("shop"), "grace|false left|false stays|false");
}

/* ---- The gym's own ---- */

static void recompute_one(int64_t customer)
{
    struct value_cache *cache = value_cache_new();
    struct bulk *bulk = bulk_open(test_admin(), &error);
    if (!cache || !bulk || !value_refresh_member(cache, bulk, 1, customer, &error) ||
        !bulk_commit(bulk, &error))
        fail_msg("%s", error.message);
    bulk_close(bulk);
    value_cache_free(cache);
}

/* 10002's term ended eleven days ago, 10003's one; 10009 has a pack of visits, came three days ago,
 * and has no contract. */
static void the_gyms_own_members_go_by_its_days(void **state)
{
    (void)state;
    /* It can be set before anything was computed. */
    set_well("North", 12, 3);
    work();
    assert_string_equal(who_left("gym"), "10002|false 10003|false 10009|false");
    set_well("North", 11, 2);
    work();
    assert_string_equal(who_left("gym"), "10002|true 10003|false 10009|true");
    /* One member alone, after a check-in, comes to the same. */
    PGconn *db = test_superuser();
    test_run(db, "UPDATE clv.dim_customer SET event_observed = NOT event_observed");
    recompute_one(10002);
    recompute_one(10003);
    recompute_one(10009);
    assert_string_equal(who_left("gym"), "10002|true 10003|false 10009|true");
    set_well("North", 1, STAYS);
    work();
    assert_string_equal(who_left("gym"), "10002|true 10003|true 10009|true");
    datasets_list(manager, on_datasets, &heard);
    heard_well(manager, &heard);
    assert_int_equal(rows[0].grace_days, 1);
    assert_int_equal(rows[0].silent_days, 2);
    /* Who did it is in the audit log. */
    assert_string_equal(
        test_text(db, "SELECT concat_ws(' ', action, before, after) FROM gym.audit_log WHERE "
                      "table_name = 'clv.dataset' AND gym_id = 1 ORDER BY audit_id DESC LIMIT 1"),
        "update {\"grace_days\": 11} {\"grace_days\": 1}");
}

static void on_recurring(void *owner, const struct statistics_recurring *months, int count,
                         const struct error *why)
{
    heard_done(owner, why);
    lost = 0;
    for (int i = 0; !why && i < count; i++)
        lost += months[i].lost;
}

/* A gap within the grace is a late renewal, in the office's figures too. 10003 left one day ago,
 * and now comes back in three. */
static void the_office_goes_by_the_same_days(void **state)
{
    (void)state;
    PGconn *db = test_superuser();
    test_run(db, "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
                 "anchor_day) VALUES (1, 10003, 1, daterange(gym.today() + 3, gym.today() + 33), "
                 "39, 1)");
    set_well("North", 4, STAYS);
    statistics_recurring(manager, on_recurring, &heard);
    heard_well(manager, &heard);
    money within = lost;
    set_well("North", 3, STAYS);
    statistics_recurring(manager, on_recurring, &heard);
    heard_well(manager, &heard);
    assert_int_equal(lost - within, 3900);
    test_run(db, "DELETE FROM gym.memberships WHERE customer_id = 10003 AND lower(term) > "
                 "gym.today()");
}

/* ---- What changes nothing ---- */

static void refused(const char *name, int grace, int silent, enum error_code code,
                    const char *words)
{
    char before[200];
    PGconn *db = test_superuser();
    static const char all[] = "SELECT string_agg(concat_ws(' ', name, grace_days, silent_days), "
                              "',' ORDER BY dataset_id) FROM clv.dataset";
    snprintf(before, sizeof before, "%s", test_text(db, "%s", all));
    int64_t jobs = test_number(db, "SELECT count(*) FROM gym.jobs");
    if (set(name, grace, silent))
        fail_msg("“%s” %d %d was taken", name, grace, silent);
    assert_int_equal(heard.error.code, code);
    if (!strstr(heard.error.message, words))
        fail_msg("“%s” does not say “%s”", heard.error.message, words);
    assert_string_equal(test_text(db, "%s", all), before);
    assert_int_equal(test_number(db, "SELECT count(*) FROM gym.jobs"), jobs);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    import("bills", true, bills);
    refused("bills", 3651, STAYS, ERROR_INPUT, "0 to 3,650 days, not 3651");
    refused("bills", STAYS, 3651, ERROR_INPUT, "1 to 3,650 days, not 3651");
    refused("bills", 10, 0, ERROR_INPUT, "1 to 3,650 days, not 0");
    refused("bills", STAYS, STAYS, ERROR_INPUT, "nothing to change");
    refused("shops", 10, STAYS, ERROR_NOT_FOUND, "no dataset “shops”");
    refused("South", 10, STAYS, ERROR_NOT_FOUND, "no dataset “South”"); /* another gym's */
    refused("", 10, STAYS, ERROR_NOT_FOUND, "no dataset");
    PGconn *desk = test_connect("north", "desk1");
    assert_string_equal(test_state(desk, "SELECT gym.set_dataset(NULL, 'bills', 10, NULL)"),
                        "42501");
    PQfinish(desk);
    /* As it was: no job. */
    set_well("bills", 30, 90);
    assert_int_equal(told.job_id, 0);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.jobs"), 0);
}

static void one_that_is_worked_on_waits(void **state)
{
    (void)state;
    import("bills", true, bills);
    PGconn *busy = PQconnectdb(test_admin());
    test_run(busy, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('gymtui dataset'), hashtext('1 "
                   "bills'))");
    refused("bills", 10, STAYS, ERROR_CONFLICT, "being worked on");
    test_run(busy, "ROLLBACK");
    /* A job that waits will do; one that runs may have looked already. */
    set_well("bills", 10, STAYS);
    int64_t waiting = told.job_id;
    set_well("bills", 20, STAYS);
    assert_int_equal(told.job_id, waiting);
    test_run(test_superuser(), "UPDATE gym.jobs SET state = 'running', heartbeat = now()");
    refused("bills", 10, STAYS, ERROR_CONFLICT, "waits or runs already");
    /* While a recompute is at it. */
    set_well("North", 12, STAYS);
    test_run(busy, "BEGIN; SELECT FROM clv.dataset WHERE kind = 'gym' FOR UPDATE");
    refused("North", 10, STAYS, ERROR_CONFLICT, "being worked on");
    PQfinish(busy);
}

static void the_same_request_twice_is_one(void **state)
{
    (void)state;
    import("bills", true, bills);
    struct request_id id = request_id_new();
    for (int i = 0; i < 2; i++) {
        dataset_set(manager, id, "bills", 10, STAYS, on_settings, &heard);
        heard_well(manager, &heard);
        assert_int_equal(told.grace_days, 10);
        assert_true(told.job_id > 0);
    }
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.jobs"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_contract_ends_when_its_own_grace_is_over, begin),
        cmocka_unit_test_setup(without_a_contract_the_silence_counts, begin),
        cmocka_unit_test_setup(the_gyms_own_members_go_by_its_days, begin),
        cmocka_unit_test_setup(the_office_goes_by_the_same_days, begin),
        cmocka_unit_test_setup(what_makes_no_sense_is_refused, begin),
        cmocka_unit_test_setup(one_that_is_worked_on_waits, begin),
        cmocka_unit_test_setup(the_same_request_twice_is_one, begin),
    };
    return cmocka_run_group_tests_name("dataset_set", tests, start, stop);
}
