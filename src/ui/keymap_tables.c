/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All key tables together: what the configuration may bind anew, and the man page. */
#include <ctype.h>
#include <string.h>

#include "keymap_private.h"

#define SCREENS_MOST 32

static struct {
    const char *screen;
    const struct key_entry *entries;
} registered[SCREENS_MOST];
static int registered_count;

void keymap_register(const char *screen, const struct key_entry *entries)
{
    for (int i = 0; i < registered_count; i++) {
        if (strcmp(registered[i].screen, screen) == 0) {
            registered[i].entries = entries;
            return;
        }
    }
    if (registered_count < SCREENS_MOST && entries != NULL) {
        registered[registered_count].screen = screen;
        registered[registered_count++].entries = entries;
    }
}

static const struct key_entry *find_command(const char *command)
{
    const char *dot = strchr(command, '.');
    const struct key_entry *entry = NULL;
    if (dot == NULL) {
        return NULL;
    }
    size_t length = (size_t)(dot - command);
    if (length == strlen(COMMON) && strncmp(command, COMMON, length) == 0) {
        entry = keymap_common;
    }
    for (int i = 0; i < registered_count && entry == NULL; i++) {
        if (strlen(registered[i].screen) == length &&
            strncmp(command, registered[i].screen, length) == 0) {
            entry = registered[i].entries;
        }
    }
    while (entry != NULL && entry->command != COMMAND_NONE && strcmp(entry->name, dot + 1) != 0) {
        entry++;
    }
    return entry != NULL && entry->command != COMMAND_NONE ? entry : NULL;
}

/* ^S ^Q ^Z ^C ^\ never reach us. */
static bool is_terminals_own(uint32_t key)
{
    return key == 'S' - 64 || key == 'Q' - 64 || key == 'Z' - 64 || key == 'C' - 64 ||
           key == '\\' - 64;
}

bool keymap_check(const char *command, const char *keys, struct error *error)
{
    char name[KEYS_SIZE];
    int count = 0;
    if (find_command(command) == NULL) {
        return error_set(error, ERROR_CONFIG, "gymtui(1), KEYS, lists the commands.",
                         "there is no command \"%s\" to give keys to", command);
    }
    for (; key_next_name(&keys, name, sizeof name); count++) {
        uint32_t key;
        if (!key_parse(name, &key)) {
            return error_set(error, ERROR_CONFIG,
                             "Write F1 to F12, ^A to ^Z, Enter, Esc, Tab, Shift-Tab, Up, Down, "
                             "Left, Right, PgUp, PgDn, Home, End, Ins, Del, Backspace, Space, or "
                             "one character.",
                             "\"%s\" (for %s) is not the name of a key", name, command);
        }
        if (is_terminals_own(key)) {
            return error_set(error, ERROR_CONFIG, "Choose another key.",
                             "%s (for %s) belongs to the terminal", name, command);
        }
    }
    if (count == 0 || count > KEYS_MOST) {
        return error_set(error, ERROR_CONFIG, "Write the names with blanks between.",
                         "%s needs 1 to %d keys", command, KEYS_MOST);
    }
    return true;
}

bool keymap_share_key(const char *keys, const char *others, char *name, size_t size)
{
    char one[KEYS_SIZE], other[KEYS_SIZE];
    while (key_next_name(&keys, one, sizeof one)) {
        const char *rest = others;
        uint32_t key, code;
        while (key_next_name(&rest, other, sizeof other)) {
            if (key_parse(one, &key) && key_parse(other, &code) && key == code) {
                key_format(key, name, size);
                return true;
            }
        }
    }
    return false;
}

/* A key's name as mdoc takes it literally: signs of punctuation are no macros' business. */
static void print_key(FILE *out, const char *name)
{
    if (name[1] == '\0' && ispunct((unsigned char)name[0])) {
        fputs("\\&", out);
    }
    for (const char *s = name; *s != '\0'; s++) {
        switch (*s) {
        case '\\':
            fputs("\\e", out);
            break;
        case '-':
            fputs("\\-", out);
            break;
        case '^':
            fputs("\\(ha", out);
            break;
        case '~':
            fputs("\\(ti", out);
            break;
        case '`':
            fputs("\\(ga", out);
            break;
        case '\'':
            fputs("\\(aq", out);
            break;
        case '"':
            fputs("\\(dq", out);
            break;
        default:
            fputc(*s, out);
            break;
        }
    }
}

/* Sentences, each on a line of its own as mdoc wants them. */
static void print_sentences(FILE *out, const char *text)
{
    if (text[0] == '.' || text[0] == '\'') {
        fputs("\\&", out);
    }
    for (const char *s = text; *s != '\0'; s++) {
        if (*s == '\\') {
            fputs("\\e", out);
        } else if (*s == ' ' && s > text && s[-1] == '.') {
            fputc('\n', out);
        } else {
            fputc(*s, out);
        }
    }
    fputc('\n', out);
}

static void print_table(FILE *out, const char *title, const char *screen,
                        const struct key_entry *entry)
{
    fprintf(out, ".Ss %c%s\n.Bl -tag -width Ds -compact\n", toupper((unsigned char)title[0]),
            title + 1);
    for (; entry->command != COMMAND_NONE; entry++) {
        char name[KEYS_SIZE];
        const char *keys = entry->keys;
        const char *between = ".It Ic ";
        while (key_next_name(&keys, name, sizeof name)) {
            fputs(between, out);
            print_key(out, name);
            between = " , ";
        }
        fputc('\n', out);
        print_sentences(out, entry->help);
        fprintf(out, ".Pq Va %s.%s\n", screen, entry->name);
    }
    fprintf(out, ".El\n");
}

void keymap_print_man(FILE *out)
{
    print_table(out, "everywhere", COMMON, keymap_common);
    for (int i = 0; i < registered_count; i++) {
        print_table(out, registered[i].screen, registered[i].screen, registered[i].entries);
    }
}
