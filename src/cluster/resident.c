/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who lives in the cluster's folder. PostgreSQL's own check of a left-over postmaster.pid asks only
 * whether *some* process has that number, so a reboot can leave a cluster that will not start; and
 * after a killed postmaster its children live on for a moment, during which a start is refused.
 * Every PostgreSQL process has the data folder as its working folder: /proc tells the truth.
 */
#include "internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WATCH_MS 20

static bool lives_in(const char *process, const struct stat *folder)
{
    char path[300];
    struct stat here;
    snprintf(path, sizeof path, "/proc/%s/cwd", process);
    return stat(path, &here) == 0 && here.st_dev == folder->st_dev && here.st_ino == folder->st_ino;
}

int resident_list(const char *folder, pid_t *pids, int room)
{
    struct stat place;
    DIR *processes = stat(folder, &place) == 0 ? opendir("/proc") : NULL;
    if (processes == NULL)
        return 0;
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(processes)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !lives_in(entry->d_name, &place))
            continue;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid == getpid() || pid == getppid()) /* somebody's shell is no server */
            continue;
        char path[300], name[64] = "";
        snprintf(path, sizeof path, "/proc/%s/comm", entry->d_name);
        FILE *file = fopen(path, "re");
        if (file != NULL) {
            if (fgets(name, sizeof name, file) == NULL)
                name[0] = '\0';
            fclose(file);
        }
        if (strncmp(name, "postgres", 8) != 0 && strncmp(name, "postmaster", 10) != 0)
            continue;
        if (count < room)
            pids[count] = pid;
        count++;
    }
    closedir(processes);
    return count;
}

/* By its state, since a process that nobody has collected yet has ended all the same. */
static bool has_ended(pid_t pid)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return true;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const char *name_end = strrchr(line, ')');
    return !read || (name_end != NULL &&
                     (strncmp(name_end, ") Z", 3) == 0 || strncmp(name_end, ") X", 3) == 0));
}

/* Where there are no pidfds (an old kernel, a strict container) it is looked at again and again. */
static bool watch(pid_t pid, int timeout_ms)
{
    for (int waited = 0; !has_ended(pid); waited += WATCH_MS) {
        if (waited >= timeout_ms)
            return false;
        poll(NULL, 0, WATCH_MS);
    }
    return true;
}

bool resident_wait(pid_t pid, int timeout_ms)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0)
        return errno == ESRCH || watch(pid, timeout_ms);
    struct pollfd end = {.fd = process, .events = POLLIN};
    int seen;
    do
        seen = poll(&end, 1, timeout_ms);
    while (seen < 0 && errno == EINTR);
    close(process);
    return seen > 0;
}

pid_t resident_postmaster(const char *folder, bool *ready)
{
    char path[600], line[256] = "";
    *ready = false;
    snprintf(path, sizeof path, "%s/postmaster.pid", folder);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    long pid = 0;
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        if (number == 1)
            pid = strtol(line, NULL, 10);
        if (number == 8)
            *ready = strncmp(line, "ready", 5) == 0;
    }
    fclose(file);

    struct stat place;
    char name[32];
    snprintf(name, sizeof name, "%ld", pid);
    if (pid <= 1 || stat(folder, &place) != 0 || !lives_in(name, &place)) {
        *ready = false;
        return 0;
    }
    return (pid_t)pid;
}
