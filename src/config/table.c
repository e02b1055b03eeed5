/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal.h"

#include <ctype.h>
#include <string.h>

#include "gymtui/base/text.h"

const struct config_option config_options[CONFIG_COUNT] = {
#define CONFIG_ROW(id, name, type, minimum, maximum, initial, choices, unit, help, reason)         \
    {id, name, type, minimum, maximum, initial, choices, unit, help, reason},
    CONFIG_OPTIONS(CONFIG_ROW)
#undef CONFIG_ROW
};

const struct section table_sections[] = {
    {"database", "The PostgreSQL that all terminals share"},
    {"login", "Who signs in"},
    {"desk", "This desk and its scanner"},
    {"policy", "What a new gym starts with; afterwards its owner sets it on the screen gyms"},
    {"screen", "How it looks and sounds"},
    {"worker", "The background jobs"},
    {"mail", "Messages to members"},
    {"log", "What is written down"},
    {"demo", "The private PostgreSQL and its generated gym"},
};
const size_t table_section_count = sizeof table_sections / sizeof *table_sections;

const struct config_option *config_find_option(const char *name)
{
    for (size_t i = 0; i < CONFIG_COUNT; i++)
        if (strcmp(config_options[i].name, name) == 0)
            return &config_options[i];
    return NULL;
}

bool table_is_section(const char *name)
{
    for (size_t i = 0; i < table_section_count; i++)
        if (strcmp(table_sections[i].name, name) == 0)
            return true;
    return false;
}

#define LONGEST_NAME 64

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How many letters to add, drop, change or swap with their neighbour make one name the other. */
static size_t distance(const char *a, const char *b)
{
    size_t width = strlen(b);
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= width; j++)
        last[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        now[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t change = last[j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0 : 1);
            now[j] = least_of(change, least_of(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
                now[j] = least_of(now[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[width];
}

static bool is_near(size_t steps, const char *name)
{
    return steps <= 1 + strlen(name) / 5;
}

const char *table_nearest_section(const char *name)
{
    const char *best = NULL;
    size_t fewest = LONGEST_NAME;
    if (strlen(name) >= LONGEST_NAME)
        return NULL;
    for (size_t i = 0; i < table_section_count; i++) {
        size_t steps = distance(name, table_sections[i].name);
        if (steps < fewest && is_near(steps, name)) {
            best = table_sections[i].name;
            fewest = steps;
        }
    }
    return best;
}

/* Compares whole names, and the last parts alone: "repeat_warn" at the top of the file, or under a
 * wrong section, finds desk.repeat_warn. */
const char *table_nearest_option(const char *name)
{
    const char *best = NULL;
    size_t fewest = LONGEST_NAME;
    if (strlen(name) >= LONGEST_NAME)
        return NULL;
    const char *dot = strchr(name, '.');
    const char *last_part = dot != NULL ? dot + 1 : name;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const char *full = config_options[i].name;
        size_t steps = distance(name, full) * 2;
        size_t steps_of_part = distance(last_part, strchr(full, '.') + 1) * 2 + 1;
        if (is_near(steps / 2, name) && steps < fewest) {
            best = full;
            fewest = steps;
        }
        if (is_near(steps_of_part / 2, last_part) && steps_of_part < fewest) {
            best = full;
            fewest = steps_of_part;
        }
    }
    return best;
}

/* "The section desk has: name, scanner_prefix, …" for a name like "desk.flavour" */
static void list_section(const char *name, char *dst, size_t size)
{
    int length = (int)strcspn(name, ".");
    text_append(dst, size, "The section %.*s has", length, name);
    const char *joint = ": ";
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        if (strncmp(config_options[i].name, name, (size_t)length + 1) != 0)
            continue;
        text_append(dst, size, "%s%s", joint, config_options[i].name + length + 1);
        joint = ", ";
    }
}

bool table_refuse_name(const char *name, const struct place *place, struct error *error)
{
    char hint[240] = "", where[180], clean[128], shown[64], section_name[64];
    value_describe_place(place, where, sizeof where);
    text_clean(clean, sizeof clean, name);
    text_clip(shown, sizeof shown, clean, 40, "…");
    bool is_whole = strchr(name, '.') != NULL;
    snprintf(section_name, sizeof section_name, "%.*s", (int)strcspn(name, "."), name);
    const char *section = is_whole ? NULL : table_nearest_section(name);
    const char *option = table_nearest_option(name);
    if (section != NULL && place->file != NULL)
        text_append(hint, sizeof hint, "Did you mean the section \"%s: { … };\"?", section);
    else if (option != NULL && !is_whole && place->file != NULL)
        text_append(hint, sizeof hint,
                    "Did you mean %s? It stands in the section \"%.*s: { … };\".", option,
                    (int)strcspn(option, "."), option);
    else if (option != NULL)
        text_append(hint, sizeof hint, "Did you mean %s?", option);
    else if (is_whole && table_is_section(section_name))
        list_section(name, hint, sizeof hint);
    else
        text_append(hint, sizeof hint, "All settings stand in gymtui.conf(5).");
    return error_set(error, ERROR_CONFIG, hint, "%s%s is not a setting", shown, where);
}
