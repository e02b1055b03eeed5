/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file is sent to the database and imported by the worker, who never sees the folder it came
 * from: a dataset, or members; what was wrong with its rows can be read afterwards; and a worker
 * that dies does nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/db/imports.h"
#include "gymtui/db/jobs.h"
#include "gymtui/worker/runner.h"
#include "heard.h"
#include "support.h"

static struct house house;
static struct db *boss, *desk;
static struct heard heard;
static struct error error;

static struct {
    struct job_row job; /* the newest */
    struct import_reject rejects[600];
    int reject_count;
    struct import_reason reasons[8];
    int reason_count;
} told;

/* --- what is heard --- */

static void told_jobs(void *owner, const struct job_list *list, const struct error *why)
{
    heard_done(owner, why);
    memset(&told.job, 0, sizeof told.job);
    for (int i = 0; !why && i < list->count; i++)
        if (list->rows[i].job_id > told.job.job_id)
            told.job = list->rows[i];
}

static void told_rejects(void *owner, const struct import_reject *rows, int count,
                         const struct error *why)
{
    heard_done(owner, why);
    told.reject_count = count;
    for (int i = 0; i < count && i < 600; i++)
        told.rejects[i] = rows[i];
}

static void told_reasons(void *owner, const struct import_reason *rows, int count,
                         const struct error *why)
{
    heard_done(owner, why);
    told.reason_count = count;
    for (int i = 0; i < count && i < 8; i++)
        told.reasons[i] = rows[i];
}

static void told_job(void *owner, int64_t job_id, bool worker_is_alive, const struct error *why)
{
    (void)worker_is_alive;
    heard_id(owner, job_id, why);
}

/* --- what is done --- */

static int64_t announce(const char *name, size_t size)
{
    imports_begin(boss, request_id_new(), name, (int64_t)size, heard_id, &heard);
    heard_well(boss, &heard);
    return heard.id;
}

/* The whole file, part by part; its number. */
static int64_t send(const char *name, const char *bytes, size_t size)
{
    int64_t file = announce(name, size);
    for (size_t at = 0, part = 0; at < size; at += IMPORTS_PART_BYTES, part++) {
        size_t left = size - at < IMPORTS_PART_BYTES ? size - at : IMPORTS_PART_BYTES;
        imports_put(boss, file, (int)part, (const unsigned char *)bytes + at, left, heard_done,
                    &heard);
        heard_well(boss, &heard);
    }
    return file;
}

/* Asks for the import of a file; false: it was refused, see heard.error. */
static bool ask(int64_t file, const char *rest)
{
    char parameters[600];
    snprintf(parameters, sizeof parameters, "{\"file\":%lld%s}", (long long)file, rest);
    jobs_request(boss, request_id_new(), "import", parameters, told_job, &heard);
    heard_wait(boss);
    return heard.error.code == ERROR_NONE;
}

static void look(void)
{
    jobs_list(boss, 50, told_jobs, &heard);
    heard_well(boss, &heard);
}

static void work(void)
{
    struct runner_options options = {.conninfo = test_admin(), .once = true};
    error_clear(&error);
    if (!runner_run(&options, &error))
        fail_msg("%s", error.message);
    look();
}

static void import(const char *name, const char *text, const char *rest)
{
    if (!ask(send(name, text, strlen(text)), rest))
        fail_msg("%s (%s)", heard.error.message, heard.error.hint);
    work();
}

static void read_rejects(struct db *db)
{
    imports_rejects(db, told.job.job_id, 0, 600, told_rejects, &heard);
    heard_wait(db);
}

static int64_t count_of(const char *what)
{
    return test_number(test_superuser(), "SELECT count(*) FROM %s", what);
}

/* --- a dataset --- */

static const char shop[] = "customer,date,amount\n"
                           "a,2026-01-05,10\na,2026-02-05,12\na,2026-03-01,9\n"
                           "b,2026-01-07,20\nb,2026-02-27,21\nc,2026-01-09,5\n"
                           "d,2026-01-11,7\nd,2026-01-30,8\nd,2026-02-11,8\nd,2026-03-20,8\n";

static void a_file_is_tried_and_then_imported(void **state)
{
    (void)state;
    import("shop.csv", shop, ",\"dataset\":\"shop\",\"dry_run\":1");
    assert_int_equal(told.job.state, JOB_DONE);
    assert_string_equal(told.job.what, "shop, tried");
    assert_string_equal(
        told.job.outcome,
        "10 transactions of 4 customers, 2026-01-05 to 2026-03-20; nothing was changed");
    assert_int_equal(count_of("clv.dataset WHERE name = 'shop'"), 0);
    import(
        "shop.csv", shop,
        ",\"dataset\":\"shop\",\"unit\":\"weeks\",\"until\":\"2026-02-15\",\"currency\":\"EUR\"");
    if (told.job.state != JOB_DONE)
        fail_msg("%s", told.job.error);
    assert_string_equal(told.job.outcome,
                        "10 transactions of 4 customers, 2026-01-05 to 2026-03-20");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', kind, source, time_unit, fit_until, currency, customers, "
                  "transactions, refreshed_at IS NOT NULL) FROM clv.dataset WHERE name = 'shop'"),
        "import|shop.csv|weeks|2026-02-15|EUR|4|10|t");
    /* The file itself is not kept. */
    assert_int_equal(count_of("clv.import_file"), 0);
    assert_int_equal(count_of("clv.import_part"), 0);
    /* Its name is taken now. */
    assert_false(ask(send("shop.csv", shop, strlen(shop)), ",\"dataset\":\"shop\""));
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    import("shop.csv", shop, ",\"dataset\":\"shop\",\"replace\":1,\"contract\":1");
    assert_int_equal(told.job.state, JOB_DONE);
    assert_int_equal(count_of("clv.dataset WHERE name = 'shop' AND has_contract"), 1);
}

static void bad_rows_can_be_read_afterwards(void **state)
{
    (void)state;
    static const char bad[] = "customer,date,amount\na,2026-01-05,10\na,2026-02-30,1\n"
                              "b,2026-01-06,ten\n,2026-01-06,1\nb,2026-02-31,3\nc,2026-01-07,5\n";
    import("bad.csv", bad, ",\"dataset\":\"broken\"");
    assert_int_equal(told.job.state, JOB_FAILED);
    assert_non_null(strstr(told.job.error, "4 of 6 rows cannot be used"));
    assert_null(strstr(told.job.error, "--")); /* nobody has a command line here */
    assert_int_equal(told.job.rejects, 4);
    assert_int_equal(count_of("clv.dataset WHERE name = 'broken'"), 0);
    assert_int_equal(count_of("clv.import_file"), 0);
    read_rejects(boss);
    assert_int_equal(told.reject_count, 4);
    assert_int_equal(told.rejects[0].line, 3);
    assert_string_equal(told.rejects[0].reason, "there is no such day");
    assert_int_equal(told.rejects[2].line, 5);
    assert_string_equal(told.rejects[2].reason, "no customer");
    imports_rejects(boss, told.job.job_id, 3, 10, told_rejects, &heard);
    heard_well(boss, &heard);
    assert_int_equal(told.reject_count, 1);
    assert_int_equal(told.rejects[0].number, 4);
    imports_reasons(boss, told.job.job_id, 8, told_reasons, &heard);
    heard_well(boss, &heard);
    assert_int_equal(told.reason_count, 3);
    assert_int_equal(told.reasons[0].rows, 2);
    assert_string_equal(told.reasons[0].reason, "there is no such day");
    /* Neither the desk nor another gym reads them. */
    imports_rejects(desk, told.job.job_id, 0, 10, told_rejects, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
    PGconn *other = test_connect("north", "mona");
    assert_int_equal(test_number(other, "SELECT count(*) FROM clv.import_reject"), 0);
    PQfinish(other);

    import("bad.csv", bad, ",\"dataset\":\"broken\",\"skip_bad\":1");
    assert_int_equal(told.job.state, JOB_DONE);
    assert_non_null(strstr(told.job.outcome, "2 transactions of 2 customers"));
    assert_non_null(strstr(told.job.outcome, "4 of 6 rows left out"));
    read_rejects(boss);
    assert_int_equal(told.reject_count, 4);
}

/* Larger than a part, so that rows lie across two. */
/* Where it is tomorrow already, or still yesterday, by the clock of UTC. */
static void the_last_day_is_the_gyms_today(void **state)
{
    (void)state;
    static const char *const zones[] = {"Etc/GMT-14", "Etc/GMT+12"};
    for (int i = 0; i < 2; i++) {
        char file[200], name[20];
        test_run(test_superuser(), "UPDATE gym.gyms SET time_zone = '%s' WHERE gym_id = %lld",
                 zones[i], (long long)house.gym_id);
        const char *today =
            test_text(test_superuser(), "SELECT (now() AT TIME ZONE '%s')::date", zones[i]);
        snprintf(name, sizeof name, "today %d", i);
        char rest[60];
        snprintf(rest, sizeof rest, ",\"dataset\":\"%s\"", name);
        snprintf(file, sizeof file, "customer,date,amount\na,2026-01-05,10\na,%s,12\n", today);
        import("today.csv", file, rest);
        if (told.job.state != JOB_DONE)
            fail_msg("%s: %s", zones[i], told.job.error);
        const char *tomorrow =
            test_text(test_superuser(), "SELECT (now() AT TIME ZONE '%s')::date + 1", zones[i]);
        snprintf(file, sizeof file, "customer,date,amount\na,2026-01-05,10\na,%s,12\n", tomorrow);
        import("tomorrow.csv", file, ",\"dataset\":\"tomorrow\"");
        assert_int_equal(told.job.state, JOB_FAILED);
        read_rejects(boss);
        assert_int_equal(told.reject_count, 1);
        assert_string_equal(told.rejects[0].reason, "the date is in the future");
    }
    test_run(test_superuser(), "UPDATE gym.gyms SET time_zone = '%s' WHERE gym_id = %lld",
             house.time_zone, (long long)house.gym_id);
}

static void a_file_of_many_parts_comes_whole(void **state)
{
    (void)state;
    enum { ROWS = 40000 };
    char *text = malloc(ROWS * 32 + 64);
    assert_non_null(text);
    size_t size = (size_t)sprintf(text, "customer,date,amount\n");
    for (int i = 0; i < ROWS; i++)
        size += (size_t)sprintf(text + size, "k%05d,2026-0%d-1%d,%d.50\n", i % 4000, 1 + i % 6,
                                i % 10, i % 90);
    assert_true(size > 3 * IMPORTS_PART_BYTES);
    int64_t file = send("many.csv", text, size);
    /* A part that was sent twice is one part. */
    imports_put(boss, file, 1, (const unsigned char *)text, 300, heard_done, &heard);
    heard_well(boss, &heard);
    assert_true(ask(file, ",\"dataset\":\"many\",\"dry_run\":1"));
    free(text);
    work();
    assert_string_equal(told.job.error, "");
    assert_non_null(strstr(told.job.outcome, "40000 transactions of 4000 customers"));
}

static void half_a_file_is_none(void **state)
{
    (void)state;
    int64_t file = announce("half.csv", strlen(shop) + 1);
    imports_put(boss, file, 0, (const unsigned char *)shop, strlen(shop), heard_done, &heard);
    heard_well(boss, &heard);
    assert_false(ask(file, ",\"dataset\":\"half\""));
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_non_null(strstr(heard.error.message, "not come whole"));
    /* Another one takes its place. */
    int64_t next = announce("next.csv", 10);
    assert_true(next > file);
    imports_put(boss, file, 1, (const unsigned char *)"x", 1, heard_done, &heard);
    heard_wait(boss);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_int_equal(count_of("clv.import_file"), 1);
    /* Nor can it be another gym's, or the desk's. */
    PGconn *other = test_connect("north", "mona");
    assert_string_equal(
        test_state(other, "SELECT gym.import_put(%lld, 0, 'eHg=')", (long long)next), "GT004");
    PQfinish(other);
    imports_begin(desk, request_id_new(), "x.csv", 10, heard_id, &heard);
    heard_wait(desk);
    assert_int_equal(heard.error.code, ERROR_PERMISSION);
    imports_begin(boss, request_id_new(), "x.csv", 0, heard_id, &heard);
    heard_wait(boss);
    assert_int_equal(heard.error.code, ERROR_INPUT);
    imports_begin(boss, request_id_new(), "x.csv", INT64_C(1) << 31, heard_id, &heard);
    heard_wait(boss);
    assert_int_equal(heard.error.code, ERROR_INPUT);
}

static void wishes_are_checked_when_they_are_asked(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        ",\"dataset\":\"\"",
        ",\"dataset\":\"gym\\u0007\"",
        ",\"dataset\":\"x\",\"until\":\"soon\"",
        ",\"dataset\":\"x\",\"unit\":\"years\"",
        ",\"dataset\":\"x\",\"skip_bad\":7",
        ",\"target\":\"shares\"",
        ",\"target\":\"members\",\"duplicates\":\"x\"",
    };
    int64_t file = send("shop.csv", shop, strlen(shop));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (ask(file, wrong[i]) || heard.error.code != ERROR_INPUT)
            fail_msg("%s: %d %s", wrong[i], heard.error.code, heard.error.message);
}

/* Killed between the rows' commit and the models: the rows stay, the models follow. */
static void another_attempt_goes_on_behind_the_rows(void **state)
{
    (void)state;
    import("shop.csv", shop, ",\"dataset\":\"again\"");
    assert_int_equal(told.job.state, JOB_DONE);
    test_run(test_superuser(),
             "UPDATE clv.dataset SET refreshed_at = NULL WHERE name = 'again';"
             "UPDATE gym.jobs SET state = 'running', heartbeat = now() - interval '1 hour', "
             "finished_at = NULL WHERE job_id = %lld",
             (long long)told.job.job_id);
    work();
    if (told.job.state != JOB_DONE)
        fail_msg("%s", told.job.error);
    assert_int_equal(told.job.attempts, 2);
    assert_int_equal(count_of("clv.dataset WHERE name = 'again' AND transactions = 10 AND "
                              "refreshed_at IS NOT NULL"),
                     1);
}

/* --- members --- */

static const char people[] = "name,email,phone,join_date\nIda Import,ida@example.org,,2026-01-05\n"
                             "Jon Import,jon@example.org,,2026-02-05\n";

static int64_t broken_rules(void)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.customers c WHERE c.name LIKE '%% Import' AND "
                       "(NOT EXISTS (SELECT FROM gym.rfm r WHERE r.customer_id = c.customer_id) OR "
                       "NOT EXISTS (SELECT FROM gym.clv v WHERE v.customer_id = c.customer_id) OR "
                       "NOT EXISTS (SELECT FROM gym.search_terms t WHERE t.customer_id = "
                       "c.customer_id) OR NOT EXISTS (SELECT FROM gym.member_summary s WHERE "
                       "s.customer_id = c.customer_id))");
}

static void members_come_with_their_figures(void **state)
{
    (void)state;
    int64_t before = count_of("gym.customers");
    import("people.csv", people, ",\"target\":\"members\",\"dry_run\":1");
    assert_int_equal(told.job.state, JOB_DONE);
    assert_string_equal(told.job.what, "members, tried");
    assert_string_equal(told.job.outcome, "2 good; nobody was enrolled");
    assert_int_equal(count_of("gym.customers"), before);
    import("people.csv", people, ",\"target\":\"members\"");
    assert_string_equal(told.job.error, "");
    assert_string_equal(told.job.outcome, "2 enrolled");
    assert_int_equal(count_of("gym.customers"), before + 2);
    assert_int_equal(broken_rules(), 0);
    /* In the name of the gym's job, and in the log of changes. */
    assert_int_equal(count_of("gym.audit_log WHERE table_name = 'gym.customers' AND action = "
                              "'insert' AND after ->> 'name' LIKE '% Import'"),
                     2);
    /* The worker died before it could say so: nobody is enrolled again. */
    test_run(test_superuser(),
             "UPDATE gym.jobs SET state = 'running', heartbeat = now() - interval '1 hour', "
             "finished_at = NULL, parameters = parameters || '{\"duplicates\":\"enrol\"}' "
             "WHERE job_id = %lld",
             (long long)told.job.job_id);
    work();
    assert_int_equal(told.job.state, JOB_DONE);
    assert_int_equal(count_of("gym.customers"), before + 2);
}

static void members_who_are_there_keep_the_others_out(void **state)
{
    (void)state;
    static const char again[] =
        "name,email\nIda Import,ida@example.org\nKim Import,kim@example.org\n"
        "Kim Twice,kim@example.org\nNobody,no address\n";
    int64_t before = count_of("gym.customers");
    import("again.csv", again, ",\"target\":\"members\"");
    assert_int_equal(told.job.state, JOB_FAILED);
    assert_non_null(strstr(told.job.error, "3 of 4 rows cannot be enrolled"));
    assert_int_equal(count_of("gym.customers"), before);
    read_rejects(boss);
    assert_int_equal(told.reject_count, 3);
    assert_int_equal(told.rejects[0].line, 2);
    assert_string_equal(told.rejects[0].name, "Ida Import");
    assert_string_equal(told.rejects[0].reason, "the same e-mail as Ida Import");
    assert_string_equal(told.rejects[1].reason, "the same e-mail as Kim Import");
    assert_non_null(strstr(told.rejects[2].reason, "is no e-mail address"));
    static const char most[] =
        "name,email\nIda Import,ida@example.org\nKim Import,kim@example.org\n"
        "Kim Twice,kim@example.org\n";
    import("most.csv", most, ",\"target\":\"members\",\"duplicates\":\"skip\"");
    assert_string_equal(told.job.error, "");
    assert_string_equal(told.job.outcome, "1 enrolled; 2 skipped");
    assert_int_equal(count_of("gym.customers"), before + 1);
}

/* Who is whose double, in the database and in the file, by each of the four signs. */
static void doubles_are_found_by_each_sign(void **state)
{
    (void)state;
    static const char there[] =
        "name,email,phone,key tag,born\n"
        "Una Tag,,,DUP-1,\nUna Mail,una@example.org,,,\nUna Call,,+49 30 5551234,,\n"
        "Una Born,,,,1990-02-01\n";
    static const char file[] =
        "name,email,phone,key tag,born\n"
        "Vera Tag,,,DUP-1,\nVera Mail,UNA@example.org,,,\nVera Call,,+49 (30) 555-1234,,\n"
        "una born,,,,1990-02-01\nUna Born,,,,1991-01-01\nUna Born,,,,\n"
        "Wim,w@example.org,0305550000,NEW-1,\nWim Mail,w@example.org,,,\n"
        "Wim Call,,030 555 0000,,\nWim Tag,,,NEW-1,\nwim,,,,\n";
    import("there.csv", there, ",\"target\":\"members\"");
    assert_string_equal(told.job.outcome, "4 enrolled");
    import("file.csv", file, ",\"target\":\"members\",\"dry_run\":1");
    assert_string_equal(told.job.outcome, "2 good; 9 there already; nobody was enrolled");
    read_rejects(boss);
    static const struct {
        int64_t line;
        const char *reason;
    } wanted[] = {
        {2, "the same key tag as Una Tag"},    {3, "the same e-mail as Una Mail"},
        {4, "the same telephone as Una Call"}, {5, "the same name and birth date as Una Born"},
        {7, "the same name as Una Born"},      {9, "the same e-mail as Wim"},
        {10, "the same telephone as Wim"},     {11, "the same key tag as Wim"},
        {12, "the same name as Wim"},
    };
    assert_int_equal(told.reject_count, 9);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(told.rejects[i].line, wanted[i].line);
        if (strncmp(told.rejects[i].reason, wanted[i].reason, strlen(wanted[i].reason)) != 0)
            fail_msg("line %lld: %s", (long long)wanted[i].line, told.rejects[i].reason);
    }
    /* Enrolled all the same, but no two have one tag. */
    import("file.csv", file, ",\"target\":\"members\",\"dry_run\":1,\"duplicates\":\"enrol\"");
    assert_string_equal(told.job.outcome, "9 good; 2 rejected; nobody was enrolled");
    read_rejects(boss);
    assert_int_equal(told.rejects[0].line, 2);
    assert_int_equal(told.rejects[1].line, 11);
    assert_string_equal(told.rejects[1].reason, "the key tag NEW-1 belongs to another member");
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&house, "import");
    boss = house_sign_in("import", "boss", "boss-secret");
    desk = house_sign_in("import", "desk1", "desk-secret");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(boss);
    db_close(desk);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_tried_and_then_imported),
        cmocka_unit_test(bad_rows_can_be_read_afterwards),
        cmocka_unit_test(the_last_day_is_the_gyms_today),
        cmocka_unit_test(a_file_of_many_parts_comes_whole),
        cmocka_unit_test(half_a_file_is_none),
        cmocka_unit_test(wishes_are_checked_when_they_are_asked),
        cmocka_unit_test(another_attempt_goes_on_behind_the_rows),
        cmocka_unit_test(members_come_with_their_figures),
        cmocka_unit_test(members_who_are_there_keep_the_others_out),
        cmocka_unit_test(doubles_are_found_by_each_sign),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
