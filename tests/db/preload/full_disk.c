/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that fills up, for a PostgreSQL server that is started with this library preloaded: it
 * stands before the functions that write to files. What overwrites goes through; what makes a
 * table's file (below base/) or a file of the log (below pg_wal/) longer is taken from an
 * allowance, and fails with ENOSPC when that is used up, as on a real disk. Other files are left
 * alone.
 *
 * The allowances are numbers of bytes in the file that GYMTUI_TEST_DISK names, shared by all
 * processes of the server with the test: struct full_disk of test_disk.c.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct full_disk {
    _Atomic int64_t tables, log, least; /* the least that was left for tables */
};

static struct full_disk *disk(void)
{
    static struct full_disk *shared;
    const char *path = getenv("GYMTUI_TEST_DISK");
    if (shared || !path)
        return shared;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return NULL;
    void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    shared = memory == MAP_FAILED ? NULL : memory;
    return shared;
}

/* The allowance that a file lives on, or NULL. */
static _Atomic int64_t *allowance_of(const char *path)
{
    struct full_disk *full = disk();
    if (!full)
        return NULL;
    /* The server names its files from its data folder. */
    if (strstr(path, "/pg_wal/") || strncmp(path, "pg_wal/", 7) == 0)
        return &full->log;
    return strstr(path, "/base/") || strncmp(path, "base/", 5) == 0 ? &full->tables : NULL;
}

static _Atomic int64_t *allowance_of_open(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    return allowance_of(path);
}

/* Whether the disk has room for these bytes of this file. */
static bool has_room(int file, off_t offset, size_t count)
{
    struct stat status;
    if (!disk() || fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return true;
    int64_t more = (int64_t)offset + (int64_t)count - (int64_t)status.st_size;
    _Atomic int64_t *left = more > 0 ? allowance_of_open(file) : NULL;
    if (!left)
        return true;
    int64_t now = atomic_fetch_sub(left, more) - more;
    int64_t least = atomic_load(&disk()->least);
    if (now >= 0) {
        while (left == &disk()->tables && now < least &&
               !atomic_compare_exchange_weak(&disk()->least, &least, now))
            ;
        return true;
    }
    atomic_fetch_add(left, more);
    errno = ENOSPC;
    return false;
}

/* What a file that was so long gives back at this length. */
static void give_back(_Atomic int64_t *left, const struct stat *before, off_t length)
{
    if (left && before->st_size > length)
        atomic_fetch_add(left, (int64_t)(before->st_size - length));
}

static size_t length_of(const struct iovec *parts, int count)
{
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    return length;
}

/* What libc has of this name. */
#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count)
{
    REAL(write);
    off_t place = lseek(file, 0, SEEK_CUR);
    return place < 0 || has_room(file, place, count) ? real(file, bytes, count) : -1;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset)
{
    REAL(pwrite);
    return has_room(file, offset, count) ? real(file, bytes, count, offset) : -1;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset)
{
    REAL(pwrite64);
    return has_room(file, offset, count) ? real(file, bytes, count, offset) : -1;
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    REAL(pwritev);
    return has_room(file, offset, length_of(parts, count)) ? real(file, parts, count, offset) : -1;
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t offset)
{
    REAL(pwritev64);
    return has_room(file, offset, length_of(parts, count)) ? real(file, parts, count, offset) : -1;
}

int ftruncate(int file, off_t length)
{
    REAL(ftruncate);
    struct stat before;
    bool known = disk() && fstat(file, &before) == 0;
    int status = real(file, length);
    if (status == 0 && known)
        give_back(allowance_of_open(file), &before, length);
    return status;
}

int truncate(const char *path, off_t length)
{
    REAL(truncate);
    struct stat before;
    bool known = disk() && stat(path, &before) == 0;
    int status = real(path, length);
    if (status == 0 && known)
        give_back(allowance_of(path), &before, length);
    return status;
}

int unlink(const char *path)
{
    REAL(unlink);
    struct stat before;
    bool known = disk() && stat(path, &before) == 0 && before.st_nlink == 1;
    int status = real(path);
    if (status == 0 && known)
        give_back(allowance_of(path), &before, 0);
    return status;
}

/* The functions below return the error instead of setting it. */
int posix_fallocate(int file, off_t offset, off_t length)
{
    REAL(posix_fallocate);
    return has_room(file, offset, (size_t)length) ? real(file, offset, length) : ENOSPC;
}

int posix_fallocate64(int file, off_t offset, off_t length)
{
    REAL(posix_fallocate64);
    return has_room(file, offset, (size_t)length) ? real(file, offset, length) : ENOSPC;
}
