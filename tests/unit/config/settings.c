/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char settings_folder[64], settings_system_file[96], settings_user_file[96];
struct error settings_error;

static void clear_environment(void)
{
    for (char **entry = environ; *entry != NULL;) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*entry, "="), *entry);
        if (strncmp(name, "GYMTUI_", 7) == 0 && strcmp(name, "GYMTUI_SOURCE") != 0) {
            unsetenv(name);
            entry = environ;
        } else {
            entry++;
        }
    }
}

int settings_make_folder(void **state)
{
    (void)state;
    clear_environment();
    umask(022);
    snprintf(settings_folder, sizeof settings_folder, "/tmp/gymtui-test-config-XXXXXX");
    if (mkdtemp(settings_folder) == NULL)
        return -1;
    snprintf(settings_system_file, sizeof settings_system_file, "%s/system.conf", settings_folder);
    snprintf(settings_user_file, sizeof settings_user_file, "%s/user.conf", settings_folder);
    error_clear(&settings_error);
    return 0;
}

int settings_remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", settings_folder);
    return system(command); // NOLINT(cert-env33-c): a settings_folder of our own
}

void settings_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

struct config *settings_load(const char *const *assignments)
{
    error_clear(&settings_error);
    struct config_sources sources = {.user_file = settings_user_file,
                                     .system_file = settings_system_file,
                                     .assignments = assignments};
    return config_load(&sources, &settings_error);
}

struct config *settings_load_text(const char *text)
{
    settings_write(settings_user_file, text);
    return settings_load(NULL);
}

void settings_assert_refused(const char *text, const char *message, const char *hint)
{
    char expected[300];
    struct config *config = settings_load_text(text);
    if (config != NULL)
        fail_msg("accepted: %s", text);
    snprintf(expected, sizeof expected, message, settings_user_file);
    assert_string_equal(settings_error.message, expected);
    assert_int_equal(settings_error.code, ERROR_CONFIG);
    if (hint != NULL)
        assert_non_null(strstr(settings_error.hint, hint));
}

char *settings_printed(void (*print)(FILE *))
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    print(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

char *settings_printed_values(const struct config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    config_print(config, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

char *settings_read_source(const char *name)
{
    const char *root = getenv("GYMTUI_SOURCE");
    assert_non_null(root);
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is missing", path);
    static const size_t limit = 200000;
    char *text = malloc(limit);
    assert_non_null(text);
    size_t length = fread(text, 1, limit - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}
