/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many desks at one server, on a demonstration made for it. 32 desks, a process each, check members
 * in and out as fast as they are answered, through the typed calls; taking turns with them, pgbench
 * with 32 clients, a thread each, calls the same functions under the same login. Then what was
 * acknowledged is counted against what is there. And 100 sessions that listen: how long after a
 * check-in was sent all of them know of it, and have read their screen's rows again; beside it bare
 * LISTEN/NOTIFY with 100 listeners.
 *
 *   GYMTUI_BINARY=… bench_crowd
 */
#include <glob.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "desk.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/session.h"

#define DESKS       32
#define OWN_MEMBERS 500 /* of each desk */
#define ROUNDS      5
#define SECONDS     4
#define LISTENERS   100
#define CHANGES     40
#define FRAME_MS    16

static const char *conninfo_of(const char *user)
{
    return bench_text("host=%s/run dbname=gymtui user=%s", demonstration_directory(), user);
}

static struct db *open_desk(void)
{
    struct error error;
    struct db *db = db_open(&(struct db_settings){.conninfo = conninfo_of("postgres"),
                                                  .user = "gymtui:iron-temple:desk1",
                                                  .password = "demo-desk1",
                                                  .desk_timeout_ms = 30000,
                                                  .application_name = "gymtui bench"},
                            &error);
    if (!db)
        fprintf(stderr, "%s (%s)\n", error.message, error.hint);
    return db;
}

/* ---- Desks that check in ---- */

struct tally {
    long calls, ins, outs, others, errors;
};

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct tally *tally = owner;
    tally->calls++;
    tally->errors += error != NULL;
    tally->ins += verdict && verdict->result == VERDICT_IN;
    tally->outs += verdict && verdict->result == VERDICT_OUT;
    tally->others += verdict && verdict->result != VERDICT_IN && verdict->result != VERDICT_OUT;
}

/* One desk's process: `ready` is told when it is signed in, `go` ends when all are. */
__attribute__((noreturn)) static void be_desk(int desk, int ready, int go, int answer)
{
    struct error error = {0};
    struct tally tally = {0}, drained = {0};
    struct db *db = open_desk();
    srand((unsigned)desk);
    if (!db || !db_wait(db, 30000, &error))
        _exit(1);
    char byte = 'r';
    if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 0)
        _exit(1);
    double until = bench_now_ms() + SECONDS * 1e3;
    while (bench_now_ms() < until) {
        int64_t member = BENCH_FIRST_MEMBER + desk * OWN_MEMBERS + 1 + rand() % OWN_MEMBERS;
        struct check_in_request in = {
            .id = request_id_new(), .customer_id = member, .desk = "bench"};
        struct check_out_request out = {
            .id = request_id_new(), .customer_id = member, .desk = "bench"};
        attendance_check_in(db, &in, on_verdict, &tally);
        if (!db_wait(db, 30000, &error))
            _exit(1);
        bool late = bench_now_ms() >= until; /* the last one goes out all the same, uncounted */
        attendance_check_out(db, &out, on_verdict, late ? &drained : &tally);
        if (!db_wait(db, 30000, &error))
            _exit(1);
    }
    tally.outs += drained.outs;
    tally.others += drained.others;
    tally.errors += drained.errors;
    bool told = write(answer, &tally, sizeof tally) == (ssize_t)sizeof tally;
    db_close(db);
    _exit(told ? 0 : 1);
}

/* Calls a second. */
static double run_desks(struct tally *total)
{
    int ready[2], go[2], answer[2], status, calls = 0;
    assert_int_equal(pipe(ready) | pipe(go) | pipe(answer), 0);
    fflush(NULL);
    for (int i = 0; i < DESKS; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(go[1]);
            be_desk(i, ready[1], go[0], answer[1]);
        }
    }
    close(ready[1]);
    close(answer[1]);
    char byte;
    for (int i = 0; i < DESKS; i++)
        assert_int_equal(read(ready[0], &byte, 1), 1);
    close(go[1]);
    for (int i = 0; i < DESKS; i++) {
        struct tally tally;
        assert_int_equal(read(answer[0], &tally, sizeof tally), sizeof tally);
        calls += (int)tally.calls;
        total->calls += tally.calls;
        total->ins += tally.ins;
        total->outs += tally.outs;
        total->others += tally.others;
        total->errors += tally.errors;
    }
    for (int i = 0; i < DESKS; i++)
        assert_true(wait(&status) > 0 && status == 0);
    close(ready[0]);
    close(go[0]);
    close(answer[0]);
    return (double)calls / SECONDS;
}

/* The program itself: /usr/bin/pgbench may be a script that looks for it first. */
static const char *find_pgbench(void)
{
    static char path[200] = "/usr/bin/pgbench";
    glob_t found;
    if (glob("/usr/lib/postgresql/*/bin/pgbench", 0, NULL, &found) == 0) {
        snprintf(path, sizeof path, "%s", found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
    }
    return path;
}

/* The words of src/db/attendance.sql, with pgbench's numbers. */
#define VERDICT                                                                                    \
    "SELECT v.result, v.attendance_id, v.customer_id, v.name, v.keytag, v.plan, v.home_gym, "      \
    "v.ends, v.days_left, v.visits_this_month, v.visits_total, v.last_visit, v.habit, v.balance, " \
    "v.at_local, v.since_local, v.seconds_in, v.since_desk, v.reasons, v.inside, v.capacity, "     \
    "v.renew_package_id, v.renew_price, v.renew_until, v.day_pass_price, v.day_pass_package_id, "  \
    "v.recovered FROM "

static const char *write_script(void)
{
    const char *path = bench_text("%s/home/check-in.sql", demonstration_directory());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "\\set who %" PRId64 " + :client_id * %d + random(1, %d)\n" VERDICT
            "gym.check_in(gen_random_uuid(), NULL::text, :who::bigint, 'pgbench'::text, "
            "NULL::text, 300::int) AS v;\n" VERDICT
            "gym.check_out(gen_random_uuid(), NULL::text, :who::bigint, 'pgbench'::text) AS v;\n",
            BENCH_FIRST_MEMBER, OWN_MEMBERS, OWN_MEMBERS);
    fclose(file);
    return path;
}

/* Calls a second: two in each of its transactions. */
static double run_pgbench(const char *script)
{
    char clients[16], seconds[16], where[200], output[4000];
    snprintf(clients, sizeof clients, "%d", DESKS);
    snprintf(seconds, sizeof seconds, "%d", SECONDS);
    snprintf(where, sizeof where, "%s password=demo-desk1",
             conninfo_of("gymtui:iron-temple:desk1"));
    const char *const command[] = {find_pgbench(), "-n",   "-M",  "prepared", "-c",
                                   clients,        "-j",   "2",   "-T",       seconds,
                                   "-f",           script, where, NULL};
    int status = demonstration_run(command, output, sizeof output);
    const char *rate = strstr(output, "tps = ");
    if (status != 0 || !rate)
        fail_msg("pgbench: status %d: %s", status, output);
    return 2 * strtod(rate + strlen("tps = "), NULL);
}

static void many_desks_at_once(void **state)
{
    (void)state;
    PGconn *admin = PQconnectdb(conninfo_of("postgres"));
    assert_true(bench_fill(admin, 1, DESKS * OWN_MEMBERS));
    PQfinish(admin);
    const char *script = write_script();
    struct tally total = {0}, warm = {0};
    double ours[ROUNDS], floors[ROUNDS], ratios[ROUNDS];
    (void)run_pgbench(script);
    (void)run_desks(&warm);
    for (int i = 0; i < ROUNDS; i++) {
        floors[i] = run_pgbench(script);
        ours[i] = run_desks(&total);
        ratios[i] = ours[i] / floors[i];
    }
    bench_row("32 desks at once, in and out",
              bench_text("%.0f calls/s", bench_percentile(ours, ROUNDS, .5)),
              bench_text("pgbench -c 32 %.0f, %.2f ×", bench_percentile(floors, ROUNDS, .5),
                         bench_percentile(ratios, ROUNDS, .5)),
              "≥ .9 ×");
    int64_t there = demonstration_count("SELECT count(*) FROM gym.attendance WHERE desk = 'bench'");
    int64_t closed = demonstration_count("SELECT count(*) FROM gym.attendance WHERE desk = 'bench' "
                                         "AND check_out IS NOT NULL");
    bench_row("check-ins acknowledged, and there",
              bench_text("%ld, %" PRId64, total.ins + warm.ins, there),
              bench_text("check-outs %ld, %" PRId64, total.outs + warm.outs, closed), "the same");
    bench_row("answered otherwise, or with an error",
              bench_text("%ld", total.others + total.errors + warm.others + warm.errors), "–", "0");
}

/* ---- Desks that listen ---- */

/* Until every one of `descriptors` has been readable and was looked at by `is_there`. */
static void wait_for_all(struct pollfd *set, void *const *things, bool (*is_there)(void *thing),
                         double begin, double *times)
{
    bool known[LISTENERS] = {false};
    int left = LISTENERS;
    double until = begin + TERMINAL_PATIENCE_MS;
    while (left > 0) {
        assert_true(bench_now_ms() < until);
        poll(set, LISTENERS, 100);
        for (int i = 0; i < LISTENERS; i++) {
            if (!set[i].revents || !is_there(things[i]) || known[i])
                continue;
            known[i] = true;
            times[i] = bench_now_ms() - begin;
            left--;
        }
    }
}

static bool heard_bare(void *thing)
{
    PGnotify *notify;
    bool heard = false;
    PQconsumeInput(thing);
    while ((notify = PQnotifies(thing)) != NULL) {
        heard = true;
        PQfreemem(notify);
    }
    return heard;
}

static void listen_bare(double *times)
{
    static PGconn *listeners[LISTENERS];
    struct pollfd set[LISTENERS];
    PGconn *sender = PQconnectdb(conninfo_of("postgres"));
    for (int i = 0; i < LISTENERS; i++) {
        listeners[i] = PQconnectdb(conninfo_of("postgres"));
        assert_true(bench_run(listeners[i], "LISTEN bench"));
        set[i] = (struct pollfd){.fd = PQsocket(listeners[i]), .events = POLLIN};
    }
    for (int n = 0; n < CHANGES; n++) {
        double begin = bench_now_ms();
        assert_true(bench_run(sender, "SELECT pg_notify('bench', 'x')"));
        wait_for_all(set, (void *const *)listeners, heard_bare, begin, times + n * LISTENERS);
    }
    for (int i = 0; i < LISTENERS; i++)
        PQfinish(listeners[i]);
    PQfinish(sender);
}

struct listener {
    struct db *db;
    bool reads; /* reads the rows of its screen again */
    bool knows, has_feed, has_occupancy;
};

static void on_feed(void *owner, const struct feed_row *rows, int count, const struct error *error)
{
    (void)rows, (void)count;
    assert_null(error);
    ((struct listener *)owner)->has_feed = true;
}

static void on_occupancy(void *owner, const struct occupancy *occupancy, const struct error *error)
{
    (void)occupancy;
    assert_null(error);
    ((struct listener *)owner)->has_occupancy = true;
}

static void on_change(void *owner, const char *topic)
{
    struct listener *listener = owner;
    if (strcmp(topic, "attendance") != 0)
        return;
    listener->knows = true;
    if (!listener->reads)
        return;
    attendance_feed(listener->db, 20, on_feed, listener);
    attendance_occupancy(listener->db, on_occupancy, listener);
}

static bool heard_at_desk(void *thing)
{
    struct listener *listener = thing;
    db_advance(listener->db);
    bool whole =
        listener->knows && (!listener->reads || (listener->has_feed && listener->has_occupancy));
    if (whole)
        listener->knows = listener->has_feed = listener->has_occupancy = false;
    return whole;
}

/* `times`: that a change is known, and that it has been read. */
static void listen_at_desks(double *known, double *read_again)
{
    static struct listener listeners[LISTENERS];
    struct pollfd set[LISTENERS];
    void *things[LISTENERS];
    struct error error = {0};
    struct tally tally = {0};
    struct db *actor = open_desk();
    assert_true(actor && db_wait(actor, 30000, &error));
    for (int i = 0; i < LISTENERS; i++) {
        listeners[i].db = open_desk();
        assert_non_null(listeners[i].db);
        db_on_change(listeners[i].db, on_change, &listeners[i]);
        /* An answer after LISTEN's: from here on it hears. */
        attendance_occupancy(listeners[i].db, on_occupancy, &listeners[i]);
        assert_true(db_wait(listeners[i].db, 30000, &error));
        listeners[i].has_occupancy = false;
        int timeout_ms = -1;
        assert_int_equal(db_poll_set(listeners[i].db, &set[i], 1, &timeout_ms), 1);
        set[i].events = POLLIN;
        things[i] = &listeners[i];
    }
    for (int n = 0; n < 2 * CHANGES; n++) {
        for (int i = 0; i < LISTENERS; i++)
            listeners[i].reads = n % 2;
        struct check_in_request in = {
            .id = request_id_new(), .customer_id = BENCH_FIRST_MEMBER + 1 + n, .desk = "actor"};
        double begin = bench_now_ms();
        attendance_check_in(actor, &in, on_verdict, &tally);
        db_advance(actor);
        wait_for_all(set, things, heard_at_desk, begin,
                     (n % 2 ? read_again : known) + n / 2 * LISTENERS);
        assert_true(db_wait(actor, 30000, &error));
    }
    assert_int_equal(tally.ins, 2 * CHANGES);
    for (int i = 0; i < LISTENERS; i++)
        db_close(listeners[i].db);
    db_close(actor);
}

static void a_hundred_desks_see_a_change(void **state)
{
    (void)state;
    static double bare[CHANGES * LISTENERS], known[CHANGES * LISTENERS],
        read_again[CHANGES * LISTENERS];
    int all = CHANGES * LISTENERS;
    listen_bare(bare);
    listen_at_desks(known, read_again);
    double floor50 = bench_percentile(bare, all, .5), floor99 = bench_percentile(bare, all, .99);
    double p99 = bench_percentile(known, all, .99);
    bench_row("100 listening desks, a check-in known",
              bench_text("p50 %.1f p99 %.1f ms", bench_percentile(known, all, .5), p99),
              bench_text("LISTEN/NOTIFY p50 %.1f p99 %.1f ms", floor50, floor99),
              bench_text("p99 ≤ %.1f ms (floor + 5 + one frame)", floor99 + 5 + FRAME_MS));
    bench_row("… and by all of them read again",
              bench_text("p50 %.1f p99 %.1f ms", bench_percentile(read_again, all, .5),
                         bench_percentile(read_again, all, .99)),
              "200 reads", "–");
}

/* Room for all of them beside each other. */
static int set_up(void **state)
{
    int status = demonstration_setup(state);
    if (status != 0)
        return status;
    PGconn *admin = PQconnectdb(conninfo_of("postgres"));
    bool done = bench_run(admin, "ALTER SYSTEM SET max_connections = 200") &&
                bench_run(admin, "ALTER ROLE \"gymtui:iron-temple:desk1\" CONNECTION LIMIT -1");
    PQfinish(admin);
    char output[4000];
    const char *const stop[] = {demonstration_binary(), "demo", "stop", NULL};
    const char *const start[] = {demonstration_binary(), "demo", "--no-ui", NULL};
    return done && demonstration_run(stop, output, sizeof output) == 0 &&
                   demonstration_run(start, output, sizeof output) == 0
               ? 0
               : -1;
}

int main(void)
{
    const struct CMUnitTest benches[] = {
        cmocka_unit_test(many_desks_at_once),
        cmocka_unit_test(a_hundred_desks_see_a_change),
    };
    bench_row("work", "measured", "floor", "goal");
    return cmocka_run_group_tests_name("bench_crowd", benches, set_up, demonstration_teardown);
}
