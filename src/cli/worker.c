/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The background worker: in the foreground for a service manager, and started detached for whoever
 * asked for a job when none is alive. The detached one has left its terminal, its session and its
 * parents, so that nothing that happens to them ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gymtui/db/jobs.h"
#include "gymtui/worker/runner.h"
#include "internal.h"

#define IDLE_SECONDS "60" /* of a detached worker */

/* Whether it is known here how a worker signs in. */
static bool has_login(const struct cli *cli, struct error *error)
{
    return *config_text(cli->config, CONFIG_WORKER_CONNINFO) != '\0' ||
           *config_text(cli->config, CONFIG_DATABASE_CONNINFO) == '\0' ||
           error_set(error, ERROR_CONFIG,
                     "On the server, or where worker.conninfo is set, start one with: gymtui "
                     "worker. See gymtui-worker(8)",
                     "This account has no worker's login");
}

bool worker_conninfo(const struct cli *cli, char *dst, size_t size, struct error *error)
{
    const char *configured = config_text(cli->config, CONFIG_WORKER_CONNINFO);
    struct place place;
    if (*configured != '\0') {
        snprintf(dst, size, "%s", configured);
        return true;
    }
    if (!has_login(cli, error) || !place_find(cli, &place, error))
        return false;
    snprintf(dst, size, "%s user='%s_worker'", place.conninfo, place.database);
    return true;
}

/* --- in the foreground --- */

static volatile sig_atomic_t asked_to_stop;

static void stop(int number)
{
    (void)number;
    asked_to_stop = 1;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = stop}; /* no restart: a wait is to end */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static bool read_idle(const char *text, int *seconds, struct error *error)
{
    *seconds = 0;
    if (text == NULL)
        return true;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < 1 || value > 86400)
        return error_set(error, ERROR_USAGE, NULL,
                         "--idle takes a number of seconds from 1 to 86400, not “%s”", text);
    *seconds = (int)value;
    return true;
}

static bool enqueue(const char *conninfo, const char *kind, struct error *error)
{
    if (strcmp(kind, "recompute") != 0 && strcmp(kind, "auto-checkout") != 0)
        return error_set(error, ERROR_USAGE, "A reseed is asked for with gymtui seed.",
                         "--enqueue takes recompute or auto-checkout, not “%s”", kind);
    struct job_queue *queue = job_queue_open(conninfo, error);
    bool done = queue != NULL && job_queue_check_version(queue, error) &&
                job_queue_enqueue(queue, kind, NULL, error);
    job_queue_close(queue);
    return done;
}

int command_worker(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    char conninfo[1400];
    const char *kind = words->values[WORKER_ENQUEUE];
    struct runner_options options = {
        .conninfo = conninfo,
        .once = words->values[WORKER_ONCE] != NULL,
        .stop = &asked_to_stop,
    };
    if (!read_idle(words->values[WORKER_IDLE], &options.idle_seconds, &error) ||
        !worker_conninfo(cli, conninfo, sizeof conninfo, &error) ||
        (kind != NULL && !enqueue(conninfo, kind, &error)))
        return cli_fail(&error);
    if (kind != NULL && !options.once && options.idle_seconds == 0)
        return CLI_DONE;
    catch_signals();
    return runner_run(&options, &error) ? CLI_DONE : cli_fail(&error);
}

/* --- detached --- */

#define ARGUMENTS_MOST 64

/* The command line of the worker: ours with another command. False: too many words. */
static bool command_line(const struct cli *cli, const char **argv, struct error *error)
{
    int count = 0;
    argv[count++] = "gymtui";
    if (cli->config_file != NULL) {
        argv[count++] = "--config";
        argv[count++] = cli->config_file;
    }
    for (int i = 0; cli->assignments != NULL && cli->assignments[i] != NULL; i++) {
        if (count + 6 > ARGUMENTS_MOST)
            return error_set(error, ERROR_USAGE, "Put them into the configuration file.",
                             "So many --set cannot be handed on to a worker");
        argv[count++] = "--set";
        argv[count++] = cli->assignments[i];
    }
    argv[count++] = "worker";
    argv[count++] = "--idle";
    argv[count++] = IDLE_SECONDS;
    argv[count] = NULL;
    return true;
}

static void close_others(int kept)
{
    long most = sysconf(_SC_OPEN_MAX);
    if (most < 0 || most > 65536)
        most = 65536;
    for (int i = 0; i < (int)most; i++)
        if (i != kept)
            close(i);
}

/* In the second child; returns only the reason for a failure. */
static int become_worker(const char *program, const char **argv, int report)
{
    sigset_t none;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigemptyset(&usual.sa_mask);
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL); /* those that cannot be changed stay */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close_others(report);
    if (open("/dev/null", O_RDWR) != 0 || dup2(0, 1) < 0 || dup2(0, 2) < 0)
        return errno;
    execv(program, (char *const *)argv);
    return errno;
}

/* Of the first child: leaves the session, and its own child to init. Ends in every case. */
static void leave(const char *program, const char **argv, int report)
{
    int problem = 0;
    if (setsid() < 0)
        problem = errno;
    pid_t child = problem == 0 ? fork() : -1;
    if (child == 0)
        problem = become_worker(program, argv, report);
    else if (child < 0 && problem == 0)
        problem = errno;
    if (problem != 0 && write(report, &problem, sizeof problem) < 0)
        _exit(1);
    _exit(0);
}

bool cli_start_worker(const struct cli *cli, struct error *error)
{
    char conninfo[1400], program[4096];
    const char *argv[ARGUMENTS_MOST];
    int report[2], problem = 0;
    /* Whether it could connect at all is known without trying. */
    if (!worker_conninfo(cli, conninfo, sizeof conninfo, error) || !command_line(cli, argv, error))
        return false;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    if (length <= 0 || access(program, X_OK) != 0) /* replaced by a newer one meanwhile */
        snprintf(program, sizeof program, "/proc/self/exe");
    if (pipe2(report, O_CLOEXEC) != 0)
        return error_set(error, ERROR_SYSTEM, NULL, "No worker can be started: %s",
                         strerror(errno));
    pid_t child = fork();
    if (child == 0)
        leave(program, argv, report[1]);
    if (child < 0)
        problem = errno;
    close(report[1]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    /* The pipe closes when the worker runs; what comes before that is why it does not. */
    while (child > 0 && read(report[0], &problem, sizeof problem) < 0 && errno == EINTR)
        continue;
    close(report[0]);
    return problem == 0 || error_set(error, ERROR_SYSTEM, "Start one with: gymtui worker",
                                     "No worker can be started: %s", strerror(problem));
}
