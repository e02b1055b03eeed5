/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private PostgreSQL: from nothing to answering, and back, whatever happens in between. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/cluster/cluster.h"

struct bench {
    char folder[64], config_file[96];
    struct config *config;
    struct cluster cluster;
};

/* A configuration of its own, so that the machine's does not matter. */
static struct config *load(const struct bench *bench, const char *assignment)
{
    char directory[128];
    snprintf(directory, sizeof directory, "demo.directory=%s/data", bench->folder);
    const char *const assignments[] = {directory, assignment, NULL};
    struct config_sources sources = {.file = bench->config_file, .assignments = assignments};
    struct error error = {0};
    struct config *config = config_load(&sources, &error);
    if (config == NULL)
        fail_msg("%s", error.message);
    return config;
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    if (bench == NULL)
        return -1;
    snprintf(bench->folder, sizeof bench->folder, "/tmp/gymtui-cluster-XXXXXX");
    if (mkdtemp(bench->folder) == NULL || chmod(bench->folder, 0711) != 0)
        return -1;
    snprintf(bench->config_file, sizeof bench->config_file, "%s/empty.conf", bench->folder);
    int file = open(bench->config_file, O_WRONLY | O_CREAT, 0600);
    if (file < 0 || close(file) != 0)
        return -1;
    bench->config = load(bench, NULL);
    struct error error = {0};
    if (!cluster_locate(bench->config, &bench->cluster, &error)) {
        print_error("%s\n", error.message);
        return -1;
    }
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    if (!cluster_destroy(&bench->cluster, &error))
        print_error("%s\n", error.message);
    config_free(bench->config);
    unlink(bench->config_file);
    int left = rmdir(bench->folder);
    if (left != 0)
        print_error("%s is not empty\n", bench->folder);
    free(bench);
    return left;
}

static void start(const struct bench *bench)
{
    struct error error = {0};
    if (!cluster_start(&bench->cluster, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    assert_true(cluster_is_running(&bench->cluster));
}

/* What psql prints for a statement, by the superuser. */
static const char *ask(const struct bench *bench, const char *sql)
{
    static char answer[512];
    char conninfo[700], command[1600];
    cluster_admin_conninfo(&bench->cluster, "postgres", conninfo, sizeof conninfo);
    snprintf(command, sizeof command, "psql -X -A -t -q -d \"%s\" -c \"%s\" 2>&1", conninfo, sql);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(answer, 1, sizeof answer - 1, pipe);
    answer[length] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    pclose(pipe);
    return answer;
}

static pid_t postmaster(const struct bench *bench)
{
    char path[700], line[64] = "";
    snprintf(path, sizeof path, "%s/postmaster.pid", bench->cluster.directory);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

static void kill_and_wait(pid_t pid)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    assert_true(process >= 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    struct pollfd end = {.fd = process, .events = POLLIN};
    assert_int_equal(poll(&end, 1, 30000), 1);
    close(process);
}

/* --- the ordinary life of it --- */

static void it_starts_stops_and_goes(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    assert_false(cluster_exists(&bench->cluster));
    start(bench);
    assert_true(cluster_exists(&bench->cluster));
    assert_string_equal(ask(bench, "SHOW data_checksums"), "on");
    assert_string_equal(ask(bench, "SHOW listen_addresses"), "");
    assert_string_equal(ask(bench, "SHOW password_encryption"), "scram-sha-256");
    assert_string_equal(ask(bench, "CREATE TABLE kept AS SELECT 42 AS n"), "");

    assert_true(cluster_stop(&bench->cluster, &error));
    assert_false(cluster_is_running(&bench->cluster));
    assert_true(cluster_stop(&bench->cluster, &error)); /* nothing to do is no error */
    start(bench);
    assert_string_equal(ask(bench, "SELECT n FROM kept"), "42");

    assert_true(cluster_destroy(&bench->cluster, &error));
    assert_false(cluster_exists(&bench->cluster));
    assert_false(cluster_is_running(&bench->cluster));
    struct stat there;
    assert_int_equal(stat(bench->cluster.data, &there), -1);
    assert_true(cluster_destroy(&bench->cluster, &error));
}

static void a_running_one_is_left_alone(void **state)
{
    struct bench *bench = *state;
    start(bench);
    pid_t before = postmaster(bench);
    start(bench);
    assert_int_equal(postmaster(bench), before);
}

/* Only its own account and root are the superuser; a stranger needs a password he doesn't have. */
static void strangers_need_a_password(void **state)
{
    struct bench *bench = *state;
    start(bench);
    assert_string_equal(ask(bench, "SELECT string_agg(type || ' ' || array_to_string(user_name, "
                                   "',') || ' ' || auth_method, '; ' ORDER BY line_number) "
                                   "FROM pg_hba_file_rules"),
                        "local postgres,gymtui_worker peer; local all scram-sha-256");
    char conninfo[700], command[900];
    cluster_conninfo(&bench->cluster, conninfo, sizeof conninfo);
    ask(bench, "CREATE ROLE stranger LOGIN");
    snprintf(command, sizeof command,
             "psql -X -w -d \"%s user=stranger dbname=postgres\" -c "
             "\"SELECT 1\" >/dev/null 2>&1",
             conninfo);
    assert_int_not_equal(system(command), 0);
}

static void other_things_in_the_folder_stay(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    char path[600];
    start(bench);
    snprintf(path, sizeof path, "%s/mine", bench->cluster.data);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    close(file);
    assert_true(cluster_destroy(&bench->cluster, &error));
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
    rmdir(bench->cluster.data);
}

/* --- two at once --- */

static void two_starters_make_one(void **state)
{
    struct bench *bench = *state;
    pid_t starters[3];
    for (size_t i = 0; i < 3; i++) {
        starters[i] = fork();
        if (starters[i] == 0)
            _exit(cluster_start(&bench->cluster, NULL, NULL, NULL) ? 0 : 1);
        assert_true(starters[i] > 0);
    }
    for (size_t i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(starters[i], &status, 0), starters[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_true(cluster_is_running(&bench->cluster));
    assert_string_equal(ask(bench, "SELECT 1"), "1");
}

/* --- crashes --- */

static void a_killed_server_comes_back_with_what_was_committed(void **state)
{
    struct bench *bench = *state;
    start(bench);
    ask(bench, "CREATE TABLE visits (n int)");
    ask(bench, "INSERT INTO visits SELECT generate_series(1, 1000)");
    kill_and_wait(postmaster(bench));
    start(bench);
    assert_string_equal(ask(bench, "SELECT count(*) FROM visits"), "1000");
}

/* After a reboot the number in postmaster.pid can be another process of the same account. */
static void a_reused_process_number_does_not_stop_it(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    char path[700], text[4096], rest[4096];
    start(bench);
    snprintf(path, sizeof path, "%s/postmaster.pid", bench->cluster.directory);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file)); /* the number itself */
    rest[fread(rest, 1, sizeof rest - 1, file)] = '\0';
    fclose(file);
    assert_true(cluster_stop(&bench->cluster, &error));

    struct stat owner;
    assert_int_equal(stat(bench->cluster.directory, &owner), 0);
    pid_t bystander = fork();
    if (bystander == 0) {
        if (setuid(owner.st_uid) != 0)
            _exit(1);
        for (;;)
            pause();
    }
    assert_true(bystander > 0);
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%d\n%s", (int)bystander, rest);
    fclose(file);
    assert_int_equal(chown(path, owner.st_uid, owner.st_gid), 0);

    bool started = cluster_start(&bench->cluster, NULL, NULL, &error);
    bool spared = kill(bystander, 0) == 0;
    kill(bystander, SIGKILL);
    waitpid(bystander, NULL, 0);
    assert_true(spared);
    if (!started)
        fail_msg("%s", error.message);
}

static void an_interrupted_making_is_begun_anew(void **state)
{
    struct bench *bench = *state;
    char path[700];
    snprintf(path, sizeof path, "%s/postgres.new", bench->cluster.data);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/postgres.new/PG_VERSION", bench->cluster.data);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    close(file);
    start(bench);
    snprintf(path, sizeof path, "%s/postgres.new", bench->cluster.data);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* --- no room --- */

static void expect_nothing_half_made(const struct bench *bench)
{
    char path[700];
    assert_false(cluster_exists(&bench->cluster));
    snprintf(path, sizeof path, "%s/postgres.new", bench->cluster.data);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* A limit on file sizes stops initdb in its midst as a full disk does. */
static void a_disk_that_fills_up_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {200 << 10, 200 << 10};
        struct error error = {0};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(3);
        bool started = cluster_start(&bench->cluster, NULL, NULL, &error);
        if (write(ends[1], &error, sizeof error) != sizeof error)
            _exit(3);
        _exit(started ? 1 : 0);
    }
    int status;
    struct error error;
    close(ends[1]);
    assert_int_equal(read(ends[0], &error, sizeof error), sizeof error);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_non_null(strstr(error.message, "The disk is full"));
    assert_string_not_equal(error.hint, "");
    expect_nothing_half_made(bench);
    start(bench); /* and when there is room again, it is made */
}

/* Every disk has so little room as a test says: in place of the C library's, so that no file system
 * must be made, which a container lets nobody do. */
static unsigned long long room_mb;

int statvfs(const char *path, struct statvfs *disk)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fstatvfs(folder, disk);
    close(folder);
    if (result == 0 && room_mb > 0)
        disk->f_bavail = (fsblkcnt_t)((room_mb << 20) / disk->f_frsize);
    return result;
}

static void too_small_a_disk_is_told_before_anything_is_made(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    room_mb = 20;
    bool started = cluster_start(&bench->cluster, NULL, NULL, &error);
    room_mb = 0;
    assert_false(started);
    assert_non_null(strstr(error.message, "The disk is full: 20 MB are free"));
    assert_string_not_equal(error.hint, "");
    expect_nothing_half_made(bench);
    start(bench);
}

/* A server whose log of what it did is gone does not start, and says so in its own log; on a full
 * disk it may not even be able to. */
static void why_it_does_not_start_is_told(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    char here[700], away[700];
    start(bench);
    assert_true(cluster_stop(&bench->cluster, &error));
    snprintf(here, sizeof here, "%s/pg_wal", bench->cluster.directory);
    snprintf(away, sizeof away, "%s/pg_away", bench->cluster.directory);
    assert_int_equal(rename(here, away), 0);
    assert_false(cluster_start(&bench->cluster, NULL, NULL, &error));
    assert_non_null(strstr(error.message, "The database does not start: required WAL directory"));
    assert_non_null(strstr(error.hint, "/log"));
    room_mb = 1;
    assert_false(cluster_start(&bench->cluster, NULL, NULL, &error));
    room_mb = 0;
    assert_non_null(strstr(error.message, "The disk is full"));
    assert_int_equal(rename(away, here), 0);
    start(bench);
}

/* --- PostgreSQL missing, old, or another --- */

static void fake_programs(const char *folder, const char *version)
{
    static const char *const names[] = {"initdb", "pg_ctl", "postgres"};
    char path[200];
    assert_int_equal(mkdir(folder, 0755), 0);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version);
        fclose(file);
        assert_int_equal(chmod(path, 0755), 0);
    }
}

static void drop_programs(const char *folder)
{
    static const char *const names[] = {"initdb", "pg_ctl", "postgres"};
    char path[200];
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void expect_refusal(struct bench *bench, const char *programs, const char *message)
{
    char assignment[200];
    struct error error = {0};
    struct cluster cluster;
    snprintf(assignment, sizeof assignment, "demo.programs=%s", programs);
    struct config *config = load(bench, assignment);
    assert_true(cluster_locate(config, &cluster, &error));
    assert_false(cluster_start(&cluster, NULL, NULL, &error));
    config_free(config);
    if (strstr(error.message, message) == NULL)
        fail_msg("“%s” does not say “%s”", error.message, message);
    assert_string_not_equal(error.hint, "");
}

static void missing_programs_are_named(void **state)
{
    struct bench *bench = *state;
    expect_refusal(bench, bench->folder, "There is no PostgreSQL server in");
    expect_nothing_half_made(bench);
}

static void an_old_release_is_refused(void **state)
{
    struct bench *bench = *state;
    char folder[96];
    snprintf(folder, sizeof folder, "%s/old", bench->folder);
    fake_programs(folder, "12.22 (Debian 12.22-1)");
    expect_refusal(bench, folder, "PostgreSQL 12 is too old");
    drop_programs(folder);
    expect_nothing_half_made(bench);
}

static void another_release_than_the_one_that_made_it_is_refused(void **state)
{
    struct bench *bench = *state;
    struct error error = {0};
    char folder[96];
    start(bench);
    assert_true(cluster_stop(&bench->cluster, &error));
    snprintf(folder, sizeof folder, "%s/new", bench->folder);
    fake_programs(folder, "99.1");
    expect_refusal(bench, folder, "which is not installed");
    drop_programs(folder);
    start(bench);
}

static void a_path_too_long_for_a_socket_is_refused(void **state)
{
    struct bench *bench = *state;
    char assignment[300], name[120];
    struct error error = {0};
    struct cluster cluster;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(assignment, sizeof assignment, "demo.directory=%s/%s", bench->folder, name);
    struct config *config = load(bench, assignment);
    assert_false(cluster_locate(config, &cluster, &error));
    config_free(config);
    assert_non_null(strstr(error.message, "too long for a Unix socket"));
    rmdir(strchr(assignment, '/'));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(it_starts_stops_and_goes),
        TEST(a_running_one_is_left_alone),
        TEST(strangers_need_a_password),
        TEST(other_things_in_the_folder_stay),
        TEST(two_starters_make_one),
        TEST(a_killed_server_comes_back_with_what_was_committed),
        TEST(a_reused_process_number_does_not_stop_it),
        TEST(an_interrupted_making_is_begun_anew),
        TEST(a_disk_that_fills_up_leaves_nothing),
        TEST(too_small_a_disk_is_told_before_anything_is_made),
        TEST(why_it_does_not_start_is_told),
        TEST(missing_programs_are_named),
        TEST(an_old_release_is_refused),
        TEST(another_release_than_the_one_that_made_it_is_refused),
        TEST(a_path_too_long_for_a_socket_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
