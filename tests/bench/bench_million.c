/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The desk of a gym with ten thousand members, and with a million (or GYMTUI_BENCH_MEMBERS of
 * them): what a page of the list, a search and a check-in cost at either size, through the typed
 * calls under a desk's login. Then the real program in a pseudo-terminal on the million: how soon a
 * key shows, how many bytes it sends and how much memory the interface takes, beside htop and tig
 * in the same pseudo-terminal, where they are installed.
 *
 *   GYMTUI_BINARY=… bench_million
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "desk.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/members.h"
#include "gymtui/db/session.h"

#define FEW      10000L
#define SAMPLES  300
#define PREFIX   8
#define PAGE     40
#define CURSOR   200
#define QUIET_MS 25 /* a frame is whole when nothing has come for so long */
#define FRAME_MS 16

static long members = 1000000;

static const char *conninfo_of(const char *user)
{
    return bench_text("host=%s/run dbname=gymtui user=%s", demonstration_directory(), user);
}

/* ---- What it costs ---- */

enum work { FLOOR, LIST, ANY_LIST, SEARCH, CHECK_IN, CHECK_OUT, WORKS };
static const char *const names[WORKS] = {"SELECT 1", "a page of the list", "… in any order",
                                         "a search", "a check-in",         "a check-out"};

struct cost {
    double p50[WORKS], p99[WORKS];
};

static int fault_count;
static struct member_row last_row;

static void on_members(void *owner, const struct member_row *rows, int count, bool more,
                       const struct error *error)
{
    (void)owner;
    fault_count += error != NULL || count == 0;
    if (count > 0)
        last_row = rows[more ? count - 1 : 0];
}

static void on_candidates(void *owner, const struct candidate *rows, int count,
                          const struct error *error)
{
    (void)owner, (void)rows;
    fault_count += error != NULL || count == 0;
}

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    fault_count += error != NULL || verdict->result != *(enum verdict_result *)owner;
}

static double wait_since(struct db *db, double begin)
{
    struct error error = {0};
    if (!db_wait(db, 30000, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    return bench_now_ms() - begin;
}

/* Pages one after the other, as somebody leafs; every sixteenth begins anew, from the end then. */
static double time_page(struct db *db, int i, enum member_sort sort)
{
    struct member_row anchor = last_row;
    struct member_query query = {.expiring_within = -1,
                                 .absent_days = -1,
                                 .sort = sort,
                                 .anchor = i % 16 ? &anchor : NULL,
                                 .before = i / 16 % 2 == 1,
                                 .limit = PAGE};
    double begin = bench_now_ms();
    members_page(db, &query, on_members, NULL);
    return wait_since(db, begin);
}

static double time_search(struct db *db, const char *text, int length)
{
    char prefix[PREFIX + 1];
    snprintf(prefix, sizeof prefix, "%.*s", length, text);
    double begin = bench_now_ms();
    attendance_candidates(db, prefix, 20, on_candidates, NULL);
    return wait_since(db, begin);
}

static double time_in(struct db *db, int64_t member)
{
    enum verdict_result wanted = VERDICT_IN;
    struct check_in_request in = {.id = request_id_new(), .customer_id = member, .desk = "bench"};
    double begin = bench_now_ms();
    attendance_check_in(db, &in, on_verdict, &wanted);
    return wait_since(db, begin);
}

static double time_out(struct db *db, int64_t member)
{
    enum verdict_result wanted = VERDICT_OUT;
    struct check_out_request out = {.id = request_id_new(), .customer_id = member, .desk = "bench"};
    double begin = bench_now_ms();
    attendance_check_out(db, &out, on_verdict, &wanted);
    return wait_since(db, begin);
}

static double time_floor(PGconn *desk)
{
    double begin = bench_now_ms();
    PQclear(PQexecPrepared(desk, "floor", 0, NULL, NULL, NULL, 0));
    return bench_now_ms() - begin;
}

/* Somebody's name, telephone number or tag, spread over all; as typed in the search. */
static PGresult *choose_texts(PGconn *admin)
{
    PGresult *texts =
        PQexec(admin, "SELECT CASE id % 4 WHEN 0 THEN right(phone, 7) WHEN 1 THEN lower(tag) "
                      "ELSE lower(split_part(name, ' ', (id % 3)::int % 2 + 1)) || ' ' || "
                      "lower(split_part(name, ' ', 2 - (id % 3)::int % 2)) END FROM made "
                      "ORDER BY id * 7919 % 1000003 LIMIT 300");
    assert_true(PQresultStatus(texts) == PGRES_TUPLES_OK && PQntuples(texts) > 0);
    return texts;
}

/* `from`: the number of the first member who has not been in yet. */
static struct cost measure_cost(PGconn *admin, long from, long count)
{
    static const enum member_sort sorts[] = {MEMBER_SORT_NUMBER, MEMBER_SORT_ENDS,
                                             MEMBER_SORT_LAST_VISIT, MEMBER_SORT_VALUE};
    static double times[WORKS][SAMPLES];
    struct error error = {0};
    struct cost cost;
    PGconn *bare =
        PQconnectdb(bench_text("%s password=demo-desk1", conninfo_of("gymtui:iron-temple:desk1")));
    PQclear(PQprepare(bare, "floor", "SELECT 1", 0, NULL));
    struct db *db = db_open(&(struct db_settings){.conninfo = conninfo_of("postgres"),
                                                  .user = "gymtui:iron-temple:desk1",
                                                  .password = "demo-desk1",
                                                  .desk_timeout_ms = 30000},
                            &error);
    assert_true(db && db_wait(db, 30000, &error));
    PGresult *texts = choose_texts(admin);
    fault_count = 0;
    for (int i = -20; i < SAMPLES; i++) { /* the first ones prepare and warm */
        int at = i < 0 ? 0 : i;
        int64_t member = BENCH_FIRST_MEMBER + from + (i + 20) * (count / (SAMPLES + 20));
        times[FLOOR][at] = time_floor(bare);
        times[LIST][at] = time_page(db, at, MEMBER_SORT_NAME);
        times[SEARCH][at] =
            time_search(db, PQgetvalue(texts, at % PQntuples(texts), 0), 1 + at % PREFIX);
        times[CHECK_IN][at] = time_in(db, member);
        times[CHECK_OUT][at] = time_out(db, member);
    }
    for (int i = 0; i < SAMPLES; i++)
        times[ANY_LIST][i] = time_page(db, i / 64 * 16 + i % 16, sorts[i / 16 % 4]);
    if (fault_count > 0)
        fail_msg("%d answers were not as wanted", fault_count);
    PQclear(texts);
    PQfinish(bare);
    db_close(db);
    for (int w = 0; w < WORKS; w++) {
        cost.p50[w] = bench_percentile(times[w], SAMPLES, .5);
        cost.p99[w] = bench_percentile(times[w], SAMPLES, .99);
    }
    return cost;
}

static void cost_as_the_members_grow(void **state)
{
    (void)state;
    PGconn *admin = PQconnectdb(conninfo_of("postgres"));
    assert_true(bench_fill(admin, 1, FEW));
    struct cost few = measure_cost(admin, 1, FEW);
    assert_true(bench_fill(admin, FEW + 1, members));
    struct cost many = measure_cost(admin, FEW + 1, members - FEW);
    PQfinish(admin);
    for (int w = LIST; w < WORKS; w++) {
        double before = few.p50[w], after = many.p50[w];
        bench_row(bench_text("%s, %ld to %ld thousand", names[w], FEW / 1000, members / 1000),
                  bench_text("p50 %.2f to %.2f ms, %.2f ×", before, after, after / before),
                  bench_text("SELECT 1 %.2f to %.2f; p99 %.2f to %.2f", few.p50[FLOOR],
                             many.p50[FLOOR], few.p99[w], many.p99[w]),
                  "flat");
    }
}

/* ---- In a terminal ---- */

struct moves {
    double p50, p99;
    size_t bytes; /* of one, on average */
};

static bool something_came(struct terminal *terminal, const void *owner)
{
    return terminal_received(terminal) > *(const size_t *)owner;
}

static void let_settle(struct terminal *terminal)
{
    for (int i = 0; i < 50 && terminal_watch(terminal, 400) > 0; i++) {
    }
}

static struct moves measure_moves(struct terminal *terminal, const char *key, int count)
{
    static double times[CURSOR];
    struct moves moves = {0};
    for (int i = 0; i < count; i++) {
        size_t before = terminal_received(terminal);
        double begin = bench_now_ms();
        terminal_key(terminal, key);
        terminal_wait_until(terminal, something_came, &before);
        times[i] = bench_now_ms() - begin;
        while (terminal_watch(terminal, QUIET_MS) > 0) {
        }
        moves.bytes += terminal_received(terminal) - before;
    }
    moves.bytes /= (size_t)count;
    moves.p50 = bench_percentile(times, count, .5);
    moves.p99 = bench_percentile(times, count, .99);
    return moves;
}

/* Another program in the same kind of terminal; false when it is not installed. */
static bool measure_peer(const char *const *command, struct moves *moves)
{
    if (access(command[0], X_OK) != 0)
        return false;
    struct terminal *terminal = terminal_open_as(&(struct terminal_start){.command = command});
    size_t before = 0;
    terminal_wait_until(terminal, something_came, &before);
    let_settle(terminal);
    *moves = measure_moves(terminal, "Down", CURSOR / 4);
    terminal_close(terminal);
    return true;
}

static double megabytes(pid_t process, const char *field)
{
    char line[128];
    double found = 0;
    FILE *file = fopen(bench_text("/proc/%d/smaps_rollup", (int)process), "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0)
            found = strtod(line + strlen(field), NULL) / 1024;
    if (file)
        fclose(file);
    return found;
}

static void keys_bytes_and_memory(void **state)
{
    (void)state;
    /* As seldom as it can, so that what comes is the key's. */
    static const char *const htop[] = {"/usr/bin/htop", "-d", "100", NULL};
    static const char *const tig[] = {"/usr/bin/tig", NULL};
    struct moves htop_moves = {0}, tig_moves = {0};
    bool has_htop = measure_peer(htop, &htop_moves), has_tig = measure_peer(tig, &tig_moves);
    struct terminal *terminal = desk_open();
    terminal_key(terminal, "Tab");
    terminal_wait(terminal, "Find:");
    let_settle(terminal);
    struct moves down = measure_moves(terminal, "Down", CURSOR);
    struct moves pages = measure_moves(terminal, "Page-Down", CURSOR / 4);
    terminal_key(terminal, "End");
    let_settle(terminal);
    struct moves up = measure_moves(terminal, "Up", CURSOR / 4);
    terminal_key(terminal, "/");
    terminal_type(terminal, "abb");
    let_settle(terminal);
    bench_row(bench_text("key to paint, list of %ld thousand", members / 1000),
              bench_text("p50 %.2f p99 %.2f ms", down.p50, down.p99),
              has_htop ? bench_text("htop p50 %.2f p99 %.2f, %.2f ×", htop_moves.p50,
                                    htop_moves.p99, down.p50 / htop_moves.p50)
                       : "htop is not installed",
              "≤ 1 ×, p99 ≤ 16 ms");
    bench_row("… upwards from the end", bench_text("p50 %.2f p99 %.2f ms", up.p50, up.p99), "–",
              "p99 ≤ 16 ms");
    bench_row("… a page further", bench_text("p50 %.2f p99 %.2f ms", pages.p50, pages.p99), "–",
              "p99 ≤ 16 ms");
    bench_row("bytes of one cursor move", bench_text("%zu", down.bytes),
              bench_text("htop %s, tig %s",
                         has_htop ? bench_text("%zu", htop_moves.bytes) : "not installed",
                         has_tig ? bench_text("%zu", tig_moves.bytes) : "not installed"),
              "fewer");
    pid_t process = terminal_process(terminal);
    bench_row("memory of the interface", bench_text("%.1f MB", megabytes(process, "Pss:")),
              bench_text("its own pages %.1f MB", megabytes(process, "Private_Dirty:")), "≤ 15 MB");
}

int main(void)
{
    const struct CMUnitTest benches[] = {
        cmocka_unit_test(cost_as_the_members_grow),
        cmocka_unit_test_teardown(keys_bytes_and_memory, terminal_teardown),
    };
    const char *wanted = getenv("GYMTUI_BENCH_MEMBERS");
    if (wanted && strtol(wanted, NULL, 10) > 2 * FEW)
        members = strtol(wanted, NULL, 10);
    bench_row("work", "measured", "floor", "goal");
    return cmocka_run_group_tests_name("bench_million", benches, demonstration_setup,
                                       demonstration_teardown);
}
