/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may go wrong between the desk and the database, and that a check-in that was shown as done
 * is there once, whatever went wrong (DESK.md rule 14).
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heard.h"
#include "line.h"
#include "support.h"

static struct heard heard;

/* Signs in as desk1 of the fixture's first gym. */
static struct db *sign_in(const char *conninfo, int desk_timeout_ms, int connect_timeout_ms)
{
    struct error error;
    struct db_settings settings =
        settings_for(conninfo, test_role("north", "desk1"), TEST_PASSWORD);
    settings.desk_timeout_ms = desk_timeout_ms;
    settings.connect_timeout_ms = connect_timeout_ms;
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

/* One more member of the first gym, in no gym; returns the number. */
static int64_t newcomer(void)
{
    int64_t id = test_number(
        test_superuser(),
        "SELECT customer_id FROM gym.enrol(gen_random_uuid(), 'New Comer', '', '', NULL, '', NULL, "
        "'', NULL, 1, 1, '1', false, true)");
    return id;
}

static int64_t visits(int64_t customer)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                       (long long)customer);
}

static struct request_id send_check_in(struct db *db, int64_t customer, struct heard *to)
{
    struct check_in_request request = {
        .id = request_id_new(), .customer_id = customer, .desk = "1"};
    attendance_check_in(db, &request, heard_verdict, to);
    db_advance(db);
    return request.id;
}

/* Goes on until the session has left this state. */
static void leave_state(struct db *db, enum db_state state)
{
    struct error error;
    for (int rounds = 0; db_state(db) == state; rounds++) {
        assert_true(rounds < TEST_PATIENCE_MS / 20);
        (void)db_wait(db, 20, &error);
    }
}

/* ---- The line ---- */

static void an_answer_that_got_lost_is_fetched_after_the_reconnect(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct db *db = sign_in(line.conninfo, TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    line_swallow(&line);
    heard.replies = 0;
    send_check_in(db, customer, &heard);
    struct error error;
    while (visits(customer) == 0)
        (void)db_wait(db, 20, &error);
    assert_int_equal(heard.replies, 0);
    line_cut(&line);
    heard_wait(db);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_NONE);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_true(heard.verdict.recovered);
    assert_int_equal(heard.verdict.customer_id, customer);
    assert_int_equal(visits(customer), 1);
    db_close(db);
    line_close(&line);
}

static void a_write_that_never_arrived_is_said_not_to_be_done(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct db *db = sign_in(line.conninfo, TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    line_freeze(&line);
    heard.replies = 0;
    struct request_id id = send_check_in(db, customer, &heard);
    line_cut(&line);
    heard_wait(db);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_NOT_DONE);
    assert_true(*heard.error.hint);
    assert_int_equal(visits(customer), 0);
    /* Should the lost bytes still turn up, the request is refused. */
    struct check_in_request late = {.id = id, .customer_id = customer, .desk = "1"};
    attendance_check_in(db, &late, heard_verdict, &heard);
    heard_wait(db);
    assert_int_equal(heard.error.code, ERROR_NOT_DONE);
    assert_int_equal(visits(customer), 0);
    send_check_in(db, customer, &heard);
    heard_well(db, &heard);
    assert_int_equal(visits(customer), 1);
    db_close(db);
    line_close(&line);
}

static void a_dead_network_is_noticed_and_does_not_hang_the_desk(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct db *db = sign_in(line.conninfo, 3000, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    line_freeze(&line);
    heard.replies = 0;
    send_check_in(db, customer, &heard);
    leave_state(db, DB_STATE_READY);
    assert_int_equal(db_state(db), DB_STATE_OFFLINE);
    assert_int_equal(db_last_error(db)->code, ERROR_OFFLINE);
    assert_int_equal(heard.replies, 0); /* unknown as yet, and not guessed */

    static struct heard refused;
    struct error error;
    send_check_in(db, customer, &refused);
    (void)db_wait(db, 1, &error);
    assert_int_equal(refused.replies, 1);
    assert_int_equal(refused.error.code, ERROR_OFFLINE);
    assert_false(db_wait(db, 50, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN);

    line_cut(&line);
    heard_wait(db);
    assert_int_equal(db_state(db), DB_STATE_READY);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_NOT_DONE);
    assert_int_equal(visits(customer), 0);
    db_close(db);
    line_close(&line);
}

static void reads_under_way_fail_and_screens_read_again(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct db *db = sign_in(line.conninfo, TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    line_freeze(&line);
    heard.replies = 0;
    attendance_occupancy(db, heard_occupancy, &heard);
    db_advance(db);
    line_cut(&line);
    heard_wait(db);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_OFFLINE);
    attendance_occupancy(db, heard_occupancy, &heard);
    heard_well(db, &heard);
    db_close(db);
    line_close(&line);
}

/* ---- The server ---- */

static void a_terminated_backend_leaves_no_doubt(void **state)
{
    (void)state;
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    PGconn *holder = PQconnectdb(test_admin());
    test_run(holder, "BEGIN; LOCK TABLE gym.attendance IN SHARE ROW EXCLUSIVE MODE");
    heard.replies = 0;
    send_check_in(db, customer, &heard);
    struct error error;
    while (test_number(test_superuser(),
                       "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' "
                       "AND wait_event_type = 'Lock'",
                       test_role("north", "desk1")) == 0)
        (void)db_wait(db, 20, &error);
    test_run(test_superuser(),
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'",
             test_role("north", "desk1"));
    heard_wait(db);
    assert_int_equal(heard.replies, 1);
    assert_int_equal(heard.error.code, ERROR_NOT_DONE);
    test_run(holder, "ROLLBACK");
    PQfinish(holder);
    assert_int_equal(visits(customer), 0);
    db_close(db);
}

static void a_cut_while_the_server_still_works_ends_in_one_truth(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    struct db *db = sign_in(line.conninfo, TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    PGconn *holder = PQconnectdb(test_admin());
    test_run(holder, "BEGIN; LOCK TABLE gym.attendance IN SHARE ROW EXCLUSIVE MODE");
    heard.replies = 0;
    send_check_in(db, customer, &heard);
    struct error error;
    while (test_number(test_superuser(),
                       "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' "
                       "AND wait_event_type = 'Lock'",
                       test_role("north", "desk1")) == 0)
        (void)db_wait(db, 20, &error);
    line_cut(&line);
    /* The look-up has to wait for the statement that is still running. */
    while (test_number(test_superuser(),
                       "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' "
                       "AND wait_event = 'advisory'",
                       test_role("north", "desk1")) == 0 &&
           heard.replies == 0)
        (void)db_wait(db, 20, &error);
    test_run(holder, "ROLLBACK");
    PQfinish(holder);
    heard_wait(db);
    assert_int_equal(heard.replies, 1);
    if (heard.error.code == ERROR_NONE) {
        assert_true(heard.verdict.recovered);
        assert_int_equal(visits(customer), 1);
    } else {
        assert_int_equal(heard.error.code, ERROR_NOT_DONE);
        assert_int_equal(visits(customer), 0);
    }
    db_close(db);
    line_close(&line);
}

#define CROWD 60

/* The superuser's own connection dies with the others: that, and that a new one lasts, says that
 * the server is over its crash. */
static void wait_for_recovery(void)
{
    PGconn *superuser = test_superuser();
    while (PQstatus(superuser) == CONNECTION_OK)
        PQclear(PQexec(superuser, "SELECT pg_sleep(0.01)"));
    do
        PQreset(superuser);
    while (PQstatus(superuser) != CONNECTION_OK);
    test_run(superuser, "SET gymtui.gym_id = '1'");
}

static void crash_backend(void)
{
    long pid = (long)test_number(test_superuser(),
                                 "SELECT min(pid) FROM pg_stat_activity WHERE usename = '%s'",
                                 test_role("north", "desk1"));
    assert_true(pid > 0);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    wait_for_recovery();
}

static void crash_server(void)
{
    test_server_stop(SIGKILL);
    test_server_start();
    wait_for_recovery();
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

/* Everybody comes in, some at a time without waiting for answers, while `crash` happens in between.
 * Whoever is told "not done" scans again. */
static void a_crowd_comes_in_during(void (*crash)(void))
{
    static int64_t crowd[CROWD];
    static struct heard told[CROWD];
    bool in[CROWD] = {false};
    int recovered = 0, not_done = 0;
    for (int i = 0; i < CROWD; i++)
        crowd[i] = newcomer();
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int left = CROWD;
    for (int round = 0; left; round++) {
        assert_true(round < 100);
        heard_wait(db);
        bool asked[CROWD] = {false};
        int batch = 0;
        for (int i = 0; i < CROWD && batch < 12; i++) {
            if (in[i])
                continue;
            told[i].replies = 0;
            send_check_in(db, crowd[i], &told[i]);
            asked[i] = true;
            batch++;
        }
        /* At another place in the stream each time. */
        while (round < 4 && db_pending(db) > batch - 3 * round)
            step(db);
        if (round < 4)
            crash();
        heard_wait(db);
        for (int i = 0; i < CROWD; i++) {
            if (!asked[i])
                continue;
            assert_int_equal(told[i].replies, 1);
            if (told[i].error.code == ERROR_NONE) {
                assert_int_equal(told[i].verdict.result, VERDICT_IN);
                assert_int_equal(visits(crowd[i]), 1);
                recovered += told[i].verdict.recovered;
                in[i] = true;
                left--;
            } else {
                not_done++;
                assert_true(told[i].error.code == ERROR_NOT_DONE ||
                            told[i].error.code == ERROR_OFFLINE);
                assert_int_equal(visits(crowd[i]), 0);
            }
        }
    }
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(visits(crowd[i]), 1);
    print_message("%d came in; %d answers were recovered, %d scanned again\n", CROWD, recovered,
                  not_done);
    db_close(db);
}

static void a_backend_killed_during_check_ins_loses_and_doubles_nothing(void **state)
{
    (void)state;
    a_crowd_comes_in_during(crash_backend);
}

static void a_server_killed_during_check_ins_loses_and_doubles_nothing(void **state)
{
    (void)state;
    a_crowd_comes_in_during(crash_server);
}

static void a_server_that_was_away_is_found_again(void **state)
{
    (void)state;
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    test_server_stop(SIGINT);
    leave_state(db, DB_STATE_READY);
    struct error error;
    assert_false(db_wait(db, 300, &error));
    assert_int_equal(error.code, ERROR_OFFLINE);
    assert_true(*error.message && !strstr(error.message, "FATAL"));
    test_server_start();
    wait_for_recovery();
    heard_wait(db);
    assert_int_equal(db_state(db), DB_STATE_READY);
    attendance_occupancy(db, heard_occupancy, &heard);
    heard_well(db, &heard);
    db_close(db);
}

/* ---- What the server says ---- */

static void a_slow_statement_is_too_slow_and_wrote_nothing(void **state)
{
    (void)state;
    struct db *db = sign_in(test_conninfo(), 3000, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    PGconn *holder = PQconnectdb(test_admin());
    test_run(holder, "BEGIN; LOCK TABLE gym.attendance IN SHARE ROW EXCLUSIVE MODE");
    send_check_in(db, customer, &heard);
    heard_wait(db);
    assert_int_equal(heard.error.code, ERROR_TOO_SLOW);
    test_run(holder, "ROLLBACK");
    PQfinish(holder);
    assert_int_equal(visits(customer), 0);
    assert_int_equal(db_state(db), DB_STATE_READY);
    db_close(db);
    db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS); /* however slow we are */
    send_check_in(db, customer, &heard);
    heard_well(db, &heard);
    db_close(db);
}

/* The next check-ins raise this SQLSTATE. */
static void make_check_ins_fail(const char *sqlstate, int times)
{
    test_run(test_superuser(),
             "DROP SEQUENCE IF EXISTS public.failures; CREATE SEQUENCE public.failures;"
             "GRANT ALL ON SEQUENCE public.failures TO PUBLIC;"
             "CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql "
             "SECURITY DEFINER AS $$ BEGIN "
             "IF nextval('public.failures') <= %d THEN "
             "RAISE EXCEPTION 'secret of Ada Active' USING ERRCODE = '%s', DETAIL = 'secret too'; "
             "END IF; RETURN NEW; END $$;"
             "DROP TRIGGER IF EXISTS fail ON gym.attendance;"
             "CREATE TRIGGER fail BEFORE INSERT ON gym.attendance FOR EACH ROW "
             "EXECUTE FUNCTION public.fail()",
             times, sqlstate);
}

static void every_refusal_has_words_for_people(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum error_code code;
    } refusals[] = {
        {"53100", ERROR_SYSTEM},     {"53200", ERROR_SYSTEM},   {"58030", ERROR_SYSTEM},
        {"42501", ERROR_PERMISSION}, {"23505", ERROR_CONFLICT}, {"23P01", ERROR_CONFLICT},
        {"23514", ERROR_INPUT},      {"22001", ERROR_INPUT},    {"XX001", ERROR_DATABASE},
        {"42P01", ERROR_DATABASE},   {"55P03", ERROR_TOO_SLOW}, {"99999", ERROR_DATABASE},
    };
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        make_check_ins_fail(refusals[i].sqlstate, 1);
        send_check_in(db, customer, &heard);
        heard_wait(db);
        if (heard.error.code != refusals[i].code)
            fail_msg("%s became %d: %s", refusals[i].sqlstate, heard.error.code,
                     heard.error.message);
        assert_true(*heard.error.message && *heard.error.hint);
        assert_null(strstr(heard.error.message, "secret"));
        assert_int_equal(visits(customer), 0);
    }
    test_run(test_superuser(), "DROP TRIGGER fail ON gym.attendance");
    db_close(db);
}

static void a_deadlock_or_serialisation_failure_is_tried_once_more(void **state)
{
    (void)state;
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    int64_t customer = newcomer();
    make_check_ins_fail("40P01", 1);
    send_check_in(db, customer, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.verdict.result, VERDICT_IN);
    assert_int_equal(visits(customer), 1);
    customer = newcomer();
    make_check_ins_fail("40001", 2);
    send_check_in(db, customer, &heard);
    heard_wait(db);
    assert_int_equal(heard.error.code, ERROR_CONFLICT);
    assert_int_equal(visits(customer), 0);
    test_run(test_superuser(), "DROP TRIGGER fail ON gym.attendance");
    db_close(db);
}

/* A reseed swaps tables under the feet of prepared statements. */
static void statements_are_prepared_anew_when_they_no_longer_hold(void **state)
{
    (void)state;
    struct db *db = sign_in(test_conninfo(), TEST_PATIENCE_MS, TEST_PATIENCE_MS);
    trainers_list(db, heard_trainers, &heard);
    heard_well(db, &heard);
    test_run(test_superuser(), "ALTER TABLE gym.trainers ALTER COLUMN name TYPE varchar(200)");
    trainers_list(db, heard_trainers, &heard);
    heard_well(db, &heard);
    assert_int_equal(heard.count, 1);
    test_run(test_superuser(), "ALTER TABLE gym.trainers ALTER COLUMN name TYPE text");
    db_close(db);
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
        cmocka_unit_test(an_answer_that_got_lost_is_fetched_after_the_reconnect),
        cmocka_unit_test(a_write_that_never_arrived_is_said_not_to_be_done),
        cmocka_unit_test(a_dead_network_is_noticed_and_does_not_hang_the_desk),
        cmocka_unit_test(reads_under_way_fail_and_screens_read_again),
        cmocka_unit_test(a_terminated_backend_leaves_no_doubt),
        cmocka_unit_test(a_cut_while_the_server_still_works_ends_in_one_truth),
        cmocka_unit_test(a_backend_killed_during_check_ins_loses_and_doubles_nothing),
        cmocka_unit_test(a_server_killed_during_check_ins_loses_and_doubles_nothing),
        cmocka_unit_test(a_server_that_was_away_is_found_again),
        cmocka_unit_test(a_slow_statement_is_too_slow_and_wrote_nothing),
        cmocka_unit_test(every_refusal_has_words_for_people),
        cmocka_unit_test(a_deadlock_or_serialisation_failure_is_tried_once_more),
        cmocka_unit_test(statements_are_prepared_anew_when_they_no_longer_hold),
    };
    return cmocka_run_group_tests_name("faults", tests, set_up, NULL);
}
