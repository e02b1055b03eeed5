/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One configuration file, through libconfig 1.5 and later. What that leaves to its callers is done
 * here: names, types and ranges are checked by walking the tree; a number over 32 bits, which would
 * wrap silently, gets the L that makes it a 64-bit one before the text is parsed; and the file is
 * read by us, since the parser ends the whole program when reading fails.
 */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gymtui/base/text.h"

#define FILE_LIMIT ((size_t)1024 * 1024)

struct reading {
    struct config *config;
    const char *path;
    mode_t mode;
};

/* ---- the bytes ---- */

static bool refuse_file(const char *path, const char *why, struct error *error)
{
    return error_set(error, ERROR_CONFIG, "Correct the file, or name another with --config.",
                     "The settings in %s cannot be read: %s", path, why);
}

/* The whole file, NUL-terminated; the caller frees. NULL on error. */
static char *read_bytes(int file, size_t *length)
{
    char *bytes = malloc(FILE_LIMIT + 1);
    if (bytes == NULL)
        return NULL;
    *length = 0;
    for (;;) {
        ssize_t got = read(file, bytes + *length, FILE_LIMIT - *length);
        if (got > 0) {
            *length += (size_t)got;
            continue;
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0 && *length < FILE_LIMIT) {
            bytes[*length] = '\0';
            return bytes;
        }
        int cause = got < 0 ? errno : EFBIG;
        free(bytes);
        errno = cause;
        return NULL;
    }
}

/* ---- the text, before libconfig sees it ---- */

static const char *skip_string(const char *s, unsigned *line)
{
    for (s++; *s != '\0' && *s != '"'; s++) {
        if (*s == '\\' && s[1] != '\0')
            s++;
        if (*s == '\n')
            (*line)++;
    }
    return *s == '"' ? s + 1 : s;
}

static const char *skip_comment(const char *s, unsigned *line)
{
    if (s[0] != '/' || s[1] != '*')
        return s + strcspn(s, "\n");
    for (s += 2; *s != '\0' && (s[0] != '*' || s[1] != '/'); s++)
        if (*s == '\n')
            (*line)++;
    return *s != '\0' ? s + 2 : s;
}

/* Whether the whole number at `s` needs 64 bits and does not say so. */
static bool lacks_suffix(const char *s, size_t length)
{
    if (length == 0 || s[length] == 'L' || s[length] == '.' || s[length] == 'e' || s[length] == 'E')
        return false;
    errno = 0;
    bool is_hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
    unsigned long long value = strtoull(s, NULL, is_hex ? 16 : 10);
    return errno != 0 || value > INT32_MAX;
}

static size_t number_length(const char *s)
{
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return 2 + strspn(s + 2, "0123456789abcdefABCDEF");
    return strspn(s, "0123456789");
}

/* A copy of `source` in which large numbers carry their L; the caller frees. NULL when a line
 * includes another file (*line says which), or without memory (*line is 0). */
static char *prepare(const char *source, size_t length, unsigned *line)
{
    *line = 0;
    char *text = malloc(length + length / 5 + 16); /* the shortest such number has 10 digits */
    if (text == NULL)
        return NULL;
    char *out = text;
    const char *s = source;
    bool at_line_start = true;
    *line = 1;
    while (*s != '\0') {
        const char *from = s;
        if (*s == '"') {
            s = skip_string(s, line);
        } else if (*s == '#' || (s[0] == '/' && (s[1] == '/' || s[1] == '*'))) {
            s = skip_comment(s, line);
        } else if (at_line_start && strncmp(s, "@include", 8) == 0) {
            free(text);
            return NULL;
        } else if (isalpha((unsigned char)*s) || *s == '_' || *s == '*') {
            while (isalnum((unsigned char)*s) || strchr("-_*", *s) != NULL) {
                if (*s == '\0')
                    break;
                s++;
            }
        } else if (isdigit((unsigned char)*s)) {
            size_t digits = number_length(s);
            bool widen = lacks_suffix(s, digits) && (s == source || s[-1] != '.');
            s += digits;
            if (widen) {
                memcpy(out, from, digits);
                out += digits;
                *out++ = 'L';
                at_line_start = false;
                continue;
            }
        } else {
            s++;
            if (*from == '\n')
                (*line)++;
        }
        memcpy(out, from, (size_t)(s - from));
        out += s - from;
        at_line_start = *from == '\n' || (at_line_start && (*from == ' ' || *from == '\t'));
    }
    *out = '\0';
    return text;
}

/* ---- the tree ---- */

static struct place place_of(const struct reading *reading, const config_setting_t *setting)
{
    return (struct place){.file = reading->path, .line = config_setting_source_line(setting)};
}

/* A scalar as text; false for a group, list or array. */
static bool scalar_text(const config_setting_t *setting, char *number, size_t size,
                        const char **text, enum spelling *spelling)
{
    *text = number;
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        *spelling = SPELLED_NUMBER;
        snprintf(number, size, "%" PRId64, (int64_t)config_setting_get_int64(setting));
        return true;
    case CONFIG_TYPE_FLOAT:
        *spelling = SPELLED_NUMBER;
        snprintf(number, size, "%.15g", config_setting_get_float(setting));
        number[strcspn(number, ",")] = number[strcspn(number, ",")] == ',' ? '.' : '\0';
        return true;
    case CONFIG_TYPE_BOOL:
        *spelling = SPELLED_TRUTH;
        *text = config_setting_get_bool(setting) ? "true" : "false";
        return true;
    case CONFIG_TYPE_STRING:
        *spelling = SPELLED_TEXT;
        *text = config_setting_get_string(setting);
        return *text != NULL;
    default: /* libconfig's types are plain integers, not an enum */
        return false;
    }
}

static bool refuse_open_file(const struct reading *reading, const char *name, struct error *error)
{
    char hint[256] = "";
    text_append(hint, sizeof hint, "Run: chmod 600 %s", reading->path);
    return error_set(error, ERROR_CONFIG, hint,
                     "%s holds a password (%s), and other users can read or write it",
                     reading->path, name);
}

static bool holds_password(const struct config_option *option, const char *text)
{
    if (option->id == CONFIG_LOGIN_PASSWORD)
        return *text != '\0';
    return (option->id == CONFIG_DATABASE_CONNINFO ||
            option->id == CONFIG_DATABASE_BROWSE_CONNINFO) &&
           value_hide_password(text, NULL, 0);
}

static bool take_setting(struct reading *reading, const char *section,
                         const config_setting_t *setting, struct error *error)
{
    char name[128], number[40];
    struct place place = place_of(reading, setting);
    snprintf(name, sizeof name, "%s.%s", section, config_setting_name(setting));
    const struct config_option *option = config_find_option(name);
    if (option == NULL)
        return table_refuse_name(name, &place, error);
    const char *text = NULL;
    enum spelling spelling = SPELLED_WORD;
    if (!scalar_text(setting, number, sizeof number, &text, &spelling)) {
        char where[180], range[120];
        value_describe_place(&place, where, sizeof where);
        value_describe_range(option, range, sizeof range);
        return error_set(error, ERROR_CONFIG, NULL, "%s is not a single value%s; allowed: %s", name,
                         where, range);
    }
    if (holds_password(option, text) && (reading->mode & (S_IRWXG | S_IRWXO)) != 0)
        return refuse_open_file(reading, name, error);
    return value_set(reading->config, option, text, spelling, &place, error);
}

/* The group `keys`: groups named like screens, in which a command's name is set to its keys. */
static bool take_keys(struct reading *reading, const char *prefix, const config_setting_t *group,
                      struct error *error)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        struct place place = place_of(reading, setting);
        char command[96];
        int length = snprintf(command, sizeof command, "%s%s%s", prefix, *prefix ? "." : "",
                              config_setting_name(setting));
        char where[180];
        value_describe_place(&place, where, sizeof where);
        if (length >= (int)sizeof command)
            return error_set(error, ERROR_CONFIG, "Commands are listed in gymtui(1).",
                             "A name among the keys is too long%s", where);
        if (config_setting_type(setting) == CONFIG_TYPE_GROUP) {
            if (!take_keys(reading, command, setting, error))
                return false;
            continue;
        }
        const char *keys = config_setting_get_string(setting);
        if (config_setting_type(setting) != CONFIG_TYPE_STRING || keys == NULL)
            return error_set(error, ERROR_CONFIG, "Write it like this: undo = \"F8\";",
                             "keys.%s is not a text with the names of keys%s", command, where);
        if (!value_set_keys(reading->config, command, keys, &place, error))
            return false;
    }
    return true;
}

static bool take_tree(struct reading *reading, const config_setting_t *root, struct error *error)
{
    for (int i = 0; i < config_setting_length(root); i++) {
        const config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(group);
        bool is_group = config_setting_type(group) == CONFIG_TYPE_GROUP;
        if (is_group && strcmp(name, "keys") == 0) {
            if (!take_keys(reading, "", group, error))
                return false;
            continue;
        }
        if (!is_group || !table_is_section(name)) {
            struct place place = place_of(reading, group);
            return table_refuse_name(name, &place, error);
        }
        for (int j = 0; j < config_setting_length(group); j++)
            if (!take_setting(reading, name, config_setting_get_elem(group, (unsigned)j), error))
                return false;
    }
    return true;
}

static bool parse(struct reading *reading, const char *text, struct error *error)
{
    config_t tree;
    config_init(&tree);
    bool good = false;
    if (config_read_string(&tree, text) == CONFIG_TRUE) {
        good = take_tree(reading, config_root_setting(&tree), error);
    } else {
        struct place place = {.file = reading->path, .line = (unsigned)config_error_line(&tree)};
        char where[180];
        value_describe_place(&place, where, sizeof where);
        const char *what = config_error_text(&tree);
        error_set(error, ERROR_CONFIG,
                  "A setting looks like this: desk: { name = \"1\"; }; see gymtui.conf(5).",
                  "The settings have a mistake%s: %s", where,
                  what != NULL ? what : "it cannot be read");
    }
    config_destroy(&tree);
    return good;
}

static bool take_bytes(struct reading *reading, const char *bytes, size_t length,
                       struct error *error)
{
    if (strlen(bytes) != length)
        return refuse_file(reading->path, "it is not a text file", error);
    unsigned line;
    char *text = prepare(bytes, length, &line);
    if (text == NULL && line > 0)
        return error_set(error, ERROR_CONFIG, "Write the settings into one file.",
                         "%s line %u includes another file, which is not supported", reading->path,
                         line);
    if (text == NULL)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory while reading the settings");
    bool good = parse(reading, text, error);
    explicit_bzero(text, strlen(text));
    free(text);
    return good;
}

bool file_read(struct config *config, const char *path, bool optional, struct error *error)
{
    struct reading reading = {.config = config, .path = path};
    /* Not blocking, so that a pipe in its place is an error and not a wait without end. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0) {
        if (optional && (errno == ENOENT || errno == ENOTDIR))
            return true;
        return refuse_file(path, strerror(errno), error);
    }
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return refuse_file(path, "it is not a file", error);
    }
    reading.mode = status.st_mode;
    config->touched = true;

    size_t length;
    char *bytes = read_bytes(file, &length);
    int cause = errno;
    close(file);
    if (bytes == NULL)
        return refuse_file(path, strerror(cause), error);
    bool good = take_bytes(&reading, bytes, length, error);
    explicit_bzero(bytes, length);
    free(bytes);
    return good;
}
