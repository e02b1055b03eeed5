/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nearly every test at the desk begins with and looks for. */
#ifndef GYMTUI_TESTS_TERMINAL_DESK_H
#define GYMTUI_TESTS_TERMINAL_DESK_H

#include "demonstration.h"
#include "support.h"

/* The digits of the demonstration's logins on the login screen. */
#define DESK_MANAGER "2"
#define DESK_FIRST   "3"
#define DESK_SECOND  "4"

/* The program with somebody of the front desk signed in, on attendance, live; no key counted. */
struct terminal *desk_open(void);
/* The same, as it was started; `login` is one of the digits. */
struct terminal *desk_open_as(const struct terminal_start *start, const char *login);
/* Signs in on a program that has just been started, by hand or through ssh. */
void desk_sign_in(struct terminal *terminal, const char *login);
/* Only fills the login screen in. */
void desk_fill_in(struct terminal *terminal, const char *login);

/* Until the verdict says that `name` is in. */
#define desk_wait_in(terminal, name) desk_wait_in_at(terminal, name, __FILE__, __LINE__)
void desk_wait_in_at(struct terminal *terminal, const char *name, const char *file, int line);
/* Scans the member's tag and waits for the verdict. */
#define desk_check_in(terminal, member)                                                            \
    (terminal_scan(terminal, (member).tag), desk_wait_in(terminal, (member).name))

/* Until the verdict says how many days ago the member's term ended, as it is today: a day that is
 * over while the tests run is no failure. */
#define desk_wait_expired(terminal, number)                                                        \
    desk_wait_expired_at(terminal, number, __FILE__, __LINE__)
void desk_wait_expired_at(struct terminal *terminal, int64_t number, const char *file, int line);

/* Visits of a member that are not voided; those of them that are open. */
int64_t desk_visits(int64_t number);
int64_t desk_open_visits(int64_t number);

#endif
