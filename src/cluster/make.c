/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making the cluster. It is made under another name and renamed when it is whole, so that a power
 * cut, a full disk or ^C leaves either no cluster or one that starts.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ROOM_NEEDED_MB 128 /* the empty cluster takes 40; the rest is for a small gym */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

/* Everything below, links not followed. */
bool folder_remove(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT;
}

bool folder_make(const struct cluster *cluster, const char *path, mode_t mode, struct error *error)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return error_set(error, ERROR_SYSTEM, "Set demo.directory to a folder that can be written.",
                         "%s cannot be made: %s", path, strerror(errno));
    if (*cluster->account != '\0') {
        const struct passwd *who = getpwnam(cluster->account);
        if (who == NULL || lchown(path, who->pw_uid, who->pw_gid) != 0)
            return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be given to %s", path,
                             cluster->account);
    }
    if (chmod(path, mode) != 0) /* whatever the umask was */
        return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be opened up: %s", path,
                         strerror(errno));
    return true;
}

static int can_pass(const void *path)
{
    return access(path, X_OK) == 0 ? 0 : 1;
}

/* The account must be able to walk to its folder: names the first one that is closed to it. */
static bool check_way(const struct cluster *cluster, struct error *error)
{
    char path[sizeof cluster->data + 1];
    snprintf(path, sizeof path, "%s/", cluster->data);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        int closed;
        *slash = '\0';
        if (!process_call(cluster->account, can_pass, path, &closed, error))
            return false;
        if (closed != 0)
            return error_set(error, ERROR_CONFIG,
                             "Set demo.directory to a folder that everybody may pass through.",
                             "PostgreSQL runs as %s, to whom the folder %s is closed",
                             cluster->account, path);
        *slash = '/';
    }
    return true;
}

bool folder_prepare(const struct cluster *cluster, struct error *error)
{
    /* For root the data folder is public way, not public ground: others may pass, not look. */
    if (*cluster->account != '\0') {
        if (mkdir(cluster->data, 0711) != 0 && errno != EEXIST)
            return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be made: %s", cluster->data,
                             strerror(errno));
        struct stat there;
        if (stat(cluster->data, &there) == 0 && there.st_uid == 0 &&
            (there.st_mode & 0777) == 0700 && chmod(cluster->data, 0711) != 0)
            return error_set(error, ERROR_SYSTEM, NULL, "%s cannot be opened up: %s", cluster->data,
                             strerror(errno));
        if (!check_way(cluster, error))
            return false;
    }
    return true;
}

unsigned long long cluster_free_mb(const struct cluster *cluster)
{
    struct statvfs disk;
    if (statvfs(cluster->data, &disk) != 0)
        return ULLONG_MAX;
    return (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
}

static bool check_room(const struct cluster *cluster, struct error *error)
{
    unsigned long long free_mb = cluster_free_mb(cluster);
    if (free_mb >= ROOM_NEEDED_MB)
        return true;
    return error_set(error, ERROR_SYSTEM,
                     "Make room, or set demo.directory to a folder on another disk.",
                     "The disk is full: %llu MB are free for %s, and %d are needed", free_mb,
                     cluster->data, ROOM_NEEDED_MB);
}

/* --- initdb --- */

struct settings {
    const struct cluster *cluster;
    const char *directory;
    uid_t owner;
};

static bool write_file(const struct settings *settings, const char *name, const char *text,
                       int flags)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", settings->directory, name);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (file < 0)
        return false;
    size_t length = strlen(text);
    bool written = write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    int why = errno;
    bool closed = close(file) == 0;
    if (!written)
        errno = why;
    return written && closed;
}

bool account_name(uid_t uid, char *dst, size_t size)
{
    const struct passwd *who = getpwuid(uid);
    return who != NULL && strchr(who->pw_name, '"') == NULL &&
           snprintf(dst, size, "%s", who->pw_name) < (int)size;
}

static bool write_access(const struct settings *settings)
{
    char owner[128], map[600];
    if (!account_name(settings->owner, owner, sizeof owner))
        return false;
    snprintf(map, sizeof map,
             "# Accounts of this machine that are the superuser without a password.\n"
             "gymtui  root  " CLUSTER_SUPERUSER "\n"
             "gymtui  \"%s\"  " CLUSTER_SUPERUSER "\n"
             "gymtui  root  gymtui_worker\n"
             "gymtui  \"%s\"  gymtui_worker\n",
             owner, owner);
    return write_file(settings, "pg_ident.conf", map, O_TRUNC) &&
           write_file(settings, "pg_hba.conf",
                      "# Written by gymtui. One way in: the Unix socket.\n"
                      "local  all  " CLUSTER_SUPERUSER ",gymtui_worker  peer  map=gymtui\n"
                      "local  all  all  scram-sha-256\n",
                      O_TRUNC);
}

static void quote(char *dst, size_t size, const char *text)
{
    size_t used = 0;
    for (; *text != '\0' && used + 3 < size; text++) {
        if (*text == '\'')
            dst[used++] = '\'';
        dst[used++] = *text;
    }
    dst[used] = '\0';
}

static bool write_settings(const struct settings *settings)
{
    char text[3000], socket[1100];
    quote(socket, sizeof socket, settings->cluster->socket);
    int length = snprintf(
        text, sizeof text,
        "# Written by gymtui; changes of yours go below, into postgresql.auto.conf or a file that\n"
        "# postgresql.conf includes after this one.\n"
        "listen_addresses = ''\n"
        "port = " CLUSTER_PORT "\n"
        "unix_socket_directories = '%s'\n"
        "unix_socket_permissions = 0777        # SCRAM guards it\n"
        "password_encryption = scram-sha-256\n"
        "max_connections = 100\n"
        "shared_buffers = 128MB\n"
        "maintenance_work_mem = 128MB\n"
        "max_wal_size = 1GB\n"
        "fsync = on\n"
        "synchronous_commit = on               # a check-in that was shown as done stays done\n"
        "jit = off                             # short statements\n"
        "timezone = 'UTC'                      # each session sets its gym's\n"
        "lc_messages = 'C'                     # the data layer translates\n"
        "logging_collector = on\n"
        "log_directory = 'log'\n"
        "log_filename = 'postgresql-%%a.log'\n"
        "log_truncate_on_rotation = on\n"
        "log_rotation_age = 1d\n"
        "log_rotation_size = 0\n"
        "log_line_prefix = '%%m [%%p] %%u '\n"
        "log_min_error_statement = panic       # statements can hold personal data\n"
        "log_parameter_max_length = 0\n",
        socket);
    if (settings->cluster->release >= 14)
        length +=
            snprintf(text + length, sizeof text - (size_t)length,
                     "client_connection_check_interval = 1s # ends queries of the departed\n");
    if (*settings->cluster->account == '\0')
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "dynamic_shared_memory_type = mmap     # survives systemd's RemoveIPC "
                           "when we log out\n");
    return length < (int)sizeof text && write_file(settings, "gymtui.conf", text, O_TRUNC) &&
           write_file(settings, "postgresql.conf", "\ninclude 'gymtui.conf'\n", O_APPEND);
}

static int write_all(const void *argument)
{
    const struct settings *settings = argument;
    return write_access(settings) && write_settings(settings) ? 0 : errno == ENOSPC ? 2 : 1;
}

bool cluster_fail(const char *output, const struct cluster *cluster, const char *doing,
                  struct error *error)
{
    if (process_ran_out_of_room(output))
        return error_set(error, ERROR_SYSTEM,
                         "Make room, or set demo.directory to a folder on another disk.",
                         "The disk is full: no room for the database in %s", cluster->data);
    char complaint[160];
    process_complaint(output, complaint, sizeof complaint);
    return error_set(error, ERROR_SYSTEM, NULL, "%s: %s", doing,
                     *complaint != '\0' ? complaint : "it did not say why");
}

static bool initialise(const struct cluster *cluster, const char *fresh, struct error *error)
{
    static const char superuser[] = "--username=" CLUSTER_SUPERUSER;
    char program[300], place[700];
    snprintf(program, sizeof program, "%s/initdb", cluster->bin);
    snprintf(place, sizeof place, "--pgdata=%s", fresh);
    const char *const initdb[] = {program,
                                  place,
                                  superuser,
                                  "--encoding=UTF8",
                                  "--locale=C.UTF-8",
                                  "--data-checksums",
                                  "--auth-local=peer",
                                  "--auth-host=reject",
                                  "--wal-segsize=4",
                                  NULL};
    struct process_result result;
    if (!process_run(cluster->account, initdb, &result, error))
        return false;
    if (result.status != 0)
        return cluster_fail(result.output, cluster, "The database could not be made", error);

    struct stat there;
    if (stat(fresh, &there) != 0)
        return error_set(error, ERROR_SYSTEM, NULL, "%s has gone: %s", fresh, strerror(errno));
    struct settings settings = {.cluster = cluster, .directory = fresh, .owner = there.st_uid};
    int failed;
    if (!process_call(cluster->account, write_all, &settings, &failed, error))
        return false;
    if (failed != 0)
        return cluster_fail(failed == 2 ? "No space left on device"
                                        : "its settings cannot be written",
                            cluster, "The database could not be made", error);
    return true;
}

bool cluster_make(const struct cluster *cluster, struct error *error)
{
    if (!check_room(cluster, error))
        return false;
    char fresh[600];
    snprintf(fresh, sizeof fresh, "%s/postgres.new", cluster->data);
    if (!folder_remove(fresh)) /* of one that was interrupted; we hold the lock */
        return error_set(error, ERROR_SYSTEM, "Remove it.", "%s is in the way: %s", fresh,
                         strerror(errno));
    bool whole = folder_make(cluster, fresh, 0700, error) && initialise(cluster, fresh, error);
    if (whole && rename(fresh, cluster->directory) != 0)
        whole = error_set(error, ERROR_SYSTEM, NULL, "%s cannot be renamed: %s", fresh,
                          strerror(errno));
    if (!whole) {
        folder_remove(fresh);
        return false;
    }
    int folder = open(cluster->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder); /* the new name survives a power cut */
        close(folder);
    }
    return true;
}
