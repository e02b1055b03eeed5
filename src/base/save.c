/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gymtui/base/text.h"

#define CELL_SIZE 8192

static bool expand(const char *path, char *dst, size_t size)
{
    const char *home = getenv("HOME");
    int length = strncmp(path, "~/", 2) == 0 && home != NULL
                     ? snprintf(dst, size, "%s%s", home, path + 1)
                     : snprintf(dst, size, "%s", path);
    return length > 0 && (size_t)length < size;
}

static bool fail(struct error *error, const char *what, const char *path)
{
    const char *hint = errno == ENOENT   ? "Make the folder first, or name another one."
                       : errno == EACCES ? "Name a folder you may write to."
                       : errno == ENOSPC ? "The disk is full."
                                         : NULL;
    return error_set(error, ERROR_SYSTEM, hint, "%s cannot be %s: %s", path, what, strerror(errno));
}

/* What is there already: a link is followed, so that it stays one; a pipe or a device is written
 * to, since a file in its place would end it. */
static bool look(struct save *save, struct error *error)
{
    struct stat there;
    bool is_link = lstat(save->path, &there) == 0 && S_ISLNK(there.st_mode);
    char *real = is_link ? realpath(save->path, NULL) : NULL;
    if (real != NULL && strlen(real) < sizeof save->path)
        memcpy(save->path, real, strlen(real) + 1);
    free(real);
    if (stat(save->path, &there) != 0)
        return true;
    save->is_direct = !S_ISREG(there.st_mode);
    return !S_ISDIR(there.st_mode) ||
           error_set(error, ERROR_INPUT, "Name a file in it.", "%s is a folder", save->path);
}

bool save_begin(struct save *save, const char *path, struct error *error)
{
    *save = (struct save){.out = NULL};
    if (!expand(path, save->path, sizeof save->path))
        return error_set(error, ERROR_INPUT, "Name a file.",
                         *path == '\0' ? "The file has no name" : "The file's name is too long");
    if (!look(save, error))
        return false;
    if (save->is_direct)
        return (save->out = fopen(save->path, "w")) != NULL || fail(error, "written", save->path);
    snprintf(save->temporary, sizeof save->temporary, "%s.XXXXXX", save->path);
    int file = mkstemp(save->temporary);
    if (file < 0)
        return fail(error, "written", save->path);
    save->out = fdopen(file, "w");
    if (save->out != NULL)
        return true;
    fail(error, "written", save->path);
    close(file);
    unlink(save->temporary);
    return false;
}

void save_abandon(struct save *save)
{
    if (save->out == NULL)
        return;
    fclose(save->out);
    save->out = NULL;
    if (!save->is_direct)
        unlink(save->temporary);
}

bool save_finish(struct save *save, struct error *error)
{
    errno = 0;
    bool written = !ferror(save->out) && fflush(save->out) == 0 &&
                   (save->is_direct || fsync(fileno(save->out)) == 0);
    if (!written && errno == 0)
        errno = EIO;
    int why = errno;
    if (fclose(save->out) != 0 && written)
        written = false, why = errno;
    save->out = NULL;
    if (written && (save->is_direct || rename(save->temporary, save->path) == 0))
        return true;
    errno = written ? errno : why;
    fail(error, "written", save->path);
    if (!save->is_direct)
        unlink(save->temporary);
    return false;
}

void save_csv_cell(FILE *out, bool first, const char *text)
{
    char cell[CELL_SIZE];
    text_csv_cell(cell, sizeof cell, text);
    if (!first)
        fputc(',', out);
    fputs(cell, out);
}
