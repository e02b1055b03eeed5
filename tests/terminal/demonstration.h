/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demonstration that a test program works on: made by `gymtui demo` in a temporary folder, once
 * a program, and removed when the program ends, however it ends: a helper process waits for that.
 */
#ifndef GYMTUI_TESTS_TERMINAL_DEMONSTRATION_H
#define GYMTUI_TESTS_TERMINAL_DEMONSTRATION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* For cmocka_run_group_tests. */
int demonstration_setup(void **state);
int demonstration_teardown(void **state);

const char *demonstration_binary(void);
const char *demonstration_directory(void);
/* The environment of everything that is started: nothing of the caller's own setup. "NAME=value",
 * ends with NULL. `more` (may be NULL) is added. Free it, not the texts. */
char **demonstration_environment(const char *const *more);

/* Runs a program to its end; its exit status (128 + signal when killed), what it printed (both
 * streams) in `output`. */
int demonstration_run(const char *const *command, char *output, size_t size);
/* gymtui WORDS…, ends with NULL; fails the test when the status is not 0. */
void demonstration_gymtui(const char *word, ...) __attribute__((sentinel));

/* Through `gymtui psql`, as superuser. The first column of the first row; "" for none. Static
 * storage, the last eight stay. SQL that fails ends the test. current_date is the first gym's. */
const char *demonstration_ask(const char *sql, ...) __attribute__((format(printf, 1, 2)));
int64_t demonstration_count(const char *sql, ...) __attribute__((format(printf, 1, 2)));

/* A member of the first gym for whom nothing is to be said at the desk, another one each time, and
 * not a planted one. */
struct demonstration_member {
    int64_t number;
    char tag[40], name[200];
};
struct demonstration_member demonstration_member(void);

/* The postmaster, as the cluster's own file says. */
pid_t demonstration_postmaster(void);

/* Processes of the program that work on this demonstration, other than `but`. */
int demonstration_processes(pid_t *processes, int most);

#endif
