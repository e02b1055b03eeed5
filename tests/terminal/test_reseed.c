/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reseeding a demonstration from the menu while the desk works: the keys that it takes, the
 * progress that everybody sees, a connection that drops half-way, a person who thinks better of it,
 * and a worker that dies. Half-way is not left to chance: the worker is stopped there.
 */
#include "desk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the worker --- */

static bool is_worker(pid_t process)
{
    char path[64], line[4000];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(line + at) + 1) {
        line[length] = '\0';
        if (strcmp(line + at, "worker") == 0)
            return true;
    }
    return false;
}

/* The only one; 0: none. */
static pid_t find_worker(void)
{
    pid_t processes[16], worker = 0;
    int count = demonstration_processes(processes, 16);
    for (int i = 0; i < count; i++) {
        if (is_worker(processes[i])) {
            assert_int_equal(worker, 0);
            worker = processes[i];
        }
    }
    return worker;
}

static const char *job_state(void)
{
    return demonstration_ask("SELECT state FROM gym.jobs ORDER BY job_id DESC LIMIT 1");
}

/* Of everybody, so that one name that is other is seen. */
static const char *fingerprint(void)
{
    return demonstration_ask("SELECT md5(string_agg(customer_id || name, ',' ORDER BY customer_id))"
                             " FROM gym.customers");
}

static const char *seed(void)
{
    return demonstration_ask("SELECT profile || ' ' || seed FROM gym.database_info");
}

/* --- a manager --- */

static struct terminal *open_manager(const char *seed_setting)
{
    const struct terminal_start start = {.environment = {seed_setting, NULL}};
    return desk_open_as(&start, DESK_MANAGER);
}

/* From any screen; F10 and the three keys of DESK.md with the database's name. */
static void reseed(struct terminal *terminal)
{
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Reseed the demonstration");
    terminal_key(terminal, "r");
    terminal_wait(terminal, "Type gymtui");
    terminal_type(terminal, "gymtui");
    terminal_key(terminal, "Enter");
}

/* Asks for a reseed and stops the worker in the midst of it. */
static pid_t reseed_half_way(struct terminal *terminal)
{
    reseed(terminal);
    terminal_wait(terminal, "1 running");
    pid_t worker = find_worker();
    assert_true(worker > 0);
    assert_return_code(kill(worker, SIGSTOP), errno);
    assert_string_equal(job_state(), "running");
    return worker;
}

static void jobs_screen(struct terminal *terminal)
{
    terminal_type(terminal, ":jobs");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "F8 cancel");
}

/* Who is in and the feed, as another terminal has them. */
static bool sees_the_same(struct terminal *terminal, const void *owner)
{
    struct terminal *other = *(struct terminal *const *)owner;
    enum { FIRST = 9, LAST = 21 };
    for (int row = FIRST; row <= LAST; row++)
        if (strcmp(terminal_row(terminal, row), terminal_row(other, row)) != 0)
            return false;
    return true;
}

/* --- stories --- */

static void a_reseed_takes_three_keys_and_the_name(void **state)
{
    (void)state;
    char before[64];
    snprintf(before, sizeof before, "%s", fingerprint());
    struct terminal *manager = open_manager("GYMTUI_DEMO_SEED=7");
    reseed(manager);
    assert_int_equal(terminal_keys_used(manager), 3 + (int)strlen("gymtui"));
    terminal_wait(manager, "✔ Reseed (small, seed 7): done");
    assert_string_equal(job_state(), "done");
    assert_string_equal(seed(), "small 7");
    assert_string_not_equal(fingerprint(), before);
    /* The logins are as they were, and so are the planted members. */
    struct terminal *desk = desk_open();
    terminal_scan(desk, "77001001");
    desk_wait_in(desk, "Anahit Petrosyan");
}

static void another_name_does_nothing(void **state)
{
    (void)state;
    char jobs[32];
    snprintf(jobs, sizeof jobs, "%s", demonstration_ask("SELECT count(*) FROM gym.jobs"));
    struct terminal *manager = open_manager(NULL);
    terminal_key(manager, "F10");
    terminal_key(manager, "r");
    terminal_wait(manager, "Type gymtui");
    terminal_type(manager, "gymtux");
    terminal_key(manager, "Enter");
    terminal_wait(manager, "that is not the same");
    terminal_key(manager, "Esc");
    terminal_wait_gone(manager, "Type gymtui");
    assert_string_equal(demonstration_ask("SELECT count(*) FROM gym.jobs"), jobs);
}

static void the_desk_checks_in_and_sees_the_progress(void **state)
{
    (void)state;
    struct terminal *desk = desk_open(), *manager = open_manager("GYMTUI_DEMO_SEED=8");
    pid_t worker = reseed_half_way(manager);
    terminal_wait(desk, "Reseed (small, seed 8): ");
    struct demonstration_member member = demonstration_member();
    desk_check_in(desk, member); /* on the old data, which are whole */
    assert_int_equal(desk_open_visits(member.number), 1);
    assert_return_code(kill(worker, SIGCONT), errno);
    terminal_wait(manager, "✔ Reseed (small, seed 8): done");
    terminal_wait_gone(desk, "Reseed (small");
    /* The same session shows the new data and works on them, without a key. */
    struct terminal *fresh = desk_open();
    assert_true(terminal_row_of(fresh, "In now") == 9);
    terminal_wait_until(desk, sees_the_same, &fresh);
    member = demonstration_member();
    desk_check_in(desk, member);
    assert_int_equal(desk_open_visits(member.number), 1);
    terminal_wait(desk, "● live");
}

static void a_dropped_connection_does_not_end_it(void **state)
{
    (void)state;
    struct terminal *manager = open_manager("GYMTUI_DEMO_SEED=9");
    pid_t worker = reseed_half_way(manager);
    terminal_hang_up(manager);
    terminal_wait_end(manager);
    assert_int_equal(find_worker(), worker);
    assert_string_equal(seed(), "small 8");
    assert_return_code(kill(worker, SIGCONT), errno);

    struct terminal *again = open_manager(NULL);
    jobs_screen(again);
    terminal_wait(again, "Reseed (small, seed 9)");
    terminal_wait(again, "Nothing runs, nothing waits");
    assert_string_equal(job_state(), "done");
    assert_string_equal(seed(), "small 9");
    terminal_key(again, "Esc");
    terminal_wait(again, "Scan, number or name:");
    struct demonstration_member member = demonstration_member();
    desk_check_in(again, member);
    assert_int_equal(desk_open_visits(member.number), 1);
}

static void a_cancel_leaves_the_old_data_whole(void **state)
{
    (void)state;
    char before[64];
    snprintf(before, sizeof before, "%s", fingerprint());
    struct terminal *manager = open_manager("GYMTUI_DEMO_SEED=10");
    pid_t worker = reseed_half_way(manager);
    terminal_key(manager, "c");
    terminal_wait(manager, "the data stay as they were");
    terminal_key(manager, "y");
    terminal_wait(manager, "being cancelled");
    assert_return_code(kill(worker, SIGCONT), errno);
    terminal_wait(manager, "Reseed (small, seed 10): cancelled");
    assert_string_equal(job_state(), "cancelled");
    assert_string_equal(fingerprint(), before);
    assert_string_equal(seed(), "small 9");
}

static void a_job_whose_worker_died_is_taken_up_by_another(void **state)
{
    (void)state;
    struct terminal *manager = open_manager("GYMTUI_DEMO_SEED=11");
    pid_t worker = reseed_half_way(manager);
    assert_return_code(kill(worker, SIGKILL), errno);
    /* What time would bring: nobody has heard of the worker for a while. */
    demonstration_ask("UPDATE gym.database_info SET worker_seen = now() - interval '1 minute'");
    demonstration_ask("UPDATE gym.jobs SET heartbeat = now() - interval '1 minute'"
                      " WHERE state = 'running'");
    terminal_wait(manager, "No worker runs, so the jobs wait");
    assert_string_equal(seed(), "small 9");
    terminal_key(manager, "w");
    terminal_wait(manager, "✔ Reseed (small, seed 11): done");
    assert_string_equal(seed(), "small 11");
    assert_string_equal(demonstration_ask("SELECT attempts FROM gym.jobs"
                                          " ORDER BY job_id DESC LIMIT 1"),
                        "2");
    assert_string_equal(demonstration_ask("SELECT count(*) FROM pg_namespace"
                                          " WHERE nspname IN ('gym_incoming', 'gym_outgoing')"),
                        "0");
}

int main(void)
{
#define STORY(name) cmocka_unit_test_teardown(name, terminal_teardown)
    /* In this order: each begins with the data that the one before has left. */
    const struct CMUnitTest tests[] = {
        STORY(a_reseed_takes_three_keys_and_the_name),
        STORY(another_name_does_nothing),
        STORY(the_desk_checks_in_and_sees_the_progress),
        STORY(a_dropped_connection_does_not_end_it),
        STORY(a_cancel_leaves_the_old_data_whole),
        STORY(a_job_whose_worker_died_is_taken_up_by_another),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
