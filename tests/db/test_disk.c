/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that fills up under a server, at every stage of the worker's jobs and at the desk: the old
 * data stay whole, nothing half made stays, a person is told in words, and when there is room again
 * the same thing works. The disk is played by preload/full_disk.c, so that neither root nor a file
 * system of our own is needed.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/db/check.h"
#include "gymtui/db/schema.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/value.h"
#include "heard.h"
#include "support.h"

#define DATABASE "gymdisk"
#define PLENTY   (INT64_C(1) << 50)
#define DAY      86400

/* As in preload/full_disk.c. */
struct full_disk {
    _Atomic int64_t tables, log, least; /* the least that was left for tables */
};
static struct full_disk *disk;

static char folder[64], place[1024];
static struct error error;
static int64_t now;

/* ---- The disk ---- */

/* The library where the server's account can read it, wherever the build folder is. */
static void copy_library(const char *path)
{
    static char bytes[1 << 20];
    FILE *from = fopen(TEST_FULL_DISK, "rb"), *to = fopen(path, "wb");
    size_t length = from && to ? fread(bytes, 1, sizeof bytes, from) : 0;
    if (length == 0 || length == sizeof bytes || fwrite(bytes, 1, length, to) != length)
        fail_msg("%s cannot be copied: %s", TEST_FULL_DISK, strerror(errno));
    fclose(from);
    fclose(to);
    assert_int_equal(chmod(path, 0755), 0);
}

static void make_disk(void)
{
    char path[128];
    snprintf(folder, sizeof folder, "/tmp/gymtui-disk-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0755), 0);
    snprintf(path, sizeof path, "%s/left", folder);
    int file = open(path, O_RDWR | O_CREAT, 0666);
    assert_true(file >= 0 && fchmod(file, 0666) == 0 && ftruncate(file, sizeof *disk) == 0);
    disk = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_true(disk != MAP_FAILED);
    close(file);
    disk->tables = disk->log = PLENTY;
    setenv("GYMTUI_TEST_DISK", path, 1);
    snprintf(path, sizeof path, "%s/full_disk.so", folder);
    copy_library(path);
    setenv("LD_PRELOAD", path, 1); /* for the server, which is started next */
}

static void remove_disk(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/left", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/full_disk.so", folder);
    unlink(path);
    rmdir(folder);
}

/* ---- What is there ---- */

static PGconn *connect_to(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    test_run(connection, "SET gymtui.gym_id = '1'");
    return connection;
}

/* Every row of every table. */
static const char *read_all(void)
{
    static char sums[4][64];
    static int next;
    char *sum = sums[next++ % 4];
    PGconn *connection = connect_to(place);
    snprintf(
        sum, sizeof sums[0], "%s",
        test_text(connection,
                  "SELECT md5(string_agg(md5(query_to_xml(format('SELECT md5(string_agg(t::text,"
                  " '','' ORDER BY t::text COLLATE \"C\")) FROM %%s t', c.oid::regclass), false, "
                  "false, '')::text), ',' ORDER BY c.oid::regclass::text)) FROM pg_class c WHERE "
                  "c.relkind = 'r' AND c.relnamespace IN ('gym'::regnamespace, "
                  "'clv'::regnamespace)"));
    PQfinish(connection);
    return sum;
}

static void expect_no_debris(void)
{
    PGconn *connection = connect_to(place);
    assert_int_equal(
        test_number(connection, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"),
        0);
    /* A session's own tables go with it, a moment after its client. */
    int64_t begin = time(NULL);
    while (test_number(connection, "SELECT count(*) FROM pg_class WHERE relpersistence = 't'") > 0)
        assert_true(time(NULL) - begin < 30);
    PQfinish(connection);
}

static void on_rule(void *owner, const char *rule, int64_t found, int64_t example)
{
    (void)owner;
    if (found)
        fail_msg("%s: %lld, one is %lld", rule, (long long)found, (long long)example);
}

static void expect_words_about_the_disk(void)
{
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.message, "disk is full"));
    assert_true(error.hint[0] != '\0');
}

/* ---- Jobs ---- */

static bool reseed(uint64_t seed)
{
    struct generate_options options = {.profile = "small",
                                       .gyms = 1,
                                       .members = 300,
                                       .months = 12,
                                       .seed = seed,
                                       .as_of = (int32_t)(now / DAY),
                                       .as_of_utc = now};
    return generate_into(place, &options, NULL, NULL, &error);
}

/* A day later each time, so that what was found out before is told from what is found out now. */
static bool recompute(uint64_t days)
{
    return value_recompute_all(place, (int32_t)(now / DAY) - 30 + (int32_t)days, NULL, NULL,
                               &error);
}

/* Once with room enough, to learn how much the job takes; then with none, with less and less short
 * of it; and once more with room. */
static void try_with_less(bool (*job)(uint64_t turn))
{
    static const int percent[] = {0, 30, 75};
    if (!job(1))
        fail_msg("%s (%s)", error.message, error.hint);
    disk->tables = disk->least = PLENTY;
    if (!job(2))
        fail_msg("%s (%s)", error.message, error.hint);
    int64_t needed = PLENTY - disk->least;
    assert_true(needed > 0);
    char before[64];
    snprintf(before, sizeof before, "%s", read_all());
    for (size_t i = 0; i < sizeof percent / sizeof *percent; i++) {
        disk->tables = needed * percent[i] / 100;
        bool done = job(3);
        disk->tables = PLENTY;
        if (done) { /* what an earlier try had taken was free again inside the tables */
            assert_true(percent[i] >= 50);
            break;
        }
        expect_words_about_the_disk();
        assert_string_equal(read_all(), before);
        expect_no_debris();
    }
    assert_true(job(3));
    assert_string_not_equal(read_all(), before);
    assert_true(check_data(place, on_rule, NULL, &error));
}

static void a_reseed_without_room_leaves_the_old_data(void **state)
{
    (void)state;
    try_with_less(reseed);
}

static void a_recompute_without_room_leaves_the_old_figures(void **state)
{
    (void)state;
    try_with_less(recompute);
}

/* The server gives up at once when its log has no room: everyone is cut off. */
static void a_log_without_room_loses_nothing(void **state)
{
    (void)state;
    char before[64];
    snprintf(before, sizeof before, "%s", read_all());
    disk->log = 0;
    bool done = true;
    for (uint64_t seed = 10; done && seed < 20;
         seed++) { /* what is left of the last file is used up */
        snprintf(before, sizeof before, "%s", read_all());
        done = reseed(seed);
    }
    assert_false(done);
    assert_true(error.code == ERROR_OFFLINE || error.code == ERROR_SYSTEM);
    disk->log = PLENTY;
    test_server_stop(SIGQUIT);
    test_server_start();
    assert_string_equal(read_all(), before);
    if (!reseed(20))
        fail_msg("%s (%s)", error.message, error.hint);
    expect_no_debris();
    assert_true(check_data(place, on_rule, NULL, &error));
}

/* ---- The desk ---- */

/* Check-ins until there is no room for one more; those that were shown as done are there. */
static void a_desk_is_told_and_goes_on_when_there_is_room(void **state)
{
    (void)state;
    static struct heard heard;
    struct db_settings settings =
        settings_for(test_conninfo(), test_role("north", "desk1"), TEST_PASSWORD);
    struct db *db = db_open(&settings, &error);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    static const char visits[] =
        "SELECT count(*) FROM gym.attendance WHERE customer_id = 10001 AND "
        "check_in > now() - interval '1 hour'";
    int acknowledged = 0;
    disk->tables = 0;
    heard.error = (struct error){0};
    for (int i = 0; i < 2000 && heard.error.code == ERROR_NONE; i++) {
        struct check_in_request in = {.id = request_id_new(), .customer_id = 10001, .desk = "1"};
        attendance_check_in(db, &in, heard_verdict, &heard);
        heard_wait(db);
        if (heard.error.code != ERROR_NONE)
            break;
        acknowledged += heard.verdict.result == VERDICT_IN;
        struct check_out_request out = {.id = request_id_new(), .customer_id = 10001, .desk = "1"};
        attendance_check_out(db, &out, heard_verdict, &heard);
        heard_wait(db);
    }
    error = heard.error;
    disk->tables = PLENTY;
    expect_words_about_the_disk();
    assert_non_null(strstr(error.message, "nothing was written"));
    assert_int_equal(test_number(test_superuser(), visits), acknowledged);
    struct check_in_request in = {.id = request_id_new(), .customer_id = 10011, .desk = "1"};
    attendance_check_in(db, &in, heard_verdict, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    db_close(db);
}

static int start(void **state)
{
    (void)state;
    make_disk();
    test_cluster_start();
    unsetenv("LD_PRELOAD");
    now = time(NULL);
    snprintf(place, sizeof place, "%s", test_admin_of(DATABASE));
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &error) ||
        !schema_create(place, NULL, NULL, &error) || !schema_mark_demonstration(place, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove_disk();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_desk_is_told_and_goes_on_when_there_is_room),
        cmocka_unit_test(a_reseed_without_room_leaves_the_old_data),
        cmocka_unit_test(a_recompute_without_room_leaves_the_old_figures),
        cmocka_unit_test(a_log_without_room_loses_nothing),
    };
    return cmocka_run_group_tests_name("a full disk", tests, start, end);
}
