/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders by the XDG Base Directory rules: a relative path in a variable is ignored. */
#include "internal.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The home folder: HOME, or what the system's user list says. */
static bool find_home(char *dst, size_t size)
{
    const char *home = getenv("HOME");
    if (home != NULL && *home == '/')
        return (size_t)snprintf(dst, size, "%s", home) < size;
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) != 0 || found == NULL ||
        found->pw_dir == NULL || *found->pw_dir != '/')
        return false;
    return (size_t)snprintf(dst, size, "%s", found->pw_dir) < size;
}

/* The base folder that `variable` names, or `fallback` below the home folder. */
static bool find_base(const char *variable, const char *fallback, char *dst, size_t size)
{
    const char *given = getenv(variable);
    if (given != NULL && *given == '/')
        return (size_t)snprintf(dst, size, "%s", given) < size;
    char home[1024];
    if (!find_home(home, sizeof home))
        return false;
    return (size_t)snprintf(dst, size, "%s/%s", home, fallback) < size;
}

bool paths_user_file(char *dst, size_t size)
{
    char base[1024];
    if (!find_base("XDG_CONFIG_HOME", ".config", base, sizeof base))
        return false;
    return (size_t)snprintf(dst, size, "%s/gymtui/gymtui.conf", base) < size;
}

static bool make_folder(char *path, struct error *error)
{
    for (char *end = path + 1;; end++) {
        if (*end != '/' && *end != '\0')
            continue;
        char kept = *end;
        *end = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return error_set(error, ERROR_SYSTEM, "Make the folder, or name another.",
                             "The folder %s cannot be made: %s", path, strerror(errno));
        *end = kept;
        if (kept == '\0')
            break;
    }
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_set(error, ERROR_SYSTEM, "Move the file away, or name another folder.",
                         "%s is not a folder", path);
    return true;
}

static bool find_folder(const char *variable, const char *fallback, char *dst, size_t size,
                        struct error *error)
{
    char base[1024];
    if (!find_base(variable, fallback, base, sizeof base))
        return error_set(error, ERROR_SYSTEM, "Set HOME, or the variable itself.",
                         "There is no home folder, and %s is not set", variable);
    if ((size_t)snprintf(dst, size, "%s/gymtui", base) >= size)
        return error_set(error, ERROR_SYSTEM, "Set it to a shorter path.",
                         "The folder that %s names is too long", variable);
    return make_folder(dst, error);
}

bool config_state_directory(char *dst, size_t size, struct error *error)
{
    return find_folder("XDG_STATE_HOME", ".local/state", dst, size, error);
}

bool config_data_directory(const struct config *config, char *dst, size_t size, struct error *error)
{
    const char *given = config_text(config, CONFIG_DEMO_DIRECTORY);
    if (*given == '\0')
        return find_folder("XDG_DATA_HOME", ".local/share", dst, size, error);
    if (*given != '/')
        return error_set(error, ERROR_CONFIG, "Start it with a slash.",
                         "demo.directory is not an absolute path (from %s)",
                         config_origin(config, CONFIG_DEMO_DIRECTORY));
    if ((size_t)snprintf(dst, size, "%s", given) >= size)
        return error_set(error, ERROR_CONFIG, "Set it to a shorter path.",
                         "demo.directory is too long");
    return make_folder(dst, error);
}
