/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real program in a pseudo-terminal, on a demonstration made for it: how soon there is a
 * screen, how soon a key and another desk's change show, how many bytes go down the line and how
 * much memory the interface takes; each beside its floor, measured in the same run, and BENCH.md's
 * goal.
 *
 *   GYMTUI_BINARY=… bench_terminal
 */
#include <glob.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "desk.h"

#define ROUNDS    15
#define CURSOR    40
#define SETTLE_MS 400
#define FRAME_MS  16

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double percentile(double *figures, int count, double share)
{
    qsort(figures, (size_t)count, sizeof *figures, ascending);
    return figures[(int)(share * (count - 1) + .5)];
}

static void print_row(const char *work, const char *figure, const char *floor, const char *goal)
{
    printf("%-34s %-22s %-26s %s\n", work, figure, floor, goal);
}

/* Until nothing has come for a while. */
static void let_settle(struct terminal *terminal)
{
    for (int i = 0; i < 50 && terminal_watch(terminal, SETTLE_MS) > 0; i++) {
    }
}

static void say(char *dst, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(char *dst, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(dst, size, format, arguments);
    va_end(arguments);
}

static void conninfo(char *dst, size_t size)
{
    snprintf(dst, size,
             "host=%s/run dbname=gymtui user=gymtui:iron-temple:desk1 password=demo-desk1",
             demonstration_directory());
}

/* ---- Start ---- */

/* psql itself: /usr/bin/psql may be a script that looks for it first. */
static const char *find_psql(void)
{
    static char path[200] = "/usr/bin/psql";
    glob_t found;
    if (glob("/usr/lib/postgresql/*/bin/psql", 0, NULL, &found) == 0) {
        snprintf(path, sizeof path, "%s", found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
    }
    return path;
}

static void start_to_first_screen(void **state)
{
    (void)state;
    double ours[ROUNDS], floors[ROUNDS];
    char where[300], figure[64], floor[64], output[200];
    conninfo(where, sizeof where);
    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_ms();
        struct terminal *terminal = terminal_open(24, 80);
        terminal_wait(terminal, "Password");
        ours[i] = now_ms() - begin;
        terminal_close(terminal);
        begin = now_ms();
        const char *const psql[] = {find_psql(), "-qAtc", "select 1", where, NULL};
        assert_int_equal(demonstration_run(psql, output, sizeof output), 0);
        floors[i] = now_ms() - begin;
    }
    double p50 = percentile(ours, ROUNDS, .5), floor50 = percentile(floors, ROUNDS, .5);
    say(figure, sizeof figure, "%.1f ms", p50);
    say(floor, sizeof floor, "psql %.1f ms, %.2f ×", floor50, p50 / floor50);
    print_row("start to first full screen", figure, floor, "≤ 1.5 ×");
}

/* ---- Bytes, memory, keys ---- */

static double megabytes(pid_t process, const char *field)
{
    char path[64], line[128];
    double found = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0)
            found = strtod(line + strlen(field), NULL) / 1024;
    if (file)
        fclose(file);
    return found;
}

struct seen {
    size_t before;
};

static bool something_came(struct terminal *terminal, const void *owner)
{
    return terminal_received(terminal) > ((const struct seen *)owner)->before;
}

static void bytes_keys_and_memory(void **state)
{
    (void)state;
    char figure[64], floor[64];
    struct terminal *terminal = desk_open();
    let_settle(terminal);
    size_t before = terminal_received(terminal);
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    let_settle(terminal);
    say(figure, sizeof figure, "%zu bytes", terminal_received(terminal) - before);
    print_row("a whole check-in", figure, "–", "≤ 2 KB");
    say(figure, sizeof figure, "%zu bytes", terminal_watch(terminal, 3000));
    print_row("idle screen, 3 s", figure, "–", "0 bytes but the clock's minute");

    terminal_key(terminal, "Tab");
    terminal_wait(terminal, "Find:");
    let_settle(terminal);
    double times[CURSOR];
    size_t bytes = 0;
    for (int i = 0; i < CURSOR; i++) {
        struct seen seen = {terminal_received(terminal)};
        double begin = now_ms();
        terminal_key(terminal, "Down");
        terminal_wait_until(terminal, something_came, &seen);
        times[i] = now_ms() - begin;
        terminal_watch(terminal, 30);
        bytes += terminal_received(terminal) - seen.before;
    }
    say(figure, sizeof figure, "p50 %.2f p99 %.2f ms", percentile(times, CURSOR, .5),
        percentile(times, CURSOR, .99));
    print_row("key to paint, list of members", figure, "–", "p99 ≤ 16 ms");
    say(figure, sizeof figure, "%zu bytes", bytes / CURSOR);
    print_row("one cursor move, scrolling too", figure, "–", "fewer than htop");
    pid_t process = terminal_process(terminal);
    say(figure, sizeof figure, "%.1f MB", megabytes(process, "Pss:"));
    say(floor, sizeof floor, "its own pages %.1f MB", megabytes(process, "Private_Dirty:"));
    print_row("memory of the interface", figure, floor, "≤ 15 MB");
}

/* ---- Live ---- */

/* From NOTIFY on one connection to the notification on another. */
static double time_notify(PGconn *sender, PGconn *listener)
{
    double begin = now_ms();
    PQclear(PQexec(sender, "SELECT pg_notify('bench', 'x')"));
    for (;;) {
        PGnotify *notify = PQnotifies(listener);
        if (notify) {
            PQfreemem(notify);
            return now_ms() - begin;
        }
        struct pollfd readable = {.fd = PQsocket(listener), .events = POLLIN};
        poll(&readable, 1, 1000);
        PQconsumeInput(listener);
    }
}

static void a_change_shows_on_another_terminal(void **state)
{
    (void)state;
    const struct terminal_start second = {.environment = {"GYMTUI_DESK_NAME=2"}};
    struct terminal *one = desk_open(), *two = desk_open_as(&second, DESK_SECOND);
    double there[ROUNDS], own[ROUNDS], floors[ROUNDS];
    char where[300], figure[64], floor[64];
    conninfo(where, sizeof where);
    PGconn *sender = PQconnectdb(where), *listener = PQconnectdb(where);
    PQclear(PQexec(listener, "LISTEN bench"));
    for (int i = 0; i < ROUNDS; i++) {
        struct demonstration_member member = demonstration_member();
        let_settle(two);
        double begin = now_ms();
        terminal_scan(one, member.tag);
        terminal_wait(two, member.name);
        there[i] = now_ms() - begin;
        member = demonstration_member();
        let_settle(one);
        begin = now_ms();
        desk_check_in(one, member);
        own[i] = now_ms() - begin;
        floors[i] = time_notify(sender, listener);
    }
    PQfinish(sender);
    PQfinish(listener);
    double p50 = percentile(there, ROUNDS, .5), own50 = percentile(own, ROUNDS, .5),
           floor50 = percentile(floors, ROUNDS, .5);
    say(figure, sizeof figure, "p50 %.1f ms", own50);
    print_row("scan to verdict, same terminal", figure, "–", "–");
    say(figure, sizeof figure, "p50 %.1f p99 %.1f ms", p50, percentile(there, ROUNDS, .99));
    say(floor, sizeof floor, "LISTEN/NOTIFY %.2f ms", floor50);
    print_row("scan seen on another terminal", figure, floor, "the check-in + 2 × + one frame");
    say(figure, sizeof figure, "%.1f ms after the verdict", p50 - own50);
    say(floor, sizeof floor, "allowed %.1f ms", 2 * floor50 + FRAME_MS);
    print_row("of it the other terminal's part", figure, floor, "≤ 2 × + one frame");
}

int main(void)
{
    const struct CMUnitTest benches[] = {
        cmocka_unit_test_teardown(start_to_first_screen, terminal_teardown),
        cmocka_unit_test_teardown(bytes_keys_and_memory, terminal_teardown),
        cmocka_unit_test_teardown(a_change_shows_on_another_terminal, terminal_teardown),
    };
    print_row("work", "measured", "floor", "goal");
    return cmocka_run_group_tests_name("bench_terminal", benches, demonstration_setup,
                                       demonstration_teardown);
}
