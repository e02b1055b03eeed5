/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>

/* The password is there, and cannot be read. */
static bool password_is_filled_in(struct terminal *terminal, const void *owner)
{
    (void)owner;
    return terminal_shows(terminal, "Password    ••••") ||
           terminal_shows(terminal, "Password    ****");
}

void desk_fill_in(struct terminal *terminal, const char *login)
{
    terminal_wait(terminal, "demo-desk1");
    terminal_key(terminal, login);
    terminal_wait_until(terminal, password_is_filled_in, NULL);
}

void desk_sign_in(struct terminal *terminal, const char *login)
{
    desk_fill_in(terminal, login);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Scan, number or name:");
    terminal_wait(terminal, "live");
    terminal_wait_gone(terminal, "In now …");
    terminal_keys_forget(terminal);
}

struct terminal *desk_open_as(const struct terminal_start *start, const char *login)
{
    struct terminal *terminal = terminal_open_as(start);
    desk_sign_in(terminal, login);
    return terminal;
}

struct terminal *desk_open(void)
{
    return desk_open_as(&(struct terminal_start){0}, DESK_FIRST);
}

/* "✔ IN   Anahit", "! IN   Anahit" with something to know; "IN SINCE" is another matter. */
static bool says_in(struct terminal *terminal, const void *name)
{
    char wanted[300];
    snprintf(wanted, sizeof wanted, " IN   %s", (const char *)name);
    return terminal_shows(terminal, wanted);
}

void desk_wait_in_at(struct terminal *terminal, const char *name, const char *file, int line)
{
    char what[300];
    snprintf(what, sizeof what, "“IN   %s”", name);
    terminal_wait_until_at(terminal, says_in, name, what, file, line);
}

void desk_wait_expired_at(struct terminal *terminal, int64_t number, const char *file, int line)
{
    char wanted[60];
    snprintf(wanted, sizeof wanted, "EXPIRED %" PRId64 " DAYS AGO",
             demonstration_count("SELECT current_date - ends FROM gym.member_summary"
                                 " WHERE customer_id = %" PRId64,
                                 number));
    terminal_wait_at(terminal, wanted, true, file, line);
}

int64_t desk_visits(int64_t number)
{
    return demonstration_count("SELECT count(*) FROM gym.attendance WHERE customer_id = %" PRId64
                               " AND voided_at IS NULL AND check_in >= now() - interval '1 hour'",
                               number);
}

int64_t desk_open_visits(int64_t number)
{
    return demonstration_count("SELECT count(*) FROM gym.attendance WHERE customer_id = %" PRId64
                               " AND voided_at IS NULL AND check_out IS NULL",
                               number);
}
