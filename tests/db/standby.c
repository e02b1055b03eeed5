/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "standby.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support.h"

#define PATIENCE_MS 60000
#define STEP_MS     20

static struct {
    char programs[400]; /* folder of postgres and pg_basebackup */
    char data[128], host[128], log[128];
    uid_t uid; /* who runs the first server */
    gid_t gid;
    pid_t owner, postmaster;
} standby;

static void pause_a_step(void)
{
    struct timespec pause = {0, STEP_MS * 1000000L};
    nanosleep(&pause, NULL);
}

/* A child that belongs to the servers' account and ends with us. */
static pid_t start_child(const char *const *command)
{
    pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && (setgid(standby.gid) != 0 || setuid(standby.uid) != 0))
            _exit(98);
        prctl(PR_SET_PDEATHSIG, SIGQUIT);
        int log = open(standby.log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0 ||
            chdir(test_directory()) != 0)
            _exit(97);
        execv(command[0], (char *const *)command);
        _exit(96);
    }
    assert_true(child > 0);
    return child;
}

static void stop(void)
{
    if (getpid() != standby.owner || standby.postmaster <= 0)
        return;
    kill(standby.postmaster, SIGQUIT);
    waitpid(standby.postmaster, NULL, 0);
    standby.postmaster = 0;
}

static void find_places(void)
{
    struct stat folder;
    snprintf(standby.data, sizeof standby.data, "%s/second", test_directory());
    snprintf(standby.host, sizeof standby.host, "%s/second-run", test_directory());
    snprintf(standby.log, sizeof standby.log, "%s/second-log", test_directory());
    snprintf(standby.programs, sizeof standby.programs, "%s",
             test_text(test_superuser(), "SELECT setting FROM pg_config WHERE name = 'BINDIR'"));
    char path[160];
    snprintf(path, sizeof path, "%s/data", test_directory());
    assert_int_equal(stat(path, &folder), 0);
    standby.uid = folder.st_uid;
    standby.gid = folder.st_gid;
    assert_int_equal(mkdir(standby.host, 0755), 0);
    if (getuid() == 0)
        assert_int_equal(chown(standby.host, standby.uid, standby.gid), 0);
    standby.owner = getpid();
    atexit(stop);
}

static void permit_replication(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/data/pg_hba.conf", test_directory());
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fprintf(file, "local replication postgres trust\n");
    assert_int_equal(fclose(file), 0);
    test_run(test_superuser(), "SELECT pg_reload_conf()");
}

/* The reload takes effect when the server gets to it, so that the first tries may be refused. */
static void copy_first_server(void)
{
    char program[420];
    snprintf(program, sizeof program, "%s/pg_basebackup", standby.programs);
    const char *const command[] = {program,    "-h",   test_directory(), "-p", "5432", "-U",
                                   "postgres", "-D",   standby.data,     "-R", "-X",   "stream",
                                   "-c",       "fast", "--no-sync",      NULL};
    int status = 1;
    for (int waited = 0; status != 0; waited += STEP_MS) {
        if (waited > PATIENCE_MS)
            fail_msg("pg_basebackup: status %d, see %s", status, standby.log);
        pause_a_step();
        pid_t child = start_child(command);
        assert_int_equal(waitpid(child, &status, 0), child);
    }
}

static void launch(void)
{
    char program[420], sockets[160], where[200];
    snprintf(program, sizeof program, "%s/postgres", standby.programs);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", standby.host);
    snprintf(where, sizeof where, "host=%s port=5432 user=postgres dbname=postgres", standby.host);
    /* As the first: a standby with less room for connections does not start. */
    const char *const command[] = {program,
                                   "-D",
                                   standby.data,
                                   "-c",
                                   "listen_addresses=",
                                   "-c",
                                   sockets,
                                   "-c",
                                   "fsync=off",
                                   "-c",
                                   "full_page_writes=off",
                                   "-c",
                                   "max_connections=60",
                                   "-c",
                                   "shared_buffers=64MB",
                                   "-c",
                                   "timezone=UTC",
                                   "-c",
                                   "log_timezone=UTC",
                                   "-c",
                                   "wal_retrieve_retry_interval=200ms",
                                   NULL};
    standby.postmaster = start_child(command);
    for (int waited = 0; PQping(where) != PQPING_OK; waited += STEP_MS) {
        if (waited > PATIENCE_MS || waitpid(standby.postmaster, NULL, WNOHANG) != 0)
            fail_msg("the standby does not start, see %s", standby.log);
        pause_a_step();
    }
}

void standby_start(void)
{
    if (standby.owner)
        return;
    find_places();
    permit_replication();
    copy_first_server();
    launch();
    /* Only now, and so not in the copy: the first waits for the second, the second for nobody. */
    test_run(test_superuser(), "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'");
    test_run(test_superuser(), "SELECT pg_reload_conf()");
    for (int waited = 0; test_number(test_superuser(), "SELECT count(*) FROM pg_stat_replication "
                                                       "WHERE state = 'streaming' AND sync_state "
                                                       "= 'quorum'") != 1;
         waited += STEP_MS) {
        if (waited > PATIENCE_MS)
            fail_msg("the standby does not follow, see %s", standby.log);
        pause_a_step();
    }
}

const char *standby_host(void)
{
    return standby.host;
}

PGconn *standby_superuser(void)
{
    char where[200];
    snprintf(where, sizeof where, "host=%s port=5432 user=postgres dbname=%s", standby.host,
             TEST_DATABASE);
    PGconn *connection = PQconnectdb(where);
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(connection));
    return connection;
}

void standby_promote(void)
{
    PGconn *connection = standby_superuser();
    if (*test_text(connection, "SELECT pg_promote(true, %d)", PATIENCE_MS / 1000) != 't')
        fail_msg("the standby is not promoted, see %s", standby.log);
    PQfinish(connection);
}
