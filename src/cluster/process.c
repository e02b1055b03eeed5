/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Children. A server must not inherit anything from whoever happened to start it: no terminal, no
 * pipe of a test runner (it would never see the end of file), no PG* variables, no signal mask.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gymtui/base/text.h"

#define EXIT_NOT_RUN 126 /* as a shell says it */

static bool look_up(const char *account, struct passwd *who, char *buffer, size_t size,
                    struct error *error)
{
    struct passwd *found = NULL;
    if (getpwnam_r(account, who, buffer, size, &found) != 0 || found == NULL)
        return error_set(error, ERROR_SYSTEM, "As root: apt install postgresql",
                         "There is no account “%s” on this machine", account);
    return true;
}

/* In the child, between fork and the work. */
static void become(const char *account, const struct passwd *who)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);

    if (*account != '\0' && (initgroups(who->pw_name, who->pw_gid) != 0 ||
                             setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0))
        _exit(EXIT_NOT_RUN);
    /* After setuid, which clears it. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    umask(0077);
    if (chdir("/") != 0)
        _exit(EXIT_NOT_RUN);
}

static void clean_environment(const char *account, const struct passwd *who)
{
    static const char *const dropped[] = {
        "PGDATA",     "PGHOST",      "PGHOSTADDR", "PGPORT",     "PGDATABASE",  "PGUSER",
        "PGPASSWORD", "PGPASSFILE",  "PGOPTIONS",  "PGSERVICE",  "PGSSLMODE",   "PG_COLOR",
        "PGTZ",       "PGDATESTYLE", "LANGUAGE",   "LD_PRELOAD", "PGLOCALEDIR",
    };
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        unsetenv(dropped[i]);
    setenv("LC_ALL", "C", 1); /* its complaints are read by process_complaint */
    if (*account != '\0') {
        setenv("HOME", who->pw_dir, 1);
        setenv("USER", who->pw_name, 1);
        setenv("LOGNAME", who->pw_name, 1);
        unsetenv("TMPDIR");
    }
}

static void redirect(int output)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(EXIT_NOT_RUN);
    if (close_range(3, ~0U, 0) != 0) { /* before Linux 5.9 */
        for (int file = 3; file < 1024; file++)
            close(file);
    }
}

/* Reads to the end, keeping the last part. */
static void collect(int file, char *dst, size_t size)
{
    size_t used = 0;
    for (;;) {
        char chunk[1024];
        ssize_t got = read(file, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size_t fresh = (size_t)got;
        if (used + fresh >= size) {
            size_t drop = used + fresh - (size - 1);
            memmove(dst, dst + drop, used - drop);
            used -= drop;
        }
        memcpy(dst + used, chunk, fresh);
        used += fresh;
    }
    dst[used] = '\0';
}

static int wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return EXIT_NOT_RUN;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool process_run(const char *account, const char *const argv[], struct process_result *result,
                 struct error *error)
{
    struct passwd who = {0};
    char buffer[2048];
    if (*account != '\0' && !look_up(account, &who, buffer, sizeof buffer, error))
        return false;

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, ERROR_SYSTEM, NULL, "No pipe for %s: %s", argv[0], strerror(errno));
    pid_t child = fork();
    if (child < 0) {
        int cause = errno;
        close(ends[0]);
        close(ends[1]);
        return error_set(error, ERROR_SYSTEM, NULL, "No process for %s: %s", argv[0],
                         strerror(cause));
    }
    if (child == 0) {
        clean_environment(account, &who);
        redirect(ends[1]);
        become(account, &who);
        execv(argv[0], (char *const *)argv);
        _exit(EXIT_NOT_RUN);
    }
    close(ends[1]);
    collect(ends[0], result->output, sizeof result->output);
    close(ends[0]);
    result->status = wait_for(child);
    if (result->status == EXIT_NOT_RUN)
        return error_set(error, ERROR_SYSTEM, "Is PostgreSQL installed whole?",
                         "%s could not be run", argv[0]);
    return true;
}

bool process_call(const char *account, int (*work)(const void *argument), const void *argument,
                  int *returned, struct error *error)
{
    struct passwd who = {0};
    char buffer[2048];
    if (*account != '\0' && !look_up(account, &who, buffer, sizeof buffer, error))
        return false;
    pid_t child = fork();
    if (child < 0)
        return error_set(error, ERROR_SYSTEM, NULL, "No process for a child: %s", strerror(errno));
    if (child == 0) {
        become(account, &who);
        _exit(work(argument));
    }
    *returned = wait_for(child);
    if (*returned >= EXIT_NOT_RUN)
        return error_set(error, ERROR_SYSTEM, NULL, "This program could not act as account “%s”",
                         account);
    return true;
}

void process_complaint(const char *output, char *dst, size_t size)
{
    static const char *const marks[] = {"PANIC:", "FATAL:", "ERROR:", "error:"};
    char line[512] = "";
    bool marked = false;
    for (const char *start = output; *start != '\0';) {
        size_t length = strcspn(start, "\n");
        char here[sizeof line];
        snprintf(here, sizeof here, "%.*s", (int)length, start);
        start += length + (start[length] == '\n');
        if (*here == '\0')
            continue;
        const char *words = NULL;
        for (size_t i = 0; i < sizeof marks / sizeof *marks && words == NULL; i++) {
            const char *found = strstr(here, marks[i]);
            if (found != NULL)
                words = found + strlen(marks[i]);
        }
        if (words != NULL && !marked) { /* the first cause; the rest follows from it */
            snprintf(line, sizeof line, "%s", words + strspn(words, " "));
            marked = true;
        } else if (!marked) {
            snprintf(line, sizeof line, "%s", here);
        }
    }
    text_clean(dst, size, line);
}

bool process_ran_out_of_room(const char *output)
{
    return strstr(output, "No space left on device") != NULL ||
           strstr(output, "Disk quota exceeded") != NULL ||
           strstr(output, "File too large") != NULL;
}
