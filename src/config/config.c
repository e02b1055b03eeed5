/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources in their order, and the values that come out. */
#include "gymtui/config/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define SYSTEM_FILE "/etc/gymtui/gymtui.conf"

/* "desk.name" → "GYMTUI_DESK_NAME" */
static void variable_name(const char *name, char *dst, size_t size)
{
    int used = snprintf(dst, size, "GYMTUI_");
    for (size_t at = (size_t)used; *name != '\0' && at + 1 < size; name++, at++) {
        dst[at] = *name == '.' ? '_' : (char)toupper((unsigned char)*name);
        dst[at + 1] = '\0';
    }
}

static bool set_defaults(struct config *config, struct error *error)
{
    const struct place table = {.variable = "default"};
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        if (!value_set(config, option, option->initial, SPELLED_WORD, &table, error))
            return false;
    }
    return true;
}

static bool read_files(struct config *config, const struct config_sources *sources,
                       struct error *error)
{
    if (sources->file != NULL)
        return file_read(config, sources->file, false, error);
    const char *system_file = sources->system_file != NULL ? sources->system_file : SYSTEM_FILE;
    if (!file_read(config, system_file, true, error))
        return false;
    char user_file[1024];
    if (sources->user_file != NULL)
        return file_read(config, sources->user_file, true, error);
    return !paths_user_file(user_file, sizeof user_file) ||
           file_read(config, user_file, true, error);
}

/* A variable that begins like a section's and names no option would be ignored in silence. */
static bool check_variable(const char *entry, struct error *error)
{
    static const char prefix[] = "GYMTUI_";
    char variable[64], name[64];
    size_t length = strcspn(entry, "=");
    if (strncmp(entry, prefix, sizeof prefix - 1) != 0 || length >= sizeof variable)
        return true;
    snprintf(variable, sizeof variable, "%.*s", (int)length, entry);
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        char known[64];
        variable_name(config_options[i].name, known, sizeof known);
        if (strcmp(known, variable) == 0)
            return true;
    }
    size_t at = 0;
    for (const char *s = variable + sizeof prefix - 1; *s != '\0'; s++)
        name[at++] = (char)tolower((unsigned char)*s);
    name[at] = '\0';
    char *separator = strchr(name, '_');
    if (separator == NULL)
        return true;
    *separator = '\0';
    if (!table_is_section(name))
        return true;
    *separator = '.';
    struct place place = {.variable = variable};
    return table_refuse_name(name, &place, error);
}

static bool read_environment(struct config *config, struct error *error)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        if (!check_variable(*entry, error))
            return false;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        char variable[64];
        variable_name(option->name, variable, sizeof variable);
        const char *text = getenv(variable);
        bool may_be_empty = option->type == CONFIG_TEXT && option->minimum <= 0;
        if (text == NULL || (*text == '\0' && !may_be_empty))
            continue;
        struct place place = {.variable = variable};
        if (!value_set(config, option, text, SPELLED_WORD, &place, error))
            return false;
        config->touched = true;
    }
    return true;
}

static bool read_assignment(struct config *config, const char *assignment, struct error *error)
{
    const struct place place = {0};
    char name[96];
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment)
        return error_set(error, ERROR_USAGE, "Write it like this: --set desk.name=2",
                         "--set needs a name, an equals sign and a value");
    int length = snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    config->touched = true;
    if (length < (int)sizeof name && strncmp(name, "keys.", 5) == 0 && name[5] != '\0')
        return value_set_keys(config, name + 5, equals + 1, &place, error);
    const struct config_option *option = config_find_option(name);
    if (option == NULL || length >= (int)sizeof name)
        return table_refuse_name(name, &place, error);
    if (option->id == CONFIG_LOGIN_PASSWORD)
        return error_set(error, ERROR_USAGE,
                         "Put it into ~/.pgpass or GYMTUI_LOGIN_PASSWORD, or type it when asked",
                         "%s is not taken from the command line, where everybody on this machine "
                         "can read it",
                         name);
    return value_set(config, option, equals + 1, SPELLED_WORD, &place, error);
}

static bool read_sources(struct config *config, const struct config_sources *sources,
                         struct error *error)
{
    if (!set_defaults(config, error) || !read_files(config, sources, error) ||
        !read_environment(config, error))
        return false;
    for (const char *const *entry = sources->assignments; entry != NULL && *entry != NULL; entry++)
        if (!read_assignment(config, *entry, error))
            return false;
    return true;
}

/* Of two commands of a screen with the same key one could never be reached. */
static bool check_bindings(const struct config *config, const struct config_sources *sources,
                           struct error *error)
{
    for (size_t i = 0; sources->share_key != NULL && i < config->binding_count; i++) {
        const struct binding *binding = &config->bindings[i];
        size_t group = strcspn(binding->command, ".") + 1;
        for (size_t j = 0; j < i; j++) {
            const struct binding *other = &config->bindings[j];
            char name[32];
            if (strncmp(binding->command, other->command, group) == 0 &&
                sources->share_key(other->keys, binding->keys, name, sizeof name))
                return error_set(error, ERROR_CONFIG, "Give one of them another key.",
                                 "%s is given to two commands: to keys.%s (%s) and to keys.%s (%s)",
                                 name, other->command, other->origin, binding->command,
                                 binding->origin);
        }
    }
    return true;
}

struct config *config_load(const struct config_sources *sources, struct error *error)
{
    struct config *config = calloc(1, sizeof *config);
    if (config == NULL) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory while reading the settings");
        return NULL;
    }
    config->check_key = sources->check_key;
    if (!read_sources(config, sources, error) || !check_bindings(config, sources, error)) {
        config_free(config);
        return NULL;
    }
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        if (config->values[i].text != NULL)
            explicit_bzero(config->values[i].text, strlen(config->values[i].text));
        free(config->values[i].text);
        free(config->values[i].origin);
    }
    for (size_t i = 0; i < config->binding_count; i++) {
        free(config->bindings[i].command);
        free(config->bindings[i].keys);
        free(config->bindings[i].origin);
    }
    free(config->bindings);
    free(config);
}

bool config_bool(const struct config *config, enum config_id id)
{
    return config->values[id].flag;
}

int config_int(const struct config *config, enum config_id id)
{
    return (int)config->values[id].integer;
}

double config_number(const struct config *config, enum config_id id)
{
    return config->values[id].number;
}

const char *config_text(const struct config *config, enum config_id id)
{
    return config->values[id].text;
}

const char *config_origin(const struct config *config, enum config_id id)
{
    return config->values[id].origin;
}

bool config_is_untouched(const struct config *config)
{
    return !config->touched;
}

const char *config_keys(const struct config *config, const char *command)
{
    for (size_t i = 0; i < config->binding_count; i++)
        if (strcmp(config->bindings[i].command, command) == 0)
            return config->bindings[i].keys;
    return NULL;
}
