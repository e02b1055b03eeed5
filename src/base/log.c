/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line is built whole and written with one write(2) to a file opened for appending, so that
 * several programs can share one log. What cannot be written (disk full) is counted, and the count
 * is the first thing written once there is room again.
 */
#include "gymtui/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/text.h"

#define LINE_SIZE 4096

static struct {
    char path[1024]; /* "": standard error */
    int file;        /* −1: none */
    enum log_level level;
    bool screen_is_up;
    unsigned long lost;
} journal = {.file = -1, .level = LOG_LEVEL_WARNING};

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static bool make_folders(const char *path)
{
    char folder[sizeof journal.path];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

/* Opens the log by its name; an older file stays open when that fails. */
static bool open_by_name(void)
{
    if (!make_folders(journal.path))
        return false;
    int file = open(journal.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (file < 0)
        return false;
    if (journal.file >= 0)
        close(journal.file);
    journal.file = file;
    return true;
}

bool log_open(const char *path, enum log_level level, struct error *error)
{
    log_close();
    journal.level = level;
    if (path == NULL || *path == '\0')
        return true;
    if (strlen(path) >= sizeof journal.path)
        return error_set(error, ERROR_SYSTEM, "Set log.file to a shorter name.",
                         "The log file's name is too long");
    snprintf(journal.path, sizeof journal.path, "%s", path);
    if (!open_by_name()) {
        int cause = errno;
        journal.path[0] = '\0';
        return error_set(error, ERROR_SYSTEM, "Set log.file to a file that can be written.",
                         "The log %s cannot be opened: %s", path, strerror(cause));
    }
    return true;
}

void log_reopen(void)
{
    if (journal.path[0] != '\0')
        open_by_name();
}

void log_close(void)
{
    if (journal.file >= 0)
        close(journal.file);
    journal.file = -1;
    journal.path[0] = '\0';
    journal.level = LOG_LEVEL_WARNING;
    journal.lost = 0;
}

void log_screen_is_up(bool up)
{
    journal.screen_is_up = up;
}

bool log_level_parse(const char *name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Whether the name no longer leads to the open file: renamed or removed by a rotation. */
static bool name_leads_elsewhere(void)
{
    struct stat named, opened;
    if (fstat(journal.file, &opened) != 0 || stat(journal.path, &named) != 0)
        return true;
    return named.st_dev != opened.st_dev || named.st_ino != opened.st_ino;
}

/* Whether a character would change what a terminal shows, or break the line. */
static bool needs_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029 ||
           code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static void append_escaped(char *dst, size_t size, const char *text)
{
    size_t used;
    uint32_t code;
    for (const char *s = text; (used = text_decode(s, &code)) > 0; s += used) {
        if (code == '\n')
            text_append(dst, size, "\\n");
        else if (code == '\t')
            text_append(dst, size, "\\t");
        else if (code == '\\')
            text_append(dst, size, "\\\\");
        else if (used == 1 && (*s & 0x80) != 0) /* a broken byte, as it is */
            text_append(dst, size, "\\x%02x", (unsigned)(unsigned char)*s);
        else if (needs_escape(code))
            text_append(dst, size, "\\u%04x", (unsigned)code);
        else
            text_append(dst, size, "%.*s", (int)used, s);
    }
}

static bool write_line(int file, const char *line)
{
    size_t length = strlen(line);
    ssize_t written;
    do
        written = write(file, line, length);
    while (written < 0 && errno == EINTR);
    return written == (ssize_t)length;
}

static void begin_line(char *line, size_t size, enum log_level level, const char *component)
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    line[0] = '\0';
    text_append(line, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                now.tv_nsec / 1000000, level_names[level]);
    append_escaped(line, size, component);
    text_append(line, size, ": ");
}

void log_write(enum log_level level, const char *component, const char *format, ...)
{
    if (level > journal.level)
        return;
    int cause = errno; /* callers log before they look at it */
    if (journal.path[0] != '\0' && (journal.file < 0 || name_leads_elsewhere()))
        open_by_name();
    int file = journal.path[0] != '\0' ? journal.file : STDERR_FILENO;
    if (file == STDERR_FILENO && journal.screen_is_up) {
        errno = cause;
        return;
    }

    char text[LINE_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_drop_partial(text);

    char line[LINE_SIZE];
    if (journal.lost > 0) {
        begin_line(line, sizeof line, LOG_LEVEL_WARNING, "log");
        text_append(line, sizeof line, "%lu lines before this one could not be written\n",
                    journal.lost);
        if (write_line(file, line))
            journal.lost = 0;
    }
    begin_line(line, sizeof line - 1, level, component);
    append_escaped(line, sizeof line - 1, text);
    size_t length = strlen(line);
    line[length] = '\n';
    line[length + 1] = '\0';
    if (!write_line(file, line))
        journal.lost++;
    errno = cause;
}
