/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9 of a backend, of the postmaster and of the program during check-ins: every check-in that
 * was shown as done is in the database once, none that was shown as not done is, and the screen
 * says "offline" and comes back by itself.
 */
#include "desk.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* The backends of the desk's program. */
static int backends(pid_t *processes, int most)
{
    char text[400];
    snprintf(text, sizeof text, "%s",
             demonstration_ask("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity"
                               " WHERE application_name LIKE 'gymtui desk%%'"));
    int count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word != NULL && count < most;
         word = strtok_r(NULL, " ", &rest))
        processes[count++] = (pid_t)strtol(word, NULL, 10);
    return count;
}

static void kill_at_once(const pid_t *processes, int count)
{
    for (int i = 0; i < count; i++)
        kill(processes[i], SIGKILL);
}

/* Until the server takes questions again; it recovers by itself after the death of a backend. */
static void wait_for_server(struct terminal *terminal)
{
    const char *const command[] = {demonstration_binary(), "psql", "-XAtqc", "SELECT 1", NULL};
    char output[400];
    for (int waited = 0; waited < TERMINAL_PATIENCE_MS; waited += 100) {
        if (demonstration_run(command, output, sizeof output) == 0)
            return;
        terminal_watch(terminal, 100);
    }
    fail_msg("the server does not come back: %s", output);
}

static bool is_settled(struct terminal *terminal, const void *name)
{
    char in[300], not_in[300];
    snprintf(in, sizeof in, " IN   %s", (const char *)name);
    snprintf(not_in, sizeof not_in, "NOT CHECKED IN");
    return !terminal_shows(terminal, "OUTCOME UNKNOWN") &&
           (terminal_shows(terminal, in) || terminal_shows(terminal, not_in));
}

static bool is_shown_in(struct terminal *terminal, const char *name)
{
    char in[300];
    snprintf(in, sizeof in, " IN   %s", name);
    return terminal_shows(terminal, in);
}

/* What the screen said of a scan must be what the database holds. */
static void assert_told_the_truth(struct terminal *terminal,
                                  const struct demonstration_member *member)
{
    terminal_wait_until(terminal, is_settled, member->name);
    bool shown = is_shown_in(terminal, member->name);
    wait_for_server(terminal);
    int64_t there = desk_visits(member->number);
    if (there != (shown ? 1 : 0)) {
        terminal_print(terminal);
        fail_msg("%s was shown %s, and there are %" PRId64 " visits", member->name,
                 shown ? "in" : "not in", there);
    }
    if (!shown) {
        terminal_key(terminal, "Esc");
        terminal_wait_gone(terminal, "NOT CHECKED IN");
    }
}

static void a_backend_is_killed_during_check_ins(void **state)
{
    (void)state;
    enum { ROUNDS = 6 };
    struct terminal *terminal = desk_open();
    for (int round = 0; round < ROUNDS; round++) {
        struct demonstration_member member = demonstration_member();
        pid_t processes[8];
        int count = backends(processes, 8);
        assert_true(count > 0);
        terminal_scan(terminal, member.tag);
        /* At another moment of the check-in each time, from before it is sent to after the end. */
        terminal_watch(terminal, round * 4);
        kill_at_once(processes, count);
        terminal_wait(terminal, "offline");
        terminal_wait(terminal, "● live");
        assert_told_the_truth(terminal, &member);
    }
    /* And what follows is ordinary. */
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    assert_int_equal(desk_visits(member.number), 1);
}

/* Holds a lock that every check-in needs, in a session of its own. */
static pid_t hold_lock(struct terminal *terminal)
{
    pid_t child = fork();
    if (child == 0) {
        char **environment = demonstration_environment(NULL);
        /* Its messages at the end of its session are nobody's business. */
        if (freopen("/dev/null", "w", stderr) != NULL && freopen("/dev/null", "w", stdout) != NULL)
            execle(demonstration_binary(), "gymtui", "psql", "-Xq", "-c",
                   "BEGIN; LOCK TABLE gym.attendance IN ACCESS EXCLUSIVE MODE; SELECT"
                   " pg_sleep(600)",
                   (char *)NULL, environment);
        _exit(127);
    }
    for (int waited = 0; waited < TERMINAL_PATIENCE_MS; waited += 20) {
        if (demonstration_count("SELECT count(*) FROM pg_locks WHERE granted AND relation ="
                                " 'gym.attendance'::regclass AND mode = 'AccessExclusiveLock'") > 0)
            return child;
        terminal_watch(terminal, 20);
    }
    fail_msg("the lock is not granted");
    return child;
}

static void a_backend_is_killed_in_the_midst_of_a_statement(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    pid_t holder = hold_lock(terminal);
    pid_t processes[8];
    int count = backends(processes, 8);
    terminal_scan(terminal, member.tag);
    while (demonstration_count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                               " 'Lock' AND application_name LIKE 'gymtui desk%%'") == 0)
        terminal_watch(terminal, 10);
    kill_at_once(processes, count);
    /* The server goes down and up with it, and takes the lock's holder along. */
    waitpid(holder, NULL, 0);
    assert_told_the_truth(terminal, &member);
    assert_int_equal(desk_visits(member.number), 0);
    terminal_wait(terminal, "● live");
    desk_check_in(terminal, member); /* the same card again is no repeat: it was not done */
    assert_int_equal(desk_visits(member.number), 1);
}

/* In the feed, not in the verdict alone. */
static void wait_in_feed(struct terminal *terminal, const char *name)
{
    char row[300];
    snprintf(row, sizeof row, "     %s", name);
    terminal_wait(terminal, row);
}

static void leave_panels(struct terminal *terminal)
{
    while (terminal_shows(terminal, "NOT CHECKED IN")) {
        size_t seen = terminal_received(terminal);
        terminal_key(terminal, "Esc");
        while (terminal_received(terminal) == seen)
            terminal_watch(terminal, 20);
    }
}

static void the_postmaster_is_killed_and_started_again(void **state)
{
    (void)state;
    enum { BEFORE = 3 };
    struct terminal *terminal = desk_open();
    struct demonstration_member before[BEFORE];
    for (int i = 0; i < BEFORE; i++) {
        before[i] = demonstration_member();
        desk_check_in(terminal, before[i]);
        wait_in_feed(terminal, before[i].name);
    }
    struct demonstration_member on_the_way = demonstration_member(),
                                meanwhile = demonstration_member();
    pid_t postmaster = demonstration_postmaster();
    int ended = pidfd_open(postmaster, 0);
    terminal_scan(terminal, on_the_way.tag);
    terminal_watch(terminal, 3);
    assert_int_equal(kill(postmaster, SIGKILL), 0);
    assert_true(terminal_wait_descriptor(ended, TERMINAL_PATIENCE_MS));
    close(ended);
    terminal_wait(terminal, "offline");
    wait_in_feed(terminal, before[BEFORE - 1].name); /* old rows stay */
    bool shown = is_shown_in(terminal, on_the_way.name);

    /* A scan while there is no connection is refused aloud, not kept for later. */
    if (!terminal_shows(terminal, "OUTCOME UNKNOWN"))
        leave_panels(terminal);
    terminal_scan(terminal, meanwhile.tag);
    terminal_wait(terminal, "NOT CHECKED IN");

    demonstration_gymtui("demo", "--no-ui", NULL);
    terminal_wait(terminal, "● live");
    terminal_wait_gone(terminal, "OUTCOME UNKNOWN");
    shown = shown || is_shown_in(terminal, on_the_way.name);
    for (int i = 0; i < BEFORE; i++)
        assert_int_equal(desk_visits(before[i].number), 1);
    assert_int_equal(desk_visits(meanwhile.number), 0);
    assert_int_equal(desk_visits(on_the_way.number), shown ? 1 : 0);
    leave_panels(terminal);
    desk_check_in(terminal, meanwhile);
    assert_int_equal(desk_visits(meanwhile.number), 1);
}

static void the_server_is_stopped_in_order_and_started_again(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    demonstration_gymtui("demo", "stop", NULL);
    terminal_wait(terminal, "offline");
    terminal_wait(terminal, "Connecting again by itself.");
    demonstration_gymtui("demo", "--no-ui", NULL);
    terminal_wait(terminal, "● live");
    terminal_wait_gone(terminal, "Connecting again by itself.");
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    assert_int_equal(desk_visits(member.number), 1);
}

static void what_two_desks_did_is_counted_once_after_a_crash(void **state)
{
    (void)state;
    const struct terminal_start second = {.environment = {"GYMTUI_DESK_NAME=2"}};
    struct terminal *one = desk_open(), *two = desk_open_as(&second, DESK_SECOND);
    struct demonstration_member a = demonstration_member(), b = demonstration_member();
    pid_t processes[8];
    int count = backends(processes, 8);
    terminal_scan(one, a.tag);
    terminal_scan(two, b.tag);
    terminal_watch(one, 8);
    kill_at_once(processes, count);
    terminal_wait(one, "offline");
    assert_told_the_truth(one, &a);
    assert_told_the_truth(two, &b);
    terminal_wait(one, "● live");
    terminal_wait(two, "● live");
}

/* In by this scan, or by the one before: the feed has the name in either case, so the verdict it
 * is. */
static bool is_in(struct terminal *terminal, const void *name)
{
    char wanted[300];
    snprintf(wanted, sizeof wanted, " IN   %s", (const char *)name);
    return terminal_shows(terminal, wanted) || terminal_shows(terminal, "! IN SINCE");
}

static void the_program_is_killed_after_and_during_a_check_in(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member shown = demonstration_member(), on_the_way = demonstration_member();
    desk_check_in(terminal, shown);
    terminal_scan(terminal, on_the_way.tag);
    terminal_signal(terminal, SIGKILL);
    int status = terminal_wait_end(terminal);
    assert_true(WIFSIGNALED(status));
    terminal_close(terminal);
    assert_int_equal(desk_visits(shown.number), 1);
    /* Whether the other one got through or not, scanning it again leads to one visit. */
    terminal = desk_open();
    terminal_scan(terminal, on_the_way.tag);
    terminal_wait_until(terminal, is_in, on_the_way.name);
    terminal_watch(terminal, 200);
    assert_int_equal(desk_visits(on_the_way.number), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_backend_is_killed_during_check_ins, terminal_teardown),
        cmocka_unit_test_teardown(a_backend_is_killed_in_the_midst_of_a_statement,
                                  terminal_teardown),
        cmocka_unit_test_teardown(the_postmaster_is_killed_and_started_again, terminal_teardown),
        cmocka_unit_test_teardown(the_server_is_stopped_in_order_and_started_again,
                                  terminal_teardown),
        cmocka_unit_test_teardown(what_two_desks_did_is_counted_once_after_a_crash,
                                  terminal_teardown),
        cmocka_unit_test_teardown(the_program_is_killed_after_and_during_a_check_in,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
