/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two lanes: connecting, being refused, forgetting, listening, closing. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "heard.h"
#include "support.h"

static struct heard heard;

static struct db *open_as(const char *conninfo, const char *gym, const char *staff)
{
    struct error error;
    struct db_settings settings = settings_for(conninfo, test_role(gym, staff), TEST_PASSWORD);
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    return db;
}

static struct db *sign_in(const char *gym, const char *staff)
{
    struct db *db = open_as(test_conninfo(), gym, staff);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

/* ---- Connecting ---- */

static void opening_does_not_wait_and_calls_may_be_made_at_once(void **state)
{
    (void)state;
    struct db *db = open_as(test_conninfo(), "north", "desk1");
    assert_int_equal(db_state(db), DB_STATE_CONNECTING);
    heard.replies = 0;
    session_read(db, heard_session, &heard);
    attendance_occupancy(db, heard_occupancy, &heard);
    packages_list(db, heard_packages, &heard); /* the browse lane connects by itself */
    assert_int_equal(db_pending(db), 3);
    assert_int_equal(heard.replies, 0);
    heard_wait(db);
    assert_int_equal(db_state(db), DB_STATE_READY);
    assert_int_equal(heard.replies, 3);
    assert_int_equal(db_pending(db), 0);
    assert_int_equal(heard.count, 6);
    db_close(db);
}

static void both_lanes_keep_to_their_limits_and_the_gyms_time(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    packages_list(db, heard_packages, &heard);
    heard_well(db, &heard);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' AND "
                                 "application_name = 'gymtui test'",
                                 test_role("north", "desk1")),
                     2);
    /* Midnight of the gym's zone, on either lane. */
    statistics_today(db, heard_today, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.today.day,
                     test_number(test_superuser(), "SELECT gym.today() - date '1970-01-01'"));
    assert_int_equal(heard.today.day, session_today(db));
    db_close(db);
}

static void a_wrong_password_is_refused_in_words(void **state)
{
    (void)state;
    struct error error;
    struct db_settings settings =
        settings_for(test_conninfo(), test_role("north", "desk1"), "not it");
    struct db *db = db_open(&settings, &error);
    heard.replies = 0;
    session_read(db, heard_session, &heard);
    assert_false(db_wait(db, TEST_PATIENCE_MS, &error));
    assert_int_equal(db_state(db), DB_STATE_REFUSED);
    assert_int_equal(error.code, ERROR_LOGIN);
    assert_string_equal(error.message, "User name or password is wrong");
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_LOGIN);
    /* And so is what is asked later, without another attempt. */
    session_read(db, heard_session, &heard);
    assert_false(db_wait(db, 100, &error));
    assert_int_equal(heard.replies, 2);
    assert_int_equal(heard.error.code, ERROR_LOGIN);
    db_close(db);

    settings = settings_for(test_conninfo(), test_role("north", "desk1"), NULL);
    db = db_open(&settings, &error);
    assert_false(db_wait(db, TEST_PATIENCE_MS, &error));
    assert_int_equal(db_state(db), DB_STATE_REFUSED);
    assert_int_equal(error.code, ERROR_LOGIN);
    db_close(db);

    settings = settings_for(test_conninfo(), "gymtest:north:nobody", TEST_PASSWORD);
    db = db_open(&settings, &error);
    assert_false(db_wait(db, TEST_PATIENCE_MS, &error));
    assert_int_equal(error.code, ERROR_LOGIN);
    db_close(db);
}

static void a_missing_database_is_refused_in_words(void **state)
{
    (void)state;
    struct error error;
    struct db_settings settings = {.conninfo = test_admin_of("nowhere")};
    struct db *db = db_open(&settings, &error);
    assert_false(db_wait(db, TEST_PATIENCE_MS, &error));
    assert_int_equal(db_state(db), DB_STATE_REFUSED);
    assert_int_equal(error.code, ERROR_DATABASE);
    assert_non_null(strstr(error.hint, "gymtui schema create"));
    db_close(db);
    settings.conninfo = "host=/tmp nonsense";
    assert_null(db_open(&settings, &error));
    assert_int_equal(error.code, ERROR_CONFIG);
}

static void nobody_there_is_offline_and_not_for_ever(void **state)
{
    (void)state;
    struct error error;
    struct db *db = open_as("host=/nonexistent port=5432 dbname=gymtest", "north", "desk1");
    heard.replies = 0;
    session_read(db, heard_session, &heard);
    assert_false(db_wait(db, 300, &error));
    assert_int_equal(db_state(db), DB_STATE_OFFLINE);
    assert_int_equal(error.code, ERROR_OFFLINE);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_OFFLINE);
    db_close(db);
}

/* A socket that takes connections into its backlog and never answers. */
static int mute_host(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int mute = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(mute, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(mute, 8), 0);
    assert_int_equal(getsockname(mute, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return mute;
}

static void of_two_hosts_the_living_one_is_found(void **state)
{
    (void)state;
    char conninfo[300];
    /* The first refuses at once. */
    snprintf(conninfo, sizeof conninfo, "host=/nonexistent,%s port=5432 dbname=%s",
             test_directory(), TEST_DATABASE);
    struct db *db = open_as(conninfo, "north", "desk1");
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    db_close(db);
    /* The first takes the connection and says nothing. */
    int port, mute = mute_host(&port);
    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1,%s port=%d,5432 dbname=%s",
             test_directory(), port, TEST_DATABASE);
    struct error error;
    struct db_settings settings =
        settings_for(conninfo, test_role("north", "desk1"), TEST_PASSWORD);
    settings.connect_timeout_ms = 3000; /* for each of them */
    db = db_open(&settings, &error);
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.session.gym_id, 1);
    db_close(db);
    /* A standby is asked for where there is none: any will do. */
    snprintf(conninfo, sizeof conninfo,
             "host=/nonexistent,%s port=5432 dbname=%s target_session_attrs=prefer-standby",
             test_directory(), TEST_DATABASE);
    db = open_as(conninfo, "north", "desk1");
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    db_close(db);
    close(mute);
}

static void the_database_of_a_connection_string_is_known(void **state)
{
    (void)state;
    char name[64];
    struct error error;
    unsetenv("PGDATABASE");
    assert_true(db_conninfo_database("host=/tmp dbname=one", name, sizeof name, &error));
    assert_string_equal(name, "one");
    assert_true(
        db_conninfo_database("postgresql://h/two?sslmode=disable", name, sizeof name, &error));
    assert_string_equal(name, "two");
    setenv("PGDATABASE", "three", 1);
    assert_true(db_conninfo_database("host=/tmp user=u", name, sizeof name, &error));
    assert_string_equal(name, "three");
    unsetenv("PGDATABASE");
    assert_true(db_conninfo_database("host=/tmp user=four", name, sizeof name, &error));
    assert_string_equal(name, "four");
    char path[64] = "/tmp/gymtui-service-XXXXXX";
    int file = mkstemp(path);
    static const char text[] = "[gym]\nhost=/tmp\ndbname=five\n";
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    setenv("PGSERVICEFILE", path, 1);
    assert_true(db_conninfo_database("service=gym", name, sizeof name, &error));
    assert_string_equal(name, "five");
    unsetenv("PGSERVICEFILE");
    unlink(path);
    assert_false(db_conninfo_database("nonsense", name, sizeof name, &error));
    assert_int_equal(error.code, ERROR_CONFIG);
}

/* ---- Replies ---- */

static void replies_come_in_order_and_only_from_db_advance(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    static struct heard many[200];
    memset(many, 0, sizeof many);
    for (int i = 0; i < 200; i++)
        members_card(db, 10001 + i % 16, heard_card, &many[i]);
    for (int i = 0; i < 200; i++)
        assert_int_equal(many[i].replies, 0);
    heard_wait(db);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(many[i].replies, 1);
        assert_int_equal(many[i].card.customer_id, 10001 + i % 16);
    }
    db_close(db);
}

static void an_error_leaves_its_neighbours_alone(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    static struct heard before, wrong, after;
    attendance_occupancy(db, heard_occupancy, &before);
    members_pay(db, request_id_new(), 10001, -500, 1, "1", "", heard_change, &wrong);
    attendance_occupancy(db, heard_occupancy, &after);
    heard_wait(db);
    assert_int_equal(before.error.code, ERROR_NONE);
    assert_int_equal(wrong.error.code, ERROR_INPUT);
    assert_int_equal(after.error.code, ERROR_NONE);
    assert_int_equal(after.replies, 1);
    db_close(db);
}

static void a_forgotten_owner_hears_nothing_but_its_write_is_done(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    static struct heard gone, stays;
    memset(&gone, 0, sizeof gone);
    memset(&stays, 0, sizeof stays);
    struct check_in_request request = {.id = request_id_new(), .code = "T10001", .desk = "1"};
    attendance_check_in(db, &request, heard_verdict, &gone);
    attendance_occupancy(db, heard_occupancy, &gone);
    packages_list(db, heard_packages, &gone);
    attendance_occupancy(db, heard_occupancy, &stays);
    db_forget(db, &gone);
    heard_wait(db);
    assert_int_equal(gone.replies, 0);
    assert_int_equal(stays.replies, 1);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.attendance WHERE "
                                                   "customer_id = 10001 AND check_out IS NULL"),
                     1);
    db_forget(db, &gone); /* nothing left: no harm */
    db_forget(NULL, &gone);
    db_close(db);
    db_close(NULL);
}

/* Signing out from inside a reply, while another is on its way. */
static bool closed;

static void close_session(void *owner, const struct occupancy *occupancy, const struct error *error)
{
    (void)occupancy;
    (void)error;
    db_close(owner);
    closed = true;
}

static void a_session_may_be_closed_by_a_reply(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    heard.replies = 0;
    attendance_occupancy(db, close_session, db);
    attendance_occupancy(db, heard_occupancy, &heard);
    while (!closed) {
        struct pollfd set[4];
        int wait_ms = 100;
        int count = db_poll_set(db, set, 4, &wait_ms);
        poll(set, (nfds_t)count, wait_ms);
        db_advance(db);
    }
    assert_int_equal(heard.replies, 0);
}

static void an_idle_session_asks_for_no_timer_but_the_clocks(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    heard_wait(db);
    struct pollfd set[4];
    int wait_ms = -1;
    assert_int_equal(db_poll_set(db, set, 4, &wait_ms), 1);
    assert_int_equal(set[0].events, POLLIN);
    assert_true(wait_ms > 1000 && wait_ms <= 901 * 1000);
    db_close(db);
}

/* ---- Listening ---- */

struct changes {
    int count, everything, states;
    char last[32];
};

static void note_change(void *owner, const char *topic)
{
    struct changes *changes = owner;
    if (strcmp(topic, "*") == 0)
        changes->everything++;
    else
        changes->count++;
    snprintf(changes->last, sizeof changes->last, "%s", topic);
}

static void note_state(void *owner, enum db_state state)
{
    (void)state;
    ((struct changes *)owner)->states++;
}

/* Goes on until so many changes were heard. */
static void listen_for(struct db *db, const int *counter, int wanted)
{
    for (int rounds = 0; *counter < wanted; rounds++) {
        struct pollfd set[4];
        int wait_ms = 20;
        assert_true(rounds < TEST_PATIENCE_MS / 20);
        int count = db_poll_set(db, set, 4, &wait_ms);
        poll(set, (nfds_t)count, wait_ms);
        db_advance(db);
    }
}

static void what_one_desk_does_the_other_hears(void **state)
{
    (void)state;
    struct db *one = sign_in("north", "desk1"), *two = sign_in("north", "desk2");
    struct db *elsewhere = sign_in("south", "desk1");
    struct changes here = {0}, there = {0};
    db_on_change(two, note_change, &here);
    db_on_change(elsewhere, note_change, &there);
    struct check_out_request out = {.id = request_id_new(), .code = "T10001", .desk = "1"};
    attendance_check_out(one, &out, heard_verdict, &heard);
    heard_well(one, &heard);
    listen_for(two, &here.count, 1);
    assert_string_equal(here.last, "attendance");
    /* Whatever else is heard is no data: noise changes nothing, and the other gym hears nothing. */
    test_run(test_superuser(), "NOTIFY gymtui, 'noise'; NOTIFY gymtui, '1:'; NOTIFY gymtui;"
                               "NOTIFY gymtui, '99999999999999999999:members';"
                               "SELECT pg_notify('gymtui', '1:' || repeat('x', 5000));"
                               "NOTIFY gymtui, '1:members'");
    while (strcmp(here.last, "members") != 0)
        listen_for(two, &here.count, here.count + 1);
    assert_int_equal(here.everything, 0);
    heard_wait(elsewhere);
    attendance_occupancy(elsewhere, heard_occupancy, &heard);
    heard_well(elsewhere, &heard);
    assert_int_equal(there.count + there.everything, 0);
    /* A screen that is closed hears no more. */
    db_forget(two, &here);
    int before = here.count;
    test_run(test_superuser(), "NOTIFY gymtui, '1:members'");
    attendance_occupancy(two, heard_occupancy, &heard);
    heard_well(two, &heard);
    assert_int_equal(here.count, before);
    db_close(one);
    db_close(two);
    db_close(elsewhere);
}

static void after_a_reconnect_everything_is_read_again(void **state)
{
    (void)state;
    struct db *db = sign_in("north", "desk1");
    struct changes changes = {0};
    db_on_change(db, note_change, &changes);
    db_on_state(db, note_state, &changes);
    heard_wait(db);
    assert_int_equal(changes.everything, 0);
    test_run(test_superuser(),
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'",
             test_role("north", "desk1"));
    listen_for(db, &changes.everything, 1);
    assert_int_equal(changes.states, 2); /* offline, ready */
    /* It listens, and the gym's time zone is set again. */
    changes.count = 0;
    test_run(test_superuser(), "NOTIFY gymtui, '1:packages'");
    listen_for(db, &changes.count, 1);
    assert_string_equal(changes.last, "packages");
    statistics_today(db, heard_today, &heard);
    attendance_feed(db, 1, heard_feed, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.today.day, session_today(db));
    assert_in_range(session_local_now(db) - heard.feed[0].at_local + 5, 0, 600);
    db_close(db);
}

static void request_ids_are_uuids_and_differ(void **state)
{
    (void)state;
    struct request_id first = request_id_new(), second = request_id_new();
    assert_string_not_equal(first.text, second.text);
    assert_int_equal(strlen(first.text), 36);
    assert_int_equal(first.text[14], '4');
    assert_string_equal(test_text(test_superuser(), "SELECT '%s'::uuid", first.text), first.text);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_does_not_wait_and_calls_may_be_made_at_once),
        cmocka_unit_test(both_lanes_keep_to_their_limits_and_the_gyms_time),
        cmocka_unit_test(a_wrong_password_is_refused_in_words),
        cmocka_unit_test(a_missing_database_is_refused_in_words),
        cmocka_unit_test(nobody_there_is_offline_and_not_for_ever),
        cmocka_unit_test(of_two_hosts_the_living_one_is_found),
        cmocka_unit_test(the_database_of_a_connection_string_is_known),
        cmocka_unit_test(replies_come_in_order_and_only_from_db_advance),
        cmocka_unit_test(an_error_leaves_its_neighbours_alone),
        cmocka_unit_test(a_forgotten_owner_hears_nothing_but_its_write_is_done),
        cmocka_unit_test(a_session_may_be_closed_by_a_reply),
        cmocka_unit_test(an_idle_session_asks_for_no_timer_but_the_clocks),
        cmocka_unit_test(what_one_desk_does_the_other_hears),
        cmocka_unit_test(after_a_reconnect_everything_is_read_again),
        cmocka_unit_test(request_ids_are_uuids_and_differ),
    };
    return cmocka_run_group_tests_name("lanes", tests, set_up, NULL);
}
