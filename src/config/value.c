/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value: read from text, checked against its option, and described for people. */
#include "internal.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"

void value_describe_place(const struct place *place, char *dst, size_t size)
{
    *dst = '\0';
    if (place->file != NULL) {
        /* A message has room for the end of a very long path. */
        size_t length = strlen(place->file);
        if (length > 110)
            text_append(dst, size, " in …%s line %u", place->file + length - 100, place->line);
        else
            text_append(dst, size, " in %s line %u", place->file, place->line);
    } else if (place->variable != NULL) {
        text_append(dst, size, " in %s", place->variable);
    } else {
        text_append(dst, size, " on the command line");
    }
}

/* "auto, dark, light or mono" */
static void describe_choices(const char *choices, char *dst, size_t size)
{
    *dst = '\0';
    for (const char *word = choices; *word != '\0';) {
        size_t length = strcspn(word, " ");
        const char *next = word + length + (word[length] == ' ' ? 1 : 0);
        const char *joint = word == choices ? "" : *next == '\0' ? " or " : ", ";
        text_append(dst, size, "%s%.*s", joint, (int)length, word);
        word = next;
    }
}

void value_describe_range(const struct config_option *option, char *dst, size_t size)
{
    const char *blank = *option->unit == '\0' ? "" : " ";
    *dst = '\0';
    switch (option->type) {
    case CONFIG_BOOL:
        text_append(dst, size, "true or false");
        break;
    case CONFIG_INT:
    case CONFIG_NUMBER:
        text_append(dst, size, "%.10g to %.10g%s%s", option->minimum, option->maximum, blank,
                    option->unit);
        break;
    case CONFIG_TEXT:
        if (option->minimum > 0)
            text_append(dst, size, "a text of %.0f to %.0f bytes", option->minimum,
                        option->maximum);
        else
            text_append(dst, size, "a text of at most %.0f bytes", option->maximum);
        break;
    case CONFIG_CHOICE:
        describe_choices(option->choices, dst, size);
        break;
    }
}

/* ---- passwords in connection strings ---- */

/* The length of the value at `s`: quoted with ' (and \ before a sign), or up to a blank. */
static size_t keyword_value_length(const char *s)
{
    size_t length = 0;
    if (*s != '\'') {
        while (s[length] != '\0' && strchr(" \t\n\r\f\v", s[length]) == NULL)
            length += s[length] == '\\' && s[length + 1] != '\0' ? 2 : 1;
        return length;
    }
    for (length = 1; s[length] != '\0' && s[length] != '\'';)
        length += s[length] == '\\' && s[length + 1] != '\0' ? 2 : 1;
    return length + (s[length] == '\'' ? 1 : 0);
}

/* Finds the next password in a connection string from `at`; its value begins at *start. */
static bool find_password(const char *conninfo, size_t at, size_t *start, size_t *length)
{
    bool is_uri =
        strncmp(conninfo, "postgresql://", 13) == 0 || strncmp(conninfo, "postgres://", 11) == 0;
    if (is_uri && at == 0) {
        size_t authority = (size_t)(strstr(conninfo, "://") - conninfo) + 3;
        size_t end = authority + strcspn(conninfo + authority, "/?");
        const char *sign = memrchr(conninfo + authority, '@', end - authority);
        const char *colon =
            sign == NULL ? NULL
                         : memchr(conninfo + authority, ':', (size_t)(sign - conninfo) - authority);
        if (colon != NULL && colon + 1 < sign) {
            *start = (size_t)(colon - conninfo) + 1;
            *length = (size_t)(sign - colon) - 1;
            return true;
        }
    }
    const char *edges = is_uri ? "?&" : " \t\n\r\f\v";
    for (size_t i = at; conninfo[i] != '\0'; i++) {
        if (i > 0 && strchr(edges, conninfo[i - 1]) == NULL)
            continue;
        size_t name = strncmp(conninfo + i, "sslpassword", 11) == 0 ? 11
                      : strncmp(conninfo + i, "password", 8) == 0   ? 8
                                                                    : 0;
        if (name == 0)
            continue;
        size_t s = i + name;
        if (!is_uri)
            s += strspn(conninfo + s, " \t\n\r\f\v");
        if (conninfo[s] != '=')
            continue;
        s++;
        if (!is_uri)
            s += strspn(conninfo + s, " \t\n\r\f\v");
        size_t value = is_uri ? strcspn(conninfo + s, "&") : keyword_value_length(conninfo + s);
        if (value == 0 || (value == 2 && conninfo[s] == '\''))
            continue;
        *start = s;
        *length = value;
        return true;
    }
    return false;
}

bool value_hide_password(const char *conninfo, char *dst, size_t size)
{
    size_t at = 0, start = 0, length = 0;
    bool any = false;
    if (dst != NULL)
        *dst = '\0';
    while (find_password(conninfo, at, &start, &length)) {
        any = true;
        if (dst != NULL)
            text_append(dst, size, "%.*s(set)", (int)(start - at), conninfo + at);
        at = start + length;
    }
    if (dst != NULL)
        text_append(dst, size, "%s", conninfo + at);
    return any;
}

/* ---- reading ---- */

static bool read_truth(const char *text, enum spelling spelling, bool *flag)
{
    static const char *const words[2][4] = {{"false", "no", "off", "0"},
                                            {"true", "yes", "on", "1"}};
    if (spelling != SPELLED_TRUTH && spelling != SPELLED_WORD)
        return false;
    for (int truth = 0; truth < 2; truth++) {
        for (int i = 0; i < 4; i++) {
            if (strcmp(text, words[truth][i]) == 0) {
                *flag = truth == 1;
                return true;
            }
        }
    }
    return false;
}

static bool read_integer(const char *text, long long *integer)
{
    char *end;
    errno = 0;
    *integer = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != ' ';
}

static bool read_number(const char *text, double *number)
{
    char *end;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return false;
    *number = strtod_l(text, &end, plain);
    freelocale(plain);
    return end != text && *end == '\0' && isfinite(*number);
}

static bool is_choice(const char *choices, const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || strchr(text, ' ') != NULL)
        return false;
    for (const char *at = strstr(choices, text); at != NULL; at = strstr(at + 1, text))
        if ((at == choices || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static bool is_within(const struct config_option *option, double x)
{
    return x >= option->minimum && x <= option->maximum;
}

static bool read_value(const struct config_option *option, const char *text, enum spelling spelling,
                       struct value *value)
{
    switch (option->type) {
    case CONFIG_BOOL:
        return read_truth(text, spelling, &value->flag);
    case CONFIG_INT:
        if ((spelling != SPELLED_NUMBER && spelling != SPELLED_WORD) ||
            !read_integer(text, &value->integer))
            return false;
        value->number = (double)value->integer;
        return is_within(option, value->number);
    case CONFIG_NUMBER:
        return (spelling == SPELLED_NUMBER || spelling == SPELLED_WORD) &&
               read_number(text, &value->number) && is_within(option, value->number);
    case CONFIG_TEXT:
        return (spelling == SPELLED_TEXT || spelling == SPELLED_WORD) &&
               is_within(option, (double)strlen(text));
    case CONFIG_CHOICE:
        return (spelling == SPELLED_TEXT || spelling == SPELLED_WORD) &&
               is_choice(option->choices, text);
    }
    return false;
}

/* What to change, where the spelling and not the value is at fault. */
static const char *spelling_hint(const struct config_option *option, enum spelling spelling)
{
    switch (option->type) {
    case CONFIG_BOOL:
    case CONFIG_INT:
    case CONFIG_NUMBER:
        return spelling == SPELLED_TEXT ? "Write it without quotes." : NULL;
    case CONFIG_TEXT:
    case CONFIG_CHOICE:
        return spelling == SPELLED_NUMBER || spelling == SPELLED_TRUTH
                   ? "Write it in double quotes."
                   : NULL;
    }
    return NULL;
}

static bool refuse(const struct config_option *option, const char *text, enum spelling spelling,
                   const struct place *place, struct error *error)
{
    char shown[64], where[180], range[120];
    value_describe_place(place, where, sizeof where);
    value_describe_range(option, range, sizeof range);
    bool is_text = spelling == SPELLED_TEXT || spelling == SPELLED_WORD;
    if (option->type == CONFIG_TEXT && is_text) { /* its length is off; it may hold a password */
        if (*text == '\0')
            snprintf(shown, sizeof shown, "empty");
        else
            snprintf(shown, sizeof shown, "%zu bytes long", strlen(text));
    } else {
        char clean[200], clipped[48];
        const char *quote = spelling == SPELLED_TEXT || *text == '\0' ? "\"" : "";
        text_clean(clean, sizeof clean, text);
        text_clip(clipped, sizeof clipped, clean, 30, "…");
        snprintf(shown, sizeof shown, "%s%s%s", quote, clipped, quote);
    }
    return error_set(error, ERROR_CONFIG, spelling_hint(option, spelling),
                     "%s is %s%s; allowed: %s", option->name, shown, where, range);
}

static char *describe_origin(const struct place *place)
{
    char *origin = NULL;
    if (place->file != NULL) {
        if (asprintf(&origin, "%s:%u", place->file, place->line) < 0)
            return NULL;
        return origin;
    }
    return strdup(place->variable != NULL ? place->variable : "command line");
}

static void free_secret(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

bool value_set(struct config *config, const struct config_option *option, const char *text,
               enum spelling spelling, const struct place *place, struct error *error)
{
    struct value fresh = {0};
    if (!read_value(option, text, spelling, &fresh))
        return refuse(option, text, spelling, place, error);
    fresh.text = strdup(text);
    fresh.origin = describe_origin(place);
    if (fresh.text == NULL || fresh.origin == NULL) {
        free_secret(fresh.text);
        free(fresh.origin);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory while reading the settings");
    }
    struct value *value = &config->values[option->id];
    free_secret(value->text);
    free(value->origin);
    *value = fresh;
    return true;
}

bool value_set_keys(struct config *config, const char *command, const char *keys,
                    const struct place *place, struct error *error)
{
    char where[180];
    value_describe_place(place, where, sizeof where);
    if (command[strspn(command, "abcdefghijklmnopqrstuvwxyz0123456789._-")] != '\0')
        return error_set(error, ERROR_CONFIG, "Screens and commands are listed in the help (F1).",
                         "A name among the keys has a sign that no command has%s", where);
    struct error cause = {0};
    if (config->check_key != NULL && !config->check_key(command, keys, &cause))
        return error_set(error, ERROR_CONFIG, cause.hint, "%s%s", cause.message, where);

    struct binding fresh = {strdup(command), strdup(keys), describe_origin(place)};
    struct binding *binding = NULL;
    for (size_t i = 0; i < config->binding_count; i++)
        if (strcmp(config->bindings[i].command, command) == 0)
            binding = &config->bindings[i];
    if (binding == NULL) {
        struct binding *grown =
            reallocarray(config->bindings, config->binding_count + 1, sizeof *grown);
        if (grown != NULL) {
            config->bindings = grown;
            binding = &grown[config->binding_count];
            *binding = (struct binding){0};
        }
    }
    if (binding == NULL || fresh.command == NULL || fresh.keys == NULL || fresh.origin == NULL) {
        free(fresh.command);
        free(fresh.keys);
        free(fresh.origin);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory while reading the settings");
    }
    if (binding->command == NULL)
        config->binding_count++;
    free(binding->command);
    free(binding->keys);
    free(binding->origin);
    *binding = fresh;
    return true;
}
