/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting, stopping and removing the cluster, one program at a time. */
#include "gymtui/cluster/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "internal.h"

#define START_TIMEOUT     "--timeout=600" /* a crash recovery may take its time */
#define ROOM_TO_START_MB  8               /* two segments of the write-ahead log */
#define STOP_TIMEOUT_MS   120000
#define ORPHAN_TIMEOUT_MS 10000

struct steps {
    void (*on_step)(void *owner, const char *text);
    void *owner;
};

static void tell(const struct steps *steps, const char *text)
{
    if (steps->on_step != NULL)
        steps->on_step(steps->owner, text);
}

/* --- the lock --- */

/* The lock file may be removed (cluster_destroy) while somebody waits for it: then the lock is on a
 * file without a name, and worth nothing. */
static bool lock_has_its_name(int lock, const char *path)
{
    struct stat held, named;
    return fstat(lock, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static void lock_path(const struct cluster *cluster, char *dst, size_t size)
{
    snprintf(dst, size, "%s/cluster.lock", cluster->data);
}

/* −1 on error. */
static int take_lock(const struct cluster *cluster, const struct steps *steps, struct error *error)
{
    char path[600];
    lock_path(cluster, path, sizeof path);
    for (;;) {
        int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (lock < 0) {
            error_set(error, ERROR_SYSTEM,
                      "Run as the account that owns the folder, or set demo.directory.",
                      "%s cannot be written: %s", path, strerror(errno));
            return -1;
        }
        if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
            tell(steps, "Waiting for another gymtui that is at the database");
            while (flock(lock, LOCK_EX) != 0) {
                if (errno != EINTR) {
                    error_set(error, ERROR_SYSTEM, NULL, "%s cannot be locked: %s", path,
                              strerror(errno));
                    close(lock);
                    return -1;
                }
            }
        }
        if (lock_has_its_name(lock, path))
            return lock;
        close(lock);
    }
}

/* --- start --- */

bool cluster_is_running(const struct cluster *cluster)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL." CLUSTER_PORT,
                 cluster->socket) >= (int)sizeof address.sun_path)
        return false;
    int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (door < 0)
        return false;
    bool open = connect(door, (const struct sockaddr *)&address, sizeof address) == 0;
    close(door);
    return open;
}

/* A postmaster is there but does not accept sessions yet (its starter was interrupted). */
static bool wait_until_ready(const struct cluster *cluster, struct error *error)
{
    bool ready;
    pid_t postmaster;
    while ((postmaster = resident_postmaster(cluster->directory, &ready)) != 0 && !ready)
        resident_wait(postmaster, 100);
    return ready || error_set(error, ERROR_SYSTEM, "Run the command again.",
                              "The database stopped while it was starting");
}

/* The children of a killed postmaster leave within moments; one that does not is asked to. */
static bool see_orphans_off(const struct cluster *cluster, struct error *error)
{
    pid_t pids[256];
    int count = resident_list(cluster->directory, pids, 256);
    for (int i = 0; i < count && i < 256; i++) {
        if (resident_wait(pids[i], ORPHAN_TIMEOUT_MS))
            continue;
        kill(pids[i], SIGQUIT);
        if (!resident_wait(pids[i], ORPHAN_TIMEOUT_MS))
            return error_set(error, ERROR_SYSTEM, "End that process, then run the command again.",
                             "Process %d of a crashed database server does not end", (int)pids[i]);
    }
    return true;
}

static int forget_postmaster(const void *argument)
{
    const struct cluster *cluster = argument;
    char path[700];
    snprintf(path, sizeof path, "%s/postmaster.pid", cluster->directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/.s.PGSQL." CLUSTER_PORT, cluster->socket);
    unlink(path);
    snprintf(path, sizeof path, "%s/.s.PGSQL." CLUSTER_PORT ".lock", cluster->socket);
    unlink(path);
    return 0;
}

static size_t read_from(const char *path, off_t offset, char *dst, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = file < 0 ? 0 : pread(file, dst, size - 1, offset);
    if (file >= 0)
        close(file);
    dst[got > 0 ? got : 0] = '\0';
    return strlen(dst);
}

/* The server's own log, where it stands. */
struct log_end {
    char path[700];
    off_t size;
};

static struct log_end find_log(const struct cluster *cluster)
{
    char pattern[700];
    struct log_end end = {"", 0};
    time_t newest = 0;
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/log/*.log", cluster->directory);
    if (glob(pattern, 0, NULL, &found) != 0)
        return end;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct stat there;
        if (stat(found.gl_pathv[i], &there) == 0 && there.st_mtime >= newest) {
            newest = there.st_mtime;
            end.size = there.st_size;
            snprintf(end.path, sizeof end.path, "%s", found.gl_pathv[i]);
        }
    }
    globfree(&found);
    return end;
}

/* What the server wrote since `before`: in its own log, and before that one began. */
static void read_logs(const struct cluster *cluster, const struct log_end *before, char *dst,
                      size_t size)
{
    char path[700];
    struct log_end now = find_log(cluster);
    size_t used = 0;
    if (*now.path != '\0')
        used = read_from(now.path, strcmp(now.path, before->path) == 0 ? before->size : 0, dst,
                         size / 2);
    snprintf(path, sizeof path, "%s/start.log", cluster->directory);
    read_from(path, 0, dst + used, size - used);
}

static int drop_start_log(const void *argument)
{
    char path[700];
    snprintf(path, sizeof path, "%s/start.log", ((const struct cluster *)argument)->directory);
    unlink(path);
    return 0;
}

static bool launch(const struct cluster *cluster, struct error *error)
{
    char program[300], place[700], log[700];
    snprintf(program, sizeof program, "%s/pg_ctl", cluster->bin);
    snprintf(place, sizeof place, "--pgdata=%s", cluster->directory);
    snprintf(log, sizeof log, "--log=%s/start.log", cluster->directory);
    const char *const start[] = {program,  "start",    place,         log,
                                 "--wait", "--silent", START_TIMEOUT, NULL};
    int ignored;
    struct process_result result;
    struct log_end before = find_log(cluster);
    if (!process_call(cluster->account, drop_start_log, cluster, &ignored, error) ||
        !process_run(cluster->account, start, &result, error))
        return false;
    if (result.status == 0)
        return true;
    char output[8192];
    read_logs(cluster, &before, output, sizeof output);
    /* On a full disk the log has no room for the reason either. */
    if (cluster_free_mb(cluster) < ROOM_TO_START_MB)
        text_append(output, sizeof output, "\nNo space left on device");
    cluster_fail(*output != '\0' ? output : result.output, cluster, "The database does not start",
                 error);
    if (error != NULL && *error->hint == '\0')
        text_append(error->hint, sizeof error->hint, "More is in %s/log.", cluster->directory);
    return false;
}

/* Whether we may start, stop and remove it. */
static bool is_ours(const struct cluster *cluster, struct error *error)
{
    struct stat there;
    if (stat(cluster->directory, &there) != 0)
        return errno != EACCES ||
               error_set(error, ERROR_SYSTEM, "Run this as root or as the account it belongs to.",
                         "The folder %s is closed to you", cluster->data);
    if (geteuid() == 0 || there.st_uid == geteuid())
        return true;
    char owner[128];
    if (!account_name(there.st_uid, owner, sizeof owner))
        snprintf(owner, sizeof owner, "user number %u", (unsigned)there.st_uid);
    return error_set(error, ERROR_SYSTEM, "Run this as root or as that account.",
                     "The database in %s belongs to %s", cluster->directory, owner);
}

static bool start_locked(struct cluster *cluster, const struct steps *steps, struct error *error)
{
    bool ready;
    if (resident_postmaster(cluster->directory, &ready) != 0)
        return wait_until_ready(cluster, error);
    if (!cluster_find_programs(cluster, error))
        return false;
    if (!cluster_exists(cluster)) {
        tell(steps, "Making a private PostgreSQL");
        if (!cluster_make(cluster, error))
            return false;
    }
    tell(steps, "Starting PostgreSQL");
    int ignored;
    return folder_make(cluster, cluster->socket, 0755, error) && see_orphans_off(cluster, error) &&
           process_call(cluster->account, forget_postmaster, cluster, &ignored, error) &&
           launch(cluster, error);
}

bool cluster_start(const struct cluster *cluster, void (*on_step)(void *owner, const char *text),
                   void *owner, struct error *error)
{
    struct steps steps = {on_step, owner};
    struct cluster found = *cluster;
    if (!is_ours(&found, error) || !folder_prepare(&found, error))
        return false;
    int lock = take_lock(&found, &steps, error);
    if (lock < 0)
        return false;
    bool started = start_locked(&found, &steps, error);
    close(lock);
    return started;
}

/* --- stop and remove --- */

static bool stop_locked(const struct cluster *cluster, struct error *error)
{
    bool ready;
    pid_t postmaster = resident_postmaster(cluster->directory, &ready);
    if (postmaster == 0)
        return true;
    kill(postmaster, SIGINT); /* PostgreSQL's fast shutdown */
    return resident_wait(postmaster, STOP_TIMEOUT_MS) ||
           error_set(error, ERROR_SYSTEM, "Look into its log for what it waits for.",
                     "The database server (process %d) does not stop", (int)postmaster);
}

bool cluster_stop(const struct cluster *cluster, struct error *error)
{
    if (!is_ours(cluster, error))
        return false;
    if (!cluster_exists(cluster))
        return true;
    int lock = take_lock(cluster, &(struct steps){0}, error);
    if (lock < 0)
        return false;
    bool stopped = stop_locked(cluster, error);
    close(lock);
    return stopped;
}

static bool looks_like_a_cluster(const char *directory)
{
    char path[700];
    struct stat there;
    snprintf(path, sizeof path, "%s/PG_VERSION", directory);
    return stat(path, &there) == 0;
}

/* Renamed first: a removal that is interrupted leaves nothing that looks like a cluster. */
static bool remove_locked(const struct cluster *cluster, struct error *error)
{
    char gone[600];
    snprintf(gone, sizeof gone, "%s/postgres.gone", cluster->data);
    if (cluster_exists(cluster)) {
        if (!looks_like_a_cluster(cluster->directory))
            return error_set(error, ERROR_SYSTEM, "Look at it and remove it yourself.",
                             "%s does not look like a database of PostgreSQL", cluster->directory);
        if (!folder_remove(gone) || rename(cluster->directory, gone) != 0)
            return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be removed: %s",
                             cluster->directory, strerror(errno));
    }
    if (!folder_remove(gone) || !folder_remove(cluster->socket))
        return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be removed whole: %s", cluster->data,
                         strerror(errno));
    return true;
}

bool cluster_destroy(const struct cluster *cluster, struct error *error)
{
    struct stat there;
    if (stat(cluster->data, &there) != 0)
        return true;
    if (!is_ours(cluster, error))
        return false;
    int lock = take_lock(cluster, &(struct steps){0}, error);
    if (lock < 0)
        return false;
    bool removed = stop_locked(cluster, error) && remove_locked(cluster, error);
    if (removed) {
        char path[600];
        lock_path(cluster, path, sizeof path);
        unlink(path);
        rmdir(cluster->data); /* stays when somebody keeps other things there */
    }
    close(lock);
    return removed;
}
