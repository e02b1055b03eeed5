/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two servers, one of which follows the other: the desk finds the one that takes writes, and when
 * that one dies in the midst of check-ins and the other is promoted, the desks go on there and
 * nothing that was shown as done is lost, or there twice (DESK.md rule 14).
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "heard.h"
#include "standby.h"
#include "support.h"

#define DESKS 3
#define CROWD 30 /* members at each desk */
#define BATCH 6

static struct heard heard;

/* The hosts in this order; `more` is added to the connection string. */
static struct db *sign_in(const char *first, const char *second, const char *more,
                          const char *browse)
{
    char conninfo[400];
    snprintf(conninfo, sizeof conninfo, "host=%s,%s port=5432 dbname=%s %s", first, second,
             TEST_DATABASE, more);
    struct error error;
    struct db_settings settings =
        settings_for(conninfo, test_role("north", "desk1"), TEST_PASSWORD);
    settings.browse_conninfo = browse;
    settings.desk_timeout_ms = 30000; /* what is slow here is the machine */
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

/* One more member of the first gym, in no gym; returns the number. */
static int64_t newcomer(void)
{
    return test_number(test_superuser(),
                       "SELECT customer_id FROM gym.enrol(gen_random_uuid(), 'New Comer', '', '', "
                       "NULL, '', NULL, '', NULL, 1, 1, '1', false, true)");
}

static int64_t visits(PGconn *server, int64_t customer)
{
    return test_number(server, "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                       (long long)customer);
}

struct guest {
    int64_t number;
    bool is_asked, is_in;
    int replies;
    struct error error;
    enum verdict_result result;
};

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct guest *guest = owner;
    guest->replies++;
    guest->error = error ? *error : (struct error){0};
    guest->result = verdict ? verdict->result : VERDICT_UNKNOWN;
}

static void ask(struct db *db, struct guest *guest)
{
    struct check_in_request request = {
        .id = request_id_new(), .customer_id = guest->number, .desk = "1"};
    guest->is_asked = true;
    guest->replies = 0;
    attendance_check_in(db, &request, on_verdict, guest);
    db_advance(db);
}

static void assert_that_it_writes(struct db *db)
{
    struct guest guest = {.number = newcomer()};
    ask(db, &guest);
    heard_wait(db);
    assert_int_equal(guest.replies, 1);
    assert_int_equal(guest.error.code, ERROR_NONE);
    assert_int_equal(guest.result, VERDICT_IN);
    assert_int_equal(visits(test_superuser(), guest.number), 1);
}

/* Until the desk's login has so many sessions there; those that were only tried at connecting leave
 * in their own time. */
static void wait_for_sessions(PGconn *server, int wanted)
{
    int64_t found = -1;
    for (int rounds = 0; found != wanted; rounds++) {
        if (rounds > 1000)
            fail_msg("%lld sessions there, not %d", (long long)found, wanted);
        found = test_number(server,
                            "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.02) "
                            "WHERE usename = '%s'",
                            test_role("north", "desk1"));
    }
}

/* ---- Which of the two ---- */

static void the_desk_takes_the_server_that_writes_in_any_order(void **state)
{
    (void)state;
    static const char wanted[] = "target_session_attrs=read-write";
    struct db *db = sign_in(test_directory(), standby_host(), wanted, NULL);
    assert_that_it_writes(db);
    db_close(db);
    db = sign_in(standby_host(), test_directory(), wanted, NULL);
    assert_that_it_writes(db);
    db_close(db);
}

static void of_several_servers_the_desk_wants_one_that_writes_though_nobody_said_so(void **state)
{
    (void)state;
    struct db *db = sign_in(standby_host(), test_directory(), "", NULL);
    assert_that_it_writes(db);
    /* A list shows what the desk has just written. */
    struct member_query query = {
        .search = "new comer", .expiring_within = -1, .absent_days = -1, .limit = 50};
    members_page(db, &query, heard_members, &heard);
    heard_well(db, &heard);
    assert_true(heard.count > 0);
    PGconn *second = standby_superuser();
    wait_for_sessions(second, 0);
    PQfinish(second);
    db_close(db);
}

static void lists_are_read_from_the_standby_when_that_is_wanted(void **state)
{
    (void)state;
    char browse[400];
    snprintf(browse, sizeof browse,
             "host=%s,%s port=5432 dbname=%s target_session_attrs=prefer-standby", test_directory(),
             standby_host(), TEST_DATABASE);
    struct db *db =
        sign_in(test_directory(), standby_host(), "target_session_attrs=read-write", browse);
    struct member_query query = {.expiring_within = -1, .absent_days = -1, .limit = 10};
    members_page(db, &query, heard_members, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.count, 10);
    PGconn *second = standby_superuser();
    wait_for_sessions(second, 1);
    PQfinish(second);
    assert_that_it_writes(db);
    db_close(db);
}

/* ---- The first one dies ---- */

static struct guest guests[DESKS][CROWD];

/* Up to `most` of those who are not in yet. Returns how many are. */
static int send_batch(struct db *db, struct guest *crowd)
{
    int sent = 0;
    for (int i = 0; i < CROWD; i++)
        crowd[i].is_asked = false;
    for (int i = 0; i < CROWD && sent < BATCH; i++) {
        if (crowd[i].is_in)
            continue;
        ask(db, &crowd[i]);
        sent++;
    }
    return sent;
}

/* One round of the loop, as the interface makes them. */
static void step(struct db *db)
{
    struct pollfd set[4];
    int wait_ms = 20;
    int count = db_poll_set(db, set, 4, &wait_ms);
    poll(set, (nfds_t)count, wait_ms);
    db_advance(db);
}

/* What each was told against what the server holds. Returns how many have come in. */
static int check_answers(PGconn *server, struct guest *crowd, int *recovered)
{
    int came = 0;
    for (int i = 0; i < CROWD; i++) {
        struct guest *guest = &crowd[i];
        if (!guest->is_asked)
            continue;
        assert_int_equal(guest->replies, 1);
        if (guest->error.code == ERROR_NONE) {
            assert_int_equal(guest->result, VERDICT_IN);
            guest->is_in = true;
            came++;
        } else if (guest->error.code == ERROR_NOT_DONE || guest->error.code == ERROR_OFFLINE) {
            assert_int_equal(visits(server, guest->number), 0);
            (*recovered)++;
        } else {
            fail_msg("%s (%s)", guest->error.message, guest->error.hint);
        }
    }
    return came;
}

static void on_change(void *owner, const char *topic)
{
    if (strcmp(topic, "*") == 0)
        (*(int *)owner)++;
}

static void the_desks_go_on_at_the_promoted_standby_and_nothing_is_lost(void **state)
{
    (void)state;
    struct db *desks[DESKS];
    int told_to_read_again[DESKS] = {0}, again = 0, in = 0;
    for (int d = 0; d < DESKS; d++) {
        desks[d] =
            sign_in(test_directory(), standby_host(), "target_session_attrs=read-write", NULL);
        for (int i = 0; i < CROWD; i++)
            guests[d][i].number = newcomer();
    }
    for (int d = 0; d < DESKS; d++) { /* some have come in before */
        send_batch(desks[d], guests[d]);
        heard_wait(desks[d]);
        in += check_answers(test_superuser(), guests[d], &again);
        db_on_change(desks[d], on_change, &told_to_read_again[d]);
    }
    assert_int_equal(in, DESKS * BATCH);

    /* The first server dies while each desk has answers outstanding, and has had another part. */
    for (int d = 0; d < DESKS; d++)
        send_batch(desks[d], guests[d]);
    for (int d = 0; d < DESKS; d++)
        while (db_pending(desks[d]) > BATCH - 1 - d)
            step(desks[d]);
    test_server_stop(SIGKILL);
    for (int d = 0; d < DESKS; d++)
        while (db_state(desks[d]) == DB_STATE_READY)
            step(desks[d]);
    standby_promote();
    PGconn *second = standby_superuser();
    for (int d = 0; d < DESKS; d++) {
        heard_wait(desks[d]);
        in += check_answers(second, guests[d], &again);
        for (int rounds = 0; told_to_read_again[d] == 0; rounds++) {
            assert_true(rounds < 3000);
            step(desks[d]);
        }
    }
    for (int round = 0; in < DESKS * CROWD; round++) {
        assert_true(round < CROWD);
        for (int d = 0; d < DESKS; d++)
            send_batch(desks[d], guests[d]);
        for (int d = 0; d < DESKS; d++) {
            heard_wait(desks[d]);
            in += check_answers(second, guests[d], &again);
        }
    }
    for (int d = 0; d < DESKS; d++) {
        for (int i = 0; i < CROWD; i++)
            assert_int_equal(visits(second, guests[d][i].number), 1);
        db_close(desks[d]);
    }
    PQfinish(second);
    print_message("%d came in; %d had to scan again\n", in, again);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    standby_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_desk_takes_the_server_that_writes_in_any_order),
        cmocka_unit_test(of_several_servers_the_desk_wants_one_that_writes_though_nobody_said_so),
        cmocka_unit_test(lists_are_read_from_the_standby_when_that_is_wanted),
        cmocka_unit_test(the_desks_go_on_at_the_promoted_standby_and_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("standby", tests, set_up, NULL);
}
