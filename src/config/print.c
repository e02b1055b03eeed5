/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made from the table: the list of values, the example file, the manual's options. */
#include "gymtui/config/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "internal.h"

#define ROFF_COLUMNS 72 /* leaves room for escapes */

/* A value as a configuration file spells it. */
static void spell_value(const struct config_option *option, const char *text, char *dst,
                        size_t size)
{
    if (option->type != CONFIG_TEXT && option->type != CONFIG_CHOICE) {
        snprintf(dst, size, "%s", text);
        return;
    }
    *dst = '\0';
    text_append(dst, size, "\"");
    uint32_t code;
    for (size_t used; (used = text_decode(text, &code)) > 0; text += used) {
        if (code == '"' || code == '\\')
            text_append(dst, size, "\\");
        if (code < 0x20 || code == 0x7F)
            text_append(dst, size, "\\x%02x", (unsigned)code);
        else
            text_append(dst, size, "%.*s", (int)used, text);
    }
    text_append(dst, size, "\"");
}

static void print_row(FILE *out, const char *name, const char *shown, const char *unit,
                      const char *origin)
{
    char clean[2200];
    text_clean(clean, sizeof clean, shown);
    if (*unit != '\0')
        text_append(clean, sizeof clean, " %s", unit);
    int pad = 24 - text_width(clean);
    fprintf(out, "%-26s %s%*s  %s\n", name, clean, pad > 0 ? pad : 0, "", origin);
}

void config_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        const char *text = config->values[i].text;
        char hidden[1100], shown[2100];
        if (option->id == CONFIG_LOGIN_PASSWORD && *text != '\0') {
            snprintf(shown, sizeof shown, "(set)");
        } else {
            if (option->id == CONFIG_DATABASE_CONNINFO ||
                option->id == CONFIG_DATABASE_BROWSE_CONNINFO) {
                value_hide_password(text, hidden, sizeof hidden);
                text = hidden;
            }
            spell_value(option, text, shown, sizeof shown);
        }
        print_row(out, option->name, shown, option->unit, config->values[i].origin);
    }
    for (size_t i = 0; i < config->binding_count; i++) {
        char name[128] = "", shown[256] = "";
        text_append(name, sizeof name, "keys.%s", config->bindings[i].command);
        text_append(shown, sizeof shown, "\"%s\"", config->bindings[i].keys);
        print_row(out, name, shown, "", config->bindings[i].origin);
    }
}

/* ---- the example file ---- */

/* Prints a text filled to `columns`, each line after `lead`. */
static void print_filled(FILE *out, const char *lead, const char *text, int columns)
{
    int used = 0;
    for (const char *word = text; *word != '\0';) {
        size_t length = strcspn(word, " ");
        char piece[128];
        snprintf(piece, sizeof piece, "%.*s", (int)length, word);
        int width = text_width(piece);
        if (used > 0 && used + 1 + width > columns) {
            fputc('\n', out);
            used = 0;
        }
        fprintf(out, "%s%s", used == 0 ? lead : " ", piece);
        used += (used == 0 ? text_width(lead) : 1) + width;
        word += length;
        word += strspn(word, " ");
    }
    fputc('\n', out);
}

static const char example_head[] =
    "# SPDX-License-Identifier: GPL-3.0-or-later\n"
    "#\n"
    "# gymtui.conf: every setting of gymtui with its default.\n"
    "#\n"
    "# Copy it to ~/.config/gymtui/gymtui.conf (one user) or /etc/gymtui/gymtui.conf (all),\n"
    "# and take the sign # away from the settings you change. What counts, first to last:\n"
    "# --set section.name=value, the environment (GYMTUI_SECTION_NAME), the user's file, the\n"
    "# file in /etc, the default. `gymtui config` shows every value and where it came from.\n"
    "# A file with a password in it must be readable by its owner alone (chmod 600).\n"
    "# This file is made by `gymtui config --example`.\n";

static const char example_tail[] =
    "\n"
    "# Other keys for commands: a group per screen, in it the command's name and one or more\n"
    "# keys with blanks between them. Commands and keys are listed in the help (F1).\n"
    "keys:\n"
    "{\n"
    "    # attendance: { undo = \"F8 -\"; };\n"
    "};\n";

static bool is_in_section(const struct config_option *option, const char *section)
{
    size_t length = strlen(section);
    return strncmp(option->name, section, length) == 0 && option->name[length] == '.';
}

/* "Allowed: 0 to 60 s. Default 3 s: a card held to the scanner is read two or three times." */
static void describe_rule(const struct config_option *option, char *dst, size_t size)
{
    char range[160], value[200];
    const char *blank = *option->unit == '\0' ? "" : " ";
    value_describe_range(option, range, sizeof range);
    spell_value(option, option->initial, value, sizeof value);
    *dst = '\0';
    text_append(dst, size, "Allowed: %s. Default %s%s%s: %c%s", range,
                *option->initial == '\0' ? "empty" : value, blank, option->unit,
                tolower((unsigned char)option->reason[0]), option->reason + 1);
}

static void print_example_option(FILE *out, const struct config_option *option)
{
    char rule[400], value[200];
    print_filled(out, "    # ", option->help, 92);
    describe_rule(option, rule, sizeof rule);
    print_filled(out, "    # ", rule, 92);
    spell_value(option, option->initial, value, sizeof value);
    fprintf(out, "    # %s = %s;\n", strchr(option->name, '.') + 1, value);
}

void config_print_example(FILE *out)
{
    fputs(example_head, out);
    for (size_t i = 0; i < table_section_count; i++) {
        const struct section *section = &table_sections[i];
        fprintf(out, "\n# %s.\n%s:\n{\n", section->title, section->name);
        bool first = true;
        for (size_t j = 0; j < CONFIG_COUNT; j++) {
            if (!is_in_section(&config_options[j], section->name))
                continue;
            if (!first)
                fputc('\n', out);
            first = false;
            print_example_option(out, &config_options[j]);
        }
        fputs("};\n", out);
    }
    fputs(example_tail, out);
}

/* ---- the manual ---- */

static bool ends_sentence(const char *word, size_t length, const char *rest)
{
    return length > 0 && strchr(".!?", word[length - 1]) != NULL && *rest != '\0';
}

/* One word with roff's own signs escaped; `code` between two ` becomes bold. */
static void print_roff_word(FILE *out, const char *word, size_t length, bool *bold)
{
    if (length > 0 && (*word == '.' || *word == '\''))
        fputs("\\&", out);
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '`') {
            *bold = !*bold;
            fputs(*bold ? "\\fB" : "\\fR", out);
        } else if (word[i] == '\\') {
            fputs("\\e", out);
        } else if (word[i] == '-' && i + 1 < length && word[i + 1] == '-') {
            fputs("\\-", out);
        } else if (word[i] == '~') {
            fputs("\\(ti", out);
        } else {
            fputc(word[i], out);
        }
    }
}

/* Each sentence begins a line, as manuals are written, and no line is longer than 80 bytes. */
static void print_roff(FILE *out, const char *text)
{
    bool bold = false;
    size_t used = 0;
    for (const char *word = text; *word != '\0';) {
        size_t length = strcspn(word, " ");
        print_roff_word(out, word, length, &bold);
        const char *next = word + length;
        next += strspn(next, " ");
        used += length + 1;
        if (*next != '\0') {
            bool ends =
                ends_sentence(word, length, next) || used + strcspn(next, " ") > ROFF_COLUMNS;
            fputc(ends ? '\n' : ' ', out);
            used = ends ? 0 : used;
        }
        word = next;
    }
    fputc('\n', out);
}

static void print_man_option(FILE *out, const struct config_option *option)
{
    char rule[400];
    fprintf(out, ".It Ic %s No = Ar value\n", option->name);
    print_roff(out, option->help);
    describe_rule(option, rule, sizeof rule);
    print_roff(out, rule);
}

void config_print_man(FILE *out)
{
    for (size_t i = 0; i < table_section_count; i++) {
        const struct section *section = &table_sections[i];
        fprintf(out, ".Ss %s\n", section->name);
        fprintf(out, "%s.\n", section->title);
        fputs(".Bl -tag -width Ds\n", out);
        for (size_t j = 0; j < CONFIG_COUNT; j++)
            if (is_in_section(&config_options[j], section->name))
                print_man_option(out, &config_options[j]);
        fputs(".El\n", out);
    }
}
